/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Permissions: for each AP, UXN and PXN one page, and what EL1 and EL0 may do with it, plain, with
 * WXN, and with PAN. A row of the tables holds six bits: EL1 read, write, execute, EL0 read, write,
 * execute (D8.4).
 */
#include "rt.h"

#define VA_BASE  0xffffff8000000000
#define L1       0x48000000
#define L2       0x48001000
#define L3       0x48002000
#define PA       0x49000000
#define ATTRS    (0x703 | (1 << 2))

    .text
    .global main
main:
    ZERO    L1, L1 + 0x3000
    PUT     L1, L2 + 3
    PUT     L2, L3 + 3
    /* Page i: AP = i<1:0>, PXN = i<2>, UXN = i<3>. */
    mov     x3, #0
    MOVQ    x1, L3
2:  MOVQ    x2, PA + ATTRS
    and     x4, x3, #3
    orr     x2, x2, x4, lsl #6
    lsr     x4, x3, #2
    orr     x2, x2, x4, lsl #53
    str     x2, [x1], #8
    add     x3, x3, #1
    cmp     x3, #16
    b.lo    2b
    MOVQ    x1, PA                  /* code, data, code that returns from EL0 */
    adr     x3, page_code
    ldp     x4, x5, [x3]
    stp     x4, x5, [x1]
    dc      cvau, x1
    dsb     ish
    ic      iallu
    dsb     ish
    TTBR1_ON L1

    TEST("permissions")
    mov     x17, #0
    adr     x19, plain
    bl      all_pages

    TEST("WXN")
    mrs     x18, sctlr_el1
    orr     x0, x18, #1 << 19
    msr     sctlr_el1, x0
    isb
    FLUSH_TLB
    adr     x19, wxn
    bl      all_pages
    msr     sctlr_el1, x18
    isb
    FLUSH_TLB

    TEST("PAN")
    mov     x17, #1 << 22
    adr     x19, pan
    bl      all_pages
    TEST("PAN off again, without any TLBI")
    msr     pan, #0
    mov     x17, #0
    adr     x19, plain
    bl      all_pages
    TEST("PAN set by an exception")
    mrs     x18, sctlr_el1
    bic     x0, x18, #1 << 23       /* SPAN = 0 */
    msr     sctlr_el1, x0
    isb
    TRY
    svc     #1
    mrs     x0, pan
    EXPECT(x0, 0)
    msr     pan, #1
    msr     nzcv, xzr
    svc     #1                      /* comes back with PAN as it was */
    mrs     x0, pan
    EXPECT(x0, 1 << 22)
    EXPECT_SPSR(0x4003c5)
    msr     pan, #0
    msr     sctlr_el1, x18
    isb

    TEST("hierarchical permissions")
    .macro  table_attr bits, expected
    PUT     L2, L3 + 3 + (\bits)
    FLUSH_TLB
    adr     x19, \expected
    bl      all_pages
    .endm
    table_attr 1 << 61, aptable1
    table_attr 2 << 61, aptable2
    table_attr 3 << 61, aptable3
    table_attr 1 << 60, uxntable
    table_attr 1 << 59, pxntable
    table_attr 0, plain
    DONE

/* x19: 16 bytes of expected outcomes. */
all_pages:
    mov     x25, x30
    mov     x24, #0
3:  MOVQ    x1, VA_BASE
    add     x1, x1, x24, lsl #12
    mov     x23, #0                 /* outcomes */
    .macro  outcome bit
    mrs     x28, tpidr_el1
    ldr     x27, [x28, #PC_COUNT]
    cmp     x27, #0
    cset    x27, eq
    orr     x23, x23, x27, lsl #\bit
    .endm
    msr     pan, x17                /* coming back from EL0 has cleared it */
    TRY
    ldr     x0, [x1, #8]
    outcome 5
    MOVQ    x2, 0xd69f03e0d503201f  /* what is there anyway: the page is shared by all */
    TRY
    str     x2, [x1, #0x800]
    outcome 4
    TRY_RESUME 4f
    blr     x1
4:  outcome 3
    TRY
    EL0_DO  ldr x0, [x1, #8]
    outcome 2
    TRY
    EL0_DO  str x2, [x1, #0x800]
    outcome 1
    TRY_RESUME 5f
    add     x28, x1, #8
    bl      rt_el0_call
5:  outcome 0
    ldrb    w22, [x19, x24]
    lsl     x20, x24, #8            /* which page it was is seen in the value */
    orr     x23, x23, x20
    orr     x22, x22, x20
    EXPECT_REG(x23, x22)
    add     x24, x24, #1
    cmp     x24, #16
    b.lo    3b
    br      x25

    .balign 16
page_code:
    nop
    ret
    nop
    EL0_RETURN

/* Rows: UXN:PXN; columns: AP = 00 (EL1 RW), 01 (both RW), 10 (EL1 RO), 11 (both RO). */
plain:      .byte 0b111001, 0b110111, 0b101001, 0b101101
            .byte 0b110001, 0b110111, 0b100001, 0b100101
            .byte 0b111000, 0b110110, 0b101000, 0b101100
            .byte 0b110000, 0b110110, 0b100000, 0b100100
wxn:        .byte 0b110001, 0b110110, 0b101001, 0b101101
            .byte 0b110001, 0b110110, 0b100001, 0b100101
            .byte 0b110000, 0b110110, 0b101000, 0b101100
            .byte 0b110000, 0b110110, 0b100000, 0b100100
pan:        .byte 0b111001, 0b000111, 0b101001, 0b001101
            .byte 0b110001, 0b000111, 0b100001, 0b000101
            .byte 0b111000, 0b000110, 0b101000, 0b001100
            .byte 0b110000, 0b000110, 0b100000, 0b000100
/* APTable = 01: nothing for EL0; 10: nobody writes; 11: both. */
aptable1:   .byte 0b111001, 0b111001, 0b101001, 0b101001
            .byte 0b110001, 0b110001, 0b100001, 0b100001
            .byte 0b111000, 0b111000, 0b101000, 0b101000
            .byte 0b110000, 0b110000, 0b100000, 0b100000
aptable2:   .byte 0b101001, 0b101101, 0b101001, 0b101101
            .byte 0b100001, 0b100101, 0b100001, 0b100101
            .byte 0b101000, 0b101100, 0b101000, 0b101100
            .byte 0b100000, 0b100100, 0b100000, 0b100100
aptable3:   .byte 0b101001, 0b101001, 0b101001, 0b101001
            .byte 0b100001, 0b100001, 0b100001, 0b100001
            .byte 0b101000, 0b101000, 0b101000, 0b101000
            .byte 0b100000, 0b100000, 0b100000, 0b100000
uxntable:   .byte 0b111000, 0b110110, 0b101000, 0b101100
            .byte 0b110000, 0b110110, 0b100000, 0b100100
            .byte 0b111000, 0b110110, 0b101000, 0b101100
            .byte 0b110000, 0b110110, 0b100000, 0b100100
pxntable:   .byte 0b110001, 0b110111, 0b100001, 0b100101
            .byte 0b110001, 0b110111, 0b100001, 0b100101
            .byte 0b110000, 0b110110, 0b100000, 0b100100
            .byte 0b110000, 0b110110, 0b100000, 0b100100
