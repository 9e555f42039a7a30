/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 1 walk: every granule, start level, leaf level, permission and fault. */
#include "fake_tcg.h"

#define TABLES   (RAM_BASE + 1 * MiB)  /* L-1..L3 of the walk under test, 64 KiB apart */
#define TABLE(level) (TABLES + (level) * 0x10000)
#define PAGE_PA  UINT64_C(0x42000000)

#define TBL    3
#define AF     BIT(10)
#define NG     BIT(11)
#define AP_EL0 BIT(6)
#define AP_RO  BIT(7)
#define PXN    BIT(53)
#define UXN    BIT(54)
#define ATTR(n) ((uint64_t)(n) << 2)

enum { TG_4K = 12, TG_16K = 14, TG_64K = 16 };

static uint64_t tg0(unsigned granule)
{
    return (uint64_t)(granule == TG_64K ? 1 : granule == TG_16K ? 2 : 0) << 14;
}

static uint64_t tg1(unsigned granule)
{
    return (uint64_t)(granule == TG_64K ? 3 : granule == TG_16K ? 1 : 2) << 30;
}

#define IPS_48 (UINT64_C(5) << 32)
#define IPS_52 (UINT64_C(6) << 32)

static void mmu_on(Rig *r, uint64_t tcr, uint64_t ttbr0, uint64_t ttbr1, uint64_t sctlr)
{
    rig_msr(r, ENC_MAIR, 0x0000000000ff4404, NULL);  /* 0 nGnRE, 1 non-cacheable, 2 write-back */
    rig_msr(r, ENC_TCR, tcr, NULL);
    rig_msr(r, ENC_TTBR0, ttbr0, NULL);
    rig_msr(r, ENC_TTBR1, ttbr1, NULL);
    rig_msr(r, ENC_SCTLR, sctlr | SCTLR_M, NULL);
}

/* Bits of va that index the table of @level; the start level takes what is left. */
static uint64_t slot(uint64_t va, unsigned granule, int level, int start, unsigned bits)
{
    unsigned stride = granule - 3, lsb = granule + stride * (3 - level);
    uint64_t in = va & MASK(bits - 1, 0);

    return TABLE(level) + 8 * (level == start ? in >> lsb : in >> lsb & MASK(stride - 1, 0));
}

/* Tables for @va down to a leaf of @leaf_level holding @desc. */
static void map(Rig *r, uint64_t va, unsigned granule, int start, int leaf_level,
                unsigned bits, uint64_t desc, uint64_t table_flags)
{
    for (int level = start; level < leaf_level; level++) {
        rig_poke(r, slot(va, granule, level, start, bits), TABLE(level + 1) | TBL | table_flags);
    }
    rig_poke(r, slot(va, granule, leaf_level, start, bits), desc);
}

static MmuResult walk(Rig *r, uint64_t va, TlbAccess access, unsigned idx)
{
    return arm_mmu_walk(r->cpu, va, access, idx);
}

/* -- Geometry -- */

typedef struct Geometry {
    const char *what;
    unsigned granule, va_bits;
    int start, leaf;
    bool block_ok;             /* a block at `leaf` is legal (level 3: always a page) */
    bool ds;                   /* TCR_EL1.DS */
} Geometry;

