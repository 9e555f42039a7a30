/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options about the emulator's own life, those taken for compatibility, and those refused. */
#include <string.h>
#include <time.h>

#include "config.h"
#include "util/log.h"
#include "util/parse.h"

/* -- Flags -- */

static bool opt_paused(SystemConfig *c, const char *a, Error **e)
{
    return c->start_paused = true;
}

static bool opt_nodefaults(SystemConfig *c, const char *a, Error **e)
{
    return c->nodefaults = true;
}

static bool opt_daemonize(SystemConfig *c, const char *a, Error **e)
{
    return c->daemonize = true;
}

static bool opt_pidfile(SystemConfig *c, const char *a, Error **e)
{
    return set_text(&c->pidfile, a);
}

static bool opt_log_file(SystemConfig *c, const char *a, Error **e)
{
    return set_text(&c->log_file, a);
}

static bool opt_ignored(SystemConfig *c, const char *a, Error **e)
{
    return true;
}

static bool opt_no_reboot(SystemConfig *c, const char *arg, Error **errp)
{
    c->actions.reboot = REBOOT_ACTION_SHUTDOWN;
    return true;
}

static bool opt_no_shutdown(SystemConfig *c, const char *arg, Error **errp)
{
    c->actions.shutdown = SHUTDOWN_ACTION_PAUSE;
    return true;
}

/* -- Structs -- */

static bool help_asked(SystemConfig *c, const char *arg, const char *title, const QapiType *type)
{
    if (strcmp(arg, "help") != 0 && strcmp(arg, "?") != 0) {
        return false;
    }
    g_string_append_printf(c->help, "%s options:\n", title);
    keyval_describe(c->help, type);
    return true;
}

static bool opt_action(SystemConfig *c, const char *arg, Error **errp)
{
    ActionConfig a = { 0 };

    if (help_asked(c, arg, "action", &qapi_type_ActionConfig)) {
        return true;
    }
    if (!keyval_parse_struct(arg, NULL, &qapi_type_ActionConfig, &a, errp)) {
        return false;
    }
    if (a.has_reboot) {
        c->actions.reboot = a.reboot;
    }
    if (a.has_shutdown) {
        c->actions.shutdown = a.shutdown;
    }
    if (a.has_panic) {
        c->actions.panic = a.panic;
    }
    if (a.has_watchdog) {
        c->actions.watchdog = a.watchdog;
    }
    return true;
}

static bool opt_name(SystemConfig *c, const char *arg, Error **errp)
{
    NameOptions n = { 0 };

    if (help_asked(c, arg, "name", &qapi_type_NameOptions)) {
        return true;
    }
    if (!keyval_parse_struct(arg, "guest", &qapi_type_NameOptions, &n, errp)) {
        return false;
    }
    qapi_clear(&qapi_type_NameOptions, &c->name);
    c->name = n;
    return true;
}

static bool is_uuid(const char *text)
{
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !g_ascii_isxdigit(text[i])) {
            return false;
        }
    }
    return text[36] == 0;
}

static bool opt_uuid(SystemConfig *c, const char *arg, Error **errp)
{
    if (!is_uuid(arg)) {
        return error_set(errp, "failed to parse UUID string: wrong format");
    }
    set_text(&c->uuid, arg);
    return true;
}

/* How far base= is from the host's UTC now. */
static bool rtc_offset(const char *base, int64_t *offset_s, Error **errp)
{
    const char *format = strchr(base, 'T') ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d", *end;
    time_t now = time(NULL);
    struct tm tm = { 0 };

    if (!strcmp(base, "utc")) {
        *offset_s = 0;
    } else if (!strcmp(base, "localtime")) {
        localtime_r(&now, &tm);
        *offset_s = tm.tm_gmtoff;
    } else if ((end = strptime(base, format, &tm)) && !*end) {
        *offset_s = timegm(&tm) - now;
    } else {
        error_set(errp, "invalid datetime format '%s'", base);
        error_append_hint(errp, "valid formats: '2006-06-17T16:01:21' or '2006-06-17'");
        return false;
    }
    return true;
}

