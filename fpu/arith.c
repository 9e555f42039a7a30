/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exact arithmetic on unpacked numbers. Names in comments are the Arm ARM's functions. */
#include "fpu/fpu_internal.h"

/* An exact zero from operands that were not both zero of one sign. */
static uint64_t exact_zero(FpuFormat f, FpuMode mode)
{
    return fpu_pack_zero(f, mode.round == FPU_DOWN);
}

FpuNum fpu_sum(bool sign_a, int exp_a, u128 va, bool sign_b, int exp_b, u128 vb)
{
    FpuNum n = { .cls = FPC_FINITE, .sign = sign_a };

    if (exp_a < exp_b) {
        va = fpu_shr_jam128(va, exp_b - exp_a);
        exp_a = exp_b;
    } else {
        vb = fpu_shr_jam128(vb, exp_a - exp_b);
    }
    u128 v;
    if (sign_a == sign_b) {
        v = va + vb;
    } else if (va == vb) {
        return (FpuNum){ .cls = FPC_ZERO };
    } else {
        v = va > vb ? va - vb : vb - va;
        n.sign = va > vb ? sign_a : sign_b;
    }
    n.exp = exp_a;
    n.sig = fpu_normalise128(v, &n.exp);
    return n;
}

/* @n * 2^scale, rounded; @n is a sum. */
static uint64_t round_sum(FpuFormat f, FpuNum n, int scale, FpuMode mode, uint32_t *flags)
{
    return n.cls == FPC_ZERO ? exact_zero(f, mode)
                             : fpu_round_pack(f, n.sign, n.exp + scale, n.sig, mode, flags);
}

/* FPAdd, FPSub */
uint64_t fpu_soft_add(FpuFormat f, uint64_t a, uint64_t b, bool sub, FpuMode mode,
                      uint32_t *flags)
{
    FpuNum na = fpu_unpack(f, a, mode, flags);
    FpuNum nb = fpu_unpack(f, b, mode, flags);
    uint64_t res;

    if (fpu_process_nans(f, &na, &nb, a, b, mode, flags, &res)) {
        return res;
    }
    nb.sign ^= sub;
    fpu_process_denorms(f, na.denormal || nb.denormal, mode, flags);
    if (na.cls == FPC_INF || nb.cls == FPC_INF) {
        if (na.cls == nb.cls && na.sign != nb.sign) {
            return fpu_invalid(f, mode, flags);
        }
        return fpu_pack_inf(f, na.cls == FPC_INF ? na.sign : nb.sign);
    }
    if (na.cls == FPC_ZERO && nb.cls == FPC_ZERO) {
        return na.sign == nb.sign ? fpu_pack_zero(f, na.sign) : exact_zero(f, mode);
    }
    if (na.cls == FPC_ZERO || nb.cls == FPC_ZERO) {
        const FpuNum *n = na.cls == FPC_ZERO ? &nb : &na;
        return fpu_round_pack(f, n->sign, n->exp, n->sig, mode, flags);
    }
    return round_sum(f, fpu_sum(na.sign, na.exp, (u128)na.sig << 63, nb.sign, nb.exp,
                                (u128)nb.sig << 63), 0, mode, flags);
}

/* FPMul, FPMulX */
uint64_t fpu_soft_mul(FpuFormat f, uint64_t a, uint64_t b, bool mulx, FpuMode mode,
                      uint32_t *flags)
{
    FpuNum na = fpu_unpack(f, a, mode, flags);
    FpuNum nb = fpu_unpack(f, b, mode, flags);
    bool sign = na.sign ^ nb.sign;
    uint64_t res;

    if (fpu_process_nans(f, &na, &nb, a, b, mode, flags, &res)) {
        return res;
    }
    fpu_process_denorms(f, na.denormal || nb.denormal, mode, flags);
    bool inf = na.cls == FPC_INF || nb.cls == FPC_INF;
    bool zero = na.cls == FPC_ZERO || nb.cls == FPC_ZERO;
    if (inf && zero) {
        return mulx ? fpu_round_pack(f, sign, 1, UINT64_C(1) << 63, mode, flags)
                    : fpu_invalid(f, mode, flags);
    }
    if (inf || zero) {
        return inf ? fpu_pack_inf(f, sign) : fpu_pack_zero(f, sign);
    }
    int exp = na.exp + nb.exp;
    uint64_t sig = fpu_normalise128((u128)na.sig * nb.sig, &exp);
    return fpu_round_pack(f, sign, exp, sig, mode, flags);
}

