/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses out of line: sizes, crossings, alignment, MMIO, probes, 16-byte compare-and-swap. */
#include "small_guest.h"

#include <string.h>

#define VA UINT64_C(0x10000000)
#define DEVICE (VA + 0x100000)
#define FRAME  (VA + 0x200000)

/* Two pages that are no neighbours in memory, a page of device RAM, the frame, then nothing. */
static void set_up(Small *m, gconstpointer data)
{
    small_set_up(m, 1, NULL);
    small_map(m, (Mapping) { .va = VA, .pa = RAM_PA + 0x5000 });
    small_map(m, (Mapping) { .va = VA + 0x1000, .pa = RAM_PA + 0x1000 });
    small_map(m, (Mapping) { .va = DEVICE, .pa = RAM_PA + 0x8000, .device = true });
    small_map(m, (Mapping) { .va = FRAME, .pa = MMIO_PA, .device = true });
    small_map(m, (Mapping) { .va = FRAME + 0x1000, .pa = MMIO_PA + 0x1000, .device = true });
}

static void tear_down(Small *m, gconstpointer data) { small_tear_down(m); }

/* -- RAM -- */

static void test_sizes(Small *m, gconstpointer data)
{
    static const uint64_t want[] = { 0x88, 0x7788, 0x55667788, 0x1122334455667788 };
    SmallCpu *cpu = m->cpu[0];
    uint64_t val[2];

    for (unsigned mop = IR_MO_8; mop <= IR_MO_64; mop++) {
        memset(small_ram(m, RAM_PA + 0x5000), 0xcc, 64);
        g_assert_true(small_store_op(cpu, VA + 16, mop, 0, 0x1122334455667788, 0));
        g_assert_true(small_load_op(cpu, VA + 16, mop, 0, val));
        g_assert_cmphex(val[0], ==, want[mop]);
        g_assert_cmphex(val[1], ==, 0);
        const uint8_t *ram = small_ram(m, RAM_PA + 0x5000);
        g_assert_cmphex(ram[15], ==, 0xcc);
        g_assert_cmphex(ram[16 + (1 << mop)], ==, 0xcc);
    }
    g_assert_true(small_store_op(cpu, VA + 32, IR_MO_128, 0, 0x1111, 0x2222));
    g_assert_true(small_load_op(cpu, VA + 32, IR_MO_128, 0, val));
    g_assert_cmphex(val[0], ==, 0x1111);
    g_assert_cmphex(val[1], ==, 0x2222);
}

/* Every offset over the end of the first page, every size. */
static void test_crossing(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    uint64_t val[2];

    for (unsigned mop = IR_MO_16; mop <= IR_MO_128; mop++) {
        unsigned size = 1u << mop;
        for (unsigned before = 1; before < size; before++) {
            uint64_t va = VA + 0x1000 - before;
            uint8_t *a = small_ram(m, RAM_PA + 0x6000 - before), *c = small_ram(m, RAM_PA + 0x1000);
            memset(small_ram(m, RAM_PA + 0x5fe0), 0xcc, 32);
            memset(c, 0xcc, 32);
            g_assert_true(small_store_op(cpu, va, mop, 0, 0x0807060504030201, 0x100f0e0d0c0b0a09));
            for (unsigned i = 0; i < size; i++) {
                g_assert_cmphex(i < before ? a[i] : c[i - before], ==, i + 1);
            }
            g_assert_cmphex(a[-1], ==, 0xcc);
            g_assert_cmphex(c[size - before], ==, 0xcc);
            g_assert_true(small_load_op(cpu, va, mop, 0, val));
            g_assert_cmphex(val[0], ==, UINT64_C(0x0807060504030201)
                                        & MASK(MIN(size, 8) * 8 - 1, 0));
            g_assert_cmphex(val[1], ==, size == 16 ? UINT64_C(0x100f0e0d0c0b0a09) : 0);
        }
    }
}

