/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "gen.h"
#include "util/bits.h"

typedef struct Gen {
    IrBlock *b;
    ToyRng *r;
    IrRef pool[IR_FLAGS + 1][64];   /* recent values of each type, a ring */
    unsigned n[IR_FLAGS + 1];
    uint64_t pc;
    IrOp focus[8];                  /* if any: the only ops drawn, so that they meet often */
    unsigned n_focus;
    bool loop;                      /* only what a loop may hold */
} Gen;

static void keep(Gen *g, IrRef v)
{
    IrType t = ir_type(g->b, v);

    g->pool[t][g->n[t]++ % 64] = v;
}

static unsigned slot_of(Gen *g, IrType t)
{
    switch (t) {
    case IR_I64:  return TOY_SLOT_X + toy_below(g->r, TOY_X);
    case IR_I32:  return TOY_SLOT_W + toy_below(g->r, TOY_W);
    case IR_V128: return TOY_SLOT_V + toy_below(g->r, TOY_V);
    default:      return TOY_SLOT_F + toy_below(g->r, TOY_F);
    }
}

static IrRef constant(Gen *g, IrType t)
{
    switch (t) {
    case IR_I32: case IR_I64:
        return ir_imm(g->b, t, toy_value(g->r));
    case IR_V128:
        return g->b->n_vconsts < 100 ? ir_vimm(g->b, toy_value(g->r), toy_value(g->r))
                                     : ir_vimm(g->b, 0, 0);
    default:
        return ir_nzcvf(g->b, ir_imm32(g->b, (uint32_t)toy_rand(g->r)));
    }
}

static IrRef pick(Gen *g, IrType t)
{
    unsigned p = toy_below(g->r, 100), n = g->n[t];

    if (p < 15) {
        return constant(g, t);
    }
    if (n == 0 || p < 40) {
        return ir_get(g->b, slot_of(g, t));
    }
    unsigned back = p < 75 ? toy_below(g->r, MIN(n, 4u)) : toy_below(g->r, MIN(n, 64u));
    return g->pool[t][(n - 1 - back) % 64];
}

static IrType random_int(ToyRng *r) { return toy_percent(r, 50) ? IR_I64 : IR_I32; }
static IrType int_type(Gen *g) { return random_int(g->r); }

/* -- Pure ops -- */

static unsigned random_round(ToyRng *r)
{
    return toy_percent(r, 20) ? IR_FR_CURRENT : toy_below(r, IR_FR_AWAY + 1);
}

static void choose_fp_aux(ToyRng *r, IrInsn *in)
{
    unsigned size = 1 + toy_below(r, 3), bits = 8u << size;
    bool lane0 = in->op == IR_fcmp || in->op == IR_ftoi || in->op == IR_ffromi;

    in->aux = size | (lane0 || toy_percent(r, 50) ? 0 : IR_FP_ALL);
    switch (in->op) {
    case IR_fma:   in->aux2 = toy_below(r, 4); break;
    case IR_fmah:  in->aux = 2 | IR_FP_ALL; break;
    case IR_fdenorm: in->aux |= 2; break;
    case IR_fscale:
        in->aux |= 2;
        in->aux2 = toy_below(r, 65);
        break;
    case IR_fcmp:  in->aux2 = toy_below(r, 2); break;
    case IR_fcvt:  in->aux2 = 1 + (size + toy_below(r, 2)) % 3; break;
    case IR_frint: case IR_ftoi: case IR_fvtoi:
        in->aux2 = random_round(r) | toy_below(r, 2) << 3;
        if (in->op == IR_frint && size > 1 && toy_percent(r, 40)) {
            in->aux2 |= IR_FP_EXACT | (toy_percent(r, 50) ? IR_FP_WITHIN_32 : IR_FP_WITHIN_64);
        } else if (in->op == IR_ftoi && in->type == IR_I32 && size == 3 && toy_percent(r, 40)) {
            in->aux2 = IR_FR_ZERO | IR_FP_MODULO;
        }
        break;
    case IR_ffromi: case IR_fvfromi:
        in->aux2 = toy_percent(r, 50) ? 0 : toy_below(r, in->op == IR_ffromi ? 65 : bits + 1);
        in->aux2 |= toy_below(r, 2) << 7;
        break;
    default: break;
    }
}

