/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integer arithmetic, logic and shifts. */
#include "tcg/x86_64/operand.h"

/* -- Operands -- */

bool const_fits(const Codegen *g, IrRef v, bool w64)
{
    return is_const(g, v) && (!w64 || fits32((int64_t)const_value(g, v)));
}

Opnd operand_rm(Codegen *g, IrRef v, bool w64)
{
    IrRef r = root(g, v);
    bool in_env = g->vflags[r] & VF_ENV;

    /* A frame word always has all 64 bits; env has only what the slot's type says. */
    if (g->reg[r] == REG_NONE && !g->next_arg[r] && !(g->vflags[r] & VF_CONST)
        && (g->frame[r] >= 0 || (in_env && (!w64 || value_type(g, v) == IR_I64)))) {
        return (Opnd){ .kind = OPND_MEM,
                       .mem = g->frame[r] >= 0 ? mem_frame(g->frame[r] * 8)
                                               : mem_env(g, (int32_t)g->b->insns[r].imm) };
    }
    return opnd_reg(ra_use(g, v));
}

Opnd operand(Codegen *g, IrRef v, bool w64)
{
    if (const_fits(g, v, w64)) {
        return (Opnd){ .kind = OPND_IMM, .imm = (int32_t)const_value(g, v) };
    }
    return operand_rm(g, v, w64);
}

/* -- add, sub, and with their flags: one x86 instruction for both -- */

/* Are @ar (arithmetic) and @fl (flags) of the same operation, and both wanted? */
static bool is_pair(const Codegen *g, unsigned ar, unsigned fl)
{
    return g->result_of[fl] == ar && g->last_use[ar] && g->last_use[fl];
}

Polarity polarity_of(IrOp op)
{
    return op == IR_addf || op == IR_adcf ? FLAGS_ADD : op == IR_andf ? FLAGS_LOGIC : FLAGS_SUB;
}

static Alu alu_of(IrOp op)
{
    switch (op) {
    case IR_add: case IR_addf: return ALU_ADD;
    case IR_sub: case IR_subf: return ALU_SUB;
    case IR_and: case IR_andf: return ALU_AND;
    case IR_or:                return ALU_OR;
    default:                   return ALU_XOR;
    }
}

/* Emit this and the next instruction as one, if they are a pair. */
static bool fused(Codegen *g, unsigned i)
{
    unsigned ar, fl;

    if (i + 1 >= g->b->n_insns) {
        return false;
    }
    if (is_pair(g, i, i + 1)) {
        ar = i, fl = i + 1;
    } else if (is_pair(g, i + 1, i)) {
        ar = i + 1, fl = i;
    } else {
        return false;
    }
    g->at = i + 1;
    g->done = i + 2;
    ra_begin_insn(g, i + 1);
    flags_clobber(g, false);

    const IrInsn *f = &g->b->insns[fl];
    bool w64 = g->b->insns[ar].type == IR_I64;
    Opnd s = operand(g, f->arg[1], w64);
    int dst = ra_take(g, ar, f->arg[0]);
    alu(g, alu_of(f->op), w64, dst, s);
    g->flags_owner = (IrRef)fl;
    g->polarity = polarity_of(f->op);
    return true;
}

/* addf, subf, andf: alone they are computed where they are wanted (flags_load()). */
void emit_arithf(Codegen *g, unsigned i, const IrInsn *in)
{
    fused(g, i);
}

