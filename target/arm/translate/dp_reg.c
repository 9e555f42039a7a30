/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data processing, register (C4.1.95). */
#include "translate.h"

#include "a64_decode.h"

static IrType type_of(bool sf) { return sf ? IR_I64 : IR_I32; }
static IrRef imm_of(Disas *s, bool sf, uint64_t v) { return ir_imm(s->ir, type_of(sf), v); }

/* Rm shifted: 0 LSL, 1 LSR, 2 ASR, 3 ROR. */
static IrRef shifted(Disas *s, bool sf, unsigned rm, unsigned shift, unsigned count)
{
    static const uint8_t ops[4] = { IR_shl, IR_shr, IR_sar, IR_rotr };
    IrRef v = read_reg(s, sf, rm);

    return count ? ir_op2(s->ir, (IrOp)ops[shift], v, imm_of(s, sf, count)) : v;
}

/* -- Logical -- */

static bool logical(Disas *s, const arg_AND_r *a, IrOp op)
{
    IrRef n = read_reg(s, a->sf, a->rn);

    write_reg(s, a->sf, a->rd,
              ir_op2(s->ir, op, n, shifted(s, a->sf, a->rm, a->shift, a->imm)));
    return true;
}

bool trans_AND_r(Disas *s, const arg_AND_r *a) { return logical(s, a, IR_and); }
bool trans_BIC_r(Disas *s, const arg_BIC_r *a) { return logical(s, a, IR_andc); }
bool trans_EOR_r(Disas *s, const arg_EOR_r *a) { return logical(s, a, IR_xor); }
bool trans_EON_r(Disas *s, const arg_EON_r *a) { return logical(s, a, IR_eqv); }

bool trans_ORR_r(Disas *s, const arg_ORR_r *a)
{
    if (a->rn == 31) {                                    /* MOV */
        write_reg(s, a->sf, a->rd, shifted(s, a->sf, a->rm, a->shift, a->imm));
        return true;
    }
    return logical(s, a, IR_or);
}

bool trans_ORN_r(Disas *s, const arg_ORN_r *a)
{
    if (a->rn == 31) {                                    /* MVN */
        write_reg(s, a->sf, a->rd, ir_not(s->ir, shifted(s, a->sf, a->rm, a->shift, a->imm)));
        return true;
    }
    return logical(s, a, IR_orc);
}

static bool logical_flags(Disas *s, const arg_ANDS_r *a, bool invert)
{
    IrRef n = read_reg(s, a->sf, a->rn), m = shifted(s, a->sf, a->rm, a->shift, a->imm);

    if (invert) {
        m = ir_not(s->ir, m);
    }
    if (a->rd != 31) {
        write_reg(s, a->sf, a->rd, ir_and(s->ir, n, m));
    }
    write_flags(s, ir_andf(s->ir, n, m));
    return true;
}

bool trans_ANDS_r(Disas *s, const arg_ANDS_r *a) { return logical_flags(s, a, false); }
bool trans_BICS_r(Disas *s, const arg_BICS_r *a) { return logical_flags(s, a, true); }

/* -- Add and subtract -- */

bool trans_ADD_r(Disas *s, const arg_ADD_r *a) { return logical(s, a, IR_add); }
bool trans_SUB_r(Disas *s, const arg_SUB_r *a) { return logical(s, a, IR_sub); }

bool trans_ADDS_r(Disas *s, const arg_ADDS_r *a)
{
    IrRef n = read_reg(s, a->sf, a->rn);

    add_flags(s, a->sf, a->rd, n, shifted(s, a->sf, a->rm, a->shift, a->imm));
    return true;
}

bool trans_SUBS_r(Disas *s, const arg_SUBS_r *a)
{
    IrRef n = read_reg(s, a->sf, a->rn);

    sub_flags(s, a->sf, a->rd, n, shifted(s, a->sf, a->rm, a->shift, a->imm));
    return true;
}

static IrRef extended(Disas *s, const arg_ADD_e *a)
{
    IrRef m = extend_reg(s, a->rm, a->option, a->imm);

    return a->sf ? m : ir_trunc(s->ir, m);
}

