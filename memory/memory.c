/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory/memory.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "util/bits.h"
#include "util/log.h"

#define PAGE_BYTES     4096
#define HUGEPAGE_BYTES (2 * MiB)
#define MAX_PA         BIT(56)     /* more than any architected physical address */

typedef struct Range {
    char *name;
    uint64_t base_pa, bytes;
    uint8_t *host;             /* RAM: where it is mapped; NULL for a frame of a device */
    uint32_t first_page;       /* RAM: dense number of its first page */
    const MmioOps *ops;
    void *opaque;
} Range;

/*
 * The flat view: read-only after it is published. RAM comes twice, in `ranges` (all, by address)
 * and in `ram` (in order of adding: the first block is the machine's main memory and is tried
 * before anything else).
 */
typedef struct View {
    struct View *older;
    unsigned n_ranges, n_ram;
    uint32_t n_ram_pages;
    const Range **ram;
    const Range *ranges[];
} View;

struct PhysMem {
    _Atomic(View *) view;
    /* Main thread only. */
    GPtrArray *ranges;         /* owned Range *, in order of adding */
    uint32_t n_ram_pages;
};

/* -- Building ---- */

static void range_free(void *data)
{
    Range *r = data;

    if (r->host) {
        munmap(r->host, r->bytes);
    }
    g_free(r->name);
    g_free(r);
}

PhysMem *phys_mem_new(void)
{
    PhysMem *mem = g_new0(PhysMem, 1);

    mem->ranges = g_ptr_array_new_with_free_func(range_free);
    phys_mem_commit(mem);
    return mem;
}

void phys_mem_free(PhysMem *mem)
{
    if (!mem) {
        return;
    }
    for (View *v = atomic_load(&mem->view), *older; v; v = older) {
        older = v->older;
        g_free(v->ram);
        g_free(v);
    }
    g_ptr_array_free(mem->ranges, TRUE);
    g_free(mem);
}

static const Range *overlapping(const PhysMem *mem, uint64_t base_pa, uint64_t bytes)
{
    for (unsigned i = 0; i < mem->ranges->len; i++) {
        const Range *r = g_ptr_array_index(mem->ranges, i);
        if (base_pa < r->base_pa + r->bytes && r->base_pa < base_pa + bytes) {
            return r;
        }
    }
    return NULL;
}

static Range *range_add(PhysMem *mem, const char *name, uint64_t base_pa, uint64_t bytes)
{
    Range *r = g_new0(Range, 1);

    r->name = g_strdup(name);
    r->base_pa = base_pa;
    r->bytes = bytes;
    g_ptr_array_add(mem->ranges, r);
    return r;
}

/*
 * Anonymous memory aligned for huge pages: a guest's RAM is accessed at random, and with 4 KiB
 * host pages the host's own TLB becomes the bottleneck.
 */
