/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the trans_ functions of target/arm/translate: one instruction into IR.
 *
 * A trans_NAME(s, a) gets the fields of its line in a64*.decode and builds IR for the instruction
 * at s->pc. It returns false when the encoding is UNDEFINED with these fields (having built
 * nothing), else true. It may end the block (gen_* below set s->ended); otherwise translation goes
 * on behind the instruction.
 *
 * Nothing here reads CPU state: what code may depend on is in s->ctx (the context word) and
 * s->model. Threads: a Disas belongs to one translation.
 */
#ifndef TARGET_ARM_TRANSLATE_H
#define TARGET_ARM_TRANSLATE_H

#include "target/arm/internal/cpu.h"
#include "tcg/ir.h"
#include "decode_table.h"

struct Disas {
    IrBlock *ir;
    const ArmModel *model;
    uint64_t pc;             /* of the instruction */
    uint64_t ctx;            /* CTX_* */
    unsigned el;
    unsigned mmu;            /* mmu index of its data accesses */
    unsigned align;          /* IR_MO_ALIGN with SCTLR.A, else 0: or it into every IrMemOp */
    unsigned align_atomic;   /* the same for exclusives and atomics, */
    unsigned align_ordered;  /* for LDAR, STLR and the like */
    bool whole_pairs;        /* LDP and STP are one access (FEAT_LSE2), and somebody might notice */
    unsigned branches;       /* conditional branches so far: bounds a block's side exits */
    unsigned btype;          /* PSTATE.BTYPE at the block's first instruction, then 0 */
    bool guarded;            /* the page is guarded (FEAT_BTI) */
    bool sp_aligned;         /* an earlier check of this block still proves SP<3:0> = 0 */
    bool first;              /* the first instruction of the block: it is certainly reached */
    bool ended;              /* an exit has been built */
};

/*
 * fp_alt.c: @fn, the decoder of @line, for @word under CTX_FP_AH or CTX_FP_NEP: floating point
 * with what they change about it, any other instruction as it is.
 */
bool fp_alt_run(Disas *s, const DecodeLine *line, DecodeFn *fn, uint32_t word);

/* -- Features, undefined, traps -- */

static inline bool has(const Disas *s, ArmFeature f) { return arm_has(s->model, f); }

/* Raise a synchronous exception at this instruction; ends the block. */
void gen_raise(Disas *s, uint32_t syndrome);
/* The instruction is UNDEFINED: for use outside of trans_ functions, which return false. */
void gen_undef(Disas *s);
/*
 * Start of every FP or SIMD instruction: true when it may execute. False: the trap (EC 0x07) has
 * been built and the block has ended; the trans_ function then returns true.
 */
bool fp_access_ok(Disas *s);

/* -- General registers: number 31 is the zero register in _x/_w/_reg, SP in _sp forms -- */

static inline IrRef read_x(Disas *s, unsigned r)
{
    return r == 31 ? ir_imm64(s->ir, 0) : ir_get(s->ir, SLOT_X0 + r);
}

static inline IrRef read_w(Disas *s, unsigned r)
{
    return r == 31 ? ir_imm32(s->ir, 0) : ir_trunc(s->ir, ir_get(s->ir, SLOT_X0 + r));
}

/* I64 when @sf, else I32. */
static inline IrRef read_reg(Disas *s, bool sf, unsigned r)
{
    return sf ? read_x(s, r) : read_w(s, r);
}

static inline IrRef read_xsp(Disas *s, unsigned r)
{
    return ir_get(s->ir, r == 31 ? SLOT_SP : SLOT_X0 + r);
}

static inline IrRef read_reg_sp(Disas *s, bool sf, unsigned r)
{
    IrRef v = read_xsp(s, r);

    return sf ? v : ir_trunc(s->ir, v);
}

static inline void write_x(Disas *s, unsigned r, IrRef v)
{
    if (r != 31) {
        ir_set(s->ir, SLOT_X0 + r, v);
    }
}

/* @v is I64 when @sf, else I32: the upper half of the register becomes zero. */
static inline void write_reg(Disas *s, bool sf, unsigned r, IrRef v)
{
    if (r != 31) {
        ir_set(s->ir, SLOT_X0 + r, sf ? v : ir_zext(s->ir, v));
    }
}

static inline void write_xsp(Disas *s, unsigned r, IrRef v)
{
    if (r == 31) {
        s->sp_aligned = false;
        ir_set(s->ir, SLOT_SP, v);
    } else {
        ir_set(s->ir, SLOT_X0 + r, v);
    }
}

