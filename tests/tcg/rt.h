/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a bare-metal test program is written with. docs/devel/testing-tcg.md.
 *
 * A program defines `main`, which runs on CPU 0 at EL1 with interrupts masked, the MMU on
 * (identity: RAM is Normal, below 1 GiB is Device) and FP enabled, and ends with DONE. x0..x25 are
 * the program's; x26..x30 and the stack belong to these macros.
 */
#ifndef RT_H
#define RT_H

/* -- What the runtime keeps for each CPU, at TPIDR_EL1 -- */
#define PC_VECTOR   0       /* last exception: offset of its vector, 0x000..0x780 */
#define PC_ESR      8
#define PC_FAR      16
#define PC_ELR      24
#define PC_SPSR     32
#define PC_COUNT    40      /* synchronous exceptions since TRY */
#define PC_ARMED    48      /* exceptions are expected: go on behind them */
#define PC_RESUME   56      /* ... or there, when not 0 */
#define PC_IRQS     64      /* interrupts taken */
#define PC_INTID    72      /* the last one */
#define PC_IRQ_HOOK 80      /* called with x0 = INTID before it is ended, may use x0..x7 */
#define PC_LOG      88      /* last eight INTIDs, a byte each, the newest lowest */
#define PC_BYTES    128

#define VEC_SP0     0x000
#define VEC_SYNC    0x200   /* from EL1h */
#define VEC_IRQ     0x280
#define VEC_EL0     0x400
#define VEC_EL0_IRQ 0x480

#define UART        0x09000000
#define GICD        0x08000000
#define GICR        0x080a0000
#define GICR_STRIDE 0x20000

#ifdef __ASSEMBLER__

#define TEST(name)          rt_test name
/* At EL1: one register against a constant; flags stay as they are. */
#define EXPECT(reg, want)   rt_expect reg, want, __LINE__
#define EXPECT_NZCV(want)   rt_expect_nzcv want, __LINE__
#define EXPECT_MEM(sym, want) rt_expect_mem sym, want, __LINE__
#define EXPECT_REG(reg, other) rt_expect_reg reg, other, __LINE__
/* The last exception of this CPU. */
#define EXPECT_EXC(vector, esr) \
    rt_expect_pc PC_VECTOR, vector, __LINE__; rt_expect_pc PC_ESR, esr, __LINE__
#define EXPECT_FAR(want)    rt_expect_pc PC_FAR, want, __LINE__
#define EXPECT_ELR(want)    rt_expect_pc PC_ELR, want, __LINE__
#define EXPECT_SPSR(want)   rt_expect_pc PC_SPSR, want, __LINE__
#define EXPECT_COUNT(want)  rt_expect_pc PC_COUNT, want, __LINE__
#define EXPECT_IRQS(want)   rt_expect_pc PC_IRQS, want, __LINE__
#define EXPECT_INTID(want)  rt_expect_pc PC_INTID, want, __LINE__

.macro rt_test name
    adr     x28, 9991f
    bl      rt_begin
    b       9992f
9991: .asciz "\name"
    .balign 4
9992:
.endm

.macro rt_expect reg, want, line
    mov     x27, \reg
    mov     w26, #\line
    ldr     x28, =(\want)
    bl      rt_check
.endm

.macro rt_expect_reg reg, other, line
    mov     x27, \reg
    mov     w26, #\line
    mov     x28, \other
    bl      rt_check
.endm

.macro rt_expect_nzcv want, line
    mrs     x27, nzcv
    mov     w26, #\line
    mov     x28, #((\want) << 28)
    bl      rt_check
.endm

.macro rt_expect_mem sym, want, line
    ldr     x27, =(\sym)
    ldr     x27, [x27]
    mov     w26, #\line
    ldr     x28, =(\want)
    bl      rt_check
.endm

.macro rt_expect_pc off, want, line
    mrs     x27, tpidr_el1
    ldr     x27, [x27, #\off]
    mov     w26, #\line
    ldr     x28, =(\want)
    bl      rt_check
.endm

/* Exceptions are expected from here on; the faulting instruction is skipped. */
.macro TRY
    mrs     x28, tpidr_el1
    mov     x27, #1
    str     x27, [x28, #PC_ARMED]
    str     xzr, [x28, #PC_RESUME]
    str     xzr, [x28, #PC_COUNT]
    str     xzr, [x28, #PC_ESR]
    str     xzr, [x28, #PC_VECTOR]
.endm

/* The same, and the program goes on at @label (at EL1). */
.macro TRY_RESUME label
    TRY
    ldr     x27, =(\label)
    str     x27, [x28, #PC_RESUME]
.endm

.macro TRY_END
    mrs     x28, tpidr_el1
    str     xzr, [x28, #PC_ARMED]
.endm

/*
 * Run @fn at EL0 (identity mapping, stack of its own) until its EL0_RETURN; x0..x25 go through.
 * EL0 can execute the program and use .data and .bss, not read code (no literals there).
 */
.macro EL0_CALL fn
    ldr     x28, =(\fn)
    bl      rt_el0_call
.endm

.macro EL0_RETURN
    svc     #0xffff
.endm

/* One instruction at EL0, at label 8. */
.macro EL0_DO insn:vararg
    EL0_CALL 8f
    b       9f
8:  \insn
    EL0_RETURN
9:
.endm

/* Two address-width moves. */
.macro MOVQ reg, val
    ldr     \reg, =(\val)
.endm

/* -- Translation tables of the program's own -- */

/* Fill [@from, @to) with 0. x1, x2 change. */
.macro ZERO from, to
    MOVQ    x1, \from
    MOVQ    x2, \to
9993: stp   xzr, xzr, [x1], #16
    cmp     x1, x2
    b.lo    9993b
.endm

/* The 64 bits at @addr := @value. x1, x2 change. */
.macro PUT addr, value
    MOVQ    x1, \addr
    MOVQ    x2, \value
    str     x2, [x1]
.endm

/* What has been written to tables is seen, what was cached of them is not. */
.macro FLUSH_TLB
    dsb     ish
    tlbi    vmalle1
    dsb     ish
    isb
.endm

/* The TTBR1 half walks from @root, 4 KiB pages, 39 bits. x0 changes. */
.macro TTBR1_ON root
    MOVQ    x0, \root
    msr     ttbr1_el1, x0
    mrs     x0, tcr_el1
    bic     x0, x0, #1 << 23            /* EPD1 */
    bic     x0, x0, #3 << 30
    orr     x0, x0, #2 << 30            /* TG1 */
    msr     tcr_el1, x0
    isb
    FLUSH_TLB
.endm

.macro IRQ_ON
    msr     daifclr, #2
.endm

.macro IRQ_OFF
    msr     daifset, #2
.endm

/* Print what has been seen and power off. */
.macro DONE
    b       rt_done
.endm

/* PSCI: x0 = result. */
.macro PSCI id
    MOVQ    x0, \id
    hvc     #0
.endm
#define PSCI_CPU_ON   0xc4000003
#define PSCI_CPU_OFF  0x84000002
#define PSCI_AFFINITY 0xc4000004

/* Start CPU @cpu at @fn (MMU, vectors and stack as for main); x0 = PSCI's result. */
.macro CPU_START cpu, fn
    mov     x1, #\cpu
    ldr     x28, =(\fn)
    bl      rt_cpu_start
.endm

#endif
#endif
