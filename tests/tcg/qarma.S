/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pointer authentication with QARMA5: the published vector, which PACGA shows half of, and that
 * signing and authenticating go with it.
 *
 * run: -cpu max,pauth-qarma5=on
 */
#include "rt.h"
    .arch armv8.5-a
    .text
    .global main
main:
    TEST("identification")
    mrs     x0, id_aa64isar1_el1
    ubfx    x1, x0, #4, #8              /* APA, API */
    EXPECT(x1, 0x05)

    TEST("PACGA of the vector in the cipher's publication")
    MOVQ    x0, 0xec2802d4e0a488e9
    msr     s3_0_c2_c3_0, x0            /* APGAKeyLo_EL1 */
    MOVQ    x0, 0x84be85ce9804e94b
    msr     s3_0_c2_c3_1, x0
    isb
    MOVQ    x1, 0xfb623599da6e8127
    MOVQ    x2, 0x477d469dec0b8762
    pacga   x0, x1, x2
    EXPECT(x0, 0xc003b93900000000)
    pacga   x0, x1, x2                  /* from the memo */
    EXPECT(x0, 0xc003b93900000000)
    mov     x0, #1
    msr     s3_0_c2_c3_0, x0
    isb
    pacga   x0, x1, x2
    cmp     x0, #0
    cset    x3, ne
    EXPECT(x3, 1)
    MOVQ    x4, 0xc003b93900000000
    cmp     x0, x4
    cset    x3, ne
    EXPECT(x3, 1)

    TEST("sign, authenticate, fail")
    TRY
    mrs     x0, sctlr_el1
    orr     x0, x0, #(1 << 31)
    msr     sctlr_el1, x0
    isb
    MOVQ    x0, main
    mov     x1, #12
    pacia   x0, x1
    mov     x2, x0
    autia   x0, x1
    EXPECT(x0, main)
    mov     x0, x2
1:  autia   x0, x2
    EXPECT_EXC(VEC_SYNC, 0x72000000)
    EXPECT_ELR(1b)
    DONE
