/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Leaving a block, and what lies out of line behind it: side exits, memory misses, faults.
 *
 * An exit first writes its snapshot back: registers, then flags (which need rax), then what comes
 * from the frame or is constant, through a scratch register. Only moves come before the flags.
 */
#include "tcg/x86_64/operand.h"

/* -- Write-back -- */

static Mem slot_mem(const Codegen *g, const Loc *l)
{
    return mem_env(g, g->b->slots[l->slot].offset);
}

static void store_slot(Codegen *g, const Loc *l, int reg)
{
    IrType t = g->b->slots[l->slot].type;

    if (t == IR_V128) {
        x_rm(g, OP_MOVUPS_STORE, reg, slot_mem(g, l));
    } else {
        x_rm(g, OP_MOV_STORE | width(t == IR_I64), reg, slot_mem(g, l));
    }
}

static void store_const(Codegen *g, const Loc *l, int scratch)
{
    IrType t = g->b->slots[l->slot].type;

    if (t == IR_V128) {
        load_vimm(g, XMM0, g->b->vconsts[g->b->insns[l->val].aux2]);
        store_slot(g, l, XMM0);
        return;
    }
    uint64_t v = const_value(g, l->val);
    if (t != IR_I64 || fits32((int64_t)v)) {
        store_imm(g, t == IR_I64 ? IR_MO_64 : IR_MO_32, slot_mem(g, l), (int32_t)v);
    } else {
        x_mov_imm(g, scratch, v);
        store_slot(g, l, scratch);
    }
}

static void store_frame_word(Codegen *g, const Loc *l, int scratch)
{
    Mem m = mem_frame(l->word * 8);

    if (g->b->slots[l->slot].type == IR_V128) {
        x_rm(g, OP_MOVAPS, XMM0, m);
        store_slot(g, l, XMM0);
    } else {
        x_rm(g, OP_MOV_LOAD | X_W, scratch, m);
        store_slot(g, l, scratch);
    }
}

void store_loc(Codegen *g, const Loc *l, int scratch)
{
    switch ((LocKind)l->kind) {
    case LOC_GPR: case LOC_XMM: store_slot(g, l, l->n); break;
    case LOC_FRAME:             store_frame_word(g, l, scratch); break;
    case LOC_CONST:             store_const(g, l, scratch); break;
    default:                    assert(!"flags are stored by others"); break;
    }
}

/* rax := memory form of EFLAGS. */
static void eflags_to_rax(Codegen *g, Polarity p)
{
    if (p == FLAGS_FP || p == FLAGS_FP_SWAPPED) {
        x_fp_flags_to_eax(g, p);
        return;
    }
    if (p == FLAGS_ADD) {
        x_cmc(g);
    } else if (p == FLAGS_LOGIC) {
        x_stc(g);
    }
    x_flags_to_eax(g);
}

/* Registers LOC_REDO at @l reads. */
static uint32_t redo_reads(const Loc *l, const Loc *all)
{
    uint32_t set = 0;

    for (unsigned k = 0; l->kind == LOC_REDO && k < 2; k++) {
        const Loc *o = &all[l->word + k];
        set |= o->kind == LOC_GPR ? REGBIT(o->n) : 0;
    }
    return set;
}

/* What is in rax and wanted after the flags have been through it goes to another register. */
static void empty_rax(Codegen *g, Loc *l, unsigned n, int *keep)
{
    uint32_t used = *keep >= 0 ? REGBIT(*keep) : 0;

    for (unsigned k = 0; k < n; k++) {
        used |= redo_reads(&l[k], l);
    }
    if (!(used & REGBIT(RAX))) {
        return;
    }
    int to = __builtin_ctz(GPR_SET & ~used);
    x_mov(g, true, to, RAX);
    *keep = *keep == RAX ? to : *keep;
    for (unsigned k = 0; k < n; k++) {
        for (unsigned o = 0; l[k].kind == LOC_REDO && o < 2; o++) {
            Loc *a = &l[l[k].word + o];
            a->n = a->kind == LOC_GPR && a->n == RAX ? (int8_t)to : a->n;
        }
    }
}

