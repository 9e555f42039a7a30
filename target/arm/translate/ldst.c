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

/*
 * -- Pairs --
 *
 * Two accesses, each aligned and atomic for itself. With FEAT_LSE2 one (LDPSW too) when all of it
 * lies within 16 aligned bytes of Normal memory; while one vCPU runs alone nobody can tell.
 */

/* IrMemOp of a pair of @size_log2 each that is one access; 0: it is two. */
static unsigned pair_mop(Disas *s, unsigned rn, int64_t disp, unsigned size_log2)
{
    bool known = rn == 31 && s->sp_aligned && size_log2 == 3;     /* how SP + disp lies */

    if (!s->whole_pairs || (known && disp & 15)) {
        return 0;
    }
    return (size_log2 + 1) | IR_MO_PAIR | s->align | (known ? IR_MO_ALIGN16 : 0);
}

static void load_pair(Disas *s, const arg_LDP *a, IrRef base, int64_t disp, IrRef v[2])
{
    unsigned size = a->sf ? 3 : 2, mop = pair_mop(s, a->rn, disp, size);

    if (!mop) {
        v[0] = load(s, base, disp, size, a->sign, true, s->mmu);
        v[1] = load(s, base, disp + (1 << size), size, a->sign, true, s->mmu);
        return;
    }
    IrRef both = ir_ld(s->ir, a->sf ? IR_V128 : IR_I64, base, disp, mop, s->mmu);

    for (unsigned i = 0; i < 2; i++) {
        v[i] = a->sf ? ir_vext(s->ir, IR_I64, both, 3, i)
             : a->sign ? ir_sextract(s->ir, both, 32 * i, 32)
             : ir_extract(s->ir, both, 32 * i, 32);
    }
}

bool trans_LDP(Disas *s, const arg_LDP *a)
{
    IrRef base = read_base(s, a->rn), v[2];

    load_pair(s, a, base, a->post ? 0 : a->imm, v);
    if (a->wback) {
        write_base(s, a->rn, base, a->imm);
    }
    write_x(s, a->rt, v[0]);
    write_x(s, a->rt2, v[1]);
    return true;
}

static void store_pair(Disas *s, const arg_STP *a, IrRef base, int64_t disp)
{
    unsigned size = a->sf ? 3 : 2, mop = pair_mop(s, a->rn, disp, size);

    if (!mop) {
        store(s, a->rt, base, disp, size, s->mmu);
        store(s, a->rt2, base, disp + (1 << size), size, s->mmu);
    } else if (a->sf) {
        IrRef lo = ir_op1(s->ir, IR_vmov_i2v, read_x(s, a->rt));
        ir_st(s->ir, base, disp, ir_op2x(s->ir, IR_vins, lo, read_x(s, a->rt2), 3, 1), mop,
              s->mmu);
    } else {
        ir_st(s->ir, base, disp, join_words(s, a->rt, a->rt2), mop, s->mmu);
    }
}

bool trans_STP(Disas *s, const arg_STP *a)
{
    IrRef base = read_base(s, a->rn);

    store_pair(s, a, base, a->post ? 0 : a->imm);
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

    write_x(s, a->rt, ir_ld(s->ir, IR_I64, base, 0, a->size | s->align_ordered | IR_MO_ACQUIRE,
                            s->mmu));
    return true;
}

/* A kernel hands locks on by store-release: those who wait for one in WFE are told. */
static bool store_ordered(Disas *s, const arg_STLR *a)
{
    IrRef base = read_base(s, a->rn);

    ir_st(s->ir, base, 0, read_reg(s, a->size == 3, a->rt),
          a->size | s->align_ordered | IR_MO_RELEASE, s->mmu);
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
    unsigned mop = a->size | s->align_ordered | IR_MO_ACQUIRE | (a->sign ? IR_MO_SIGN : 0);
    IrRef v = ir_ld(s->ir, a->sf ? IR_I64 : IR_I32, base, a->imm, mop, s->mmu);

    write_reg(s, a->sf, a->rt, v);
    return true;
}

bool trans_STLUR(Disas *s, const arg_STLUR *a)
{
    IrRef base = read_base(s, a->rn);

    ir_st(s->ir, base, a->imm, read_reg(s, a->size == 3, a->rt),
          a->size | s->align_ordered | IR_MO_RELEASE, s->mmu);
    return true;
}
