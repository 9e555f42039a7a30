/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating-point conversions. See fp.h. */
#include "tcg/x86_64/fp.h"

void emit_fcvt(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned to = in->aux & IR_FP_SIZE, from = in->aux2;
    /* The format in the opcode is that of the source. */
    uint32_t op = fp_op(0x5a, (in->aux & IR_FP_ALL) | from);

    if (!g->cpu.fp || to < 2 || from < 2) {
        fp_slow_only(g, i, in);
        return;
    }
    /* Eight bytes are read to widen two singles. */
    bool half = fp_all(in->aux) && to > from;
    Opnd a = fp_source(g, in->arg[0], half ? 3 : (in->aux & IR_FP_ALL) | from);
    int dst = ra_def(g, i);
    Cold *c = fp_cold(g, i, dst, a, fp_none(), fp_none());
    if (fp_all(in->aux)) {
        fp_rm(g, op, dst, a, -1);
    } else {
        fp_unary(g, op, dst, a, -1);
    }
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

static uint32_t round_op(unsigned aux)
{
    return SSE3A(0x08 + fp_is_double(aux) + (fp_all(aux) ? 0 : 2));
}

static void round_to(Codegen *g, unsigned aux, int dst, Opnd a, int imm)
{
    if (fp_all(aux)) {
        fp_rm(g, round_op(aux), dst, a, imm);
    } else {
        fp_unary(g, round_op(aux), dst, a, imm);
    }
}

void emit_frint(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned round = in->aux2 & 7;

    if (!g->cpu.fp || (in->aux & IR_FP_SIZE) < 2 || round == IR_FR_AWAY) {
        fp_slow_only(g, i, in);
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

/* Signed: out of range gives the smallest integer and is invalid, as it should be. */
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

/* 0x80000000 in a lane: out of range, or nearly. */
void emit_fvtoi(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned round = in->aux2 & 7, all = in->aux | IR_FP_ALL;

    if (!g->cpu.fp || (in->aux & IR_FP_SIZE) != 2 || in->aux2 & IR_FP_UNSIGNED
        || round == IR_FR_AWAY) {
        fp_slow_only(g, i, in);
        return;
    }
    Opnd a = opnd_reg(fp_first(g, in->arg[0], in->aux));
    int dst = ra_def(g, i), t = v_temp(g);
    Cold *c = fp_cold(g, i, dst, a, fp_none(), fp_none());
    Opnd worst = { .kind = OPND_MEM, .mem = pool_mem(g, UINT64_C(0x8000000080000000),
                                                     UINT64_C(0x8000000080000000)) };
    if (round == IR_FR_ZERO) {
        fp_rm(g, 0x5b | M_0F | P_F3, dst, a, -1);       /* cvttps2dq */
    } else {
        round_to(g, all, t, a, round_imm(round, false));
        fp_rm(g, 0x5b | M_0F | P_F3, dst, opnd_reg(t), -1);
    }
    fp_rrm(g, V_PCMPEQD, t, dst, worst, -1);
    fp_check_mask(g, c, t);
    if (round != IR_FR_ZERO) {
        round_to(g, all, t, a, round_imm(round, true)); /* for its flag */
    }
    c->back = g->p;
}

/* -- From integers -- */

/* 2^-n */
static Opnd scale(Codegen *g, unsigned aux, unsigned n)
{
    uint64_t k = fp_is_double(aux) ? (uint64_t)(1023 - n) << 52
                                   : (uint64_t)(127 - n) << 23;

    if (fp_all(aux) && !fp_is_double(aux)) {
        k |= k << 32;
    }
    return (Opnd){ .kind = OPND_MEM, .mem = pool_mem(g, k, fp_all(aux) ? k : 0) };
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
    fp_unary(g, fp_op(0x2a, in->aux) | X_W, dst, opnd_reg(a), -1);
    if (n) {                                    /* exact: there is no result so small */
        fp_rrm(g, fp_op(0x59, in->aux), dst, dst, scale(g, in->aux, n), -1);
    }
    if (c) {
        c->back = g->p;
    }
}

void emit_fvfromi(Codegen *g, unsigned i, const IrInsn *in)
{
    if (!g->cpu.fp || (in->aux & IR_FP_SIZE) != 2 || in->aux2 & IR_FP_FROM_UNSIGNED) {
        fp_slow_only(g, i, in);
        return;
    }
    Opnd a = opnd_reg(fp_first(g, in->arg[0], in->aux));
    int dst = ra_def(g, i);
    fp_rm(g, 0x5b | M_0F, dst, a, -1);          /* cvtdq2ps */
    if (in->aux2) {
        fp_rrm(g, fp_packed(0x59, in->aux), dst, dst,
               scale(g, in->aux | IR_FP_ALL, in->aux2), -1);
    }
}
