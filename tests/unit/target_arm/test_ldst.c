/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads, stores, exclusives, atomics: addresses, sizes, write-back, faults. */
#include <glib.h>
#include <inttypes.h>

#include "harness.h"
#include "target/arm/internal/step.h"

#define A (MEM_VA + 0x100)
#define PATTERN UINT64_C(0x8899aabbccddeeff)

/* One access with x1 = A (or SP = A), x2 = offset register, x0 = stored value. */
typedef struct Access {
    const char *text;
    uint32_t word;
    uint64_t x2;
    uint64_t va;                 /* where PATTERN is (load) or must arrive (store) */
    uint64_t value;              /* x0 after a load; memory (8 bytes) after a store */
    uint64_t base;               /* x1 after */
    bool is_store;
} Access;

#define STORED 0x1122334455667788
static const Access accesses[] = {
    { "ldr x0, [x1]", 0xf9400020, 0, A, PATTERN, A },
    { "ldr w0, [x1]", 0xb9400020, 0, A, 0xccddeeff, A },
    { "ldrh w0, [x1]", 0x79400020, 0, A, 0xeeff, A },
    { "ldrb w0, [x1]", 0x39400020, 0, A, 0xff, A },
    { "ldrsb x0, [x1]", 0x39800020, 0, A, ~0ull, A },
    { "ldrsb w0, [x1]", 0x39c00020, 0, A, 0xffffffff, A },
    { "ldrsh x0, [x1]", 0x79800020, 0, A, 0xffffffffffffeeff, A },
    { "ldrsh w0, [x1]", 0x79c00020, 0, A, 0xffffeeff, A },
    { "ldrsw x0, [x1]", 0xb9800020, 0, A, 0xffffffffccddeeff, A },
    { "ldr x0, [x1, #2040]", 0xf943fc20, 0, A + 2040, PATTERN, A },
    { "ldrh w0, [x1, #6]", 0x79400c20, 0, A + 6, 0xeeff, A },
    { "ldur x0, [x1, #-3]", 0xf85fd020, 0, A - 3, PATTERN, A },
    { "ldr x0, [x1], #-16", 0xf85f0420, 0, A, PATTERN, A - 16 },
    { "ldr x0, [x1, #255]!", 0xf84ffc20, 0, A + 255, PATTERN, A + 255 },
    { "ldrb w0, [x1], #1", 0x38401420, 0, A, 0xff, A + 1 },
    { "ldr x0, [x1, x2]", 0xf8626820, -8, A - 8, PATTERN, A },
    { "ldr x0, [x1, x2, lsl #3]", 0xf8627820, 3, A + 24, PATTERN, A },
    { "ldr x0, [x1, w2, uxtw]", 0xf8624820, 0xffffffff00000010, A + 16, PATTERN, A },
    { "ldr x0, [x1, w2, sxtw #3]", 0xf862d820, 0xfffffffe, A - 16, PATTERN, A },
    { "ldrh w0, [x1, x2, sxtx #1]", 0x7862f820, -1, A - 2, 0xeeff, A },
    { "ldtr x0, [x1, #8]", 0xf8408820, 0, A + 8, PATTERN, A },
    { "ldtrsb w0, [x1]", 0x38c00820, 0, A, 0xffffffff, A },
    { "ldar x0, [x1]", 0xc8dffc20, 0, A, PATTERN, A },
    { "ldarb w0, [x1]", 0x08dffc20, 0, A, 0xff, A },
    { "ldapr w0, [x1]", 0xb8bfc020, 0, A, 0xccddeeff, A },
    { "ldapurs x0, [x1, #-4]", 0x999fc020, 0, A - 4, 0xffffffffccddeeff, A },
    { "str x0, [x1]", 0xf9000020, 0, A, STORED, A, true },
    { "str w0, [x1, #4]", 0xb9000420, 0, A + 4, 0x8899aabb55667788, A, true },
    { "strh w0, [x1]", 0x79000020, 0, A, 0x8899aabbccdd7788, A, true },
    { "strb w0, [x1]", 0x39000020, 0, A, 0x8899aabbccddee88, A, true },
    { "str x0, [x1, #-8]!", 0xf81f8c20, 0, A - 8, STORED, A - 8, true },
    { "str x0, [x1], #8", 0xf8008420, 0, A, STORED, A + 8, true },
    { "stur w0, [x1, #1]", 0xb8001020, 0, A + 1, 0x8899aabb55667788, A, true },
    { "str x0, [x1, w2, uxtw #3]", 0xf8225820, 2, A + 16, STORED, A, true },
    { "sttrb w0, [x1]", 0x38000820, 0, A, 0x8899aabbccddee88, A, true },
    { "stlr x0, [x1]", 0xc89ffc20, 0, A, STORED, A, true },
    { "stlrh w0, [x1]", 0x489ffc20, 0, A, 0x8899aabbccdd7788, A, true },
};

