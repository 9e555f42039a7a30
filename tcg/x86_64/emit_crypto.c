/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cryptographic ops: AES-NI, PCLMULQDQ, SHA-NI, CRC32; by the interpreter where those lack. */
#include "tcg/x86_64/vec.h"

enum {
    V_AESIMC = SSE38(0xdb), V_AESENC = SSE38(0xdc), V_AESENCLAST = SSE38(0xdd),
    V_AESDEC = SSE38(0xde), V_AESDECLAST = SSE38(0xdf), V_PCLMUL = SSE3A(0x44),
    V_SHA1RNDS4 = 0xcc | M_3A, V_SHA256RNDS2 = 0xcb | M_38,
    V_SHA256MSG1 = 0xcc | M_38, V_SHA256MSG2 = 0xcd | M_38,
    V_PMOVZXBD = SSE38(0x31), V_PACKUSDW = SSE38(0x2b),
};

/* vaesenc, vaesdec */
void emit_vaes(Codegen *g, unsigned i, const IrInsn *in)
{
    static const uint32_t op[2][2] = {
        { V_AESENCLAST, V_AESENC }, { V_AESDECLAST, V_AESDEC },
    };

    if (!g->cpu.aes) {
        emit_by_reference(g, i, in);
        return;
    }
    v_binary(g, i, op[in->op == IR_vaesdec][in->aux], in->arg[0], in->arg[1], false);
}

/* A round after its inverse leaves MixColumns. */
void emit_vaesmc(Codegen *g, unsigned i, const IrInsn *in)
{
    if (!g->cpu.aes) {
        emit_by_reference(g, i, in);
        return;
    }
    int a = ra_use(g, in->arg[0]);
    if (in->aux) {
        v_op(g, V_AESIMC, ra_def_reuse(g, i), a);
        return;
    }
    int dst = ra_def(g, i), zero = v_temp(g);
    v_zero(g, zero);
    v_op3(g, V_AESDECLAST, dst, a, zero);
    v_op(g, V_AESENC, dst, zero);
}

void emit_vclmul(Codegen *g, unsigned i, const IrInsn *in)
{
    if (!g->cpu.pclmul) {
        emit_by_reference(g, i, in);
        return;
    }
    v_binary_imm(g, i, V_PCLMUL, in->arg[0], in->arg[1], in->aux | in->aux2 << 4);
}

/*
 * Bytes spread to dwords, so that a product of qwords has those of two pairs of bytes at 0 and 64
 * and what else there is from 32 to 47. @dst := four of them as dwords. @x, @y: spread.
 */
static void products(Codegen *g, int dst, int t, int x, int y)
{
    v_op3_imm(g, V_PCLMUL, dst, x, y, 0x00);
    v_op3_imm(g, V_PCLMUL, t, x, y, 0x11);
    v_op_imm(g, V_SHUFPS, dst, t, 0x88);
}

void emit_vpmull8(Codegen *g, unsigned i, const IrInsn *in)
{
    if (!g->cpu.pclmul) {
        emit_by_reference(g, i, in);
        return;
    }
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i);
    int x = v_temp(g), y = v_temp(g), t = v_temp(g), hi = v_temp(g);

    v_op(g, V_PMOVZXBD, x, a);
    v_op(g, V_PMOVZXBD, y, b);
    products(g, dst, t, x, y);
    v_shift_to(g, 2, 2, x, a, 32);
    v_op(g, V_PMOVZXBD, x, x);
    v_shift_to(g, 2, 2, y, b, 32);
    v_op(g, V_PMOVZXBD, y, y);
    products(g, hi, t, x, y);
    v_op(g, V_PACKUSDW, dst, hi);
}

/* Operands that SHA-NI takes in its order; the words of a round pair are in XMM0. */
static void sha256_rounds(Codegen *g, unsigned i, const IrInsn *in)
{
    ra_fixed(g, XMM0);
    int words = ra_use(g, in->arg[2]);
    if (in->aux) {
        v_op_imm(g, V_PSHUFD, XMM0, words, 0xee);
    } else {
        v_mov(g, XMM0, words);
    }
    int feba = ra_use(g, in->arg[1]);
    v_op(g, V_SHA256RNDS2, ra_take(g, i, in->arg[0]), feba);
}

void emit_vsha(Codegen *g, unsigned i, const IrInsn *in)
{
    if (!g->cpu.sha) {
        emit_by_reference(g, i, in);
        return;
    }
    if (in->op == IR_vsha256r) {
        sha256_rounds(g, i, in);
        return;
    }
    int b = ra_use(g, in->arg[1]), dst = ra_take(g, i, in->arg[0]);
    switch (in->op) {
    case IR_vsha1r:
        v_op_imm(g, V_SHA1RNDS4, dst, b, in->aux);
        break;
    case IR_vsha256su0:
        v_op(g, V_SHA256MSG1, dst, b);
        break;
    default:
        v_op(g, V_SHA256MSG2, dst, b);
        break;
    }
}

void emit_crc32c(Codegen *g, unsigned i, const IrInsn *in)
{
    int val = ra_use(g, in->arg[1]), dst = ra_take(g, i, in->arg[0]);

    if (in->aux == 1) {
        put8(g, 0x66);
    }
    x_rr(g, (in->aux ? 0xf1 : 0xf0 | X_BRM) | M_38 | P_F2 | width(in->aux == 3), dst, val);
}
