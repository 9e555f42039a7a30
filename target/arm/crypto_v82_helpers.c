/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA512, SM3 and SM4 (FIPS 180-4, GB/T 32905, GB/T 32907) in the pieces of the instructions. */
#include "target/arm/internal/vec_helpers.h"

static uint64_t ror64(uint64_t v, unsigned n) { return v >> n | v << (64 - n); }
static uint32_t rol32(uint32_t v, unsigned n) { return v << n | v >> (32 - n); }

/* -- SHA512 -- */

static uint64_t choose(uint64_t x, uint64_t y, uint64_t z) { return ((y ^ z) & x) ^ z; }
static uint64_t majority(uint64_t x, uint64_t y, uint64_t z) { return (x & y) | ((x | y) & z); }
static uint64_t big_sigma0(uint64_t v) { return ror64(v, 28) ^ ror64(v, 34) ^ ror64(v, 39); }
static uint64_t big_sigma1(uint64_t v) { return ror64(v, 14) ^ ror64(v, 18) ^ ror64(v, 41); }
static uint64_t small_sigma0(uint64_t v) { return ror64(v, 1) ^ ror64(v, 8) ^ v >> 7; }
static uint64_t small_sigma1(uint64_t v) { return ror64(v, 19) ^ ror64(v, 61) ^ v >> 6; }

VEC_INT_HELPER(sha512h)
{
    Vec w = vec_read(env, vd_get(desc, VD_RD, 5)), x = vec_read(env, vd_get(desc, VD_RN, 5));
    Vec y = vec_read(env, vd_get(desc, VD_RM, 5)), r;

    r.d[1] = choose(y.d[1], x.d[0], x.d[1]) + big_sigma1(y.d[1]) + w.d[1];
    uint64_t e = r.d[1] + y.d[0];
    r.d[0] = choose(e, y.d[1], x.d[0]) + big_sigma1(e) + w.d[0];
    vec_write(env, desc, r);
}

VEC_INT_HELPER(sha512h2)
{
    Vec w = vec_read(env, vd_get(desc, VD_RD, 5)), x = vec_read(env, vd_get(desc, VD_RN, 5));
    Vec y = vec_read(env, vd_get(desc, VD_RM, 5)), r;

    r.d[1] = majority(x.d[0], y.d[1], y.d[0]) + big_sigma0(y.d[0]) + w.d[1];
    r.d[0] = majority(r.d[1], y.d[0], y.d[1]) + big_sigma0(r.d[1]) + w.d[0];
    vec_write(env, desc, r);
}

VEC_INT_HELPER(sha512su0)
{
    Vec w = vec_read(env, vd_get(desc, VD_RD, 5)), x = vec_read(env, vd_get(desc, VD_RN, 5));

    vec_write(env, desc, (Vec){ .d = { w.d[0] + small_sigma0(w.d[1]),
                                       w.d[1] + small_sigma0(x.d[0]) } });
}

VEC_INT_HELPER(sha512su1)
{
    Vec w = vec_read(env, vd_get(desc, VD_RD, 5)), x = vec_read(env, vd_get(desc, VD_RN, 5));
    Vec y = vec_read(env, vd_get(desc, VD_RM, 5));

    vec_write(env, desc, (Vec){ .d = { w.d[0] + small_sigma1(x.d[0]) + y.d[0],
                                       w.d[1] + small_sigma1(x.d[1]) + y.d[1] } });
}

/* -- SM3 -- */

static uint32_t choose32(uint32_t x, uint32_t y, uint32_t z) { return (x & y) | (~x & z); }
static uint32_t parity32(uint32_t x, uint32_t y, uint32_t z) { return x ^ y ^ z; }
static uint32_t majority32(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) | (x & z) | (y & z);
}

typedef uint32_t Fn3(uint32_t x, uint32_t y, uint32_t z);

VEC_INT_HELPER(sm3ss1)
{
    uint32_t n = vec_read(env, vd_get(desc, VD_RN, 5)).s[3];
    uint32_t m = vec_read(env, vd_get(desc, VD_RM, 5)).s[3];
    uint32_t a = vec_read(env, vd_get(desc, VD_IMM, 5)).s[3];

    vec_write(env, desc, (Vec){ .s = { 0, 0, 0, rol32(rol32(n, 12) + m + a, 7) } });
}

