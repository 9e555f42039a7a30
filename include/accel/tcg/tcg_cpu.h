/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The translating accelerator as a guest CPU sees it: soft TLB, block cache, run loop.
 *
 * TcgCpu is the first member of the guest's CPU struct (and starts with Vcpu), so env, as
 * generated code knows it, is the address of all three. Placeholders have none of this: it is
 * allocated with the CPU at realize and freed at unrealize.
 *
 * Threads: all functions on the vCPU's own thread unless said otherwise.
 */
#ifndef ACCEL_TCG_TCG_CPU_H
#define ACCEL_TCG_TCG_CPU_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "accel/vcpu.h"
#include "memory/memory.h"
#include "tcg/codegen.h"
#include "tcg/ir.h"
#include "util/bits.h"

typedef struct TcgAccel TcgAccel;      /* shared: code buffer, blocks, page tables of code */
typedef struct TcgCpu TcgCpu;
typedef struct TlbBank TlbBank;        /* private to accel/tcg/tlb.c */

/* -- What the guest says about one page -- */

enum { TLB_READ = 1, TLB_WRITE = 2, TLB_EXEC = 4 };

typedef struct TlbFill {
    uint64_t pa;             /* of the 4 KiB page that holds the address */
    uint8_t prot;            /* TLB_* allowed in this mmu index */
    uint8_t page_log2;       /* 12 .. 47: the guest's block or page (contiguous: its span) */
    bool global;             /* not tagged by ASID */
    bool device;             /* Device memory: unaligned accesses fault */
    bool guarded;            /* GP bit, for BTI */
} TlbFill;

/* What the accelerator adds to the context word for ops->translate: bits 63 .. 60 are its own. */
#define TCG_CONTEXT_BRANCH_SHIFT 62        /* TcgCpu.branch_type, 2 bits */
#define TCG_CONTEXT_GUARDED      BIT(61)   /* the page's TlbFill.guarded */
#define TCG_CONTEXT_SEVERAL      BIT(60)   /* others may run; else nobody sees half an access */

typedef enum TlbAccess { TLB_ACCESS_READ, TLB_ACCESS_WRITE, TLB_ACCESS_FETCH } TlbAccess;

/* -- What accel/tcg needs of the guest CPU; one const table -- */

typedef struct TcgCpuOps {
    const IrSlot *slots;
    unsigned n_slots;
    int32_t pc_offset;       /* of the u64 guest pc in env */
    unsigned n_mmu_indexes;  /* <= TCG_MMU_INDEXES */

    /*
     * Translate guest instructions from @pc into @b, at most to the end of the page and
     * @max_insns. @host points at the code of @pc, readable to the page's end. @context: the
     * TcgCpu.context word and TCG_CONTEXT_*; @guest: what tcg_accel_new() was given. Must end the
     * block with an exit. May not look at any other state. Any vCPU's thread.
     */
    void (*translate)(IrBlock *b, uint64_t pc, const uint8_t *host, uint64_t context,
                      unsigned max_insns, const void *guest);
    /*
     * Page walk for @va in mmu index @idx. True: *fill. False: the guest takes a fault; the
     * function records it (for fault_deliver) and changes nothing else. @probe: record nothing.
     */
    bool (*tlb_fill)(TcgCpu *cpu, uint64_t va, TlbAccess access, unsigned idx, bool probe,
                     TlbFill *fill);
    /* Record a data abort for an unaligned or refused access. */
    void (*unaligned_fault)(TcgCpu *cpu, uint64_t va, TlbAccess access, unsigned idx);
    void (*bus_fault)(TcgCpu *cpu, uint64_t va, uint64_t pa, TlbAccess access, unsigned idx,
                      MemResult why);
    /*
     * Take the recorded exception. env's slots are those of the faulting instruction, pc is at it,
     * @info is its ir_insn_start() word (0 for a fetch).
     */
    void (*fault_deliver)(TcgCpu *cpu, uint32_t info);
    /*
     * An exit request brought the CPU back to the loop: take pending interrupts, PSCI requests
     * and the like. False: go idle (halted, nothing pending).
     */
    bool (*poll)(TcgCpu *cpu);
    /* A `guess` op @what of the guest's translator was wrong: its value, or a recorded fault. */
    uint64_t (*guess)(TcgCpu *cpu, unsigned what, uint64_t a, uint64_t b);
    /* For -d cpu. */
    void (*log_state)(TcgCpu *cpu);
    /* TcgRuntimeOps.fp_slow. */
    void (*fp_slow)(void *env, FpInfo info, uint64_t v[6]);
} TcgCpuOps;

