/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/parse.h"

#include <errno.h>
#include <glib.h>
#include <math.h>
#include <string.h>

bool parse_int64(const char *text, int64_t *out)
{
    const char *digits = text + (*text == '-' || *text == '+');
    char *end;

    if (!g_ascii_isdigit(*digits)) {
        return false;
    }
    errno = 0;
    gint64 v = g_ascii_strtoll(text, &end, 0);
    if (errno || *end) {
        return false;
    }
    *out = v;
    return true;
}

bool parse_uint64(const char *text, uint64_t *out)
{
    char *end;

    if (!g_ascii_isdigit(*text)) {
        return false;
    }
    errno = 0;
    guint64 v = g_ascii_strtoull(text, &end, 0);
    if (errno || *end) {
        return false;
    }
    *out = v;
    return true;
}

bool parse_bool(const char *text, bool *out)
{
    static const char *const yes[] = { "on", "yes", "true", "y" };
    static const char *const no[] = { "off", "no", "false", "n" };

    for (int i = 0; i < 4; i++) {
        if (!strcmp(text, yes[i]) || !strcmp(text, no[i])) {
            *out = !strcmp(text, yes[i]);
            return true;
        }
    }
    return false;
}

/* Take a suffix of at most one letter. */
static bool take_unit(const char *at, uint64_t default_unit, uint64_t *unit)
{
    static const char letters[] = "BKMGTPE";

    if (!*at) {
        *unit = default_unit;
        return true;
    }
    const char *which = strchr(letters, g_ascii_toupper(*at));
    if (!which || at[1]) {
        return false;
    }
    *unit = UINT64_C(1) << (10 * (which - letters));
    return true;
}

bool parse_size(const char *text, uint64_t default_unit, uint64_t *out)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    uint64_t unit, bytes;
    double fraction = 0;
    char *end;

    if (!g_ascii_isdigit(*text)) {
        return false;
    }
    errno = 0;
    guint64 whole = g_ascii_strtoull(text, &end, hex ? 16 : 10);
    if (errno) {
        return false;
    }
    if (*end == '.' && !hex) {
        const char *dot = end;
        for (end++; g_ascii_isdigit(*end); end++) {
        }
        g_autofree char *part = g_strndup(dot, end - dot);
        g_autofree char *number = g_strconcat("0", part, NULL);
        fraction = g_ascii_strtod(number, NULL);
    }
    if (!take_unit(end, default_unit, &unit) || __builtin_mul_overflow(whole, unit, &bytes) ||
        __builtin_add_overflow(bytes, (uint64_t)(fraction * (double)unit), &bytes)) {
        return false;
    }
    *out = bytes;
    return true;
}
