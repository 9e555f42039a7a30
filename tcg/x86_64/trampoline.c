/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code shared by all blocks of a buffer, the way in and out, and patching.
 *
 * mem_slow and fault save registers below the block's rsp, so that the save area and the spill
 * frame are one array (target.h). Their return address is moved out of the way first.
 */
#include <stddef.h>

#include "tcg/x86_64/operand.h"

static void save_registers(Codegen *g, bool xmm)
{
    x_rm(g, 0x8f, 0, mem_frame(FRAME_RET));     /* pop: rsp is the block's when m is computed */
    x_rm(g, OP_LEA | X_W, RSP, mem_frame(-SAVE_REGS));
    for (int r = 0; r < 16; r++) {
        if (r != RSP) {
            x_rm(g, OP_MOV_STORE | X_W, r, mem_frame(r * 8));
        }
    }
    for (int x = 0; xmm && x < 16; x++) {
        x_rm(g, OP_MOVAPS_STORE, XMM0 + x, mem_frame((16 + 2 * x) * 8));
    }
}

static void restore_and_return(Codegen *g, bool xmm)
{
    for (int r = 0; r < 16; r++) {
        if ((CALLER_SET & GPR_SET) >> r & 1) {
            x_rm(g, OP_MOV_LOAD | X_W, r, mem_frame(r * 8));
        }
    }
    for (int x = 0; xmm && x < 16; x++) {
        x_rm(g, OP_MOVAPS, XMM0 + x, mem_frame((16 + 2 * x) * 8));
    }
    x_rm(g, OP_LEA | X_W, RSP, mem_frame(SAVE_REGS));
    x_rm(g, OP_GRP5, 6, mem_frame(FRAME_RET));  /* push */
    put8(g, 0xc3);                              /* ret */
}

/* Save area still below: take the fault and go on where env then says. */
static void fault_tail(Codegen *g, const void *lookup)
{
    x_env_arg(g);
    x_rm(g, OP_MOV_LOAD | X_W, RSI, mem_frame(SAVE_REGS + FRAME_RET));
    x_mov(g, true, RDX, RSP);
    x_call_c(g, (const void *)g->ops.fault);
    x_rm(g, OP_LEA | X_W, RSP, mem_frame(SAVE_REGS));
    x_jmp_to(g, lookup);
}

static const void *mem_slow(Codegen *g, bool xmm, const void *lookup)
{
    const uint8_t *at = g->p;

    save_registers(g, xmm);
    x_env_arg(g);
    x_rm(g, OP_MOV_LOAD | X_W, RSI, mem_frame(SAVE_REGS + FRAME_VA));
    x_rm(g, OP_MOV_LOAD, RDX, mem_frame(SAVE_REGS + FRAME_INFO));
    x_rm(g, OP_LEA | X_W, RCX, mem_frame(SAVE_REGS + FRAME_VAL));
    x_call_c(g, (const void *)g->ops.mem_slow);
    x_alu_mem_imm(g, ALU_CMP, false, mem_env(g, g->layout.fault), 0);
    uint8_t *fault = x_jcc32(g, CC_NE);
    restore_and_return(g, xmm);
    set_rel32(fault, g->p);
    fault_tail(g, lookup);
    return at;
}

/*
 * Called from cold paths: does the access at the address in the frame hit the TLB? Equal: it does,
 * and the address has become the host's. Nothing else changes.
 */
static const void *tlb_probe(Codegen *g, unsigned idx, bool write, unsigned size_log2)
{
    const uint8_t *at = g->p;
    Mem va = mem_frame(FRAME_VA + 8), rax = mem_frame(FRAME_VAL + 8), rcx = mem_frame(FRAME_FP + 8);

    x_rm(g, OP_MOV_STORE | X_W, RAX, rax);
    x_rm(g, OP_MOV_STORE | X_W, RCX, rcx);
    x_rm(g, OP_MOV_LOAD | X_W, RAX, va);
    tlb_compare(g, RAX, 0, 1 << size_log2, 0, idx, write, RAX, RCX, REG_NONE);
    uint8_t *miss = x_jcc8(g, CC_NE);
    x_rm(g, OP_MOV_LOAD | X_W, RAX, va);
    x_rm(g, OP_MOV_LOAD | X_W, RCX, mem_at(RCX, offsetof(TlbEntry, addend)));
    x_rm(g, OP_LEA | X_W, RAX, mem_indexed(RAX, RCX, 0, 0));
    x_rm(g, OP_MOV_STORE | X_W, RAX, va);
    x_label8(g, miss);
    x_rm(g, OP_MOV_LOAD | X_W, RAX, rax);
    x_rm(g, OP_MOV_LOAD | X_W, RCX, rcx);
    put8(g, 0xc3);
    return at;
}

