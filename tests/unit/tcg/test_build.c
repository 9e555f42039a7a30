/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slots, snapshots, exits, calls, dead code. */
#include <glib.h>
#include <string.h>

#include "gen.h"
#include "tcg/opt.h"
#include "util/bits.h"

enum { X0 = TOY_SLOT_X, X1, X2, X3, X4 };

static IrBlock *new_block(void) { return ir_block_new(toy_slots, TOY_SLOTS); }

static unsigned count(const IrBlock *b, IrOp op)
{
    unsigned n = 0;

    for (unsigned i = 1; i < b->n_insns; i++) {
        n += b->insns[i].op == op;
    }
    return n;
}

/* Value of @slot in snapshot @snap (1 + index), or IR_NO_REF. */
static IrRef in_snap(const IrBlock *b, unsigned snap, unsigned slot)
{
    const IrSnap *s = &b->snaps[snap - 1];

    for (unsigned i = 0; i < s->n; i++) {
        if (b->snap_entries[s->first + i].slot == slot) {
            return b->snap_entries[s->first + i].val;
        }
    }
    return IR_NO_REF;
}

static void test_slots(void)
{
    IrBlock *b = new_block();
    IrRef x0 = ir_get(b, X0), one = ir_imm64(b, 1);

    g_assert_cmpuint(ir_get(b, X0), ==, x0);
    g_assert_cmpuint(count(b, IR_ld_env), ==, 1);
    ir_set(b, X0, one);
    g_assert_cmpuint(ir_get(b, X0), ==, one);
    g_assert_cmpuint(count(b, IR_st_env), ==, 0);
    g_assert_cmpuint(in_snap(b, ir_snapshot(b), X0), ==, one);

    /* Back to what it was loaded with: clean again. */
    ir_set(b, X0, x0);
    g_assert_cmpuint(b->snaps[ir_snapshot(b) - 1].n, ==, 0);

    ir_set(b, X1, one);
    ir_sync(b, X1);
    ir_sync(b, X1);
    g_assert_cmpuint(count(b, IR_st_env), ==, 1);
    g_assert_cmpuint(ir_get(b, X1), ==, one);
    g_assert_cmpuint(b->snaps[ir_snapshot(b) - 1].n, ==, 0);
    ir_set(b, X1, x0);
    ir_set(b, X1, one);
    g_assert_cmpuint(b->snaps[ir_snapshot(b) - 1].n, ==, 0);

    ir_forget(b, X1);
    g_assert_cmpuint(ir_get(b, X1), !=, one);
    ir_block_free(b);
}

static void test_snapshots(void)
{
    IrBlock *b = new_block();

    ir_insn_start(b, 0x1000, 1);
    IrRef base = ir_get(b, X0);
    IrRef a = ir_ld(b, IR_I64, base, 0, IR_MO_64, 0), c = ir_ld(b, IR_I64, base, 8, IR_MO_64, 0);
    g_assert_cmpuint(b->insns[a].snap, ==, b->insns[c].snap);   /* one for both */
    ir_set(b, X1, a);
    ir_set(b, X2, c);

    ir_insn_start(b, 0x1004, 2);
    IrRef d = ir_ld(b, IR_I64, a, 0, IR_MO_64, 0);
    unsigned snap = b->insns[d].snap;
    g_assert_cmpuint(snap, !=, b->insns[c].snap);
    g_assert_cmpuint(b->snaps[snap - 1].guest_pc, ==, 0x1004);
    g_assert_cmpuint(b->snaps[snap - 1].guest_info, ==, 2);
    g_assert_cmpuint(in_snap(b, snap, X1), ==, a);
    g_assert_cmpuint(in_snap(b, snap, X2), ==, c);
    g_assert_cmpuint(in_snap(b, snap, X3), ==, IR_NO_REF);

    /* A new instruction with the same dirty slots shares the entries. */
    ir_insn_start(b, 0x1008, 3);
    unsigned entries = b->n_snap_entries;
    IrRef e = ir_ld(b, IR_I64, a, 0, IR_MO_64, 0);
    g_assert_cmpuint(b->insns[e].snap, !=, snap);
    g_assert_cmpuint(b->n_snap_entries, ==, entries);

    /* A side exit has values of its own. */
    ir_set(b, X3, d);
    unsigned side = ir_new_exit_jump(b, 0x2000, IR_HINT_CALL, 0x100c);
    ir_set(b, X3, e);
    ir_brcmp(b, IR_EQ, a, c, side);
    unsigned end = ir_new_exit_indirect(b, a, IR_HINT_RETURN, 0);
    ir_exit(b, end);
    g_assert_cmpuint(in_snap(b, b->exits[side].snap, X3), ==, d);
    g_assert_cmpuint(in_snap(b, b->exits[end].snap, X3), ==, e);
    unsigned at;
    g_assert_cmpstr(ir_verify(b, &at), ==, NULL);
    ir_block_free(b);
}

static const IrHelper *helper(const char *name)
{
    for (unsigned i = 0; i < TOY_HELPERS; i++) {
        if (strcmp(toy_helpers[i].name, name) == 0) {
            return &toy_helpers[i];
        }
    }
    g_assert_not_reached();
}

