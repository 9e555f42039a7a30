/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MXCSR as the guest's floating-point environment. */
#include "tcg/x86_64/target.h"

enum { MXCSR_FLAGS = 0x3f, MXCSR_ROUND = 3 << 13, MXCSR_FLUSH = 1 << 15 | 1 << 6 /* FTZ, DAZ */ };

void host_fp_set_mode(TcgFpEnv *fp, unsigned round, bool flush)
{
    static const uint16_t rc[] = { [IR_FR_NEAREST] = 0, [IR_FR_UP] = 2 << 13,
                                   [IR_FR_DOWN] = 1 << 13, [IR_FR_ZERO] = 3 << 13 };

    fp->mode = rc[round & 3] | (flush ? MXCSR_FLUSH : 0);
    if (fp->live) {
        uint32_t rest = __builtin_ia32_stmxcsr() & ~(uint32_t)(MXCSR_ROUND | MXCSR_FLUSH);
        __builtin_ia32_ldmxcsr(rest | fp->mode);
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
