/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every floating-point op in host code against its exact form: all pairs (triples for fma) of
 * numbers at the edges, in every rounding mode, with and without default NaNs; result and flags.
 */
#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "toy.h"

enum { CODE_BYTES = 1 << 20, COOKIE = 7 };

typedef struct Fp {
    Codegen *g;
    CodegenConfig config;
    CodeBuf buf;
    size_t after_trampolines;
    Trampolines tramp;
    CodegenResult code;
    ToyTables tables;
    IrBlock *b;
    IrInsn op;
    uint64_t n_runs;
} Fp;

static const uint64_t doubles[] = {
    0, 1, 2, 0x0008000000000000, 0x000ffffffffffffe, 0x000fffffffffffff, 0x0010000000000000,
    0x0010000000000001, 0x001fffffffffffff, 0x0020000000000000, 0x1ff0000000000000,
    0x1ff0000000000001, 0x1fffffffffffffff, 0x2000000000000000, 0x3690000000000000,
    0x36a0000000000000, 0x380fffffe0000000, 0x380fffffffffffff, 0x3810000000000000,
    0x3810000010000000, 0x3ca0000000000000, 0x3fd0000000000000, 0x3fdfffffffffffff,
    0x3fe0000000000000, 0x3fe0000000000001, 0x3fefffffffffffff, 0x3ff0000000000000,
    0x3ff0000000000001, 0x3ff8000000000000, 0x4000000000000000, 0x4004000000000000,
    0x400c000000000000, 0x41dfffffffc00000, 0x41dfffffffe00000, 0x41e0000000000000,
    0x41efffffffe00000, 0x41efffffffefffff, 0x41f0000000000000, 0x432fffffffffffff,
    0x4330000000000001, 0x4340000000000000, 0x43dfffffffffffff, 0x43e0000000000000,
    0x43efffffffffffff, 0x43f0000000000000, 0x47efffffe0000000, 0x47efffffefffffff,
    0x47effffff0000000, 0x5fe0000000000001, 0x7fd0000000000000, 0x7fefffffffffffff,
    0x7ff0000000000000, 0x7ff0000000000001, 0x7ff4000000000123, 0x7ff8000000000000,
    0x7ff8000012345678, 0x7fffffffffffffff,
};
static const uint32_t singles[] = {
    0, 1, 2, 0x00400000, 0x007ffffe, 0x007fffff, 0x00800000, 0x00800001, 0x00ffffff, 0x01000000,
    0x1fc00000, 0x1fc00001, 0x1fffffff, 0x20000000, 0x20000001, 0x33000000, 0x33800000, 0x3e800000,
    0x3effffff, 0x3f000000, 0x3f000001, 0x3f7fffff, 0x3f800000, 0x3f800001, 0x3fc00000, 0x40000000,
    0x40200000, 0x40600000, 0x4affffff, 0x4b000001, 0x4b800000, 0x4effffff, 0x4f000000, 0x4f7fffff,
    0x4f800000, 0x5effffff, 0x5f000000, 0x5f7fffff, 0x5f800000, 0x5f000001, 0x7e800000, 0x7f7fffff,
    0x7f800000, 0x7f800001, 0x7fa00123, 0x7fc00000, 0x7fc12345, 0x7fffffff,
};
static const uint16_t halves[] = {
    0, 1, 2, 3, 0x01ff, 0x0200, 0x03fe, 0x03ff, 0x0400, 0x0401, 0x07ff, 0x0800, 0x0bff, 0x1000,
    0x1001, 0x13ff, 0x1400, 0x2e66, 0x3400, 0x37ff, 0x3800, 0x3801, 0x3aab, 0x3bff, 0x3c00,
    0x3c01, 0x3e00, 0x3fff, 0x4000, 0x4100, 0x4300, 0x4bfe, 0x57ff, 0x5800, 0x63ff, 0x6400,
    0x6401, 0x67ff, 0x6801, 0x77ff, 0x7800, 0x7bfe, 0x7bff, 0x7c00, 0x7c01, 0x7d23, 0x7e00,
    0x7e45, 0x7fff,
};
static const uint64_t integers[] = {
    0, 1, 2, 3, 0x7f, 0xffffff, 0x1000000, 0x1000001, 0x1ffffff, 0x2000003, 0x7fffffff, 0x80000000,
    0xffffffff, 0x100000000, 0x1fffffffffffff, 0x20000000000000, 0x20000000000001, 0x3fffffffffffff,
    0x40000000000003, 0x7ffffffffffffbff, 0x7ffffffffffffc00, 0x7fffffffffffffff,
    0x8000000000000000, 0x8000000000000001, 0x8000000000000400, 0xfffffffffffffbff,
    0xfffffffffffffc00, 0xffffffffffffffff, 0xffffffff80000000, 0x8000008000000000,
};

