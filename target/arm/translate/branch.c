/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Branches (C4.1.93). */
#include "translate.h"

#include "a64_decode.h"

/* -- Immediate -- */

bool trans_B(Disas *s, const arg_B *a)
{
    gen_jump(s, s->pc + a->imm);
    return true;
}

bool trans_BL(Disas *s, const arg_BL *a)
{
    write_x(s, 30, ir_imm64(s->ir, s->pc + 4));
    gen_call(s, s->pc + a->imm);
    return true;
}
