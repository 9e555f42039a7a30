/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moving lanes: between registers, within and across vectors. */
#include "tcg/x86_64/vec.h"

/* -- To and from general registers -- */

void emit_vmov_i2v(Codegen *g, unsigned i, const IrInsn *in)
{
    int a = ra_use(g, in->arg[0]);

    x_rr(g, OP_MOVD_TO_X | width(is_64(g, in->arg[0])), ra_def(g, i), a);
}

void emit_vins(Codegen *g, unsigned i, const IrInsn *in)
{
    static const uint32_t op[4] = { SSE3A(0x20), SSE(0xc4), SSE3A(0x22), SSE3A(0x22) | X_W };
    int b = ra_use(g, in->arg[1]);

    if (g->cpu.avx) {
        int a = ra_use(g, in->arg[0]);
        v_rrr(g, op[in->aux], ra_def_reuse(g, i), a, b);
    } else {
        x_rr(g, op[in->aux], ra_take(g, i, in->arg[0]), b);
    }
    put8(g, in->aux2);
}

/* @dst := @a with word @to replaced by word @from of @b; the same register or another. */
static void insert_half(Codegen *g, int dst, int a, int b, unsigned to, unsigned from)
{
    int t = ra_temp(g, GPR_SET);

    v_op_imm(g, SSE(0xc5), t, b, from);                 /* pextrw */
    v_op3_imm(g, SSE(0xc4), dst, a, t, to);
    ra_free_temp(g, t);
}

static void insert_byte(Codegen *g, int dst, int a, int b, unsigned to, unsigned from)
{
    int t = ra_temp(g, GPR_SET);

    v_op_imm(g, SSE3A(0x14), b, t, from);               /* pextrb */
    v_op3_imm(g, SSE3A(0x20), dst, a, t, to);
    ra_free_temp(g, t);
}

void emit_vinsl(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned to = in->aux2 & 15, from = in->aux2 >> 4;
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i);

    switch (in->aux) {
    case 0:
        insert_byte(g, dst, a, b, to, from);
        break;
    case 1:
        insert_half(g, dst, a, b, to, from);
        break;
    case 2:                                             /* insertps */
        v_op3_imm(g, SSE3A(0x21), dst, a, b, from << 6 | to << 4);
        break;
    default:                                            /* shufpd: a qword of each */
        v_op3_imm(g, SSE(0xc6), dst, to ? a : b, to ? b : a, to ? from << 1 : from | 2);
        break;
    }
}

/* vext, vsext */
void emit_vext(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned log2 = in->aux, lane = in->aux2;
    uint32_t w = width(log2 == 3);
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i);

    if (log2 >= 2 && lane == 0) {
        x_rr(g, OP_MOVD_FROM_X | w, a, dst);
    } else if (log2 == 1) {
        v_op_imm(g, SSE(0xc5), dst, a, lane);           /* pextrw r, x */
    } else {
        v_op_imm(g, SSE3A(log2 ? 0x16 : 0x14) | w, a, dst, lane);
    }
    if (in->op == IR_vsext && log2 < 3) {
        uint32_t op = log2 == 0 ? OP_MOVSX8 : log2 == 1 ? OP_MOVSX16 : OP_MOVSXD;
        bool w64 = in->type == IR_I64;
        if (log2 < 2 || w64) {
            x_rr(g, op | width(w64), dst, dst);
        }
    }
}

/* -- Duplicating -- */

static void shuffle_bytes(Codegen *g, unsigned i, IrRef a, const uint8_t from[16])
{
    uint64_t m[2];

    memcpy(m, from, 16);
    if (g->cpu.avx) {
        int src = ra_use(g, a);
        v_rrm(g, V_PSHUFB, ra_def_reuse(g, i), src, pool_mem(g, m[0], m[1]));
    } else {
        x_rm(g, V_PSHUFB, ra_take(g, i, a), pool_mem(g, m[0], m[1]));
    }
}

void emit_vdup(Codegen *g, unsigned i, const IrInsn *in)
{
    static const uint8_t broadcast[4] = { 0x7a, 0x7b, 0x7c, 0x7c };
    int a = ra_use(g, in->arg[0]), dst = ra_def(g, i);

    if (g->cpu.avx512) {
        e_rrr(g, SSE38(broadcast[in->aux]) | width(in->aux == 3), dst, 0, a);
        return;
    }
    x_rr(g, OP_MOVD_TO_X | width(in->aux == 3), dst, a);
    switch (in->aux) {
    case 0: {
        int zero = v_temp(g);
        v_zero(g, zero);
        v_op(g, V_PSHUFB, dst, zero);
        break;
    }
    case 1:
        v_op_imm(g, 0x70 | M_0F | P_F2, dst, dst, 0);   /* pshuflw */
        v_op(g, V_PUNPCKLQDQ, dst, dst);
        break;
    case 2:
        v_op_imm(g, V_PSHUFD, dst, dst, 0);
        break;
    default:
        v_op(g, V_PUNPCKLQDQ, dst, dst);
        break;
    }
}

