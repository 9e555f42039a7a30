/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Branch target identification (D8.4.2): one page of targets mapped twice in the TTBR1 half, first
 * not guarded, then guarded. Every kind of branch against every kind of target; what SPSR.BTYPE
 * shows and brings back; EL0; a mapping that becomes guarded under code that has run.
 */
#include "rt.h"
    .arch armv8.5-a

#define VA      0xffffff8000000000
#define TABLES  0x48000000
#define PLAIN   VA
#define GUARDED (VA + 0x1000)
#define EL1_X   0x787                   /* page, AF, inner shareable, Normal, EL1 read-only */
#define GP      (1 << 50)
/* Offsets in the page (see its end). */
#define AT_NONE 0
#define AT_BTI 16
#define AT_C 24
#define AT_J 32
#define AT_JC 40
#define AT_PACIASP 48
#define AT_PACIBSP 56
#define AT_BRK 64
#define STUB_BR 72
#define STUB_BR16 80
#define STUB_BLR 88
#define BTI_FAIL 0x36000000

/* Branch by \insn at EL1 to \target; ESR is then \esr. x9, x16: the target. */
.macro go esr, target, insn:vararg
    TRY_RESUME 91f
    MOVQ    x9, \target
    mov     x16, x9
    adr     x30, 91f
    \insn
91: rt_expect_pc PC_ESR, \esr, __LINE__
.endm
/* The same from inside the guarded page. */
.macro go_from esr, target, stub
    MOVQ    x10, GUARDED + \stub
    go      \esr, \target, blr x10
.endm

/* A target against BTYPE 1, 2 and 3 in a guarded page: 0 for no exception. */
.macro row target, one, two, three, plain=0
    go      \one, GUARDED + \target, br x9
    go      \one, GUARDED + \target, br x16
    go      \two, GUARDED + \target, blr x9
    go_from \one, GUARDED + \target, STUB_BR16
    go_from \three, GUARDED + \target, STUB_BR
    go_from \two, GUARDED + \target, STUB_BLR
    go      \plain, PLAIN + \target, br x9
    go      \plain, PLAIN + \target, blr x9
    go_from \plain, PLAIN + \target, STUB_BR
.endm

    .text
    .global main
main:
    mrs     x0, id_aa64pfr1_el1
    and     x0, x0, #15
    TEST("identification")
    EXPECT(x0, 1)
    ZERO    TABLES, TABLES + 0x3000
    PUT     TABLES, TABLES + 0x1003
    MOVQ    x2, TABLES + 0x2003
    str     x2, [x1, #0x1000]
    MOVQ    x2, page + EL1_X
    MOVQ    x1, TABLES + 0x2000
    str     x2, [x1]
    MOVQ    x3, GP
    orr     x2, x2, x3
    str     x2, [x1, #8]
    TTBR1_ON TABLES

    TEST("targets")
    row     AT_NONE, BTI_FAIL + 1, BTI_FAIL + 2, BTI_FAIL + 3
    row     AT_BTI, BTI_FAIL + 1, BTI_FAIL + 2, BTI_FAIL + 3
    row     AT_C, 0, 0, BTI_FAIL + 3
    row     AT_J, 0, BTI_FAIL + 2, 0
    row     AT_JC, 0, 0, 0
    row     AT_PACIASP, 0, 0, 0
    row     AT_PACIBSP, 0, 0, 0
    row     AT_BRK, 0xf2000007, 0xf2000007, 0xf2000007, 0xf2000007

    TEST("PACIASP with SCTLR_EL1.BT1")
    mrs     x0, sctlr_el1
    orr     x1, x0, #(1 << 36)
    msr     sctlr_el1, x1
    isb
    row     AT_PACIASP, 0, 0, BTI_FAIL + 3
    row     AT_PACIBSP, 0, 0, BTI_FAIL + 3
    row     AT_C, 0, 0, BTI_FAIL + 3
    msr     sctlr_el1, x0
    isb

    TEST("direct branches and returns go anywhere")
    TRY
    MOVQ    x30, GUARDED + AT_NONE
    adr     x20, 1f
    mov     x9, #0
    ret
1:  EXPECT_COUNT(0)

    TEST("state at the exception")
    go      BTI_FAIL + 2, GUARDED + AT_NONE, blr x9
    EXPECT_ELR(GUARDED + AT_NONE)
    EXPECT_SPSR(0x3c5 + (2 << 10))
    go      0xf2000007, PLAIN + AT_BRK, br x9
    EXPECT_SPSR(0x3c5 + (1 << 10))
    go      0x86000007, GUARDED + 0x1000, blr x9
    EXPECT_SPSR(0x3c5 + (2 << 10))

    TEST("an exception return with BTYPE")
    TRY_RESUME 1f
    MOVQ    x0, GUARDED + AT_NONE
    msr     elr_el1, x0
    MOVQ    x0, 0x3c5 + (3 << 10)
    msr     spsr_el1, x0
    eret
1:  EXPECT_EXC(VEC_SYNC, BTI_FAIL + 3)
    EXPECT_SPSR(0x3c5 + (3 << 10))
    TRY_RESUME 1f
    MOVQ    x0, GUARDED + AT_J
    msr     elr_el1, x0
    MOVQ    x0, 0x3c5 + (3 << 10)
    msr     spsr_el1, x0
    adr     x30, 1f
    eret
1:  mrs     x27, tpidr_el1
    ldr     x0, [x27, #PC_COUNT]
    EXPECT(x0, 0)

    TEST("a page becomes guarded, and is no longer")
    go      0, PLAIN + AT_NONE, blr x9
    MOVQ    x1, TABLES + 0x2000
    ldr     x2, [x1]
    MOVQ    x3, GP
    orr     x3, x2, x3
    str     x3, [x1]
    MOVQ    x4, PLAIN >> 12
    and     x4, x4, #0xfffffffffff
    dsb     ishst
    tlbi    vaae1is, x4
    dsb     ish
    isb
    go      BTI_FAIL + 2, PLAIN + AT_NONE, blr x9
    go      0, PLAIN + AT_C, blr x9
    MOVQ    x1, TABLES + 0x2000
    str     x2, [x1]
    dsb     ishst
    tlbi    vaae1is, x4
    dsb     ish
    isb
    go      0, PLAIN + AT_NONE, blr x9

    TEST("EL0")
    TRY
    MOVQ    x9, GUARDED + AT_JC
    EL0_CALL el0
    EXPECT_COUNT(0)
    TRY_RESUME 1f
    MOVQ    x9, GUARDED + AT_NONE
    EL0_CALL el0
1:  EXPECT_EXC(VEC_EL0, BTI_FAIL + 2)
    EXPECT_SPSR(0x3c0 + (2 << 10))
    DONE

el0:
    blr     x9
    EL0_RETURN

    .balign 4096
page:
    .org    page + AT_NONE
    nop
    cbz     x9, 1f
    ret
1:  br      x20
    .org    page + AT_BTI
    bti
    ret
    .org    page + AT_C
    bti     c
    ret
    .org    page + AT_J
    bti     j
    ret
    .org    page + AT_JC
    bti     jc
    ret
    .org    page + AT_PACIASP
    paciasp
    ret
    .org    page + AT_PACIBSP
    pacibsp
    ret
    .org    page + AT_BRK
    brk     #7
    ret
    .org    page + STUB_BR
    bti     jc
    br      x9
    .org    page + STUB_BR16
    bti     jc
    br      x16
    .org    page + STUB_BLR
    bti     jc
    mov     x21, x30
    blr     x9
    ret     x21
    .balign 4096
