/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generated code among the code around it: entries, exits, linking and patching, faults; and the
 * shape of code that must stay short. What the ops compute is tested in tests/unit/tcg.
 */
#include <capstone/capstone.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include <glib.h>

#include "tcg/codegen.h"

enum { CODE_BYTES = 1 << 20, COOKIE = 77 };

typedef struct Env {
    uint64_t x[8];
    uint32_t flags;
    uint32_t exit_request, fault;
    uint64_t pc;
    TlbEntry *tlb[TCG_MMU_INDEXES];
    uint32_t *itlb;
    JumpCacheEntry *jump_cache;
    uint64_t v[2];
} Env;

static const IrSlot slots[] = {
#define X(n) { "x" #n, offsetof(Env, x) + 8 * n, IR_I64 }
    X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7),
    { "flags", offsetof(Env, flags), IR_FLAGS }, { "v", offsetof(Env, v), IR_V128 },
};
enum { SLOT_FLAGS = 8, SLOT_V = 9 };

static const TcgEnvLayout layout = {
    .exit_request = offsetof(Env, exit_request), .fault = offsetof(Env, fault),
    .pc = offsetof(Env, pc),
    .tlb = { offsetof(Env, tlb), offsetof(Env, tlb) + 8, offsetof(Env, tlb) + 16,
             offsetof(Env, tlb) + 24, offsetof(Env, tlb) + 32, offsetof(Env, tlb) + 40,
             offsetof(Env, tlb) + 48, offsetof(Env, tlb) + 56 },
    .itlb = offsetof(Env, itlb), .jump_cache = offsetof(Env, jump_cache), .middle = 128,
};

static struct {
    Env env;
    TlbEntry tlb[TLB_ENTRIES];
    uint32_t itlb[ITLB_ENTRIES];
    JumpCacheEntry jc[JC_ENTRIES];
    uint64_t memory[512] __attribute__((aligned(4096)));
    Codegen *g;
    IrBlock *b;
    CodeBuf buf;
    Trampolines tramp;
    CodegenResult r;
    /* What callbacks saw, and answer */
    const void *link_to, *lookup_to;
    unsigned links, lookups, slow, faults;
    void *link_tb;
    unsigned link_exit;
    bool fault_next;
    MemInfo info;
    uint64_t va;
} t;

static void mem_slow(void *env, uint64_t va, MemInfo info, uint64_t val[3])
{
    t.slow++;
    t.va = va;
    t.info = info;
    val[0] = 0x1111;
    if (t.fault_next) {
        ((Env *)env)->fault = 1;
    }
}

/* The value at @l in @v. */
static void read_loc(Env *env, const SideLoc *l, const uint64_t *regs, uint64_t v[2])
{
    unsigned size = slots[l->slot].type == IR_V128 ? 16 : 8;
    uint64_t b[2];

    v[0] = 0;
    switch ((SideLocKind)l->kind) {
    case SIDE_GPR:   v[0] = regs[l->n]; break;
    case SIDE_XMM:   memcpy(v, &regs[16 + 2 * l->n], 16); break;
    case SIDE_FRAME: memcpy(v, &regs[48 + l->n], size); break;
    case SIDE_CONST: memcpy(v, &t.r.consts[l->n], size); break;
    case SIDE_ENV:   memcpy(v, (uint8_t *)env + l->n / 2, l->n & 1 ? 8 : 4); break;
    case SIDE_FLAGS:
        read_loc(env, l + 1, regs, v);
        read_loc(env, l + 2, regs, b);
        v[0] = side_flags(l->n, v[0], b[0]);
        break;
    case SIDE_SKIP:  break;
    }
}

static void fault(void *opaque, const void *host_pc, const uint64_t *regs)
{
    Env *env = opaque;
    uint32_t off = (uint32_t)((const uint8_t *)host_pc - t.r.start);

    t.faults++;
    for (unsigned i = 0; i < t.r.n_points; i++) {
        const SidePoint *p = &t.r.points[i];
        for (unsigned k = 0; p->host_off == off && k < p->n; k++) {
            const SideLoc *l = &t.r.locs[p->first + k];
            uint64_t v[2];
            read_loc(env, l, regs, v);
            k += l->kind == SIDE_FLAGS ? 2 : 0;
            env->pc = p->guest_pc;
            if (l->kind != SIDE_SKIP) {
                memcpy((uint8_t *)env + slots[l->slot].offset, v,
                       slots[l->slot].type == IR_V128 ? 16
                       : slots[l->slot].type == IR_I64 ? 8 : 4);
            }
        }
    }
}

