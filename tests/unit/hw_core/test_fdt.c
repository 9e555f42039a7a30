/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/core/fdt.h"

#include <glib.h>
#include <libfdt.h>
#include <string.h>

#include "util/bits.h"

static void assert_prop(const void *blob, const char *path, const char *prop, const void *want,
                        int want_len)
{
    int len = 0;
    int node = fdt_path_offset(blob, path);
    g_test_message("%s:%s", path, prop);
    g_assert_cmpint(node, >=, 0);
    const void *value = fdt_getprop(blob, node, prop, &len);
    g_assert_nonnull(value);
    g_assert_cmpmem(value, len, want, want_len);
}
#define PROP(blob, path, prop, bytes) assert_prop(blob, path, prop, bytes, sizeof(bytes) - 1)

static FdtTree *sample(void)
{
    FdtTree *tree = fdt_tree_new();
    FdtNode *root = fdt_tree_root(tree);
    FdtNode *cpus = fdt_node_add(root, "cpus");
    FdtNode *cpu = fdt_node_add(cpus, "cpu@%x", 0x100);

    fdt_node_set_u32(root, "#address-cells", 2);
    fdt_node_set_string(root, "model", "first");
    fdt_node_set_string(root, "model", "second");
    fdt_node_set_strings(cpu, "compatible", "a\0bc\0");
    fdt_node_set_u64(cpu, "wide", 0x0102030405060708);
    fdt_node_set_flag(cpu, "flag");
    fdt_node_set_cells_v(cpu, "cells", 1, 2, 0xfffffffe);
    fdt_node_set_reg(cpu, "reg", (const uint64_t[][2]){ { 0x40000000, 0x1000 }, { 1, 2 } }, 2);
    return tree;
}

static void test_fdt_flatten(void)
{
    FdtTree *tree = sample();
    size_t bytes, again;
    g_autofree uint8_t *blob = fdt_tree_flatten(tree, &bytes);
    g_autofree uint8_t *twice = fdt_tree_flatten(tree, &again);

    g_assert_cmpint(fdt_check_full(blob, bytes), ==, 0);
    g_assert_cmpmem(blob, bytes, twice, again);
    PROP(blob, "/", "#address-cells", "\0\0\0\2");
    PROP(blob, "/", "model", "second\0");
    PROP(blob, "/cpus/cpu@100", "compatible", "a\0bc\0");
    PROP(blob, "/cpus/cpu@100", "wide", "\1\2\3\4\5\6\7\x8");
    PROP(blob, "/cpus/cpu@100", "flag", "");
    PROP(blob, "/cpus/cpu@100", "cells", "\0\0\0\1\0\0\0\2\xff\xff\xff\xfe");
    PROP(blob, "/cpus/cpu@100", "reg", "\0\0\0\0\x40\0\0\0\0\0\0\0\0\0\x10\0"
                                       "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2");
    fdt_tree_free(tree);
}

static void test_fdt_nodes(void)
{
    FdtTree *tree = sample();
    FdtNode *cpus = fdt_tree_find(tree, "/cpus");
    FdtNode *a = fdt_tree_find(tree, "/cpus/cpu@100");
    FdtNode *b = fdt_node_add(cpus, "cpu@101");
    g_autofree char *path = fdt_node_path(b);
    g_autofree char *root_path = fdt_node_path(fdt_tree_root(tree));

    g_assert_cmpstr(path, ==, "/cpus/cpu@101");
    g_assert_cmpstr(root_path, ==, "/");
    g_assert_true(fdt_tree_find(tree, "/") == fdt_tree_root(tree));
    g_assert_true(fdt_node_add(cpus, "cpu@101") == b);
    g_assert_true(fdt_node_next_child(cpus, NULL) == a);
    g_assert_true(fdt_node_next_child(cpus, a) == b);
    g_assert_null(fdt_node_next_child(cpus, b));
    g_assert_null(fdt_tree_find(tree, "/cpus/cpu"));
    g_assert_null(fdt_tree_find(tree, "/nothing/here"));
    g_assert_cmpuint(fdt_node_phandle(b), ==, 1);
    g_assert_cmpuint(fdt_node_phandle(a), ==, 2);
    g_assert_cmpuint(fdt_node_phandle(b), ==, 1);
    fdt_node_delete(a);
    g_assert_null(fdt_tree_find(tree, "/cpus/cpu@100"));
    g_assert_true(fdt_node_next_child(cpus, NULL) == b);
    fdt_tree_free(tree);
}

