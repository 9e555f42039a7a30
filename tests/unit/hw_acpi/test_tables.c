/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The static tables, read back field by field as a guest does (ACPI 6.5, chapter 5). */
#include <glib.h>
#include <string.h>

#include "hw/acpi/tables.h"
#include "util/bits.h"

#define BASE 0x7fe40000u
#define MAX_TABLES 16

/* -- A machine, and its tables found by the RSDP alone -- */

typedef struct Setup {
    unsigned n_cpus, n_cold;
    unsigned sockets, clusters, cores, threads;
    bool has_clusters, smc, pmu, no_hotplug, caches;
    unsigned gicr_frames[2];             /* [1] == 0: one region */
} Setup;

typedef struct Tables {
    GByteArray *blob;
    uint64_t rsdp_pa;
    unsigned n;
    struct { char sig[5]; const uint8_t *p; uint32_t len; } table[MAX_TABLES];
} Tables;

static const uint8_t *at(const Tables *t, uint64_t pa, uint64_t bytes)
{
    g_assert_cmphex(pa, >=, BASE);
    g_assert_cmphex(pa + bytes, <=, BASE + t->blob->len);
    return t->blob->data + (pa - BASE);
}

static unsigned sum(const uint8_t *p, size_t n)
{
    uint8_t s = 0;

    while (n--) {
        s += *p++;
    }
    return s;
}

static void add_table(Tables *t, uint64_t pa)
{
    const uint8_t *p = at(t, pa, 36);
    uint32_t len = ldle32(p + 4);

    at(t, pa, len);
    g_assert_cmphex(pa % 8, ==, 0);
    g_assert_cmpuint(t->n, <, MAX_TABLES);
    memcpy(t->table[t->n].sig, p, 4);
    t->table[t->n].p = p;
    t->table[t->n++].len = len;
    g_test_message("%.4s: %u bytes", p, len);
    g_assert_cmphex(sum(p, len), ==, 0);
}

static const uint8_t *find(const Tables *t, const char *sig, uint32_t *len)
{
    for (unsigned i = 0; i < t->n; i++) {
        if (!strcmp(t->table[i].sig, sig)) {
            *len = t->table[i].len;
            return t->table[i].p;
        }
    }
    g_error("no table %s", sig);
}

static void make(Tables *t, const Setup *s)
{
    g_autofree AcpiCpu *cpus = g_new0(AcpiCpu, s->n_cpus);
    HwDesc uart = {
        .acpi_name = "COM0", .acpi_hid = "ARMH0011", .mmio = { { 0x09000000, 0x1000 } },
        .n_mmio = 1, .irq = { { 33, IRQ_LEVEL_HIGH } }, .n_irq = 1,
    };

    for (unsigned i = 0; i < s->n_cpus; i++) {
        cpus[i] = (AcpiCpu) {
            .mpidr = i % 16 | (i / 16) << 8, .enabled = i < s->n_cold, .thread_id = i % s->threads,
            .core_id = i / s->threads % s->cores,
            .cluster_id = i / (s->threads * s->cores) % s->clusters,
            .socket_id = i / (s->threads * s->cores * s->clusters),
        };
    }
    AcpiConfig cfg = {
        .cpus = cpus, .n_cpus = s->n_cpus, .has_clusters = s->has_clusters, .threads = s->threads,
        .gicd_pa = 0x08000000, .n_gicr = s->gicr_frames[1] ? 2 : 1,
        .gicr = { { 0x080a0000, s->gicr_frames[0] * 0x20000 },
                  { UINT64_C(0x4000000000), s->gicr_frames[1] * 0x20000 } },
        .pmu_gsiv = s->pmu ? 23 : 0, .psci_hvc = !s->smc, .devices = &uart, .n_devices = 1,
        .uart = uart, .ged = { 0x09080000, 4 }, .ged_gsiv = 41,
        .cpuhp = { 0x090c0000, s->no_hotplug ? 0 : 12 },
    };
    if (s->caches) {
        cfg.l1d = (AcpiCache) { 32 * 1024, 64, 256 };
        cfg.l1i = (AcpiCache) { 48 * 1024, 64, 256 };
        cfg.l2 = (AcpiCache) { 2048 * 1024, 64, 2048 };
    }
    *t = (Tables) { .blob = acpi_build(&cfg, BASE, &t->rsdp_pa), .rsdp_pa = t->rsdp_pa };
    const uint8_t *rsdp = at(t, t->rsdp_pa, 36);
    const uint8_t *xsdt = at(t, ldle64(rsdp + 24), 36);
    for (uint32_t off = 36; off < ldle32(xsdt + 4); off += 8) {
        add_table(t, ldle64(xsdt + off));
    }
}

