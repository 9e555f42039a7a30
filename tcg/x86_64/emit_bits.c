/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bit fields, counting, byte order, comparisons, conversions. */
#include "tcg/x86_64/operand.h"

/* -- Counting -- */

/* Position of the highest (bsr) or lowest bit of @a, or @if_zero. */
static void bit_scan(Codegen *g, uint32_t op, bool w64, int dst, int a, unsigned if_zero)
{
    int t = ra_temp(g, GPR_SET);

    x_mov_imm(g, t, if_zero);
    x_rr(g, op | width(w64), dst, a);
    x_cmov(g, CC_E, w64, dst, t);
    ra_free_temp(g, t);
}

static void leading_zeros(Codegen *g, bool w64, int dst, int a)
{
    unsigned w = w64 ? 64 : 32;

    if (g->cpu.lzcnt) {
        x_rr(g, OP_LZCNT | width(w64), dst, a);
    } else {
        bit_scan(g, OP_BSR, w64, dst, a, 2 * w - 1);
        x_alu_imm(g, ALU_XOR, false, dst, (int32_t)w - 1);
    }
}

/* Bits set, without POPCNT. @d is counted in place. */
static void population(Codegen *g, bool w64, int d)
{
    static const uint64_t mask[3] = {
        UINT64_C(0x5555555555555555), UINT64_C(0x3333333333333333), UINT64_C(0x0f0f0f0f0f0f0f0f),
    };
    int t = ra_temp(g, GPR_SET), m = ra_temp(g, GPR_SET);

    for (unsigned k = 0; k < 3; k++) {
        x_mov_imm(g, m, w64 ? mask[k] : (uint32_t)mask[k]);
        x_mov(g, w64, t, d);
        x_shift_imm(g, SH_SHR, w64, t, 1u << k);
        x_alu(g, ALU_AND, w64, t, m);
        x_alu(g, ALU_AND, w64, d, m);
        x_alu(g, ALU_ADD, w64, d, t);
    }
    x_mov_imm(g, m, w64 ? UINT64_C(0x0101010101010101) : 0x01010101);
    x_rr(g, OP_IMUL | width(w64), d, m);
    x_shift_imm(g, SH_SHR, w64, d, w64 ? 56 : 24);
}

/* clz, cls, ctz, popcnt */
void emit_count(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;

    switch (in->op) {
    case IR_clz: {
        int a = ra_use(g, in->arg[0]);
        leading_zeros(g, w64, ra_def(g, i), a);
        break;
    }
    case IR_cls: {
        int a = ra_use(g, in->arg[0]), t = ra_copy(g, in->arg[0]), dst = ra_def(g, i);
        x_shift_imm(g, SH_SAR, w64, t, 1);
        x_alu(g, ALU_XOR, w64, t, a);
        leading_zeros(g, w64, dst, t);
        x_alu_imm(g, ALU_SUB, false, dst, 1);
        break;
    }
    case IR_ctz: {
        int a = ra_use(g, in->arg[0]), dst = ra_def(g, i);
        if (g->cpu.bmi1) {
            x_rr(g, OP_TZCNT | width(w64), dst, a);
        } else {
            bit_scan(g, OP_BSF, w64, dst, a, w64 ? 64 : 32);
        }
        break;
    }
    default:
        if (g->cpu.popcnt) {
            int a = ra_use(g, in->arg[0]);
            x_rr(g, OP_POPCNT | width(w64), ra_def(g, i), a);
        } else {
            int dst = ra_take(g, i, in->arg[0]);
            population(g, w64, dst);
        }
        break;
    }
}

/* -- Order of bits and bytes -- */

static void x_bswap(Codegen *g, bool w64, int r)
{
    put_opcode(g, M_0F | 0xc8 | (enc(r) & 7) | width(w64), enc(r) >> 3);
}

/* Exchange neighbouring groups of @n bits, those in @mask with those above. */
static void swap_bits(Codegen *g, bool w64, int d, int t, unsigned n, uint64_t mask)
{
    int m = ra_temp(g, GPR_SET);

    x_mov_imm(g, m, w64 ? mask : (uint32_t)mask);
    x_mov(g, w64, t, d);
    x_shift_imm(g, SH_SHR, w64, t, n);
    x_alu(g, ALU_AND, w64, t, m);
    x_alu(g, ALU_AND, w64, d, m);
    x_shift_imm(g, SH_SHL, w64, d, n);
    x_alu(g, ALU_OR, w64, d, t);
    ra_free_temp(g, m);
}

void emit_rbit(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    int dst = ra_take(g, i, in->arg[0]), t = ra_temp(g, GPR_SET);

    x_bswap(g, w64, dst);
    swap_bits(g, w64, dst, t, 4, UINT64_C(0x0f0f0f0f0f0f0f0f));
    swap_bits(g, w64, dst, t, 2, UINT64_C(0x3333333333333333));
    swap_bits(g, w64, dst, t, 1, UINT64_C(0x5555555555555555));
}

