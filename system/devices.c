/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device_add and device_del: from properties in text or JSON to a request to the board. */
#include <string.h>

#include "cpu_types.h"
#include "qapi/json.h"
#include "system.h"
#include "util/parse.h"

static bool read_number(json_t *value, QapiSpelling spelling, int64_t *out)
{
    if (spelling == QAPI_KEYVAL) {
        return json_is_text(value) && parse_int64(json_string_value(value), out);
    }
    return json_get_i64(value, out);
}

static bool is_identifier(const char *id)
{
    bool good = g_ascii_isalpha(*id);

    for (; *id; id++) {
        good = good && (g_ascii_isalnum(*id) || strchr("-._", *id));
    }
    return good;
}

static bool check_driver(System *s, const char *driver, Error **errp)
{
    if (!driver) {
        return error_set(errp, "Parameter 'driver' is missing");
    }
    if (!is_cpu_driver(driver)) {
        return error_set(errp, "'%s' is not a valid device model name", driver);
    }
    if (!s->virt) {
        return error_set(errp, "Parameter 'driver' expects a pluggable device type");
    }
    return true;
}

/* Whether it is taken, the board says: it has its own order of checks. */
static bool check_id(json_t *value, Error **errp)
{
    const char *id = json_string_value(value);

    if (!value) {
        return true;
    }
    if (!json_is_text(value) || !is_identifier(id)) {
        error_set(errp, "Parameter 'id' expects an identifier");
        error_append_hint(errp, "Identifiers consist of letters, digits, '-', '.', '_', "
                          "starting with a letter.");
        return false;
    }
    return true;
}

static bool read_property(System *s, VirtCpuRequest *req, const char *name, json_t *value,
                          QapiSpelling spelling, Error **errp)
{
    const struct { const char *name; OptId *field; } ids[] = {
        { "socket-id", &req->socket_id }, { "cluster-id", &req->cluster_id },
        { "core-id", &req->core_id }, { "thread-id", &req->thread_id },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        if (!strcmp(ids[i].name, name)) {
            ids[i].field->given = true;
            return read_number(value, spelling, &ids[i].field->value) ||
                   error_set(errp, "Parameter '%s' expects an integer", name);
        }
    }
    if (!strcmp(name, "bus")) {
        return error_set(errp, "Device '%s' can't go on a bus", req->driver);
    }
    return cpu_type_check_property(virt_cpu_model(s->virt), req->driver, name, value, spelling,
                                   errp);
}

bool system_device_add(System *s, json_t *properties, QapiSpelling spelling, Error **errp)
{
    json_t *driver = json_object_get(properties, "driver"), *id = json_object_get(properties, "id");
    const char *name;
    json_t *value;

    if (driver && !json_is_text(driver)) {
        return error_set(errp, "Invalid parameter type for 'driver', expected: string");
    }
    if (!check_driver(s, json_string_value(driver), errp) || !check_id(id, errp)) {
        return false;
    }
    VirtCpuRequest req = { .driver = json_string_value(driver), .id = json_string_value(id) };
    json_object_foreach(properties, name, value) {
        if (strcmp(name, "driver") != 0 && strcmp(name, "id") != 0 &&
            !read_property(s, &req, name, value, spelling, errp)) {
            return false;
        }
    }
    return virt_cpu_add(s->virt, &req, errp);
}

bool system_device_del(System *s, const char *id, Error **errp)
{
    if (!s->virt) {
        return error_set_class(errp, ERROR_DEVICE_NOT_FOUND, "Device '%s' not found", id);
    }
    return virt_device_del(s->virt, id, errp);
}
