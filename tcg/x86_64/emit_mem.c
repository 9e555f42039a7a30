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
    int table;              /* temporary for the TLB, or REG_NONE: the check does without */
    int addend;             /* of mem_host(): t1 or a memo */
    int32_t disp;
    unsigned size_log2;
    bool write, aligned;    /* the hit path takes only what is aligned: by size, a pair by half */
    bool pair;
    MemMemo *memo;          /* covers the access: no check of its own */
    bool leads;             /* makes a memo */
    MemRange range;         /* checked */
    Cold *cold;
} Access;

/*
 * ALIGN16 too: what is not aligned but within 16 bytes is left to the slow path. So is an unaligned
 * release, whose xchg might lock the bus over two cache lines.
 */
bool mem_looks_at_alignment(const IrInsn *in)
{
    return (in->aux & (IR_MO_ALIGN | IR_MO_RELEASE))
        || ((in->aux & IR_MO_ALIGN16) && !ir_mo_is_pair(in->aux));
}

/* Operands of the access in registers; nothing emitted but loads of them. */
static Access access_begin(Codegen *g, const IrInsn *in)
{
    Access a = { .size_log2 = in->aux & IR_MO_SIZE, .disp = (int32_t)in->imm,
                 .write = in->op != IR_ld, .aligned = mem_looks_at_alignment(in),
                 .pair = ir_mo_is_pair(in->aux) };

    a.base = ra_use(g, in->arg[0]);
    if (a.disp > INT32_MAX - 4096) {
        int t = ra_temp(g, GPR_SET);
        x_rm(g, OP_LEA | X_W, t, mem_at(a.base, a.disp));
        a.base = t;
        a.disp = 0;
    } else if (!a.aligned && (in->op == IR_ld || in->op == IR_st)) {
        a.memo = ra_memo_find(g, root(g, in->arg[0]), a.write, in->aux2, a.disp,
                              1 << a.size_log2);
    }
    if (a.memo) {
        a.t1 = a.memo->reg;
        g->pinned |= REGBIT(a.t1);
    } else {
        a.t1 = ra_temp(g, GPR_SET & ~REGBIT(RAX));
    }
    a.t0 = ra_temp(g, GPR_SET & ~REGBIT(RAX));
    a.table = !a.memo && (g->free & GPR_SET & ~REGBIT(RAX)) ? ra_temp(g, GPR_SET & ~REGBIT(RAX))
                                                            : REG_NONE;
    a.addend = a.t1;
    return a;
}

/* A field of the entry that tlb_compare() found. */
static Mem tlb_field(int table, int entry, size_t offset)
{
    return table == REG_NONE ? mem_at(entry, (int32_t)offset)
                             : mem_indexed(table, entry, 0, (int32_t)offset);
}

/*
 * Compare the page of [base + lo, base + hi) with the TLB's tag: not equal means a miss, equal
 * leaves the entry in @entry. @align: bits of the address that must be 0 too (lo = hi - 1 then).
 * With a register for the @table, @entry is an offset from it: the load that waits for the addend
 * comes a cycle earlier.
 */
void tlb_compare(Codegen *g, int base, int32_t lo, int32_t hi, int32_t align, unsigned idx,
                 bool write, int t, int entry, int table)
{
    enum { INDEX_SHIFT = TLB_PAGE_BITS - TLB_ENTRY_LOG2,
           INDEX_MASK = (TLB_ENTRIES - 1) << TLB_ENTRY_LOG2 };

    if (lo == 0 && g->cpu.bmi2) {
        x_rorx(g, true, entry, base, INDEX_SHIFT);
    } else {
        x_rm(g, OP_LEA | X_W, entry, mem_at(base, lo));
        x_shift_imm(g, SH_SHR, true, entry, INDEX_SHIFT);
    }
    x_alu_imm(g, ALU_AND, false, entry, INDEX_MASK);
    if (table != REG_NONE) {
        x_rm(g, OP_MOV_LOAD | X_W, table, mem_env(g, g->layout.tlb[idx]));
    } else {
        x_alu_mem(g, ALU_ADD, true, entry, mem_env(g, g->layout.tlb[idx]));
    }
    if (hi != 1) {
        x_rm(g, OP_LEA | X_W, t, mem_at(base, hi - 1));
    } else {
        x_mov(g, true, t, base);
    }
    x_alu_imm(g, ALU_AND, true, t, (int32_t)TLB_PAGE_MASK | align);
    x_alu_mem(g, ALU_CMP, true, t,
              tlb_field(table, entry, write ? offsetof(TlbEntry, write)
                                            : offsetof(TlbEntry, read)));
}