static void choose_aux(const IrBlock *b, ToyRng *r, IrInsn *in)
{
    unsigned w = ev_width(in->type), bits;

    if (in->op >= IR_vimm) {
        in->aux = in->type == IR_I32 ? toy_below(r, 3) : toy_below(r, 4);
        bits = 8u << in->aux;
        in->aux2 = toy_below(r, 128 / bits);
    }
    if (ir_is_fp(in->op)) {
        choose_fp_aux(r, in);
        return;
    }
    switch (in->op) {
    case IR_extract: case IR_sextract: case IR_deposit:
        in->aux = toy_percent(r, 30) ? 0 : toy_below(r, w);
        in->aux2 = toy_percent(r, 20) ? w - in->aux : 1 + toy_below(r, w - in->aux);
        break;
    case IR_extr:   in->aux = toy_below(r, w); break;
    case IR_addsl:  in->aux = 1 + toy_below(r, 3); break;
    case IR_setcmp: in->aux = toy_below(r, IR_TSTEQ + 1); break;
    case IR_selcmp: in->aux = toy_below(r, IR_TSTEQ + 1); in->aux2 = random_int(r); break;
    case IR_setf: case IR_selectf: in->aux = toy_below(r, IR_COND_LE + 1); break;
    case IR_ccmp:
        in->aux = toy_below(r, IR_COND_LE + 1);
        in->aux2 = toy_below(r, 4);
        in->imm = (int64_t)(toy_rand(r) & 0xf0000000u);
        break;
    case IR_imm:    in->imm = (int64_t)ev_trunc(in->type, toy_value(r)); break;
    case IR_vimm:   in->aux2 = toy_below(r, b->n_vconsts); break;
    case IR_vmul: case IR_vwidenu: case IR_vwidens: case IR_vnarrow: case IR_vaddlps:
    case IR_vaddlpu: case IR_vclz:
        in->aux = toy_below(r, 3);
        break;
    case IR_vmulls: case IR_vmullu: case IR_vdmulh:
        in->aux = in->op == IR_vdmulh ? 1 + toy_below(r, 2) : toy_below(r, 3);
        in->aux2 = toy_below(r, 2);
        break;
    case IR_vinsl:  in->aux2 |= toy_below(r, 16u >> in->aux) << 4; break;
    case IR_vushl: case IR_vsshl: in->aux2 = toy_below(r, 2); break;
    case IR_vuavg:  in->aux = toy_below(r, 2); break;
    case IR_vshli:  in->aux2 = toy_below(r, 8u << in->aux); break;
    case IR_vshri: case IR_vsari: in->aux2 = 1 + toy_below(r, 8u << in->aux); break;
    case IR_crc32c: in->aux = toy_below(r, 4); break;
    case IR_crc32:  in->aux = toy_below(r, 3); break;
    case IR_vrotl:
        in->aux = 1 + toy_below(r, 3);
        in->aux2 = 1 + toy_below(r, (8u << in->aux) - 1);
        break;
    case IR_vshuf32: in->aux2 = toy_below(r, 256); break;
    case IR_vclmul: case IR_vaesenc: case IR_vaesdec: case IR_vaesmc: case IR_vsha256r:
    case IR_vsm4r:
        in->aux = toy_below(r, 2);
        in->aux2 = toy_below(r, 2);
        break;
    case IR_vextb:  in->aux2 = toy_below(r, 16); break;
    case IR_vrev:
        in->aux = toy_below(r, 3);
        in->aux2 = in->aux + 1 + toy_below(r, 3 - in->aux);
        break;
    default: break;
    }
}

static IrType operand_type(ToyRng *r, const IrInsn *in, char letter, IrType before)
{
    switch (letter) {
    case 't': return in->type;
    case 'n': return random_int(r);
    case 's': return before;
    case 'i': return IR_I32;
    case 'l': return IR_I64;
    case 'v': return IR_V128;
    case 'f': return IR_FLAGS;
    case 'e': return in->aux == 3 ? IR_I64 : IR_I32;
    case 'x': return in->aux2;
    default:  return in->aux2 & 2 ? IR_I64 : IR_I32;   /* c */
    }
}