/* -- Operands -- */

static bool takes_integers(const IrInsn *op)
{
    return op->op == IR_ffromi || op->op == IR_fvfromi;
}

static unsigned source_size(const IrInsn *op)
{
    return op->op == IR_fcvt ? op->aux2 : op->aux & IR_FP_SIZE;
}

/* How many operands there are, with both signs. */
static unsigned n_values(const IrInsn *op)
{
    return takes_integers(op) ? G_N_ELEMENTS(integers)
         : 2 * (source_size(op) == 3 ? G_N_ELEMENTS(doubles)
                : source_size(op) == 2 ? G_N_ELEMENTS(singles) : G_N_ELEMENTS(halves));
}

static uint64_t value(const IrInsn *op, unsigned i)
{
    i %= n_values(op);
    if (takes_integers(op)) {
        return integers[i];
    }
    return source_size(op) == 3 ? doubles[i / 2] | (uint64_t)(i & 1) << 63
         : source_size(op) == 2 ? singles[i / 2] | (uint32_t)(i & 1) << 31
         : halves[i / 2] | (i & 1) << 15;
}

/* Value @i in lane 0, others in the rest. */
static void fill(const IrInsn *op, uint64_t v[2], unsigned i, unsigned step)
{
    unsigned size = source_size(op);

    for (unsigned k = 0; k < 16u >> size; k++) {
        uint64_t x = value(op, i + k * step);
        memcpy((uint8_t *)v + (k << size), &x, (size_t)1 << size);
    }
}

/* -- One run -- */

static const TcgRuntimeOps runtime = { .mem_slow = toy_mem_slow, .fp_slow = toy_fp_slow };

static unsigned result_slot(const IrInsn *op)
{
    return op->type == IR_V128 ? TOY_SLOT_V : op->type == IR_I64 ? TOY_SLOT_X
         : op->type == IR_I32 ? TOY_SLOT_W : TOY_SLOT_F;
}

static void compile(Fp *t)
{
    IrRef args[3] = { 0 };

    ir_block_reset(t->b, 0x1000);
    ir_insn_start(t->b, 0x1000, 0);
    for (unsigned k = 0; k < ir_op_info[t->op.op].n_args; k++) {
        args[k] = ir_get(t->b, t->op.op == IR_ffromi ? TOY_SLOT_X + 1 : TOY_SLOT_V + 1 + k);
    }
    ir_set(t->b, result_slot(&t->op), ir_fp(t->b, t->op.op, t->op.type, args, t->op.aux,
                                            t->op.aux2));
    ir_exit(t->b, ir_new_exit_loop(t->b, 0x2000));
    t->buf.used = t->after_trampolines;
    g_assert_true(codegen_block(t->g, t->b, &t->buf, &t->tramp, t, COOKIE, &t->code));
}

static void explain(const Fp *t, const uint64_t in[6], uint32_t mode, const uint64_t want[2],
                    uint32_t want_flags, const uint64_t got[2], uint32_t got_flags)
{
    ir_print(t->b, stderr);
    fprintf(stderr, "# %s, rounding %u%s%s\n", ir_op_info[t->op.op].name, mode & 3,
            mode & 4 ? ", default NaNs" : "", mode & 8 ? ", flushing" : "");
    for (unsigned k = 0; k < ir_op_info[t->op.op].n_args; k++) {
        fprintf(stderr, "#   operand   %016" PRIx64 ":%016" PRIx64 "\n", in[2 * k + 1], in[2 * k]);
    }
    fprintf(stderr, "#   want      %016" PRIx64 ":%016" PRIx64 " flags %02x\n"
            "#   host code %016" PRIx64 ":%016" PRIx64 " flags %02x\n", want[1], want[0],
            want_flags, got[1], got[0], got_flags);
    g_error("host code differs from the exact form");
}

