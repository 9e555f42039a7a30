/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the table of litmus tests on all CPUs and judges what came out.
 *
 * A batch has some hundred instances, each with variables of its own. The CPUs meet, then each goes
 * through the instances by the counter: instance i begins at t0 + i * step, and each thread waits a
 * random while more, so that the threads meet in every phase and nothing but the test's own
 * accesses orders them. Threads go to random CPUs; spare CPUs run the same test on other instances.
 * Then one thread of each group adds the outcomes to the group's histogram.
 *
 * The command line may say litmus:KEY=VALUE: iterations (a test), seed, cpus, only (the names that
 * begin so), stop (1: a test ends with the first hit), verbose (1: all histograms).
 */
#include "litmus.h"

#define BATCH       256
#define BATCH_SLOW  32                      /* with code or pages */
#define VAR_STRIDE  256
#define KINDS       48                      /* different outcomes kept of one test */

/* Plain RAM, by the identity map of rt.S. */
#define VARS        0x50000000ul            /* + group, instance */
#define OUTS        0x50800000ul            /* + CPU, instance: two words */
#define CODE        0x40380000ul            /* .rwx + group, instance */
#define TABLE_L2    0x4c000000ul
#define TABLE_L3    0x4c001000ul
#define PAGES       0x51000000ul            /* two for each instance */
#define PAGES_VA    0x80000000ul

#define DESC_DATA   (0x703ul | 1ul << 2 | 3ul << 53)
#define DESC_CODE   (0x703ul | 1ul << 2 | 2ul << 6 | 1ul << 54)

#define MOV_W6(n)   (0x52800006u | (n) << 5)
#define RET         0xd65f03c0u

typedef struct Kind {
    Outcome o;
    uint32_t count;
    bool hit;
} Kind;

typedef struct Histogram {
    Kind kinds[KINDS];
    unsigned n;
    uint32_t total, hits, lost;
} Histogram;

typedef struct Shared {
    const LitmusTest *test;
    unsigned cpus, groups, batch;
    unsigned at[MAX_CPUS];              /* CPU -> group * threads + thread, or none */
    uint64_t y_off, z_off;
    uint64_t t0, step;
    unsigned skew_bits;
    bool quit;
    uint64_t times;                     /* of all tests */
    uint64_t rng[MAX_CPUS][8];          /* a cache line each */
    uint32_t beat[MAX_CPUS][16];
    Histogram hist[MAX_CPUS];
    _Alignas(64) uint32_t arrived;
    _Alignas(64) uint32_t round;
    _Alignas(64) uint32_t go;
} Shared;

typedef struct Options {
    uint64_t iterations, seed, cpus, stop, verbose;
} Options;

static Shared sh;

extern uint64_t rt_l1[];
int start_cpu(uint64_t cpu, void (*fn)(void));
void litmus_ret(void);
asm(".text\nlitmus_ret: ret\n");

/* -- The machine -- */

/* What the compiler may call. */
void *memset(void *p, int c, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++) {
        ((volatile uint8_t *)p)[i] = (uint8_t)c;
    }
    return p;
}

static uint64_t counter(void)
{
    uint64_t v;

    asm volatile("isb\nmrs %0, cntvct_el0" : "=r"(v) :: "memory");
    return v;
}

static uint64_t counter_hz(void)
{
    uint64_t v;

    asm("mrs %0, cntfrq_el0" : "=r"(v));
    return v;
}

static unsigned this_cpu(void)
{
    uint64_t v;

    asm("mrs %0, mpidr_el1" : "=r"(v));
    return v & 0xff;
}

static uint64_t *percpu(void)
{
    uint64_t *p;

    asm("mrs %0, tpidr_el1" : "=r"(p));
    return p;
}

static unsigned features(void)
{
    uint64_t isar0, isar1, mmfr2;

    asm("mrs %0, id_aa64isar0_el1" : "=r"(isar0));
    asm("mrs %0, id_aa64isar1_el1" : "=r"(isar1));
    asm("mrs %0, id_aa64mmfr2_el1" : "=r"(mmfr2));
    return (isar0 >> 20 & 15 ? NEEDS_LSE : 0) | (isar1 >> 20 & 15 ? NEEDS_LRCPC : 0)
           | (mmfr2 >> 32 & 15 ? NEEDS_LSE2 : 0) | WITH_CODE | WITH_PAGE | WITH_CODE_PAGE;
}

static uint64_t hypercall(uint64_t f, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t x0 asm("x0") = f, x1 asm("x1") = a, x2 asm("x2") = b, x3 asm("x3") = c;

    asm volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) :: "memory");
    return x0;
}

