/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLB maintenance. A broadcast never stops the world: it goes into each vCPU's queue, a running
 * target is kicked out of its blocks, an idle one empties its queue before it runs. The sender
 * waits at DSB only.
 */
#include <sched.h>
#include <string.h>

#include "tcg_internal.h"

static bool in_range(uint64_t tag, const Tlbi *op)
{
    uint64_t page = tag << 8 >> 8 & TLB_PAGE_MASK, first = op->va << 8 >> 8 & TLB_PAGE_MASK;

    return page >= first && page - first < op->bytes;
}

static bool applies_to(const TlbBank *bank, const Tlbi *op, bool global)
{
    switch (op->kind) {
    case TLBI_ASID: return !global && bank->space->asid == op->asid;
    case TLBI_VA:   return global || bank->space->asid == op->asid;
    default:        return true;
    }
}

static uint64_t entry_va(const TlbEntry *e)
{
    return !(e->read & TAG_EMPTY) ? e->read : e->write;
}

/* An entry of a block or large page goes when any page of its block is named. */
static bool large_hit(uint64_t va, unsigned page_log2, const Tlbi *op)
{
    uint64_t base = va << 8 >> 8 >> page_log2 << page_log2;
    uint64_t first = op->va << 8 >> 8 & TLB_PAGE_MASK;

    return base < first + op->bytes && first < base + BIT(page_log2);
}

static void sweep(TlbBank *bank, const Tlbi *op)
{
    tlb_victims_end(bank);
    for (unsigned n = 0; n < TLB_ENTRIES; n++) {
        uint64_t va = entry_va(&bank->entry[n]);
        const TlbInfo *info = &bank->info[n];
        if (!(va & TAG_EMPTY) && applies_to(bank, op, info->global)
            && (op->kind == TLBI_ASID || large_hit(va, info->page_log2, op))) {
            tlb_drop_entry(bank, n);
        }
    }
    for (unsigned n = 0; n < ITLB_ENTRIES; n++) {
        const CodeTlb *c = &bank->code[n];
        if (bank->itlb[n] && applies_to(bank, op, c->global)
            && (op->kind == TLBI_ASID || large_hit(c->va_page, c->page_log2, op))) {
            tlb_drop_code(bank, n);
        }
    }
}

static bool touches_large(const TlbBank *bank, const Tlbi *op)
{
    uint64_t first = op->va << 8 >> 8 & TLB_PAGE_MASK, last = first + op->bytes - 1;

    for (unsigned i = 0; i < bank->n_large; i++) {
        if (bank->large[i].first <= last && first <= bank->large[i].last) {
            return true;
        }
    }
    return false;
}

static void drop_page(const TlbState *s, TlbBank *bank, const Tlbi *op, uint64_t va)
{
    unsigned n = va >> TLB_PAGE_BITS & (TLB_ENTRIES - 1);
    unsigned c = itlb_index(va);
    uint64_t tag = entry_va(&bank->entry[n]);

    tlb_victim_drop(s, bank, va);
    if (!(tag & TAG_EMPTY) && in_range(tag, op) && applies_to(bank, op, bank->info[n].global)) {
        tlb_drop_entry(bank, n);
    }
    if (bank->itlb[c] && in_range(bank->code[c].va_page, op)
        && applies_to(bank, op, bank->code[c].global)) {
        tlb_drop_code(bank, c);
    }
}

static void apply_to_bank(const TlbState *s, TlbBank *bank, const Tlbi *op)
{
    bool asid_only = op->kind == TLBI_ASID;

    if (op->kind == TLBI_ALL || (asid_only && !bank->n_global)) {
        tlb_bank_clear(bank);
    } else if (asid_only) {
        sweep(bank, op);
        bank->space->local_halves = 0;
    } else if (op->bytes > TLB_ENTRIES / 4 * 4096 || touches_large(bank, op)) {
        sweep(bank, op);
    } else {
        for (uint64_t off = 0; off < op->bytes; off += 4096) {
            drop_page(s, bank, op, op->va + off);
        }
    }
}

