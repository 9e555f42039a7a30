/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 8259, plus 'single quoted' strings as QMP has always taken them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json_internal.h"
#include "qapi/json.h"

typedef struct Parser {
    const char *at, *end;
    unsigned depth;
    Error **errp;
} Parser;

static json_t *parse_value(Parser *p);

/* -- Numbers -- */

json_t *json_u64(uint64_t value)
{
    char text[24];

    if (value <= INT64_MAX) {
        return json_integer((json_int_t)value);
    }
    int len = snprintf(text, sizeof(text), "%c%" G_GUINT64_FORMAT, BIG_MARK, value);
    return json_stringn_nocheck(text, len);
}

static bool is_big(const json_t *value)
{
    return json_is_string(value) && json_string_length(value) > 0 &&
           json_string_value(value)[0] == BIG_MARK;
}

bool json_is_text(const json_t *value) { return json_is_string(value) && !is_big(value); }

bool json_get_u64(const json_t *value, uint64_t *out)
{
    if (is_big(value)) {
        *out = g_ascii_strtoull(json_string_value(value) + 1, NULL, 10);
        return true;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        return false;
    }
    *out = json_integer_value(value);
    return true;
}

bool json_get_i64(const json_t *value, int64_t *out)
{
    if (!json_is_integer(value)) {
        return false;
    }
    *out = json_integer_value(value);
    return true;
}

static json_t *fail(Parser *p, const char *what)
{
    error_set(p->errp, "JSON parse error, %s", what);
    return NULL;
}

static bool take_digits(Parser *p)
{
    const char *start = p->at;

    while (p->at < p->end && g_ascii_isdigit(*p->at)) {
        p->at++;
    }
    return p->at > start;
}

static json_t *number_value(const char *text, bool whole)
{
    if (whole) {
        errno = 0;
        long long i = strtoll(text, NULL, 10);
        if (!errno) {
            return json_integer(i);
        }
        errno = 0;
        unsigned long long u = strtoull(text, NULL, 10);
        if (!errno && text[0] != '-') {
            return json_u64(u);
        }
    }
    return json_real(g_ascii_strtod(text, NULL)); /* NULL when infinite */
}

static json_t *parse_number(Parser *p)
{
    const char *start = p->at;
    bool whole = true, good = true;

    p->at += *p->at == '-';
    if (p->at < p->end && *p->at == '0') {
        p->at++;
    } else {
        good = take_digits(p);
    }
    if (good && p->at < p->end && *p->at == '.') {
        p->at++;
        whole = false;
        good = take_digits(p);
    }
    if (good && p->at < p->end && (*p->at == 'e' || *p->at == 'E')) {
        p->at++;
        whole = false;
        p->at += p->at < p->end && (*p->at == '+' || *p->at == '-');
        good = take_digits(p);
    }
    if (!good || (p->at < p->end && g_ascii_isalnum(*p->at))) {
        return fail(p, "invalid number");
    }
    g_autofree char *text = g_strndup(start, p->at - start);
    json_t *value = number_value(text, whole);
    return value ? value : fail(p, "number out of range");
}

/* -- Strings -- */

static bool take_hex4(Parser *p, uint32_t *out)
{
    uint32_t v = 0;

    if (p->end - p->at < 4) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(*p->at++);
        if (digit < 0) {
            return false;
        }
        v = v << 4 | digit;
    }
    *out = v;
    return true;
}

static bool take_unicode_escape(Parser *p, GString *out)
{
    uint32_t c, low;

    if (!take_hex4(p, &c) || c == 0) {
        return false;
    }
    if (c >= 0xd800 && c <= 0xdbff) {
        if (p->end - p->at < 2 || p->at[0] != '\\' || p->at[1] != 'u') {
            return false;
        }
        p->at += 2;
        if (!take_hex4(p, &low) || low < 0xdc00 || low > 0xdfff) {
            return false;
        }
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    } else if (c >= 0xdc00 && c <= 0xdfff) {
        return false;
    }
    g_string_append_unichar(out, c);
    return true;
}

static bool take_escape(Parser *p, GString *out)
{
    static const char from[] = "bfnrt\"'\\/", to[] = "\b\f\n\r\t\"'\\/";

    if (p->at == p->end) {
        return false;
    }
    char c = *p->at++;
    if (c == 'u') {
        return take_unicode_escape(p, out);
    }
    const char *which = strchr(from, c);
    if (!c || !which) {
        return false;
    }
    g_string_append_c(out, to[which - from]);
    return true;
}