static void test_calls(void)
{
    IrBlock *b = new_block();
    IrRef x0 = ir_get(b, X0), w = ir_imm32(b, 7), one = ir_imm64(b, 1);

    ir_set(b, X1, one);
    IrRef p = ir_call(b, helper("pure32"), w, w);
    g_assert_cmpuint(ir_call(b, helper("pure32"), w, w), ==, p);
    IrRef f = ir_call(b, helper("faults"), x0);
    g_assert_cmpuint(count(b, IR_st_env), ==, 0);
    g_assert_cmpuint(in_snap(b, b->insns[f].snap, X1), ==, one);

    g_assert_cmpuint(ir_call(b, helper("reads"), x0), ==, IR_NO_REF);
    g_assert_cmpuint(count(b, IR_st_env), ==, 1);
    g_assert_cmpuint(ir_get(b, X1), ==, one);

    ir_set(b, X2, one);
    ir_call(b, helper("writes_faults"), x0);
    g_assert_cmpuint(count(b, IR_st_env), ==, 2);
    g_assert_cmpuint(b->snaps[b->insns[b->n_insns - 1].snap - 1].n, ==, 0);
    g_assert_cmpuint(ir_get(b, X0), !=, x0);
    ir_block_free(b);
}

static void test_dce(void)
{
    IrBlock *b = new_block();
    IrRef x0 = ir_get(b, X0), x1 = ir_get(b, X1);

    ir_get(b, X2);                                      /* unused load */
    IrRef sum = ir_add(b, x0, x1);
    ir_mul(b, sum, x1);                                 /* unused */
    ir_set(b, TOY_SLOT_F, ir_subf(b, x0, x1));          /* overwritten */
    ir_set(b, TOY_SLOT_F, ir_addf(b, x0, x1));
    ir_call(b, helper("pure32"), ir_imm32(b, 1), ir_trunc(b, x0));   /* unused */
    ir_call(b, helper("plain"), sum, ir_imm32(b, 1), ir_imm32(b, 1), sum);
    ir_set(b, X4, sum);
    IrRef target = ir_shl(b, x0, x1);
    ir_exit(b, ir_new_exit_indirect(b, target, IR_HINT_NONE, 0));

    ir_optimize(b);
    unsigned at;
    g_assert_cmpstr(ir_verify(b, &at), ==, NULL);
    g_assert_cmpuint(count(b, IR_ld_env), ==, 2);
    g_assert_cmpuint(count(b, IR_mul), ==, 0);
    g_assert_cmpuint(count(b, IR_subf), ==, 0);
    g_assert_cmpuint(count(b, IR_addf), ==, 1);
    g_assert_cmpuint(count(b, IR_call), ==, 1);
    g_assert_cmpuint(b->insns[b->exits[0].target].op, ==, IR_shl);
    g_assert_cmpuint(b->insns[in_snap(b, b->exits[0].snap, X4)].op, ==, IR_add);
    /* ld, ld, add, addf, imm, call, shl, exit */
    g_assert_cmpuint(b->n_insns, ==, 9);
    ir_block_free(b);
}

/* Random blocks have the same effect before and after the passes. */
static void test_passes_keep_effects(void)
{
    static const TcgRuntimeOps runtime = { .mem_slow = toy_mem_slow, .fp_slow = toy_fp_slow };
    static const CodegenConfig config = { &toy_layout, &runtime };
    IrBlock *b = new_block();
    ToyTables *tables = g_new0(ToyTables, 1);
    uint8_t *mem = g_malloc(3 * TOY_MEM_BYTES), *mem1 = mem + TOY_MEM_BYTES,
            *mem2 = mem1 + TOY_MEM_BYTES;

    for (uint64_t seed = 1; seed <= 2000; seed++) {
        ToyRng r;
        ToyEnv start, one, two;
        unsigned at;

        toy_seed(&r, seed);
        gen_block(b, &r, 1 + toy_below(&r, 100));
        const char *what = ir_verify(b, &at);
        if (what) {
            ir_print(b, stderr);
            g_error("seed %u: v%u: %s", (unsigned)seed, at, what);
        }
        toy_random_state(&r, &start, mem);
        one = two = start;
        memcpy(mem1, mem, TOY_MEM_BYTES);
        memcpy(mem2, mem, TOY_MEM_BYTES);
        toy_attach(&one, tables, mem1);
        toy_attach(&two, tables, mem2);
        bool left1 = ir_interpret(b, &config, &one);
        ir_optimize(b);
        what = ir_verify(b, &at);
        g_assert_cmpstr(what, ==, NULL);
        bool left2 = ir_interpret(b, &config, &two);
        if (left1 != left2 || memcmp(&one, &two, TOY_COMPARED) != 0
            || memcmp(mem1, mem2, TOY_MEM_BYTES) != 0) {
            ir_print(b, stderr);
            toy_print(&one, "before", &two, "after", stderr);
            g_error("seed %u: the passes changed what the block does", (unsigned)seed);
        }
    }
    ir_block_free(b);
    g_free(tables);
    g_free(mem);
}

