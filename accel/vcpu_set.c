/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The realized vCPUs of a machine: the list, stop-the-world, and one thread that kicks running
 * vCPUs at their deadlines.
 */
#include <assert.h>

#include "accel/vcpu.h"
#include "util/bits.h"

struct VcpuSet {
    GMutex lock;
    GCond out;                      /* a vCPU left guest code while `exclusive` is wanted */
    GCond free;                     /* the exclusive section ended */
    GPtrArray *cpus;
    _Atomic unsigned exclusive;     /* a section is wanted or runs */

    GThread *kicker;                /* started with the first deadline */
    GCond kick;
    int64_t kicker_wakes_ns;        /* what the kicker sleeps towards */
    bool quit;
};

VcpuSet *vcpu_set_new(void)
{
    VcpuSet *set = g_new0(VcpuSet, 1);

    g_mutex_init(&set->lock);
    g_cond_init(&set->out);
    g_cond_init(&set->free);
    g_cond_init(&set->kick);
    set->cpus = g_ptr_array_new();
    return set;
}

void vcpu_set_free(VcpuSet *set)
{
    assert(set->cpus->len == 0);
    g_mutex_lock(&set->lock);
    set->quit = true;
    g_cond_signal(&set->kick);
    g_mutex_unlock(&set->lock);
    if (set->kicker) {
        g_thread_join(set->kicker);
    }
    g_ptr_array_free(set->cpus, TRUE);
    g_mutex_clear(&set->lock);
    g_cond_clear(&set->out);
    g_cond_clear(&set->free);
    g_cond_clear(&set->kick);
    g_free(set);
}

void vcpu_set_add(VcpuSet *set, Vcpu *cpu)
{
    g_mutex_lock(&set->lock);
    cpu->set = set;
    g_ptr_array_add(set->cpus, cpu);
    g_mutex_unlock(&set->lock);
}

void vcpu_set_remove(VcpuSet *set, Vcpu *cpu)
{
    g_mutex_lock(&set->lock);
    g_ptr_array_remove(set->cpus, cpu);
    cpu->set = NULL;
    g_mutex_unlock(&set->lock);
}

void vcpu_set_foreach(VcpuSet *set, void (*fn)(Vcpu *cpu, void *opaque), void *opaque)
{
    g_mutex_lock(&set->lock);
    for (guint i = 0; i < set->cpus->len; i++) {
        fn(set->cpus->pdata[i], opaque);
    }
    g_mutex_unlock(&set->lock);
}

/* -- Deadlines -- */

static int64_t kick_due_locked(VcpuSet *set, int64_t now)
{
    int64_t next = INT64_MAX;

    for (guint i = 0; i < set->cpus->len; i++) {
        Vcpu *cpu = set->cpus->pdata[i];
        if (cpu->kick_deadline_ns <= now) {
            cpu->kick_deadline_ns = INT64_MAX;
            vcpu_kick(cpu);
        }
        next = MIN(next, cpu->kick_deadline_ns);
    }
    return next;
}

static gpointer kicker_thread(gpointer opaque)
{
    VcpuSet *set = opaque;

    g_mutex_lock(&set->lock);
    while (!set->quit) {
        set->kicker_wakes_ns = kick_due_locked(set, host_clock_ns());
        if (set->kicker_wakes_ns == INT64_MAX) {
            g_cond_wait(&set->kick, &set->lock);
        } else {
            g_cond_wait_until(&set->kick, &set->lock, (set->kicker_wakes_ns + 999) / 1000);
        }
    }
    g_mutex_unlock(&set->lock);
    return NULL;
}

void vcpu_set_deadline(VcpuSet *set, Vcpu *cpu, int64_t deadline_ns)
{
    g_mutex_lock(&set->lock);
    cpu->kick_deadline_ns = deadline_ns;
    if (deadline_ns != INT64_MAX) {
        if (!set->kicker) {
            set->kicker_wakes_ns = INT64_MAX;
            set->kicker = g_thread_new("vcpu-kicker", kicker_thread, set);
        } else if (deadline_ns < set->kicker_wakes_ns) {
            set->kicker_wakes_ns = deadline_ns;
            g_cond_signal(&set->kick);
        }
    }
    g_mutex_unlock(&set->lock);
}

/* -- Stop the world -- */

/*
 * A vCPU announces itself (in_guest) before it looks at `exclusive`; a section announces itself
 * before it looks at in_guest. Both with sequential consistency: one of them sees the other.
 */
void vcpu_exec_begin(VcpuSet *set, Vcpu *cpu)
{
    for (;;) {
        atomic_store(&cpu->in_guest, true);
        if (!atomic_load(&set->exclusive)) {
            return;
        }
        vcpu_exec_end(set, cpu);
        g_mutex_lock(&set->lock);
        while (atomic_load(&set->exclusive)) {
            g_cond_wait(&set->free, &set->lock);
        }
        g_mutex_unlock(&set->lock);
    }
}

void vcpu_exec_end(VcpuSet *set, Vcpu *cpu)
{
    atomic_store(&cpu->in_guest, false);
    if (atomic_load(&set->exclusive)) {
        g_mutex_lock(&set->lock);
        g_cond_broadcast(&set->out);
        g_mutex_unlock(&set->lock);
    }
}

static bool others_are_out_locked(VcpuSet *set, const Vcpu *self)
{
    for (guint i = 0; i < set->cpus->len; i++) {
        Vcpu *cpu = set->cpus->pdata[i];
        if (cpu != self && atomic_load(&cpu->in_guest)) {
            return false;
        }
    }
    return true;
}

void vcpu_set_exclusive(VcpuSet *set, Vcpu *self, EventFn *fn, void *opaque)
{
    if (self) {
        vcpu_exec_end(set, self);
    }
    g_mutex_lock(&set->lock);
    while (atomic_load(&set->exclusive)) {
        g_cond_wait(&set->free, &set->lock);
    }
    atomic_store(&set->exclusive, 1);
    for (guint i = 0; i < set->cpus->len; i++) {
        Vcpu *cpu = set->cpus->pdata[i];
        if (atomic_load(&cpu->in_guest)) {
            vcpu_kick(cpu);
        }
    }
    while (!others_are_out_locked(set, self)) {
        g_cond_wait(&set->out, &set->lock);
    }
    g_mutex_unlock(&set->lock);

    fn(opaque);

    g_mutex_lock(&set->lock);
    atomic_store(&set->exclusive, 0);
    g_cond_broadcast(&set->free);
    g_mutex_unlock(&set->lock);
    if (self) {
        vcpu_exec_begin(set, self);
    }
}
