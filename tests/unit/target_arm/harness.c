/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness.h"

#include <glib.h>

#include "target/arm/internal/pauth.h"
#include "target/arm/internal/step.h"
#include "target/arm/internal/sysreg.h"

/* The harness of the CPU that a helper or an access was called for: behind the CPU. */
typedef struct Machine {
    ArmCpu cpu;
    Harness *h;
} Machine;

static Harness *harness_of(void *env) { return ((Machine *)env)->h; }

/* -- Memory -- */

static void fault(Harness *h, uint64_t va)
{
    h->fault_va = va;
    tcg_raise(&h->cpu->tcg);
}

static uint64_t atomic_result(IrOp op, uint64_t old, const uint64_t val[3], unsigned bits)
{
    uint64_t b = val[0] & MASK(bits - 1, 0);
    int64_t so = sextract64(old, 0, bits), sb = sextract64(b, 0, bits);

    switch (op) {
    case IR_cas:    return old == b ? val[2] : old;
    case IR_swp:    return b;
    case IR_ldadd:  return old + b;
    case IR_ldclr:  return old & ~b;
    case IR_ldeor:  return old ^ b;
    case IR_ldset:  return old | b;
    case IR_ldsmax: return so > sb ? old : b;
    case IR_ldsmin: return so < sb ? old : b;
    case IR_ldumax: return MAX(old, b);
    default:        return MIN(old, b);
    }
}

void harness_mem_slow(void *env, uint64_t va, MemInfo info, uint64_t val[3])
{
    Harness *h = harness_of(env);
    unsigned mop = info & 0xff, bytes = 1u << (mop & IR_MO_SIZE);
    unsigned unit = ir_mo_is_pair(mop) ? bytes / 2 : bytes;
    IrOp op = (IrOp)(info >> 16 & 0xff);

    if (op == IR_guess) {
        h->n_guesses++;
        val[0] = arm_pac_slow(env, mop, va, val[0]);
        return;
    }
    h->n_accesses++;
    h->last_idx = info >> 8 & 0xff;
    if (va < MEM_VA || va + bytes > MEM_VA + MEM_BYTES ||
        (mop & IR_MO_ALIGN && va & (unit - 1)) ||
        (mop & IR_MO_ALIGN16 && va & (bytes - 1) && (va & 15) + bytes > 16)) {
        fault(h, va);
        return;
    }
    if (bytes == 16) {
        memcpy(op == IR_ld ? (void *)val : h->mem + (va - MEM_VA),
               op == IR_ld ? (void *)(h->mem + (va - MEM_VA)) : val, 16);
        return;
    }
    uint64_t old = harness_mem(h, va, bytes);

    if (op == IR_st) {
        harness_set_mem(h, va, bytes, val[0]);
    } else if (op == IR_ld) {
        val[0] = mop & IR_MO_SIGN ? (uint64_t)sextract64(old, 0, bytes * 8) : old;
    } else {
        harness_set_mem(h, va, bytes, atomic_result(op, old, val, bytes * 8));
        val[0] = old;
    }
}

uint64_t harness_mem(const Harness *h, uint64_t va, unsigned bytes)
{
    uint64_t v = 0;

    memcpy(&v, h->mem + (va - MEM_VA), bytes);
    return v;
}

void harness_set_mem(Harness *h, uint64_t va, unsigned bytes, uint64_t val)
{
    memcpy(h->mem + (va - MEM_VA), &val, bytes);
}

/* -- Helpers: each records its name and arguments -- */

static void record(void *env, const char *name, uint64_t a, uint64_t b, uint64_t c)
{
    Harness *h = harness_of(env);

    h->helper = name;
    h->args[0] = a;
    h->args[1] = b;
    h->args[2] = c;
}

static void raise_sync(void *env, uint32_t syndrome)
{
    record(env, "raise_sync", syndrome, 0, 0);
    harness_of(env)->syndrome = syndrome;
    tcg_raise(&((ArmCpu *)env)->tcg);
}

