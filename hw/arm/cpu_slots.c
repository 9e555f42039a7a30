/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu_slots.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "util/bits.h"
#include "util/log.h"

#define CPUS_PER_AFF1 16

uint64_t cpu_slot_mpidr(unsigned index)
{
    return index % CPUS_PER_AFF1 | (uint64_t)(index / CPUS_PER_AFF1) << 8;
}

static int index_of_mpidr(const CpuSlots *s, uint64_t mpidr)
{
    uint64_t aff = mpidr & UINT64_C(0xff00ffffff);
    uint64_t index = (aff >> 8) * CPUS_PER_AFF1 + (aff & 0xff);

    return (aff & 0xff) < CPUS_PER_AFF1 && index < s->n && s->slot[index].mpidr == aff
         ? (int)index : -1;
}

static VirtCpuProps props_of(const VirtTopology *t, unsigned index)
{
    return (VirtCpuProps) {
        .thread_id = index % t->threads,
        .core_id = index / t->threads % t->cores,
        .cluster_id = index / (t->threads * t->cores) % t->clusters,
        .socket_id = index / (t->threads * t->cores * t->clusters),
    };
}

void cpu_slots_init(CpuSlots *s, unsigned n)
{
    g_mutex_init(&s->lock);
    s->n = n;
    s->slot = g_new0(CpuSlot, n);
    for (unsigned i = 0; i < n; i++) {
        s->slot[i].index = i;
        s->slot[i].mpidr = cpu_slot_mpidr(i);
        s->slot[i].props = props_of(&s->topology, i);
    }
}

/* -- Realize and unrealize (main thread) -- */

static void cpu_destroy(CpuSlots *s, CpuSlot *slot)
{
    ArmCpu *cpu = slot->cpu;
    Vcpu *vcpu = arm_cpu_vcpu(cpu);

    vcpu_join(vcpu);
    gicv3_cpu_attach(s->gic, slot->index, NULL, NULL);
    vcpu_set_remove(s->set, vcpu);
    arm_cpu_free(cpu);
}

static void slot_forget(CpuSlot *slot)
{
    g_free(slot->id);
    g_free(slot->qom_path);
    slot->id = slot->qom_path = NULL;
}

void cpu_slots_clear(CpuSlots *s)
{
    for (unsigned i = 0; i < s->n; i++) {
        if (s->slot[i].cpu) {
            cpu_destroy(s, &s->slot[i]);
        }
        slot_forget(&s->slot[i]);
    }
    g_free(s->slot);
    g_free(s->driver);
    g_mutex_clear(&s->lock);
}

static ArmCpu *cpu_make(CpuSlots *s, const CpuSlot *slot, Error **errp)
{
    ArmCpuConfig cfg = {
        .index = slot->index, .mpidr = slot->mpidr, .model = s->model, .accel = s->accel,
        .set = s->set, .clock = s->clock, .platform_ops = s->platform_ops,
        .platform = s->platform, .gic_ops = &gicv3_cpuif_ops,
        .gic_cpu = gicv3_cpu(s->gic, slot->index),
    };

    return arm_cpu_new(&cfg, errp);
}

bool cpu_slot_realize(CpuSlots *s, unsigned index, const char *id, bool running, Error **errp)
{
    CpuSlot *slot = &s->slot[index];

    assert(slot->state == SLOT_EMPTY);
    ArmCpu *cpu = cpu_make(s, slot, errp);
    if (!cpu) {
        return false;
    }
    arm_cpu_reset(cpu, 0, 0, false);
    gicv3_cpu_attach(s->gic, index, cpu, arm_cpu_set_wire);
    vcpu_set_add(s->set, arm_cpu_vcpu(cpu));
    if (!vcpu_start(arm_cpu_vcpu(cpu), errp)) {
        vcpu_set_remove(s->set, arm_cpu_vcpu(cpu));
        gicv3_cpu_attach(s->gic, index, NULL, NULL);
        arm_cpu_free(cpu);
        return false;
    }
    slot->id = g_strdup(id);
    slot->qom_path = id ? g_strdup_printf("/machine/peripheral/%s", id)
                        : g_strdup_printf("/machine/unattached/device[%u]", index);
    g_mutex_lock(&s->lock);
    slot->cpu = cpu;
    slot->on_pending = false;
    slot->state = SLOT_ENABLED;
    gicv3_cpu_set_enabled(s->gic, index, true);
    vcpu_set_stopped(arm_cpu_vcpu(cpu), !running, false);
    g_mutex_unlock(&s->lock);
    log_hotplug("slot %u: enabled, id=%s", index, id ? id : "-");
    return true;
}

typedef struct Leaving { CpuSlots *slots; unsigned index; } Leaving;

