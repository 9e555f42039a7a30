/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt controller beside CPUs that are not plugged: 20 redistributors answer with their
 * final TYPER, SGIs to the absent go nowhere, an SPI routed to one stays pending and comes when
 * it is routed back.
 *
 * run: -smp cpus=2,maxcpus=20 -machine acpi=off
 */
#include "rt.h"
#include "gic.h"
#define SPI(n) (32 + (n))

    .text
    .global main
main:
    gic_dist_init
    gic_cpu_init

    TEST("GICR_TYPER of every frame")
    MOVQ    x1, GICR
    mov     x10, #0
1:  ldr     x0, [x1, #GICR_TYPER]
    lsr     x2, x0, #32
    and     x3, x10, #15
    lsr     x4, x10, #4
    orr     x3, x3, x4, lsl #8
    EXPECT_REG(x2, x3)              /* affinity */
    ubfx    x2, x0, #8, #16
    EXPECT_REG(x2, x10)             /* processor number */
    ubfx    x2, x0, #4, #1
    cmp     x10, #19
    cset    x3, eq
    EXPECT_REG(x2, x3)              /* Last */
    ldr     w2, [x1, #GICR_WAKER]
    cmp     x10, #0
    mov     w4, #6
    csel    w3, wzr, w4, eq
    EXPECT_REG(x2, x3)              /* asleep but for this CPU */
    MOVQ    x5, GICR_STRIDE
    add     x1, x1, x5
    add     x10, x10, #1
    cmp     x10, #20
    b.lo    1b

    TEST("frames of the absent can be written and read")
    MOVQ    x1, GICR + 7 * GICR_STRIDE + GICR_SGI
    mov     w0, #0x00ff
    str     w0, [x1, #GICD_ISENABLER]
    str     w0, [x1, #GICD_ISPENDR]
    MOVQ    x0, 0x80808080
    str     w0, [x1, #GICD_IPRIORITYR]
    ldr     w0, [x1, #GICD_ISENABLER]
    EXPECT(x0, 0xff)
    str     w0, [x1, #GICD_ICENABLER]
    str     w0, [x1, #GICD_ICPENDR]
    ldr     w0, [x1, #GICD_ISENABLER]
    EXPECT(x0, 0)

    TEST("SGIs to the absent")
    IRQ_ON
    MOVQ    x0, 0x0300fffc          /* INTID 3, CPUs 2 to 15 */
    msr     ICC_SGI1R, x0
    MOVQ    x0, 0x0300000f | 1 << 16 /* Aff1 = 1: CPUs 16 to 19 */
    msr     ICC_SGI1R, x0
    MOVQ    x0, 0x0300ffff | 77 << 16
    msr     ICC_SGI1R, x0
    MOVQ    x0, 1 << 40 | 3 << 24   /* all but self; CPU 1 is off */
    msr     ICC_SGI1R, x0
    settle
    EXPECT_IRQS(0)
    MOVQ    x0, 0x0400ffff          /* self among them */
    msr     ICC_SGI1R, x0
    settle
    EXPECT_IRQS(1)
    EXPECT_INTID(4)

    TEST("broadcast reaches those who are there")
    CPU_START 1, second
    EXPECT(x0, 0)
    MOVQ    x1, ready
1:  ldar    x0, [x1]
    cbz     x0, 1b
    MOVQ    x0, 1 << 40 | 9 << 24
    msr     ICC_SGI1R, x0
    MOVQ    x1, got
2:  ldar    x0, [x1]
    cbz     x0, 2b
    EXPECT(x0, 9)
    EXPECT_IRQS(1)                  /* not the sender */

    TEST("an SPI routed to an absent CPU")
    MOVQ    x1, GICD + GICD_IROUTER + SPI(60) * 8
    mov     x0, #5
    str     x0, [x1]
    MOVQ    x1, GICD + GICD_ISENABLER + (SPI(60) / 32) * 4
    mov     w0, #1 << (SPI(60) % 32)
    str     w0, [x1]
    MOVQ    x1, GICD + GICD_ISPENDR + (SPI(60) / 32) * 4
    str     w0, [x1]
    settle
    EXPECT_IRQS(1)
    ldr     w0, [x1]
    ubfx    x0, x0, #SPI(60) % 32, #1
    EXPECT(x0, 1)
    MOVQ    x1, GICD + GICD_IROUTER + SPI(60) * 8
    str     xzr, [x1]
    settle
    EXPECT_IRQS(2)
    EXPECT_INTID(SPI(60))
    MOVQ    x1, GICD + GICD_IROUTER + SPI(60) * 8
    MOVQ    x0, 1 << 31             /* any: never an absent one */
    str     x0, [x1]
    MOVQ    x1, GICD + GICD_ISPENDR + (SPI(60) / 32) * 4
    mov     w0, #1 << (SPI(60) % 32)
    str     w0, [x1]
    settle
    EXPECT_IRQS(3)

    TEST("the frame after the last, and CPU_ON of an absent CPU after all this")
    mov     x1, #5
    MOVQ    x2, 0x40200000
    PSCI    PSCI_CPU_ON
    EXPECT(x0, -3)
    IRQ_OFF
    DONE

second:
    gic_cpu_init
    MOVQ    x0, second_hook
    mrs     x1, tpidr_el1
    str     x0, [x1, #PC_IRQ_HOOK]
    MOVQ    x1, ready
    mov     x0, #1
    stlr    x0, [x1]
    IRQ_ON
1:  wfi
    b       1b
second_hook:
    MOVQ    x1, got
    stlr    x0, [x1]
    msr     ICC_IGRPEN1, xzr        /* no more: SPIs go to CPU 0 */
    ret

    .section .data
    .balign 8
ready:  .quad 0
got:    .quad 0
