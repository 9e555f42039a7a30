/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GICv3 (IHI 0069): distributor, one redistributor and one CPU interface per possible CPU, affinity
 * routing only (ARE fixed to 1), one security state (GICD_CTLR.DS = 1).
 *
 * Everything the guest can see is sized for cfg.n_cpus at realize and never grows: all
 * redistributor frames answer, with final GICR_TYPER. A CPU whose slot is not *enabled* has an
 * inert CPU interface: it never signals, is never a target of an SGI or of a 1-of-N SPI, and
 * interrupts routed to it stay pending. All are disabled until gicv3_cpu_set_enabled().
 *
 * Threads: register accesses and wires on any thread. Locks: dist->lock, then at most one
 * redist->lock (docs/devel/locking.md).
 */
#ifndef HW_INTC_GICV3_H
#define HW_INTC_GICV3_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/core/device.h"
#include "hw/core/irq.h"
#include "target/arm/cpuif.h"

typedef struct Gicv3 Gicv3;
typedef struct GicCpu GicCpu;

#define GIC_INTERNAL 32                 /* INTIDs below: SGIs and PPIs */
#define GICR_FRAME_BYTES 0x20000        /* RD_base + SGI_base */

typedef struct Gicv3Config {
    unsigned n_cpus;                    /* possible CPUs, 1..512 */
    const uint64_t *mpidr;              /* affinity fields (Aff3..Aff0) of each; other bits any */
    unsigned n_spis;                    /* multiple of 32, 32..960 */
    unsigned n_redist_regions;          /* 1 or 2 */
    unsigned region_frames[2];          /* capacity of each region, in frames */
} Gicv3Config;

/*
 * @cfg and its mpidr[] are copied; realize checks them. A device reset leaves what belongs to the
 * machine: which slots are enabled, the binding of PEs, and the level of every input wire.
 * Frames: device frame 0 = GICD, 1 = first GICR region, 2 = second.
 */
Gicv3 *gicv3_new(const Gicv3Config *cfg);
Device *gicv3_device(Gicv3 *gic);       /* for realize, map, reset, free */

/* The input of one SPI: spi_index 0 = INTID 32. As IrqLine for wiring devices. */
IrqLine gicv3_spi_line(Gicv3 *gic, unsigned spi_index);

GicCpu *gicv3_cpu(Gicv3 *gic, unsigned index);
extern const CpuIfOps gicv3_cpuif_ops;

/*
 * Bind PE @pe to CPU interface @index (its wires go through @set_wire), or unbind with NULL.
 * Main thread, the PE's thread not running. The wires of the PE before, if any, go low first: its
 * IRQ and FIQ, and its PPIs. The new PE starts with both wires low and is told of high ones at
 * once.
 */
void gicv3_cpu_attach(Gicv3 *gic, unsigned index, void *pe, ArmSetWireFn *set_wire);
/* Enable or disable the CPU interface as the slot changes. Any thread; takes effect at once. */
void gicv3_cpu_set_enabled(Gicv3 *gic, unsigned index, bool enabled);

/* `info gic`-style text about one CPU. Caller frees. */
char *gicv3_describe_cpu(Gicv3 *gic, unsigned index);

#endif
