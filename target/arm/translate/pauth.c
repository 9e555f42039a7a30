/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pointer authentication (D8.10). The IMPLEMENTATION DEFINED algorithm is inline, for pointers as
 * they are nearly always: canonical, and of the half that the EL's own code lies in; and for
 * authentications that succeed. Everything else is found out by a guess op and done by
 * arm_pac_slow(); QARMA always is. Which bits a PAC takes comes from env: it depends on TCR_EL1.
 */
#include "gen_pauth.h"

#include "a64_decode.h"

/* -- Pieces -- */

static IrRef load_env(Disas *s, size_t offset) { return ir_ld_env(s->ir, IR_I64, offset, 3); }

/* pac_impdef() */
static IrRef impdef(Disas *s, IrRef data, IrRef modifier, PacKey key)
{
    IrBlock *b = s->ir;
    IrRef m = ir_xor(b, modifier, load_env(s, offsetof(ArmCpu, sys.apkey[key][1])));
    IrRef d = ir_xor(b, data, load_env(s, offsetof(ArmCpu, sys.apkey[key][0])));

    m = ir_rotr(b, m, ir_imm64(b, 31));
    return ir_mul(b, ir_add(b, d, m), ir_imm64(b, PAC_MUL));
}

/* @pointer as if it were one of the half that EL1, EL0 lies in: canonical (with its tag). */
static IrRef expected(Disas *s, IrRef pointer, bool data)
{
    IrRef bits = load_env(s, offsetof(ArmCpu, pac.bits[data][s->el ? 1 : 0]));

    return s->el ? ir_or(s->ir, pointer, bits) : ir_andc(s->ir, pointer, bits);
}

/* SCTLR_EL1.EnIA is in the context; without another one's the guess that is @test must fail. */
static IrRef unless_disabled(Disas *s, PacKey key, IrRef test)
{
    static const uint64_t bit[] = { [PAC_IB] = SCTLR_ENIB, [PAC_DA] = SCTLR_ENDA,
                                    [PAC_DB] = SCTLR_ENDB };

    if (key == PAC_IA) {
        return test;
    }
    return ir_selcmp(s->ir, IR_TSTNE, load_env(s, offsetof(ArmCpu, sys.sctlr_el1)),
                     ir_imm64(s->ir, bit[key]), test, ir_not(s->ir, test));
}

/* AddPAC() and Auth() of the pointers above: XOR of the PAC. */
static IrRef with_pac(Disas *s, IrRef pointer, IrRef plain, IrRef modifier, PacKey key)
{
    IrRef where = load_env(s, offsetof(ArmCpu, pac.where[pac_key_is_data(key)][s->el ? 1 : 0]));

    return ir_xor(s->ir, pointer, ir_and(s->ir, impdef(s, plain, modifier, key), where));
}

static IrRef call_slow(Disas *s, IrRef pointer, IrRef modifier, unsigned what)
{
    return ir_call(s->ir, &h_pac_slow, pointer, modifier, ir_imm32(s->ir, what));
}

static IrRef gen_sign(Disas *s, IrRef pointer, IrRef modifier, PacKey key)
{
    if (key == PAC_IA && !(s->ctx & CTX_EN_IA)) {
        return pointer;
    }
    if (!has(s, FEAT_PACIMP)) {
        return call_slow(s, pointer, modifier, key);
    }
    IrRef plain = expected(s, pointer, pac_key_is_data(key));

    return ir_guess(s->ir, key, with_pac(s, pointer, pointer, modifier, key),
                    unless_disabled(s, key, plain), true, pointer, modifier);
}

