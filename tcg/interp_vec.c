/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reference semantics of the vector ops, lane by lane. */
#include <assert.h>
#include <string.h>

#include "tcg/internal/interp.h"
#include "tcg/internal/ir_eval.h"

static uint64_t lane_mask(unsigned log2) { return ~(uint64_t)0 >> (64 - (8u << log2)); }

/* Lane @i of 1 << @log2 bytes. */
static uint64_t lane(const IrVal *v, unsigned log2, unsigned i)
{
    unsigned bit = i << log2 << 3;

    return v->d[bit >> 6] >> (bit & 63) & lane_mask(log2);
}

static int64_t lane_signed(const IrVal *v, unsigned log2, unsigned i)
{
    return ev_signed(lane(v, log2, i), 8u << log2);
}

static void set_lane(IrVal *v, unsigned log2, unsigned i, uint64_t x)
{
    unsigned bit = i << log2 << 3;
    uint64_t *d = &v->d[bit >> 6];

    *d = (*d & ~(lane_mask(log2) << (bit & 63))) | (x & lane_mask(log2)) << (bit & 63);
}

/* -- Saturation -- */

typedef __int128 i128;

static uint64_t clamp(i128 v, i128 min, i128 max)
{
    return (uint64_t)(v < min ? min : v > max ? max : v);
}

static uint64_t clamp_signed(i128 v, unsigned bits)
{
    return clamp(v, -((i128)1 << (bits - 1)), ((i128)1 << (bits - 1)) - 1);
}

static uint64_t clamp_unsigned(i128 v, unsigned bits)
{
    return clamp(v, 0, ((i128)1 << bits) - 1);
}

/* -- Shifts by register -- */

static uint64_t shift_by(bool is_signed, uint64_t x, int64_t sx, uint64_t y, unsigned bits,
                         bool round)
{
    int count = (int8_t)y;
    i128 v = is_signed ? (i128)sx : (i128)x;

    if (count >= 0) {
        return count < (int)bits ? x << count : 0;
    }
    count = -count < 66 ? -count : 66;          /* beyond that nothing changes */
    return (uint64_t)((v + (round ? (i128)1 << (count - 1) : 0)) >> count);
}

/* Lane @z of C moved back is not lane @x of A. */
static bool shift_lost(bool is_signed, uint64_t x, uint64_t y, uint64_t z, int64_t sz,
                       unsigned bits)
{
    int count = (int8_t)y;

    if (count < 0) {
        return false;
    }
    unsigned n = count < 63 ? (unsigned)count : 63;
    uint64_t back = is_signed ? (uint64_t)(sz >> n) : count < (int)bits ? z >> n : 0;
    return (back ^ x) & (~UINT64_C(0) >> (64 - bits));
}

static uint64_t high_of_double(const IrInsn *in, int64_t sx, int64_t sy, unsigned bits)
{
    return (uint64_t)((2 * (i128)sx * sy + ((i128)in->aux2 << (bits - 1))) >> bits);
}

/* -- Lane by lane: lane i of the result from lane i of the operands -- */

static uint64_t lane_op(const IrInsn *in, uint64_t x, uint64_t y, int64_t sx, int64_t sy)
{
    unsigned bits = 8u << in->aux;

    switch (in->op) {
    case IR_vadd:   return x + y;
    case IR_vsub:   return x - y;
    case IR_vmul:   return x * y;
    case IR_vneg:   return 0 - x;
    case IR_vabs:   return sx < 0 ? 0 - x : x;
    case IR_vcmpeq: return x == y ? ~UINT64_C(0) : 0;
    case IR_vcmpgt: return sx > sy ? ~UINT64_C(0) : 0;
    case IR_vcmpge: return sx >= sy ? ~UINT64_C(0) : 0;
    case IR_vcmphi: return x > y ? ~UINT64_C(0) : 0;
    case IR_vcmphs: return x >= y ? ~UINT64_C(0) : 0;
    case IR_vshli:  return x << in->aux2;
    case IR_vshri:  return in->aux2 == 64 ? 0 : x >> in->aux2;
    case IR_vsari:  return (uint64_t)(sx >> (in->aux2 == 64 ? 63 : in->aux2));
    case IR_vsmin:  return sx < sy ? x : y;
    case IR_vsmax:  return sx > sy ? x : y;
    case IR_vumin:  return x < y ? x : y;
    case IR_vumax:  return x > y ? x : y;
    case IR_vsqadd: return clamp_signed((i128)sx + sy, bits);
    case IR_vuqadd: return clamp_unsigned((i128)x + y, bits);
    case IR_vsqsub: return clamp_signed((i128)sx - sy, bits);
    case IR_vuqsub: return clamp_unsigned((i128)x - y, bits);
    case IR_vdmulh: return high_of_double(in, sx, sy, bits);
    case IR_vushl:  return shift_by(false, x, sx, y, bits, in->aux2);
    case IR_vsshl:  return shift_by(true, x, sx, y, bits, in->aux2);
    case IR_vuavg:  return (x + y + 1) >> 1;
    case IR_vclz:   return x ? (unsigned)__builtin_clzll(x) - (64 - bits) : bits;
    case IR_vrbit:  return ev_rbit(x, 8);
    case IR_vcnt:   return (uint64_t)__builtin_popcountll(x);
    default:
        assert(!"not an op on lanes");
        return 0;
    }
}

