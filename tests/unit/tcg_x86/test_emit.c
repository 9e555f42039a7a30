/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encodings: what capstone reads is what was meant. */
#include <capstone/capstone.h>
#include <string.h>

#include "tcg/x86_64/emit.h"

static Codegen g;
static uint8_t code[256];
static csh cs;

static void begin(void)
{
    g.p = g.start = code;
}

/* The code since begin() is @want: instructions separated by "; ". */
static void expect(const char *what, const char *want)
{
    cs_insn *insn;
    size_t n = cs_disasm(cs, code, (size_t)(g.p - code), 0, 0, &insn), bytes = 0;
    GString *got = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        bytes += insn[i].size;
        g_string_append_printf(got, "%s%s%s%s", i ? "; " : "", insn[i].mnemonic,
                               *insn[i].op_str ? " " : "", insn[i].op_str);
    }
    if (bytes != (size_t)(g.p - code) || strcmp(got->str, want) != 0) {
        g_test_message("%s: want \"%s\", got \"%s\" (%zu of %zu bytes)", what, want, got->str,
                       bytes, (size_t)(g.p - code));
        g_test_fail();
    }
    if (n) {
        cs_free(insn, n);
    }
    g_string_free(got, true);
}

#define CHECK(call, want) do { begin(); call; expect(#call, want); } while (0)

static void test_integer(void)
{
    CHECK(x_mov(&g, true, RAX, R15), "mov rax, r15");
    CHECK(x_mov(&g, false, R8, RDI), "mov r8d, edi");
    CHECK(x_mov_imm(&g, R9, 5), "mov r9d, 5");
    CHECK(x_mov_imm(&g, RBX, (uint64_t)-2), "mov rbx, -2");
    CHECK(x_mov_imm(&g, R13, UINT64_C(0x123456789abcdef0)), "movabs r13, 0x123456789abcdef0");
    CHECK(x_alu(&g, ALU_SUB, true, RCX, R10), "sub rcx, r10");
    CHECK(x_alu(&g, ALU_XOR, false, R11, RSI), "xor r11d, esi");
    CHECK(x_alu_imm(&g, ALU_CMP, true, RDX, -1), "cmp rdx, -1");
    CHECK(x_alu_imm(&g, ALU_AND, false, RAX, 0x12345), "and eax, 0x12345");
    CHECK(x_alu_imm(&g, ALU_OR, true, R14, 0x12345), "or r14, 0x12345");
    CHECK(x_alu_mem_imm(&g, ALU_CMP, false, mem_env(&g, 0x100), 0),
          "cmp dword ptr [rbp + 0x100], 0");
    CHECK(x_test(&g, true, RSI, RSI), "test rsi, rsi");
    CHECK(x_test_imm(&g, true, RSI, 0x40), "test sil, 0x40");
    CHECK(x_test_imm(&g, true, R9, 0x4000), "test r9d, 0x4000");
    CHECK(x_test_imm(&g, true, RAX, -8), "test rax, -8");
    CHECK(x_shift_imm(&g, SH_SAR, true, R12, 7), "sar r12, 7");
    CHECK(x_shift_imm(&g, SH_ROR, false, RBX, 1), "ror ebx, 1");
    CHECK(x_shift_cl(&g, SH_SHL, true, RDX), "shl rdx, cl");
    CHECK(x_rorx(&g, true, R8, RCX, 7), "rorx r8, rcx, 7");
    CHECK(v_rrr(&g, OP_SHLX | X_W, RAX, R9, RDI), "shlx rax, rdi, r9");
    CHECK(v_rrr(&g, OP_ANDN, R8, RBX, RDX), "andn r8d, ebx, edx");
    CHECK(x_setcc(&g, CC_L, RDI), "setl dil");
    CHECK(x_setcc(&g, CC_AE, RAX), "setae al");
    CHECK(x_cmov(&g, CC_G, true, R9, RAX), "cmovg r9, rax");
    CHECK(x_rr(&g, OP_MOVZX8, RDX, RSI), "movzx edx, sil");
    CHECK(x_rr(&g, OP_MOVSX8 | X_W, R8, R9), "movsx r8, r9b");
    CHECK(x_rr(&g, OP_MOVSXD, RAX, R12), "movsxd rax, r12d");
    CHECK(x_rr(&g, OP_LZCNT | X_W, R9, RAX), "lzcnt r9, rax");
    CHECK(x_rr(&g, OP_BT_I | X_W, 4, R11); put8(&g, 33), "bt r11, 0x21");
}