/* -- The CPU -- */

struct TcgCpu {
    Vcpu vcpu;                               /* first */
    _Atomic uint32_t fault;                  /* TcgEnvLayout.fault: a helper raised */
    TlbEntry *tlb[TCG_MMU_INDEXES];          /* table of each index in the present context */
    uint32_t *itlb;                          /* of the present fetch context */
    JumpCacheEntry *jump_cache;              /* of the present context word */
    TcgFpEnv fp;                             /* see host_fp_*() */

    /*
     * Everything translation depends on, packed by the guest; set with
     * tcg_cpu_set_context(). Two blocks for one pc and different words never mix.
     */
    uint64_t context;
    /*
     * The kind (IrExit.branch) of the indirect branch that leads to the next instruction, else 0.
     * Blocks differ by it. Written by generated code in front of such an exit, and set back to 0 by
     * the block it leads to; by the guest with exceptions. A LOOKUP exit does not look at it: who
     * sets it for one requests an exit (Vcpu.exit_request) as well.
     */
    uint32_t branch_type;
    unsigned fetch_idx;                      /* mmu index instructions are fetched with */

    const TcgCpuOps *ops;
    TcgAccel *accel;
    struct TlbState *tlb_state;              /* private to accel/tcg */
    struct JumpState *jump_state;            /* private to accel/tcg */
    struct InterpCache *interp;              /* the interpreter's blocks, when it is used */
};

/* -- Accelerator, made once -- */

typedef struct TcgConfig {
    size_t code_bytes;                       /* tb-size; 0 = default */
    bool interpret;                          /* debug: the IR interpreter instead of host code */
    bool one_thread;                         /* vCPUs run in turns (accel/turns.h) */
    bool no_chain;                           /* debug: never link blocks */
    bool no_fences;                          /* debug: barriers and release stores order nothing */
    bool no_loops;                           /* debug: a block that jumps to itself is left each
                                                time, all registers written back */
    bool perfmap;                            /* write /tmp/perf-PID.map */
    bool no_single;                          /* debug: code as if several vCPUs had run already */
    bool one_insn;                           /* debug: one guest instruction a block */
    uint64_t interpret_below;                /* debug: interpret code at lower addresses only */
    uint64_t random;                         /* debug: codegen_set_random(); 0 = off */
    uint64_t hide_features;                  /* debug: host features not to use; see
                                                codegen_set_features() */
} TcgConfig;

/* @guest: constant data of the guest's translator (its model), passed to ops->translate. */
TcgAccel *tcg_accel_new(const TcgConfig *cfg, PhysMem *mem, VcpuSet *set, const TcgCpuOps *ops,
                        const void *guest, Error **errp);
void tcg_accel_free(TcgAccel *accel);
/* The guest's physical memory, as given to tcg_accel_new(). Any thread. */
PhysMem *tcg_accel_mem(const TcgAccel *accel);
/* Text of `info jit`. Caller frees. Any thread. */
char *tcg_accel_stats(TcgAccel *accel);
/* Throw away all translated code. Any thread; stops the world. @self: the calling vCPU or NULL. */
void tcg_accel_flush(TcgAccel *accel, TcgCpu *self);

/* Fill in the TcgCpu of a zeroed guest CPU struct; set->add is the caller's. */
bool tcg_cpu_init(TcgCpu *cpu, TcgAccel *accel, unsigned index, Error **errp) MUST_CHECK;
/* Free it. The thread has been joined. */
void tcg_cpu_clear(TcgCpu *cpu);