static void redo_flags(Codegen *g, const Loc *l, unsigned n, int keep)
{
    for (unsigned k = 0; k < n; k++) {
        if (l[k].kind == LOC_REDO) {
            uint32_t wanted = keep >= 0 ? REGBIT(keep) : 0;
            for (unsigned j = k + 1; j < n; j++) {
                wanted |= redo_reads(&l[j], l);
            }
            eflags_to_rax(g, flags_redo_at(g, &l[k], l, wanted));
            store_slot(g, &l[k], RAX);
        }
    }
}

/*
 * Every register but *@keep (REG_NONE: none) is free afterwards; *@keep may be moved, and so may
 * operands of flags.
 */
static void write_back(Codegen *g, Loc *l, unsigned n, int *keep)
{
    bool rest = false, in_rax = false;

    for (unsigned k = 0; k < n; k++) {
        if (l[k].kind == LOC_GPR || l[k].kind == LOC_XMM) {
            store_slot(g, &l[k], l[k].n);
        } else {
            rest = true;
        }
    }
    if (!rest) {
        return;
    }
    empty_rax(g, l, n, keep);
    for (unsigned k = 0; k < n; k++) {
        if (l[k].kind == LOC_EFLAGS) {  /* there is one such value, perhaps of several slots */
            if (!in_rax) {
                eflags_to_rax(g, (Polarity)l[k].n);
                in_rax = true;
            }
            store_slot(g, &l[k], RAX);
        }
    }
    redo_flags(g, l, n, *keep);
    for (unsigned k = 0; k < n; k++) {
        if (l[k].kind == LOC_FRAME) {
            store_frame_word(g, &l[k], RAX);
        } else if (l[k].kind == LOC_CONST) {
            store_const(g, &l[k], RAX);
        }
    }
}

/* -- Ways to leave -- */

static void set_pc(Codegen *g, uint64_t pc)
{
    if (fits32((int64_t)pc)) {
        store_imm(g, IR_MO_64, mem_env(g, g->layout.pc), (int32_t)pc);
    } else {
        x_mov_imm(g, RAX, pc);
        x_rm(g, OP_MOV_STORE | X_W, RAX, mem_env(g, g->layout.pc));
    }
}

/* The jump of a JUMP exit. Its displacement is aligned so that patching is one atomic store. */
static void jump_site(Codegen *g, unsigned exit)
{
    x_nops(g, (unsigned)(-(uintptr_t)(g->p + 1) & 3));
    *list_add(&g->sites, 1) = (ExitSite){ .exit = exit, .jmp_off = (uint32_t)(g->p - g->start) };
    g->exit_code[exit] = g->p;
    x_jmp32(g);
}

void jump_cache_probe(Codegen *g, int pc, unsigned kind, const void *miss)
{
    int32_t disp = kind * JC_ENTRIES * sizeof(JumpCacheEntry);
    int t = pc == RCX ? RDX : RCX, table = pc == RDI ? RDX : RDI;

    x_mov(g, false, t, pc);
    x_alu_imm(g, ALU_AND, false, t, (JC_ENTRIES - 1) << 2);
    x_rm(g, OP_MOV_LOAD | X_W, table, mem_env(g, g->layout.jump_cache));
    x_rm(g, 0x39 | X_W, pc, mem_indexed(table, t, 2, disp));    /* cmp [m], pc */
    set_rel32(x_jcc32(g, CC_NE), miss);
    x_rm(g, OP_GRP5, 4, mem_indexed(table, t, 2, disp + 8));    /* jmp [m] */
}

static void indirect(Codegen *g, const Loc *target, int reg, unsigned kind)
{
    if (target->kind != LOC_GPR) {
        reg = RAX;
        if (target->kind == LOC_FRAME) {
            x_rm(g, OP_MOV_LOAD | X_W, reg, mem_frame(target->word * 8));
        } else {
            x_mov_imm(g, reg, const_value(g, target->val));
        }
    }
    jump_cache_probe(g, reg, kind, g->tramp->lookup_at[reg]);
}

