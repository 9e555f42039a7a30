/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random blocks on the interpreter and on the host backend: env and memory must end up the same.
 *
 *     test_jit_vs_interp [--first=S] [--blocks=N] [--code=FILE]
 *
 * Block number S, S + 1 ... each several times from random states. A failing block is made small
 * and printed with both states; --code writes its host code to FILE.
 */
#include <glib.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gen.h"
#include "reduce.h"

enum { CODE_BYTES = 4 << 20, RUNS = 6, COOKIE = 0x5eed1234 };

typedef struct Jit {
    Codegen *g;
    CodegenConfig config;
    CodeBuf buf;
    size_t after_trampolines;
    Trampolines tramp;
    CodegenResult code;
    const IrBlock *b;
    uint64_t seed;              /* of the block and its states */
    const char *wrong;          /* broken contract seen by a callback */
    unsigned lookups, links;
    unsigned too_big;           /* blocks refused, rightly: they were long */
    ToyTables tables;
    uint8_t mem[3][TOY_MEM_BYTES];
    ToyEnv want, got;
} Jit;

static struct { uint64_t seed, blocks; const char *code_file; } options = { 1, 4000, NULL };
static sigjmp_buf crashed;
static volatile sig_atomic_t in_code;

static void on_signal(int sig)
{
    if (in_code) {
        siglongjmp(crashed, sig);
    }
    signal(sig, SIG_DFL);
    raise(sig);
}

/* -- Runtime -- */

static const SidePoint *find_point(const Jit *j, const void *host_pc)
{
    uint64_t off = (uint64_t)((const uint8_t *)host_pc - j->code.start);

    for (unsigned i = 0; i < j->code.n_points; i++) {
        if (j->code.points[i].host_off == off) {
            return &j->code.points[i];
        }
    }
    return NULL;
}

/* The value at @loc, and how many locations it took. */
static unsigned read_loc(Jit *j, ToyEnv *env, const SideLoc *loc, const uint64_t *regs,
                         uint64_t v[2])
{
    unsigned type = toy_slots[loc->slot].type, n = 1;
    uint64_t b[2] = { 0, 0 };

    switch ((SideLocKind)loc->kind) {
    case SIDE_GPR:   v[0] = regs[loc->n]; break;
    case SIDE_XMM:   memcpy(v, &regs[16 + 2 * loc->n], 16); break;
    case SIDE_FRAME: memcpy(v, &regs[48 + loc->n], type == IR_V128 ? 16 : 8); break;
    case SIDE_CONST: memcpy(v, &j->code.consts[loc->n], type == IR_V128 ? 16 : 8); break;
    case SIDE_ENV:   memcpy(v, (uint8_t *)env + loc->n / 2, loc->n & 1 ? 8 : 4); break;
    case SIDE_FLAGS:
        n += read_loc(j, env, loc + 1, regs, v);
        n += read_loc(j, env, loc + 2, regs, b);
        v[0] = side_flags(loc->n, v[0], b[0]);
        break;
    case SIDE_SKIP:  break;
    default:         j->wrong = "a side location has no kind"; break;
    }
    return n;
}

static unsigned restore_slot(Jit *j, ToyEnv *env, const SideLoc *loc, const uint64_t *regs)
{
    uint64_t v[2] = { 0, 0 };

    if (loc->slot >= TOY_SLOTS) {
        j->wrong = "a side location names no slot";
        return 1;
    }
    unsigned type = toy_slots[loc->slot].type, n = read_loc(j, env, loc, regs, v);
    if (loc->kind == SIDE_SKIP) {
        return n;
    }
    memcpy((uint8_t *)env + toy_slots[loc->slot].offset, v,
           type == IR_V128 ? 16 : type == IR_I64 ? 8 : 4);
    return n;
}

static void jit_fault(void *opaque, const void *host_pc, const uint64_t *regs)
{
    ToyEnv *env = opaque;
    Jit *j = env->user;
    const SidePoint *p = find_point(j, host_pc);

    if (!env->fault) {
        j->wrong = "the fault callback without a fault";
    }
    if (!p) {
        j->wrong = "no side point at the fault";
        return;
    }
    for (unsigned i = 0; i < p->n;) {
        i += restore_slot(j, env, &j->code.locs[p->first + i], regs);
    }
    env->pc = p->guest_pc;
    if (p->guest_info != ((uint32_t)p->guest_pc ^ 0x1234)) {
        j->wrong = "a side point with another instruction's word";
    }
}

