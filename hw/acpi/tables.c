/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The static tables (ACPI 6.5, chapter 5) and the blob that holds them all. */
#include "hw/acpi/tables.h"

#include <assert.h>
#include <string.h>

#include "dsdt.h"
#include "util/bits.h"

#define HEADER_BYTES 36
#define TABLE_ALIGN  64
#define OEM_ID       "SPARE "
#define OEM_TABLE_ID "SPARECOR"

/* -- Bytes -- */

static void put8(GByteArray *a, uint8_t v) { g_byte_array_append(a, &v, 1); }

static void put16(GByteArray *a, uint16_t v)
{
    uint8_t b[2];
    stle16(b, v);
    g_byte_array_append(a, b, 2);
}

static void put32(GByteArray *a, uint32_t v)
{
    uint8_t b[4];
    stle32(b, v);
    g_byte_array_append(a, b, 4);
}

static void put64(GByteArray *a, uint64_t v)
{
    uint8_t b[8];
    stle64(b, v);
    g_byte_array_append(a, b, 8);
}

static void put_zeros(GByteArray *a, unsigned n)
{
    while (n--) {
        put8(a, 0);
    }
}

static uint8_t checksum(const uint8_t *p, size_t n)
{
    uint8_t sum = 0;

    while (n--) {
        sum += *p++;
    }
    return -sum;
}

/* Generic Address Structure for a 32-bit MMIO register. */
static void put_gas32(GByteArray *a, uint64_t pa)
{
    put8(a, 0);     /* SystemMemory */
    put8(a, 32);
    put8(a, 0);
    put8(a, 3);     /* dword access */
    put64(a, pa);
}

/* -- The blob: tables one after the other, their addresses for the XSDT -- */

typedef struct Blob {
    GByteArray *bytes;
    uint64_t base_pa;
    uint64_t table_pa[16];
    unsigned n_tables;
    unsigned start;           /* of the table being written */
} Blob;

static void table_begin(Blob *b, const char *signature, unsigned revision)
{
    while (b->bytes->len % TABLE_ALIGN) {
        put8(b->bytes, 0);
    }
    b->start = b->bytes->len;
    g_byte_array_append(b->bytes, (const uint8_t *)signature, 4);
    put32(b->bytes, 0);       /* length, later */
    put8(b->bytes, revision);
    put8(b->bytes, 0);        /* checksum, later */
    g_byte_array_append(b->bytes, (const uint8_t *)OEM_ID, 6);
    g_byte_array_append(b->bytes, (const uint8_t *)OEM_TABLE_ID, 8);
    put32(b->bytes, 1);
    g_byte_array_append(b->bytes, (const uint8_t *)"SPCR", 4);
    put32(b->bytes, 1);
}

static uint64_t table_end(Blob *b)
{
    uint8_t *table = b->bytes->data + b->start;
    unsigned len = b->bytes->len - b->start;

    stle32(table + 4, len);
    table[9] = checksum(table, len);
    return b->base_pa + b->start;
}

static void table_list(Blob *b, uint64_t pa)
{
    assert(b->n_tables < ARRAY_SIZE(b->table_pa));
    b->table_pa[b->n_tables++] = pa;
}

/* -- FADT (5.2.9) -- */

static void fadt(Blob *b, const AcpiConfig *cfg, uint64_t dsdt_pa)
{
    GByteArray *a = b->bytes;

    table_begin(b, "FACP", 6);
    put_zeros(a, 112 - HEADER_BYTES);
    put32(a, 1u << 20);                          /* 112: HW_REDUCED_ACPI */
    put_zeros(a, 129 - 116);
    put16(a, 1 | cfg->psci_hvc << 1);            /* 129: PSCI compliant, HVC */
    put8(a, 3);                                  /* 131: minor version */
    put_zeros(a, 140 - 132);
    put64(a, dsdt_pa);                           /* 140: X_DSDT */
    put_zeros(a, 276 - 148);
    table_list(b, table_end(b));
}

/* -- MADT (5.2.12) -- */

#define GICC_ENABLED         1u
#define GICC_ONLINE_CAPABLE  (1u << 3)

static void madt_gicc(GByteArray *a, const AcpiConfig *cfg, unsigned uid)
{
    const AcpiCpu *cpu = &cfg->cpus[uid];

    put8(a, 0x0b);
    put8(a, 80);
    put16(a, 0);
    put32(a, uid);                               /* CPU interface number */
    put32(a, uid);                               /* processor UID */
    put32(a, cpu->enabled ? GICC_ENABLED : GICC_ONLINE_CAPABLE);
    put32(a, 0);                                 /* parking protocol */
    put32(a, cfg->pmu_gsiv);
    put_zeros(a, 8 * 4 + 4);                     /* parked address, GICC, GICV, GICH, maintenance */
    /* Redistributors are described by regions only: one named here would be inaccessible to the
     * guest while the CPU is not enabled, and could then never be used. */
    put64(a, 0);
    put64(a, cpu->mpidr);
    put_zeros(a, 4);                             /* efficiency class, reserved, SPE */
}

