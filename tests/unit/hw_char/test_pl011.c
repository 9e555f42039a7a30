/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A UART between two fakes: a chardev that keeps what it gets, and an interrupt wire. */
#include "hw/char/pl011.h"

#include <glib.h>
#include <string.h>

#include "hw/core/hwdesc.h"
#include "tests/unit/hw_core/device_bus.h"

/* -- The fake chardev ---- */

struct Chardev {
    const CharFrontendOps *ops;
    void *opaque;
    GString *out;
    size_t room;              /* bytes that chardev_write() still takes */
    unsigned accepts, breaks;
};

void chardev_set_frontend(Chardev *chr, const CharFrontendOps *ops, void *opaque)
{
    chr->ops = ops;
    chr->opaque = opaque;
}

size_t chardev_write(Chardev *chr, const void *buf, size_t len)
{
    size_t n = MIN(len, chr->room);
    g_string_append_len(chr->out, buf, n);
    chr->room -= n;
    return n;
}

void chardev_accept_input(Chardev *chr) { chr->accepts++; }
bool chardev_is_open(const Chardev *chr) { return true; }
void chardev_send_break(Chardev *chr) { chr->breaks++; }

/* -- The bench ---- */

enum { DR = 0x00, RSR = 0x04, FR = 0x18, LCR_H = 0x2c, CR = 0x30, IFLS = 0x34, IMSC = 0x38,
       RIS = 0x3c, MIS = 0x40, ICR = 0x44 };
enum { FR_BUSY = 0x08, FR_RXFE = 0x10, FR_TXFF = 0x20, FR_RXFF = 0x40, FR_TXFE = 0x80 };
enum { I_RX = 0x10, I_TX = 0x20, I_RT = 0x40, I_BE = 0x200, I_OE = 0x400 };
#define FEN 0x10

typedef struct Bench {
    Chardev chr;
    Pl011 *uart;
    PhysMem *mem;
    bool irq;
    unsigned irq_changes;
} Bench;

static void irq_sink(void *opaque, unsigned n, bool level)
{
    Bench *b = opaque;
    g_assert_cmpuint(n, ==, 7);
    b->irq = level;
    b->irq_changes++;
}

static void set_up(Bench *b, gconstpointer data)
{
    b->chr.out = g_string_new(NULL);
    b->chr.room = SIZE_MAX;
    b->mem = phys_mem_new();
    b->uart = pl011_new(&b->chr);
    Device *dev = pl011_device(b->uart);
    g_assert_true(device_realize(dev, NULL));
    device_map(dev, 0, b->mem, 0x9000000);
    device_connect_irq(dev, 0, (IrqLine){ irq_sink, b, 7 }, 33);
    phys_mem_commit(b->mem);
    device_reset(dev);
    b->irq_changes = 0;
}

static void tear_down(Bench *b, gconstpointer data)
{
    device_free(pl011_device(b->uart));
    g_assert_null(b->chr.ops);
    phys_mem_free(b->mem);
    g_string_free(b->chr.out, TRUE);
}

static uint32_t rd(Bench *b, unsigned off) { return bus_read(b->mem, 0x9000000 + off, 4); }

static void wr_n(Bench *b, unsigned off, uint32_t v, unsigned size)
{
    bus_write(b->mem, 0x9000000 + off, size, v);
}

static void wr(Bench *b, unsigned off, uint32_t v) { wr_n(b, off, v, 4); }

/* Push as a backend does; returns how many bytes the UART took. */
static size_t type(Bench *b, const char *text)
{
    size_t left = strlen(text), taken = 0, n;

    while (left && (n = b->chr.ops->can_receive(b->chr.opaque))) {
        n = MIN(n, left);
        b->chr.ops->receive(b->chr.opaque, (const uint8_t *)text + taken, n);
        taken += n;
        left -= n;
    }
    return taken;
}

#define BYTES40 "0123456789012345678901234567890123456789"

/* -- Tests ---- */

static void test_pl011_table(Bench *b, gconstpointer data)
{
    check_register_tables(&pl011_type);
}

static void test_pl011_reset(Bench *b, gconstpointer data)
{
    static const struct { unsigned off; uint32_t want; } rows[] = {
        { RSR, 0 }, { FR, 0x97 }, { 0x20, 0 }, { 0x24, 0 }, { 0x28, 0 }, { LCR_H, 0 },
        { CR, 0x300 }, { IFLS, 0x12 }, { IMSC, 0 }, { RIS, 0 }, { MIS, 0 }, { 0x48, 0 },
        { 0xfe0, 0x11 }, { 0xfe4, 0x10 }, { 0xfe8, 0x34 }, { 0xfec, 0 },
        { 0xff0, 0x0d }, { 0xff4, 0xf0 }, { 0xff8, 0x05 }, { 0xffc, 0xb1 },
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        g_test_message("offset 0x%x", rows[i].off);
        g_assert_cmphex(rd(b, rows[i].off), ==, rows[i].want);
    }
    wr(b, 0x24, ~0u);
    wr(b, 0x28, ~0u);
    wr(b, CR, ~0u & ~0x80u);
    wr(b, IMSC, ~0u);
    g_assert_cmphex(rd(b, 0x24), ==, 0xffff);
    g_assert_cmphex(rd(b, 0x28), ==, 0x3f);
    g_assert_cmphex(rd(b, CR), ==, 0xff07);
    g_assert_cmphex(rd(b, IMSC), ==, 0x7ff);
}

