/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The integer SIMD instructions that are no IR ops: the estimates. */
#include "target/arm/internal/vec_helpers.h"

#include "fpu/fpu.h"

static ALWAYS_INLINE void estimate(ArmCpu *cpu, uint64_t desc, uint32_t (*fn)(uint32_t))
{
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), r = { .d = { 0, 0 } };

    for (unsigned i = 0; i < vd_get(desc, VD_BYTES, 5) / 4; i++) {
        r.s[i] = fn(n.s[i]);
    }
    vec_write(cpu, desc, r);
}

VEC_HELPER(urecpe) { estimate(env, desc, fpu_recip_estimate_u32); }
VEC_HELPER(ursqrte) { estimate(env, desc, fpu_rsqrt_estimate_u32); }
