/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device_add, device_del and the guest's side of them, on a whole board without a guest: what a
 * guest's AML does to the registers is done here over the bus.
 */
#include "virt_internal.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/hw_core/device_bus.h"

#define GED_PA    UINT64_C(0x09080000)
#define CPUHP_PA  UINT64_C(0x090c0000)
#define GICD_PA   UINT64_C(0x08000000)
#define GED_INTID 41

typedef struct Bench {
    VirtMachine *m;
    VirtClock *clock;
    EventLoop *loop;
    GString *events;                 /* one line each */
} Bench;

/* -- Building ------------------------------------------------------------------------------ */

static void on_shutdown(void *opaque) { g_string_append(((Bench *)opaque)->events, "shutdown\n"); }
static void on_reset(void *opaque) { g_string_append(((Bench *)opaque)->events, "reset\n"); }

static void on_deleted(void *opaque, const char *id, const char *path)
{
    g_string_append_printf(((Bench *)opaque)->events, "deleted %s %s\n", id ? id : "-", path);
}

static void on_ost(void *opaque, unsigned slot, const char *id, uint32_t source, uint32_t status)
{
    g_string_append_printf(((Bench *)opaque)->events, "ost %u %s 0x%x 0x%x\n", slot,
                           id ? id : "-", source, status);
}

static void on_refused(void *opaque, const char *id, const char *path)
{
    g_string_append_printf(((Bench *)opaque)->events, "refused %s %s\n", id ? id : "-", path);
}

static const VirtEvents events = { on_shutdown, on_reset, on_deleted, on_ost, on_refused };

/* 2 of 8 CPUs: two sockets, two cores, two threads. @data: "off" boots by device tree. */
static void set_up(Bench *b, gconstpointer data)
{
    VirtConfig cfg = {
        .ram_bytes = 64 * MiB, .cpus = 2, .maxcpus = 8, .topology = { 2, 1, 2, 2 },
        .cpu_option = "cortex-a57", .acpi = data ? VIRT_ACPI_OFF : VIRT_ACPI_ON,
        .tcg = { .code_bytes = 4 * MiB },
    };
    Error *err = NULL;

    alarm(120);
    b->clock = virt_clock_new();
    b->loop = event_loop_new(b->clock);
    b->events = g_string_new(NULL);
    b->m = virt_new(&cfg, b->loop, b->clock, &events, b, &err);
    if (!b->m) {
        g_error("%s", error_text(err));
    }
}

static void settle(Bench *b)
{
    while (g_main_context_iteration(event_loop_context(b->loop), FALSE)) {
    }
}

static void tear_down(Bench *b, gconstpointer data)
{
    settle(b);
    virt_free(b->m);
    event_loop_free(b->loop);
    virt_clock_free(b->clock);
    g_string_free(b->events, TRUE);
}

/* The machine has run, so a device_add is a hot plug; it does not run now. */
static void has_run(Bench *b)
{
    virt_set_running(b->m, true);
    virt_set_running(b->m, false);
}

/* What has happened since the last question. */
static void expect_events(Bench *b, const char *want)
{
    settle(b);
    g_assert_cmpstr(b->events->str, ==, want);
    g_string_truncate(b->events, 0);
}

/* -- The guest's side ---------------------------------------------------------------------- */

static uint64_t rd(Bench *b, uint64_t pa, unsigned size)
{
    return bus_read(b->m->mem, pa, size);
}

static void wr(Bench *b, uint64_t pa, unsigned size, uint64_t val)
{
    bus_write(b->m->mem, pa, size, val);
}

static uint64_t flags(Bench *b, unsigned cpu)
{
    wr(b, CPUHP_PA, 4, cpu);
    return rd(b, CPUHP_PA + 4, 1);
}

static void set_flags(Bench *b, unsigned cpu, uint8_t val)
{
    wr(b, CPUHP_PA, 4, cpu);
    wr(b, CPUHP_PA + 4, 1, val);
}

