/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dot products and matrix products of bytes (FEAT_DotProd, FEAT_I8MM). */
#include "simd.h"

/* AUX of vdot: whose bytes are signed. */
enum { NONE, N, M, BOTH };

static bool dot(Disas *s, unsigned q, unsigned rd, unsigned rn, IrRef m, unsigned sign)
{
    IrRef sum = vop2(s, IR_vdot, read_v(s, rn), m, sign);

    return write_vq(s, q, rd, vop2(s, IR_vadd, read_v(s, rd), sum, 2));
}

static bool dot_v(Disas *s, const Args_q_rd_rm_rn *a, unsigned sign)
{
    return !fp_access_ok(s) || dot(s, a->q, a->rd, a->rn, read_v(s, a->rm), sign);
}

static bool dot_x(Disas *s, const Args_h_lm_q_rd_rm_rn *a, unsigned sign)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef m = vop1(s, IR_vduplane, read_v(s, a->rm), 2, a->h << 1 | a->lm);
    return dot(s, a->q, a->rd, a->rn, m, sign);
}

bool trans_SDOT(Disas *s, const arg_SDOT *a) { return dot_v(s, a, BOTH); }
bool trans_UDOT(Disas *s, const arg_UDOT *a) { return dot_v(s, a, NONE); }
bool trans_USDOT(Disas *s, const arg_USDOT *a) { return dot_v(s, a, M); }
bool trans_SDOT_x(Disas *s, const arg_SDOT_x *a) { return dot_x(s, a, BOTH); }
bool trans_UDOT_x(Disas *s, const arg_UDOT_x *a) { return dot_x(s, a, NONE); }
bool trans_USDOT_x(Disas *s, const arg_USDOT_x *a) { return dot_x(s, a, M); }
bool trans_SUDOT_x(Disas *s, const arg_SUDOT_x *a) { return dot_x(s, a, N); }

/* Rd (2 x 2) += Rn (2 x 8) times Rm (2 x 8) transposed: a row of Rn by both of Rm, in halves. */
static bool matrix(Disas *s, const Args_rd_rm_rn *a, unsigned sign)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n = read_v(s, a->rn), m = read_v(s, a->rm);
    IrRef x = vop2(s, IR_vdot, vop1(s, IR_vduplane, n, 3, 0), m, sign);
    IrRef y = vop2(s, IR_vdot, vop1(s, IR_vduplane, n, 3, 1), m, sign);
    IrRef sum = vop2(s, IR_vadd, vop2(s, IR_vuzp1, x, y, 2), vop2(s, IR_vuzp2, x, y, 2), 2);
    return write_vq(s, 1, a->rd, vop2(s, IR_vadd, read_v(s, a->rd), sum, 2));
}

bool trans_SMMLA(Disas *s, const arg_SMMLA *a) { return matrix(s, a, BOTH); }
bool trans_UMMLA(Disas *s, const arg_UMMLA *a) { return matrix(s, a, NONE); }
bool trans_USMMLA(Disas *s, const arg_USMMLA *a) { return matrix(s, a, M); }
