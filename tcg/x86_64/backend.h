/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to tcg/x86_64/: one translation in progress.
 *
 * Files: block.c (driver), analyse.c (liveness), regalloc.c (where values are), emit_*.c (ops by
 * group, each with its part of the EmitFn table), emit_exit.c (exits and cold paths),
 * trampoline.c, cpuid.c; emit.h encodes.
 *
 * Values. Every operand goes through root(): some ops are only other names of a value (mov, trunc,
 * zext of what is zero-extended already). An I32 value's register and frame word have upper halves
 * that are zero unless its root is I64 or a call's result. A value is in at most one register; a
 * frame word once written stays valid as long as the value lives.
 */
#ifndef TCG_X86_64_BACKEND_H
#define TCG_X86_64_BACKEND_H

#include <glib.h>

#include "tcg/internal/builder.h"
#include "tcg/x86_64/target.h"

#define POOL_MAX 384                    /* 16-byte constants of a block */
#define FIXUPS_MAX 2048

/* What EFLAGS hold of the value that owns them. */
typedef enum Polarity {
    FLAGS_SUB,                          /* CF = !C: as the memory form */
    FLAGS_ADD,                          /* CF = C */
    FLAGS_LOGIC,                        /* CF = OF = 0 and C = V = 0 */
    FLAGS_FP,                           /* as UCOMIS A, B leaves them */
    FLAGS_FP_SWAPPED,                   /* as UCOMIS B, A */
} Polarity;

enum { VF_ENV = 1,                      /* its slot in env still holds it */
       VF_SNAP = 2,                     /* a snapshot names it */
       VF_CONST = 4,
       VF_REDO = 8,                     /* FLAGS that are computed again instead of saved */
};

/* Where a value was when a side point or exit was met. */
typedef enum LocKind {
    LOC_GPR, LOC_XMM, LOC_FRAME, LOC_CONST,
    LOC_EFLAGS,
    LOC_REDO,                           /* nowhere: VF_REDO */
    LOC_ENV,                            /* an operand of LOC_REDO: still in its slot */
} LocKind;
typedef struct Loc {
    uint16_t slot;
    uint8_t kind;                       /* LocKind */
    int8_t n;                           /* register; LOC_EFLAGS: Polarity */
    uint16_t word;                      /* LOC_FRAME; LOC_REDO in exit_locs: where its operands'
                                           two locations are, from the exit's first on */
    IrRef val;                          /* root */
} Loc;

/*
 * Accesses from one base register value that lie close together are checked at once. The first of
 * a group (the leader) checks the whole range [lo, hi) from the base; its addend stays in a
 * register, the memo, for the members. With a store among them the check is for writing. Where it
 * fails the memo is 0, and each access makes a check of its own out of line. A memo gives
 * its register up for the asking.
 */
typedef struct MemRange { int32_t lo, hi; } MemRange;
typedef struct MemMemo {
    IrRef base;                         /* root; IR_NO_REF: unused */
    bool write;
    uint8_t idx;
    int8_t reg;
    uint16_t until;                     /* instruction of the last member */
    MemRange range;
} MemMemo;
#define MEMO_MAX 3

/* Of a group while instructions are scanned from last to first. */
typedef struct MemGroup {
    uint32_t epoch;                     /* Codegen.epoch: older ones are void */
    uint16_t last;                      /* member */
    uint8_t idx;
    bool write;                         /* there is a store in it */
    MemRange range;
} MemGroup;

typedef enum ColdKind { COLD_EXIT, COLD_MEM, COLD_FAULT, COLD_FP, COLD_GUESS } ColdKind;
typedef struct Cold {
    uint8_t kind;
    uint16_t insn;
    uint8_t n_from;
    int8_t base, val[2], dst, scratch;  /* COLD_MEM, COLD_GUESS; REG_NONE: none */
    int8_t entry;                       /* COLD_MEM, try_first: register for the TLB entry */
    int8_t memo;                        /* COLD_MEM: the group's memo */
    bool try_first;                     /* COLD_MEM: what failed was not its own check */
    uint16_t other_memos;               /* set of registers: void after mem_slow */
    bool save_xmm;
    bool small_ok;                      /* COLD_FP: EFLAGS of |result| against the smallest normal:
                                           nothing is wrong with smaller ones */
    int32_t disp;
    uint32_t exit;                      /* COLD_EXIT */
    uint8_t *from[3], *back;            /* jumps to here; where the hot path goes on */
    uint32_t first, n;                  /* Codegen.locs, or the result's locs */
    Loc target_loc;
} Cold;

