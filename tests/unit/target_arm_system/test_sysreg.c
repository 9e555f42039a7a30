/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system-register table and the traps of its rows. */
#include "fake_tcg.h"

static void test_table_is_sane(void)
{
    unsigned rows = 0;

    for (unsigned g = 0; sysreg_group(g); g++) {
        const SysRegGroup *group = sysreg_group(g);

        for (unsigned i = 0; i < group->n; i++, rows++) {
            const SysReg *r = &group->rows[i];
            if (i && r[-1].enc >= r->enc) {
                g_error("group %s: %s is not in order", group->name, r->name);
            }
            g_assert_true(!(r->flags & SR_RO) || !r->write);
            g_assert_true(!(r->flags & SR_INSN) || (r->write && r->enc >> 14 == 1));
            g_assert_true(!(r->flags & SR_RO && r->flags & SR_WO));
            /* Each row does something on every access it admits. */
            g_assert_true(r->flags & (SR_WO | SR_NOP) || r->read || r->field || r->flags & SR_RO
                          || r->check);
            g_assert_cmpuint(r->field % 8, ==, 0);
        }
    }
    for (unsigned i = 0; i + 1 < rows; i++) {
        g_assert_cmphex(sysreg_row(i)->enc, <, sysreg_row(i + 1)->enc);
    }
    g_assert_null(sysreg_row(rows));
    g_assert_cmpuint(rows, >, 200);
}

static void test_features_hide_rows(void)
{
    Rig r;

    rig_init(&r, "cortex-a57", NULL);
    g_assert_null(sysreg_find(r.model, SYSREG_ENC(3, 0, 4, 2, 3)));       /* PAN */
    g_assert_null(sysreg_find(r.model, SYSREG_ENC(1, 3, 7, 12, 1)));      /* DC CVAP */
    g_assert_null(sysreg_find(r.model, SYSREG_ENC(3, 3, 15, 0, 0)));
    g_assert_nonnull(sysreg_find(r.model, ENC_SCTLR));
    rig_clear(&r);
}

/* Rows whose zero or ones take other rows away. */
static bool changes_access(uint16_t enc)
{
    return enc == ENC_CPACR || enc == SYSREG_ENC(3, 0, 4, 2, 0);          /* SPSel */
}

/* Read every row, and write all ones, then zero, at EL1: no trap. */
static void test_every_row_is_accessible(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    rig_msr(&r, ENC_CPACR, UINT64_C(3) << 20, NULL);
    for (unsigned g = 0; sysreg_group(g); g++) {
        for (unsigned i = 0; i < sysreg_group(g)->n; i++) {
            const SysReg *reg = &sysreg_group(g)->rows[i];
            bool trapped;

            if (!arm_has(r.model, reg->feature) || reg->flags & SR_INSN) {
                continue;
            }
            g_test_message("%s", reg->name);
            if (!(reg->flags & SR_WO)) {
                rig_mrs(&r, reg->enc, &trapped);
                g_assert_false(trapped);
            }
            if (!(reg->flags & SR_RO) && !changes_access(reg->enc)) {
                rig_msr(&r, reg->enc, ~UINT64_C(0), &trapped);
                g_assert_false(trapped);
                rig_msr(&r, reg->enc, 0, &trapped);
                g_assert_false(trapped);
            }
        }
    }
    rig_clear(&r);
}

static void test_reset_values(void)
{
    Rig r;

    rig_init(&r, "neoverse-n1", NULL);
    g_assert_cmphex(rig_mrs(&r, SYSREG_ENC(2, 0, 1, 1, 4), NULL), ==, 0xa);   /* OSLSR: locked */
    g_assert_cmphex(rig_mrs(&r, ENC_SCTLR, NULL) & 1, ==, 0);
    g_assert_cmphex(rig_mrs(&r, SYSREG_ENC(3, 0, 0, 0, 5), NULL), ==, 0x80000102);
    g_assert_cmphex(rig_mrs(&r, SYSREG_ENC(3, 0, 4, 2, 2), NULL), ==, 4);
    g_assert_cmphex(rig_mrs(&r, ENC_DAIF, NULL), ==, 0x3c0);
    rig_clear(&r);
}

/* -- EL0 -- */

