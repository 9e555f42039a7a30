/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupt controller as the programs use it. */
#ifndef TCG_GIC_H
#define TCG_GIC_H

#define ICC_PMR      s3_0_c4_c6_0
#define ICC_IAR1     s3_0_c12_c12_0
#define ICC_EOIR1    s3_0_c12_c12_1
#define ICC_HPPIR1   s3_0_c12_c12_2
#define ICC_BPR1     s3_0_c12_c12_3
#define ICC_CTLR     s3_0_c12_c12_4
#define ICC_SRE      s3_0_c12_c12_5
#define ICC_IGRPEN1  s3_0_c12_c12_7
#define ICC_DIR      s3_0_c12_c11_1
#define ICC_RPR      s3_0_c12_c11_3
#define ICC_SGI1R    s3_0_c12_c11_5
#define ICC_AP1R0    s3_0_c12_c9_0

#define GICD_CTLR        0x0000
#define GICD_TYPER       0x0004
#define GICD_IGROUPR     0x0080
#define GICD_ISENABLER   0x0100
#define GICD_ICENABLER   0x0180
#define GICD_ISPENDR     0x0200
#define GICD_ICPENDR     0x0280
#define GICD_ISACTIVER   0x0300
#define GICD_IPRIORITYR  0x0400
#define GICD_ICFGR       0x0c00
#define GICD_IROUTER     0x6000
#define GICR_TYPER       0x0008
#define GICR_WAKER       0x0014
#define GICR_SGI         0x10000

/* The distributor: affinity routing, group 1; all SPIs in group 1. CPU 0, once. x0..x3 change. */
.macro gic_dist_init
    MOVQ    x1, GICD
    mov     w0, #0x10               /* ARE first */
    str     w0, [x1, #GICD_CTLR]
    mov     w0, #0x12
    str     w0, [x1, #GICD_CTLR]
    mov     w0, #-1
    str     w0, [x1, #GICD_IGROUPR + 4]
    str     w0, [x1, #GICD_IGROUPR + 8]
.endm

/* This CPU's redistributor (x0 = its frame) and CPU interface. x0..x3 change. */
.macro gic_cpu_init
    mrs     x1, mpidr_el1
    and     x0, x1, #0xff
    ubfx    x1, x1, #8, #8
    add     x0, x0, x1, lsl #4
    MOVQ    x1, GICR
    add     x0, x1, x0, lsl #17
    ldr     w1, [x0, #GICR_WAKER]
    bic     w1, w1, #2
    str     w1, [x0, #GICR_WAKER]
1:  ldr     w1, [x0, #GICR_WAKER]
    tbnz    w1, #2, 1b
    add     x2, x0, #GICR_SGI
    mov     w1, #-1
    str     w1, [x2, #GICD_IGROUPR]
    str     w1, [x2, #GICD_ISENABLER]
    mov     x1, #7
    msr     ICC_SRE, x1
    isb
    mov     x1, #0xff
    msr     ICC_PMR, x1
    msr     ICC_CTLR, xzr
    mov     x1, #1
    msr     ICC_IGRPEN1, x1
    isb
.endm

/* SGI @intid to the CPUs of @targets (a bit each, Aff0 0..15). x0 changes. */
.macro sgi intid, targets=1
    mov     x0, #\targets
    movk    x0, #(\intid) << 8, lsl #16
    msr     ICC_SGI1R, x0
.endm

/* Let what is pending arrive: a while without anything else to do. x27, x28 change. */
.macro settle
    isb
    mrs     x27, cntvct_el0
1:  mrs     x28, cntvct_el0
    sub     x28, x28, x27
    cmp     x28, #2000
    b.lo    1b
.endm

#endif
