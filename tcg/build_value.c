/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integer and flags values: what is known while building is folded at once. */
#include "tcg/internal/builder.h"

/* -- Constants and widths -- */

IrRef ir_imm64(IrBlock *b, uint64_t v)
{
    return ir_value(b, &(IrInsn){ .op = IR_imm, .type = IR_I64, .imm = (int64_t)v });
}

IrRef ir_imm32(IrBlock *b, uint32_t v)
{
    return ir_value(b, &(IrInsn){ .op = IR_imm, .type = IR_I32, .imm = (int64_t)(uint64_t)v });
}

IrRef ir_imm(IrBlock *b, IrType type, uint64_t v)
{
    assert(ir_is_int(type));
    return type == IR_I32 ? ir_imm32(b, (uint32_t)v) : ir_imm64(b, v);
}

IrRef ir_zext(IrBlock *b, IrRef a)
{
    const IrInsn *d = ir_def(b, a);

    assert(d->type == IR_I32);
    if (d->op == IR_imm) {
        return ir_imm64(b, (uint32_t)d->imm);
    }
    if (d->op == IR_trunc) {
        return ir_extract(b, d->arg[0], 0, 32);
    }
    if (d->op == IR_vext) {
        return ir_vext(b, IR_I64, d->arg[0], d->aux, d->aux2);
    }
    return ir_value(b, &(IrInsn){ .op = IR_zext, .type = IR_I64, .arg = { a } });
}

IrRef ir_sext(IrBlock *b, IrRef a)
{
    const IrInsn *d = ir_def(b, a);

    assert(d->type == IR_I32);
    if (d->op == IR_imm) {
        return ir_imm64(b, (uint64_t)(int64_t)(int32_t)d->imm);
    }
    if (d->op == IR_trunc) {
        return ir_sextract(b, d->arg[0], 0, 32);
    }
    if (d->op == IR_vsext) {
        return ir_vsext(b, IR_I64, d->arg[0], d->aux, d->aux2);
    }
    if (ir_value_bits(b, a) < 32) {
        return ir_zext(b, a);
    }
    return ir_value(b, &(IrInsn){ .op = IR_sext, .type = IR_I64, .arg = { a } });
}

IrRef ir_trunc(IrBlock *b, IrRef a)
{
    const IrInsn *d = ir_def(b, a);

    assert(d->type == IR_I64);
    if (d->op == IR_imm) {
        return ir_imm32(b, (uint32_t)d->imm);
    }
    if (d->op == IR_zext || d->op == IR_sext) {
        return d->arg[0];
    }
    if ((d->op == IR_extract || d->op == IR_sextract) && d->aux == 0 && d->aux2 >= 32) {
        return ir_trunc(b, d->arg[0]);
    }
    if ((d->op == IR_vext || d->op == IR_vsext) && d->aux < 3) {
        return ir_vector(b, d->op, IR_I32, d->arg, d->aux, d->aux2);
    }
    return ir_value(b, &(IrInsn){ .op = IR_trunc, .type = IR_I32, .arg = { a } });
}

/* -- SCALAR ops -- */

IrRef ir_scalar(IrBlock *b, IrOp op, IrRef a, IrRef c, unsigned aux, unsigned aux2)
{
    const IrOpInfo *info = &ir_op_info[op];
    IrType t = ir_type(b, a);

    assert(ir_is_int(t));
    assert(info->n_args == 2 ? ir_type(b, c) == t : c == IR_NO_REF);
    if (ir_is_imm(b, a)) {
        if (info->n_args == 1 || ir_is_imm(b, c)) {
            uint64_t v = c ? ir_imm_of(b, c) : 0;
            return ir_imm(b, t, ir_eval_scalar(op, t, ir_imm_of(b, a), v, aux, aux2));
        }
        if (info->flags & IROF_C) {
            IrRef swap = a;
            a = c;
            c = swap;
        }
    }
    IrRef r = ir_simplify(b, op, a, c, aux, aux2);
    if (r) {
        return r;
    }
    return ir_value(b, &(IrInsn){ .op = op, .type = t, .aux = aux, .aux2 = aux2,
                                  .arg = { a, c } });
}

