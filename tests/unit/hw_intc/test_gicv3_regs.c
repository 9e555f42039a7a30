/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The register tables: sane, and what they say is what the bus shows. Generated from the rows. */
#include <inttypes.h>

#include "gic_fixture.h"

typedef struct Frame {
    const char *name;
    const RegBlock *block;
    uint64_t (*read)(Fixture *f, uint32_t off, unsigned size);
    void (*write)(Fixture *f, uint32_t off, unsigned size, uint64_t val);
    uint32_t bytes;
} Frame;

static uint64_t gicr1_read(Fixture *f, uint32_t off, unsigned size)
{
    return gicr_read(f, 1, off, size);
}

static void gicr1_write(Fixture *f, uint32_t off, unsigned size, uint64_t val)
{
    gicr_write(f, 1, off, size, val);
}

static const Frame frames[] = {
    { "GICD", &gicd_block, gicd_read, gicd_write, 0x10000 },
    { "GICR", &gicr_block, gicr1_read, gicr1_write, GICR_FRAME_BYTES },
};

static unsigned row_count(const Reg *r) { return r->count ? r->count : 1; }
static uint64_t ones(unsigned bytes) { return UINT64_MAX >> (64 - bytes * 8); }

typedef void RowFn(const Frame *fr, Fixture *f, const Reg *r, unsigned n, uint32_t off);

static void each_register(RowFn *fn)
{
    for (unsigned i = 0; i < ARRAY_SIZE(frames); i++) {
        Fixture *f = fix_new();
        for (unsigned j = 0; j < frames[i].block->n_rows; j++) {
            const Reg *r = &frames[i].block->rows[j];
            for (unsigned n = 0; n < row_count(r); n++) {
                fn(&frames[i], f, r, n, r->off + n * r->width);
            }
        }
        fix_check(f, "register sweep");
        fix_free(f);
    }
}

static void test_tables_are_sane(void)
{
    const char *why = NULL;

    for (unsigned i = 0; i < ARRAY_SIZE(frames); i++) {
        if (!reg_block_is_sane(frames[i].block, &why)) {
            g_error("%s", why);
        }
        const Reg *last = &frames[i].block->rows[frames[i].block->n_rows - 1];
        g_assert_cmpuint(last->off + last->width, <=, frames[i].bytes);
    }
}

/* Rows with a read hook have no value of their own in the table; test_fixed_values has them. */
static void check_reset(const Frame *fr, Fixture *f, const Reg *r, unsigned n, uint32_t off)
{
    if (!r->read && fr->read(f, off, r->width) != r->reset) {
        g_error("%s[%u] reads %" PRIx64 " after reset, not %" PRIx64, r->name, n,
                fr->read(f, off, r->width), r->reset);
    }
}

static void test_reset_values(void) { each_register(check_reset); }

/* All ones, then all zeros: nothing outside wmask sticks. Hooked bitmaps: tested by behaviour. */
static void check_res0(const Frame *fr, Fixture *f, const Reg *r, unsigned n, uint32_t off)
{
    static const uint64_t patterns[] = { UINT64_MAX, 0x5555555555555555, 0 };

    for (unsigned i = 0; i < ARRAY_SIZE(patterns); i++) {
        uint64_t before = fr->read(f, off, r->width);
        fr->write(f, off, r->width, patterns[i]);
        uint64_t got = fr->read(f, off, r->width);
        uint64_t may = r->wmask | r->w1c | (r->written ? ones(r->width) : 0);
        if ((got ^ before) & ~may) {
            g_error("%s[%u]: writing %" PRIx64 " changed %" PRIx64 " to %" PRIx64, r->name, n,
                    patterns[i], before, got);
        }
        if (r->wmask && !r->w1c && (got & ~r->wmask & ~r->reset & ~(uint64_t)4)) {
            g_error("%s[%u]: RES0 bits stuck: %" PRIx64, r->name, n, got);
        }
    }
}

static void test_res0(void) { each_register(check_res0); }

static void check_sizes(const Frame *fr, Fixture *f, const Reg *r, unsigned n, uint32_t off)
{
    uint64_t whole = fr->read(f, off, r->width);

    for (unsigned size = 1; size <= 8; size *= 2) {
        for (unsigned part = 0; part < r->width; part += size) {
            if ((off + part) % size) {
                continue;
            }
            uint64_t want = r->access & size ? whole >> part * 8 & ones(size) : 0;
            if (fr->read(f, off + part, size) != want) {
                g_error("%s[%u]+%u read with %u bytes: %" PRIx64 ", not %" PRIx64, r->name, n, part,
                        size, fr->read(f, off + part, size), want);
            }
            if (!(r->access & size)) {
                fr->write(f, off + part, size, UINT64_MAX);
                g_assert_cmphex(fr->read(f, off, r->width), ==, whole);
            }
        }
    }
}

