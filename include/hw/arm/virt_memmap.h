/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The physical address space and the interrupt numbers of the `virt` board, as data.
 *
 * Everything below 1 GiB is fixed: firmware, kernels' earlycon options and scripts know it. RAM
 * starts at 1 GiB; what does not fit below (redistributors of CPUs 123 and up, 256 buses of ECAM,
 * the large PCIe window) comes above RAM, at 256 GiB or later. See docs/devel/memory-map.md.
 */
#ifndef HW_ARM_VIRT_MEMMAP_H
#define HW_ARM_VIRT_MEMMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

typedef enum VirtRegion {
    VIRT_FLASH,             /* two banks of half the size */
    VIRT_GIC_DIST,
    VIRT_GIC_ITS,
    VIRT_GIC_REDIST,
    VIRT_UART0,
    VIRT_RTC,
    VIRT_FW_CFG,
    VIRT_GPIO,
    VIRT_UART1,
    VIRT_SMMU,
    VIRT_MEM_HOTPLUG,
    VIRT_ACPI_GED,
    VIRT_NVDIMM_ACPI,
    VIRT_PVTIME,
    VIRT_SECURE_GPIO,
    VIRT_CPU_HOTPLUG,       /* -smp maxcpus= and device_add */
    VIRT_CPU_HOTPLUG_V6,    /* -smp disabledcpus= and device_set */
    VIRT_VIRTIO_MMIO,
    VIRT_PLATFORM_BUS,
    VIRT_SECURE_MEM,
    VIRT_PCIE_MMIO,
    VIRT_PCIE_PIO,
    VIRT_PCIE_ECAM,
    VIRT_RAM,
    VIRT_GIC_REDIST2,       /* bytes 0: not needed */
    VIRT_PCIE_ECAM_HIGH,    /* bytes 0: beyond the CPU's physical address bits */
    VIRT_PCIE_MMIO_HIGH,    /* the same */
    VIRT_N_REGIONS
} VirtRegion;

#define VIRT_MAX_CPUS  512u
#define VIRT_MAX_UARTS 2u
#define VIRT_N_SPIS    288u   /* INTIDs 32..319 */

/* INTIDs (SPI n = 32 + n). */
enum {
    VIRT_INTID_UART0 = 32 + 1,
    VIRT_INTID_RTC = 32 + 2,
    VIRT_INTID_PCIE = 32 + 3,         /* .. + 6: INTA..INTD */
    VIRT_INTID_GPIO = 32 + 7,
    VIRT_INTID_UART1 = 32 + 8,
    VIRT_INTID_ACPI_GED = 32 + 9,
    VIRT_INTID_VIRTIO_MMIO = 32 + 16, /* .. + 47: one a transport */
    VIRT_INTID_SMMU = 32 + 74,        /* .. + 77 */
    VIRT_INTID_PLATFORM_BUS = 32 + 112,
    VIRT_INTID_PMU = 16 + 7,
    VIRT_INTID_GIC_MAINT = 16 + 9,
    VIRT_INTID_TIMER_NS_EL2 = 16 + 10,
    VIRT_INTID_TIMER_VIRT = 16 + 11,
    VIRT_INTID_TIMER_NS_EL2_VIRT = 16 + 12,
    VIRT_INTID_TIMER_S_EL1 = 16 + 13,
    VIRT_INTID_TIMER_NS_EL1 = 16 + 14,
};

typedef struct VirtRange {
    uint64_t base_pa, bytes;          /* bytes 0: not in this machine */
} VirtRange;

typedef struct VirtMemmap {
    VirtRange range[VIRT_N_REGIONS];
    unsigned n_redist_regions;        /* 1 or 2 */
    unsigned redist_frames[2];        /* redistributors that exist in each */
} VirtMemmap;

typedef struct VirtMemmapConfig {
    uint64_t ram_bytes;               /* multiple of 4 KiB */
    unsigned n_cpus;                  /* possible CPUs, 1..VIRT_MAX_CPUS */
    unsigned pa_bits;                 /* of the CPU model, 32..56 */
} VirtMemmapConfig;

/* False: RAM or CPUs that do not fit. Pure. */
bool virt_memmap_build(VirtMemmap *map, const VirtMemmapConfig *cfg, Error **errp) MUST_CHECK;

const char *virt_region_name(VirtRegion region);

#endif
