/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine over tables that the generator made from test-schema.json. */
#include <string.h>

#include "qapi/json.h"
#include "test-qapi-commands.h"
#include "test-qapi-events.h"
#include "test-qapi-introspect.h"

/* -- Handlers -- */

bool qmp_qmp_capabilities(TestContext *c, const strList *enable, Error **errp) { return true; }

json_t *qmp_echo(TestContext *c, json_t *value, bool has_times, int64_t times, Error **errp)
{
    return json_incref(value);
}

Point *qmp_move(TestContext *c, const Point3 *p, Error **errp)
{
    Point *out = g_new0(Point, 1);

    out->x = p->x + 1;
    out->y = p->has_z ? p->z : -1;
    return out;
}

bool qmp_fail(TestContext *c, bool has_not_found, bool not_found, Error **errp)
{
    return not_found ? error_set_class(errp, ERROR_DEVICE_NOT_FOUND, "gone")
                     : error_set(errp, "no");
}

PointList *qmp_list_points(TestContext *c, int64_t n, Error **errp)
{
    PointList *list = g_new0(PointList, 1);

    for (int64_t i = 0; i < n; i++) {
        PointList_add(list)->x = i;
    }
    return list;
}

json_t *qmp_raw(TestContext *c, json_t *args, Error **errp) { return json_incref(args); }

/* -- Helpers -- */

static json_t *from_text(const char *text)
{
    Error *err = NULL;
    json_t *value = json_parse(text, strlen(text), &err);

    if (!value) {
        g_error("%s: %s", text, error_text(err));
    }
    return value;
}

static char *to_text(const json_t *value)
{
    GString *out = g_string_new(NULL);

    json_write(out, value, false);
    return g_string_free(out, FALSE);
}

/* -- Structs -- */

static const char *const same[] = {
    "{}",
    "{\"text\": \"a\", \"small\": -128, \"wide\": 18446744073709551615, \"bytes\": 9, "
    "\"flag\": false, \"ratio\": 0.5, \"colour\": \"dark-green\", \"where\": {\"x\": 1, \"y\": 2}, "
    "\"path\": [{\"x\": 3, \"y\": 4}, {\"x\": 5, \"y\": 6}, {\"x\": 7, \"y\": 8}], "
    "\"names\": [\"p\", \"q\"], \"numbers\": [1, 2, 3, 4, 5], \"colours\": [\"red\", \"8bit\"], "
    "\"whatever\": {\"z\": [null]}}",
    "{\"path\": [], \"names\": []}",
};

static void test_parse_and_emit(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        Everything e = { 0 };
        Error *err = NULL;
        json_t *in = from_text(same[i]);
        if (!qapi_parse(&qapi_type_Everything, in, QAPI_JSON, "", &e, &err)) {
            g_error("%s: %s", same[i], error_text(err));
        }
        json_t *out = qapi_emit(&qapi_type_Everything, &e);
        g_autofree char *text = to_text(out);
        g_assert_cmpstr(text, ==, same[i]);
        qapi_clear(&qapi_type_Everything, &e);
        g_assert_null(e.text);
        json_decref(in);
        json_decref(out);
    }
}

static const struct { const char *in, *error; } bad[] = {
    { "{\"text\": 1}", "Invalid parameter type for 'text', expected: string" },
    { "{\"small\": 128}", "Parameter 'small' expects int8" },
    { "{\"small\": \"1\"}", "Invalid parameter type for 'small', expected: integer" },
    { "{\"small\": 1.5}", "Invalid parameter type for 'small', expected: integer" },
    { "{\"wide\": -1}", "Invalid parameter type for 'wide', expected: integer" },
    { "{\"text\": 18446744073709551615}", "Invalid parameter type for 'text', expected: string" },
    { "{\"flag\": 1}", "Invalid parameter type for 'flag', expected: boolean" },
    { "{\"colour\": \"blue\"}", "Parameter 'colour' does not accept value 'blue'" },
    { "{\"colour\": 1}", "Invalid parameter type for 'colour', expected: string" },
    { "{\"where\": 1}", "Invalid parameter type for 'where', expected: object" },
    { "{\"where\": {\"x\": 1}}", "Parameter 'where.y' is missing" },
    { "{\"where\": {\"x\": 1, \"y\": 2, \"z\": 3}}", "Parameter 'where.z' is unexpected" },
    { "{\"path\": {}}", "Invalid parameter type for 'path', expected: array" },
    { "{\"path\": [{\"x\": 1, \"y\": 2}, {\"x\": 1}]}", "Parameter 'path[1].y' is missing" },
    { "{\"names\": [\"a\", 2]}", "Invalid parameter type for 'names[1]', expected: string" },
    { "{\"nope\": 1}", "Parameter 'nope' is unexpected" },
    { "[]", "Invalid parameter type for '', expected: object" },
};

