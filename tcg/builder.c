/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The block, its instructions and merging of equal ones; slots and guest state. */
#include <glib.h>
#include <string.h>

#include "tcg/internal/builder.h"
#include "util/bits.h"

/* What one guest instruction may need at most; ir_is_full() keeps it free. */
enum { MARGIN_INSNS = 1024, MARGIN_EXITS = 24, MARGIN_SNAPS = 128, MARGIN_VCONSTS = 48 };

/* Translation time is bounded by the entries too: one is a word of side table. */
#define ENOUGH_SNAP_ENTRIES 32768

/* -- Block -- */

IrBlock *ir_block_new(const IrSlot *slots, unsigned n_slots)
{
    assert(n_slots <= IR_MAX_SLOTS);

    IrBlock *b = g_new0(IrBlock, 1);
    b->slots = slots;
    b->n_slots = n_slots;
    b->insns = g_new(IrInsn, IR_MAX_INSNS);
    b->snaps = g_new(IrSnap, IR_MAX_SNAPS);
    b->exits = g_new(IrExit, CODEGEN_MAX_EXITS);
    b->vconsts = g_malloc(IR_MAX_VCONSTS * sizeof(b->vconsts[0]));
    b->builder = g_new(IrBuilder, 1);
    b->builder->snap_entries_cap = 4096;
    b->snap_entries = g_new(IrSnapEntry, b->builder->snap_entries_cap);
    memset(&b->insns[0], 0, sizeof(b->insns[0]));
    ir_block_reset(b, 0);
    return b;
}

void ir_block_free(IrBlock *b)
{
    if (!b) {
        return;
    }
    g_free(b->insns);
    g_free(b->snaps);
    g_free(b->snap_entries);
    g_free(b->exits);
    g_free(b->vconsts);
    g_free(b->builder);
    g_free(b);
}

void ir_block_reset(IrBlock *b, uint64_t pc)
{
    unsigned cap = b->builder->snap_entries_cap;

    memset(b->builder, 0, sizeof(*b->builder));
    b->builder->snap_entries_cap = cap;
    b->builder->insn_pc = pc;
    b->pc = pc;
    b->guest_insns = 0;
    b->n_insns = 1;
    b->n_snaps = 0;
    b->n_snap_entries = 0;
    b->n_exits = 0;
    b->n_vconsts = 0;
    b->loop.valid = false;
}

bool ir_is_full(const IrBlock *b)
{
    return b->n_insns > IR_MAX_INSNS - MARGIN_INSNS
        || b->n_exits > CODEGEN_MAX_EXITS - MARGIN_EXITS
        || b->n_snaps > IR_MAX_SNAPS - MARGIN_SNAPS
        || b->n_vconsts > IR_MAX_VCONSTS - MARGIN_VCONSTS
        || b->n_snap_entries > ENOUGH_SNAP_ENTRIES;
}

void ir_insn_start(IrBlock *b, uint64_t pc, uint32_t info)
{
    b->builder->insn_pc = pc;
    b->builder->insn_info = info;
    b->builder->snap = 0;
    b->guest_insns++;
}

IrRef ir_append(IrBlock *b, const IrInsn *in)
{
    assert(b->n_insns < IR_MAX_INSNS && !b->builder->ended);
    b->insns[b->n_insns] = *in;
    return (IrRef)b->n_insns++;
}

IrRef ir_value(IrBlock *b, const IrInsn *in)
{
    uint64_t w[3];
    memcpy(w, in, sizeof(w));

    uint64_t h = (w[0] ^ w[2] * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 32 ^ w[1]) * UINT64_C(0xc4ceb9fe1a85ec53);

    IrRef *entry = &b->builder->hash[h >> (64 - IR_HASH_BITS)];
    if (*entry && memcmp(&b->insns[*entry], in, sizeof(*in)) == 0) {
        return *entry;
    }
    return *entry = ir_append(b, in);
}

IrType ir_type(const IrBlock *b, IrRef a) { return ir_def(b, a)->type; }

/* -- Slots -- */

static unsigned slot_bytes_log2(const IrSlot *s)
{
    switch ((IrType)s->type) {
    case IR_I64:  return 3;
    case IR_V128: return 4;
    default:      return 2;
    }
}

static bool is_dirty(const IrBuilder *u, unsigned slot)
{
    return u->dirty[slot / 64] >> (slot % 64) & 1;
}

static void dirty_changed(IrBuilder *u)
{
    u->snap = 0;
    u->entries_valid = false;
}

