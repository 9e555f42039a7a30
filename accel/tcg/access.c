/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory accesses that generated code does not do by itself: TLB misses, MMIO, pages with code,
 * page crossings, refused alignments, and what C helpers ask for.
 */
#include <string.h>

#include "host_mem.h"
#include "tcg_internal.h"

/* One page's worth of an access: where it is. */
typedef struct Place {
    uint8_t *host;          /* RAM; NULL: MMIO */
    uint64_t pa;
    uint32_t ram_page;
    bool device;
    bool code;              /* a store must look for translated code: generated code would not
                               have stored here by itself (TAG_CODE, TAG_DEVICE) */
    TlbEntry *entry;
} Place;

static bool place_find(TcgCpu *cpu, uint64_t va, TlbAccess access, unsigned idx, bool probe,
                       Place *p)
{
    TlbInfo *info;
    TlbEntry *e = tlb_get(cpu, va, access, idx, probe, &info);

    if (!e) {
        return false;
    }
    uint64_t tag = access == TLB_ACCESS_READ ? e->read : e->write;
    p->host = tag & TAG_MMIO ? NULL : (uint8_t *)(va + e->addend);
    p->pa = info->pa | (va & ~TLB_PAGE_MASK);
    p->ram_page = info->ram_page;
    p->device = tag & TAG_DEVICE;
    p->code = tag & ~TLB_PAGE_MASK;
    p->entry = e;
    return true;
}

static bool fault_unaligned(TcgCpu *cpu, uint64_t va, TlbAccess access, unsigned idx)
{
    cpu->ops->unaligned_fault(cpu, va, access, idx);
    tcg_raise(cpu);
    return false;
}

/*
 * Invalidate translations of what a store has overwritten, or is about to (tcg_probe, atomics).
 * After it, no translator on another vCPU can have read the old bytes unseen: it claims the lines,
 * then reads; we have stored, now look at the lines. Before it, a block that runs there may be made
 * anew from the old bytes in between, and goes with the guest's IC IVAU.
 */
static void store_to_page(TcgCpu *cpu, const Place *p, unsigned size)
{
    if (!p->code) {
        return;
    }
    atomic_thread_fence(memory_order_seq_cst);
    CodePage *page = atomic_load_explicit(&cpu->accel->pages[p->ram_page], memory_order_acquire);
    unsigned off = p->pa & ~TLB_PAGE_MASK;

    if (!page) {
        return;
    }
    uint64_t lines = MASK((off + size - 1) / 64, off / 64);
    if (atomic_load(&page->lines) & lines) {
        block_invalidate_range(cpu->accel, page, off, off + size, NULL);
    }
    tlb_entry_recheck_code(cpu->accel, p->entry, p->ram_page);
}

/* -- MMIO -- */

static bool mmio_read(TcgCpu *cpu, uint64_t va, const Place *p, unsigned size, unsigned idx,
                      uint64_t *val)
{
    MemResult r = phys_mem_read(cpu->accel->mem, p->pa, val, (MemAttrs){ .size = size });

    if (r != MEM_OK) {
        cpu->ops->bus_fault(cpu, va, p->pa, TLB_ACCESS_READ, idx, r);
        tcg_raise(cpu);
    }
    return r == MEM_OK;
}

static bool mmio_write(TcgCpu *cpu, uint64_t va, const Place *p, unsigned size, unsigned idx,
                       uint64_t val)
{
    MemResult r = phys_mem_write(cpu->accel->mem, p->pa, val, (MemAttrs){ .size = size });

    if (r != MEM_OK) {
        cpu->ops->bus_fault(cpu, va, p->pa, TLB_ACCESS_WRITE, idx, r);
        tcg_raise(cpu);
    }
    return r == MEM_OK;
}

/* -- Loads and stores of any size and place -- */

static inline bool crosses_page(uint64_t va, unsigned size)
{
    return (va & ~TLB_PAGE_MASK) + size > 4096;
}

static inline bool within16(uint64_t va, unsigned size) { return (va & 15) + size <= 16; }