static void test_access_sizes(void) { each_register(check_sizes); }

/* Where no row is, reads are zero and writes change nothing. */
static void test_holes(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(frames); i++) {
        const Frame *fr = &frames[i];
        Fixture *f = fix_new();
        for (uint32_t off = 0; off < fr->bytes; off += 4) {
            unsigned n;
            if (!reg_block_find(fr->block, off, &n)) {
                fr->write(f, off, 4, UINT32_MAX);
                g_assert_cmphex(fr->read(f, off, 4), ==, 0);
            }
        }
        for (unsigned j = 0; j < fr->block->n_rows; j++) {
            check_reset(fr, f, &fr->block->rows[j], 0, fr->block->rows[j].off);
        }
        fix_free(f);
    }
}

static void test_fixed_values(void)
{
    Fixture *f = fix_new_sized(33, 224, 123);

    g_assert_cmphex(gicd_read(f, 0x0, 4), ==, 0x50);            /* DS, ARE */
    g_assert_cmphex(gicd_read(f, 0x4, 4), ==, 0x05780007);      /* RSS, A3V, IDbits, 256 INTIDs */
    g_assert_cmphex(gicd_read(f, 0x8, 4), ==, 0x43b);
    g_assert_cmphex(gicd_read(f, 0xffe8, 4), ==, 0x3b);         /* ArchRev 3 */
    g_assert_cmphex(gicr_read(f, 0, 0xffe8, 4), ==, 0x3b);
    g_assert_cmphex(gicr_read(f, 0, 0x14, 4), ==, 6);           /* asleep */
    g_assert_cmphex(gicr_read(f, 17, 0x8, 8), ==, UINT64_C(0x0000010100001100));
    g_assert_cmphex(gicr_read(f, 17, 0xc, 4), ==, 0x101);
    g_assert_cmphex(gicr_read(f, 32, 0x8, 8), ==, UINT64_C(0x0000020000002010)); /* Last */
    g_assert_cmphex(gicr_read(f, 0, SGI_OFF(0xc00), 4), ==, 0xaaaaaaaa);
    g_assert_cmphex(gicr_read(f, 0, SGI_OFF(0xc04), 4), ==, 0);
    gicr_write(f, 0, SGI_OFF(0xc04), 4, UINT32_MAX);
    gicr_write(f, 0, SGI_OFF(0xc00), 4, 0);
    g_assert_cmphex(gicr_read(f, 0, SGI_OFF(0xc00), 4), ==, 0xaaaaaaaa);
    g_assert_cmphex(gicr_read(f, 0, SGI_OFF(0xc04), 4), ==, 0xaaaaaaaa);
    gicd_write(f, 0, 4, UINT32_MAX);
    g_assert_cmphex(gicd_read(f, 0, 4), ==, 0x53);
    gicd_write(f, 0, 4, 0);
    g_assert_cmphex(gicd_read(f, 0, 4), ==, 0x50);
    fix_free(f);
}

/* Bitmaps of interrupts that exist are writable; those of SGIs, PPIs and absent SPIs are not. */
static void test_implemented_spis(void)
{
    static const uint32_t set[] = { 0x80, 0x100, 0x200, 0x300 };
    Fixture *f = fix_new();         /* 64 SPIs: words 1 and 2 */

    for (unsigned i = 0; i < ARRAY_SIZE(set); i++) {
        for (unsigned w = 0; w < 32; w++) {
            gicd_write(f, set[i] + w * 4, 4, UINT32_MAX);
            g_assert_cmphex(gicd_read(f, set[i] + w * 4, 4), ==,
                            w == 1 || w == 2 ? UINT32_MAX : 0);
        }
    }
    for (unsigned intid = 0; intid < 1020; intid++) {
        bool there = intid >= 32 && intid < 96;
        gicd_write(f, 0x400 + intid, 1, 0xff);
        g_assert_cmphex(gicd_read(f, 0x400 + intid, 1), ==, there ? 0xf8 : 0);
        gicd_write(f, 0xc00 + intid / 16 * 4, 4, UINT32_MAX);
        g_assert_cmphex(gicd_read(f, 0xc00 + intid / 16 * 4, 4), ==, there ? 0xaaaaaaaa : 0);
        if (intid >= 32) {
            gicd_write(f, 0x6000 + intid * 8, 8, UINT64_MAX);
            g_assert_cmphex(gicd_read(f, 0x6000 + intid * 8, 8), ==,
                            there ? UINT64_C(0xff80ffffff) : 0);
        }
    }
    static const uint32_t clear[] = { 0x180, 0x280, 0x380 };
    for (unsigned i = 0; i < ARRAY_SIZE(clear); i++) {
        gicd_write(f, clear[i] + 4, 4, 0x0ff0);
        g_assert_cmphex(gicd_read(f, clear[i] + 4, 4), ==, 0xfffff00f);
        g_assert_cmphex(gicd_read(f, set[i + 1] + 4, 4), ==, 0xfffff00f);
    }
    fix_free(f);
}

