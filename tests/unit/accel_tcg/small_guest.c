/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "small_guest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const IrSlot slots[] = {
    { "x0", offsetof(SmallCpu, x[0]), IR_I64 }, { "x1", offsetof(SmallCpu, x[1]), IR_I64 },
    { "x2", offsetof(SmallCpu, x[2]), IR_I64 }, { "x3", offsetof(SmallCpu, x[3]), IR_I64 },
};

/* -- Translator -- */

static void halt_helper(void *env)
{
    SmallCpu *cpu = env;

    cpu->halted = true;
    atomic_store(&cpu->tcg.vcpu.exit_request, 1);
}

static const IrHelper h_halt = { "halt", (void *)halt_helper, IRH_ENV, IR_NONE, 0, { 0 } };

static int64_t offset_of(uint32_t w) { return sextract64(w, 0, 24) * 4; }

/* True: the block has ended. */
static bool translate_one(IrBlock *b, uint64_t pc, uint32_t w, uint64_t context)
{
    unsigned rd = w >> 16 & 3;
    unsigned idx = context & 0xf;

    switch (w >> 24) {
    case 0x01:
        ir_set(b, rd, ir_addi(b, ir_get(b, rd), (int16_t)w));
        return false;
    case 0x02:
        ir_exit(b, ir_new_exit_jump(b, pc + offset_of(w), IR_HINT_NONE, 0));
        return true;
    case 0x03:
        ir_brcmp(b, IR_NE, ir_get(b, 3), ir_imm64(b, 0),
                 ir_new_exit_jump(b, pc + offset_of(w), IR_HINT_NONE, 0));
        ir_exit(b, ir_new_exit_jump(b, pc + 4, IR_HINT_NONE, 0));
        return true;
    case 0x04:
        ir_set(b, rd, ir_ld(b, IR_I64, ir_get(b, 2), 0, IR_MO_64, idx));
        return false;
    case 0x05:
        ir_st(b, ir_get(b, 2), 0, ir_trunc(b, ir_get(b, rd)), IR_MO_32, idx);
        return false;
    case 0x07:
        ir_exit(b, ir_new_exit_indirect(b, ir_get(b, 1), IR_HINT_NONE, 0));
        return true;
    case 0x08:
        ir_exit(b, ir_new_exit_jump(b, pc + 4, IR_HINT_NONE, 0));
        return true;
    default:
        ir_call(b, &h_halt);
        ir_exit(b, ir_new_exit_loop(b, pc + 4));
        return true;
    }
}

static void translate(IrBlock *b, uint64_t pc, const uint8_t *host, uint64_t context,
                      unsigned max_insns, const void *guest)
{
    uint64_t end = align_down(pc, 4096) + 4096;

    for (unsigned n = 0;; n++, pc += 4, host += 4) {
        if (n == max_insns || pc == end) {
            ir_exit(b, ir_new_exit_jump(b, pc, IR_HINT_NONE, 0));
            return;
        }
        ir_insn_start(b, pc, ldle32(host));
        if (translate_one(b, pc, ldle32(host), context)) {
            return;
        }
    }
}

/* -- Memory -- */

static const Mapping *find(const Small *m, uint64_t va, uint32_t asid)
{
    va = va << 8 >> 8;
    for (unsigned i = 0; i < m->n_map; i++) {
        const Mapping *p = &m->map[i];
        if ((!p->space || p->space == asid + 1) && va >= p->va && va - p->va < p->bytes) {
            return p;
        }
    }
    return NULL;
}

static bool tlb_fill(TcgCpu *tcg, uint64_t va, TlbAccess access, unsigned idx, bool probe,
                     TlbFill *fill)
{
    SmallCpu *cpu = (SmallCpu *)tcg;
    static const unsigned need[] = { TLB_READ, TLB_WRITE, TLB_EXEC };
    const Mapping *p = find(cpu->m, va, cpu->asid);

    cpu->n_fills++;
    if (!p || !(p->prot & need[access])) {
        if (!probe) {
            cpu->fault = FAULT_MMU;
            cpu->fault_va = va;
            cpu->fault_access = access;
        }
        return false;
    }
    *fill = (TlbFill) {
        .pa = align_down(p->pa + ((va << 8 >> 8) - p->va), 4096), .prot = p->prot,
        .page_log2 = p->page_log2, .global = p->global, .device = p->device,
    };
    return true;
}

