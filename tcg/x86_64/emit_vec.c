/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vector arithmetic, logic, comparisons, shifts: SSE4.2, and AVX's three-operand forms where they
 * save a move.
 */
#include "tcg/x86_64/vec.h"

bool v_memory(Codegen *g, IrRef v, Mem *m)
{
    v = root(g, v);
    if (g->reg[v] != REG_NONE || g->next_arg[v]) {
        return false;
    }
    if (g->vflags[v] & VF_CONST) {
        const uint64_t *k = g->b->vconsts[g->b->insns[v].aux2];
        if ((!k[0] && !k[1]) || (!~k[0] && !~k[1])) {
            return false;               /* made in a register without memory */
        }
        *m = pool_mem(g, k[0], k[1]);
    } else {
        *m = g->frame[v] >= 0 ? mem_frame(g->frame[v] * 8)
                              : mem_env(g, (int32_t)g->b->insns[v].imm);
    }
    return true;
}

/* @imm: NO_IMM, or the byte that ends the instruction. */
enum { NO_IMM = -1 };

static void binary(Codegen *g, unsigned i, uint32_t op, IrRef a, IrRef b, bool commutes, int imm)
{
    Mem m;

    if (commutes && in_reg(g, b) && !in_reg(g, a)) {
        IrRef t = a;
        a = b;
        b = t;
    }
    if (g->cpu.avx && v_memory(g, b, &m)) {
        int x = ra_use(g, a);
        m.tail = imm != NO_IMM;
        v_rrm(g, op, ra_def_reuse(g, i), x, m);
    } else if (g->cpu.avx) {
        int x = ra_use(g, a), y = ra_use(g, b);
        v_rrr(g, op, ra_def_reuse(g, i), x, y);
    } else {
        if (commutes && in_reg(g, b) && dies(g, b) && !(in_reg(g, a) && dies(g, a))) {
            IrRef t = a;
            a = b;
            b = t;
        }
        int y = ra_use(g, b);
        v_op(g, op, ra_take(g, i, a), y);
    }
    if (imm != NO_IMM) {
        put8(g, (unsigned)imm);
    }
}

void v_binary(Codegen *g, unsigned i, uint32_t op, IrRef a, IrRef b, bool commutes)
{
    binary(g, i, op, a, b, commutes, NO_IMM);
}

void v_binary_imm(Codegen *g, unsigned i, uint32_t op, IrRef a, IrRef b, unsigned imm)
{
    binary(g, i, op, a, b, false, (int)imm);
}

/* -- One instruction -- */

uint32_t v_op_add(unsigned log2)
{
    static const uint8_t op[4] = { 0xfc, 0xfd, 0xfe, 0xd4 };

    return SSE(op[log2]);
}

uint32_t v_op_sub(unsigned log2)
{
    static const uint8_t op[4] = { 0xf8, 0xf9, 0xfa, 0xfb };

    return SSE(op[log2]);
}

void emit_vbinary(Codegen *g, unsigned i, const IrInsn *in)
{
    uint32_t op = in->op == IR_vadd ? v_op_add(in->aux) : in->op == IR_vsub ? v_op_sub(in->aux)
                : in->op == IR_vand ? (uint32_t)V_PAND : in->op == IR_vor ? (uint32_t)V_POR
                : (uint32_t)V_PXOR;

    v_binary(g, i, op, in->arg[0], in->arg[1], in->op != IR_vsub);
}

void emit_vmul(Codegen *g, unsigned i, const IrInsn *in)
{
    if (in->aux) {
        v_binary(g, i, in->aux == 1 ? V_PMULLW : V_PMULLD, in->arg[0], in->arg[1], true);
        return;
    }
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i);
    int odd = v_temp(g), t = v_temp(g);

    v_shift_to(g, 0, 2, odd, a, 8);
    v_shift_to(g, 0, 2, t, b, 8);
    v_op(g, V_PMULLW, odd, t);
    v_shift(g, 0, 6, odd, 8);
    v_op3(g, V_PMULLW, dst, a, b);
    x_rm(g, V_PAND, dst, pool_mem(g, UINT64_C(0x00ff00ff00ff00ff), UINT64_C(0x00ff00ff00ff00ff)));
    v_op(g, V_POR, dst, odd);
}