static void test_single(void)
{
    Harness *h = harness_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(accesses); i++) {
        const Access *t = &accesses[i];

        memset(h->mem, 0, sizeof(h->mem));
        harness_set_mem(h, t->va, 8, PATTERN);
        h->cpu->x[0] = STORED;
        h->cpu->x[1] = A;
        h->cpu->x[2] = t->x2;
        harness_run1(h, t->word);
        uint64_t got = t->is_store ? harness_mem(h, t->va, 8) : h->cpu->x[0];
        bool is_release = (t->word & 0x3fe0fc00) == 0x0880fc00;      /* STLR tells those in WFE */
        if (h->faulted || (h->helper && !is_release) || got != t->value ||
            h->cpu->x[1] != t->base || h->n_accesses != 1) {
            g_test_message("%s: value %" PRIx64 " (%" PRIx64 "), base %+d, %u accesses%s",
                           t->text, got, t->value, (int)(h->cpu->x[1] - A), h->n_accesses,
                           h->faulted ? ", fault" : "");
            g_test_fail();
        }
    }
    harness_free(h);
}

static void test_literal(void)
{
    Harness *h = harness_new();

    /* The harness has one memory, so the literal is where code would be: run at MEM_VA. */
    harness_set_mem(h, MEM_VA + 0x20, 8, PATTERN);
    harness_run_at(h, MEM_VA, (const uint32_t[]){ 0x58000100 }, 1, 1);   /* ldr x0, . + 0x20 */
    g_assert_cmphex(h->cpu->x[0], ==, PATTERN);
    harness_run_at(h, MEM_VA, (const uint32_t[]){ 0x98000100 }, 1, 1);   /* ldrsw x0, . + 0x20 */
    g_assert_cmphex(h->cpu->x[0], ==, 0xffffffffccddeeff);
    harness_free(h);
}

/* @context: more of it; @accesses: of one pair. */
static void check_pairs(uint64_t context, unsigned accesses)
{
    Harness *h = harness_new();
    ArmCpu *cpu = h->cpu;

    h->context |= context;
    cpu->sp = A;
    cpu->x[29] = 0x2929;
    cpu->x[30] = 0x3030;
    harness_run1(h, 0xa9be7bfd);                          /* stp x29, x30, [sp, #-32]! */
    g_assert_cmpuint(h->n_accesses, ==, accesses);
    g_assert_cmphex(cpu->sp, ==, A - 32);
    g_assert_cmphex(harness_mem(h, A - 32, 8), ==, 0x2929);
    g_assert_cmphex(harness_mem(h, A - 24, 8), ==, 0x3030);
    harness_run1(h, 0xa8c207e0);                          /* ldp x0, x1, [sp], #32 */
    g_assert_cmpuint(h->n_accesses, ==, accesses);
    g_assert_cmphex(cpu->x[0], ==, 0x2929);
    g_assert_cmphex(cpu->x[1], ==, 0x3030);
    g_assert_cmphex(cpu->sp, ==, A);

    harness_set_mem(h, A + 8, 8, 0x80000001deadbeef);
    cpu->x[3] = A;
    harness_run1(h, 0x69410460);                          /* ldpsw x0, x1, [x3, #8] */
    g_assert_cmphex(cpu->x[0], ==, 0xffffffffdeadbeef);
    g_assert_cmphex(cpu->x[1], ==, 0xffffffff80000001);
    g_assert_cmpuint(h->n_accesses, ==, accesses);
    harness_run1(h, 0x29410460);                          /* ldp w0, w1, [x3, #8] */
    g_assert_cmphex(cpu->x[0], ==, 0xdeadbeef);
    g_assert_cmphex(cpu->x[1], ==, 0x80000001);
    g_assert_cmpuint(h->n_accesses, ==, accesses);
    harness_run1(h, 0x28000460);                          /* stnp w0, w1, [x3] */
    g_assert_cmphex(harness_mem(h, A, 8), ==, 0x80000001deadbeef);
    g_assert_cmpuint(h->n_accesses, ==, accesses);
    cpu->x[0] = 1;
    harness_run1(h, 0xa9007c60);                          /* stp x0, xzr, [x3] */
    g_assert_cmphex(harness_mem(h, A, 8), ==, 1);
    g_assert_cmphex(harness_mem(h, A + 8, 8), ==, 0);
    harness_run1(h, 0xa900007f);                          /* stp xzr, x0, [x3] */
    g_assert_cmphex(harness_mem(h, A, 8), ==, 0);
    g_assert_cmphex(harness_mem(h, A + 8, 8), ==, 1);
    RUN(h, 0xa9400460,                                    /* ldp x0, x1, [x3] */
           0xa9010460,                                    /* stp x0, x1, [x3, #16] */
           0xa9020061);                                   /* stp x1, x0, [x3, #32] */
    g_assert_cmphex(harness_mem(h, A + 16, 8), ==, 0);
    g_assert_cmphex(harness_mem(h, A + 24, 8), ==, 1);
    g_assert_cmphex(harness_mem(h, A + 32, 8), ==, 1);
    g_assert_cmphex(harness_mem(h, A + 40, 8), ==, 0);
    harness_run1(h, 0xa9400c63);                          /* ldp x3, x3, [x3]: unpredictable */
    g_assert_false(h->faulted);
    harness_free(h);
}