/* The second page is not there: its address is reported and nothing has been stored. */
static void test_crossing_faults(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    uint64_t val[2], va = VA + 0x2000 - 3;

    memset(small_ram(m, RAM_PA + 0x1ff0), 0xcc, 16);
    g_assert_false(small_load_op(cpu, va, IR_MO_64, 0, val));
    g_assert_cmpint(cpu->fault, ==, FAULT_MMU);
    g_assert_cmphex(cpu->fault_va, ==, VA + 0x2000);
    g_assert_cmpint(cpu->fault_access, ==, TLB_ACCESS_READ);
    g_assert_false(small_store_op(cpu, va, IR_MO_64, 0, 0, 0));
    g_assert_cmphex(cpu->fault_va, ==, VA + 0x2000);
    g_assert_cmpint(cpu->fault_access, ==, TLB_ACCESS_WRITE);
    g_assert_cmphex(small_ram(m, RAM_PA + 0x1000)[0xfff], ==, 0xcc);
    g_assert_false(small_load_op(cpu, VA - 1, IR_MO_16, 0, val));        /* the first is not */
    g_assert_cmphex(cpu->fault_va, ==, VA - 1);
}

/* -- Alignment -- */

typedef struct Align { uint64_t va; unsigned mop; bool ok; } Align;

static const Align aligns[] = {
    { VA + 1, IR_MO_64, true },
    { VA + 1, IR_MO_64 | IR_MO_ALIGN, false },
    { VA + 8, IR_MO_64 | IR_MO_ALIGN, true },
    { VA + 8, IR_MO_128 | IR_MO_ALIGN, false },
    { VA + 3, IR_MO_8 | IR_MO_ALIGN, true },
    { VA + 2, IR_MO_32 | IR_MO_ALIGN, false },
    { VA + 0xffc, IR_MO_64 | IR_MO_ALIGN, false },       /* over the page's end */
    { VA + 0xffffff1, IR_MO_64 | IR_MO_ALIGN, false },   /* nothing mapped: it comes first */
    { VA + 9, IR_MO_32 | IR_MO_ALIGN16, true },          /* inside 16 bytes */
    { VA + 14, IR_MO_32 | IR_MO_ALIGN16, false },
    { VA + 8, IR_MO_64 | IR_MO_ALIGN16, true },
    { VA + 9, IR_MO_64 | IR_MO_ALIGN16, false },
    { VA + 0xffe, IR_MO_32 | IR_MO_ALIGN16, false },
    { VA + 4, IR_MO_64 | IR_MO_PAIR | IR_MO_ALIGN, true },                 /* each half is */
    { VA + 0xffc, IR_MO_64 | IR_MO_PAIR | IR_MO_ALIGN, true },
    { VA + 2, IR_MO_64 | IR_MO_PAIR | IR_MO_ALIGN, false },
    { VA + 8, IR_MO_128 | IR_MO_PAIR | IR_MO_ALIGN, true },
    { VA + 4, IR_MO_128 | IR_MO_PAIR | IR_MO_ALIGN, false },
    { VA + 4, IR_MO_128 | IR_MO_PAIR, true },
    { DEVICE + 4, IR_MO_64 | IR_MO_PAIR, true },
    { DEVICE + 12, IR_MO_64 | IR_MO_PAIR, true },
    { DEVICE + 2, IR_MO_64 | IR_MO_PAIR, false },
    { DEVICE + 8, IR_MO_128 | IR_MO_PAIR, true },
    { DEVICE + 4, IR_MO_128 | IR_MO_PAIR, false },
    { DEVICE + 1, IR_MO_32, false },
    { DEVICE + 4, IR_MO_32, true },
    { DEVICE + 2, IR_MO_16, true },
    { FRAME + 2, IR_MO_32, false },
    { FRAME + 4, IR_MO_32, true },
    { FRAME + 0xffe, IR_MO_32, false },
};

