/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dead code elimination. Folding while building leaves constants and intermediate values behind;
 * flags that a later instruction overwrites are dead too.
 */
#include <string.h>

#include "tcg/internal/builder.h"
#include "tcg/opt.h"

static bool has_effect(const IrInsn *in)
{
    if (in->op == IR_call) {
        const IrHelper *h = (const IrHelper *)(intptr_t)in->imm;
        return !(h->flags & IRH_PURE);
    }
    return ir_op_info[in->op].flags & IROF_E;
}

/* live[i] = 1 for what is used; returns how many are not. */
static unsigned mark(const IrBlock *b, uint16_t *live)
{
    unsigned dead = 0;

    memset(live, 0, b->n_insns * sizeof(live[0]));
    for (unsigned i = 0; i < b->n_snap_entries; i++) {
        live[b->snap_entries[i].val] = 1;
    }
    for (unsigned i = 0; i < b->n_exits; i++) {
        live[b->exits[i].target] = 1;
    }
    for (unsigned i = b->n_insns - 1; i > 0; i--) {
        const IrInsn *in = &b->insns[i];
        if (!live[i] && !has_effect(in)) {
            dead++;
            continue;
        }
        live[i] = 1;
        live[in->arg[0]] = 1;
        live[in->arg[1]] = 1;
        live[in->arg[2]] = 1;
        live[in->arg[3]] = 1;
    }
    return dead;
}

void ir_pass_dce(IrBlock *b)
{
    uint16_t map[IR_MAX_INSNS];         /* live?, then the new number */
    unsigned n = 1;

    if (mark(b, map) == 0) {
        return;
    }
    map[0] = IR_NO_REF;
    for (unsigned i = 1; i < b->n_insns; i++) {
        if (!map[i]) {
            continue;
        }
        IrInsn in = b->insns[i];
        for (unsigned k = 0; k < 4; k++) {
            in.arg[k] = map[in.arg[k]];
        }
        map[i] = n;
        b->insns[n++] = in;
    }
    b->n_insns = n;
    for (unsigned i = 0; i < b->n_snap_entries; i++) {
        b->snap_entries[i].val = map[b->snap_entries[i].val];
    }
    for (unsigned i = 0; i < b->n_exits; i++) {
        b->exits[i].target = map[b->exits[i].target];
    }
    b->builder->ended = true;           /* the slot map holds old numbers */
}
