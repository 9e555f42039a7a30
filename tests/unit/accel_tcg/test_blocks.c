/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translated blocks: made once, linked, unlinked when a store hits their code, found again by
 * address, context and page; precise state at faults; flushes. On host code and interpreted.
 */
#include "small_guest.h"

#include <string.h>
#include <unistd.h>

#define CODE_PA (RAM_PA + 0x10000)
#define DATA_PA (RAM_PA + 0x20000)

static const TcgConfig jit = { .code_bytes = 4 * MiB };
static const TcgConfig interp = { .code_bytes = 4 * MiB, .interpret = true };
static const TcgConfig unchained = { .code_bytes = 4 * MiB, .no_chain = true };
static const TcgConfig single = { .code_bytes = 4 * MiB, .one_insn = true };
static const TcgConfig mapped = { .code_bytes = 4 * MiB, .perfmap = true };
static const TcgConfig tiny = { .code_bytes = 1 * MiB };

static void set_up(Small *m, gconstpointer cfg)
{
    small_set_up(m, 1, cfg);
    small_map_identity(m);
}

static void tear_down(Small *m, gconstpointer cfg) { small_tear_down(m); }

static bool is_jit(gconstpointer cfg) { return !((const TcgConfig *)cfg)->interpret; }

/* -- Running -- */

/* x0 += 5, 1000 times. */
static void test_loop(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA, ADDI(0, 5), ADDI(3, -1), BNZ3(-2), HALT);
    cpu->x[3] = 1000;
    small_run(cpu, CODE_PA);
    g_assert_cmpuint(cpu->x[0], ==, 5000);
    g_assert_cmpuint(cpu->x[3], ==, 0);
    g_assert_cmphex(cpu->pc, ==, CODE_PA + 16);
    if (is_jit(cfg)) {
        uint64_t made = small_stat(m, "TB translated");
        cpu->x[3] = 1000;
        small_run(cpu, CODE_PA);
        g_assert_cmpuint(small_stat(m, "TB translated"), ==, made);      /* once is enough */
    }
}

/* Direct jumps over three pages and back, and an indirect one. */
static void test_pages(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA, ADDI(0, 1), B(0x400 - 1));
    CODE(m, CODE_PA + 0x1000, ADDI(0, 2), B(0x400 - 1));
    CODE(m, CODE_PA + 0x2000, ADDI(0, 4), ADDI(3, -1), BNZ3(-0x800 - 2), BR1);
    CODE(m, CODE_PA + 0x3000, HALT);
    cpu->x[1] = CODE_PA + 0x3000;
    cpu->x[3] = 100;
    small_run(cpu, CODE_PA);
    g_assert_cmpuint(cpu->x[0], ==, 700);
    g_assert_cmphex(cpu->pc, ==, CODE_PA + 0x3004);
}

/* A block ends with its page; the next instruction is in the next one. */
static void test_page_end(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA + 0xff8, ADDI(0, 1), ADDI(0, 2), ADDI(0, 4), HALT);
    small_run(cpu, CODE_PA + 0xff8);
    g_assert_cmpuint(cpu->x[0], ==, 7);
}

/* -- Self-modifying code -- */

/* The callee is patched by a store of the guest; its caller was linked to it. */
static void test_patch(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA, B(0x10));
    CODE(m, CODE_PA + 0x40, ADDI(0, 1), HALT);
    for (int i = 0; i < 5; i++) {
        small_run(cpu, CODE_PA);
    }
    g_assert_cmpuint(cpu->x[0], ==, 5);
    uint64_t invalidated = small_stat(m, "TB invalidate count");
    CODE(m, CODE_PA + 0x100, ST(1), HALT);
    cpu->x[1] = ADDI(0, 100);
    cpu->x[2] = CODE_PA + 0x40;
    small_run(cpu, CODE_PA + 0x100);
    if (is_jit(cfg)) {
        g_assert_cmpuint(small_stat(m, "TB invalidate count"), ==, invalidated + 1);
    }
    small_run(cpu, CODE_PA);
    g_assert_cmpuint(cpu->x[0], ==, 105);
}

/* Every round the loop patches the instruction it runs next time: 1 + 2 + ... + 50. */
static void test_patch_loop(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA, ADDI(0, 1), ADDI(1, 1), ST(1), ADDI(3, -1), BNZ3(-4), HALT);
    cpu->x[1] = ADDI(0, 1);
    cpu->x[2] = CODE_PA;
    cpu->x[3] = 50;
    small_run(cpu, CODE_PA);
    g_assert_cmpuint(cpu->x[0], ==, 50 * 51 / 2);
}

