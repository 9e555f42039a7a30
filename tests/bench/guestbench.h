/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the guest's benchmark share. */
#ifndef TESTS_BENCH_GUESTBENCH_H
#define TESTS_BENCH_GUESTBENCH_H

#include <stdint.h>

/* Keeps the compiler from seeing through a value. */
#define OPAQUE(x) __asm__ volatile("" : "+r"(x))

typedef struct Row {
    const char *name;
    const char *group;          /* "user", "neon", "spec", "os", "smp" (needs two CPUs), "none" */
    uint64_t (*run)(unsigned scale);
} Row;

/* Rows of instructions beyond Armv8.0 and of the rarer ones before; ended by a null name. */
extern const Row special_rows[];

#endif
