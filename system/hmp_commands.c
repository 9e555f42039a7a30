/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of the human monitor that change something; `info` is in hmp_info.c. */
#include <string.h>

#include "hmp_tables.h"
#include "qapi/qapi-commands.h"
#include "system.h"
#include "util/log.h"

/* Print what went wrong, if anything. By pointer: it is set while the arguments are evaluated. */
static void finish(HmpCall *call, bool good, Error **err)
{
    if (!good) {
        hmp_error(call, *err);
    }
}

/* -- Run state -- */

static void cmd_stop(HmpCall *call)
{
    Error *err = NULL;
    finish(call, qmp_stop(call->context, &err), &err);
}

static void cmd_cont(HmpCall *call)
{
    Error *err = NULL;
    finish(call, qmp_cont(call->context, &err), &err);
}

static void cmd_quit(HmpCall *call)
{
    qmp_quit(call->context, NULL);
}

static void cmd_system_reset(HmpCall *call) { qmp_system_reset(call->context, NULL); }
static void cmd_system_powerdown(HmpCall *call) { qmp_system_powerdown(call->context, NULL); }

/* -- Devices -- */

static void cmd_device_add(HmpCall *call)
{
    Error *err = NULL;
    Keyval kv;

    if (!keyval_parse(call->arg[0] ? call->arg[0] : "", "driver", &kv, &err)) {
        hmp_error(call, err);
        return;
    }
    const char *driver = keyval_get(&kv, "driver");
    if (kv.help && !driver) {
        list_devices(call->out);
    } else if (!(kv.help && list_device_properties(call->out, driver))) {
        finish(call, system_device_add(call->context, kv.object, kv.spelling, &err), &err);
    }
    keyval_clear(&kv);
}

static void cmd_device_del(HmpCall *call)
{
    Error *err = NULL;
    finish(call, system_device_del(call->context, call->arg[0], &err), &err);
}

/* -- Log -- */

static void cmd_log(HmpCall *call)
{
    uint32_t mask;
    Error *err = NULL;

    if (!strcmp(call->arg[0], "help")) {
        hmp_help(&hmp_table, call->out, "log");
    } else if (log_parse_items(call->arg[0], &mask, &err)) {
        log_set_mask(mask);
    } else {
        error_free(err);
        hmp_help(&hmp_table, call->out, "log");
    }
}

static void cmd_logfile(HmpCall *call)
{
    Error *err = NULL;
    finish(call, log_set_file(call->arg[0], &err), &err);
}

/* -- Looking at the guest -- */

static void cmd_cpu(HmpCall *call)
{
    System *s = call->context;
    VirtCpuInfo info;
    int64_t index = call->value[0];

    if (index < 0 || index > INT32_MAX || !s->virt || !virt_cpu_info(s->virt, index, &info) ||
        !info.plugged) {
        g_string_append(call->out, "invalid CPU index\n");
        return;
    }
    *call->cpu_index = index;
}

static void cmd_print(HmpCall *call)
{
    int64_t v = call->value[0];

    switch (call->format.format) {
    case 'o':
        g_string_append_printf(call->out, "%#" G_GINT64_MODIFIER "o\n", v);
        break;
    case 'x':
        g_string_append_printf(call->out, "%#" G_GINT64_MODIFIER "x\n", v);
        break;
    case 'u':
        g_string_append_printf(call->out, "%" G_GUINT64_FORMAT "\n", (guint64)v);
        break;
    case 'c':
        g_string_append_printf(call->out, "'%c'\n", g_ascii_isprint(v) ? (char)v : '.');
        break;
    default:
        g_string_append_printf(call->out, "%" G_GINT64_FORMAT "\n", v);
        break;
    }
}

static void cmd_x(HmpCall *call) { hmp_dump_memory(call, true); }
static void cmd_xp(HmpCall *call) { hmp_dump_memory(call, false); }

static void cmd_help(HmpCall *call)
{
    g_autofree char *name = NULL;

    if (call->arg[0]) {
        name = call->arg[1] ? g_strdup_printf("%s %s", call->arg[0], call->arg[1])
                            : g_strdup(call->arg[0]);
    }
    hmp_help(&hmp_table, call->out, name);
}

static void cmd_clear(HmpCall *call) { g_string_append(call->out, "\033[H\033[J"); }

static const HmpCommand commands[] = {
    { "clear", "", "", "clear the monitor screen", cmd_clear },
    { "cont|c", "", "", "resume emulation", cmd_cont },
    { "cpu", "l", "index", "set the default CPU", cmd_cpu },
    { "device_add", "S?", "driver[,prop=value][,...]",
      "add device, like -device on the command line", cmd_device_add },
    { "device_del", "s", "device", "remove device", cmd_device_del },
    { "help|?", "s?,s?", "[cmd]", "show the help", cmd_help },
    /* "info" is found by the monitor itself; this row is its help */
    { "info", "s?,S?", "[subcommand]", "show various information about the system state",
      cmd_help },
    { "log", "s", "item1[,...]", "activate logging of the specified items", cmd_log },
    { "logfile", "s", "filename", "output logs to 'filename'", cmd_logfile },
    { "print|p", "/,l", "/fmt expr", "print expression value (use $reg for CPU register access)",
      cmd_print },
    { "quit|q", "", "", "quit the emulator", cmd_quit },
    { "stop|s", "", "", "stop emulation", cmd_stop },
    { "system_powerdown", "", "", "send system power down event", cmd_system_powerdown },
    { "system_reset", "", "", "reset the system", cmd_system_reset },
    { "x", "/,l", "/fmt addr", "virtual memory dump starting at 'addr'", cmd_x },
    { "xp", "/,l", "/fmt addr", "physical memory dump starting at 'addr'", cmd_xp },
};

const HmpTable hmp_table = {
    .commands = commands,
    .n_commands = G_N_ELEMENTS(commands),
    .infos = hmp_infos,
    .n_infos = HMP_N_INFOS,
    .read_register = hmp_read_register,
};
