/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pointer authentication: QARMA's published vectors, and what the translator builds against
 * AddPAC(), Auth() and Strip() written as in the manual (D8.10).
 */
#include <glib.h>
#include <inttypes.h>

#include "harness.h"
#ifdef HARNESS_JIT
#include "harness_jit.h"
#endif
#include "target/arm/internal/pauth.h"
#include "target/arm/qarma.h"

/* -- The cipher: R. Avanzi, 2017, appendix; QARMA5 and QARMA3 differ in rounds and S-box -- */

static void test_qarma(void)
{
    static const struct { unsigned rounds; QarmaSbox box; uint64_t want; } t[] = {
        { 5, QARMA_SIGMA1, UINT64_C(0x544b0ab95bda7c3a) },
        { 6, QARMA_SIGMA1, UINT64_C(0xa512dd1e4e3ec582) },
        { 7, QARMA_SIGMA1, UINT64_C(0xedf67ff370a483f2) },
        { 5, QARMA_SIGMA2, UINT64_C(0xc003b93999b33765) },
        { 6, QARMA_SIGMA2, UINT64_C(0x270a787275c48d10) },
        { 7, QARMA_SIGMA2, UINT64_C(0x5c06a7501b63b2fd) },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(t); i++) {
        uint64_t got = qarma64(UINT64_C(0xfb623599da6e8127), UINT64_C(0x477d469dec0b8762),
                               UINT64_C(0x84be85ce9804e94b), UINT64_C(0xec2802d4e0a488e9),
                               t[i].rounds, t[i].box);

        g_test_message("%u rounds, sigma%u", t[i].rounds, t[i].box + 1);
        g_assert_cmphex(got, ==, t[i].want);
    }
}

/* -- The manual's functions -- */

typedef struct Config {
    unsigned va_bits[2];
    bool tbi[2];                       /* of this kind of address */
} Config;

static uint64_t ref_extend(const Config *c, uint64_t ptr, bool upper, bool tbi)
{
    uint64_t bits = MASK(tbi ? 55 : 63, c->va_bits[upper]);

    return upper ? ptr | bits : ptr & ~bits;
}

static uint64_t ref_add(const Config *c, uint64_t ptr, uint64_t modifier, const uint64_t key[2])
{
    bool select = c->tbi[0] || c->tbi[1] ? bit64(ptr, 55) : bit64(ptr, 63);
    bool tbi = c->tbi[bit64(ptr, 55)];
    uint64_t pac = pac_impdef(ref_extend(c, ptr, select, tbi), modifier, key);
    uint64_t bits = MASK(54, c->va_bits[select]) | (tbi ? 0 : MASK(63, 56));
    uint64_t result = ptr ^ (pac & bits);

    return deposit64(result, 55, 1, select);
}

static uint64_t ref_auth(const Config *c, uint64_t ptr, uint64_t modifier, const uint64_t key[2],
                         bool *fails)
{
    bool upper = bit64(ptr, 55), tbi = c->tbi[upper];
    uint64_t plain = ref_extend(c, ptr, upper, tbi);
    uint64_t bits = MASK(54, c->va_bits[upper]) | (tbi ? 0 : MASK(63, 56));
    uint64_t result = ptr ^ (pac_impdef(plain, modifier, key) & bits);

    *fails = result != plain;
    return result;
}

/* -- Against the translator -- */

static uint64_t random64(void)
{
    return (uint64_t)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();
}

/* Mostly addresses, canonical or tagged; sometimes anything. */
static uint64_t random_pointer(const Config *c)
{
    uint64_t v = random64();
    bool upper = v & 1;

    switch (g_test_rand_int_range(0, 8)) {
    case 0: return v;
    case 1: return v >> 16;
    case 2: return v << 56 | ref_extend(c, v >> 8, upper, false) >> 8;
    default: return ref_extend(c, v, upper, false);
    }
}

#define SCTLR_KEYS (SCTLR_ENIA | SCTLR_ENIB | SCTLR_ENDA | SCTLR_ENDB)

