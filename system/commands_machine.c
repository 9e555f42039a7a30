/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP commands about the machine, its CPUs and its devices. */
#include <string.h>

#include "qapi/qapi-commands.h"
#include "system.h"

/* -- Machine -- */

TargetInfo *qmp_query_target(System *s, Error **errp) { return g_new0(TargetInfo, 1); }
KvmInfo *qmp_query_kvm(System *s, Error **errp) { return g_new0(KvmInfo, 1); }

CurrentMachineParams *qmp_query_current_machine(System *s, Error **errp)
{
    return g_new0(CurrentMachineParams, 1);
}

MachineInfoList *qmp_query_machines(System *s, Error **errp)
{
    MachineInfoList *list = g_new0(MachineInfoList, 1);
    const MachineType *t;

    for (unsigned i = 0; (t = machine_type(i)); i++) {
        MachineInfo *info = MachineInfoList_add(list);
        info->name = g_strdup(t->name);
        info->alias = g_strdup(t->alias);
        info->cpu_max = t->max_cpus;
        info->hotpluggable_cpus = t->is_virt;
        info->acpi = t->is_virt;
        if (t->is_virt) {
            info->default_cpu_type = g_strdup("max-arm-cpu");
            info->default_ram_id = g_strdup("mach-virt.ram");
        }
    }
    return list;
}

MemoryInfo *qmp_query_memory_size_summary(System *s, Error **errp)
{
    MemoryInfo *info = g_new0(MemoryInfo, 1);

    info->base_memory = s->config->ram_bytes;
    info->has_plugged_memory = true;
    return info;
}

/* -- CPUs -- */

static CpuInstanceProperties *instance_properties(const VirtCpuProps *p)
{
    CpuInstanceProperties *out = g_new0(CpuInstanceProperties, 1);

    out->has_socket_id = out->has_cluster_id = out->has_core_id = out->has_thread_id = true;
    out->socket_id = p->socket_id;
    out->cluster_id = p->cluster_id;
    out->core_id = p->core_id;
    out->thread_id = p->thread_id;
    return out;
}

CpuInfoFastList *qmp_query_cpus_fast(System *s, Error **errp)
{
    CpuInfoFastList *list = g_new0(CpuInfoFastList, 1);
    VirtCpuInfo cpu;

    for (unsigned i = 0; s->virt && virt_cpu_info(s->virt, i, &cpu); i++) {
        if (cpu.plugged) {
            CpuInfoFast *info = CpuInfoFastList_add(list);
            info->cpu_index = i;
            info->qom_path = g_strdup(cpu.qom_path);
            info->thread_id = cpu.host_tid;
            info->props = instance_properties(&cpu.props);
            info->qom_type = g_strdup(cpu.type);
        }
    }
    return list;
}

HotpluggableCPUList *qmp_query_hotpluggable_cpus(System *s, Error **errp)
{
    VirtCpuInfo cpu;

    if (!s->virt) {
        error_set(errp, "machine does not support hot-plugging CPUs");
        return NULL;
    }
    HotpluggableCPUList *list = g_new0(HotpluggableCPUList, 1);
    for (unsigned i = s->config->topology.maxcpus; i-- > 0 && virt_cpu_info(s->virt, i, &cpu);) {
        HotpluggableCPU *info = HotpluggableCPUList_add(list);
        info->type = g_strdup(cpu.type);
        info->vcpus_count = 1;
        info->props = instance_properties(&cpu.props);
        info->qom_path = cpu.plugged ? g_strdup(cpu.qom_path) : NULL;
    }
    return list;
}

/* -- Devices -- */

json_t *qmp_device_add(System *s, json_t *args, Error **errp)
{
    return system_device_add(s, args, QAPI_JSON, errp) ? json_object() : NULL;
}

bool qmp_device_del(System *s, const char *id, Error **errp)
{
    return system_device_del(s, id, errp);
}

ACPIOSTInfoList *qmp_query_acpi_ospm_status(System *s, Error **errp)
{
    VirtCpuInfo cpu;
    uint32_t source, status;

    if (!s->virt || !virt_has_hotplug(s->virt)) {
        error_set(errp, "command is not supported, missing ACPI device");
        return NULL;
    }
    ACPIOSTInfoList *list = g_new0(ACPIOSTInfoList, 1);
    for (unsigned i = 0; virt_cpu_info(s->virt, i, &cpu); i++) {
        ACPIOSTInfo *info = ACPIOSTInfoList_add(list);
        info->device = cpu.plugged ? g_strdup(cpu.id) : NULL;
        info->slot = g_strdup_printf("%u", i);
        info->slot_type = ACPI_SLOT_TYPE_CPU;
        if (virt_cpu_ost(s->virt, i, &source, &status)) {
            info->source = source;
            info->status = status;
        }
    }
    return list;
}
