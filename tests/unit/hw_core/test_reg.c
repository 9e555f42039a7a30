/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/core/reg.h"

#include <glib.h>
#include <string.h>

#include "util/bits.h"

typedef struct Toy {
    uint32_t ctrl, status, ro;
    uint8_t prio[8];
    uint64_t route[4];
    uint64_t shadow;          /* behind HOOKED */
    GMutex lock;
    bool locked_in_hook;
    unsigned hooks, pops, last_n;
    uint64_t last_val, last_old;
} Toy;

static void note(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Toy *t = dev;
    t->hooks++;
    t->last_n = n;
    t->last_val = val;
    t->last_old = old;
    t->locked_in_hook = !g_mutex_trylock(&t->lock);
}

static uint64_t hooked_read(void *dev, const Reg *reg, unsigned n) { return ((Toy *)dev)->shadow; }

static void hooked_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    ((Toy *)dev)->shadow = val;
    note(dev, reg, n, val, old);
}

static uint64_t pop(void *dev, const Reg *reg, unsigned n) { return ++((Toy *)dev)->pops; }

static const Reg rows[] = {
    { "CTRL", 0x00, .width = 4, .access = REG_ACC_W, .field = offsetof(Toy, ctrl), .reset = 0x11,
      .wmask = 0xff, .written = note },
    { "STATUS", 0x04, .width = 4, .access = REG_ACC_B | REG_ACC_W, .field = offsetof(Toy, status),
      .reset = 0xff00ff, .wmask = 0xff000000, .w1c = 0xffff, .written = note },
    { "RO", 0x08, .width = 4, .access = REG_ACC_H | REG_ACC_W, .field = offsetof(Toy, ro),
      .reset = 0xabcd1234 },
    { "PRIO", 0x10, .width = 1, .access = REG_ACC_B, .count = 8, .field = offsetof(Toy, prio),
      .reset = 0x80, .wmask = 0xf8, .written = note },
    { "ROUTE", 0x20, .width = 8, .access = REG_ACC_W | REG_ACC_D, .count = 4,
      .field = offsetof(Toy, route), .wmask = 0xff00ffffff, .written = note },
    { "HOOKED", 0x80, .width = 8, .access = REG_ACC_W | REG_ACC_D, .field = REG_NO_FIELD,
      .read = hooked_read, .written = hooked_written },
    { "FIFO", 0x88, .width = 4, .access = REG_ACC_B | REG_ACC_W, .field = REG_NO_FIELD,
      .read = pop, .written = note, .read_has_effect = true },
    { "ID", 0x90, .width = 4, .access = REG_ACC_W, .field = REG_NO_FIELD, .reset = 0x42 },
};

static GMutex *toy_lock(void *dev) { return &((Toy *)dev)->lock; }

static const RegBlock block = { "toy", rows, ARRAY_SIZE(rows), toy_lock };

static uint64_t rd(Toy *t, uint64_t off, unsigned size)
{
    uint64_t v = ~0ull;
    g_assert_cmpint(reg_block_read(&block, t, off, &v, (MemAttrs){ .size = size }), ==, MEM_OK);
    return v;
}

static void wr(Toy *t, uint64_t off, uint64_t v, unsigned size)
{
    g_assert_cmpint(reg_block_write(&block, t, off, v, (MemAttrs){ .size = size }), ==, MEM_OK);
}

static Toy *toy(void)
{
    Toy *t = g_new0(Toy, 1);
    g_mutex_init(&t->lock);
    reg_block_reset(&block, t);
    return t;
}

static void test_reg_reset(void)
{
    g_autofree Toy *t = toy();

    g_assert_cmphex(rd(t, 0, 4), ==, 0x11);
    g_assert_cmphex(rd(t, 4, 4), ==, 0xff00ff);
    g_assert_cmphex(rd(t, 0x17, 1), ==, 0x80);
    g_assert_cmphex(rd(t, 0x90, 4), ==, 0x42);
    g_assert_cmpuint(t->hooks, ==, 0);
}

static void test_reg_wmask_and_hook(void)
{
    g_autofree Toy *t = toy();

    wr(t, 0, 0xffffff22, 4);
    g_assert_cmphex(t->ctrl, ==, 0x22);
    g_assert_cmphex(t->last_val, ==, 0xffffff22);
    g_assert_cmphex(t->last_old, ==, 0x11);
    g_assert_true(t->locked_in_hook);
    g_assert_true(g_mutex_trylock(&t->lock));   /* and dropped afterwards */
    g_mutex_unlock(&t->lock);
    wr(t, 0x08, 0, 4);                          /* read-only */
    g_assert_cmphex(rd(t, 0x08, 4), ==, 0xabcd1234);
}

static void test_reg_w1c(void)
{
    g_autofree Toy *t = toy();

    t->status = 0x00aaffff;
    wr(t, 4, 0x12340ff0, 4);      /* wmask byte stored, RES0 byte kept, ones cleared */
    g_assert_cmphex(t->status, ==, 0x12aaf00f);
    wr(t, 5, 0x10, 1);            /* a byte of it: the other w1c byte is not touched */
    g_assert_cmphex(t->status, ==, 0x12aae00f);
    g_assert_cmphex(t->last_val, ==, 0x12aa1000);
}