void emit_add(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    IrRef x = in->arg[0], y = in->arg[1];

    if (fused(g, i)) {
        return;
    }
    if (!flags_live(g)) {
        flags_clobber(g, false);
    }
    if (const_fits(g, y, w64)) {
        int32_t imm = (int32_t)const_value(g, y);
        int a = ra_use(g, x), dst = ra_def_reuse(g, i);
        if (dst == a && !flags_live(g)) {
            x_alu_imm(g, ALU_ADD, w64, dst, imm);
        } else {
            x_rm(g, OP_LEA | width(w64), dst, mem_at(a, imm));
        }
        return;
    }
    Opnd s = operand_rm(g, y, w64);
    if (s.kind == OPND_MEM && !flags_live(g)) {
        x_alu_mem(g, ALU_ADD, w64, ra_take(g, i, x), s.mem);
        return;
    }
    int a = ra_use(g, x), b = ra_use(g, y), dst = ra_def_reuse(g, i);
    if (dst != a && dst != b) {
        x_rm(g, OP_LEA | width(w64), dst, mem_indexed(a, b, 0, 0));
    } else if (!flags_live(g)) {
        x_alu(g, ALU_ADD, w64, dst, dst == a ? b : a);
    } else {
        x_rm(g, OP_LEA | width(w64), dst, mem_indexed(a, b, 0, 0));
    }
}

void emit_sub(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;

    if (fused(g, i)) {
        return;
    }
    flags_clobber(g, false);
    Opnd s = operand(g, in->arg[1], w64);
    alu(g, ALU_SUB, w64, ra_take(g, i, in->arg[0]), s);
}

void emit_addsl(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]);

    x_rm(g, OP_LEA | width(in->type == IR_I64), ra_def_reuse(g, i),
         mem_indexed(a, b, in->aux, 0));
}

/* and, or, xor */
void emit_logic(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    IrRef x = in->arg[0], y = in->arg[1];

    if (fused(g, i)) {
        return;
    }
    flags_clobber(g, false);
    if (in->op == IR_and && is_const(g, y) && const_value(g, y) <= UINT32_MAX) {
        if (in->type == IR_I64 && const_value(g, y) == UINT32_MAX) {
            int a = ra_use(g, x);
            x_mov(g, false, ra_def_reuse(g, i), a);
            return;
        }
        w64 = false;                    /* the upper half of the result is 0 */
    }
    if (!in_reg(g, y) || !dies(g, y) || (in_reg(g, x) && dies(g, x))) {
        Opnd s = operand(g, y, w64);
        alu(g, alu_of(in->op), w64, ra_take(g, i, x), s);
    } else {
        Opnd s = operand_rm(g, x, w64);
        alu(g, alu_of(in->op), w64, ra_take(g, i, y), s);
    }
}

/* andc, orc, eqv */
void emit_andc(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;

    if (in->op == IR_andc && g->cpu.bmi1) {
        int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]);
        v_rrr(g, OP_ANDN | width(w64), ra_def_reuse(g, i), b, a);
        return;
    }
    Opnd a = operand(g, in->arg[0], w64);
    int dst = ra_take(g, i, in->arg[1]);
    if (a.kind == OPND_REG && a.reg == dst) {           /* A is B and dies */
        x_mov_imm(g, dst, in->op == IR_andc ? 0 : w64 ? ~UINT64_C(0) : UINT32_MAX);
        return;
    }
    x_rr(g, OP_GRP3 | width(w64), 2, dst);
    alu(g, in->op == IR_andc ? ALU_AND : in->op == IR_orc ? ALU_OR : ALU_XOR, w64, dst, a);
}

void emit_neg_not(Codegen *g, unsigned i, const IrInsn *in)
{
    int dst = ra_take(g, i, in->arg[0]);

    x_rr(g, OP_GRP3 | width(in->type == IR_I64), in->op == IR_neg ? 3 : 2, dst);
}

/* -- Multiplication and division -- */

void emit_mul(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;

    if (const_fits(g, in->arg[1], w64) && !is_const(g, in->arg[0])) {
        int32_t imm = (int32_t)const_value(g, in->arg[1]);
        int a = ra_use(g, in->arg[0]);
        x_rr(g, (fits8(imm) ? OP_IMUL_I8 : OP_IMUL_I32) | width(w64), ra_def_reuse(g, i), a);
        if (fits8(imm)) {
            put8(g, (uint8_t)imm);
        } else {
            put32(g, (uint32_t)imm);
        }
        return;
    }
    Opnd s = operand_rm(g, in->arg[1], w64);
    op_rm(g, OP_IMUL | width(w64), ra_take(g, i, in->arg[0]), s);
}

