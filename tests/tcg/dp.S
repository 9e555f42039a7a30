/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data processing: each row states operands, result and, where the instruction sets them, NZCV.
 * The upper half of a 32-bit result is zero.
 */
#include "rt.h"

.macro op2 insn, r, a, b, want, line
    ldr     x1, =(\a)
    ldr     x2, =(\b)
    mov     x0, #-1
    \insn   \r\()0, \r\()1, \r\()2
    rt_expect x0, \want, \line
.endm
.macro op2f insn, r, a, b, nzcv, want, flags, line
    mov     x0, #((\nzcv) << 28)
    msr     nzcv, x0
    op2     \insn, \r, \a, \b, \want, \line
    rt_expect_nzcv \flags, \line
.endm
.macro op1 insn, r, a, want, line
    ldr     x1, =(\a)
    mov     x0, #-1
    \insn   \r\()0, \r\()1
    rt_expect x0, \want, \line
.endm
.macro op3 insn, d, s, acc, a, b, c, want, line
    ldr     x1, =(\a)
    ldr     x2, =(\b)
    ldr     x3, =(\c)
    mov     x0, #-1
    \insn   \d\()0, \s\()1, \s\()2, \acc\()3
    rt_expect x0, \want, \line
.endm
#define X2(insn, a, b, want)  op2 insn, x, a, b, want, __LINE__
#define W2(insn, a, b, want)  op2 insn, w, a, b, want, __LINE__
#define X2F(insn, a, b, nzcv, want, flags)  op2f insn, x, a, b, nzcv, want, flags, __LINE__
#define W2F(insn, a, b, nzcv, want, flags)  op2f insn, w, a, b, nzcv, want, flags, __LINE__
#define X1(insn, a, want)     op1 insn, x, a, want, __LINE__
#define W1(insn, a, want)     op1 insn, w, a, want, __LINE__
#define X3(insn, a, b, c, want) op3 insn, x, x, x, a, b, c, want, __LINE__
#define W3(insn, a, b, c, want) op3 insn, w, w, w, a, b, c, want, __LINE__
#define L3(insn, a, b, c, want) op3 insn, x, w, x, a, b, c, want, __LINE__
#define N 8
#define Z 4
#define C 2
#define V 1

    .text
    .global main
