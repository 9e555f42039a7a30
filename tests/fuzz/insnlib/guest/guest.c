/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs generated instruction sequences with generated inputs and prints a hash of what came out.
 * The same image runs on any emulator of the "virt" machine; the host compares what is printed.
 *
 * A case is a piece of code and a number of runs; the state each run begins with comes out of
 * pools the host wrote, at offsets drawn from the case's seed and the number of the run alone.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"

enum { MODE_BATCH, MODE_TRACE, MODE_DETAIL, MODE_SCAN };
enum { POOL_WORDS = 8192, POOL_PAD = 64, N_VPOOLS = 5, N_FPCR = 64 };

typedef struct Vec { uint64_t lo, hi; } Vec;

typedef struct Fixed {          /* a register that is not taken from the pool */
    uint8_t reg;                /* 31: SP */
    uint8_t jitter;             /* + (random & jitter) * 16 */
    uint16_t unused;
    int32_t offset;
    uint64_t base;
} Fixed;

typedef struct Case {
    uint32_t code;              /* offset from CODE_VA */
    uint32_t bytes;             /* exceptions within go on behind the instruction */
    uint32_t runs;
    uint8_t el;
    uint8_t vpool;
    uint8_t fpcr_first, fpcr_mask;
    uint64_t seed;
    uint16_t n_fixed;
    uint16_t uses;              /* USES_ */
    uint32_t first_run;
    Fixed fixed[8];
} Case;

typedef struct Header {
    uint32_t magic, mode;
    uint32_t n_cases;
    uint32_t first_run;         /* TRACE, DETAIL */
    uint32_t n_runs;
    uint32_t spsr_ignored;
    uint64_t sctlr, tcr;        /* bits to change; used by start.S */
    uint64_t flags;             /* FLAG_; used by start.S */
    uint32_t fpcr[N_FPCR];
    uint64_t xpool[POOL_WORDS + POOL_PAD];
    Vec vpool[N_VPOOLS][POOL_WORDS / 2 + POOL_PAD];
    Case cases[];
} Header;

typedef struct State {
    uint64_t x[31], sp, spsr, fpcr, fpsr, esr, elr, far, hash, count, c_sp, start, end, pc;
    const Vec *vsrc;
    uint64_t spsr_mask, uses;
    uint64_t unused;
    Vec v[32];
    uint64_t log[MAX_EXC][4];
} State;
_Static_assert(sizeof(State) == ST_BYTES, "layout.h");
_Static_assert(offsetof(State, v) == ST_V, "layout.h");
_Static_assert(offsetof(State, pc) == ST_PC, "layout.h");
_Static_assert(offsetof(State, uses) == ST_USES, "layout.h");

void run(State *st);
_Noreturn void power_off(void);
_Noreturn void die(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far);

#define HEADER ((const Header *)PA_TO_VA(HEADER_PA))

/* -- Output -- */

static void put(char c)
{
    volatile uint32_t *uart = (volatile uint32_t *)(DEV_VA + 0x09000000);

    while (uart[6] & 1 << 5) {
    }
    uart[0] = (uint8_t)c;
}

static void put_text(const char *s)
{
    while (*s) {
        put(*s++);
    }
}

static void put_hex(uint64_t v, unsigned digits)
{
    while (digits--) {
        put("0123456789abcdef"[v >> digits * 4 & 15]);
    }
}

static void put_pair(const char *name, int n, uint64_t v)
{
    put_text(name);
    if (n >= 10) {
        put((char)('0' + n / 10));
    }
    if (n >= 0) {
        put((char)('0' + n % 10));
    }
    put('=');
    put_hex(v, 16);
    put('\n');
}

void die(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far)
{
    put_text("\nUNEXPECTED\n");
    put_pair("vector", -1, vector);
    put_pair("esr", -1, esr);
    put_pair("elr", -1, elr);
    put_pair("far", -1, far);
    power_off();
}

/* -- State -- */

static const unsigned page_pa[] = { 0, 0x5000, 0x7000, 0x9000 };

static uint64_t *page(unsigned i) { return (uint64_t *)PA_TO_VA(SCRATCH_PA + page_pa[i]); }

