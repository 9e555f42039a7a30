/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FEAT_LSE2 (B2.2.1, B2.5.2): what must be aligned, with SCTLR_EL1.nAA and SCTLR_EL1.A; results of
 * atomics that are not aligned; no torn values within 16 aligned bytes while another CPU writes.
 *
 * run: -smp 2
 * timeout: 120
 */
#include "rt.h"

#define NAA 0x40
#define A   0x02
#define CHANGES 1000000                  /* of the value, to be seen in each test for torn ones */

    .text
    .global main
main:
    TEST("it is there")
    mrs     x0, id_aa64mmfr2_el1
    ubfx    x0, x0, #32, #4
    EXPECT(x0, 1)

    /*
     * At every offset in 16 bytes: a fault where it is expected, and what the access does
     * elsewhere. @fault: x6 := 1 when it is to fault, of x5, the offset, and @size. x4 is the
     * address.
     */
    .macro every size, esr, fault, insn, line
    mov     x5, #0
3:  add     x4, x1, x5
    mov     x0, #5
    clrex
    TRY
2:  \insn
    TRY_END
    mov     x6, #0
    \fault  \size
    mrs     x7, tpidr_el1
    ldr     x8, [x7, #PC_COUNT]
    cmp     x8, x6
    mov     x9, x5                      /* what failed: the offset */
    csinv   x9, x9, xzr, ne
    rt_expect x9, -1, \line
    cbz     x6, 4f
    ldr     x8, [x7, #PC_ESR]
    rt_expect x8, \esr, \line
    ldr     x8, [x7, #PC_FAR]
    sub     x8, x8, x4
    rt_expect x8, 0, \line
4:  add     x5, x5, #1
    cmp     x5, #16
    b.lo    3b
    .endm
    .macro never size                   /* faults */
    .endm
    .macro over16 size
    add     x6, x5, #\size
    cmp     x6, #16
    cset    x6, hi
    .endm
    .macro unaligned size
    and     x6, x5, #(\size - 1)
    cmp     x6, #0
    cset    x6, ne
    .endm
#define LOADS(size, fault, insn) every size, 0x96000021, fault, insn, __LINE__
#define STORES(size, fault, insn) every size, 0x96000061, fault, insn, __LINE__

    .macro ordered fault
    LOADS(8, \fault, "ldar x0, [x4]")
    LOADS(4, \fault, "ldar w0, [x4]")
    LOADS(2, \fault, "ldarh w0, [x4]")
    LOADS(1, never, "ldarb w0, [x4]")
    LOADS(8, \fault, "ldapr x0, [x4]")
    LOADS(4, \fault, "ldapr w0, [x4]")
    LOADS(2, \fault, "ldaprh w0, [x4]")
    LOADS(8, \fault, "ldapur x0, [x4]")
    LOADS(4, \fault, "ldapursw x0, [x4]")
    LOADS(2, \fault, "ldapursh x0, [x4]")
    STORES(8, \fault, "stlr x0, [x4]")
    STORES(4, \fault, "stlr w0, [x4]")
    STORES(2, \fault, "stlrh w0, [x4]")
    STORES(1, never, "stlrb w0, [x4]")
    STORES(8, \fault, "stlur x0, [x4]")
    STORES(2, \fault, "stlurh w0, [x4]")
    .endm
    .macro atomics fault
    LOADS(8, \fault, "ldxr x0, [x4]")
    LOADS(4, \fault, "ldaxr w0, [x4]")
    LOADS(2, \fault, "ldxrh w0, [x4]")
    LOADS(8, \fault, "ldxp w0, w2, [x4]")
    LOADS(16, unaligned, "ldxp x0, x2, [x4]")
    STORES(8, \fault, "stxr w0, x1, [x4]")
    STORES(4, \fault, "stlxr w0, w1, [x4]")
    STORES(2, \fault, "stxrh w0, w1, [x4]")
    STORES(8, \fault, "stxp w0, w1, w2, [x4]")
    STORES(16, unaligned, "stxp w0, x1, x2, [x4]")
    LOADS(8, \fault, "ldadd x0, x0, [x4]")
    LOADS(4, \fault, "ldumaxal w0, w0, [x4]")
    LOADS(2, \fault, "ldclrh w0, w0, [x4]")
    LOADS(8, \fault, "stset x0, [x4]")
    LOADS(8, \fault, "swp x0, x0, [x4]")
    LOADS(8, \fault, "cas x0, x0, [x4]")
    LOADS(2, \fault, "casalh w0, w0, [x4]")
    LOADS(8, \fault, "casp w2, w3, w2, w3, [x4]")
    LOADS(16, unaligned, "casp x2, x3, x2, x3, [x4]")
    .endm
    .macro plain fault
    LOADS(8, \fault, "ldr x0, [x4]")
    LOADS(2, \fault, "ldrsh x0, [x4]")
    STORES(4, \fault, "str w0, [x4]")
    LOADS(8, \fault, "ldp x0, x2, [x4]")  /* by the size of one of the two */
    LOADS(4, \fault, "ldp w0, w2, [x4]")
    LOADS(4, \fault, "ldpsw x0, x2, [x4]")
    LOADS(8, \fault, "ldnp x0, x2, [x4]")
    STORES(8, \fault, "stp x0, x2, [x4]")
    STORES(4, \fault, "stp w0, w2, [x4]")
    STORES(8, \fault, "stnp x0, x2, [x4]")
    LOADS(8, \fault, "ldr d0, [x4]")
    STORES(16, \fault, "str q0, [x4]")
    .endm
    .macro sctlr bits                   /* x19 has the rest */
    mov     x9, #\bits
    orr     x9, x9, x19
    msr     sctlr_el1, x9
    isb
    .endm
    mrs     x19, sctlr_el1

    /* Twice: CPU 1 has never run, then it has (and pairs are one access). */
    mov     x25, #0
again:
    MOVQ    x1, cell
    TEST("nAA = 0")
    ordered over16
    atomics over16
    plain   never
    TEST("nAA = 1")
    sctlr   NAA
    mrs     x0, sctlr_el1
    and     x0, x0, #NAA
    EXPECT(x0, NAA)
    ordered never
    atomics over16
    TEST("nAA = 1, A = 1")
    sctlr   NAA | A
    ordered unaligned
    atomics unaligned
    plain   unaligned
    sctlr   0

    TEST("EL0")
    MOVQ    x4, cell + 9
    TRY
    EL0_DO  ldar x0, [x4]
    EXPECT_EXC(VEC_EL0, 0x92000021)
    sctlr   NAA
    TRY
    EL0_DO  ldar x0, [x4]
    EXPECT_COUNT(0)
    sctlr   0
    TRY_END

    TEST("over the end of a page, nAA = 1")
    sctlr   NAA
    MOVQ    x4, page - 3
    MOVQ    x2, 0x1122334455667788
    stlr    x2, [x4]
    ldr     x0, [x4]
    EXPECT_REG(x0, x2)
    ldar    x0, [x4]
    EXPECT_REG(x0, x2)
    ldapursw x0, [x4]
    EXPECT(x0, 0x55667788)
    sctlr   0

    TEST("Device memory")
    MOVQ    x4, GICD + 4
    TRY
1:  ldar    w0, [x4]
    EXPECT_COUNT(0)
1:  ldp     w0, w2, [x4]                /* two accesses */
    EXPECT_COUNT(0)
    MOVQ    x4, GICD + 1
    sctlr   NAA
    TRY
1:  ldar    w0, [x4]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    TRY
1:  ldp     w0, w2, [x4]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    TRY
1:  ldadd   w0, w0, [x4]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    TRY
1:  ldxr    w0, [x4]
    EXPECT_EXC(VEC_SYNC, 0x96000021)
    sctlr   0
    TRY_END

    TEST("results")
    .macro cells lo, hi
    MOVQ    x2, \lo
    MOVQ    x3, \hi
    stp     x2, x3, [x1]
    .endm
#define HAVE(lo, hi) EXPECT_MEM(cell, lo); EXPECT_MEM(cell + 8, hi)
    cells   0x1716151413121110, 0x1f1e1d1c1b1a1918
    add     x4, x1, #3
    mov     x0, #1
    ldaddal x0, x0, [x4]
    EXPECT(x0, 0x1a19181716151413)
    HAVE(0x1716151414121110, 0x1f1e1d1c1b1a1918)
    add     x4, x1, #7
    mvn     x0, xzr
    swp     w0, w0, [x4]
    EXPECT(x0, 0x1a191817)
    HAVE(0xff16151414121110, 0x1f1e1d1c1bffffff)
    add     x4, x1, #7
    mov     x0, #0xffff
    mov     x2, #0x2345
    casalh  w0, w2, [x4]
    EXPECT(x0, 0xffff)
    HAVE(0x4516151414121110, 0x1f1e1d1c1bffff23)
    MOVQ    x0, 0x12345
    casalh  w0, w2, [x4]
    EXPECT(x0, 0x2345)
    add     x4, x1, #5
    mov     w2, #0x1122
    mov     w3, #0x3344
1:  ldxp    w6, w7, [x4]
    EXPECT(x6, 0x23451615)
    EXPECT(x7, 0x1c1bffff)
1:  ldxp    w6, w7, [x4]
    stxp    w8, w2, w3, [x4]
    cbnz    w8, 1b
    HAVE(0x0011221414121110, 0x1f1e1d0000334400)
    add     x4, x1, #8
    mov     x0, #-5
    ldumax  x0, x2, [x4]
    EXPECT(x2, 0x1f1e1d0000334400)
    EXPECT_MEM(cell + 8, -5)
    ldp     x2, x3, [x1]
    stp     x3, x2, [x1, #16]
    stp     x2, x3, [x1, #32]
    EXPECT_MEM(cell + 16, -5)
    EXPECT_MEM(cell + 24, 0x0011221414121110)
    EXPECT_MEM(cell + 32, 0x0011221414121110)
    EXPECT_MEM(cell + 40, -5)
    stp     x3, xzr, [x1]
    HAVE(-5, 0)
    stp     xzr, x3, [x1]
    HAVE(0, -5)
    stp     xzr, xzr, [x1, #8]
    HAVE(0, 0)
    add     x4, x1, #4
    stp     x2, x3, [x4, #8]!           /* not aligned to a word even */
    ldp     x6, x7, [x4], #-8
    EXPECT_REG(x6, x2)
    EXPECT_REG(x7, x3)

    cbnz    x25, torn
    mov     x25, #1
    CPU_START 1, writers
    EXPECT(x0, 0)
    b       again

    /*
     * CPU 1 writes (x10 counts up, x11 is x10's low byte eight times), CPU 0 reads x4 and x5 until
     * it has seen CHANGES values of x4, but an eighth of a second at most; x7 := 1 when what it
     * read is torn.
     */
    .macro no_tear write, read, check, line
    b       5f
4:  add     x10, x10, #1
    and     x11, x10, #255
    mul     x11, x11, x13
    \write
    ldar    x12, [x14]
    cbz     x12, 4b
    ret
5:  adr     x3, 4b
    bl      start_writer
6:  \read
    \check
    add     x20, x20, x7
    cmp     x4, x22
    cinc    x21, x21, ne
    mov     x22, x4
    mrs     x8, cntvct_el0
    cmp     x21, #2                     /* it is being written */
    b.lo    6b
    cmp     x21, x24
    ccmp    x8, x23, #2, lo
    b.lo    6b
    bl      stop_writer
    rt_expect x20, 0, \line             /* torn values */
    .endm
#define EQUAL  "cmp x4, x5; cset x7, ne"
#define BYTES  "ror x5, x4, #8; cmp x4, x5; cset x7, ne"
#define BYTES4 "ror w5, w4, #8; cmp w4, w5; cset x7, ne"
#define BYTES2 "rev16 w5, w4; cmp w4, w5; cset x7, ne"
#define AHEAD  "sub x6, x4, x5; cmp x6, #1; cset x7, hi"
#define BEHIND "sub x6, x5, x4; cmp x6, #1; cset x7, hi"
#define NO_TEAR(write, read, check) no_tear write, read, check, __LINE__
torn:
    MOVQ    x15, cell
    TEST("torn: stp, ldp of 16 bytes")
    NO_TEAR("stp x10, x10, [x15, #16]", "ldp x4, x5, [x15, #16]", EQUAL)
    NO_TEAR("stnp x10, x10, [x15]", "ldnp x4, x5, [x15]", EQUAL)
    TEST("torn: by SP")
    mov     x16, sp
    NO_TEAR("mov x17, sp; mov sp, x15; stp x10, x10, [sp, #-16]!; stp x10, x10, [sp], #16; \
             mov sp, x17",
            "mov sp, x15; ldp x4, x5, [sp, #-16]; mov sp, x16", EQUAL)
    NO_TEAR("mov x17, sp; mov sp, x15; sub sp, sp, #64; stp x10, x10, [sp, #16]; mov sp, x17",
            "mov sp, x15; ldp x4, x5, [sp, #-48]!; mov sp, x16", EQUAL)
    TEST("torn: two str, ldp")
    NO_TEAR("str x10, [x15]; str x10, [x15, #8]", "ldp x4, x5, [x15]", AHEAD)
    NO_TEAR("str x10, [x15, #8]; str x10, [x15]", "ldp x4, x5, [x15]", BEHIND)
    TEST("torn: stp, two ldr")
    NO_TEAR("stp x10, x10, [x15]",
            "ldr x5, [x15]; dmb ishld; ldr x4, [x15, #8]; subs x7, x5, x4; cset x7, hi", "nop")
    NO_TEAR("stp x10, x10, [x15]",
            "ldr x5, [x15, #8]; dmb ishld; ldr x4, [x15]; subs x7, x5, x4; cset x7, hi", "nop")
    TEST("torn: casp, ldp")
    NO_TEAR("ldp x2, x3, [x15]; mov x4, x10; mov x5, x10; casp x2, x3, x4, x5, [x15]",
            "ldp x4, x5, [x15]", EQUAL)
    NO_TEAR("stp x10, x10, [x15]", "mov x4, #0; mov x5, #0; casp x4, x5, x4, x5, [x15]", EQUAL)
    TEST("torn: stp, ldxp")
    NO_TEAR("stp x10, x10, [x15]", "ldxp x4, x5, [x15]", EQUAL)
    TEST("torn: words, not aligned to 8")
    NO_TEAR("stp w10, w10, [x15, #4]", "ldp w4, w5, [x15, #4]", EQUAL)
    NO_TEAR("stp w10, w10, [x15, #8]", "ldpsw x4, x5, [x15, #8]", EQUAL)
    NO_TEAR("add x6, x15, #6; stp w10, w10, [x6]", "add x6, x15, #6; ldp w4, w5, [x6]", EQUAL)
    TEST("torn: unaligned within 16 bytes")
    NO_TEAR("stur x11, [x15, #1]", "ldur x4, [x15, #1]", BYTES)
    NO_TEAR("stur x11, [x15, #5]", "ldur x4, [x15, #5]", BYTES)
    NO_TEAR("stur x11, [x15, #7]", "ldur x4, [x15, #7]", BYTES)
    NO_TEAR("stur w11, [x15, #6]", "ldur w4, [x15, #6]", BYTES4)
    NO_TEAR("sturh w11, [x15, #7]", "ldurh w4, [x15, #7]", BYTES2)
    NO_TEAR("fmov d0, x11; stur d0, [x15, #3]", "ldur d0, [x15, #3]; fmov x4, d0", BYTES)
    TEST("torn: unaligned, ordered")
    NO_TEAR("stlur x11, [x15, #5]", "ldapur x4, [x15, #5]", BYTES)
    NO_TEAR("add x6, x15, #3; stlr x11, [x6]", "add x6, x15, #3; ldar x4, [x6]", BYTES)
    TEST("torn: unaligned atomics")
    NO_TEAR("add x6, x15, #7; swp x11, x12, [x6]", "ldur x4, [x15, #7]", BYTES)
    NO_TEAR("add x6, x15, #5; 1: ldxr x12, [x6]; stxr w12, x11, [x6]; cbnz w12, 1b",
            "ldur x4, [x15, #5]", BYTES)
    TEST("torn: halves of a vector")
    NO_TEAR("dup v0.2d, x11; stur q0, [x15, #8]", "ldur q0, [x15, #8]; fmov x4, d0", BYTES)
    NO_TEAR("dup v0.2d, x11; stur q0, [x15, #8]", "ldur q0, [x15, #8]; mov x4, v0.d[1]", BYTES)

    TEST("nothing is lost: unaligned read-modify-write on both CPUs")
    .macro both add, line
    b       5f
4:  MOVQ    x6, cell + 3
    mov     x11, #1
3:  \add
    add     x10, x10, #1
    mrs     x8, cntvct_el0
    cmp     x8, x23                     /* CPU 0 */
    ccmp    x23, #0, #4, lo
    b.ne    3b
    cbnz    x23, 6f
    MOVQ    x9, stop                    /* CPU 1 */
    ldar    x9, [x9]
    cbz     x9, 3b
6:  ret
5:  adr     x3, 4b
    bl      start_writer
    mov     x10, #0
    bl      4b
    bl      stop_writer
    MOVQ    x6, cell
    ldur    x0, [x6, #3]
    MOVQ    x6, count
    ldr     x6, [x6]
    sub     x0, x0, x6
    sub     x0, x0, x10
    rt_expect x0, 0, \line
    .endm
    both    "ldadd x11, x12, [x6]", __LINE__
    both    "1: ldaxr x12, [x6]; add x12, x12, #1; stlxr w13, x12, [x6]; cbnz w13, 1b", __LINE__
    both    "ldr x12, [x6]; 1: mov x13, x12; add x14, x12, #1; cas x12, x14, [x6]; \
             cmp x12, x13; b.ne 1b", __LINE__
    DONE

/* x3: what CPU 1 is to run. Clears the cells, and sets the reader's registers. */
start_writer:
    MOVQ    x6, cell - 64
    mov     x7, #16
1:  stp     xzr, xzr, [x6], #16
    subs    x7, x7, #1
    b.ne    1b
    MOVQ    x6, stop
    str     xzr, [x6]
    MOVQ    x6, mail
    stlr    x3, [x6]
    mov     x20, #0
    mov     x21, #0
    mov     x22, #0
    mov     x24, #(CHANGES & 0xffff)
    movk    x24, #(CHANGES >> 16), lsl #16
    mrs     x23, cntvct_el0
    mrs     x6, cntfrq_el0
    add     x23, x23, x6, lsr #3
    ret

stop_writer:
    MOVQ    x6, stop
    mov     x7, #1
    stlr    x7, [x6]
wait_writer:
    MOVQ    x6, mail
1:  ldar    x7, [x6]
    cbnz    x7, 1b
    ret

/* CPU 1. */
writers:
    MOVQ    x13, 0x0101010101010101
    MOVQ    x14, stop
    MOVQ    x15, cell
    MOVQ    x9, mail
    mov     x10, #0
1:  ldar    x3, [x9]
    cbz     x3, 1b
    mov     x10, #0
    mov     x23, #0
    blr     x3
    MOVQ    x9, count
    str     x10, [x9]
    MOVQ    x13, 0x0101010101010101
    MOVQ    x14, stop
    MOVQ    x9, mail
    stlr    xzr, [x9]
    b       1b

    .section .data
    .balign 64
mail:   .quad 0
    .balign 64
stop:   .quad 0
count:  .quad 0
    .balign 64
        .skip 64
cell:   .skip 192
    .balign 4096
page:   .skip 64