static void eject(Bench *b, unsigned cpu) { set_flags(b, cpu, 8); }

static void ost(Bench *b, unsigned cpu, uint32_t source, uint32_t status)
{
    wr(b, CPUHP_PA, 4, cpu);
    wr(b, CPUHP_PA + 5, 1, 1);
    wr(b, CPUHP_PA + 8, 4, source);
    wr(b, CPUHP_PA + 5, 1, 2);
    wr(b, CPUHP_PA + 8, 4, status);
}

static bool ged_is_pending(Bench *b)
{
    return rd(b, GICD_PA + 0x200 + GED_INTID / 32 * 4, 4) >> GED_INTID % 32 & 1;
}

enum { HERE = 0x21, ABSENT = 0x20, INSERT = 2, REMOVE = 4 };

/* -- device_add ---------------------------------------------------------------------------- */

static OptId given(int64_t value) { return (OptId) { .given = true, .value = value }; }

static VirtCpuRequest request(const char *id, int core)
{
    return (VirtCpuRequest) { .driver = "cortex-a57-arm-cpu", .id = id, .socket_id = given(1),
                              .core_id = given(core), .thread_id = given(0) };
}

static void add(Bench *b, const char *id, int core)
{
    VirtCpuRequest req = request(id, core);
    Error *err = NULL;

    if (!virt_cpu_add(b->m, &req, &err)) {
        g_error("%s", error_text(err));
    }
}

static void expect_add_error(Bench *b, const VirtCpuRequest *req, const char *want)
{
    Error *err = NULL;

    g_assert_false(virt_cpu_add(b->m, req, &err));
    g_assert_cmpstr(error_text(err), ==, want);
    error_free(err);
}

/* Each request has two faults; the rule that comes first in the list speaks. */
static void test_add_order(Bench *b, gconstpointer data)
{
    add(b, "one", 1);
    VirtCpuRequest type_too = request("one", 1), range_too = request("two", 9);
    type_too.driver = "max-arm-cpu";
    range_too.driver = "max-arm-cpu";
    VirtCpuRequest taken_too = request("two", 1);
    taken_too.cluster_id = given(3);
    VirtCpuRequest taken = request("two", 1);

    expect_add_error(b, &type_too, "Duplicate device ID 'one'");
    expect_add_error(b, &range_too, "Invalid CPU type, expected cpu type: 'cortex-a57-arm-cpu'");
    expect_add_error(b, &taken_too, "Invalid cluster-id 3 specified, correct range 0:0");
    expect_add_error(b, &taken, "cpu(id6=1:0:1:0) with arch-id 6 exist");
    for (unsigned i = 0; i < 8; i++) {
        g_assert_cmpint(cpu_slot_is_enabled(&b->m->slots, i), ==, i < 2 || i == 6);
    }
}

static void test_add_without_acpi(Bench *b, gconstpointer data)
{
    VirtCpuRequest bad_type = request("one", 1);

    bad_type.driver = "max-arm-cpu";
    expect_add_error(b, &bad_type, "GED acpi device does not exists");
    g_assert_false(virt_has_hotplug(b->m));
}

/* Before the machine runs: there at boot, nothing to tell. */
static void test_cold_plug(Bench *b, gconstpointer data)
{
    add(b, "one", 0);
    g_assert_cmphex(flags(b, 4), ==, HERE);
    g_assert_cmphex(rd(b, GED_PA, 4), ==, 0);
    g_assert_false(ged_is_pending(b));
    expect_events(b, "");
}

static void test_hot_plug(Bench *b, gconstpointer data)
{
    has_run(b);
    g_assert_cmphex(flags(b, 4), ==, ABSENT);
    add(b, "one", 0);
    g_assert_cmphex(flags(b, 4), ==, HERE | INSERT);
    g_assert_cmphex(rd(b, GED_PA, 4), ==, GED_CPU);
    set_flags(b, 4, INSERT);
    g_assert_cmphex(flags(b, 4), ==, HERE);
    ost(b, 4, 1, 0);
    expect_events(b, "ost 4 one 0x1 0x0\n");
}

