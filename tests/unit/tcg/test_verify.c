/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verifier accepts a good block and refuses each way of breaking it. */
#include <glib.h>

#include "toy.h"

/* Where the instructions of the good block are. */
enum { LD_X0 = 1, LD_W0, LD_V0, LD_F0, IMM, SUM, EXTRACT, LOAD, STORE, SETCMP, SELCMP, CCMP, VSHRI,
       VEXT, VREV, SYNC, CALL, ADDF, BRANCH, BRBIT, EXIT };
enum { SIDE, END };     /* exits */

static IrBlock *good_block(void)
{
    IrBlock *b = ir_block_new(toy_slots, TOY_SLOTS);

    ir_insn_start(b, 0x1000, 0);
    IrRef x = ir_get(b, TOY_SLOT_X), w = ir_get(b, TOY_SLOT_W), v = ir_get(b, TOY_SLOT_V);
    IrRef f = ir_get(b, TOY_SLOT_F), imm = ir_imm32(b, 5);
    IrRef sum = ir_add(b, x, x);
    IrRef field = ir_extract(b, w, 3, 7);
    ir_set(b, TOY_SLOT_X, sum);
    IrRef load = ir_ld(b, IR_I64, x, 16, IR_MO_64, 1);
    ir_st(b, x, 16, w, IR_MO_16, 1);
    IrRef cmp = ir_setcmp(b, IR_LTS, w, field);
    ir_selcmp(b, IR_LTU, w, cmp, x, load);
    ir_ccmp(b, IR_COND_EQ, f, x, sum, false, 0);
    IrRef shifted = ir_op1x(b, IR_vshri, v, 1, 16);
    ir_op1x(b, IR_vext, shifted, 0, 15);
    ir_op1x(b, IR_vrev, v, 0, 2);
    IrRef r = ir_call(b, &toy_helpers[6], w, imm);
    ir_set(b, TOY_SLOT_W, r);
    ir_set(b, TOY_SLOT_F, ir_addf(b, x, sum));
    ir_brcmp(b, IR_EQ, r, w, ir_new_exit_jump(b, 0x2000, 0, 0));
    ir_brbit(b, x, 63, true, SIDE);
    ir_exit(b, ir_new_exit_indirect(b, load, 0, 0));
    return b;
}

typedef struct Case {
    const char *name;
    unsigned at;
    void (*damage)(IrBlock *b, IrInsn *in);
    const char *want;
} Case;

#define DAMAGE(name, code) static void name(IrBlock *b, IrInsn *in) { code; }
DAMAGE(bad_op, in->op = 255)
DAMAGE(bad_type, in->type = IR_V128)
DAMAGE(no_operand, in->arg[1] = 0)
DAMAGE(more_operands, in->arg[3] = 1)
DAMAGE(later_operand, in->arg[0] = EXIT - 1)
DAMAGE(self_operand, in->arg[0] = SUM)
DAMAGE(operand_type, in->arg[1] = LD_W0)
DAMAGE(operand_none, in->arg[1] = STORE)
DAMAGE(extract_end, in->aux2 = 30)
DAMAGE(extract_empty, in->aux2 = 0)
DAMAGE(imm_high, in->imm = INT64_C(1) << 32)
DAMAGE(access_large, in->aux = IR_MO_128)
DAMAGE(store_sign, in->aux = IR_MO_32 | IR_MO_SIGN)
DAMAGE(cas_pair, in->op = IR_cas; in->arg[1] = in->arg[2] = LD_X0; in->aux |= IR_MO_PAIR)
DAMAGE(mmu_index, in->aux2 = TCG_MMU_INDEXES)
DAMAGE(far_displacement, in->imm = INT64_C(1) << 31)
DAMAGE(no_snapshot, in->snap = 0)
DAMAGE(wrong_snapshot, in->snap = b->n_snaps + 1)
DAMAGE(more_snapshot, in->snap = 1)
DAMAGE(snap_range, b->snaps[in->snap - 1].n = b->n_snap_entries + 1)
DAMAGE(snap_slot, b->snap_entries[0].slot = TOY_SLOTS)
DAMAGE(snap_undefined, b->snap_entries[0].val = LOAD)
DAMAGE(snap_type, b->snap_entries[0].val = LD_V0)
DAMAGE(snap_twice, b->snaps[b->exits[SIDE].snap - 1].n = 2;
       b->snap_entries[b->snaps[b->exits[SIDE].snap - 1].first + 1].slot =
           b->snap_entries[b->snaps[b->exits[SIDE].snap - 1].first].slot)
DAMAGE(cmp_range, in->aux = IR_TSTEQ + 1)
DAMAGE(cond_range, in->aux = IR_COND_LE + 1)
DAMAGE(selcmp_type, in->aux2 = IR_I64)
DAMAGE(ccmp_type, in->aux2 = 0)
DAMAGE(shift_range, in->aux2 = 17)
DAMAGE(left_shift_range, in->op = IR_vshli)
DAMAGE(lane_range, in->aux2 = 16)
DAMAGE(rev_group, in->aux2 = 0)
DAMAGE(call_type, in->type = IR_I64)
DAMAGE(call_argument, in->arg[0] = LD_X0)
DAMAGE(no_exit, in->exit = 0)
DAMAGE(wrong_exit, in->exit = 3)
DAMAGE(more_exit, in->exit = 1)
DAMAGE(exit_kind, b->exits[SIDE].kind = 9)
DAMAGE(exit_target, b->exits[END].target = LD_W0)
DAMAGE(exit_target_none, b->exits[END].target = 0)
DAMAGE(bit_range, in->aux = 64)
DAMAGE(exit_early, *in = b->insns[EXIT])
DAMAGE(no_end, b->n_insns--)
DAMAGE(empty, b->n_insns = 1)