typedef struct Trap {
    const char *what;
    uint16_t enc;
    bool write;
    uint16_t control;          /* register whose @bit lets EL0 in; 0: none does */
    uint64_t bit;
    unsigned ec;               /* without it; 0xff: always allowed */
} Trap;

#define EL0_REG(crn, crm, op2) SYSREG_ENC(3, 3, crn, crm, op2)

static const Trap traps[] = {
    { "CTR_EL0", EL0_REG(0, 0, 1), false, ENC_SCTLR, SCTLR_UCT, EC_SYSREG },
    { "DCZID_EL0", EL0_REG(0, 0, 7), false, 0, 0, 0xff },
    { "MRS DAIF", ENC_DAIF, false, ENC_SCTLR, SCTLR_UMA, EC_SYSREG },
    { "MSR DAIF", ENC_DAIF, true, ENC_SCTLR, SCTLR_UMA, EC_SYSREG },
    { "DC CVAU", SYSREG_ENC(1, 3, 7, 11, 1), true, ENC_SCTLR, SCTLR_UCI, EC_SYSREG },
    { "IC IVAU", SYSREG_ENC(1, 3, 7, 5, 1), true, ENC_SCTLR, SCTLR_UCI, EC_SYSREG },
    { "CNTVCT_EL0", EL0_REG(14, 0, 2), false, ENC_CNTKCTL, CNTKCTL_EL0VCTEN, EC_SYSREG },
    { "CNTPCT_EL0", EL0_REG(14, 0, 1), false, ENC_CNTKCTL, CNTKCTL_EL0PCTEN, EC_SYSREG },
    { "CNTFRQ_EL0", EL0_REG(14, 0, 0), false, ENC_CNTKCTL, CNTKCTL_EL0PCTEN, EC_SYSREG },
    { "CNTFRQ_EL0 ", EL0_REG(14, 0, 0), false, ENC_CNTKCTL, CNTKCTL_EL0VCTEN, EC_SYSREG },
    { "CNTV_CTL_EL0", EL0_REG(14, 3, 1), true, ENC_CNTKCTL, CNTKCTL_EL0VTEN, EC_SYSREG },
    { "CNTP_CVAL_EL0", EL0_REG(14, 2, 2), true, ENC_CNTKCTL, CNTKCTL_EL0PTEN, EC_SYSREG },
    { "FPCR", EL0_REG(4, 4, 0), false, ENC_CPACR, UINT64_C(3) << 20, EC_FP_TRAP },
    { "MSR TPIDR_EL0", EL0_REG(13, 0, 2), true, 0, 0, 0xff },
    { "MRS TPIDRRO_EL0", EL0_REG(13, 0, 3), false, 0, 0, 0xff },
    { "MSR TPIDRRO_EL0", EL0_REG(13, 0, 3), true, 0, 0, EC_UNKNOWN },
    { "NZCV", EL0_REG(4, 2, 0), true, 0, 0, 0xff },
    { "TTBR0_EL1", ENC_TTBR0, false, 0, 0, EC_UNKNOWN },
    { "MIDR_EL1 (FEAT_IDST)", SYSREG_ENC(3, 0, 0, 0, 0), false, 0, 0, EC_SYSREG },
    { "ID_AA64ISAR0_EL1", SYSREG_ENC(3, 0, 0, 6, 0), false, 0, 0, EC_SYSREG },
    { "TLBI VMALLE1", SYSREG_ENC(1, 0, 8, 7, 0), true, 0, 0, EC_UNKNOWN },
    { "ICC_PMR_EL1", SYSREG_ENC(3, 0, 4, 6, 0), false, 0, 0, EC_UNKNOWN },
};

static void access_at_el0(Rig *r, const Trap *t, bool *trapped)
{
    arm_pstate_set(r->cpu, 0);
    if (t->write) {
        rig_msr(r, t->enc, RAM_BASE, trapped);
    } else {
        rig_mrs(r, t->enc, trapped);
    }
}

