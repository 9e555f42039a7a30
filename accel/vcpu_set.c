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
    GPtrArray *due;                 /* heap of the vCPUs with a deadline, the nearest first */
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
    set->due = g_ptr_array_new();
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
    g_ptr_array_free(set->due, TRUE);
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

static void deadline_change_locked(VcpuSet *set, Vcpu *cpu, int64_t deadline_ns);

void vcpu_set_remove(VcpuSet *set, Vcpu *cpu)
{
    g_mutex_lock(&set->lock);
    deadline_change_locked(set, cpu, INT64_MAX);
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

static Vcpu *due_at(VcpuSet *set, unsigned place) { return set->due->pdata[place - 1]; }

static void due_put(VcpuSet *set, unsigned place, Vcpu *cpu)
{
    set->due->pdata[place - 1] = cpu;
    cpu->due_place = place;
}

/* Move @cpu from @place up or down to where its deadline belongs. */
static void due_settle(VcpuSet *set, Vcpu *cpu, unsigned place)
{
    unsigned n = set->due->len;

    while (place > 1 && due_at(set, place / 2)->kick_deadline_ns > cpu->kick_deadline_ns) {
        due_put(set, place, due_at(set, place / 2));
        place /= 2;
    }
    for (unsigned child; (child = place * 2) <= n; place = child) {
        if (child < n
            && due_at(set, child + 1)->kick_deadline_ns < due_at(set, child)->kick_deadline_ns) {
            child++;
        }
        if (due_at(set, child)->kick_deadline_ns >= cpu->kick_deadline_ns) {
            break;
        }
        due_put(set, place, due_at(set, child));
    }
    due_put(set, place, cpu);
}

static void deadline_change_locked(VcpuSet *set, Vcpu *cpu, int64_t deadline_ns)
{
    unsigned place = cpu->due_place;

    cpu->kick_deadline_ns = deadline_ns;
    if (deadline_ns != INT64_MAX) {
        if (!place) {
            g_ptr_array_add(set->due, cpu);
            place = set->due->len;
        }
        due_settle(set, cpu, place);
    } else if (place) {
        Vcpu *last = due_at(set, set->due->len);
        g_ptr_array_set_size(set->due, (int)set->due->len - 1);
        cpu->due_place = 0;
        if (last != cpu) {
            due_settle(set, last, place);
        }
    }
}

/* Kick who is due; the next deadline. */
static int64_t kick_due_locked(VcpuSet *set, int64_t now)
{
    while (set->due->len && due_at(set, 1)->kick_deadline_ns <= now) {
        Vcpu *cpu = due_at(set, 1);
        deadline_change_locked(set, cpu, INT64_MAX);
        vcpu_kick(cpu);
    }
    return set->due->len ? due_at(set, 1)->kick_deadline_ns : INT64_MAX;
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
    deadline_change_locked(set, cpu, deadline_ns);
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
