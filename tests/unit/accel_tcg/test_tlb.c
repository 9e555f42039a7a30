/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Banks and maintenance of the soft TLB: what is kept, what must go. A fill is a page walk. */
#include "small_guest.h"

#define VA UINT64_C(0x10000000)

static void set_up(Small *m, gconstpointer data) { small_set_up(m, 1, NULL); }
static void tear_down(Small *m, gconstpointer data) { small_tear_down(m); }

/* @n non-global pages of @space (asid + 1) from @va, to RAM pages from @pa. */
static void map_pages(Small *m, uint64_t va, uint64_t pa, unsigned n, unsigned space)
{
    small_map(m, (Mapping) { .va = va, .pa = pa, .bytes = n * 4096, .space = space });
}

static unsigned fills_of(SmallCpu *cpu, uint64_t va, unsigned n)
{
    unsigned fills = 0;

    for (unsigned i = 0; i < n; i++) {
        fills += small_fills(cpu, va + i * 4096, 0);
    }
    return fills;
}

/* -- Fills -- */

static void test_fill_once(Small *m, gconstpointer data)
{
    map_pages(m, VA, RAM_PA, 4, 0);
    g_assert_cmpuint(fills_of(m->cpu[0], VA, 4), ==, 4);
    g_assert_cmpuint(fills_of(m->cpu[0], VA, 4), ==, 0);
    g_assert_cmpuint(small_fills(m->cpu[0], VA, 1), ==, 1);      /* each index its own */
    g_assert_cmpuint(small_fills(m->cpu[0], VA, 0), ==, 0);
}

static void test_same_slot(Small *m, gconstpointer data)
{
    uint64_t far = VA + TLB_ENTRIES * UINT64_C(4096);            /* the same entry */

    map_pages(m, VA, RAM_PA, 1, 0);
    map_pages(m, far, RAM_PA + 4096, 1, 0);
    stle64(small_ram(m, RAM_PA), 1);
    stle64(small_ram(m, RAM_PA + 4096), 2);
    for (int i = 0; i < 3; i++) {
        g_assert_cmpuint(small_load(m->cpu[0], VA), ==, 1);
        g_assert_cmpuint(small_load(m->cpu[0], far), ==, 2);
    }
}

static void test_permissions(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];

    small_map(m, (Mapping) { .va = VA, .pa = RAM_PA, .prot = TLB_READ });
    stle64(small_ram(m, RAM_PA), 0x55);
    g_assert_cmpuint(small_load(cpu, VA), ==, 0x55);
    g_assert_false(small_store_op(cpu, VA + 8, IR_MO_64, 0, 1, 0));
    g_assert_cmpint(cpu->fault, ==, FAULT_MMU);
    g_assert_cmpint(cpu->fault_access, ==, TLB_ACCESS_WRITE);
    g_assert_cmphex(cpu->fault_va, ==, VA + 8);
    g_assert_cmpuint(small_fills(cpu, VA, 0), ==, 0);            /* reading still hits */
}

/* -- Address spaces -- */

static void test_spaces_keep_banks(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];

    map_pages(m, VA, RAM_PA, 8, 1 + 1);
    map_pages(m, VA, RAM_PA + 0x10000, 8, 2 + 1);
    stle64(small_ram(m, RAM_PA), 111);
    stle64(small_ram(m, RAM_PA + 0x10000), 222);
    small_space(cpu, 1);
    g_assert_cmpuint(fills_of(cpu, VA, 8), ==, 8);
    small_space(cpu, 2);
    g_assert_cmpuint(fills_of(cpu, VA, 8), ==, 8);
    for (int i = 0; i < 10; i++) {
        small_space(cpu, 1);
        g_assert_cmpuint(small_load(cpu, VA), ==, 111);
        g_assert_cmpuint(fills_of(cpu, VA, 8), ==, 0);
        small_space(cpu, 2);
        g_assert_cmpuint(small_load(cpu, VA), ==, 222);
        g_assert_cmpuint(fills_of(cpu, VA, 8), ==, 0);
    }
}

