/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the builder folds and simplifies has the value the interpreter gives the plain ops. */
#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "gen.h"
#include "util/bits.h"

enum { N_PAIRS = 120, PAIR_BYTES = 32 };

/* A toy env, then a pair of 16-byte results for each value. */
typedef struct Env {
    ToyEnv toy;
    uint8_t out[N_PAIRS][PAIR_BYTES] __attribute__((aligned(16)));
} Env;

static const TcgRuntimeOps runtime = { .mem_slow = toy_mem_slow,
                                       .fp_slow = toy_fp_slow };
static const CodegenConfig config = { &toy_layout, &runtime };

static const uint64_t special[] = {
    0, 1, 2, 3, 5, 7, 8, 15, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff, 0x8000, 0xffff, 0x12345678,
    0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x100000000, 0x123456789abcdef0,
    0x7fffffffffffffff, 0x8000000000000000, 0xfffffffffffffffe, 0xffffffffffffffff,
};

/* AUX, AUX2 to try with an op of width @w. */
static unsigned list_aux(IrOp op, unsigned w, uint8_t aux[][2])
{
    unsigned n = 0;

    switch (op) {
    case IR_extract: case IR_sextract: case IR_deposit:
        for (unsigned lo = 0; lo < w; lo += 5) {
            for (unsigned len = 1; lo + len <= w; len += 6) {
                aux[n][0] = lo;
                aux[n++][1] = len;
            }
            aux[n][0] = lo;
            aux[n++][1] = w - lo;
        }
        return n;
    case IR_extr:
        for (unsigned s = 0; s < w; s++) {
            aux[n][0] = s;
            aux[n++][1] = 0;
        }
        return n;
    case IR_addsl:
        for (unsigned s = 1; s <= 3; s++) {
            aux[n][0] = s;
            aux[n++][1] = 0;
        }
        return n;
    case IR_setcmp:
        for (unsigned c = 0; c <= IR_TSTEQ; c++) {
            aux[n][0] = c;
            aux[n++][1] = 0;
        }
        return n;
    default:
        aux[0][0] = aux[0][1] = 0;
        return 1;
    }
}

/* Value of @ref at run time, by interpreting a block that stores it. */
static uint64_t interpreted(IrBlock *b, IrRef ref, Env *env)
{
    ir_st_env(b, ref, offsetof(Env, out), ir_type(b, ref) == IR_I64 ? 3 : 2);
    ir_exit(b, ir_new_exit_loop(b, 0));
    memset(env->out[0], 0, PAIR_BYTES);
    g_assert_true(ir_interpret(b, &config, env));
    return ldle64(env->out[0]);
}

/* One op on one pair of values: both operands constant, one, and none. */
static void check_scalar(IrBlock *b, Env *env, IrOp op, IrType t, uint64_t x, uint64_t y,
                         const uint8_t aux[2])
{
    bool two = ir_op_info[op].n_args == 2;
    uint64_t got[4], want = ir_eval_scalar(op, t, x, y, aux[0], aux[1]);
    unsigned slot = t == IR_I64 ? TOY_SLOT_X : TOY_SLOT_W;

    env->toy.x[0] = x;
    env->toy.x[1] = y;
    env->toy.w[0] = (uint32_t)x;
    env->toy.w[1] = (uint32_t)y;
    for (unsigned k = 0; k < 4; k++) {      /* bit 0: x is constant; bit 1: y is */
        ir_block_reset(b, 0);
        IrRef a = k & 1 ? ir_imm(b, t, x) : ir_get(b, slot);
        IrRef c = !two ? IR_NO_REF : k & 2 ? ir_imm(b, t, y) : ir_get(b, slot + 1);
        IrRef r = ir_scalar(b, op, a, c, aux[0], aux[1]);
        if (k == 3) {
            g_assert_true(ir_is_imm(b, r));
        }
        got[k] = interpreted(b, r, env);
        if (got[k] != want) {
            ir_print(b, stderr);
            g_error("%s:%s 0x%" PRIx64 ", 0x%" PRIx64 ", aux %u, %u (form %u): got 0x%" PRIx64
                    ", want 0x%" PRIx64, ir_op_info[op].name, t == IR_I32 ? "i32" : "i64", x, y,
                    aux[0], aux[1], k, got[k], want);
        }
    }
}

