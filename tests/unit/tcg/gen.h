/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random well-formed blocks of IR over the toy guest. */
#ifndef TESTS_UNIT_TCG_GEN_H
#define TESTS_UNIT_TCG_GEN_H

#include "toy.h"

/*
 * Fill @b (reset here) with about @n_ops operations and an exit.  Half of the operations go through
 * the builder, which folds them; the others are appended as they are, so that backends meet
 * constants everywhere.
 */
void gen_block(IrBlock *b, ToyRng *r, unsigned n_ops);
/* The same, that jumps back to itself as long as X register GEN_COUNTER, counted down, is not 0. */
void gen_loop(IrBlock *b, ToyRng *r, unsigned n_ops);
enum { GEN_COUNTER = TOY_X - 1 };

/* A pure op with type, AUX, AUX2 and IMM chosen, operands left open: types[] says what they take.
   @b must have a vector constant. */
IrInsn gen_pure_shape(const IrBlock *b, ToyRng *r, IrOp op, IrType types[4]);
/* The pure instruction *in through the builder, which may fold it. */
IrRef gen_build(IrBlock *b, const IrInsn *in);

#endif
