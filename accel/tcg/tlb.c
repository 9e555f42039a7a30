/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The soft TLB: banks tagged by mmu index, ASID and table bases.
 *
 * A bank is one direct-mapped table with its code-page table. Switching the address space switches
 * banks; nothing is flushed.  A bank that holds (nearly) only global entries, as a kernel's does
 * when it has no page-table isolation, is kept across the switch: its few non-global entries are
 * dropped and it is re-tagged.
 */
#include <assert.h>
#include <string.h>

#include "tcg_internal.h"

static inline unsigned entry_index(uint64_t va)
{
    return va >> TLB_PAGE_BITS & (TLB_ENTRIES - 1);
}

/* Equal pages, whatever the top bytes (tags) are. */
static inline bool same_page(uint64_t a, uint64_t b)
{
    return ((a ^ b) << 8) >> (8 + TLB_PAGE_BITS) == 0;
}

/* -- Banks -- */

static void bank_clear_code(TlbBank *bank)
{
    memset(bank->itlb, 0, sizeof(bank->itlb));
}

void tlb_bank_clear(TlbBank *bank)
{
    memset(bank->entry, 0xff, sizeof(bank->entry));
    bank_clear_code(bank);
    tlb_victims_end(bank);
    bank->n_global = bank->n_local = bank->n_large = 0;
    bank->space->global_halves = bank->space->local_halves = 0;
}

static void bank_publish(TcgCpu *cpu, unsigned idx, TlbBank *bank)
{
    TlbState *s = cpu->tlb_state;

    if (s->bank[idx] != bank) {
        s->before[idx] = s->bank[idx];
        s->bank[idx] = bank;
    }
    cpu->tlb[idx] = bank->entry;
    bank->last_used = ++s->tick;
    if (idx == cpu->fetch_idx) {
        cpu->itlb = bank->itlb;
    }
}

static bool bank_is_current(const TlbState *s, const TlbBank *bank)
{
    return s->bank[bank->space->idx] == bank;
}

/* A bank nobody is in and nothing is in. */
static TlbBank *bank_empty(const TlbState *s)
{
    for (unsigned i = 0; i < s->n_pool; i++) {
        if (!tlb_space_used(&s->space[i]) && !bank_is_current(s, s->pool[i])) {
            return s->pool[i];
        }
    }
    return NULL;
}

/* An empty bank for @idx: at hand, new, or the least recently used that is not current. */
static TlbBank *bank_take(TcgCpu *cpu, unsigned idx)
{
    TlbState *s = cpu->tlb_state;
    TlbBank *bank = bank_empty(s);

    if (bank) {
        /* clear already */
    } else if (s->n_pool < TLB_BANKS) {
        bank = g_new(TlbBank, 1);
        g_mutex_lock(&s->lock);
        bank->space = &s->space[s->n_pool];
        s->pool[s->n_pool++] = bank;
        bank->tenure = s->n_pool;
        tlb_bank_clear(bank);
        g_mutex_unlock(&s->lock);
    } else {
        for (unsigned i = 0; i < s->n_pool; i++) {
            TlbBank *b = s->pool[i];
            if (!bank_is_current(s, b) && (!bank || b->last_used < bank->last_used)) {
                bank = b;
            }
        }
        tlb_bank_clear(bank);
    }
    bank->space->idx = idx;
    return bank;
}

static bool bank_mostly_global(const TlbBank *bank)
{
    return bank->n_local <= TLB_LOCAL_MAX && bank->n_global >= 4 * bank->n_local;
}

static void bank_drop_locals(TlbBank *bank)
{
    for (unsigned i = 0; i < bank->n_local; i++) {
        unsigned n = bank->local[i];
        if (n < TLB_ENTRIES) {
            tlb_drop_entry(bank, n);
        } else {
            tlb_drop_code(bank, n - TLB_ENTRIES);
        }
    }
    bank->n_local = 0;
    bank->space->local_halves = 0;
    tlb_victims_end(bank);
}

static bool space_is(const TlbSpace *space, unsigned idx, uint32_t asid, uint64_t key)
{
    return space->idx == idx && space->asid == asid && space->key == key;
}

/* The bank of that space, preferably one with something in it. */
static TlbBank *bank_find(const TlbState *s, unsigned idx, uint32_t asid, uint64_t key)
{
    TlbBank *empty = NULL, *before = s->before[idx];

    if (before && tlb_space_used(before->space) && space_is(before->space, idx, asid, key)) {
        return before;
    }
    for (unsigned i = 0; i < s->n_pool; i++) {
        if (space_is(&s->space[i], idx, asid, key)) {
            if (tlb_space_used(&s->space[i])) {
                return s->pool[i];
            }
            empty = s->pool[i];
        }
    }
    return empty;
}

/*
 * A bank that holds something for the new space comes first: with page-table isolation an index
 * alternates between a bank that is full and one that stays empty, and must not take the empty one
 * along.
 */
