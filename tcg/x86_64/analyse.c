/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before emission: which instructions are other names of a value, and when values are used. */
#include "tcg/x86_64/emit.h"

uint64_t const_value(const Codegen *g, IrRef v)
{
    const IrInsn *in = &g->b->insns[root(g, v)];

    return in->op == IR_imm ? (uint64_t)in->imm
         : ir_nzcv_to_envflags((uint32_t)g->b->insns[root(g, in->arg[0])].imm);
}

/* Is the upper half of an I32 result's register zero? Calls leave rubbish there. */
static bool zero_extended(const IrInsn *in) { return in->type == IR_I32 && in->op != IR_call; }

static void name_values(Codegen *g)
{
    const IrBlock *b = g->b;
    unsigned n = b->n_insns;

    memset(g->last_use, 0, n * sizeof(g->last_use[0]));
    memset(g->last_arg, 0, n * sizeof(g->last_arg[0]));
    memset(g->next_arg, 0, n * sizeof(g->next_arg[0]));
    memset(g->const_index, 0, n * sizeof(g->const_index[0]));
    memset(g->mem_last, 0, n * sizeof(g->mem_last[0]));
    memset(g->frame, 0xff, n * sizeof(g->frame[0]));
    memset(g->reg, 0xff, n * sizeof(g->reg[0]));
    memset(g->vflags, 0, n * sizeof(g->vflags[0]));
    memset(g->result_of, 0, n * sizeof(g->result_of[0]));
    g->root[0] = 0;
    for (unsigned i = 1; i < n; i++) {
        const IrInsn *in = &b->insns[i];
        IrRef a = g->root[in->arg[0]];

        g->root[i] = (IrRef)i;
        if (in->op == IR_mov || in->op == IR_trunc
            || (in->op == IR_zext && zero_extended(&b->insns[a]))) {
            g->root[i] = a;
        } else if (in->op == IR_imm || in->op == IR_vimm
                   || (in->op == IR_nzcvf && b->insns[a].op == IR_imm)) {
            g->vflags[i] = VF_CONST;
        }
    }
}

/* -- FLAGS that are computed again -- */

/* `add a, -k` beside `subf a, k`: the builder makes the first out of `sub a, k`. */
static bool is_negated(const Codegen *g, const IrInsn *ar, const IrInsn *fl)
{
    const IrInsn *x = &g->b->insns[g->root[ar->arg[1]]], *y = &g->b->insns[g->root[fl->arg[1]]];

    if (ar->op != IR_add || fl->op != IR_subf || x->op != IR_imm || y->op != IR_imm
        || g->root[ar->arg[0]] != g->root[fl->arg[0]]) {
        return false;
    }
    uint64_t sum = (uint64_t)x->imm + (uint64_t)y->imm;
    return ar->type == IR_I64 ? sum == 0 && fits32(x->imm) && fits32(y->imm)
                              : (uint32_t)sum == 0;
}

/* Are instructions @ar (arithmetic) and @fl (flags) of the same operation? */
static bool same_operation(const Codegen *g, unsigned ar, unsigned fl)
{
    const IrInsn *a = &g->b->insns[ar], *f = &g->b->insns[fl];
    unsigned op = a->op == IR_add ? IR_addf : a->op == IR_sub ? IR_subf
                : a->op == IR_and ? IR_andf : IR_OP_COUNT;

    return op != IR_OP_COUNT && g->b->insns[f->arg[0]].type == a->type
        && ((f->op == op && a->arg[0] == f->arg[0] && a->arg[1] == f->arg[1])
            || is_negated(g, a, f));
}

static void find_flags(Codegen *g)
{
    unsigned n = g->b->n_insns;

    for (unsigned i = 1; i < n; i++) {
        unsigned op = g->b->insns[i].op;
        if (op != IR_subf && op != IR_addf && op != IR_andf) {
            continue;
        }
        g->vflags[i] |= VF_REDO;
        if (i > 1 && same_operation(g, i - 1, i)) {
            g->result_of[i] = (IrRef)(i - 1);
        } else if (i + 1 < n && same_operation(g, i + 1, i)) {
            g->result_of[i] = (IrRef)(i + 1);
        }
    }
}

