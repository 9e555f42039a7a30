/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to tcg/: the builder's state and what its files share.
 *
 * Files: builder.c (block, slots, guest state), build_value.c (scalars, flags), build_vec.c
 * (vectors), build_exit.c (memory, calls, exits), simplify.c (algebra on scalars).
 */
#ifndef TCG_INTERNAL_BUILDER_H
#define TCG_INTERNAL_BUILDER_H

#include <assert.h>

#include "tcg/codegen.h"
#include "tcg/ir.h"
#include "tcg/internal/ir_eval.h"

#define IR_HASH_BITS     9
#define IR_MAX_SNAPS     4096
#define IR_MAX_VCONSTS   256        /* IrInsn.aux2 holds the index */

typedef struct IrBuilder {
    /*
     * The slot map. cur: the slot's value now; in_env: the value env is known to hold. A slot is
     * dirty exactly when cur is set and differs from in_env.
     */
    IrRef cur[IR_MAX_SLOTS];
    IrRef in_env[IR_MAX_SLOTS];
    uint64_t dirty[IR_MAX_SLOTS / 64];
    /* Most recent pure instruction of each hash: equal ones are merged. */
    IrRef hash[1u << IR_HASH_BITS];
    uint64_t insn_pc;
    uint32_t insn_info;
    uint16_t snap;                  /* 1 + snapshot that still holds for this instruction, or 0 */
    bool entries_valid;             /* dirty slots unchanged since the entries below were listed */
    bool ended;
    uint32_t entries_first, entries_n;
    unsigned snap_entries_cap;
} IrBuilder;

/* Append an instruction. */
IrRef ir_append(IrBlock *b, const IrInsn *in);
/* The value of a pure instruction: an earlier equal one if there is one. */
IrRef ir_value(IrBlock *b, const IrInsn *in);
/* Make room for @n entries of snapshots in all. */
void ir_room_for_snap_entries(IrBlock *b, unsigned n);
/* 1 + index of a snapshot of the dirty slots as they are now. */
unsigned ir_snapshot(IrBlock *b);

/* A SCALAR op, folded and simplified. @c is IR_NO_REF for one-operand ops. */
IrRef ir_scalar(IrBlock *b, IrOp op, IrRef a, IrRef c, unsigned aux, unsigned aux2);
/* A vector op of result type V128, or vext/vsext. */
IrRef ir_vector(IrBlock *b, IrOp op, IrType type, const IrRef args[3], unsigned aux, unsigned aux2);

/* No bit at or above this one can be set in vector @a: 32, 64 or 128. */
unsigned ir_vector_bits(const IrBlock *b, IrRef a);

/* simplify.c. IR_NO_REF = no simpler form. */
IrRef ir_simplify(IrBlock *b, IrOp op, IrRef a, IrRef c, unsigned aux, unsigned aux2);
/*
 * Bring a comparison to normal form (constant on the right ...). Its value if known, else -1. The
 * operands' type may change.
 */
int ir_simplify_cmp(IrBlock *b, IrCmp *cmp, IrRef *x, IrRef *y);
/* No bit at or above this one can be set in @a. At least 1. */
unsigned ir_value_bits(const IrBlock *b, IrRef a);

/*
 * verify.c. Operand types an op takes, a letter each: t as the result; n any integer; s as the
 * operand before; i I32; l I64; v V128; f FLAGS; e I32, but I64 when AUX = 3; x the type in AUX2;
 * c I64 when AUX2 bit 1 is set, else I32; a any type, which is the instruction's.
 * SCALAR ops take "tt" and are not listed; a call takes what its helper says.
 */
extern const char *const ir_operand_types[IR_OP_COUNT];

static inline const IrInsn *ir_def(const IrBlock *b, IrRef a)
{
    assert(a != IR_NO_REF && a < b->n_insns);
    return &b->insns[a];
}

static inline bool ir_is_imm(const IrBlock *b, IrRef a) { return b->insns[a].op == IR_imm; }
static inline uint64_t ir_imm_of(const IrBlock *b, IrRef a) { return (uint64_t)b->insns[a].imm; }
static inline bool ir_is_fp(unsigned op) { return op >= IR_fadd && op <= IR_fvfromi; }
static inline bool ir_is_int(IrType t) { return t == IR_I32 || t == IR_I64; }

/* A constant FLAGS value: *f gets it in ENV_FLAGS form. */
static inline bool ir_const_flags(const IrBlock *b, IrRef flags, uint32_t *f)
{
    const IrInsn *in = ir_def(b, flags);

    if (in->op != IR_nzcvf || !ir_is_imm(b, in->arg[0])) {
        return false;
    }
    *f = ir_nzcv_to_envflags((uint32_t)ir_imm_of(b, in->arg[0]));
    return true;
}

#endif
