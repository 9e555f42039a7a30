/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating-point conversions. See fp.h. */
#include "tcg/x86_64/fp.h"

void emit_fcvt(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned to = in->aux & IR_FP_SIZE, from = in->aux2;
    /* The format in the opcode is that of the source. */
    uint32_t op = fp_op(0x5a, (in->aux & IR_FP_ALL) | from);

    if (!g->cpu.fp || ((to < 2 || from < 2) && !fp_half_inline(g))) {
        fp_slow_only(g, i, in);
        return;
    }
    if (to < 2 || from < 2) {
        fp_half_convert(g, i, in);
        return;
    }
    /* Eight bytes are read to widen two singles. */
    bool half = fp_all(in->aux) && to > from;
    Opnd a = fp_source(g, in->arg[0], half ? 3 : (in->aux & IR_FP_ALL) | from);
    int dst = ra_def(g, i);
    Cold *c = fp_cold(g, i, dst, a, fp_none(), fp_none());
    fp_unary(g, in->aux, op, dst, a, -1);
    if (to > from) {
        fp_check_nan(g, c, dst, in->aux);
    } else {
        fp_check_small(g, c, dst, in->aux);
    }
    c->back = g->p;
}

/* The immediate of ROUNDSD and its like. */
static int round_imm(unsigned round, bool exact)
{
    static const uint8_t imm[8] = { [IR_FR_NEAREST] = 0, [IR_FR_UP] = 2, [IR_FR_DOWN] = 1,
                                    [IR_FR_ZERO] = 3, [IR_FR_CURRENT] = 4 };

    return imm[round] | (exact ? 0 : 8);
}

static void round_to(Codegen *g, unsigned aux, int dst, Opnd a, int imm)
{
    fp_unary(g, aux, fp_rounding(aux), dst, a, imm);
}

/* Leave to @c unless the magnitude of the integral @r is below 2^31 or 2^63. */
static void check_within(Codegen *g, Cold *c, int r, const IrInsn *in)
{
    bool word = in->aux2 & IR_FP_WITHIN_32;
    int t = v_temp(g), limit = v_temp(g);
    Opnd k = fp_lanes(g, word ? 0x4f000000 : 0x5f000000,
                      word ? UINT64_C(0x41e0000000000000) : UINT64_C(0x43e0000000000000), in->aux);

    fp_rrm(g, fp_packed(0x54, in->aux), t, r,                   /* and */
           fp_lanes(g, 0x7fffffff, UINT64_C(0x7fffffffffffffff), in->aux), -1);
    if (fp_all(in->aux)) {
        fp_rrm(g, fp_packed(0xc2, in->aux), t, t, k, 5);        /* not less, or unordered */
        fp_check_mask(g, c, t);
    } else {
        x_rm(g, OP_MOVAPS, limit, k.mem);
        fp_rm(g, fp_packed(0x2e, in->aux), limit, opnd_reg(t), -1);
        cold_add_from(c, x_jcc32(g, CC_BE));
    }
    ra_free_temp(g, t);
    ra_free_temp(g, limit);
}

/* Out of range inexact is not raised: only doubles beyond 2^31 have fractions. */
static void round_within(Codegen *g, unsigned i, const IrInsn *in)
{
    Opnd a = fp_source(g, in->arg[0], in->aux);
    int dst = ra_def(g, i), imm = round_imm(in->aux2 & 7, true);
    Cold *c = fp_cold(g, i, dst, a, fp_none(), fp_none());
    bool twice = fp_is_double(in->aux) && in->aux2 & IR_FP_WITHIN_32;

    round_to(g, in->aux, dst, a, twice ? imm | 8 : imm);
    check_within(g, c, dst, in);
    if (twice) {
        round_to(g, in->aux, dst, a, imm);
    }
    c->back = g->p;
}

void emit_frint(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned round = in->aux2 & 7;

    if (!g->cpu.fp || round == IR_FR_AWAY || (fp_is_half(in->aux) && !fp_half_inline(g))) {
        fp_slow_only(g, i, in);
        return;
    }
    if (fp_is_half(in->aux)) {
        fp_half_round(g, i, in, round_imm(round, in->aux2 & IR_FP_EXACT));
        return;
    }
    if (in->aux2 & (IR_FP_WITHIN_32 | IR_FP_WITHIN_64)) {
        round_within(g, i, in);
        return;
    }
    Opnd a = fp_source(g, in->arg[0], in->aux);
    int dst = ra_def(g, i);
    Cold *c = fp_cold(g, i, dst, a, fp_none(), fp_none());
    round_to(g, in->aux, dst, a, round_imm(round, in->aux2 & IR_FP_EXACT));
    fp_check_nan(g, c, dst, in->aux);
    c->back = g->p;
}

