/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host CPU can do. */
#include <cpuid.h>

#include "tcg/x86_64/target.h"

enum { C1_SSSE3 = 1 << 9, C1_CX16 = 1 << 13, C1_SSE41 = 1 << 19, C1_SSE42 = 1 << 20,
       C1_POPCNT = 1 << 23, C1_OSXSAVE = 1 << 27, C1_AVX = 1 << 28,
       B7_BMI1 = 1 << 3, B7_BMI2 = 1 << 8, CX_LAHF = 1 << 0, CX_LZCNT = 1 << 5,
       XCR0_SSE_AVX = 6 };

typedef struct Cpuid { unsigned a, b, c, d; } Cpuid;

static Cpuid leaf(unsigned n)
{
    Cpuid r = { 0 };

    if (!__get_cpuid_count(n, 0, &r.a, &r.b, &r.c, &r.d)) {
        r = (Cpuid){ 0 };
    }
    return r;
}

static unsigned xcr0(void)
{
    unsigned lo, hi;

    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return lo;
}

HostFeatures host_features(void)
{
    unsigned c1 = leaf(1).c, b7 = leaf(7).b, cx = leaf(0x80000001).c;
    bool ymm = (c1 & C1_OSXSAVE) && (xcr0() & XCR0_SSE_AVX) == XCR0_SSE_AVX;

    return (HostFeatures){
        .bmi1 = b7 & B7_BMI1,
        .bmi2 = ymm && (b7 & B7_BMI2),
        .lzcnt = cx & CX_LZCNT,
        .popcnt = c1 & C1_POPCNT,
        .avx = ymm && (c1 & C1_AVX),
    };
}

bool host_supported(const char **missing)
{
    unsigned c1 = leaf(1).c, cx = leaf(0x80000001).c;
    const char *what = !(c1 & C1_SSSE3) ? "SSSE3" : !(c1 & C1_SSE41) ? "SSE4.1"
                     : !(c1 & C1_SSE42) ? "SSE4.2" : !(c1 & C1_CX16) ? "CMPXCHG16B"
                     : !(cx & CX_LAHF) ? "LAHF in 64-bit mode" : NULL;

    if (missing) {
        *missing = what;
    }
    return !what;
}
