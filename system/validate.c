/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phase 2: the options as a whole. Defaults are decided here and nowhere else. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "util/log.h"
#include "util/parse.h"

#define DEFAULT_RAM "128"
#define MIN_RAM_BYTES (2 * UINT64_C(1048576))   /* the smallest image and its device tree */
#define MAX_RAM_BYTES (UINT64_C(1) << 48)
#define DEFAULT_CPU "max"

static bool choose_machine(SystemConfig *c, Error **errp)
{
    if (!c->machine_name) {
        error_set(errp, "No machine specified, and there is no default");
    } else if (!(c->machine = machine_type_find(c->machine_name))) {
        error_set(errp, "-machine %s: unsupported machine type", c->machine_name);
    } else {
        return machine_props_apply(c, errp) || error_prepend(errp, "-machine: ");
    }
    error_append_hint(errp, "Use -machine help to list supported machines");
    return false;
}

/* The first accelerator in the list that we have. The others are told about, as in QEMU. */
static bool choose_accelerator(SystemConfig *c, Error **errp)
{
    if (c->accelerators->len == 0) {
        return true;
    }
    bool fallen = false;
    for (guint i = 0; i < c->accelerators->len; i++) {
        const char *name = g_ptr_array_index(c->accelerators, i);
        if (!strcmp(name, "tcg")) {
            if (fallen) {
                info_report("falling back to tcg");
            }
            return true;
        }
        if (i + 1 < c->accelerators->len) {
            info_report("invalid accelerator %s", name);
            fallen = true;
        }
    }
    const char *last = g_ptr_array_index(c->accelerators, c->accelerators->len - 1);
    error_set(errp, "invalid accelerator %s", last);
    if (!strcmp(last, "kvm")) {
        error_append_hint(errp, "KVM cannot run aarch64 guests on this host; use -accel tcg");
    }
    return false;
}

static bool compute_topology(SystemConfig *c, Error **errp)
{
    SMPConfiguration smp = { 0 };

    return qapi_parse(&qapi_type_SMPConfiguration, c->smp, QAPI_KEYVAL, "smp.", &smp, errp) &&
           smp_compute(&smp, machine_type_short(c->machine), c->machine->max_cpus, &c->topology,
                       errp);
}

static bool compute_ram(SystemConfig *c, Error **errp)
{
    const char *text = c->ram_size ? c->ram_size : DEFAULT_RAM;

    if (!parse_size(text, UINT64_C(1) << 20, &c->ram_bytes)) {
        return error_set(errp, "-m %s: a size is expected", text);
    }
    if (c->machine->is_virt && c->ram_bytes < MIN_RAM_BYTES) {
        return error_set(errp, "-m %s: too little memory, the machine needs at least 2 MiB", text);
    }
    if (c->ram_bytes > MAX_RAM_BYTES) {
        return error_set(errp, "cannot set up guest memory 'mach-virt.ram': -m %s is more than any "
                         "CPU can address", text);
    }
    c->ram_bytes = (c->ram_bytes + 0xfff) & ~UINT64_C(0xfff);
    return true;
}

static bool check_boot(const SystemConfig *c, Error **errp)
{
    const char *files[] = { c->kernel, c->initrd, c->dtb };

    if (!c->kernel && c->append) {
        return error_set(errp, "-append only allowed with -kernel option");
    }
    if (!c->kernel && c->initrd) {
        return error_set(errp, "-initrd only allowed with -kernel option");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(files) && !c->machine->is_virt; i++) {
        if (files[i]) {
            return error_set(errp, "machine '%s' cannot boot: -kernel, -initrd and -dtb need "
                             "another machine", c->machine->name);
        }
    }
    return true;
}

/* -global TYPE-arm-cpu.PROPERTY=VALUE is one more property of -cpu. */
static void apply_globals(SystemConfig *c)
{
    if (!c->cpu_option) {
        c->cpu_option = g_strdup(DEFAULT_CPU);
    }
    g_autofree char *model = g_strndup(c->cpu_option, strcspn(c->cpu_option, ","));
    for (guint i = 0; i < c->globals->len; i++) {
        const char *text = g_ptr_array_index(c->globals, i);
        const char *dot = strchr(text, '.');
        g_autofree char *driver = g_strndup(text, dot - text);
        g_autofree char *own = g_strdup_printf("%s-arm-cpu", model);
        if (!strcmp(driver, own) || !strcmp(driver, "arm-cpu")) {
            g_autofree char *old = c->cpu_option;
            c->cpu_option = g_strdup_printf("%s,%s", old, dot + 1);
        }
    }
}

/* -- Serial port and monitor -- */

