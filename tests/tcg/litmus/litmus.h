/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory model tests: what the table (litmus_tests.def), the harness and the output share. */
#ifndef LITMUS_H
#define LITMUS_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_CPUS    4
#define MAX_THREADS 4

/* What a test needs besides three variables. */
enum {
    NEEDS_LSE = 1,
    NEEDS_LRCPC = 2,
    NEEDS_LSE2 = 4,
    WITH_CODE = 8,      /* z is a function of its own: MOV W6, #0; RET */
    WITH_PAGE = 16,     /* x is a page of its own, z its descriptor; x4, x7: see harness.c */
    WITH_CODE_PAGE = 32, /* ... which holds MOV W6, #0; RET, and the other page MOV W6, #1; RET */
};

typedef enum LitmusKind {
    FORBIDDEN,          /* the architecture says: never */
    ALLOWED,            /* the architecture says: perhaps; counted */
    DEVIATES,           /* never, says the architecture; we differ, docs say so; counted */
} LitmusKind;

/* What one instance came to. */
typedef struct Outcome {
    uint64_t r[MAX_THREADS][2];     /* x5 and x6 of each thread */
    uint64_t x, y;                  /* memory in the end */
} Outcome;

typedef void LitmusThread(void *x, void *y, void *z, uint64_t *out, uint64_t arg, uint64_t unused5,
                          uint64_t unused6, void *alias);

typedef struct LitmusTest {
    const char *name;
    unsigned threads;
    unsigned needs;
    LitmusKind kind;
    const char *condition;
    bool (*hit)(const Outcome *o);
    LitmusThread *code[MAX_THREADS];
} LitmusTest;

extern const LitmusTest litmus_tests[];
extern const unsigned litmus_n_tests;

/* rt.S */
extern const void *rt_dtb;
void puts(const char *s);
void puthex(uint64_t v);
void putdec(uint32_t v);            /* below 10^9 */

#endif
