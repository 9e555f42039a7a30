/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where values are. One forward pass together with emission; when registers run out, the value
 * whose next use is farthest away goes to its frame word.
 */
#include "tcg/x86_64/emit.h"

#define GPR_FIRST   (REGBIT(RDX) | REGBIT(RSI) | REGBIT(RDI) | REGBIT(RCX))
#define GPR_SECOND  (REGBIT(R8) | REGBIT(R9) | REGBIT(R10) | REGBIT(R11))

static uint32_t class_of(const Codegen *g, IrRef v)
{
    return g->b->insns[v].type == IR_V128 ? XMM_SET : GPR_SET;
}

/* -- Choosing registers -- */

static unsigned random_below(Codegen *g, unsigned n)
{
    g->random ^= g->random << 13;
    g->random ^= g->random >> 7;
    g->random ^= g->random << 17;
    return (unsigned)(g->random >> 33) % n;
}

static int random_of(Codegen *g, uint32_t set)
{
    for (unsigned k = random_below(g, (unsigned)__builtin_popcount(set)); k; k--) {
        set &= set - 1;
    }
    return __builtin_ctz(set);
}

static int pick(Codegen *g, uint32_t set, bool over_call)
{
    if (g->random) {
        return random_of(g, set);
    }
    if (over_call && (set & CALLEE_SET)) {
        return __builtin_ctz(set & CALLEE_SET);
    }
    if (set & GPR_FIRST) {
        return __builtin_ctz(set & GPR_FIRST);
    }
    if (set & GPR_SECOND) {
        return __builtin_ctz(set & GPR_SECOND);
    }
    return __builtin_ctz(set);
}

static int farthest(Codegen *g, uint32_t set)
{
    int best = REG_NONE;
    unsigned best_score = 0;

    if (g->random) {
        return random_of(g, set);
    }
    for (; set; set &= set - 1) {
        int r = __builtin_ctz(set);
        IrRef v = g->reg_val[r];
        unsigned next = g->next_arg[v] ? g->next_arg[v] : IR_MAX_INSNS;
        bool stored = g->frame[v] >= 0 || (g->vflags[v] & VF_CONST)
                      || (g->vflags[v] & (VF_ENV | VF_SNAP)) == VF_ENV;
        unsigned score = next * 2 + stored + 1;
        if (score > best_score) {
            best_score = score;
            best = r;
        }
    }
    return best;
}

/* -- Frame words -- */

static int frame_alloc(Codegen *g, unsigned words)
{
    for (unsigned w = 0; w < FRAME_WORDS / 64; w++) {
        uint64_t bits = g->frame_free[w];
        if (words == 2) {
            bits &= bits >> 1 & UINT64_C(0x5555555555555555);
        }
        if (bits) {
            unsigned n = (unsigned)__builtin_ctzll(bits);
            g->frame_free[w] &= ~((words == 2 ? UINT64_C(3) : UINT64_C(1)) << n);
            return (int)(w * 64 + n);
        }
    }
    g->too_big = true;
    return 0;
}

static void frame_release(Codegen *g, IrRef v)
{
    if (g->frame[v] >= 0) {
        unsigned n = (unsigned)g->frame[v];
        uint64_t bits = g->b->insns[v].type == IR_V128 ? 3 : 1;
        g->frame_free[n / 64] |= bits << (n % 64);
        g->frame[v] = -1;
    }
}

/* -- Moves and loads; none touches EFLAGS -- */

void ra_move(Codegen *g, int to, int from)
{
    if (to == from) {
        return;
    }
    if (to >= XMM0) {
        x_rr(g, OP_MOVAPS, to, from);
    } else {
        x_mov(g, true, to, from);
    }
}

void load_vimm(Codegen *g, int reg, const uint64_t v[2])
{
    if (!v[0] && !v[1]) {
        x_rr(g, 0xef | M_0F | P_66, reg, reg);                  /* pxor */
    } else if (!~v[0] && !~v[1]) {
        x_rr(g, 0x76 | M_0F | P_66, reg, reg);                  /* pcmpeqd */
    } else {
        x_rm(g, OP_MOVAPS, reg, mem_at(BASE_POOL, (int32_t)pool_add(g, v[0], v[1])));
    }
}

