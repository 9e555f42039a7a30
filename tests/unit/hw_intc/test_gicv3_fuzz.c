/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random operations against the oracle (gic_fixture.c), and threads against each other.
 * A failure prints the seed: run with --seed=SEED, as printed by GLib's test framework.
 */
#include <inttypes.h>

#include "gic_fixture.h"

/* -- One thread, checked after every operation ---------------------------------------------- */

static uint64_t random64(void)
{
    return (uint64_t)(uint32_t)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();
}

static unsigned below(unsigned n) { return (uint32_t)g_test_rand_int() % n; }

/* Values with few bits, many bits, and what guests write. */
static uint64_t random_value(void)
{
    switch (below(4)) {
    case 0: return 0;
    case 1: return UINT64_MAX;
    case 2: return BIT(below(64));
    default: return random64();
    }
}

/* Mostly a register of the table, and mostly an allowed size. */
static uint32_t random_offset(const RegBlock *block, uint32_t bytes, unsigned *size)
{
    *size = 1u << below(4);
    if (!below(16)) {
        return below(bytes) & ~(*size - 1);
    }
    const Reg *r = &block->rows[below(block->n_rows)];
    unsigned n = r->count ? below(MIN(r->count, 96)) : 0;
    uint32_t off = r->off + n * r->width;
    if (below(8)) {
        *size = r->access & REG_ACC_W && r->width == 8 ? 4u << below(2) : r->width;
    }
    return off & ~(*size - 1);
}

/* A router that somebody answers to, more often than not. */
static uint64_t random_router(Fixture *f)
{
    switch (below(6)) {
    case 0: return BIT(31);
    case 1: return random64();
    default: return fix_mpidr(below(f->n_cpus + 1));
    }
}

static void random_mmio(Fixture *f, char *what, size_t len)
{
    unsigned size, cpu = below(f->n_cpus);
    bool dist = below(2);
    uint32_t off = random_offset(dist ? &gicd_block : &gicr_block,
                                 dist ? 0x10000 : GICR_FRAME_BYTES, &size);
    uint64_t val = random_value();

    if (dist && off >= 0x6100 && off < 0x7fe0 && size == 8) {
        val = random_router(f);
    }
    if (dist && off == 0 && below(4)) {
        val |= 3;
    }
    g_snprintf(what, len, "%s%u+0x%x size %u value %" PRIx64, dist ? "GICD" : "GICR", cpu, off,
               size, val);
    if (below(4)) {
        dist ? gicd_write(f, off, size, val) : gicr_write(f, cpu, off, size, val);
    } else {
        dist ? gicd_read(f, off, size) : gicr_read(f, cpu, off, size);
    }
}

static void random_icc(Fixture *f, unsigned last_iar[], char *what, size_t len)
{
    unsigned cpu = below(f->n_cpus);
    IccReg reg = below(ICC_REG_COUNT);
    uint64_t val = random_value();

    switch (below(6)) {             /* the life of an interrupt, more often than chance has it */
    case 0: reg = below(4) ? ICC_IAR1 : ICC_IAR0; break;
    case 1: reg = below(4) ? ICC_EOIR1 : ICC_EOIR0; val = last_iar[cpu]; break;
    case 2: reg = ICC_PMR; val = below(4) ? 0xff : val; break;
    case 3: reg = ICC_IGRPEN1; val = 1; break;
    }
    bool write = reg != ICC_IAR0 && reg != ICC_IAR1 && below(4);
    g_snprintf(what, len, "cpu %u ICC register %d %s %" PRIx64, cpu, reg, write ? "write" : "read",
               val);
    if (write) {
        icc_write(f, cpu, reg, val);
        return;
    }
    uint64_t got = icc_read(f, cpu, reg);
    if ((reg == ICC_IAR0 || reg == ICC_IAR1) && got != 1023) {
        last_iar[cpu] = got;
    }
}