static uint64_t rnd(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

/* All CPUs. */
static void meet(void)
{
    uint32_t round = __atomic_load_n(&sh.round, __ATOMIC_ACQUIRE);

    if (__atomic_add_fetch(&sh.arrived, 1, __ATOMIC_SEQ_CST) == sh.cpus) {
        __atomic_store_n(&sh.arrived, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&sh.round, round + 1, __ATOMIC_SEQ_CST);
    }
    while (__atomic_load_n(&sh.round, __ATOMIC_ACQUIRE) == round) {
        asm volatile("yield");
    }
}

/* -- Instances -- */

static uint8_t *vars(unsigned group, unsigned i)
{
    return (uint8_t *)VARS + (group * BATCH + i) * VAR_STRIDE;
}

static uint64_t *outs(unsigned cpu, unsigned i)
{
    return (uint64_t *)OUTS + (cpu * BATCH + i) * 2;
}

static unsigned page_number(unsigned group, unsigned i) { return group * BATCH_SLOW + i; }
static uint8_t *page_va(unsigned n) { return (uint8_t *)PAGES_VA + n * 4096ul; }
static uint64_t *page_desc(unsigned n) { return (uint64_t *)TABLE_L3 + n; }
static uint32_t *page_pa(unsigned n, unsigned second)
{
    return (uint32_t *)(PAGES + (n * 2 + second) * 4096ul);
}

static uint32_t *code_of(unsigned group, unsigned i)
{
    return (uint32_t *)(CODE + (group * BATCH_SLOW + i) * 64);
}

static uint32_t *word_x(const LitmusTest *t, unsigned group, unsigned i)
{
    return t->needs & (WITH_PAGE | WITH_CODE_PAGE) ? page_pa(page_number(group, i), 0)
           : (uint32_t *)vars(group, i);
}

static void sync_code(const void *p)
{
    asm volatile("dc cvau, %0\ndsb ish\nic ivau, %0\ndsb ish" :: "r"(p) : "memory");
}

static void prepare(const LitmusTest *t, unsigned group, unsigned i)
{
    uint64_t *v = (uint64_t *)vars(group, i);

    for (unsigned k = 0; k < VAR_STRIDE / 8; k++) {
        v[k] = 0;
    }
    if (t->needs & WITH_CODE) {
        static const uint32_t code[] = { MOV_W6(0), RET, RET, RET, 0x14000002, RET,
                                         MOV_W6(0), RET, MOV_W6(1), RET };
        uint32_t *c = code_of(group, i);
        for (unsigned k = 0; k < sizeof(code) / 4; k++) {
            c[k] = code[k];
        }
        sync_code(c);
    }
    if (t->needs & (WITH_PAGE | WITH_CODE_PAGE)) {
        bool code = t->needs & WITH_CODE_PAGE;
        unsigned n = page_number(group, i);
        uint32_t *old = page_pa(n, 0), *new = page_pa(n, 1);
        old[0] = code ? MOV_W6(0) : 0;
        new[0] = code ? MOV_W6(1) : 5;
        if (code) {
            old[1] = new[1] = RET;
            sync_code(old);
            sync_code(new);
        }
        *page_desc(n) = (uint64_t)old | (code ? DESC_CODE : DESC_DATA);
    }
}

/* Thread @thread of group @group, all instances. */
static void run_thread(const LitmusTest *t, unsigned group, unsigned thread)
{
    unsigned cpu = this_cpu();
    uint64_t rng = sh.rng[cpu][0], skew_mask = (1u << sh.skew_bits) - 1;
    bool paged = t->needs & (WITH_PAGE | WITH_CODE_PAGE);

    for (unsigned i = 0; i < sh.batch; i++) {
        uint8_t *v = vars(group, i);
        unsigned n = page_number(group, i);
        void *x = v, *z = v + sh.z_off;
        uint64_t arg = 0;
        if (paged) {
            x = page_va(n);
            z = page_desc(n);
            arg = (uint64_t)page_pa(n, 1) | (t->needs & WITH_PAGE ? DESC_DATA : DESC_CODE);
        } else if (t->needs & WITH_CODE) {
            z = code_of(group, i);
        }
        uint64_t start = sh.t0 + i * sh.step, skew = rnd(&rng) & skew_mask;
        while (counter() < start) {
        }
        for (uint64_t k = 0; k < skew; k++) {
            asm volatile("");
        }
        t->code[thread](x, v + sh.y_off, z, outs(cpu, i), arg, 0, 0, page_pa(n, 0));
    }
    sh.rng[cpu][0] = rng;
}

/* -- Outcomes -- */

static bool same(const Outcome *a, const Outcome *b)
{
    const uint64_t *p = (const uint64_t *)a, *q = (const uint64_t *)b;
    uint64_t d = 0;

    for (unsigned i = 0; i < sizeof(*a) / 8; i++) {
        d |= p[i] ^ q[i];
    }
    return d == 0;
}

static void count(Histogram *h, const Outcome *o, bool hit, uint32_t n)
{
    unsigned i = 0;

    h->total += n;
    h->hits += hit ? n : 0;
    while (i < h->n && !same(&h->kinds[i].o, o)) {
        i++;
    }
    if (i == KINDS) {
        h->lost += n;
        return;
    }
    if (i == h->n) {
        h->kinds[h->n++] = (Kind){ .o = *o, .hit = hit };
    }
    h->kinds[i].count += n;
}

static void collect(const LitmusTest *t, unsigned group, const unsigned *cpu_of)
{
    for (unsigned i = 0; i < sh.batch; i++) {
        Outcome o = { 0 };
        for (unsigned k = 0; k < t->threads; k++) {
            const uint64_t *r = outs(cpu_of[group * t->threads + k], i);
            o.r[k][0] = r[0];
            o.r[k][1] = r[1];
        }
        o.x = *word_x(t, group, i);
        o.y = *(uint32_t *)(vars(group, i) + sh.y_off);
        count(&sh.hist[group], &o, t->hit(&o), 1);
    }
}

/* -- Batches -- */

#define BEATS_WATCHED 400       /* so long a CPU that runs does not stand still */
#define TRIES         12

static bool beats(unsigned cpu)
{
    uint32_t *beat = sh.beat[cpu], before = __atomic_load_n(beat, __ATOMIC_RELAXED);

    for (unsigned i = 0; i < BEATS_WATCHED; i++) {
        if (__atomic_load_n(beat, __ATOMIC_RELAXED) != before) {
            return true;
        }
    }
    return false;
}

/*
 * Threads that the host runs one after the other meet nowhere. The leader looks whether the others
 * of its group run at this moment, and waits a little for the host to arrange that.
 */
static void give_start(const unsigned *cpu_of, uint32_t go)
{
    for (unsigned tries = 0, k = 1; tries < TRIES && k < sh.test->threads; tries++) {
        for (k = 1; k < sh.test->threads && beats(cpu_of[k]); k++) {
        }
        if (k < sh.test->threads) {
            asm volatile("yield");
        }
    }
    sh.t0 = counter() + sh.step * 4;
    __atomic_store_n(&sh.go, go + 1, __ATOMIC_RELEASE);
}

static void await_start(unsigned cpu, bool first_group, uint32_t go)
{
    for (uint32_t k = 1; __atomic_load_n(&sh.go, __ATOMIC_ACQUIRE) == go; k++) {
        __atomic_store_n(sh.beat[cpu], k, __ATOMIC_RELAXED);
        if (!first_group || k % 32768 == 0) {
            asm volatile("yield");
        }
    }
}

/* All CPUs; CPU 0 has filled in sh. */
static void run_batch(void)
{
    const LitmusTest *t = sh.test;
    unsigned cpu = this_cpu(), at = sh.at[cpu], cpu_of[MAX_CPUS] = { 0 };
    unsigned group = at / t->threads, thread = at % t->threads;
    bool takes_part = group < sh.groups;
    uint32_t go = __atomic_load_n(&sh.go, __ATOMIC_RELAXED);

    for (unsigned c = 0; c < sh.cpus; c++) {
        cpu_of[sh.at[c]] = c;
    }
    if (takes_part && thread == 0) {
        for (unsigned i = 0; i < sh.batch; i++) {
            prepare(t, group, i);
        }
        if (t->needs & (WITH_PAGE | WITH_CODE_PAGE)) {
            asm volatile("dsb ishst\ntlbi vmalle1is\ndsb ish" ::: "memory");
        }
    }
    uint64_t *pc = percpu();
    pc[6] = t->needs & (WITH_PAGE | WITH_CODE_PAGE) ? 1 : 0;               /* PC_ARMED */
    pc[7] = t->needs & WITH_CODE_PAGE ? (uint64_t)litmus_ret : 0;          /* PC_RESUME */
    meet();
    asm volatile("isb" ::: "memory");
    if (at == 0) {
        give_start(cpu_of, go);
    } else {
        await_start(cpu, group == 0, go);
    }
    if (takes_part) {
        run_thread(t, group, thread);
    }
    meet();
    pc[6] = 0;
    if (takes_part && thread == 0) {
        collect(t, group, cpu_of);
    }
    meet();
}

static void choose_batch(uint64_t *rng)
{
    static const uint16_t offsets[4][2] = { { 64, 128 }, { 16, 32 }, { 128, 64 }, { 64, 192 } };
    const uint16_t *off = offsets[rnd(rng) & 3];

    sh.y_off = off[0];
    sh.z_off = off[1];
    sh.skew_bits = 2 + rnd(rng) % 6;
    for (unsigned i = 0; i < sh.cpus; i++) {
        sh.at[i] = i;
    }
    for (unsigned i = sh.cpus - 1; i > 0; i--) {
        unsigned k = rnd(rng) % (i + 1), other = sh.at[k];
        sh.at[k] = sh.at[i];
        sh.at[i] = other;
    }
}

static void secondary(void)
{
    for (;;) {
        meet();
        if (sh.quit) {
            return;
        }
        run_batch();
    }
}

/* -- Output -- */

static void put_pair(const char *name, uint64_t v)
{
    puts(name);
    puthex(v);
}

static void put_padded(const char *s, unsigned width)
{
    unsigned n = 0;

    puts(s);
    while (s[n]) {
        n++;
    }
    for (; n < width; n++) {
        puts(" ");
    }
}

static void put_histogram(const LitmusTest *t, const Histogram *h)
{
    static const char *const a[] = { " a0=", " a1=", " a2=", " a3=" };
    static const char *const b[] = { " b0=", " b1=", " b2=", " b3=" };

    for (unsigned i = 0; i < h->n; i++) {
        puts(h->kinds[i].hit ? "  ! " : "    ");
        putdec(h->kinds[i].count);
        puts(" times:");
        for (unsigned k = 0; k < t->threads; k++) {
            put_pair(a[k], h->kinds[i].o.r[k][0]);
            put_pair(b[k], h->kinds[i].o.r[k][1]);
        }
        put_pair(" x=", h->kinds[i].o.x);
        put_pair(" y=", h->kinds[i].o.y);
        puts("\n");
    }
    if (h->lost) {
        puts("    ");
        putdec(h->lost);
        puts(" more of other kinds\n");
    }
}

/* One line, and the histogram of a failure. */
static bool report(const LitmusTest *t, const Histogram *h, const Options *opt, uint64_t seed)
{
    bool bad = t->kind == FORBIDDEN && h->hits;
    static const char *const heads[][2] = { { "never  ", "FAIL   " }, { "unseen ", "relaxed" },
                                            { "unseen ", "differs" } };

    puts(heads[t->kind][h->hits != 0]);
    puts(" ");
    put_padded(t->name, 48);
    putdec(h->hits);
    puts(" of ");
    putdec(h->total);
    if (bad) {
        puts(": ");
        puts(t->condition);
        put_pair("; seed=", seed);
        puts(" cpus=");
        putdec((uint32_t)opt->cpus);
    }
    puts("\n");
    if (bad || opt->verbose) {
        put_histogram(t, h);
    }
    return !bad;
}

/* -- One test -- */

static Histogram merged;

/* UNTIL: no batch begins after that, 0 for no end: a loaded host seldom runs two CPUs together. */
static bool run_test(const LitmusTest *t, const Options *opt, uint64_t *rng, uint64_t until)
{
    uint64_t seed = *rng;
    bool slow = t->needs & (WITH_CODE | WITH_PAGE | WITH_CODE_PAGE);
    uint64_t want = slow ? opt->iterations / 16 + 1 : opt->iterations;

    sh.test = t;
    sh.groups = sh.cpus / t->threads;
    sh.batch = slow ? BATCH_SLOW : BATCH;
    sh.step = counter_hz() / (slow ? 400000 : 2500000) + 1;
    for (unsigned g = 0; g < sh.groups; g++) {
        sh.hist[g].n = 0;
        sh.hist[g].total = sh.hist[g].hits = sh.hist[g].lost = 0;
    }
    for (;;) {
        uint64_t total = 0, hits = 0;
        for (unsigned g = 0; g < sh.groups; g++) {
            total += sh.hist[g].total;
            hits += sh.hist[g].hits;
        }
        if (total >= want || (opt->stop && hits) || (until && total && counter() >= until)) {
            break;
        }
        choose_batch(rng);
        meet();
        run_batch();
    }
    merged.n = 0;
    merged.total = merged.hits = merged.lost = 0;
    for (unsigned g = 0; g < sh.groups; g++) {
        const Histogram *h = &sh.hist[g];
        for (unsigned i = 0; i < h->n; i++) {
            count(&merged, &h->kinds[i].o, h->kinds[i].hit, h->kinds[i].count);
        }
        merged.lost += h->lost;
        merged.total += h->lost;
    }
    sh.times += merged.total;
    return report(t, &merged, opt, seed);
}

/* -- Options: "litmus:KEY=VALUE" anywhere in the device tree -- */

static const char *find(const char *key)
{
    const uint8_t *fdt = rt_dtb;
    uint32_t size = (uint32_t)fdt[4] << 24 | fdt[5] << 16 | fdt[6] << 8 | fdt[7];
    static const char prefix[] = "litmus:";

    for (uint32_t i = 0; i + 64 < size; i++) {
        const char *s = (const char *)fdt + i;
        unsigned k = 0, m = 0;
        while (prefix[k] && s[k] == prefix[k]) {
            k++;
        }
        while (!prefix[k] && key[m] && s[k + m] == key[m]) {
            m++;
        }
        if (!prefix[k] && !key[m] && s[k + m] == '=') {
            return s + k + m + 1;
        }
    }
    return 0;
}

static uint64_t number(const char *key, uint64_t preset)
{
    const char *s = find(key);
    uint64_t v = 0;

    if (!s) {
        return preset;
    }
    if (s[0] == '0' && s[1] == 'x') {
        for (s += 2; (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'f'); s++) {
            v = v * 16 + (unsigned)(*s <= '9' ? *s - '0' : *s - 'a' + 10);
        }
        return v;
    }
    for (; *s >= '0' && *s <= '9'; s++) {
        v = v * 10 + (unsigned)(*s - '0');
    }
    return v;
}

/* The name begins with the option "only", in which '_' stands for a space. */
static bool chosen(const LitmusTest *t, const char *only)
{
    const char *name = t->name;

    for (; only && *only && *only != ' '; only++, name++) {
        if (*name != (*only == '_' ? ' ' : *only)) {
            return false;
        }
    }
    return true;
}

/* -- Main -- */

static void map_pages(void)
{
    uint64_t *l2 = (uint64_t *)TABLE_L2;

    for (unsigned i = 0; i < 1024; i++) {
        l2[i] = 0;
    }
    l2[0] = TABLE_L3 + 3;
    rt_l1[2] = TABLE_L2 + 3;
    asm volatile("dsb ish\nisb" ::: "memory");
}

static void start_cpus(void)
{
    for (unsigned cpu = 1; cpu < sh.cpus; cpu++) {
        if (start_cpu(cpu, secondary) != 0) {
            puts("FAIL a CPU does not start; is -smp as many as litmus:cpus?\n");
            hypercall(0x84000008, 0, 0, 0);
        }
    }
}

static bool runs(const LitmusTest *t, const char *only, unsigned have)
{
    return t->threads <= sh.cpus && !(t->needs & ~have) && chosen(t, only);
}

/* Of the time that is left until END each of the tests LEFT gets its share. */
static uint64_t share(uint64_t end, unsigned left)
{
    uint64_t now = counter();

    return !end ? 0 : now >= end ? now : now + (end - now) / left;
}

int main(void)
{
    Options opt = {
        .iterations = number("iterations", 20000), .seed = number("seed", 0),
        .cpus = number("cpus", 2), .stop = number("stop", 0),
        .verbose = number("verbose", 0),
    };
    const char *only = find("only");
    unsigned have = features(), failed = 0, ran = 0, chosen_tests = 0;
    uint64_t rng = opt.seed ? opt.seed : counter() | 1;
    uint64_t seconds = number("seconds", 0);
    uint64_t end = seconds ? counter() + seconds * counter_hz() : 0;

    sh.cpus = opt.cpus < 1 ? 1 : opt.cpus > MAX_CPUS ? MAX_CPUS : (unsigned)opt.cpus;
    opt.cpus = sh.cpus;
    for (unsigned i = 0; i < MAX_CPUS; i++) {
        sh.rng[i][0] = rng * (2 * i + 3) | 1;
    }
    for (unsigned i = 0; i < litmus_n_tests; i++) {
        chosen_tests += runs(&litmus_tests[i], only, have);
    }
    map_pages();
    start_cpus();
    for (unsigned i = 0; i < litmus_n_tests; i++) {
        const LitmusTest *t = &litmus_tests[i];
        if (runs(t, only, have)) {
            failed += !run_test(t, &opt, &rng, share(end, chosen_tests - ran));
            ran++;
        }
    }
    sh.quit = true;
    meet();
    puts(failed || !ran ? "FAILED " : "PASS ");
    putdec(failed ? failed : ran);
    puts(" litmus tests, run ");
    putdec(sh.times);
    puts(" times\n");
    hypercall(0x84000008, 0, 0, 0);
    return 0;
}