static void test_fdt_parse(void)
{
    FdtTree *tree = sample();
    size_t bytes, again;
    fdt_node_phandle(fdt_tree_find(tree, "/cpus"));
    g_autofree uint8_t *blob = fdt_tree_flatten(tree, &bytes);
    Error *err = NULL;
    FdtTree *copy = fdt_tree_parse(blob, bytes, &err);

    g_assert_nonnull(copy);
    g_autofree uint8_t *twice = fdt_tree_flatten(copy, &again);
    g_assert_cmpmem(blob, bytes, twice, again);
    /* New phandles do not collide with those of the file. */
    g_assert_cmpuint(fdt_node_phandle(fdt_tree_find(copy, "/cpus/cpu@100")), ==, 2);
    fdt_tree_free(copy);
    fdt_tree_free(tree);

    for (size_t cut = 0; cut < bytes; cut += 7) {
        g_autofree uint8_t *part = g_memdup2(blob, bytes);
        g_assert_null(fdt_tree_parse(part, cut, &err));
        g_assert_nonnull(strstr(error_text(err), "device tree"));
        error_free(err);
        err = NULL;
    }
    blob[0] ^= 1;
    g_assert_null(fdt_tree_parse(blob, bytes, NULL));
}

static void test_fdt_device(void)
{
    static const HwDesc uart = {
        .fdt_name = "pl011", .fdt_compatible = "arm,pl011\0arm,primecell\0",
        .fdt_clocks = "uartclk\0apb_pclk\0",
        .mmio = { { 0x9000000, 0x1000 } }, .n_mmio = 1,
        .irq = { { 33, IRQ_LEVEL_HIGH }, { 27, IRQ_EDGE_RISING } }, .n_irq = 2,
    };
    static const HwDesc acpi_only = { .acpi_name = "COM0" };
    FdtTree *tree = fdt_tree_new();
    FdtNode *root = fdt_tree_root(tree);
    FdtNode *clock = fdt_node_add(root, "apb-pclk");

    g_assert_null(fdt_add_device(root, &acpi_only, clock));
    g_assert_nonnull(fdt_add_device(root, &uart, clock));
    size_t bytes;
    g_autofree uint8_t *blob = fdt_tree_flatten(tree, &bytes);
    PROP(blob, "/pl011@9000000", "compatible", "arm,pl011\0arm,primecell\0");
    PROP(blob, "/pl011@9000000", "reg", "\0\0\0\0\x9\0\0\0\0\0\0\0\0\0\x10\0");
    PROP(blob, "/pl011@9000000", "interrupts", "\0\0\0\0\0\0\0\1\0\0\0\4"
                                               "\0\0\0\1\0\0\0\x0b\0\0\0\1");
    PROP(blob, "/pl011@9000000", "clocks", "\0\0\0\1\0\0\0\1");
    PROP(blob, "/pl011@9000000", "clock-names", "uartclk\0apb_pclk\0");
    PROP(blob, "/apb-pclk", "phandle", "\0\0\0\1");
    fdt_tree_free(tree);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fdt/flatten", test_fdt_flatten);
    g_test_add_func("/fdt/nodes", test_fdt_nodes);
    g_test_add_func("/fdt/parse", test_fdt_parse);
    g_test_add_func("/fdt/device", test_fdt_device);
    return g_test_run();
}
