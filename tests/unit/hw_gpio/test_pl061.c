/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/gpio/pl061.h"

#include <glib.h>

#include "hw/gpio/gpio_key.h"
#include "tests/unit/hw_core/device_bus.h"

enum { DATA = 0x3fc, GDIR = 0x400, IS = 0x404, IBE = 0x408, IEV = 0x40c, IE = 0x410, RIS = 0x414,
       MIS = 0x418, IC = 0x41c, AFSEL = 0x420 };

typedef struct Bench {
    Pl061 *gpio;
    PhysMem *mem;
    bool irq;
    unsigned irq_changes;
    uint8_t out;
} Bench;

static void irq_sink(void *opaque, unsigned n, bool level)
{
    Bench *b = opaque;
    b->irq = level;
    b->irq_changes++;
}

static void out_sink(void *opaque, unsigned n, bool level)
{
    Bench *b = opaque;
    b->out = deposit64(b->out, n, 1, level);
}

static void set_up(Bench *b, gconstpointer data)
{
    b->gpio = pl061_new();
    b->mem = phys_mem_new();
    Device *dev = pl061_device(b->gpio);
    g_assert_true(device_realize(dev, NULL));
    device_map(dev, 0, b->mem, 0);
    device_connect_irq(dev, 0, (IrqLine){ irq_sink, b, 0 }, 39);
    for (unsigned pin = 0; pin < PL061_PINS; pin++) {
        pl061_connect_output(b->gpio, pin, (IrqLine){ out_sink, b, pin });
    }
    phys_mem_commit(b->mem);
    device_reset(dev);
}

static void tear_down(Bench *b, gconstpointer data)
{
    device_free(pl061_device(b->gpio));
    phys_mem_free(b->mem);
}

static uint32_t rd(Bench *b, unsigned off) { return bus_read(b->mem, off, 1); }
static void wr(Bench *b, unsigned off, uint32_t v) { bus_write(b->mem, off, 1, v); }

static void drive(Bench *b, unsigned pin, bool level)
{
    IrqLine line = pl061_input(b->gpio, pin);
    irq_set(&line, level);
}

static void test_pl061_table(Bench *b, gconstpointer data)
{
    check_register_tables(&pl061_type);
    for (unsigned off = DATA; off <= AFSEL; off += 4) {
        g_assert_cmphex(rd(b, off), ==, 0);
    }
    g_assert_cmphex(rd(b, 0xfe0), ==, 0x61);
    g_assert_cmphex(rd(b, 0xff0), ==, 0x0d);
}

static void test_pl061_data_mask(Bench *b, gconstpointer data)
{
    wr(b, GDIR, 0x0f);
    wr(b, DATA, 0xff);                 /* inputs do not take it */
    g_assert_cmphex(rd(b, DATA), ==, 0x0f);
    g_assert_cmphex(b->out, ==, 0x0f);
    wr(b, 0x05 << 2, 0x00);            /* bits 9:2 of the address: pins 0 and 2 */
    g_assert_cmphex(rd(b, DATA), ==, 0x0a);
    g_assert_cmphex(b->out, ==, 0x0a);
    g_assert_cmphex(rd(b, 0x02 << 2), ==, 0x02);
    g_assert_cmphex(rd(b, 0x000), ==, 0);
    drive(b, 7, true);
    drive(b, 0, true);                 /* an output: what drives it from outside is not read */
    g_assert_cmphex(rd(b, DATA), ==, 0x8a);
    wr(b, GDIR, 0x00);
    g_assert_cmphex(rd(b, DATA), ==, 0x81);
    g_assert_cmphex(b->out, ==, 0);
}

