/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saturating sums, products, shifts by register, counting: sequences for what x86 lacks. */
#include "tcg/x86_64/vec.h"

static Mem lanes_mem(Codegen *g, unsigned log2, uint64_t v)
{
    static const uint64_t ones[4] = {
        UINT64_C(0x0101010101010101), UINT64_C(0x0001000100010001), UINT64_C(0x0000000100000001), 1,
    };

    return pool_mem(g, v * ones[log2], v * ones[log2]);
}

/* The sign bit of each dword or qword in all its bits. */
static void spread_sign(Codegen *g, unsigned log2, int dst, int src)
{
    if (log2 == 3 && g->cpu.avx512) {                   /* vpsraq */
        e_rrr(g, SSE(0x72) | X_W, 4, dst, src);
        put8(g, 63);
    } else if (log2 == 3) {
        v_op_imm(g, V_PSHUFD, dst, src, 0xf5);
        v_shift(g, 1, 4, dst, 31);
    } else {
        v_shift_to(g, log2 - 1, 4, dst, src, (8u << log2) - 1);
    }
}

/* -- Saturating addition and subtraction -- */

static void unsigned_sat(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i);
    bool sub = in->op == IR_vuqsub;

    if (in->aux == 3 && !g->cpu.avx512) {
        int m = v_temp(g);
        v_op3(g, sub ? v_op_sub(3) : v_op_add(3), dst, a, b);
        v_above_q(g, m, sub ? a : b, sub ? b : dst);
        v_op(g, sub ? V_PAND : V_POR, dst, m);
        return;
    }
    if (sub) {                                          /* max(a, b) - b */
        if (in->aux == 3) {
            e_rrr(g, v_op_minmax(IR_vumax, 3), dst, a, b);
        } else {
            v_op3(g, v_op_minmax(IR_vumax, 2), dst, a, b);
        }
        v_op(g, v_op_sub(in->aux), dst, b);
        return;
    }
    v_ones(g, dst);                                     /* min(a, ~b) + b */
    v_op(g, V_PXOR, dst, b);
    if (in->aux == 3) {
        e_rrr(g, v_op_minmax(IR_vumin, 3), dst, dst, a);
    } else {
        v_op(g, v_op_minmax(IR_vumin, 2), dst, a);
    }
    v_op(g, v_op_add(in->aux), dst, b);
}

/* @t := sign bits set where the sum or difference @r of a and b overflowed. */
static void overflow(Codegen *g, int t, int a, int b, int r, bool sub)
{
    if (g->cpu.avx512) {
        v_mov(g, t, a);
        v_ternary(g, t, b, r, sub ? 0x18 : 0x42);
        return;
    }
    int u = v_temp(g);
    v_op3(g, V_PXOR, t, a, r);                          /* another sign than a ... */
    v_op3(g, V_PXOR, u, b, sub ? a : r);                /* ... and than b; sub: a and b differ */
    v_op(g, V_PAND, t, u);
    ra_free_temp(g, u);
}

static void signed_sat(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i);
    int t = v_temp(g), limit = v_temp(g);
    unsigned log2 = in->aux;
    bool sub = in->op == IR_vsqsub;

    v_op3(g, sub ? v_op_sub(log2) : v_op_add(log2), dst, a, b);
    overflow(g, t, a, b, dst, sub);
    spread_sign(g, log2, limit, a);                     /* MAX, or MIN for negative a */
    x_rm(g, V_PXOR, limit, lanes_mem(g, log2, (UINT64_C(1) << ((8u << log2) - 1)) - 1));
    if (g->cpu.avx) {
        v_rrr(g, log2 == 2 ? V_BLENDVPS : V_BLENDVPD, dst, dst, limit);
        put8(g, enc(t) << 4);
        return;
    }
    spread_sign(g, log2, t, t);
    v_op(g, V_PXOR, limit, dst);
    v_op(g, V_PAND, limit, t);
    v_op(g, V_PXOR, dst, limit);
}

/* vsqadd, vuqadd, vsqsub, vuqsub */
void emit_vsat(Codegen *g, unsigned i, const IrInsn *in)
{
    static const uint8_t op[4] = { 0xec, 0xdc, 0xe8, 0xd8 };

    if (in->aux < 2) {
        v_binary(g, i, SSE(op[in->op - IR_vsqadd] + in->aux), in->arg[0], in->arg[1],
                 in->op <= IR_vuqadd);
    } else if (in->op == IR_vuqadd || in->op == IR_vuqsub) {
        unsigned_sat(g, i, in);
    } else {
        signed_sat(g, i, in);
    }
}

