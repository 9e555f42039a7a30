/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vCPUs in turns: never two at a time, everybody comes up, who is asked to leave does. */
#include "accel/turns.h"

#include "fake.h"

#define N 4

typedef struct Player {
    FakeCpu cpu;                    /* its thread is ours, not vcpu_start()'s */
    VcpuTurns *turns;
    GThread *thread;
    _Atomic bool quit, idle;
    _Atomic unsigned refused;       /* vcpu_turns_take() said false */
} Player;

static _Atomic unsigned inside, most;

/* As accel/tcg's loop: the turn, then "guest code" until exit_request. */
static gpointer play(gpointer opaque)
{
    Player *p = opaque;
    Vcpu *vcpu = &p->cpu.vcpu;

    while (!atomic_load(&p->quit)) {
        atomic_store(&vcpu->exit_request, 0);
        if (atomic_load(&p->quit)) {
            break;
        }
        if (atomic_load(&p->idle)) {
            vcpu_turns_give(p->turns, vcpu);
            g_usleep(50);
            continue;
        }
        if (!vcpu_turns_take(p->turns, vcpu)) {
            atomic_fetch_add(&p->refused, 1);
            continue;
        }
        unsigned now = atomic_fetch_add(&inside, 1) + 1;
        if (now > atomic_load(&most)) {
            atomic_store(&most, now);
        }
        while (!atomic_load(&vcpu->exit_request)) {
            atomic_fetch_add(&p->cpu.rounds, 1);
        }
        atomic_fetch_sub(&inside, 1);
    }
    vcpu_turns_give(p->turns, vcpu);
    return NULL;
}

static void begin(Player *p, unsigned n, VcpuTurns *turns)
{
    atomic_store(&inside, 0);
    atomic_store(&most, 0);
    for (unsigned i = 0; i < n; i++) {
        p[i].turns = turns;
        fake_init(&p[i].cpu, i, NULL);
        p[i].thread = g_thread_new("player", play, &p[i]);
    }
}

static void end(Player *p, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        atomic_store(&p[i].quit, true);
        vcpu_kick(&p[i].cpu.vcpu);
        g_thread_join(p[i].thread);
        vcpu_clear(&p[i].cpu.vcpu);
    }
    g_assert_cmpuint(atomic_load(&most), ==, 1);
}

static void expect_progress(Player *p)
{
    unsigned before = atomic_load(&p->cpu.rounds);

    fake_wait(atomic_load(&p->cpu.rounds) != before);
}

static void test_everybody(void)
{
    VcpuTurns *turns = vcpu_turns_new();
    Player p[N] = { 0 };

    begin(p, N, turns);
    for (unsigned i = 0; i < 5 * N; i++) {
        expect_progress(&p[i % N]);
    }
    end(p, N);
    vcpu_turns_free(turns);
}

/* Nobody else wants it: it is kept, without a kick. */
static void test_alone(void)
{
    VcpuTurns *turns = vcpu_turns_new();
    Player p[2] = { { .idle = false }, { .idle = true } };

    begin(p, 2, turns);
    expect_progress(&p[0]);
    g_usleep(5 * VCPU_TURN_NS / 1000);
    g_assert_cmpuint(atomic_load(&p[0].cpu.vcpu.exit_request), ==, 0);
    g_assert_cmpuint(atomic_load(&p[1].cpu.rounds), ==, 0);
    atomic_store(&p[1].idle, false);
    expect_progress(&p[1]);
    expect_progress(&p[0]);
    end(p, 2);
    vcpu_turns_free(turns);
}

/* Who waits and is kicked looks at once, and later gets its turn all the same. */
static void test_kicked_while_waiting(void)
{
    VcpuTurns *turns = vcpu_turns_new();
    Player p[N] = { 0 };

    begin(p, N, turns);
    for (unsigned i = 0; i < N; i++) {
        for (unsigned before = atomic_load(&p[i].refused); atomic_load(&p[i].refused) == before;) {
            vcpu_kick(&p[i].cpu.vcpu);
            g_usleep(200);
        }
        expect_progress(&p[i]);
    }
    end(p, N);
    vcpu_turns_free(turns);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/turns/everybody", test_everybody);
    g_test_add_func("/turns/alone", test_alone);
    g_test_add_func("/turns/kicked-while-waiting", test_kicked_while_waiting);
    return g_test_run();
}