static const Geometry geometries[] = {
    { "4K 48 bits, page", TG_4K, 48, 0, 3, true }, { "4K 48 bits, 2M", TG_4K, 48, 0, 2, true },
    { "4K 48 bits, 1G", TG_4K, 48, 0, 1, true }, { "4K level 0 block", TG_4K, 48, 0, 0, false },
    { "4K 39 bits, page", TG_4K, 39, 1, 3, true }, { "4K 39 bits, 2M", TG_4K, 39, 1, 2, true },
    { "4K 39 bits, 1G", TG_4K, 39, 1, 1, true }, { "4K 36 bits, page", TG_4K, 36, 1, 3, true },
    { "4K 30 bits, page", TG_4K, 30, 2, 3, true }, { "4K 25 bits, 2M", TG_4K, 25, 2, 2, true },
    { "16K 48 bits, page", TG_16K, 48, 0, 3, true }, { "16K 47 bits", TG_16K, 47, 1, 3, true },
    { "16K 36 bits, 32M", TG_16K, 36, 2, 2, true },
    { "16K level 1 block", TG_16K, 47, 1, 1, false },
    { "64K 48 bits, page", TG_64K, 48, 1, 3, true }, { "64K 42 bits", TG_64K, 42, 2, 3, true },
    { "64K 48 bits, 512M", TG_64K, 48, 1, 2, true },
    { "64K 48 bits, 4T", TG_64K, 48, 1, 1, true },
    /* FEAT_LPA2 and FEAT_LVA */
    { "4K 52 bits, page", TG_4K, 52, -1, 3, true, true },
    { "4K 52 bits, 1G", TG_4K, 52, -1, 1, true, true },
    { "4K 52 bits, 512G", TG_4K, 52, -1, 0, true, true },
    { "4K 49 bits, page", TG_4K, 49, -1, 3, true, true },
    { "4K 48 bits, 512G", TG_4K, 48, 0, 0, true, true },
    { "4K level -1 block", TG_4K, 52, -1, -1, false, true },
    { "16K 52 bits, page", TG_16K, 52, 0, 3, true, true },
    { "16K 52 bits, 64G", TG_16K, 52, 0, 1, true, true },
    { "16K level 0 block", TG_16K, 52, 0, 0, false, true },
    { "64K 52 bits, page", TG_64K, 52, 1, 3, true },
    { "64K 52 bits, 4T", TG_64K, 52, 1, 1, true },
    /* FEAT_TTST */
    { "4K 16 bits, page", TG_4K, 16, 3, 3, true }, { "4K 22 bits, 2M", TG_4K, 22, 2, 2, true },
    { "16K 16 bits, page", TG_16K, 16, 3, 3, true },
    { "64K 17 bits, page", TG_64K, 17, 3, 3, true },
    { "64K 29 bits, page", TG_64K, 29, 3, 3, true },
};

static void check_geometry(Rig *r, const Geometry *g, bool upper)
{
    unsigned size_log2 = g->granule + (g->granule - 3) * (3 - g->leaf);
    uint64_t offset = UINT64_C(0x0000123456789abc) & MASK(g->va_bits - 1, 0);
    uint64_t va = upper ? offset | MASK(63, g->va_bits) : offset;
    uint64_t out = size_log2 <= 40 ? PAGE_PA & MASK(47, size_log2) : 0;
    uint64_t tcr = (g->ds ? IPS_52 | TCR_DS : IPS_48) | tg0(g->granule) | tg1(g->granule)
                 | (64 - g->va_bits) | (uint64_t)(64 - g->va_bits) << 16;

    map(r, va, g->granule, g->start, g->leaf, g->va_bits,
        out | AF | ATTR(2) | (g->leaf == 3 ? 3 : 1), 0);
    mmu_on(r, tcr, TABLE(g->start), TABLE(g->start), 0);
    MmuResult res = walk(r, va, TLB_ACCESS_READ, ARM_MMU_EL1);
    g_test_message("%s, %s half: ok=%d fsc=%#x pa=%#" PRIx64 " log2=%u", g->what,
                   upper ? "upper" : "lower", res.ok, res.fsc, res.fill.pa, res.fill.page_log2);
    if (!g->block_ok) {
        g_assert_false(res.ok);
        g_assert_cmphex(res.fsc, ==, g->leaf < 0 ? 0x2b : FSC_TRANSLATION | (unsigned)g->leaf);
        return;
    }
    g_assert_true(res.ok);
    g_assert_cmphex(res.fill.pa, ==, out | (va & MASK(size_log2 - 1, 0) & ~UINT64_C(0xfff)));
    g_assert_cmpuint(res.fill.page_log2, ==, size_log2);
    g_assert_true(res.fill.global);
    g_assert_false(res.fill.device);
    g_assert_cmphex(res.attr, ==, 0xff);
    /* One bit beyond the range: level 0 translation fault. */
    res = walk(r, va ^ BIT(g->va_bits), TLB_ACCESS_READ, ARM_MMU_EL1);
    g_assert_cmphex(res.ok ? 0xff : res.fsc, ==, FSC_TRANSLATION);
}

