/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vector values. Few constants are folded: guests move and clear registers, no more. */
#include <string.h>

#include "tcg/internal/builder.h"

IrRef ir_vimm(IrBlock *b, uint64_t lo, uint64_t hi)
{
    unsigned i = 0;

    while (i < b->n_vconsts && (b->vconsts[i][0] != lo || b->vconsts[i][1] != hi)) {
        i++;
    }
    if (i == b->n_vconsts) {
        assert(i < IR_MAX_VCONSTS);
        b->vconsts[i][0] = lo;
        b->vconsts[i][1] = hi;
        b->n_vconsts++;
    }
    return ir_value(b, &(IrInsn){ .op = IR_vimm, .type = IR_V128, .aux2 = i });
}

static const uint64_t *const_of(const IrBlock *b, IrRef a)
{
    const IrInsn *d = ir_def(b, a);

    return d->op == IR_vimm ? b->vconsts[d->aux2] : NULL;
}

static uint64_t replicate(uint64_t v, unsigned size_log2)
{
    switch (size_log2) {
    case 0:  return (v & 0xff) * UINT64_C(0x0101010101010101);
    case 1:  return (v & 0xffff) * UINT64_C(0x0001000100010001);
    case 2:  return (v & 0xffffffff) * UINT64_C(0x0000000100000001);
    default: return v;
    }
}

static bool is_zero(const IrBlock *b, IrRef a)
{
    const uint64_t *k = const_of(b, a);

    return k && !k[0] && !k[1];
}

static unsigned const_bits(const uint64_t k[2])
{
    return k[1] ? 128 : k[0] >> 32 ? 64 : k[0] >> 16 ? 32 : 16;
}

static unsigned larger(unsigned x, unsigned y) { return x > y ? x : y; }
static unsigned smaller(unsigned x, unsigned y) { return x < y ? x : y; }

/* @depth: how many instructions to look through. */
static unsigned vector_bits(const IrBlock *b, IrRef a, unsigned depth)
{
    const IrInsn *d = ir_def(b, a);

    if (ir_is_fp(d->op)) {
        return d->aux & IR_FP_ALL ? 128 : 8u << d->aux;
    }
    switch (d->op) {
    case IR_vimm:     return const_bits(b->vconsts[d->aux2]);
    case IR_ld:       return larger(16, smaller(128, 8u << (d->aux & IR_MO_SIZE)));
    case IR_ld_env:   return d->aux2 <= 3 ? 64 : 128;
    case IR_vzero96:  return 32;
    case IR_vzero64: case IR_vnarrow: return 64;
    case IR_vmov_i2v: return ir_value_bits(b, d->arg[0]) <= 32 ? 32 : 64;
    case IR_vand:
        return !depth ? 128 : smaller(vector_bits(b, d->arg[0], depth - 1),
                                      vector_bits(b, d->arg[1], depth - 1));
    case IR_vor: case IR_vxor:
        return !depth ? 128 : larger(vector_bits(b, d->arg[0], depth - 1),
                                     vector_bits(b, d->arg[1], depth - 1));
    case IR_vextb:
        return is_zero(b, d->arg[1]) ? larger(32, 128 - 8u * d->aux2) : 128;
    /* Lane by lane: where the operands are 0, or the first is, so is the result. */
    case IR_vadd: case IR_vsub: case IR_vsmin: case IR_vsmax: case IR_vumin: case IR_vumax:
    case IR_vsqadd: case IR_vuqadd: case IR_vsqsub: case IR_vuqsub:
        return !depth ? 128 : larger(8u << d->aux, larger(vector_bits(b, d->arg[0], depth - 1),
                                                          vector_bits(b, d->arg[1], depth - 1)));
    case IR_vandc: case IR_vmul: case IR_vushl: case IR_vsshl: case IR_vshli: case IR_vshri:
    case IR_vsari: case IR_vneg: case IR_vabs: case IR_vrotl:
        return !depth ? 128 : larger(8u << d->aux, vector_bits(b, d->arg[0], depth - 1));
    case IR_selectf:
        return !depth ? 128 : larger(vector_bits(b, d->arg[1], depth - 1),
                                     vector_bits(b, d->arg[2], depth - 1));
    default:
        return 128;
    }
}

