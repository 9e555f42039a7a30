/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags. A FLAGS value lives in EFLAGS as long as nothing else needs them. Those of additions,
 * subtractions and `and` (VF_REDO) are then forgotten, and computed again by who wants them: their
 * operands are kept alive for that. Others are saved in their memory form (ir.h) in a general
 * register, through rax. EFLAGS differ from the memory form after additions (CF is C, not the
 * borrow) and logic (CF is 0); that is put right only when asked for.
 */
#include "tcg/x86_64/operand.h"

enum { ENV_N = 1 << 15, ENV_Z = 1 << 14, ENV_NC = 1 << 8, ENV_V = 1 << 0 };

/*
 * EFLAGS of a floating-point comparison: unordered, less, equal and greater are ZF PF CF = 111,
 * 001, 100, 000. They answer some conditions by themselves; for the others the memory form is made.
 */
static bool is_fp(const Codegen *g)
{
    return g->polarity == FLAGS_FP || g->polarity == FLAGS_FP_SWAPPED;
}

static Mem pool_word(Codegen *g, uint32_t v)
{
    return mem_at(BASE_POOL, (int32_t)pool_add(g, v, 0));
}

void x_fp_flags_to_eax(Codegen *g, Polarity p)
{
    x_mov_imm(g, RAX, 0);
    x_rm(g, OP_CMOV | (p == FLAGS_FP ? CC_B : CC_A), RAX, pool_word(g, ENV_N | ENV_NC));
    x_rm(g, OP_CMOV | CC_E, RAX, pool_word(g, ENV_Z));
    x_rm(g, OP_CMOV | CC_P, RAX, pool_word(g, ENV_V));
}

/* Give EFLAGS the polarity of the memory form. */
static void normalize(Codegen *g)
{
    if (g->polarity == FLAGS_ADD) {
        x_cmc(g);
    } else if (g->polarity == FLAGS_LOGIC) {
        x_stc(g);
    }
    g->polarity = FLAGS_SUB;
}

static bool stored(const Codegen *g, IrRef v)
{
    return g->reg[v] != REG_NONE || g->frame[v] >= 0 || (g->vflags[v] & (VF_CONST | VF_ENV));
}

/* Save the owner in a register; EFLAGS still hold it. */
static void save_owner(Codegen *g)
{
    IrRef v = g->flags_owner;

    if (!stored(g, v)) {
        ra_fixed(g, RAX);
        if (is_fp(g)) {
            x_fp_flags_to_eax(g, g->polarity);
        } else {
            normalize(g);
            x_flags_to_eax(g);
        }
        ra_def_reg(g, v, RAX);
        g->pinned &= ~REGBIT(RAX);
    }
}

static bool can_redo(const Codegen *g, IrRef v) { return g->vflags[v] & VF_REDO; }

void flags_clobber(Codegen *g, bool snapshot)
{
    if (g->flags_owner && !can_redo(g, g->flags_owner)
        && needed_here(g, g->flags_owner, snapshot)) {
        save_owner(g);
    }
    g->flags_owner = IR_NO_REF;
}

/* -- Computing flags again -- */

/* A temporary := first operand of the addition or subtraction that FLAGS @f are of. */
static int redo_first(Codegen *g, IrRef f, bool w64, const Opnd *b)
{
    IrRef a = redo_a(g, f);

    if (!g->result_of[f]) {
        return ra_copy(g, a);
    }
    if (g->b->insns[f].op == IR_addf || b->kind == OPND_MEM) {
        int t = ra_copy(g, a);
        alu(g, g->b->insns[f].op == IR_addf ? ALU_SUB : ALU_ADD, w64, t, *b);
        return t;
    }
    int r = ra_use(g, a), t = ra_temp(g, GPR_SET);
    x_rm(g, OP_LEA | width(w64), t, b->kind == OPND_IMM ? mem_at(r, b->imm)
                                                        : mem_indexed(r, b->reg, 0, 0));
    return t;
}

