/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each part has by its Technical Reference Manual, as far as it is implemented here: ID fields
 * are made of the features, so what is left out of a list is not claimed. Left out of all: EL2,
 * EL3, AArch32, SVE, MTE, the extensions of those, statistical profiling, activity monitors, MPAM.
 */
#include "model_table.h"

/* -- Features -- */

#define ARMV8_0 \
    FEAT_AES, FEAT_PMULL, FEAT_SHA1, FEAT_SHA256, FEAT_CRC32, FEAT_GRANULE64K, FEAT_PMUV3

/* Cortex-A55: Armv8.2 with a few things of later versions; with CSV_SAFE A76 and the like */
#define ARMV8_2 \
    ARMV8_0, FEAT_GRANULE16K, FEAT_LSE, FEAT_RDM, FEAT_PAN, FEAT_PAN2, FEAT_UAO, FEAT_HPDS, \
    FEAT_HPDS2, FEAT_TTCNP, FEAT_HAFDBS, FEAT_DPB, FEAT_LRCPC, FEAT_SSBS, FEAT_RAS, \
    FEAT_IESB, FEAT_DOTPROD, FEAT_FP16

#define CSV_SAFE FEAT_CSV2, FEAT_CSV3

/* Neoverse V1: Armv8.4, the base of the Armv9.0 parts too */
#define ARMV8_4 \
    ARMV8_2, CSV_SAFE, FEAT_SSBS2, FEAT_SHA512, FEAT_SHA3, FEAT_SM3, FEAT_SM4, FEAT_FHM, \
    FEAT_FLAGM, FEAT_DPB2, FEAT_JSCVT, FEAT_FCMA, FEAT_LRCPC2, FEAT_PAUTH, FEAT_PAUTH2, \
    FEAT_PACIMP, FEAT_BF16, FEAT_I8MM, FEAT_DIT, FEAT_IDST, FEAT_BBM, FEAT_CCIDX, FEAT_LSE2

#define ARMV9_0 \
    ARMV8_4, FEAT_FPAC, FEAT_FPACCOMBINE, FEAT_FLAGM2, FEAT_TLBIOS, FEAT_TLBIRANGE, FEAT_FRINTTS, \
    FEAT_SB, FEAT_SPECRES, FEAT_TTL, FEAT_TTST, FEAT_E0PD, FEAT_BTI, FEAT_CSV2_2

static const uint8_t a35_features[] = { ARMV8_0, FEAT_GRANULE16K, FEAT_NONE };
static const uint8_t a57_features[] = { ARMV8_0, FEAT_NONE };            /* A53 and A72 too */
static const uint8_t a55_features[] = { ARMV8_2, FEAT_NONE };
static const uint8_t a76_features[] = { ARMV8_2, CSV_SAFE, FEAT_NONE };
static const uint8_t n1_features[] = { ARMV8_2, CSV_SAFE, FEAT_SSBS2, FEAT_NONE };  /* A78 too */
static const uint8_t v1_features[] = { ARMV8_4, FEAT_DGH, FEAT_RNG, FEAT_NONE };
static const uint8_t a710_features[] = { ARMV9_0, FEAT_NONE };
static const uint8_t n2_features[] = { ARMV9_0, FEAT_DGH, FEAT_RNG, FEAT_NONE };
static const uint8_t max_features[] = {
    ARMV9_0, FEAT_CSV2_3, FEAT_DGH, FEAT_RNG, FEAT_CSSC, FEAT_HBC, FEAT_ECV,
    FEAT_LVA, FEAT_LPA2, FEAT_XS, FEAT_PAN3, FEAT_TIDCP1, FEAT_ETS2, FEAT_WFXT,
    FEAT_MOPS, FEAT_EBF16, FEAT_AFP, FEAT_RPRES,
    FEAT_NONE
};

/* -- Models -- */