static ALWAYS_INLINE void sm3_tt1(ArmCpu *cpu, uint64_t desc, Fn3 *fn)
{
    Vec d = vec_read(cpu, vd_get(desc, VD_RD, 5)), n = vec_read(cpu, vd_get(desc, VD_RN, 5));
    uint32_t w = vec_read(cpu, vd_get(desc, VD_RM, 5)).s[vd_get(desc, VD_IMM, 2)];
    uint32_t ss2 = n.s[3] ^ rol32(d.s[3], 12);
    uint32_t tt1 = fn(d.s[1], d.s[3], d.s[2]) + d.s[0] + ss2 + w;

    vec_write(cpu, desc, (Vec){ .s = { d.s[1], rol32(d.s[2], 9), d.s[3], tt1 } });
}

static ALWAYS_INLINE void sm3_tt2(ArmCpu *cpu, uint64_t desc, Fn3 *fn)
{
    Vec d = vec_read(cpu, vd_get(desc, VD_RD, 5)), n = vec_read(cpu, vd_get(desc, VD_RN, 5));
    uint32_t w = vec_read(cpu, vd_get(desc, VD_RM, 5)).s[vd_get(desc, VD_IMM, 2)];
    uint32_t tt2 = fn(d.s[3], d.s[2], d.s[1]) + d.s[0] + n.s[3] + w;

    tt2 ^= rol32(tt2, 9) ^ rol32(tt2, 17);
    vec_write(cpu, desc, (Vec){ .s = { d.s[1], rol32(d.s[2], 19), d.s[3], tt2 } });
}

VEC_INT_HELPER(sm3tt1a) { sm3_tt1(env, desc, parity32); }
VEC_INT_HELPER(sm3tt1b) { sm3_tt1(env, desc, majority32); }
VEC_INT_HELPER(sm3tt2a) { sm3_tt2(env, desc, parity32); }
VEC_INT_HELPER(sm3tt2b) { sm3_tt2(env, desc, choose32); }

static uint32_t sm3_p1(uint32_t v) { return v ^ rol32(v, 15) ^ rol32(v, 23); }

VEC_INT_HELPER(sm3partw1)
{
    Vec d = vec_read(env, vd_get(desc, VD_RD, 5)), n = vec_read(env, vd_get(desc, VD_RN, 5));
    Vec m = vec_read(env, vd_get(desc, VD_RM, 5)), r;

    for (unsigned i = 0; i < 4; i++) {
        r.s[i] = sm3_p1(d.s[i] ^ n.s[i] ^ rol32(i < 3 ? m.s[i + 1] : r.s[0], 15));
    }
    vec_write(env, desc, r);
}

VEC_INT_HELPER(sm3partw2)
{
    Vec d = vec_read(env, vd_get(desc, VD_RD, 5)), n = vec_read(env, vd_get(desc, VD_RN, 5));
    Vec m = vec_read(env, vd_get(desc, VD_RM, 5)), r;
    uint32_t first = n.s[0] ^ rol32(m.s[0], 7);

    for (unsigned i = 0; i < 4; i++) {
        r.s[i] = d.s[i] ^ n.s[i] ^ rol32(m.s[i], 7);
    }
    r.s[3] ^= sm3_p1(rol32(first, 15));
    vec_write(env, desc, r);
}

/* -- SM4 -- */

