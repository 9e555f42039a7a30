/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From guest code to a block of IR: the loop over instructions, the front of the generated
 * decoder, and what all trans_ functions share (exits, traps, addresses).
 *
 * A block is extended: a conditional branch leaves by a side exit when taken, and translation
 * goes on behind it.
 */
#include "translate.h"

#include <inttypes.h>

#include "a64_decode.h"
#include "target/arm/internal/step.h"
#include "util/log.h"

#define MAX_BRANCHES 8       /* side exits of conditional branches in one block */

/* -- Traps -- */

void gen_raise(Disas *s, uint32_t syndrome)
{
    ir_call(s->ir, &h_raise_sync, ir_imm32(s->ir, syndrome));
    gen_lookup_env(s);
}

void gen_undef(Disas *s)
{
    gen_raise(s, syn_make(EC_UNKNOWN, 0));
}

bool fp_access_ok(Disas *s)
{
    if (!(s->ctx & CTX_FP_TRAP)) {
        return true;
    }
    gen_raise(s, syn_make(EC_FP_TRAP, 1u << 24 | 0xe << 20));  /* CV = 1, COND = always */
    return false;
}

/* -- Addresses -- */

/*
 * A side exit cannot call a helper, so a misaligned SP leaves for this instruction's address + 1:
 * the block made for that address (translate_misaligned) looks at SP and raises the right fault.
 */
void check_sp(Disas *s, IrRef sp)
{
    if (s->sp_aligned || !(s->ctx & CTX_SP_ALIGN)) {
        return;
    }
    ir_brcmp(s->ir, IR_TSTNE, sp, ir_imm64(s->ir, 15),
             ir_new_exit_jump(s->ir, s->pc | 1, IR_HINT_NONE, 0));
    s->sp_aligned = true;
}

void check_exclusive_align(Disas *s, IrRef addr, unsigned size_log2)
{
    unsigned size = 1u << size_log2, exit;

    if (!size_log2) {
        return;
    }
    exit = ir_new_exit_jump(s->ir, s->pc | 1, IR_HINT_NONE, 0);
    if (size < 16 && s->align_atomic & IR_MO_ALIGN16) {
        ir_brcmp(s->ir, IR_GTU, ir_extract(s->ir, addr, 0, 4), ir_imm64(s->ir, 16 - size), exit);
    } else {
        ir_brcmp(s->ir, IR_TSTNE, addr, ir_imm64(s->ir, size - 1), exit);
    }
}

bool gen_align_fault(Disas *s, uint32_t word)
{
    bool is_ldst = (word & 0x0a000000) == 0x08000000 && (word & 0x3b000000) != 0x18000000;
    bool is_exclusive = (word & 0x3f800000) == 0x08000000;
    unsigned rn = word >> 5 & 31;
    uint32_t info = 0;

    if (is_ldst && rn == 31 && s->ctx & CTX_SP_ALIGN) {
        info |= ALIGN_SP;
    }
    if (is_exclusive) {
        unsigned size_log2 = (word >> 30) + (word >> 21 & 1);      /* pairs are one access */

        info |= ALIGN_EXCLUSIVE | size_log2 << ALIGN_SIZE_SHIFT | s->mmu << ALIGN_MMU_SHIFT |
                (word >> 22 & 1 ? 0 : ALIGN_STORE) |
                (s->align_atomic & IR_MO_ALIGN16 ? ALIGN_WITHIN16 : 0);
    }
    if (!info) {
        return false;
    }
    ir_call(s->ir, &h_align_fault, ir_imm64(s->ir, s->pc | 1), read_xsp(s, rn),
            ir_imm32(s->ir, info));
    gen_lookup_env(s);
    return true;
}

IrRef read_base(Disas *s, unsigned rn)
{
    IrRef base = read_xsp(s, rn);

    if (rn == 31) {
        check_sp(s, base);
    }
    return base;
}

void write_base(Disas *s, unsigned rn, IrRef base, int64_t offset)
{
    bool keep = s->sp_aligned && !(offset & 15);

    write_xsp(s, rn, ir_addi(s->ir, base, offset));
    s->sp_aligned |= rn == 31 && keep;
}

IrRef extend_reg(Disas *s, unsigned rm, unsigned option, unsigned shift)
{
    IrRef v = read_x(s, rm);
    unsigned bits = 8u << (option & 3);

    if (bits < 64) {
        v = option & 4 ? ir_sextract(s->ir, v, 0, bits) : ir_extract(s->ir, v, 0, bits);
    }
    return shift ? ir_shl(s->ir, v, ir_imm64(s->ir, shift)) : v;
}

/* -- Ends of blocks -- */

void gen_lookup_env(Disas *s)
{
    ir_exit(s->ir, ir_new_exit_lookup(s->ir));
    s->ended = true;
}

/* Under software step every instruction ends in PSTATE.SS := 0, which changes the context. */
static void end_step(Disas *s, IrRef pc)
{
    ir_st_env(s->ir, pc, offsetof(ArmCpu, pc), 3);
    ir_call(s->ir, &h_step_advance);
    gen_lookup_env(s);
}

