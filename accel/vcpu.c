/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vCPU as a thread. The order that keeps wake-ups from getting lost: whoever wants the CPU's
 * attention first stores what it wants seen (work, stop, an interrupt bit), then kicks; the thread
 * first clears exit_request, then looks.
 */
#include "accel/vcpu.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "util/bits.h"

static _Thread_local Vcpu *current_vcpu; /* set at thread start; read by vcpu_is_self */

typedef struct VcpuWork {
    VcpuWorkFn *fn;
    void *opaque;
    bool *done;          /* vcpu_run_on: set under cpu->lock, signalled through `parked` */
} VcpuWork;

bool vcpu_is_self(const Vcpu *cpu) { return current_vcpu == cpu; }

void vcpu_init(Vcpu *cpu, unsigned index, const VcpuOps *ops)
{
    cpu->index = index;
    cpu->ops = ops;
    cpu->stopped = true;
    cpu->kick_deadline_ns = INT64_MAX;
    g_mutex_init(&cpu->lock);
    g_cond_init(&cpu->wake);
    g_cond_init(&cpu->parked);
    g_queue_init(&cpu->work);
}

void vcpu_clear(Vcpu *cpu)
{
    assert(!cpu->thread && g_queue_is_empty(&cpu->work));
    g_mutex_clear(&cpu->lock);
    g_cond_clear(&cpu->wake);
    g_cond_clear(&cpu->parked);
}

/* -- Own thread -- */

static void run_work_locked(Vcpu *cpu)
{
    VcpuWork *w;

    while ((w = g_queue_pop_head(&cpu->work))) {
        g_mutex_unlock(&cpu->lock);
        w->fn(cpu, w->opaque);
        g_mutex_lock(&cpu->lock);
        if (w->done) {
            *w->done = true;
            g_cond_broadcast(&cpu->parked);
        }
        g_free(w);
    }
}

static void wait_until_locked(Vcpu *cpu, int64_t host_ns)
{
    if (host_ns == INT64_MAX) {
        g_cond_wait(&cpu->wake, &cpu->lock);
        return;
    }
    /* GCond counts in microseconds of CLOCK_MONOTONIC, as host_clock_ns() does; round up. */
    g_cond_wait_until(&cpu->wake, &cpu->lock, (host_ns + 999) / 1000);
}

static void sleep_locked(Vcpu *cpu)
{
    int64_t deadline = cpu->stopped ? INT64_MAX : cpu->ops->wake_deadline_ns(cpu);

    if (deadline <= host_clock_ns()) {
        return;
    }
    atomic_store(&cpu->sleeping, true);
    if (!atomic_load(&cpu->exit_request)) {
        wait_until_locked(cpu, deadline);
    }
    atomic_store(&cpu->sleeping, false);
}

static gpointer vcpu_thread(gpointer opaque)
{
    Vcpu *cpu = opaque;

    current_vcpu = cpu;
    atomic_store(&cpu->host_tid, (int)syscall(SYS_gettid));
    g_mutex_lock(&cpu->lock);
    for (;;) {
        atomic_store(&cpu->exit_request, 0);
        run_work_locked(cpu);
        if (cpu->quit) {
            break;
        }
        if (cpu->stopped || !cpu->ops->has_work(cpu)) {
            sleep_locked(cpu);
            if (cpu->stopped || !g_queue_is_empty(&cpu->work)) {
                continue;
            }
        }
        g_mutex_unlock(&cpu->lock);
        cpu->ops->run(cpu);
        g_mutex_lock(&cpu->lock);
        g_cond_broadcast(&cpu->parked);
    }
    g_mutex_unlock(&cpu->lock);
    return NULL;
}

bool vcpu_wants_out(Vcpu *cpu)
{
    g_mutex_lock(&cpu->lock);
    bool out = cpu->stopped || cpu->quit || !g_queue_is_empty(&cpu->work);
    g_mutex_unlock(&cpu->lock);
    return out;
}

/* -- Any thread -- */

bool vcpu_start(Vcpu *cpu, Error **errp)
{
    char name[16];
    GError *gerr = NULL;

    snprintf(name, sizeof(name), "CPU %u/TCG", cpu->index);
    cpu->thread = g_thread_try_new(name, vcpu_thread, cpu, &gerr);
    if (!cpu->thread) {
        error_set(errp, "could not create the thread of CPU %u: %s", cpu->index, gerr->message);
        g_error_free(gerr);
        return false;
    }
    return true;
}

void vcpu_join(Vcpu *cpu)
{
    if (!cpu->thread) {
        return;
    }
    assert(!vcpu_is_self(cpu));
    g_mutex_lock(&cpu->lock);
    cpu->quit = true;
    g_mutex_unlock(&cpu->lock);
    vcpu_kick(cpu);
    g_thread_join(cpu->thread);
    cpu->thread = NULL;
}

void vcpu_kick(Vcpu *cpu)
{
    atomic_store(&cpu->exit_request, 1);
    if (atomic_load(&cpu->sleeping)) {
        g_mutex_lock(&cpu->lock);
        g_cond_signal(&cpu->wake);
        g_mutex_unlock(&cpu->lock);
    }
}

void vcpu_set_stopped(Vcpu *cpu, bool stopped, bool wait)
{
    g_mutex_lock(&cpu->lock);
    cpu->stopped = stopped;
    g_mutex_unlock(&cpu->lock);
    vcpu_kick(cpu);
    if (stopped && wait && !vcpu_is_self(cpu)) {
        g_mutex_lock(&cpu->lock);
        while (atomic_load(&cpu->in_guest)) {
            g_cond_wait(&cpu->parked, &cpu->lock);
        }
        g_mutex_unlock(&cpu->lock);
    }
}

void vcpu_post(Vcpu *cpu, VcpuWorkFn *fn, void *opaque)
{
    VcpuWork *w = g_new0(VcpuWork, 1);

    w->fn = fn;
    w->opaque = opaque;
    g_mutex_lock(&cpu->lock);
    g_queue_push_tail(&cpu->work, w);
    g_mutex_unlock(&cpu->lock);
    vcpu_kick(cpu);
}

void vcpu_run_on(Vcpu *cpu, VcpuWorkFn *fn, void *opaque)
{
    if (vcpu_is_self(cpu) || !cpu->thread) {
        fn(cpu, opaque);
        return;
    }
    bool done = false;
    VcpuWork *w = g_new0(VcpuWork, 1);

    w->fn = fn;
    w->opaque = opaque;
    w->done = &done;
    g_mutex_lock(&cpu->lock);
    g_queue_push_tail(&cpu->work, w);
    g_mutex_unlock(&cpu->lock);
    vcpu_kick(cpu);
    g_mutex_lock(&cpu->lock);
    while (!done) {
        g_cond_wait(&cpu->parked, &cpu->lock);
    }
    g_mutex_unlock(&cpu->lock);
}
