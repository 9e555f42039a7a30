/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A backend as chardev/ sees it. Most are a "channel": a pair of file descriptors with the output
 * ring in front. Others replace write (mux port, ring buffer).
 */
#ifndef CHARDEV_INTERNAL_H
#define CHARDEV_INTERNAL_H

#include <stdio.h>

#include "chardev/host.h"

#define RING_BYTES (64 * 1024)   /* power of two */
#define READ_BYTES 4096

typedef struct BackendOps {
    const char *name;
    size_t size;                                   /* of the struct that starts with a Chardev */
    bool (*open)(Chardev *chr, const ChardevOptions *opts, Error **errp);
    void (*close)(Chardev *chr);                   /* may be NULL */
    char *(*describe)(const Chardev *chr);         /* NULL: the name */
    size_t (*write)(Chardev *chr, const uint8_t *buf, size_t len); /* any thread; NULL: channel */
    void (*input_ended)(Chardev *chr);             /* channel: end of file or error */
    void (*send_break)(Chardev *chr);              /* any thread; may be NULL */
    /* NULL: a channel writes to out_fd. -1 with errno EAGAIN: wait for room. */
    ssize_t (*send)(Chardev *chr, const uint8_t *buf, size_t len);
    /* Look at input before the front end does: bytes left in @buf. NULL: all. */
    size_t (*filter)(Chardev *chr, uint8_t *buf, size_t len);
    bool (*drain)(Chardev *chr);                   /* NULL: channel */
    void (*frontend_changed)(Chardev *chr);        /* may be NULL */
    void (*accept_input)(Chardev *chr);            /* not a channel: main thread */
    Chardev *(*claim)(Chardev *chr);               /* NULL: one front end */
} BackendOps;

struct Chardev {
    const BackendOps *ops;
    ChardevEnv *env;
    char *id;
    const CharFrontendOps *frontend;
    void *frontend_opaque;
    bool claimed;
    bool open;                 /* a peer is there */
    bool told_open;            /* ... and the front end knows */

    GSource *work_source;      /* runs chardev_work() on the main thread */
    int in_fd, out_fd;         /* channel; -1 = none */
    bool out_blocks;           /* out_fd has no O_NONBLOCK: ask poll() first */
    bool escape_ff;            /* telnet: double 0xff */
    GSource *in_watch, *out_watch;
    FILE *log;
    unsigned drain_ms;         /* how long chardev_free() waits for a slow peer */

    GMutex lock;               /* guards what follows */
    unsigned work;             /* WORK_* to do */
    int64_t work_us;           /* when; INT64_MAX = nothing asked */
    int64_t flushed_us;
    uint8_t *ring;
    size_t head, used;
    bool connected;            /* output has somewhere to go */
    bool out_blocked;          /* out_watch waits for room */
    bool came_short;           /* a write was cut: tell CHARDEV_WRITABLE */
};

enum { WORK_OPENED = 1, WORK_FLUSH = 2, WORK_INPUT = 4 };

/* Allocate by ops->size and set up what all backends have. */
Chardev *backend_new(const BackendOps *ops, ChardevEnv *env, const char *id);
/* Ask for work on the main thread at @when_us (0: at once). Any thread. */
void backend_wake(Chardev *chr, unsigned work, int64_t when_us);
void backend_event(Chardev *chr, ChardevEvent event);
/* The peer has come or gone: changes chr->open and tells the front end. */
void backend_set_open(Chardev *chr, bool open);

/* Give a channel its descriptors (owned) and tell the front end that it is open. */
void channel_connect(Chardev *chr, int in_fd, int out_fd, bool out_blocks);
/* Close them, drop unsent output, tell the front end. */
void channel_disconnect(Chardev *chr);
void channel_watch_input(Chardev *chr);
/* Write out what the ring holds, waiting up to drain_ms between bytes. False: some is left. */
bool channel_drain(Chardev *chr);
void channel_flush(Chardev *chr);
size_t channel_write(Chardev *chr, const uint8_t *buf, size_t len);

/* Put a mux in front of @below, which it then owns. */
Chardev *mux_new(Chardev *below, const char *id);
Chardev *mux_below(const Chardev *chr);

bool is_mux(const Chardev *chr);
extern const BackendOps null_backend, stdio_backend, file_backend, pipe_backend, pty_backend,
    ringbuf_backend, socket_backend;
GByteArray *ringbuf_take(Chardev *chr, size_t max);

#endif