/* Data beside code: stores to other lines of the page leave the translation alone. */
static void test_data_beside_code(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA, ST(0), ADDI(0, 1), ADDI(3, -1), BNZ3(-3), HALT);
    cpu->x[2] = CODE_PA + 0x800;
    cpu->x[3] = 1000;
    small_run(cpu, CODE_PA);
    g_assert_cmpuint(ldle32(small_ram(m, CODE_PA + 0x800)), ==, 999);
    g_assert_cmpuint(small_stat(m, "TB invalidate count"), ==, 0);
    cpu->x[2] = CODE_PA + 0x20;              /* the same line: goes, and is made again */
    cpu->x[3] = 3;
    small_run(cpu, CODE_PA);
    g_assert_cmpuint(ldle32(small_ram(m, CODE_PA + 0x20)), ==, 1002);
    g_assert_cmpuint(cpu->x[0], ==, 1003);
}

/* A page that turns into code after it was filled for writing. */
static void test_becomes_code(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA, ST(1), HALT);
    cpu->x[2] = DATA_PA + 0x100;
    cpu->x[1] = ADDI(0, 1);
    small_run(cpu, CODE_PA);                 /* the write entry of DATA_PA's page is there */
    stle32(small_ram(m, DATA_PA + 0x104), HALT);
    small_run(cpu, DATA_PA + 0x100);
    g_assert_cmpuint(cpu->x[0], ==, 1);
    cpu->x[1] = ADDI(0, 10);
    small_run(cpu, CODE_PA);
    small_run(cpu, DATA_PA + 0x100);
    g_assert_cmpuint(cpu->x[0], ==, 11);
}

/* Memory changed by no store of the guest is seen after IC IVAU, not before (host code). */
static void test_icache(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA, ADDI(0, 1), HALT);
    CODE(m, CODE_PA + 0x100, ADDI(1, 1), HALT);
    atomic_store(&m->accel->several_runners, true);      /* a CPU alone has nothing to look for */
    small_run(cpu, CODE_PA);
    small_run(cpu, CODE_PA + 0x100);
    stle32(small_ram(m, CODE_PA), ADDI(0, 10));
    uint64_t before = small_stat(m, "TB invalidate count");
    tcg_icache_invalidate_line(&cpu->tcg, CODE_PA + 0x100, 0, 64);       /* unchanged: stays */
    g_assert_cmpuint(small_stat(m, "TB invalidate count"), ==, before);
    tcg_icache_invalidate_line(&cpu->tcg, CODE_PA + 4, 0, 64);
    small_run(cpu, CODE_PA);
    g_assert_cmpuint(cpu->x[0], ==, 11);
    /* All of it, twice: every block of every page is looked at each time, and only they. */
    CODE(m, CODE_PA + 0x1000, ADDI(2, 1), HALT);
    small_run(cpu, CODE_PA + 0x1000);
    for (unsigned i = 1; i <= 2; i++) {
        before = small_stat(m, "TB invalidate count");
        stle32(small_ram(m, CODE_PA), ADDI(0, 100 * i));
        stle32(small_ram(m, CODE_PA + 0x100), ADDI(1, 100 * i));
        stle32(small_ram(m, CODE_PA + 0x1000), ADDI(2, 100 * i));
        tcg_icache_invalidate_all(&cpu->tcg);
        tcg_icache_invalidate_all(&cpu->tcg);
        /* (the interpreter compares its own at every use, and counts nothing) */
        g_assert_cmpuint(small_stat(m, "TB invalidate count"), ==, before ? before + 3 : 0);
        small_run(cpu, CODE_PA);
        small_run(cpu, CODE_PA + 0x100);
        small_run(cpu, CODE_PA + 0x1000);
    }
    g_assert_cmpuint(cpu->x[0], ==, 311);
    g_assert_cmpuint(cpu->x[1], ==, 301);
    g_assert_cmpuint(cpu->x[2], ==, 301);
    tcg_icache_invalidate_line(&cpu->tcg, 0x123000, 0, 64);              /* unmapped: no fault */
    g_assert_cmpint(cpu->fault, ==, NO_FAULT);
}

/* -- Mappings -- */