static void test_pairs(void)
{
    check_pairs(0, 2);
    check_pairs(TCG_CONTEXT_SEVERAL, 1);
    check_pairs(TCG_CONTEXT_SEVERAL | CTX_SP_ALIGN, 1);
}

/* SP is known to be aligned: a pair that cannot be within 16 bytes is two accesses. */
static void test_pair_split(void)
{
    Harness *h = harness_new();

    h->context |= TCG_CONTEXT_SEVERAL | CTX_SP_ALIGN;
    h->cpu->sp = A;
    harness_run1(h, 0xa9008be1);                          /* stp x1, x2, [sp, #8] */
    g_assert_cmpuint(h->n_accesses, ==, 2);
    harness_run1(h, 0xa9010be1);                          /* stp x1, x2, [sp, #16] */
    g_assert_cmpuint(h->n_accesses, ==, 1);
    h->model.features[FEAT_LSE2 / 64] &= ~BIT(FEAT_LSE2 % 64);
    harness_run1(h, 0xa9010be1);
    g_assert_cmpuint(h->n_accesses, ==, 2);
    harness_free(h);
}

/* The second half faults: nothing has been written. */
static void test_pair_fault(void)
{
    Harness *h = harness_new();
    ArmCpu *cpu = h->cpu;

    cpu->x[3] = MEM_VA + MEM_BYTES - 8;
    cpu->x[0] = 1;
    cpu->x[1] = 2;
    harness_run1(h, 0xa8c10460);                          /* ldp x0, x1, [x3], #16 */
    g_assert_true(h->faulted);
    g_assert_cmphex(h->fault_va, ==, MEM_VA + MEM_BYTES);
    g_assert_cmphex(cpu->x[0], ==, 1);
    g_assert_cmphex(cpu->x[3], ==, MEM_VA + MEM_BYTES - 8);
    g_assert_cmphex(cpu->pc, ==, CODE_VA);
    harness_free(h);
}

/* A fault in the middle of a block: earlier instructions have taken effect, its own has not. */
static void test_fault_state(void)
{
    Harness *h = harness_new();

    h->cpu->x[1] = 0x10;
    h->cpu->x[2] = 5;
    RUN(h, 0x91000442,       /* add x2, x2, #1 */
           0xf8408420,       /* ldr x0, [x1], #8 */
           0x91000442);      /* add x2, x2, #1 */
    g_assert_true(h->faulted);
    g_assert_cmphex(h->cpu->pc, ==, CODE_VA + 4);
    g_assert_cmphex(h->cpu->x[1], ==, 0x10);
    g_assert_cmphex(h->cpu->x[2], ==, 6);
    harness_free(h);
}

