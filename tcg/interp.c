/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reference interpreter. Obvious before fast: what a backend does is compared with this, so
 * each op is written once, here or in ops.def, in the plainest form.
 */
#include <string.h>

#include "tcg/internal/builder.h"
#include "tcg/internal/interp.h"

typedef struct Interp {
    const IrBlock *b;
    const CodegenConfig *cfg;
    uint8_t *env;
    IrVal val[IR_MAX_INSNS];
} Interp;

/* -- Env -- */

static IrVal env_load(const Interp *s, int64_t offset, unsigned bytes_log2, IrType type)
{
    IrVal v = { { 0, 0 } };

    memcpy(&v, s->env + offset, (size_t)1 << bytes_log2);
    if (type == IR_FLAGS) {
        v.d[0] &= EV_FLAGS_MASK;
    }
    return v;
}

static void env_store(Interp *s, int64_t offset, unsigned bytes_log2, const IrVal *v)
{
    memcpy(s->env + offset, v, (size_t)1 << bytes_log2);
}

static void env_set_pc(Interp *s, uint64_t pc)
{
    memcpy(s->env + s->cfg->layout->pc, &pc, sizeof(pc));
}

static bool env_faulted(const Interp *s)
{
    uint32_t fault;

    memcpy(&fault, s->env + s->cfg->layout->fault, sizeof(fault));
    return fault != 0;
}

static void write_back(Interp *s, unsigned snap)
{
    const IrSnap *p = &s->b->snaps[snap - 1];

    for (unsigned i = 0; i < p->n; i++) {
        const IrSnapEntry *e = &s->b->snap_entries[p->first + i];
        const IrSlot *slot = &s->b->slots[e->slot];
        unsigned log2 = slot->type == IR_V128 ? 4 : slot->type == IR_I64 ? 3 : 2;
        env_store(s, slot->offset, log2, &s->val[e->val]);
    }
}

/* After something that may fault. True: it has, and env is as before the guest instruction. */
static bool left_by_fault(Interp *s, unsigned snap)
{
    if (!env_faulted(s)) {
        return false;
    }
    write_back(s, snap);
    env_set_pc(s, s->b->snaps[snap - 1].guest_pc);
    return true;
}

static void take_exit(Interp *s, unsigned exit)
{
    const IrExit *e = &s->b->exits[exit - 1];

    write_back(s, e->snap);
    switch ((IrExitKind)e->kind) {
    case IR_EXIT_JUMP: case IR_EXIT_LOOP:
        env_set_pc(s, e->pc);
        break;
    case IR_EXIT_INDIRECT:
        env_set_pc(s, s->val[e->target].d[0]);
        break;
    case IR_EXIT_LOOKUP:
        break;
    }
}

/* -- Effects -- */

static IrVal memory_op(Interp *s, const IrInsn *in)
{
    uint64_t va = s->val[in->arg[0]].d[0] + (uint64_t)in->imm;
    const IrVal *v = &s->val[in->arg[1]];       /* val[0] is 0 */
    uint64_t io[3] = { v->d[0], v->d[1], s->val[in->arg[2]].d[0] };

    s->cfg->ops->mem_slow(s->env, va,
                          meminfo_make(in->aux, in->aux2, in->op, in->type == IR_V128), io);
    return (IrVal){ { ev_trunc(in->type, io[0]), in->type == IR_V128 ? io[1] : 0 } };
}

static IrVal guess(Interp *s, const IrInsn *in)
{
    uint64_t a = s->val[in->arg[0]].d[0], c = s->val[in->arg[2]].d[0];
    uint64_t io[3] = { s->val[in->arg[3]].d[0] };

    if (s->val[in->arg[1]].d[0] == (in->aux2 ? c : a)) {
        return (IrVal){ { a, 0 } };
    }
    s->cfg->ops->mem_slow(s->env, c, meminfo_make(in->aux, 0, IR_guess, false), io);
    return (IrVal){ { io[0], 0 } };
}

static IrVal call_helper(Interp *s, const IrInsn *in)
{
    typedef uint64_t Fn4(uint64_t, uint64_t, uint64_t, uint64_t);
    typedef uint64_t Fn5(void *, uint64_t, uint64_t, uint64_t, uint64_t);

    const IrHelper *h = (const IrHelper *)(intptr_t)in->imm;
    uint64_t a[4], r;

    for (unsigned i = 0; i < 4; i++) {
        a[i] = s->val[in->arg[i]].d[0];
    }
    /* Integer arguments beyond those a function has are harmless in every C ABI we run on. */
    r = h->flags & IRH_ENV ? ((Fn5 *)h->fn)(s->env, a[0], a[1], a[2], a[3])
                           : ((Fn4 *)h->fn)(a[0], a[1], a[2], a[3]);
    return (IrVal){ { h->ret == IR_NONE ? 0 : ev_trunc(h->ret, r), 0 } };
}

static IrVal fp_op(Interp *s, const IrInsn *in)
{
    uint64_t v[6];

    for (unsigned i = 0; i < 3; i++) {
        memcpy(&v[2 * i], &s->val[in->arg[i]], 16);
    }
    s->cfg->ops->fp_slow(s->env, fpinfo_make(in->op, in->aux, in->aux2, in->type), v);
    if (in->type != IR_V128) {
        return (IrVal){ { ev_trunc(in->type == IR_FLAGS ? IR_I32 : in->type, v[0]), 0 } };
    }
    return (IrVal){ { v[0], v[1] } };
}

static void fence(IrFence kind)
{
    if (kind == IR_FENCE_FULL) {
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    } else {
        __atomic_thread_fence(__ATOMIC_ACQ_REL);
    }
}

