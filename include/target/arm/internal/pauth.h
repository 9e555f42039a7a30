/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pointer authentication (D8.10): the part not built inline (translate/pauth.c). Own thread.
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

/*
 * The IMPLEMENTATION DEFINED algorithm; translate/pauth.c builds the same in IR. The bits of a
 * product depend on all bits below them, and a PAC lies at the top.
 */
#define PAC_MUL UINT64_C(0x9e3779b97f4a7c15)
static inline uint64_t pac_impdef(uint64_t data, uint64_t modifier, const uint64_t key[2])
{
    uint64_t m = modifier ^ key[1];

    return ((data ^ key[0]) + (m >> 31 | m << 33)) * PAC_MUL;
}

/* Renew cpu->pac: after arm_mmu_update(), whose result it is made of. */
void arm_pac_update(ArmCpu *cpu);

/* h_pac_compute(I64 data, I64 modifier, I32 key) -> I64: ComputePAC(), for PACGA with QARMA. */
extern const IrHelper h_pac_compute;

/* What is to be done, for the following two. */
enum { PAC_WHAT_KEY = 3,               /* PacKey */
       PAC_WHAT_AUTH = 4,              /* Auth(), else AddPAC() */
       PAC_WHAT_COMBINED = 8 };        /* by an instruction that does more than authenticate */
/* All of it, SCTLR_EL1's enable bits and the PAC Fail exception included: TcgCpuOps.guess. */
uint64_t arm_pac_slow(TcgCpu *cpu, unsigned what, uint64_t pointer, uint64_t modifier);
/* h_pac_slow(I64 pointer, I64 modifier, I32 what) -> I64: the same. FAULTS. */
extern const IrHelper h_pac_slow;

#endif