/* FPDiv */
uint64_t fpu_soft_div(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    FpuNum na = fpu_unpack(f, a, mode, flags);
    FpuNum nb = fpu_unpack(f, b, mode, flags);
    bool sign = na.sign ^ nb.sign;
    uint64_t res;

    if (fpu_process_nans(f, &na, &nb, a, b, mode, flags, &res)) {
        return res;
    }
    if (na.cls == nb.cls && na.cls != FPC_FINITE) {
        return fpu_invalid(f, mode, flags);
    }
    if (nb.cls != FPC_ZERO) {
        fpu_process_denorms(f, na.denormal || nb.denormal, mode, flags);
    }
    if (na.cls == FPC_INF || nb.cls == FPC_ZERO) {
        *flags |= na.cls == FPC_INF ? 0 : FPU_DZC;
        return fpu_pack_inf(f, sign);
    }
    if (na.cls == FPC_ZERO || nb.cls == FPC_INF) {
        return fpu_pack_zero(f, sign);
    }
    u128 n = (u128)na.sig << 63;
    uint64_t q = n / nb.sig;
    q |= (u128)q * nb.sig != n;
    unsigned lz = __builtin_clzll(q);
    return fpu_round_pack(f, sign, na.exp - nb.exp - (int)lz, q << lz, mode, flags);
}

/* floor(sqrt(v)) with the sticky bit ORed in; v in [2^126, 2^128) gives [2^63, 2^64). */
static uint64_t sqrt_jam(u128 v)
{
    uint64_t r = 0;

    for (int bit = 63; bit >= 0; bit--) {
        uint64_t t = r | UINT64_C(1) << bit;
        if ((u128)t * t <= v) {
            r = t;
        }
    }
    return r | ((u128)r * r != v);
}

/* FPSqrt */
uint64_t fpu_soft_sqrt(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    FpuNum n = fpu_unpack(f, a, mode, flags);

    if (fpu_is_nan(&n)) {
        return fpu_process_nan(f, n.cls, a, mode, flags);
    }
    if (n.cls == FPC_ZERO) {
        return fpu_pack_zero(f, n.sign);
    }
    if (n.sign) {
        return fpu_invalid(f, mode, flags);
    }
    if (n.cls == FPC_INF) {
        return a;
    }
    fpu_process_denorms(f, n.denormal, mode, flags);
    bool odd = n.exp & 1;
    return fpu_round_pack(f, false, (n.exp - odd) / 2, sqrt_jam((u128)n.sig << (63 + odd)), mode,
                          flags);
}

/* c + a * b, scaled by 2^scale, for finite or zero operands not all of which need care. */
static uint64_t fused(FpuFormat f, const FpuNum *c, const FpuNum *a, const FpuNum *b, int scale,
                      FpuMode mode, uint32_t *flags)
{
    bool sign_p = a->sign ^ b->sign;

    if (a->cls == FPC_ZERO || b->cls == FPC_ZERO) {
        if (c->cls == FPC_ZERO) {
            return c->sign == sign_p ? fpu_pack_zero(f, c->sign) : exact_zero(f, mode);
        }
        return fpu_round_pack(f, c->sign, c->exp + scale, c->sig, mode, flags);
    }
    u128 product = (u128)a->sig * b->sig;
    int exp_p = a->exp + b->exp;
    if (c->cls == FPC_ZERO) {
        uint64_t sig = fpu_normalise128(product, &exp_p);
        return fpu_round_pack(f, sign_p, exp_p + scale, sig, mode, flags);
    }
    /* The significands' low bits are zero, so two bits of headroom cost nothing. */
    return round_sum(f, fpu_sum(c->sign, c->exp + 1, (u128)c->sig << 62, sign_p, exp_p + 2,
                                product >> 2), scale, mode, flags);
}

/* A factor's NaN as a result: of a format @from that may be narrower than the result's. */
static uint64_t factor_nan(FpuFormat f, FpuFormat from, FpuClass cls, uint64_t a, FpuMode mode,
                           uint32_t *flags)
{
    uint64_t nan = fpu_process_nan(from, cls, a, mode, flags);

    return f == from ? nan : fpu_convert_nan(f, from, nan);
}

