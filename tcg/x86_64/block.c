/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A block from IR to host code: prologue, instructions in order, cold paths, constants. */
#include <stddef.h>

#include "tcg/x86_64/operand.h"

/* Worst case of one instruction or cold path: a snapshot of every slot, from constants. */
enum { ROOM = 256 + IR_MAX_SLOTS * 24 };

bool codegen_room(Codegen *g)
{
    if (g->p >= g->limit) {
        g->full = true;
    }
    return !g->full;
}

void x_nops(Codegen *g, unsigned n)
{
    static const uint8_t nop[4][3] = { { 0 }, { 0x90 }, { 0x66, 0x90 }, { 0x0f, 0x1f, 0x00 } };

    assert(n <= 3);
    memcpy(g->p, nop[n], n);
    g->p += n;
}

/* -- Constant pool -- */

unsigned pool_add(Codegen *g, uint64_t lo, uint64_t hi)
{
    for (unsigned k = 0; k < g->n_pool; k++) {
        if (g->pool[k][0] == lo && g->pool[k][1] == hi) {
            return k;
        }
    }
    if (g->n_pool == POOL_MAX) {
        g->too_big = true;
        return 0;
    }
    g->pool[g->n_pool][0] = lo;
    g->pool[g->n_pool][1] = hi;
    return g->n_pool++;
}

void pool_reference(Codegen *g, uint8_t *at, unsigned index, unsigned tail)
{
    if (g->n_fixups == FIXUPS_MAX) {
        g->too_big = true;
        return;
    }
    g->fixups[g->n_fixups++] = (PoolFixup){ at, (uint16_t)index, (uint8_t)tail };
}

static void pool_emit(Codegen *g)
{
    if (!g->n_pool) {
        return;
    }
    while ((uintptr_t)g->p & 15) {
        put8(g, 0xcc);
    }
    for (unsigned k = 0; k < g->n_fixups; k++) {
        const PoolFixup *f = &g->fixups[k];
        int32_t d = (int32_t)(g->p + f->index * 16 - (f->at + 4 + f->tail));
        memcpy(f->at, &d, 4);
    }
    memcpy(g->p, g->pool, g->n_pool * 16);
    g->p += g->n_pool * 16;
}

/* -- Slots by offset -- */

static void map_slots(Codegen *g)
{
    const IrBlock *b = g->b;

    if (g->slots == b->slots && g->n_slots == b->n_slots) {
        return;
    }
    g->slots = b->slots;
    g->n_slots = b->n_slots;
    g->slot_lo = INT32_MAX;
    g->slot_hi = 0;
    for (unsigned s = 0; s < b->n_slots; s++) {
        g->slot_lo = MIN(g->slot_lo, b->slots[s].offset & ~3);
        g->slot_hi = MAX(g->slot_hi, b->slots[s].offset + 4);
    }
    if (!b->n_slots) {
        g->slot_lo = 0;
    }
    g_free(g->slot_at);
    g->slot_at = g_malloc0((size_t)(g->slot_hi - g->slot_lo) / 4 + 1);
    for (unsigned s = 0; s < b->n_slots; s++) {
        g->slot_at[(b->slots[s].offset - g->slot_lo) / 4] = (uint8_t)(s + 1);
    }
}

/* -- Prologue -- */

typedef struct Head { uint8_t *stale, *poll; } Head;

static Head emit_head(Codegen *g, uint32_t cookie, CodegenResult *out)
{
    Head h;

    while ((uintptr_t)g->p & 15) {
        put8(g, 0xcc);
    }
    put64(g, (uintptr_t)g->tb);         /* for the stubs, at start - HEAD_WORDS * 8 */
    put64(g, g->b->pc);
    g->start = g->p;
    out->entry_checked = 0;
    /* mov rax, [rbp + disp32]: longer than the jmp that host_patch_entry() writes over it. */
    put_opcode(g, OP_MOV_LOAD | X_W, 0);
    put8(g, 0x85);
    put32(g, (uint32_t)(g->layout.itlb - g->layout.middle));
    x_rm(g, 0x81, ALU_CMP, mem_at(RAX, (int32_t)itlb_index(g->b->pc) * 4));
    put32(g, cookie);
    h.stale = x_jcc32(g, CC_NE);
    out->entry_poll = (uint32_t)(g->p - g->start);
    x_alu_mem_imm(g, ALU_CMP, false, mem_env(g, g->layout.exit_request), 0);
    h.poll = x_jcc32(g, CC_NE);
    out->entry = (uint32_t)(g->p - g->start);
    return h;
}

static void emit_head_stubs(Codegen *g, const Head *h, CodegenResult *out)
{
    set_rel32(h->stale, g->p);
    out->stale_off = (uint32_t)(g->p - g->start);
    stub_call(g, g->tramp->stale);
    set_rel32(h->poll, g->p);
    stub_call(g, g->tramp->poll);
}

/* -- Instructions -- */

static bool is_emitted(const Codegen *g, unsigned i)
{
    const IrInsn *in = &g->b->insns[i];

    if (g->root[i] != i || (g->vflags[i] & VF_CONST)) {
        return false;
    }
    if (g->last_use[i]) {
        return true;
    }
    return in->op == IR_call ? !(((const IrHelper *)(intptr_t)in->imm)->flags & IRH_PURE)
                             : ir_op_info[in->op].flags & IROF_E;
}