void gen_lookup(Disas *s, uint64_t pc)
{
    if (s->ctx & CTX_STEP) {
        end_step(s, ir_imm64(s->ir, pc));
        return;
    }
    ir_st_env(s->ir, ir_imm64(s->ir, pc), offsetof(ArmCpu, pc), 3);
    gen_lookup_env(s);
}

void gen_jump(Disas *s, uint64_t pc)
{
    if (s->ctx & CTX_STEP) {
        end_step(s, ir_imm64(s->ir, pc));
        return;
    }
    ir_exit(s->ir, ir_new_exit_jump(s->ir, pc, IR_HINT_NONE, 0));
    s->ended = true;
}

void gen_call(Disas *s, uint64_t pc)
{
    if (s->ctx & CTX_STEP) {
        end_step(s, ir_imm64(s->ir, pc));
        return;
    }
    ir_exit(s->ir, ir_new_exit_jump(s->ir, pc, IR_HINT_CALL, s->pc + 4));
    s->ended = true;
}

static void write_btype(Disas *s, unsigned btype)
{
    ir_st_env(s->ir, ir_imm32(s->ir, btype), offsetof(ArmCpu, tcg.branch_type), 2);
}

void gen_jump_indirect(Disas *s, IrRef target, unsigned hint, unsigned btype)
{
    btype = has(s, FEAT_BTI) ? btype : 0;
    if (btype) {
        write_btype(s, btype);
    }
    if (s->ctx & CTX_STEP) {
        end_step(s, target);
        return;
    }
    ir_exit(s->ir, ir_new_exit_branch(s->ir, target, hint, s->pc + 4, btype));
    s->ended = true;
}

/* -- Conditional branches -- */

void gen_branch_flags(Disas *s, IrCond cond, IrRef flags, uint64_t pc)
{
    if (s->ctx & CTX_STEP) {
        end_step(s, ir_selectf(s->ir, cond, flags, ir_imm64(s->ir, pc),
                               ir_imm64(s->ir, s->pc + 4)));
        return;
    }
    ir_brf(s->ir, cond, flags, ir_new_exit_jump(s->ir, pc, IR_HINT_NONE, 0));
    s->branches++;
}

void gen_branch_cmp(Disas *s, IrCmp cmp, IrRef x, IrRef y, uint64_t pc)
{
    if (s->ctx & CTX_STEP) {
        end_step(s, ir_selcmp(s->ir, cmp, x, y, ir_imm64(s->ir, pc),
                              ir_imm64(s->ir, s->pc + 4)));
        return;
    }
    ir_brcmp(s->ir, cmp, x, y, ir_new_exit_jump(s->ir, pc, IR_HINT_NONE, 0));
    s->branches++;
}

void gen_branch_bit(Disas *s, IrRef v, unsigned bit, bool value, uint64_t pc)
{
    if (s->ctx & CTX_STEP) {
        gen_branch_cmp(s, value ? IR_TSTNE : IR_TSTEQ, v, ir_imm64(s->ir, BIT(bit)), pc);
        return;
    }
    ir_brbit(s->ir, v, bit, value, ir_new_exit_jump(s->ir, pc, IR_HINT_NONE, 0));
    s->branches++;
}

/* -- Decoding -- */

static bool run_line(Disas *s, unsigned line, uint32_t word)
{
    if (!a64_decoders[line]) {
        if (s->first) {
            log_unimp("cpu", "%s (%08x) at 0x%016" PRIx64 ": not implemented",
                      a64_lines[line].name, word, s->pc);
        }
        return false;
    }
    if (s->ctx & (CTX_FP_AH | CTX_FP_NEP)) {
        return fp_alt_run(s, &a64_lines[line], a64_decoders[line], word);
    }
    return a64_decoders[line](s, word);
}

/* The model lacks the first line's feature: another line of its group may take the word. */
static bool try_rest_of_group(Disas *s, unsigned line, uint32_t word)
{
    unsigned end = a64_lines[line].group_end;

    if (line + 1 == end) {
        return false;
    }
    for (unsigned i = a64_lines[line + 1].first_cube; i < a64_cube_count; i++) {
        const DecodeCube *c = &a64_cubes[i];

        if (c->line >= end) {
            return false;
        }
        if ((word & c->mask) == c->value && has(s, a64_lines[c->line].feature)) {
            return run_line(s, c->line, word);
        }
    }
    return false;
}

bool a64_translate_word(Disas *s, uint32_t word)
{
    unsigned found = a64_find(word);

    if (!found) {
        return false;
    }
    if (!has(s, a64_lines[found - 1].feature)) {
        return try_rest_of_group(s, found - 1, word);
    }
    return run_line(s, found - 1, word);
}

/* -- The loop -- */

/* One more instruction executed; one that faults is taken back by arm_fault_deliver(). */
static void count_insn(Disas *s, int n)
{
    if (s->ctx & CTX_ICOUNT) {
        ir_set(s->ir, SLOT_ICOUNT, ir_addi(s->ir, ir_get(s->ir, SLOT_ICOUNT), n));
    }
}

