/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LSE atomics on one CPU: old value, new value, of each operation and size; CAS and CASP that hit
 * and miss; alignment and permission faults.
 */
#include "rt.h"

/* Operation on memory = @mem with operand @arg: old value @old, memory @new after. */
.macro atomic insn, r, mem, arg, old, new, line
    MOVQ    x1, cell
    MOVQ    x2, \mem
    str     x2, [x1]
    MOVQ    x3, \arg
    mov     x0, #-1
    \insn   \r\()3, \r\()0, [x1]
    rt_expect x0, \old, \line
    rt_expect_mem cell, \new, \line
.endm
#define A(insn, r, mem, arg, old, new) atomic insn, r, mem, arg, old, new, __LINE__
#define MEM 0x8877665544332211

    .text
    .global main
main:
    TEST("add")
    A(ldadd, x, MEM, 0x1111, MEM, 0x8877665544333322)
    A(ldadd, w, MEM, 0xf0000000, 0x44332211, 0x8877665534332211)
    A(ldaddh, w, MEM, 0xffff, 0x2211, 0x8877665544332210)
    A(ldaddb, w, MEM, 0xf0, 0x11, 0x8877665544332201)
    A(ldaddal, x, MEM, 0xffffffffffffffff, MEM, 0x8877665544332210)
    A(ldadda, w, 0xffffffff, 1, 0xffffffff, 0)
    A(ldaddlb, w, 0x1ff, 1, 0xff, 0x100)
    TEST("clear, set, exclusive or")
    A(ldclr, x, MEM, 0xff, MEM, 0x8877665544332200)
    A(ldclrh, w, MEM, 0xff00, 0x2211, 0x8877665544330011)
    A(ldset, x, MEM, 0xff00, MEM, 0x887766554433ff11)
    A(ldsetb, w, MEM, 0xee, 0x11, 0x88776655443322ff)
    A(ldset, w, MEM, 0xffffffff88888888, 0x44332211, 0x88776655ccbbaa99)
    A(ldeor, x, MEM, 0xffffffffffffffff, MEM, 0x778899aabbccddee)
    A(ldeorb, w, MEM, 0xff, 0x11, 0x88776655443322ee)
    TEST("minima and maxima")
    A(ldsmax, x, MEM, 1, MEM, 1)
    A(ldsmax, x, 5, MEM, 5, 5)
    A(ldsmax, w, MEM, 0x80000000, 0x44332211, MEM)
    A(ldsmaxb, w, 0x80, 0x7f, 0x80, 0x7f)
    A(ldsmaxh, w, 0xfffe, 0xffff, 0xfffe, 0xffff)
    A(ldsmin, x, 1, MEM, 1, MEM)
    A(ldsminb, w, 0x7f, 0x80, 0x7f, 0x80)
    A(ldsminh, w, 0x17fff, 0x8000, 0x7fff, 0x18000)
    A(ldumax, x, MEM, 1, MEM, MEM)
    A(ldumaxb, w, 0x80, 0x7f, 0x80, 0x80)
    A(ldumax, w, 0x100000000, 0x80000000, 0, 0x180000000)
    A(ldumin, x, MEM, 1, MEM, 1)
    A(lduminh, w, 0x18000, 0x7fff, 0x8000, 0x17fff)
    TEST("swap")
    A(swp, x, MEM, 7, MEM, 7)
    A(swpb, w, MEM, 0x1ff, 0x11, 0x88776655443322ff)
    A(swpalh, w, MEM, 0, 0x2211, 0x8877665544330000)
    TEST("without a result")
    MOVQ    x1, cell
    mov     x2, #5
    str     x2, [x1]
    stadd   x2, [x1]
    EXPECT_MEM(cell, 10)
    stclrb  w2, [x1]
    EXPECT_MEM(cell, 10)
    steor   x2, [x1]
    EXPECT_MEM(cell, 15)
    stset   w1, [x1]
    stumin  x2, [x1]
    EXPECT_MEM(cell, 5)
    ldadd   x2, x2, [x1]            /* one register for both */
    EXPECT(x2, 5)
    EXPECT_MEM(cell, 10)
    ldadd   xzr, x2, [x1]
    EXPECT(x2, 10)
    swp     x1, x1, [x1]
    EXPECT(x1, 10)
    EXPECT_MEM(cell, cell)

    TEST("compare and swap")
    .macro  swap_if insn, r, mem, cmp, new, old, after, line
    MOVQ    x1, cell
    MOVQ    x2, \mem
    str     x2, [x1]
    MOVQ    x3, \cmp
    MOVQ    x4, \new
    \insn   \r\()3, \r\()4, [x1]
    rt_expect x3, \old, \line
    rt_expect_mem cell, \after, \line
    .endm
#define CAS(insn, r, mem, cmp, new, old, after) swap_if insn, r, mem, cmp, new, old, after, __LINE__
    CAS(cas, x, MEM, MEM, 1, MEM, 1)
    CAS(casal, x, MEM, MEM + 1, 1, MEM, MEM)
    CAS(casa, w, MEM, 0xffffffff44332211, 1, 0x44332211, 0x8877665500000001)
    CAS(cas, w, MEM, 0, 1, 0x44332211, MEM)
    CAS(casb, w, MEM, 0x7711, 0xff, 0x11, 0x88776655443322ff)
    CAS(caslh, w, MEM, 0x2212, 0xff, 0x2211, MEM)
    MOVQ    x1, cell
    MOVQ    x2, 0x1111
    MOVQ    x3, 0x2222
    stp     x2, x3, [x1]
    mov     x4, x2
    mov     x5, x3
    mov     x6, #6
    mov     x7, #7
    casp    x4, x5, x6, x7, [x1]
    EXPECT(x4, 0x1111)
    EXPECT(x5, 0x2222)
    EXPECT_MEM(cell, 6)
    EXPECT_MEM(cell + 8, 7)
    mov     x4, #6
    mov     x5, #8                  /* one half differs */
    caspal  x4, x5, x2, x3, [x1]
    EXPECT(x4, 6)
    EXPECT(x5, 7)
    EXPECT_MEM(cell, 6)
    mov     x4, #6
    mov     x5, #0
    caspa   w4, w5, w2, w3, [x1]    /* two words: one doubleword */
    EXPECT(x4, 6)
    EXPECT(x5, 0)
    EXPECT_MEM(cell, 0x222200001111)

    TEST("faults")
    TRY
    MOVQ    x1, cell + 12           /* FEAT_LSE2: over the end of 16 bytes */
    mov     x0, #0x77
1:  ldadd   x0, x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    EXPECT(x0, 0x77)
    EXPECT_ELR(1b)
    MOVQ    x1, cell + 8
1:  casp    x4, x5, x6, x7, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    adr     x1, main
1:  ldadd   x0, x0, [x1]            /* reads and writes: a read would not fault: a write */
    EXPECT_EXC(VEC_SYNC, 0x9600004f)
    EXPECT_ELR(1b)
1:  cas     x0, x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x9600004f)
    MOVQ    x1, 0x80000000
1:  swp     x0, x2, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000005)
    EXPECT_FAR(0x80000000)
    DONE

    .section .data
    .balign 64
cell:   .quad 0, 0, 0, 0