static void test_geometry(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(geometries); i++) {
        for (unsigned upper = 0; upper < 2; upper++) {
            Rig r;
            rig_init(&r, "max", NULL);
            check_geometry(&r, &geometries[i], upper);
            rig_clear(&r);
        }
    }
}

/* -- Permissions: 4 KiB pages, 48 bits -- */

#define VA UINT64_C(0x0000004056789000)
#define TCR_48 (IPS_48 | 16 | 16 << 16 | UINT64_C(2) << 30)

static void map_page(Rig *r, uint64_t flags, uint64_t table_flags)
{
    map(r, VA, TG_4K, 0, 3, 48, PAGE_PA | 3 | ATTR(2) | flags, table_flags);
}

typedef struct Perm {
    const char *what;
    uint64_t leaf, tables, sctlr;
    const char *el0, *el1, *pan;      /* of rwx, - for not */
} Perm;

#define NOEL0_TABLE BIT(61)
#define RO_TABLE    BIT(62)
#define PXN_TABLE   BIT(59)
#define UXN_TABLE   BIT(60)

static const Perm perms[] = {
    { "AP=00", 0, 0, 0, "--x", "rwx", "rwx" },
    { "AP=01", AP_EL0, 0, 0, "rwx", "rw-", "---" },
    { "AP=10", AP_RO, 0, 0, "--x", "r-x", "r-x" },
    { "AP=11", AP_RO | AP_EL0, 0, 0, "r-x", "r-x", "--x" },
    { "AP=00 UXN", UXN, 0, 0, "---", "rwx", "rwx" },
    { "AP=00 PXN", PXN, 0, 0, "--x", "rw-", "rw-" },
    { "AP=11 UXN PXN", AP_RO | AP_EL0 | UXN | PXN, 0, 0, "r--", "r--", "---" },
    { "AP=00 WXN", 0, 0, SCTLR_WXN, "--x", "rw-", "rw-" },
    { "AP=01 WXN", AP_EL0, 0, SCTLR_WXN, "rw-", "rw-", "---" },
    { "AP=10 WXN", AP_RO, 0, SCTLR_WXN, "--x", "r-x", "r-x" },
    { "AP=01 APTable=01", AP_EL0, NOEL0_TABLE, 0, "--x", "rwx", "rwx" },
    { "AP=01 APTable=10", AP_EL0, RO_TABLE, 0, "r-x", "r-x", "--x" },
    { "AP=01 APTable=11", AP_EL0, NOEL0_TABLE | RO_TABLE, 0, "--x", "r-x", "r-x" },
    { "AP=00 PXNTable", 0, PXN_TABLE, 0, "--x", "rw-", "rw-" },
    { "AP=01 UXNTable", AP_EL0, UXN_TABLE, 0, "rw-", "rw-", "---" },
};

static void check_index(Rig *r, const char *what, unsigned idx, const char *expected)
{
    static const TlbAccess accesses[] = { TLB_ACCESS_READ, TLB_ACCESS_WRITE, TLB_ACCESS_FETCH };
    static const uint8_t bits[] = { TLB_READ, TLB_WRITE, TLB_EXEC };

    for (unsigned i = 0; i < 3; i++) {
        MmuResult res = walk(r, VA, accesses[i], idx);
        bool allowed = expected[i] != '-';
        if (res.ok != allowed) {
            g_error("%s: index %u, access %u: ok=%d fsc=%#x, expected %s", what, idx, i, res.ok,
                    res.fsc, expected);
        }
        if (!allowed) {
            g_assert_cmphex(res.fsc, ==, FSC_PERMISSION | 3);
        } else {
            for (unsigned b = 0; b < 3; b++) {
                g_assert_cmpint(!!(res.fill.prot & bits[b]), ==, expected[b] != '-');
            }
        }
    }
}

