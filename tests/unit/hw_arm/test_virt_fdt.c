/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each tree is compared as a whole with its listing: a node or property too many fails as well.
 * Phandles are part of the listing, as they are part of what guests see.
 */
#include "hw/arm/virt_fdt.h"

#include <glib.h>
#include <libfdt.h>
#include <string.h>

#include "hw/core/fdt.h"
#include "util/bits.h"

/* -- A listing: "path: prop = value" lines in order ---- */

static bool is_text(const char *p, int len)
{
    if (len < 2 || p[len - 1]) {
        return false;
    }
    for (int i = 0; i < len - 1; i++) {
        if (!g_ascii_isprint(p[i]) && (p[i] || !i || !p[i - 1])) {
            return false;
        }
    }
    return true;
}

static void list_value(GString *out, const char *p, int len)
{
    if (is_text(p, len)) {
        for (const char *s = p; s < p + len; s += strlen(s) + 1) {
            g_string_append_printf(out, " \"%s\"", s);
        }
    } else if (len % 4 == 0) {
        for (int i = 0; i < len; i += 4) {
            g_string_append_printf(out, " %x", fdt32_ld((const fdt32_t *)(p + i)));
        }
    } else {
        g_string_append(out, " (bytes)");
    }
}

static void list_node(GString *out, const void *blob, int node)
{
    char path[256];
    int prop, child;

    g_assert_cmpint(fdt_get_path(blob, node, path, sizeof(path)), ==, 0);
    g_string_append_printf(out, "%s\n", path);
    fdt_for_each_property_offset(prop, blob, node) {
        const char *name;
        int len;
        const char *value = fdt_getprop_by_offset(blob, prop, &name, &len);
        g_string_append_printf(out, "  %s =", name);
        list_value(out, value, len);
        g_string_append_c(out, '\n');
    }
    fdt_for_each_subnode(child, blob, node) {
        list_node(out, blob, child);
    }
}

static char *listing(const void *blob, size_t bytes)
{
    GString *out = g_string_new(NULL);

    g_assert_cmpint(fdt_check_full(blob, bytes), ==, 0);
    list_node(out, blob, 0);
    return g_string_free(out, FALSE);
}

/* Line by line, so that a failure shows the property. */
static void assert_listing(const void *blob, size_t bytes, const char *want)
{
    g_autofree char *got = listing(blob, bytes);
    g_auto(GStrv) g = g_strsplit(got, "\n", -1), w = g_strsplit(want, "\n", -1);

    for (unsigned i = 0; g[i] || w[i]; i++) {
        if (g_strcmp0(g[i], w[i])) {
            g_error("line %u:\n got  %s\n want %s", i + 1, g[i] ? g[i] : "(end)",
                    w[i] ? w[i] : "(end)");
        }
    }
}

/* -- A machine ---- */

static const HwDesc devices[] = {
    { .fdt_name = "pl011", .fdt_compatible = "arm,pl011\0arm,primecell\0",
      .fdt_clocks = "uartclk\0apb_pclk\0", .mmio = { { 0x9000000, 0x1000 } }, .n_mmio = 1,
      .irq = { { 33, IRQ_LEVEL_HIGH } }, .n_irq = 1 },
    { .acpi_name = "GED" },
    { .fdt_name = "pl061", .fdt_compatible = "arm,pl061\0arm,primecell\0",
      .fdt_clocks = "apb_pclk\0", .mmio = { { 0x9030000, 0x1000 } }, .n_mmio = 1,
      .irq = { { 39, IRQ_LEVEL_HIGH } }, .n_irq = 1 },
};
static const uint64_t kaslr = 0x0123456789abcdef;
static const uint8_t rng[VIRT_RNG_SEED_BYTES] = { 0, 0, 0, 1, [31] = 2 };

static VirtMemmap map_for(uint64_t ram_bytes, unsigned n_cpus)
{
    VirtMemmap m;
    g_assert_true(virt_memmap_build(&m, &(VirtMemmapConfig){ ram_bytes, n_cpus, 44 }, NULL));
    return m;
}

