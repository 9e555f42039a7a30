/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The `virt` board: build, wire, run, reset. */
#include <assert.h>
#include <string.h>

#include "util/bits.h"
#include "util/log.h"
#include "virt_internal.h"

/* -- PSCI and power, from vCPU threads -- */

static int platform_cpu_on(void *platform, uint64_t mpidr, uint64_t entry, uint64_t context_id)
{
    return cpu_slots_psci_on(&((VirtMachine *)platform)->slots, mpidr, entry, context_id);
}

static void platform_cpu_off(void *platform, ArmCpu *self)
{
    cpu_slots_psci_off(&((VirtMachine *)platform)->slots, self);
}

static int platform_affinity_info(void *platform, uint64_t mpidr, unsigned level)
{
    return cpu_slots_psci_affinity(&((VirtMachine *)platform)->slots, mpidr, level);
}

static void tell_shutdown(void *opaque)
{
    VirtMachine *m = opaque;
    m->events->shutdown(m->opaque);
}

static void tell_reset(void *opaque)
{
    VirtMachine *m = opaque;
    m->events->reset(m->opaque);
}

static void platform_system_off(void *platform)
{
    event_defer(((VirtMachine *)platform)->loop, tell_shutdown, platform);
}

static void platform_system_reset(void *platform)
{
    event_defer(((VirtMachine *)platform)->loop, tell_reset, platform);
}

static const ArmPlatformOps platform_ops = {
    .psci_cpu_on = platform_cpu_on,
    .psci_cpu_off = platform_cpu_off,
    .psci_affinity_info = platform_affinity_info,
    .system_off = platform_system_off,
    .system_reset = platform_system_reset,
};

/* -- Building -- */

static void config_copy(VirtConfig *to, const VirtConfig *from)
{
    *to = *from;
    to->cpu_option = g_strdup(from->cpu_option);
    to->kernel = g_strdup(from->kernel);
    to->initrd = g_strdup(from->initrd);
    to->append = g_strdup(from->append);
    to->dtb = g_strdup(from->dtb);
}

static void config_clear(VirtConfig *cfg)
{
    g_free((char *)cfg->cpu_option);
    g_free((char *)cfg->kernel);
    g_free((char *)cfg->initrd);
    g_free((char *)cfg->append);
    g_free((char *)cfg->dtb);
}

static bool add_device(VirtMachine *m, Device *dev, VirtRegion region, unsigned intid, Error **errp)
{
    assert(m->n_devices < VIRT_MAX_DEVICES);
    dev->path = g_strdup_printf("/machine/unattached/device[%u]", m->cfg.maxcpus + m->n_devices);
    m->device[m->n_devices++] = dev;
    if (!device_realize(dev, errp)) {
        return false;
    }
    device_map(dev, 0, m->mem, m->map.range[region].base_pa);
    if (intid) {
        device_connect_irq(dev, 0, gicv3_spi_line(m->gic, intid - GIC_INTERNAL), intid);
    }
    return true;
}

static bool build_gic(VirtMachine *m, Error **errp)
{
    g_autofree uint64_t *mpidr = g_new(uint64_t, m->cfg.maxcpus);
    Gicv3Config cfg = {
        .n_cpus = m->cfg.maxcpus, .mpidr = mpidr, .n_spis = VIRT_N_SPIS,
        .n_redist_regions = m->map.n_redist_regions,
        .region_frames = { m->map.redist_frames[0], m->map.redist_frames[1] },
    };

    for (unsigned i = 0; i < m->cfg.maxcpus; i++) {
        mpidr[i] = cpu_slot_mpidr(i);
    }
    m->gic = gicv3_new(&cfg);
    Device *dev = gicv3_device(m->gic);
    if (!device_realize(dev, errp)) {
        return false;
    }
    device_map(dev, 0, m->mem, m->map.range[VIRT_GIC_DIST].base_pa);
    device_map(dev, 1, m->mem, m->map.range[VIRT_GIC_REDIST].base_pa);
    if (m->map.n_redist_regions > 1) {
        device_map(dev, 2, m->mem, m->map.range[VIRT_GIC_REDIST2].base_pa);
    }
    return true;
}