void emit_vorx(Codegen *g, unsigned i, const IrInsn *in)
{
    int b = ra_use(g, in->arg[1]), c = ra_use(g, in->arg[2]);

    if (g->cpu.avx512) {
        v_ternary(g, ra_take(g, i, in->arg[0]), b, c, 0xf6);
        return;
    }
    int t = v_temp(g);
    v_op3(g, V_PXOR, t, b, c);
    v_op(g, V_POR, ra_take(g, i, in->arg[0]), t);
}

void emit_vxor3(Codegen *g, unsigned i, const IrInsn *in)
{
    int b = ra_use(g, in->arg[1]), c = ra_use(g, in->arg[2]);

    if (g->cpu.avx512) {
        v_ternary(g, ra_take(g, i, in->arg[0]), b, c, 0x96);
        return;
    }
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i);
    v_op3(g, V_PXOR, dst, b, c);
    v_op(g, V_PXOR, dst, a);
}

void emit_vuavg(Codegen *g, unsigned i, const IrInsn *in)
{
    v_binary(g, i, in->aux ? SSE(0xe3) : SSE(0xe0), in->arg[0], in->arg[1], true);
}

/* -- Products -- */

/* @dst := the bytes of a half of @src as words. */
static void widen_bytes(Codegen *g, bool is_signed, bool high, int dst, int src)
{
    if (high) {
        v_op_imm(g, V_PSHUFD, dst, src, 0xee);
        src = dst;
    }
    v_op(g, is_signed ? SSE38(0x20) : SSE38(0x30), dst, src);
}

/* Words of the low, then of the high bytes, in pairs of products, and those pairs added. */
void emit_vdot(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i);
    int t = v_temp(g), hi = v_temp(g);

    widen_bytes(g, in->aux & 1, false, dst, a);
    widen_bytes(g, in->aux & 2, false, t, b);
    v_op(g, V_PMADDWD, dst, t);
    widen_bytes(g, in->aux & 1, true, hi, a);
    widen_bytes(g, in->aux & 2, true, t, b);
    v_op(g, V_PMADDWD, hi, t);
    v_op(g, SSE38(0x02), dst, hi);                      /* phaddd */
}

/* vmulls, vmullu */
void emit_vmull(Codegen *g, unsigned i, const IrInsn *in)
{
    bool is_signed = in->op == IR_vmulls, high = in->aux2;
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i), t = v_temp(g);

    switch (in->aux) {
    case 0:
        widen_bytes(g, is_signed, high, dst, a);
        widen_bytes(g, is_signed, high, t, b);
        v_op(g, V_PMULLW, dst, t);
        break;
    case 1:
        v_op3(g, is_signed ? SSE(0xe5) : SSE(0xe4), t, a, b);   /* pmulhw, pmulhuw */
        v_op3(g, V_PMULLW, dst, a, b);
        v_op(g, high ? SSE(0x69) : SSE(0x61), dst, t);          /* punpckhwd, punpcklwd */
        break;
    default:                                            /* dwords 0 and 2 are multiplied */
        v_op_imm(g, V_PSHUFD, dst, a, high ? 0x32 : 0x10);
        v_op_imm(g, V_PSHUFD, t, b, high ? 0x32 : 0x10);
        v_op(g, is_signed ? V_PMULDQ : V_PMULUDQ, dst, t);
        break;
    }
}

void emit_vdmulh(Codegen *g, unsigned i, const IrInsn *in)
{
    if (in->aux == 1 && in->aux2) {                     /* pmulhrsw */
        v_binary(g, i, SSE38(0x0b), in->arg[0], in->arg[1], true);
        return;
    }
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i), t = v_temp(g);
    if (in->aux == 1) {
        v_op3(g, SSE(0xe5), dst, a, b);
        v_shift(g, 0, 6, dst, 1);
        v_op3(g, V_PMULLW, t, a, b);
        v_shift(g, 0, 2, t, 15);
        v_op(g, V_POR, dst, t);
        return;
    }
    int u = v_temp(g);
    v_op_imm(g, V_PSHUFD, t, a, 0xf5);                  /* odd lanes */
    v_op_imm(g, V_PSHUFD, u, b, 0xf5);
    v_op(g, V_PMULDQ, t, u);
    v_op3(g, V_PMULDQ, dst, a, b);                      /* even lanes */
    v_op(g, V_PADDQ, t, t);
    v_op(g, V_PADDQ, dst, dst);
    if (in->aux2) {
        Mem half = pool_mem(g, UINT64_C(1) << 31, UINT64_C(1) << 31);
        x_rm(g, V_PADDQ, t, half);
        x_rm(g, V_PADDQ, dst, half);
    }
    v_shift(g, 2, 2, dst, 32);
    v_op_imm(g, V_PBLENDW, dst, t, 0xcc);
}

