/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual CPU as a thread: start, stop, kick, work queue, sleep. Knows no guest architecture and
 * no translation.
 *
 * Model. The vCPU's thread loops: drain work; when it must not run (VM stopped, own stop request,
 * nothing to do) sleep; else VcpuOps.run(), which returns when exit_request is set or the guest
 * has gone idle.
 *
 * Threads and locks: vcpu->lock guards the queue and the sleep; vcpu_kick(), vcpu_post() and
 * vcpu_set_stopped() may be called on any thread. Nothing is called under vcpu->lock but
 * VcpuOps.has_work. See docs/devel/locking.md.
 */
#ifndef ACCEL_VCPU_H
#define ACCEL_VCPU_H

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "util/error.h"

typedef struct Vcpu Vcpu;
typedef void VcpuWorkFn(Vcpu *cpu, void *opaque);

typedef struct VcpuOps {
    /* Execute guest code until exit_request is set or the guest is idle. Own thread. */
    void (*run)(Vcpu *cpu);
    /*
     * Is there a reason to run now (not halted, or an interrupt pending)? Own thread, under
     * vcpu->lock: must only look at the CPU's own atomics.
     */
    bool (*has_work)(Vcpu *cpu);
    /*
     * Absolute host_clock_ns() time at which an idle CPU must wake by itself (its architected
     * timer), INT64_MAX when none. Own thread.
     */
    int64_t (*wake_deadline_ns)(Vcpu *cpu);
} VcpuOps;

/* First member of the guest's CPU struct. */
struct Vcpu {
    /* Polled by generated code; set with release by vcpu_kick(), cleared by the own thread. */
    _Atomic uint32_t exit_request;
    unsigned index;                 /* slot number, constant */
    const VcpuOps *ops;
    GThread *thread;                /* NULL before vcpu_start() */
    _Atomic int host_tid;           /* gettid() of the thread, 0 before it runs */

    GMutex lock;
    GCond wake;                     /* sleepers of this CPU */
    GCond parked;                   /* signalled when in_guest becomes false */
    /* under lock */
    GQueue work;
    bool stopped;                   /* VM stopped or CPU paused: do not run */
    bool quit;                      /* leave the thread */
    _Atomic bool in_guest;          /* between a run() and its return */
    _Atomic bool sleeping;
    /* under the set's lock */
    int64_t kick_deadline_ns;       /* see vcpu_set_deadline() */
    unsigned due_place;             /* among the set's deadlines; 0: none */
    struct VcpuSet *set;            /* while a member */
};

/* Fill in a zeroed Vcpu; stopped = true. */
void vcpu_init(Vcpu *cpu, unsigned index, const VcpuOps *ops);
/* Create the thread. False when the host refuses. */
bool vcpu_start(Vcpu *cpu, Error **errp) MUST_CHECK;
/* End the thread and join it. Not on the vCPU's own thread. Queued work is run first. */
void vcpu_join(Vcpu *cpu);
void vcpu_clear(Vcpu *cpu);         /* free what vcpu_init made; after vcpu_join */

/* Make the CPU leave generated code soon, or wake it if it sleeps. */
void vcpu_kick(Vcpu *cpu);
/* Let it run or hold it. @wait: return only when it is out of guest code (not on its thread). */
void vcpu_set_stopped(Vcpu *cpu, bool stopped, bool wait);
/* Run fn on the CPU's thread between guest instructions. Any thread; returns at once. */
void vcpu_post(Vcpu *cpu, VcpuWorkFn *fn, void *opaque);
/* The same, and wait for it. On the CPU's own thread: run it now. Main thread or another vCPU. */
void vcpu_run_on(Vcpu *cpu, VcpuWorkFn *fn, void *opaque);
bool vcpu_is_self(const Vcpu *cpu);
/* For run(): must it return (stopped, quitting, work queued)? Look after clearing exit_request. */
bool vcpu_wants_out(Vcpu *cpu);

/* -- The set of all realized vCPUs -- */

/*
 * Owner of the list; stop-the-world. Members come and go on the main thread; others walk under
 * the set's lock (a leaf but for vcpu->lock).
 */
typedef struct VcpuSet VcpuSet;
VcpuSet *vcpu_set_new(void);
void vcpu_set_free(VcpuSet *set);
void vcpu_set_add(VcpuSet *set, Vcpu *cpu);
void vcpu_set_remove(VcpuSet *set, Vcpu *cpu);
/* Call fn for each member, under the set's lock: fn must not take it. */
void vcpu_set_foreach(VcpuSet *set, void (*fn)(Vcpu *cpu, void *opaque), void *opaque);

/*
 * Kick @cpu (exit_request) when host_clock_ns() reaches @deadline_ns; INT64_MAX: never. Replaces
 * the earlier deadline. For a CPU that is running guest code: a sleeping one wakes by its
 * wake_deadline_ns(). Served by one thread of the set. Own thread of @cpu.
 */
void vcpu_set_deadline(VcpuSet *set, Vcpu *cpu, int64_t deadline_ns);

/*
 * Run fn(opaque) while no vCPU executes guest code or holds references into the code cache. May
 * be called on a vCPU's thread between blocks (that CPU counts as out) or on any other. Callers
 * queue. Rare: code-cache flush, reset, unrealize.
 */
void vcpu_set_exclusive(VcpuSet *set, Vcpu *self, EventFn *fn, void *opaque);
/* Around each stretch of guest execution, by accel/tcg on the vCPU's own thread. */
void vcpu_exec_begin(VcpuSet *set, Vcpu *cpu);
void vcpu_exec_end(VcpuSet *set, Vcpu *cpu);

#endif
