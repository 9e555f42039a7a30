/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory/memory.h"

#include <glib.h>
#include <string.h>

#include "util/bits.h"

#define RAM0_PA  0x40000000u
#define RAM1_PA  (RAM0_PA + RAM_BYTES)   /* adjacent to the first */
#define RAM2_PA  0x100000000u
#define RAM_BYTES 0x4000u
#define DEV_PA   0x09000000u
#define DEV_BYTES 0x1000u

/* A device that remembers its last access and refuses offset 0xff0. */
typedef struct FakeDev {
    uint64_t off, val;
    unsigned size, reads, writes;
} FakeDev;

static MemResult fake_read(void *opaque, uint64_t off, uint64_t *val, MemAttrs attrs)
{
    FakeDev *d = opaque;
    d->off = off;
    d->size = attrs.size;
    d->reads++;
    *val = 0x1122334455667788;
    return off == 0xff0 ? MEM_ERROR : MEM_OK;
}

static MemResult fake_write(void *opaque, uint64_t off, uint64_t val, MemAttrs attrs)
{
    FakeDev *d = opaque;
    d->off = off;
    d->val = val;
    d->size = attrs.size;
    d->writes++;
    return off == 0xff0 ? MEM_ERROR : MEM_OK;
}

static const MmioOps fake_ops = { fake_read, fake_write, .min_size = 2, .max_size = 4 };

static PhysMem *machine(FakeDev *dev)
{
    Error *err = NULL;
    PhysMem *mem = phys_mem_new();
    g_assert_true(phys_mem_add_ram(mem, "ram0", RAM0_PA, RAM_BYTES, &err));
    phys_mem_add_mmio(mem, "dev", DEV_PA, DEV_BYTES, &fake_ops, dev);
    g_assert_true(phys_mem_add_ram(mem, "ram2", RAM2_PA, RAM_BYTES, &err));
    g_assert_true(phys_mem_add_ram(mem, "ram1", RAM1_PA, RAM_BYTES, &err));
    phys_mem_add_mmio(mem, "small", DEV_PA + DEV_BYTES, 0xa, &fake_ops, dev);
    phys_mem_commit(mem);
    return mem;
}

static void test_memory_lookup_edges(void)
{
    static const struct { uint64_t pa; bool is_ram; uint64_t avail; uint32_t page; } rows[] = {
        { 0, false, 0, 0 },
        { RAM0_PA - 1, false, 0, 0 },
        { RAM0_PA, true, RAM_BYTES, 0 },
        { RAM0_PA + RAM_BYTES - 1, true, 1, 3 },
        { RAM1_PA, true, RAM_BYTES, 8 },      /* added third: pages 8..11 */
        { RAM1_PA + 0x1800, true, RAM_BYTES - 0x1800, 9 },
        { RAM1_PA + RAM_BYTES, false, 0, 0 },
        { RAM2_PA - 1, false, 0, 0 },
        { RAM2_PA + 0xfff, true, RAM_BYTES - 0xfff, 4 },
        { RAM2_PA + RAM_BYTES, false, 0, 0 },
        { DEV_PA, false, 0, 0 },
        { UINT64_MAX, false, 0, 0 },
    };
    FakeDev dev = { 0 };
    PhysMem *mem = machine(&dev);

    g_assert_cmpuint(phys_mem_ram_pages(mem), ==, 12);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint64_t avail = 0;
        uint8_t *host = phys_mem_host(mem, rows[i].pa, &avail);
        g_test_message("pa 0x%" G_GINT64_MODIFIER "x", rows[i].pa);
        g_assert_cmpint(host != NULL, ==, rows[i].is_ram);
        g_assert_cmphex(avail, ==, rows[i].avail);
        g_assert_cmpuint(phys_mem_ram_page(mem, rows[i].pa), ==,
                         rows[i].is_ram ? rows[i].page : UINT32_MAX);
    }
    for (uint32_t p = 0; p < 12; p++) {
        g_assert_cmpuint(phys_mem_ram_page(mem, phys_mem_ram_page_pa(mem, p)), ==, p);
    }
    phys_mem_free(mem);
}