#define CHOSEN                                                                                     \
    "/chosen\n  bootargs = \"console=ttyAMA0 quiet\"\n"                                            \
    "  linux,initrd-start = 0 48000000\n  linux,initrd-end = 0 49e00005\n"                         \
    "  kaslr-seed = 1234567 89abcdef\n  rng-seed = 1 0 0 0 0 0 0 2\n"
#define PSCI                                                                                       \
    "/psci\n  compatible = \"arm,psci-1.0\" \"arm,psci-0.2\" \"arm,psci\"\n"                       \
    "  method = \"hvc\"\n  cpu_suspend = c4000001\n  cpu_off = 84000002\n"                  \
    "  cpu_on = c4000003\n  migrate = c4000005\n"

static const VirtFdtChosen chosen = {
    "console=ttyAMA0 quiet", 0x48000000, 0x49e00005, &kaslr, rng,
};

/* A second UART has an alias; the console stays the first. */
static void test_virt_fdt_two_uarts(void)
{
    VirtMemmap map = map_for(GiB, 1);
    VirtFdtCpu cpu = { 0, "arm,cortex-a57", 0, 0, 0, 0 };
    HwDesc both[] = { devices[0], devices[2], devices[0] };
    VirtFdtConfig cfg = { .map = &map, .cpus = &cpu, .n_cpus = 1, .devices = both, .n_devices = 3 };
    size_t bytes;

    both[2].mmio[0].base_pa = 0x9040000;
    both[2].irq[0].intid = 40;
    g_autofree uint8_t *blob = virt_fdt_build(&cfg, &bytes);
    g_autofree char *text = listing(blob, bytes);
    g_assert_nonnull(strstr(text, "  stdout-path = \"/pl011@9000000\"\n"));
    g_assert_nonnull(strstr(text, "/aliases\n  serial0 = \"/pl011@9000000\"\n"
                            "  serial1 = \"/pl011@9040000\"\n"));
    g_assert_nonnull(strstr(text, "/pl011@9040000\n"));
}

static void test_virt_fdt_full(void)
{
    VirtMemmap map = map_for(2 * GiB, 4);
    VirtFdtCpu cpus[] = { { 0, "arm,cortex-a57", 0, 0, 0, 0 },
                          { 0x100, "arm,cortex-a57", 1, 0, 0, 0 } };
    VirtFdtConfig cfg = { .map = &map, .cpus = cpus, .n_cpus = 2, .devices = devices,
                          .n_devices = ARRAY_SIZE(devices), .chosen = chosen };
    size_t bytes;
    g_autofree uint8_t *blob = virt_fdt_build(&cfg, &bytes);

    assert_listing(blob, bytes,
        "/\n  compatible = \"linux,dummy-virt\"\n  model = \"linux,dummy-virt\"\n"
        "  #address-cells = 2\n  #size-cells = 2\n  dma-coherent =\n  interrupt-parent = 1\n"
        CHOSEN "  stdout-path = \"/pl011@9000000\"\n"
        "/aliases\n  serial0 = \"/pl011@9000000\"\n"
        PSCI
        "/memory@40000000\n  device_type = \"memory\"\n  reg = 0 40000000 0 80000000\n"
        "/apb-pclk\n  compatible = \"fixed-clock\"\n  #clock-cells = 0\n"
        "  clock-frequency = 16e3600\n  clock-output-names = \"clk24mhz\"\n  phandle = 4\n"
        "/intc@8000000\n  compatible = \"arm,gic-v3\"\n  #interrupt-cells = 3\n"
        "  interrupt-controller =\n  #address-cells = 2\n  #size-cells = 2\n  ranges =\n"
        "  #redistributor-regions = 1\n  reg = 0 8000000 0 10000 0 80a0000 0 f60000\n"
        "  phandle = 1\n"
        "/timer\n  compatible = \"arm,armv8-timer\" \"arm,armv7-timer\"\n  always-on =\n"
        "  interrupts = 1 d 4 1 e 4 1 b 4 1 a 4\n"
        "/cpus\n  #address-cells = 1\n  #size-cells = 0\n/cpus/cpu-map\n/cpus/cpu-map/socket0\n"
        "/cpus/cpu-map/socket0/cluster0\n/cpus/cpu-map/socket0/cluster0/core0\n  cpu = 2\n"
        "/cpus/cpu-map/socket1\n/cpus/cpu-map/socket1/cluster0\n"
        "/cpus/cpu-map/socket1/cluster0/core0\n  cpu = 3\n"
        "/cpus/cpu@0\n  device_type = \"cpu\"\n  compatible = \"arm,cortex-a57\"\n"
        "  enable-method = \"psci\"\n  reg = 0\n  phandle = 2\n"
        "/cpus/cpu@100\n  device_type = \"cpu\"\n  compatible = \"arm,cortex-a57\"\n"
        "  enable-method = \"psci\"\n  reg = 100\n  phandle = 3\n"
        "/pl011@9000000\n  compatible = \"arm,pl011\" \"arm,primecell\"\n"
        "  reg = 0 9000000 0 1000\n  interrupts = 0 1 4\n  clocks = 4 4\n"
        "  clock-names = \"uartclk\" \"apb_pclk\"\n"
        "/pl061@9030000\n  compatible = \"arm,pl061\" \"arm,primecell\"\n"
        "  reg = 0 9030000 0 1000\n  interrupts = 0 7 4\n  clocks = 4\n"
        "  clock-names = \"apb_pclk\"\n  #gpio-cells = 2\n  gpio-controller =\n  phandle = 5\n"
        "/gpio-keys\n  compatible = \"gpio-keys\"\n"
        "/gpio-keys/poweroff\n  label = \"GPIO Key Poweroff\"\n  linux,code = 74\n"
        "  gpios = 5 3 0\n");
}

