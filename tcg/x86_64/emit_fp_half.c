/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Half precision: by AVX512-FP16; else widened to singles (F16C), done there and rounded to halves.
 * See fp.h.
 *
 * Rounding twice, in the same direction, gives what rounding once would: towards one side always;
 * to nearest a product (22 bits) is exact as a single, and sums, quotients and roots cannot come
 * as near to the middle of two halves as rounding to 24 bits moves them, unless they are there
 * (24 >= 2 * 11 + 2). Of a fused sum this does not hold: what lies in the middle goes to the cold
 * path, as do its tiny results.
 * Flags: a single that is inexact is no half, and only a result of the smallest normal magnitude
 * could have been tiny before rounding and not after.
 */
#include "tcg/x86_64/fp.h"

enum {
    V_CVTPS2PH = SSE3A(0x1d), V_BROADCASTD = SSE38(0x58), V_PSIGNW = SSE38(0x09),
    V_CVTPS2PD = 0x5a | M_0F, V_CVTPD2PS = 0x5a | M_0F | P_66,
    SINGLE = 2,
};

static uint32_t wide(unsigned aux) { return fp_all(aux) ? X_L : 0; }
/* The same lanes, as singles. */
static unsigned as_single(unsigned aux) { return SINGLE | (aux & IR_FP_ALL); }

bool fp_half_inline(const Codegen *g) { return g->cpu.fp && g->cpu.f16c; }

static Mem words(Codegen *g, uint16_t v)
{
    uint64_t k = v * UINT64_C(0x0001000100010001);

    return pool_mem(g, k, k);
}

/* Upper halves of YMM registers in use make what is not VEX-encoded slow. */
static void end_wide(Codegen *g, unsigned aux)
{
    if (fp_all(aux)) {
        put8(g, 0xc5);                                      /* vzeroupper */
        put8(g, 0xf8);
        put8(g, 0x77);
    }
}

/* @r without what lies above lane 0, unless all lanes count or there is nothing. */
static int lane0(Codegen *g, IrRef v, int r, unsigned aux)
{
    if (fp_all(aux) || ir_vector_bits(g->b, root(g, v)) <= 16) {
        return r;
    }
    int t = v_temp(g);
    v_op3_mem(g, V_PAND, t, r, pool_mem(g, 0xffff, 0));
    return t;
}

int fp_half_widen(Codegen *g, IrRef v, unsigned aux)
{
    int r = lane0(g, v, ra_use(g, v), aux), t = v_temp(g);

    v_rrr(g, V_CVTPH2PS | wide(aux), t, 0, r);
    return t;
}

static void narrow(Codegen *g, int dst, int src, unsigned aux)
{
    v_rrr(g, V_CVTPS2PH | wide(aux), src, 0, dst);
    put8(g, 4);                                             /* MXCSR's rounding */
}

/* Leave to @c when a lane of @dst is a NaN, or with @small the smallest normal number. */
static void check(Codegen *g, Cold *c, int dst, bool small)
{
    int t = v_temp(g), u = v_temp(g);

    v_op3_mem(g, V_PAND, t, dst, words(g, 0x7fff));
    if (small) {
        v_op3_mem(g, V_PCMPEQW, u, t, words(g, 0x0400));
    }
    v_op3_mem(g, V_PCMPGTW, t, t, words(g, 0x7c00));
    if (small) {
        v_op(g, V_POR, t, u);
    }
    fp_check_mask(g, c, t);
    ra_free_temp(g, t);
    ra_free_temp(g, u);
}

/* Operands and the result's register, *dst, before there are temporaries; the cold path. */
static Cold *begin(Codegen *g, unsigned i, const IrInsn *in, int *dst)
{
    Opnd o[3] = { fp_none(), fp_none(), fp_none() };

    for (unsigned k = 0; k < ir_op_info[in->op].n_args; k++) {
        o[k] = opnd_reg(ra_use(g, in->arg[k]));
    }
    *dst = ra_def(g, i);
    return fp_cold(g, i, *dst, o[0], o[1], o[2]);
}

/*
 * After the first jump to a cold path nothing may be spilled, since whoever takes it does not: make
 * sure that @n registers are free.
 */
static void reserve(Codegen *g, unsigned n)
{
    int r[8];

    for (unsigned k = 0; k < n; k++) {
        r[k] = v_temp(g);
    }
    for (unsigned k = 0; k < n; k++) {
        ra_free_temp(g, r[k]);
    }
}

