/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GICv3 through one CPU: SGI, PPI and SPI by ISPENDR and by the UART's wire, masks and priorities,
 * preemption, running priority, both EOI modes, activity, 32-bit halves of IROUTER (IHI 0069).
 */
#include "rt.h"
#include "gic.h"
#define SPI(n)   (32 + (n))
#define FRAME    (GICR + GICR_SGI)

/* Set the priority of @intid to @pri. */
.macro priority intid, pri
    .if     (\intid) < 32
    MOVQ    x1, FRAME + GICD_IPRIORITYR + (\intid)
    .else
    MOVQ    x1, GICD + GICD_IPRIORITYR + (\intid)
    .endif
    mov     w0, #\pri
    strb    w0, [x1]
.endm
/* A bit of a set register of the distributor. */
.macro dist_bit reg, intid
    MOVQ    x1, GICD + (\reg) + ((\intid) / 32) * 4
    mov     w0, #1 << ((\intid) % 32)
    str     w0, [x1]
.endm
.macro redist_bit reg, intid
    MOVQ    x1, FRAME + (\reg)
    mov     w0, #1 << (\intid)
    str     w0, [x1]
.endm
.macro forget
    mrs     x28, tpidr_el1
    str     xzr, [x28, #PC_IRQS]
    str     xzr, [x28, #PC_LOG]
    mov     x27, #1023
    str     x27, [x28, #PC_INTID]
.endm
.macro ack reg, want, line
    mrs     \reg, ICC_IAR1
    rt_expect \reg, \want, \line
.endm
#define ACK(reg, want) ack reg, want, __LINE__
/* The running priority. */
.macro running want, line
    mrs     x0, ICC_RPR
    and     x0, x0, #0xff
    rt_expect x0, \want, \line
.endm
#define RUNNING(want) running want, __LINE__
#define EXPECT_LOG(want) rt_expect_pc PC_LOG, want, __LINE__

    .text
    .global main
main:
    gic_dist_init
    gic_cpu_init

    TEST("identification")
    MOVQ    x1, GICD
    ldr     w0, [x1, #GICD_CTLR]
    mov     w2, #0x12
    and     w0, w0, w2
    EXPECT(x0, 0x12)
    ldr     w0, [x1, #GICD_TYPER]
    and     w2, w0, #0x1f
    cmp     w2, #7                  /* at least 256 INTIDs */
    cset    x2, hs
    EXPECT(x2, 1)
    mrs     x0, ICC_CTLR
    ubfx    x2, x0, #8, #3
    EXPECT(x2, 4)                   /* 5 bits of priority */
    mrs     x0, ICC_IAR1
    EXPECT(x0, 1023)                /* nothing is pending */
    RUNNING(0xff)
    MOVQ    x1, GICR
    ldr     x0, [x1, #GICR_TYPER]
    lsr     x2, x0, #32             /* affinity 0 */
    EXPECT(x2, 0)
    tst     x0, #0x10
    cset    x2, ne
    EXPECT(x2, 1)                   /* Last: there is one CPU */

    TEST("SGI to oneself")
    forget
    IRQ_ON
    sgi     5                       /* INTID 5, target list 1 */
    settle
    EXPECT_IRQS(1)
    EXPECT_INTID(5)
    MOVQ    x0, 1 << 40 | 6 << 24   /* all but self: nobody */
    msr     ICC_SGI1R, x0
    settle
    EXPECT_IRQS(1)
    IRQ_OFF

    TEST("masked by PSTATE, seen by HPPIR and ISR")
    forget
    sgi     3
    settle
    EXPECT_IRQS(0)
    mrs     x0, ICC_HPPIR1
    EXPECT(x0, 3)
    mrs     x0, isr_el1
    EXPECT(x0, 0x80)
    IRQ_ON
    settle
    IRQ_OFF
    EXPECT_IRQS(1)
    EXPECT_INTID(3)
    mrs     x0, isr_el1
    EXPECT(x0, 0)

    TEST("PPI by ISPENDR")
    forget
    priority 20, 0x80
    redist_bit GICD_ISPENDR, 20
    IRQ_ON
    settle
    IRQ_OFF
    EXPECT_IRQS(1)
    EXPECT_INTID(20)

    TEST("SPI: enable, pending, clear")
    forget
    priority SPI(60), 0x80
    dist_bit GICD_ISPENDR, SPI(60)
    IRQ_ON
    settle
    EXPECT_IRQS(0)                  /* not enabled */
    dist_bit GICD_ISENABLER, SPI(60)
    settle
    EXPECT_IRQS(1)
    EXPECT_INTID(SPI(60))
    IRQ_OFF
    dist_bit GICD_ISPENDR, SPI(60)
    MOVQ    x1, GICD + GICD_ISPENDR + (SPI(60) / 32) * 4
    ldr     w0, [x1]
    ubfx    x0, x0, #SPI(60) % 32, #1
    EXPECT(x0, 1)
    dist_bit GICD_ICPENDR, SPI(60)
    IRQ_ON
    settle
    IRQ_OFF
    EXPECT_IRQS(1)

    TEST("the UART's wire: level, until its cause is gone")
    forget
    MOVQ    x0, uart_hook
    mrs     x28, tpidr_el1
    str     x0, [x28, #PC_IRQ_HOOK]
    priority SPI(1), 0x90
    dist_bit GICD_ISENABLER, SPI(1)
    MOVQ    x1, UART
    mov     w0, #0x20               /* IMSC: transmit */
    str     w0, [x1, #0x38]
    mov     w0, #'\n'               /* an empty line: the transmit interrupt is raised */
    str     w0, [x1]
    IRQ_ON
    settle
    IRQ_OFF
    mrs     x28, tpidr_el1
    str     xzr, [x28, #PC_IRQ_HOOK]
    EXPECT_INTID(SPI(1))
    EXPECT_IRQS(1)
    mrs     x0, ICC_HPPIR1
    EXPECT(x0, 1023)

    TEST("priority order")
    forget
    priority 1, 0xa0
    priority 2, 0x40
    priority 3, 0x80
    priority SPI(60), 0x60
    sgi     1
    sgi     2
    sgi     3
    dist_bit GICD_ISPENDR, SPI(60)
    settle
    IRQ_ON
    settle
    IRQ_OFF
    EXPECT_IRQS(4)
    EXPECT_LOG(2 << 24 | SPI(60) << 16 | 3 << 8 | 1)

    TEST("equal priority: the lowest INTID first")
    forget
    priority 1, 0x80
    priority 2, 0x80
    sgi     2
    sgi     1
    settle
    IRQ_ON
    settle
    IRQ_OFF
    EXPECT_LOG(1 << 8 | 2)

    TEST("priority mask")
    forget
    mov     x0, #0x80
    msr     ICC_PMR, x0
    isb
    sgi     2                       /* 0x80 is not above 0x80 */
    IRQ_ON
    settle
    EXPECT_IRQS(0)
    mrs     x0, ICC_HPPIR1          /* the mask does not hide it here */
    EXPECT(x0, 2)
    ACK(x0, 1023)
    mov     x0, #0x88
    msr     ICC_PMR, x0
    settle
    EXPECT_IRQS(1)
    IRQ_OFF
    mov     x0, #0xff
    msr     ICC_PMR, x0
    mrs     x0, ICC_PMR
    EXPECT(x0, 0xf8)

    TEST("acknowledge, running priority, preemption")
    sgi     1
    settle
    ACK(x9, 1)
    RUNNING(0x80)
    mrs     x0, ICC_AP1R0
    EXPECT(x0, 1 << 16)
    sgi     3                       /* 0x80: waits */
    settle
    ACK(x0, 1023)
    priority 4, 0x40
    sgi     4                       /* 0x40: preempts */
    settle
    ACK(x10, 4)
    RUNNING(0x40)
    msr     ICC_EOIR1, x10
    isb
    RUNNING(0x80)
    msr     ICC_EOIR1, x9
    settle
    ACK(x10, 3)
    msr     ICC_EOIR1, x10
    isb
    RUNNING(0xff)

    TEST("binary point")
    priority 1, 0xa0
    priority 4, 0x80
    mov     x0, #7                  /* bit 7 alone decides on preemption */
    msr     ICC_BPR1, x0
    isb
    sgi     1
    settle
    ACK(x9, 1)
    sgi     4
    settle
    ACK(x10, 1023)
    msr     ICC_EOIR1, x9
    settle
    ACK(x10, 4)
    msr     ICC_EOIR1, x10
    mov     x0, #5                  /* bits 7..5 */
    msr     ICC_BPR1, x0
    isb
    sgi     1
    settle
    ACK(x9, 1)
    sgi     4
    settle
    ACK(x10, 4)
    msr     ICC_EOIR1, x10
    msr     ICC_EOIR1, x9
    msr     ICC_BPR1, xzr
    isb

    TEST("EOImode 1: priority drop, then deactivation")
    mov     x0, #2
    msr     ICC_CTLR, x0
    isb
    priority SPI(60), 0x60
    dist_bit GICD_ISPENDR, SPI(60)
    settle
    ACK(x9, SPI(60))
    msr     ICC_EOIR1, x9
    settle
    RUNNING(0xff)
    MOVQ    x1, GICD + GICD_ISACTIVER + (SPI(60) / 32) * 4
    ldr     w0, [x1]
    ubfx    x0, x0, #SPI(60) % 32, #1
    EXPECT(x0, 1)
    dist_bit GICD_ISPENDR, SPI(60)
    settle
    mrs     x0, ICC_IAR1            /* active and pending: not again */
    EXPECT(x0, 1023)
    msr     ICC_DIR, x9
    settle
    MOVQ    x1, GICD + GICD_ISACTIVER + (SPI(60) / 32) * 4
    ldr     w0, [x1]
    ubfx    x0, x0, #SPI(60) % 32, #1
    EXPECT(x0, 0)
    ACK(x0, SPI(60))
    msr     ICC_EOIR1, x9
    msr     ICC_DIR, x9
    msr     ICC_CTLR, xzr
    isb

    TEST("group enables")
    msr     ICC_IGRPEN1, xzr
    isb
    sgi     2
    settle
    ACK(x0, 1023)
    mov     x0, #1
    msr     ICC_IGRPEN1, x0
    settle
    ACK(x0, 2)
    msr     ICC_EOIR1, x0
    MOVQ    x1, GICD
    mov     w0, #0x10               /* the distributor forwards nothing */
    str     w0, [x1, #GICD_CTLR]
    dist_bit GICD_ISPENDR, SPI(60)
    settle
    ACK(x0, 1023)
    MOVQ    x1, GICD
    mov     w0, #0x12
    str     w0, [x1, #GICD_CTLR]
    settle
    ACK(x0, SPI(60))
    msr     ICC_EOIR1, x0

    TEST("routing")
    MOVQ    x1, GICD + GICD_IROUTER + SPI(61) * 8
    MOVQ    x0, 0x0000000000000003  /* a CPU that does not exist: it stays pending */
    str     x0, [x1]
    ldr     x2, [x1]
    EXPECT_REG(x2, x0)
    priority SPI(61), 0x60
    dist_bit GICD_ISENABLER, SPI(61)
    dist_bit GICD_ISPENDR, SPI(61)
    settle
    ACK(x0, 1023)
    MOVQ    x1, GICD + GICD_IROUTER + SPI(61) * 8
    str     xzr, [x1]
    settle
    ACK(x0, SPI(61))
    msr     ICC_EOIR1, x0
    MOVQ    x1, GICD + GICD_IROUTER + SPI(61) * 8
    mov     w0, #1 << 31            /* any CPU */
    str     w0, [x1]
    dist_bit GICD_ISPENDR, SPI(61)
    settle
    ACK(x0, SPI(61))
    msr     ICC_EOIR1, x0

    TEST("WFI ends with an interrupt that is masked")
    sgi     2
    wfi
    ACK(x0, 2)
    msr     ICC_EOIR1, x0
    DONE

uart_hook:                          /* clear the interrupt at its source */
    MOVQ    x1, UART
    mov     w2, #0x7ff
    str     w2, [x1, #0x44]
    str     wzr, [x1, #0x38]
    ret
