/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qapi/json.h"

#include <string.h>

/* -- Parsing and writing one value -- */

static char *round_trip(const char *text, Error **errp)
{
    json_t *value = json_parse(text, strlen(text), errp);
    GString *out = g_string_new(NULL);

    if (!value) {
        g_string_free(out, TRUE);
        return NULL;
    }
    json_write(out, value, false);
    json_decref(value);
    return g_string_free(out, FALSE);
}

static const struct { const char *in, *out; } good[] = {
    { "{}", "{}" },
    { " [ ] ", "[]" },
    { "{'a':'b'}", "{\"a\": \"b\"}" },
    { "{\"b\":1,\"a\":[true,false,null]}", "{\"b\": 1, \"a\": [true, false, null]}" },
    { "0", "0" },
    { "-0", "0" },
    { "-9223372036854775808", "-9223372036854775808" },
    { "9223372036854775807", "9223372036854775807" },
    { "9223372036854775808", "9223372036854775808" },
    { "18446744073709551615", "18446744073709551615" },
    { "18446744073709551616", "1.8446744073709552e+19" },
    { "9007199254740993", "9007199254740993" },
    { "1.5", "1.5" },
    { "0.1", "0.1" },
    { "-2.5e3", "-2500" },
    { "\"\\u00e9\\n\\t\\\"\\\\\\/\"", "\"\\u00E9\\n\\t\\\"\\\\/\"" },
    { "\"\xc3\xa9\"", "\"\\u00E9\"" },
    { "\"\\ud83d\\ude00\"", "\"\\uD83D\\uDE00\"" },
    { "'it\"s'", "\"it\\\"s\"" },
};

static void test_parse_good(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        Error *err = NULL;
        g_autofree char *out = round_trip(good[i].in, &err);
        if (!out) {
            g_error("'%s' is refused: %s", good[i].in, error_text(err));
        }
        g_assert_cmpstr(out, ==, good[i].out);
    }
}

static const struct { const char *in, *error; } bad[] = {
    { "", "expecting value" },
    { "{", "key is not a string in object" },
    { "{\"a\"}", "missing : in object pair" },
    { "{\"a\":}", "expecting value" },
    { "{\"a\":1,}", "key is not a string in object" },
    { "{\"a\":1 \"b\":2}", "expected separator in dict" },
    { "{\"a\":1,\"a\":2}", "duplicate key" },
    { "{1:2}", "key is not a string in object" },
    { "[1 2]", "expected separator in list" },
    { "[1,]", "expecting value" },
    { "[1}", "expected separator in list" },
    { "tru", "invalid keyword 'tru'" },
    { "01", "invalid number" },
    { "-", "invalid number" },
    { "1.", "invalid number" },
    { "1e", "invalid number" },
    { "0x10", "invalid number" },
    { "1e999", "number out of range" },
    { "\"abc", "string is not terminated" },
    { "\"a\nb\"", "string is not terminated" },
    { "\"\\q\"", "invalid escape sequence in string" },
    { "\"\\u12\"", "invalid escape sequence in string" },
    { "\"\\u0000\"", "invalid escape sequence in string" },
    { "\"\\ud800\"", "invalid escape sequence in string" },
    { "\"\\udc00\"", "invalid escape sequence in string" },
    { "\"\xff\"", "invalid UTF-8 sequence in string" },
    { "\"\xc0\x80\"", "invalid UTF-8 sequence in string" },
    { "1 2", "unexpected text after the value" },
};

static void test_parse_bad(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        Error *err = NULL;
        g_autofree char *out = round_trip(bad[i].in, &err);
        if (out) {
            g_error("'%s' is taken as %s", bad[i].in, out);
        }
        g_autofree char *expected = g_strdup_printf("JSON parse error, %s", bad[i].error);
        g_assert_cmpstr(error_text(err), ==, expected);
        error_free(err);
    }
}

static void test_parse_depth(void)
{
    GString *text = g_string_new(NULL);
    Error *err = NULL;

    for (int i = 0; i < JSON_MAX_DEPTH; i++) {
        g_string_append_c(text, '[');
    }
    for (int i = 0; i < JSON_MAX_DEPTH; i++) {
        g_string_append_c(text, ']');
    }
    json_t *deep = json_parse(text->str, text->len, &err);
    g_assert_nonnull(deep);
    json_decref(deep);
    g_string_prepend_c(text, '[');
    g_string_append_c(text, ']');
    g_assert_null(json_parse(text->str, text->len, &err));
    g_assert_cmpstr(error_text(err), ==, "JSON parse error, nesting depth limit exceeded");
    error_free(err);
    g_string_free(text, TRUE);
}

