/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that generated code calls, and the slots it knows. See target/arm/internal/cpu.h. */
#include "target/arm/internal/cpu.h"

#include <sched.h>
#include <sys/random.h>

#include "target/arm/internal/sysreg.h"

/* -- Slots -- */

#define X(n) { "x" #n, offsetof(ArmCpu, x[n]), IR_I64 }
#define V(n) { "v" #n, offsetof(ArmCpu, v[n]), IR_V128 }
#define EIGHT(M, a, b, c, d, e, f, g, h) M(a), M(b), M(c), M(d), M(e), M(f), M(g), M(h)

const IrSlot arm_slots[SLOT_COUNT] = {
    [SLOT_X0] = EIGHT(X, 0, 1, 2, 3, 4, 5, 6, 7), EIGHT(X, 8, 9, 10, 11, 12, 13, 14, 15),
    EIGHT(X, 16, 17, 18, 19, 20, 21, 22, 23), X(24), X(25), X(26), X(27), X(28), X(29), X(30),
    [SLOT_SP] = { "sp", offsetof(ArmCpu, sp), IR_I64 },
    [SLOT_NZCV] = { "nzcv", offsetof(ArmCpu, nzcv), IR_FLAGS },
    [SLOT_EXCL_ADDR] = { "excl_addr", offsetof(ArmCpu, excl_addr), IR_I64 },
    [SLOT_EXCL_VAL] = { "excl_val", offsetof(ArmCpu, excl_val[0]), IR_I64 },
    [SLOT_EXCL_VAL_HI] = { "excl_val_hi", offsetof(ArmCpu, excl_val[1]), IR_I64 },
    [SLOT_V0] = EIGHT(V, 0, 1, 2, 3, 4, 5, 6, 7), EIGHT(V, 8, 9, 10, 11, 12, 13, 14, 15),
    EIGHT(V, 16, 17, 18, 19, 20, 21, 22, 23), EIGHT(V, 24, 25, 26, 27, 28, 29, 30, 31),
    [SLOT_ICOUNT] = { "icount", offsetof(ArmCpu, icount), IR_I64 },
    [SLOT_QC] = { "qc", offsetof(ArmCpu, qc), IR_V128 },
};

#define HELPER0(n, f, r) \
    const IrHelper h_##n = { #n, (void *)n##_helper, IRH_ENV | (f), r, 0, { 0 } }
#define HELPER(n, f, r, count, ...) \
    const IrHelper h_##n = { #n, (void *)n##_helper, IRH_ENV | (f), r, count, { __VA_ARGS__ } }

/* -- Exceptions -- */

static void raise_sync_helper(void *env, uint32_t syndrome)
{
    arm_raise_sync(env, syndrome);
}
HELPER(raise_sync, IRH_FAULTS, IR_NONE, 1, IR_I32);

static void pc_align_helper(void *env, uint64_t pc)
{
    ArmCpu *cpu = env;

    cpu->pending = (ArmPendingFault) {
        .syndrome = syn_make(EC_PC_ALIGN, 0), .far = pc, .far_valid = true, .elr = pc,
        .elr_valid = true,
    };
    tcg_raise(&cpu->tcg);
}
HELPER(pc_align, IRH_FAULTS, IR_NONE, 1, IR_I64);

static void svc_helper(void *env, uint32_t imm, uint64_t next_pc)
{
    arm_take_exception(env, VECTOR_SYNC, syn_make(EC_SVC64, imm), next_pc);
}
HELPER(svc, IRH_READS | IRH_WRITES, IR_NONE, 2, IR_I32, IR_I64);

/* HVC and SMC: PSCI's conduit; there is no EL2 and no EL3, so anything else is UNDEFINED. */
static void call_firmware(ArmCpu *cpu, bool is_smc, uint64_t next_pc)
{
    if (cpu->el == 0 || is_smc != cpu->cfg.psci_smc) {
        arm_take_exception(cpu, VECTOR_SYNC, syn_make(EC_UNKNOWN, 0), next_pc - 4);
        return;
    }
    cpu->pc = next_pc;
    arm_psci_call(cpu);
}

