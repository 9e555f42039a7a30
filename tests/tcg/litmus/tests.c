/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of tests, made of litmus_tests.def: code, conditions, rows. */
#include "litmus.h"

/* -- The threads' code: x0 = x, x1 = y, x2 = z; w10 = 1, w11 = 2; results in x5 and x6 -- */

#define THREAD(id, n, body)                                                                        \
    asm(".text\n.arch armv8.5-a\n.balign 16\nlit_" #id "_" #n ":\n"                               \
        "mov x5, #0\nmov x6, #0\nmov w10, #1\nmov w11, #2\n" body "\n"                            \
        "stp x5, x6, [x3]\nret\n");                                                               \
    extern LitmusThread lit_##id##_##n;

#define LITMUS(id, name, threads, needs, kind, condition, p0, p1, p2, p3)                          \
    THREAD(id, 0, p0) THREAD(id, 1, p1) THREAD(id, 2, p2) THREAD(id, 3, p3)
#include "litmus_tests.def"
#undef LITMUS

/* -- Conditions, over the results as aN, bN and memory -- */

#define LITMUS(id, name, threads, needs, kind, condition, p0, p1, p2, p3)                          \
    static bool hit_##id(const Outcome *o)                                                         \
    {                                                                                              \
        uint64_t a0 = o->r[0][0], b0 = o->r[0][1], a1 = o->r[1][0], b1 = o->r[1][1];              \
        uint64_t a2 = o->r[2][0], b2 = o->r[2][1], a3 = o->r[3][0], b3 = o->r[3][1];              \
        uint64_t x = o->x, y = o->y;                                                               \
        (void)a0, (void)b0, (void)a1, (void)b1, (void)a2, (void)b2, (void)a3, (void)b3;           \
        (void)x, (void)y;                                                                          \
        return condition;                                                                          \
    }
#include "litmus_tests.def"
#undef LITMUS

#define LITMUS(id, name, threads, needs, kind, condition, p0, p1, p2, p3)                          \
    { name, threads, needs, kind, #condition, hit_##id,                                            \
      { lit_##id##_0, lit_##id##_1, lit_##id##_2, lit_##id##_3 } },
const LitmusTest litmus_tests[] = {
#include "litmus_tests.def"
};
const unsigned litmus_n_tests = sizeof(litmus_tests) / sizeof(litmus_tests[0]);
