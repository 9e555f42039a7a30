/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Self-modifying code: patch, DC CVAU, IC IVAU, ISB, run. In loops, within the running page and
 * beside data, through another virtual address, a whole page by DC ZVA, after blocks were linked.
 */
#include "rt.h"

#define ALIAS 0x80000000                /* the same page once more, writable, not executable */

.macro sync_code reg
    dc      cvau, \reg
    dsb     ish
    ic      ivau, \reg
    dsb     ish
    isb
.endm
/* w0 = MOVZ x0, #(value in x1) */
.macro movz_insn
    mov     w0, #0xd2800000
    bfi     w0, w1, #5, #16
.endm

    .text
    .global main
main:
    TEST("one instruction, 3000 times")
    MOVQ    x9, patch_here
    MOVQ    x0, 0xd65f03c0          /* RET */
    str     w0, [x9, #4]
    mov     x10, #0
1:  mov     w1, w10
    movz_insn
    str     w0, [x9]
    sync_code x9
    blr     x9
    cmp     x0, x10
    b.ne    2f
    add     x10, x10, #1
    cmp     x10, #3000
    b.lo    1b
2:  EXPECT(x10, 3000)

    TEST("code and data in one line")
    MOVQ    x9, patch_here
    mov     w1, #77
    movz_insn
    str     w0, [x9]
    sync_code x9
    mov     x10, #0
1:  str     x10, [x9, #16]          /* behind the code */
    blr     x9
    ldr     x11, [x9, #16]
    cmp     x11, x10
    cmp     x0, #77
    b.ne    2f
    add     x10, x10, #1
    cmp     x10, #1000
    b.lo    1b
2:  EXPECT(x10, 1000)

    TEST("a loop that patches its own body")
    MOVQ    x9, loop_code
    adr     x1, loop_source
    mov     x2, #(loop_source_end - loop_source)
    bl      copy_code
    mov     x1, #0
    mov     x2, #0
    MOVQ    x9, loop_code
    blr     x9
    EXPECT(x2, 5050)                /* 1 + 2 + ... + 100 */

    TEST("a function behind a link, called from code that was linked to it")
    MOVQ    x9, callee
    MOVQ    x8, caller
    adr     x1, caller_source
    mov     x2, #(caller_source_end - caller_source)
    mov     x9, x8
    bl      copy_code
    MOVQ    x9, callee
    MOVQ    x8, caller
    mov     x10, #0
1:  mov     w1, w10
    movz_insn
    str     w0, [x9]
    mov     w0, #0xd65f0000         /* RET x30 */
    orr     w0, w0, #0x3c0
    str     w0, [x9, #4]
    sync_code x9
    mov     x11, #20                /* often enough to be linked */
3:  mov     x15, x30
    blr     x8
    mov     x30, x15
    cmp     x0, x10
    b.ne    2f
    subs    x11, x11, #1
    b.ne    3b
    add     x10, x10, #1
    cmp     x10, #200
    b.lo    1b
2:  EXPECT(x10, 200)

    TEST("through another address")
    MOVQ    x1, rt_l1
    MOVQ    x2, alias_l2 + 3
    str     x2, [x1, #16]
    MOVQ    x1, alias_l2
    MOVQ    x2, alias_l3 + 3
    str     x2, [x1]
    MOVQ    x1, alias_l3
    MOVQ    x2, patch_page + (0x703 | (1 << 2) | (3 << 53))
    str     x2, [x1]
    dsb     ish
    isb
    MOVQ    x9, patch_here
    MOVQ    x8, ALIAS + 256
    mov     x10, #0
1:  mov     w1, w10
    movz_insn
    str     w0, [x8]
    dc      cvau, x8
    dsb     ish
    ic      ivau, x9
    dsb     ish
    isb
    blr     x9
    cmp     x0, x10
    b.ne    2f
    add     x10, x10, #1
    cmp     x10, #500
    b.lo    1b
2:  EXPECT(x10, 500)

    TEST("IC IALLU")
    MOVQ    x9, patch_here
    mov     w1, #123
    movz_insn
    str     w0, [x9]
    dsb     ish
    ic      iallu
    dsb     ish
    isb
    blr     x9
    EXPECT(x0, 123)
    mov     w1, #124
    movz_insn
    str     w0, [x9]
    dsb     ish
    ic      ialluis
    dsb     ish
    isb
    blr     x9
    EXPECT(x0, 124)

    TEST("code that DC ZVA wiped is gone")
    MOVQ    x9, patch_here
    bic     x8, x9, #63
    dc      zva, x8
    sync_code x9
    TRY_RESUME 1f
    blr     x9
1:  EXPECT_EXC(VEC_SYNC, 0x02000000)
    EXPECT_ELR(patch_here)
    TRY_END

    TEST("stores of every size and by pairs and atomics")
    .macro  by_store kind, value, insn:vararg
    MOVQ    x9, patch_here
    mov     w1, #1
    movz_insn
    mov     w2, #0xd65f0000
    orr     w2, w2, #0x3c0
    stp     w0, w2, [x9]
    sync_code x9
    blr     x9
    EXPECT(x0, 1)
    mov     w1, #\value
    movz_insn
    mov     w2, #0xd65f0000
    orr     w2, w2, #0x3c0
    orr     x3, x0, x2, lsl #32
    \insn
    sync_code x9
    blr     x9
    EXPECT(x0, \value)
    .endm
    by_store w, 2, str w0, [x9]
    by_store x, 3, str x3, [x9]
    by_store p, 4, stp w0, w2, [x9]
    by_store l, 5, stlr w0, [x9]
    by_store s, 6, swp w0, w4, [x9]
    fmov    d0, x3
    by_store d, 7, bl store_d
    by_store b, 8, bl store_bytes
    by_store e, 9, bl store_exclusive
    by_store c, 10, bl store_cas
    DONE

store_d:
    fmov    d0, x3
    str     d0, [x9]
    ret
store_bytes:
    strb    w0, [x9]
    lsr     w4, w0, #8
    strb    w4, [x9, #1]
    lsr     w4, w0, #16
    strh    w4, [x9, #2]
    ret
store_exclusive:
1:  ldxr    w4, [x9]
    stxr    w5, w0, [x9]
    cbnz    w5, 1b
    ret
store_cas:
    ldr     w4, [x9]
    cas     w4, w0, [x9]
    ret

/* x2 bytes from x1 to x9. */
copy_code:
    mov     x3, #0
1:  ldr     w4, [x1, x3]
    str     w4, [x9, x3]
    add     x5, x9, x3
    dc      cvau, x5
    dsb     ish
    ic      ivau, x5
    add     x3, x3, #4
    cmp     x3, x2
    b.lo    1b
    dsb     ish
    isb
    ret

/* Adds an immediate that it increases each time round; x9 is where it has been copied to. */
loop_source:
    add     x3, x9, #4
    add     x2, x2, #1              /* <- patched: the immediate goes 1 to 100 */
    ldr     w4, [x3]
    add     w4, w4, #1 << 10
    str     w4, [x3]
    dc      cvau, x3
    dsb     ish
    ic      ivau, x3
    dsb     ish
    isb
    add     x1, x1, #1
    cmp     x1, #100
    b.lo    loop_source
    ret
loop_source_end:

/* Its callee is 0x100 bytes behind it, in the same page. */
caller_source:
    mov     x16, x30
    bl      . + 0x100 - 4
    mov     x30, x16
    ret
caller_source_end:

    .section .rwx, "awx", %nobits
    .balign 4096
patch_page:
    .space  256
patch_here:
    .space  0x300
loop_code:
    .space  0x100
caller:
    .space  0x100
callee:
    .space  0x100

    .section .kdata, "aw"
    .balign 4096
alias_l2: .space 4096
alias_l3: .space 4096