static const void *lookup(void *env)
{
    t.lookups++;
    return t.lookup_to;
}

static const void *do_link(void *env, void *tb, unsigned exit)
{
    t.links++;
    t.link_tb = tb;
    t.link_exit = exit;
    return t.link_to;
}

static void setup(void)
{
    static const TcgRuntimeOps ops = { mem_slow, fault, lookup, do_link };
    static uint8_t *code;

    codegen_free(t.g);
    ir_block_free(t.b);
    memset(&t, 0, sizeof(t));
    if (!code) {
        code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        g_assert_true(code != MAP_FAILED);
    }
    for (unsigned i = 0; i < TLB_ENTRIES; i++) {
        t.tlb[i] = (TlbEntry){ TLB_INVALID_TAG, TLB_INVALID_TAG, 0, 0 };
    }
    for (unsigned i = 0; i < JC_ENTRIES; i++) {
        t.jc[i] = jc_empty(i);
    }
    for (unsigned i = 0; i < TCG_MMU_INDEXES; i++) {
        t.env.tlb[i] = t.tlb;
    }
    t.env.itlb = t.itlb;
    t.env.jump_cache = t.jc;
    t.buf = (CodeBuf){ code, CODE_BYTES, 0 };
    t.g = codegen_new(&(CodegenConfig){ &layout, &ops });
    t.b = ir_block_new(slots, G_N_ELEMENTS(slots));
    codegen_trampolines(t.g, &t.buf, &t.tramp);
}

static unsigned count_to(const uint8_t *code, const char *last, GString *out);

/* Make the page at @va hit, on t.memory. */
static void map_page(uint64_t va)
{
    t.tlb[va >> TLB_PAGE_BITS & (TLB_ENTRIES - 1)] =
        (TlbEntry){ va & TLB_PAGE_MASK, va & TLB_PAGE_MASK,
                    (uintptr_t)t.memory - (uintptr_t)(va & TLB_PAGE_MASK), 0 };
}

static void begin(uint64_t pc)
{
    ir_block_reset(t.b, pc);
    ir_insn_start(t.b, pc, 0);
}

static void *const a_tb = &t;

static const uint8_t *finish(void)
{
    g_assert_true(codegen_block(t.g, t.b, &t.buf, &t.tramp, a_tb, COOKIE, &t.r));
    return t.r.start;
}

static void run(const uint8_t *host) { host_enter(&t.tramp, &t.env, host); }

/* x0 := x0 + n; jump to @to. Returns the start. */
static const uint8_t *adder(uint64_t pc, uint64_t n, uint64_t to)
{
    begin(pc);
    ir_set(t.b, 0, ir_addi(t.b, ir_get(t.b, 0), (int64_t)n));
    ir_exit(t.b, ir_new_exit_jump(t.b, to, IR_HINT_NONE, 0));
    return finish();
}

static void test_link_and_patch(void)
{
    setup();
    const uint8_t *second = adder(0x2000, 10, 0x3000);
    const uint8_t *first = adder(0x1000, 1, 0x2000);

    g_assert_cmpuint(t.r.n_sites, ==, 1);
    uint8_t *jmp = (uint8_t *)(uintptr_t)first + t.r.sites[0].jmp_off;
    uint32_t stub = t.r.sites[0].stub_off;
    g_assert_cmpuint((uintptr_t)(jmp + 1) & 3, ==, 0);

    run(first + t.r.entry);             /* no target yet: back to the loop */
    g_assert_cmpuint(t.links, ==, 1);
    g_assert_true(t.link_tb == a_tb);
    g_assert_cmpuint(t.link_exit, ==, t.r.sites[0].exit);
    g_assert_cmphex(t.env.pc, ==, 0x2000);
    g_assert_cmpuint(t.env.x[0], ==, 1);

    host_patch_jump(jmp, second + t.r.entry);   /* both have entries at the same offsets */
    run(first + t.r.entry);
    g_assert_cmpuint(t.links, ==, 2);
    g_assert_cmphex(t.env.pc, ==, 0x3000);
    g_assert_cmpuint(t.env.x[0], ==, 12);

    host_patch_jump(jmp, first + stub);
    run(first + t.r.entry);
    g_assert_cmphex(t.env.pc, ==, 0x2000);

    t.env.exit_request = 1;             /* entry does not poll */
    t.env.x[0] = 0;
    run(first + t.r.entry);
    g_assert_cmpuint(t.env.x[0], ==, 1);
}