IrInsn gen_pure_shape(const IrBlock *b, ToyRng *r, IrOp op, IrType types[4])
{
    const IrOpInfo *info = &ir_op_info[op];
    const char *letters = info->flags & IROF_SCALAR ? "tt" : ir_operand_types[op];
    IrInsn in = { .op = op };

    do {
        in.type = toy_below(r, IR_FLAGS + 1);
    } while (!(info->results >> in.type & 1));
    choose_aux(b, r, &in);
    for (unsigned i = 0; i < info->n_args; i++) {
        types[i] = operand_type(r, &in, letters[i], i ? types[i - 1] : IR_NONE);
    }
    return in;
}

IrRef gen_build(IrBlock *b, const IrInsn *in)
{
    const IrRef *a = in->arg;

    if (ir_op_info[in->op].flags & IROF_SCALAR) {
        return ir_scalar(b, in->op, a[0], a[1], in->aux, in->aux2);
    }
    if (ir_is_fp(in->op)) {
        return ir_fp(b, in->op, in->type, a, in->aux, in->aux2);
    }
    switch (in->op) {
    case IR_zext:    return ir_zext(b, a[0]);
    case IR_sext:    return ir_sext(b, a[0]);
    case IR_trunc:   return ir_trunc(b, a[0]);
    case IR_crc32c: case IR_crc32:
        return ir_crc32(b, in->op, a[0], a[1], in->aux);
    case IR_selcmp:  return ir_selcmp(b, in->aux, a[0], a[1], a[2], a[3]);
    case IR_addf:    return ir_addf(b, a[0], a[1]);
    case IR_subf:    return ir_subf(b, a[0], a[1]);
    case IR_andf:    return ir_andf(b, a[0], a[1]);
    case IR_adcf:    return ir_adcf(b, a[0], a[1], a[2]);
    case IR_sbcf:    return ir_sbcf(b, a[0], a[1], a[2]);
    case IR_adc:     return ir_adc(b, a[0], a[1], a[2]);
    case IR_sbc:     return ir_sbc(b, a[0], a[1], a[2]);
    case IR_nzcvf:   return ir_nzcvf(b, a[0]);
    case IR_fnzcv:   return ir_fnzcv(b, a[0]);
    case IR_ccmp:    return ir_ccmp(b, in->aux, a[0], a[1], a[2], in->aux2 & 1, (uint32_t)in->imm);
    case IR_setf:    return ir_setf(b, in->type, in->aux, a[0]);
    case IR_selectf: return ir_selectf(b, in->aux, a[0], a[1], a[2]);
    case IR_imm: case IR_vimm: return ir_value(b, in);
    default:         return ir_vector(b, in->op, in->type, a, in->aux, in->aux2);
    }
}

static void gen_pure(Gen *g, IrOp op)
{
    IrType types[4];
    IrInsn in = gen_pure_shape(g->b, g->r, op, types);

    for (unsigned i = 0; i < ir_op_info[op].n_args; i++) {
        in.arg[i] = pick(g, types[i]);
    }
    keep(g, toy_percent(g->r, 50) ? gen_build(g->b, &in) : ir_append(g->b, &in));
}

/* -- Memory -- */

static IrRef address(Gen *g)
{
    unsigned p = toy_below(g->r, 100);
    IrBlock *b = g->b;

    if (p < 55) {
        IrRef x = pick(g, IR_I64);
        x = ir_and(b, x, ir_imm64(b, toy_percent(g->r, 60) ? 0x3ff8 : 0x3fff));
        return ir_add(b, x, ir_imm64(b, TOY_BASE + toy_below(g->r, 3) * 0x10));
    }
    if (p < 65) {
        return ir_imm64(b, TOY_BASE + toy_below(g->r, 4 * TOY_PAGE));
    }
    if (p < 97) {
        return ir_get(b, TOY_SLOT_X + toy_below(g->r, 4));
    }
    if (p < 99) {
        return ir_imm64(b, TOY_BASE + toy_below(g->r, TOY_MEM_BYTES));
    }
    return pick(g, IR_I64);
}

static int64_t displacement(Gen *g)
{
    unsigned p = toy_below(g->r, 100);

    return p < 60 ? 0 : p < 90 ? (int64_t)toy_below(g->r, 64) * 8 : p < 98
         ? (int64_t)toy_below(g->r, 256) - 128 : (int64_t)(int32_t)toy_value(g->r);
}

