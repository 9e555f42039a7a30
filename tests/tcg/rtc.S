/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real-time clock as the command line sets it: the date of base=, then as the guest does.
 *
 * run: -rtc base=2006-06-17T16:01:21,clock=vm
 */
#include "rt.h"

#define RTC  0x09010000
#define DR   0x00
#define LR   0x08
#define BASE 0x44942751

    .text
    .global main
main:
    TEST("date")
    MOVQ    x9, RTC
    ldr     w0, [x9, #DR]
    MOVQ    x1, BASE
    sub     x0, x0, x1
    cmp     x0, #60
    cset    x0, lo
    EXPECT(x0, 1)

    TEST("set by the guest, it goes on")
    mov     w0, #1000
    str     w0, [x9, #LR]
1:  ldr     w0, [x9, #DR]
    cmp     w0, #1000
    b.eq    1b
    EXPECT(x0, 1001)
    DONE