static void pc_align(void *env, uint64_t pc)
{
    record(env, "pc_align", pc, 0, 0);
    tcg_raise(&((ArmCpu *)env)->tcg);
}

static void align_fault(void *env, uint64_t pc, uint64_t base, uint32_t info)
{
    record(env, "align_fault", pc, base, info);
    tcg_raise(&((ArmCpu *)env)->tcg);
}

#define RECORD0(n) static void n(void *env) { record(env, #n, 0, 0, 0); }
#define RECORD1(n) static void n(void *env, uint64_t a) { record(env, #n, a, 0, 0); }
#define RECORD2(n) static void n(void *env, uint64_t a, uint64_t b) { record(env, #n, a, b, 0); }
RECORD0(eret) RECORD0(sev) RECORD0(sevl) RECORD0(yield) RECORD0(dsb) RECORD0(step_advance)
RECORD1(ereta) RECORD1(wfi) RECORD1(wfe) RECORD1(store_event)
RECORD2(mops) RECORD2(wfit) RECORD2(wfet) RECORD2(svc) RECORD2(hvc) RECORD2(smc) RECORD2(dc_zva)

static void row_write(void *env, uint64_t row, uint64_t v)
{
    record(env, "sysreg_write", row, v, 0);
}

static void msr_pstate(void *env, uint32_t op, uint32_t imm, uint64_t next)
{
    record(env, "msr_pstate", op, imm, next);
}

static uint64_t row_read(void *env, uint64_t row)
{
    record(env, "sysreg_read", row, 0, 0);
    return 0x5e5e;
}

static void ld128(void *env, uint64_t va, uint32_t idx)
{
    ArmCpu *cpu = env;

    record(env, "ld128", va, idx, 0);
    cpu->excl_val[0] = harness_mem(harness_of(env), va, 8);
    cpu->excl_val[1] = harness_mem(harness_of(env), va + 8, 8);
}

static uint32_t stxp128(void *env, uint64_t va, uint32_t idx, uint64_t lo, uint64_t hi)
{
    ArmCpu *cpu = env;
    Harness *h = harness_of(env);

    record(env, "stxp128", va, lo, hi);
    if (cpu->excl_addr != va || cpu->excl_val[0] != harness_mem(h, va, 8) ||
        cpu->excl_val[1] != harness_mem(h, va + 8, 8)) {
        return 1;
    }
    harness_set_mem(h, va, 8, lo);
    harness_set_mem(h, va + 8, 8, hi);
    return 0;
}

static void casp128(void *env, uint64_t va, uint32_t idx, uint32_t rs, uint32_t rt)
{
    record(env, "casp128", va, rs, rt);
}

static uint64_t rndr(void *env)
{
    record(env, "rndr", 0, 0, 0);
    return UINT64_C(0x1234567890abcdef);
}

#define HELPER(n, f, r, ...) \
    const IrHelper h_##n = { .name = #n, .fn = (void *)n, .flags = IRH_ENV | (f), .ret = (r), \
        .n_args = sizeof((uint8_t[]){ IR_NONE, __VA_ARGS__ }) - 1, .args = { __VA_ARGS__ } }