/* A kernel's bank: many global entries, few others. The former live on, the latter must not. */
static void test_mostly_global(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    const uint64_t kernel = UINT64_C(0xffff800000000000) << 8 >> 8;

    small_map(m, (Mapping) { .va = kernel, .pa = RAM_PA, .bytes = 32 * 4096, .global = true });
    map_pages(m, VA + 0x40000, RAM_PA + 0x40000, 2, 1 + 1);
    map_pages(m, VA + 0x40000, RAM_PA + 0x80000, 2, 2 + 1);
    stle64(small_ram(m, RAM_PA + 0x40000), 111);
    stle64(small_ram(m, RAM_PA + 0x80000), 222);
    small_space(cpu, 1);
    g_assert_cmpuint(fills_of(cpu, UINT64_C(0xffff800000000000), 32), ==, 32);
    g_assert_cmpuint(small_load(cpu, VA + 0x40000), ==, 111);
    for (int i = 0; i < 5; i++) {
        small_space(cpu, 2);
        g_assert_cmpuint(fills_of(cpu, UINT64_C(0xffff800000000000), 32), ==, 0);
        g_assert_cmpuint(small_load(cpu, VA + 0x40000), ==, 222);
        small_space(cpu, 1);
        g_assert_cmpuint(fills_of(cpu, UINT64_C(0xffff800000000000), 32), ==, 0);
        g_assert_cmpuint(small_load(cpu, VA + 0x40000), ==, 111);
    }
}

/* More spaces than banks: none ever sees another's page. */
static void test_many_spaces(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];

    for (unsigned s = 0; s < 50; s++) {
        map_pages(m, VA, RAM_PA + s * 0x4000, 4, s + 1);
        for (unsigned p = 0; p < 4; p++) {
            stle64(small_ram(m, RAM_PA + s * 0x4000 + p * 4096), s * 10 + p);
        }
    }
    for (unsigned i = 0; i < 400; i++) {
        unsigned s = i * 7 % 50;
        small_space(cpu, s);
        for (unsigned p = 0; p < 4; p++) {
            g_assert_cmpuint(small_load(cpu, VA + p * 4096), ==, s * 10 + p);
        }
    }
}

/* One ASID, another table: the key tells them apart. */
static void test_key(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];

    map_pages(m, VA, RAM_PA, 8, 0);
    tcg_cpu_set_asid(&cpu->tcg, 1, 5, 0x1000);
    fills_of(cpu, VA, 8);
    tcg_cpu_set_asid(&cpu->tcg, 1, 5, 0x2000);
    g_assert_cmpuint(fills_of(cpu, VA, 8), ==, 8);
    tcg_cpu_set_asid(&cpu->tcg, 1, 5, 0x1000);
    g_assert_cmpuint(fills_of(cpu, VA, 8), ==, 0);
}

/*
 * -- TLBI by table. Pages: G global, A and B of ASID 1, C of ASID 2 (at B's address); in the upper
 * half of the address space U global and D of ASID 1. --
 */

#define G (VA + 0x0000)
#define A (VA + 0x1000)
#define BC (VA + 0x2000)
#define U (UINT64_C(0xffff000000000000) + VA + 0x3000)
#define D (UINT64_C(0xffff000000000000) + VA + 0x4000)

typedef struct Row {
    const char *name;
    Tlbi op;
    const char *gone;               /* of PAGES */
} Row;

#define PAGES "GABCUD"