/* At the opening quote. Text of the string, or NULL. */
static GString *take_string(Parser *p)
{
    char quote = *p->at++;
    GString *out = g_string_new(NULL);

    while (p->at < p->end && *p->at != quote) {
        char c = *p->at++;
        if ((unsigned char)c < 0x20) {
            break;
        }
        if (c != '\\') {
            g_string_append_c(out, c);
        } else if (!take_escape(p, out)) {
            fail(p, "invalid escape sequence in string");
            g_string_free(out, TRUE);
            return NULL;
        }
    }
    if (p->at == p->end || *p->at != quote) {
        fail(p, "string is not terminated");
    } else if (!g_utf8_validate(out->str, out->len, NULL)) {
        fail(p, "invalid UTF-8 sequence in string");
    } else {
        p->at++;
        return out;
    }
    g_string_free(out, TRUE);
    return NULL;
}

static json_t *parse_string(Parser *p)
{
    GString *text = take_string(p);

    if (!text) {
        return NULL;
    }
    json_t *value = json_stringn(text->str, text->len);
    g_string_free(text, TRUE);
    return value;
}

/* -- Structure -- */

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static void skip_space(Parser *p)
{
    while (p->at < p->end && is_space(*p->at)) {
        p->at++;
    }
}

static bool take_char(Parser *p, char c)
{
    skip_space(p);
    if (p->at < p->end && *p->at == c) {
        p->at++;
        return true;
    }
    return false;
}

static bool parse_pair(Parser *p, json_t *object)
{
    skip_space(p);
    if (p->at == p->end || (*p->at != '"' && *p->at != '\'')) {
        fail(p, "key is not a string in object");
        return false;
    }
    GString *key = take_string(p);
    if (!key) {
        return false;
    }
    json_t *value = NULL;
    if (json_object_get(object, key->str)) {
        fail(p, "duplicate key");
    } else if (!take_char(p, ':')) {
        fail(p, "missing : in object pair");
    } else {
        value = parse_value(p);
    }
    bool done = value && !json_object_set_new_nocheck(object, key->str, value);
    g_string_free(key, TRUE);
    return done;
}

static json_t *parse_object(Parser *p)
{
    json_t *object = json_object();

    p->at++;
    if (take_char(p, '}')) {
        return object;
    }
    while (parse_pair(p, object)) {
        if (take_char(p, '}')) {
            return object;
        }
        if (!take_char(p, ',')) {
            fail(p, "expected separator in dict");
            break;
        }
    }
    json_decref(object);
    return NULL;
}

static json_t *parse_array(Parser *p)
{
    json_t *array = json_array(), *value;

    p->at++;
    if (take_char(p, ']')) {
        return array;
    }
    while ((value = parse_value(p))) {
        json_array_append_new(array, value);
        if (take_char(p, ']')) {
            return array;
        }
        if (!take_char(p, ',')) {
            fail(p, "expected separator in list");
            break;
        }
    }
    json_decref(array);
    return NULL;
}

static json_t *parse_keyword(Parser *p)
{
    const char *start = p->at;

    while (p->at < p->end && (g_ascii_isalnum(*p->at) || *p->at == '_' || *p->at == '-')) {
        p->at++;
    }
    g_autofree char *word = g_strndup(start, p->at - start);
    if (!strcmp(word, "true")) {
        return json_true();
    } else if (!strcmp(word, "false")) {
        return json_false();
    } else if (!strcmp(word, "null")) {
        return json_null();
    }
    error_set(p->errp, "JSON parse error, invalid keyword '%s'", word);
    return NULL;
}

static json_t *parse_nested(Parser *p)
{
    if (p->depth == JSON_MAX_DEPTH) {
        return fail(p, "nesting depth limit exceeded");
    }
    p->depth++;
    json_t *value = *p->at == '{' ? parse_object(p) : parse_array(p);
    p->depth--;
    return value;
}

static json_t *parse_value(Parser *p)
{
    skip_space(p);
    if (p->at == p->end) {
        return fail(p, "expecting value");
    }
    switch (*p->at) {
    case '{': case '[':
        return parse_nested(p);
    case '"': case '\'':
        return parse_string(p);
    case '-': case '0' ... '9':
        return parse_number(p);
    case 'a' ... 'z': case 'A' ... 'Z':
        return parse_keyword(p);
    default:
        return fail(p, "expecting value");
    }
}

json_t *json_parse(const char *text, size_t len, Error **errp)
{
    Parser p = { text, text + len, 0, errp };
    json_t *value = parse_value(&p);

    skip_space(&p);
    if (value && p.at != p.end) {
        json_decref(value);
        return fail(&p, "unexpected text after the value");
    }
    return value;
}