main:
    TEST("add and subtract")
    X2(add, 1, 2, 3)
    X2(add, 0xffffffffffffffff, 2, 1)
    W2(add, 0xffffffff, 2, 1)
    W2(sub, 1, 2, 0xffffffff)
    X2(sub, 1, 2, 0xffffffffffffffff)
    X2F(adds, 0x7fffffffffffffff, 1, 0, 0x8000000000000000, N | V)
    X2F(adds, 0xffffffffffffffff, 1, 0, 0, Z | C)
    X2F(adds, 0x8000000000000000, 0x8000000000000000, 0, 0, Z | C | V)
    W2F(adds, 0x7fffffff, 1, 0, 0x80000000, N | V)
    W2F(adds, 0xffffffff, 1, 0, 0, Z | C)
    W2F(adds, 0x1ffffffff, 0x100000001, 0, 0, Z | C)
    X2F(adds, 0xffffffff, 1, 0xf, 0x100000000, 0)
    X2F(subs, 1, 1, 0, 0, Z | C)
    X2F(subs, 0, 1, 0, 0xffffffffffffffff, N)
    X2F(subs, 0x8000000000000000, 1, 0, 0x7fffffffffffffff, C | V)
    W2F(subs, 0x80000000, 1, 0, 0x7fffffff, C | V)
    W2F(subs, 0x100000000, 1, 0, 0xffffffff, N)
    W2F(subs, 5, 7, 0xf, 0xfffffffe, N)

    TEST("carry in")
    X2F(adc, 1, 2, C, 4, C)
    X2F(adc, 1, 2, 0, 3, 0)
    X2F(adcs, 0xffffffffffffffff, 0, C, 0, Z | C)
    X2F(adcs, 0x7fffffffffffffff, 0, C, 0x8000000000000000, N | V)
    X2F(adcs, 0xffffffffffffffff, 0xffffffffffffffff, C, 0xffffffffffffffff, N | C)
    W2F(adcs, 0xffffffff, 0, C, 0, Z | C)
    W2F(adcs, 0x7fffffff, 0x7fffffff, C, 0xffffffff, N | V)
    X2F(sbc, 5, 3, C, 2, C)
    X2F(sbc, 5, 3, 0, 1, 0)
    X2F(sbcs, 0, 0, 0, 0xffffffffffffffff, N)
    X2F(sbcs, 0, 0, C, 0, Z | C)
    X2F(sbcs, 0x8000000000000000, 0, 0, 0x7fffffffffffffff, C | V)
    W2F(sbcs, 0, 0xffffffff, 0, 0, Z)
    W2F(sbcs, 0x80000000, 0x7fffffff, C, 1, C | V)

    TEST("shifted and extended operands")
    mov     x1, #0x100
    MOVQ    x2, 0x8877665544332211
    add     x0, x1, x2, lsl #60
    EXPECT(x0, 0x1000000000000100)
    sub     x0, x1, x2, lsr #56
    EXPECT(x0, 0x78)
    add     x0, x1, x2, asr #56
    EXPECT(x0, 0x88)
    add     w0, w1, w2, asr #31
    EXPECT(x0, 0x100)
    add     w0, w1, w2, lsl #31
    EXPECT(x0, 0x80000100)
    add     x0, x1, w2, uxtb
    EXPECT(x0, 0x111)
    add     x0, x1, w2, uxth #4
    EXPECT(x0, 0x22210)
    add     x0, x1, w2, uxtw
    EXPECT(x0, 0x44332311)
    add     x0, x1, x2, uxtx #1
    EXPECT(x0, 0x10eeccaa88664522)
    MOVQ    x2, 0xfedcba98f6e4d2c0
    add     x0, x1, w2, sxtb #2
    EXPECT(x0, 0)
    add     x0, x1, w2, sxth
    EXPECT(x0, 0xffffffffffffd3c0)
    add     x0, x1, w2, sxtw #3
    EXPECT(x0, 0xffffffffb7269700)
    subs    w0, w1, w2, sxtb
    EXPECT(x0, 0x140)
    EXPECT_NZCV(0)
    cmp     x1, w2, sxtw
    EXPECT_NZCV(0)
    cmn     x1, x1
    EXPECT_NZCV(0)
    mov     x9, sp
    add     sp, sp, #0
    add     x0, sp, x1, lsl #2
    sub     x0, x0, x9
    EXPECT(x0, 0x400)

    TEST("immediates")
    mov     x1, #0x10
    add     x0, x1, #0xfff
    EXPECT(x0, 0x100f)
    add     x0, x1, #0xfff, lsl #12
    EXPECT(x0, 0xfff010)
    subs    x0, x1, #0x11
    EXPECT(x0, 0xffffffffffffffff)
    EXPECT_NZCV(N)
    subs    w0, w1, #0x10
    EXPECT(x0, 0)
    EXPECT_NZCV(Z | C)
    mov     w0, #-2
    EXPECT(x0, 0xfffffffe)
    movz    x0, #0x1234, lsl #48
    EXPECT(x0, 0x1234000000000000)
    movn    x0, #0x1234, lsl #16
    EXPECT(x0, 0xffffffffedcbffff)
    movn    w0, #0, lsl #16
    EXPECT(x0, 0xffffffff)
    movk    x0, #0x5678, lsl #32
    EXPECT(x0, 0x5678ffffffff)
    movk    w0, #1, lsl #16
    EXPECT(x0, 0x1ffff)
    and     x0, x0, #0x5555555555555555
    EXPECT(x0, 0x15555)
    orr     w0, wzr, #0x0f0f0f0f
    EXPECT(x0, 0x0f0f0f0f)
    eor     x0, x0, #0xffffffff00000000
    EXPECT(x0, 0xffffffff0f0f0f0f)
    ands    w0, w0, #0xf0f0f0f0
    EXPECT(x0, 0)
    EXPECT_NZCV(Z)
    adr     x0, 1f
