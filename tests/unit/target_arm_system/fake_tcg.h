/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One PE over an accelerator that records what it is told: memory, a clock that stands still
 * unless started, a GIC whose wires are variables. For tests of target/arm's system part.
 */
#ifndef TESTS_FAKE_TCG_H
#define TESTS_FAKE_TCG_H

#include <glib.h>
#include <inttypes.h>

#include "target/arm/internal/cpu.h"
#include "target/arm/internal/sysreg.h"

#define RAM_BASE  UINT64_C(0x40000000)
#define RAM_BYTES (64 * MiB)

/* The whole of the accelerator. */
struct TcgAccel {
    PhysMem *mem;
    unsigned n_self, n_broadcast, n_sync, n_set_asid;
    Tlbi last;                 /* self or broadcast */
    uint32_t asid;
};

typedef struct FakeGic {
    bool ppi[32];
    unsigned resets;
    IccReg last_reg;
    uint64_t written;
} FakeGic;

typedef struct Rig {
    TcgAccel accel;
    FakeGic gic;
    VirtClock *clock;
    VcpuSet *set;
    ArmModel *model;
    ArmCpu *cpu;
    const ArmPlatformOps *platform_ops;
} Rig;

/* @option as after -cpu. The CPU is reset, powered, PC 0x40000000. */
void rig_init(Rig *r, const char *option, const ArmPlatformOps *platform_ops);
void rig_clear(Rig *r);

/* 64-bit words of guest memory. */
void rig_poke(Rig *r, uint64_t pa, uint64_t val);
uint64_t rig_peek(Rig *r, uint64_t pa);

/* MRS, MSR by encoding; asserts that the row exists. *trapped (may be NULL): an exception. */
uint64_t rig_mrs(Rig *r, uint16_t enc, bool *trapped);
void rig_msr(Rig *r, uint16_t enc, uint64_t val, bool *trapped);
/* Take the exception a helper recorded, as the accelerator would. */
void rig_deliver(Rig *r, uint32_t insn);

#define ENC_SCTLR    SYSREG_ENC(3, 0, 1, 0, 0)
#define ENC_CPACR    SYSREG_ENC(3, 0, 1, 0, 2)
#define ENC_TTBR0    SYSREG_ENC(3, 0, 2, 0, 0)
#define ENC_TTBR1    SYSREG_ENC(3, 0, 2, 0, 1)
#define ENC_TCR      SYSREG_ENC(3, 0, 2, 0, 2)
#define ENC_MAIR     SYSREG_ENC(3, 0, 10, 2, 0)
#define ENC_PAR      SYSREG_ENC(3, 0, 7, 4, 0)
#define ENC_VBAR     SYSREG_ENC(3, 0, 12, 0, 0)
#define ENC_MDSCR    SYSREG_ENC(2, 0, 0, 2, 2)
#define ENC_OSLAR    SYSREG_ENC(2, 0, 1, 0, 4)
#define ENC_DAIF     SYSREG_ENC(3, 3, 4, 2, 1)
#define ENC_CNTKCTL  SYSREG_ENC(3, 0, 14, 1, 0)

#endif