static void test_parse_bad(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        static const Everything zero;
        Everything e = { 0 };
        Error *err = NULL;
        json_t *in = from_text(bad[i].in);
        if (qapi_parse(&qapi_type_Everything, in, QAPI_JSON, "", &e, &err)) {
            g_error("%s is taken", bad[i].in);
        }
        g_assert_cmpstr(error_text(err), ==, bad[i].error);
        g_assert_cmpint(memcmp(&e, &zero, sizeof(e)), ==, 0);
        error_free(err);
        json_decref(in);
    }
}

static const struct { const char *in, *error; } keyvals[] = {
    { "{\"small\": \"-3\", \"wide\": \"0x10\", \"bytes\": \"2K\", \"flag\": \"on\", "
      "\"ratio\": \"1.5\", \"colour\": \"red\"}", NULL },
    { "{\"small\": \"x\"}", "Parameter 'opt.small' expects integer" },
    { "{\"small\": \"300\"}", "Parameter 'opt.small' expects int8" },
    { "{\"bytes\": \"2Z\"}", "Parameter 'opt.bytes' expects a size" },
    { "{\"flag\": \"maybe\"}", "Parameter 'opt.flag' expects 'on' or 'off'" },
    { "{\"nope\": \"1\"}", "Parameter 'opt.nope' is unexpected" },
};

static void test_keyval_spelling(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keyvals); i++) {
        Everything e = { 0 };
        Error *err = NULL;
        json_t *in = from_text(keyvals[i].in);
        bool good = qapi_parse(&qapi_type_Everything, in, QAPI_KEYVAL, "opt.", &e, &err);
        g_assert_cmpint(good, ==, keyvals[i].error == NULL);
        if (good) {
            g_assert_cmpint(e.small, ==, -3);
            g_assert_cmpuint(e.wide, ==, 16);
            g_assert_cmpuint(e.bytes, ==, 2048);
            g_assert_true(e.has_flag && e.flag);
            g_assert_cmpfloat(e.ratio, ==, 1.5);
            qapi_clear(&qapi_type_Everything, &e);
        } else {
            g_assert_cmpstr(error_text(err), ==, keyvals[i].error);
        }
        error_free(err);
        json_decref(in);
    }
}

