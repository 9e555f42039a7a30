/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions, hints, barriers, PSTATE and system registers (C4.1.93).
 *
 * MRS and MSR of a row with plain storage are a load or store of env; everything else goes through
 * the row's hooks (h_sysreg_read, h_sysreg_write).
 */
#include "translate.h"

#include "a64_decode.h"
#include "target/arm/internal/step.h"
#include "target/arm/internal/sysreg.h"

/* ISS of a trapped MSR, MRS or system instruction (D17.2.37, EC 0x18). */
typedef struct SysEnc { unsigned op0, op1, crn, crm, op2, rt; } SysEnc;

static void trap_sysreg(Disas *s, SysEnc e, bool is_read)
{
    gen_raise(s, syn_make(EC_SYSREG, e.op0 << 20 | e.op2 << 17 | e.op1 << 14 | e.crn << 10 |
                                     e.rt << 5 | e.crm << 1 | is_read));
}

/* -- Exception generation -- */

/* The exception returns behind the instruction: under software step it has been executed. */
static bool gen_exception(Disas *s, const IrHelper *h, unsigned imm)
{
    if (s->ctx & CTX_STEP) {
        ir_call(s->ir, &h_step_advance);
    }
    ir_call(s->ir, h, ir_imm32(s->ir, imm), ir_imm64(s->ir, s->pc + 4));
    gen_lookup_env(s);
    return true;
}

bool trans_SVC(Disas *s, const arg_SVC *a) { return gen_exception(s, &h_svc, a->imm); }

bool trans_HVC(Disas *s, const arg_HVC *a)
{
    return s->el > 0 && gen_exception(s, &h_hvc, a->imm);
}

bool trans_SMC(Disas *s, const arg_SMC *a)
{
    return s->el > 0 && gen_exception(s, &h_smc, a->imm);
}

bool trans_BRK(Disas *s, const arg_BRK *a)
{
    gen_raise(s, syn_make(EC_BRK64, a->imm));
    return true;
}

/* -- Hints -- */

bool trans_HINT(Disas *s, const arg_HINT *a) { return true; }

bool trans_YIELD(Disas *s, const arg_YIELD *a)
{
    ir_call(s->ir, &h_yield);
    return true;
}

/* SCTLR_EL1.nTWI, nTWE: trapped at EL0 when clear. @ti: which of the two. */
static bool wait_trapped(Disas *s, uint64_t allow, unsigned ti)
{
    if (s->el > 0 || s->ctx & allow) {
        return false;
    }
    gen_raise(s, syn_make(EC_WFX, 1u << 24 | 0xe << 20 | ti));
    return true;
}

/* ISS of WFET and WFIT: RV, and the register in RN. */
static unsigned timeout_iss(unsigned ti, unsigned rd) { return ti | 1u << 2 | rd << 5; }

static bool gen_wait_until(Disas *s, const IrHelper *h, unsigned rd)
{
    if (s->ctx & CTX_STEP) {
        return true;
    }
    ir_call(s->ir, h, ir_imm64(s->ir, s->pc + 4), read_x(s, rd));
    ir_exit(s->ir, ir_new_exit_loop(s->ir, s->pc + 4));
    s->ended = true;
    return true;
}

static bool gen_wait(Disas *s, const IrHelper *h)
{
    if (s->ctx & CTX_STEP) {         /* may complete at once: no sleep between two steps */
        return true;
    }
    ir_call(s->ir, h, ir_imm64(s->ir, s->pc + 4));
    ir_exit(s->ir, ir_new_exit_loop(s->ir, s->pc + 4));
    s->ended = true;
    return true;
}

bool trans_WFI(Disas *s, const arg_WFI *a)
{
    return wait_trapped(s, CTX_EL0_NTWI, 0) || gen_wait(s, &h_wfi);
}

bool trans_WFE(Disas *s, const arg_WFE *a)
{
    return wait_trapped(s, CTX_EL0_NTWE, 1) || gen_wait(s, &h_wfe);
}

bool trans_WFIT(Disas *s, const arg_WFIT *a)
{
    return wait_trapped(s, CTX_EL0_NTWI, timeout_iss(2, a->rd)) ||
           gen_wait_until(s, &h_wfit, a->rd);
}