/* Can there be anything in @space that @op is about? */
static bool may_hold(const TlbSpace *space, const Tlbi *op, unsigned halves)
{
    bool any_asid = op->kind == TLBI_ALL || op->kind == TLBI_VA_ALL_ASID;
    unsigned local = any_asid || space->asid == op->asid ? space->local_halves : 0;
    unsigned global = op->kind == TLBI_ASID ? 0 : space->global_halves;

    return op->idx_mask >> space->idx & 1 && halves & (local | global);
}

void tcg_tlbi_self(TcgCpu *cpu, const Tlbi *op)
{
    TlbState *s = cpu->tlb_state;
    bool by_va = op->kind == TLBI_VA || op->kind == TLBI_VA_ALL_ASID;
    unsigned halves = by_va ? tlb_half(op->va) | tlb_half(op->va + op->bytes - 1) : 3;

    for (unsigned i = 0; i < s->n_pool; i++) {
        if (may_hold(&s->space[i], op, halves)) {
            apply_to_bank(s, s->pool[i], op);
        }
    }
}

/* -- Broadcast -- */

typedef struct Post { const Tlbi *op; TcgCpu *from; } Post;

/* Page after page, as a guest without range operations names them: one operation. */
static bool joins(Tlbi *last, const Tlbi *op)
{
    bool by_va = op->kind != TLBI_ALL && op->kind != TLBI_ASID;

    if (!by_va || last->kind != op->kind || last->idx_mask != op->idx_mask
        || last->asid != op->asid || last->va + last->bytes != op->va) {
        return false;
    }
    last->bytes += op->bytes;
    return true;
}

static void post_to(Vcpu *vcpu, void *opaque)
{
    const Post *p = opaque;
    TcgCpu *cpu = tcg_of(vcpu);
    TlbState *s = cpu->tlb_state;

    if (cpu == p->from) {
        return;
    }
    g_mutex_lock(&s->lock);
    if (!s->n_queue || s->n_queue > TLBI_QUEUE || !joins(&s->queue[s->n_queue - 1], p->op)) {
        if (s->n_queue < TLBI_QUEUE) {
            s->queue[s->n_queue] = *p->op;
        }
        if (s->n_queue <= TLBI_QUEUE) {
            s->n_queue++;
        }
    }
    atomic_fetch_add(&s->posted, 1);
    g_mutex_unlock(&s->lock);
}

/* No other vCPU has anything cached: none has ever run (note_runner()). */
static bool is_alone(TcgAccel *a)
{
    return !a->turns && !atomic_load_explicit(&a->several_runners, memory_order_acquire);
}

void tcg_tlbi_broadcast(TcgCpu *cpu, const Tlbi *op)
{
    Post p = { .op = op, .from = cpu };

    tcg_tlbi_self(cpu, op);
    if (is_alone(cpu->accel)) {
        return;
    }
    vcpu_set_foreach(cpu->accel->set, post_to, &p);
    cpu->tlb_state->owes_sync = true;
}

/* A vCPU that blocks in DSB counts itself before it looks; who changes what it looks at, after. */
static void sync_wake(TcgAccel *a)
{
    if (atomic_load(&a->sync_waiters)) {
        g_mutex_lock(&a->sync_lock);
        g_cond_broadcast(&a->sync_cond);
        g_mutex_unlock(&a->sync_lock);
    }
}

static void apply_queue(TcgCpu *cpu)
{
    TlbState *s = cpu->tlb_state;
    Tlbi ops[TLBI_QUEUE];
    unsigned n;

    if (atomic_load(&s->applied) == atomic_load(&s->posted)) {
        return;
    }
    g_mutex_lock(&s->lock);
    n = s->n_queue;
    memcpy(ops, s->queue, MIN(n, TLBI_QUEUE) * sizeof(ops[0]));
    s->n_queue = 0;
    uint64_t seen = atomic_load(&s->posted);
    g_mutex_unlock(&s->lock);
    if (n > TLBI_QUEUE) {
        tcg_tlbi_self(cpu, &(Tlbi) { .kind = TLBI_ALL, .idx_mask = ~0u });
    } else {
        for (unsigned i = 0; i < n; i++) {
            tcg_tlbi_self(cpu, &ops[i]);
        }
    }
    atomic_store(&s->applied, seen);
    sync_wake(cpu->accel);
}

