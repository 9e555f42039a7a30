/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 1 walks with one granule (-DGRANULE=4, 16 or 64: KiB), in the TTBR1 half: 39 bits, tables
 * in RAM at TABLES. Pages, blocks, contiguous entries, every fault level, the access flag, AT.
 */
#include "rt.h"

#define VA_BASE   0xffffff8000000000
#define TABLES    0x48000000
#define TABLE(n)  (TABLES + (n) * 0x10000)
#define DATA      0x49000000                    /* two pages of data, then blocks */

#if GRANULE == 4
#define PAGE_LOG2 12
#define TG1       (2 << 30)
#define CONTIGUOUS 16
#elif GRANULE == 16
#define PAGE_LOG2 14
#define TG1       (1 << 30)
#define CONTIGUOUS 128
#else
#define PAGE_LOG2 16
#define TG1       (3 << 30)
#define CONTIGUOUS 32
#endif
#define PAGE      (1 << PAGE_LOG2)
#define BITS      (PAGE_LOG2 - 3)               /* index bits of a level */
#define L2_LOG2   (PAGE_LOG2 + BITS)
#define L1_LOG2   (L2_LOG2 + BITS)
#define BLOCK     (1 << L2_LOG2)
#define L3_PAGE   (0x703 | (1 << 2))            /* AF, inner shareable, Normal, EL1 RW */
#define L2_BLOCK  (0x701 | (1 << 2))
#define BIG       0x40000000                    /* blocks map RAM from here */

/* Table @t's entry @i = @v; TABLE(0) is the root. */
.macro desc t, i, v
    PUT     TABLE(\t) + (\i) * 8, \v
.endm
.macro reads offset, want, line
    MOVQ    x1, VA_BASE + (\offset)
    ldr     x0, [x1]
    rt_expect x0, \want, \line
.endm
.macro faults offset, esr, line
    MOVQ    x1, VA_BASE + (\offset)
1:  ldr     x0, [x1]
    rt_expect_pc PC_ESR, \esr, \line
    rt_expect_pc PC_FAR, VA_BASE + (\offset), \line
.endm
#define READS(offset, want) reads offset, want, __LINE__
#define FAULTS(offset, esr) faults offset, esr, __LINE__

    .text
    .global main
main:
    /* Tables: root -> (L2 ->) L3 = TABLE(3); the root is L1, or L2 with 64 KiB pages. */
    ZERO    TABLES, TABLES + 0x80000
#if GRANULE == 64
#define L2_TABLE 0
#else
#define L2_TABLE 1
    desc    0, 0, TABLE(1) + 3
#endif
    desc    L2_TABLE, 0, TABLE(3) + 3
    PUT     DATA, 0x1111111111111111
    PUT     DATA + PAGE - 8, 0x2222222222222222
    PUT     DATA + PAGE, 0x3333333333333333
    MOVQ    x0, TABLES
    msr     ttbr1_el1, x0
    mrs     x0, tcr_el1
    bic     x0, x0, #1 << 23        /* EPD1 */
    bic     x0, x0, #3 << 30
    MOVQ    x1, TG1
    orr     x0, x0, x1
    msr     tcr_el1, x0
    isb
    FLUSH_TLB
    TRY

    TEST("pages")
    desc    3, 0, DATA + L3_PAGE
    desc    3, 2, DATA + PAGE + L3_PAGE
    FLUSH_TLB
    READS(0, 0x1111111111111111)
    READS(PAGE - 8, 0x2222222222222222)
    READS(2 * PAGE, 0x3333333333333333)
    FAULTS(PAGE, 0x96000007)
    FAULTS(3 * PAGE + 8, 0x96000007)
    PUT     VA_BASE + 0x40, 0x4444444444444444
    MOVQ    x1, DATA + 0x40
    ldr     x0, [x1]
    EXPECT(x0, 0x4444444444444444)

    TEST("an access over the end of a page")
    MOVQ    x1, VA_BASE + PAGE - 4
1:  ldr     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000007)
    EXPECT_FAR(VA_BASE + PAGE)
