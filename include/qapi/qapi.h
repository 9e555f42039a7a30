/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run-time side of the schema: type tables made by scripts/qapi-gen.py and the one engine that
 * turns JSON into C structs, C structs into JSON, and frees them.
 *
 * Layout of a generated struct: 'str' is a char * (g_malloc), integers have their own width,
 * 'bool' is bool, an enum is a C enum, 'any' is a json_t *, structs, unions and lists are owned
 * pointers. Optional scalars have a has_NAME beside them; an optional pointer is absent when NULL.
 * A list is { unsigned n; T *items; }.
 *
 * Two spellings of input: JSON from QMP (typed), and keyval from the command line, where every
 * scalar is a string and is converted by the member's type.
 *
 * Threads: any; all tables are const.
 */
#ifndef QAPI_QAPI_H
#define QAPI_QAPI_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

typedef enum QapiKind {
    QAPI_STR, QAPI_INT, QAPI_UINT, QAPI_SIZE, QAPI_BOOL, QAPI_NUMBER, QAPI_ANY,
    QAPI_ENUM, QAPI_STRUCT, QAPI_LIST,
} QapiKind;

typedef struct QapiType QapiType;

typedef struct QapiMember {
    const char *name;
    const QapiType *type;
    uint32_t offset;
    uint32_t has_offset;            /* of has_NAME; UINT32_MAX when there is none */
    bool optional;
} QapiMember;

struct QapiType {
    const char *name;
    QapiKind kind;
    uint32_t size;                  /* bytes: of the scalar, or of the struct */
    const QapiMember *members;      /* struct: base members first */
    unsigned n_members;
    const char *const *values;      /* enum */
    unsigned n_values;
    const QapiType *element;        /* list */
    /* union: branch n (struct type or NULL) follows enum value n of the tag member */
    const QapiType *const *branches;
    uint32_t tag_offset, union_offset;
};

extern const QapiType qapi_type_str, qapi_type_int8, qapi_type_int16, qapi_type_int32,
    qapi_type_int64, qapi_type_uint8, qapi_type_uint16, qapi_type_uint32, qapi_type_uint64,
    qapi_type_size, qapi_type_bool, qapi_type_number, qapi_type_any;

typedef struct QapiList {           /* every generated FooList has this shape */
    unsigned n;
    void *items;
} QapiList;

#define QAPI_BUILTIN_LIST(name, ctype) \
    typedef struct name##List { unsigned n; ctype *items; } name##List; \
    extern const QapiType qapi_type_##name##List;
QAPI_BUILTIN_LIST(str, char *)
QAPI_BUILTIN_LIST(int64, int64_t)
QAPI_BUILTIN_LIST(any, json_t *)
#undef QAPI_BUILTIN_LIST

typedef enum QapiSpelling { QAPI_JSON, QAPI_KEYVAL } QapiSpelling;

/*
 * Fill the zeroed struct @out of struct type @type from the object @json. Unknown members, missing
 * members and values out of range are errors that name the member, with @prefix ("smp.") in front.
 * On failure @out is zeroed again.
 */
bool qapi_parse(const QapiType *type, json_t *json, QapiSpelling spelling, const char *prefix,
                void *out, Error **errp) MUST_CHECK;

/* New reference. @value points to the struct, list or scalar. */
json_t *qapi_emit(const QapiType *type, const void *value);

/* Free what @value (a struct or list) owns and zero it. */
void qapi_clear(const QapiType *type, void *value);
/* qapi_clear() and g_free(); NULL is fine. */
void qapi_free(const QapiType *type, void *value);

/* Append a zeroed element; a list of structs gets a newly allocated struct, which is returned. */
void *qapi_list_add(const QapiType *list_type, void *list);

/* Index of @text among the values of an enum, -1 if there is none. */
int qapi_enum_parse(const QapiType *type, const char *text);

/* -- Commands and events -- */

/*
 * One command. @call gets the handler's context, its arguments as JSON (borrowed, an object) and
 * returns a new reference, or NULL with *errp set. Made by the generator: parse, call, emit.
 */
typedef struct QapiCommand {
    const char *name;
    json_t *(*call)(void *context, json_t *args, Error **errp);
} QapiCommand;

typedef struct QapiCommandTable {
    const QapiCommand *commands;    /* sorted by name */
    unsigned n;
} QapiCommandTable;

const QapiCommand *qapi_command_find(const QapiCommandTable *table, const char *name);

/* Where generated qapi_event_*() functions send: @data is stolen and may be NULL. */
typedef struct QapiEventSink {
    void (*emit)(void *opaque, const char *name, json_t *data);
    void *opaque;
} QapiEventSink;

#endif