IrRef ir_op1x(IrBlock *b, IrOp op, IrRef a, unsigned aux, unsigned aux2)
{
    assert(ir_op_info[op].n_args == 1);
    if (ir_op_info[op].flags & IROF_SCALAR) {
        return ir_scalar(b, op, a, IR_NO_REF, aux, aux2);
    }
    IrType t = op != IR_vext && op != IR_vsext ? IR_V128 : aux == 3 ? IR_I64 : IR_I32;
    return ir_vector(b, op, t, (IrRef[3]){ a }, aux, aux2);
}

IrRef ir_op2x(IrBlock *b, IrOp op, IrRef a, IrRef c, unsigned aux, unsigned aux2)
{
    assert(ir_op_info[op].n_args == 2);
    if (ir_op_info[op].flags & IROF_SCALAR) {
        return ir_scalar(b, op, a, c, aux, aux2);
    }
    return ir_vector(b, op, IR_V128, (IrRef[3]){ a, c }, aux, aux2);
}

IrRef ir_op3x(IrBlock *b, IrOp op, IrRef a, IrRef c, IrRef d, unsigned aux, unsigned aux2)
{
    assert(ir_op_info[op].n_args == 3);
    return ir_vector(b, op, IR_V128, (IrRef[3]){ a, c, d }, aux, aux2);
}

IrRef ir_op1(IrBlock *b, IrOp op, IrRef a) { return ir_op1x(b, op, a, 0, 0); }
IrRef ir_op2(IrBlock *b, IrOp op, IrRef a, IrRef c) { return ir_op2x(b, op, a, c, 0, 0); }

IrRef ir_addi(IrBlock *b, IrRef a, int64_t imm)
{
    return ir_add(b, a, ir_imm(b, ir_type(b, a), (uint64_t)imm));
}

IrRef ir_extract(IrBlock *b, IrRef a, unsigned lo, unsigned len)
{
    assert(len && lo + len <= ev_width(ir_type(b, a)));
    return ir_scalar(b, IR_extract, a, IR_NO_REF, lo, len);
}

IrRef ir_sextract(IrBlock *b, IrRef a, unsigned lo, unsigned len)
{
    assert(len && lo + len <= ev_width(ir_type(b, a)));
    return ir_scalar(b, IR_sextract, a, IR_NO_REF, lo, len);
}

IrRef ir_deposit(IrBlock *b, IrRef a, IrRef field, unsigned lo, unsigned len)
{
    assert(len && lo + len <= ev_width(ir_type(b, a)));
    return ir_scalar(b, IR_deposit, a, field, lo, len);
}

IrRef ir_extr(IrBlock *b, IrRef hi, IrRef lo, unsigned shift)
{
    assert(shift < ev_width(ir_type(b, hi)));
    return ir_scalar(b, IR_extr, hi, lo, shift, 0);
}

IrRef ir_setcmp(IrBlock *b, IrCmp cmp, IrRef x, IrRef y)
{
    IrType t = ir_type(b, x);

    assert(ir_is_int(t) && ir_type(b, y) == t);
    int known = ir_simplify_cmp(b, &cmp, &x, &y);
    if (known >= 0) {
        return ir_imm(b, t, known);
    }
    if (ir_type(b, x) != t) {
        IrRef r = ir_setcmp(b, cmp, x, y);
        return t == IR_I64 ? ir_zext(b, r) : ir_trunc(b, r);
    }
    return ir_value(b, &(IrInsn){ .op = IR_setcmp, .type = t, .aux = cmp, .arg = { x, y } });
}

IrRef ir_crc32(IrBlock *b, IrOp op, IrRef acc, IrRef val, unsigned size_log2)
{
    assert(ir_type(b, acc) == IR_I32 && ir_type(b, val) == IR_I64);
    assert(size_log2 <= (op == IR_crc32c ? 3 : 2));
    return ir_value(b, &(IrInsn){ .op = op, .type = IR_I32, .aux = size_log2,
                                  .arg = { acc, val } });
}