static void test_alignment(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    uint64_t val[2];

    for (size_t i = 0; i < ARRAY_SIZE(aligns); i++) {
        const Align *a = &aligns[i];
        g_test_message("0x%" PRIx64 " op 0x%x", a->va, a->mop);
        for (int store = 0; store < 2; store++) {
            bool ok = store ? small_store_op(cpu, a->va, a->mop, 0, 0, 0)
                            : small_load_op(cpu, a->va, a->mop, 0, val);
            g_assert_cmpint(ok, ==, a->ok);
            if (!ok) {
                g_assert_cmpint(cpu->fault, ==, FAULT_ALIGN);
                g_assert_cmphex(cpu->fault_va, ==, a->va);
                g_assert_cmpint(cpu->fault_access, ==, store ? TLB_ACCESS_WRITE : TLB_ACCESS_READ);
            }
        }
    }
}

/* -- MMIO -- */

static void test_mmio(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    uint64_t val[2];

    for (unsigned mop = IR_MO_8; mop <= IR_MO_64; mop++) {
        g_assert_true(small_store_op(cpu, FRAME + 0x40, mop, 0, 0x1122334455667788, 0));
        g_assert_cmpuint(m->last_size, ==, 1u << mop);
        m->last_size = 0;
        g_assert_true(small_load_op(cpu, FRAME + 0x40, mop, 0, val));
        g_assert_cmpuint(m->last_size, ==, 1u << mop);
        g_assert_cmphex(val[0], ==, UINT64_C(0x1122334455667788) & MASK((8u << mop) - 1, 0));
    }
    g_assert_cmpuint(m->n_writes, ==, 4);
    g_assert_cmpuint(m->n_reads, ==, 4);
    g_assert_true(small_store_op(cpu, FRAME + 0x80, IR_MO_128, 0, 1, 2));  /* two of eight */
    g_assert_true(small_load_op(cpu, FRAME + 0x80, IR_MO_128, 0, val));
    g_assert_cmpuint(m->n_writes, ==, 6);
    g_assert_cmpuint(m->n_reads, ==, 6);
    g_assert_cmphex(val[0], ==, 1);
    g_assert_cmphex(val[1], ==, 2);
}

static void test_mmio_errors(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    uint64_t val[2];

    g_assert_false(small_load_op(cpu, FRAME + 0xf08, IR_MO_32, 0, val));
    g_assert_cmpint(cpu->fault, ==, FAULT_BUS);
    g_assert_cmpint(cpu->fault_why, ==, MEM_ERROR);
    g_assert_cmphex(cpu->fault_va, ==, FRAME + 0xf08);
    g_assert_cmphex(cpu->fault_pa, ==, MMIO_PA + 0xf08);
    g_assert_false(small_store_op(cpu, FRAME + 0xf08, IR_MO_32, 0, 0, 0));
    g_assert_cmpint(cpu->fault_access, ==, TLB_ACCESS_WRITE);
    g_assert_false(small_load_op(cpu, FRAME + 0x1010, IR_MO_32, 0, val));  /* behind the frame */
    g_assert_cmpint(cpu->fault_why, ==, MEM_DECODE);
    g_assert_cmpuint(m->n_reads + m->n_writes, ==, 0);
}

/* -- Probes -- */