/* A plug's interrupt is there when the guest sets it up later: level as at reset, then edge. */
static void test_plug_before_driver(Bench *b, gconstpointer data)
{
    has_run(b);
    add(b, "one", 0);
    wr(b, GICD_PA + 0xc00 + GED_INTID / 16 * 4, 4, BIT(GED_INTID % 16 * 2 + 1));
    g_assert_true(ged_is_pending(b));
    g_assert_cmphex(rd(b, GED_PA, 4), ==, GED_CPU);
    wr(b, GICD_PA + 0x280 + GED_INTID / 32 * 4, 4, BIT(GED_INTID % 32));
    g_assert_false(ged_is_pending(b));
    add(b, "two", 1);                                   /* and the next one is an edge */
    g_assert_true(ged_is_pending(b));
}

/* -- device_del ---------------------------------------------------------------------------- */

static void expect_del_error(Bench *b, const char *id, ErrorClass cls, const char *want)
{
    Error *err = NULL;

    g_assert_false(virt_device_del(b->m, id, &err));
    g_assert_cmpstr(error_text(err), ==, want);
    g_assert_cmpint(error_class(err), ==, cls);
    error_free(err);
}

static void del(Bench *b, const char *id)
{
    Error *err = NULL;

    if (!virt_device_del(b->m, id, &err)) {
        g_error("%s", error_text(err));
    }
}

static void test_del_errors(Bench *b, gconstpointer data)
{
    add(b, "one", 0);
    expect_del_error(b, "nosuch", ERROR_DEVICE_NOT_FOUND, "Device 'nosuch' not found");
    expect_del_error(b, "", ERROR_DEVICE_NOT_FOUND, "Device '' not found");
    for (unsigned i = 0; i < 2; i++) {
        g_autofree char *path = g_strdup_printf("/machine/unattached/device[%u]", i);
        expect_del_error(b, path, ERROR_GENERIC, "Hot-unplug of cold-booted CPU not supported!");
    }
    del(b, "one");
    expect_del_error(b, "one", ERROR_GENERIC, "Device one is already in the process of unplug");
    expect_del_error(b, "/machine/peripheral/one", ERROR_GENERIC,
                     "Device /machine/peripheral/one is already in the process of unplug");
}

static void test_del_without_acpi(Bench *b, gconstpointer data)
{
    expect_del_error(b, "nosuch", ERROR_DEVICE_NOT_FOUND, "Device 'nosuch' not found");
    expect_del_error(b, "/machine/unattached/device[0]", ERROR_GENERIC,
                     "GED does not exists or device is not realized!");
}

/* A request is an event and nothing else, until the guest ejects. */
static void test_unplug(Bench *b, gconstpointer data)
{
    has_run(b);
    add(b, "one", 0);
    rd(b, GED_PA, 4);
    set_flags(b, 4, INSERT);
    del(b, "one");
    g_assert_cmphex(flags(b, 4), ==, HERE | REMOVE);
    g_assert_cmphex(rd(b, GED_PA, 4), ==, GED_CPU);
    set_flags(b, 4, REMOVE);
    ost(b, 4, 3, 0x84);
    expect_del_error(b, "one", ERROR_GENERIC, "Device one is already in the process of unplug");
    g_assert_true(cpu_slot_is_enabled(&b->m->slots, 4));

    eject(b, 4);
    g_assert_cmphex(flags(b, 4), ==, ABSENT);
    VirtCpuRequest again = request("two", 0);
    expect_add_error(b, &again, "cpu(id4=1:0:0:0) is still being unplugged");
    expect_del_error(b, "one", ERROR_GENERIC, "Device one is already in the process of unplug");
    ost(b, 4, 3, 0);
    expect_events(b, "ost 4 one 0x3 0x84\ndeleted one /machine/peripheral/one\nost 4 - 0x3 0x0\n");
    expect_del_error(b, "one", ERROR_DEVICE_NOT_FOUND, "Device 'one' not found");
    add(b, "one", 0);
    g_assert_cmphex(flags(b, 4), ==, HERE | INSERT);
}