static void drop(Tables *t) { g_byte_array_free(t->blob, TRUE); }

static const Setup small = { 4, 2, 1, 1, 4, 1, .gicr_frames = { 123 } };

/* -- Roots -- */

static void test_rsdp(void)
{
    Tables t;

    make(&t, &small);
    const uint8_t *p = at(&t, t.rsdp_pa, 36);
    g_assert_cmpmem(p, 8, "RSD PTR ", 8);
    g_assert_cmphex(t.rsdp_pa % 16, ==, 0);
    g_assert_cmphex(sum(p, 20), ==, 0);
    g_assert_cmphex(sum(p, 36), ==, 0);
    g_assert_cmpuint(p[15], ==, 2);
    g_assert_cmphex(ldle32(p + 16), ==, 0);
    g_assert_cmpuint(ldle32(p + 20), ==, 36);
    g_assert_cmphex(ldle32(p + 32) & 0xffffff00, ==, 0);
    drop(&t);
}

static void test_xsdt(void)
{
    static const struct { const char *sig; unsigned revision; } want[] = {
        { "FACP", 6 }, { "APIC", 4 }, { "PPTT", 2 }, { "GTDT", 3 }, { "SPCR", 2 }, { "DBG2", 0 },
    };
    Tables t;

    make(&t, &small);
    const uint8_t *xsdt = at(&t, ldle64(at(&t, t.rsdp_pa, 36) + 24), 36);
    g_assert_cmpmem(xsdt, 4, "XSDT", 4);
    g_assert_cmphex(sum(xsdt, ldle32(xsdt + 4)), ==, 0);
    g_assert_cmpuint(xsdt[8], ==, 1);
    g_assert_cmpuint(t.n, ==, ARRAY_SIZE(want));
    for (unsigned i = 0; i < t.n; i++) {
        g_assert_cmpstr(t.table[i].sig, ==, want[i].sig);
        g_assert_cmpuint(t.table[i].p[8], ==, want[i].revision);
        g_assert_cmpmem(t.table[i].p + 10, 6, xsdt + 10, 6);      /* one OEM in all of them */
        g_assert_cmpmem(t.table[i].p + 16, 8, xsdt + 16, 8);
    }
    drop(&t);
}

/* -- FADT -- */

static void check_fadt(bool smc, unsigned arm_flags)
{
    Setup s = small;
    Tables t;
    uint32_t len;

    s.smc = smc;
    make(&t, &s);
    const uint8_t *p = find(&t, "FACP", &len);
    g_assert_cmpuint(len, ==, 276);
    g_assert_cmphex(ldle32(p + 36), ==, 0);                       /* no FACS, */
    g_assert_cmphex(ldle32(p + 40), ==, 0);                       /* no 32-bit DSDT pointer */
    g_assert_cmphex(ldle32(p + 112), ==, 1u << 20);               /* hardware-reduced */
    g_assert_cmphex(ldle16(p + 129), ==, arm_flags);
    g_assert_cmpuint(p[131], ==, 3);
    g_assert_cmphex(ldle64(p + 132), ==, 0);
    const uint8_t *dsdt = at(&t, ldle64(p + 140), 36);
    g_assert_cmpmem(dsdt, 4, "DSDT", 4);
    g_assert_cmpuint(dsdt[8], ==, 2);                             /* 64-bit integers */
    at(&t, ldle64(p + 140), ldle32(dsdt + 4));
    g_assert_cmphex(sum(dsdt, ldle32(dsdt + 4)), ==, 0);
    drop(&t);
}