static void run(Fp *t, ToyEnv *env, const uint64_t in[6], uint32_t mode)
{
    /* Flushing is for who has inexact set already, and does not report denormal operands. */
    uint32_t before = mode & 8 ? IR_FX_INEXACT : 0;
    uint32_t unknown = mode & 8 && t->op.op != IR_fdenorm ? IR_FX_DENORMAL : 0;
    ToyEnv exact = { .fp_mode = mode, .fp_flags = before };
    uint64_t v[6], got[2] = { 0, 0 };
    IrType type = t->op.type;

    memcpy(v, in, sizeof(v));
    toy_fp_slow(&exact, fpinfo_make(t->op.op, t->op.aux, t->op.aux2, type), v);
    env->fp_mode = mode;
    env->fp_flags = before;
    env->x[1] = in[0];
    memcpy(env->v[1], in, 3 * 16);
    toy_prepare_fp(env);
    host_enter(&t->tramp, env, t->code.start + t->code.entry);
    toy_collect_fp(env);
    if (type == IR_V128) {
        memcpy(got, env->v[0], 16);
    } else {
        got[0] = type == IR_I64 ? env->x[0] : type == IR_I32 ? env->w[0]
               : env->f[0] & EV_FLAGS_MASK;
        v[1] = 0;
    }
    if (memcmp(v, got, 16) != 0 || (exact.fp_flags ^ env->fp_flags) & ~unknown) {
        explain(t, in, mode, v, exact.fp_flags, got, env->fp_flags);
    }
    t->n_runs++;
}

/* -- All operands of one op -- */

static void run_all(Fp *t, IrOp op, IrType type, unsigned aux, unsigned aux2)
{
    unsigned n_args = ir_op_info[op].n_args;
    unsigned modes = op == IR_fcvt && (aux & IR_FP_SIZE) == 1 && aux2 == 3 ? 8 : 12;
    ToyEnv env = { 0 };

    t->op = (IrInsn){ .op = op, .type = type, .aux = aux, .aux2 = aux2 };
    compile(t);
    toy_attach(&env, &t->tables, NULL);
    unsigned n = n_values(&t->op), nb = n_args > 1 ? n : 1, nc = n_args > 2 ? n : 1;
    /* For triples every third of the third operand, from a start that moves. */
    for (unsigned i = 0; i < n; i++) {
        for (unsigned j = 0; j < nb; j++) {
            for (unsigned k = nc > 1 ? (i + j) % 5 : 0; k < nc; k += 5) {
                uint64_t in[6] = { 0 };
                fill(&t->op, in, i, 1);
                fill(&t->op, in + 2, j, 3);
                fill(&t->op, in + 4, k, 7);
                for (unsigned mode = 0; mode < modes; mode += 1 + (nc > 1 && mode < 4)) {
                    run(t, &env, in, mode);
                }
            }
        }
    }
}

static Fp *fp_new(unsigned features)
{
    Fp *t = g_new0(Fp, 1);
    void *code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    g_assert_true(code != MAP_FAILED);
    t->config = (CodegenConfig){ &toy_layout, &runtime };
    t->g = codegen_new(&t->config);
    codegen_set_features(t->g, features);
    t->buf = (CodeBuf){ code, CODE_BYTES, 0 };
    codegen_trampolines(t->g, &t->buf, &t->tramp);
    t->after_trampolines = t->buf.used;
    t->b = ir_block_new(toy_slots, TOY_SLOTS);
    return t;
}

static void fp_free(Fp *t)
{
    g_test_message("%" PRIu64 " operations", t->n_runs);
    codegen_free(t->g);
    ir_block_free(t->b);
    munmap(t->buf.base, CODE_BYTES);
    g_free(t);
}

static const uint8_t lanes[] = { 0, IR_FP_ALL };
static const uint8_t rounds[] = { IR_FR_NEAREST, IR_FR_UP, IR_FR_DOWN, IR_FR_ZERO, IR_FR_AWAY,
                                  IR_FR_CURRENT };

static void test_two(gconstpointer features)
{
    Fp *t = fp_new(GPOINTER_TO_UINT(features));
    static const uint8_t ops[] = { IR_fadd, IR_fsub, IR_fmul, IR_fdiv, IR_fmax, IR_fmin, IR_fmaxnm,
                                   IR_fminnm, IR_fcmpeq, IR_fcmpge, IR_fcmpgt, IR_fmulx, IR_frecps,
                                   IR_frsqrts };

    for (unsigned size = 1; size <= 3; size++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
            run_all(t, ops[i], IR_V128, size, 0);
            run_all(t, ops[i], IR_V128, size | IR_FP_ALL, 0);
        }
        run_all(t, IR_fcmp, IR_FLAGS, size, 0);
        run_all(t, IR_fcmp, IR_FLAGS, size, 1);
    }
    fp_free(t);
}

static void test_three(gconstpointer features)
{
    Fp *t = fp_new(GPOINTER_TO_UINT(features));

    for (unsigned how = 0; how < 4; how++) {
        run_all(t, IR_fma, IR_V128, 2 + how % 2, how);
        run_all(t, IR_fma, IR_V128, (3 - how % 2) | IR_FP_ALL, how);
    }
    fp_free(t);
}