static void test_scalar(void)
{
    IrBlock *b = ir_block_new(toy_slots, TOY_SLOTS);
    Env *env = g_new0(Env, 1);
    uint8_t aux[512][2];

    for (unsigned op = 0; op < IR_OP_COUNT; op++) {
        if (!(ir_op_info[op].flags & IROF_SCALAR)) {
            continue;
        }
        for (IrType t = IR_I32; t <= IR_I64; t++) {
            unsigned n_aux = list_aux(op, ev_width(t), aux);
            for (unsigned i = 0; i < ARRAY_SIZE(special); i++) {
                for (unsigned j = 0; j < ARRAY_SIZE(special); j++) {
                    unsigned k = n_aux == 1 ? 0 : (i * 31 + j * 7) % n_aux;
                    check_scalar(b, env, op, t, ev_trunc(t, special[i]), ev_trunc(t, special[j]),
                                 aux[k]);
                }
            }
            for (unsigned k = 0; k < n_aux; k++) {
                check_scalar(b, env, op, t, ev_trunc(t, 0x9a3c5687f0e1d2b4), 0x3, aux[k]);
            }
        }
    }
    ir_block_free(b);
    g_free(env);
}

/* -- Fields of fields: rules with edges at every position -- */

typedef struct Step { uint8_t op, aux, aux2; uint64_t imm; } Step;

/* Every fifth bit or so, and the edges. */
static unsigned list_steps(unsigned w, Step *s)
{
    static const uint8_t at[] = { 0, 1, 3, 7, 8, 16, 24, 31, 32, 40, 47, 63 };
    unsigned n = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(at) && at[i] < w; i++) {
        s[n++] = (Step){ IR_shl, 0, 0, at[i] };
        s[n++] = (Step){ IR_shr, 0, 0, at[i] };
        s[n++] = (Step){ IR_sar, 0, 0, at[i] };
        s[n++] = (Step){ IR_and, 0, 0, ev_mask(w) >> at[i] };
        s[n++] = (Step){ IR_and, 0, 0, ev_mask(w) >> at[i] & ~UINT64_C(0xf) };
        for (unsigned k = 0; k < ARRAY_SIZE(at) && at[i] + at[k] < w; k++) {
            s[n++] = (Step){ IR_extract, at[i], at[k] + 1, 0 };
            s[n++] = (Step){ IR_sextract, at[i], at[k] + 1, 0 };
        }
    }
    return n;
}

static IrRef build_step(IrBlock *b, const Step *s, IrRef x)
{
    IrRef c = ir_op_info[s->op].n_args == 2 ? ir_imm(b, ir_type(b, x), s->imm) : IR_NO_REF;

    return ir_scalar(b, s->op, x, c, s->aux, s->aux2);
}

static void check_fields(IrBlock *b, Env *env, IrType t, const Step *one, const Step *two)
{
    ir_block_reset(b, 0);
    IrRef x = ir_get(b, t == IR_I64 ? TOY_SLOT_X : TOY_SLOT_W);
    ir_st_env(b, build_step(b, two, build_step(b, one, x)), offsetof(Env, out),
              t == IR_I64 ? 3 : 2);
    ir_exit(b, ir_new_exit_loop(b, 0));
    for (unsigned i = 0; i < 2; i++) {
        uint64_t v = ev_trunc(t, i ? UINT64_C(0x5555555555555555) : ~UINT64_C(0));
        env->toy.x[0] = v;
        env->toy.w[0] = (uint32_t)v;
        uint64_t want = ir_eval_scalar(one->op, t, v, one->imm, one->aux, one->aux2);
        want = ir_eval_scalar(two->op, t, want, two->imm, two->aux, two->aux2);
        g_assert_true(ir_interpret(b, &config, env));
        uint64_t got = t == IR_I64 ? ldle64(env->out[0]) : ldle32(env->out[0]);
        if (got != want) {
            ir_print(b, stderr);
            g_error("%s 0x%" PRIx64 " %u %u, then %s 0x%" PRIx64 " %u %u, of 0x%" PRIx64 ": got 0x%"
                    PRIx64 ", want 0x%" PRIx64, ir_op_info[one->op].name, one->imm, one->aux,
                    one->aux2, ir_op_info[two->op].name, two->imm, two->aux, two->aux2, v, got,
                    want);
        }
    }
}

static void test_fields(void)
{
    IrBlock *b = ir_block_new(toy_slots, TOY_SLOTS);
    Env *env = g_new0(Env, 1);
    Step steps[512];

    for (IrType t = IR_I32; t <= IR_I64; t++) {
        unsigned n = list_steps(ev_width(t), steps);
        for (unsigned i = 0; i < n; i++) {
            for (unsigned j = 0; j < n; j++) {
                check_fields(b, env, t, &steps[i], &steps[j]);
            }
        }
    }
    ir_block_free(b);
    g_free(env);
}

/* -- Chains: every pure op twice, as it is and through the builder -- */

typedef struct Pair { IrRef plain, built; } Pair;