/* vaddlps, vaddlpu */
void emit_vaddlp(Codegen *g, unsigned i, const IrInsn *in)
{
    bool is_signed = in->op == IR_vaddlps;
    unsigned bits = 8u << in->aux;
    int a = ra_use(g, in->arg[0]);

    if (in->aux == 0 && is_signed) {                    /* pmaddubsw: unsigned by signed */
        int dst = ra_def(g, i);
        x_rm(g, OP_MOVAPS, dst, lanes_mem(g, 0, 1));
        v_op(g, SSE38(0x04), dst, a);
        return;
    }
    int dst = ra_def(g, i);
    if (in->aux == 0 || (in->aux == 1 && is_signed)) {
        v_op3_mem(g, in->aux ? SSE(0xf5) : SSE38(0x04), dst, a, lanes_mem(g, in->aux, 1));
        return;
    }
    int t = v_temp(g);
    if (is_signed) {
        v_op_imm(g, V_PSHUFD, dst, a, 0x08);
        v_op(g, SSE38(0x25), dst, dst);                 /* pmovsxdq */
        v_op_imm(g, V_PSHUFD, t, a, 0x0d);
        v_op(g, SSE38(0x25), t, t);
    } else {
        v_op3_mem(g, V_PAND, dst, a, lanes_mem(g, in->aux + 1, (UINT64_C(1) << bits) - 1));
        v_shift_to(g, in->aux, 2, t, a, bits);
    }
    v_op(g, v_op_add(in->aux + 1), dst, t);
}

/* -- Shifts by register. x86 has them for dwords and qwords (AVX2), words (AVX-512); counts too
      large shift everything out. -- */

enum { SHL, SHR, SAR };

static void shift_lanes(Codegen *g, unsigned kind, unsigned log2, int dst, int src, int counts)
{
    static const uint8_t vex[3] = { 0x47, 0x45, 0x46 }, word[3] = { 0x12, 0x10, 0x11 };

    if (log2 == 1) {
        e_rrr(g, SSE38(word[kind]) | X_W, dst, src, counts);
    } else if (kind == SAR && log2 == 3) {
        e_rrr(g, SSE38(0x46) | X_W, dst, src, counts);
    } else {
        v_rrr(g, SSE38(vex[kind]) | width(log2 == 3), dst, src, counts);
    }
}

/* Arithmetic shift right of qwords without AVX-512: the logical one of ~x where x is negative. */
static void sar_q(Codegen *g, int dst, int src, int counts)
{
    int sign = v_temp(g);

    v_zero(g, sign);
    v_op(g, V_PCMPGTQ, sign, src);
    v_op3(g, V_PXOR, dst, src, sign);
    shift_lanes(g, SHR, 3, dst, dst, counts);
    v_op(g, V_PXOR, dst, sign);
    ra_free_temp(g, sign);
}

/* @dst := @src shifted right by @counts, which is lost. */
static void shift_right(Codegen *g, bool is_signed, unsigned log2, int dst, int src, int counts)
{
    if (is_signed && log2 == 3 && !g->cpu.avx512) {
        int t = v_temp(g);
        sar_q(g, t, src, counts);
        v_mov(g, dst, t);
        ra_free_temp(g, t);
    } else {
        shift_lanes(g, is_signed ? SAR : SHR, log2, dst, src, counts);
    }
}

/* @dst := lanes of ones where the count in @b is negative (AVX-512, or not words). */
static void negative_counts(Codegen *g, unsigned log2, int dst, int b)
{
    v_shift_to(g, log2 - 1, 6, dst, b, (8u << log2) - 8);
    spread_sign(g, log2, dst, dst);
}

/* @dst, 0 where the count in @b is negative, := @right there. */
static void select_right(Codegen *g, unsigned log2, int dst, int right, int b)
{
    int sign = v_temp(g);

    if (g->cpu.avx512) {
        negative_counts(g, log2, sign, b);
        v_ternary(g, dst, right, sign, 0xf8);           /* dst | (right & sign) */
    } else {
        v_shift_to(g, log2 - 1, 6, sign, b, (8u << log2) - 8);
        v_rrr(g, log2 == 2 ? V_BLENDVPS : V_BLENDVPD, dst, dst, right);
        put8(g, enc(sign) << 4);
    }
    ra_free_temp(g, sign);
}