static void test_entries(void)
{
    setup();
    const uint8_t *code = adder(0x5000, 1, 0x6000);

    run(code + t.r.entry_checked);      /* cookie 0 */
    g_assert_cmpuint(t.lookups, ==, 1);
    g_assert_cmpuint(t.env.x[0], ==, 0);
    g_assert_cmphex(t.env.pc, ==, 0x5000);
    t.itlb[itlb_index(0x5000)] = COOKIE;
    run(code + t.r.entry_checked);
    g_assert_cmpuint(t.env.x[0], ==, 1);
    t.env.exit_request = 1;
    run(code + t.r.entry_poll);
    g_assert_cmpuint(t.env.x[0], ==, 1);
    g_assert_cmphex(t.env.pc, ==, 0x5000);
    t.env.exit_request = 0;

    g_assert_cmpuint((uintptr_t)(code + t.r.entry_checked) & 7, ==, 0);
    host_patch_entry((uint8_t *)(uintptr_t)code + t.r.entry_checked, code + t.r.stale_off);
    t.lookups = 0;
    run(code + t.r.entry_checked);
    g_assert_cmpuint(t.lookups, ==, 1);
    g_assert_cmpuint(t.env.x[0], ==, 1);
    run(code + t.r.entry_poll);         /* the rest is still whole */
    g_assert_cmpuint(t.env.x[0], ==, 2);
}

static void test_indirect(void)
{
    setup();
    const uint8_t *target = adder(0x2000, 100, 0x3000);
    begin(0x1000);
    IrRef to = ir_get(t.b, 1);
    ir_set(t.b, 1, ir_imm64(t.b, 7));   /* the slot the target came from is written back */
    ir_exit(t.b, ir_new_exit_indirect(t.b, to, IR_HINT_NONE, 0));
    const uint8_t *code = finish();

    t.env.x[1] = 0x2000;
    run(code + t.r.entry);
    g_assert_cmpuint(t.lookups, ==, 1);
    g_assert_cmphex(t.env.pc, ==, 0x2000);
    g_assert_cmphex(t.env.x[1], ==, 7);

    t.jc[jc_index(0x2000)] = (JumpCacheEntry){ 0x2000, target };
    t.itlb[itlb_index(0x2000)] = COOKIE;
    t.env.x[1] = 0x2000;
    run(code + t.r.entry);
    g_assert_cmpuint(t.env.x[0], ==, 100);
    for (unsigned i = 0; i < 3; i++) {  /* odd pcs find nothing in an empty entry */
        t.lookups = 0;
        t.env.x[1] = ~(uint64_t)i;
        run(code + t.r.entry);
        g_assert_cmpuint(t.lookups, ==, 1);
    }
}

/* Everything dirty and live across a load comes back, whether it misses, hits or faults. */
static void build_load(void)
{
    begin(0x1000);
    IrRef x1 = ir_get(t.b, 1), x2 = ir_get(t.b, 2);
    ir_set(t.b, 3, ir_add(t.b, x1, x2));
    ir_set(t.b, SLOT_FLAGS, ir_subf(t.b, x1, x2));
    ir_set(t.b, SLOT_V, ir_vimm(t.b, 0x5555, 0x6666));
    ir_set(t.b, 4, ir_imm64(t.b, UINT64_C(0x123456789abc)));
    ir_insn_start(t.b, 0x1004, 0);
    ir_set(t.b, 5, ir_ld(t.b, IR_I64, x1, 8, IR_MO_64, 0));
    ir_set(t.b, 3, ir_addi(t.b, ir_get(t.b, 3), 1));
    ir_exit(t.b, ir_new_exit_loop(t.b, 0x1008));
}

