/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AES, SHA1 and SHA256 (C4.1.96, the cryptographic groups), on the IR's ops for hosts with such. */
#include "simd.h"

/* -- AES: the key is added first; the builder joins what belongs to one round -- */

static bool aes_round(Disas *s, const Args_rd_rn *a, IrOp op)
{
    if (fp_access_ok(s)) {
        IrRef state = vop2(s, IR_vxor, read_v(s, a->rd), read_v(s, a->rn), 0);
        write_v(s, a->rd, vop2(s, op, state, vec_zero(s), 0));
    }
    return true;
}

static bool aes_mix(Disas *s, const Args_rd_rn *a, bool inverse)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, vop1(s, IR_vaesmc, read_v(s, a->rn), inverse, 0));
    }
    return true;
}

bool trans_AESE(Disas *s, const arg_AESE *a) { return aes_round(s, a, IR_vaesenc); }
bool trans_AESD(Disas *s, const arg_AESD *a) { return aes_round(s, a, IR_vaesdec); }
bool trans_AESMC(Disas *s, const arg_AESMC *a) { return aes_mix(s, a, false); }
bool trans_AESIMC(Disas *s, const arg_AESIMC *a) { return aes_mix(s, a, true); }

/* -- SHA1 -- */

enum { CHOOSE, PARITY, MAJORITY };

static IrRef shuffle(Disas *s, IrRef n, IrRef m, unsigned order)
{
    return ir_op2x(s->ir, IR_vshuf32, n, m, 0, order);
}

static IrRef reverse(Disas *s, IrRef v) { return shuffle(s, v, v, 0x1b); }

static IrRef rotate(Disas *s, IrRef v, unsigned n) { return vop1(s, IR_vrotl, v, 2, n); }

static IrRef low_word(Disas *s, IrRef v) { return ir_op1(s->ir, IR_vzero96, v); }

/* Four rounds; Rd = {A, B, C, D}, Rn lane 0 = E, Rm = words plus constants: the op adds its own. */
static bool sha1_rounds(Disas *s, const Args_rd_rm_rn *a, unsigned fn)
{
    static const uint32_t k[] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc };

    if (fp_access_ok(s)) {
        IrRef words = vop2(s, IR_vadd, read_v(s, a->rm), vec_const(s, 2, 0u - k[fn]), 2);
        words = vop2(s, IR_vadd, words, low_word(s, read_v(s, a->rn)), 2);
        IrRef v = ir_op2x(s->ir, IR_vsha1r, reverse(s, read_v(s, a->rd)), reverse(s, words), fn, 0);
        write_v(s, a->rd, reverse(s, v));
    }
    return true;
}

bool trans_SHA1C(Disas *s, const arg_SHA1C *a) { return sha1_rounds(s, a, CHOOSE); }
bool trans_SHA1P(Disas *s, const arg_SHA1P *a) { return sha1_rounds(s, a, PARITY); }
bool trans_SHA1M(Disas *s, const arg_SHA1M *a) { return sha1_rounds(s, a, MAJORITY); }

bool trans_SHA1H(Disas *s, const arg_SHA1H *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, rotate(s, low_word(s, read_v(s, a->rn)), 30));
    }
    return true;
}

bool trans_SHA1SU0(Disas *s, const arg_SHA1SU0 *a)
{
    if (fp_access_ok(s)) {
        IrRef d = read_v(s, a->rd), on = ir_op2x(s->ir, IR_vextb, d, read_v(s, a->rn), 0, 8);
        write_v(s, a->rd, vop2(s, IR_vxor, vop2(s, IR_vxor, d, on, 0), read_v(s, a->rm), 0));
    }
    return true;
}

/* The last word needs the first of the result: it is rotated once more and added. */
bool trans_SHA1SU1(Disas *s, const arg_SHA1SU1 *a)
{
    if (fp_access_ok(s)) {
        IrRef zero = vec_zero(s), on = ir_op2x(s->ir, IR_vextb, read_v(s, a->rn), zero, 0, 4);
        IrRef v = rotate(s, vop2(s, IR_vxor, read_v(s, a->rd), on, 0), 1);
        IrRef last = ir_op2x(s->ir, IR_vextb, zero, rotate(s, v, 1), 0, 4);
        write_v(s, a->rd, vop2(s, IR_vxor, v, last, 0));
    }
    return true;
}

/* -- SHA256 -- */

enum { LOW_PAIRS = 0x11, HIGH_PAIRS = 0xbb };    /* of two vectors, each pair the other way round */

/*
 * Four rounds from x = {A, B, C, D}, y = {E, F, G, H}, of which the two instructions give a half
 * each. A pair of them, and its neighbours, come to the rounds alone: the builder merges what is
 * equal and undoes the shuffles.
 */
static void sha256_rounds(Disas *s, unsigned rd, IrRef x, IrRef y, IrRef words, unsigned half)
{
    IrRef feba = shuffle(s, y, x, LOW_PAIRS), hgdc = shuffle(s, y, x, HIGH_PAIRS);
    IrRef middle = ir_op3x(s->ir, IR_vsha256r, hgdc, feba, words, 0, 0);
    IrRef last = ir_op3x(s->ir, IR_vsha256r, feba, middle, words, 1, 0);

    write_v(s, rd, shuffle(s, last, middle, half));
}

bool trans_SHA256H(Disas *s, const arg_SHA256H *a)
{
    if (fp_access_ok(s)) {
        sha256_rounds(s, a->rd, read_v(s, a->rd), read_v(s, a->rn), read_v(s, a->rm), HIGH_PAIRS);
    }
    return true;
}

bool trans_SHA256H2(Disas *s, const arg_SHA256H2 *a)
{
    if (fp_access_ok(s)) {
        sha256_rounds(s, a->rd, read_v(s, a->rn), read_v(s, a->rd), read_v(s, a->rm), LOW_PAIRS);
    }
    return true;
}

bool trans_SHA256SU0(Disas *s, const arg_SHA256SU0 *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, vop2(s, IR_vsha256su0, read_v(s, a->rd), read_v(s, a->rn), 0));
    }
    return true;
}

bool trans_SHA256SU1(Disas *s, const arg_SHA256SU1 *a)
{
    if (fp_access_ok(s)) {
        IrRef m = read_v(s, a->rm), on = ir_op2x(s->ir, IR_vextb, read_v(s, a->rn), m, 0, 4);
        IrRef sum = vop2(s, IR_vadd, read_v(s, a->rd), on, 2);
        write_v(s, a->rd, vop2(s, IR_vsha256su1, sum, m, 0));
    }
    return true;
}
