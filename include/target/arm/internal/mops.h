/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory copy and set (FEAT_MOPS, C6.1.3) by the algorithm the manual calls Option B: addresses and
 * size in the registers say what is left. The prologue computes, the main instruction moves
 * everything, the epilogue finds nothing left. Own thread.
 */
#ifndef TARGET_ARM_INTERNAL_MOPS_H
#define TARGET_ARM_INTERNAL_MOPS_H

#include "target/arm/internal/cpu.h"

/* `how` of the helpers */
enum {
    MOPS_RD_SHIFT = 0, MOPS_RS_SHIFT = 5, MOPS_RN_SHIFT = 10,      /* register numbers */
    MOPS_OPTIONS_SHIFT = 15,                                       /* op2 of the instruction */
    MOPS_STAGE_SHIFT = 19,                                         /* 0 P, 1 M, 2 E */
    MOPS_SET = 1 << 21, MOPS_FORWARD = 1 << 22,                    /* SET*; CPYF* */
    MOPS_READ_IDX_SHIFT = 23, MOPS_WRITE_IDX_SHIFT = 26,           /* mmu indexes */
};

/*
 * h_mops(I32 how, I64 pc): the instruction at @pc; READS | WRITES | FAULTS. env.pc is then @pc + 4,
 * or @pc again when there is more to do; then EXIT_LOOKUP.
 */
extern const IrHelper h_mops;

#endif
