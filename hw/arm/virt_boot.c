/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Direct boot. Two hand-overs: the full device tree, or ACPI behind a minimal EFI system table that
 * a stub device tree names. What the guest may have overwritten is written anew at each reset.
 */
#include <string.h>
#include <sys/random.h>

#include "hw/acpi/efi.h"
#include "hw/acpi/tables.h"
#include "util/bits.h"
#include "virt_internal.h"

#define ACPI_ROOM_BASE   (128 * KiB)
#define ACPI_ROOM_A_CPU  512              /* MADT, PPTT and AML of one CPU, rounded up */
#define DTB_MAX_BYTES    (2 * MiB)

static bool wants_acpi(VirtMachine *m, bool *acpi, Error **errp)
{
    switch (m->cfg.acpi) {
    case VIRT_ACPI_OFF:
        *acpi = false;
        return true;
    case VIRT_ACPI_AUTO:
        *acpi = m->cfg.maxcpus > m->cfg.cpus && m->boot.has_efi_header && !m->cfg.dtb;
        return true;
    case VIRT_ACPI_ON:
        break;
    }
    if (m->cfg.dtb) {
        return error_set(errp, "-dtb cannot be used with -machine acpi=on: the kernel would ignore "
                         "one of the two");
    }
    if (m->has_kernel && !m->boot.has_efi_header) {
        return error_set(errp, "-machine acpi=on: kernel '%s' has no EFI header, so it cannot take "
                         "ACPI tables", m->cfg.kernel);
    }
    *acpi = true;
    return true;
}

bool virt_boot_load(VirtMachine *m, Error **errp)
{
    const VirtRange *ram = &m->map.range[VIRT_RAM];
    BootConfig cfg = {
        .kernel_path = m->cfg.kernel, .initrd_path = m->cfg.initrd,
        .ram_pa = ram->base_pa, .ram_bytes = ram->bytes,
    };

    if (!m->cfg.kernel) {
        const char *option = m->cfg.initrd ? "-initrd" : m->cfg.append ? "-append"
                           : m->cfg.dtb ? "-dtb" : NULL;
        if (option) {
            return error_set(errp, "%s only allowed with -kernel option", option);
        }
    } else {
        if (!boot_load(&m->boot, &cfg, errp)) {
            return false;
        }
        m->has_kernel = true;
    }
    if (m->cfg.dtb && !boot_read_file(m->cfg.dtb, DTB_MAX_BYTES, &m->user_dtb, &m->user_dtb_bytes,
                                      errp)) {
        return error_prepend(errp, "could not load dtb '%s': ", m->cfg.dtb);
    }
    return wants_acpi(m, &m->boots_acpi, errp);
}

static uint64_t acpi_room(const VirtMachine *m)
{
    return align_up(ACPI_ROOM_BASE + m->cfg.maxcpus * ACPI_ROOM_A_CPU, 64 * KiB);
}

bool virt_boot_place_tables(VirtMachine *m, Error **errp)
{
    if (!m->has_kernel || !m->boots_acpi) {
        return true;
    }
    return boot_reserve(&m->boot, "the ACPI tables", acpi_room(m), 64 * KiB, &m->acpi_pa, errp)
        && boot_reserve(&m->boot, "the EFI tables", EFI_BLOB_BYTES, 64 * KiB, &m->efi_pa, errp);
}

/* -- Descriptions -- */

static unsigned describe_devices(const VirtMachine *m, HwDesc *desc)
{
    unsigned n = 0;

    for (unsigned i = 0; i < m->n_devices; i++) {
        if (m->device[i]->type->describe) {
            m->device[i]->type->describe(m->device[i], &desc[n]);
            if (m->device[i] == m->uart1) {
                desc[n].acpi_name = "COM1";
                desc[n].acpi_uid = 1;
            }
            n++;
        }
    }
    return n;
}

static void describe_cpus(const VirtMachine *m, AcpiCpu *cpus)
{
    for (unsigned i = 0; i < m->cfg.maxcpus; i++) {
        const CpuSlot *slot = &m->slots.slot[i];
        cpus[i] = (AcpiCpu) {
            .mpidr = slot->mpidr, .socket_id = slot->props.socket_id,
            .cluster_id = slot->props.cluster_id, .core_id = slot->props.core_id,
            .thread_id = slot->props.thread_id, .enabled = slot->cold,
        };
    }
}

static AcpiCache acpi_cache(ArmCache c) { return (AcpiCache) { c.bytes, c.line_bytes, c.sets }; }
static AcpiRange acpi_range(const VirtRange *r) { return (AcpiRange) { r->base_pa, r->bytes }; }

