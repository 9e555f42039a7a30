/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DSDT against ASL written by hand (tests/data/acpi/dsdt-hotplug.dsl, compiled to .aml), and,
 * where iasl is installed, the round trip of every shape of it through the disassembler.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "hw/acpi/dsdt.h"
#include "hw/acpi/tables.h"
#include "util/bits.h"

#define HEADER 36

static const HwDesc uart = {
    .acpi_name = "COM0", .acpi_hid = "ARMH0011", .mmio = { { 0x09000000, 0x1000 } }, .n_mmio = 1,
    .irq = { { 33, IRQ_LEVEL_HIGH } }, .n_irq = 1,
};
static const HwDesc nameless = { .mmio = { { 0x09010000, 0x1000 } }, .n_mmio = 1 };

typedef struct Shape { const char *name; unsigned cpus, cold; bool ged, cpuhp; } Shape;

static const Shape shapes[] = {
    { "hotplug-3", 3, 1, true, true },
    { "plain-2", 2, 2, true, false },
    { "no-ged-1", 1, 1, false, false },
    { "hotplug-512", 512, 4, true, true },
};

static AcpiConfig config_of(const Shape *s, AcpiCpu *cpus, HwDesc devices[2])
{
    devices[0] = uart;
    devices[1] = nameless;
    for (unsigned i = 0; i < s->cpus; i++) {
        cpus[i] = (AcpiCpu) { .mpidr = i, .core_id = i, .enabled = i < s->cold };
    }
    return (AcpiConfig) {
        .cpus = cpus, .n_cpus = s->cpus, .threads = 1, .devices = devices, .n_devices = 2,
        .uart = uart, .psci_hvc = true, .gicd_pa = 0x08000000, .n_gicr = 1,
        .gicr = { { 0x080a0000, 0xf60000 } },
        .ged = { 0x09080000, s->ged ? 4 : 0 }, .ged_gsiv = 41,
        .cpuhp = { 0x090c0000, s->cpuhp ? 12 : 0 },
    };
}

static GByteArray *aml_of(const Shape *s)
{
    g_autofree AcpiCpu *cpus = g_new0(AcpiCpu, s->cpus);
    HwDesc devices[2];
    AcpiConfig cfg = config_of(s, cpus, devices);
    GByteArray *out = g_byte_array_new();

    dsdt_build(&cfg, out);
    return out;
}

/* Where two byte strings part, with what stands around it. */
static void assert_same(const uint8_t *got, size_t n_got, const uint8_t *want, size_t n_want)
{
    size_t i = 0;

    while (i < n_got && i < n_want && got[i] == want[i]) {
        i++;
    }
    if (i < n_got || i < n_want) {
        GString *s = g_string_new(NULL);
        for (size_t j = i < 8 ? 0 : i - 8; j < i + 16; j++) {
            g_string_append_printf(s, "\n# %s%4zu got %02x want %02x", j == i ? "*" : " ", j,
                                   j < n_got ? got[j] : 0, j < n_want ? want[j] : 0);
        }
        g_error("%zu bytes, wanted %zu; first difference at %zu:%s", n_got, n_want, i, s->str);
    }
}

static void test_golden(void)
{
    g_autofree char *want = NULL;
    gsize n_want;
    GError *err = NULL;
    GByteArray *got = aml_of(&shapes[0]);

    g_file_get_contents(ACPI_DATA "/dsdt-hotplug.aml", &want, &n_want, &err);
    g_assert_no_error(err);
    assert_same(got->data, got->len, (uint8_t *)want + HEADER, n_want - HEADER);
    g_byte_array_free(got, TRUE);
}

static bool holds(const GByteArray *a, const char *bytes)
{
    return memmem(a->data, a->len, bytes, strlen(bytes)) != NULL;
}

/* Without CPU hot-plug CPUs are devices of \_SB without methods, and nothing of it is left. */
static void test_plain(void)
{
    GByteArray *a = aml_of(&shapes[1]);
    static const char *const absent[] = { "CSCN", "PRES", "CPUS", "_STA", "_EJ0", "_OST", "C002" };
    static const char *const present[] = { "GED_", "_EVT", "PWRB", "C000", "C001", "ACPI0007" };

    for (size_t i = 0; i < ARRAY_SIZE(absent); i++) {
        g_test_message("%s", absent[i]);
        g_assert_false(holds(a, absent[i]));
    }
    for (size_t i = 0; i < ARRAY_SIZE(present); i++) {
        g_test_message("%s", present[i]);
        g_assert_true(holds(a, present[i]));
    }
    g_byte_array_free(a, TRUE);
    a = aml_of(&shapes[2]);
    g_assert_false(holds(a, "GED_"));
    g_byte_array_free(a, TRUE);
}

