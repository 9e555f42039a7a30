/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads and stores of SIMD and floating-point registers (C4.1.94). */
#include "simd.h"

static IrRef load_v(Disas *s, IrRef base, int64_t disp, unsigned size)
{
    return ir_ld(s->ir, IR_V128, base, disp, size | s->align, s->mmu);
}

static void store_v(Disas *s, IrRef base, int64_t disp, IrRef v, unsigned size)
{
    ir_st(s->ir, base, disp, v, size | s->align, s->mmu);
}

static void transfer(Disas *s, bool load, unsigned rt, IrRef base, int64_t disp, unsigned size)
{
    if (load) {
        write_v(s, rt, load_v(s, base, disp, size));
    } else {
        store_v(s, base, disp, read_v(s, rt), size);
    }
}

/* -- One register -- */

bool trans_LDR_v_lit(Disas *s, const arg_LDR_v_lit *a)
{
    if (fp_access_ok(s)) {
        transfer(s, true, a->rd, ir_imm64(s->ir, s->pc + a->imm), 0, a->opc + 2);
    }
    return true;
}

bool trans_LDST_v_imm9(Disas *s, const arg_LDST_v_imm9 *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef base = read_base(s, a->rn);
    transfer(s, a->l, a->rd, base, a->post ? 0 : a->imm, a->size);
    if (a->wback) {
        write_base(s, a->rn, base, a->imm);
    }
    return true;
}

bool trans_LDST_v_uimm(Disas *s, const arg_LDST_v_uimm *a)
{
    if (fp_access_ok(s)) {
        transfer(s, a->l, a->rd, read_base(s, a->rn), (int64_t)a->imm * (1 << a->size), a->size);
    }
    return true;
}

bool trans_LDST_v_reg(Disas *s, const arg_LDST_v_reg *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef base = read_base(s, a->rn);
    IrRef offset = extend_reg(s, a->rm, a->opt << 2 | 2 | a->ext, a->sh ? a->size : 0);
    transfer(s, a->l, a->rd, ir_add(s->ir, base, offset), 0, a->size);
    return true;
}

/* -- Two registers -- */

bool trans_LDST_v_pair(Disas *s, const arg_LDST_v_pair *a)
{
    unsigned size = a->opc + 2;
    int64_t offset = (int64_t)a->imm * (1 << size), disp = a->post ? 0 : offset;

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef base = read_base(s, a->rn);
    if (a->l) {
        IrRef v1 = load_v(s, base, disp, size);
        IrRef v2 = load_v(s, base, disp + (1 << size), size);
        write_v(s, a->rd, v1);
        write_v(s, a->rt2, v2);
    } else {
        store_v(s, base, disp, read_v(s, a->rd), size);
        store_v(s, base, disp + (1 << size), read_v(s, a->rt2), size);
    }
    if (a->wback) {
        write_base(s, a->rn, base, offset);
    }
    return true;
}

/* -- Structures: write-back -- */

/* Post-index by @rm, or by the bytes transferred. */
static void post_index(Disas *s, unsigned rn, unsigned rm, IrRef base, unsigned bytes)
{
    if (rm == 31) {
        write_base(s, rn, base, bytes);
    } else {
        write_xsp(s, rn, ir_add(s->ir, base, read_x(s, rm)));
    }
}

/* -- Single elements -- */

static IrRef load_lane(Disas *s, IrRef base, int64_t disp, unsigned size)
{
    return ir_ld(s->ir, size == 3 ? IR_I64 : IR_I32, base, disp, size | s->align, s->mmu);
}

static void store_lane(Disas *s, IrRef base, int64_t disp, IrRef v, unsigned size, unsigned lane)
{
    ir_st(s->ir, base, disp, ir_vext(s->ir, size == 3 ? IR_I64 : IR_I32, v, size, lane),
          size | s->align, s->mmu);
}