bool trans_ADD_e(Disas *s, const arg_ADD_e *a)
{
    IrRef n = read_reg_sp(s, a->sf, a->rn);

    write_reg_sp(s, a->sf, a->rd, ir_add(s->ir, n, extended(s, a)));
    return true;
}

bool trans_SUB_e(Disas *s, const arg_SUB_e *a)
{
    IrRef n = read_reg_sp(s, a->sf, a->rn);

    write_reg_sp(s, a->sf, a->rd, ir_sub(s->ir, n, extended(s, a)));
    return true;
}

bool trans_ADDS_e(Disas *s, const arg_ADDS_e *a)
{
    IrRef n = read_reg_sp(s, a->sf, a->rn);

    add_flags(s, a->sf, a->rd, n, extended(s, a));
    return true;
}

bool trans_SUBS_e(Disas *s, const arg_SUBS_e *a)
{
    IrRef n = read_reg_sp(s, a->sf, a->rn);

    sub_flags(s, a->sf, a->rd, n, extended(s, a));
    return true;
}

bool trans_ADC(Disas *s, const arg_ADC *a)
{
    write_reg(s, a->sf, a->rd, ir_adc(s->ir, read_reg(s, a->sf, a->rn),
                                      read_reg(s, a->sf, a->rm), read_flags(s)));
    return true;
}

bool trans_SBC(Disas *s, const arg_SBC *a)
{
    write_reg(s, a->sf, a->rd, ir_sbc(s->ir, read_reg(s, a->sf, a->rn),
                                      read_reg(s, a->sf, a->rm), read_flags(s)));
    return true;
}

bool trans_ADCS(Disas *s, const arg_ADCS *a)
{
    IrRef n = read_reg(s, a->sf, a->rn), m = read_reg(s, a->sf, a->rm), f = read_flags(s);

    if (a->rd != 31) {
        write_reg(s, a->sf, a->rd, ir_adc(s->ir, n, m, f));
    }
    write_flags(s, ir_adcf(s->ir, n, m, f));
    return true;
}

bool trans_SBCS(Disas *s, const arg_SBCS *a)
{
    IrRef n = read_reg(s, a->sf, a->rn), m = read_reg(s, a->sf, a->rm), f = read_flags(s);

    if (a->rd != 31) {
        write_reg(s, a->sf, a->rd, ir_sbc(s->ir, n, m, f));
    }
    write_flags(s, ir_sbcf(s->ir, n, m, f));
    return true;
}

/* -- Flag manipulation -- */

/* NZCV<mask> := low bits of Xn rotated right by imm. */
bool trans_RMIF(Disas *s, const arg_RMIF *a)
{
    uint32_t mask = (uint32_t)a->mask << 28;
    IrRef v = ir_trunc(s->ir, ir_rotr(s->ir, read_x(s, a->rn), ir_imm64(s->ir, a->imm)));
    IrRef bits = ir_and(s->ir, ir_shl(s->ir, v, ir_imm32(s->ir, 28)), ir_imm32(s->ir, mask));
    IrRef old = ir_and(s->ir, ir_fnzcv(s->ir, read_flags(s)), ir_imm32(s->ir, ~mask));

    write_flags(s, ir_nzcvf(s->ir, ir_or(s->ir, bits, old)));
    return true;
}

/* N, Z and V from the low 8 or 16 bits of Wn; C stays. */
bool trans_SETF(Disas *s, const arg_SETF *a)
{
    unsigned width = a->sz ? 16 : 8;
    IrRef w = read_w(s, a->rn), zero = ir_imm32(s->ir, 0);
    IrRef low = ir_extract(s->ir, w, 0, width);
    IrRef n = ir_extract(s->ir, w, width - 1, 1);
    IrRef z = ir_setcmp(s->ir, IR_EQ, low, zero);
    IrRef v = ir_xor(s->ir, ir_extract(s->ir, w, width, 1), n);
    IrRef nzcv = ir_and(s->ir, ir_fnzcv(s->ir, read_flags(s)), ir_imm32(s->ir, 1u << 29));

    nzcv = ir_deposit(s->ir, nzcv, n, 31, 1);
    nzcv = ir_deposit(s->ir, nzcv, z, 30, 1);
    nzcv = ir_deposit(s->ir, nzcv, v, 28, 1);
    write_flags(s, ir_nzcvf(s->ir, nzcv));
    return true;
}

