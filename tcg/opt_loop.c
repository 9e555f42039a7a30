/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loops of one block: what its own jump back carries stays in registers.
 *
 * Of the slots an iteration writes, one that it always writes before anybody can look is not needed
 * on the way back at all. The others are *carried*: their values at the entry become the block's
 * first instructions, and since env no longer has them after the first time round, each snapshot
 * that lacks such a slot gets it. What cannot be carried (flags, too many) is *stored* on the way.
 */
#include <glib.h>
#include <string.h>

#include "tcg/internal/builder.h"
#include "tcg/opt.h"
#include "util/bits.h"

typedef struct SlotSet { uint64_t w[IR_MAX_SLOTS / 64]; } SlotSet;

static inline bool set_has(const SlotSet *s, unsigned slot)
{
    return s->w[slot / 64] >> (slot % 64) & 1;
}

static inline void set_add(SlotSet *s, unsigned slot) { s->w[slot / 64] |= BIT(slot % 64); }

typedef struct Loop {
    IrBlock *b;
    SlotSet written;                /* by a jump back */
    SlotSet needed;                 /* of these: somebody may look before the iteration writes it */
    IrRef entry[IR_MAX_SLOTS];      /* the ld_env of a slot */
    unsigned n_back;
} Loop;

static bool is_back(const IrBlock *b, const IrExit *e)
{
    return e->kind == IR_EXIT_JUMP && e->pc == b->pc;
}

static SlotSet slots_of(const IrBlock *b, unsigned snap)
{
    const IrSnap *s = &b->snaps[snap - 1];
    SlotSet set = { { 0 } };

    for (unsigned i = 0; i < s->n; i++) {
        set_add(&set, b->snap_entries[s->first + i].slot);
    }
    return set;
}

static unsigned slot_log2(const IrSlot *s)
{
    return s->type == IR_V128 ? 4 : s->type == IR_I64 ? 3 : 2;
}

/* Note a load from env. False: of part of a slot, or a second one. */
static bool note_load(Loop *l, IrRef i)
{
    const IrInsn *in = &l->b->insns[i];

    for (unsigned s = 0; s < l->b->n_slots; s++) {
        const IrSlot *slot = &l->b->slots[s];
        int64_t end = slot->offset + (INT64_C(1) << slot_log2(slot));
        if (in->imm < end && slot->offset < in->imm + (INT64_C(1) << in->aux2)) {
            if (in->imm != slot->offset || in->type != slot->type || l->entry[s]) {
                return false;
            }
            l->entry[s] = i;
        }
    }
    return true;
}

/*
 * Is some of the loop elsewhere? A branch into it leaves this block for another that begins there:
 * then an iteration that stays may be the exception, and carrying makes the others dearer.
 */
static bool is_in_pieces(const IrBlock *b)
{
    uint64_t last = 0;

    for (unsigned i = 0; i < b->n_exits; i++) {
        if (is_back(b, &b->exits[i])) {
            last = MAX(last, b->snaps[b->exits[i].snap - 1].guest_pc - b->pc);
        }
    }
    for (unsigned i = 0; i < b->n_exits; i++) {
        uint64_t to = b->exits[i].pc - b->pc;
        if (b->exits[i].kind == IR_EXIT_JUMP && !(to & 3) && to && to <= last) {
            return true;
        }
    }
    return false;
}

/* Is this a loop over values: no calls, no stores to env? */
static bool look(Loop *l)
{
    const IrBlock *b = l->b;

    for (unsigned i = 1; i < b->n_insns; i++) {
        const IrInsn *in = &b->insns[i];
        if (in->op == IR_call || in->op == IR_st_env
            || (in->op == IR_ld_env && !note_load(l, (IrRef)i))) {
            return false;
        }
        if (in->exit && is_back(b, &b->exits[in->exit - 1])) {
            SlotSet set = slots_of(b, b->exits[in->exit - 1].snap);
            for (unsigned w = 0; w < ARRAY_SIZE(set.w); w++) {
                l->written.w[w] |= set.w[w];
            }
            l->n_back++;
        }
    }
    return l->n_back;
}

static void need_what_lacks(Loop *l, unsigned snap)
{
    SlotSet set = slots_of(l->b, snap);

    for (unsigned w = 0; w < ARRAY_SIZE(set.w); w++) {
        l->needed.w[w] |= l->written.w[w] & ~set.w[w];
    }
}

static void find_needed(Loop *l)
{
    const IrBlock *b = l->b;

    for (unsigned i = 1; i < b->n_insns; i++) {
        if (b->insns[i].snap) {
            need_what_lacks(l, b->insns[i].snap);
        }
        if (b->insns[i].exit) {
            need_what_lacks(l, b->exits[b->insns[i].exit - 1].snap);
        }
    }
    for (unsigned s = 0; s < b->n_slots; s++) {
        if (l->entry[s] && set_has(&l->written, s)) {
            set_add(&l->needed, s);
        }
    }
}

