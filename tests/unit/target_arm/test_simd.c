/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIMD and floating point: results of a real execution (simd_vectors.inc), and single cases. */
#include <glib.h>
#include <inttypes.h>

#include "target/arm/internal/fp_mode.h"
#include "harness.h"
#ifdef HARNESS_JIT
#include "harness_jit.h"
#endif
#include "simd_state.h"

typedef struct Vector {
    const char *name;
    uint32_t word;
    uint64_t seed;
    uint64_t v0[2], x0;
    uint32_t nzcv, fpsr;
    uint64_t digest;
    bool undefined;
} Vector;

static const Vector vectors[] = {
#include "simd_vectors.inc"
#include "simd_v82_vectors.inc"
#include "simd_qc_vectors.inc"       /* saturating: each leaves FPSR.QC set */
};

/* And what of it the context tells the translator. */
static void set_fpcr(Harness *h, uint32_t fpcr)
{
    uint64_t bits = CTX_FP_PLAIN | CTX_FP_AH | CTX_FP_NEP | CTX_FP_FLUSH;

    arm_fpcr_set(h->cpu, fpcr);
    h->context &= ~bits;
    h->context |= arm_fpcr_is_plain(fpcr) ? CTX_FP_PLAIN : 0;
    h->context |= (fpcr & FPCR_AH ? CTX_FP_AH : 0) | (fpcr & FPCR_NEP ? CTX_FP_NEP : 0);
    h->context |= h->cpu->fp_flush ? CTX_FP_FLUSH : 0;
}

static void to_cpu(Harness *h, const SimdState *s)
{
    memcpy(h->cpu->v, s->v, sizeof(s->v));
    memcpy(h->cpu->x, s->x, sizeof(s->x));
    arm_fpsr_set(h->cpu, s->fpsr);
    set_fpcr(h, s->fpcr);
    harness_set_nzcv(h, s->nzcv >> 28);
}

static void from_cpu(const Harness *h, SimdState *s)
{
    memcpy(s->v, h->cpu->v, sizeof(s->v));
    memcpy(s->x, h->cpu->x, sizeof(s->x));
    s->fpsr = arm_fpsr_get(h->cpu);
    s->nzcv = (uint64_t)harness_nzcv(h) << 28;
}

static void explain(const Vector *v, const SimdState *in, const SimdState *out, uint64_t digest)
{
    g_test_message("%s %08x seed %" PRIx64 ": fpcr %08" PRIx64 " fpsr %" PRIx64 " nzcv %" PRIx64,
                   v->name, v->word, v->seed, in->fpcr, in->fpsr, in->nzcv);
    for (unsigned i = 0; i < 4; i++) {
        g_test_message("  v%u %016" PRIx64 ":%016" PRIx64 "  x%u %" PRIx64, i, in->v[i][1],
                       in->v[i][0], i, in->x[i]);
    }
    g_test_message("  expected v0 %016" PRIx64 ":%016" PRIx64 " x0 %" PRIx64 " nzcv %x fpsr %x "
                   "digest %" PRIx64, v->v0[1], v->v0[0], v->x0, v->nzcv, v->fpsr, v->digest);
    g_test_message("  got      v0 %016" PRIx64 ":%016" PRIx64 " x0 %" PRIx64 " nzcv %" PRIx64
                   " fpsr %" PRIx64 " digest %" PRIx64, out->v[0][1], out->v[0][0], out->x[0],
                   out->nzcv, out->fpsr, digest);
    g_test_fail();
}

G_STATIC_ASSERT(SIMD_MEM_VA == MEM_VA && SIMD_MEM_BYTES == MEM_BYTES);

