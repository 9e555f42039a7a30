/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating-point SIMD helpers: fpu/ lane by lane. */
#include "target/arm/internal/fp_mode.h"
#include "target/arm/internal/vec_helpers.h"

static inline FpuFormat format_of(uint64_t desc) { return vd_get(desc, VD_SIZE, 2) - 1; }

/* -- Two operands -- */

typedef uint64_t Fn2(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);

static ALWAYS_INLINE void lanes2(ArmCpu *cpu, uint64_t desc, Fn2 *fn)
{
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec r = { .d = { 0, 0 } };
    unsigned size = vd_get(desc, VD_SIZE, 2), lanes = vd_get(desc, VD_BYTES, 5) >> size;
    unsigned index = vd_get(desc, VD_INDEX, 3), step = !vd_get(desc, VD_INDEXED, 1);
    FpuMode mode = fp_mode(cpu->fpcr);

    for (unsigned i = 0; i < lanes; i++, index += step) {
        lane_set(&r, size, i, fn(size - 1, lane_get(&n, size, i), lane_get(&m, size, index), mode,
                                 &cpu->fpsr));
    }
    vec_write(cpu, desc, r);
}

static uint64_t abd(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    return fpu_absolute(f, fpu_sub(f, a, b, mode, flags), mode);
}

static uint64_t nmul(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    return fpu_negate(f, fpu_mul(f, a, b, mode, flags), mode);
}

static inline uint64_t all_ones(FpuFormat f, bool b)
{
    return b ? (fpu_sign_bit(f) << 1) - 1 : 0;
}

static uint64_t cmeq(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    return all_ones(f, fpu_compare(f, a, b, false, mode, flags) == FPU_EQUAL);
}

static uint64_t cmge(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    FpuOrder o = fpu_compare(f, a, b, true, mode, flags);

    return all_ones(f, o == FPU_EQUAL || o == FPU_GREATER);
}

static uint64_t cmgt(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    return all_ones(f, fpu_compare(f, a, b, true, mode, flags) == FPU_GREATER);
}

static uint64_t acge(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    return cmge(f, fpu_abs(f, a), fpu_abs(f, b), mode, flags);
}

static uint64_t acgt(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    return cmgt(f, fpu_abs(f, a), fpu_abs(f, b), mode, flags);
}

VEC_HELPER(fadd) { lanes2(env, desc, fpu_add); }
VEC_HELPER(fsub) { lanes2(env, desc, fpu_sub); }
VEC_HELPER(fmul) { lanes2(env, desc, fpu_mul); }
VEC_HELPER(fnmul) { lanes2(env, desc, nmul); }
VEC_HELPER(fmulx) { lanes2(env, desc, fpu_mulx); }
VEC_HELPER(fdiv) { lanes2(env, desc, fpu_div); }
VEC_HELPER(fabd) { lanes2(env, desc, abd); }
VEC_HELPER(fmax) { lanes2(env, desc, fpu_max); }
VEC_HELPER(fmin) { lanes2(env, desc, fpu_min); }
VEC_HELPER(fmaxnm) { lanes2(env, desc, fpu_maxnm); }
VEC_HELPER(fminnm) { lanes2(env, desc, fpu_minnm); }
VEC_HELPER(frecps) { lanes2(env, desc, fpu_recip_step); }
VEC_HELPER(frsqrts) { lanes2(env, desc, fpu_rsqrt_step); }
VEC_HELPER(fcmeq) { lanes2(env, desc, cmeq); }
VEC_HELPER(fcmge) { lanes2(env, desc, cmge); }
VEC_HELPER(fcmgt) { lanes2(env, desc, cmgt); }
VEC_HELPER(facge) { lanes2(env, desc, acge); }
VEC_HELPER(facgt) { lanes2(env, desc, acgt); }

/* -- Multiply-accumulate -- */

static ALWAYS_INLINE void accumulate(ArmCpu *cpu, uint64_t desc, bool negate)
{
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), m = vec_read(cpu, vd_get(desc, VD_RM, 5));
    Vec d = vec_read(cpu, vd_get(desc, VD_RD, 5)), r = { .d = { 0, 0 } };
    unsigned size = vd_get(desc, VD_SIZE, 2), lanes = vd_get(desc, VD_BYTES, 5) >> size;
    unsigned index = vd_get(desc, VD_INDEX, 3), step = !vd_get(desc, VD_INDEXED, 1);
    FpuMode mode = fp_mode(cpu->fpcr);

    for (unsigned i = 0; i < lanes; i++, index += step) {
        uint64_t x = lane_get(&n, size, i);
        x = negate ? fpu_negate(size - 1, x, mode) : x;
        lane_set(&r, size, i, fpu_fma(size - 1, lane_get(&d, size, i), x,
                                      lane_get(&m, size, index), mode, &cpu->fpsr));
    }
    vec_write(cpu, desc, r);
}

