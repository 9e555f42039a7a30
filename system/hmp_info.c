/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The `info` commands of the human monitor. */
#include <inttypes.h>
#include <string.h>

#include "hmp_tables.h"
#include "qapi/qapi-commands.h"
#include "system.h"

static void print_text(HmpCall *call, char *text)
{
    g_string_append(call->out, text);
    if (*text && text[strlen(text) - 1] != '\n') {
        g_string_append_c(call->out, '\n');
    }
    g_free(text);
}

static bool need_machine(HmpCall *call)
{
    System *s = call->context;

    if (!s->virt) {
        g_string_append(call->out, "this machine has no CPUs, memory or devices\n");
    }
    return s->virt;
}

/* -- CPUs -- */

static void info_cpus(HmpCall *call)
{
    System *s = call->context;
    g_autofree char *model = g_strndup(s->config->cpu_option,
                                       strcspn(s->config->cpu_option, ","));
    VirtCpuInfo cpu;

    for (unsigned i = 0; s->virt && virt_cpu_info(s->virt, i, &cpu); i++) {
        if (cpu.plugged) {
            g_string_append_printf(call->out, "%c CPU #%u: thread_id=%d model=%s%s\n",
                                   (int)i == *call->cpu_index ? '*' : ' ', i, cpu.host_tid, model,
                                   cpu.halted ? " (halted)" : "");
        }
    }
}

static void info_hotpluggable_cpus(HmpCall *call)
{
    Error *err = NULL;
    HotpluggableCPUList *list = qmp_query_hotpluggable_cpus(call->context, &err);

    if (!list) {
        hmp_error(call, err);
        return;
    }
    g_string_append(call->out, "Hotpluggable CPUs:\n");
    for (unsigned i = 0; i < list->n; i++) {
        const HotpluggableCPU *cpu = list->items[i];
        g_string_append_printf(call->out, "  type: \"%s\"\n  vcpus_count: \"%" PRId64 "\"\n",
                               cpu->type, cpu->vcpus_count);
        if (cpu->qom_path) {
            g_string_append_printf(call->out, "  qom_path: \"%s\"\n", cpu->qom_path);
        }
        g_string_append_printf(call->out, "  CPUInstance Properties:\n"
                               "    socket-id: \"%" PRId64 "\"\n    cluster-id: \"%" PRId64 "\"\n"
                               "    core-id: \"%" PRId64 "\"\n    thread-id: \"%" PRId64 "\"\n",
                               cpu->props->socket_id, cpu->props->cluster_id, cpu->props->core_id,
                               cpu->props->thread_id);
    }
    qapi_free_HotpluggableCPUList(list);
}

static void print_registers(HmpCall *call, unsigned index)
{
    System *s = call->context;
    char *text = virt_cpu_describe(s->virt, index);

    if (text) {
        g_string_append_printf(call->out, "\nCPU#%u\n", index);
        print_text(call, text);
    } else {
        g_string_append_printf(call->out, "CPU#%u not available\n", index);
    }
}

static void info_registers(HmpCall *call)
{
    System *s = call->context;
    VirtCpuInfo cpu;

    if (!need_machine(call)) {
        return;
    }
    if (!hmp_flag(call, 'a')) {
        unsigned index = call->n_args ? (unsigned)call->value[0] : (unsigned)*call->cpu_index;
        print_registers(call, index);
        return;
    }
    for (unsigned i = 0; virt_cpu_info(s->virt, i, &cpu); i++) {
        if (cpu.plugged) {
            print_registers(call, i);
        }
    }
}

static void info_hotplug(HmpCall *call)
{
    if (need_machine(call)) {
        print_text(call, virt_describe_slots(((System *)call->context)->virt));
    }
}

static void info_jit(HmpCall *call)
{
    if (need_machine(call)) {
        print_text(call, virt_jit_stats(((System *)call->context)->virt));
    }
}

/* -- Memory and devices -- */

static void print_ranges(HmpCall *call, const char *indent)
{
    System *s = call->context;
    MemRangeInfo range;

    for (unsigned i = 0; phys_mem_range(virt_memory(s->virt), i, &range); i++) {
        g_string_append_printf(call->out, "%s%016" PRIx64 "-%016" PRIx64 " (prio 0, %s): %s\n",
                               indent, range.base_pa, range.base_pa + range.bytes - 1,
                               range.is_ram ? "ram" : "i/o", range.name);
    }
}

static void info_mtree(HmpCall *call)
{
    if (!need_machine(call)) {
        return;
    }
    if (hmp_flag(call, 'f')) {
        g_string_append(call->out, "FlatView #0\n AS \"memory\", root: system\n"
                        " Root memory region: system\n");
        print_ranges(call, "  ");
    } else {
        g_string_append(call->out, "address-space: memory\n"
                        "  0000000000000000-ffffffffffffffff (prio 0, container): system\n");
        print_ranges(call, "    ");
    }
}

