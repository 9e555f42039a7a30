/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device tree of the `virt` board: the full one, the user's own with our facts patched in, and
 * the stub that makes a kernel boot with ACPI. Pure functions of plain data; results are g_malloc'd
 * flattened trees, the same bytes for the same input.
 */
#ifndef HW_ARM_VIRT_FDT_H
#define HW_ARM_VIRT_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/acpi/efi.h"
#include "hw/arm/virt_memmap.h"
#include "hw/core/hwdesc.h"
#include "target/arm/cpu.h"
#include "util/error.h"

#define VIRT_RNG_SEED_BYTES 32

/* A CPU that is present at boot. There is no hotplug with a device tree: others are not named. */
typedef struct VirtFdtCpu {
    uint64_t mpidr;                     /* affinity fields only */
    const char *compatible;             /* "arm,cortex-a57" */
    unsigned socket, cluster, core, thread;
} VirtFdtCpu;

/* /chosen, common to all three trees. */
typedef struct VirtFdtChosen {
    const char *cmdline;                /* NULL or "": no bootargs */
    uint64_t initrd_pa, initrd_end_pa;  /* equal: none */
    const uint64_t *kaslr_seed;         /* NULL: none */
    const uint8_t *rng_seed;            /* VIRT_RNG_SEED_BYTES bytes; NULL: none */
} VirtFdtChosen;

typedef struct VirtFdtConfig {
    const VirtMemmap *map;
    const VirtFdtCpu *cpus;             /* by index; the first is the boot CPU */
    unsigned n_cpus;
    ArmCaches caches;                   /* of every CPU; l2 is its own. l2.bytes 0: none told */
    bool has_threads;                   /* more than one thread a core is possible */
    bool has_pmu;
    const HwDesc *devices;              /* "pl011" first of its kind: console; "pl061": power key */
    unsigned n_devices;
    VirtFdtChosen chosen;
} VirtFdtConfig;

uint8_t *virt_fdt_build(const VirtFdtConfig *cfg, size_t *bytes);

/*
 * The user's blob with /memory, /psci and our part of /chosen set; the rest is the user's. False on
 * a malformed blob; the text names no file.
 */
uint8_t *virt_fdt_patch(const VirtFdtConfig *cfg, const void *blob, size_t blob_bytes,
                        size_t *bytes, Error **errp) MUST_CHECK;

/* /chosen and nothing else: with any hardware in the tree a kernel would not look at ACPI. */
uint8_t *virt_fdt_stub(const VirtFdtChosen *chosen, const EfiHandoff *efi, size_t *bytes);

#endif