static void bank_switch(TcgCpu *cpu, unsigned idx, uint32_t asid, uint64_t key)
{
    TlbState *s = cpu->tlb_state;
    TlbBank *bank = s->bank[idx];

    if (space_is(bank->space, idx, asid, key)) {
        return;
    }
    TlbBank *known = bank_find(s, idx, asid, key);
    if (known && (tlb_space_used(known->space) || !bank_mostly_global(bank))) {
        bank = known;
    } else if (bank_mostly_global(bank)) {
        bank_drop_locals(bank);
    } else {
        bank = bank_take(cpu, idx);
    }
    bank->space->asid = asid;
    bank->space->key = key;
    bank_publish(cpu, idx, bank);
}

void tcg_cpu_set_asid(TcgCpu *cpu, unsigned idx_mask, uint32_t asid, uint64_t key)
{
    for (unsigned idx = 0; idx < cpu->ops->n_mmu_indexes; idx++) {
        if (idx_mask >> idx & 1) {
            bank_switch(cpu, idx, asid, key);
        }
    }
}

void tlb_forget_code(TcgCpu *cpu)
{
    for (unsigned i = 0; i < cpu->tlb_state->n_pool; i++) {
        bank_clear_code(cpu->tlb_state->pool[i]);
    }
}

void tlb_state_init(TcgCpu *cpu)
{
    TlbState *s = g_new0(TlbState, 1);

    cpu->tlb_state = s;
    g_mutex_init(&s->lock);
    for (unsigned idx = 0; idx < cpu->ops->n_mmu_indexes; idx++) {
        TlbBank *bank = bank_take(cpu, idx);
        bank_publish(cpu, idx, bank);
    }
}

void tlb_state_clear(TcgCpu *cpu)
{
    TlbState *s = cpu->tlb_state;

    for (unsigned i = 0; i < s->n_pool; i++) {
        g_free(s->pool[i]);
    }
    g_mutex_clear(&s->lock);
    g_free(s->victims);
    g_free(s);
    cpu->tlb_state = NULL;
}

/* -- Fill -- */

/*
 * Remember where pages larger than 4 KiB are cached, so that a TLBI by address knows whether it has
 * to look for other pieces of the same block. Ranges only grow until the bank is cleared.
 */
static void note_large(TlbBank *bank, uint64_t va, unsigned page_log2)
{
    uint64_t first = va << 8 >> 8 >> page_log2 << page_log2, last = first + BIT(page_log2) - 1;
    uint64_t best_growth = UINT64_MAX;
    unsigned best = 0;

    for (unsigned i = 0; i < bank->n_large; i++) {
        uint64_t lo = MIN(bank->large[i].first, first), hi = MAX(bank->large[i].last, last);
        uint64_t growth = (hi - lo) - (bank->large[i].last - bank->large[i].first);
        if (growth < best_growth) {
            best_growth = growth;
            best = i;
        }
    }
    if (best_growth > 0 && bank->n_large < BANK_LARGE) {
        bank->large[bank->n_large].first = first;
        bank->large[bank->n_large].last = last;
        bank->n_large++;
    } else {
        bank->large[best].first = MIN(bank->large[best].first, first);
        bank->large[best].last = MAX(bank->large[best].last, last);
    }
}

static void note_fill(TlbBank *bank, const TlbFill *fill, uint64_t va, unsigned slot)
{
    if (fill->global) {
        bank->n_global++;
        bank->space->global_halves |= tlb_half(va);
    } else {
        bank->space->local_halves |= tlb_half(va);
        if (bank->n_local < TLB_LOCAL_MAX) {
            bank->local[bank->n_local] = slot;
        }
        bank->n_local++;
    }
    if (fill->page_log2 > TLB_PAGE_BITS) {
        note_large(bank, va, fill->page_log2);
    }
}

static bool page_has_code(TcgAccel *a, uint32_t ram_page)
{
    CodePage *page = atomic_load_explicit(&a->pages[ram_page], memory_order_acquire);

    return page && atomic_load(&page->lines);
}

/*
 * A translator on another thread may be making this a code page right now: it sets the line bits,
 * then sweeps the TLBs.  We write the tag, then look at the bits again: with a full fence on both
 * sides one of the two notices the other.
 */
static void allow_stores(TcgAccel *a, TlbEntry *e, uint64_t tag, uint32_t ram_page)
{
    __atomic_store_n(&e->write, tag, __ATOMIC_SEQ_CST);
    atomic_thread_fence(memory_order_seq_cst);
    if (page_has_code(a, ram_page)) {
        e->write = tag | TAG_CODE;
    }
}

void tlb_entry_recheck_code(TcgAccel *a, TlbEntry *e, uint32_t ram_page)
{
    if (e->write & TAG_CODE && !(e->write & TAG_EMPTY) && !page_has_code(a, ram_page)) {
        allow_stores(a, e, e->write & ~TAG_CODE, ram_page);
    }
}