static const void *jit_lookup(void *opaque)
{
    ToyEnv *env = opaque;
    Jit *j = env->user;

    j->lookups++;
    return NULL;
}

static const void *jit_link(void *opaque, void *tb, unsigned exit)
{
    ToyEnv *env = opaque;
    Jit *j = env->user;

    j->links++;
    if (tb != j) {
        j->wrong = "the link callback with another TB";
    } else if (exit >= j->b->n_exits || j->b->exits[exit].kind != IR_EXIT_JUMP) {
        j->wrong = "the link callback with an exit that is no jump";
    }
    return NULL;
}

static const TcgRuntimeOps runtime = {
    .mem_slow = toy_mem_slow, .fault = jit_fault, .lookup = jit_lookup, .link = jit_link,
    .fp_slow = toy_fp_slow,
};

static Jit *jit_new(void)
{
    Jit *j = g_new0(Jit, 1);
    void *code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    g_assert_true(code != MAP_FAILED);
    j->config = (CodegenConfig){ &toy_layout, &runtime };
    j->g = codegen_new(&j->config);
    j->buf = (CodeBuf){ code, CODE_BYTES, 0 };
    codegen_trampolines(j->g, &j->buf, &j->tramp);
    j->after_trampolines = j->buf.used;
    return j;
}

static void jit_free(Jit *j)
{
    codegen_free(j->g);
    munmap(j->buf.base, CODE_BYTES);
    g_free(j);
}

static bool jit_compile(Jit *j, const IrBlock *b)
{
    j->b = b;
    j->wrong = NULL;
    j->buf.used = j->after_trampolines;
    codegen_set_random(j->g, j->seed % 3 ? j->seed : 0);
    codegen_set_single(j->g, j->seed % 5 == 0);
    codegen_set_features(j->g, j->seed % 4 ? ~0u : (unsigned)(j->seed * 0x9e3779b1u >> 13));
    if (!codegen_block(j->g, b, &j->buf, &j->tramp, j, COOKIE, &j->code)) {
        j->wrong = "codegen_block() refused the block";
    }
    return !j->wrong;
}

/* -- Running and comparing -- */

/* NULL, or how the code ended other than by leaving. */
static const char *enter(Jit *j, ToyEnv *env, uint32_t entry)
{
    int sig = sigsetjmp(crashed, 1);

    if (sig == 0) {
        toy_prepare_fp(env);
        in_code = 1;
        host_enter(&j->tramp, env, j->code.start + entry);
        toy_collect_fp(env);
    }
    in_code = 0;
    return sig ? strsignal(sig) : j->wrong;
}

/* From the state @k of this seed, through both. NULL = the same, else what differs. */
static const char *run_once(Jit *j, IrBlock *b, unsigned k)
{
    ToyRng r;
    ToyEnv start;

    toy_seed(&r, j->seed * 1000 + k);
    toy_random_state(&r, &start, j->mem[0]);
    start.user = j;
    if (b->loop.valid) {
        start.x[GEN_COUNTER] = k + 1;
    }
    j->want = j->got = start;
    memcpy(j->mem[1], j->mem[0], TOY_MEM_BYTES);
    memcpy(j->mem[2], j->mem[0], TOY_MEM_BYTES);

    toy_attach(&j->want, &j->tables, j->mem[1]);
    bool left, in_loop = b->loop.valid && k < RUNS - 1;
    do {
        j->want.pc = start.pc;              /* going round does not write it */
        left = ir_interpret(b, &j->config, &j->want);
    } while (left && in_loop && j->want.pc == b->pc);

    toy_attach(&j->got, &j->tables, j->mem[2]);
    j->tables.itlb[itlb_index(b->pc)] = COOKIE;
    const uint32_t entries[] = { j->code.entry, j->code.entry_poll, j->code.entry_checked };
    j->lookups = j->links = 0;
    j->got.exit_request = b->loop.valid && !in_loop;     /* leaves at the first jump back */
    const char *ended = enter(j, &j->got, j->got.exit_request ? entries[0] : entries[k % 3]);
    if (ended) {
        return ended;
    }
    j->got.exit_request = start.exit_request;
    toy_normalize(&j->want);
    toy_normalize(&j->got);
    if (left == (j->got.fault != 0)) {
        return "one of them faulted";
    }
    if (memcmp(&j->want, &j->got, TOY_COMPARED) != 0) {
        return "the states differ";
    }
    return memcmp(j->mem[1], j->mem[2], TOY_MEM_BYTES) ? "the memories differ" : NULL;
}