static void test_fadt(void)
{
    check_fadt(false, 3);       /* PSCI by HVC */
    check_fadt(true, 1);        /* PSCI by SMC */
}

/* -- MADT -- */

static void check_gicc(const uint8_t *p, const Setup *s, unsigned i)
{
    g_test_message("GICC %u", i);
    g_assert_cmphex(p[0], ==, 0x0b);
    g_assert_cmpuint(p[1], ==, 80);
    g_assert_cmphex(ldle16(p + 2), ==, 0);
    g_assert_cmpuint(ldle32(p + 4), ==, i);
    g_assert_cmpuint(ldle32(p + 8), ==, i);
    /* Enabled and Online Capable exclude each other. */
    g_assert_cmphex(ldle32(p + 12), ==, i < s->n_cold ? 1 : 8);
    g_assert_cmpuint(ldle32(p + 16), ==, 0);
    g_assert_cmpuint(ldle32(p + 20), ==, s->pmu ? 23 : 0);
    for (unsigned off = 24; off < 68; off += 4) {
        /* Parked address, GICC, GICV, GICH, maintenance interrupt; above all no GICR base. */
        g_assert_cmphex(ldle32(p + off), ==, 0);
    }
    g_assert_cmphex(ldle64(p + 68), ==, i % 16 | (i / 16) << 8);
    g_assert_cmphex(ldle32(p + 76), ==, 0);
}

static void check_madt(const Setup *s)
{
    unsigned n_gicr = s->gicr_frames[1] ? 2 : 1;
    Tables t;
    uint32_t len;

    make(&t, s);
    const uint8_t *p = find(&t, "APIC", &len);
    g_assert_cmpuint(len, ==, 44 + 24 + 80 * s->n_cpus + 16 * n_gicr);
    g_assert_cmphex(ldle64(p + 36), ==, 0);
    p += 44;
    g_assert_cmphex(p[0], ==, 0x0c);                              /* GICD */
    g_assert_cmpuint(p[1], ==, 24);
    g_assert_cmphex(ldle16(p + 2), ==, 0);
    g_assert_cmphex(ldle32(p + 4), ==, 0);
    g_assert_cmphex(ldle64(p + 8), ==, 0x08000000);
    g_assert_cmphex(ldle32(p + 16), ==, 0);
    g_assert_cmphex(ldle32(p + 20), ==, 3);                       /* GICv3 */
    p += 24;
    for (unsigned i = 0; i < s->n_cpus; i++, p += 80) {
        check_gicc(p, s, i);
    }
    static const uint64_t base[2] = { 0x080a0000, UINT64_C(0x4000000000) };
    for (unsigned i = 0; i < n_gicr; i++, p += 16) {
        g_assert_cmphex(p[0], ==, 0x0e);
        g_assert_cmpuint(p[1], ==, 16);
        g_assert_cmphex(ldle16(p + 2), ==, 0);
        g_assert_cmphex(ldle64(p + 4), ==, base[i]);
        g_assert_cmphex(ldle32(p + 12), ==, s->gicr_frames[i] * 0x20000);
    }
    drop(&t);
}

