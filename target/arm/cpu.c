/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Life of a PE: allocation, reset, power, halting, and the hooks of the accelerator. */
#include "target/arm/internal/cpu.h"

#include <inttypes.h>
#include <stdlib.h>

#include "target/arm/internal/pauth.h"
#include "target/arm/internal/sysreg.h"
#include "util/log.h"

ArmCpu *arm_cpu_of(Vcpu *vcpu) { return (ArmCpu *)vcpu; }
Vcpu *arm_cpu_vcpu(ArmCpu *cpu) { return &cpu->tcg.vcpu; }
uint64_t arm_cpu_mpidr(const ArmCpu *cpu) { return cpu->cfg.mpidr; }
uint64_t arm_cpu_pc(const ArmCpu *cpu) { return cpu->pc; }

_Static_assert(offsetof(ArmCpu, tcg) == 0 && offsetof(TcgCpu, vcpu) == 0, "one address");

/* -- Idle -- */

/* A reason to end WFI or WFE other than its deadline. */
static bool is_woken(const ArmCpu *cpu)
{
    return atomic_load(&cpu->irq_pending)
        || (cpu->halt_kind == ARM_HALT_WFE && atomic_load(&cpu->event_register));
}

static bool has_work(Vcpu *vcpu)
{
    ArmCpu *cpu = arm_cpu_of(vcpu);

    return atomic_load(&cpu->powered) && (!cpu->halted || is_woken(cpu));
}

static int64_t wake_deadline_ns(Vcpu *vcpu)
{
    ArmCpu *cpu = arm_cpu_of(vcpu);

    if (!atomic_load(&cpu->powered)) {
        return INT64_MAX;
    }
    return MIN(arm_timer_next_ns(cpu), cpu->halt_deadline_ns);
}

static const VcpuOps vcpu_ops = {
    .run = tcg_cpu_run, .has_work = has_work, .wake_deadline_ns = wake_deadline_ns,
};

/* No cycles are counted while halted. */
static void set_halted(ArmCpu *cpu, bool halted)
{
    if (!arm_pmu_is_counting(cpu)) {
        cpu->halted = halted;
        return;
    }
    arm_pmu_sync(cpu);
    cpu->halted = halted;
    if (!halted) {
        arm_timer_update(cpu);
    }
}

void arm_cpu_halt(ArmCpu *cpu, ArmHalt kind, int64_t deadline_ns)
{
    cpu->halt_kind = kind;
    cpu->halt_deadline_ns = deadline_ns;
    set_halted(cpu, true);
    atomic_store(&cpu->tcg.vcpu.exit_request, 1);
}

/* -- Hooks of the accelerator -- */

/* Still waiting? Ends the wait when not. */
static bool stays_halted(ArmCpu *cpu)
{
    if (!is_woken(cpu) && host_clock_ns() < cpu->halt_deadline_ns) {
        return true;
    }
    if (cpu->halt_kind == ARM_HALT_WFE) {
        arm_wait_leave(cpu);
        atomic_store(&cpu->event_register, false);
    }
    set_halted(cpu, false);
    return false;
}

bool arm_poll(TcgCpu *tcg)
{
    ArmCpu *cpu = (ArmCpu *)tcg;

    if (!atomic_load(&cpu->powered)) {
        return false;
    }
    if (cpu->fpcr) {
        arm_fp_flush_update(cpu);
    }
    arm_context_switch(cpu);       /* code writes DAIF by itself and comes here for PSTATE.D */
    arm_timer_update(cpu);
    if (cpu->halted && stays_halted(cpu)) {
        return false;
    }
    /*
     * A misaligned PC is a fault that is about to be taken, of this address or (check_sp() in
     * translate/) of the instruction at PC - 1: no interrupt is to see such a return address.
     */
    uint32_t pending = cpu->pc & 3 ? 0 : atomic_load(&cpu->irq_pending);
    if (pending & IRQ_PENDING_FIQ && !(cpu->daif & PSTATE_F)) {
        arm_take_exception(cpu, VECTOR_FIQ, 0, cpu->pc);
    } else if (pending & IRQ_PENDING_IRQ && !(cpu->daif & PSTATE_I)) {
        arm_take_exception(cpu, VECTOR_IRQ, 0, cpu->pc);
    }
    return true;
}

