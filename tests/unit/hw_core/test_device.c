/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/core/device.h"
#include "hw/core/reg.h"

#include <glib.h>

#include "util/bits.h"

typedef struct Toy {
    Device dev;
    uint32_t value;
    bool fail;
    unsigned *log;            /* one digit an event, outlives the device */
} Toy;

static void note(Device *dev, unsigned digit)
{
    Toy *t = container_of(dev, Toy, dev);
    if (t->log) {
        *t->log = *t->log * 10 + digit;
    }
}

static bool toy_realize(Device *dev, Error **errp)
{
    if (container_of(dev, Toy, dev)->fail) {
        return error_set(errp, "toy is broken");
    }
    note(dev, 1);
    return true;
}
static void toy_reset(Device *dev) { note(dev, 2); }
static void toy_unrealize(Device *dev) { note(dev, 3); }
static void toy_finalize(Device *dev) { note(dev, 4); }

static const Reg rows[] = {
    { "VALUE", 0, .width = 4, .access = REG_ACC_W, .field = offsetof(Toy, value), .reset = 7,
      .wmask = 0xffff },
};
static const RegBlock toy_regs = { "toy", rows, ARRAY_SIZE(rows) };

static MemResult ops_read(void *opaque, uint64_t off, uint64_t *val, MemAttrs attrs)
{
    *val = ((Toy *)opaque)->value + off;
    return MEM_OK;
}
static MemResult ops_write(void *opaque, uint64_t off, uint64_t val, MemAttrs attrs)
{
    return MEM_ERROR;
}
static const MmioOps toy_ops = { ops_read, ops_write, 4, 4 };

static const DeviceType toy_type = {
    .name = "toy", .size = sizeof(Toy),
    .frames = { { 0x1000, .regs = &toy_regs }, { 0x100, .ops = &toy_ops } },
    .irqs = { "OUT" },
    .realize = toy_realize, .reset = toy_reset, .unrealize = toy_unrealize,
    .finalize = toy_finalize,
};

static void test_device_lifecycle(void)
{
    unsigned log = 0;
    Toy *t = device_new(&toy_type);
    Error *err = NULL;

    t->log = &log;
    t->fail = true;
    g_assert_false(device_realize(&t->dev, &err));
    g_assert_cmpstr(error_text(err), ==, "toy is broken");
    error_free(err);
    g_assert_false(t->dev.realized);
    t->fail = false;
    g_assert_true(device_realize(&t->dev, NULL));
    device_reset(&t->dev);
    g_assert_cmpuint(t->value, ==, 7);
    device_free(&t->dev);
    g_assert_cmpuint(log, ==, 1234);
    device_free(NULL);
}

/* A device that was never realized is not unrealized. */
static void test_device_free_early(void)
{
    unsigned log = 0;
    Toy *t = device_new(&toy_type);

    t->log = &log;
    t->dev.path = g_strdup("/machine/unattached/device[0]");
    device_free(&t->dev);
    g_assert_cmpuint(log, ==, 4);
}

static void test_device_map(void)
{
    Toy *t = device_new(&toy_type);
    PhysMem *mem = phys_mem_new();
    MemAttrs attrs = { .size = 4 };
    uint64_t v;

    t->dev.frame_bytes[1] = 0x200;   /* as a realize with a configured size would */
    g_assert_true(device_realize(&t->dev, NULL));
    device_map(&t->dev, 0, mem, 0x9000000);
    device_map(&t->dev, 1, mem, 0xa000000);
    phys_mem_commit(mem);
    device_reset(&t->dev);
    g_assert_cmpint(phys_mem_read(mem, 0x9000000, &v, attrs), ==, MEM_OK);
    g_assert_cmphex(v, ==, 7);
    g_assert_cmpint(phys_mem_write(mem, 0x9000000, 0x12345678, attrs), ==, MEM_OK);
    g_assert_cmphex(t->value, ==, 0x5678);
    g_assert_cmpint(phys_mem_read(mem, 0xa0001fc, &v, attrs), ==, MEM_OK);
    g_assert_cmphex(v, ==, 0x5678 + 0x1fc);
    g_assert_cmpint(phys_mem_write(mem, 0xa000000, 0, attrs), ==, MEM_ERROR);
    g_assert_cmpint(phys_mem_read(mem, 0xa000200, &v, attrs), ==, MEM_DECODE);
    g_assert_cmphex(t->dev.frame_pa[1], ==, 0xa000000);
    phys_mem_free(mem);
    device_free(&t->dev);
}

static void sink(void *opaque, unsigned n, bool level)
{
    *(unsigned *)opaque = *(unsigned *)opaque * 100 + n * 10 + level;
}

static void test_device_irq(void)
{
    Toy *t = device_new(&toy_type);
    unsigned seen = 0;

    irq_set(&t->dev.irq[0], true);   /* not connected: nothing happens */
    device_connect_irq(&t->dev, 0, (IrqLine){ sink, &seen, 4 }, 33);
    irq_pulse(&t->dev.irq[0]);
    g_assert_cmpuint(seen, ==, 4140);
    g_assert_cmpint(t->dev.irq_intid[0], ==, 33);
    device_free(&t->dev);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device/lifecycle", test_device_lifecycle);
    g_test_add_func("/device/free-early", test_device_free_early);
    g_test_add_func("/device/map", test_device_map);
    g_test_add_func("/device/irq", test_device_irq);
    return g_test_run();
}
