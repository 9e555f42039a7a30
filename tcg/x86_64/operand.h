/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operands of x86 integer instructions: register, memory or immediate, whichever a value is. */
#ifndef TCG_X86_64_OPERAND_H
#define TCG_X86_64_OPERAND_H

#include "tcg/x86_64/emit.h"

typedef enum OpndKind { OPND_REG, OPND_MEM, OPND_IMM } OpndKind;
typedef struct Opnd {
    OpndKind kind;
    int reg;
    int32_t imm;
    Mem mem;
} Opnd;

/* @v as an operand that is only read, @w64 wide. Registers are pinned; EFLAGS are kept. */
Opnd operand(Codegen *g, IrRef v, bool w64);
/* The same, never an immediate. */
Opnd operand_rm(Codegen *g, IrRef v, bool w64);

static inline Opnd opnd_reg(int r) { return (Opnd){ .kind = OPND_REG, .reg = r }; }

static inline void alu(Codegen *g, Alu op, bool w64, int dst, Opnd s)
{
    switch (s.kind) {
    case OPND_REG: x_alu(g, op, w64, dst, s.reg); break;
    case OPND_MEM: x_alu_mem(g, op, w64, dst, s.mem); break;
    case OPND_IMM: x_alu_imm(g, op, w64, dst, s.imm); break;
    }
}

/* An instruction with a register and an r/m operand. */
static inline void op_rm(Codegen *g, uint32_t op, int reg, Opnd s)
{
    if (s.kind == OPND_MEM) {
        x_rm(g, op, reg, s.mem);
    } else {
        x_rr(g, op, reg, s.reg);
    }
}

/* @byte_op for bytes, else @op with the prefix for 1 << @size_log2 bytes. */
static inline uint32_t sized(uint32_t byte_op, uint32_t op, unsigned size_log2)
{
    return size_log2 == IR_MO_8 ? byte_op : op | (size_log2 == IR_MO_16 ? P_66 : 0)
                                          | width(size_log2 == IR_MO_64);
}

/* See emit_mem.c. */
void tlb_compare(Codegen *g, int base, int32_t lo, int32_t hi, int32_t align, unsigned idx,
                 bool write, int t, int entry, int table);

/* Plain loads and stores of 1 << @size_log2 bytes (emit_mem.c). */
void load_zx(Codegen *g, unsigned size_log2, int dst, Mem m);
void load_sx(Codegen *g, unsigned size_log2, bool w64, int dst, Mem m);
/* @t: scratch for 1 and 2 bytes. */
void load_vec(Codegen *g, unsigned size_log2, int dst, int t, Mem m);
void store_imm(Codegen *g, unsigned size_log2, Mem m, int32_t v);
void store_vec(Codegen *g, unsigned size_log2, int src, Mem m);

static inline bool is_64(const Codegen *g, IrRef v) { return g->b->insns[v].type == IR_I64; }

/* Is @v a constant that fits a sign-extended imm32 of that width? */
bool const_fits(const Codegen *g, IrRef v, bool w64);

/* How an addition, subtraction or `and` leaves EFLAGS. */
Polarity polarity_of(IrOp op);
/* EFLAGS := of A cmp B; the condition to test. */
Cc compare(Codegen *g, IrCmp cmp, bool w64, IrRef a, IrRef b);
Cc cc_of_cmp(IrCmp cmp);

/* Leave by exit @exit (index + 1 as in IrInsn) of instruction @i when @cc holds (emit_exit.c). */
void exit_when(Codegen *g, unsigned i, unsigned exit, Cc cc);
/* The same after a floating-point comparison: when equal, or when not or unordered. */
void exit_when_fp(Codegen *g, unsigned i, unsigned exit, bool equal);

#endif