static void run_vectors(Harness *h)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(vectors); i++) {
        const Vector *v = &vectors[i];
        SimdState in, out;

        simd_state_init(&in, h->mem, v->seed);
        out = in;
        to_cpu(h, &in);
        harness_run1(h, v->word);
        if (v->undefined || h->helper || h->faulted) {
            if (!v->undefined || h->syndrome != 0x02000000) {
                g_test_message("%s %08x: %s, syndrome %x, %s", v->name, v->word,
                               h->helper ? h->helper : "no helper", h->syndrome,
                               v->undefined ? "not undefined" : "it should work");
                g_test_fail();
            }
            continue;
        }
        from_cpu(h, &out);
        uint64_t digest = simd_digest(&out, h->mem);
        if (out.v[0][0] != v->v0[0] || out.v[0][1] != v->v0[1] || out.x[0] != v->x0 ||
            out.nzcv != v->nzcv || out.fpsr != v->fpsr || digest != v->digest) {
            explain(v, &in, &out, digest);
        }
    }
}

static void test_vectors(void)
{
    Harness *h = harness_new();

    run_vectors(h);
    harness_free(h);
}

#ifdef HARNESS_JIT
static void test_vectors_jit(void)
{
    Harness *h = harness_new();
    HarnessJit *j = harness_jit_new(h);
    /* All features of the host, none, none but AVX, AVX2, BMI ..., and without AVX. */
    static const unsigned masks[] = { ~0u, 0, 0x1f, 0x3f, ~0x10u };

    for (unsigned i = 0; i < G_N_ELEMENTS(masks); i++) {
        harness_jit_features(j, masks[i]);
        run_vectors(h);
    }
    harness_jit_free(j);
    harness_free(h);
}
#endif

/* -- What the vectors cannot hold -- */

static void set_v(Harness *h, unsigned r, uint64_t lo, uint64_t hi)
{
    h->cpu->v[r][0] = lo;
    h->cpu->v[r][1] = hi;
}

static void assert_v(const Harness *h, unsigned r, uint64_t lo, uint64_t hi)
{
    g_assert_cmphex(h->cpu->v[r][0], ==, lo);
    g_assert_cmphex(h->cpu->v[r][1], ==, hi);
}

/* One word of each encoding: with the trap on, EC 0x07 and nothing else. */
static void test_trap(void)
{
    Harness *h = harness_new();

    h->context |= CTX_FP_TRAP;
    for (unsigned i = 0; i < G_N_ELEMENTS(vectors); i++) {
        SimdState in, out;
        simd_state_init(&in, h->mem, vectors[i].seed);
        out = in;
        to_cpu(h, &in);
        harness_run1(h, vectors[i].word);
        from_cpu(h, &out);
        if (h->syndrome != 0x1fe00000 || memcmp(&in, &out, sizeof(in)) || h->n_accesses) {
            g_test_message("%s %08x: syndrome %x, %u accesses", vectors[i].name, vectors[i].word,
                           h->syndrome, h->n_accesses);
            g_test_fail();
        }
    }
    harness_free(h);
}

static void test_features(void)
{
    static const struct { ArmFeature feature; uint32_t word; } t[] = {
        { FEAT_AES, 0x4e284820 },        /* aese v0.16b, v1.16b */
        { FEAT_PMULL, 0x0ee2e020 },      /* pmull v0.1q, v1.1d, v2.1d */
        { FEAT_SHA1, 0x5e020020 },       /* sha1c q0, s1, v2.4s */
        { FEAT_SHA256, 0x5e024020 },     /* sha256h q0, q1, v2.4s */
        { FEAT_RDM, 0x2e828420 },        /* sqrdmlah v0.2s, v1.2s, v2.2s */
        { FEAT_SHA512, 0xce628020 },     /* sha512h q0, q1, v2.2d */
        { FEAT_SHA3, 0xce020c20 },       /* eor3 v0.16b, v1.16b, v2.16b, v3.16b */
        { FEAT_SM3, 0xce62c020 },        /* sm3partw1 v0.4s, v1.4s, v2.4s */
        { FEAT_SM4, 0xcec08420 },        /* sm4e v0.4s, v1.4s */
        { FEAT_DOTPROD, 0x4e829420 },    /* sdot v0.4s, v1.16b, v2.16b */
        { FEAT_I8MM, 0x4e82a420 },       /* smmla v0.4s, v1.16b, v2.16b */
        { FEAT_FP16, 0x1ee22820 },       /* fadd h0, h1, h2 */
        { FEAT_BF16, 0x6e42fc20 },       /* bfdot v0.4s, v1.8h, v2.8h */
        { FEAT_FHM, 0x4e22ec20 },        /* fmlal v0.4s, v1.4h, v2.4h */
        { FEAT_FCMA, 0x6e82c420 },       /* fcmla v0.4s, v1.4s, v2.4s, #0 */
        { FEAT_JSCVT, 0x1e7e0020 },      /* fjcvtzs w0, d1 */
        { FEAT_FRINTTS, 0x1e284020 },    /* frint32z s0, s1 */
    };
    Harness *h = harness_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(t); i++) {
        harness_run1(h, t[i].word);
        g_assert_cmphex(h->syndrome, ==, 0);
        h->model.features[t[i].feature / 64] &= ~BIT(t[i].feature % 64);
        harness_run1(h, t[i].word);
        g_assert_cmphex(h->syndrome, ==, 0x02000000);
    }
    harness_free(h);
}

