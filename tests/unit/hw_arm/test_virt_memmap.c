/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/arm/virt_memmap.h"

#include <glib.h>
#include <string.h>

#include "util/bits.h"

static VirtMemmap build(uint64_t ram_bytes, unsigned n_cpus, unsigned pa_bits)
{
    VirtMemmap m;
    Error *err = NULL;
    VirtMemmapConfig cfg = { ram_bytes, n_cpus, pa_bits };
    if (!virt_memmap_build(&m, &cfg, &err)) {
        g_error("%s", error_text(err));
    }
    return m;
}

/* The addresses that the world knows. */
static void test_memmap_fixed(void)
{
    static const struct { VirtRegion region; uint64_t base_pa, bytes; } rows[] = {
        { VIRT_FLASH, 0, 128 * MiB }, { VIRT_GIC_DIST, 0x08000000, 0x10000 },
        { VIRT_GIC_ITS, 0x08080000, 0x20000 }, { VIRT_GIC_REDIST, 0x080a0000, 123 * 0x20000 },
        { VIRT_UART0, 0x09000000, 0x1000 }, { VIRT_RTC, 0x09010000, 0x1000 },
        { VIRT_FW_CFG, 0x09020000, 0x18 }, { VIRT_GPIO, 0x09030000, 0x1000 },
        { VIRT_ACPI_GED, 0x09080000, 4 }, { VIRT_CPU_HOTPLUG, 0x090c0000, 12 },
        { VIRT_CPU_HOTPLUG_V6, 0x090d0000, 16 }, { VIRT_VIRTIO_MMIO, 0x0a000000, 32 * 0x200 },
        { VIRT_PLATFORM_BUS, 0x0c000000, 32 * MiB },
        { VIRT_PCIE_MMIO, 0x10000000, 0x2eff0000 }, { VIRT_PCIE_PIO, 0x3eff0000, 0x10000 },
        { VIRT_PCIE_ECAM, 0x3f000000, 0x1000000 }, { VIRT_RAM, 0x40000000, 1 * GiB },
        { VIRT_PCIE_ECAM_HIGH, 0x4010000000, 256 * MiB },
        { VIRT_PCIE_MMIO_HIGH, 0x8000000000, 512 * GiB },
    };
    VirtMemmap m = build(1 * GiB, 4, 40);

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        g_test_message("%s", virt_region_name(rows[i].region));
        g_assert_cmphex(m.range[rows[i].region].base_pa, ==, rows[i].base_pa);
        g_assert_cmphex(m.range[rows[i].region].bytes, ==, rows[i].bytes);
    }
    g_assert_cmpint(VIRT_INTID_UART0, ==, 33);
    g_assert_cmpint(VIRT_INTID_ACPI_GED, ==, 41);
}

static void test_memmap_cpus(void)
{
    static const struct { unsigned n_cpus, regions, low, high; } rows[] = {
        { 1, 1, 1, 0 }, { 122, 1, 122, 0 }, { 123, 1, 123, 0 }, { 124, 2, 123, 1 },
        { 512, 2, 123, 389 },
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        VirtMemmap m = build(1 * GiB, rows[i].n_cpus, 44);
        g_test_message("%u CPUs", rows[i].n_cpus);
        g_assert_cmpuint(m.n_redist_regions, ==, rows[i].regions);
        g_assert_cmpuint(m.redist_frames[0], ==, rows[i].low);
        g_assert_cmpuint(m.redist_frames[1], ==, rows[i].high);
        g_assert_cmphex(m.range[VIRT_GIC_REDIST2].bytes, ==, rows[i].high ? 64 * MiB : 0);
        if (rows[i].high) {
            g_assert_cmphex(m.range[VIRT_GIC_REDIST2].base_pa, ==, 0x4000000000);
        }
        /* Nothing else moves with the number of CPUs. */
        g_assert_cmphex(m.range[VIRT_PCIE_ECAM_HIGH].base_pa, ==, 0x4010000000);
    }
}

