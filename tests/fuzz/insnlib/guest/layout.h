/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where things are in the guest that runs generated instructions, and the struct that its C and
 * its assembly share. The host's side of this is tests/fuzz/insnlib/image.py.
 *
 * The program runs at EL1h from TTBR1, where EL0 has no access. Generated code sees TTBR0 only:
 * code, read-only and executable at both levels, and scratch pages. The addresses are odd on
 * purpose: data that ends up as an address should miss everything.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#define RAM_VA          0xffffffabc0000000  /* PA 0x40000000, 1 GiB */
#define DEV_VA          0xffffffac00000000  /* PA 0, 1 GiB */
#define PA_TO_VA(pa)    ((pa) - 0x40000000 + RAM_VA)

#define HEADER_PA       0x40280000          /* header, cases, pools: from the host */
#define CODE_PA         0x40400000          /* generated code: from the host */
#define CODE_BLOCKS     16                  /* of 2 MiB */
#define STACK_PA        0x42c00000          /* its end */
#define SCRATCH_PA      0x43000000

#define CODE_VA         0x2186600000
#define SCRATCH_VA      0x5ac3a10000        /* two pages RW, none, one RO, one for EL1 only */
#define WINDOW_VA       (SCRATCH_VA + 0x1000 - WINDOW_BYTES / 2)
#define WINDOW_BYTES    512                 /* set up before and hashed after each run */

#define END_IMM         0x5a5a              /* SVC #END_IMM ends a sequence */
#define FLAG_PAUTH      1                   /* set the keys */
#define FLAG_GUARDED    2                   /* code is in guarded pages (BTI) */
#define FLAG_FP_TRAP    4                   /* FP and SIMD trap at EL0 */
#define MAX_EXC         31                  /* exceptions in one run */

#define USES_VECTORS    1                   /* of a case: else V0..V31 are left alone, */
#define USES_MEMORY     2                   /* and the windows are neither set up nor hashed */

/* struct State */
#define ST_X            0
#define ST_SP           248
#define ST_SPSR         256
#define ST_FPCR         264
#define ST_FPSR         272
#define ST_ESR          280                 /* of the exception that ended the run */
#define ST_ELR          288
#define ST_FAR          296
#define ST_HASH         304                 /* of all exceptions */
#define ST_COUNT        312
#define ST_C_SP         320
#define ST_START        328                 /* of the code of this run; go on only within */
#define ST_END          336
#define ST_PC           344
#define ST_VSRC         352                 /* where V0..V31 are loaded from */
#define ST_SPSR_MASK    360                 /* what counts of SPSR */
#define ST_USES         368                 /* USES_ of the case */
#define ST_V            384
#define ST_LOG          896                 /* ESR, ELR, FAR, SPSR of each exception */
#define ST_BYTES        (ST_LOG + MAX_EXC * 32)

#define HASH_K          0x9e3779b97f4a7c15

#endif