/* Instructions as large as they come: full is said in time. */
static void test_full(void)
{
    IrBlock *b = new_block();
    uint64_t v = 1;

    for (unsigned round = 0; round < 4; round++) {
        ir_block_reset(b, 0);
        unsigned insns = 0;
        for (; !ir_is_full(b); insns++) {
            ir_insn_start(b, insns * 4, 0);
            for (unsigned i = 0; i < TOY_SLOTS; i++) {
                if (toy_slots[i].type == IR_I64) {
                    ir_set(b, i, ir_imm64(b, v++));
                } else if (toy_slots[i].type == IR_V128 && round == 1) {
                    ir_set(b, i, ir_vimm(b, v++, 0));
                }
            }
            for (unsigned i = 0; i < 40; i++) {
                ir_set(b, X0 + i % TOY_X, ir_ld(b, IR_I64, ir_imm64(b, v++), 0, IR_MO_64, 0));
            }
            for (unsigned i = 0; i < 8 && round == 2; i++) {
                ir_brcmp(b, IR_EQ, ir_get(b, X0), ir_get(b, X1), ir_new_exit_jump(b, v++, 0, 0));
            }
            if (round == 3) {
                ir_call(b, helper("writes_faults"), ir_imm64(b, v++));
            }
        }
        g_assert_cmpuint(insns, >, 10);
        ir_exit(b, ir_new_exit_loop(b, 0));
        unsigned at;
        g_assert_cmpstr(ir_verify(b, &at), ==, NULL);
    }
    ir_block_free(b);
}

/* A branch on what a comparison gave is one on the comparison. */
static void test_branch_on_bool(void)
{
    for (unsigned k = 0; k < 6; k++) {
        IrBlock *b = new_block();
        IrRef x0 = ir_get(b, X0), x1 = ir_get(b, X1);
        unsigned exit = ir_new_exit_jump(b, 0x2000, 0, 0);
        IrRef cmp = ir_setcmp(b, IR_LTU, x0, x1), f = ir_subf(b, x0, x1);
        IrRef set = ir_setf(b, IR_I64, IR_COND_GE, f), t = k & 1 ? ir_trunc(b, cmp) : cmp;

        g_assert_true(ir_is_bool(b, t) && ir_is_bool(b, set) && !ir_is_bool(b, x0));
        if (k < 2) {
            ir_brcmp(b, IR_EQ, t, ir_imm(b, ir_type(b, t), 0), exit);
        } else if (k < 4) {
            ir_brbit(b, t, 0, true, exit);
        } else if (k == 4) {
            ir_brcmp(b, IR_EQ, ir_trunc(b, set), ir_imm32(b, 0), exit);
        } else {
            ir_brbit(b, set, 0, true, exit);
        }
        const IrInsn *in = &b->insns[b->n_insns - 1];
        if (k < 4) {
            g_assert_cmpuint(in->op, ==, IR_brcmp);
            g_assert_cmpuint(in->type, ==, IR_I64);
            g_assert_cmpuint(in->aux, ==, k < 2 ? IR_GEU : IR_LTU);
            g_assert_cmpuint(in->arg[0], ==, x0);
            g_assert_cmpuint(in->arg[1], ==, x1);
        } else {
            g_assert_cmpuint(in->op, ==, IR_brf);
            g_assert_cmpuint(in->aux, ==, k == 4 ? IR_COND_LT : IR_COND_GE);
            g_assert_cmpuint(in->arg[0], ==, f);
        }
        ir_block_free(b);
    }
}

/* A loop that a branch leaves for a part of itself is left alone. */
static void test_loop_in_pieces(void)
{
    for (unsigned k = 0; k < 3; k++) {
        static const uint64_t target[] = { 0x1008, 0x100c, 0x1004 };
        IrBlock *b = new_block();

        ir_block_reset(b, 0x1000);
        ir_insn_start(b, 0x1004, 0);
        ir_brcmp(b, IR_EQ, ir_get(b, X0), ir_get(b, X1), ir_new_exit_jump(b, target[k], 0, 0));
        ir_insn_start(b, 0x1008, 0);
        ir_set(b, X2, ir_addi(b, ir_get(b, X2), 1));
        ir_exit(b, ir_new_exit_jump(b, 0x1000, 0, 0));
        ir_make_loop(b);
        g_assert_cmpuint(b->loop.valid, ==, k == 1);
        ir_block_free(b);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tcg/build/slots", test_slots);
    g_test_add_func("/tcg/build/snapshots", test_snapshots);
    g_test_add_func("/tcg/build/calls", test_calls);
    g_test_add_func("/tcg/build/dce", test_dce);
    g_test_add_func("/tcg/build/passes-keep-effects", test_passes_keep_effects);
    g_test_add_func("/tcg/build/full", test_full);
    g_test_add_func("/tcg/build/branch-on-bool", test_branch_on_bool);
    g_test_add_func("/tcg/build/loop-in-pieces", test_loop_in_pieces);
    return g_test_run();
}
