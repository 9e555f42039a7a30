/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block as text:
 *
 *     block 0x40080000, 2 guest instructions
 *         v1:i64 = ld_env x0
 *         v3:i64 = add v1, 0x10
 *         v4:i64 = ld.u32 [v3 + 0x8], mmu 1            ; 0x40080004 {x0=v3}
 *         brcmp.eq.i64 v4, 0x0 -> exit 0
 *         exit -> exit 1
 *     exit 0: jump 0x40080010                          ; 0x40080004 {x0=v3}
 */
#include <inttypes.h>

#include "tcg/internal/builder.h"

static const char *const type_names[] = { "none", "i32", "i64", "v128", "flags" };
static const char *const cmp_names[] = {
    "eq", "ne", "lts", "ges", "les", "gts", "ltu", "geu", "leu", "gtu", "tstne", "tsteq",
};
static const char *const cond_names[] = {
    "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv",
};

static const char *name_in(const char *const *names, size_t n, unsigned i)
{
    return i < n ? names[i] : "?";
}
#define NAME(table, i) name_in(table, sizeof(table) / sizeof((table)[0]), i)

static void print_signed(int64_t v, FILE *out)
{
    fprintf(out, v < 0 ? " - 0x%" PRIx64 : " + 0x%" PRIx64, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static void print_value(const IrBlock *b, IrRef a, FILE *out)
{
    const IrInsn *d = a < b->n_insns ? &b->insns[a] : NULL;

    if (a == IR_NO_REF || !d) {
        fprintf(out, "v%u?", a);
    } else if (d->op == IR_imm) {
        fprintf(out, "0x%" PRIx64, (uint64_t)d->imm);
    } else if (d->op == IR_vimm && d->aux2 < b->n_vconsts) {
        fprintf(out, "0x%016" PRIx64 "'%016" PRIx64, b->vconsts[d->aux2][1],
                b->vconsts[d->aux2][0]);
    } else {
        fprintf(out, "v%u", a);
    }
}

static void print_snap(const IrBlock *b, unsigned snap, FILE *out)
{
    if (snap == 0 || snap > b->n_snaps) {
        return;
    }
    const IrSnap *s = &b->snaps[snap - 1];
    fprintf(out, "  ; 0x%" PRIx64 " {", s->guest_pc);
    for (unsigned i = 0; i < s->n && s->first + i < b->n_snap_entries; i++) {
        const IrSnapEntry *e = &b->snap_entries[s->first + i];
        fprintf(out, "%s%s=", i ? ", " : "", e->slot < b->n_slots ? b->slots[e->slot].name : "?");
        print_value(b, e->val, out);
    }
    fputc('}', out);
}

static void print_operands(const IrBlock *b, const IrInsn *in, unsigned from, FILE *out)
{
    for (unsigned i = from; i < 4 && in->arg[i]; i++) {
        fputs(i > from ? ", " : " ", out);
        print_value(b, in->arg[i], out);
    }
}

static void print_env(const IrBlock *b, const IrInsn *in, FILE *out)
{
    const char *name = NULL;

    for (unsigned i = 0; i < b->n_slots && !name; i++) {
        name = b->slots[i].offset == in->imm && b->slots[i].type == in->type ? b->slots[i].name
                                                                             : NULL;
    }
    if (name) {
        fprintf(out, "%s %s", ir_op_info[in->op].name, name);
    } else {
        fprintf(out, "%s.%u [env", ir_op_info[in->op].name, 8u << in->aux2);
        print_signed(in->imm, out);
        fputc(']', out);
    }
    if (in->op == IR_st_env) {
        fputc(',', out);
        print_operands(b, in, 0, out);
    }
}

static void print_memory(const IrBlock *b, const IrInsn *in, FILE *out)
{
    bool pair = ir_mo_is_pair(in->aux);

    fprintf(out, "%s.%s%u%s%s%s%s%s [", ir_op_info[in->op].name,
            in->aux & IR_MO_SIGN && !pair ? "s" : "u", 8u << (in->aux & IR_MO_SIZE),
            pair ? ".pair" : "", in->aux & IR_MO_ALIGN ? ".aligned" : "",
            in->aux & IR_MO_ALIGN16 ? ".within16" : "", in->aux & IR_MO_ACQUIRE ? ".acquire" : "",
            in->aux & IR_MO_RELEASE ? ".release" : "");
    print_value(b, in->arg[0], out);
    if (in->imm) {
        print_signed(in->imm, out);
    }
    fputc(']', out);
    if (in->arg[1]) {
        fputc(',', out);
        print_operands(b, in, 1, out);
    }
    fprintf(out, ", mmu %u", in->aux2);
}

static void print_call(const IrBlock *b, const IrInsn *in, FILE *out)
{
    const IrHelper *h = (const IrHelper *)(intptr_t)in->imm;

    fprintf(out, "call %s(", h->name);
    for (unsigned i = 0; i < h->n_args && i < 4; i++) {
        fputs(i ? ", " : "", out);
        print_value(b, in->arg[i], out);
    }
    fputc(')', out);
}

/* Everything that is name, suffixes, operands, and small numbers at the end. */
static void print_plain(const IrBlock *b, const IrInsn *in, FILE *out)
{
    fputs(ir_op_info[in->op].name, out);
    switch (in->op) {
    case IR_setcmp: case IR_selcmp:
        fprintf(out, ".%s", NAME(cmp_names, in->aux));
        break;
    case IR_brcmp:
        fprintf(out, ".%s.%s", NAME(cmp_names, in->aux), NAME(type_names, in->type));
        break;
    case IR_brf: case IR_setf: case IR_selectf:
        fprintf(out, ".%s", NAME(cond_names, in->aux));
        break;
    case IR_ccmp:
        fprintf(out, ".%s.%s", NAME(cond_names, in->aux), in->aux2 & 1 ? "add" : "sub");
        break;
    case IR_imm:
        fprintf(out, " 0x%" PRIx64, (uint64_t)in->imm);
        break;
    case IR_vimm:
        fputc(' ', out);
        print_value(b, (IrRef)(in - b->insns), out);
        break;
    case IR_fence:
        fprintf(out, ".%s", in->aux == IR_FENCE_LD ? "ld" : in->aux == IR_FENCE_ST ? "st" : "full");
        break;
    case IR_crc32c: case IR_crc32:
        fprintf(out, ".%u", 8u << (in->aux & 3));
        break;
    default:
        if (ir_is_fp(in->op)) {
            fprintf(out, ".f%u%s", 8u << (in->aux & IR_FP_SIZE), in->aux & IR_FP_ALL ? "v" : "");
        } else if (in->op > IR_vimm) {
            fprintf(out, ".%u", 8u << (in->aux & 3));
        }
        break;
    }
    print_operands(b, in, 0, out);
    switch (in->op) {
    case IR_extract: case IR_sextract: case IR_deposit: case IR_brbit:
        fprintf(out, ", %u, %u", in->aux, in->aux2);
        break;
    case IR_extr: case IR_addsl:
        fprintf(out, ", %u", in->aux);
        break;
    case IR_ccmp:
        fprintf(out, ", else 0x%" PRIx64, (uint64_t)in->imm);
        break;
    case IR_fma: case IR_fcmp: case IR_fcvt: case IR_frint: case IR_ftoi: case IR_ffromi:
    case IR_fvtoi: case IR_fvfromi:
    case IR_vduplane: case IR_vins: case IR_vext: case IR_vsext: case IR_vshli: case IR_vshri:
    case IR_vsari: case IR_vextb: case IR_vrev: case IR_vshuf32: case IR_vrotl: case IR_vclmul:
    case IR_vinsl: case IR_vushl: case IR_vsshl: case IR_vmulls: case IR_vmullu: case IR_vdmulh:
        fprintf(out, ", %u", in->aux2);
        break;
    default:
        break;
    }
}

static void print_insn(const IrBlock *b, unsigned at, FILE *out)
{
    const IrInsn *in = &b->insns[at];

    fputs("    ", out);
    if (in->op >= IR_OP_COUNT) {
        fprintf(out, "v%u = op %u?\n", at, in->op);
        return;
    }
    if (in->type != IR_NONE && ir_op_info[in->op].results != 1u << IR_NONE) {
        fprintf(out, "v%u:%s = ", at, NAME(type_names, in->type));
    }
    if (in->op == IR_ld_env || in->op == IR_st_env) {
        print_env(b, in, out);
    } else if (ir_op_info[in->op].flags & IROF_M) {
        print_memory(b, in, out);
    } else if (in->op == IR_call) {
        print_call(b, in, out);
    } else {
        print_plain(b, in, out);
    }
    if (in->exit) {
        fprintf(out, " -> exit %u", in->exit - 1u);
    }
    print_snap(b, in->snap, out);
    fputc('\n', out);
}

static void print_exit(const IrBlock *b, unsigned id, FILE *out)
{
    static const char *const kinds[] = { "jump", "indirect", "lookup", "loop" };
    const IrExit *e = &b->exits[id];

    fprintf(out, "exit %u: %s", id, NAME(kinds, e->kind));
    if (e->kind == IR_EXIT_JUMP || e->kind == IR_EXIT_LOOP) {
        fprintf(out, " 0x%" PRIx64, e->pc);
    } else if (e->kind == IR_EXIT_INDIRECT) {
        fputc(' ', out);
        print_value(b, e->target, out);
        if (e->branch) {
            fprintf(out, " kind %u", e->branch);
        }
    }
    if (e->hint == IR_HINT_CALL) {
        fprintf(out, " (call, returns to 0x%" PRIx64 ")", e->return_pc);
    } else if (e->hint == IR_HINT_RETURN) {
        fputs(" (return)", out);
    }
    print_snap(b, e->snap, out);
    fputc('\n', out);
}

void ir_print(const IrBlock *b, FILE *out)
{
    fprintf(out, "block 0x%" PRIx64 ", %u guest instructions\n", b->pc, b->guest_insns);
    for (unsigned i = 1; i < b->n_insns; i++) {
        /* Constants are shown where they are used. */
        if (b->insns[i].op != IR_imm && b->insns[i].op != IR_vimm) {
            print_insn(b, i, out);
        }
    }
    for (unsigned i = 0; i < b->n_exits; i++) {
        print_exit(b, i, out);
    }
}
