/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "target/arm/fp_exact.h"
#include "toy.h"

#define SLOT_X(n) { "x" #n, offsetof(ToyEnv, x[n]), IR_I64 }
#define SLOT_W(n) { "w" #n, offsetof(ToyEnv, w[n]), IR_I32 }
#define SLOT_F(n) { "f" #n, offsetof(ToyEnv, f[n]), IR_FLAGS }
#define SLOT_V(n) { "v" #n, offsetof(ToyEnv, v[n]), IR_V128 }

const IrSlot toy_slots[TOY_SLOTS] = {
    SLOT_X(0), SLOT_X(1), SLOT_X(2), SLOT_X(3), SLOT_X(4), SLOT_X(5), SLOT_X(6), SLOT_X(7),
    SLOT_X(8), SLOT_X(9), SLOT_X(10), SLOT_X(11),
    SLOT_W(0), SLOT_W(1), SLOT_W(2), SLOT_W(3),
    SLOT_F(0), SLOT_F(1),
    SLOT_V(0), SLOT_V(1), SLOT_V(2), SLOT_V(3), SLOT_V(4), SLOT_V(5),
};

const TcgEnvLayout toy_layout = {
    .exit_request = offsetof(ToyEnv, exit_request),
    .fault = offsetof(ToyEnv, fault),
    .pc = offsetof(ToyEnv, pc),
    .tlb = { offsetof(ToyEnv, tlb[0]), offsetof(ToyEnv, tlb[1]), offsetof(ToyEnv, tlb[2]),
             offsetof(ToyEnv, tlb[3]), offsetof(ToyEnv, tlb[4]), offsetof(ToyEnv, tlb[5]),
             offsetof(ToyEnv, tlb[6]), offsetof(ToyEnv, tlb[7]) },
    .itlb = offsetof(ToyEnv, itlb),
    .jump_cache = offsetof(ToyEnv, jump_cache),
    .fp = offsetof(ToyEnv, fp),
    .middle = 128,
};

/* -- Memory -- */

typedef enum PageKind { HIT, HIT_READ, MISS, FAULTS, FAULTS_WRITE } PageKind;
static const uint8_t page_kinds[TOY_PAGES] = { HIT, HIT, HIT, HIT, HIT_READ, MISS, FAULTS,
                                               FAULTS_WRITE };

static bool is_accessible(uint64_t va, bool is_write)
{
    if (va - TOY_BASE >= TOY_MEM_BYTES) {
        return false;
    }
    unsigned kind = page_kinds[(va - TOY_BASE) / TOY_PAGE];
    return kind != FAULTS && !(kind == FAULTS_WRITE && is_write);
}

static uint64_t atomic_result(unsigned op, uint64_t old, const uint64_t val[3], unsigned bits)
{
    uint64_t mask = ev_mask(bits), v = val[0] & mask;
    int64_t so = ev_signed(old, bits), sv = ev_signed(v, bits);

    switch (op) {
    case IR_cas:    return old == v ? val[2] : old;
    case IR_swp:    return v;
    case IR_ldadd:  return old + v;
    case IR_ldclr:  return old & ~v;
    case IR_ldeor:  return old ^ v;
    case IR_ldset:  return old | v;
    case IR_ldsmax: return so > sv ? old : v;
    case IR_ldsmin: return so < sv ? old : v;
    case IR_ldumax: return old > v ? old : v;
    default:        return old < v ? old : v;   /* ldumin */
    }
}

void toy_mem_slow(void *opaque, uint64_t va, MemInfo info, uint64_t val[3])
{
    ToyEnv *env = opaque;
    unsigned mop = info & 0xff, op = info >> 16 & 0xff, bytes = 1u << (mop & IR_MO_SIZE);
    unsigned unit = ir_mo_is_pair(mop) ? bytes / 2 : bytes;
    bool is_write = op != IR_ld;

    if (op == IR_guess) {
        env->fault = (va ^ val[0]) % 8 == 0;
        val[0] = va * 3 + val[0] + mop;
        return;
    }
    if (((mop & IR_MO_ALIGN) && (va & (unit - 1)))
        || ((mop & IR_MO_ALIGN16) && (va & 15) + bytes > 16)
        || !is_accessible(va, is_write) || !is_accessible(va + bytes - 1, is_write)) {
        env->fault = 1;
        return;
    }
    uint8_t *p = env->mem + (va - TOY_BASE);
    if (op == IR_st) {
        memcpy(p, val, bytes);
        return;
    }
    uint64_t old[2] = { 0, 0 };
    memcpy(old, p, bytes);
    if (op != IR_ld) {
        uint64_t r = atomic_result(op, old[0], val, 8 * bytes);
        memcpy(p, &r, bytes);
    } else if (mop & IR_MO_SIGN && !ir_mo_is_pair(mop)) {
        old[0] = (uint64_t)ev_signed(old[0], 8 * bytes);
    }
    val[0] = old[0];
    val[1] = old[1];
}

