/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The EFI hand-off, read back as an arm64 kernel does (UEFI 2.10, chapters 4 and 7). */
#include "hw/acpi/efi.h"

#include <inttypes.h>
#include <string.h>

#include "util/bits.h"

#define RAM   UINT64_C(0x40000000)
#define CONVENTIONAL 7
#define ACPI_RECLAIM 9

static EfiConfig config(uint64_t ram_bytes, uint64_t acpi_pa, uint64_t acpi_bytes)
{
    return (EfiConfig) {
        .ram_base_pa = RAM, .ram_bytes = ram_bytes, .acpi_pa = acpi_pa, .acpi_bytes = acpi_bytes,
        .rsdp_pa = acpi_pa + 0x1240,
    };
}

static uint32_t crc32_plain(const uint8_t *p, size_t n)
{
    uint32_t crc = ~0u;

    for (size_t i = 0; i < n * 8; i++) {
        unsigned bit = p[i / 8] >> i % 8 & 1;
        crc = (crc ^ bit) & 1 ? (crc >> 1) ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}

/* -- System table -- */

static void test_system_table(void)
{
    EfiConfig cfg = config(GiB, 0x7fe40000, 0x20000);
    const uint64_t base = 0x7fe00000;
    EfiHandoff h;
    GByteArray *a = efi_build(&cfg, base, &h);
    const uint8_t *st = a->data + (h.system_table_pa - base);

    g_assert_cmpuint(a->len, <=, EFI_BLOB_BYTES);
    g_assert_cmphex(h.system_table_pa % 8, ==, 0);
    g_assert_cmpmem(st, 8, "IBI SYST", 8);
    g_assert_cmphex(ldle32(st + 8), ==, 0x20046);
    g_assert_cmpuint(ldle32(st + 12), ==, 120);
    g_assert_cmphex(ldle32(st + 20), ==, 0);
    uint8_t copy[120];
    memcpy(copy, st, 120);
    stle32(copy + 16, 0);
    g_assert_cmphex(ldle32(st + 16), ==, crc32_plain(copy, 120));
    for (unsigned off = 40; off < 104; off += 8) {       /* consoles and services: none */
        g_assert_cmphex(ldle64(st + off), ==, 0);
    }
    /* 200 bytes are mapped at the vendor's name, of which it must end within 99 characters. */
    uint64_t vendor = ldle64(st + 24) - base;
    g_assert_cmphex(vendor + 200, <=, a->len);
    unsigned n = 0;
    while (ldle16(a->data + vendor + 2 * n)) {
        g_assert_cmpuint(ldle16(a->data + vendor + 2 * n), <, 128);
        g_assert_cmpuint(++n, <, 100);
    }
    g_assert_cmpuint(n, >, 0);
    g_assert_cmpuint(h.secure_boot, ==, 2);
    g_assert_cmpuint(h.mmap_desc_version, ==, 1);
    g_assert_cmpuint(h.mmap_desc_bytes, ==, 40);
    g_byte_array_free(a, TRUE);
}

/* -- Configuration tables -- */

static const uint8_t acpi20[16] = { 0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11,
                                    0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 };
static const uint8_t rt_properties[16] = { 0x8a, 0x91, 0x66, 0xeb, 0xef, 0x7e, 0x2a, 0x40,
                                           0x84, 0x2e, 0x93, 0x1d, 0x21, 0xc3, 0x8a, 0xe9 };
static const uint8_t memreserve[16] = { 0xc6, 0xb0, 0x8e, 0x88, 0xde, 0x8e, 0xf5, 0x4f,
                                        0xa8, 0xf0, 0x9a, 0xee, 0x5c, 0xb9, 0x77, 0xc2 };

/* Address the configuration table gives for @guid; 0: not there. */
static uint64_t config_entry(const GByteArray *a, uint64_t base, const uint8_t guid[16])
{
    const uint8_t *st = a->data;
    uint64_t n = ldle64(st + 104), at = ldle64(st + 112) - base;

    g_assert_cmphex(at + n * 24, <=, a->len);
    for (uint64_t i = 0; i < n; i++) {
        if (!memcmp(a->data + at + i * 24, guid, 16)) {
            return ldle64(a->data + at + i * 24 + 16);
        }
    }
    return 0;
}

static void test_config_tables(void)
{
    EfiConfig cfg = config(GiB, 0x7fe40000, 0x20000);
    const uint64_t base = 0x7fe00000;
    EfiHandoff h;
    GByteArray *a = efi_build(&cfg, base, &h);

    g_assert_cmpuint(ldle64(a->data + 104), ==, 3);
    g_assert_cmphex(config_entry(a, base, acpi20), ==, cfg.rsdp_pa);
    uint64_t rt = config_entry(a, base, rt_properties);
    g_assert_cmphex(rt, >, base);
    g_assert_cmpuint(ldle16(a->data + (rt - base)), ==, 1);
    g_assert_cmpuint(ldle16(a->data + (rt - base) + 2), ==, 8);
    g_assert_cmphex(ldle32(a->data + (rt - base) + 4), ==, 0);
    uint64_t mr = config_entry(a, base, memreserve);
    g_assert_cmphex(mr, >, base);
    g_assert_cmphex(mr % 8, ==, 0);
    g_assert_cmphex(ldle64(a->data + (mr - base)), ==, 0);
    g_assert_cmphex(ldle64(a->data + (mr - base) + 8), ==, 0);
    g_byte_array_free(a, TRUE);
}

/* -- Memory map -- */

typedef struct Place { const char *name; uint64_t ram_bytes, efi, acpi, acpi_bytes; } Place;

static const Place places[] = {
    { "efi below acpi", GiB, RAM + GiB - 0x60000, RAM + GiB - 0x50000, 0x40000 },
    { "acpi below efi", GiB, RAM + 0x100000, RAM + 0x80000, 0x20000 },
    { "next to each other", GiB, RAM + 0x20000, RAM + 0x30000, 0x10000 },
    { "at both ends", 128 * MiB, RAM, RAM + 128 * MiB - 0x10000, 0x10000 },
    { "odd size of the tables", GiB, RAM + 0x100000, RAM + 0x200000, 0x10001 },
    { "RAM that is no multiple of 64 KiB", GiB + 0x3000, RAM + 0x100000, RAM + 0x200000, 0x10000 },
    { "RAM above 4 GiB", 16 * GiB, RAM + 0x100000, RAM + 0x200000, 0x10000 },
};

static unsigned type_of(const uint8_t *mmap, unsigned n, uint64_t pa)
{
    for (unsigned i = 0; i < n; i++) {
        const uint8_t *d = mmap + 40 * i;
        if (pa >= ldle64(d + 8) && pa - ldle64(d + 8) < ldle64(d + 24) << 12) {
            return ldle32(d);
        }
    }
    return ~0u;
}

static void check_map(const Place *p)
{
    EfiConfig cfg = config(p->ram_bytes, p->acpi, p->acpi_bytes);
    EfiHandoff h;
    GByteArray *a = efi_build(&cfg, p->efi, &h);
    const uint8_t *mmap = a->data + (h.mmap_pa - p->efi);
    unsigned n = h.mmap_bytes / h.mmap_desc_bytes;
    uint64_t at = RAM;

    g_test_message("%s", p->name);
    g_assert_cmpuint(h.mmap_bytes % h.mmap_desc_bytes, ==, 0);
    g_assert_cmphex(h.mmap_pa - p->efi + h.mmap_bytes, <=, a->len);
    for (unsigned i = 0; i < n; i++) {
        const uint8_t *d = mmap + 40 * i;
        g_test_message("  %u: 0x%" PRIx64 " + 0x%" PRIx64, ldle32(d), ldle64(d + 8),
                       ldle64(d + 24) << 12);
        g_assert_cmphex(ldle64(d + 8), ==, at);                  /* no gap, no overlap */
        g_assert_cmphex(ldle64(d + 16), ==, 0);
        g_assert_cmphex(ldle64(d + 24), >, 0);
        g_assert_cmphex(ldle64(d + 32), ==, BIT(3));             /* write-back, no RUNTIME */
        at += ldle64(d + 24) << 12;
        g_assert_cmphex(at % 0x10000, ==, 0);                    /* kernels with 64 KiB pages */
    }
    g_assert_cmphex(at, ==, align_down(RAM + p->ram_bytes, 0x10000));
    /* Blob and tables in one descriptor each, of the type that stays reserved and mapped. */
    g_assert_cmpuint(type_of(mmap, n, p->efi), ==, ACPI_RECLAIM);
    g_assert_cmpuint(type_of(mmap, n, p->efi + EFI_BLOB_BYTES - 1), ==, ACPI_RECLAIM);
    g_assert_cmpuint(type_of(mmap, n, p->acpi), ==, ACPI_RECLAIM);
    g_assert_cmpuint(type_of(mmap, n, p->acpi + p->acpi_bytes - 1), ==, ACPI_RECLAIM);
    g_assert_cmpuint(type_of(mmap, n, RAM + 0x4000000), ==, CONVENTIONAL);
    g_byte_array_free(a, TRUE);
}

static void test_memory_map(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        check_map(&places[i]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/efi/system-table", test_system_table);
    g_test_add_func("/efi/config-tables", test_config_tables);
    g_test_add_func("/efi/memory-map", test_memory_map);
    return g_test_run();
}