/* What must be aligned for itself, and what an access to Device memory is made of. */
static inline unsigned unit_of(unsigned mop)
{
    unsigned size = 1u << (mop & IR_MO_SIZE);

    return ir_mo_is_pair(mop) ? size / 2 : size;
}

/* Faults that do not depend on the memory type come before those of the translation. */
static inline bool must_align(uint64_t va, unsigned mop)
{
    return mop & IR_MO_ALIGN && va & (unit_of(mop) - 1);
}

/* Memory that cannot do what is not aligned, or the access may not lie so. */
static bool align_ok(uint64_t va, unsigned mop, const Place *p)
{
    if (!(va & (unit_of(mop) - 1))) {
        return true;
    }
    return !p->device && p->host
           && (!(mop & IR_MO_ALIGN16) || within16(va, 1u << (mop & IR_MO_SIZE)));
}

/* A vector of 16 bytes is two accesses, a pair is one: only those that lie within 16 come here. */
static void host_load(uint8_t *host, unsigned mop, uint64_t val[2])
{
    unsigned size = 1u << (mop & IR_MO_SIZE);

    if (size < 16) {
        val[0] = host_ld(host, size);
    } else if (ir_mo_is_pair(mop)) {
        host_ld16(host, val);
    } else {
        val[0] = host_ld(host, 8);
        val[1] = host_ld(host + 8, 8);
    }
}

static void host_store(uint8_t *host, unsigned mop, const uint64_t val[2])
{
    unsigned size = 1u << (mop & IR_MO_SIZE);

    if (size < 16) {
        host_st(host, size, val[0]);
    } else if (ir_mo_is_pair(mop)) {
        host_st16(host, val);
    } else {
        host_st(host, 8, val[0]);
        host_st(host + 8, 8, val[1]);
    }
}

/* Two pages: both must be accessible before a byte moves. */
static bool access_crossing(TcgCpu *cpu, uint64_t va, unsigned mop, unsigned idx, uint8_t *bytes,
                            TlbAccess access)
{
    unsigned size = 1u << (mop & IR_MO_SIZE);
    unsigned first = 4096 - (va & ~TLB_PAGE_MASK);
    Place a, b;

    if (!place_find(cpu, va, access, idx, false, &a)
        || !place_find(cpu, (va & TLB_PAGE_MASK) + 4096, access, idx, false, &b)) {
        tcg_raise(cpu);
        return false;
    }
    if (!align_ok(va, mop, &a) || b.device || !b.host) {
        return fault_unaligned(cpu, va, access, idx);
    }
    if (access == TLB_ACCESS_READ) {
        memcpy(bytes, a.host, first);
        memcpy(bytes + first, b.host, size - first);
    } else {
        store_to_page(cpu, &a, first);
        store_to_page(cpu, &b, size - first);
        memcpy(a.host, bytes, first);
        memcpy(b.host, bytes + first, size - first);
        if (mop & IR_MO_RELEASE) {
            atomic_thread_fence(memory_order_seq_cst);
        }
    }
    return true;
}

/* The IrMemOp of each half of a pair. */
static unsigned half_of(unsigned mop)
{
    return (mop & ~(unsigned)(IR_MO_PAIR | IR_MO_ALIGN16 | IR_MO_SIZE)) | ((mop & IR_MO_SIZE) - 1);
}

static bool load_halves(TcgCpu *cpu, uint64_t va, unsigned mop, unsigned idx, uint64_t val[2])
{
    unsigned size = unit_of(mop);
    uint64_t lo[2], hi[2];

    if (!tcg_load(cpu, va, half_of(mop), idx, lo)
        || !tcg_load(cpu, va + size, half_of(mop), idx, hi)) {
        return false;
    }
    val[0] = size == 8 ? lo[0] : lo[0] | hi[0] << 32;
    val[1] = size == 8 ? hi[0] : 0;
    return true;
}

static bool store_halves(TcgCpu *cpu, uint64_t va, unsigned mop, unsigned idx,
                         const uint64_t val[2])
{
    unsigned size = unit_of(mop);
    uint64_t hi[2] = { size == 8 ? val[1] : val[0] >> 32 };

    return tcg_store(cpu, va, half_of(mop), idx, val)
        && tcg_store(cpu, va + size, half_of(mop), idx, hi);
}