void ra_load(Codegen *g, int reg, IrRef v)
{
    v = root(g, v);
    const IrInsn *in = &g->b->insns[v];

    if (g->reg[v] != REG_NONE) {
        ra_move(g, reg, g->reg[v]);
    } else if (g->vflags[v] & VF_CONST) {
        if (in->op == IR_vimm) {
            load_vimm(g, reg, g->b->vconsts[in->aux2]);
        } else {
            x_mov_imm(g, reg, const_value(g, v));
        }
    } else if (g->frame[v] >= 0) {
        x_rm(g, reg >= XMM0 ? OP_MOVAPS : OP_MOV_LOAD | X_W, reg, mem_frame(g->frame[v] * 8));
    } else {
        assert(g->vflags[v] & VF_ENV);
        x_rm(g, reg >= XMM0 ? OP_MOVUPS : OP_MOV_LOAD | width(in->type == IR_I64), reg,
             mem_env(g, (int32_t)in->imm));
    }
}

/* -- Who is where -- */

static void put_in(Codegen *g, int reg, IrRef v)
{
    g->reg_val[reg] = v;
    g->reg[v] = (int8_t)reg;
    g->free &= ~REGBIT(reg);
    g->temps &= ~REGBIT(reg);
    g->pinned |= REGBIT(reg);
}

static void leave_reg(Codegen *g, IrRef v)
{
    int r = g->reg[v];

    if (r != REG_NONE) {
        g->reg_val[r] = IR_NO_REF;
        g->reg[v] = REG_NONE;
        g->free |= REGBIT(r);
        g->pinned &= ~REGBIT(r);
    }
}

static void store(Codegen *g, IrRef v)
{
    int r = g->reg[v];

    g->frame[v] = (int16_t)frame_alloc(g, r >= XMM0 ? 2 : 1);
    x_rm(g, r >= XMM0 ? OP_MOVAPS_STORE : OP_MOV_STORE | X_W, r, mem_frame(g->frame[v] * 8));
}

void ra_spill(Codegen *g, IrRef v)
{
    v = root(g, v);
    bool elsewhere = (g->vflags[v] & VF_CONST) || g->frame[v] >= 0
                     || (g->vflags[v] & (VF_ENV | VF_SNAP)) == VF_ENV;
    if (g->reg[v] != REG_NONE) {
        if (!elsewhere) {
            store(g, v);
        }
        leave_reg(g, v);
    }
}

void ra_preserve(Codegen *g, IrRef v)
{
    uint32_t safe = g->reg[v] < XMM0 ? g->free & CALLEE_SET : 0;

    if (safe && g->next_arg[v] && !(g->vflags[v] & VF_CONST)) {
        int to = __builtin_ctz(safe);
        ra_move(g, to, g->reg[v]);
        leave_reg(g, v);
        put_in(g, to, v);
        g->pinned &= ~REGBIT(to);
    } else {
        ra_spill(g, v);
    }
}

/* -- Memos -- */

static void memo_forget(Codegen *g, MemMemo *m)
{
    if (m->base) {
        g->memo_regs &= ~REGBIT(m->reg);
        g->free |= REGBIT(m->reg);
        m->base = IR_NO_REF;
    }
}

void ra_memo_expire(Codegen *g, bool all)
{
    if (g->memo_regs) {
        for (unsigned k = 0; k < MEMO_MAX; k++) {
            if (all || g->memo[k].until <= g->at) {
                memo_forget(g, &g->memo[k]);
            }
        }
    }
}

static void memo_give_up(Codegen *g, int reg)
{
    for (unsigned k = 0; k < MEMO_MAX; k++) {
        if (g->memo[k].base && g->memo[k].reg == reg) {
            memo_forget(g, &g->memo[k]);
        }
    }
}

MemMemo *ra_memo_find(Codegen *g, IrRef base, bool write, unsigned idx, int32_t disp, int32_t size)
{
    for (unsigned k = 0; g->memo_regs && k < MEMO_MAX; k++) {
        MemMemo *m = &g->memo[k];
        if (m->base == base && (m->write || !write) && m->idx == idx && disp >= m->range.lo
            && disp + size <= m->range.hi) {
            return m;
        }
    }
    return NULL;
}

void ra_memo_keep(Codegen *g, const MemMemo *m)
{
    unsigned k = 0, oldest = 0;

    for (; k < MEMO_MAX && g->memo[k].base; k++) {
        oldest = g->memo[k].until < g->memo[oldest].until ? k : oldest;
    }
    k = k == MEMO_MAX ? oldest : k;
    memo_forget(g, &g->memo[k]);
    g->memo[k] = *m;
    g->temps &= ~REGBIT(m->reg);
    g->pinned &= ~REGBIT(m->reg);
    g->memo_regs |= REGBIT(m->reg);
}

/* -- Allocation -- */

/* A memo saves more than one spill costs, but not if the value is back at once. */
static bool needed_soon(const Codegen *g, IrRef v)
{
    return g->next_arg[v] && g->next_arg[v] < g->at + 8;
}

