/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translated blocks: making, finding, invalidating. Found by (pc, context, physical page); the
 * code constants of a block hold for its virtual address only.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "disas/disas.h"
#include "tcg_internal.h"

/* -- Memory: taken from the host by the piece, not by a page fault for every 4 KiB -- */

#define CHUNK_BYTES (256 * KiB)
#define CODE_STEP   (512 * KiB)

static void populate(void *p, size_t bytes)
{
#ifdef MADV_POPULATE_WRITE
    madvise(p, bytes, MADV_POPULATE_WRITE);     /* a hint: without it the pages come by faults */
#endif
}

/* Memory that lives until the next flush. Translate lock. */
void *accel_alloc(TcgAccel *a, size_t bytes, size_t align)
{
    size_t skip = -(uintptr_t)a->chunk & (align - 1);

    if (skip + bytes > a->chunk_left) {
        size_t size = align_up(MAX(bytes, CHUNK_BYTES), 4096);
        a->chunk = aligned_alloc(4096, size);
        if (!a->chunk) {
            g_error("out of memory for translated blocks");
        }
        populate(a->chunk, size);
        a->chunk_left = size;
        g_ptr_array_add(a->chunks, a->chunk);
        skip = 0;
    }
    void *p = a->chunk + skip;
    a->chunk += skip + bytes;
    a->chunk_left -= skip + bytes;
    return p;
}

/* -- Look-ups (lock-free) -- */

/* Blocks that lie near each other are found near each other: they are looked for together. */
static unsigned block_hash(uint64_t pc, uint64_t context, uint32_t ram_page)
{
    uint64_t h = (pc >> 8) * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)ram_page * 0x85ebca6bu
               ^ context * UINT64_C(0xc2b2ae3d27d4eb4f);

    return h >> (64 - BLOCK_HASH_BITS) ^ (pc >> 2 & 63);
}

Block *block_find(TcgAccel *a, uint64_t pc, uint64_t context, uint32_t ram_page)
{
    Block *b = atomic_load_explicit(&a->hash[block_hash(pc, context, ram_page)],
                                    memory_order_acquire);

    while (b && (b->pc != pc || b->context != context || b->ram_page != ram_page
                 || atomic_load_explicit(&b->invalid, memory_order_relaxed))) {
        b = atomic_load_explicit(&b->next_hash, memory_order_acquire);
    }
    return b;
}

Block *block_by_host(TcgAccel *a, const void *host)
{
    uint32_t lo = 0, hi = atomic_load_explicit(&a->n_blocks, memory_order_acquire);

    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (a->by_host[mid]->host <= (const uint8_t *)host) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo ? a->by_host[lo - 1] : NULL;
}

const void *block_entry(const Block *b) { return b->host + b->off_checked; }

/* -- Code pages -- */

CodePage *code_page_get(TcgAccel *a, uint32_t ram_page)
{
    CodePage *page = atomic_load_explicit(&a->pages[ram_page], memory_order_acquire);

    if (!page) {
        page = g_new0(CodePage, 1);
        page->ram_page = ram_page;
        CodePage *there = NULL;
        if (!atomic_compare_exchange_strong(&a->pages[ram_page], &there, page)) {
            code_page_free(page);
            return there;
        }
        page->next = atomic_load(&a->code_pages);
        while (!atomic_compare_exchange_weak(&a->code_pages, &page->next, page)) {
        }
    }
    return page;
}

static PageCookie *cookie_find(PageCookie *_Atomic *head, uint64_t va_page, uint32_t ram_page)
{
    PageCookie *c = atomic_load_explicit(head, memory_order_acquire);

    while (c && (c->va_page != va_page || c->ram_page != ram_page)) {
        c = c->next;
    }
    return c;
}

/*
 * Cookies name (virtual page, physical page) pairs until the next flush: a block translated for the
 * pair may run wherever the current mapping's cookie equals its own.
 */
