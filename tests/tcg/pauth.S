/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pointer authentication (D8.10) with FEAT_PAuth2, FPAC and FPACCOMBINE: every instruction, the
 * enable bits, the exception of a failure, tagged addresses, EL0. The values of PACs are the
 * algorithm's; only that they are there, differ and authenticate is looked at.
 */
#include "rt.h"
    .arch armv8.5-a
#define EN_ALL (1 << 31 | 1 << 30 | 1 << 27 | 1 << 13)
#define PAC_FAIL 0x72000000

.macro SET_SCTLR set, clear
    mrs     x27, sctlr_el1
    ldr     x28, =(\set)
    orr     x27, x27, x28
    ldr     x28, =(\clear)
    bic     x27, x27, x28
    msr     sctlr_el1, x27
    isb
.endm

/* x0 := the pointer signed by @sign, which has one bit too many and goes wrong in @auth. */
.macro BAD sign, auth, syndrome
    MOVQ    x0, data
    mov     x1, #0x55
    \sign   x0, x1
    eor     x0, x0, #(1 << 50)
    mov     x2, x0
1:  \auth   x0, x1
    EXPECT_EXC(VEC_SYNC, PAC_FAIL + \syndrome)
    EXPECT_ELR(1b)
    EXPECT_REG(x0, x2)
.endm

.macro GOOD sign, auth
    MOVQ    x0, data
    mov     x3, x0
    mov     x1, #0x55
    \sign   x0, x1
    mov     x2, x0
    eor     x4, x0, x3
    ubfx    x5, x4, #0, #39             /* the address and bit 55 stay */
    EXPECT(x5, 0)
    ubfx    x5, x4, #55, #1
    EXPECT(x5, 0)
    cmp     x4, #0
    cset    x5, ne
    EXPECT(x5, 1)
    \auth   x0, x1
    EXPECT_REG(x0, x3)
.endm

    .text
    .global main
main:
    TEST("identification")
    mrs     x0, id_aa64isar1_el1
    ubfx    x1, x0, #4, #8              /* APA, API */
    EXPECT(x1, 0x50)
    mrs     x0, sctlr_el1
    MOVQ    x1, EN_ALL & 0xffffffff
    and     x0, x0, x1
    EXPECT(x0, 0)

    TEST("keys are registers")
    MOVQ    x0, 0x0123456789abcdef
    .irp    key, s3_0_c2_c1_0, s3_0_c2_c1_1, s3_0_c2_c1_2, s3_0_c2_c1_3, s3_0_c2_c2_0, \
            s3_0_c2_c2_1, s3_0_c2_c2_2, s3_0_c2_c2_3, s3_0_c2_c3_0, s3_0_c2_c3_1
    ror     x0, x0, #5
    msr     \key, x0
    .endr
    ror     x1, x0, #14
    mrs     x0, s3_0_c2_c3_1
    EXPECT(x0, 0xd159e26af37bc048)
    mrs     x0, s3_0_c2_c1_0
    EXPECT(x0, 0x78091a2b3c4d5e6f)

    TEST("disabled: nothing happens")
    MOVQ    x0, 0x123456789abcdef0
    mov     x1, #1
    mov     x2, x0
    pacia   x0, x1
    pacdb   x0, x1
    autib   x0, x1
    autda   x0, x1
    EXPECT_REG(x0, x2)
    adr     x0, 1f
    braa    x0, x1
    b       .