static void finish_leaving(void *opaque)
{
    Leaving *l = opaque;
    CpuSlots *s = l->slots;
    CpuSlot *slot = &s->slot[l->index];

    cpu_destroy(s, slot);
    g_mutex_lock(&s->lock);
    slot->cpu = NULL;
    slot->on_pending = false;
    slot->state = SLOT_EMPTY;
    g_mutex_unlock(&s->lock);
    log_hotplug("slot %u: empty, id=%s", slot->index, slot->id ? slot->id : "-");
    char *id = g_steal_pointer(&slot->id), *path = g_steal_pointer(&slot->qom_path);
    s->removed(s->opaque, slot->index, id, path);
    g_free(id);
    g_free(path);
    g_free(l);
}

bool cpu_slot_eject(CpuSlots *s, unsigned index)
{
    CpuSlot *slot = &s->slot[index];

    g_mutex_lock(&s->lock);
    bool leaves = slot->state == SLOT_ENABLED && !slot->cold;
    if (leaves) {
        slot->state = SLOT_LEAVING;
        gicv3_cpu_set_enabled(s->gic, index, false);
        vcpu_set_stopped(arm_cpu_vcpu(slot->cpu), true, false);
    }
    g_mutex_unlock(&s->lock);
    log_hotplug("slot %u: eject %s", index, leaves ? "accepted" : "ignored");
    if (leaves) {
        Leaving *l = g_new(Leaving, 1);
        *l = (Leaving) { .slots = s, .index = index };
        event_defer(s->loop, finish_leaving, l);
    }
    return leaves;
}

bool cpu_slot_is_enabled(CpuSlots *s, unsigned index)
{
    g_mutex_lock(&s->lock);
    bool enabled = s->slot[index].state == SLOT_ENABLED;
    g_mutex_unlock(&s->lock);
    return enabled;
}

void cpu_slots_foreach(CpuSlots *s, void (*fn)(CpuSlot *slot, void *opaque), void *opaque)
{
    for (unsigned i = 0; i < s->n; i++) {
        if (cpu_slot_is_enabled(s, i)) {
            fn(&s->slot[i], opaque);
        }
    }
}

/* -- Run and stop -- */

/* Under the lock: an eject stops its CPU for good, before or after. */
void cpu_slots_run(CpuSlots *s)
{
    g_mutex_lock(&s->lock);
    for (unsigned i = 0; i < s->n; i++) {
        if (s->slot[i].state == SLOT_ENABLED) {
            vcpu_set_stopped(arm_cpu_vcpu(s->slot[i].cpu), false, false);
        }
    }
    g_mutex_unlock(&s->lock);
}

/*
 * All are asked before any is waited for. No lock: a vCPU may need it to get out of the guest, and
 * CPUs come and go on this thread only.
 */
void cpu_slots_stop(CpuSlots *s)
{
    for (int wait = 0; wait <= 1; wait++) {
        for (unsigned i = 0; i < s->n; i++) {
            if (s->slot[i].cpu) {
                vcpu_set_stopped(arm_cpu_vcpu(s->slot[i].cpu), true, wait);
            }
        }
    }
}

typedef struct SlotReset { ArmCpu *cpu; uint64_t entry, x0; bool powered; } SlotReset;

static void reset_on_cpu(Vcpu *vcpu, void *opaque)
{
    SlotReset *r = opaque;

    arm_cpu_reset(r->cpu, r->entry, r->x0, r->powered);
}

static void slot_reset(CpuSlots *s, CpuSlot *slot, uint64_t entry, uint64_t x0)
{
    bool boots = slot->index == 0;
    SlotReset r = { slot->cpu, boots ? entry : 0, boots ? x0 : 0, boots };

    /* On its thread, behind a CPU_ON that is still queued there. */
    vcpu_run_on(arm_cpu_vcpu(slot->cpu), reset_on_cpu, &r);
    g_mutex_lock(&s->lock);
    slot->on_pending = false;
    g_mutex_unlock(&s->lock);
}

void cpu_slots_reset(CpuSlots *s, uint64_t entry, uint64_t x0)
{
    for (unsigned i = 0; i < s->n; i++) {
        if (cpu_slot_is_enabled(s, i)) {
            slot_reset(s, &s->slot[i], entry, x0);
        }
    }
}

/* -- Matching a device_add -- */

static bool id_in_range(const OptId *id, const char *name, unsigned count, Error **errp)
{
    if (id->given && (id->value < 0 || id->value >= count)) {
        return error_set(errp, "Invalid %s %" PRId64 " specified, correct range 0:%u", name,
                         id->value, count - 1);
    }
    return true;
}

static bool id_matches(const OptId *id, unsigned value)
{
    return !id->given || id->value == value;
}

static bool slot_matches(const CpuSlot *slot, const VirtCpuRequest *r)
{
    return id_matches(&r->socket_id, slot->props.socket_id)
        && id_matches(&r->cluster_id, slot->props.cluster_id)
        && id_matches(&r->core_id, slot->props.core_id)
        && id_matches(&r->thread_id, slot->props.thread_id);
}