/* bswap, bswap16, bswap32 */
void emit_bswap(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    int dst = ra_take(g, i, in->arg[0]);

    if (in->op == IR_bswap16 && w64) {
        swap_bits(g, true, dst, ra_temp(g, GPR_SET), 8, UINT64_C(0x00ff00ff00ff00ff));
        return;
    }
    x_bswap(g, w64, dst);
    if (in->op == IR_bswap16) {
        x_shift_imm(g, SH_ROL, false, dst, 16);
    } else if (in->op == IR_bswap32 && w64) {
        x_shift_imm(g, SH_ROL, true, dst, 32);
    }
}

/* -- Fields -- */

static void extract_low(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    unsigned len = in->aux2, w = w64 ? 64 : 32;

    if (len == 8 || len == 16 || len == 32) {
        int a = ra_use(g, in->arg[0]);
        uint32_t op = len == 8 ? OP_MOVZX8 : len == 16 ? OP_MOVZX16 : OP_MOV_LOAD;
        x_rr(g, op, ra_def_reuse(g, i), a);
    } else if (len < 32) {
        x_alu_imm(g, ALU_AND, false, ra_take(g, i, in->arg[0]), (int32_t)((1u << len) - 1));
    } else {
        int dst = ra_take(g, i, in->arg[0]);
        x_shift_imm(g, SH_SHL, w64, dst, w - len);
        x_shift_imm(g, SH_SHR, w64, dst, w - len);
    }
}

void emit_extract(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64, sign = in->op == IR_sextract;
    unsigned lo = in->aux, len = in->aux2, w = w64 ? 64 : 32;

    if (lo == 0 && !sign) {
        extract_low(g, i, in);
        return;
    }
    if (lo == 0 && (len == 8 || len == 16 || (len == 32 && w64))) {
        int a = ra_use(g, in->arg[0]);
        uint32_t op = len == 8 ? OP_MOVSX8 : len == 16 ? OP_MOVSX16 : OP_MOVSXD;
        x_rr(g, op | width(w64), ra_def_reuse(g, i), a);
        return;
    }
    if (!sign && g->cpu.bmi2 && lo + len < w && len < 32) {
        int a = ra_use(g, in->arg[0]), dst = ra_def_reuse(g, i);
        x_rorx(g, w64, dst, a, lo);
        x_alu_imm(g, ALU_AND, false, dst, (int32_t)((1u << len) - 1));
        return;
    }
    int dst = ra_take(g, i, in->arg[0]);
    if (lo + len < w) {
        x_shift_imm(g, SH_SHL, w64, dst, w - lo - len);
    }
    if (lo == 0 && len == w) {
        x_mov(g, w64, dst, dst);
    }
    x_shift_imm(g, sign ? SH_SAR : SH_SHR, w64, dst, w - len);
}

/* Into a zero background: B << AUX, cut to AUX2 bits. */
static void deposit_in_zero(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    unsigned lo = in->aux, len = in->aux2, w = w64 ? 64 : 32;

    if (len == 8 || len == 16 || (len == 32 && lo + len < w)) {
        int b = ra_use(g, in->arg[1]), dst = ra_def_reuse(g, i);
        x_rr(g, len == 8 ? OP_MOVZX8 : len == 16 ? OP_MOVZX16 : OP_MOV_LOAD, dst, b);
        x_shift_imm(g, SH_SHL, w64, dst, lo);
        return;
    }
    int dst = ra_take(g, i, in->arg[1]);
    if (len < 32) {
        x_alu_imm(g, ALU_AND, false, dst, (int32_t)((1u << len) - 1));
        x_shift_imm(g, SH_SHL, w64, dst, lo);
        return;
    }
    x_shift_imm(g, SH_SHL, w64, dst, w - len);
    x_shift_imm(g, SH_SHR, w64, dst, w - len - lo);
}

void emit_deposit(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    unsigned lo = in->aux, len = in->aux2, w = w64 ? 64 : 32;

    if (len == w) {
        int b = ra_use(g, in->arg[1]);
        x_mov(g, w64, ra_def_reuse(g, i), b);
        return;
    }
    if (is_const(g, in->arg[0]) && ev_trunc(in->type, const_value(g, in->arg[0])) == 0) {
        deposit_in_zero(g, i, in);
        return;
    }
    if (is_const(g, in->arg[1])) {
        uint64_t mask = ev_mask(len) << lo, bits = const_value(g, in->arg[1]) << lo & mask;
        if (!w64 || (fits32((int64_t)~mask) && fits32((int64_t)bits))) {
            int dst = ra_take(g, i, in->arg[0]);
            if (bits != mask) {
                x_alu_imm(g, ALU_AND, w64, dst, (int32_t)~mask);
            }
            if (bits) {
                x_alu_imm(g, ALU_OR, w64, dst, (int32_t)bits);
            }
            return;
        }
    }
    /* A rotated so that the field is lowest; B shifted in from the top; rotated back. */
    int b = ra_use(g, in->arg[1]), dst = ra_take(g, i, in->arg[0]);
    if (dst == b) {
        b = ra_temp(g, GPR_SET);
        x_mov(g, true, b, dst);
    }
    x_shift_imm(g, SH_ROR, w64, dst, lo);
    x_rr(g, OP_SHRD_I | width(w64), b, dst);
    put8(g, len);
    x_shift_imm(g, SH_ROL, w64, dst, (lo + len) & (w - 1));
}