unsigned ir_vector_bits(const IrBlock *b, IrRef a) { return vector_bits(b, a, 2); }

/* Words of shuffled words: where those come from, if that is one shuffle too or a value as is. */
static IrRef simplify_shuffle(IrBlock *b, IrRef a, IrRef c, unsigned aux2)
{
    IrRef from[4];
    unsigned sel = 0;

    for (unsigned i = 0; i < 4; i++) {
        unsigned k = aux2 >> 2 * i & 3;
        from[i] = i < 2 ? a : c;
        const IrInsn *d = ir_def(b, from[i]);
        if (d->op == IR_vshuf32) {
            from[i] = d->arg[k / 2];
            k = d->aux2 >> 2 * k & 3;
        }
        sel |= k << 2 * i;
    }
    if (from[0] != from[1] || from[2] != from[3]) {
        return IR_NO_REF;
    }
    if (from[0] == from[2] && sel == 0xe4) {
        return from[0];
    }
    return from[0] == a && from[2] == c ? IR_NO_REF
         : ir_op2x(b, IR_vshuf32, from[0], from[2], 0, sel);
}

/* A round of AES without a key, and the key added. */
static IrRef simplify_xor(IrBlock *b, IrRef a, IrRef c)
{
    for (unsigned i = 0; i < 2; i++) {
        const IrInsn *d = ir_def(b, i ? c : a);
        if ((d->op == IR_vaesenc || d->op == IR_vaesdec) && is_zero(b, d->arg[1])) {
            return ir_op2x(b, d->op, d->arg[0], i ? a : c, d->aux, 0);
        }
    }
    return IR_NO_REF;
}

/* Lane @lane of @a alone, at the bottom. */
static IrRef isolate_lane(IrBlock *b, IrRef a, unsigned size_log2, unsigned lane)
{
    if (lane) {
        a = ir_op2x(b, IR_vextb, a, ir_vimm(b, 0, 0), 0, lane << size_log2);
    }
    return size_log2 >= 2 ? ir_op1(b, size_log2 == 3 ? IR_vzero64 : IR_vzero96, a)
         : ir_op2(b, IR_vand, a, ir_vimm(b, ev_mask(8u << size_log2), 0));
}

static IrRef simplify1(IrBlock *b, IrOp op, IrType type, IrRef a, unsigned aux, unsigned aux2)
{
    const IrInsn *d = ir_def(b, a);
    const uint64_t *k = const_of(b, a);

    switch (op) {
    case IR_vzero64:
        return ir_vector_bits(b, a) <= 64 ? a : k ? ir_vimm(b, k[0], 0) : IR_NO_REF;
    case IR_vzero96:
        return ir_vector_bits(b, a) <= 32 ? a : k ? ir_vimm(b, (uint32_t)k[0], 0) : IR_NO_REF;
    case IR_vmov_i2v:
        if (d->op == IR_vext) {
            return isolate_lane(b, d->arg[0], d->aux, d->aux2);
        }
        return d->op == IR_imm ? ir_vimm(b, (uint64_t)d->imm, 0) : IR_NO_REF;
    case IR_vdup:
        if (d->op == IR_imm) {
            uint64_t v = replicate((uint64_t)d->imm, aux);
            return ir_vimm(b, v, v);
        }
        return IR_NO_REF;
    case IR_vext:
        if (k) {
            unsigned bit = aux2 * (8u << aux);
            return ir_imm(b, type, ev_extract(k[bit / 64], bit % 64, 8u << aux));
        }
        if (d->op == IR_vmov_i2v && aux == 3 && aux2 == 0 && ir_type(b, d->arg[0]) == IR_I64) {
            return d->arg[0];
        }
        return IR_NO_REF;
    case IR_vaesmc:
        if (d->op == (aux ? IR_vaesdec : IR_vaesenc) && !d->aux && is_zero(b, d->arg[1])) {
            return ir_op2x(b, d->op, d->arg[0], d->arg[1], 1, 0);
        }
        return IR_NO_REF;
    case IR_vnot:
        return k ? ir_vimm(b, ~k[0], ~k[1]) : d->op == IR_vnot ? d->arg[0] : IR_NO_REF;
    default:
        return IR_NO_REF;
    }
}

