/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing a flattened device tree (Devicetree Specification 0.4).
 *
 * A tree of nodes is built in memory, in any order, and flattened once. Nodes and properties keep
 * the order in which they were added; setting a property again replaces its value in place. Nodes
 * belong to their tree; names and values are copied. Numbers are the host's, stored big-endian.
 *
 * Not thread-safe: a tree belongs to whoever builds it.
 */
#ifndef HW_CORE_FDT_H
#define HW_CORE_FDT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/core/hwdesc.h"
#include "util/error.h"

typedef struct FdtTree FdtTree;
typedef struct FdtNode FdtNode;

FdtTree *fdt_tree_new(void);
/* A tree from a blob (a user's -dtb). NULL when the blob is malformed; the text names no file. */
FdtTree *fdt_tree_parse(const void *blob, size_t bytes, Error **errp);
void fdt_tree_free(FdtTree *tree);             /* NULL is fine */
/* The flattened tree, version 17; g_free it. The same tree gives the same bytes. */
uint8_t *fdt_tree_flatten(const FdtTree *tree, size_t *bytes);

FdtNode *fdt_tree_root(FdtTree *tree);
/* "/chosen", "/cpus/cpu@0"; NULL when there is none. */
FdtNode *fdt_tree_find(FdtTree *tree, const char *path);
/* Add a child ("cpu@%x"); a child of that name is returned if it is there already. */
FdtNode *fdt_node_add(FdtNode *parent, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void fdt_node_delete(FdtNode *node);           /* with its children; not the root */
/* Full path; g_free it. */
char *fdt_node_path(const FdtNode *node);
/* Children in order: NULL = first; NULL after the last. */
FdtNode *fdt_node_next_child(FdtNode *parent, FdtNode *child);
/* A node's phandle, given out on first use (property "phandle"). 1, 2, 3... in that order. */
uint32_t fdt_node_phandle(FdtNode *node);

void fdt_node_set(FdtNode *node, const char *prop, const void *value, size_t bytes);
void fdt_node_set_flag(FdtNode *node, const char *prop);            /* no value */
void fdt_node_set_u32(FdtNode *node, const char *prop, uint32_t value);
void fdt_node_set_u64(FdtNode *node, const char *prop, uint64_t value);
void fdt_node_set_string(FdtNode *node, const char *prop, const char *value);
/* "a\0b\0": strings one after the other, the last followed by an empty one. */
void fdt_node_set_strings(FdtNode *node, const char *prop, const char *values);
void fdt_node_set_cells(FdtNode *node, const char *prop, const uint32_t *cells, size_t n);
#define fdt_node_set_cells_v(node, prop, ...)                                                      \
    fdt_node_set_cells(node, prop, (const uint32_t[]){ __VA_ARGS__ },                              \
                       sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))
/* Pairs {address, size}, each of two cells: "reg" under #address-cells = #size-cells = 2. */
void fdt_node_set_reg(FdtNode *node, const char *prop, const uint64_t (*ranges)[2], size_t n);
/* A property's value and length, or NULL. Valid until the property is set again. */
const void *fdt_node_get(const FdtNode *node, const char *prop, size_t *bytes);

/* Cells of a GIC interrupt specifier: type (SPI 0, PPI 1), number within it, trigger (4, 1). */
void fdt_gic_cells(unsigned intid, IrqTrigger trigger, uint32_t cells[3]);

/*
 * The node of a device, from what it says of itself: name@base, compatible, reg, interrupts, and
 * clocks (each entry of desc->fdt_clocks names @clock, which is NULL only if there is no such
 * device). NULL when desc->fdt_name is NULL.
 */
FdtNode *fdt_add_device(FdtNode *parent, const HwDesc *desc, FdtNode *clock);

#endif
