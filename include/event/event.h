/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main loop, the virtual clock and its timers.
 *
 * One EventLoop runs on the main thread over a GMainContext of its own; chardevs, the monitor,
 * device timers and deferred work run there.  vCPU threads never run callbacks of this module:
 * they post work with event_defer().
 *
 * Locks: an internal lock guards timers and the deferred queue; no callback runs under it, and it
 * is a leaf of docs/devel/locking.md.
 */
#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct EventLoop EventLoop;
typedef struct VirtClock VirtClock;
typedef struct EventTimer EventTimer;
typedef void EventFn(void *opaque);

#define NS_PER_SEC INT64_C(1000000000)

/* -- Clocks: nanoseconds -- */

int64_t host_clock_ns(void);      /* CLOCK_MONOTONIC */
int64_t host_realtime_ns(void);   /* CLOCK_REALTIME, since 1970 */

/*
 * Guest time. Stands still until virt_clock_start(); starts at 0.  Reading is lock-free on any
 * thread.  start and stop: main thread, idempotent.
 *
 * virt_clock_offset_ns(): while running, now = host_clock_ns() - offset. Lets a vCPU derive a
 * counter straight from the host's TSC.
 */
VirtClock *virt_clock_new(void);
void virt_clock_free(VirtClock *clock);
int64_t virt_clock_ns(const VirtClock *clock);
int64_t virt_clock_offset_ns(const VirtClock *clock); /* meaningful only while running */
bool virt_clock_is_running(const VirtClock *clock);
void virt_clock_start(VirtClock *clock);
void virt_clock_stop(VirtClock *clock);
/*
 * Called (main thread) after each start or stop, so that those who cache the offset renew it.
 */
void virt_clock_on_change(VirtClock *clock, EventFn *fn, void *opaque);
void virt_clock_off_change(VirtClock *clock, EventFn *fn, void *opaque); /* same fn and opaque */

/* -- Loop -- */

EventLoop *event_loop_new(VirtClock *clock);
void event_loop_free(EventLoop *loop);
GMainContext *event_loop_context(EventLoop *loop);
/* Run until event_loop_quit(). Main thread. */
void event_loop_run(EventLoop *loop);
void event_loop_quit(EventLoop *loop);            /* any thread */
bool event_loop_is_current(const EventLoop *loop); /* is this its thread? */

/* Run fn(opaque) once on the main thread, soon, in order of posting. Any thread. */
void event_defer(EventLoop *loop, EventFn *fn, void *opaque);

/*
 * Watch a file descriptor: @fn(opaque, cond) on the main thread; return FALSE to stop. Returns a
 * source the caller unrefs with event_source_drop().
 */
typedef gboolean EventFdFn(int fd, GIOCondition cond, void *opaque);
GSource *event_watch_fd(EventLoop *loop, int fd, GIOCondition cond, EventFdFn *fn, void *opaque);
void event_source_drop(GSource **source);          /* destroy + unref; NULL is fine */

/* -- Timers in virtual time: fn runs on the main thread at or after the deadline, once -- */

EventTimer *event_timer_new(EventLoop *loop, EventFn *fn, void *opaque);
void event_timer_free(EventTimer *timer);                     /* NULL is fine */
void event_timer_set(EventTimer *timer, int64_t deadline_ns); /* any thread; replaces the old one */
void event_timer_cancel(EventTimer *timer);                   /* any thread */
int64_t event_timer_deadline_ns(const EventTimer *timer);     /* -1 when not armed */

#endif
