/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device_add and device_del of CPUs, and the ACPI side of the slots. docs/devel/hotplug.md. */
#include <inttypes.h>

#include "util/log.h"
#include "virt_internal.h"

/* _OST (ACPI 6.5, 6.3.5) */
enum {
    OST_SOURCE_EJECT = 3, OST_SOURCE_EJECT_USER = 0x103, OST_SUCCESS = 0, OST_IN_PROGRESS = 0x84,
};

/* -- From the guest's AML; vCPU threads -- */

static bool hp_is_enabled(void *opaque, unsigned cpu)
{
    return cpu_slot_is_enabled(&((VirtMachine *)opaque)->slots, cpu);
}

static void hp_eject(void *opaque, unsigned cpu)
{
    VirtMachine *m = opaque;

    if (cpu_slot_eject(&m->slots, cpu)) {
        cpuhp_clear_pending(m->cpuhp, cpu);
    }
}

static uint64_t hp_arch_id(void *opaque, unsigned cpu) { return cpu_slot_mpidr(cpu); }

typedef struct OstReport { VirtMachine *m; unsigned slot; uint32_t source, status; } OstReport;

static bool ost_is_refusal(const OstReport *r)
{
    return (r->source == OST_SOURCE_EJECT || r->source == OST_SOURCE_EJECT_USER)
        && r->status != OST_SUCCESS && r->status != OST_IN_PROGRESS;
}

static void report_ost(void *opaque)
{
    OstReport *r = opaque;
    VirtMachine *m = r->m;
    const CpuSlot *slot = &m->slots.slot[r->slot];

    m->events->ost(m->opaque, r->slot, slot->id, r->source, r->status);
    if (ost_is_refusal(r) && m->unplug[r->slot].requested) {
        m->unplug[r->slot].requested = false;
        m->events->unplug_refused(m->opaque, slot->id, slot->qom_path);
    }
    g_free(r);
}

/* Events are told in order on the main loop, behind an eject that came before. */
static void hp_ost(void *opaque, unsigned cpu, uint32_t event, uint32_t status)
{
    VirtMachine *m = opaque;
    OstReport *r = g_new(OstReport, 1);

    *r = (OstReport) { .m = m, .slot = cpu, .source = event, .status = status };
    event_defer(m->loop, report_ost, r);
}

const CpuHpOps virt_cpuhp_ops = {
    .is_enabled = hp_is_enabled, .eject = hp_eject, .ost = hp_ost, .arch_id = hp_arch_id,
};

void virt_slot_removed(void *opaque, unsigned index, const char *id, const char *path)
{
    VirtMachine *m = opaque;

    m->unplug[index].requested = false;
    m->events->device_deleted(m->opaque, id, path);
}

/* -- From the user; main thread -- */

bool virt_has_hotplug(const VirtMachine *m) { return m->ged != NULL; }

static bool needs_ged(const VirtMachine *m, const char *text, Error **errp)
{
    if (m->ged) {
        return true;
    }
    error_set(errp, "%s", text);
    error_append_hint(errp, "CPU hotplug needs ACPI, and this machine boots with a device tree "
                      "(-machine acpi=%s).", m->cfg.acpi == VIRT_ACPI_OFF ? "off" : "auto");
    return false;
}

static bool id_is_free(VirtMachine *m, const char *id, Error **errp)
{
    if (id && cpu_slots_by_id(&m->slots, id) >= 0) {
        return error_set(errp, "Duplicate device ID '%s'", id);
    }
    return true;
}

bool virt_cpu_add(VirtMachine *m, const VirtCpuRequest *req, Error **errp)
{
    if (!id_is_free(m, req->id, errp)
        || !needs_ged(m, "GED acpi device does not exists", errp)) {
        return false;
    }
    int index = cpu_slots_match(&m->slots, req, errp);
    if (index < 0) {
        return false;
    }
    if (!cpu_slot_realize(&m->slots, index, req->id, m->running, errp)) {
        return false;
    }
    if (m->has_run) {
        cpuhp_set_inserting(m->cpuhp, index);
        ged_raise(m->ged, GED_CPU);
    }
    return true;
}

bool virt_device_del(VirtMachine *m, const char *id, Error **errp)
{
    int index = cpu_slots_by_id(&m->slots, id);

    if (index < 0) {
        return error_set_class(errp, ERROR_DEVICE_NOT_FOUND, "Device '%s' not found", id);
    }
    CpuSlot *slot = &m->slots.slot[index];
    if (!needs_ged(m, "GED does not exists or device is not realized!", errp)) {
        return false;
    }
    if (slot->cold) {
        return error_set(errp, "Hot-unplug of cold-booted CPU not supported!");
    }
    if (m->unplug[index].requested || !cpu_slot_is_enabled(&m->slots, index)) {
        return error_set(errp, "Device %s is already in the process of unplug", id);
    }
    m->unplug[index].requested = true;
    log_hotplug("slot %d: unplug requested, id=%s", index, id);
    cpuhp_set_removing(m->cpuhp, index);
    ged_raise(m->ged, GED_CPU);
    return true;
}

bool virt_cpu_ost(VirtMachine *m, unsigned index, uint32_t *source, uint32_t *status)
{
    return m->cpuhp && index < m->cfg.maxcpus && cpuhp_last_ost(m->cpuhp, index, source, status);
}

static const char *state_name(const CpuSlot *slot)
{
    static const char *const names[] = {
        [SLOT_EMPTY] = "empty", [SLOT_ENABLED] = "enabled", [SLOT_LEAVING] = "leaving",
    };

    return names[slot->state];
}

static void describe_slot(VirtMachine *m, const CpuSlot *slot, GString *out)
{
    uint32_t source, status;

    g_string_append_printf(out, "slot %u: %s%s mpidr=0x%" PRIx64 " id=%s power=%s", slot->index,
                           state_name(slot), slot->cold ? " (cold)" : "", slot->mpidr,
                           slot->id ? slot->id : "-",
                           !slot->cpu ? "-" : arm_cpu_is_powered(slot->cpu) ? "on"
                           : slot->on_pending ? "on-pending" : "off");
    if (m->cpuhp) {
        g_string_append_printf(out, "%s%s%s",
                               cpuhp_is_inserting(m->cpuhp, slot->index) ? " insert-pending" : "",
                               cpuhp_is_removing(m->cpuhp, slot->index) ? " remove-pending" : "",
                               m->unplug[slot->index].requested ? " unplug-requested" : "");
    }
    if (virt_cpu_ost(m, slot->index, &source, &status)) {
        g_string_append_printf(out, " ost=(0x%x,0x%x)", source, status);
    }
    g_string_append_c(out, '\n');
}

char *virt_describe_slots(VirtMachine *m)
{
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < m->cfg.maxcpus; i++) {
        describe_slot(m, &m->slots.slot[i], out);
    }
    return g_string_free(out, FALSE);
}
