/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MONITOR_INTERNAL_H
#define MONITOR_INTERNAL_H

#include "monitor/monitor.h"
#include "qapi/json.h"

/* A client that does not read gets no more input read from it ... */
#define PENDING_PAUSE_BYTES (1024 * 1024)
/* ... and no more events. */
#define PENDING_DROP_BYTES (16 * 1024 * 1024)

typedef struct Readline Readline;

typedef struct Session {
    const MonitorConfig *config;
    Chardev *chr;
    GString *pending;          /* output the chardev has not taken yet */
    bool focused;              /* mux: input is ours */
    /* QMP */
    JsonStream *stream;
    bool negotiated, pretty;
    /* human */
    Readline *line;
    bool greeted;
    int cpu_index;
} Session;

void session_init(Session *s, const MonitorConfig *config, Chardev *chr);
void session_write(Session *s, const char *text, size_t len);
/* The peer has gone: forget what it has not read. */
void session_drop_output(Session *s);
/* For CHARDEV_WRITABLE. */
void session_flush(Session *s);
size_t session_can_receive(void *opaque);

void qmp_session_start(Session *s);
void qmp_session_event(Session *s, const char *name, json_t *event);
void hmp_session_start(Session *s);

/* -- One edited line -- */

/* @done: a complete line. @write: echo. @complete: names that start with @text, NULL-ended. */
typedef struct ReadlineOps {
    void (*write)(void *opaque, const char *text, size_t len);
    void (*done)(void *opaque, const char *line);
    char **(*complete)(void *opaque, const char *line);
} ReadlineOps;

Readline *readline_new(const ReadlineOps *ops, void *opaque, const char *prompt);
void readline_free(Readline *r);
void readline_prompt(Readline *r);            /* start a line */
void readline_input(Readline *r, uint8_t c);

/* -- Expressions -- */

typedef bool HmpRegisterFn(void *opaque, const char *name, uint64_t *value);

/* Evaluate at *at; on success *at is behind it. The error is a sentence for the user. */
bool hmp_expression(const char **at, HmpRegisterFn *reg, void *opaque, int64_t *value,
                    Error **errp);

#endif
