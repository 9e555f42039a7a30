/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake.h"

#include <unistd.h>

static bool has_work(Vcpu *vcpu) { return !atomic_load(&((FakeCpu *)vcpu)->idle); }
static int64_t wake_deadline_ns(Vcpu *vcpu) { return atomic_load(&((FakeCpu *)vcpu)->deadline_ns); }

static void run(Vcpu *vcpu)
{
    FakeCpu *cpu = (FakeCpu *)vcpu;

    atomic_fetch_add(&cpu->runs, 1);
    if (cpu->members) {
        vcpu_exec_begin(cpu->members, vcpu);
    }
    for (;;) {
        atomic_store(&vcpu->exit_request, 0);
        if (vcpu_wants_out(vcpu) || atomic_load(&cpu->idle)) {
            break;
        }
        if (cpu->members) {
            vcpu_exec_end(cpu->members, vcpu);
            vcpu_exec_begin(cpu->members, vcpu);
        }
        if (atomic_load(&vcpu->exit_request)) {
            continue;                   /* a stop came while it was out: not one round more */
        }
        atomic_store(&cpu->running, true);
        while (!atomic_load(&vcpu->exit_request)) {
            atomic_fetch_add(&cpu->rounds, 1);
        }
        atomic_store(&cpu->running, false);
    }
    if (cpu->members) {
        vcpu_exec_end(cpu->members, vcpu);
    }
}

static const VcpuOps ops = { run, has_work, wake_deadline_ns };

void fake_init(FakeCpu *cpu, unsigned index, VcpuSet *set)
{
    alarm(120);
    *cpu = (FakeCpu) { .members = set, .deadline_ns = INT64_MAX };
    vcpu_init(&cpu->vcpu, index, &ops);
}

void fake_start(FakeCpu *cpu)
{
    if (cpu->members) {
        vcpu_set_add(cpu->members, &cpu->vcpu);
    }
    g_assert_true(vcpu_start(&cpu->vcpu, NULL));
    vcpu_set_stopped(&cpu->vcpu, false, false);
}

void fake_end(FakeCpu *cpu)
{
    vcpu_join(&cpu->vcpu);
    if (cpu->members) {
        vcpu_set_remove(cpu->members, &cpu->vcpu);
    }
    vcpu_clear(&cpu->vcpu);
}

void fake_expect_runs(FakeCpu *cpu)
{
    unsigned before = atomic_load(&cpu->rounds);

    fake_wait(atomic_load(&cpu->rounds) != before);
}

void fake_expect_still(FakeCpu *cpu)
{
    unsigned before = atomic_load(&cpu->rounds);

    g_usleep(5000);
    g_assert_cmpuint(atomic_load(&cpu->rounds), ==, before);
}