static void random_wire(Fixture *f, char *what, size_t len)
{
    unsigned n = below(f->n_spis), cpu = below(f->n_cpus), intid = 16 + below(16);
    bool level = below(2);

    if (below(2)) {
        g_snprintf(what, len, "SPI %u to %d", n, level);
        spi(f, n, level);
    } else {
        g_snprintf(what, len, "cpu %u PPI %u to %d", cpu, intid, level);
        ppi(f, cpu, intid, level);
    }
}

static void random_slot(Fixture *f, char *what, size_t len)
{
    unsigned cpu = below(f->n_cpus);

    switch (below(8)) {
    case 0: case 1: case 2: case 3:
        g_snprintf(what, len, "enabling cpu %u", cpu);
        fix_cpu_up(f, cpu);
        break;
    case 4: case 5:
        g_snprintf(what, len, "disabling cpu %u", cpu);
        gicv3_cpu_set_enabled(f->gic, cpu, false);
        break;
    case 6:
        g_snprintf(what, len, "resetting cpu %u", cpu);
        gicv3_cpuif_ops.reset(gicv3_cpu(f->gic, cpu));
        break;
    case 7:
        g_snprintf(what, len, "detaching cpu %u", cpu);
        gicv3_cpu_attach(f->gic, cpu, NULL, NULL);
        break;
    }
}

static void test_random_operations(void)
{
    unsigned rounds = g_test_thorough() ? 2000 : 100;

    for (unsigned round = 0; round < rounds; round++) {
        Fixture *f = fix_new_sized(1 + below(6), 32 * (1 + below(3)), 1 + below(6));
        unsigned last_iar[6] = { 0 };
        char what[128];
        gicd_write(f, 0, 4, 3);
        for (unsigned i = 0; i < 1500; i++) {
            switch (below(16)) {
            case 0 ... 5: random_mmio(f, what, sizeof(what)); break;
            case 6 ... 10: random_icc(f, last_iar, what, sizeof(what)); break;
            case 11 ... 14: random_wire(f, what, sizeof(what)); break;
            default: random_slot(f, what, sizeof(what)); break;
            }
            fix_check(f, what);
        }
        device_reset(gicv3_device(f->gic));
        fix_check(f, "reset");
        fix_free(f);
    }
}

/* -- Threads ------------------------------------------------------------------------------- */

enum { N_PES = 4, N_EVENTS = 3000, SPI_INTID = 40, SPI_1OFN = 41 };

typedef struct Stress {
    Fixture *f;
    atomic_uint taken[N_PES][64];   /* acknowledgements by CPU and INTID */
    atomic_uint spi_taken[2];       /* of SPI_INTID and SPI_1OFN */
    atomic_bool stop;
} Stress;

typedef struct PeThread { Stress *s; unsigned cpu; } PeThread;

/* A PE: send SGI 0 to the next one, take and end whatever comes. */
static void *pe_thread(void *opaque)
{
    PeThread *t = opaque;
    Fixture *f = t->s->f;
    unsigned next = (t->cpu + 1) % N_PES, sent = 0;

    while (!atomic_load(&t->s->stop)) {
        if (sent < N_EVENTS && sent == atomic_load(&t->s->taken[next][0])) {
            icc_write(f, t->cpu, ICC_SGI1R, BIT(next));
            sent++;
        }
        unsigned intid = icc_read(f, t->cpu, ICC_IAR1);
        if (intid == 1023) {
            g_thread_yield();
            continue;
        }
        if (intid == SPI_INTID || intid == SPI_1OFN) {
            atomic_fetch_add(&t->s->spi_taken[intid - SPI_INTID], 1);
        } else {
            atomic_fetch_add(&t->s->taken[t->cpu][intid], 1);
        }
        icc_write(f, t->cpu, ICC_EOIR1, intid);
    }
    return NULL;
}

