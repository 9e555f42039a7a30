/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI tables of a board: plain descriptions in, bytes out. No pointers to live devices, no guest
 * memory. ACPI 6.5; what is described follows docs/devel/acpi.md.
 */
#ifndef HW_ACPI_TABLES_H
#define HW_ACPI_TABLES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "hw/core/hwdesc.h"

/* One possible CPU, in index order (index = ACPI processor UID). */
typedef struct AcpiCpu {
    uint64_t mpidr;
    unsigned socket_id, cluster_id, core_id, thread_id;
    bool enabled;                /* MADT Enabled: there at boot, for ever; else Online Capable */
} AcpiCpu;

/* A cache of each core; bytes == 0: not described. */
typedef struct AcpiCache { unsigned bytes, line_bytes, sets; } AcpiCache;

typedef struct AcpiRange { uint64_t base_pa, bytes; } AcpiRange;

typedef struct AcpiConfig {
    const AcpiCpu *cpus;
    unsigned n_cpus;
    bool has_clusters;           /* cluster nodes in the PPTT */
    unsigned threads;            /* per core, for the PPTT's leaf form */
    AcpiCache l1d, l1i, l2;      /* all three or none */
    uint64_t gicd_pa;
    AcpiRange gicr[2];
    unsigned n_gicr;
    unsigned pmu_gsiv;           /* 0: none */
    bool psci_hvc;
    const HwDesc *devices;       /* those with acpi_name go into the DSDT */
    unsigned n_devices;
    HwDesc uart;                 /* console for SPCR and DBG2 (also listed in devices) */
    /* GED and CPU hot-plug; ged.bytes == 0: neither is there */
    AcpiRange ged;
    unsigned ged_gsiv;
    AcpiRange cpuhp;             /* bytes == 0: CPUs are plain devices in \_SB */
} AcpiConfig;

/*
 * All tables in one blob to be placed at @base_pa (64 KiB aligned), RSDP included at *rsdp_pa.
 * Never fails. The caller frees.
 */
GByteArray *acpi_build(const AcpiConfig *cfg, uint64_t base_pa, uint64_t *rsdp_pa);

#endif