static inline void write_reg_sp(Disas *s, bool sf, unsigned r, IrRef v)
{
    write_xsp(s, r, sf ? v : ir_zext(s->ir, v));
}

/* -- Flags and vector registers -- */

static inline IrRef read_flags(Disas *s) { return ir_get(s->ir, SLOT_NZCV); }
static inline void write_flags(Disas *s, IrRef f) { ir_set(s->ir, SLOT_NZCV, f); }

/* Rd := @n + @m, @n - @m, and their flags; CMN, CMP with Rd = 31. */
static inline void add_flags(Disas *s, bool sf, unsigned rd, IrRef n, IrRef m)
{
    if (rd != 31) {
        write_reg(s, sf, rd, ir_add(s->ir, n, m));
    }
    write_flags(s, ir_addf(s->ir, n, m));
}

static inline void sub_flags(Disas *s, bool sf, unsigned rd, IrRef n, IrRef m)
{
    if (rd != 31) {
        write_reg(s, sf, rd, ir_sub(s->ir, n, m));
    }
    write_flags(s, ir_subf(s->ir, n, m));
}

static inline IrRef read_v(Disas *s, unsigned r) { return ir_get(s->ir, SLOT_V0 + r); }
static inline void write_v(Disas *s, unsigned r, IrRef v) { ir_set(s->ir, SLOT_V0 + r, v); }

/* Two registers from the halves of one 64-bit value, as memory has them, and back. */
static inline void split_words(Disas *s, unsigned rt, unsigned rt2, IrRef v)
{
    write_x(s, rt, ir_extract(s->ir, v, 0, 32));
    write_x(s, rt2, ir_extract(s->ir, v, 32, 32));
}

static inline IrRef join_words(Disas *s, unsigned rt, unsigned rt2)
{
    return ir_deposit(s->ir, read_x(s, rt), read_x(s, rt2), 32, 32);
}

/* -- Addresses -- */

/*
 * Base register @rn of a load or store (31: SP, with the alignment check of D1.8.2 when the
 * context asks for it). Write back with write_base() after the accesses have been built.
 */
IrRef read_base(Disas *s, unsigned rn);
/* The check alone, where SP is not the base itself. */
void check_sp(Disas *s, IrRef sp);
/* Register := @base + @offset; keeps track of SP's alignment. */
void write_base(Disas *s, unsigned rn, IrRef base, int64_t offset);
/* Rm extended by @option (UXTB .. SXTX of C6.2) and shifted left by @shift; I64. */
IrRef extend_reg(Disas *s, unsigned rm, unsigned option, unsigned shift);

/* -- Ends of blocks -- */

/* To @pc in the same context. gen_call: a BL, s->pc + 4 is where it returns. */
void gen_jump(Disas *s, uint64_t pc);
void gen_call(Disas *s, uint64_t pc);
/* To the value @target (I64). @hint: IR_HINT_*; @btype: PSTATE.BTYPE there. */
void gen_jump_indirect(Disas *s, IrRef target, unsigned hint, unsigned btype);
/* To @pc by lookup: a helper has changed the context or the address space. */
void gen_lookup(Disas *s, uint64_t pc);
/* A helper has set env's pc and context. */
void gen_lookup_env(Disas *s);

/* Conditional branches to @pc: a side exit when taken; translation goes on behind (not in step). */
void gen_branch_flags(Disas *s, IrCond cond, IrRef flags, uint64_t pc);
void gen_branch_cmp(Disas *s, IrCmp cmp, IrRef x, IrRef y, uint64_t pc);
void gen_branch_bit(Disas *s, IrRef v, unsigned bit, bool value, uint64_t pc);

/* -- Alignment faults found by side exits -- */

/*
 * The address of the exclusive access @addr must be a multiple of its size, with FEAT_LSE2 the
 * access lie within 16 aligned bytes: leave for s->pc + 1 when not (see gen_align_fault).
 */
void check_exclusive_align(Disas *s, IrRef addr, unsigned size_log2);
/*
 * Code for an instruction @word at s->pc reached at address s->pc + 1: when it is one that checks
 * its base, build the fault (or the PC alignment fault, when its base turns out fine) and return
 * true.
 */
bool gen_align_fault(Disas *s, uint32_t word);

/* -- The decoder (generated) and its front -- */

/* Decode and translate one word. False: UNDEFINED, nothing built. */
bool a64_translate_word(Disas *s, uint32_t word);

#endif
