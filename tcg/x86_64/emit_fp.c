/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating-point arithmetic and comparisons. See fp.h. */
#include "tcg/x86_64/fp.h"

/* -- Operands -- */

Opnd fp_source(Codegen *g, IrRef v, unsigned aux)
{
    v = root(g, v);
    if (in_reg(g, v) || g->next_arg[v] || (fp_all(aux) && !g->cpu.avx)) {
        return opnd_reg(ra_use(g, v));
    }
    if (g->vflags[v] & VF_CONST) {
        const uint64_t *k = g->b->vconsts[g->b->insns[v].aux2];
        return (Opnd){ .kind = OPND_MEM, .mem = pool_mem(g, k[0], k[1]) };
    }
    if (g->frame[v] >= 0) {
        return (Opnd){ .kind = OPND_MEM, .mem = mem_frame(g->frame[v] * 8) };
    }
    return (Opnd){ .kind = OPND_MEM, .mem = mem_env(g, (int32_t)g->b->insns[v].imm) };
}

static void fp_load_lane(Codegen *g, int dst, Opnd s, unsigned aux)
{
    if (s.kind == OPND_MEM) {
        load_vec(g, aux & IR_FP_SIZE, dst, REG_NONE, s.mem);
    } else if (fp_is_double(aux)) {
        x_rr(g, OP_MOVQ_LOAD, dst, s.reg);
    } else {
        fp_rrm(g, SSE3A(0x21), dst, s.reg, s, 0x0e);            /* insertps: zero lanes 1..3 */
    }
}

int fp_first(Codegen *g, IrRef v, unsigned aux)
{
    if (fp_all(aux) || ir_vector_bits(g->b, root(g, v)) <= 8u << (aux & IR_FP_SIZE)) {
        return ra_use(g, v);
    }
    Opnd s = fp_source(g, v, aux);
    int t = v_temp(g);
    fp_load_lane(g, t, s, aux);
    return t;
}

/* vzero64, vzero96. EFLAGS are kept. */
void emit_vzero(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned size = in->op == IR_vzero64 ? 3 : 2;
    Opnd s = fp_source(g, in->arg[0], size);

    fp_load_lane(g, ra_def_reuse(g, i), s, size);
}

/* -- Instructions -- */

static void put_imm(Codegen *g, int imm)
{
    if (imm >= 0) {
        put8(g, (unsigned)imm);
    }
}

void fp_rrm(Codegen *g, uint32_t op, int reg, int vvvv, Opnd rm, int imm)
{
    rm.mem.tail = imm >= 0;
    if (!g->cpu.avx) {
        v_mov(g, reg, vvvv);
        op_rm(g, op, reg, rm);
    } else if (rm.kind == OPND_MEM) {
        v_rrm(g, op, reg, vvvv, rm.mem);
    } else {
        v_rrr(g, op, reg, vvvv, rm.reg);
    }
    put_imm(g, imm);
}

void fp_rm(Codegen *g, uint32_t op, int reg, Opnd rm, int imm)
{
    rm.mem.tail = imm >= 0;
    if (!g->cpu.avx) {
        op_rm(g, op, reg, rm);
    } else if (rm.kind == OPND_MEM) {
        v_rrm(g, op, reg, 0, rm.mem);
    } else {
        v_rrr(g, op, reg, 0, rm.reg);
    }
    put_imm(g, imm);
}

void fp_unary(Codegen *g, unsigned aux, uint32_t op, int reg, Opnd rm, int imm)
{
    if (fp_all(aux)) {
        fp_rm(g, op, reg, rm, imm);
    } else {
        v_zero(g, reg);
        fp_rrm(g, op, reg, reg, rm, imm);
    }
}

/* -- Cold paths -- */

Cold *fp_cold(Codegen *g, unsigned i, int dst, Opnd a, Opnd b, Opnd c)
{
    Cold *cold = cold_new(g, COLD_FP, i);

    cold->first = g->fp_args.n;
    cold->dst = (int8_t)dst;
    Opnd *args = list_add(&g->fp_args, 3);
    args[0] = a;
    args[1] = b;
    args[2] = c;
    return cold;
}

