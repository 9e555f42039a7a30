/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARM PrimeCell Real Time Clock PL031 r1p3 (DDI 0224).
 *
 * Frame 0: 4 KiB of registers. IRQ 0: RTCINTR.
 */
#include "hw/rtc/pl031.h"

#include "hw/core/hwdesc.h"
#include "hw/core/reg.h"
#include "util/bits.h"

struct Pl031 {
    Device dev;
    EventLoop *loop;
    VirtClock *clock;
    Pl031Source source;
    int64_t start_ns;               /* since 1970, when the source shows 0 */
    EventTimer *timer;
    GMutex lock;
    /* Under lock. */
    int64_t offset_s;               /* RTCDR = seconds since 1970 + offset, modulo 2^32 */
    uint32_t mr, lr, imsc, ris;
    bool armed;                     /* the alarm has not come yet */
    bool irq_level;
};

/* -- State changes ---- */

static int64_t source_ns(const Pl031 *r)
{
    switch (r->source) {
    case PL031_MONOTONIC:
        return host_clock_ns() + r->start_ns;
    case PL031_VIRTUAL:
        return virt_clock_ns(r->clock) + r->start_ns;
    default:
        return host_realtime_ns();
    }
}

static uint32_t counter_locked(const Pl031 *r) { return source_ns(r) / NS_PER_SEC + r->offset_s; }

static void irq_update_locked(Pl031 *r)
{
    bool level = r->ris & r->imsc;

    if (level != r->irq_level) {
        r->irq_level = level;
        irq_set(&r->dev.irq[0], level);
    }
}

/*
 * Set the timer to the moment at which the counter will equal RTCMR; now, if it does already. The
 * distance is modulo 2^32 seconds, as in the hardware. Real time may run apart from the virtual
 * clock (VM stopped, host clock set), so the timer's function looks again.
 */
static void alarm_arm_locked(Pl031 *r)
{
    int64_t now_ns = source_ns(r);
    uint32_t wait_s = r->mr - counter_locked(r);

    r->armed = true;
    if (!wait_s) {
        r->armed = false;
        r->ris = 1;
        event_timer_cancel(r->timer);
    } else {
        event_timer_set(r->timer, virt_clock_ns(r->clock) + wait_s * NS_PER_SEC -
                                  now_ns % NS_PER_SEC);
    }
}

/* A distance of more than half the range means that the moment has passed. Main thread. */
static void alarm_look(void *opaque)
{
    Pl031 *r = opaque;

    g_mutex_lock(&r->lock);
    if (r->armed) {
        if ((int32_t)(r->mr - counter_locked(r)) <= 0) {
            r->armed = false;
            r->ris = 1;
        } else {
            alarm_arm_locked(r);
        }
        irq_update_locked(r);
    }
    g_mutex_unlock(&r->lock);
}

/* After the VM was stopped the alarm may be overdue or near: the timer knows nothing of it. */
static void clock_changed(void *opaque)
{
    Pl031 *r = opaque;

    if (virt_clock_is_running(r->clock)) {
        alarm_look(r);
    }
}

/* -- Register hooks: under the lock ---- */

static uint64_t dr_read(void *dev, const Reg *reg, unsigned n) { return counter_locked(dev); }

static void mr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    alarm_arm_locked(dev);
    irq_update_locked(dev);
}

static void lr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Pl031 *r = dev;

    r->offset_s += (int32_t)((uint32_t)val - counter_locked(r));
    if (r->armed) {
        alarm_arm_locked(r);
    }
    irq_update_locked(r);
}

static void imsc_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    irq_update_locked(dev);
}

static uint64_t mis_read(void *dev, const Reg *reg, unsigned n)
{
    const Pl031 *r = dev;

    return r->ris & r->imsc;
}

static void icr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Pl031 *r = dev;

    r->ris &= ~val;
    irq_update_locked(r);
}

/* -- Registers: DDI 0224, table 3-1 ---- */

#define W     .width = 4, .access = REG_ACC_W
#define AT(f) .field = offsetof(Pl031, f)
#define ID(n, o, v) { n, o, .width = 4, .access = REG_ACC_B | REG_ACC_H | REG_ACC_W,               \
                      .field = REG_NO_FIELD, .reset = v }