/* -- FPCR.NEP: elements above the result's from this register, or 0 (base -1) -- */

static const struct { uint32_t word; unsigned size; int base; } nep[] = {
    { 0x1e222820, 2, 1 },       /* fadd s0, s1, s2 */
    { 0x1e623820, 3, 1 },       /* fsub d0, d1, d2 */
    { 0x1ee20820, 1, 1 },       /* fmul h0, h1, h2 */
    { 0x1e221820, 2, 1 },       /* fdiv s0, s1, s2 */
    { 0x1e628820, 3, 1 },       /* fnmul d0, d1, d2 */
    { 0x1e224820, 2, 1 },       /* fmax s0, s1, s2 */
    { 0x1ee27820, 1, 1 },       /* fminnm h0, h1, h2 */
    { 0x7ea2d420, 2, 1 },       /* fabd s0, s1, s2 */
    { 0x7ec21420, 1, 1 },       /* fabd h0, h1, h2 */
    { 0x5e62dc20, 3, 1 },       /* fmulx d0, d1, d2 */
    { 0x5e22fc20, 2, 1 },       /* frecps s0, s1, s2 */
    { 0x5ec23c20, 1, 1 },       /* frsqrts h0, h1, h2 */
    { 0x5fa29020, 2, 1 },       /* fmul s0, s1, v2.s[1] */
    { 0x7fc29820, 3, 1 },       /* fmulx d0, d1, v2.d[1] */
    { 0x5f129820, 1, 1 },       /* fmul h0, h1, v2.h[5] */
    { 0x7e22ec20, 2, 2 },       /* facge s0, s1, s2 */
    { 0x7ee2ec20, 3, 2 },       /* facgt d0, d1, d2 */
    { 0x5e422420, 1, 2 },       /* fcmeq h0, h1, h2 */
    { 0x7e22e420, 2, 2 },       /* fcmge s0, s1, s2 */
    { 0x7ee2e420, 3, 2 },       /* fcmgt d0, d1, d2 */
    { 0x1f020c20, 2, 3 },       /* fmadd s0, s1, s2, s3 */
    { 0x1f628c20, 3, 3 },       /* fnmsub d0, d1, d2, d3 */
    { 0x1fc28c20, 1, 3 },       /* fmsub h0, h1, h2, h3 */
    { 0x5fa21020, 2, 0 },       /* fmla s0, s1, v2.s[1] */
    { 0x5fc25020, 3, 0 },       /* fmls d0, d1, v2.d[0] */
    { 0x5f321820, 1, 0 },       /* fmla h0, h1, v2.h[7] */
    { 0x1e20c020, 2, 0 },       /* fabs s0, s1 */
    { 0x1e614020, 3, 0 },       /* fneg d0, d1 */
    { 0x1ee14020, 1, 0 },       /* fneg h0, h1 */
    { 0x1e21c020, 2, 0 },       /* fsqrt s0, s1 */
    { 0x1e664020, 3, 0 },       /* frinta d0, d1 */
    { 0x1ee74020, 1, 0 },       /* frintx h0, h1 */
    { 0x1e284020, 2, 0 },       /* frint32z s0, s1 */
    { 0x1e69c020, 3, 0 },       /* frint64x d0, d1 */
    { 0x1e22c020, 3, 0 },       /* fcvt d0, s1 */
    { 0x1e624020, 2, 0 },       /* fcvt s0, d1 */
    { 0x1e63c020, 1, 0 },       /* fcvt h0, d1 */
    { 0x1ee24020, 2, 0 },       /* fcvt s0, h1 */
    { 0x1e634020, 1, 0 },       /* bfcvt h0, s1 */
    { 0x1e220020, 2, 0 },       /* scvtf s0, w1 */
    { 0x9e630020, 3, 0 },       /* ucvtf d0, x1 */
    { 0x9ee20020, 1, 0 },       /* scvtf h0, x1 */
    { 0x1e42f420, 3, 0 },       /* scvtf d0, w1, #3 */
    { 0x1ec3f420, 1, 0 },       /* ucvtf h0, w1, #3 */
    { 0x5ea1b820, 2, 0 },       /* fcvtzs s0, s1 */
    { 0x7e61c820, 3, 0 },       /* fcvtau d0, d1 */
    { 0x5e79a820, 1, 0 },       /* fcvtns h0, h1 */
    { 0x7f3bfc20, 2, 0 },       /* fcvtzu s0, s1, #5 */
    { 0x5f7bfc20, 3, 0 },       /* fcvtzs d0, d1, #5 */
    { 0x5f1bfc20, 1, 0 },       /* fcvtzs h0, h1, #5 */
    { 0x5e21d820, 2, 0 },       /* scvtf s0, s1 */
    { 0x7e61d820, 3, 0 },       /* ucvtf d0, d1 */
    { 0x5e79d820, 1, 0 },       /* scvtf h0, h1 */
    { 0x7f3ce420, 2, 0 },       /* ucvtf s0, s1, #4 */
    { 0x5f7ce420, 3, 0 },       /* scvtf d0, d1, #4 */
    { 0x7f1ce420, 1, 0 },       /* ucvtf h0, h1, #4 */
    { 0x7e616820, 2, 0 },       /* fcvtxn s0, d1 */
    { 0x5ea1d820, 2, 0 },       /* frecpe s0, s1 */
    { 0x7ee1d820, 3, 0 },       /* frsqrte d0, d1 */
    { 0x5ef9f820, 1, 0 },       /* frecpx h0, h1 */
    { 0x7e30d820, 2, -1 },      /* faddp s0, v1.2s */
    { 0x7e70f820, 3, -1 },      /* fmaxp d0, v1.2d */
    { 0x5ea0d820, 2, -1 },      /* fcmeq s0, s1, #0.0 */
    { 0x5ef8e820, 1, -1 },      /* fcmlt h0, h1, #0.0 */
    { 0x1e204020, 2, -1 },      /* fmov s0, s1 */
    { 0x1ee04020, 1, -1 },      /* fmov h0, h1 */
    { 0x1e620c20, 3, -1 },      /* fcsel d0, d1, d2, eq */
    { 0x5ee28420, 3, -1 },      /* add d0, d1, d2 */
    { 0x0e22d420, 3, -1 },      /* fadd v0.2s, v1.2s, v2.2s */
    { 0x9e670020, 3, -1 },      /* fmov d0, x1 */
    { 0x7ea2b420, 2, -1 },      /* sqrdmulh s0, s1, s2 */
};