void toy_attach(ToyEnv *env, ToyTables *t, uint8_t *mem)
{
    for (unsigned i = 0; i < TLB_ENTRIES; i++) {
        t->tlb[i] = t->tlb_empty[i] = (TlbEntry){ TLB_INVALID_TAG, TLB_INVALID_TAG, 0, 0 };
    }
    for (unsigned i = 0; i < TOY_PAGES; i++) {
        uint64_t va = TOY_BASE + i * TOY_PAGE;
        TlbEntry *e = &t->tlb[va >> TLB_PAGE_BITS & (TLB_ENTRIES - 1)];
        if (page_kinds[i] == HIT || page_kinds[i] == HIT_READ) {
            e->read = va;
            e->write = page_kinds[i] == HIT ? va : TLB_INVALID_TAG;
            e->addend = (uintptr_t)mem + i * TOY_PAGE - va;
        }
    }
    for (unsigned i = 0; i < JC_ENTRIES; i++) {
        t->jump_cache[i] = jc_empty(i);
    }
    for (unsigned i = 0; i < TCG_MMU_INDEXES; i++) {
        env->tlb[i] = i < 2 ? t->tlb : t->tlb_empty;
    }
    env->itlb = t->itlb;
    env->jump_cache = t->jump_cache;
    env->mem = mem;
}

/* -- Floating point -- */

void toy_fp_slow(void *opaque, FpInfo info, uint64_t v[6])
{
    ToyEnv *env = opaque;
    FpuMode mode = { .round = env->fp_mode & 3, .dn = env->fp_mode & 4, .fz = env->fp_mode & 8 };

    fp_exact(info, mode, v, &env->fp_flags);
}

#ifdef TOY_BACKEND
void toy_prepare_fp(ToyEnv *env)
{
    host_fp_take_flags(&env->fp);
    host_fp_set_mode(&env->fp, env->fp_mode & 3, env->fp_mode & 8);
}

void toy_collect_fp(ToyEnv *env) { env->fp_flags |= host_fp_take_flags(&env->fp); }
#endif