static void test_memory_ram_access(void)
{
    FakeDev dev = { 0 };
    PhysMem *mem = machine(&dev);
    uint64_t v = 0;

    g_assert_cmpint(phys_mem_read(mem, RAM0_PA, &v, (MemAttrs){ .size = 8 }), ==, MEM_OK);
    g_assert_cmphex(v, ==, 0);
    g_assert_cmpint(phys_mem_write(mem, RAM0_PA + 1, 0x8877665544332211, (MemAttrs){ .size = 8 }),
                    ==, MEM_OK);
    static const uint64_t want[] = { [1] = 0x22, [2] = 0x3322, [4] = 0x55443322 };
    for (unsigned size = 1; size <= 4; size *= 2) {
        v = ~0ull;
        g_assert_cmpint(phys_mem_read(mem, RAM0_PA + 2, &v, (MemAttrs){ .size = size }), ==,
                        MEM_OK);
        g_assert_cmphex(v, ==, want[size]);
    }
    g_assert_cmpint(phys_mem_write(mem, RAM0_PA + 1, 0xffffffff, (MemAttrs){ .size = 2 }), ==,
                    MEM_OK);
    g_assert_cmphex(ldle32(phys_mem_host(mem, RAM0_PA, NULL)), ==, 0x33ffff00);
    /* Off the end of a block, even though another block follows. */
    g_assert_cmpint(phys_mem_read(mem, RAM1_PA - 4, &v, (MemAttrs){ .size = 8 }), ==, MEM_DECODE);
    g_assert_cmpint(phys_mem_write(mem, RAM1_PA - 1, 0, (MemAttrs){ .size = 2 }), ==, MEM_DECODE);
    /* Nothing there. */
    g_assert_cmpint(phys_mem_read(mem, 0, &v, (MemAttrs){ .size = 4 }), ==, MEM_DECODE);
    g_assert_cmpint(phys_mem_write(mem, RAM2_PA + RAM_BYTES, 0, (MemAttrs){ .size = 1 }), ==,
                    MEM_DECODE);
    g_assert_cmpint(phys_mem_read(mem, RAM0_PA, &v, (MemAttrs){ .size = 3 }), ==, MEM_ERROR);
    phys_mem_free(mem);
}

static void test_memory_mmio(void)
{
    static const struct { uint64_t pa; unsigned size; MemResult result; bool reaches; } rows[] = {
        { DEV_PA, 4, MEM_OK, true },
        { DEV_PA + 0xffc, 4, MEM_OK, true },
        { DEV_PA + 0xffe, 2, MEM_OK, true },
        { DEV_PA + 2, 4, MEM_ERROR, false },       /* not aligned */
        { DEV_PA + 1, 2, MEM_ERROR, false },
        { DEV_PA, 1, MEM_ERROR, false },           /* below min_size */
        { DEV_PA, 8, MEM_ERROR, false },           /* above max_size */
        { DEV_PA, 3, MEM_ERROR, false },
        { DEV_PA + 0xff0, 4, MEM_ERROR, true },    /* the device refuses */
        { DEV_PA + 0x1004, 4, MEM_OK, true },      /* the small frame, 10 bytes long */
        { DEV_PA + 0x1008, 4, MEM_ERROR, false },  /* off its end */
        { DEV_PA + 0x1008, 2, MEM_OK, true },
        { DEV_PA + 0x100a, 2, MEM_DECODE, false },
        { DEV_PA - 4, 4, MEM_DECODE, false },
    };
    FakeDev dev = { 0 };
    PhysMem *mem = machine(&dev);

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        MemAttrs attrs = { .size = rows[i].size };
        uint64_t v = 0;
        dev = (FakeDev){ .off = ~0ull };
        g_test_message("row %zu", i);
        g_assert_cmpint(phys_mem_read(mem, rows[i].pa, &v, attrs), ==, rows[i].result);
        g_assert_cmpint(phys_mem_write(mem, rows[i].pa, 42, attrs), ==, rows[i].result);
        g_assert_cmpuint(dev.reads, ==, rows[i].reaches);
        g_assert_cmpuint(dev.writes, ==, rows[i].reaches);
        if (rows[i].reaches) {
            g_assert_cmphex(dev.off, ==, rows[i].pa & 0xfff);
            g_assert_cmpuint(dev.size, ==, rows[i].size);
            g_assert_cmpuint(dev.val, ==, 42);
        }
    }
    phys_mem_free(mem);
}

static void test_memory_overlap(void)
{
    static const struct { uint64_t pa, bytes; } bad[] = {
        { RAM0_PA, RAM_BYTES }, { RAM0_PA - 0x1000, 0x2000 }, { RAM0_PA + 0x1000, 0x1000 },
        { RAM0_PA - 0x1000, 0x10000 }, { RAM2_PA + 0x3000, 0x2000 }, { DEV_PA, 0x1000 },
        { UINT64_MAX & ~0xfffull, 0x1000 },
    };
    FakeDev dev = { 0 };
    PhysMem *mem = machine(&dev);

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        Error *err = NULL;
        g_test_message("row %zu", i);
        g_assert_false(phys_mem_add_ram(mem, "more", bad[i].pa, bad[i].bytes, &err));
        g_assert_nonnull(strstr(error_text(err), "'more'"));
        error_free(err);
    }
    g_assert_cmpuint(phys_mem_ram_pages(mem), ==, 12);
    phys_mem_free(mem);
}

