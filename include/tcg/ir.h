/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The intermediate representation: one extended basic block of typed values.
 *
 * Model. A block has a single entry and any number of exits, and no joins: an instruction's result
 * is named by its index (IrRef) and is defined once.  The guest's registers are *slots* (offset in
 * env + type).  The builder keeps a map slot -> value: ir_get() loads a slot at most once,
 * ir_set() emits nothing.  What is dirty is written back only when a block is left, by the exit
 * itself.  Where an instruction may fault, and at each side exit, the builder records a *snapshot*
 * (dirty slot -> value, plus the guest pc); the backend keeps the snapshot's values somewhere
 * (register, frame or constant) and writes where into a side table, from which a fault rebuilds
 * env.  Nothing is stored ahead of a load, store or call that might fault.
 *
 * This module knows no guest: slots, exits' pcs and helpers come from the frontend.
 *
 * Threads: a block belongs to one thread at a time. No locks. Memory comes from the block's arena
 * and is reused by ir_block_reset().
 */
#ifndef TCG_IR_H
#define TCG_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* -- Types, conditions, memory ops -- */

typedef enum IrType { IR_NONE, IR_I32, IR_I64, IR_V128, IR_FLAGS } IrType;

/* Integer comparisons; IR_NE == (IR_EQ ^ 1) and so on pairwise (asserted). */
typedef enum IrCmp {
    IR_EQ, IR_NE, IR_LTS, IR_GES, IR_LES, IR_GTS, IR_LTU, IR_GEU, IR_LEU, IR_GTU,
    IR_TSTNE, IR_TSTEQ,        /* (A & B) != 0, == 0 */
} IrCmp;

/* Conditions on FLAGS, in the order of the Arm condition field; cond ^ 1 is the inverse. */
typedef enum IrCond {
    IR_COND_EQ, IR_COND_NE, IR_COND_CS, IR_COND_CC, IR_COND_MI, IR_COND_PL, IR_COND_VS, IR_COND_VC,
    IR_COND_HI, IR_COND_LS, IR_COND_GE, IR_COND_LT, IR_COND_GT, IR_COND_LE,
} IrCond;

/* IrInsn.aux of ld, st and atomics. */
typedef enum IrMemOp {
    IR_MO_8 = 0, IR_MO_16 = 1, IR_MO_32 = 2, IR_MO_64 = 3, IR_MO_128 = 4, /* bytes: 1 << n */
    IR_MO_SIZE = 7,
    IR_MO_SIGN = 8,      /* ld: sign-extend to the result's type; else zero-extend. V128: never */
    IR_MO_PAIR = 8,      /* ld, st of 64 or 128 bits: two values side by side; ir_mo_is_pair() */
    IR_MO_ALIGN = 16,    /* fault unless naturally aligned (a pair: as each half has to be) */
    IR_MO_ALIGN16 = 32,  /* must not cross 16 bytes (LSE2-style); pairs of 128 bits: are aligned,
                            the frontend has made sure of it */
    IR_MO_ACQUIRE = 64,  /* ordering beyond the host's TSO is added by the frontend with fence; */
    IR_MO_RELEASE = 128, /* st with RELEASE: sequentially consistent store (xchg on x86) */
} IrMemOp;

/*
 * A pair is one access to memory, whole to every other thread, when its bytes lie within 16 aligned
 * ones; anywhere else (and in Device memory) it is two, one for each half. Other loads and stores
 * of up to 8 bytes are one whenever they lie within 16 aligned bytes, vectors of 16 are two of 8.
 */
static inline bool ir_mo_is_pair(unsigned mop)
{
    return (mop & IR_MO_PAIR) && (mop & IR_MO_SIZE) >= IR_MO_64;
}

typedef enum IrFence { IR_FENCE_LD, IR_FENCE_ST, IR_FENCE_FULL } IrFence;

/* IrInsn.aux of floating-point ops; see ops.def. */
enum { IR_FP_SIZE = 3, IR_FP_ALL = 4 };

/* Rounding modes: the first four are those the environment can have (host_fp_set_mode()). */
typedef enum IrFpRound {
    IR_FR_NEAREST, IR_FR_UP, IR_FR_DOWN, IR_FR_ZERO,
    IR_FR_AWAY,          /* to nearest, ties away from 0 */
    IR_FR_CURRENT = 7,
} IrFpRound;
enum { IR_FP_EXACT = 8, IR_FP_UNSIGNED = 8, IR_FP_FROM_UNSIGNED = 128,
       IR_FP_WITHIN_32 = 16, IR_FP_WITHIN_64 = 32, IR_FP_MODULO = 16 };