static void test_load(void)
{
    setup();
    build_load();
    const uint8_t *code = finish();

    t.env.x[1] = 0x7000;
    t.env.x[2] = 5;
    run(code + t.r.entry);
    g_assert_cmpuint(t.slow, ==, 1);
    g_assert_cmphex(t.va, ==, 0x7008);
    g_assert_cmphex(t.info, ==, meminfo_make(IR_MO_64, 0, IR_ld, false));
    g_assert_cmphex(t.env.x[5], ==, 0x1111);
    g_assert_cmphex(t.env.x[3], ==, 0x7006);
    g_assert_cmphex(t.env.pc, ==, 0x1008);

    map_page(0x7000);
    t.memory[1] = 0x2222;
    run(code + t.r.entry);
    g_assert_cmpuint(t.slow, ==, 1);
    g_assert_cmphex(t.env.x[5], ==, 0x2222);

    t.env.x[1] = 0x7ff1;                /* + 8: crosses into the next page */
    run(code + t.r.entry);
    g_assert_cmpuint(t.slow, ==, 2);
    g_assert_cmphex(t.va, ==, 0x7ff9);
}

static void test_load_fault(void)
{
    setup();
    build_load();
    const uint8_t *code = finish();

    t.env.x[1] = 0x7000;
    t.env.x[2] = 0x7000;
    t.env.x[5] = 9;
    t.fault_next = true;
    run(code + t.r.entry);
    g_assert_cmpuint(t.faults, ==, 1);
    g_assert_cmpuint(t.lookups, ==, 1);
    g_assert_cmphex(t.env.pc, ==, 0x1004);
    g_assert_cmphex(t.env.x[3], ==, 0xe000);
    g_assert_cmphex(t.env.x[4], ==, UINT64_C(0x123456789abc));
    g_assert_cmphex(t.env.x[5], ==, 9);
    g_assert_cmphex(t.env.v[0], ==, 0x5555);
    g_assert_cmphex(t.env.v[1], ==, 0x6666);
    g_assert_cmphex(ir_envflags_to_nzcv(t.env.flags), ==, 0x60000000);
}

/* x2 := [x1], x3 := [x1 + 8], [x1 + 16] := x3 + 1, x4 := [x1 + 16]: checked at once. */
static const uint8_t *build_group(void)
{
    begin(0x1000);
    IrRef x1 = ir_get(t.b, 1);
    ir_set(t.b, 2, ir_ld(t.b, IR_I64, x1, 0, IR_MO_64, 0));
    IrRef x3 = ir_ld(t.b, IR_I64, x1, 8, IR_MO_64, 0);
    ir_set(t.b, 3, x3);
    ir_insn_start(t.b, 0x1004, 0);
    ir_st(t.b, x1, 16, ir_addi(t.b, x3, 1), IR_MO_64, 0);
    ir_set(t.b, 4, ir_ld(t.b, IR_I64, x1, 16, IR_MO_64, 0));
    ir_exit(t.b, ir_new_exit_loop(t.b, 0x1008));
    return finish();
}

static void test_group(void)
{
    setup();
    const uint8_t *code = build_group();
    TlbEntry *e = &t.tlb[7];

    map_page(0x7000);
    t.memory[0] = 5;
    t.memory[1] = 6;
    t.env.x[1] = 0x7000;
    run(code + t.r.entry);
    g_assert_cmpuint(t.slow, ==, 0);
    g_assert_cmpuint(t.env.x[2], ==, 5);
    g_assert_cmpuint(t.env.x[3], ==, 6);
    g_assert_cmpuint(t.env.x[4], ==, 7);
    g_assert_cmpuint(t.memory[2], ==, 7);

    /* Nothing mapped: each access by itself, and nothing is taken for known. */
    *e = (TlbEntry){ TLB_INVALID_TAG, TLB_INVALID_TAG, 0x1234567, 0 };
    run(code + t.r.entry);
    g_assert_cmpuint(t.slow, ==, 4);
    g_assert_cmpuint(t.env.x[4], ==, 0x1111);

    /* Readable only: the store alone is slow. */
    map_page(0x7000);
    e->write = TLB_INVALID_TAG;
    t.slow = 0;
    run(code + t.r.entry);
    g_assert_cmpuint(t.slow, ==, 1);
    g_assert_cmphex(t.va, ==, 0x7010);
    g_assert_cmphex(t.info, ==, meminfo_make(IR_MO_64, 0, IR_st, false));
    g_assert_cmpuint(t.env.x[3], ==, 6);

    /* Across a page's end: what lies in the mapped page stays fast. */
    map_page(0x7000);
    t.slow = 0;
    t.env.x[1] = 0x7ff0;
    t.memory[510] = 50;
    t.memory[511] = 51;
    run(code + t.r.entry);
    g_assert_cmpuint(t.slow, ==, 2);
    g_assert_cmphex(t.va, ==, 0x8000);
    g_assert_cmpuint(t.env.x[2], ==, 50);
    g_assert_cmpuint(t.env.x[3], ==, 51);

    /* A fault of a member: env as before its instruction. */
    t.slow = 0;
    t.fault_next = true;
    t.env.x[4] = 99;
    run(code + t.r.entry);
    g_assert_cmpuint(t.faults, ==, 1);
    g_assert_cmphex(t.env.pc, ==, 0x1004);
    g_assert_cmpuint(t.env.x[4], ==, 99);
}