/* The lines of one node of a listing. */
static char *node_of(const char *list, const char *path)
{
    g_autofree char *head = g_strdup_printf("\n%s\n", path);
    const char *at = strstr(list, head);
    g_assert_nonnull(at);
    const char *body = at + strlen(head), *end = strstr(body - 1, "\n/");
    return end ? g_strndup(body, end + 1 - body) : g_strdup(body);
}

static void assert_node(const char *list, const char *path, const char *want)
{
    g_autofree char *got = node_of(list, path);
    g_test_message("%s", path);
    g_assert_cmpstr(got, ==, want);
}

static void test_virt_fdt_options(void)
{
    VirtMemmap map = map_for(600 * GiB, 200);
    VirtFdtCpu cpus[] = { { 0, "arm,armv8", 0, 0, 0, 0 }, { 1, "arm,armv8", 0, 0, 0, 1 },
                          { 0x100000002, "arm,armv8", 0, 1, 3, 0 } };
    VirtFdtConfig cfg = { .map = &map, .cpus = cpus, .n_cpus = 3, .has_threads = true,
                          .has_pmu = true, .caches = { { 0x8000, 64, 256 }, { 0xc000, 64, 256 },
                                                       { 0x200000, 64, 2048 } } };
    size_t bytes;
    g_autofree uint8_t *blob = virt_fdt_build(&cfg, &bytes);
    g_autofree char *list = listing(blob, bytes);

    assert_node(list, "/chosen", "");
    assert_node(list, "/aliases", "");
    assert_node(list, "/memory@40000000", "  device_type = \"memory\"\n  reg = 0 40000000 96 0\n");
    assert_node(list, "/pmu", "  compatible = \"arm,armv8-pmuv3\"\n  interrupts = 1 7 4\n");
    assert_node(list, "/timer", "  compatible = \"arm,armv8-timer\" \"arm,armv7-timer\"\n"
                "  always-on =\n  interrupts = 1 d 4 1 e 4 1 b 4 1 a 4\n");
    assert_node(list, "/intc@8000000", "  compatible = \"arm,gic-v3\"\n  #interrupt-cells = 3\n"
                "  interrupt-controller =\n  #address-cells = 2\n  #size-cells = 2\n  ranges =\n"
                "  #redistributor-regions = 2\n"
                "  reg = 0 8000000 0 10000 0 80a0000 0 f60000 96 40000000 0 4000000\n"
                "  phandle = 1\n");
    assert_node(list, "/cpus", "  #address-cells = 2\n  #size-cells = 0\n");
    assert_node(list, "/cpus/cpu@100000002", "  device_type = \"cpu\"\n"
                "  compatible = \"arm,armv8\"\n  enable-method = \"psci\"\n  reg = 1 2\n"
                "  i-cache-size = c000\n  i-cache-line-size = 40\n  i-cache-sets = 100\n"
                "  d-cache-size = 8000\n  d-cache-line-size = 40\n  d-cache-sets = 100\n"
                "  next-level-cache = 6\n  phandle = 7\n");
    assert_node(list, "/cpus/cpu@100000002/l2-cache", "  compatible = \"cache\"\n"
                "  cache-level = 2\n  cache-unified =\n  cache-size = 200000\n"
                "  cache-line-size = 40\n  cache-sets = 800\n  phandle = 6\n");
    assert_node(list, "/cpus/cpu-map/socket0/cluster0/core0/thread1", "  cpu = 5\n");
    assert_node(list, "/cpus/cpu-map/socket0/cluster1/core3/thread0", "  cpu = 7\n");
    g_assert_null(strstr(list, "gpio-keys"));
}