/*
 * An array that grows: emptied, not freed, from block to block. list_add() makes @count more and
 * returns the first; what the list had may move.
 */
#define LIST(T) struct { T *at; uint32_t n, room; }
void list_grow(void **at, uint32_t *room, uint32_t need, size_t each);   /* block.c */
#define list_add(l, count) \
    ((l)->n + (count) > (l)->room \
         ? list_grow((void **)&(l)->at, &(l)->room, (l)->n + (count), sizeof(*(l)->at)) : (void)0, \
     (l)->n += (count), &(l)->at[(l)->n - (count)])

typedef struct PoolFixup { uint8_t *at; uint16_t index; uint8_t tail; } PoolFixup;

struct Codegen {
    /* Emission */
    uint8_t *p, *start, *limit;         /* limit leaves room for one more worst case */
    bool full;                          /* the buffer is */
    bool too_big;                       /* the block is: frame or a table overflowed */

    /* Registers. A set bit in free: holds nothing. pinned: may not be evicted in this insn. */
    uint32_t free, pinned, temps;
    IrRef reg_val[N_REGS];              /* IR_NO_REF: nothing or a temporary */
    uint64_t frame_free[FRAME_WORDS / 64];

    uint32_t memo_regs;                 /* those of memos: neither free nor pinned */
    MemMemo memo[MEMO_MAX];

    /* Flags */
    IrRef flags_owner;                  /* FLAGS value in EFLAGS, or IR_NO_REF */
    Polarity polarity;

    /* The block */
    const IrBlock *b;
    unsigned at;                        /* instruction being emitted; fused pair: the second one */
    unsigned next_call;                 /* index of the next call, or n_insns */
    unsigned done;                      /* instructions below this one have been emitted */
    HostFeatures cpu;
    TcgEnvLayout layout;
    TcgRuntimeOps ops;
    const Trampolines *tramp;
    void *tb;
    uint64_t random;                    /* 0: off */
    uint32_t lock;                      /* X_LOCK, or 0: one thread alone */

    /* Results */
    LIST(Cold) cold;
    LIST(Loc) exit_locs;
    LIST(SidePoint) points;
    LIST(SideLoc) locs;
    LIST(uint64_t) consts;
    LIST(ExitSite) sites;
    LIST(struct Opnd) fp_args;          /* operands of COLD_FP, 3 each from Cold.first */
    uint32_t last_locs_first, last_locs_n;      /* side locations of the latest point, to share */

    /* Constant pool */
    unsigned n_pool, n_fixups;
    uint64_t pool[POOL_MAX][2];
    PoolFixup fixups[FIXUPS_MAX];

    /* Slots by offset from env, in steps of 4 bytes: 1 + slot, made for `slots`. */
    const IrSlot *slots;
    unsigned n_slots;
    uint8_t *slot_at;
    int32_t slot_lo, slot_hi;
    IrRef env_val[IR_MAX_SLOTS];        /* value with VF_ENV of each slot */

    /* IrLoop: where its jumps back go, and where they put the carried values */
    const uint8_t *loop_top;
    int8_t loop_reg[IR_LOOP_INTS + IR_LOOP_VECTORS];

    /* By exit: where its jump is, once made; the const index of a value (1 + index). */
    const uint8_t *exit_code[CODEGEN_MAX_EXITS];

    /* By value */
    IrRef root[IR_MAX_INSNS];
    uint32_t epoch;
    MemGroup group[IR_MAX_INSNS];       /* by base */
    MemRange mem_range[IR_MAX_INSNS];   /* by access: of its group from here on */
    uint16_t mem_last[IR_MAX_INSNS];    /* by access: last member of its group */
    bool mem_write[IR_MAX_INSNS];       /* by access: there is a store among those */
    uint16_t last_use[IR_MAX_INSNS];    /* snapshots and exits included; 0: dead */
    uint16_t last_arg[IR_MAX_INSNS];    /* as operand only */
    uint16_t next_arg[IR_MAX_INSNS];    /* next use as operand; 0: none */
    uint16_t insn_next[IR_MAX_INSNS][4];/* by operand: its next use after this instruction */
    uint16_t const_index[IR_MAX_INSNS];
    IrRef result_of[IR_MAX_INSNS];      /* by FLAGS with VF_REDO: the same operation's result, which
                                           stands next to it, or IR_NO_REF */
    int16_t frame[IR_MAX_INSNS];        /* word, or -1 */
    int8_t reg[IR_MAX_INSNS];           /* register, or REG_NONE */
    bool snap_ends[IR_MAX_INSNS];       /* by instruction: its snapshot's entries have none later */
    uint8_t vflags[IR_MAX_INSNS];
};