static void leave(Codegen *g, unsigned exit, Loc *l, unsigned n, const Loc *target)
{
    const IrExit *e = &g->b->exits[exit];
    int keep = e->kind == IR_EXIT_INDIRECT && target->kind == LOC_GPR ? target->n : REG_NONE;

    write_back(g, l, n, &keep);
    switch ((IrExitKind)e->kind) {
    case IR_EXIT_JUMP:
        if (g->exit_code[exit]) {
            x_jmp_to(g, g->exit_code[exit]);
        } else {
            jump_site(g, exit);
        }
        break;
    case IR_EXIT_INDIRECT:
        indirect(g, target, keep, e->branch);
        break;
    case IR_EXIT_LOOKUP:
        x_jmp_to(g, g->tramp->lookup);
        break;
    case IR_EXIT_LOOP:
        set_pc(g, e->pc);
        x_jmp_to(g, g->tramp->leave);
        break;
    }
}

/* Where the exit's snapshot is now: appended to g->exit_locs, operands of flags behind it. */
static uint32_t locate_exit(Codegen *g, const IrExit *e, Loc *target)
{
    const IrSnap *s = &g->b->snaps[e->snap - 1];
    uint32_t first = g->exit_locs.n;

    (void)list_add(&g->exit_locs, s->n);
    for (unsigned k = 0; k < s->n; k++) {
        const IrSnapEntry *en = &g->b->snap_entries[s->first + k];
        Loc l = ra_locate(g, en->slot, en->val);
        if (l.kind == LOC_REDO) {
            l.word = (uint16_t)(g->exit_locs.n - first);
            Loc *of = list_add(&g->exit_locs, 2);
            of[0] = ra_locate(g, 0, redo_a(g, l.val));
            of[1] = ra_locate(g, 0, redo_b(g, l.val));
        }
        g->exit_locs.at[first + k] = l;
    }
    if (e->kind == IR_EXIT_INDIRECT) {
        *target = ra_locate(g, 0, e->target);
    }
    return first;
}

/* The jump ending at @from (rel32) goes to the exit, out of line. */
static Cold *exit_from(Codegen *g, unsigned i, unsigned exit, uint8_t *from)
{
    const IrExit *e = &g->b->exits[exit - 1];
    Cold *c = cold_new(g, COLD_EXIT, i);

    c->exit = exit - 1;
    c->n = g->b->snaps[e->snap - 1].n;
    c->first = locate_exit(g, e, &c->target_loc);
    cold_add_from(c, from);
    return c;
}

/* Back to the loop's top, unless an exit is requested. */
static void exit_again(Codegen *g, unsigned i, unsigned exit)
{
    IrRef owner = g->flags_owner;

    x_alu_mem_imm(g, ALU_CMP, false, mem_env(g, g->layout.exit_request), 0);
    g->flags_owner = IR_NO_REF;
    const Cold *c = exit_from(g, i, exit, x_jcc32(g, CC_NE));

    loop_again(g, &g->exit_locs.at[c->first], c->n);
    g->flags_owner = owner;             /* where the jump is not taken */
}

void exit_when(Codegen *g, unsigned i, unsigned exit, Cc cc)
{
    if (!g->b->exits[exit - 1].again) {
        exit_from(g, i, exit, x_jcc32(g, cc));
        return;
    }
    uint8_t *not_taken = x_jcc32(g, (Cc)(cc ^ 1));
    exit_again(g, i, exit);
    set_rel32(not_taken, g->p);
}