static IrVal by_lane(const IrInsn *in, const IrVal *a, const IrVal *c)
{
    unsigned log2 = in->op == IR_vcnt || in->op == IR_vrbit ? 0 : in->aux;
    IrVal r;

    for (unsigned i = 0; i < 16u >> log2; i++) {
        set_lane(&r, log2, i, lane_op(in, lane(a, log2, i), lane(c, log2, i),
                                      lane_signed(a, log2, i), lane_signed(c, log2, i)));
    }
    return r;
}

static IrVal lost_lanes(const IrInsn *in, const IrVal *a, const IrVal *c, const IrVal *d)
{
    IrVal r;

    for (unsigned i = 0; i < 16u >> in->aux; i++) {
        bool lost = shift_lost(in->op == IR_vsshlov, lane(a, in->aux, i), lane(c, in->aux, i),
                               lane(d, in->aux, i), lane_signed(d, in->aux, i), 8u << in->aux);
        set_lane(&r, in->aux, i, lost ? ~UINT64_C(0) : 0);
    }
    return r;
}

/* -- Whole bits -- */

static uint64_t bits_op(unsigned op, uint64_t a, uint64_t c, uint64_t d)
{
    switch (op) {
    case IR_vand:  return a & c;
    case IR_vor:   return a | c;
    case IR_vxor:  return a ^ c;
    case IR_vandc: return a & ~c;
    case IR_vorc:  return a | ~c;
    case IR_vnot:  return ~a;
    case IR_vorx:  return a | (c ^ d);
    case IR_vxor3: return a ^ c ^ d;
    default:       return (a & c) | (~a & d);   /* vbsl */
    }
}

/* -- Moving lanes -- */

/* Where lane @i of the result comes from; @lanes is added for the second operand. */
static unsigned permuted(unsigned op, unsigned i, unsigned lanes)
{
    unsigned from_second = (i & 1) * lanes;

    switch (op) {
    case IR_vzip1: return i / 2 + from_second;
    case IR_vzip2: return i / 2 + lanes / 2 + from_second;
    case IR_vuzp1: return 2 * i;                /* of both operands in a row */
    case IR_vuzp2: return 2 * i + 1;
    case IR_vtrn1: return (i & ~1u) + from_second;
    default:       return (i | 1u) + from_second;   /* vtrn2 */
    }
}

static IrVal permute(const IrInsn *in, const IrVal *a, const IrVal *c)
{
    unsigned lanes = 16u >> in->aux;
    IrVal r;

    for (unsigned i = 0; i < lanes; i++) {
        unsigned from = permuted(in->op, i, lanes);
        set_lane(&r, in->aux, i, from < lanes ? lane(a, in->aux, from)
                                              : lane(c, in->aux, from - lanes));
    }
    return r;
}

static IrVal bytes_op(const IrInsn *in, const IrVal *a, const IrVal *c)
{
    IrVal r = { { 0, 0 } };

    for (unsigned i = 0; i < 16; i++) {
        unsigned k;
        switch (in->op) {
        case IR_vextb:
            k = i + in->aux2;
            r.b[i] = k < 16 ? a->b[k] : c->b[k - 16];
            break;
        case IR_vtbl1:
            r.b[i] = c->b[i] < 16 ? a->b[c->b[i]] : 0;
            break;
        default: /* vrev: the element's place in its group is mirrored */
            k = ((1u << in->aux2) - 1) & ~((1u << in->aux) - 1);
            r.b[i] = a->b[i ^ k];
            break;
        }
    }
    return r;
}

static IrVal words_op(const IrInsn *in, const IrVal *a, const IrVal *c)
{
    unsigned bits = 8u << in->aux;
    IrVal r;

    for (unsigned i = 0; in->op == IR_vshuf32 && i < 4; i++) {
        set_lane(&r, 2, i, lane(i < 2 ? a : c, 2, in->aux2 >> 2 * i & 3));
    }
    for (unsigned i = 0; in->op == IR_vrotl && i < 128 / bits; i++) {
        uint64_t x = lane(a, in->aux, i);
        set_lane(&r, in->aux, i, x << in->aux2 | x >> (bits - in->aux2));
    }
    return r;
}

static IrVal resize(const IrInsn *in, const IrVal *a)
{
    unsigned log2 = in->aux;
    IrVal r = { { 0, 0 } };

    for (unsigned i = 0; i < 8u >> log2; i++) {
        switch (in->op) {
        case IR_vwidenu: set_lane(&r, log2 + 1, i, lane(a, log2, i)); break;
        case IR_vwidens: set_lane(&r, log2 + 1, i, (uint64_t)lane_signed(a, log2, i)); break;
        default:         set_lane(&r, log2, i, lane(a, log2 + 1, i)); break;
        }
    }
    return r;
}

