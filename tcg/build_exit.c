/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can leave a block: memory accesses, calls, exits. */
#include <stdarg.h>

#include "tcg/internal/builder.h"

/* -- Memory -- */

/* Move a constant part of the address into *disp, which ends within 32 signed bits. */
static IrRef split_address(IrBlock *b, IrRef base, int64_t *disp)
{
    const IrInsn *d = ir_def(b, base);

    assert(d->type == IR_I64);
    if (d->op == IR_imm) {
        base = ir_imm64(b, (uint64_t)d->imm + (uint64_t)*disp);
        *disp = 0;
        return base;
    }
    if (d->op == IR_add && ir_is_imm(b, d->arg[1])) {
        int64_t sum = (int64_t)(ir_imm_of(b, d->arg[1]) + (uint64_t)*disp);
        if (sum == (int32_t)sum) {
            *disp = sum;
            return d->arg[0];
        }
    }
    if (*disp != (int32_t)*disp) {
        base = ir_addi(b, base, *disp);
        *disp = 0;
    }
    return base;
}

IrRef ir_ld(IrBlock *b, IrType type, IrRef base, int64_t disp, unsigned mop, unsigned idx)
{
    base = split_address(b, base, &disp);
    return ir_append(b, &(IrInsn){ .op = IR_ld, .type = type, .aux = mop, .aux2 = idx,
                                   .arg = { base }, .snap = ir_snapshot(b), .imm = disp });
}

void ir_st(IrBlock *b, IrRef base, int64_t disp, IrRef val, unsigned mop, unsigned idx)
{
    base = split_address(b, base, &disp);
    ir_append(b, &(IrInsn){ .op = IR_st, .type = ir_type(b, val), .aux = mop, .aux2 = idx,
                            .arg = { base, val }, .snap = ir_snapshot(b), .imm = disp });
}

IrRef ir_cas(IrBlock *b, IrRef addr, IrRef expected, IrRef desired, unsigned mop, unsigned idx)
{
    int64_t disp = 0;
    IrRef base = split_address(b, addr, &disp);

    assert(ir_type(b, expected) == ir_type(b, desired));
    return ir_append(b, &(IrInsn){ .op = IR_cas, .type = ir_type(b, desired), .aux = mop,
                                   .aux2 = idx, .arg = { base, expected, desired },
                                   .snap = ir_snapshot(b), .imm = disp });
}

IrRef ir_atomic(IrBlock *b, IrOp op, IrRef addr, IrRef val, unsigned mop, unsigned idx)
{
    int64_t disp = 0;
    IrRef base = split_address(b, addr, &disp);

    assert(op >= IR_swp && op <= IR_ldumin);
    return ir_append(b, &(IrInsn){ .op = op, .type = ir_type(b, val), .aux = mop, .aux2 = idx,
                                   .arg = { base, val }, .snap = ir_snapshot(b), .imm = disp });
}

IrRef ir_guess(IrBlock *b, unsigned what, IrRef value, IrRef test, bool of_c, IrRef c, IrRef d)
{
    return ir_append(b, &(IrInsn){ .op = IR_guess, .type = IR_I64, .aux = what, .aux2 = of_c,
                                   .arg = { value, test, c, d }, .snap = ir_snapshot(b) });
}

void ir_fence(IrBlock *b, IrFence kind)
{
    ir_append(b, &(IrInsn){ .op = IR_fence, .aux = kind });
}

/* -- Calls -- */

IrRef ir_callv(IrBlock *b, const IrHelper *h, const IrRef *args)
{
    IrInsn in = { .op = IR_call, .type = h->ret, .imm = (int64_t)(intptr_t)h };

    for (unsigned i = 0; i < h->n_args; i++) {
        assert(ir_type(b, args[i]) == h->args[i]);
        in.arg[i] = args[i];
    }
    if (h->flags & IRH_PURE) {
        return ir_value(b, &in);
    }
    if (h->flags & (IRH_READS | IRH_WRITES)) {
        ir_sync_all(b);
    }
    if (h->flags & IRH_FAULTS) {
        in.snap = ir_snapshot(b);
    }
    IrRef r = ir_append(b, &in);
    if (h->flags & IRH_WRITES) {
        ir_forget_all(b);
    }
    return h->ret == IR_NONE ? IR_NO_REF : r;
}

IrRef ir_call(IrBlock *b, const IrHelper *h, ...)
{
    IrRef args[4];
    va_list ap;

    assert(h->n_args <= 4);
    va_start(ap, h);
    for (unsigned i = 0; i < h->n_args; i++) {
        args[i] = (IrRef)va_arg(ap, int);
    }
    va_end(ap);
    return ir_callv(b, h, args);
}