static const Case cases[] = {
    { "op", SUM, bad_op, "no such op" },
    { "type", SUM, bad_type, "the op cannot have this type" },
    { "operand-missing", SUM, no_operand, "an operand is missing" },
    { "operand-too-many", SUM, more_operands, "an operand too many" },
    { "operand-later", SUM, later_operand, "an operand is used before it is defined" },
    { "operand-itself", SUM, self_operand, "an operand is used before it is defined" },
    { "operand-type", SUM, operand_type, "an operand has the wrong type" },
    { "operand-none", SETCMP, operand_none, "an operand is an instruction without result" },
    { "extract-end", EXTRACT, extract_end, "AUX, AUX2 or IMM is out of range" },
    { "extract-empty", EXTRACT, extract_empty, "AUX, AUX2 or IMM is out of range" },
    { "imm-high", IMM, imm_high, "AUX, AUX2 or IMM is out of range" },
    { "load-large", LOAD, access_large, "the access is larger than the value" },
    { "store-sign", STORE, store_sign, "only integer loads extend the sign" },
    { "cas-pair", LOAD, cas_pair, "only plain loads and stores are of pairs" },
    { "mmu-index", LOAD, mmu_index, "no such mmu index" },
    { "displacement", LOAD, far_displacement, "the displacement does not fit in 32 bits" },
    { "load-no-snapshot", LOAD, no_snapshot, "no such snapshot" },
    { "load-wrong-snapshot", LOAD, wrong_snapshot, "no such snapshot" },
    { "add-snapshot", SUM, more_snapshot, "a snapshot where nothing can fault" },
    { "call-no-snapshot", CALL, no_snapshot, "no such snapshot" },
    { "snapshot-range", LOAD, snap_range, "a snapshot's entries are out of range" },
    { "snapshot-slot", LOAD, snap_slot, "a snapshot names no slot" },
    { "snapshot-undefined", LOAD, snap_undefined, "a snapshot's value is not defined before it" },
    { "snapshot-type", LOAD, snap_type, "a snapshot's value has not its slot's type" },
    { "snapshot-twice", BRANCH, snap_twice, "a snapshot has a slot twice" },
    { "cmp", SETCMP, cmp_range, "AUX, AUX2 or IMM is out of range" },
    { "cond", CCMP, cond_range, "AUX, AUX2 or IMM is out of range" },
    { "selcmp-type", SELCMP, selcmp_type, "an operand has the wrong type" },
    { "ccmp-type", CCMP, ccmp_type, "an operand has the wrong type" },
    { "vector-shift", VSHRI, shift_range, "AUX or AUX2 is out of range" },
    { "vector-left-shift", VSHRI, left_shift_range, "AUX or AUX2 is out of range" },
    { "vector-lane", VEXT, lane_range, "AUX or AUX2 is out of range" },
    { "vector-group", VREV, rev_group, "AUX or AUX2 is out of range" },
    { "call-type", CALL, call_type, "the call does not match its helper" },
    { "call-argument", CALL, call_argument, "an operand has the wrong type" },
    { "branch-no-exit", BRANCH, no_exit, "no such exit" },
    { "branch-wrong-exit", BRANCH, wrong_exit, "no such exit" },
    { "add-exit", SUM, more_exit, "an exit where there is no branch" },
    { "exit-kind", BRANCH, exit_kind, "no such kind of exit" },
    { "exit-target", EXIT, exit_target, "an exit's target is not I64" },
    { "exit-no-target", EXIT, exit_target_none, "an exit's target is not defined before it" },
    { "branch-bit", BRBIT, bit_range, "AUX, AUX2 or IMM is out of range" },
    { "exit-early", BRBIT, exit_early, "code after the final exit" },
    { "no-end", BRBIT, no_end, "the block does not end with an exit" },
    { "empty", 0, empty, "the block is empty" },
};

static void test_bad(const void *data)
{
    const Case *c = data;
    IrBlock *b = good_block();
    unsigned at = 12345;

    c->damage(b, &b->insns[c->at]);
    const char *what = ir_verify(b, &at);
    g_assert_cmpstr(what, ==, c->want);
    g_assert_cmpuint(at, ==, c->at);
    ir_block_free(b);
}

static void test_good(void)
{
    IrBlock *b = good_block();
    unsigned at = 12345;

    g_assert_cmpuint(b->n_insns, ==, EXIT + 1);
    g_assert_cmpstr(ir_verify(b, &at), ==, NULL);
    ir_block_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tcg/verify/good", test_good);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *path = g_strdup_printf("/tcg/verify/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_bad);
        g_free(path);
    }
    return g_test_run();
}