/* A device: pulses two edge SPIs, each as soon as the last pulse has been taken. */
static void *device_thread(void *opaque)
{
    Stress *s = opaque;
    unsigned sent[2] = { 0 };

    while (sent[0] < N_EVENTS || sent[1] < N_EVENTS) {
        for (unsigned i = 0; i < 2; i++) {
            if (sent[i] < N_EVENTS && sent[i] == atomic_load(&s->spi_taken[i])) {
                IrqLine line = gicv3_spi_line(s->f->gic, SPI_INTID - 32 + i);
                sent[i]++;
                irq_pulse(&line);
            }
        }
        g_thread_yield();
    }
    return NULL;
}

/* A nuisance: moves SPI_INTID about, puts CPUs to sleep, flips enables that lose nothing. */
static void *guest_thread(void *opaque)
{
    Stress *s = opaque;

    for (unsigned i = 0; !atomic_load(&s->stop); i++) {
        gicd_write(s->f, 0x6000 + SPI_INTID * 8, 8, fix_mpidr(i % N_PES));
        gicr_write(s->f, i / 3 % N_PES, 0x14, 4, i & 2);
        gicd_write(s->f, 0, 4, i % 7 ? 3 : 1);
        gicd_read(s->f, 0x200, 4);
        g_thread_yield();
    }
    gicd_write(s->f, 0, 4, 3);
    return NULL;
}

static bool all_taken(Stress *s)
{
    bool done = atomic_load(&s->spi_taken[0]) == N_EVENTS
             && atomic_load(&s->spi_taken[1]) == N_EVENTS;

    for (unsigned i = 0; i < N_PES; i++) {
        done &= atomic_load(&s->taken[i][0]) == N_EVENTS;
    }
    return done;
}

/* Nothing is lost, nothing is taken twice, and the derived state is right at the end. */
static void test_threads(void)
{
    Stress s = { .f = fix_new_up() };
    PeThread pe[N_PES];
    GThread *thread[N_PES + 2];

    spi_setup(s.f, SPI_INTID, 1, 0x80, 0);
    spi_setup(s.f, SPI_1OFN, 1, 0x80, BIT(31));
    gicd_write(s.f, 0xc08, 4, UINT32_MAX);
    for (unsigned i = 0; i < N_PES; i++) {
        pe[i] = (PeThread){ &s, i };
        thread[i] = g_thread_new("pe", pe_thread, &pe[i]);
    }
    thread[N_PES] = g_thread_new("device", device_thread, &s);
    thread[N_PES + 1] = g_thread_new("guest", guest_thread, &s);
    int64_t deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
    while (!all_taken(&s) && g_get_monotonic_time() < deadline) {
        g_usleep(1000);
    }
    if (!all_taken(&s)) {
        g_error("lost: SPIs %u and %u, SGIs %u %u %u %u of %u taken", s.spi_taken[0],
                s.spi_taken[1], s.taken[0][0], s.taken[1][0], s.taken[2][0], s.taken[3][0],
                N_EVENTS);
    }
    atomic_store(&s.stop, true);
    for (unsigned i = 0; i < G_N_ELEMENTS(thread); i++) {
        g_thread_join(thread[i]);
    }
    g_assert_true(all_taken(&s));
    fix_check(s.f, "threads");
    fix_free(s.f);
}

/* Any system register, on the PE's own thread. */
static void *wild_pe_thread(void *opaque)
{
    PeThread *t = opaque;
    g_autoptr(GRand) rand = g_rand_new_with_seed(t->cpu + 1);

    for (unsigned i = 0; i < 20000; i++) {
        IccReg reg = g_rand_int_range(rand, 0, ICC_REG_COUNT);
        uint64_t val = g_rand_int(rand) | (uint64_t)g_rand_int_range(rand, 0, 512) << 32;
        if (g_rand_int_range(rand, 0, 3)) {
            icc_write(t->s->f, t->cpu, reg, val);
        } else {
            icc_read(t->s->f, t->cpu, reg);
        }
        ppi(t->s->f, t->cpu, 27, i & 1);
    }
    return NULL;
}