/* 32-bit halves and bytes change their own part only. */
static void test_partial_writes(void)
{
    Fixture *f = fix_new();

    gicd_write(f, 0x6100, 8, UINT64_C(0x0100000203));
    gicd_write(f, 0x6104, 4, 0x22);
    g_assert_cmphex(gicd_read(f, 0x6100, 8), ==, UINT64_C(0x2200000203));
    gicd_write(f, 0x6100, 4, 0x80000001);
    g_assert_cmphex(gicd_read(f, 0x6100, 8), ==, UINT64_C(0x2280000001));
    gicd_write(f, 0x420, 4, 0xa0b0c0d0);
    gicd_write(f, 0x422, 1, 0x17);
    g_assert_cmphex(gicd_read(f, 0x420, 4), ==, 0xa010c0d0);
    gicr_write(f, 2, SGI_OFF(0x41f), 1, 0xff);
    g_assert_cmphex(gicr_read(f, 2, SGI_OFF(0x41c), 4), ==, 0xf8000000);
    g_assert_cmphex(gicr_read(f, 3, SGI_OFF(0x41c), 4), ==, 0);
    fix_free(f);
}

/* GICR_TYPER.Last is on the last frame in use of each region; every frame answers, slots off. */
static void test_typer_last(void)
{
    static const unsigned counts[] = { 1, 16, 123, 124, 512 };

    for (unsigned i = 0; i < ARRAY_SIZE(counts); i++) {
        Fixture *f = fix_new_sized(counts[i], 64, 123);
        for (unsigned cpu = 0; cpu < counts[i]; cpu++) {
            uint64_t typer = gicr_read(f, cpu, 8, 8);
            bool last = cpu == counts[i] - 1 || cpu == 122;
            g_assert_cmphex(typer, ==, fix_mpidr(cpu) << 32 | cpu << 8 | (last ? 0x10 : 0));
            g_assert_cmphex(gicr_read(f, cpu, 0xffe8, 4), ==, 0x3b);
        }
        fix_free(f);
    }
}

/* The room behind the last redistributor is RAZ/WI. */
static void test_unpopulated_frames(void)
{
    Fixture *f = fix_new();

    for (uint32_t off = 0; off < GICR_FRAME_BYTES; off += 4) {
        gicr_write(f, 4, off, 4, UINT32_MAX);
        g_assert_cmphex(gicr_read(f, 4, off, 4), ==, 0);
    }
    g_assert_cmphex(gicr_read(f, 122, 8, 8), ==, 0);
    fix_free(f);
}

