/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Halves by the host's doubles. Sums and products of two are exact there; a quotient or root is
 * rounded to 53 bits, more than twice 11 and 2, so that rounding it again gives what one rounding
 * would, and it has 11 bits only if it is exact.
 */
#ifndef FPU_FAST_HALF_H
#define FPU_FAST_HALF_H

#include <string.h>

#include "fpu/fpu_internal.h"

static inline bool is_zero16(uint64_t v) { return (v & 0x7fff) == 0; }
static inline bool is_easy16(uint64_t v) { return ((v >> 10 & 0x1f) - 1) < 0x1e || is_zero16(v); }

/* @v is a normal number or zero. */
static inline double half_value(uint64_t v)
{
    uint64_t mag = is_zero16(v) ? 0 : ((v & 0x7fff) << 42) + (UINT64_C(1008) << 52);
    uint64_t bits = (v & 0x8000) << 48 | mag;
    double x;

    memcpy(&x, &bits, 8);
    return x;
}

/* @x to the nearest half; false unless it is normal and its exponent not the smallest. */
static inline bool half_of(double x, uint64_t *res, uint32_t *flags)
{
    uint64_t bits, lost_mask = (UINT64_C(1) << 42) - 1, half = UINT64_C(1) << 41;

    memcpy(&bits, &x, 8);
    uint64_t mag = ((bits & ~(UINT64_C(1) << 63)) >> 42) - (UINT64_C(1008) << 10);
    uint64_t lost = bits & lost_mask;
    if (mag - 0x800 >= 0x7c00 - 0x800) {
        return false;
    }
    mag += lost > half || (lost == half && mag & 1);
    if (mag >= 0x7c00) {
        return false;
    }
    *flags |= lost ? FPU_IXC : 0;
    *res = bits >> 63 << 15 | mag;
    return true;
}

/* @c + @a * @b, unless the sum is not exact. */
static inline bool fma_halves(uint64_t c, uint64_t a, uint64_t b, uint64_t *res, uint32_t *flags)
{
    if (!is_easy16(a) || !is_easy16(b) || !is_easy16(c)) {
        return false;
    }
    double p = half_value(a) * half_value(b), z = half_value(c), s = p + z, t = s - p;
    return (p - (s - t)) + (z - t) == 0 && half_of(s, res, flags);
}

#endif
