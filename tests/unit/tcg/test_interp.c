/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interpreter: vectors by known answers, memory, exits, and env after a fault. */
#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "toy.h"
#include "util/bits.h"

static const TcgRuntimeOps runtime = { .mem_slow = toy_mem_slow };
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

/* The operands A, B and C of every row. */
static const uint64_t va[2] = { 0x8081007f01ff7f80, 0x0123456789abcdef };
static const uint64_t vb[2] = { 0x01028304050607f8, 0xf0e1d2c3b4a59687 };
static const uint64_t vc[2] = { 0x5555aaaa12345678, 0x00ff00ff0f0f0f0f };

/* Answers from a model written independently, over unbounded integers. */
static const struct VectorCase {
    uint8_t op, aux, aux2;
    uint64_t lo, hi;
} vector_cases[] = {
    { IR_vadd, 0, 0, 0x8183838306058678, 0xf104172a3d506376 },
    { IR_vsub, 0, 0, 0x7f7f7d7bfcf97888, 0x114273a4d5063768 },
    { IR_vmul, 0, 0, 0x800200fc05fa7900, 0xf0c39a7554371e09 },
    { IR_vcmpeq, 0, 0, 0x0000000000000000, 0x0000000000000000 },
    { IR_vcmpgt, 0, 0, 0x0000ffff0000ff00, 0xffffffff00ffffff },
    { IR_vcmpge, 0, 0, 0x0000ffff0000ff00, 0xffffffff00ffffff },
    { IR_vcmphi, 0, 0, 0xffff00ff00ffff00, 0x0000000000ffffff },
    { IR_vcmphs, 0, 0, 0xffff00ff00ffff00, 0x0000000000ffffff },
    { IR_vsmin, 0, 0, 0x8081830401ff0780, 0xf0e1d2c389a59687 },
    { IR_vsmax, 0, 0, 0x0102007f05067ff8, 0x01234567b4abcdef },
    { IR_vumin, 0, 0, 0x0102000401060780, 0x0123456789a59687 },
    { IR_vumax, 0, 0, 0x8081837f05ff7ff8, 0xf0e1d2c3b4abcdef },
    { IR_vneg, 0, 0, 0x807f0081ff018180, 0xffddbb9977553311 },
    { IR_vabs, 0, 0, 0x807f007f01017f80, 0x0123456777553311 },
    { IR_vshli, 0, 0, 0x8081007f01ff7f80, 0x0123456789abcdef },
    { IR_vshli, 0, 3, 0x000800f808f8f800, 0x0818283848586878 },
    { IR_vshli, 0, 7, 0x0080008080808000, 0x8080808080808080 },
    { IR_vshri, 0, 1, 0x4040003f007f3f40, 0x0011223344556677 },
    { IR_vsari, 0, 1, 0xc0c0003f00ff3fc0, 0x00112233c4d5e6f7 },
    { IR_vshri, 0, 5, 0x0404000300070304, 0x0001020304050607 },
    { IR_vsari, 0, 5, 0xfcfc000300ff03fc, 0x00010203fcfdfeff },
    { IR_vshri, 0, 8, 0x0000000000000000, 0x0000000000000000 },
    { IR_vsari, 0, 8, 0xffff000000ff00ff, 0x00000000ffffffff },
    { IR_vzip1, 0, 0, 0x050106ff077ff880, 0x018002818300047f },
    { IR_vzip2, 0, 0, 0xb489a5ab96cd87ef, 0xf001e123d245c367 },
    { IR_vuzp1, 0, 0, 0x2367abef817fff80, 0xe1c3a587020406f8 },
    { IR_vuzp2, 0, 0, 0x014589cd8000017f, 0xf0d2b49601830507 },
    { IR_vtrn1, 0, 0, 0x0281047f06fff880, 0xe123c367a5ab87ef },
    { IR_vtrn2, 0, 0, 0x018083000501077f, 0xf001d245b48996cd },
    { IR_vduplane, 0, 0, 0x8080808080808080, 0x8080808080808080 },
    { IR_vduplane, 0, 15, 0x0101010101010101, 0x0101010101010101 },
    { IR_vwidenu, 0, 0, 0x000100ff007f0080, 0x008000810000007f },
    { IR_vwidens, 0, 0, 0x0001ffff007fff80, 0xff80ff810000007f },
    { IR_vnarrow, 0, 0, 0x2367abef817fff80, 0x0000000000000000 },
    { IR_vrev, 0, 1, 0x81807f00ff01807f, 0x23016745ab89efcd },
    { IR_vrev, 0, 2, 0x7f008180807fff01, 0x67452301efcdab89 },
    { IR_vrev, 0, 3, 0x807fff017f008180, 0xefcdab8967452301 },
    { IR_vadd, 1, 0, 0x8183838307058778, 0xf204182a3e506476 },
    { IR_vsub, 1, 0, 0x7f7f7d7bfcf97788, 0x104272a4d5063768 },
    { IR_vmul, 1, 0, 0x8202fefc06fa0400, 0xcfc35b75f737a309 },
    { IR_vcmpeq, 1, 0, 0x0000000000000000, 0x0000000000000000 },
    { IR_vcmpgt, 1, 0, 0x0000ffff0000ffff, 0xffffffff0000ffff },
    { IR_vcmpge, 1, 0, 0x0000ffff0000ffff, 0xffffffff0000ffff },
    { IR_vcmphi, 1, 0, 0xffff00000000ffff, 0x000000000000ffff },
    { IR_vcmphs, 1, 0, 0xffff00000000ffff, 0x000000000000ffff },
    { IR_vsmin, 1, 0, 0x8081830401ff07f8, 0xf0e1d2c389ab9687 },
    { IR_vsmax, 1, 0, 0x0102007f05067f80, 0x01234567b4a5cdef },
    { IR_vumin, 1, 0, 0x0102007f01ff07f8, 0x0123456789ab9687 },
    { IR_vumax, 1, 0, 0x8081830405067f80, 0xf0e1d2c3b4a5cdef },
    { IR_vneg, 1, 0, 0x7f7fff81fe018080, 0xfeddba9976553211 },
    { IR_vabs, 1, 0, 0x7f7f007f01ff7f80, 0x0123456776553211 },
    { IR_vshli, 1, 0, 0x8081007f01ff7f80, 0x0123456789abcdef },
    { IR_vshli, 1, 3, 0x040803f80ff8fc00, 0x09182b384d586f78 },
    { IR_vshli, 1, 15, 0x8000800080000000, 0x8000800080008000 },
    { IR_vshri, 1, 1, 0x4040003f00ff3fc0, 0x009122b344d566f7 },
    { IR_vsari, 1, 1, 0xc040003f00ff3fc0, 0x009122b3c4d5e6f7 },
    { IR_vshri, 1, 5, 0x04040003000f03fc, 0x0009022b044d066f },
    { IR_vsari, 1, 5, 0xfc040003000f03fc, 0x0009022bfc4dfe6f },
    { IR_vshri, 1, 16, 0x0000000000000000, 0x0000000000000000 },
    { IR_vsari, 1, 16, 0xffff000000000000, 0x00000000ffffffff },
    { IR_vzip1, 1, 0, 0x050601ff07f87f80, 0x010280818304007f },
    { IR_vzip2, 1, 0, 0xb4a589ab9687cdef, 0xf0e10123d2c34567 },
    { IR_vuzp1, 1, 0, 0x4567cdef007f7f80, 0xd2c39687830407f8 },
    { IR_vuzp2, 1, 0, 0x012389ab808101ff, 0xf0e1b4a501020506 },
    { IR_vtrn1, 1, 0, 0x8304007f07f87f80, 0xd2c345679687cdef },
    { IR_vtrn2, 1, 0, 0x01028081050601ff, 0xf0e10123b4a589ab },
    { IR_vduplane, 1, 0, 0x7f807f807f807f80, 0x7f807f807f807f80 },
    { IR_vduplane, 1, 7, 0x0123012301230123, 0x0123012301230123 },
    { IR_vwidenu, 1, 0, 0x000001ff00007f80, 0x000080810000007f },
    { IR_vwidens, 1, 0, 0x000001ff00007f80, 0xffff80810000007f },
    { IR_vnarrow, 1, 0, 0x4567cdef007f7f80, 0x0000000000000000 },
    { IR_vrev, 1, 2, 0x007f80817f8001ff, 0x45670123cdef89ab },
    { IR_vrev, 1, 3, 0x7f8001ff007f8081, 0xcdef89ab45670123 },
    { IR_vadd, 2, 0, 0x8183838307058778, 0xf205182a3e516476 },
    { IR_vsub, 2, 0, 0x7f7e7d7bfcf97788, 0x104172a4d5063768 },
    { IR_vmul, 2, 0, 0x8542fefc69000400, 0x5c535b750b4ea309 },
    { IR_vcmpeq, 2, 0, 0x0000000000000000, 0x0000000000000000 },
    { IR_vcmpgt, 2, 0, 0x0000000000000000, 0xffffffff00000000 },
    { IR_vcmpge, 2, 0, 0x0000000000000000, 0xffffffff00000000 },
    { IR_vcmphi, 2, 0, 0xffffffff00000000, 0x0000000000000000 },
    { IR_vcmphs, 2, 0, 0xffffffff00000000, 0x0000000000000000 },
    { IR_vsmin, 2, 0, 0x8081007f01ff7f80, 0xf0e1d2c389abcdef },
    { IR_vsmax, 2, 0, 0x01028304050607f8, 0x01234567b4a59687 },
    { IR_vumin, 2, 0, 0x0102830401ff7f80, 0x0123456789abcdef },
    { IR_vumax, 2, 0, 0x8081007f050607f8, 0xf0e1d2c3b4a59687 },
    { IR_vneg, 2, 0, 0x7f7eff81fe008080, 0xfedcba9976543211 },
    { IR_vabs, 2, 0, 0x7f7eff8101ff7f80, 0x0123456776543211 },
    { IR_vshli, 2, 0, 0x8081007f01ff7f80, 0x0123456789abcdef },
    { IR_vshli, 2, 3, 0x040803f80ffbfc00, 0x091a2b384d5e6f78 },
    { IR_vshli, 2, 31, 0x8000000000000000, 0x8000000080000000 },
    { IR_vshri, 2, 1, 0x4040803f00ffbfc0, 0x0091a2b344d5e6f7 },
    { IR_vsari, 2, 1, 0xc040803f00ffbfc0, 0x0091a2b3c4d5e6f7 },
    { IR_vshri, 2, 5, 0x04040803000ffbfc, 0x00091a2b044d5e6f },
    { IR_vsari, 2, 5, 0xfc040803000ffbfc, 0x00091a2bfc4d5e6f },
    { IR_vshri, 2, 32, 0x0000000000000000, 0x0000000000000000 },
    { IR_vsari, 2, 32, 0xffffffff00000000, 0x00000000ffffffff },
    { IR_vzip1, 2, 0, 0x050607f801ff7f80, 0x010283048081007f },
    { IR_vzip2, 2, 0, 0xb4a5968789abcdef, 0xf0e1d2c301234567 },
    { IR_vuzp1, 2, 0, 0x89abcdef01ff7f80, 0xb4a59687050607f8 },
    { IR_vuzp2, 2, 0, 0x012345678081007f, 0xf0e1d2c301028304 },
    { IR_vtrn1, 2, 0, 0x050607f801ff7f80, 0xb4a5968789abcdef },
    { IR_vtrn2, 2, 0, 0x010283048081007f, 0xf0e1d2c301234567 },
    { IR_vduplane, 2, 0, 0x01ff7f8001ff7f80, 0x01ff7f8001ff7f80 },
    { IR_vduplane, 2, 3, 0x0123456701234567, 0x0123456701234567 },
    { IR_vwidenu, 2, 0, 0x0000000001ff7f80, 0x000000008081007f },
    { IR_vwidens, 2, 0, 0x0000000001ff7f80, 0xffffffff8081007f },
    { IR_vnarrow, 2, 0, 0x89abcdef01ff7f80, 0x0000000000000000 },
    { IR_vrev, 2, 3, 0x01ff7f808081007f, 0x89abcdef01234567 },
    { IR_vadd, 3, 0, 0x8183838307058778, 0xf205182b3e516476 },
    { IR_vsub, 3, 0, 0x7f7e7d7afcf97788, 0x104172a3d5063768 },
    { IR_vcmpeq, 3, 0, 0x0000000000000000, 0x0000000000000000 },
    { IR_vcmpgt, 3, 0, 0x0000000000000000, 0xffffffffffffffff },
    { IR_vcmpge, 3, 0, 0x0000000000000000, 0xffffffffffffffff },
    { IR_vcmphi, 3, 0, 0xffffffffffffffff, 0x0000000000000000 },
    { IR_vcmphs, 3, 0, 0xffffffffffffffff, 0x0000000000000000 },
    { IR_vsmin, 3, 0, 0x8081007f01ff7f80, 0xf0e1d2c3b4a59687 },
    { IR_vsmax, 3, 0, 0x01028304050607f8, 0x0123456789abcdef },
    { IR_vumin, 3, 0, 0x01028304050607f8, 0x0123456789abcdef },
    { IR_vumax, 3, 0, 0x8081007f01ff7f80, 0xf0e1d2c3b4a59687 },
    { IR_vneg, 3, 0, 0x7f7eff80fe008080, 0xfedcba9876543211 },
    { IR_vabs, 3, 0, 0x7f7eff80fe008080, 0x0123456789abcdef },
    { IR_vshli, 3, 0, 0x8081007f01ff7f80, 0x0123456789abcdef },
    { IR_vshli, 3, 3, 0x040803f80ffbfc00, 0x091a2b3c4d5e6f78 },
    { IR_vshli, 3, 63, 0x0000000000000000, 0x8000000000000000 },
    { IR_vshri, 3, 1, 0x4040803f80ffbfc0, 0x0091a2b3c4d5e6f7 },
    { IR_vsari, 3, 1, 0xc040803f80ffbfc0, 0x0091a2b3c4d5e6f7 },
    { IR_vshri, 3, 5, 0x04040803f80ffbfc, 0x00091a2b3c4d5e6f },
    { IR_vsari, 3, 5, 0xfc040803f80ffbfc, 0x00091a2b3c4d5e6f },
    { IR_vshri, 3, 64, 0x0000000000000000, 0x0000000000000000 },
    { IR_vsari, 3, 64, 0xffffffffffffffff, 0x0000000000000000 },
    { IR_vzip1, 3, 0, 0x8081007f01ff7f80, 0x01028304050607f8 },
    { IR_vzip2, 3, 0, 0x0123456789abcdef, 0xf0e1d2c3b4a59687 },
    { IR_vuzp1, 3, 0, 0x8081007f01ff7f80, 0x01028304050607f8 },
    { IR_vuzp2, 3, 0, 0x0123456789abcdef, 0xf0e1d2c3b4a59687 },
    { IR_vtrn1, 3, 0, 0x8081007f01ff7f80, 0x01028304050607f8 },
    { IR_vtrn2, 3, 0, 0x0123456789abcdef, 0xf0e1d2c3b4a59687 },
    { IR_vduplane, 3, 0, 0x8081007f01ff7f80, 0x8081007f01ff7f80 },
    { IR_vduplane, 3, 1, 0x0123456789abcdef, 0x0123456789abcdef },
    { IR_vand, 0, 0, 0x0000000401060780, 0x0021404380a18487 },
    { IR_vor, 0, 0, 0x8183837f05ff7ff8, 0xf1e3d7e7bdafdfef },
    { IR_vxor, 0, 0, 0x8183837b04f97878, 0xf1c297a43d0e5b68 },
    { IR_vandc, 0, 0, 0x8081007b00f97800, 0x01020524090a4968 },
    { IR_vorc, 0, 0, 0xfefd7cfffbffff87, 0x0f3f6d7fcbfbedff },
    { IR_vnot, 0, 0, 0x7f7eff80fe00807f, 0xfedcba9876543210 },
    { IR_vbsl, 0, 0, 0x5554aa84130607f8, 0x00fd40db86a58687 },
    { IR_vzero64, 0, 0, 0x8081007f01ff7f80, 0x0000000000000000 },
    { IR_vextb, 0, 0, 0x8081007f01ff7f80, 0x0123456789abcdef },
    { IR_vextb, 0, 1, 0xef8081007f01ff7f, 0xf80123456789abcd },
    { IR_vextb, 0, 9, 0xf80123456789abcd, 0x8701028304050607 },
    { IR_vextb, 0, 15, 0x028304050607f801, 0xe1d2c3b4a5968701 },
    { IR_vtbl1, 0, 0, 0x7fff007f00818000, 0x0000000000000000 },
    { IR_vcnt, 0, 0, 0x0102000701080701, 0x0103030503050507 },
};

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
    ir_exit(b, ir_new_exit_loop(b, 0));
    g_assert_true(ir_interpret(b, &config, &f->env));
    g_assert_cmphex(f->env.x[1], ==, 0x80);
    g_assert_cmphex(f->env.x[2], ==, 0xffffffffffffff80);
    g_assert_cmphex(f->env.x[3], ==, 0x0123456789abcdef);
    g_assert_cmphex(f->env.w[0], ==, 0xffff8081);
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
    ir_set(b, TOY_SLOT_W + 3, ir_atomic(b, IR_ldsmax, ir_addi(b, x, 1), ir_imm32(b, 0x10), IR_MO_8, 0));
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