/* EFLAGS := FLAGS @f, which nobody has. */
static void flags_redo(Codegen *g, IrRef f)
{
    const IrInsn *in = &g->b->insns[f];
    bool w64 = is_64(g, in->arg[0]), of_result = g->result_of[f];

    if (in->op == IR_subf && !of_result) {
        compare(g, IR_EQ, w64, in->arg[0], in->arg[1]);
    } else if (in->op == IR_andf && !of_result) {
        compare(g, IR_TSTNE, w64, in->arg[0], in->arg[1]);
    } else if (in->op == IR_andf) {
        int r = ra_use(g, redo_a(g, f));
        x_test(g, w64, r, r);
    } else {
        Opnd b = operand(g, redo_b(g, f), w64);
        int t = redo_first(g, f, w64, &b);
        alu(g, in->op == IR_addf ? ALU_ADD : ALU_CMP, w64, t, b);
        ra_free_temp(g, t);
    }
    g->flags_owner = f;
    g->polarity = polarity_of(in->op);
}

/* Register @reg := the integer at @l. */
static void load_loc(Codegen *g, int reg, const Loc *l)
{
    switch ((LocKind)l->kind) {
    case LOC_GPR:   ra_move(g, reg, l->n); break;
    case LOC_FRAME: x_rm(g, OP_MOV_LOAD | X_W, reg, mem_frame(l->word * 8)); break;
    default:        x_mov_imm(g, reg, const_value(g, l->val)); break;
    }
}

Polarity flags_redo_at(Codegen *g, const Loc *f, const Loc *l, uint32_t wanted)
{
    const IrInsn *in = &g->b->insns[f->val];
    const Loc *a = &l[f->word], *b = a + 1;
    bool w64 = is_64(g, in->arg[0]), of_result = g->result_of[f->val];
    uint32_t taken = wanted
                   | (a->kind == LOC_GPR ? REGBIT(a->n) : 0)
                   | (b->kind == LOC_GPR ? REGBIT(b->n) : 0);
    int x = __builtin_ctz(GPR_SET & ~taken), y = __builtin_ctz(GPR_SET & ~taken & ~REGBIT(x));

    load_loc(g, x, a);
    if (b->kind == LOC_GPR) {
        y = b->n;
    } else {
        load_loc(g, y, b);
    }
    if (in->op == IR_andf) {
        x_test(g, w64, x, of_result ? x : y);
    } else {
        bool add = in->op == IR_addf;
        if (of_result) {
            x_alu(g, add ? ALU_SUB : ALU_ADD, w64, x, y);
        }
        x_alu(g, add ? ALU_ADD : ALU_CMP, w64, x, y);
    }
    return polarity_of(in->op);
}

/* -- What exits need -- */

void flags_to_memory_form(Codegen *g, IrRef v)
{
    v = root(g, v);
    if (stored(g, v)) {
        return;
    }
    if (g->flags_owner != v) {
        flags_clobber(g, true);
        flags_redo(g, v);
    }
    save_owner(g);
}

/* The value is somewhere a cold path finds it, and stays there to the end of this instruction. */
static void keep_reachable(Codegen *g, IrRef v)
{
    if (g->frame[v] < 0 && !(g->vflags[v] & VF_CONST)) {
        ra_use(g, v);
    }
}

void flags_prepare_exit(Codegen *g, unsigned exit, IrRef tested)
{
    const IrExit *e = &g->b->exits[exit - 1];
    const IrSnap *s = &g->b->snaps[e->snap - 1];

    for (unsigned k = 0; k < s->n; k++) {
        const IrSnapEntry *en = &g->b->snap_entries[s->first + k];
        IrRef f = root(g, en->val);
        if (g->b->insns[f].type != IR_FLAGS || stored(g, f)) {
            continue;
        }
        bool redo = can_redo(g, f);
        if (e->again && (!redo || g->b->loop.stored[en->slot / 64] >> (en->slot % 64) & 1)) {
            flags_to_memory_form(g, f);
        } else if (redo && (e->again || f != tested
                            || (g->result_of[f] && f != g->flags_owner))) {
            keep_reachable(g, redo_a(g, f));
            keep_reachable(g, redo_b(g, f));
        }
    }
}

/* -- Getting flags back -- */

/* The memory form of @v as an operand (register or memory). EFLAGS are given up. */
static Opnd flags_operand(Codegen *g, IrRef v)
{
    v = root(g, v);
    flags_to_memory_form(g, v);
    flags_clobber(g, false);
    return operand_rm(g, v, false);
}

/* EFLAGS of a floating-point comparison are put in a register and given up. */
static void fp_flags_give_up(Codegen *g)
{
    save_owner(g);
    g->flags_owner = IR_NO_REF;
}

