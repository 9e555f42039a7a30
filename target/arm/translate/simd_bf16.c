/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bfloat16 (FEAT_BF16). */
#include "fp_forms.h"

bool trans_BFDOT(Disas *s, const arg_BFDOT *a)
{
    return !fp_access_ok(s)
        || vec_call(s, &h_v_bfdot, vec_desc(a->rd, a->rn, a->rm, 1, 8u << a->q));
}

bool trans_BFDOT_x(Disas *s, const arg_BFDOT_x *a)
{
    return !fp_access_ok(s)
        || vec_call(s, &h_v_bfdot, vec_desc(a->rd, a->rn, a->rm, 1, 8u << a->q)
                    | vec_index(a->h << 1 | a->lm));
}

bool trans_BFMMLA(Disas *s, const arg_BFMMLA *a)
{
    return !fp_access_ok(s) || vec_call(s, &h_v_bfmmla, vec_desc(a->rd, a->rn, a->rm, 1, 16));
}

/* The even or odd halves of @v as singles. */
static IrRef widen(Disas *s, IrRef v, bool odd)
{
    return odd ? vop2(s, IR_vand, v, vec_const(s, 2, 0xffff0000), 0) : vop1(s, IR_vshli, v, 2, 16);
}

static bool bfmlal(Disas *s, const FpForm *f, bool top)
{
    if (fp_done(s, &h_v_bfmlal, fp_desc(f) | (uint64_t)top << VD_UPPER)) {
        return true;
    }
    IrRef m = read_v(s, f->rm);
    m = f->indexed ? widen(s, vop1(s, IR_vduplane, m, 1, f->index), true) : widen(s, m, top);
    IrRef args[3] = { read_v(s, f->rd), widen(s, read_v(s, f->rn), top), m };
    return write_vq(s, 1, f->rd, fp_op(s, IR_fma, IR_V128, args, 2 | IR_FP_ALL, 0, 2));
}

bool trans_BFMLAL(Disas *s, const arg_BFMLAL *a)
{
    FpForm f = { .q = 1, .size = 1, .rd = a->rd, .rn = a->rn, .rm = a->rm };

    return bfmlal(s, &f, a->top);
}

bool trans_BFMLAL_x(Disas *s, const arg_BFMLAL_x *a)
{
    FpForm f = { .q = 1, .size = 1, .rd = a->rd, .rn = a->rn, .rm = a->rm, .indexed = true,
                 .index = a->h << 2 | a->lm };

    return bfmlal(s, &f, a->top);
}

bool trans_BFCVT(Disas *s, const arg_BFCVT *a)
{
    return !fp_access_ok(s)
        || write_fp(s, a->rd, ir_call(s->ir, &h_s_bfcvt, bits_of(s, 2, a->rn)));
}

bool trans_BFCVTN(Disas *s, const arg_BFCVTN *a)
{
    return !fp_access_ok(s) || vec_call(s, &h_v_bfcvtn, vec_desc(a->rd, a->rn, a->rn, 1, 8)
                                        | (uint64_t)a->q << VD_UPPER);
}
