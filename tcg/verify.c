/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a block well-formed? Everything a backend may rely on is checked here. */
#include <string.h>

#include "tcg/internal/builder.h"

const char *const ir_operand_types[IR_OP_COUNT] = {
    [IR_imm] = "", [IR_zext] = "i", [IR_sext] = "i", [IR_trunc] = "l", [IR_selcmp] = "xxtt",
    [IR_crc32c] = "il", [IR_crc32] = "il",
    [IR_addf] = "ns", [IR_subf] = "ns", [IR_adcf] = "nsf", [IR_sbcf] = "nsf", [IR_andf] = "ns",
    [IR_adc] = "ttf", [IR_sbc] = "ttf", [IR_nzcvf] = "i", [IR_fnzcv] = "f", [IR_ccmp] = "fcc",
    [IR_setf] = "f", [IR_selectf] = "ftt",
    [IR_ld_env] = "", [IR_st_env] = "a",
    [IR_ld] = "l", [IR_st] = "la", [IR_cas] = "ltt", [IR_swp] = "lt", [IR_ldadd] = "lt",
    [IR_ldclr] = "lt", [IR_ldeor] = "lt", [IR_ldset] = "lt", [IR_ldsmax] = "lt",
    [IR_ldsmin] = "lt", [IR_ldumax] = "lt", [IR_ldumin] = "lt", [IR_fence] = "",
    [IR_brf] = "f", [IR_brcmp] = "aa", [IR_brbit] = "a", [IR_exit] = "", [IR_guess] = "llll",
    [IR_fadd] = "vv", [IR_fsub] = "vv", [IR_fmul] = "vv", [IR_fdiv] = "vv", [IR_fsqrt] = "v",
    [IR_fma] = "vvv", [IR_fmah] = "vvv", [IR_fmulx] = "vv",
    [IR_frecps] = "vv", [IR_frsqrts] = "vv", [IR_fscale] = "v", [IR_fdenorm] = "v",
    [IR_fmax] = "vv", [IR_fmin] = "vv", [IR_fmaxnm] = "vv", [IR_fminnm] = "vv",
    [IR_fcmpeq] = "vv", [IR_fcmpge] = "vv", [IR_fcmpgt] = "vv", [IR_fcmp] = "vv", [IR_fcvt] = "v",
    [IR_frint] = "v", [IR_ftoi] = "v", [IR_ffromi] = "l", [IR_fvtoi] = "v", [IR_fvfromi] = "v",
    [IR_vzero96] = "v",
    [IR_vimm] = "", [IR_vzero64] = "v", [IR_vdup] = "e", [IR_vduplane] = "v", [IR_vins] = "ve",
    [IR_vext] = "v", [IR_vsext] = "v", [IR_vmov_i2v] = "n", [IR_vadd] = "vv", [IR_vsub] = "vv",
    [IR_vmul] = "vv", [IR_vand] = "vv", [IR_vor] = "vv", [IR_vxor] = "vv", [IR_vandc] = "vv",
    [IR_vorc] = "vv", [IR_vnot] = "v", [IR_vneg] = "v", [IR_vabs] = "v", [IR_vbsl] = "vvv",
    [IR_vcmpeq] = "vv", [IR_vcmpgt] = "vv", [IR_vcmpge] = "vv", [IR_vcmphi] = "vv",
    [IR_vcmphs] = "vv", [IR_vshli] = "v", [IR_vshri] = "v", [IR_vsari] = "v", [IR_vsmin] = "vv",
    [IR_vsmax] = "vv", [IR_vumin] = "vv", [IR_vumax] = "vv", [IR_vzip1] = "vv",
    [IR_vzip2] = "vv", [IR_vuzp1] = "vv", [IR_vuzp2] = "vv", [IR_vtrn1] = "vv",
    [IR_vtrn2] = "vv", [IR_vextb] = "vv", [IR_vtbl1] = "vv", [IR_vrev] = "v", [IR_vcnt] = "v",
    [IR_vwidenu] = "v", [IR_vwidens] = "v", [IR_vnarrow] = "v",
    [IR_vsqadd] = "vv", [IR_vuqadd] = "vv", [IR_vsqsub] = "vv", [IR_vuqsub] = "vv",
    [IR_vorx] = "vvv", [IR_vxor3] = "vvv", [IR_vdot] = "vv",
    [IR_vinsl] = "vv", [IR_vmulls] = "vv", [IR_vmullu] = "vv", [IR_vdmulh] = "vv",
    [IR_vushl] = "vv", [IR_vsshl] = "vv", [IR_vuavg] = "vv", [IR_vushlov] = "vvv",
    [IR_vsshlov] = "vvv", [IR_vsumb] = "v", [IR_vminh] = "v", [IR_vaddlps] = "v",
    [IR_vaddlpu] = "v", [IR_vclz] = "v", [IR_vrbit] = "v",
    [IR_vshuf32] = "vv", [IR_vrotl] = "v", [IR_vaesenc] = "vv", [IR_vaesdec] = "vv",
    [IR_vaesmc] = "v", [IR_vclmul] = "vv", [IR_vpmull8] = "vv", [IR_vsha1r] = "vv",
    [IR_vsha256r] = "vvv", [IR_vsha256su0] = "vv", [IR_vsha256su1] = "vv", [IR_vsm4r] = "vv",
};

