/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PE's state, private to target/arm. `env` of generated code is the address of an ArmCpu.
 *
 * Threads: the struct belongs to the vCPU's own thread; other threads touch only the _Atomic
 * members. While the vCPU is stopped the main thread may read and reset it.
 */
#ifndef TARGET_ARM_INTERNAL_CPU_H
#define TARGET_ARM_INTERNAL_CPU_H

#include "target/arm/cpu.h"
#include "util/bits.h"

/* -- Features: one bit for each FEAT_ the model may have; ID registers derive from these -- */

typedef enum ArmFeature {
    FEAT_NONE,                 /* Armv8.0-A base: always there */
    FEAT_AES, FEAT_PMULL, FEAT_SHA1, FEAT_SHA256, FEAT_CRC32, FEAT_LSE, FEAT_RDM, FEAT_PAN,
    FEAT_PAN2, FEAT_UAO, FEAT_HPDS, FEAT_VHE, FEAT_LOR, FEAT_DPB, FEAT_DPB2, FEAT_IESB, FEAT_LVA,
    FEAT_SHA512, FEAT_SHA3, FEAT_SM3, FEAT_SM4, FEAT_DOTPROD, FEAT_FP16, FEAT_FHM, FEAT_JSCVT,
    FEAT_FCMA, FEAT_LRCPC, FEAT_LRCPC2, FEAT_FLAGM, FEAT_FLAGM2, FEAT_FRINTTS, FEAT_DIT, FEAT_SB,
    FEAT_SSBS, FEAT_SPECRES, FEAT_BTI, FEAT_PAUTH, FEAT_RNG, FEAT_BF16, FEAT_I8MM, FEAT_LSE2,
    FEAT_TTST, FEAT_TTL, FEAT_BBM, FEAT_IDST, FEAT_E0PD, FEAT_HAFDBS, FEAT_TLBIOS, FEAT_TLBIRANGE,
    FEAT_WFXT, FEAT_MOPS, FEAT_CSSC, FEAT_PMUV3, FEAT_RAS, FEAT_CSV2, FEAT_CSV3, FEAT_XNX,
    FEAT_TTCNP, FEAT_GRANULE16K, FEAT_GRANULE64K, FEAT_CNTSC, FEAT_ECV, FEAT_HBC,
    FEAT_CSV2_2,               /* with SCXTNUM_ELx */
    FEAT_CSV2_3,
    FEAT_SSBS2, FEAT_HPDS2, FEAT_CCIDX, FEAT_DGH, FEAT_LPA2, FEAT_XS, FEAT_PAN3, FEAT_TIDCP1,
    FEAT_ETS2,
    FEAT_PAUTH2, FEAT_FPAC, FEAT_FPACCOMBINE,
    FEAT_PACIMP, FEAT_PACQARMA3, FEAT_PACQARMA5,     /* with FEAT_PAUTH, exactly one */
    FEAT_AFP, FEAT_RPRES,      /* both or none: FpuMode.ah */
    FEAT_EBF16,
    ARM_FEATURE_COUNT
} ArmFeature;

struct ArmModel {
    const char *name;
    const char *fdt_compatible;
    uint64_t features[2];            /* bit per ArmFeature */
    uint64_t midr;
    unsigned pa_bits;
    unsigned dczva_log2;             /* bytes of a DC ZVA block, log2 */
    uint32_t pmcr_id;                /* PMCR_EL0.IMP, IDCODE; 0: software is to look at MIDR */
    struct ArmEvents *events;        /* of all PEs of the machine; locks itself (events.c) */
    ArmCaches caches;
    /* ID registers, computed from `features` when the model is built (model.c). */
    struct ArmIdRegs {
        uint64_t aa64pfr0, aa64pfr1, aa64dfr0, aa64dfr1, aa64isar0, aa64isar1, aa64isar2;
        uint64_t aa64mmfr0, aa64mmfr1, aa64mmfr2, ctr, clidr, ccsidr[8], dczid, revidr;
    } id;
};

static inline bool arm_has(const ArmModel *m, ArmFeature f)
{
    return f == FEAT_NONE || (m->features[f / 64] >> (f % 64) & 1);
}

/* -- MMU indexes -- */

enum {
    ARM_MMU_EL0,           /* EL0, and LDTR/STTR at EL1 */
    ARM_MMU_EL1,           /* EL1, PSTATE.PAN = 0 */
    ARM_MMU_EL1_PAN,       /* EL1, PSTATE.PAN = 1 */
    ARM_MMU_INDEXES
};