typedef struct Chain {
    IrBlock *b;
    ToyRng r;
    Pair pairs[IR_FLAGS + 1][N_PAIRS + 64];
    unsigned n[IR_FLAGS + 1];
    Pair all[N_PAIRS];
    unsigned ops[N_PAIRS];
} Chain;

static Pair leaf(Chain *c, IrType t)
{
    unsigned first = t == IR_I64 ? TOY_SLOT_X : t == IR_I32 ? TOY_SLOT_W
                   : t == IR_V128 ? TOY_SLOT_V : TOY_SLOT_F;
    IrRef r;

    if (toy_percent(&c->r, 50)) {
        r = ir_get(c->b, first + toy_below(&c->r, 2));
    } else if (t == IR_V128) {
        r = toy_percent(&c->r, 30) ? ir_vimm(c->b, 0, 0)
                                   : ir_vimm(c->b, toy_value(&c->r), toy_percent(&c->r, 50)
                                                                     ? 0 : toy_value(&c->r));
    } else if (t == IR_FLAGS) {
        r = ir_nzcvf(c->b, ir_imm32(c->b, (uint32_t)toy_rand(&c->r)));
    } else {
        r = ir_imm(c->b, t, toy_value(&c->r));
    }
    return (Pair){ r, r };
}

static Pair operand(Chain *c, IrType t)
{
    unsigned n = c->n[t];

    if (n == 0 || toy_percent(&c->r, 35)) {
        return leaf(c, t);
    }
    return c->pairs[t][n - 1 - toy_below(&c->r, MIN(n, 5u))];
}

static IrOp pure_op(ToyRng *r)
{
    IrOp op;

    do {
        op = toy_below(r, IR_OP_COUNT);
    } while (!(ir_op_info[op].flags & IROF_P));
    return op;
}

static unsigned bytes_log2(IrType t)
{
    return t == IR_V128 ? 4 : t == IR_I64 ? 3 : 2;
}

static void build_chain(Chain *c, uint64_t seed)
{
    IrType types[4];

    memset(c->n, 0, sizeof(c->n));
    toy_seed(&c->r, seed);
    ir_block_reset(c->b, 0);
    ir_vimm(c->b, 0, 0);
    for (unsigned i = 0; i < N_PAIRS; i++) {
        IrOp op = pure_op(&c->r);
        IrInsn in = gen_pure_shape(c->b, &c->r, op, types), built = in;
        for (unsigned k = 0; k < ir_op_info[op].n_args; k++) {
            Pair p = operand(c, types[k]);
            in.arg[k] = p.plain;
            built.arg[k] = p.built;
        }
        Pair p = { ir_append(c->b, &in), gen_build(c->b, &built) };
        g_assert_cmpuint(ir_type(c->b, p.built), ==, in.type);
        c->all[i] = p;
        c->ops[i] = op;
        c->pairs[in.type][c->n[in.type]++] = p;
    }
    for (unsigned i = 0; i < N_PAIRS; i++) {
        unsigned log2 = bytes_log2(ir_type(c->b, c->all[i].plain));
        ir_st_env(c->b, c->all[i].plain, offsetof(Env, out[i][0]), log2);
        ir_st_env(c->b, c->all[i].built, offsetof(Env, out[i][16]), log2);
    }
    ir_exit(c->b, ir_new_exit_loop(c->b, 0));
}

static void check_chain(Chain *c, Env *env, uint64_t seed)
{
    for (unsigned i = 0; i < N_PAIRS; i++) {
        if (memcmp(env->out[i], env->out[i] + 16, 16) != 0) {
            ir_print(c->b, stderr);
            g_error("seed %" PRIu64 ": v%u (%s) is %016" PRIx64 " %016" PRIx64
                    ", but built as v%u it is %016" PRIx64 " %016" PRIx64, seed, c->all[i].plain,
                    ir_op_info[c->ops[i]].name, ldle64(env->out[i] + 8), ldle64(env->out[i]),
                    c->all[i].built, ldle64(env->out[i] + 24), ldle64(env->out[i] + 16));
        }
    }
}

