/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Alignment faults of SP and of store-exclusives at EL0 while a timer interrupts: whichever comes
 * first, return addresses are those of instructions, and what is reported is the alignment fault.
 */
#include "rt.h"
#include "gic.h"

#define IRQS   400
#define TICKS  200

    .text
    .global main
main:
    gic_dist_init
    gic_cpu_init
    mrs     x28, tpidr_el1
    MOVQ    x0, hook
    str     x0, [x28, #PC_IRQ_HOOK]
    mov     x25, #0                     /* bits 1:0 of what interrupts return to */
    mov     x24, #0                     /* faults that are not what they should be */
    mov     x0, #TICKS
    msr     cntv_tval_el0, x0
    mov     x0, #1
    msr     cntv_ctl_el0, x0

    TEST("SP")
    MOVQ    x20, at_sp
    MOVQ    x21, 0x9a000000
    bl      rounds
    TEST("store-exclusive")
    MOVQ    x20, at_exclusive
    MOVQ    x21, 0x92000061
    bl      rounds
    msr     cntv_ctl_el0, xzr
    DONE

/* x20: where at EL0, x21: ESR of the fault. */
rounds:
    mov     x19, x30
    mov     x24, #0
    mrs     x28, tpidr_el1
    str     xzr, [x28, #PC_IRQS]
1:  TRY_RESUME 2f
    MOVQ    x0, data + 64 + 8           /* SP is no multiple of 16, nor x0 one of 16 */
    msr     sp_el0, x0
    msr     elr_el1, x20
    msr     spsr_el1, xzr               /* EL0t, interrupts taken */
    isb
    eret
2:  mrs     x28, tpidr_el1
    ldr     x0, [x28, #PC_ESR]
    ldr     x1, [x28, #PC_ELR]
    cmp     x0, x21
    ccmp    x1, x20, #0, eq
    cinc    x24, x24, ne
    ldr     x0, [x28, #PC_IRQS]
    cmp     x0, #IRQS
    b.lo    1b
    TRY_END
    EXPECT(x24, 0)
    EXPECT(x25, 0)
    br      x19

at_sp:
    ldr     x1, [sp]
at_exclusive:
    stxp    w1, x2, x3, [x0]

/* x0..x7 may change. */
hook:
    mrs     x1, elr_el1
    and     x1, x1, #3
    orr     x25, x25, x1
    mov     x1, #TICKS
    msr     cntv_tval_el0, x1
    ret

    .bss
    .balign 64
data: .skip 256