/* Exceptions, as bits. */
enum { IR_FX_INVALID = 1, IR_FX_DIVZERO = 2, IR_FX_OVERFLOW = 4, IR_FX_UNDERFLOW = 8,
       IR_FX_INEXACT = 16, IR_FX_DENORMAL = 128 };

typedef uint16_t IrRef;             /* index of the defining instruction; 0 = none */
#define IR_NO_REF ((IrRef)0)

/* -- Ops -- */

typedef enum IrOp {
#define SCALAR(name, args, flags, sem) IR_##name,
#define OP(name, args, result, flags) IR_##name,
#include "tcg/ops.def"
#undef SCALAR
#undef OP
    IR_OP_COUNT
} IrOp;

typedef struct IrOpInfo {
    const char *name;
    uint8_t n_args;
    uint8_t results;     /* bit (1 << IrType) for each legal result type */
    uint8_t flags;       /* IROF_* */
} IrOpInfo;
enum { IROF_P = 1, IROF_M = 2, IROF_X = 4, IROF_E = 8, IROF_C = 16, IROF_SCALAR = 32 };
extern const IrOpInfo ir_op_info[IR_OP_COUNT];

typedef struct IrInsn {
    uint8_t op;          /* IrOp */
    uint8_t type;        /* IrType of the result; of the operands where there is none */
    uint8_t aux, aux2;   /* see ops.def */
    IrRef arg[4];        /* A, B, C, D; unused = IR_NO_REF */
    uint16_t snap;       /* 1 + index of the snapshot; 0 = none */
    uint16_t exit;       /* 1 + index of the exit; 0 = none */
    int64_t imm;
} IrInsn;

/* -- Slots, snapshots, exits -- */

typedef struct IrSlot {
    const char *name;
    int32_t offset;      /* from env */
    uint8_t type;        /* IrType. FLAGS slots are 32-bit words in ENV_FLAGS form, below */
} IrSlot;

/*
 * A FLAGS value in memory (u32): the form cheapest to make on x86, and what a FLAGS slot holds:
 * bit 15 N, bit 14 Z, bit 8 !C (the borrow), bit 0 V; other bits undefined.
 */
static inline uint32_t ir_envflags_to_nzcv(uint32_t f)
{
    return (f >> 15 & 1) << 31 | (f >> 14 & 1) << 30 | (~f >> 8 & 1) << 29 | (f & 1) << 28;
}
static inline uint32_t ir_nzcv_to_envflags(uint32_t nzcv)
{
    return (nzcv >> 31 & 1) << 15 | (nzcv >> 30 & 1) << 14 | (~nzcv >> 29 & 1) << 8
         | (nzcv >> 28 & 1);
}

typedef struct IrSnapEntry { uint16_t slot; IrRef val; } IrSnapEntry;

typedef struct IrSnap {
    uint32_t first, n;   /* in IrBlock.snap_entries */
    uint64_t guest_pc;   /* of the instruction that owns it */
    uint32_t guest_info; /* frontend's word for this instruction (ir_insn_start) */
} IrSnap;

/* The closed set of ways to leave a block. Every exit first writes its snapshot back to env. */
typedef enum IrExitKind {
    IR_EXIT_JUMP,        /* to guest pc `pc`, same context. May be linked to the target block */
    IR_EXIT_INDIRECT,    /* to the guest pc in value `target`, same context: inline lookup */
    IR_EXIT_LOOKUP,      /* env holds pc and context (after a helper changed them): lookup */
    IR_EXIT_LOOP,        /* env.pc := pc, and return to the C loop (which looks at requests) */
} IrExitKind;

/*
 * Kinds of indirect branches whose targets must not be mixed up: a look-up table each. The frontend
 * tells the accelerator the kind another way too (TcgCpu.branch_type), for when the look-up fails.
 */
#define IR_BRANCH_KINDS 4

enum {                   /* IrExit.hint: what a return-address stack may use */
    IR_HINT_NONE, IR_HINT_CALL, IR_HINT_RETURN,
};

typedef struct IrExit {
    uint8_t kind;        /* IrExitKind */
    uint8_t hint;
    bool again;          /* JUMP of an IrLoop back to its own block */
    uint8_t branch;      /* INDIRECT: kind of branch, < IR_BRANCH_KINDS: which look-up table */
    uint16_t snap;       /* 1 + index */
    IrRef target;        /* INDIRECT */
    uint64_t pc;         /* JUMP, LOOP */
    uint64_t return_pc;  /* IR_HINT_CALL: the guest's return address */
} IrExit;

/* -- Helpers -- */