void exit_when_fp(Codegen *g, unsigned i, unsigned exit, bool equal)
{
    bool again = g->b->exits[exit - 1].again;
    uint8_t *unordered = x_jcc32(g, CC_P);

    if (!again) {
        Cold *c = exit_from(g, i, exit, x_jcc32(g, equal ? CC_E : CC_NE));
        if (equal) {
            set_rel32(unordered, g->p);
        } else {
            cold_add_from(c, unordered);
        }
        return;
    }
    uint8_t *not_taken = x_jcc32(g, equal ? CC_NE : CC_E);
    if (!equal) {
        set_rel32(unordered, g->p);
    }
    exit_again(g, i, exit);
    set_rel32(not_taken, g->p);
    if (equal) {
        set_rel32(unordered, g->p);
    }
}

void emit_exit(Codegen *g, unsigned i, const IrInsn *in)
{
    const IrExit *e = &g->b->exits[in->exit - 1];
    Loc target = { 0 };

    if (e->again) {
        exit_again(g, i, in->exit);
        return;
    }
    uint32_t first = locate_exit(g, e, &target);

    leave(g, in->exit - 1u, &g->exit_locs.at[first],
          g->b->snaps[e->snap - 1].n, &target);
}

/* -- Side table -- */

static uint32_t side_const(Codegen *g, IrRef v)
{
    if (!g->const_index[v]) {
        g->const_index[v] = (uint16_t)(g->consts.n + 1);
        if (g->b->insns[v].op == IR_vimm) {
            memcpy(list_add(&g->consts, 2), g->b->vconsts[g->b->insns[v].aux2], 16);
        } else {
            *list_add(&g->consts, 1) = const_value(g, v);
        }
    }
    return g->const_index[v] - 1u;
}

static SideLoc side_loc(Codegen *g, unsigned slot, IrRef v)
{
    Loc l = ra_locate(g, slot, v);
    SideLoc s = { .slot = (uint16_t)slot };

    switch ((LocKind)l.kind) {
    case LOC_REDO:
        s.kind = SIDE_FLAGS;
        s.n = g->b->insns[l.val].op | (g->result_of[l.val] ? SIDE_FLAGS_OF_RESULT : 0)
            | (is_64(g, g->b->insns[l.val].arg[0]) ? SIDE_FLAGS_64 : 0);
        break;
    case LOC_ENV:
        s.kind = SIDE_ENV;
        s.n = (uint32_t)g->b->insns[l.val].imm * 2 + is_64(g, l.val);
        break;
    case LOC_GPR:
        s.kind = SIDE_GPR;
        s.n = (uint32_t)l.n;
        break;
    case LOC_XMM:
        s.kind = SIDE_XMM;
        s.n = (uint32_t)l.n - XMM0;
        break;
    case LOC_FRAME:
        s.kind = SIDE_FRAME;
        s.n = l.word;
        break;
    case LOC_EFLAGS:
        assert(!"flags are given up before");
        break;
    case LOC_CONST:
        s.kind = SIDE_CONST;
        s.n = side_const(g, l.val);
        break;
    }
    return s;
}

static bool is_redo(const Codegen *g, IrRef v)
{
    return (g->vflags[v] & VF_REDO) && g->reg[v] == REG_NONE && g->frame[v] < 0;
}

/* @to has room for three locations an entry. They are compared: all bytes of them are set. */
static SideLoc *side_locs(Codegen *g, const IrSnap *s, SideLoc *to)
{
    const IrSnapEntry *entries = &g->b->snap_entries[s->first];

    /* FLAGS to be computed come first: their operands may be what env holds. */
    for (unsigned k = 0; k < s->n; k++) {
        IrRef v = root(g, entries[k].val);
        if (is_redo(g, v)) {
            *to++ = side_loc(g, entries[k].slot, v);
            *to++ = side_loc(g, entries[k].slot, redo_a(g, v));
            *to++ = side_loc(g, entries[k].slot, redo_b(g, v));
        }
    }
    for (unsigned k = 0; k < s->n; k++) {
        IrRef v = root(g, entries[k].val);
        int r = g->reg[v];
        if (r != REG_NONE && r < XMM0 && !(g->vflags[v] & VF_CONST)) {
            *to++ = (SideLoc){ .slot = entries[k].slot, .kind = SIDE_GPR, .n = (uint32_t)r };
        } else if (!is_redo(g, v)) {
            *to++ = side_loc(g, entries[k].slot, v);
        }
    }
    return to;
}

