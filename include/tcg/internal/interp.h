/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the interpreter's files. */
#ifndef TCG_INTERNAL_INTERP_H
#define TCG_INTERNAL_INTERP_H

#include "tcg/ir.h"

/* Integers use [0], zero-extended; FLAGS use [0], in ENV_FLAGS form. */
typedef union IrVal {
    uint64_t d[2];
    uint32_t w[4];
    uint16_t h[8];
    uint8_t b[16];
} IrVal;

/* Value of vector op @in (vimm and above) on operands @a, @c, @d. Pure. */
IrVal ir_interp_vector(const IrBlock *b, const IrInsn *in, const IrVal *a, const IrVal *c,
                       const IrVal *d);

/* The same for the cryptographic ones (interp_crypto.c). */
IrVal ir_interp_crypto(const IrInsn *in, const IrVal *a, const IrVal *c, const IrVal *d);

#endif