static void test_pl011_transmit(Bench *b, gconstpointer data)
{
    for (const char *s = "hello"; *s; s++) {
        wr_n(b, DR, *s, s[1] ? 1 : 2);
    }
    g_assert_cmpstr(b->chr.out->str, ==, "hello");
    g_assert_cmphex(rd(b, FR) & 0xf8, ==, FR_RXFE | FR_TXFE);
    g_assert_cmphex(rd(b, RIS), ==, I_TX);
    g_assert_false(b->irq);
    wr(b, IMSC, I_TX);
    g_assert_true(b->irq);
    g_assert_cmphex(rd(b, MIS), ==, I_TX);
    wr(b, ICR, I_TX);
    g_assert_false(b->irq);
    g_assert_cmphex(rd(b, RIS), ==, 0);
    wr(b, DR, '!');               /* each byte that leaves below the level is an event */
    g_assert_true(b->irq);
    wr(b, IMSC, 0);
    g_assert_false(b->irq);
}

/* The backend is full: bytes wait in the FIFO, the guest sees it, and none is lost or swapped. */
static void transmit_full(Bench *b, unsigned depth, unsigned level)
{
    wr(b, IMSC, I_TX);
    b->chr.room = 3;
    for (unsigned i = 0; i < 3 + depth; i++) {
        g_assert_cmphex(rd(b, FR) & FR_TXFF, ==, 0);
        wr(b, DR, BYTES40[i]);
    }
    g_assert_cmpuint(b->chr.out->len, ==, 3);
    g_assert_cmphex(rd(b, FR) & 0xa8, ==, FR_TXFF | FR_BUSY);
    g_assert_cmphex(rd(b, RIS) & I_TX, ==, 0);
    g_assert_false(b->irq);
    wr(b, DR, 'X');               /* to a full FIFO: lost, as in the hardware */
    b->chr.room = depth - level - 1;
    b->chr.ops->event(b->chr.opaque, CHARDEV_WRITABLE);
    g_assert_cmphex(rd(b, RIS) & I_TX, ==, 0);    /* one above the level */
    b->chr.room = 1;
    b->chr.ops->event(b->chr.opaque, CHARDEV_WRITABLE);
    g_assert_true(b->irq);
    b->chr.room = SIZE_MAX;
    wr(b, DR, '.');               /* there is room, but the event has not come: no overtaking */
    b->chr.ops->event(b->chr.opaque, CHARDEV_WRITABLE);
    g_assert_cmphex(rd(b, FR) & 0xa8, ==, FR_TXFE);
    wr(b, DR, '!');
    g_autofree char *want = g_strdup_printf("%.*s.!", 3 + depth, BYTES40);
    g_assert_cmpstr(b->chr.out->str, ==, want);
}

static void test_pl011_transmit_full_fifo(Bench *b, gconstpointer data)
{
    wr(b, LCR_H, FEN);
    transmit_full(b, 32, 16);
}

static void test_pl011_transmit_full_byte(Bench *b, gconstpointer data)
{
    b->chr.room = 0;
    wr(b, IMSC, I_TX);
    wr(b, DR, 'a');
    g_assert_cmphex(rd(b, FR) & 0xa8, ==, FR_TXFF | FR_BUSY);
    g_assert_false(b->irq);
    b->chr.room = 1;
    b->chr.ops->event(b->chr.opaque, CHARDEV_WRITABLE);
    g_assert_true(b->irq);
    g_assert_cmpstr(b->chr.out->str, ==, "a");
}

static void test_pl011_receive(Bench *b, gconstpointer data)
{
    wr(b, LCR_H, FEN);
    wr(b, IMSC, I_RX | I_RT);
    g_assert_cmpuint(type(b, "k"), ==, 1);
    wr_n(b, DR, 'o', 1);          /* a byte out takes none in */
    /* One key: below the trigger level, so it is the timeout that tells. */
    g_assert_cmphex(rd(b, RIS), ==, I_RT | I_TX);
    g_assert_true(b->irq);
    g_assert_cmphex(rd(b, FR) & (FR_RXFE | FR_RXFF), ==, 0);
    g_assert_cmphex(rd(b, DR), ==, 'k');
    g_assert_cmphex(rd(b, RIS), ==, I_TX);
    g_assert_false(b->irq);
    g_assert_cmphex(rd(b, FR) & FR_RXFE, ==, FR_RXFE);
}

