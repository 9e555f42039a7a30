/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qapi/keyval.h"

#include <glib.h>
#include <string.h>

#include "qapi/json.h"

/* Take the text up to a single comma, turning ",," into ",". */
static char *take_piece(const char **at)
{
    GString *piece = g_string_new(NULL);
    const char *c = *at;

    while (*c && !(c[0] == ',' && c[1] != ',')) {
        c += c[0] == ',';
        g_string_append_c(piece, *c++);
    }
    *at = *c ? c + 1 : c;
    return g_string_free(piece, FALSE);
}

static bool is_key(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!g_ascii_isalnum(text[i]) && !strchr("-_.+", text[i])) {
            return false;
        }
    }
    return len > 0;
}

static void set(Keyval *kv, const char *key, const char *value)
{
    json_t *text = json_string(value);

    if (!text) {
        g_autofree char *valid = g_utf8_make_valid(value, -1);
        text = json_string(valid);
    }
    json_object_del(kv->object, key);
    json_object_set_new_nocheck(kv->object, key, text);
}

static bool add_piece(Keyval *kv, const char *piece, const char *implied, Error **errp)
{
    const char *equals = strchr(piece, '=');

    if (!strcmp(piece, "help") || !strcmp(piece, "?")) {
        kv->help = true;
    } else if (equals && is_key(piece, equals - piece)) {
        g_autofree char *key = g_strndup(piece, equals - piece);
        set(kv, key, equals + 1);
    } else if (implied) {
        set(kv, implied, piece);
    } else if (!is_key(piece, strlen(piece))) {
        return error_set(errp, "Expected parameter before '%s'", piece);
    } else if (g_str_has_prefix(piece, "no") && piece[2]) {
        set(kv, piece + 2, "off");
    } else {
        set(kv, piece, "on");
    }
    return true;
}

bool keyval_parse(const char *text, const char *implied, Keyval *out, Error **errp)
{
    *out = (Keyval){ .spelling = QAPI_KEYVAL };
    if (text[0] == '{') {
        out->object = json_parse(text, strlen(text), errp);
        out->spelling = QAPI_JSON;
        if (out->object && !json_is_object(out->object)) {
            keyval_clear(out);
            return error_set(errp, "JSON object expected");
        }
        return out->object != NULL;
    }
    out->object = json_object();
    while (*text) {
        g_autofree char *piece = take_piece(&text);
        if (!add_piece(out, piece, implied, errp)) {
            keyval_clear(out);
            return false;
        }
        implied = NULL;
    }
    return true;
}

void keyval_clear(Keyval *kv)
{
    json_decref(kv->object);
    *kv = (Keyval){ 0 };
}

const char *keyval_get(const Keyval *kv, const char *key)
{
    return json_string_value(json_object_get(kv->object, key));
}

static bool has_member(const QapiType *type, const char *name)
{
    for (unsigned i = 0; i < type->n_members; i++) {
        if (!strcmp(type->members[i].name, name)) {
            return true;
        }
    }
    return false;
}

bool keyval_parse_struct(const char *text, const char *implied, const QapiType *type, void *out,
                         Error **errp)
{
    Keyval kv;
    const char *key;
    json_t *value;
    bool good = true;

    if (!keyval_parse(text, implied, &kv, errp)) {
        return false;
    }
    json_object_foreach(kv.object, key, value) {
        if (!has_member(type, key)) {
            good = error_set(errp, "Invalid parameter '%s'", key);
            break;
        }
    }
    good = good && qapi_parse(type, kv.object, kv.spelling, "", out, errp);
    keyval_clear(&kv);
    return good;
}

static const char *type_text(const QapiType *type)
{
    switch (type->kind) {
    case QAPI_INT: case QAPI_UINT: case QAPI_NUMBER:
        return "num";
    case QAPI_SIZE:
        return "size";
    case QAPI_BOOL:
        return "bool (on/off)";
    default:
        return "str";
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void keyval_describe(GString *out, const QapiType *type)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (unsigned i = 0; i < type->n_members; i++) {
        const QapiMember *m = &type->members[i];
        g_ptr_array_add(lines, g_strdup_printf("  %s=<%s>\n", m->name, type_text(m->type)));
    }
    g_ptr_array_sort(lines, by_text);
    for (guint i = 0; i < lines->len; i++) {
        g_string_append(out, g_ptr_array_index(lines, i));
    }
}
