/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bfloat16: F32 without its low 16 bits. Names in comments are the Arm ARM's functions. NaNs give
 * the default NaN but for conversions and BFMulAddH.
 */
#ifdef __x86_64__
#include <immintrin.h>
#endif
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
 * Four at once, in integers: so neither the host's rounding nor its flags matter. A number is its
 * sign, its biased exponent and a significand of 24 bits, with three bits below it that a sum
 * needs: two to shift in when it cancels, and one for all that is lost. Conversion to doubles,
 * which is exact, normalises the sum. (Without AVX2 the compiler makes of it what is no faster
 * than one at a time.)
 */
#ifdef __x86_64__
#pragma GCC push_options
#pragma GCC target("avx2")

typedef double Doubles __attribute__((vector_size(32)));
typedef uint64_t Longs __attribute__((vector_size(32)));
typedef int32_t Words __attribute__((vector_size(16)));
typedef uint32_t Unsigned __attribute__((vector_size(16)));

static const int32_t sign_bit = INT32_MIN, implicit = 1 << 23;

static inline Words all(int32_t v) { return (Words){ v, v, v, v }; }
static inline Words least(Words x, int32_t y) { return __builtin_ia32_pminsd128(x, all(y)); }
static inline Words exponent_of(Words x) { return x >> 23 & 255; }

/* Exponent and fraction in their places, the former perhaps beyond its range, and a sign. */
static inline Words pack_flushed(Words sign, Words v)
{
    return least(v & (v >= implicit), 255 << 23) | (sign & sign_bit);
}

/* BFMulH of bfloat16 in the upper halves, neither infinities nor NaNs. */
static inline Words multiply4(Words a, Words b)
{
    Words ea = exponent_of(a), eb = exponent_of(b);
    Words p = ((a >> 16 & 0x7f) | 0x80) * ((b >> 16 & 0x7f) | 0x80);    /* of 15 or 16 bits */
    Words wide = p >> 15, e = ea + eb - 128 + wide;

    e = least(e, 254);                          /* the implicit bit adds one */
    return pack_flushed(a ^ b, ((p << (9 - wide)) + e * implicit) & (ea != 0) & (eb != 0));
}

/* FPAdd_BF16 of numbers. */
static inline Words add4(Words x, Words y)
{
    Words differ = x ^ y, swap = differ & ((x & INT32_MAX) < (y & INT32_MAX));
    Words a = x ^ swap, b = y ^ swap, ea = exponent_of(a), eb = exponent_of(b);
    Words sa = ((a & (implicit - 1)) | implicit) << 3, sb = ((b & (implicit - 1)) | implicit) << 3;
    Words n = least(ea - eb, 31);

    sa &= ea != 0;
    sb &= eb != 0;
    Words low = sb >> n;
    low |= ((low << n) != sb) & 1;
    differ >>= 31;
    Words sum = sa + ((low ^ differ) - differ), none = sum == 0;
    /* A double's exponent is 1023 + 26 where the sum has as many bits as sa. */
    Longs d = (Longs)__builtin_convertvector(sum, Doubles), lost = (d & ((1 << 29) - 1)) != 0;
    d = ((d >> 29) | (lost & 1)) - ((UINT64_C(1023) + 26) << 23);
    /* May wrap when @a is infinite or a NaN, which the caller does not use. */
    Words v = (Words)(__builtin_convertvector(d, Unsigned) + (Unsigned)(ea * implicit));
    return (none & x & y & sign_bit) | (~none & pack_flushed(a, v));
}

/* Is one infinite or a NaN? */
static inline Words special(Words x) { return (x & 0x7fffffff) >= 255 << 23; }

static bool dot4_avx2(uint32_t c[4], const uint16_t a[8], const uint16_t b[8])
{
    uint64_t any[2];
    Words x, y, r;

    memcpy(&x, a, 16);
    memcpy(&y, b, 16);
    memcpy(&r, c, 16);
    Words p = multiply4(x << 16, y << 16), q = multiply4(x, y), s = add4(p, q);
    Words bad = special(x) | special(x << 16) | special(y) | special(y << 16) | special(r)
              | special(p) | special(q) | special(s);
    memcpy(any, &bad, 16);
    if (any[0] | any[1]) {
        return false;
    }
    r = add4(r, s);
    memcpy(c, &r, 16);
    return true;
}
#pragma GCC pop_options

/*
 * By the host's arithmetic, in whose AVX-512 form an instruction names its rounding and raises no
 * flag. Rounded to odd is rounded to zero with the lowest bit set if down and up are not the same.
 * What may be flushed is left to the others, unless the host flushes too, as the guest may have it.
 */
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512dq")

enum { TO_NEAREST = 8, DOWN = 9, UP = 10, TO_ZERO = 11, DENORMAL = 0x20,
       STRANGE = 0xb9 /* or infinite or a NaN */ };

static inline unsigned class_of(__m512 x, const int which)
{
    return _mm_fpclass_ps_mask(_mm512_castps512_ps128(x), which);
}

static inline __m512 add_odd(__m512 x, __m512 y, unsigned *bad)
{
    __m512 down = _mm512_add_round_ps(x, y, DOWN), up = _mm512_add_round_ps(x, y, UP);
    __m512i z = _mm512_castps_si512(_mm512_add_round_ps(x, y, TO_ZERO));
    __mmask16 inexact = _mm512_cmp_round_ps_mask(down, up, _CMP_NEQ_UQ, TO_NEAREST);

    *bad |= class_of(down, STRANGE) | class_of(up, STRANGE);
    return _mm512_castsi512_ps(_mm512_mask_or_epi32(z, inexact, z, _mm512_set1_epi32(1)));
}

static inline __m512 odd_lanes(__m128i v)
{
    __m128i odd = _mm_and_si128(v, _mm_set1_epi32((int)0xffff0000));

    return _mm512_castsi512_ps(_mm512_zextsi128_si512(odd));
}

static bool dot4_avx512(uint32_t c[4], const uint16_t a[8], const uint16_t b[8])
{
    __m128i va = _mm_loadu_si128((const void *)a), vb = _mm_loadu_si128((const void *)b);
    __m512 a1 = odd_lanes(va), a0 = odd_lanes(_mm_slli_epi32(va, 16));
    __m512 b1 = odd_lanes(vb), b0 = odd_lanes(_mm_slli_epi32(vb, 16));
    __m512 vc = _mm512_zextps128_ps512(_mm_loadu_ps((const void *)c));
    unsigned bad = class_of(a0, DENORMAL) | class_of(a1, DENORMAL) | class_of(b0, DENORMAL)
                 | class_of(b1, DENORMAL) | class_of(vc, DENORMAL);

    __m512 p = _mm512_mul_round_ps(a0, b0, TO_NEAREST);
    __m512 q = _mm512_mul_round_ps(a1, b1, TO_NEAREST);
    bad |= class_of(p, STRANGE) | class_of(q, STRANGE);
    __m512 r = add_odd(vc, add_odd(p, q, &bad), &bad);
    if (bad) {
        return false;
    }
    _mm_storeu_ps((void *)c, _mm512_castps512_ps128(r));
    return true;
}
#pragma GCC pop_options

bool fpu_bf16_dot4(FpuHost host, uint32_t c[4], const uint16_t a[8], const uint16_t b[8])
{
    if (host == FPU_HOST_AVX512 && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl")) {
        return dot4_avx512(c, a, b);
    }
    return __builtin_cpu_supports("avx2") && dot4_avx2(c, a, b);
}
#else
bool fpu_bf16_dot4(FpuHost host, uint32_t c[4], const uint16_t a[8], const uint16_t b[8])
{
    return false;
}
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
