/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the emitters of vector ops share. Vector emitters leave EFLAGS alone. */
#ifndef TCG_X86_64_VEC_H
#define TCG_X86_64_VEC_H

#include "tcg/x86_64/operand.h"

/* 66-prefixed SSE instructions by map. */
#define SSE(op)    ((op) | M_0F | P_66)
#define SSE38(op)  ((op) | M_38 | P_66)
#define SSE3A(op)  ((op) | M_3A | P_66)

enum {
    V_PXOR = SSE(0xef), V_PAND = SSE(0xdb), V_POR = SSE(0xeb), V_PANDN = SSE(0xdf),
    V_PCMPEQB = SSE(0x74), V_PCMPEQW = SSE(0x75), V_PCMPEQD = SSE(0x76), V_PCMPEQQ = SSE38(0x29),
    V_PCMPGTB = SSE(0x64), V_PCMPGTW = SSE(0x65), V_PCMPGTD = SSE(0x66), V_PCMPGTQ = SSE38(0x37),
    V_PMINSW = SSE(0xea), V_PMAXSW = SSE(0xee), V_PMAXUD = SSE38(0x3f), V_PTEST = SSE38(0x17),
    V_SHUFPS = 0xc6 | M_0F, V_PSHUFB = SSE38(0x00), V_PSHUFD = SSE(0x70),
    V_PALIGNR = SSE3A(0x0f), V_PBLENDW = SSE3A(0x0e), V_PADDQ = SSE(0xd4), V_PADDB = SSE(0xfc),
    V_PMULLW = SSE(0xd5), V_PMULLD = SSE38(0x40), V_PMULDQ = SSE38(0x28), V_PMULUDQ = SSE(0xf4),
    V_BLENDVPS = SSE3A(0x4a), V_BLENDVPD = SSE3A(0x4b), V_PBLENDVB = SSE3A(0x4c),   /* VEX */
    V_GF2P8AFFINE = SSE3A(0xce),                        /* X_W in the VEX form */
    V_PTERNLOG = SSE3A(0x25),                                                       /* EVEX */
    V_PMADDWD = SSE(0xf5), V_PUNPCKLDQ = SSE(0x62), V_PUNPCKLQDQ = SSE(0x6c),
    V_PUNPCKHQDQ = SSE(0x6d), V_CVTPH2PS = SSE38(0x13),
};

static inline Mem pool_mem(Codegen *g, uint64_t lo, uint64_t hi)
{
    return mem_at(BASE_POOL, (int32_t)pool_add(g, lo, hi));
}

static inline uint64_t byte_lanes(uint8_t v) { return v * UINT64_C(0x0101010101010101); }

static inline int v_temp(Codegen *g) { return ra_temp(g, XMM_SET); }
static inline void v_mov(Codegen *g, int dst, int src) { ra_move(g, dst, src); }
static inline void v_op(Codegen *g, uint32_t op, int dst, int src) { x_rr(g, op, dst, src); }
static inline void v_zero(Codegen *g, int r) { x_rr(g, V_PXOR, r, r); }
static inline void v_ones(Codegen *g, int r) { x_rr(g, V_PCMPEQD, r, r); }
static inline void v_op_imm(Codegen *g, uint32_t op, int dst, int src, unsigned imm)
{
    x_rr(g, op, dst, src);
    put8(g, imm);
}

/* dst := a op b; @dst is not @b (nor, without AVX, anything that must stay). */
static inline void v_op3(Codegen *g, uint32_t op, int dst, int a, int b)
{
    if (g->cpu.avx) {
        v_rrr(g, op, dst, a, b);
    } else {
        v_mov(g, dst, a);
        v_op(g, op, dst, b);
    }
}
static inline void v_op3_imm(Codegen *g, uint32_t op, int dst, int a, int b, unsigned imm)
{
    v_op3(g, op, dst, a, b);
    put8(g, imm);
}

/* dst := a op m, which is aligned. */
static inline void v_op3_mem(Codegen *g, uint32_t op, int dst, int a, Mem m)
{
    if (g->cpu.avx) {
        v_rrm(g, op, dst, a, m);
    } else {
        v_mov(g, dst, a);
        x_rm(g, op, dst, m);
    }
}

/* @dst := bits of @table at 4 * dst + 2 * b + c (AVX-512). */
static inline void v_ternary(Codegen *g, int dst, int b, int c, unsigned table)
{
    e_rrr(g, V_PTERNLOG, dst, b, c);
    put8(g, table);
}

/* @dst := lanes where a > b, unsigned qwords. */
void v_above_q(Codegen *g, int dst, int a, int b);
/* The two, of 8, 16, 32 bits. */
uint32_t v_op_eq(unsigned log2);
uint32_t v_op_add(unsigned log2);
uint32_t v_op_sub(unsigned log2);
/* EVEX only for qwords. */
uint32_t v_op_minmax(IrOp op, unsigned log2);

/*
 * Is @v's next use its last and it is in memory? *m then serves as the operand of an AVX
 * instruction. Ask for each before the next register is allocated.
 */
bool v_memory(Codegen *g, IrRef v, Mem *m);
/* Result := A op B with one instruction. */
void v_binary(Codegen *g, unsigned i, uint32_t op, IrRef a, IrRef b, bool commutes);
void v_binary_imm(Codegen *g, unsigned i, uint32_t op, IrRef a, IrRef b, unsigned imm);
/* Shift each element of 2 << @log2h bytes (word, dword, qword) in place. /n: 2 shr, 4 sar, 6 shl */
void v_shift(Codegen *g, unsigned log2h, unsigned n, int r, unsigned count);
/* The same into another register. */
void v_shift_to(Codegen *g, unsigned log2h, unsigned n, int dst, int src, unsigned count);

#endif
