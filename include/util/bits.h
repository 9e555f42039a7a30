/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bit and byte-order arithmetic. Pure functions; ranges are asserted. */
#ifndef UTIL_BITS_H
#define UTIL_BITS_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n) (UINT64_C(1) << (n))
/* Bits hi..lo set, as the manuals write <hi:lo>. */
#define MASK(hi, lo) ((~UINT64_C(0) >> (63 - (hi))) & (~UINT64_C(0) << (lo)))
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#define KiB (UINT64_C(1) << 10)
#define MiB (UINT64_C(1) << 20)
#define GiB (UINT64_C(1) << 30)

#ifndef MIN /* glib.h has the same two */
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#endif

static inline uint64_t extract64(uint64_t v, unsigned lo, unsigned len)
{
    assert(len > 0 && lo + len <= 64);
    return (v >> lo) & (~UINT64_C(0) >> (64 - len));
}

static inline int64_t sextract64(uint64_t v, unsigned lo, unsigned len)
{
    assert(len > 0 && lo + len <= 64);
    return (int64_t)(v << (64 - len - lo)) >> (64 - len);
}

static inline uint64_t deposit64(uint64_t v, unsigned lo, unsigned len, uint64_t field)
{
    assert(len > 0 && lo + len <= 64);
    uint64_t mask = (~UINT64_C(0) >> (64 - len)) << lo;
    return (v & ~mask) | ((field << lo) & mask);
}

static inline bool bit64(uint64_t v, unsigned n) { return v >> n & 1; }

static inline uint64_t align_down(uint64_t v, uint64_t to) { return v & ~(to - 1); }
static inline uint64_t align_up(uint64_t v, uint64_t to) { return (v + to - 1) & ~(to - 1); }
static inline bool is_pow2(uint64_t v) { return v && !(v & (v - 1)); }
static inline unsigned ctz64(uint64_t v) { return v ? __builtin_ctzll(v) : 64; }
static inline unsigned clz64(uint64_t v) { return v ? __builtin_clzll(v) : 64; }

/* Little-endian loads and stores at any alignment; the host is little-endian (x86-64). */
static inline uint16_t ldle16(const void *p) { uint16_t v; memcpy(&v, p, 2); return v; }
static inline uint32_t ldle32(const void *p) { uint32_t v; memcpy(&v, p, 4); return v; }
static inline uint64_t ldle64(const void *p) { uint64_t v; memcpy(&v, p, 8); return v; }
static inline void stle16(void *p, uint16_t v) { memcpy(p, &v, 2); }
static inline void stle32(void *p, uint32_t v) { memcpy(p, &v, 4); }
static inline void stle64(void *p, uint64_t v) { memcpy(p, &v, 8); }

#endif