static void test_pl011_receive_levels(Bench *b, gconstpointer data)
{
    static const struct { unsigned select, level; } rows[] = {
        { 0, 4 }, { 1, 8 }, { 2, 16 }, { 3, 24 }, { 4, 28 },
    };
    wr(b, LCR_H, FEN);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        g_test_message("select %u", rows[i].select);
        wr(b, IFLS, rows[i].select << 3);
        for (unsigned n = 1; n <= 32; n++) {
            type(b, "x");
            g_assert_cmphex(rd(b, RIS) & I_RX, ==, n >= rows[i].level ? I_RX : 0);
        }
        for (unsigned n = 32; n-- > 0;) {
            rd(b, DR);
            g_assert_cmphex(rd(b, RIS) & I_RX, ==, n >= rows[i].level ? I_RX : 0);
        }
    }
}

/* Flow control: what does not fit stays outside and comes when half of the FIFO is free. */
static void test_pl011_receive_full(Bench *b, gconstpointer data)
{
    wr(b, LCR_H, FEN);
    g_assert_cmpuint(type(b, BYTES40), ==, 32);
    g_assert_cmphex(rd(b, FR) & (FR_RXFE | FR_RXFF), ==, FR_RXFF);
    g_assert_cmpuint(b->chr.ops->can_receive(b->chr.opaque), ==, 0);
    unsigned accepts = b->chr.accepts;
    for (unsigned i = 0; i < 32; i++) {
        g_assert_cmpuint(b->chr.accepts - accepts, ==, i > 15);
        g_assert_cmphex(rd(b, DR), ==, BYTES40[i]);
    }
    g_assert_cmpuint(b->chr.ops->can_receive(b->chr.opaque), ==, 32);
    g_assert_cmphex(rd(b, RIS) & I_OE, ==, 0);
}

static void test_pl011_receive_without_fifo(Bench *b, gconstpointer data)
{
    wr(b, IMSC, I_RX);
    g_assert_cmpuint(type(b, "ab"), ==, 1);
    g_assert_true(b->irq);
    g_assert_cmphex(rd(b, FR) & FR_RXFF, ==, FR_RXFF);
    g_assert_cmphex(rd(b, DR), ==, 'a');
    g_assert_false(b->irq);
    g_assert_cmpuint(b->chr.accepts, ==, 1);
    g_assert_cmphex(rd(b, DR) & 0xff00, ==, 0);    /* empty: no error bits, no underflow */
    g_assert_cmphex(rd(b, FR) & FR_RXFE, ==, FR_RXFE);
}

/* What Linux does at start: clear the interrupts, then drain; a byte in between must not hang. */
static void test_pl011_receive_cleared(Bench *b, gconstpointer data)
{
    wr(b, LCR_H, FEN);
    wr(b, IMSC, I_RX | I_RT);
    type(b, "ab");
    wr(b, ICR, I_RX | I_RT);
    g_assert_false(b->irq);
    type(b, "c");
    g_assert_true(b->irq);
    wr(b, ICR, I_RT);
    g_assert_cmphex(rd(b, DR), ==, 'a');
    g_assert_true(b->irq);
    g_assert_cmphex(rd(b, DR), ==, 'b');
    g_assert_cmphex(rd(b, DR), ==, 'c');
    g_assert_false(b->irq);
}

static void test_pl011_break(Bench *b, gconstpointer data)
{
    wr(b, LCR_H, FEN);
    b->chr.ops->event(b->chr.opaque, CHARDEV_BREAK);
    type(b, "q");
    g_assert_cmphex(rd(b, RIS) & I_BE, ==, I_BE);
    g_assert_cmphex(rd(b, DR), ==, 0x400);
    g_assert_cmphex(rd(b, RSR), ==, 4);
    g_assert_cmphex(rd(b, DR), ==, 'q');
    g_assert_cmphex(rd(b, RSR), ==, 0);
    b->chr.ops->event(b->chr.opaque, CHARDEV_BREAK);
    rd(b, DR);
    wr(b, RSR, 0xff);
    g_assert_cmphex(rd(b, RSR), ==, 0);
    wr(b, ICR, I_BE);
    g_assert_cmphex(rd(b, RIS), ==, 0);
    /* And the other way: once per rising edge of the bit. */
    wr(b, LCR_H, FEN | 1);
    wr(b, LCR_H, FEN | 1);
    g_assert_cmpuint(b->chr.breaks, ==, 1);
}