static void nep_inputs(Harness *h, uint64_t seed)
{
    SimdState in;

    simd_state_init(&in, h->mem, seed);
    to_cpu(h, &in);
    set_fpcr(h, 0);
}

static void check_nep(Harness *h)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(nep); i++) {
        uint64_t base[2] = { 0, 0 }, want[2], plain;
        uint64_t mask = ~UINT64_C(0) >> (64 - (8u << nep[i].size));
        nep_inputs(h, i);
        if (nep[i].base >= 0) {
            memcpy(base, h->cpu->v[nep[i].base], 16);
        }
        harness_run1(h, nep[i].word);
        plain = h->cpu->v[0][0];
        g_assert_cmphex(h->syndrome, ==, 0);
        g_assert_cmphex(plain & ~mask, ==, 0);
        g_assert_cmphex(h->cpu->v[0][1], ==, 0);
        want[0] = (base[0] & ~mask) | plain;
        want[1] = base[1];
        nep_inputs(h, i);
        set_fpcr(h, FPCR_NEP);
        harness_run1(h, nep[i].word);
        set_fpcr(h, 0);
        if (memcmp(h->cpu->v[0], want, 16)) {
            g_test_message("%08x: %016" PRIx64 ":%016" PRIx64 ", expected %016" PRIx64
                           ":%016" PRIx64, nep[i].word, h->cpu->v[0][1], h->cpu->v[0][0],
                           want[1], want[0]);
            g_test_fail();
        }
    }
}

