/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pair of file descriptors with a ring of output in front. Producers (any thread) fill the ring
 * under the lock; the main thread empties it. While it writes, the bytes it looks at are not
 * touched by producers, so the system call needs no lock.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "chardev_internal.h"

/* A vCPU that prints character by character wakes the main thread at most this often. */
#define FLUSH_PAUSE_US 1000

/* -- Output -- */

static void ring_put(Chardev *chr, const uint8_t *buf, size_t len)
{
    size_t tail = (chr->head + chr->used) & (RING_BYTES - 1);
    size_t first = MIN(len, RING_BYTES - tail);

    memcpy(chr->ring + tail, buf, first);
    memcpy(chr->ring, buf + first, len - first);
    chr->used += len;
}

/* Copy with 0xff doubled. Bytes of @buf taken. */
static size_t ring_put_telnet(Chardev *chr, const uint8_t *buf, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        const uint8_t pair[2] = { buf[i], 0xff };
        size_t n = buf[i] == 0xff ? 2 : 1;
        if (chr->used + n > RING_BYTES) {
            break;
        }
        ring_put(chr, pair, n);
    }
    return i;
}

size_t channel_write(Chardev *chr, const uint8_t *buf, size_t len)
{
    bool quick = event_loop_is_current(chr->env->loop);

    g_mutex_lock(&chr->lock);
    if (!chr->connected) {
        g_mutex_unlock(&chr->lock);
        return len;
    }
    if (!chr->ring) {
        chr->ring = g_malloc(RING_BYTES);
    }
    size_t taken = MIN(len, RING_BYTES - chr->used);
    if (chr->escape_ff) {
        taken = ring_put_telnet(chr, buf, len);
    } else {
        ring_put(chr, buf, taken);
    }
    chr->came_short |= taken < len;
    bool blocked = chr->out_blocked; /* the watch will flush */
    int64_t when_us = quick ? 0 : chr->flushed_us + FLUSH_PAUSE_US;
    g_mutex_unlock(&chr->lock);
    if (!blocked && taken) {
        backend_wake(chr, WORK_FLUSH, when_us);
    }
    return taken;
}

/* Write some bytes without blocking. Bytes written, or -1 with errno (EAGAIN: no room). */
static ssize_t put_some(Chardev *chr, const uint8_t *buf, size_t len)
{
    if (chr->ops->send) {
        return chr->ops->send(chr, buf, len);
    }
    if (chr->out_blocks) {
        /* A pipe that polls writable takes at least PIPE_BUF bytes without blocking. */
        struct pollfd pfd = { chr->out_fd, POLLOUT, 0 };
        if (poll(&pfd, 1, 0) == 0) {
            errno = EAGAIN;
            return -1;
        }
        len = MIN(len, 4096);
    }
    return write(chr->out_fd, buf, len);
}

static void ring_take(Chardev *chr, size_t len)
{
    g_mutex_lock(&chr->lock);
    chr->head = (chr->head + len) & (RING_BYTES - 1);
    chr->used -= len;
    g_mutex_unlock(&chr->lock);
}

static void ring_clear(Chardev *chr)
{
    g_mutex_lock(&chr->lock);
    chr->head = chr->used = 0;
    g_mutex_unlock(&chr->lock);
}

/* Write what there is. True when the ring is empty, false when the peer is not ready. */
static bool write_out(Chardev *chr)
{
    for (;;) {
        g_mutex_lock(&chr->lock);
        size_t head = chr->head, len = MIN(chr->used, RING_BYTES - head);
        chr->flushed_us = g_get_monotonic_time();
        g_mutex_unlock(&chr->lock);
        if (len == 0 || chr->out_fd < 0) {
            return true;
        }
        ssize_t done = put_some(chr, chr->ring + head, len);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0 && errno == EAGAIN) {
            return false;
        }
        if (done < 0) {
            ring_clear(chr); /* a broken peer: reading finds out what happened */
            return true;
        }
        if (chr->log) {
            fwrite(chr->ring + head, 1, done, chr->log);
            fflush(chr->log);
        }
        ring_take(chr, done);
    }
}

static gboolean out_ready(int fd, GIOCondition cond, void *opaque)
{
    channel_flush(opaque);
    return G_SOURCE_CONTINUE;
}

