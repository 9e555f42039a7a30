/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of C functions (System V ABI). */
#include "tcg/internal/interp.h"
#include "tcg/x86_64/operand.h"

static const int8_t arg_regs[] = { RDI, RSI, RDX, RCX, R8 };

typedef struct Move { int dst, src; } Move;

/* dst[k] := src[k], all at once. */
static void parallel_move(Codegen *g, Move *m, unsigned n)
{
    while (n) {
        unsigned k = 0;
        for (; k < n; k++) {
            bool blocked = false;
            for (unsigned j = 0; j < n; j++) {
                blocked |= j != k && m[j].src == m[k].dst;
            }
            if (!blocked) {
                break;
            }
        }
        if (k < n) {
            ra_move(g, m[k].dst, m[k].src);
            m[k] = m[--n];
            continue;
        }
        Move c = m[--n];                /* a cycle */
        x_rr(g, OP_XCHG | X_W, c.dst, c.src);
        for (unsigned j = 0; j < n; j++) {
            if (m[j].src == c.dst) {
                m[j].src = c.src;
            }
        }
    }
}

/* What the callee may clobber and somebody needs goes where it is safe. No register changes. */
static void preserve(Codegen *g, bool faults)
{
    uint32_t used = CALLER_SET & ~g->free;

    for (; used; used &= used - 1) {
        int r = __builtin_ctz(used);
        IrRef v = g->reg_val[r];
        if (needed_here(g, v, faults)) {
            ra_preserve(g, v);
        } else {
            ra_drop(g, v);
        }
    }
}

void emit_call(Codegen *g, unsigned i, const IrInsn *in)
{
    const IrHelper *h = (const IrHelper *)(intptr_t)in->imm;
    bool faults = h->flags & IRH_FAULTS;
    unsigned first = h->flags & IRH_ENV ? 1 : 0, n_moves = 0, n_loads = 0;
    Move moves[4], loads[4];
    Cold *c = NULL;

    ra_memo_expire(g, true);
    if (h->flags & IRH_WRITES || in->aux2 == IR_CALL_WRITES_MANY) {
        ra_all_env_written(g);
    } else if (in->aux2) {
        ra_env_written(g, g->slots[in->aux2 - 1].offset, 16);
    }
    for (unsigned k = 0; k < h->n_args; k++) {
        IrRef v = root(g, in->arg[k]);
        if (in_reg(g, v)) {
            moves[n_moves++] = (Move){ arg_regs[first + k], g->reg[v] };
        } else {
            loads[n_loads++] = (Move){ arg_regs[first + k], v };
        }
    }
    preserve(g, faults);
    parallel_move(g, moves, n_moves);
    for (unsigned k = 0; k < n_loads; k++) {
        ra_load(g, loads[k].dst, (IrRef)loads[k].src);
    }
    if (first) {
        x_env_arg(g);
    }
    if (h->flags & IRH_FP) {
        x_rm(g, OP_CSR, 3, mem_frame(FRAME_CSR));
        store_imm(g, IR_MO_32, mem_frame(FRAME_CSR + 4), MXCSR_DEFAULT);
        x_rm(g, OP_CSR, 2, mem_frame(FRAME_CSR + 4));
    }
    x_call_c(g, h->fn);
    if (h->flags & IRH_FP) {
        x_rm(g, OP_CSR, 2, mem_frame(FRAME_CSR));
    }
    if (faults) {
        c = cold_new(g, COLD_FAULT, i);
        side_point_locs(g, in->snap, &c->first, &c->n);
        x_alu_mem_imm(g, ALU_CMP, false, mem_env(g, g->layout.fault), 0);
        cold_add_from(c, x_jcc32(g, CC_NE));
    }
    if (h->ret != IR_NONE) {
        ra_fixed(g, RAX);
        ra_def_reg(g, i, RAX);
    }
}

/* -- Vector ops by the interpreter -- */

/* @what: op, AUX, AUX2 from the low byte up. v[0] gets the result. */
static void reference(uint32_t what, IrVal v[3])
{
    IrInsn in = { .op = what & 0xff, .type = IR_V128, .aux = what >> 8 & 0xff,
                  .aux2 = what >> 16 & 0xff };

    v[0] = ir_interp_vector(NULL, &in, &v[0], &v[1], &v[2]);
}

void emit_by_reference(Codegen *g, unsigned i, const IrInsn *in)
{
    if (g->flags_owner) {
        flags_clobber(g, false);
    }
    ra_memo_expire(g, true);
    for (unsigned k = 0; k < 3 && in->arg[k]; k++) {
        x_rm(g, OP_MOVAPS_STORE, ra_use(g, in->arg[k]), mem_frame(FRAME_VAL + 16 * (int)k));
    }
    preserve(g, false);
    x_mov_imm(g, RDI, in->op | in->aux << 8 | in->aux2 << 16);
    x_rm(g, OP_LEA | X_W, RSI, mem_frame(FRAME_VAL));
    x_call_c(g, (const void *)(uintptr_t)reference);
    x_rm(g, OP_MOVAPS, ra_def(g, i), mem_frame(FRAME_VAL));
}

/* Does snapshot @snap need @v, by name or to compute flags again? */
static bool snapshot_needs(Codegen *g, unsigned snap, IrRef v)
{
    const IrSnap *s = &g->b->snaps[snap - 1];

    for (unsigned k = 0; k < s->n; k++) {
        IrRef e = root(g, g->b->snap_entries[s->first + k].val);
        if (e == v || ((g->vflags[e] & VF_REDO)
                       && (root(g, redo_a(g, e)) == v || root(g, redo_b(g, e)) == v))) {
            return true;
        }
    }
    return false;
}

/* Everything is allocated before the jump to the cold path, as for memory accesses. */
void emit_guess(Codegen *g, unsigned i, const IrInsn *in)
{
    int test = ra_use(g, in->arg[1]), of = ra_use(g, in->arg[2]), with = ra_use(g, in->arg[3]);
    bool keep = snapshot_needs(g, in->snap, root(g, in->arg[0]));   /* perhaps where it is */
    int dst = keep ? ra_def(g, i) : ra_take(g, i, in->arg[0]);
    Cold *c = cold_new(g, COLD_GUESS, i);

    side_point_locs(g, in->snap, &c->first, &c->n);
    if (keep) {
        ra_load(g, dst, in->arg[0]);
    }
    c->base = (int8_t)of;
    c->val[0] = (int8_t)with;
    c->dst = (int8_t)dst;
    c->save_xmm = ~g->free & XMM_SET;
    x_alu(g, ALU_CMP, true, test, in->aux2 ? of : dst);
    cold_add_from(c, x_jcc32(g, CC_NE));
    c->back = g->p;
}
