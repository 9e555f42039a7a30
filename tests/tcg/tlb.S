/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address spaces and TLB maintenance on one CPU: two tables and many ASIDs in the TTBR0 half,
 * every TLBI form after a change that needs it (unmap first, then map anew), global entries,
 * blocks, tagged addresses. A value read tells which page was seen.
 *
 * run: -cpu max
 */
#include "rt.h"

#define VA       0x80000000             /* L1 entry 2 of both spaces */
#define BLOCK_VA (VA + 0x200000)
#define SPACE(n) (0x48000000 + (n) * 0x3000)    /* L1, L2, L3 */
#define PAGES    0x49000000             /* page i holds i + 0x1000 */
#define NG       (1 << 11)
#define PAGE     (0x703 | (1 << 2))
#define BLOCK    (0x701 | (1 << 2))

.macro sync
    dsb     ish
    isb
.endm
/* L3 entry @i of space @n = page @p with attributes @attrs. */
.macro map n, i, p, attrs
    PUT     SPACE(\n) + 0x2000 + (\i) * 8, PAGES + (\p) * 0x1000 + (\attrs)
.endm
.macro unmap n, i
    MOVQ    x1, SPACE(\n) + 0x2000 + (\i) * 8
    str     xzr, [x1]
.endm
.macro space n, asid
    MOVQ    x1, SPACE(\n) + ((\asid) << 48)
    msr     ttbr0_el1, x1
    isb
.endm
.macro reads i, want, line
    MOVQ    x1, VA + (\i) * 0x1000
    ldr     x0, [x1]
    rt_expect x0, 0x1000 + (\want), \line