static void run_alternative(Harness *h, uint32_t word)
{
    set_fpcr(h, FPCR_AH);
    harness_run1(h, word);
    set_fpcr(h, 0);
}

/* What FPCR.AH changes, through translation and helpers: v0 .. v3 and v0 after. */
static const struct { uint32_t word; uint64_t v[4], want; } ah[] = {
    { 0x1e20c020, { 0, 0xffc00001 }, 0xffc00001 },                     /* fabs s0, s1 */
    { 0x1e214020, { 0, 0x7f800001 }, 0x7f800001 },                     /* fneg s0, s1 */
    { 0x1e214020, { 0, 0x7f800000 }, 0xff800000 },
    { 0x1ee0c020, { 0, 0xfe00 }, 0xfe00 },                             /* fabs h0, h1 */
    { 0x1ee14020, { 0, 0x3c00 }, 0xbc00 },                             /* fneg h0, h1 */
    { 0x0ea0f820, { 0, 0xffc00001bf800000 }, 0xffc000013f800000 },     /* fabs v0.2s, v1.2s */
    { 0x2ef8f820, { 0, 0xfe007c013c008000 }, 0xfe007c01bc000000 },     /* fneg v0.4h, v1.4h */
    { 0x1e21c020, { 0, 0xbf800000 }, 0xffc00000 },                     /* fsqrt s0, s1 */
    { 0x1e228820, { 0, 0x7fc00005, 0x3f800000 }, 0x7fc00005 },         /* fnmul s0, s1, s2 */
    { 0x5ea1d820, { 0, 0x3fc00000 }, 0x3f2aa000 },                     /* frecpe s0, s1 */
    { 0x0ea2cc20, { 0x3f8000003f800000, 0x3f8000007fc00001, 0x3f8000003f800000 },
      0x7fc00001 },                                                /* fmls v0.2s, v1.2s, v2.2s */
    { 0x1f028c20, { 0, 0xffc00005, 0x3f800000, 0x3f800000 }, 0xffc00005 },  /* fmsub s0 ... s3 */
    { 0x1f220440, { 0, 0x7fc00005, 0x3f800000 }, 0x7fc00005 },         /* fnmadd s0, s2, s2, s1 */
    { 0x2e41e460, { 0, 0x3c003c007e013c00, 0, 0x3c003c003c003c00 },
      0x4000000040007e01 },                                  /* fcadd v0.4h, v3.4h, v1.4h, #90 */
    { 0x2e81d460, { 0x3f8000003f800000, 0x3f8000007fc00001, 0, 0x3f8000003f800000 },
      0x7fc00001 },                                          /* fcmla v0.2s, v3.2s, v1.2s, #180 */
    { 0x0ea2ec20, { 0x3f8000003f800000, 0x3c007e01, 0x3c003c00 }, 0x7fc02000 },  /* fmlsl */
    { 0x7ea2d420, { 0, 0xffc00001, 0x3f800000 }, 0xffc00001 },         /* fabd s0, s1, s2 */
    { 0x1e222820, { 0, 0x7fc00001, 0x7f800002 }, 0x7fc00001 },         /* fadd s0, s1, s2 */
    { 0x5f821020, { 0x7fc00003, 0x7fc00001, 0x7fc00002 }, 0x7fc00001 },     /* fmla s0, s1, s2 */
    { 0x1e226820, { 0, 0x7fc00001, 0x7fc00002 }, 0x7fc00001 },         /* fmaxnm s0, s1, s2 */
};

