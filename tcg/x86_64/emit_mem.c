/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest memory: the soft TLB's hit path inline, the miss in a cold path (emit_exit.c).
 *
 * Everything is allocated before the jump to the cold path, which comes back behind the access:
 * no register or frame word may change owner in between.
 */
#include <stddef.h>

#include "tcg/x86_64/operand.h"

typedef struct Access {
    int base, t0, t1;       /* address register; temporaries: address mask, TLB entry then addend */
    int32_t disp;
    unsigned size_log2;
    Cold *cold;
} Access;

/* Operands of the access in registers; nothing emitted but loads of them. */
static Access access_begin(Codegen *g, const IrInsn *in)
{
    Access a = { .size_log2 = in->aux & IR_MO_SIZE, .disp = (int32_t)in->imm };

    a.base = ra_use(g, in->arg[0]);
    if (a.disp > INT32_MAX - 16) {
        int t = ra_temp(g, GPR_SET);
        x_rm(g, OP_LEA | X_W, t, mem_at(a.base, a.disp));
        a.base = t;
        a.disp = 0;
    }
    a.t0 = ra_temp(g, GPR_SET & ~REGBIT(RAX));
    a.t1 = ra_temp(g, GPR_SET & ~REGBIT(RAX));
    return a;
}

/* The check. When it passes, mem_host() is the operand of the access. */
static void access_check(Codegen *g, unsigned i, const IrInsn *in, Access *a, bool write,
                         bool aligned)
{
    enum { INDEX_SHIFT = TLB_PAGE_BITS - TLB_ENTRY_LOG2,
           INDEX_MASK = (TLB_ENTRIES - 1) << TLB_ENTRY_LOG2 };
    int32_t size = 1 << a->size_log2, field = write ? offsetof(TlbEntry, write)
                                                    : offsetof(TlbEntry, read);
    int32_t mask = (int32_t)TLB_PAGE_MASK, end = aligned ? a->disp : a->disp + size - 1;

    Cold *c = cold_new(g, COLD_MEM, i);
    side_point_locs(g, in->snap, &c->first, &c->n);
    c->base = (int8_t)a->base;
    c->disp = a->disp;
    c->scratch = (int8_t)a->t0;
    c->save_xmm = ~g->free & XMM_SET;
    a->cold = c;

    if (a->disp == 0 && g->cpu.bmi2) {
        x_rorx(g, true, a->t1, a->base, INDEX_SHIFT);
    } else {
        x_rm(g, OP_LEA | X_W, a->t1, mem_at(a->base, a->disp));
        x_shift_imm(g, SH_SHR, true, a->t1, INDEX_SHIFT);
    }
    x_alu_imm(g, ALU_AND, false, a->t1, INDEX_MASK);
    x_alu_mem(g, ALU_ADD, true, a->t1, mem_env(g->layout.tlb[in->aux2]));
    if (end) {
        x_rm(g, OP_LEA | X_W, a->t0, mem_at(a->base, end));
    } else {
        x_mov(g, true, a->t0, a->base);
    }
    x_alu_imm(g, ALU_AND, true, a->t0, aligned ? mask | (size - 1) : mask);
    x_alu_mem(g, ALU_CMP, true, a->t0, mem_at(a->t1, field));
    cold_add_from(c, x_jcc32(g, CC_NE));
    x_rm(g, OP_MOV_LOAD | X_W, a->t1, mem_at(a->t1, offsetof(TlbEntry, addend)));
}

static Mem mem_host(const Access *a) { return mem_indexed(a->base, a->t1, 0, a->disp); }

static bool must_be_aligned(const IrInsn *in)
{
    /* ALIGN16 too: what is not aligned but within 16 bytes is left to the slow path. */
    return in->aux & (IR_MO_ALIGN | IR_MO_ALIGN16);
}

/* -- Loads -- */

void load_zx(Codegen *g, unsigned size_log2, int dst, Mem m)
{
    switch (size_log2) {
    case IR_MO_8:  x_rm(g, OP_MOVZX8, dst, m); break;
    case IR_MO_16: x_rm(g, OP_MOVZX16, dst, m); break;
    case IR_MO_32: x_rm(g, OP_MOV_LOAD, dst, m); break;
    default:       x_rm(g, OP_MOV_LOAD | X_W, dst, m); break;
    }
}