/* Operands are read before the result's register, which may be a scratch one, is written. */
static void store_args(Codegen *g, const Cold *c)
{
    for (unsigned k = 0; k < 3; k++) {
        Opnd s = g->fp_args.at[c->first + k];
        Mem to = mem_frame(FRAME_FP + 16 * (int)k);
        if (s.kind == OPND_MEM) {
            x_rm(g, OP_MOVUPS, c->dst, s.mem);
            s.reg = c->dst;
        }
        if (s.kind != OPND_IMM) {
            x_rm(g, s.reg >= XMM0 ? OP_MOVAPS_STORE : OP_MOV_STORE | X_W, s.reg, to);
        }
    }
}

void cold_fp(Codegen *g, const Cold *c)
{
    const IrInsn *in = &g->b->insns[c->insn];
    Mem result = mem_frame(FRAME_FP);

    if (c->small_ok) {                  /* less, not unordered: the host has done it right */
        uint8_t *nan = x_jcc8(g, CC_P);
        set_rel32(x_jcc32(g, CC_B), c->back);
        x_label8(g, nan);
    }
    store_args(g, c);
    store_imm(g, IR_MO_32, mem_frame(FRAME_INFO),
              (int32_t)fpinfo_make(in->op, in->aux, in->aux2, in->type));
    x_call_to(g, g->tramp->fp_slow);
    if (c->dst >= XMM0) {
        x_rm(g, OP_MOVAPS, c->dst, result);
    } else {
        x_rm(g, OP_MOV_LOAD | width(in->type == IR_I64), c->dst, result);
    }
    x_jmp_to(g, c->back);
}

void fp_slow_only(Codegen *g, unsigned i, const IrInsn *in)
{
    Opnd o[3] = { fp_none(), fp_none(), fp_none() };

    for (unsigned k = 0; k < ir_op_info[in->op].n_args; k++) {
        o[k] = opnd_reg(ra_use(g, in->arg[k]));
    }
    Cold *c = fp_cold(g, i, ra_def(g, i), o[0], o[1], o[2]);
    cold_add_from(c, x_jmp32(g));
    c->back = g->p;
}

/* -- Tests of results -- */

void fp_check_mask(Codegen *g, Cold *c, int m)
{
    x_rr(g, V_PTEST, m, m);
    cold_add_from(c, x_jcc32(g, CC_NE));
}

void fp_check_nan(Codegen *g, Cold *c, int dst, unsigned aux)
{
    if (!fp_all(aux)) {
        fp_rm(g, fp_packed(0x2e, aux), dst, opnd_reg(dst), -1); /* ucomis */
        cold_add_from(c, x_jcc32(g, CC_P));
        return;
    }
    int t = v_temp(g);
    fp_rrm(g, fp_packed(0xc2, aux), t, dst, opnd_reg(dst), 3);  /* cmpunord */
    fp_check_mask(g, c, t);
    ra_free_temp(g, t);
}

Mem fp_const(Codegen *g, uint64_t k, unsigned aux)
{
    if (!fp_all(aux)) {
        return pool_mem(g, k, 0);
    }
    k = fp_is_double(aux) ? k : k << 32 | k;
    return pool_mem(g, k, k);
}

Opnd fp_lanes(Codegen *g, uint64_t single, uint64_t dbl, unsigned aux)
{
    uint64_t k = fp_is_double(aux) ? dbl : single;

    return (Opnd){ .kind = OPND_MEM, .mem = fp_const(g, k, aux | IR_FP_ALL) };
}

void fp_check_small(Codegen *g, Cold *c, int dst, unsigned aux)
{
    int t = v_temp(g);
    Opnd smallest = fp_lanes(g, 0x00800000, UINT64_C(0x0010000000000000), aux);

    fp_rrm(g, fp_packed(0x54, aux), t, dst,                     /* and */
           fp_lanes(g, 0x7fffffff, UINT64_C(0x7fffffffffffffff), aux), -1);
    if (!fp_all(aux)) {
        fp_rm(g, fp_packed(0x2e, aux), t, smallest, -1);
        c->small_ok = true;
        cold_add_from(c, x_jcc32(g, CC_BE));
        ra_free_temp(g, t);
        return;
    }
    int u = v_temp(g);
    fp_rrm(g, fp_packed(0xc2, aux), u, dst, opnd_reg(dst), 3);
    fp_rrm(g, v_op_eq(fp_is_double(aux) ? 3 : 2), t, t, smallest, -1);
    fp_rrm(g, V_POR, t, t, opnd_reg(u), -1);
    fp_check_mask(g, c, t);
    ra_free_temp(g, t);
    ra_free_temp(g, u);
}