1:  adr     x1, 1b
    EXPECT_REG(x0, x1)
    adrp    x0, main
    and     x0, x0, #0xfff
    EXPECT(x0, 0)

    TEST("logic")
    X2(and, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0x0f000f000f000f00)
    X2(orr, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xfff0fff0fff0fff0)
    X2(eor, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xf0f0f0f0f0f0f0f0)
    X2(bic, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xf000f000f000f000)
    X2(orn, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xff0fff0fff0fff0f)
    X2(eon, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0x0f0f0f0f0f0f0f0f)
    W2(eon, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0x0f0f0f0f)
    X2F(ands, 0x8000000000000000, 0xffffffffffffffff, C | V, 0x8000000000000000, N)
    X2F(ands, 0x80000000, 0x7fffffff, C | V, 0, Z)
    W2F(ands, 0x80000000, 0x80000000, C | V, 0x80000000, N)
    X2F(bics, 0xffffffffffffffff, 0xffffffffffffffff, 0xf, 0, Z)
    W2F(bics, 0xf0f0f0f0, 0x0f0f0f0f, 0xf, 0xf0f0f0f0, N)
    MOVQ    x1, 0x8000000000000001
    mvn     x0, x1, asr #63
    EXPECT(x0, 0)
    orr     x0, xzr, x1, ror #1
    EXPECT(x0, 0xc000000000000000)
    eor     w0, w1, w1, ror #4
    EXPECT(x0, 0x10000001)
    tst     x1, x1, lsl #63
    EXPECT_NZCV(N)

    TEST("shifts by register")
    X2(lsl, 1, 63, 0x8000000000000000)
    X2(lsl, 1, 64, 1)
    X2(lsl, 3, 65, 6)
    W2(lsl, 1, 31, 0x80000000)
    W2(lsl, 1, 32, 1)
    W2(lsl, 0x100000001, 33, 2)
    X2(lsr, 0x8000000000000000, 63, 1)
    X2(lsr, 0x8000000000000000, 127, 1)
    W2(lsr, 0xffffffff80000000, 31, 1)
    X2(asr, 0x8000000000000000, 63, 0xffffffffffffffff)
    W2(asr, 0x80000000, 31, 0xffffffff)
    W2(asr, 0x80000000, 63, 0xffffffff)
    X2(ror, 0x123456789abcdef0, 4, 0x0123456789abcdef)
    X2(ror, 0x123456789abcdef0, 68, 0x0123456789abcdef)
    W2(ror, 0x9abcdef0, 8, 0xf09abcde)
    W2(ror, 0xffffffff9abcdef0, 32, 0x9abcdef0)

    TEST("bitfields")
    MOVQ    x1, 0x123456789abcdef0
    ubfx    x0, x1, #4, #8
    EXPECT(x0, 0xef)
    sbfx    x0, x1, #4, #8
    EXPECT(x0, 0xffffffffffffffef)
    sbfx    w0, w1, #4, #8
    EXPECT(x0, 0xffffffef)
    ubfx    x0, x1, #0, #64
    EXPECT_REG(x0, x1)
    ubfiz   x0, x1, #60, #4
    EXPECT(x0, 0)
    ubfiz   x0, x1, #32, #16
    EXPECT(x0, 0xdef000000000)
    sbfiz   x0, x1, #32, #16
    EXPECT(x0, 0xffffdef000000000)
    sbfiz   w0, w1, #4, #8
    EXPECT(x0, 0xffffff00)
    mov     x0, #-1
    bfi     x0, x1, #8, #12
    EXPECT(x0, 0xfffffffffffef0ff)
    mov     x0, #-1
    bfxil   x0, x1, #8, #12
    EXPECT(x0, 0xffffffffffffffff & ~0xfff | 0xcde)
    mov     x0, #-1
    bfi     w0, w1, #0, #8
    EXPECT(x0, 0xfffffff0)
    mov     x0, #-1
    bfc     x0, #12, #40
    EXPECT(x0, 0xfff0000000000fff)
    sxtb    x0, w1
    EXPECT(x0, 0xfffffffffffffff0)
    sxth    w0, w1
    EXPECT(x0, 0xffffdef0)
    sxtw    x0, w1
    EXPECT(x0, 0xffffffff9abcdef0)
    uxth    w0, w1
    EXPECT(x0, 0xdef0)
    lsl     x0, x1, #63
    EXPECT(x0, 0)
    asr     x0, x1, #60
    EXPECT(x0, 1)
    asr     w0, w1, #31
    EXPECT(x0, 0xffffffff)
    extr    x0, x1, x1, #16
    EXPECT(x0, 0xdef0123456789abc)
    mov     x2, #-1
    extr    x0, x2, x1, #60
    EXPECT(x0, 0xfffffffffffffff1)
    extr    w0, w2, w1, #28
    EXPECT(x0, 0xfffffff9)
    extr    w0, w2, w1, #0
    EXPECT(x0, 0x9abcdef0)

    TEST("multiply")
    X3(madd, 3, 4, 5, 17)
    X3(madd, 0xffffffffffffffff, 2, 1, 0xffffffffffffffff)
    W3(madd, 0x10000, 0x10000, 7, 7)
    X3(msub, 3, 4, 5, 0xfffffffffffffff9)
    W3(msub, 3, 4, 5, 0xfffffff9)
    L3(smaddl, 0xffffffff, 2, 5, 3)
    L3(umaddl, 0xffffffff, 2, 5, 0x200000003)
    L3(smsubl, 0x80000000, 0x80000000, 0, 0xc000000000000000)
    L3(umsubl, 0xffffffff, 0xffffffff, 0, 0x1ffffffff)
    X2(smulh, 0xffffffffffffffff, 2, 0xffffffffffffffff)
    X2(smulh, 0x8000000000000000, 0x8000000000000000, 0x4000000000000000)
    X2(umulh, 0xffffffffffffffff, 0xffffffffffffffff, 0xfffffffffffffffe)
    X2(umulh, 0x123456789abcdef0, 0x0fedcba987654321, 0x121fa00ad77d742)

    TEST("divide")
    X2(udiv, 100, 7, 14)
    X2(udiv, 100, 0, 0)
    W2(udiv, 0xffffffff00000064, 7, 14)
    X2(udiv, 0xffffffffffffffff, 1, 0xffffffffffffffff)
    X2(sdiv, 0xffffffffffffff9c, 7, 0xfffffffffffffff2)
    X2(sdiv, 0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000)
    W2(sdiv, 0x80000000, 0xffffffff, 0x80000000)
    W2(sdiv, 0xffffff9c, 7, 0xfffffff2)
    X2(sdiv, 5, 0, 0)
    W2(sdiv, 5, 0xffffffff00000000, 0)

    TEST("counts and reversals")
    X1(clz, 0, 64)
    X1(clz, 1, 63)
    W1(clz, 0xffffffff00000000, 32)
    W1(clz, 0x10000, 15)
    X1(cls, 0, 63)
    X1(cls, 0xffffffffffffffff, 63)
    X1(cls, 0xf000000000000000, 3)
    W1(cls, 0xffff0000, 15)
    X1(rbit, 0x123456789abcdef0, 0x0f7b3d591e6a2c48)
    W1(rbit, 0x1, 0x80000000)
    X1(rev, 0x123456789abcdef0, 0xf0debc9a78563412)
    W1(rev, 0x123456789abcdef0, 0xf0debc9a)
    X1(rev16, 0x123456789abcdef0, 0x34127856bc9af0de)
    W1(rev16, 0x9abcdef0, 0xbc9af0de)
    X1(rev32, 0x123456789abcdef0, 0x78563412f0debc9a)

    TEST("conditional select")
    mov     x1, #1
    mov     x2, #2
    cmp     x1, x2
    csel    x0, x1, x2, lo
    EXPECT(x0, 1)
    csel    x0, x1, x2, hs
    EXPECT(x0, 2)
    csinc   x0, x1, x2, gt
    EXPECT(x0, 3)
    csinv   x0, x1, x2, gt
    EXPECT(x0, 0xfffffffffffffffd)
    csneg   w0, w1, w2, gt
    EXPECT(x0, 0xfffffffe)
    cset    x0, lt
    EXPECT(x0, 1)
    csetm   w0, ne
    EXPECT(x0, 0xffffffff)
    cinc    x0, x1, eq
    EXPECT(x0, 1)
    csel    x0, x1, x2, al
    EXPECT(x0, 1)

    TEST("conditional compare")
    cmp     x1, #1
    ccmp    x1, x2, #0xf, eq
    EXPECT_NZCV(N)
    ccmp    x1, x2, #0xf, eq
    EXPECT_NZCV(0xf)
    ccmn    w1, #31, #0, vs
    EXPECT_NZCV(0)
    ccmn    w1, w2, #9, vs
    EXPECT_NZCV(9)
    ccmp    w2, #2, #0, mi
    EXPECT_NZCV(Z | C)

    TEST("CRC32")
    W2(crc32b, 0, 0x31, 0x51de003a)
    mov     w3, #-1
    MOVQ    x2, 0x3837363534333231
    crc32x  w0, w3, x2
    mov     w1, #0x39
    crc32b  w0, w0, w1
    mvn     w0, w0
    EXPECT(x0, 0xcbf43926)
    crc32cx w0, w3, x2
    crc32cb w0, w0, w1
    mvn     w0, w0
    EXPECT(x0, 0xe3069283)

    TEST("every condition")
    mov     x10, #0
    mov     x11, #0
