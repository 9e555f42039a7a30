/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run loop, what generated code calls, and the accelerator's life. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tcg_internal.h"

#define DEFAULT_CODE_BYTES (256 * MiB)
#define MIN_CODE_BYTES     (1 * MiB)

static inline uint64_t env_pc(const TcgCpu *cpu)
{
    uint64_t pc;

    memcpy(&pc, (const uint8_t *)cpu + cpu->ops->pc_offset, 8);
    return pc;
}

/* -- Look-up and linking -- */

static void deliver(TcgCpu *cpu, uint32_t info)
{
    atomic_store_explicit(&cpu->fault, 0, memory_order_relaxed);
    cpu->ops->fault_deliver(cpu, info);
}

static bool is_interpreted(const TcgCpu *cpu)
{
    const TcgConfig *cfg = &cpu->accel->cfg;

    return cfg->interpret || env_pc(cpu) < cfg->interpret_below;
}

/*
 * Block for env's pc; NULL: an exit is requested (a fetch fault has been taken, or a flush), or the
 * code there is to be interpreted.
 */
static Block *find_or_make(TcgCpu *cpu)
{
    TcgAccel *a = cpu->accel;

    while (!atomic_load_explicit(&cpu->vcpu.exit_request, memory_order_relaxed)) {
        uint64_t pc = env_pc(cpu);
        if (pc < a->cfg.interpret_below) {
            return NULL;
        }
        CodeTlb *c = tlb_code(cpu, pc);
        if (!c) {
            deliver(cpu, 0);
            continue;
        }
        if (atomic_load_explicit(&a->n_cookies, memory_order_relaxed) >= COOKIES_MAX) {
            tcg_accel_flush(a, cpu);
            continue;
        }
        uint64_t made = atomic_load_explicit(&a->stats.translated, memory_order_acquire);
        Block *b = block_find(a, pc, block_context(cpu, c), c->page->ram_page);
        if (!b) {
            b = block_make(cpu, pc, c, made);
        }
        if (b) {
            return b;
        }
        tcg_accel_flush(a, cpu);
    }
    return NULL;
}

static const void *runtime_lookup(void *env)
{
    TcgCpu *cpu = env;
    Block *b = find_or_make(cpu);

    if (!b) {
        return NULL;
    }
    if (log_is_on(LOG_EXEC | LOG_CPU)) {
        log_printf(LOG_EXEC, "Trace %u: %p [%08" PRIx64 "/%016" PRIx64 "]\n", cpu->vcpu.index,
                   (const void *)b->host, b->context, b->pc);
        if (log_is_on(LOG_CPU)) {
            cpu->ops->log_state(cpu);
        }
    }
    const void *host = block_entry(b);
    if (!log_is_on(LOG_NOCHAIN)) {
        cpu->jump_cache[cpu->branch_type * JC_ENTRIES + jc_index(b->pc)] =
            (JumpCacheEntry) { b->pc, host };
    }
    return host;
}

static const void *runtime_link(void *env, void *tb, unsigned exit)
{
    TcgCpu *cpu = env;
    TcgAccel *a = cpu->accel;
    Block *from = tb;
    uint64_t flushes = a->stats.flushes, pc = env_pc(cpu);
    uint64_t context = cpu->context | (uint64_t)cpu->branch_type << TCG_CONTEXT_BRANCH_SHIFT;
    Block *to = find_or_make(cpu);

    if (!to) {
        return NULL;
    }
    /* Fetching may have faulted: then @to is the exception vector, not where the jump goes. */
    bool is_target = to->pc == pc && (to->context & ~TCG_CONTEXT_GUARDED) == context;
    if (is_target && !a->cfg.no_chain && !log_is_on(LOG_NOCHAIN) && flushes == a->stats.flushes) {
        g_mutex_lock(&a->lock);
        block_link(a, from, exit, to);
        g_mutex_unlock(&a->lock);
    }
    return block_entry(to);
}