bool tcg_load(TcgCpu *cpu, uint64_t va, unsigned mop, unsigned idx, uint64_t val[2])
{
    unsigned size = 1u << (mop & IR_MO_SIZE);
    Place p;

    val[0] = val[1] = 0;
    if (ir_mo_is_pair(mop) && !within16(va, size)) {
        return load_halves(cpu, va, mop, idx, val);
    }
    if (must_align(va, mop)) {
        return fault_unaligned(cpu, va, TLB_ACCESS_READ, idx);
    }
    if (crosses_page(va, size)) {
        return access_crossing(cpu, va, mop, idx, (uint8_t *)val, TLB_ACCESS_READ);
    }
    if (!place_find(cpu, va, TLB_ACCESS_READ, idx, false, &p)) {
        tcg_raise(cpu);
        return false;
    }
    if (!align_ok(va, mop, &p)) {
        return fault_unaligned(cpu, va, TLB_ACCESS_READ, idx);
    }
    if (p.host) {
        host_load(p.host, mop, val);
        return true;
    }
    if (ir_mo_is_pair(mop)) {
        return load_halves(cpu, va, mop, idx, val);
    }
    if (!mmio_read(cpu, va, &p, MIN(size, 8), idx, &val[0])) {
        return false;
    }
    p.pa += 8;
    return size < 16 || mmio_read(cpu, va + 8, &p, 8, idx, &val[1]);
}

/* RAM: the bytes, then what a release store orders after them. */
static bool store_ram(TcgCpu *cpu, const Place *p, unsigned mop, const uint64_t val[2])
{
    host_store(p->host, mop, val);
    store_to_page(cpu, p, 1u << (mop & IR_MO_SIZE));
    if (mop & IR_MO_RELEASE) {
        atomic_thread_fence(memory_order_seq_cst);
    }
    return true;
}

bool tcg_store(TcgCpu *cpu, uint64_t va, unsigned mop, unsigned idx, const uint64_t val[2])
{
    unsigned size = 1u << (mop & IR_MO_SIZE);
    Place p;

    if (ir_mo_is_pair(mop) && !within16(va, size)) {
        return store_halves(cpu, va, mop, idx, val);
    }
    if (must_align(va, mop)) {
        return fault_unaligned(cpu, va, TLB_ACCESS_WRITE, idx);
    }
    if (crosses_page(va, size)) {
        uint64_t copy[2] = { val[0], size == 16 ? val[1] : 0 };
        return access_crossing(cpu, va, mop, idx, (uint8_t *)copy, TLB_ACCESS_WRITE);
    }
    if (!place_find(cpu, va, TLB_ACCESS_WRITE, idx, false, &p)) {
        tcg_raise(cpu);
        return false;
    }
    if (!align_ok(va, mop, &p)) {
        return fault_unaligned(cpu, va, TLB_ACCESS_WRITE, idx);
    }
    if (p.host) {
        return store_ram(cpu, &p, mop, val);
    }
    if (ir_mo_is_pair(mop)) {
        return store_halves(cpu, va, mop, idx, val);
    }
    if (!mmio_write(cpu, va, &p, MIN(size, 8), idx, val[0])) {
        return false;
    }
    p.pa += 8;
    return size < 16 || mmio_write(cpu, va + 8, &p, 8, idx, val[1]);
}

void *tcg_probe(TcgCpu *cpu, uint64_t va, unsigned size, TlbAccess access, unsigned idx,
                bool probe, bool *faulted)
{
    Place p;

    if (faulted) {
        *faulted = false;
    }
    if (!place_find(cpu, va, access, idx, probe, &p)) {
        if (faulted) {
            *faulted = true;
        }
        if (!probe) {
            tcg_raise(cpu);
        }
        return NULL;
    }
    if (!p.host || p.device || crosses_page(va, size)) {
        return NULL;
    }
    if (access == TLB_ACCESS_WRITE && !probe) {
        store_to_page(cpu, &p, size);
    }
    return p.host;
}

