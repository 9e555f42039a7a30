/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reference arithmetic: what ops.def's semantics column calls, and the same for flags.  Operands
 * of @w bits (32 or 64) are zero-extended; results are valid in their low @w bits.  Pure.
 */
#ifndef TCG_INTERNAL_IR_EVAL_H
#define TCG_INTERNAL_IR_EVAL_H

#include "tcg/ir.h"

/* Value of SCALAR op @op on operands of @type (I32 or I64), zero-extended. */
uint64_t ir_eval_scalar(IrOp op, IrType type, uint64_t a, uint64_t b, unsigned aux, unsigned aux2);

static inline unsigned ev_width(IrType t) { return t == IR_I32 ? 32 : 64; }
static inline uint64_t ev_mask(unsigned w) { return ~UINT64_C(0) >> (64 - w); }
static inline uint64_t ev_trunc(IrType t, uint64_t v) { return t == IR_I32 ? (uint32_t)v : v; }
static inline int64_t ev_signed(uint64_t v, unsigned w)
{
    return (int64_t)(v << (64 - w)) >> (64 - w);
}

static inline uint64_t ev_mulhu(uint64_t a, uint64_t b, unsigned w)
{
    return (uint64_t)((unsigned __int128)a * b >> w);
}

static inline uint64_t ev_mulhs(uint64_t a, uint64_t b, unsigned w)
{
    return (uint64_t)((__int128)ev_signed(a, w) * ev_signed(b, w) >> w);
}

static inline uint64_t ev_sdiv(uint64_t a, uint64_t b, unsigned w)
{
    int64_t x = ev_signed(a, w), y = ev_signed(b, w);

    return y == 0 ? 0 : y == -1 ? 0 - a : (uint64_t)(x / y);
}

static inline uint64_t ev_rotr(uint64_t a, uint64_t n, unsigned w)
{
    n &= w - 1;
    return n ? a >> n | a << (w - n) : a;
}

static inline uint64_t ev_clz(uint64_t a, unsigned w)
{
    return a ? (unsigned)__builtin_clzll(a) - (64 - w) : w;
}

static inline uint64_t ev_cls(uint64_t a, unsigned w)
{
    uint64_t changes = (a ^ (uint64_t)(ev_signed(a, w) >> 1)) & ev_mask(w) >> 1;

    return ev_clz(changes, w) - 1;
}

static inline uint64_t ev_ctz(uint64_t a, unsigned w)
{
    return a ? (unsigned)__builtin_ctzll(a) : w;
}

static inline uint64_t ev_bswap16(uint64_t a)
{
    return (a >> 8 & UINT64_C(0x00ff00ff00ff00ff)) | (a & UINT64_C(0x00ff00ff00ff00ff)) << 8;
}

static inline uint64_t ev_bswap(uint64_t a, unsigned w)
{
    return __builtin_bswap64(a) >> (64 - w);
}

static inline uint64_t ev_bswap32(uint64_t a, unsigned w)
{
    return w == 32 ? ev_bswap(a, 32) : ev_rotr(ev_bswap(a, 64), 32, 64);
}

static inline uint64_t ev_rbit(uint64_t a, unsigned w)
{
    a = (a >> 1 & UINT64_C(0x5555555555555555)) | (a & UINT64_C(0x5555555555555555)) << 1;
    a = (a >> 2 & UINT64_C(0x3333333333333333)) | (a & UINT64_C(0x3333333333333333)) << 2;
    a = (a >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f)) | (a & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4;
    return ev_bswap(a, w);
}

static inline uint64_t ev_extract(uint64_t a, unsigned lo, unsigned len)
{
    return a >> lo & ev_mask(len);
}

static inline uint64_t ev_sextract(uint64_t a, unsigned lo, unsigned len)
{
    return (uint64_t)ev_signed(a >> lo, len);
}

static inline uint64_t ev_deposit(uint64_t a, uint64_t b, unsigned lo, unsigned len)
{
    uint64_t mask = ev_mask(len) << lo;

    return (a & ~mask) | (b << lo & mask);
}

static inline uint64_t ev_extr(uint64_t hi, uint64_t lo, unsigned shift, unsigned w)
{
    return shift ? lo >> shift | hi << (w - shift) : lo;
}

static inline bool ev_compare(unsigned cmp, uint64_t a, uint64_t b, unsigned w)
{
    int64_t sa = ev_signed(a, w), sb = ev_signed(b, w);

    switch ((IrCmp)cmp) {
    case IR_EQ:    return a == b;
    case IR_NE:    return a != b;
    case IR_LTS:   return sa < sb;
    case IR_GES:   return sa >= sb;
    case IR_LES:   return sa <= sb;
    case IR_GTS:   return sa > sb;
    case IR_LTU:   return a < b;
    case IR_GEU:   return a >= b;
    case IR_LEU:   return a <= b;
    case IR_GTU:   return a > b;
    case IR_TSTNE: return (a & b) != 0;
    case IR_TSTEQ: return (a & b) == 0;
    }
    return false;
}

/* -- Flags: values of type FLAGS are in ENV_FLAGS form (ir.h), undefined bits 0 -- */

#define EV_FLAGS_MASK 0xc101u

static inline unsigned ev_carry(uint32_t flags) { return ~flags >> 8 & 1; }

/* Flags of a + b + carry. */
static inline uint32_t ev_adcf(uint64_t a, uint64_t b, unsigned carry, unsigned w)
{
    unsigned __int128 sum = (unsigned __int128)a + b + carry;
    uint64_t r = (uint64_t)sum & ev_mask(w);
    uint32_t n = r >> (w - 1) & 1, z = r == 0, c = sum >> w & 1;
    uint32_t v = ((a ^ r) & (b ^ r)) >> (w - 1) & 1;

    return n << 15 | z << 14 | (c ^ 1) << 8 | v;
}

static inline uint32_t ev_sbcf(uint64_t a, uint64_t b, unsigned carry, unsigned w)
{
    return ev_adcf(a, ~b & ev_mask(w), carry, w);
}

static inline uint32_t ev_andf(uint64_t a, uint64_t b, unsigned w)
{
    uint64_t r = a & b;

    return (uint32_t)(r >> (w - 1) & 1) << 15 | (uint32_t)(r == 0) << 14 | 1u << 8;
}

static inline bool ev_cond(unsigned cond, uint32_t flags)
{
    bool n = flags >> 15 & 1, z = flags >> 14 & 1, c = ev_carry(flags), v = flags & 1, r = false;

    switch (cond & ~1u) {
    case IR_COND_EQ: r = z; break;
    case IR_COND_CS: r = c; break;
    case IR_COND_MI: r = n; break;
    case IR_COND_VS: r = v; break;
    case IR_COND_HI: r = c && !z; break;
    case IR_COND_GE: r = n == v; break;
    case IR_COND_GT: r = !z && n == v; break;
    }
    return r ^ (cond & 1);
}

#endif