static void set_config(Harness *h, Config *c, bool data)
{
    ArmPac *p = &h->cpu->pac;

    memset(p, 0, sizeof(*p));
    for (unsigned i = 0; i < 2; i++) {
        c->va_bits[i] = g_test_rand_int_range(25, 49);
        c->tbi[i] = g_test_rand_int_range(0, 2);
        p->bits[data][i] = MASK(c->tbi[i] ? 55 : 63, c->va_bits[i]);
        p->where[data][i] = p->bits[data][i] & ~BIT(55);
    }
    p->select[data] = BIT(c->tbi[0] || c->tbi[1] ? 55 : 63);
}

static Harness *pauth_harness(void)
{
    Harness *h = harness_new();

    for (ArmFeature f = FEAT_NONE + 1; f < ARM_FEATURE_COUNT; f++) {
        h->model.features[f / 64] |= BIT(f % 64);
    }
    h->context = CTX_EL1 | CTX_EN_IA;
    h->cpu->sys.sctlr_el1 = SCTLR_KEYS;
    return h;
}

static void check(Harness *h, const char *what, uint64_t got, uint64_t want, uint64_t ptr)
{
    if (got != want) {
        g_error("%s of %016" PRIx64 " modifier %016" PRIx64 ": got %016" PRIx64 " want %016" PRIx64,
                what, ptr, h->cpu->x[1], got, want);
    }
}

static void one_round(Harness *h, unsigned key)
{
    uint64_t *k = h->cpu->sys.apkey[key];
    bool data = key >= PAC_DA, fails;
    Config c;

    set_config(h, &c, data);
    k[0] = random64();
    k[1] = random64();
    uint64_t ptr = random_pointer(&c), modifier = random64();

    h->cpu->x[0] = ptr;
    h->cpu->x[1] = modifier;
    harness_run1(h, 0xdac10020 | key << 10);                  /* PACxx x0, x1 */
    uint64_t pac = ref_add(&c, ptr, modifier, k);
    check(h, "AddPAC", h->cpu->x[0], pac, ptr);

    harness_run1(h, 0xdac143e0 | data << 10);                 /* XPACx x0 */
    check(h, "Strip", h->cpu->x[0], ref_extend(&c, pac, bit64(pac, 55), c.tbi[bit64(pac, 55)]),
          pac);

    uint64_t in = g_test_rand_int_range(0, 3) ? pac : ptr;
    uint64_t want = ref_auth(&c, in, modifier, k, &fails);
    h->cpu->x[0] = in;
    harness_run1(h, 0xdac11020 | key << 10);                  /* AUTxx x0, x1 */
    g_assert_cmpint(h->syndrome == syn_make(EC_PAC_FAIL, key), ==, fails);
    check(h, "pc after Auth", h->cpu->pc, !fails ? CODE_VA + 4 : h->execute ? 0 : CODE_VA, in);
    check(h, "Auth", h->cpu->x[0], fails ? in : want, in);
    h->syndrome = 0;
    h->cpu->tcg.fault = 0;
}

static void many_rounds(Harness *h)
{
    for (unsigned i = 0; i < 20000; i++) {
        h->context = (i & 4 ? CTX_EL1 : 0) | CTX_EN_IA;
        one_round(h, i % 4);
    }
}

static void test_inline(void)
{
    Harness *h = pauth_harness();

    many_rounds(h);
#ifdef HARNESS_JIT
    const char *missing;
    if (host_supported(&missing)) {
        HarnessJit *j = harness_jit_new(h);
        many_rounds(h);
        harness_jit_free(j);
    }
#endif
    harness_free(h);
}

