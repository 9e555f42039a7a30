/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aborts: what the soft TLB asks for, and its faults as recorded exceptions (D17.2.37). */
#include "target/arm/internal/cpu.h"

#include <inttypes.h>

#include "util/log.h"

uint32_t arm_abort_syndrome(const ArmCpu *cpu, TlbAccess access, unsigned fsc)
{
    bool same = cpu->el > 0;

    if (access == TLB_ACCESS_FETCH) {
        return syn_make(same ? EC_IABT_SAME : EC_IABT_LOWER, fsc);
    }
    return syn_make(same ? EC_DABT_SAME : EC_DABT_LOWER,
                    fsc | (access == TLB_ACCESS_WRITE ? ISS_WNR : 0));
}

/* AArch64.BranchAddr(): a branch loses its tag before the fetch that faults. */
static uint64_t untag_pc(const ArmCpu *cpu, uint64_t pc)
{
    return cpu->tcg.context & (bit64(pc, 55) ? CTX_TBI1 : CTX_TBI0)
         ? (uint64_t)sextract64(pc, 0, 56) : pc;
}

static void record(ArmCpu *cpu, uint64_t va, TlbAccess access, unsigned fsc)
{
    bool fetch = access == TLB_ACCESS_FETCH;
    uint64_t far = fetch ? untag_pc(cpu, va) : va;

    cpu->pending = (ArmPendingFault) {
        .syndrome = arm_abort_syndrome(cpu, access, fsc), .far = far, .far_valid = true,
        .elr = far, .elr_valid = fetch,
    };
}

static const char *access_name(TlbAccess access)
{
    return access == TLB_ACCESS_READ ? "read" : access == TLB_ACCESS_WRITE ? "write" : "fetch";
}

static void log_fill(const ArmCpu *cpu, uint64_t va, TlbAccess access, unsigned idx,
                     const MmuResult *r)
{
    if (!r->ok) {
        log_printf(LOG_MMU, "CPU %u: %s 0x%016" PRIx64 " index %u: fault FSC 0x%02x\n",
                   cpu->cfg.index, access_name(access), va, idx, r->fsc);
        return;
    }
    log_printf(LOG_MMU, "CPU %u: %s 0x%016" PRIx64 " index %u: PA 0x%" PRIx64 " %c%c%c%s%s 2^%u\n",
               cpu->cfg.index, access_name(access), va, idx, r->fill.pa,
               r->fill.prot & TLB_READ ? 'r' : '-', r->fill.prot & TLB_WRITE ? 'w' : '-',
               r->fill.prot & TLB_EXEC ? 'x' : '-', r->fill.global ? " global" : "",
               r->fill.device ? " device" : "", r->fill.page_log2);
}

bool arm_tlb_fill(TcgCpu *tcg, uint64_t va, TlbAccess access, unsigned idx, bool probe,
                  TlbFill *fill)
{
    ArmCpu *cpu = (ArmCpu *)tcg;
    MmuResult r = arm_mmu_access(cpu, va, access, idx);

    if (__builtin_expect(log_is_on(LOG_MMU), 0)) {
        log_fill(cpu, va, access, idx, &r);
    }
    if (!r.ok) {
        if (!probe) {
            record(cpu, va, access, r.fsc);
            if (access == TLB_ACCESS_FETCH && va & 3) {  /* comes before any abort (D1.3.6) */
                cpu->pending.syndrome = syn_make(EC_PC_ALIGN, 0);
            }
        }
        return false;
    }
    *fill = r.fill;
    return true;
}

void arm_unaligned_fault(TcgCpu *tcg, uint64_t va, TlbAccess access, unsigned idx)
{
    record((ArmCpu *)tcg, va, access, FSC_ALIGNMENT);
}

void arm_bus_fault(TcgCpu *tcg, uint64_t va, uint64_t pa, TlbAccess access, unsigned idx,
                   MemResult why)
{
    log_guest("cpu", "%s of 0x%" PRIx64 " (PA 0x%" PRIx64 "): external abort",
              access_name(access), va, pa);
    record((ArmCpu *)tcg, va, access, FSC_EXTERNAL);
}
