/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FEAT_LPA2 and FEAT_HAFDBS as a program sees them: 52-bit addresses in the TTBR1 half with 4 KiB
 * pages (a walk from level -1), faults of that level, and tables that the hardware writes to.
 */
#include "rt.h"

#define VA      0xfff0000000000000
#define TABLES  0x48000000
#define TABLE(n) (TABLES + (n) * 0x1000)
#define DATA    0x49000000
#define PAGE    0x407                   /* AF, Normal; with DS bits 9:8 are an address */
#define CLEAN   ((1 << 51) | 0x80)      /* DBM, read-only */

.macro desc t, i, v
    PUT     TABLE(\t) + (\i) * 8, \v
.endm
.macro leaf_is want, line
    MOVQ    x1, TABLE(4)
    ldr     x0, [x1]
    rt_expect x0, \want, \line
.endm
#define LEAF_IS(want) leaf_is want, __LINE__

    .text
    .global main
main:
    TEST("identification")
    mrs     x0, id_aa64mmfr0_el1
    and     x1, x0, #15
    EXPECT(x1, 6)                       /* PARange */
    ubfx    x1, x0, #28, #4
    EXPECT(x1, 1)                       /* TGran4 */
    ubfx    x1, x0, #20, #4
    EXPECT(x1, 2)                       /* TGran16 */
    mrs     x0, id_aa64mmfr1_el1
    and     x1, x0, #15
    EXPECT(x1, 2)                       /* HAFDBS */

    ZERO    TABLES, TABLES + 0x5000
    desc    0, 0, TABLE(1) + 3
    desc    1, 0, TABLE(2) + 3
    desc    2, 0, TABLE(3) + 3
    desc    3, 0, TABLE(4) + 3
    desc    4, 0, DATA + PAGE
    PUT     DATA, 0x1122334455667788
    MOVQ    x0, TABLES
    msr     ttbr1_el1, x0
    /* The TTBR0 half has the runtime's tables: 4 KiB too, whose SH bits DS would read as PA. */
    mrs     x20, tcr_el1
    bic     x0, x20, #1 << 23           /* EPD1 */
    bic     x0, x0, #3 << 30
    bic     x0, x0, #63 << 16
    bic     x0, x0, #7 << 32
    MOVQ    x1, (2 << 30) | (12 << 16) | (6 << 32) | (1 << 59)
    orr     x21, x0, x1
    bl      plain_tables                /* SH := 0 in the runtime's tables, and wide TCR */
    TRY

    TEST("52 bits")
    MOVQ    x1, VA
    ldr     x0, [x1]
    EXPECT(x0, 0x1122334455667788)
    MOVQ    x1, VA + (1 << 48)
1:  ldr     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x9600002b)    /* level -1 */
    EXPECT_FAR(VA + (1 << 48))
    desc    0, 1, (1 << 44) + 3         /* a table where there is no memory */
    MOVQ    x1, VA + (1 << 48)
1:  ldr     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000014)
    MOVQ    x1, 0xffe0000000000000
1:  ldr     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000004)
    MOVQ    x1, VA
    at      s1e1r, x1
    isb
    mrs     x0, par_el1
    and     x0, x0, #0xfffffffff000
    EXPECT(x0, DATA)

    TEST("access flag")
    mov     x0, #1
    lsl     x0, x0, #39                 /* HA */
    orr     x21, x21, x0
    msr     tcr_el1, x21
    isb
    desc    4, 0, (DATA + 0x007)
    FLUSH_TLB
    MOVQ    x1, VA
    at      s1e1w, x1
    LEAF_IS(DATA + 0x007)
    MOVQ    x1, VA
    ldr     x0, [x1]
    EXPECT(x0, 0x1122334455667788)
    LEAF_IS(DATA + 0x407)

    TEST("dirty state")
    desc    4, 0, (DATA + PAGE + CLEAN)
    FLUSH_TLB
    MOVQ    x1, VA
1:  str     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x9600004f)    /* HD is 0 */
    lsl     x0, x0, #0
    mov     x0, #1
    lsl     x0, x0, #40
    orr     x21, x21, x0
    msr     tcr_el1, x21
    isb
    TRY
    MOVQ    x1, VA
    ldr     x0, [x1]
    LEAF_IS(DATA + PAGE + CLEAN)
    MOVQ    x1, VA
    str     x0, [x1, #8]
    LEAF_IS(DATA + PAGE + (1 << 51))
    desc    4, 0, (DATA + PAGE + CLEAN)
    FLUSH_TLB
    MOVQ    x1, VA
    ldr     x0, [x1]
    ldaddal x0, x2, [x1]
    LEAF_IS(DATA + PAGE + (1 << 51))
    desc    4, 0, (DATA + PAGE + CLEAN)
    FLUSH_TLB
    MOVQ    x1, VA
1:  ldxr    x0, [x1]
    stxr    w2, x0, [x1]
    cbnz    w2, 1b
    LEAF_IS(DATA + PAGE + (1 << 51))
    desc    4, 0, (DATA + PAGE + CLEAN)
    FLUSH_TLB
    MOVQ    x1, VA
    dc      zva, x1
    LEAF_IS(DATA + PAGE + (1 << 51))
    EXPECT_COUNT(0)
    msr     tcr_el1, x20
    isb
    DONE

/* The runtime's tables without shareability, and TCR_EL1 := x21 with the MMU off meanwhile. */
plain_tables:
    MOVQ    x0, rt_l1
    MOVQ    x1, rt_l3 + 4096
    mov     x3, #3 << 8
2:  ldr     x2, [x0]
    tst     x2, #1
    b.eq    3f
    bic     x2, x2, x3
    str     x2, [x0]
3:  add     x0, x0, #8
    cmp     x0, x1
    b.lo    2b
    mrs     x4, sctlr_el1
    bic     x5, x4, #1
    msr     sctlr_el1, x5
    isb
    msr     tcr_el1, x21
    tlbi    vmalle1
    dsb     nsh
    isb
    msr     sctlr_el1, x4
    isb
    ret