IrRef gen_auth(Disas *s, IrRef pointer, IrRef modifier, PacKey key, bool combined)
{
    unsigned what = key | PAC_WHAT_AUTH | (combined ? PAC_WHAT_COMBINED : 0);

    if (key == PAC_IA && !(s->ctx & CTX_EN_IA)) {
        return pointer;
    }
    if (!has(s, FEAT_PACIMP)) {
        return call_slow(s, pointer, modifier, what);
    }
    IrRef plain = expected(s, pointer, pac_key_is_data(key));
    IrRef test = with_pac(s, pointer, plain, modifier, key);

    return ir_guess(s->ir, what, plain, unless_disabled(s, key, test), false, pointer, modifier);
}

/* Strip() */
static IrRef gen_strip(Disas *s, IrRef pointer, bool data)
{
    IrBlock *b = s->ir;
    IrRef lower = load_env(s, offsetof(ArmCpu, pac.bits[data][0]));
    IrRef upper = load_env(s, offsetof(ArmCpu, pac.bits[data][1]));

    return ir_selcmp(b, IR_TSTNE, pointer, ir_imm64(b, BIT(55)), ir_or(b, pointer, upper),
                     ir_andc(b, pointer, lower));
}

/* op<2>: authenticate; op<1:0>: the key. */
static void sign_or_auth(Disas *s, unsigned op, unsigned rd, IrRef modifier)
{
    PacKey key = op & 3;

    write_x(s, rd, op & 4 ? gen_auth(s, read_x(s, rd), modifier, key, false)
                          : gen_sign(s, read_x(s, rd), modifier, key));
}

/* -- Instructions -- */

bool trans_PAC_r(Disas *s, const arg_PAC_r *a)
{
    sign_or_auth(s, a->op, a->rd, read_xsp(s, a->rn));
    return true;
}

bool trans_PAC_z(Disas *s, const arg_PAC_z *a)
{
    sign_or_auth(s, a->op, a->rd, ir_imm64(s->ir, 0));
    return true;
}

/* op<1>: authenticate, op<0>: key B */
bool trans_PAC1716(Disas *s, const arg_PAC1716 *a)
{
    sign_or_auth(s, (a->op & 2) << 1 | (a->op & 1), 17, read_x(s, 16));
    return true;
}

/* op<2>: authenticate, op<1>: key B, op<0>: SP is the modifier, else zero */
bool trans_PACSP(Disas *s, const arg_PACSP *a)
{
    IrRef modifier = a->op & 1 ? read_xsp(s, 31) : ir_imm64(s->ir, 0);

    sign_or_auth(s, (a->op & 4) | (a->op >> 1 & 1), 30, modifier);
    return true;
}

bool trans_XPAC(Disas *s, const arg_XPAC *a)
{
    write_x(s, a->rd, gen_strip(s, read_x(s, a->rd), a->d));
    return true;
}

bool trans_XPACLRI(Disas *s, const arg_XPACLRI *a)
{
    write_x(s, 30, gen_strip(s, read_x(s, 30), false));
    return true;
}

bool trans_PACGA(Disas *s, const arg_PACGA *a)
{
    IrRef data = read_x(s, a->rn), modifier = read_xsp(s, a->rm);
    IrRef pac = has(s, FEAT_PACIMP) ? impdef(s, data, modifier, PAC_GA)
                                    : ir_call(s->ir, &h_pac_compute, data, modifier,
                                              ir_imm32(s->ir, PAC_GA));

    write_x(s, a->rd, ir_and(s->ir, pac, ir_imm64(s->ir, MASK(63, 32))));
    return true;
}

/* LDRAA, LDRAB */
bool trans_LDRA(Disas *s, const arg_LDRA *a)
{
    int64_t imm = (int64_t)a->imm * 8;
    IrRef base = gen_auth(s, read_xsp(s, a->rn), ir_imm64(s->ir, 0), a->m ? PAC_DB : PAC_DA, true);

    if (a->rn == 31) {
        check_sp(s, base);
    }
    IrRef v = ir_ld(s->ir, IR_I64, base, imm, IR_MO_64 | s->align, s->mmu);

    if (a->wback) {
        write_base(s, a->rn, base, imm);
    }
    write_x(s, a->rt, v);
    return true;
}