static bool type_fits(const IrInsn *in, char letter, IrType got, IrType before)
{
    switch (letter) {
    case 't': case 'a': return got == in->type;
    case 'n': return ir_is_int(got);
    case 's': return got == before;
    case 'i': return got == IR_I32;
    case 'l': return got == IR_I64;
    case 'v': return got == IR_V128;
    case 'f': return got == IR_FLAGS;
    case 'e': return got == (in->aux == 3 ? IR_I64 : IR_I32);
    case 'x': return ir_is_int(got) && got == in->aux2;
    case 'c': return got == (in->aux2 & 2 ? IR_I64 : IR_I32);
    default:  return false;
    }
}

static const char *check_operands(const IrBlock *b, unsigned at)
{
    const IrInsn *in = &b->insns[at];
    const IrHelper *h = in->op == IR_call ? (const IrHelper *)(intptr_t)in->imm : NULL;
    unsigned n = h ? h->n_args : ir_op_info[in->op].n_args;
    const char *letters = ir_op_info[in->op].flags & IROF_SCALAR ? "tt" : ir_operand_types[in->op];
    IrType before = IR_NONE;

    for (unsigned i = 0; i < 4; i++) {
        IrRef a = in->arg[i];
        if (i >= n) {
            if (a != IR_NO_REF) {
                return "an operand too many";
            }
            continue;
        }
        if (a == IR_NO_REF) {
            return "an operand is missing";
        }
        if (a >= at) {
            return "an operand is used before it is defined";
        }
        IrType got = b->insns[a].type;
        if (!(ir_op_info[b->insns[a].op].results & ~(1u << IR_NONE)) || got == IR_NONE) {
            return "an operand is an instruction without result";
        }
        if (h ? got != h->args[i] : !type_fits(in, letters[i], got, before)) {
            return "an operand has the wrong type";
        }
        before = got;
    }
    return NULL;
}

static const char *check_memory(const IrInsn *in)
{
    unsigned size = in->aux & IR_MO_SIZE;

    if (size > (in->type == IR_V128 ? IR_MO_128 : in->type == IR_I64 ? IR_MO_64 : IR_MO_32)) {
        return "the access is larger than the value";
    }
    if (ir_mo_is_pair(in->aux)) {
        if ((in->op != IR_ld && in->op != IR_st) || (in->aux & IR_MO_RELEASE)) {
            return "only plain loads and stores are of pairs";
        }
    } else if ((in->aux & IR_MO_SIGN) && (in->op != IR_ld || in->type == IR_V128)) {
        return "only integer loads extend the sign";
    }
    if (in->aux2 >= TCG_MMU_INDEXES) {
        return "no such mmu index";
    }
    return in->imm == (int32_t)in->imm ? NULL : "the displacement does not fit in 32 bits";
}

static const char *check_env(const IrInsn *in)
{
    switch ((IrType)in->type) {
    case IR_I32:   return in->aux2 <= 2 ? NULL : "the access is larger than the value";
    case IR_I64:   return in->aux2 <= 3 ? NULL : "the access is larger than the value";
    case IR_V128:  return in->aux2 == 3 || in->aux2 == 4 ? NULL : "vectors: 8 or 16 bytes of env";
    case IR_FLAGS: return in->aux2 == 2 ? NULL : "flags are 4 bytes of env";
    default:       return "a value has no type";
    }
}