uint32_t code_page_cookie(TcgAccel *a, CodePage *page, uint64_t va_page, bool guarded)
{
    uint32_t epoch = (uint32_t)a->stats.flushes + 1;

    va_page |= guarded;
    if (atomic_load_explicit(&page->cookie_epoch, memory_order_acquire) == epoch
        && page->cookie_va == va_page) {
        return page->cookie;
    }
    uint64_t h = (va_page >> TLB_PAGE_BITS ^ (uint64_t)page->ram_page << 32)
               * UINT64_C(0x9e3779b97f4a7c15);
    PageCookie *_Atomic *head = &a->cookies[h >> (64 - COOKIE_HASH_BITS)];
    PageCookie *c = cookie_find(head, va_page, page->ram_page);

    if (c) {
        return c->cookie;
    }
    g_mutex_lock(&a->lock);
    c = cookie_find(head, va_page, page->ram_page);
    if (!c) {
        c = accel_alloc(a, sizeof(*c), sizeof(void *));
        *c = (PageCookie) { va_page, page->ram_page, ++a->n_cookies, atomic_load(head) };
        atomic_store_explicit(head, c, memory_order_release);
    }
    if (atomic_load(&page->cookie_epoch) != epoch) {
        page->cookie_va = va_page;
        page->cookie = c->cookie;
        atomic_store_explicit(&page->cookie_epoch, epoch, memory_order_release);
    }
    g_mutex_unlock(&a->lock);
    return c->cookie;
}

static uint64_t lines_of(unsigned start, unsigned end) { return MASK((end - 1) / 64, start / 64); }

static void page_recount_lines(CodePage *page)
{
    uint64_t lines = 0;

    for (unsigned i = 0; i < page->n_spans; i++) {
        lines |= lines_of(page->spans[i].start, page->spans[i].end);
    }
    atomic_store(&page->lines, lines);
}

static void page_add(CodePage *page, Block *b)
{
    if (page->n_spans == page->max_spans) {
        page->max_spans = MAX(2 * page->max_spans, 8);
        page->spans = g_renew(BlockSpan, page->spans, page->max_spans);
    }
    page->spans[page->n_spans++] = (BlockSpan) { b->start, b->end, b };
}

void code_page_free(CodePage *page)
{
    if (page) {
        g_free(page->spans);
        g_free(page);
    }
}

/* -- Making -- */

static uint64_t hash_bytes(const uint8_t *p, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i + 4 <= n; i += 4) {
        h = (h ^ ldle32(p + i)) * UINT64_C(0x100000001b3);
        h ^= h >> 29;
    }
    return h;
}

static void log_block(TcgAccel *a, const uint8_t *code, const IrBlock *ir, bool optimized)
{
    if (!optimized && log_is_on(LOG_IN_ASM)) {
        log_lock();
        log_printf(LOG_IN_ASM, "----------------\nIN: 0x%016" PRIx64 "\n", ir->pc);
        disas_log(LOG_IN_ASM, DISAS_AARCH64, code, ir->guest_insns * 4, ir->pc);
        log_unlock();
    }
    uint32_t item = optimized ? LOG_OP_OPT : LOG_OP;
    if (log_is_on(item)) {
        char *text = NULL;
        size_t len = 0;
        FILE *f = open_memstream(&text, &len);
        ir_print(ir, f);
        fclose(f);
        log_printf(item, "OP%s: 0x%016" PRIx64 "\n%s", optimized ? " after optimization" : "",
                   ir->pc, text);
        free(text);
    }
}

static void log_host(const CodegenResult *res)
{
    if (log_is_on(LOG_OUT_ASM)) {
        log_lock();
        log_printf(LOG_OUT_ASM, "OUT: [size=%u]\n", res->size);
        disas_log(LOG_OUT_ASM, DISAS_X86_64, res->start, res->size, (uintptr_t)res->start);
        log_unlock();
    }
}

