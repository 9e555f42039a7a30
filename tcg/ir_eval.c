/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The semantics column of ops.def as two functions, one a width. */
#include <assert.h>

#include "tcg/codegen.h"
#include "tcg/internal/ir_eval.h"

#define OP(name, args, result, flags)

static uint64_t eval32(IrOp op, uint32_t A, uint32_t B, unsigned AUX, unsigned AUX2)
{
    enum { W = 32 };
    int32_t SA = (int32_t)A, SB = (int32_t)B;

    switch (op) {
#define SCALAR(name, args, flags, sem) case IR_##name: return (uint32_t)(sem);
#include "tcg/ops.def"
#undef SCALAR
    default:
        assert(!"not a SCALAR op");
        return 0;
    }
}

static uint64_t eval64(IrOp op, uint64_t A, uint64_t B, unsigned AUX, unsigned AUX2)
{
    enum { W = 64 };
    int64_t SA = (int64_t)A, SB = (int64_t)B;

    switch (op) {
#define SCALAR(name, args, flags, sem) case IR_##name: return (uint64_t)(sem);
#include "tcg/ops.def"
#undef SCALAR
    default:
        assert(!"not a SCALAR op");
        return 0;
    }
}

uint64_t ir_eval_scalar(IrOp op, IrType type, uint64_t a, uint64_t b, unsigned aux, unsigned aux2)
{
    return type == IR_I32 ? eval32(op, (uint32_t)a, (uint32_t)b, aux, aux2)
                          : eval64(op, a, b, aux, aux2);
}

uint32_t side_flags(uint32_t how, uint64_t a, uint64_t b)
{
    unsigned w = how & SIDE_FLAGS_64 ? 64 : 32;
    IrOp op = (IrOp)(how & 0xff);

    a &= ev_mask(w);
    b &= ev_mask(w);
    if (op == IR_andf) {
        return how & SIDE_FLAGS_OF_RESULT ? ev_andf(a, a, w) : ev_andf(a, b, w);
    }
    if (how & SIDE_FLAGS_OF_RESULT) {
        a = (op == IR_addf ? a - b : a + b) & ev_mask(w);
    }
    return op == IR_addf ? ev_adcf(a, b, 0, w) : ev_sbcf(a, b, 1, w);
}
