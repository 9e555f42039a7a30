/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest state in env: slots and what lies outside them. */
#include "tcg/x86_64/operand.h"

static int slot_of(const Codegen *g, const IrInsn *in)
{
    int32_t o = (int32_t)in->imm;

    if (o < g->slot_lo || o >= g->slot_hi || (o & 3)) {
        return -1;
    }
    unsigned s = g->slot_at[(o - g->slot_lo) / 4];
    if (!s || g->slots[s - 1].offset != o || g->slots[s - 1].type != in->type
        || in->aux2 != (in->type == IR_V128 ? 4 : in->type == IR_I64 ? 3 : 2)) {
        return -1;
    }
    return (int)s - 1;
}

void emit_ld_env(Codegen *g, unsigned i, const IrInsn *in)
{
    int slot = slot_of(g, in);
    Mem m = mem_env(g, (int32_t)in->imm);

    if (slot >= 0) {
        IrRef before = g->env_val[slot];
        if (!before || g->last_use[before] <= g->at || !(g->vflags[before] & VF_ENV)) {
            g->env_val[slot] = (IrRef)i;
            g->vflags[i] |= VF_ENV;
            if (!(g->vflags[i] & VF_SNAP)) {
                return;                 /* loaded where it is used */
            }
        }
    }
    if (in->type == IR_V128) {
        load_vec(g, in->aux2, ra_def(g, i), REG_NONE, m);
    } else {
        load_zx(g, in->aux2, ra_def(g, i), m);
    }
}

void emit_st_env(Codegen *g, unsigned i, const IrInsn *in)
{
    bool vector = in->type == IR_V128, is_flags = in->type == IR_FLAGS;
    Mem m = mem_env(g, (int32_t)in->imm);
    IrRef v = root(g, in->arg[0]);

    if (is_flags) {
        flags_to_memory_form(g, v);
    }
    ra_env_written(g, (int32_t)in->imm, 1 << in->aux2);
    if (vector) {
        store_vec(g, in->aux2, ra_use(g, v), m);
    } else if (const_fits(g, v, in->aux2 == 3)) {
        store_imm(g, in->aux2, m, (int32_t)const_value(g, v));
    } else {
        x_rm(g, sized(OP_MOVB_STORE, OP_MOV_STORE, in->aux2), ra_use(g, v), m);
    }
}
