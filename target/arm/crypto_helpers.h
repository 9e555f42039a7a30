/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two implementations behind the AES and PMULL helpers, for the tests to compare. */
#ifndef TARGET_ARM_CRYPTO_HELPERS_H
#define TARGET_ARM_CRYPTO_HELPERS_H

#include "vec_helpers.h"

typedef struct CryptoOps {
    Vec (*sub_shift)(Vec v);              /* SubBytes and ShiftRows */
    Vec (*inv_sub_shift)(Vec v);
    Vec (*mix_columns)(Vec v);
    Vec (*inv_mix_columns)(Vec v);
    Vec (*clmul64)(uint64_t n, uint64_t m);
} CryptoOps;

const CryptoOps *crypto_portable(void);
/* NULL when the host lacks the instructions. */
const CryptoOps *crypto_host(void);

#endif