/* -- Context word: all that translation depends on besides pc, code bytes and model -- */

/* Built only by arm_context_compute(); read by the translator. The top bits are TCG_CONTEXT_*. */
#define CTX_EL_SHIFT      0            /* 2 bits: current EL */
#define CTX_MMU_SHIFT     2            /* 3 bits: mmu index of data accesses */
#define CTX_FP_TRAP       (1u << 5)    /* FP/SIMD traps to EL1 (CPACR_EL1.FPEN) */
#define CTX_ALIGN         (1u << 6)    /* SCTLR.A: every access must be aligned */
#define CTX_SP_ALIGN      (1u << 7)    /* SCTLR.SA / SA0: SP alignment checked */
#define CTX_STEP          (1u << 8)    /* software step active: one instruction a block */
#define CTX_STEP_PEND     (1u << 9)    /* ... and PSTATE.SS = 0: step exception pending */
#define CTX_IL            (1u << 10)   /* PSTATE.IL: every instruction is an Illegal State fault */
#define CTX_EL0_UCI       (1u << 11)   /* SCTLR_EL1.UCI, UCT, DZE, nTWI, nTWE, UMA: EL0 may */
#define CTX_EL0_UCT       (1u << 12)
#define CTX_EL0_DZE       (1u << 13)
#define CTX_EL0_NTWI      (1u << 14)
#define CTX_EL0_NTWE      (1u << 15)
#define CTX_EL0_UMA       (1u << 16)
#define CTX_TBI0          (1u << 17)   /* instruction address tags: TTBR0, TTBR1 half */
#define CTX_TBI1          (1u << 18)
#define CTX_UAO           (1u << 19)   /* LDTR/STTR use the data index */
#define CTX_SPSEL         (1u << 20)   /* PSTATE.SP (SP instructions and MSR SPSel only) */
#define CTX_BTI           (1u << 21)   /* SCTLR.BT for this EL */
#define CTX_STEP_MASKED   (1u << 24)   /* software step would be active but for PSTATE.D */
#define CTX_FP_PLAIN      (1u << 31)   /* FPCR has DN and RMode at most: FP by IR ops */
#define CTX_EN_IA         BIT(32)      /* SCTLR_EL1.EnIA; kernels switch the others with tasks */
#define CTX_EL0_TIDCP     BIT(36)      /* SCTLR_EL1.TIDCP: EL0 traps for what is not there */
#define CTX_EL0_MSCEN     BIT(37)      /* SCTLR_EL1.MSCEn: EL0 may copy and set memory */
#define CTX_ICOUNT        BIT(38)      /* the PMU counts instructions: SLOT_ICOUNT */
#define CTX_NAA           BIT(39)      /* SCTLR_EL1.nAA: LDAR, STLR and such may cross 16 bytes */
#define CTX_FP_AH         BIT(40)      /* FPCR.AH, NEP */
#define CTX_FP_NEP        BIT(41)
#define CTX_FP_FLUSH      BIT(42)      /* FPCR.FZ on top: FP by IR ops, operands looked at */
static inline unsigned ctx_el(uint64_t ctx) { return ctx >> CTX_EL_SHIFT & 3; }
static inline unsigned ctx_mmu(uint64_t ctx) { return ctx >> CTX_MMU_SHIFT & 7; }

/*
 * PSTATE.BTYPE is TcgCpu.branch_type: the kind of an indirect branch as the accelerator knows it.
 * The block that a branch leads to is translated for its BTYPE and page, and sets it back to 0.
 */
static inline unsigned ctx_btype(uint64_t ctx) { return ctx >> TCG_CONTEXT_BRANCH_SHIFT; }

/* -- Processor state -- */

#define PSTATE_D   (1u << 9)
#define PSTATE_A   (1u << 8)
#define PSTATE_I   (1u << 7)
#define PSTATE_F   (1u << 6)
#define PSTATE_DAIF (PSTATE_D | PSTATE_A | PSTATE_I | PSTATE_F)
#define PSTATE_SSBS (1u << 12)
#define PSTATE_IL  (1u << 20)
#define PSTATE_SS  (1u << 21)
#define PSTATE_PAN (1u << 22)
#define PSTATE_UAO (1u << 23)
#define PSTATE_DIT (1u << 24)
#define PSTATE_BTYPE_SHIFT 10