static void test_reg_partial(void)
{
    g_autofree Toy *t = toy();

    g_assert_cmphex(rd(t, 0x0a, 2), ==, 0xabcd);
    wr(t, 0x28, 0x1111111122222222, 8);
    g_assert_cmphex(t->route[1], ==, 0x1100222222);
    wr(t, 0x2c, 0x33, 4);
    g_assert_cmphex(t->route[1], ==, 0x3300222222);
    g_assert_cmpuint(t->last_n, ==, 1);
    g_assert_cmphex(t->last_val, ==, 0x3300222222);
    wr(t, 0x28, 0x44444444, 4);
    g_assert_cmphex(t->route[1], ==, 0x3300444444);
    g_assert_cmphex(rd(t, 0x2c, 4), ==, 0x33);
    g_assert_cmphex(rd(t, 0x28, 8), ==, 0x3300444444);
    /* Without storage the other half comes from the read hook ... */
    t->shadow = 0x1111111122222222;
    wr(t, 0x84, 0x99999999, 4);
    g_assert_cmphex(t->shadow, ==, 0x9999999922222222);
    /* ... unless reading has an effect. */
    wr(t, 0x89, 0x77, 1);
    g_assert_cmphex(t->last_val, ==, 0x7700);
    g_assert_cmpuint(t->pops, ==, 0);
}

static void test_reg_arrays(void)
{
    g_autofree Toy *t = toy();

    wr(t, 0x13, 0xff, 1);
    g_assert_cmphex(t->prio[3], ==, 0xf8);
    g_assert_cmpuint(t->last_n, ==, 3);
    wr(t, 0x38, 0x5678, 8);
    g_assert_cmphex(t->route[3], ==, 0x5678);
    wr(t, 0x40, 0x1234, 8);       /* behind the last */
    g_assert_cmphex(rd(t, 0x40, 8), ==, 0);
}

static void test_reg_refused(void)
{
    g_autofree Toy *t = toy();

    g_assert_cmphex(rd(t, 0, 1), ==, 0);        /* size not allowed */
    g_assert_cmphex(rd(t, 0, 8), ==, 0);
    wr(t, 0, 0x33, 2);
    g_assert_cmphex(t->ctrl, ==, 0x11);
    g_assert_cmphex(rd(t, 0x0a, 4), ==, 0);     /* not aligned */
    g_assert_cmphex(rd(t, 0x1c, 4), ==, 0);     /* no such register */
    g_assert_cmphex(rd(t, 0xffc, 4), ==, 0);
    wr(t, 0x1ffffffffcull, 1, 4);
    g_assert_cmpuint(t->hooks, ==, 0);
}

static void test_reg_find(void)
{
    unsigned n;

    g_assert_cmpstr(reg_block_find(&block, 0x38, &n)->name, ==, "ROUTE");
    g_assert_cmpuint(n, ==, 3);
    g_assert_null(reg_block_find(&block, 0x18, &n));
    g_assert_null(reg_block_find(&block, 0x40, &n));   /* behind the last of an array */
    g_assert_null(reg_block_find(&block, 0x94, &n));   /* behind the last row */
}

#define W4 .width = 4, .access = REG_ACC_W, .field = 0

static void test_reg_sanity(void)
{
    static const struct { const char *want; Reg rows[2]; unsigned n; } bad[] = {
        { "has no name", { { NULL, 0, W4 } }, 1 },
        { "width is not", { { "A", 0, .width = 3, .access = REG_ACC_B } }, 1 },
        { "width is not", { { "A", 0, .width = 16, .access = REG_ACC_B } }, 1 },
        { "not aligned", { { "A", 2, W4 } }, 1 },
        { "access size", { { "A", 0, .width = 4, .access = 0 } }, 1 },
        { "access size", { { "A", 0, .width = 4, .access = REG_ACC_W | REG_ACC_D } }, 1 },
        { "beyond 32-bit", { { "A", 0xfffffff0, W4, .count = 8 } }, 1 },
        { "beyond its width", { { "A", 0, W4, .reset = 1ull << 32 } }, 1 },
        { "beyond its width", { { "A", 0, W4, .wmask = 1ull << 32 } }, 1 },
        { "beyond its width", { { "A", 0, W4, .w1c = 1ull << 32 } }, 1 },
        { "overlap", { { "A", 0, W4, .wmask = 3, .w1c = 2 } }, 1 },
        { "neither a field nor", { { "A", 0, .width = 4, .access = REG_ACC_W,
                                     .field = REG_NO_FIELD, .wmask = 1 } }, 1 },
        { "order", { { "A", 4, W4 }, { "B", 0, W4 } }, 2 },
        { "order", { { "A", 4, W4 }, { "B", 4, W4 } }, 2 },
        { "overlaps the row", { { "A", 0, .width = 8, .access = REG_ACC_D }, { "B", 4, W4 } }, 2 },
        { "overlaps the row", { { "A", 0, W4, .count = 3 }, { "B", 8, W4 } }, 2 },
    };
    const char *why = NULL;

    g_assert_true(reg_block_is_sane(&block, &why));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        RegBlock b = { "bad", bad[i].rows, bad[i].n };
        g_test_message("row %zu: %s", i, bad[i].want);
        g_assert_false(reg_block_is_sane(&b, &why));
        g_assert_nonnull(strstr(why, bad[i].want));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reg/reset", test_reg_reset);
    g_test_add_func("/reg/wmask-and-hook", test_reg_wmask_and_hook);
    g_test_add_func("/reg/w1c", test_reg_w1c);
    g_test_add_func("/reg/partial", test_reg_partial);
    g_test_add_func("/reg/arrays", test_reg_arrays);
    g_test_add_func("/reg/refused", test_reg_refused);
    g_test_add_func("/reg/find", test_reg_find);
    g_test_add_func("/reg/sanity", test_reg_sanity);
    return g_test_run();
}