static void test_virt_fdt_512_cpus(void)
{
    VirtMemmap map = map_for(1 * GiB, 512);
    g_autofree VirtFdtCpu *cpus = g_new0(VirtFdtCpu, 512);
    VirtFdtConfig cfg = { .map = &map, .cpus = cpus, .n_cpus = 512, .devices = devices,
                          .n_devices = 1 };
    size_t bytes;

    for (unsigned i = 0; i < 512; i++) {
        cpus[i] = (VirtFdtCpu){ i / 16 << 8 | i % 16, "arm,cortex-a57", i / 64, i / 8 % 8, i % 8 };
    }
    g_autofree uint8_t *blob = virt_fdt_build(&cfg, &bytes);
    g_assert_cmpint(fdt_check_full(blob, bytes), ==, 0);
    g_assert_cmpuint(bytes, <, 2 * MiB);
    g_assert_cmpint(fdt_path_offset(blob, "/cpus/cpu@1f0f"), >, 0);
    g_assert_cmpint(fdt_path_offset(blob, "/cpus/cpu-map/socket7/cluster7/core7"), >, 0);
}

static void test_virt_fdt_stub(void)
{
    static const EfiHandoff efi = { 0x17fe00000, 0x7fe01000, 160, 40, 1, 2 };
    size_t bytes;
    g_autofree uint8_t *blob = virt_fdt_stub(&chosen, &efi, &bytes);

    assert_listing(blob, bytes,
        "/\n  #address-cells = 2\n  #size-cells = 2\n" CHOSEN
        "  linux,uefi-system-table = 1 7fe00000\n  linux,uefi-mmap-start = 0 7fe01000\n"
        "  linux,uefi-mmap-size = a0\n  linux,uefi-mmap-desc-size = 28\n"
        "  linux,uefi-mmap-desc-ver = 1\n  linux,uefi-secure-boot = 2\n");
}

/* -- The user's tree ---- */

static uint8_t *user_tree(unsigned address_cells, unsigned size_cells, size_t *bytes)
{
    FdtTree *tree = fdt_tree_new();
    FdtNode *root = fdt_tree_root(tree);

    fdt_node_set_u32(root, "#address-cells", address_cells);
    fdt_node_set_u32(root, "#size-cells", size_cells);
    fdt_node_set_string(fdt_node_add(root, "memory@0"), "device_type", "memory");
    fdt_node_set_string(fdt_node_add(root, "memory@1000"), "device_type", "memory");
    fdt_node_set_string(fdt_node_add(root, "chosen"), "bootargs", "theirs");
    fdt_node_set_string(fdt_node_add(root, "chosen"), "stdout-path", "/uart");
    fdt_node_set_string(fdt_node_add(root, "psci"), "compatible", "arm,psci");
    fdt_node_set_u32(fdt_node_add(root, "uart"), "reg", 7);
    uint8_t *blob = fdt_tree_flatten(tree, bytes);
    fdt_tree_free(tree);
    return blob;
}