enum { IRQ_PENDING_IRQ = 1, IRQ_PENDING_FIQ = 2 };

typedef struct ArmTimer { uint64_t ctl, cval; } ArmTimer;

/* A recorded, not yet taken synchronous exception (fault_deliver takes it). */
typedef struct ArmPendingFault {
    uint32_t syndrome;     /* ESR_EL1 */
    uint64_t far;
    bool far_valid;
    bool elr_valid;        /* ELR_EL1 is `elr`, not the address of the instruction */
    uint64_t elr;
} ArmPendingFault;

/* One half of the EL1&0 address space as TCR_EL1 and its TTBR describe it (arm_mmu_update). */
typedef struct ArmMmuHalf {
    uint64_t table_pa;     /* of the start level */
    uint64_t base_mask;    /* bits 47:0 of TTBR that are the table's address */
    uint8_t va_bits;       /* 64 - TxSZ */
    uint8_t granule_log2;  /* 12, 14 or 16 */
    int8_t start_level;    /* -1 .. 3 */
    uint8_t pa_bits;       /* the smaller of TCR_EL1.IPS, the model's and the format's */
    uint8_t sh;            /* TCR_EL1.SHx, with ds */
    bool ds;               /* FEAT_LPA2's format */
    bool wide_pa;          /* output addresses of 52 bits */
    bool wide_base;        /* the table's too: TTBR<5:2> are bits 51:48 */
    bool no_walk;          /* EPDx */
    bool tbi, tbi_insn;    /* the top byte is ignored in data, instruction addresses */
    bool hpd, e0pd;
    bool bad_base;         /* the table is beyond the physical address range */
} ArmMmuHalf;

typedef struct ArmMmu {
    bool enabled, wxn, epan;
    bool ha, hd;           /* hardware sets the access flag, keeps the dirty state */
    ArmMmuHalf half[2];    /* by VA bit 55 */
} ArmMmu;

/* Where pointer authentication codes lie (arm_pac_update); [0]: instructions, [1]: data. */
typedef struct ArmPac {
    uint64_t select[2];    /* the bit that tells the half of a pointer that is signed */
    uint64_t bits[2][2];   /* by the half: the PAC's bits, and bit 55 */
    uint64_t where[2][2];  /* the same without bit 55 */
} ArmPac;
typedef struct PacMemo {
    uint64_t data, modifier, key[2], result;
    bool used;
} PacMemo;

/* Event counters, and the cycle counter behind them in arrays; in masks it is bit 31. */
enum { ARM_PMU_EVENTS = 6, ARM_PMU_CYCLE = ARM_PMU_EVENTS, ARM_PMU_COUNTERS };

/* WFE on a monitored location (events.c); `next` and `listed` under the bucket's lock. */
typedef struct ArmWait {
    uint64_t va;
    const uint64_t *word;  /* host address of the 8 bytes around it */
    uint64_t seen;         /* what they held */
    int64_t wait_ns;       /* how long this wait may take */
    struct ArmCpu *next;
    bool listed;
} ArmWait;

typedef enum ArmHalt { ARM_HALT_WFI, ARM_HALT_WFE } ArmHalt;

struct ArmCpu {
    TcgCpu tcg;                        /* first; starts with Vcpu */

    /* Slots of generated code (SLOT_* below) */
    uint64_t x[31];
    uint64_t sp;                       /* the current stack pointer; others in sp_el */
    uint64_t pc;
    uint32_t nzcv;                     /* FLAGS memory form (tcg/ir.h), not the architected one */
    uint64_t icount;                   /* instructions executed while CTX_ICOUNT was set */
    uint64_t excl_addr;                /* local monitor: ~0 = open */
    uint64_t excl_val[2];
    _Alignas(16) uint64_t v[32][2];
    _Alignas(16) uint64_t qc[2];       /* not 0: FPSR.QC is set */

    /* PSTATE, each piece where code wants it */
    uint32_t el;                       /* 0 or 1 */
    uint32_t spsel;
    uint32_t daif;                     /* PSTATE_D..F at their architected places */
    uint32_t pstate_rest;              /* SSBS, IL, SS, PAN, UAO, DIT at their places */
    uint32_t fpcr, fpsr;               /* by the functions of fp_env.c: fpsr is not all of it */
    bool fp_flush;                     /* FPCR.FZ is left to the host: it has nothing else but DN
                                          and RMode, and FPSR.IXC was seen set. CTX_FP_FLUSH */
    _Atomic uint32_t irq_pending;      /* IRQ_PENDING_*, from the GIC's wires */

