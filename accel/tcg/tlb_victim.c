/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of the soft TLB that others took the place of, so that a program that uses more pages
 * than a bank has entries does not walk the page tables again and again. One direct-mapped table a
 * vCPU, made when it is first needed; a victim belongs to a bank's tenure, which ends when the bank
 * is cleared. Own thread only.
 */
#include "tcg_internal.h"

#define VICTIMS 4096u

static TlbVictim *victim_of(const TlbState *s, const TlbBank *bank, uint64_t va)
{
    uint64_t page = va << 8 >> (8 + TLB_PAGE_BITS);

    return &s->victims[(page + (bank->tenure & 0xff) * 0x9d3) % VICTIMS];
}

void tlb_victim_keep(TlbState *s, TlbBank *bank, const TlbEntry *e, const TlbInfo *info)
{
    uint64_t va = e->read & TAG_EMPTY ? e->write : e->read;

    if (va & TAG_EMPTY) {
        return;
    }
    if (!s->victims) {
        s->victims = g_new0(TlbVictim, VICTIMS);
    }
    *victim_of(s, bank, va) = (TlbVictim) { va & TLB_PAGE_MASK, bank->tenure, *info };
    bank->has_victims = true;
}

bool tlb_victim_find(const TlbState *s, const TlbBank *bank, uint64_t va, TlbAccess access,
                     TlbFill *fill)
{
    if (!bank->has_victims) {
        return false;
    }
    const TlbVictim *v = victim_of(s, bank, va);
    if (v->tag != (va & TLB_PAGE_MASK) || v->tenure != bank->tenure
        || !(v->info.prot & (access == TLB_ACCESS_READ ? TLB_READ : TLB_WRITE))) {
        return false;
    }
    *fill = (TlbFill) {
        .pa = v->info.pa, .prot = v->info.prot, .page_log2 = v->info.page_log2,
        .global = v->info.global, .device = v->info.device,
    };
    return true;
}

void tlb_victim_drop(const TlbState *s, const TlbBank *bank, uint64_t va)
{
    if (bank->has_victims) {
        victim_of(s, bank, va)->tenure = 0;     /* whatever page it is of */
    }
}
