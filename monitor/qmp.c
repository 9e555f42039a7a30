/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One QMP session: greeting, negotiation, requests in, replies and events out. */
#include <string.h>

#include "monitor_internal.h"

static void send(Session *s, const json_t *value)
{
    GString *text = g_string_new(NULL);

    json_write(text, value, s->pretty);
    g_string_append(text, "\r\n");
    session_write(s, text->str, text->len);
    g_string_free(text, TRUE);
}

static void send_greeting(Session *s)
{
    json_t *greeting = json_pack("{s:{s:O,s:[]}}", "QMP", "version", s->config->version,
                                 "capabilities");

    send(s, greeting);
    json_decref(greeting);
}

/* @result is stolen; NULL means @err. */
static void send_reply(Session *s, json_t *result, const Error *err, json_t *id)
{
    json_t *reply = json_object();

    if (result) {
        json_object_set_new(reply, "return", result);
    } else {
        json_object_set_new(reply, "error",
                            json_pack("{s:s,s:s}", "class", error_class_name(error_class(err)),
                                      "desc", error_text(err)));
    }
    if (id) {
        json_object_set(reply, "id", id);
    }
    send(s, reply);
    json_decref(reply);
}

/* Is @request well-formed? On success *name and *args (borrowed, may be NULL). */
static bool check_request(json_t *request, const char **name, json_t **args, Error **errp)
{
    const char *key;
    json_t *value;

    *name = NULL;
    *args = NULL;
    if (!json_is_object(request)) {
        return error_set(errp, "QMP input must be a JSON object");
    }
    json_object_foreach(request, key, value) {
        if (!strcmp(key, "execute")) {
            if (!json_is_text(value)) {
                return error_set(errp, "QMP input member 'execute' must be a string");
            }
            *name = json_string_value(value);
        } else if (!strcmp(key, "arguments")) {
            if (!json_is_object(value)) {
                return error_set(errp, "QMP input member 'arguments' must be an object");
            }
            *args = value;
        } else if (strcmp(key, "id") != 0) {
            return error_set(errp, "QMP input member '%s' is unexpected", key);
        }
    }
    return *name || error_set(errp, "QMP input lacks member 'execute'");
}

static const QapiCommand *find_command(Session *s, const char *name, Error **errp)
{
    bool negotiates = !strcmp(name, "qmp_capabilities");

    if (!s->negotiated && !negotiates) {
        error_set_class(errp, ERROR_COMMAND_NOT_FOUND,
                        "Expecting capabilities negotiation with 'qmp_capabilities'");
        return NULL;
    }
    if (s->negotiated && negotiates) {
        error_set_class(errp, ERROR_COMMAND_NOT_FOUND,
                        "Capabilities negotiation is already complete, command ignored");
        return NULL;
    }
    const QapiCommand *command = qapi_command_find(s->config->qmp, name);
    if (!command) {
        error_set_class(errp, ERROR_COMMAND_NOT_FOUND, "The command %s has not been found", name);
    }
    return command;
}

static json_t *dispatch(Session *s, json_t *request, Error **errp)
{
    const char *name;
    json_t *args;

    if (!check_request(request, &name, &args, errp)) {
        return NULL;
    }
    const QapiCommand *command = find_command(s, name, errp);
    if (!command) {
        return NULL;
    }
    json_t *no_args = args ? NULL : json_object();
    json_t *result = command->call(s->config->context, args ? args : no_args, errp);
    json_decref(no_args);
    if (result && !s->negotiated) {
        s->negotiated = true; /* only qmp_capabilities gets here before */
    }
    return result;
}

static void handle_value(void *opaque, json_t *request, const Error *parse_error)
{
    Session *s = opaque;
    Error *err = NULL;

    if (parse_error) {
        send_reply(s, NULL, parse_error, NULL);
        return;
    }
    json_t *result = dispatch(s, request, &err);
    send_reply(s, result, err, json_object_get(request, "id"));
    error_free(err);
}

static void receive(void *opaque, const uint8_t *buf, size_t len)
{
    json_stream_feed(((Session *)opaque)->stream, buf, len);
}

static void chardev_event(void *opaque, ChardevEvent event)
{
    Session *s = opaque;

    switch (event) {
    case CHARDEV_OPENED:
        s->negotiated = false;
        json_stream_reset(s->stream);
        session_drop_output(s);
        send_greeting(s);
        break;
    case CHARDEV_CLOSED:
        s->negotiated = false;
        session_drop_output(s);
        break;
    case CHARDEV_WRITABLE:
        session_flush(s);
        break;
    default:
        break;
    }
}

static const CharFrontendOps frontend = { session_can_receive, receive, chardev_event };

void qmp_session_start(Session *s)
{
    s->stream = json_stream_new(handle_value, s);
    chardev_set_frontend(s->chr, &frontend, s);
}

void qmp_session_event(Session *s, const char *name, json_t *event)
{
    if (s->stream && s->negotiated && s->pending->len < PENDING_DROP_BYTES) {
        send(s, event);
    }
}