VEC_HELPER(fmla) { accumulate(env, desc, false); }
VEC_HELPER(fmls) { accumulate(env, desc, true); }

/* -- Pairwise and across lanes -- */

static ALWAYS_INLINE void pairs(ArmCpu *cpu, uint64_t desc, Fn2 *fn)
{
    unsigned size = vd_get(desc, VD_SIZE, 2), bytes = vd_get(desc, VD_BYTES, 5);
    Vec in[2] = { vec_read(cpu, vd_get(desc, VD_RN, 5)), vec_read(cpu, vd_get(desc, VD_RM, 5)) };
    Vec r = { .d = { 0, 0 } };
    FpuMode mode = fp_mode(cpu->fpcr);

    if (bytes == 8 && !vd_get(desc, VD_UPPER, 1)) {
        in[0].d[1] = in[1].d[0];
    }
    for (unsigned i = 0; i < bytes >> size; i++) {
        unsigned per = 8u >> size;                   /* results from one register */
        const Vec *v = &in[i / per];
        lane_set(&r, size, i, fn(size - 1, lane_get(v, size, i % per * 2),
                                 lane_get(v, size, i % per * 2 + 1), mode, &cpu->fpsr));
    }
    vec_write(cpu, desc, r);
}

/* Halves first, as Reduce() of the Arm ARM; the order of NaNs shows. */
static ALWAYS_INLINE void across(ArmCpu *cpu, uint64_t desc, Fn2 *fn)
{
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5));
    unsigned size = vd_get(desc, VD_SIZE, 2), lanes = vd_get(desc, VD_BYTES, 5) >> size;
    FpuMode mode = fp_mode(cpu->fpcr);

    for (; lanes > 1; lanes /= 2) {
        for (unsigned i = 0; i < lanes / 2; i++) {
            lane_set(&n, size, i, fn(size - 1, lane_get(&n, size, 2 * i),
                                     lane_get(&n, size, 2 * i + 1), mode, &cpu->fpsr));
        }
    }
    vec_write(cpu, desc, (Vec){ .d = { lane_get(&n, size, 0), 0 } });
}

VEC_HELPER(faddp) { pairs(env, desc, fpu_add); }
VEC_HELPER(fmaxp) { pairs(env, desc, fpu_max); }
VEC_HELPER(fminp) { pairs(env, desc, fpu_min); }
VEC_HELPER(fmaxnmp) { pairs(env, desc, fpu_maxnm); }
VEC_HELPER(fminnmp) { pairs(env, desc, fpu_minnm); }
VEC_HELPER(fmaxv) { across(env, desc, fpu_max); }
VEC_HELPER(fminv) { across(env, desc, fpu_min); }
VEC_HELPER(fmaxnmv) { across(env, desc, fpu_maxnm); }
VEC_HELPER(fminnmv) { across(env, desc, fpu_minnm); }

/* -- One operand -- */

typedef uint64_t Fn1(uint64_t desc, FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags);

static ALWAYS_INLINE void lanes1(ArmCpu *cpu, uint64_t desc, Fn1 *fn)
{
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), r = { .d = { 0, 0 } };
    unsigned size = vd_get(desc, VD_SIZE, 2), lanes = vd_get(desc, VD_BYTES, 5) >> size;
    FpuMode mode = fp_mode_round(cpu->fpcr, vd_get(desc, VD_ROUND, 3));

    for (unsigned i = 0; i < lanes; i++) {
        lane_set(&r, size, i, fn(desc, size - 1, lane_get(&n, size, i), mode, &cpu->fpsr));
    }
    vec_write(cpu, desc, r);
}

#define FN1(name)                                                                                  \
    static uint64_t name(uint64_t desc, FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)

