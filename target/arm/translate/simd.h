/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the SIMD and floating-point trans_ functions.
 *
 * `q` of a line is 0, 1 or 2 (the scalar form). `size` is the log2 bytes of an element, 2 + `sz`
 * in floating-point lines: 0 for single, 1 for double, -1 for half (FEAT_FP16).
 */
#ifndef TARGET_ARM_TRANSLATE_SIMD_H
#define TARGET_ARM_TRANSLATE_SIMD_H

#include "translate.h"

#include "a64_decode.h"
#include "target/arm/internal/vec_helpers.h"

enum { Q_SCALAR = 2 };

/* -- Descriptors of helpers -- */

/* Bytes written by the vector or scalar form with elements of 1 << @size bytes. */
static inline unsigned vec_bytes(unsigned q, unsigned size)
{
    return q == Q_SCALAR ? 1u << size : 8u << q;
}

static inline uint64_t vec_desc(unsigned rd, unsigned rn, unsigned rm, unsigned size,
                                unsigned bytes)
{
    return rd << VD_RD | rn << VD_RN | rm << VD_RM | size << VD_SIZE | bytes << VD_BYTES
         | (uint64_t)VD_ROUND_FPCR << VD_ROUND;
}

static inline uint64_t vec_index(unsigned index)
{
    return 1u << VD_INDEXED | index << VD_INDEX;
}

/* Helper with the registers of @desc. */
static inline bool vec_call(Disas *s, const IrHelper *h, uint64_t desc)
{
    unsigned rd = SLOT_V0 + vd_get(desc, VD_RD, 5);

    ir_sync(s->ir, SLOT_V0 + vd_get(desc, VD_RN, 5));
    ir_sync(s->ir, SLOT_V0 + vd_get(desc, VD_RM, 5));
    ir_sync(s->ir, rd);
    ir_call(s->ir, h, ir_imm64(s->ir, desc));
    ir_forget(s->ir, rd);
    return true;
}

/* -- Values -- */

/* Of an element of 1 << @size bytes. */
static inline uint64_t sign_bit(unsigned size) { return UINT64_C(1) << ((8u << size) - 1); }

/* All lanes of 1 << @size bytes equal to @v. */
static inline IrRef vec_const(Disas *s, unsigned size, uint64_t v)
{
    return ir_op1x(s->ir, IR_vdup, size == 3 ? ir_imm64(s->ir, v) : ir_imm32(s->ir, v), size, 0);
}

static inline IrRef vec_zero(Disas *s) { return ir_vimm(s->ir, 0, 0); }

static inline IrRef vop1(Disas *s, IrOp op, IrRef n, unsigned aux, unsigned aux2)
{
    return ir_op1x(s->ir, op, n, aux, aux2);
}

static inline IrRef vop2(Disas *s, IrOp op, IrRef n, IrRef m, unsigned size)
{
    return ir_op2x(s->ir, op, n, m, size, 0);
}

/* Rn and Rm for what takes them as one row of elements: short ones as one register, twice. */
static inline void read_row(Disas *s, unsigned q, unsigned rn, unsigned rm, IrRef *n, IrRef *m)
{
    *n = read_v(s, rn);
    *m = read_v(s, rm);
    if (!q) {
        *n = *m = vop2(s, IR_vzip1, *n, *m, 3);
    }
}

/* Vector result of the form @q: anything but q = 1 has 64 bits at most, all in the low half. */
static inline bool write_vq(Disas *s, unsigned q, unsigned rd, IrRef v)
{
    write_v(s, rd, q == 1 ? v : ir_op1(s->ir, IR_vzero64, v));
    return true;
}

/* @v with the lanes cleared that the form @q does not have. */
static inline IrRef active(Disas *s, unsigned q, unsigned size, IrRef v)
{
    if (q == Q_SCALAR && size < 3) {
        return vop2(s, IR_vand, v, ir_vimm(s->ir, MASK((8u << size) - 1, 0), 0), 0);
    }
    return q == 1 ? v : ir_op1(s->ir, IR_vzero64, v);
}

static inline IrRef read_active(Disas *s, unsigned q, unsigned size, unsigned r)
{
    return active(s, q, size, read_v(s, r));
}

/* -- Saturation: FPSR.QC is gathered in a slot, of which only "is it 0" counts -- */

/* Lanes where @got is not @exact have saturated. */
static inline void note_saturation(Disas *s, IrRef got, IrRef exact)
{
    ir_set(s->ir, SLOT_QC, ir_op3x(s->ir, IR_vorx, ir_get(s->ir, SLOT_QC), got, exact, 0, 0));
}

/* Lanes that are not 0 in @mask have. */
static inline void note_saturated(Disas *s, IrRef mask)
{
    ir_set(s->ir, SLOT_QC, vop2(s, IR_vor, ir_get(s->ir, SLOT_QC), mask, 0));
}

static inline IrRef vec_min_signed(Disas *s, unsigned size)
{
    return vec_const(s, size, sign_bit(size));
}

static inline IrRef vec_max_signed(Disas *s, unsigned size)
{
    return vec_const(s, size, sign_bit(size) - 1);
}

/* @v is exact, but where it is MIN it stands for -MIN: saturate that to MAX. */
static inline IrRef saturate_min(Disas *s, IrRef v, unsigned size)
{
    IrRef mask = vop2(s, IR_vcmpeq, v, vec_min_signed(s, size), size);

    note_saturated(s, mask);
    return vop2(s, IR_vxor, v, mask, 0);
}

/* How a narrowing instruction takes its operand and its result. */
typedef enum Narrow { NARROW_S, NARROW_U, NARROW_SU } Narrow;