/* @dst := @src / 2, rounded down. */
static void halve(Codegen *g, bool is_signed, unsigned log2, int dst, int src)
{
    if (is_signed && log2 == 3 && g->cpu.avx512) {      /* vpsraq */
        e_rrr(g, SSE(0x72) | X_W, 4, dst, src);
        put8(g, 1);
        return;
    }
    bool emulated = is_signed && log2 == 3;
    v_shift_to(g, log2 - 1, is_signed && !emulated ? 4 : 2, dst, src, 1);
    if (emulated) {
        int sign = v_temp(g);
        v_rrm(g, V_PAND, sign, src, lanes_mem(g, 3, UINT64_C(1) << 63));
        v_op(g, V_POR, dst, sign);
        ra_free_temp(g, sign);
    }
}

/*
 * @dst := @a shifted by @b in lanes the host has shifts for; distinct registers. To the right by
 * one less than the count, which is ~b, then by one more: for lanes to the left ~b is too large,
 * and gives 0 or the sign. Rounded up, x / 2 is x - x / 2 rounded down; which makes 0 of the sign.
 */
static void shift_both_ways(Codegen *g, bool is_signed, bool round, unsigned log2, int dst, int a,
                            int b)
{
    Mem byte = lanes_mem(g, log2, 0xff);
    int right = v_temp(g), half = v_temp(g);

    v_rrm(g, V_PANDN, right, b, byte);
    shift_right(g, is_signed, log2, right, a, right);
    halve(g, is_signed, log2, half, right);
    if (round) {
        v_op(g, v_op_sub(log2), right, half);
    }
    v_rrm(g, V_PAND, dst, b, byte);
    shift_lanes(g, SHL, log2, dst, a, dst);
    if (is_signed && !round) {
        select_right(g, log2, dst, half, b);
    } else {
        v_op(g, V_POR, dst, round ? right : half);      /* one of them is 0, or the count is */
    }
    ra_free_temp(g, right);
    ra_free_temp(g, half);
}

/* @dst := lanes where @v, back by the count in @b, is not @a, and the count not negative. */
static void left_lost(Codegen *g, bool is_signed, unsigned log2, int dst, int a, int b, int v)
{
    int t = v_temp(g);

    v_rrm(g, V_PAND, t, b, lanes_mem(g, log2, 0xff));
    shift_right(g, is_signed, log2, dst, v, t);
    v_op(g, v_op_eq(log2), dst, a);
    negative_counts(g, log2, t, b);
    if (g->cpu.avx512) {
        v_ternary(g, dst, t, t, 0x03);                  /* neither */
    } else {
        v_op(g, V_POR, dst, t);
        v_ones(g, t);
        v_op(g, V_PXOR, dst, t);
    }
    ra_free_temp(g, t);
}

typedef struct Shifted { int a, b, v; } Shifted;        /* operands; @v of tests alone */

static bool is_shift_test(const IrInsn *in)
{
    return in->op == IR_vushlov || in->op == IR_vsshlov;
}

static void shift_or_test(Codegen *g, const IrInsn *in, unsigned log2, int dst, const Shifted *o)
{
    bool is_signed = in->op == IR_vsshl || in->op == IR_vsshlov;

    if (is_shift_test(in)) {
        left_lost(g, is_signed, log2, dst, o->a, o->b, o->v);
    } else {
        shift_both_ways(g, is_signed, in->aux2, log2, dst, o->a, o->b);
    }
}

/* @dst := the even or odd lanes of @a as lanes of double size. */
static void half_lanes(Codegen *g, bool is_signed, bool odd, unsigned log2, int dst, int a)
{
    unsigned bits = 8u << log2;

    if (!odd) {
        v_shift_to(g, log2, 6, dst, a, bits);
        a = dst;
    }
    v_shift_to(g, log2, is_signed ? 4 : 2, dst, a, bits);
}

/* Even and odd lanes apart, as lanes of double size. */
static void shift_split(Codegen *g, unsigned i, const IrInsn *in)
{
    bool is_signed = in->op == IR_vsshl || in->op == IR_vsshlov, test = is_shift_test(in);
    unsigned log2 = in->aux, bits = 8u << log2;
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), v = test ? ra_use(g, in->arg[2]) : a;
    int dst = ra_def(g, i), odd = v_temp(g);
    Shifted even = { v_temp(g), b, test ? v_temp(g) : a }, o = { even.a, v_temp(g), even.v };

    half_lanes(g, is_signed, false, log2, even.a, a);
    if (test) {
        half_lanes(g, is_signed, false, log2, even.v, v);
    }
    shift_or_test(g, in, log2 + 1, dst, &even);
    x_rm(g, V_PAND, dst, lanes_mem(g, log2 + 1, (UINT64_C(1) << bits) - 1));
    half_lanes(g, is_signed, true, log2, o.a, a);
    if (test) {
        half_lanes(g, is_signed, true, log2, o.v, v);
    }
    v_shift_to(g, log2, 2, o.b, b, bits);
    shift_or_test(g, in, log2 + 1, odd, &o);
    v_shift(g, log2, 6, odd, bits);
    v_op(g, V_POR, dst, odd);
}

