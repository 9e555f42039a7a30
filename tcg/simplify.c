/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Algebra on SCALAR ops while they are built: each rule looks at the operands' definitions only,
 * so its cost is a few compares. Constants are on the right for commutative ops (ir_scalar()).
 */
#include "tcg/internal/builder.h"
#include "util/bits.h"

static bool is_imm_val(const IrBlock *b, IrRef a, uint64_t v)
{
    return ir_is_imm(b, a) && ir_imm_of(b, a) == v;
}

/* @d is `op x, constant`: true and the constant in *v. */
static bool is_op_imm(const IrBlock *b, const IrInsn *d, IrOp op, uint64_t *v)
{
    if (d->op != op || !ir_is_imm(b, d->arg[1])) {
        return false;
    }
    *v = ir_imm_of(b, d->arg[1]);
    return true;
}

unsigned ir_value_bits(const IrBlock *b, IrRef a)
{
    const IrInsn *d = ir_def(b, a);
    unsigned w = ev_width(d->type);
    uint64_t v;

    switch (d->op) {
    case IR_imm:
        return MAX(1u, 64 - clz64((uint64_t)d->imm));
    case IR_zext: case IR_trunc:
        return MIN(32u, ir_value_bits(b, d->arg[0]));
    case IR_extract:
        return d->aux2;
    case IR_setcmp: case IR_setf:
        return 1;
    case IR_clz: case IR_ctz: case IR_cls: case IR_popcnt:
        return 7;
    case IR_shr:
        return ir_is_imm(b, d->arg[1]) ? w - (ir_imm_of(b, d->arg[1]) & (w - 1)) : w;
    case IR_and:
        return is_op_imm(b, d, IR_and, &v) ? MAX(1u, 64 - clz64(v)) : w;
    case IR_ld:
        return d->aux & IR_MO_SIGN ? w : MIN(w, 8u << (d->aux & IR_MO_SIZE));
    case IR_ld_env:
        return MIN(w, 8u << d->aux2);
    case IR_vext:
        return 8u << d->aux;
    default:
        return w;
    }
}

bool ir_is_bool(const IrBlock *b, IrRef a) { return ir_value_bits(b, a) == 1; }

/* -- One operand, and fields -- */

static IrRef shift_imm(IrBlock *b, IrOp op, IrRef a, unsigned n)
{
    return n ? ir_scalar(b, op, a, ir_imm(b, ir_type(b, a), n), 0, 0) : a;
}

static IrRef simplify_unary(IrBlock *b, IrOp op, IrRef a)
{
    const IrInsn *d = ir_def(b, a);

    switch (op) {
    case IR_mov:
        return a;
    case IR_not: case IR_neg: case IR_rbit: case IR_bswap: case IR_bswap16: case IR_bswap32:
        return d->op == op ? d->arg[0] : IR_NO_REF;
    default:
        return IR_NO_REF;
    }
}

static IrRef simplify_extract(IrBlock *b, IrRef a, unsigned lo, unsigned len)
{
    const IrInsn *d = ir_def(b, a);
    unsigned w = ev_width(d->type), bits = ir_value_bits(b, a);
    uint64_t k;

    if (bits <= lo) {
        return ir_imm(b, d->type, 0);
    }
    if (bits <= lo + len) {             /* nothing above the field */
        return shift_imm(b, IR_shr, a, lo);
    }
    if (d->op == IR_extract) {          /* here lo + len < d->aux2 */
        return ir_extract(b, d->arg[0], d->aux + lo, len);
    }
    if (is_op_imm(b, d, IR_shr, &k) && lo + k + len <= w) {
        return ir_extract(b, d->arg[0], lo + k, len);
    }
    if (is_op_imm(b, d, IR_shl, &k) && lo >= k) {
        return ir_extract(b, d->arg[0], lo - k, len);
    }
    return IR_NO_REF;
}