static void test_el0_traps(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(traps); i++) {
        const Trap *t = &traps[i];
        bool trapped;
        Rig r;

        g_test_message("%s", t->what);
        rig_init(&r, "max", NULL);
        access_at_el0(&r, t, &trapped);
        g_assert_cmpint(trapped, ==, t->ec != 0xff);
        if (trapped) {
            rig_deliver(&r, 0xd5000000 | 7);                    /* Rt = x7 */
            uint64_t esr = r.cpu->sys.esr_el1;
            g_assert_cmphex(esr >> 26, ==, t->ec);
            if (t->ec == EC_SYSREG) {
                uint32_t iss = (t->enc >> 14) << 20 | (t->enc & 7) << 17
                             | (t->enc >> 11 & 7) << 14 | (t->enc >> 7 & 15) << 10 | 7 << 5
                             | (t->enc >> 3 & 15) << 1 | !t->write;
                g_assert_cmphex(esr & MASK(24, 0), ==, iss);
            }
        } else {
            arm_pstate_set(r.cpu, 5);
        }
        if (t->control) {
            rig_msr(&r, t->control, t->bit, NULL);
            access_at_el0(&r, t, &trapped);
            g_assert_false(trapped);
        }
        rig_clear(&r);
    }
}

static void test_id_registers_without_idst(void)
{
    bool trapped;
    Rig r;

    rig_init(&r, "cortex-a57", NULL);
    arm_pstate_set(r.cpu, 0);
    rig_mrs(&r, SYSREG_ENC(3, 0, 0, 0, 0), &trapped);
    g_assert_true(trapped);
    rig_deliver(&r, 0);
    g_assert_cmphex(r.cpu->sys.esr_el1 >> 26, ==, EC_UNKNOWN);
    rig_clear(&r);
}

static void test_dczid_prohibits(void)
{
    Rig r;

    rig_init(&r, "cortex-a57", NULL);
    g_assert_cmphex(rig_mrs(&r, EL0_REG(0, 0, 7), NULL), ==, 4);
    arm_pstate_set(r.cpu, 0);
    g_assert_cmphex(rig_mrs(&r, EL0_REG(0, 0, 7), NULL), ==, 0x14);
    rig_clear(&r);
}

/* The whole ID space is there: reserved registers read as zero. */
static void test_id_space_is_complete(void)
{
    Rig r;

    rig_init(&r, "cortex-a57", NULL);
    for (unsigned crm = 1; crm < 8; crm++) {
        for (unsigned op2 = 0; op2 < 8; op2++) {
            rig_mrs(&r, SYSREG_ENC(3, 0, 0, crm, op2), NULL);
        }
    }
    g_assert_cmphex(rig_mrs(&r, SYSREG_ENC(3, 0, 0, 7, 7), NULL), ==, 0);
    g_assert_cmphex(rig_mrs(&r, SYSREG_ENC(3, 0, 0, 1, 0), NULL), ==, 0);
    rig_clear(&r);
}

static void test_sp_el0_needs_spsel(void)
{
    bool trapped;
    Rig r;

    rig_init(&r, "max", NULL);
    arm_pstate_set(r.cpu, 4);
    rig_mrs(&r, SYSREG_ENC(3, 0, 4, 1, 0), &trapped);
    g_assert_true(trapped);
    rig_clear(&r);
}

/* -- Control registers that act -- */

static void test_asid(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    rig_msr(&r, ENC_TTBR0, UINT64_C(0x1234) << 48, NULL);
    g_assert_cmphex(r.accel.asid, ==, 0x34);                    /* 8 bits */
    rig_msr(&r, ENC_TTBR1, UINT64_C(0xabcd) << 48, NULL);
    g_assert_cmphex(r.accel.asid, ==, 0x34);
    rig_msr(&r, ENC_TCR, TCR_AS, NULL);
    g_assert_cmphex(r.accel.asid, ==, 0x1234);
    rig_msr(&r, ENC_TCR, TCR_AS | TCR_A1, NULL);
    g_assert_cmphex(r.accel.asid, ==, 0xabcd);
    rig_clear(&r);
}

