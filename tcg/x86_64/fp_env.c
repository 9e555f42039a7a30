/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MXCSR as the guest's floating-point environment. */
#include "tcg/x86_64/target.h"

enum { MXCSR_FLAGS = 0x3f, MXCSR_ROUND = 3 << 13 };

void host_fp_set_round(TcgFpEnv *fp, unsigned round)
{
    static const uint16_t rc[] = { [IR_FR_NEAREST] = 0, [IR_FR_UP] = 2 << 13,
                                   [IR_FR_DOWN] = 1 << 13, [IR_FR_ZERO] = 3 << 13 };

    fp->round = rc[round & 3];
    if (fp->live) {
        __builtin_ia32_ldmxcsr((__builtin_ia32_stmxcsr() & ~(uint32_t)MXCSR_ROUND) | fp->round);
    }
}

unsigned host_fp_take_flags(TcgFpEnv *fp)
{
    uint32_t f = fp->sticky;

    if (fp->live) {
        uint32_t now = __builtin_ia32_stmxcsr();
        f |= now;
        __builtin_ia32_ldmxcsr(now & ~(uint32_t)MXCSR_FLAGS);
    }
    fp->sticky = 0;
    return (f & IR_FX_INVALID) | (f >> 1 & (IR_FX_DIVZERO | IR_FX_OVERFLOW | IR_FX_UNDERFLOW
                                            | IR_FX_INEXACT));
}
