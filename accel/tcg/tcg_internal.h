/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to accel/tcg: blocks, code pages, TLB banks.
 *
 * Locks: accel->lock ("translate lock") guards the code buffer, insertion and removal of blocks,
 * links, and CodePage lists.  Look-ups by hash, by host address and by code page read without it:
 * nodes are only ever appended and live until the next flush, which stops the world.  A vCPU's TLB
 * belongs to its thread, except that a translator clears write tags of code pages in all of them
 * (tlb_protect_page, and the re-check in tlb.c's fill).
 */
#ifndef ACCEL_TCG_INTERNAL_H
#define ACCEL_TCG_INTERNAL_H

#include <inttypes.h>
#include <stdio.h>

#include "accel/tcg/tcg_cpu.h"
#include "accel/turns.h"
#include "util/bits.h"
#include "util/log.h"

/* -- Blocks -- */

typedef struct Block Block;
typedef struct CodePage CodePage;
typedef struct CodeTlb CodeTlb;

typedef struct BlockExit {
    uint8_t *jmp;              /* patchable jump, NULL when the exit is not a JUMP */
    const uint8_t *stub;
    Block *to;                 /* linked to; NULL: not linked */
    Block *from;               /* owner */
    struct BlockExit *next_in; /* list of to->incoming */
} BlockExit;

struct Block {
    /* What look-ups read: one line of the host's cache. */
    uint64_t pc;
    uint64_t context;
    _Atomic(Block *) next_hash;
    uint32_t ram_page;
    _Atomic bool invalid;
    bool loops;                /* stays in itself until an exit request */
    uint16_t n_exits;
    uint16_t start, end;       /* code bytes within the page: [start, end) */
    uint32_t off_checked, off_poll, off_entry;
    const uint8_t *host;       /* start of the emitted code */

    uint32_t off_stale;
    uint32_t host_size;
    uint64_t code_hash;        /* of the guest code bytes, for IC IVAU */
    BlockExit *incoming;
    BlockExit *exits;
    /* Side table, packed; see side.c */
    const uint32_t *side;
    uint32_t n_points;
};

/* Where a block lies, beside others of its page. */
typedef struct BlockSpan {
    uint16_t start, end;
    Block *block;
} BlockSpan;

/* What is known of a RAM page that has been translated from. Lives until the accelerator goes. */
struct CodePage {
    uint32_t ram_page;
    CodePage *next;            /* TcgAccel.code_pages */
    _Atomic uint64_t lines;    /* bit per 64-byte line that holds translated code */
    /* Its blocks, under the translate lock: stores look through all of them. */
    BlockSpan *spans;
    unsigned n_spans, max_spans;
    /* The first pair of the page, so that most need no search: valid when cookie_epoch is now's. */
    uint64_t cookie_va;
    uint32_t cookie;
    _Atomic uint32_t cookie_epoch;
};

/* The number of a (virtual page, physical page) pair. Lives until the next flush. */
typedef struct PageCookie {
    uint64_t va_page;
    uint32_t ram_page;
    uint32_t cookie;
    struct PageCookie *next;
} PageCookie;

#define BLOCK_HASH_BITS 17
#define COOKIE_HASH_BITS 14
#define COOKIES_MAX (1u << 18)   /* a guest that maps its code at ever new addresses: flush */

struct TcgAccel {
    TcgConfig cfg;
    PhysMem *mem;
    VcpuSet *set;
    const TcgCpuOps *ops;
    const void *guest;
    TcgEnvLayout layout;
    TcgRuntimeOps runtime;
    CodegenConfig codegen_cfg;

    GMutex lock;
    Codegen *codegen;
    IrBlock *ir;
    CodeBuf buf;
    size_t buf_ready;                  /* bytes at its start that have memory */
    Trampolines tramp;
    size_t tramp_used;
    VcpuTurns *turns;                  /* thread=single; NULL: vCPUs run at the same time */
    TcgCpu *only_runner;               /* the first vCPU that has run; under lock */
    _Atomic bool several_runners;
    _Atomic(Block *) *hash;            /* 1 << BLOCK_HASH_BITS chains */
    _Atomic(CodePage *) *pages;        /* by RAM page number */
    _Atomic(CodePage *) code_pages;    /* all of them */
    Block **by_host;                   /* in order of host address */
    _Atomic uint32_t n_blocks;
    uint32_t max_blocks;
    PageCookie *_Atomic *cookies;      /* 1 << COOKIE_HASH_BITS chains */
    _Atomic uint32_t n_cookies;        /* the numbers given since the last flush: 1 .. n */
    /* vCPUs asleep in DSB (tlbi.c) */
    GMutex sync_lock;
    GCond sync_cond;
    _Atomic unsigned sync_waiters;
    GPtrArray *chunks;                 /* memory of blocks and side tables, freed at a flush */
    uint8_t *chunk;
    size_t chunk_left;
    FILE *perfmap;                     /* NULL: none */
    struct { _Atomic uint64_t translated; uint64_t invalidated, flushes, guest_insns; } stats;
};

/* block.c */
Block *block_find(TcgAccel *a, uint64_t pc, uint64_t context, uint32_t ram_page);
Block *block_by_host(TcgAccel *a, const void *host);
/*
 * Translate; NULL: the buffer is full (the caller flushes and tries again). @made: stats.translated
 * when there was no such block yet.
 */
Block *block_make(TcgCpu *cpu, uint64_t pc, const CodeTlb *c, uint64_t made);
/* Blocks with bytes in [start, end) of @page; with @code (its): those made of other bytes. */
void block_invalidate_range(TcgAccel *a, CodePage *page, unsigned start, unsigned end,
                            const uint8_t *code);
const void *block_entry(const Block *b);
CodePage *code_page_get(TcgAccel *a, uint32_t ram_page);
void code_page_free(CodePage *page);              /* NULL is fine */
/* Guarded and other mappings of one page have different cookies. */
uint32_t code_page_cookie(TcgAccel *a, CodePage *page, uint64_t va_page, bool guarded);
void *accel_alloc(TcgAccel *a, size_t bytes, size_t align);

/* perfmap.c; adding: translate lock held. */
bool perfmap_open(TcgAccel *a, Error **errp) MUST_CHECK;
void perfmap_add(TcgAccel *a, const Block *b);
void perfmap_close(TcgAccel *a);

/* link.c */
void block_link(TcgAccel *a, Block *from, unsigned exit, Block *to);
void block_unlink_all(Block *b);

/* side.c */
const uint32_t *side_pack(TcgAccel *a, const CodegenResult *res);
/* Write the slots of point @host_pc of @b into env from @regs; returns the guest info word. */
bool side_restore(TcgCpu *cpu, const Block *b, const void *host_pc, const uint64_t *regs,
                  uint32_t *info);

/* -- TLB -- */

/*
 * Flag bits in a tag's page offset: the entry is right, but the fast path must not take it. They
 * lie above the address bits that an alignment check leaves in the comparison (below 16), or a
 * misaligned address could equal a flagged tag.
 */
#define TAG_MMIO      UINT64_C(0x100)  /* not RAM */
#define TAG_CODE      UINT64_C(0x200)  /* write: RAM page with translated code */
#define TAG_DEVICE    UINT64_C(0x400)  /* RAM mapped as Device: alignment matters */
#define TAG_EMPTY     UINT64_C(0x800)  /* set in TLB_INVALID_TAG only */
static inline bool tag_matches(uint64_t tag, uint64_t va)
{
    return (tag & TLB_PAGE_MASK) == (va & TLB_PAGE_MASK) && !(tag & TAG_EMPTY);
}

typedef struct TlbInfo {
    uint64_t pa;              /* of the page */
    uint32_t ram_page;        /* UINT32_MAX: MMIO */
    uint8_t page_log2;
    uint8_t prot;
    bool global;
    bool device;
} TlbInfo;

/* An entry that another took the place of (tlb_victim.c). */
typedef struct TlbVictim {
    uint64_t tag;             /* page as the guest used it */
    uint64_t tenure;          /* TlbBank.tenure; 0: none */
    TlbInfo info;
} TlbVictim;

struct CodeTlb {
    uint64_t va_page;         /* means something while the bank's itlb[] has a cookie */
    CodePage *page;
    const uint8_t *host;      /* of the page */
    bool global;
    bool guarded;
    uint8_t page_log2;
};

/* The context word of the block at the next pc, which lies in page @c. */
static inline uint64_t block_context(const TcgCpu *cpu, const CodeTlb *c)
{
    return cpu->context | (c->guarded ? TCG_CONTEXT_GUARDED : 0)
         | (uint64_t)cpu->branch_type << TCG_CONTEXT_BRANCH_SHIFT;
}

/* Of what is translated now; not part of a block's key: a change of it throws all blocks away. */
static inline uint64_t several_runners(TcgAccel *a)
{
    return atomic_load_explicit(&a->several_runners, memory_order_acquire)
           ? TCG_CONTEXT_SEVERAL : 0;
}

/* Guest instructions a block is made of at most. */
#define BLOCK_MAX_INSNS 48
static inline unsigned block_max_insns(const TcgAccel *a)
{
    return a->cfg.one_insn ? 1 : BLOCK_MAX_INSNS;
}

/* A bit for the half of the address space that @va lies in. */
static inline unsigned tlb_half(uint64_t va) { return 1u << (va >> 55 & 1); }

/* What a bank is for, and in which halves it may have something; beside those of other banks. */
typedef struct TlbSpace {
    uint64_t key;
    uint32_t asid;
    uint8_t idx;
    uint8_t global_halves;         /* entries and code pages made since the last clear: global */
    uint8_t local_halves;          /* and others */
} TlbSpace;

static inline bool tlb_space_used(const TlbSpace *space)
{
    return space->global_halves | space->local_halves;
}

#define BANK_LARGE 8

struct TlbBank {
    TlbEntry entry[TLB_ENTRIES];
    uint32_t itlb[ITLB_ENTRIES];
    TlbInfo info[TLB_ENTRIES];
    CodeTlb code[ITLB_ENTRIES];
    TlbSpace *space;               /* TlbState.space[] */
    uint64_t tenure;               /* bits 0..7: the bank, not 0; above: grows as victims go */
    bool has_victims;              /* in this tenure */
    unsigned n_global;             /* fills since the last clear */
    unsigned n_local;              /* non-global fills; the first TLB_LOCAL_MAX are listed */
    uint16_t local[16];
    unsigned n_large;
    struct { uint64_t first, last; } large[BANK_LARGE];  /* cover all pages above 4 KiB */
    uint64_t last_used;
};
#define TLB_LOCAL_MAX 16
#define TLB_BANKS 20

#define TLBI_QUEUE 24

typedef struct TlbState {
    TlbBank *bank[TCG_MMU_INDEXES];        /* current of each index */
    TlbBank *before[TCG_MMU_INDEXES];      /* the one before that, or NULL: often the next */
    TlbBank *pool[TLB_BANKS];              /* all banks, current ones included */
    TlbSpace space[TLB_BANKS];             /* theirs */
    unsigned n_pool;
    uint64_t tick;
    TlbVictim *victims;                    /* NULL: none yet */

    GMutex lock;                           /* the queue */
    Tlbi queue[TLBI_QUEUE];
    unsigned n_queue;                      /* > TLBI_QUEUE: flush everything */
    _Atomic uint64_t posted, applied;
    bool owes_sync;                        /* own thread: broadcasts since the last DSB */
    _Atomic bool in_sync;                  /* waiting in DSB: makes no access */
} TlbState;

static inline void tlb_drop_entry(TlbBank *bank, unsigned n)
{
    bank->entry[n].read = bank->entry[n].write = TLB_INVALID_TAG;
}

static inline void tlb_drop_code(TlbBank *bank, unsigned n)
{
    bank->itlb[n] = 0;
}

/* Entry @e of @bank, described by @info, is about to be replaced. */
void tlb_victim_keep(TlbState *s, TlbBank *bank, const TlbEntry *e, const TlbInfo *info);
bool tlb_victim_find(const TlbState *s, const TlbBank *bank, uint64_t va, TlbAccess access,
                     TlbFill *fill);
void tlb_victim_drop(const TlbState *s, const TlbBank *bank, uint64_t va);
static inline void tlb_victims_end(TlbBank *bank)
{
    bank->tenure += 256;
    bank->has_victims = false;
}

void tlb_bank_clear(TlbBank *bank);
/* Cookies are about to change their meaning: no entry may have one. World stopped. */
void tlb_forget_code(TcgCpu *cpu);
void tlb_state_init(TcgCpu *cpu);
void tlb_state_clear(TcgCpu *cpu);
void tlb_apply_queue(TcgCpu *cpu);
/*
 * Entry for @va allowed for @access, filling it if need be. NULL: a fault was recorded (unless
 * @probe). Fetches go through tlb_code().
 */
TlbEntry *tlb_get(TcgCpu *cpu, uint64_t va, TlbAccess access, unsigned idx, bool probe,
                  TlbInfo **info);
/* Code page for @pc in the current fetch context, itlb filled; NULL: fault recorded. */
CodeTlb *tlb_code(TcgCpu *cpu, uint64_t pc);
/* A store took the slow way through @e: the next need not, when its page has no more code. */
void tlb_entry_recheck_code(TcgAccel *a, TlbEntry *e, uint32_t ram_page);
/* Make all vCPUs' fast stores to @ram_page go slow. Translate lock held. */
void tlb_protect_page(TcgAccel *a, uint32_t ram_page);

/* access.c */
void access_mem_slow(void *env, uint64_t va, MemInfo info, uint64_t val[3]);

/* exec.c */
extern const TcgRuntimeOps tcg_runtime_ops;

/* interpret.c */
/* The optimized IR of the block at @pc, the next, which lies in page @c. */
IrBlock *interp_block(TcgCpu *cpu, const CodeTlb *c, uint64_t pc);
void interp_clear(TcgCpu *cpu);

/* jump.c: jump caches by context */
/* False: no memory (errno). */
bool jump_state_init(TcgCpu *cpu);
void jump_state_clear(TcgCpu *cpu);
void jump_caches_flush(TcgCpu *cpu);

static inline TcgCpu *tcg_of(Vcpu *v) { return container_of(v, TcgCpu, vcpu); }

#endif