/* -- Arithmetic -- */

static bool is_inline(const Codegen *g, unsigned aux)
{
    return fp_is_half(aux) ? fp_half_inline(g) : g->cpu.fp;
}

enum { NO_COLD = ~0u };

/* Where the hot path goes on: for @c, and for the cold path of that index. */
static void go_on(Codegen *g, Cold *c, unsigned special)
{
    c->back = g->p;
    if (special != NO_COLD) {
        g->cold.at[special].back = g->p;
    }
}

/*
 * The index of a cold path of its own, into @dst, when an operand of the product A * B is infinite
 * or a NaN; with @halved, also where A / 2 is denormal or 0. By the dwords that have the exponents.
 */
static unsigned check_special(Codegen *g, unsigned i, int dst, int a, int b, bool halved,
                              unsigned aux)
{
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), opnd_reg(b), fp_none());
    uint64_t mask = UINT64_C(0x7fffffff7fffffff), inf = UINT64_C(0x7f8000007f800000);
    uint64_t least = UINT64_C(0x0100000001000000);
    bool all = fp_all(aux);

    if (fp_is_double(aux)) {                    /* low dwords never match */
        mask = UINT64_C(0x7fffffff) << 32;
        inf = UINT64_C(0x7ff00000ffffffff);
        least = UINT64_C(0x00200000) << 32;
    } else if (!all) {
        least &= UINT32_MAX;
    }
    int t = v_temp(g), u = v_temp(g), x = v_temp(g);
    Mem m = pool_mem(g, mask, mask), top = pool_mem(g, inf, inf);
    v_op3_mem(g, V_PAND, t, a, m);
    if (halved) {
        x_rm(g, v_op_sub(2), t, pool_mem(g, least, all ? least : 0));
        top = pool_mem(g, inf - least, all ? inf - least : inf);
    }
    v_op3_mem(g, V_PMAXUD, x, t, top);
    v_op(g, V_PCMPEQD, x, t);
    v_op3_mem(g, V_PAND, t, b, m);
    v_op3_mem(g, V_PMAXUD, u, t, pool_mem(g, inf, inf));
    v_op(g, V_PCMPEQD, u, t);
    v_op(g, V_POR, x, u);
    fp_check_mask(g, c, x);
    ra_free_temp(g, t);
    ra_free_temp(g, u);
    ra_free_temp(g, x);
    return g->cold.n - 1;
}

void emit_farith(Codegen *g, unsigned i, const IrInsn *in)
{
    static const uint8_t byte[] = { [IR_fadd - IR_fadd] = 0x58, [IR_fsub - IR_fadd] = 0x5c,
                                    [IR_fmul - IR_fadd] = 0x59, [IR_fdiv - IR_fadd] = 0x5e };
    unsigned opcode = in->op == IR_fmulx ? 0x59 : byte[in->op - IR_fadd];

    if (!is_inline(g, in->aux)) {
        fp_slow_only(g, i, in);
        return;
    }
    if (fp_is_half(in->aux)) {
        fp_half_arith(g, i, in, opcode);
        return;
    }
    int a = fp_first(g, in->arg[0], in->aux);
    Opnd b = in->op == IR_fmulx ? opnd_reg(fp_first(g, in->arg[1], in->aux))
                                : fp_source(g, in->arg[1], in->aux);
    int dst = ra_def(g, i);
    unsigned special = in->op == IR_fmulx ? check_special(g, i, dst, a, b.reg, false, in->aux)
                                          : NO_COLD;
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), b, fp_none());
    fp_rrm(g, fp_op(opcode, in->aux), dst, a, b, -1);
    if (in->op == IR_fadd || in->op == IR_fsub) {
        fp_check_nan(g, c, dst, in->aux);       /* a tiny sum is exact */
    } else {
        fp_check_small(g, c, dst, in->aux);
    }
    go_on(g, c, special);
}