static void test_memory(void)
{
    CHECK(x_rm(&g, OP_MOV_LOAD | X_W, RAX, mem_at(R13, 0)), "mov rax, qword ptr [r13]");
    CHECK(x_rm(&g, OP_MOV_LOAD, R8, mem_at(R12, 8)), "mov r8d, dword ptr [r12 + 8]");
    CHECK(x_rm(&g, OP_MOV_STORE | X_W, R15, mem_frame(0x800)), "mov qword ptr [rsp + 0x800], r15");
    CHECK(x_rm(&g, OP_MOVB_STORE, RSI, mem_at(RAX, 1)), "mov byte ptr [rax + 1], sil");
    CHECK(x_rm(&g, OP_MOV_STORE | P_66, R9, mem_indexed(RBX, R14, 0, -4)),
          "mov word ptr [rbx + r14 - 4], r9w");
    CHECK(x_rm(&g, OP_LEA | X_W, RDX, mem_indexed(R13, RAX, 2, 0)), "lea rdx, [r13 + rax*4]");
    CHECK(x_rm(&g, OP_XADD | X_W | X_LOCK, RCX, mem_indexed(RDI, RSI, 0, 16)),
          "lock xadd qword ptr [rdi + rsi + 0x10], rcx");
    CHECK(x_rm(&g, OP_CMPXCHGB | X_LOCK, RDI, mem_at(R9, 0)), "lock cmpxchg byte ptr [r9], dil");
    CHECK(x_rm(&g, OP_GRP5, 4, mem_indexed(RDX, RCX, 2, 8)), "jmp qword ptr [rdx + rcx*4 + 8]");
}

static void test_vector(void)
{
    CHECK(x_rr(&g, OP_MOVAPS, XMM0 + 9, XMM0 + 1), "movaps xmm9, xmm1");
    CHECK(x_rm(&g, OP_MOVUPS_STORE, XMM0 + 8, mem_env(&g, 0x40)),
          "movups xmmword ptr [rbp + 0x40], xmm8");
    CHECK(x_rr(&g, OP_MOVD_TO_X | X_W, XMM0 + 3, R8), "movq xmm3, r8");
    CHECK(x_rr(&g, OP_MOVD_FROM_X, XMM15, RSI), "movd esi, xmm15");
    CHECK(x_rr(&g, OP_MOVQ_LOAD, XMM0 + 2, XMM0 + 10), "movq xmm2, xmm10");
    CHECK(x_rr(&g, 0x00 | M_38 | P_66, XMM0 + 4, XMM0 + 12), "pshufb xmm4, xmm12");
    CHECK(v_rrr(&g, 0xfe | M_0F | P_66, XMM0 + 1, XMM0 + 9, XMM0 + 2), "vpaddd xmm1, xmm9, xmm2");
    CHECK(v_rrr(&g, 0x3c | M_38 | P_66, XMM0 + 11, XMM0 + 3, XMM0 + 14),
          "vpmaxsb xmm11, xmm3, xmm14");
}

static void test_flags(void)
{
    CHECK(x_flags_to_eax(&g), "lahf; seto al");
    CHECK(x_flags_from_eax(&g), "shl al, 7; add al, al; sahf");
    CHECK(x_nops(&g, 3), "nop dword ptr [rax]");
    begin();
    uint8_t *j = x_jcc8(&g, CC_NE);
    x_nops(&g, 2);
    x_label8(&g, j);
    expect("a short jump over two bytes", "jne 4; nop");
}

/* A hole in the table would be a jump to nowhere. */
static void test_table(void)
{
    for (unsigned op = 0; op < IR_OP_COUNT; op++) {
        if (!emit_ops[op].fn) {
            g_test_message("no emitter for %s", ir_op_info[op].name);
            g_test_fail();
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(cs_open(CS_ARCH_X86, CS_MODE_64, &cs), ==, CS_ERR_OK);
    g_test_add_func("/x86/emit/integer", test_integer);
    g_test_add_func("/x86/emit/memory", test_memory);
    g_test_add_func("/x86/emit/vector", test_vector);
    g_test_add_func("/x86/emit/flags", test_flags);
    g_test_add_func("/x86/emit/table", test_table);
    int r = g_test_run();
    cs_close(&cs);
    return r;
}