/* -- Tables of ops -- */

/* Emit instruction @i. EFLAGS may be clobbered unless the entry says it keeps them. */
typedef void EmitFn(Codegen *g, unsigned i, const IrInsn *in);
enum { EK_KEEPS_FLAGS = 1 };            /* the emitter looks after live EFLAGS itself */
typedef struct EmitOp { EmitFn *fn; uint8_t kind; } EmitOp;
extern const EmitOp emit_ops[IR_OP_COUNT];

#define EMIT_FN(name) void emit_##name(Codegen *g, unsigned i, const IrInsn *in)
EMIT_FN(add); EMIT_FN(sub); EMIT_FN(addsl); EMIT_FN(logic); EMIT_FN(mul); EMIT_FN(mulh);
EMIT_FN(div); EMIT_FN(neg_not); EMIT_FN(andc); EMIT_FN(shift); EMIT_FN(count); EMIT_FN(rbit);
EMIT_FN(bswap); EMIT_FN(minmax); EMIT_FN(extract); EMIT_FN(deposit); EMIT_FN(extr); EMIT_FN(zext);
EMIT_FN(sext); EMIT_FN(setcmp); EMIT_FN(selcmp); EMIT_FN(brcmp); EMIT_FN(brbit);
EMIT_FN(arithf); EMIT_FN(adcf); EMIT_FN(adc); EMIT_FN(nzcvf); EMIT_FN(fnzcv); EMIT_FN(ccmp);
EMIT_FN(setf); EMIT_FN(selectf); EMIT_FN(brf);
EMIT_FN(ld_env); EMIT_FN(st_env); EMIT_FN(ld); EMIT_FN(st); EMIT_FN(cas); EMIT_FN(swp);
EMIT_FN(ldadd); EMIT_FN(rmw); EMIT_FN(fence); EMIT_FN(exit); EMIT_FN(call);
EMIT_FN(guess); EMIT_FN(none);
EMIT_FN(vzero); EMIT_FN(vdup); EMIT_FN(vduplane); EMIT_FN(vins); EMIT_FN(vext);
EMIT_FN(vmov_i2v); EMIT_FN(vbinary); EMIT_FN(vmul); EMIT_FN(vandc); EMIT_FN(vnot); EMIT_FN(vneg);
EMIT_FN(vabs); EMIT_FN(vbsl); EMIT_FN(vcompare); EMIT_FN(vshift); EMIT_FN(vminmax); EMIT_FN(vzip);
EMIT_FN(vuzp); EMIT_FN(vtrn); EMIT_FN(vextb); EMIT_FN(vtbl1); EMIT_FN(vrev); EMIT_FN(vcnt);
EMIT_FN(vwiden); EMIT_FN(vnarrow); EMIT_FN(vshuf32); EMIT_FN(vrotl); EMIT_FN(vaes);
EMIT_FN(vsat); EMIT_FN(vorx); EMIT_FN(vmull); EMIT_FN(vdmulh); EMIT_FN(vshlr); EMIT_FN(vuavg);
EMIT_FN(vaddlp); EMIT_FN(vclz); EMIT_FN(vrbit); EMIT_FN(vinsl);
EMIT_FN(vsumb); EMIT_FN(vminh);
EMIT_FN(vaesmc); EMIT_FN(vclmul); EMIT_FN(vpmull8); EMIT_FN(vsha); EMIT_FN(crc32c);
EMIT_FN(crc32); EMIT_FN(vxor3); EMIT_FN(vdot); EMIT_FN(vsm4r);
/* For any vector op on a host that has no instructions for it: call the interpreter. */
EMIT_FN(by_reference);
EMIT_FN(farith); EMIT_FN(fmah); EMIT_FN(fstep); EMIT_FN(fscale); EMIT_FN(fdenorm); EMIT_FN(fsqrt);
EMIT_FN(fma); EMIT_FN(fminmax); EMIT_FN(fcmpm); EMIT_FN(fcmp); EMIT_FN(fcvt); EMIT_FN(frint);
EMIT_FN(ftoi); EMIT_FN(ffromi); EMIT_FN(fvtoi); EMIT_FN(fvfromi);