bool trans_WFET(Disas *s, const arg_WFET *a)
{
    return wait_trapped(s, CTX_EL0_NTWE, timeout_iss(3, a->rd)) ||
           gen_wait_until(s, &h_wfet, a->rd);
}

bool trans_SEV(Disas *s, const arg_SEV *a)
{
    ir_call(s->ir, &h_sev);
    return true;
}

bool trans_SEVL(Disas *s, const arg_SEVL *a)
{
    ir_call(s->ir, &h_sevl);
    return true;
}

/* -- Barriers -- */

/* CRm<1:0>: 1 loads, 2 stores, 3 all; 0 is reserved and executes as all. */
static void gen_fence(Disas *s, unsigned crm)
{
    static const uint8_t kinds[4] = { IR_FENCE_FULL, IR_FENCE_LD, IR_FENCE_ST, IR_FENCE_FULL };

    ir_fence(s->ir, (IrFence)kinds[crm & 3]);
}

bool trans_DMB(Disas *s, const arg_DMB *a)
{
    gen_fence(s, a->crm);
    return true;
}

bool trans_DSB(Disas *s, const arg_DSB *a)
{
    gen_fence(s, a->crm);
    ir_call(s->ir, &h_dsb);
    return true;
}

/* Nothing here has the XS attribute. */
bool trans_DSB_NXS(Disas *s, const arg_DSB_NXS *a)
{
    ir_fence(s->ir, IR_FENCE_FULL);
    ir_call(s->ir, &h_dsb);
    return true;
}

/* What follows is fetched anew: a new block, found after everything written so far. */
bool trans_ISB(Disas *s, const arg_ISB *a)
{
    gen_jump(s, s->pc + 4);
    return true;
}

bool trans_SB(Disas *s, const arg_SB *a) { return true; }

/* -- PSTATE -- */

/*
 * DAIF has been written: leave for the C loop, behind the instruction, when an interrupt is
 * pending, or always when PSTATE.D may start software step. Under step the block ends anyway.
 */
static void daif_changed(Disas *s)
{
    uint64_t pc = s->pc + 4;

    if (s->ctx & CTX_STEP_MASKED) {
        ir_exit(s->ir, ir_new_exit_loop(s->ir, pc));
        s->ended = true;
    } else if (!(s->ctx & CTX_STEP)) {
        IrRef pending = ir_ld_env(s->ir, IR_I32, offsetof(ArmCpu, irq_pending), 2);

        ir_brcmp(s->ir, IR_NE, pending, ir_imm32(s->ir, 0), ir_new_exit_loop(s->ir, pc));
    }
}

static IrRef read_daif(Disas *s)
{
    return ir_ld_env(s->ir, IR_I32, offsetof(ArmCpu, daif), 2);
}

static void write_daif(Disas *s, IrRef v)
{
    ir_st_env(s->ir, v, offsetof(ArmCpu, daif), 2);
}

/* EL0 needs SCTLR_EL1.UMA for DAIF. */
static bool daif_trapped(Disas *s, SysEnc e, bool is_read)
{
    if (s->el > 0 || s->ctx & CTX_EL0_UMA) {
        return false;
    }
    trap_sysreg(s, e, is_read);
    return true;
}

bool trans_MSR_DAIFSET(Disas *s, const arg_MSR_DAIFSET *a)
{
    if (!daif_trapped(s, (SysEnc){ 0, 3, 4, a->crm, 6, 31 }, false)) {
        write_daif(s, ir_or(s->ir, read_daif(s), ir_imm32(s->ir, a->crm << 6)));
    }
    return true;
}

bool trans_MSR_DAIFCLR(Disas *s, const arg_MSR_DAIFCLR *a)
{
    if (!daif_trapped(s, (SysEnc){ 0, 3, 4, a->crm, 7, 31 }, false)) {
        write_daif(s, ir_and(s->ir, read_daif(s), ir_imm32(s->ir, ~((uint32_t)a->crm << 6))));
        daif_changed(s);
    }
    return true;
}

