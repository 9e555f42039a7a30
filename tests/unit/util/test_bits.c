/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bit arithmetic at the ends of its ranges. */
#include "util/bits.h"

#include <glib.h>

static void test_bits_masks(void)
{
    g_assert_cmphex(MASK(63, 0), ==, UINT64_MAX);
    g_assert_cmphex(MASK(0, 0), ==, 1);
    g_assert_cmphex(MASK(63, 63), ==, BIT(63));
    g_assert_cmphex(MASK(11, 4), ==, 0xff0);
}

static void test_bits_fields(void)
{
    const uint64_t v = UINT64_C(0x8765432100000081);

    g_assert_cmphex(extract64(v, 0, 64), ==, v);
    g_assert_cmphex(extract64(v, 60, 4), ==, 8);
    g_assert_cmphex(extract64(v, 0, 8), ==, 0x81);
    g_assert_cmpint(sextract64(v, 0, 8), ==, -0x7f);
    g_assert_cmpint(sextract64(v, 0, 7), ==, 1);
    g_assert_cmpint(sextract64(v, 63, 1), ==, -1);
    g_assert_cmphex((uint64_t)sextract64(v, 0, 64), ==, v);
    g_assert_cmphex(deposit64(v, 0, 64, 5), ==, 5);
    g_assert_cmphex(deposit64(v, 60, 4, 0x3f), ==, UINT64_C(0xf765432100000081));
    g_assert_cmphex(deposit64(v, 0, 8, 0x17e), ==, UINT64_C(0x876543210000007e));
    g_assert_true(bit64(v, 63));
    g_assert_false(bit64(v, 62));
}

static void test_bits_counts(void)
{
    g_assert_cmpuint(clz64(0), ==, 64);
    g_assert_cmpuint(ctz64(0), ==, 64);
    g_assert_cmpuint(clz64(1), ==, 63);
    g_assert_cmpuint(ctz64(BIT(63)), ==, 63);
    g_assert_false(is_pow2(0));
    g_assert_true(is_pow2(1));
    g_assert_true(is_pow2(BIT(63)));
    g_assert_false(is_pow2(BIT(63) + 1));
}

static void test_bits_alignment(void)
{
    g_assert_cmphex(align_down(0x1fff, 0x1000), ==, 0x1000);
    g_assert_cmphex(align_up(0x1001, 0x1000), ==, 0x2000);
    g_assert_cmphex(align_up(0x1000, 0x1000), ==, 0x1000);
    g_assert_cmphex(align_up(0, 16), ==, 0);
}

/* Little-endian, and at an odd address. */
static void test_bits_bytes(void)
{
    uint8_t at[16] = { 0, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

    g_assert_cmphex(ldle16(at + 1), ==, 0x2301);
    g_assert_cmphex(ldle32(at + 1), ==, 0x67452301);
    g_assert_cmphex(ldle64(at + 1), ==, UINT64_C(0xefcdab8967452301));
    stle16(at + 1, 0x1122);
    g_assert_cmphex(at[1], ==, 0x22);
    stle32(at + 3, 0x33445566);
    g_assert_cmphex(at[3], ==, 0x66);
    g_assert_cmphex(at[6], ==, 0x33);
    stle64(at + 7, UINT64_C(0x1000000000000002));
    g_assert_cmphex(at[7], ==, 2);
    g_assert_cmphex(at[14], ==, 0x10);
    g_assert_cmphex(at[15], ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bits/masks", test_bits_masks);
    g_test_add_func("/bits/fields", test_bits_fields);
    g_test_add_func("/bits/counts", test_bits_counts);
    g_test_add_func("/bits/alignment", test_bits_alignment);
    g_test_add_func("/bits/bytes", test_bits_bytes);
    return g_test_run();
}
