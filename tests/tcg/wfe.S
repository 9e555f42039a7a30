/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting: the event register, SEV from another CPU, a store to a monitored location, the event
 * stream, interrupts that end WFI and WFE, a ping-pong of both kinds. Nothing may wait for ever.
 *
 * run: -smp 2
 */
#include "rt.h"
#include "gic.h"
#define ROUNDS 3000

    .text
    .global main
main:
    gic_dist_init
    gic_cpu_init

    TEST("the event register")
    sevl
    wfe                             /* set: goes on at once */
    sev
    wfe
    EXPECT(xzr, 0)

    CPU_START 1, second
    EXPECT(x0, 0)

    TEST("SEV ping-pong")
    MOVQ    x1, ping
    mov     x10, #1
1:  stlr    x10, [x1]
    dsb     ish
    sev
    MOVQ    x2, pong
2:  ldr     x3, [x2]
    cmp     x3, x10
    b.eq    3f
    wfe
    b       2b
3:  add     x10, x10, #1
    cmp     x10, #ROUNDS
    b.ls    1b
    EXPECT(x10, ROUNDS + 1)

    TEST("a monitored location")
    MOVQ    x1, ping
    MOVQ    x2, pong
    mov     x10, #1
    str     xzr, [x2]
    MOVQ    x3, mode
    mov     x0, #1
    stlr    x0, [x3]
    sev
1:  stlr    x10, [x1]               /* no SEV: the store is enough */
2:  ldaxr   x3, [x2]
    cmp     x3, x10
    b.eq    3f
    wfe
    b       2b
3:  clrex
    add     x10, x10, #1
    cmp     x10, #ROUNDS
    b.ls    1b
    EXPECT(x10, ROUNDS + 1)

    TEST("SGI ping-pong through WFI")
    MOVQ    x3, mode
    mov     x0, #2
    stlr    x0, [x3]
    sev
    MOVQ    x3, ready
1:  ldar    x0, [x3]
    cbz     x0, 1b
    mrs     x9, tpidr_el1
    str     xzr, [x9, #PC_IRQS]
    mov     x10, #0
2:  sgi     1, 2                    /* to CPU 1 */
    isb
    msr     daifset, #2
3:  ldr     x0, [x9, #PC_IRQS]
    cmp     x0, x10
    b.hi    4f
    wfi
    msr     daifclr, #2
    isb
    msr     daifset, #2
    b       3b
4:  add     x10, x10, #1
    cmp     x10, #ROUNDS
    b.lo    2b
    EXPECT_IRQS(ROUNDS)

    TEST("WFE ends with an interrupt that is pending")
    sgi     2                       /* to itself */
    isb
    wfe
    mrs     x0, ICC_IAR1
    EXPECT(x0, 2)
    msr     ICC_EOIR1, x0

    TEST("event stream")
    mov     x0, #(1 << 2) | (10 << 4)   /* an event each time bit 10 of CNTVCT rises: 33 us */
    msr     cntkctl_el1, x0
    isb
    mov     x10, #20
1:  wfe
    subs    x10, x10, #1
    b.ne    1b
    EXPECT(x10, 0)
    msr     cntkctl_el1, xzr
    DONE

second:
    gic_cpu_init
    MOVQ    x1, ping
    MOVQ    x2, pong
    MOVQ    x5, mode
    mov     x10, #1
1:  ldar    x3, [x5]
    cbnz    x3, monitored
    ldr     x3, [x1]
    cmp     x3, x10
    b.eq    2f
    wfe
    b       1b
2:  str     x10, [x2]
    dsb     ish
    sev
    add     x10, x10, #1
    b       1b

monitored:
    mov     x10, #1
1:  ldar    x3, [x5]
    cmp     x3, #2
    b.eq    interrupts
    ldaxr   x3, [x1]
    cmp     x3, x10
    b.eq    2f
    wfe
    b       1b
2:  stlr    x10, [x2]
    add     x10, x10, #1
    b       1b

interrupts:
    MOVQ    x0, reply
    mrs     x1, tpidr_el1
    str     x0, [x1, #PC_IRQ_HOOK]
    MOVQ    x1, ready
    mov     x0, #1
    stlr    x0, [x1]
    msr     daifclr, #2
1:  wfi
    b       1b
reply:
    sgi     1
    isb
    ret

    .section .data
    .balign 64
ping:   .quad 0
    .balign 64
pong:   .quad 0
    .balign 64
mode:   .quad 0
    .balign 64
ready:  .quad 0
