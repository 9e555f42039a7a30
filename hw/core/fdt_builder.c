/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/core/fdt.h"

#include <assert.h>
#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

#include "util/bits.h"

#define MAX_DEPTH 64           /* of a tree that a user gives us */
#define SPI_BASE  32           /* first INTIDs, IHI 0069 */
#define PPI_BASE  16

typedef struct FdtProp {
    char *name;
    size_t bytes;
    uint8_t *value;
} FdtProp;

struct FdtNode {
    FdtTree *tree;
    FdtNode *parent;           /* NULL: the root */
    char *name;
    GPtrArray *props;          /* FdtProp *, owned */
    GPtrArray *children;       /* FdtNode *, owned */
};

struct FdtTree {
    FdtNode *root;
    uint32_t max_phandle;
    GArray *reservations;      /* struct fdt_reserve_entry, host order: kept from a parsed blob */
};

/* -- Tree ---- */

static void prop_free(void *data)
{
    FdtProp *p = data;

    g_free(p->name);
    g_free(p->value);
    g_free(p);
}

static void node_free(void *data)
{
    FdtNode *node = data;

    g_ptr_array_free(node->children, TRUE);
    g_ptr_array_free(node->props, TRUE);
    g_free(node->name);
    g_free(node);
}

static FdtNode *node_new(FdtTree *tree, FdtNode *parent, const char *name)
{
    FdtNode *node = g_new0(FdtNode, 1);

    node->tree = tree;
    node->parent = parent;
    node->name = g_strdup(name);
    node->props = g_ptr_array_new_with_free_func(prop_free);
    node->children = g_ptr_array_new_with_free_func(node_free);
    if (parent) {
        g_ptr_array_add(parent->children, node);
    }
    return node;
}

FdtTree *fdt_tree_new(void)
{
    FdtTree *tree = g_new0(FdtTree, 1);

    tree->root = node_new(tree, NULL, "");
    tree->reservations = g_array_new(FALSE, TRUE, sizeof(struct fdt_reserve_entry));
    return tree;
}

void fdt_tree_free(FdtTree *tree)
{
    if (tree) {
        node_free(tree->root);
        g_array_free(tree->reservations, TRUE);
        g_free(tree);
    }
}

FdtNode *fdt_tree_root(FdtTree *tree) { return tree->root; }

static FdtNode *child_named(FdtNode *parent, const char *name, size_t len)
{
    for (unsigned i = 0; i < parent->children->len; i++) {
        FdtNode *child = g_ptr_array_index(parent->children, i);
        if (strlen(child->name) == len && !memcmp(child->name, name, len)) {
            return child;
        }
    }
    return NULL;
}

FdtNode *fdt_tree_find(FdtTree *tree, const char *path)
{
    FdtNode *node = tree->root;

    assert(*path == '/');
    while (node && *path) {
        size_t len = strcspn(++path, "/");
        if (len) {
            node = child_named(node, path, len);
        }
        path += len;
    }
    return node;
}

FdtNode *fdt_node_add(FdtNode *parent, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_autofree char *name = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    FdtNode *there = child_named(parent, name, strlen(name));
    return there ? there : node_new(parent->tree, parent, name);
}

void fdt_node_delete(FdtNode *node)
{
    assert(node->parent);
    g_ptr_array_remove(node->parent->children, node);
}

char *fdt_node_path(const FdtNode *node)
{
    GString *path = g_string_new(node->parent ? NULL : "/");

    for (; node->parent; node = node->parent) {
        g_string_prepend(path, node->name);
        g_string_prepend_c(path, '/');
    }
    return g_string_free(path, FALSE);
}

FdtNode *fdt_node_next_child(FdtNode *parent, FdtNode *child)
{
    unsigned i = 0;

    if (child) {
        g_ptr_array_find(parent->children, child, &i);
        i++;
    }
    return i < parent->children->len ? g_ptr_array_index(parent->children, i) : NULL;
}

/* -- Properties ---- */

static FdtProp *prop_named(const FdtNode *node, const char *name)
{
    for (unsigned i = 0; i < node->props->len; i++) {
        FdtProp *p = g_ptr_array_index(node->props, i);
        if (!strcmp(p->name, name)) {
            return p;
        }
    }
    return NULL;
}

void fdt_node_set(FdtNode *node, const char *prop, const void *value, size_t bytes)
{
    FdtProp *p = prop_named(node, prop);

    if (!p) {
        p = g_new0(FdtProp, 1);
        p->name = g_strdup(prop);
        g_ptr_array_add(node->props, p);
    }
    uint8_t *old = p->value;       /* freed last: @value may be inside */
    p->value = bytes ? g_memdup2(value, bytes) : NULL;
    p->bytes = bytes;
    g_free(old);
    if (!strcmp(prop, "phandle") && bytes == sizeof(uint32_t)) {
        node->tree->max_phandle = MAX(node->tree->max_phandle, fdt32_ld((const fdt32_t *)p->value));
    }
}

