/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host CPU can do. */
#include <cpuid.h>
#include <string.h>

#include "tcg/x86_64/target.h"

enum { C1_SSSE3 = 1 << 9, C1_CX16 = 1 << 13, C1_SSE41 = 1 << 19, C1_SSE42 = 1 << 20,
       C1_POPCNT = 1 << 23, C1_OSXSAVE = 1 << 27, C1_AVX = 1 << 28, C1_PCLMUL = 1 << 1,
       C1_FMA = 1 << 12, C1_F16C = 1 << 29, C1_AES = 1 << 25, CX_LAHF = 1 << 0, CX_LZCNT = 1 << 5,
       B7_BMI1 = 1 << 3, B7_AVX2 = 1 << 5, B7_BMI2 = 1 << 8, B7_SHA = 1 << 29,
       C7_VBMI = 1 << 1, C7_GFNI = 1 << 8, C7_BITALG = 1 << 12, D7_FP16 = 1 << 23,
       XCR0_SSE_AVX = 6, XCR0_AVX512 = 0xe6 };
/* F, DQ, CD, BW, VL of leaf 7's EBX */
#define B7_AVX512 (1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31)

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
    return host_features_masked(~0u);
}

HostFeatures host_features_masked(unsigned mask)
{
    unsigned c1 = leaf(1).c, b7 = leaf(7).b, c7 = leaf(7).c, cx = leaf(0x80000001).c;
    unsigned os = c1 & C1_OSXSAVE ? xcr0() : 0;
    bool ymm = (os & XCR0_SSE_AVX) == XCR0_SSE_AVX, zmm = (os & XCR0_AVX512) == XCR0_AVX512;
    bool avx = ymm && (c1 & C1_AVX) && (mask & 1 << 4);
    bool avx2 = avx && (b7 & B7_AVX2) && (mask & 1 << 5);
    bool avx512 = avx2 && zmm && (b7 & B7_AVX512) == B7_AVX512 && (mask & 1 << 6);

    return (HostFeatures){
        .bmi1 = (b7 & B7_BMI1) && (mask & 1 << 0),
        .bmi2 = ymm && (b7 & B7_BMI2) && (mask & 1 << 1),
        .lzcnt = (cx & CX_LZCNT) && (mask & 1 << 2),
        .popcnt = (c1 & C1_POPCNT) && (mask & 1 << 3),
        .avx = avx,
        .avx2 = avx2,
        .avx512 = avx512,
        .vbmi = avx512 && (c7 & C7_VBMI) && (mask & 1 << 7),
        .bitalg = avx512 && (c7 & C7_BITALG) && (mask & 1 << 8),
        .gfni = (c7 & C7_GFNI) && (mask & 1 << 9),
        .aes = (c1 & C1_AES) && (mask & 1 << 10),
        .pclmul = (c1 & C1_PCLMUL) && (mask & 1 << 11),
        .sha = (b7 & B7_SHA) && (mask & 1 << 12),
        .f16c = avx2 && (c1 & C1_F16C) && (mask & 1 << 13),
        .fp16 = avx512 && (leaf(7).d & D7_FP16) && (mask & 1 << 14),
        .fma = avx && (c1 & C1_FMA) && (mask & 1 << 16),
        .fp = mask & 1 << 17,
    };
}

static bool is_vendor(const Cpuid *l, const char *name)
{
    return !memcmp(&l->b, name, 4) && !memcmp(&l->d, name + 4, 4) && !memcmp(&l->c, name + 8, 4);
}

/*
 * Aligned vectors of 16 bytes: both vendors promise it of processors with AVX (emit_mem.c has
 * more). Up to 8 bytes anywhere in 16 aligned ones: Intel promises it anywhere in a cache line (SDM
 * volume 3, 9.1.1); AMD promises aligned quadwords, and leaves more to each model's optimization
 * guide (APM volume 2, 7.3.2): from family 17h on what lies in 16 aligned bytes is one access to
 * the cache. The rest promise nothing.
 */
bool host_is_atomic16(void)
{
    Cpuid v = leaf(0), l = leaf(1);
    unsigned family = l.a >> 8 & 15;

    if (family == 15) {
        family += l.a >> 20 & 0xff;
    }
    if (!(l.c & C1_AVX)) {
        return false;
    }
    return is_vendor(&v, "GenuineIntel")
        || ((is_vendor(&v, "AuthenticAMD") || is_vendor(&v, "HygonGenuine")) && family >= 0x17);
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