    /* System registers: plain storage for the rows of target/arm/sysreg */
    struct ArmSysregs {
        uint64_t sp_el[2];
        uint64_t elr_el1, spsr_el1, esr_el1, far_el1, afsr0_el1, afsr1_el1, vbar_el1, par_el1;
        uint64_t sctlr_el1, cpacr_el1, ttbr0_el1, ttbr1_el1, tcr_el1, mair_el1;
        uint64_t contextidr_el1, tpidr_el0, tpidrro_el0, tpidr_el1, csselr_el1;
        uint64_t cntkctl_el1, mdscr_el1, osdlr_el1, oslsr_el1, mdccint_el1, disr_el1;
        uint64_t dbgbvr[16], dbgbcr[16], dbgwvr[16], dbgwcr[16];
        uint64_t pmcr, pmcnten, pminten, pmovs, pmuserenr, pmselr;   /* pmcr: E only */
        uint64_t pmcntr[ARM_PMU_COUNTERS];       /* PMEVCNTR<n>, PMCCNTR_EL0; at pmu_synced_ns */
        uint64_t pmtyper[ARM_PMU_COUNTERS];      /* PMEVTYPER<n>_EL0, PMCCFILTR_EL0 */
        uint64_t apkey[5][2];          /* IA, IB, DA, DB, GA: lo, hi */
        uint64_t scxtnum_el0, scxtnum_el1, dbgclaim, osdtrrx_el1, osdtrtx_el1, oseccr_el1;
        ArmTimer phys_timer, virt_timer;
        uint64_t cntvoff;              /* 0 without EL2 */
    } sys;

    ArmPendingFault pending;
    /* host_clock_ns() value at which the counter was 0; INT64_MIN while it stands still. */
    _Atomic int64_t counter_origin_ns;
    _Atomic bool powered;
    bool halted;                       /* in WFI/WFE: nothing to do until an event */
    _Atomic bool event_register;       /* WFE/SEV */
    ArmHalt halt_kind;                 /* while halted */
    ArmWait wait;
    int64_t halt_deadline_ns;          /* host clock: WFE goes on then at the latest */

    /* Derived state: recomputed by the functions named, never saved */
    uint64_t ctx_base[2];              /* context.c: the words of EL0 and EL1 less PSTATE's part */
    ArmMmu mmu;                        /* arm_mmu_update */
    ArmPac pac;                        /* arm_mmu_update */
    PhysMem *mem;                      /* what the walks read */
    uint32_t spsr_mask;                /* bits of PSTATE this model has, in SPSR format */
    bool ppi_level[2];                 /* timer.c: last told to the GIC; virtual, physical */
    int64_t armed_deadline_ns;         /* timer.c: last given to vcpu_set_deadline() */
    _Atomic int64_t counter_frozen_ns; /* virtual time while counter_origin_ns is INT64_MIN */
    uint32_t pmu_cycling[2];           /* pmu.c: counters that count cycles at EL0, EL1 */
    uint32_t pmu_insns[2];             /* the same for instructions */
    bool pmu_by_el;                    /* EL0's and EL1's differ */
    uint64_t pmu_synced_icount;        /* `icount` up to which the counters have counted */
    bool pmu_level;                    /* of the PMU's PPI, last told to the GIC */
    int64_t pmu_synced_ns;             /* virtual time up to which the counters have counted */
    PacMemo pac_memo[128];             /* pauth.c: latest results of QARMA */

    ArmCpuConfig cfg;
};

/* -- Fields of system registers that more than one file looks at -- */

#define SCTLR_M      BIT(0)
#define SCTLR_A      BIT(1)
#define SCTLR_C      BIT(2)
#define SCTLR_SA     BIT(3)
#define SCTLR_SA0    BIT(4)
#define SCTLR_NAA    BIT(6)
#define SCTLR_UMA    BIT(9)
#define SCTLR_ENRCTX BIT(10)
#define SCTLR_ENDB   BIT(13)
#define SCTLR_DZE    BIT(14)
#define SCTLR_UCT    BIT(15)
#define SCTLR_NTWI   BIT(16)
#define SCTLR_NTWE   BIT(18)
#define SCTLR_WXN    BIT(19)
#define SCTLR_TSCXT  BIT(20)
#define SCTLR_IESB   BIT(21)
#define SCTLR_SPAN   BIT(23)
#define SCTLR_UCI    BIT(26)
#define SCTLR_ENDA   BIT(27)
#define SCTLR_ENIB   BIT(30)
#define SCTLR_ENIA   BIT(31)
#define SCTLR_MSCEN  BIT(33)
#define SCTLR_BT0    BIT(35)
#define SCTLR_BT1    BIT(36)
#define SCTLR_DSSBS  BIT(44)
#define SCTLR_EPAN   BIT(57)
#define SCTLR_TIDCP  BIT(63)

