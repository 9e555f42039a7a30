/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pointer authentication (D8.10): the part that is not built inline (translate/pauth.c). Own thread.
 *
 * A PAC lies in the bits of a pointer that its translation does not use, less bit 55; ArmPac says
 * which. FEAT_PAuth2 always: signing and authenticating exclusive-or the PAC with those bits.
 */
#ifndef TARGET_ARM_INTERNAL_PAUTH_H
#define TARGET_ARM_INTERNAL_PAUTH_H

#include "target/arm/internal/cpu.h"

/* Indexes of apkey[]. */
typedef enum PacKey { PAC_IA, PAC_IB, PAC_DA, PAC_DB, PAC_GA } PacKey;
static inline bool pac_key_is_data(PacKey key) { return key == PAC_DA || key == PAC_DB; }

/* The IMPLEMENTATION DEFINED algorithm; translate/pauth.c builds the same in IR. */
#define PAC_MUL1 UINT64_C(0x9e3779b97f4a7c15)
#define PAC_MUL2 UINT64_C(0xbf58476d1ce4e5b9)
static inline uint64_t pac_impdef(uint64_t data, uint64_t modifier, const uint64_t key[2])
{
    uint64_t a = (modifier ^ key[1]) * PAC_MUL1;
    uint64_t b = (data ^ key[0]) + (a >> 31 | a << 33);

    b ^= b >> 29;
    return b * PAC_MUL2;
}

/* ComputePAC() with the model's algorithm. */
uint64_t arm_pac_compute(ArmCpu *cpu, uint64_t data, uint64_t modifier, PacKey key);
/* Renew cpu->pac: after arm_mmu_update(), whose result it is made of. */
void arm_pac_update(ArmCpu *cpu);

/* h_pac_compute(I64 data, I64 modifier, I32 key) -> I64, for QARMA. */
extern const IrHelper h_pac_compute;
/*
 * h_pac_check(I64 pointer, I64 modifier, I32 key): raises the PAC Fail exception when @pointer does
 * not authenticate, else does nothing. FAULTS.
 */
extern const IrHelper h_pac_check;

#endif
