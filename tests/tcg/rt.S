/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start, vectors, printing. An arm64 Image: the boot protocol's header, then this code. */
#include "rt.h"

    .section .head, "ax"
    .global _start
_start:
    b       start
    .word   0
    .quad   0                       /* text_offset */
    .quad   _image_size
    .quad   0xa                     /* 4 KiB pages, anywhere in memory */
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .word   0

    .text
start:
    msr     daifset, #15
    mov     x20, x0                 /* the device tree */
    mov     x19, #0
    bl      cpu_setup
    MOVQ    x1, rt_dtb
    str     x20, [x1]
    MOVQ    x1, UART
    mov     w0, #0x301
    str     w0, [x1, #0x30]         /* CR: enable */
    adr     x0, _start
    MOVQ    x1, _start
    cmp     x0, x1
    b.ne    wrong_address
    bl      main
    b       rt_done

wrong_address:
    adr     x0, wrong_text
    bl      puts
    b       power_off

/* x19 = CPU number. Vectors, stack, per-CPU area, FP, MMU. Clobbers x0..x9. */
cpu_setup:
    mrs     x0, mpidr_el1
    and     x1, x0, #0xff
    ubfx    x0, x0, #8, #8
    add     x19, x1, x0, lsl #4
    MOVQ    x0, rt_percpu
    add     x0, x0, x19, lsl #7
    msr     tpidr_el1, x0
    MOVQ    x0, stacks
    add     x1, x19, #1
    add     x0, x0, x1, lsl #12
    mov     sp, x0
    MOVQ    x0, vectors
    msr     vbar_el1, x0
    mov     x0, #3 << 20
    msr     cpacr_el1, x0
#ifndef NO_MMU
    MOVQ    x0, rt_mair
    msr     mair_el1, x0
    MOVQ    x0, rt_tcr
    msr     tcr_el1, x0
    MOVQ    x0, rt_l1
    msr     ttbr0_el1, x0
    msr     ttbr1_el1, x0
    isb
    tlbi    vmalle1
    dsb     nsh
    isb
    MOVQ    x0, rt_sctlr
    msr     sctlr_el1, x0
#endif
    isb
    ret

/* -- Secondary CPUs: x1 = number, x28 = function -- */
    .global rt_cpu_start
rt_cpu_start:
    stp     x28, x30, [sp, #-16]!
    mov     x3, x28
    lsr     x28, x1, #4
    and     x1, x1, #15
    orr     x1, x1, x28, lsl #8
    adr     x2, secondary
    PSCI    PSCI_CPU_ON
    ldp     x28, x30, [sp], #16
    ret

/* The same for C: x0 = number, x1 = function; PSCI's result. */
    .global start_cpu
start_cpu:
    stp     x28, x30, [sp, #-16]!
    mov     x28, x1
    mov     x1, x0
    bl      rt_cpu_start
    ldp     x28, x30, [sp], #16
    ret

secondary:
    mov     x20, x0                 /* context id: the function */
    msr     daifset, #15
    bl      cpu_setup
    blr     x20
    PSCI    PSCI_CPU_OFF
1:  b       1b

/* -- EL0 -- */
    .global rt_el0_call
rt_el0_call:
    sub     sp, sp, #32
    stp     x29, x30, [sp]
    msr     elr_el1, x28
    mov     x27, #0x3c0             /* EL0t, interrupts masked */
    msr     spsr_el1, x27
    mrs     x27, tpidr_el1
    MOVQ    x29, rt_percpu
    sub     x27, x27, x29
    MOVQ    x29, el0_stacks + 4096
    add     x27, x29, x27, lsl #5
    msr     sp_el0, x27
    eret
el0_back:                           /* at EL1 again */
    ldp     x29, x30, [sp]
    add     sp, sp, #32
    ret

/* -- Vectors -- */
    .balign 2048
vectors:
    .set    off, 0
    .rept   16
    .balign 128
    stp     x0, x1, [sp, #-256]!
    mov     x0, #off
    .if     (off & 0x180) == 0x80
    b       take_irq
    .else
    b       take_sync
    .endif
    .set    off, off + 0x80
    .endr

    .balign 128
take_sync:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    mrs     x1, tpidr_el1
    mrs     x2, esr_el1
    mrs     x3, elr_el1
    mov     x4, #0xffff             /* EL0_RETURN */
    movk    x4, #0x5600, lsl #16
    cmp     x2, x4
    b.eq    leave_el0
    str     x0, [x1, #PC_VECTOR]
    str     x2, [x1, #PC_ESR]
    str     x3, [x1, #PC_ELR]
    mrs     x4, far_el1
    str     x4, [x1, #PC_FAR]
    mrs     x4, spsr_el1
    str     x4, [x1, #PC_SPSR]
    ldr     x4, [x1, #PC_COUNT]
    add     x4, x4, #1
    str     x4, [x1, #PC_COUNT]
    ldr     x4, [x1, #PC_ARMED]
    cbz     x4, unexpected
    ldr     x4, [x1, #PC_RESUME]
    cbnz    x4, resume_at
    ubfx    x4, x2, #26, #6         /* SVC, HVC and SMC leave the return address behind them */
    cmp     x4, #0x15
    b.eq    1f
    add     x3, x3, #4
    msr     elr_el1, x3
1:  ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp], #256
    eret
resume_at:
    msr     elr_el1, x4
    mov     x4, #0x3c5
    msr     spsr_el1, x4
    b       1b
leave_el0:
    adr     x4, el0_back
    msr     elr_el1, x4
    mov     x4, #0x3c5
    msr     spsr_el1, x4
    b       1b

take_irq:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x26, x27, [sp, #64]
    stp     x28, x29, [sp, #80]
    str     x30, [sp, #96]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [sp, #112]
    mrs     x1, tpidr_el1
    str     x0, [x1, #PC_VECTOR]
    mrs     x0, s3_0_c12_c12_0      /* ICC_IAR1_EL1 */
    dsb     sy
    str     x0, [x1, #PC_INTID]
    ldr     x2, [x1, #PC_LOG]
    and     x3, x0, #0xff
    orr     x2, x3, x2, lsl #8
    str     x2, [x1, #PC_LOG]
    ldr     x2, [x1, #PC_IRQS]
    add     x2, x2, #1
    str     x2, [x1, #PC_IRQS]
    str     x0, [sp, #104]
    ldr     x2, [x1, #PC_IRQ_HOOK]
    cbz     x2, 1f
    blr     x2
1:  ldr     x0, [sp, #104]
    msr     s3_0_c12_c12_1, x0      /* ICC_EOIR1_EL1 */
    isb
    ldp     x2, x3, [sp, #112]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldr     x30, [sp, #96]
    ldp     x28, x29, [sp, #80]
    ldp     x26, x27, [sp, #64]
    ldp     x6, x7, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp], #256
    eret

/* Everything is known: print it and stop. x1 = per-CPU area, the frame on the stack. */
unexpected:
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    str     x30, [sp, #240]
    mov     x20, x1
    adr     x0, unexpected_text
    bl      puts
    bl      put_name
    adr     x21, fields_text
    mov     x22, #0
1:  mov     x0, x21
    bl      puts
    add     x21, x21, #8
    ldr     x0, [x20, x22]
    bl      puthex
    add     x22, x22, #8
    cmp     x22, #40
    b.lo    1b
    mov     x22, #0
2:  tst     x22, #3
    b.ne    3f
    mov     w0, #'\n'
    bl      putc
3:  mov     w0, #' '
    bl      putc
    mov     w0, #'x'
    bl      putc
    mov     x0, x22
    bl      putdec
    mov     w0, #'='
    bl      putc
    ldr     x0, [sp, x22, lsl #3]
    bl      puthex
    add     x22, x22, #1
    cmp     x22, #31
    b.lo    2b
    mov     w0, #'\n'
    bl      putc
    MOVQ    x1, rt_failed
    mov     w0, #1
    str     w0, [x1]
    b       rt_done

/* -- Checks. x27 got, x28 want, w26 line. Only x26..x30 change. -- */
    .global rt_check
rt_check:
    stp     x0, x1, [sp, #-32]!
    mrs     x29, nzcv
    str     x29, [sp, #16]
    MOVQ    x0, rt_checks
    ldr     w1, [x0]
    add     w1, w1, #1
    str     w1, [x0]
    cmp     x27, x28
    b.ne    check_failed
check_end:
    msr     nzcv, x29
    ldp     x0, x1, [sp], #32
    ret

check_failed:
    stp     x2, x3, [sp, #-32]!
    stp     x4, x30, [sp, #16]
    adr     x0, fail_text
    bl      puts
    bl      put_name
    adr     x0, line_text
    bl      puts
    mov     w0, w26
    bl      putdec
    adr     x0, got_text
    bl      puts
    mov     x0, x27
    bl      puthex
    adr     x0, want_text
    bl      puts
    mov     x0, x28
    bl      puthex
    mov     w0, #'\n'
    bl      putc
    MOVQ    x1, rt_failed
    mov     w0, #1
    str     w0, [x1]
    ldp     x4, x30, [sp, #16]
    ldp     x2, x3, [sp], #32
    b       check_end

    .global rt_begin
rt_begin:
    MOVQ    x27, rt_name
    str     x28, [x27]
    ret

    .global rt_done
rt_done:
    MOVQ    x1, rt_failed
    ldr     w2, [x1]
    MOVQ    x1, rt_checks
    ldr     w20, [x1]
    adr     x0, pass_text
    adr     x3, failed_text
    cmp     w2, #0
    ccmp    w20, #0, #4, eq         /* nothing checked is a failure */
    csel    x0, x0, x3, ne
    bl      puts
    mov     w0, w20
    bl      putdec
    adr     x0, checks_text
    bl      puts
power_off:
    PSCI    0x84000008
1:  b       1b

/* -- Printing: w0 or x0 in; x0..x4 change -- */
put_name:
    MOVQ    x1, rt_name
    ldr     x0, [x1]
    cbnz    x0, puts
    adr     x0, start_text
    .global puts
puts:
    mov     x2, x0
    mov     x3, x30
1:  ldrb    w0, [x2], #1
    cbz     w0, 2f
    bl      putc
    b       1b
2:  mov     x30, x3
    ret

    .global puthex
puthex:
    mov     x2, x0
    mov     x3, x30
    mov     w0, #'0'
    bl      putc
    mov     w0, #'x'
    bl      putc
    clz     x4, x2
    bic     x4, x4, #3
    cmp     x4, #60
    mov     x0, #60
    csel    x4, x4, x0, lo
    lsl     x2, x2, x4
1:  lsr     x0, x2, #60
    cmp     x0, #10
    add     x1, x0, #'0'
    add     x0, x0, #'a' - 10
    csel    x0, x0, x1, hs
    bl      putc
    lsl     x2, x2, #4
    add     x4, x4, #4
    cmp     x4, #64
    b.lo    1b
    mov     x30, x3
    ret

    .global putdec
putdec:                             /* below 10^9 */
    mov     x3, x30
    mov     w2, w0
    MOVQ    x4, 100000000
1:  cmp     w4, #1
    b.ls    2f
    cmp     w2, w4
    b.hs    2f
    mov     w1, #10
    udiv    w4, w4, w1
    b       1b
2:  udiv    w1, w2, w4
    msub    w2, w1, w4, w2
    add     w0, w1, #'0'
    bl      putc
    mov     w1, #10
    udiv    w4, w4, w1
    cbnz    w4, 2b
    mov     x30, x3
    ret

putc:
    MOVQ    x1, UART
    str     x2, [sp, #-16]!
1:  ldr     w2, [x1, #0x18]         /* FR.TXFF */
    tbnz    w2, #5, 1b
    str     w0, [x1]
    ldr     x2, [sp], #16
    ret

wrong_text:      .asciz "FAIL not loaded where it was linked to\n"
unexpected_text: .asciz "UNEXPECTED exception in "
start_text:      .asciz "start"
fail_text:       .asciz "FAIL "
line_text:       .asciz ", line "
got_text:        .asciz ": got "
want_text:       .asciz " want "
pass_text:       .asciz "PASS "
failed_text:     .asciz "FAILED of "
checks_text:     .asciz " checks\n"
    .balign 8
fields_text:     .asciz ": vec="; .balign 8; .asciz " esr="; .balign 8; .asciz " far="
    .balign 8; .asciz " elr="; .balign 8; .asciz " spsr="; .balign 8

/* -- Translation tables: 4 KiB granule, 39 bits; docs/devel/testing-tcg.md has the map.
 * What EL1 needs is not for EL0 to read, so that all works with PAN. -- */
#define AF_SH   0x700               /* AF, inner shareable */
#define NORMAL  (1 << 2)
#define EL0_RW  (1 << 6)
#define EL1_RO  (2 << 6)            /* EL0 may only execute it */
#define XN      (3 << 53)

    .global rt_mair, rt_tcr, rt_sctlr
    .set    rt_mair, 0x000000000444ff00
    .set    rt_tcr, 0x280993519
    .set    rt_sctlr, 0x30d00800 | 0x101d | (1 << 9) | (1 << 14) | (1 << 15) | \
            (1 << 16) | (1 << 18) | (1 << 26)

    .section .kdata, "aw"
    .balign 4096
    .global rt_l1, rt_l2, rt_l3
rt_l1:
    .quad   0x0000000000000401 | EL0_RW | XN
    .quad   rt_l2 + 3
    .balign 4096
rt_l2:
    .quad   0x40000001 | AF_SH | NORMAL | EL0_RW | XN
    .quad   rt_l3 + 3
    .set    pa, 0x40400000
    .rept   510
    .quad   pa + (1 | AF_SH | NORMAL | EL0_RW | XN)
    .set    pa, pa + 0x200000
    .endr
rt_l3:
    .set    pa, 0x40200000
    .rept   256
    .quad   pa + (3 | AF_SH | NORMAL | EL1_RO)
    .set    pa, pa + 0x1000
    .endr
    .rept   64
    .quad   pa + (3 | AF_SH | NORMAL | EL0_RW | XN)
    .set    pa, pa + 0x1000
    .endr
    .rept   64
    .quad   pa + (3 | AF_SH | NORMAL | XN)
    .set    pa, pa + 0x1000
    .endr
    .rept   128
    .quad   pa + (3 | AF_SH | NORMAL | (1 << 54))
    .set    pa, pa + 0x1000
    .endr

    .global rt_percpu
    .balign 4096
rt_percpu:
    .space  PC_BYTES * 16
    .global rt_name, rt_dtb
rt_name:    .quad 0
rt_dtb:     .quad 0
rt_checks:  .word 0
rt_failed:  .word 0

    .section .kbss, "aw", %nobits
    .balign 4096
stacks:
    .space  4096 * 17

    .section .bss
    .balign 4096
el0_stacks:
    .space  4096 * 17