static void test_memory_overlap_mmio_asserts(void)
{
    if (g_test_subprocess()) {
        FakeDev dev = { 0 };
        phys_mem_add_mmio(machine(&dev), "twice", DEV_PA + 0xffc, 4, &fake_ops, &dev);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

/* What is added is seen after the commit, and old addresses stay. */
static void test_memory_commit(void)
{
    FakeDev dev = { 0 };
    PhysMem *mem = machine(&dev);
    uint8_t *host = phys_mem_host(mem, RAM0_PA, NULL);
    Error *err = NULL;

    *host = 77;
    g_assert_true(phys_mem_add_ram(mem, "late", 0x50000000, 0x1000, &err));
    g_assert_null(phys_mem_host(mem, 0x50000000, NULL));
    phys_mem_commit(mem);
    g_assert_nonnull(phys_mem_host(mem, 0x50000000, NULL));
    g_assert_true(phys_mem_host(mem, RAM0_PA, NULL) == host && *host == 77);
    g_assert_cmpuint(phys_mem_ram_pages(mem), ==, 13);
    phys_mem_free(mem);
}

static void test_memory_ranges(void)
{
    static const MemRangeInfo want[] = {
        { "dev", DEV_PA, DEV_BYTES, false }, { "small", DEV_PA + DEV_BYTES, 0xa, false },
        { "ram0", RAM0_PA, RAM_BYTES, true }, { "ram1", RAM1_PA, RAM_BYTES, true },
        { "ram2", RAM2_PA, RAM_BYTES, true },
    };
    FakeDev dev = { 0 };
    PhysMem *mem = machine(&dev);
    MemRangeInfo info;

    for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
        g_assert_true(phys_mem_range(mem, i, &info));
        g_assert_cmpstr(info.name, ==, want[i].name);
        g_assert_cmphex(info.base_pa, ==, want[i].base_pa);
        g_assert_cmphex(info.bytes, ==, want[i].bytes);
        g_assert_cmpint(info.is_ram, ==, want[i].is_ram);
    }
    g_assert_false(phys_mem_range(mem, ARRAY_SIZE(want), &info));
    phys_mem_free(mem);
}

static void test_memory_copy(void)
{
    FakeDev dev = { 0 };
    PhysMem *mem = machine(&dev);
    uint8_t out[16] = { 0 };

    /* Across the seam of two blocks that touch. */
    g_assert_true(phys_mem_copy_in(mem, RAM1_PA - 5, "0123456789", 10));
    g_assert_true(phys_mem_copy_out(mem, RAM1_PA - 5, out, 10));
    g_assert_cmpmem(out, 10, "0123456789", 10);
    /* A copy that does not fit changes nothing. */
    g_assert_false(phys_mem_copy_in(mem, RAM1_PA + RAM_BYTES - 4, "abcdefgh", 8));
    g_assert_cmphex(ldle32(phys_mem_host(mem, RAM1_PA + RAM_BYTES - 4, NULL)), ==, 0);
    g_assert_false(phys_mem_copy_in(mem, DEV_PA, "a", 1));
    g_assert_false(phys_mem_copy_out(mem, RAM0_PA - 1, out, 2));
    g_assert_true(phys_mem_copy_in(mem, 0, "", 0));
    phys_mem_free(mem);
}

/* RAM costs nothing before it is used: far more than the host has. */
static void test_memory_large(void)
{
    PhysMem *mem = phys_mem_new();
    Error *err = NULL;

    if (!phys_mem_add_ram(mem, "huge", RAM0_PA, 1024 * GiB, &err)) {
        g_test_skip(error_text(err));   /* strict overcommit or a ulimit of the host */
        error_free(err);
        phys_mem_free(mem);
        return;
    }
    phys_mem_commit(mem);
    *phys_mem_host(mem, RAM0_PA + 1024 * GiB - 1, NULL) = 1;
    g_assert_cmpuint(phys_mem_ram_page(mem, RAM0_PA + 1024 * GiB - 1), ==, (1u << 28) - 1);
    phys_mem_free(mem);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory/lookup-edges", test_memory_lookup_edges);
    g_test_add_func("/memory/ram-access", test_memory_ram_access);
    g_test_add_func("/memory/mmio", test_memory_mmio);
    g_test_add_func("/memory/overlap", test_memory_overlap);
    g_test_add_func("/memory/overlap-mmio-asserts", test_memory_overlap_mmio_asserts);
    g_test_add_func("/memory/commit", test_memory_commit);
    g_test_add_func("/memory/ranges", test_memory_ranges);
    g_test_add_func("/memory/copy", test_memory_copy);
    g_test_add_func("/memory/large", test_memory_large);
    return g_test_run();
}
