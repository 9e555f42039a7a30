/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interpreter: vectors by known answers, memory, exits, and env after a fault. */
#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "toy.h"
#include "util/bits.h"

static const TcgRuntimeOps runtime = { .mem_slow = toy_mem_slow,
                                       .fp_slow = toy_fp_slow };
static const CodegenConfig config = { &toy_layout, &runtime };

typedef struct Fixture {
    IrBlock *b;
    ToyTables tables;
    ToyEnv env;
    uint8_t mem[TOY_MEM_BYTES];
} Fixture;

static Fixture *setup(void)
{
    Fixture *f = g_new0(Fixture, 1);

    f->b = ir_block_new(toy_slots, TOY_SLOTS);
    toy_attach(&f->env, &f->tables, f->mem);
    return f;
}

static void teardown(Fixture *f)
{
    ir_block_free(f->b);
    g_free(f);
}

/* -- Vectors -- */

#include "scalar_cases.h"
#include "vector_cases.h"

static void test_scalars(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(scalar_cases); i++) {
        const struct ScalarCase *c = &scalar_cases[i];
        uint64_t got = ir_eval_scalar(c->op, c->type, c->a, c->b, c->aux, c->aux2);
        if (got != c->want) {
            g_error("row %u, %s:%s 0x%" PRIx64 ", 0x%" PRIx64 ", aux %u, %u: got 0x%" PRIx64
                    ", want 0x%" PRIx64, i, ir_op_info[c->op].name,
                    c->type == IR_I32 ? "i32" : "i64", c->a, c->b, c->aux, c->aux2, got, c->want);
        }
    }
}

static void test_vectors(void)
{
    Fixture *f = setup();

    memcpy(f->env.v[0], va, 16);
    memcpy(f->env.v[1], vb, 16);
    memcpy(f->env.v[2], vc, 16);
    for (unsigned i = 0; i < ARRAY_SIZE(vector_cases); i++) {
        const struct VectorCase *c = &vector_cases[i];
        IrInsn in = { .op = c->op, .type = IR_V128, .aux = c->aux, .aux2 = c->aux2 };
        uint64_t got[2];

        ir_block_reset(f->b, 0);
        for (unsigned k = 0; k < ir_op_info[c->op].n_args; k++) {
            in.arg[k] = ir_get(f->b, TOY_SLOT_V + k);
        }
        ir_set(f->b, TOY_SLOT_V + 3, ir_append(f->b, &in));
        ir_exit(f->b, ir_new_exit_loop(f->b, 0));
        g_assert_true(ir_interpret(f->b, &config, &f->env));
        memcpy(got, f->env.v[3], 16);
        if (got[0] != c->lo || got[1] != c->hi) {
            g_error("row %u, %s aux %u, %u: got %016" PRIx64 " %016" PRIx64 ", want %016" PRIx64
                    " %016" PRIx64, i, ir_op_info[c->op].name, c->aux, c->aux2, got[1], got[0],
                    c->hi, c->lo);
        }
    }
    teardown(f);
}

