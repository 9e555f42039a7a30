/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest physical memory: RAM blocks and MMIO frames, seen through one flat view.
 *
 * Model. A PhysMem holds non-overlapping ranges. Each is RAM (host memory, directly accessible)
 * or a frame of a device ({ops, opaque}). The board adds ranges while the machine is built, then
 * calls phys_mem_commit(); look-ups use the committed, read-only view and take no lock.
 *
 * Threads: building on the main thread before vCPUs run; look-ups and accesses on any thread.
 * MMIO callbacks run on the calling thread, with no lock of this module held; a device locks
 * itself.
 */
#ifndef MEMORY_MEMORY_H
#define MEMORY_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

typedef struct PhysMem PhysMem;

/* What the bus says about an access. */
typedef struct MemAttrs {
    unsigned size;        /* bytes: 1, 2, 4 or 8 */
} MemAttrs;

typedef enum MemResult {
    MEM_OK,
    MEM_ERROR,     /* the device refuses: synchronous external abort for a CPU */
    MEM_DECODE,    /* nothing there */
} MemResult;

/*
 * A frame's behaviour. Offsets are relative to the frame and in range; accesses are naturally
 * aligned and of a size allowed by min_size..max_size (others end as MEM_ERROR before the hook,
 * after a log_guest line). Reads return zero-extended data.
 */
typedef struct MmioOps {
    MemResult (*read)(void *opaque, uint64_t off, uint64_t *val, MemAttrs attrs);
    MemResult (*write)(void *opaque, uint64_t off, uint64_t val, MemAttrs attrs);
    unsigned min_size, max_size;
} MmioOps;

PhysMem *phys_mem_new(void);
void phys_mem_free(PhysMem *mem);

/*
 * Add @bytes (multiple of 4 KiB) of zeroed anonymous RAM at @base_pa. Host pages are touched only
 * when used. False: overlap, or the host refuses the mapping.
 */
bool phys_mem_add_ram(PhysMem *mem, const char *name, uint64_t base_pa, uint64_t bytes,
                      Error **errp) MUST_CHECK;
/* Overlap is a bug of the board: asserted. @ops and @opaque must outlive @mem. */
void phys_mem_add_mmio(PhysMem *mem, const char *name, uint64_t base_pa, uint64_t bytes,
                       const MmioOps *ops, void *opaque);
void phys_mem_commit(PhysMem *mem);

/* One range of the flat view, for `info mtree -f` and the like. False after the last. */
typedef struct MemRangeInfo {
    const char *name;
    uint64_t base_pa, bytes;
    bool is_ram;
} MemRangeInfo;
bool phys_mem_range(const PhysMem *mem, unsigned i, MemRangeInfo *info);

/*
 * Host address of the RAM at @pa, or NULL when it is not RAM. *avail (may be NULL) gets the number
 * of contiguous bytes from @pa. Host address and content stay valid for the life of @mem.
 */
uint8_t *phys_mem_host(const PhysMem *mem, uint64_t pa, uint64_t *avail);
/* RAM page number, dense from 0 over all RAM blocks (4 KiB pages); UINT32_MAX when not RAM. */
uint32_t phys_mem_ram_page(const PhysMem *mem, uint64_t pa);
uint32_t phys_mem_ram_pages(const PhysMem *mem);
/* Inverse of phys_mem_ram_page: the physical address of RAM page @page. */
uint64_t phys_mem_ram_page_pa(const PhysMem *mem, uint32_t page);

/* One CPU-like access, RAM or MMIO, little-endian, any alignment inside one RAM block. */
MemResult phys_mem_read(const PhysMem *mem, uint64_t pa, uint64_t *val, MemAttrs attrs);
MemResult phys_mem_write(const PhysMem *mem, uint64_t pa, uint64_t val, MemAttrs attrs);

/* Block copies for loaders and debuggers: RAM only; false when any byte is not RAM. */
bool phys_mem_copy_in(const PhysMem *mem, uint64_t pa, const void *src, uint64_t bytes);
bool phys_mem_copy_out(const PhysMem *mem, uint64_t pa, void *dst, uint64_t bytes);

#endif
