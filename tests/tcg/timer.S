/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generic timers: counters run and agree, CVAL and TVAL, ISTATUS and IMASK, interrupts of the
 * virtual (27) and the physical (30) timer with the CPU busy and in WFI, many short deadlines.
 */
#include "rt.h"
#include "gic.h"

.macro forget
    mrs     x28, tpidr_el1
    str     xzr, [x28, #PC_IRQS]
    str     xzr, [x28, #PC_INTID]
.endm
/* Wait at most a second until an interrupt was taken. */
.macro wait_irq
    mrs     x27, cntvct_el0
1:  mrs     x28, tpidr_el1
    ldr     x28, [x28, #PC_IRQS]
    cbnz    x28, 2f
    mrs     x28, cntvct_el0
    sub     x28, x28, x27
    cmp     x28, x20
    b.lo    1b
2:
.endm

    .text
    .global main
main:
    gic_dist_init
    gic_cpu_init
    mrs     x20, cntfrq_el0         /* a second */
    MOVQ    x0, timer_hook
    mrs     x28, tpidr_el1
    str     x0, [x28, #PC_IRQ_HOOK]

    TEST("counters")
    EXPECT(x20, 62500000)
    mrs     x1, cntvct_el0
    isb
    mrs     x2, cntpct_el0
    isb
    mrs     x3, cntvct_el0
    cmp     x2, x1
    ccmp    x3, x2, #0, hs
    cset    x0, hs                  /* one counter: in order of reading */
    EXPECT(x0, 1)
    mov     x4, #1000
1:  mrs     x1, cntvct_el0          /* never goes back */
    isb
    mrs     x2, cntvct_el0
    cmp     x2, x1
    b.lo    2f
    subs    x4, x4, #1
    b.ne    1b
2:  EXPECT(x4, 0)

    TEST("CVAL and TVAL")
    mrs     x1, cntvct_el0
    MOVQ    x2, 0x10000
    msr     cntv_tval_el0, x2
    isb
    mrs     x3, cntv_cval_el0
    sub     x3, x3, x1
    sub     x3, x3, x2              /* what has passed in between */
    cmp     x3, x20
    cset    x0, lo
    EXPECT(x0, 1)
    mrs     x3, cntv_cval_el0
    add     x3, x3, x20
    msr     cntv_cval_el0, x3
    isb
    mrs     x4, cntv_tval_el0
    cmp     x4, x20
    cset    x0, hi                  /* a second and the rest of 0x10000, less a little */
    sub     x3, x4, x20
    cmp     x3, x2
    cset    x1, ls
    mov     x2, #-1
    msr     cntv_tval_el0, x2       /* signed: a tick ago */
    isb
    mrs     x2, cntv_tval_el0
    sxtw    x2, w2
    cmp     x2, #0
    cset    x0, lt
    EXPECT(x0, 1)
    tbz     x2, #31, 1f
    MOVQ    x3, 0xffffffff          /* reads 32 bits */
    mrs     x2, cntv_tval_el0
    cmp     x2, x3
    cset    x0, ls
    EXPECT(x0, 1)
1:

    TEST("ISTATUS and IMASK")
    msr     cntv_ctl_el0, xzr
    MOVQ    x1, 0x7fffffffffffffff
    msr     cntv_cval_el0, x1
    mov     x0, #3
    msr     cntv_ctl_el0, x0
    isb
    mrs     x0, cntv_ctl_el0
    EXPECT(x0, 3)
    msr     cntv_cval_el0, xzr
    isb
    mrs     x0, cntv_ctl_el0
    EXPECT(x0, 7)
    forget
    IRQ_ON
    settle
    EXPECT_IRQS(0)
    mov     x0, #1
    msr     cntv_ctl_el0, x0
    wait_irq
    IRQ_OFF
    EXPECT_IRQS(1)
    EXPECT_INTID(27)

    TEST("virtual timer, the CPU busy")
    forget
    MOVQ    x1, 62500               /* 1 ms */
    msr     cntv_tval_el0, x1
    mov     x0, #1
    msr     cntv_ctl_el0, x0
    IRQ_ON
    wait_irq
    IRQ_OFF
    EXPECT_IRQS(1)
    EXPECT_INTID(27)

    TEST("physical timer, the CPU busy")
    forget
    MOVQ    x1, 62500
    msr     cntp_tval_el0, x1
    mov     x0, #1
    msr     cntp_ctl_el0, x0
    IRQ_ON
    wait_irq
    IRQ_OFF
    EXPECT_IRQS(1)
    EXPECT_INTID(30)

    TEST("WFI until the timer")
    mov     x21, #20
1:  forget
    mrs     x22, cntvct_el0
    MOVQ    x1, 31250
    msr     cntv_tval_el0, x1
    mov     x0, #1
    msr     cntv_ctl_el0, x0
    isb
    wfi
    mrs     x23, cntvct_el0
    sub     x23, x23, x22
    MOVQ    x1, 31250
    cmp     x23, x1
    cset    x0, hs                  /* not too early, */
    EXPECT(x0, 1)
    cmp     x23, x20
    cset    x0, lo                  /* not a second late */
    EXPECT(x0, 1)
    IRQ_ON
    wait_irq
    IRQ_OFF
    EXPECT_IRQS(1)
    subs    x21, x21, #1
    b.ne    1b

    TEST("a deadline that moves")
    forget
    MOVQ    x1, 0x7fffffff
    msr     cntv_tval_el0, x1
    mov     x0, #1
    msr     cntv_ctl_el0, x0
    isb
    mov     x1, #1000
    msr     cntv_tval_el0, x1       /* nearer */
    isb
    wfi
    mrs     x0, cntv_ctl_el0
    EXPECT(x0, 5)
    MOVQ    x1, 0x7fffffff          /* and away again: the level goes */
    msr     cntv_tval_el0, x1
    settle
    mrs     x0, ICC_HPPIR1
    EXPECT(x0, 1023)
    msr     cntv_ctl_el0, xzr

    TEST("a thousand ticks of a loop")
    forget
    mov     x21, #1000
    MOVQ    x0, 3125                /* 50 us */
    mrs     x28, tpidr_el1
    MOVQ    x1, periodic_hook
    str     x1, [x28, #PC_IRQ_HOOK]
    msr     cntv_tval_el0, x0
    mov     x0, #1
    msr     cntv_ctl_el0, x0
    isb
    mrs     x22, cntvct_el0
    IRQ_ON
    mov     x5, #0
1:  add     x5, x5, #1              /* without an instruction that looks at anything */
    add     x6, x5, x6
    mrs     x28, tpidr_el1
    ldr     x27, [x28, #PC_IRQS]
    cmp     x27, x21
    b.lo    1b
    IRQ_OFF
    msr     cntv_ctl_el0, xzr
    mrs     x23, cntvct_el0
    sub     x23, x23, x22
    MOVQ    x1, 3125 * 1000
    cmp     x23, x1
    cset    x0, hs
    EXPECT(x0, 1)
    DONE

timer_hook:                         /* off: the level goes before EOI */
    cmp     x0, #27
    b.ne    1f
    msr     cntv_ctl_el0, xzr
1:  cmp     x0, #30
    b.ne    1f
    msr     cntp_ctl_el0, xzr
1:  isb
    ret

periodic_hook:
    MOVQ    x1, 3125
    msr     cntv_tval_el0, x1
    isb
    ret