/* The half of the window in page @i. */
static uint64_t *window(unsigned i) { return page(i) + (i ? 0 : (4096 - WINDOW_BYTES / 2) / 8); }

static void copy_words(uint64_t *to, const uint64_t *from)
{
#pragma GCC unroll 8
    for (unsigned i = 0; i < WINDOW_BYTES / 16; i++) {
        to[i] = from[i];
    }
}

static void clear_pages(void)
{
    for (unsigned p = 0; p < 4; p++) {
        uint64_t *at = page(p);

        for (unsigned i = 0; i < 512; i += 4) {
            at[i] = at[i + 1] = at[i + 2] = at[i + 3] = 0;
        }
    }
}

static uint64_t mix(uint64_t x)
{
    x += HASH_K;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

static void set_up(State *st, const Case *c, uint32_t n)
{
    const Header *h = HEADER;
    uint64_t r = mix(c->seed + n);
    const uint64_t *x = h->xpool + (r & (POOL_WORDS - 1));
    const Vec *v = h->vpool[c->vpool];

#pragma GCC unroll 31
    for (unsigned i = 0; i < 31; i++) {
        st->x[i] = x[i];
    }
    st->vsrc = v + (r >> 13 & (POOL_WORDS / 2 - 1));
    if (c->uses & USES_MEMORY) {
        const uint64_t *m = (const uint64_t *)(v + (r >> 25 & (POOL_WORDS / 2 - 1)));

        copy_words(window(0), m);
        copy_words(window(1), m + WINDOW_BYTES / 16);
    }
    st->sp = SCRATCH_VA + 0x1000;
    for (unsigned i = 0; i < c->n_fixed; i++) {
        const Fixed *f = &c->fixed[i];
        uint64_t val = f->base + (int64_t)f->offset + (r >> 56 & f->jitter) * 16;

        if (f->reg == 31) {
            st->sp = val;
        } else {
            st->x[f->reg] = val;
        }
    }
    st->spsr = (r >> 37 & 15) << 28 | 0x3c0 | (c->el ? 4 : 0);
    st->fpcr = h->fpcr[c->fpcr_first + (r >> 41 & c->fpcr_mask)];
    /* All set, or inexact alone (with which FPCR.FZ may be done another way), or none. */
    st->fpsr = (r >> 49 & 7) == 0 ? 0x0800009f : (r >> 49 & 7) < 4 ? 0x10 : 0;
    st->start = st->pc = CODE_VA + c->code;
    st->end = st->start + c->bytes;
    st->hash = st->count = 0;
    st->spsr_mask = ~(uint64_t)h->spsr_ignored;
    st->uses = c->uses;
}

static uint64_t hash_words(uint64_t h, const uint64_t *w, unsigned n)
{
    uint64_t a = h, b = ~h, c = h ^ 1, d = ~h ^ 1;

#pragma GCC unroll 4
    for (unsigned i = 0; i < n; i += 4) {
        a = (w[i] ^ (a >> 29 | a << 35)) * HASH_K;
        b = (w[i + 1] ^ (b >> 29 | b << 35)) * HASH_K;
        c = (w[i + 2] ^ (c >> 29 | c << 35)) * HASH_K;
        d = (w[i + 3] ^ (d >> 29 | d << 35)) * HASH_K;
    }
    a = (b ^ (a >> 29 | a << 35)) * HASH_K;
    a = (c ^ (a >> 29 | a << 35)) * HASH_K;
    return (d ^ (a >> 29 | a << 35)) * HASH_K;
}

static uint64_t hash_state(uint64_t h, const State *st)
{
    h = hash_words(h, st->x, 32);
    h = hash_words(h, &st->spsr, 4);
    h = hash_words(h, &st->esr, 8);
    if (st->uses & USES_VECTORS) {
        h = hash_words(h, (const uint64_t *)st->v, 64);
    }
    if (st->uses & USES_MEMORY) {
        h = hash_words(h, window(0), WINDOW_BYTES / 16);
        h = hash_words(h, window(1), WINDOW_BYTES / 16);
    }
    return h;
}

/* -- Detail -- */

static void print_vectors(const Vec *v)
{
    for (int i = 0; i < 32; i++) {
        put('v');
        if (i >= 10) {
            put((char)('0' + i / 10));
        }
        put((char)('0' + i % 10));
        put('=');
        put_hex(v[i].hi, 16);
        put_hex(v[i].lo, 16);
        put('\n');
    }
}

static void print_state(const State *st, const Vec *v)
{
    for (int i = 0; i < 31; i++) {
        put_pair("x", i, st->x[i]);
    }
    put_pair("sp", -1, st->sp);
    put_pair("pstate", -1, st->spsr);
    put_pair("fpcr", -1, st->fpcr);
    put_pair("fpsr", -1, st->fpsr);
    if (st->uses & USES_VECTORS) {
        print_vectors(v);
    }
    for (int i = 0; st->uses & USES_MEMORY && i < WINDOW_BYTES / 8; i++) {
        put_pair("m", i, window(i / (WINDOW_BYTES / 16))[i % (WINDOW_BYTES / 16)]);
    }
}

static void print_exceptions(const State *st)
{
    for (unsigned i = 0; i < st->count; i++) {
        put_pair("exc_esr", (int)i, st->log[i][0]);
        put_pair("exc_elr", (int)i, st->log[i][1]);
        put_pair("exc_far", (int)i, st->log[i][2]);
        put_pair("exc_spsr", (int)i, st->log[i][3]);
    }
    put_pair("end_esr", -1, st->esr);
    put_pair("end_elr", -1, st->elr);
}

/* -- Modes -- */

static uint64_t run_case(State *st, const Case *c, uint32_t first, uint32_t n, unsigned mode)
{
    uint64_t h = 0;

    if (c->uses & USES_MEMORY) {
        clear_pages();
    }
    for (uint32_t i = first; i < first + n; i++) {
        set_up(st, c, i);
        if (mode == MODE_DETAIL) {
            put_text("IN\n");
            print_state(st, st->vsrc);
        }
        run(st);
        uint64_t one = hash_state(mode == MODE_TRACE ? 0 : h, st);
        h = mode == MODE_TRACE ? h ^ one : one;
        if (mode == MODE_TRACE) {
            put_hex(one >> 32, 8);
            put('\n');
        } else if (mode == MODE_DETAIL) {
            put_text("OUT\n");
            print_state(st, st->v);
            print_exceptions(st);
        }
    }
    for (unsigned p = 0; c->uses & USES_MEMORY && p < 4; p++) {
        h = hash_words(h, page(p), 512);
    }
    return h;
}

/* Words of eight bytes each (the word, SVC): 'x' when it ran, else its exception class. */
static void scan(State *st, const Header *h)
{
    static Case c = { .bytes = 4, .seed = 1, .uses = USES_VECTORS | USES_MEMORY };

    for (uint32_t i = 0; i < h->n_runs; i++) {
        c.code = (h->first_run + i) * 8;
        set_up(st, &c, i & 15);
        run(st);
        put(st->count ? (char)('0' + (st->log[0][0] >> 26)) : 'x');
        if (i % 64 == 63) {
            put('\n');
        }
    }
    put('\n');
}

_Noreturn void main(void)
{
    static State st __attribute__((aligned(64), section(".data")));
    const Header *h = HEADER;
    uint64_t all = 0;

    put_text("BEGIN\n");
    if (h->magic != 0x315a5546) {
        put_text("NO CASES\n");
        power_off();
    }
    if (h->mode == MODE_SCAN) {
        scan(&st, h);
    } else {
        for (uint32_t i = 0; i < h->n_cases; i++) {
            const Case *c = &h->cases[i];
            bool whole = h->mode == MODE_BATCH;
            uint64_t one = run_case(&st, c, whole ? c->first_run : h->first_run,
                                    whole ? c->runs : h->n_runs, h->mode);
            all ^= one;
            if (whole) {
                put_hex(one >> 32, 8);
                put('\n');
            }
        }
    }
    put_text("DONE ");
    put_hex(all, 16);
    put('\n');
    power_off();
}
