/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <glib.h>
#include <string.h>

#include "qapi/json.h"
#include "qapi/qapi.h"
#include "util/parse.h"

#define SCALAR(n, k, ctype) \
    const QapiType qapi_type_##n = { .name = #n, .kind = k, .size = sizeof(ctype) };
SCALAR(str, QAPI_STR, char *)
SCALAR(int8, QAPI_INT, int8_t)
SCALAR(int16, QAPI_INT, int16_t)
SCALAR(int32, QAPI_INT, int32_t)
SCALAR(int64, QAPI_INT, int64_t)
SCALAR(uint8, QAPI_UINT, uint8_t)
SCALAR(uint16, QAPI_UINT, uint16_t)
SCALAR(uint32, QAPI_UINT, uint32_t)
SCALAR(uint64, QAPI_UINT, uint64_t)
SCALAR(size, QAPI_SIZE, uint64_t)
SCALAR(bool, QAPI_BOOL, bool)
SCALAR(number, QAPI_NUMBER, double)
SCALAR(any, QAPI_ANY, json_t *)

#define LIST(n) const QapiType qapi_type_##n##List = { .name = #n "List", .kind = QAPI_LIST, \
    .size = sizeof(QapiList), .element = &qapi_type_##n };
LIST(str)
LIST(int64)
LIST(any)

typedef struct Visit {
    QapiSpelling spelling;
    GString *path;        /* of the member being looked at, for messages */
    Error **errp;
} Visit;

/* Does a member of this type hold a pointer to separately allocated memory? */
static bool is_boxed(const QapiType *type)
{
    return type->kind == QAPI_STRUCT || type->kind == QAPI_LIST;
}

static uint32_t slot_bytes(const QapiType *type)
{
    return is_boxed(type) ? sizeof(void *) : type->size;
}

static int64_t load_int(const void *at, uint32_t size)
{
    switch (size) {
    case 1: return *(const int8_t *)at;
    case 2: return *(const int16_t *)at;
    case 4: return *(const int32_t *)at;
    default: return *(const int64_t *)at;
    }
}

static uint64_t load_uint(const void *at, uint32_t size)
{
    return size == 8 ? *(const uint64_t *)at
                     : (uint64_t)load_int(at, size) & ((UINT64_C(1) << (size * 8)) - 1);
}

static void store_int(void *at, uint32_t size, uint64_t v)
{
    memcpy(at, &v, size); /* little-endian host */
}

/* -- Reading: scalars -- */

static bool bad_type(Visit *v, const char *expected)
{
    if (v->spelling == QAPI_KEYVAL) {
        return error_set(v->errp, "Parameter '%s' expects %s", v->path->str, expected);
    }
    return error_set(v->errp, "Invalid parameter type for '%s', expected: %s", v->path->str,
                     expected);
}

static bool int_fits(int64_t value, uint32_t size)
{
    int shift = 64 - size * 8;

    return (int64_t)((uint64_t)value << shift) >> shift == value;
}

static bool read_int(Visit *v, const QapiType *type, json_t *json, void *out)
{
    int64_t value;
    bool good = v->spelling == QAPI_KEYVAL
        ? json_is_text(json) && parse_int64(json_string_value(json), &value)
        : json_get_i64(json, &value);

    if (!good) {
        return bad_type(v, "integer");
    }
    if (!int_fits(value, type->size)) {
        return error_set(v->errp, "Parameter '%s' expects %s", v->path->str, type->name);
    }
    store_int(out, type->size, value);
    return true;
}

static bool read_uint(Visit *v, const QapiType *type, json_t *json, void *out)
{
    uint64_t value;
    bool good = v->spelling == QAPI_KEYVAL
        ? json_is_text(json) && parse_uint64(json_string_value(json), &value)
        : json_get_u64(json, &value);

    if (!good) {
        return bad_type(v, "integer");
    }
    if (type->size < 8 && value >> (type->size * 8)) {
        return error_set(v->errp, "Parameter '%s' expects %s", v->path->str, type->name);
    }
    store_int(out, type->size, value);
    return true;
}

static bool read_size(Visit *v, json_t *json, void *out)
{
    uint64_t value;
    bool good = v->spelling == QAPI_KEYVAL
        ? json_is_text(json) && parse_size(json_string_value(json), 1, &value)
        : json_get_u64(json, &value);

    if (!good) {
        return v->spelling == QAPI_KEYVAL ? bad_type(v, "a size") : bad_type(v, "integer");
    }
    store_int(out, 8, value);
    return true;
}

static bool read_bool(Visit *v, json_t *json, bool *out)
{
    if (v->spelling == QAPI_KEYVAL) {
        bool good = json_is_text(json) && parse_bool(json_string_value(json), out);
        return good || bad_type(v, "'on' or 'off'");
    }
    *out = json_is_true(json);
    return json_is_boolean(json) || bad_type(v, "boolean");
}