static void info_qtree(HmpCall *call)
{
    System *s = call->context;
    const char *path, *type;

    g_string_append(call->out, "bus: main-system-bus\n  type System\n");
    for (unsigned i = 0; s->virt && virt_device(s->virt, i, &path, &type); i++) {
        const char *name = g_str_has_prefix(path, "/machine/peripheral/")
            ? strrchr(path, '/') + 1 : "";
        g_string_append_printf(call->out, "  dev: %s, id \"%s\"\n", type, name);
    }
}

static void print_node(HmpCall *call, const char *path, int depth)
{
    ObjectPropertyInfoList *list = qmp_qom_list(call->context, path, NULL);

    for (unsigned i = 0; list && i < list->n && depth < 8; i++) {
        const ObjectPropertyInfo *p = list->items[i];
        if (g_str_has_prefix(p->type, "child<")) {
            g_autofree char *below = g_strdup_printf("%s/%s", path, p->name);
            g_string_append_printf(call->out, "%*s/%s (%.*s)\n", depth * 2, "", p->name,
                                   (int)strlen(p->type) - 7, p->type + 6);
            print_node(call, below, depth + 1);
        }
    }
    qapi_free_ObjectPropertyInfoList(list);
}

static void info_qom_tree(HmpCall *call)
{
    System *s = call->context;

    g_string_append_printf(call->out, "/machine (%s-machine)\n", s->config->machine->name);
    print_node(call, "/machine", 1);
}

/* -- The emulator -- */

static void info_status(HmpCall *call)
{
    System *s = call->context;

    g_string_append_printf(call->out, "VM status: %s",
                           system_is_running(s) ? "running" : "paused");
    if (s->state != RUN_STATE_RUNNING && s->state != RUN_STATE_PAUSED) {
        g_string_append_printf(call->out, " (%s)", RunState_str(s->state));
    }
    g_string_append_c(call->out, '\n');
}

static void info_version(HmpCall *call)
{
    g_string_append(call->out, EMULATED_VERSION " (" PACKAGE ")\n");
}

static void info_name(HmpCall *call)
{
    const char *name = ((System *)call->context)->config->name.guest;

    if (name) {
        g_string_append_printf(call->out, "%s\n", name);
    }
}

static void info_uuid(HmpCall *call)
{
    UuidInfo *info = qmp_query_uuid(call->context, NULL);

    g_string_append_printf(call->out, "%s\n", info->UUID);
    qapi_free_UuidInfo(info);
}

static void info_kvm(HmpCall *call) { g_string_append(call->out, "kvm support: not compiled\n"); }

static void info_chardev(HmpCall *call)
{
    ChardevInfoList *list = qmp_query_chardev(call->context, NULL);

    for (unsigned i = 0; i < list->n; i++) {
        g_string_append_printf(call->out, "%s: filename=%s\n", list->items[i]->label,
                               list->items[i]->filename);
    }
    qapi_free_ChardevInfoList(list);
}

static void info_commands(HmpCall *call) { hmp_help(&hmp_table, call->out, NULL); }

static void info_memory_size(HmpCall *call)
{
    System *s = call->context;

    g_string_append_printf(call->out, "base memory: %" PRIu64 "\nplugged memory: 0\n",
                           s->config->ram_bytes);
}

static void info_numa(HmpCall *call) { g_string_append(call->out, "0 nodes\n"); }

const HmpCommand hmp_infos[HMP_N_INFOS] = {
    { "chardev", "", "", "show the character devices", info_chardev },
    { "commands", "", "", "show all commands", info_commands },
    { "cpus", "", "", "show infos for each CPU", info_cpus },
    { "hotplug", "", "", "show the state of each CPU slot", info_hotplug },
    { "hotpluggable-cpus", "", "", "Show information about hotpluggable CPUs",
      info_hotpluggable_cpus },
    { "jit", "", "", "show dynamic compiler info", info_jit },
    { "kvm", "", "", "show KVM information", info_kvm },
    { "memory_size_summary", "", "", "show the amount of memory in bytes", info_memory_size },
    { "mtree", "-f", "[-f]", "show memory tree (-f: dump flat view for address spaces)",
      info_mtree },
    { "name", "", "", "show the current VM name", info_name },
    { "numa", "", "", "show NUMA information", info_numa },
    { "qom-tree", "", "", "show QOM composition tree", info_qom_tree },
    { "qtree", "", "", "show device tree", info_qtree },
    { "registers", "-a,l?", "[-a|vcpu]",
      "show the cpu registers (-a: show register info for all cpus; vcpu: specific vCPU to query; "
      "show the current CPU's registers if no argument is specified)", info_registers },
    { "status", "", "", "show the current VM status (running|paused)", info_status },
    { "uuid", "", "", "show the current VM UUID", info_uuid },
    { "version", "", "", "show the version of QEMU", info_version },
};
