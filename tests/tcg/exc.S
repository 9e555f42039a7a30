/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Synchronous exceptions from EL1 and EL0: vector, ESR, FAR, ELR, SPSR of each, and that what
 * faulted changed nothing. Addresses: 0x80000000 is unmapped at level 1, 0x8000000000 is beyond
 * T0SZ; code is read-only, data never executable.
 *
 * run: -cpu cortex-a57
 */
#include "rt.h"
#define NOWHERE 0x80000000

    .text
    .global main
main:
    msr     nzcv, xzr
    TRY

    TEST("exception-generating instructions at EL1")
1:  svc     #0x1234
2:  EXPECT_EXC(VEC_SYNC, 0x56001234)
    EXPECT_ELR(2b)
    EXPECT_SPSR(0x3c5)
1:  brk     #0xabcd
    EXPECT_EXC(VEC_SYNC, 0xf200abcd)
    EXPECT_ELR(1b)
1:  udf     #3
    EXPECT_EXC(VEC_SYNC, 0x02000000)
    EXPECT_ELR(1b)
1:  hlt     #1
    EXPECT_EXC(VEC_SYNC, 0x02000000)
    EXPECT_ELR(1b)
1:  smc     #0
    EXPECT_EXC(VEC_SYNC, 0x02000000)
    EXPECT_ELR(1b)
1:  .inst   0xd5300000 | (7 << 16) | (15 << 12) | (15 << 8) | (7 << 5) /* MRS of nothing */
    EXPECT_EXC(VEC_SYNC, 0x02000000)
    EXPECT_ELR(1b)
1:  mrs     x0, s3_4_c1_c1_0        /* HCR_EL2: there is no EL2 */
    EXPECT_EXC(VEC_SYNC, 0x02000000)
    EXPECT_ELR(1b)
    PSCI    0x8400ffff
    EXPECT(x0, -1)

    TEST("flags and masks in SPSR")
    mov     x0, #0xa0000000
    msr     nzcv, x0
    msr     daifclr, #0xc
    svc     #0
    EXPECT_NZCV(0xa)
    mrs     x1, daif
    msr     daifset, #0xf
    EXPECT(x1, 0x0c0)
    EXPECT_SPSR(0xa00000c5)
    msr     nzcv, xzr

    TEST("from EL1 with SP_EL0")
    mov     x0, sp
    sub     x1, sp, #1024
    msr     spsel, #0
    mov     sp, x1
    svc     #1
    mrs     x2, spsel
    msr     spsel, #1
    EXPECT(x2, 0)
    EXPECT_EXC(VEC_SP0, 0x56000001)
    EXPECT_SPSR(0x3c4)
    mov     x2, sp
    EXPECT_REG(x2, x0)

    TEST("alignment of PC and SP")
    TRY_RESUME 2f
    adr     x0, 2f
    add     x0, x0, #2
    br      x0
2:  EXPECT_EXC(VEC_SYNC, 0x8a000000)
    mrs     x1, far_el1
    EXPECT_REG(x1, x0)
    mrs     x1, elr_el1             /* the handler's: where it resumed */
    TRY
    mov     x9, sp
    sub     x0, sp, #1024
    msr     spsel, #0
    add     x1, x0, #8
    mov     sp, x1
3:  ldr     x2, [sp]
    mov     sp, x0
    msr     spsel, #1
    EXPECT_EXC(VEC_SP0, 0x9a000000)
    EXPECT_ELR(3b)

    TEST("illegal execution state")
    TRY_RESUME 5f
    adr     x0, 4f
    msr     elr_el1, x0
    mov     x0, #0x3c2              /* no such mode */
    msr     spsr_el1, x0
    eret
4:  b       4b
5:  EXPECT_EXC(VEC_SYNC, 0x3a000000)
    EXPECT_ELR(4b)
    EXPECT_SPSR(0x1003c5)           /* IL, and the mode ERET was executed in */
    TRY

    TEST("translation faults at EL1")
    MOVQ    x1, NOWHERE
    mov     x0, #0x77
