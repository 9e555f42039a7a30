/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PSCI with two CPUs of four: CPU 0 and 1 are there, 2 and 3 could be plugged. Boots by device
 * tree, so nothing ever plugs them. CPU_ON, AFFINITY_INFO, CPU_OFF and again, FEATURES, bad calls.
 *
 * run: -smp cpus=2,maxcpus=4 -machine acpi=off
 */
#include "rt.h"

#define NOT_SUPPORTED -1
#define INVALID       -2
#define DENIED        -3
#define ALREADY_ON    -4
#define ON            0
#define OFF           1

.macro affinity target, level, want, line
    MOVQ    x1, \target
    mov     x2, #\level
    PSCI    PSCI_AFFINITY
    rt_expect x0, \want, \line
.endm
#define AFFINITY(target, level, want) affinity target, level, want, __LINE__
.macro cpu_on target, want, line
    MOVQ    x1, \target
    MOVQ    x2, 0x40200000
    mov     x3, #0
    PSCI    PSCI_CPU_ON
    rt_expect x0, \want, \line
.endm
#define CPU_ON(target, want) cpu_on target, want, __LINE__
.macro features id, want, line
    MOVQ    x1, \id
    PSCI    0x8400000a
    rt_expect x0, \want, \line
.endm
#define FEATURES(id, want) features id, want, __LINE__

    .text
    .global main
main:
    TEST("version and features")
    PSCI    0x84000000
    EXPECT(x0, 0x10001)
    FEATURES(0x84000000, 0)
    FEATURES(0xc4000003, 0)
    FEATURES(0x84000003, 0)
    FEATURES(0x84000002, 0)
    FEATURES(0xc4000004, 0)
    FEATURES(0x84000008, 0)
    FEATURES(0x84000009, 0)
    FEATURES(0x8400000a, 0)
    FEATURES(0x80000000, 0)
    FEATURES(0x84000005, NOT_SUPPORTED)
    FEATURES(0xdeadbeef, NOT_SUPPORTED)
    PSCI    0x84000006              /* MIGRATE_INFO_TYPE */
    EXPECT(x0, 2)
    PSCI    0xc400ff00
    EXPECT(x0, NOT_SUPPORTED)
    PSCI    0x80000000              /* SMCCC_VERSION */
    EXPECT(x0, 0x10001)

    TEST("registers a call must not change")
    mov     x4, #0x44
    mov     x17, #0x17
    mov     x18, #0x18
    PSCI    0x84000000
    EXPECT(x4, 0x44)
    EXPECT(x17, 0x17)
    EXPECT(x18, 0x18)

    TEST("CPUs that are not plugged")
    CPU_ON(2, DENIED)
    CPU_ON(3, DENIED)
    AFFINITY(2, 0, OFF)
    AFFINITY(3, 0, OFF)

    TEST("CPUs that cannot be")
    CPU_ON(4, INVALID)
    CPU_ON(0x100, INVALID)
    CPU_ON(0x10000, INVALID)
    CPU_ON(0x100000000, INVALID)
    AFFINITY(4, 0, INVALID)
    AFFINITY(0x100, 0, INVALID)
    AFFINITY(0, 4, INVALID)
    AFFINITY(0, 0xffff, INVALID)

    TEST("itself")
    CPU_ON(0, ALREADY_ON)
    AFFINITY(0, 0, ON)
    AFFINITY(0, 1, ON)

    TEST("on, off, and on again")
    mov     x19, #0
again:
    AFFINITY(1, 0, OFF)
    CPU_START 1, second
    EXPECT(x0, 0)
    bl      wait_flag
    CPU_ON(1, ALREADY_ON)
    AFFINITY(1, 0, ON)
    MOVQ    x1, go
    mov     x0, #1
    stlr    x0, [x1]                /* let it end */
    mov     x20, #0
1:  mov     x1, #1                  /* at last it is off */
    mov     x2, #0
    PSCI    PSCI_AFFINITY
    add     x20, x20, #1
    cmp     x0, #OFF
    b.ne    1b
    MOVQ    x1, flag
    ldr     x0, [x1]
    EXPECT(x0, 0x101)               /* MPIDR affinity + 0x100: it was there */
    str     xzr, [x1]
    MOVQ    x1, go
    str     xzr, [x1]
    add     x19, x19, #1
    cmp     x19, #50
    b.lo    again

    TEST("the state a CPU starts in")
    MOVQ    x1, 1
    adr     x2, raw
    MOVQ    x3, 0x1122334455667788
    PSCI    PSCI_CPU_ON
    EXPECT(x0, 0)
    bl      wait_flag
    MOVQ    x1, state
    ldr     x0, [x1]
    EXPECT(x0, 0x1122334455667788)
    ldr     x0, [x1, #8]
    EXPECT(x0, 0x3c0)
    ldr     x0, [x1, #16]
    EXPECT(x0, 4)
    ldr     x0, [x1, #24]
    EXPECT(x0, 0)
    ldr     x0, [x1, #32]
    EXPECT(x0, 1)
    DONE

wait_flag:
    MOVQ    x1, flag
1:  ldar    x0, [x1]
    cbz     x0, 1b
    ret

second:
    mrs     x0, mpidr_el1
    and     x0, x0, #0xff
    add     x0, x0, #0x100
    MOVQ    x1, flag
    stlr    x0, [x1]
    MOVQ    x1, go
1:  ldar    x0, [x1]
    cbz     x0, 1b
    ret

raw:                                /* MMU off: state as it comes */
    MOVQ    x1, state
    str     x0, [x1]
    mrs     x0, daif
    str     x0, [x1, #8]
    mrs     x0, CurrentEL
    str     x0, [x1, #16]
    mrs     x0, sctlr_el1
    mov     x2, #5
    and     x0, x0, x2              /* M, C */
    str     x0, [x1, #24]
    mrs     x0, spsel
    str     x0, [x1, #32]
    dsb     sy
    MOVQ    x1, flag
    mov     x0, #1
    str     x0, [x1]
1:  wfi
    b       1b

    .section .data
    .balign 8
flag:   .quad 0
go:     .quad 0
state:  .space 40