static void test_madt(void)
{
    static const Setup setups[] = {
        { 1, 1, 1, 1, 1, 1, .gicr_frames = { 123 }, .no_hotplug = true },
        { 2, 2, 1, 1, 2, 1, .gicr_frames = { 123 }, .pmu = true, .no_hotplug = true },
        { 16, 1, 1, 1, 16, 1, .gicr_frames = { 123 } },
        { 17, 16, 1, 1, 17, 1, .gicr_frames = { 123 }, .pmu = true },
        { 123, 4, 1, 1, 123, 1, .gicr_frames = { 123 } },
        { 124, 4, 1, 1, 124, 1, .gicr_frames = { 123, 1 } },
        { 512, 1, 1, 1, 512, 1, .gicr_frames = { 123, 389 } },
    };

    for (size_t i = 0; i < ARRAY_SIZE(setups); i++) {
        g_test_message("%u CPUs, %u cold", setups[i].n_cpus, setups[i].n_cold);
        check_madt(&setups[i]);
    }
}

/* -- PPTT: the tree as text: one line a node, "flags parent id" with the parent's line number -- */

typedef struct Tree { const char *name; Setup s; const char *want; } Tree;

static const Tree trees[] = {
    { "1 socket, 3 cores", { 3, 1, 1, 1, 3, 1 },
      "1:- 0\n" "a:0 0\n" "a:0 1\n" "a:0 2\n" },
    { "2 sockets, 2 cores", { 4, 1, 2, 1, 2, 1 },
      "1:- 0\n" "a:0 0\n" "a:0 1\n" "1:- 1\n" "a:3 2\n" "a:3 3\n" },
    { "2 clusters given", { 4, 4, 1, 2, 2, 1, .has_clusters = true },
      "1:- 0\n" "0:0 0\n" "a:1 0\n" "a:1 1\n" "0:0 1\n" "a:4 2\n" "a:4 3\n" },
    { "2 threads", { 4, 2, 1, 1, 2, 2 },
      "1:- 0\n" "0:0 0\n" "e:1 0\n" "e:1 1\n" "0:0 1\n" "e:4 2\n" "e:4 3\n" },
    { "sockets, clusters, threads", { 8, 1, 2, 2, 1, 2, .has_clusters = true },
      "1:- 0\n" "0:0 0\n" "0:1 0\n" "e:2 0\n" "e:2 1\n" "0:0 1\n" "0:5 0\n" "e:6 2\n" "e:6 3\n"
      "1:- 1\n" "0:9 0\n" "0:10 0\n" "e:11 4\n" "e:11 5\n" "0:9 1\n" "0:14 0\n" "e:15 6\n"
      "e:15 7\n" },
    { "one core a socket", { 2, 1, 2, 1, 1, 1 }, "1:- 0\n" "a:0 0\n" "1:- 1\n" "a:2 1\n" },
};

static void test_pptt(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
        GString *got = g_string_new(NULL);
        Setup s = trees[i].s;
        Tables t;
        uint32_t len;

        s.gicr_frames[0] = 123;
        make(&t, &s);
        const uint8_t *p = find(&t, "PPTT", &len);
        g_assert_cmpuint((len - 36) % 20, ==, 0);
        for (uint32_t off = 36; off < len; off += 20) {
            const uint8_t *n = p + off;
            uint32_t parent = ldle32(n + 8);
            g_assert_cmpuint(n[0], ==, 0);
            g_assert_cmpuint(n[1], ==, 20);
            g_assert_cmphex(ldle16(n + 2), ==, 0);
            g_assert_cmpuint(ldle32(n + 16), ==, 0);
            g_string_append_printf(got, "%x:", ldle32(n + 4));
            if (parent) {
                g_assert_cmpuint(parent, <, off);
                g_assert_cmpuint((parent - 36) % 20, ==, 0);
                g_string_append_printf(got, "%u", (parent - 36) / 20);
            } else {
                g_string_append_c(got, '-');
            }
            g_string_append_printf(got, " %u\n", ldle32(n + 12));
        }
        g_test_message("%s", trees[i].name);
        g_assert_cmpstr(got->str, ==, trees[i].want);
        g_string_free(got, TRUE);
        drop(&t);
    }
}