/* Does one test of such EFLAGS answer @cond? */
static bool fp_cc(const Codegen *g, IrCond cond, Cc *cc)
{
    static const int8_t as_is[] = {
        [IR_COND_EQ] = -1, [IR_COND_NE] = -1, [IR_COND_CS] = -1, [IR_COND_CC] = -1,
        [IR_COND_MI] = -1, [IR_COND_PL] = -1, [IR_COND_VS] = CC_P, [IR_COND_VC] = CC_NP,
        [IR_COND_HI] = -1, [IR_COND_LS] = -1, [IR_COND_GE] = CC_AE, [IR_COND_LT] = CC_B,
        [IR_COND_GT] = CC_A, [IR_COND_LE] = CC_BE,
    };
    static const int8_t swapped[] = {
        [IR_COND_EQ] = -1, [IR_COND_NE] = -1, [IR_COND_CS] = CC_BE, [IR_COND_CC] = CC_A,
        [IR_COND_MI] = CC_A, [IR_COND_PL] = CC_BE, [IR_COND_VS] = CC_P, [IR_COND_VC] = CC_NP,
        [IR_COND_HI] = CC_B, [IR_COND_LS] = CC_AE, [IR_COND_GE] = -1, [IR_COND_LT] = -1,
        [IR_COND_GT] = -1, [IR_COND_LE] = -1,
    };
    int8_t c = (g->polarity == FLAGS_FP ? as_is : swapped)[cond];

    *cc = (Cc)c;
    return c >= 0;
}

/* Is it EQ or NE on such EFLAGS, which is a test of two flags? */
static bool is_fp_equality(const Codegen *g, IrRef v, IrCond cond)
{
    return cond <= IR_COND_NE && g->flags_owner == root(g, v) && is_fp(g);
}

/* Make EFLAGS hold @v. What they held is saved if it is needed. */
static void flags_load(Codegen *g, IrRef v, bool snapshot)
{
    v = root(g, v);
    if (g->flags_owner == v) {
        return;
    }
    flags_clobber(g, snapshot);
    if (!stored(g, v)) {
        flags_redo(g, v);
        return;
    }
    ra_fixed(g, RAX);
    if (g->vflags[v] & VF_CONST) {
        x_mov_imm(g, RAX, const_value(g, v));
    } else {
        op_rm(g, OP_MOV_LOAD, RAX, operand_rm(g, v, false));
    }
    x_flags_from_eax(g);
    ra_free_temp(g, RAX);
    g->flags_owner = v;
    g->polarity = FLAGS_SUB;
}

/*
 * The x86 condition for @cond on the owner. EFLAGS may be normalised for it, never lost.
 */
static Cc cc_of_cond(Codegen *g, IrCond cond)
{
    static const uint8_t cc[] = {
        [IR_COND_EQ] = CC_E, [IR_COND_NE] = CC_NE, [IR_COND_CS] = CC_AE, [IR_COND_CC] = CC_B,
        [IR_COND_MI] = CC_S, [IR_COND_PL] = CC_NS, [IR_COND_VS] = CC_O, [IR_COND_VC] = CC_NO,
        [IR_COND_HI] = CC_A, [IR_COND_LS] = CC_BE, [IR_COND_GE] = CC_GE, [IR_COND_LT] = CC_L,
        [IR_COND_GT] = CC_G, [IR_COND_LE] = CC_LE,
    };
    bool carry = cond == IR_COND_CS || cond == IR_COND_CC;

    if (carry && g->polarity == FLAGS_ADD) {
        return (Cc)(cc[cond] ^ 1);
    }
    if (carry || cond == IR_COND_HI || cond == IR_COND_LS) {
        normalize(g);
    }
    return (Cc)cc[cond];
}

/*
 * A condition on a value that is not in EFLAGS and needs a test of its memory form only. Returns
 * false when there is no such test (those with N == V).
 */