#define TCR_EPD0     BIT(7)
#define TCR_A1       BIT(22)
#define TCR_EPD1     BIT(23)
#define TCR_AS       BIT(36)
#define TCR_TBI0     BIT(37)
#define TCR_TBI1     BIT(38)
#define TCR_HA       BIT(39)
#define TCR_HD       BIT(40)
#define TCR_HPD0     BIT(41)
#define TCR_HPD1     BIT(42)
#define TCR_TBID0    BIT(51)
#define TCR_TBID1    BIT(52)
#define TCR_E0PD0    BIT(55)
#define TCR_E0PD1    BIT(56)
#define TCR_DS       BIT(59)

#define MDSCR_SS     BIT(0)
#define MDSCR_TDCC   BIT(12)
#define MDSCR_KDE    BIT(13)
#define MDSCR_MDE    BIT(15)
#define OSLSR_OSLK   BIT(1)

#define CPACR_FPEN_SHIFT 20

#define CNTKCTL_EL0PCTEN BIT(0)
#define CNTKCTL_EL0VCTEN BIT(1)
#define CNTKCTL_EVNTEN   BIT(2)
#define CNTKCTL_EVNTDIR  BIT(3)
#define CNTKCTL_EL0VTEN  BIT(8)
#define CNTKCTL_EL0PTEN  BIT(9)
#define CNTKCTL_EVNTIS   BIT(17)

/* -- Slots -- */

enum {
    SLOT_X0 = 0,                       /* .. SLOT_X0 + 30 */
    SLOT_SP = 31,
    SLOT_NZCV = 32,                    /* FLAGS */
    SLOT_EXCL_ADDR, SLOT_EXCL_VAL, SLOT_EXCL_VAL_HI,
    SLOT_V0 = 36,                      /* .. SLOT_V0 + 31 */
    SLOT_QC = 68,                      /* V128: what saturation has changed, or'ed together */
    SLOT_ICOUNT,                       /* with CTX_ICOUNT */
    SLOT_COUNT
};
extern const IrSlot arm_slots[SLOT_COUNT];

#define FPSR_QC (1u << 27)

/* -- Parts, by file -- */

/* context.c: recompute the context word and tell accel/tcg; after any change of its inputs. */
uint64_t arm_context_compute(const ArmCpu *cpu);
void arm_context_update(ArmCpu *cpu);
/* The same when only PSTATE, EL or SP changed: from ctx_base, without a look at registers. */
void arm_context_switch(ArmCpu *cpu);
/* After TTBR0/TTBR1/TCR writes: the ASID to accel/tcg. */
void arm_asid_update(ArmCpu *cpu);

/*
 * PSTATE.BTYPE := @btype for the instruction at pc, which a LOOKUP exit leads to: by the C loop
 * then, since what looks targets up inline supposes BTYPE 0.
 */
static inline void arm_btype_set(ArmCpu *cpu, unsigned btype)
{
    cpu->tcg.branch_type = btype;
    if (__builtin_expect(btype, 0)) {
        atomic_store_explicit(&cpu->tcg.vcpu.exit_request, 1, memory_order_relaxed);
    }
}

/*
 * fp_env.c. Host code keeps FPCR.RMode and new bits of FPSR in the host's registers: own thread, or
 * the CPU is stopped. Helpers may set bits of cpu->fpsr.
 */
uint32_t arm_fpsr_get(ArmCpu *cpu);
void arm_fpsr_set(ArmCpu *cpu, uint32_t fpsr);
/* These two, and arm_fpsr_set() when FPCR.FZ is set: the caller updates the context. */
void arm_fpcr_set(ArmCpu *cpu, uint32_t fpcr);
void arm_fp_flush_update(ArmCpu *cpu);                   /* fp_flush anew */
bool arm_fpcr_is_plain(uint32_t fpcr);                   /* CTX_FP_PLAIN */
void arm_fp_slow(void *env, FpInfo info, uint64_t v[6]); /* TcgRuntimeOps */