static void test_address_space_changes_flush(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    r.accel.n_self = 0;
    rig_msr(&r, ENC_SCTLR, SCTLR_M, NULL);
    g_assert_cmpuint(r.accel.n_self, ==, 1);
    g_assert_cmpint(r.accel.last.kind, ==, TLBI_ALL);
    g_assert_cmphex(r.accel.last.idx_mask, ==, 7);
    rig_msr(&r, ENC_SCTLR, SCTLR_M | SCTLR_UCI, NULL);          /* nothing to do with the MMU */
    g_assert_cmpuint(r.accel.n_self, ==, 1);
    rig_msr(&r, ENC_TCR, 25, NULL);
    g_assert_cmpuint(r.accel.n_self, ==, 2);
    rig_msr(&r, ENC_TCR, 25, NULL);
    g_assert_cmpuint(r.accel.n_self, ==, 2);
    rig_msr(&r, ENC_MAIR, 0xff, NULL);
    g_assert_cmpuint(r.accel.n_self, ==, 3);
    rig_msr(&r, ENC_TTBR0, 0x40001000, NULL);
    g_assert_cmpuint(r.accel.n_self, ==, 3);
    rig_clear(&r);
}

static void test_mmu_control_masks(void)
{
    Rig r;

    rig_init(&r, "cortex-a57", NULL);
    rig_msr(&r, ENC_SCTLR, ~UINT64_C(0), NULL);
    g_assert_cmphex(rig_mrs(&r, ENC_SCTLR, NULL) & (SCTLR_DSSBS | SCTLR_BT0 | BIT(25) | BIT(24)),
                    ==, 0);
    rig_msr(&r, ENC_SCTLR, 0, NULL);
    g_assert_cmphex(rig_mrs(&r, ENC_SCTLR, NULL), ==, 0x30d00980);
    rig_msr(&r, ENC_TCR, ~UINT64_C(0), NULL);
    g_assert_cmphex(rig_mrs(&r, ENC_TCR, NULL), ==, 0x77ffffffbf);
    rig_clear(&r);
}

/* -- TLBI -- */

typedef struct TlbiCase {
    const char *what;
    unsigned crm, op2;
    uint64_t val;
    bool broadcast;
    TlbiKind kind;
    uint64_t va, bytes;
    uint32_t asid;
} TlbiCase;

static const TlbiCase tlbi_cases[] = {
    { "VMALLE1", 7, 0, 0, false, TLBI_ALL, 0, 0, 0 },
    { "VMALLE1IS", 3, 0, 0, true, TLBI_ALL, 0, 0, 0 },
    { "VMALLE1OS", 1, 0, 0, true, TLBI_ALL, 0, 0, 0 },
    { "VAE1IS", 3, 1, UINT64_C(0x1234) << 48 | 0x400, true, TLBI_VA, 0x400000, 4096, 0x1234 },
    { "VALE1", 7, 5, UINT64_C(0x5) << 48 | 0x400, false, TLBI_VA, 0x400000, 4096, 5 },
    { "VAAE1IS, upper half, TTL", 3, 3, UINT64_C(0xf) << 44 | UINT64_C(0xff800000000), true,
      TLBI_VA_ALL_ASID, UINT64_C(0xffff800000000000), 4096, 0 },
    { "VAALE1IS", 3, 7, 0x1, true, TLBI_VA_ALL_ASID, 0x1000, 4096, 0 },
    { "ASIDE1IS", 3, 2, UINT64_C(0xbeef) << 48, true, TLBI_ASID, 0, 0, 0xbeef },
    /* TG = 4K, SCALE 0, NUM 3: (3 + 1) * 2 pages */
    { "RVAE1IS", 2, 1, UINT64_C(7) << 48 | UINT64_C(1) << 46 | UINT64_C(3) << 39 | 0x400, true,
      TLBI_VA, 0x400000, 8 * 4096, 7 },
    /* TG = 64K, SCALE 1, NUM 0, upper half */
    { "RVAALE1", 6, 7, UINT64_C(3) << 46 | UINT64_C(1) << 44 | MASK(36, 20), false,
      TLBI_VA_ALL_ASID, UINT64_C(0xfffffff000000000), 64 * 65536, 0 },
};