/* -- To integers -- */

static uint32_t truncate_op(unsigned aux, bool w64) { return fp_op(0x2c, aux) | width(w64); }

/*
 * Signed: out of range gives the smallest integer and is invalid, as it should be; but for
 * IR_FP_MODULO that is not the result.
 */
static void to_signed(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned aux = in->aux, round = in->aux2 & 7;
    bool w64 = in->type == IR_I64;
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i);
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), fp_none(), fp_none());

    if (round == IR_FR_ZERO) {
        x_rr(g, truncate_op(aux, w64), dst, a);
        x_alu_imm(g, ALU_CMP, w64, dst, 1);
        cold_add_from(c, x_jcc32(g, CC_O));
        c->back = g->p;
        return;
    }
    /* What has a fraction fits in 64 bits, so inexact is raised by rounding; not so in 32. */
    int t = v_temp(g);
    round_to(g, aux, t, opnd_reg(a), round_imm(round, w64));
    x_rr(g, truncate_op(aux, true), dst, t);
    if (w64) {
        x_alu_imm(g, ALU_CMP, true, dst, 1);
        cold_add_from(c, x_jcc32(g, CC_O));
    } else {
        int e = ra_temp(g, GPR_SET);
        x_rr(g, OP_MOVSXD, e, dst);
        x_alu(g, ALU_CMP, true, e, dst);
        cold_add_from(c, x_jcc32(g, CC_NE));
        round_to(g, aux, t, opnd_reg(a), round_imm(round, true));
        x_mov(g, false, dst, dst);
    }
    c->back = g->p;
}

/* Unsigned, by a signed conversion to 64 bits of what has been rounded without flags. */
static void to_unsigned(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned aux = in->aux, round = in->aux2 & 7;
    bool w64 = in->type == IR_I64;
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i), t = v_temp(g);
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), fp_none(), fp_none());

    round_to(g, aux, t, opnd_reg(a), round_imm(round, false));
    if (w64) {                                  /* below 2^63, and not a NaN */
        uint64_t limit = fp_is_double(aux) ? UINT64_C(0x43e0000000000000) : 0x5f000000;
        Opnd k = { .kind = OPND_MEM, .mem = pool_mem(g, limit, limit) };
        fp_rm(g, fp_packed(0x2e, aux), t, k, -1);
        cold_add_from(c, x_jcc32(g, CC_AE));
        cold_add_from(c, x_jcc32(g, CC_P));
    }
    x_rr(g, truncate_op(aux, true), dst, t);
    if (w64) {
        x_test(g, true, dst, dst);
        cold_add_from(c, x_jcc32(g, CC_S));
    } else {
        int e = ra_temp(g, GPR_SET);
        x_mov(g, false, e, dst);
        x_alu(g, ALU_CMP, true, e, dst);
        cold_add_from(c, x_jcc32(g, CC_NE));
    }
    round_to(g, aux, t, opnd_reg(a), round_imm(round, true));
    c->back = g->p;
}

void emit_ftoi(Codegen *g, unsigned i, const IrInsn *in)
{
    if (!g->cpu.fp || (in->aux & IR_FP_SIZE) < 2 || (in->aux2 & 7) == IR_FR_AWAY) {
        fp_slow_only(g, i, in);
    } else if (in->aux2 & IR_FP_UNSIGNED) {
        to_unsigned(g, i, in);
    } else {
        to_signed(g, i, in);
    }
}

/* cvttps2dq and what AVX-512 adds: of doubles and to unsigned integers. */
static void truncate_lanes(Codegen *g, const IrInsn *in, int dst, int src)
{
    bool is_unsigned = in->aux2 & IR_FP_UNSIGNED;

    if (fp_is_double(in->aux)) {                        /* vcvttpd2qq, vcvttpd2uqq */
        e_rrr(g, SSE(is_unsigned ? 0x78 : 0x7a) | X_W, dst, 0, src);
    } else if (is_unsigned) {                           /* vcvttps2udq */
        e_rrr(g, 0x78 | M_0F, dst, 0, src);
    } else {
        fp_rm(g, 0x5b | M_0F | P_F3, dst, opnd_reg(src), -1);
    }
}

