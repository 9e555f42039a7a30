/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A toy guest for tests of tcg/: slots of every type, eight pages of memory of which some are in
 * the TLB, some are not and some fault, and helpers of every kind.
 *
 * A ToyEnv is a value: copy it to run a block twice from one state.  toy_attach() points it at its
 * tables and memory.
 */
#ifndef TESTS_UNIT_TCG_TOY_H
#define TESTS_UNIT_TCG_TOY_H

#include "tcg/internal/builder.h"

enum { TOY_X = 12, TOY_W = 4, TOY_F = 2, TOY_V = 6, TOY_SCRATCH = 8 };
enum { TOY_SLOT_X = 0, TOY_SLOT_W = TOY_X, TOY_SLOT_F = TOY_SLOT_W + TOY_W,
       TOY_SLOT_V = TOY_SLOT_F + TOY_F, TOY_SLOTS = TOY_SLOT_V + TOY_V };

#define TOY_PAGE       4096u
#define TOY_PAGES      8u
#define TOY_MEM_BYTES  (TOY_PAGES * TOY_PAGE)
#define TOY_BASE       UINT64_C(0x7f40000000)

typedef struct ToyEnv {
    /* Compared. */
    uint64_t x[TOY_X];
    uint32_t w[TOY_W];
    uint32_t f[TOY_F];
    uint64_t calls;                 /* a hash of what helpers saw, in order */
    uint8_t v[TOY_V][16] __attribute__((aligned(16)));
    uint64_t scratch[TOY_SCRATCH] __attribute__((aligned(16)));
    uint64_t pc;
    uint32_t fault;
    uint32_t exit_request;
    uint32_t fp_mode;               /* rounding, and default NaNs in bit 2 */
    uint32_t fp_flags;              /* IR_FX_*: see toy_collect_fp() */
    /* Not compared. */
    TcgFpEnv fp;
    TlbEntry *tlb[TCG_MMU_INDEXES];
    uint32_t *itlb;
    JumpCacheEntry *jump_cache;
    uint8_t *mem;
    void *user;                     /* the test's */
} ToyEnv;
#define TOY_COMPARED offsetof(ToyEnv, fp)

/* What env points at: memory is the run's own, tables can be shared by all runs. */
typedef struct ToyTables {
    TlbEntry tlb[TLB_ENTRIES];
    TlbEntry tlb_empty[TLB_ENTRIES];
    uint32_t itlb[ITLB_ENTRIES];
    JumpCacheEntry jump_cache[JC_ENTRIES];
} ToyTables;

extern const IrSlot toy_slots[TOY_SLOTS];
extern const TcgEnvLayout toy_layout;

/* IR_EQ-like list of helpers with different flags; toy_helpers[TOY_HELPERS] is past the end. */
enum { TOY_WRITES_ONE = 9, TOY_HELPERS = 10 };
/* What helper TOY_WRITES_ONE writes behind the builder's back: sync before, forget after. */
enum { TOY_SLOT_WRITTEN = TOY_SLOT_V + 2 };
extern const IrHelper toy_helpers[TOY_HELPERS];

/* TcgRuntimeOps.mem_slow over env->mem: the reference for guest memory. */
void toy_mem_slow(void *env, uint64_t va, MemInfo info, uint64_t val[3]);

/* TcgRuntimeOps.fp_slow, by fpu/ and the Arm architecture's choices. */
void toy_fp_slow(void *env, FpInfo info, uint64_t v[6]);
/* Host code's rounding := fp_mode's; and after a run its flags into fp_flags. */
void toy_prepare_fp(ToyEnv *env);
void toy_collect_fp(ToyEnv *env);

/* Point @env at @mem (TOY_MEM_BYTES) and at @t, whose TLB is filled for @mem. */
void toy_attach(ToyEnv *env, ToyTables *t, uint8_t *mem);

/* Undefined bits of FLAGS slots are cleared, so that two states can be compared. */
void toy_normalize(ToyEnv *env);
/* Print two states side by side, with a * at each difference. */
void toy_print(const ToyEnv *a, const char *name_a, const ToyEnv *b, const char *name_b, FILE *out);

/* xorshift128+; never all zero. */
typedef struct ToyRng { uint64_t s[2]; } ToyRng;
void toy_seed(ToyRng *r, uint64_t seed);
uint64_t toy_rand(ToyRng *r);
static inline unsigned toy_below(ToyRng *r, unsigned n) { return toy_rand(r) % n; }
static inline bool toy_percent(ToyRng *r, unsigned p) { return toy_below(r, 100) < p; }
/* Values where arithmetic goes wrong, or random ones of random length. */
uint64_t toy_value(ToyRng *r);

/* A state to start from. x[0..3] are addresses in the toy's memory. */
void toy_random_state(ToyRng *r, ToyEnv *env, uint8_t *mem);

#endif
