/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The side table of a block: for each call that may fault, where the dirty slots are. Packed as
 * 32-bit words:  per point {host_off, guest pc low, guest pc high, info, first word, n words},
 * then one word a location {slot:10 kind:3 n:19}, constants behind their location: two words, four
 * for a vector.
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

static void restore_point(TcgCpu *cpu, const uint32_t *w, unsigned n, const uint64_t *regs)
{
    while (n--) {
        uint32_t loc = *w++;
        const IrSlot *slot = &cpu->ops->slots[loc & 1023];
        uint32_t at = loc >> 13;
        uint64_t constant[2] = { 0, 0 };
        switch ((SideLocKind)(loc >> 10 & 7)) {
        case SIDE_GPR:   restore_slot(cpu, slot, &regs[at]); break;
        case SIDE_XMM:   restore_slot(cpu, slot, &regs[16 + 2 * at]); break;
        case SIDE_FRAME: restore_slot(cpu, slot, &regs[48 + at]); break;
        case SIDE_CONST:
            memcpy(constant, w, const_words(slot) * sizeof(uint32_t));
            w += const_words(slot);
            restore_slot(cpu, slot, constant);
            break;
        case SIDE_SKIP:  break;
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
