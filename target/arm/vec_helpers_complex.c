/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complex arithmetic (FEAT_FCMA) and products of halves added to singles (FEAT_FHM). */
#include "target/arm/internal/fp_mode.h"
#include "target/arm/internal/vec_helpers.h"

static inline uint64_t negate_if(bool neg, FpuFormat f, uint64_t a, FpuMode mode)
{
    return neg ? fpu_negate(f, a, mode) : a;
}

/* Rn plus Rm turned by 90 or 270 degrees. */
VEC_HELPER(fcadd)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec r = { .d = { 0, 0 } };
    unsigned size = vd_get(desc, VD_SIZE, 2), lanes = vd_get(desc, VD_BYTES, 5) >> size;
    bool three = vd_get(desc, VD_IMM, 2) == 3;
    FpuFormat f = size - 1;
    FpuMode mode = fp_mode(cpu->fpcr);

    for (unsigned i = 0; i < lanes; i += 2) {
        uint64_t re = negate_if(!three, f, lane_get(&m, size, i + 1), mode);
        uint64_t im = negate_if(three, f, lane_get(&m, size, i), mode);
        lane_set(&r, size, i, fpu_add(f, lane_get(&n, size, i), re, mode, &cpu->fpsr));
        lane_set(&r, size, i + 1, fpu_add(f, lane_get(&n, size, i + 1), im, mode, &cpu->fpsr));
    }
    vec_write(cpu, desc, r);
}

/* Rd plus the real or (rotations 1, 3) imaginary part of Rn times Rm, turned. */
VEC_HELPER(fcmla)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec d = vec_read(cpu, vd_get(desc, VD_RD, 5)), r = { .d = { 0, 0 } };
    unsigned size = vd_get(desc, VD_SIZE, 2), lanes = vd_get(desc, VD_BYTES, 5) >> size;
    unsigned index = 2 * vd_get(desc, VD_INDEX, 3), step = 2 * !vd_get(desc, VD_INDEXED, 1);
    unsigned rot = vd_get(desc, VD_IMM, 2), odd = rot & 1;
    FpuFormat f = size - 1;
    FpuMode mode = fp_mode(cpu->fpcr);

    for (unsigned i = 0; i < lanes; i += 2, index += step) {
        uint64_t x = lane_get(&n, size, i + odd);
        uint64_t re = negate_if(rot == 1 || rot == 2, f, lane_get(&m, size, index + odd), mode);
        uint64_t im = negate_if(rot >= 2, f, lane_get(&m, size, index + !odd), mode);
        lane_set(&r, size, i, fpu_fma(f, lane_get(&d, size, i), x, re, mode, &cpu->fpsr));
        lane_set(&r, size, i + 1, fpu_fma(f, lane_get(&d, size, i + 1), x, im, mode, &cpu->fpsr));
    }
    vec_write(cpu, desc, r);
}

VEC_HELPER(fmlal)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec d = vec_read(cpu, vd_get(desc, VD_RD, 5)), r = { .d = { 0, 0 } };
    unsigned lanes = vd_get(desc, VD_BYTES, 5) / 4, step = !vd_get(desc, VD_INDEXED, 1);
    unsigned from = vd_get(desc, VD_UPPER, 1) ? lanes : 0;
    unsigned index = step ? from : vd_get(desc, VD_INDEX, 3);
    bool sub = vd_get(desc, VD_FLAG, 1);
    FpuMode mode = fp_mode(cpu->fpcr);

    for (unsigned i = 0; i < lanes; i++, index += step) {
        uint64_t x = negate_if(sub, FPU_F16, n.h[from + i], mode);
        r.s[i] = fpu_fma_half(d.s[i], x, m.h[index], mode, &cpu->fpsr);
    }
    vec_write(cpu, desc, r);
}
