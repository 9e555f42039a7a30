/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Four CPUs on shared memory: every kind of atomic under contention, locks that sleep in WFE, and
 * the orders that acquire, release and barriers promise. Each phase is run by all four.
 *
 * run: -smp 4
 */
#include "rt.h"

#define CPUS   4
#define ROUNDS 20000

    .text
    .global main
main:
    CPU_START 1, worker
    CPU_START 2, worker
    CPU_START 3, worker

    .macro  phase name, fn
    TEST("\name")
    MOVQ    x1, counter
    stp     xzr, xzr, [x1]
    stp     xzr, xzr, [x1, #16]
    MOVQ    x1, job
    MOVQ    x0, \fn
    str     x0, [x1]
    bl      meet
    mov     x19, #0
    bl      \fn
    bl      meet
    .endm
    .macro  counts
    EXPECT_MEM(counter, CPUS * ROUNDS)
    .endm

    phase "LDXR and STXR", add_exclusive
    counts
    phase "LDXRB and STXRB", add_exclusive_byte
    EXPECT_MEM(counter, (CPUS * ROUNDS) & 0xff)
    phase "LDADD", add_lse
    counts
    phase "CAS", add_cas
    counts
    phase "SWP as a lock", lock_swp
    counts
    phase "LDXP and STXP", add_pair
    counts
    EXPECT_MEM(counter + 8, CPUS * ROUNDS * 3)
    phase "CASP", add_casp
    counts
    EXPECT_MEM(counter + 8, CPUS * ROUNDS * 3)
    phase "spin lock with WFE", lock_wfe
    counts
    phase "ticket lock", lock_ticket
    counts
    phase "LDSET and LDCLR of one bit each", set_clear
    EXPECT_MEM(counter, 0)
    EXPECT_MEM(counter + 8, 0)
    phase "message by release and acquire", message
    EXPECT_MEM(counter + 8, 0)
    phase "message by DMB", message_dmb
    EXPECT_MEM(counter + 8, 0)
    phase "store, DMB, load", store_load
    EXPECT_MEM(counter + 8, 0)
    MOVQ    x1, job
    str     xzr, [x1]
    bl      meet
    DONE

worker:
    mrs     x19, mpidr_el1
    and     x19, x19, #0xff
1:  bl      meet
    MOVQ    x1, job
    ldr     x2, [x1]
    cbz     x2, 2f
    blr     x2
    bl      meet
    b       1b
2:  wfi
    b       2b

/* All four arrive, then all go on. x0..x5 change. */
meet:
    MOVQ    x1, arrived
    mov     x2, #1
    ldaddal x2, x3, [x1]
    add     x3, x3, #1
    add     x4, x3, #CPUS - 1       /* this round ends at the next multiple */
    bic     x4, x4, #CPUS - 1
1:  ldar    x3, [x1]
    cmp     x3, x4
    b.lo    1b
    ret

.macro rounds
    MOVQ    x1, counter
    mov     x0, #ROUNDS
.endm
.macro next label
    subs    x0, x0, #1
    b.ne    \label
.endm

add_exclusive:
    rounds
1:  ldxr    x2, [x1]
    add     x2, x2, #1
    stxr    w3, x2, [x1]
    cbnz    w3, 1b
    next    1b
    ret

add_exclusive_byte:
    rounds
1:  ldaxrb  w2, [x1]
    add     w2, w2, #1
    stlxrb  w3, w2, [x1]
    cbnz    w3, 1b
    next    1b
    ret

add_lse:
    rounds
    mov     x2, #1
1:  ldadd   x2, x3, [x1]
    next    1b
    ret

add_cas:
    rounds
1:  ldr     x2, [x1]
2:  mov     x3, x2
    add     x4, x2, #1
    cas     x3, x4, [x1]
    cmp     x3, x2
    mov     x2, x3
    b.ne    2b
    next    1b
    ret

lock_swp:
    rounds
    MOVQ    x5, lock
    mov     w2, #1
1:  swpa    w2, w3, [x5]
    cbnz    w3, 1b
    ldr     x4, [x1]
    add     x4, x4, #1
    str     x4, [x1]
    stlr    wzr, [x5]
    next    1b
    ret

add_pair:
    rounds
1:  ldxp    x2, x3, [x1]
    add     x2, x2, #1
    add     x3, x3, #3
    stxp    w4, x2, x3, [x1]
    cbnz    w4, 1b
    next    1b
    ret

add_casp:
    rounds
1:  ldp     x2, x3, [x1]
2:  mov     x4, x2
    mov     x5, x3
    add     x6, x2, #1
    add     x7, x3, #3
    caspal  x4, x5, x6, x7, [x1]
    cmp     x4, x2
    ccmp    x5, x3, #0, eq
    mov     x2, x4
    mov     x3, x5
    b.ne    2b
    next    1b
    ret

lock_wfe:
    rounds
    MOVQ    x5, lock
    mov     w2, #1
    sevl
1:  wfe
2:  ldaxr   w3, [x5]
    cbnz    w3, 1b
    stxr    w3, w2, [x5]
    cbnz    w3, 2b
    ldr     x4, [x1]
    add     x4, x4, #1
    str     x4, [x1]
    stlr    wzr, [x5]               /* the store is the event of those who wait */
    sevl
    next    1b
    ret

lock_ticket:
    rounds
    MOVQ    x5, ticket
    mov     w2, #1 << 16
1:  ldadda  w2, w3, [x5]            /* next << 16 | owner */
    lsr     w6, w3, #16
    and     w3, w3, #0xffff
    cmp     w3, w6
    b.eq    3f
    sevl
2:  wfe
    ldaxrh  w3, [x5]
    cmp     w3, w6
    b.ne    2b
3:  ldr     x4, [x1]
    add     x4, x4, #1
    str     x4, [x1]
    add     w3, w3, #1
    stlrh   w3, [x5]
    next    1b
    ret

/* Each CPU owns a bit of counter; counter + 8 counts surprises. */
set_clear:
    rounds
    mov     x2, #1
    lsl     x2, x2, x19
    add     x7, x1, #8
    mov     x6, #1
1:  ldset   x2, x3, [x1]
    tst     x3, x2
    b.eq    2f
    stadd   x6, [x7]
2:  ldclr   x2, x3, [x1]
    tst     x3, x2
    b.ne    3f
    stadd   x6, [x7]
3:  ldeor   x2, x3, [x1]
    ldeor   x2, x3, [x1]
    next    1b
    ret

/* CPU 0 writes payload, then flag; nobody may see the flag's number before the payload's. */
message:
    mov     x0, #ROUNDS
    MOVQ    x1, payload
    MOVQ    x2, flag
    MOVQ    x7, counter + 8
    mov     x6, #1
    cbnz    x19, 2f
1:  str     x0, [x1]
    stlr    x0, [x2]
    next    1b
    stlr    xzr, [x2]
    ret
2:  mov     x5, #ROUNDS + 1         /* numbers go down */
3:  ldar    x3, [x2]
    ldr     x4, [x1]
    cbz     x3, 5f
    cmp     x4, x3
    b.ls    4f
    stadd   x6, [x7]
4:  cmp     x3, x5
    b.ls    6f
    stadd   x6, [x7]
6:  mov     x5, x3
    b       3b
5:  ldr     x4, [x1]                /* 0 before it begins, too */
    cmp     x4, #1
    b.hi    3b
    cbz     x4, 3b
    ret

message_dmb:
    mov     x0, #ROUNDS
    MOVQ    x1, payload2
    MOVQ    x2, flag
    MOVQ    x7, counter + 8
    mov     x6, #1
    cbnz    x19, 2f
1:  str     x0, [x1]
    dmb     ishst
    str     x0, [x2]
    next    1b
    dmb     ish
    str     xzr, [x2]
    ret
2:  ldr     x3, [x2]
    dmb     ishld
    ldr     x4, [x1]
    cbz     x3, 5f
    cmp     x4, x3
    b.ls    2b
    stadd   x6, [x7]
    b       2b
5:  cmp     x4, #1
    b.ne    2b
    ret

/* CPUs 0 and 1: x = i; DMB; read y. At least one of them sees the other's. 2 and 3 make noise. */
store_load:
    MOVQ    x1, xy
    cmp     x19, #2
    b.hs    9f
    mov     x0, #1
    lsl     x8, x19, #6
    add     x2, x1, x8              /* mine */
    eor     x8, x8, #64
    add     x3, x1, x8              /* the other's */
    add     x4, x1, #128            /* what each saw, by round: 2 words */
    add     x4, x4, x19, lsl #3
    MOVQ    x9, barrier2
1:  str     x0, [x2]
    dmb     ish
    ldr     x5, [x3]
    str     x5, [x4]
    /* both meet, then CPU 0 judges, and they meet again */
    mov     x6, #1
    ldaddal x6, x7, [x9]
    add     x7, x7, #2
    bic     x7, x7, #1
2:  ldar    x6, [x9]
    cmp     x6, x7
    b.lo    2b
    cbnz    x19, 4f
    ldp     x5, x6, [x1, #128]
    cmp     x5, x0
    ccmp    x6, x0, #4, ne          /* equal if the first was */
    b.eq    4f
    MOVQ    x7, counter + 8
    mov     x6, #1
    stadd   x6, [x7]
4:  mov     x6, #1
    ldaddal x6, x7, [x9]
    add     x7, x7, #2
    bic     x7, x7, #1
5:  ldar    x6, [x9]
    cmp     x6, x7
    b.lo    5b
    add     x0, x0, #1
    cmp     x0, #2000
    b.lo    1b
9:  ret

    .section .data
    .balign 64
counter:  .quad 0, 0, 0, 0
    .balign 64
lock:     .quad 0
    .balign 64
ticket:   .quad 0
    .balign 64
arrived:  .quad 0
    .balign 64
job:      .quad 0
    .balign 64
payload:  .quad 0
    .balign 64
payload2: .quad 0
    .balign 64
flag:     .quad 0
    .balign 64
barrier2: .quad 0
    .balign 64
xy:       .space 256