/* -- Arithmetic -- */

/* Infinities and NaNs among the operands: products of the former with 0 mean something else. */
static void check_special(Codegen *g, Cold *c, const IrInsn *in)
{
    int t = v_temp(g), u = v_temp(g);

    for (unsigned k = 0; k < 2; k++) {
        int r = ra_use(g, in->arg[k]), x = k ? u : t;
        v_op3_mem(g, V_PAND, x, r, fp_all(in->aux) ? words(g, 0x7fff) : pool_mem(g, 0x7fff, 0));
        v_op3_mem(g, V_PCMPGTW, x, x, words(g, 0x7bff));
    }
    v_op(g, V_POR, t, u);
    fp_check_mask(g, c, t);
    ra_free_temp(g, t);
    ra_free_temp(g, u);
}

/* An arithmetic instruction of AVX512-FP16. */
static uint32_t native(unsigned opcode, unsigned aux)
{
    return opcode | M_5 | (fp_all(aux) ? 0 : (uint32_t)P_F3);
}

/* Singles @src, the result, become halves @dst; wide registers are done with. */
static void finish(Codegen *g, int dst, int src, unsigned aux)
{
    narrow(g, dst, src, aux);
    end_wide(g, aux);
}

/* @r := @op @r, of singles */
static void unary(Codegen *g, uint32_t op, int r, unsigned aux)
{
    v_rrr(g, op | wide(aux), r, fp_all(aux) ? XMM0 : r, r);
}

/* fadd, fsub, fmul, fdiv, fmulx */
void fp_half_arith(Codegen *g, unsigned i, const IrInsn *in, unsigned opcode)
{
    bool sum = in->op == IR_fadd || in->op == IR_fsub;
    int dst;
    Cold *c = begin(g, i, in, &dst);

    if (in->op == IR_fmulx) {
        reserve(g, 8);
        check_special(g, c, in);
    }
    if (g->cpu.fp16) {
        int x = lane0(g, in->arg[0], ra_use(g, in->arg[0]), in->aux);
        e_rrr(g, native(opcode, in->aux), dst, x, ra_use(g, in->arg[1]));
    } else {
        int a = fp_half_widen(g, in->arg[0], in->aux), b = fp_half_widen(g, in->arg[1], in->aux);
        v_rrr(g, fp_op(opcode, as_single(in->aux)) | wide(in->aux), a, a, b);
        finish(g, dst, a, in->aux);
    }
    check(g, c, dst, !sum);
    c->back = g->p;
}

void fp_half_sqrt(Codegen *g, unsigned i, const IrInsn *in)
{
    int dst;
    Cold *c = begin(g, i, in, &dst);

    if (g->cpu.fp16) {
        int x = lane0(g, in->arg[0], ra_use(g, in->arg[0]), in->aux);
        e_rrr(g, native(0x51, in->aux), dst, fp_all(in->aux) ? XMM0 : x, x);
    } else {
        int a = fp_half_widen(g, in->arg[0], in->aux);
        unary(g, fp_op(0x51, as_single(in->aux)), a, in->aux);
        finish(g, dst, a, in->aux);
    }
    check(g, c, dst, false);
    c->back = g->p;
}

/* @dst := @v in each dword. */
static void spread(Codegen *g, unsigned aux, int dst, uint32_t v)
{
    v_rrm(g, V_BROADCASTD | wide(aux), dst, 0, pool_mem(g, v, 0));
}

/*
 * Singles @s, fused sums, become halves @dst. NaNs, numbers in the middle of halves, and tiny ones
 * but zero are left to @c before that: what was rounded away from infinity must not set FPSR.OFC.
 */