IrRef ir_selcmp(IrBlock *b, IrCmp cmp, IrRef x, IrRef y, IrRef if_true, IrRef if_false)
{
    IrType t = ir_type(b, if_true), ct = ir_type(b, x);

    assert(ir_is_int(t) && ir_type(b, if_false) == t && ir_is_int(ct) && ir_type(b, y) == ct);
    int known = ir_simplify_cmp(b, &cmp, &x, &y);
    if (known >= 0 || if_true == if_false) {
        return known == 0 ? if_false : if_true;
    }
    ct = ir_type(b, x);
    if (t == ct && ir_is_imm(b, if_true) && ir_is_imm(b, if_false)) {
        if (ir_imm_of(b, if_true) == 1 && ir_imm_of(b, if_false) == 0) {
            return ir_setcmp(b, cmp, x, y);
        }
        if (ir_imm_of(b, if_true) == 0 && ir_imm_of(b, if_false) == 1) {
            return ir_setcmp(b, cmp ^ 1, x, y);
        }
    }
    return ir_value(b, &(IrInsn){ .op = IR_selcmp, .type = t, .aux = cmp, .aux2 = ct,
                                  .arg = { x, y, if_true, if_false } });
}

/* -- Flags -- */

static IrRef const_flags(IrBlock *b, uint32_t envflags)
{
    return ir_nzcvf(b, ir_imm32(b, ir_envflags_to_nzcv(envflags)));
}

static IrRef flags_op(IrBlock *b, IrOp op, IrRef x, IrRef y, IrRef flags)
{
    IrType t = ir_type(b, x);

    assert(ir_is_int(t) && ir_type(b, y) == t);
    if ((ir_op_info[op].flags & IROF_C) && ir_is_imm(b, x)) {
        IrRef swap = x;
        x = y;
        y = swap;
    }
    return ir_value(b, &(IrInsn){ .op = op, .type = IR_FLAGS, .arg = { x, y, flags } });
}

IrRef ir_addf(IrBlock *b, IrRef x, IrRef y)
{
    if (ir_is_imm(b, x) && ir_is_imm(b, y)) {
        return const_flags(b, ev_adcf(ir_imm_of(b, x), ir_imm_of(b, y), 0,
                                      ev_width(ir_type(b, x))));
    }
    return flags_op(b, IR_addf, x, y, IR_NO_REF);
}

IrRef ir_subf(IrBlock *b, IrRef x, IrRef y)
{
    if (ir_is_imm(b, x) && ir_is_imm(b, y)) {
        return const_flags(b, ev_sbcf(ir_imm_of(b, x), ir_imm_of(b, y), 1,
                                      ev_width(ir_type(b, x))));
    }
    return flags_op(b, IR_subf, x, y, IR_NO_REF);
}

IrRef ir_andf(IrBlock *b, IrRef x, IrRef y)
{
    if (ir_is_imm(b, x) && ir_is_imm(b, y)) {
        return const_flags(b, ev_andf(ir_imm_of(b, x), ir_imm_of(b, y),
                                      ev_width(ir_type(b, x))));
    }
    return flags_op(b, IR_andf, x, y, IR_NO_REF);
}

IrRef ir_adcf(IrBlock *b, IrRef x, IrRef y, IrRef flags)
{
    uint32_t f;

    if (ir_const_flags(b, flags, &f)) {
        if (ir_is_imm(b, x) && ir_is_imm(b, y)) {
            return const_flags(b, ev_adcf(ir_imm_of(b, x), ir_imm_of(b, y), ev_carry(f),
                                          ev_width(ir_type(b, x))));
        }
        if (!ev_carry(f)) {
            return ir_addf(b, x, y);
        }
    }
    return flags_op(b, IR_adcf, x, y, flags);
}

IrRef ir_sbcf(IrBlock *b, IrRef x, IrRef y, IrRef flags)
{
    uint32_t f;

    if (ir_const_flags(b, flags, &f)) {
        if (ir_is_imm(b, x) && ir_is_imm(b, y)) {
            return const_flags(b, ev_sbcf(ir_imm_of(b, x), ir_imm_of(b, y), ev_carry(f),
                                          ev_width(ir_type(b, x))));
        }
        if (ev_carry(f)) {
            return ir_subf(b, x, y);
        }
    }
    return flags_op(b, IR_sbcf, x, y, flags);
}

static IrRef carry_op(IrBlock *b, IrOp op, IrRef x, IrRef y, IrRef flags)
{
    IrType t = ir_type(b, x);

    assert(ir_is_int(t) && ir_type(b, y) == t && ir_type(b, flags) == IR_FLAGS);
    return ir_value(b, &(IrInsn){ .op = op, .type = t, .arg = { x, y, flags } });
}

