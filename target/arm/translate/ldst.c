/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads and stores of general registers (C4.1.94), except exclusives and atomics.
 *
 * Base registers are written back after the access has been built, so that a fault leaves them
 * alone. Where an instruction both loads and writes back one register (CONSTRAINED UNPREDICTABLE),
 * the loaded value wins.
 */
#include "translate.h"

#include "a64_decode.h"

/* -- One register -- */

/* @sf = false: sign-extend to 32 bits only. */
static IrRef load(Disas *s, IrRef base, int64_t disp, unsigned size, bool sign, bool sf,
                  unsigned idx)
{
    unsigned mop = size | s->align | (sign ? IR_MO_SIGN : 0);

    if (sf) {
        return ir_ld(s->ir, IR_I64, base, disp, mop, idx);
    }
    return ir_zext(s->ir, ir_ld(s->ir, IR_I32, base, disp, mop, idx));
}

static void store(Disas *s, unsigned rt, IrRef base, int64_t disp, unsigned size, unsigned idx)
{
    ir_st(s->ir, base, disp, read_reg(s, size == 3, rt), size | s->align, idx);
}

bool trans_LDR_i(Disas *s, const arg_LDR_i *a)
{
    int64_t imm = (int64_t)a->imm * (1 << (a->scale ? a->size : 0));
    IrRef base = read_base(s, a->rn);
    IrRef v = load(s, base, a->post ? 0 : imm, a->size, a->sign, a->sf, s->mmu);

    if (a->wback) {
        write_base(s, a->rn, base, imm);
    }
    write_x(s, a->rt, v);
    return true;
}

bool trans_STR_i(Disas *s, const arg_STR_i *a)
{
    int64_t imm = (int64_t)a->imm * (1 << (a->scale ? a->size : 0));
    IrRef base = read_base(s, a->rn);

    store(s, a->rt, base, a->post ? 0 : imm, a->size, s->mmu);
    if (a->wback) {
        write_base(s, a->rn, base, imm);
    }
    return true;
}

/* Index of LDTR and STTR: EL0's, unless PSTATE.UAO overrides. */
static unsigned unprivileged_idx(const Disas *s)
{
    return s->ctx & CTX_UAO ? s->mmu : ARM_MMU_EL0;
}

bool trans_LDTR(Disas *s, const arg_LDTR *a)
{
    IrRef base = read_base(s, a->rn);

    write_x(s, a->rt, load(s, base, a->imm, a->size, a->sign, a->sf, unprivileged_idx(s)));
    return true;
}

bool trans_STTR(Disas *s, const arg_STTR *a)
{
    store(s, a->rt, read_base(s, a->rn), a->imm, a->size, unprivileged_idx(s));
    return true;
}

/* -- Register offset -- */

/* option<2:0> as the manual numbers it from the two bits the encoding leaves free. */
static IrRef reg_offset(Disas *s, IrRef base, unsigned rm, unsigned option, unsigned shift)
{
    return ir_add(s->ir, base, extend_reg(s, rm, (option & 2) << 1 | 2 | (option & 1), shift));
}

bool trans_LDR_r(Disas *s, const arg_LDR_r *a)
{
    IrRef base = read_base(s, a->rn);
    IrRef addr = reg_offset(s, base, a->rm, a->option, a->s_bit ? a->size : 0);

    write_x(s, a->rt, load(s, addr, 0, a->size, a->sign, a->sf, s->mmu));
    return true;
}

bool trans_STR_r(Disas *s, const arg_STR_r *a)
{
    IrRef base = read_base(s, a->rn);
    IrRef addr = reg_offset(s, base, a->rm, a->option, a->s_bit ? a->size : 0);

    store(s, a->rt, addr, 0, a->size, s->mmu);
    return true;
}

/* -- Literal -- */

bool trans_LDR_lit(Disas *s, const arg_LDR_lit *a)
{
    IrRef addr = ir_imm64(s->ir, s->pc + (int64_t)a->imm);

    write_x(s, a->rt, load(s, addr, 0, a->size, a->sign, true, s->mmu));
    return true;
}

