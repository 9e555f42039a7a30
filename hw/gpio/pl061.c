/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARM PrimeCell General Purpose I/O PL061 r1p0 (DDI 0190).
 *
 * Frame 0: 4 KiB of registers. IRQ 0: GPIOINTR, the OR of the masked interrupts of all pins.
 */
#include "hw/gpio/pl061.h"

#include <assert.h>

#include "hw/core/hwdesc.h"
#include "hw/core/reg.h"
#include "util/bits.h"

#define PINS MASK(PL061_PINS - 1, 0)

struct Pl061 {
    Device dev;
    IrqLine out[PL061_PINS];
    GMutex lock;
    /* Under lock; one bit a pin. */
    uint8_t data;                   /* what the guest wrote for output pins */
    uint8_t input;                  /* what drives the pins from outside */
    uint8_t driven;                 /* levels last sent to `out` */
    uint32_t dir, is, ibe, iev, ie, afsel; /* 8 bits used; words for the register engine */
    uint8_t edges;                  /* latched edges, cleared by GPIOIC */
    uint8_t pins;                   /* levels at the last look, for edges */
    bool irq_level;
};

/* -- Pure ---- */

static uint8_t pin_levels(const Pl061 *g) { return (g->data & g->dir) | (g->input & ~g->dir); }

/* GPIORIS: level-sensitive pins as they are now, edge-sensitive ones as latched. */
static uint8_t raw_status(const Pl061 *g)
{
    uint8_t active = ~(pin_levels(g) ^ g->iev);

    return (g->is & active) | (~g->is & g->edges);
}

/* -- State changes ---- */

static void outputs_update_locked(Pl061 *g)
{
    uint8_t levels = g->data & g->dir, changed = levels ^ g->driven;

    g->driven = levels;
    for (unsigned pin = 0; pin < PL061_PINS; pin++) {
        if (bit64(changed, pin)) {
            irq_set(&g->out[pin], bit64(levels, pin));
        }
    }
}

/* After anything changed: latch edges, drive outputs and the interrupt. */
static void update_locked(Pl061 *g)
{
    uint8_t levels = pin_levels(g), changed = levels ^ g->pins;

    g->pins = levels;
    g->edges |= changed & ~g->is & (g->ibe | ~(levels ^ g->iev));
    outputs_update_locked(g);
    bool irq = raw_status(g) & g->ie;
    if (irq != g->irq_level) {
        g->irq_level = irq;
        irq_set(&g->dev.irq[0], irq);
    }
}

static void input_set(void *opaque, unsigned pin, bool level)
{
    Pl061 *g = opaque;

    g_mutex_lock(&g->lock);
    g->input = deposit64(g->input, pin, 1, level);
    update_locked(g);
    g_mutex_unlock(&g->lock);
}

/* -- Register hooks: under the lock ---- */

/* GPIODATA is 256 registers: bits 9:2 of the address say which pins an access means. */
static uint64_t data_read(void *dev, const Reg *reg, unsigned n) { return pin_levels(dev) & n; }

static void data_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Pl061 *g = dev;
    uint8_t mask = n & g->dir;

    g->data = (g->data & ~mask) | (val & mask);
    update_locked(g);
}

static void ctrl_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    update_locked(dev);
}

static uint64_t ris_read(void *dev, const Reg *reg, unsigned n) { return raw_status(dev); }

static uint64_t mis_read(void *dev, const Reg *reg, unsigned n)
{
    const Pl061 *g = dev;

    return raw_status(g) & g->ie;
}

static void ic_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Pl061 *g = dev;

    g->edges &= ~val;
    update_locked(g);
}

/* -- Registers: DDI 0190, table 3-1 ---- */

#define ANY   .width = 4, .access = REG_ACC_B | REG_ACC_H | REG_ACC_W
#define HOOKS ANY, .field = REG_NO_FIELD
#define CTRL(f) ANY, .field = offsetof(Pl061, f), .wmask = PINS, .written = ctrl_written
#define ID(n, o, v) { n, o, HOOKS, .reset = v }