static unsigned memop(Gen *g, IrType t, bool is_load)
{
    unsigned max = t == IR_V128 ? IR_MO_128 : t == IR_I64 ? IR_MO_64 : IR_MO_32;
    unsigned mop = toy_percent(g->r, 50) ? max : toy_below(g->r, max + 1);

    if (is_load && mop < IR_MO_64 && t != IR_V128 && toy_percent(g->r, 40)) {
        mop |= IR_MO_SIGN;
    }
    mop |= toy_percent(g->r, 5) ? IR_MO_ALIGN : 0;
    mop |= toy_percent(g->r, 5) ? IR_MO_ALIGN16 : 0;
    mop |= toy_percent(g->r, 10) ? IR_MO_ACQUIRE : 0;
    mop |= toy_percent(g->r, 10) ? IR_MO_RELEASE : 0;
    return mop;
}

/* Some loads and stores of 8 and 16 bytes become pairs; those that must be aligned are. */
static unsigned make_pair(Gen *g, unsigned mop, IrRef *addr, int64_t *disp)
{
    if ((mop & IR_MO_SIZE) < IR_MO_64 || toy_percent(g->r, 50)) {
        return mop;
    }
    mop = (mop & ~(unsigned)(IR_MO_ALIGN16 | IR_MO_RELEASE)) | IR_MO_PAIR;
    if ((mop & IR_MO_SIZE) == IR_MO_128 && toy_percent(g->r, 30)) {
        *addr = ir_and(g->b, *addr, ir_imm64(g->b, ~UINT64_C(15)));
        *disp &= ~INT64_C(15);
        mop |= IR_MO_ALIGN16;
    }
    return mop;
}

static void gen_memory(Gen *g, IrOp op)
{
    unsigned idx = toy_percent(g->r, 90) ? toy_below(g->r, 2) : toy_below(g->r, TCG_MMU_INDEXES);
    IrType t = int_type(g);
    IrRef addr = address(g);
    int64_t disp = displacement(g);

    if (op == IR_ld || op == IR_st) {
        t = toy_percent(g->r, 30) ? IR_V128 : t;
    }
    unsigned mop = memop(g, t, op == IR_ld);
    if (op == IR_ld) {
        mop = make_pair(g, mop, &addr, &disp);
        keep(g, ir_ld(g->b, t, addr, disp, mop, idx));
    } else if (op == IR_st) {
        mop = make_pair(g, mop, &addr, &disp);
        ir_st(g->b, addr, disp, pick(g, t), mop, idx);
    } else if (op == IR_cas) {
        IrRef v = pick(g, t), expected = pick(g, t);
        if (toy_percent(g->r, 60)) {        /* one that may well succeed */
            expected = ir_ld(g->b, t, addr, 0, mop & IR_MO_SIZE, idx);
        }
        keep(g, ir_cas(g->b, addr, expected, v, mop, idx));
    } else {
        IrRef v = pick(g, t);
        keep(g, ir_atomic(g->b, op, addr, v, mop, idx));
    }
}

/* -- State, calls, exits -- */

static void gen_set(Gen *g)
{
    static const uint8_t types[] = { IR_I64, IR_I64, IR_I32, IR_V128, IR_FLAGS };
    IrType t = types[toy_below(g->r, sizeof(types))];
    unsigned slot = slot_of(g, t);

    if (slot < 4 && toy_percent(g->r, 90)) {
        slot += 4;                          /* x0..x3 stay addresses, mostly */
    }
    if (g->loop && slot == GEN_COUNTER) {
        return;
    }
    ir_set(g->b, slot, pick(g, t));
}

static void gen_state(Gen *g)
{
    unsigned p = toy_below(g->r, 100), slot = toy_below(g->r, TOY_SLOTS), k;
    static const uint8_t max_log2[] = { [IR_I32] = 2, [IR_I64] = 3, [IR_V128] = 4, [IR_FLAGS] = 2 };
    IrType t = IR_I32 + toy_below(g->r, 4);

    if (p < 30) {
        ir_sync(g->b, slot);
    } else if (p < 40) {
        ir_sync(g->b, slot);
        ir_forget(g->b, slot);
    } else if (p < 43) {
        ir_sync_all(g->b);
    } else {
        unsigned log2 = t == IR_V128 ? 3 + toy_below(g->r, 2) : toy_below(g->r, max_log2[t] + 1);
        log2 = t == IR_FLAGS ? 2 : log2;
        k = t == IR_V128 ? toy_below(g->r, TOY_SCRATCH / 2) * 2 : toy_below(g->r, TOY_SCRATCH - 1);
        int32_t offset = offsetof(ToyEnv, scratch) + 8 * k;
        /* Flags in scratch words would leave undefined bits there: they are loaded only. */
        if (p < 75 || t == IR_FLAGS) {
            keep(g, ir_ld_env(g->b, t, offset, log2));
        } else {
            ir_st_env(g->b, pick(g, t), offset, log2);
        }
    }
}

