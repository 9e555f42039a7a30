/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest words through the translator and the IR interpreter, with a flat memory and recording
 * helpers instead of target/arm's system side.
 */
#ifndef TESTS_TARGET_ARM_HARNESS_H
#define TESTS_TARGET_ARM_HARNESS_H

#include "target/arm/internal/cpu.h"
#include "tcg/codegen.h"
#include "tcg/ir.h"

#define CODE_VA UINT64_C(0x40001000)
#define MEM_VA UINT64_C(0x10000)          /* guest memory: MEM_VA .. MEM_VA + MEM_BYTES */
#define MEM_BYTES 0x4000u
#define CTX_EL1 (1u << CTX_EL_SHIFT | ARM_MMU_EL1 << CTX_MMU_SHIFT | CTX_SPSEL)

typedef struct Harness {
    ArmCpu *cpu;
    ArmModel model;                       /* every feature, until the test says otherwise */
    uint64_t context;                     /* CTX_EL1 */
    IrBlock *block;
    /* NULL: the interpreter; else runs h->block, false for a fault (see ir_interpret). */
    bool (*execute)(struct Harness *h, void *data);
    void *execute_data;
    uint8_t mem[MEM_BYTES];
    /* What happened in the last run */
    bool faulted;
    unsigned n_accesses;
    unsigned n_guesses;                   /* wrong ones */
    uint64_t fault_va;
    unsigned last_idx;                    /* mmu index of the last access */
    const char *helper;                   /* last helper called, NULL: none */
    uint64_t args[4];
    uint32_t syndrome;                    /* of h_raise_sync */
} Harness;

/* TcgRuntimeOps.mem_slow over h->mem, for an execute of one's own. */
void harness_mem_slow(void *env, uint64_t va, MemInfo info, uint64_t val[3]);

Harness *harness_new(void);
void harness_free(Harness *h);
/*
 * Translate @n words at CODE_VA as one block, at most @max_insns of them, and interpret it once.
 * Code behind them is BRK.
 */
void harness_run_at(Harness *h, uint64_t pc, const uint32_t *words, unsigned n,
                    unsigned max_insns);
void harness_run(Harness *h, const uint32_t *words, unsigned n);
void harness_run1(Harness *h, uint32_t word);       /* one instruction */
uint64_t harness_mem(const Harness *h, uint64_t va, unsigned bytes);
void harness_set_mem(Harness *h, uint64_t va, unsigned bytes, uint64_t val);
unsigned harness_nzcv(const Harness *h);            /* N is bit 3 */
void harness_set_nzcv(Harness *h, unsigned nzcv);

#define RUN(h, ...) \
    harness_run(h, (const uint32_t[]){ __VA_ARGS__ }, \
                sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

#endif
