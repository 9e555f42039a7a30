/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/acpi/aml.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "util/bits.h"

/* Opcodes (ACPI 6.5, table 20.2). EXT is the two-byte prefix. */
enum {
    OP_ZERO = 0x00, OP_ONE = 0x01, OP_NAME = 0x08, OP_BYTE = 0x0a, OP_WORD = 0x0b, OP_DWORD = 0x0c,
    OP_STRING = 0x0d, OP_QWORD = 0x0e, OP_SCOPE = 0x10, OP_BUFFER = 0x11, OP_METHOD = 0x14,
    OP_DUAL_NAME = 0x2e, OP_MULTI_NAME = 0x2f, OP_EXT = 0x5b, OP_ROOT_CHAR = 0x5c, OP_LOCAL0 = 0x60,
    OP_ARG0 = 0x68, OP_STORE = 0x70, OP_ADD = 0x72, OP_AND = 0x7b, OP_NOTIFY = 0x86,
    OP_LEQUAL = 0x93, OP_LLESS = 0x95, OP_IF = 0xa0, OP_ELSE = 0xa1, OP_WHILE = 0xa2,
    OP_RETURN = 0xa4, OP_BREAK = 0xa5,
    EXT_MUTEX = 0x01, EXT_ACQUIRE = 0x23, EXT_RELEASE = 0x27, EXT_REGION = 0x80, EXT_FIELD = 0x81,
    EXT_DEVICE = 0x82,
};

/*
 * A node's bytes: opcode, then, if it is a package, the length of all that follows, then fixed
 * bytes (names, flags), then the children in order. A buffer counts its payload as well.
 */
struct AmlNode {
    AmlTree *tree;
    uint8_t op[2];
    unsigned op_len;
    bool package;
    bool resources;          /* a Buffer of resource descriptors: size term and end tag */
    GByteArray *fixed;
    GPtrArray *kids;
};

struct AmlTree {
    GPtrArray *nodes;
    AmlNode *root;
};

/* -- Tree -- */

static void node_free(gpointer p)
{
    AmlNode *n = p;

    g_byte_array_free(n->fixed, TRUE);
    if (n->kids) {
        g_ptr_array_free(n->kids, TRUE);
    }
    g_free(n);
}

static AmlNode *node_new(AmlTree *t)
{
    AmlNode *n = g_new0(AmlNode, 1);

    n->tree = t;
    n->fixed = g_byte_array_new();
    g_ptr_array_add(t->nodes, n);
    return n;
}

AmlTree *aml_tree_new(void)
{
    AmlTree *t = g_new0(AmlTree, 1);

    t->nodes = g_ptr_array_new_with_free_func(node_free);
    t->root = node_new(t);
    return t;
}

void aml_tree_free(AmlTree *t)
{
    g_ptr_array_free(t->nodes, TRUE);
    g_free(t);
}

AmlNode *aml_root(AmlTree *t) { return t->root; }

static void adopt(AmlNode *parent, AmlNode *kid)
{
    if (!parent->kids) {
        parent->kids = g_ptr_array_new();
    }
    g_ptr_array_add(parent->kids, kid);
}

static AmlNode *op_node(AmlTree *t, unsigned op)
{
    AmlNode *n = node_new(t);

    n->op[0] = op;
    n->op_len = 1;
    return n;
}

static AmlNode *ext_node(AmlTree *t, unsigned op)
{
    AmlNode *n = op_node(t, OP_EXT);

    n->op[1] = op;
    n->op_len = 2;
    return n;
}

static void put(AmlNode *n, const void *bytes, unsigned len)
{
    g_byte_array_append(n->fixed, bytes, len);
}

static void put_byte(AmlNode *n, unsigned v)
{
    uint8_t b = v;
    put(n, &b, 1);
}

/* -- Names and integers -- */

static void put_segment(AmlNode *n, const char *seg, size_t len)
{
    char padded[4] = { '_', '_', '_', '_' };

    assert(len >= 1 && len <= 4);
    memcpy(padded, seg, len);
    put(n, padded, 4);
}

static void put_name(AmlNode *n, const char *path)
{
    if (*path == '\\') {
        put_byte(n, OP_ROOT_CHAR);
        path++;
    }
    unsigned segments = *path ? 1 : 0;
    for (const char *p = path; *p; p++) {
        segments += *p == '.';
    }
    if (segments == 0) {
        put_byte(n, 0);
        return;
    }
    if (segments == 2) {
        put_byte(n, OP_DUAL_NAME);
    } else if (segments > 2) {
        put_byte(n, OP_MULTI_NAME);
        put_byte(n, segments);
    }
    while (segments--) {
        size_t len = strcspn(path, ".");
        put_segment(n, path, len);
        path += len + 1;
    }
}

static void put_int(AmlNode *n, uint64_t v)
{
    unsigned bytes = v <= 0xff ? 1 : v <= 0xffff ? 2 : v <= 0xffffffff ? 4 : 8;
    uint8_t le[8];

    if (v <= 1) {
        put_byte(n, v ? OP_ONE : OP_ZERO);
        return;
    }
    put_byte(n, bytes == 1 ? OP_BYTE : bytes == 2 ? OP_WORD : bytes == 4 ? OP_DWORD : OP_QWORD);
    stle64(le, v);
    put(n, le, bytes);
}

