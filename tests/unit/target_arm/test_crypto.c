/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole ciphers and hashes from the cryptographic instructions: vectors of FIPS 197 and 180-4.
 * Each program runs as one block, where instructions are joined, and as a block an instruction;
 * on the interpreter and on the host, with all and with none of its optional features.
 */
#include <glib.h>

#include "harness.h"
#ifdef HARNESS_JIT
#include "harness_jit.h"
#endif

/* -- Instructions -- */

enum {
    AESE = 0x4e284800, AESD = 0x4e285800, AESMC = 0x4e286800, AESIMC = 0x4e287800,
    SHA1C = 0x5e000000, SHA1P = 0x5e001000, SHA1M = 0x5e002000, SHA1SU0 = 0x5e003000,
    SHA1H = 0x5e280800, SHA1SU1 = 0x5e281800,
    SHA256H = 0x5e004000, SHA256H2 = 0x5e005000, SHA256SU0 = 0x5e282800, SHA256SU1 = 0x5e006000,
    EOR = 0x6e201c00, ADD4S = 0x4ea08400, MOV = 0x4ea01c00,
};

typedef struct Program {
    uint32_t word[160];
    unsigned n;
} Program;

static void put3(Program *p, uint32_t op, unsigned rd, unsigned rn, unsigned rm)
{
    g_assert_cmpuint(p->n, <, G_N_ELEMENTS(p->word));
    p->word[p->n++] = op | rm << 16 | rn << 5 | rd;
}

static void put2(Program *p, uint32_t op, unsigned rd, unsigned rn) { put3(p, op, rd, rn, 0); }

static void run(Harness *h, const Program *p, bool at_once)
{
    if (at_once) {
        harness_run(h, p->word, p->n);
    }
    for (unsigned i = 0; !at_once && i < p->n; i++) {
        harness_run1(h, p->word[i]);
    }
    g_assert_cmphex(h->syndrome, ==, 0);
}

/* What the builder made of the latest block: @want instructions of @op. */
static void expect_ops(const Harness *h, IrOp op, unsigned want)
{
    unsigned n = 0;

    for (unsigned i = 1; i < h->block->n_insns; i++) {
        n += h->block->insns[i].op == op;
    }
    if (n != want) {
        ir_print(h->block, stderr);
        g_error("%u times %s, want %u", n, ir_op_info[op].name, want);
    }
}

static void set(Harness *h, unsigned r, const void *bytes) { memcpy(h->cpu->v[r], bytes, 16); }

/* -- AES -- */

/* FIPS 197, appendix A.1 (key) and B (cipher): AES-128. */
static const uint8_t round_keys[11][16] = {
    { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
      0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c },
    { 0xa0, 0xfa, 0xfe, 0x17, 0x88, 0x54, 0x2c, 0xb1,
      0x23, 0xa3, 0x39, 0x39, 0x2a, 0x6c, 0x76, 0x05 },
    { 0xf2, 0xc2, 0x95, 0xf2, 0x7a, 0x96, 0xb9, 0x43,
      0x59, 0x35, 0x80, 0x7a, 0x73, 0x59, 0xf6, 0x7f },
    { 0x3d, 0x80, 0x47, 0x7d, 0x47, 0x16, 0xfe, 0x3e,
      0x1e, 0x23, 0x7e, 0x44, 0x6d, 0x7a, 0x88, 0x3b },
    { 0xef, 0x44, 0xa5, 0x41, 0xa8, 0x52, 0x5b, 0x7f,
      0xb6, 0x71, 0x25, 0x3b, 0xdb, 0x0b, 0xad, 0x00 },
    { 0xd4, 0xd1, 0xc6, 0xf8, 0x7c, 0x83, 0x9d, 0x87,
      0xca, 0xf2, 0xb8, 0xbc, 0x11, 0xf9, 0x15, 0xbc },
    { 0x6d, 0x88, 0xa3, 0x7a, 0x11, 0x0b, 0x3e, 0xfd,
      0xdb, 0xf9, 0x86, 0x41, 0xca, 0x00, 0x93, 0xfd },
    { 0x4e, 0x54, 0xf7, 0x0e, 0x5f, 0x5f, 0xc9, 0xf3,
      0x84, 0xa6, 0x4f, 0xb2, 0x4e, 0xa6, 0xdc, 0x4f },
    { 0xea, 0xd2, 0x73, 0x21, 0xb5, 0x8d, 0xba, 0xd2,
      0x31, 0x2b, 0xf5, 0x60, 0x7f, 0x8d, 0x29, 0x2f },
    { 0xac, 0x77, 0x66, 0xf3, 0x19, 0xfa, 0xdc, 0x21,
      0x28, 0xd1, 0x29, 0x41, 0x57, 0x5c, 0x00, 0x6e },
    { 0xd0, 0x14, 0xf9, 0xa8, 0xc9, 0xee, 0x25, 0x89,
      0xe1, 0x3f, 0x0c, 0xc8, 0xb6, 0x63, 0x0c, 0xa6 },
};
static const uint8_t plain[16] = { 0x32, 0x43, 0xf6, 0xa8, 0x88, 0x5a, 0x30, 0x8d, 0x31, 0x31, 0x98,
                                   0xa2, 0xe0, 0x37, 0x07, 0x34 };