/* FPProcessNaNs3, FPProcessNaNs3H of addend and factors: at least one is a NaN. */
static uint64_t fused_nan(FpuFormat f, FpuFormat from, const FpuNum *n, const uint64_t *v,
                          FpuMode mode, uint32_t *flags)
{
    static const uint8_t normal[] = { 0, 1, 2 }, alternative[] = { 1, 2, 0 };
    bool signaling = false;
    unsigned take = 0;

    for (unsigned i = 0; i < 3; i++) {
        signaling |= n[i].cls == FPC_SNAN;
    }
    for (unsigned i = 3; i-- > 0;) {
        unsigned k = mode.ah ? alternative[i] : normal[i];
        if (mode.ah ? fpu_is_nan(&n[k]) : n[k].cls == (signaling ? FPC_SNAN : FPC_QNAN)) {
            take = k;
        }
    }
    FpuClass cls = signaling ? FPC_SNAN : FPC_QNAN;
    return take == 0 ? fpu_process_nan(f, cls, v[0], mode, flags)
                     : factor_nan(f, from, cls, v[take], mode, flags);
}

/* FPMulAdd, FPMulAddH: factors of format @from. */
static uint64_t multiply_add(FpuFormat f, FpuFormat from, uint64_t c, uint64_t a, uint64_t b,
                             FpuMode mode, uint32_t *flags)
{
    const FpuNum n[3] = { fpu_unpack(f, c, mode, flags), fpu_unpack(from, a, mode, flags),
                          fpu_unpack(from, b, mode, flags) };
    const FpuNum *nc = &n[0], *na = &n[1], *nb = &n[2];
    bool inf_zero = (na->cls == FPC_INF && nb->cls == FPC_ZERO)
                 || (na->cls == FPC_ZERO && nb->cls == FPC_INF);
    bool sign_p = na->sign ^ nb->sign;

    if (nc->cls == FPC_QNAN && inf_zero && !mode.ah) {
        return fpu_invalid(f, mode, flags);
    }
    if (fpu_is_nan(nc) || fpu_is_nan(na) || fpu_is_nan(nb)) {
        return fused_nan(f, from, n, (const uint64_t[]){ c, a, b }, mode, flags);
    }
    bool inf_p = na->cls == FPC_INF || nb->cls == FPC_INF;
    if (inf_zero || (inf_p && nc->cls == FPC_INF && nc->sign != sign_p)) {
        return fpu_invalid(f, mode, flags);
    }
    fpu_process_denorms(f, nc->denormal || (f == from && (na->denormal || nb->denormal)), mode,
                        flags);
    if (inf_p || nc->cls == FPC_INF) {
        return fpu_pack_inf(f, inf_p ? sign_p : nc->sign);
    }
    return fused(f, nc, na, nb, 0, mode, flags);
}

uint64_t fpu_soft_fma(FpuFormat f, uint64_t c, uint64_t a, uint64_t b, FpuMode mode,
                      uint32_t *flags)
{
    return multiply_add(f, f, c, a, b, mode, flags);
}

uint64_t fpu_fma_half(uint64_t c, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    return multiply_add(FPU_F32, FPU_F16, c, a, b, mode, flags);
}

/* FPRecipStepFused, FPRSqrtStepFused: (c - a * b) * 2^scale, infinity times zero giving c. */
static uint64_t step(FpuFormat f, uint64_t a, uint64_t b, FpuNum c, int scale, FpuMode mode,
                     uint32_t *flags)
{
    uint32_t scratch = 0;

    flags = fpu_quiet_flags(mode, flags, &scratch);
    mode = fpu_quiet_mode(mode);
    a = fpu_negate(f, a, mode);
    FpuNum na = fpu_unpack(f, a, mode, flags);
    FpuNum nb = fpu_unpack(f, b, mode, flags);
    uint64_t res;

    if (fpu_process_nans(f, &na, &nb, a, b, mode, flags, &res)) {
        return res;
    }
    bool inf = na.cls == FPC_INF || nb.cls == FPC_INF;
    if (inf && na.cls != FPC_ZERO && nb.cls != FPC_ZERO) {
        return fpu_pack_inf(f, na.sign ^ nb.sign);
    }
    if (inf) {
        na.cls = FPC_ZERO;
        nb.cls = FPC_ZERO;
    }
    return fused(f, &c, &na, &nb, scale, mode, flags);
}

uint64_t fpu_recip_step(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    FpuNum two = { .cls = FPC_FINITE, .exp = 1, .sig = UINT64_C(1) << 63 };

    return step(f, a, b, two, 0, mode, flags);
}

uint64_t fpu_rsqrt_step(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    FpuNum three = { .cls = FPC_FINITE, .exp = 1, .sig = UINT64_C(3) << 62 };

    return step(f, a, b, three, -1, mode, flags);
}

static bool magnitude_less(const FpuNum *a, const FpuNum *b)
{
    if (a->cls != b->cls) {
        return a->cls < b->cls;
    }
    return a->cls == FPC_FINITE && (a->exp != b->exp ? a->exp < b->exp : a->sig < b->sig);
}

