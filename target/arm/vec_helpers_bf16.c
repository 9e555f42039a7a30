/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bfloat16 helpers (FEAT_BF16, FEAT_EBF16). */
#include "target/arm/internal/fp_mode.h"
#include "target/arm/internal/vec_helpers.h"

/* @r += four dot products of pairs of @n and @m. */
static void dot4(const ArmCpu *cpu, Vec *r, const Vec *n, const Vec *m)
{
    bool extended = cpu->fpcr & FPCR_EBF;
    FpuMode mode = fp_mode(cpu->fpcr);

    if (!extended && fpu_bf16_dot4(FPU_HOST_AVX512, r->s, n->h, m->h)) {
        return;
    }
    for (unsigned i = 0; i < 4; i++) {
        r->s[i] = fpu_bf16_dot(r->s[i], &n->h[2 * i], &m->h[2 * i], extended, mode);
    }
}

VEC_INT_HELPER(bfdot)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec d = vec_read(cpu, vd_get(desc, VD_RD, 5));
    unsigned index = vd_get(desc, VD_INDEX, 3);

    if (vd_get(desc, VD_INDEXED, 1)) {
        m = (Vec){ .s = { m.s[index], m.s[index], m.s[index], m.s[index] } };
    }
    if (vd_get(desc, VD_BYTES, 5) == 8) {
        n.d[1] = m.d[1] = d.d[1] = 0;
    }
    dot4(cpu, &d, &n, &m);
    vec_write(cpu, desc, d);
}

/* Rd (2 x 2) += Rn (2 x 4) times Rm (2 x 4) transposed. */
VEC_INT_HELPER(bfmmla)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec r = vec_read(cpu, vd_get(desc, VD_RD, 5));

    for (unsigned k = 0; k < 2; k++) {
        Vec rows = { .s = { n.s[k], n.s[k], n.s[2 + k], n.s[2 + k] } };
        Vec columns = { .s = { m.s[k], m.s[2 + k], m.s[k], m.s[2 + k] } };
        dot4(cpu, &r, &rows, &columns);
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