static void test_union(void)
{
    static const struct { const char *in, *error; } cases[] = {
        { "{\"colour\": \"red\", \"name\": \"n\", \"x\": 1, \"y\": 2, \"z\": 3}", NULL },
        { "{\"colour\": \"dark-green\", \"depth\": 1}", NULL },
        { "{\"colour\": \"8bit\"}", NULL },
        { "{\"colour\": \"8bit\", \"depth\": 1}", "Parameter 'depth' is unexpected" },
        { "{\"colour\": \"red\", \"x\": 1}", "Parameter 'y' is missing" },
        { "{\"x\": 1}", "Parameter 'colour' is missing" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Shape s = { 0 };
        Error *err = NULL;
        json_t *in = from_text(cases[i].in);
        if (qapi_parse(&qapi_type_Shape, in, QAPI_JSON, "", &s, &err)) {
            json_t *out = qapi_emit(&qapi_type_Shape, &s);
            g_autofree char *text = to_text(out);
            g_assert_cmpstr(text, ==, cases[i].in);
            json_decref(out);
            qapi_clear(&qapi_type_Shape, &s);
        }
        g_assert_cmpstr(err ? error_text(err) : NULL, ==, cases[i].error);
        error_free(err);
        json_decref(in);
    }
}

/* -- Commands and events -- */

static void test_commands(void)
{
    static const struct { const char *name, *args, *out; } cases[] = {
        { "echo", "{\"value\": [1]}", "[1]" },
        { "echo", "{}", "!Parameter 'value' is missing" },
        { "move", "{\"x\": 1, \"y\": 2}", "{\"x\": 2, \"y\": -1}" },
        { "move", "{\"x\": 1, \"y\": 2, \"z\": 5}", "{\"x\": 2, \"y\": 5}" },
        { "fail", "{}", "!no" },
        { "fail", "{\"not-found\": true}", "!gone" },
        { "list-points", "{\"n\": 2}", "[{\"x\": 0, \"y\": 0}, {\"x\": 1, \"y\": 0}]" },
        { "list-points", "{\"n\": 0}", "[]" },
        { "qmp_capabilities", "{}", "{}" },
        { "raw", "{\"q\": 1}", "{\"q\": 1}" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Error *err = NULL;
        const QapiCommand *c = qapi_command_find(&test_qapi_commands, cases[i].name);
        g_assert_nonnull(c);
        json_t *args = from_text(cases[i].args);
        json_t *out = c->call(NULL, args, &err);
        g_autofree char *text = out ? to_text(out) : g_strdup_printf("!%s", error_text(err));
        g_assert_cmpstr(text, ==, cases[i].out);
        error_free(err);
        json_decref(args);
        json_decref(out);
    }
    g_assert_null(qapi_command_find(&test_qapi_commands, "nope"));
    g_assert_null(qapi_command_find(&test_qapi_commands, ""));
}

static void note_event(void *opaque, const char *name, json_t *data)
{
    g_autofree char *text = data ? to_text(data) : g_strdup("-");

    g_string_append_printf(opaque, "%s %s;", name, text);
    json_decref(data);
}

static void test_events(void)
{
    GString *out = g_string_new(NULL);
    QapiEventSink sink = { note_event, out };
    Point to = { 1, 2 };

    qapi_event_nothing(&sink);
    qapi_event_moved(&sink, NULL, &to, false, 0);
    qapi_event_moved(&sink, "me", &to, true, 4);
    g_assert_cmpstr(out->str, ==,
                    "NOTHING -;MOVED {\"to\": {\"x\": 1, \"y\": 2}};"
                    "MOVED {\"who\": \"me\", \"to\": {\"x\": 1, \"y\": 2}, \"steps\": 4};");
    g_string_free(out, TRUE);
}

/* -- Introspection -- */

static json_t *entry(json_t *schema, const char *name)
{
    size_t i;
    json_t *e;

    json_array_foreach(schema, i, e) {
        if (!strcmp(json_string_value(json_object_get(e, "name")), name)) {
            return e;
        }
    }
    g_error("no entry '%s'", name);
}

static json_t *follow(json_t *schema, json_t *e, const char *key)
{
    return entry(schema, json_string_value(json_object_get(e, key)));
}

static void test_introspection(void)
{
    json_t *schema = from_text(test_qapi_schema_json);
    json_t *move = entry(schema, "move");
    json_t *arg = follow(schema, move, "arg-type");
    g_autofree char *names = to_text(arg);

    g_assert_cmpstr(json_string_value(json_object_get(move, "meta-type")), ==, "command");
    g_assert_nonnull(strstr(names, "\"name\": \"x\""));
    g_assert_nonnull(strstr(names, "\"name\": \"z\", \"type\": \"int\", \"default\": null"));
    json_t *list = follow(schema, entry(schema, "list-points"), "ret-type");
    g_assert_cmpstr(json_string_value(json_object_get(list, "meta-type")), ==, "array");
    json_t *point = follow(schema, list, "element-type");
    g_assert_true(point == follow(schema, move, "ret-type"));
    g_autofree char *features = to_text(json_object_get(entry(schema, "list-points"), "features"));
    g_assert_cmpstr(features, ==, "[\"unstable\"]");
    g_assert_cmpstr(json_string_value(json_object_get(entry(schema, "NOTHING"), "meta-type")), ==,
                    "event");
    json_decref(schema);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/visit/parse-and-emit", test_parse_and_emit);
    g_test_add_func("/visit/parse-bad", test_parse_bad);
    g_test_add_func("/visit/keyval-spelling", test_keyval_spelling);
    g_test_add_func("/visit/union", test_union);
    g_test_add_func("/visit/commands", test_commands);
    g_test_add_func("/visit/events", test_events);
    g_test_add_func("/visit/introspection", test_introspection);
    return g_test_run();
}