/* -- Helpers -- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

static uint64_t hash_slots(const ToyEnv *env)
{
    uint64_t h = 1;

    for (unsigned i = 0; i < TOY_X; i++) {
        h = mix(h, env->x[i]);
    }
    for (unsigned i = 0; i < TOY_W; i++) {
        h = mix(h, env->w[i]);
    }
    for (unsigned i = 0; i < TOY_F; i++) {
        h = mix(h, env->f[i] & EV_FLAGS_MASK);
    }
    for (unsigned i = 0; i < TOY_V * 16; i++) {
        h = mix(h, env->v[i / 16][i % 16]);
    }
    return h;
}

static uint32_t h_pure32(uint32_t a, uint32_t b)
{
    return a * 3 + (b >> 1);
}

static uint64_t h_pure64(uint64_t a, uint32_t b, uint64_t c, uint32_t d)
{
    return mix(mix(a, b), mix(c, d));
}

static uint64_t h_plain(ToyEnv *env, uint64_t a, uint32_t b, uint32_t c, uint64_t d)
{
    env->calls = mix(env->calls, mix(a + b, d - c));
    return env->calls;
}

static void h_reads(ToyEnv *env, uint64_t a)
{
    env->calls = mix(env->calls, mix(hash_slots(env), a));
}

static void write_slots(ToyEnv *env, uint64_t a)
{
    uint64_t h = mix(hash_slots(env), a);

    env->x[4 + h % (TOY_X - 4)] = h;
    env->w[h % TOY_W] ^= (uint32_t)(h >> 32);
    env->f[h % TOY_F] = (uint32_t)h;
    memcpy(env->v[h % TOY_V] + 4, &h, 8);
}

static uint64_t h_writes(ToyEnv *env, uint32_t a, uint64_t b)
{
    write_slots(env, a ^ b);
    return env->calls = mix(env->calls, b);
}

static uint64_t h_faults(ToyEnv *env, uint64_t a)
{
    env->fault = (a & 15) == 1;
    return a ^ 0x55;
}

static uint32_t h_reads_faults(ToyEnv *env, uint32_t a, uint32_t b)
{
    h_reads(env, a);
    env->fault = (a & 15) == 2;
    return a - b;
}

static void h_writes_faults(ToyEnv *env, uint64_t a)
{
    write_slots(env, a);
    env->fault = (a & 15) == 3;
}

static uint32_t h_no_arguments(ToyEnv *env)
{
    return (uint32_t)++env->calls;
}

static void h_writes_one(ToyEnv *env, uint64_t a)
{
    uint64_t v[2];

    memcpy(v, env->v[2], 16);
    v[0] = mix(v[0], v[1]);
    v[1] += a;
    memcpy(env->v[2], v, 16);
}

const IrHelper toy_helpers[TOY_HELPERS] = {
    { "pure32", (void *)h_pure32, IRH_PURE, IR_I32, 2, { IR_I32, IR_I32 } },
    { "pure64", (void *)h_pure64, IRH_PURE, IR_I64, 4, { IR_I64, IR_I32, IR_I64, IR_I32 } },
    { "plain", (void *)h_plain, IRH_ENV, IR_I64, 4, { IR_I64, IR_I32, IR_I32, IR_I64 } },
    { "reads", (void *)h_reads, IRH_ENV | IRH_READS, IR_NONE, 1, { IR_I64 } },
    { "writes", (void *)h_writes, IRH_ENV | IRH_WRITES, IR_I64, 2, { IR_I32, IR_I64 } },
    { "faults", (void *)h_faults, IRH_ENV | IRH_FAULTS, IR_I64, 1, { IR_I64 } },
    { "reads_faults", (void *)h_reads_faults, IRH_ENV | IRH_READS | IRH_FAULTS, IR_I32, 2,
      { IR_I32, IR_I32 } },
    { "writes_faults", (void *)h_writes_faults, IRH_ENV | IRH_WRITES | IRH_FAULTS, IR_NONE, 1,
      { IR_I64 } },
    { "no_arguments", (void *)h_no_arguments, IRH_ENV, IR_I32, 0, { 0 } },
    [TOY_WRITES_ONE] =
    { "writes_one", (void *)h_writes_one, IRH_ENV, IR_NONE, 1, { IR_I64 } },
};

/* -- States -- */

void toy_normalize(ToyEnv *env)
{
    for (unsigned i = 0; i < TOY_F; i++) {
        env->f[i] &= EV_FLAGS_MASK;
    }
}

static void print_word(const char *name, unsigned n, uint64_t a, uint64_t b, FILE *out)
{
    fprintf(out, "# %c %s%-3u %016" PRIx64 "  %016" PRIx64 "\n", a == b ? ' ' : '*', name, n, a, b);
}

void toy_print(const ToyEnv *a, const char *name_a, const ToyEnv *b, const char *name_b, FILE *out)
{
    fprintf(out, "#           %-16s  %s\n", name_a, name_b);
    for (unsigned i = 0; i < TOY_X; i++) {
        print_word("   x", i, a->x[i], b->x[i], out);
    }
    for (unsigned i = 0; i < TOY_W; i++) {
        print_word("   w", i, a->w[i], b->w[i], out);
    }
    for (unsigned i = 0; i < TOY_F; i++) {
        print_word("   f", i, a->f[i], b->f[i], out);
    }
    for (unsigned i = 0; i < TOY_V; i++) {
        uint64_t va[2], vb[2];
        memcpy(va, a->v[i], 16);
        memcpy(vb, b->v[i], 16);
        print_word("v.lo", i, va[0], vb[0], out);
        print_word("v.hi", i, va[1], vb[1], out);
    }
    for (unsigned i = 0; i < TOY_SCRATCH; i++) {
        print_word("scra", i, a->scratch[i], b->scratch[i], out);
    }
    print_word("call", 0, a->calls, b->calls, out);
    print_word("  pc", 0, a->pc, b->pc, out);
    print_word("faul", 0, a->fault, b->fault, out);
    print_word("mode", 0, a->fp_mode, b->fp_mode, out);
    print_word("fpfl", 0, a->fp_flags, b->fp_flags, out);
}

