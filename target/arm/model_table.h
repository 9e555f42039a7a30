/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU models as data: model.c makes an ArmModel of a row. */
#ifndef TARGET_ARM_MODEL_TABLE_H
#define TARGET_ARM_MODEL_TABLE_H

#include "target/arm/internal/cpu.h"

/* Geometry of one cache: 64-byte lines. */
typedef struct CacheInfo { unsigned kib, ways; } CacheInfo;

typedef struct ModelInfo {
    const char *name, *fdt_compatible;
    uint64_t midr, revidr;
    uint32_t pmcr_id;
    unsigned pa_bits;
    unsigned dczva_log2;
    uint64_t ctr, clidr;
    CacheInfo l1d, l1i, l2;
    const uint8_t *features;           /* ended by FEAT_NONE */
    bool is_max;                       /* has the properties of `max` */
} ModelInfo;

/* Sorted by name; the row behind the last has no name. */
extern const ModelInfo arm_model_table[];
extern const unsigned arm_model_table_count;

#endif