IrRef ir_adc(IrBlock *b, IrRef x, IrRef y, IrRef flags)
{
    uint32_t f;

    if (ir_const_flags(b, flags, &f)) {
        return ir_addi(b, ir_add(b, x, y), ev_carry(f));
    }
    return carry_op(b, IR_adc, x, y, flags);
}

IrRef ir_sbc(IrBlock *b, IrRef x, IrRef y, IrRef flags)
{
    uint32_t f;

    if (ir_const_flags(b, flags, &f)) {
        return ir_addi(b, ir_sub(b, x, y), ev_carry(f) ? 0 : -1);
    }
    return carry_op(b, IR_sbc, x, y, flags);
}

IrRef ir_nzcvf(IrBlock *b, IrRef nzcv)
{
    const IrInsn *d = ir_def(b, nzcv);

    assert(d->type == IR_I32);
    if (d->op == IR_fnzcv) {
        return d->arg[0];
    }
    if (d->op == IR_imm && (d->imm & 0x0fffffff)) {
        nzcv = ir_imm32(b, (uint32_t)d->imm & 0xf0000000u);
    }
    return ir_value(b, &(IrInsn){ .op = IR_nzcvf, .type = IR_FLAGS, .arg = { nzcv } });
}

IrRef ir_fnzcv(IrBlock *b, IrRef flags)
{
    const IrInsn *d = ir_def(b, flags);

    assert(d->type == IR_FLAGS);
    if (d->op == IR_nzcvf) {
        return ir_and(b, d->arg[0], ir_imm32(b, 0xf0000000u));
    }
    return ir_value(b, &(IrInsn){ .op = IR_fnzcv, .type = IR_I32, .arg = { flags } });
}

IrRef ir_ccmp(IrBlock *b, IrCond cond, IrRef flags, IrRef x, IrRef y, bool is_add, uint32_t nzcv)
{
    IrType t = ir_type(b, x);
    uint32_t f;

    assert(ir_is_int(t) && ir_type(b, y) == t && ir_type(b, flags) == IR_FLAGS);
    nzcv &= 0xf0000000u;
    if (ir_const_flags(b, flags, &f)) {
        return !ev_cond(cond, f) ? ir_nzcvf(b, ir_imm32(b, nzcv))
             : is_add ? ir_addf(b, x, y) : ir_subf(b, x, y);
    }
    return ir_value(b, &(IrInsn){ .op = IR_ccmp, .type = IR_FLAGS, .aux = cond,
                                  .aux2 = (is_add ? 1 : 0) | (t == IR_I64 ? 2 : 0),
                                  .arg = { flags, x, y }, .imm = nzcv });
}

IrRef ir_setf(IrBlock *b, IrType type, IrCond cond, IrRef flags)
{
    uint32_t f;

    assert(ir_is_int(type) && ir_type(b, flags) == IR_FLAGS);
    if (ir_const_flags(b, flags, &f)) {
        return ir_imm(b, type, ev_cond(cond, f));
    }
    return ir_value(b, &(IrInsn){ .op = IR_setf, .type = type, .aux = cond, .arg = { flags } });
}

IrRef ir_selectf(IrBlock *b, IrCond cond, IrRef flags, IrRef if_true, IrRef if_false)
{
    IrType t = ir_type(b, if_true);
    uint32_t f;

    assert(t == ir_type(b, if_false) && ir_type(b, flags) == IR_FLAGS);
    if (if_true == if_false) {
        return if_true;
    }
    if (ir_const_flags(b, flags, &f)) {
        return ev_cond(cond, f) ? if_true : if_false;
    }
    if (ir_is_imm(b, if_true) && ir_is_imm(b, if_false)) {
        if (ir_imm_of(b, if_true) == 1 && ir_imm_of(b, if_false) == 0) {
            return ir_setf(b, t, cond, flags);
        }
        if (ir_imm_of(b, if_true) == 0 && ir_imm_of(b, if_false) == 1) {
            return ir_setf(b, t, cond ^ 1, flags);
        }
    }
    return ir_value(b, &(IrInsn){ .op = IR_selectf, .type = t, .aux = cond,
                                  .arg = { flags, if_true, if_false } });
}