static void test_pl011_loopback(Bench *b, gconstpointer data)
{
    wr(b, LCR_H, FEN);
    wr(b, CR, 0x380);
    g_assert_cmpuint(type(b, "outside"), ==, 0);
    wr(b, DR, 'L');
    g_assert_cmpstr(b->chr.out->str, ==, "");
    g_assert_cmphex(rd(b, DR), ==, 'L');
    g_assert_cmphex(rd(b, FR) & 0x107, ==, 0);
    wr(b, CR, 0x3f80);            /* DTR, RTS, Out1, Out2 */
    g_assert_cmphex(rd(b, FR) & 0x107, ==, 0x107);
    g_assert_cmphex(rd(b, RIS) & 0xf, ==, 0xf);
    wr(b, ICR, 0x7ff);
    for (unsigned i = 0; i < 33; i++) {
        wr(b, DR, i);
    }
    g_assert_cmphex(rd(b, RIS) & I_OE, ==, I_OE);
    for (unsigned i = 0; i < 31; i++) {
        g_assert_cmphex(rd(b, DR), ==, i);
    }
    g_assert_cmphex(rd(b, DR), ==, 0x81f);
    unsigned accepts = b->chr.accepts;
    wr(b, CR, 0x300);
    g_assert_cmpuint(b->chr.accepts, ==, accepts + 1);
    g_assert_cmpuint(type(b, "outside"), ==, 7);
}

static void test_pl011_fifo_switch(Bench *b, gconstpointer data)
{
    wr(b, LCR_H, FEN);
    wr(b, IMSC, I_RT);
    type(b, "abc");
    wr(b, LCR_H, 0);
    g_assert_cmphex(rd(b, FR) & FR_RXFE, ==, FR_RXFE);
    g_assert_false(b->irq);
}

static void test_pl011_machine_reset(Bench *b, gconstpointer data)
{
    wr(b, LCR_H, FEN);
    wr(b, IMSC, I_RX | I_RT);
    b->chr.room = 0;
    wr(b, DR, 'z');
    type(b, BYTES40);
    g_assert_true(b->irq);
    device_reset(pl011_device(b->uart));
    g_assert_false(b->irq);
    g_assert_cmphex(rd(b, RIS), ==, 0);
    g_assert_cmphex(rd(b, FR) & FR_RXFE, ==, FR_RXFE);
    b->chr.room = 1;
    b->chr.ops->event(b->chr.opaque, CHARDEV_WRITABLE);
    g_assert_cmpstr(b->chr.out->str, ==, "z");
}

static void test_pl011_describe(Bench *b, gconstpointer data)
{
    HwDesc d;
    pl011_type.describe(pl011_device(b->uart), &d);
    g_assert_cmpstr(d.fdt_name, ==, "pl011");
    g_assert_cmpstr(d.acpi_hid, ==, "ARMH0011");
    g_assert_cmphex(d.mmio[0].base_pa, ==, 0x9000000);
    g_assert_cmphex(d.mmio[0].size_bytes, ==, 0x1000);
    g_assert_cmpuint(d.irq[0].intid, ==, 33);
}

static void test_pl011_without_chardev(void)
{
    Pl011 *uart = pl011_new(NULL);
    Device *dev = pl011_device(uart);
    PhysMem *mem = phys_mem_new();

    g_assert_true(device_realize(dev, NULL));
    device_map(dev, 0, mem, 0);
    phys_mem_commit(mem);
    device_reset(dev);
    for (unsigned i = 0; i < 100; i++) {
        bus_write(mem, DR, 1, 'x');
        bus_write(mem, LCR_H, 1, i & 1);
    }
    g_assert_cmphex(bus_read(mem, FR, 4), ==, 0x97);
    device_free(dev);
    phys_mem_free(mem);
}

#define ADD(name, fn) g_test_add("/pl011/" name, Bench, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("table", test_pl011_table);
    ADD("reset", test_pl011_reset);
    ADD("transmit", test_pl011_transmit);
    ADD("transmit-full-fifo", test_pl011_transmit_full_fifo);
    ADD("transmit-full-byte", test_pl011_transmit_full_byte);
    ADD("receive", test_pl011_receive);
    ADD("receive-levels", test_pl011_receive_levels);
    ADD("receive-full", test_pl011_receive_full);
    ADD("receive-without-fifo", test_pl011_receive_without_fifo);
    ADD("receive-cleared", test_pl011_receive_cleared);
    ADD("break", test_pl011_break);
    ADD("loopback", test_pl011_loopback);
    ADD("fifo-switch", test_pl011_fifo_switch);
    ADD("machine-reset", test_pl011_machine_reset);
    ADD("describe", test_pl011_describe);
    g_test_add_func("/pl011/without-chardev", test_pl011_without_chardev);
    return g_test_run();
}