bool trans_CFINV(Disas *s, const arg_CFINV *a)
{
    IrRef nzcv = ir_fnzcv(s->ir, read_flags(s));

    write_flags(s, ir_nzcvf(s->ir, ir_xor(s->ir, nzcv, ir_imm32(s->ir, 1u << 29))));
    return true;
}

/* From the alternative floating-point flags: N = !C & !Z, Z = Z & C, C = C | Z, V = !C & Z. */
bool trans_XAFLAG(Disas *s, const arg_XAFLAG *a)
{
    IrBlock *b = s->ir;
    IrRef f = ir_fnzcv(b, read_flags(s));
    IrRef z = ir_extract(b, f, 30, 1), c = ir_extract(b, f, 29, 1);
    IrRef either = ir_or(b, c, z);
    IrRef nzcv = ir_shl(b, ir_xor(b, either, ir_imm32(b, 1)), ir_imm32(b, 31));

    nzcv = ir_deposit(b, nzcv, ir_and(b, z, c), 30, 1);
    nzcv = ir_deposit(b, nzcv, either, 29, 1);
    nzcv = ir_deposit(b, nzcv, ir_andc(b, z, c), 28, 1);
    write_flags(s, ir_nzcvf(b, nzcv));
    return true;
}

/* To the alternative floating-point flags: N = V = 0, Z = Z | V, C = C & !V. */
bool trans_AXFLAG(Disas *s, const arg_AXFLAG *a)
{
    IrBlock *b = s->ir;
    IrRef f = ir_fnzcv(b, read_flags(s));
    IrRef z = ir_extract(b, f, 30, 1), c = ir_extract(b, f, 29, 1), v = ir_extract(b, f, 28, 1);
    IrRef nzcv = ir_shl(b, ir_or(b, z, v), ir_imm32(b, 30));

    nzcv = ir_deposit(b, nzcv, ir_andc(b, c, v), 29, 1);
    write_flags(s, ir_nzcvf(b, nzcv));
    return true;
}

/* -- Conditional -- */

static bool cond_compare(Disas *s, bool sf, unsigned cond, IrRef n, IrRef m, bool is_add,
                         unsigned nzcv)
{
    if (cond >= 14) {
        write_flags(s, is_add ? ir_addf(s->ir, n, m) : ir_subf(s->ir, n, m));
    } else {
        write_flags(s, ir_ccmp(s->ir, (IrCond)cond, read_flags(s), n, m, is_add, nzcv << 28));
    }
    return true;
}

static bool ccmp_reg(Disas *s, const arg_CCMP_r *a, bool is_add)
{
    IrRef n = read_reg(s, a->sf, a->rn);

    return cond_compare(s, a->sf, a->cond, n, read_reg(s, a->sf, a->rm), is_add, a->nzcv);
}

static bool ccmp_imm(Disas *s, const arg_CCMP_i *a, bool is_add)
{
    IrRef n = read_reg(s, a->sf, a->rn);

    return cond_compare(s, a->sf, a->cond, n, imm_of(s, a->sf, a->imm), is_add, a->nzcv);
}

bool trans_CCMP_r(Disas *s, const arg_CCMP_r *a) { return ccmp_reg(s, a, false); }
bool trans_CCMN_r(Disas *s, const arg_CCMN_r *a) { return ccmp_reg(s, a, true); }
bool trans_CCMP_i(Disas *s, const arg_CCMP_i *a) { return ccmp_imm(s, a, false); }
bool trans_CCMN_i(Disas *s, const arg_CCMN_i *a) { return ccmp_imm(s, a, true); }

static bool cond_select(Disas *s, const arg_CSEL *a, IrRef if_false)
{
    IrRef n = read_reg(s, a->sf, a->rn);

    write_reg(s, a->sf, a->rd, a->cond >= 14 ? n
              : ir_selectf(s->ir, (IrCond)a->cond, read_flags(s), n, if_false));
    return true;
}

