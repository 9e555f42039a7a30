/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/arm/virt_memmap.h"

#include <inttypes.h>

#include "util/bits.h"

#define REDIST_BYTES       0x20000        /* one GICv3 redistributor: RD_base and SGI_base */
#define RAM_BASE_PA        (1 * GiB)
#define HIGH_BASE_MIN_PA   (256 * GiB)    /* where the high regions are as long as RAM ends below */

static const struct { const char *name; VirtRange range; } low_map[VIRT_RAM] = {
    [VIRT_FLASH]          = { "flash",           { 0x00000000, 0x08000000 } },
    [VIRT_GIC_DIST]       = { "gic-dist",        { 0x08000000, 0x00010000 } },
    [VIRT_GIC_ITS]        = { "gic-its",         { 0x08080000, 0x00020000 } },
    [VIRT_GIC_REDIST]     = { "gic-redist",      { 0x080a0000, 0x00f60000 } },
    [VIRT_UART0]          = { "uart0",           { 0x09000000, 0x00001000 } },
    [VIRT_RTC]            = { "rtc",             { 0x09010000, 0x00001000 } },
    [VIRT_FW_CFG]         = { "fw-cfg",          { 0x09020000, 0x00000018 } },
    [VIRT_GPIO]           = { "gpio",            { 0x09030000, 0x00001000 } },
    [VIRT_UART1]          = { "uart1",           { 0x09040000, 0x00001000 } },
    [VIRT_SMMU]           = { "smmu",            { 0x09050000, 0x00020000 } },
    [VIRT_MEM_HOTPLUG]    = { "mem-hotplug",     { 0x09070000, 0x00000018 } },
    [VIRT_ACPI_GED]       = { "acpi-ged",        { 0x09080000, 0x00000004 } },
    [VIRT_NVDIMM_ACPI]    = { "nvdimm-acpi",     { 0x09090000, 0x00000004 } },
    [VIRT_PVTIME]         = { "pvtime",          { 0x090a0000, 0x00010000 } },
    [VIRT_SECURE_GPIO]    = { "secure-gpio",     { 0x090b0000, 0x00001000 } },
    [VIRT_CPU_HOTPLUG]    = { "cpu-hotplug",     { 0x090c0000, 0x0000000c } },
    [VIRT_CPU_HOTPLUG_V6] = { "cpu-hotplug-v6",  { 0x090d0000, 0x00000010 } },
    [VIRT_VIRTIO_MMIO]    = { "virtio-mmio",     { 0x0a000000, 0x00004000 } },
    [VIRT_PLATFORM_BUS]   = { "platform-bus",    { 0x0c000000, 0x02000000 } },
    [VIRT_SECURE_MEM]     = { "secure-mem",      { 0x0e000000, 0x01000000 } },
    [VIRT_PCIE_MMIO]      = { "pcie-mmio",       { 0x10000000, 0x2eff0000 } },
    [VIRT_PCIE_PIO]       = { "pcie-pio",        { 0x3eff0000, 0x00010000 } },
    [VIRT_PCIE_ECAM]      = { "pcie-ecam",       { 0x3f000000, 0x01000000 } },
};

/* Regions above RAM, in order; each is aligned to its own size. */
static const struct { VirtRegion region; const char *name; uint64_t bytes; } high_map[] = {
    { VIRT_GIC_REDIST2, "gic-redist2", 64 * MiB },
    { VIRT_PCIE_ECAM_HIGH, "pcie-ecam-high", 256 * MiB },
    { VIRT_PCIE_MMIO_HIGH, "pcie-mmio-high", 512 * GiB },
};

const char *virt_region_name(VirtRegion region)
{
    if (region < VIRT_RAM) {
        return low_map[region].name;
    }
    for (size_t i = 0; i < ARRAY_SIZE(high_map); i++) {
        if (high_map[i].region == region) {
            return high_map[i].name;
        }
    }
    return region == VIRT_RAM ? "ram" : NULL;
}

/*
 * Places are the same whether a region is used or not, so that adding a CPU to a configuration
 * moves nothing else. What ends beyond the address bits is left out.
 */
static void place_high(VirtMemmap *map, uint64_t ram_end_pa, uint64_t limit_pa)
{
    uint64_t next_pa = MAX(align_up(ram_end_pa, GiB), HIGH_BASE_MIN_PA);

    for (size_t i = 0; i < ARRAY_SIZE(high_map); i++) {
        uint64_t base_pa = align_up(next_pa, high_map[i].bytes);
        if (base_pa + high_map[i].bytes <= limit_pa) {
            map->range[high_map[i].region] = (VirtRange){ base_pa, high_map[i].bytes };
        }
        next_pa = base_pa + high_map[i].bytes;
    }
}

bool virt_memmap_build(VirtMemmap *map, const VirtMemmapConfig *cfg, Error **errp)
{
    VirtMemmap m = { .n_redist_regions = 1 };
    uint64_t limit_pa = BIT(cfg->pa_bits);
    unsigned low_frames = low_map[VIRT_GIC_REDIST].range.bytes / REDIST_BYTES;

    assert(cfg->pa_bits >= 32 && cfg->pa_bits <= 56);
    if (!cfg->ram_bytes || cfg->ram_bytes % 4096) {
        return error_set(errp, "RAM size must be a multiple of 4 KiB and not zero");
    }
    if (cfg->ram_bytes > limit_pa - RAM_BASE_PA) {
        return error_set(errp, "%" PRIu64 " MiB of RAM do not fit into the %u physical address "
                         "bits of the CPU (at most %" PRIu64 " MiB)", cfg->ram_bytes / MiB,
                         cfg->pa_bits, (limit_pa - RAM_BASE_PA) / MiB);
    }
    if (cfg->n_cpus < 1 || cfg->n_cpus > VIRT_MAX_CPUS) {
        return error_set(errp, "Number of CPUs is %u, but machine 'virt' takes 1 to %u",
                         cfg->n_cpus, VIRT_MAX_CPUS);
    }
    for (unsigned i = 0; i < VIRT_RAM; i++) {
        m.range[i] = low_map[i].range;
    }
    m.range[VIRT_RAM] = (VirtRange){ RAM_BASE_PA, cfg->ram_bytes };
    place_high(&m, RAM_BASE_PA + cfg->ram_bytes, limit_pa);
    m.redist_frames[0] = MIN(cfg->n_cpus, low_frames);
    if (cfg->n_cpus > low_frames) {
        if (!m.range[VIRT_GIC_REDIST2].bytes) {
            return error_set(errp, "%u CPUs need a second GIC redistributor region, which does "
                             "not fit above %" PRIu64 " MiB of RAM into the %u physical address "
                             "bits of the CPU (at most %u CPUs)", cfg->n_cpus,
                             cfg->ram_bytes / MiB, cfg->pa_bits, low_frames);
        }
        m.n_redist_regions = 2;
        m.redist_frames[1] = cfg->n_cpus - low_frames;
    } else {
        m.range[VIRT_GIC_REDIST2].bytes = 0;
    }
    *map = m;
    return true;
}