void side_point_locs(Codegen *g, unsigned snap, uint32_t *first, uint32_t *n)
{
    const IrSnap *s = &g->b->snaps[snap - 1];
    uint32_t at = g->locs.n, count;

    if (s->n == 0) {
        *first = *n = 0;
        return;
    }
    SideLoc *l = list_add(&g->locs, 3 * s->n);
    count = (uint32_t)(side_locs(g, s, l) - l);
    if (count == g->last_locs_n
        && memcmp(l, l - (at - g->last_locs_first), count * sizeof(*l)) == 0) {
        g->locs.n = at;                 /* as at the latest point */
        at = g->last_locs_first;
    } else {
        g->locs.n = at + count;
    }
    *first = g->last_locs_first = at;
    *n = g->last_locs_n = count;
}

void side_point(Codegen *g, const IrSnap *snap, uint32_t first, uint32_t n)
{
    *list_add(&g->points, 1) = (SidePoint){
        .host_off = (uint32_t)(g->p - g->start), .first = first, .n = n,
        .guest_pc = snap->guest_pc, .guest_info = snap->guest_info,
    };
}

/* -- Cold paths -- */

Cold *cold_new(Codegen *g, ColdKind kind, unsigned i)
{
    Cold *c = list_add(&g->cold, 1);

    *c = (Cold){ .kind = kind, .insn = (uint16_t)i, .base = REG_NONE, .val = { REG_NONE, REG_NONE },
                 .dst = REG_NONE, .scratch = REG_NONE, .entry = REG_NONE, .memo = REG_NONE };
    return c;
}

void cold_add_from(Cold *c, uint8_t *from)
{
    assert(c->n_from < G_N_ELEMENTS(c->from));
    c->from[c->n_from++] = from;
}

static void store_val(Codegen *g, const Cold *c, unsigned k)
{
    Mem m = mem_frame(FRAME_VAL + (k ? 16 : 0));
    const IrInsn *in = &g->b->insns[c->insn];

    if (c->val[k] >= XMM0) {
        x_rm(g, OP_MOVAPS_STORE, c->val[k], m);
    } else if (c->val[k] != REG_NONE) {
        x_rm(g, OP_MOV_STORE | X_W, c->val[k], m);
    } else if (k == 0 && in->op == IR_st) {
        store_imm(g, IR_MO_64, m, (int32_t)const_value(g, in->arg[1]));
    }
}

static void load_result(Codegen *g, const Cold *c)
{
    const IrInsn *in = &g->b->insns[c->insn];
    Mem m = mem_frame(FRAME_VAL);

    if (c->dst >= XMM0) {
        x_rm(g, (in->aux & IR_MO_SIZE) == IR_MO_128 ? OP_MOVAPS : OP_MOVQ_LOAD, c->dst, m);
    } else if (c->dst != REG_NONE) {
        x_rm(g, OP_MOV_LOAD | width(in->type == IR_I64), c->dst, m);
    }
}

static void cold_mem(Codegen *g, const Cold *c)
{
    const IrInsn *in = &g->b->insns[c->insn];
    MemInfo info = meminfo_make(in->aux, in->aux2, in->op, in->type == IR_V128);

    if (c->try_first) {
        x_label8(g, mem_try_own(g, c));
    } else {
        mem_store_va(g, c);
    }
    store_val(g, c, 0);
    store_val(g, c, 1);
    store_imm(g, IR_MO_32, mem_frame(FRAME_INFO), (int32_t)info);
    x_call_to(g, c->save_xmm ? g->tramp->mem_slow_v : g->tramp->mem_slow);
    side_point(g, &g->b->snaps[in->snap - 1], c->first, c->n);
    load_result(g, c);
    mem_forget(g, c);
    x_jmp_to(g, c->back);
}

