/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Branches (C4.1.93).
 *
 * AArch64.BranchAddr() drops the tag of an address when TBI is on. Indirect branches do not: code
 * at a tagged address is translated to a jump to the address without its tag (arm_translate), so
 * that the usual, untagged branch pays nothing.
 */
#include "translate.h"

#include "a64_decode.h"
#include "gen_pauth.h"

/* -- Immediate -- */

bool trans_B(Disas *s, const arg_B *a)
{
    gen_jump(s, s->pc + (int64_t)a->imm);
    return true;
}

bool trans_BL(Disas *s, const arg_BL *a)
{
    write_x(s, 30, ir_imm64(s->ir, s->pc + 4));
    gen_call(s, s->pc + (int64_t)a->imm);
    return true;
}

bool trans_B_cond(Disas *s, const arg_B_cond *a)
{
    uint64_t target = s->pc + (int64_t)a->imm;

    if (a->cond >= 14) {
        gen_jump(s, target);
    } else {
        gen_branch_flags(s, (IrCond)a->cond, read_flags(s), target);
    }
    return true;
}

bool trans_BC_cond(Disas *s, const arg_BC_cond *a)
{
    return trans_B_cond(s, a);
}

/*
 * A register that is 0 or 1, as the result of a store-exclusive is, has a constant on either way:
 * what computed it may then not be needed at all.
 */
static bool compare_zero(Disas *s, const arg_CBZ *a, IrCmp cmp)
{
    IrRef v = read_reg(s, a->sf, a->rt), zero = ir_imm(s->ir, a->sf ? IR_I64 : IR_I32, 0);
    IrRef x = read_x(s, a->rt);
    bool known = ir_is_bool(s->ir, x) && !(s->ctx & CTX_STEP);

    if (known) {
        write_x(s, a->rt, ir_imm64(s->ir, cmp == IR_NE));
    }
    gen_branch_cmp(s, cmp, v, zero, s->pc + (int64_t)a->imm);
    if (known) {
        write_x(s, a->rt, ir_imm64(s->ir, cmp == IR_EQ));
    }
    return true;
}

bool trans_CBZ(Disas *s, const arg_CBZ *a) { return compare_zero(s, a, IR_EQ); }
bool trans_CBNZ(Disas *s, const arg_CBNZ *a) { return compare_zero(s, a, IR_NE); }

bool trans_TBZ(Disas *s, const arg_TBZ *a)
{
    gen_branch_bit(s, read_x(s, a->rt), a->bit, false, s->pc + (int64_t)a->imm);
    return true;
}

bool trans_TBNZ(Disas *s, const arg_TBNZ *a)
{
    gen_branch_bit(s, read_x(s, a->rt), a->bit, true, s->pc + (int64_t)a->imm);
    return true;
}

/* -- Register -- */

/* PSTATE.BTYPE behind BR and BRA*: x16 and x17 are what linkers' stubs branch with. */
static unsigned btype_of_br(const Disas *s, unsigned rn)
{
    return s->guarded && rn != 16 && rn != 17 ? 3 : 1;
}
#define BTYPE_BLR 2
#define BTYPE_RET 0

bool trans_BR(Disas *s, const arg_BR *a)
{
    gen_jump_indirect(s, read_x(s, a->rn), IR_HINT_NONE, btype_of_br(s, a->rn));
    return true;
}

bool trans_BLR(Disas *s, const arg_BLR *a)
{
    IrRef target = read_x(s, a->rn);

    write_x(s, 30, ir_imm64(s->ir, s->pc + 4));
    gen_jump_indirect(s, target, IR_HINT_CALL, BTYPE_BLR);
    return true;
}

bool trans_RET(Disas *s, const arg_RET *a)
{
    gen_jump_indirect(s, read_x(s, a->rn), IR_HINT_RETURN, BTYPE_RET);
    return true;
}

bool trans_ERET(Disas *s, const arg_ERET *a)
{
    if (s->el == 0) {
        return false;
    }
    ir_call(s->ir, &h_eret);
    gen_lookup_env(s);
    return true;
}

/* -- With pointer authentication -- */

bool trans_BRAZ(Disas *s, const arg_BRAZ *a)
{
    IrRef target = gen_auth(s, read_x(s, a->rn), ir_imm64(s->ir, 0), a->m ? PAC_IB : PAC_IA, true);

    gen_jump_indirect(s, target, IR_HINT_NONE, btype_of_br(s, a->rn));
    return true;
}

bool trans_BRA(Disas *s, const arg_BRA *a)
{
    IrRef target = gen_auth(s, read_x(s, a->rn), read_xsp(s, a->rm), a->m ? PAC_IB : PAC_IA, true);

    gen_jump_indirect(s, target, IR_HINT_NONE, btype_of_br(s, a->rn));
    return true;
}

static bool call_authenticated(Disas *s, unsigned rn, IrRef modifier, PacKey key)
{
    IrRef target = gen_auth(s, read_x(s, rn), modifier, key, true);

    write_x(s, 30, ir_imm64(s->ir, s->pc + 4));
    gen_jump_indirect(s, target, IR_HINT_CALL, BTYPE_BLR);
    return true;
}

bool trans_BLRAZ(Disas *s, const arg_BLRAZ *a)
{
    return call_authenticated(s, a->rn, ir_imm64(s->ir, 0), a->m ? PAC_IB : PAC_IA);
}

bool trans_BLRA(Disas *s, const arg_BLRA *a)
{
    return call_authenticated(s, a->rn, read_xsp(s, a->rm), a->m ? PAC_IB : PAC_IA);
}

bool trans_RETA(Disas *s, const arg_RETA *a)
{
    IrRef target = gen_auth(s, read_x(s, 30), read_xsp(s, 31), a->m ? PAC_IB : PAC_IA, true);

    gen_jump_indirect(s, target, IR_HINT_RETURN, BTYPE_RET);
    return true;
}

bool trans_ERETA(Disas *s, const arg_ERETA *a)
{
    if (s->el == 0) {
        return false;
    }
    IrRef elr = ir_ld_env(s->ir, IR_I64, offsetof(ArmCpu, sys.elr_el1), 3);
    IrRef target = gen_auth(s, elr, read_xsp(s, 31), a->m ? PAC_IB : PAC_IA, true);

    ir_call(s->ir, &h_ereta, target);
    gen_lookup_env(s);
    return true;
}
