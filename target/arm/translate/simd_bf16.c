/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bfloat16 (FEAT_BF16). */
#include "simd.h"

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

bool trans_BFMLAL(Disas *s, const arg_BFMLAL *a)
{
    return !fp_access_ok(s) || vec_call(s, &h_v_bfmlal, vec_desc(a->rd, a->rn, a->rm, 1, 16)
                                        | (uint64_t)a->top << VD_UPPER);
}

bool trans_BFMLAL_x(Disas *s, const arg_BFMLAL_x *a)
{
    return !fp_access_ok(s)
        || vec_call(s, &h_v_bfmlal, vec_desc(a->rd, a->rn, a->rm, 1, 16)
                    | vec_index(a->h << 2 | a->lm) | (uint64_t)a->top << VD_UPPER);
}

bool trans_BFCVT(Disas *s, const arg_BFCVT *a)
{
    return !fp_access_ok(s)
        || write_fp(s, a->rd, ir_call(s->ir, &h_s_bfcvt, read_fp(s, 0, a->rn)));
}

bool trans_BFCVTN(Disas *s, const arg_BFCVTN *a)
{
    return !fp_access_ok(s) || vec_call(s, &h_v_bfcvtn, vec_desc(a->rd, a->rn, a->rn, 1, 8)
                                        | (uint64_t)a->q << VD_UPPER);
}
