/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC32 and CRC32C instructions as pure helpers: (I32 acc, I64 value, I32 bytes) -> I32. */
#ifndef TARGET_ARM_TRANSLATE_CRC32_H
#define TARGET_ARM_TRANSLATE_CRC32_H

#include "tcg/ir.h"

extern const IrHelper h_crc32, h_crc32c;

#endif
