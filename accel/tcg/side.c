/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The side table of a block: for each call that may fault, where the dirty slots are. Packed as
 * 32-bit words:  per point {host_off, info, list:20 guest pc's page offset:12}, then the lists of
 * locations, which points next to each other may share: their number, then one word a location
 * {slot:10 kind:3 n:19}, constants behind their location: two words, four for a vector. The two
 * locations behind SIDE_FLAGS are its operands.
 */
#include <assert.h>
#include <string.h>

#include "tcg_internal.h"

#define POINT_WORDS 3

static unsigned const_words(const IrSlot *slot) { return slot->type == IR_V128 ? 4 : 2; }

static unsigned loc_words(const TcgAccel *a, const SideLoc *l)
{
    return l->kind == SIDE_CONST ? 1 + const_words(&a->ops->slots[l->slot]) : 1;
}

/* Has point @i the list of the one before it? */
static bool shares_list(const CodegenResult *res, unsigned i)
{
    const SidePoint *p = &res->points[i];

    return i && p->first == p[-1].first && p->n == p[-1].n;
}

static size_t count_words(const TcgAccel *a, const CodegenResult *res)
{
    size_t words = res->n_points * POINT_WORDS;

    for (unsigned i = 0; i < res->n_points; i++) {
        if (shares_list(res, i)) {
            continue;
        }
        words++;
        for (unsigned j = 0; j < res->points[i].n; j++) {
            words += loc_words(a, &res->locs[res->points[i].first + j]);
        }
    }
    return words;
}

/* The list of @p to @to; the next free word. */
static uint32_t *pack_list(const TcgAccel *a, const CodegenResult *res, const SidePoint *p,
                           uint32_t *to)
{
    *to++ = p->n;
    for (unsigned j = 0; j < p->n; j++) {
        const SideLoc *l = &res->locs[p->first + j];
        assert(l->slot < 1024 && l->n < (1u << 19));
        *to++ = l->slot | (uint32_t)l->kind << 10 | l->n << 13;
        if (l->kind == SIDE_CONST) {
            unsigned n = const_words(&a->ops->slots[l->slot]);
            memcpy(to, &res->consts[l->n], n * sizeof(uint32_t));
            to += n;
        }
    }
    return to;
}

const uint32_t *side_pack(TcgAccel *a, const CodegenResult *res)
{
    if (!res->n_points) {
        return NULL;
    }
    uint32_t *side = accel_alloc(a, count_words(a, res) * sizeof(uint32_t), sizeof(uint32_t));
    uint32_t *to = side + res->n_points * POINT_WORDS, list = 0;
    for (unsigned i = 0; i < res->n_points; i++) {
        const SidePoint *p = &res->points[i];
        uint32_t *w = &side[i * POINT_WORDS];
        if (!shares_list(res, i)) {
            list = (uint32_t)(to - side);
            to = pack_list(a, res, p, to);
        }
        assert(list < (1u << 20));
        w[0] = p->host_off;
        w[1] = p->guest_info;
        w[2] = list | (uint32_t)(p->guest_pc & ~TLB_PAGE_MASK) << 20;
    }
    return side;
}

static void restore_slot(TcgCpu *cpu, const IrSlot *slot, const uint64_t *from)
{
    uint8_t *env = (uint8_t *)cpu + slot->offset;

    switch (slot->type) {
    case IR_FLAGS:
    case IR_I32:  memcpy(env, from, 4); break;
    case IR_I64:  memcpy(env, from, 8); break;
    default:      memcpy(env, from, 16); break;
    }
}

/* The value of the location at @w, which is not SIDE_FLAGS, in @v. Returns the next one. */
static const uint32_t *read_loc(TcgCpu *cpu, const uint32_t *w, const uint64_t *regs, uint64_t v[2])
{
    const IrSlot *slot = &cpu->ops->slots[*w & 1023];
    SideLocKind kind = (SideLocKind)(*w >> 10 & 7);
    uint32_t at = *w >> 13;
    bool vector = slot->type == IR_V128;

    w++;
    switch (kind) {
    case SIDE_GPR:   v[0] = regs[at]; break;
    case SIDE_XMM:   memcpy(v, &regs[16 + 2 * at], 16); break;
    case SIDE_FRAME: memcpy(v, &regs[48 + at], vector ? 16 : 8); break;
    case SIDE_ENV:
        v[0] = 0;
        memcpy(v, (uint8_t *)cpu + at / 2, at & 1 ? 8 : 4);
        break;
    case SIDE_CONST:
        memcpy(v, w, const_words(slot) * sizeof(uint32_t));
        w += const_words(slot);
        break;
    case SIDE_SKIP: case SIDE_FLAGS: break;
    }
    return w;
}

static void restore_list(TcgCpu *cpu, const uint32_t *w, const uint64_t *regs)
{
    for (unsigned n = *w++; n; n--) {
        uint32_t loc = *w;
        uint64_t v[2], b[2];
        if ((loc >> 10 & 7) == SIDE_FLAGS) {
            w = read_loc(cpu, w + 1, regs, v);
            w = read_loc(cpu, w, regs, b);
            v[0] = side_flags(loc >> 13, v[0], b[0]);
            n -= 2;
        } else {
            w = read_loc(cpu, w, regs, v);
        }
        if ((loc >> 10 & 7) != SIDE_SKIP) {
            restore_slot(cpu, &cpu->ops->slots[loc & 1023], v);
        }
    }
}

bool side_restore(TcgCpu *cpu, const Block *b, const void *host_pc, const uint64_t *regs,
                  uint32_t *info)
{
    uint32_t off = (const uint8_t *)host_pc - b->host;

    for (unsigned i = 0; i < b->n_points; i++) {
        const uint32_t *w = &b->side[i * POINT_WORDS];
        if (w[0] == off) {
            uint64_t pc = (b->pc & TLB_PAGE_MASK) | w[2] >> 20;
            restore_list(cpu, &b->side[w[2] & 0xfffff], regs);
            memcpy((uint8_t *)cpu + cpu->ops->pc_offset, &pc, 8);
            *info = w[1];
            return true;
        }
    }
    return false;
}
