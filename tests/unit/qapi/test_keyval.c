/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qapi/keyval.h"

#include <string.h>

#include "qapi/json.h"
#include "qapi/qapi-types.h"
#include "util/parse.h"

static const struct { const char *in, *implied, *out; bool help; } good[] = {
    { "", NULL, "{}" },
    { "a=1", NULL, "{\"a\": \"1\"}" },
    { "a=1,b=x=y", NULL, "{\"a\": \"1\", \"b\": \"x=y\"}" },
    { "virt", "type", "{\"type\": \"virt\"}" },
    { "virt,acpi=on", "type", "{\"type\": \"virt\", \"acpi\": \"on\"}" },
    { "acpi=on", "type", "{\"acpi\": \"on\"}" },
    { "x,server,nowait", "path", "{\"path\": \"x\", \"server\": \"on\", \"wait\": \"off\"}" },
    { "a,,b,c=d,,e", "name", "{\"name\": \"a,b\", \"c\": \"d,e\"}" },
    { "a=1,a=2", NULL, "{\"a\": \"2\"}" },
    { "a=", NULL, "{\"a\": \"\"}" },
    { "a=1,", NULL, "{\"a\": \"1\"}" },
    { "/tmp/x=y", "path", "{\"path\": \"/tmp/x=y\"}" },
    { "help", "type", "{}", true },
    { "virt,?", "type", "{\"type\": \"virt\"}", true },
    { "{\"a\": 1}", "type", "{\"a\": 1}" },
};

static void test_good(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        Keyval kv;
        Error *err = NULL;
        if (!keyval_parse(good[i].in, good[i].implied, &kv, &err)) {
            g_error("'%s' is refused: %s", good[i].in, error_text(err));
        }
        GString *out = g_string_new(NULL);
        json_write(out, kv.object, false);
        g_assert_cmpstr(out->str, ==, good[i].out);
        g_assert_cmpint(kv.help, ==, good[i].help);
        g_assert_cmpint(kv.spelling, ==, good[i].in[0] == '{' ? QAPI_JSON : QAPI_KEYVAL);
        g_string_free(out, TRUE);
        keyval_clear(&kv);
    }
}

static const struct { const char *in, *error; } bad[] = {
    { "=1", "Expected parameter before '=1'" },
    { "a b=1", "Expected parameter before 'a b=1'" },
    { "{", "JSON parse error, key is not a string in object" },
    { "{} x", "JSON parse error, unexpected text after the value" },
};

static void test_bad(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        Keyval kv;
        Error *err = NULL;
        g_assert_false(keyval_parse(bad[i].in, NULL, &kv, &err));
        g_assert_cmpstr(error_text(err), ==, bad[i].error);
        g_assert_null(kv.object);
        error_free(err);
    }
}

static void test_struct(void)
{
    NameOptions n = { 0 };
    Error *err = NULL;

    g_assert_true(keyval_parse_struct("vm,debug-threads=on", "guest", &qapi_type_NameOptions, &n,
                                      &err));
    g_assert_cmpstr(n.guest, ==, "vm");
    g_assert_true(n.has_debug_threads && n.debug_threads);
    qapi_clear(&qapi_type_NameOptions, &n);
    g_assert_false(keyval_parse_struct("vm,foo=1", "guest", &qapi_type_NameOptions, &n, &err));
    g_assert_cmpstr(error_text(err), ==, "Invalid parameter 'foo'");
    error_free(err);
    err = NULL;
    g_assert_false(keyval_parse_struct("debug-threads=1", NULL, &qapi_type_NameOptions, &n, &err));
    g_assert_cmpstr(error_text(err), ==, "Parameter 'debug-threads' expects 'on' or 'off'");
    error_free(err);
}

static void test_describe(void)
{
    GString *out = g_string_new(NULL);

    keyval_describe(out, &qapi_type_NameOptions);
    g_assert_cmpstr(out->str, ==,
                    "  debug-threads=<bool (on/off)>\n  guest=<str>\n  process=<str>\n");
    g_string_free(out, TRUE);
}

static const struct { const char *in; bool good; uint64_t out; } sizes[] = {
    { "0", true, 0 }, { "512", true, 512ull << 20 }, { "1G", true, 1ull << 30 },
    { "1g", true, 1ull << 30 }, { "524288k", true, 512ull << 20 }, { "7B", true, 7 },
    { "1.5G", true, 3ull << 29 }, { "0x10", true, 16ull << 20 }, { "15E", true, 15ull << 60 },
    { "16E", false }, { "", false }, { "x", false }, { "-1", false }, { " 1", false },
    { "1Q", false }, { "1GB", false }, { "1 G", false }, { "99999999999999999999", false },
};

static void test_sizes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        uint64_t v = 77;
        bool good = parse_size(sizes[i].in, 1 << 20, &v);
        if (good != sizes[i].good || v != (good ? sizes[i].out : 77)) {
            g_error("size '%s': %s, %" G_GUINT64_FORMAT, sizes[i].in, good ? "taken" : "refused",
                    (guint64)v);
        }
    }
}

static void test_scalars(void)
{
    int64_t i = 0;
    uint64_t u = 0;
    bool b = false;

    g_assert_true(parse_int64("-0x10", &i) && i == -16);
    g_assert_false(parse_int64("9223372036854775808", &i));
    g_assert_false(parse_int64("1x", &i));
    g_assert_true(parse_uint64("18446744073709551615", &u) && u == UINT64_MAX);
    g_assert_false(parse_uint64("-1", &u));
    g_assert_true(parse_bool("yes", &b) && b);
    g_assert_true(parse_bool("n", &b) && !b);
    g_assert_false(parse_bool("1", &b));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keyval/good", test_good);
    g_test_add_func("/keyval/bad", test_bad);
    g_test_add_func("/keyval/struct", test_struct);
    g_test_add_func("/keyval/describe", test_describe);
    g_test_add_func("/parse/sizes", test_sizes);
    g_test_add_func("/parse/scalars", test_scalars);
    return g_test_run();
}