static void error_taken_locked(const CpuSlot *slot, Error **errp)
{
    const VirtCpuProps *p = &slot->props;

    if (slot->state == SLOT_LEAVING) {
        error_set(errp, "cpu(id%u=%u:%u:%u:%u) is still being unplugged", slot->index,
                  p->socket_id, p->cluster_id, p->core_id, p->thread_id);
    } else {
        error_set(errp, "cpu(id%u=%u:%u:%u:%u) with arch-id %" PRIu64 " exist", slot->index,
                  p->socket_id, p->cluster_id, p->core_id, p->thread_id, slot->mpidr);
    }
}

int cpu_slots_match(CpuSlots *s, const VirtCpuRequest *r, Error **errp)
{
    if (strcmp(r->driver, s->driver)) {
        error_set(errp, "Invalid CPU type, expected cpu type: '%s'", s->driver);
        return -1;
    }
    if (!id_in_range(&r->thread_id, "thread-id", s->topology.threads, errp)
        || !id_in_range(&r->core_id, "core-id", s->topology.cores, errp)
        || !id_in_range(&r->cluster_id, "cluster-id", s->topology.clusters, errp)
        || !id_in_range(&r->socket_id, "socket-id", s->topology.sockets, errp)) {
        return -1;
    }
    const CpuSlot *taken = NULL;
    int found = -1;
    g_mutex_lock(&s->lock);
    for (unsigned i = 0; i < s->n && found < 0; i++) {
        if (slot_matches(&s->slot[i], r)) {
            found = s->slot[i].state == SLOT_EMPTY ? (int)i : -1;
            taken = s->slot[i].state == SLOT_LEAVING || !taken ? &s->slot[i] : taken;
        }
    }
    if (found < 0) {
        error_taken_locked(taken, errp);
    }
    g_mutex_unlock(&s->lock);
    return found;
}

int cpu_slots_by_id(CpuSlots *s, const char *id)
{
    for (unsigned i = 0; i < s->n; i++) {
        const CpuSlot *slot = &s->slot[i];
        if ((slot->id && !strcmp(slot->id, id))
            || (slot->qom_path && !strcmp(slot->qom_path, id))) {
            return i;
        }
    }
    return -1;
}

/* -- PSCI -- */

int cpu_slots_psci_on(CpuSlots *s, uint64_t mpidr, uint64_t entry, uint64_t context_id)
{
    int index = index_of_mpidr(s, mpidr);

    if (index < 0) {
        return PSCI_INVALID_PARAMETERS;
    }
    CpuSlot *slot = &s->slot[index];
    int result = PSCI_SUCCESS;
    g_mutex_lock(&s->lock);
    if (slot->state != SLOT_ENABLED) {
        log_guest("psci", "Denying attempt to online removed/disabled CPU%d", index);
        result = PSCI_DENIED;
    } else if (arm_cpu_is_powered(slot->cpu)) {
        result = PSCI_ALREADY_ON;
        slot->on_pending = false;
    } else if (slot->on_pending) {
        result = PSCI_ON_PENDING;
    } else {
        slot->on_pending = true;
        arm_cpu_power_on(slot->cpu, entry, context_id);
    }
    g_mutex_unlock(&s->lock);
    return result;
}

void cpu_slots_psci_off(CpuSlots *s, ArmCpu *cpu)
{
    g_mutex_lock(&s->lock);
    s->slot[arm_cpu_vcpu(cpu)->index].on_pending = false;
    g_mutex_unlock(&s->lock);
}

static int affinity_of_slot(CpuSlot *slot)
{
    if (slot->state != SLOT_ENABLED) {
        return PSCI_AFF_OFF;
    }
    if (arm_cpu_is_powered(slot->cpu)) {
        slot->on_pending = false;
        return PSCI_AFF_ON;
    }
    return slot->on_pending ? PSCI_AFF_ON_PENDING : PSCI_AFF_OFF;
}

int cpu_slots_psci_affinity(CpuSlots *s, uint64_t mpidr, unsigned level)
{
    int result = PSCI_INVALID_PARAMETERS;

    if (level > 3) {
        return PSCI_INVALID_PARAMETERS;
    }
    if (level == 0) {
        int index = index_of_mpidr(s, mpidr);
        if (index < 0) {
            return PSCI_INVALID_PARAMETERS;
        }
        g_mutex_lock(&s->lock);
        result = affinity_of_slot(&s->slot[index]);
        g_mutex_unlock(&s->lock);
        return result;
    }
    /* A higher level is ON while any CPU below it is. */
    uint64_t mask = UINT64_C(0xff00ffffff) & ~MASK(8 * level - 1, 0);
    g_mutex_lock(&s->lock);
    for (unsigned i = 0; i < s->n && result != PSCI_AFF_ON; i++) {
        if ((s->slot[i].mpidr & mask) == (mpidr & mask)) {
            int one = affinity_of_slot(&s->slot[i]);
            result = result == PSCI_INVALID_PARAMETERS || one != PSCI_AFF_OFF ? one : result;
        }
    }
    g_mutex_unlock(&s->lock);
    return result;
}
