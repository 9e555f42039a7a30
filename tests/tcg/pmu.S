/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INST_RETIRED of the PMU: exact numbers over straight code, loops, calls, faults and exception
 * levels, and the interrupt of an overflow.
 */
#include "rt.h"
#include "gic.h"

/* x0 := instructions counted over the code between, the MRS of the second read included. */
.macro COUNT_BEGIN
    mrs     x9, pmevcntr0_el0
.endm
.macro COUNT_END
    mrs     x10, pmevcntr0_el0
    sub     x0, x10, x9
.endm

    .text
    .global main
main:
    mov     x0, #1
    msr     pmcr_el0, x0
    mov     x0, #8
    msr     pmevtyper0_el0, x0
    mov     x0, #1
    msr     pmcntenset_el0, x0
    isb
    mrs     x0, pmceid0_el0
    ubfx    x0, x0, #8, #1
    TEST("identification")
    EXPECT(x0, 1)

    TEST("straight code")
    COUNT_BEGIN
    COUNT_END
    EXPECT(x0, 1)
    COUNT_BEGIN
    .rept   100
    add     x1, x1, #1
    .endr
    COUNT_END
    EXPECT(x0, 101)

    TEST("a loop")
    mov     x2, #1000
    COUNT_BEGIN
1:  sub     x2, x2, #1
    cbnz    x2, 1b
    COUNT_END
    EXPECT(x0, 2001)

    TEST("calls and side exits")
    mov     x2, #10
    mov     x3, #0
    COUNT_BEGIN
1:  bl      leaf
    tbz     x2, #0, 2f
    add     x3, x3, #1
2:  subs    x2, x2, #1
    b.ne    1b
    COUNT_END
    EXPECT(x3, 5)
    EXPECT(x0, 10 * 6 + 5 + 1)

    TEST("loads, system registers, barriers")
    MOVQ    x1, cell
    COUNT_BEGIN
    ldr     x2, [x1]
    str     x2, [x1]
    ldaddal x2, x3, [x1]
    mrs     x4, cntvct_el0
    dmb     ish
    isb
    msr     tpidr_el0, x4
    COUNT_END
    EXPECT(x0, 8)

    TEST("not at EL1, then at EL0 alone")
    MOVQ    x0, (1 << 31) | 8
    msr     pmevtyper0_el0, x0
    isb
    mrs     x9, pmevcntr0_el0
    EL0_CALL el0_code
    mrs     x10, pmevcntr0_el0
    sub     x0, x10, x9
    EXPECT(x0, 5)                       /* with its SVC */
    mov     x0, #8
    msr     pmevtyper0_el0, x0

    TEST("an interrupt on overflow")
    gic_dist_init
    gic_cpu_init
    MOVQ    x0, 0xfff00000
    msr     pmevcntr0_el0, x0
    mov     x0, #1
    msr     pmintenset_el1, x0
    MOVQ    x1, irq
    mrs     x2, tpidr_el1
    str     x1, [x2, #PC_IRQ_HOOK]
    IRQ_ON
    mov     x6, #0
1:  add     x6, x6, #1
    mrs     x2, tpidr_el1
    ldr     x2, [x2, #PC_IRQS]
    cbz     x2, 1b
    IRQ_OFF
    EXPECT_INTID(23)
    lsr     x1, x6, #17                 /* 2^20 instructions are 2^18 rounds of four */
    cmp     x1, #0
    cset    x1, ne
    EXPECT(x1, 1)
    DONE

irq:
    mov     x1, #1
    msr     pmovsclr_el0, x1
    msr     pmintenclr_el1, x1
    ret
leaf:
    nop
    ret
el0_code:
    nop
    nop
    nop
    nop
    EL0_RETURN

    .data
    .balign 8
cell:
    .quad   0