/* One page of code at two addresses; then another page at the first one. */
static void test_aliases(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];
    const uint64_t va = 0x10000000;

    small_map(m, (Mapping) { .va = va, .pa = CODE_PA });
    CODE(m, CODE_PA, ADDI(0, 1), NEXT, HALT);
    CODE(m, CODE_PA + 0x1000, ADDI(0, 10), NEXT, HALT);
    small_run(cpu, CODE_PA);
    small_run(cpu, va);
    g_assert_cmpuint(cpu->x[0], ==, 2);
    g_assert_cmphex(cpu->pc, ==, va + 12);
    small_unmap(m, va);
    small_map(m, (Mapping) { .va = va, .pa = CODE_PA + 0x1000 });
    tcg_tlbi_self(&cpu->tcg, &(Tlbi) { TLBI_VA, 1, 0, va, 4096 });
    small_run(cpu, va);
    g_assert_cmpuint(cpu->x[0], ==, 12);
    cpu->x[1] = ADDI(0, 7);                  /* a patch through one address is seen at the other */
    cpu->x[2] = CODE_PA + 0x1000;
    CODE(m, CODE_PA + 0x2000, ST(1), HALT);
    small_run(cpu, CODE_PA + 0x2000);
    small_run(cpu, va);
    g_assert_cmpuint(cpu->x[0], ==, 19);
}

/* A link into another page does not outlive that page's mapping. */
static void test_link_over_remap(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];
    const uint64_t va = 0x10000000;

    small_map(m, (Mapping) { .va = va, .pa = CODE_PA });
    small_map(m, (Mapping) { .va = va + 0x1000, .pa = CODE_PA + 0x1000 });
    CODE(m, CODE_PA, B(0x400));
    CODE(m, CODE_PA + 0x1000, ADDI(0, 1), HALT);
    CODE(m, CODE_PA + 0x2000, ADDI(0, 100), HALT);
    for (int i = 0; i < 4; i++) {
        small_run(cpu, va);
    }
    g_assert_cmpuint(cpu->x[0], ==, 4);
    small_unmap(m, va + 0x1000);
    small_map(m, (Mapping) { .va = va + 0x1000, .pa = CODE_PA + 0x2000 });
    tcg_tlbi_self(&cpu->tcg, &(Tlbi) { TLBI_VA, 1, 0, va + 0x1000, 4096 });
    small_run(cpu, va);
    g_assert_cmpuint(cpu->x[0], ==, 104);
    small_unmap(m, va + 0x1000);
    tcg_tlbi_self(&cpu->tcg, &(Tlbi) { TLBI_VA, 1, 0, va + 0x1000, 4096 });
    small_run(cpu, va);
    g_assert_cmpuint(cpu->x[0], ==, 104);
    g_assert_cmpint(cpu->fault, ==, FAULT_MMU);
    g_assert_cmpint(cpu->fault_access, ==, TLB_ACCESS_FETCH);
    g_assert_cmphex(cpu->fault_va, ==, va + 0x1000);
    g_assert_cmphex(cpu->pc, ==, va + 0x1000);
}

/* Two address spaces with other code at one address. */
static void test_spaces(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];
    const uint64_t va = 0x10000000;

    small_map(m, (Mapping) { .va = va, .pa = CODE_PA, .space = 1 + 1 });
    small_map(m, (Mapping) { .va = va, .pa = CODE_PA + 0x1000, .space = 2 + 1 });
    CODE(m, CODE_PA, ADDI(0, 1), NEXT, HALT);
    CODE(m, CODE_PA + 0x1000, ADDI(0, 100), NEXT, HALT);
    for (int i = 0; i < 20; i++) {
        small_space(cpu, 1);
        small_run(cpu, va);
        small_space(cpu, 2);
        small_run(cpu, va);
    }
    g_assert_cmpuint(cpu->x[0], ==, 2020);
}

/* The context word is part of a block's name: here its low bits are the index of accesses. */
static void test_contexts(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA, LD(0), HALT);
    cpu->x[2] = DATA_PA;
    stle64(small_ram(m, DATA_PA), 42);
    for (unsigned i = 0; i < 3; i++) {
        tcg_cpu_set_context(&cpu->tcg, i, i);
        cpu->x[0] = 0;
        small_run(cpu, CODE_PA);
        g_assert_cmpuint(cpu->x[0], ==, 42);
    }
    if (is_jit(cfg)) {
        g_assert_cmpuint(small_stat(m, "TB count"), >=, 3);
    }
    for (unsigned i = 0; i < 40; i++) {      /* more contexts than jump caches */
        tcg_cpu_set_context(&cpu->tcg, i % 40 << 4, 0);
        small_run(cpu, CODE_PA);
    }
    g_assert_cmpuint(cpu->x[0], ==, 42);
}