static void test_memmap_large_ram(void)
{
    static const struct { uint64_t ram_gib, redist2_pa, ecam_pa, mmio_pa; } rows[] = {
        { 255, 0x4000000000, 0x4010000000, 0x8000000000 },
        { 256, 0x4040000000, 0x4050000000, 0x8000000000 },
        { 600, 0x9640000000, 0x9650000000, 0x10000000000 },
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        VirtMemmap m = build(rows[i].ram_gib * GiB, 200, 48);
        g_assert_cmphex(m.range[VIRT_GIC_REDIST2].base_pa, ==, rows[i].redist2_pa);
        g_assert_cmphex(m.range[VIRT_PCIE_ECAM_HIGH].base_pa, ==, rows[i].ecam_pa);
        g_assert_cmphex(m.range[VIRT_PCIE_MMIO_HIGH].base_pa, ==, rows[i].mmio_pa);
    }
    /* An odd size: the end is rounded up to 1 GiB first. */
    g_assert_cmphex(build(300 * GiB + 4096, 200, 48).range[VIRT_GIC_REDIST2].base_pa, ==,
                    302 * GiB);
}

static void test_memmap_no_overlap(void)
{
    static const uint64_t rams[] = { 4096, 1 * GiB, 255 * GiB, 256 * GiB, 1000 * GiB };

    for (size_t r = 0; r < ARRAY_SIZE(rams); r++) {
        VirtMemmap m = build(rams[r], 512, 52);
        for (unsigned i = 0; i < VIRT_N_REGIONS; i++) {
            const VirtRange *a = &m.range[i];
            g_assert_nonnull(virt_region_name(i));
            g_assert_cmphex(a->bytes, !=, 0);
            for (unsigned j = 0; j < i; j++) {
                const VirtRange *b = &m.range[j];
                g_test_message("%s %s", virt_region_name(i), virt_region_name(j));
                g_assert_true(a->base_pa + a->bytes <= b->base_pa ||
                              b->base_pa + b->bytes <= a->base_pa);
            }
        }
    }
}

static void test_memmap_pa_bits(void)
{
    /* What does not fit below the limit is left out, if nobody needs it. */
    VirtMemmap m = build(1 * GiB, 4, 39);
    g_assert_cmphex(m.range[VIRT_PCIE_MMIO_HIGH].bytes, ==, 0);
    g_assert_cmphex(m.range[VIRT_PCIE_ECAM_HIGH].bytes, ==, 256 * MiB);
    m = build(3 * GiB, 4, 32);
    g_assert_cmphex(m.range[VIRT_PCIE_ECAM_HIGH].bytes, ==, 0);
}

static void test_memmap_errors(void)
{
    static const struct { VirtMemmapConfig cfg; const char *want; } rows[] = {
        { { 0, 1, 40 }, "multiple of 4 KiB" },
        { { 4097, 1, 40 }, "multiple of 4 KiB" },
        { { 1024 * GiB, 1, 40 }, "40 physical address bits" },
        { { 4 * GiB, 1, 32 }, "at most 3072 MiB" },
        { { UINT64_C(1) << 62, 1, 40 }, "do not fit" },
        { { 1 * GiB, 0, 40 }, "Number of CPUs is 0" },
        { { 1 * GiB, 513, 40 }, "Number of CPUs is 513" },
        { { 1 * GiB, 124, 36 }, "second GIC redistributor region" },
        { { 1023 * GiB, 124, 40 }, "at most 123 CPUs" },
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        VirtMemmap m;
        Error *err = NULL;
        memset(&m, 0x5a, sizeof(m));
        VirtMemmap before = m;
        g_test_message("row %zu", i);
        g_assert_false(virt_memmap_build(&m, &rows[i].cfg, &err));
        if (!strstr(error_text(err), rows[i].want)) {
            g_error("'%s' does not say '%s'", error_text(err), rows[i].want);
        }
        g_assert_cmpmem(&m, sizeof(m), &before, sizeof(before));
        error_free(err);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virt-memmap/fixed", test_memmap_fixed);
    g_test_add_func("/virt-memmap/cpus", test_memmap_cpus);
    g_test_add_func("/virt-memmap/large-ram", test_memmap_large_ram);
    g_test_add_func("/virt-memmap/no-overlap", test_memmap_no_overlap);
    g_test_add_func("/virt-memmap/pa-bits", test_memmap_pa_bits);
    g_test_add_func("/virt-memmap/errors", test_memmap_errors);
    return g_test_run();
}