void load_sx(Codegen *g, unsigned size_log2, bool w64, int dst, Mem m)
{
    switch (size_log2) {
    case IR_MO_8:  x_rm(g, OP_MOVSX8 | width(w64), dst, m); break;
    case IR_MO_16: x_rm(g, OP_MOVSX16 | width(w64), dst, m); break;
    case IR_MO_32: x_rm(g, w64 ? OP_MOVSXD : OP_MOV_LOAD, dst, m); break;
    default:       x_rm(g, OP_MOV_LOAD | X_W, dst, m); break;
    }
}

void load_vec(Codegen *g, unsigned size_log2, int dst, int t, Mem m)
{
    switch (size_log2) {
    case IR_MO_8: case IR_MO_16:
        x_rm(g, size_log2 ? OP_MOVZX16 : OP_MOVZX8, t, m);
        x_rr(g, OP_MOVD_TO_X, dst, t);
        break;
    case IR_MO_32: x_rm(g, OP_MOVD_TO_X, dst, m); break;
    case IR_MO_64: x_rm(g, OP_MOVQ_LOAD, dst, m); break;
    default:       x_rm(g, OP_MOVUPS, dst, m); break;
    }
}

void emit_ld(Codegen *g, unsigned i, const IrInsn *in)
{
    Access a = access_begin(g, in);
    int dst = in->type == IR_V128 ? ra_def(g, i) : a.t1;

    access_check(g, i, in, &a, false, must_be_aligned(in));
    a.cold->dst = (int8_t)dst;
    if (in->type == IR_V128) {
        a.cold->save_xmm = ~g->free & XMM_SET & ~REGBIT(dst);
        load_vec(g, a.size_log2, dst, a.t0, mem_host(&a));
    } else {
        if (in->aux & IR_MO_SIGN) {
            load_sx(g, a.size_log2, in->type == IR_I64, dst, mem_host(&a));
        } else {
            load_zx(g, a.size_log2, dst, mem_host(&a));
        }
        ra_def_reg(g, i, dst);
    }
    a.cold->back = g->p;
}

/* -- Stores -- */

void store_imm(Codegen *g, unsigned size_log2, Mem m, int32_t v)
{
    switch (size_log2) {
    case IR_MO_8:
        x_rm(g, 0xc6, 0, m);
        put8(g, (uint8_t)v);
        break;
    case IR_MO_16:
        x_rm(g, 0xc7 | P_66, 0, m);
        put8(g, (uint8_t)v);
        put8(g, (uint8_t)(v >> 8));
        break;
    default:
        x_rm(g, 0xc7 | width(size_log2 == IR_MO_64), 0, m);
        put32(g, (uint32_t)v);
        break;
    }
}

void store_vec(Codegen *g, unsigned size_log2, int src, Mem m)
{
    switch (size_log2) {
    case IR_MO_8: case IR_MO_16:
        x_rm(g, (size_log2 ? 0x15 : 0x14) | M_3A | P_66, src, m);       /* pextrw, pextrb */
        put8(g, 0);
        break;
    case IR_MO_32: x_rm(g, OP_MOVD_FROM_X, src, m); break;
    case IR_MO_64: x_rm(g, OP_MOVQ_STORE, src, m); break;
    default:       x_rm(g, OP_MOVUPS_STORE, src, m); break;
    }
}

static void mfence(Codegen *g)
{
    put8(g, 0x0f);
    put8(g, 0xae);
    put8(g, 0xf0);
}

