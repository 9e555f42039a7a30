/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jump caches: one table of (pc -> block) for each context word the CPU is in, so that a change
 * of exception level changes a pointer and invalidates nothing. Entries point at checked entries,
 * which makes stale ones harmless.
 */
#include <sys/mman.h>

#include "tcg_internal.h"

#define JUMP_CONTEXTS 16

typedef struct JumpState {
    uint64_t context[JUMP_CONTEXTS];
    JumpCacheEntry *table[JUMP_CONTEXTS];
    unsigned n;
    unsigned victim;
    unsigned latest[TCG_MMU_INDEXES];  /* by fetch index: of the context it had last */
} JumpState;

#define TABLE_BYTES (IR_BRANCH_KINDS * JC_ENTRIES * sizeof(JumpCacheEntry))

/*
 * A part for each kind of branch. Zero is an empty entry, but where pc 0 would be: what is not used
 * is no memory.
 */
static void table_mark_empty(JumpCacheEntry *t)
{
    for (unsigned kind = 0; kind < IR_BRANCH_KINDS; kind++) {
        t[kind * JC_ENTRIES] = jc_empty(0);
    }
}

static void table_clear(JumpCacheEntry *t)
{
    madvise(t, TABLE_BYTES, MADV_DONTNEED);     /* anonymous memory: zero again */
    table_mark_empty(t);
}

/* NULL: no memory. */
static JumpCacheEntry *table_new(void)
{
    void *t = mmap(NULL, TABLE_BYTES, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (t == MAP_FAILED) {
        return NULL;
    }
    table_mark_empty(t);
    return t;
}

/* A free table's index; without memory for more, one that another context had. */
static unsigned table_take(JumpState *s)
{
    if (s->n < JUMP_CONTEXTS) {
        JumpCacheEntry *t = table_new();

        if (t) {
            s->table[s->n] = t;
            return s->n++;
        }
    }
    unsigned i = s->victim++ % s->n;

    table_clear(s->table[i]);
    return i;
}

static unsigned table_find(JumpState *s, uint64_t context)
{
    unsigned i = 0;

    while (i < s->n && s->context[i] != context) {
        i++;
    }
    if (i == s->n) {
        i = table_take(s);
        s->context[i] = context;
    }
    return i;
}

/* Most changes are from one EL to the other and back. */
static JumpCacheEntry *table_for(JumpState *s, uint64_t context, unsigned fetch_idx)
{
    unsigned *latest = &s->latest[fetch_idx];

    if (s->context[*latest] != context) {
        *latest = table_find(s, context);
    }
    return s->table[*latest];
}

bool jump_state_init(TcgCpu *cpu)
{
    JumpCacheEntry *first = table_new();        /* one there must be */

    if (!first) {
        return false;
    }
    cpu->jump_state = g_new0(JumpState, 1);
    cpu->jump_state->table[0] = first;
    cpu->jump_state->context[0] = cpu->context;
    cpu->jump_state->n = 1;
    cpu->jump_cache = first;
    return true;
}

void jump_state_clear(TcgCpu *cpu)
{
    for (unsigned i = 0; i < cpu->jump_state->n; i++) {
        munmap(cpu->jump_state->table[i], TABLE_BYTES);
    }
    g_free(cpu->jump_state);
    cpu->jump_state = NULL;
}

void jump_caches_flush(TcgCpu *cpu)
{
    for (unsigned i = 0; i < cpu->jump_state->n; i++) {
        table_clear(cpu->jump_state->table[i]);
    }
}

void tcg_cpu_set_context(TcgCpu *cpu, uint64_t context, unsigned fetch_idx)
{
    if (cpu->context != context) {
        cpu->context = context;
        cpu->jump_cache = table_for(cpu->jump_state, context, fetch_idx);
    }
    if (cpu->fetch_idx != fetch_idx) {
        cpu->fetch_idx = fetch_idx;
        cpu->itlb = cpu->tlb_state->bank[fetch_idx]->itlb;
    }
}