/* The largest unsigned or smallest signed integer in a lane: out of range, or nearly. */
void emit_fvtoi(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned round = in->aux2 & 7, all = in->aux | IR_FP_ALL;
    bool is_unsigned = in->aux2 & IR_FP_UNSIGNED, is_double = fp_is_double(in->aux);

    if (!g->cpu.fp || fp_is_half(in->aux) || round == IR_FR_AWAY
        || ((is_unsigned || is_double) && !g->cpu.avx512)) {
        fp_slow_only(g, i, in);
        return;
    }
    int a = fp_first(g, in->arg[0], in->aux), dst = ra_def(g, i), t = v_temp(g);
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), fp_none(), fp_none());
    uint64_t worst = is_unsigned ? ~UINT64_C(0) : is_double ? UINT64_C(1) << 63
                   : UINT64_C(0x8000000080000000);
    if (round == IR_FR_ZERO) {
        truncate_lanes(g, in, dst, a);
    } else {
        round_to(g, all, t, opnd_reg(a), round_imm(round, false));
        truncate_lanes(g, in, dst, t);
    }
    v_op3_mem(g, v_op_eq(is_double ? 3 : 2), t, dst, pool_mem(g, worst, worst));
    fp_check_mask(g, c, t);
    if (round != IR_FR_ZERO) {
        round_to(g, all, t, opnd_reg(a), round_imm(round, true));   /* for its flag */
    }
    c->back = g->p;
}

/* -- From integers, and to fixed point -- */

/* 2^n */
static Opnd scale(Codegen *g, unsigned aux, int n)
{
    uint64_t k = fp_is_double(aux) ? (uint64_t)(1023 + n) << 52
                                   : (uint64_t)(127 + n) << 23;

    return (Opnd){ .kind = OPND_MEM, .mem = fp_const(g, k, aux) };
}

void emit_ffromi(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned n = in->aux2 & 127;

    if (!g->cpu.fp || (in->aux & IR_FP_SIZE) < 2) {
        fp_slow_only(g, i, in);
        return;
    }
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i);
    Cold *c = NULL;
    if (in->aux2 & IR_FP_FROM_UNSIGNED) {
        c = fp_cold(g, i, dst, opnd_reg(a), fp_none(), fp_none());
        x_test(g, true, a, a);
        cold_add_from(c, x_jcc32(g, CC_S));
    }
    fp_unary(g, in->aux, fp_op(0x2a, in->aux) | X_W, dst, opnd_reg(a), -1);
    if (n) {                                    /* exact: there is no result so small */
        fp_rrm(g, fp_op(0x59, in->aux), dst, dst, scale(g, in->aux, -(int)n), -1);
    }
    if (c) {
        c->back = g->p;
    }
}

void emit_fvfromi(Codegen *g, unsigned i, const IrInsn *in)
{
    bool is_unsigned = in->aux2 & IR_FP_FROM_UNSIGNED, is_double = fp_is_double(in->aux);
    unsigned n = in->aux2 & 127;

    if (!g->cpu.fp || fp_is_half(in->aux) || ((is_unsigned || is_double) && !g->cpu.avx512)) {
        fp_slow_only(g, i, in);
        return;
    }
    int a = fp_first(g, in->arg[0], in->aux), dst = ra_def(g, i);
    if (is_double) {                            /* vcvtqq2pd, vcvtuqq2pd */
        e_rrr(g, (is_unsigned ? 0x7a : 0xe6) | M_0F | P_F3 | X_W, dst, 0, a);
    } else if (is_unsigned) {                   /* vcvtudq2ps */
        e_rrr(g, 0x7a | M_0F | P_F2, dst, 0, a);
    } else {
        fp_rm(g, 0x5b | M_0F, dst, opnd_reg(a), -1);    /* cvtdq2ps */
    }
    if (n) {
        unsigned all = in->aux | IR_FP_ALL;
        fp_rrm(g, fp_packed(0x59, in->aux), dst, dst, scale(g, all, -(int)n), -1);
    }
}

/* Only where the product is a number is there none that raises a flag. */
void emit_fscale(Codegen *g, unsigned i, const IrInsn *in)
{
    bool is_double = fp_is_double(in->aux);
    unsigned n = in->aux2;

    if (!g->cpu.fp) {
        fp_slow_only(g, i, in);
        return;
    }
    int a = fp_first(g, in->arg[0], in->aux), dst = ra_def(g, i), t = v_temp(g);
    /* The dwords that have the exponents: the largest whose numbers may be scaled. */
    uint32_t most = is_double ? ((2046 - n) << 20 | 0xfffff) : ((254 - n) << 23 | 0x7fffff);
    uint64_t mask = is_double ? UINT64_C(0x7fffffff) << 32 : UINT64_C(0x7fffffff7fffffff);
    uint64_t limit = (uint64_t)most << 32 | most;
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), fp_none(), fp_none());
    v_op3_mem(g, V_PAND, t, a, pool_mem(g, mask, mask));
    x_rm(g, V_PCMPGTD, t, pool_mem(g, limit, limit));
    fp_check_mask(g, c, t);
    fp_rrm(g, fp_op(0x59, in->aux), dst, a, scale(g, in->aux, (int)n), -1);
    c->back = g->p;
}
