/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exception entry and return, PSTATE, illegal returns, software step, interrupts in poll. */
#include "fake_tcg.h"

#define VBAR UINT64_C(0xffff800008010000)

static void set_up(Rig *r, const char *model)
{
    rig_init(r, model, NULL);
    rig_msr(r, ENC_VBAR, VBAR | 0x7ff, NULL);
}

static void call_svc(Rig *r, uint32_t imm, uint64_t next_pc)
{
    ((void (*)(void *, uint32_t, uint64_t))h_svc.fn)(r->cpu, imm, next_pc);
}

static void call_eret(Rig *r) { ((void (*)(void *))h_eret.fn)(r->cpu); }

/* -- PSTATE -- */

static void test_pstate_round_trip(void)
{
    static const uint32_t legal[] = { 0x0, 0x4, 0x5 };
    static const uint32_t bits[] = {
        1u << 31, 1u << 30, 1u << 29, 1u << 28, PSTATE_PAN, PSTATE_UAO, PSTATE_DIT, PSTATE_SSBS,
        PSTATE_IL, PSTATE_SS, PSTATE_D, PSTATE_A, PSTATE_I, PSTATE_F,
    };
    Rig r;

    set_up(&r, "max");
    for (unsigned m = 0; m < ARRAY_SIZE(legal); m++) {
        for (unsigned b = 0; b < ARRAY_SIZE(bits); b++) {
            arm_pstate_set(r.cpu, legal[m] | bits[b]);
            g_assert_cmphex(arm_pstate_get(r.cpu), ==, legal[m] | bits[b]);
        }
    }
    rig_clear(&r);
    /* What the model lacks stays zero. */
    set_up(&r, "cortex-a57");
    arm_pstate_set(r.cpu, 5 | PSTATE_PAN | PSTATE_UAO | PSTATE_DIT | PSTATE_SSBS | 3u << 10);
    g_assert_cmphex(arm_pstate_get(r.cpu), ==, 5);
    rig_clear(&r);
}

static void test_stack_pointers(void)
{
    Rig r;

    set_up(&r, "max");
    r.cpu->sp = 0x1000;                      /* SP_EL1 */
    arm_pstate_set(r.cpu, 4);                /* EL1t */
    g_assert_cmphex(r.cpu->sp, ==, 0);
    r.cpu->sp = 0x2000;                      /* SP_EL0 */
    arm_pstate_set(r.cpu, 5);
    g_assert_cmphex(r.cpu->sp, ==, 0x1000);
    g_assert_cmphex(rig_mrs(&r, SYSREG_ENC(3, 0, 4, 1, 0), NULL), ==, 0x2000);
    arm_pstate_set(r.cpu, 0);
    g_assert_cmphex(r.cpu->sp, ==, 0x2000);
    call_svc(&r, 0, 4);
    g_assert_cmphex(r.cpu->sp, ==, 0x1000);
    rig_clear(&r);
}

/* -- Entry -- */

static void test_vector_offsets(void)
{
    static const struct { uint32_t pstate; unsigned off; } from[] = {
        { 0x0, 0x400 }, { 0x4, 0x000 }, { 0x5, 0x200 },
    };
    static const ArmVector kinds[] = { VECTOR_SYNC, VECTOR_IRQ, VECTOR_FIQ, VECTOR_SERROR };
    Rig r;

    set_up(&r, "max");
    for (unsigned f = 0; f < ARRAY_SIZE(from); f++) {
        for (unsigned k = 0; k < ARRAY_SIZE(kinds); k++) {
            arm_pstate_set(r.cpu, from[f].pstate | 1u << 29);
            arm_take_exception(r.cpu, kinds[k], 0x5a, 0xabc0);
            g_assert_cmphex(r.cpu->pc, ==, VBAR + from[f].off + 0x80 * k);
            g_assert_cmphex(r.cpu->sys.spsr_el1, ==, from[f].pstate | 1u << 29);
            g_assert_cmphex(r.cpu->sys.elr_el1, ==, 0xabc0);
            g_assert_cmphex(arm_pstate_get(r.cpu) & 0x3ff, ==, 0x3c5);
        }
    }
    rig_clear(&r);
}