static bool opt_rtc(SystemConfig *c, const char *arg, Error **errp)
{
    static const Pl031Source sources[] = {
        [RTC_CLOCK_HOST] = PL031_REALTIME, [RTC_CLOCK_RT] = PL031_MONOTONIC,
        [RTC_CLOCK_VM] = PL031_VIRTUAL,
    };
    RtcOptions r = { 0 };

    if (help_asked(c, arg, "rtc", &qapi_type_RtcOptions)) {
        return true;
    }
    if (!keyval_parse_struct(arg, NULL, &qapi_type_RtcOptions, &r, errp)) {
        return false;
    }
    bool good = !r.base || rtc_offset(r.base, &c->rtc_offset_s, errp);
    if (r.has_clock) {
        c->rtc_source = sources[r.clock];
    }
    qapi_clear(&qapi_type_RtcOptions, &r);
    return good;
}

static bool opt_msg(SystemConfig *c, const char *arg, Error **errp)
{
    MsgOptions m = { 0 };

    if (help_asked(c, arg, "msg", &qapi_type_MsgOptions)) {
        return true;
    }
    if (!keyval_parse_struct(arg, NULL, &qapi_type_MsgOptions, &m, errp)) {
        return false;
    }
    error_set_timestamps(m.timestamp);
    return true;
}

static bool opt_overcommit(SystemConfig *c, const char *arg, Error **errp)
{
    OvercommitOptions o = { 0 };

    if (!keyval_parse_struct(arg, NULL, &qapi_type_OvercommitOptions, &o, errp)) {
        return false;
    }
    return !o.mem_lock || error_set(errp, "mem-lock=on is not supported");
}

/* No system call filter is installed; the sub-options are checked and taken. */
static bool opt_sandbox(SystemConfig *c, const char *arg, Error **errp)
{
    static const char *const known[] = {
        "enable", "obsolete", "elevateprivileges", "spawn", "resourcecontrol", NULL,
    };
    Keyval kv;
    const char *key;
    json_t *value;
    bool good = true;

    if (!keyval_parse(arg, "enable", &kv, errp)) {
        return false;
    }
    json_object_foreach(kv.object, key, value) {
        if (good && !g_strv_contains(known, key)) {
            good = error_set(errp, "Invalid parameter '%s'", key);
        }
    }
    keyval_clear(&kv);
    return good;
}

static bool opt_log_items(SystemConfig *c, const char *arg, Error **errp)
{
    const char *name, *text;
    uint32_t mask;

    if (!strcmp(arg, "help") || !strcmp(arg, "?")) {
        g_string_append(c->help, "Log items (comma separated):\n");
        for (unsigned i = 0; log_item_describe(i, &name, &text); i++) {
            g_string_append_printf(c->help, "%-15s %s\n", name, text);
        }
        return true;
    }
    if (!log_parse_items(arg, &mask, errp)) {
        return false;
    }
    set_text(&c->log_items, arg);
    return true;
}

static bool opt_perfmap(SystemConfig *c, const char *arg, Error **errp)
{
    c->tcg.perfmap = true;
    return true;
}

/* -- Refused by name, so that nobody wonders why it has no effect -- */

static bool opt_no_block(SystemConfig *c, const char *a, Error **errp)
{
    return error_set(errp, "there are no block devices in this version");
}

static bool opt_no_net(SystemConfig *c, const char *a, Error **errp)
{
    return error_set(errp, "there are no network devices in this version");
}

static bool opt_no_gdb(SystemConfig *c, const char *a, Error **errp)
{
    return error_set(errp, "there is no gdb server in this version");
}

static bool opt_no_migration(SystemConfig *c, const char *a, Error **errp)
{
    return error_set(errp, "there is no migration and no saved state in this version");
}

static bool opt_unsupported(SystemConfig *c, const char *a, Error **errp)
{
    return error_set(errp, "not supported in this version");
}

#define IGNORED(n, p) { n, opt_ignored, p, NULL }
#define REFUSED(n, p, fn) { n, fn, p, NULL }