/* Between integers and vectors. */
static void test_lanes(void)
{
    Fixture *f = setup();
    IrBlock *b = f->b;

    memcpy(f->env.v[0], va, 16);
    f->env.x[0] = 0x1122334455667788;
    IrRef v = ir_get(b, TOY_SLOT_V), x = ir_get(b, TOY_SLOT_X), w = ir_trunc(b, x);
    ir_set(b, TOY_SLOT_X + 1, ir_vext(b, IR_I64, v, 0, 0));
    ir_set(b, TOY_SLOT_X + 2, ir_vsext(b, IR_I64, v, 0, 0));
    ir_set(b, TOY_SLOT_X + 3, ir_vext(b, IR_I64, v, 3, 1));
    ir_set(b, TOY_SLOT_W + 0, ir_vsext(b, IR_I32, v, 1, 3));
    ir_set(b, TOY_SLOT_V + 1, ir_op2x(b, IR_vins, v, w, 1, 7));
    ir_set(b, TOY_SLOT_V + 2, ir_op1x(b, IR_vdup, w, 0, 0));
    ir_set(b, TOY_SLOT_V + 3, ir_op1(b, IR_vmov_i2v, w));
    ir_set(b, TOY_SLOT_V + 4, ir_op1x(b, IR_vdup, x, 3, 0));
    /* CRC-32C of "123456789" before the final inversion. */
    IrRef crc = ir_crc32(b, IR_crc32c, ir_imm32(b, ~0u), ir_imm64(b, 0x3837363534333231), 3);
    ir_set(b, TOY_SLOT_W + 1, ir_crc32(b, IR_crc32c, crc, ir_imm64(b, 0xffffff39), 0));
    /* CRC-32 of the same. */
    crc = ir_crc32(b, IR_crc32, ir_imm32(b, ~0u), ir_imm64(b, 0xff34333231), 2);
    crc = ir_crc32(b, IR_crc32, crc, ir_imm64(b, 0x3635), 1);
    crc = ir_crc32(b, IR_crc32, crc, ir_imm64(b, 0x3837), 1);
    ir_set(b, TOY_SLOT_W + 2, ir_crc32(b, IR_crc32, crc, ir_imm64(b, 0x39), 0));
    ir_exit(b, ir_new_exit_loop(b, 0));
    g_assert_true(ir_interpret(b, &config, &f->env));
    g_assert_cmphex(f->env.x[1], ==, 0x80);
    g_assert_cmphex(f->env.x[2], ==, 0xffffffffffffff80);
    g_assert_cmphex(f->env.x[3], ==, 0x0123456789abcdef);
    g_assert_cmphex(f->env.w[0], ==, 0xffff8081);
    g_assert_cmphex(f->env.w[1], ==, ~0xe3069283u);
    g_assert_cmphex(f->env.w[2], ==, ~0xcbf43926u);
    g_assert_cmphex(ldle64(f->env.v[1]), ==, va[0]);
    g_assert_cmphex(ldle64(f->env.v[1] + 8), ==, 0x7788456789abcdef);
    g_assert_cmphex(ldle64(f->env.v[2] + 8), ==, 0x8888888888888888);
    g_assert_cmphex(ldle64(f->env.v[3]), ==, 0x55667788);
    g_assert_cmphex(ldle64(f->env.v[3] + 8), ==, 0);
    g_assert_cmphex(ldle64(f->env.v[4] + 8), ==, 0x1122334455667788);
    teardown(f);
}

/* -- Flags: the Arm rules, by hand -- */

static void test_flags(void)
{
    static const struct { uint64_t a, b; uint32_t add, sub; } rows[] = {
        /* N Z C V in bits 31..28: of a + b, of a - b */
        { 0, 0, 0x40000000, 0x60000000 },
        { 1, 1, 0x00000000, 0x60000000 },
        { 0, 1, 0x00000000, 0x80000000 },
        { 0x7fffffffffffffff, 1, 0x90000000, 0x20000000 },
        { 0x8000000000000000, 1, 0x80000000, 0x30000000 },
        { 0xffffffffffffffff, 1, 0x60000000, 0xa0000000 },
        { 0x8000000000000000, 0x8000000000000000, 0x70000000, 0x60000000 },
        { 0x7fffffffffffffff, 0xffffffffffffffff, 0x20000000, 0x90000000 },
    };
    Fixture *f = setup();
    IrBlock *b = f->b;

    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        ir_block_reset(b, 0);
        f->env.x[0] = rows[i].a;
        f->env.x[1] = rows[i].b;
        IrRef x = ir_get(b, TOY_SLOT_X), y = ir_get(b, TOY_SLOT_X + 1);
        IrRef sum = ir_addf(b, x, y), difference = ir_subf(b, x, y);
        ir_set(b, TOY_SLOT_W, ir_fnzcv(b, sum));
        ir_set(b, TOY_SLOT_W + 1, ir_fnzcv(b, difference));
        ir_set(b, TOY_SLOT_X + 2, ir_adc(b, x, y, difference));
        ir_set(b, TOY_SLOT_X + 3, ir_sbc(b, x, y, difference));
        ir_set(b, TOY_SLOT_X + 4, ir_setf(b, IR_I64, IR_COND_LT, difference));
        ir_exit(b, ir_new_exit_loop(b, 0));
        g_assert_true(ir_interpret(b, &config, &f->env));
        bool carry = rows[i].sub >> 29 & 1;
        g_assert_cmphex(f->env.w[0], ==, rows[i].add);
        g_assert_cmphex(f->env.w[1], ==, rows[i].sub);
        g_assert_cmphex(f->env.x[2], ==, rows[i].a + rows[i].b + carry);
        g_assert_cmphex(f->env.x[3], ==, rows[i].a - rows[i].b - !carry);
        g_assert_cmpuint(f->env.x[4], ==, (int64_t)rows[i].a < (int64_t)rows[i].b);
    }
    teardown(f);
}

