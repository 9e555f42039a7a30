/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of ops, from ops.def. */
#include "tcg/ir.h"

#define P IROF_P
#define M IROF_M
#define X IROF_X
#define E IROF_E
#define C IROF_C
#define NONE (1 << IR_NONE)
#define I32 (1 << IR_I32)
#define I64 (1 << IR_I64)
#define V128 (1 << IR_V128)
#define FLAGS (1 << IR_FLAGS)
#define SCALAR(name, args, flags, sem) { #name, args, I32 | I64, (flags) | IROF_SCALAR },
#define OP(name, args, result, flags) { #name, args, result, flags },

const IrOpInfo ir_op_info[IR_OP_COUNT] = {
#include "tcg/ops.def"
};

_Static_assert(IR_NE == (IR_EQ ^ 1) && IR_GES == (IR_LTS ^ 1) && IR_GTS == (IR_LES ^ 1)
               && IR_GEU == (IR_LTU ^ 1) && IR_GTU == (IR_LEU ^ 1) && IR_TSTEQ == (IR_TSTNE ^ 1),
               "a comparison and its inverse differ in bit 0");
_Static_assert(IR_OP_COUNT <= 256, "IrInsn.op is a byte");
_Static_assert(sizeof(IrInsn) == 24, "merging of equal instructions compares whole structs");