/* vushl, vsshl, vushlov, vsshlov */
void emit_vshlr(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned least = g->cpu.avx512 ? 1 : g->cpu.avx2 ? 2 : 5;

    if (in->aux >= least) {
        Shifted o = { .a = ra_use(g, in->arg[0]), .b = ra_use(g, in->arg[1]) };
        o.v = is_shift_test(in) ? ra_use(g, in->arg[2]) : REG_NONE;
        shift_or_test(g, in, in->aux, ra_def(g, i), &o);
    } else if (in->aux + 1u >= least) {
        shift_split(g, i, in);
    } else {
        emit_by_reference(g, i, in);
    }
}

/* -- Across lanes -- */

void emit_vsumb(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i);

    v_zero(g, dst);
    v_op(g, SSE(0xf6), dst, a);                         /* psadbw */
}

/* phminposuw puts the place of the word beside it. */
void emit_vminh(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), dst = ra_def_reuse(g, i);

    v_op(g, SSE38(0x41), dst, a);
    x_rm(g, V_PAND, dst, pool_mem(g, 0xffff, 0));
}

/* -- Counting and reversing bits -- */

/* @lo := bits 3..0 of each byte of @a, @hi := bits 7..4. */
static void nibbles(Codegen *g, int lo, int hi, int a)
{
    Mem mask = lanes_mem(g, 0, 0x0f);

    v_shift_to(g, 0, 2, hi, a, 4);
    x_rm(g, V_PAND, hi, mask);
    v_op3_mem(g, V_PAND, lo, a, mask);
}

/* @dst := @table[index] */
static void look_up(Codegen *g, int dst, Mem table, int index)
{
    x_rm(g, OP_MOVAPS, dst, table);
    v_op(g, V_PSHUFB, dst, index);
}

/* Leading zeros of bytes: of the upper nibble, 8 when that is 0; or 4 + of the lower one. */
void emit_vclz(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i);

    if (in->aux == 2 && g->cpu.avx512) {                /* vplzcntd */
        e_rrr(g, SSE38(0x44), dst, 0, a);
        return;
    }
    int lo = v_temp(g), hi = v_temp(g), t = v_temp(g);
    nibbles(g, lo, hi, a);
    look_up(g, dst, pool_mem(g, UINT64_C(0x0101010102020308), 0), hi);
    look_up(g, t, pool_mem(g, UINT64_C(0x0505050506060708), UINT64_C(0x0404040404040404)), lo);
    v_op(g, v_op_minmax(IR_vumin, 0), dst, t);
    /* Of halves: the upper's, or both. */
    for (unsigned log2 = 0, end = in->aux; log2 < end; log2++) {
        unsigned bits = 8u << log2;
        Mem all = lanes_mem(g, log2 + 1, bits);
        v_shift_to(g, log2, 2, hi, dst, bits);
        x_rm(g, OP_MOVAPS, t, all);
        v_op(g, v_op_eq(log2 + 1), t, hi);
        x_rm(g, V_PAND, t, lanes_mem(g, log2 + 1, (UINT64_C(1) << bits) - 1));
        v_op(g, V_PAND, dst, t);
        v_op(g, v_op_add(log2 + 1), dst, hi);
    }
}

void emit_vrbit(Codegen *g, unsigned i, const IrInsn *in)
{
    if (g->cpu.gfni) {                                  /* gf2p8affineqb */
        int dst = ra_take(g, i, in->arg[0]);
        Mem matrix = pool_mem(g, UINT64_C(0x8040201008040201), UINT64_C(0x8040201008040201));
        matrix.tail = 1;
        x_rm(g, V_GF2P8AFFINE, dst, matrix);
        put8(g, 0);
        return;
    }
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i), lo = v_temp(g), hi = v_temp(g);
    Mem table = pool_mem(g, UINT64_C(0x0e060a020c040800), UINT64_C(0x0f070b030d050901));
    nibbles(g, lo, hi, a);
    look_up(g, dst, table, lo);
    v_shift(g, 0, 6, dst, 4);
    int t = v_temp(g);
    look_up(g, t, table, hi);
    v_op(g, V_POR, dst, t);
}
