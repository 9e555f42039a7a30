/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of vCPUs: members, kicks at deadlines, stop-the-world. */
#include "fake.h"

#include <unistd.h>

#define N 4

typedef struct Bench { VcpuSet *set; FakeCpu cpu[N]; } Bench;

static void set_up(Bench *b, gconstpointer data)
{
    b->set = vcpu_set_new();
    for (unsigned i = 0; i < N; i++) {
        fake_init(&b->cpu[i], i, b->set);
        fake_start(&b->cpu[i]);
    }
}

static void tear_down(Bench *b, gconstpointer data)
{
    for (unsigned i = 0; i < N; i++) {
        fake_end(&b->cpu[i]);
    }
    vcpu_set_free(b->set);
}

/* -- Members -- */

static void count(Vcpu *vcpu, void *opaque) { *(unsigned *)opaque |= 1u << vcpu->index; }

static void test_members(Bench *b, gconstpointer data)
{
    unsigned seen = 0;

    vcpu_set_foreach(b->set, count, &seen);
    g_assert_cmphex(seen, ==, 0xf);
    vcpu_set_remove(b->set, &b->cpu[2].vcpu);
    g_assert_null(b->cpu[2].vcpu.set);
    seen = 0;
    vcpu_set_foreach(b->set, count, &seen);
    g_assert_cmphex(seen, ==, 0xb);
    vcpu_set_add(b->set, &b->cpu[2].vcpu);
    g_assert_true(b->cpu[2].vcpu.set == b->set);
}

/* -- Deadlines -- */

/* run() leaves its loop only by a kick: the number of times it has is the number of kicks. */
static void wait_running(FakeCpu *cpu) { fake_wait(atomic_load(&cpu->running)); }

static void test_deadline_kicks(Bench *b, gconstpointer data)
{
    FakeCpu *cpu = &b->cpu[0];

    wait_running(cpu);
    atomic_store(&cpu->idle, true);       /* it will notice when it is kicked */
    int64_t at = host_clock_ns() + 20000000;
    vcpu_set_deadline(b->set, &cpu->vcpu, at);
    g_assert_true(atomic_load(&cpu->running));
    fake_wait(!atomic_load(&cpu->running));
    g_assert_cmpint(host_clock_ns(), >=, at);
    fake_expect_runs(&b->cpu[1]);         /* the others were not told */
}

static void test_deadline_replaced(Bench *b, gconstpointer data)
{
    FakeCpu *cpu = &b->cpu[0];

    wait_running(cpu);
    atomic_store(&cpu->idle, true);
    vcpu_set_deadline(b->set, &cpu->vcpu, host_clock_ns() + 3 * NS_PER_SEC);
    int64_t at = host_clock_ns() + 10000000;
    vcpu_set_deadline(b->set, &cpu->vcpu, at);           /* nearer */
    fake_wait(!atomic_load(&cpu->running));
    g_assert_cmpint(host_clock_ns(), >=, at);
    g_assert_cmpint(host_clock_ns(), <, at + 2 * NS_PER_SEC);
}

static void test_deadline_cancelled(Bench *b, gconstpointer data)
{
    FakeCpu *cpu = &b->cpu[0];

    wait_running(cpu);
    atomic_store(&cpu->idle, true);
    vcpu_set_deadline(b->set, &cpu->vcpu, host_clock_ns() + 10000000);
    vcpu_set_deadline(b->set, &cpu->vcpu, INT64_MAX);
    g_usleep(30000);
    g_assert_true(atomic_load(&cpu->running));
    vcpu_kick(&cpu->vcpu);
}

static void test_deadlines_of_many(Bench *b, gconstpointer data)
{
    int64_t start = host_clock_ns();

    for (unsigned i = 0; i < N; i++) {
        wait_running(&b->cpu[i]);
        atomic_store(&b->cpu[i].idle, true);
    }
    for (unsigned i = 0; i < N; i++) {    /* the last one is due first */
        vcpu_set_deadline(b->set, &b->cpu[i].vcpu, start + (N - i) * INT64_C(15000000));
    }
    for (unsigned i = 0; i < N; i++) {
        unsigned n = N - 1 - i;
        fake_wait(!atomic_load(&b->cpu[n].running));
        g_assert_cmpint(host_clock_ns(), >=, start + (N - n) * INT64_C(15000000));
    }
}