static bool build_acpi(VirtMachine *m, uint64_t *rsdp_pa, Error **errp)
{
    HwDesc desc[VIRT_MAX_DEVICES];
    g_autofree AcpiCpu *cpus = g_new0(AcpiCpu, m->cfg.maxcpus);
    bool hotplug = m->cfg.maxcpus > m->cfg.cpus;
    ArmCaches caches = arm_model_caches(m->model);
    AcpiConfig cfg = {
        .cpus = cpus, .n_cpus = m->cfg.maxcpus, .has_clusters = m->cfg.has_clusters,
        .threads = m->cfg.topology.threads, .l1d = acpi_cache(caches.l1d),
        .l1i = acpi_cache(caches.l1i), .l2 = acpi_cache(caches.l2),
        .gicd_pa = m->map.range[VIRT_GIC_DIST].base_pa,
        .gicr = { acpi_range(&m->map.range[VIRT_GIC_REDIST]),
                  acpi_range(&m->map.range[VIRT_GIC_REDIST2]) },
        .n_gicr = m->map.n_redist_regions,
        .pmu_gsiv = arm_model_has_pmu(m->model) ? ARM_PPI_PMU : 0,
        .psci_hvc = true,
        .devices = desc, .n_devices = describe_devices(m, desc),
        .ged = acpi_range(&m->map.range[VIRT_ACPI_GED]), .ged_gsiv = VIRT_INTID_ACPI_GED,
    };

    describe_cpus(m, cpus);
    cfg.ged.bytes = GED_FRAME_BYTES;
    cfg.uart = desc[0]; /* the UART is the first device */
    if (hotplug) {
        cfg.cpuhp = (AcpiRange) { m->map.range[VIRT_CPU_HOTPLUG].base_pa, CPUHP_FRAME_BYTES };
    }
    GByteArray *tables = acpi_build(&cfg, m->acpi_pa, rsdp_pa);
    if (tables->len > acpi_room(m)) {
        g_error("ACPI tables of %u bytes do not fit", tables->len); /* ACPI_ROOM_* is too small */
    }
    gsize len = tables->len;
    boot_blobs_set(m->boot.blobs, "acpi", m->acpi_pa, g_byte_array_free(tables, FALSE), len);
    return true;
}

/* -- Writing -- */

typedef struct Seeds { uint64_t kaslr; uint8_t rng[VIRT_RNG_SEED_BYTES]; } Seeds;

static VirtFdtChosen chosen_of(const VirtMachine *m, const Seeds *seeds)
{
    VirtFdtChosen c = { .cmdline = m->cfg.append };

    if (m->has_kernel) {
        c.initrd_pa = m->boot.layout.initrd_pa;
        c.initrd_end_pa = m->boot.layout.initrd_end_pa;
    }
    if (!m->cfg.no_random_seeds) {
        c.kaslr_seed = &seeds->kaslr;
        c.rng_seed = seeds->rng;
    }
    return c;
}

static uint8_t *build_stub(VirtMachine *m, const Seeds *seeds, size_t *bytes, Error **errp)
{
    const VirtRange *ram = &m->map.range[VIRT_RAM];
    EfiConfig cfg = {
        .ram_base_pa = ram->base_pa, .ram_bytes = ram->bytes,
        .acpi_pa = m->acpi_pa, .acpi_bytes = acpi_room(m),
    };
    EfiHandoff handoff;

    if (!build_acpi(m, &cfg.rsdp_pa, errp)) {
        return NULL;
    }
    GByteArray *efi = efi_build(&cfg, m->efi_pa, &handoff);
    gsize len = efi->len;
    boot_blobs_set(m->boot.blobs, "efi", m->efi_pa, g_byte_array_free(efi, FALSE), len);
    VirtFdtChosen chosen = chosen_of(m, seeds);
    return virt_fdt_stub(&chosen, &handoff, bytes);
}

static uint8_t *build_tree(VirtMachine *m, const Seeds *seeds, size_t *bytes, Error **errp)
{
    HwDesc desc[VIRT_MAX_DEVICES];
    g_autofree VirtFdtCpu *cpus = g_new0(VirtFdtCpu, m->cfg.cpus);

    for (unsigned i = 0; i < m->cfg.cpus; i++) {
        const CpuSlot *slot = &m->slots.slot[i];
        cpus[i] = (VirtFdtCpu) {
            .mpidr = slot->mpidr, .compatible = arm_model_fdt_compatible(m->model),
            .socket = slot->props.socket_id, .cluster = slot->props.cluster_id,
            .core = slot->props.core_id, .thread = slot->props.thread_id,
        };
    }
    VirtFdtConfig cfg = {
        .map = &m->map, .cpus = cpus, .n_cpus = m->cfg.cpus,
        .caches = arm_model_caches(m->model),
        .has_threads = m->cfg.topology.threads > 1, .has_pmu = arm_model_has_pmu(m->model),
        .devices = desc, .n_devices = describe_devices(m, desc), .chosen = chosen_of(m, seeds),
    };
    if (!m->user_dtb) {
        return virt_fdt_build(&cfg, bytes);
    }
    uint8_t *tree = virt_fdt_patch(&cfg, m->user_dtb, m->user_dtb_bytes, bytes, errp);
    if (!tree) {
        error_prepend(errp, "could not load dtb '%s': ", m->cfg.dtb);
    }
    return tree;
}

bool virt_boot_write(VirtMachine *m, Error **errp)
{
    Seeds seeds;
    size_t bytes;

    if (getrandom(&seeds, sizeof(seeds), 0) != (ssize_t)sizeof(seeds)) {
        memset(&seeds, 0x5a, sizeof(seeds)); /* no host entropy: still a valid seed */
    }
    if (!m->has_kernel) {
        uint8_t *tree = build_tree(m, &seeds, &bytes, errp);
        if (tree) {
            /* Nothing to start, but bare-metal payloads find the tree at the start of RAM. */
            phys_mem_copy_in(m->mem, m->map.range[VIRT_RAM].base_pa, tree, bytes);
        }
        g_free(tree);
        return tree != NULL;
    }
    uint8_t *tree = m->boots_acpi ? build_stub(m, &seeds, &bytes, errp)
                                  : build_tree(m, &seeds, &bytes, errp);
    if (!tree) {
        return false;
    }
    if (bytes > BOOT_DTB_ROOM_BYTES) {
        g_free(tree);
        return error_set(errp, "the device tree is larger than 2 MiB");
    }
    boot_blobs_set(m->boot.blobs, "dtb", m->boot.layout.dtb_pa, tree, bytes);
    return boot_blobs_copy(m->boot.blobs, m->mem)
        || error_set(errp, "could not write the boot images to RAM");
}
