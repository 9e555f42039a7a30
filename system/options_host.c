/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that connect the machine to the host: character devices, monitors, display, network. */
#include <string.h>

#include "chardev/host.h"
#include "config.h"
#include "util/parse.h"

/* -- Character devices -- */

static bool chardev_exists(const SystemConfig *c, const char *id)
{
    for (guint i = 0; i < c->chardevs->len; i++) {
        if (!strcmp(((ChardevRequest *)g_ptr_array_index(c->chardevs, i))->id, id)) {
            return true;
        }
    }
    return false;
}

/* @id and @options are taken over. */
static void add_chardev(SystemConfig *c, char *id, ChardevOptions *options, const char *option,
                        const char *arg)
{
    ChardevRequest *r = g_new0(ChardevRequest, 1);

    r->id = id;
    r->options = options;
    r->source = arg ? g_strdup_printf("%s %s", option, arg) : g_strdup(option);
    g_ptr_array_add(c->chardevs, r);
}

static bool opt_chardev(SystemConfig *c, const char *arg, Error **errp)
{
    ChardevOptions *options;
    char *id;

    if (!strcmp(arg, "help") || !strcmp(arg, "?")) {
        g_string_append(c->help, "Available chardev backend types:\n");
        for (unsigned i = 0; i < CHARDEV_KIND__COUNT; i++) {
            g_string_append_printf(c->help, "  %s\n", ChardevKind_str(i));
        }
        return true;
    }
    if (g_str_has_suffix(arg, ",help") || g_str_has_suffix(arg, ",?")) {
        g_string_append(c->help, "chardev options:\n");
        keyval_describe(c->help, &qapi_type_ChardevOptions);
        return true;
    }
    options = g_new0(ChardevOptions, 1);
    if (!chardev_parse_options(arg, &id, options, errp)) {
        qapi_free_ChardevOptions(options);
        return false;
    }
    if (chardev_exists(c, id)) {
        qapi_free_ChardevOptions(options);
        error_set(errp, "Duplicate ID '%s' for chardev", id);
        g_free(id);
        return false;
    }
    add_chardev(c, id, options, "-chardev", arg);
    return true;
}

char *config_add_compat_chardev(SystemConfig *c, const char *id, const char *text,
                                const char *source, Error **errp)
{
    if (g_str_has_prefix(text, "chardev:")) {
        return g_strdup(text + 8);
    }
    ChardevOptions *options = g_new0(ChardevOptions, 1);
    if (!chardev_parse_compat(text, options, errp)) {
        qapi_free_ChardevOptions(options);
        return NULL;
    }
    add_chardev(c, g_strdup(id), options, source, NULL);
    return g_strdup(id);
}

bool config_uses_stdio(const SystemConfig *c)
{
    for (guint i = 0; i < c->chardevs->len; i++) {
        const ChardevRequest *r = g_ptr_array_index(c->chardevs, i);
        if (r->options->backend == CHARDEV_KIND_STDIO) {
            return true;
        }
    }
    return false;
}

static bool opt_serial(SystemConfig *c, const char *arg, Error **errp)
{
    SerialRequest *r = g_new0(SerialRequest, 1);
    ChardevOptions check = { 0 };
    bool plain = !strcmp(arg, "none") || g_str_has_prefix(arg, "chardev:");
    bool good = plain || chardev_parse_compat(arg, &check, errp);

    qapi_clear(&qapi_type_ChardevOptions, &check);
    r->text = g_strdup(arg);
    g_ptr_array_add(c->serials, r);
    return good;
}

/* -- Monitors -- */

void config_add_monitor(SystemConfig *c, const char *chardev, MonitorMode mode, bool pretty,
                        const char *source)
{
    MonitorRequest *r = g_new0(MonitorRequest, 1);

    r->chardev = g_strdup(chardev);
    r->mode = mode;
    r->pretty = pretty;
    r->source = g_strdup(source);
    g_ptr_array_add(c->monitors, r);
}

static bool compat_monitor(SystemConfig *c, const char *option, const char *arg, MonitorMode mode,
                           bool pretty, Error **errp)
{
    g_autofree char *label = g_strdup_printf("compat_monitor%u", c->n_compat_monitors);
    g_autofree char *source = g_strdup_printf("%s %s", option, arg);

    c->monitor_given = true;
    if (!strcmp(arg, "none")) {
        return true;
    }
    g_autofree char *id = config_add_compat_chardev(c, label, arg, source, errp);
    if (!id) {
        return false;
    }
    c->n_compat_monitors++;
    config_add_monitor(c, id, mode, pretty, source);
    return true;
}

static bool opt_monitor(SystemConfig *c, const char *arg, Error **errp)
{
    return compat_monitor(c, "-monitor", arg, MONITOR_MODE_READLINE, false, errp);
}

static bool opt_qmp(SystemConfig *c, const char *arg, Error **errp)
{
    return compat_monitor(c, "-qmp", arg, MONITOR_MODE_CONTROL, false, errp);
}