static void test_chains(void)
{
    Chain *c = g_new0(Chain, 1);
    Env *env = g_new0(Env, 1);
    uint8_t *mem = g_malloc(TOY_MEM_BYTES);
    uint64_t chains = g_test_slow() ? 200000 : 3000;

    c->b = ir_block_new(toy_slots, TOY_SLOTS);
    for (uint64_t seed = 1; seed <= chains; seed++) {
        unsigned at;
        build_chain(c, seed);
        const char *what = ir_verify(c->b, &at);
        if (what) {
            ir_print(c->b, stderr);
            g_error("seed %" PRIu64 ": v%u: %s", seed, at, what);
        }
        for (unsigned run = 0; run < 4; run++) {
            for (unsigned i = 0; i < 2; i++) {
                uint64_t v[2] = { toy_value(&c->r), toy_value(&c->r) };
                env->toy.x[i] = toy_value(&c->r);
                env->toy.w[i] = (uint32_t)toy_value(&c->r);
                env->toy.f[i] = (uint32_t)toy_rand(&c->r);
                memcpy(env->toy.v[i], v, 16);
            }
            memset(env->out, 0, sizeof(env->out));
            g_assert_true(ir_interpret(c->b, &config, env));
            check_chain(c, env, seed);
        }
    }
    ir_block_free(c->b);
    g_free(mem);
    g_free(env);
    g_free(c);
}

/* -- Forms that matter for speed -- */

static void test_forms(void)
{
    IrBlock *b = ir_block_new(toy_slots, TOY_SLOTS);
    IrRef x = ir_get(b, TOY_SLOT_X), y = ir_get(b, TOY_SLOT_X + 1), w = ir_get(b, TOY_SLOT_W);

    g_assert_cmpuint(ir_addi(b, x, 0), ==, x);
    g_assert_cmpuint(ir_addi(b, ir_addi(b, x, 5), -5), ==, x);
    g_assert_cmpuint(ir_and(b, x, ir_imm64(b, ~UINT64_C(0))), ==, x);
    g_assert_cmpuint(ir_or(b, ir_imm64(b, 0), x), ==, x);
    g_assert_cmpuint(ir_trunc(b, ir_zext(b, w)), ==, w);
    g_assert_cmpuint(ir_extract(b, ir_zext(b, w), 0, 32), ==, ir_zext(b, w));
    g_assert_cmpuint(ir_zext(b, ir_trunc(b, x)), ==, ir_extract(b, x, 0, 32));
    g_assert_cmpuint(ir_sextract(b, ir_zext(b, w), 0, 32), ==, ir_sext(b, w));
    g_assert_cmpuint(ir_add(b, x, y), ==, ir_add(b, x, y));
    g_assert_cmpuint(ir_imm64(b, 77), ==, ir_imm64(b, 77));
    g_assert_cmpuint(ir_xor(b, x, x), ==, ir_imm64(b, 0));
    g_assert_cmpuint(ir_shl(b, x, ir_imm64(b, 64)), ==, x);
    g_assert_cmpuint(ir_orc(b, ir_imm64(b, 0), x), ==, ir_not(b, x));
    g_assert_cmpuint(ir_mul(b, x, ir_imm64(b, 8)), ==, ir_shl(b, x, ir_imm64(b, 3)));
    g_assert_cmpuint(ir_fnzcv(b, ir_nzcvf(b, ir_imm32(b, 0x6fffffff))), ==,
                     ir_imm32(b, 0x60000000));
    g_assert_cmpuint(ir_setf(b, IR_I64, IR_COND_EQ, ir_subf(b, ir_imm64(b, 3), ir_imm64(b, 3))), ==,
                     ir_imm64(b, 1));

    /* A constant offset moves into the access. */
    IrRef v = ir_ld(b, IR_I64, ir_addi(b, x, 0x100), 8, IR_MO_64, 0);
    g_assert_cmpuint(b->insns[v].arg[0], ==, x);
    g_assert_cmpint(b->insns[v].imm, ==, 0x108);
    /* One that does not fit in 32 bits does not. */
    v = ir_ld(b, IR_I64, x, INT64_C(0x100000000), IR_MO_64, 0);
    g_assert_cmpint(b->insns[v].imm, ==, 0);
    g_assert_cmpuint(b->insns[b->insns[v].arg[0]].op, ==, IR_add);

    /* A branch that cannot be taken is none; cbz of a cset is the compare. */
    unsigned exit = ir_new_exit_loop(b, 0), n;
    ir_imm64(b, 3), ir_imm64(b, 4);
    n = b->n_insns;
    ir_brcmp(b, IR_EQ, ir_imm64(b, 3), ir_imm64(b, 4), exit);
    g_assert_cmpuint(b->n_insns, ==, n);
    ir_brcmp(b, IR_EQ, ir_setcmp(b, IR_LTS, x, y), ir_imm64(b, 0), exit);
    g_assert_cmpuint(b->insns[b->n_insns - 1].aux, ==, IR_GES);
    ir_block_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tcg/fold/scalar", test_scalar);
    g_test_add_func("/tcg/fold/fields", test_fields);
    g_test_add_func("/tcg/fold/chains", test_chains);
    g_test_add_func("/tcg/fold/forms", test_forms);
    return g_test_run();
}