/* -- Leaving a block -- */

/*
 * x1 := 7; x2 := [x0]; flags := cmp(x2, x0); w0 := helper(x2), which may fault; leave to x2.
 */
static void build_faulting(IrBlock *b)
{
    ir_block_reset(b, 0x1000);
    ir_insn_start(b, 0x1000, 0);
    ir_set(b, TOY_SLOT_X + 1, ir_imm64(b, 7));
    ir_insn_start(b, 0x1004, 0);
    IrRef x0 = ir_get(b, TOY_SLOT_X), v = ir_ld(b, IR_I64, x0, 0, IR_MO_64, 0);
    ir_set(b, TOY_SLOT_X + 2, v);
    ir_insn_start(b, 0x1008, 0);
    ir_set(b, TOY_SLOT_F, ir_subf(b, v, x0));
    ir_insn_start(b, 0x100c, 0);
    IrRef r = ir_call(b, &toy_helpers[5], v);
    ir_set(b, TOY_SLOT_W, ir_trunc(b, r));
    ir_exit(b, ir_new_exit_indirect(b, v, 0, 0));
}

static void test_fault_in_load(void)
{
    Fixture *f = setup();

    build_faulting(f->b);
    f->env.x[0] = 0x10;
    f->env.x[2] = 99;
    ToyEnv want = f->env;
    want.x[1] = 7;
    want.pc = 0x1004;
    want.fault = 1;
    g_assert_false(ir_interpret(f->b, &config, &f->env));
    g_assert_cmpmem(&f->env, TOY_COMPARED, &want, TOY_COMPARED);
    teardown(f);
}

static void test_fault_in_helper(void)
{
    Fixture *f = setup();

    build_faulting(f->b);
    f->env.x[0] = TOY_BASE + 16;
    f->mem[16] = 1;                     /* makes the helper fault */
    ToyEnv want = f->env;
    want.x[1] = 7;
    want.x[2] = 1;
    want.f[0] = ev_sbcf(1, want.x[0], 1, 64);
    want.pc = 0x100c;
    want.fault = 1;
    g_assert_false(ir_interpret(f->b, &config, &f->env));
    g_assert_cmpmem(&f->env, TOY_COMPARED, &want, TOY_COMPARED);
    teardown(f);
}

static void test_exit_indirect(void)
{
    Fixture *f = setup();

    build_faulting(f->b);
    f->env.x[0] = TOY_BASE + 16;
    f->mem[16] = 0x40;
    ToyEnv want = f->env;
    want.x[1] = 7;
    want.x[2] = 0x40;
    want.w[0] = 0x40 ^ 0x55;
    want.f[0] = ev_sbcf(0x40, want.x[0], 1, 64);
    want.pc = 0x40;
    g_assert_true(ir_interpret(f->b, &config, &f->env));
    g_assert_cmpmem(&f->env, TOY_COMPARED, &want, TOY_COMPARED);
    teardown(f);
}