static void test_tlbi(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    rig_msr(&r, ENC_TCR, TCR_AS, NULL);
    for (unsigned i = 0; i < ARRAY_SIZE(tlbi_cases); i++) {
        const TlbiCase *t = &tlbi_cases[i];

        g_test_message("%s", t->what);
        r.accel.n_self = r.accel.n_broadcast = 0;
        rig_msr(&r, SYSREG_ENC(1, 0, 8, t->crm, t->op2), t->val, NULL);
        g_assert_cmpuint(r.accel.n_broadcast, ==, t->broadcast);
        g_assert_cmpuint(r.accel.n_self, ==, !t->broadcast);
        g_assert_cmpint(r.accel.last.kind, ==, t->kind);
        g_assert_cmphex(r.accel.last.idx_mask, ==, 7);
        if (t->bytes) {
            g_assert_cmphex(r.accel.last.va, ==, t->va);
            g_assert_cmphex(r.accel.last.bytes, ==, t->bytes);
        }
        if (t->kind != TLBI_ALL && t->kind != TLBI_VA_ALL_ASID) {
            g_assert_cmphex(r.accel.last.asid, ==, t->asid);
        }
    }
    /* A reserved granule does nothing. */
    r.accel.n_broadcast = 0;
    rig_msr(&r, SYSREG_ENC(1, 0, 8, 2, 1), 0x400, NULL);
    g_assert_cmpuint(r.accel.n_broadcast, ==, 0);
    rig_clear(&r);
}

/* -- Cache maintenance -- */

static void test_cache_op_faults(void)
{
    bool trapped;
    Rig r;

    rig_init(&r, "max", NULL);
    rig_msr(&r, ENC_TCR, 16, NULL);
    rig_msr(&r, ENC_TTBR0, RAM_BASE + MiB, NULL);
    rig_msr(&r, ENC_SCTLR, SCTLR_M | SCTLR_UCI, NULL);
    r.cpu->pc = 0x5678;
    arm_pstate_set(r.cpu, 0);
    rig_msr(&r, SYSREG_ENC(1, 3, 7, 11, 1), 0x123456, &trapped);     /* DC CVAU, unmapped */
    g_assert_true(trapped);
    rig_deliver(&r, 0);
    g_assert_cmphex(r.cpu->sys.esr_el1, ==,
                    UINT64_C(0x24) << 26 | BIT(25) | BIT(8) | BIT(6) | FSC_TRANSLATION);
    g_assert_cmphex(r.cpu->sys.far_el1, ==, 0x123456);
    g_assert_cmphex(r.cpu->sys.elr_el1, ==, 0x5678);
    rig_clear(&r);
}

static void test_dc_zva(void)
{
    void (*zva)(void *, uint64_t, uint32_t) = (void (*)(void *, uint64_t, uint32_t))h_dc_zva.fn;
    Rig r;

    rig_init(&r, "cortex-a57", NULL);
    zva(r.cpu, RAM_BASE + 0x105, ARM_MMU_EL1);                  /* MMU off: Device memory */
    rig_deliver(&r, 0);
    g_assert_cmphex(r.cpu->sys.esr_el1 & 0x3f, ==, FSC_ALIGNMENT);
    /* One 1 GiB block, identity. */
    rig_poke(&r, RAM_BASE + MiB + 8, RAM_BASE | 1 | BIT(10) | 1 << 2);
    rig_msr(&r, ENC_MAIR, 0xff00, NULL);
    rig_msr(&r, ENC_TCR, 25 | UINT64_C(5) << 32, NULL);
    rig_msr(&r, ENC_TTBR0, RAM_BASE + MiB, NULL);
    rig_msr(&r, ENC_SCTLR, SCTLR_M, NULL);
    for (unsigned off = 0x80; off < 0x180; off += 8) {
        rig_poke(&r, RAM_BASE + off, ~UINT64_C(0));
    }
    zva(r.cpu, RAM_BASE + 0x105, ARM_MMU_EL1);
    for (unsigned off = 0x80; off < 0x180; off += 8) {
        bool zeroed = off >= 0x100 && off < 0x140;
        g_assert_cmphex(rig_peek(&r, RAM_BASE + off), ==, zeroed ? 0 : ~UINT64_C(0));
    }
    zva(r.cpu, 0x1234567, ARM_MMU_EL1);
    rig_deliver(&r, 0);
    g_assert_cmphex(r.cpu->sys.far_el1, ==, 0x1234567);
    rig_clear(&r);
}

/* -- 128-bit exclusives -- */

