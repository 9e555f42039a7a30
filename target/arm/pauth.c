/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pointer authentication: algorithms, the bits a PAC takes, the PAC Fail exception. See pauth.h. */
#include "target/arm/internal/pauth.h"

#include "qarma.h"

/* -- ComputePAC -- */

static uint64_t compute_qarma(ArmCpu *cpu, uint64_t data, uint64_t modifier, const uint64_t key[2])
{
    uint64_t hash = pac_impdef(data, modifier, key);
    PacMemo *m = &cpu->pac_memo[hash >> 57];

    _Static_assert(ARRAY_SIZE(cpu->pac_memo) == 128, "7 bits of the hash");
    if (m->data != data || m->modifier != modifier || m->key[0] != key[0] || m->key[1] != key[1]
        || !m->used) {
        bool three = arm_has(cpu->cfg.model, FEAT_PACQARMA3);

        *m = (PacMemo) { data, modifier, { key[0], key[1] },
                         qarma64(data, modifier, key[1], key[0], three ? 3 : 5,
                                 three ? QARMA_SIGMA1 : QARMA_SIGMA2), true };
    }
    return m->result;
}

static uint64_t compute_pac(void *env, uint64_t data, uint64_t modifier, uint32_t key)
{
    ArmCpu *cpu = env;
    const uint64_t *k = cpu->sys.apkey[key];

    return arm_has(cpu->cfg.model, FEAT_PACIMP) ? pac_impdef(data, modifier, k)
                                                : compute_qarma(cpu, data, modifier, k);
}

const IrHelper h_pac_compute = {
    .name = "pac_compute", .fn = (void *)compute_pac, .flags = IRH_ENV, .ret = IR_I64,
    .n_args = 3, .args = { IR_I64, IR_I64, IR_I32 },
};

/* -- Which bits (CalculateBottomPACBit) -- */

void arm_pac_update(ArmCpu *cpu)
{
    const ArmMmuHalf *h = cpu->mmu.half;

    for (unsigned data = 0; data < 2; data++) {
        bool tagged = false;

        for (unsigned i = 0; i < 2; i++) {
            bool tbi = data ? h[i].tbi : h[i].tbi_insn;

            tagged |= tbi;
            cpu->pac.bits[data][i] = MASK(tbi ? 55 : 63, h[i].va_bits);
            cpu->pac.where[data][i] = cpu->pac.bits[data][i] & ~BIT(55);
        }
        cpu->pac.select[data] = BIT(tagged ? 55 : 63);
    }
}

/* -- AddPAC() and Auth() in full -- */

static bool key_is_enabled(const ArmCpu *cpu, PacKey key)
{
    static const uint64_t bit[] = { [PAC_IA] = SCTLR_ENIA, [PAC_IB] = SCTLR_ENIB,
                                    [PAC_DA] = SCTLR_ENDA, [PAC_DB] = SCTLR_ENDB };

    return cpu->sys.sctlr_el1 & bit[key];
}

/* What @pointer is without a PAC, in the half @upper. */
static uint64_t canonical(const ArmPac *p, bool data, bool upper, uint64_t pointer)
{
    return upper ? pointer | p->bits[data][1] : pointer & ~p->bits[data][0];
}

static uint64_t add_pac(ArmCpu *cpu, PacKey key, uint64_t pointer, uint64_t modifier)
{
    const ArmPac *p = &cpu->pac;
    bool data = pac_key_is_data(key), upper = pointer & p->select[data];
    uint64_t plain = canonical(p, data, upper, pointer);
    uint64_t pac = compute_pac(cpu, plain, modifier, key) ^ pointer ^ plain;

    return plain ^ (pac & p->where[data][upper]);
}

static uint64_t auth(ArmCpu *cpu, PacKey key, bool combined, uint64_t pointer, uint64_t modifier)
{
    const ArmPac *p = &cpu->pac;
    bool data = pac_key_is_data(key), upper = bit64(pointer, 55);
    uint64_t plain = canonical(p, data, upper, pointer);
    uint64_t pac = compute_pac(cpu, plain, modifier, key);
    uint64_t result = pointer ^ (pac & p->where[data][upper]);

    if (result != plain && arm_has(cpu->cfg.model, combined ? FEAT_FPACCOMBINE : FEAT_FPAC)) {
        arm_raise_sync(cpu, syn_make(EC_PAC_FAIL, key));
    }
    return result;
}

uint64_t arm_pac_slow(TcgCpu *tcg, unsigned what, uint64_t pointer, uint64_t modifier)
{
    ArmCpu *cpu = (ArmCpu *)tcg;
    PacKey key = what & PAC_WHAT_KEY;

    if (!key_is_enabled(cpu, key)) {
        return pointer;
    }
    return what & PAC_WHAT_AUTH ? auth(cpu, key, what & PAC_WHAT_COMBINED, pointer, modifier)
                                : add_pac(cpu, key, pointer, modifier);
}

static uint64_t slow_helper(void *env, uint64_t pointer, uint64_t modifier, uint32_t what)
{
    return arm_pac_slow(env, what, pointer, modifier);
}

const IrHelper h_pac_slow = {
    .name = "pac_slow", .fn = (void *)slow_helper, .flags = IRH_ENV | IRH_FAULTS, .ret = IR_I64,
    .n_args = 3, .args = { IR_I64, IR_I64, IR_I32 },
};
