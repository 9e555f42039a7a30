/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers as rows. One engine does decoding, size checks, 32-bit halves of 64-bit registers,
 * RES0, reset and the register's name in logs.
 *
 * A row describes one register or an array of @count registers side by side; hooks get the index.
 * Storage is a field of the device struct at @field (its own array for count > 1), loaded and
 * stored in @width bytes; REG_NO_FIELD means the hooks do everything (without a read hook it is a
 * constant: @reset).
 *
 * Threads: the engine takes the lock returned by block->lock(dev) around each access and hook.
 */
#ifndef HW_CORE_REG_H
#define HW_CORE_REG_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory/memory.h"

enum {                       /* legal access sizes, or-ed */
    REG_ACC_B = 1,
    REG_ACC_H = 2,
    REG_ACC_W = 4,
    REG_ACC_D = 8,
};

#define REG_NO_FIELD SIZE_MAX

typedef struct Reg Reg;

struct Reg {
    const char *name;        /* the manual's spelling */
    uint32_t off;            /* bytes from the frame's start; rows sorted by it */
    uint8_t width;           /* bytes: 1, 2, 4 or 8 */
    uint8_t access;          /* REG_ACC_*; 64-bit registers with REG_ACC_W allow both halves */
    uint16_t count;          /* 0 means 1 */
    size_t field;            /* offsetof in the device struct, or REG_NO_FIELD */
    uint64_t reset;
    uint64_t wmask;          /* bits a write stores */
    uint64_t w1c;            /* bits a written 1 clears (disjoint from wmask) */
    uint64_t (*read)(void *dev, const Reg *reg, unsigned n);      /* replaces the stored value */
    /* After storage has taken the new value (or in place of it with REG_NO_FIELD). @val is the
     * value written, merged to full width (w1c bits outside the access are 0); @old what the
     * storage held (0 with REG_NO_FIELD). */
    void (*written)(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old);
    bool read_has_effect;    /* REG_NO_FIELD: a partial write must not call read to merge */
};

struct RegBlock {
    const char *name;        /* for logs: "pl011" */
    const Reg *rows;
    unsigned n_rows;
    /* Lock held around storage and hooks; NULL when the device has none to take. */
    GMutex *(*lock)(void *dev);
};
typedef struct RegBlock RegBlock;

/* No such register or a wrong size: log_guest, read as zero, write ignored, MEM_OK. */
MemResult reg_block_read(const RegBlock *block, void *dev, uint64_t off, uint64_t *val,
                         MemAttrs attrs);
MemResult reg_block_write(const RegBlock *block, void *dev, uint64_t off, uint64_t val,
                          MemAttrs attrs);
/* Reset values into storage; runs no hook. */
void reg_block_reset(const RegBlock *block, void *dev);

/* The row that covers @off, or NULL; *n gets the index in an array row. */
const Reg *reg_block_find(const RegBlock *block, uint32_t off, unsigned *n);
/* Sorted, non-overlapping, aligned, masks within width and disjoint. For tests: *why on failure. */
bool reg_block_is_sane(const RegBlock *block, const char **why);

#endif
