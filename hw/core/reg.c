/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hw/core/reg.h"

#include <inttypes.h>
#include <string.h>

#include "util/bits.h"
#include "util/log.h"

/* -- Geometry of a row ---- */

static inline unsigned row_count(const Reg *r) { return r->count ? r->count : 1; }
static inline uint64_t row_end(const Reg *r)
{
    return r->off + (uint64_t)row_count(r) * r->width;
}
static inline uint64_t width_mask(unsigned bytes) { return MASK(bytes * 8 - 1, 0); }

const Reg *reg_block_find(const RegBlock *block, uint32_t off, unsigned *n)
{
    unsigned lo = 0, hi = block->n_rows;

    while (lo < hi) {  /* first row that starts above off */
        unsigned mid = (lo + hi) / 2;
        if (block->rows[mid].off <= off) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (!lo) {
        return NULL;
    }
    const Reg *r = &block->rows[lo - 1];
    unsigned index = (off - r->off) / r->width;
    if (index >= row_count(r)) {
        return NULL;
    }
    *n = index;
    return r;
}

/* -- Storage: the host is little-endian, so a field is its low bytes ---- */

static void *storage(const Reg *r, void *dev, unsigned n)
{
    return (uint8_t *)dev + r->field + (size_t)n * r->width;
}

static uint64_t load(const Reg *r, void *dev, unsigned n)
{
    uint64_t v = 0;

    if (r->field != REG_NO_FIELD) {
        memcpy(&v, storage(r, dev, n), r->width);
    }
    return v;
}

static void store(const Reg *r, void *dev, unsigned n, uint64_t v)
{
    if (r->field != REG_NO_FIELD) {
        memcpy(storage(r, dev, n), &v, r->width);
    }
}

static uint64_t value(const Reg *r, void *dev, unsigned n)
{
    if (r->read) {
        return r->read(dev, r, n);
    }
    return r->field == REG_NO_FIELD ? r->reset : load(r, dev, n);
}

/* -- Accesses ---- */

/* The register an access means, its index and the position of the access in it; NULL: none. */
static const Reg *decode(const RegBlock *block, uint64_t off, MemAttrs attrs, const char *verb,
                         unsigned *n, unsigned *shift)
{
    const Reg *r = off <= UINT32_MAX ? reg_block_find(block, off, n) : NULL;

    if (!r) {
        log_guest(block->name, "%s of 0x%04" PRIx64 " (%u bytes): no such register", verb, off,
                  attrs.size);
        return NULL;
    }
    if (!(r->access & attrs.size) || off % attrs.size) {
        log_guest(block->name, "%s of %s (0x%04" PRIx64 ") with %u bytes: size not allowed", verb,
                  r->name, off, attrs.size);
        return NULL;
    }
    *shift = (off - r->off) % r->width * 8;
    return r;
}

static GMutex *lock_block(const RegBlock *block, void *dev)
{
    GMutex *lock = block->lock ? block->lock(dev) : NULL;

    if (lock) {
        g_mutex_lock(lock);
    }
    return lock;
}

static void unlock_block(GMutex *lock)
{
    if (lock) {
        g_mutex_unlock(lock);
    }
}

MemResult reg_block_read(const RegBlock *block, void *dev, uint64_t off, uint64_t *val,
                         MemAttrs attrs)
{
    unsigned n, shift;
    const Reg *r = decode(block, off, attrs, "read", &n, &shift);

    *val = 0;
    if (!r) {
        return MEM_OK;
    }
    GMutex *lock = lock_block(block, dev);
    *val = value(r, dev, n) >> shift & width_mask(attrs.size);
    unlock_block(lock);
    return MEM_OK;
}

/*
 * A write of a part leaves the other bytes as they are: they come from storage, or from the read
 * hook when there is none. Not for w1c bits, where "as they are" means writing 0.
 */
static uint64_t merge(const Reg *r, void *dev, unsigned n, uint64_t val, uint64_t lanes,
                      uint64_t old)
{
    uint64_t rest = 0;

    if (lanes != width_mask(r->width)) {
        if (r->field != REG_NO_FIELD) {
            rest = old;
        } else if (r->read && !r->read_has_effect) {
            rest = r->read(dev, r, n);
        }
    }
    return (rest & ~lanes & ~r->w1c) | (val & lanes);
}

static void write_locked(const Reg *r, void *dev, unsigned n, uint64_t val, uint64_t lanes)
{
    uint64_t old = load(r, dev, n);
    uint64_t full = merge(r, dev, n, val, lanes, old);
    uint64_t wmask = r->wmask & lanes;

    store(r, dev, n, ((old & ~wmask) | (full & wmask)) & ~(full & r->w1c));
    if (r->written) {
        r->written(dev, r, n, full, old);
    }
}

MemResult reg_block_write(const RegBlock *block, void *dev, uint64_t off, uint64_t val,
                          MemAttrs attrs)
{
    unsigned n, shift;
    const Reg *r = decode(block, off, attrs, "write", &n, &shift);

    if (!r) {
        return MEM_OK;
    }
    uint64_t lanes = width_mask(attrs.size) << shift;
    GMutex *lock = lock_block(block, dev);
    write_locked(r, dev, n, val << shift & lanes, lanes);
    unlock_block(lock);
    return MEM_OK;
}

void reg_block_reset(const RegBlock *block, void *dev)
{
    for (unsigned i = 0; i < block->n_rows; i++) {
        const Reg *r = &block->rows[i];
        for (unsigned n = 0; n < row_count(r); n++) {
            store(r, dev, n, r->reset);
        }
    }
}

/* -- The checker ---- */

/* What is wrong with one row by itself, or NULL. */
static const char *row_fault(const Reg *r)
{
    uint64_t mask;

    if (!r->name || !r->name[0]) {
        return "has no name";
    }
    if (!is_pow2(r->width) || r->width > 8) {
        return "width is not 1, 2, 4 or 8";
    }
    mask = width_mask(r->width);
    if (r->off % r->width) {
        return "offset is not aligned to its width";
    }
    if (!r->access || r->access >= 2 * r->width) {
        return "no legal access size, or one wider than the register";
    }
    if (r->count > 1 && row_end(r) > UINT32_MAX) {
        return "array ends beyond 32-bit offsets";
    }
    if ((r->reset & ~mask) || (r->wmask & ~mask) || (r->w1c & ~mask)) {
        return "reset, wmask or w1c has bits beyond its width";
    }
    if (r->wmask & r->w1c) {
        return "wmask and w1c overlap";
    }
    if (r->field == REG_NO_FIELD && (r->wmask || r->w1c) && !r->written) {
        return "is writable, but has neither a field nor a hook";
    }
    return NULL;
}

bool reg_block_is_sane(const RegBlock *block, const char **why)
{
    for (unsigned i = 0; i < block->n_rows; i++) {
        const Reg *r = &block->rows[i];
        const char *fault = row_fault(r);

        if (!fault && i && r->off <= r[-1].off) {
            fault = "is not in order of offsets";
        } else if (!fault && i && r->off < row_end(&r[-1])) {
            fault = "overlaps the row before";
        }
        if (fault) {
            g_autofree char *text = g_strdup_printf("%s row %u (%s) %s", block->name, i,
                                                    r->name ? r->name : "?", fault);
            *why = g_intern_string(text);
            return false;
        }
    }
    return true;
}