/* One thread alone: no lock prefix (f0) in front of a cmpxchg. */
static void test_single(void)
{
    for (unsigned single = 0; single < 2; single++) {
        setup();
        codegen_set_single(t.g, single);
        begin(0x1000);
        IrRef x1 = ir_get(t.b, 1);
        ir_set(t.b, 2, ir_cas(t.b, x1, ir_get(t.b, 2), ir_get(t.b, 3), IR_MO_64, 0));
        ir_set(t.b, 4, ir_atomic(t.b, IR_swp, x1, ir_get(t.b, 2), IR_MO_64, 0));
        ir_exit(t.b, ir_new_exit_loop(t.b, 0x1004));
        const uint8_t *code = finish();
        GString *text = g_string_new(NULL);
        count_to(code, "jmp", text);
        bool locks = strstr(text->str, "lock cmpxchg") && strstr(text->str, "; xchg");
        g_assert_cmpint(locks, ==, !single);
        g_string_free(text, true);
        map_page(0x7000);
        t.memory[0] = 9;
        t.env.x[1] = 0x7000;
        t.env.x[2] = 9;
        t.env.x[3] = 10;
        run(code + t.r.entry);
        g_assert_cmpuint(t.env.x[2], ==, 9);
        g_assert_cmpuint(t.env.x[4], ==, 10);
        g_assert_cmpuint(t.memory[0], ==, 9);
    }
}

static uint64_t raising(void *env, uint64_t a)
{
    ((Env *)env)->fault = a == 3;
    return a * 2;
}

static void test_call(void)
{
    static const IrHelper h = { "raising", (void *)raising, IRH_ENV | IRH_FAULTS, IR_I64, 1,
                                { IR_I64 } };

    setup();
    begin(0x1000);
    IrRef x1 = ir_get(t.b, 1);
    ir_set(t.b, 2, ir_addi(t.b, x1, 50));
    ir_set(t.b, 5, ir_addi(t.b, x1, 70));   /* wanted by the snapshot only */
    IrRef r = ir_call(t.b, &h, x1);
    ir_set(t.b, 5, ir_imm64(t.b, 1));
    ir_set(t.b, 3, ir_add(t.b, r, ir_get(t.b, 2)));
    ir_exit(t.b, ir_new_exit_loop(t.b, 0x1004));
    const uint8_t *code = finish();

    t.env.x[1] = 4;
    run(code + t.r.entry);
    g_assert_cmpuint(t.env.x[3], ==, 62);
    t.env.x[1] = 3;
    run(code + t.r.entry);
    g_assert_cmpuint(t.faults, ==, 1);
    g_assert_cmpuint(t.env.x[2], ==, 53);
    g_assert_cmpuint(t.env.x[5], ==, 73);
    g_assert_cmpuint(t.env.x[3], ==, 62);
    g_assert_cmphex(t.env.pc, ==, 0x1000);
}

/* -- Limits -- */

static void test_no_room(void)
{
    setup();
    adder(0x1000, 1, 0x2000);
    CodeBuf small = { t.buf.base, t.buf.used + 100, t.buf.used };
    size_t used = small.used;
    g_assert_false(codegen_block(t.g, t.b, &small, &t.tramp, a_tb, COOKIE, &t.r));
    g_assert_false(t.r.too_big);
    g_assert_cmpuint(small.used, ==, used);
}

/* More values live at once than the frame has words. */
static void test_too_big(void)
{
    static IrRef v[600];

    setup();
    begin(0x1000);
    for (unsigned i = 0; i < 600; i++) {
        v[i] = ir_mul(t.b, ir_get(t.b, 1), ir_imm64(t.b, 2 * i + 3));
    }
    IrRef sum = ir_imm64(t.b, 0);
    for (unsigned i = 0; i < 600; i++) {
        sum = ir_xor(t.b, sum, ir_rotr(t.b, v[599 - i], ir_get(t.b, 2)));
    }
    ir_set(t.b, 0, sum);
    ir_exit(t.b, ir_new_exit_loop(t.b, 0x1004));
    size_t used = t.buf.used;
    g_assert_false(codegen_block(t.g, t.b, &t.buf, &t.tramp, a_tb, COOKIE, &t.r));
    g_assert_true(t.r.too_big);
    g_assert_cmpuint(t.buf.used, ==, used);
}