static const uint8_t cipher[16] = { 0x39, 0x25, 0x84, 0x1d, 0x02, 0xdc, 0x09, 0xfb, 0xdc, 0x11,
                                    0x85, 0x97, 0x19, 0x6a, 0x0b, 0x32 };

static void check_aes(Harness *h, bool at_once)
{
    Program to = { .n = 0 }, back = { .n = 0 };

    /* v0 the state, v1 .. v11 the keys; back by the equivalent inverse cipher */
    for (unsigned i = 0; i < 11; i++) {
        set(h, 1 + i, round_keys[i]);
    }
    for (unsigned i = 0; i < 10; i++) {
        put2(&to, AESE, 0, 1 + i);
        if (i < 9) {
            put2(&to, AESMC, 0, 0);
        }
    }
    put3(&to, EOR, 0, 0, 11);
    set(h, 0, plain);
    run(h, &to, at_once);
    g_assert_cmpmem(h->cpu->v[0], 16, cipher, 16);
    if (at_once) {                       /* a round is one op, its key included */
        expect_ops(h, IR_vaesenc, 10);
        expect_ops(h, IR_vaesmc, 0);
        expect_ops(h, IR_vxor, 1);
    }

    for (unsigned i = 9; i > 0; i--) {
        put2(&back, AESIMC, 1 + i, 1 + i);
    }
    for (unsigned i = 10; i > 0; i--) {
        put2(&back, AESD, 0, 1 + i);
        if (i > 1) {
            put2(&back, AESIMC, 0, 0);
        }
    }
    put3(&back, EOR, 0, 0, 1);
    run(h, &back, at_once);
    g_assert_cmpmem(h->cpu->v[0], 16, plain, 16);
}

/* -- SHA: "abc" padded to one block, as big-endian words (FIPS 180-4) -- */

static const uint32_t block[16] = { 0x61626380, [15] = 24 };