bool trans_LDST_single(Disas *s, const arg_LDST_single *a)
{
    unsigned selem = (a->hi << 1 | a->r) + 1;
    unsigned lane = a->q << (3 - a->size) | a->idx;
    IrRef val[4];

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef base = read_base(s, a->rn);
    for (unsigned i = 0; i < selem; i++) {
        if (a->l) {
            val[i] = load_lane(s, base, i << a->size, a->size);
        } else {
            store_lane(s, base, i << a->size, read_v(s, (a->rd + i) % 32), a->size, lane);
        }
    }
    for (unsigned i = 0; a->l && i < selem; i++) {
        unsigned rt = (a->rd + i) % 32;
        write_v(s, rt, ir_op2x(s->ir, IR_vins, read_v(s, rt), val[i], a->size, lane));
    }
    if (a->post) {
        post_index(s, a->rn, a->rm, base, selem << a->size);
    }
    return true;
}

bool trans_LD_rep(Disas *s, const arg_LD_rep *a)
{
    unsigned selem = (a->hi << 1 | a->r) + 1;
    IrRef val[4];

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef base = read_base(s, a->rn);
    for (unsigned i = 0; i < selem; i++) {
        val[i] = load_lane(s, base, i << a->size, a->size);
    }
    for (unsigned i = 0; i < selem; i++) {
        write_vq(s, a->q, (a->rd + i) % 32, vop1(s, IR_vdup, val[i], a->size, 0));
    }
    if (a->post) {
        post_index(s, a->rn, a->rm, base, selem << a->size);
    }
    return true;
}

/* -- Multiple structures -- */

/*
 * Bytes of the result from the bytes of @n registers in a row: index 0 .. 16 * n - 1, or NO_BYTE
 * for 0.
 */
#define NO_BYTE 0xff

static IrRef gather(Disas *s, const IrRef *src, unsigned n, const uint8_t index[16])
{
    IrRef r = IR_NO_REF;

    for (unsigned j = 0; j < n; j++) {
        uint8_t sel[16];
        uint64_t half[2];
        bool any = false;
        for (unsigned i = 0; i < 16; i++) {
            bool here = index[i] != NO_BYTE && index[i] / 16 == j;
            sel[i] = here ? index[i] % 16 : NO_BYTE;
            any |= here;
        }
        if (any) {
            memcpy(half, sel, 16);
            IrRef part = vop2(s, IR_vtbl1, src[j], ir_vimm(s->ir, half[0], half[1]), 0);
            r = r ? vop2(s, IR_vor, r, part, 0) : part;
        }
    }
    return r;
}

/* In memory order to registers and back; sizes in bytes. @mem: 16-byte pieces of the stream. */
static void deinterleave3(Disas *s, const IrRef *mem, IrRef *reg, unsigned esize, unsigned bytes)
{
    for (unsigned k = 0; k < 3; k++) {
        uint8_t index[16];
        for (unsigned i = 0; i < 16; i++) {
            index[i] = i < bytes ? (i / esize * 3 + k) * esize + i % esize : NO_BYTE;
        }
        reg[k] = gather(s, mem, (3 * bytes + 15) / 16, index);
    }
}

static void interleave3(Disas *s, const IrRef *reg, IrRef *mem, unsigned esize, unsigned bytes)
{
    for (unsigned k = 0; k < (3 * bytes + 15) / 16; k++) {
        uint8_t index[16];
        for (unsigned i = 0; i < 16; i++) {
            unsigned at = 16 * k + i, element = at / esize;
            index[i] = at < 3 * bytes ? element % 3 * 16 + element / 3 * esize + at % esize
                                      : NO_BYTE;
        }
        mem[k] = gather(s, reg, 3, index);
    }
}

/* Even and odd elements of (a, b), of the single 16 bytes @a when the registers are short. */
static void unzip(Disas *s, unsigned q, IrRef a, IrRef b, unsigned size, IrRef *even, IrRef *odd)
{
    *even = vop2(s, IR_vuzp1, a, q ? b : a, size);
    *odd = vop2(s, IR_vuzp2, a, q ? b : a, size);
}

static void deinterleave(Disas *s, const arg_LDST_mult *a, const IrRef *mem, IrRef *reg)
{
    IrRef even[2] = { 0 }, odd[2] = { 0 };

    switch (a->selem) {
    case 2:
        unzip(s, a->q, mem[0], mem[1], a->size, &reg[0], &reg[1]);
        break;
    case 3:
        deinterleave3(s, mem, reg, 1u << a->size, 8u << a->q);
        break;
    case 4:
        unzip(s, 1, mem[0], mem[1], a->size, &even[0], &odd[0]);
        if (a->q) {
            unzip(s, 1, mem[2], mem[3], a->size, &even[1], &odd[1]);
        }
        unzip(s, a->q, even[0], even[a->q], a->size, &reg[0], &reg[2]);
        unzip(s, a->q, odd[0], odd[a->q], a->size, &reg[1], &reg[3]);
        break;
    default:
        break;
    }
}

