/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between vCPUs: TLBI by broadcast (queue, overflow, DSB), code pages of one CPU written by
 * another, flushes while all run.
 */
#include "small_guest.h"

#define VA UINT64_C(0x10000000)
#define CODE_PA (RAM_PA + 0x10000)

/* @data: a TcgConfig, or NULL for one that takes it that all CPUs have run. */
static void set_up(Small *m, gconstpointer data)
{
    static const TcgConfig several = { .code_bytes = 4 * MiB, .no_single = true };

    small_set_up(m, 3, data ? data : &several);
    small_map_identity(m);
    small_map(m, (Mapping) { .va = VA, .pa = RAM_PA + 0x20000, .bytes = 64 * 4096 });
}

static void tear_down(Small *m, gconstpointer data) { small_tear_down(m); }

/* -- The queue -- */

static void test_idle_applies_later(Small *m, gconstpointer data)
{
    SmallCpu *a = m->cpu[0], *b = m->cpu[1];

    small_fills(a, VA, 0);
    small_fills(b, VA, 0);
    tcg_tlbi_broadcast(&a->tcg, &(Tlbi) { TLBI_VA, 1, 0, VA, 4096 });
    g_assert_cmpuint(small_fills(a, VA, 0), ==, 1);      /* the sender at once */
    tcg_tlbi_sync(&a->tcg);                              /* b is not in guest code */
    CODE(m, CODE_PA, LD(0), HALT);
    b->x[2] = VA;
    unsigned before = b->n_fills;
    small_run(b, CODE_PA);                               /* before its first access */
    g_assert_cmpuint(b->n_fills - before, ==, 2);        /* the code's page, and this one */
}

static void test_overflow(Small *m, gconstpointer data)
{
    SmallCpu *a = m->cpu[0], *b = m->cpu[1];

    for (unsigned i = 0; i < 64; i++) {
        small_fills(b, VA + i * 4096, 0);
    }
    for (unsigned i = 0; i < 60; i++) {                  /* more than a queue holds */
        tcg_tlbi_broadcast(&a->tcg, &(Tlbi) { TLBI_VA, 1, 0, VA + i * 4096, 4096 });
    }
    tlb_apply_queue(&b->tcg);
    for (unsigned i = 0; i < 60; i++) {
        g_assert_cmpuint(small_fills(b, VA + i * 4096, 0), ==, 1);
    }
    tcg_tlbi_broadcast(&a->tcg, &(Tlbi) { TLBI_VA, 1, 0, VA, 4096 });
    tlb_apply_queue(&b->tcg);                            /* and afterwards one by one again */
    g_assert_cmpuint(small_fills(b, VA, 0), ==, 1);
    g_assert_cmpuint(small_fills(b, VA + 4096, 0), ==, 0);
}

static bool has_queue(const SmallCpu *cpu)
{
    const TlbState *s = cpu->tcg.tlb_state;

    return atomic_load(&s->applied) != atomic_load(&s->posted);
}

/* CPUs that have never run have nothing cached; one that has hears of everything. */
static void test_alone_posts_nothing(Small *m, gconstpointer data)
{
    SmallCpu *a = m->cpu[0], *b = m->cpu[1];
    const Tlbi op = { TLBI_VA, 1, 0, VA, 4096 };

    CODE(m, CODE_PA, LD(0), HALT);
    a->x[2] = b->x[2] = VA;
    small_run(a, CODE_PA);
    tcg_tlbi_broadcast(&a->tcg, &op);
    g_assert_false(has_queue(b) || a->tcg.tlb_state->owes_sync);
    g_assert_cmpuint(small_fills(a, VA, 0), ==, 1);
    small_run(b, CODE_PA);
    tcg_tlbi_broadcast(&a->tcg, &op);
    g_assert_true(has_queue(b) && a->tcg.tlb_state->owes_sync);
}

/* Whoever stopped a CPU has its state for himself: it leaves without a look at its queue. */
static void test_stopped_touches_nothing(Small *m, gconstpointer data)
{
    SmallCpu *a = m->cpu[0], *b = m->cpu[1];

    tcg_tlbi_broadcast(&a->tcg, &(Tlbi) { TLBI_VA, 1, 0, VA, 4096 });
    b->pc = CODE_PA;
    b->tcg.vcpu.stopped = true;
    tcg_cpu_run(&b->tcg.vcpu);
    g_assert_true(has_queue(b));
    g_assert_cmphex(b->pc, ==, CODE_PA);
}

/* A flush lets its caller out for a moment, in which nobody kicks it or waits for it. */
static void test_flush_applies(Small *m, gconstpointer data)
{
    SmallCpu *a = m->cpu[0], *b = m->cpu[1];

    small_fills(b, VA, 0);
    tcg_tlbi_broadcast(&a->tcg, &(Tlbi) { TLBI_VA, 1, 0, VA, 4096 });
    atomic_store(&b->tcg.vcpu.exit_request, 0);
    vcpu_exec_begin(m->set, &b->tcg.vcpu);
    tcg_accel_flush(m->accel, &b->tcg);
    g_assert_false(has_queue(b));
    g_assert_cmpuint(small_fills(b, VA, 0), ==, 1);
    vcpu_exec_end(m->set, &b->tcg.vcpu);
}

