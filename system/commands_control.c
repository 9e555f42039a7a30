/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP commands about the monitor, the run state and the character devices. */
#include <string.h>

#include "qapi/json.h"
#include "qapi/qapi-commands.h"
#include "qapi/qapi-events.h"
#include "qapi/qapi-introspect.h"
#include "system.h"

/* -- The monitor itself -- */

bool qmp_qmp_capabilities(System *s, const QMPCapabilityList *enable, Error **errp)
{
    if (enable && enable->n) {
        return error_set(errp, "Capability '%s' is not available",
                         QMPCapability_str(enable->items[0]));
    }
    return true;
}

VersionInfo *qmp_query_version(System *s, Error **errp)
{
    VersionInfo *info = g_new0(VersionInfo, 1);

    info->qemu = g_new0(VersionTriple, 1);
    info->qemu->major = 10;
    info->package = g_strdup(PACKAGE);
    return info;
}

CommandInfoList *qmp_query_commands(System *s, Error **errp)
{
    CommandInfoList *list = g_new0(CommandInfoList, 1);

    for (unsigned i = 0; i < qapi_commands.n; i++) {
        CommandInfoList_add(list)->name = g_strdup(qapi_commands.commands[i].name);
    }
    return list;
}

EventInfoList *qmp_query_events(System *s, Error **errp)
{
    EventInfoList *list = g_new0(EventInfoList, 1);

    for (const char *const *name = qapi_event_names; *name; name++) {
        EventInfoList_add(list)->name = g_strdup(*name);
    }
    return list;
}

json_t *qmp_query_qmp_schema(System *s, json_t *args, Error **errp)
{
    const char *key = json_object_iter_key(json_object_iter(args));

    if (key) {
        error_set(errp, "Parameter '%s' is unexpected", key);
        return NULL;
    }
    return json_parse(qapi_schema_json, strlen(qapi_schema_json), errp);
}

char *qmp_human_monitor_command(System *s, const char *command_line, bool has_cpu_index,
                                int64_t cpu_index, Error **errp)
{
    int index = 0;
    VirtCpuInfo info;

    if (has_cpu_index) {
        if (cpu_index < 0 || cpu_index > INT32_MAX || !s->virt ||
            !virt_cpu_info(s->virt, cpu_index, &info) || !info.plugged) {
            error_set(errp, "Parameter 'cpu-index' expects a CPU number");
            return NULL;
        }
        index = cpu_index;
    }
    return hmp_run(&hmp_table, s, command_line, &index);
}

/* -- Run state -- */

bool qmp_quit(System *s, Error **errp)
{
    system_request_quit(s, SHUTDOWN_CAUSE_HOST_QMP_QUIT);
    system_process_requests(s);
    return true;
}

StatusInfo *qmp_query_status(System *s, Error **errp)
{
    StatusInfo *info = g_new0(StatusInfo, 1);

    info->running = system_is_running(s);
    info->status = s->state;
    return info;
}

bool qmp_stop(System *s, Error **errp)
{
    if (system_is_running(s) || s->state == RUN_STATE_PRELAUNCH) {
        system_stop(s, system_is_running(s) ? RUN_STATE_PAUSED : s->state);
    }
    return true;
}

bool qmp_cont(System *s, Error **errp) { return system_cont(s, errp); }

bool qmp_system_reset(System *s, Error **errp)
{
    system_request_reset(s, SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
    system_process_requests(s);
    return true;
}

bool qmp_system_powerdown(System *s, Error **errp)
{
    system_request_powerdown(s);
    system_process_requests(s);
    return true;
}

bool qmp_set_action(System *s, const ActionConfig *a, Error **errp)
{
    if (a->has_reboot) {
        s->actions.reboot = a->reboot;
    }
    if (a->has_shutdown) {
        s->actions.shutdown = a->shutdown;
    }
    if (a->has_panic) {
        s->actions.panic = a->panic;
    }
    if (a->has_watchdog) {
        s->actions.watchdog = a->watchdog;
    }
    return true;
}

/* -- Names -- */

NameInfo *qmp_query_name(System *s, Error **errp)
{
    NameInfo *info = g_new0(NameInfo, 1);

    info->name = g_strdup(s->config->name.guest);
    return info;
}

UuidInfo *qmp_query_uuid(System *s, Error **errp)
{
    static const char none[] = "00000000-0000-0000-0000-000000000000";
    UuidInfo *info = g_new0(UuidInfo, 1);

    info->UUID = g_strdup(s->config->uuid ? s->config->uuid : none);
    return info;
}

/* -- Character devices -- */

static void add_chardev(ChardevInfoList *list, const Chardev *chr)
{
    ChardevInfo *info = ChardevInfoList_add(list);

    info->label = g_strdup(chardev_id(chr));
    info->filename = chardev_describe(chr);
    info->frontend_open = chardev_has_frontend(chr) || chardev_is_mux(chr);
}

ChardevInfoList *qmp_query_chardev(System *s, Error **errp)
{
    ChardevInfoList *list = g_new0(ChardevInfoList, 1);

    for (guint i = 0; i < s->chardevs->len; i++) {
        const Chardev *chr = g_ptr_array_index(s->chardevs, i), *below = chardev_below(chr);
        add_chardev(list, chr);
        if (below) {
            add_chardev(list, below);
        }
    }
    return list;
}

ChardevBackendInfoList *qmp_query_chardev_backends(System *s, Error **errp)
{
    ChardevBackendInfoList *list = g_new0(ChardevBackendInfoList, 1);

    for (unsigned i = 0; i < CHARDEV_KIND__COUNT; i++) {
        ChardevBackendInfoList_add(list)->name = g_strdup(ChardevKind_str(i));
    }
    return list;
}

char *qmp_ringbuf_read(System *s, const char *device, int64_t size, bool has_format,
                       DataFormat format, Error **errp)
{
    Chardev *chr = system_find_chardev(s, device);

    if (!chr) {
        error_set(errp, "Device '%s' not found", device);
        return NULL;
    }
    if (size <= 0) {
        error_set(errp, "size must be greater than zero");
        return NULL;
    }
    GByteArray *bytes = chardev_ringbuf_read(chr, size, errp);
    if (!bytes) {
        return NULL;
    }
    char *text = has_format && format == DATA_FORMAT_BASE64
        ? g_base64_encode(bytes->data, bytes->len)
        : g_utf8_make_valid(bytes->len ? (char *)bytes->data : "", bytes->len);
    g_byte_array_unref(bytes);
    return text;
}