/* Code at EL1 signs its own addresses, at EL0 too: both without a call. */
static void test_guesses(void)
{
    Harness *h = pauth_harness();
    Config c = { .va_bits = { 48, 48 }, .tbi = { true, false } };

    for (unsigned i = 0; i < 2; i++) {
        h->cpu->pac.bits[0][i] = MASK(c.tbi[i] ? 55 : 63, 48);
        h->cpu->pac.where[0][i] = h->cpu->pac.bits[0][i] & ~BIT(55);
    }
    h->cpu->pac.select[0] = BIT(55);
    for (unsigned el = 0; el < 2; el++) {
        for (unsigned upper = 0; upper < 2; upper++) {
            uint64_t ptr = upper ? UINT64_C(0xffff800012345678) : 0x12345678;

            h->context = (el ? CTX_EL1 : 0) | CTX_EN_IA;
            h->cpu->x[0] = ptr;
            h->cpu->x[1] = 0x7770;
            RUN(h, 0xdac10020, 0xdac11020);                   /* pacia, autia x0, x1 */
            check(h, "both", h->cpu->x[0], ptr, ptr);
            g_assert_cmpuint(h->n_guesses, ==, el == upper ? 0 : 2);
        }
    }
    harness_free(h);
}

/* FEAT_PAuth2 without FEAT_FPAC: a failure leaves a wrong pointer. */
static void test_without_fpac(void)
{
    Harness *h = pauth_harness();
    Config c;

    h->model.features[FEAT_FPAC / 64] &= ~BIT(FEAT_FPAC % 64);
    h->model.features[FEAT_FPACCOMBINE / 64] &= ~BIT(FEAT_FPACCOMBINE % 64);
    for (unsigned i = 0; i < 1000; i++) {
        bool fails;

        set_config(h, &c, false);
        uint64_t ptr = random_pointer(&c);

        h->cpu->x[0] = ptr;
        h->cpu->x[1] = random64();
        harness_run1(h, 0xdac11020);                          /* autia x0, x1 */
        check(h, "Auth", h->cpu->x[0],
              ref_auth(&c, ptr, h->cpu->x[1], h->cpu->sys.apkey[0], &fails), ptr);
        g_assert_cmphex(h->cpu->pc, ==, CODE_VA + 4);
    }
    harness_free(h);
}

/* Each key's enable bit makes its instructions NOPs, and only them. */
static void test_enables(void)
{
    static const uint64_t bit[] = { SCTLR_ENIA, SCTLR_ENIB, SCTLR_ENDA, SCTLR_ENDB };
    Harness *h = pauth_harness();

    h->cpu->pac = (ArmPac) {
        .select = { BIT(55), BIT(55) },
        .bits = { { MASK(63, 48), MASK(63, 48) }, { MASK(63, 48), MASK(63, 48) } },
        .where = { { MASK(63, 56) | MASK(54, 48), MASK(63, 56) | MASK(54, 48) },
                   { MASK(63, 56) | MASK(54, 48), MASK(63, 56) | MASK(54, 48) } },
    };
    for (unsigned key = 0; key < 4; key++) {
        for (unsigned off = 0; off < 4; off++) {
            h->context = CTX_EL1 | (off == PAC_IA ? 0 : CTX_EN_IA);
            h->cpu->sys.sctlr_el1 = SCTLR_KEYS & ~bit[off];
            h->cpu->x[0] = 0x12345678;
            harness_run1(h, 0xdac10020 | key << 10);
            g_assert_cmpint(h->cpu->x[0] == 0x12345678, ==, key == off);
            h->cpu->x[0] = 0x12345678;
            harness_run1(h, 0xdac11020 | key << 10);
            g_assert_cmpint(h->syndrome == syn_make(EC_PAC_FAIL, key), ==, key != off);
            h->syndrome = 0;
            h->cpu->tcg.fault = 0;
        }
    }
    harness_free(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/pauth/qarma", test_qarma);
    g_test_add_func("/arm/pauth/inline", test_inline);
    g_test_add_func("/arm/pauth/guesses", test_guesses);
    g_test_add_func("/arm/pauth/without-fpac", test_without_fpac);
    g_test_add_func("/arm/pauth/enables", test_enables);
    return g_test_run();
}