/* The trampoline is that of memory accesses: it saves everything and knows faults. */
static void cold_guess(Codegen *g, const Cold *c)
{
    const IrInsn *in = &g->b->insns[c->insn];
    MemInfo info = meminfo_make(in->aux, 0, in->op, false);

    x_rm(g, OP_MOV_STORE | X_W, c->base, mem_frame(FRAME_VA));
    x_rm(g, OP_MOV_STORE | X_W, c->val[0], mem_frame(FRAME_VAL));
    store_imm(g, IR_MO_32, mem_frame(FRAME_INFO), (int32_t)info);
    x_call_to(g, c->save_xmm ? g->tramp->mem_slow_v : g->tramp->mem_slow);
    side_point(g, &g->b->snaps[in->snap - 1], c->first, c->n);
    x_rm(g, OP_MOV_LOAD | X_W, c->dst, mem_frame(FRAME_VAL));
    x_jmp_to(g, c->back);
}

static void cold_emit(Codegen *g, const Cold *c)
{
    const IrInsn *in = &g->b->insns[c->insn];

    for (unsigned k = 0; k < c->n_from; k++) {
        set_rel32(c->from[k], g->p);
    }
    switch ((ColdKind)c->kind) {
    case COLD_EXIT:
        leave(g, c->exit, &g->exit_locs.at[c->first], c->n, &c->target_loc);
        break;
    case COLD_MEM:
        cold_mem(g, c);
        break;
    case COLD_FP:
        cold_fp(g, c);
        break;
    case COLD_GUESS:
        cold_guess(g, c);
        break;
    case COLD_FAULT:
        x_call_to(g, g->tramp->fault);  /* does not return; names the point by its address */
        side_point(g, &g->b->snaps[in->snap - 1], c->first, c->n);
        break;
    }
}

void stub_call(Codegen *g, const void *trampoline)
{
    x_call_to(g, trampoline);
    put32(g, (uint32_t)(g->start - HEAD_WORDS * 8 - g->p));
}

static void link_stub(Codegen *g, unsigned exit)
{
    int64_t delta = (int64_t)(g->b->exits[exit].pc - g->b->pc);

    if (!fits32(delta)) {
        set_pc(g, g->b->exits[exit].pc);
        stub_call(g, g->tramp->link_far);
        put32(g, 0);
    } else {
        stub_call(g, g->tramp->link);
        put32(g, (uint32_t)delta);
    }
    put8(g, exit & 0xff);
    put8(g, exit >> 8);
}

void cold_emit_all(Codegen *g)
{
    for (unsigned k = 0; k < g->cold.n; k++) {
        if (!codegen_room(g)) {
            return;
        }
        cold_emit(g, &g->cold.at[k]);
    }
    for (unsigned k = 0; k < g->sites.n; k++) {
        ExitSite *s = &g->sites.at[k];
        if (!codegen_room(g)) {
            return;
        }
        s->stub_off = (uint32_t)(g->p - g->start);
        set_rel32(g->start + s->jmp_off + 5, g->p);
        link_stub(g, s->exit);
    }
}

/* -- Branches on integers -- */

void emit_brcmp(Codegen *g, unsigned i, const IrInsn *in)
{
    Cc cc = compare(g, in->aux, in->type == IR_I64, in->arg[0], in->arg[1]);

    exit_when(g, i, in->exit, cc);
}

void emit_brbit(Codegen *g, unsigned i, const IrInsn *in)
{
    Opnd s = operand_rm(g, in->arg[0], in->aux >= 32);
    Cc set = CC_NE;

    if (s.kind == OPND_MEM) {           /* the byte that has it */
        s.mem.disp += in->aux / 8;
        x_rm(g, 0xf6, 0, s.mem);
        put8(g, 1u << (in->aux & 7));
    } else if (in->aux < 32) {
        x_test_imm(g, false, s.reg, (int32_t)(1u << in->aux));
    } else {
        x_rr(g, OP_BT_I | X_W, 4, s.reg);
        put8(g, in->aux);
        set = CC_B;
    }
    exit_when(g, i, in->exit, (Cc)(set ^ !in->aux2));
}
