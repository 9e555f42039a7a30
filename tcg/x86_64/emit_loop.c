/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loops (IrLoop): the carried values are loaded once, into registers that each jump back fills
 * again. Between the two they are values like any other.
 */
#include "tcg/x86_64/operand.h"

void loop_begin(Codegen *g)
{
    for (unsigned k = 0; k < g->b->loop.n; k++) {
        const IrInsn *in = &g->b->insns[1 + k];
        g->at = 1 + k;
        int r = ra_def(g, g->at);
        x_rm(g, r >= XMM0 ? OP_MOVUPS : OP_MOV_LOAD | X_W, r, mem_env(g, (int32_t)in->imm));
        g->loop_reg[k] = (int8_t)r;
    }
    g->pinned = 0;
    g->done = 1 + g->b->loop.n;
    g->loop_top = g->p;
}

/* -- The way back -- */

typedef struct Back {
    Loc from[IR_LOOP_INTS + IR_LOOP_VECTORS];
    int8_t to[IR_LOOP_INTS + IR_LOOP_VECTORS];
    unsigned n;
    uint32_t dsts;                      /* all of to[] */
} Back;

static bool is_reg(const Loc *l) { return l->kind == LOC_GPR || l->kind == LOC_XMM; }

static uint32_t sources(const Back *b)
{
    uint32_t set = 0;

    for (unsigned k = 0; k < b->n; k++) {
        set |= is_reg(&b->from[k]) ? REGBIT(b->from[k].n) : 0;
    }
    return set;
}

static void drop(Back *b, unsigned k)
{
    b->n--;
    b->from[k] = b->from[b->n];
    b->to[k] = b->to[b->n];
}

/* Moves between registers, all at once in effect. Only what comes from elsewhere is left. */
static void move_registers(Codegen *g, Back *b)
{
    for (unsigned k = 0; k < b->n;) {
        if (is_reg(&b->from[k]) && b->from[k].n == b->to[k]) {
            drop(b, k);
            k = 0;
            continue;
        }
        k++;
    }
    for (unsigned k = 0; k < b->n;) {
        if (is_reg(&b->from[k]) && !(sources(b) & REGBIT(b->to[k]))) {
            ra_move(g, b->to[k], b->from[k].n);
            drop(b, k);
            k = 0;
        } else {
            k++;
        }
    }
}

/* What remains between registers goes round: a target's value waits in one that is no target. */
static bool break_cycle(Codegen *g, Back *b)
{
    for (unsigned k = 0; k < b->n; k++) {
        if (is_reg(&b->from[k])) {
            int to = b->to[k], t = __builtin_ctz((to >= XMM0 ? XMM_SET : GPR_SET) & ~b->dsts
                                                 & ~sources(b));
            ra_move(g, t, to);
            for (unsigned j = 0; j < b->n; j++) {
                if (is_reg(&b->from[j]) && b->from[j].n == to) {
                    b->from[j].n = (int8_t)t;
                }
            }
            return true;
        }
    }
    return false;
}

static void load_loc(Codegen *g, int reg, const Loc *l)
{
    if (l->kind == LOC_FRAME) {
        x_rm(g, reg >= XMM0 ? OP_MOVAPS : OP_MOV_LOAD | X_W, reg, mem_frame(l->word * 8));
    } else if (reg >= XMM0) {
        load_vimm(g, reg, g->b->vconsts[g->b->insns[l->val].aux2]);
    } else {
        x_mov_imm(g, reg, const_value(g, l->val));
    }
}

/* Write what is stored on the way: values in registers first, then the others. */
static void store_some(Codegen *g, const Loc *l, unsigned n, bool in_regs, int scratch)
{
    for (unsigned k = 0; k < n; k++) {
        if (g->b->loop.stored[l[k].slot / 64] >> (l[k].slot % 64) & 1 && is_reg(&l[k]) == in_regs) {
            store_loc(g, &l[k], scratch);
        }
    }
}

void loop_again(Codegen *g, const Loc *l, unsigned n)
{
    const IrLoop *loop = &g->b->loop;
    Back b = { .n = 0 };

    for (unsigned k = 0; k < n; k++) {
        for (unsigned c = 0; c < loop->n; c++) {
            if (loop->carried[c] == l[k].slot) {
                b.from[b.n] = l[k];
                b.to[b.n++] = g->loop_reg[c];
                b.dsts |= REGBIT(g->loop_reg[c]);
            }
        }
    }
    store_some(g, l, n, true, REG_NONE);
    store_some(g, l, n, false, __builtin_ctz(GPR_SET & ~sources(&b)));
    do {
        move_registers(g, &b);
    } while (break_cycle(g, &b));
    for (unsigned k = 0; k < b.n; k++) {
        load_loc(g, b.to[k], &b.from[k]);
    }
    x_jmp_to(g, g->loop_top);
}