/* pstate.c */
uint32_t arm_pstate_get(const ArmCpu *cpu);              /* SPSR format, NZCV included */
void arm_pstate_set(ArmCpu *cpu, uint32_t spsr);         /* swaps SP, updates the context */
void arm_pmu_sync(ArmCpu *cpu);
void arm_timer_update(ArmCpu *cpu);
/* EL and PSTATE.SP := those given; swaps SP. The caller updates the context. */
static inline void arm_sp_switch(ArmCpu *cpu, uint32_t el, uint32_t spsel)
{
    bool counts_change = __builtin_expect(cpu->pmu_by_el, 0) && el != cpu->el;

    if (counts_change) {
        arm_pmu_sync(cpu);
    }
    cpu->sys.sp_el[cpu->el & cpu->spsel] = cpu->sp;
    cpu->el = el;
    cpu->spsel = spsel;
    cpu->sp = cpu->sys.sp_el[el & spsel];
    if (counts_change) {
        arm_timer_update(cpu);
    }
}
/* Is an interrupt pending that PSTATE.DAIF lets through? */
static inline bool arm_irq_is_due(const ArmCpu *cpu)
{
    uint32_t pending = atomic_load_explicit(&cpu->irq_pending, memory_order_acquire);

    return ((pending & IRQ_PENDING_IRQ) && !(cpu->daif & PSTATE_I)) ||
           ((pending & IRQ_PENDING_FIQ) && !(cpu->daif & PSTATE_F));
}
/* After DAIF may have been cleared: leave to the loop, which takes the interrupt. */
static inline void arm_irq_notice(ArmCpu *cpu)
{
    if (arm_irq_is_due(cpu)) {
        atomic_store_explicit(&cpu->tcg.vcpu.exit_request, 1, memory_order_relaxed);
    }
}

/* exception.c (D1.10 of the Arm ARM) */
enum {
    EC_UNKNOWN = 0x00, EC_WFX = 0x01, EC_FP_TRAP = 0x07, EC_ILLEGAL_STATE = 0x0e, EC_BTI = 0x0d,
    EC_SVC64 = 0x15, EC_HVC64 = 0x16, EC_SMC64 = 0x17, EC_SYSREG = 0x18, EC_PAC_FAIL = 0x1c,
    EC_IABT_LOWER = 0x20, EC_IABT_SAME = 0x21, EC_PC_ALIGN = 0x22, EC_DABT_LOWER = 0x24,
    EC_DABT_SAME = 0x25, EC_SP_ALIGN = 0x26, EC_FP_EXC = 0x2c, EC_SERROR = 0x2f,
    EC_BKPT_LOWER = 0x30, EC_BKPT_SAME = 0x31, EC_STEP_LOWER = 0x32, EC_STEP_SAME = 0x33,
    EC_WATCH_LOWER = 0x34, EC_WATCH_SAME = 0x35, EC_BRK64 = 0x3c,
};
#define ESR_IL (1u << 25)
static inline uint32_t syn_make(unsigned ec, uint32_t iss) { return ec << 26 | ESR_IL | iss; }

typedef enum ArmVector { VECTOR_SYNC = 0x000, VECTOR_IRQ = 0x080, VECTOR_FIQ = 0x100,
                         VECTOR_SERROR = 0x180 } ArmVector;
/* Take an exception to EL1 now; ELR_EL1 := @ret_pc. Leaves pc and context at the vector. */
void arm_take_exception(ArmCpu *cpu, ArmVector vector, uint32_t syndrome, uint64_t ret_pc);
/* Record a synchronous exception and raise the fault flag; taken with ELR = the instruction. */
void arm_raise_sync(ArmCpu *cpu, uint32_t syndrome);
void arm_raise_sync_far(ArmCpu *cpu, uint32_t syndrome, uint64_t far);
/* Exception return from EL1 to @pc (D1.3.4): all but the choice of the next block. */
void arm_exception_return(ArmCpu *cpu, uint64_t pc);
/* TcgCpuOps.fault_deliver. */
void arm_fault_deliver(TcgCpu *tcg, uint32_t insn);

