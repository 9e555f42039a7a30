/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x86-64 host: registers, what each is for, the frame, CPU features.
 *
 *   rbp   env, for the whole time in generated code
 *   rsp   the frame host_enter() made; 16-byte aligned; only trampolines move it
 *   rest  free for values; nothing is carried from block to block
 */
#ifndef TCG_X86_64_TARGET_H
#define TCG_X86_64_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "tcg/codegen.h"

/* Numbers as encoded; XMM registers follow, so that one set holds both classes. */
enum {
    RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15,
    XMM0, XMM15 = XMM0 + 15, N_REGS
};
#define REG_NONE (-1)

#define REGBIT(r)     (UINT32_C(1) << (r))
#define ENV_REG       RBP
#define GPR_SET       (0xffffu & ~(REGBIT(RSP) | REGBIT(RBP)))
#define XMM_SET       0xffff0000u
#define CALLEE_SET    (REGBIT(RBX) | REGBIT(R12) | REGBIT(R13) | REGBIT(R14) | REGBIT(R15))
#define CALLER_SET    ((GPR_SET & ~CALLEE_SET) | XMM_SET)

/*
 * The frame, from rsp: arguments of cold paths, then spill words. The register part of the save
 * area lies below rsp while a trampoline runs, so that both are one array, as SideLoc wants.
 */
enum {
    FRAME_WORDS = SAVE_AREA_WORDS - 48,
    FRAME_VAL = 0,                     /* uint64_t val[3] of mem_slow */
    FRAME_VA = FRAME_VAL + 24,
    FRAME_INFO = FRAME_VAL + 32,
    FRAME_RET = FRAME_VAL + 40,
    FRAME_FP = FRAME_VAL + 48,         /* uint64_t v[6] of fp_slow */
    FRAME_CSR = FRAME_VAL + 96,        /* MXCSR: guest's, C's */
    FRAME_ARG_WORDS = 14,              /* the words above are no spill words */
    FRAME_SIZE = FRAME_WORDS * 8 + 8,  /* == 8 mod 16: six pushes and a return address above */
    SAVE_REGS = 48 * 8,                /* bytes of the part below rsp */
};

/*
 * What is used where the host has it; SSE4.2 is required. The order is that of the bits of
 * codegen_set_features(). avx512: F, BW, DQ, CD and VL.
 */
typedef struct HostFeatures {
    bool bmi1, bmi2, lzcnt, popcnt, avx, avx2, avx512, vbmi, bitalg, gfni, aes, pclmul, sha;
    bool f16c;                         /* bit 13; with AVX2 */
    bool fp16;                         /* bit 14: AVX512-FP16 */
    bool fma;                          /* bit 16 */
    bool fp;                           /* bit 17: floating point inline at all; for tests */
} HostFeatures;

HostFeatures host_features(void);
/* Those of them that are in @mask, and whose own requirements are. */
HostFeatures host_features_masked(unsigned mask);

#endif