static void test_exit_kinds(void)
{
    Fixture *f = setup();
    IrBlock *b = f->b;

    for (unsigned kind = 0; kind < 3; kind++) {
        ir_block_reset(b, 0x1000);
        f->env.pc = 0xabc;
        unsigned side = kind == 0 ? ir_new_exit_jump(b, 0x2000, 0, 0)
                      : kind == 1 ? ir_new_exit_loop(b, 0x3000) : ir_new_exit_lookup(b);
        ir_brbit(b, ir_get(b, TOY_SLOT_X), 3, true, side);
        ir_set(b, TOY_SLOT_X + 1, ir_imm64(b, 5));
        ir_exit(b, ir_new_exit_loop(b, 0x1004));

        f->env.x[0] = 8;
        f->env.x[1] = 1;
        g_assert_true(ir_interpret(b, &config, &f->env));
        g_assert_cmphex(f->env.pc, ==, kind == 0 ? 0x2000 : kind == 1 ? 0x3000 : 0xabc);
        g_assert_cmphex(f->env.x[1], ==, 1);
        f->env.x[0] = 0xfffffffffffffff7;
        g_assert_true(ir_interpret(b, &config, &f->env));
        g_assert_cmphex(f->env.pc, ==, 0x1004);
        g_assert_cmphex(f->env.x[1], ==, 5);
    }
    teardown(f);
}

static void test_memory(void)
{
    Fixture *f = setup();
    IrBlock *b = f->b;

    f->env.x[0] = TOY_BASE + 8;
    stle64(f->mem + 8, 0x8899aabbccddeeff);
    IrRef x = ir_get(b, TOY_SLOT_X), w = ir_imm32(b, 0x12345678);
    ir_set(b, TOY_SLOT_X + 1, ir_ld(b, IR_I64, x, 0, IR_MO_8 | IR_MO_SIGN, 0));
    ir_set(b, TOY_SLOT_W + 0, ir_ld(b, IR_I32, x, 0, IR_MO_16 | IR_MO_SIGN, 0));
    ir_set(b, TOY_SLOT_X + 2, ir_ld(b, IR_I64, x, 0, IR_MO_32, 0));
    ir_set(b, TOY_SLOT_V + 0, ir_ld(b, IR_V128, x, 4, IR_MO_32, 0));
    ir_st(b, x, 8, w, IR_MO_16, 0);
    ir_set(b, TOY_SLOT_W + 1, ir_cas(b, x, ir_imm32(b, 0xff), w, IR_MO_8, 0));
    ir_set(b, TOY_SLOT_W + 2, ir_cas(b, x, ir_imm32(b, 0xff), w, IR_MO_8, 0));
    ir_set(b, TOY_SLOT_W + 3, ir_atomic(b, IR_ldsmax, ir_addi(b, x, 1), ir_imm32(b, 0x10),
                                          IR_MO_8, 0));
    ir_exit(b, ir_new_exit_loop(b, 0));
    g_assert_true(ir_interpret(b, &config, &f->env));
    g_assert_cmphex(f->env.x[1], ==, 0xffffffffffffffff);
    g_assert_cmphex(f->env.w[0], ==, 0xffffeeff);
    g_assert_cmphex(f->env.x[2], ==, 0xccddeeff);
    g_assert_cmphex(ldle64(f->env.v[0]), ==, 0x8899aabb);
    g_assert_cmphex(ldle64(f->env.v[0] + 8), ==, 0);
    g_assert_cmphex(f->env.w[1], ==, 0xff);
    g_assert_cmphex(f->env.w[2], ==, 0x78);
    g_assert_cmphex(f->env.w[3], ==, 0xee);
    g_assert_cmphex(ldle64(f->mem + 8), ==, 0x8899aabbccdd1078);
    g_assert_cmphex(ldle64(f->mem + 16), ==, 0x5678);
    teardown(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tcg/interp/scalars", test_scalars);
    g_test_add_func("/tcg/interp/vectors", test_vectors);
    g_test_add_func("/tcg/interp/lanes", test_lanes);
    g_test_add_func("/tcg/interp/flags", test_flags);
    g_test_add_func("/tcg/interp/memory", test_memory);
    g_test_add_func("/tcg/interp/fault-in-load", test_fault_in_load);
    g_test_add_func("/tcg/interp/fault-in-helper", test_fault_in_helper);
    g_test_add_func("/tcg/interp/exit-indirect", test_exit_indirect);
    g_test_add_func("/tcg/interp/exit-kinds", test_exit_kinds);
    return g_test_run();
}
