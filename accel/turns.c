/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "accel/turns.h"

#include <assert.h>

#include "util/bits.h"

/* exit_request is an atomic that nobody signals: who waits looks at it this often. */
#define LOOK_NS 1000000

struct VcpuTurns {
    GMutex lock;
    GCond change;
    GQueue waiting;                 /* Vcpu, the next one first */
    Vcpu *_Atomic holder;
    int64_t over_ns;                /* host_clock_ns() at which its turn is over */
    _Atomic bool is_over;           /* and somebody waits: it has been kicked */
};

VcpuTurns *vcpu_turns_new(void)
{
    VcpuTurns *t = g_new0(VcpuTurns, 1);

    g_mutex_init(&t->lock);
    g_cond_init(&t->change);
    return t;
}

void vcpu_turns_free(VcpuTurns *t)
{
    if (t) {
        assert(!t->holder && g_queue_is_empty(&t->waiting));
        g_mutex_clear(&t->lock);
        g_cond_clear(&t->change);
        g_free(t);
    }
}

static void give_locked(VcpuTurns *t)
{
    atomic_store(&t->holder, NULL);
    atomic_store(&t->is_over, false);
    g_cond_broadcast(&t->change);
}

/* Wait for a change, or for the holder's turn to be over: then ask it to leave, once. */
static void wait_locked(VcpuTurns *t)
{
    int64_t now = host_clock_ns(), until = now + LOOK_NS;
    Vcpu *holder = atomic_load(&t->holder);

    if (holder && !atomic_load(&t->is_over)) {
        if (now >= t->over_ns) {
            atomic_store(&t->is_over, true);
            vcpu_kick(holder);
        } else {
            until = MIN(until, t->over_ns);
        }
    }
    g_cond_wait_until(&t->change, &t->lock, (until + 999) / 1000);
}

bool vcpu_turns_take(VcpuTurns *t, Vcpu *cpu)
{
    bool mine = atomic_load(&t->holder) == cpu;

    if (mine && !atomic_load(&t->is_over)) {
        return true;
    }
    g_mutex_lock(&t->lock);
    if (mine) {
        give_locked(t);
    }
    g_queue_push_tail(&t->waiting, cpu);
    for (mine = false; !mine && !atomic_load(&cpu->exit_request);) {
        mine = !atomic_load(&t->holder) && g_queue_peek_head(&t->waiting) == cpu;
        if (!mine) {
            wait_locked(t);
        }
    }
    g_queue_remove(&t->waiting, cpu);
    if (mine) {
        atomic_store(&t->holder, cpu);
        t->over_ns = host_clock_ns() + VCPU_TURN_NS;
    } else {
        g_cond_broadcast(&t->change);        /* it may have been the first */
    }
    g_mutex_unlock(&t->lock);
    return mine;
}

void vcpu_turns_give(VcpuTurns *t, Vcpu *cpu)
{
    if (atomic_load(&t->holder) == cpu) {
        g_mutex_lock(&t->lock);
        give_locked(t);
        g_mutex_unlock(&t->lock);
    }
}