#define RW (IRH_READS | IRH_WRITES)
HELPER(raise_sync, IRH_FAULTS, IR_NONE, IR_I32);
HELPER(pc_align, IRH_FAULTS, IR_NONE, IR_I64);
HELPER(align_fault, IRH_FAULTS, IR_NONE, IR_I64, IR_I64, IR_I32);
HELPER(svc, RW, IR_NONE, IR_I32, IR_I64);
HELPER(hvc, RW | IRH_FAULTS, IR_NONE, IR_I32, IR_I64);
HELPER(smc, RW | IRH_FAULTS, IR_NONE, IR_I32, IR_I64);
HELPER(eret, RW, IR_NONE);
HELPER(ereta, RW, IR_NONE, IR_I64);
HELPER(wfi, RW, IR_NONE, IR_I64);
HELPER(wfe, RW, IR_NONE, IR_I64);
HELPER(mops, RW | IRH_FAULTS, IR_NONE, IR_I32, IR_I64);
HELPER(wfit, RW, IR_NONE, IR_I64, IR_I64);
HELPER(wfet, RW, IR_NONE, IR_I64, IR_I64);
HELPER(rndr, 0, IR_I64);
HELPER(sev, 0, IR_NONE);
HELPER(sevl, 0, IR_NONE);
HELPER(store_event, 0, IR_NONE, IR_I64);
HELPER(yield, 0, IR_NONE);
HELPER(dsb, 0, IR_NONE);
HELPER(step_advance, RW, IR_NONE);
HELPER(dc_zva, IRH_FAULTS, IR_NONE, IR_I64, IR_I32);
HELPER(msr_pstate, RW, IR_NONE, IR_I32, IR_I32, IR_I64);
const IrHelper h_sysreg_read = { .name = "sysreg_read", .fn = (void *)row_read,
    .flags = IRH_ENV | IRH_READS | IRH_FAULTS, .ret = IR_I64, .n_args = 1, .args = { IR_I64 } };
const IrHelper h_sysreg_write = { .name = "sysreg_write", .fn = (void *)row_write,
    .flags = IRH_ENV | RW | IRH_FAULTS, .n_args = 2, .args = { IR_I64, IR_I64 } };
HELPER(ld128, RW | IRH_FAULTS, IR_NONE, IR_I64, IR_I32);
HELPER(stxp128, IRH_FAULTS, IR_I32, IR_I64, IR_I32, IR_I64, IR_I64);
HELPER(casp128, RW | IRH_FAULTS, IR_NONE, IR_I64, IR_I32, IR_I32, IR_I32);

/* What target/arm/pauth.c raises with. */
void arm_raise_sync(ArmCpu *cpu, uint32_t syndrome) { raise_sync(cpu, syndrome); }

/* -- System registers: a few rows of each kind -- */

static SysAccess check_ok(ArmCpu *cpu, const SysReg *r, bool write) { return SYS_OK; }
static void write_nothing(ArmCpu *cpu, const SysReg *r, uint64_t v) {}

static const SysReg rows[] = {
    { SYSREG(MIDR_EL1, 3, 0, 0, 0, 0), .min_el = 1, .flags = SR_CONST | SR_RO,
      .reset = 0x410fd034 },
    { SYSREG(TPIDR_EL0, 3, 3, 13, 0, 2), .field = ST(tpidr_el0) },
    { SYSREG(TPIDRRO_EL0, 3, 3, 13, 0, 3), .flags = SR_EL0_RO, .field = ST(tpidrro_el0) },
    { SYSREG(VBAR_EL1, 3, 0, 12, 0, 0), .min_el = 1, .field = ST(vbar_el1), .wmask = ~0x7ffull },
    { SYSREG(SCTLR_EL1, 3, 0, 1, 0, 0), .min_el = 1, .flags = SR_END_BLOCK,
      .field = ST(sctlr_el1) },
    { SYSREG(CNTKCTL_EL1, 3, 0, 14, 1, 0), .min_el = 1, .check = check_ok,
      .field = ST(cntkctl_el1) },
    { SYSREG(TLBI_VMALLE1, 1, 0, 8, 7, 0), .min_el = 1, .flags = SR_INSN | SR_WO,
      .write = write_nothing },
    { SYSREG(OSDLR_EL1, 2, 0, 1, 3, 4), .min_el = 1, .flags = SR_NOP },
};

const SysReg *sysreg_find(const ArmModel *m, uint16_t enc)
{
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        if (rows[i].enc == enc) {
            return &rows[i];
        }
    }
    return NULL;
}

void sysreg_log_unknown(uint16_t enc, bool write, uint64_t pc) {}

/* -- Slots -- */

static IrSlot slots[SLOT_COUNT];