static void test_virt_fdt_patch(void)
{
    VirtMemmap map = map_for(2 * GiB, 4);
    VirtFdtConfig cfg = { .map = &map, .chosen = chosen };
    Error *err = NULL;
    size_t user_bytes, bytes;
    g_autofree uint8_t *user = user_tree(2, 1, &user_bytes);
    g_autofree uint8_t *blob = virt_fdt_patch(&cfg, user, user_bytes, &bytes, &err);

    g_assert_nonnull(blob);
    assert_listing(blob, bytes,
        "/\n  #address-cells = 2\n  #size-cells = 1\n"
        "/chosen\n  bootargs = \"console=ttyAMA0 quiet\"\n  stdout-path = \"/uart\"\n"
        "  linux,initrd-start = 0 48000000\n  linux,initrd-end = 0 49e00005\n"
        "  kaslr-seed = 1234567 89abcdef\n  rng-seed = 1 0 0 0 0 0 0 2\n"
        "/uart\n  reg = 7\n"
        "/memory@40000000\n  device_type = \"memory\"\n  reg = 0 40000000 80000000\n"
        PSCI);
}

/* What the user leaves unsaid on the command line stays as it is in the file. */
static void test_virt_fdt_patch_keeps(void)
{
    VirtMemmap map = map_for(2 * GiB, 4);
    VirtFdtConfig cfg = { .map = &map };
    size_t user_bytes, bytes;
    g_autofree uint8_t *user = user_tree(2, 2, &user_bytes);
    g_autofree uint8_t *blob = virt_fdt_patch(&cfg, user, user_bytes, &bytes, NULL);
    g_autofree char *list = listing(blob, bytes);

    assert_node(list, "/chosen", "  bootargs = \"theirs\"\n  stdout-path = \"/uart\"\n");
}

static void test_virt_fdt_patch_errors(void)
{
    static const struct { unsigned ac, sc; uint64_t ram; const char *want; } rows[] = {
        { 0, 2, GiB, "must be 1 or 2" }, { 3, 2, GiB, "must be 1 or 2" },
        { 2, 0, GiB, "must be 1 or 2" }, { 1, 1, 8 * GiB, "too few for 8192 MiB" },
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        VirtMemmap map = map_for(rows[i].ram, 1);
        VirtFdtConfig cfg = { .map = &map };
        Error *err = NULL;
        size_t user_bytes, bytes;
        g_autofree uint8_t *user = user_tree(rows[i].ac, rows[i].sc, &user_bytes);
        g_assert_null(virt_fdt_patch(&cfg, user, user_bytes, &bytes, &err));
        g_test_message("row %zu: %s", i, error_text(err));
        g_assert_nonnull(strstr(error_text(err), rows[i].want));
        error_free(err);
        err = NULL;
        g_assert_null(virt_fdt_patch(&cfg, user, user_bytes - 8, &bytes, &err));
        error_free(err);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virt-fdt/full", test_virt_fdt_full);
    g_test_add_func("/virt-fdt/two-uarts", test_virt_fdt_two_uarts);
    g_test_add_func("/virt-fdt/options", test_virt_fdt_options);
    g_test_add_func("/virt-fdt/512-cpus", test_virt_fdt_512_cpus);
    g_test_add_func("/virt-fdt/stub", test_virt_fdt_stub);
    g_test_add_func("/virt-fdt/patch", test_virt_fdt_patch);
    g_test_add_func("/virt-fdt/patch-keeps", test_virt_fdt_patch_keeps);
    g_test_add_func("/virt-fdt/patch-errors", test_virt_fdt_patch_errors);
    return g_test_run();
}
