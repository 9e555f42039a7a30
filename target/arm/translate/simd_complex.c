/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating point of Armv8.2 to 8.5: FEAT_FCMA, FEAT_FHM, FEAT_FRINTTS, FEAT_JSCVT. */
#include "fp_forms.h"

#include "fpu/fpu.h"

/* -- Complex numbers: real parts in even lanes, imaginary ones in odd -- */

/* The sign bit of even (@odd = 0) or odd lanes. */
static IrRef signs(Disas *s, unsigned size, unsigned odd)
{
    uint64_t pair = sign_bit(size), bits = 16u << size;

    pair = odd ? pair << (bits / 2 & 63) : pair;
    if (size == 3) {
        return odd ? ir_vimm(s->ir, 0, UINT64_C(1) << 63) : ir_vimm(s->ir, UINT64_C(1) << 63, 0);
    }
    return vec_const(s, size + 1, pair);
}

static IrRef swap_parts(Disas *s, unsigned size, IrRef v)
{
    return size == 3 ? ir_op2x(s->ir, IR_vextb, v, v, 0, 8) : vop1(s, IR_vrev, v, size, size + 1);
}

bool trans_FCADD(Disas *s, const arg_FCADD *a)
{
    FpForm f = { .q = a->q, .size = a->size, .rd = a->rd, .rn = a->rn, .rm = a->rm };

    if (fp_done(s, &h_v_fcadd, fp_desc(&f) | (uint64_t)(a->rot ? 3 : 1) << VD_IMM)) {
        return true;
    }
    IrRef m = swap_parts(s, a->size, fp_operand(s, &f, a->rm));
    m = vop2(s, IR_vxor, m, signs(s, a->size, a->rot), 0);
    if (!a->q) {                                /* no -0 beyond the form: it would do no harm */
        m = vop1(s, IR_vzero64, m, 0, 0);
    }
    return write_vq(s, a->q, a->rd, fp_op2(s, IR_fadd, fp_operand(s, &f, a->rn), m, fp_aux(&f)));
}

/*
 * Rd plus the real or (rotations 1, 3) imaginary part of Rn times Rm (or its element in each pair),
 * turned.
 */
static bool fcmla(Disas *s, const FpForm *f, unsigned rot)
{
    if (fp_done(s, &h_v_fcmla, fp_desc(f) | (uint64_t)rot << VD_IMM)) {
        return true;
    }
    IrRef m = read_v(s, f->rm);
    m = f->indexed ? vop1(s, IR_vduplane, m, f->size + 1, f->index) : m;
    IrRef n = fp_operand(s, f, f->rn);
    n = vop2(s, rot & 1 ? IR_vtrn2 : IR_vtrn1, n, n, f->size);
    m = rot & 1 ? swap_parts(s, f->size, m) : m;
    if (rot == 1 || rot == 2) {
        m = vop2(s, IR_vxor, m, signs(s, f->size, 0), 0);
    }
    if (rot >= 2) {
        m = vop2(s, IR_vxor, m, signs(s, f->size, 1), 0);
    }
    m = f->q ? m : vop1(s, IR_vzero64, m, 0, 0);
    IrRef args[3] = { fp_operand(s, f, f->rd), n, m };
    return write_vq(s, f->q, f->rd, fp_op(s, IR_fma, IR_V128, args, fp_aux(f), 0, f->size));
}

bool trans_FCMLA(Disas *s, const arg_FCMLA *a)
{
    FpForm f = { .q = a->q, .size = a->size, .rd = a->rd, .rn = a->rn, .rm = a->rm };

    return fcmla(s, &f, a->rot);
}

/* The index counts pairs: h:lm of halves, h of singles. */
bool trans_FCMLA_x(Disas *s, const arg_FCMLA_x *a)
{
    FpForm f = { .q = a->q, .size = a->size, .rd = a->rd, .rn = a->rn, .rm = a->rm,
                 .indexed = true, .index = a->size == 1 ? a->h << 1 | a->lm : a->h };

    return fcmla(s, &f, a->rot);
}

/* -- Halves into singles -- */

typedef struct Fmlal { FpForm f; bool sub, top; } Fmlal;

/* The halves of @v for the form, at the bottom and alone. */
static IrRef fmlal_half(Disas *s, const Fmlal *l, IrRef v)
{
    if (l->top) {
        v = ir_op2x(s->ir, IR_vextb, v, vec_zero(s), 0, 4u << l->f.q);
    }
    return l->f.q ? v : ir_op1(s->ir, IR_vzero96, v);
}