static void test_alignment(void)
{
    Harness *h = harness_new();
    ArmCpu *cpu = h->cpu;

    cpu->x[1] = A + 1;
    harness_run1(h, 0xf9400020);                          /* ldr x0, [x1] */
    g_assert_false(h->faulted);
    h->context |= CTX_ALIGN;
    harness_run1(h, 0xf9400020);
    g_assert_true(h->faulted);
    harness_run1(h, 0xc8dffc20);                          /* ldar x0, [x1] */
    g_assert_true(h->faulted);
    h->context = CTX_EL1;
    h->model.features[FEAT_LSE2 / 64] &= ~BIT(FEAT_LSE2 % 64);
    harness_run1(h, 0xc8dffc20);
    g_assert_true(h->faulted);
    harness_run1(h, 0xf8620020);                          /* ldadd x2, x0, [x1] */
    g_assert_true(h->faulted);
    h->model.features[FEAT_LSE2 / 64] |= BIT(FEAT_LSE2 % 64);
    harness_run1(h, 0xc8dffc20);
    g_assert_false(h->faulted);
    harness_run1(h, 0xf8620020);
    g_assert_false(h->faulted);
    cpu->x[1] = A + 9;
    harness_run1(h, 0xc8dffc20);
    g_assert_true(h->faulted);
    harness_run1(h, 0xf8620020);
    g_assert_true(h->faulted);
    h->context |= CTX_NAA;
    harness_run1(h, 0xc8dffc20);
    g_assert_false(h->faulted);
    harness_run1(h, 0xf8620020);
    g_assert_true(h->faulted);

    /* SP: leaves for the address + 1, where code raises the fault. */
    h->context = CTX_EL1 | CTX_SP_ALIGN;
    cpu->sp = A + 8;
    RUN(h, 0xd2800022, 0xf94003e0);                       /* mov x2, #1; ldr x0, [sp] */
    g_assert_cmphex(cpu->pc, ==, CODE_VA + 4 + 1);
    g_assert_cmphex(cpu->x[2], ==, 1);
    g_assert_cmpuint(h->n_accesses, ==, 0);
    harness_run_at(h, CODE_VA + 1, (const uint32_t[]){ 0xf94003e0 }, 1, 8);
    g_assert_cmpstr(h->helper, ==, "align_fault");
    g_assert_cmphex(h->args[0], ==, CODE_VA + 1);
    g_assert_cmphex(h->args[1], ==, A + 8);
    g_assert_cmphex(h->args[2], ==, ALIGN_SP);
    cpu->sp = A;
    harness_run1(h, 0xf94003e0);
    g_assert_cmpuint(h->n_accesses, ==, 1);
    /* One check is enough while SP moves by multiples of 16. */
    RUN(h, 0xa9be7bfd, 0xf94003e0, 0xd10043ff, 0xf94003e0);
    g_assert_cmpuint(h->block->n_exits, ==, 2);
    RUN(h, 0xf94003e0, 0xd10023ff, 0xf94003e0);           /* sub sp, sp, #8 in between */
    g_assert_cmpuint(h->block->n_exits, ==, 3);
    harness_free(h);
}

static void test_mmu_index(void)
{
    Harness *h = harness_new();

    h->cpu->x[1] = A;
    harness_run1(h, 0xf9400020);                          /* ldr x0, [x1] */
    g_assert_cmpuint(h->last_idx, ==, ARM_MMU_EL1);
    harness_run1(h, 0xf8400820);                          /* ldtr x0, [x1] */
    g_assert_cmpuint(h->last_idx, ==, ARM_MMU_EL0);
    harness_run1(h, 0xf8000820);                          /* sttr x0, [x1] */
    g_assert_cmpuint(h->last_idx, ==, ARM_MMU_EL0);
    h->context |= CTX_UAO;
    harness_run1(h, 0xf8400820);
    g_assert_cmpuint(h->last_idx, ==, ARM_MMU_EL1);
    harness_free(h);
}

/* -- Exclusives -- */