/* Deadlines set, moved and cancelled at random: those that are left come in order. */
static void test_deadlines_random(Bench *b, gconstpointer data)
{
    enum { MANY = 200 };
    static Vcpu cpu[MANY];
    int64_t soon = host_clock_ns() + NS_PER_SEC / 5, far = soon + 1000 * NS_PER_SEC;

    for (unsigned i = 0; i < MANY; i++) {
        vcpu_init(&cpu[i], 100 + i, NULL);
        vcpu_set_add(b->set, &cpu[i]);
    }
    for (unsigned k = 0; k < 20 * MANY; k++) {
        vcpu_set_deadline(b->set, &cpu[g_test_rand_int_range(0, MANY)],
                          g_test_rand_bit() ? far + g_test_rand_int_range(0, 1 << 30) : INT64_MAX);
    }
    for (unsigned i = 0; i < MANY; i += 2) {
        vcpu_set_deadline(b->set, &cpu[i], soon + g_test_rand_int_range(0, 1000000));
    }
    for (unsigned i = 0; i < MANY; i += 2) {
        fake_wait(atomic_load(&cpu[i].exit_request));
    }
    g_assert_cmpint(host_clock_ns(), >=, soon);
    for (unsigned i = 0; i < MANY; i++) {
        g_assert_cmpuint(atomic_load(&cpu[i].exit_request), ==, i % 2 == 0);
        vcpu_set_remove(b->set, &cpu[i]);
        g_assert_cmpuint(cpu[i].due_place, ==, 0);
        vcpu_clear(&cpu[i]);
        memset(&cpu[i], 0, sizeof(cpu[i]));
    }
}

static void test_deadline_past(Bench *b, gconstpointer data)
{
    wait_running(&b->cpu[0]);
    atomic_store(&b->cpu[0].idle, true);
    vcpu_set_deadline(b->set, &b->cpu[0].vcpu, 1);
    fake_wait(!atomic_load(&b->cpu[0].running));
}

/* -- Stop the world -- */

typedef struct World { Bench *b; unsigned entered; bool inside; } World;

static void look_around(void *opaque)
{
    World *w = opaque;

    g_assert_false(w->inside);
    w->inside = true;
    w->entered++;
    unsigned rounds[N];
    for (unsigned i = 0; i < N; i++) {
        g_assert_false(atomic_load(&w->b->cpu[i].running));
        /* not in_guest: who wants in says so before he looks whether he may */
        rounds[i] = atomic_load(&w->b->cpu[i].rounds);
    }
    g_usleep(20);
    for (unsigned i = 0; i < N; i++) {
        g_assert_cmpuint(atomic_load(&w->b->cpu[i].rounds), ==, rounds[i]);
    }
    w->inside = false;
}

static void test_exclusive(Bench *b, gconstpointer data)
{
    World w = { .b = b };

    for (unsigned i = 0; i < 200; i++) {
        vcpu_set_exclusive(b->set, NULL, look_around, &w);
        fake_expect_runs(&b->cpu[i % N]);
    }
    g_assert_cmpuint(w.entered, ==, 200);
}

static gpointer exclusive_caller(gpointer opaque)
{
    World *w = opaque;

    for (int i = 0; i < 300; i++) {
        vcpu_set_exclusive(w->b->set, NULL, look_around, w);
    }
    return NULL;
}

static void test_exclusive_from_many(Bench *b, gconstpointer data)
{
    World w = { .b = b };
    GThread *t[3];

    for (int i = 0; i < 3; i++) {
        t[i] = g_thread_new("exclusive", exclusive_caller, &w);
    }
    for (int i = 0; i < 3; i++) {
        g_thread_join(t[i]);
    }
    g_assert_cmpuint(w.entered, ==, 900);
    for (unsigned i = 0; i < N; i++) {
        fake_expect_runs(&b->cpu[i]);
    }
}