FN1(cmeq0) { return cmeq(f, a, 0, mode, flags); }
FN1(cmge0) { return cmge(f, a, 0, mode, flags); }
FN1(cmgt0) { return cmgt(f, a, 0, mode, flags); }
FN1(cmle0) { return cmge(f, 0, a, mode, flags); }
FN1(cmlt0) { return cmgt(f, 0, a, mode, flags); }
FN1(negate) { return fpu_negate(f, a, mode); }
FN1(absolute) { return fpu_absolute(f, a, mode); }
FN1(root) { return fpu_sqrt(f, a, mode, flags); }
FN1(recpx) { return fpu_recpx(f, a, mode, flags); }
FN1(rint_lane) { return fpu_round_int(f, a, vd_get(desc, VD_FLAG, 1), mode, flags); }

FN1(rint_n) { return fpu_round_int_n(f, a, vd_get(desc, VD_IMM, 8), mode, flags); }

FN1(to_int)
{
    return fpu_to_int(f, a, vd_get(desc, VD_IMM, 8), 16u << f, !vd_get(desc, VD_FLAG, 1), mode,
                      flags);
}

FN1(from_int)
{
    bool is_signed = !vd_get(desc, VD_FLAG, 1);
    unsigned unused = 64 - (16u << f);

    a = is_signed ? (uint64_t)((int64_t)(a << unused) >> unused) : a;
    return fpu_from_int(f, a, vd_get(desc, VD_IMM, 8), is_signed, mode, flags);
}

static void estimates(ArmCpu *cpu, uint64_t desc, bool root)
{
    Vec v = vec_read(cpu, vd_get(desc, VD_RN, 5));
    unsigned bytes = vd_get(desc, VD_BYTES, 5);
    FpuMode mode = fp_mode(cpu->fpcr);

    v.d[0] = fpu_estimates(format_of(desc), root, v.d[0], bytes, mode, &cpu->fpsr);
    v.d[1] = bytes < 16 ? 0 : fpu_estimates(format_of(desc), root, v.d[1], 8, mode, &cpu->fpsr);
    vec_write(cpu, desc, v);
}

VEC_HELPER(fcmeq0) { lanes1(env, desc, cmeq0); }
VEC_HELPER(fcmge0) { lanes1(env, desc, cmge0); }
VEC_HELPER(fcmgt0) { lanes1(env, desc, cmgt0); }
VEC_HELPER(fcmle0) { lanes1(env, desc, cmle0); }
VEC_HELPER(fcmlt0) { lanes1(env, desc, cmlt0); }
VEC_INT_HELPER(fneg) { lanes1(env, desc, negate); }
VEC_INT_HELPER(fabs) { lanes1(env, desc, absolute); }
VEC_HELPER(fsqrt) { lanes1(env, desc, root); }
VEC_INT_HELPER(frecpe) { estimates(env, desc, false); }
VEC_INT_HELPER(frsqrte) { estimates(env, desc, true); }
VEC_INT_HELPER(frecpx) { lanes1(env, desc, recpx); }
VEC_HELPER(frint) { lanes1(env, desc, rint_lane); }
VEC_INT_HELPER(frintts) { lanes1(env, desc, rint_n); }
VEC_HELPER(fcvt_int) { lanes1(env, desc, to_int); }
VEC_HELPER(cvtf) { lanes1(env, desc, from_int); }

/* -- Between formats -- */

VEC_HELPER(fcvtn)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), r = vec_read(cpu, vd_get(desc, VD_RD, 5));
    Vec half = { .d = { 0, 0 } };
    unsigned size = vd_get(desc, VD_SIZE, 2), lanes = vd_get(desc, VD_BYTES, 5) >> size;
    FpuMode mode = fp_mode_round(cpu->fpcr, vd_get(desc, VD_ROUND, 3));

    for (unsigned i = 0; i < lanes; i++) {
        lane_set(&half, size, i, fpu_convert(format_of(desc), format_of(desc) + 1,
                                             lane_get(&n, size + 1, i), mode, &cpu->fpsr));
    }
    if (vd_get(desc, VD_UPPER, 1)) {
        r.d[1] = half.d[0];
    } else {
        r = half;
    }
    vec_write(cpu, desc, r);
}

VEC_HELPER(fcvtl)
{
    ArmCpu *cpu = env;
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), r = { .d = { 0, 0 } };
    unsigned size = vd_get(desc, VD_SIZE, 2), lanes = 8u >> size;
    unsigned first = vd_get(desc, VD_UPPER, 1) ? lanes : 0;

    for (unsigned i = 0; i < lanes; i++) {
        lane_set(&r, size + 1, i, fpu_convert(format_of(desc) + 1, format_of(desc),
                                              lane_get(&n, size, first + i), fp_mode(cpu->fpcr),
                                              &cpu->fpsr));
    }
    vec_write(cpu, desc, r);
}