static void test_probe(Small *m, gconstpointer data)
{
    TcgCpu *tcg = &m->cpu[0]->tcg;
    bool faulted;

    g_assert_true(tcg_probe(tcg, VA + 0x10, 64, TLB_ACCESS_WRITE, 0, false, &faulted)
                  == small_ram(m, RAM_PA + 0x5010));
    g_assert_false(faulted);
    g_assert_null(tcg_probe(tcg, VA + 0xff0, 64, TLB_ACCESS_READ, 0, false,
                            &faulted));                /* crosses */
    g_assert_false(faulted);
    g_assert_null(tcg_probe(tcg, FRAME, 4, TLB_ACCESS_READ, 0, false, &faulted));
    g_assert_false(faulted);
    g_assert_null(tcg_probe(tcg, DEVICE, 4, TLB_ACCESS_READ, 0, false, &faulted));
    g_assert_false(faulted);
    g_assert_null(tcg_probe(tcg, 0, 4, TLB_ACCESS_READ, 0, true, &faulted));
    g_assert_true(faulted);
    g_assert_cmpuint(atomic_load(&tcg->fault), ==, 0);           /* a probe records nothing */
    g_assert_cmpint(m->cpu[0]->fault, ==, NO_FAULT);
    g_assert_null(tcg_probe(tcg, 0, 4, TLB_ACCESS_READ, 0, false, NULL));
    g_assert_cmpuint(atomic_load(&tcg->fault), ==, 1);
    g_assert_cmpint(m->cpu[0]->fault, ==, FAULT_MMU);
}

static uint8_t *byte_at(Small *m, unsigned off)
{
    return small_ram(m, off < 0x1000 ? RAM_PA + 0x5000 + off : RAM_PA + off);
}

/* Everywhere, over the ends of 16 bytes and of the page too. */
static void test_pairs(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    uint64_t val[2];

    for (unsigned off = 0; off < 40; off++) {
        for (unsigned size = 8; size <= 16; size += 8) {
            unsigned mop = (size == 8 ? IR_MO_64 : IR_MO_128) | IR_MO_PAIR, at = 0xfe0 + off;
            *byte_at(m, at - 1) = *byte_at(m, at + size) = 0xcc;
            g_assert_true(small_store_op(cpu, VA + at, mop, 0, 0x0807060504030201,
                                         0x100f0e0d0c0b0a09));
            g_assert_cmphex(*byte_at(m, at - 1), ==, 0xcc);
            g_assert_cmphex(*byte_at(m, at + size), ==, 0xcc);
            for (unsigned i = 0; i < size; i++) {
                g_assert_cmphex(*byte_at(m, at + i), ==, i + 1);
            }
            g_assert_true(small_load_op(cpu, VA + at, mop, 0, val));
            g_assert_cmphex(val[0], ==, 0x0807060504030201);
            g_assert_cmphex(val[1], ==, size == 8 ? 0 : 0x100f0e0d0c0b0a09);
        }
    }

    /* A device sees two accesses. */
    g_assert_true(small_store_op(cpu, FRAME + 0x40, IR_MO_64 | IR_MO_PAIR, 0,
                                 0x1122334455667788, 0));
    g_assert_cmpuint(m->last_size, ==, 4);
    g_assert_true(small_load_op(cpu, FRAME + 0x40, IR_MO_64 | IR_MO_PAIR, 0, val));
    g_assert_cmpuint(m->last_size, ==, 4);
    g_assert_cmphex(val[0], ==, 0x1122334455667788);
}

/* -- Atomics -- */