/* The range to check for this access: that of its group, if there is more to come. */
static MemRange range_to_check(const Codegen *g, unsigned i, const IrInsn *in, const Access *a)
{
    MemRange own = { a->disp, a->disp + (1 << a->size_log2) };
    const MemRange *group = &g->mem_range[i];

    if (a->aligned && !a->pair) {
        return (MemRange){ a->disp, a->disp + 1 };
    }
    if (!a->leads) {
        return own;
    }
    bool from_base = group->lo > 0 && group->lo <= 256 && g->cpu.bmi2;  /* an instruction less */
    return (MemRange){ from_base ? 0 : group->lo, group->hi };
}

/* A pair must be aligned as its halves are: then it may lie in two pages, so no TLB matter. */
static void check_halves(Codegen *g, const Access *a, Cold *c)
{
    int32_t half = 1 << (a->size_log2 - 1);
    int base = a->base;

    if (a->disp & (half - 1)) {
        x_rm(g, OP_LEA, a->t0, mem_at(base, a->disp));
        base = a->t0;
    }
    x_test_imm(g, false, base, half - 1);
    cold_add_from(c, x_jcc32(g, CC_NE));
}

/* The check. When it passes, mem_host() is the operand of the access. */
static void access_check(Codegen *g, unsigned i, const IrInsn *in, Access *a)
{
    MemRange own = { a->disp, a->disp + (1 << a->size_log2) }, r;
    Cold *c = cold_new(g, COLD_MEM, i);
    int32_t natural = a->aligned && !a->pair ? (1 << a->size_log2) - 1 : 0;

    side_point_locs(g, in->snap, &c->first, &c->n);
    a->cold = c;
    a->leads = !a->memo && !a->aligned && a->disp == in->imm && g->mem_last[i] > i
               && (in->op == IR_ld || in->op == IR_st);
    r = range_to_check(g, i, in, a);
    c->base = (int8_t)a->base;
    c->disp = a->disp;
    c->scratch = (int8_t)a->t0;
    c->entry = (int8_t)a->t1;
    c->save_xmm = ~g->free & XMM_SET;
    c->memo = (int8_t)(a->memo || a->leads ? a->addend : REG_NONE);
    a->range = r;
    bool write = a->write || (a->leads && g->mem_write[i]);
    c->try_first = a->memo || write != a->write
                   || (!a->aligned && (r.lo != own.lo || r.hi != own.hi));
    c->other_memos = (uint16_t)(g->memo_regs & ~(a->memo ? REGBIT(a->addend) : 0));

    if (a->memo) {
        x_test(g, true, a->addend, a->addend);
        cold_add_from(c, x_jcc32(g, CC_E));
        return;
    }
    if (a->aligned && a->pair) {
        check_halves(g, a, c);
    }
    tlb_compare(g, a->base, r.lo, r.hi, natural, in->aux2, write, a->t0, a->t1,
                a->table);
    a->write = write;
    cold_add_from(c, x_jcc32(g, CC_NE));
    x_rm(g, OP_MOV_LOAD | X_W, a->t1, tlb_field(a->table, a->t1, offsetof(TlbEntry, addend)));
}

/* Behind the access: the cold path comes back here. */
static void access_end(Codegen *g, unsigned i, const IrInsn *in, const Access *a)
{
    a->cold->back = g->p;
    if (a->leads) {
        ra_memo_keep(g, &(MemMemo){ .base = root(g, in->arg[0]), .write = a->write,
                                    .idx = in->aux2, .reg = (int8_t)a->addend,
                                    .until = g->mem_last[i], .range = a->range });
    }
}

static Mem mem_host(const Access *a) { return mem_indexed(a->base, a->addend, 0, a->disp); }

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

