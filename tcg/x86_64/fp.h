/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the emitters of floating-point ops share.
 *
 * The host computes, and a test of the result (or of the operands, where the host would raise a
 * wrong flag) finds the cases in which the guest wants something else; these are done again by
 * ops->fp_slow in a cold path. What the host has raised by then is right in those cases too, only
 * perhaps not all. The result has a register of its own, so that the operands are still there.
 * Between the first jump to a cold path and the place where it comes back nothing may be spilled:
 * temporaries come before, or are known to be free.
 */
#ifndef TCG_X86_64_FP_H
#define TCG_X86_64_FP_H

#include "tcg/x86_64/vec.h"

static inline bool fp_is_double(unsigned aux) { return (aux & IR_FP_SIZE) == 3; }
static inline bool fp_is_half(unsigned aux) { return (aux & IR_FP_SIZE) == 1; }
static inline bool fp_all(unsigned aux) { return aux & IR_FP_ALL; }

/* An arithmetic instruction: ps, pd, ss or sd. */
static inline uint32_t fp_op(unsigned byte, unsigned aux)
{
    return byte | M_0F | (fp_all(aux) ? (fp_is_double(aux) ? (uint32_t)P_66 : 0)
                                      : fp_is_double(aux) ? P_F2 : P_F3);
}
/* Without a scalar form of its own: ps, pd, and ucomis. */
static inline uint32_t fp_packed(unsigned byte, unsigned aux)
{
    return byte | M_0F | (fp_is_double(aux) ? (uint32_t)P_66 : 0);
}

/* A fused instruction, by the byte of its packed form. */
static inline uint32_t fp_fused(unsigned byte, unsigned aux)
{
    return SSE38(byte | !fp_all(aux)) | width(fp_is_double(aux));
}
/* roundps, roundpd, roundss, roundsd */
static inline uint32_t fp_rounding(unsigned aux)
{
    return SSE3A(0x08 + fp_is_double(aux) + (fp_all(aux) ? 0 : 2));
}

/* @k, a number of @aux's format, in every lane; or in lane 0, the rest zero. */
Mem fp_const(Codegen *g, uint64_t k, unsigned aux);

/* Operand @v as an r/m operand: lane 0 is read, or with @aux's IR_FP_ALL the whole. */
Opnd fp_source(Codegen *g, IrRef v, unsigned aux);
/* The same in a register; above lane 0 it is zero unless @aux has IR_FP_ALL. */
int fp_first(Codegen *g, IrRef v, unsigned aux);

/* reg := vvvv op rm. Without AVX reg := vvvv first. @imm: -1 for none. */
void fp_rrm(Codegen *g, uint32_t op, int reg, int vvvv, Opnd rm, int imm);
/* reg := op rm (two operands: comparisons, conversions of whole registers). */
void fp_rm(Codegen *g, uint32_t op, int reg, Opnd rm, int imm);
/* The same of all lanes, or of one, upper part of reg := 0; by @aux. */
void fp_unary(Codegen *g, unsigned aux, uint32_t op, int reg, Opnd rm, int imm);

/* A constant in every lane: @single or @dbl by @aux's size. */
Opnd fp_lanes(Codegen *g, uint64_t single, uint64_t dbl, unsigned aux);

/* A cold path of instruction @i with operands @a, @b, @c (OPND_IMM: none), result in @dst. */
Cold *fp_cold(Codegen *g, unsigned i, int dst, Opnd a, Opnd b, Opnd c);
static inline Opnd fp_none(void) { return (Opnd){ .kind = OPND_IMM }; }
/* The whole op out of line. */
void fp_slow_only(Codegen *g, unsigned i, const IrInsn *in);

/* Leave to @c when the result in @dst is a NaN (NaNs in a lane of it) ... */
void fp_check_nan(Codegen *g, Cold *c, int dst, unsigned aux);
/* ... or may have been tiny before rounding: its magnitude is the smallest normal number. */
void fp_check_small(Codegen *g, Cold *c, int dst, unsigned aux);
/* Leave to @c when some bit of mask @m is set. */
void fp_check_mask(Codegen *g, Cold *c, int m);

/* -- Halves (emit_fp_half.c): the ops, if fp_half_inline(); the last argument as for singles -- */

bool fp_half_inline(const Codegen *g);
/* Lane 0 or all lanes of @v, as singles in a temporary. */
int fp_half_widen(Codegen *g, IrRef v, unsigned aux);
void fp_half_arith(Codegen *g, unsigned i, const IrInsn *in, unsigned opcode);
void fp_half_sqrt(Codegen *g, unsigned i, const IrInsn *in);
void fp_half_fma(Codegen *g, unsigned i, const IrInsn *in, unsigned opcode);
void fp_half_step(Codegen *g, unsigned i, const IrInsn *in);
void fp_half_round(Codegen *g, unsigned i, const IrInsn *in, int imm);
/* From or to halves. */
void fp_half_convert(Codegen *g, unsigned i, const IrInsn *in);
/* These two need no more than SSE. */
void fp_half_minmax(Codegen *g, unsigned i, const IrInsn *in);
void fp_half_compare(Codegen *g, unsigned i, const IrInsn *in);

#endif