static IrRef simplify_sextract(IrBlock *b, IrRef a, unsigned lo, unsigned len)
{
    const IrInsn *d = ir_def(b, a);
    unsigned w = ev_width(d->type), bits = ir_value_bits(b, a);
    uint64_t k;

    if (lo + len == w) {
        return shift_imm(b, IR_sar, a, lo);
    }
    if (bits < lo + len) {              /* the sign is 0 */
        return ir_extract(b, a, lo, len);
    }
    if (d->op == IR_zext && lo == 0 && len == 32) {
        return ir_sext(b, d->arg[0]);
    }
    if (d->op == IR_extract && lo + len <= d->aux2) {
        return ir_sextract(b, d->arg[0], d->aux + lo, len);
    }
    if (d->op == IR_sextract && lo + len <= d->aux2) {
        return ir_sextract(b, d->arg[0], d->aux + lo, len);
    }
    if (d->op == IR_sextract && lo == 0) {
        return a;
    }
    if (is_op_imm(b, d, IR_shr, &k) && lo + k + len <= w) {
        return ir_sextract(b, d->arg[0], lo + k, len);
    }
    if (is_op_imm(b, d, IR_shl, &k) && lo >= k) {
        return ir_sextract(b, d->arg[0], lo - k, len);
    }
    return IR_NO_REF;
}

static IrRef simplify_deposit(IrBlock *b, IrRef a, IrRef c, unsigned lo, unsigned len)
{
    const IrInsn *d = ir_def(b, c);
    IrType t = d->type;
    unsigned w = ev_width(t);

    if (len == w || (lo == 0 && a == c)) {
        return c;
    }
    if (is_imm_val(b, a, 0)) {
        return shift_imm(b, IR_shl, lo + len == w ? c : ir_extract(b, c, 0, len), lo);
    }
    if (d->op == IR_imm) {
        uint64_t mask = ev_mask(len), v = (uint64_t)d->imm & mask;
        if (v == 0) {
            return ir_and(b, a, ir_imm(b, t, ~(mask << lo)));
        }
        if (v == mask) {
            return ir_or(b, a, ir_imm(b, t, mask << lo));
        }
    }
    if ((d->op == IR_extract || d->op == IR_sextract) && d->aux == 0 && d->aux2 >= len) {
        return ir_deposit(b, a, d->arg[0], lo, len);
    }
    return IR_NO_REF;
}

static IrRef simplify_extr(IrBlock *b, IrRef hi, IrRef lo, unsigned shift)
{
    if (shift == 0) {
        return lo;
    }
    if (hi == lo) {
        return shift_imm(b, IR_rotr, hi, shift);
    }
    if (is_imm_val(b, hi, 0)) {
        return shift_imm(b, IR_shr, lo, shift);
    }
    if (is_imm_val(b, lo, 0)) {
        return shift_imm(b, IR_shl, hi, ev_width(ir_type(b, lo)) - shift);
    }
    return IR_NO_REF;
}

static IrRef simplify_addsl(IrBlock *b, IrRef a, IrRef c, unsigned n)
{
    if (ir_is_imm(b, c)) {
        return ir_add(b, a, ir_imm(b, ir_type(b, c), ir_imm_of(b, c) << n));
    }
    return is_imm_val(b, a, 0) ? shift_imm(b, IR_shl, c, n) : IR_NO_REF;
}

/* -- Two operands -- */

static IrRef simplify_and_imm(IrBlock *b, IrRef a, uint64_t v)
{
    const IrInsn *d = ir_def(b, a);
    uint64_t k;

    if (v == 0) {
        return ir_imm(b, d->type, 0);
    }
    if (is_op_imm(b, d, IR_and, &k)) {
        return ir_and(b, d->arg[0], ir_imm(b, d->type, v & k));
    }
    unsigned bits = ir_value_bits(b, a);
    if ((v & ev_mask(bits)) == ev_mask(bits)) {
        return a;
    }
    if (v == 0xff || v == 0xffff || v == 0xffffffff) {
        return ir_extract(b, a, 0, ctz64(~v));
    }
    return IR_NO_REF;
}

static IrRef simplify_shift_imm(IrBlock *b, IrOp op, IrRef a, uint64_t v)
{
    const IrInsn *d = ir_def(b, a);
    unsigned w = ev_width(d->type), n = v & (w - 1);

    if (n != v || n == 0) {
        return shift_imm(b, op, a, n);
    }
    if (op == IR_shr && d->op == IR_extract) {
        return n >= d->aux2 ? ir_imm(b, d->type, 0)
                            : ir_extract(b, d->arg[0], d->aux + n, d->aux2 - n);
    }
    if (op == IR_sar && d->op == IR_sextract) {
        n = MIN(n, d->aux2 - 1u);
        return ir_sextract(b, d->arg[0], d->aux + n, d->aux2 - n);
    }
    return IR_NO_REF;
}