/* -- Shape -- */

/* Instructions from the entry up to and with the first @last; the text goes to @out. */
static unsigned count_to(const uint8_t *code, const char *last, GString *out)
{
    csh cs;
    cs_insn *in;
    unsigned n = 0;

    g_assert_cmpint(cs_open(CS_ARCH_X86, CS_MODE_64, &cs), ==, CS_ERR_OK);
    size_t total = cs_disasm(cs, code + t.r.entry, t.r.size - t.r.entry, 0, 0, &in);
    while (n < total) {
        g_string_append_printf(out, "%s %s; ", in[n].mnemonic, in[n].op_str);
        if (g_str_has_prefix(in[n++].mnemonic, last)) {
            break;
        }
    }
    cs_free(in, total);
    cs_close(&cs);
    return n;
}

static void expect_length(const char *last, unsigned max)
{
    GString *text = g_string_new(NULL);
    unsigned n = count_to(t.r.start, last, text);

    if (n > max) {
        g_test_message("%u instructions, want %u at most: %s", n, max, text->str);
        g_test_fail();
    }
    g_string_free(text, true);
}

/* cmp x1, x2; b.lt: two loads of registers, a compare (one load folded), a jump. */
static void test_compare_and_branch(void)
{
    setup();
    begin(0x1000);
    IrRef x1 = ir_get(t.b, 1), x2 = ir_get(t.b, 2);
    ir_set(t.b, SLOT_FLAGS, ir_subf(t.b, x1, x2));
    ir_brf(t.b, IR_COND_LT, ir_get(t.b, SLOT_FLAGS), ir_new_exit_jump(t.b, 0x2000, 0, 0));
    ir_exit(t.b, ir_new_exit_jump(t.b, 0x1008, 0, 0));
    finish();
    expect_length("jl", 3);
}

/* subs x1, x1, #1; b.ne: a load, one sub, a jump. */
static void test_subs(void)
{
    setup();
    begin(0x1000);
    IrRef x1 = ir_get(t.b, 1), one = ir_imm64(t.b, 1);
    ir_set(t.b, 1, ir_sub(t.b, x1, one));
    ir_set(t.b, SLOT_FLAGS, ir_subf(t.b, x1, one));
    ir_brf(t.b, IR_COND_NE, ir_get(t.b, SLOT_FLAGS), ir_new_exit_jump(t.b, 0x2000, 0, 0));
    ir_exit(t.b, ir_new_exit_jump(t.b, 0x1008, 0, 0));
    finish();
    expect_length("jne", 3);
}

/* ldr x2, [x1]: the base, eight instructions of check, the access. */
static void test_load_length(void)
{
    setup();
    begin(0x1000);
    ir_set(t.b, 2, ir_ld(t.b, IR_I64, ir_get(t.b, 1), 0, IR_MO_64, 0));
    ir_exit(t.b, ir_new_exit_jump(t.b, 0x1004, 0, 0));
    finish();
    expect_length("jmp", 1 + 8 + 1 + 3);
}

/*
 * tst x1, #1; lsl x1, x1, x2; csel x3, x4, x5, eq: the flags are not saved while the shift needs
 * EFLAGS, but made where they are wanted. Three loads, shift, test, cmov (its load folded).
 */
static void test_flags_later(void)
{
    setup();
    begin(0x1000);
    IrRef x1 = ir_get(t.b, 1);
    IrRef f = ir_andf(t.b, x1, ir_imm64(t.b, 1));
    ir_set(t.b, 1, ir_shl(t.b, x1, ir_imm64(t.b, 5)));
    ir_set(t.b, 3, ir_selectf(t.b, IR_COND_EQ, f, ir_get(t.b, 4), ir_get(t.b, 5)));
    ir_exit(t.b, ir_new_exit_jump(t.b, 0x2000, 0, 0));
    finish();
    expect_length("cmov", 6);
}