static void test_pairs(void)
{
    uint32_t (*stxp)(void *, uint64_t, uint32_t, uint64_t, uint64_t) =
        (uint32_t (*)(void *, uint64_t, uint32_t, uint64_t, uint64_t))h_stxp128.fn;
    void (*casp)(void *, uint64_t, uint32_t, uint32_t, uint32_t) =
        (void (*)(void *, uint64_t, uint32_t, uint32_t, uint32_t))h_casp128.fn;
    uint64_t va = RAM_BASE + 0x200;
    Rig r;

    rig_init(&r, "max", NULL);
    rig_poke(&r, va, 1);
    rig_poke(&r, va + 8, 2);
    ((void (*)(void *, uint64_t, uint32_t))h_ld128.fn)(r.cpu, va, ARM_MMU_EL1);
    g_assert_cmphex(r.cpu->excl_val[0], ==, 1);
    g_assert_cmphex(r.cpu->excl_val[1], ==, 2);
    g_assert_cmpuint(stxp(r.cpu, va, ARM_MMU_EL1, 3, 4), ==, 1);     /* monitor open */
    r.cpu->excl_addr = va;
    g_assert_cmpuint(stxp(r.cpu, va, ARM_MMU_EL1, 3, 4), ==, 0);
    g_assert_cmphex(rig_peek(&r, va + 8), ==, 4);
    g_assert_cmpuint(stxp(r.cpu, va, ARM_MMU_EL1, 5, 6), ==, 1);     /* value changed */
    r.cpu->x[2] = 3;
    r.cpu->x[3] = 4;
    r.cpu->x[4] = 7;
    r.cpu->x[5] = 8;
    casp(r.cpu, va, ARM_MMU_EL1, 2, 4);
    g_assert_cmphex(rig_peek(&r, va), ==, 7);
    g_assert_cmphex(r.cpu->x[2], ==, 3);
    casp(r.cpu, va, ARM_MMU_EL1, 2, 4);
    g_assert_cmphex(r.cpu->x[2], ==, 7);
    g_assert_cmphex(r.cpu->x[3], ==, 8);
    rig_clear(&r);
}

static void test_icc_forwarding(void)
{
    Rig r;

    rig_init(&r, "max", NULL);
    g_assert_cmphex(rig_mrs(&r, SYSREG_ENC(3, 0, 12, 12, 0), NULL), ==, 0x1cc);
    g_assert_cmpint(r.gic.last_reg, ==, ICC_IAR1);
    rig_msr(&r, SYSREG_ENC(3, 0, 12, 11, 5), 0x77, NULL);
    g_assert_cmpint(r.gic.last_reg, ==, ICC_SGI1R);
    g_assert_cmphex(r.gic.written, ==, 0x77);
    g_assert_cmphex(rig_mrs(&r, SYSREG_ENC(3, 0, 0, 4, 0), NULL) >> 24 & 15, ==, 1);
    rig_clear(&r);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arm/sysreg/table", test_table_is_sane);
    g_test_add_func("/arm/sysreg/features", test_features_hide_rows);
    g_test_add_func("/arm/sysreg/all-accessible", test_every_row_is_accessible);
    g_test_add_func("/arm/sysreg/reset", test_reset_values);
    g_test_add_func("/arm/sysreg/el0-traps", test_el0_traps);
    g_test_add_func("/arm/sysreg/id-without-idst", test_id_registers_without_idst);
    g_test_add_func("/arm/sysreg/dczid", test_dczid_prohibits);
    g_test_add_func("/arm/sysreg/id-space", test_id_space_is_complete);
    g_test_add_func("/arm/sysreg/sp-el0", test_sp_el0_needs_spsel);
    g_test_add_func("/arm/sysreg/asid", test_asid);
    g_test_add_func("/arm/sysreg/flushes", test_address_space_changes_flush);
    g_test_add_func("/arm/sysreg/masks", test_mmu_control_masks);
    g_test_add_func("/arm/sysreg/tlbi", test_tlbi);
    g_test_add_func("/arm/sysreg/cache-op-faults", test_cache_op_faults);
    g_test_add_func("/arm/sysreg/dc-zva", test_dc_zva);
    g_test_add_func("/arm/sysreg/pairs", test_pairs);
    g_test_add_func("/arm/sysreg/icc", test_icc_forwarding);
    return g_test_run();
}