/* The upper half of @a := @c: a pair that is stored. It may have been loaded as one. */
static IrRef simplify_join(IrBlock *b, IrRef a, IrRef c)
{
    const IrInsn *lo = ir_def(b, a), *hi = ir_def(b, c);
    const uint64_t *k = const_of(b, a);

    if (hi->op == IR_imm) {
        return k ? ir_vimm(b, k[0], (uint64_t)hi->imm)
             : !hi->imm && ir_vector_bits(b, a) <= 64 ? a : IR_NO_REF;
    }
    return hi->op == IR_vext && hi->aux == 3 && hi->aux2 == 1 && lo->op == IR_vzero64
           && lo->arg[0] == hi->arg[0] ? hi->arg[0] : IR_NO_REF;
}

static IrRef simplify2(IrBlock *b, IrOp op, IrRef a, IrRef c, unsigned aux, unsigned aux2)
{
    bool zero = is_zero(b, c);

    switch (op) {
    case IR_vins:
        return aux == 3 && aux2 == 1 ? simplify_join(b, a, c) : IR_NO_REF;
    case IR_vshuf32:
        return simplify_shuffle(b, a, c, aux2);
    case IR_vand:
        return a == c ? a : zero ? c : IR_NO_REF;
    case IR_vor:
        return a == c || zero ? a : IR_NO_REF;
    case IR_vsmin: case IR_vsmax: case IR_vumin: case IR_vumax:
        return a == c ? a : IR_NO_REF;
    case IR_vxor:
        return a == c ? ir_vimm(b, 0, 0) : zero ? a : simplify_xor(b, a, c);
    case IR_vsub:
        return a == c ? ir_vimm(b, 0, 0) : zero ? a : IR_NO_REF;
    case IR_vadd: case IR_vandc:
        return zero ? a : IR_NO_REF;
    case IR_vextb:
        return aux2 == 0 ? a : IR_NO_REF;
    default:
        return IR_NO_REF;
    }
}

IrRef ir_vector(IrBlock *b, IrOp op, IrType type, const IrRef args[3], unsigned aux, unsigned aux2)
{
    unsigned n = ir_op_info[op].n_args;
    IrRef a = args[0], c = args[1], r = IR_NO_REF;

    assert(op >= IR_vimm && n >= 1 && n <= 3);
    if (n == 1) {
        r = simplify1(b, op, type, a, aux, aux2);
    } else if (n == 2) {
        if ((ir_op_info[op].flags & IROF_C) && const_of(b, a)) {
            a = args[1];
            c = args[0];
        }
        r = simplify2(b, op, a, c, aux, aux2);
    }
    if (r) {
        return r;
    }
    return ir_value(b, &(IrInsn){ .op = op, .type = type, .aux = aux, .aux2 = aux2,
                                  .arg = { a, n > 1 ? c : IR_NO_REF,
                                           n > 2 ? args[2] : IR_NO_REF } });
}

IrRef ir_vext(IrBlock *b, IrType type, IrRef v, unsigned size_log2, unsigned lane)
{
    assert(ir_is_int(type) && (size_log2 < 3 || type == IR_I64));
    return ir_vector(b, IR_vext, type, (IrRef[3]){ v }, size_log2, lane);
}

IrRef ir_vsext(IrBlock *b, IrType type, IrRef v, unsigned size_log2, unsigned lane)
{
    assert(ir_is_int(type) && (size_log2 < 3 || type == IR_I64));
    return ir_vector(b, size_log2 == 3 ? IR_vext : IR_vsext, type, (IrRef[3]){ v }, size_log2,
                     lane);
}

IrRef ir_fp(IrBlock *b, IrOp op, IrType type, const IrRef args[3], unsigned aux, unsigned aux2)
{
    return ir_value(b, &(IrInsn){ .op = op, .type = type, .aux = aux, .aux2 = aux2,
                                  .arg = { args[0], args[1], args[2] } });
}