void toy_seed(ToyRng *r, uint64_t seed)
{
    r->s[0] = mix(seed, 1) | 1;
    r->s[1] = mix(seed, 2);
}

uint64_t toy_rand(ToyRng *r)
{
    uint64_t x = r->s[0], y = r->s[1];

    r->s[0] = y;
    x ^= x << 23;
    r->s[1] = x ^ y ^ x >> 17 ^ y >> 26;
    return r->s[1] + y;
}

uint64_t toy_value(ToyRng *r)
{
    static const uint64_t special[] = {
        0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000,
        0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
        0x7fffffffffffffff, 0x8000000000000000, 0xffffffff80000000, 0xfffffffffffffffe,
        0xffffffffffffffff, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa, 0x0123456789abcdef,
    };

    if (toy_percent(r, 50)) {
        return special[toy_below(r, sizeof(special) / sizeof(special[0]))];
    }
    uint64_t v = toy_rand(r) >> toy_below(r, 64);
    return toy_percent(r, 50) ? v : 0 - v;
}

/* Numbers at the edges of @kind 1 (singles) and 2 (doubles). */
static uint64_t toy_fp_value(ToyRng *r, unsigned kind)
{
    static const uint32_t singles[] = {
        0, 1, 0x007fffff, 0x00800000, 0x00800001, 0x3f7fffff, 0x3f800000, 0x3fc00000, 0x4b000000,
        0x4f000000, 0x5f000000, 0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fc00000, 0x7fc12345,
        0x34000000, 0x33ffffff, 0x20000000, 0x1f800001,
    };
    static const uint64_t doubles[] = {
        0, 1, 0x000fffffffffffff, 0x0010000000000000, 0x0010000000000001, 0x3fefffffffffffff,
        0x3ff0000000000000, 0x3ff8000000000000, 0x4330000000000000, 0x41e0000000000000,
        0x43e0000000000000, 0x7fefffffffffffff, 0x7ff0000000000000, 0x7ff0000000000001,
        0x7ff8000000000000, 0x7ff8000012345678, 0x3810000000000000, 0x380fffffffffffff,
        0x47efffffefffffff, 0x2000000000000000, 0x1ff0000000000001,
    };
    uint64_t sign = toy_rand(r) & (UINT64_C(1) << 63 | UINT64_C(1) << 31), v;

    if (kind == 0 || toy_percent(r, 15)) {
        return toy_value(r);
    }
    if (kind == 2) {
        v = doubles[toy_below(r, sizeof(doubles) / sizeof(doubles[0]))];
        sign &= UINT64_C(1) << 63;
    } else {
        v = singles[toy_below(r, sizeof(singles) / sizeof(singles[0]))];
        v |= (uint64_t)singles[toy_below(r, sizeof(singles) / sizeof(singles[0]))] << 32;
    }
    return v ^ sign;
}

void toy_random_state(ToyRng *r, ToyEnv *env, uint8_t *mem)
{
    memset(env, 0, sizeof(*env));
    for (unsigned i = 0; i < TOY_X; i++) {
        env->x[i] = i < 4 ? TOY_BASE + toy_below(r, 4 * TOY_PAGE) : toy_value(r);
        if (i < 4 && toy_percent(r, 60)) {
            env->x[i] &= ~UINT64_C(15);
        }
    }
    for (unsigned i = 0; i < TOY_W; i++) {
        env->w[i] = (uint32_t)toy_value(r);
    }
    for (unsigned i = 0; i < TOY_F; i++) {
        env->f[i] = (uint32_t)toy_rand(r);
    }
    for (unsigned i = 0; i < TOY_V; i++) {
        unsigned kind = toy_below(r, 3);
        uint64_t v[2] = { toy_fp_value(r, kind), toy_fp_value(r, kind) };
        memcpy(env->v[i], v, 16);
    }
    env->fp_mode = toy_below(r, 8);
    for (unsigned i = 0; i < TOY_SCRATCH; i++) {
        env->scratch[i] = toy_value(r);
    }
    for (unsigned i = 0; i < TOY_MEM_BYTES; i += 8) {
        uint64_t v = toy_rand(r);
        memcpy(mem + i, &v, 8);
    }
}