static void runtime_fault(void *env, const void *host_pc, const uint64_t *regs)
{
    TcgCpu *cpu = env;
    uint32_t info = 0;
    Block *b = block_by_host(cpu->accel, host_pc);

    if (!b || !side_restore(cpu, b, host_pc, regs, &info)) {
        g_error("no side-table entry for host pc %p", host_pc); /* a bug of the backend */
    }
    deliver(cpu, info);
}

const TcgRuntimeOps tcg_runtime_ops = {
    .mem_slow = access_mem_slow,
    .fault = runtime_fault,
    .lookup = runtime_lookup,
    .link = runtime_link,
};

/* -- Running -- */

static void run_interpreter(TcgCpu *cpu)
{
    while (!atomic_load_explicit(&cpu->vcpu.exit_request, memory_order_relaxed)
           && is_interpreted(cpu)) {
        uint64_t pc = env_pc(cpu);
        CodeTlb *c = tlb_code(cpu, pc);

        if (!c) {
            deliver(cpu, 0);
            continue;
        }
        IrBlock *b = interp_block(cpu, c, pc);
        if (!ir_interpret(b, &cpu->accel->codegen_cfg, cpu)) {
            deliver(cpu, b->fault_info);
        } else if (b->to_loop) {
            break;                      /* it looks at requests */
        }
    }
}

static void note_runner(TcgCpu *cpu);

/*
 * Back in after a moment out, or after the other vCPUs' turns. A stop may have seen this CPU out,
 * and a DSB not have waited for it nor kicked it: ask for the one before touching anything, apply
 * what the other left.
 */
static bool reenter(TcgCpu *cpu)
{
    VcpuTurns *turns = cpu->accel->turns;
    bool may = !turns || vcpu_turns_take(turns, &cpu->vcpu);

    vcpu_exec_begin(cpu->accel->set, &cpu->vcpu);
    if (!may || atomic_load(&cpu->vcpu.exit_request)) {
        return false;
    }
    tlb_apply_queue(cpu);
    return true;
}

void tcg_cpu_run(Vcpu *vcpu)
{
    TcgCpu *cpu = tcg_of(vcpu);
    TcgAccel *a = cpu->accel;

    note_runner(cpu);
    vcpu_exec_begin(a->set, vcpu);
    for (;;) {
        atomic_store(&vcpu->exit_request, 0);
        if (vcpu_wants_out(vcpu)) {
            break;                      /* stopped: its state belongs to whoever stopped it */
        }
        tlb_apply_queue(cpu);
        if (!cpu->ops->poll(cpu)) {
            break;
        }
        /* A stop-the-world section wants this CPU out for a moment. */
        vcpu_exec_end(a->set, vcpu);
        if (!reenter(cpu)) {
            continue;
        }
        if (is_interpreted(cpu)) {
            run_interpreter(cpu);
            continue;
        }
        const void *host = runtime_lookup(cpu);
        if (host) {
            host_enter(&a->tramp, cpu, host);
        }
    }
    vcpu_exec_end(a->set, vcpu);
    if (a->turns) {
        vcpu_turns_give(a->turns, vcpu);
    }
}

/* -- Flush -- */

static void flush_cpu(Vcpu *vcpu, void *opaque)
{
    TcgCpu *cpu = tcg_of(vcpu);

    jump_caches_flush(cpu);
    tlb_forget_code(cpu);
}

static void flush_all(void *opaque)
{
    TcgAccel *a = opaque;

    g_mutex_lock(&a->lock);
    for (CodePage *page = atomic_load(&a->code_pages); page; page = page->next) {
        page->n_spans = 0;
        atomic_store(&page->lines, 0);
    }
    atomic_store(&a->n_blocks, 0);
    memset(a->hash, 0, sizeof(a->hash[0]) << BLOCK_HASH_BITS);
    memset(a->cookies, 0, sizeof(a->cookies[0]) << COOKIE_HASH_BITS);
    atomic_store(&a->n_cookies, 0);
    a->buf.used = a->tramp_used;
    g_ptr_array_set_size(a->chunks, 0);
    a->chunk_left = 0;
    a->stats.flushes++;
    g_mutex_unlock(&a->lock);
    vcpu_set_foreach(a->set, flush_cpu, NULL);
}

