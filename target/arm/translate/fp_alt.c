/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FEAT_AFP's changes to whole instructions: FPCR.NEP (a scalar result leaves the register's other
 * elements to be those of an operand) and, with FPCR.AH, FABS and FNEG that keep a NaN's sign. The
 * rest of FPCR.AH and FIZ is in fpu/.
 *
 * Nearly every program runs without either: the context word says so, and translation with them
 * goes through here, by the names of the lines.
 */
#include <string.h>

#include "simd.h"

#include "fpu/fpu.h"

/* -- Scalar forms that FPCR.NEP changes, by where the other elements come from -- */

static const char *const from_rn[] = {
    "FADD_s", "FSUB_s", "FMUL_s", "FDIV_s", "FNMUL_s", "FMAX_s", "FMIN_s", "FMAXNM_s", "FMINNM_s",
    "FABD", "FMULX", "FRECPS", "FRSQRTS", "FMUL_x", "FMULX_x", NULL
};
static const char *const from_rm[] = {
    "FACGE", "FACGT", "FCMEQ", "FCMGE", "FCMGT", NULL
};
static const char *const from_ra[] = { "FMADD_s", NULL };
static const char *const from_rd[] = {
    "FMLA_x", "FMLS_x", "FABS_s", "FNEG_s", "FSQRT_s", "FRINT_s", "FRINTX_s", "FRINTI_s",
    "FRINTTS_s", "FCVT_s", "BFCVT", "SCVTF_si", "UCVTF_si", "SCVTF_sf", "UCVTF_sf", "FCVT_vi",
    "FCVTZS_vf", "FCVTZU_vf", "SCVTF_v", "UCVTF_v", "SCVTF_vf", "UCVTF_vf", "FCVTXN", "FRECPE",
    "FRSQRTE", "FRECPX", NULL
};

static const struct { const char *const *names; unsigned lsb; } merges[] = {
    { from_rn, 5 }, { from_rm, 16 }, { from_ra, 10 }, { from_rd, 0 },
};

static bool is_in(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name)) {
        names++;
    }
    return *names;
}

/* Scalar floating point, and the scalar forms of Advanced SIMD. */
static bool is_scalar(uint32_t word) { return word >> 28 & 1; }

/* log2 bytes of the result's element. */
static unsigned result_size(const DecodeLine *line, uint32_t word)
{
    static const uint8_t fcvt_to[] = { 2, 3, 0, 1 };

    if (!strcmp(line->name, "FCVT_s")) {
        return fcvt_to[word >> 15 & 3];
    }
    if (!strcmp(line->name, "FCVTXN")) {
        return 2;
    }
    if (line->feature == FEAT_BF16 || line->feature == FEAT_FP16) {
        return 1;
    }
    return 2 + (word >> 22 & 1);
}

static void merge(Disas *s, unsigned rd, IrRef base, unsigned size)
{
    IrRef lane = ir_vext(s->ir, size == 3 ? IR_I64 : IR_I32, read_v(s, rd), size, 0);

    write_v(s, rd, ir_op2x(s->ir, IR_vins, base, lane, size, 0));
}

/* -- FABS, FNEG under FPCR.AH -- */

static const char *const signs[] = {
    "FABS_s", "FNEG_s", "FABS_v", "FNEG_v", NULL
};

static bool sign_op(Disas *s, bool neg, unsigned size, uint32_t word)
{
    unsigned rd = word & 31, rn = word >> 5 & 31;

    if (!fp_access_ok(s)) {
        return true;
    }
    if (!is_scalar(word)) {
        return vec_call(s, neg ? &h_v_fneg : &h_v_fabs,
                        vec_desc(rd, rn, rn, size, 8u << (word >> 30 & 1)));
    }
    return write_fp(s, rd, ir_call(s->ir, neg ? &h_s_fneg : &h_s_fabs,
                                   ir_imm32(s->ir, FPU_F16 + size - 1), bits_of(s, size, rn)));
}

/* -- The decoder's way in -- */

bool fp_alt_run(Disas *s, const DecodeLine *line, DecodeFn *fn, uint32_t word)
{
    bool sign = s->ctx & CTX_FP_AH && is_in(line->name, signs);
    unsigned size = result_size(line, word);
    int base_reg = -1;

    for (unsigned i = 0; s->ctx & CTX_FP_NEP && is_scalar(word) && i < ARRAY_SIZE(merges); i++) {
        if (is_in(line->name, merges[i].names)) {
            base_reg = word >> merges[i].lsb & 31;
        }
    }
    IrRef base = base_reg >= 0 ? read_v(s, base_reg) : 0;
    bool ok = sign ? sign_op(s, line->name[1] == 'N', size, word) : fn(s, word);
    if (base_reg >= 0 && ok && !s->ended) {
        merge(s, word & 31, base, size);
    }
    return ok;
}