static void add_default_consoles(SystemConfig *c)
{
    bool want_serial = c->serials->len == 0 && !c->nodefaults;
    bool want_monitor = !c->monitor_given && !c->nodefaults;
    /* There is no window: without any display option the terminal is the console, too. */
    bool terminal = c->nographic || (!c->display_given && !c->daemonize);
    const char *text = "null";

    if (want_serial) {
        SerialRequest *r = g_new0(SerialRequest, 1);
        if (terminal && !config_uses_stdio(c)) {
            text = want_monitor ? "mon:stdio" : "stdio";
        }
        r->text = g_strdup(text);
        g_ptr_array_add(c->serials, r);
    } else if (want_monitor && terminal && !config_uses_stdio(c)) {
        bool taken = false;
        for (guint i = 0; i < c->serials->len; i++) {
            taken |= strstr(((SerialRequest *)g_ptr_array_index(c->serials, i))->text, "stdio")
                != NULL;
        }
        if (!taken) {
            g_autofree char *id = config_add_compat_chardev(c, "compat_monitor0", "stdio",
                                                            "-nographic", NULL);
            config_add_monitor(c, id, MONITOR_MODE_READLINE, false, "-nographic");
        }
    }
}

/* Turn each -serial into a chardev; "mon:" brings a monitor along. */
static bool add_serials(SystemConfig *c, Error **errp)
{
    for (guint i = 0; i < c->serials->len; i++) {
        SerialRequest *r = g_ptr_array_index(c->serials, i);
        g_autofree char *label = g_strdup_printf("serial%u", i);
        g_autofree char *source = g_strdup_printf("-serial %s", r->text);
        if (!strcmp(r->text, "none")) {
            continue;
        }
        char *id = config_add_compat_chardev(c, label, r->text, source, errp);
        if (!id) {
            return error_prepend(errp, "%s: ", source);
        }
        if (g_str_has_prefix(r->text, "mon:")) {
            config_add_monitor(c, id, MONITOR_MODE_READLINE, false, source);
        }
        g_free(r->text);
        r->text = id;
    }
    return true;
}

static const ChardevRequest *find_chardev(const SystemConfig *c, const char *id)
{
    for (guint i = 0; i < c->chardevs->len; i++) {
        const ChardevRequest *r = g_ptr_array_index(c->chardevs, i);
        if (!strcmp(r->id, id)) {
            return r;
        }
    }
    return NULL;
}

static bool check_consoles(const SystemConfig *c, Error **errp)
{
    for (guint i = 0; i < c->monitors->len; i++) {
        const MonitorRequest *r = g_ptr_array_index(c->monitors, i);
        if (!find_chardev(c, r->chardev)) {
            return error_set(errp, "%s: chardev \"%s\" not found", r->source, r->chardev);
        }
    }
    for (guint i = 0; i < c->serials->len; i++) {
        const char *id = ((SerialRequest *)g_ptr_array_index(c->serials, i))->text;
        bool none = !strcmp(id, "none");
        if (!none && !find_chardev(c, id)) {
            return error_set(errp, "-serial chardev:%s: could not connect serial device to "
                             "character backend 'chardev:%s'", id, id);
        }
        if (i >= VIRT_MAX_UARTS && !none
            && find_chardev(c, id)->options->backend != CHARDEV_KIND_NULL) {
            warn_report("%s: not connected, there are %u serial ports",
                        find_chardev(c, id)->source, VIRT_MAX_UARTS);
        }
    }
    if (c->daemonize && config_uses_stdio(c)) {
        return error_set(errp, c->nographic ? "-nographic cannot be used with -daemonize"
                                            : "-daemonize: a character device uses stdio");
    }
    return true;
}

static bool check_devices(const SystemConfig *c, Error **errp)
{
    if (c->devices->len && !c->machine->is_virt) {
        const DeviceRequest *r = g_ptr_array_index(c->devices, 0);
        return error_set(errp, "%s: machine '%s' takes no devices", r->source, c->machine->name);
    }
    const char *backend = json_string_value(json_object_get(c->machine_props, "memory-backend"));
    for (guint i = 0; backend && i < c->objects->len; i++) {
        if (!strcmp(g_ptr_array_index(c->objects, i), backend)) {
            return true;
        }
    }
    return !backend || error_set(errp, "Memory backend '%s' not found", backend);
}

bool config_validate(SystemConfig *c, Error **errp)
{
    uint32_t mask;

    if (!choose_machine(c, errp) || !choose_accelerator(c, errp) || !compute_topology(c, errp) ||
        !compute_ram(c, errp) || !check_boot(c, errp) || !check_devices(c, errp)) {
        return false;
    }
    add_default_consoles(c);
    if (!add_serials(c, errp) || !check_consoles(c, errp)) {
        return false;
    }
    apply_globals(c);
    if (c->log_items && log_parse_items(c->log_items, &mask, NULL) && (mask & LOG_NOCHAIN)) {
        c->tcg.no_chain = true;
    }
    return true;
}