const Option options_life[] = {
    { "S", opt_paused, NULL, "freeze CPU at startup (use 'c' to start execution)" },
    { "no-reboot", opt_no_reboot, NULL, "exit instead of rebooting" },
    { "no-shutdown", opt_no_shutdown, NULL, "stop before shutdown" },
    { "action", opt_action, "reboot=reset|shutdown,shutdown=poweroff|pause,panic=...",
      "what to do when the guest reboots, shuts down or panics" },
    { "daemonize", opt_daemonize, NULL, "daemonize after initializing" },
    { "pidfile", opt_pidfile, "file", "write PID to 'file'" },
    { "name", opt_name, "string1[,process=string2][,debug-threads=on|off]",
      "set the name of the guest" },
    { "uuid", opt_uuid, "%08x-%04x-%04x-%04x-%012x", "specify machine UUID" },
    { "rtc", opt_rtc, "[base=utc|localtime|date][,clock=host|rt|vm]",
      "set up the real-time clock" },
    { "nodefaults", opt_nodefaults, NULL, "don't create default devices" },
    { "d", opt_log_items, "item1,...",
      "enable logging of specified items ('-d help' for a list of log items)" },
    { "D", opt_log_file, "logfile", "output log to logfile (default stderr)" },
    { "perfmap", opt_perfmap, NULL, "generate a /tmp/perf-${pid}.map file for perf" },
    { "msg", opt_msg, "timestamp[=on|off]", "put the time in front of messages" },
    { "overcommit", opt_overcommit, "[mem-lock=off][,cpu-pm=on|off]", "taken for compatibility" },
    { "sandbox", opt_sandbox, "on[,obsolete=...]", "taken for compatibility" },
    IGNORED("no-user-config", NULL), IGNORED("nodefconfig", NULL), IGNORED("L", "path"),
    IGNORED("k", "language"), IGNORED("snapshot", NULL), IGNORED("mem-prealloc", NULL),
    IGNORED("seed", "n"), IGNORED("trace", "pattern"), IGNORED("watchdog-action", "action"),
    IGNORED("full-screen", NULL), IGNORED("no-hpet", NULL), IGNORED("compat", "policy"),
    REFUSED("drive", "...", opt_no_block), REFUSED("blockdev", "...", opt_no_block),
    REFUSED("hda", "file", opt_no_block), REFUSED("hdb", "file", opt_no_block),
    REFUSED("hdc", "file", opt_no_block), REFUSED("hdd", "file", opt_no_block),
    REFUSED("cdrom", "file", opt_no_block), REFUSED("fda", "file", opt_no_block),
    REFUSED("sd", "file", opt_no_block), REFUSED("pflash", "file", opt_no_block),
    REFUSED("fsdev", "...", opt_no_block), REFUSED("virtfs", "...", opt_no_block),
    REFUSED("netdev", "...", opt_no_net),
    REFUSED("s", NULL, opt_no_gdb), REFUSED("gdb", "dev", opt_no_gdb),
    REFUSED("incoming", "uri", opt_no_migration), REFUSED("loadvm", "tag", opt_no_migration),
    REFUSED("bios", "file", opt_unsupported), REFUSED("fw_cfg", "...", opt_unsupported),
    REFUSED("smbios", "...", opt_unsupported), REFUSED("acpitable", "...", opt_unsupported),
    REFUSED("numa", "...", opt_unsupported), REFUSED("icount", "...", opt_unsupported),
    REFUSED("semihosting", NULL, opt_unsupported),
    REFUSED("semihosting-config", "...", opt_unsupported),
    REFUSED("tpmdev", "...", opt_unsupported), REFUSED("usb", NULL, opt_unsupported),
    REFUSED("usbdevice", "dev", opt_unsupported), REFUSED("spice", "...", opt_unsupported),
    REFUSED("readconfig", "file", opt_unsupported), REFUSED("set", "...", opt_unsupported),
    REFUSED("preconfig", NULL, opt_unsupported), REFUSED("run-with", "...", opt_unsupported),
    REFUSED("runas", "user", opt_unsupported), REFUSED("chroot", "dir", opt_unsupported),
    REFUSED("mem-path", "path", opt_unsupported), REFUSED("dfilter", "range", opt_unsupported),
    REFUSED("plugin", "...", opt_unsupported), REFUSED("deviceset", "...", opt_unsupported),
    { NULL },
};
