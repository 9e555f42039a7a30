/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA512, SHA3, SM3 and SM4 (C4.1.96, the cryptographic groups of Armv8.2), on vector ops. What is
 * sequential within an instruction is done in one lane; the others then hold nothing of interest.
 */
#include "simd.h"

static IrRef xor2(Disas *s, IrRef a, IrRef b) { return vop2(s, IR_vxor, a, b, 3); }

static IrRef xor3(Disas *s, IrRef a, IrRef b, IrRef c)
{
    return ir_op3x(s->ir, IR_vxor3, a, b, c, 3, 0);
}

/* Bits of @a ? those of @b : those of @c. */
static IrRef choose(Disas *s, IrRef a, IrRef b, IrRef c)
{
    return ir_op3x(s->ir, IR_vbsl, a, b, c, 0, 0);
}

static IrRef majority(Disas *s, IrRef a, IrRef b, IrRef c)
{
    return choose(s, xor2(s, a, b), c, b);
}

static IrRef add3(Disas *s, IrRef a, IrRef b, IrRef c, unsigned size)
{
    return vop2(s, IR_vadd, vop2(s, IR_vadd, a, b, size), c, size);
}

/* Bytes @n .. @n + 15 of @low and @high. */
static IrRef ext(Disas *s, IrRef low, IrRef high, unsigned n)
{
    return ir_op2x(s->ir, IR_vextb, low, high, 0, n);
}

/* -- SHA512: two rounds, the first in lane 1 -- */

static IrRef ror64(Disas *s, IrRef v, unsigned n) { return vop1(s, IR_vrotl, v, 3, 64 - n); }
static IrRef swap(Disas *s, IrRef v) { return ext(s, v, v, 8); }

static IrRef sigma(Disas *s, IrRef v, unsigned a, unsigned b, unsigned c)
{
    return xor3(s, ror64(s, v, a), ror64(s, v, b), ror64(s, v, c));
}

bool trans_SHA512H(Disas *s, const arg_SHA512H *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef d = read_v(s, a->rd), n = read_v(s, a->rn), m = read_v(s, a->rm);
    IrRef first = add3(s, choose(s, m, swap(s, n), n), sigma(s, m, 14, 18, 41), d, 3);
    IrRef e = vop2(s, IR_vadd, swap(s, first), m, 3);
    IrRef second = add3(s, choose(s, e, swap(s, m), n), sigma(s, e, 14, 18, 41), d, 3);
    return write_vq(s, 1, a->rd, ir_op2x(s->ir, IR_vinsl, first, second, 3, 0));
}

bool trans_SHA512H2(Disas *s, const arg_SHA512H2 *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef d = read_v(s, a->rd), n = read_v(s, a->rn), m = read_v(s, a->rm), other = swap(s, m);
    IrRef first = add3(s, majority(s, swap(s, n), m, other), sigma(s, other, 28, 34, 39), d, 3);
    IrRef e = swap(s, first);
    IrRef second = add3(s, majority(s, e, m, other), sigma(s, e, 28, 34, 39), d, 3);
    return write_vq(s, 1, a->rd, ir_op2x(s->ir, IR_vinsl, first, second, 3, 0));
}

bool trans_SHA512SU0(Disas *s, const arg_SHA512SU0 *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef d = read_v(s, a->rd), v = ext(s, d, read_v(s, a->rn), 8);
    v = xor3(s, ror64(s, v, 1), ror64(s, v, 8), vop1(s, IR_vshri, v, 3, 7));
    return write_vq(s, 1, a->rd, vop2(s, IR_vadd, d, v, 3));
}

bool trans_SHA512SU1(Disas *s, const arg_SHA512SU1 *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = read_v(s, a->rn);
    v = xor3(s, ror64(s, v, 19), ror64(s, v, 61), vop1(s, IR_vshri, v, 3, 6));
    return write_vq(s, 1, a->rd, add3(s, read_v(s, a->rd), read_v(s, a->rm), v, 3));
}

/* -- SHA3 -- */

static IrRef rol64(Disas *s, IrRef v, unsigned n)
{
    return n == 0 ? v : vop1(s, IR_vrotl, v, 3, n);
}

bool trans_EOR3(Disas *s, const arg_EOR3 *a)
{
    return !fp_access_ok(s) || write_vq(s, 1, a->rd, xor3(s, read_v(s, a->rn), read_v(s, a->rm),
                                                          read_v(s, a->ra)));
}

bool trans_BCAX(Disas *s, const arg_BCAX *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = vop2(s, IR_vandc, read_v(s, a->rm), read_v(s, a->ra), 3);
    return write_vq(s, 1, a->rd, xor2(s, read_v(s, a->rn), v));
}

bool trans_RAX1(Disas *s, const arg_RAX1 *a)
{
    return !fp_access_ok(s)
        || write_vq(s, 1, a->rd, xor2(s, read_v(s, a->rn), rol64(s, read_v(s, a->rm), 1)));
}