/* Three caches first, then the cores' nodes, each with the two of level 1. */
static void test_pptt_caches(void)
{
    static const struct { unsigned next, bytes, sets, ways, attributes; } want[] = {
        { 0, 2048 * 1024, 2048, 16, 0x0a }, { 36, 32 * 1024, 256, 2, 0x02 },
        { 36, 48 * 1024, 256, 3, 0x04 },
    };

    for (unsigned threads = 1; threads <= 2; threads++) {
        Setup s = { 4, 4, 1, 1, 4 / threads, threads, .gicr_frames = { 123 }, .caches = true };
        unsigned with_caches = 0;
        Tables t;
        uint32_t len;

        make(&t, &s);
        const uint8_t *p = find(&t, "PPTT", &len);
        for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
            const uint8_t *c = p + 36 + 24 * i;
            g_assert_cmphex(ldle32(c), ==, 0x1801);
            g_assert_cmphex(ldle32(c + 4), ==, 0x7f);
            g_assert_cmpuint(ldle32(c + 8), ==, want[i].next);
            g_assert_cmpuint(ldle32(c + 12), ==, want[i].bytes);
            g_assert_cmpuint(ldle32(c + 16), ==, want[i].sets);
            g_assert_cmpuint(c[20], ==, want[i].ways);
            g_assert_cmphex(c[21], ==, want[i].attributes);
            g_assert_cmpuint(ldle16(c + 22), ==, 64);
        }
        uint32_t off = 36 + 3 * 24;
        for (; off < len; off += p[off + 1]) {
            bool core = ldle32(p + off + 4) == (threads == 1 ? 0xa : 0);
            g_assert_cmpuint(p[off], ==, 0);
            g_assert_cmpuint(p[off + 1], ==, core ? 28 : 20);
            g_assert_cmpuint(ldle32(p + off + 16), ==, core ? 2 : 0);
            if (core) {
                g_assert_cmpuint(ldle32(p + off + 20), ==, 36 + 24);
                g_assert_cmpuint(ldle32(p + off + 24), ==, 36 + 48);
                with_caches++;
            }
        }
        g_assert_cmpuint(off, ==, len);
        g_assert_cmpuint(with_caches, ==, 4 / threads);
        drop(&t);
    }
}

/* -- GTDT, SPCR, DBG2 -- */

static void test_gtdt(void)
{
    static const struct { unsigned gsiv, flags; } timers[] = {
        { 29, 0 }, { 30, 4 }, { 27, 0 }, { 26, 0 },     /* the physical one is always on */
    };
    Tables t;
    uint32_t len;

    make(&t, &small);
    const uint8_t *p = find(&t, "GTDT", &len);
    g_assert_cmpuint(len, ==, 104);
    g_assert_cmphex(ldle64(p + 36), ==, UINT64_MAX);
    for (size_t i = 0; i < ARRAY_SIZE(timers); i++) {
        g_assert_cmpuint(ldle32(p + 48 + 8 * i), ==, timers[i].gsiv);
        g_assert_cmphex(ldle32(p + 52 + 8 * i), ==, timers[i].flags);
    }
    g_assert_cmphex(ldle64(p + 80), ==, UINT64_MAX);
    g_assert_cmphex(ldle64(p + 88), ==, 0);
    g_assert_cmphex(ldle64(p + 96), ==, 0);
    drop(&t);
}

static void check_gas(const uint8_t *p)
{
    static const uint8_t want[4] = { 0, 32, 0, 3 };      /* memory, 32 bits, dword accesses */

    g_assert_cmpmem(p, 4, want, 4);
    g_assert_cmphex(ldle64(p + 4), ==, 0x09000000);
}