static void test_exclusive(void)
{
    Harness *h = harness_new();
    ArmCpu *cpu = h->cpu;

    harness_set_mem(h, A, 8, PATTERN);
    cpu->x[1] = A;
    cpu->x[3] = 0x77;
    RUN(h, 0xc85f7c20, 0xc8027c23);                       /* ldxr x0, [x1]; stxr w2, x3, [x1] */
    g_assert_cmphex(cpu->x[0], ==, PATTERN);
    g_assert_cmphex(cpu->x[2], ==, 0);
    g_assert_cmphex(harness_mem(h, A, 8), ==, 0x77);
    g_assert_cmphex(cpu->excl_addr, ==, ~0ull);
    harness_run1(h, 0xc8027c23);                          /* again: the monitor is open */
    g_assert_cmphex(cpu->x[2], ==, 1);
    g_assert_cmphex(cpu->pc, ==, CODE_VA + 4);

    harness_run1(h, 0x085ffc20);                          /* ldaxrb w0, [x1] */
    g_assert_cmphex(cpu->x[0], ==, 0x77);
    g_assert_cmphex(cpu->excl_addr, ==, A);
    harness_set_mem(h, A, 1, 0x78);                       /* another writer */
    harness_run1(h, 0x0802fc23);                          /* stlxrb w2, w3, [x1] */
    g_assert_cmphex(cpu->x[2], ==, 1);
    g_assert_cmphex(harness_mem(h, A, 1), ==, 0x78);

    RUN(h, 0x885f7c20, 0xd5033f5f, 0x88027c23);           /* ldxr w0; clrex; stxr w2, w3 */
    g_assert_cmphex(cpu->x[2], ==, 1);

    /* A store that faults leaves status and monitor as they were. */
    cpu->excl_addr = cpu->x[1] = 0x10;
    cpu->x[2] = 42;
    harness_run1(h, 0xc8027c23);
    g_assert_true(h->faulted);
    g_assert_cmphex(cpu->x[2], ==, 42);
    g_assert_cmphex(cpu->excl_addr, ==, 0x10);

    /* Misaligned: with FEAT_LSE2 only where it matters. */
    cpu->x[1] = A + 4;
    RUN(h, 0xc85f7c20, 0xc8027c23);
    g_assert_cmphex(cpu->x[2], ==, 0);
    cpu->x[1] = A + 12;
    harness_run1(h, 0xc85f7c20);
    g_assert_true(h->faulted);
    harness_run1(h, 0xc8027c23);
    g_assert_cmphex(cpu->pc, ==, CODE_VA + 1);
    harness_run_at(h, CODE_VA + 1, (const uint32_t[]){ 0xc8027c23 }, 1, 8);
    g_assert_cmpstr(h->helper, ==, "align_fault");
    g_assert_cmphex(h->args[2], ==, ALIGN_EXCLUSIVE | ALIGN_STORE | ALIGN_WITHIN16 |
                                    3 << ALIGN_SIZE_SHIFT | ARM_MMU_EL1 << ALIGN_MMU_SHIFT);
    harness_free(h);
}

static void test_exclusive_pair(void)
{
    Harness *h = harness_new();
    ArmCpu *cpu = h->cpu;

    harness_set_mem(h, A, 8, PATTERN);
    harness_set_mem(h, A + 8, 8, 0x99);
    cpu->x[1] = A;
    cpu->x[4] = 4;
    cpu->x[5] = 5;
    RUN(h, 0x887f0c20, 0x88221424);                       /* ldxp w0, w3; stxp w2, w4, w5 */
    g_assert_cmphex(cpu->x[0], ==, 0xccddeeff);
    g_assert_cmphex(cpu->x[3], ==, 0x8899aabb);
    g_assert_cmphex(cpu->x[2], ==, 0);
    g_assert_cmphex(harness_mem(h, A, 8), ==, 0x500000004);
    RUN(h, 0xc87f0c20, 0xc8221424);                       /* ldxp x0, x3; stxp w2, x4, x5 */
    g_assert_cmphex(cpu->x[0], ==, 0x500000004);
    g_assert_cmphex(cpu->x[3], ==, 0x99);
    g_assert_cmphex(cpu->x[2], ==, 0);
    g_assert_cmphex(harness_mem(h, A, 8), ==, 4);
    g_assert_cmphex(harness_mem(h, A + 8, 8), ==, 5);
    harness_run1(h, 0xc8221424);
    g_assert_cmphex(cpu->x[2], ==, 1);
    cpu->x[1] = A + 8;
    harness_run1(h, 0xc87f0c20);
    g_assert_cmphex(cpu->pc, ==, CODE_VA + 1);
    harness_free(h);
}

/* Under software step the store-exclusive always fails. */
static void test_exclusive_step(void)
{
    Harness *h = harness_new();

    h->context |= CTX_STEP;
    h->cpu->x[1] = h->cpu->excl_addr = A;
    harness_run1(h, 0xc8027c23);
    g_assert_cmphex(h->cpu->x[2], ==, 1);
    g_assert_cmpuint(h->n_accesses, ==, 0);
    g_assert_cmphex(h->cpu->excl_addr, ==, ~0ull);
    g_assert_cmpstr(h->helper, ==, "step_advance");
    harness_free(h);
}

/* -- Atomics -- */

