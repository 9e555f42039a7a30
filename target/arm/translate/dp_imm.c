/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data processing, immediate (C4.1.92). */
#include "translate.h"

#include "a64_decode.h"

/* -- PC-relative addresses -- */

bool trans_ADR(Disas *s, const arg_ADR *a)
{
    write_x(s, a->rd, ir_imm64(s->ir, s->pc + (int64_t)(a->immhi | a->immlo)));
    return true;
}

bool trans_ADRP(Disas *s, const arg_ADRP *a)
{
    int64_t pages = a->immhi | a->immlo;

    write_x(s, a->rd, ir_imm64(s->ir, align_down(s->pc, 4096) + (uint64_t)pages * 4096));
    return true;
}

/* -- Add and subtract -- */

static IrRef imm12(Disas *s, const arg_ADD_i *a)
{
    return ir_imm(s->ir, a->sf ? IR_I64 : IR_I32, (uint64_t)a->imm << (a->sh ? 12 : 0));
}

/* ADD or SUB with both operands possibly SP: SP stays aligned when it was and the constant is. */
static bool add_imm(Disas *s, const arg_ADD_i *a, bool is_sub)
{
    IrRef n = read_reg_sp(s, a->sf, a->rn);
    bool keep = s->sp_aligned && a->rn == 31 && a->sf && (a->sh || !(a->imm & 15));

    write_reg_sp(s, a->sf, a->rd, is_sub ? ir_sub(s->ir, n, imm12(s, a))
                                         : ir_add(s->ir, n, imm12(s, a)));
    s->sp_aligned |= a->rd == 31 && keep;
    return true;
}

bool trans_ADD_i(Disas *s, const arg_ADD_i *a) { return add_imm(s, a, false); }
bool trans_SUB_i(Disas *s, const arg_SUB_i *a) { return add_imm(s, a, true); }

bool trans_ADDS_i(Disas *s, const arg_ADDS_i *a)
{
    IrRef n = read_reg_sp(s, a->sf, a->rn);

    add_flags(s, a->sf, a->rd, n, imm12(s, a));
    return true;
}

bool trans_SUBS_i(Disas *s, const arg_SUBS_i *a)
{
    IrRef n = read_reg_sp(s, a->sf, a->rn);

    sub_flags(s, a->sf, a->rd, n, imm12(s, a));
    return true;
}

/* -- Minimum and maximum -- */

static bool minmax_imm(Disas *s, const arg_SMAX_i *a, IrOp op)
{
    IrRef m = ir_imm(s->ir, a->sf ? IR_I64 : IR_I32, (uint64_t)(int64_t)a->imm);

    write_reg(s, a->sf, a->rd, ir_op2(s->ir, op, read_reg(s, a->sf, a->rn), m));
    return true;
}

bool trans_SMAX_i(Disas *s, const arg_SMAX_i *a) { return minmax_imm(s, a, IR_smax); }
bool trans_SMIN_i(Disas *s, const arg_SMIN_i *a) { return minmax_imm(s, a, IR_smin); }
bool trans_UMAX_i(Disas *s, const arg_UMAX_i *a) { return minmax_imm(s, a, IR_umax); }
bool trans_UMIN_i(Disas *s, const arg_UMIN_i *a) { return minmax_imm(s, a, IR_umin); }

/* -- Logical -- */

/* DecodeBitMasks() of the manual for immediates: false when reserved. */
static bool bit_mask(uint64_t *mask, unsigned n, unsigned imms, unsigned immr)
{
    unsigned combined = n << 6 | (~imms & 0x3f);

    if (combined < 2) {
        return false;
    }
    unsigned size = 1u << (31 - __builtin_clz(combined));
    unsigned ones = (imms & (size - 1)) + 1, rot = immr & (size - 1);

    if (ones == size) {
        return false;
    }
    uint64_t elt = MASK(ones - 1, 0);

    if (rot) {
        elt = (elt >> rot | elt << (size - rot)) & MASK(size - 1, 0);
    }
    for (; size < 64; size *= 2) {
        elt |= elt << size;
    }
    *mask = elt;
    return true;
}

static bool logical_imm(Disas *s, const arg_AND_i *a, IrOp op)
{
    uint64_t mask;

    if (!bit_mask(&mask, a->n, a->imms, a->immr)) {
        return false;
    }
    IrRef m = ir_imm(s->ir, a->sf ? IR_I64 : IR_I32, a->sf ? mask : (uint32_t)mask);

    write_reg_sp(s, a->sf, a->rd, ir_op2(s->ir, op, read_reg(s, a->sf, a->rn), m));
    return true;
}

