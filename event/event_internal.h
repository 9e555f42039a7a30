/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by clock.c, loop.c and timer.c only. */
#ifndef EVENT_INTERNAL_H
#define EVENT_INTERNAL_H

#include "event/event.h"

typedef struct TimerList TimerList;

/* Take back a virt_clock_on_change(). Main thread. */
void virt_clock_off_change(VirtClock *clock, EventFn *fn, void *opaque);

/* The timers of one loop, with the timerfd that wakes it. Never fails but by abort at start. */
TimerList *timer_list_new(EventLoop *loop, VirtClock *clock);
void timer_list_free(TimerList *list);
TimerList *event_loop_timers(EventLoop *loop);

#endif