/* -- Logic -- */

static void invert(Codegen *g, int r)
{
    if (g->cpu.avx512) {
        v_ternary(g, r, r, r, 0x55);
        return;
    }
    int ones = v_temp(g);

    v_ones(g, ones);
    v_op(g, V_PXOR, r, ones);
    ra_free_temp(g, ones);
}

/* vandc, vorc */
void emit_vandc(Codegen *g, unsigned i, const IrInsn *in)
{
    if (in->op == IR_vandc) {
        v_binary(g, i, V_PANDN, in->arg[1], in->arg[0], false);
        return;
    }
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]);

    if (g->cpu.avx512) {
        v_ternary(g, ra_def(g, i), a, b, 0xdd);
        return;
    }
    int dst = ra_def(g, i);
    v_ones(g, dst);
    v_op(g, V_PXOR, dst, b);
    v_op(g, V_POR, dst, a);
}

void emit_vnot(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]);

    if (g->cpu.avx512) {
        v_ternary(g, ra_def_reuse(g, i), a, a, 0x55);
        return;
    }
    int dst = ra_def(g, i);
    v_ones(g, dst);
    v_op(g, V_PXOR, dst, a);
}

void emit_vneg(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i);

    v_zero(g, dst);
    v_op(g, v_op_sub(in->aux), dst, a);
}

void emit_vabs(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i);

    if (in->aux < 3) {
        v_op(g, SSE38(0x1c + in->aux), dst, a);
        return;
    }
    if (g->cpu.avx512) {                                /* vpabsq */
        e_rrr(g, SSE38(0x1f) | X_W, dst, 0, a);
        return;
    }
    int sign = v_temp(g);
    v_zero(g, sign);
    v_op(g, V_PCMPGTQ, sign, a);
    v_op3(g, V_PXOR, dst, a, sign);
    v_op(g, v_op_sub(3), dst, sign);
}

/* The table of A ? B : C, with whichever operand is overwritten as the highest bit of its index. */
static void select_ternary(Codegen *g, unsigned i, const IrInsn *in, int a, int b, int c)
{
    if (in_reg(g, in->arg[1]) && dies(g, in->arg[1])
        && root(g, in->arg[1]) != root(g, in->arg[0])) {
        v_ternary(g, ra_take(g, i, in->arg[1]), a, c, 0xe2);
    } else if (in_reg(g, in->arg[2]) && dies(g, in->arg[2])) {
        v_ternary(g, ra_take(g, i, in->arg[2]), a, b, 0xb8);
    } else {
        v_ternary(g, ra_take(g, i, in->arg[0]), b, c, 0xca);
    }
}

/* ((B ^ C) & A) ^ C */
void emit_vbsl(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), c = ra_use(g, in->arg[2]);

    if (g->cpu.avx512) {
        select_ternary(g, i, in, a, b, c);
        return;
    }
    int dst = ra_def(g, i);
    v_op3(g, V_PXOR, dst, b, c);
    v_op(g, V_PAND, dst, a);
    v_op(g, V_PXOR, dst, c);
}

/* -- Comparisons -- */

uint32_t v_op_eq(unsigned log2) { return log2 == 3 ? V_PCMPEQQ : V_PCMPEQB + log2; }
static uint32_t op_gt(unsigned log2) { return log2 == 3 ? V_PCMPGTQ : V_PCMPGTB + log2; }
uint32_t v_op_minmax(IrOp op, unsigned log2)
{
    static const uint32_t table[4][4] = {
        { SSE38(0x38), V_PMINSW, SSE38(0x39), SSE38(0x39) | X_W },
        { SSE38(0x3c), V_PMAXSW, SSE38(0x3d), SSE38(0x3d) | X_W },
        { SSE(0xda), SSE38(0x3a), SSE38(0x3b), SSE38(0x3b) | X_W },
        { SSE(0xde), SSE38(0x3e), V_PMAXUD, V_PMAXUD | X_W },
    };
    return table[op - IR_vsmin][log2];
}