bool trans_AND_i(Disas *s, const arg_AND_i *a) { return logical_imm(s, a, IR_and); }
bool trans_ORR_i(Disas *s, const arg_ORR_i *a) { return logical_imm(s, a, IR_or); }
bool trans_EOR_i(Disas *s, const arg_EOR_i *a) { return logical_imm(s, a, IR_xor); }

bool trans_ANDS_i(Disas *s, const arg_ANDS_i *a)
{
    uint64_t mask;

    if (!bit_mask(&mask, a->n, a->imms, a->immr)) {
        return false;
    }
    IrRef n = read_reg(s, a->sf, a->rn);
    IrRef m = ir_imm(s->ir, a->sf ? IR_I64 : IR_I32, a->sf ? mask : (uint32_t)mask);

    if (a->rd != 31) {
        write_reg(s, a->sf, a->rd, ir_and(s->ir, n, m));
    }
    write_flags(s, ir_andf(s->ir, n, m));
    return true;
}

/* -- Move wide -- */

bool trans_MOVZ(Disas *s, const arg_MOVZ *a)
{
    write_x(s, a->rd, ir_imm64(s->ir, (uint64_t)a->imm << (a->hw * 16)));
    return true;
}

bool trans_MOVN(Disas *s, const arg_MOVN *a)
{
    uint64_t v = ~((uint64_t)a->imm << (a->hw * 16));

    write_x(s, a->rd, ir_imm64(s->ir, a->sf ? v : (uint32_t)v));
    return true;
}

bool trans_MOVK(Disas *s, const arg_MOVK *a)
{
    IrRef imm = ir_imm(s->ir, a->sf ? IR_I64 : IR_I32, a->imm);

    if (a->rd != 31) {
        write_reg(s, a->sf, a->rd,
                  ir_deposit(s->ir, read_reg(s, a->sf, a->rd), imm, a->hw * 16, 16));
    }
    return true;
}

/* -- Bitfields -- */

static IrRef shl_imm(Disas *s, bool sf, IrRef v, unsigned count)
{
    return count ? ir_shl(s->ir, v, ir_imm(s->ir, sf ? IR_I64 : IR_I32, count)) : v;
}

bool trans_UBFM(Disas *s, const arg_UBFM *a)
{
    unsigned width = a->sf ? 64 : 32, r = a->immr, top = a->imms;
    IrRef n = read_reg(s, a->sf, a->rn);

    if (top >= r) {                                       /* LSR, UBFX, UXTx */
        n = ir_extract(s->ir, n, r, top - r + 1);
    } else {                                              /* LSL, UBFIZ */
        unsigned pos = width - r;

        n = shl_imm(s, a->sf, pos + top + 1 == width ? n : ir_extract(s->ir, n, 0, top + 1), pos);
    }
    write_reg(s, a->sf, a->rd, n);
    return true;
}

bool trans_SBFM(Disas *s, const arg_SBFM *a)
{
    unsigned width = a->sf ? 64 : 32, r = a->immr, top = a->imms;
    IrRef n = read_reg(s, a->sf, a->rn);

    if (top >= r) {                                       /* ASR, SBFX, SXTx */
        n = ir_sextract(s->ir, n, r, top - r + 1);
    } else {                                              /* SBFIZ */
        n = shl_imm(s, a->sf, ir_sextract(s->ir, n, 0, top + 1), width - r);
    }
    write_reg(s, a->sf, a->rd, n);
    return true;
}

bool trans_BFM(Disas *s, const arg_BFM *a)
{
    unsigned width = a->sf ? 64 : 32, r = a->immr, top = a->imms;
    IrRef n = read_reg(s, a->sf, a->rn);
    IrRef d = read_reg(s, a->sf, a->rd);

    if (top >= r) {                                       /* BFXIL */
        d = ir_deposit(s->ir, d, ir_extract(s->ir, n, r, top - r + 1), 0, top - r + 1);
    } else {                                              /* BFI */
        d = ir_deposit(s->ir, d, n, width - r, top + 1);
    }
    write_reg(s, a->sf, a->rd, d);
    return true;
}

bool trans_EXTR(Disas *s, const arg_EXTR *a)
{
    IrRef lo = read_reg(s, a->sf, a->rm);

    if (a->imm && a->rn == a->rm) {                       /* ROR */
        lo = ir_rotr(s->ir, lo, ir_imm(s->ir, a->sf ? IR_I64 : IR_I32, a->imm));
    } else if (a->imm) {
        lo = ir_extr(s->ir, read_reg(s, a->sf, a->rn), lo, a->imm);
    }
    write_reg(s, a->sf, a->rd, lo);
    return true;
}