static void test_entry_pstate(void)
{
    Rig r;

    set_up(&r, "max");
    rig_msr(&r, ENC_SCTLR, SCTLR_DSSBS, NULL);             /* SPAN = 0 */
    arm_pstate_set(r.cpu, PSTATE_IL | PSTATE_SS | PSTATE_UAO | PSTATE_DIT);
    arm_take_exception(r.cpu, VECTOR_SYNC, 0, 0);
    g_assert_cmphex(r.cpu->pstate_rest, ==, PSTATE_PAN | PSTATE_SSBS | PSTATE_DIT);
    rig_msr(&r, ENC_SCTLR, SCTLR_SPAN, NULL);
    arm_pstate_set(r.cpu, PSTATE_SSBS);
    arm_take_exception(r.cpu, VECTOR_SYNC, 0, 0);
    g_assert_cmphex(r.cpu->pstate_rest, ==, 0);
    arm_pstate_set(r.cpu, PSTATE_PAN);
    arm_take_exception(r.cpu, VECTOR_SYNC, 0, 0);
    g_assert_cmphex(r.cpu->pstate_rest, ==, PSTATE_PAN);
    rig_clear(&r);
    /* No PAN to set without the feature, whatever is written to SPAN. */
    set_up(&r, "cortex-a57");
    rig_msr(&r, ENC_SCTLR, 0, NULL);
    arm_take_exception(r.cpu, VECTOR_SYNC, 0, 0);
    g_assert_cmphex(r.cpu->pstate_rest, ==, 0);
    rig_clear(&r);
}

static void test_svc(void)
{
    Rig r;

    set_up(&r, "max");
    arm_pstate_set(r.cpu, 0);
    call_svc(&r, 0x1234, 0x8004);
    g_assert_cmphex(r.cpu->sys.esr_el1, ==, UINT64_C(0x15) << 26 | 1 << 25 | 0x1234);
    g_assert_cmphex(r.cpu->sys.elr_el1, ==, 0x8004);
    g_assert_cmphex(r.cpu->tcg.context, ==, arm_context_compute(r.cpu));
    rig_clear(&r);
}

static void test_pc_alignment(void)
{
    Rig r;

    set_up(&r, "max");
    r.cpu->pc = 0x8000;
    ((void (*)(void *, uint64_t))h_pc_align.fn)(r.cpu, 0x8002);
    rig_deliver(&r, 0);
    g_assert_cmphex(r.cpu->sys.esr_el1 >> 26, ==, EC_PC_ALIGN);
    g_assert_cmphex(r.cpu->sys.elr_el1, ==, 0x8002);
    g_assert_cmphex(r.cpu->sys.far_el1, ==, 0x8002);
    rig_clear(&r);
}

/* -- Return -- */

static void test_eret(void)
{
    Rig r;

    set_up(&r, "max");
    r.cpu->excl_addr = 0x1000;
    r.cpu->sys.spsr_el1 = 0xa0000000 | PSTATE_UAO;
    r.cpu->sys.elr_el1 = 0x400080;
    call_eret(&r);
    g_assert_cmphex(arm_pstate_get(r.cpu), ==, 0xa0000000 | PSTATE_UAO);
    g_assert_cmphex(r.cpu->pc, ==, 0x400080);
    g_assert_cmphex(r.cpu->excl_addr, ==, ~UINT64_C(0));
    g_assert_true(atomic_load(&r.cpu->event_register));
    g_assert_cmphex(r.cpu->tcg.context, ==, arm_context_compute(r.cpu));
    g_assert_cmpuint(r.cpu->tcg.fetch_idx, ==, ARM_MMU_EL0);
    rig_clear(&r);
}

static void test_eret_illegal(void)
{
    static const uint32_t bad[] = { 0x1, 0x2, 0x3, 0x6, 0x7, 0x8, 0x9, 0xc, 0xd, 0x10, 0x1f };

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        Rig r;

        set_up(&r, "max");
        r.cpu->sys.spsr_el1 = bad[i] | 0x60000000 | PSTATE_I;
        r.cpu->sys.elr_el1 = 0x400080;
        call_eret(&r);
        g_assert_cmphex(arm_pstate_get(r.cpu), ==, 0x60000005 | PSTATE_I | PSTATE_IL);
        g_assert_cmphex(r.cpu->pc, ==, 0x400080);
        g_assert_true(r.cpu->tcg.context & CTX_IL);
        rig_clear(&r);
    }
}