/* Slots come and go, and everything else moves, while the PEs run wild. */
static void *slot_thread(void *opaque)
{
    Stress *s = opaque;

    for (unsigned i = 0; !atomic_load(&s->stop); i++) {
        unsigned cpu = i % N_PES;
        gicv3_cpu_set_enabled(s->f->gic, cpu, i / N_PES & 1);
        spi(s->f, SPI_1OFN - 32, i & 1);
        gicr_write(s->f, cpu, 0x14, 4, i & 2);
        gicr_write(s->f, cpu, SGI_OFF(0x400), 4, i * 0x9e3779b9u);
        gicd_write(s->f, 0x6000 + SPI_INTID * 8, 8, fix_mpidr(i / 5 % N_PES));
        gicd_write(s->f, 0x200 + 4, 4, i);
    }
    return NULL;
}

static void test_threads_slots(void)
{
    Stress s = { .f = fix_new_up() };
    PeThread pe[N_PES];
    GThread *thread[N_PES], *slots;

    spi_setup(s.f, SPI_INTID, 1, 0x80, 0);
    spi_setup(s.f, SPI_1OFN, 1, 0x40, BIT(31));
    slots = g_thread_new("slots", slot_thread, &s);
    for (unsigned i = 0; i < N_PES; i++) {
        pe[i] = (PeThread){ &s, i };
        thread[i] = g_thread_new("pe", wild_pe_thread, &pe[i]);
    }
    for (unsigned i = 0; i < N_PES; i++) {
        g_thread_join(thread[i]);
    }
    atomic_store(&s.stop, true);
    g_thread_join(slots);
    fix_check(s.f, "threads and slots");
    fix_free(s.f);
}

/* -- Cost, with -m perf ---------------------------------------------------------------------- */

static void report(const char *what, double seconds, unsigned n)
{
    g_test_minimized_result(seconds, "%s: %.1f ns", what, seconds / n * 1e9);
}

static void test_cost(void)
{
    enum { N = 1000000 };
    if (!g_test_perf()) {
        g_test_skip("run with -m perf");
        return;
    }
    Fixture *f = fix_new_up();
    spi_setup(f, 40, 1, 0x80, 0);
    g_test_timer_start();
    for (unsigned i = 0; i < N; i++) {
        ppi(f, 0, 27, true);
        icc_read(f, 0, ICC_IAR1);
        ppi(f, 0, 27, false);
        icc_write(f, 0, ICC_EOIR1, 27);
    }
    report("PPI up, IAR, down, EOIR", g_test_timer_elapsed(), N);
    g_test_timer_start();
    for (unsigned i = 0; i < N; i++) {
        icc_write(f, 0, ICC_SGI1R, 2);
        icc_write(f, 1, ICC_EOIR1, icc_read(f, 1, ICC_IAR1));
    }
    report("SGI, IAR, EOIR", g_test_timer_elapsed(), N);
    g_test_timer_start();
    for (unsigned i = 0; i < N; i++) {
        spi(f, 8, true);
        icc_read(f, 0, ICC_IAR1);
        spi(f, 8, false);
        icc_write(f, 0, ICC_EOIR1, 40);
    }
    report("SPI up, IAR, down, EOIR", g_test_timer_elapsed(), N);
    g_test_timer_start();
    for (unsigned i = 0; i < N; i++) {
        icc_write(f, 0, ICC_PMR, i & 1 ? 0xf0 : 0xa0);
    }
    report("PMR", g_test_timer_elapsed(), N);
    fix_free(f);
    g_test_timer_start();
    f = fix_new_sized(512, 288, 123);
    report("realize with 512 CPUs", g_test_timer_elapsed(), 1);
    fix_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gicv3/fuzz/operations", test_random_operations);
    g_test_add_func("/gicv3/fuzz/threads", test_threads);
    g_test_add_func("/gicv3/fuzz/threads-slots", test_threads_slots);
    g_test_add_func("/gicv3/fuzz/cost", test_cost);
    return g_test_run();
}