/* The two ways to refuse at the entry: a page cookie of another mapping, and an exit request. */
static const char *check_entry(Jit *j, const IrBlock *b)
{
    ToyRng r;
    const char *ended;

    toy_seed(&r, j->seed);
    toy_random_state(&r, &j->want, j->mem[0]);
    toy_attach(&j->want, &j->tables, j->mem[0]);
    j->want.user = j;
    j->got = j->want;
    j->want.pc = b->pc;
    j->tables.itlb[itlb_index(b->pc)] = COOKIE + 1;
    j->lookups = j->links = 0;
    ended = enter(j, &j->got, j->code.entry_checked);
    if (ended || j->lookups != 1 || memcmp(&j->want, &j->got, TOY_COMPARED) != 0) {
        return ended ? ended : "entry with a stale cookie";
    }
    j->tables.itlb[itlb_index(b->pc)] = COOKIE;
    j->got.pc = 0;
    j->got.exit_request = j->want.exit_request = 1;
    ended = enter(j, &j->got, j->code.entry_checked);
    if (ended || memcmp(&j->want, &j->got, TOY_COMPARED) != 0) {
        return ended ? ended : "entry with an exit request";
    }
    return NULL;
}

static const char *check_block(Jit *j, IrBlock *b)
{
    const char *what;

    if (!jit_compile(j, b)) {
        j->too_big += j->code.too_big;
        return j->code.too_big && b->n_insns > 400 ? NULL : j->wrong;
    }
    for (unsigned k = 0; k < RUNS; k++) {
        what = run_once(j, b, k);
        if (what) {
            return what;
        }
    }
    return check_entry(j, b);
}

static bool block_fails(IrBlock *b, void *opaque) { return check_block(opaque, b) != NULL; }

static void print_memory(const Jit *j, FILE *out)
{
    unsigned shown = 0;

    for (unsigned i = 0; i < TOY_MEM_BYTES && shown < 8; i += 8) {
        if (memcmp(j->mem[1] + i, j->mem[2] + i, 8) != 0) {
            uint64_t a, c;
            memcpy(&a, j->mem[1] + i, 8);
            memcpy(&c, j->mem[2] + i, 8);
            fprintf(out, "# * [%08" PRIx64 "] %016" PRIx64 "  %016" PRIx64 "\n", TOY_BASE + i, a,
                    c);
            shown++;
        }
    }
}

static void report(Jit *j, IrBlock *b, const char *what)
{
    fprintf(stderr, "# block %" PRIu64 ": %s\n# the block:\n", j->seed, what);
    ir_print(b, stderr);
    if (!b->loop.valid) {               /* what a loop may drop depends on all of it */
        reduce_block(b, block_fails, j);
        what = check_block(j, b);
        fprintf(stderr, "# made small (%s):\n", what ? what : "passes");
        ir_print(b, stderr);
    }
    toy_print(&j->want, "interpreter", &j->got, "host code", stderr);
    print_memory(j, stderr);
    if (options.code_file) {
        g_file_set_contents(options.code_file, (const char *)j->code.start, j->code.size, NULL);
    }
    g_error("block %" PRIu64 ": %s (--first=%" PRIu64 " --blocks=1 repeats it)", j->seed, what,
            j->seed);
}