bool trans_XAR(Disas *s, const arg_XAR *a)
{
    return !fp_access_ok(s)
        || write_vq(s, 1, a->rd, rol64(s, xor2(s, read_v(s, a->rn), read_v(s, a->rm)),
                                       -a->imm & 63));
}

/* -- SM3 -- */

static IrRef rol32(Disas *s, IrRef v, unsigned n) { return vop1(s, IR_vrotl, v, 2, n); }
static IrRef word(Disas *s, IrRef v, unsigned n) { return vop1(s, IR_vduplane, v, 2, n); }

bool trans_SM3SS1(Disas *s, const arg_SM3SS1 *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = add3(s, rol32(s, read_v(s, a->rn), 12), read_v(s, a->rm), read_v(s, a->ra), 2);
    return write_vq(s, 1, a->rd, vop2(s, IR_vand, rol32(s, v, 7),
                                      ir_vimm(s->ir, 0, UINT64_C(0xffffffff) << 32), 3));
}

typedef Args_imm_rd_rm_rn ArgsSm3;

/* The new state: words 1 .. 3 of Rd, the middle one of them rotated by @n, and word 0 of @last. */
static bool sm3_shift(Disas *s, const ArgsSm3 *a, IrRef last, unsigned n)
{
    IrRef v = ext(s, read_v(s, a->rd), last, 4);

    return write_vq(s, 1, a->rd, ir_op2x(s->ir, IR_vinsl, v, rol32(s, v, n), 2, 1 | 1 << 4));
}

static bool sm3_tt1(Disas *s, const ArgsSm3 *a, bool parity)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef d0 = read_v(s, a->rd), d1 = word(s, d0, 1), d2 = word(s, d0, 2), d3 = word(s, d0, 3);
    IrRef f = parity ? xor3(s, d1, d2, d3) : majority(s, d1, d2, d3);
    IrRef ss2 = xor2(s, word(s, read_v(s, a->rn), 3), rol32(s, d3, 12));
    IrRef w = vop2(s, IR_vadd, d0, word(s, read_v(s, a->rm), a->imm), 2);
    return sm3_shift(s, a, add3(s, w, f, ss2, 2), 9);
}

static bool sm3_tt2(Disas *s, const ArgsSm3 *a, bool parity)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef d0 = read_v(s, a->rd), d1 = word(s, d0, 1), d2 = word(s, d0, 2), d3 = word(s, d0, 3);
    IrRef f = parity ? xor3(s, d1, d2, d3) : choose(s, d3, d2, d1);
    IrRef w = add3(s, d0, word(s, read_v(s, a->rm), a->imm), word(s, read_v(s, a->rn), 3), 2);
    IrRef tt2 = vop2(s, IR_vadd, w, f, 2);
    return sm3_shift(s, a, xor3(s, tt2, rol32(s, tt2, 9), rol32(s, tt2, 17)), 19);
}

bool trans_SM3TT1A(Disas *s, const arg_SM3TT1A *a) { return sm3_tt1(s, a, true); }
bool trans_SM3TT1B(Disas *s, const arg_SM3TT1B *a) { return sm3_tt1(s, a, false); }
bool trans_SM3TT2A(Disas *s, const arg_SM3TT2A *a) { return sm3_tt2(s, a, true); }
bool trans_SM3TT2B(Disas *s, const arg_SM3TT2B *a) { return sm3_tt2(s, a, false); }

/* P1, the linear map of the message expansion. */
static IrRef sm3_p1(Disas *s, IrRef v)
{
    return xor3(s, v, rol32(s, v, 15), rol32(s, v, 23));
}

/* P1 of word 0 of @v, rotated by 15 places, for the last word. */
static IrRef sm3_last(Disas *s, IrRef v)
{
    return sm3_p1(s, ext(s, vec_zero(s), rol32(s, v, 15), 4));
}

/* The last word needs the first of the result. */
bool trans_SM3PARTW1(Disas *s, const arg_SM3PARTW1 *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef m = rol32(s, ext(s, read_v(s, a->rm), vec_zero(s), 4), 15);
    IrRef v = sm3_p1(s, xor3(s, read_v(s, a->rd), read_v(s, a->rn), m));
    return write_vq(s, 1, a->rd, xor2(s, v, sm3_last(s, v)));
}

bool trans_SM3PARTW2(Disas *s, const arg_SM3PARTW2 *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = xor2(s, read_v(s, a->rn), rol32(s, read_v(s, a->rm), 7));
    return write_vq(s, 1, a->rd, xor3(s, read_v(s, a->rd), v, sm3_last(s, v)));
}

/* -- SM4 -- */

bool trans_SM4E(Disas *s, const arg_SM4E *a)
{
    return !fp_access_ok(s) || write_vq(s, 1, a->rd, vop2(s, IR_vsm4r, read_v(s, a->rd),
                                                          read_v(s, a->rn), 0));
}

bool trans_SM4EKEY(Disas *s, const arg_SM4EKEY *a)
{
    return !fp_access_ok(s) || write_vq(s, 1, a->rd, vop2(s, IR_vsm4r, read_v(s, a->rn),
                                                          read_v(s, a->rm), 1));
}