static void narrow_fused(Codegen *g, Cold *c, int dst, int s, unsigned aux)
{
    uint32_t w = wide(aux);
    int t = v_temp(g), u = v_temp(g), x = v_temp(g);

    spread(g, aux, t, 0x1fff);
    v_rrr(g, V_PAND | w, t, t, s);
    spread(g, aux, u, 0x1000);
    v_rrr(g, V_PCMPEQD | w, t, t, u);
    spread(g, aux, u, 0x7fffffff);
    v_rrr(g, V_PAND | w, u, u, s);
    spread(g, aux, x, 0x38802000);
    v_rrr(g, V_PCMPGTD | w, x, x, u);
    v_rrr(g, V_PXOR, dst, dst, dst);
    v_rrr(g, V_PCMPEQD | w, dst, dst, u);
    v_rrr(g, V_PANDN | w, x, dst, x);
    v_rrr(g, V_POR | w, t, t, x);
    spread(g, aux, x, 0x7f800000);
    v_rrr(g, V_PCMPGTD | w, u, u, x);
    v_rrr(g, V_POR | w, t, t, u);
    v_rrr(g, V_PTEST | w, t, 0, t);
    cold_add_from(c, x_jcc32(g, CC_NE));
    narrow(g, dst, s, aux);
    c->back = g->p;
    end_wide(g, aux);
    ra_free_temp(g, t);
    ra_free_temp(g, u);
    ra_free_temp(g, x);
}

void fp_half_fma(Codegen *g, unsigned i, const IrInsn *in, unsigned opcode)
{
    int dst;
    Cold *c = begin(g, i, in, &dst);
    if (g->cpu.fp16) {
        v_mov(g, dst, lane0(g, in->arg[0], ra_use(g, in->arg[0]), in->aux));
        e_rrr(g, opcode | !fp_all(in->aux) | M_6 | P_66, dst, ra_use(g, in->arg[1]),
              ra_use(g, in->arg[2]));
        check(g, c, dst, true);
        c->back = g->p;
        return;
    }
    int a = fp_half_widen(g, in->arg[0], in->aux), b = fp_half_widen(g, in->arg[1], in->aux);
    int m = fp_half_widen(g, in->arg[2], in->aux);

    v_rrr(g, fp_fused(opcode, as_single(in->aux)) | wide(in->aux), a, b, m);
    narrow_fused(g, c, dst, a, in->aux);
}

/* frecps, frsqrts: halving a half is exact among singles. */
void fp_half_step(Codegen *g, unsigned i, const IrInsn *in)
{
    bool root = in->op == IR_frsqrts;
    unsigned aux = in->aux;
    int dst;
    Cold *c = begin(g, i, in, &dst);
    int s = v_temp(g), t = v_temp(g);

    reserve(g, 8);
    check_special(g, c, in);
    int a = fp_half_widen(g, in->arg[0], aux), b = fp_half_widen(g, in->arg[1], aux);
    if (root) {
        spread(g, aux, t, 0x3f000000);
        v_rrr(g, fp_op(0x59, as_single(aux)) | wide(aux), a, a, t);
    }
    if (fp_all(aux)) {
        spread(g, aux, s, root ? 0x3fc00000 : 0x40000000);
    } else {
        x_rm(g, OP_MOVD_TO_X, s, pool_mem(g, root ? 0x3fc00000 : 0x40000000, 0));
    }
    v_rrr(g, fp_fused(0xbc, as_single(aux)) | wide(aux), s, a, b);  /* s - a * b */
    narrow_fused(g, c, dst, s, aux);
}

/* -- Comparisons, minimum, maximum: of integers; no more than SSE is needed -- */

/* What both have: the lanes of the operands, of which none is a NaN; a temporary. */
typedef struct Pair { int dst, a, b, t; Cold *c; } Pair;

static Pair pair(Codegen *g, unsigned i, const IrInsn *in)
{
    Pair p;

    p.c = begin(g, i, in, &p.dst);
    p.a = lane0(g, in->arg[0], ra_use(g, in->arg[0]), in->aux);
    p.b = lane0(g, in->arg[1], ra_use(g, in->arg[1]), in->aux);
    p.t = v_temp(g);
    int t = v_temp(g), u = v_temp(g);
    v_op3_mem(g, V_PAND, t, p.a, words(g, 0x7fff));
    x_rm(g, V_PCMPGTW, t, words(g, 0x7c00));
    v_op3_mem(g, V_PAND, u, p.b, words(g, 0x7fff));
    x_rm(g, V_PCMPGTW, u, words(g, 0x7c00));
    v_op(g, V_POR, t, u);
    fp_check_mask(g, p.c, t);
    ra_free_temp(g, t);
    ra_free_temp(g, u);
    return p;
}