/* -- Pairs: two accesses, each aligned and atomic for itself -- */

bool trans_LDP(Disas *s, const arg_LDP *a)
{
    unsigned size = a->sf ? 3 : 2;
    int64_t disp = a->post ? 0 : a->imm;
    IrRef base = read_base(s, a->rn);
    IrRef v = load(s, base, disp, size, a->sign, true, s->mmu);
    IrRef v2 = load(s, base, disp + (1 << size), size, a->sign, true, s->mmu);

    if (a->wback) {
        write_base(s, a->rn, base, a->imm);
    }
    write_x(s, a->rt, v);
    write_x(s, a->rt2, v2);
    return true;
}

bool trans_STP(Disas *s, const arg_STP *a)
{
    unsigned size = a->sf ? 3 : 2;
    int64_t disp = a->post ? 0 : a->imm;
    IrRef base = read_base(s, a->rn);

    store(s, a->rt, base, disp, size, s->mmu);
    store(s, a->rt2, base, disp + (1 << size), size, s->mmu);
    if (a->wback) {
        write_base(s, a->rn, base, a->imm);
    }
    return true;
}

/* -- Prefetch: nothing to do -- */

bool trans_PRFM_i(Disas *s, const arg_PRFM_i *a) { return true; }
bool trans_PRFM_r(Disas *s, const arg_PRFM_r *a) { return true; }
bool trans_PRFM_lit(Disas *s, const arg_PRFM_lit *a) { return true; }
bool trans_PRFUM(Disas *s, const arg_PRFUM *a) { return true; }

/* -- Ordered: the host is TSO, so an acquire is a plain load; a release drains the store buffer,
 *    because a later LDAR must not pass it -- */

static bool load_ordered(Disas *s, const arg_LDAR *a)
{
    IrRef base = read_base(s, a->rn);

    write_x(s, a->rt, ir_ld(s->ir, IR_I64, base, 0, a->size | IR_MO_ALIGN | IR_MO_ACQUIRE,
                            s->mmu));
    return true;
}

/* A kernel hands locks on by store-release: those who wait for one in WFE are told. */
static bool store_ordered(Disas *s, const arg_STLR *a)
{
    IrRef base = read_base(s, a->rn);

    ir_st(s->ir, base, 0, read_reg(s, a->size == 3, a->rt),
          a->size | IR_MO_ALIGN | IR_MO_RELEASE, s->mmu);
    if (s->el > 0) {
        ir_call(s->ir, &h_store_event, base);
    }
    return true;
}

bool trans_LDAR(Disas *s, const arg_LDAR *a) { return load_ordered(s, a); }
bool trans_LDLAR(Disas *s, const arg_LDLAR *a) { return load_ordered(s, a); }
bool trans_LDAPR(Disas *s, const arg_LDAPR *a) { return load_ordered(s, a); }
bool trans_STLR(Disas *s, const arg_STLR *a) { return store_ordered(s, a); }
bool trans_STLLR(Disas *s, const arg_STLLR *a) { return store_ordered(s, a); }

bool trans_LDAPUR(Disas *s, const arg_LDAPUR *a)
{
    IrRef base = read_base(s, a->rn);
    unsigned mop = a->size | IR_MO_ALIGN | IR_MO_ACQUIRE | (a->sign ? IR_MO_SIGN : 0);
    IrRef v = ir_ld(s->ir, a->sf ? IR_I64 : IR_I32, base, a->imm, mop, s->mmu);

    write_reg(s, a->sf, a->rt, v);
    return true;
}

bool trans_STLUR(Disas *s, const arg_STLUR *a)
{
    IrRef base = read_base(s, a->rn);

    ir_st(s->ir, base, a->imm, read_reg(s, a->size == 3, a->rt),
          a->size | IR_MO_ALIGN | IR_MO_RELEASE, s->mmu);
    return true;
}
