/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "json_internal.h"
#include "qapi/json.h"

static void write_unichar(GString *out, gunichar c)
{
    if (c >= 0x10000) {
        c -= 0x10000;
        g_string_append_printf(out, "\\u%04X\\u%04X", 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
    } else {
        g_string_append_printf(out, "\\u%04X", c);
    }
}

static void write_text(GString *out, const char *text, size_t len)
{
    static const char from[] = "\b\f\n\r\t\"\\", to[] = "bfnrt\"\\";
    const char *at = text, *end = text + len;

    g_string_append_c(out, '"');
    while (at < end) {
        const char *which = *at ? strchr(from, *at) : NULL;
        if (which) {
            g_string_append_c(out, '\\');
            g_string_append_c(out, to[which - from]);
            at++;
        } else if (*at >= 0x20 && *at < 0x7f) {
            g_string_append_c(out, *at++);
        } else {
            gunichar c = g_utf8_get_char_validated(at, end - at);
            bool bad = c == (gunichar)-1 || c == (gunichar)-2;
            write_unichar(out, bad ? 0xfffd : c);
            at = bad ? at + 1 : g_utf8_next_char(at);
        }
    }
    g_string_append_c(out, '"');
}

static void write_string(GString *out, const json_t *value)
{
    if (json_is_text(value)) {
        write_text(out, json_string_value(value), json_string_length(value));
    } else {
        g_string_append(out, json_string_value(value) + 1);
    }
}

/* Shortest of 15 to 17 digits that reads back as the same number. */
static void write_real(GString *out, double d)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    for (int digits = 15; digits <= 17; digits++) {
        char format[8];
        g_snprintf(format, sizeof(format), "%%.%dg", digits);
        g_ascii_formatd(text, sizeof(text), format, d);
        if (g_ascii_strtod(text, NULL) == d) {
            break;
        }
    }
    g_string_append(out, text);
}

static void new_line(GString *out, bool pretty, unsigned depth)
{
    if (pretty) {
        g_string_append_printf(out, "\n%*s", 4 * depth, "");
    }
}

static void write_value(GString *out, const json_t *value, bool pretty, unsigned depth);

static void write_object(GString *out, const json_t *value, bool pretty, unsigned depth)
{
    const char *key, *separator = "";
    json_t *member;

    g_string_append_c(out, '{');
    json_object_foreach((json_t *)value, key, member) {
        g_string_append(out, separator);
        new_line(out, pretty, depth + 1);
        write_text(out, key, strlen(key));
        g_string_append(out, ": ");
        write_value(out, member, pretty, depth + 1);
        separator = pretty ? "," : ", ";
    }
    if (json_object_size(value)) {
        new_line(out, pretty, depth);
    }
    g_string_append_c(out, '}');
}

static void write_array(GString *out, const json_t *value, bool pretty, unsigned depth)
{
    size_t n = json_array_size(value);

    g_string_append_c(out, '[');
    for (size_t i = 0; i < n; i++) {
        g_string_append(out, i == 0 ? "" : pretty ? "," : ", ");
        new_line(out, pretty, depth + 1);
        write_value(out, json_array_get(value, i), pretty, depth + 1);
    }
    if (n) {
        new_line(out, pretty, depth);
    }
    g_string_append_c(out, ']');
}

static void write_value(GString *out, const json_t *value, bool pretty, unsigned depth)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(out, value, pretty, depth);
        break;
    case JSON_ARRAY:
        write_array(out, value, pretty, depth);
        break;
    case JSON_STRING:
        write_string(out, value);
        break;
    case JSON_INTEGER:
        g_string_append_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(out, json_real_value(value));
        break;
    case JSON_TRUE:
        g_string_append(out, "true");
        break;
    case JSON_FALSE:
        g_string_append(out, "false");
        break;
    case JSON_NULL:
        g_string_append(out, "null");
        break;
    }
}

void json_write(GString *out, const json_t *value, bool pretty)
{
    write_value(out, value, pretty, 0);
}