static void log_state(TcgCpu *tcg)
{
    char *text = arm_cpu_describe((ArmCpu *)tcg);

    log_printf(LOG_CPU, "%s", text);
    g_free(text);
}

const TcgCpuOps arm_tcg_ops = {
    .slots = arm_slots, .n_slots = SLOT_COUNT, .pc_offset = offsetof(ArmCpu, pc),
    .n_mmu_indexes = ARM_MMU_INDEXES, .translate = arm_translate, .tlb_fill = arm_tlb_fill,
    .unaligned_fault = arm_unaligned_fault, .bus_fault = arm_bus_fault,
    .fault_deliver = arm_fault_deliver, .poll = arm_poll, .log_state = log_state,
    .fp_slow = arm_fp_slow, .guess = arm_pac_slow,
};

/* -- Lifecycle -- */

/* Bits of SPSR_EL1 that mean something on this model. */
static uint32_t spsr_mask(const ArmModel *m)
{
    uint32_t mask = MASK(31, 28) | PSTATE_SS | PSTATE_IL | PSTATE_DAIF | MASK(4, 0);

    mask |= arm_has(m, FEAT_PAN) ? PSTATE_PAN : 0;
    mask |= arm_has(m, FEAT_UAO) ? PSTATE_UAO : 0;
    mask |= arm_has(m, FEAT_DIT) ? PSTATE_DIT : 0;
    mask |= arm_has(m, FEAT_SSBS) ? PSTATE_SSBS : 0;
    mask |= arm_has(m, FEAT_BTI) ? 3u << PSTATE_BTYPE_SHIFT : 0;
    return mask;
}

ArmCpu *arm_cpu_new(const ArmCpuConfig *cfg, Error **errp)
{
    ArmCpu *cpu = aligned_alloc(64, align_up(sizeof(ArmCpu), 64));

    if (!cpu) {
        error_set(errp, "out of memory for CPU %u", cfg->index);
        return NULL;
    }
    memset(cpu, 0, sizeof(*cpu));
    cpu->cfg = *cfg;
    cpu->mem = tcg_accel_mem(cfg->accel);
    cpu->spsr_mask = spsr_mask(cfg->model);
    cpu->armed_deadline_ns = INT64_MAX;
    cpu->halt_deadline_ns = INT64_MAX;
    cpu->excl_addr = ~UINT64_C(0);
    vcpu_init(&cpu->tcg.vcpu, cfg->index, &vcpu_ops);
    if (!tcg_cpu_init(&cpu->tcg, cfg->accel, cfg->index, errp)) {
        vcpu_clear(&cpu->tcg.vcpu);
        free(cpu);
        return NULL;
    }
    arm_timer_clock_changed(cpu);
    return cpu;
}

void arm_cpu_free(ArmCpu *cpu)
{
    if (cpu) {
        arm_wait_leave(cpu);
        tcg_cpu_clear(&cpu->tcg);
        vcpu_clear(&cpu->tcg.vcpu);
        free(cpu);
    }
}

static void clear_registers(ArmCpu *cpu)
{
    memset(cpu->x, 0, sizeof(cpu->x));
    memset(cpu->v, 0, sizeof(cpu->v));
    cpu->sp = 0;
    cpu->excl_addr = ~UINT64_C(0);
    cpu->excl_val[0] = cpu->excl_val[1] = 0;
    cpu->nzcv = ir_nzcv_to_envflags(1u << 30);
    arm_fpcr_set(cpu, 0);
    arm_fpsr_set(cpu, 0);
    cpu->tcg.branch_type = 0;
    cpu->el = cpu->spsel = 1;
    cpu->daif = PSTATE_DAIF;
    cpu->pstate_rest = 0;
    arm_wait_leave(cpu);
    cpu->halted = false;
    cpu->halt_deadline_ns = INT64_MAX;
    cpu->pending = (ArmPendingFault) { 0 };
    atomic_store(&cpu->tcg.fault, 0);
    atomic_store(&cpu->event_register, false);
}

