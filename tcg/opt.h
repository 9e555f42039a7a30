/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The passes, one a file. */
#ifndef TCG_OPT_H
#define TCG_OPT_H

#include "tcg/ir.h"

/*
 * Remove pure instructions, loads from env and calls of pure helpers whose values nobody uses, and
 * renumber. The block cannot be built further afterwards.
 */
void ir_pass_dce(IrBlock *b);

#endif
