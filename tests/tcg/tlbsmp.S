/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLBI broadcast under load: CPU 0 unmaps a page, broadcasts, waits, maps another page there, again
 * and again. The page's number is its content. The others read it, and then run it, all the time:
 * after CPU 0's DSB nobody may see an earlier page.
 *
 * run: -smp 3
 */
#include "rt.h"

#define VA     0x80000000
#define PAGES  0x49000000               /* sixteen */
#define L2     0x48000000
#define L3     0x48001000
#define ROUNDS 3000
#define READ   (0x703 | (1 << 2) | (3 << 53))
#define RUN    (0x703 | (1 << 2) | (2 << 6) | (1 << 54))

    .text
    .global main
main:
    ZERO    L2, L2 + 0x2000
    PUT     L2, L3 + 3
    MOVQ    x1, rt_l1
    MOVQ    x2, L2 + 3
    str     x2, [x1, #16]
    dsb     ish
    CPU_START 1, reader
    EXPECT(x0, 0)
    CPU_START 2, reader
    EXPECT(x0, 0)

    TEST("data")
    adr     x11, form_data
    MOVQ    x12, READ
    bl      remap_all
    EXPECT_MEM(bad, 0)
    TEST("code")
    MOVQ    x1, mode
    mov     x0, #1
    stlr    x0, [x1]
    MOVQ    x1, switched            /* both readers now run the page */
2:  ldar    x0, [x1]
    cmp     x0, #2
    b.lo    2b
    adr     x11, form_code
    MOVQ    x12, RUN
    bl      remap_all
    EXPECT_MEM(bad, 0)
    MOVQ    x1, seen                /* and somebody does see something: the last page stays */
4:  ldar    x0, [x1]
    cmp     x0, #10
    b.ls    4b
    cset    x0, hi
    EXPECT(x0, 1)
    DONE

/* x11: function that makes page x1 of number x10; x12: attributes. */
remap_all:
    mov     x20, x30
    MOVQ    x13, started
    MOVQ    x14, finished
    MOVQ    x15, L3
    MOVQ    x16, VA >> 12
    mov     x9, #ROUNDS
3:  ldr     x10, [x13]
    add     x10, x10, #1
    stlr    x10, [x13]
    str     xzr, [x15]
    dsb     ishst
    tlbi    vaae1is, x16
    dsb     ish
    isb
    and     x1, x10, #15
    MOVQ    x0, PAGES
    add     x1, x0, x1, lsl #12
    blr     x11
    add     x1, x1, x12
    str     x1, [x15]
    dsb     ish
    isb
    stlr    x10, [x14]
    subs    x9, x9, #1
    b.ne    3b
    br      x20

form_data:
    str     x10, [x1]
    ret
form_code:
    mov     w0, #0xd2800000         /* MOVZ x0, #number; RET */
    bfi     w0, w10, #5, #16
    str     w0, [x1]
    mov     w0, #0x03c0
    movk    w0, #0xd65f, lsl #16
    str     w0, [x1, #4]
    dc      cvau, x1
    dsb     ish
    ic      ialluis
    dsb     ish
    isb
    ret

reader:
    MOVQ    x13, started
    MOVQ    x14, finished
    MOVQ    x15, VA
    MOVQ    x16, mode
    mov     x22, #0
    TRY
1:  ldar    x18, [x16]
    cbnz    x18, code_reader
    ldar    x1, [x14]
    mov     x0, #-1
    ldr     x0, [x15]               /* skipped when it faults */
    dmb     ish
    ldr     x2, [x13]
    bl      judge
    b       1b

code_reader:
    MOVQ    x1, switched
    mov     x2, #1
    stadd   x2, [x1]
    mov     w21, #0
2:  TRY_RESUME 3f
    ldar    x1, [x14]
    isb
    mov     x0, #-1
    blr     x15
3:  dmb     ish
    ldr     x2, [x13]
    cbz     x1, 2b
    bl      judge
    b       2b

/* x1 <= x0 <= x2, or the page was not there. */
judge:
    cmn     x0, #1
    b.eq    4f
    MOVQ    x3, seen
    mov     x4, #1
    stadd   x4, [x3]
    cmp     x0, x1
    ccmp    x0, x2, #2, hs
    b.ls    4f
    MOVQ    x3, bad
    str     x0, [x3]
4:  ret

    .section .data
    .balign 64
started:  .quad 0
    .balign 64
finished: .quad 0
    .balign 64
mode:     .quad 0
switched: .quad 0
seen:     .quad 0
bad:      .quad 0
