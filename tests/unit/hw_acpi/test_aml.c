/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The AML builder against bytes worked out from ACPI 6.5, chapter 20 (and, at first, from iasl). */
#include "hw/acpi/aml.h"

#include <inttypes.h>
#include <string.h>

#include "util/bits.h"

static char *hex(const uint8_t *p, size_t n)
{
    GString *s = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(s, "%s%02x", i ? " " : "", p[i]);
    }
    return g_string_free(s, FALSE);
}

/* The tree's bytes in hex. Frees the tree. */
static char *emitted(AmlTree *t)
{
    GByteArray *out = g_byte_array_new();

    aml_emit(t, out);
    aml_tree_free(t);
    char *text = hex(out->data, out->len);
    g_byte_array_free(out, TRUE);
    return text;
}

/* -- Integers -- */

static void test_integers(void)
{
    static const struct { uint64_t v; const char *want; } rows[] = {
        { 0, "00" },
        { 1, "01" },
        { 2, "0a 02" },
        { 0xff, "0a ff" },
        { 0x100, "0b 00 01" },
        { 0xffff, "0b ff ff" },
        { 0x10000, "0c 00 00 01 00" },
        { 0xffffffff, "0c ff ff ff ff" },
        { UINT64_C(0x100000000), "0e 00 00 00 00 01 00 00 00" },
        { UINT64_MAX, "0e ff ff ff ff ff ff ff ff" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        AmlTree *t = aml_tree_new();
        aml_do(aml_root(t), aml_int(t, rows[i].v));
        g_autofree char *got = emitted(t);
        g_test_message("0x%" PRIx64, rows[i].v);
        g_assert_cmpstr(got, ==, rows[i].want);
    }
}

/* -- NameStrings -- */

static void test_names(void)
{
    static const struct { const char *path, *want; } rows[] = {
        { "", "00" },
        { "A", "41 5f 5f 5f" },
        { "AB", "41 42 5f 5f" },
        { "ABC", "41 42 43 5f" },
        { "ABCD", "41 42 43 44" },
        { "\\", "5c 00" },
        { "\\_SB", "5c 5f 53 42 5f" },
        { "A.B", "2e 41 5f 5f 5f 42 5f 5f 5f" },
        { "\\_SB.GED", "5c 2e 5f 53 42 5f 47 45 44 5f" },
        { "A.B.C", "2f 03 41 5f 5f 5f 42 5f 5f 5f 43 5f 5f 5f" },
        { "\\_SB.PRES.CPLK", "5c 2f 03 5f 53 42 5f 50 52 45 53 43 50 4c 4b" },
        { "\\AAAA.BBBB.CCCC.DDDD",
          "5c 2f 04 41 41 41 41 42 42 42 42 43 43 43 43 44 44 44 44" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        AmlTree *t = aml_tree_new();
        aml_do(aml_root(t), aml_ref(t, rows[i].path));
        g_autofree char *got = emitted(t);
        g_test_message("'%s'", rows[i].path);
        g_assert_cmpstr(got, ==, rows[i].want);
    }
}

/* -- PkgLength: counts itself, the smallest form that holds -- */

/* A scope \ whose body is @body bytes long in all (root name: two bytes, then One after One). */
static GByteArray *scope_of(unsigned body)
{
    AmlTree *t = aml_tree_new();
    AmlNode *s = aml_scope(aml_root(t), "\\");
    GByteArray *out = g_byte_array_new();

    for (unsigned i = 2; i < body; i++) {
        aml_do(s, aml_int(t, 1));
    }
    aml_emit(t, out);
    aml_tree_free(t);
    return out;
}

static void test_pkg_length(void)
{
    static const struct { unsigned body; const char *want; } rows[] = {
        { 2, "10 03" },
        { 61, "10 3e" },
        { 62, "10 3f" },                      /* 63: the last one-byte length */
        { 63, "10 41 04" },                   /* 65: 64 cannot be written shorter */
        { 64, "10 42 04" },
        { 4093, "10 4f ff" },                 /* 4095: the last two-byte length */
        { 4094, "10 81 00 01" },              /* 4097 */
        { 4095, "10 82 00 01" },
        { 1048572, "10 8f ff ff" },           /* 0xfffff: the last three-byte length */
        { 1048573, "10 c1 00 00 01" },        /* 0x100001 */
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        GByteArray *a = scope_of(rows[i].body);
        size_t head = (strlen(rows[i].want) + 1) / 3;
        g_autofree char *got = hex(a->data, head);
        g_test_message("body of %u bytes", rows[i].body);
        g_assert_cmpstr(got, ==, rows[i].want);
        g_assert_cmpuint(a->len, ==, head + rows[i].body);
        g_assert_cmphex(a->data[head], ==, '\\');
        g_assert_cmphex(a->data[a->len - 1], ==, rows[i].body > 2);
        g_byte_array_free(a, TRUE);
    }
}

/* -- Containers and declarations -- */

static void build_device(AmlTree *t, AmlNode *r)
{
    AmlNode *d = aml_device(r, "C%03X", 0x1ab);
    aml_name_string(d, "_HID", "ACPI0007");
    aml_name_int(d, "_UID", 0x1ab);
}

static void build_method(AmlTree *t, AmlNode *r)
{
    aml_method(r, "M", 0, false);
    aml_method(r, "M", 7, false);
    aml_method(r, "_EVT", 1, true);
}

static void build_if_else(AmlTree *t, AmlNode *r)
{
    aml_do(aml_if(r, aml_equal(t, aml_local(t, 0), aml_int(t, 2))), aml_break(t));
    aml_do(aml_else(r), aml_return(t, aml_arg(t, 6)));
}

static void build_while(AmlTree *t, AmlNode *r)
{
    AmlNode *w = aml_while(r, aml_less(t, aml_local(t, 7), aml_int(t, 0x200)));
    aml_do(w, aml_add(t, aml_local(t, 7), aml_int(t, 1), aml_local(t, 7)));
}

static void build_mutex(AmlTree *t, AmlNode *r)
{
    aml_mutex(r, "CPLK");
    aml_do(r, aml_acquire(t, "CPLK"));
    aml_do(r, aml_release(t, "\\_SB.CPLK"));
}

static void build_region(AmlTree *t, AmlNode *r)
{
    aml_system_memory(r, "PRST", 0x090c0000, 12);
}

static void build_notify(AmlTree *t, AmlNode *r)
{
    aml_do(r, aml_notify(t, "PWRB", aml_int(t, 0x80)));
}

static void build_call(AmlTree *t, AmlNode *r)
{
    aml_do(r, aml_call(t, "COST", aml_int(t, 3), aml_arg(t, 0), NULL));
    aml_do(r, aml_call(t, "CSCN", NULL));
}

static void build_and(AmlTree *t, AmlNode *r)
{
    aml_do(r, aml_bit_and(t, aml_local(t, 0), aml_int(t, 8)));
}

static void build_store(AmlTree *t, AmlNode *r)
{
    aml_do(r, aml_store(t, aml_int(t, 5), aml_ref(t, "CSEL")));
}

static void build_field(AmlTree *t, AmlNode *r)
{
    AmlNode *f = aml_field(r, "PRST", AML_BYTE_ACC, AML_WRITE_AS_ZEROS);
    aml_field_skip(f, 32);
    aml_field_unit(f, "CPEN", 1);
    aml_field_unit(f, "CCMD", 8);
    f = aml_field(r, "PRST", AML_DWORD_ACC, AML_PRESERVE);
    aml_field_unit(f, "SEL", 63);
    aml_field_skip(f, 64);
    aml_field_unit(f, "CDAT", 4095);
}

static void build_crs(AmlTree *t, AmlNode *r)
{
    AmlNode *crs = aml_crs(aml_device(r, "D"));
    aml_memory32_fixed(crs, 0x09000000, 0x1000);
    aml_interrupt(crs, 33, false);
    aml_interrupt(crs, 0x129, true);
}

static void build_empty_crs(AmlTree *t, AmlNode *r) { aml_crs(aml_device(r, "D")); }

/* 22 descriptors of 12 bytes: Buffer and Device need longer lengths and a word size. */
static void build_long_crs(AmlTree *t, AmlNode *r)
{
    AmlNode *crs = aml_crs(r);
    for (unsigned i = 0; i < 22; i++) {
        aml_memory32_fixed(crs, 0, 0);
    }
}

typedef struct Form {
    const char *name;
    void (*build)(AmlTree *t, AmlNode *root);
    const char *want;       /* the whole, or its start */
} Form;

static const Form forms[] = {
    { "device", build_device,
      "5b 82 1c 43 31 41 42 08 5f 48 49 44 0d 41 43 50 49 30 30 30 37 00 "
      "08 5f 55 49 44 0b ab 01" },
    { "method", build_method,
      "14 06 4d 5f 5f 5f 00 14 06 4d 5f 5f 5f 07 14 06 5f 45 56 54 09" },
    { "if-else", build_if_else, "a0 06 93 60 0a 02 a5 a1 03 a4 6e" },
    { "while", build_while, "a2 0a 95 67 0b 00 02 72 67 01 67" },
    { "mutex", build_mutex,
      "5b 01 43 50 4c 4b 00 5b 23 43 50 4c 4b ff ff "
      "5b 27 5c 2e 5f 53 42 5f 43 50 4c 4b" },
    { "region", build_region, "5b 80 50 52 53 54 00 0c 00 00 0c 09 0a 0c" },
    { "notify", build_notify, "86 50 57 52 42 0a 80" },
    { "call", build_call, "43 4f 53 54 0a 03 68 43 53 43 4e" },
    { "and", build_and, "7b 60 0a 08 00" },
    { "store", build_store, "70 0a 05 43 53 45 4c" },
    { "field", build_field,
      "5b 81 12 50 52 53 54 41 00 20 43 50 45 4e 01 43 43 4d 44 08 "
      "5b 81 14 50 52 53 54 03 53 45 4c 5f 3f 00 40 04 43 44 41 54 4f ff" },
    { "crs", build_crs,
      "5b 82 2e 44 5f 5f 5f 08 5f 43 52 53 11 23 0a 20 "
      "86 09 00 01 00 00 00 09 00 10 00 00 89 06 00 01 01 21 00 00 00 "
      "89 06 00 03 01 29 01 00 00 79 00" },
    { "empty-crs", build_empty_crs, "5b 82 10 44 5f 5f 5f 08 5f 43 52 53 11 05 0a 02 79 00" },
    { "long-crs", build_long_crs, "08 5f 43 52 53 11 4f 10 0b 0a 01 86 09 00 01" },
};

static void test_form(gconstpointer data)
{
    const Form *f = data;
    AmlTree *t = aml_tree_new();

    f->build(t, aml_root(t));
    g_autofree char *got = emitted(t);
    if (f->build == build_long_crs) {
        got[strlen(f->want)] = 0;
    }
    g_assert_cmpstr(got, ==, f->want);
}

/* A tree is emitted once or twice with the same bytes: emission changes nothing. */
static void test_emit_twice(void)
{
    AmlTree *t = aml_tree_new();
    GByteArray *a = g_byte_array_new(), *b = g_byte_array_new();

    build_crs(t, aml_root(t));
    aml_emit(t, a);
    aml_emit(t, b);
    g_assert_cmpmem(a->data, a->len, b->data, b->len);
    aml_tree_free(t);
    g_byte_array_free(a, TRUE);
    g_byte_array_free(b, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/aml/integers", test_integers);
    g_test_add_func("/aml/names", test_names);
    g_test_add_func("/aml/pkg-length", test_pkg_length);
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        g_autofree char *path = g_strdup_printf("/aml/form/%s", forms[i].name);
        g_test_add_data_func(path, &forms[i], test_form);
    }
    g_test_add_func("/aml/emit-twice", test_emit_twice);
    return g_test_run();
}
