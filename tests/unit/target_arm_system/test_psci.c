/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PSCI and SMCCC by HVC: the table, the arguments, the conduit. */
#include "fake_tcg.h"

static struct Board {
    uint64_t mpidr, entry, ctx;
    unsigned level;
    int offs, resets, cpu_offs;
} seen;

static int on(void *platform, uint64_t mpidr, uint64_t entry, uint64_t context_id)
{
    seen.mpidr = mpidr;
    seen.entry = entry;
    seen.ctx = context_id;
    return PSCI_DENIED;
}

static void off(void *platform, ArmCpu *self) { seen.cpu_offs++; }

static int affinity(void *platform, uint64_t mpidr, unsigned level)
{
    seen.mpidr = mpidr;
    seen.level = level;
    return PSCI_AFF_ON_PENDING;
}

static void sys_off(void *platform) { seen.offs++; }
static void sys_reset(void *platform) { seen.resets++; }

static const ArmPlatformOps ops = { on, off, affinity, sys_off, sys_reset };

static int64_t call(Rig *r, uint32_t id, uint64_t x1, uint64_t x2, uint64_t x3)
{
    r->cpu->x[0] = id;
    r->cpu->x[1] = x1;
    r->cpu->x[2] = x2;
    r->cpu->x[3] = x3;
    ((void (*)(void *, uint32_t, uint64_t))h_hvc.fn)(r->cpu, 0, 0x9004);
    g_assert_cmphex(r->cpu->pc, ==, 0x9004);
    return r->cpu->x[0];
}

static void set_up(Rig *r)
{
    seen = (struct Board) { 0 };
    rig_init(r, "max", &ops);
}

static void test_discovery(void)
{
    static const struct { uint32_t fn; uint64_t arg; int64_t ret; } cases[] = {
        { 0x84000000, 0, 0x10001 },                 /* PSCI_VERSION */
        { 0x84000006, 0, 2 },                       /* MIGRATE_INFO_TYPE */
        { 0x8400000a, 0x84000001, 0 }, { 0x8400000a, 0xc4000001, 0 },
        { 0x8400000a, 0x84000002, 0 }, { 0x8400000a, 0xc4000003, 0 },
        { 0x8400000a, 0x80000000, 0 },              /* SMCCC_VERSION is there */
        { 0x8400000a, 0x80008000, -1 },             /* not PSCI's to tell */
        { 0x8400000a, 0x8400000e, -1 },             /* SYSTEM_SUSPEND */
        { 0x80000000, 0, 0x10001 },
        { 0x80000001, 0x80000001, 0 }, { 0x80000001, 0x80008000, 1 },
        { 0x80000001, 0x80007fff, 1 }, { 0x80000001, 0x80003fff, 1 },
        { 0x80000001, 0x80000050, -1 },
        { 0x84000005, 0, -1 },                      /* MIGRATE */
        { 0x84000050, 0, -1 }, { 0xc4000002, 0, -1 }, { 0, 0, -1 },
    };
    Rig r;

    set_up(&r);
    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_test_message("%#x(%#" PRIx64 ")", cases[i].fn, cases[i].arg);
        g_assert_cmpint(call(&r, cases[i].fn, cases[i].arg, 0, 0), ==, cases[i].ret);
    }
    rig_clear(&r);
}

static void test_cpu_on(void)
{
    Rig r;

    set_up(&r);
    g_assert_cmpint(call(&r, 0xc4000003, 0xff00000102, UINT64_C(0x123456789a), UINT64_MAX), ==,
                    PSCI_DENIED);
    g_assert_cmphex(seen.mpidr, ==, 0xff00000102);
    g_assert_cmphex(seen.entry, ==, 0x123456789a);
    g_assert_cmphex(seen.ctx, ==, UINT64_MAX);
    call(&r, 0x84000003, UINT64_C(0xdead00000003), UINT64_C(0x140000000), UINT64_MAX);
    g_assert_cmphex(seen.mpidr, ==, 3);             /* the 32-bit form sees W registers */
    g_assert_cmphex(seen.entry, ==, 0x40000000);
    g_assert_cmphex(seen.ctx, ==, 0xffffffff);
    g_assert_cmpint(call(&r, 0xc4000004, 0x102, 3, 0), ==, PSCI_AFF_ON_PENDING);
    g_assert_cmpuint(seen.level, ==, 3);
    rig_clear(&r);
}

