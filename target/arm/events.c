/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WFE on a monitored location, and what ends it.
 *
 * Kernels wait for a lock or a flag with LDXR, compare, WFE: the store that clears the exclusive
 * monitor is the event. A store says nothing to anybody here, so a CPU about to sleep enters
 * itself in a list, and store-releases at EL1, which is how locks are handed on, look there
 * (h_store_event). Other stores are found by the sleeper itself, which wakes after a time that
 * doubles while nothing changes: hundreds of waiters on few host cores cost little, and a store
 * nobody announced is seen after at most twice the time already waited.
 *
 * Lists are hashed by the cache line's place in its page, which virtual and physical address have
 * in common. Locks: a bucket's lock, then vcpu->lock (by the kick).
 */
#include "target/arm/internal/cpu.h"

#include <sched.h>

#define BUCKETS        64                  /* lines of a 4 KiB page */
#define SPIN_NS        2000                /* looking at the location before sleeping */
#define FIRST_WAIT_NS  100000
#define LAST_WAIT_NS   16000000
#define PLAIN_WAIT_NS  1000000             /* WFE without a monitored location */

typedef struct Bucket {
    _Atomic uint32_t n;
    GMutex lock;
    ArmCpu *first;                         /* linked by wait.next */
} Bucket;

struct ArmEvents {
    Bucket bucket[BUCKETS];
};

struct ArmEvents *arm_events_new(void)
{
    struct ArmEvents *e = g_new0(struct ArmEvents, 1);

    for (unsigned i = 0; i < BUCKETS; i++) {
        g_mutex_init(&e->bucket[i].lock);
    }
    return e;
}

void arm_events_free(struct ArmEvents *e)
{
    for (unsigned i = 0; e && i < BUCKETS; i++) {
        g_mutex_clear(&e->bucket[i].lock);
    }
    g_free(e);
}

static Bucket *bucket_of(const ArmCpu *cpu, uint64_t va)
{
    return &cpu->cfg.model->events->bucket[va >> 6 & (BUCKETS - 1)];
}

/* -- The sleeper -- */

static bool location_changed(const ArmCpu *cpu)
{
    const ArmWait *w = &cpu->wait;

    return __atomic_load_n(w->word, __ATOMIC_SEQ_CST) != w->seen;
}

static void wait_enter(ArmCpu *cpu)
{
    Bucket *b = bucket_of(cpu, cpu->wait.va);

    g_mutex_lock(&b->lock);
    cpu->wait.next = b->first;
    b->first = cpu;
    atomic_fetch_add(&b->n, 1);
    cpu->wait.listed = true;
    g_mutex_unlock(&b->lock);
}

void arm_wait_leave(ArmCpu *cpu)
{
    if (!cpu->wait.listed) {
        return;
    }
    Bucket *b = bucket_of(cpu, cpu->wait.va);

    g_mutex_lock(&b->lock);
    ArmCpu **p = &b->first;
    while (*p != cpu) {
        p = &(*p)->wait.next;
    }
    *p = cpu->wait.next;
    atomic_fetch_sub(&b->n, 1);
    cpu->wait.listed = false;
    g_mutex_unlock(&b->lock);
}

/*
 * Look at the monitored location: the 8 bytes around it, and its low byte, which every size of
 * exclusive access has in excl_val. False: it cannot be watched. *changed: not as LDXR saw it.
 */
static bool watch(ArmCpu *cpu, bool *changed)
{
    ArmWait *w = &cpu->wait;
    uint64_t va = cpu->excl_addr;

    if (va == ~UINT64_C(0)) {
        return false;
    }
    const uint8_t *host = tcg_probe(&cpu->tcg, va & ~UINT64_C(7), 8, TLB_ACCESS_READ,
                                    ctx_mmu(cpu->tcg.context), true, NULL);
    if (!host) {
        return false;
    }
    uint64_t word = __atomic_load_n((const uint64_t *)host, __ATOMIC_SEQ_CST);
    bool same = va == w->va && word == w->seen;

    w->wait_ns = same ? MIN(w->wait_ns * 2, LAST_WAIT_NS) : FIRST_WAIT_NS;
    w->va = va;
    w->word = (const uint64_t *)host;
    w->seen = word;
    *changed = (uint8_t)(word >> (va & 7) * 8) != (uint8_t)cpu->excl_val[0];
    return true;
}

/* True: the wait is over, by a change or because something wants the CPU. */
static bool spin(ArmCpu *cpu)
{
    int64_t until_ns = host_clock_ns() + SPIN_NS;

    do {
        for (unsigned i = 0; i < 32; i++) {
            if (location_changed(cpu)
                || atomic_load_explicit(&cpu->tcg.vcpu.exit_request, memory_order_relaxed)
                || atomic_load_explicit(&cpu->event_register, memory_order_relaxed)) {
                return true;
            }
            __builtin_ia32_pause();
        }
    } while (host_clock_ns() < until_ns);
    return false;
}

static void wait_on_location(ArmCpu *cpu)
{
    if (cpu->wait.wait_ns == FIRST_WAIT_NS && spin(cpu)) {
        return;
    }
    wait_enter(cpu);
    if (location_changed(cpu)) {           /* after entering: the storer sees us, or we see it */
        arm_wait_leave(cpu);
        return;
    }
    arm_cpu_halt(cpu, ARM_HALT_WFE, host_clock_ns() + cpu->wait.wait_ns);
}

void arm_wait_for_event(ArmCpu *cpu)
{
    bool changed = false;

    if (atomic_exchange(&cpu->event_register, false) || atomic_load(&cpu->irq_pending)) {
        return;
    }
    if (watch(cpu, &changed)) {
        if (!changed) {
            wait_on_location(cpu);
        }
        /* One wait a load-exclusive: a later WFE without one must not watch what is stale. */
        cpu->excl_addr = ~UINT64_C(0);
        return;
    }
    int64_t limit_ns = host_clock_ns() + PLAIN_WAIT_NS;
    arm_cpu_halt(cpu, ARM_HALT_WFE, MIN(limit_ns, arm_event_stream_next_ns(cpu)));
}

/* -- The storer -- */

static void wake_changed(ArmCpu *self, Bucket *b)
{
    g_mutex_lock(&b->lock);
    for (ArmCpu *cpu = b->first; cpu; cpu = cpu->wait.next) {
        if (location_changed(cpu) && !atomic_exchange(&cpu->event_register, true)) {
            vcpu_kick(&cpu->tcg.vcpu);
        }
    }
    g_mutex_unlock(&b->lock);
}

static void store_event(void *env, uint64_t va)
{
    ArmCpu *cpu = env;
    Bucket *b = bucket_of(cpu, va);

    if (__builtin_expect(atomic_load_explicit(&b->n, memory_order_seq_cst), 0)) {
        wake_changed(cpu, b);
    }
}

const IrHelper h_store_event = {
    .name = "store_event", .fn = (void *)store_event, .flags = IRH_ENV, .ret = IR_NONE,
    .n_args = 1, .args = { IR_I64 },
};
