/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One vCPU as a thread: start, stop, kick, post, run_on, sleep and wake, end. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

typedef struct Bench { FakeCpu cpu; } Bench;

static void set_up(Bench *b, gconstpointer data) { fake_init(&b->cpu, 3, NULL); }
static void tear_down(Bench *b, gconstpointer data) { fake_end(&b->cpu); }

/* -- Start and stop -- */

static void test_starts_stopped(Bench *b, gconstpointer data)
{
    g_assert_true(vcpu_start(&b->cpu.vcpu, NULL));
    fake_wait(atomic_load(&b->cpu.vcpu.host_tid));
    fake_expect_still(&b->cpu);
    g_assert_cmpuint(atomic_load(&b->cpu.runs), ==, 0);
    vcpu_set_stopped(&b->cpu.vcpu, false, false);
    fake_expect_runs(&b->cpu);
}

static void test_thread_name(Bench *b, gconstpointer data)
{
    char name[32] = "";

    fake_start(&b->cpu);
    fake_wait(atomic_load(&b->cpu.vcpu.host_tid));
    g_autofree char *path = g_strdup_printf("/proc/self/task/%d/comm",
                                            atomic_load(&b->cpu.vcpu.host_tid));
    FILE *f = fopen(path, "r");
    g_assert_nonnull(f);
    g_assert_nonnull(fgets(name, sizeof(name), f));
    fclose(f);
    g_assert_cmpstr(name, ==, "CPU 3/TCG\n");
    g_assert_cmpint(atomic_load(&b->cpu.vcpu.host_tid), !=, getpid());
}

static void test_stop_and_go(Bench *b, gconstpointer data)
{
    b->cpu.members = vcpu_set_new();      /* so that in_guest is kept */
    fake_start(&b->cpu);
    for (int i = 0; i < 300; i++) {
        fake_expect_runs(&b->cpu);
        vcpu_set_stopped(&b->cpu.vcpu, true, true);
        unsigned rounds = atomic_load(&b->cpu.rounds);
        g_assert_false(atomic_load(&b->cpu.running));
        g_usleep(i % 10);                 /* it may look in once more, but does nothing there */
        g_assert_cmpuint(atomic_load(&b->cpu.rounds), ==, rounds);
        vcpu_set_stopped(&b->cpu.vcpu, false, false);
    }
    VcpuSet *set = b->cpu.members;
    vcpu_join(&b->cpu.vcpu);
    vcpu_set_remove(set, &b->cpu.vcpu);
    b->cpu.members = NULL;
    vcpu_set_free(set);
}

static void test_stop_twice_and_idle(Bench *b, gconstpointer data)
{
    atomic_store(&b->cpu.idle, true);
    fake_start(&b->cpu);
    vcpu_set_stopped(&b->cpu.vcpu, true, true);
    vcpu_set_stopped(&b->cpu.vcpu, true, true);
    atomic_store(&b->cpu.idle, false);
    vcpu_kick(&b->cpu.vcpu);
    fake_expect_still(&b->cpu);
    vcpu_set_stopped(&b->cpu.vcpu, false, false);
    fake_expect_runs(&b->cpu);
}

/* -- Sleep -- */

static void test_kick_wakes(Bench *b, gconstpointer data)
{
    atomic_store(&b->cpu.idle, true);
    fake_start(&b->cpu);
    for (int i = 0; i < 500; i++) {
        fake_wait(atomic_load(&b->cpu.vcpu.sleeping));
        atomic_store(&b->cpu.idle, false);   /* first what it shall see, then the kick */
        vcpu_kick(&b->cpu.vcpu);
        fake_wait(atomic_load(&b->cpu.running));
        atomic_store(&b->cpu.idle, true);
        vcpu_kick(&b->cpu.vcpu);
    }
}

/* Kicks from another thread, at any moment of falling asleep: none is lost. */
static void test_no_lost_wakeup(Bench *b, gconstpointer data)
{
    atomic_store(&b->cpu.idle, true);
    fake_start(&b->cpu);
    for (int i = 0; i < 3000; i++) {
        atomic_store(&b->cpu.idle, false);
        vcpu_kick(&b->cpu.vcpu);
        while (!atomic_load(&b->cpu.running)) {
            g_thread_yield();            /* forever, if it was lost: the alarm */
        }
        atomic_store(&b->cpu.idle, true);
        vcpu_kick(&b->cpu.vcpu);
    }
}