1:  ldr     x0, [x1, #16]
    EXPECT_EXC(VEC_SYNC, 0x96000005)
    EXPECT_FAR(NOWHERE + 16)
    EXPECT_ELR(1b)
    EXPECT(x0, 0x77)
1:  strb    w0, [x1, #3]
    EXPECT_EXC(VEC_SYNC, 0x96000045)
    EXPECT_FAR(NOWHERE + 3)
1:  ldr     x0, [x1], #8
    EXPECT_EXC(VEC_SYNC, 0x96000005)
    EXPECT(x1, NOWHERE)
1:  str     x0, [x1, #8]!
    EXPECT_EXC(VEC_SYNC, 0x96000045)
    EXPECT_FAR(NOWHERE + 8)
    EXPECT(x1, NOWHERE)
    mov     x2, #2
    mov     x3, #3
1:  ldp     x2, x3, [x1], #16
    EXPECT_EXC(VEC_SYNC, 0x96000005)
    EXPECT(x1, NOWHERE)
    EXPECT(x2, 2)
    EXPECT(x3, 3)
1:  ldxr    x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000005)
    TRY
    prfm    pldl1keep, [x1]         /* never faults */
    EXPECT_COUNT(0)
    MOVQ    x1, 0x8000000000
1:  ldr     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000004)
    EXPECT_FAR(0x8000000000)
    EXPECT_ELR(1b)
    MOVQ    x1, 0xffff800000000000  /* TTBR1 is disabled */
1:  ldr     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000004)
    EXPECT_FAR(0xffff800000000000)
    MOVQ    x1, 0x0100000040300000  /* no tags: the address is not canonical */
1:  ldr     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000004)

    TEST("cache maintenance that faults")
    MOVQ    x1, NOWHERE
1:  dc      cvac, x1
    EXPECT_EXC(VEC_SYNC, 0x96000145)
    EXPECT_FAR(NOWHERE)
1:  dc      civac, x1
    EXPECT_EXC(VEC_SYNC, 0x96000145)
    EXPECT_ELR(1b)
1:  dc      zva, x1
    EXPECT_EXC(VEC_SYNC, 0x96000045)
    EXPECT_ELR(1b)

    TEST("permission faults at EL1")
    adr     x1, main
1:  str     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x9600004f)
    EXPECT_ELR(1b)
    EXPECT_FAR(main)

    TEST("instruction aborts at EL1")
    TRY_RESUME 2f
    MOVQ    x0, NOWHERE + 0x40
    br      x0
2:  EXPECT_EXC(VEC_SYNC, 0x86000005)
    EXPECT_FAR(NOWHERE + 0x40)
    EXPECT_ELR(NOWHERE + 0x40)
    TRY_RESUME 2f
    MOVQ    x0, data
    br      x0