static void csr(Codegen *g, bool load, Mem m) { x_rm(g, OP_CSR, load ? 2 : 3, m); }

/* Arguments are in the frame; everything but EFLAGS survives. */
static void fp_slow(Codegen *g)
{
    Mem ours = mem_frame(SAVE_REGS + FRAME_CSR), c = mem_frame(SAVE_REGS + FRAME_CSR + 4);

    save_registers(g, true);
    csr(g, false, ours);
    store_imm(g, IR_MO_32, c, MXCSR_DEFAULT);
    csr(g, true, c);
    x_env_arg(g);
    x_rm(g, OP_MOV_LOAD, RSI, mem_frame(SAVE_REGS + FRAME_INFO));
    x_rm(g, OP_LEA | X_W, RDX, mem_frame(SAVE_REGS + FRAME_FP));
    x_call_c(g, (const void *)g->ops.fp_slow);
    csr(g, true, ours);
    restore_and_return(g, true);
}

static const uint8_t callee_saved[6] = { RBP, RBX, R12, R13, R14, R15 };

static void push_pop(Codegen *g, unsigned op, unsigned reg)
{
    put_opcode(g, op | (reg & 7), reg >> 3);
}

/* MXCSR := the guest's. rax is free. */
static void fp_enter(Codegen *g)
{
    int32_t fp = g->layout.fp;

    x_rm(g, OP_MOV_LOAD, RAX, mem_env(g, fp + (int32_t)offsetof(TcgFpEnv, mode)));
    x_alu_imm(g, ALU_OR, false, RAX, MXCSR_DEFAULT);
    x_rm(g, OP_MOV_STORE, RAX, mem_frame(FRAME_CSR));
    csr(g, true, mem_frame(FRAME_CSR));
    store_imm(g, IR_MO_32, mem_env(g, fp + (int32_t)offsetof(TcgFpEnv, live)), 1);
}

static void fp_leave(Codegen *g)
{
    int32_t fp = g->layout.fp;

    csr(g, false, mem_frame(FRAME_CSR));
    x_rm(g, OP_MOV_LOAD, RAX, mem_frame(FRAME_CSR));
    x_rm(g, 0x09, RAX, mem_env(g, fp + (int32_t)offsetof(TcgFpEnv, sticky)));   /* or [m], eax */
    store_imm(g, IR_MO_32, mem_env(g, fp + (int32_t)offsetof(TcgFpEnv, live)), 0);
    store_imm(g, IR_MO_32, mem_frame(FRAME_CSR), MXCSR_DEFAULT);
    csr(g, true, mem_frame(FRAME_CSR));
}

static void enter_and_leave(Codegen *g, Trampolines *t)
{
    t->enter = g->p;
    for (unsigned k = 0; k < 6; k++) {
        push_pop(g, 0x50, callee_saved[k]);
    }
    x_alu_imm(g, ALU_SUB, true, RSP, FRAME_SIZE);
    x_rm(g, OP_LEA | X_W, ENV_REG, mem_at(RDI, g->layout.middle));
    if (g->layout.fp) {
        fp_enter(g);
    }
    x_rr(g, OP_GRP5, 4, RSI);                   /* jmp rsi */
    t->leave = g->p;
    if (g->layout.fp) {
        fp_leave(g);
    }
    x_alu_imm(g, ALU_ADD, true, RSP, FRAME_SIZE);
    for (unsigned k = 6; k-- > 0;) {
        push_pop(g, 0x58, callee_saved[k]);
    }
    put8(g, 0xc3);
}

/* Call @fn(env, ...), and jump to what it returns. */
static void call_and_jump(Codegen *g, const void *fn, const void *leave)
{
    x_env_arg(g);
    x_call_c(g, fn);
    x_test(g, true, RAX, RAX);
    set_rel32(x_jcc32(g, CC_E), leave);
    x_rr(g, OP_GRP5, 4, RAX);
}

/* -- What stubs call: data follows the call (backend.h) -- */

/* rcx := the data, rax := the block's head. */
static void find_head(Codegen *g)
{
    push_pop(g, 0x58, RCX);
    x_rm(g, OP_MOVSXD, RAX, mem_at(RCX, 0));
    x_alu(g, ALU_ADD, true, RAX, RCX);
}