static void test_permissions(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(perms); i++) {
        const Perm *p = &perms[i];
        Rig r;

        rig_init(&r, "max", NULL);
        map_page(&r, p->leaf | AF, p->tables);
        mmu_on(&r, TCR_48, TABLE(0), TABLE(0), p->sctlr);
        check_index(&r, p->what, ARM_MMU_EL0, p->el0);
        check_index(&r, p->what, ARM_MMU_EL1, p->el1);
        check_index(&r, p->what, ARM_MMU_EL1_PAN, p->pan);
        rig_clear(&r);
    }
}

/* TCR.HPD0 switches the limits of tables off, where the model has FEAT_HPDS. */
static void test_hierarchical_disable(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    map_page(&r, AP_EL0 | AF, RO_TABLE | NOEL0_TABLE);
    mmu_on(&r, TCR_48 | TCR_HPD0, TABLE(0), TABLE(0), 0);
    check_index(&r, "HPD0", ARM_MMU_EL0, "rwx");
    rig_clear(&r);

    rig_init(&r, "cortex-a57", NULL);
    map_page(&r, AP_EL0 | AF, RO_TABLE | NOEL0_TABLE);
    mmu_on(&r, TCR_48 | TCR_HPD0, TABLE(0), TABLE(0), 0);
    check_index(&r, "HPD0 without the feature", ARM_MMU_EL0, "--x");
    rig_clear(&r);
}

/* -- Output addresses above 48 bits: where each format has them -- */

typedef struct Wide {
    const char *what;
    unsigned granule;
    uint64_t tcr;
    uint64_t desc;             /* the part of a page descriptor that holds the address */
    uint64_t pa;               /* 0: address size fault */
} Wide;

static const Wide wide[] = {
    { "4K, DS: 51:50 in 9:8", TG_4K, IPS_52 | TCR_DS, BIT(49) | BIT(48) | 3 << 8 | 0x5000,
      UINT64_C(0xf000000005000) },
    { "4K, no DS", TG_4K, IPS_52, BIT(49) | BIT(48) | 3 << 8 | 0x5000, 0x5000 },
    { "16K, DS", TG_16K, IPS_52 | TCR_DS, BIT(49) | 2 << 8 | 0xc000, UINT64_C(0xa00000000c000) },
    { "64K: 51:48 in 15:12", TG_64K, IPS_52, BIT(47) | 0x50000 | 9 << 12,
      UINT64_C(0x9800000050000) },
    { "64K, IPS of 48 bits", TG_64K, IPS_48, 0x50000 | 9 << 12, 0 },
    { "4K, DS, IPS of 48 bits", TG_4K, IPS_48 | TCR_DS, 3 << 8 | 0x5000, 0 },
};

static void test_wide_outputs(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(wide); i++) {
        const Wide *w = &wide[i];
        unsigned start = w->granule == TG_64K ? 1 : 0;
        Rig r;

        rig_init(&r, "max", NULL);
        map(&r, VA & ~MASK(15, 0), w->granule, start, 3, 48, w->desc | AF | 3, 0);
        mmu_on(&r, w->tcr | 16 | 16 << 16 | tg0(w->granule), TABLE(start), TABLE(start), 0);
        MmuResult res = walk(&r, VA & ~MASK(15, 0), TLB_ACCESS_READ, 1);
        g_test_message("%s: pa %#" PRIx64, w->what, res.fill.pa);
        if (w->pa) {
            g_assert_true(res.ok);
            g_assert_cmphex(res.fill.pa, ==, w->pa);
        } else {
            g_assert_cmphex(res.ok ? 0xff : res.fsc, ==, FSC_ADDRESS_SIZE | 3);
        }
        rig_clear(&r);
    }
}