void v_above_q(Codegen *g, int dst, int a, int b)
{
    int t = v_temp(g);
    Mem sign = pool_mem(g, UINT64_C(1) << 63, UINT64_C(1) << 63);

    x_rm(g, OP_MOVAPS, t, sign);
    v_mov(g, dst, t);
    v_op(g, V_PXOR, dst, a);
    v_op(g, V_PXOR, t, b);
    v_op(g, V_PCMPGTQ, dst, t);
    ra_free_temp(g, t);
}

void emit_vcompare(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned log2 = in->aux;

    if (in->op == IR_vcmpeq || in->op == IR_vcmpgt) {
        v_binary(g, i, in->op == IR_vcmpeq ? v_op_eq(log2) : op_gt(log2), in->arg[0], in->arg[1],
                 in->op == IR_vcmpeq);
        return;
    }
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i);
    if (in->op == IR_vcmpge) {                          /* !(b > a) */
        v_op3(g, op_gt(log2), dst, b, a);
        invert(g, dst);
    } else if (log2 == 3) {
        bool hs = in->op == IR_vcmphs;
        v_above_q(g, dst, hs ? b : a, hs ? a : b);
        if (hs) {
            invert(g, dst);
        }
    } else if (in->op == IR_vcmphs) {                   /* max(a, b) == a */
        v_op3(g, v_op_minmax(IR_vumax, log2), dst, a, b);
        v_op(g, v_op_eq(log2), dst, a);
    } else {                                            /* !(min(a, b) == a) */
        v_op3(g, v_op_minmax(IR_vumin, log2), dst, a, b);
        v_op(g, v_op_eq(log2), dst, a);
        invert(g, dst);
    }
}

void emit_vminmax(Codegen *g, unsigned i, const IrInsn *in)
{
    if (in->aux < 3) {
        v_binary(g, i, v_op_minmax(in->op, in->aux), in->arg[0], in->arg[1], true);
        return;
    }
    if (g->cpu.avx512) {
        int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]);
        e_rrr(g, v_op_minmax(in->op, 3), ra_def_reuse(g, i), a, b);
        return;
    }
    bool is_unsigned = in->op >= IR_vumin, max = in->op == IR_vsmax || in->op == IR_vumax;
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i), m = v_temp(g);
    int x = max ? a : b, y = max ? b : a;

    if (is_unsigned) {
        v_above_q(g, m, x, y);
    } else {
        v_op3(g, V_PCMPGTQ, m, x, y);
    }
    v_op3(g, V_PXOR, dst, a, b);                        /* m ? a : b */
    v_op(g, V_PAND, dst, m);
    v_op(g, V_PXOR, dst, b);
}

/* -- Shifts -- */

void v_shift(Codegen *g, unsigned log2h, unsigned n, int r, unsigned count)
{
    x_rr(g, SSE(0x71 + log2h), (int)n, r);
    put8(g, count);
}

void v_shift_to(Codegen *g, unsigned log2h, unsigned n, int dst, int src, unsigned count)
{
    if (g->cpu.avx) {
        v_rrr(g, SSE(0x71 + log2h), (int)n, dst, src);
        put8(g, count);
    } else {
        v_mov(g, dst, src);
        v_shift(g, log2h, n, dst, count);
    }
}

/* (x ^ m) - m: sign-extend what a logical shift has left; m has the sign's new place. */
static void extend_sign(Codegen *g, int r, uint64_t m, uint32_t sub)
{
    Mem p = pool_mem(g, m, m);

    x_rm(g, V_PXOR, r, p);
    x_rm(g, sub, r, p);
}

/* gf2p8affineqb: row n of the matrix, from the last byte on, is the mask of the bits that bit n of
   each byte of the result is the parity of. */
