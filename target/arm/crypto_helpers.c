/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AES, SHA1, SHA256 and 64-bit polynomial multiplication. AES and PMULL use the host's instructions
 * where it has them; crypto_portable() lets the tests see the other path.
 */
#include "crypto_helpers.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "vec_helpers.h"

/* -- AES S-box and its inverse (FIPS 197) -- */

static const uint8_t sbox[256] = {
    0x63, 0x7c, 0x77, 0x7b, 0xf2, 0x6b, 0x6f, 0xc5, 0x30, 0x01, 0x67, 0x2b, 0xfe, 0xd7, 0xab, 0x76,
    0xca, 0x82, 0xc9, 0x7d, 0xfa, 0x59, 0x47, 0xf0, 0xad, 0xd4, 0xa2, 0xaf, 0x9c, 0xa4, 0x72, 0xc0,
    0xb7, 0xfd, 0x93, 0x26, 0x36, 0x3f, 0xf7, 0xcc, 0x34, 0xa5, 0xe5, 0xf1, 0x71, 0xd8, 0x31, 0x15,
    0x04, 0xc7, 0x23, 0xc3, 0x18, 0x96, 0x05, 0x9a, 0x07, 0x12, 0x80, 0xe2, 0xeb, 0x27, 0xb2, 0x75,
    0x09, 0x83, 0x2c, 0x1a, 0x1b, 0x6e, 0x5a, 0xa0, 0x52, 0x3b, 0xd6, 0xb3, 0x29, 0xe3, 0x2f, 0x84,
    0x53, 0xd1, 0x00, 0xed, 0x20, 0xfc, 0xb1, 0x5b, 0x6a, 0xcb, 0xbe, 0x39, 0x4a, 0x4c, 0x58, 0xcf,
    0xd0, 0xef, 0xaa, 0xfb, 0x43, 0x4d, 0x33, 0x85, 0x45, 0xf9, 0x02, 0x7f, 0x50, 0x3c, 0x9f, 0xa8,
    0x51, 0xa3, 0x40, 0x8f, 0x92, 0x9d, 0x38, 0xf5, 0xbc, 0xb6, 0xda, 0x21, 0x10, 0xff, 0xf3, 0xd2,
    0xcd, 0x0c, 0x13, 0xec, 0x5f, 0x97, 0x44, 0x17, 0xc4, 0xa7, 0x7e, 0x3d, 0x64, 0x5d, 0x19, 0x73,
    0x60, 0x81, 0x4f, 0xdc, 0x22, 0x2a, 0x90, 0x88, 0x46, 0xee, 0xb8, 0x14, 0xde, 0x5e, 0x0b, 0xdb,
    0xe0, 0x32, 0x3a, 0x0a, 0x49, 0x06, 0x24, 0x5c, 0xc2, 0xd3, 0xac, 0x62, 0x91, 0x95, 0xe4, 0x79,
    0xe7, 0xc8, 0x37, 0x6d, 0x8d, 0xd5, 0x4e, 0xa9, 0x6c, 0x56, 0xf4, 0xea, 0x65, 0x7a, 0xae, 0x08,
    0xba, 0x78, 0x25, 0x2e, 0x1c, 0xa6, 0xb4, 0xc6, 0xe8, 0xdd, 0x74, 0x1f, 0x4b, 0xbd, 0x8b, 0x8a,
    0x70, 0x3e, 0xb5, 0x66, 0x48, 0x03, 0xf6, 0x0e, 0x61, 0x35, 0x57, 0xb9, 0x86, 0xc1, 0x1d, 0x9e,
    0xe1, 0xf8, 0x98, 0x11, 0x69, 0xd9, 0x8e, 0x94, 0x9b, 0x1e, 0x87, 0xe9, 0xce, 0x55, 0x28, 0xdf,
    0x8c, 0xa1, 0x89, 0x0d, 0xbf, 0xe6, 0x42, 0x68, 0x41, 0x99, 0x2d, 0x0f, 0xb0, 0x54, 0xbb, 0x16,
};

