/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FPCR as fpu/ wants it. */
#ifndef TARGET_ARM_INTERNAL_FP_MODE_H
#define TARGET_ARM_INTERNAL_FP_MODE_H

#include <string.h>

#include "fpu/fpu.h"
#include "util/bits.h"

#define FPCR_FIZ (1u << 0)
#define FPCR_AH (1u << 1)
#define FPCR_NEP (1u << 2)
#define FPCR_EBF (1u << 13)
#define FPCR_FZ16 (1u << 19)
#define FPCR_RMODE_SHIFT 22
#define FPCR_FZ (1u << 24)
#define FPCR_DN (1u << 25)
#define FPCR_AHP (1u << 26)

/* FpuMode's bytes (fp_env.c). */
uint64_t fp_mode_whole(uint32_t fpcr);

static inline FpuMode fp_mode(uint32_t fpcr)
{
    uint64_t whole = 0;         /* not byte by byte, which the reader would have to wait for */
    FpuMode mode;

    if (__builtin_expect(fpcr != 0, 0)) {
        whole = fp_mode_whole(fpcr);
    }
    memcpy(&mode, &whole, sizeof(mode));
    return mode;
}

/* The same with another rounding; 7 keeps FPCR's. */
static inline FpuMode fp_mode_round(uint32_t fpcr, unsigned round)
{
    FpuMode mode = fp_mode(fpcr);

    if (round != 7) {
        mode.round = round;
    }
    return mode;
}

#endif