static bool test_stored(Codegen *g, IrRef v, IrCond cond, Cc *cc)
{
    static const uint16_t bits[] = {
        [IR_COND_EQ / 2] = ENV_Z, [IR_COND_CS / 2] = ENV_NC, [IR_COND_MI / 2] = ENV_N,
        [IR_COND_VS / 2] = ENV_V, [IR_COND_HI / 2] = ENV_Z | ENV_NC,
    };
    bool when_clear = (cond & ~1u) == IR_COND_CS || (cond & ~1u) == IR_COND_HI;

    if (cond >= IR_COND_GE) {
        return false;
    }
    Opnd s = operand_rm(g, v, false);
    if (s.kind == OPND_MEM) {
        x_rm(g, OP_GRP3, 0, s.mem);     /* test dword [m], imm32 */
        put32(g, bits[cond / 2]);
    } else {
        x_test_imm(g, false, s.reg, bits[cond / 2]);
    }
    *cc = (Cc)(CC_NE ^ (when_clear ? 1 : 0) ^ (cond & 1));
    return true;
}

/* The same on a value that nobody has, when its result alone answers. */
static bool test_result(Codegen *g, IrRef v, IrCond cond, Cc *cc)
{
    static const uint8_t of[] = { [IR_COND_EQ] = CC_E, [IR_COND_NE] = CC_NE,
                                  [IR_COND_MI] = CC_S, [IR_COND_PL] = CC_NS };

    if (!g->result_of[v] || !(cond <= IR_COND_NE || cond == IR_COND_MI || cond == IR_COND_PL)) {
        return false;
    }
    int r = ra_use(g, g->result_of[v]);
    x_test(g, is_64(g, g->b->insns[v].arg[0]), r, r);
    *cc = (Cc)of[cond];
    return true;
}

/*
 * Test @cond on FLAGS value @v, for one jcc, setcc or cmov to follow. @snapshot: that of this
 * instruction may need what EFLAGS hold now.
 */
static Cc condition(Codegen *g, IrRef v, IrCond cond, bool snapshot)
{
    Cc cc;

    v = root(g, v);
    if (g->flags_owner == v && is_fp(g)) {
        if (fp_cc(g, cond, &cc)) {
            return cc;
        }
        fp_flags_give_up(g);
    }
    if (g->flags_owner != v) {
        flags_clobber(g, snapshot);
        if (!stored(g, v) ? test_result(g, v, cond, &cc)
                          : !(g->vflags[v] & VF_CONST) && test_stored(g, v, cond, &cc)) {
            return cc;
        }
        flags_load(g, v, snapshot);
    }
    return cc_of_cond(g, cond);
}

void emit_brf(Codegen *g, unsigned i, const IrInsn *in)
{
    if (is_fp_equality(g, in->arg[0], in->aux)) {
        exit_when_fp(g, i, in->exit, in->aux == IR_COND_EQ);
        return;
    }
    Cc cc = condition(g, in->arg[0], in->aux, true);

    exit_when(g, i, in->exit, cc);
}

/* EFLAGS are kept. */
static void set_if_fp_equal(Codegen *g, int dst, bool equal)
{
    x_mov_imm(g, dst, 0);
    x_rm(g, OP_CMOV | (equal ? CC_E : CC_NE), dst, pool_word(g, 1));
    x_rm(g, OP_CMOV | CC_P, dst, pool_word(g, equal ? 0 : 1));
}

void emit_setf(Codegen *g, unsigned i, const IrInsn *in)
{
    if (is_fp_equality(g, in->arg[0], in->aux)) {
        set_if_fp_equal(g, ra_def(g, i), in->aux == IR_COND_EQ);
        return;
    }
    Cc cc = condition(g, in->arg[0], in->aux, false);
    int dst = ra_def(g, i);

    x_setcc(g, cc, dst);
    x_rr(g, OP_MOVZX8, dst, dst);
}

static void select_if_fp_equal(Codegen *g, unsigned i, const IrInsn *in)
{
    bool equal = in->aux == IR_COND_EQ;
    IrRef when_not = in->arg[equal ? 2 : 1], when = in->arg[equal ? 1 : 2];

    if (in->type == IR_V128) {
        int s = ra_use(g, when_not), dst = ra_take(g, i, when);
        uint8_t *differ = x_jcc8(g, CC_NE), *skip = x_jcc8(g, CC_NP);
        x_label8(g, differ);
        x_rr(g, OP_MOVAPS, dst, s);
        x_label8(g, skip);
        return;
    }
    Opnd s = operand_rm(g, when_not, in->type == IR_I64);
    int dst = ra_take(g, i, when);
    op_rm(g, OP_CMOV | CC_NE | width(in->type == IR_I64), dst, s);
    op_rm(g, OP_CMOV | CC_P | width(in->type == IR_I64), dst, s);
}