/* -- Atomics -- */

static int64_t sign_of(uint64_t v, unsigned size) { return sextract64(v, 0, size * 8); }

static uint64_t atomic_result(IrOp op, uint64_t old, const uint64_t val[3], unsigned size)
{
    uint64_t mask = MASK(size * 8 - 1, 0), b = val[0] & mask;

    switch (op) {
    case IR_cas:    return old == b ? val[2] & mask : old;
    case IR_swp:    return b;
    case IR_ldadd:  return (old + b) & mask;
    case IR_ldclr:  return old & ~b;
    case IR_ldeor:  return old ^ b;
    case IR_ldset:  return old | b;
    case IR_ldsmax: return sign_of(old, size) > sign_of(b, size) ? old : b;
    case IR_ldsmin: return sign_of(old, size) < sign_of(b, size) ? old : b;
    case IR_ldumax: return MAX(old, b);
    default:        return MIN(old, b);
    }
}

static uint64_t host_atomic(uint8_t *host, unsigned size, IrOp op, const uint64_t val[3])
{
    uint64_t was = host_ld(host, size);

    while (!host_cas(host, size, &was, atomic_result(op, was, val, size))) {
    }
    return was;
}

/* An atomic reads and writes. A fault that a read would take is a read's (ISS.WnR, D17.2.37). */
static bool atomic_place(TcgCpu *cpu, uint64_t va, unsigned mop, unsigned idx, Place *p)
{
    unsigned size = 1u << (mop & IR_MO_SIZE);
    bool aligned = !(va & (size - 1));
    Place r;

    if (!aligned && !(mop & IR_MO_ALIGN16 && within16(va, size))) {
        return fault_unaligned(cpu, va, TLB_ACCESS_READ, idx);
    }
    if (!place_find(cpu, va, TLB_ACCESS_READ, idx, false, &r)
        || !place_find(cpu, va, TLB_ACCESS_WRITE, idx, false, p)) {
        tcg_raise(cpu);
        return false;
    }
    if (!aligned && (p->device || !p->host)) {
        return fault_unaligned(cpu, va, TLB_ACCESS_READ, idx);
    }
    if (!p->host) {
        /* The board's buses take no atomics: an external abort, as the architecture allows. */
        cpu->ops->bus_fault(cpu, va, p->pa, TLB_ACCESS_WRITE, idx, MEM_ERROR);
        tcg_raise(cpu);
        return false;
    }
    store_to_page(cpu, p, size);
    return true;
}

bool tcg_cas128(TcgCpu *cpu, uint64_t va, unsigned idx, const uint64_t expected[2],
                const uint64_t desired[2], uint64_t old[2])
{
    Place p;

    if (!atomic_place(cpu, va, IR_MO_128, idx, &p)) {
        return false;
    }
    old[0] = expected[0];
    old[1] = expected[1];
    host_cas16(p.host, old, desired);
    return true;
}

/* -- From generated code -- */

static void extend(unsigned mop, uint64_t val[3])
{
    unsigned size = mop & IR_MO_SIZE;

    if (mop & IR_MO_SIGN && size < IR_MO_64) {
        val[0] = sextract64(val[0], 0, 8u << size);
    }
}

void access_mem_slow(void *env, uint64_t va, MemInfo info, uint64_t val[3])
{
    TcgCpu *cpu = env;
    unsigned mop = info & 0xff, idx = info >> 8 & 0xff;
    IrOp op = info >> 16 & 0xff;
    Place p;

    if (op == IR_ld) {
        if (tcg_load(cpu, va, mop, idx, val)) {
            extend(mop, val);
        }
    } else if (op == IR_st) {
        tcg_store(cpu, va, mop, idx, val);
    } else if (op == IR_guess) {
        val[0] = cpu->ops->guess(cpu, mop, va, val[0]);
    } else if (atomic_place(cpu, va, mop, idx, &p)) {
        val[0] = host_atomic(p.host, 1u << (mop & IR_MO_SIZE), op, val);
    }
}