static void madt(Blob *b, const AcpiConfig *cfg)
{
    GByteArray *a = b->bytes;

    table_begin(b, "APIC", 4);
    put32(a, 0);
    put32(a, 0);
    put8(a, 0x0c);                               /* GICD */
    put8(a, 24);
    put16(a, 0);
    put32(a, 0);
    put64(a, cfg->gicd_pa);
    put32(a, 0);
    put8(a, 3);
    put_zeros(a, 3);
    for (unsigned i = 0; i < cfg->n_cpus; i++) {
        madt_gicc(a, cfg, i);
    }
    for (unsigned i = 0; i < cfg->n_gicr; i++) {
        put8(a, 0x0e);                           /* GICR */
        put8(a, 16);
        put16(a, 0);
        put64(a, cfg->gicr[i].base_pa);
        put32(a, cfg->gicr[i].bytes);
    }
    table_list(b, table_end(b));
}

/* -- GTDT (5.2.25) -- */

static void gtdt_timer(GByteArray *a, unsigned gsiv, unsigned flags)
{
    put32(a, gsiv);
    put32(a, flags);
}

static void gtdt(Blob *b)
{
    GByteArray *a = b->bytes;

    table_begin(b, "GTDT", 3);
    put64(a, UINT64_MAX);                        /* no memory-mapped counter */
    put32(a, 0);
    gtdt_timer(a, 29, 0);                        /* secure EL1; level, active high */
    gtdt_timer(a, 30, 4);                        /* non-secure EL1: always on */
    gtdt_timer(a, 27, 0);                        /* virtual */
    gtdt_timer(a, 26, 0);                        /* EL2 */
    put64(a, UINT64_MAX);
    put_zeros(a, 16);                            /* no platform timers, no virtual EL2 timer */
    table_list(b, table_end(b));
}

/* -- PPTT (5.2.30) -- */

enum { PPTT_PACKAGE = 1, PPTT_ID_VALID = 2, PPTT_THREAD = 4, PPTT_LEAF = 8 };

/* Every node's offset from the table's start is its name for the others; 0: none. */
static uint32_t pptt_node(Blob *b, uint32_t flags, uint32_t parent, uint32_t id)
{
    uint32_t at = b->bytes->len - b->start;

    put8(b->bytes, 0);
    put8(b->bytes, 20);
    put16(b->bytes, 0);
    put32(b->bytes, flags);
    put32(b->bytes, parent);
    put32(b->bytes, id);
    put32(b->bytes, 0);
    return at;
}

/* Attributes: allocates on reads (and writes), type in bits 3:2, write-back. */
enum { PPTT_DATA = 0x02, PPTT_INSTRUCTION = 0x04, PPTT_UNIFIED = 0x0a };
#define PPTT_CACHE_ALL_VALID 0x7f

static uint32_t pptt_cache(Blob *b, const AcpiCache *c, uint8_t attributes, uint32_t next_level)
{
    uint32_t at = b->bytes->len - b->start;

    put8(b->bytes, 1);
    put8(b->bytes, 24);
    put16(b->bytes, 0);
    put32(b->bytes, PPTT_CACHE_ALL_VALID);
    put32(b->bytes, next_level);
    put32(b->bytes, c->bytes);
    put32(b->bytes, c->sets);
    put8(b->bytes, c->bytes / (c->sets * c->line_bytes));      /* ways */
    put8(b->bytes, attributes);
    put16(b->bytes, c->line_bytes);
    return at;
}

/* Structures of the caches that every core has; alike, so that all cores name the same ones. */
typedef struct PpttCaches { uint32_t l1d, l1i; } PpttCaches;

static uint32_t pptt_core(Blob *b, uint32_t flags, uint32_t parent, uint32_t id,
                          const PpttCaches *caches)
{
    uint32_t at = pptt_node(b, flags, parent, id);
    uint8_t *node = b->bytes->data + b->start + at;

    if (caches->l1d) {
        node[1] += 8;
        node[16] = 2;                            /* private resources */
        put32(b->bytes, caches->l1d);
        put32(b->bytes, caches->l1i);
    }
    return at;
}