/* Running guest code with a queue that is not empty. A CPU that waits in DSB itself is not. */
static void find_late(Vcpu *vcpu, void *opaque)
{
    Vcpu **late = opaque;
    TlbState *s = tcg_of(vcpu)->tlb_state;

    if (!*late && atomic_load(&vcpu->in_guest) && !atomic_load(&s->in_sync)
        && atomic_load(&s->applied) != atomic_load(&s->posted)) {
        *late = vcpu;
    }
}

static bool all_applied(TcgAccel *a)
{
    Vcpu *late = NULL;

    vcpu_set_foreach(a->set, find_late, &late);
    return !late;
}

/*
 * A CPU sleeps in DSB, so the host has taken some target off its core, in the middle of a block: it
 * cannot have applied anything before it runs again. It gets the core of those that have.
 */
#define GIVE_WAY_MAX 16

static void give_way(TcgCpu *cpu)
{
    TcgAccel *a = cpu->accel;

    for (unsigned i = 0; i < GIVE_WAY_MAX && atomic_load(&a->sync_waiters) && !all_applied(a);
         i++) {
        sched_yield();
        apply_queue(cpu);
    }
}

void tlb_apply_queue(TcgCpu *cpu)
{
    apply_queue(cpu);
    if (__builtin_expect(atomic_load(&cpu->accel->sync_waiters), 0)) {
        give_way(cpu);
    }
}

static void kick_late(Vcpu *vcpu, void *opaque)
{
    Vcpu *late = NULL;

    find_late(vcpu, &late);
    if (late) {
        vcpu_kick(late);
    }
}

static void call_to_loop(Vcpu *vcpu, void *opaque)
{
    if (atomic_load(&vcpu->in_guest) && !atomic_load(&tcg_of(vcpu)->tlb_state->in_sync)) {
        vcpu_kick(vcpu);
    }
}

/* A target that runs leaves its block within a microsecond; one that the host has preempted does
 * not, and needs a core rather than our spinning. */
#define SYNC_SPINS    40
#define SYNC_PAUSES   10
#define SYNC_SLEEP_US 500

static bool spin_until_applied(TcgAccel *a)
{
    for (unsigned i = 0; i < SYNC_SPINS; i++) {
        if (all_applied(a)) {
            return true;
        }
        for (unsigned j = 0; j < SYNC_PAUSES; j++) {
            __builtin_ia32_pause();
        }
    }
    return false;
}

static void sleep_until_applied(TcgAccel *a)
{
    atomic_fetch_add(&a->sync_waiters, 1);
    vcpu_set_foreach(a->set, call_to_loop, NULL);       /* to give_way() */
    g_mutex_lock(&a->sync_lock);
    while (!all_applied(a)) {
        /* Bounded: a target that goes idle or stops does not tell; others may post meanwhile. */
        g_cond_wait_until(&a->sync_cond, &a->sync_lock,
                          g_get_monotonic_time() + SYNC_SLEEP_US);
        g_mutex_unlock(&a->sync_lock);
        vcpu_set_foreach(a->set, kick_late, NULL);
        g_mutex_lock(&a->sync_lock);
    }
    g_mutex_unlock(&a->sync_lock);
    atomic_fetch_sub(&a->sync_waiters, 1);
}

/*
 * DSB. A target outside guest code, or waiting here itself, empties its queue before it goes on, so
 * it is not waited for; hence two CPUs never wait for each other. Targets are kicked here, once for
 * all that was posted.
 */
void tcg_tlbi_sync(TcgCpu *cpu)
{
    TlbState *s = cpu->tlb_state;

    if (!s->owes_sync) {
        return;
    }
    s->owes_sync = false;
    atomic_store(&s->in_sync, true);
    sync_wake(cpu->accel);
    vcpu_set_foreach(cpu->accel->set, kick_late, NULL);
    if (!spin_until_applied(cpu->accel)) {
        sleep_until_applied(cpu->accel);
    }
    atomic_store(&s->in_sync, false);
    apply_queue(cpu);
}