void emit_vduplane(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned log2 = in->aux, lane = in->aux2;

    if (log2 >= 2) {
        int a = ra_use(g, in->arg[0]);
        unsigned order = log2 == 2 ? lane * 0x55 : lane ? 0xee : 0x44;
        v_op_imm(g, V_PSHUFD, ra_def_reuse(g, i), a, order);
        return;
    }
    if (lane == 0 && g->cpu.avx2) {                     /* vpbroadcastb, vpbroadcastw */
        int a = ra_use(g, in->arg[0]);
        v_rrr(g, SSE38(0x78 + log2), ra_def_reuse(g, i), 0, a);
        return;
    }
    uint8_t from[16];
    for (unsigned k = 0; k < 16; k++) {
        from[k] = (uint8_t)((lane << log2) + (k & ((1u << log2) - 1)));
    }
    shuffle_bytes(g, i, in->arg[0], from);
}

/* -- Permutations of two vectors -- */

static uint32_t op_unpack(bool high, unsigned log2)
{
    return log2 == 3 ? (uint32_t)(high ? V_PUNPCKHQDQ : V_PUNPCKLQDQ)
                     : SSE((high ? 0x68 : 0x60) + log2);
}

void emit_vzip(Codegen *g, unsigned i, const IrInsn *in)
{
    v_binary(g, i, op_unpack(in->op == IR_vzip2, in->aux), in->arg[0], in->arg[1], false);
}

void emit_vuzp(Codegen *g, unsigned i, const IrInsn *in)
{
    bool odd = in->op == IR_vuzp2;
    unsigned size = 1u << in->aux;

    if (in->aux == 3) {
        v_binary(g, i, op_unpack(odd, 3), in->arg[0], in->arg[1], false);
        return;
    }
    if (in->aux == 2) {
        v_binary_imm(g, i, V_SHUFPS, in->arg[0], in->arg[1], odd ? 0xdd : 0x88);
        return;
    }
    uint8_t from[16];
    uint64_t m[2];
    for (unsigned k = 0; k < 8; k++) {
        from[k] = from[k + 8] = (uint8_t)((2 * (k / size) + odd) * size + k % size);
    }
    if (root(g, in->arg[0]) == root(g, in->arg[1])) {
        shuffle_bytes(g, i, in->arg[0], from);          /* both halves are the same */
        return;
    }
    memcpy(m, from, 16);
    Mem mask = pool_mem(g, m[0], m[1]);
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i), t = v_temp(g);
    v_op3_mem(g, V_PSHUFB, dst, a, mask);
    v_op3_mem(g, V_PSHUFB, t, b, mask);
    v_op(g, V_PUNPCKLQDQ, dst, t);
}

/* Even (trn1) or odd (trn2) lanes of both, side by side. */
void emit_vtrn(Codegen *g, unsigned i, const IrInsn *in)
{
    bool odd = in->op == IR_vtrn2;

    if (in->aux == 3) {
        v_binary(g, i, op_unpack(odd, 3), in->arg[0], in->arg[1], false);
        return;
    }
    int a = ra_use(g, in->arg[0]), b = ra_use(g, in->arg[1]), dst = ra_def(g, i), t = v_temp(g);
    int moved = odd ? a : b, stays = odd ? b : a;
    v_shift_to(g, in->aux, odd ? 2 : 6, t, moved, 8u << in->aux);
    if (in->aux) {                                      /* words where @stays is taken */
        unsigned words = in->aux == 1 ? (odd ? 0xaa : 0x55) : odd ? 0xcc : 0x33;
        v_op3_imm(g, V_PBLENDW, dst, t, stays, words);
        return;
    }
    uint64_t keep = odd ? UINT64_C(0xff00ff00ff00ff00) : UINT64_C(0x00ff00ff00ff00ff);
    v_op3_mem(g, V_PAND, dst, stays, pool_mem(g, keep, keep));
    v_op(g, V_POR, dst, t);
}