each_nzcv:
    lsl     x9, x10, #28
    msr     nzcv, x9
    mov     x12, #0
    .irp    cc, eq, ne, hs, lo, mi, pl, vs, vc, hi, ls, ge, lt, gt, le
    cset    x0, \cc
    add     x12, x0, x12, lsl #1
    .endr
    adr     x9, conditions
    ldr     w9, [x9, x10, lsl #2]
    EXPECT_REG(x12, x9)
    add     x10, x10, #1
    cmp     x10, #16
    b.lo    each_nzcv
    DONE

    .balign 4
conditions: /* eq ne hs lo mi pl vs vc hi ls ge lt gt le for NZCV = 0..15 */
    .set    f, 0
    .rept   16
    .set    n, (f >> 3) & 1
    .set    z, (f >> 2) & 1
    .set    c, (f >> 1) & 1
    .set    v, f & 1
    .set    hi, c & (z ^ 1)
    .set    ge, n ^ v ^ 1
    .set    gt, ge & (z ^ 1)
    .set    m, z << 1 | (z ^ 1)
    .set    m, m << 2 | c << 1 | (c ^ 1)
    .set    m, m << 2 | n << 1 | (n ^ 1)
    .set    m, m << 2 | v << 1 | (v ^ 1)
    .set    m, m << 2 | hi << 1 | (hi ^ 1)
    .set    m, m << 2 | ge << 1 | (ge ^ 1)
    .set    m, m << 2 | gt << 1 | (gt ^ 1)
    .word   m
    .set    f, f + 1
    .endr