void emit_extr(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    IrRef hi = in->arg[0], lo = in->arg[1];

    if (in->aux == 0) {
        int a = ra_use(g, lo);
        x_mov(g, w64, ra_def_reuse(g, i), a);
        return;
    }
    if (root(g, hi) == root(g, lo) && g->cpu.bmi2) {
        int a = ra_use(g, lo);
        x_rorx(g, w64, ra_def_reuse(g, i), a, in->aux);
        return;
    }
    int h = ra_use(g, hi), dst = ra_take(g, i, lo);
    x_rr(g, OP_SHRD_I | width(w64), h, dst);
    put8(g, in->aux);
}

void emit_zext(Codegen *g, unsigned i, const IrInsn *in)
{
    Opnd s = operand_rm(g, in->arg[0], false);

    op_rm(g, OP_MOV_LOAD, ra_def_reuse(g, i), s);
}

void emit_sext(Codegen *g, unsigned i, const IrInsn *in)
{
    Opnd s = operand_rm(g, in->arg[0], false);

    op_rm(g, OP_MOVSXD, ra_def_reuse(g, i), s);
}

/* -- Comparisons -- */

Cc cc_of_cmp(IrCmp cmp)
{
    static const uint8_t cc[] = {
        [IR_EQ] = CC_E, [IR_NE] = CC_NE, [IR_LTS] = CC_L, [IR_GES] = CC_GE, [IR_LES] = CC_LE,
        [IR_GTS] = CC_G, [IR_LTU] = CC_B, [IR_GEU] = CC_AE, [IR_LEU] = CC_BE, [IR_GTU] = CC_A,
        [IR_TSTNE] = CC_NE, [IR_TSTEQ] = CC_E,
    };
    return cc[cmp];
}

Cc compare(Codegen *g, IrCmp cmp, bool w64, IrRef a, IrRef b)
{
    bool test = cmp == IR_TSTNE || cmp == IR_TSTEQ;
    Opnd y = operand(g, b, w64);

    if (test) {
        int x = ra_use(g, a);
        if (y.kind == OPND_IMM) {
            x_test_imm(g, w64, x, y.imm);
        } else if (y.kind == OPND_MEM) {
            x_rm(g, OP_TEST | width(w64), x, y.mem);
        } else {
            x_test(g, w64, x, y.reg);
        }
        return cc_of_cmp(cmp);
    }
    Opnd x = y.kind == OPND_IMM ? operand_rm(g, a, w64) : opnd_reg(ra_use(g, a));
    if (x.kind == OPND_MEM) {
        x_alu_mem_imm(g, ALU_CMP, w64, x.mem, y.imm);
    } else if (y.kind == OPND_IMM && y.imm == 0) {
        x_test(g, w64, x.reg, x.reg);
    } else {
        alu(g, ALU_CMP, w64, x.reg, y);
    }
    return cc_of_cmp(cmp);
}

void emit_setcmp(Codegen *g, unsigned i, const IrInsn *in)
{
    Cc cc = compare(g, in->aux, in->type == IR_I64, in->arg[0], in->arg[1]);
    int dst = ra_def_reuse(g, i);

    x_setcc(g, cc, dst);
    x_rr(g, OP_MOVZX8, dst, dst);
}

void emit_selcmp(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    IrRef c = in->arg[2], d = in->arg[3];
    Opnd s = operand_rm(g, c, w64);
    Cc cc = compare(g, in->aux, in->aux2 == IR_I64, in->arg[0], in->arg[1]);
    int dst = ra_take(g, i, d);

    op_rm(g, OP_CMOV | cc | width(w64), dst, s);
}

/* smin, smax, umin, umax */
void emit_minmax(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    Cc replace = in->op == IR_smin ? CC_G : in->op == IR_smax ? CC_L
               : in->op == IR_umin ? CC_A : CC_B;
    int b = ra_use(g, in->arg[1]), dst = ra_take(g, i, in->arg[0]);

    x_alu(g, ALU_CMP, w64, dst, b);
    x_cmov(g, replace, w64, dst, b);
}
