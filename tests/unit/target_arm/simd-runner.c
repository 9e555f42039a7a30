/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs on AArch64 Linux, for make-simd-vectors.py (not part of the build). Reads lines of
 * hexadecimal "word seed", executes each word on the state of that seed (simd_state.h), prints
 * "v0<63:0> v0<127:64> x0 nzcv fpsr digest", "undefined" or "fault".
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "simd_state.h"

static sigjmp_buf failed;

static void on_signal(int sig) { siglongjmp(failed, sig); }

/* run(code, state) */
__asm__(".globl run\n"
        "run:\n"
        "  stp x19, x30, [sp, #-16]!\n"
        "  mov x19, x1\n"
        "  mov x16, x0\n"
        "  ldp q0, q1, [x19]\n"
        "  ldp q2, q3, [x19, #32]\n"
        "  ldr x9, [x19, #96]\n"
        "  msr nzcv, x9\n"
        "  ldr x9, [x19, #104]\n"
        "  msr fpcr, x9\n"
        "  ldr x9, [x19, #112]\n"
        "  msr fpsr, x9\n"
        "  ldp x0, x1, [x19, #64]\n"
        "  ldp x2, x3, [x19, #80]\n"
        "  blr x16\n"
        "  mrs x9, nzcv\n"
        "  str x9, [x19, #96]\n"
        "  mrs x9, fpsr\n"
        "  str x9, [x19, #112]\n"
        "  msr fpcr, xzr\n"
        "  stp q0, q1, [x19]\n"
        "  stp q2, q3, [x19, #32]\n"
        "  stp x0, x1, [x19, #64]\n"
        "  stp x2, x3, [x19, #80]\n"
        "  ldp x19, x30, [sp], #16\n"
        "  ret\n");
void run(void *code, SimdState *s);

typedef struct Case { uint32_t word; uint64_t seed; } Case;

static void run_case(uint32_t *code, const Case *c, uint8_t *mem)
{
    SimdState s;
    int sig = sigsetjmp(failed, 1);

    if (sig) {
        puts(sig == SIGILL ? "undefined" : "fault");
        return;
    }
    simd_state_init(&s, mem, c->seed);
    run(code, &s);
    printf("%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 "\n", s.v[0][0],
           s.v[0][1], s.x[0], s.nzcv, s.fpsr, simd_digest(&s, mem));
}

int main(void)
{
    uint8_t *mem = mmap((void *)SIMD_MEM_VA, SIMD_MEM_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_NODEFER };
    size_t n = 0, cap = 1 << 16;
    Case *cases = malloc(cap * sizeof(*cases));

    if (mem == MAP_FAILED || !cases) {
        perror("simd-runner");
        return 1;
    }
    sigaction(SIGILL, &sa, NULL);
    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGBUS, &sa, NULL);
    while (scanf("%" SCNx32 " %" SCNx64, &cases[n].word, &cases[n].seed) == 2) {
        if (++n == cap) {
            cases = realloc(cases, (cap *= 2) * sizeof(*cases));
        }
    }
    uint32_t *code = mmap(NULL, n * 8 + 8, PROT_READ | PROT_WRITE | PROT_EXEC,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < n; i++) {
        code[2 * i] = cases[i].word;
        code[2 * i + 1] = 0xd65f03c0;    /* RET */
    }
    __builtin___clear_cache((char *)code, (char *)(code + 2 * n));
    for (size_t i = 0; i < n; i++) {
        run_case(code + 2 * i, &cases[i], mem);
    }
    return 0;
}