static const uint8_t inv_sbox[256] = {
    0x52, 0x09, 0x6a, 0xd5, 0x30, 0x36, 0xa5, 0x38, 0xbf, 0x40, 0xa3, 0x9e, 0x81, 0xf3, 0xd7, 0xfb,
    0x7c, 0xe3, 0x39, 0x82, 0x9b, 0x2f, 0xff, 0x87, 0x34, 0x8e, 0x43, 0x44, 0xc4, 0xde, 0xe9, 0xcb,
    0x54, 0x7b, 0x94, 0x32, 0xa6, 0xc2, 0x23, 0x3d, 0xee, 0x4c, 0x95, 0x0b, 0x42, 0xfa, 0xc3, 0x4e,
    0x08, 0x2e, 0xa1, 0x66, 0x28, 0xd9, 0x24, 0xb2, 0x76, 0x5b, 0xa2, 0x49, 0x6d, 0x8b, 0xd1, 0x25,
    0x72, 0xf8, 0xf6, 0x64, 0x86, 0x68, 0x98, 0x16, 0xd4, 0xa4, 0x5c, 0xcc, 0x5d, 0x65, 0xb6, 0x92,
    0x6c, 0x70, 0x48, 0x50, 0xfd, 0xed, 0xb9, 0xda, 0x5e, 0x15, 0x46, 0x57, 0xa7, 0x8d, 0x9d, 0x84,
    0x90, 0xd8, 0xab, 0x00, 0x8c, 0xbc, 0xd3, 0x0a, 0xf7, 0xe4, 0x58, 0x05, 0xb8, 0xb3, 0x45, 0x06,
    0xd0, 0x2c, 0x1e, 0x8f, 0xca, 0x3f, 0x0f, 0x02, 0xc1, 0xaf, 0xbd, 0x03, 0x01, 0x13, 0x8a, 0x6b,
    0x3a, 0x91, 0x11, 0x41, 0x4f, 0x67, 0xdc, 0xea, 0x97, 0xf2, 0xcf, 0xce, 0xf0, 0xb4, 0xe6, 0x73,
    0x96, 0xac, 0x74, 0x22, 0xe7, 0xad, 0x35, 0x85, 0xe2, 0xf9, 0x37, 0xe8, 0x1c, 0x75, 0xdf, 0x6e,
    0x47, 0xf1, 0x1a, 0x71, 0x1d, 0x29, 0xc5, 0x89, 0x6f, 0xb7, 0x62, 0x0e, 0xaa, 0x18, 0xbe, 0x1b,
    0xfc, 0x56, 0x3e, 0x4b, 0xc6, 0xd2, 0x79, 0x20, 0x9a, 0xdb, 0xc0, 0xfe, 0x78, 0xcd, 0x5a, 0xf4,
    0x1f, 0xdd, 0xa8, 0x33, 0x88, 0x07, 0xc7, 0x31, 0xb1, 0x12, 0x10, 0x59, 0x27, 0x80, 0xec, 0x5f,
    0x60, 0x51, 0x7f, 0xa9, 0x19, 0xb5, 0x4a, 0x0d, 0x2d, 0xe5, 0x7a, 0x9f, 0x93, 0xc9, 0x9c, 0xef,
    0xa0, 0xe0, 0x3b, 0x4d, 0xae, 0x2a, 0xf5, 0xb0, 0xc8, 0xeb, 0xbb, 0x3c, 0x83, 0x53, 0x99, 0x61,
    0x17, 0x2b, 0x04, 0x7e, 0xba, 0x77, 0xd6, 0x26, 0xe1, 0x69, 0x14, 0x63, 0x55, 0x21, 0x0c, 0x7d,
};

/* Product by x in GF(2^8), polynomial 0x11b, of each byte of a word. */
static uint32_t xtime(uint32_t v)
{
    return (v & 0x7f7f7f7f) << 1 ^ (v >> 7 & 0x01010101) * 0x1b;
}

static uint32_t ror32(uint32_t v, unsigned n) { return v >> n | v << (32 - n); }
static uint32_t rol32(uint32_t v, unsigned n) { return v << n | v >> (32 - n); }

/* -- Portable AES; a column is a word, its first row in the low byte -- */

static Vec sub_shift(Vec v)
{
    Vec r;

    for (unsigned i = 0; i < 16; i++) {
        r.b[i] = sbox[v.b[(i + 4 * (i % 4)) % 16]];
    }
    return r;
}

static Vec inv_sub_shift(Vec v)
{
    Vec r;

    for (unsigned i = 0; i < 16; i++) {
        r.b[i] = inv_sbox[v.b[(i + 12 * (i % 4)) % 16]];
    }
    return r;
}

static uint32_t mix_column(uint32_t c)
{
    uint32_t rot = ror32(c, 8);

    return xtime(c ^ rot) ^ rot ^ ror32(c, 16) ^ ror32(c, 24);
}

static Vec mix_columns(Vec v)
{
    for (unsigned i = 0; i < 4; i++) {
        v.s[i] = mix_column(v.s[i]);
    }
    return v;
}

/* InvMixColumns is MixColumns of the column plus 4 (c + c two rows on). */
static Vec inv_mix_columns(Vec v)
{
    for (unsigned i = 0; i < 4; i++) {
        uint32_t t = xtime(xtime(v.s[i] ^ ror32(v.s[i], 16)));
        v.s[i] = mix_column(v.s[i] ^ t);
    }
    return v;
}

/* -- Portable polynomial product -- */