static const Row rows[] = {
    { "all", { TLBI_ALL, 1 }, PAGES },
    { "all of another index", { TLBI_ALL, 2 }, "" },
    { "all of every index", { TLBI_ALL, ~0u }, PAGES },
    { "ASID 1", { TLBI_ASID, 1, 1 }, "ABD" },
    { "ASID 2", { TLBI_ASID, 1, 2 }, "C" },
    { "ASID 3", { TLBI_ASID, 1, 3 }, "" },
    { "ASID 1, another index", { TLBI_ASID, 6, 1 }, "" },
    { "VA of G, ASID 1", { TLBI_VA, 1, 1, G, 4096 }, "G" },
    { "VA of G, ASID 9", { TLBI_VA, 1, 9, G, 4096 }, "G" },
    { "VA of A, ASID 1", { TLBI_VA, 1, 1, A, 4096 }, "A" },
    { "VA of A, ASID 2", { TLBI_VA, 1, 2, A, 4096 }, "" },
    { "VA of B, ASID 1", { TLBI_VA, 1, 1, BC, 4096 }, "B" },
    { "VA of C, ASID 2", { TLBI_VA, 1, 2, BC, 4096 }, "C" },
    { "VA of B, any ASID", { TLBI_VA_ALL_ASID, 1, 0, BC, 4096 }, "BC" },
    { "VA of A, any ASID, another index", { TLBI_VA_ALL_ASID, 4, 0, A, 4096 }, "" },
    { "VA of nothing", { TLBI_VA_ALL_ASID, 1, 0, VA + 0x5000, 4096 }, "" },
    { "range over G and A", { TLBI_VA, 1, 1, G, 8192 }, "GA" },
    { "range over A and B, ASID 2", { TLBI_VA, 1, 2, A, 8192 }, "C" },
    { "range, any ASID", { TLBI_VA_ALL_ASID, 1, 0, A, 8192 }, "ABC" },
    { "range before", { TLBI_VA_ALL_ASID, 1, 0, VA - 0x4000, 0x4000 }, "" },
    { "range behind", { TLBI_VA_ALL_ASID, 1, 0, VA + 0x3000, 0x8000 }, "" },
    { "long range", { TLBI_VA_ALL_ASID, 1, 0, VA - 0x8000000, 0x8002000 }, "GA" },
    { "long range, ASID 1", { TLBI_VA, 1, 1, A, 0x40000000 }, "AB" },
    { "VA of U, ASID 9", { TLBI_VA, 1, 9, U, 4096 }, "U" },
    { "VA of U, any ASID", { TLBI_VA_ALL_ASID, 1, 0, U, 4096 }, "U" },
    { "VA of U in the lower half", { TLBI_VA_ALL_ASID, 1, 0, U << 16 >> 16, 4096 }, "" },
    { "VA of D, ASID 1", { TLBI_VA, 1, 1, D, 4096 }, "D" },
    { "VA of D, ASID 2", { TLBI_VA, 1, 2, D, 4096 }, "" },
    { "range over U and D, ASID 2", { TLBI_VA, 1, 2, U, 8192 }, "U" },
    { "with a tag", { TLBI_VA, 1, 1, A | UINT64_C(0x5a) << 56, 4096 }, "A" },
};

static bool is_gone(SmallCpu *cpu, char page)
{
    uint64_t va = page == 'G' ? G : page == 'A' ? A : page == 'U' ? U : page == 'D' ? D : BC;

    small_space(cpu, page == 'C' ? 2 : 1);
    return small_fills(cpu, va, 0);
}

static void fill_all(SmallCpu *cpu)
{
    tcg_tlbi_self(&cpu->tcg, &(Tlbi) { TLBI_ALL, ~0u });   /* fills are counted anew */
    for (const char *p = PAGES; *p; p++) {
        is_gone(cpu, *p);
    }
    /* C's space must be a bank of its own: enough non-global pages. */
    for (const char *p = PAGES; *p; p++) {
        g_assert_false(is_gone(cpu, *p));
    }
}

static void map_rows(Small *m)
{
    small_map(m, (Mapping) { .va = G, .pa = RAM_PA, .global = true });
    map_pages(m, A, RAM_PA + 0x1000, 2, 1 + 1);
    map_pages(m, BC, RAM_PA + 0x8000, 1, 2 + 1);
    small_map(m, (Mapping) { .va = U << 8 >> 8, .pa = RAM_PA + 0x3000, .global = true });
    map_pages(m, D << 8 >> 8, RAM_PA + 0x4000, 1, 1 + 1);
}