static bool msr_pstate(Disas *s, unsigned op1, unsigned op2, unsigned imm)
{
    IrRef args[4] = { ir_imm32(s->ir, op1 << 3 | op2), ir_imm32(s->ir, imm),
                      ir_imm64(s->ir, s->pc + 4) };

    ir_callv(s->ir, &h_msr_pstate, args);
    gen_lookup(s, s->pc + 4);
    return true;
}

bool trans_MSR_UAO(Disas *s, const arg_MSR_UAO *a)
{
    return s->el > 0 && msr_pstate(s, 0, 3, a->crm);
}

bool trans_MSR_PAN(Disas *s, const arg_MSR_PAN *a)
{
    return s->el > 0 && msr_pstate(s, 0, 4, a->crm);
}

bool trans_MSR_SPSEL(Disas *s, const arg_MSR_SPSEL *a)
{
    return s->el > 0 && msr_pstate(s, 0, 5, a->crm);
}

bool trans_MSR_SSBS(Disas *s, const arg_MSR_SSBS *a) { return msr_pstate(s, 3, 1, a->crm); }
bool trans_MSR_DIT(Disas *s, const arg_MSR_DIT *a) { return msr_pstate(s, 3, 2, a->crm); }

/* -- PSTATE as registers -- */

bool trans_MRS_NZCV(Disas *s, const arg_MRS_NZCV *a)
{
    write_reg(s, false, a->rt, ir_fnzcv(s->ir, read_flags(s)));
    return true;
}

bool trans_MSR_NZCV(Disas *s, const arg_MSR_NZCV *a)
{
    IrRef v = ir_and(s->ir, read_w(s, a->rt), ir_imm32(s->ir, 0xf0000000));

    write_flags(s, ir_nzcvf(s->ir, v));
    return true;
}

bool trans_MRS_DAIF(Disas *s, const arg_MRS_DAIF *a)
{
    if (!daif_trapped(s, (SysEnc){ 3, 3, 4, 2, 1, a->rt }, true)) {
        write_reg(s, false, a->rt, read_daif(s));
    }
    return true;
}

bool trans_MSR_DAIF(Disas *s, const arg_MSR_DAIF *a)
{
    if (!daif_trapped(s, (SysEnc){ 3, 3, 4, 2, 1, a->rt }, false)) {
        write_daif(s, ir_and(s->ir, read_w(s, a->rt), ir_imm32(s->ir, PSTATE_DAIF)));
        daif_changed(s);
    }
    return true;
}

bool trans_MRS_CURRENTEL(Disas *s, const arg_MRS_CURRENTEL *a)
{
    if (s->el == 0) {
        return false;
    }
    write_x(s, a->rt, ir_imm64(s->ir, s->el << 2));
    return true;
}

/* SP_EL0 is a register of its own only while another SP is selected. */
bool trans_MRS_SP_EL0(Disas *s, const arg_MRS_SP_EL0 *a)
{
    if (s->el == 0 || !(s->ctx & CTX_SPSEL)) {
        return false;
    }
    write_x(s, a->rt, ir_ld_env(s->ir, IR_I64, offsetof(ArmCpu, sys.sp_el[0]), 3));
    return true;
}

bool trans_MSR_SP_EL0(Disas *s, const arg_MSR_SP_EL0 *a)
{
    if (s->el == 0 || !(s->ctx & CTX_SPSEL)) {
        return false;
    }
    ir_st_env(s->ir, read_x(s, a->rt), offsetof(ArmCpu, sys.sp_el[0]), 3);
    return true;
}

/* -- System registers -- */

/* RNDR and RNDRRS: NZCV says whether there was entropy; there always is. */
bool trans_MRS_RND(Disas *s, const arg_MRS_RND *a)
{
    write_x(s, a->rt, ir_call(s->ir, &h_rndr));
    write_flags(s, ir_nzcvf(s->ir, ir_imm32(s->ir, 0)));
    return true;
}

/* SCTLR_EL1.TIDCP: IMPLEMENTATION DEFINED encodings, none of which is there. */
static bool is_trapped_impdef(const Disas *s, SysEnc e)
{
    return s->el == 0 && s->ctx & CTX_EL0_TIDCP && (e.op0 == 1 || e.op0 == 3) &&
           (e.crn == 11 || e.crn == 15);
}

