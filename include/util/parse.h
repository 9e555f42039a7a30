/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scalars as the command line spells them. Pure functions: true and *out set, or false and *out
 * untouched. The whole text must be used; leading spaces are refused.
 */
#ifndef UTIL_PARSE_H
#define UTIL_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal, 0x hexadecimal or 0 octal. parse_int64 takes a sign. */
bool parse_int64(const char *text, int64_t *out);
bool parse_uint64(const char *text, uint64_t *out);
/* on/yes/true/y and off/no/false/n */
bool parse_bool(const char *text, bool *out);
/*
 * A size: number, optional fraction ("1.5G"), optional suffix B K M G T P E in either case. A bare
 * number counts units of @default_unit bytes.
 */
bool parse_size(const char *text, uint64_t default_unit, uint64_t *out);

#endif