static int alloc(Codegen *g, uint32_t set, bool over_call)
{
    int r;

    if (g->free & set) {
        r = pick(g, g->free & set, over_call);
    } else {
        uint32_t evictable = set & ~g->pinned & ~g->memo_regs;
        uint32_t memos = set & ~g->pinned & g->memo_regs;
        r = evictable ? farthest(g, evictable) : REG_NONE;
        if (r == REG_NONE || (memos && needed_soon(g, g->reg_val[r]))) {
            assert(memos);
            r = __builtin_ctz(memos);
            memo_give_up(g, r);
        } else {
            ra_spill(g, g->reg_val[r]);
        }
    }
    g->free &= ~REGBIT(r);
    g->pinned |= REGBIT(r);
    return r;
}

static bool over_call(const Codegen *g, IrRef v) { return g->last_arg[v] > g->next_call; }

/* -- For emitters -- */

int ra_temp(Codegen *g, uint32_t set)
{
    int r = alloc(g, set, false);

    g->temps |= REGBIT(r);
    return r;
}

void ra_free_temp(Codegen *g, int reg)
{
    assert(g->temps & REGBIT(reg));
    g->temps &= ~REGBIT(reg);
    g->pinned &= ~REGBIT(reg);
    g->free |= REGBIT(reg);
}

void ra_fixed(Codegen *g, int reg)
{
    if (g->memo_regs & REGBIT(reg)) {
        memo_give_up(g, reg);
    }
    if (!(g->free & REGBIT(reg))) {
        IrRef v = g->reg_val[reg];
        uint32_t others = (reg >= XMM0 ? XMM_SET : GPR_SET) & ~REGBIT(reg);
        bool pinned = g->pinned & REGBIT(reg);

        assert(v);
        if (!(g->free & others) && !pinned) {
            ra_spill(g, v);
        } else {
            int to = alloc(g, others, over_call(g, v));
            ra_move(g, to, reg);
            leave_reg(g, v);
            put_in(g, to, v);
            if (!pinned) {
                g->pinned &= ~REGBIT(to);
            }
        }
    }
    g->free &= ~REGBIT(reg);
    g->pinned |= REGBIT(reg);
    g->temps |= REGBIT(reg);
}

int ra_use(Codegen *g, IrRef v)
{
    v = root(g, v);
    if (g->reg[v] == REG_NONE) {
        int r = alloc(g, class_of(g, v), over_call(g, v));
        ra_load(g, r, v);
        put_in(g, r, v);
    }
    g->pinned |= REGBIT(g->reg[v]);
    return g->reg[v];
}

int ra_def(Codegen *g, unsigned i)
{
    int r = alloc(g, class_of(g, (IrRef)i), over_call(g, (IrRef)i));

    put_in(g, r, (IrRef)i);
    return r;
}

int ra_def_reuse(Codegen *g, unsigned i)
{
    const IrInsn *in = &g->b->insns[i];
    uint32_t set = class_of(g, (IrRef)i);

    for (unsigned k = 0; k < 4 && in->arg[k]; k++) {
        IrRef v = root(g, in->arg[k]);
        int r = g->reg[v];
        if (r != REG_NONE && dies(g, v) && (set & REGBIT(r)) && !(g->vflags[v] & VF_CONST)) {
            leave_reg(g, v);
            put_in(g, r, (IrRef)i);
            return r;
        }
    }
    return ra_def(g, i);
}

void ra_def_reg(Codegen *g, unsigned i, int reg)
{
    assert(g->temps & REGBIT(reg));
    put_in(g, reg, (IrRef)i);
}

int ra_take(Codegen *g, unsigned i, IrRef v)
{
    v = root(g, v);
    int r = g->reg[v];

    if (r != REG_NONE && dies(g, v)) {
        leave_reg(g, v);
        put_in(g, r, (IrRef)i);
        return r;
    }
    r = ra_def(g, i);
    ra_load(g, r, v);
    return r;
}

int ra_copy(Codegen *g, IrRef v)
{
    int r = ra_temp(g, class_of(g, root(g, v)));

    ra_load(g, r, v);
    return r;
}

void ra_drop(Codegen *g, IrRef v)
{
    v = root(g, v);
    leave_reg(g, v);
    frame_release(g, v);
}