static void test_cpu_off(void)
{
    Rig r;

    set_up(&r);
    r.cpu->sys.virt_timer.ctl = 1;
    call(&r, 0x84000002, 0, 0, 0);
    g_assert_cmpint(seen.cpu_offs, ==, 1);
    g_assert_false(arm_cpu_is_powered(r.cpu));
    g_assert_true(atomic_load(&arm_cpu_vcpu(r.cpu)->exit_request));
    g_assert_false(arm_poll(&r.cpu->tcg));
    g_assert_false(r.gic.ppi[27]);
    /* On again, as the board does it: work for the CPU's thread (none runs: work runs on join). */
    arm_cpu_power_on(r.cpu, 0x40080000, 7);
    GQueue *work = &arm_cpu_vcpu(r.cpu)->work;
    g_assert_cmpuint(g_queue_get_length(work), ==, 1);
    Error *err = NULL;
    g_assert_true(vcpu_start(arm_cpu_vcpu(r.cpu), &err));
    vcpu_join(arm_cpu_vcpu(r.cpu));
    g_assert_true(arm_cpu_is_powered(r.cpu));
    g_assert_cmphex(r.cpu->pc, ==, 0x40080000);
    g_assert_cmphex(r.cpu->x[0], ==, 7);
    g_assert_cmphex(arm_pstate_get(r.cpu) & 0x3ff, ==, 0x3c5);
    rig_clear(&r);
}

static void test_suspend(void)
{
    Rig r;

    set_up(&r);
    g_assert_cmpint(call(&r, 0xc4000001, 0x0, 0, 0), ==, 0);
    g_assert_true(r.cpu->halted);
    arm_cpu_set_wire(r.cpu, ARM_WIRE_IRQ, true);
    g_assert_true(arm_poll(&r.cpu->tcg));
    g_assert_cmpint(call(&r, 0x84000001, 0x10000, 0, 0), ==, 0);
    g_assert_false(r.cpu->halted);                  /* something is pending */
    g_assert_cmpint(call(&r, 0x84000001, 0x1000000, 0, 0), ==, PSCI_INVALID_PARAMETERS);
    rig_clear(&r);
}

static void test_system(void)
{
    Rig r;

    set_up(&r);
    call(&r, 0x84000009, 0, 0, 0);
    g_assert_cmpint(seen.resets, ==, 1);
    g_assert_false(arm_cpu_is_powered(r.cpu));
    arm_cpu_reset(r.cpu, 0, 0, true);
    call(&r, 0x84000008, 0, 0, 0);
    g_assert_cmpint(seen.offs, ==, 1);
    g_assert_false(arm_cpu_is_powered(r.cpu));
    rig_clear(&r);
}

static void test_conduit(void)
{
    Rig r;

    set_up(&r);
    r.cpu->x[0] = 0x84000000;
    ((void (*)(void *, uint32_t, uint64_t))h_smc.fn)(r.cpu, 0, 0x9004);
    g_assert_cmphex(r.cpu->sys.esr_el1 >> 26, ==, EC_UNKNOWN);
    g_assert_cmphex(r.cpu->sys.elr_el1, ==, 0x9000);            /* the instruction itself */
    g_assert_cmphex(r.cpu->x[0], ==, 0x84000000);
    arm_pstate_set(r.cpu, 0);
    ((void (*)(void *, uint32_t, uint64_t))h_hvc.fn)(r.cpu, 0, 0x9008);
    g_assert_cmphex(r.cpu->sys.esr_el1 >> 26, ==, EC_UNKNOWN);
    rig_clear(&r);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/psci/discovery", test_discovery);
    g_test_add_func("/arm/psci/cpu-on", test_cpu_on);
    g_test_add_func("/arm/psci/cpu-off", test_cpu_off);
    g_test_add_func("/arm/psci/suspend", test_suspend);
    g_test_add_func("/arm/psci/system", test_system);
    g_test_add_func("/arm/psci/conduit", test_conduit);
    return g_test_run();
}
