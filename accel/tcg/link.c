/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Direct jumps between blocks. A link inside a page needs no check: the source runs, so the page
 * is mapped as it was. A link to another page enters at the checked entry, which compares the
 * page's cookie. A backward jump enters where exit requests are polled, so no loop escapes them.
 * Translate lock held throughout.
 */
#include "tcg_internal.h"

void block_link(TcgAccel *a, Block *from, unsigned exit, Block *to)
{
    BlockExit *x = &from->exits[exit];

    if (x->to || !x->jmp || atomic_load(&to->invalid) || atomic_load(&from->invalid)) {
        return;
    }
    bool same_page = ((from->pc ^ to->pc) & TLB_PAGE_MASK) == 0 && from->ram_page == to->ram_page;
    uint32_t off = !same_page ? to->off_checked
                 : to->pc > from->pc ? to->off_entry : to->off_poll;

    x->to = to;
    x->next_in = to->incoming;
    to->incoming = x;
    host_patch_jump(x->jmp, to->host + off);
}

/* Nothing jumps into @b any more, and @b is in nobody's list. */
void block_unlink_all(Block *b)
{
    for (BlockExit *x = b->incoming; x; x = x->next_in) {
        host_patch_jump(x->jmp, x->stub);
        x->to = NULL;
    }
    b->incoming = NULL;
    for (unsigned i = 0; i < b->n_exits; i++) {
        BlockExit *x = &b->exits[i];
        if (x->to) {
            BlockExit **p = &x->to->incoming;
            while (*p != x) {
                p = &(*p)->next_in;
            }
            *p = x->next_in;
            x->to = NULL;
        }
    }
}
