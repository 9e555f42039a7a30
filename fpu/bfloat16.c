/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bfloat16: F32 without its low 16 bits. Names in comments are the Arm ARM's functions. NaNs give
 * the default NaN but for conversions and BFMulAddH.
 */
#include <string.h>

#include "fpu/fpu_internal.h"

static uint64_t widen(uint64_t a) { return a << 16; }

/* BFRound: to odd, small results flushed, large ones to infinity. */
static uint64_t round_odd(const FpuNum *n)
{
    uint32_t flags = 0;

    if (n->exp < -126) {
        return fpu_pack_zero(FPU_F32, n->sign);
    }
    if (n->exp > 127) {
        return fpu_pack_inf(FPU_F32, n->sign);
    }
    return fpu_round_pack(FPU_F32, n->sign, n->exp, n->sig, (FpuMode){ .round = FPU_ODD }, &flags);
}

/* The exact product of numbers with significands of 8 bits. */
static FpuNum product(const FpuNum *a, const FpuNum *b)
{
    FpuNum n = { .cls = FPC_FINITE, .sign = a->sign ^ b->sign, .exp = a->exp + b->exp };

    n.sig = fpu_normalise128((u128)a->sig * b->sig, &n.exp);
    return n;
}

static FpuNum sum(const FpuNum *a, const FpuNum *b)
{
    return fpu_sum(a->sign, a->exp, (u128)a->sig << 63, b->sign, b->exp, (u128)b->sig << 63);
}

/* BFUnpack: always flushes, sees no signaling NaNs. */
static FpuNum unpack_flushed(uint64_t a)
{
    uint32_t flags = 0;

    return fpu_unpack(FPU_F32, a, (FpuMode){ .fz = true }, &flags);
}

/* BFMulH */
static uint64_t multiply(uint16_t a, uint16_t b, FpuMode mode)
{
    FpuNum na = unpack_flushed(widen(a)), nb = unpack_flushed(widen(b));
    bool inf = na.cls == FPC_INF || nb.cls == FPC_INF;
    bool zero = na.cls == FPC_ZERO || nb.cls == FPC_ZERO;

    if (fpu_is_nan(&na) || fpu_is_nan(&nb) || (inf && zero)) {
        return fpu_default_nan(FPU_F32, mode);
    }
    if (inf || zero) {
        return inf ? fpu_pack_inf(FPU_F32, na.sign ^ nb.sign)
                   : fpu_pack_zero(FPU_F32, na.sign ^ nb.sign);
    }
    FpuNum n = product(&na, &nb);
    return round_odd(&n);
}

/* FPAdd_BF16 */
static uint64_t add(uint64_t a, uint64_t b, FpuMode mode)
{
    FpuNum na = unpack_flushed(a), nb = unpack_flushed(b);

    if (fpu_is_nan(&na) || fpu_is_nan(&nb)
        || (na.cls == FPC_INF && nb.cls == FPC_INF && na.sign != nb.sign)) {
        return fpu_default_nan(FPU_F32, mode);
    }
    if (na.cls == FPC_INF || nb.cls == FPC_INF) {
        return fpu_pack_inf(FPU_F32, na.cls == FPC_INF ? na.sign : nb.sign);
    }
    if (na.cls == FPC_ZERO && nb.cls == FPC_ZERO) {
        return fpu_pack_zero(FPU_F32, na.sign && nb.sign);
    }
    if (na.cls == FPC_ZERO || nb.cls == FPC_ZERO) {
        return round_odd(na.cls == FPC_ZERO ? &nb : &na);
    }
    FpuNum n = sum(&na, &nb);
    return n.cls == FPC_ZERO ? fpu_pack_zero(FPU_F32, false) : round_odd(&n);
}

/* FPDot: the sum of two products, rounded once. */
static uint64_t fused_dot(const uint16_t *a, const uint16_t *b, FpuMode mode)
{
    uint32_t flags = 0;
    bool inf[2] = { false, false };
    FpuNum p[2];

    for (unsigned i = 0; i < 2; i++) {
        FpuNum na = fpu_unpack(FPU_F32, widen(a[i]), mode, &flags);
        FpuNum nb = fpu_unpack(FPU_F32, widen(b[i]), mode, &flags);
        bool zero = na.cls == FPC_ZERO || nb.cls == FPC_ZERO;
        inf[i] = na.cls == FPC_INF || nb.cls == FPC_INF;
        if (fpu_is_nan(&na) || fpu_is_nan(&nb) || (inf[i] && zero)) {
            return fpu_default_nan(FPU_F32, mode);
        }
        p[i] = inf[i] || zero ? (FpuNum){ .cls = zero ? FPC_ZERO : FPC_INF,
                                          .sign = na.sign ^ nb.sign }
                              : product(&na, &nb);
    }
    if (inf[0] || inf[1]) {
        return inf[0] && inf[1] && p[0].sign != p[1].sign
            ? fpu_default_nan(FPU_F32, mode) : fpu_pack_inf(FPU_F32, p[inf[1]].sign);
    }
    bool down = mode.round == FPU_DOWN;
    if (p[0].cls == FPC_ZERO && p[1].cls == FPC_ZERO) {
        return fpu_pack_zero(FPU_F32, p[0].sign == p[1].sign ? p[0].sign : down);
    }
    FpuNum n = p[0].cls == FPC_ZERO ? p[1] : p[1].cls == FPC_ZERO ? p[0] : sum(&p[0], &p[1]);
    return n.cls == FPC_ZERO ? fpu_pack_zero(FPU_F32, down)
                             : fpu_round_pack(FPU_F32, n.sign, n.exp, n.sig, mode, &flags);
}