static void pptt(Blob *b, const AcpiConfig *cfg)
{
    uint32_t socket = 0, cluster = 0, core = 0;
    PpttCaches caches = { 0, 0 };

    table_begin(b, "PPTT", 2);
    if (cfg->l2.bytes) {
        uint32_t l2 = pptt_cache(b, &cfg->l2, PPTT_UNIFIED, 0);
        caches.l1d = pptt_cache(b, &cfg->l1d, PPTT_DATA, l2);
        caches.l1i = pptt_cache(b, &cfg->l1i, PPTT_INSTRUCTION, l2);
    }
    for (unsigned i = 0; i < cfg->n_cpus; i++) {
        const AcpiCpu *c = &cfg->cpus[i], *last = i ? &cfg->cpus[i - 1] : NULL;
        bool new_socket = !last || c->socket_id != last->socket_id;
        bool new_cluster = new_socket || c->cluster_id != last->cluster_id;
        bool new_core = new_cluster || c->core_id != last->core_id;
        if (new_socket) {
            socket = cluster = pptt_node(b, PPTT_PACKAGE, 0, c->socket_id);
        }
        if (cfg->has_clusters && new_cluster) {
            cluster = pptt_node(b, 0, socket, c->cluster_id);
        }
        if (cfg->threads == 1) {
            pptt_core(b, PPTT_ID_VALID | PPTT_LEAF, cluster, i, &caches);
            continue;
        }
        if (new_core) {
            core = pptt_core(b, 0, cluster, c->core_id, &caches);
        }
        pptt_node(b, PPTT_ID_VALID | PPTT_THREAD | PPTT_LEAF, core, i);
    }
    table_list(b, table_end(b));
}

/* -- SPCR revision 2, DBG2 -- */

static void spcr(Blob *b, const AcpiConfig *cfg)
{
    GByteArray *a = b->bytes;

    table_begin(b, "SPCR", 2);
    put8(a, 3);                                  /* Arm PL011 */
    put_zeros(a, 3);
    put_gas32(a, cfg->uart.mmio[0].base_pa);
    put8(a, 8);                                  /* GIC interrupt */
    put8(a, 0);
    put32(a, cfg->uart.irq[0].intid);
    put8(a, 3);                                  /* 9600 baud, as configured by firmware */
    put8(a, 0);                                  /* no parity */
    put8(a, 1);                                  /* one stop bit */
    put8(a, 2);                                  /* RTS/CTS */
    put16(a, 0);                                 /* VT100, reserved */
    put16(a, 0xffff);                            /* not a PCI device */
    put16(a, 0xffff);
    put_zeros(a, 80 - 68);
    table_list(b, table_end(b));
}

static void dbg2(Blob *b, const AcpiConfig *cfg)
{
    static const char name[] = "COM0";
    GByteArray *a = b->bytes;

    table_begin(b, "DBG2", 0);
    put32(a, 44);                                /* offset of the first device */
    put32(a, 1);
    put8(a, 0);
    put16(a, 22 + 12 + 4 + sizeof(name));
    put8(a, 1);                                  /* one register */
    put16(a, sizeof(name));
    put16(a, 38);                                /* offset of the name */
    put32(a, 0);                                 /* no OEM data */
    put16(a, 0x8000);                            /* serial */
    put16(a, 3);                                 /* Arm PL011 */
    put16(a, 0);
    put16(a, 22);                                /* offset of the address */
    put16(a, 34);                                /* offset of the size */
    put_gas32(a, cfg->uart.mmio[0].base_pa);
    put32(a, cfg->uart.mmio[0].size_bytes);
    g_byte_array_append(a, (const uint8_t *)name, sizeof(name));
    table_list(b, table_end(b));
}

/* -- Roots (5.2.5, 5.2.8) -- */

static uint64_t xsdt(Blob *b)
{
    table_begin(b, "XSDT", 1);
    for (unsigned i = 0; i < b->n_tables; i++) {
        put64(b->bytes, b->table_pa[i]);
    }
    return table_end(b);
}

static uint64_t rsdp(Blob *b, uint64_t xsdt_pa)
{
    GByteArray *a = b->bytes;

    while (a->len % TABLE_ALIGN) {
        put8(a, 0);
    }
    unsigned start = a->len;
    g_byte_array_append(a, (const uint8_t *)"RSD PTR ", 8);
    put8(a, 0);                                  /* checksum of the first 20 bytes */
    g_byte_array_append(a, (const uint8_t *)OEM_ID, 6);
    put8(a, 2);
    put32(a, 0);                                 /* no RSDT */
    put32(a, 36);
    put64(a, xsdt_pa);
    put8(a, 0);                                  /* checksum of all */
    put_zeros(a, 3);
    a->data[start + 8] = checksum(a->data + start, 20);
    a->data[start + 32] = checksum(a->data + start, 36);
    return b->base_pa + start;
}

GByteArray *acpi_build(const AcpiConfig *cfg, uint64_t base_pa, uint64_t *rsdp_pa)
{
    Blob b = { .bytes = g_byte_array_new(), .base_pa = base_pa };

    table_begin(&b, "DSDT", 2);
    dsdt_build(cfg, b.bytes);
    uint64_t dsdt_pa = table_end(&b);
    fadt(&b, cfg, dsdt_pa);
    madt(&b, cfg);
    pptt(&b, cfg);
    gtdt(&b);
    spcr(&b, cfg);
    dbg2(&b, cfg);
    *rsdp_pa = rsdp(&b, xsdt(&b));
    return b.bytes;
}