void emit_mulh(Codegen *g, unsigned i, const IrInsn *in)
{
    uint32_t w = width(in->type == IR_I64);

    ra_fixed(g, RAX);
    ra_fixed(g, RDX);
    int b = ra_use(g, in->arg[1]);
    ra_load(g, RAX, in->arg[0]);
    x_rr(g, OP_GRP3 | w, in->op == IR_mulhu ? 4 : 5, b);
    ra_def_reg(g, i, RDX);
}

/* udiv, sdiv. x / 0 = 0; MIN / -1 = MIN, on which idiv would trap. */
void emit_div(Codegen *g, unsigned i, const IrInsn *in)
{
    bool is_signed = in->op == IR_sdiv, w64 = in->type == IR_I64;
    bool known = is_const(g, in->arg[1]);
    uint64_t k = known ? const_value(g, in->arg[1]) : 0;
    bool can_be_0 = !known || ev_trunc(in->type, k) == 0;
    bool can_be_m1 = is_signed && (!known || ev_signed(k, w64 ? 64 : 32) == -1);
    uint8_t *zero = NULL, *minus1 = NULL, *end = NULL;

    ra_fixed(g, RAX);
    ra_fixed(g, RDX);
    int b = ra_use(g, in->arg[1]), a = ra_use(g, in->arg[0]);
    if (can_be_0) {
        x_alu(g, ALU_XOR, false, RAX, RAX);
        x_test(g, w64, b, b);
        zero = x_jcc8(g, CC_E);
    }
    x_mov(g, w64, RAX, a);
    if (can_be_m1) {
        x_alu_imm(g, ALU_CMP, w64, b, -1);
        minus1 = x_jcc8(g, CC_E);
    }
    if (is_signed) {
        put_opcode(g, 0x99 | width(w64), 0);             /* cdq, cqo */
    } else {
        x_alu(g, ALU_XOR, false, RDX, RDX);
    }
    x_rr(g, OP_GRP3 | width(w64), is_signed ? 7 : 6, b);
    if (can_be_m1) {
        end = x_jmp8(g);
        x_label8(g, minus1);
        x_rr(g, OP_GRP3 | width(w64), 3, RAX);
        x_label8(g, end);
    }
    if (can_be_0) {
        x_label8(g, zero);
    }
    ra_def_reg(g, i, RAX);
}

/* -- Shifts -- */

static Shift shift_of(IrOp op)
{
    return op == IR_shl ? SH_SHL : op == IR_shr ? SH_SHR : op == IR_sar ? SH_SAR : SH_ROR;
}

void emit_shift(Codegen *g, unsigned i, const IrInsn *in)
{
    bool w64 = in->type == IR_I64;
    IrRef x = in->arg[0], y = in->arg[1];

    if (is_const(g, y)) {
        unsigned n = const_value(g, y) & (w64 ? 63 : 31);
        if (in->op == IR_rotr && g->cpu.bmi2) {
            int a = ra_use(g, x);
            x_rorx(g, w64, ra_def_reuse(g, i), a, n);
            return;
        }
        if (n) {
            flags_clobber(g, false);
        }
        int dst = ra_take(g, i, x);
        if (n) {
            x_shift_imm(g, shift_of(in->op), w64, dst, n);
        } else if (!w64) {
            x_mov(g, false, dst, dst);
        }
        return;
    }
    if (in->op != IR_rotr && g->cpu.bmi2) {
        uint32_t op = in->op == IR_shl ? OP_SHLX : in->op == IR_shr ? OP_SHRX : OP_SARX;
        int a = ra_use(g, x), n = ra_use(g, y);
        v_rrr(g, op | width(w64), ra_def_reuse(g, i), n, a);
        return;
    }
    flags_clobber(g, false);
    ra_fixed(g, RCX);
    ra_load(g, RCX, y);
    x_shift_cl(g, shift_of(in->op), w64, ra_take(g, i, x));
}
