/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making character devices and handing them to front ends: for system/ and the monitor's tests.
 * What a front end needs is in chardev.h.
 *
 * Threads: main thread.
 */
#ifndef CHARDEV_HOST_H
#define CHARDEV_HOST_H

#include "chardev/chardev.h"
#include "qapi/qapi-types.h"

/* What backends share. Must outlive them. */
typedef struct ChardevEnv {
    EventLoop *loop;
    uint8_t escape;                    /* mux: the key before a command; 1 is Ctrl-A */
    bool stdio_taken;
    void (*quit)(void *opaque);        /* mux: Ctrl-A x */
    /* A new reference to the file descriptor of "/dev/fdset/N", -1 when there is none. */
    int (*fdset_open)(void *opaque, unsigned set);
    void *opaque;
} ChardevEnv;

/*
 * Make a backend. A server socket with wait=on returns only when a client has come. Printed on
 * stdout: the name of a new pty, as scripts expect it. On failure nothing stays open.
 */
Chardev *chardev_new(ChardevEnv *env, const char *id, const ChardevOptions *opts, Error **errp);
/* Writes out what is buffered (waiting a little for a slow peer), then closes. NULL is fine. */
void chardev_free(Chardev *chr);

/*
 * The Chardev for one front end: @chr itself, or a new port of a mux (freed with the mux; the last
 * one claimed has the focus). NULL when somebody else has it.
 */
Chardev *chardev_claim(Chardev *chr, Error **errp);

const char *chardev_id(const Chardev *chr);
/* "pty:/dev/pts/3", "unix:/x,server=on", "disconnected:tcp:...", as in query-chardev. g_free. */
char *chardev_describe(const Chardev *chr);
bool chardev_has_frontend(const Chardev *chr);
/* The chardev under a mux, NULL for others. */
Chardev *chardev_below(const Chardev *chr);
bool chardev_is_mux(const Chardev *chr);

/* Take up to @max bytes out of a ring buffer. g_byte_array_unref. NULL: not a ring buffer. */
GByteArray *chardev_ringbuf_read(Chardev *chr, size_t max, Error **errp);

/*
 * The old spelling of -serial, -monitor and -qmp: "stdio", "mon:stdio", "unix:PATH,server=on",
 * "tcp:HOST:PORT,...", "telnet:...", "file:PATH", "pipe:PATH", "pty", "null", "vc"...
 * Fills the zeroed @opts. ("none" and "chardev:ID" are the caller's.)
 */
bool chardev_parse_compat(const char *text, ChardevOptions *opts, Error **errp) MUST_CHECK;

/* Parameters of -chardev: "BACKEND,id=ID,...". *id is g_free'd by the caller. */
bool chardev_parse_options(const char *text, char **id, ChardevOptions *opts,
                           Error **errp) MUST_CHECK;

#endif