/* One pin, each way to be interrupted: {IS, IBE, IEV} and what a rise and a fall do to GPIORIS. */
static void test_pl061_senses(Bench *b, gconstpointer data)
{
    static const struct { bool is, ibe, iev; bool low, rise, fall; } rows[] = {
        { 0, 0, 0, false, false, true },
        { 0, 0, 1, false, true, false },
        { 0, 1, 0, false, true, true },
        { 0, 1, 1, false, true, true },
        { 1, 0, 1, false, true, false },
        { 1, 0, 0, true, false, true },
        { 1, 1, 1, false, true, false },
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        g_test_message("row %zu", i);
        wr(b, IE, 0x08);
        wr(b, IS, rows[i].is << 3);
        wr(b, IBE, rows[i].ibe << 3);
        wr(b, IEV, rows[i].iev << 3);
        wr(b, IC, 0xff);
        g_assert_cmphex(rd(b, RIS) & 8, ==, rows[i].low << 3);
        g_assert_cmpint(b->irq, ==, rows[i].low);
        drive(b, 3, true);
        g_assert_cmphex(rd(b, RIS) & 8, ==, rows[i].rise << 3);
        g_assert_cmpint(b->irq, ==, rows[i].rise);
        wr(b, IC, 0x08);
        g_assert_cmpint(b->irq, ==, rows[i].is && rows[i].rise);   /* a level cannot be cleared */
        drive(b, 3, false);
        g_assert_cmphex(rd(b, RIS) & 8, ==, rows[i].fall << 3);
        g_assert_cmpint(b->irq, ==, rows[i].fall);
    }
}

/* What happened while a pin was level-sensitive is no edge afterwards. */
static void test_pl061_level_to_edge(Bench *b, gconstpointer data)
{
    wr(b, IS, 0x08);
    wr(b, IEV, 0x08);
    drive(b, 3, true);
    drive(b, 3, false);
    wr(b, IS, 0x00);
    g_assert_cmphex(rd(b, RIS), ==, 0);
    drive(b, 3, true);
    g_assert_cmphex(rd(b, RIS), ==, 0x08);
}

static void test_pl061_mask(Bench *b, gconstpointer data)
{
    wr(b, IEV, 0xff);
    drive(b, 1, true);
    drive(b, 2, true);
    g_assert_cmphex(rd(b, RIS), ==, 0x06);
    g_assert_cmphex(rd(b, MIS), ==, 0);
    g_assert_false(b->irq);
    wr(b, IE, 0x04);
    g_assert_cmphex(rd(b, MIS), ==, 0x04);
    g_assert_true(b->irq);
    wr(b, IC, 0x04);
    g_assert_false(b->irq);
    g_assert_cmphex(rd(b, RIS), ==, 0x02);
    drive(b, 2, true);                 /* no change, no edge */
    g_assert_false(b->irq);
}

/* Levels that the outside holds survive a reset, and the reset makes no edge of them. */
static void test_pl061_reset(Bench *b, gconstpointer data)
{
    wr(b, GDIR, 0x01);
    wr(b, DATA, 0x01);
    wr(b, IBE, 0xff);
    wr(b, IE, 0xff);
    drive(b, 5, true);
    g_assert_true(b->irq);
    device_reset(pl061_device(b->gpio));
    g_assert_false(b->irq);
    g_assert_cmphex(b->out, ==, 0);
    g_assert_cmphex(rd(b, RIS), ==, 0);
    g_assert_cmphex(rd(b, DATA), ==, 0x20);
    g_assert_cmphex(rd(b, IE), ==, 0);
}

static void quit(void *opaque) { event_loop_quit(opaque); }

/* The power button: down at once, up by itself. */
static void test_gpio_key(Bench *b, gconstpointer data)
{
    VirtClock *clock = virt_clock_new();
    EventLoop *loop = event_loop_new(clock);
    GpioKey *key = gpio_key_new(loop, clock, pl061_input(b->gpio, 3));
    EventTimer *stop = event_timer_new(loop, quit, loop);

    gpio_key_press(key);      /* guest time stands still: it stays down */
    g_assert_cmphex(rd(b, DATA), ==, 0x08);
    virt_clock_start(clock);
    event_timer_set(stop, 150 * 1000000);
    event_loop_run(loop);
    g_assert_cmphex(rd(b, DATA), ==, 0);
    gpio_key_press(key);
    gpio_key_reset(key);
    g_assert_cmphex(rd(b, DATA), ==, 0);
    gpio_key_free(key);
    event_timer_free(stop);
    event_loop_free(loop);
    virt_clock_free(clock);
}

#define ADD(name, fn) g_test_add("/pl061/" name, Bench, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("table", test_pl061_table);
    ADD("data-mask", test_pl061_data_mask);
    ADD("senses", test_pl061_senses);
    ADD("level-to-edge", test_pl061_level_to_edge);
    ADD("mask", test_pl061_mask);
    ADD("reset", test_pl061_reset);
    ADD("gpio-key", test_gpio_key);
    return g_test_run();
}