/* -- Emission -- */

/*
 * PkgLength counts itself. One byte holds lengths below 64; with n following bytes the first holds
 * the low four bits, so two, three and four bytes reach 2^12, 2^20 and 2^28.
 */
static void emit_pkg_length(GByteArray *out, size_t body)
{
    unsigned size = body + 1 < 64 ? 1 : body + 2 < BIT(12) ? 2 : body + 3 < BIT(20) ? 3 : 4;
    size_t v = body + size;
    uint8_t b[4];

    assert(v < BIT(28));
    b[0] = size == 1 ? v : (v & 15) | (size - 1) << 6;
    for (unsigned i = 1; i < size; i++) {
        b[i] = v >> (4 + 8 * (i - 1));
    }
    g_byte_array_append(out, b, size);
}

static void emit_node(const AmlNode *n, GByteArray *out);

static void emit_resources(const AmlNode *n, GByteArray *body)
{
    /* Buffer: size as an integer term, the descriptors, the end tag without a checksum. */
    AmlNode size = { .fixed = g_byte_array_new() };
    static const uint8_t end_tag[2] = { 0x79, 0 };

    put_int(&size, n->fixed->len + sizeof(end_tag));
    g_byte_array_append(body, size.fixed->data, size.fixed->len);
    g_byte_array_append(body, n->fixed->data, n->fixed->len);
    g_byte_array_append(body, end_tag, sizeof(end_tag));
    g_byte_array_free(size.fixed, TRUE);
}

static void emit_node(const AmlNode *n, GByteArray *out)
{
    GByteArray *body = g_byte_array_new();

    if (n->resources) {
        emit_resources(n, body);
    } else if (n->fixed->len) {
        g_byte_array_append(body, n->fixed->data, n->fixed->len);
    }
    for (guint i = 0; n->kids && i < n->kids->len; i++) {
        emit_node(n->kids->pdata[i], body);
    }
    g_byte_array_append(out, n->op, n->op_len);
    if (n->package) {
        emit_pkg_length(out, body->len);
    }
    if (body->len) {
        g_byte_array_append(out, body->data, body->len);
    }
    g_byte_array_free(body, TRUE);
}

void aml_emit(AmlTree *t, GByteArray *out) { emit_node(t->root, out); }

/* -- Containers and declarations -- */

static AmlNode *package_in(AmlNode *parent, AmlNode *n)
{
    n->package = true;
    adopt(parent, n);
    return n;
}

AmlNode *aml_scope(AmlNode *parent, const char *path)
{
    AmlNode *n = package_in(parent, op_node(parent->tree, OP_SCOPE));

    put_name(n, path);
    return n;
}

AmlNode *aml_device(AmlNode *parent, const char *fmt, ...)
{
    AmlNode *n = package_in(parent, ext_node(parent->tree, EXT_DEVICE));
    char name[64];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(name, sizeof(name), fmt, ap);
    va_end(ap);
    put_name(n, name);
    return n;
}

AmlNode *aml_method(AmlNode *parent, const char *name, unsigned n_args, bool serialized)
{
    AmlNode *n = package_in(parent, op_node(parent->tree, OP_METHOD));

    assert(n_args <= 7);
    put_name(n, name);
    put_byte(n, n_args | serialized << 3);
    return n;
}

AmlNode *aml_if(AmlNode *parent, AmlNode *cond)
{
    AmlNode *n = package_in(parent, op_node(parent->tree, OP_IF));

    adopt(n, cond);
    return n;
}

AmlNode *aml_else(AmlNode *parent)
{
    return package_in(parent, op_node(parent->tree, OP_ELSE));
}

AmlNode *aml_while(AmlNode *parent, AmlNode *cond)
{
    AmlNode *n = package_in(parent, op_node(parent->tree, OP_WHILE));

    adopt(n, cond);
    return n;
}

static AmlNode *name_decl(AmlNode *parent, const char *name)
{
    AmlNode *n = op_node(parent->tree, OP_NAME);

    put_name(n, name);
    adopt(parent, n);
    return n;
}

void aml_name_int(AmlNode *parent, const char *name, uint64_t value)
{
    put_int(name_decl(parent, name), value);
}

void aml_name_string(AmlNode *parent, const char *name, const char *value)
{
    AmlNode *n = name_decl(parent, name);

    put_byte(n, OP_STRING);
    put(n, value, strlen(value) + 1);
}

void aml_mutex(AmlNode *parent, const char *name)
{
    AmlNode *n = ext_node(parent->tree, EXT_MUTEX);

    put_name(n, name);
    put_byte(n, 0); /* sync level */
    adopt(parent, n);
}

