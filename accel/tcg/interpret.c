/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks for the IR interpreter, each kept until another takes its place. Nobody tells this cache
 * that code has changed: it compares the code with what it translated, every time.
 */
#include <glib.h>
#include <string.h>

#include "tcg_internal.h"

enum { INTERP_BLOCKS = 32 };

typedef struct InterpEntry {
    IrBlock *b;                                 /* NULL: nothing yet */
    uint64_t pc, context;
    unsigned bytes;
    uint8_t code[(BLOCK_MAX_INSNS + 1) * 4];    /* and the word behind, if the page has one */
} InterpEntry;

struct InterpCache {
    InterpEntry entry[INTERP_BLOCKS];
};

static void make(TcgCpu *cpu, InterpEntry *e, const uint8_t *code)
{
    TcgAccel *a = cpu->accel;

    if (!e->b) {
        e->b = ir_block_new(a->ops->slots, a->ops->n_slots);
    }
    /* The copy first: what another vCPU writes meanwhile makes it differ, never look the same. */
    uint64_t left = ~TLB_PAGE_MASK + 1 - (e->pc & ~TLB_PAGE_MASK);
    memcpy(e->code, code, MIN(left, sizeof(e->code)));
    ir_block_reset(e->b, e->pc);
    a->ops->translate(e->b, e->pc, code, e->context, block_max_insns(a), a->guest);
    ir_optimize(e->b);
    if (a->cfg.no_fences) {
        ir_drop_ordering(e->b);
    }
    e->bytes = (unsigned)MIN(left, (e->b->guest_insns + 1) * 4);
}

IrBlock *interp_block(TcgCpu *cpu, const CodeTlb *c, uint64_t pc)
{
    uint64_t context = block_context(cpu, c) | several_runners(cpu->accel);
    const uint8_t *code = c->host + (pc & ~TLB_PAGE_MASK);

    if (!cpu->interp) {
        cpu->interp = g_new0(struct InterpCache, 1);
    }
    InterpEntry *e = &cpu->interp->entry[pc >> 2 & (INTERP_BLOCKS - 1)];
    if (!e->b || e->pc != pc || e->context != context || memcmp(e->code, code, e->bytes)) {
        e->pc = pc;
        e->context = context;
        make(cpu, e, code);
    }
    return e->b;
}

void interp_clear(TcgCpu *cpu)
{
    for (unsigned i = 0; cpu->interp && i < INTERP_BLOCKS; i++) {
        if (cpu->interp->entry[i].b) {
            ir_block_free(cpu->interp->entry[i].b);
        }
    }
    g_free(cpu->interp);
    cpu->interp = NULL;
}
