/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARM PrimeCell Real Time Clock PL031 r1p3 (DDI 0224): a counter of seconds with one alarm.
 *
 * It counts by one of three clocks (Pl031Source), two of which also go on while the VM is stopped;
 * the alarm is looked for while the virtual clock runs. The counter survives a reset, as a
 * battery-backed clock does; the alarm does not.
 *
 * Threads: registers on any thread, the alarm on the main thread. One lock; under it only the
 * interrupt wire and any-thread functions of the timer are called.
 */
#ifndef HW_RTC_PL031_H
#define HW_RTC_PL031_H

#include "event/event.h"
#include "hw/core/device.h"

typedef struct Pl031 Pl031;

/* IRQ 0: RTCINTR. */
extern const DeviceType pl031_type;

/* What makes it count; the second and third begin with the host's time of day. */
typedef enum Pl031Source {
    PL031_REALTIME,                 /* the host's time of day, also when somebody sets it */
    PL031_MONOTONIC,                /* time that passes on the host */
    PL031_VIRTUAL,                  /* @clock: stands still while the machine does */
} Pl031Source;

/*
 * @offset_s: what to add to seconds since 1970 (UTC) when the machine starts: 0 for -rtc base=utc.
 * Free with device_free. @loop and @clock must outlive it.
 */
Pl031 *pl031_new(EventLoop *loop, VirtClock *clock, Pl031Source source, int64_t offset_s);
Device *pl031_device(Pl031 *rtc);

#endif
