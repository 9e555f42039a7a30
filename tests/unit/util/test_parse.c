/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scalars of the command line: what each text means, and that a wrong one changes nothing. */
#include "util/parse.h"

#include <glib.h>

#include "util/bits.h"

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)

typedef struct Row { const char *text; bool good; uint64_t value; } Row;

static void check(const Row *row, bool good, uint64_t value)
{
    g_test_message("'%s'", row->text);
    g_assert_cmpint(good, ==, row->good);
    g_assert_cmphex(value, ==, row->good ? row->value : UNTOUCHED);
}

static void test_parse_uint64(void)
{
    static const Row rows[] = {
        { "0", true, 0 }, { "42", true, 42 }, { "0x2A", true, 42 }, { "052", true, 42 },
        { "18446744073709551615", true, UINT64_MAX }, { "18446744073709551616", false },
        { "", false }, { " 1", false }, { "1 ", false }, { "-1", false }, { "+1", false },
        { "0x", false }, { "08", false }, { "1k", false }, { "x", false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint64_t v = UNTOUCHED;
        bool good = parse_uint64(rows[i].text, &v);
        check(&rows[i], good, v);
    }
}

static void test_parse_int64(void)
{
    static const Row rows[] = {
        { "0", true, 0 }, { "+42", true, 42 }, { "-42", true, -INT64_C(42) },
        { "-0x10", true, -INT64_C(16) }, { "9223372036854775807", true, INT64_MAX },
        { "-9223372036854775808", true, (uint64_t)INT64_MIN }, { "9223372036854775808", false },
        { "", false }, { "-", false }, { "--1", false }, { "- 1", false }, { "1.5", false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t v = (int64_t)UNTOUCHED;
        bool good = parse_int64(rows[i].text, &v);
        check(&rows[i], good, (uint64_t)v);
    }
}

static void test_parse_bool(void)
{
    static const char *const yes[] = { "on", "yes", "true", "y" };
    static const char *const no[] = { "off", "no", "false", "n" };
    static const char *const wrong[] = { "", "1", "0", "On", "onn", "maybe", " on" };
    bool v;

    for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
        v = false;
        g_assert_true(parse_bool(yes[i], &v) && v);
        g_assert_true(parse_bool(no[i], &v) && !v);
    }
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        v = true;
        g_assert_false(parse_bool(wrong[i], &v));
        g_assert_true(v);
    }
}

static void test_parse_size(void)
{
    static const Row rows[] = {
        { "0", true, 0 }, { "128", true, 128 * MiB }, { "128B", true, 128 },
        { "1k", true, KiB }, { "1K", true, KiB }, { "2M", true, 2 * MiB }, { "3g", true, 3 * GiB },
        { "1T", true, BIT(40) }, { "1P", true, BIT(50) }, { "15E", true, UINT64_C(15) << 60 },
        { "1.5G", true, 3 * GiB / 2 }, { "0.25M", true, MiB / 4 }, { "1.", true, MiB },
        { "0x10", true, 16 * MiB }, { "0x10K", true, 16 * KiB }, { "010", true, 10 * MiB },
        { "16E", false }, { "17592186044416", false }, { "18446744073709551616B", false },
        { "15.9999999999999999999E", false },
        { "", false }, { "k", false }, { "-1", false }, { "1kb", false }, { "1q", false },
        { " 1", false }, { "1 k", false }, { "0x1.8K", false }, { "1.5.5", false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint64_t v = UNTOUCHED;
        bool good = parse_size(rows[i].text, MiB, &v);
        check(&rows[i], good, v);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parse/uint64", test_parse_uint64);
    g_test_add_func("/parse/int64", test_parse_int64);
    g_test_add_func("/parse/bool", test_parse_bool);
    g_test_add_func("/parse/size", test_parse_size);
    return g_test_run();
}