const void *fdt_node_get(const FdtNode *node, const char *prop, size_t *bytes)
{
    FdtProp *p = prop_named(node, prop);

    if (!p) {
        return NULL;
    }
    if (bytes) {
        *bytes = p->bytes;
    }
    return p->value ? p->value : (const uint8_t *)"";
}

void fdt_node_set_flag(FdtNode *node, const char *prop) { fdt_node_set(node, prop, NULL, 0); }

void fdt_node_set_u32(FdtNode *node, const char *prop, uint32_t value)
{
    fdt_node_set_cells(node, prop, &value, 1);
}

void fdt_node_set_u64(FdtNode *node, const char *prop, uint64_t value)
{
    fdt_node_set_cells_v(node, prop, value >> 32, (uint32_t)value);
}

void fdt_node_set_string(FdtNode *node, const char *prop, const char *value)
{
    fdt_node_set(node, prop, value, strlen(value) + 1);
}

static size_t strings_bytes(const char *values)
{
    const char *s = values;

    while (*s) {
        s += strlen(s) + 1;
    }
    return s - values;
}

void fdt_node_set_strings(FdtNode *node, const char *prop, const char *values)
{
    fdt_node_set(node, prop, values, strings_bytes(values));
}

void fdt_node_set_cells(FdtNode *node, const char *prop, const uint32_t *cells, size_t n)
{
    g_autofree fdt32_t *be = g_new(fdt32_t, n);

    for (size_t i = 0; i < n; i++) {
        be[i] = cpu_to_fdt32(cells[i]);
    }
    fdt_node_set(node, prop, be, n * sizeof(*be));
}

void fdt_node_set_reg(FdtNode *node, const char *prop, const uint64_t (*ranges)[2], size_t n)
{
    g_autofree fdt64_t *be = g_new(fdt64_t, 2 * n);

    for (size_t i = 0; i < 2 * n; i++) {
        be[i] = cpu_to_fdt64(ranges[i / 2][i % 2]);
    }
    fdt_node_set(node, prop, be, 2 * n * sizeof(*be));
}

uint32_t fdt_node_phandle(FdtNode *node)
{
    size_t bytes;
    const void *there = fdt_node_get(node, "phandle", &bytes);

    if (there && bytes == sizeof(uint32_t)) {
        return fdt32_ld(there);
    }
    uint32_t phandle = node->tree->max_phandle + 1;
    fdt_node_set_u32(node, "phandle", phandle);
    return phandle;
}

/* -- Flattening ---- */

/* Upper bound of what a node needs in both blocks, strings not shared. */
static size_t node_bytes(const FdtNode *node)
{
    size_t sum = 2 * FDT_TAGSIZE + align_up(strlen(node->name) + 1, FDT_TAGSIZE);

    for (unsigned i = 0; i < node->props->len; i++) {
        const FdtProp *p = g_ptr_array_index(node->props, i);
        sum += sizeof(struct fdt_property) + align_up(p->bytes, FDT_TAGSIZE) + strlen(p->name) + 1;
    }
    for (unsigned i = 0; i < node->children->len; i++) {
        sum += node_bytes(g_ptr_array_index(node->children, i));
    }
    return sum;
}

static void must(int rc) { assert(rc == 0); }  /* the buffer is large enough by construction */

static void node_write(const FdtNode *node, void *blob)
{
    must(fdt_begin_node(blob, node->name));
    for (unsigned i = 0; i < node->props->len; i++) {
        const FdtProp *p = g_ptr_array_index(node->props, i);
        must(fdt_property(blob, p->name, p->value, p->bytes));
    }
    for (unsigned i = 0; i < node->children->len; i++) {
        node_write(g_ptr_array_index(node->children, i), blob);
    }
    must(fdt_end_node(blob));
}

uint8_t *fdt_tree_flatten(const FdtTree *tree, size_t *bytes)
{
    size_t room = sizeof(struct fdt_header) + FDT_TAGSIZE + 2 * sizeof(uint64_t) +
                  (tree->reservations->len + 1) * sizeof(struct fdt_reserve_entry) +
                  node_bytes(tree->root);
    uint8_t *blob = g_malloc0(room);

    assert(room <= INT32_MAX);
    must(fdt_create(blob, room));
    for (unsigned i = 0; i < tree->reservations->len; i++) {
        struct fdt_reserve_entry *e =
            &g_array_index(tree->reservations, struct fdt_reserve_entry, i);
        must(fdt_add_reservemap_entry(blob, fdt64_to_cpu(e->address), fdt64_to_cpu(e->size)));
    }
    must(fdt_finish_reservemap(blob));
    node_write(tree->root, blob);
    must(fdt_finish(blob));
    *bytes = fdt_totalsize(blob);
    return blob;
}

