/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Harness.execute by host code: memory through the inline TLB check, nothing chained. */
#ifndef TESTS_TARGET_ARM_HARNESS_JIT_H
#define TESTS_TARGET_ARM_HARNESS_JIT_H

#include "harness.h"

typedef struct HarnessJit HarnessJit;

/* Make @h execute on the host until freed. Faults leave the registers as they are at random. */
HarnessJit *harness_jit_new(Harness *h);
void harness_jit_free(HarnessJit *j);
/* As codegen_set_features(). */
void harness_jit_features(HarnessJit *j, unsigned mask);

#endif
