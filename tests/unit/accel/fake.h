/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU whose guest is a counter: run() counts rounds until exit_request, as a guest in a loop
 * does. Every wait of these tests is bounded by an alarm.
 */
#ifndef TESTS_UNIT_ACCEL_FAKE_H
#define TESTS_UNIT_ACCEL_FAKE_H

#include "accel/vcpu.h"

typedef struct FakeCpu {
    Vcpu vcpu;
    VcpuSet *members;               /* NULL: run() does not announce itself */
    _Atomic bool idle;              /* has_work() says no; run() returns at once */
    _Atomic int64_t deadline_ns;    /* of its timer */
    _Atomic unsigned rounds;        /* of run()'s loop: "guest instructions" */
    _Atomic unsigned runs;          /* calls of run() */
    _Atomic bool running;           /* inside the loop */
} FakeCpu;

void fake_init(FakeCpu *cpu, unsigned index, VcpuSet *set);
/* Thread and set membership; runs. */
void fake_start(FakeCpu *cpu);
void fake_end(FakeCpu *cpu);        /* joined, out of the set, cleared */

/* Wait until @cond; ends the test with @what after a few seconds. */
#define fake_wait(cond) \
    for (int64_t until_ = host_clock_ns() + 20 * NS_PER_SEC; !(cond); g_usleep(50)) { \
        if (host_clock_ns() > until_) { \
            g_error("%s:%d: never happened: %s", __FILE__, __LINE__, #cond); \
        } \
    }
/* It executes guest code: the counter moves. */
void fake_expect_runs(FakeCpu *cpu);
/* It does not, for a while. */
void fake_expect_still(FakeCpu *cpu);

#endif