/* While it runs guest code a vCPU calls for a section: it counts as out, the others leave. */
static void exclusive_on_vcpu(Vcpu *vcpu, void *opaque)
{
    World *w = opaque;

    vcpu_exec_begin(w->b->set, vcpu);
    vcpu_set_exclusive(w->b->set, vcpu, look_around, w);
    g_assert_true(atomic_load(&vcpu->in_guest));
    vcpu_exec_end(w->b->set, vcpu);
}

static void test_exclusive_by_vcpus(Bench *b, gconstpointer data)
{
    World w = { .b = b };

    for (unsigned i = 0; i < 200; i++) {
        vcpu_post(&b->cpu[i % N].vcpu, exclusive_on_vcpu, &w);
    }
    for (unsigned i = 0; i < N; i++) {
        vcpu_run_on(&b->cpu[i].vcpu, exclusive_on_vcpu, &w);
    }
    g_assert_cmpuint(w.entered, ==, 200 + N);
}

/* Sleeping and stopped members are not waited for. */
static void test_exclusive_with_sleepers(Bench *b, gconstpointer data)
{
    World w = { .b = b };

    atomic_store(&b->cpu[1].idle, true);
    vcpu_kick(&b->cpu[1].vcpu);
    vcpu_set_stopped(&b->cpu[2].vcpu, true, true);
    for (int i = 0; i < 50; i++) {
        vcpu_set_exclusive(b->set, NULL, look_around, &w);
    }
    g_assert_cmpuint(w.entered, ==, 50);
}

static void test_exclusive_empty(void)
{
    VcpuSet *set = vcpu_set_new();
    World w = { .b = &(Bench) { .set = set } };

    vcpu_set_exclusive(set, NULL, look_around, &w);
    g_assert_cmpuint(w.entered, ==, 1);
    vcpu_set_free(set);
}

/* CPUs come and go while others run, stop the world and set deadlines. */
static gpointer comes_and_goes(gpointer opaque)
{
    Bench *b = opaque;

    for (unsigned i = 0; i < 100; i++) {
        FakeCpu cpu;
        fake_init(&cpu, 10, b->set);
        fake_start(&cpu);
        vcpu_set_deadline(b->set, &cpu.vcpu, host_clock_ns() + 100000);
        g_usleep(i);
        fake_end(&cpu);
    }
    return NULL;
}

static void test_churn(Bench *b, gconstpointer data)
{
    World w = { .b = b };
    GThread *t = g_thread_new("churn", comes_and_goes, b);

    for (unsigned i = 0; i < 200; i++) {
        vcpu_set_exclusive(b->set, NULL, look_around, &w);
        vcpu_set_deadline(b->set, &b->cpu[i % N].vcpu, host_clock_ns() + 50000);
    }
    g_thread_join(t);
    g_assert_cmpuint(w.entered, ==, 200);
}

#define ADD(path, fn) g_test_add("/vcpu-set/" path, Bench, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("members", test_members);
    ADD("deadline-kicks", test_deadline_kicks);
    ADD("deadline-replaced", test_deadline_replaced);
    ADD("deadline-cancelled", test_deadline_cancelled);
    ADD("deadlines-of-many", test_deadlines_of_many);
    ADD("deadlines-random", test_deadlines_random);
    ADD("deadline-past", test_deadline_past);
    ADD("exclusive", test_exclusive);
    ADD("exclusive-from-many", test_exclusive_from_many);
    ADD("exclusive-by-vcpus", test_exclusive_by_vcpus);
    ADD("exclusive-with-sleepers", test_exclusive_with_sleepers);
    g_test_add_func("/vcpu-set/exclusive-empty", test_exclusive_empty);
    ADD("churn", test_churn);
    return g_test_run();
}