static void check_sha1(Harness *h, bool at_once)
{
    static const uint32_t h0[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
    static const uint32_t want[5] = { 0xa9993e36, 0x4706816a, 0xba3e2571, 0x7850c26c, 0x9cd0d89d };
    static const uint32_t k[4] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
    static const uint32_t fn[4] = { SHA1C, SHA1P, SHA1M, SHA1P };
    uint32_t got[4];
    Program p = { .n = 0 };

    /* v0 ABCD, v1 and v2 E in turn, v3 words + k, v4 .. v7 the schedule, v8 .. v11 k */
    set(h, 0, h0);
    h->cpu->v[1][0] = h0[4] | UINT64_C(0xdead) << 32;       /* above E nothing counts */
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t k4[4] = { k[i], k[i], k[i], k[i] };
        set(h, 4 + i, block + 4 * i);
        set(h, 8 + i, k4);
    }
    for (unsigned i = 0; i < 20; i++) {
        unsigned w = 4 + i % 4, e = 1 + i % 2;
        if (i >= 4) {
            put3(&p, SHA1SU0, w, 4 + (i + 1) % 4, 4 + (i + 2) % 4);
            put2(&p, SHA1SU1, w, 4 + (i + 3) % 4);
        }
        put3(&p, ADD4S, 3, w, 8 + i / 5);
        put2(&p, SHA1H, 3 - e, 0);
        put3(&p, fn[i / 5], 0, e, 3);
    }
    run(h, &p, at_once);
    memcpy(got, h->cpu->v[0], 16);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_cmphex(got[i] + h0[i], ==, want[i]);
    }
    if (at_once) {                       /* for words and E in each group; the state once */
        expect_ops(h, IR_vsha1r, 20);
        expect_ops(h, IR_vshuf32, 20 + 20 + 1);
        expect_ops(h, IR_vzero96, 20 + 1);
    }
    g_assert_cmphex((uint32_t)h->cpu->v[1][0] + h0[4], ==, want[4]);
    g_assert_cmphex(h->cpu->v[1][1] | h->cpu->v[1][0] >> 32, ==, 0);
}

static void check_sha256(Harness *h, bool at_once)
{
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
        0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
        0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
        0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
        0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
        0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
        0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
        0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    };
    static const uint32_t h0[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                    0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    static const uint32_t want[8] = { 0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3,
                                      0x96177a9c, 0xb410ff61, 0xf20015ad };
    uint32_t got[8];
    Program p = { .n = 0 };

    /* v0 ABCD, v1 EFGH, v2 old ABCD, v3 words + k, v4 .. v7 the schedule, v8 .. v23 k */
    set(h, 0, h0);
    set(h, 1, h0 + 4);
    for (unsigned i = 0; i < 16; i++) {
        set(h, 4 + i % 4, block + 4 * (i % 4));
        set(h, 8 + i, k + 4 * i);
    }
    for (unsigned i = 0; i < 16; i++) {
        unsigned w = 4 + i % 4;
        if (i >= 4) {
            put2(&p, SHA256SU0, w, 4 + (i + 1) % 4);
            put3(&p, SHA256SU1, w, 4 + (i + 2) % 4, 4 + (i + 3) % 4);
        }
        put3(&p, ADD4S, 3, w, 8 + i);
        put3(&p, MOV, 2, 0, 0);
        put3(&p, SHA256H, 0, 1, 3);
        put3(&p, SHA256H2, 1, 2, 3);
    }
    run(h, &p, at_once);
    memcpy(got, h->cpu->v[0], 32);
    for (unsigned i = 0; i < 8; i++) {
        g_assert_cmphex(got[i] + h0[i], ==, want[i]);
    }
    if (at_once) {                       /* both instructions of a pair are the same rounds */
        expect_ops(h, IR_vsha256r, 32);
        expect_ops(h, IR_vshuf32, 2 + 3);     /* first and last state, v2 */
    }
}

/* -- Each on the interpreter and on the host -- */

typedef void Check(Harness *h, bool at_once);

static void test(const void *data)
{
    Check *check = *(Check *const *)data;
    Harness *h = harness_new();

    check(h, true);
    check(h, false);
#ifdef HARNESS_JIT
    const char *missing;
    for (unsigned bit = 0; host_supported(&missing) && bit < 34; bit++) {
        HarnessJit *j = harness_jit_new(h);
        /* Each feature missing, then all, then none. */
        harness_jit_features(j, bit < 32 ? ~(1u << bit) : bit == 32 ? 0 : ~0u);
        check(h, true);
        check(h, false);
        harness_jit_free(j);
    }
#endif
    harness_free(h);
}

int main(int argc, char **argv)
{
    static Check *const checks[] = { check_aes, check_sha1, check_sha256 };

    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/arm/crypto/aes", &checks[0], test);
    g_test_add_data_func("/arm/crypto/sha1", &checks[1], test);
    g_test_add_data_func("/arm/crypto/sha256", &checks[2], test);
    return g_test_run();
}
