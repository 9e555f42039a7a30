/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Branches: every kind taken and not, far and over pages, deep calls, returns that do
 * not match their calls, indirect branches that change their target, loops, code at a page's end.
 */
#include "rt.h"

    .text
    .global main
main:
    TEST("direct")
    mov     x0, #0
    b       1f
    mov     x0, #1
1:  EXPECT(x0, 0)
    bl      2f
3:  EXPECT(x0, 5)
    b       4f
2:  mov     x0, #5
    adr     x1, 3b
    br      x1
4:

    TEST("conditional: taken exactly when it must")
    mov     x10, #0
each:
    lsl     x9, x10, #28
    mov     x12, #0
    .irp    cc, eq, ne, hs, lo, mi, pl, vs, vc, hi, ls, ge, lt, gt, le
    msr     nzcv, x9
    b.\cc   5f
    lsl     x12, x12, #1
    b       6f
5:  lsl     x12, x12, #1
    orr     x12, x12, #1
6:  msr     nzcv, x9
    cset    x0, \cc
    eor     x11, x12, x0
    tbz     x11, #0, 7f
    EXPECT(x12, 0xbad)
7:
    .endr
    add     x10, x10, #1
    cmp     x10, #16
    b.lo    each

    TEST("compare and test")
    .macro  taken want, line, insn:vararg
    mov     x0, #1
    \insn   8f
    mov     x0, #0
8:  rt_expect x0, \want, \line
    .endm
#define TAKEN(want, ...) taken want, __LINE__, __VA_ARGS__
    MOVQ    x1, 0x8000000100000000
    TAKEN(0, cbz x1,)
    TAKEN(1, cbz w1,)
    TAKEN(1, cbnz x1,)
    TAKEN(0, cbnz w1,)
    TAKEN(1, cbz xzr,)
    TAKEN(1, tbnz x1, #63,)
    TAKEN(0, tbz x1, #63,)
    TAKEN(1, tbnz x1, #32,)
    TAKEN(0, tbnz w1, #31,)
    TAKEN(1, tbz x1, #62,)

    TEST("two hundred calls deep")
    mov     x0, #200
    mov     x1, #0
    bl      deep
    EXPECT(x1, 20100)

    TEST("returns to somewhere else")
    mov     x5, #0
    mov     x6, #200
1:  bl      stray
    b       9f                      /* never: stray returns behind it */
    add     x5, x5, #1
    subs    x6, x6, #1
    b.ne    1b
    EXPECT(x5, 200)
9:  EXPECT(x6, 0)

    TEST("an indirect branch with many targets")
    adr     x7, targets
    mov     x6, #0
    mov     x5, #0
2:  and     x4, x6, #7
    add     x4, x7, x4, lsl #3
    blr     x4
    add     x6, x6, #1
    cmp     x6, #4000
    b.lo    2b
    EXPECT(x5, 4000 / 8 * 28)

    TEST("BLR x30 and BR to the next instruction")
    adr     x30, 3f
    blr     x30
3:  mov     x2, x30
    adr     x1, 3b
    EXPECT_REG(x2, x1)
    mov     x0, #0
    adr     x1, 4f
    br      x1
4:  add     x0, x0, #1
    EXPECT(x0, 1)

    TEST("loops")
    mov     x0, #0
    MOVQ    x1, 300000
1:  add     x0, x0, x1
    sub     x1, x1, #1
    cbnz    x1, 1b
    EXPECT(x0, 300000 * 300001 / 2)
    mov     x0, #0
    mov     x1, #300
2:  mov     x2, #300
3:  add     x0, x0, #1
    subs    x2, x2, #1
    b.gt    3b
    subs    x1, x1, #1
    b.gt    2b
    EXPECT(x0, 90000)
    mov     x0, #0
    mov     x1, #1000
    b       far_a
far_back:
    EXPECT(x0, 3000)

    TEST("code over the end of a page")
    mov     x0, #0
    mov     x6, #100
1:  bl      page_end
    subs    x6, x6, #1
    b.ne    1b
    EXPECT(x0, 100 * 36)

    TEST("a long block")
    mov     x0, #0
    mov     x1, #1
    .rept   700
    add     x0, x0, x1
    .endr
    EXPECT(x0, 700)
    DONE

deep:
    cbz     x0, 1f
    stp     x0, x30, [sp, #-16]!
    sub     x0, x0, #1
    bl      deep
    ldp     x2, x30, [sp], #16
    add     x1, x1, x2
1:  ret

stray:
    add     x30, x30, #4
    ret

targets:
    .set    i, 0
    .rept   8
    add     x5, x5, #i
    ret
    .set    i, i + 1
    .endr

    .balign 4096
far_a:
    add     x0, x0, #1
    b       far_b
    .balign 4096
far_b:
    add     x0, x0, #2
    subs    x1, x1, #1
    b.ne    far_a
    b       far_back

    .balign 4096
    .space  4096 - 16
page_end:
    .set    i, 1
    .rept   8
    add     x0, x0, #i
    .set    i, i + 1
    .endr
    ret