static void test_tlbi(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];

    map_rows(m);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        fill_all(cpu);
        tcg_tlbi_self(&cpu->tcg, &rows[i].op);
        GString *gone = g_string_new(NULL);
        for (const char *p = PAGES; *p; p++) {
            if (is_gone(cpu, *p)) {
                g_string_append_c(gone, *p);
            }
        }
        g_test_message("%s", rows[i].name);
        g_assert_cmpstr(gone->str, ==, rows[i].gone);
        g_string_free(gone, TRUE);
    }
}

/* -- Entries that others took the place of -- */

#define FAR (TLB_ENTRIES * UINT64_C(4096))

static void test_victims(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];

    map_pages(m, VA, RAM_PA, 8, 0);
    map_pages(m, VA + FAR, RAM_PA + 0x10000, 8, 0);
    small_map(m, (Mapping) { .va = VA + 2 * FAR, .pa = RAM_PA + 0x20000, .prot = TLB_READ });
    stle64(small_ram(m, RAM_PA), 111);
    stle64(small_ram(m, RAM_PA + 0x10000), 222);
    g_assert_cmpuint(fills_of(cpu, VA, 8) + fills_of(cpu, VA + FAR, 8), ==, 16);
    for (int i = 0; i < 3; i++) {
        g_assert_cmpuint(small_load(cpu, VA), ==, 111);
        g_assert_cmpuint(small_load(cpu, VA + FAR), ==, 222);
        g_assert_cmpuint(fills_of(cpu, VA, 8) + fills_of(cpu, VA + FAR, 8), ==, 0);
    }
    /* What may only be read may not be written because it was found there. */
    g_assert_cmpuint(fills_of(cpu, VA + 2 * FAR, 1) + fills_of(cpu, VA, 1), ==, 1);
    g_assert_false(small_store_op(cpu, VA + 2 * FAR, IR_MO_64, 0, 1, 0));
    g_assert_true(small_store_op(cpu, VA + FAR, IR_MO_64, 0, 333, 0));
    g_assert_cmpuint(ldle64(small_ram(m, RAM_PA + 0x10000)), ==, 333);
}

/* No operation that names a page, or its space, leaves it there. */
static void test_victims_tlbi(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];

    map_rows(m);
    map_pages(m, VA + FAR, RAM_PA + 0x10000, 3, 1 + 1);
    map_pages(m, VA + FAR, RAM_PA + 0x10000, 3, 2 + 1);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        fill_all(cpu);
        for (unsigned space = 1; space <= 2; space++) {
            small_space(cpu, space);
            fills_of(cpu, VA + FAR, 3);
        }
        g_assert_false(is_gone(cpu, 'C') || is_gone(cpu, 'A'));  /* found again */
        small_space(cpu, 1);
        fills_of(cpu, VA + FAR, 3);
        small_space(cpu, 2);
        fills_of(cpu, VA + FAR, 3);
        tcg_tlbi_self(&cpu->tcg, &rows[i].op);
        for (const char *p = rows[i].gone; *p; p++) {
            g_test_message("%s: %c", rows[i].name, *p);
            g_assert_true(is_gone(cpu, *p));
        }
    }
}

/* -- Large pages -- */

/* Any address in a block names the whole of it, and only it. */
static void test_tlbi_block(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    const uint64_t at = UINT64_C(0x40000000);

    small_map(m, (Mapping) { .va = at, .pa = RAM_PA, .bytes = 2 * MiB, .page_log2 = 21 });
    small_map(m, (Mapping) { .va = at + 2 * MiB, .pa = RAM_PA + 2 * MiB, .bytes = 2 * MiB,
                             .page_log2 = 21 });
    static const uint64_t inside[] = { 0, 0x1000, 0x77000, 0x1ff000 };
    for (size_t i = 0; i < ARRAY_SIZE(inside); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(inside); j++) {
            small_fills(cpu, at + inside[j], 0);
            small_fills(cpu, at + 2 * MiB + inside[j], 0);
        }
        tcg_tlbi_self(&cpu->tcg, &(Tlbi) { TLBI_VA, 1, 0, at + inside[i], 4096 });
        for (size_t j = 0; j < ARRAY_SIZE(inside); j++) {
            g_assert_cmpuint(small_fills(cpu, at + inside[j], 0), ==, 1);
        }
    }
    for (size_t j = 0; j < ARRAY_SIZE(inside); j++) {            /* a range that touches both */
        small_fills(cpu, at + 2 * MiB + inside[j], 0);
    }
    tcg_tlbi_self(&cpu->tcg, &(Tlbi) { TLBI_VA, 1, 0, at + 2 * MiB - 4096, 8192 });
    g_assert_cmpuint(small_fills(cpu, at, 0), ==, 1);
    g_assert_cmpuint(small_fills(cpu, at + 4 * MiB - 4096, 0), ==, 1);
}

