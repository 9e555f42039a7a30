/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the IR's floating-point ops (tcg/ops.def) mean, by fpu/: the interpreter always comes here,
 * host code where the host's arithmetic is not the architecture's.
 *
 * Pure: operands A, B, C in v[0..5] and the mode in, the result in v[0..1] and flags (FPU_*) out.
 */
#ifndef TARGET_ARM_FP_EXACT_H
#define TARGET_ARM_FP_EXACT_H

#include "fpu/fpu.h"
#include "tcg/codegen.h"

void fp_exact(FpInfo info, FpuMode mode, uint64_t v[6], uint32_t *flags);

#endif