static void hvc_helper(void *env, uint32_t imm, uint64_t next_pc)
{
    call_firmware(env, false, next_pc);
}
static void smc_helper(void *env, uint32_t imm, uint64_t next_pc)
{
    call_firmware(env, true, next_pc);
}
HELPER(hvc, IRH_READS | IRH_WRITES, IR_NONE, 2, IR_I32, IR_I64);
HELPER(smc, IRH_READS | IRH_WRITES, IR_NONE, 2, IR_I32, IR_I64);

static void eret_helper(void *env)
{
    ArmCpu *cpu = env;

    arm_exception_return(cpu, cpu->sys.elr_el1);
}
HELPER0(eret, IRH_READS | IRH_WRITES, IR_NONE);

static void ereta_helper(void *env, uint64_t pc)
{
    arm_exception_return(env, pc);
}
HELPER(ereta, IRH_READS | IRH_WRITES, IR_NONE, 1, IR_I64);

/* -- MSR (immediate) -- */

static void msr_pstate_helper(void *env, uint32_t op, uint32_t imm, uint64_t next_pc)
{
    ArmCpu *cpu = env;
    uint32_t bit = 0;

    cpu->pc = next_pc;
    switch (op) {                                  /* op1 << 3 | op2 */
    case 0 << 3 | 3: bit = PSTATE_UAO; break;
    case 0 << 3 | 4: bit = PSTATE_PAN; break;
    case 0 << 3 | 5: arm_sp_switch(cpu, cpu->el, imm & 1); break;
    case 3 << 3 | 1: bit = PSTATE_SSBS; break;
    case 3 << 3 | 2: bit = PSTATE_DIT; break;
    case 3 << 3 | 6: cpu->daif |= imm << 6 & PSTATE_DAIF; break;
    case 3 << 3 | 7: cpu->daif &= ~(imm << 6); break;
    }
    bit &= cpu->spsr_mask;
    cpu->pstate_rest = (cpu->pstate_rest & ~bit) | (imm & 1 ? bit : 0);
    arm_context_switch(cpu);
    arm_irq_notice(cpu);
}
HELPER(msr_pstate, IRH_READS | IRH_WRITES, IR_NONE, 3, IR_I32, IR_I32, IR_I64);

/* -- Waiting and events (D1.6) -- */

static void wfi_helper(void *env, uint64_t next_pc)
{
    ArmCpu *cpu = env;

    cpu->pc = next_pc;
    if (!atomic_load(&cpu->irq_pending)) {
        arm_cpu_halt(cpu, ARM_HALT_WFI, INT64_MAX);
    }
}
HELPER(wfi, IRH_READS | IRH_WRITES, IR_NONE, 1, IR_I64);

static void wfe_helper(void *env, uint64_t next_pc)
{
    ArmCpu *cpu = env;

    cpu->pc = next_pc;
    arm_wait_for_event(cpu);
}
HELPER(wfe, IRH_READS | IRH_WRITES, IR_NONE, 1, IR_I64);

static bool is_past(const ArmCpu *cpu, uint64_t cntvct)
{
    return (int64_t)(arm_counter_now(cpu) - cpu->sys.cntvoff - cntvct) >= 0;
}

/* WFIT, WFET: no later than when CNTVCT_EL0 is @cntvct. */
static void wfit_helper(void *env, uint64_t next_pc, uint64_t cntvct)
{
    ArmCpu *cpu = env;

    cpu->pc = next_pc;
    if (!atomic_load(&cpu->irq_pending) && !is_past(cpu, cntvct)) {
        arm_cpu_halt(cpu, ARM_HALT_WFI, arm_counter_to_host_ns(cpu, cntvct + cpu->sys.cntvoff));
    }
}
HELPER(wfit, IRH_READS | IRH_WRITES, IR_NONE, 2, IR_I64, IR_I64);

static void wfet_helper(void *env, uint64_t next_pc, uint64_t cntvct)
{
    ArmCpu *cpu = env;

    cpu->pc = next_pc;
    if (is_past(cpu, cntvct)) {
        return;
    }
    arm_wait_for_event(cpu);
    if (cpu->halted) {
        cpu->halt_deadline_ns = MIN(cpu->halt_deadline_ns,
                                    arm_counter_to_host_ns(cpu, cntvct + cpu->sys.cntvoff));
    }
}
HELPER(wfet, IRH_READS | IRH_WRITES, IR_NONE, 2, IR_I64, IR_I64);

/* The host kernel's generator, which does not fail once it has been seeded. */
static uint64_t rndr_helper(void *env)
{
    uint64_t v = 0;

    while (getrandom(&v, sizeof(v), 0) != sizeof(v)) {
    }
    return v;
}
HELPER0(rndr, 0, IR_I64);