void emit_st(Codegen *g, unsigned i, const IrInsn *in)
{
    bool release = in->aux & IR_MO_RELEASE, vector = in->type == IR_V128;
    bool imm = !vector && !release && const_fits(g, in->arg[1], (in->aux & IR_MO_SIZE) == IR_MO_64);
    Access a = access_begin(g, in);
    int val = imm ? REG_NONE : ra_use(g, in->arg[1]);
    int copy = release && !vector ? ra_copy(g, in->arg[1]) : REG_NONE;

    access_check(g, i, in, &a, true, must_be_aligned(in));
    a.cold->val[0] = (int8_t)val;
    if (imm) {
        store_imm(g, a.size_log2, mem_host(&a), (int32_t)const_value(g, in->arg[1]));
    } else if (vector) {
        store_vec(g, a.size_log2, val, mem_host(&a));
        if (release) {
            mfence(g);
        }
    } else if (release) {
        x_rm(g, sized(OP_XCHGB, OP_XCHG, a.size_log2), copy, mem_host(&a));
    } else {
        x_rm(g, sized(OP_MOVB_STORE, OP_MOV_STORE, a.size_log2), val, mem_host(&a));
    }
    a.cold->back = g->p;
}

/* -- Atomics: aligned and writable, else the slow path -- */

static Access atomic_begin(Codegen *g, const IrInsn *in)
{
    Access a = access_begin(g, in);

    ra_use(g, in->arg[1]);
    if (in->op == IR_cas) {
        ra_use(g, in->arg[2]);
    }
    return a;
}

static void atomic_check(Codegen *g, unsigned i, const IrInsn *in, Access *a, int dst)
{
    access_check(g, i, in, a, true, true);
    a->cold->val[0] = (int8_t)ra_use(g, in->arg[1]);
    a->cold->val[1] = (int8_t)(in->op == IR_cas ? ra_use(g, in->arg[2]) : REG_NONE);
    a->cold->dst = (int8_t)dst;
}

/* The old value was read @size_log2 wide into @r: make its upper part 0. */
static void zero_extend(Codegen *g, int r, unsigned size_log2)
{
    if (size_log2 <= IR_MO_16) {
        x_rr(g, size_log2 ? OP_MOVZX16 : OP_MOVZX8, r, r);
    }
}

void emit_cas(Codegen *g, unsigned i, const IrInsn *in)
{
    ra_fixed(g, RAX);
    Access a = atomic_begin(g, in);
    int b = ra_use(g, in->arg[1]), c = ra_use(g, in->arg[2]);

    atomic_check(g, i, in, &a, RAX);
    x_mov(g, true, RAX, b);
    x_rm(g, sized(OP_CMPXCHGB, OP_CMPXCHG, a.size_log2) | X_LOCK, c, mem_host(&a));
    if (a.size_log2 == IR_MO_32) {
        x_mov(g, false, RAX, RAX);      /* equal: rax is B, whose upper half is not known */
    }
    zero_extend(g, RAX, a.size_log2);
    ra_def_reg(g, i, RAX);
    a.cold->back = g->p;
}

/* swp, and ldadd: the operand goes in, the old value comes out. */
static void exchange(Codegen *g, unsigned i, const IrInsn *in, uint32_t byte_op, uint32_t op)
{
    Access a = atomic_begin(g, in);
    int dst = ra_temp(g, GPR_SET), b = ra_use(g, in->arg[1]);

    atomic_check(g, i, in, &a, dst);
    x_mov(g, true, dst, b);
    x_rm(g, sized(byte_op, op, a.size_log2), dst, mem_host(&a));
    zero_extend(g, dst, a.size_log2);
    ra_def_reg(g, i, dst);
    a.cold->back = g->p;
}

void emit_swp(Codegen *g, unsigned i, const IrInsn *in)
{
    exchange(g, i, in, OP_XCHGB, OP_XCHG);
}

void emit_ldadd(Codegen *g, unsigned i, const IrInsn *in)
{
    exchange(g, i, in, OP_XADDB | X_LOCK, OP_XADD | X_LOCK);
}