static const Reg pl031_rows[] = {
    { "RTCDR", 0x00, W, .field = REG_NO_FIELD, .read = dr_read },
    { "RTCMR", 0x04, W, .field = offsetof(Pl031, mr), .wmask = MASK(31, 0), .written = mr_written },
    { "RTCLR", 0x08, W, AT(lr), .wmask = MASK(31, 0), .written = lr_written },
    /* Started at power-on; once set, the bit cannot be cleared but by power. */
    { "RTCCR", 0x0c, W, .field = REG_NO_FIELD, .reset = 1 },
    { "RTCIMSC", 0x10, W, AT(imsc), .wmask = 1, .written = imsc_written },
    { "RTCRIS", 0x14, W, AT(ris) },
    { "RTCMIS", 0x18, W, .field = REG_NO_FIELD, .read = mis_read },
    { "RTCICR", 0x1c, W, .field = REG_NO_FIELD, .written = icr_written },
    ID("RTCPeriphID0", 0xfe0, 0x31), ID("RTCPeriphID1", 0xfe4, 0x10),
    ID("RTCPeriphID2", 0xfe8, 0x04), ID("RTCPeriphID3", 0xfec, 0x00),
    ID("RTCPCellID0", 0xff0, 0x0d), ID("RTCPCellID1", 0xff4, 0xf0),
    ID("RTCPCellID2", 0xff8, 0x05), ID("RTCPCellID3", 0xffc, 0xb1),
};

static GMutex *rtc_lock(void *dev) { return &((Pl031 *)dev)->lock; }

static const RegBlock pl031_regs = { "pl031", pl031_rows, ARRAY_SIZE(pl031_rows), rtc_lock };

/* -- Lifecycle ---- */

Pl031 *pl031_new(EventLoop *loop, VirtClock *clock, Pl031Source source, int64_t offset_s)
{
    Pl031 *r = device_new(&pl031_type);

    g_mutex_init(&r->lock);
    r->loop = loop;
    r->clock = clock;
    r->source = source;
    r->start_ns = host_realtime_ns() - source_ns(r);
    r->offset_s = offset_s;
    return r;
}

Device *pl031_device(Pl031 *rtc) { return &rtc->dev; }

static bool rtc_realize(Device *dev, Error **errp)
{
    Pl031 *r = container_of(dev, Pl031, dev);

    r->timer = event_timer_new(r->loop, alarm_look, r);
    virt_clock_on_change(r->clock, clock_changed, r);
    return true;
}

static void rtc_reset(Device *dev)
{
    Pl031 *r = container_of(dev, Pl031, dev);

    g_mutex_lock(&r->lock);
    r->armed = false;
    event_timer_cancel(r->timer);
    irq_update_locked(r);
    g_mutex_unlock(&r->lock);
}

static void rtc_unrealize(Device *dev)
{
    Pl031 *r = container_of(dev, Pl031, dev);

    virt_clock_off_change(r->clock, clock_changed, r);
    event_timer_free(r->timer);
}

static void rtc_finalize(Device *dev) { g_mutex_clear(&container_of(dev, Pl031, dev)->lock); }

/* No ACPI name: no driver binds a PL031 through ACPI. */
static void rtc_describe(const Device *dev, HwDesc *desc)
{
    *desc = (HwDesc){
        .fdt_name = "pl031",
        .fdt_compatible = "arm,pl031\0arm,primecell\0",
        .fdt_clocks = "apb_pclk\0",
        .mmio = { { dev->frame_pa[0], dev->frame_bytes[0] } },
        .n_mmio = 1,
        .irq = { { dev->irq_intid[0], IRQ_LEVEL_HIGH } },
        .n_irq = 1,
    };
}

const DeviceType pl031_type = {
    .name = "pl031",
    .description = "ARM PrimeCell Real Time Clock PL031",
    .size = sizeof(Pl031),
    .frames = { { .size_bytes = 0x1000, .regs = &pl031_regs } },
    .irqs = { "RTCINTR" },
    .realize = rtc_realize,
    .reset = rtc_reset,
    .unrealize = rtc_unrealize,
    .finalize = rtc_finalize,
    .describe = rtc_describe,
};