static void check_ah(Harness *h)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(ah); i++) {
        for (unsigned r = 0; r < 4; r++) {
            set_v(h, r, ah[i].v[r], 0);
        }
        run_alternative(h, ah[i].word);
        if (h->cpu->v[0][0] != ah[i].want || h->cpu->v[0][1]) {
            g_test_message("%08x: %016" PRIx64 ", expected %016" PRIx64, ah[i].word,
                           h->cpu->v[0][0], ah[i].want);
            g_test_fail();
        }
    }
}

static void test_alternative(void)
{
    Harness *h = harness_new();

    check_nep(h);
    check_ah(h);
#ifdef HARNESS_JIT
    const char *missing;
    if (host_supported(&missing)) {
        HarnessJit *j = harness_jit_new(h);
        check_nep(h);
        check_ah(h);
        harness_jit_free(j);
    }
#endif
    harness_free(h);
}

static void test_literal(void)
{
    Harness *h = harness_new();

    harness_set_mem(h, MEM_VA + 0x108, 8, 0x1122334455667788);
    harness_set_mem(h, MEM_VA + 0x110, 8, 0x99aabbccddeeff00);
    harness_run_at(h, MEM_VA + 0x100, (const uint32_t[]){ 0x1c000045 }, 1, 1);  /* ldr s5, . + 8 */
    assert_v(h, 5, 0x55667788, 0);
    harness_run_at(h, MEM_VA + 0x100, (const uint32_t[]){ 0x5c000045 }, 1, 1);  /* ldr d5, . + 8 */
    assert_v(h, 5, 0x1122334455667788, 0);
    harness_run_at(h, MEM_VA + 0x118, (const uint32_t[]){ 0x9cffff85 }, 1, 1);  /* ldr q5, . - 16 */
    assert_v(h, 5, 0x1122334455667788, 0x99aabbccddeeff00);
    harness_free(h);
}

/* SCTLR.A: structures check the alignment of each element, not of the whole. */
static void test_alignment(void)
{
    Harness *h = harness_new();
    uint64_t want[4][2];

    for (unsigned i = 0; i < 64; i++) {
        harness_set_mem(h, MEM_VA + 2 + i, 1, i + 1);
    }
    h->cpu->x[1] = MEM_VA + 2;
    harness_run1(h, 0x4c400420);                 /* ld4 { v0.8h - v3.8h }, [x1] */
    memcpy(want, h->cpu->v, sizeof(want));
    h->context |= CTX_ALIGN;
    memset(h->cpu->v, 0, sizeof(h->cpu->v));
    harness_run1(h, 0x4c400420);
    g_assert_false(h->faulted);
    g_assert_cmpuint(h->n_accesses, ==, 32);
    g_assert_cmpmem(h->cpu->v, sizeof(want), want, sizeof(want));
    memset(h->mem, 0, MEM_BYTES);
    harness_run1(h, 0x4c000420);                 /* st4 { v0.8h - v3.8h }, [x1] */
    for (unsigned i = 0; i < 64; i++) {
        g_assert_cmpuint(harness_mem(h, MEM_VA + 2 + i, 1), ==, i + 1);
    }
    harness_run1(h, 0x4cdf2820);                 /* ld1 { v0.4s - v3.4s }, [x1], #64 */
    g_assert_true(h->faulted);
    g_assert_cmphex(h->cpu->x[1], ==, MEM_VA + 2);
    harness_run1(h, 0x3dc00020);                 /* ldr q0, [x1] */
    g_assert_true(h->faulted);
    h->context &= ~(uint64_t)CTX_ALIGN;
    harness_run1(h, 0x3dc00020);
    g_assert_false(h->faulted);
    harness_free(h);
}

