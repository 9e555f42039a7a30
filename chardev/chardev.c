/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all backends share: front end, deferred work, life and death. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "chardev_internal.h"

static const BackendOps *const backends[CHARDEV_KIND__COUNT] = {
    [CHARDEV_KIND_FILE] = &file_backend,
    [CHARDEV_KIND_NULL] = &null_backend,
    [CHARDEV_KIND_PIPE] = &pipe_backend,
    [CHARDEV_KIND_PTY] = &pty_backend,
    [CHARDEV_KIND_RINGBUF] = &ringbuf_backend,
    [CHARDEV_KIND_SOCKET] = &socket_backend,
    [CHARDEV_KIND_STDIO] = &stdio_backend,
    [CHARDEV_KIND_VC] = &null_backend,
};

/* -- Deferred work -- */

typedef struct WorkSource {
    GSource base;
    Chardev *chr;
} WorkSource;

void backend_wake(Chardev *chr, unsigned work, int64_t when_us)
{
    g_mutex_lock(&chr->lock);
    chr->work |= work;
    if (when_us < chr->work_us) {
        chr->work_us = when_us;
        g_source_set_ready_time(chr->work_source, when_us);
    }
    g_mutex_unlock(&chr->lock);
}

/* Tell the front end whether there is a peer, if it does not know. */
static void tell_open(Chardev *chr)
{
    if (chr->frontend && chr->told_open != chr->open) {
        chr->told_open = chr->open;
        backend_event(chr, chr->open ? CHARDEV_OPENED : CHARDEV_CLOSED);
    }
}

static gboolean work_dispatch(GSource *source, GSourceFunc fn, gpointer opaque)
{
    Chardev *chr = ((WorkSource *)source)->chr;

    g_mutex_lock(&chr->lock);
    unsigned work = chr->work;
    chr->work = 0;
    chr->work_us = INT64_MAX;
    g_source_set_ready_time(source, -1);
    g_mutex_unlock(&chr->lock);
    if (work & WORK_OPENED) {
        tell_open(chr);
    }
    if (work & WORK_FLUSH) {
        channel_flush(chr);
    }
    if (work & WORK_INPUT) {
        if (chr->ops->accept_input) {
            chr->ops->accept_input(chr);
        } else {
            channel_watch_input(chr);
        }
    }
    return G_SOURCE_CONTINUE;
}

static const GSourceFuncs work_funcs = { .dispatch = work_dispatch };

/* -- Life -- */

Chardev *backend_new(const BackendOps *ops, ChardevEnv *env, const char *id)
{
    Chardev *chr = g_malloc0(ops->size);

    chr->ops = ops;
    chr->env = env;
    chr->id = g_strdup(id);
    chr->in_fd = chr->out_fd = -1;
    chr->work_us = INT64_MAX;
    chr->drain_ms = 1000;
    g_mutex_init(&chr->lock);
    chr->work_source = g_source_new((GSourceFuncs *)&work_funcs, sizeof(WorkSource));
    ((WorkSource *)chr->work_source)->chr = chr;
    g_source_attach(chr->work_source, event_loop_context(env->loop));
    return chr;
}

static bool open_log(Chardev *chr, const ChardevOptions *opts, Error **errp)
{
    if (opts->logfile) {
        chr->log = fopen(opts->logfile, opts->logappend ? "ae" : "we");
        if (!chr->log) {
            return error_set_errno(errp, errno, "Unable to open logfile %s", opts->logfile);
        }
    }
    return true;
}

Chardev *chardev_new(ChardevEnv *env, const char *id, const ChardevOptions *opts, Error **errp)
{
    g_autofree char *below_id = opts->mux ? g_strdup_printf("%s-base", id) : NULL;
    Chardev *chr = backend_new(backends[opts->backend], env, below_id ? below_id : id);

    if (!open_log(chr, opts, errp) || (chr->ops->open && !chr->ops->open(chr, opts, errp))) {
        chr->drain_ms = 0;
        chardev_free(chr);
        return NULL;
    }
    return opts->mux ? mux_new(chr, id) : chr;
}

void chardev_free(Chardev *chr)
{
    if (!chr) {
        return;
    }
    chr->frontend = NULL;
    channel_drain(chr);
    if (chr->ops->close) {
        chr->ops->close(chr);
    }
    channel_disconnect(chr);
    event_source_drop(&chr->work_source);
    if (chr->log) {
        fclose(chr->log);
    }
    g_free(chr->ring);
    g_mutex_clear(&chr->lock);
    g_free(chr->id);
    g_free(chr);
}

/* -- Front end -- */

void backend_event(Chardev *chr, ChardevEvent event)
{
    if (chr->frontend && chr->frontend->event) {
        chr->frontend->event(chr->frontend_opaque, event);
    }
}

void backend_set_open(Chardev *chr, bool open)
{
    chr->open = open;
    tell_open(chr);
}

Chardev *chardev_claim(Chardev *chr, Error **errp)
{
    if (chr->ops->claim) {
        return chr->ops->claim(chr);
    }
    if (chr->claimed) {
        error_set(errp, "Device '%s' is in use", chr->id);
        return NULL;
    }
    chr->claimed = true;
    return chr;
}

void chardev_set_frontend(Chardev *chr, const CharFrontendOps *ops, void *opaque)
{
    chr->frontend = ops;
    chr->frontend_opaque = opaque;
    chr->told_open = false;
    if (chr->ops->frontend_changed) {
        chr->ops->frontend_changed(chr);
    }
    backend_wake(chr, WORK_INPUT | (chr->open ? WORK_OPENED : 0), 0);
}

size_t chardev_write(Chardev *chr, const void *buf, size_t len)
{
    return chr->ops->write ? chr->ops->write(chr, buf, len) : channel_write(chr, buf, len);
}

bool chardev_drain(Chardev *chr)
{
    return chr->ops->drain ? chr->ops->drain(chr) : channel_drain(chr);
}

void chardev_accept_input(Chardev *chr) { backend_wake(chr, WORK_INPUT, 0); }

void chardev_send_break(Chardev *chr)
{
    if (chr->ops->send_break) {
        chr->ops->send_break(chr);
    }
}

bool chardev_is_open(const Chardev *chr) { return chr->open; }
bool chardev_has_frontend(const Chardev *chr) { return chr->frontend != NULL; }
const char *chardev_id(const Chardev *chr) { return chr->id; }
bool chardev_is_mux(const Chardev *chr) { return is_mux(chr); }
Chardev *chardev_below(const Chardev *chr) { return is_mux(chr) ? mux_below(chr) : NULL; }

char *chardev_describe(const Chardev *chr)
{
    return chr->ops->describe ? chr->ops->describe(chr) : g_strdup(chr->ops->name);
}

GByteArray *chardev_ringbuf_read(Chardev *chr, size_t max, Error **errp)
{
    if (chr->ops != &ringbuf_backend) {
        error_set(errp, "%s is not a ringbuf device", chr->id);
        return NULL;
    }
    return ringbuf_take(chr, max);
}