static void fill_entry(TcgCpu *cpu, TlbBank *bank, uint64_t va, const TlbFill *fill)
{
    TcgAccel *a = cpu->accel;
    unsigned n = entry_index(va);
    TlbEntry *e = &bank->entry[n];
    uint64_t tag = va & TLB_PAGE_MASK;
    uint8_t *host = phys_mem_host(a->mem, fill->pa, NULL);
    uint64_t slow = host ? 0 : TAG_MMIO;

    if (fill->device) {
        slow |= TAG_DEVICE;
    }
    bank->info[n] = (TlbInfo) {
        .pa = fill->pa, .page_log2 = fill->page_log2, .prot = fill->prot, .global = fill->global,
        .device = fill->device,
        .ram_page = host ? phys_mem_ram_page(a->mem, fill->pa) : UINT32_MAX,
    };
    e->addend = (uintptr_t)host - (va & TLB_PAGE_MASK);
    e->read = fill->prot & TLB_READ ? tag | slow : TLB_INVALID_TAG;
    if (!(fill->prot & TLB_WRITE) || !(fill->prot & TLB_READ)) {
        e->write = TLB_INVALID_TAG;     /* codegen.h: what hits for writing can be read */
    } else if (!host || page_has_code(a, bank->info[n].ram_page)) {
        e->write = tag | slow | (host ? TAG_CODE : 0);
    } else {
        allow_stores(a, e, tag | slow, bank->info[n].ram_page);
    }
    note_fill(bank, fill, va, n);
}

TlbEntry *tlb_get(TcgCpu *cpu, uint64_t va, TlbAccess access, unsigned idx, bool probe,
                  TlbInfo **info)
{
    TlbBank *bank = cpu->tlb_state->bank[idx];
    unsigned n = entry_index(va);
    TlbEntry *e = &bank->entry[n];

    *info = &bank->info[n];
    if (tag_matches(access == TLB_ACCESS_READ ? e->read : e->write, va)) {
        return e;
    }
    TlbFill fill;
    if (!tlb_victim_find(cpu->tlb_state, bank, va, access, &fill)
        && !cpu->ops->tlb_fill(cpu, va, access, idx, probe, &fill)) {
        return NULL;
    }
    tlb_victim_keep(cpu->tlb_state, bank, e, &bank->info[n]);
    fill_entry(cpu, bank, va, &fill);
    return e;
}

static bool fetch_is_ram(TcgCpu *cpu, uint64_t pc, const TlbFill *fill)
{
    if (phys_mem_host(cpu->accel->mem, fill->pa, NULL)) {
        return true;
    }
    cpu->ops->bus_fault(cpu, pc, fill->pa | (pc & ~TLB_PAGE_MASK), TLB_ACCESS_FETCH,
                        cpu->fetch_idx, MEM_DECODE);
    return false;
}

CodeTlb *tlb_code(TcgCpu *cpu, uint64_t pc)
{
    TcgAccel *a = cpu->accel;
    TlbBank *bank = cpu->tlb_state->bank[cpu->fetch_idx];
    unsigned n = itlb_index(pc);
    CodeTlb *c = &bank->code[n];
    uint64_t va_page = pc & TLB_PAGE_MASK;
    TlbFill fill;

    if (bank->itlb[n] && c->va_page == va_page) {
        return c;
    }
    if (!cpu->ops->tlb_fill(cpu, pc, TLB_ACCESS_FETCH, cpu->fetch_idx, false, &fill)
        || !fetch_is_ram(cpu, pc, &fill)) {
        return NULL;
    }
    c->va_page = va_page;
    c->host = phys_mem_host(a->mem, fill.pa, NULL);
    c->page = code_page_get(a, phys_mem_ram_page(a->mem, fill.pa));
    c->global = fill.global;
    c->guarded = fill.guarded;
    c->page_log2 = fill.page_log2;
    bank->itlb[n] = code_page_cookie(a, c->page, va_page, fill.guarded);
    note_fill(bank, &fill, pc, TLB_ENTRIES + n);
    return c;
}

/* -- Write protection of code pages -- */

static void protect_in_cpu(Vcpu *vcpu, void *opaque)
{
    TcgCpu *cpu = tcg_of(vcpu);
    TlbState *s = cpu->tlb_state;
    uint32_t ram_page = *(uint32_t *)opaque;

    g_mutex_lock(&s->lock);
    for (unsigned b = 0; b < s->n_pool; b++) {
        TlbBank *bank = s->pool[b];
        for (unsigned i = 0; i < TLB_ENTRIES; i++) {
            uint64_t tag = __atomic_load_n(&bank->entry[i].write, __ATOMIC_RELAXED);
            if (!(tag & ~TLB_PAGE_MASK) && bank->info[i].ram_page == ram_page) {
                __atomic_compare_exchange_n(&bank->entry[i].write, &tag, tag | TAG_CODE, false,
                                            __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
            }
        }
    }
    g_mutex_unlock(&s->lock);
}

void tlb_protect_page(TcgAccel *a, uint32_t ram_page)
{
    atomic_thread_fence(memory_order_seq_cst);
    vcpu_set_foreach(a->set, protect_in_cpu, &ram_page);
}