/* A fault in the second access: neither base nor registers have changed. */
static void test_fault_restarts(void)
{
    static const uint32_t words[] = {
        0xacc10400,                              /* ldp q0, q1, [x0], #32 */
        0x4cdf2000,                              /* ld1 { v0.16b - v3.16b }, [x0], #64 */
        0x4cdf4000,                              /* ld3 { v0.16b - v2.16b }, [x0], #48 */
        0x4dffc000,                              /* ld2r { v0.16b, v1.16b }, [x0], #2 */
    };
    static const uint64_t before_end[] = { 16, 32, 16, 1 };
    Harness *h = harness_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        uint64_t base = MEM_VA + MEM_BYTES - before_end[i];
        for (unsigned r = 0; r < 4; r++) {
            set_v(h, r, r + 1, r + 2);
        }
        h->cpu->x[0] = base;
        harness_run1(h, words[i]);
        g_assert_true(h->faulted);
        g_assert_cmphex(h->cpu->x[0], ==, base);
        for (unsigned r = 0; r < 4; r++) {
            assert_v(h, r, r + 1, r + 2);
        }
    }
    harness_free(h);
}

/* Register numbers wrap from 31 to 0, and helpers see what earlier instructions left in slots. */
static void run_sequence(Harness *h)
{
    for (unsigned i = 0; i < 64; i++) {
        harness_set_mem(h, MEM_VA + i, 1, i);
    }
    h->cpu->x[1] = MEM_VA;
    harness_run1(h, 0x4c40203e);                 /* ld1 { v30.16b - v1.16b }, [x1] */
    assert_v(h, 30, 0x0706050403020100, 0x0f0e0d0c0b0a0908);
    assert_v(h, 1, 0x3736353433323130, 0x3f3e3d3c3b3a3938);
    h->cpu->fpsr = 0;
    RUN(h, 0x1e6e1000,                           /* fmov d0, #1.0 */
           0x1e601001,                           /* fmov d1, #2.0 */
           0x1e612802,                           /* fadd d2, d0, d1 */
           0x4e080440,                           /* dup v0.2d, v2.d[0] */
           0x4e60d403,                           /* fadd v3.2d, v0.2d, v0.2d */
           0x1e780064);                          /* fcvtzs w4, d3 */
    assert_v(h, 2, 0x4008000000000000, 0);
    assert_v(h, 3, 0x4018000000000000, 0x4018000000000000);
    g_assert_cmphex(h->cpu->x[4], ==, 6);
    g_assert_cmphex(h->cpu->fpsr, ==, 0);
    set_v(h, 1, 0x3ff0000000000000, 0x4000000000000000);
    RUN(h, 0x4ea11c20,                           /* mov v0.16b, v1.16b */
           0x4e61d421,                           /* fadd v1.2d, v1.2d, v1.2d */
           0x4ee18402);                          /* add v2.2d, v0.2d, v1.2d */
    assert_v(h, 0, 0x3ff0000000000000, 0x4000000000000000);
    assert_v(h, 1, 0x4000000000000000, 0x4010000000000000);
    assert_v(h, 2, 0x7ff0000000000000, 0x8010000000000000);
}

static void test_sequence(void)
{
    Harness *h = harness_new();

    run_sequence(h);
#ifdef HARNESS_JIT
    const char *missing;
    if (host_supported(&missing)) {
        HarnessJit *j = harness_jit_new(h);
        run_sequence(h);
        harness_jit_free(j);
    }
#endif
    harness_free(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/simd/vectors", test_vectors);
#ifdef HARNESS_JIT
    const char *missing;
    if (host_supported(&missing)) {
        g_test_add_func("/arm/simd/vectors_jit", test_vectors_jit);
    }
#endif
    g_test_add_func("/arm/simd/trap", test_trap);
    g_test_add_func("/arm/simd/features", test_features);
    g_test_add_func("/arm/simd/alternative", test_alternative);
    g_test_add_func("/arm/simd/literal", test_literal);
    g_test_add_func("/arm/simd/alignment", test_alignment);
    g_test_add_func("/arm/simd/fault_restarts", test_fault_restarts);
    g_test_add_func("/arm/simd/sequence", test_sequence);
    return g_test_run();
}
