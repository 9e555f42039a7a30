/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A GICv3 on a bus of its own with PEs that only remember their wires, and the oracle: what must
 * be signalled, worked out the slow way from what a guest can read.
 */
#ifndef TESTS_GIC_FIXTURE_H
#define TESTS_GIC_FIXTURE_H

#include "hw/intc/gicv3_internal.h"

typedef struct FakePe {
    bool wire[2];
    unsigned changes;               /* calls that set_wire has had */
    unsigned redundant;             /* calls without a change: a fault */
} FakePe;

typedef struct Fixture {
    Gicv3 *gic;
    PhysMem *mem;
    unsigned n_cpus, n_spis, frames0;
    FakePe pe[GIC_MAX_CPUS];
} Fixture;

#define GICD_PA UINT64_C(0x08000000)
#define GICR0_PA UINT64_C(0x080a0000)
#define GICR1_PA UINT64_C(0x4000000000)

/* Affinity of CPU @i: 16 in a cluster, as on the board. */
uint64_t fix_mpidr(unsigned i);
/* @frames0 frames in the first region, 512 in a second one if there are more CPUs. */
Fixture *fix_new_sized(unsigned n_cpus, unsigned n_spis, unsigned frames0);
/* 4 CPUs, 64 SPIs, all off. */
Fixture *fix_new(void);
/* fix_new() with both groups on and every CPU brought up by fix_cpu_up(). */
Fixture *fix_new_up(void);
/* Enable and bind @cpu; awake, PMR 0xf8, both groups on; SGIs and PPIs in Group 1, enabled. */
void fix_cpu_up(Fixture *f, unsigned cpu);
void fix_free(Fixture *f);

uint64_t gicd_read(Fixture *f, uint32_t off, unsigned size);
void gicd_write(Fixture *f, uint32_t off, unsigned size, uint64_t val);
uint64_t gicr_read(Fixture *f, unsigned cpu, uint32_t off, unsigned size);
void gicr_write(Fixture *f, unsigned cpu, uint32_t off, unsigned size, uint64_t val);
uint64_t icc_read(Fixture *f, unsigned cpu, IccReg reg);
void icc_write(Fixture *f, unsigned cpu, IccReg reg, uint64_t val);
void ppi(Fixture *f, unsigned cpu, unsigned intid, bool level);
void spi(Fixture *f, unsigned spi_index, bool level);

/* Group, enable, priority and target of an SPI in one go. */
void spi_setup(Fixture *f, unsigned intid, unsigned group, unsigned prio, uint64_t router);

/* Compare all derived state and wires with the oracle; aborts the test with a description. */
void fix_check(Fixture *f, const char *after);

#define SGI_OFF(off) (0x10000 + (off))

#endif
