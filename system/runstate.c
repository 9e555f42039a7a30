/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running, holding, resetting and ending the machine. Requests come from any thread (a guest's
 * PSCI call, a signal, a monitor) and are carried out on the main thread, shutdown before reset.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "qapi/qapi-events.h"
#include "system.h"

/* -- Running and holding -- */

bool system_is_running(const System *s) { return s->state == RUN_STATE_RUNNING; }

static void set_running(System *s, bool running)
{
    if (running) {
        virt_clock_start(s->clock);
    }
    if (s->virt) {
        virt_set_running(s->virt, running);
    }
    if (!running) {
        virt_clock_stop(s->clock);
    }
}

void system_stop(System *s, RunState state)
{
    bool was_running = system_is_running(s);

    if (was_running) {
        set_running(s, false);
    }
    s->state = state;
    if (was_running) {
        qapi_event_stop(&s->events);
    }
}

static bool needs_reset(const System *s)
{
    return s->state == RUN_STATE_SHUTDOWN || s->state == RUN_STATE_GUEST_PANICKED ||
           s->state == RUN_STATE_INTERNAL_ERROR;
}

bool system_cont(System *s, Error **errp)
{
    if (needs_reset(s)) {
        return error_set(errp, "Resetting the Virtual Machine is required");
    }
    if (!system_is_running(s)) {
        s->state = RUN_STATE_RUNNING;
        qapi_event_resume(&s->events);
        set_running(s, true);
    }
    return true;
}

/* -- Requests -- */

static bool is_guest_cause(ShutdownCause cause)
{
    return cause == SHUTDOWN_CAUSE_GUEST_SHUTDOWN || cause == SHUTDOWN_CAUSE_GUEST_RESET ||
           cause == SHUTDOWN_CAUSE_GUEST_PANIC;
}

static void do_shutdown(System *s, ShutdownCause cause, bool force)
{
    bool stays = s->actions.shutdown == SHUTDOWN_ACTION_PAUSE && !force;

    if (needs_reset(s) && !force) {
        return; /* it is down already */
    }
    qapi_event_shutdown(&s->events, is_guest_cause(cause), cause);
    if (stays) {
        system_stop(s, RUN_STATE_SHUTDOWN);
        return;
    }
    if (system_is_running(s)) {
        set_running(s, false);
        s->state = RUN_STATE_SHUTDOWN;
    }
    event_loop_quit(s->loop);
}

static void do_reset(System *s, ShutdownCause cause)
{
    bool was_running = system_is_running(s);

    if (was_running) {
        set_running(s, false);
    }
    if (s->virt) {
        virt_reset(s->virt);
    }
    qapi_event_reset(&s->events, is_guest_cause(cause), cause);
    if (needs_reset(s)) {
        s->state = RUN_STATE_PRELAUNCH;
    }
    if (was_running) {
        set_running(s, true);
    }
}

void system_process_requests(System *s)
{
    g_mutex_lock(&s->lock);
    ShutdownCause shutdown = s->shutdown_request, reset = s->reset_request;
    bool powerdown = s->powerdown_request, force = s->force_exit;
    bool reset_ends = s->actions.reboot == REBOOT_ACTION_SHUTDOWN;
    s->shutdown_request = s->reset_request = SHUTDOWN_CAUSE_NONE;
    s->powerdown_request = s->force_exit = false;
    g_mutex_unlock(&s->lock);

    if (shutdown != SHUTDOWN_CAUSE_NONE) {
        do_shutdown(s, shutdown, force);
        return;
    }
    if (reset != SHUTDOWN_CAUSE_NONE) {
        if (reset_ends) {
            do_shutdown(s, reset, false);
            return;
        }
        do_reset(s, reset);
    }
    if (powerdown) {
        qapi_event_powerdown(&s->events);
        if (s->virt) {
            virt_powerdown(s->virt);
        }
    }
}

static void process_requests(void *opaque) { system_process_requests(opaque); }

static void request(System *s, ShutdownCause *which, ShutdownCause cause, bool force)
{
    g_mutex_lock(&s->lock);
    if (*which == SHUTDOWN_CAUSE_NONE || force) {
        *which = cause;
    }
    s->force_exit |= force;
    g_mutex_unlock(&s->lock);
    event_defer(s->loop, process_requests, s);
}

void system_request_shutdown(System *s, ShutdownCause cause)
{
    request(s, &s->shutdown_request, cause, false);
}

void system_request_quit(System *s, ShutdownCause cause)
{
    request(s, &s->shutdown_request, cause, true);
}

void system_request_reset(System *s, ShutdownCause cause)
{
    request(s, &s->reset_request, cause, false);
}

void system_request_powerdown(System *s)
{
    g_mutex_lock(&s->lock);
    s->powerdown_request = true;
    g_mutex_unlock(&s->lock);
    event_defer(s->loop, process_requests, s);
}

/* -- Signals -- */

static const int end_signals[] = { SIGINT, SIGTERM, SIGHUP };

static void end_signal_set(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < G_N_ELEMENTS(end_signals); i++) {
        sigaddset(set, end_signals[i]);
    }
}

static void tell_signal(const struct signalfd_siginfo *info)
{
    g_autofree char *path = g_strdup_printf("/proc/%u/comm", info->ssi_pid);
    g_autofree char *name = NULL;

    if (info->ssi_pid == 0 || info->ssi_code == SI_KERNEL) {
        info_report("terminating on signal %u", info->ssi_signo);
        return;
    }
    if (g_file_get_contents(path, &name, NULL, NULL)) {
        g_strchomp(name);
    }
    info_report("terminating on signal %u from pid %u (%s)", info->ssi_signo, info->ssi_pid,
                name ? name : "<unknown process>");
}

static gboolean signal_came(int fd, GIOCondition cond, void *opaque)
{
    System *s = opaque;
    struct signalfd_siginfo info;
    sigset_t set;

    if (read(fd, &info, sizeof(info)) != sizeof(info)) {
        return G_SOURCE_CONTINUE;
    }
    tell_signal(&info);
    system_request_quit(s, SHUTDOWN_CAUSE_HOST_SIGNAL);
    end_signal_set(&set); /* whoever sends it again does not want to wait */
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return G_SOURCE_REMOVE;
}

void system_watch_signals(System *s)
{
    sigset_t set;

    end_signal_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    s->signal_watch = event_watch_fd(s->loop, s->signal_fd, G_IO_IN, signal_came, s);
}