static IrRef simplify_mul_imm(IrBlock *b, IrOp op, IrRef a, uint64_t v)
{
    IrType t = ir_type(b, a);

    switch (op) {
    case IR_mul:
        return v == 0 ? ir_imm(b, t, 0)
             : is_pow2(v) ? shift_imm(b, IR_shl, a, ctz64(v)) : IR_NO_REF;
    case IR_udiv:
        return v == 0 ? ir_imm(b, t, 0)
             : is_pow2(v) ? shift_imm(b, IR_shr, a, ctz64(v)) : IR_NO_REF;
    case IR_sdiv:
        return v == 0 ? ir_imm(b, t, 0) : v == 1 ? a : IR_NO_REF;
    case IR_mulhu:
        return v <= 1 ? ir_imm(b, t, 0) : IR_NO_REF;
    default:
        return IR_NO_REF;
    }
}

/* a op constant */
static IrRef simplify_imm(IrBlock *b, IrOp op, IrRef a, uint64_t v)
{
    const IrInsn *d = ir_def(b, a);
    IrType t = d->type;
    uint64_t ones = ev_mask(ev_width(t)), k;

    switch (op) {
    case IR_add:
        if (v == 0) {
            return a;
        }
        return is_op_imm(b, d, IR_add, &k) ? ir_add(b, d->arg[0], ir_imm(b, t, v + k)) : IR_NO_REF;
    case IR_sub:
        return ir_add(b, a, ir_imm(b, t, 0 - v));
    case IR_and:
        return simplify_and_imm(b, a, v);
    case IR_or:
        return v == 0 ? a : v == ones ? ir_imm(b, t, ones) : IR_NO_REF;
    case IR_xor:
        return v == 0 ? a : v == ones ? ir_not(b, a) : IR_NO_REF;
    case IR_andc:
        return ir_and(b, a, ir_imm(b, t, ~v));
    case IR_orc:
        return ir_or(b, a, ir_imm(b, t, ~v));
    case IR_eqv:
        return ir_xor(b, a, ir_imm(b, t, ~v));
    case IR_shl: case IR_shr: case IR_sar: case IR_rotr:
        return simplify_shift_imm(b, op, a, v);
    default:
        return simplify_mul_imm(b, op, a, v);
    }
}

/* constant op c, where op is not commutative */
static IrRef simplify_imm_left(IrBlock *b, IrOp op, uint64_t v, IrRef c)
{
    IrType t = ir_type(b, c);
    uint64_t ones = ev_mask(ev_width(t));

    switch (op) {
    case IR_sub:
        return v == 0 ? ir_neg(b, c) : IR_NO_REF;
    case IR_andc:
        return v == 0 ? ir_imm(b, t, 0) : v == ones ? ir_not(b, c) : IR_NO_REF;
    case IR_orc:
        return v == 0 ? ir_not(b, c) : v == ones ? ir_imm(b, t, ones) : IR_NO_REF;
    case IR_sar: case IR_rotr:
        if (v == ones) {
            return ir_imm(b, t, ones);
        }
        /* fall through */
    case IR_shl: case IR_shr: case IR_udiv: case IR_sdiv:
        return v == 0 ? ir_imm(b, t, 0) : IR_NO_REF;
    default:
        return IR_NO_REF;
    }
}

/* a op a */
static IrRef simplify_same(IrBlock *b, IrOp op, IrRef a)
{
    IrType t = ir_type(b, a);

    switch (op) {
    case IR_sub: case IR_xor: case IR_andc:
        return ir_imm(b, t, 0);
    case IR_orc: case IR_eqv:
        return ir_imm(b, t, ~UINT64_C(0));
    case IR_and: case IR_or: case IR_smin: case IR_smax: case IR_umin: case IR_umax:
        return a;
    default:
        return IR_NO_REF;
    }
}

/* a + (d << 1..3) */
static IrRef simplify_add_shifted(IrBlock *b, IrRef a, IrRef c)
{
    const IrInsn *d = ir_def(b, c);
    uint64_t k;

    return is_op_imm(b, d, IR_shl, &k) && k >= 1 && k <= 3
           ? ir_scalar(b, IR_addsl, a, d->arg[0], (unsigned)k, 0) : IR_NO_REF;
}