static void test_realize_errors(void)
{
    static const uint64_t mpidr[] = { 0, 1, 2, 1 };
    static const struct { Gicv3Config cfg; const char *says; } cases[] = {
        { { 0, mpidr, 32, 1, { 1 } }, "GICv3: 0 CPUs: 1 to 512 are possible" },
        { { 1, mpidr, 33, 1, { 1 } },
          "GICv3: 33 SPIs: must be a multiple of 32 from 32 to 960" },
        { { 1, mpidr, 992, 1, { 1 } },
          "GICv3: 992 SPIs: must be a multiple of 32 from 32 to 960" },
        { { 1, mpidr, 32, 3, { 1 } }, "GICv3: 3 redistributor regions: must be 1 or 2" },
        { { 3, mpidr, 32, 2, { 1, 1 } },
          "GICv3: 3 CPUs do not fit in redistributor regions of 2 frames" },
        { { 4, mpidr, 32, 1, { 4 } }, "GICv3: CPUs 1 and 3 have one affinity, 0x00000001" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        Gicv3 *gic = gicv3_new(&cases[i].cfg);
        Error *err = NULL;
        g_assert_false(device_realize(gicv3_device(gic), &err));
        g_assert_cmpstr(error_text(err), ==, cases[i].says);
        error_free(err);
        device_free(gicv3_device(gic));
    }
}

/* Reset values, RES0 and aliases of the ICC_* registers. */
static void test_icc_registers(void)
{
    static const struct { const char *name; IccReg reg; uint64_t reset, write, reads; } rows[] = {
        { "PMR", ICC_PMR, 0, UINT64_MAX, 0xf8 },
        { "PMR low bits", ICC_PMR, 0, 0x67, 0x60 },
        { "BPR0", ICC_BPR0, 2, UINT64_MAX, 7 },
        { "BPR0 minimum", ICC_BPR0, 2, 0, 2 },
        { "BPR1", ICC_BPR1, 3, UINT64_MAX, 7 },
        { "BPR1 minimum", ICC_BPR1, 3, 0, 3 },
        { "CTLR", ICC_CTLR, 0x48400, UINT64_MAX, 0x48403 },
        { "CTLR_EL3", ICC_CTLR_EL3, 0x68400, UINT64_MAX, 0x68412 },
        { "SRE", ICC_SRE, 7, 0, 7 },
        { "SRE_EL3", ICC_SRE_EL3, 15, 0, 15 },
        { "IGRPEN0", ICC_IGRPEN0, 0, UINT64_MAX, 1 },
        { "IGRPEN1", ICC_IGRPEN1, 0, UINT64_MAX, 1 },
        { "IGRPEN1_EL3", ICC_IGRPEN1_EL3, 0, UINT64_MAX, 1 },
        { "AP0R0", ICC_AP0R0, 0, UINT64_MAX, UINT32_MAX },
        { "AP0R1", ICC_AP0R1, 0, UINT64_MAX, 0 },
        { "AP1R0", ICC_AP1R0, 0, UINT64_MAX, UINT32_MAX },
        { "AP1R3", ICC_AP1R3, 0, UINT64_MAX, 0 },
        { "RPR", ICC_RPR, 0xff, 0, 0xff },
        { "IAR0", ICC_IAR0, 1023, 0, 1023 },
        { "IAR1", ICC_IAR1, 1023, 0, 1023 },
        { "HPPIR1", ICC_HPPIR1, 1023, 0, 1023 },
        { "EOIR1 is write-only", ICC_EOIR1, 0, 5, 0 },
        { "SGI1R is write-only", ICC_SGI1R, 0, 0, 0 },
        { "ASGI1R", ICC_ASGI1R, 0, UINT64_MAX, 0 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        Fixture *f = fix_new();
        g_test_message("%s", rows[i].name);
        g_assert_cmphex(icc_read(f, 0, rows[i].reg), ==, rows[i].reset);
        icc_write(f, 0, rows[i].reg, rows[i].write);
        g_assert_cmphex(icc_read(f, 0, rows[i].reg), ==, rows[i].reads);
        fix_check(f, rows[i].name);
        gicv3_cpuif_ops.reset(gicv3_cpu(f->gic, 0));
        g_assert_cmphex(icc_read(f, 0, rows[i].reg), ==, rows[i].reset);
        fix_free(f);
    }
    for (IccReg reg = 0; reg < ICC_REG_COUNT; reg++) {      /* a row for each */
        Fixture *f = fix_new_up();
        icc_read(f, 0, reg);
        icc_write(f, 0, reg, 0);
        fix_check(f, "access to every ICC register");
        fix_free(f);
    }
}

/* CBPR: ICC_BPR1 shows ICC_BPR0 plus one and ignores writes. */
static void test_icc_cbpr(void)
{
    Fixture *f = fix_new_up();

    icc_write(f, 0, ICC_BPR1, 5);
    icc_write(f, 0, ICC_CTLR, 1);
    icc_write(f, 0, ICC_BPR0, 3);
    g_assert_cmphex(icc_read(f, 0, ICC_BPR1), ==, 4);
    icc_write(f, 0, ICC_BPR1, 7);
    icc_write(f, 0, ICC_BPR0, 7);
    g_assert_cmphex(icc_read(f, 0, ICC_BPR1), ==, 7);
    icc_write(f, 0, ICC_CTLR, 0);
    g_assert_cmphex(icc_read(f, 0, ICC_BPR1), ==, 5);
    fix_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gicv3/regs/sane", test_tables_are_sane);
    g_test_add_func("/gicv3/regs/reset", test_reset_values);
    g_test_add_func("/gicv3/regs/res0", test_res0);
    g_test_add_func("/gicv3/regs/sizes", test_access_sizes);
    g_test_add_func("/gicv3/regs/holes", test_holes);
    g_test_add_func("/gicv3/regs/fixed", test_fixed_values);
    g_test_add_func("/gicv3/regs/implemented-spis", test_implemented_spis);
    g_test_add_func("/gicv3/regs/partial", test_partial_writes);
    g_test_add_func("/gicv3/regs/typer-last", test_typer_last);
    g_test_add_func("/gicv3/regs/unpopulated", test_unpopulated_frames);
    g_test_add_func("/gicv3/regs/realize-errors", test_realize_errors);
    g_test_add_func("/gicv3/regs/icc", test_icc_registers);
    g_test_add_func("/gicv3/regs/icc-cbpr", test_icc_cbpr);
    return g_test_run();
}
