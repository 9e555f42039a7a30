/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU hot-plug registers between a bus and a board that is a table. docs/devel/hotplug.md. */
#include "hw/acpi/dev/cpuhp.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/hw_core/device_bus.h"

#define BASE 0x1000u
#define N    4u
enum { SELECTOR = 0, FLAGS = 4, COMMAND = 5, DATA = 8 };
enum { ENABLED = 1, INSERT = 2, REMOVE = 4, EJECT = 8, PRESENT = 32 };

typedef struct Bench {
    CpuHp *hp;
    PhysMem *mem;
    bool enabled[N];
    GString *calls;           /* of the board, one line each */
} Bench;

/* -- The board. Each function takes the block's lock: held already, the alarm would end it -- */

static bool board_enabled(void *opaque, unsigned cpu)
{
    Bench *b = opaque;

    cpuhp_is_removing(b->hp, cpu);
    return b->enabled[cpu];
}

static void board_eject(void *opaque, unsigned cpu)
{
    Bench *b = opaque;

    cpuhp_clear_pending(b->hp, cpu);
    g_string_append_printf(b->calls, "eject %u\n", cpu);
}

static void board_ost(void *opaque, unsigned cpu, uint32_t event, uint32_t status)
{
    Bench *b = opaque;

    cpuhp_is_removing(b->hp, cpu);
    g_string_append_printf(b->calls, "ost %u 0x%x 0x%x\n", cpu, event, status);
}

static uint64_t board_arch_id(void *opaque, unsigned cpu)
{
    cpuhp_is_removing(((Bench *)opaque)->hp, cpu);
    return UINT64_C(0x1200000000) + 0x100 * cpu;
}

static const CpuHpOps board = { board_enabled, board_eject, board_ost, board_arch_id };

static void set_up(Bench *b, gconstpointer data)
{
    alarm(60);
    b->calls = g_string_new(NULL);
    b->enabled[0] = true;
    b->hp = cpuhp_new(N, &board, b);
    b->mem = phys_mem_new();
    g_assert_true(device_realize(cpuhp_device(b->hp), NULL));
    device_map(cpuhp_device(b->hp), 0, b->mem, BASE);
    phys_mem_commit(b->mem);
    device_reset(cpuhp_device(b->hp));
}

static void tear_down(Bench *b, gconstpointer data)
{
    phys_mem_free(b->mem);
    device_free(cpuhp_device(b->hp));
    g_string_free(b->calls, TRUE);
}

static uint64_t rd(Bench *b, unsigned off, unsigned size)
{
    return bus_read(b->mem, BASE + off, size);
}

static void wr(Bench *b, unsigned off, unsigned size, uint64_t v)
{
    bus_write(b->mem, BASE + off, size, v);
}

static void test_table(Bench *b, gconstpointer data) { check_register_tables(&cpuhp_type); }

static void select_cpu(Bench *b, uint32_t cpu) { wr(b, SELECTOR, 4, cpu); }

static unsigned flags_of(Bench *b, unsigned cpu)
{
    select_cpu(b, cpu);
    return rd(b, FLAGS, 1);
}

/* -- Flags -- */

static void test_flags_read(Bench *b, gconstpointer data)
{
    g_assert_cmphex(flags_of(b, 0), ==, PRESENT | ENABLED);
    g_assert_cmphex(flags_of(b, 1), ==, PRESENT);
    cpuhp_set_inserting(b->hp, 1);
    g_assert_cmphex(flags_of(b, 1), ==, PRESENT | INSERT);
    cpuhp_set_removing(b->hp, 1);
    g_assert_cmphex(flags_of(b, 1), ==, PRESENT | INSERT | REMOVE);
    b->enabled[1] = true;
    g_assert_cmphex(flags_of(b, 1), ==, PRESENT | INSERT | REMOVE | ENABLED);
    g_assert_cmphex(flags_of(b, 2), ==, PRESENT);
}