void emit_fsqrt(Codegen *g, unsigned i, const IrInsn *in)
{
    uint32_t op = fp_op(0x51, in->aux);

    if (!is_inline(g, in->aux)) {
        fp_slow_only(g, i, in);
        return;
    }
    if (fp_is_half(in->aux)) {
        fp_half_sqrt(g, i, in);
        return;
    }
    Opnd a = fp_source(g, in->arg[0], in->aux);
    int dst = ra_def(g, i);
    Cold *c = fp_cold(g, i, dst, a, fp_none(), fp_none());
    fp_unary(g, in->aux, op, dst, a, -1);
    fp_check_nan(g, c, dst, in->aux);
    c->back = g->p;
}

void emit_fma(Codegen *g, unsigned i, const IrInsn *in)
{
    /* dst := +-(dst) +- b * c, the 231 forms, by AUX2 */
    static const uint8_t packed[4] = { 0xb8, 0xba, 0xbc, 0xbe };

    if (!is_inline(g, in->aux) || !g->cpu.fma) {
        fp_slow_only(g, i, in);
        return;
    }
    if (fp_is_half(in->aux)) {
        fp_half_fma(g, i, in, packed[in->aux2]);
        return;
    }
    int a = fp_first(g, in->arg[0], in->aux), b = ra_use(g, in->arg[1]);
    Opnd m = fp_source(g, in->arg[2], in->aux);
    int dst = ra_def(g, i);
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), opnd_reg(b), m);
    v_mov(g, dst, a);
    fp_rrm(g, fp_fused(packed[in->aux2], in->aux), dst, b, m, -1);
    fp_check_small(g, c, dst, in->aux);
    c->back = g->p;
}

/* Products of halves are exact as singles. */
void emit_fmah(Codegen *g, unsigned i, const IrInsn *in)
{
    if (!fp_half_inline(g) || !g->cpu.fma) {
        fp_slow_only(g, i, in);
        return;
    }
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), m = ra_use(g, in->arg[2]);
    int dst = ra_def(g, i), x = v_temp(g), y = v_temp(g);
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), opnd_reg(b), opnd_reg(m));
    v_rrr(g, V_CVTPH2PS, x, 0, b);
    v_rrr(g, V_CVTPH2PS, y, 0, m);
    v_mov(g, dst, a);
    v_rrr(g, fp_fused(0xb8, in->aux), dst, x, y);
    fp_check_small(g, c, dst, in->aux);
    c->back = g->p;
}

/* frecps, frsqrts; the latter as 1.5 - A / 2 * B */
void emit_fstep(Codegen *g, unsigned i, const IrInsn *in)
{
    static const uint64_t from[2][2] = {            /* 2, 1.5 */
        { 0x40000000, UINT64_C(0x4000000000000000) },
        { 0x3fc00000, UINT64_C(0x3ff8000000000000) },
    };
    bool root = in->op == IR_frsqrts;
    unsigned aux = in->aux;

    if (!is_inline(g, aux) || !g->cpu.fma) {
        fp_slow_only(g, i, in);
        return;
    }
    if (fp_is_half(aux)) {
        fp_half_step(g, i, in);
        return;
    }
    int a = fp_first(g, in->arg[0], aux), b = fp_first(g, in->arg[1], aux);
    int dst = ra_def(g, i), t = v_temp(g);
    unsigned special = check_special(g, i, dst, a, b, root, aux);
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), opnd_reg(b), fp_none());
    if (root) {
        fp_rrm(g, fp_packed(0x59, aux), t, a,
               fp_lanes(g, 0x3f000000, UINT64_C(0x3fe0000000000000), aux), -1);
        a = t;
    }
    x_rm(g, OP_MOVAPS, dst, fp_const(g, from[root][fp_is_double(aux)], aux));
    v_rrr(g, fp_fused(0xbc, aux), dst, a, b);
    fp_check_small(g, c, dst, aux);
    go_on(g, c, special);
}

/*
 * The host's give the second operand when the two are equal or unordered, and a quiet NaN is
 * invalid there: so NaNs are sorted out before, and zeros by doing both orders.
 */