static bool build_devices(VirtMachine *m, Error **errp)
{
    if (!add_device(m, pl011_device(pl011_new(m->cfg.serial[0])), VIRT_UART0, VIRT_INTID_UART0,
                    errp)
        || !add_device(m, pl031_device(pl031_new(m->loop, m->clock, m->cfg.rtc_source,
                                               m->cfg.rtc_offset_s)), VIRT_RTC,
                       VIRT_INTID_RTC, errp)) {
        return false;
    }
    m->gpio = pl061_new();
    if (!add_device(m, pl061_device(m->gpio), VIRT_GPIO, VIRT_INTID_GPIO, errp)) {
        return false;
    }
    m->power_key = gpio_key_new(m->loop, m->clock, pl061_input(m->gpio, 3));
    if (m->cfg.serial[1]) {
        m->uart1 = pl011_device(pl011_new(m->cfg.serial[1]));
        if (!add_device(m, m->uart1, VIRT_UART1, VIRT_INTID_UART1, errp)) {
            return false;
        }
    }
    if (!m->boots_acpi) {
        return true;
    }
    m->ged = ged_new();
    if (!add_device(m, ged_device(m->ged), VIRT_ACPI_GED, VIRT_INTID_ACPI_GED, errp)) {
        return false;
    }
    m->cpuhp = cpuhp_new(m->cfg.maxcpus, &virt_cpuhp_ops, m);
    return add_device(m, cpuhp_device(m->cpuhp), VIRT_CPU_HOTPLUG, 0, errp);
}

static bool build_memory(VirtMachine *m, Error **errp)
{
    VirtMemmapConfig cfg = {
        .ram_bytes = m->cfg.ram_bytes, .n_cpus = m->cfg.maxcpus,
        .pa_bits = arm_model_pa_bits(m->model),
    };

    m->mem = phys_mem_new();
    return virt_memmap_build(&m->map, &cfg, errp)
        && phys_mem_add_ram(m->mem, "mach-virt.ram", m->map.range[VIRT_RAM].base_pa,
                            m->map.range[VIRT_RAM].bytes, errp);
}

static bool build_cpus(VirtMachine *m, Error **errp)
{
    m->set = vcpu_set_new();
    m->accel = tcg_accel_new(&m->cfg.tcg, m->mem, m->set, &arm_tcg_ops, m->model, errp);
    if (!m->accel) {
        return false;
    }
    m->slots.accel = m->accel;
    m->slots.set = m->set;
    m->slots.gic = m->gic;
    for (unsigned i = 0; i < m->cfg.cpus; i++) {
        m->slots.slot[i].cold = true;
        if (!cpu_slot_realize(&m->slots, i, NULL, false, errp)) {
            return false;
        }
    }
    return true;
}

static void slots_prepare(VirtMachine *m)
{
    m->slots = (CpuSlots) {
        .topology = m->cfg.topology, .model = m->model, .clock = m->clock, .loop = m->loop,
        .driver = g_strdup_printf("%s-arm-cpu", arm_model_name(m->model)),
        .platform_ops = &platform_ops, .platform = m, .removed = virt_slot_removed, .opaque = m,
    };
    cpu_slots_init(&m->slots, m->cfg.maxcpus);
    m->unplug = g_new0(Unplug, m->cfg.maxcpus);
    m->slots_ready = true;
}

static bool build(VirtMachine *m, Error **errp)
{
    m->model = arm_model_new(m->cfg.cpu_option, errp);
    if (!m->model) {
        return false;
    }
    slots_prepare(m);
    if (!build_memory(m, errp) || !virt_boot_load(m, errp) || !virt_boot_place_tables(m, errp)
        || !build_gic(m, errp) || !build_devices(m, errp)) {
        return false;
    }
    phys_mem_commit(m->mem);
    return build_cpus(m, errp) && virt_boot_write(m, errp);
}

static void tell_clock(CpuSlot *slot, void *opaque) { arm_cpu_clock_changed(slot->cpu); }

static void clock_changed(void *opaque)
{
    cpu_slots_foreach(&((VirtMachine *)opaque)->slots, tell_clock, NULL);
}

static int64_t log_now(void *opaque) { return virt_clock_ns(opaque); }

VirtMachine *virt_new(const VirtConfig *cfg, EventLoop *loop, VirtClock *clock,
                      const VirtEvents *events, void *opaque, Error **errp)
{
    VirtMachine *m = g_new0(VirtMachine, 1);

    assert(cfg->cpus >= 1 && cfg->cpus <= cfg->maxcpus && cfg->maxcpus <= VIRT_MAX_CPUS);
    config_copy(&m->cfg, cfg);
    m->loop = loop;
    m->clock = clock;
    m->events = events;
    m->opaque = opaque;
    if (!build(m, errp)) {
        virt_free(m);
        return NULL;
    }
    log_set_clock(log_now, clock);
    virt_clock_on_change(clock, clock_changed, m);
    virt_reset(m);
    return m;
}

void virt_free(VirtMachine *m)
{
    if (!m) {
        return;
    }
    if (m->slots_ready) {
        cpu_slots_clear(&m->slots);
    }
    gpio_key_free(m->power_key);
    for (unsigned i = 0; i < m->n_devices; i++) {
        device_free(m->device[i]);
    }
    if (m->gic) {
        device_free(gicv3_device(m->gic));
    }
    tcg_accel_free(m->accel);
    if (m->set) {
        vcpu_set_free(m->set);
    }
    if (m->has_kernel) {
        boot_clear(&m->boot);
    }
    if (m->mem) {
        phys_mem_free(m->mem);
    }
    arm_model_free(m->model);
    g_free(m->user_dtb);
    g_free(m->unplug);
    config_clear(&m->cfg);
    g_free(m);
}