/*
 * While one vCPU alone has ever run, code has no locked instructions, and pairs are two accesses.
 * The next one that starts to run has it all made anew before.
 */
static void several_run(void *opaque)
{
    TcgAccel *a = opaque;

    g_mutex_lock(&a->lock);
    codegen_set_single(a->codegen, false);
    g_mutex_unlock(&a->lock);
    flush_all(a);
    atomic_store(&a->several_runners, true);
}

static void note_runner(TcgCpu *cpu)
{
    TcgAccel *a = cpu->accel;

    if (a->turns) {
        return;                         /* never two at a time */
    }
    if (atomic_load_explicit(&a->several_runners, memory_order_acquire)) {
        return;
    }
    g_mutex_lock(&a->lock);
    if (!a->only_runner) {
        a->only_runner = cpu;
    }
    bool alone = a->only_runner == cpu;
    g_mutex_unlock(&a->lock);
    if (!alone) {
        vcpu_set_exclusive(a->set, NULL, several_run, a);
    }
}

void tcg_accel_flush(TcgAccel *accel, TcgCpu *self)
{
    vcpu_set_exclusive(accel->set, self ? &self->vcpu : NULL, flush_all, accel);
    if (self && !atomic_load(&self->vcpu.exit_request)) {
        tlb_apply_queue(self);          /* as reenter() */
    }
}

/* -- Life -- */

static void layout_init(TcgAccel *a)
{
    TcgEnvLayout *l = &a->layout;

    l->exit_request = offsetof(TcgCpu, vcpu.exit_request);
    l->fault = offsetof(TcgCpu, fault);
    l->pc = a->ops->pc_offset;
    l->itlb = offsetof(TcgCpu, itlb);
    l->jump_cache = offsetof(TcgCpu, jump_cache);
    l->middle = a->ops->slots[0].offset + 128;   /* general registers come first */
    for (unsigned i = 0; i < TCG_MMU_INDEXES; i++) {
        l->tlb[i] = offsetof(TcgCpu, tlb) + i * sizeof(TlbEntry *);
    }
    l->fp = offsetof(TcgCpu, fp);
    a->runtime = tcg_runtime_ops;
    a->runtime.fp_slow = a->ops->fp_slow;
    a->codegen_cfg = (CodegenConfig) { .layout = l, .ops = &a->runtime };
}