/* @dst := @a as integers of the same order, -0 below +0; and back. */
static void order(Codegen *g, int dst, int a)
{
    v_shift_to(g, 0, 4, dst, a, 15);
    x_rm(g, V_PAND, dst, words(g, 0x7fff));
    v_op(g, V_PXOR, dst, a);
}

void fp_half_minmax(Codegen *g, unsigned i, const IrInsn *in)
{
    bool max = in->op == IR_fmax || in->op == IR_fmaxnm;
    Pair p = pair(g, i, in);

    order(g, p.dst, p.a);
    order(g, p.t, p.b);
    v_op(g, max ? V_PMAXSW : V_PMINSW, p.t, p.dst);
    order(g, p.dst, p.t);
    p.c->back = g->p;
}

/* @dst := @a as integers of the same order, -0 and +0 alike. */
static void compared(Codegen *g, int dst, int a)
{
    v_op3_mem(g, V_PAND, dst, a, words(g, 0x7fff));
    v_op(g, V_PSIGNW, dst, a);
}

void fp_half_compare(Codegen *g, unsigned i, const IrInsn *in)
{
    Pair p = pair(g, i, in);

    compared(g, p.dst, p.a);
    compared(g, p.t, p.b);
    if (in->op == IR_fcmpgt) {
        v_op(g, V_PCMPGTW, p.dst, p.t);
    } else {
        if (in->op == IR_fcmpge) {                          /* the smaller one is b */
            v_op(g, V_PMINSW, p.dst, p.t);
        }
        v_op(g, V_PCMPEQW, p.dst, p.t);
    }
    if (!fp_all(in->aux)) {
        x_rm(g, V_PAND, p.dst, pool_mem(g, 0xffff, 0));
    }
    p.c->back = g->p;
}

/* -- Conversions -- */

void fp_half_round(Codegen *g, unsigned i, const IrInsn *in, int imm)
{
    int dst;
    Cold *c = begin(g, i, in, &dst);
    int a = fp_half_widen(g, in->arg[0], in->aux);

    unary(g, fp_rounding(as_single(in->aux)), a, in->aux);
    put8(g, (unsigned)imm);
    finish(g, dst, a, in->aux);
    check(g, c, dst, false);
    c->back = g->p;
}

static void from_half(Codegen *g, unsigned i, const IrInsn *in)
{
    bool all = fp_all(in->aux), to_double = fp_is_double(in->aux);
    int r = ra_use(g, in->arg[0]), dst = ra_def(g, i);
    Cold *c = fp_cold(g, i, dst, opnd_reg(r), fp_none(), fp_none());

    if (all && to_double) {                                 /* of two */
        v_op3_mem(g, V_PAND, dst, r, pool_mem(g, 0xffffffff, 0));
    } else if (!all) {
        v_op3_mem(g, V_PAND, dst, r, pool_mem(g, 0xffff, 0));
    }
    v_rrr(g, V_CVTPH2PS, dst, 0, all && !to_double ? r : dst);
    if (to_double) {
        v_rrr(g, V_CVTPS2PD, dst, 0, dst);                  /* zeros stay zeros */
    }
    fp_check_nan(g, c, dst, in->aux);
    c->back = g->p;
}

/*
 * A double becomes a single first, rounded to odd: its last bit says whether any below were set,
 * so that rounding that is rounding the double.
 */
static void to_half(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned from = (in->aux & IR_FP_ALL) | in->aux2;
    int a = fp_first(g, in->arg[0], from), dst = ra_def(g, i), t = v_temp(g);
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), fp_none(), fp_none());

    if (fp_is_double(from)) {
        Mem low = pool_mem(g, 0x1fffffff, 0x1fffffff);
        v_rrm(g, V_PAND, t, a, low);
        v_rrm(g, V_PADDQ, t, t, low);
        v_rrr(g, V_POR, t, t, a);
        v_rrm(g, V_PAND, t, t, pool_mem(g, ~UINT64_C(0x1fffffff), ~UINT64_C(0x1fffffff)));
        v_rrr(g, V_CVTPD2PS, t, 0, t);
        a = t;
    }
    v_rrr(g, V_CVTPS2PH, a, 0, dst);
    put8(g, 4);
    check(g, c, dst, true);
    c->back = g->p;
}

void fp_half_convert(Codegen *g, unsigned i, const IrInsn *in)
{
    if (in->aux2 == 1) {
        from_half(g, i, in);
    } else {
        to_half(g, i, in);
    }
}