/* -- analyse.c -- */

void analyse(Codegen *g);

static inline IrRef root(const Codegen *g, IrRef v) { return g->root[v]; }
static inline bool is_const(const Codegen *g, IrRef v) { return g->vflags[root(g, v)] & VF_CONST; }
/* Of a constant: I32, I64, or FLAGS in memory form. */
uint64_t const_value(const Codegen *g, IrRef v);
static inline IrType value_type(const Codegen *g, IrRef v) { return g->b->insns[root(g, v)].type; }

/* -- regalloc.c -- */

void ra_begin_block(Codegen *g);
void ra_begin_insn(Codegen *g, unsigned i);      /* operands in registers are pinned */
void ra_end_insn(Codegen *g, unsigned i);        /* what died is freed */

static inline bool dies(const Codegen *g, IrRef v) { return g->last_use[root(g, v)] <= g->at; }
static inline bool in_reg(const Codegen *g, IrRef v) { return g->reg[root(g, v)] != REG_NONE; }

/* Register (of the class of its type) that holds @v from now to the end of the instruction. */
int ra_use(Codegen *g, IrRef v);
/* A register for a temporary, out of @set; freed at the end of the instruction. */
int ra_temp(Codegen *g, uint32_t set);
void ra_free_temp(Codegen *g, int reg);
/* Empty @reg and pin it. What it held is moved, so ask before ra_use(). */
void ra_fixed(Codegen *g, int reg);
/* A register for the result of instruction @i, distinct from every operand. */
int ra_def(Codegen *g, unsigned i);
/* The same, but it may be one of an operand that dies: for single instructions. */
int ra_def_reuse(Codegen *g, unsigned i);
/* The result is in @reg, which is a temporary or was emptied by ra_fixed(). */
void ra_def_reg(Codegen *g, unsigned i, int reg);
/* A register for the result that holds a copy of @v (or @v itself if it dies). EFLAGS are kept. */
int ra_take(Codegen *g, unsigned i, IrRef v);
/* A temporary that holds a copy of @v. */
int ra_copy(Codegen *g, IrRef v);
/* Value @v has a frame word, and may lose its register. */
void ra_spill(Codegen *g, IrRef v);
/* Value @v, in a register a call clobbers, is moved to where it survives. */
void ra_preserve(Codegen *g, IrRef v);
/* Put the value of @v in @reg, which the caller owns. */
void ra_load(Codegen *g, int reg, IrRef v);
/* Vector constant @v into @reg. EFLAGS are kept. */
void load_vimm(Codegen *g, int reg, const uint64_t v[2]);
void ra_move(Codegen *g, int to, int from);      /* within a class */
/* Env at [offset, offset + size) is about to change: values that rely on it are saved. */
void ra_env_written(Codegen *g, int32_t offset, int32_t size);
void ra_all_env_written(Codegen *g);
/* Free @v's register and frame word now. */
void ra_drop(Codegen *g, IrRef v);
Loc ra_locate(Codegen *g, unsigned slot, IrRef v);

/* Is a value other than through its operands needed after this instruction (or in its snapshot)? */
static inline bool needed_here(const Codegen *g, IrRef v, bool snapshot)
{
    return snapshot ? g->last_use[v] >= g->at : g->last_use[v] > g->at;
}

/* The memo that covers [disp, disp + size) of @base, or NULL. */
MemMemo *ra_memo_find(Codegen *g, IrRef base, bool write, unsigned idx, int32_t disp, int32_t size);
/* Keep temporary @reg as a memo. */
void ra_memo_keep(Codegen *g, const MemMemo *m);
/* Forget memos that are past use; @all: every one. */
void ra_memo_expire(Codegen *g, bool all);

/* -- Flags (emit_flags.c) -- */