static FpuOrder order(const FpuNum *a, const FpuNum *b)
{
    if (a->cls == FPC_ZERO && b->cls == FPC_ZERO) {
        return FPU_EQUAL;
    }
    if (a->sign != b->sign) {
        return a->sign ? FPU_LESS : FPU_GREATER;
    }
    if (magnitude_less(a, b)) {
        return a->sign ? FPU_GREATER : FPU_LESS;
    }
    return magnitude_less(b, a) ? (a->sign ? FPU_LESS : FPU_GREATER) : FPU_EQUAL;
}

/* FPCompare, FPCompareEQ, FPCompareGE, FPCompareGT */
FpuOrder fpu_soft_compare(FpuFormat f, uint64_t a, uint64_t b, bool signal_all, FpuMode mode,
                          uint32_t *flags)
{
    FpuNum na = fpu_unpack(f, a, mode, flags);
    FpuNum nb = fpu_unpack(f, b, mode, flags);

    if (fpu_is_nan(&na) || fpu_is_nan(&nb)) {
        bool invalid = signal_all || na.cls == FPC_SNAN || nb.cls == FPC_SNAN;
        *flags |= invalid ? FPU_IOC : 0;
        return FPU_UNORDERED;
    }
    fpu_process_denorms(f, na.denormal || nb.denormal, mode, flags);
    return order(&na, &nb);
}

/* FPMax, FPMin of numbers that are not NaNs. @flush: a result may be (alternative handling). */
static uint64_t extreme_of(FpuFormat f, const FpuNum *na, const FpuNum *nb, uint64_t a, uint64_t b,
                           bool min, bool flush, FpuMode mode, uint32_t *flags)
{
    fpu_process_denorms(f, na->denormal || nb->denormal, mode, flags);
    if (na->cls == FPC_ZERO && nb->cls == FPC_ZERO) {
        return fpu_pack_zero(f, min ? na->sign || nb->sign : na->sign && nb->sign);
    }
    bool take_a = order(na, nb) == (min ? FPU_LESS : FPU_GREATER);
    const FpuNum *n = take_a ? na : nb;
    if (n->cls == FPC_FINITE && flush) {
        return fpu_round_pack(f, n->sign, n->exp, n->sig, mode, flags);
    }
    return n->cls == FPC_ZERO ? fpu_pack_zero(f, n->sign) : take_a ? a : b;
}

/* FPMax, FPMin: the larger of a and b, the smaller with @min. Alternatively as x86 does it. */
uint64_t fpu_soft_extreme(FpuFormat f, uint64_t a, uint64_t b, bool min, FpuMode mode,
                          uint32_t *flags)
{
    FpuNum na = fpu_unpack(f, a, mode, flags);
    FpuNum nb = fpu_unpack(f, b, mode, flags);
    uint64_t res;

    if (mode.ah && na.cls == FPC_ZERO && nb.cls == FPC_ZERO) {
        return fpu_pack_zero(f, nb.sign);
    }
    if (mode.ah && (fpu_is_nan(&na) || fpu_is_nan(&nb))) {
        *flags |= FPU_IOC;
        return nb.cls == FPC_ZERO ? fpu_pack_zero(f, nb.sign) : b;
    }
    if (fpu_process_nans(f, &na, &nb, a, b, mode, flags, &res)) {
        return res;
    }
    return extreme_of(f, &na, &nb, a, b, min, false, mode, flags);
}

/* FPMaxNum, FPMinNum: a lone quiet NaN becomes the infinity that loses. */
uint64_t fpu_soft_extreme_num(FpuFormat f, uint64_t a, uint64_t b, bool min, FpuMode mode,
                              uint32_t *flags)
{
    FpuNum na = fpu_unpack(f, a, mode, flags);
    FpuNum nb = fpu_unpack(f, b, mode, flags);
    const FpuNum loser = { .cls = FPC_INF, .sign = !min };
    uint64_t res;

    if (mode.ah && fpu_is_nan(&na) && fpu_is_nan(&nb)) {
        fpu_process_nans(f, &na, &nb, a, b, mode, flags, &res);
        return res;
    }
    if (na.cls == FPC_QNAN && nb.cls != FPC_QNAN) {
        na = loser;
        a = fpu_pack_inf(f, !min);
    } else if (nb.cls == FPC_QNAN && na.cls != FPC_QNAN) {
        nb = loser;
        b = fpu_pack_inf(f, !min);
    }
    if (fpu_process_nans(f, &na, &nb, a, b, mode, flags, &res)) {
        return res;
    }
    return extreme_of(f, &na, &nb, a, b, min, mode.ah, mode, flags);
}
