/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QARMA-64 (R. Avanzi, "The QARMA Block Cipher Family", 2017). The state is 16 cells of 4 bits,
 * cell 0 the most significant, four to a row.
 */
#include "qarma.h"

#include "util/bits.h"

static const uint8_t sigma[2][16] = {
    [QARMA_SIGMA1] = { 10, 13, 14, 6, 15, 7, 3, 5, 9, 8, 0, 12, 11, 1, 2, 4 },
    [QARMA_SIGMA2] = { 11, 6, 8, 15, 12, 0, 9, 14, 3, 7, 4, 5, 13, 2, 1, 10 },
};
static const uint8_t sigma_inverse[2][16] = {
    [QARMA_SIGMA1] = { 10, 13, 14, 6, 15, 7, 3, 5, 9, 8, 0, 12, 11, 1, 2, 4 },
    [QARMA_SIGMA2] = { 5, 14, 13, 8, 10, 11, 1, 9, 2, 6, 15, 0, 4, 12, 7, 3 },
};
static const uint8_t tau[16] = { 0, 11, 6, 13, 10, 1, 12, 7, 5, 14, 3, 8, 15, 4, 9, 2 };
static const uint8_t tau_inverse[16] = { 0, 5, 15, 10, 13, 8, 2, 7, 11, 14, 4, 1, 6, 3, 9, 12 };
static const uint8_t tweak_perm[16] = { 6, 5, 14, 15, 0, 1, 2, 3, 7, 12, 13, 4, 8, 9, 10, 11 };
static const uint8_t tweak_perm_inverse[16] = {
    4, 5, 6, 7, 11, 1, 0, 8, 12, 13, 14, 15, 9, 10, 2, 3
};

static const uint64_t round_constant[] = {
    UINT64_C(0x0000000000000000), UINT64_C(0x13198a2e03707344), UINT64_C(0xa4093822299f31d0),
    UINT64_C(0x082efa98ec4e6c89), UINT64_C(0x452821e638d01377), UINT64_C(0xbe5466cf34e90c6c),
    UINT64_C(0x3f84d5b5b5470917),
};
#define ALPHA UINT64_C(0xc0ac29b7c97c50dd)

static uint64_t rotl(uint64_t v, unsigned n) { return v << n | v >> (64 - n); }

/* Output cell i is input cell perm[i]. */
static uint64_t permute(uint64_t v, const uint8_t perm[16])
{
    uint64_t out = 0;

    for (unsigned i = 0; i < 16; i++) {
        out = out << 4 | (v >> (60 - 4 * perm[i]) & 15);
    }
    return out;
}

static uint64_t substitute(uint64_t v, const uint8_t box[16])
{
    uint64_t out = 0;

    for (unsigned i = 0; i < 64; i += 4) {
        out |= (uint64_t)box[v >> i & 15] << i;
    }
    return out;
}

/* Every cell rotated left by one bit. */
static uint64_t rho(uint64_t v)
{
    return (v << 1 & UINT64_C(0xeeeeeeeeeeeeeeee)) | (v >> 3 & UINT64_C(0x1111111111111111));
}

/* Columns times circ(0, rho, rho^2, rho), an involution. */
static uint64_t mix_columns(uint64_t v)
{
    return rho(rotl(v, 16) ^ rotl(v, 48) ^ rho(rotl(v, 32)));
}

/* The LFSR runs on cells 0, 1, 3, 4, 8, 11 and 13. */
#define LFSR_CELLS UINT64_C(0xff0ff000f00f0f00)

static uint64_t tweak_forward(uint64_t t)
{
    t = permute(t, tweak_perm);
    uint64_t shifted = (t >> 1 & UINT64_C(0x7777777777777777))
                     | ((t << 3 ^ t << 2) & UINT64_C(0x8888888888888888));
    return (t & ~LFSR_CELLS) | (shifted & LFSR_CELLS);
}

static uint64_t tweak_backward(uint64_t t)
{
    uint64_t shifted = (t << 1 & UINT64_C(0xeeeeeeeeeeeeeeee))
                     | ((t >> 3 ^ t) & UINT64_C(0x1111111111111111));

    return permute((t & ~LFSR_CELLS) | (shifted & LFSR_CELLS), tweak_perm_inverse);
}

uint64_t qarma64(uint64_t data, uint64_t tweak, uint64_t w0, uint64_t k0, unsigned rounds,
                 QarmaSbox which)
{
    const uint8_t *box = sigma[which], *unbox = sigma_inverse[which];
    uint64_t w1 = rotl(w0, 63) ^ w0 >> 63;
    uint64_t v = data ^ w0;

    for (unsigned i = 0; i < rounds; i++) {
        v ^= k0 ^ tweak ^ round_constant[i];
        v = substitute(i ? mix_columns(permute(v, tau)) : v, box);
        tweak = tweak_forward(tweak);
    }
    v = substitute(mix_columns(permute(v ^ w1 ^ tweak, tau)), box);
    v = permute(mix_columns(permute(v, tau)) ^ k0, tau_inverse);
    v = permute(mix_columns(substitute(v, unbox)), tau_inverse) ^ w0 ^ tweak;
    for (unsigned i = rounds; i-- > 0; ) {
        v = substitute(v, unbox);
        v = i ? permute(mix_columns(v), tau_inverse) : v;
        tweak = tweak_backward(tweak);
        v ^= k0 ^ tweak ^ round_constant[i] ^ ALPHA;
    }
    return v ^ w1;
}
