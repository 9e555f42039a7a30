/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The side table of a block: for each call that may fault, where the dirty slots are. Packed as
 * 32-bit words:  per point {host_off, guest pc low, guest pc high, info, first word, n words},
 * then one word a location {slot:10 kind:3 n:19}, constants behind their location: two words, four
 * for a vector. The two locations behind SIDE_FLAGS are its operands.
 */
#include <assert.h>
#include <string.h>

#include "tcg_internal.h"

#define POINT_WORDS 6

static unsigned const_words(const IrSlot *slot) { return slot->type == IR_V128 ? 4 : 2; }

static unsigned loc_words(const TcgAccel *a, const SideLoc *l)
{
    return l->kind == SIDE_CONST ? 1 + const_words(&a->ops->slots[l->slot]) : 1;
}

const uint32_t *side_pack(TcgAccel *a, const CodegenResult *res)
{
    if (!res->n_points) {
        return NULL;
    }
    size_t words = res->n_points * POINT_WORDS;
    for (unsigned i = 0; i < res->n_points; i++) {
        for (unsigned j = 0; j < res->points[i].n; j++) {
            words += loc_words(a, &res->locs[res->points[i].first + j]);
        }
    }
    uint32_t *side = accel_alloc(a, words * sizeof(uint32_t));
    uint32_t at = res->n_points * POINT_WORDS;
    for (unsigned i = 0; i < res->n_points; i++) {
        const SidePoint *p = &res->points[i];
        uint32_t *w = &side[i * POINT_WORDS];
        w[0] = p->host_off;
        w[1] = p->guest_pc;
        w[2] = p->guest_pc >> 32;
        w[3] = p->guest_info;
        w[4] = at;
        w[5] = p->n;
        for (unsigned j = 0; j < p->n; j++) {
            const SideLoc *l = &res->locs[p->first + j];
            assert(l->slot < 1024 && l->n < (1u << 19));
            side[at++] = l->slot | (uint32_t)l->kind << 10 | l->n << 13;
            if (l->kind == SIDE_CONST) {
                unsigned n = const_words(&a->ops->slots[l->slot]);
                memcpy(&side[at], &res->consts[l->n], n * sizeof(uint32_t));
                at += n;
            }
        }
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

static void restore_point(TcgCpu *cpu, const uint32_t *w, unsigned n, const uint64_t *regs)
{
    while (n--) {
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
            uint64_t pc = w[1] | (uint64_t)w[2] << 32;
            restore_point(cpu, &b->side[w[4]], w[5], regs);
            memcpy((uint8_t *)cpu + cpu->ops->pc_offset, &pc, 8);
            *info = w[3];
            return true;
        }
    }
    return false;
}