/* lpa2=off takes DS away. */
static void test_without_lpa2(void)
{
    Rig r;

    rig_init(&r, "max,lpa2=off", NULL);
    rig_msr(&r, ENC_TCR, TCR_DS, NULL);
    g_assert_cmphex(rig_mrs(&r, ENC_TCR, NULL), ==, 0);
    rig_clear(&r);
}

/* -- Hardware update of access flag and dirty state -- */

#define TCR_UPDATE (UINT64_C(3) << 39)         /* HA, HD */
#define DBM BIT(51)

typedef struct Update {
    const char *what;
    uint64_t leaf, tcr;
    unsigned idx;
    TlbAccess access;
    uint64_t after;            /* of `leaf`: AF, AP_RO */
    unsigned fsc;              /* 0xff: none */
    bool writable;             /* the entry may be written through */
} Update;

static const Update updates[] = {
    { "AF, no HA", 0, 0, 1, TLB_ACCESS_READ, 0, FSC_ACCESS_FLAG | 3, false },
    { "AF by a read", 0, TCR_UPDATE, 1, TLB_ACCESS_READ, AF, 0xff, true },
    { "AF, permission fault", AP_RO, TCR_UPDATE, 1, TLB_ACCESS_WRITE, AP_RO,
      FSC_PERMISSION | 3, false },
    { "AF by a fetch", AP_RO, TCR_UPDATE, 1, TLB_ACCESS_FETCH, AP_RO | AF, 0xff, false },
    { "clean, read", AF | AP_RO | DBM, TCR_UPDATE, 1, TLB_ACCESS_READ, AF | AP_RO, 0xff, false },
    { "clean, written", AF | AP_RO | DBM, TCR_UPDATE, 1, TLB_ACCESS_WRITE, AF, 0xff, true },
    { "clean, AF too", AP_RO | DBM, TCR_UPDATE, 1, TLB_ACCESS_WRITE, AF, 0xff, true },
    { "clean, not EL0's", AF | AP_RO | DBM, TCR_UPDATE, 0, TLB_ACCESS_WRITE, AF | AP_RO,
      FSC_PERMISSION | 3, false },
    { "clean, EL0's", AF | AP_RO | DBM | AP_EL0, TCR_UPDATE, 0, TLB_ACCESS_WRITE, AF, 0xff, true },
    { "DBM without HD", AF | AP_RO | DBM, BIT(39), 1, TLB_ACCESS_WRITE, AF | AP_RO,
      FSC_PERMISSION | 3, false },
    { "HD without HA", AF | AP_RO | DBM, BIT(40), 1, TLB_ACCESS_WRITE, AF | AP_RO,
      FSC_PERMISSION | 3, false },
};

static void test_hardware_update(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(updates); i++) {
        const Update *u = &updates[i];
        uint64_t where = slot(VA, TG_4K, 3, 0, 48);
        Rig r;

        rig_init(&r, "max", NULL);
        map_page(&r, u->leaf, 0);
        mmu_on(&r, TCR_48 | u->tcr, TABLE(0), TABLE(0), 0);
        g_test_message("%s", u->what);
        uint64_t before = rig_peek(&r, where);
        MmuResult res = walk(&r, VA, u->access, u->idx);
        g_assert_cmphex(res.ok ? 0xff : res.fsc, ==, u->fsc);
        g_assert_cmphex(rig_peek(&r, where), ==, before);          /* looking changes nothing */
        res = arm_mmu_access(r.cpu, VA, u->access, u->idx);
        g_assert_cmphex(res.ok ? 0xff : res.fsc, ==, u->fsc);
        g_assert_cmphex(rig_peek(&r, where) & (AF | AP_RO), ==, u->after);
        if (res.ok) {
            g_assert_cmpint(!!(res.fill.prot & TLB_WRITE), ==, u->writable);
        }
        rig_clear(&r);
    }
}