static void make_slots(void)
{
    for (unsigned i = 0; i < 31; i++) {
        slots[SLOT_X0 + i] = (IrSlot){ "x", offsetof(ArmCpu, x) + (int)i * 8, IR_I64 };
    }
    for (unsigned i = 0; i < 32; i++) {
        slots[SLOT_V0 + i] = (IrSlot){ "v", offsetof(ArmCpu, v) + (int)i * 16, IR_V128 };
    }
    slots[SLOT_SP] = (IrSlot){ "sp", offsetof(ArmCpu, sp), IR_I64 };
    slots[SLOT_NZCV] = (IrSlot){ "nzcv", offsetof(ArmCpu, nzcv), IR_FLAGS };
    slots[SLOT_EXCL_ADDR] = (IrSlot){ "ea", offsetof(ArmCpu, excl_addr), IR_I64 };
    slots[SLOT_EXCL_VAL] = (IrSlot){ "ev", offsetof(ArmCpu, excl_val[0]), IR_I64 };
    slots[SLOT_EXCL_VAL_HI] = (IrSlot){ "evh", offsetof(ArmCpu, excl_val[1]), IR_I64 };
    slots[SLOT_ICOUNT] = (IrSlot){ "icount", offsetof(ArmCpu, icount), IR_I64 };
    slots[SLOT_QC] = (IrSlot){ "qc", offsetof(ArmCpu, qc), IR_V128 };
}

/* -- Runs -- */

static const TcgEnvLayout layout = {
    .exit_request = offsetof(Vcpu, exit_request), .fault = offsetof(TcgCpu, fault),
    .pc = offsetof(ArmCpu, pc),
};
static const TcgRuntimeOps runtime = { .mem_slow = harness_mem_slow, .fp_slow = arm_fp_slow };

Harness *harness_new(void)
{
    Harness *h = g_new0(Harness, 1);
    Machine *m = g_new0(Machine, 1);

    make_slots();
    m->h = h;
    h->cpu = &m->cpu;
    h->cpu->cfg.model = &h->model;
    h->cpu->excl_addr = ~UINT64_C(0);
    h->model.features[0] = h->model.features[1] = ~UINT64_C(0);
    h->model.features[FEAT_PAUTH / 64] &= ~BIT(FEAT_PAUTH % 64);
    h->context = CTX_EL1;
    h->block = ir_block_new(slots, SLOT_COUNT);
    return h;
}

void harness_free(Harness *h)
{
    ir_block_free(h->block);
    g_free(h->cpu);
    g_free(h);
}

void harness_run_at(Harness *h, uint64_t pc, const uint32_t *words, unsigned n, unsigned max_insns)
{
    static const CodegenConfig cfg = { .layout = &layout, .ops = &runtime };
    g_autofree uint32_t *page = g_new(uint32_t, 2048);
    const char *problem;
    unsigned at, first = (pc & 0xfff) / 4;

    for (unsigned i = 0; i < 2048; i++) {
        page[i] = i >= first && i < first + n ? words[i - first] : 0xd4200000;
    }
    h->helper = NULL;
    h->syndrome = 0;
    h->n_accesses = 0;
    h->n_guesses = 0;
    h->fault_va = 0;
    h->cpu->tcg.fault = 0;
    h->cpu->pc = 0;
    ir_block_reset(h->block, pc);
    arm_translate(h->block, pc, (uint8_t *)page + (pc & 0xfff), h->context, max_insns, &h->model);
    ir_optimize(h->block);
    problem = ir_verify(h->block, &at);
    if (problem) {
        ir_print(h->block, stderr);
        g_error("%08x: IR instruction %u: %s", words[0], at, problem);
    }
    h->faulted = !(h->execute ? h->execute(h, h->execute_data)
                              : ir_interpret(h->block, &cfg, h->cpu));
}

void harness_run(Harness *h, const uint32_t *words, unsigned n)
{
    harness_run_at(h, CODE_VA, words, n, n);
}

void harness_run1(Harness *h, uint32_t word)
{
    harness_run(h, &word, 1);
}

unsigned harness_nzcv(const Harness *h)
{
    return ir_envflags_to_nzcv(h->cpu->nzcv) >> 28;
}

void harness_set_nzcv(Harness *h, unsigned nzcv)
{
    h->cpu->nzcv = ir_nzcv_to_envflags(nzcv << 28);
}