/* Choose what is carried: slots that are read first. False: the registers do not suffice. */
static bool choose(Loop *l)
{
    IrLoop *loop = &l->b->loop;
    unsigned n_int = 0, n_vec = 0;

    for (int read = 1; read >= 0; read--) {
        for (unsigned s = 0; s < l->b->n_slots; s++) {
            if (!set_has(&l->needed, s) || (l->entry[s] != 0) != read) {
                continue;
            }
            unsigned type = l->b->slots[s].type;
            if (type == IR_V128 && n_vec++ == IR_LOOP_VECTORS) {
                return false;
            }
            if (type == IR_V128 || (type == IR_I64 && n_int++ < IR_LOOP_INTS)) {
                loop->carried[loop->n++] = (uint16_t)s;
            } else {
                loop->stored[s / 64] |= BIT(s % 64);
            }
        }
    }
    return true;
}

/* The carried values become the first instructions. map[]: old number to new. */
static void put_first(Loop *l, IrRef *map)
{
    IrBlock *b = l->b;
    unsigned n = b->loop.n, out = 1 + n;

    memmove(&b->insns[1 + n], &b->insns[1], (b->n_insns - 1) * sizeof(b->insns[0]));
    memset(map, 0, b->n_insns * sizeof(map[0]));
    for (unsigned k = 0; k < n; k++) {
        const IrSlot *slot = &b->slots[b->loop.carried[k]];
        b->insns[1 + k] = (IrInsn){ .op = IR_ld_env, .type = slot->type, .aux2 = slot_log2(slot),
                                    .imm = slot->offset };
        map[l->entry[b->loop.carried[k]]] = (IrRef)(1 + k);
    }
    map[0] = IR_NO_REF;
    for (unsigned i = 1; i < b->n_insns; i++) {
        if (!map[i]) {
            IrInsn in = b->insns[i + n];
            for (unsigned k = 0; k < 4; k++) {
                in.arg[k] = map[in.arg[k]];
            }
            map[i] = (IrRef)out;
            b->insns[out++] = in;
        }
    }
    b->n_insns = out;
    for (unsigned i = 0; i < b->n_snap_entries; i++) {
        b->snap_entries[i].val = map[b->snap_entries[i].val];
    }
    for (unsigned i = 0; i < b->n_exits; i++) {
        b->exits[i].target = map[b->exits[i].target];
    }
}

/* A copy of the snapshot's entries with the carried slots it lacks. */
static void complete(IrBlock *b, IrSnap *s)
{
    SlotSet set = slots_of(b, (unsigned)(s - b->snaps) + 1);
    unsigned n = b->n_snap_entries;

    memcpy(&b->snap_entries[n], &b->snap_entries[s->first], s->n * sizeof(b->snap_entries[0]));
    n += s->n;
    for (unsigned k = 0; k < b->loop.n; k++) {
        if (!set_has(&set, b->loop.carried[k])) {
            b->snap_entries[n++] = (IrSnapEntry){ b->loop.carried[k], (IrRef)(1 + k) };
        }
    }
    s->first = b->n_snap_entries;
    s->n = n - b->n_snap_entries;
    b->n_snap_entries = n;
}

static void complete_all(IrBlock *b)
{
    uint32_t old_first = UINT32_MAX, old_n = 0, new_first = 0, new_n = 0;
    unsigned room = b->n_snap_entries;

    for (unsigned i = 0; i < b->n_snaps; i++) {
        room += b->snaps[i].n + b->loop.n;
    }
    ir_room_for_snap_entries(b, room);
    for (unsigned i = 0; i < b->n_snaps; i++) {
        IrSnap *s = &b->snaps[i];
        if (s->first == old_first && s->n == old_n) {   /* they share their entries */
            s->first = new_first;
            s->n = new_n;
            continue;
        }
        old_first = s->first;
        old_n = s->n;
        complete(b, s);
        new_first = s->first;
        new_n = s->n;
    }
}

bool ir_jumps_back(const IrBlock *b)
{
    for (unsigned i = 0; i < b->n_exits; i++) {
        if (is_back(b, &b->exits[i])) {
            return true;
        }
    }
    return false;
}

void ir_make_loop(IrBlock *b)
{
    Loop l = { .b = b };
    IrRef map[IR_MAX_INSNS];

    b->loop = (IrLoop){ 0 };
    if (!ir_jumps_back(b) || b->n_insns > IR_MAX_INSNS / 2 || is_in_pieces(b) || !look(&l)) {
        return;
    }
    find_needed(&l);
    if (!choose(&l)) {
        b->loop = (IrLoop){ 0 };
        return;
    }
    put_first(&l, map);
    complete_all(b);
    for (unsigned i = 0; i < b->n_exits; i++) {
        b->exits[i].again = is_back(b, &b->exits[i]);
    }
    b->loop.valid = true;
    b->builder->ended = true;           /* the slot map holds old numbers */
}