/* new := of old value in rax and operand @b, in @t. */
static void modify(Codegen *g, const IrInsn *in, unsigned size_log2, int t, int b)
{
    bool w64 = size_log2 == IR_MO_64, is_signed = in->op == IR_ldsmax || in->op == IR_ldsmin;

    if (in->op >= IR_ldsmax && size_log2 <= IR_MO_16) {         /* compare them extended */
        uint32_t op = size_log2 ? (is_signed ? OP_MOVSX16 : OP_MOVZX16)
                                : (is_signed ? OP_MOVSX8 : OP_MOVZX8);
        x_rr(g, op, t, RAX);
    } else {
        x_mov(g, true, t, RAX);
    }
    switch (in->op) {
    case IR_ldclr: case IR_ldset: case IR_ldeor:                /* @b is inverted for ldclr */
        x_alu(g, in->op == IR_ldclr ? ALU_AND : in->op == IR_ldset ? ALU_OR : ALU_XOR, true, t, b);
        break;
    default: {
        Cc replace = in->op == IR_ldsmax ? CC_L : in->op == IR_ldsmin ? CC_G
                   : in->op == IR_ldumax ? CC_B : CC_A;
        x_alu(g, ALU_CMP, w64, t, b);
        x_cmov(g, replace, w64, t, b);
        break;
    }
    }
}

/* The operand as modify() wants it. */
static void prepare_operand(Codegen *g, const IrInsn *in, unsigned size_log2, int t2, int b)
{
    bool is_signed = in->op == IR_ldsmax || in->op == IR_ldsmin;

    if (in->op >= IR_ldsmax && size_log2 <= IR_MO_16) {
        uint32_t op = size_log2 ? (is_signed ? OP_MOVSX16 : OP_MOVZX16)
                                : (is_signed ? OP_MOVSX8 : OP_MOVZX8);
        x_rr(g, op, t2, b);
        return;
    }
    x_mov(g, true, t2, b);
    if (in->op == IR_ldclr) {
        x_rr(g, OP_GRP3 | X_W, 2, t2);
    }
}

/* ldclr ... ldumin whose old value is wanted: a loop of cmpxchg. */
static void modify_loop(Codegen *g, unsigned i, const IrInsn *in)
{
    ra_fixed(g, RAX);
    Access a = atomic_begin(g, in);
    int t = ra_temp(g, GPR_SET), t2 = ra_temp(g, GPR_SET), b = ra_use(g, in->arg[1]);

    atomic_check(g, i, in, &a, RAX);
    prepare_operand(g, in, a.size_log2, t2, b);
    load_zx(g, a.size_log2, RAX, mem_host(&a));
    const uint8_t *again = g->p;
    modify(g, in, a.size_log2, t, t2);
    x_rm(g, sized(OP_CMPXCHGB, OP_CMPXCHG, a.size_log2) | X_LOCK, t, mem_host(&a));
    x_jcc8_back(g, CC_NE, again);
    zero_extend(g, RAX, a.size_log2);
    ra_def_reg(g, i, RAX);
    a.cold->back = g->p;
}

/* ldclr, ldset, ldeor whose old value is not wanted. */
static void modify_blind(Codegen *g, unsigned i, const IrInsn *in)
{
    Access a = atomic_begin(g, in);
    int b = ra_use(g, in->arg[1]);

    atomic_check(g, i, in, &a, REG_NONE);
    if (in->op == IR_ldclr) {
        x_mov(g, true, a.t0, b);
        x_rr(g, OP_GRP3 | X_W, 2, a.t0);
        b = a.t0;
    }
    Alu op = in->op == IR_ldclr ? ALU_AND : in->op == IR_ldset ? ALU_OR : ALU_XOR;
    x_rm(g, sized((unsigned)op << 3 | X_BREG, (unsigned)op << 3 | 1, a.size_log2) | X_LOCK, b,
         mem_host(&a));
    a.cold->back = g->p;
}

void emit_rmw(Codegen *g, unsigned i, const IrInsn *in)
{
    if (!g->last_use[i] && in->op <= IR_ldset) {
        modify_blind(g, i, in);
    } else {
        modify_loop(g, i, in);
    }
}

void emit_fence(Codegen *g, unsigned i, const IrInsn *in)
{
    if (in->aux == IR_FENCE_FULL) {
        /* lock or dword [rsp - 4], 0: what mfence orders, in a third of the time. */
        x_rm(g, 0x83 | X_LOCK, ALU_OR, mem_frame(-4));
        put8(g, 0);
    }
}