void arm_cpu_reset(ArmCpu *cpu, uint64_t entry, uint64_t x0, bool powered)
{
    clear_registers(cpu);
    sysreg_reset(cpu);
    cpu->pc = entry;
    cpu->x[0] = x0;
    arm_mmu_update(cpu);
    arm_asid_update(cpu);
    arm_context_update(cpu);
    tcg_tlbi_self(&cpu->tcg, &(Tlbi) { .kind = TLBI_ALL,
                                       .idx_mask = (1u << ARM_MMU_INDEXES) - 1 });
    arm_pmu_changed(cpu);
    if (cpu->cfg.gic_ops) {
        cpu->cfg.gic_ops->reset(cpu->cfg.gic_cpu);
    }
    atomic_store(&cpu->powered, powered);
    if (log_is_on(LOG_CPU_RESET)) {
        char *text = arm_cpu_describe(cpu);
        log_printf(LOG_CPU_RESET, "CPU Reset (CPU %u)\n%s", cpu->cfg.index, text);
        g_free(text);
    }
    vcpu_kick(&cpu->tcg.vcpu);
}

/* -- Power -- */

typedef struct PowerOn {
    uint64_t entry, context_id;
} PowerOn;

static void do_power_on(Vcpu *vcpu, void *opaque)
{
    PowerOn *on = opaque;

    arm_cpu_reset(arm_cpu_of(vcpu), on->entry, on->context_id, true);
    g_free(on);
}

void arm_cpu_power_on(ArmCpu *cpu, uint64_t entry, uint64_t context_id)
{
    PowerOn *on = g_new(PowerOn, 1);

    *on = (PowerOn) { entry, context_id };
    log_hotplug("cpu %u: power on at 0x%" PRIx64, cpu->cfg.index, entry);
    vcpu_post(&cpu->tcg.vcpu, do_power_on, on);
}

void arm_cpu_power_off(ArmCpu *cpu)
{
    if (!atomic_exchange(&cpu->powered, false)) {
        return;
    }
    cpu->sys.virt_timer.ctl = cpu->sys.phys_timer.ctl = 0;
    cpu->sys.pmcr = 0;
    arm_pmu_changed(cpu);
    atomic_store(&cpu->tcg.vcpu.exit_request, 1);
    log_hotplug("cpu %u: power off", cpu->cfg.index);
}

bool arm_cpu_is_powered(const ArmCpu *cpu) { return atomic_load(&cpu->powered); }

/* -- Other threads -- */

void arm_cpu_set_wire(void *pe, ArmIrqWire wire, bool level)
{
    ArmCpu *cpu = pe;
    uint32_t bit = wire == ARM_WIRE_FIQ ? IRQ_PENDING_FIQ : IRQ_PENDING_IRQ;

    if (!level) {
        atomic_fetch_and(&cpu->irq_pending, ~bit);
    } else if (!(atomic_fetch_or(&cpu->irq_pending, bit) & bit)) {
        vcpu_kick(&cpu->tcg.vcpu);
    }
}

void arm_cpu_clock_changed(ArmCpu *cpu)
{
    arm_timer_clock_changed(cpu);
    vcpu_kick(&cpu->tcg.vcpu);
}

bool arm_cpu_translate_debug(ArmCpu *cpu, uint64_t va, uint64_t *pa)
{
    MmuResult r = arm_mmu_walk(cpu, va, TLB_ACCESS_READ, cpu->el ? ARM_MMU_EL1 : ARM_MMU_EL0);

    if (r.ok) {
        *pa = r.fill.pa | (va & MASK(11, 0));
    }
    return r.ok;
}
