/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layout of the blob: system table, configuration table, the configuration tables themselves, the
 * vendor string, the memory map. All in memory of type "ACPI reclaim": it stays reserved, so that a
 * kernel that is started by kexec finds it again.
 */
#include "hw/acpi/efi.h"

#include <assert.h>
#include <string.h>

#include "util/bits.h"

enum {
    OFF_SYSTEM_TABLE = 0x000, OFF_CONFIG = 0x080, OFF_RT_PROPERTIES = 0x180,
    OFF_MEMRESERVE = 0x190, OFF_VENDOR = 0x200, OFF_MMAP = 0x400,
    BLOB_USED = 0x1000,
};

#define SYSTEM_TABLE_BYTES 120
#define DESC_BYTES         40
#define EFI_CONVENTIONAL   7
#define EFI_ACPI_RECLAIM   9
#define EFI_MEMORY_WB      BIT(3)

typedef struct Guid { uint32_t a; uint16_t b, c; uint8_t d[8]; } Guid;

static const Guid guid_acpi20 =
    { 0x8868e871, 0xe4f1, 0x11d3, { 0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 } };
static const Guid guid_rt_properties =
    { 0xeb66918a, 0x7eef, 0x402a, { 0x84, 0x2e, 0x93, 0x1d, 0x21, 0xc3, 0x8a, 0xe9 } };
static const Guid guid_memreserve =
    { 0x888eb0c6, 0x8ede, 0x4ff5, { 0xa8, 0xf0, 0x9a, 0xee, 0x5c, 0xb9, 0x77, 0xc2 } };

static uint32_t crc32_of(const uint8_t *p, size_t n)
{
    uint32_t crc = ~0u;

    while (n--) {
        crc ^= *p++;
        for (int i = 0; i < 8; i++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

static void put_config(uint8_t *blob, unsigned *n, const Guid *guid, uint64_t pa)
{
    uint8_t *e = blob + OFF_CONFIG + *n * 24;

    memcpy(e, guid, 16); /* little-endian host: the fields are as UEFI stores them */
    stle64(e + 16, pa);
    ++*n;
}

static unsigned put_configs(uint8_t *blob, const EfiConfig *cfg, uint64_t base_pa)
{
    unsigned n = 0;

    put_config(blob, &n, &guid_acpi20, cfg->rsdp_pa);
    /* Runtime services: version 1, length 8, none supported. */
    stle16(blob + OFF_RT_PROPERTIES, 1);
    stle16(blob + OFF_RT_PROPERTIES + 2, 8);
    put_config(blob, &n, &guid_rt_properties, base_pa + OFF_RT_PROPERTIES);
    put_config(blob, &n, &guid_memreserve, base_pa + OFF_MEMRESERVE); /* an empty list */
    return n;
}

static void put_system_table(uint8_t *st, uint64_t base_pa, unsigned n_config)
{
    memcpy(st, "IBI SYST", 8);
    stle32(st + 8, 0x00020046);                  /* UEFI 2.7 */
    stle32(st + 12, SYSTEM_TABLE_BYTES);
    stle64(st + 24, base_pa + OFF_VENDOR);
    stle32(st + 32, 1);
    stle64(st + 104, n_config);
    stle64(st + 112, base_pa + OFF_CONFIG);
    stle32(st + 16, crc32_of(st, SYSTEM_TABLE_BYTES));
}

/* One descriptor over [start, end); nothing for an empty range. */
static void put_desc(uint8_t *mmap, unsigned *n, unsigned type, uint64_t start, uint64_t end)
{
    uint8_t *d = mmap + *n * DESC_BYTES;

    if (start == end) {
        return;
    }
    assert(start < end && !((start | end) & 0xffff));
    stle32(d, type);
    stle64(d + 8, start);
    stle64(d + 24, (end - start) >> 12);
    stle64(d + 32, EFI_MEMORY_WB);
    ++*n;
}

static unsigned put_memory_map(uint8_t *mmap, const EfiConfig *cfg, uint64_t base_pa)
{
    uint64_t ram_end = cfg->ram_base_pa + cfg->ram_bytes;
    struct { uint64_t start, end; } keep[2] = {
        { base_pa, base_pa + EFI_BLOB_BYTES },
        { cfg->acpi_pa, cfg->acpi_pa + align_up(cfg->acpi_bytes, 0x10000) },
    };
    unsigned first = keep[0].start < keep[1].start ? 0 : 1, n = 0;
    uint64_t at = cfg->ram_base_pa;

    for (unsigned i = 0; i < 2; i++) {
        unsigned k = i ? !first : first;
        put_desc(mmap, &n, EFI_CONVENTIONAL, at, keep[k].start);
        put_desc(mmap, &n, EFI_ACPI_RECLAIM, keep[k].start, keep[k].end);
        at = keep[k].end;
    }
    put_desc(mmap, &n, EFI_CONVENTIONAL, at, align_down(ram_end, 0x10000));
    return n;
}

GByteArray *efi_build(const EfiConfig *cfg, uint64_t base_pa, EfiHandoff *handoff)
{
    static const char vendor[] = "sparecore";
    GByteArray *a = g_byte_array_new();

    g_byte_array_set_size(a, BLOB_USED);
    memset(a->data, 0, BLOB_USED);
    for (size_t i = 0; i < sizeof(vendor); i++) {
        stle16(a->data + OFF_VENDOR + 2 * i, vendor[i]);
    }
    unsigned n_config = put_configs(a->data, cfg, base_pa);
    put_system_table(a->data + OFF_SYSTEM_TABLE, base_pa, n_config);
    unsigned n_desc = put_memory_map(a->data + OFF_MMAP, cfg, base_pa);
    *handoff = (EfiHandoff) {
        .system_table_pa = base_pa + OFF_SYSTEM_TABLE, .mmap_pa = base_pa + OFF_MMAP,
        .mmap_bytes = n_desc * DESC_BYTES, .mmap_desc_bytes = DESC_BYTES, .mmap_desc_version = 1,
        .secure_boot = 2,
    };
    return a;
}
