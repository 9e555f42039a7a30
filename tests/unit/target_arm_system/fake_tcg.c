/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_tcg.h"

/* -- The accelerator -- */

PhysMem *tcg_accel_mem(const TcgAccel *a) { return a->mem; }

bool tcg_cpu_init(TcgCpu *cpu, TcgAccel *accel, unsigned index, Error **errp)
{
    cpu->accel = accel;
    cpu->ops = &arm_tcg_ops;
    return true;
}

void tcg_cpu_clear(TcgCpu *cpu) { }
void tcg_cpu_run(Vcpu *vcpu) { }

void tcg_cpu_set_context(TcgCpu *cpu, uint64_t context, unsigned fetch_idx)
{
    cpu->context = context;
    cpu->fetch_idx = fetch_idx;
}

void tcg_cpu_set_asid(TcgCpu *cpu, unsigned idx_mask, uint32_t asid, uint64_t key)
{
    cpu->accel->asid = asid;
    cpu->accel->n_set_asid++;
}

void tcg_tlbi_self(TcgCpu *cpu, const Tlbi *op)
{
    cpu->accel->n_self++;
    cpu->accel->last = *op;
}

void tcg_tlbi_broadcast(TcgCpu *cpu, const Tlbi *op)
{
    cpu->accel->n_broadcast++;
    cpu->accel->last = *op;
}

void tcg_tlbi_sync(TcgCpu *cpu) { cpu->accel->n_sync++; }

void *tcg_probe(TcgCpu *cpu, uint64_t va, unsigned size, TlbAccess access, unsigned idx,
                bool probe, bool *faulted)
{
    TlbFill fill;
    bool ok = cpu->ops->tlb_fill(cpu, va, access, idx, probe, &fill);

    if (faulted) {
        *faulted = !ok;
    }
    if (!ok && !probe) {
        tcg_raise(cpu);
    }
    return ok ? phys_mem_host(cpu->accel->mem, fill.pa | (va & 0xfff), NULL) : NULL;
}

bool tcg_load(TcgCpu *cpu, uint64_t va, unsigned mop, unsigned idx, uint64_t val[2])
{
    unsigned size = 1u << (mop & IR_MO_SIZE);
    void *host = tcg_probe(cpu, va, size, TLB_ACCESS_READ, idx, false, NULL);

    if (host) {
        memcpy(val, host, size);
    }
    return host;
}

bool tcg_store(TcgCpu *cpu, uint64_t va, unsigned mop, unsigned idx, const uint64_t val[2])
{
    unsigned size = 1u << (mop & IR_MO_SIZE);
    void *host = tcg_probe(cpu, va, size, TLB_ACCESS_WRITE, idx, false, NULL);

    if (host) {
        memcpy(host, val, size);
    }
    return host;
}

bool tcg_cas128(TcgCpu *cpu, uint64_t va, unsigned idx, const uint64_t expected[2],
                const uint64_t desired[2], uint64_t old[2])
{
    if (!tcg_load(cpu, va, IR_MO_128, idx, old)) {
        return false;
    }
    if (old[0] == expected[0] && old[1] == expected[1]) {
        return tcg_store(cpu, va, IR_MO_128, idx, desired);
    }
    return true;
}

/* -- The GIC -- */

static uint64_t gic_read(void *opaque, IccReg reg)
{
    FakeGic *gic = opaque;

    gic->last_reg = reg;
    return 0x1cc;
}

static void gic_write(void *opaque, IccReg reg, uint64_t val)
{
    FakeGic *gic = opaque;

    gic->last_reg = reg;
    gic->written = val;
}

static void gic_ppi(void *opaque, unsigned intid, bool level)
{
    FakeGic *gic = opaque;

    gic->ppi[intid] = level;
}

static void gic_reset(void *opaque)
{
    FakeGic *gic = opaque;

    gic->resets++;
}

static const CpuIfOps gic_ops = {
    .icc_read = gic_read, .icc_write = gic_write, .ppi_set_level = gic_ppi, .reset = gic_reset,
};

/* -- The rig -- */

void rig_init(Rig *r, const char *option, const ArmPlatformOps *platform_ops)
{
    Error *err = NULL;

    *r = (Rig) { .platform_ops = platform_ops };
    r->accel.mem = phys_mem_new();
    g_assert_true(phys_mem_add_ram(r->accel.mem, "ram", RAM_BASE, RAM_BYTES, NULL));
    phys_mem_commit(r->accel.mem);
    r->clock = virt_clock_new();
    r->set = vcpu_set_new();
    r->model = arm_model_new(option, &err);
    g_assert_null(err);
    ArmCpuConfig cfg = {
        .index = 0, .mpidr = 0x102, .model = r->model, .accel = &r->accel, .set = r->set,
        .clock = r->clock, .platform_ops = platform_ops, .platform = r, .gic_ops = &gic_ops,
        .gic_cpu = &r->gic,
    };
    r->cpu = arm_cpu_new(&cfg, &err);
    g_assert_null(err);
    vcpu_set_add(r->set, arm_cpu_vcpu(r->cpu));
    arm_cpu_reset(r->cpu, RAM_BASE, 0, true);
    atomic_store(&arm_cpu_vcpu(r->cpu)->exit_request, 0);
}

void rig_clear(Rig *r)
{
    vcpu_set_remove(r->set, arm_cpu_vcpu(r->cpu));
    arm_cpu_free(r->cpu);
    arm_model_free(r->model);
    vcpu_set_free(r->set);
    virt_clock_free(r->clock);
    phys_mem_free(r->accel.mem);
}

void rig_poke(Rig *r, uint64_t pa, uint64_t val)
{
    stle64(phys_mem_host(r->accel.mem, pa, NULL), val);
}

uint64_t rig_peek(Rig *r, uint64_t pa) { return ldle64(phys_mem_host(r->accel.mem, pa, NULL)); }

static const SysReg *row(Rig *r, uint16_t enc)
{
    const SysReg *reg = sysreg_find(r->model, enc);

    if (!reg) {
        g_error("no row for S%u_%u_C%u_C%u_%u on %s", enc >> 14, enc >> 11 & 7, enc >> 7 & 15,
                enc >> 3 & 15, enc & 7, r->model->name);
    }
    return reg;
}

static void note_trap(Rig *r, bool *trapped)
{
    bool fault = atomic_load(&r->cpu->tcg.fault);

    if (trapped) {
        *trapped = fault;
    } else {
        g_assert_false(fault);
    }
}

uint64_t rig_mrs(Rig *r, uint16_t enc, bool *trapped)
{
    uint64_t val = sysreg_read(r->cpu, row(r, enc));

    note_trap(r, trapped);
    return val;
}

void rig_msr(Rig *r, uint16_t enc, uint64_t val, bool *trapped)
{
    sysreg_write(r->cpu, row(r, enc), val);
    note_trap(r, trapped);
}

void rig_deliver(Rig *r, uint32_t insn)
{
    g_assert_true(atomic_exchange(&r->cpu->tcg.fault, 0));
    r->cpu->tcg.ops->fault_deliver(&r->cpu->tcg, insn);
}

void tcg_icache_invalidate_line(TcgCpu *cpu, uint64_t va, unsigned idx, unsigned bytes)
{
}

void tcg_icache_invalidate_all(TcgCpu *cpu)
{
}