void aml_system_memory(AmlNode *parent, const char *name, uint64_t base_pa, uint64_t bytes)
{
    AmlNode *n = ext_node(parent->tree, EXT_REGION);

    put_name(n, name);
    put_byte(n, 0); /* SystemMemory */
    put_int(n, base_pa);
    put_int(n, bytes);
    adopt(parent, n);
}

AmlNode *aml_field(AmlNode *parent, const char *region, AmlAccess access, AmlUpdate update)
{
    AmlNode *n = package_in(parent, ext_node(parent->tree, EXT_FIELD));

    put_name(n, region);
    put_byte(n, access | update << 5);
    return n;
}

/* Bit counts are written in PkgLength form, without counting themselves. */
static void put_field_bits(AmlNode *field, unsigned bits)
{
    assert(bits < BIT(12));
    if (bits < 64) {
        put_byte(field, bits);
    } else {
        put_byte(field, (bits & 15) | 1 << 6);
        put_byte(field, bits >> 4);
    }
}

void aml_field_unit(AmlNode *field, const char *name, unsigned bits)
{
    put_segment(field, name, strlen(name));
    put_field_bits(field, bits);
}

void aml_field_skip(AmlNode *field, unsigned bits)
{
    put_byte(field, 0);
    put_field_bits(field, bits);
}

/* -- Resources (6.4) -- */

AmlNode *aml_crs(AmlNode *device)
{
    AmlNode *n = package_in(name_decl(device, "_CRS"), op_node(device->tree, OP_BUFFER));

    n->resources = true;
    return n;
}

void aml_memory32_fixed(AmlNode *crs, uint32_t base_pa, uint32_t bytes)
{
    uint8_t d[12] = { 0x86, 9, 0, 1 /* read-write */ };

    stle32(d + 4, base_pa);
    stle32(d + 8, bytes);
    put(crs, d, sizeof(d));
}

void aml_interrupt(AmlNode *crs, uint32_t gsiv, bool edge)
{
    uint8_t d[9] = { 0x89, 6, 0, 1 /* consumer, active high, exclusive */ | edge << 1, 1 };

    stle32(d + 5, gsiv);
    put(crs, d, sizeof(d));
}

/* -- Statements and expressions -- */

void aml_do(AmlNode *parent, AmlNode *expr) { adopt(parent, expr); }

AmlNode *aml_int(AmlTree *t, uint64_t v)
{
    AmlNode *n = node_new(t);

    put_int(n, v);
    return n;
}

AmlNode *aml_local(AmlTree *t, unsigned n) { return op_node(t, OP_LOCAL0 + n); }
AmlNode *aml_arg(AmlTree *t, unsigned n) { return op_node(t, OP_ARG0 + n); }

AmlNode *aml_ref(AmlTree *t, const char *path)
{
    AmlNode *n = node_new(t);

    put_name(n, path);
    return n;
}

static AmlNode *binary(AmlTree *t, unsigned op, AmlNode *a, AmlNode *b, AmlNode *target)
{
    AmlNode *n = op_node(t, op);

    adopt(n, a);
    adopt(n, b);
    if (target) {
        adopt(n, target);
    }
    return n;
}

AmlNode *aml_store(AmlTree *t, AmlNode *value, AmlNode *to)
{
    return binary(t, OP_STORE, value, to, NULL);
}

AmlNode *aml_add(AmlTree *t, AmlNode *a, AmlNode *b, AmlNode *to)
{
    return binary(t, OP_ADD, a, b, to);
}

AmlNode *aml_bit_and(AmlTree *t, AmlNode *a, AmlNode *b)
{
    return binary(t, OP_AND, a, b, aml_int(t, 0)); /* NullName: no target */
}

AmlNode *aml_equal(AmlTree *t, AmlNode *a, AmlNode *b) { return binary(t, OP_LEQUAL, a, b, NULL); }
AmlNode *aml_less(AmlTree *t, AmlNode *a, AmlNode *b) { return binary(t, OP_LLESS, a, b, NULL); }

AmlNode *aml_notify(AmlTree *t, const char *object, AmlNode *value)
{
    return binary(t, OP_NOTIFY, aml_ref(t, object), value, NULL);
}

AmlNode *aml_acquire(AmlTree *t, const char *mutex)
{
    AmlNode *n = ext_node(t, EXT_ACQUIRE);

    put_name(n, mutex);
    put(n, "\xff\xff", 2);
    return n;
}

AmlNode *aml_release(AmlTree *t, const char *mutex)
{
    AmlNode *n = ext_node(t, EXT_RELEASE);

    put_name(n, mutex);
    return n;
}

AmlNode *aml_return(AmlTree *t, AmlNode *value)
{
    AmlNode *n = op_node(t, OP_RETURN);

    adopt(n, value);
    return n;
}

AmlNode *aml_break(AmlTree *t) { return op_node(t, OP_BREAK); }

AmlNode *aml_call(AmlTree *t, const char *method, ...)
{
    AmlNode *n = aml_ref(t, method), *arg;
    va_list ap;

    va_start(ap, method);
    while ((arg = va_arg(ap, AmlNode *))) {
        adopt(n, arg);
    }
    va_end(ap);
    return n;
}
