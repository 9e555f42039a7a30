/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exclusives and atomics (C4.1.94, B2.9).
 *
 * The local monitor is the slots EXCL_ADDR (~0: open) and EXCL_VAL. A load-exclusive remembers
 * address and value; a store-exclusive succeeds by compare-and-swap from that value, so two stores
 * that put the old value back in between go unseen (B2.9.5 lets software not depend on it). Every
 * host atomic is a full barrier, which covers all orderings.
 */
#include "translate.h"

#include "a64_decode.h"

#define EXCL_OPEN UINT64_MAX

static void close_monitor(Disas *s, IrRef addr, IrRef val)
{
    ir_set(s->ir, SLOT_EXCL_ADDR, addr);
    ir_set(s->ir, SLOT_EXCL_VAL, val);
}

static void open_monitor(Disas *s)
{
    ir_set(s->ir, SLOT_EXCL_ADDR, ir_imm64(s->ir, EXCL_OPEN));
}

bool trans_CLREX(Disas *s, const arg_CLREX *a)
{
    open_monitor(s);
    return true;
}

/* -- Load exclusive -- */

bool trans_LDXR(Disas *s, const arg_LDXR *a)
{
    IrRef addr = read_base(s, a->rn);
    IrRef v = ir_ld(s->ir, IR_I64, addr, 0, a->size | s->align_atomic, s->mmu);

    close_monitor(s, addr, v);
    write_x(s, a->rt, v);
    return true;
}

bool trans_LDXP(Disas *s, const arg_LDXP *a)
{
    IrRef addr = read_base(s, a->rn);

    if (!a->sz) {
        IrRef v = ir_ld(s->ir, IR_I64, addr, 0, IR_MO_64 | s->align_atomic, s->mmu);

        close_monitor(s, addr, v);
        split_words(s, a->rt, a->rt2, v);
        return true;
    }
    check_exclusive_align(s, addr, 4);
    ir_call(s->ir, &h_ld128, addr, ir_imm32(s->ir, s->mmu));
    ir_set(s->ir, SLOT_EXCL_ADDR, addr);
    write_x(s, a->rt, ir_get(s->ir, SLOT_EXCL_VAL));
    write_x(s, a->rt2, ir_get(s->ir, SLOT_EXCL_VAL_HI));
    return true;
}

/* -- Store exclusive -- */

/*
 * Common start: leaves with status 1 when @addr is not the monitored address. Under software step
 * the monitor has been cleared by the exception return in between, so that the store always fails;
 * false then: nothing is left to do.
 */
static bool begin_store_exclusive(Disas *s, unsigned rs, IrRef addr, unsigned size_log2)
{
    check_exclusive_align(s, addr, size_log2);
    if (s->ctx & CTX_STEP) {
        open_monitor(s);
        write_x(s, rs, ir_imm64(s->ir, 1));
        return false;
    }
    IrRef monitored = ir_get(s->ir, SLOT_EXCL_ADDR);
    IrRef old_rs = read_x(s, rs);

    open_monitor(s);
    write_x(s, rs, ir_imm64(s->ir, 1));
    ir_brcmp(s->ir, IR_NE, addr, monitored,
             ir_new_exit_jump(s->ir, s->pc + 4, IR_HINT_NONE, 0));
    /* The store may still fault: until it has been done, everything is as before. */
    ir_set(s->ir, SLOT_EXCL_ADDR, monitored);
    write_x(s, rs, old_rs);
    return true;
}

bool trans_STXR(Disas *s, const arg_STXR *a)
{
    bool is_x = a->size == 3;
    IrRef addr = read_base(s, a->rn);
    IrRef desired = read_reg(s, is_x, a->rt);

    if (!begin_store_exclusive(s, a->rs, addr, a->size)) {
        return true;
    }
    IrRef expected = ir_get(s->ir, SLOT_EXCL_VAL);

    if (!is_x) {
        expected = ir_trunc(s->ir, expected);
    }
    IrRef old = ir_cas(s->ir, addr, expected, desired, a->size | s->align_atomic, s->mmu);

    open_monitor(s);
    write_reg(s, is_x, a->rs, ir_setcmp(s->ir, IR_NE, old, expected));
    return true;
}