/* Elements of @a and @b in turn: 16 bytes, or 32 when the registers are long. */
static void zip(Disas *s, unsigned q, IrRef a, IrRef b, unsigned size, IrRef *lo, IrRef *hi)
{
    *lo = vop2(s, IR_vzip1, a, b, size);
    if (q) {
        *hi = vop2(s, IR_vzip2, a, b, size);
    }
}

static void interleave(Disas *s, const arg_LDST_mult *a, const IrRef *reg, IrRef *mem)
{
    IrRef even[2] = { 0 }, odd[2] = { 0 };

    switch (a->selem) {
    case 2:
        zip(s, a->q, reg[0], reg[1], a->size, &mem[0], &mem[1]);
        break;
    case 3:
        interleave3(s, reg, mem, 1u << a->size, 8u << a->q);
        break;
    case 4:
        zip(s, a->q, reg[0], reg[2], a->size, &even[0], &even[1]);
        zip(s, a->q, reg[1], reg[3], a->size, &odd[0], &odd[1]);
        zip(s, 1, even[0], odd[0], a->size, &mem[0], &mem[1]);
        if (a->q) {
            zip(s, 1, even[1], odd[1], a->size, &mem[2], &mem[3]);
        }
        break;
    default:
        break;
    }
}

/* Offset of element @e of register @k. */
static unsigned element_offset(const arg_LDST_mult *a, unsigned k, unsigned e)
{
    return a->selem == 1 ? k * (8u << a->q) + (e << a->size) : (e * a->selem + k) << a->size;
}

/* With alignment checked, each element is an access of its own. */
static void mult_by_element(Disas *s, const arg_LDST_mult *a, IrRef base)
{
    unsigned lanes = (8u << a->q) >> a->size;

    for (unsigned k = 0; k < (unsigned)a->regs; k++) {
        unsigned rt = (a->rd + k) % 32;
        IrRef v = a->l ? vec_zero(s) : read_v(s, rt);
        for (unsigned e = 0; e < lanes; e++) {
            unsigned off = element_offset(a, k, e);
            if (a->l) {
                v = ir_op2x(s->ir, IR_vins, v, load_lane(s, base, off, a->size), a->size, e);
            } else {
                store_lane(s, base, off, v, a->size, e);
            }
        }
        if (a->l) {
            write_v(s, rt, v);
        }
    }
}

/* The whole as 16-byte accesses (and one of 8 bytes), or one access a register. */
static void mult_by_vector(Disas *s, const arg_LDST_mult *a, IrRef base)
{
    unsigned bytes = a->regs * (8u << a->q);
    unsigned piece = a->selem == 1 ? 8u << a->q : 16;
    IrRef mem[4], reg[4];

    for (unsigned k = 0; !a->l && k < (unsigned)a->regs; k++) {
        reg[k] = read_v(s, (a->rd + k) % 32);
    }
    if (!a->l && a->selem > 1) {
        interleave(s, a, reg, mem);
    }
    for (unsigned off = 0, k = 0; off < bytes; off += piece, k++) {
        unsigned size = bytes - off < 16 || piece == 8 ? 3 : 4;
        if (a->l) {
            mem[k] = load_v(s, base, off, size);
        } else {
            store_v(s, base, off, a->selem > 1 ? mem[k] : reg[k], size);
        }
    }
    if (a->l && a->selem > 1) {
        deinterleave(s, a, mem, reg);
    }
    for (unsigned k = 0; a->l && k < (unsigned)a->regs; k++) {
        write_vq(s, a->q, (a->rd + k) % 32, a->selem > 1 ? reg[k] : mem[k]);
    }
}

bool trans_LDST_mult(Disas *s, const arg_LDST_mult *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef base = read_base(s, a->rn);
    if (s->align) {
        mult_by_element(s, a, base);
    } else {
        mult_by_vector(s, a, base);
    }
    if (a->post) {
        post_index(s, a->rn, a->rm, base, a->regs * (8u << a->q));
    }
    return true;
}