static IrVal multiply_long(const IrInsn *in, const IrVal *a, const IrVal *c)
{
    unsigned log2 = in->aux, n = 8u >> log2;
    IrVal r;

    for (unsigned i = 0; i < n; i++) {
        unsigned k = i + in->aux2 * n;
        set_lane(&r, log2 + 1, i, in->op == IR_vmullu ? lane(a, log2, k) * lane(c, log2, k)
                 : (uint64_t)(lane_signed(a, log2, k) * lane_signed(c, log2, k)));
    }
    return r;
}

static IrVal add_neighbours(const IrInsn *in, const IrVal *a)
{
    unsigned log2 = in->aux;
    IrVal r;

    for (unsigned i = 0; i < 8u >> log2; i++) {
        set_lane(&r, log2 + 1, i, in->op == IR_vaddlpu
                 ? lane(a, log2, 2 * i) + lane(a, log2, 2 * i + 1)
                 : (uint64_t)(lane_signed(a, log2, 2 * i) + lane_signed(a, log2, 2 * i + 1)));
    }
    return r;
}

static IrVal dot_bytes(const IrInsn *in, const IrVal *a, const IrVal *c)
{
    IrVal r = { { 0, 0 } };

    for (unsigned i = 0; i < 16; i++) {
        int x = in->aux & 1 ? (int8_t)a->b[i] : a->b[i];
        int y = in->aux & 2 ? (int8_t)c->b[i] : c->b[i];
        r.w[i / 4] += (uint32_t)(x * y);
    }
    return r;
}

static IrVal across(const IrInsn *in, const IrVal *a)
{
    IrVal r = { { 0, 0 } };

    for (unsigned i = 0; in->op == IR_vsumb && i < 16; i++) {
        r.d[i / 8] += a->b[i];
    }
    r.h[0] = in->op == IR_vminh ? a->h[0] : r.h[0];
    for (unsigned i = 1; in->op == IR_vminh && i < 8; i++) {
        r.h[0] = a->h[i] < r.h[0] ? a->h[i] : r.h[0];
    }
    return r;
}

static IrVal duplicate(uint64_t x, unsigned log2)
{
    IrVal r;

    for (unsigned i = 0; i < 16u >> log2; i++) {
        set_lane(&r, log2, i, x);
    }
    return r;
}

IrVal ir_interp_vector(const IrBlock *b, const IrInsn *in, const IrVal *a, const IrVal *c,
                       const IrVal *d)
{
    IrVal r = *a;

    switch (in->op) {
    case IR_vimm:
        return (IrVal){ { b->vconsts[in->aux2][0], b->vconsts[in->aux2][1] } };
    case IR_vzero64: case IR_vmov_i2v:
        return (IrVal){ { a->d[0], 0 } };
    case IR_vzero96:
        return (IrVal){ { (uint32_t)a->d[0], 0 } };
    case IR_vdup:
        return duplicate(a->d[0], in->aux);
    case IR_vduplane:
        return duplicate(lane(a, in->aux, in->aux2), in->aux);
    case IR_vins:
        set_lane(&r, in->aux, in->aux2, c->d[0]);
        return r;
    case IR_vinsl:
        set_lane(&r, in->aux, in->aux2 & 15, lane(c, in->aux, in->aux2 >> 4));
        return r;
    case IR_vext:
        return (IrVal){ { lane(a, in->aux, in->aux2), 0 } };
    case IR_vsext:
        return (IrVal){ { ev_trunc(in->type, (uint64_t)lane_signed(a, in->aux, in->aux2)), 0 } };
    case IR_vand: case IR_vor: case IR_vxor: case IR_vandc: case IR_vorc: case IR_vnot:
    case IR_vbsl: case IR_vorx: case IR_vxor3:
        return (IrVal){ { bits_op(in->op, a->d[0], c->d[0], d->d[0]),
                          bits_op(in->op, a->d[1], c->d[1], d->d[1]) } };
    case IR_vzip1: case IR_vzip2: case IR_vuzp1: case IR_vuzp2: case IR_vtrn1: case IR_vtrn2:
        return permute(in, a, c);
    case IR_vextb: case IR_vtbl1: case IR_vrev:
        return bytes_op(in, a, c);
    case IR_vwidenu: case IR_vwidens: case IR_vnarrow:
        return resize(in, a);
    case IR_vmulls: case IR_vmullu:
        return multiply_long(in, a, c);
    case IR_vaddlps: case IR_vaddlpu:
        return add_neighbours(in, a);
    case IR_vsumb: case IR_vminh:
        return across(in, a);
    case IR_vdot:
        return dot_bytes(in, a, c);
    case IR_vshuf32: case IR_vrotl:
        return words_op(in, a, c);
    case IR_vushlov: case IR_vsshlov:
        return lost_lanes(in, a, c, d);
    case IR_vaesenc: case IR_vaesdec: case IR_vaesmc: case IR_vclmul: case IR_vpmull8:
    case IR_vsha1r: case IR_vsha256r: case IR_vsha256su0: case IR_vsha256su1:
    case IR_vsm4r:
        return ir_interp_crypto(in, a, c, d);
    default:
        return by_lane(in, a, c);
    }
}
