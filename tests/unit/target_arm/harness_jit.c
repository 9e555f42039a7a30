/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness_jit.h"

#include <glib.h>
#include <sys/mman.h>

enum { CODE_BYTES = 1 << 20, COOKIE = 1 };

struct HarnessJit {
    Harness *h;
    Codegen *g;
    CodegenConfig config;
    CodeBuf buf;
    size_t after_trampolines;
    Trampolines tramp;
    uint32_t itlb[ITLB_ENTRIES];
    TlbEntry tlb[TLB_ENTRIES];
    JumpCacheEntry jump_cache[IR_BRANCH_KINDS * JC_ENTRIES];
};

#define TLB_OFFSET(i) offsetof(ArmCpu, tcg.tlb[i])
static const TcgEnvLayout layout = {
    .exit_request = offsetof(Vcpu, exit_request), .fault = offsetof(TcgCpu, fault),
    .pc = offsetof(ArmCpu, pc),
    .tlb = { TLB_OFFSET(0), TLB_OFFSET(1), TLB_OFFSET(2), TLB_OFFSET(3), TLB_OFFSET(4),
             TLB_OFFSET(5), TLB_OFFSET(6), TLB_OFFSET(7) },
    .itlb = offsetof(ArmCpu, tcg.itlb), .jump_cache = offsetof(ArmCpu, tcg.jump_cache),
    .fp = offsetof(ArmCpu, tcg.fp),
};

/* Nothing is restored: env is as the block found it. */
static void on_fault(void *env, const void *host_pc, const uint64_t *regs) {}
static const void *on_lookup(void *env) { return NULL; }
static const void *on_link(void *env, void *tb, unsigned exit) { return NULL; }

static const TcgRuntimeOps runtime = {
    .mem_slow = harness_mem_slow, .fault = on_fault, .lookup = on_lookup, .link = on_link,
    .fp_slow = arm_fp_slow,
};

static bool execute(Harness *h, void *data)
{
    HarnessJit *j = data;
    CodegenResult code;

    j->buf.used = j->after_trampolines;
    g_assert_true(codegen_block(j->g, h->block, &j->buf, &j->tramp, j, COOKIE, &code));
    host_enter(&j->tramp, h->cpu, code.start + code.entry);
    return !h->cpu->tcg.fault;
}

HarnessJit *harness_jit_new(Harness *h)
{
    HarnessJit *j = g_new0(HarnessJit, 1);
    void *code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    g_assert_true(code != MAP_FAILED);
    j->h = h;
    j->config = (CodegenConfig){ &layout, &runtime };
    j->g = codegen_new(&j->config);
    j->buf = (CodeBuf){ code, CODE_BYTES, 0 };
    codegen_trampolines(j->g, &j->buf, &j->tramp);
    j->after_trampolines = j->buf.used;
    for (unsigned i = 0; i < TLB_ENTRIES; i++) {
        j->tlb[i] = (TlbEntry){ TLB_INVALID_TAG, TLB_INVALID_TAG, 0, 0 };
    }
    for (uint64_t va = MEM_VA; va < MEM_VA + MEM_BYTES; va += 4096) {
        j->tlb[va >> TLB_PAGE_BITS & (TLB_ENTRIES - 1)] =
            (TlbEntry){ va, va, (uintptr_t)h->mem - MEM_VA, 0 };
    }
    for (unsigned i = 0; i < TCG_MMU_INDEXES; i++) {
        h->cpu->tcg.tlb[i] = j->tlb;
    }
    for (unsigned i = 0; i < IR_BRANCH_KINDS * JC_ENTRIES; i++) {
        j->jump_cache[i] = jc_empty(i % JC_ENTRIES);
    }
    h->cpu->tcg.itlb = j->itlb;
    h->cpu->tcg.jump_cache = j->jump_cache;
    h->execute = execute;
    h->execute_data = j;
    return j;
}

void harness_jit_features(HarnessJit *j, unsigned mask) { codegen_set_features(j->g, mask); }

void harness_jit_free(HarnessJit *j)
{
    j->h->execute = NULL;
    codegen_free(j->g);
    munmap(j->buf.base, CODE_BYTES);
    g_free(j);
}