static void pc_from_head(Codegen *g)
{
    find_head(g);
    x_rm(g, OP_MOV_LOAD | X_W, RAX, mem_at(RAX, 8));
    x_rm(g, OP_MOV_STORE | X_W, RAX, mem_env(g, g->layout.pc));
}

static void link_trampoline(Codegen *g, bool set_pc, const void *leave)
{
    find_head(g);
    if (set_pc) {
        x_rm(g, OP_MOVSXD, RDX, mem_at(RCX, 4));
        x_alu_mem(g, ALU_ADD, true, RDX, mem_at(RAX, 8));
        x_rm(g, OP_MOV_STORE | X_W, RDX, mem_env(g, g->layout.pc));
    }
    x_rm(g, OP_MOV_LOAD | X_W, RSI, mem_at(RAX, 0));
    x_rm(g, OP_MOVZX16, RDX, mem_at(RCX, 8));
    call_and_jump(g, (const void *)g->ops.link, leave);
}

static void align(Codegen *g, unsigned n)
{
    while ((uintptr_t)g->p & (n - 1)) {
        put8(g, 0xcc);
    }
}

void codegen_trampolines(Codegen *g, CodeBuf *buf, Trampolines *tramp)
{
    assert(buf->size - buf->used >= 16 * 1024);
    g->start = g->p = buf->base + buf->used;
    align(g, 16);
    enter_and_leave(g, tramp);
    align(g, 16);
    tramp->lookup_slow = g->p;
    call_and_jump(g, (const void *)g->ops.lookup, tramp->leave);
    for (int r = 0; r < 16; r++) {
        if (GPR_SET >> r & 1) {
            tramp->lookup_at[r] = g->p;
            x_rm(g, OP_MOV_STORE | X_W, r, mem_env(g, g->layout.pc));
            x_jmp_to(g, tramp->lookup_slow);
        }
    }
    align(g, 16);
    tramp->lookup = g->p;
    x_rm(g, OP_MOV_LOAD | X_W, RAX, mem_env(g, g->layout.pc));
    jump_cache_probe(g, RAX, 0, tramp->lookup_slow);
    align(g, 16);
    tramp->link = g->p;
    link_trampoline(g, true, tramp->leave);
    align(g, 16);
    tramp->link_far = g->p;
    link_trampoline(g, false, tramp->leave);
    align(g, 16);
    tramp->stale = g->p;
    pc_from_head(g);
    x_jmp_to(g, tramp->lookup_slow);
    align(g, 16);
    tramp->poll = g->p;
    pc_from_head(g);
    x_jmp_to(g, tramp->leave);
    align(g, 16);
    tramp->mem_slow = mem_slow(g, false, tramp->lookup);
    align(g, 16);
    tramp->mem_slow_v = mem_slow(g, true, tramp->lookup);
    for (unsigned idx = 0; idx < TCG_MMU_INDEXES; idx++) {
        for (unsigned size_log2 = 0; size_log2 <= IR_MO_128; size_log2++) {
            tramp->tlb_probe[idx][0][size_log2] = tlb_probe(g, idx, false, size_log2);
            tramp->tlb_probe[idx][1][size_log2] = tlb_probe(g, idx, true, size_log2);
        }
    }
    align(g, 16);
    tramp->fp_slow = g->p;
    fp_slow(g);
    align(g, 16);
    tramp->fault = g->p;
    save_registers(g, false);
    fault_tail(g, tramp->lookup);
    align(g, 64);
    buf->used = (size_t)(g->p - buf->base);
}

void host_enter(const Trampolines *tramp, void *env, const void *host)
{
    typedef void Enter(void *env, const void *host);

    ((Enter *)tramp->enter)(env, host);
}

void host_patch_jump(uint8_t *jmp, const void *target)
{
    int32_t rel = (int32_t)((const uint8_t *)target - (jmp + 5));

    __atomic_store_n((int32_t *)(void *)(jmp + 1), rel, __ATOMIC_RELEASE);
}

void host_patch_entry(uint8_t *entry_checked, const void *stub)
{
    uint64_t word = __atomic_load_n((uint64_t *)(void *)entry_checked, __ATOMIC_RELAXED);
    uint32_t rel = (uint32_t)((const uint8_t *)stub - (entry_checked + 5));

    word = (word & ~UINT64_C(0xffffffffff)) | 0xe9 | (uint64_t)rel << 8;
    __atomic_store_n((uint64_t *)(void *)entry_checked, word, __ATOMIC_RELEASE);
}