/* -- Faults -- */

/* State at a faulting access is that of its instruction: what came before is done, no more. */
static void test_precise(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA, ADDI(0, 1), ADDI(1, 2), ADDI(0, 4), LD(3), ADDI(0, 100), ADDI(3, 1), HALT);
    cpu->x[2] = 0x666000;
    cpu->x[3] = 33;
    small_run(cpu, CODE_PA);
    g_assert_cmpint(cpu->fault, ==, FAULT_MMU);
    g_assert_cmphex(cpu->fault_va, ==, 0x666000);
    g_assert_cmphex(cpu->pc, ==, CODE_PA + 12);
    g_assert_cmphex(cpu->info, ==, LD(3));   /* the translator's word for the instruction */
    g_assert_cmpuint(cpu->x[0], ==, 5);
    g_assert_cmpuint(cpu->x[1], ==, 2);
    g_assert_cmpuint(cpu->x[3], ==, 33);
    g_assert_cmpuint(cpu->n_delivered, ==, 1);
    cpu->x[2] = MMIO_PA + 0xf00;             /* refused by the device */
    small_run(cpu, CODE_PA);
    g_assert_cmpint(cpu->fault, ==, FAULT_BUS);
    g_assert_cmphex(cpu->pc, ==, CODE_PA + 12);
    g_assert_cmpuint(cpu->x[0], ==, 10);
}

static void test_fetch_faults(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    small_run(cpu, 0x777000);
    g_assert_cmpint(cpu->fault, ==, FAULT_MMU);
    g_assert_cmpint(cpu->fault_access, ==, TLB_ACCESS_FETCH);
    g_assert_cmphex(cpu->pc, ==, 0x777000);
    g_assert_cmphex(cpu->info, ==, 0);
    small_run(cpu, MMIO_PA);                 /* not executable */
    g_assert_cmpint(cpu->fault, ==, FAULT_MMU);
    small_map(m, (Mapping) { .va = 0x888000, .pa = MMIO_PA });
    small_run(cpu, 0x888010);                /* executable, but not RAM */
    g_assert_cmpint(cpu->fault, ==, FAULT_BUS);
    g_assert_cmphex(cpu->fault_va, ==, 0x888010);
    g_assert_cmphex(cpu->fault_pa, ==, MMIO_PA + 0x10);
    g_assert_cmpuint(m->n_reads, ==, 0);
}

/* -- Flushes -- */

/* More code than the buffer holds: flushed and made again, and still right. */
static void test_full_buffer(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];
    uint64_t at = RAM_PA + 0x80000, end = RAM_PA + RAM_BYTES - 16;

    for (uint64_t pa = at; pa < end; pa += 8) {
        CODE(m, pa, ADDI(0, 1), NEXT);
    }
    CODE(m, end, HALT);
    for (int i = 0; i < 2; i++) {
        cpu->x[0] = 0;
        small_run(cpu, at);
        g_assert_cmpuint(cpu->x[0], ==, (end - at) / 8);
    }
    g_assert_cmpuint(small_stat(m, "TB flush count"), >, 0);
}

static void test_flush(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];

    CODE(m, CODE_PA, ADDI(0, 1), NEXT, ADDI(0, 2), HALT);
    for (int i = 0; i < 5; i++) {
        small_run(cpu, CODE_PA);
        tcg_accel_flush(m->accel, NULL);
        g_assert_cmpuint(small_stat(m, "TB count"), ==, 0);
    }
    g_assert_cmpuint(cpu->x[0], ==, 15);
    stle32(small_ram(m, CODE_PA), ADDI(0, 1000));        /* a flush forgets all translations */
    small_run(cpu, CODE_PA);
    g_assert_cmpuint(cpu->x[0], ==, 1017);
}