void emit_vshuf32(Codegen *g, unsigned i, const IrInsn *in)
{
    if (in->arg[0] == in->arg[1]) {
        int a = ra_use(g, in->arg[0]);
        v_op_imm(g, V_PSHUFD, ra_def_reuse(g, i), a, in->aux2);
        return;
    }
    v_binary_imm(g, i, V_SHUFPS, in->arg[0], in->arg[1], in->aux2);
}

static bool is_zero(const Codegen *g, IrRef v)
{
    const IrInsn *in = &g->b->insns[root(g, v)];

    return in->op == IR_vimm && !g->b->vconsts[in->aux2][0] && !g->b->vconsts[in->aux2][1];
}

void emit_vextb(Codegen *g, unsigned i, const IrInsn *in)
{
    if (root(g, in->arg[0]) == root(g, in->arg[1]) && in->aux2 % 4 == 0) {
        int a = ra_use(g, in->arg[0]);                  /* a rotation of words */
        v_op_imm(g, V_PSHUFD, ra_def_reuse(g, i), a, 0xe4e4u >> in->aux2 / 2 & 0xff);
        return;
    }
    if (is_zero(g, in->arg[1]) || is_zero(g, in->arg[0])) {     /* psrldq, pslldq */
        bool down = is_zero(g, in->arg[1]);
        unsigned count = down ? in->aux2 : 16u - in->aux2;
        int a = ra_use(g, in->arg[!down]);
        v_shift_to(g, 2, down ? 3 : 7, ra_def_reuse(g, i), a, count);
        return;
    }
    v_binary_imm(g, i, V_PALIGNR, in->arg[1], in->arg[0], in->aux2);
}

/* No index is above 15: what guests look up they have masked. */
static bool small_indexes(const Codegen *g, IrRef v)
{
    const IrInsn *in = &g->b->insns[root(g, v)];

    for (unsigned k = 0; in->op == IR_vand && k < 2; k++) {
        const IrInsn *mask = &g->b->insns[root(g, in->arg[k])];
        if (mask->op == IR_vimm) {
            const uint64_t *m = g->b->vconsts[mask->aux2];
            return !((m[0] | m[1]) & ~byte_lanes(0x0f));
        }
    }
    return false;
}

/* Indexes of 16 and above get bit 7, which pshufb takes for 0. */
void emit_vtbl1(Codegen *g, unsigned i, const IrInsn *in)
{
    const IrInsn *index = &g->b->insns[root(g, in->arg[1])];

    if (index->op == IR_vimm) {
        uint8_t from[16];
        memcpy(from, g->b->vconsts[index->aux2], 16);
        for (unsigned k = 0; k < 16; k++) {
            from[k] = from[k] < 16 ? from[k] : 0x80;
        }
        shuffle_bytes(g, i, in->arg[0], from);
        return;
    }
    if (small_indexes(g, in->arg[1])) {
        v_binary(g, i, V_PSHUFB, in->arg[0], in->arg[1], false);
        return;
    }
    int a = ra_use(g, in->arg[1]), t = v_temp(g);
    v_op3_mem(g, SSE(0xdc), t, a, pool_mem(g, byte_lanes(0x70), byte_lanes(0x70)));  /* paddusb */
    if (g->cpu.avx) {
        int table = ra_use(g, in->arg[0]);
        v_rrr(g, V_PSHUFB, ra_def_reuse(g, i), table, t);
    } else {
        v_op(g, V_PSHUFB, ra_take(g, i, in->arg[0]), t);
    }
}

/* -- Within a vector -- */

void emit_vrev(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned flip = ((1u << in->aux2) - 1) & ~((1u << in->aux) - 1);
    uint8_t from[16];

    for (unsigned k = 0; k < 16; k++) {
        from[k] = (uint8_t)(k ^ flip);
    }
    shuffle_bytes(g, i, in->arg[0], from);
}

/* vwidenu, vwidens */
void emit_vwiden(Codegen *g, unsigned i, const IrInsn *in)
{
    static const uint8_t op[3] = { 0, 3, 5 };
    int a = ra_use(g, in->arg[0]);

    v_op(g, SSE38((in->op == IR_vwidenu ? 0x30u : 0x20u) + op[in->aux]), ra_def_reuse(g, i), a);
}

void emit_vnarrow(Codegen *g, unsigned i, const IrInsn *in)
{
    unsigned size = 1u << in->aux;
    uint8_t from[16];

    for (unsigned k = 0; k < 16; k++) {
        from[k] = k < 8 ? (uint8_t)(2 * (k / size) * size + k % size) : 0x80;
    }
    shuffle_bytes(g, i, in->arg[0], from);
}