static void test_spcr(void)
{
    Tables t;
    uint32_t len;

    make(&t, &small);
    const uint8_t *p = find(&t, "SPCR", &len);
    g_assert_cmpuint(len, ==, 80);
    g_assert_cmphex(ldle32(p + 36), ==, 3);              /* PL011 */
    check_gas(p + 40);
    g_assert_cmphex(p[52], ==, 8);                       /* a GIC interrupt, no PIC one */
    g_assert_cmphex(p[53], ==, 0);
    g_assert_cmpuint(ldle32(p + 54), ==, 33);
    g_assert_cmphex(ldle32(p + 58), ==, 0x02010003);     /* 9600 baud, 1 stop bit, RTS/CTS */
    g_assert_cmphex(ldle16(p + 62), ==, 0);
    g_assert_cmphex(ldle32(p + 64), ==, 0xffffffff);     /* not PCI */
    for (unsigned off = 68; off < 80; off++) {
        g_assert_cmphex(p[off], ==, 0);
    }
    drop(&t);
}

static void test_dbg2(void)
{
    Tables t;
    uint32_t len;

    make(&t, &small);
    const uint8_t *p = find(&t, "DBG2", &len);
    g_assert_cmpuint(ldle32(p + 36), ==, 44);
    g_assert_cmpuint(ldle32(p + 40), ==, 1);
    const uint8_t *d = p + 44;
    g_assert_cmpuint(d[0], ==, 0);
    g_assert_cmpuint(ldle16(d + 1), ==, len - 44);
    g_assert_cmpuint(d[3], ==, 1);
    unsigned name_len = ldle16(d + 4), name_off = ldle16(d + 6);
    g_assert_cmpuint(name_off + name_len, ==, len - 44);
    g_assert_cmpstr((const char *)d + name_off, ==, "COM0");
    g_assert_cmpuint(strlen((const char *)d + name_off) + 1, ==, name_len);
    g_assert_cmphex(ldle32(d + 8), ==, 0);               /* no OEM data */
    g_assert_cmphex(ldle16(d + 12), ==, 0x8000);         /* serial, */
    g_assert_cmphex(ldle16(d + 14), ==, 3);              /* PL011 */
    g_assert_cmphex(ldle16(d + 16), ==, 0);
    check_gas(d + ldle16(d + 18));
    g_assert_cmphex(ldle32(d + ldle16(d + 20)), ==, 0x1000);
    drop(&t);
}

/* -- The blob -- */

/* No two tables overlap, and room for 512 CPUs is what virt_boot.c sets aside. */
static void test_sizes(void)
{
    Setup s = { 512, 1, 2, 4, 32, 2, .has_clusters = true, .gicr_frames = { 123, 389 } };
    Tables t;

    make(&t, &s);
    for (unsigned i = 0; i < t.n; i++) {
        for (unsigned j = 0; j < t.n; j++) {
            g_assert_true(i == j || t.table[i].p + t.table[i].len <= t.table[j].p
                          || t.table[j].p + t.table[j].len <= t.table[i].p);
        }
    }
    g_assert_cmpuint(t.blob->len, <=, 128 * 1024 + 512 * 512);
    drop(&t);
}

/* The same machine gives the same bytes: tables that are written anew at a reset do not move. */
static void test_deterministic(void)
{
    Tables a, b;

    make(&a, &small);
    make(&b, &small);
    g_assert_cmphex(a.rsdp_pa, ==, b.rsdp_pa);
    g_assert_cmpmem(a.blob->data, a.blob->len, b.blob->data, b.blob->len);
    drop(&a);
    drop(&b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/acpi/rsdp", test_rsdp);
    g_test_add_func("/acpi/xsdt", test_xsdt);
    g_test_add_func("/acpi/fadt", test_fadt);
    g_test_add_func("/acpi/madt", test_madt);
    g_test_add_func("/acpi/pptt", test_pptt);
    g_test_add_func("/acpi/pptt-caches", test_pptt_caches);
    g_test_add_func("/acpi/gtdt", test_gtdt);
    g_test_add_func("/acpi/spcr", test_spcr);
    g_test_add_func("/acpi/dbg2", test_dbg2);
    g_test_add_func("/acpi/sizes", test_sizes);
    g_test_add_func("/acpi/deterministic", test_deterministic);
    return g_test_run();
}