/*
 * A pair of 16 bytes. What Intel promises of processors with AVX is that movaps is one access, AMD
 * any aligned access. An aligned movups is the same operation in all of them, and what is not
 * aligned splits at the end of a cache line, between two words of 8 bytes if they are aligned.
 */
static bool is_aligned_pair(const IrInsn *in)
{
    return (in->aux & IR_MO_ALIGN16) && (in->aux & IR_MO_SIZE) == IR_MO_128
        && ir_mo_is_pair(in->aux);
}

/* The load itself. @t: scratch, may be @dst. */
static void do_load(Codegen *g, const IrInsn *in, int dst, int t, Mem m)
{
    unsigned size_log2 = in->aux & IR_MO_SIZE;

    if (is_aligned_pair(in)) {
        x_rm(g, OP_MOVAPS, dst, m);
    } else if (in->type == IR_V128) {
        load_vec(g, size_log2, dst, t, m);
    } else if (in->aux & IR_MO_SIGN) {
        load_sx(g, size_log2, in->type == IR_I64, dst, m);
    } else {
        load_zx(g, size_log2, dst, m);
    }
}

void emit_ld(Codegen *g, unsigned i, const IrInsn *in)
{
    Access a = access_begin(g, in);
    /* The result may go where the addend was, unless that is wanted later. */
    bool own = in->type == IR_V128 || a.memo || (!a.aligned && g->mem_last[i] > i);
    int dst = own ? ra_def(g, i) : a.t1;

    access_check(g, i, in, &a);
    a.cold->save_xmm = ~g->free & XMM_SET & ~REGBIT(dst);
    a.cold->dst = (int8_t)dst;
    do_load(g, in, dst, a.t0, mem_host(&a));
    if (!own) {
        ra_def_reg(g, i, dst);
    }
    access_end(g, i, in, &a);
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

/* The store itself. @val: REG_NONE for a constant; @t: scratch for RELEASE. */
static void do_store(Codegen *g, const IrInsn *in, int val, int t, Mem m)
{
    unsigned size_log2 = in->aux & IR_MO_SIZE;
    bool release = (in->aux & IR_MO_RELEASE) && g->lock;

    if (is_aligned_pair(in)) {
        x_rm(g, OP_MOVAPS_STORE, val, m);
    } else if (in->type == IR_V128) {
        store_vec(g, size_log2, val, m);
        if (release) {
            mfence(g);
        }
    } else if (release) {
        x_mov(g, true, t, val);
        x_rm(g, sized(OP_XCHGB, OP_XCHG, size_log2), t, m);
    } else if (val == REG_NONE) {
        store_imm(g, size_log2, m, (int32_t)const_value(g, in->arg[1]));
    } else {
        x_rm(g, sized(OP_MOVB_STORE, OP_MOV_STORE, size_log2), val, m);
    }
}

void emit_st(Codegen *g, unsigned i, const IrInsn *in)
{
    bool imm = in->type != IR_V128 && !(in->aux & IR_MO_RELEASE)
               && const_fits(g, in->arg[1], (in->aux & IR_MO_SIZE) == IR_MO_64);
    Access a = access_begin(g, in);
    int val = imm ? REG_NONE : ra_use(g, in->arg[1]);

    access_check(g, i, in, &a);
    a.cold->val[0] = (int8_t)val;
    do_store(g, in, val, a.t0, mem_host(&a));
    access_end(g, i, in, &a);
}

/* -- Cold paths of accesses -- */

static void zero(Codegen *g, int reg) { x_alu(g, ALU_XOR, false, reg, reg); }

/* Does the block jump to itself? Then it may go through memory, and its groups cross pages. */
static bool is_loop(const IrBlock *b)
{
    for (unsigned i = 0; i < b->n_exits; i++) {
        if (b->exits[i].kind == IR_EXIT_JUMP && b->exits[i].pc == b->pc) {
            return true;
        }
    }
    return false;
}

/*
 * The access when its group's check failed, or has been: with a check of its own. That takes half
 * as long again by the shared code, but a third of the bytes.
 */
uint8_t *mem_try_own(Codegen *g, const Cold *c)
{
    const IrInsn *in = &g->b->insns[c->insn];
    unsigned size_log2 = in->aux & IR_MO_SIZE;
    bool write = in->op == IR_st;
    uint8_t *miss;
    Mem m;

    mem_store_va(g, c);
    if (is_loop(g->b)) {
        tlb_compare(g, c->base, c->disp, c->disp + (1 << size_log2), 0, in->aux2, write,
                    c->scratch, c->entry, REG_NONE);
        miss = x_jcc8(g, CC_NE);
        x_rm(g, OP_MOV_LOAD | X_W, c->entry, mem_at(c->entry, offsetof(TlbEntry, addend)));
        m = mem_indexed(c->base, c->entry, 0, c->disp);
    } else {
        x_call_to(g, g->tramp->tlb_probe[in->aux2][write][size_log2]);
        miss = x_jcc8(g, CC_NE);
        x_rm(g, OP_MOV_LOAD | X_W, c->entry, mem_frame(FRAME_VA));
        m = mem_at(c->entry, 0);
    }
    if (write) {
        do_store(g, in, c->val[0], c->scratch, m);
    } else {
        do_load(g, in, c->dst, c->scratch, m);
    }
    if (c->memo != REG_NONE) {
        zero(g, c->memo);
    }
    x_jmp_to(g, c->back);
    return miss;
}

void mem_store_va(Codegen *g, const Cold *c)
{
    if (c->disp) {
        x_rm(g, OP_LEA | X_W, c->scratch, mem_at(c->base, c->disp));
    }
    x_rm(g, OP_MOV_STORE | X_W, c->disp ? c->scratch : c->base, mem_frame(FRAME_VA));
}

/* After mem_slow: what was known of pages no longer holds. */
void mem_forget(Codegen *g, const Cold *c)
{
    for (uint32_t set = c->other_memos; set; set &= set - 1) {
        zero(g, __builtin_ctz(set));
    }
    if (c->memo != REG_NONE) {
        zero(g, c->memo);
    }
}

/* -- Atomics: aligned and writable, else the slow path -- */

static Access atomic_begin(Codegen *g, const IrInsn *in)
{
    Access a = access_begin(g, in);

    a.aligned = true;
    ra_use(g, in->arg[1]);
    if (in->op == IR_cas) {
        ra_use(g, in->arg[2]);
    }
    return a;
}

static void atomic_check(Codegen *g, unsigned i, const IrInsn *in, Access *a, int dst)
{
    access_check(g, i, in, a);
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
    x_rm(g, sized(OP_CMPXCHGB, OP_CMPXCHG, a.size_log2) | g->lock, c, mem_host(&a));
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
    if (g->lock || in->op == IR_ldadd) {
        x_mov(g, true, dst, b);
        x_rm(g, sized(byte_op, op, a.size_log2), dst, mem_host(&a));
        zero_extend(g, dst, a.size_log2);
    } else {                            /* xchg always locks */
        load_zx(g, a.size_log2, dst, mem_host(&a));
        x_rm(g, sized(OP_MOVB_STORE, OP_MOV_STORE, a.size_log2), b, mem_host(&a));
    }
    ra_def_reg(g, i, dst);
    a.cold->back = g->p;
}

void emit_swp(Codegen *g, unsigned i, const IrInsn *in)
{
    exchange(g, i, in, OP_XCHGB, OP_XCHG);
}

void emit_ldadd(Codegen *g, unsigned i, const IrInsn *in)
{
    exchange(g, i, in, OP_XADDB | g->lock, OP_XADD | g->lock);
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
    x_rm(g, sized(OP_CMPXCHGB, OP_CMPXCHG, a.size_log2) | g->lock, t, mem_host(&a));
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
    x_rm(g, sized((unsigned)op << 3 | X_BREG, (unsigned)op << 3 | 1, a.size_log2) | g->lock, b,
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
    if (in->aux == IR_FENCE_FULL && g->lock) {
        /* lock or dword [rsp - 4], 0: what mfence orders, in a third of the time. */
        x_rm(g, 0x83 | X_LOCK, ALU_OR, mem_frame(-4));
        put8(g, 0);
    }
}