enum IrHelperFlags {
    IRH_ENV    = 1,      /* the first C parameter is env */
    IRH_PURE   = 2,      /* result depends on the arguments alone; nothing else happens */
    IRH_READS  = 4,      /* reads slots: dirty ones are written back before the call */
    IRH_WRITES = 8,      /* writes slots: the builder's map is forgotten after it (implies READS) */
    IRH_FAULTS = 16,     /* may raise: sets env's fault flag and returns; the code after the call
                            leaves through the fault path, env rebuilt from the snapshot */
    IRH_FP     = 32,     /* does floating-point arithmetic in C: called in C's default environment,
                            and the flags it leaves there are not the guest's. fpu/ needs this */
};

/* A C function callable from generated code. Up to 4 arguments besides env; integers only. */
typedef struct IrHelper {
    const char *name;
    void *fn;
    uint8_t flags;       /* IrHelperFlags */
    uint8_t ret;         /* IR_NONE, IR_I32, IR_I64 */
    uint8_t n_args;
    uint8_t args[4];     /* IR_I32 or IR_I64 */
} IrHelper;

/* -- Blocks -- */

/*
 * A block that jumps back to itself (ir_make_loop). Instruction 1 + k is the ld_env of slot
 * carried[k]: it is executed once, at the entry; on the way back the value that the exit's snapshot
 * has for the slot takes its place, and env is not written. Of the other slots in that snapshot
 * those in stored[] are written to env on the way back; the rest nobody looks at.
 */
#define IR_LOOP_INTS    9
#define IR_LOOP_VECTORS 8
typedef struct IrLoop {
    bool valid;
    uint8_t n;
    uint16_t carried[IR_LOOP_INTS + IR_LOOP_VECTORS];
    uint64_t stored[2];                  /* a bit per slot */
} IrLoop;

typedef struct IrBlock {
    const IrSlot *slots;
    unsigned n_slots;
    uint64_t pc;                 /* guest pc of the entry (a constant of the translation) */
    uint32_t guest_insns;
    IrInsn *insns;               /* [0] is unused; 1 .. n_insns - 1 */
    unsigned n_insns;
    IrSnap *snaps;
    unsigned n_snaps;
    IrSnapEntry *snap_entries;
    unsigned n_snap_entries;
    IrExit *exits;
    unsigned n_exits;
    uint64_t (*vconsts)[2];
    unsigned n_vconsts;
    IrLoop loop;
    uint32_t fault_info;         /* set by ir_interpret() on a fault: its IrSnap.guest_info */
    bool to_loop;                /* set by ir_interpret(): it was left by an IR_EXIT_LOOP */
    struct IrBuilder *builder;   /* private to tcg/builder.c */
} IrBlock;

#define IR_MAX_INSNS 8192        /* the frontend stops well before: ir_is_full() */
#define IR_MAX_SLOTS 128
#define IR_CALL_WRITES_MANY 255  /* IrInsn.aux2 of a call: more than one slot */

IrBlock *ir_block_new(const IrSlot *slots, unsigned n_slots);
void ir_block_free(IrBlock *b);
/* Empty the block for a translation that starts at @pc. */
void ir_block_reset(IrBlock *b, uint64_t pc);
/* True when the next guest instruction might not fit: finish with an exit. */
bool ir_is_full(const IrBlock *b);

/* -- Building: guest instructions and state -- */

/* Call before each guest instruction; @pc and @info go into the snapshots made for it. */
void ir_insn_start(IrBlock *b, uint64_t pc, uint32_t info);

IrRef ir_get(IrBlock *b, unsigned slot);             /* current value of a slot */
void  ir_set(IrBlock *b, unsigned slot, IrRef val);  /* types must match */
/* Write @slot (or every dirty slot) back now; the map still knows the value. */
void  ir_sync(IrBlock *b, unsigned slot);
void  ir_sync_all(IrBlock *b);
/*
 * Forget what the map knows: env has changed behind it. Dirty values must be synced before.
 * ir_forget() right after ir_call(): that call wrote the slot, although its helper is not
 * IRH_WRITES; values loaded from the slot before stay what they were.
 */
void  ir_forget(IrBlock *b, unsigned slot);
void  ir_forget_all(IrBlock *b);

/* Direct accesses to env outside the slots. @bytes_log2 below the type's size zero-extends. */
IrRef ir_ld_env(IrBlock *b, IrType type, int32_t offset, unsigned bytes_log2);
void  ir_st_env(IrBlock *b, IrRef val, int32_t offset, unsigned bytes_log2);

/* -- Building: values. Types come from the operands. Constants fold as they are built. -- */

