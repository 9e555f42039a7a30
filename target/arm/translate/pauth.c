/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pointer authentication (D8.10). The IMPLEMENTATION DEFINED algorithm and everything around both
 * algorithms is inline; QARMA is a call. Which bits a PAC takes comes from env: it depends on bit 55
 * of the pointer and on TCR_EL1.
 */
#include "gen_pauth.h"

#include "a64_decode.h"

/* -- Pieces -- */

static bool key_is_enabled(const Disas *s, PacKey key)
{
    static const uint64_t bit[] = { [PAC_IA] = CTX_EN_IA, [PAC_IB] = CTX_EN_IB,
                                    [PAC_DA] = CTX_EN_DA, [PAC_DB] = CTX_EN_DB };

    return key == PAC_GA || s->ctx & bit[key];
}

static IrRef load_env(Disas *s, size_t offset) { return ir_ld_env(s->ir, IR_I64, offset, 3); }

/* As pac_impdef(), or a call. */
static IrRef compute(Disas *s, IrRef data, IrRef modifier, PacKey key)
{
    IrBlock *b = s->ir;

    if (!has(s, FEAT_PACIMP)) {
        return ir_call(b, &h_pac_compute, data, modifier, ir_imm32(b, key));
    }
    IrRef lo = load_env(s, offsetof(ArmCpu, sys.apkey[key][0]));
    IrRef hi = load_env(s, offsetof(ArmCpu, sys.apkey[key][1]));
    IrRef a = ir_mul(b, ir_xor(b, modifier, hi), ir_imm64(b, PAC_MUL1));
    IrRef v = ir_add(b, ir_xor(b, data, lo), ir_rotr(b, a, ir_imm64(b, 31)));

    v = ir_xor(b, v, ir_shr(b, v, ir_imm64(b, 29)));
    return ir_mul(b, v, ir_imm64(b, PAC_MUL2));
}

/* A pointer taken apart: by bit 55, or by the bit that the half is selected with. */
typedef struct Parts {
    IrRef plain;             /* every bit above the translated ones and below the tag equal */
    IrRef bits;              /* where the PAC is, and bit 55 */
} Parts;

static Parts take_apart(Disas *s, IrRef pointer, IrRef select, bool data)
{
    IrBlock *b = s->ir;
    IrRef lower = load_env(s, offsetof(ArmCpu, pac.bits[data][0]));
    IrRef upper = load_env(s, offsetof(ArmCpu, pac.bits[data][1]));

    return (Parts) {
        .plain = ir_selcmp(b, IR_TSTNE, pointer, select, ir_or(b, pointer, upper),
                           ir_andc(b, pointer, lower)),
        .bits = ir_selcmp(b, IR_TSTNE, pointer, select, upper, lower),
    };
}

/* AddPAC() */
static IrRef gen_sign(Disas *s, IrRef pointer, IrRef modifier, PacKey key)
{
    IrBlock *b = s->ir;
    bool data = pac_key_is_data(key);

    if (!key_is_enabled(s, key)) {
        return pointer;
    }
    Parts p = take_apart(s, pointer, load_env(s, offsetof(ArmCpu, pac.select[data])), data);
    IrRef pac = compute(s, p.plain, modifier, key);
    IrRef where = ir_and(b, p.bits, ir_imm64(b, ~BIT(55)));

    pac = ir_xor(b, pac, ir_xor(b, pointer, p.plain));
    return ir_xor(b, p.plain, ir_and(b, pac, where));
}

/*
 * A failure leaves for this instruction's address + 1, because a side exit cannot call: the block
 * made for that address does it again (s->recheck) and raises.
 */
IrRef gen_auth(Disas *s, IrRef pointer, IrRef modifier, PacKey key, bool combined)
{
    IrBlock *b = s->ir;
    bool raises = has(s, combined ? FEAT_FPACCOMBINE : FEAT_FPAC);

    if (!key_is_enabled(s, key)) {
        return pointer;
    }
    if (s->recheck) {
        if (raises) {
            ir_call(b, &h_pac_check, pointer, modifier, ir_imm32(b, key));
        }
        return pointer;
    }
    Parts p = take_apart(s, pointer, ir_imm64(b, BIT(55)), pac_key_is_data(key));
    IrRef pac = compute(s, p.plain, modifier, key);
    IrRef where = ir_and(b, p.bits, ir_imm64(b, ~BIT(55)));
    IrRef result = ir_xor(b, pointer, ir_and(b, pac, where));

    if (raises) {
        ir_brcmp(b, IR_NE, result, p.plain, ir_new_exit_jump(b, s->pc | 1, IR_HINT_NONE, 0));
        return p.plain;
    }
    return result;
}

/* Strip() */
static IrRef gen_strip(Disas *s, IrRef pointer, bool data)
{
    return s->recheck ? pointer
                      : take_apart(s, pointer, ir_imm64(s->ir, BIT(55)), data).plain;
}

/* op<2>: authenticate; op<1:0>: the key. */
static void sign_or_auth(Disas *s, unsigned op, unsigned rd, IrRef modifier)
{
    PacKey key = op & 3;

    if (op & 4) {
        IrRef v = gen_auth(s, read_x(s, rd), modifier, key, false);

        if (!s->recheck) {
            write_x(s, rd, v);
        }
    } else if (!s->recheck) {
        write_x(s, rd, gen_sign(s, read_x(s, rd), modifier, key));
    }
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
    if (!s->recheck) {
        IrRef pac = compute(s, read_x(s, a->rn), read_xsp(s, a->rm), PAC_GA);

        write_x(s, a->rd, ir_and(s->ir, pac, ir_imm64(s->ir, MASK(63, 32))));
    }
    return true;
}

/* LDRAA, LDRAB */
bool trans_LDRA(Disas *s, const arg_LDRA *a)
{
    int64_t imm = (int64_t)a->imm * 8;
    IrRef base = gen_auth(s, read_xsp(s, a->rn), ir_imm64(s->ir, 0), a->m ? PAC_DB : PAC_DA, true);

    if (s->recheck) {
        return true;
    }
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