static void test_three_halves(gconstpointer features)
{
    Fp *t = fp_new(GPOINTER_TO_UINT(features));

    run_all(t, IR_fma, IR_V128, 1, 0);
    run_all(t, IR_fma, IR_V128, 1 | IR_FP_ALL, 3);
    run_all(t, IR_fmah, IR_V128, 2 | IR_FP_ALL, 0);
    fp_free(t);
}

static void test_convert(gconstpointer features)
{
    Fp *t = fp_new(GPOINTER_TO_UINT(features));

    for (unsigned size = 2; size <= 3; size++) {
        for (unsigned l = 0; l < 2; l++) {
            run_all(t, IR_fsqrt, IR_V128, size | lanes[l], 0);
            run_all(t, IR_fdenorm, IR_V128, size | lanes[l], 0);
            run_all(t, IR_fcvt, IR_V128, size | lanes[l], 5 - size);
            run_all(t, IR_fcvt, IR_V128, 1 | lanes[l], size);
            run_all(t, IR_fcvt, IR_V128, size | lanes[l], 1);
            run_all(t, IR_fsqrt, IR_V128, 1 | lanes[l], 0);
            for (unsigned n = 0; n <= 64; n += 3) {
                run_all(t, IR_fscale, IR_V128, size | lanes[l], n);
            }
            for (unsigned r = 0; r < G_N_ELEMENTS(rounds); r++) {
                run_all(t, IR_frint, IR_V128, size | lanes[l], rounds[r]);
                run_all(t, IR_frint, IR_V128, size | lanes[l], rounds[r] | IR_FP_EXACT);
                run_all(t, IR_frint, IR_V128, size | lanes[l],
                        rounds[r] | IR_FP_EXACT | IR_FP_WITHIN_32);
                run_all(t, IR_frint, IR_V128, size | lanes[l],
                        rounds[r] | IR_FP_EXACT | IR_FP_WITHIN_64);
                run_all(t, IR_frint, IR_V128, 1 | lanes[l], rounds[r] | l * IR_FP_EXACT);
                run_all(t, IR_fvtoi, IR_V128, size | lanes[l], rounds[r]);
                run_all(t, IR_fvtoi, IR_V128, size | lanes[l], rounds[r] | IR_FP_UNSIGNED);
                run_all(t, IR_ftoi, l ? IR_I64 : IR_I32, size, rounds[r]);
                run_all(t, IR_ftoi, l ? IR_I64 : IR_I32, size, rounds[r] | IR_FP_UNSIGNED);
            }
            for (unsigned n = 0; n <= 8u << size; n += 4) {
                run_all(t, IR_fvfromi, IR_V128, size | lanes[l], n);
                run_all(t, IR_fvfromi, IR_V128, size | lanes[l], n | IR_FP_FROM_UNSIGNED);
            }
        }
        if (size == 3) {
            run_all(t, IR_ftoi, IR_I32, 3, IR_FR_ZERO | IR_FP_MODULO);
        }
        for (unsigned n = 0; n <= 64; n++) {
            run_all(t, IR_ffromi, IR_V128, size, n);
            run_all(t, IR_ffromi, IR_V128, size, n | IR_FP_FROM_UNSIGNED);
        }
    }
    fp_free(t);
}

int main(int argc, char **argv)
{
    static const struct { const char *name; unsigned features; } hosts[] = {
        { "all", ~0u }, { "avx", 1 << 17 | 1 << 4 }, { "sse", 1 << 17 },
        { "no-fp16", ~(1u << 14) },
        { "avx2", 1 << 17 | 1 << 16 | 1 << 13 | 1 << 5 | 1 << 4 },
    };
    const char *missing;

    g_test_init(&argc, &argv, NULL);
    if (!host_supported(&missing)) {
        g_printerr("# skipped: this host has no %s\n", missing);
        return 77;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(hosts); i++) {
        gconstpointer f = GUINT_TO_POINTER(hosts[i].features);
        g_autofree char *two = g_strdup_printf("/tcg/fp/%s/two", hosts[i].name);
        g_autofree char *convert = g_strdup_printf("/tcg/fp/%s/convert", hosts[i].name);
        g_test_add_data_func(two, f, test_two);
        g_test_add_data_func(convert, f, test_convert);
    }
    g_test_add_data_func("/tcg/fp/all/three", GUINT_TO_POINTER(~0u), test_three);
    g_test_add_data_func("/tcg/fp/all/halves", GUINT_TO_POINTER(~0u), test_three_halves);
    g_test_add_data_func("/tcg/fp/no-fp16/halves", GUINT_TO_POINTER(~(1u << 14)),
                         test_three_halves);
    return g_test_run();
}
