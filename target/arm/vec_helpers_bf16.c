/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bfloat16 helpers (FEAT_BF16, FEAT_EBF16). */
#include "target/arm/internal/fp_mode.h"
#include "target/arm/internal/vec_helpers.h"

VEC_INT_HELPER(bfdot)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec d = vec_read(cpu, vd_get(desc, VD_RD, 5)), r = { .d = { 0, 0 } };
    unsigned lanes = vd_get(desc, VD_BYTES, 5) / 4, step = !vd_get(desc, VD_INDEXED, 1);
    unsigned index = vd_get(desc, VD_INDEX, 3);
    FpuMode mode = fp_mode(cpu->fpcr);

    for (unsigned i = 0; i < lanes; i++, index += step) {
        r.s[i] = fpu_bf16_dot(d.s[i], &n.h[2 * i], &m.h[2 * index], cpu->fpcr & FPCR_EBF, mode);
    }
    vec_write(cpu, desc, r);
}

/* Rd (2 x 2) += Rn (2 x 4) times Rm (2 x 4) transposed. */
VEC_INT_HELPER(bfmmla)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec r = vec_read(cpu, vd_get(desc, VD_RD, 5));
    FpuMode mode = fp_mode(cpu->fpcr);

    for (unsigned i = 0; i < 4; i++) {
        for (unsigned k = 0; k < 4; k += 2) {
            r.s[i] = fpu_bf16_dot(r.s[i], &n.h[i / 2 * 4 + k], &m.h[i % 2 * 4 + k],
                                  cpu->fpcr & FPCR_EBF, mode);
        }
    }
    vec_write(cpu, desc, r);
}

VEC_HELPER(bfmlal)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec r = vec_read(cpu, vd_get(desc, VD_RD, 5));
    unsigned top = vd_get(desc, VD_UPPER, 1), step = 2 * !vd_get(desc, VD_INDEXED, 1);
    unsigned index = step ? top : vd_get(desc, VD_INDEX, 3);
    FpuMode mode = fp_mode(cpu->fpcr);

    for (unsigned i = 0; i < 4; i++, index += step) {
        r.s[i] = fpu_bf16_fma(r.s[i], n.h[2 * i + top], m.h[index], mode, &cpu->fpsr);
    }
    vec_write(cpu, desc, r);
}

VEC_INT_HELPER(bfcvtn)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), r = { .d = { 0, 0 } };
    unsigned upper = vd_get(desc, VD_UPPER, 1);
    FpuMode mode = fp_mode(cpu->fpcr);

    if (upper) {
        r.d[0] = vec_read(cpu, vd_get(desc, VD_RD, 5)).d[0];
    }
    for (unsigned i = 0; i < 4; i++) {
        r.h[4 * upper + i] = fpu_bf16_convert(n.s[i], mode, &cpu->fpsr);
    }
    vec_write(cpu, desc, r);
}