/* mmu_walk.c: stage 1. As TcgCpuOps.tlb_fill, but the fault comes back as ISS fields. */
typedef struct MmuResult {
    bool ok;
    TlbFill fill;
    unsigned fsc;            /* of the fault: DFSC, IFSC and PAR_EL1.FST alike */
    uint8_t attr, sh;        /* MAIR byte and shareability, for PAR_EL1 */
} MmuResult;
MmuResult arm_mmu_walk(ArmCpu *cpu, uint64_t va, TlbAccess access, unsigned idx);
/* The same for an access that is made: access flag and dirty state in the tables are updated. */
MmuResult arm_mmu_access(ArmCpu *cpu, uint64_t va, TlbAccess access, unsigned idx);
/* Renew cpu->mmu: after any write to SCTLR, TCR or a TTBR, and at reset. */
void arm_mmu_update(ArmCpu *cpu);
/* The same when only TTBR0, TTBR1 (@half) has changed. */
void arm_mmu_base_update(ArmCpu *cpu, unsigned half);

/* Fault status codes; those with a level have it in bits 1..0. */
enum {
    FSC_ADDRESS_SIZE = 0x00, FSC_TRANSLATION = 0x04, FSC_ACCESS_FLAG = 0x08, FSC_PERMISSION = 0x0c,
    FSC_EXTERNAL = 0x10, FSC_EXTERNAL_WALK = 0x14, FSC_ALIGNMENT = 0x21, FSC_DEBUG = 0x22,
};

/* mmu_fault.c: aborts as exceptions; the hooks of TcgCpuOps */
#define ISS_WNR BIT(6)
#define ISS_CM  BIT(8)
uint32_t arm_abort_syndrome(const ArmCpu *cpu, TlbAccess access, unsigned fsc);
bool arm_tlb_fill(TcgCpu *tcg, uint64_t va, TlbAccess access, unsigned idx, bool probe,
                  TlbFill *fill);
void arm_unaligned_fault(TcgCpu *tcg, uint64_t va, TlbAccess access, unsigned idx);
void arm_bus_fault(TcgCpu *tcg, uint64_t va, uint64_t pa, TlbAccess access, unsigned idx,
                   MemResult why);

/* timer.c */
int64_t arm_clock_ns(const ArmCpu *cpu);                 /* virtual time */
/* Host time of virtual time @ns (not negative); INT64_MAX: out of reach or the clock stands. */
int64_t arm_clock_to_host_ns(const ArmCpu *cpu, uint64_t ns);
uint64_t arm_counter_now(const ArmCpu *cpu);             /* CNTPCT; CNTVCT = this - cntvoff */
void arm_timer_update(ArmCpu *cpu);     /* PPI levels, PMU's included, and the next deadline */
int64_t arm_timer_next_ns(ArmCpu *cpu);                  /* host ns; INT64_MAX: none */
void arm_timer_clock_changed(ArmCpu *cpu);               /* renew counter_origin_ns. Any thread */
/* Host time at which the physical counter shows @count; INT64_MAX when that is out of reach. */
int64_t arm_counter_to_host_ns(const ArmCpu *cpu, uint64_t count);
/* CNTx_CTL_EL0.ISTATUS. */
bool arm_timer_condition(const ArmCpu *cpu, const ArmTimer *t);
/* Host time of the next event of the event stream, INT64_MAX without one. */
int64_t arm_event_stream_next_ns(const ArmCpu *cpu);
#define CNT_CTL_ENABLE  BIT(0)
#define CNT_CTL_IMASK   BIT(1)
#define CNT_CTL_ISTATUS BIT(2)

/*
 * pmu.c: counters. One cycle is one nanosecond of virtual time outside of WFI and WFE. Counters are
 * brought up to date (synced) before whatever decides about counting changes, and when read.
 */
static inline bool arm_pmu_is_counting(const ArmCpu *cpu)
{
    return cpu->pmu_cycling[0] | cpu->pmu_cycling[1] | cpu->pmu_insns[0] | cpu->pmu_insns[1];
}
void arm_pmu_sync(ArmCpu *cpu);                          /* counters, PMOVS, the PPI */
/* PMCR, PMCNTEN, PMINTEN, PMOVS or a type or counter was written (after arm_pmu_sync), or reset. */
void arm_pmu_changed(ArmCpu *cpu);
/* PMSWINC_EL0: one more on those counters of @mask that count software increments. */
void arm_pmu_software_increment(ArmCpu *cpu, uint32_t mask);
int64_t arm_pmu_next_ns(const ArmCpu *cpu);              /* host ns of the next interrupt */
#define PMCR_E BIT(0)
#define PMU_CYCLE_BIT BIT(31)
#define PMU_COUNTER_BITS (PMU_CYCLE_BIT | MASK(ARM_PMU_EVENTS - 1, 0))
#define PMTYPER_P BIT(31)
#define PMTYPER_U BIT(30)
#define PMTYPER_EVENT MASK(9, 0)
enum { PMU_SW_INCR = 0x00, PMU_INST_RETIRED = 0x08, PMU_CPU_CYCLES = 0x11, PMU_CHAIN = 0x1e };

