/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory copy and set: see mops.h. A page at a time by the host's block operations. */
#include "target/arm/internal/mops.h"

#include "target/arm/internal/step.h"

#define EC_MOPS 0x27
#define CHUNKS_AT_ONCE 16              /* pages before interrupts are looked at */

typedef struct Mops {
    ArmCpu *cpu;
    uint32_t how;
    uint64_t *rd, *rs, *rn;            /* rs: NULL for XZR as the value to set */
    unsigned read_idx, write_idx;
    bool backward;                     /* PSTATE.N */
} Mops;

static unsigned reg_field(uint32_t how, unsigned shift) { return how >> shift & 31; }
static unsigned stage_of(uint32_t how) { return how >> MOPS_STAGE_SHIFT & 3; }

static Mops decode(ArmCpu *cpu, uint32_t how)
{
    unsigned rs = reg_field(how, MOPS_RS_SHIFT);

    return (Mops) {
        .cpu = cpu, .how = how, .rd = &cpu->x[reg_field(how, MOPS_RD_SHIFT)],
        .rs = rs == 31 ? NULL : &cpu->x[rs], .rn = &cpu->x[reg_field(how, MOPS_RN_SHIFT)],
        .read_idx = how >> MOPS_READ_IDX_SHIFT & 7, .write_idx = how >> MOPS_WRITE_IDX_SHIFT & 7,
        .backward = ir_envflags_to_nzcv(cpu->nzcv) >> 31,
    };
}

/* -- Prologue -- */

/* Copies go backwards when the destination overlaps the source and is above it. */
static bool must_go_backward(uint64_t to, uint64_t from, uint64_t size)
{
    uint64_t distance = (to - from) & MASK(55, 0);

    return distance && distance < size;
}

static void prologue(Mops *m)
{
    bool any_direction = !(m->how & (MOPS_SET | MOPS_FORWARD));
    uint64_t limit = any_direction ? MASK(54, 0) : MASK(62, 0);
    uint64_t size = MIN(*m->rn, limit);
    bool backward = any_direction && must_go_backward(*m->rd, *m->rs, size);

    *m->rn = size;
    if (backward) {
        *m->rd += size;
        *m->rs += size;
    }
    m->cpu->nzcv = ir_nzcv_to_envflags((backward ? 1u << 31 : 0) | 1u << 29);
}

/* -- The exception of a main or epilogue instruction that does not fit what went before -- */

static bool is_in_order(const Mops *m)
{
    bool option_b = ir_envflags_to_nzcv(m->cpu->nzcv) >> 29 & 1;

    return !*m->rn || (option_b && stage_of(m->how) == 1);
}

static void raise_mops(const Mops *m)
{
    bool option_b = ir_envflags_to_nzcv(m->cpu->nzcv) >> 29 & 1;
    uint32_t iss = reg_field(m->how, MOPS_RD_SHIFT) << 10 | reg_field(m->how, MOPS_RS_SHIFT) << 5
                 | reg_field(m->how, MOPS_RN_SHIFT) | !option_b << 17
                 | (stage_of(m->how) == 2) << 18 | (m->how >> MOPS_OPTIONS_SHIFT & 15) << 19
                 | (m->how & MOPS_SET ? 1u << 24 : 0);

    arm_raise_sync(m->cpu, syn_make(EC_MOPS, iss));
}

/* -- Main -- */

static bool has_faulted(const Mops *m)
{
    return atomic_load_explicit(&m->cpu->tcg.fault, memory_order_relaxed);
}

/* Bytes of the next piece: within one page at either end. */
static uint64_t piece(const Mops *m, bool copy)
{
    uint64_t n = MIN(*m->rn, 4096);

    if (m->backward) {
        n = MIN(n, ((*m->rd - 1) & 0xfff) + 1);
        return copy ? MIN(n, ((*m->rs - 1) & 0xfff) + 1) : n;
    }
    n = MIN(n, 4096 - (*m->rd & 0xfff));
    return copy ? MIN(n, 4096 - (*m->rs & 0xfff)) : n;
}

/* Not plain memory on one side: byte by byte, as many as go without a fault. */
static uint64_t copy_bytes(Mops *m, uint64_t to, uint64_t from, uint64_t n)
{
    uint64_t val[2];

    for (uint64_t i = 0; i < n; i++) {
        uint64_t at = m->backward ? n - 1 - i : i;

        if (!tcg_load(&m->cpu->tcg, from + at, IR_MO_8, m->read_idx, val)
            || !tcg_store(&m->cpu->tcg, to + at, IR_MO_8, m->write_idx, val)) {
            return i;
        }
    }
    return n;
}

static uint64_t copy_piece(Mops *m, uint64_t to, uint64_t from, uint64_t n)
{
    TcgCpu *tcg = &m->cpu->tcg;
    const void *src = tcg_probe(tcg, from, n, TLB_ACCESS_READ, m->read_idx, false, NULL);

    if (has_faulted(m)) {
        return 0;
    }
    void *dst = tcg_probe(tcg, to, n, TLB_ACCESS_WRITE, m->write_idx, false, NULL);
    if (has_faulted(m)) {
        return 0;
    }
    if (!src || !dst) {
        return copy_bytes(m, to, from, n);
    }
    memmove(dst, src, n);
    return n;
}

static uint64_t set_piece(Mops *m, uint64_t to, uint64_t n)
{
    uint64_t val[2] = { m->rs ? *m->rs & 0xff : 0, 0 };
    void *dst = tcg_probe(&m->cpu->tcg, to, n, TLB_ACCESS_WRITE, m->write_idx, false, NULL);

    if (has_faulted(m)) {
        return 0;
    }
    if (dst) {
        memset(dst, (int)val[0], n);
        return n;
    }
    for (uint64_t i = 0; i < n; i++) {
        if (!tcg_store(&m->cpu->tcg, to + i, IR_MO_8, m->write_idx, val)) {
            return i;
        }
    }
    return n;
}

/* One piece; what has been done is in the registers, also when a fault follows. */
static void advance(Mops *m)
{
    bool copy = !(m->how & MOPS_SET);
    uint64_t n = piece(m, copy), back = m->backward ? n : 0;
    uint64_t done = copy ? copy_piece(m, *m->rd - back, *m->rs - back, n)
                         : set_piece(m, *m->rd, n);
    uint64_t step = m->backward ? -done : done;

    *m->rd += step;
    *m->rn -= done;
    if (copy) {
        *m->rs += step;
    }
}

static void mops_helper(void *env, uint32_t how, uint64_t pc)
{
    ArmCpu *cpu = env;
    Mops m = decode(cpu, how);

    if (how & MOPS_SET) {
        m.backward = false;
    }
    if (stage_of(how) == 0) {
        prologue(&m);
    } else if (!is_in_order(&m)) {
        raise_mops(&m);
        return;
    } else {
        for (unsigned i = 0; *m.rn && i < CHUNKS_AT_ONCE && !has_faulted(&m); i++) {
            advance(&m);
        }
        if (has_faulted(&m)) {
            return;
        }
        if (*m.rn) {
            cpu->pc = pc;
            return;
        }
    }
    cpu->pc = pc + 4;
    if (cpu->tcg.context & CTX_STEP) {
        ((void (*)(void *))h_step_advance.fn)(cpu);
    }
}

const IrHelper h_mops = {
    .name = "mops", .fn = (void *)mops_helper,
    .flags = IRH_ENV | IRH_READS | IRH_WRITES | IRH_FAULTS, .ret = IR_NONE, .n_args = 2,
    .args = { IR_I32, IR_I64 },
};