/* -- Running and reset -- */

void virt_set_running(VirtMachine *m, bool running)
{
    if (m->running == running) {
        return;
    }
    m->running = running;
    if (running) {
        m->has_run = true;
        virt_clock_start(m->clock);
        cpu_slots_run(&m->slots);
    } else {
        cpu_slots_stop(&m->slots);
        virt_clock_stop(m->clock);
    }
}

void virt_reset(VirtMachine *m)
{
    bool was_running = m->running;
    Error *err = NULL;

    virt_set_running(m, false);
    for (unsigned i = 0; i < m->n_devices; i++) {
        device_reset(m->device[i]);
    }
    gpio_key_reset(m->power_key);
    device_reset(gicv3_device(m->gic));
    if (!virt_boot_write(m, &err)) {
        error_report_free(err); /* it worked at start: only a lost host resource gets here */
    }
    tcg_accel_flush(m->accel, NULL);
    for (unsigned i = 0; i < m->cfg.maxcpus; i++) {
        m->unplug[i].requested = false;
    }
    cpu_slots_reset(&m->slots, m->has_kernel ? m->boot.entry_pa : 0,
                    m->has_kernel ? m->boot.layout.dtb_pa : 0);
    virt_set_running(m, was_running);
}

void virt_powerdown(VirtMachine *m)
{
    if (m->ged) {
        ged_raise(m->ged, GED_POWER_DOWN);
    } else {
        gpio_key_press(m->power_key);
    }
}

/* -- For the monitor -- */

const ArmModel *virt_cpu_model(const VirtMachine *m) { return m->model; }
PhysMem *virt_memory(VirtMachine *m) { return m->mem; }
char *virt_jit_stats(VirtMachine *m) { return tcg_accel_stats(m->accel); }

bool virt_cpu_info(VirtMachine *m, unsigned index, VirtCpuInfo *info)
{
    if (index >= m->cfg.maxcpus) {
        return false;
    }
    const CpuSlot *slot = &m->slots.slot[index];
    *info = (VirtCpuInfo) {
        .props = slot->props, .type = m->slots.driver,
        .plugged = cpu_slot_is_enabled(&m->slots, index),
        .hotplugged = slot->id != NULL, .id = slot->id, .qom_path = slot->qom_path,
    };
    if (info->plugged) {
        Vcpu *vcpu = arm_cpu_vcpu(slot->cpu);
        while (!atomic_load(&vcpu->host_tid)) {
            g_thread_yield(); /* the thread has been created and is about to say its name */
        }
        info->host_tid = atomic_load(&vcpu->host_tid);
        info->halted = !arm_cpu_is_powered(slot->cpu) || atomic_load(&vcpu->sleeping);
    }
    return true;
}

static ArmCpu *plugged_cpu(VirtMachine *m, unsigned index)
{
    return index < m->cfg.maxcpus && cpu_slot_is_enabled(&m->slots, index)
         ? m->slots.slot[index].cpu : NULL;
}

typedef struct Describe { ArmCpu *cpu; char *text; uint64_t va, pa; bool ok; } Describe;

static void describe_on_cpu(Vcpu *vcpu, void *opaque)
{
    Describe *d = opaque;
    d->text = arm_cpu_describe(d->cpu);
}

char *virt_cpu_describe(VirtMachine *m, unsigned index)
{
    Describe d = { .cpu = plugged_cpu(m, index) };

    if (d.cpu) {
        vcpu_run_on(arm_cpu_vcpu(d.cpu), describe_on_cpu, &d);
    }
    return d.text;
}

static void translate_on_cpu(Vcpu *vcpu, void *opaque)
{
    Describe *d = opaque;
    d->ok = arm_cpu_translate_debug(d->cpu, d->va, &d->pa);
}

bool virt_cpu_translate(VirtMachine *m, unsigned index, uint64_t va, uint64_t *pa)
{
    Describe d = { .cpu = plugged_cpu(m, index), .va = va };

    if (!d.cpu) {
        return false;
    }
    vcpu_run_on(arm_cpu_vcpu(d.cpu), translate_on_cpu, &d);
    *pa = d.pa;
    return d.ok;
}

bool virt_device(VirtMachine *m, unsigned i, const char **path, const char **type)
{
    if (i >= m->n_devices) {
        return false;
    }
    *path = m->device[i]->path;
    *type = m->device[i]->type->name;
    return true;
}
