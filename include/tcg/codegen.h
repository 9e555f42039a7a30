/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a block of IR to host code: the contract between accel/tcg and a host backend (tcg/x86_64)
 * or the interpreter (tcg/interp.c).
 *
 * Emission returns plain data: entry offsets, exit sites to link, and the side table. It patches
 * nothing and knows neither memory maps nor locks.
 *
 * What generated code relies on (the runtime conventions, docs/devel/tcg.md):
 *  - One host register holds env for the whole time in generated code; the host stack pointer is
 *    fixed at the entry trampoline and a block never pushes.
 *  - Between blocks all guest state is in env; no other register carries anything.
 *  - Blocks may be entered at three offsets, which fall through into each other:
 *      entry_checked  compares env's code-page cookie for the block's page with the cookie the
 *                     block was made for (indirect and cross-page jumps come here);
 *      entry_poll     leaves to the C loop when env's exit request is set (backward jumps);
 *      entry          the body.
 */
#ifndef TCG_CODEGEN_H
#define TCG_CODEGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcg/ir.h"

#define TCG_MMU_INDEXES 8

/* -- Soft TLB and look-up tables, as generated code sees them -- */

/*
 * A TLB entry. A tag is the page's virtual address exactly as the guest used it (top byte
 * included), or has a bit below the page size set, which never compares equal: slow path.
 * Fast hit: (va + size - 1 [or va | alignment check]) & PAGE_MASK == tag, host = va + addend.
 *
 * A check holds for accesses to the same page until the block is left, calls a helper, or
 * mem_slow() runs: a block checks several accesses from one base at once. A page that can be
 * written but not read must have no valid write tag.
 */
typedef struct TlbEntry {
    uint64_t read;
    uint64_t write;
    uintptr_t addend;
    uint64_t unused;     /* keeps the size a power of two */
} TlbEntry;
#define TLB_PAGE_BITS    12
#define TLB_PAGE_MASK    (~(uint64_t)0xfff)
#define TLB_ENTRY_LOG2   5
#define TLB_INDEX_BITS   9                      /* 512 entries */
#define TLB_ENTRIES      (1u << TLB_INDEX_BITS)
#define TLB_INVALID_TAG  ((uint64_t)-1)         /* low bits set: never hits */

/* Code pages: cookie of the (virtual page, physical page) now mapped executable; 0 = unknown. */
#define ITLB_INDEX_BITS  10
#define ITLB_ENTRIES     (1u << ITLB_INDEX_BITS)
static inline unsigned itlb_index(uint64_t va)
{
    return va >> TLB_PAGE_BITS & (ITLB_ENTRIES - 1);
}

/* Indirect jumps: direct-mapped by pc; host points at entry_checked. */
typedef struct JumpCacheEntry {
    uint64_t pc;
    const void *host;
} JumpCacheEntry;
#define JC_INDEX_BITS    16
#define JC_ENTRIES       (1u << JC_INDEX_BITS)
static inline unsigned jc_index(uint64_t pc) { return pc >> 2 & (JC_ENTRIES - 1); }
/* What entry @i holds when empty: the pc belongs to another entry, so nothing ever matches. */
static inline JumpCacheEntry jc_empty(unsigned i)
{
    return (JumpCacheEntry){ ~((uint64_t)i << 2), NULL };
}

/* -- What the backend must know of env and of the code around it -- */

/*
 * The floating-point environment. While generated code runs, the host's own register has the
 * guest's rounding mode, every exception masked, and the flags raised; C code it calls may not do
 * floating-point arithmetic there (IRH_FP). On the way out the flags are added to `sticky` and C's
 * default environment comes back. All zero is rounding to nearest and no flags.
 *
 * Flushing: denormal operands count as zeros and denormal results become zeros, halves apart. This
 * raises "inexact" beside "underflow", which is wrong, so it is for guests that have it raised
 * already; and operands that may be denormal need an fdenorm.
 */
typedef struct TcgFpEnv {
    uint32_t mode;                     /* rounding and flushing as the host has them */
    uint32_t sticky;                   /* as the host has them; other bits undefined */
    uint32_t live;                     /* generated code is running */
    uint32_t unused;
} TcgFpEnv;

/* Offsets from env. */
typedef struct TcgEnvLayout {
    int32_t exit_request;              /* u32: non-zero = leave at the next poll */
    int32_t fault;                     /* u32: non-zero = a helper raised */
    int32_t pc;                        /* u64: guest pc, valid outside blocks */
    int32_t tlb[TCG_MMU_INDEXES];      /* TlbEntry *: table of each mmu index in this context */
    int32_t itlb;                      /* uint32_t *: ITLB_ENTRIES cookies of this context */
    int32_t jump_cache;                /* JumpCacheEntry *: the context's IR_BRANCH_KINDS tables */
    int32_t fp;                        /* TcgFpEnv; 0: none, no floating-point ops */
    int32_t middle;                    /* generated code reaches the 256 bytes around it cheaply */
} TcgEnvLayout;