static bool opt_qmp_pretty(SystemConfig *c, const char *arg, Error **errp)
{
    return compat_monitor(c, "-qmp-pretty", arg, MONITOR_MODE_CONTROL, true, errp);
}

static bool opt_mon(SystemConfig *c, const char *arg, Error **errp)
{
    MonOptions m = { 0 };
    g_autofree char *source = g_strdup_printf("-mon %s", arg);

    if (!strcmp(arg, "help") || !strcmp(arg, "?")) {
        g_string_append(c->help, "mon options:\n");
        keyval_describe(c->help, &qapi_type_MonOptions);
        return true;
    }
    if (!keyval_parse_struct(arg, "chardev", &qapi_type_MonOptions, &m, errp)) {
        return false;
    }
    c->monitor_given = true;
    config_add_monitor(c, m.chardev, m.mode, m.pretty, source);
    qapi_clear(&qapi_type_MonOptions, &m);
    return true;
}

/* -- Display, network and other host sides that we do not have: only "none" -- */

static bool opt_nographic(SystemConfig *c, const char *arg, Error **errp)
{
    c->nographic = true;
    return true;
}

static bool opt_display(SystemConfig *c, const char *arg, Error **errp)
{
    if (!strcmp(arg, "help") || !strcmp(arg, "?")) {
        g_string_append(c->help, "Available display backend types:\nnone\n");
        return true;
    }
    c->display_given = true;
    return !strcmp(arg, "none") ||
           error_set(errp, "Parameter 'type' does not accept value '%s'", arg);
}

static bool opt_none(SystemConfig *c, const char *arg, Error **errp)
{
    return !strcmp(arg, "none") || error_set(errp, "only 'none' is supported");
}

static bool opt_vga(SystemConfig *c, const char *arg, Error **errp)
{
    return !strcmp(arg, "none") || !strcmp(arg, "std") ||
           error_set(errp, "Unknown vga type: %s", arg);
}

static bool opt_parallel(SystemConfig *c, const char *arg, Error **errp)
{
    return !strcmp(arg, "none") || !strcmp(arg, "null") ||
           error_set(errp, "this machine has no parallel port");
}

static bool opt_audiodev(SystemConfig *c, const char *arg, Error **errp)
{
    Keyval kv;

    if (!keyval_parse(arg, "driver", &kv, errp)) {
        return false;
    }
    const char *driver = keyval_get(&kv, "driver");
    bool good = (driver && !strcmp(driver, "none")) || error_set(errp, "only 'none' is supported");
    keyval_clear(&kv);
    return good;
}

static bool opt_echr(SystemConfig *c, const char *arg, Error **errp)
{
    uint64_t key;

    if (!parse_uint64(arg, &key) || key > 255) {
        return error_set(errp, "Bad argument to echr: a number from 0 to 255 is expected");
    }
    c->escape = key;
    return true;
}

static bool opt_add_fd(SystemConfig *c, const char *arg, Error **errp)
{
    AddFdOptions o = { 0 };

    if (!keyval_parse_struct(arg, NULL, &qapi_type_AddFdOptions, &o, errp)) {
        return false;
    }
    qapi_clear(&qapi_type_AddFdOptions, &(AddFdOptions){ .opaque = o.opaque });
    if (o.fd < 3 || o.fd > INT32_MAX) {
        return error_set(errp, "fd cannot be used for stdin, stdout or stderr");
    }
    if (o.set < 0 || o.set > INT32_MAX) {
        return error_set(errp, "set must be a number from 0 up");
    }
    g_array_append_val(c->fdsets, ((FdsetEntry){ o.set, o.fd }));
    return true;
}

const Option options_host[] = {
    { "chardev", opt_chardev, "backend,id=id[,mux=on|off][,logfile=path]...",
      "configure a character device ('-chardev help' for list)" },
    { "serial", opt_serial, "dev",
      "redirect the serial port to char device 'dev' (stdio, mon:stdio, pty, unix:...)" },
    { "monitor", opt_monitor, "dev", "redirect the monitor to char device 'dev'" },
    { "qmp", opt_qmp, "dev", "like -monitor but opens in 'control' mode" },
    { "qmp-pretty", opt_qmp_pretty, "dev", "like -qmp but uses pretty JSON formatting" },
    { "mon", opt_mon, "[chardev=]name[,mode=readline|control][,pretty[=on|off]]",
      "set up a monitor on a character device" },
    { "nographic", opt_nographic, NULL,
      "serial port and monitor share standard input and output (Ctrl-A h for help)" },
    { "display", opt_display, "none", "there is no other display" },
    { "echr", opt_echr, "chr", "set terminal escape character instead of ctrl-a" },
    { "add-fd", opt_add_fd, "fd=fd,set=set[,opaque=opaque]", "add 'fd' to fd 'set'" },
    { "parallel", opt_parallel, "none", NULL },
    { "net", opt_none, "none", "there is no network" },
    { "nic", opt_none, "none", NULL },
    { "vga", opt_vga, "none", NULL },
    { "vnc", opt_none, "none", NULL },
    { "audiodev", opt_audiodev, "none", NULL },
    { NULL },
};