static void test_eret_drops_tag(void)
{
    Rig r;

    set_up(&r, "max");
    r.cpu->sys.elr_el1 = UINT64_C(0x7f00000000400080);
    r.cpu->sys.spsr_el1 = 0;
    call_eret(&r);
    g_assert_cmphex(r.cpu->pc, ==, UINT64_C(0x7f00000000400080));
    arm_pstate_set(r.cpu, 5);
    rig_msr(&r, ENC_TCR, TCR_TBI0, NULL);
    call_eret(&r);
    g_assert_cmphex(r.cpu->pc, ==, 0x400080);
    rig_clear(&r);
}

/* -- Software step (D2.4) -- */

static void test_software_step(void)
{
    Rig r;

    set_up(&r, "max");
    rig_msr(&r, ENC_MDSCR, MDSCR_SS, NULL);
    g_assert_false(r.cpu->tcg.context & CTX_STEP);              /* EL1, KDE = 0; lock closed */
    rig_msr(&r, ENC_OSLAR, 0, NULL);
    r.cpu->sys.spsr_el1 = PSTATE_SS;
    r.cpu->sys.elr_el1 = 0x400000;
    call_eret(&r);
    g_assert_cmphex(r.cpu->tcg.context & (CTX_STEP | CTX_STEP_PEND), ==, CTX_STEP);
    /* An instruction that faults is stepped again after the return. */
    arm_raise_sync(r.cpu, syn_make(EC_UNKNOWN, 0));
    rig_deliver(&r, 0);
    g_assert_true(r.cpu->sys.spsr_el1 & PSTATE_SS);
    g_assert_false(r.cpu->tcg.context & CTX_STEP);
    call_eret(&r);
    /* Completed: SS is clear and the step exception is due. */
    r.cpu->pstate_rest &= ~PSTATE_SS;
    arm_context_update(r.cpu);
    g_assert_true(r.cpu->tcg.context & CTX_STEP_PEND);
    arm_raise_sync(r.cpu, syn_make(EC_STEP_LOWER, FSC_DEBUG));
    rig_deliver(&r, 0);
    g_assert_false(r.cpu->sys.spsr_el1 & PSTATE_SS);
    g_assert_cmphex(r.cpu->sys.esr_el1 >> 26, ==, EC_STEP_LOWER);
    /* At EL1: KDE and PSTATE.D. */
    rig_msr(&r, ENC_MDSCR, MDSCR_SS | MDSCR_KDE, NULL);
    g_assert_false(r.cpu->tcg.context & CTX_STEP);
    r.cpu->sys.spsr_el1 = 5 | PSTATE_SS;
    call_eret(&r);
    g_assert_cmphex(r.cpu->tcg.context & (CTX_STEP | CTX_STEP_PEND), ==, CTX_STEP);
    rig_clear(&r);
}

/* -- Interrupts -- */

static void test_poll_takes_interrupts(void)
{
    Rig r;

    set_up(&r, "max");
    ArmCpu *cpu = r.cpu;
    cpu->pc = 0x5000;
    arm_cpu_set_wire(cpu, ARM_WIRE_IRQ, true);
    g_assert_true(atomic_load(&arm_cpu_vcpu(cpu)->exit_request));
    g_assert_true(arm_poll(&cpu->tcg));
    g_assert_cmphex(cpu->pc, ==, 0x5000);                       /* masked after reset */
    atomic_store(&arm_cpu_vcpu(cpu)->exit_request, 0);
    rig_msr(&r, ENC_DAIF, 0, NULL);
    g_assert_true(atomic_load(&arm_cpu_vcpu(cpu)->exit_request));
    g_assert_true(arm_poll(&cpu->tcg));
    g_assert_cmphex(cpu->pc, ==, VBAR + 0x280);
    g_assert_cmphex(cpu->sys.elr_el1, ==, 0x5000);
    /* FIQ first. */
    arm_cpu_set_wire(cpu, ARM_WIRE_FIQ, true);
    rig_msr(&r, ENC_DAIF, 0, NULL);
    g_assert_true(arm_poll(&cpu->tcg));
    g_assert_cmphex(cpu->pc, ==, VBAR + 0x300);
    arm_cpu_set_wire(cpu, ARM_WIRE_FIQ, false);
    arm_cpu_set_wire(cpu, ARM_WIRE_IRQ, false);
    rig_msr(&r, ENC_DAIF, 0, NULL);
    cpu->pc = 0x6000;
    g_assert_true(arm_poll(&cpu->tcg));
    g_assert_cmphex(cpu->pc, ==, 0x6000);
    rig_clear(&r);
}

