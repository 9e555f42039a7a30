/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two spellings of a character device on the command line. */
#include <string.h>

#include "chardev/host.h"
#include "qapi/json.h"
#include "qapi/keyval.h"

/* Which parameters belong to which backend, besides those of all. */
static const struct { const char *name; const char *members; } allowed[] = {
    [CHARDEV_KIND_FILE] = { "file", "path input-path append" },
    [CHARDEV_KIND_NULL] = { "null", "" },
    [CHARDEV_KIND_PIPE] = { "pipe", "path" },
    [CHARDEV_KIND_PTY] = { "pty", "path" },
    [CHARDEV_KIND_RINGBUF] = { "ringbuf", "size" },
    [CHARDEV_KIND_SOCKET] = { "socket", "path fd host port to ipv4 ipv6 server wait telnet delay "
                              "nodelay reconnect reconnect-ms abstract tight" },
    [CHARDEV_KIND_STDIO] = { "stdio", "signal" },
    [CHARDEV_KIND_VC] = { "vc", "width height cols rows" },
};
static const char for_all[] = "backend mux logfile logappend";

static bool in_list(const char *list, const char *word)
{
    g_auto(GStrv) words = g_strsplit(list, " ", -1);

    return g_strv_contains((const char *const *)words, word);
}

static bool check_members(const char *backend, json_t *object, Error **errp)
{
    const char *key;
    json_t *value;
    int kind = qapi_enum_parse(&qapi_type_ChardevKind, backend);

    if (kind < 0) {
        return error_set(errp, "'%s' is not a valid char driver name", backend);
    }
    json_object_foreach(object, key, value) {
        if (!in_list(for_all, key) && !in_list(allowed[kind].members, key)) {
            return error_set(errp, "Invalid parameter '%s'", key);
        }
    }
    return true;
}

static bool is_identifier(const char *id)
{
    if (!g_ascii_isalpha(*id)) {
        return false;
    }
    for (; *id; id++) {
        if (!g_ascii_isalnum(*id) && !strchr("-._", *id)) {
            return false;
        }
    }
    return true;
}

static bool take_id(json_t *object, char **id, Error **errp)
{
    json_t *value = json_object_get(object, "id");

    if (!value) {
        return error_set(errp, "chardev: no id specified");
    }
    if (!json_is_text(value) || !is_identifier(json_string_value(value))) {
        error_set(errp, "Parameter 'id' expects an identifier");
        error_append_hint(errp, "Identifiers consist of letters, digits, '-', '.', '_', "
                          "starting with a letter.");
        return false;
    }
    *id = g_strdup(json_string_value(value));
    json_object_del(object, "id");
    return true;
}

static void rename_alias(json_t *object, const char *from, const char *to)
{
    json_t *value = json_object_get(object, from);

    if (value) {
        json_object_set(object, to, value);
        json_object_del(object, from);
    }
}

bool chardev_parse_options(const char *text, char **id, ChardevOptions *opts, Error **errp)
{
    Keyval kv;
    bool good;

    *id = NULL;
    if (!keyval_parse(text, "backend", &kv, errp)) {
        return false;
    }
    rename_alias(kv.object, "memory-size", "size");
    json_t *backend = json_object_get(kv.object, "backend");
    if (!backend) {
        good = error_set(errp, "chardev: \"%s\" missing backend", text);
    } else {
        if (!strcmp(json_string_value(backend) ?: "", "memory")) {
            json_object_set_new(kv.object, "backend", json_string("ringbuf"));
            backend = json_object_get(kv.object, "backend");
        }
        good = take_id(kv.object, id, errp) &&
               check_members(json_string_value(backend) ?: "", kv.object, errp) &&
               qapi_parse(&qapi_type_ChardevOptions, kv.object, kv.spelling, "", opts, errp);
    }
    if (!good) {
        g_clear_pointer(id, g_free);
    }
    keyval_clear(&kv);
    return good;
}

/* -- "tcp:HOST:PORT,server=on" -- */

/* Parse ",key=value..." after an address into @opts, with what the prefix said already in @kv. */
static bool finish(Keyval *kv, const char *rest, ChardevOptions *opts, Error **errp)
{
    Keyval more;
    const char *key;
    json_t *value;

    if (!keyval_parse(rest, NULL, &more, errp)) {
        return false;
    }
    json_object_foreach(more.object, key, value) {
        json_object_set(kv->object, key, value);
    }
    keyval_clear(&more);
    return check_members(keyval_get(kv, "backend"), kv->object, errp) &&
           qapi_parse(&qapi_type_ChardevOptions, kv->object, QAPI_KEYVAL, "", opts, errp);
}

static void put(Keyval *kv, const char *key, const char *value, size_t len)
{
    json_object_set_new_nocheck(kv->object, key, json_stringn_nocheck(value, len));
}

/* "HOST:PORT" or "[V6]:PORT" */
static bool put_host_port(Keyval *kv, const char *at, size_t len, Error **errp)
{
    const char *colon = memrchr(at, ':', len);

    if (!colon) {
        return error_set(errp, "no port in address '%.*s'", (int)len, at);
    }
    size_t host_len = colon - at;
    bool bracketed = host_len >= 2 && at[0] == '[' && colon[-1] == ']';
    put(kv, "host", at + bracketed, host_len - 2 * bracketed);
    put(kv, "port", colon + 1, at + len - colon - 1);
    return true;
}

static bool parse_address(Keyval *kv, const char *text, ChardevOptions *opts, Error **errp)
{
    static const struct { const char *prefix, *backend; bool host, telnet; } kinds[] = {
        { "unix:", "socket" }, { "tcp:", "socket", true }, { "telnet:", "socket", true, true },
        { "file:", "file" }, { "pipe:", "pipe" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!g_str_has_prefix(text, kinds[i].prefix)) {
            continue;
        }
        const char *at = text + strlen(kinds[i].prefix);
        size_t len = strcspn(at, ",");
        put(kv, "backend", kinds[i].backend, strlen(kinds[i].backend));
        if (kinds[i].telnet) {
            put(kv, "telnet", "on", 2);
        }
        if (!kinds[i].host) {
            put(kv, "path", at, len);
        } else if (!put_host_port(kv, at, len, errp)) {
            return false;
        }
        return finish(kv, at + len + (at[len] == ','), opts, errp);
    }
    return error_set(errp, "'%s' is not a valid char driver", text);
}

bool chardev_parse_compat(const char *text, ChardevOptions *opts, Error **errp)
{
    static const char *const plain[] = { "stdio", "pty", "null", "vc", "ringbuf" };
    Keyval kv = { json_object() };
    bool good = false, found = false;
    size_t len;

    if (g_str_has_prefix(text, "mon:")) {
        text += 4;
        put(&kv, "mux", "on", 2);
        if (g_str_has_prefix(text, "stdio")) {
            put(&kv, "signal", "off", 3); /* Ctrl-C belongs to the guest; Ctrl-A x quits */
        }
    }
    len = strcspn(text, ",:");
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++) {
        if (strlen(plain[i]) == len && !strncmp(plain[i], text, len) &&
            (text[len] != ':' || !strcmp(plain[i], "vc"))) {
            put(&kv, "backend", plain[i], len);
            const char *rest = text[len] == ',' ? text + len + 1 : ""; /* "vc:80Cx24C" is just vc */
            good = finish(&kv, rest, opts, errp);
            found = true;
        }
    }
    if (!found) {
        good = parse_address(&kv, text, opts, errp);
    }
    keyval_clear(&kv);
    return good;
}
