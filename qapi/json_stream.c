/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds where each value of a stream ends by counting brackets outside strings, and hands the text
 * to the parser. It is strict only about what would make the count meaningless.
 */
#include <string.h>

#include "qapi/json.h"

struct JsonStream {
    JsonStreamFn *fn;
    void *opaque;
    GString *text;        /* of the value being collected */
    unsigned depth;       /* open brackets */
    char quote;           /* inside a string: its quote, else 0 */
    bool escaped;         /* the last byte was a backslash in a string */
    bool skipping;        /* after an error: up to the end of the line */
};

JsonStream *json_stream_new(JsonStreamFn *fn, void *opaque)
{
    JsonStream *s = g_new0(JsonStream, 1);

    s->fn = fn;
    s->opaque = opaque;
    s->text = g_string_new(NULL);
    return s;
}

void json_stream_free(JsonStream *s)
{
    if (s) {
        g_string_free(s->text, TRUE);
        g_free(s);
    }
}

static void start_over(JsonStream *s)
{
    g_string_truncate(s->text, 0);
    s->depth = 0;
    s->quote = 0;
    s->escaped = false;
}

void json_stream_reset(JsonStream *s)
{
    start_over(s);
    s->skipping = false;
}

static void report(JsonStream *s, const char *what)
{
    Error *err = NULL;

    error_set(&err, "JSON parse error, %s", what);
    start_over(s);
    s->skipping = true;
    s->fn(s->opaque, NULL, err);
    error_free(err);
}

static void finish(JsonStream *s)
{
    Error *err = NULL;
    json_t *value = json_parse(s->text->str, s->text->len, &err);

    start_over(s);
    s->fn(s->opaque, value, err);
    json_decref(value);
    error_free(err);
}

static bool is_space(uint8_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static void in_string(JsonStream *s, uint8_t c)
{
    if (c < 0x20) {
        g_autofree char *what = g_strdup_printf("control character 0x%02x in a string", c);
        report(s, what);
        s->skipping = c != '\n';
        return;
    }
    g_string_append_c(s->text, c);
    if (s->escaped) {
        s->escaped = false;
    } else if (c == '\\') {
        s->escaped = true;
    } else if (c == s->quote) {
        s->quote = 0;
        if (s->depth == 0) {
            finish(s);
        }
    }
}

static void open_bracket(JsonStream *s, uint8_t c)
{
    if (s->depth == 0 && s->text->len) {
        finish(s); /* a scalar just before it */
    }
    if (s->depth == JSON_MAX_DEPTH) {
        report(s, "nesting depth limit exceeded");
        return;
    }
    g_string_append_c(s->text, c);
    s->depth++;
}

static void close_bracket(JsonStream *s, uint8_t c)
{
    g_string_append_c(s->text, c);
    if (s->depth > 0) {
        s->depth--;
    }
    if (s->depth == 0) {
        finish(s);
    }
}

static void between(JsonStream *s, uint8_t c)
{
    if (c >= 0x7f || (c < 0x20 && !is_space(c))) {
        g_autofree char *what = g_strdup_printf("invalid byte 0x%02x", c);
        report(s, what);
    } else if (c == '{' || c == '[') {
        open_bracket(s, c);
    } else if (c == '}' || c == ']') {
        close_bracket(s, c);
    } else if (is_space(c)) {
        if (s->depth) {
            g_string_append_c(s->text, c);
        } else if (s->text->len) {
            finish(s);
        }
    } else {
        if (c == '"' || c == '\'') {
            s->quote = c;
        }
        g_string_append_c(s->text, c);
    }
}

void json_stream_feed(JsonStream *s, const uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t c = buf[i];
        if (c == 0xff) { /* never part of JSON: clients send it to get a fresh start */
            if (s->text->len) {
                report(s, "invalid byte 0xff");
            }
            s->skipping = false;
        } else if (s->skipping) {
            s->skipping = c != '\n';
        } else if (s->text->len >= JSON_MAX_BYTES) {
            report(s, "message size limit exceeded");
            s->skipping = c != '\n';
        } else if (s->quote) {
            in_string(s, c);
        } else {
            between(s, c);
        }
    }
}