static void make_block(IrBlock *b, uint64_t seed)
{
    ToyRng r;

    toy_seed(&r, seed);
    if (seed % 4 == 3) {
        gen_loop(b, &r, toy_below(&r, toy_percent(&r, 80) ? 20 : 100));
        ir_optimize(b);
        ir_make_loop(b);
        return;
    }
    unsigned most = toy_percent(&r, 70) ? 30 : toy_percent(&r, 90) ? 300 : 1500;
    gen_block(b, &r, 1 + toy_below(&r, most));
    if (toy_percent(&r, 50)) {
        ir_optimize(b);
    }
}

static void test_blocks(void)
{
    Jit *j = jit_new();
    IrBlock *b = ir_block_new(toy_slots, TOY_SLOTS);
    unsigned loops = 0;

    for (uint64_t seed = options.seed; seed < options.seed + options.blocks; seed++) {
        unsigned at;

        make_block(b, seed);
        loops += b->loop.valid;
        g_assert_cmpstr(ir_verify(b, &at), ==, NULL);
        j->seed = seed;
        const char *what = check_block(j, b);
        if (what) {
            report(j, b, what);
        }
    }
    g_test_message("%u blocks were too big for the backend", j->too_big);
    g_assert_cmpuint(j->too_big, <=, options.blocks / 100);
    g_test_message("%u loops", loops);
    g_assert_cmpuint(loops, >=, options.blocks / 8);
    ir_block_free(b);
    jit_free(j);
}

/* One block for every pure op, operands from slots: a hole in the backend is named. */
static void test_each_op(void)
{
    Jit *j = jit_new();
    IrBlock *b = ir_block_new(toy_slots, TOY_SLOTS);
    static const uint8_t first[] = { [IR_I32] = TOY_SLOT_W, [IR_I64] = TOY_SLOT_X + 4,
                                     [IR_V128] = TOY_SLOT_V, [IR_FLAGS] = TOY_SLOT_F };

    for (unsigned i = 0; i < IR_OP_COUNT * 60u; i++) {
        IrOp op = i % IR_OP_COUNT;
        IrType types[4];
        ToyRng r;

        if (!(ir_op_info[op].flags & IROF_P) && !ir_is_fp(op)) {
            continue;
        }
        j->seed = i;
        toy_seed(&r, i);
        ir_block_reset(b, 0x1000);
        ir_insn_start(b, 0x1000, 0x1000 ^ 0x1234);
        ir_vimm(b, toy_value(&r), toy_value(&r));
        IrInsn in = gen_pure_shape(b, &r, op, types);
        for (unsigned k = 0; k < ir_op_info[op].n_args; k++) {
            IrRef c = !ir_is_int(types[k]) || toy_percent(&r, 70) ? IR_NO_REF
                    : ir_imm(b, types[k], toy_value(&r));
            in.arg[k] = c ? c : ir_get(b, first[types[k]] + toy_below(&r, 2));
        }
        ir_set(b, first[in.type] + 1, ir_append(b, &in));
        ir_exit(b, ir_new_exit_loop(b, 0x2000));
        const char *what = check_block(j, b);
        if (what) {
            fprintf(stderr, "# op %s\n", ir_op_info[op].name);
            report(j, b, what);
        }
    }
    ir_block_free(b);
    jit_free(j);
}

int main(int argc, char **argv)
{
    const char *missing;

    g_test_init(&argc, &argv, NULL);
    for (int i = 1; i < argc; i++) {
        if (g_str_has_prefix(argv[i], "--first=")) {
            options.seed = strtoull(argv[i] + 8, NULL, 0);
        } else if (g_str_has_prefix(argv[i], "--blocks=")) {
            options.blocks = strtoull(argv[i] + 9, NULL, 0);
        } else if (g_str_has_prefix(argv[i], "--code=")) {
            options.code_file = argv[i] + 7;
        }
    }
    if (!host_supported(&missing)) {
        g_printerr("# skipped: this host has no %s\n", missing);
        return 77;
    }
    struct sigaction sa = { .sa_handler = on_signal };
    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGBUS, &sa, NULL);
    sigaction(SIGILL, &sa, NULL);
    sigaction(SIGFPE, &sa, NULL);
    sigaction(SIGTRAP, &sa, NULL);
    g_test_add_func("/tcg/jit/each-op", test_each_op);
    g_test_add_func("/tcg/jit/blocks", test_blocks);
    return g_test_run();
}
