/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generated decoder against its own table. */
#include <glib.h>

#include "a64_decode.h"

/* Every line's vector decodes to that line. */
static void test_vectors(void)
{
    for (unsigned i = 0; i < A64_LINES; i++) {
        unsigned found = a64_find(a64_lines[i].vector);

        if (found != i + 1) {
            g_test_message("%08x is %s (line %u), decoded as %s", a64_lines[i].vector,
                           a64_lines[i].name, i, found ? a64_lines[found - 1].name : "nothing");
            g_test_fail();
        }
    }
}

/* The tree's answer is the first cube that matches. */
static unsigned linear_find(uint32_t w)
{
    for (unsigned i = 0; i < a64_cube_count; i++) {
        if ((w & a64_cubes[i].mask) == a64_cubes[i].value) {
            return a64_cubes[i].line + 1;
        }
    }
    return 0;
}

static void check_word(uint32_t w)
{
    unsigned found = a64_find(w), expected = linear_find(w);

    if (found != expected) {
        g_test_message("%08x: tree says %s, table says %s", w,
                       found ? a64_lines[found - 1].name : "nothing",
                       expected ? a64_lines[expected - 1].name : "nothing");
        g_test_fail();
    }
}

static void test_tree(void)
{
    uint64_t x = 0x123456789abcdef;

    for (unsigned i = 0; i < 1000000; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        check_word(x >> 32);
    }
    for (unsigned i = 0; i < a64_cube_count; i++) {       /* close to each encoding */
        for (unsigned n = 0; n < 200; n++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            uint32_t w = a64_cubes[i].value | (x >> 32 & ~a64_cubes[i].mask);

            check_word(w);
            check_word(w ^ 1u << (x & 31));
        }
    }
}

/* What must not decode (allocated by no feature of the table, or reserved). */
static void test_unallocated(void)
{
    static const uint32_t words[] = {
        0x00000000, 0x0000ffff,   /* UDF */
        0xffffffff,
        0x12400000,               /* AND (immediate), sf = 0, N = 1 */
        0x13010000 | 1 << 15,     /* SBFM, sf = 0, imms<5> = 1 */
        0x0bc00000,               /* ADD (shifted), shift = 3 */
        0x0b001400 | 1 << 21,     /* ADD (extended), imm3 = 5 */
        0x4a008000,               /* EOR, sf = 0, imm6<5> = 1 */
        0x12c00000,               /* MOVN, sf = 0, hw = 2 */
        0xd65f0bfe,               /* RET with a wrong low field */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        unsigned found = a64_find(words[i]);

        if (found) {
            g_test_message("%08x decodes as %s", words[i], a64_lines[found - 1].name);
            g_test_fail();
        }
    }
}

static void test_names(void)
{
    static const struct { uint32_t word; const char *name; } t[] = {
        { 0xd503201f, "HINT" }, { 0xd503207f, "WFI" }, { 0xd503233f, "PACSP" },
        { 0xd503241f, "HINT" }, { 0x14000001, "B" }, { 0xd65f03c0, "RET" },
        { 0xa9bf7bfd, "STP" }, { 0xf9400000, "LDR_i" }, { 0xd50b7423, "DC_ZVA" },
        { 0xd5384100, "MRS_SP_EL0" }, { 0x885f7c00, "LDXR" }, { 0xc8e07c20, "CAS" },
        { 0x48207c82, "CASP" }, { 0xb8bfc020, "LDAPR" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(t); i++) {
        unsigned found = a64_find(t[i].word);

        g_assert_cmpstr(found ? a64_lines[found - 1].name : "nothing", ==, t[i].name);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/decode/vectors", test_vectors);
    g_test_add_func("/arm/decode/tree", test_tree);
    g_test_add_func("/arm/decode/unallocated", test_unallocated);
    g_test_add_func("/arm/decode/names", test_names);
    return g_test_run();
}