/* Code at ever new addresses: the pairs it makes are bounded. */
static void test_many_addresses(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];
    unsigned pages = RAM_BYTES / 4096, spaces = COOKIES_MAX / pages + 2;
    uint64_t va = UINT64_C(1) << 40;

    for (unsigned n = 0; n < spaces; n++, va += RAM_BYTES) {
        small_map(m, (Mapping) { .va = va, .pa = RAM_PA, .bytes = RAM_BYTES });
        for (unsigned i = 0; i < pages; i++) {
            g_assert_nonnull(tlb_code(&cpu->tcg, va + i * 4096));
        }
        CODE(m, CODE_PA, ADDI(0, 1), HALT);
        small_run(cpu, va + (CODE_PA - RAM_PA));
        g_assert_cmpuint(m->accel->n_cookies, <=, COOKIES_MAX + pages);
        small_unmap(m, va);
    }
    g_assert_cmpuint(cpu->x[0], ==, spaces);
    g_assert_cmpuint(small_stat(m, "TB flush count"), ==, 1);
}

/* Stores to a page whose last block has gone are fast again. */
static void test_code_gone(Small *m, gconstpointer cfg)
{
    SmallCpu *cpu = m->cpu[0];
    TlbInfo *info;

    CODE(m, DATA_PA, ADDI(0, 1), HALT);
    small_run(cpu, DATA_PA);
    g_assert_true(small_store_op(cpu, DATA_PA + 0x800, IR_MO_32, 0, 1, 0));
    TlbEntry *e = tlb_get(&cpu->tcg, DATA_PA, TLB_ACCESS_WRITE, 0, true, &info);
    g_assert_cmphex(e->write, ==, DATA_PA | TAG_CODE);
    g_assert_true(small_store_op(cpu, DATA_PA, IR_MO_32, 0, ADDI(0, 5), 0));
    g_assert_cmphex(e->write, ==, DATA_PA);
    small_run(cpu, DATA_PA);
    g_assert_cmphex(e->write, ==, DATA_PA | TAG_CODE);
    g_assert_cmpuint(cpu->x[0], ==, 6);
}

/* -perfmap: a line for the trampolines, one for each block. */
static void test_perfmap(Small *m, gconstpointer cfg)
{
    g_autofree char *path = g_strdup_printf("/tmp/perf-%d.map", (int)getpid());
    g_autofree char *text = NULL;
    g_autofree char *want = g_strdup_printf("guest-%016" PRIx64 "-", CODE_PA + 0x40);

    CODE(m, CODE_PA, B(0x10));
    CODE(m, CODE_PA + 0x40, ADDI(0, 1), HALT);
    small_run(m->cpu[0], CODE_PA);
    fflush(m->accel->perfmap);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_strchomp(text);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 3);
    g_assert_nonnull(strstr(lines[0], " trampolines"));
    g_assert_nonnull(strstr(lines[2], want));
    Block *b = m->accel->by_host[1];
    g_autofree char *start = g_strdup_printf("%zx %x ", (size_t)b->host, b->host_size);
    g_assert_true(g_str_has_prefix(lines[2], start));
    unlink(path);
}

#define N_MODES 4
static const struct { const char *name; const TcgConfig *cfg; } modes[N_MODES] = {
    { "jit", &jit }, { "interp", &interp }, { "unchained", &unchained }, { "single", &single },
};

static const struct { const char *name; void (*fn)(Small *, gconstpointer); } tests[] = {
    { "loop", test_loop }, { "pages", test_pages }, { "page-end", test_page_end },
    { "patch", test_patch }, { "patch-loop", test_patch_loop },
    { "data-beside-code", test_data_beside_code }, { "becomes-code", test_becomes_code },
    { "icache", test_icache }, { "aliases", test_aliases },
    { "link-over-remap", test_link_over_remap }, { "spaces", test_spaces },
    { "contexts", test_contexts }, { "precise", test_precise },
    { "fetch-faults", test_fetch_faults }, { "flush", test_flush },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < N_MODES; i++) {
        for (size_t t = 0; t < ARRAY_SIZE(tests); t++) {
            g_autofree char *path = g_strdup_printf("/tcg-blocks/%s/%s", modes[i].name,
                                                    tests[t].name);
            g_test_add(path, Small, modes[i].cfg, set_up, tests[t].fn, tear_down);
        }
    }
    g_test_add("/tcg-blocks/full-buffer", Small, &tiny, set_up, test_full_buffer, tear_down);
    g_test_add("/tcg-blocks/many-addresses", Small, &jit, set_up, test_many_addresses, tear_down);
    g_test_add("/tcg-blocks/code-gone", Small, &jit, set_up, test_code_gone, tear_down);
    g_test_add("/tcg-blocks/perfmap", Small, &mapped, set_up, test_perfmap, tear_down);
    return g_test_run();
}
