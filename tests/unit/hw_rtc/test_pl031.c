/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An RTC between fakes: both clocks and the timer are set by hand. */
#include "hw/rtc/pl031.h"

#include <glib.h>

#include "tests/unit/hw_core/device_bus.h"

/* -- The fakes ---- */

struct EventTimer { EventFn *fn; void *opaque; int64_t deadline_ns; };
struct VirtClock { EventFn *fn; void *opaque; bool runs; int64_t now_ns; };

static int64_t fake_realtime_ns, fake_host_ns;
static EventTimer fake_timer;
static VirtClock fake_clock;

int64_t host_realtime_ns(void) { return fake_realtime_ns; }
int64_t host_clock_ns(void) { return fake_host_ns; }
int64_t virt_clock_ns(const VirtClock *clock) { return clock->now_ns; }
bool virt_clock_is_running(const VirtClock *clock) { return clock->runs; }
void virt_clock_on_change(VirtClock *clock, EventFn *fn, void *opaque)
{
    clock->fn = fn;
    clock->opaque = opaque;
}
void virt_clock_off_change(VirtClock *clock, EventFn *fn, void *opaque) { clock->fn = NULL; }
EventTimer *event_timer_new(EventLoop *loop, EventFn *fn, void *opaque)
{
    fake_timer = (EventTimer){ fn, opaque, -1 };
    return &fake_timer;
}
void event_timer_free(EventTimer *timer) { timer->fn = NULL; }
void event_timer_set(EventTimer *timer, int64_t deadline_ns) { timer->deadline_ns = deadline_ns; }
void event_timer_cancel(EventTimer *timer) { timer->deadline_ns = -1; }

/* -- The bench ---- */

enum { DR = 0x00, MR = 0x04, LR = 0x08, CR = 0x0c, IMSC = 0x10, RIS = 0x14, MIS = 0x18,
       ICR = 0x1c };
#define START_S 1700000000

typedef struct Bench {
    Pl031 *rtc;
    PhysMem *mem;
    bool irq;
} Bench;

static void irq_sink(void *opaque, unsigned n, bool level) { ((Bench *)opaque)->irq = level; }

typedef struct Setting { Pl031Source source; int64_t offset_s; } Setting;

static void set_up(Bench *b, gconstpointer data)
{
    const Setting *s = data ? data : &(Setting){ PL031_REALTIME, 0 };

    fake_host_ns = 777;
    fake_realtime_ns = START_S * NS_PER_SEC + 250000000;
    fake_clock = (VirtClock){ .runs = true, .now_ns = 5000 };
    b->rtc = pl031_new(NULL, &fake_clock, s->source, s->offset_s);
    b->mem = phys_mem_new();
    Device *dev = pl031_device(b->rtc);
    g_assert_true(device_realize(dev, NULL));
    device_map(dev, 0, b->mem, 0);
    device_connect_irq(dev, 0, (IrqLine){ irq_sink, b, 0 }, 34);
    phys_mem_commit(b->mem);
    device_reset(dev);
}

static void tear_down(Bench *b, gconstpointer data)
{
    device_free(pl031_device(b->rtc));
    g_assert_null(fake_timer.fn);
    g_assert_null(fake_clock.fn);
    phys_mem_free(b->mem);
}

static uint32_t rd(Bench *b, unsigned off) { return bus_read(b->mem, off, 4); }
static void wr(Bench *b, unsigned off, uint32_t v) { bus_write(b->mem, off, 4, v); }

/* All clocks go on, and the timer fires if it is due. */
static void pass(int64_t ns)
{
    fake_realtime_ns += ns;
    fake_host_ns += ns;
    fake_clock.now_ns += ns;
    if (fake_timer.deadline_ns >= 0 && fake_timer.deadline_ns <= fake_clock.now_ns) {
        fake_timer.deadline_ns = -1;
        fake_timer.fn(fake_timer.opaque);
    }
}

/* Stop or start the virtual clock, as the machine's stop and cont do; the host's clocks go on. */
static void set_running(bool runs)
{
    fake_clock.runs = runs;
    fake_clock.fn(fake_clock.opaque);
}

/* -- Tests ---- */

static void test_pl031_table(Bench *b, gconstpointer data)
{
    check_register_tables(&pl031_type);
}

static void test_pl031_counts(Bench *b, gconstpointer data)
{
    g_assert_cmpuint(rd(b, DR), ==, START_S);
    g_assert_cmpuint(rd(b, CR), ==, 1);
    pass(749999999);
    g_assert_cmpuint(rd(b, DR), ==, START_S);
    pass(1);
    g_assert_cmpuint(rd(b, DR), ==, START_S + 1);
    wr(b, DR, 5);                  /* read-only */
    wr(b, CR, 0);                  /* cannot be stopped */
    pass(10 * NS_PER_SEC);
    g_assert_cmpuint(rd(b, DR), ==, START_S + 11);
    g_assert_cmphex(rd(b, 0xfe0), ==, 0x31);
    g_assert_cmphex(rd(b, 0xffc), ==, 0xb1);
}

static void test_pl031_load(Bench *b, gconstpointer data)
{
    wr(b, LR, 0xfffffffe);
    g_assert_cmphex(rd(b, DR), ==, 0xfffffffe);
    g_assert_cmphex(rd(b, LR), ==, 0xfffffffe);
    pass(2 * NS_PER_SEC);
    g_assert_cmphex(rd(b, DR), ==, 0);
    device_reset(pl031_device(b->rtc));
    pass(NS_PER_SEC);
    g_assert_cmphex(rd(b, DR), ==, 1);
}

