/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs on AArch64 Linux, for make-vectors.py (not part of the build). Reads lines of hexadecimal
 * "word x0 x1 x2 x3 sp nzcv", executes the word with these registers, prints "x0 sp nzcv".
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static sigjmp_buf undefined;
static uint64_t regs[8];         /* x0-x3, sp, nzcv */

static void on_sigill(int sig)
{
    (void)sig;
    siglongjmp(undefined, 1);
}

/* run(code, regs): load, call the instruction in place, store. */
__asm__(".globl run\n"
        "run:\n"
        "  stp x19, x20, [sp, #-32]!\n"
        "  str x30, [sp, #16]\n"
        "  mov x19, x1\n"
        "  mov x20, sp\n"
        "  mov x16, x0\n"
        "  ldr x9, [x19, #40]\n"
        "  msr nzcv, x9\n"
        "  ldr x9, [x19, #32]\n"
        "  ldp x0, x1, [x19]\n"
        "  ldp x2, x3, [x19, #16]\n"
        "  mov sp, x9\n"
        "  blr x16\n"
        "  mov x9, sp\n"
        "  mov sp, x20\n"
        "  mrs x10, nzcv\n"
        "  str x9, [x19, #32]\n"
        "  str x10, [x19, #40]\n"
        "  str x0, [x19]\n"
        "  ldr x30, [sp, #16]\n"
        "  ldp x19, x20, [sp], #32\n"
        "  ret\n");
void run(void *code, uint64_t *regs);

int main(void)
{
    static uint8_t alt_stack[65536];
    uint32_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t stack = { .ss_sp = alt_stack, .ss_size = sizeof(alt_stack) };
    struct sigaction sa = { .sa_handler = on_sigill, .sa_flags = SA_ONSTACK };
    uint32_t word;

    sigaltstack(&stack, NULL);
    sigaction(SIGILL, &sa, NULL);
    while (scanf("%" SCNx32 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
                 &word, &regs[0], &regs[1], &regs[2], &regs[3], &regs[4], &regs[5]) == 7) {
        regs[5] <<= 28;
        code[0] = word;
        code[1] = 0xd65f03c0;    /* RET */
        __builtin___clear_cache((char *)code, (char *)(code + 2));
        if (sigsetjmp(undefined, 1)) {
            printf("undefined\n");
            continue;
        }
        run(code, regs);
        printf("%" PRIx64 " %" PRIx64 " %" PRIx64 "\n", regs[0], regs[4], regs[5] >> 28);
    }
    return 0;
}
