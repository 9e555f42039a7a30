/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers of the translator's own: software step, and alignment faults that a side exit found.
 * Own thread.
 */
#ifndef TARGET_ARM_INTERNAL_STEP_H
#define TARGET_ARM_INTERNAL_STEP_H

#include "target/arm/internal/cpu.h"

/* ISS of a Software Step exception: IFSC = debug, ISV = 0 (D17.2.37). */
#define ISS_STEP 0x22u

/*
 * An instruction has completed under software step: PSTATE.SS := 0, context updated. env.pc is
 * already the next instruction's. WRITES; then EXIT_LOOKUP.
 */
extern const IrHelper h_step_advance;

/*
 * h_align_fault(I64 pc, I64 base, I32 info): code was entered at the misaligned @pc, which is
 * where instructions leave to whose @base fails a check. Raises SP alignment, the data abort of an
 * exclusive, or (@base is fine: the guest really branched here) PC alignment. FAULTS, never
 * returns normally; then EXIT_LOOKUP.
 */
extern const IrHelper h_align_fault;
enum {
    ALIGN_SP = 1,                /* the base is SP and SP alignment is checked */
    ALIGN_EXCLUSIVE = 2,         /* must be a multiple of 1 << size */
    ALIGN_STORE = 4,
    ALIGN_WITHIN16 = 8,          /* ... or lie within 16 aligned bytes */
    ALIGN_SIZE_SHIFT = 8,
    ALIGN_MMU_SHIFT = 16,
};

#endif