/* PSTATE.PAN with SCTLR_EL1.EPAN: what EL0 may only execute. */
static void test_epan(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    map_page(&r, AF, 0);
    mmu_on(&r, TCR_48, TABLE(0), TABLE(0), 0);
    check_index(&r, "without EPAN", ARM_MMU_EL1_PAN, "rwx");
    rig_msr(&r, ENC_SCTLR, SCTLR_M | SCTLR_EPAN, NULL);
    check_index(&r, "with EPAN", ARM_MMU_EL1_PAN, "--x");
    check_index(&r, "PAN = 0", ARM_MMU_EL1, "rwx");
    map_page(&r, AF | UXN, 0);
    check_index(&r, "not EL0's", ARM_MMU_EL1_PAN, "rwx");
    rig_clear(&r);
}

/* -- Faults -- */

static unsigned fsc_of(Rig *r, uint64_t va, TlbAccess access, unsigned idx)
{
    MmuResult res = walk(r, va, access, idx);

    return res.ok ? 0xff : res.fsc;
}

static void test_fault_levels(void)
{
    for (unsigned level = 0; level < 4; level++) {
        Rig r;

        rig_init(&r, "max", NULL);
        map_page(&r, AF, 0);
        mmu_on(&r, TCR_48, TABLE(0), TABLE(0), 0);
        g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==, 0xff);
        uint64_t entry = slot(VA, TG_4K, level, 0, 48), good = rig_peek(&r, entry);

        rig_poke(&r, entry, 0);
        g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==, FSC_TRANSLATION | level);
        rig_poke(&r, entry, good | MASK(47, 44));   /* a57 below; max has all 48 bits */
        g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==,
                        level < 3 ? FSC_EXTERNAL_WALK | (level + 1) : 0xff);
        rig_clear(&r);

        rig_init(&r, "cortex-a57", NULL);
        map_page(&r, AF, 0);
        mmu_on(&r, TCR_48, TABLE(0), TABLE(0), 0);
        rig_poke(&r, entry, good | MASK(47, 44));
        g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==, FSC_ADDRESS_SIZE | level);
        rig_clear(&r);
    }
}

static void test_fault_leaf(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    map_page(&r, 0, 0);
    mmu_on(&r, TCR_48, TABLE(0), TABLE(0), 0);
    g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==, FSC_ACCESS_FLAG | 3);
    /* Level 3 type 01 is reserved. */
    rig_poke(&r, slot(VA, TG_4K, 3, 0, 48), PAGE_PA | AF | 1);
    g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==, FSC_TRANSLATION | 3);
    /* Access flag before permission. */
    map_page(&r, AP_RO, 0);
    g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_WRITE, 1), ==, FSC_ACCESS_FLAG | 3);
    map(&r, VA, TG_4K, 0, 2, 48, (PAGE_PA & MASK(47, 21)) | 1, 0);
    g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==, FSC_ACCESS_FLAG | 2);
    rig_clear(&r);
}

static void test_fault_registers(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    map_page(&r, AF | AP_EL0 | NG, 0);
    mmu_on(&r, TCR_48, TABLE(0), TABLE(0), 0);
    MmuResult res = walk(&r, VA, TLB_ACCESS_READ, ARM_MMU_EL0);
    g_assert_true(res.ok && !res.fill.global);

    rig_msr(&r, ENC_TCR, TCR_48 | TCR_EPD0, NULL);
    g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==, FSC_TRANSLATION);
    rig_msr(&r, ENC_TCR, TCR_48 | TCR_E0PD0, NULL);
    g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, ARM_MMU_EL0), ==, FSC_TRANSLATION);
    g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, ARM_MMU_EL1), ==, 0xff);
    /* IPS of 32 bits; the leaf is beyond. */
    rig_msr(&r, ENC_TCR, TCR_48 & ~IPS_48, NULL);
    g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==, 0xff);
    rig_poke(&r, slot(VA, TG_4K, 3, 0, 48), BIT(32) | AF | 3);
    g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==, FSC_ADDRESS_SIZE | 3);
    rig_msr(&r, ENC_TTBR0, BIT(33), NULL);
    g_assert_cmphex(fsc_of(&r, VA, TLB_ACCESS_READ, 1), ==, FSC_ADDRESS_SIZE);
    rig_clear(&r);
}

