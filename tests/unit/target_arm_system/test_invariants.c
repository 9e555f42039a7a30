/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random system-register writes, exceptions, returns, interrupts and walks: whatever a guest does,
 * the derived state stays what its inputs make of it, and nothing asserts.
 */
#include "fake_tcg.h"

static int board_on(void *platform, uint64_t mpidr, uint64_t entry, uint64_t ctx)
{
    return PSCI_INVALID_PARAMETERS;
}
static void board_off(void *platform, ArmCpu *self) { }
static int board_affinity(void *platform, uint64_t mpidr, unsigned level) { return PSCI_AFF_OFF; }
static void board_system(void *platform) { }
static const ArmPlatformOps ops = { board_on, board_off, board_affinity, board_system,
                                    board_system };

static uint64_t random_value(GRand *rand)
{
    uint64_t v = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);

    switch (g_rand_int_range(rand, 0, 6)) {
    case 0: return 0;
    case 1: return ~UINT64_C(0);
    case 2: return BIT(v & 63);
    case 3: return RAM_BASE | (v & (RAM_BYTES - 1));
    case 4: return v & MASK(31, 0);
    default: return v;
    }
}

static const SysReg *random_row(GRand *rand)
{
    const SysRegGroup *g;
    unsigned n = 0;

    while (sysreg_group(n)) {
        n++;
    }
    g = sysreg_group(g_rand_int_range(rand, 0, n));
    return &g->rows[g_rand_int_range(rand, 0, g->n)];
}

static void take_fault(Rig *r, GRand *rand)
{
    if (atomic_load(&r->cpu->tcg.fault)) {
        rig_deliver(r, g_rand_int(rand));
    }
}

/* As the translator: only rows the model has, that this EL may access in this direction. */
static void access_row(Rig *r, GRand *rand)
{
    const SysReg *reg = random_row(rand);
    bool write = g_rand_boolean(rand);

    if (!arm_has(r->model, reg->feature) || r->cpu->el < reg->min_el
        || reg->flags & (write ? SR_RO : SR_WO)) {
        return;
    }
    if (write) {
        sysreg_write(r->cpu, reg, random_value(rand));
    } else {
        sysreg_read(r->cpu, reg);
    }
}

static void psci(Rig *r, GRand *rand)
{
    static const uint32_t ids[] = { 0x80000000, 0x84000000, 0xc4000000, 0 };

    for (unsigned i = 0; i < 4; i++) {
        r->cpu->x[i] = random_value(rand);
    }
    r->cpu->x[0] = ids[g_rand_int_range(rand, 0, 4)] | g_rand_int_range(rand, 0, 16);
    ((void (*)(void *, uint32_t, uint64_t))h_hvc.fn)(r->cpu, 0, r->cpu->pc + 4);
    if (!arm_cpu_is_powered(r->cpu)) {
        arm_cpu_reset(r->cpu, RAM_BASE, 0, true);
    }
}

static void step(Rig *r, GRand *rand)
{
    ArmCpu *cpu = r->cpu;
    TlbFill fill;

    switch (g_rand_int_range(rand, 0, 12)) {
    case 0:
        ((void (*)(void *, uint32_t, uint64_t))h_svc.fn)(cpu, 1, cpu->pc + 4);
        break;
    case 1:
        if (cpu->el) {
            arm_exception_return(cpu, cpu->sys.elr_el1);
        }
        break;
    case 2:
        if (!arm_tlb_fill(&cpu->tcg, random_value(rand), g_rand_int_range(rand, 0, 3),
                          ctx_mmu(cpu->tcg.context), false, &fill)) {
            tcg_raise(&cpu->tcg);
        }
        break;
    case 3:
        arm_cpu_set_wire(cpu, g_rand_boolean(rand), g_rand_boolean(rand));
        break;
    case 4:
        arm_poll(&cpu->tcg);
        break;
    case 5:
        if (cpu->halted) {              /* it executes nothing, no second WFE either */
            cpu->halt_deadline_ns = 0;
            arm_poll(&cpu->tcg);
        }
        cpu->excl_addr = random_value(rand);
        ((void (*)(void *, uint64_t))h_wfe.fn)(cpu, cpu->pc + 4);
        ((void (*)(void *, uint64_t))h_store_event.fn)(cpu, random_value(rand));
        cpu->halt_deadline_ns = 0;
        break;
    case 6:
        psci(r, rand);
        break;
    case 7:
        ((void (*)(void *, uint64_t, uint32_t))h_dc_zva.fn)(cpu, random_value(rand),
                                                            ctx_mmu(cpu->tcg.context));
        break;
    case 8:
        if (cpu->el) {
            ((void (*)(void *, uint32_t, uint32_t, uint64_t))h_msr_pstate.fn)(
                cpu, g_rand_int_range(rand, 0, 32), g_rand_int_range(rand, 0, 16), cpu->pc + 4);
        }
        break;
    default:
        access_row(r, rand);
        break;
    }
    take_fault(r, rand);
}

static void check(Rig *r, unsigned n)
{
    ArmCpu *cpu = r->cpu;
    ArmMmu mmu = cpu->mmu;

    if (cpu->tcg.context != arm_context_compute(cpu)) {
        g_error("step %u: context %#" PRIx64 ", computed %#" PRIx64, n, cpu->tcg.context,
                arm_context_compute(cpu));
    }
    g_assert_cmpuint(cpu->el, <=, 1);
    g_assert_cmpuint(cpu->spsel, <=, cpu->el);
    g_assert_cmphex(cpu->daif & ~PSTATE_DAIF, ==, 0);
    g_assert_cmphex(arm_pstate_get(cpu) & ~cpu->spsr_mask, ==, 0);
    arm_mmu_update(cpu);
    if (memcmp(&mmu, &cpu->mmu, sizeof(mmu))) {
        g_error("step %u: the decoded translation registers are stale", n);
    }
}

static void test_random(gconstpointer model)
{
    GRand *rand = g_rand_new_with_seed(g_test_rand_int());
    Rig r;

    rig_init(&r, model, &ops);
    for (unsigned n = 0; n < 60000; n++) {
        step(&r, rand);
        check(&r, n);
        if (n % 1000 == 999) {
            arm_cpu_reset(r.cpu, RAM_BASE, 0, true);
        }
    }
    rig_clear(&r);
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/arm/invariants/max", "max", test_random);
    g_test_add_data_func("/arm/invariants/cortex-a57", "cortex-a57", test_random);
    g_test_add_data_func("/arm/invariants/neoverse-n1", "neoverse-n1", test_random);
    return g_test_run();
}