static bool fmlal(Disas *s, Fmlal l)
{
    const FpForm *f = &l.f;

    if (fp_done(s, &h_v_fmlal, fp_desc(f) | (uint64_t)l.sub << VD_FLAG
                               | (uint64_t)l.top << VD_UPPER)) {
        return true;
    }
    IrRef n = fmlal_half(s, &l, read_v(s, f->rn)), m = read_v(s, f->rm);
    if (f->indexed) {
        l.top = false;
        m = vop1(s, IR_vduplane, m, 1, f->index);
    }
    n = l.sub ? vop2(s, IR_vxor, n, ir_vimm(s->ir, f->q ? UINT64_C(0x8000800080008000) : 0x80008000,
                                            0), 0) : n;
    IrRef d = f->q ? read_v(s, f->rd) : vop1(s, IR_vzero64, read_v(s, f->rd), 0, 0);
    IrRef args[3] = { d, n, fmlal_half(s, &l, m) };
    return write_vq(s, f->q, f->rd, fp_op(s, IR_fmah, IR_V128, args, 2 | IR_FP_ALL, 0, 2));
}

bool trans_FMLAL(Disas *s, const arg_FMLAL *a)
{
    return fmlal(s, (Fmlal){ { .q = a->q, .size = 1, .rd = a->rd, .rn = a->rn, .rm = a->rm },
                             a->sub, a->top });
}

bool trans_FMLAL_x(Disas *s, const arg_FMLAL_x *a)
{
    return fmlal(s, (Fmlal){ { .q = a->q, .size = 1, .rd = a->rd, .rn = a->rn, .rm = a->rm,
                               .indexed = true, .index = a->h << 2 | a->lm }, a->sub, a->top });
}

/* -- Rounding to what 32 or 64 bits hold; ex = 1: in FPCR's mode, else towards zero -- */

static bool round_within(Disas *s, const FpForm *f, bool in_mode, bool b64)
{
    unsigned round = in_mode ? VD_ROUND_FPCR : FPU_ZERO;
    unsigned how = round | IR_FP_EXACT | (b64 ? IR_FP_WITHIN_64 : IR_FP_WITHIN_32);

    return fp_one(s, f, IR_frint, how, &h_v_frintts,
                  fp_desc_round(f, round) | (uint64_t)(32u << b64) << VD_IMM);
}

bool trans_FRINTTS_s(Disas *s, const arg_FRINTTS_s *a)
{
    FpForm f = { .q = Q_SCALAR, .size = 2 + a->sz, .rd = a->rd, .rn = a->rn, .rm = a->rn };

    return round_within(s, &f, a->ex, a->b64);
}

bool trans_FRINTTS_v(Disas *s, const arg_FRINTTS_v *a)
{
    FpForm f = { .q = a->q, .size = 2 + a->sz, .rd = a->rd, .rn = a->rn, .rm = a->rn };

    return round_within(s, &f, a->ex, a->b64);
}

/* -- JavaScript's conversion: Z if that of the result gives the operand back -- */

bool trans_FJCVTZS(Disas *s, const arg_FJCVTZS *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        IrRef v = ir_call(s->ir, &h_s_fjcvtzs, bits_of(s, 3, a->rn));
        write_flags(s, ir_nzcvf(s->ir, ir_trunc(s->ir, ir_extract(s->ir, v, 32, 32))));
        write_x(s, a->rd, ir_op2(s->ir, IR_and, v, ir_imm64(s->ir, UINT32_MAX)));
        return true;
    }
    IrRef n = read_lane0(s, 3, a->rn);
    IrRef v = fp_op(s, IR_ftoi, IR_I32, (IrRef[3]){ n }, 3, IR_FR_ZERO | IR_FP_MODULO, 3);
    IrRef back = fp_op1(s, IR_ffromi, ir_sext(s->ir, v), 3, 0);
    IrRef differs = ir_setcmp(s->ir, IR_NE, ir_vext(s->ir, IR_I64, n, 3, 0),
                              ir_vext(s->ir, IR_I64, back, 3, 0));
    write_flags(s, ir_andf(s->ir, differs, differs));
    write_x(s, a->rd, ir_zext(s->ir, v));
    return true;
}
