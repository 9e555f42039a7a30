/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory copy and set (FEAT_MOPS, C6.1.3), by the algorithm of Option B: results, registers and
 * flags of each stage, overlapping copies, pages, faults in the middle, wrong order, EL0.
 */
#include "rt.h"
    .arch armv8.5-a
#define RAM  0x49000000

/* Instructions by encoding: Xd = x0, Xs = x1, Xn = x2; SET: Xs = x1 is the value, Xn = x2. */
#define CPYP  .inst 0x1d010440
#define CPYM  .inst 0x1d410440
#define CPYE  .inst 0x1d810440
#define CPYFP .inst 0x19010440
#define CPYFM .inst 0x19410440
#define CPYFE .inst 0x19810440
#define SETP  .inst 0x19c10440
#define SETM  .inst 0x19c14440
#define SETE  .inst 0x19c18440
/* ISS of EC 0x27 with these registers. */
#define BAD(set, epilogue, wrong) \
    (0x9e000000 | (set) << 24 | (epilogue) << 18 | (wrong) << 17 | 0 << 10 | 1 << 5 | 2)

    .text
    .global main
main:
    TEST("identification")
    mrs     x0, s3_0_c0_c6_2
    ubfx    x0, x0, #16, #4
    EXPECT(x0, 1)
    TRY

    TEST("a short copy, stage by stage")
    bl      fill
    MOVQ    x0, RAM + 0x50003
    MOVQ    x1, RAM + 0x11
    mov     x2, #37
    CPYFP
    EXPECT_NZCV(2)
    CPYFM
    EXPECT(x2, 0)
    EXPECT(x0, RAM + 0x50003 + 37)
    EXPECT(x1, RAM + 0x11 + 37)
    CPYFE
    EXPECT(x2, 0)
    MOVQ    x3, RAM + 0x50000
    ldr     x4, [x3]
    EXPECT(x4, 0x1514131211000000)
    ldrb    w4, [x3, #39]
    EXPECT(x4, 0x35)
    ldrb    w4, [x3, #40]
    EXPECT(x4, 0)

    TEST("backwards: the destination overlaps from above")
    bl      fill
    MOVQ    x0, RAM + 0x18
    MOVQ    x1, RAM + 0x10
    mov     x2, #100
    CPYP
    EXPECT_NZCV(0xa)
    EXPECT(x0, RAM + 0x18 + 100)
    EXPECT(x1, RAM + 0x10 + 100)
    CPYM
    CPYE
    EXPECT(x0, RAM + 0x18)
    EXPECT(x1, RAM + 0x10)
    EXPECT(x2, 0)
    MOVQ    x3, RAM
    ldr     x4, [x3, #0x18]
    EXPECT(x4, 0x1716151413121110)
    ldr     x4, [x3, #0x70]
    EXPECT(x4, 0x6f6e6d6c6b6a6968)
    ldr     x4, [x3, #0x7c]
    EXPECT(x4, 0x838281807f7e7d7c)

    TEST("forwards: the destination overlaps from below")
    bl      fill
    MOVQ    x0, RAM + 0x10
    MOVQ    x1, RAM + 0x18
    mov     x2, #100
    CPYP
    EXPECT_NZCV(2)
    CPYM
    CPYE
    MOVQ    x3, RAM
    ldr     x4, [x3, #0x10]
    EXPECT(x4, 0x1f1e1d1c1b1a1918)

    TEST("many pages, both ways")
    bl      fill
    MOVQ    x0, RAM + 0x40123
    MOVQ    x1, RAM + 0x7
    MOVQ    x2, 0x23456
    CPYP
    CPYM
    CPYE
    MOVQ    x0, RAM + 0x40123
    MOVQ    x1, RAM + 0x7
    MOVQ    x2, 0x23456
    bl      compare
    EXPECT(x3, 0)
    ldrb    w4, [x0]
    EXPECT(x4, 0)
    bl      fill
    MOVQ    x0, RAM + 0x1001
    MOVQ    x1, RAM
    MOVQ    x2, 0x23456
    CPYP
    CPYM
    CPYE
    MOVQ    x3, RAM + 0x1001
    ldr     x4, [x3]
    EXPECT(x4, 0x0706050403020100)
    MOVQ    x3, RAM + 0x2444f
    ldr     x4, [x3]
    EXPECT(x4, 0x5554535251504f4e)
    ldrb    w4, [x3, #8]
    EXPECT(x4, 0x57)

    TEST("size 0, and sizes that are cut")
    MOVQ    x0, 0x1000
    mov     x1, #0
    mov     x2, #0
    CPYP
    CPYM
    CPYE
    EXPECT_COUNT(0)
    EXPECT(x0, 0x1000)
    MOVQ    x0, RAM
    MOVQ    x1, RAM
    mov     x2, #-1
    CPYP
    EXPECT(x2, 0x007fffffffffffff)
    MOVQ    x0, RAM
    mov     x2, #-1
    SETP
    EXPECT(x2, 0x7fffffffffffffff)

    TEST("set")
    bl      fill
    MOVQ    x0, RAM + 0x1001
    mov     x1, #0x1a5
    MOVQ    x2, 0x3002
    SETP
    EXPECT_NZCV(2)
    SETM
    SETE
    EXPECT(x0, RAM + 0x4003)
    EXPECT(x2, 0)
    MOVQ    x3, RAM + 0x1000
    ldr     x4, [x3]
    EXPECT(x4, 0xa5a5a5a5a5a5a500)
    MOVQ    x3, RAM + 0x4000
    ldr     x4, [x3]
    EXPECT(x4, 0x0706050403a5a5a5)
    MOVQ    x0, RAM
    mov     x2, #8
    .inst   0x19df0440                  /* setp [x0]!, x2!, xzr */
    .inst   0x19df4440
    .inst   0x19df8440
    MOVQ    x3, RAM
    ldr     x4, [x3]
    EXPECT(x4, 0)

    TEST("a fault in the middle: what is done is done")
    bl      fill
    TRY
    MOVQ    x0, 0x7ffff000              /* the last page, then nothing */
    MOVQ    x1, RAM
    MOVQ    x2, 0x1800
    CPYFP
1:  CPYFM
    EXPECT_EXC(VEC_SYNC, 0x96000045)
    EXPECT_ELR(1b)
    EXPECT_FAR(0x80000000)
    EXPECT(x0, 0x80000000)
    EXPECT(x1, RAM + 0x1000)
    EXPECT(x2, 0x800)
    MOVQ    x0, RAM
    MOVQ    x1, 0x7fffff00
    MOVQ    x2, 0x200
    CPYP
1:  CPYM
    EXPECT_EXC(VEC_SYNC, 0x96000005)
    EXPECT_FAR(0x80000000)
    EXPECT(x2, 0x100)

    TEST("out of order")
    MOVQ    x0, RAM
    MOVQ    x1, RAM + 0x1000
    mov     x2, #64
    msr     nzcv, xzr
1:  CPYM                                /* no prologue: C is 0 */
    EXPECT_EXC(VEC_SYNC, BAD(0, 0, 1))
    EXPECT_ELR(1b)
    CPYP
1:  CPYE                                /* not everything has been copied */
    EXPECT_EXC(VEC_SYNC, BAD(0, 1, 0))
    SETP
1:  SETE
    EXPECT_EXC(VEC_SYNC, BAD(1, 1, 0))
    TRY
    .inst   0x1d000440                  /* Rs = Rd */
    EXPECT_EXC(VEC_SYNC, 0x02000000)
    .inst   0x1d01045f                  /* Rd = 31 */
    EXPECT_EXC(VEC_SYNC, 0x02000000)

    TEST("EL0, and as at EL0")
    TRY
    EL0_DO  SETP
    EXPECT_EXC(VEC_EL0, 0x02000000)
    mrs     x20, sctlr_el1
    mov     x0, #1
    lsl     x0, x0, #33                 /* MSCEn */
    orr     x0, x0, x20
    msr     sctlr_el1, x0
    isb
    TRY
    MOVQ    x0, RAM
    mov     x1, #0x11
    mov     x2, #8
    EL0_CALL el0_set
    MOVQ    x3, RAM
    ldr     x4, [x3]
    EXPECT(x4, 0x1111111111111111)
    EXPECT_COUNT(0)
    MOVQ    x0, mine                    /* EL1's alone */
    mov     x2, #8
    SETP
    .inst   0x19c15440                  /* setmt */
    EXPECT_EXC(VEC_SYNC, 0x9600004f)
    EXPECT_FAR(mine)
    SETM
    EXPECT_COUNT(1)
    msr     sctlr_el1, x20
    isb
    DONE

el0_set:
    SETP
    SETM
    SETE
    EL0_RETURN

/* 512 KiB from RAM: byte i is i & 0xff for the first 256 KiB, then zero. */
fill:
    MOVQ    x3, RAM
    MOVQ    x4, 0x0706050403020100
    MOVQ    x5, 0x0808080808080808
    mov     x6, #0
1:  mov     x7, x4
    mov     x8, #32
2:  str     x7, [x3], #8
    add     x7, x7, x5
    sub     x8, x8, #1
    cbnz    x8, 2b
    add     x6, x6, #1
    cmp     x6, #1024
    b.lo    1b
    MOVQ    x6, RAM + 0x80000
3:  stp     xzr, xzr, [x3], #16
    cmp     x3, x6
    b.lo    3b
    ret

/* x3 = bytes that differ of x2 at x0 and x1; x0 ends behind. */
compare:
    mov     x3, #0
1:  ldrb    w4, [x0], #1
    ldrb    w5, [x1], #1
    cmp     w4, w5
    cinc    x3, x3, ne
    subs    x2, x2, #1
    b.ne    1b
    ret

    .section .kdata, "aw"
    .balign 8
mine:
    .quad   0