uint64_t fpu_bf16_dot(uint64_t c, const uint16_t *a, const uint16_t *b, bool extended,
                      FpuMode mode)
{
    uint32_t flags = 0;

    if (extended) {
        mode.dn = true;
        return fpu_soft_add(FPU_F32, c, fused_dot(a, b, mode), false, mode, &flags);
    }
    return add(c, add(multiply(a[0], b[0], mode), multiply(a[1], b[1], mode), mode), mode);
}

/*
 * Four at once, by doubles. Products of bfloat16 are exact there, and as singles; a sum's rounding
 * error is itself a number (TwoSum), which says on which side of the rounded sum the exact one lies
 * and so what rounding to odd, as a single, makes of it. All this for operands, products and sums
 * that are 0 or normal numbers as singles. (The compiler makes of it what is as slow as the integer
 * way unless it may use AVX2.)
 */
#ifdef __x86_64__
#pragma GCC push_options
#pragma GCC target("avx2")

typedef double Doubles __attribute__((vector_size(32)));
typedef int64_t Longs __attribute__((vector_size(32)));
typedef float Floats __attribute__((vector_size(16)));
typedef uint32_t Words __attribute__((vector_size(16)));
typedef uint16_t Halves __attribute__((vector_size(16)));

/* Lanes with a number that is neither 0 nor normal as a single. */
static inline Longs strange(Doubles x)
{
    Longs mag = (Longs)x & INT64_MAX, least = mag - (INT64_C(897) << 52);

    return (mag != 0) & ((least < 0) | (mag >= INT64_C(1151) << 52));
}

/* x + y as a single, to odd. */
static inline Doubles add_odd(Doubles x, Doubles y)
{
    const int64_t low = (INT64_C(1) << 29) - 1;
    Doubles s = x + y, t = s - x, e = (x - (s - t)) + (y - t);
    Longs inexact = e != 0, v = (Longs)s;

    v += inexact & (((Longs)e ^ v) < 0);                /* too large: -1 */
    Longs odd = ((v & low) != 0) | inexact;
    return (Doubles)((v & ~low) | (odd & (low + 1)));
}

static inline Doubles doubles_of(Words w) { return __builtin_convertvector((Floats)w, Doubles); }

static inline bool any_special(const uint16_t v[8])
{
    uint64_t bad[2];
    Halves mag;

    memcpy(&mag, v, 16);
    mag &= 0x7fff;
    mag = (Halves)((mag != 0) & ((mag < 0x80) | (mag >= 0x7f80)));
    memcpy(bad, &mag, 16);
    return bad[0] | bad[1];
}

static bool dot4(uint32_t c[4], const uint16_t a[8], const uint16_t b[8])
{
    Words wa, wb, wc;

    memcpy(&wa, a, 16);
    memcpy(&wb, b, 16);
    memcpy(&wc, c, 16);
    Doubles p = doubles_of(wa << 16) * doubles_of(wb << 16);
    Doubles q = doubles_of(wa & 0xffff0000) * doubles_of(wb & 0xffff0000);
    Doubles s = add_odd(p, q), addend = doubles_of(wc), sum = add_odd(addend, s);
    Longs bad = strange(p) | strange(q) | strange(s) | strange(addend) | strange(sum);
    if (any_special(a) || any_special(b) || bad[0] | bad[1] | bad[2] | bad[3]) {
        return false;
    }
    Floats f = __builtin_convertvector(sum, Floats);
    memcpy(c, &f, 16);
    return true;
}
#pragma GCC pop_options

bool fpu_bf16_dot4(uint32_t c[4], const uint16_t a[8], const uint16_t b[8])
{
    return __builtin_cpu_supports("avx2") && dot4(c, a, b);
}
#else
bool fpu_bf16_dot4(uint32_t c[4], const uint16_t a[8], const uint16_t b[8]) { return false; }
#endif

uint64_t fpu_bf16_fma(uint64_t c, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint32_t scratch = 0;

    return fpu_fma(FPU_F32, c, widen(a), widen(b), fpu_quiet_mode(mode),
                   fpu_quiet_flags(mode, flags, &scratch));
}

uint64_t fpu_bf16_convert(uint64_t a, FpuMode mode, uint32_t *flags)
{
    uint32_t scratch = 0;

    if (mode.round == FPU_NEAREST && (a >> 23 & 0xff) - 1 < 252) {      /* normal, and stays so */
        *flags |= a & 0xffff && !mode.ah ? FPU_IXC : 0;
        return (a + 0x7fff + (a >> 16 & 1)) >> 16;
    }
    flags = fpu_quiet_flags(mode, flags, &scratch);
    mode = fpu_quiet_mode(mode);
    FpuNum n = fpu_unpack(FPU_F32, a, mode, flags);
    if (fpu_is_nan(&n)) {
        return fpu_process_nan(FPU_F32, n.cls, a, mode, flags) >> 16;
    }
    if (n.cls == FPC_FINITE) {
        return fpu_round_pack(FPU_BF16, n.sign, n.exp, n.sig, mode, flags);
    }
    return (n.cls == FPC_ZERO ? fpu_pack_zero(FPU_F32, n.sign) : a) >> 16;
}