2:  EXPECT_EXC(VEC_SYNC, 0x8600000f)
    EXPECT_FAR(data)
    EXPECT_ELR(data)
    TRY

    TEST("alignment in a device page that was accessed before")
    MOVQ    x1, GICD
    ldr     w0, [x1, #4]
    add     x3, x1, #1
1:  ldar    w0, [x3]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    EXPECT_FAR(GICD + 1)
    EXPECT_ELR(1b)
    add     x3, x1, #5
1:  ldar    x0, [x3]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    EXPECT_FAR(GICD + 5)
1:  stlr    x0, [x3]
    EXPECT_EXC(VEC_SYNC, 0x96000061)
    EXPECT_FAR(GICD + 5)

    TEST("alignment at EL1")
    MOVQ    x1, data
    MOVQ    x2, 0x1122334455667788
    str     x2, [x1]
    str     x2, [x1, #8]
    ldr     x0, [x1, #1]            /* Normal memory, SCTLR.A = 0 */
    EXPECT(x0, 0x8811223344556677)
1:  ldxr    x0, [x1, #0]
    add     x3, x1, #1
1:  ldxr    x0, [x3]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    EXPECT_FAR(data + 1)
    EXPECT_ELR(1b)
1:  stxr    w4, x0, [x3]
    EXPECT_EXC(VEC_SYNC, 0x96000061)
    EXPECT_ELR(1b)
1:  ldar    w0, [x3]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    EXPECT_ELR(1b)
1:  stlr    w0, [x3]
    EXPECT_EXC(VEC_SYNC, 0x96000061)
    EXPECT_ELR(1b)
    mrs     x9, sctlr_el1
    orr     x10, x9, #2
    msr     sctlr_el1, x10
    isb
1:  ldrh    w0, [x3]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    EXPECT_FAR(data + 1)
1:  str     w0, [x3, #1]
    EXPECT_EXC(VEC_SYNC, 0x96000061)
    EXPECT_FAR(data + 2)
1:  ldp     w4, w5, [x3, #4]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    ldr     x0, [x1]
    EXPECT(x0, 0x1122334455667788)
    MOVQ    x4, NOWHERE + 1         /* alignment comes before translation */
1:  ldr     x0, [x4]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    EXPECT_ELR(1b)
    msr     sctlr_el1, x9
    isb
    MOVQ    x4, UART + 0x19         /* Device memory is always aligned */
1:  ldr     w0, [x4]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    EXPECT_FAR(UART + 0x19)
    EXPECT_ELR(1b)

    TEST("an access over two pages")
    MOVQ    x1, 0x7ffffffc          /* the last mapped word */
    MOVQ    x2, 0x7ffffff8
1:  ldr     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000005)
    EXPECT_FAR(NOWHERE)
    EXPECT_ELR(1b)

    TEST("FP access")
    msr     cpacr_el1, xzr
    isb
1:  fmov    d0, #1.0
    EXPECT_EXC(VEC_SYNC, 0x1fe00000)
    EXPECT_ELR(1b)
1:  ldr     q0, [x2]
    EXPECT_EXC(VEC_SYNC, 0x1fe00000)
    EXPECT_ELR(1b)
    mov     x0, #1 << 20            /* EL1 only */
    msr     cpacr_el1, x0
    isb
    fmov    d0, #1.0
    fmov    x0, d0
    EXPECT(x0, 0x3ff0000000000000)
    EL0_DO  fmov d0, #1.0
    EXPECT_EXC(VEC_EL0, 0x1fe00000)
    EXPECT_ELR(8b)
    mov     x0, #3 << 20
    msr     cpacr_el1, x0
    isb

    TEST("EL0: instructions of EL1")
    .macro undefined insn:vararg
    EL0_DO  \insn
    EXPECT_EXC(VEC_EL0, 0x02000000)
    EXPECT_ELR(8b)
    EXPECT_SPSR(0x3c0)
    .endm
    undefined mrs x0, sctlr_el1
    undefined msr vbar_el1, x0
    undefined mrs x0, mpidr_el1
    undefined mrs x0, s3_0_c12_c12_0
    undefined msr spsel, #0
    undefined hvc #0
    undefined smc #0
    undefined eret
    undefined tlbi vmalle1
    undefined dc isw, x0
    undefined ic iallu
    undefined at s1e1r, x0
    undefined hlt #0
    undefined .inst 0
    EL0_DO  svc #7
    EXPECT_EXC(VEC_EL0, 0x56000007)
    EXPECT_SPSR(0x3c0)
    EL0_DO  brk #7
    EXPECT_EXC(VEC_EL0, 0xf2000007)
    EXPECT_ELR(8b)

    TEST("EL0: aborts")
    MOVQ    x1, NOWHERE
    EL0_DO  ldr x0, [x1]
    EXPECT_EXC(VEC_EL0, 0x92000005)
    EXPECT_FAR(NOWHERE)
    EXPECT_ELR(8b)
    EL0_DO  stp x0, x0, [x1]
    EXPECT_EXC(VEC_EL0, 0x92000045)
    EXPECT_FAR(NOWHERE)
    MOVQ    x1, secret              /* EL1 only */
    mov     x0, #5
    str     x0, [x1]
    EL0_DO  ldr x0, [x1]
    EXPECT_EXC(VEC_EL0, 0x9200000f)
    EXPECT_FAR(secret)
    EL0_DO  str x0, [x1]
    EXPECT_EXC(VEC_EL0, 0x9200004f)
    adr     x1, main
    EL0_DO  strb w0, [x1]
    EXPECT_EXC(VEC_EL0, 0x9200004f)
    EXPECT_FAR(main)
    MOVQ    x1, data + 2
    EL0_DO  ldxr x0, [x1]
    EXPECT_EXC(VEC_EL0, 0x92000021)
    EXPECT_FAR(data + 2)
    MOVQ    x1, secret
1:  ldtr    x0, [x1]                /* EL1 in EL0's name */
    EXPECT_EXC(VEC_SYNC, 0x9600000f)
    EXPECT_ELR(1b)
1:  sttrh   w0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x9600004f)
    MOVQ    x1, data
    ldtr    x0, [x1]

    TEST("EL0: fetches that abort")
    .macro  fetch_aborts address, esr, elr
    TRY_RESUME 7f
    MOVQ    x0, \address
    EL0_DO  br x0
7:  EXPECT_EXC(VEC_EL0, \esr)
    EXPECT_FAR(\address)
    EXPECT_ELR(\elr)
    EXPECT_SPSR(0x3c0)
    .endm
    fetch_aborts NOWHERE + 8, 0x82000005, NOWHERE + 8
    fetch_aborts data, 0x8200000f, data
    fetch_aborts data + 2, 0x8a000000, data + 2
    fetch_aborts secret, 0x8200000f, secret
    TRY
    EL0_CALL bad_sp
    EXPECT_EXC(VEC_EL0, 0x9a000000)

    TEST("EL0: traps by SCTLR and CNTKCTL")
    mrs     x9, sctlr_el1
    MOVQ    x10, (1 << 9) | (1 << 14) | (1 << 15) | (1 << 16) | (1 << 26)
    bic     x10, x9, x10            /* UMA, DZE, UCT, nTWI, UCI */
    msr     sctlr_el1, x10
    msr     cntkctl_el1, xzr
    isb
    .macro traps esr, insn:vararg
    EL0_DO  \insn
    EXPECT_EXC(VEC_EL0, \esr)
    EXPECT_ELR(8b)
    .endm
    MOVQ    x1, data
    traps 0x6232c001, mrs x0, ctr_el0
    traps 0x6212dc28, dc zva, x1
    traps 0x6212dc34, dc cvac, x1
    traps 0x6212dc2a, ic ivau, x1
    traps 0x620cd3e4, msr daifset, #2
    traps 0x6232d005, mrs x0, daif
    traps 0x07e00000, wfi
    traps 0x6234f801, mrs x0, cntvct_el0
    traps 0x6232f807, mrs x0, cntv_ctl_el0
    traps 0x6230f801, mrs x0, cntfrq_el0
    msr     sctlr_el1, x9
    mov     x0, #0x303
    msr     cntkctl_el1, x0
    isb

    TEST("EL0: allowed again")
    TRY
    EL0_DO  mrs x0, ctr_el0
    EL0_DO  dc zva, x1
    EL0_DO  dc cvac, x1
    EL0_DO  ic ivau, x1
    EL0_DO  mrs x0, daif
    EL0_DO  mrs x0, cntvct_el0
    EL0_DO  mrs x0, cntv_ctl_el0
    EL0_DO  mrs x0, dczid_el0
    EL0_DO  mrs x0, tpidrro_el0
    EXPECT_COUNT(0)
    DONE

bad_sp:
    mov     x0, sp
    add     sp, sp, #4
    ldr     x1, [sp]
    mov     sp, x0
    EL0_RETURN

    .section .rwx, "awx", %nobits
secret: .space 8

    .section .data
    .balign 64
data: .quad 0, 0, 0, 0