void emit_selectf(Codegen *g, unsigned i, const IrInsn *in)
{
    IrRef b = in->arg[1], c = in->arg[2];
    bool w64 = in->type == IR_I64;

    if (is_fp_equality(g, in->arg[0], in->aux)) {
        select_if_fp_equal(g, i, in);
        return;
    }
    Cc cc = condition(g, in->arg[0], in->aux, false);

    if (in->type == IR_V128) {
        int s = ra_use(g, b), dst = ra_take(g, i, c);
        uint8_t *skip = x_jcc8(g, (Cc)(cc ^ 1));
        x_rr(g, OP_MOVAPS, dst, s);
        x_label8(g, skip);
        return;
    }
    if (in_reg(g, b) && dies(g, b) && !(in_reg(g, c) && dies(g, c))) {
        Opnd s = operand_rm(g, c, w64);
        op_rm(g, OP_CMOV | (cc ^ 1) | width(w64), ra_take(g, i, b), s);
    } else {
        Opnd s = operand_rm(g, b, w64);
        op_rm(g, OP_CMOV | cc | width(w64), ra_take(g, i, c), s);
    }
}

/* -- Carry in -- */

/* CF := C of @v, or its inverse. The other flags of the owner may be lost, so it is saved. */
static void load_carry(Codegen *g, IrRef v, bool inverted)
{
    v = root(g, v);
    if (g->vflags[v] & VF_CONST) {
        bool c = ev_carry((uint32_t)const_value(g, v));
        flags_clobber(g, false);
        put8(g, c != inverted ? 0xf9 : 0xf8);                   /* stc, clc */
        return;
    }
    if (!stored(g, v)) {
        flags_load(g, v, false);
    }
    if (g->flags_owner == v && is_fp(g)) {
        fp_flags_give_up(g);
    }
    if (g->flags_owner == v) {
        Polarity p = g->polarity;
        if (needed_here(g, v, false) && !stored(g, v) && !can_redo(g, v)) {
            save_owner(g);
            p = g->polarity;
        }
        if (p == FLAGS_LOGIC) {
            put8(g, inverted ? 0xf9 : 0xf8);
        } else if ((p == FLAGS_SUB) != inverted) {
            x_cmc(g);
        }
        g->flags_owner = IR_NO_REF;
        return;
    }
    flags_clobber(g, false);
    Opnd s = operand_rm(g, v, false);
    if (s.kind == OPND_MEM) {
        x_rm(g, OP_BT_I, 4, s.mem);
    } else {
        x_rr(g, OP_BT_I, 4, s.reg);
    }
    put8(g, 8);                         /* CF = borrow */
    if (!inverted) {
        x_cmc(g);
    }
}

static bool is_adc_pair(const Codegen *g, unsigned ar, unsigned fl)
{
    const IrInsn *a = &g->b->insns[ar], *f = &g->b->insns[fl];

    return g->last_use[ar] && g->last_use[fl]
        && ((a->op == IR_adc && f->op == IR_adcf) || (a->op == IR_sbc && f->op == IR_sbcf))
        && a->arg[0] == f->arg[0] && a->arg[1] == f->arg[1] && a->arg[2] == f->arg[2];
}

static void add_with_carry(Codegen *g, unsigned i, const IrInsn *in, unsigned ar, unsigned fl)
{
    bool w64 = is_64(g, in->arg[0]), sub = in->op == IR_sbc || in->op == IR_sbcf;

    if (ar && fl) {
        g->at = i + 1;
        g->done = i + 2;
        ra_begin_insn(g, i + 1);
    }
    load_carry(g, in->arg[2], sub);     /* EFLAGS are kept from here on */
    Opnd s = operand(g, in->arg[1], w64);
    int dst = ar ? ra_take(g, ar, in->arg[0]) : ra_copy(g, in->arg[0]);
    alu(g, sub ? ALU_SBB : ALU_ADC, w64, dst, s);
    g->flags_owner = (IrRef)fl;
    g->polarity = sub ? FLAGS_SUB : FLAGS_ADD;
}

/* adc, sbc */
void emit_adc(Codegen *g, unsigned i, const IrInsn *in)
{
    bool pair = i + 1 < g->b->n_insns && is_adc_pair(g, i, i + 1);

    add_with_carry(g, i, in, i, pair ? i + 1 : 0);
}

