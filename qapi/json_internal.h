/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef QAPI_JSON_INTERNAL_H
#define QAPI_JSON_INTERNAL_H

/* First byte of the string that stands for a number above INT64_MAX: never part of UTF-8. */
#define BIG_MARK '\xff'

#endif