1:  MOVQ    x0, data
    ldraa   x1, [x0, #8]
    EXPECT(x1, 0x2222)

    SET_SCTLR EN_ALL & 0xffffffff, 0
    TEST("sign and authenticate")
    GOOD    pacia, autia
    GOOD    pacib, autib
    GOOD    pacda, autda
    GOOD    pacdb, autdb

    TEST("a pointer of the upper half")
    MOVQ    x0, 0xffffffc012345678
    mov     x2, x0
    mov     x1, #3
    pacda   x0, x1
    ubfx    x4, x0, #55, #1
    EXPECT(x4, 1)
    autda   x0, x1
    EXPECT_REG(x0, x2)
    xpacd   x0
    EXPECT_REG(x0, x2)

    TEST("keys and modifiers tell apart")
    MOVQ    x0, data
    mov     x1, x0
    mov     x2, x0
    mov     x3, x0
    mov     x4, x0
    mov     x9, #9
    mov     x10, #10
    pacia   x0, x9
    pacib   x1, x9
    pacda   x2, x9
    pacdb   x3, x9
    pacia   x4, x10
    cmp     x0, x1
    ccmp    x0, x2, #4, ne
    ccmp    x0, x3, #4, ne
    ccmp    x0, x4, #4, ne
    ccmp    x1, x2, #4, ne
    ccmp    x1, x3, #4, ne
    ccmp    x2, x3, #4, ne
    cset    x0, ne
    EXPECT(x0, 1)

    TEST("zero as the modifier")
    MOVQ    x0, data
    mov     x2, x0
    mov     x1, x0
    paciza  x0
    pacdzb  x2
    autiza  x0
    autdzb  x2
    EXPECT(x0, data)
    EXPECT(x2, data)
    MOVQ    x0, data
    pacizb  x0
    autizb  x0
    pacdza  x0
    autdza  x0
    EXPECT(x0, data)

    TEST("hint space")
    mov     x29, x30
    adr     x30, main
    mov     x0, x30
    paciasp
    mov     x2, x30
    autiasp
    EXPECT_REG(x30, x0)
    b       2f
2:  TRY
    mov     x20, #0
    adr     x30, main
    mov     x0, x30
    pacibsp
    mov     x1, x30
    autibsp
    mov     x2, x30
    paciaz
    mov     x3, x30
    xpaclri
    mov     x4, x30
    paciaz
    autiaz
    mov     x5, x30
    pacibz
    autibz
    mov     x6, x30
    cmp     x1, x0
    ccmp    x3, x0, #4, ne
    cset    x7, ne
    EXPECT(x7, 1)
    EXPECT(x2, main)
    EXPECT(x4, main)
    EXPECT(x5, main)
    EXPECT(x6, main)
    adr     x17, main
    mov     x16, #77
    pacia1716
    mov     x0, x17
    autia1716
    mov     x1, x17
    pacib1716
    autib1716
    EXPECT(x1, main)
    EXPECT(x17, main)
    cmp     x0, x1
    cset    x0, ne
    EXPECT(x0, 1)

    TEST("PACGA")
    mov     x1, #1
    mov     x2, #2
    pacga   x0, x1, x2
    mov     w3, w0
    EXPECT(x3, 0)
    pacga   x4, x2, x2
    cmp     x4, x0
    cset    x5, ne
    EXPECT(x5, 1)

    TEST("failures")
    TRY
    BAD     pacia, autia, 0
    BAD     pacib, autib, 1
    BAD     pacda, autda, 2
    BAD     pacdb, autdb, 3
    BAD     pacia, autib, 1
    adr     x30, main
    mov     x0, x30
1:  autiasp
    EXPECT_EXC(VEC_SYNC, PAC_FAIL)
    EXPECT_ELR(1b)
    EXPECT_COUNT(6)

    TEST("branches")
    adr     x0, 1f
    mov     x1, #5
    pacia   x0, x1
    braa    x0, x1
    b       .
1:  adr     x0, 1f
    pacib   x0, x1
    brab    x0, x1
    b       .
1:  adr     x0, 1f
    paciza  x0
    braaz   x0
    b       .
1:  adr     x0, 1f
    pacizb  x0
    blrabz  x0
2:  b       .
1:  EXPECT(x30, 2b)
    adr     x0, 1f
    pacib   x0, x1
    blrab   x0, x1
2:  b       .
1:  EXPECT(x30, 2b)
    adr     x30, 1f
    pacibsp
    retab
    b       .
1:  adr     x30, 1f
    paciasp
    retaa
    b       .
1:  TRY_RESUME 2f
    adr     x0, 1f
    pacib   x0, x1
    mov     x30, #0
1:  blraa   x0, x1                      /* the wrong key: neither jumps nor links */
    b       .
2:  EXPECT_EXC(VEC_SYNC, PAC_FAIL)
    EXPECT_ELR(1b)
    TRY_RESUME 2f
    adr     x30, 1f
1:  retab
    b       .
2:  EXPECT_EXC(VEC_SYNC, PAC_FAIL + 1)
    EXPECT_ELR(1b)

    TEST("exception return")
    adr     x0, 1f
    mov     x1, sp
    pacia   x0, x1
    msr     elr_el1, x0
    mov     x1, #0x3c5
    msr     spsr_el1, x1
    eretaa
    b       .
1:  TRY_RESUME 2f
    adr     x0, main
    msr     elr_el1, x0
1:  eretab
    b       .
2:  EXPECT_EXC(VEC_SYNC, PAC_FAIL + 1)
    EXPECT_ELR(1b)

    TEST("loads")
    TRY
    MOVQ    x0, data
    mov     x2, x0
    pacdza  x0
    ldraa   x1, [x0]
    EXPECT(x1, 0x1111)
    ldraa   x1, [x0, #8]!
    EXPECT(x1, 0x2222)
    EXPECT(x0, data + 8)
    MOVQ    x0, data + 4096
    pacdzb  x0
    mov     x3, x0
    ldrab   x1, [x0, #-4096]
    EXPECT(x1, 0x1111)
    EXPECT_REG(x0, x3)
    mov     x1, #7
1:  ldraa   x1, [x0, #8]!
    EXPECT_EXC(VEC_SYNC, PAC_FAIL + 2)
    EXPECT_ELR(1b)
    EXPECT(x1, 7)
    EXPECT_REG(x0, x3)
    MOVQ    x0, 0x80000000              /* authentic, not mapped */
    pacdza  x0
    mov     x3, x0
1:  ldraa   x1, [x0, #16]!
    EXPECT_EXC(VEC_SYNC, 0x96000005)
    EXPECT_FAR(0x80000010)
    EXPECT_REG(x0, x3)

    TEST("an odd address that is branched to is no failure")
    TRY_RESUME 2f
    adr     x0, 1f + 1
    mov     x30, x0
    paciasp
    br      x0
1:  autiasp
2:  EXPECT_EXC(VEC_SYNC, 0x8a000000)
    TRY

    TEST("tagged addresses")
    mrs     x20, tcr_el1
    orr     x0, x20, #(1 << 37)         /* TBI0 */
    msr     tcr_el1, x0
    isb
    MOVQ    x0, data
    movk    x0, #0x5a00, lsl #48
    mov     x3, x0
    mov     x1, #0x66
    pacda   x0, x1
    lsr     x2, x0, #56
    EXPECT(x2, 0x5a)
    mov     x4, x0
    autda   x0, x1
    EXPECT_REG(x0, x3)
    xpacd   x4
    EXPECT_REG(x4, x3)
    orr     x2, x20, #(1 << 37)
    orr     x2, x2, #(1 << 51)          /* TBID0: not for instructions */
    msr     tcr_el1, x2
    isb
    adr     x0, main
    mov     x3, x0
    movk    x0, #0x5a00, lsl #48
    xpaci   x0
    EXPECT(x0, main)
    MOVQ    x0, data
    movk    x0, #0x5a00, lsl #48
    mov     x3, x0
    xpacd   x0
    EXPECT_REG(x0, x3)
    ldr     x1, [x0]
    EXPECT(x1, 0x1111)
    TRY_RESUME 1f
    adr     x0, main
    movk    x0, #0x5a00, lsl #48
    br      x0
1:  EXPECT_EXC(VEC_SYNC, 0x86000004)
    TRY
    msr     tcr_el1, x20
    isb

    TEST("EL0")
    EL0_DO  paciza x0
    MOVQ    x0, data
    EL0_CALL el0_round
    EXPECT(x0, data)
    MOVQ    x0, data
    EL0_CALL el0_bad
    EXPECT_EXC(VEC_EL0, PAC_FAIL + 2)

    SET_SCTLR 0, EN_ALL & 0xffffffff
    DONE

el0_round:
    mov     x1, #8
    pacdb   x0, x1
    autdb   x0, x1
    EL0_RETURN
el0_bad:
    mov     x1, #8
    pacda   x0, x1
    autda   x0, x0
    EL0_RETURN

    .data
    .balign 16
data:
    .quad   0x1111, 0x2222
    .space  4096