IrRef ir_get(IrBlock *b, unsigned slot)
{
    IrBuilder *u = b->builder;

    assert(slot < b->n_slots);
    if (!u->cur[slot]) {
        const IrSlot *s = &b->slots[slot];
        u->cur[slot] = u->in_env[slot] = ir_ld_env(b, s->type, s->offset, slot_bytes_log2(s));
    }
    return u->cur[slot];
}

void ir_set(IrBlock *b, unsigned slot, IrRef val)
{
    IrBuilder *u = b->builder;

    assert(slot < b->n_slots && ir_type(b, val) == b->slots[slot].type);
    if (u->cur[slot] == val) {
        return;
    }
    u->cur[slot] = val;
    if (u->in_env[slot] == val) {
        u->dirty[slot / 64] &= ~BIT(slot % 64);
    } else {
        u->dirty[slot / 64] |= BIT(slot % 64);
    }
    dirty_changed(u);
}

void ir_sync(IrBlock *b, unsigned slot)
{
    IrBuilder *u = b->builder;

    assert(slot < b->n_slots);
    if (is_dirty(u, slot)) {
        const IrSlot *s = &b->slots[slot];
        ir_st_env(b, u->cur[slot], s->offset, slot_bytes_log2(s));
        u->in_env[slot] = u->cur[slot];
        u->dirty[slot / 64] &= ~BIT(slot % 64);
        dirty_changed(u);
    }
}

void ir_sync_all(IrBlock *b)
{
    for (unsigned w = 0; w < IR_MAX_SLOTS / 64; w++) {
        while (b->builder->dirty[w]) {
            ir_sync(b, w * 64 + ctz64(b->builder->dirty[w]));
        }
    }
}

void ir_forget(IrBlock *b, unsigned slot)
{
    IrBuilder *u = b->builder;

    assert(slot < b->n_slots && !is_dirty(u, slot));
    if (b->insns[b->n_insns - 1].op == IR_call) {
        IrInsn *call = &b->insns[b->n_insns - 1];
        call->aux2 = !call->aux2 || call->aux2 == slot + 1 ? slot + 1 : IR_CALL_WRITES_MANY;
    }
    u->cur[slot] = u->in_env[slot] = IR_NO_REF;
}

void ir_forget_all(IrBlock *b)
{
    IrBuilder *u = b->builder;

    for (unsigned w = 0; w < IR_MAX_SLOTS / 64; w++) {
        assert(!u->dirty[w]);
    }
    memset(u->cur, 0, b->n_slots * sizeof(u->cur[0]));
    memset(u->in_env, 0, b->n_slots * sizeof(u->in_env[0]));
}

IrRef ir_ld_env(IrBlock *b, IrType type, int32_t offset, unsigned bytes_log2)
{
    return ir_append(b, &(IrInsn){ .op = IR_ld_env, .type = type, .aux2 = bytes_log2,
                                   .imm = offset });
}

void ir_st_env(IrBlock *b, IrRef val, int32_t offset, unsigned bytes_log2)
{
    ir_append(b, &(IrInsn){ .op = IR_st_env, .type = ir_type(b, val), .aux2 = bytes_log2,
                            .arg = { val }, .imm = offset });
}

/* -- Snapshots -- */

void ir_room_for_snap_entries(IrBlock *b, unsigned n)
{
    IrBuilder *u = b->builder;

    while (n > u->snap_entries_cap) {
        u->snap_entries_cap *= 2;
        b->snap_entries = g_renew(IrSnapEntry, b->snap_entries, u->snap_entries_cap);
    }
}

static void list_dirty(IrBlock *b)
{
    IrBuilder *u = b->builder;
    unsigned n = b->n_snap_entries;

    ir_room_for_snap_entries(b, n + IR_MAX_SLOTS);
    for (unsigned w = 0; w < IR_MAX_SLOTS / 64; w++) {
        for (uint64_t bits = u->dirty[w]; bits; bits &= bits - 1) {
            unsigned slot = w * 64 + ctz64(bits);
            b->snap_entries[n++] = (IrSnapEntry){ slot, u->cur[slot] };
        }
    }
    u->entries_first = b->n_snap_entries;
    u->entries_n = n - b->n_snap_entries;
    u->entries_valid = true;
    b->n_snap_entries = n;
}

unsigned ir_snapshot(IrBlock *b)
{
    IrBuilder *u = b->builder;

    if (!u->snap) {
        if (!u->entries_valid) {
            list_dirty(b);
        }
        assert(b->n_snaps < IR_MAX_SNAPS);
        b->snaps[b->n_snaps++] = (IrSnap){ u->entries_first, u->entries_n, u->insn_pc,
                                           u->insn_info };
        u->snap = b->n_snaps;
    }
    return u->snap;
}
