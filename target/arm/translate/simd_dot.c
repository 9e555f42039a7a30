/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dot products and matrix products of bytes (FEAT_DotProd, FEAT_I8MM). */
#include "simd.h"

typedef struct DotSigns { bool n, m; } DotSigns;

static IrRef widen(Disas *s, IrRef v, bool is_signed)
{
    return vop1(s, is_signed ? IR_vwidens : IR_vwidenu, v, 0, 0);
}

/*
 * Sums of two neighbouring products of the low 8 bytes: four words. A product of two bytes always
 * fits 16 bits, unsigned only when both factors are.
 */
static IrRef pair_sums(Disas *s, IrRef n, IrRef m, DotSigns sign)
{
    IrRef p = vop2(s, IR_vmul, widen(s, n, sign.n), widen(s, m, sign.m), 1);
    IrOp shift = sign.n || sign.m ? IR_vsari : IR_vshri;
    IrRef even = vop1(s, shift, vop1(s, IR_vshli, p, 2, 16), 2, 16);

    return vop2(s, IR_vadd, even, vop1(s, shift, p, 2, 16), 2);
}

static bool dot(Disas *s, unsigned q, unsigned rd, unsigned rn, IrRef m, DotSigns sign)
{
    IrRef n = read_v(s, rn), lo = pair_sums(s, n, m, sign), hi = lo;

    if (q) {
        hi = pair_sums(s, vop1(s, IR_vduplane, n, 3, 1), vop1(s, IR_vduplane, m, 3, 1), sign);
    }
    IrRef sum = vop2(s, IR_vadd, vop2(s, IR_vuzp1, lo, hi, 2), vop2(s, IR_vuzp2, lo, hi, 2), 2);
    return write_vq(s, q, rd, vop2(s, IR_vadd, read_v(s, rd), sum, 2));
}

static bool dot_v(Disas *s, const Args_q_rd_rm_rn *a, bool sn, bool sm)
{
    return !fp_access_ok(s) || dot(s, a->q, a->rd, a->rn, read_v(s, a->rm), (DotSigns){ sn, sm });
}

static bool dot_x(Disas *s, const Args_h_lm_q_rd_rm_rn *a, bool sn, bool sm)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef m = vop1(s, IR_vduplane, read_v(s, a->rm), 2, a->h << 1 | a->lm);
    return dot(s, a->q, a->rd, a->rn, m, (DotSigns){ sn, sm });
}

bool trans_SDOT(Disas *s, const arg_SDOT *a) { return dot_v(s, a, true, true); }
bool trans_UDOT(Disas *s, const arg_UDOT *a) { return dot_v(s, a, false, false); }
bool trans_USDOT(Disas *s, const arg_USDOT *a) { return dot_v(s, a, false, true); }
bool trans_SDOT_x(Disas *s, const arg_SDOT_x *a) { return dot_x(s, a, true, true); }
bool trans_UDOT_x(Disas *s, const arg_UDOT_x *a) { return dot_x(s, a, false, false); }
bool trans_USDOT_x(Disas *s, const arg_USDOT_x *a) { return dot_x(s, a, false, true); }
bool trans_SUDOT_x(Disas *s, const arg_SUDOT_x *a) { return dot_x(s, a, true, false); }

static bool matrix(Disas *s, const Args_rd_rm_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rm, 0, 16));
}

bool trans_SMMLA(Disas *s, const arg_SMMLA *a) { return matrix(s, a, &h_v_smmla); }
bool trans_UMMLA(Disas *s, const arg_UMMLA *a) { return matrix(s, a, &h_v_ummla); }
bool trans_USMMLA(Disas *s, const arg_USMMLA *a) { return matrix(s, a, &h_v_usmmla); }
