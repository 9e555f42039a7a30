/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON text: a parser for one value, a splitter for a stream of values, and a writer.
 *
 * Values are jansson's json_t (references as jansson documents them). The text side is ours,
 * because QMP needs what jansson's loader lacks: values without separators in a byte stream,
 * recovery after bad input, limits, 'single quotes', and the whole range of uint64_t.
 *
 * A number above INT64_MAX that fits uint64_t is kept exactly, as a value only these functions
 * make and read (json_u64(), json_get_u64()).
 *
 * Threads: any; a JsonStream belongs to one thread.
 */
#ifndef QAPI_JSON_H
#define QAPI_JSON_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

#define JSON_MAX_DEPTH 64
#define JSON_MAX_BYTES (1024 * 1024)   /* of one value's text in a stream */

json_t *json_u64(uint64_t value);
/* False if @value is not an integer in 0 .. UINT64_MAX. */
bool json_get_u64(const json_t *value, uint64_t *out);
/* False if @value is not an integer in INT64_MIN .. INT64_MAX. */
bool json_get_i64(const json_t *value, int64_t *out);
/* True for strings a client can have sent (not for json_u64() values). */
bool json_is_text(const json_t *value);

/* Exactly one value in @text. New reference, or NULL with *errp set. */
json_t *json_parse(const char *text, size_t len, Error **errp);

/* Append the text of @value; ASCII only. @pretty: over several lines, four spaces a level. */
void json_write(GString *out, const json_t *value, bool pretty);

/* -- A stream of values -- */

/* One of: a value (borrowed, valid during the call) or an error (borrowed). */
typedef void JsonStreamFn(void *opaque, json_t *value, const Error *err);
typedef struct JsonStream JsonStream;

JsonStream *json_stream_new(JsonStreamFn *fn, void *opaque);
void json_stream_free(JsonStream *stream);
/*
 * Take bytes; call back for each complete value and each error, in order. After an error that
 * leaves it unclear where the next value starts (control character or invalid byte, value too
 * deep or too long), input is dropped up to the end of the line.
 */
void json_stream_feed(JsonStream *stream, const uint8_t *buf, size_t len);
void json_stream_reset(JsonStream *stream);

#endif
