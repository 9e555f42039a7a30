/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of passes. Most work is done while building: folding, merging, slot forwarding. */
#include <glib.h>

#include "tcg/ir.h"
#include "tcg/opt.h"
#include "util/bits.h"

static const struct {
    const char *name;
    void (*run)(IrBlock *b);
} passes[] = {
    { "dce", ir_pass_dce },
};

static void check(const IrBlock *b, const char *after)
{
    unsigned at = 0;
    const char *what = ir_verify(b, &at);

    if (what) {
        ir_print(b, stderr);
        g_error("IR after %s: v%u: %s", after, at, what);
    }
}

void ir_optimize(IrBlock *b)
{
    if (IR_VERIFY) {
        check(b, "building");
    }
    for (size_t i = 0; i < ARRAY_SIZE(passes); i++) {
        passes[i].run(b);
        if (IR_VERIFY) {
            check(b, passes[i].name);
        }
    }
}

void ir_finish(IrBlock *b, bool loops)
{
    if (loops && ir_jumps_back(b)) {
        ir_optimize(b);
        ir_make_loop(b);
    } else if (IR_VERIFY) {
        check(b, "building");
    }
}

void ir_drop_ordering(IrBlock *b)
{
    for (unsigned i = 1; i < b->n_insns; i++) {
        IrInsn *in = &b->insns[i];

        if (in->op == IR_fence) {
            in->aux = IR_FENCE_LD;      /* costs nothing on a TSO host */
        } else if (in->op == IR_st) {
            in->aux &= ~(unsigned)IR_MO_RELEASE;
        }
    }
}