static void test_kick_while_stopped(Bench *b, gconstpointer data)
{
    g_assert_true(vcpu_start(&b->cpu.vcpu, NULL));
    for (int i = 0; i < 50; i++) {
        vcpu_kick(&b->cpu.vcpu);
    }
    fake_expect_still(&b->cpu);
    g_assert_cmpuint(atomic_load(&b->cpu.runs), ==, 0);
}

static void test_wakes_at_deadline(Bench *b, gconstpointer data)
{
    atomic_store(&b->cpu.idle, true);
    int64_t start = host_clock_ns();
    atomic_store(&b->cpu.deadline_ns, start + 30000000);
    fake_start(&b->cpu);
    fake_wait(atomic_load(&b->cpu.runs) > 0);
    /* The first run may be the start itself; one comes at the deadline without any kick. */
    fake_wait(host_clock_ns() >= start + 30000000);
    fake_wait(atomic_load(&b->cpu.runs) > 1);
    atomic_store(&b->cpu.deadline_ns, INT64_MAX);
    fake_wait(atomic_load(&b->cpu.vcpu.sleeping));
}

static void test_deadline_in_the_past(Bench *b, gconstpointer data)
{
    atomic_store(&b->cpu.idle, true);
    atomic_store(&b->cpu.deadline_ns, 1);
    fake_start(&b->cpu);
    fake_wait(atomic_load(&b->cpu.runs) > 3);     /* it looks again and again */
    atomic_store(&b->cpu.deadline_ns, INT64_MAX);
    fake_wait(atomic_load(&b->cpu.vcpu.sleeping));
}

/* A stopped CPU does not wake for its timer. */
static void test_stopped_ignores_deadline(Bench *b, gconstpointer data)
{
    atomic_store(&b->cpu.idle, true);
    atomic_store(&b->cpu.deadline_ns, host_clock_ns() + 5000000);
    g_assert_true(vcpu_start(&b->cpu.vcpu, NULL));
    g_usleep(15000);
    g_assert_cmpuint(atomic_load(&b->cpu.runs), ==, 0);
}

/* -- Work -- */

typedef struct Log { GMutex lock; GString *text; FakeCpu *cpu; unsigned count; } Log;

static void note(Vcpu *vcpu, void *opaque)
{
    Log *log = opaque;

    g_assert_true(vcpu_is_self(vcpu));
    g_assert_false(atomic_load(&log->cpu->running));
    log->count++;
}

static void test_post(Bench *b, gconstpointer data)
{
    Log log = { .cpu = &b->cpu };

    fake_start(&b->cpu);
    fake_wait(atomic_load(&b->cpu.running));
    for (int i = 0; i < 100; i++) {
        vcpu_post(&b->cpu.vcpu, note, &log);
    }
    vcpu_run_on(&b->cpu.vcpu, note, &log);         /* behind the others */
    g_assert_cmpuint(log.count, ==, 101);
    fake_expect_runs(&b->cpu);
}

static void append(Vcpu *vcpu, void *opaque)
{
    void **arg = opaque;

    g_string_append(arg[0], arg[1]);
}

static void test_work_order(Bench *b, gconstpointer data)
{
    g_autoptr(GString) text = g_string_new(NULL);
    void *arg[3][2] = { { text, "a" }, { text, "b" }, { text, "c" } };

    g_assert_true(vcpu_start(&b->cpu.vcpu, NULL)); /* stopped: work is done all the same */
    for (int i = 0; i < 3; i++) {
        vcpu_post(&b->cpu.vcpu, append, arg[i]);
    }
    vcpu_run_on(&b->cpu.vcpu, append, (void *[]){ text, "d" });
    g_assert_cmpstr(text->str, ==, "abcd");
    g_assert_cmpuint(atomic_load(&b->cpu.runs), ==, 0);
}

static void nested(Vcpu *vcpu, void *opaque)
{
    vcpu_run_on(vcpu, note, opaque);               /* on itself: now */
    g_assert_cmpuint(((Log *)opaque)->count, ==, 1);
    vcpu_post(vcpu, note, opaque);                 /* later */
    g_assert_cmpuint(((Log *)opaque)->count, ==, 1);
}