bool trans_CSEL(Disas *s, const arg_CSEL *a)
{
    return cond_select(s, a, read_reg(s, a->sf, a->rm));
}

bool trans_CSINC(Disas *s, const arg_CSINC *a)
{
    if (a->rn == 31 && a->rm == 31 && a->cond < 14) {     /* CSET */
        write_reg(s, a->sf, a->rd, ir_setf(s->ir, type_of(a->sf), (IrCond)(a->cond ^ 1),
                                           read_flags(s)));
        return true;
    }
    return cond_select(s, a, ir_addi(s->ir, read_reg(s, a->sf, a->rm), 1));
}

bool trans_CSINV(Disas *s, const arg_CSINV *a)
{
    if (a->rn == 31 && a->rm == 31 && a->cond < 14) {     /* CSETM */
        IrRef set = ir_setf(s->ir, type_of(a->sf), (IrCond)(a->cond ^ 1), read_flags(s));

        write_reg(s, a->sf, a->rd, ir_neg(s->ir, set));
        return true;
    }
    return cond_select(s, a, ir_not(s->ir, read_reg(s, a->sf, a->rm)));
}

bool trans_CSNEG(Disas *s, const arg_CSNEG *a)
{
    return cond_select(s, a, ir_neg(s->ir, read_reg(s, a->sf, a->rm)));
}

/* -- Two sources -- */

static bool two_source(Disas *s, const arg_UDIV *a, IrOp op)
{
    IrRef n = read_reg(s, a->sf, a->rn);

    write_reg(s, a->sf, a->rd, ir_op2(s->ir, op, n, read_reg(s, a->sf, a->rm)));
    return true;
}

bool trans_UDIV(Disas *s, const arg_UDIV *a) { return two_source(s, a, IR_udiv); }
bool trans_SDIV(Disas *s, const arg_SDIV *a) { return two_source(s, a, IR_sdiv); }
bool trans_LSLV(Disas *s, const arg_LSLV *a) { return two_source(s, a, IR_shl); }
bool trans_LSRV(Disas *s, const arg_LSRV *a) { return two_source(s, a, IR_shr); }
bool trans_ASRV(Disas *s, const arg_ASRV *a) { return two_source(s, a, IR_sar); }
bool trans_RORV(Disas *s, const arg_RORV *a) { return two_source(s, a, IR_rotr); }
bool trans_SMAX_r(Disas *s, const arg_SMAX_r *a) { return two_source(s, a, IR_smax); }
bool trans_UMAX_r(Disas *s, const arg_UMAX_r *a) { return two_source(s, a, IR_umax); }
bool trans_SMIN_r(Disas *s, const arg_SMIN_r *a) { return two_source(s, a, IR_smin); }
bool trans_UMIN_r(Disas *s, const arg_UMIN_r *a) { return two_source(s, a, IR_umin); }

/*
 * CRC-32 (polynomial P = 0x104c11db7, bit-reflected) by Barrett's reduction. @v is a polynomial of
 * degree 63 at most, its highest coefficient in bit 0; the result is v * x^32 mod P. MU is
 * floor(x^96 / P); the quotient v * MU / x^64 is the low half of a product of reflected values.
 */
static IrRef crc32_reduce(Disas *s, IrRef v)
{
    IrRef mu = ir_vimm(s->ir, 0xb4e5b025f7011641, 0), p = ir_vimm(s->ir, 0x1db710641, 0);
    IrRef quotient = ir_op2x(s->ir, IR_vclmul, ir_op1(s->ir, IR_vmov_i2v, v), mu, 0, 0);

    return ir_trunc(s->ir, ir_vext(s->ir, IR_I64, ir_op2x(s->ir, IR_vclmul, quotient, p, 0, 0),
                                   3, 1));
}

bool trans_CRC32(Disas *s, const arg_CRC32 *a)
{
    IrRef acc = read_w(s, a->rn), val = read_x(s, a->rm), r;

    if (a->c || a->sz < 3) {
        r = ir_crc32(s->ir, a->c ? IR_crc32c : IR_crc32, acc, val, a->sz);
    } else {
        r = crc32_reduce(s, ir_xor(s->ir, ir_zext(s->ir, acc), val));
    }
    write_reg(s, false, a->rd, r);
    return true;
}