/* -- Parsing ---- */

static bool node_read(FdtNode *node, const void *blob, int offset, unsigned depth, Error **errp)
{
    int at, child;

    if (depth > MAX_DEPTH) {
        return error_set(errp, "device tree is nested deeper than %u nodes", MAX_DEPTH);
    }
    fdt_for_each_property_offset(at, blob, offset) {
        const char *name;
        int len;
        const void *value = fdt_getprop_by_offset(blob, at, &name, &len);
        if (!value) {
            return error_set(errp, "malformed device tree: %s", fdt_strerror(len));
        }
        fdt_node_set(node, name, value, len);
    }
    if (at != -FDT_ERR_NOTFOUND) {
        return error_set(errp, "malformed device tree: %s", fdt_strerror(at));
    }
    fdt_for_each_subnode(child, blob, offset) {
        int len;
        const char *name = fdt_get_name(blob, child, &len);
        if (!name) {
            return error_set(errp, "malformed device tree: %s", fdt_strerror(len));
        }
        if (!node_read(fdt_node_add(node, "%s", name), blob, child, depth + 1, errp)) {
            return false;
        }
    }
    if (child != -FDT_ERR_NOTFOUND) {
        return error_set(errp, "malformed device tree: %s", fdt_strerror(child));
    }
    return true;
}

FdtTree *fdt_tree_parse(const void *blob, size_t bytes, Error **errp)
{
    int rc = bytes < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED : fdt_check_full(blob, bytes);

    if (rc) {
        error_set(errp, "not a valid flattened device tree: %s", fdt_strerror(rc));
        return NULL;
    }
    FdtTree *tree = fdt_tree_new();
    for (int i = 0; i < fdt_num_mem_rsv(blob); i++) {
        uint64_t address, size;
        if (fdt_get_mem_rsv(blob, i, &address, &size) == 0) {
            struct fdt_reserve_entry e = { cpu_to_fdt64(address), cpu_to_fdt64(size) };
            g_array_append_val(tree->reservations, e);
        }
    }
    if (!node_read(tree->root, blob, 0, 0, errp)) {
        fdt_tree_free(tree);
        return NULL;
    }
    return tree;
}

/* -- Devices ---- */

void fdt_gic_cells(unsigned intid, IrqTrigger trigger, uint32_t cells[3])
{
    bool is_spi = intid >= SPI_BASE;

    assert(intid >= PPI_BASE);
    cells[0] = is_spi ? 0 : 1;
    cells[1] = intid - (is_spi ? SPI_BASE : PPI_BASE);
    cells[2] = trigger == IRQ_LEVEL_HIGH ? 4 : 1;
}

static void set_clocks(FdtNode *node, const char *names, FdtNode *clock)
{
    uint32_t cells[HWDESC_MAX];
    unsigned n = 0;

    for (const char *s = names; *s; s += strlen(s) + 1) {
        assert(clock && n < HWDESC_MAX);
        cells[n++] = fdt_node_phandle(clock);
    }
    fdt_node_set_cells(node, "clocks", cells, n);
    fdt_node_set_strings(node, "clock-names", names);
}

FdtNode *fdt_add_device(FdtNode *parent, const HwDesc *desc, FdtNode *clock)
{
    uint64_t reg[HWDESC_MAX][2];
    uint32_t irq[HWDESC_MAX][3];

    if (!desc->fdt_name) {
        return NULL;
    }
    FdtNode *node = desc->n_mmio
        ? fdt_node_add(parent, "%s@%" PRIx64, desc->fdt_name, desc->mmio[0].base_pa)
        : fdt_node_add(parent, "%s", desc->fdt_name);
    if (desc->fdt_compatible) {
        fdt_node_set_strings(node, "compatible", desc->fdt_compatible);
    }
    for (unsigned i = 0; i < desc->n_mmio; i++) {
        reg[i][0] = desc->mmio[i].base_pa;
        reg[i][1] = desc->mmio[i].size_bytes;
    }
    if (desc->n_mmio) {
        fdt_node_set_reg(node, "reg", (const uint64_t (*)[2])reg, desc->n_mmio);
    }
    for (unsigned i = 0; i < desc->n_irq; i++) {
        fdt_gic_cells(desc->irq[i].intid, desc->irq[i].trigger, irq[i]);
    }
    if (desc->n_irq) {
        fdt_node_set_cells(node, "interrupts", &irq[0][0], 3 * desc->n_irq);
    }
    if (desc->fdt_clocks) {
        set_clocks(node, desc->fdt_clocks, clock);
    }
    return node;
}
