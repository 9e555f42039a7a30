/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QARMA-64, the block cipher of architected pointer authentication (ComputePAC, J1.3). Pure. */
#ifndef TARGET_ARM_QARMA_H
#define TARGET_ARM_QARMA_H

#include <stdint.h>

typedef enum QarmaSbox { QARMA_SIGMA1, QARMA_SIGMA2 } QarmaSbox;

/*
 * @w0, @k0: the two halves of the key (in the manual key0 = K<127:64> and key1 = K<63:0>).
 * QARMA5 is 5 rounds with sigma2, QARMA3 is 3 rounds with sigma1; at most 7.
 */
uint64_t qarma64(uint64_t data, uint64_t tweak, uint64_t w0, uint64_t k0, unsigned rounds,
                 QarmaSbox sbox);

#endif