static void block_register(TcgAccel *a, Block *b, CodePage *page, const CodegenResult *res)
{
    b->host = res->start;
    b->host_size = res->size;
    b->off_checked = res->entry_checked;
    b->off_poll = res->entry_poll;
    b->off_entry = res->entry;
    b->off_stale = res->stale_off;
    b->side = side_pack(a, res);
    b->n_points = res->n_points;
    b->loops = res->loops;
    for (unsigned i = 0; i < res->n_sites; i++) {
        BlockExit *x = &b->exits[res->sites[i].exit];
        x->jmp = (uint8_t *)res->start + res->sites[i].jmp_off;
        x->stub = res->start + res->sites[i].stub_off;
    }
    page_add(page, b);
    a->by_host[a->n_blocks] = b;
    atomic_store_explicit(&a->n_blocks, a->n_blocks + 1, memory_order_release);
    _Atomic(Block *) *head = &a->hash[block_hash(b->pc, b->context, b->ram_page)];
    atomic_store(&b->next_hash, atomic_load(head));
    atomic_store_explicit(head, b, memory_order_release);
}

/*
 * Before the bytes from @start to @end are read, the lines say that code is there. Who patches them
 * on another vCPU, and then looks at the lines (IC IVAU), sees that and waits for the lock; or does
 * not, and then we read the new bytes. Returns the lines before; only changed with the lock held.
 */
static uint64_t claim_lines(TcgAccel *a, CodePage *page, unsigned start, unsigned end)
{
    uint64_t before = atomic_fetch_or(&page->lines, lines_of(start, end));

    if (!before) {
        tlb_protect_page(a, page->ram_page);
    }
    atomic_thread_fence(memory_order_seq_cst);
    return before;
}

/* Most blocks are much smaller than a step. */
static void make_ready(TcgAccel *a)
{
    if (a->buf.used + CODE_STEP / 8 > a->buf_ready && a->buf_ready < a->buf.size) {
        size_t bytes = MIN(CODE_STEP, a->buf.size - a->buf_ready);

        populate(a->buf.base + a->buf_ready, bytes);
        a->buf_ready += bytes;
    }
}

static Block *make_locked(TcgCpu *cpu, uint64_t pc, const CodeTlb *c, uint32_t cookie,
                          unsigned max_insns)
{
    TcgAccel *a = cpu->accel;
    CodePage *page = c->page;
    uint64_t context = block_context(cpu, c);
    IrBlock *ir = a->ir;
    CodegenResult res;
    unsigned start = pc & ~TLB_PAGE_MASK & ~3u;
    unsigned bytes = MIN(max_insns * 4, 4096 - start);
    uint8_t code[4096];

    if (a->n_blocks == a->max_blocks) {
        return NULL;
    }
    /* A copy, so that what is translated is what is hashed, whatever is stored meanwhile. */
    uint64_t lines = claim_lines(a, page, start, start + bytes);
    memcpy(code, c->host + start, bytes);
    ir_block_reset(ir, pc);
    a->ops->translate(ir, pc, code + (pc & 3), context | several_runners(a), max_insns, a->guest);
    log_block(a, code, ir, false);
    if (log_is_on(LOG_OP_OPT)) {
        ir_optimize(ir);                /* easier to read */
    }
    if (a->cfg.no_fences) {
        ir_drop_ordering(ir);
    }
    ir_finish(ir, !a->cfg.no_loops && !a->cfg.no_chain && !log_is_on(LOG_NOCHAIN));
    log_block(a, code, ir, true);

    size_t exits_bytes = ir->n_exits * sizeof(BlockExit);
    Block *b = accel_alloc(a, sizeof(*b) + exits_bytes, 64);
    memset(b, 0, sizeof(*b) + exits_bytes);
    b->pc = pc;
    b->context = context;
    b->ram_page = page->ram_page;
    b->start = start;
    b->end = start + MAX(ir->guest_insns, 1) * 4;
    b->code_hash = hash_bytes(code, b->end - b->start);
    b->n_exits = ir->n_exits;
    b->exits = (BlockExit *)(b + 1);
    for (unsigned i = 0; i < ir->n_exits; i++) {
        b->exits[i].from = b;
    }
    make_ready(a);
    if (!codegen_block(a->codegen, ir, &a->buf, &a->tramp, b, cookie, &res)) {
        atomic_store(&page->lines, lines);
        return res.too_big && ir->guest_insns > 1
               ? make_locked(cpu, pc, c, cookie, ir->guest_insns / 2) : NULL;
    }
    a->stats.guest_insns += ir->guest_insns;
    log_host(&res);
    atomic_store(&page->lines, lines | lines_of(b->start, b->end));
    block_register(a, b, page, &res);
    a->stats.translated++;              /* behind it: see block_make() */
    if (a->perfmap) {
        perfmap_add(a, b);
    }
    return b;
}

