/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wiring: frame 0 = the 12-byte register block; no interrupt (the board raises the GED).
 *
 *   offset  write                                   read
 *   0x0/4   selector                                upper half of the arch id (command 3), else 0
 *   0x4/1   flags: 2 clear insert, 4 clear remove,  bit 0 enabled, 1 inserting, 2 removing,
 *           8 eject (in this order, one per write)  5 present (always: an Arm CPU never leaves)
 *   0x5/1   command 0..3                            0
 *   0x8/4   data of commands 1 and 2                command 0: selector, 3: arch id low; else 0
 *
 * A selector beyond the last CPU: everything reads 0 and only the selector can be written.
 */
#include "hw/acpi/dev/cpuhp.h"

#include <stdatomic.h>

#include "hw/core/hwdesc.h"
#include "hw/core/reg.h"
#include "util/bits.h"
#include "util/log.h"

enum { FLAG_ENABLED = 1, FLAG_INSERT = 2, FLAG_REMOVE = 4, FLAG_EJECT = 8, FLAG_PRESENT = 32 };
enum { CMD_NEXT_EVENT, CMD_OST_EVENT, CMD_OST_STATUS, CMD_ARCH_ID, CMD_COUNT };

typedef struct CpuHpSlot {
    bool inserting, removing;
    bool has_ost;
    uint32_t ost_event, ost_status;
} CpuHpSlot;

struct CpuHp {
    Device dev;
    GMutex lock;
    unsigned n_cpus;
    const CpuHpOps *ops;
    void *opaque;
    /* under lock */
    uint32_t selector;
    uint8_t command;
    CpuHpSlot *slot;
};

static bool selected(const CpuHp *hp) { return hp->selector < hp->n_cpus; }

/* The register engine holds hp->lock; the board's functions want it free. */
static bool ask_enabled(CpuHp *hp, unsigned cpu)
{
    g_mutex_unlock(&hp->lock);
    bool enabled = hp->ops->is_enabled(hp->opaque, cpu);
    g_mutex_lock(&hp->lock);
    return enabled;
}

static uint64_t ask_arch_id(CpuHp *hp, unsigned cpu)
{
    g_mutex_unlock(&hp->lock);
    uint64_t id = hp->ops->arch_id(hp->opaque, cpu);
    g_mutex_lock(&hp->lock);
    return id;
}

/* -- Registers -- */

static uint64_t selector_read(void *dev, const Reg *reg, unsigned n)
{
    CpuHp *hp = dev;

    return selected(hp) && hp->command == CMD_ARCH_ID ? ask_arch_id(hp, hp->selector) >> 32 : 0;
}

static void selector_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    CpuHp *hp = dev;

    hp->selector = val;
}

static uint64_t flags_read(void *dev, const Reg *reg, unsigned n)
{
    CpuHp *hp = dev;

    if (!selected(hp)) {
        return 0;
    }
    unsigned cpu = hp->selector;
    uint64_t flags = FLAG_PRESENT | (ask_enabled(hp, cpu) ? FLAG_ENABLED : 0)
                   | (hp->slot[cpu].inserting ? FLAG_INSERT : 0)
                   | (hp->slot[cpu].removing ? FLAG_REMOVE : 0);
    log_hotplug("CPU%u: flags read 0x%02x", cpu, (unsigned)flags);
    return flags;
}

static void flags_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    CpuHp *hp = dev;
    unsigned cpu = hp->selector;

    if (!selected(hp)) {
        return;
    }
    log_hotplug("CPU%u: flags write 0x%02x%s", cpu, (unsigned)val,
                val & FLAG_INSERT ? " (insert seen)" : val & FLAG_REMOVE ? " (remove seen)"
                : val & FLAG_EJECT ? " (eject)" : "");
    if (val & FLAG_INSERT) {
        hp->slot[cpu].inserting = false;
    } else if (val & FLAG_REMOVE) {
        hp->slot[cpu].removing = false;
    } else if (val & FLAG_EJECT) {
        g_mutex_unlock(&hp->lock);
        hp->ops->eject(hp->opaque, cpu);
        g_mutex_lock(&hp->lock);
    }
}

/* From the selector on, round once: the first CPU with an event, or no change. */
static void select_next_event(CpuHp *hp)
{
    for (unsigned i = 0; i < hp->n_cpus; i++) {
        unsigned cpu = (hp->selector + i) % hp->n_cpus;
        if (hp->slot[cpu].inserting || hp->slot[cpu].removing) {
            hp->selector = cpu;
            return;
        }
    }
}

static void command_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    CpuHp *hp = dev;

    if (!selected(hp)) {
        return;
    }
    if (val >= CMD_COUNT) {
        log_guest("cpuhp", "write of unknown command %u", (unsigned)val);
        return;
    }
    hp->command = val;
    if (val == CMD_NEXT_EVENT) {
        select_next_event(hp);
    }
}

static uint64_t data_read(void *dev, const Reg *reg, unsigned n)
{
    CpuHp *hp = dev;

    if (!selected(hp)) {
        return 0;
    }
    return hp->command == CMD_NEXT_EVENT ? hp->selector
         : hp->command == CMD_ARCH_ID ? (uint32_t)ask_arch_id(hp, hp->selector) : 0;
}