static void unaligned(TcgCpu *tcg, uint64_t va, TlbAccess access, unsigned idx)
{
    SmallCpu *cpu = (SmallCpu *)tcg;

    cpu->fault = FAULT_ALIGN;
    cpu->fault_va = va;
    cpu->fault_access = access;
}

static void bus_fault(TcgCpu *tcg, uint64_t va, uint64_t pa, TlbAccess access, unsigned idx,
                      MemResult why)
{
    SmallCpu *cpu = (SmallCpu *)tcg;

    cpu->fault = FAULT_BUS;
    cpu->fault_va = va;
    cpu->fault_pa = pa;
    cpu->fault_access = access;
    cpu->fault_why = why;
}

static void deliver(TcgCpu *tcg, uint32_t info)
{
    SmallCpu *cpu = (SmallCpu *)tcg;

    cpu->n_delivered++;
    cpu->info = info;
    halt_helper(cpu);
}

static bool poll(TcgCpu *tcg) { return !((SmallCpu *)tcg)->halted; }
static void log_state(TcgCpu *tcg) { }

static const TcgCpuOps ops = {
    .slots = slots, .n_slots = ARRAY_SIZE(slots), .pc_offset = offsetof(SmallCpu, pc),
    .n_mmu_indexes = N_IDX, .translate = translate, .tlb_fill = tlb_fill,
    .unaligned_fault = unaligned, .bus_fault = bus_fault, .fault_deliver = deliver, .poll = poll,
    .log_state = log_state,
};

/* -- The MMIO frame -- */

static MemResult frame_read(void *opaque, uint64_t off, uint64_t *val, MemAttrs attrs)
{
    Small *m = opaque;

    if (off >= 0xf00) {
        return MEM_ERROR;
    }
    m->n_reads++;
    m->last_size = attrs.size;
    *val = 0;
    memcpy(val, m->frame + off, attrs.size);
    return MEM_OK;
}

static MemResult frame_write(void *opaque, uint64_t off, uint64_t val, MemAttrs attrs)
{
    Small *m = opaque;

    if (off >= 0xf00) {
        return MEM_ERROR;
    }
    m->n_writes++;
    m->last_size = attrs.size;
    memcpy(m->frame + off, &val, attrs.size);
    return MEM_OK;
}

static const MmioOps frame_ops = { frame_read, frame_write, 1, 8 };

/* -- Vcpu -- */

static bool has_work(Vcpu *vcpu) { return !((SmallCpu *)vcpu)->halted; }
static int64_t no_deadline(Vcpu *vcpu) { return INT64_MAX; }
static const VcpuOps vcpu_ops = { tcg_cpu_run, has_work, no_deadline };

/* -- Set-up -- */

void small_set_up(Small *m, unsigned n_cpus, const TcgConfig *cfg)
{
    static const TcgConfig plain = { .code_bytes = 4 * MiB };

    alarm(120);
    memset(m, 0, sizeof(*m));
    m->mem = phys_mem_new();
    g_assert_true(phys_mem_add_ram(m->mem, "ram", RAM_PA, RAM_BYTES, NULL));
    phys_mem_add_mmio(m->mem, "frame", MMIO_PA, 4096, &frame_ops, m);
    phys_mem_commit(m->mem);
    m->set = vcpu_set_new();
    m->accel = tcg_accel_new(cfg ? cfg : &plain, m->mem, m->set, &ops, NULL, NULL);
    g_assert_nonnull(m->accel);
    m->n_cpus = n_cpus;
    for (unsigned i = 0; i < n_cpus; i++) {
        SmallCpu *cpu = m->cpu[i] = aligned_alloc(64, align_up(sizeof(SmallCpu), 64));
        memset(cpu, 0, sizeof(*cpu));
        cpu->m = m;
        vcpu_init(&cpu->tcg.vcpu, i, &vcpu_ops);
        cpu->tcg.vcpu.stopped = false;
        g_assert_true(tcg_cpu_init(&cpu->tcg, m->accel, i, NULL));
        vcpu_set_add(m->set, &cpu->tcg.vcpu);
    }
}