/* -- Exits -- */

static unsigned new_exit(IrBlock *b, IrExit e)
{
    assert(b->n_exits < CODEGEN_MAX_EXITS);
    e.snap = ir_snapshot(b);
    b->exits[b->n_exits] = e;
    return b->n_exits++;
}

unsigned ir_new_exit_jump(IrBlock *b, uint64_t pc, unsigned hint, uint64_t return_pc)
{
    return new_exit(b, (IrExit){ .kind = IR_EXIT_JUMP, .hint = hint, .pc = pc,
                                 .return_pc = return_pc });
}

unsigned ir_new_exit_branch(IrBlock *b, IrRef target, unsigned hint, uint64_t return_pc,
                            unsigned branch)
{
    if (ir_is_imm(b, target)) {
        return ir_new_exit_jump(b, ir_imm_of(b, target), hint, return_pc);
    }
    assert(ir_type(b, target) == IR_I64);
    return new_exit(b, (IrExit){ .kind = IR_EXIT_INDIRECT, .hint = hint, .branch = branch,
                                 .target = target, .return_pc = return_pc });
}

unsigned ir_new_exit_indirect(IrBlock *b, IrRef target, unsigned hint, uint64_t return_pc)
{
    return ir_new_exit_branch(b, target, hint, return_pc, 0);
}

unsigned ir_new_exit_lookup(IrBlock *b)
{
    return new_exit(b, (IrExit){ .kind = IR_EXIT_LOOKUP });
}

unsigned ir_new_exit_loop(IrBlock *b, uint64_t pc)
{
    return new_exit(b, (IrExit){ .kind = IR_EXIT_LOOP, .pc = pc });
}

void ir_brf(IrBlock *b, IrCond cond, IrRef flags, unsigned exit)
{
    uint32_t f;

    assert(exit < b->n_exits && ir_type(b, flags) == IR_FLAGS);
    if (ir_const_flags(b, flags, &f) && !ev_cond(cond, f)) {
        return;
    }
    ir_append(b, &(IrInsn){ .op = IR_brf, .aux = cond, .arg = { flags }, .exit = exit + 1 });
}

/* Is @a 0 or 1 by a condition on flags? The instruction, or NULL. */
static const IrInsn *def_setf(const IrBlock *b, IrRef a)
{
    const IrInsn *d = ir_def(b, a);

    if (d->op == IR_trunc || d->op == IR_zext) {
        d = ir_def(b, d->arg[0]);
    }
    return d->op == IR_setf ? d : NULL;
}

void ir_brcmp(IrBlock *b, IrCmp cmp, IrRef x, IrRef y, unsigned exit)
{
    assert(exit < b->n_exits && ir_type(b, x) == ir_type(b, y) && ir_is_int(ir_type(b, x)));
    if (ir_simplify_cmp(b, &cmp, &x, &y) == 0) {
        return;
    }
    const IrInsn *f = cmp <= IR_NE && ir_is_imm(b, y) && ir_imm_of(b, y) == 0 ? def_setf(b, x)
                                                                              : NULL;
    if (f) {
        ir_brf(b, (IrCond)(f->aux ^ (cmp == IR_EQ)), f->arg[0], exit);
        return;
    }
    ir_append(b, &(IrInsn){ .op = IR_brcmp, .type = ir_type(b, x), .aux = cmp, .arg = { x, y },
                            .exit = exit + 1 });
}

void ir_brbit(IrBlock *b, IrRef a, unsigned bit, bool value, unsigned exit)
{
    IrType t = ir_type(b, a);

    assert(exit < b->n_exits && ir_is_int(t) && bit < ev_width(t));
    if (ir_is_imm(b, a) && (ir_imm_of(b, a) >> bit & 1) != value) {
        return;
    }
    if (bit == 0 && !ir_is_imm(b, a) && ir_is_bool(b, a)) {
        ir_brcmp(b, value ? IR_NE : IR_EQ, a, ir_imm(b, t, 0), exit);
        return;
    }
    ir_append(b, &(IrInsn){ .op = IR_brbit, .type = t, .aux = bit, .aux2 = value, .arg = { a },
                            .exit = exit + 1 });
}

void ir_exit(IrBlock *b, unsigned exit)
{
    assert(exit < b->n_exits);
    ir_append(b, &(IrInsn){ .op = IR_exit, .exit = exit + 1 });
    b->builder->ended = true;
}
