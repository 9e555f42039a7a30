/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Products of 2 x 8 by 8 x 2 matrices of bytes (FEAT_I8MM). */
#include "target/arm/internal/vec_helpers.h"

static ALWAYS_INLINE void matrix(ArmCpu *cpu, uint64_t desc, bool n_signed, bool m_signed)
{
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec r = vec_read(cpu, vd_get(desc, VD_RD, 5));

    for (unsigned i = 0; i < 4; i++) {
        int32_t sum = 0;
        for (unsigned k = 0; k < 8; k++) {
            uint8_t x = n.b[i / 2 * 8 + k], y = m.b[i % 2 * 8 + k];
            sum += (n_signed ? (int8_t)x : x) * (m_signed ? (int8_t)y : y);
        }
        r.s[i] += sum;
    }
    vec_write(cpu, desc, r);
}

VEC_INT_HELPER(smmla) { matrix(env, desc, true, true); }
VEC_INT_HELPER(ummla) { matrix(env, desc, false, false); }
VEC_INT_HELPER(usmmla) { matrix(env, desc, false, true); }