/*
 * Behind a branch this may never be reached (code that a kernel patches out, data): it gets a
 * block of its own, made and logged when it is.
 */
static void undefined(Disas *s)
{
    if (s->first) {
        gen_undef(s);
    } else {
        s->ir->guest_insns--;
        count_insn(s, -1);
        ir_exit(s->ir, ir_new_exit_jump(s->ir, s->pc, IR_HINT_NONE, 0));
        s->ended = true;
    }
}

/* -- Branch targets (D8.4.2) -- */

/* May @word be where a branch with BTYPE goes in a guarded page? BRK and HLT may always. */
static bool is_landing_pad(const Disas *s, uint32_t word)
{
    switch (word) {
    case 0xd503233f: case 0xd503237f:              /* PACIASP, PACIBSP */
        return s->btype != 3 || !(s->ctx & CTX_BTI);
    case 0xd503245f:                               /* BTI c */
        return s->btype != 3;
    case 0xd503249f:                               /* BTI j */
        return s->btype != 2;
    case 0xd50324df:                               /* BTI jc */
        return true;
    default:
        return (word & 0xffe0001f) == 0xd4200000 || (word & 0xffe0001f) == 0xd4400000;
    }
}

/* The first instruction with BTYPE not 0. False: the exception has been built. */
static bool arrive(Disas *s, uint32_t word)
{
    if (s->guarded && !is_landing_pad(s, word)) {
        gen_raise(s, syn_make(EC_BTI, s->btype));
        return false;
    }
    if ((word & 0xffe0001f) != 0xd4200000) {       /* BRK: SPSR shows BTYPE */
        write_btype(s, 0);
    }
    s->btype = 0;
    return true;
}

static void translate_insn(Disas *s, const uint8_t *host)
{
    uint32_t word = ldle32(host);

    ir_insn_start(s->ir, s->pc, word);
    count_insn(s, 1);
    if (s->ctx & CTX_IL) {
        gen_raise(s, syn_make(EC_ILLEGAL_STATE, 0));
    } else if (s->ctx & CTX_STEP_PEND) {
        gen_raise(s, syn_make(s->el ? EC_STEP_SAME : EC_STEP_LOWER, ISS_STEP));
    } else if ((!s->btype || arrive(s, word)) && !a64_translate_word(s, word)) {
        undefined(s);
    }
    s->pc += 4;
    s->first = false;
}

/*
 * @pc is not a multiple of 4: a PC alignment fault, unless a side exit of check_sp() or
 * check_exclusive_align() came here for the instruction at pc & ~3.
 */
static void translate_misaligned(Disas *s, const uint8_t *host)
{
    uint64_t pc = s->pc;

    s->pc = align_down(pc, 4);
    ir_insn_start(s->ir, s->pc, 0);
    if ((pc & 3) == 1 && gen_align_fault(s, ldle32(host - 1))) {
        return;
    }
    ir_call(s->ir, &h_pc_align, ir_imm64(s->ir, pc));
    gen_lookup_env(s);
}

/* AArch64.BranchAddr(): @pc without its tag, which the guest may have branched to. */
static uint64_t branch_addr(uint64_t pc, uint64_t context)
{
    return context & (bit64(pc, 55) ? CTX_TBI1 : CTX_TBI0) ? (uint64_t)sextract64(pc, 0, 56) : pc;
}

/* What must be aligned, and how atomic pairs are (AArch64.UnalignedAccessFaults()). */
static void set_access_rules(Disas *s)
{
    bool lse2 = has(s, FEAT_LSE2);

    s->align = s->ctx & CTX_ALIGN ? IR_MO_ALIGN : 0;
    s->align_atomic = lse2 && !s->align ? IR_MO_ALIGN16 : IR_MO_ALIGN;
    s->align_ordered = lse2 && !s->align && s->ctx & CTX_NAA ? 0 : s->align_atomic;
    s->whole_pairs = lse2 && s->ctx & TCG_CONTEXT_SEVERAL;
}

void arm_translate(IrBlock *b, uint64_t pc, const uint8_t *host, uint64_t context,
                   unsigned max_insns, const void *guest)
{
    Disas s = {
        .ir = b, .model = guest, .pc = pc, .ctx = context, .el = ctx_el(context),
        .mmu = ctx_mmu(context), .btype = ctx_btype(context),
        .guarded = context & TCG_CONTEXT_GUARDED, .first = true,
    };
    uint64_t page_end = align_down(pc, 4096) + 4096;

    set_access_rules(&s);

    if (branch_addr(pc, context) != pc) {
        ir_insn_start(b, pc, 0);
        ir_exit(b, ir_new_exit_jump(b, branch_addr(pc, context), IR_HINT_NONE, 0));
        return;
    }
    if (pc & 3) {
        translate_misaligned(&s, host);
        return;
    }
    do {
        translate_insn(&s, host + (s.pc - pc));
    } while (!s.ended && !(context & CTX_STEP) && --max_insns && s.pc != page_end &&
             s.branches < MAX_BRANCHES && !ir_is_full(b));
    if (!s.ended) {
        gen_jump(&s, s.pc);
    }
}
