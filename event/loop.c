/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib-unix.h>
#include <stdatomic.h>

#include "event_internal.h"

typedef struct Deferred {
    EventFn *fn;
    void *opaque;
} Deferred;

struct EventLoop {
    GMainContext *context;
    TimerList *timers;
    GSource *defer_source;
    GThread *thread;          /* the one that made the loop, then the one that runs it */
    atomic_bool quit;
    GMutex lock;              /* guards deferred */
    GArray *deferred;
};

typedef struct DeferSource {
    GSource base;
    EventLoop *loop;
} DeferSource;

/* -- Deferred work -- */

static gboolean defer_dispatch(GSource *source, GSourceFunc fn, gpointer opaque)
{
    EventLoop *loop = ((DeferSource *)source)->loop;

    /* What a callback defers waits for the next turn, so that I/O is not starved. */
    g_source_set_ready_time(source, -1);
    g_mutex_lock(&loop->lock);
    GArray *batch = loop->deferred;
    loop->deferred = g_array_new(FALSE, FALSE, sizeof(Deferred));
    g_mutex_unlock(&loop->lock);
    for (guint i = 0; i < batch->len; i++) {
        Deferred d = g_array_index(batch, Deferred, i);
        d.fn(d.opaque);
    }
    g_array_free(batch, TRUE);
    return G_SOURCE_CONTINUE;
}

static const GSourceFuncs defer_funcs = { .dispatch = defer_dispatch };

void event_defer(EventLoop *loop, EventFn *fn, void *opaque)
{
    g_mutex_lock(&loop->lock);
    bool first = loop->deferred->len == 0;
    g_array_append_val(loop->deferred, ((Deferred){ fn, opaque }));
    g_mutex_unlock(&loop->lock);
    if (first) {
        g_source_set_ready_time(loop->defer_source, 0); /* also wakes the poll */
    }
}

/* -- Loop -- */

EventLoop *event_loop_new(VirtClock *clock)
{
    EventLoop *loop = g_new0(EventLoop, 1);

    g_mutex_init(&loop->lock);
    loop->context = g_main_context_new();
    loop->thread = g_thread_self();
    loop->deferred = g_array_new(FALSE, FALSE, sizeof(Deferred));
    loop->defer_source = g_source_new((GSourceFuncs *)&defer_funcs, sizeof(DeferSource));
    ((DeferSource *)loop->defer_source)->loop = loop;
    g_source_attach(loop->defer_source, loop->context);
    loop->timers = timer_list_new(loop, clock);
    return loop;
}

void event_loop_free(EventLoop *loop)
{
    if (!loop) {
        return;
    }
    timer_list_free(loop->timers);
    event_source_drop(&loop->defer_source);
    g_array_free(loop->deferred, TRUE);
    g_main_context_unref(loop->context);
    g_mutex_clear(&loop->lock);
    g_free(loop);
}

GMainContext *event_loop_context(EventLoop *loop) { return loop->context; }
TimerList *event_loop_timers(EventLoop *loop) { return loop->timers; }
bool event_loop_is_current(const EventLoop *loop) { return loop->thread == g_thread_self(); }

void event_loop_run(EventLoop *loop)
{
    loop->thread = g_thread_self();
    while (!atomic_exchange(&loop->quit, false)) {
        g_main_context_iteration(loop->context, TRUE);
    }
}

void event_loop_quit(EventLoop *loop)
{
    atomic_store(&loop->quit, true);
    g_main_context_wakeup(loop->context);
}

/* -- File descriptors -- */

GSource *event_watch_fd(EventLoop *loop, int fd, GIOCondition cond, EventFdFn *fn, void *opaque)
{
    GSource *source = g_unix_fd_source_new(fd, cond);

    g_source_set_callback(source, G_SOURCE_FUNC(fn), opaque, NULL);
    g_source_attach(source, loop->context);
    return source;
}

void event_source_drop(GSource **source)
{
    if (*source) {
        g_source_destroy(*source);
        g_source_unref(*source);
        *source = NULL;
    }
}