static void gen_call(Gen *g)
{
    unsigned which = toy_below(g->r, TOY_HELPERS);
    const IrHelper *h = &toy_helpers[which];
    IrRef args[4];

    if (which == TOY_WRITES_ONE) {
        keep(g, ir_get(g->b, TOY_SLOT_WRITTEN));    /* later uses want the old value */
        ir_sync(g->b, TOY_SLOT_WRITTEN);
    }
    for (unsigned i = 0; i < h->n_args; i++) {
        args[i] = pick(g, h->args[i]);
    }
    IrRef r = ir_callv(g->b, h, args);
    if (which == TOY_WRITES_ONE) {
        ir_forget(g->b, TOY_SLOT_WRITTEN);
    }
    if (r) {
        keep(g, r);
    }
}

static unsigned new_exit(Gen *g)
{
    unsigned p = toy_below(g->r, 100);
    uint64_t pc = toy_percent(g->r, 80) ? g->pc + 4 + 4 * toy_below(g->r, 64) : toy_rand(g->r);

    if (p < 55) {
        return ir_new_exit_jump(g->b, pc, toy_below(g->r, 2), pc + 4);
    }
    if (p < 80) {
        return ir_new_exit_indirect(g->b, pick(g, IR_I64), toy_below(g->r, 3), pc);
    }
    return p < 90 ? ir_new_exit_lookup(g->b) : ir_new_exit_loop(g->b, pc);
}

/* Branches are seldom taken, or most of the block would never run. */
static void gen_branch(Gen *g, IrOp op)
{
    unsigned id = new_exit(g);
    IrType t = int_type(g);
    bool raw = toy_percent(g->r, 30);

    if (op == IR_brf) {
        IrRef f = pick(g, IR_FLAGS);
        unsigned cond = toy_below(g->r, IR_COND_LE + 1);
        if (raw) {
            ir_append(g->b, &(IrInsn){ .op = op, .aux = cond, .arg = { f }, .exit = id + 1 });
        } else {
            ir_brf(g->b, cond, f, id);
        }
    } else if (op == IR_brcmp) {
        IrRef x = pick(g, t), y = pick(g, t);
        unsigned cmp = toy_percent(g->r, 50) ? IR_EQ : toy_below(g->r, IR_TSTEQ + 1);
        if (raw) {
            ir_append(g->b, &(IrInsn){ .op = op, .type = t, .aux = cmp, .arg = { x, y },
                                       .exit = id + 1 });
        } else {
            ir_brcmp(g->b, cmp, x, y, id);
        }
    } else {
        IrRef x = pick(g, t);
        unsigned bit = toy_below(g->r, ev_width(t));
        if (raw) {
            ir_append(g->b, &(IrInsn){ .op = op, .type = t, .aux = bit, .aux2 = toy_below(g->r, 2),
                                       .arg = { x }, .exit = id + 1 });
        } else {
            ir_brbit(g->b, x, bit, toy_below(g->r, 2), id);
        }
    }
}

static void gen_guess(Gen *g)
{
    IrRef value = pick(g, IR_I64), c = pick(g, IR_I64), d = pick(g, IR_I64);
    bool of_c = toy_percent(g->r, 50);
    IrRef test = toy_percent(g->r, 30) ? pick(g, IR_I64) : of_c ? c : value;

    if (toy_percent(g->r, 50)) {            /* often right, and nobody can know */
        test = ir_add(g->b, test, ir_and(g->b, pick(g, IR_I64), ir_imm64(g->b, 1)));
    }
    keep(g, ir_guess(g->b, toy_below(g->r, 256), value, test, of_c, c, d));
}