/* AUX, AUX2 of vectors: element size, and the lane, count or byte. */
static const char *check_vector(const IrBlock *b, const IrInsn *in)
{
    unsigned bits = 8u << (in->aux & 3), lanes = 128 / bits;
    bool ok = in->aux <= 3;

    switch (in->op) {
    case IR_vimm:    ok = in->aux2 < b->n_vconsts; break;
    case IR_vduplane: case IR_vins: ok = ok && in->aux2 < lanes; break;
    case IR_vext: case IR_vsext:
        ok = ok && in->aux2 < lanes && (in->aux < 3 || in->type == IR_I64);
        break;
    case IR_vmul: case IR_vwidenu: case IR_vwidens: case IR_vnarrow: case IR_vaddlps:
    case IR_vaddlpu: case IR_vclz:
        ok = in->aux <= 2;
        break;
    case IR_vmulls: case IR_vmullu: ok = in->aux <= 2 && in->aux2 <= 1; break;
    case IR_vdmulh:  ok = (in->aux == 1 || in->aux == 2) && in->aux2 <= 1; break;
    case IR_vuavg:   ok = in->aux <= 1; break;
    case IR_vushl: case IR_vsshl: ok = ok && in->aux2 <= 1; break;
    case IR_vshli:   ok = ok && in->aux2 < bits; break;
    case IR_vshri: case IR_vsari: ok = ok && in->aux2 >= 1 && in->aux2 <= bits; break;
    case IR_vextb:   ok = in->aux2 < 16; break;
    case IR_vinsl:   ok = ok && (in->aux2 & 15u) < lanes && in->aux2 >> 4 < (int)lanes; break;
    case IR_vrev:    ok = in->aux < in->aux2 && in->aux2 <= 3; break;
    case IR_vrotl:   ok = ok && in->aux && in->aux2 >= 1 && in->aux2 < bits; break;
    case IR_vclmul:  ok = in->aux <= 1 && in->aux2 <= 1; break;
    case IR_vaesenc: case IR_vaesdec: case IR_vaesmc: case IR_vsha256r:
    case IR_vsm4r:   ok = in->aux <= 1; break;
    default:         break;
    }
    return ok ? NULL : "AUX or AUX2 is out of range";
}

static bool is_round(unsigned r) { return r <= IR_FR_AWAY || r == IR_FR_CURRENT; }

static bool is_frint_range(unsigned size, unsigned how)
{
    return how <= IR_FP_EXACT || (size >= 2 && (how == (IR_FP_EXACT | IR_FP_WITHIN_32)
                                                || how == (IR_FP_EXACT | IR_FP_WITHIN_64)));
}

static const char *check_fp(const IrInsn *in)
{
    unsigned size = in->aux & IR_FP_SIZE;
    bool ok = size >= 1 && in->aux <= (IR_FP_SIZE | IR_FP_ALL);

    switch (in->op) {
    case IR_fma:  ok = ok && in->aux2 <= 3; break;
    case IR_fmah: ok = in->aux == (2 | IR_FP_ALL) && in->aux2 == 0; break;
    case IR_fdenorm: ok = ok && size >= 2 && in->aux2 == 0; break;
    case IR_fscale: ok = ok && size >= 2 && in->aux2 <= 64; break;
    case IR_fcmp: ok = ok && in->aux2 <= 1 && !(in->aux & IR_FP_ALL); break;
    case IR_fcvt: ok = ok && in->aux2 >= 1 && in->aux2 <= 3 && in->aux2 != size; break;
    case IR_frint:
        ok = ok && is_round(in->aux2 & 7) && is_frint_range(size, in->aux2 & ~7u);
        break;
    case IR_ftoi: case IR_fvtoi:
        ok = ok && is_round(in->aux2 & 7) && in->aux2 <= 15;
        if (in->op == IR_ftoi) {
            ok = (ok && !(in->aux & IR_FP_ALL))
                 || (in->aux == 3 && in->type == IR_I32 && in->aux2 == (IR_FR_ZERO | IR_FP_MODULO));
        }
        break;
    case IR_ffromi: case IR_fvfromi:
        ok = ok && (in->aux2 & 127) <= (in->op == IR_ffromi ? 64u : 8u << size)
             && !(in->op == IR_ffromi && in->aux & IR_FP_ALL);
        break;
    default:
        ok = ok && in->aux2 == 0;
        break;
    }
    return ok ? NULL : "AUX or AUX2 is out of range";
}

static const char *check_aux(const IrBlock *b, const IrInsn *in)
{
    unsigned w = ev_width(in->type);
    bool ok = true;

    if (in->op >= IR_vimm) {
        return check_vector(b, in);
    }
    if (ir_is_fp(in->op)) {
        return check_fp(in);
    }
    if (ir_op_info[in->op].flags & IROF_M) {
        return check_memory(in);
    }
    switch (in->op) {
    case IR_extract: case IR_sextract: case IR_deposit:
        ok = in->aux2 >= 1 && in->aux + in->aux2 <= (int)w;
        break;
    case IR_addsl:
        ok = in->aux >= 1 && in->aux <= 3;
        break;
    case IR_extr:
        ok = in->aux < w;
        break;
    case IR_imm:
        ok = in->type == IR_I64 || (uint64_t)in->imm <= UINT32_MAX;
        break;
    case IR_setcmp: case IR_selcmp: case IR_brcmp:
        ok = in->aux <= IR_TSTEQ;
        break;
    case IR_brf: case IR_setf: case IR_selectf: case IR_ccmp:
        ok = in->aux <= IR_COND_LE;
        break;
    case IR_brbit:
        ok = in->aux < w && in->aux2 <= 1;
        break;
    case IR_crc32c: case IR_crc32:
        ok = in->aux <= (in->op == IR_crc32c ? 3 : 2);
        break;
    case IR_fence:
        ok = in->aux <= IR_FENCE_FULL;
        break;
    case IR_ld_env: case IR_st_env:
        return check_env(in);
    default:
        break;
    }
    return ok ? NULL : "AUX, AUX2 or IMM is out of range";
}