static void test_tags(void)
{
    uint64_t tagged = VA | UINT64_C(0x5a) << 56;
    Rig r;

    rig_init(&r, "max", NULL);
    map_page(&r, AF, 0);
    mmu_on(&r, TCR_48, TABLE(0), TABLE(0), 0);
    g_assert_cmphex(fsc_of(&r, tagged, TLB_ACCESS_READ, 1), ==, FSC_TRANSLATION);
    rig_msr(&r, ENC_TCR, TCR_48 | TCR_TBI0, NULL);
    g_assert_cmphex(fsc_of(&r, tagged, TLB_ACCESS_READ, 1), ==, 0xff);
    g_assert_cmphex(fsc_of(&r, tagged | BIT(50), TLB_ACCESS_READ, 1), ==, FSC_TRANSLATION);
    rig_msr(&r, ENC_TCR, TCR_48 | TCR_TBI1, NULL);
    g_assert_cmphex(fsc_of(&r, tagged, TLB_ACCESS_READ, 1), ==, FSC_TRANSLATION);
    rig_clear(&r);
}

static void test_mmu_off(void)
{
    Rig r;

    rig_init(&r, "cortex-a57", NULL);
    MmuResult res = walk(&r, 0x9000123, TLB_ACCESS_WRITE, 1);
    g_assert_true(res.ok && res.fill.device && res.fill.prot == 7);
    g_assert_cmphex(res.fill.pa, ==, 0x9000000);
    g_assert_cmphex(fsc_of(&r, BIT(44), TLB_ACCESS_READ, 1), ==, FSC_ADDRESS_SIZE);
    g_assert_cmphex(fsc_of(&r, BIT(43), TLB_ACCESS_READ, 1), ==, 0xff);
    rig_clear(&r);
}

static void test_device_memory(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    map(&r, VA, TG_4K, 0, 3, 48, PAGE_PA | 3 | AF | ATTR(0), 0);
    mmu_on(&r, TCR_48, TABLE(0), TABLE(0), 0);
    MmuResult res = walk(&r, VA, TLB_ACCESS_READ, 1);
    g_assert_true(res.ok && res.fill.device);
    rig_msr(&r, ENC_MAIR, 0xff, NULL);
    res = walk(&r, VA, TLB_ACCESS_READ, 1);
    g_assert_true(res.ok && !res.fill.device);
    rig_clear(&r);
}

/* -- Exceptions from fills, AT -- */

