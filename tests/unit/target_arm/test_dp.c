/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data processing: results of a real execution (insn_vectors.inc), and what those cannot hold. */
#include <glib.h>
#include <inttypes.h>

#include "harness.h"

typedef struct Vector {
    const char *name;
    uint32_t word;
    uint64_t in[5];              /* x0-x3, SP */
    unsigned nzcv_in;
    uint64_t x0, sp;
    unsigned nzcv;
    bool undefined;
} Vector;

static const Vector vectors[] = {
#include "insn_vectors.inc"
};

static void test_vectors(void)
{
    Harness *h = harness_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(vectors); i++) {
        const Vector *v = &vectors[i];

        memcpy(h->cpu->x, v->in, 4 * sizeof(uint64_t));
        h->cpu->sp = v->in[4];
        harness_set_nzcv(h, v->nzcv_in);
        harness_run1(h, v->word);
        if (v->undefined) {
            g_assert_cmpstr(h->helper, ==, "raise_sync");
            g_assert_cmphex(h->syndrome, ==, 0x02000000);
            continue;
        }
        if (h->cpu->x[0] != v->x0 || h->cpu->sp != v->sp || harness_nzcv(h) != v->nzcv ||
            h->helper || h->cpu->x[1] != v->in[1] || h->cpu->x[2] != v->in[2]) {
            g_test_message("%s %08x: x0-x3 %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " sp %"
                           PRIx64 " nzcv %x", v->name, v->word, v->in[0], v->in[1], v->in[2],
                           v->in[3], v->in[4], v->nzcv_in);
            g_test_message("expected x0 %" PRIx64 " sp %" PRIx64 " nzcv %x", v->x0, v->sp,
                           v->nzcv);
            g_test_message("got      x0 %" PRIx64 " sp %" PRIx64 " nzcv %x %s", h->cpu->x[0],
                           h->cpu->sp, harness_nzcv(h), h->helper ? h->helper : "");
            g_test_fail();
        }
        g_assert_cmphex(h->cpu->pc, ==, CODE_VA + 4);
    }
    harness_free(h);
}

static void test_pcrel(void)
{
    Harness *h = harness_new();

    harness_run1(h, 0x10000005);                           /* adr x5, . */
    g_assert_cmphex(h->cpu->x[5], ==, CODE_VA);
    harness_run1(h, 0x70ffffe5);                           /* adr x5, . - 1 */
    g_assert_cmphex(h->cpu->x[5], ==, CODE_VA - 1);
    harness_run1(h, 0xb0000005);                           /* adrp x5, . + 4096 */
    g_assert_cmphex(h->cpu->x[5], ==, CODE_VA + 0x1000);
    harness_run1(h, 0x90800005);                           /* adrp x5, . - 4 GiB */
    g_assert_cmphex(h->cpu->x[5], ==, CODE_VA - 0x100000000);
    harness_free(h);
}

/* FEAT_CSSC: machines with it are rare, so the values come from the manual's pseudocode. */
static void test_cssc(void)
{
    static const struct { uint32_t word; uint64_t x1, x2, x0; } t[] = {
        { 0x91c3fc20, -5, 0, -1 },               /* smax x0, x1, #-1 */
        { 0x11c3fc20, 5, 0, 5 },                 /* smax w0, w1, #-1 */
        { 0x91cbfc20, -5, 0, -5 },               /* smin x0, x1, #-1 */
        { 0x91c7fc20, 3, 0, 255 },               /* umax x0, x1, #255 */
        { 0x91cffc20, 300, 0, 255 },             /* umin x0, x1, #255 */
        { 0x9ac26020, -1, 1, 1 },                /* smax x0, x1, x2 */
        { 0x9ac26420, -1, 1, -1 },               /* umax x0, x1, x2 */
        { 0x9ac26820, -1, 1, -1 },               /* smin x0, x1, x2 */
        { 0x9ac26c20, -1, 1, 1 },                /* umin x0, x1, x2 */
        { 0x1ac26820, 0xffffffff, 1, 0xffffffff }, /* smin w0, w1, w2 */
        { 0xdac01820, 0x100, 0, 8 },             /* ctz x0, x1 */
        { 0x5ac01820, UINT64_C(1) << 40, 0, 32 }, /* ctz w0, w1 */
        { 0xdac01c20, 0xf0f, 0, 8 },             /* cnt x0, x1 */
        { 0xdac02020, -7, 0, 7 },                /* abs x0, x1 */
        { 0x5ac02020, 0x80000000, 0, 0x80000000 }, /* abs w0, w1 */
    };
    Harness *h = harness_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(t); i++) {
        h->cpu->x[1] = t[i].x1;
        h->cpu->x[2] = t[i].x2;
        harness_run1(h, t[i].word);
        if (h->cpu->x[0] != t[i].x0) {
            g_test_message("%08x: x0 is %" PRIx64 ", not %" PRIx64, t[i].word, h->cpu->x[0],
                           t[i].x0);
            g_test_fail();
        }
    }
    h->model.features[FEAT_CSSC / 64] &= ~BIT(FEAT_CSSC % 64);
    harness_run1(h, t[0].word);
    g_assert_cmphex(h->syndrome, ==, 0x02000000);
    harness_free(h);
}

/* Several instructions in one block: values pass through the slots. */
static void test_sequence(void)
{
    Harness *h = harness_new();

    h->cpu->x[1] = 10;
    RUN(h, 0xd2800000,       /* mov x0, #0 */
           0x8b010000,       /* add x0, x0, x1 */
           0xf1000421,       /* subs x1, x1, #1 */
           0x9a9f17e2,       /* cset x2, eq */
           0xf2bfffe0);      /* movk x0, #0xffff, lsl #16 */
    g_assert_cmphex(h->cpu->x[0], ==, 0xffff000a);
    g_assert_cmphex(h->cpu->x[1], ==, 9);
    g_assert_cmphex(h->cpu->x[2], ==, 0);
    g_assert_cmphex(harness_nzcv(h), ==, 2);
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA + 20);
    g_assert_cmpuint(h->block->guest_insns, ==, 5);
    harness_free(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/dp/vectors", test_vectors);
    g_test_add_func("/arm/dp/pcrel", test_pcrel);
    g_test_add_func("/arm/dp/cssc", test_cssc);
    g_test_add_func("/arm/dp/sequence", test_sequence);
    return g_test_run();
}