static Vec clmul64(uint64_t n, uint64_t m)
{
    Vec r = { .d = { 0, 0 } };

    for (unsigned i = 0; i < 64; i++) {
        uint64_t mask = 0 - (m >> i & 1);
        r.d[0] ^= n << i & mask;
        r.d[1] ^= (i ? n >> (64 - i) : 0) & mask;
    }
    return r;
}

const CryptoOps *crypto_portable(void)
{
    static const CryptoOps ops = {
        sub_shift, inv_sub_shift, mix_columns, inv_mix_columns, clmul64,
    };

    return &ops;
}

/* -- The host's instructions -- */

#ifdef __x86_64__
#define USES(isa) __attribute__((target(isa)))

USES("aes") static __m128i to_host(Vec v) { return _mm_set_epi64x(v.d[1], v.d[0]); }
USES("aes") static Vec from_host(__m128i x)
{
    Vec v;

    _mm_storeu_si128((__m128i *)&v, x);
    return v;
}
USES("aes") static Vec host_sub_shift(Vec v)
{
    return from_host(_mm_aesenclast_si128(to_host(v), _mm_setzero_si128()));
}
USES("aes") static Vec host_inv_sub_shift(Vec v)
{
    return from_host(_mm_aesdeclast_si128(to_host(v), _mm_setzero_si128()));
}
/* A round after its inverse leaves MixColumns. */
USES("aes") static Vec host_mix_columns(Vec v)
{
    __m128i zero = _mm_setzero_si128();

    return from_host(_mm_aesenc_si128(_mm_aesdeclast_si128(to_host(v), zero), zero));
}
USES("aes") static Vec host_inv_mix_columns(Vec v)
{
    return from_host(_mm_aesimc_si128(to_host(v)));
}
USES("pclmul,aes") static Vec host_clmul64(uint64_t n, uint64_t m)
{
    return from_host(_mm_clmulepi64_si128(_mm_cvtsi64_si128(n), _mm_cvtsi64_si128(m), 0));
}

const CryptoOps *crypto_host(void)
{
    static const CryptoOps ops = {
        host_sub_shift, host_inv_sub_shift, host_mix_columns, host_inv_mix_columns, host_clmul64,
    };

    return __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul") ? &ops : NULL;
}
#else
const CryptoOps *crypto_host(void) { return NULL; }
#endif

static const CryptoOps *best(void)
{
    const CryptoOps *host = crypto_host();

    return host ? host : crypto_portable();
}

VEC_HELPER(aese)
{
    Vec d = vec_read(env, vd_get(desc, VD_RD, 5)), n = vec_read(env, vd_get(desc, VD_RN, 5));

    vec_write(env, desc, best()->sub_shift((Vec){ .d = { d.d[0] ^ n.d[0], d.d[1] ^ n.d[1] } }));
}

VEC_HELPER(aesd)
{
    Vec d = vec_read(env, vd_get(desc, VD_RD, 5)), n = vec_read(env, vd_get(desc, VD_RN, 5));

    vec_write(env, desc, best()->inv_sub_shift((Vec){ .d = { d.d[0] ^ n.d[0], d.d[1] ^ n.d[1] } }));
}

VEC_HELPER(aesmc)
{
    vec_write(env, desc, best()->mix_columns(vec_read(env, vd_get(desc, VD_RN, 5))));
}

VEC_HELPER(aesimc)
{
    vec_write(env, desc, best()->inv_mix_columns(vec_read(env, vd_get(desc, VD_RN, 5))));
}

VEC_HELPER(pmull64)
{
    bool upper = vd_get(desc, VD_UPPER, 1);
    Vec n = vec_read(env, vd_get(desc, VD_RN, 5)), m = vec_read(env, vd_get(desc, VD_RM, 5));

    vec_write(env, desc, best()->clmul64(n.d[upper], m.d[upper]));
}

/* -- SHA1 (SHAhashupdate functions of the Arm ARM, FIPS 180-4) -- */

static uint32_t choose(uint32_t x, uint32_t y, uint32_t z) { return ((y ^ z) & x) ^ z; }
static uint32_t parity(uint32_t x, uint32_t y, uint32_t z) { return x ^ y ^ z; }
static uint32_t majority(uint32_t x, uint32_t y, uint32_t z) { return (x & y) | ((x | y) & z); }

/* Four rounds; Rd = {A, B, C, D}, Rn lane 0 = E, Rm = words plus constants. */
static ALWAYS_INLINE void sha1_rounds(ArmCpu *cpu, uint64_t desc,
                                      uint32_t (*fn)(uint32_t, uint32_t, uint32_t))
{
    Vec d = vec_read(cpu, vd_get(desc, VD_RD, 5)), w = vec_read(cpu, vd_get(desc, VD_RM, 5));
    uint32_t e = vec_read(cpu, vd_get(desc, VD_RN, 5)).s[0];

    for (unsigned i = 0; i < 4; i++) {
        uint32_t t = e + rol32(d.s[0], 5) + fn(d.s[1], d.s[2], d.s[3]) + w.s[i];
        e = d.s[3];
        d.s[3] = d.s[2];
        d.s[2] = rol32(d.s[1], 30);
        d.s[1] = d.s[0];
        d.s[0] = t;
    }
    vec_write(cpu, desc, d);
}