/*
 * CTR_EL0: 64-byte lines and granules, PIPT. IDC (bit 28) is true of the emulator; models of parts
 * show it as the part does. Nobody claims DIC, not those either whose part does: IC IVAU is what
 * catches a store that was in flight on another vCPU while its page was first translated from
 * (tcg_icache_invalidate_line). PIPT also where the part is VIPT: it is true here, and spares
 * kernels the invalidation of the whole cache for each page.
 */
#define CTR_PIPT UINT64_C(0x8444c004)
#define CTR_IDC  BIT(28)

/* L1 instruction and data, L2; with the part's levels of unification and coherence */
#define CLIDR_OLD UINT64_C(0x0a200023)
#define CLIDR_DSU UINT64_C(0x82000023)

const ModelInfo arm_model_table[] = {
    { "cortex-a35", "arm,cortex-a35", 0x411fd040, 0, 0x410a0000, 40, 6, CTR_PIPT, CLIDR_OLD,
      { 32, 4 }, { 32, 2 }, { 512, 8 }, a35_features, false },
    { "cortex-a53", "arm,cortex-a53", 0x410fd034, 0x100, 0x41030000, 40, 6, CTR_PIPT, CLIDR_OLD,
      { 32, 4 }, { 32, 2 }, { 1024, 16 }, a57_features, false },
    { "cortex-a55", "arm,cortex-a55", 0x412fd050, 0, 0x41450000, 40, 6, CTR_PIPT, CLIDR_DSU,
      { 32, 4 }, { 32, 4 }, { 256, 4 }, a55_features, false },
    { "cortex-a57", "arm,cortex-a57", 0x411fd070, 0, 0x41010000, 44, 6, CTR_PIPT, CLIDR_OLD,
      { 32, 2 }, { 48, 3 }, { 2048, 16 }, a57_features, false },
    { "cortex-a710", "arm,cortex-a710", 0x412fd471, 0, 0, 40, 6, CTR_PIPT | CTR_IDC, CLIDR_DSU,
      { 64, 4 }, { 64, 4 }, { 512, 8 }, a710_features, false },
    { "cortex-a72", "arm,cortex-a72", 0x410fd083, 0, 0x41020000, 44, 6, CTR_PIPT, CLIDR_OLD,
      { 32, 2 }, { 48, 3 }, { 1024, 16 }, a57_features, false },
    { "cortex-a76", "arm,cortex-a76", 0x414fd0b1, 0, 0x410b0000, 40, 6, CTR_PIPT, CLIDR_DSU,
      { 64, 4 }, { 64, 4 }, { 512, 8 }, a76_features, false },
    { "cortex-a78", "arm,cortex-a78", 0x411fd411, 0, 0, 40, 6, CTR_PIPT | CTR_IDC, CLIDR_DSU,
      { 64, 4 }, { 64, 4 }, { 512, 8 }, n1_features, false },
    { "max", "arm,armv8", 0x000f0510, 0, 0, 52, 9, CTR_PIPT | CTR_IDC, CLIDR_OLD,
      { 32, 2 }, { 48, 3 }, { 2048, 16 }, max_features, true },
    { "neoverse-n1", "arm,neoverse-n1", 0x414fd0c1, 0, 0x410c0000, 48, 6, CTR_PIPT | CTR_IDC,
      CLIDR_DSU, { 64, 4 }, { 64, 4 }, { 1024, 8 }, n1_features, false },
    { "neoverse-n2", "arm,neoverse-n2", 0x410fd493, 0, 0, 48, 6, CTR_PIPT | CTR_IDC, CLIDR_DSU,
      { 64, 4 }, { 64, 4 }, { 1024, 8 }, n2_features, false },
    { "neoverse-v1", "arm,neoverse-v1", 0x411fd402, 0, 0, 48, 6, CTR_PIPT | CTR_IDC, CLIDR_DSU,
      { 64, 4 }, { 64, 4 }, { 1024, 8 }, v1_features, false },
    { NULL, NULL, 0, 0, 0, 0, 0, 0, 0, { 0, 0 }, { 0, 0 }, { 0, 0 }, NULL, false },
};
const unsigned arm_model_table_count = ARRAY_SIZE(arm_model_table) - 1;