/* Is it read by EL0 for FEAT_IDST's sake trapped instead of UNDEFINED (the ID register space)? */
static bool is_id_space(const Disas *s, SysEnc e)
{
    return s->el == 0 && has(s, FEAT_IDST) && e.op0 == 3 && e.crn == 0 && e.crm <= 7 &&
           (e.op1 == 0 || e.op1 == 1 || e.op1 == 3);
}

/* The row for an access, or NULL: UNDEFINED, or trapped (then s->ended). */
static const SysReg *find_row(Disas *s, SysEnc e, bool is_read)
{
    uint16_t enc = SYSREG_ENC(e.op0, e.op1, e.crn, e.crm, e.op2);
    const SysReg *r = sysreg_find(s->model, enc);

    if (!r && s->first) {
        sysreg_log_unknown(enc, !is_read, s->pc);
    } else if (r && s->el >= r->min_el && !(r->flags & (is_read ? SR_WO : SR_RO)) &&
               (is_read || s->el > 0 || !(r->flags & SR_EL0_RO))) {
        return r;
    }
    if ((is_read && is_id_space(s, e)) || is_trapped_impdef(s, e)) {
        trap_sysreg(s, e, is_read);
    }
    return NULL;
}

static bool read_sysreg(Disas *s, SysEnc e)
{
    const SysReg *r = find_row(s, e, true);
    IrRef v;

    if (!r) {
        return s->ended;
    }
    if (r->check || (r->read && !(r->flags & SR_CONST))) {
        v = ir_call(s->ir, &h_sysreg_read, ir_imm64(s->ir, (uintptr_t)r));
    } else if (r->flags & SR_CONST) {
        v = ir_imm64(s->ir, r->const_value ? r->const_value(s->model, r) : r->reset);
    } else if (r->field) {
        v = ir_ld_env(s->ir, IR_I64, r->field, 3);
    } else {
        v = ir_imm64(s->ir, r->reset);
    }
    write_x(s, e.rt, v);
    return true;
}

static bool write_sysreg(Disas *s, SysEnc e)
{
    const SysReg *r = find_row(s, e, false);

    if (!r) {
        return s->ended;
    }
    IrRef v = read_x(s, e.rt);

    if (r->check || r->write || r->flags & SR_END_BLOCK) {
        ir_call(s->ir, &h_sysreg_write, ir_imm64(s->ir, (uintptr_t)r), v);
        if (r->flags & SR_END_BLOCK) {
            gen_lookup(s, s->pc + 4);
        }
    } else if (r->field && !(r->flags & SR_NOP)) {
        if (r->wmask && ~r->wmask) {
            IrRef old = ir_ld_env(s->ir, IR_I64, r->field, 3);

            v = ir_or(s->ir, ir_and(s->ir, old, ir_imm64(s->ir, ~r->wmask)),
                      ir_and(s->ir, v, ir_imm64(s->ir, r->wmask)));
        }
        ir_st_env(s->ir, v, r->field, 3);
    }
    return true;
}

bool trans_MRS(Disas *s, const arg_MRS *a)
{
    return read_sysreg(s, (SysEnc){ 2 + a->o0, a->op1, a->crn, a->crm, a->op2, a->rt });
}

bool trans_MSR_r(Disas *s, const arg_MSR_r *a)
{
    return write_sysreg(s, (SysEnc){ 2 + a->o0, a->op1, a->crn, a->crm, a->op2, a->rt });
}

bool trans_SYS(Disas *s, const arg_SYS *a)
{
    return write_sysreg(s, (SysEnc){ 1, a->op1, a->crn, a->crm, a->op2, a->rt });
}

bool trans_SYSL(Disas *s, const arg_SYSL *a)
{
    return read_sysreg(s, (SysEnc){ 1, a->op1, a->crn, a->crm, a->op2, a->rt });
}

bool trans_DC_ZVA(Disas *s, const arg_DC_ZVA *a)
{
    if (s->el == 0 && !(s->ctx & CTX_EL0_DZE)) {
        trap_sysreg(s, (SysEnc){ 1, 3, 7, 4, 1, a->rt }, false);
        return true;
    }
    ir_call(s->ir, &h_dc_zva, read_x(s, a->rt), ir_imm32(s->ir, s->mmu));
    return true;
}