/* cpu.c */
/* Stop executing until a wake-up event (WFI, WFE, CPU_SUSPEND): leaves to the loop. */
void arm_cpu_halt(ArmCpu *cpu, ArmHalt kind, int64_t deadline_ns);
bool arm_poll(TcgCpu *tcg);

/* events.c: WFE; and the end of a wait, however it came: own thread, or CPU not running. */
void arm_wait_for_event(ArmCpu *cpu);
void arm_wait_leave(ArmCpu *cpu);
struct ArmEvents *arm_events_new(void);
void arm_events_free(struct ArmEvents *e);

/* psci.c: an HVC or SMC by the conduit: SMCCC call in x0..; results in x0..x3. */
void arm_psci_call(ArmCpu *cpu);

/* translate.c */
void arm_translate(IrBlock *b, uint64_t pc, const uint8_t *host, uint64_t context,
                   unsigned max_insns, const void *guest);

/* -- Helpers the translator calls (defined in the file named) -- */

/* sysreg.c: @row is a const SysReg *. */
extern const IrHelper h_sysreg_read;      /* I64 (I64 row), READS | FAULTS */
extern const IrHelper h_sysreg_write;     /* (I64 row, I64 val), READS | WRITES | FAULTS */
/* helpers.c. "then X" is the exit the translator ends the block with after the call. */
extern const IrHelper h_raise_sync;       /* (I32 syndrome): exception at this instruction. FAULTS,
                                             never returns normally; then EXIT_LOOKUP */
extern const IrHelper h_pc_align;         /* (I64 pc): PC alignment fault, ELR = FAR = pc; then
                                             EXIT_LOOKUP */
extern const IrHelper h_svc;              /* (I32 imm, I64 pc of the next insn); then EXIT_LOOKUP */
extern const IrHelper h_hvc, h_smc;       /* same shape; PSCI or UNDEFINED; then EXIT_LOOKUP */
extern const IrHelper h_eret;             /* PSTATE and pc from SPSR, ELR; then EXIT_LOOKUP */
extern const IrHelper h_ereta;            /* (I64 pc): the same, ELR has been authenticated */
extern const IrHelper h_wfi, h_wfe;       /* (I64 pc of the next insn); then EXIT_LOOP to it */
extern const IrHelper h_wfit, h_wfet;     /* (I64 pc of the next insn, I64 CNTVCT to wake at) */
extern const IrHelper h_rndr;             /* -> I64 random bits */
extern const IrHelper h_sev, h_sevl;
extern const IrHelper h_store_event;      /* (I64 va): after a store-release at EL1 (events.c) */
extern const IrHelper h_yield;            /* gives the host core away when that can help */
extern const IrHelper h_dsb;              /* waits for broadcast TLBIs of this CPU */
extern const IrHelper h_dc_zva;           /* (I64 va, I32 mmu index) FAULTS */
extern const IrHelper h_msr_pstate;       /* (I32 op1 << 3 | op2, I32 imm): SPSel, PAN, UAO, DIT,
                                             SSBS; READS | WRITES; then EXIT_LOOKUP with pc set by
                                             the translator: (.., I64 next pc) */
/*
 * LDXP and STXP of 128 bits, CASP of 64-bit registers (16-byte aligned va):
 * h_ld128(I64 va, I32 mmu index): loads into excl_val[0..1]; WRITES | READS | FAULTS.
 * h_stxp128(I64 va, I32 idx, I64 lo, I64 hi) -> I32 status: compares with excl_val; no sync of
 *   slots but EXCL_*; FAULTS.
 * h_casp128(I64 va, I32 idx, I32 Rs, I32 Rt): on X registers in env; READS | WRITES | FAULTS.
 */
extern const IrHelper h_ld128, h_stxp128, h_casp128;

#endif