Block *block_make(TcgCpu *cpu, uint64_t pc, const CodeTlb *c, uint64_t made)
{
    TcgAccel *a = cpu->accel;
    uint32_t cookie = code_page_cookie(a, c->page, pc & TLB_PAGE_MASK, c->guarded);

    g_mutex_lock(&a->lock);
    Block *b = NULL;
    if (a->stats.translated != made) {  /* perhaps by another vCPU, this one */
        b = block_find(a, pc, block_context(cpu, c), c->page->ram_page);
    }
    if (!b) {
        b = make_locked(cpu, pc, c, cookie, block_max_insns(a));
    }
    g_mutex_unlock(&a->lock);
    return b;
}

/* -- Invalidating -- */

static void hash_remove(TcgAccel *a, Block *b)
{
    _Atomic(Block *) *p = &a->hash[block_hash(b->pc, b->context, b->ram_page)];

    while (atomic_load(p) != b) {
        p = &atomic_load(p)->next_hash;
    }
    atomic_store(p, atomic_load(&b->next_hash)); /* b keeps its own next: readers may stand on it */
}

static void kick_running(Vcpu *vcpu, void *opaque)
{
    if (atomic_load(&vcpu->in_guest)) {
        vcpu_kick(vcpu);
    }
}

static void invalidate_locked(TcgAccel *a, Block *b)
{
    atomic_store(&b->invalid, true);
    if (b->loops) {
        vcpu_set_foreach(a->set, kick_running, NULL);
    }
    host_patch_entry((uint8_t *)b->host + b->off_checked, b->host + b->off_stale);
    block_unlink_all(b);
    hash_remove(a, b);
    a->stats.invalidated++;
}

void block_invalidate_range(TcgAccel *a, CodePage *page, unsigned start, unsigned end,
                            const uint8_t *code)
{
    g_mutex_lock(&a->lock);
    bool any = false;
    for (unsigned i = 0; i < page->n_spans;) {
        const BlockSpan *s = &page->spans[i];
        if (s->start < end && start < s->end
            && (!code || s->block->code_hash != hash_bytes(code + s->start, s->end - s->start))) {
            invalidate_locked(a, s->block);
            page->spans[i] = page->spans[--page->n_spans];
            any = true;
        } else {
            i++;
        }
    }
    if (any) {
        page_recount_lines(page);
    }
    g_mutex_unlock(&a->lock);
}

/*
 * Stores invalidate by themselves; what follows is for a store that was in flight on another vCPU
 * while the page turned into a code page: what no longer matches its bytes goes.
 */
void tcg_icache_invalidate_line(TcgCpu *cpu, uint64_t va, unsigned idx, unsigned bytes)
{
    bool faulted;
    uint64_t first = align_down(va, bytes);
    uint8_t *host = tcg_probe(cpu, first, 1, TLB_ACCESS_READ, idx, true, &faulted);

    if (!host || !atomic_load(&cpu->accel->several_runners)) {
        return;
    }
    TlbInfo *info;
    if (!tlb_get(cpu, first, TLB_ACCESS_READ, idx, true, &info)) {
        return;
    }
    CodePage *page = atomic_load(&cpu->accel->pages[info->ram_page]);
    unsigned off = first & ~TLB_PAGE_MASK;
    if (page && atomic_load(&page->lines) & lines_of(off, MIN(off + bytes, 4096))) {
        block_invalidate_range(cpu->accel, page, off, off + bytes, host - off);
    }
}

void tcg_icache_invalidate_all(TcgCpu *cpu)
{
    TcgAccel *a = cpu->accel;

    if (!atomic_load(&a->several_runners)) {
        return;
    }
    for (CodePage *page = atomic_load(&a->code_pages); page; page = page->next) {
        uint64_t pa = phys_mem_ram_page_pa(a->mem, page->ram_page);

        if (atomic_load(&page->lines)) {
            block_invalidate_range(a, page, 0, 4096, phys_mem_host(a->mem, pa, NULL));
        }
    }
}
