/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA512, SHA3, SM3 and SM4 (C4.1.96, the cryptographic groups of Armv8.2). */
#include "simd.h"

static bool helper3(Disas *s, const Args_rd_rm_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rm, 0, 16));
}

static bool helper2(Disas *s, const Args_rd_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rn, 0, 16));
}

bool trans_SHA512H(Disas *s, const arg_SHA512H *a) { return helper3(s, a, &h_v_sha512h); }
bool trans_SHA512H2(Disas *s, const arg_SHA512H2 *a) { return helper3(s, a, &h_v_sha512h2); }
bool trans_SHA512SU0(Disas *s, const arg_SHA512SU0 *a) { return helper2(s, a, &h_v_sha512su0); }
bool trans_SHA512SU1(Disas *s, const arg_SHA512SU1 *a) { return helper3(s, a, &h_v_sha512su1); }

/* -- SHA3: a few vector operations -- */

static IrRef rol64(Disas *s, IrRef v, unsigned n)
{
    return n == 0 ? v : vop1(s, IR_vrotl, v, 3, n);
}

bool trans_EOR3(Disas *s, const arg_EOR3 *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = vop2(s, IR_vxor, read_v(s, a->rn), read_v(s, a->rm), 3);
    return write_vq(s, 1, a->rd, vop2(s, IR_vxor, v, read_v(s, a->ra), 3));
}

bool trans_BCAX(Disas *s, const arg_BCAX *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = vop2(s, IR_vandc, read_v(s, a->rm), read_v(s, a->ra), 3);
    return write_vq(s, 1, a->rd, vop2(s, IR_vxor, read_v(s, a->rn), v, 3));
}

bool trans_RAX1(Disas *s, const arg_RAX1 *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = rol64(s, read_v(s, a->rm), 1);
    return write_vq(s, 1, a->rd, vop2(s, IR_vxor, read_v(s, a->rn), v, 3));
}

bool trans_XAR(Disas *s, const arg_XAR *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = vop2(s, IR_vxor, read_v(s, a->rn), read_v(s, a->rm), 3);
    return write_vq(s, 1, a->rd, rol64(s, v, -a->imm & 63));
}

/* -- SM3, SM4 -- */

bool trans_SM3SS1(Disas *s, const arg_SM3SS1 *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    ir_sync(s->ir, SLOT_V0 + a->ra);
    return vec_call(s, &h_v_sm3ss1, vec_desc(a->rd, a->rn, a->rm, 0, 16)
                                    | (uint64_t)a->ra << VD_IMM);
}

static bool sm3_round(Disas *s, const Args_imm_rd_rm_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rm, 0, 16)
                                        | (uint64_t)a->imm << VD_IMM);
}

bool trans_SM3TT1A(Disas *s, const arg_SM3TT1A *a) { return sm3_round(s, a, &h_v_sm3tt1a); }
bool trans_SM3TT1B(Disas *s, const arg_SM3TT1B *a) { return sm3_round(s, a, &h_v_sm3tt1b); }
bool trans_SM3TT2A(Disas *s, const arg_SM3TT2A *a) { return sm3_round(s, a, &h_v_sm3tt2a); }
bool trans_SM3TT2B(Disas *s, const arg_SM3TT2B *a) { return sm3_round(s, a, &h_v_sm3tt2b); }
bool trans_SM3PARTW1(Disas *s, const arg_SM3PARTW1 *a) { return helper3(s, a, &h_v_sm3partw1); }
bool trans_SM3PARTW2(Disas *s, const arg_SM3PARTW2 *a) { return helper3(s, a, &h_v_sm3partw2); }
bool trans_SM4E(Disas *s, const arg_SM4E *a) { return helper2(s, a, &h_v_sm4e); }
bool trans_SM4EKEY(Disas *s, const arg_SM4EKEY *a) { return helper3(s, a, &h_v_sm4ekey); }