static void test_numbers(void)
{
    uint64_t u;
    int64_t i;
    json_t *big = json_u64(UINT64_MAX), *small = json_integer(-5), *text = json_string("7");

    g_assert_true(json_get_u64(big, &u));
    g_assert_cmpuint(u, ==, UINT64_MAX);
    g_assert_false(json_get_i64(big, &i));
    g_assert_false(json_is_text(big));
    g_assert_false(json_get_u64(small, &u));
    g_assert_true(json_get_i64(small, &i));
    g_assert_cmpint(i, ==, -5);
    g_assert_false(json_get_i64(text, &i));
    g_assert_true(json_is_text(text));
    json_decref(big);
    json_decref(small);
    json_decref(text);
}

static void test_write_pretty(void)
{
    const char *text = "{\"a\":{},\"b\":[],\"c\":[1,{\"d\":2}]}";
    json_t *value = json_parse(text, strlen(text), NULL);
    GString *out = g_string_new(NULL);

    json_write(out, value, true);
    g_assert_cmpstr(out->str, ==,
                    "{\n    \"a\": {},\n    \"b\": [],\n    \"c\": [\n        1,\n        {\n"
                    "            \"d\": 2\n        }\n    ]\n}");
    json_decref(value);
    g_string_free(out, TRUE);
}

/* -- A stream -- */

static void note(void *opaque, json_t *value, const Error *err)
{
    GString *out = opaque;

    if (value) {
        json_write(out, value, false);
    } else {
        g_assert_true(g_str_has_prefix(error_text(err), "JSON parse error, "));
        g_string_append_printf(out, "!%s", error_text(err) + strlen("JSON parse error, "));
    }
    g_string_append_c(out, ';');
}

static const struct { const char *in, *out; } streams[] = {
    { "{}{}", "{};{};" },
    { "{\"a\":1}\n[2]", "{\"a\": 1};[2];" },
    { "5 ", "5;" },
    { "5", "" },
    { "5{}", "5;{};" },
    { "'a'{}", "\"a\";{};" },
    { "{\"a\":\"}{\"}{}", "{\"a\": \"}{\"};{};" },
    { "{\"a\":\"\\\"}\"}", "{\"a\": \"\\\"}\"};" },
    { "{\"a\":}{}", "!expecting value;{};" },
    { "}{}", "!expecting value;{};" },
    { "[}", "!expecting value;" },
    { "[}]{}", "!expecting value;!expecting value;{};" },
    { "nonsense\n{}", "!invalid keyword 'nonsense';{};" },
    { "{\"a\n{}\n{}", "!control character 0x0a in a string;{};{};" },
    { "{\x01 {}\n{}", "!invalid byte 0x01;{};" },
    { "{\"a\xff{}", "!invalid byte 0xff;{};" },
    { "\xff{}", "{};" },
    { "\x80{}\n{}", "!invalid byte 0x80;{};" },
};

static void test_stream(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(streams); i++) {
        for (int by_byte = 0; by_byte <= 1; by_byte++) {
            GString *out = g_string_new(NULL);
            JsonStream *s = json_stream_new(note, out);
            const uint8_t *in = (const uint8_t *)streams[i].in;
            size_t len = strlen(streams[i].in);
            for (size_t b = 0; by_byte && b < len; b++) {
                json_stream_feed(s, in + b, 1);
            }
            if (!by_byte) {
                json_stream_feed(s, in, len);
            }
            g_assert_cmpstr(out->str, ==, streams[i].out);
            json_stream_free(s);
            g_string_free(out, TRUE);
        }
    }
}

static void test_stream_limits(void)
{
    GString *out = g_string_new(NULL), *text = g_string_new(NULL);
    JsonStream *s = json_stream_new(note, out);

    for (int i = 0; i < JSON_MAX_DEPTH + 10; i++) {
        g_string_append_c(text, '{');
    }
    g_string_append(text, "\n{}");
    json_stream_feed(s, (const uint8_t *)text->str, text->len);
    g_assert_cmpstr(out->str, ==, "!nesting depth limit exceeded;{};");

    g_string_truncate(out, 0);
    g_string_assign(text, "{\"a\":\"");
    for (int i = 0; i < JSON_MAX_BYTES; i++) {
        g_string_append_c(text, 'x');
    }
    g_string_append(text, "\"}\n[1]");
    json_stream_feed(s, (const uint8_t *)text->str, text->len);
    g_assert_cmpstr(out->str, ==, "!message size limit exceeded;[1];");

    g_string_truncate(out, 0);
    json_stream_feed(s, (const uint8_t *)"{\"half", 6);
    json_stream_reset(s);
    json_stream_feed(s, (const uint8_t *)"[2]", 3);
    g_assert_cmpstr(out->str, ==, "[2];");
    json_stream_free(s);
    g_string_free(out, TRUE);
    g_string_free(text, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/parse/good", test_parse_good);
    g_test_add_func("/json/parse/bad", test_parse_bad);
    g_test_add_func("/json/parse/depth", test_parse_depth);
    g_test_add_func("/json/numbers", test_numbers);
    g_test_add_func("/json/write-pretty", test_write_pretty);
    g_test_add_func("/json/stream", test_stream);
    g_test_add_func("/json/stream-limits", test_stream_limits);
    return g_test_run();
}