static void send_event(Vcpu *vcpu, void *opaque)
{
    ArmCpu *cpu = arm_cpu_of(vcpu);

    if (!atomic_exchange(&cpu->event_register, true) && vcpu != opaque) {
        vcpu_kick(vcpu);           /* also when awake: it may be on its way to sleep */
    }
}

static void sev_helper(void *env)
{
    ArmCpu *cpu = env;

    vcpu_set_foreach(cpu->cfg.set, send_event, &cpu->tcg.vcpu);
}
HELPER0(sev, 0, IR_NONE);

static void sevl_helper(void *env)
{
    ArmCpu *cpu = env;

    atomic_store_explicit(&cpu->event_register, true, memory_order_relaxed);
}
HELPER0(sevl, 0, IR_NONE);

static void yield_helper(void *env)
{
    sched_yield();
}
HELPER0(yield, 0, IR_NONE);

/* -- Barriers and memory -- */

static void dsb_helper(void *env)
{
    ArmCpu *cpu = env;

    tcg_tlbi_sync(&cpu->tcg);
}
HELPER0(dsb, 0, IR_NONE);

static void dc_zva_helper(void *env, uint64_t va, uint32_t idx)
{
    ArmCpu *cpu = env;
    static const uint64_t zero[2];
    uint64_t bytes = BIT(cpu->cfg.model->dczva_log2);
    uint64_t base = align_down(va, bytes);

    if (!cpu->mmu.enabled) {                       /* every access is to Device memory */
        arm_unaligned_fault(&cpu->tcg, va, TLB_ACCESS_WRITE, idx);
        tcg_raise(&cpu->tcg);
        return;
    }
    void *host = tcg_probe(&cpu->tcg, base, bytes, TLB_ACCESS_WRITE, idx, false, NULL);
    if (host) {
        memset(host, 0, bytes);
        return;
    }
    bool ok = !atomic_load_explicit(&cpu->tcg.fault, memory_order_relaxed);
    for (uint64_t off = 0; off < bytes && ok; off += 16) {
        ok = tcg_store(&cpu->tcg, base + off, IR_MO_128, idx, zero);
    }
    if (!ok) {
        cpu->pending.far = va;
    }
}
HELPER(dc_zva, IRH_FAULTS, IR_NONE, 2, IR_I64, IR_I32);

static void ld128_helper(void *env, uint64_t va, uint32_t idx)
{
    ArmCpu *cpu = env;

    tcg_load(&cpu->tcg, va, IR_MO_128 | IR_MO_PAIR, idx, cpu->excl_val);
}
HELPER(ld128, IRH_READS | IRH_WRITES | IRH_FAULTS, IR_NONE, 2, IR_I64, IR_I32);

static uint32_t stxp128_helper(void *env, uint64_t va, uint32_t idx, uint64_t lo, uint64_t hi)
{
    ArmCpu *cpu = env;
    uint64_t desired[2] = { lo, hi }, old[2];

    if (cpu->excl_addr != va) {
        return 1;
    }
    if (!tcg_cas128(&cpu->tcg, va, idx, cpu->excl_val, desired, old)) {
        return 1;
    }
    return old[0] != cpu->excl_val[0] || old[1] != cpu->excl_val[1];
}
HELPER(stxp128, IRH_FAULTS, IR_I32, 4, IR_I64, IR_I32, IR_I64, IR_I64);

static void casp128_helper(void *env, uint64_t va, uint32_t idx, uint32_t rs, uint32_t rt)
{
    ArmCpu *cpu = env;
    uint64_t expected[2] = { cpu->x[rs], rs == 30 ? 0 : cpu->x[rs + 1] };
    uint64_t desired[2] = { cpu->x[rt], rt == 30 ? 0 : cpu->x[rt + 1] };
    uint64_t old[2];

    if (!tcg_cas128(&cpu->tcg, va, idx, expected, desired, old)) {
        return;
    }
    cpu->x[rs] = old[0];
    if (rs != 30) {
        cpu->x[rs + 1] = old[1];
    }
}
HELPER(casp128, IRH_READS | IRH_WRITES | IRH_FAULTS, IR_NONE, 4, IR_I64, IR_I32, IR_I32, IR_I32);