/* A floating-point op: bits 0..7 IrOp, 8..15 AUX, 16..23 AUX2, 24..31 IrType of the result. */
typedef uint32_t FpInfo;
static inline FpInfo fpinfo_make(unsigned op, unsigned aux, unsigned aux2, unsigned type)
{
    return op | aux << 8 | aux2 << 16 | type << 24;
}

/* Memory access that missed: everything about it in one word, an immediate in the cold path. */
typedef uint32_t MemInfo;              /* 0..7 IrMemOp, 8..15 mmu index, 16..23 IrOp, 24 vector */
static inline MemInfo meminfo_make(unsigned mop, unsigned idx, unsigned op, bool is_vector)
{
    return mop | idx << 8 | op << 16 | (uint32_t)is_vector << 24;
}

/*
 * C functions generated code calls through the backend's trampolines; filled by accel/tcg.
 * @env is what the env register holds.
 */
typedef struct TcgRuntimeOps {
    /*
     * A ld, st or atomic that missed. Values are in @val: in: B in val[0..1] (and C in val[2]),
     * out: the result, sign- or zero-extended to 64 bits as the IrMemOp says (V128: 128 bits).
     * On a fault sets env's fault word and returns; *val is then ignored.
     * For a `guess` too: C in va, D in val[0], AUX as the IrMemOp.
     */
    void (*mem_slow)(void *env, uint64_t va, MemInfo info, uint64_t val[3]);
    /*
     * Fault flag seen after the call whose side point is at @host_pc. @regs is the save area (see
     * SideLoc). Must rebuild env from the side table and take the exception; afterwards env holds
     * pc and context.
     */
    void (*fault)(void *env, const void *host_pc, const uint64_t *regs);
    /* Host code for env's pc and context, made if need be; NULL = go back to the C loop. */
    const void *(*lookup)(void *env);
    /*
     * First time through exit @exit of block @tb (JUMP): env.pc is set. Returns where to go, and
     * may patch the site. NULL = back to the C loop.
     */
    const void *(*link)(void *env, void *tb, unsigned exit);
    /*
     * A floating-point op done exactly, in C's default environment. @v: operands A, B, C, 16
     * bytes each (integers zero-extended); out: the result in v[0..1] (FLAGS in memory form).
     * Rounding comes from env, flags are added there.
     */
    void (*fp_slow)(void *env, FpInfo info, uint64_t v[6]);
} TcgRuntimeOps;

typedef struct CodegenConfig {
    const TcgEnvLayout *layout;
    const TcgRuntimeOps *ops;
} CodegenConfig;

/* -- Code buffer and results -- */

typedef struct CodeBuf {
    uint8_t *base;        /* writable and executable */
    size_t size;
    size_t used;          /* next free byte */
} CodeBuf;

/* Where a value is at a side-table point. */
typedef enum SideLocKind {
    SIDE_GPR,             /* save area word [n] */
    SIDE_XMM,             /* save area words [16 + 2n], [17 + 2n] */
    SIDE_FRAME,           /* n: 8-byte index from the block's frame base: save area word [48 + n] */
    SIDE_CONST,           /* constant n of the block's constant list (V128: n low, n + 1 high) */
    SIDE_SKIP,            /* already in env */
    SIDE_FLAGS,           /* side_flags(n, A, B); A and B are at the next two locations. Such
                             locations come before those of values whose slots they may read */
    SIDE_ENV,             /* only as A or B: in env at n / 2; 8 bytes if n is odd, else 4 */
} SideLocKind;
/* A FLAGS value that is not SIDE_FLAGS is in its memory form (ir.h). */
typedef struct SideLoc { uint16_t slot; uint16_t kind; uint32_t n; } SideLoc;

/*
 * FLAGS of a subtraction, addition or `and` of A and B. @how: bits 0..7 the op (subf, addf, andf),
 * bit 8: of 64 bits, bit 9: A is not the first operand but the operation's result.
 */
enum { SIDE_FLAGS_64 = 1 << 8, SIDE_FLAGS_OF_RESULT = 1 << 9 };
uint32_t side_flags(uint32_t how, uint64_t a, uint64_t b);

#define SAVE_AREA_WORDS (48 + 256)    /* 16 GPRs, 16 XMMs, the spill frame */

typedef struct SidePoint {
    uint32_t host_off;    /* what ops->fault gets as host_pc, from the block's start. Ascending */
    uint32_t first, n;    /* in CodegenResult.locs */
    uint64_t guest_pc;
    uint32_t guest_info;
} SidePoint;

typedef struct ExitSite {
    uint32_t exit;        /* index in IrBlock.exits */
    uint32_t jmp_off;     /* of a 5-byte jmp rel32 whose displacement is 4-byte aligned */
    uint32_t stub_off;    /* where that jmp goes while unlinked */
} ExitSite;