static bool read_number(Visit *v, json_t *json, double *out)
{
    if (v->spelling == QAPI_KEYVAL && json_is_text(json)) {
        char *end;
        *out = g_ascii_strtod(json_string_value(json), &end);
        return (!*end && end != json_string_value(json)) || bad_type(v, "number");
    }
    *out = json_number_value(json);
    return json_is_number(json) || bad_type(v, "number");
}

static bool read_enum(Visit *v, const QapiType *type, json_t *json, int *out)
{
    if (!json_is_text(json)) {
        return bad_type(v, "string");
    }
    *out = qapi_enum_parse(type, json_string_value(json));
    if (*out < 0) {
        *out = 0;
        return error_set(v->errp, "Parameter '%s' does not accept value '%s'", v->path->str,
                         json_string_value(json));
    }
    return true;
}

/* -- Reading: structure -- */

static bool read_slot(Visit *v, const QapiType *type, json_t *json, void *out);

static const QapiMember *find_member(const QapiType *type, const char *name)
{
    for (unsigned i = 0; i < type->n_members; i++) {
        if (!strcmp(type->members[i].name, name)) {
            return &type->members[i];
        }
    }
    return NULL;
}

static const QapiType *branch_of(const QapiType *type, const void *value)
{
    if (!type->branches) {
        return NULL;
    }
    return type->branches[*(const int *)((const char *)value + type->tag_offset)];
}

static bool read_members(Visit *v, const QapiType *type, json_t *json, void *out)
{
    size_t path_len = v->path->len;

    for (unsigned i = 0; i < type->n_members; i++) {
        const QapiMember *m = &type->members[i];
        json_t *value = json_object_get(json, m->name);
        g_string_append(v->path, m->name);
        if (!value && !m->optional) {
            return error_set(v->errp, "Parameter '%s' is missing", v->path->str);
        }
        if (value) {
            if (!read_slot(v, m->type, value, (char *)out + m->offset)) {
                return false;
            }
            if (m->has_offset != UINT32_MAX) {
                *((bool *)out + m->has_offset) = true;
            }
        }
        g_string_truncate(v->path, path_len);
    }
    return true;
}

static bool read_struct(Visit *v, const QapiType *type, json_t *json, void *out)
{
    const char *key;
    json_t *value;

    if (!json_is_object(json)) {
        return bad_type(v, "object");
    }
    size_t path_len = v->path->len;
    if (path_len && v->path->str[path_len - 1] != '.') {
        g_string_append_c(v->path, '.');
    }
    if (!read_members(v, type, json, out)) {
        return false;
    }
    const QapiType *branch = branch_of(type, out);
    if (branch && !read_members(v, branch, json, (char *)out + type->union_offset)) {
        return false;
    }
    json_object_foreach(json, key, value) {
        if (!find_member(type, key) && !(branch && find_member(branch, key))) {
            return error_set(v->errp, "Parameter '%s%s' is unexpected", v->path->str, key);
        }
    }
    g_string_truncate(v->path, path_len);
    return true;
}

static bool read_list(Visit *v, const QapiType *type, json_t *json, QapiList *list)
{
    size_t path_len = v->path->len;

    if (!json_is_array(json)) {
        return bad_type(v, "array");
    }
    for (size_t i = 0; i < json_array_size(json); i++) {
        const QapiType *element = type->element;
        void *slot = qapi_list_add(type, list);
        g_string_append_printf(v->path, "[%zu]", i);
        json_t *item = json_array_get(json, i);
        bool good = element->kind == QAPI_STRUCT ? read_struct(v, element, item, slot)
                                                 : read_slot(v, element, item, slot);
        if (!good) {
            return false;
        }
        g_string_truncate(v->path, path_len);
    }
    return true;
}

static bool read_slot(Visit *v, const QapiType *type, json_t *json, void *out)
{
    switch (type->kind) {
    case QAPI_STR:
        if (!json_is_text(json)) {
            return bad_type(v, "string");
        }
        *(char **)out = g_strdup(json_string_value(json));
        return true;
    case QAPI_INT:
        return read_int(v, type, json, out);
    case QAPI_UINT:
        return read_uint(v, type, json, out);
    case QAPI_SIZE:
        return read_size(v, json, out);
    case QAPI_BOOL:
        return read_bool(v, json, out);
    case QAPI_NUMBER:
        return read_number(v, json, out);
    case QAPI_ANY:
        *(json_t **)out = json_incref(json);
        return true;
    case QAPI_ENUM:
        return read_enum(v, type, json, out);
    case QAPI_STRUCT:
        *(void **)out = g_malloc0(type->size);
        return read_struct(v, type, json, *(void **)out);
    case QAPI_LIST:
        *(void **)out = g_malloc0(type->size);
        return read_list(v, type, json, *(void **)out);
    }
    return false;
}

bool qapi_parse(const QapiType *type, json_t *json, QapiSpelling spelling, const char *prefix,
                void *out, Error **errp)
{
    Visit v = { spelling, g_string_new(prefix), errp };
    bool good = read_struct(&v, type, json, out);

    g_string_free(v.path, TRUE);
    if (!good) {
        qapi_clear(type, out);
    }
    return good;
}