static void shift_bytes_affine(Codegen *g, unsigned i, const IrInsn *in, int n)
{
    uint64_t matrix = 0;

    for (int bit = 0; bit < 8; bit++) {
        int from = in->op == IR_vshli ? bit - n : bit + n;
        from = in->op == IR_vsari ? MIN(from, 7) : from;
        matrix |= from >= 0 && from <= 7 ? UINT64_C(1) << (8 * (7 - bit) + from) : 0;
    }
    Mem m = pool_mem(g, matrix, matrix);
    m.tail = 1;
    if (g->cpu.avx) {
        int a = ra_use(g, in->arg[0]);
        v_rrm(g, V_GF2P8AFFINE | X_W, ra_def_reuse(g, i), a, m);
    } else {
        x_rm(g, V_GF2P8AFFINE, ra_take(g, i, in->arg[0]), m);
    }
    put8(g, 0);
}

static void shift_bytes(Codegen *g, IrOp op, int r, int a, unsigned n)
{
    if (op == IR_vshri && n == 8) {
        v_zero(g, r);
        return;
    }
    n = MIN(n, 7);
    uint64_t keep = byte_lanes((uint8_t)(op == IR_vshli ? 0xff << n : 0xff >> n));
    v_shift_to(g, 0, op == IR_vshli ? 6 : 2, r, a, n);
    x_rm(g, V_PAND, r, pool_mem(g, keep, keep));
    if (op == IR_vsari) {
        extend_sign(g, r, byte_lanes((uint8_t)(0x80 >> n)), v_op_sub(0));
    }
}

void emit_vshift(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned n = in->aux2;

    if (in->aux == 0 && g->cpu.gfni) {
        shift_bytes_affine(g, i, in, (int)n);
        return;
    }
    int a = g->cpu.avx ? ra_use(g, in->arg[0]) : REG_NONE;
    int r = g->cpu.avx ? ra_def_reuse(g, i) : ra_take(g, i, in->arg[0]);
    a = g->cpu.avx ? a : r;
    if (in->aux == 0) {
        shift_bytes(g, in->op, r, a, n);
    } else if (in->op == IR_vsari && in->aux == 3 && g->cpu.avx512) {
        e_rrr(g, SSE(0x72) | X_W, 4, r, a);             /* vpsraq */
        put8(g, MIN(n, 63));
    } else if (in->op == IR_vsari && in->aux == 3) {
        n = MIN(n, 63);
        v_shift_to(g, 2, 2, r, a, n);
        extend_sign(g, r, UINT64_C(1) << (63 - n), v_op_sub(3));
    } else {
        v_shift_to(g, in->aux - 1u, in->op == IR_vshli ? 6 : in->op == IR_vshri ? 2 : 4, r, a, n);
    }
}

void emit_vrotl(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]);
    unsigned log2h = in->aux - 1u, n = in->aux2;

    if (g->cpu.avx512 && in->aux >= 2) {                /* vprold, vprolq */
        e_rrr(g, SSE(0x72) | width(in->aux == 3), 1, ra_def_reuse(g, i), a);
        put8(g, n);
        return;
    }
    int dst = ra_def(g, i), t = v_temp(g);
    v_shift_to(g, log2h, 6, dst, a, n);
    v_shift_to(g, log2h, 2, t, a, (8u << in->aux) - n);
    v_op(g, V_POR, dst, t);
}

/* -- Bits set per byte: a table of nibbles -- */

void emit_vcnt(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]);

    if (g->cpu.bitalg) {                                /* vpopcntb */
        e_rrr(g, SSE38(0x54), ra_def_reuse(g, i), 0, a);
        return;
    }
    int dst = ra_def(g, i), hi = v_temp(g), lo = v_temp(g);
    Mem nibble = pool_mem(g, byte_lanes(0x0f), byte_lanes(0x0f));
    Mem table = pool_mem(g, UINT64_C(0x0302020102010100), UINT64_C(0x0403030203020201));

    v_shift_to(g, 0, 2, hi, a, 4);
    x_rm(g, V_PAND, hi, nibble);
    v_mov(g, lo, a);
    x_rm(g, V_PAND, lo, nibble);
    x_rm(g, OP_MOVAPS, dst, table);
    v_op(g, V_PSHUFB, dst, lo);
    x_rm(g, OP_MOVAPS, lo, table);
    v_op(g, V_PSHUFB, lo, hi);
    v_op(g, V_PADDB, dst, lo);
}