/* Not aligned, but within 16 bytes. */
static void test_unaligned_atomics(Small *m, gconstpointer data)
{
    static const struct { unsigned off, size_log2; bool ok; } cases[] = {
        { 0, 0, true }, { 15, 0, true }, { 1, 1, true }, { 14, 1, true }, { 15, 1, false },
        { 3, 2, true }, { 12, 2, true }, { 13, 2, false }, { 5, 3, true }, { 8, 3, true },
        { 9, 3, false },
    };
    SmallCpu *cpu = m->cpu[0];
    uint8_t *ram = small_ram(m, RAM_PA + 0x5000);

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned off = cases[i].off, size = 1u << cases[i].size_log2;
        unsigned mop = cases[i].size_log2 | IR_MO_ALIGN16;
        uint64_t mask = MASK(size * 8 - 1, 0), val[3] = { 2 };
        g_test_message("%u bytes at %u", size, off);
        memset(ram, 0xff, 32);
        cpu->fault = NO_FAULT;
        cpu->tcg.fault = 0;
        access_mem_slow(cpu, VA + off, meminfo_make(mop, 0, IR_ldadd, false), val);
        g_assert_cmpint(cpu->fault, ==, cases[i].ok ? NO_FAULT : FAULT_ALIGN);
        if (cases[i].ok) {
            g_assert_cmphex(val[0], ==, mask);
            for (unsigned k = 0; k < 32; k++) {
                g_assert_cmphex(ram[k], ==, k == off ? 1 : k > off && k < off + size ? 0 : 0xff);
            }
        }
    }
    cpu->fault = NO_FAULT;
    access_mem_slow(cpu, DEVICE + 1, meminfo_make(IR_MO_32 | IR_MO_ALIGN16, 0, IR_swp, false),
                    (uint64_t[3]){ 0 });
    g_assert_cmpint(cpu->fault, ==, FAULT_ALIGN);
    cpu->fault = NO_FAULT;
    access_mem_slow(cpu, VA + 4, meminfo_make(IR_MO_64 | IR_MO_ALIGN, 0, IR_swp, false),
                    (uint64_t[3]){ 0 });
    g_assert_cmpint(cpu->fault, ==, FAULT_ALIGN);
}

static void test_cas128(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    uint64_t old[2], one[2] = { 1, 2 }, two[2] = { 3, 4 };
    uint8_t *ram = small_ram(m, RAM_PA + 0x5000);

    stle64(ram + 16, 1);
    stle64(ram + 24, 2);
    g_assert_true(tcg_cas128(&cpu->tcg, VA + 16, 0, one, two, old));
    g_assert_cmphex(old[0], ==, 1);
    g_assert_cmphex(old[1], ==, 2);
    g_assert_cmphex(ldle64(ram + 16), ==, 3);
    g_assert_cmphex(ldle64(ram + 24), ==, 4);
    g_assert_true(tcg_cas128(&cpu->tcg, VA + 16, 0, one, two, old));     /* not what is there */
    g_assert_cmphex(old[0], ==, 3);
    g_assert_cmphex(old[1], ==, 4);
    g_assert_cmphex(ldle64(ram + 16), ==, 3);
    g_assert_false(tcg_cas128(&cpu->tcg, VA + 8, 0, one, two, old));
    g_assert_cmpint(cpu->fault, ==, FAULT_ALIGN);
    g_assert_false(tcg_cas128(&cpu->tcg, FRAME, 0, one, two, old));
    g_assert_cmpint(cpu->fault, ==, FAULT_BUS);
    g_assert_cmpint(cpu->fault_why, ==, MEM_ERROR);
}

/* A fault that a read would take is a read's, else a write's. */
static void test_atomic_faults(Small *m, gconstpointer data)
{
    SmallCpu *cpu = m->cpu[0];
    uint64_t old[2], one[2] = { 1, 2 };

    small_map(m, (Mapping) { .va = VA + 0x40000, .pa = RAM_PA, .prot = TLB_READ });
    g_assert_false(tcg_cas128(&cpu->tcg, VA + 0x40000, 0, one, one, old));
    g_assert_cmpint(cpu->fault_access, ==, TLB_ACCESS_WRITE);
    g_assert_false(tcg_cas128(&cpu->tcg, VA + 0x50000, 0, one, one, old));
    g_assert_cmpint(cpu->fault_access, ==, TLB_ACCESS_READ);
}

#define ADD(path, fn) g_test_add("/tcg-access/" path, Small, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("sizes", test_sizes);
    ADD("crossing", test_crossing);
    ADD("crossing-faults", test_crossing_faults);
    ADD("alignment", test_alignment);
    ADD("pairs", test_pairs);
    ADD("unaligned-atomics", test_unaligned_atomics);
    ADD("mmio", test_mmio);
    ADD("mmio-errors", test_mmio_errors);
    ADD("probe", test_probe);
    ADD("cas128", test_cas128);
    ADD("atomic-faults", test_atomic_faults);
    return g_test_run();
}
