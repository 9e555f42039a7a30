/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the generated decoder (scripts/decode-gen.py, docs/devel/decode.md) is made of. The tables
 * are constant; any thread.
 */
#ifndef TARGET_ARM_TRANSLATE_DECODE_TABLE_H
#define TARGET_ARM_TRANSLATE_DECODE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Disas Disas;

/* Fills the arguments of a word and calls its trans_ function; false: UNDEFINED. */
typedef bool DecodeFn(Disas *s, uint32_t w);

/* One line of a .decode file. */
typedef struct DecodeLine {
    const char *name;
    const char *cls;
    uint32_t vector;       /* a word that decodes to this line */
    uint16_t first_cube;   /* its cubes: up to the next line's */
    uint16_t group_end;    /* lines up to here may match too: tried when `feature` is missing */
    uint8_t feature;       /* ArmFeature */
    bool unimp;            /* decoded, not implemented: UNDEFINED and logged */
} DecodeLine;

/* Words with (word & mask) == value belong to line `line` (the first one of its group wins). */
typedef struct DecodeCube {
    uint32_t mask, value;
    uint16_t line;
} DecodeCube;

#endif
