/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FPCR and FPSR, of which host code keeps a part in the host's registers (tcg/codegen.h). */
#include <string.h>

#include "target/arm/internal/cpu.h"
#include "fp_exact.h"
#include "target/arm/internal/fp_mode.h"

uint64_t fp_mode_whole(uint32_t fpcr)
{
    FpuMode mode = {
        .round = fpcr >> FPCR_RMODE_SHIFT & 3, .fz = fpcr & FPCR_FZ, .fz16 = fpcr & FPCR_FZ16,
        .dn = fpcr & FPCR_DN, .ahp = fpcr & FPCR_AHP, .ah = fpcr & FPCR_AH,
        .fiz = fpcr & FPCR_FIZ,
    };
    uint64_t whole;

    _Static_assert(sizeof(mode) == sizeof(whole), "a register");
    memcpy(&whole, &mode, sizeof(whole));
    return whole;
}

void arm_fp_slow(void *env, FpInfo info, uint64_t v[6])
{
    ArmCpu *cpu = env;

    fp_exact(info, fp_mode(cpu->fpcr), v, &cpu->fpsr);
}

uint32_t arm_fpsr_get(ArmCpu *cpu)
{
    cpu->fpsr |= host_fp_take_flags(&cpu->tcg.fp);
    return cpu->fpsr | (cpu->qc[0] | cpu->qc[1] ? FPSR_QC : 0);
}

bool arm_fpcr_is_plain(uint32_t fpcr)
{
    return !(fpcr & ~(FPCR_DN | 3u << FPCR_RMODE_SHIFT));
}

void arm_fp_flush_update(ArmCpu *cpu)
{
    uint32_t fpcr = cpu->fpcr;

    cpu->fp_flush = fpcr & FPCR_FZ && cpu->fpsr & FPU_IXC && arm_fpcr_is_plain(fpcr & ~FPCR_FZ);
    host_fp_set_mode(&cpu->tcg.fp, fpcr >> FPCR_RMODE_SHIFT & 3, cpu->fp_flush);
}

void arm_fpsr_set(ArmCpu *cpu, uint32_t fpsr)
{
    host_fp_take_flags(&cpu->tcg.fp);
    cpu->fpsr = fpsr;
    cpu->qc[0] = cpu->qc[1] = 0;
    if (cpu->fpcr & FPCR_FZ) {
        arm_fp_flush_update(cpu);
    }
}

void arm_fpcr_set(ArmCpu *cpu, uint32_t fpcr)
{
    arm_fpsr_get(cpu);
    cpu->fpcr = fpcr;
    arm_fp_flush_update(cpu);
}
