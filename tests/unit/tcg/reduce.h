/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Make a failing block small. */
#ifndef TESTS_UNIT_TCG_REDUCE_H
#define TESTS_UNIT_TCG_REDUCE_H

#include "toy.h"

/*
 * Replace instructions of @b by constants and loads of slots, and shorten snapshots, as
 * long as @fails says that the block still does. @b must fail on entry, and does on return.
 */
void reduce_block(IrBlock *b, bool (*fails)(IrBlock *b, void *opaque), void *opaque);

#endif