/* -- State changes of the guest that the accelerator must hear of (own thread, or stopped) -- */

/* @context and @fetch_idx describe how code runs from now on. Cheap when unchanged. */
void tcg_cpu_set_context(TcgCpu *cpu, uint64_t context, unsigned fetch_idx);

/*
 * Address space switch: @asid tags the non-global translations of the index set @idx_mask (bits)
 * and @key distinguishes table bases (any 64-bit function of the TTBRs that matter). Nothing is
 * flushed: the CPU keeps a number of banks and goes back to one it has seen.
 */
void tcg_cpu_set_asid(TcgCpu *cpu, unsigned idx_mask, uint32_t asid, uint64_t key);

/* -- TLB maintenance. _self: the own CPU, now. -- */

typedef enum TlbiKind {
    TLBI_ALL,                /* everything in idx_mask */
    TLBI_ASID,               /* non-global entries of asid */
    TLBI_VA,                 /* page(s) at va: global ones and those of asid */
    TLBI_VA_ALL_ASID,        /* page(s) at va, any asid */
} TlbiKind;

typedef struct Tlbi {
    TlbiKind kind;
    unsigned idx_mask;
    uint32_t asid;
    uint64_t va;             /* first page */
    uint64_t bytes;          /* range; at least 4096. Long ranges may flush more than asked */
} Tlbi;

void tcg_tlbi_self(TcgCpu *cpu, const Tlbi *op);
/*
 * The broadcast form: does the own CPU and posts to all others; never waits nor kicks. Others apply
 * it before they next enter or re-enter guest code from a poll; a DSB makes them do so.
 */
void tcg_tlbi_broadcast(TcgCpu *cpu, const Tlbi *op);
/* DSB: return when every broadcast posted by this CPU has been applied by its targets. */
void tcg_tlbi_sync(TcgCpu *cpu);

/* -- Code maintenance -- */

/*
 * IC IVAU, IC IALLU*. Translations notice stores by themselves; these catch the store that was in
 * flight on another vCPU while its page turned into a code page. @idx: mmu index of the access.
 */
void tcg_icache_invalidate_line(TcgCpu *cpu, uint64_t va, unsigned idx, unsigned bytes);
void tcg_icache_invalidate_all(TcgCpu *cpu);

/* -- Accesses by helpers, through the soft TLB -- */

/*
 * Host address of @size bytes at @va for @access, when it is plain RAM that may be accessed
 * directly and does not cross a page; NULL otherwise. A fault is recorded and cpu->fault set
 * unless @probe (then *faulted, which may be NULL, tells).
 */
void *tcg_probe(TcgCpu *cpu, uint64_t va, unsigned size, TlbAccess access, unsigned idx,
                bool probe, bool *faulted);
/*
 * Load or store as @mop (IrMemOp) says, up to 16 bytes (val[2] little-endian), RAM or MMIO, any
 * alignment it allows. False: fault recorded and cpu->fault set.
 */
bool tcg_load(TcgCpu *cpu, uint64_t va, unsigned mop, unsigned idx, uint64_t val[2]);
bool tcg_store(TcgCpu *cpu, uint64_t va, unsigned mop, unsigned idx, const uint64_t val[2]);
/* 128-bit compare-and-swap at a 16-byte aligned va; *old gets what was there. False: fault. */
bool tcg_cas128(TcgCpu *cpu, uint64_t va, unsigned idx, const uint64_t expected[2],
                const uint64_t desired[2], uint64_t old[2]);

/* Signal from a C helper called by generated code that the instruction has raised. */
static inline void tcg_raise(TcgCpu *cpu)
{
    atomic_store_explicit(&cpu->fault, 1, memory_order_relaxed);
}

/* The Vcpu run function that executes guest code by translation: VcpuOps.run of every TCG CPU. */
void tcg_cpu_run(Vcpu *vcpu);

#endif