IrRef ir_simplify(IrBlock *b, IrOp op, IrRef a, IrRef c, unsigned aux, unsigned aux2)
{
    switch (op) {
    case IR_extract:  return simplify_extract(b, a, aux, aux2);
    case IR_sextract: return simplify_sextract(b, a, aux, aux2);
    case IR_deposit:  return simplify_deposit(b, a, c, aux, aux2);
    case IR_extr:     return simplify_extr(b, a, c, aux);
    case IR_addsl:    return simplify_addsl(b, a, c, aux);
    case IR_setcmp:   return ir_setcmp(b, aux, a, c);
    default:          break;
    }
    if (!c) {
        return simplify_unary(b, op, a);
    }
    if (ir_is_imm(b, c)) {
        return simplify_imm(b, op, a, ir_imm_of(b, c));
    }
    if (ir_is_imm(b, a)) {
        return simplify_imm_left(b, op, ir_imm_of(b, a), c);
    }
    if (op == IR_add) {
        IrRef r = simplify_add_shifted(b, a, c);
        return r ? r : simplify_add_shifted(b, c, a);
    }
    return a == c ? simplify_same(b, op, a) : IR_NO_REF;
}

/* -- Comparisons -- */

static IrCmp swapped(IrCmp cmp)
{
    static const uint8_t swap[] = {
        [IR_EQ] = IR_EQ,   [IR_NE] = IR_NE,   [IR_LTS] = IR_GTS, [IR_GES] = IR_LES,
        [IR_LES] = IR_GES, [IR_GTS] = IR_LTS, [IR_LTU] = IR_GTU, [IR_GEU] = IR_LEU,
        [IR_LEU] = IR_GEU, [IR_GTU] = IR_LTU, [IR_TSTNE] = IR_TSTNE, [IR_TSTEQ] = IR_TSTEQ,
    };
    return swap[cmp];
}

/* x cmp 0: forms that cost less. */
static int simplify_cmp_zero(IrBlock *b, IrCmp *cmp, IrRef *x, IrRef *y)
{
    const IrInsn *d = ir_def(b, *x);

    switch (*cmp) {
    case IR_LTU: case IR_TSTNE: return 0;
    case IR_GEU: case IR_TSTEQ: return 1;
    case IR_LEU: *cmp = IR_EQ; break;
    case IR_GTU: *cmp = IR_NE; break;
    case IR_EQ: case IR_NE: break;
    default: return -1;
    }
    if (d->op == IR_trunc && ir_def(b, d->arg[0])->op == IR_setcmp) {
        d = ir_def(b, d->arg[0]);
    }
    if (d->op == IR_setcmp) {
        *cmp = d->aux ^ (*cmp == IR_EQ);
        *x = d->arg[0];
        *y = d->arg[1];
    } else if (d->op == IR_and) {
        *cmp = *cmp == IR_EQ ? IR_TSTEQ : IR_TSTNE;
        *x = d->arg[0];
        *y = d->arg[1];
    } else if (d->op == IR_extract && d->aux + d->aux2 <= 31) {
        *cmp = *cmp == IR_EQ ? IR_TSTEQ : IR_TSTNE;
        *x = d->arg[0];
        *y = ir_imm(b, d->type, ev_mask(d->aux2) << d->aux);
    }
    return -1;
}

int ir_simplify_cmp(IrBlock *b, IrCmp *cmp, IrRef *x, IrRef *y)
{
    unsigned w = ev_width(ir_type(b, *x));

    if (ir_is_imm(b, *x)) {
        if (ir_is_imm(b, *y)) {
            return ev_compare(*cmp, ir_imm_of(b, *x), ir_imm_of(b, *y), w);
        }
        IrRef swap = *x;
        *x = *y;
        *y = swap;
        *cmp = swapped(*cmp);
    }
    if (*x == *y) {
        if (*cmp < IR_TSTNE) {
            return ev_compare(*cmp, 0, 0, w);
        }
        *cmp = *cmp == IR_TSTNE ? IR_NE : IR_EQ;
        *y = ir_imm(b, ir_type(b, *x), 0);
    }
    if (!ir_is_imm(b, *y)) {
        return -1;
    }
    if (*cmp >= IR_TSTNE && ir_imm_of(b, *y) == ev_mask(w)) {
        *cmp = *cmp == IR_TSTNE ? IR_NE : IR_EQ;
        *y = ir_imm(b, ir_type(b, *x), 0);
    }
    return ir_imm_of(b, *y) == 0 ? simplify_cmp_zero(b, cmp, x, y) : -1;
}
