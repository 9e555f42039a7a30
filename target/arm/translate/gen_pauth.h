/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pointer authentication built inline: for the instructions that authenticate on their way. */
#ifndef TARGET_ARM_TRANSLATE_GEN_PAUTH_H
#define TARGET_ARM_TRANSLATE_GEN_PAUTH_H

#include "target/arm/internal/pauth.h"
#include "translate.h"

/*
 * Auth(): the pointer without its PAC. @combined: the instruction does more than authenticate
 * (FEAT_FPACCOMBINE decides whether a failure is an exception). May fault.
 */
IrRef gen_auth(Disas *s, IrRef pointer, IrRef modifier, PacKey key, bool combined);

#endif