static void *map_anon(size_t bytes, int prot)
{
    void *p = mmap(NULL, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

static size_t pages_bytes(const TcgAccel *a)
{
    return MAX(phys_mem_ram_pages(a->mem), 1) * sizeof(a->pages[0]);
}

TcgAccel *tcg_accel_new(const TcgConfig *cfg, PhysMem *mem, VcpuSet *set, const TcgCpuOps *ops,
                        const void *guest, Error **errp)
{
    const char *missing;

    if (!host_supported(&missing)) {
        error_set(errp, "this host's processor lacks %s, which -accel tcg needs", missing);
        return NULL;
    }
    TcgAccel *a = g_new0(TcgAccel, 1);
    a->cfg = *cfg;
    a->mem = mem;
    a->set = set;
    a->ops = ops;
    a->guest = guest;
    layout_init(a);
    g_mutex_init(&a->lock);
    g_mutex_init(&a->sync_lock);
    g_cond_init(&a->sync_cond);
    a->buf.size = MAX(cfg->code_bytes ? cfg->code_bytes : DEFAULT_CODE_BYTES, MIN_CODE_BYTES);
    a->max_blocks = a->buf.size / 128;
    a->buf.base = map_anon(a->buf.size, PROT_READ | PROT_WRITE | PROT_EXEC);
    a->by_host = map_anon(a->max_blocks * sizeof(Block *), PROT_READ | PROT_WRITE);
    a->pages = map_anon(pages_bytes(a), PROT_READ | PROT_WRITE);
    a->hash = map_anon(sizeof(a->hash[0]) << BLOCK_HASH_BITS, PROT_READ | PROT_WRITE);
    a->cookies = map_anon(sizeof(a->cookies[0]) << COOKIE_HASH_BITS, PROT_READ | PROT_WRITE);
    a->chunks = g_ptr_array_new_with_free_func(free);
    if (!a->buf.base || !a->by_host || !a->pages || !a->hash || !a->cookies) {
        error_set(errp, "could not allocate %zu bytes of translation buffer: %s", a->buf.size,
                  g_strerror(errno));
        tcg_accel_free(a);
        return NULL;
    }
    a->codegen = codegen_new(&a->codegen_cfg);
    a->ir = ir_block_new(ops->slots, ops->n_slots);
    codegen_set_features(a->codegen, (unsigned)~cfg->hide_features);
    codegen_set_random(a->codegen, cfg->random);
    a->turns = cfg->one_thread ? vcpu_turns_new() : NULL;
    a->several_runners = cfg->no_single;
    codegen_set_single(a->codegen, !cfg->no_single);
    codegen_trampolines(a->codegen, &a->buf, &a->tramp);
    a->tramp_used = a->buf.used;
    if (cfg->perfmap && !perfmap_open(a, errp)) {
        tcg_accel_free(a);
        return NULL;
    }
    return a;
}

void tcg_accel_free(TcgAccel *a)
{
    if (!a) {
        return;
    }
    if (a->pages) {
        for (CodePage *page = atomic_load(&a->code_pages), *next; page; page = next) {
            next = page->next;
            code_page_free(page);
        }
        munmap(a->pages, pages_bytes(a));
    }
    if (a->buf.base) {
        munmap(a->buf.base, a->buf.size);
    }
    if (a->by_host) {
        munmap(a->by_host, a->max_blocks * sizeof(Block *));
    }
    if (a->hash) {
        munmap(a->hash, sizeof(a->hash[0]) << BLOCK_HASH_BITS);
    }
    if (a->cookies) {
        munmap(a->cookies, sizeof(a->cookies[0]) << COOKIE_HASH_BITS);
    }
    perfmap_close(a);
    vcpu_turns_free(a->turns);
    g_ptr_array_free(a->chunks, TRUE);
    if (a->codegen) {
        codegen_free(a->codegen);
        ir_block_free(a->ir);
    }
    g_mutex_clear(&a->lock);
    g_mutex_clear(&a->sync_lock);
    g_cond_clear(&a->sync_cond);
    g_free(a);
}

PhysMem *tcg_accel_mem(const TcgAccel *a) { return a->mem; }

char *tcg_accel_stats(TcgAccel *a)
{
    g_mutex_lock(&a->lock);
    char *text = g_strdup_printf(
        "Translation buffer state:\n"
        "gen code size       %zu/%zu\n"
        "TB count            %u\n"
        "TB translated       %" PRIu64 " (%" PRIu64 " guest instructions)\n"
        "TB invalidate count %" PRIu64 "\n"
        "TB flush count      %" PRIu64 "\n",
        a->buf.used, a->buf.size, a->n_blocks, a->stats.translated, a->stats.guest_insns,
        a->stats.invalidated, a->stats.flushes);
    g_mutex_unlock(&a->lock);
    return text;
}

bool tcg_cpu_init(TcgCpu *cpu, TcgAccel *accel, unsigned index, Error **errp)
{
    cpu->accel = accel;
    cpu->ops = accel->ops;
    tlb_state_init(cpu);
    if (!jump_state_init(cpu)) {
        tlb_state_clear(cpu);
        return error_set(errp, "could not allocate the translation tables of a vCPU: %s",
                         g_strerror(errno));
    }
    return true;
}

void tcg_cpu_clear(TcgCpu *cpu)
{
    tlb_state_clear(cpu);
    jump_state_clear(cpu);
    interp_clear(cpu);
}