/* -- Running targets -- */

static void start(SmallCpu *cpu, uint64_t pc)
{
    cpu->pc = pc;
    cpu->halted = false;
    g_assert_true(vcpu_start(&cpu->tcg.vcpu, NULL));
}

static void wait_in_guest(SmallCpu *cpu)
{
    while (!atomic_load(&cpu->tcg.vcpu.in_guest)) {
        g_thread_yield();
    }
}

static Mapping *mapping_of(Small *m, uint64_t va)
{
    for (unsigned i = 0; i < m->n_map; i++) {
        if (m->map[i].va == va) {
            return &m->map[i];
        }
    }
    g_assert_not_reached();
}

/* x3 = [x2], and again while it is not 0. Loads in front give each turn some length. */
static void loop_on_page(SmallCpu *cpu)
{
    uint32_t code[512];

    for (unsigned i = 0; i < 509; i++) {
        code[i] = LD(0);
    }
    code[509] = LD(3);
    code[510] = BNZ3(-510);
    code[511] = HALT;
    small_code(cpu->m, CODE_PA, code, ARRAY_SIZE(code));
    cpu->x[2] = VA;
    cpu->x[3] = 1;
    start(cpu, CODE_PA);
    wait_in_guest(cpu);
}

/*
 * After DSB nobody reads the page where it was. It moves to and fro under two CPUs, and what it has
 * left becomes 0 only after the DSB. (A CPU that is between two stretches of guest code has not
 * applied the operation yet, but does before it reads anything.)
 */
static void test_sync_running(Small *m, gconstpointer data)
{
    SmallCpu *a = m->cpu[0];
    const uint64_t page_pa[2] = { RAM_PA + 0x20000, RAM_PA + 0x80000 };
    Mapping *map = mapping_of(m, VA);

    atomic_store((_Atomic uint64_t *)small_ram(m, page_pa[0]), 1);
    loop_on_page(m->cpu[1]);
    loop_on_page(m->cpu[2]);
    vcpu_exec_begin(m->set, &a->tcg.vcpu);
    for (unsigned i = 0; i < 3000; i++) {
        atomic_store((_Atomic uint64_t *)small_ram(m, page_pa[~i & 1]), 1);
        atomic_store((_Atomic uint64_t *)&map->pa, page_pa[~i & 1]);
        tcg_tlbi_broadcast(&a->tcg, &(Tlbi) { TLBI_VA, 1, 0, VA, 4096 });
        tcg_tlbi_sync(&a->tcg);
        atomic_store((_Atomic uint64_t *)small_ram(m, page_pa[i & 1]), 0);
    }
    vcpu_exec_end(m->set, &a->tcg.vcpu);
    for (unsigned i = 1; i < 3; i++) {
        vcpu_join(&m->cpu[i]->tcg.vcpu);
        g_assert_false(m->cpu[i]->halted);
    }
}

static gpointer sender(gpointer opaque)
{
    SmallCpu *cpu = opaque;

    vcpu_exec_begin(cpu->m->set, &cpu->tcg.vcpu);
    for (unsigned i = 0; i < 3000; i++) {
        tcg_tlbi_broadcast(&cpu->tcg, &(Tlbi) { TLBI_VA, 1, 0, VA, 4096 });
        tcg_tlbi_sync(&cpu->tcg);
    }
    vcpu_exec_end(cpu->m->set, &cpu->tcg.vcpu);
    return NULL;
}

/* All wait for each other: nobody waits for ever. */
static void test_sync_each_other(Small *m, gconstpointer data)
{
    GThread *t[3];

    for (unsigned i = 0; i < 3; i++) {
        t[i] = g_thread_new("sender", sender, m->cpu[i]);
    }
    for (unsigned i = 0; i < 3; i++) {
        g_thread_join(t[i]);
    }
}

/* -- Code -- */

/* Round and round in a loop that counts in x0: everything in it has been translated. */
static void wait_in_loop(SmallCpu *cpu)
{
    volatile uint64_t *count = &cpu->x[0];

    for (uint64_t before = *count; *count - before < 3;) {
        g_thread_yield();
    }
}

/*
 * CPU 0 patches what CPU 1 runs in a loop: it is seen, without any further word. (Not so while CPU
 * 1 still translates it: that takes IC IVAU. The second CPU to run has all code made anew, so CPU 0
 * runs first.)
 */
