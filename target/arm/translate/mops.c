/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory Copy and Memory Set (C4.1.94): calls of ../mops.c. */
#include "translate.h"

#include "a64_decode.h"
#include "target/arm/internal/mops.h"

/* SCTLR_EL1.MSCEn lets EL0. */
static bool is_enabled(const Disas *s) { return s->el > 0 || s->ctx & CTX_EL0_MSCEN; }

static unsigned index_of(const Disas *s, bool unprivileged)
{
    return unprivileged && !(s->ctx & CTX_UAO) ? ARM_MMU_EL0 : s->mmu;
}

static bool gen_mops(Disas *s, uint32_t how, unsigned rd, unsigned rs, unsigned rn,
                     unsigned options, bool read_unpriv, bool write_unpriv)
{
    how |= rd << MOPS_RD_SHIFT | rs << MOPS_RS_SHIFT | rn << MOPS_RN_SHIFT
         | options << MOPS_OPTIONS_SHIFT | index_of(s, read_unpriv) << MOPS_READ_IDX_SHIFT
         | index_of(s, write_unpriv) << MOPS_WRITE_IDX_SHIFT;
    ir_call(s->ir, &h_mops, ir_imm32(s->ir, how), ir_imm64(s->ir, s->pc));
    gen_lookup_env(s);
    return true;
}

/* CPYP.., CPYFP.. (op: 0 forward only); options<1:0>: reads, writes as at EL0; the rest hints */
bool trans_CPY(Disas *s, const arg_CPY *a)
{
    bool distinct = a->rd != a->rs && a->rd != a->rn && a->rs != a->rn;

    if (!is_enabled(s) || !distinct || a->rd == 31 || a->rs == 31 || a->rn == 31) {
        return false;
    }
    return gen_mops(s, a->stage << MOPS_STAGE_SHIFT | (a->any ? 0 : MOPS_FORWARD), a->rd, a->rs,
                    a->rn, a->options, a->options & 2, a->options & 1);
}

/* SETP, SETM, SETE */
bool trans_SET(Disas *s, const arg_SET *a)
{
    bool distinct = a->rd != a->rs && a->rd != a->rn && a->rs != a->rn;

    if (!is_enabled(s) || !distinct || a->rd == 31 || a->rn == 31) {
        return false;
    }
    return gen_mops(s, a->stage << MOPS_STAGE_SHIFT | MOPS_SET, a->rd, a->rs, a->rn, a->options,
                    false, a->options & 1);
}