void channel_flush(Chardev *chr)
{
    bool empty = write_out(chr);
    bool tell = false;

    if (empty) {
        event_source_drop(&chr->out_watch);
    } else if (!chr->out_watch) {
        chr->out_watch = event_watch_fd(chr->env->loop, chr->out_fd,
                                        G_IO_OUT | G_IO_ERR | G_IO_HUP, out_ready, chr);
    }
    g_mutex_lock(&chr->lock);
    chr->out_blocked = !empty;
    if (chr->came_short && chr->used <= RING_BYTES / 2) {
        chr->came_short = false;
        tell = true;
    }
    g_mutex_unlock(&chr->lock);
    if (tell) {
        backend_event(chr, CHARDEV_WRITABLE);
    }
}

bool channel_drain(Chardev *chr)
{
    while (chr->out_fd >= 0 && !write_out(chr)) {
        struct pollfd pfd = { chr->out_fd, POLLOUT, 0 };
        if (poll(&pfd, 1, chr->drain_ms) <= 0) {
            return false;
        }
    }
    return true;
}

/* -- Input -- */

static gboolean hung_up(int fd, GIOCondition cond, void *opaque)
{
    Chardev *chr = opaque;

    event_source_drop(&chr->in_watch);
    chr->ops->input_ended(chr);
    return G_SOURCE_REMOVE;
}

/* The front end takes nothing: stop reading, but notice when a socket's peer goes away. */
static void pause_input(Chardev *chr)
{
    event_source_drop(&chr->in_watch);
    if (chr->ops == &socket_backend) {
        chr->in_watch = event_watch_fd(chr->env->loop, chr->in_fd, G_IO_HUP, hung_up, chr);
    }
}

static gboolean in_ready(int fd, GIOCondition cond, void *opaque)
{
    Chardev *chr = opaque;
    uint8_t buf[READ_BYTES];
    size_t can = chr->frontend ? chr->frontend->can_receive(chr->frontend_opaque) : 0;

    if (can == 0) {
        pause_input(chr);
        return G_SOURCE_REMOVE;
    }
    ssize_t len = read(fd, buf, MIN(can, sizeof(buf)));
    if (len < 0 && (errno == EAGAIN || errno == EINTR)) {
        return G_SOURCE_CONTINUE;
    }
    if (len <= 0) {
        event_source_drop(&chr->in_watch);
        chr->ops->input_ended(chr);
        return G_SOURCE_REMOVE;
    }
    size_t left = chr->ops->filter ? chr->ops->filter(chr, buf, len) : (size_t)len;
    if (left && chr->frontend) {
        chr->frontend->receive(chr->frontend_opaque, buf, left);
    }
    return G_SOURCE_CONTINUE;
}

void channel_watch_input(Chardev *chr)
{
    event_source_drop(&chr->in_watch);
    if (chr->in_fd >= 0 && chr->frontend) {
        chr->in_watch = event_watch_fd(chr->env->loop, chr->in_fd, G_IO_IN | G_IO_HUP | G_IO_ERR,
                                       in_ready, chr);
    }
}

/* -- Connection -- */

void channel_connect(Chardev *chr, int in_fd, int out_fd, bool out_blocks)
{
    g_mutex_lock(&chr->lock);
    chr->connected = out_fd >= 0;
    chr->head = chr->used = 0;
    g_mutex_unlock(&chr->lock);
    chr->in_fd = in_fd;
    chr->out_fd = out_fd;
    chr->out_blocks = out_blocks;
    backend_set_open(chr, true);
    channel_watch_input(chr);
}

void channel_disconnect(Chardev *chr)
{
    g_mutex_lock(&chr->lock);
    chr->connected = chr->out_blocked = false;
    bool tell = chr->came_short;
    chr->came_short = false;
    chr->head = chr->used = 0;
    g_mutex_unlock(&chr->lock);
    event_source_drop(&chr->in_watch);
    event_source_drop(&chr->out_watch);
    if (chr->out_fd >= 0 && chr->out_fd != chr->in_fd) {
        close(chr->out_fd);
    }
    if (chr->in_fd > 0) { /* standard input stays */
        close(chr->in_fd);
    }
    chr->in_fd = chr->out_fd = -1;
    backend_set_open(chr, false);
    if (tell) {
        backend_event(chr, CHARDEV_WRITABLE); /* everything is taken (and dropped) from now on */
    }
}
