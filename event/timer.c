/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of a loop: a list sorted by deadline and one timerfd armed for its head. A machine has a
 * handful of them (a vCPU's own timers live on its thread), so a list is the fast structure.
 */
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "event_internal.h"
#include "util/error.h"

struct TimerList {
    EventLoop *loop;
    VirtClock *clock;
    int fd;
    GSource *source;
    GMutex lock;             /* guards armed, and deadline_ns and link of each timer in it */
    GQueue armed;
};

struct EventTimer {
    TimerList *list;
    EventFn *fn;
    void *opaque;
    int64_t deadline_ns;     /* -1: not armed */
    GList link;
};

/* Arm the timerfd for the head of the list, or disarm it when time stands still. */
static void wakeup_set_locked(TimerList *list)
{
    EventTimer *first = g_queue_peek_head(&list->armed);
    struct itimerspec when = { 0 };

    if (first && virt_clock_is_running(list->clock)) {
        int64_t host_ns = first->deadline_ns + virt_clock_offset_ns(list->clock);
        host_ns = MAX(host_ns, 1); /* 0 would disarm */
        when.it_value.tv_sec = host_ns / NS_PER_SEC;
        when.it_value.tv_nsec = host_ns % NS_PER_SEC;
    }
    timerfd_settime(list->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void clock_changed(void *opaque)
{
    TimerList *list = opaque;

    g_mutex_lock(&list->lock);
    wakeup_set_locked(list);
    g_mutex_unlock(&list->lock);
}

static void disarm_locked(EventTimer *timer)
{
    if (timer->deadline_ns >= 0) {
        g_queue_unlink(&timer->list->armed, &timer->link);
        timer->deadline_ns = -1;
    }
}

/* Take the first timer that is due at @now_ns, or NULL. */
static EventTimer *take_due(TimerList *list, int64_t now_ns)
{
    g_mutex_lock(&list->lock);
    EventTimer *timer = g_queue_peek_head(&list->armed);
    if (timer && timer->deadline_ns <= now_ns && virt_clock_is_running(list->clock)) {
        disarm_locked(timer);
    } else {
        timer = NULL;
    }
    g_mutex_unlock(&list->lock);
    return timer;
}

static gboolean expired(int fd, GIOCondition cond, void *opaque)
{
    TimerList *list = opaque;
    int64_t now_ns = virt_clock_ns(list->clock);
    uint64_t count;
    EventTimer *timer;

    if (read(fd, &count, sizeof(count)) < 0) {
        return G_SOURCE_CONTINUE; /* re-armed meanwhile */
    }
    g_mutex_lock(&list->lock);
    guint budget = list->armed.length; /* a timer that re-arms in the past cannot hold the loop */
    g_mutex_unlock(&list->lock);
    while (budget-- && (timer = take_due(list, now_ns))) {
        timer->fn(timer->opaque);
    }
    clock_changed(list);
    return G_SOURCE_CONTINUE;
}

TimerList *timer_list_new(EventLoop *loop, VirtClock *clock)
{
    TimerList *list = g_new0(TimerList, 1);

    list->loop = loop;
    list->clock = clock;
    g_mutex_init(&list->lock);
    g_queue_init(&list->armed);
    list->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    g_assert(list->fd >= 0);
    list->source = event_watch_fd(loop, list->fd, G_IO_IN, expired, list);
    virt_clock_on_change(clock, clock_changed, list);
    return list;
}

void timer_list_free(TimerList *list)
{
    virt_clock_off_change(list->clock, clock_changed, list);
    event_source_drop(&list->source);
    close(list->fd);
    g_mutex_clear(&list->lock);
    g_free(list);
}

EventTimer *event_timer_new(EventLoop *loop, EventFn *fn, void *opaque)
{
    EventTimer *timer = g_new0(EventTimer, 1);

    timer->list = event_loop_timers(loop);
    timer->fn = fn;
    timer->opaque = opaque;
    timer->deadline_ns = -1;
    timer->link.data = timer;
    return timer;
}

void event_timer_free(EventTimer *timer)
{
    if (timer) {
        event_timer_cancel(timer);
        g_free(timer);
    }
}

static void insert_locked(TimerList *list, EventTimer *timer)
{
    GList *at = list->armed.tail;

    /* Behind those with the same deadline: equal deadlines fire in the order they were set. */
    while (at && ((EventTimer *)at->data)->deadline_ns > timer->deadline_ns) {
        at = at->prev;
    }
    if (at) {
        g_queue_insert_after_link(&list->armed, at, &timer->link);
    } else {
        g_queue_push_head_link(&list->armed, &timer->link);
    }
}

void event_timer_set(EventTimer *timer, int64_t deadline_ns)
{
    TimerList *list = timer->list;

    g_mutex_lock(&list->lock);
    disarm_locked(timer);
    timer->deadline_ns = MAX(deadline_ns, 0);
    insert_locked(list, timer);
    if (list->armed.head == &timer->link) {
        wakeup_set_locked(list);
    }
    g_mutex_unlock(&list->lock);
}

void event_timer_cancel(EventTimer *timer)
{
    g_mutex_lock(&timer->list->lock);
    disarm_locked(timer);
    g_mutex_unlock(&timer->list->lock);
}

int64_t event_timer_deadline_ns(const EventTimer *timer)
{
    g_mutex_lock(&timer->list->lock);
    int64_t deadline_ns = timer->deadline_ns;
    g_mutex_unlock(&timer->list->lock);
    return deadline_ns;
}
