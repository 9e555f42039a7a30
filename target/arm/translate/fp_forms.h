/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floating-point instructions as one IR op or a few, or, for FPCRs that the ops do not know, a
 * helper: the frame that all formats (half, single, double) and forms (scalar, vector) share. Every
 * function checks access and returns true.
 */
#ifndef TARGET_ARM_TRANSLATE_FP_FORMS_H
#define TARGET_ARM_TRANSLATE_FP_FORMS_H

#include "simd.h"

/* Registers and lanes; @size: log2 bytes of an element, 1 .. 3. */
typedef struct FpForm {
    uint8_t q, size, rd, rn, rm;
    bool indexed;                       /* by the element @index of Rm */
    uint8_t index;
} FpForm;

/* That of a line with `sz`; @q, @rm: its own or a constant. */
#define FP_FORM(a, q_, rm_)                                                                        \
    (&(FpForm){ .q = (q_), .size = 2 + (a)->sz, .rd = (a)->rd, .rn = (a)->rn, .rm = (rm_) })

/* For the ops: the lanes of a form. What is beyond them is zero in operands and raises nothing. */
static inline unsigned fp_aux(const FpForm *f)
{
    return f->size | (f->q == Q_SCALAR ? 0 : IR_FP_ALL);
}

static inline uint64_t fp_desc(const FpForm *f)
{
    return vec_desc(f->rd, f->rn, f->rm, f->size, vec_bytes(f->q, f->size))
         | (f->indexed ? vec_index(f->index) : 0);
}

static inline uint64_t fp_desc_round(const FpForm *f, unsigned round)
{
    return (fp_desc(f) & ~((uint64_t)7 << VD_ROUND)) | (uint64_t)round << VD_ROUND;
}

/* The lanes of the form in register @r, the rest zero. */
static inline IrRef fp_operand(Disas *s, const FpForm *f, unsigned r)
{
    return f->q == Q_SCALAR ? read_lane0(s, f->size, r)
         : f->q ? read_v(s, r) : vop1(s, IR_vzero64, read_v(s, r), 0, 0);
}

static inline IrRef fp_magnitude(Disas *s, const FpForm *f, IrRef v)
{
    return vop2(s, IR_vand, v, vec_max_signed(s, f->size), 0);
}

/* The sign bits of the lanes. */
static inline IrRef fp_signs(Disas *s, const FpForm *f)
{
    return f->q == Q_SCALAR ? ir_vimm(s->ir, sign_bit(f->size), 0) : vec_min_signed(s, f->size);
}

/*
 * How an instruction begins. True: nothing is left to do, for the access traps or FPCR is one for
 * helpers, and @h has been called with @desc. False: IR ops can do it.
 */
static inline bool fp_done(Disas *s, const IrHelper *h, uint64_t desc)
{
    return !fp_access_ok(s) || (!fp_is_plain(s) && vec_call(s, h, desc));
}

/* The helper for all FPCRs. */
static inline bool fp_helper(Disas *s, const FpForm *f, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, fp_desc(f));
}

/* Rd := Rn @op Rm */
bool fp_two(Disas *s, const FpForm *f, IrOp op, const IrHelper *h);
bool fp_div(Disas *s, const FpForm *f);
/* The magnitude of the difference. */
bool fp_abd(Disas *s, const FpForm *f);
/* Comparison of magnitudes; with 0, which is the first operand if @zero_first. */
bool fp_compare_magnitudes(Disas *s, const FpForm *f, IrOp op, const IrHelper *h);
bool fp_compare_zero(Disas *s, const FpForm *f, IrOp op, bool zero_first, const IrHelper *h);
/* Rd := Rd +- Rn * Rm */
bool fp_mla(Disas *s, const FpForm *f, bool negate);
/* Of neighbours: in Rm:Rn, the two in Rn, all in Rn. */
bool fp_pairwise(Disas *s, const FpForm *f, IrOp op, const IrHelper *h);
bool fp_pair(Disas *s, const FpForm *f, IrOp op, const IrHelper *h);
bool fp_across(Disas *s, const FpForm *f, IrOp op, const IrHelper *h);
/* Rd := @op Rn, with AUX2; the helper with @desc. */
bool fp_one(Disas *s, const FpForm *f, IrOp op, unsigned aux2, const IrHelper *h, uint64_t desc);
/* Rounding to an integral value; @round: FpuRound, or VD_ROUND_FPCR. */
bool fp_round(Disas *s, const FpForm *f, unsigned round, bool exact);
/* FABS (vandc), FNEG (vxor). */
bool fp_sign(Disas *s, const FpForm *f, IrOp op);
/* To and from integers of the same size, with @fbits fraction bits. */
bool fp_to_int(Disas *s, const FpForm *f, unsigned round, bool is_unsigned, unsigned fbits);
bool fp_from_int(Disas *s, const FpForm *f, bool is_unsigned, unsigned fbits);

#endif
