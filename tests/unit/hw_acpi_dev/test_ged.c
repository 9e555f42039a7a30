/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Generic Event Device behind a bus, its interrupt wire recorded. */
#include "hw/acpi/dev/ged.h"

#include <string.h>

#include "tests/unit/hw_core/device_bus.h"

#define BASE 0x1000u

typedef struct Bench {
    Ged *ged;
    PhysMem *mem;
    char edges[16];           /* '/' up, '\' down */
    unsigned n_edges;
    bool level;
} Bench;

static void wire(void *opaque, unsigned n, bool level)
{
    Bench *b = opaque;

    if (level != b->level) {
        g_assert_cmpuint(b->n_edges, <, sizeof(b->edges) - 1);
        b->edges[b->n_edges++] = level ? '/' : '\\';
        b->level = level;
    }
}

static void set_up(Bench *b, gconstpointer data)
{
    b->ged = ged_new();
    b->mem = phys_mem_new();
    g_assert_true(device_realize(ged_device(b->ged), NULL));
    device_map(ged_device(b->ged), 0, b->mem, BASE);
    device_connect_irq(ged_device(b->ged), 0, (IrqLine){ wire, b, 0 }, 41);
    phys_mem_commit(b->mem);
    device_reset(ged_device(b->ged));
}

static void tear_down(Bench *b, gconstpointer data)
{
    phys_mem_free(b->mem);
    device_free(ged_device(b->ged));
}

static uint64_t rd(Bench *b, unsigned off, unsigned size)
{
    return bus_read(b->mem, BASE + off, size);
}

static void wr(Bench *b, unsigned off, unsigned size, uint64_t v)
{
    bus_write(b->mem, BASE + off, size, v);
}

static void test_table(Bench *b, gconstpointer data) { check_register_tables(&ged_type); }

static void test_read_clears(Bench *b, gconstpointer data)
{
    g_assert_cmphex(rd(b, 0, 4), ==, 0);
    ged_raise(b->ged, GED_CPU);
    g_assert_cmphex(rd(b, 0, 4), ==, 8);
    g_assert_cmphex(rd(b, 0, 4), ==, 0);
}

/* The wire is up from the first event until the read, and up again with the next one. */
static void test_wire(Bench *b, gconstpointer data)
{
    b->n_edges = 0;
    memset(b->edges, 0, sizeof(b->edges));
    ged_raise(b->ged, GED_POWER_DOWN);
    g_assert_cmpstr(b->edges, ==, "/");
    rd(b, 0, 4);
    g_assert_cmpstr(b->edges, ==, "/\\");
    ged_raise(b->ged, GED_CPU);
    g_assert_cmpstr(b->edges, ==, "/\\/");
    device_reset(ged_device(b->ged));
    g_assert_cmpstr(b->edges, ==, "/\\/\\");
}

static void test_coalesce(Bench *b, gconstpointer data)
{
    ged_raise(b->ged, GED_CPU);
    ged_raise(b->ged, GED_CPU);
    ged_raise(b->ged, GED_POWER_DOWN);
    g_assert_cmphex(rd(b, 0, 4), ==, 0xa);
    g_assert_cmphex(rd(b, 0, 4), ==, 0);
}

/* The register is 32 bits wide and nothing else: other sizes read zero and take no event. */
static void test_sizes(Bench *b, gconstpointer data)
{
    ged_raise(b->ged, GED_CPU);
    g_assert_cmphex(rd(b, 0, 1), ==, 0);
    g_assert_cmphex(rd(b, 0, 2), ==, 0);
    g_assert_cmphex(rd(b, 2, 2), ==, 0);
    g_assert_cmphex(rd(b, 0, 4), ==, 8);
}

static void test_write_ignored(Bench *b, gconstpointer data)
{
    ged_raise(b->ged, GED_CPU);
    b->n_edges = 0;
    wr(b, 0, 4, 0xffffffff);
    wr(b, 0, 4, 0);
    wr(b, 0, 1, 0);
    g_assert_cmpuint(b->n_edges, ==, 0);
    g_assert_cmphex(rd(b, 0, 4), ==, 8);
}

static void test_reset(Bench *b, gconstpointer data)
{
    ged_raise(b->ged, GED_CPU);
    device_reset(ged_device(b->ged));
    g_assert_cmphex(rd(b, 0, 4), ==, 0);
}

/* Every event raised by one thread is read by another, or is still there at the end. */
static gpointer raiser(gpointer opaque)
{
    for (int i = 0; i < 20000; i++) {
        ged_raise(opaque, GED_CPU);
    }
    return NULL;
}

/* The device's lock orders them, so the last one counts. */
static void last_level(void *opaque, unsigned n, bool level) { *(bool *)opaque = level; }

static void test_threads(Bench *b, gconstpointer data)
{
    uint64_t seen = 0;
    bool level = false;

    device_connect_irq(ged_device(b->ged), 0, (IrqLine){ last_level, &level, 0 }, 41);
    GThread *t = g_thread_new("raiser", raiser, b->ged);
    for (int i = 0; i < 20000; i++) {
        uint64_t sel = rd(b, 0, 4);
        g_assert_true(sel == 0 || sel == 8);
        seen |= sel;
    }
    g_thread_join(t);
    ged_raise(b->ged, GED_NVDIMM);
    g_assert_true(level);
    seen |= rd(b, 0, 4);
    g_assert_false(level);
    g_assert_cmphex(seen, ==, 0xc);
}

#define ADD(path, fn) g_test_add("/ged/" path, Bench, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("table", test_table);
    ADD("read-clears", test_read_clears);
    ADD("wire", test_wire);
    ADD("coalesce", test_coalesce);
    ADD("sizes", test_sizes);
    ADD("write-ignored", test_write_ignored);
    ADD("reset", test_reset);
    ADD("threads", test_threads);
    return g_test_run();
}