/* EFLAGS hold a value needed later, and worth an instruction that keeps them. */
static inline bool flags_live(const Codegen *g)
{
    return g->flags_owner && g->last_use[g->flags_owner] > g->at
        && (!(g->vflags[g->flags_owner] & VF_REDO) || g->next_arg[g->flags_owner]);
}
/* EFLAGS are about to be lost; @snapshot: this instruction's snapshot may need them too. */
void flags_clobber(Codegen *g, bool snapshot);
/* The operands of FLAGS @f with VF_REDO: its own, or the result and the second one. */
static inline IrRef redo_a(const Codegen *g, IrRef f)
{
    return root(g, g->result_of[f] ? g->result_of[f] : g->b->insns[f].arg[0]);
}
static inline IrRef redo_b(const Codegen *g, IrRef f) { return root(g, g->b->insns[f].arg[1]); }
/* eax := memory form of EFLAGS that are FLAGS_FP or FLAGS_FP_SWAPPED. They are kept. */
void x_fp_flags_to_eax(Codegen *g, Polarity p);
/* FLAGS value @v gets a memory form, in a register if it has none. EFLAGS may change owner. */
void flags_to_memory_form(Codegen *g, IrRef v);
/*
 * Before the code of an instruction that may leave by @exit (index + 1): what of FLAGS the exit
 * needs can be found or computed there. @tested: the value whose EFLAGS decide, or IR_NO_REF.
 */
void flags_prepare_exit(Codegen *g, unsigned exit, IrRef tested);
/*
 * EFLAGS := of the LOC_REDO at @f, out of line; l[] are the exit's locations. Registers but those
 * of these operands and @wanted may change. Returns the polarity.
 */
Polarity flags_redo_at(Codegen *g, const Loc *f, const Loc *l, uint32_t wanted);

/* -- Exits and cold paths (emit_exit.c) -- */

/* Note where the snapshot of instruction @i is: range in g->locs. */
void side_point_locs(Codegen *g, unsigned snap, uint32_t *first, uint32_t *n);
Cold *cold_new(Codegen *g, ColdKind kind, unsigned i);
void cold_emit_all(Codegen *g);
void cold_add_from(Cold *c, uint8_t *from);
void side_point(Codegen *g, const IrSnap *snap, uint32_t first, uint32_t n);
/*
 * Stubs are calls of trampolines that find data behind the call: the distance back to the words
 * before the block's start, {tb, pc}; and for link: exit pc - block pc, and the exit (16 bits).
 */
enum { HEAD_WORDS = 2 };
void stub_call(Codegen *g, const void *trampoline);

/* Jump to the host code of the guest pc in @pc, by env's jump cache; else to @miss. */
void jump_cache_probe(Codegen *g, int pc, unsigned kind, const void *miss);

/* A COLD_FP path: the op done by ops->fp_slow (emit_fp.c). */
void cold_fp(Codegen *g, const Cold *c);

/* May the access be checked together with others? Not if its address must be aligned. */
bool mem_looks_at_alignment(const IrInsn *in);
/*
 * Parts of a COLD_MEM path (emit_mem.c). mem_try_own() returns the short jump of its miss; then the
 * address is in the frame.
 */
uint8_t *mem_try_own(Codegen *g, const Cold *c);
void mem_store_va(Codegen *g, const Cold *c);
void mem_forget(Codegen *g, const Cold *c);

/* -- Loops (emit_loop.c) -- */

/* Load what is carried; the loop's top is here. */
void loop_begin(Codegen *g);
/* Go back to the top from exit @exit, whose values are at @l; nothing follows on this path. */
void loop_again(Codegen *g, const Loc *l, unsigned n);
/* Parts of a write-back (emit_exit.c). @scratch is clobbered. */
void store_loc(Codegen *g, const Loc *l, int scratch);

/* -- Block (block.c) -- */

/* Is there room for one more instruction or cold path? False is remembered. */
bool codegen_room(Codegen *g);

/* -- Constant pool (block.c) -- */

/* The 32 bits at @at, @tail bytes before the instruction's end: the distance of entry @index. */
void pool_reference(Codegen *g, uint8_t *at, unsigned index, unsigned tail);
unsigned pool_add(Codegen *g, uint64_t lo, uint64_t hi);

#endif