static void data_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    CpuHp *hp = dev;
    unsigned cpu = hp->selector;

    if (!selected(hp)) {
        return;
    }
    CpuHpSlot *slot = &hp->slot[cpu];
    if (hp->command == CMD_OST_EVENT) {
        slot->ost_event = val;
    } else if (hp->command == CMD_OST_STATUS) {
        slot->ost_status = val;
        slot->has_ost = true;
        uint32_t event = slot->ost_event;
        log_hotplug("CPU%u: _OST source 0x%x status 0x%x", cpu, event, (unsigned)val);
        g_mutex_unlock(&hp->lock);
        hp->ops->ost(hp->opaque, cpu, event, val);
        g_mutex_lock(&hp->lock);
    }
}

static const Reg cpuhp_regs[] = {
    { "SELECTOR", 0x0, .width = 4, .access = REG_ACC_W, .field = REG_NO_FIELD,
      .read = selector_read, .written = selector_written },
    { "FLAGS", 0x4, .width = 1, .access = REG_ACC_B, .field = REG_NO_FIELD,
      .read = flags_read, .written = flags_written },
    { "COMMAND", 0x5, .width = 1, .access = REG_ACC_B, .field = REG_NO_FIELD,
      .written = command_written },
    { "DATA", 0x8, .width = 4, .access = REG_ACC_W, .field = REG_NO_FIELD,
      .read = data_read, .written = data_written },
};

static GMutex *cpuhp_lock(void *dev) { return &((CpuHp *)dev)->lock; }

static const RegBlock cpuhp_block = {
    .name = "cpuhp", .rows = cpuhp_regs, .n_rows = ARRAY_SIZE(cpuhp_regs), .lock = cpuhp_lock,
};

/* -- Lifecycle -- */

/*
 * Events of before a reset are void: the guest that boots next scans _STA. The last _OST stays for
 * query-acpi-ospm-status.
 */
static void cpuhp_reset(Device *dev)
{
    CpuHp *hp = (CpuHp *)dev;

    g_mutex_lock(&hp->lock);
    hp->selector = 0;
    hp->command = CMD_NEXT_EVENT;
    for (unsigned i = 0; i < hp->n_cpus; i++) {
        hp->slot[i].inserting = hp->slot[i].removing = false;
    }
    g_mutex_unlock(&hp->lock);
}

static void cpuhp_finalize(Device *dev)
{
    CpuHp *hp = (CpuHp *)dev;

    g_free(hp->slot);
    g_mutex_clear(&hp->lock);
}

const DeviceType cpuhp_type = {
    .name = "acpi-cpu-hotplug",
    .description = "ACPI CPU hot-plug registers",
    .size = sizeof(CpuHp),
    .frames = { { .size_bytes = CPUHP_FRAME_BYTES, .regs = &cpuhp_block } },
    .reset = cpuhp_reset,
    .finalize = cpuhp_finalize,
};

CpuHp *cpuhp_new(unsigned n_cpus, const CpuHpOps *ops, void *opaque)
{
    CpuHp *hp = device_new(&cpuhp_type);

    g_mutex_init(&hp->lock);
    hp->n_cpus = n_cpus;
    hp->ops = ops;
    hp->opaque = opaque;
    hp->slot = g_new0(CpuHpSlot, n_cpus);
    return hp;
}

Device *cpuhp_device(CpuHp *hp) { return &hp->dev; }

/* -- The board's side -- */

static void set_flag(CpuHp *hp, bool *flag, bool value)
{
    g_mutex_lock(&hp->lock);
    *flag = value;
    g_mutex_unlock(&hp->lock);
}

static bool get_flag(CpuHp *hp, const bool *flag)
{
    g_mutex_lock(&hp->lock);
    bool value = *flag;
    g_mutex_unlock(&hp->lock);
    return value;
}

void cpuhp_set_inserting(CpuHp *hp, unsigned cpu) { set_flag(hp, &hp->slot[cpu].inserting, true); }
void cpuhp_set_removing(CpuHp *hp, unsigned cpu) { set_flag(hp, &hp->slot[cpu].removing, true); }
bool cpuhp_is_inserting(CpuHp *hp, unsigned cpu) { return get_flag(hp, &hp->slot[cpu].inserting); }
bool cpuhp_is_removing(CpuHp *hp, unsigned cpu) { return get_flag(hp, &hp->slot[cpu].removing); }

void cpuhp_clear_pending(CpuHp *hp, unsigned cpu)
{
    g_mutex_lock(&hp->lock);
    hp->slot[cpu].inserting = hp->slot[cpu].removing = false;
    g_mutex_unlock(&hp->lock);
}

bool cpuhp_last_ost(CpuHp *hp, unsigned cpu, uint32_t *event, uint32_t *status)
{
    g_mutex_lock(&hp->lock);
    const CpuHpSlot *slot = &hp->slot[cpu];
    *event = slot->ost_event;
    *status = slot->ost_status;
    bool has = slot->has_ost;
    g_mutex_unlock(&hp->lock);
    return has;
}