/* A misaligned PC stands for a fault that is about to be taken: it comes first. */
static void test_poll_leaves_misaligned_pc(void)
{
    Rig r;

    set_up(&r, "max");
    rig_msr(&r, ENC_DAIF, 0, NULL);
    arm_cpu_set_wire(r.cpu, ARM_WIRE_IRQ, true);
    r.cpu->pc = 0x5001;
    g_assert_true(arm_poll(&r.cpu->tcg));
    g_assert_cmphex(r.cpu->pc, ==, 0x5001);
    r.cpu->pc = 0x5004;
    g_assert_true(arm_poll(&r.cpu->tcg));
    g_assert_cmphex(r.cpu->pc, ==, VBAR + 0x280);
    rig_clear(&r);
}

static void test_eret_notices_interrupt(void)
{
    Rig r;

    set_up(&r, "max");
    arm_cpu_set_wire(r.cpu, ARM_WIRE_IRQ, true);
    atomic_store(&arm_cpu_vcpu(r.cpu)->exit_request, 0);
    r.cpu->sys.spsr_el1 = 5 | PSTATE_I;
    call_eret(&r);
    g_assert_false(atomic_load(&arm_cpu_vcpu(r.cpu)->exit_request));
    r.cpu->sys.spsr_el1 = 0;
    call_eret(&r);
    g_assert_true(atomic_load(&arm_cpu_vcpu(r.cpu)->exit_request));
    rig_clear(&r);
}

/* -- Waiting -- */

static void call1(const IrHelper *h, Rig *r, uint64_t pc)
{
    ((void (*)(void *, uint64_t))h->fn)(r->cpu, pc);
}

static void test_wfi(void)
{
    Rig r;

    set_up(&r, "max");
    Vcpu *vcpu = arm_cpu_vcpu(r.cpu);
    call1(&h_wfi, &r, 0x7004);
    g_assert_cmphex(r.cpu->pc, ==, 0x7004);
    g_assert_true(r.cpu->halted && atomic_load(&vcpu->exit_request));
    g_assert_false(arm_poll(&r.cpu->tcg));
    g_assert_false(vcpu->ops->has_work(vcpu));
    g_assert_cmpint(vcpu->ops->wake_deadline_ns(vcpu), ==, INT64_MAX);
    arm_cpu_set_wire(r.cpu, ARM_WIRE_IRQ, true);               /* masked: wakes all the same */
    g_assert_true(vcpu->ops->has_work(vcpu));
    g_assert_true(arm_poll(&r.cpu->tcg));
    g_assert_false(r.cpu->halted);
    g_assert_cmphex(r.cpu->pc, ==, 0x7004);
    /* Pending already: does not stop. */
    call1(&h_wfi, &r, 0x7008);
    g_assert_false(r.cpu->halted);
    rig_clear(&r);
}

static void test_wfe_and_events(void)
{
    Rig r;

    set_up(&r, "max");
    Vcpu *vcpu = arm_cpu_vcpu(r.cpu);
    ((void (*)(void *))h_sevl.fn)(r.cpu);
    call1(&h_wfe, &r, 0x7004);
    g_assert_false(r.cpu->halted);                              /* the event was consumed */
    call1(&h_wfe, &r, 0x7008);
    g_assert_true(r.cpu->halted);
    g_assert_cmpint(vcpu->ops->wake_deadline_ns(vcpu), <, host_clock_ns() + 2000000);
    ((void (*)(void *))h_sev.fn)(r.cpu);
    g_assert_true(vcpu->ops->has_work(vcpu));
    g_assert_true(arm_poll(&r.cpu->tcg));
    g_assert_false(atomic_load(&r.cpu->event_register));
    /* Without an event it goes on by itself soon. */
    call1(&h_wfe, &r, 0x700c);
    g_usleep(3000);
    g_assert_true(arm_poll(&r.cpu->tcg));
    rig_clear(&r);
}

static void load_exclusive(Rig *r, uint64_t va)
{
    r->cpu->excl_addr = va;
    r->cpu->excl_val[0] = rig_peek(r, va);
}