/* subs x1, x1, x2; ldr x3, [x4], which faults: flags nobody saved are made by the side table. */
static void test_flags_at_fault(void)
{
    static const struct { uint64_t a, b; IrOp op; uint32_t nzcv; } cases[] = {
        { 1, 2, IR_subf, 8 }, { 2, 2, IR_subf, 6 }, { UINT64_C(1) << 63, 1, IR_subf, 3 },
        { UINT64_MAX, 1, IR_addf, 6 }, { INT64_MAX, 1, IR_addf, 9 }, { 6, 1, IR_andf, 4 },
        { UINT64_MAX, UINT64_C(1) << 63, IR_andf, 8 },
    };

    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        IrOp op = cases[i / 2].op;
        setup();
        begin(0x1000);
        IrRef x1 = ir_get(t.b, 1), x2 = ir_get(t.b, 2);
        if (i & 1) {                    /* the result stands for the first operand */
            ir_set(t.b, 1, ir_op2(t.b, op == IR_subf ? IR_sub : op == IR_addf ? IR_add : IR_and,
                                  x1, x2));
        }
        ir_set(t.b, SLOT_FLAGS, op == IR_subf ? ir_subf(t.b, x1, x2)
                              : op == IR_addf ? ir_addf(t.b, x1, x2) : ir_andf(t.b, x1, x2));
        ir_set(t.b, 3, ir_ld(t.b, IR_I64, ir_get(t.b, 4), 0, IR_MO_64, 0));
        ir_exit(t.b, ir_new_exit_jump(t.b, 0x2000, 0, 0));
        const uint8_t *code = finish();
        t.env.x[1] = cases[i / 2].a;
        t.env.x[2] = cases[i / 2].b;
        t.env.flags = 0xdeadbeef;
        t.fault_next = true;
        run(code + t.r.entry);
        g_assert_cmpuint(t.faults, ==, 1);
        g_assert_cmphex(ir_envflags_to_nzcv(t.env.flags) >> 28, ==, cases[i / 2].nzcv);
    }
}

/* adds xzr, x, x; x := guess of x, which nobody else wants: the flags still want it. */
static void test_flags_at_guess(void)
{
    setup();
    begin(0x1000);
    IrRef sum = ir_add(t.b, ir_get(t.b, 1), ir_get(t.b, 2)), other = ir_get(t.b, 3);
    ir_set(t.b, SLOT_FLAGS, ir_addf(t.b, sum, sum));
    ir_set(t.b, 4, ir_guess(t.b, 0, sum, other, false, other, other));
    ir_set(t.b, SLOT_FLAGS, ir_addf(t.b, other, other));
    ir_exit(t.b, ir_new_exit_jump(t.b, 0x2000, 0, 0));
    const uint8_t *code = finish();
    t.env.x[1] = UINT64_C(1) << 63;
    t.env.x[3] = 5;
    t.fault_next = true;
    run(code + t.r.entry);
    g_assert_cmpuint(t.faults, ==, 1);
    g_assert_cmphex(ir_envflags_to_nzcv(t.env.flags) >> 28, ==, 7);
}

int main(int argc, char **argv)
{
    const char *missing;

    g_test_init(&argc, &argv, NULL);
    if (!host_supported(&missing)) {
        g_printerr("# skipped: this host has no %s\n", missing);
        return 77;
    }
    g_test_add_func("/x86/codegen/link-and-patch", test_link_and_patch);
    g_test_add_func("/x86/codegen/entries", test_entries);
    g_test_add_func("/x86/codegen/indirect", test_indirect);
    g_test_add_func("/x86/codegen/load", test_load);
    g_test_add_func("/x86/codegen/load-fault", test_load_fault);
    g_test_add_func("/x86/codegen/group", test_group);
    g_test_add_func("/x86/codegen/single", test_single);
    g_test_add_func("/x86/codegen/call", test_call);
    g_test_add_func("/x86/codegen/no-room", test_no_room);
    g_test_add_func("/x86/codegen/too-big", test_too_big);
    g_test_add_func("/x86/shape/compare-and-branch", test_compare_and_branch);
    g_test_add_func("/x86/shape/subs", test_subs);
    g_test_add_func("/x86/shape/load", test_load_length);
    g_test_add_func("/x86/shape/flags-later", test_flags_later);
    g_test_add_func("/x86/codegen/flags-at-fault", test_flags_at_fault);
    g_test_add_func("/x86/codegen/flags-at-guess", test_flags_at_guess);
    return g_test_run();
}