/* -- One source -- */

static bool one_source(Disas *s, const arg_RBIT *a, IrOp op)
{
    write_reg(s, a->sf, a->rd, ir_op1(s->ir, op, read_reg(s, a->sf, a->rn)));
    return true;
}

bool trans_RBIT(Disas *s, const arg_RBIT *a) { return one_source(s, a, IR_rbit); }
bool trans_REV16(Disas *s, const arg_REV16 *a) { return one_source(s, a, IR_bswap16); }
bool trans_REV(Disas *s, const arg_REV *a) { return one_source(s, a, IR_bswap); }
bool trans_CLZ(Disas *s, const arg_CLZ *a) { return one_source(s, a, IR_clz); }
bool trans_CLS(Disas *s, const arg_CLS *a) { return one_source(s, a, IR_cls); }
bool trans_CTZ(Disas *s, const arg_CTZ *a) { return one_source(s, a, IR_ctz); }
bool trans_CNT_g(Disas *s, const arg_CNT_g *a) { return one_source(s, a, IR_popcnt); }

bool trans_REV32(Disas *s, const arg_REV32 *a)
{
    write_x(s, a->rd, ir_bswap32(s->ir, read_x(s, a->rn)));
    return true;
}

bool trans_ABS_g(Disas *s, const arg_ABS_g *a)
{
    IrRef n = read_reg(s, a->sf, a->rn);

    write_reg(s, a->sf, a->rd, ir_selcmp(s->ir, IR_LTS, n, imm_of(s, a->sf, 0),
                                         ir_neg(s->ir, n), n));
    return true;
}

/* -- Three sources -- */

bool trans_MADD(Disas *s, const arg_MADD *a)
{
    IrRef n = read_reg(s, a->sf, a->rn);
    IrRef p = ir_mul(s->ir, n, read_reg(s, a->sf, a->rm));

    write_reg(s, a->sf, a->rd, a->ra == 31 ? p : ir_add(s->ir, read_reg(s, a->sf, a->ra), p));
    return true;
}

bool trans_MSUB(Disas *s, const arg_MSUB *a)
{
    IrRef n = read_reg(s, a->sf, a->rn);
    IrRef p = ir_mul(s->ir, n, read_reg(s, a->sf, a->rm));

    write_reg(s, a->sf, a->rd, ir_sub(s->ir, read_reg(s, a->sf, a->ra), p));
    return true;
}

static bool mul_long(Disas *s, const arg_SMADDL *a, bool is_signed, bool is_sub)
{
    IrRef n = read_w(s, a->rn), m = read_w(s, a->rm);
    IrRef p = is_signed ? ir_mul(s->ir, ir_sext(s->ir, n), ir_sext(s->ir, m))
                        : ir_mul(s->ir, ir_zext(s->ir, n), ir_zext(s->ir, m));

    if (is_sub) {
        p = ir_sub(s->ir, read_x(s, a->ra), p);
    } else if (a->ra != 31) {
        p = ir_add(s->ir, read_x(s, a->ra), p);
    }
    write_x(s, a->rd, p);
    return true;
}

bool trans_SMADDL(Disas *s, const arg_SMADDL *a) { return mul_long(s, a, true, false); }
bool trans_SMSUBL(Disas *s, const arg_SMSUBL *a) { return mul_long(s, a, true, true); }
bool trans_UMADDL(Disas *s, const arg_UMADDL *a) { return mul_long(s, a, false, false); }
bool trans_UMSUBL(Disas *s, const arg_UMSUBL *a) { return mul_long(s, a, false, true); }

bool trans_SMULH(Disas *s, const arg_SMULH *a)
{
    write_x(s, a->rd, ir_mulhs(s->ir, read_x(s, a->rn), read_x(s, a->rm)));
    return true;
}

bool trans_UMULH(Disas *s, const arg_UMULH *a)
{
    write_x(s, a->rd, ir_mulhu(s->ir, read_x(s, a->rn), read_x(s, a->rm)));
    return true;
}
