/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIMD and floating point: results of a real execution (simd_vectors.inc), and single cases. */
#include <glib.h>
#include <inttypes.h>

#include "harness.h"
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
};

static void to_cpu(Harness *h, const SimdState *s)
{
    memcpy(h->cpu->v, s->v, sizeof(s->v));
    memcpy(h->cpu->x, s->x, sizeof(s->x));
    h->cpu->fpcr = s->fpcr;
    h->cpu->fpsr = s->fpsr;
    harness_set_nzcv(h, s->nzcv >> 28);
}

static void from_cpu(const Harness *h, SimdState *s)
{
    memcpy(s->v, h->cpu->v, sizeof(s->v));
    memcpy(s->x, h->cpu->x, sizeof(s->x));
    s->fpsr = h->cpu->fpsr;
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

static void test_vectors(void)
{
    Harness *h = harness_new();

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
    harness_free(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/simd/vectors", test_vectors);
    return g_test_run();
}