static void test_wfe_sees_monitored_location(void)
{
    Rig r;

    set_up(&r, "max");
    rig_poke(&r, RAM_BASE + 0x100, 1);
    load_exclusive(&r, RAM_BASE + 0x100);
    rig_poke(&r, RAM_BASE + 0x100, 2);                          /* stored to since the LDXR */
    call1(&h_wfe, &r, 0x7004);
    g_assert_false(r.cpu->halted);
    load_exclusive(&r, RAM_BASE + 0x100);
    call1(&h_wfe, &r, 0x7004);
    g_assert_true(r.cpu->halted);
    rig_clear(&r);                                              /* while it waits */
}

static void test_store_release_wakes(void)
{
    Rig r;

    set_up(&r, "max");
    Vcpu *vcpu = arm_cpu_vcpu(r.cpu);
    load_exclusive(&r, RAM_BASE + 0x148);
    call1(&h_wfe, &r, 0x7004);
    g_assert_true(r.cpu->halted);
    rig_poke(&r, RAM_BASE + 0x188, 1);
    call1(&h_store_event, &r, RAM_BASE + 0x188);                /* another line */
    call1(&h_store_event, &r, RAM_BASE + 0x140);                /* the line, unchanged */
    g_assert_false(vcpu->ops->has_work(vcpu));
    rig_poke(&r, RAM_BASE + 0x148, 1);
    call1(&h_store_event, &r, RAM_BASE + 0x148);
    g_assert_true(vcpu->ops->has_work(vcpu));
    g_assert_true(arm_poll(&r.cpu->tcg));
    g_assert_false(r.cpu->halted);
    g_assert_false(atomic_load(&r.cpu->event_register));
    rig_clear(&r);
}

/* A wait in vain is followed by one twice as long, up to a limit; a change starts anew. */
static void test_wfe_backs_off(void)
{
    int64_t longest_ns = 0, first_ns = 0;
    Rig r;

    set_up(&r, "max");
    for (unsigned i = 0; i < 12; i++) {
        load_exclusive(&r, RAM_BASE + 0x100);
        call1(&h_wfe, &r, 0x7004);
        g_assert_true(r.cpu->halted);
        int64_t wait_ns = r.cpu->halt_deadline_ns - host_clock_ns();
        first_ns = first_ns ? first_ns : wait_ns;
        longest_ns = MAX(longest_ns, wait_ns);
        r.cpu->halt_deadline_ns = 0;
        g_assert_true(arm_poll(&r.cpu->tcg));
    }
    g_assert_cmpint(first_ns, <=, 100000);
    g_assert_cmpint(longest_ns, <=, 16000000);
    g_assert_cmpint(longest_ns, >, 1000000);
    rig_poke(&r, RAM_BASE + 0x100, 7);
    load_exclusive(&r, RAM_BASE + 0x100);
    call1(&h_wfe, &r, 0x7004);
    g_assert_cmpint(r.cpu->halt_deadline_ns - host_clock_ns(), <=, 100000);
    rig_clear(&r);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/pstate/round-trip", test_pstate_round_trip);
    g_test_add_func("/arm/pstate/stack-pointers", test_stack_pointers);
    g_test_add_func("/arm/exception/vectors", test_vector_offsets);
    g_test_add_func("/arm/exception/entry-pstate", test_entry_pstate);
    g_test_add_func("/arm/exception/svc", test_svc);
    g_test_add_func("/arm/exception/pc-align", test_pc_alignment);
    g_test_add_func("/arm/exception/eret", test_eret);
    g_test_add_func("/arm/exception/eret-illegal", test_eret_illegal);
    g_test_add_func("/arm/exception/eret-tag", test_eret_drops_tag);
    g_test_add_func("/arm/exception/step", test_software_step);
    g_test_add_func("/arm/interrupt/poll", test_poll_takes_interrupts);
    g_test_add_func("/arm/interrupt/poll-misaligned", test_poll_leaves_misaligned_pc);
    g_test_add_func("/arm/interrupt/eret", test_eret_notices_interrupt);
    g_test_add_func("/arm/wait/wfi", test_wfi);
    g_test_add_func("/arm/wait/wfe", test_wfe_and_events);
    g_test_add_func("/arm/wait/wfe-monitor", test_wfe_sees_monitored_location);
    g_test_add_func("/arm/wait/store-release", test_store_release_wakes);
    g_test_add_func("/arm/wait/back-off", test_wfe_backs_off);
    return g_test_run();
}