.endm
.macro faults i, line
    mrs     x28, tpidr_el1
    str     xzr, [x28, #PC_ESR]
    MOVQ    x1, VA + (\i) * 0x1000
    ldr     x0, [x1]
    rt_expect_pc PC_ESR, 0x96000007, \line
.endm
#define READS(i, want) reads i, want, __LINE__
#define FAULTS(i) faults i, __LINE__
/* Entry @i of space 0: read it (page @p), unmap, @insn, see the fault; map page @q, read. */
.macro renew i, p, q, attrs, line, insn:vararg
    reads   \i, \p, \line
    unmap   0, \i
    dsb     ish
    \insn
    sync
    faults  \i, \line
    map     0, \i, \q, \attrs
    sync
    reads   \i, \q, \line
.endm
#define RENEW(i, p, q, attrs, ...) renew i, p, q, attrs, __LINE__, __VA_ARGS__

    .text
    .global main
main:
    ZERO    SPACE(0), SPACE(2)
    mov     x3, #0
    MOVQ    x1, PAGES
2:  add     x2, x3, #0x1000
    str     x2, [x1]
    add     x1, x1, #0x1000
    add     x3, x3, #1
    cmp     x3, #1024
    b.lo    2b
    .irp    n, 0, 1                 /* the runtime's own entries, then ours */
    MOVQ    x1, SPACE(\n)
    MOVQ    x2, rt_l1
    ldp     x4, x5, [x2]
    stp     x4, x5, [x1]
    MOVQ    x2, SPACE(\n) + 0x1003
    str     x2, [x1, #16]
    PUT     SPACE(\n) + 0x1000, SPACE(\n) + 0x2003
    .endr
    mrs     x0, tcr_el1
    orr     x0, x0, #1 << 36        /* 16-bit ASIDs */
    msr     tcr_el1, x0
    map     0, 0, 10, PAGE + NG
    map     1, 0, 20, PAGE + NG
    map     0, 1, 11, PAGE
    map     1, 1, 11, PAGE
    map     0, 2, 12, PAGE + NG
    sync
    space   0, 1
    tlbi    vmalle1
    sync
    TRY

    TEST("two address spaces")
    mov     x20, #100
1:  space   0, 1
    READS(0, 10)
    READS(1, 11)
    READS(2, 12)
    space   1, 2
    READS(0, 20)
    READS(1, 11)
    FAULTS(2)
    subs    x20, x20, #1
    b.ne    1b

    TEST("more ASIDs than anyone keeps")
    mov     x21, #3                 /* rounds: the same mapping behind each ASID, all non-global */
2:  mov     x20, #16
1:  MOVQ    x1, SPACE(1)
    add     x2, x20, #0x3ff         /* a page of its own */
    sub     x2, x20, #0
    MOVQ    x3, PAGES + PAGE + NG
    add     x3, x3, x20, lsl #12
    MOVQ    x4, SPACE(1) + 0x2000 + 5 * 8
    orr     x1, x1, x20, lsl #48
    msr     ttbr0_el1, x1
    isb
    cmp     x21, #3                 /* first round: map it for this ASID only, after the others */
    b.ne    3f
    str     x3, [x4]
    sync
3:  MOVQ    x1, VA + 5 * 0x1000
    ldr     x0, [x1]
    add     x20, x20, #1
    cmp     x20, #80
    b.lo    1b
    subs    x21, x21, #1
    b.ne    2b
    tlbi    vmalle1
    sync
    space   1, 500
    READS(5, 79)

    TEST("TLBI, one page, space 0, ASID 1")
    space   0, 1
    MOVQ    x10, (1 << 48) | (VA >> 12)
    MOVQ    x11, (1 << 48) | (VA >> 12) | 2
    RENEW(0, 10, 30, PAGE + NG, tlbi vae1, x10)
    RENEW(0, 30, 31, PAGE + NG, tlbi vale1, x10)
    RENEW(0, 31, 32, PAGE + NG, tlbi vaae1, x10)
    RENEW(0, 32, 33, PAGE + NG, tlbi vaale1, x10)
    RENEW(0, 33, 34, PAGE + NG, tlbi vae1is, x10)
    RENEW(0, 34, 35, PAGE + NG, tlbi vale1is, x10)
    RENEW(0, 35, 36, PAGE + NG, tlbi vaae1is, x10)
    RENEW(0, 36, 37, PAGE + NG, tlbi vaale1is, x10)
    MOVQ    x12, 7 << 48
    MOVQ    x13, 1 << 48
    RENEW(0, 37, 38, PAGE + NG, tlbi aside1, x13)
    RENEW(0, 38, 39, PAGE + NG, tlbi aside1is, x13)
    RENEW(0, 39, 40, PAGE + NG, tlbi vmalle1)
    RENEW(0, 40, 41, PAGE + NG, tlbi vmalle1is)
    MOVQ    x14, (7 << 48) | (VA >> 12)     /* any ASID: another one in the operand */
    RENEW(0, 41, 42, PAGE + NG, tlbi vaae1, x14)
    RENEW(0, 42, 43, PAGE + NG, tlbi vaale1is, x14)

    TEST("TLBI of a global page")
    MOVQ    x10, (7 << 48) | (VA >> 12) | 1 /* the ASID does not matter */
    RENEW(1, 11, 50, PAGE, tlbi vae1, x10)
    RENEW(1, 50, 51, PAGE, tlbi vale1is, x10)
    RENEW(1, 51, 52, PAGE, tlbi vaae1, x10)
    RENEW(1, 52, 53, PAGE, tlbi vmalle1)

    TEST("TLBI of the other address space")
    space   1, 2
    READS(0, 20)
    space   0, 1
    unmap   1, 0
    dsb     ish
    MOVQ    x10, (2 << 48) | (VA >> 12)
    tlbi    vae1, x10
    sync
    space   1, 2
    FAULTS(0)
    map     1, 0, 60, PAGE + NG
    sync
    READS(0, 60)
    space   0, 1
    unmap   1, 0
    dsb     ish
    MOVQ    x10, 2 << 48
    tlbi    aside1is, x10
    sync
    space   1, 2
    FAULTS(0)
    map     1, 0, 61, PAGE + NG
    sync
    READS(0, 61)
    space   0, 1
    unmap   1, 0
    dsb     ish
    MOVQ    x10, (9 << 48) | (VA >> 12)
    tlbi    vaae1is, x10
    sync
    space   1, 2
    FAULTS(0)
    map     1, 0, 62, PAGE + NG
    sync
    READS(0, 62)
    space   0, 1
    READS(0, 43)

    TEST("TLBI by range")
    .set    i, 0x20
    .rept   40
    map     0, i, i, PAGE + NG
    .set    i, i + 1
    .endr
    sync
    READS(0x20, 0x20)
    READS(0x21, 0x21)
    READS(0x3f, 0x3f)
    READS(0x47, 0x47)
    .set    i, 0x20
    .rept   40
    unmap   0, i
    .set    i, i + 1
    .endr
    dsb     ish
    /* BaseADDR, TG = 4 KiB, SCALE 0, NUM 15: 2 * 16 pages; then the eight left by another. */
    MOVQ    x10, ((VA >> 12) + 0x20) | (15 << 39) | (1 << 46) | (1 << 48)
    tlbi    rvae1, x10
    MOVQ    x10, ((VA >> 12) + 0x40) | (3 << 39) | (1 << 46) | (1 << 48)
    tlbi    rvaale1is, x10
    sync
    FAULTS(0x20)
    FAULTS(0x21)
    FAULTS(0x3f)
    FAULTS(0x47)
    map     0, 0x3f, 70, PAGE + NG
    sync
    READS(0x3f, 70)

    TEST("a block goes as a whole")
    PUT     SPACE(0) + 0x1008, 0x49000000 + BLOCK + NG
    sync
    READS(0x200, 0)
    READS(0x203, 3)
    READS(0x3ff, 0x1ff)
    MOVQ    x1, SPACE(0) + 0x1008
    str     xzr, [x1]
    dsb     ish
    MOVQ    x10, (1 << 48) | ((BLOCK_VA + 0x77000) >> 12)
    tlbi    vae1, x10
    sync
    mrs     x28, tpidr_el1
    str     xzr, [x28, #PC_COUNT]
    MOVQ    x1, BLOCK_VA
    ldr     x0, [x1]
    ldr     x0, [x1, #0x3000 / 2]
    MOVQ    x1, BLOCK_VA + 0x1ff000
    ldr     x0, [x1]
    EXPECT_COUNT(3)
    EXPECT_EXC(VEC_SYNC, 0x96000006)

    TEST("permissions change with TLBI")
    MOVQ    x1, VA
    MOVQ    x2, 0x1234
    str     x2, [x1, #8]
    map     0, 0, 43, PAGE + NG + (2 << 6)  /* read-only */
    dsb     ish
    MOVQ    x10, (1 << 48) | (VA >> 12)
    tlbi    vae1, x10
    sync
    MOVQ    x1, VA
    str     x2, [x1, #8]
    EXPECT_EXC(VEC_SYNC, 0x9600004f)
    READS(0, 43)
    map     0, 0, 43, PAGE + NG             /* back: more permission may need no TLBI, has one */
    dsb     ish
    tlbi    vae1, x10
    sync
    mrs     x28, tpidr_el1
    str     xzr, [x28, #PC_COUNT]
    MOVQ    x1, VA
    str     x2, [x1, #8]
    EXPECT_COUNT(0)

    TEST("tagged addresses")
    mrs     x0, tcr_el1
    orr     x0, x0, #1 << 37        /* TBI0 */
    msr     tcr_el1, x0
    isb
    MOVQ    x1, VA | 0x5a << 56
    ldr     x0, [x1]
    EXPECT(x0, 0x1000 + 43)
    MOVQ    x2, 0x7777
    str     x2, [x1, #16]
    MOVQ    x1, VA | 0x81 << 56
    ldr     x0, [x1, #16]
    EXPECT(x0, 0x7777)
    ldr     x0, [x1], #16
    EXPECT(x1, (VA + 16) | 0x81 << 56)
    MOVQ    x1, (VA + 0x9000) | 0x5a << 56
    ldr     x0, [x1]
    EXPECT_EXC(VEC_SYNC, 0x96000007)
    EXPECT_FAR((VA + 0x9000) | 0x5a << 56)
    MOVQ    x1, VA | 0x33 << 56
    unmap   0, 0
    dsb     ish
    MOVQ    x10, (1 << 48) | (VA >> 12)
    tlbi    vae1, x10
    sync
    mrs     x28, tpidr_el1
    str     xzr, [x28, #PC_COUNT]
    MOVQ    x1, VA | 0x5a << 56
    ldr     x0, [x1]
    MOVQ    x1, VA | 0x81 << 56
    ldr     x0, [x1]
    EXPECT_COUNT(2)
    adr     x1, 1f                  /* a branch loses its tag */
    orr     x2, x1, #0xff << 56
    br      x2
1:  adr     x0, 1b
    EXPECT_REG(x0, x1)
    adr     x1, 2f
    orr     x2, x1, #0xf << 56
    blr     x2
2:  EXPECT_REG(x30, x1)
    MOVQ    x1, VA
    orr     x2, x1, #0x7e << 56     /* a fetch that faults: no tag in ELR and FAR */
    TRY_RESUME 3f
    br      x2
3:  EXPECT_EXC(VEC_SYNC, 0x86000007)
    EXPECT_FAR(VA)
    EXPECT_ELR(VA)
    DONE