/* Only CPUs that the MADT does not call Enabled can be ejected; the GED stands before the CPUs. */
static void test_ejectable(void)
{
    GByteArray *a = aml_of(&shapes[3]);
    unsigned n_ej0 = 0;

    for (guint i = 0; i + 4 <= a->len; i++) {
        n_ej0 += !memcmp(a->data + i, "_EJ0", 4);
    }
    g_assert_cmpuint(n_ej0, ==, 508);
    g_assert_true(holds(a, "C1FF"));
    const uint8_t *ged = memmem(a->data, a->len, "ACPI0013", 8);
    const uint8_t *cpu = memmem(a->data, a->len, "ACPI0010", 8);
    g_assert_true(ged && cpu && ged < cpu);
    g_byte_array_free(a, TRUE);
}

/* -- With iasl -- */

static char *dir;

static void run(const char *const *argv)
{
    g_autofree char *out = NULL;
    int status;
    GError *err = NULL;

    g_spawn_sync(dir, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                 NULL, &out, NULL, &status, &err);
    g_assert_no_error(err);
    if (status) {
        g_error("%s %s: status %d\n%s", argv[0], argv[1], status, out);
    }
}

static uint8_t *read_aml(const char *name, gsize *n)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    char *data;
    GError *err = NULL;

    g_file_get_contents(path, &data, n, &err);
    g_assert_no_error(err);
    return (uint8_t *)data;
}

static bool has_iasl(void)
{
    g_autofree char *path = g_find_program_in_path("iasl");

    if (!path) {
        g_test_skip("iasl is not installed");
    }
    return path;
}

static void test_iasl_source(void)
{
    gsize n_now, n_then;
    GError *err = NULL;

    if (!has_iasl()) {
        return;
    }
    run((const char *[]){ "iasl", "-on", "-of", "-p", "source", ACPI_DATA "/dsdt-hotplug.dsl",
                          NULL });
    g_autofree uint8_t *now = read_aml("source.aml", &n_now);
    g_autofree char *then = NULL;
    g_file_get_contents(ACPI_DATA "/dsdt-hotplug.aml", &then, &n_then, &err);
    g_assert_no_error(err);
    assert_same(now + HEADER, n_now - HEADER, (uint8_t *)then + HEADER, n_then - HEADER);
}

/* Our table, disassembled and compiled again, is our table. */
static void test_iasl_round_trip(gconstpointer data)
{
    const Shape *s = data;
    g_autofree AcpiCpu *cpus = g_new0(AcpiCpu, s->cpus);
    HwDesc devices[2];
    uint64_t rsdp_pa;
    gsize n_again;
    GError *err = NULL;

    if (!has_iasl()) {
        return;
    }
    AcpiConfig cfg = config_of(s, cpus, devices);
    GByteArray *blob = acpi_build(&cfg, 0x40000000, &rsdp_pa);
    uint32_t len = ldle32(blob->data + 4);
    g_autofree char *path = g_build_filename(dir, "table.aml", NULL);
    g_file_set_contents(path, (char *)blob->data, len, &err);
    g_assert_no_error(err);
    run((const char *[]){ "iasl", "-p", "table", "-d", "table.aml", NULL });
    run((const char *[]){ "iasl", "-on", "-of", "-oi", "-p", "again", "table.dsl", NULL });
    g_autofree uint8_t *again = read_aml("again.aml", &n_again);
    assert_same(again + HEADER, n_again - HEADER, blob->data + HEADER, len - HEADER);
    g_byte_array_free(blob, TRUE);
}

static void remove_dir(void)
{
    GDir *d = g_dir_open(dir, 0, NULL);
    const char *name;

    while (d && (name = g_dir_read_name(d))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_remove(path);
    }
    g_dir_close(d);
    g_rmdir(dir);
    g_free(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("dsdt-XXXXXX", NULL);
    g_test_add_func("/dsdt/golden", test_golden);
    g_test_add_func("/dsdt/plain", test_plain);
    g_test_add_func("/dsdt/ejectable", test_ejectable);
    g_test_add_func("/dsdt/iasl-source", test_iasl_source);
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        g_autofree char *path = g_strdup_printf("/dsdt/iasl-round-trip/%s", shapes[i].name);
        g_test_add_data_func(path, &shapes[i], test_iasl_round_trip);
    }
    int r = g_test_run();
    remove_dir();
    return r;
}
