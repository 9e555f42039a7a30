/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small extensions of the system level: FEAT_RNG, WFxT, SPECRES, XS, TIDCP1, RAS, PAN3, and the ID
 * fields that announce them.
 */
#include "rt.h"
    .arch armv8.6-a
#define TRAP(op0, op1, crn, crm, op2, rt, read) \
    (0x62000000 | (op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (rt) << 5 | \
     (crm) << 1 | (read))

.macro SET_SCTLR bit
    mrs     x27, sctlr_el1
    mov     x28, #1
    orr     x27, x27, x28, lsl #\bit
    msr     sctlr_el1, x27
    isb
.endm

    .text
    .global main
main:
    TEST("identification")
    mrs     x0, id_aa64isar0_el1
    ubfx    x0, x0, #60, #4
    EXPECT(x0, 1)                       /* RNDR */
    mrs     x0, id_aa64isar1_el1
    ubfx    x1, x0, #40, #4
    EXPECT(x1, 1)                       /* SPECRES */
    ubfx    x1, x0, #56, #4
    EXPECT(x1, 1)                       /* XS */
    mrs     x0, s3_0_c0_c6_2            /* ID_AA64ISAR2_EL1 */
    and     x1, x0, #15
    EXPECT(x1, 2)                       /* WFxT */
    mrs     x0, id_aa64pfr0_el1
    ubfx    x1, x0, #28, #4
    EXPECT(x1, 1)                       /* RAS */
    mrs     x0, id_aa64mmfr1_el1
    ubfx    x1, x0, #20, #4
    EXPECT(x1, 3)                       /* PAN */

    TEST("random numbers")
    mov     x0, #0xf0000000
    msr     nzcv, x0
    mrs     x0, s3_3_c2_c4_0            /* RNDR */
    EXPECT_NZCV(0)
    mrs     x1, s3_3_c2_c4_1            /* RNDRRS */
    cmp     x0, x1
    cset    x2, ne
    EXPECT(x2, 1)
    mrs     x1, s3_3_c2_c4_0
    cmp     x0, x1
    cset    x2, ne
    EXPECT(x2, 1)
    TRY
    msr     s3_3_c2_c4_0, x1            /* read-only */
    EXPECT_EXC(VEC_SYNC, 0x02000000)
    EL0_CALL el0_rndr
    EXPECT_COUNT(1)

    TEST("waits with a timeout")
    mrs     x0, cntvct_el0
    .inst   0xd5031020                  /* wfit x0: past already */
    .inst   0xd5031000                  /* wfet x0 */
    mov     x1, #62500                  /* a millisecond */
    add     x0, x0, x1
    add     x2, x0, x1
    .inst   0xd5031020
    mrs     x1, cntvct_el0
    cmp     x1, x0
    cset    x3, hs
    EXPECT(x3, 1)
1:  .inst   0xd5031002                  /* wfet x2, which may end early */
    mrs     x1, cntvct_el0
    cmp     x1, x2
    b.lo    1b
    mrs     x20, sctlr_el1
    bic     x0, x20, #(1 << 16)         /* nTWI */
    bic     x0, x0, #(1 << 18)          /* nTWE */
    msr     sctlr_el1, x0
    isb
    TRY
    EL0_DO  .inst 0xd5031025            /* wfit x5 */
    EXPECT_EXC(VEC_EL0, 0x07e000a6)
    EL0_DO  .inst 0xd5031005
    EXPECT_EXC(VEC_EL0, 0x07e000a7)
    msr     sctlr_el1, x20
    isb

    TEST("prediction restriction")
    TRY
    .inst   0xd50b7380                  /* cfp rctx, x0 */
    .inst   0xd50b73a0                  /* dvp */
    .inst   0xd50b73e0                  /* cpp */
    EXPECT_COUNT(0)
    EL0_DO  .inst 0xd50b7383
    EXPECT_EXC(VEC_EL0, TRAP(1, 3, 7, 3, 4, 3, 0))
    SET_SCTLR 10
    TRY
    EL0_DO  .inst 0xd50b7383
    EXPECT_COUNT(0)

    TEST("nXS")
    TRY
    mov     x0, #0
    .inst   0xd503323f                  /* dsb sy with nXS, the four domains */
    .inst   0xd503363f
    .inst   0xd5033a3f
    .inst   0xd5033e3f
    .inst   0xd508971f                  /* tlbi vmalle1nxs */
    .inst   0xd5089320                  /* tlbi vae1isnxs, x0 */
    .inst   0xd5089620                  /* tlbi rvae1nxs, x0 */
    .inst   0xd50891e0                  /* tlbi vaale1osnxs, x0 */
    EXPECT_COUNT(0)

    TEST("error records: none")
    mrs     x0, s3_0_c5_c3_0            /* ERRIDR_EL1 */
    EXPECT(x0, 0)
    MOVQ    x0, 0x81000011
    msr     s3_0_c12_c1_1, x0           /* DISR_EL1 */
    esb
    mrs     x0, s3_0_c12_c1_1
    EXPECT(x0, 0x81000011)
    msr     s3_0_c12_c1_1, xzr
    EXPECT_COUNT(0)

    TEST("SCTLR_EL1.TIDCP")
    EL0_DO  mrs x4, s3_3_c15_c2_1
    EXPECT_EXC(VEC_EL0, 0x02000000)
    SET_SCTLR 63
    EL0_DO  mrs x4, s3_3_c15_c2_1
    EXPECT_EXC(VEC_EL0, TRAP(3, 3, 15, 2, 1, 4, 1))
    EL0_DO  msr s3_2_c11_c7_6, x9
    EXPECT_EXC(VEC_EL0, TRAP(3, 2, 11, 7, 6, 9, 0))
    EL0_DO  sys #3, c11, c1, #1, x5
    EXPECT_EXC(VEC_EL0, TRAP(1, 3, 11, 1, 1, 5, 0))
    EL0_DO  mrs x4, s3_3_c14_c15_6
    EXPECT_EXC(VEC_EL0, 0x02000000)

    TEST("PSTATE.PAN with EPAN: what EL0 executes")
    TRY
    adr     x1, main
    MOVQ    x2, rt_mine
    msr     pan, #1
    ldr     x0, [x1]
    msr     pan, #0
    EXPECT_COUNT(0)
    SET_SCTLR 57
    msr     pan, #1
    ldr     x0, [x1]
    ldr     x3, [x2]
    msr     pan, #0                     /* literals are in the same page */
    EXPECT_EXC(VEC_SYNC, 0x9600000f)
    EXPECT(x3, 1)
    ldr     x0, [x1]
    EXPECT_COUNT(1)
    DONE

el0_rndr:
    mrs     x0, s3_3_c2_c4_0
    EL0_RETURN

    .section .kdata, "aw"
    .balign 8
rt_mine:
    .quad   1