/* -- Writing -- */

static json_t *emit_slot(const QapiType *type, const void *at);

static void emit_members(const QapiType *type, const void *value, json_t *object)
{
    for (unsigned i = 0; i < type->n_members; i++) {
        const QapiMember *m = &type->members[i];
        const char *at = (const char *)value + m->offset;
        bool present = true;
        if (m->has_offset != UINT32_MAX) {
            present = *((const bool *)value + m->has_offset);
        } else if (m->optional) {
            present = *(void *const *)at != NULL;
        }
        if (present) {
            json_object_set_new_nocheck(object, m->name, emit_slot(m->type, at));
        }
    }
}

static json_t *emit_text(const char *text)
{
    json_t *value = json_string(text ? text : "");

    if (!value) { /* bytes of the host that are not UTF-8, such as a file name */
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        value = json_string(valid);
    }
    return value;
}

static json_t *emit_slot(const QapiType *type, const void *at)
{
    switch (type->kind) {
    case QAPI_STR:
        return emit_text(*(char *const *)at);
    case QAPI_INT:
        return json_integer(load_int(at, type->size));
    case QAPI_UINT: case QAPI_SIZE:
        return json_u64(load_uint(at, type->size));
    case QAPI_BOOL:
        return json_boolean(*(const bool *)at);
    case QAPI_NUMBER:
        return json_real(*(const double *)at);
    case QAPI_ANY:
        return *(json_t *const *)at ? json_incref(*(json_t *const *)at) : json_null();
    case QAPI_ENUM:
        return json_string(type->values[*(const int *)at]);
    case QAPI_STRUCT: case QAPI_LIST:
        return qapi_emit(type, *(void *const *)at);
    }
    return NULL;
}

json_t *qapi_emit(const QapiType *type, const void *value)
{
    if (type->kind == QAPI_LIST) {
        const QapiList *list = value;
        json_t *array = json_array();
        uint32_t step = slot_bytes(type->element);
        for (unsigned i = 0; list && i < list->n; i++) {
            json_array_append_new(array, emit_slot(type->element, (char *)list->items + i * step));
        }
        return array;
    }
    if (type->kind != QAPI_STRUCT) {
        return emit_slot(type, value);
    }
    json_t *object = json_object();
    if (value) {
        emit_members(type, value, object);
        const QapiType *branch = branch_of(type, value);
        if (branch) {
            emit_members(branch, (const char *)value + type->union_offset, object);
        }
    }
    return object;
}

/* -- Memory -- */

static void clear_slot(const QapiType *type, void *at)
{
    if (type->kind == QAPI_STR) {
        g_free(*(char **)at);
    } else if (type->kind == QAPI_ANY) {
        json_decref(*(json_t **)at);
    } else if (is_boxed(type)) {
        qapi_free(type, *(void **)at);
    }
}

static void clear_members(const QapiType *type, void *value)
{
    for (unsigned i = 0; i < type->n_members; i++) {
        clear_slot(type->members[i].type, (char *)value + type->members[i].offset);
    }
}

void qapi_clear(const QapiType *type, void *value)
{
    if (type->kind == QAPI_LIST) {
        QapiList *list = value;
        uint32_t step = slot_bytes(type->element);
        for (unsigned i = 0; i < list->n; i++) {
            clear_slot(type->element, (char *)list->items + i * step);
        }
        g_free(list->items);
    } else {
        const QapiType *branch = branch_of(type, value);
        if (branch) {
            clear_members(branch, (char *)value + type->union_offset);
        }
        clear_members(type, value);
    }
    memset(value, 0, type->size);
}

void qapi_free(const QapiType *type, void *value)
{
    if (value) {
        qapi_clear(type, value);
        g_free(value);
    }
}

void *qapi_list_add(const QapiType *list_type, void *opaque)
{
    QapiList *list = opaque;
    const QapiType *element = list_type->element;
    uint32_t step = slot_bytes(element);

    if ((list->n & (list->n - 1)) == 0) { /* full at each power of two */
        list->items = g_realloc_n(list->items, list->n ? list->n * 2 : 1, step);
    }
    void *slot = (char *)list->items + list->n++ * step;
    memset(slot, 0, step);
    if (element->kind == QAPI_STRUCT) {
        return *(void **)slot = g_malloc0(element->size);
    }
    return slot;
}

int qapi_enum_parse(const QapiType *type, const char *text)
{
    for (unsigned i = 0; i < type->n_values; i++) {
        if (!strcmp(type->values[i], text)) {
            return i;
        }
    }
    return -1;
}

const QapiCommand *qapi_command_find(const QapiCommandTable *table, const char *name)
{
    unsigned low = 0, high = table->n;

    while (low < high) {
        unsigned mid = (low + high) / 2;
        int order = strcmp(name, table->commands[mid].name);
        if (order == 0) {
            return &table->commands[mid];
        }
        if (order < 0) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return NULL;
}