void emit_fminmax(Codegen *g, unsigned i, const IrInsn *in)
{
    bool max = in->op == IR_fmax || in->op == IR_fmaxnm;
    uint32_t op = fp_op(max ? 0x5f : 0x5d, in->aux);

    if (g->cpu.fp && fp_is_half(in->aux)) {
        fp_half_minmax(g, i, in);
        return;
    }
    if (!is_inline(g, in->aux)) {
        fp_slow_only(g, i, in);
        return;
    }
    int a = fp_first(g, in->arg[0], in->aux), b = fp_first(g, in->arg[1], in->aux);
    int dst = ra_def(g, i), t = v_temp(g);
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), opnd_reg(b), fp_none());
    if (fp_all(in->aux)) {
        fp_rrm(g, fp_packed(0xc2, in->aux), t, a, opnd_reg(b), 3);
        fp_check_mask(g, c, t);
    } else {
        fp_rm(g, fp_packed(0x2e, in->aux), a, opnd_reg(b), -1);
        cold_add_from(c, x_jcc32(g, CC_P));
    }
    fp_rrm(g, op, t, a, opnd_reg(b), -1);
    fp_rrm(g, op, dst, b, opnd_reg(a), -1);
    fp_rrm(g, max ? V_PAND : V_POR, dst, dst, opnd_reg(t), -1);
    c->back = g->p;
}

/* Numbers below the smallest normal one, but not 0; the result is A for the asking. */
void emit_fdenorm(Codegen *g, unsigned i, const IrInsn *in)
{
    bool is_double = fp_is_double(in->aux);

    if (!g->cpu.fp) {
        fp_slow_only(g, i, in);
        return;
    }
    int a = fp_first(g, in->arg[0], in->aux), dst = ra_def(g, i), t = v_temp(g), u = v_temp(g);
    Cold *c = fp_cold(g, i, dst, opnd_reg(a), fp_none(), fp_none());
    v_op3_mem(g, V_PAND, t, a, fp_const(g, is_double ? INT64_MAX : INT32_MAX, in->aux));
    x_rm(g, OP_MOVAPS, u, fp_lanes(g, 0x00800000, UINT64_C(1) << 52, in->aux).mem);
    v_op(g, is_double ? V_PCMPGTQ : V_PCMPGTD, u, t);
    v_op(g, V_PAND, u, t);
    if (g->last_use[i]) {
        v_mov(g, dst, a);
    }
    fp_check_mask(g, c, u);
    c->back = g->p;
}

/* -- Comparisons: the host's flags are right, and so are the results -- */

void emit_fcmpm(Codegen *g, unsigned i, const IrInsn *in)
{
    bool swap = in->op != IR_fcmpeq;            /* b < a, b <= a: those signal quiet NaNs */

    if (g->cpu.fp && fp_is_half(in->aux)) {
        fp_half_compare(g, i, in);
        return;
    }
    if (!is_inline(g, in->aux)) {
        fp_slow_only(g, i, in);
        return;
    }
    int x = fp_first(g, in->arg[swap], in->aux);
    Opnd y = fp_source(g, in->arg[!swap], in->aux);
    fp_rrm(g, fp_op(0xc2, in->aux), ra_def(g, i), x, y,
           in->op == IR_fcmpeq ? 0 : in->op == IR_fcmpgt ? 1 : 2);
}

/* Which order of the operands gives EFLAGS that answer @cond at once? */
static bool wants_swapped(IrCond cond)
{
    return cond >= IR_COND_CS && cond <= IR_COND_LS && cond != IR_COND_VS && cond != IR_COND_VC;
}

void emit_fcmp(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned next = g->next_arg[i];

    if (!is_inline(g, in->aux)) {
        fp_slow_only(g, i, in);
        return;
    }
    const IrInsn *user = &g->b->insns[next];
    bool tests = user->op == IR_brf || user->op == IR_setf || user->op == IR_selectf
                 || user->op == IR_ccmp;
    bool swap = next && tests && wants_swapped(user->aux);
    bool half = fp_is_half(in->aux);
    int x = half ? fp_half_widen(g, in->arg[swap], in->aux) : ra_use(g, in->arg[swap]);
    Opnd y = half ? opnd_reg(fp_half_widen(g, in->arg[!swap], in->aux))
                  : fp_source(g, in->arg[!swap], in->aux);
    fp_rm(g, fp_packed(in->aux2 ? 0x2f : 0x2e, in->aux), x, y, -1);
    g->flags_owner = (IrRef)i;
    g->polarity = swap ? FLAGS_FP_SWAPPED : FLAGS_FP;
}