bool trans_STXP(Disas *s, const arg_STXP *a)
{
    IrRef addr = read_base(s, a->rn);
    IrRef lo = a->sz ? read_x(s, a->rt) : join_words(s, a->rt, a->rt2);
    IrRef hi = read_x(s, a->rt2);

    if (!begin_store_exclusive(s, a->rs, addr, a->sz ? 4 : 3)) {
        return true;
    }
    if (a->sz) {
        ir_sync(s->ir, SLOT_EXCL_ADDR);
        ir_sync(s->ir, SLOT_EXCL_VAL);
        ir_sync(s->ir, SLOT_EXCL_VAL_HI);
        IrRef status = ir_call(s->ir, &h_stxp128, addr, ir_imm32(s->ir, s->mmu), lo, hi);

        open_monitor(s);
        write_reg(s, false, a->rs, status);
        return true;
    }
    IrRef expected = ir_get(s->ir, SLOT_EXCL_VAL);
    IrRef old = ir_cas(s->ir, addr, expected, lo, IR_MO_64 | s->align_atomic, s->mmu);

    open_monitor(s);
    write_x(s, a->rs, ir_setcmp(s->ir, IR_NE, old, expected));
    return true;
}

/* -- Compare and swap -- */

bool trans_CAS(Disas *s, const arg_CAS *a)
{
    IrRef addr = read_base(s, a->rn);
    IrRef old = ir_cas(s->ir, addr, read_reg(s, a->size == 3, a->rs),
                       read_reg(s, a->size == 3, a->rt), a->size | s->align_atomic, s->mmu);

    write_reg(s, a->size == 3, a->rs, old);
    return true;
}

bool trans_CASP(Disas *s, const arg_CASP *a)
{
    IrRef addr = read_base(s, a->rn);

    if (!a->sz) {
        IrRef old = ir_cas(s->ir, addr, join_words(s, a->rs, a->rs + 1),
                           join_words(s, a->rt, a->rt + 1), IR_MO_64 | s->align_atomic, s->mmu);

        split_words(s, a->rs, a->rs + 1, old);
        return true;
    }
    ir_call(s->ir, &h_casp128, addr, ir_imm32(s->ir, s->mmu), ir_imm32(s->ir, a->rs),
            ir_imm32(s->ir, a->rt));
    return true;
}

/* -- Read-modify-write -- */

static bool atomic(Disas *s, const arg_SWP *a, IrOp op)
{
    IrRef addr = read_base(s, a->rn);
    IrRef old = ir_atomic(s->ir, op, addr, read_reg(s, a->size == 3, a->rs),
                          a->size | s->align_atomic, s->mmu);

    write_reg(s, a->size == 3, a->rt, old);
    return true;
}

bool trans_SWP(Disas *s, const arg_SWP *a) { return atomic(s, a, IR_swp); }
bool trans_LDADD(Disas *s, const arg_LDADD *a) { return atomic(s, a, IR_ldadd); }
bool trans_LDCLR(Disas *s, const arg_LDCLR *a) { return atomic(s, a, IR_ldclr); }
bool trans_LDEOR(Disas *s, const arg_LDEOR *a) { return atomic(s, a, IR_ldeor); }
bool trans_LDSET(Disas *s, const arg_LDSET *a) { return atomic(s, a, IR_ldset); }
bool trans_LDSMAX(Disas *s, const arg_LDSMAX *a) { return atomic(s, a, IR_ldsmax); }
bool trans_LDSMIN(Disas *s, const arg_LDSMIN *a) { return atomic(s, a, IR_ldsmin); }
bool trans_LDUMAX(Disas *s, const arg_LDUMAX *a) { return atomic(s, a, IR_ldumax); }
bool trans_LDUMIN(Disas *s, const arg_LDUMIN *a) { return atomic(s, a, IR_ldumin); }