static uint8_t *map_ram(uint64_t bytes)
{
    uint64_t total = bytes + HUGEPAGE_BYTES;
    uint8_t *raw = mmap(NULL, total, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (raw == MAP_FAILED) {
        return NULL;
    }
    uint8_t *host = (uint8_t *)align_up((uintptr_t)raw, HUGEPAGE_BYTES);
    if (host > raw) {
        munmap(raw, host - raw);
    }
    munmap(host + bytes, raw + total - (host + bytes));
    madvise(host, bytes, MADV_HUGEPAGE);  /* a hint: refusal changes nothing but speed */
    return host;
}

bool phys_mem_add_ram(PhysMem *mem, const char *name, uint64_t base_pa, uint64_t bytes,
                      Error **errp)
{
    assert(!(base_pa % PAGE_BYTES) && !(bytes % PAGE_BYTES) && bytes);
    if (base_pa > MAX_PA || bytes > MAX_PA - base_pa ||
        bytes / PAGE_BYTES > UINT32_MAX - 1 - mem->n_ram_pages) {
        return error_set(errp, "cannot set up guest memory '%s': %" PRIu64
                         " MiB at 0x%" PRIx64 " are too much", name, bytes / MiB, base_pa);
    }
    const Range *other = overlapping(mem, base_pa, bytes);
    if (other) {
        return error_set(errp, "cannot set up guest memory '%s': 0x%" PRIx64 "..0x%" PRIx64
                         " overlaps '%s'", name, base_pa, base_pa + bytes - 1, other->name);
    }
    uint8_t *host = map_ram(bytes);
    if (!host) {
        return error_set_errno(errp, errno, "cannot set up guest memory '%s' of %" PRIu64 " MiB",
                               name, bytes / MiB);
    }
    Range *r = range_add(mem, name, base_pa, bytes);
    r->host = host;
    r->first_page = mem->n_ram_pages;
    mem->n_ram_pages += bytes / PAGE_BYTES;
    return true;
}

void phys_mem_add_mmio(PhysMem *mem, const char *name, uint64_t base_pa, uint64_t bytes,
                       const MmioOps *ops, void *opaque)
{
    assert(bytes && base_pa <= MAX_PA && bytes <= MAX_PA - base_pa);
    assert(!overlapping(mem, base_pa, bytes));
    Range *r = range_add(mem, name, base_pa, bytes);
    r->ops = ops;
    r->opaque = opaque;
}

static int compare_base(const void *a, const void *b)
{
    const Range *ra = *(const Range *const *)a, *rb = *(const Range *const *)b;

    return ra->base_pa < rb->base_pa ? -1 : ra->base_pa > rb->base_pa;
}

/* Old views stay until the end: they are small, and a reader may still be in one. */
void phys_mem_commit(PhysMem *mem)
{
    unsigned n = mem->ranges->len;
    View *v = g_malloc0(sizeof(View) + n * sizeof(v->ranges[0]));

    v->ram = g_new0(const Range *, n);
    v->n_ranges = n;
    v->n_ram_pages = mem->n_ram_pages;
    for (unsigned i = 0; i < n; i++) {
        v->ranges[i] = g_ptr_array_index(mem->ranges, i);
        if (v->ranges[i]->host) {
            v->ram[v->n_ram++] = v->ranges[i];
        }
    }
    qsort(v->ranges, n, sizeof(v->ranges[0]), compare_base);
    v->older = atomic_load(&mem->view);
    atomic_store_explicit(&mem->view, v, memory_order_release);
}

/* -- Look-up ---- */

static inline const View *view_of(const PhysMem *mem)
{
    return atomic_load_explicit(&((PhysMem *)mem)->view, memory_order_acquire);
}

/* One compare decides: below base_pa the difference wraps to something huge. */
static inline bool covers(const Range *r, uint64_t pa) { return pa - r->base_pa < r->bytes; }

static inline const Range *find_ram(const View *v, uint64_t pa)
{
    for (unsigned i = 0; i < v->n_ram; i++) {
        if (covers(v->ram[i], pa)) {
            return v->ram[i];
        }
    }
    return NULL;
}

static const Range *find_any(const View *v, uint64_t pa)
{
    unsigned lo = 0, hi = v->n_ranges;

    while (lo < hi) {  /* first range that starts above pa */
        unsigned mid = (lo + hi) / 2;
        if (v->ranges[mid]->base_pa <= pa) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo && covers(v->ranges[lo - 1], pa) ? v->ranges[lo - 1] : NULL;
}

bool phys_mem_range(const PhysMem *mem, unsigned i, MemRangeInfo *info)
{
    const View *v = view_of(mem);

    if (i >= v->n_ranges) {
        return false;
    }
    const Range *r = v->ranges[i];
    *info = (MemRangeInfo){ r->name, r->base_pa, r->bytes, r->host != NULL };
    return true;
}

uint8_t *phys_mem_host(const PhysMem *mem, uint64_t pa, uint64_t *avail)
{
    const Range *r = find_ram(view_of(mem), pa);

    if (!r) {
        return NULL;
    }
    if (avail) {
        *avail = r->bytes - (pa - r->base_pa);
    }
    return r->host + (pa - r->base_pa);
}

uint32_t phys_mem_ram_page(const PhysMem *mem, uint64_t pa)
{
    const Range *r = find_ram(view_of(mem), pa);

    return r ? r->first_page + (uint32_t)((pa - r->base_pa) / PAGE_BYTES) : UINT32_MAX;
}

uint32_t phys_mem_ram_pages(const PhysMem *mem) { return view_of(mem)->n_ram_pages; }

uint64_t phys_mem_ram_page_pa(const PhysMem *mem, uint32_t page)
{
    const View *v = view_of(mem);

    for (unsigned i = 0; i < v->n_ram; i++) {
        const Range *r = v->ram[i];
        if (page - r->first_page < r->bytes / PAGE_BYTES) {
            return r->base_pa + (uint64_t)(page - r->first_page) * PAGE_BYTES;
        }
    }
    assert(!"no such RAM page");
    return 0;
}

/* -- Access ---- */

/* Constant sizes, so that each is one host access: aligned ones must be single-copy atomic. */
static MemResult ram_read(const uint8_t *host, uint64_t *val, unsigned size)
{
    switch (size) {
    case 1: *val = *host; return MEM_OK;
    case 2: *val = ldle16(host); return MEM_OK;
    case 4: *val = ldle32(host); return MEM_OK;
    case 8: *val = ldle64(host); return MEM_OK;
    default: return MEM_ERROR;
    }
}

static MemResult ram_write(uint8_t *host, uint64_t val, unsigned size)
{
    switch (size) {
    case 1: *host = val; return MEM_OK;
    case 2: stle16(host, val); return MEM_OK;
    case 4: stle32(host, val); return MEM_OK;
    case 8: stle64(host, val); return MEM_OK;
    default: return MEM_ERROR;
    }
}

static bool mmio_is_legal(const Range *r, uint64_t off, unsigned size, const char *verb)
{
    if (is_pow2(size) && size >= r->ops->min_size && size <= r->ops->max_size &&
        !(off % size) && size <= r->bytes - off) {
        return true;
    }
    log_guest(r->name, "%s of %u bytes at offset 0x%" PRIx64 ": size or alignment refused", verb,
              size, off);
    return false;
}

/* The range that takes an access, and where in it; or why none does. */
static MemResult find_target(const PhysMem *mem, uint64_t pa, unsigned size, const char *verb,
                             const Range **rp, uint64_t *off)
{
    const View *v = view_of(mem);
    const Range *r = find_ram(v, pa);

    if (!r) {
        r = find_any(v, pa);
    }
    if (!r) {
        return MEM_DECODE;
    }
    *rp = r;
    *off = pa - r->base_pa;
    if (r->host) {
        return size <= r->bytes - *off ? MEM_OK : MEM_DECODE;
    }
    return mmio_is_legal(r, *off, size, verb) ? MEM_OK : MEM_ERROR;
}

MemResult phys_mem_read(const PhysMem *mem, uint64_t pa, uint64_t *val, MemAttrs attrs)
{
    const Range *r;
    uint64_t off;
    MemResult result = find_target(mem, pa, attrs.size, "read", &r, &off);

    if (result != MEM_OK) {
        return result;
    }
    return r->host ? ram_read(r->host + off, val, attrs.size)
                   : r->ops->read(r->opaque, off, val, attrs);
}

MemResult phys_mem_write(const PhysMem *mem, uint64_t pa, uint64_t val, MemAttrs attrs)
{
    const Range *r;
    uint64_t off;
    MemResult result = find_target(mem, pa, attrs.size, "write", &r, &off);

    if (result != MEM_OK) {
        return result;
    }
    return r->host ? ram_write(r->host + off, val, attrs.size)
                   : r->ops->write(r->opaque, off, val, attrs);
}

/* Adjacent RAM blocks count as one stretch. */
static bool is_all_ram(const PhysMem *mem, uint64_t pa, uint64_t bytes)
{
    uint64_t avail;

    while (bytes) {
        if (!phys_mem_host(mem, pa, &avail)) {
            return false;
        }
        avail = MIN(avail, bytes);
        pa += avail;
        bytes -= avail;
    }
    return true;
}

bool phys_mem_copy_in(const PhysMem *mem, uint64_t pa, const void *src, uint64_t bytes)
{
    if (!is_all_ram(mem, pa, bytes)) {
        return false;
    }
    for (uint64_t done = 0, n; done < bytes; done += n) {
        uint8_t *host = phys_mem_host(mem, pa + done, &n);
        n = MIN(n, bytes - done);
        memcpy(host, (const uint8_t *)src + done, n);
    }
    return true;
}

bool phys_mem_copy_out(const PhysMem *mem, uint64_t pa, void *dst, uint64_t bytes)
{
    if (!is_all_ram(mem, pa, bytes)) {
        return false;
    }
    for (uint64_t done = 0, n; done < bytes; done += n) {
        const uint8_t *host = phys_mem_host(mem, pa + done, &n);
        n = MIN(n, bytes - done);
        memcpy((uint8_t *)dst + done, host, n);
    }
    return true;
}
