/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads and stores: sizes, signs, every addressing form, pairs, unaligned and over a page's end,
 * literals, unprivileged forms, DC ZVA, acquire and release. Memory is compared after each store.
 *
 * run: -cpu neoverse-n1
 */
#include "rt.h"

.macro fill                         /* buffer: bytes 0x80, 0x81, ... 0xff, twice */
    MOVQ    x9, buffer - 64
    mov     x10, #0
1:  add     x11, x10, #0x80
    strb    w11, [x9, x10]
    add     x10, x10, #1
    cmp     x10, #256
    b.lo    1b
    MOVQ    x1, buffer              /* holds 0xc0, 0xc1, ... */
.endm
.macro load want, line, insn:vararg
    mov     x0, #-1
    \insn
    rt_expect x0, \want, \line
.endm
.macro store addr, want, line, insn:vararg
    \insn
    MOVQ    x27, \addr
    ldr     x27, [x27]
    mov     w26, #\line
    MOVQ    x28, \want
    bl      rt_check
.endm
#define LOAD(want, ...)        load want, __LINE__, __VA_ARGS__
#define STORE(addr, want, ...) store addr, want, __LINE__, __VA_ARGS__

    .text
    .global main
main:
    TEST("sizes and signs")
    fill
    LOAD(0xc0, ldrb w0, [x1])
    LOAD(0xffffffc0, ldrsb w0, [x1])
    LOAD(0xffffffffffffffc0, ldrsb x0, [x1])
    LOAD(0xc1c0, ldrh w0, [x1])
    LOAD(0xffffc1c0, ldrsh w0, [x1])
    LOAD(0xffffffffffffc1c0, ldrsh x0, [x1])
    LOAD(0xc3c2c1c0, ldr w0, [x1])
    LOAD(0xffffffffc3c2c1c0, ldrsw x0, [x1])
    LOAD(0xc7c6c5c4c3c2c1c0, ldr x0, [x1])
    MOVQ    x2, 0x1122334455667788
    STORE(buffer, 0xc7c6c5c4c3c2c188, strb w2, [x1])
    STORE(buffer, 0xc7c6c5c4c3c27788, strh w2, [x1])
    STORE(buffer, 0xc7c6c5c455667788, str w2, [x1])
    STORE(buffer, 0x1122334455667788, str x2, [x1])
    STORE(buffer, 0, str xzr, [x1])

    TEST("addresses")
    fill
    LOAD(0xc8, ldrb w0, [x1, #8])
    LOAD(0xdfdedddcdbdad9d8, ldr x0, [x1, #24])
    LOAD(0xb8, ldurb w0, [x1, #-8])
    LOAD(0xc6c5c4c3c2c1c0bf, ldur x0, [x1, #-1])
    mov     x3, #8
    LOAD(0xc8, ldrb w0, [x1, x3])
    LOAD(0xd1d0, ldrh w0, [x1, x3, lsl #1])
    LOAD(0xe3e2e1e0, ldr w0, [x1, x3, lsl #2])
    mov     x3, #-8
    LOAD(0xbfbebdbcbbbab9b8, ldr x0, [x1, x3])
    LOAD(0x8786858483828180, ldr x0, [x1, x3, lsl #3])
    MOVQ    x3, 0x5555555500000008
    LOAD(0xc8, ldrb w0, [x1, w3, uxtw])
    LOAD(0xd1d0, ldrh w0, [x1, w3, uxtw #1])
    MOVQ    x3, 0x55555555fffffff8
    LOAD(0xb8, ldrb w0, [x1, w3, sxtw])
    LOAD(0xa3a2a1a0, ldr w0, [x1, w3, sxtw #2])
    LOAD(0xc0, ldrb w0, [x1], #5)
    EXPECT(x1, buffer + 5)
    LOAD(0xcccbcac9c8c7c6c5, ldr x0, [x1], #-5)
    EXPECT(x1, buffer)
    LOAD(0xc4, ldrb w0, [x1, #4]!)
    EXPECT(x1, buffer + 4)
    LOAD(0xffffffffffffbdbc, ldrsh x0, [x1, #-8]!)
    EXPECT(x1, buffer - 4)
    MOVQ    x1, buffer
    MOVQ    x2, 0x99
    STORE(buffer + 3, 0xcac9c8c7c6c5c499, strb w2, [x1, #3]!)
    EXPECT(x1, buffer + 3)
    STORE(buffer + 3, 0xcac9c8c700000099, str w2, [x1], #8)
    EXPECT(x1, buffer + 11)
    mov     x0, #0
    mov     x9, sp
    MOVQ    x1, buffer + 64
    mov     sp, x1
    str     x1, [sp, #-16]!
    ldr     x0, [sp], #16
    mov     x2, sp
    mov     sp, x9
    EXPECT(x0, buffer + 64)
    EXPECT(x2, buffer + 64)

    TEST("pairs")
    fill
    ldp     x2, x3, [x1]
    EXPECT(x2, 0xc7c6c5c4c3c2c1c0)
    EXPECT(x3, 0xcfcecdcccbcac9c8)
    ldp     w2, w3, [x1, #8]
    EXPECT(x2, 0xcbcac9c8)
    EXPECT(x3, 0xcfcecdcc)
    ldpsw   x2, x3, [x1, #-8]
    EXPECT(x2, 0xffffffffbbbab9b8)
    EXPECT(x3, 0xffffffffbfbebdbc)
    ldnp    x2, x3, [x1, #16]
    EXPECT(x3, 0xdfdedddcdbdad9d8)
    ldp     x2, x3, [x1], #16
    EXPECT(x1, buffer + 16)
    EXPECT(x3, 0xcfcecdcccbcac9c8)
    ldp     x2, x3, [x1, #-16]!
    EXPECT(x1, buffer)
    EXPECT(x2, 0xc7c6c5c4c3c2c1c0)
    ldp     x1, x3, [x1]            /* the base is a destination */
    EXPECT(x1, 0xc7c6c5c4c3c2c1c0)
    EXPECT(x3, 0xcfcecdcccbcac9c8)
    MOVQ    x1, buffer
    ldp     x3, x1, [x1]
    EXPECT(x1, 0xcfcecdcccbcac9c8)
    MOVQ    x1, buffer
    MOVQ    x2, 0x1111111122222222
    MOVQ    x3, 0x3333333344444444
    stp     x2, x3, [x1, #16]!
    EXPECT(x1, buffer + 16)
    EXPECT_MEM(buffer + 16, 0x1111111122222222)
    EXPECT_MEM(buffer + 24, 0x3333333344444444)
    stp     w3, w2, [x1], #-16
    EXPECT(x1, buffer)
    EXPECT_MEM(buffer + 16, 0x2222222244444444)
    stp     x1, x2, [x1, #32]
    EXPECT_MEM(buffer + 32, buffer)

    TEST("unaligned")
    fill
    LOAD(0xc8c7c6c5c4c3c2c1, ldur x0, [x1, #1])
    add     x4, x1, #3
    ldp     x2, x3, [x4]
    EXPECT(x2, 0xcac9c8c7c6c5c4c3)
    EXPECT(x3, 0xd2d1d0cfcecdcccb)
    MOVQ    x2, 0x1122334455667788
    stur    x2, [x1, #5]
    EXPECT_MEM(buffer, 0x667788c4c3c2c1c0)
    EXPECT_MEM(buffer + 8, 0xcfcecd1122334455)
    mov     x5, #0                  /* every offset in two lines, every size */
1:  add     x4, x1, x5
    str     x2, [x4]
    ldr     x0, [x4]
    EXPECT_REG(x0, x2)
    str     w2, [x4]
    ldr     w0, [x4]
    EXPECT(x0, 0x55667788)
    strh    w2, [x4]
    ldrh    w0, [x4]
    EXPECT(x0, 0x7788)
    add     x5, x5, #1
    cmp     x5, #64
    b.lo    1b

    TEST("over the end of a page")
    MOVQ    x1, page
    MOVQ    x2, 0x1122334455667788
    MOVQ    x3, 0x99aabbccddeeff00
    mov     x5, #-15
2:  add     x4, x1, x5
    str     x2, [x4]
    ldr     x0, [x4]
    EXPECT_REG(x0, x2)
    stp     x2, x3, [x4]
    ldp     x0, x6, [x4]
    EXPECT_REG(x0, x2)
    EXPECT_REG(x6, x3)
    str     w3, [x4]
    ldrsw   x0, [x4]
    EXPECT(x0, 0xffffffffddeeff00)
    strh    w3, [x4]
    ldrh    w0, [x4]
    EXPECT(x0, 0xff00)
    add     x5, x5, #1
    cmp     x5, #1
    b.lt    2b
    MOVQ    x0, 0x1111
    MOVQ    x4, page - 3
    str     x2, [x4]
    ldrb    w0, [x4, #2]
    EXPECT(x0, 0x66)
    ldrb    w0, [x4, #3]
    EXPECT(x0, 0x55)

    TEST("literals")
    ldr     w0, lit_w
    EXPECT(x0, 0x89abcdef)
    ldrsw   x0, lit_w
    EXPECT(x0, 0xffffffff89abcdef)
    ldr     x0, lit_x
    EXPECT(x0, 0x0123456789abcdef)

    TEST("unprivileged")
    fill
    MOVQ    x2, 0x5a5a
    ldtrb   w0, [x1]
    EXPECT(x0, 0xc0)
    ldtrsw  x0, [x1]
    EXPECT(x0, 0xffffffffc3c2c1c0)
    sttrh   w2, [x1, #2]
    EXPECT_MEM(buffer, 0xc7c6c5c45a5ac1c0)

    TEST("DC ZVA")
    fill
    mrs     x0, dczid_el0
    EXPECT(x0, 4)                   /* 64 bytes, allowed */
    add     x2, x1, #33
    dc      zva, x2
    mov     x3, #0
    ldp     x4, x5, [x1]
    orr     x3, x4, x5
    ldp     x4, x5, [x1, #48]
    orr     x3, x3, x4
    orr     x3, x3, x5
    EXPECT(x3, 0)
    EXPECT_MEM(buffer - 8, 0xbfbebdbcbbbab9b8)
    EXPECT_MEM(buffer + 64, 0x0706050403020100)

    TEST("acquire, release, exclusives")
    fill
    MOVQ    x2, 0x1122334455667788
    LOAD(0xc0, ldarb w0, [x1])
    LOAD(0xc1c0, ldarh w0, [x1])
    LOAD(0xc3c2c1c0, ldar w0, [x1])
    LOAD(0xc7c6c5c4c3c2c1c0, ldar x0, [x1])
    LOAD(0xc7c6c5c4c3c2c1c0, ldapr x0, [x1])
    STORE(buffer, 0xc7c6c5c4c3c2c188, stlrb w2, [x1])
    STORE(buffer, 0xc7c6c5c4c3c27788, stlrh w2, [x1])
    STORE(buffer, 0x1122334455667788, stlr x2, [x1])
    ldxr    x0, [x1]
    stxr    w3, xzr, [x1]
    EXPECT(x3, 0)
    EXPECT_MEM(buffer, 0)
    mov     w3, #7
    stxr    w3, x2, [x1]            /* no monitor any more */
    EXPECT(x3, 1)
    EXPECT_MEM(buffer, 0)
    ldxr    x0, [x1]
    clrex
    stxr    w3, x2, [x1]
    EXPECT(x3, 1)
    ldxr    x0, [x1]
    add     x4, x1, #64
    stxr    w3, x2, [x4]            /* elsewhere */
    EXPECT(x3, 1)
    ldaxp   x4, x5, [x1]
    stlxp   w3, x2, x1, [x1]
    EXPECT(x3, 0)
    EXPECT_MEM(buffer, 0x1122334455667788)
    EXPECT_MEM(buffer + 8, buffer)
    ldxp    w4, w5, [x1]
    EXPECT(x4, 0x55667788)
    EXPECT(x5, 0x11223344)
    stxp    w3, w5, w4, [x1]
    EXPECT(x3, 0)
    EXPECT_MEM(buffer, 0x5566778811223344)

    TEST("SIMD registers")
    fill
    ldr     q0, [x1]
    fmov    x0, d0
    EXPECT(x0, 0xc7c6c5c4c3c2c1c0)
    mov     x0, v0.d[1]
    EXPECT(x0, 0xcfcecdcccbcac9c8)
    ldr     d1, [x1, #8]            /* clears the upper half */
    mov     v1.d[1], v1.d[0]
    ldr     s1, [x1]
    mov     x0, v1.d[1]
    EXPECT(x0, 0)
    fmov    x0, d1
    EXPECT(x0, 0xc3c2c1c0)
    ldr     b1, [x1, #3]
    fmov    x0, d1
    EXPECT(x0, 0xc3)
    ldr     h1, [x1, #2]
    fmov    x0, d1
    EXPECT(x0, 0xc3c2)
    ldp     q2, q3, [x1, #16]
    mov     x0, v3.d[1]
    EXPECT(x0, 0xefeeedecebeae9e8)
    add     x4, x1, #5
    str     q0, [x4]
    EXPECT_MEM(buffer + 8, 0xcac9c8c7c6c5c4c3)
    EXPECT_MEM(buffer, 0xc2c1c0c4c3c2c1c0)
    MOVQ    x4, page - 7
    str     q0, [x4]
    ldr     q4, [x4]
    mov     x0, v4.d[1]
    EXPECT(x0, 0xcfcecdcccbcac9c8)
    fill
    ld1     {v0.16b, v1.16b}, [x1], #32
    EXPECT(x1, buffer + 32)
    mov     x0, v1.d[0]
    EXPECT(x0, 0xd7d6d5d4d3d2d1d0)
    sub     x1, x1, #32
    ld2     {v0.8b, v1.8b}, [x1]
    fmov    x0, d0
    EXPECT(x0, 0xcecccac8c6c4c2c0)
    fmov    x0, d1
    EXPECT(x0, 0xcfcdcbc9c7c5c3c1)
    ld4     {v0.4h, v1.4h, v2.4h, v3.4h}, [x1]
    fmov    x0, d2
    EXPECT(x0, 0xdddcd5d4cdccc5c4)
    ld1r    {v0.4s}, [x1]
    mov     x0, v0.d[1]
    EXPECT(x0, 0xc3c2c1c0c3c2c1c0)
    ld1     {v0.b}[9], [x1]
    mov     x0, v0.d[1]
    EXPECT(x0, 0xc3c2c1c0c3c2c0c0)
    st3     {v1.8b, v2.8b, v3.8b}, [x1]
    EXPECT_MEM(buffer, 0xcccac7c5c3c6c4c2)
    DONE

    .balign 8
lit_w: .word 0x89abcdef
    .word   0
lit_x: .quad 0x0123456789abcdef

    .section .bss
    .balign 4096
    .space  4096
page:
    .space  1024
    .balign 64
    .space  64
buffer: .space 256