/* More blocks than are remembered one by one. */
static void test_tlbi_many_blocks(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];

    for (unsigned i = 0; i < 40; i++) {      /* 64 KiB pages, 1 MiB apart */
        small_map(m, (Mapping) { .va = VA + i * MiB, .pa = RAM_PA + i * 0x10000, .bytes = 0x10000,
                                 .page_log2 = 16 });
    }
    for (unsigned i = 0; i < 40; i++) {
        for (unsigned j = 0; j < 40; j++) {
            small_fills(cpu, VA + j * MiB + (j % 16) * 4096, 0);
        }
        tcg_tlbi_self(&cpu->tcg, &(Tlbi) { TLBI_VA, 1, 0, VA + i * MiB + 0xf000, 4096 });
        g_assert_cmpuint(small_fills(cpu, VA + i * MiB + (i % 16) * 4096, 0), ==, 1);
    }
}

/* A block that was split: small pages inside are found by their own address. */
static void test_tlbi_after_split(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    const uint64_t at = UINT64_C(0x40000000);

    small_map(m, (Mapping) { .va = at, .pa = RAM_PA, .bytes = 2 * MiB, .page_log2 = 21 });
    g_assert_cmpuint(small_fills(cpu, at, 0), ==, 1);
    tcg_tlbi_self(&cpu->tcg, &(Tlbi) { TLBI_VA, 1, 0, at, 4096 });
    small_unmap(m, at);
    map_pages(m, at, RAM_PA, 16, 0);
    g_assert_cmpuint(fills_of(cpu, at, 16), ==, 16);
    tcg_tlbi_self(&cpu->tcg, &(Tlbi) { TLBI_VA, 1, 0, at + 0x3000, 4096 });
    g_assert_cmpuint(small_fills(cpu, at + 0x3000, 0), ==, 1);
}

/* -- Tagged addresses -- */

static void test_tags(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    const uint64_t tagged = VA | UINT64_C(0x5a) << 56;

    map_pages(m, VA, RAM_PA, 1, 0);
    stle64(small_ram(m, RAM_PA), 0x1234);
    g_assert_cmphex(small_load(cpu, tagged), ==, 0x1234);
    g_assert_cmphex(small_load(cpu, VA), ==, 0x1234);
    g_assert_cmphex(small_load(cpu, tagged), ==, 0x1234);
    g_assert_cmpuint(small_fills(cpu, tagged, 0), ==, 0);
    tcg_tlbi_self(&cpu->tcg, &(Tlbi) { TLBI_VA, 1, 0, VA, 4096 });
    g_assert_cmpuint(small_fills(cpu, tagged, 0), ==, 1);
}

#define ADD(path, fn) g_test_add("/tcg-tlb/" path, Small, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("fill-once", test_fill_once);
    ADD("victims", test_victims);
    ADD("victims-tlbi", test_victims_tlbi);
    ADD("same-slot", test_same_slot);
    ADD("permissions", test_permissions);
    ADD("spaces-keep-banks", test_spaces_keep_banks);
    ADD("mostly-global", test_mostly_global);
    ADD("many-spaces", test_many_spaces);
    ADD("key", test_key);
    ADD("tlbi", test_tlbi);
    ADD("tlbi-block", test_tlbi_block);
    ADD("tlbi-many-blocks", test_tlbi_many_blocks);
    ADD("tlbi-after-split", test_tlbi_after_split);
    ADD("tags", test_tags);
    return g_test_run();
}
