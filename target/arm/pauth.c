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

uint64_t arm_pac_compute(ArmCpu *cpu, uint64_t data, uint64_t modifier, PacKey key)
{
    const uint64_t *k = cpu->sys.apkey[key];

    return arm_has(cpu->cfg.model, FEAT_PACIMP) ? pac_impdef(data, modifier, k)
                                                : compute_qarma(cpu, data, modifier, k);
}

static uint64_t compute_helper(void *env, uint64_t data, uint64_t modifier, uint32_t key)
{
    return arm_pac_compute(env, data, modifier, key);
}

const IrHelper h_pac_compute = {
    .name = "pac_compute", .fn = (void *)compute_helper, .flags = IRH_ENV, .ret = IR_I64,
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
        }
        cpu->pac.select[data] = BIT(tagged ? 55 : 63);
    }
}

/* -- Authentication that fails -- */

static void check_helper(void *env, uint64_t pointer, uint64_t modifier, uint32_t key)
{
    ArmCpu *cpu = env;
    bool upper = bit64(pointer, 55);
    uint64_t bits = cpu->pac.bits[pac_key_is_data(key)][upper];
    uint64_t plain = upper ? pointer | bits : pointer & ~bits;
    uint64_t pac = arm_pac_compute(cpu, plain, modifier, key);

    if ((pointer ^ plain ^ pac) & bits & ~BIT(55)) {
        arm_raise_sync(cpu, syn_make(EC_PAC_FAIL, key));
    }
}

const IrHelper h_pac_check = {
    .name = "pac_check", .fn = (void *)check_helper, .flags = IRH_ENV | IRH_FAULTS, .ret = IR_NONE,
    .n_args = 3, .args = { IR_I64, IR_I64, IR_I32 },
};
