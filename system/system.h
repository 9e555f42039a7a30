/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole emulator: what the phases of main.c build up and the commands work on.
 *
 * Threads: main thread, except system_request_*() (any).
 */
#ifndef SYSTEM_SYSTEM_H
#define SYSTEM_SYSTEM_H

#include "chardev/host.h"
#include "config.h"
#include "event/event.h"
#include "hw/arm/virt.h"
#include "monitor/monitor.h"
#include "qapi/qapi-types.h"

typedef struct System System;

struct System {
    SystemConfig *config;
    EventLoop *loop;
    VirtClock *clock;
    ChardevEnv chardev_env;
    GPtrArray *chardevs;           /* Chardev, in the order of creation */
    Chardev *serial[VIRT_MAX_UARTS];       /* claimed for the machine; NULL: none */
    Monitors *monitors;
    json_t *version;               /* VersionInfo */
    QapiEventSink events;
    VirtMachine *virt;             /* NULL: machine "none" */

    /* run state */
    RunState state;
    ActionConfig actions;
    int exit_code;
    GSource *signal_watch;
    int signal_fd;
    GMutex lock;                   /* guards the requests */
    ShutdownCause shutdown_request, reset_request;
    bool powerdown_request;
    bool force_exit;               /* quit, signal, Ctrl-A x: whatever -no-shutdown says */
};

/* -- Run state (runstate.c) -- */

/* Ask for something to be done soon on the main thread. Any thread, also a vCPU's. */
void system_request_shutdown(System *s, ShutdownCause cause);
void system_request_quit(System *s, ShutdownCause cause);
void system_request_reset(System *s, ShutdownCause cause);
void system_request_powerdown(System *s);
/* Carry out at once what was asked for, so that a monitor's reply comes after the event. */
void system_process_requests(System *s);

bool system_is_running(const System *s);
void system_stop(System *s, RunState state);
bool system_cont(System *s, Error **errp) MUST_CHECK;
/* SIGTERM, SIGINT and SIGHUP end the emulator with 0. Call before other threads are made. */
void system_watch_signals(System *s);

/* -- Character devices (consoles.c) -- */

/* Make all of them and claim the serial port's; monitors are attached by the second call. */
bool system_open_chardevs(System *s, GPtrArray *monitor_chardevs, Error **errp) MUST_CHECK;
void system_start_monitors(System *s, GPtrArray *monitor_chardevs);
Chardev *system_find_chardev(const System *s, const char *id);
/* Writes out what is buffered. */
void system_close_chardevs(System *s);

/* -- Machine (machine.c) -- */

/* Build s->virt from the options. */
bool system_build_machine(System *s, Error **errp) MUST_CHECK;

/* -- Devices (devices.c) -- */

/* @properties: of device_add and -device, with "driver". */
bool system_device_add(System *s, json_t *properties, QapiSpelling spelling,
                       Error **errp) MUST_CHECK;
bool system_device_del(System *s, const char *id, Error **errp) MUST_CHECK;

/* -- The host (daemon.c) -- */

/*
 * Fork into the background. Returns in the child; the parent waits until daemon_ready() or the
 * child's end and exits with 0 or 1.
 */
bool daemon_fork(int *ready_fd, Error **errp) MUST_CHECK;
void daemon_ready(int ready_fd);
/* Absolute name of the file made, to be removed at the end. NULL: failed. */
char *pidfile_create(const char *path, Error **errp);

extern const HmpTable hmp_table;

#endif