static void gen_op(Gen *g)
{
    unsigned p = toy_below(g->r, 100);
    IrOp op = g->n_focus ? g->focus[toy_below(g->r, g->n_focus)] : toy_below(g->r, IR_OP_COUNT);
    unsigned flags = ir_op_info[op].flags;

    if (p < 22) {
        gen_set(g);
    } else if (p < 26) {
        if (!g->loop) {
            gen_state(g);
        }
    } else if (flags & IROF_P || ir_is_fp(op)) {
        gen_pure(g, op);
    } else if (flags & IROF_M) {
        gen_memory(g, toy_percent(g->r, 50) ? op : toy_percent(g->r, 50) ? IR_ld : IR_st);
    } else if (op == IR_brf || op == IR_brcmp || op == IR_brbit) {
        gen_branch(g, op);
    } else if (op == IR_fence) {
        ir_fence(g->b, toy_below(g->r, IR_FENCE_FULL + 1));
    } else if (op == IR_guess) {
        gen_guess(g);
    } else if (!g->loop) {
        gen_call(g);
    }
}

/* Ops of one kind (flags, memory and branches, vectors) or of any. */
static void choose_focus(Gen *g)
{
    static const uint8_t kinds[][2] = {
        { IR_mov, IR_OP_COUNT - 1 }, { IR_addf, IR_selectf }, { IR_ld_env, IR_guess },
        { IR_vimm, IR_OP_COUNT - 1 }, { IR_mov, IR_selcmp }, { IR_fadd, IR_vzero96 },
        { IR_fadd, IR_fvfromi },
    };
    const uint8_t *kind = kinds[toy_below(g->r, sizeof(kinds) / sizeof(kinds[0]))];

    g->n_focus = 2 + toy_below(g->r, 7);
    for (unsigned i = 0; i < g->n_focus; i++) {
        g->focus[i] = kind[0] + toy_below(g->r, kind[1] - kind[0] + 1);
    }
}

/* Count down, and back to the start unless it is 0. */
static void gen_back(Gen *g)
{
    IrBlock *b = g->b;
    IrRef n = ir_get(b, GEN_COUNTER), one = ir_imm64(b, 1);
    IrRef left = ir_sub(b, n, one), flags = ir_subf(b, n, one);

    ir_set(b, GEN_COUNTER, left);
    if (toy_percent(g->r, 50)) {
        ir_set(b, TOY_SLOT_F, flags);
    }
    unsigned id = ir_new_exit_jump(b, b->pc, IR_HINT_NONE, 0);
    switch (toy_below(g->r, 3)) {
    case 0:
        ir_brf(b, IR_COND_NE, flags, id);
        break;
    case 1:
        ir_brcmp(b, IR_NE, left, ir_imm64(b, 0), id);
        break;
    default:
        ir_brcmp(b, IR_EQ, left, ir_imm64(b, 0), new_exit(g));
        ir_exit(b, id);
        return;
    }
    if (toy_percent(g->r, 30)) {            /* and once more from further down */
        for (unsigned i = toy_below(g->r, 10); i; i--) {
            gen_op(g);
        }
        left = ir_get(b, GEN_COUNTER);
        ir_brcmp(b, IR_GTS, left, ir_imm64(b, 0), ir_new_exit_jump(b, b->pc, IR_HINT_NONE, 0));
    }
    ir_exit(b, new_exit(g));
}

static void generate(IrBlock *b, ToyRng *r, unsigned n_ops, bool loop)
{
    Gen g = { .b = b, .r = r, .pc = 0x400000 + 4 * toy_below(r, 1000), .loop = loop };

    if (toy_percent(r, 50)) {
        choose_focus(&g);
    }
    ir_block_reset(b, g.pc);
    ir_insn_start(b, g.pc, (uint32_t)g.pc ^ 0x1234);
    ir_vimm(b, 0, 0);
    for (unsigned i = 0; i < n_ops && !ir_is_full(b); i++) {
        if (i && toy_percent(r, 40)) {
            g.pc += 4;
            ir_insn_start(b, g.pc, (uint32_t)g.pc ^ 0x1234);
        }
        gen_op(&g);
    }
    if (loop) {
        gen_back(&g);
    } else {
        ir_exit(b, new_exit(&g));
    }
}

void gen_block(IrBlock *b, ToyRng *r, unsigned n_ops) { generate(b, r, n_ops, false); }
void gen_loop(IrBlock *b, ToyRng *r, unsigned n_ops) { generate(b, r, n_ops, true); }
