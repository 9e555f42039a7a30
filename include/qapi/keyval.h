/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "key=value,key=value" to a JSON object of strings, for qapi_parse() with QAPI_KEYVAL.
 *
 *   - A comma in a value is doubled.
 *   - The first piece may leave out its key if the option has an implied one: "-machine virt".
 *   - A later piece without '=' is a flag: "server" is server=on, "nowait" is wait=off.
 *   - A key given twice: the last one wins.
 *   - Text that starts with '{' is JSON with typed values: QAPI_JSON.
 *   - "help" or "?" as a piece of its own asks for help.
 */
#ifndef QAPI_KEYVAL_H
#define QAPI_KEYVAL_H

#include <glib.h>
#include <jansson.h>

#include "qapi/qapi.h"

typedef struct Keyval {
    json_t *object;           /* owned */
    QapiSpelling spelling;
    bool help;
} Keyval;

/* @implied: key of the first piece, or NULL. */
bool keyval_parse(const char *text, const char *implied, Keyval *out, Error **errp) MUST_CHECK;
void keyval_clear(Keyval *kv);

/* The text of @key or NULL; owned by @kv. */
const char *keyval_get(const Keyval *kv, const char *key);

/*
 * keyval_parse() and qapi_parse() in one, for options whose parameters are all in struct type
 * @type. A parameter it does not have: "Invalid parameter 'x'".
 */
bool keyval_parse_struct(const char *text, const char *implied, const QapiType *type, void *out,
                         Error **errp) MUST_CHECK;
/* The lines "  name=<type>" for the help of such an option, sorted. */
void keyval_describe(GString *out, const QapiType *type);

#endif
