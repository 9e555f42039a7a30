/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runtime itself: checks, exceptions at both levels, flags that live through a check. */
#include "rt.h"

    .text
    .global main
main:
    TEST("check")
    mov     x0, #5
    EXPECT(x0, 5)
    subs    x1, x0, #5
    EXPECT(x1, 0)
    EXPECT_NZCV(6)

    TEST("exception at EL1")
    mov     x1, #0x55
    msr     nzcv, xzr
    TRY
1:  brk     #7
    EXPECT_EXC(VEC_SYNC, 0xf2000007)
    EXPECT_ELR(1b)
    EXPECT_SPSR(0x3c5)
    EXPECT_COUNT(1)
    EXPECT(x1, 0x55)
    TRY_END

    TEST("EL0")
    TRY
    mov     x3, #1
    EL0_CALL user
    EXPECT(x3, 3)
    EXPECT_EXC(VEC_EL0, 0x56000005)
    EXPECT_ELR(after_svc)
    EXPECT_COUNT(1)
    TRY_END
    DONE

user:
    add     x3, x3, #1
    svc     #5
after_svc:
    add     x3, x3, #1
    EL0_RETURN