static void test_abort_syndromes(void)
{
    Rig r;
    TlbFill fill;

    rig_init(&r, "max", NULL);
    map_page(&r, AF | AP_RO, 0);
    mmu_on(&r, TCR_48, TABLE(0), TABLE(0), 0);
    ArmCpu *cpu = r.cpu;
    cpu->pc = 0x1234;
    g_assert_false(arm_tlb_fill(&cpu->tcg, VA | 0x123, TLB_ACCESS_WRITE, 1, true, &fill));
    g_assert_cmphex(cpu->pending.syndrome, ==, 0);
    g_assert_false(arm_tlb_fill(&cpu->tcg, VA | 0x123, TLB_ACCESS_WRITE, 1, false, &fill));
    tcg_raise(&cpu->tcg);
    rig_deliver(&r, 0);
    g_assert_cmphex(cpu->sys.esr_el1, ==, UINT64_C(0x25) << 26 | 1 << 25 | 1 << 6 | 0x0f);
    g_assert_cmphex(cpu->sys.far_el1, ==, VA | 0x123);
    g_assert_cmphex(cpu->sys.elr_el1, ==, 0x1234);

    arm_pstate_set(cpu, 0);                         /* EL0 */
    g_assert_false(arm_tlb_fill(&cpu->tcg, 0x1000, TLB_ACCESS_FETCH, 0, false, &fill));
    tcg_raise(&cpu->tcg);
    rig_deliver(&r, 0);
    g_assert_cmphex(cpu->sys.esr_el1, ==, (uint64_t)0x20 << 26 | 1 << 25 | FSC_TRANSLATION | 1);

    arm_unaligned_fault(&cpu->tcg, 0x1001, TLB_ACCESS_READ, 1);
    g_assert_cmphex(cpu->pending.syndrome & 0x7f, ==, FSC_ALIGNMENT);
    arm_bus_fault(&cpu->tcg, 0x1001, 0x1001, TLB_ACCESS_WRITE, 1, MEM_DECODE);
    g_assert_cmphex(cpu->pending.syndrome & 0x7f, ==, FSC_EXTERNAL | 1 << 6);
    rig_clear(&r);
}

static void test_address_translation(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    map_page(&r, AF | AP_EL0 | AP_RO | UINT64_C(3) << 8, 0);
    mmu_on(&r, TCR_48, TABLE(0), TABLE(0), 0);
    rig_msr(&r, SYSREG_ENC(1, 0, 7, 8, 2), VA | 0xabc, NULL);            /* S1E0R */
    g_assert_cmphex(rig_mrs(&r, ENC_PAR, NULL), ==,
                    PAGE_PA | UINT64_C(0xff) << 56 | 3 << 7 | BIT(11));
    rig_msr(&r, SYSREG_ENC(1, 0, 7, 8, 1), VA, NULL);                    /* S1E1W */
    g_assert_cmphex(rig_mrs(&r, ENC_PAR, NULL), ==, 1 | 0x0f << 1 | BIT(11));
    rig_msr(&r, SYSREG_ENC(1, 0, 7, 9, 0), VA, NULL);                    /* S1E1RP, PAN clear */
    g_assert_false(rig_mrs(&r, ENC_PAR, NULL) & 1);
    arm_pstate_set(r.cpu, 5 | PSTATE_PAN);
    rig_msr(&r, SYSREG_ENC(1, 0, 7, 9, 0), VA, NULL);
    g_assert_cmphex(rig_mrs(&r, ENC_PAR, NULL), ==, 1 | 0x0f << 1 | BIT(11));
    rig_msr(&r, SYSREG_ENC(1, 0, 7, 8, 0), VA, NULL);                    /* S1E1R ignores PAN */
    g_assert_false(rig_mrs(&r, ENC_PAR, NULL) & 1);
    rig_clear(&r);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/mmu/wide-outputs", test_wide_outputs);
    g_test_add_func("/arm/mmu/without-lpa2", test_without_lpa2);
    g_test_add_func("/arm/mmu/hardware-update", test_hardware_update);
    g_test_add_func("/arm/mmu/epan", test_epan);
    g_test_add_func("/arm/mmu/geometry", test_geometry);
    g_test_add_func("/arm/mmu/permissions", test_permissions);
    g_test_add_func("/arm/mmu/hierarchical-disable", test_hierarchical_disable);
    g_test_add_func("/arm/mmu/fault-levels", test_fault_levels);
    g_test_add_func("/arm/mmu/fault-leaf", test_fault_leaf);
    g_test_add_func("/arm/mmu/fault-registers", test_fault_registers);
    g_test_add_func("/arm/mmu/tags", test_tags);
    g_test_add_func("/arm/mmu/off", test_mmu_off);
    g_test_add_func("/arm/mmu/device", test_device_memory);
    g_test_add_func("/arm/mmu/abort-syndromes", test_abort_syndromes);
    g_test_add_func("/arm/mmu/at", test_address_translation);
    return g_test_run();
}
