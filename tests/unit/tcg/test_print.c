/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The listing of one block with everything in it. */
#include <glib.h>
#include <stdlib.h>

#include "toy.h"

static const char golden[] =
    "block 0x40080000, 2 guest instructions\n"
    "    v1:i64 = ld_env x0\n"
    "    v3:i64 = add v1, 0x10\n"
    "    v4:i64 = ld.u32 [v1 + 0x18], mmu 1  ; 0x40080000 {}\n"
    "    v5:i64 = extract v1, 4, 12\n"
    "    v6:flags = subf v1, v4\n"
    "    v8:i64 = setf.ge v6\n"
    "    v9:flags = ccmp.ne.add v6, v1, v4, else 0x40000000\n"
    "    v10:v128 = ld.u128.pair.within16 [v1], mmu 0  ; 0x40080000 {x0=v3, f0=v6}\n"
    "    brcmp.lts.i64 v4, 0x10 -> exit 0\n"
    "    st.s8.aligned.release [v3 - 0x8], v4, mmu 0  ; 0x40080004 {x0=v3, f0=v6}\n"
    "    v13:i64 = call faults(v4)  ; 0x40080004 {x0=v3, f0=v6}\n"
    "    v14:v128 = ld_env v0\n"
    "    v16:v128 = vadd.16 v14, 0x0000000000000002'0000000000000001\n"
    "    st_env.32 [env + 0x120], v6\n"
    "    fence.full\n"
    "    exit -> exit 1\n"
    "exit 0: jump 0x40080100 (call, returns to 0x40080008)  ; 0x40080004 {x0=v3, f0=v6}\n"
    "exit 1: indirect v13 (return)  ; 0x40080004 {x0=v3, f0=v6, v0=v16}\n";

static void build(IrBlock *b)
{
    ir_block_reset(b, 0x40080000);
    ir_insn_start(b, 0x40080000, 0);
    IrRef x0 = ir_get(b, TOY_SLOT_X), sum = ir_addi(b, x0, 0x10);
    IrRef v = ir_ld(b, IR_I64, sum, 8, IR_MO_32, 1);
    ir_extract(b, x0, 4, 12);
    IrRef f = ir_subf(b, x0, v);
    ir_imm64(b, 1);
    ir_setf(b, IR_I64, IR_COND_GE, f);
    ir_ccmp(b, IR_COND_NE, f, x0, v, true, 0x40000000);
    ir_set(b, TOY_SLOT_X, sum);
    ir_set(b, TOY_SLOT_F, f);

    ir_ld(b, IR_V128, x0, 0, IR_MO_128 | IR_MO_PAIR | IR_MO_ALIGN16, 0);

    ir_insn_start(b, 0x40080004, 0);
    unsigned call = ir_new_exit_jump(b, 0x40080100, IR_HINT_CALL, 0x40080008);
    ir_brcmp(b, IR_LTS, v, ir_imm64(b, 0x10), call);
    ir_append(b, &(IrInsn){ .op = IR_st, .type = IR_I64, .arg = { sum, v }, .imm = -8,
                            .aux = IR_MO_8 | IR_MO_SIGN | IR_MO_ALIGN | IR_MO_RELEASE,
                            .snap = ir_snapshot(b) });
    IrRef r = ir_call(b, &toy_helpers[5], v);
    IrRef vec = ir_get(b, TOY_SLOT_V);
    ir_set(b, TOY_SLOT_V, ir_op2x(b, IR_vadd, vec, ir_vimm(b, 1, 2), 1, 0));
    ir_st_env(b, f, 0x120, 2);
    ir_fence(b, IR_FENCE_FULL);
    ir_exit(b, ir_new_exit_indirect(b, r, IR_HINT_RETURN, 0));
}

static void test_golden(void)
{
    IrBlock *b = ir_block_new(toy_slots, TOY_SLOTS);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    build(b);
    ir_print(b, out);
    fclose(out);
    g_assert_cmpstr(text, ==, golden);
    free(text);
    ir_block_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tcg/print/golden", test_golden);
    return g_test_run();
}
