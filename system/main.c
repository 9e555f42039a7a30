/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The phases of the emulator's life, in order. Each may use what earlier ones made; what was made
 * is taken down in the reverse order. Only this file prints errors and exits.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "qapi/qapi-commands.h"
#include "system.h"
#include "util/log.h"

typedef struct Start {
    System *s;
    GPtrArray *monitor_chardevs;   /* claimed, not yet attached */
    MonitorConfig monitor_config;
    char *pidfile;
    int ready_fd;                  /* daemonize: where the parent waits; -1 without */
} Start;

/* -- Phases -- */

static bool phase_validate(Start *st, Error **errp)
{
    SystemConfig *c = st->s->config;

    st->s->actions = c->actions;
    return config_validate(c, errp);
}

static bool phase_process(Start *st, Error **errp)
{
    const SystemConfig *c = st->s->config;

    if (c->name.process) {
        prctl(PR_SET_NAME, c->name.process, 0, 0, 0);
    }
    signal(SIGPIPE, SIG_IGN);
    return !c->daemonize || daemon_fork(&st->ready_fd, errp);
}

static bool phase_log(Start *st, Error **errp)
{
    const SystemConfig *c = st->s->config;
    uint32_t mask = 0;

    if (c->log_items && !log_parse_items(c->log_items, &mask, errp)) {
        return false;
    }
    if (c->log_file && !log_set_file(c->log_file, errp)) {
        return false;
    }
    log_set_mask(mask);
    return true;
}

static int64_t log_clock(void *opaque) { return virt_clock_ns(opaque); }

/* Before there are monitors nobody can have asked for events. */
static void emit_event(void *opaque, const char *name, json_t *data)
{
    System *s = opaque;

    if (s->monitors) {
        monitors_event(s->monitors, name, data);
    } else {
        json_decref(data);
    }
}

static bool phase_loop(Start *st, Error **errp)
{
    System *s = st->s;

    s->clock = virt_clock_new();
    s->loop = event_loop_new(s->clock);
    log_set_clock(log_clock, s->clock);
    s->events = (QapiEventSink){ emit_event, s };
    return true;
}

static bool phase_chardevs(Start *st, Error **errp)
{
    return system_open_chardevs(st->s, st->monitor_chardevs, errp);
}

/* After the chardevs: waiting for a client can be interrupted. Before there are other threads. */
static bool phase_signals(Start *st, Error **errp)
{
    system_watch_signals(st->s);
    return true;
}

static bool phase_pidfile(Start *st, Error **errp)
{
    const char *path = st->s->config->pidfile;

    return !path || (st->pidfile = pidfile_create(path, errp)) != NULL;
}

static bool phase_machine(Start *st, Error **errp)
{
    System *s = st->s;
    const SystemConfig *c = s->config;

    return !c->machine->is_virt || system_build_machine(s, errp);
}

static bool phase_devices(Start *st, Error **errp)
{
    const SystemConfig *c = st->s->config;

    for (guint i = 0; i < c->devices->len; i++) {
        const DeviceRequest *r = g_ptr_array_index(c->devices, i);
        if (!system_device_add(st->s, r->properties.object, r->properties.spelling, errp)) {
            return error_prepend(errp, "%s: ", r->source);
        }
    }
    return true;
}

static bool phase_monitors(Start *st, Error **errp)
{
    System *s = st->s;

    s->version = json_pack("{s:{s:i,s:i,s:i},s:s}", "qemu", "micro", 0, "minor", 0, "major", 10,
                           "package", PACKAGE);
    st->monitor_config = (MonitorConfig){
        .loop = s->loop,
        .qmp = &qapi_commands,
        .hmp = &hmp_table,
        .context = s,
        .version = s->version,
        .banner = "QEMU " EMULATED_VERSION " monitor - type 'help' for more information",
    };
    s->monitors = monitors_new(&st->monitor_config);
    system_start_monitors(s, st->monitor_chardevs);
    return true;
}

static bool phase_run(Start *st, Error **errp)
{
    System *s = st->s;

    s->state = RUN_STATE_PRELAUNCH;
    if (!s->config->start_paused && !system_cont(s, errp)) {
        return false;
    }
    if (st->ready_fd >= 0) {
        daemon_ready(st->ready_fd);
    }
    event_loop_run(s->loop);
    return true;
}

static bool (*const phases[])(Start *, Error **) = {
    phase_validate, phase_process, phase_log, phase_loop, phase_chardevs, phase_signals,
    phase_pidfile, phase_machine, phase_devices, phase_monitors, phase_run,
};

static void tear_down(Start *st)
{
    System *s = st->s;

    g_clear_pointer(&s->monitors, monitors_free);
    virt_free(s->virt);
    system_close_chardevs(s);
    if (st->pidfile) {
        unlink(st->pidfile);
    }
    if (s->loop) {
        if (s->signal_watch) {
            event_source_drop(&s->signal_watch);
            close(s->signal_fd);
        }
        log_set_clock(NULL, NULL);
        event_loop_free(s->loop);
        virt_clock_free(s->clock);
    }
    json_decref(s->version);
    g_ptr_array_free(s->chardevs, TRUE);
    g_ptr_array_free(st->monitor_chardevs, TRUE);
    g_free(st->pidfile);
    g_mutex_clear(&s->lock);
    config_free(s->config);
    g_free(s);
}

int main(int argc, char **argv)
{
    Start st = {
        .s = g_new0(System, 1), .monitor_chardevs = g_ptr_array_new(), .ready_fd = -1,
    };
    Error *err = NULL;

    g_mutex_init(&st.s->lock);
    st.s->chardevs = g_ptr_array_new();
    SystemConfig *c = st.s->config = config_new();
    c->program = g_path_get_basename(argc ? argv[0] : "qemu-system-aarch64");
    error_set_program(g_intern_string(c->program));

    bool good = options_parse(c, argc, argv, &err);
    if (good && c->help->len) {
        fputs(c->help->str, stdout);
    } else {
        for (size_t i = 0; good && i < G_N_ELEMENTS(phases); i++) {
            good = phases[i](&st, &err);
        }
    }
    int exit_code = good ? st.s->exit_code : 1;
    if (!good) {
        error_report_free(err);
    }
    tear_down(&st);
    return exit_code;
}