static const Setting one_hour = { PL031_REALTIME, 3600 };

static void test_pl031_offset(Bench *b, gconstpointer data)
{
    g_assert_cmpuint(rd(b, DR), ==, START_S + 3600);
}

static void test_pl031_alarm(Bench *b, gconstpointer data)
{
    wr(b, IMSC, 1);
    wr(b, MR, START_S + 3);
    g_assert_cmpint(fake_timer.deadline_ns, ==, 5000 + 2750000000);
    pass(2749999999);
    g_assert_false(b->irq);
    pass(1);
    g_assert_true(b->irq);
    g_assert_cmpuint(rd(b, RIS), ==, 1);
    g_assert_cmpuint(rd(b, MIS), ==, 1);
    wr(b, IMSC, 0);
    g_assert_false(b->irq);
    g_assert_cmpuint(rd(b, MIS), ==, 0);
    wr(b, IMSC, 1);
    g_assert_true(b->irq);
    wr(b, ICR, 1);
    g_assert_false(b->irq);
    pass(100 * NS_PER_SEC);        /* once only */
    g_assert_false(b->irq);
}

static void test_pl031_alarm_now_and_never(Bench *b, gconstpointer data)
{
    wr(b, IMSC, 1);
    wr(b, MR, START_S);            /* equal at this moment */
    g_assert_true(b->irq);
    wr(b, ICR, 1);
    wr(b, MR, START_S - 1);        /* past: a whole round of the counter away */
    g_assert_false(b->irq);
    g_assert_cmpint(fake_timer.deadline_ns, >, INT64_C(4294967000) * NS_PER_SEC);
    pass(NS_PER_SEC);
    g_assert_false(b->irq);
}

static void test_pl031_alarm_after_load(Bench *b, gconstpointer data)
{
    wr(b, IMSC, 1);
    wr(b, MR, START_S + 1000);
    wr(b, LR, START_S + 998);
    pass(1750000000);
    g_assert_true(b->irq);
}

/* The host's clock went on while the VM stood still: the alarm is due when it starts again. */
static void test_pl031_alarm_overdue(Bench *b, gconstpointer data)
{
    wr(b, IMSC, 1);
    wr(b, MR, START_S + 100);
    set_running(false);
    fake_realtime_ns += 200 * NS_PER_SEC;
    g_assert_false(b->irq);
    set_running(true);
    g_assert_true(b->irq);
}

/* The host's clock was set back: the timer comes too early and is set again. */
static void test_pl031_alarm_early(Bench *b, gconstpointer data)
{
    wr(b, IMSC, 1);
    wr(b, MR, START_S + 10);
    fake_realtime_ns -= 5 * NS_PER_SEC;
    pass(9750000000);
    g_assert_false(b->irq);
    pass(5 * NS_PER_SEC);
    g_assert_true(b->irq);
}

/* -rtc clock=rt: nobody sets it but the guest. */
static void test_pl031_monotonic(Bench *b, gconstpointer data)
{
    g_assert_cmpuint(rd(b, DR), ==, START_S);
    fake_realtime_ns += 50 * NS_PER_SEC;
    g_assert_cmpuint(rd(b, DR), ==, START_S);
    fake_host_ns += 2 * NS_PER_SEC;
    g_assert_cmpuint(rd(b, DR), ==, START_S + 2);
}

/* -rtc clock=vm: stands still with the machine, and the alarm with it. */
static void test_pl031_virtual(Bench *b, gconstpointer data)
{
    wr(b, IMSC, 1);
    wr(b, MR, START_S + 100);
    set_running(false);
    fake_realtime_ns += 200 * NS_PER_SEC;
    fake_host_ns += 200 * NS_PER_SEC;
    g_assert_cmpuint(rd(b, DR), ==, START_S);
    set_running(true);
    g_assert_false(b->irq);
    pass(99 * NS_PER_SEC);
    g_assert_false(b->irq);
    pass(NS_PER_SEC);
    g_assert_true(b->irq);
}

static void test_pl031_reset(Bench *b, gconstpointer data)
{
    wr(b, IMSC, 1);
    wr(b, MR, START_S);
    g_assert_true(b->irq);
    device_reset(pl031_device(b->rtc));
    g_assert_false(b->irq);
    g_assert_cmpuint(rd(b, RIS), ==, 0);
    g_assert_cmpint(fake_timer.deadline_ns, ==, -1);
}

#define ADD(name, fn) g_test_add("/pl031/" name, Bench, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    static const Setting monotonic = { PL031_MONOTONIC, 0 }, virtual_time = { PL031_VIRTUAL, 0 };

    g_test_init(&argc, &argv, NULL);
    ADD("table", test_pl031_table);
    ADD("counts", test_pl031_counts);
    ADD("load", test_pl031_load);
    g_test_add("/pl031/offset", Bench, &one_hour, set_up, test_pl031_offset, tear_down);
    ADD("alarm", test_pl031_alarm);
    ADD("alarm-now-and-never", test_pl031_alarm_now_and_never);
    ADD("alarm-after-load", test_pl031_alarm_after_load);
    ADD("alarm-overdue", test_pl031_alarm_overdue);
    ADD("alarm-early", test_pl031_alarm_early);
    ADD("reset", test_pl031_reset);
    g_test_add("/pl031/monotonic", Bench, &monotonic, set_up,
               test_pl031_monotonic, tear_down);
    g_test_add("/pl031/virtual", Bench, &virtual_time, set_up,
               test_pl031_virtual, tear_down);
    return g_test_run();
}