Loc ra_locate(Codegen *g, unsigned slot, IrRef v)
{
    v = root(g, v);
    Loc l = { .slot = (uint16_t)slot, .val = v };
    int r = g->reg[v];

    if (g->vflags[v] & VF_CONST) {
        l.kind = LOC_CONST;
    } else if (r != REG_NONE) {
        l.kind = r >= XMM0 ? LOC_XMM : LOC_GPR;
        l.n = (int8_t)r;
    } else if (g->frame[v] >= 0) {
        l.kind = LOC_FRAME;
        l.word = (uint16_t)g->frame[v];
    } else if (g->flags_owner && g->flags_owner == v) {
        l.kind = LOC_EFLAGS;
        l.n = (int8_t)g->polarity;
    } else if (g->vflags[v] & VF_REDO) {
        l.kind = LOC_REDO;
    } else {
        assert(g->vflags[v] & VF_ENV);
        l.kind = LOC_ENV;
    }
    return l;
}

/* -- Env behind values -- */

/* @v may no longer rely on env. */
static void detach(Codegen *g, IrRef v)
{
    if (v && (g->vflags[v] & VF_ENV)) {
        if (g->last_use[v] >= g->at && g->reg[v] == REG_NONE && g->frame[v] < 0) {
            uint32_t pinned = g->pinned;
            int r = ra_use(g, v);
            if (!(pinned & REGBIT(r))) {
                g->pinned &= ~REGBIT(r);
            }
        }
        g->vflags[v] &= (uint8_t)~VF_ENV;
    }
}

void ra_env_written(Codegen *g, int32_t offset, int32_t size)
{
    int32_t from = MAX(offset - 12, g->slot_lo), to = MIN(offset + size, g->slot_hi);

    for (int32_t o = from & ~3; o < to; o += 4) {
        if (o >= g->slot_lo && g->slot_at[(o - g->slot_lo) / 4]) {
            unsigned s = g->slot_at[(o - g->slot_lo) / 4] - 1u;
            detach(g, g->env_val[s]);
            g->env_val[s] = IR_NO_REF;
        }
    }
}

void ra_all_env_written(Codegen *g)
{
    for (unsigned s = 0; s < g->n_slots; s++) {
        detach(g, g->env_val[s]);
        g->env_val[s] = IR_NO_REF;
    }
}

/* -- Block and instruction -- */

void ra_begin_block(Codegen *g)
{
    g->free = GPR_SET | XMM_SET;
    g->pinned = g->temps = g->memo_regs = 0;
    memset(g->memo, 0, sizeof(g->memo));
    memset(g->reg_val, 0, sizeof(g->reg_val));
    memset(g->frame_free, 0xff, sizeof(g->frame_free));
    g->frame_free[0] <<= FRAME_ARG_WORDS;
    memset(g->env_val, 0, sizeof(g->env_val));
    g->flags_owner = IR_NO_REF;
}

void ra_begin_insn(Codegen *g, unsigned i)
{
    const IrInsn *in = &g->b->insns[i];

    for (unsigned k = 0; k < 4 && in->arg[k]; k++) {
        IrRef v = root(g, in->arg[k]);
        g->next_arg[v] = g->insn_next[i][k];
        if (g->reg[v] != REG_NONE) {
            g->pinned |= REGBIT(g->reg[v]);
        }
    }
}

static void drop_dead(Codegen *g, IrRef v)
{
    v = root(g, v);
    if (dies(g, v)) {
        ra_drop(g, v);
        if (g->vflags[v] & VF_REDO) {   /* it may have been the last to need them */
            drop_dead(g, redo_a(g, v));
            drop_dead(g, redo_b(g, v));
        }
    }
}

static void drop_dead_in_snapshot(Codegen *g, unsigned snap)
{
    const IrSnap *s = &g->b->snaps[snap - 1];

    for (unsigned k = 0; k < s->n; k++) {
        drop_dead(g, g->b->snap_entries[s->first + k].val);
    }
}

void ra_end_insn(Codegen *g, unsigned i)
{
    const IrInsn *in = &g->b->insns[i];

    g->free |= g->temps;
    g->temps = g->pinned = 0;
    for (unsigned k = 0; k < 4 && in->arg[k]; k++) {
        drop_dead(g, in->arg[k]);
    }
    if (in->snap && g->snap_ends[i]) {
        drop_dead_in_snapshot(g, in->snap);
    }
    if (in->exit) {
        if (g->snap_ends[i]) {
            drop_dead_in_snapshot(g, g->b->exits[in->exit - 1].snap);
        }
        if (g->b->exits[in->exit - 1].kind == IR_EXIT_INDIRECT) {
            drop_dead(g, g->b->exits[in->exit - 1].target);
        }
    }
    if (!g->last_use[i]) {
        ra_drop(g, (IrRef)i);
    }
    if (g->flags_owner && g->last_use[g->flags_owner] <= g->at) {
        g->flags_owner = IR_NO_REF;
    }
}