static void test_atomic(void)
{
    static const struct { const char *text; uint32_t word; uint64_t mem, x2, after, x0; } t[] = {
        { "ldadd x2, x0", 0xf8220020, 5, -6, -1, 5 },
        { "ldaddalb w2, w0", 0x38e20020, 0x1ff, 1, 0x100, 0xff },
        { "ldclr w2, w0", 0xb8221020, 0xf5, 0x0f, 0xf0, 0xf5 },
        { "ldeor x2, x0", 0xf8222020, 0xf5, 0x0f, 0xfa, 0xf5 },
        { "ldset x2, x0", 0xf8223020, 0xf5, 0x0f, 0xff, 0xf5 },
        { "ldsmax w2, w0", 0xb8224020, 0xffffffff, 1, 1, 0xffffffff },
        { "ldsmin w2, w0", 0xb8225020, 0xffffffff, 1, 0xffffffff, 0xffffffff },
        { "ldumaxh w2, w0", 0x78226020, 0xffff, 1, 0xffff, 0xffff },
        { "ldumin x2, x0", 0xf8227020, -1, 1, 1, -1 },
        { "swpal x2, x0", 0xf8e28020, 7, 8, 8, 7 },
        { "swpb w2, w0", 0x38228020, 0x1234, 0xff56, 0x1256, 0x34 },
        { "stadd x2", 0xf822003f, 1, 1, 2, 0xaaaa },
        { "cas x0, x2 equal", 0xc8a07c22, 0xaaaa, 9, 9, 0xaaaa },
        { "cas x0, x2 different", 0xc8a07c22, 0xbbbb, 9, 0xbbbb, 0xbbbb },
        { "casalb w0, w2", 0x08e0fc22, 0x12aa, 0x34, 0x1234, 0xaa },
    };
    Harness *h = harness_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(t); i++) {
        harness_set_mem(h, A, 8, t[i].mem);
        h->cpu->x[0] = 0xaaaa;
        h->cpu->x[1] = A;
        h->cpu->x[2] = t[i].x2;
        harness_run1(h, t[i].word);
        if (harness_mem(h, A, 8) != t[i].after || h->cpu->x[0] != t[i].x0 || h->faulted) {
            g_test_message("%s: memory %" PRIx64 " (%" PRIx64 "), x0 %" PRIx64 " (%" PRIx64 ")",
                           t[i].text, harness_mem(h, A, 8), t[i].after, h->cpu->x[0], t[i].x0);
            g_test_fail();
        }
    }
    h->model.features[FEAT_LSE / 64] &= ~BIT(FEAT_LSE % 64);
    harness_run1(h, t[0].word);
    g_assert_cmphex(h->syndrome, ==, 0x02000000);
    harness_free(h);
}

static void test_casp(void)
{
    Harness *h = harness_new();
    ArmCpu *cpu = h->cpu;

    harness_set_mem(h, A, 8, 0x0000000200000001);
    cpu->x[8] = A;
    cpu->x[2] = 1;
    cpu->x[3] = 2;
    cpu->x[4] = 0x44;
    cpu->x[5] = 0x55;
    harness_run1(h, 0x08227d04);                          /* casp w2, w3, w4, w5, [x8] */
    g_assert_cmphex(harness_mem(h, A, 8), ==, 0x0000005500000044);
    harness_run1(h, 0x08227d04);                          /* differs: w2, w3 get memory */
    g_assert_cmphex(cpu->x[2], ==, 0x44);
    g_assert_cmphex(cpu->x[3], ==, 0x55);
    harness_run1(h, 0x48227d04);                          /* casp x2, x3, x4, x5, [x8] */
    g_assert_cmpstr(h->helper, ==, "casp128");
    g_assert_cmphex(h->args[0], ==, A);
    g_assert_cmphex(h->args[1], ==, 2);
    g_assert_cmphex(h->args[2], ==, 4);
    harness_free(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/ldst/single", test_single);
    g_test_add_func("/arm/ldst/literal", test_literal);
    g_test_add_func("/arm/ldst/pairs", test_pairs);
    g_test_add_func("/arm/ldst/pair-split", test_pair_split);
    g_test_add_func("/arm/ldst/pair-fault", test_pair_fault);
    g_test_add_func("/arm/ldst/fault-state", test_fault_state);
    g_test_add_func("/arm/ldst/alignment", test_alignment);
    g_test_add_func("/arm/ldst/mmu-index", test_mmu_index);
    g_test_add_func("/arm/ldst/exclusive", test_exclusive);
    g_test_add_func("/arm/ldst/exclusive-pair", test_exclusive_pair);
    g_test_add_func("/arm/ldst/exclusive-step", test_exclusive_step);
    g_test_add_func("/arm/ldst/atomic", test_atomic);
    g_test_add_func("/arm/ldst/casp", test_casp);
    return g_test_run();
}
