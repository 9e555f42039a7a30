/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building the board out of the options, and what it tells us back. */
#include "qapi/qapi-events.h"
#include "system.h"

static void guest_shutdown(void *opaque)
{
    system_request_shutdown(opaque, SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
}

static void guest_reset(void *opaque) { system_request_reset(opaque, SHUTDOWN_CAUSE_GUEST_RESET); }

static void device_deleted(void *opaque, const char *id, const char *path)
{
    qapi_event_device_deleted(&((System *)opaque)->events, id, path);
}

static void ost(void *opaque, unsigned slot, const char *id, uint32_t source, uint32_t status)
{
    System *s = opaque;
    char number[16];
    ACPIOSTInfo info = {
        .device = (char *)id, .slot = number, .slot_type = ACPI_SLOT_TYPE_CPU, .source = source,
        .status = status,
    };

    g_snprintf(number, sizeof(number), "%u", slot);
    qapi_event_acpi_device_ost(&s->events, &info);
}

static void unplug_refused(void *opaque, const char *id, const char *path)
{
    qapi_event_device_unplug_guest_error(&((System *)opaque)->events, id, path);
}

static const VirtEvents events = {
    .shutdown = guest_shutdown,
    .reset = guest_reset,
    .device_deleted = device_deleted,
    .ost = ost,
    .unplug_refused = unplug_refused,
};

bool system_build_machine(System *s, Error **errp)
{
    const SystemConfig *c = s->config;
    const SmpTopology *t = &c->topology;
    VirtConfig cfg = {
        .ram_bytes = c->ram_bytes,
        .cpus = t->cpus,
        .maxcpus = t->maxcpus,
        .topology = { t->sockets, t->clusters, t->cores, t->threads },
        .has_clusters = t->has_clusters,
        .cpu_option = c->cpu_option,
        .kernel = c->kernel,
        .initrd = c->initrd,
        .append = c->append,
        .dtb = c->dtb,
        .acpi = c->acpi,
        .serial = { s->serial[0], s->serial[1] },
        .rtc_source = c->rtc_source,
        .rtc_offset_s = c->rtc_offset_s,
        .tcg = c->tcg,
        .no_random_seeds = !c->dtb_randomness,
    };

    s->virt = virt_new(&cfg, s->loop, s->clock, &events, s, errp);
    return s->virt != NULL;
}