static void test_refusal(Bench *b, gconstpointer data)
{
    static const uint32_t statuses[] = { 1, 0x80, 0x81, 0x82, 0x83 };

    has_run(b);
    add(b, "one", 0);
    for (unsigned i = 0; i < ARRAY_SIZE(statuses); i++) {
        g_autofree char *want = g_strdup_printf("ost 4 one 0x3 0x%x\n"
                                                "refused one /machine/peripheral/one\n",
                                                statuses[i]);
        del(b, "one");
        ost(b, 4, 3, statuses[i]);
        expect_events(b, want);
        g_assert_true(cpu_slot_is_enabled(&b->m->slots, 4));
    }
    ost(b, 4, 3, 0x82);                                 /* nobody had asked */
    expect_events(b, "ost 4 one 0x3 0x82\n");
    ost(b, 4, 1, 1);                                    /* of a plug */
    expect_events(b, "ost 4 one 0x1 0x1\n");
}

/* Both at once: insert and remove are there for the guest, and gone with the eject. */
static void test_add_and_del_pending(Bench *b, gconstpointer data)
{
    has_run(b);
    add(b, "one", 0);
    del(b, "one");
    g_assert_cmphex(flags(b, 4), ==, HERE | INSERT | REMOVE);
    eject(b, 4);
    g_assert_cmphex(flags(b, 4), ==, ABSENT);
    expect_events(b, "deleted one /machine/peripheral/one\n");
}

/* An eject without a request: by the guest's own wish. */
static void test_eject_unasked(Bench *b, gconstpointer data)
{
    add(b, "one", 0);
    eject(b, 4);
    eject(b, 0);                                        /* cold: ignored */
    eject(b, 5);                                        /* empty */
    expect_events(b, "deleted one /machine/peripheral/one\n");
    g_assert_cmphex(flags(b, 0), ==, HERE);
}

static void test_reset(Bench *b, gconstpointer data)
{
    has_run(b);
    add(b, "one", 0);
    add(b, "two", 1);
    del(b, "two");
    virt_reset(b->m);
    g_assert_cmphex(flags(b, 4), ==, HERE);             /* plugged CPUs stay, events do not */
    g_assert_cmphex(flags(b, 6), ==, HERE);
    g_assert_cmphex(rd(b, GED_PA, 4), ==, 0);
    g_assert_false(ged_is_pending(b));
    del(b, "two");                                      /* may be asked again */
    g_assert_cmphex(flags(b, 6), ==, HERE | REMOVE);
    expect_events(b, "");
}

/* Ejected, then reset before the main loop has freed it. */
static void test_reset_while_leaving(Bench *b, gconstpointer data)
{
    has_run(b);
    add(b, "one", 0);
    eject(b, 4);
    virt_reset(b->m);
    g_assert_cmphex(flags(b, 4), ==, ABSENT);
    expect_events(b, "deleted one /machine/peripheral/one\n");
    add(b, "one", 0);
}

#define ADD(path, fn, data) g_test_add("/virt-hotplug/" path, Bench, data, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("add/order", test_add_order, NULL);
    ADD("add/no-acpi", test_add_without_acpi, "off");
    ADD("add/cold", test_cold_plug, NULL);
    ADD("add/hot", test_hot_plug, NULL);
    ADD("add/before-driver", test_plug_before_driver, NULL);
    ADD("del/errors", test_del_errors, NULL);
    ADD("del/no-acpi", test_del_without_acpi, "off");
    ADD("del/unplug", test_unplug, NULL);
    ADD("del/refusal", test_refusal, NULL);
    ADD("del/add-pending", test_add_and_del_pending, NULL);
    ADD("eject-unasked", test_eject_unasked, NULL);
    ADD("reset", test_reset, NULL);
    ADD("reset-while-leaving", test_reset_while_leaving, NULL);
    return g_test_run();
}