VEC_HELPER(sha1c) { sha1_rounds(env, desc, choose); }
VEC_HELPER(sha1p) { sha1_rounds(env, desc, parity); }
VEC_HELPER(sha1m) { sha1_rounds(env, desc, majority); }

VEC_HELPER(sha1h)
{
    Vec n = vec_read(env, vd_get(desc, VD_RN, 5));

    vec_write(env, desc, (Vec){ .s = { rol32(n.s[0], 30), 0, 0, 0 } });
}

VEC_HELPER(sha1su0)
{
    Vec d = vec_read(env, vd_get(desc, VD_RD, 5)), n = vec_read(env, vd_get(desc, VD_RN, 5));
    Vec m = vec_read(env, vd_get(desc, VD_RM, 5));

    vec_write(env, desc, (Vec){ .d = { d.d[0] ^ d.d[1] ^ m.d[0], d.d[1] ^ n.d[0] ^ m.d[1] } });
}

VEC_HELPER(sha1su1)
{
    Vec d = vec_read(env, vd_get(desc, VD_RD, 5)), n = vec_read(env, vd_get(desc, VD_RN, 5)), r;

    r.s[0] = rol32(d.s[0] ^ n.s[1], 1);
    r.s[1] = rol32(d.s[1] ^ n.s[2], 1);
    r.s[2] = rol32(d.s[2] ^ n.s[3], 1);
    r.s[3] = rol32(d.s[3], 1) ^ rol32(d.s[0] ^ n.s[1], 2);
    vec_write(env, desc, r);
}

/* -- SHA256 -- */

/* Four rounds on x = {A..D}, y = {E..H} with words @w. */
static void sha256_rounds(Vec *x, Vec *y, const Vec *w)
{
    for (unsigned i = 0; i < 4; i++) {
        uint32_t e = y->s[0], a = x->s[0];
        uint32_t t1 = y->s[3] + (ror32(e, 6) ^ ror32(e, 11) ^ ror32(e, 25))
                    + choose(e, y->s[1], y->s[2]) + w->s[i];
        uint32_t t2 = (ror32(a, 2) ^ ror32(a, 13) ^ ror32(a, 22))
                    + majority(a, x->s[1], x->s[2]);
        *y = (Vec){ .s = { x->s[3] + t1, e, y->s[1], y->s[2] } };
        *x = (Vec){ .s = { t1 + t2, a, x->s[1], x->s[2] } };
    }
}

VEC_HELPER(sha256h)
{
    Vec x = vec_read(env, vd_get(desc, VD_RD, 5)), y = vec_read(env, vd_get(desc, VD_RN, 5));
    Vec w = vec_read(env, vd_get(desc, VD_RM, 5));

    sha256_rounds(&x, &y, &w);
    vec_write(env, desc, x);
}

VEC_HELPER(sha256h2)
{
    Vec y = vec_read(env, vd_get(desc, VD_RD, 5)), x = vec_read(env, vd_get(desc, VD_RN, 5));
    Vec w = vec_read(env, vd_get(desc, VD_RM, 5));

    sha256_rounds(&x, &y, &w);
    vec_write(env, desc, y);
}

VEC_HELPER(sha256su0)
{
    Vec d = vec_read(env, vd_get(desc, VD_RD, 5)), n = vec_read(env, vd_get(desc, VD_RN, 5)), r;

    for (unsigned i = 0; i < 4; i++) {
        uint32_t v = i < 3 ? d.s[i + 1] : n.s[0];
        r.s[i] = d.s[i] + (ror32(v, 7) ^ ror32(v, 18) ^ v >> 3);
    }
    vec_write(env, desc, r);
}

VEC_HELPER(sha256su1)
{
    Vec d = vec_read(env, vd_get(desc, VD_RD, 5)), n = vec_read(env, vd_get(desc, VD_RN, 5));
    Vec m = vec_read(env, vd_get(desc, VD_RM, 5)), r;

    for (unsigned i = 0; i < 4; i++) {
        uint32_t w = i < 2 ? m.s[2 + i] : r.s[i - 2];
        uint32_t w9 = i < 3 ? n.s[i + 1] : m.s[0];
        r.s[i] = d.s[i] + w9 + (ror32(w, 17) ^ ror32(w, 19) ^ w >> 10);
    }
    vec_write(env, desc, r);
}
