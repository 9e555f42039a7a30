/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cryptographic ops: AES-NI, PCLMULQDQ, SHA-NI, by the interpreter where those lack; tables. */
#include "tcg/internal/sm4.h"
#include "tcg/x86_64/vec.h"

enum {
    V_AESIMC = SSE38(0xdb), V_AESENC = SSE38(0xdc), V_AESENCLAST = SSE38(0xdd),
    V_AESDEC = SSE38(0xde), V_AESDECLAST = SSE38(0xdf), V_PCLMUL = SSE3A(0x44),
    V_SHA1RNDS4 = 0xcc | M_3A, V_SHA256RNDS2 = 0xcb | M_38,
    V_SHA256MSG1 = 0xcc | M_38, V_SHA256MSG2 = 0xcd | M_38,
    V_PMOVZXBD = SSE38(0x31), V_PACKUSDW = SSE38(0x2b),
    V_PEXTRQ = SSE3A(0x16) | X_W, V_PINSRQ = SSE3A(0x22) | X_W,
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

/*
 * @dst := the exclusive or of the low @bytes bytes of @x by tables, the last byte's first; with
 * @add that to what it is. @x, @t are lost.
 */
static void look_up(Codegen *g, int dst, int x, int t, int table, unsigned bytes, bool add)
{
    for (unsigned k = 0; k < bytes; k++) {
        Mem m = mem_indexed(table, t, 2, (int32_t)(1024 * (bytes - 1 - k)));
        x_rr(g, OP_MOVZX8, t, x);
        if (k || add) {
            x_alu_mem(g, ALU_XOR, false, dst, m);
        } else {
            x_rm(g, OP_MOV_LOAD, dst, m);
        }
        if (k + 1 < bytes) {
            x_shift_imm(g, SH_SHR, false, x, 8);
        }
    }
}

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
    look_up(g, dst, x, t, table, bytes, bytes < 4);
}

/* -- SM4 -- */

/* A byte's S-box and the linear map behind it (of rounds; of the key's expansion), by its place. */
#define ROL(v, n)     ((uint32_t)(v) << (n) % 32 | (uint32_t)(v) >> (32 - (n) % 32) % 32)
#define ROUND(s, n)   (ROL(s, n) ^ ROL(s, n + 2) ^ ROL(s, n + 10) ^ ROL(s, n + 18)                 \
                       ^ ROL(s, n + 24)),
#define EXPAND(s, n)  (ROL(s, n) ^ ROL(s, n + 13) ^ ROL(s, n + 23)),
#define ROUND_0(s)    ROUND(s, 0)
#define ROUND_1(s)    ROUND(s, 8)
#define ROUND_2(s)    ROUND(s, 16)
#define ROUND_3(s)    ROUND(s, 24)
#define EXPAND_0(s)   EXPAND(s, 0)
#define EXPAND_1(s)   EXPAND(s, 8)
#define EXPAND_2(s)   EXPAND(s, 16)
#define EXPAND_3(s)   EXPAND(s, 24)

static const uint32_t sm4_table[2][4][256] = {
    { { SM4_SBOX(ROUND_3) }, { SM4_SBOX(ROUND_2) }, { SM4_SBOX(ROUND_1) }, { SM4_SBOX(ROUND_0) } },
    { { SM4_SBOX(EXPAND_3) }, { SM4_SBOX(EXPAND_2) }, { SM4_SBOX(EXPAND_1) },
      { SM4_SBOX(EXPAND_0) } },
};

/* @dst := A ^ B ^ the exclusive or of A's words: each round's input but for what rounds add. */
static void sm4_inputs(Codegen *g, int dst, int a, int key)
{
    int t = v_temp(g);

    v_op_imm(g, V_PSHUFD, dst, a, 0x4e);
    v_op(g, V_PXOR, dst, a);
    v_op_imm(g, V_PSHUFD, t, dst, 0xb1);
    v_op(g, V_PXOR, dst, t);
    v_op(g, V_PXOR, dst, a);
    v_op(g, V_PXOR, dst, key);
    ra_free_temp(g, t);
}

/* The tables, the exclusive or of the rounds' outputs, scratch. */
typedef struct Sm4 { int table, sum, x, t; } Sm4;

static void sm4_round(Codegen *g, const Sm4 *r, int out, int input)
{
    x_mov(g, false, r->x, input);
    x_alu(g, ALU_XOR, false, r->x, r->sum);
    look_up(g, out, r->x, r->t, r->table, 4, false);
    x_alu(g, ALU_XOR, false, r->sum, out);
}

/*
 * By tables in general registers: a round waits for the one before, and so affine maps and inverses
 * of bytes (GFNI) are no faster.
 */
void emit_vsm4r(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), key = ra_use(g, in->arg[1]), dst = ra_def(g, i);
    int inputs = v_temp(g), low = ra_temp(g, GPR_SET), high = ra_temp(g, GPR_SET);
    Sm4 r = { .table = ra_temp(g, GPR_SET), .sum = ra_temp(g, GPR_SET), .x = ra_temp(g, GPR_SET),
              .t = ra_temp(g, GPR_SET) };

    sm4_inputs(g, inputs, a, key);
    x_mov_imm(g, r.table, (uintptr_t)sm4_table[in->aux]);
    x_alu(g, ALU_XOR, false, r.sum, r.sum);
    for (unsigned half = 0; half < 2; half++) {
        if (half) {
            v_op_imm(g, V_PEXTRQ, inputs, high, 1);
        } else {
            x_rr(g, OP_MOVD_FROM_X | X_W, inputs, high);
        }
        sm4_round(g, &r, low, high);
        x_shift_imm(g, SH_SHR, true, high, 32);
        sm4_round(g, &r, high, high);
        x_shift_imm(g, SH_SHL, true, high, 32);
        x_alu(g, ALU_OR, true, high, low);
        if (half) {
            v_op_imm(g, V_PINSRQ, dst, high, 1);
        } else {
            x_rr(g, OP_MOVD_TO_X | X_W, dst, high);
        }
    }
    v_op(g, V_PXOR, dst, a);
}
