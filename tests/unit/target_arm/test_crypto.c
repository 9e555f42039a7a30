/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cryptographic helpers: both implementations alike, and vectors of FIPS 197 and 180-4. */
#include <glib.h>

#include "crypto_helpers.h"

static void call(ArmCpu *cpu, const IrHelper *h, unsigned rd, unsigned rn, unsigned rm)
{
    ((void (*)(void *, uint64_t))h->fn)(cpu, rd << VD_RD | rn << VD_RN | rm << VD_RM);
}

static void test_implementations_agree(void)
{
    const CryptoOps *host = crypto_host(), *c = crypto_portable();
    GRand *rand = g_rand_new_with_seed(1);

    if (!host) {
        g_test_skip("the host has no AES and PCLMUL");
    }
    for (unsigned i = 0; host && i < 20000; i++) {
        Vec v;
        for (unsigned k = 0; k < 4; k++) {
            v.s[k] = g_rand_int(rand);
        }
        const Vec pairs[][2] = {
            { host->sub_shift(v), c->sub_shift(v) },
            { host->inv_sub_shift(v), c->inv_sub_shift(v) },
            { host->mix_columns(v), c->mix_columns(v) },
            { host->inv_mix_columns(v), c->inv_mix_columns(v) },
            { host->clmul64(v.d[0], v.d[1]), c->clmul64(v.d[0], v.d[1]) },
        };
        for (unsigned k = 0; k < G_N_ELEMENTS(pairs); k++) {
            g_assert_cmpmem(&pairs[k][0], 16, &pairs[k][1], 16);
        }
    }
    g_rand_free(rand);
}

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
static const uint8_t cipher[16] = { 0x39, 0x25, 0x84, 0x1d, 0x02,
    0xdc, 0x09, 0xfb, 0xdc, 0x11, 0x85,
                                    0x97, 0x19, 0x6a, 0x0b, 0x32 };

static void xor_into(uint64_t *v, const uint8_t *key)
{
    uint64_t k[2];

    memcpy(k, key, 16);
    v[0] ^= k[0];
    v[1] ^= k[1];
}

static void test_aes(void)
{
    g_autofree ArmCpu *cpu = g_new0(ArmCpu, 1);

    memcpy(cpu->v[0], plain, 16);
    for (unsigned i = 0; i < 10; i++) {
        memcpy(cpu->v[1], round_keys[i], 16);
        call(cpu, &h_v_aese, 0, 1, 1);
        if (i < 9) {
            call(cpu, &h_v_aesmc, 0, 0, 0);
        }
    }
    xor_into(cpu->v[0], round_keys[10]);
    g_assert_cmpmem(cpu->v[0], 16, cipher, 16);

    for (unsigned i = 10; i > 0; i--) {              /* equivalent inverse cipher */
        memcpy(cpu->v[1], round_keys[i], 16);
        if (i < 10) {
            call(cpu, &h_v_aesimc, 1, 1, 1);
        }
        call(cpu, &h_v_aesd, 0, 1, 1);
        if (i > 1) {
            call(cpu, &h_v_aesimc, 0, 0, 0);
        }
    }
    xor_into(cpu->v[0], round_keys[0]);
    g_assert_cmpmem(cpu->v[0], 16, plain, 16);
}

/* "abc" padded to one block, as big-endian words (FIPS 180-4). */
static const uint32_t block[16] = { 0x61626380, [15] = 24 };

static void set4(ArmCpu *cpu, unsigned r, const uint32_t *w)
{
    memcpy(cpu->v[r], w, 16);
}

static void test_sha1(void)
{
    static const uint32_t h0[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
    static const uint32_t want[5] = { 0xa9993e36, 0x4706816a, 0xba3e2571, 0x7850c26c, 0x9cd0d89d };
    static const uint32_t k[4] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
    static const IrHelper *const fn[4] = { &h_v_sha1c, &h_v_sha1p, &h_v_sha1m, &h_v_sha1p };
    g_autofree ArmCpu *cpu = g_new0(ArmCpu, 1);
    uint32_t got[4], e;

    /* v0 ABCD, v1 E, v2 next E, v3 words + k, v4 .. v7 the schedule */
    set4(cpu, 0, h0);
    cpu->v[1][0] = h0[4];
    for (unsigned i = 0; i < 4; i++) {
        set4(cpu, 4 + i, block + 4 * i);
    }
    for (unsigned i = 0; i < 20; i++) {
        unsigned w = 4 + i % 4;
        if (i >= 4) {
            call(cpu, &h_v_sha1su0, w, 4 + (i + 1) % 4, 4 + (i + 2) % 4);
            call(cpu, &h_v_sha1su1, w, 4 + (i + 3) % 4, w);
        }
        uint32_t words[4];
        memcpy(words, cpu->v[w], 16);
        for (unsigned n = 0; n < 4; n++) {
            words[n] += k[i / 5];
        }
        set4(cpu, 3, words);
        call(cpu, &h_v_sha1h, 2, 0, 0);
        call(cpu, fn[i / 5], 0, 1, 3);
        cpu->v[1][0] = cpu->v[2][0];
    }
    memcpy(got, cpu->v[0], 16);
    e = cpu->v[1][0];
    for (unsigned i = 0; i < 4; i++) {
        g_assert_cmphex(got[i] + h0[i], ==, want[i]);
    }
    g_assert_cmphex(e + h0[4], ==, want[4]);
}

static void test_sha256(void)
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
    g_autofree ArmCpu *cpu = g_new0(ArmCpu, 1);
    uint32_t got[8];

    /* v0 ABCD, v1 EFGH, v2 old ABCD, v3 words + k, v4 .. v7 the schedule */
    set4(cpu, 0, h0);
    set4(cpu, 1, h0 + 4);
    for (unsigned i = 0; i < 4; i++) {
        set4(cpu, 4 + i, block + 4 * i);
    }
    for (unsigned i = 0; i < 16; i++) {
        unsigned w = 4 + i % 4;
        if (i >= 4) {
            call(cpu, &h_v_sha256su0, w, 4 + (i + 1) % 4, w);
            call(cpu, &h_v_sha256su1, w, 4 + (i + 2) % 4, 4 + (i + 3) % 4);
        }
        uint32_t words[4];
        memcpy(words, cpu->v[w], 16);
        for (unsigned n = 0; n < 4; n++) {
            words[n] += k[4 * i + n];
        }
        set4(cpu, 3, words);
        memcpy(cpu->v[2], cpu->v[0], 16);
        call(cpu, &h_v_sha256h, 0, 1, 3);
        call(cpu, &h_v_sha256h2, 1, 2, 3);
    }
    memcpy(got, cpu->v[0], 32);
    for (unsigned i = 0; i < 8; i++) {
        g_assert_cmphex(got[i] + h0[i], ==, want[i]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/crypto/implementations_agree", test_implementations_agree);
    g_test_add_func("/arm/crypto/aes", test_aes);
    g_test_add_func("/arm/crypto/sha1", test_sha1);
    g_test_add_func("/arm/crypto/sha256", test_sha256);
    return g_test_run();
}