void small_tear_down(Small *m)
{
    for (unsigned i = 0; i < m->n_cpus; i++) {
        vcpu_join(&m->cpu[i]->tcg.vcpu);
        vcpu_set_remove(m->set, &m->cpu[i]->tcg.vcpu);
        tcg_cpu_clear(&m->cpu[i]->tcg);
        vcpu_clear(&m->cpu[i]->tcg.vcpu);
        free(m->cpu[i]);
    }
    tcg_accel_free(m->accel);
    vcpu_set_free(m->set);
    phys_mem_free(m->mem);
}

void small_map(Small *m, Mapping map)
{
    g_assert_cmpuint(m->n_map, <, ARRAY_SIZE(m->map));
    map.bytes = map.bytes ? map.bytes : 4096;
    map.prot = map.prot ? map.prot : TLB_READ | TLB_WRITE | TLB_EXEC;
    map.page_log2 = map.page_log2 ? map.page_log2 : 12;
    m->map[m->n_map++] = map;
}

void small_unmap(Small *m, uint64_t va)
{
    for (unsigned i = 0; i < m->n_map; i++) {
        if (m->map[i].va == va) {
            m->map[i] = m->map[--m->n_map];
            i--;
        }
    }
}

void small_map_identity(Small *m)
{
    small_map(m, (Mapping) { .va = RAM_PA, .pa = RAM_PA, .bytes = RAM_BYTES, .global = true });
    small_map(m, (Mapping) { .va = MMIO_PA, .pa = MMIO_PA, .device = true, .global = true,
                             .prot = TLB_READ | TLB_WRITE });
}

void small_space(SmallCpu *cpu, uint32_t asid)
{
    cpu->asid = asid;
    tcg_cpu_set_asid(&cpu->tcg, (1u << N_IDX) - 1, asid, asid * 0x1000);
}

uint8_t *small_ram(Small *m, uint64_t pa)
{
    uint8_t *host = phys_mem_host(m->mem, pa, NULL);

    g_assert_nonnull(host);
    return host;
}

bool small_load_op(SmallCpu *cpu, uint64_t va, unsigned mop, unsigned idx, uint64_t val[2])
{
    cpu->fault = NO_FAULT;
    bool ok = tcg_load(&cpu->tcg, va, mop, idx, val);

    g_assert_cmpint(ok, ==, !atomic_load(&cpu->tcg.fault));
    g_assert_cmpint(ok, ==, cpu->fault == NO_FAULT);
    atomic_store(&cpu->tcg.fault, 0);
    return ok;
}

bool small_store_op(SmallCpu *cpu, uint64_t va, unsigned mop, unsigned idx, uint64_t lo,
                    uint64_t hi)
{
    cpu->fault = NO_FAULT;
    bool ok = tcg_store(&cpu->tcg, va, mop, idx, (uint64_t[]){ lo, hi });

    g_assert_cmpint(ok, ==, !atomic_load(&cpu->tcg.fault));
    g_assert_cmpint(ok, ==, cpu->fault == NO_FAULT);
    atomic_store(&cpu->tcg.fault, 0);
    return ok;
}

uint64_t small_load(SmallCpu *cpu, uint64_t va)
{
    uint64_t val[2];

    g_assert_true(small_load_op(cpu, va, IR_MO_64, 0, val));
    return val[0];
}

unsigned small_fills(SmallCpu *cpu, uint64_t va, unsigned idx)
{
    uint64_t val[2];
    unsigned before = cpu->n_fills;

    small_load_op(cpu, va, IR_MO_8, idx, val);
    return cpu->n_fills - before;
}

void small_code(Small *m, uint64_t pa, const uint32_t *words, unsigned n)
{
    memcpy(small_ram(m, pa), words, n * 4);
}

void small_run(SmallCpu *cpu, uint64_t pc)
{
    cpu->pc = pc;
    cpu->halted = false;
    cpu->fault = NO_FAULT;
    cpu->tcg.vcpu.stopped = false;
    tcg_cpu_run(&cpu->tcg.vcpu);
    g_assert_true(cpu->halted);
}

uint64_t small_stat(Small *m, const char *name)
{
    g_autofree char *text = tcg_accel_stats(m->accel);
    const char *p = strstr(text, name);

    g_assert_nonnull(p);
    p += strlen(name);
    return strtoull(p + strspn(p, " "), NULL, 10);
}
