/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot, translation tables, entering generated code and coming back. */
#include "layout.h"

    .section .head, "ax"
    .global _start
_start:
    b       start
    .word   0
    .quad   0                       /* text_offset */
    .quad   0x4000000               /* image_size */
    .quad   0xa
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .word   0

.macro LOAD reg, sym
    adrp    \reg, \sym
    add     \reg, \reg, :lo12:\sym
.endm

/* X4..X29 */
.macro X_REGS op
    \op     x4, x5, [sp, #32]
    \op     x6, x7, [sp, #48]
    \op     x8, x9, [sp, #64]
    \op     x10, x11, [sp, #80]
    \op     x12, x13, [sp, #96]
    \op     x14, x15, [sp, #112]
    \op     x16, x17, [sp, #128]
    \op     x18, x19, [sp, #144]
    \op     x20, x21, [sp, #160]
    \op     x22, x23, [sp, #176]
    \op     x24, x25, [sp, #192]
    \op     x26, x27, [sp, #208]
    \op     x28, x29, [sp, #224]
.endm

.macro V_REGS op, base
    \op     q0, q1, [\base, #0]
    \op     q2, q3, [\base, #32]
    \op     q4, q5, [\base, #64]
    \op     q6, q7, [\base, #96]
    \op     q8, q9, [\base, #128]
    \op     q10, q11, [\base, #160]
    \op     q12, q13, [\base, #192]
    \op     q14, q15, [\base, #224]
    \op     q16, q17, [\base, #256]
    \op     q18, q19, [\base, #288]
    \op     q20, q21, [\base, #320]
    \op     q22, q23, [\base, #352]
    \op     q24, q25, [\base, #384]
    \op     q26, q27, [\base, #416]
    \op     q28, q29, [\base, #448]
    \op     q30, q31, [\base, #480]
.endm

    .text
start:
    msr     daifset, #15
    ldr     x0, =0x0000000000ff0400 /* 0: device, 1: Device-nGnRE, 2: normal */
    msr     mair_el1, x0
    ldr     x0, =0x02b5193519       /* T0SZ = T1SZ = 25, 4 KiB, 40 bits; write-back, shareable */
    ldr     x2, =HEADER_PA
    ldr     x3, [x2, #32]           /* bits the case file wants the other way */
    eor     x0, x0, x3
    msr     tcr_el1, x0
    LOAD    x0, boot_l1
    msr     ttbr0_el1, x0
    LOAD    x0, high_l1
    msr     ttbr1_el1, x0
    isb
    tlbi    vmalle1
    dsb     nsh
    isb
    ldr     x0, =0x30d00800 | 0x1005 | (1 << 14) | (1 << 15) | (1 << 18) | (1 << 26)
    ldr     x3, [x2, #24]
    eor     x0, x0, x3
    msr     sctlr_el1, x0
    ldr     x3, [x2, #40]
    mov     x0, #1 << 20            /* CPACR.FPEN: EL1; or all */
    tst     x3, #FLAG_FP_TRAP
    orr     x1, x0, #2 << 20
    csel    x0, x0, x1, ne
    msr     cpacr_el1, x0
    isb
    ldr     x0, =high
    br      x0
high:
    ldr     x2, =PA_TO_VA(HEADER_PA)
    ldr     x3, [x2, #40]
    tbz     x3, #0, 1f
    ldr     x0, =HASH_K
    .irp    key, s3_0_c2_c1_0, s3_0_c2_c1_1, s3_0_c2_c1_2, s3_0_c2_c1_3, \
            s3_0_c2_c2_0, s3_0_c2_c2_1, s3_0_c2_c2_2, s3_0_c2_c2_3, \
            s3_0_c2_c3_0, s3_0_c2_c3_1
    msr     \key, x0
    mul     x0, x0, x0
    eor     x0, x0, x2
    .endr
1:  tbz     x3, #1, 3f
    LOAD    x0, code_l2
    mov     x1, #512
2:  ldr     x4, [x0]
    orr     x5, x4, #1 << 50
    tst     x4, #1
    csel    x4, x4, x5, eq
    str     x4, [x0], #8
    sub     x1, x1, #1
    cbnz    x1, 2b
3:  LOAD    x0, test_l1
    ldr     x1, =RAM_VA - 0x40000000
    sub     x0, x0, x1
    msr     ttbr0_el1, x0
    isb
    tlbi    vmalle1
    dsb     nsh
    isb
    LOAD    x0, vectors
    msr     vbar_el1, x0
    msr     cntkctl_el1, xzr
    msr     tpidr_el0, xzr
    ldr     x0, =PA_TO_VA(STACK_PA)
    mov     sp, x0
    bl      main
    .global power_off
power_off:
    ldr     x0, =0x84000008
    hvc     #0
1:  b       1b

/* void run(State *st): until generated code ends. */
    .global run
run:
    stp     x19, x20, [sp, #-96]!
    stp     x21, x22, [sp, #16]
    stp     x23, x24, [sp, #32]
    stp     x25, x26, [sp, #48]
    stp     x27, x28, [sp, #64]
    stp     x29, x30, [sp, #80]
    mov     x1, sp
    str     x1, [x0, #ST_C_SP]
    mov     sp, x0
    ldr     x2, [sp, #ST_USES]
    ldr     x1, [sp, #ST_VSRC]
    tbz     x2, #0, 1f
    V_REGS  ldp, x1
1:  ldp     x0, x1, [sp, #ST_FPCR]
    msr     fpcr, x0
    msr     fpsr, x1
    ldp     x0, x1, [sp, #ST_SP]
    msr     sp_el0, x0
    msr     spsr_el1, x1
    ldr     x0, [sp, #ST_PC]
    msr     elr_el1, x0
    clrex
    ldp     x2, x3, [sp, #16]
    X_REGS  ldp
    ldr     x30, [sp, #240]
    ldp     x0, x1, [sp]
    eret

    .balign 2048
vectors:
    .set    off, 0
    .rept   16
    .balign 128
    .if     off == 0 || off == 0x400
    stp     x0, x1, [sp]
    b       take
    .else
    mov     x0, #off
    b       unexpected
    .endif
    .set    off, off + 0x80
    .endr

    .balign 128
take:
    mrs     x0, esr_el1
    mov     x1, #END_IMM
    movk    x1, #0x5600, lsl #16
    stp     x2, x3, [sp, #16]
    cmp     x0, x1
    b.eq    leave
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    mrs     x1, elr_el1
    mrs     x2, far_el1
    mrs     x3, spsr_el1
    lsr     x4, x0, #26
    /* FAR is known after aborts and a misaligned PC. */
    sub     x5, x4, #0x20
    mov     x6, #0x37               /* EC 0x20, 0x21, 0x22, 0x24, 0x25; the shift is modulo 64 */
    lsr     x6, x6, x5
    tst     x6, #1
    csel    x2, x2, xzr, ne
    ldr     x5, [sp, #ST_SPSR_MASK] /* ... but of these exceptions SPSR is known whole */
    ldr     x6, =1 << 0x0d | 1 << 0x0e | 1 << 0x20 | 1 << 0x21 | 1 << 0x22 | 1 << 0x3c
    lsr     x6, x6, x4
    tst     x6, #1
    csinv   x5, x5, xzr, eq
    and     x3, x3, x5
    ldr     x5, [sp, #ST_COUNT]
    add     x6, sp, #ST_LOG
    add     x6, x6, x5, lsl #5
    stp     x0, x1, [x6]
    stp     x2, x3, [x6, #16]
    add     x5, x5, #1
    str     x5, [sp, #ST_COUNT]
    ldr     x6, [sp, #ST_HASH]
    ldr     x7, =HASH_K
    .irp    r, x0, x1, x2, x3
    eor     x6, \r, x6, ror #29
    mul     x6, x6, x7
    .endr
    str     x6, [sp, #ST_HASH]
    sub     x6, x4, #0x15           /* SVC, HVC, SMC leave the return address behind them */
    cmp     x6, #3
    add     x6, x1, #4
    csel    x1, x1, x6, lo
    msr     elr_el1, x1
    bic     x3, x3, #0xc00          /* the skipped instruction ends what BTYPE asked of it */
    msr     spsr_el1, x3
    ldp     x6, x7, [sp, #ST_START]
    sub     x1, x1, x6
    sub     x7, x7, x6
    cmp     x1, x7
    ccmp    x5, #MAX_EXC, #2, lo    /* outside: C set, which is "too many" */
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    b.hs    leave
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp]
    eret

leave:
    X_REGS  stp
    str     x30, [sp, #240]
    mrs     x0, sp_el0
    mrs     x1, spsr_el1
    ldr     x2, [sp, #ST_SPSR_MASK]
    and     x1, x1, x2
    stp     x0, x1, [sp, #ST_SP]
    mrs     x0, fpcr
    mrs     x1, fpsr
    stp     x0, x1, [sp, #ST_FPCR]
    mrs     x0, esr_el1
    mrs     x1, elr_el1
    stp     x0, x1, [sp, #ST_ESR]
    ldr     x1, [sp, #ST_USES]
    add     x0, sp, #ST_V
    tbz     x1, #0, 1f
    V_REGS  stp, x0
1:  msr     fpcr, xzr
    ldr     x0, [sp, #ST_C_SP]
    mov     sp, x0
    ldp     x21, x22, [sp, #16]
    ldp     x23, x24, [sp, #32]
    ldp     x25, x26, [sp, #48]
    ldp     x27, x28, [sp, #64]
    ldp     x29, x30, [sp, #80]
    ldp     x19, x20, [sp], #96
    ret

unexpected:
    mrs     x1, esr_el1
    mrs     x2, elr_el1
    mrs     x3, far_el1
    ldr     x4, =PA_TO_VA(STACK_PA)
    mov     sp, x4
    b       die

/* -- Tables: AF, inner shareable -- */
#define NORMAL  (0x700 | 2 << 2)
#define AP_EL0  (1 << 6)
#define AP_RO   (2 << 6)
#define XN      (3 << 53)

    .data
    .balign 4096
boot_l1:
    .quad   0
    .quad   0x40000000 + (1 | NORMAL)
    .balign 4096
high_l1:
    .fill   (RAM_VA >> 30) & 511, 8, 0
    .quad   0x40000000 + (1 | NORMAL | 1 << 54)
    .quad   0x00000000 + (1 | 0x400 | 1 << 2 | XN)
    .balign 4096
test_l1:
    .fill   (CODE_VA >> 30) & 511, 8, 0
    .quad   code_l2 - RAM_VA + 0x40000000 + 3
    .fill   ((SCRATCH_VA >> 30) & 511) - ((CODE_VA >> 30) & 511) - 1, 8, 0
    .quad   scratch_l2 - RAM_VA + 0x40000000 + 3
    .balign 4096
code_l2:
    .fill   (CODE_VA >> 21) & 511, 8, 0
    .set    pa, CODE_PA
    .rept   CODE_BLOCKS
    .quad   pa + (1 | NORMAL | AP_EL0 | AP_RO)
    .set    pa, pa + 0x200000
    .endr
    .balign 4096
scratch_l2:
    .fill   (SCRATCH_VA >> 21) & 511, 8, 0
    .quad   scratch_l3 - RAM_VA + 0x40000000 + 3
    .balign 4096
scratch_l3:
    .fill   (SCRATCH_VA >> 12) & 511, 8, 0
    .quad   SCRATCH_PA + 0x0000 + (3 | NORMAL | AP_EL0 | XN)
    .quad   SCRATCH_PA + 0x5000 + (3 | NORMAL | AP_EL0 | XN)
    .quad   0
    .quad   SCRATCH_PA + 0x7000 + (3 | NORMAL | AP_EL0 | AP_RO | XN)
    .quad   SCRATCH_PA + 0x9000 + (3 | NORMAL | XN)
    .balign 4096