static const Reg pl061_rows[] = {
    { "GPIODATA", 0x000, HOOKS, .count = 256, .read = data_read, .written = data_written },
    { "GPIODIR", 0x400, CTRL(dir) },
    { "GPIOIS", 0x404, CTRL(is) },
    { "GPIOIBE", 0x408, CTRL(ibe) },
    { "GPIOIEV", 0x40c, CTRL(iev) },
    { "GPIOIE", 0x410, CTRL(ie) },
    { "GPIORIS", 0x414, HOOKS, .read = ris_read },
    { "GPIOMIS", 0x418, HOOKS, .read = mis_read },
    { "GPIOIC", 0x41c, HOOKS, .written = ic_written },
    { "GPIOAFSEL", 0x420, CTRL(afsel) },   /* no pin has another function: stored only */
    ID("GPIOPeriphID0", 0xfe0, 0x61), ID("GPIOPeriphID1", 0xfe4, 0x10),
    ID("GPIOPeriphID2", 0xfe8, 0x04), ID("GPIOPeriphID3", 0xfec, 0x00),
    ID("GPIOPCellID0", 0xff0, 0x0d), ID("GPIOPCellID1", 0xff4, 0xf0),
    ID("GPIOPCellID2", 0xff8, 0x05), ID("GPIOPCellID3", 0xffc, 0xb1),
};

static GMutex *gpio_lock(void *dev) { return &((Pl061 *)dev)->lock; }

static const RegBlock pl061_regs = { "pl061", pl061_rows, ARRAY_SIZE(pl061_rows), gpio_lock };

/* -- Lifecycle ---- */

Pl061 *pl061_new(void)
{
    Pl061 *g = device_new(&pl061_type);

    g_mutex_init(&g->lock);
    return g;
}

Device *pl061_device(Pl061 *gpio) { return &gpio->dev; }

IrqLine pl061_input(Pl061 *gpio, unsigned pin)
{
    assert(pin < PL061_PINS);
    return (IrqLine){ input_set, gpio, pin };
}

void pl061_connect_output(Pl061 *gpio, unsigned pin, IrqLine line)
{
    assert(pin < PL061_PINS);
    gpio->out[pin] = line;
}

/* The outside keeps driving its pins through a reset. */
static void gpio_reset(Device *dev)
{
    Pl061 *g = container_of(dev, Pl061, dev);

    g_mutex_lock(&g->lock);
    g->data = 0;
    g->pins = pin_levels(g);       /* all pins are inputs now: no edges from that */
    g->edges = 0;
    update_locked(g);
    g_mutex_unlock(&g->lock);
}

static void gpio_finalize(Device *dev) { g_mutex_clear(&container_of(dev, Pl061, dev)->lock); }

static void gpio_describe(const Device *dev, HwDesc *desc)
{
    *desc = (HwDesc){
        .fdt_name = "pl061",
        .fdt_compatible = "arm,pl061\0arm,primecell\0",
        .fdt_clocks = "apb_pclk\0",
        .acpi_name = "GPO0",
        .acpi_hid = "ARMH0061",
        .mmio = { { dev->frame_pa[0], dev->frame_bytes[0] } },
        .n_mmio = 1,
        .irq = { { dev->irq_intid[0], IRQ_LEVEL_HIGH } },
        .n_irq = 1,
    };
}

const DeviceType pl061_type = {
    .name = "pl061",
    .description = "ARM PrimeCell General Purpose I/O PL061",
    .size = sizeof(Pl061),
    .frames = { { .size_bytes = 0x1000, .regs = &pl061_regs } },
    .irqs = { "GPIOINTR" },
    .reset = gpio_reset,
    .finalize = gpio_finalize,
    .describe = gpio_describe,
};
