/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cryptographic ops: AES-NI, PCLMULQDQ, SHA-NI, GFNI; by the interpreter where those lack. */
#include "tcg/x86_64/vec.h"

enum {
    V_AESIMC = SSE38(0xdb), V_AESENC = SSE38(0xdc), V_AESENCLAST = SSE38(0xdd),
    V_AESDEC = SSE38(0xde), V_AESDECLAST = SSE38(0xdf), V_PCLMUL = SSE3A(0x44),
    V_SHA1RNDS4 = 0xcc | M_3A, V_SHA256RNDS2 = 0xcb | M_38,
    V_SHA256MSG1 = 0xcc | M_38, V_SHA256MSG2 = 0xcd | M_38,
    V_GF2P8AFFINEINV = SSE3A(0xcf),                     /* X_W in the VEX form */
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

/* -- CRC-32 -- */

/*
 * The remainder of byte N with n more bytes behind it, n by n; linear, so the eight of single bits
 * make all. Arguments: those of bits 0 .. 7.
 */
#define CRC_1(n, a, b, c, d, e, f, g, h)                                                           \
    (((n) & 1 ? a : 0) ^ ((n) & 2 ? b : 0) ^ ((n) & 4 ? c : 0) ^ ((n) & 8 ? d : 0)                 \
     ^ ((n) & 16 ? e : 0) ^ ((n) & 32 ? f : 0) ^ ((n) & 64 ? g : 0) ^ ((n) & 128 ? h : 0))
#define CRC_4(n, ...)  CRC_1(n, __VA_ARGS__), CRC_1(n + 1, __VA_ARGS__),                           \
                       CRC_1(n + 2, __VA_ARGS__), CRC_1(n + 3, __VA_ARGS__)
#define CRC_16(n, ...) CRC_4(n, __VA_ARGS__), CRC_4(n + 4, __VA_ARGS__),                           \
                       CRC_4(n + 8, __VA_ARGS__), CRC_4(n + 12, __VA_ARGS__)
#define CRC_64(n, ...) CRC_16(n, __VA_ARGS__), CRC_16(n + 16, __VA_ARGS__),                        \
                       CRC_16(n + 32, __VA_ARGS__), CRC_16(n + 48, __VA_ARGS__)
#define CRC_256(...) { CRC_64(0, __VA_ARGS__), CRC_64(64, __VA_ARGS__), CRC_64(128, __VA_ARGS__),  \
                       CRC_64(192, __VA_ARGS__) }

static const uint32_t crc_table[4][256] = {
    CRC_256(0x77073096, 0xee0e612c, 0x076dc419, 0x0edb8832, 0x1db71064, 0x3b6e20c8, 0x76dc4190,
            0xedb88320),
    CRC_256(0x191b3141, 0x32366282, 0x646cc504, 0xc8d98a08, 0x4ac21251, 0x958424a2, 0xf0794f05,
            0x3b83984b),
    CRC_256(0x01c26a37, 0x0384d46e, 0x0709a8dc, 0x0e1351b8, 0x1c26a370, 0x384d46e0, 0x709a8dc0,
            0xe1351b80),
    CRC_256(0xb8bc6765, 0xaa09c88b, 0x8f629757, 0xc5b428ef, 0x5019579f, 0xa032af3e, 0x9b14583d,
            0xed59b63b),
};

/* Each byte of A ^ B by the table for the bytes that follow it; what is left of A. */
void emit_crc32(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned bytes = 1u << in->aux;
    int acc = ra_use(g, in->arg[0]), val = ra_use(g, in->arg[1]), dst = ra_def(g, i);
    int table = ra_temp(g, GPR_SET), x = ra_temp(g, GPR_SET), t = ra_temp(g, GPR_SET);

    x_mov_imm(g, table, (uintptr_t)crc_table);
    x_mov(g, false, x, acc);
    x_alu(g, ALU_XOR, false, x, val);
    if (bytes < 4) {
        x_mov(g, false, dst, acc);
        x_shift_imm(g, SH_SHR, false, dst, 8 * bytes);
    }
    for (unsigned k = 0; k < bytes; k++) {
        Mem m = mem_indexed(table, t, 2, (int32_t)(1024 * (bytes - 1 - k)));
        x_rr(g, OP_MOVZX8, t, x);
        if (bytes == 4 && k == 0) {
            x_rm(g, OP_MOV_LOAD, dst, m);
        } else {
            x_alu_mem(g, ALU_XOR, false, dst, m);
        }
        if (k + 1 < bytes) {
            x_shift_imm(g, SH_SHR, false, x, 8);
        }
    }
}

/* -- SM4 -- */

/* @t := @x rotated to the left by @n; @x stays. */
static void rotate(Codegen *g, int t, int u, int x, unsigned n)
{
    if (g->cpu.avx512) {                                /* vprold */
        e_rrr(g, SSE(0x72), 1, t, x);
        put8(g, n);
        return;
    }
    v_shift_to(g, 1, 6, t, x, n);
    v_shift_to(g, 1, 2, u, x, 32 - n);
    v_op(g, V_POR, t, u);
}

/* SubBytes: the inverse in AES's field, between the affine maps there and back. */
static void sm4_substitute(Codegen *g, int x)
{
    const uint64_t there = UINT64_C(0x34ac259e022dbc52), back = UINT64_C(0xd72d8e511e6c8b19);
    Mem m = pool_mem(g, there, there), n = pool_mem(g, back, back);

    m.tail = n.tail = 1;
    v_rrm(g, V_GF2P8AFFINE | X_W, x, x, m);
    put8(g, 0x65);
    v_rrm(g, V_GF2P8AFFINEINV | X_W, x, x, n);
    put8(g, 0xd3);
}

void emit_vsm4r(Codegen *g, unsigned i, const IrInsn *in)
{
    static const uint8_t rotations[2][5] = { { 2, 10, 18, 24 }, { 13, 23 } };

    if (!g->cpu.gfni || !g->cpu.avx) {
        emit_by_reference(g, i, in);
        return;
    }
    int a = ra_use(g, in->arg[0]), key = ra_use(g, in->arg[1]), dst = ra_def(g, i), s[4];
    int x = v_temp(g), t = v_temp(g), u = v_temp(g);
    for (unsigned k = 0; k < 4; k++) {
        s[k] = v_temp(g);
        v_op_imm(g, V_PSHUFD, s[k], a, k);              /* lane 0 is what counts */
    }
    for (unsigned k = 0; k < 4; k++) {
        v_op_imm(g, V_PSHUFD, x, key, k);
        for (unsigned j = 1; j < 4; j++) {
            v_op(g, V_PXOR, x, s[(k + j) % 4]);
        }
        sm4_substitute(g, x);
        v_op(g, V_PXOR, s[k], x);
        for (const uint8_t *n = rotations[in->aux]; *n; n++) {
            rotate(g, t, u, x, *n);
            v_op(g, V_PXOR, s[k], t);
        }
    }
    v_op(g, V_PUNPCKLDQ, s[0], s[1]);
    v_op(g, V_PUNPCKLDQ, s[2], s[3]);
    v_op3(g, V_PUNPCKLQDQ, dst, s[0], s[2]);
}