/* -- Uses -- */

static void use(Codegen *g, IrRef v, unsigned at)
{
    v = g->root[v];
    if (!g->last_use[v]) {
        g->last_use[v] = (uint16_t)at;
        if (g->vflags[v] & VF_REDO) {
            use(g, redo_a(g, v), at);
            use(g, redo_b(g, v), at);
        }
    }
}

static void use_snapshot(Codegen *g, unsigned snap, unsigned at, const IrSnap **latest)
{
    const IrSnap *s = &g->b->snaps[snap - 1];

    g->snap_ends[at] = !(*latest && (*latest)->first == s->first && (*latest)->n == s->n);
    if (!g->snap_ends[at]) {
        return;                         /* all used later already */
    }
    *latest = s;
    for (unsigned k = 0; k < s->n; k++) {
        IrRef v = g->b->snap_entries[s->first + k].val;
        use(g, v, at);
        g->vflags[g->root[v]] |= VF_SNAP;
    }
}

/* -- Groups of accesses (see MemMemo) -- */

/* A longer range crosses a page more often than its members would. */
enum { GROUP_SPAN = 256 };

static void join_group(Codegen *g, MemGroup *gr, unsigned i, const IrInsn *in)
{
    int32_t lo = (int32_t)in->imm, hi = lo + (1 << (in->aux & IR_MO_SIZE));
    bool write = in->op == IR_st;
    MemRange both = { MIN(lo, gr->range.lo), MAX(hi, gr->range.hi) };

    if (gr->epoch == g->epoch && gr->idx == in->aux2 && both.hi - (int64_t)both.lo <= GROUP_SPAN) {
        gr->range = both;
        gr->write |= write;
    } else {
        *gr = (MemGroup){ .epoch = g->epoch, .idx = in->aux2, .last = (uint16_t)i, .write = write,
                          .range = { lo, hi } };
    }
}

static void group_access(Codegen *g, unsigned i, const IrInsn *in)
{
    MemGroup *gr = &g->group[g->root[in->arg[0]]];

    if ((in->op != IR_ld && in->op != IR_st) || mem_looks_at_alignment(in)
        || in->imm > INT32_MAX - 4096 || in->imm < INT32_MIN + 4096) {
        return;
    }
    join_group(g, gr, i, in);
    g->mem_range[i] = gr->range;
    g->mem_last[i] = gr->last;
    g->mem_write[i] = gr->write;
}

static bool no_effect(const IrInsn *in)
{
    if (in->op == IR_call) {
        return ((const IrHelper *)(intptr_t)in->imm)->flags & IRH_PURE;
    }
    return !(ir_op_info[in->op].flags & IROF_E);
}

void analyse(Codegen *g)
{
    const IrBlock *b = g->b;
    const IrSnap *latest = NULL;

    name_values(g);
    find_flags(g);
    g->epoch++;
    for (unsigned i = b->n_insns - 1; i > 0; i--) {
        const IrInsn *in = &b->insns[i];

        if (g->root[i] != i || (g->vflags[i] & VF_CONST) || (!g->last_use[i] && no_effect(in))) {
            continue;
        }
        if (in->op == IR_call) {
            g->epoch++;
        } else if (ir_op_info[in->op].flags & IROF_M) {
            group_access(g, i, in);
        }
        if (in->snap) {
            use_snapshot(g, in->snap, i, &latest);
        }
        if (in->exit) {
            const IrExit *e = &b->exits[in->exit - 1];
            use_snapshot(g, e->snap, i, &latest);
            if (e->kind == IR_EXIT_INDIRECT) {
                use(g, e->target, i);
            }
        }
        for (unsigned k = 0; k < 4 && in->arg[k]; k++) {
            g->insn_next[i][k] = g->next_arg[g->root[in->arg[k]]];
        }
        for (unsigned k = 0; k < 4 && in->arg[k]; k++) {
            IrRef v = g->root[in->arg[k]];
            use(g, v, i);
            g->next_arg[v] = (uint16_t)i;
            if (!g->last_arg[v]) {
                g->last_arg[v] = (uint16_t)i;
            }
        }
    }
}