1:  str     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000047)
    EXPECT_FAR(VA_BASE + PAGE)
    READS(PAGE - 8, 0x2222222222222222)
    desc    3, 1, DATA + PAGE + L3_PAGE
    FLUSH_TLB
    MOVQ    x1, VA_BASE + PAGE - 4
    ldr     x0, [x1]
    EXPECT(x0, 0x3333333322222222)
    desc    3, 1, 0x49800000 + L3_PAGE      /* pages that are not neighbours in memory */
    FLUSH_TLB
    PUT     VA_BASE + PAGE - 4, 0x8877665544332211
    ldr     x0, [x1]
    EXPECT(x0, 0x8877665544332211)
    MOVQ    x1, DATA + PAGE - 4
    ldr     w0, [x1]
    EXPECT(x0, 0x44332211)
    MOVQ    x1, 0x49800000
    ldr     w0, [x1]
    EXPECT(x0, 0x88776655)
    mov     w0, #0x22222222
    MOVQ    x1, DATA + PAGE - 4
    str     w0, [x1]

    TEST("levels that end a walk")
    desc    3, 4, DATA + (L3_PAGE & ~2)     /* reserved at level 3 */
    desc    3, 5, DATA + (L3_PAGE & ~0x400) /* no access flag */
    desc    L2_TABLE, 2, BIG + (L2_BLOCK & ~0x400)
    FLUSH_TLB
    FAULTS(4 * PAGE, 0x96000007)
    FAULTS(5 * PAGE, 0x9600000b)
    FAULTS(BLOCK, 0x96000006)
    FAULTS(2 * BLOCK, 0x9600000a)
#if GRANULE != 64
    FAULTS(1 << L1_LOG2, 0x96000005)
#endif
    MOVQ    x1, VA_BASE - 8                 /* beyond T1SZ: the level a walk would start at */
1:  ldr     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000004)

    TEST("output address size")             /* IPS: 40 bits */
    desc    3, 6, DATA + L3_PAGE + (1 << 44)
    desc    L2_TABLE, 4, BIG + L2_BLOCK + (1 << 44)
    FLUSH_TLB
    FAULTS(6 * PAGE, 0x96000003)
    FAULTS(4 * BLOCK, 0x96000002)

    TEST("blocks")
    desc    L2_TABLE, 3, BIG + L2_BLOCK
    FLUSH_TLB
    PUT     BIG + 0x8000, 0x5555
    PUT     BIG + BLOCK - 8, 0x6666
    READS(3 * BLOCK + 0x8000, 0x5555)
    READS(4 * BLOCK - 8, 0x6666)
#if GRANULE == 4
    desc    0, 3, 0x40000000 + L2_BLOCK     /* 1 GiB */
    FLUSH_TLB
    READS(0xc0008000, 0x5555)
    READS(0xc0000000 + (DATA - 0x40000000), 0x1111111111111111)
#endif
#if GRANULE == 16
    desc    0, 3, 0x40000000 + L2_BLOCK     /* there are none at level 1 */
    FLUSH_TLB
    FAULTS(3 << L1_LOG2, 0x96000005)
#endif

    TEST("contiguous entries")
    .set    i, 0
    .rept   CONTIGUOUS
    desc    3, 128 + i, 0x4a000000 + i * PAGE + L3_PAGE + (1 << 52)
    .set    i, i + 1
    .endr
    FLUSH_TLB
    PUT     0x4a000000 + 5 * PAGE, 0x7777
    PUT     0x4a000000 + (i - 1) * PAGE + 8, 0x8888
    READS((128 + 5) * PAGE, 0x7777)
    READS((128 + i - 1) * PAGE + 8, 0x8888)

    TEST("AT and PAR_EL1")
    MOVQ    x1, VA_BASE + 0x123
    at      s1e1r, x1
    isb
    mrs     x0, par_el1
    and     x0, x0, #0xfffffffff000
    EXPECT(x0, DATA)
    mrs     x0, par_el1
    lsr     x0, x0, #56
    EXPECT(x0, 0xff)
    at      s1e0r, x1
    isb
    mrs     x0, par_el1
    and     x0, x0, #0x7f
    EXPECT(x0, 0x1f)                        /* F, permission fault at level 3 */
    MOVQ    x1, VA_BASE + BLOCK
    at      s1e1w, x1
    isb
    mrs     x0, par_el1
    and     x0, x0, #0x7f
    EXPECT(x0, 0x0d)                        /* F, translation fault at level 2 */

    TEST("the other half stays")
    mrs     x0, sctlr_el1
    tst     x0, #1
    cset    x0, ne
    EXPECT(x0, 1)
    MOVQ    x1, DATA
    ldr     x0, [x1]
    EXPECT(x0, 0x1111111111111111)

    TEST("EPD1")
    mrs     x9, tcr_el1
    orr     x0, x9, #1 << 23
    msr     tcr_el1, x0
    isb
    FLUSH_TLB
    FAULTS(0, 0x96000004)
    msr     tcr_el1, x9
    isb
    FLUSH_TLB
    READS(0, 0x1111111111111111)
    DONE