static void test_patch_from_elsewhere(Small *m, gconstpointer data)
{
    SmallCpu *a = m->cpu[0], *b = m->cpu[1];

    CODE(m, CODE_PA, ADDI(0, 1), NEXT, BNZ3(-2), HALT);
    CODE(m, CODE_PA + 0x1000, ST(1), HALT);
    small_run(a, CODE_PA + 0x1004);
    b->x[3] = 1;
    start(b, CODE_PA);
    wait_in_loop(b);
    a->x[1] = HALT;
    a->x[2] = CODE_PA;
    small_run(a, CODE_PA + 0x1000);
    while (!*(volatile bool *)&b->halted) {
        g_thread_yield();                    /* the alarm ends it if it never comes */
    }
    vcpu_join(&b->tcg.vcpu);
    g_assert_cmphex(b->pc, ==, CODE_PA + 4);
    g_assert_cmpuint(b->x[0], >, 0);
}

/* A block that jumps to itself keeps registers to itself; who stops it sees them all the same. */
static void look_at_sum(Vcpu *vcpu, void *opaque)
{
    SmallCpu *cpu = (SmallCpu *)vcpu;

    g_assert_cmpuint(cpu->x[0] + cpu->x[1], ==, 1000);
    g_assert_true(cpu->pc == CODE_PA || cpu->halted);
    *(uint64_t *)opaque = cpu->x[0];
}

static void test_loop_of_one_block(Small *m, gconstpointer data)
{
    SmallCpu *a = m->cpu[0], *b = m->cpu[1];
    uint64_t seen = 0, before = 0;

    CODE(m, CODE_PA, ADDI(0, 1), ADDI(1, -1), BNZ3(-2), HALT);
    CODE(m, CODE_PA + 0x1000, ST(1), HALT);
    CODE(m, CODE_PA + 0x2000, HALT);
    small_run(a, CODE_PA + 0x2000);          /* the second runner has all code made anew: now */
    b->x[1] = 1000;
    b->x[3] = 1;
    start(b, CODE_PA);
    for (unsigned i = 0; i < 100; i++) {
        wait_in_guest(b);
        vcpu_run_on(&b->tcg.vcpu, look_at_sum, &seen);
    }
    g_assert_true(block_find(m->accel, CODE_PA, 0, phys_mem_ram_page(m->mem, CODE_PA))->loops);
    while (seen == before) {                 /* it gets on */
        before = seen;
        g_usleep(1000);
        vcpu_run_on(&b->tcg.vcpu, look_at_sum, &seen);
    }
    g_usleep(3000);                          /* the last request is over */
    a->x[1] = HALT;                          /* it is patched, and not asked to come out */
    a->x[2] = CODE_PA;
    small_run(a, CODE_PA + 0x1000);
    while (!*(volatile bool *)&b->halted) {
        g_thread_yield();
    }
    vcpu_join(&b->tcg.vcpu);
    g_assert_cmphex(b->pc, ==, CODE_PA + 4);
    look_at_sum(&b->tcg.vcpu, &seen);
}

static void test_flush_while_running(Small *m, gconstpointer data)
{
    CODE(m, CODE_PA, ADDI(0, 1), NEXT, BNZ3(-2), HALT);
    CODE(m, CODE_PA + 0x1000, ST(1), HALT);
    small_run(m->cpu[0], CODE_PA + 0x1004);
    for (unsigned i = 1; i < 3; i++) {
        m->cpu[i]->x[3] = 1;
        start(m->cpu[i], CODE_PA);
        wait_in_guest(m->cpu[i]);
    }
    for (unsigned i = 0; i < 200; i++) {
        tcg_accel_flush(m->accel, NULL);
    }
    wait_in_loop(m->cpu[1]);
    wait_in_loop(m->cpu[2]);
    m->cpu[0]->x[1] = HALT;
    m->cpu[0]->x[2] = CODE_PA + 8;
    small_run(m->cpu[0], CODE_PA + 0x1000);
    for (unsigned i = 1; i < 3; i++) {
        while (!*(volatile bool *)&m->cpu[i]->halted) {
            g_thread_yield();
        }
    }
}

#define ADD_WITH(path, cfg, fn) \
    g_test_add("/tcg-broadcast/" path, Small, cfg, set_up, fn, tear_down)
#define ADD(path, fn) ADD_WITH(path, NULL, fn)

int main(int argc, char **argv)
{
    static const TcgConfig one = { .code_bytes = 4 * MiB };
    static const TcgConfig turns = { .code_bytes = 4 * MiB, .one_thread = true };

    g_test_init(&argc, &argv, NULL);
    ADD("idle-applies-later", test_idle_applies_later);
    ADD_WITH("idle-applies-later/turns", &turns, test_idle_applies_later);
    ADD("overflow", test_overflow);
    ADD_WITH("alone-posts-nothing", &one, test_alone_posts_nothing);
    ADD("stopped-touches-nothing", test_stopped_touches_nothing);
    ADD("flush-applies", test_flush_applies);
    ADD("sync-running", test_sync_running);
    ADD("sync-each-other", test_sync_each_other);
    ADD("patch-from-elsewhere", test_patch_from_elsewhere);
    ADD("loop-of-one-block", test_loop_of_one_block);
    ADD("flush-while-running", test_flush_while_running);
    return g_test_run();
}