static const char *check_snapshot(const IrBlock *b, unsigned snap, unsigned at)
{
    uint64_t seen[IR_MAX_SLOTS / 64] = { 0 };

    if (snap == 0 || snap > b->n_snaps) {
        return "no such snapshot";
    }
    const IrSnap *s = &b->snaps[snap - 1];
    if (s->first > b->n_snap_entries || s->n > b->n_snap_entries - s->first) {
        return "a snapshot's entries are out of range";
    }
    for (unsigned i = 0; i < s->n; i++) {
        const IrSnapEntry *e = &b->snap_entries[s->first + i];
        if (e->slot >= b->n_slots) {
            return "a snapshot names no slot";
        }
        if (seen[e->slot / 64] >> (e->slot % 64) & 1) {
            return "a snapshot has a slot twice";
        }
        seen[e->slot / 64] |= UINT64_C(1) << (e->slot % 64);
        if (e->val == IR_NO_REF || e->val >= at) {
            return "a snapshot's value is not defined before it";
        }
        if (b->insns[e->val].type != b->slots[e->slot].type) {
            return "a snapshot's value has not its slot's type";
        }
    }
    return NULL;
}

static const char *check_exit(const IrBlock *b, unsigned id, unsigned at)
{
    if (id == 0 || id > b->n_exits) {
        return "no such exit";
    }
    const IrExit *e = &b->exits[id - 1];
    if (e->kind > IR_EXIT_LOOP || e->hint > IR_HINT_RETURN || e->branch >= IR_BRANCH_KINDS) {
        return "no such kind of exit";
    }
    if (e->kind == IR_EXIT_INDIRECT) {
        if (e->target == IR_NO_REF || e->target >= at) {
            return "an exit's target is not defined before it";
        }
        if (b->insns[e->target].type != IR_I64) {
            return "an exit's target is not I64";
        }
    }
    return check_snapshot(b, e->snap, at);
}

static const char *check_insn(const IrBlock *b, unsigned at)
{
    const IrInsn *in = &b->insns[at];

    if (in->op >= IR_OP_COUNT) {
        return "no such op";
    }
    const IrOpInfo *info = &ir_op_info[in->op];
    bool faults = info->flags & IROF_M || in->op == IR_guess;
    bool has_result = info->results != 1u << IR_NONE;

    if (in->type > IR_FLAGS || (has_result && !(info->results >> in->type & 1))) {
        return "the op cannot have this type";
    }
    if (in->op == IR_call) {
        const IrHelper *h = (const IrHelper *)(intptr_t)in->imm;
        if (!h || h->n_args > 4 || in->type != h->ret) {
            return "the call does not match its helper";
        }
        faults = h->flags & IRH_FAULTS;
    }
    const char *what = check_operands(b, at);
    if (!what) {
        what = check_aux(b, in);
    }
    if (!what) {
        what = faults ? check_snapshot(b, in->snap, at)
             : in->snap ? "a snapshot where nothing can fault" : NULL;
    }
    if (!what) {
        what = info->flags & IROF_X ? check_exit(b, in->exit, at)
             : in->exit ? "an exit where there is no branch" : NULL;
    }
    return what;
}

static const char *check_loop(const IrBlock *b, unsigned *at)
{
    for (unsigned k = 0; k < b->loop.n; k++) {
        const IrInsn *in = &b->insns[1 + k];
        *at = 1 + k;
        if (*at >= b->n_insns || b->loop.carried[k] >= b->n_slots || in->op != IR_ld_env
            || in->imm != b->slots[b->loop.carried[k]].offset) {
            return "a loop's carried slot is not loaded first";
        }
    }
    return NULL;
}

const char *ir_verify(const IrBlock *b, unsigned *at)
{
    const char *loop = b->loop.valid ? check_loop(b, at) : NULL;

    if (loop) {
        return loop;
    }
    for (unsigned i = 1; i < b->n_insns; i++) {
        const char *what = check_insn(b, i);
        bool last = i == b->n_insns - 1;
        if (!what && (b->insns[i].op == IR_exit) != last) {
            what = last ? "the block does not end with an exit" : "code after the final exit";
        }
        if (what) {
            *at = i;
            return what;
        }
    }
    *at = 0;
    return b->n_insns < 2 ? "the block is empty" : NULL;
}
