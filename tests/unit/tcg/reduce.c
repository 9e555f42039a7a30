/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reduce.h"
#include "tcg/opt.h"

typedef struct Reducer {
    IrBlock *b;
    bool (*fails)(IrBlock *b, void *opaque);
    void *opaque;
} Reducer;

static bool still_fails(Reducer *r)
{
    unsigned at;

    return ir_verify(r->b, &at) == NULL && r->fails(r->b, r->opaque);
}

static bool try_insn(Reducer *r, unsigned at, IrInsn with)
{
    IrInsn old = r->b->insns[at];

    r->b->insns[at] = with;
    if (still_fails(r)) {
        return true;
    }
    r->b->insns[at] = old;
    return false;
}

static bool simplify_insn(Reducer *r, unsigned at)
{
    const IrInsn *in = &r->b->insns[at];

    if (in->op == IR_imm || in->op == IR_vimm || in->op == IR_exit) {
        return false;
    }
    /* An unused constant is nothing at all. */
    if (try_insn(r, at, (IrInsn){ .op = IR_imm, .type = IR_I32 })) {
        return true;
    }
    if (in->type == IR_V128 && try_insn(r, at, (IrInsn){ .op = IR_vimm, .type = IR_V128 })) {
        return true;
    }
    if (ir_is_int(in->type) && (try_insn(r, at, (IrInsn){ .op = IR_imm, .type = in->type })
        || try_insn(r, at, (IrInsn){ .op = IR_imm, .type = in->type, .imm = 1 }))) {
        return true;
    }
    if (in->op == IR_ld_env) {
        return false;
    }
    if (in->type == IR_NONE || ir_op_info[in->op].results == 1u << IR_NONE) {
        return false;
    }
    unsigned slot = in->type == IR_I64 ? TOY_SLOT_X + 4 : in->type == IR_I32 ? TOY_SLOT_W
                  : in->type == IR_V128 ? TOY_SLOT_V : TOY_SLOT_F;
    unsigned log2 = in->type == IR_I64 ? 3 : in->type == IR_V128 ? 4 : 2;
    return try_insn(r, at, (IrInsn){ .op = IR_ld_env, .type = in->type, .aux2 = log2,
                                     .imm = toy_slots[slot].offset });
}

static bool shorten_snap(Reducer *r, unsigned i)
{
    IrSnap *s = &r->b->snaps[i], old = *s;

    for (unsigned n = 0; n < old.n; n++) {
        s->n = n;
        if (still_fails(r)) {
            return true;
        }
    }
    *s = old;
    while (s->n > 1) {
        s->first++;
        s->n--;
        if (!still_fails(r)) {
            s->first--;
            s->n++;
            break;
        }
    }
    return s->n != old.n;
}

void reduce_block(IrBlock *b, bool (*fails)(IrBlock *b, void *opaque), void *opaque)
{
    Reducer r = { b, fails, opaque };
    bool changed = true;

    for (unsigned round = 0; changed && round < 8; round++) {
        changed = false;
        for (unsigned i = b->n_insns - 1; i > 0; i--) {
            changed |= simplify_insn(&r, i);
        }
        for (unsigned i = 0; i < b->n_snaps; i++) {
            changed |= shorten_snap(&r, i);
        }
    }
}