static const uint8_t sm4_sbox[256] = {
    0xd6, 0x90, 0xe9, 0xfe, 0xcc, 0xe1, 0x3d, 0xb7, 0x16, 0xb6, 0x14, 0xc2, 0x28, 0xfb, 0x2c, 0x05,
    0x2b, 0x67, 0x9a, 0x76, 0x2a, 0xbe, 0x04, 0xc3, 0xaa, 0x44, 0x13, 0x26, 0x49, 0x86, 0x06, 0x99,
    0x9c, 0x42, 0x50, 0xf4, 0x91, 0xef, 0x98, 0x7a, 0x33, 0x54, 0x0b, 0x43, 0xed, 0xcf, 0xac, 0x62,
    0xe4, 0xb3, 0x1c, 0xa9, 0xc9, 0x08, 0xe8, 0x95, 0x80, 0xdf, 0x94, 0xfa, 0x75, 0x8f, 0x3f, 0xa6,
    0x47, 0x07, 0xa7, 0xfc, 0xf3, 0x73, 0x17, 0xba, 0x83, 0x59, 0x3c, 0x19, 0xe6, 0x85, 0x4f, 0xa8,
    0x68, 0x6b, 0x81, 0xb2, 0x71, 0x64, 0xda, 0x8b, 0xf8, 0xeb, 0x0f, 0x4b, 0x70, 0x56, 0x9d, 0x35,
    0x1e, 0x24, 0x0e, 0x5e, 0x63, 0x58, 0xd1, 0xa2, 0x25, 0x22, 0x7c, 0x3b, 0x01, 0x21, 0x78, 0x87,
    0xd4, 0x00, 0x46, 0x57, 0x9f, 0xd3, 0x27, 0x52, 0x4c, 0x36, 0x02, 0xe7, 0xa0, 0xc4, 0xc8, 0x9e,
    0xea, 0xbf, 0x8a, 0xd2, 0x40, 0xc7, 0x38, 0xb5, 0xa3, 0xf7, 0xf2, 0xce, 0xf9, 0x61, 0x15, 0xa1,
    0xe0, 0xae, 0x5d, 0xa4, 0x9b, 0x34, 0x1a, 0x55, 0xad, 0x93, 0x32, 0x30, 0xf5, 0x8c, 0xb1, 0xe3,
    0x1d, 0xf6, 0xe2, 0x2e, 0x82, 0x66, 0xca, 0x60, 0xc0, 0x29, 0x23, 0xab, 0x0d, 0x53, 0x4e, 0x6f,
    0xd5, 0xdb, 0x37, 0x45, 0xde, 0xfd, 0x8e, 0x2f, 0x03, 0xff, 0x6a, 0x72, 0x6d, 0x6c, 0x5b, 0x51,
    0x8d, 0x1b, 0xaf, 0x92, 0xbb, 0xdd, 0xbc, 0x7f, 0x11, 0xd9, 0x5c, 0x41, 0x1f, 0x10, 0x5a, 0xd8,
    0x0a, 0xc1, 0x31, 0x88, 0xa5, 0xcd, 0x7b, 0xbd, 0x2d, 0x74, 0xd0, 0x12, 0xb8, 0xe5, 0xb4, 0xb0,
    0x89, 0x69, 0x97, 0x4a, 0x0c, 0x96, 0x77, 0x7e, 0x65, 0xb9, 0xf1, 0x09, 0xc5, 0x6e, 0xc6, 0x84,
    0x18, 0xf0, 0x7d, 0xec, 0x3a, 0xdc, 0x4d, 0x20, 0x79, 0xee, 0x5f, 0x3e, 0xd7, 0xcb, 0x39, 0x48,
};

static uint32_t sm4_substitute(uint32_t v)
{
    return sm4_sbox[v & 0xff] | sm4_sbox[v >> 8 & 0xff] << 8 | sm4_sbox[v >> 16 & 0xff] << 16
         | (uint32_t)sm4_sbox[v >> 24] << 24;
}

/* Four rounds on @state with the round keys (or key constants) @key. */
static ALWAYS_INLINE Vec sm4_rounds(Vec state, const Vec *key, bool expand)
{
    for (unsigned i = 0; i < 4; i++) {
        uint32_t t = sm4_substitute(state.s[3] ^ state.s[2] ^ state.s[1] ^ key->s[i]);
        t ^= expand ? rol32(t, 13) ^ rol32(t, 23)
                    : rol32(t, 2) ^ rol32(t, 10) ^ rol32(t, 18) ^ rol32(t, 24);
        state = (Vec){ .s = { state.s[1], state.s[2], state.s[3], state.s[0] ^ t } };
    }
    return state;
}

VEC_INT_HELPER(sm4e)
{
    Vec key = vec_read(env, vd_get(desc, VD_RN, 5));

    vec_write(env, desc, sm4_rounds(vec_read(env, vd_get(desc, VD_RD, 5)), &key, false));
}

VEC_INT_HELPER(sm4ekey)
{
    Vec constants = vec_read(env, vd_get(desc, VD_RM, 5));

    vec_write(env, desc, sm4_rounds(vec_read(env, vd_get(desc, VD_RN, 5)), &constants, true));
}