static void test_run_on_self(Bench *b, gconstpointer data)
{
    Log log = { .cpu = &b->cpu };

    fake_start(&b->cpu);
    vcpu_run_on(&b->cpu.vcpu, nested, &log);
    vcpu_run_on(&b->cpu.vcpu, note, &log);
    g_assert_cmpuint(log.count, ==, 3);
}

static void plain(Vcpu *vcpu, void *opaque) { ++*(unsigned *)opaque; }

static void test_run_on_without_thread(Bench *b, gconstpointer data)
{
    unsigned n = 0;

    vcpu_run_on(&b->cpu.vcpu, plain, &n);
    g_assert_cmpuint(n, ==, 1);
}

static gpointer many_run_on(gpointer opaque)
{
    void **arg = opaque;

    for (int i = 0; i < 2000; i++) {
        vcpu_run_on(arg[0], plain, arg[1]);
    }
    return NULL;
}

static void test_run_on_from_many(Bench *b, gconstpointer data)
{
    unsigned n = 0;                                /* only ever touched on the vCPU's thread */
    void *arg[] = { &b->cpu.vcpu, &n };
    GThread *t[4];

    fake_start(&b->cpu);
    for (int i = 0; i < 4; i++) {
        t[i] = g_thread_new("caller", many_run_on, arg);
    }
    for (int i = 0; i < 4; i++) {
        g_thread_join(t[i]);
    }
    g_assert_cmpuint(n, ==, 8000);
}

static void test_work_while_asleep(Bench *b, gconstpointer data)
{
    Log log = { .cpu = &b->cpu };

    atomic_store(&b->cpu.idle, true);
    fake_start(&b->cpu);
    for (unsigned i = 1; i <= 200; i++) {
        fake_wait(atomic_load(&b->cpu.vcpu.sleeping));
        vcpu_run_on(&b->cpu.vcpu, note, &log);
        g_assert_cmpuint(log.count, ==, i);
    }
}

/* -- End -- */

static void test_join_runs_work_first(Bench *b, gconstpointer data)
{
    unsigned n = 0;

    g_assert_true(vcpu_start(&b->cpu.vcpu, NULL));
    for (int i = 0; i < 10; i++) {
        vcpu_post(&b->cpu.vcpu, plain, &n);
    }
    vcpu_join(&b->cpu.vcpu);
    g_assert_cmpuint(n, ==, 10);
    vcpu_join(&b->cpu.vcpu);                       /* without a thread: nothing */
}

static void test_join_states(void)
{
    for (int state = 0; state < 3; state++) {
        FakeCpu cpu;
        fake_init(&cpu, 0, NULL);
        atomic_store(&cpu.idle, state == 1);
        if (state == 2) {
            g_assert_true(vcpu_start(&cpu.vcpu, NULL));
        } else {
            fake_start(&cpu);
        }
        g_usleep(2000);
        fake_end(&cpu);
    }
}

static void test_start_and_end_often(void)
{
    for (int i = 0; i < 200; i++) {
        FakeCpu cpu;
        fake_init(&cpu, 0, NULL);
        fake_start(&cpu);
        fake_end(&cpu);
    }
}

#define ADD(path, fn) g_test_add("/vcpu/" path, Bench, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("starts-stopped", test_starts_stopped);
    ADD("thread-name", test_thread_name);
    ADD("stop-and-go", test_stop_and_go);
    ADD("stop-twice-and-idle", test_stop_twice_and_idle);
    ADD("kick-wakes", test_kick_wakes);
    ADD("no-lost-wakeup", test_no_lost_wakeup);
    ADD("kick-while-stopped", test_kick_while_stopped);
    ADD("wakes-at-deadline", test_wakes_at_deadline);
    ADD("deadline-in-the-past", test_deadline_in_the_past);
    ADD("stopped-ignores-deadline", test_stopped_ignores_deadline);
    ADD("post", test_post);
    ADD("work-order", test_work_order);
    ADD("run-on-self", test_run_on_self);
    ADD("run-on-without-thread", test_run_on_without_thread);
    ADD("run-on-from-many", test_run_on_from_many);
    ADD("work-while-asleep", test_work_while_asleep);
    ADD("join-runs-work-first", test_join_runs_work_first);
    g_test_add_func("/vcpu/join-states", test_join_states);
    g_test_add_func("/vcpu/start-and-end-often", test_start_and_end_often);
    return g_test_run();
}