static void find_next_call(Codegen *g, unsigned i)
{
    while (i < g->b->n_insns && g->b->insns[i].op != IR_call) {
        i++;
    }
    g->next_call = i;
}

/* What the exit takes from env must not stay there: writing back may change it. */
static void prepare_exit(Codegen *g, const IrInsn *in)
{
    const IrExit *e = &g->b->exits[in->exit - 1];

    flags_prepare_exit(g, in->exit, in->op == IR_brf ? root(g, in->arg[0])
                                  : in->op == IR_exit ? g->flags_owner : IR_NO_REF);
    if (e->kind == IR_EXIT_INDIRECT && !is_const(g, e->target)) {
        ra_use(g, e->target);           /* and stays: it is pinned */
    }
}

static void emit_insn(Codegen *g, unsigned i)
{
    const IrInsn *in = &g->b->insns[i];
    const EmitOp *e = &emit_ops[in->op];

    g->at = i;
    g->done = i + 1;
    if (i > g->next_call) {
        find_next_call(g, i);
    }
    ra_begin_insn(g, i);
    if (in->exit) {
        prepare_exit(g, in);
    }
    if (!(e->kind & EK_KEEPS_FLAGS) && g->flags_owner) {
        flags_clobber(g, in->snap || in->exit);
    }
    e->fn(g, i, in);
    for (unsigned k = i; k < g->done; k++) {
        ra_end_insn(g, k);
    }
    ra_memo_expire(g, false);
}

static bool emit_body(Codegen *g)
{
    find_next_call(g, 1);
    g->done = 1;
    if (g->b->loop.valid) {
        loop_begin(g);
    }
    for (unsigned i = g->done; i < g->b->n_insns; i = MAX(i + 1, g->done)) {
        if (is_emitted(g, i)) {
            if (!codegen_room(g) || g->too_big) {
                return false;
            }
            emit_insn(g, i);
        }
    }
    return true;
}

/* -- Entry points -- */

void list_grow(void **at, uint32_t *room, uint32_t need, size_t each)
{
    *room = MAX(need, MAX(2 * *room, 64));
    *at = g_realloc_n(*at, *room, each);
}

static void reset(Codegen *g)
{
    g->full = g->too_big = false;
    g->n_pool = g->n_fixups = 0;
    g->last_locs_n = g->last_locs_first = 0;
    memset(g->exit_code, 0, g->b->n_exits * sizeof(g->exit_code[0]));
    g->cold.n = g->exit_locs.n = g->points.n = g->locs.n = g->consts.n = 0;
    g->fp_args.n = g->sites.n = 0;
}

bool codegen_block(Codegen *g, const IrBlock *b, CodeBuf *buf, const Trampolines *tramp, void *tb,
                   uint32_t cookie, CodegenResult *out)
{
    Head h;

    g->b = b;
    g->tramp = tramp;
    g->tb = tb;
    reset(g);
    *out = (CodegenResult){ 0 };
    if (buf->size - buf->used < 2 * ROOM) {
        return false;
    }
    g->p = buf->base + buf->used;
    g->limit = buf->base + buf->size - ROOM;
    map_slots(g);
    analyse(g);
    ra_begin_block(g);
    h = emit_head(g, cookie, out);
    bool ok = emit_body(g);
    if (ok) {
        cold_emit_all(g);
        ok = codegen_room(g) && !g->too_big;
    }
    if (ok) {
        emit_head_stubs(g, &h, out);
        ok = (size_t)(buf->base + buf->size - g->p) > 64 + g->n_pool * 16;
    }
    if (!ok) {
        out->too_big = g->too_big;
        return false;
    }
    pool_emit(g);
    out->start = g->start;
    out->size = (uint32_t)(g->p - g->start);
    out->points = g->points.at;
    out->n_points = g->points.n;
    out->locs = g->locs.at;
    out->n_locs = g->locs.n;
    out->consts = g->consts.at;
    out->n_consts = g->consts.n;
    out->sites = g->sites.at;
    out->n_sites = g->sites.n;
    out->loops = b->loop.valid;
    buf->used = (size_t)(g->p - buf->base);
    return true;
}

Codegen *codegen_new(const CodegenConfig *cfg)
{
    Codegen *g = g_new0(Codegen, 1);

    g->layout = *cfg->layout;
    g->ops = *cfg->ops;
    g->cpu = host_features();
    g->lock = X_LOCK;
    return g;
}

void codegen_free(Codegen *g)
{
    if (!g) {
        return;
    }
    g_free(g->cold.at);
    g_free(g->exit_locs.at);
    g_free(g->points.at);
    g_free(g->locs.at);
    g_free(g->consts.at);
    g_free(g->fp_args.at);
    g_free(g->sites.at);
    g_free(g->slot_at);
    g_free(g);
}

void codegen_set_features(Codegen *g, unsigned mask)
{
    g->cpu = host_features_masked(mask);
}

void codegen_set_single(Codegen *g, bool single) { g->lock = single ? 0 : X_LOCK; }

void codegen_set_random(Codegen *g, uint64_t seed) { g->random = seed; }