IrRef ir_imm32(IrBlock *b, uint32_t v);
IrRef ir_imm64(IrBlock *b, uint64_t v);
IrRef ir_imm(IrBlock *b, IrType type, uint64_t v);
IrRef ir_op1(IrBlock *b, IrOp op, IrRef a);               /* SCALAR and vector ops */
IrRef ir_op2(IrBlock *b, IrOp op, IrRef a, IrRef c);
IrRef ir_op1x(IrBlock *b, IrOp op, IrRef a, unsigned aux, unsigned aux2);
IrRef ir_op2x(IrBlock *b, IrOp op, IrRef a, IrRef c, unsigned aux, unsigned aux2);
IrRef ir_op3x(IrBlock *b, IrOp op, IrRef a, IrRef c, IrRef d, unsigned aux, unsigned aux2);

#define IR_DEF1(n) static inline IrRef ir_##n(IrBlock *b, IrRef x) { return ir_op1(b, IR_##n, x); }
#define IR_DEF2(n) static inline IrRef ir_##n(IrBlock *b, IrRef x, IrRef y) \
                   { return ir_op2(b, IR_##n, x, y); }
IR_DEF1(neg) IR_DEF1(not) IR_DEF1(clz) IR_DEF1(cls) IR_DEF1(ctz) IR_DEF1(popcnt) IR_DEF1(rbit)
IR_DEF1(bswap) IR_DEF1(bswap16) IR_DEF1(bswap32)
IR_DEF2(add) IR_DEF2(sub) IR_DEF2(mul) IR_DEF2(mulhu) IR_DEF2(mulhs) IR_DEF2(udiv) IR_DEF2(sdiv)
IR_DEF2(and) IR_DEF2(or) IR_DEF2(xor) IR_DEF2(andc) IR_DEF2(orc) IR_DEF2(eqv)
IR_DEF2(shl) IR_DEF2(shr) IR_DEF2(sar) IR_DEF2(rotr)
IR_DEF2(smin) IR_DEF2(smax) IR_DEF2(umin) IR_DEF2(umax)
#undef IR_DEF1
#undef IR_DEF2

IrRef ir_addi(IrBlock *b, IrRef a, int64_t imm);
IrRef ir_extract(IrBlock *b, IrRef a, unsigned lo, unsigned len);
IrRef ir_sextract(IrBlock *b, IrRef a, unsigned lo, unsigned len);
IrRef ir_deposit(IrBlock *b, IrRef a, IrRef field, unsigned lo, unsigned len);
IrRef ir_extr(IrBlock *b, IrRef hi, IrRef lo, unsigned shift);
IrRef ir_setcmp(IrBlock *b, IrCmp cmp, IrRef x, IrRef y);
IrRef ir_selcmp(IrBlock *b, IrCmp cmp, IrRef x, IrRef y, IrRef if_true, IrRef if_false);
IrRef ir_zext(IrBlock *b, IrRef a);     /* I32 -> I64 */
IrRef ir_sext(IrBlock *b, IrRef a);
IrRef ir_trunc(IrBlock *b, IrRef a);    /* I64 -> I32 */
/* crc32, crc32c: I32, I64 -> I32 */
IrRef ir_crc32(IrBlock *b, IrOp op, IrRef acc, IrRef val, unsigned size_log2);
IrType ir_type(const IrBlock *b, IrRef a);
bool ir_is_bool(const IrBlock *b, IrRef a);               /* known to be 0 or 1 */

IrRef ir_addf(IrBlock *b, IrRef x, IrRef y);
IrRef ir_subf(IrBlock *b, IrRef x, IrRef y);
IrRef ir_andf(IrBlock *b, IrRef x, IrRef y);
IrRef ir_adcf(IrBlock *b, IrRef x, IrRef y, IrRef flags);
IrRef ir_sbcf(IrBlock *b, IrRef x, IrRef y, IrRef flags);
IrRef ir_adc(IrBlock *b, IrRef x, IrRef y, IrRef flags);
IrRef ir_sbc(IrBlock *b, IrRef x, IrRef y, IrRef flags);
IrRef ir_nzcvf(IrBlock *b, IrRef nzcv);
IrRef ir_fnzcv(IrBlock *b, IrRef flags);
IrRef ir_ccmp(IrBlock *b, IrCond cond, IrRef flags, IrRef x, IrRef y, bool is_add,
              uint32_t nzcv);                     /* nzcv: bits 31..28 */
IrRef ir_setf(IrBlock *b, IrType type, IrCond cond, IrRef flags);
IrRef ir_selectf(IrBlock *b, IrCond cond, IrRef flags, IrRef if_true, IrRef if_false);

IrRef ir_vimm(IrBlock *b, uint64_t lo, uint64_t hi);
/* Lane of a vector as @type (I32 or I64), zero- or sign-extended. ir_op1x(IR_vext) gives I32, and
   I64 for 8-byte lanes. */
IrRef ir_vext(IrBlock *b, IrType type, IrRef v, unsigned size_log2, unsigned lane);
IrRef ir_vsext(IrBlock *b, IrType type, IrRef v, unsigned size_log2, unsigned lane);

/*
 * Floating-point op; unused operands IR_NO_REF. Equal ones are merged, so what writes rounding or
 * flags must end the block.
 */
IrRef ir_fp(IrBlock *b, IrOp op, IrType type, const IrRef args[3], unsigned aux, unsigned aux2);

/* -- Building: memory. Each takes a snapshot. @mop: IrMemOp, @idx: mmu index. -- */

IrRef ir_ld(IrBlock *b, IrType type, IrRef base, int64_t disp, unsigned mop, unsigned idx);
void  ir_st(IrBlock *b, IrRef base, int64_t disp, IrRef val, unsigned mop, unsigned idx);
IrRef ir_cas(IrBlock *b, IrRef addr, IrRef expected, IrRef desired, unsigned mop, unsigned idx);
/* @op: IR_swp, IR_ldadd ... IR_ldumin. Operand and result have @val's type. */
IrRef ir_atomic(IrBlock *b, IrOp op, IrRef addr, IrRef val, unsigned mop, unsigned idx);
void  ir_fence(IrBlock *b, IrFence kind);
/* @value if @test equals it (@of_c: if @test equals @c), else made of @what, @c, @d out of line. */
IrRef ir_guess(IrBlock *b, unsigned what, IrRef value, IrRef test, bool of_c, IrRef c, IrRef d);

/* -- Building: calls and exits -- */

/* Number of arguments as the helper says. Returns IR_NO_REF for helpers without a result. */
IrRef ir_call(IrBlock *b, const IrHelper *h, ...);
IrRef ir_callv(IrBlock *b, const IrHelper *h, const IrRef *args);

/*
 * Make an exit whose snapshot is the map as it is *now*: to give a side exit values of its own,
 * ir_set() them, make the exit, then ir_set() what holds on the fall-through path.
 * Returns the exit's id for ir_br*() and ir_exit().
 */
unsigned ir_new_exit_jump(IrBlock *b, uint64_t pc, unsigned hint, uint64_t return_pc);
unsigned ir_new_exit_indirect(IrBlock *b, IrRef target, unsigned hint, uint64_t return_pc);
unsigned ir_new_exit_branch(IrBlock *b, IrRef target, unsigned hint, uint64_t return_pc,
                            unsigned branch);     /* the same, of a kind */
unsigned ir_new_exit_lookup(IrBlock *b);
unsigned ir_new_exit_loop(IrBlock *b, uint64_t pc);

void ir_brf(IrBlock *b, IrCond cond, IrRef flags, unsigned exit);
void ir_brcmp(IrBlock *b, IrCmp cmp, IrRef x, IrRef y, unsigned exit);
void ir_brbit(IrBlock *b, IrRef a, unsigned bit, bool value, unsigned exit);
void ir_exit(IrBlock *b, unsigned exit);           /* ends the block */

/* -- Passes (tcg/opt_*.c), verifier, printer, interpreter -- */

/* All passes in their order. In debug and sanitizer builds the block is verified before and after
   each of them (a malformed one is a bug of ours: abort). */
void ir_optimize(IrBlock *b);
/* Debug: take fences and sequential consistency of release stores away. A memory model test that
 * still passes then tests nothing. */
void ir_drop_ordering(IrBlock *b);
/*
 * After ir_optimize(): if @b jumps back to itself and holds nothing but values, make an IrLoop of
 * it. Only for a backend whose user lets blocks stay in themselves until an exit request.
 */
void ir_make_loop(IrBlock *b);
/* Does it? A look at the exits. */
bool ir_jumps_back(const IrBlock *b);
/*
 * Instead of ir_optimize() for a backend, which passes over dead code by itself; with @loops and
 * ir_make_loop(). Dead code is few per cent of a block, looking for it once more costs as much.
 */
void ir_finish(IrBlock *b, bool loops);

/* NULL when well-formed, else a static sentence; *at gets the instruction. */
const char *ir_verify(const IrBlock *b, unsigned *at);
void ir_print(const IrBlock *b, FILE *out);

#endif