/* -- Values -- */

/* @poly: reflected. */
static uint32_t crc32(uint32_t poly, uint32_t acc, uint64_t val, unsigned bytes)
{
    for (; bytes; bytes--, val >>= 8) {
        acc ^= val & 0xff;
        for (unsigned i = 0; i < 8; i++) {
            acc = acc >> 1 ^ (poly & (0 - (acc & 1)));
        }
    }
    return acc;
}

static uint64_t integer_op(const Interp *s, const IrInsn *in)
{
    uint64_t a = s->val[in->arg[0]].d[0], c = s->val[in->arg[1]].d[0], d = s->val[in->arg[2]].d[0];
    IrType operand = s->b->insns[in->arg[0]].type;
    unsigned w = ev_width(operand);

    switch (in->op) {
    case IR_imm:     return (uint64_t)in->imm;
    case IR_zext:    return a;
    case IR_sext:    return (uint64_t)ev_signed(a, 32);
    case IR_trunc:   return (uint32_t)a;
    case IR_crc32c:  return crc32(0x82f63b78, (uint32_t)a, c, 1u << in->aux);
    case IR_crc32:   return crc32(0xedb88320, (uint32_t)a, c, 1u << in->aux);
    case IR_selcmp:  return ev_compare(in->aux, a, c, w) ? d : s->val[in->arg[3]].d[0];
    case IR_addf:    return ev_adcf(a, c, 0, w);
    case IR_subf:    return ev_sbcf(a, c, 1, w);
    case IR_adcf:    return ev_adcf(a, c, ev_carry((uint32_t)d), w);
    case IR_sbcf:    return ev_sbcf(a, c, ev_carry((uint32_t)d), w);
    case IR_andf:    return ev_andf(a, c, w);
    case IR_adc:     return ev_trunc(in->type, a + c + ev_carry((uint32_t)d));
    case IR_sbc:     return ev_trunc(in->type, a + ~c + ev_carry((uint32_t)d));
    case IR_nzcvf:   return ir_nzcv_to_envflags((uint32_t)a);
    case IR_fnzcv:   return ir_envflags_to_nzcv((uint32_t)a);
    case IR_setf:    return ev_cond(in->aux, (uint32_t)a);
    case IR_ccmp:
        w = in->aux2 & 2 ? 64 : 32;
        return !ev_cond(in->aux, (uint32_t)a) ? ir_nzcv_to_envflags((uint32_t)in->imm)
             : in->aux2 & 1 ? ev_adcf(c, d, 0, w) : ev_sbcf(c, d, 1, w);
    default:
        return ir_eval_scalar(in->op, in->type, a, c, in->aux, in->aux2);
    }
}

/* Is the branch taken? */
static bool branch(const Interp *s, const IrInsn *in)
{
    uint64_t a = s->val[in->arg[0]].d[0];

    switch (in->op) {
    case IR_brf:   return ev_cond(in->aux, (uint32_t)a);
    case IR_brcmp: return ev_compare(in->aux, a, s->val[in->arg[1]].d[0], ev_width(in->type));
    case IR_brbit: return (a >> in->aux & 1) == in->aux2;
    default:       return true;
    }
}

static IrVal pure_op(const Interp *s, const IrInsn *in)
{
    const IrVal *a = &s->val[in->arg[0]], *c = &s->val[in->arg[1]], *d = &s->val[in->arg[2]];

    if (in->op >= IR_vimm) {
        return ir_interp_vector(s->b, in, a, c, d);
    }
    if (in->op == IR_selectf && in->type == IR_V128) {
        return ev_cond(in->aux, (uint32_t)a->d[0]) ? *c : *d;
    }
    if (in->op == IR_selectf) {
        return (IrVal){ { (ev_cond(in->aux, (uint32_t)a->d[0]) ? c : d)->d[0], 0 } };
    }
    return (IrVal){ { integer_op(s, in), 0 } };
}

bool ir_interpret(IrBlock *b, const CodegenConfig *cfg, void *env)
{
    Interp s;

    s.b = b;
    s.cfg = cfg;
    s.env = env;
    s.val[0] = (IrVal){ { 0, 0 } };
    for (unsigned i = 1; i < b->n_insns; i++) {
        const IrInsn *in = &b->insns[i];
        unsigned flags = ir_op_info[in->op].flags;

        if (flags & IROF_X) {
            if (branch(&s, in)) {
                take_exit(&s, in->exit);
                b->to_loop = b->exits[in->exit - 1].kind == IR_EXIT_LOOP;
                return true;
            }
        } else if (flags & IROF_M) {
            s.val[i] = memory_op(&s, in);
        } else if (in->op == IR_call) {
            s.val[i] = call_helper(&s, in);
        } else if (in->op == IR_guess) {
            s.val[i] = guess(&s, in);
        } else if (in->op == IR_ld_env) {
            s.val[i] = env_load(&s, in->imm, in->aux2, in->type);
        } else if (in->op == IR_st_env) {
            env_store(&s, in->imm, in->aux2, &s.val[in->arg[0]]);
        } else if (ir_is_fp(in->op)) {
            s.val[i] = fp_op(&s, in);
        } else if (in->op == IR_fence) {
            fence(in->aux);
        } else {
            s.val[i] = pure_op(&s, in);
        }
        if (in->snap && left_by_fault(&s, in->snap)) {
            b->fault_info = b->snaps[in->snap - 1].guest_info;
            return false;
        }
    }
    assert(!"a block ends with an exit");
    return true;
}