/* The half of register @r that a long operation works on, in the low 64 bits. */
static inline IrRef read_half(Disas *s, unsigned q, unsigned r)
{
    IrRef v = read_v(s, r);

    return q == 1 ? vop1(s, IR_vduplane, v, 3, 1) : v;
}

/* Result of a narrowing operation (upper half zero): into the low half, or with q = 1 the high. */
static inline bool write_narrow(Disas *s, unsigned q, unsigned rd, IrRef v)
{
    write_v(s, rd, q == 1 ? vop2(s, IR_vzip1, read_v(s, rd), v, 3) : v);
    return true;
}

/* @v, elements of 2 << @size bytes, saturated to half of that; scalars: the lowest alone. */
static inline bool write_narrow_sat(Disas *s, unsigned q, unsigned rd, IrRef v, unsigned size,
                                    Narrow kind)
{
    unsigned wide = size + 1, bits = 8u << size;
    uint64_t ones = MASK(bits - 1, 0);
    IrRef r;

    switch (kind) {
    case NARROW_S:
        r = vop2(s, IR_vsmin, v, vec_const(s, wide, ones >> 1), wide);
        r = vop2(s, IR_vsmax, r, vec_const(s, wide, ~(ones >> 1)), wide);
        break;
    case NARROW_U:
        r = vop2(s, IR_vumin, v, vec_const(s, wide, ones), wide);
        break;
    default:
        r = vop2(s, IR_vsmin, v, vec_const(s, wide, ones), wide);
        r = vop2(s, IR_vsmax, r, vec_zero(s), wide);
        break;
    }
    note_saturation(s, r, v);
    return write_narrow(s, q, rd, vop1(s, IR_vnarrow, r, size, 0));
}

/* SQRDMLAH (@op vadd), SQRDMLSH (vsub) with the other factor @m (simd_wide.c). */
bool sqrdml(Disas *s, unsigned q, unsigned rd, unsigned rn, IrRef m, unsigned size, IrOp op);

/* Scalar of 1 << @size bytes in register @r, zero-extended: for helpers. */
static inline IrRef bits_of(Disas *s, unsigned size, unsigned r)
{
    return ir_vext(s->ir, IR_I64, read_v(s, r), size, 0);
}

/* @v (I64 or I32, zero-extended) into @rd, clearing the rest. */
static inline bool write_fp(Disas *s, unsigned rd, IrRef v)
{
    write_v(s, rd, ir_op1(s->ir, IR_vmov_i2v, v));
    return true;
}

/* -- Floating point by IR ops (frames: fp_forms.h) -- */

/* FPCR asks for nothing that the IR's ops do not know; else helpers do it. */
static inline bool fp_is_plain(const Disas *s)
{
    return s->ctx & (CTX_FP_PLAIN | CTX_FP_FLUSH);
}

/* Under CTX_FP_FLUSH: report denormals in operand @v (fp_forms.c). */
void fp_note_denormals(Disas *s, IrRef v, unsigned aux);

/* An op of the IR whose operands have the format of @from. */
static inline IrRef fp_op(Disas *s, IrOp op, IrType type, const IrRef args[3], unsigned aux,
                          unsigned aux2, unsigned from)
{
    if (s->ctx & CTX_FP_FLUSH && from > 1) {
        for (unsigned k = 0; k < (op == IR_fmah ? 1 : 3) && args[k]; k++) {
            bool half = op == IR_fcvt && (aux & IR_FP_SIZE) > from;    /* is all that is read */
            IrRef v = half ? ir_op1(s->ir, IR_vzero64, args[k]) : args[k];
            fp_note_denormals(s, v, (aux & IR_FP_ALL) | from);
        }
    }
    return ir_fp(s->ir, op, type, args, aux, aux2);
}

/* Scalar of 1 << @size bytes in register @r as a vector, the rest of it zero. */
static inline IrRef read_lane0(Disas *s, unsigned size, unsigned r)
{
    IrRef v = read_v(s, r);

    return size == 1 ? vop2(s, IR_vand, v, ir_vimm(s->ir, 0xffff, 0), 0)
                     : ir_op1(s->ir, size == 3 ? IR_vzero64 : IR_vzero96, v);
}

static inline IrRef fp_op1(Disas *s, IrOp op, IrRef n, unsigned aux, unsigned aux2)
{
    bool from_int = op == IR_ffromi || op == IR_fvfromi;

    return fp_op(s, op, IR_V128, (IrRef[3]){ n }, aux, aux2,
                 from_int ? 0 : op == IR_fcvt ? aux2 : aux & IR_FP_SIZE);
}

static inline IrRef fp_op2(Disas *s, IrOp op, IrRef n, IrRef m, unsigned aux)
{
    return fp_op(s, op, IR_V128, (IrRef[3]){ n, m }, aux, 0, aux & IR_FP_SIZE);
}

/* VFPExpandImm: @imm8 as a number of 1 << @size bytes, 1 .. 3. */
static inline uint64_t fp_expand_imm(unsigned size, unsigned imm8)
{
    unsigned fraction = size == 3 ? 52 : size == 2 ? 23 : 10;
    unsigned exponent = (8u << size) - 1 - fraction;
    uint64_t sign = imm8 >> 7, b6 = imm8 >> 6 & 1, low = imm8 & 0x3f;

    /* NOT(b6), then b6 down to the lowest two bits of the exponent, which are imm8's */
    uint64_t high = b6 ? MASK(exponent - 4, 0) : (uint64_t)1 << (exponent - 3);
    return sign << (fraction + exponent) | high << (fraction + 2) | low << (fraction - 4);
}

#endif