/* adcf, sbcf */
void emit_adcf(Codegen *g, unsigned i, const IrInsn *in)
{
    bool pair = i + 1 < g->b->n_insns && is_adc_pair(g, i + 1, i);

    add_with_carry(g, i, in, pair ? i + 1 : 0, i);
}

/* -- Conditional compare -- */

/* EFLAGS := @nzcv, cheaply where it is often wanted. */
static bool easy_const(uint32_t nzcv) { return !(nzcv >> 28 & 9); }

static void flags_const(Codegen *g, uint32_t nzcv)
{
    bool z = nzcv >> 30 & 1, c = nzcv >> 29 & 1;

    if (!easy_const(nzcv)) {
        x_mov_imm(g, RAX, ir_nzcv_to_envflags(nzcv));
        x_flags_from_eax(g);
    } else if (z) {
        x_alu(g, ALU_CMP, true, RSP, RSP);
        if (!c) {
            x_stc(g);
        }
    } else if (c) {
        x_test(g, true, RSP, RSP);      /* rsp is positive and not 0 */
    } else {
        x_alu_imm(g, ALU_CMP, true, RSP, -1);
    }
}

void emit_ccmp(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->aux2 & 2, add = in->aux2 & 1;
    IrRef f = root(g, in->arg[0]);
    uint32_t nzcv = (uint32_t)in->imm;
    int t = REG_NONE;

    if (g->flags_owner == f && needed_here(g, f, false) && !can_redo(g, f)) {
        save_owner(g);
    }
    Opnd y = operand(g, in->arg[2], w64);
    if (add) {
        t = ra_temp(g, GPR_SET & ~REGBIT(RAX));
        ra_load(g, t, in->arg[1]);
    } else {
        ra_use(g, in->arg[1]);
    }
    Cc cc = condition(g, f, in->aux, false);
    if (!easy_const(nzcv)) {
        ra_fixed(g, RAX);
    }
    if (y.kind == OPND_REG) {           /* what was in RAX has moved */
        y.reg = g->reg[root(g, in->arg[2])];
    }
    uint8_t *no = x_jcc8(g, (Cc)(cc ^ 1));
    alu(g, add ? ALU_ADD : ALU_CMP, w64, add ? t : g->reg[root(g, in->arg[1])], y);
    if (add) {
        x_cmc(g);
    }
    uint8_t *end = x_jmp8(g);
    x_label8(g, no);
    flags_const(g, nzcv);
    x_label8(g, end);
    g->flags_owner = (IrRef)i;
    g->polarity = FLAGS_SUB;
}

/* -- To and from NZCV in bits 31..28 -- */

/* dst |= (src >> right or << left) & mask */
static void or_field(Codegen *g, int dst, int t, int src, Shift dir, unsigned n, uint32_t mask)
{
    x_mov(g, false, t, src);
    x_shift_imm(g, dir, false, t, n);
    x_alu_imm(g, ALU_AND, false, t, (int32_t)mask);
    x_alu(g, ALU_OR, false, dst, t);
}

void emit_nzcvf(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i), t = ra_temp(g, GPR_SET);

    x_mov(g, false, dst, a);
    x_rr(g, OP_GRP3, 2, dst);
    x_shift_imm(g, SH_SHR, false, dst, 21);
    x_alu_imm(g, ALU_AND, false, dst, ENV_NC);
    or_field(g, dst, t, a, SH_SHR, 16, ENV_N | ENV_Z);
    or_field(g, dst, t, a, SH_SHR, 28, ENV_V);
}

void emit_fnzcv(Codegen *g, unsigned i, const IrInsn *in)
{
    Opnd s = flags_operand(g, in->arg[0]);
    int dst = ra_def(g, i), t = ra_temp(g, GPR_SET), f = s.reg;

    if (s.kind == OPND_MEM) {
        x_rm(g, OP_MOV_LOAD, f = ra_temp(g, GPR_SET), s.mem);
    }
    x_mov(g, false, dst, f);
    x_rr(g, OP_GRP3, 2, dst);
    x_shift_imm(g, SH_SHL, false, dst, 21);
    x_alu_imm(g, ALU_AND, false, dst, 1 << 29);
    or_field(g, dst, t, f, SH_SHL, 16, UINT32_C(3) << 30);
    or_field(g, dst, t, f, SH_SHL, 28, 1 << 28);
}
