/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest of eight instructions for tests of accel/tcg: four registers, a page table that is a
 * list, faults that are recorded. RAM of 4 MiB at RAM_PA, an MMIO frame at MMIO_PA.
 */
#ifndef TESTS_UNIT_ACCEL_TCG_SMALL_GUEST_H
#define TESTS_UNIT_ACCEL_TCG_SMALL_GUEST_H

#include <glib.h>

#include "accel/tcg/tcg_internal.h"

#define RAM_PA    UINT64_C(0x40000000)
#define RAM_BYTES (4 * MiB)
#define MMIO_PA   UINT64_C(0x09000000)
#define N_IDX     3

/* A mapping: @bytes of VA to PA, in one address space (@space: asid + 1, 0 = in all). */
typedef struct Mapping {
    uint64_t va, pa, bytes;
    unsigned prot, page_log2, space;
    bool global, device;
} Mapping;

typedef struct SmallCpu {
    TcgCpu tcg;                      /* first */
    uint64_t x[4];
    uint64_t pc;
    bool halted;
    uint32_t asid;                   /* as told to tcg_cpu_set_asid */
    struct Small *m;
    /* Of the last fault */
    enum { NO_FAULT, FAULT_MMU, FAULT_ALIGN, FAULT_BUS } fault;
    uint64_t fault_va, fault_pa;
    TlbAccess fault_access;
    MemResult fault_why;
    unsigned n_delivered;
    uint32_t info;
    unsigned n_fills;
} SmallCpu;

typedef struct Small {
    PhysMem *mem;
    VcpuSet *set;
    TcgAccel *accel;
    SmallCpu *cpu[4];
    unsigned n_cpus;
    Mapping map[64];
    unsigned n_map;
    /* MMIO: the frame is an array of bytes; 0xf00.. refuses */
    uint8_t frame[4096];
    unsigned n_reads, n_writes;
    unsigned last_size;
} Small;

/* @cfg NULL: the default. */
void small_set_up(Small *m, unsigned n_cpus, const TcgConfig *cfg);
void small_tear_down(Small *m);

void small_map(Small *m, Mapping map);
void small_unmap(Small *m, uint64_t va);
/* Identity over RAM and MMIO (device), executable, global. */
void small_map_identity(Small *m);
void small_space(SmallCpu *cpu, uint32_t asid);
uint8_t *small_ram(Small *m, uint64_t pa);

/* Loads and stores as a helper does; a fault is recorded in the CPU and its flag cleared. */
uint64_t small_load(SmallCpu *cpu, uint64_t va);             /* 64 bits, index 0 */
bool small_load_op(SmallCpu *cpu, uint64_t va, unsigned mop, unsigned idx, uint64_t val[2]);
bool small_store_op(SmallCpu *cpu, uint64_t va, unsigned mop, unsigned idx, uint64_t lo,
                    uint64_t hi);
/* Fills that this load makes: 0 when it hits. */
unsigned small_fills(SmallCpu *cpu, uint64_t va, unsigned idx);

/* -- Code -- */
#define ADDI(rd, imm)  (0x01000000u | (rd) << 16 | (uint16_t)(imm))
#define B(insns)       (0x02000000u | ((uint32_t)(insns) & 0xffffff))
#define BNZ3(insns)    (0x03000000u | ((uint32_t)(insns) & 0xffffff))
#define LD(rd)         (0x04000000u | (rd) << 16)      /* x[rd] = [x2] */
#define ST(rd)         (0x05000000u | (rd) << 16)      /* [x2] = 32 low bits of x[rd] */
#define HALT           0x06000000u
#define BR1            0x07000000u                     /* to x1 */
#define NEXT           0x08000000u                     /* ends the block: jump to the next one */

void small_code(Small *m, uint64_t pa, const uint32_t *words, unsigned n);
#define CODE(m, pa, ...) small_code(m, pa, (const uint32_t[]){ __VA_ARGS__ }, \
                                    sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)
/* Run on the calling thread from @pc until HALT or a fault. */
void small_run(SmallCpu *cpu, uint64_t pc);
/* Numbers of the accelerator's statistics. */
uint64_t small_stat(Small *m, const char *name);

#endif