/* One action a write: insert goes before remove, remove before eject. */
static void test_flags_write(Bench *b, gconstpointer data)
{
    static const struct { unsigned write, left; const char *calls; } rows[] = {
        { 0, INSERT | REMOVE, "" },
        { ENABLED | PRESENT, INSERT | REMOVE, "" },
        { INSERT, REMOVE, "" },
        { REMOVE, INSERT, "" },
        { INSERT | REMOVE, REMOVE, "" },
        { INSERT | REMOVE | EJECT, REMOVE, "" },
        { REMOVE | EJECT, INSERT, "" },
        { EJECT, 0, "eject 2\n" },
        { EJECT | ENABLED | PRESENT, 0, "eject 2\n" },
        { 16, INSERT | REMOVE, "" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        g_test_message("write 0x%x", rows[i].write);
        g_string_truncate(b->calls, 0);
        cpuhp_set_inserting(b->hp, 2);
        cpuhp_set_removing(b->hp, 2);
        select_cpu(b, 2);
        wr(b, FLAGS, 1, rows[i].write);
        g_assert_cmphex(rd(b, FLAGS, 1), ==, PRESENT | rows[i].left);
        g_assert_cmpstr(b->calls->str, ==, rows[i].calls);
    }
}

/* An eject needs no request, and what to do with an empty slot is the board's business. */
static void test_eject_unasked(Bench *b, gconstpointer data)
{
    select_cpu(b, 3);
    wr(b, FLAGS, 1, EJECT);
    select_cpu(b, 0);
    wr(b, FLAGS, 1, EJECT);
    g_assert_cmpstr(b->calls->str, ==, "eject 3\neject 0\n");
}

/* -- Selector -- */

static void test_selector_beyond(Bench *b, gconstpointer data)
{
    static const uint32_t beyond[] = { N, N + 1, 255, 0x7fffffff, 0x80000000, 0xffffffff };

    for (unsigned i = 0; i < N; i++) {
        cpuhp_set_inserting(b->hp, i);
        cpuhp_set_removing(b->hp, i);
    }
    for (size_t i = 0; i < ARRAY_SIZE(beyond); i++) {
        g_test_message("selector 0x%x", beyond[i]);
        select_cpu(b, 0);
        wr(b, COMMAND, 1, 3);
        select_cpu(b, beyond[i]);
        g_assert_cmphex(rd(b, SELECTOR, 4), ==, 0);
        g_assert_cmphex(rd(b, FLAGS, 1), ==, 0);
        g_assert_cmphex(rd(b, COMMAND, 1), ==, 0);
        g_assert_cmphex(rd(b, DATA, 4), ==, 0);
        wr(b, FLAGS, 1, INSERT);
        wr(b, FLAGS, 1, REMOVE);
        wr(b, FLAGS, 1, EJECT);
        wr(b, COMMAND, 1, 0);         /* would select CPU 0 */
        wr(b, DATA, 4, 0x77);
        g_assert_cmphex(rd(b, FLAGS, 1), ==, 0);
        for (unsigned cpu = 0; cpu < N; cpu++) {
            g_assert_cmphex(flags_of(b, cpu) & (INSERT | REMOVE), ==, INSERT | REMOVE);
        }
        select_cpu(b, 1);             /* the command is still 3 */
        g_assert_cmphex(rd(b, DATA, 4), ==, 0x100);
    }
    g_assert_cmpstr(b->calls->str, ==, "");
}

/* -- Command 0: next event, from the selector on, round once -- */

static void test_next_event(Bench *b, gconstpointer data)
{
    static const struct { const char *pending; unsigned from, found; } rows[] = {
        { "....", 0, 0 }, { "....", 3, 3 },               /* none: the selector stays */
        { "i...", 0, 0 }, { "i...", 1, 0 }, { "i...", 3, 0 },
        { "...r", 0, 3 }, { "...r", 3, 3 }, { ".i.r", 0, 1 }, { ".i.r", 1, 1 },
        { ".i.r", 2, 3 }, { "ri..", 2, 0 }, { ".b..", 3, 1 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        g_test_message("'%s' from %u", rows[i].pending, rows[i].from);
        for (unsigned cpu = 0; cpu < N; cpu++) {
            char c = rows[i].pending[cpu];
            cpuhp_clear_pending(b->hp, cpu);
            if (c == 'i' || c == 'b') {
                cpuhp_set_inserting(b->hp, cpu);
            }
            if (c == 'r' || c == 'b') {
                cpuhp_set_removing(b->hp, cpu);
            }
        }
        select_cpu(b, rows[i].from);
        wr(b, COMMAND, 1, 0);
        g_assert_cmpuint(rd(b, DATA, 4), ==, rows[i].found);
        g_assert_cmphex(rd(b, SELECTOR, 4), ==, 0);
        g_assert_cmphex(rd(b, FLAGS, 1) & (INSERT | REMOVE), ==,
                        rows[i].pending[rows[i].found] == 'i' ? INSERT
                        : rows[i].pending[rows[i].found] == 'r' ? REMOVE
                        : rows[i].pending[rows[i].found] == 'b' ? INSERT | REMOVE : 0);
    }
}

/* -- Commands 1 and 2: _OST -- */

static void ost(Bench *b, unsigned cpu, uint32_t event, uint32_t status)
{
    select_cpu(b, cpu);
    wr(b, COMMAND, 1, 1);
    wr(b, DATA, 4, event);
    g_assert_cmphex(rd(b, DATA, 4), ==, 0);
    wr(b, COMMAND, 1, 2);
    wr(b, DATA, 4, status);
    g_assert_cmphex(rd(b, DATA, 4), ==, 0);
}

static void test_ost(Bench *b, gconstpointer data)
{
    uint32_t event = 1, status = 1;

    g_assert_false(cpuhp_last_ost(b->hp, 2, &event, &status));
    ost(b, 2, 3, 0x84);
    ost(b, 1, 1, 0);
    ost(b, 2, 0x103, 0x82);
    g_assert_cmpstr(b->calls->str, ==, "ost 2 0x3 0x84\nost 1 0x1 0x0\nost 2 0x103 0x82\n");
    g_assert_true(cpuhp_last_ost(b->hp, 2, &event, &status));
    g_assert_cmphex(event, ==, 0x103);
    g_assert_cmphex(status, ==, 0x82);
    g_assert_true(cpuhp_last_ost(b->hp, 1, &event, &status));
    g_assert_cmphex(event, ==, 1);
    g_assert_cmphex(status, ==, 0);
    g_assert_false(cpuhp_last_ost(b->hp, 0, &event, &status));
}

/* The source alone tells the board nothing; data without one of the commands is lost. */
static void test_ost_parts(Bench *b, gconstpointer data)
{
    uint32_t event, status;

    select_cpu(b, 1);
    wr(b, COMMAND, 1, 1);
    wr(b, DATA, 4, 3);
    g_assert_cmpstr(b->calls->str, ==, "");
    g_assert_false(cpuhp_last_ost(b->hp, 1, &event, &status));
    wr(b, COMMAND, 1, 0);
    wr(b, DATA, 4, 0x82);
    wr(b, COMMAND, 1, 3);
    wr(b, DATA, 4, 0x82);
    g_assert_cmpstr(b->calls->str, ==, "");
    wr(b, COMMAND, 1, 2);
    wr(b, DATA, 4, 0);
    g_assert_cmpstr(b->calls->str, ==, "ost 1 0x3 0x0\n");
}

/* -- Command 3, and those that do not exist -- */

static void test_arch_id(Bench *b, gconstpointer data)
{
    select_cpu(b, 2);
    wr(b, COMMAND, 1, 3);
    g_assert_cmphex(rd(b, DATA, 4), ==, 0x200);
    g_assert_cmphex(rd(b, SELECTOR, 4), ==, 0x12);
    select_cpu(b, 1);
    g_assert_cmphex(rd(b, DATA, 4), ==, 0x100);
}

static void test_unknown_command(Bench *b, gconstpointer data)
{
    static const uint8_t unknown[] = { 4, 5, 0x7f, 0xff };

    select_cpu(b, 2);
    wr(b, COMMAND, 1, 3);
    for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
        wr(b, COMMAND, 1, unknown[i]);
        g_assert_cmphex(rd(b, DATA, 4), ==, 0x200);
    }
}

/* -- Access sizes: selector and data by words, flags and command by bytes, else nothing -- */

static void test_sizes(Bench *b, gconstpointer data)
{
    select_cpu(b, 1);
    wr(b, COMMAND, 1, 3);
    cpuhp_set_inserting(b->hp, 1);
    g_assert_cmphex(rd(b, SELECTOR, 1), ==, 0);
    g_assert_cmphex(rd(b, DATA, 1), ==, 0);
    g_assert_cmphex(rd(b, DATA, 2), ==, 0);
    g_assert_cmphex(rd(b, FLAGS, 2), ==, 0);
    g_assert_cmphex(rd(b, FLAGS, 4), ==, 0);
    wr(b, FLAGS, 4, INSERT);
    wr(b, FLAGS, 2, INSERT);
    wr(b, SELECTOR, 1, 2);
    wr(b, SELECTOR, 2, 2);
    g_assert_cmphex(rd(b, FLAGS, 1), ==, PRESENT | INSERT);
    for (unsigned off = 6; off < 8; off++) {
        g_assert_cmphex(rd(b, off, 1), ==, 0);
        wr(b, off, 1, 0xff);
    }
    g_assert_cmphex(rd(b, FLAGS, 1), ==, PRESENT | INSERT);
}

/* -- Reset, and the board's side -- */

static void test_reset(Bench *b, gconstpointer data)
{
    uint32_t event, status;

    ost(b, 3, 1, 0);
    cpuhp_set_inserting(b->hp, 3);
    cpuhp_set_removing(b->hp, 2);
    cpuhp_set_removing(b->hp, 0);
    select_cpu(b, 3);
    wr(b, COMMAND, 1, 3);
    b->enabled[3] = true;
    device_reset(cpuhp_device(b->hp));
    g_assert_cmphex(rd(b, DATA, 4), ==, 0);                  /* command 0, selector 0 */
    g_assert_cmphex(rd(b, FLAGS, 1), ==, PRESENT | ENABLED);
    g_assert_cmphex(flags_of(b, 3), ==, PRESENT | ENABLED);  /* plugged it stays */
    g_assert_cmphex(flags_of(b, 2), ==, PRESENT);
    g_assert_false(cpuhp_is_inserting(b->hp, 3));
    g_assert_false(cpuhp_is_removing(b->hp, 2));
    g_assert_true(cpuhp_last_ost(b->hp, 3, &event, &status));
}

static void test_board_side(Bench *b, gconstpointer data)
{
    cpuhp_set_inserting(b->hp, 1);
    g_assert_true(cpuhp_is_inserting(b->hp, 1));
    g_assert_false(cpuhp_is_removing(b->hp, 1));
    g_assert_false(cpuhp_is_inserting(b->hp, 2));
    cpuhp_set_removing(b->hp, 1);
    g_assert_true(cpuhp_is_removing(b->hp, 1));
    cpuhp_clear_pending(b->hp, 1);
    g_assert_false(cpuhp_is_inserting(b->hp, 1) || cpuhp_is_removing(b->hp, 1));
}

/* -- The walk of CSCN, as the DSDT does it, against the registers -- */

static void walk(Bench *b, GString *told)
{
    for (uint32_t uid = 0; uid < N;) {
        select_cpu(b, uid);
        wr(b, COMMAND, 1, 0);
        uint32_t next = rd(b, DATA, 4);
        if (next < uid) {
            break;
        }
        unsigned flags = rd(b, FLAGS, 1);
        if (!(flags & (INSERT | REMOVE))) {
            break;
        }
        if (flags & INSERT) {
            g_string_append_printf(told, "+%u", next);
            wr(b, FLAGS, 1, INSERT);
        }
        if (flags & REMOVE) {
            g_string_append_printf(told, "-%u", next);
            wr(b, FLAGS, 1, REMOVE);
        }
        uid = next + 1;
    }
}

static void test_walk(Bench *b, gconstpointer data)
{
    static const struct { unsigned insert, remove; const char *told; } rows[] = {
        { 0, 0, "" }, { 1, 0, "+0" }, { 8, 0, "+3" }, { 0, 8, "-3" }, { 0xf, 0, "+0+1+2+3" },
        { 5, 0xa, "+0-1+2-3" }, { 4, 4, "+2-2" }, { 0xf, 0xf, "+0-0+1-1+2-2+3-3" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        GString *told = g_string_new(NULL);
        for (unsigned cpu = 0; cpu < N; cpu++) {
            if (rows[i].insert >> cpu & 1) {
                cpuhp_set_inserting(b->hp, cpu);
            }
            if (rows[i].remove >> cpu & 1) {
                cpuhp_set_removing(b->hp, cpu);
            }
        }
        walk(b, told);
        g_assert_cmpstr(told->str, ==, rows[i].told);
        walk(b, told);
        g_assert_cmpstr(told->str, ==, rows[i].told);    /* nothing is left */
        g_string_free(told, TRUE);
    }
}

#define ADD(path, fn) g_test_add("/cpuhp/" path, Bench, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("table", test_table);
    ADD("flags-read", test_flags_read);
    ADD("flags-write", test_flags_write);
    ADD("eject-unasked", test_eject_unasked);
    ADD("selector-beyond", test_selector_beyond);
    ADD("next-event", test_next_event);
    ADD("ost", test_ost);
    ADD("ost-parts", test_ost_parts);
    ADD("arch-id", test_arch_id);
    ADD("unknown-command", test_unknown_command);
    ADD("sizes", test_sizes);
    ADD("reset", test_reset);
    ADD("board-side", test_board_side);
    ADD("walk", test_walk);
    return g_test_run();
}