#define CODEGEN_MAX_EXITS 256

/* Arrays belong to the Codegen and stay valid until its next use. Offsets from `start`. */
typedef struct CodegenResult {
    const uint8_t *start;
    uint32_t size;
    uint32_t entry_checked, entry_poll, entry;
    uint32_t stale_off;   /* stub: env.pc := the block's pc, then the lookup trampoline. A cookie
                             mismatch goes there; so does an invalidated block's entry_checked */
    const SidePoint *points;
    unsigned n_points;
    const SideLoc *locs;
    unsigned n_locs;
    const uint64_t *consts;
    unsigned n_consts;
    const ExitSite *sites;
    unsigned n_sites;
    bool loops;           /* it has jumps back that cannot be patched: only an exit request makes
                             who runs it leave */
    bool too_big;         /* codegen_block() returned false: not for want of buffer, but because
                             the block needs more frame or table than there is. Shorten it */
} CodegenResult;

typedef struct Codegen Codegen;

/* A backend instance: one per thread that translates (they share nothing mutable). */
Codegen *codegen_new(const CodegenConfig *cfg);
void codegen_free(Codegen *g);

/*
 * Emit the shared trampolines at the buffer's start; once per buffer. Remembered in *tramp, which
 * every codegen_block() for that buffer takes.
 */
typedef struct Trampolines {
    const void *enter;         /* host_enter() jumps here */
    const void *leave;         /* back to the caller of host_enter() */
    const void *mem_slow;      /* called from cold paths; saves everything */
    const void *mem_slow_v;    /* the same, XMM registers too */
    const void *tlb_probe[TCG_MMU_INDEXES][2][5];  /* is an access a hit? by write, size_log2 */
    const void *fp_slow;       /* called from cold paths; saves everything */
    const void *fault;         /* called from cold paths behind helpers that raised */
    const void *lookup;        /* IR_EXIT_LOOKUP: find and jump, by the jump cache if it can */
    const void *lookup_slow;   /* the same, always through ops->lookup */
    const void *lookup_at[16]; /* the same when the pc is in that register, not in env */
    const void *link, *link_far;  /* called by exit stubs of JUMP; far: env.pc is set already */
    const void *stale, *poll;  /* called by the stubs of the entries */
} Trampolines;
void codegen_trampolines(Codegen *g, CodeBuf *buf, Trampolines *tramp);

/*
 * Translate @b for TB handle @tb (an opaque pointer passed to ops->link), whose page cookie is
 * @cookie. False when the buffer is too small or out->too_big (buf->used is unchanged).
 * On success buf->used has advanced.
 */
bool codegen_block(Codegen *g, const IrBlock *b, CodeBuf *buf, const Trampolines *tramp,
                   void *tb, uint32_t cookie, CodegenResult *out);

/*
 * @single: code made from now on is for one thread alone: atomics need no bus lock, fences no
 * fence. Nobody else may write guest memory while it runs.
 */
void codegen_set_single(Codegen *g, bool single);

/* Run generated code from @host until it leaves through `leave`. */
void host_enter(const Trampolines *tramp, void *env, const void *host);

/* Point the jmp of an exit site at @target. Atomic; other threads may be running the code. */
void host_patch_jump(uint8_t *jmp, const void *target);
/* Overwrite entry_checked (8-byte aligned by codegen_block) by a jump to @stub. Atomic, final. */
void host_patch_entry(uint8_t *entry_checked, const void *stub);

/* -- The floating-point environment. Own thread, or the CPU is stopped. -- */

/* @round: one of the first four of IrFpRound, from now on. */
void host_fp_set_mode(TcgFpEnv *fp, unsigned round, bool flush);
/* The exceptions (IR_FX_*) host code has raised since this was last called. */
unsigned host_fp_take_flags(TcgFpEnv *fp);

/*
 * Does this host promise what ir.h says of accesses within 16 aligned bytes (ir_mo_is_pair())? If
 * not the frontend may not rely on more than single accesses of up to 8 bytes that are aligned.
 */
bool host_is_atomic16(void);
/* Can this host run the generated code? False names what is missing. */
bool host_supported(const char **missing);

/* Test builds: vary register choice by seed (0 = off). */
void codegen_set_random(Codegen *g, uint64_t seed);
/* Tests: use optional host features only where @mask has their bit (the backend's order). */
void codegen_set_features(Codegen *g, unsigned mask);

/* -- The interpreter: same block, same runtime, no host code -- */

/*
 * Execute @b once: guest state in @env, memory through ops->mem_slow (every access). Leaves env
 * as generated code would, pc included. Returns false when it left by a fault (ops->fault is not
 * called: env has been rebuilt and the fault word is set).
 */
bool ir_interpret(IrBlock *b, const CodegenConfig *cfg, void *env);

#endif
