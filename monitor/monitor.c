/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of sessions, and what both kinds share: output that a slow client takes later. */
#include <string.h>

#include "monitor_internal.h"

struct Monitors {
    MonitorConfig config;
    GPtrArray *sessions;
};

void session_init(Session *s, const MonitorConfig *config, Chardev *chr)
{
    s->config = config;
    s->chr = chr;
    s->pending = g_string_new(NULL);
    s->focused = true;
}

void session_flush(Session *s)
{
    bool was_full = s->pending->len >= PENDING_PAUSE_BYTES;
    size_t taken = chardev_write(s->chr, s->pending->str, s->pending->len);

    g_string_erase(s->pending, 0, taken);
    if (was_full && s->pending->len < PENDING_PAUSE_BYTES) {
        chardev_accept_input(s->chr);
    }
}

void session_write(Session *s, const char *text, size_t len)
{
    g_string_append_len(s->pending, text, len);
    if (s->pending->len == len) { /* else CHARDEV_WRITABLE will come */
        session_flush(s);
    }
}

void session_drop_output(Session *s) { g_string_truncate(s->pending, 0); }

size_t session_can_receive(void *opaque)
{
    Session *s = opaque;

    return s->pending->len >= PENDING_PAUSE_BYTES ? 0 : 4096;
}

static void session_free(void *opaque)
{
    Session *s = opaque;

    do {
        session_flush(s); /* the last words: replies before the one to quit, too */
    } while (s->pending->len && chardev_drain(s->chr));
    chardev_set_frontend(s->chr, NULL, NULL);
    json_stream_free(s->stream);
    readline_free(s->line);
    g_string_free(s->pending, TRUE);
    g_free(s);
}

Monitors *monitors_new(const MonitorConfig *config)
{
    Monitors *m = g_new0(Monitors, 1);

    m->config = *config;
    m->sessions = g_ptr_array_new_with_free_func(session_free);
    return m;
}

void monitors_free(Monitors *m)
{
    if (m) {
        g_ptr_array_free(m->sessions, TRUE);
        g_free(m);
    }
}

void monitors_add(Monitors *m, Chardev *chr, MonitorMode mode, bool pretty)
{
    Session *s = g_new0(Session, 1);

    session_init(s, &m->config, chr);
    s->pretty = pretty;
    g_ptr_array_add(m->sessions, s);
    if (mode == MONITOR_MODE_CONTROL) {
        qmp_session_start(s);
    } else {
        hmp_session_start(s);
    }
}

void monitors_event(Monitors *m, const char *name, json_t *data)
{
    gint64 now_us = g_get_real_time();
    json_t *event = json_pack("{s:{s:I,s:I},s:s}", "timestamp",
                              "seconds", (json_int_t)(now_us / G_USEC_PER_SEC),
                              "microseconds", (json_int_t)(now_us % G_USEC_PER_SEC),
                              "event", name);

    if (data) {
        json_object_set_new(event, "data", data);
    }
    for (guint i = 0; i < m->sessions->len; i++) {
        qmp_session_event(g_ptr_array_index(m->sessions, i), name, event);
    }
    json_decref(event);
}
