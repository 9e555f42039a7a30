/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARM PrimeCell UART PL011 r1p5 (DDI 0183G).
 *
 * Frame 0: 4 KiB of registers. IRQ 0: UARTINTR, the OR of all masked interrupts. Clock: 24 MHz on
 * paper; nothing depends on it.
 *
 * The enable bits (UARTCR.UARTEN, TXE, RXE) are stored but gate nothing: an ACPI guest sees the
 * UART as an SBSA one that firmware has enabled, and with a direct boot there was no firmware.
 */
#include "hw/char/pl011.h"

#include "hw/core/hwdesc.h"
#include "hw/core/reg.h"
#include "util/bits.h"
#include "util/log.h"

#define FIFO_DEPTH 32

/* UARTDR, upper half of an entry of the receive FIFO; the same bits in UARTRSR, 8 lower */
#define DR_FE BIT(8)
#define DR_PE BIT(9)
#define DR_BE BIT(10)
#define DR_OE BIT(11)

#define FR_CTS  BIT(0)
#define FR_DSR  BIT(1)
#define FR_DCD  BIT(2)
#define FR_BUSY BIT(3)
#define FR_RXFE BIT(4)
#define FR_TXFF BIT(5)
#define FR_RXFF BIT(6)
#define FR_TXFE BIT(7)
#define FR_RI   BIT(8)
#define FR_MODEM (FR_CTS | FR_DSR | FR_DCD | FR_RI)

#define LCRH_BRK BIT(0)
#define LCRH_FEN BIT(4)

#define CR_LBE  BIT(7)
#define CR_DTR  BIT(10)
#define CR_RTS  BIT(11)
#define CR_OUT1 BIT(12)
#define CR_OUT2 BIT(13)

/* UARTIMSC, UARTRIS, UARTMIS, UARTICR */
#define INT_RI  BIT(0)
#define INT_CTS BIT(1)
#define INT_DCD BIT(2)
#define INT_DSR BIT(3)
#define INT_RX  BIT(4)
#define INT_TX  BIT(5)
#define INT_RT  BIT(6)
#define INT_FE  BIT(7)
#define INT_PE  BIT(8)
#define INT_BE  BIT(9)
#define INT_OE  BIT(10)
#define INT_ALL MASK(10, 0)

struct Pl011 {
    Device dev;
    Chardev *chr;
    GMutex lock;
    /* Under lock. Register storage is 32 bits wide, for the engine. */
    uint32_t rsr, ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, dmacr;
    uint32_t modem;                 /* FR_MODEM bits as last seen, for the change interrupts */
    bool irq_level;
    bool rx_stalled;                /* can_receive() said 0: the chardev waits to be told */
    unsigned rx_head, rx_count;
    uint16_t rx[FIFO_DEPTH];        /* data and DR_xE flags */
    unsigned tx_head, tx_count;
    uint8_t tx[FIFO_DEPTH];         /* what the chardev did not take yet */
};

/* -- Pure ---- */

static unsigned fifo_depth(const Pl011 *u) { return u->lcr_h & LCRH_FEN ? FIFO_DEPTH : 1; }

/* UARTIFLS select (0..4: 1/8, 1/4, 1/2, 3/4, 7/8 full) as a number of entries; reserved = 7/8. */
static unsigned fifo_trigger(const Pl011 *u, unsigned select)
{
    static const uint8_t eighths[8] = { 1, 2, 4, 6, 7, 7, 7, 7 };

    return u->lcr_h & LCRH_FEN ? FIFO_DEPTH * eighths[select] / 8 : 1;
}

static unsigned rx_trigger(const Pl011 *u) { return fifo_trigger(u, extract64(u->ifls, 3, 3)); }

/* The transmit interrupt comes at or below the level; without FIFO, when the register is empty. */
static bool tx_is_low(const Pl011 *u)
{
    unsigned level = u->lcr_h & LCRH_FEN ? fifo_trigger(u, extract64(u->ifls, 0, 3)) : 0;

    return u->tx_count <= level;
}

/*
 * The other side is always there and ready, so that a guest with hardware flow control or one
 * that waits for a carrier can talk; in loopback our outputs are our inputs.
 */
static uint32_t modem_inputs(const Pl011 *u)
{
    if (!(u->cr & CR_LBE)) {
        return FR_CTS | FR_DSR | FR_DCD;
    }
    return (u->cr & CR_RTS ? FR_CTS : 0) | (u->cr & CR_DTR ? FR_DSR : 0) |
           (u->cr & CR_OUT1 ? FR_DCD : 0) | (u->cr & CR_OUT2 ? FR_RI : 0);
}

/* -- State changes: all under the lock ---- */

static void irq_update_locked(Pl011 *u)
{
    bool level = u->ris & u->imsc;

    if (level != u->irq_level) {
        u->irq_level = level;
        irq_set(&u->dev.irq[0], level);
    }
}

/*
 * The receive interrupts after bytes came or went. RX follows the trigger level. RT stands for
 * "bytes wait and no more come": as the line has no speed, that is as soon as there are any; what
 * UARTICR cleared comes back at the next byte in or out, so no byte is ever forgotten.
 */
static void rx_interrupts_locked(Pl011 *u)
{
    u->ris &= ~(INT_RX | INT_RT);
    if (u->rx_count >= rx_trigger(u)) {
        u->ris |= INT_RX;
    }
    if (u->rx_count) {
        u->ris |= INT_RT;
    }
}

static void rx_push_locked(Pl011 *u, uint16_t entry)
{
    unsigned depth = fifo_depth(u);

    if (u->rx_count >= depth) {     /* only loopback and breaks get here: others wait outside */
        u->rx[(u->rx_head + u->rx_count - 1) % FIFO_DEPTH] |= DR_OE;
        u->ris |= INT_OE;
        return;
    }
    u->rx[(u->rx_head + u->rx_count++) % FIFO_DEPTH] = entry;
    u->ris |= entry & DR_BE ? INT_BE : 0;
}

static uint16_t rx_pop_locked(Pl011 *u)
{
    uint16_t entry = u->rx[u->rx_head];

    if (!u->rx_count) {
        return entry & 0xff;        /* the manual leaves it open: the last byte again */
    }
    u->rx_head = (u->rx_head + 1) % FIFO_DEPTH;
    u->rx_count--;
    rx_interrupts_locked(u);
    return entry;
}

/* Let the chardev deliver again, in portions of half a FIFO rather than byte by byte. */
static void rx_resume_locked(Pl011 *u)
{
    if (u->rx_stalled && u->rx_count <= fifo_depth(u) / 2 && !(u->cr & CR_LBE)) {
        u->rx_stalled = false;
        chardev_accept_input(u->chr);
    }
}

/* The transmit interrupt is an event: the level falls to the trigger, or a byte leaves below it. */
static void tx_interrupt_locked(Pl011 *u)
{
    if (tx_is_low(u)) {
        u->ris |= INT_TX;
    } else {
        u->ris &= ~INT_TX;
    }
}

static void tx_flush_locked(Pl011 *u)
{
    while (u->tx_count) {
        unsigned run = MIN(u->tx_count, FIFO_DEPTH - u->tx_head);
        size_t taken = chardev_write(u->chr, &u->tx[u->tx_head], run);

        u->tx_head = (u->tx_head + taken) % FIFO_DEPTH;
        u->tx_count -= taken;
        if (taken < run) {
            break;
        }
    }
}

static void tx_byte_locked(Pl011 *u, uint8_t byte)
{
    if (u->cr & CR_LBE) {
        rx_push_locked(u, byte);
        rx_interrupts_locked(u);
    } else if (!u->chr || (!u->tx_count && chardev_write(u->chr, &byte, 1) == 1)) {
        /* gone */
    } else if (u->tx_count < fifo_depth(u)) {
        u->tx[(u->tx_head + u->tx_count++) % FIFO_DEPTH] = byte;
    } else {
        log_guest("pl011", "byte 0x%02x written to a full transmit FIFO is lost", byte);
    }
    tx_interrupt_locked(u);
}

static void break_start_locked(Pl011 *u)
{
    if (u->cr & CR_LBE) {
        rx_push_locked(u, DR_BE);
        rx_interrupts_locked(u);
    } else if (u->chr) {
        chardev_send_break(u->chr);
    }
}

static void modem_update_locked(Pl011 *u)
{
    uint32_t now = modem_inputs(u), changed = now ^ u->modem;

    u->modem = now;
    u->ris |= (changed & FR_RI ? INT_RI : 0) | (changed & FR_CTS ? INT_CTS : 0) |
              (changed & FR_DCD ? INT_DCD : 0) | (changed & FR_DSR ? INT_DSR : 0);
}

/* -- Chardev front end: main thread ---- */

static size_t uart_can_receive(void *opaque)
{
    Pl011 *u = opaque;
    size_t room = 0;

    g_mutex_lock(&u->lock);
    if (!(u->cr & CR_LBE) && u->rx_count < fifo_depth(u)) {
        room = fifo_depth(u) - u->rx_count;
    }
    u->rx_stalled = !room;
    g_mutex_unlock(&u->lock);
    return room;
}

static void uart_receive(void *opaque, const uint8_t *buf, size_t len)
{
    Pl011 *u = opaque;

    g_mutex_lock(&u->lock);
    for (size_t i = 0; i < len; i++) {
        rx_push_locked(u, buf[i]);
    }
    rx_interrupts_locked(u);
    irq_update_locked(u);
    g_mutex_unlock(&u->lock);
}

static void uart_event(void *opaque, ChardevEvent event)
{
    Pl011 *u = opaque;

    g_mutex_lock(&u->lock);
    if (event == CHARDEV_BREAK && !(u->cr & CR_LBE)) {
        rx_push_locked(u, DR_BE);
        rx_interrupts_locked(u);
    } else if (event == CHARDEV_WRITABLE && u->tx_count) {
        tx_flush_locked(u);
        tx_interrupt_locked(u);
    }
    irq_update_locked(u);
    g_mutex_unlock(&u->lock);
}

static const CharFrontendOps uart_frontend = { uart_can_receive, uart_receive, uart_event };

/* -- Register hooks: under the lock ---- */

static uint64_t dr_read(void *dev, const Reg *reg, unsigned n)
{
    Pl011 *u = dev;
    uint16_t entry = rx_pop_locked(u);

    u->rsr = entry >> 8;
    rx_resume_locked(u);
    irq_update_locked(u);
    return entry;
}

static void dr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    tx_byte_locked(dev, val);
    irq_update_locked(dev);
}

/* UARTECR: any write clears the errors. */
static void ecr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    ((Pl011 *)dev)->rsr = 0;
}

static uint64_t fr_read(void *dev, const Reg *reg, unsigned n)
{
    const Pl011 *u = dev;
    unsigned depth = fifo_depth(u);

    return u->modem | (u->rx_count ? 0 : FR_RXFE) | (u->rx_count >= depth ? FR_RXFF : 0) |
           (u->tx_count ? FR_BUSY : FR_TXFE) | (u->tx_count >= depth ? FR_TXFF : 0);
}

static void lcr_h_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Pl011 *u = dev;

    if ((val ^ old) & LCRH_FEN) {   /* switching the FIFOs empties the receiver's */
        u->rx_head = u->rx_count = 0;
        rx_interrupts_locked(u);
        rx_resume_locked(u);
    }
    if (val & ~old & LCRH_BRK) {
        break_start_locked(u);
    }
    irq_update_locked(u);
}

static void cr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Pl011 *u = dev;

    modem_update_locked(u);
    rx_resume_locked(u);
    irq_update_locked(u);
}

/* The level of a non-empty FIFO may now be at the new trigger; UARTICR's clearing stands else. */
static void ifls_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Pl011 *u = dev;

    if (u->rx_count && u->rx_count >= rx_trigger(u)) {
        u->ris |= INT_RX;
    }
    irq_update_locked(u);
}

static void imsc_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    irq_update_locked(dev);
}

static uint64_t mis_read(void *dev, const Reg *reg, unsigned n)
{
    const Pl011 *u = dev;

    return u->ris & u->imsc;
}

static void icr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    Pl011 *u = dev;

    u->ris &= ~val;
    irq_update_locked(u);
}

static void dmacr_written(void *dev, const Reg *reg, unsigned n, uint64_t val, uint64_t old)
{
    if (val & MASK(1, 0)) {
        log_unimp("pl011", "UARTDMACR = 0x%x: there is no DMA controller", (unsigned)val);
    }
}

/* -- Registers: DDI 0183G, table 3-1. Byte and halfword accesses are what drivers of old use. -- */

#define ANY   .width = 4, .access = REG_ACC_B | REG_ACC_H | REG_ACC_W
#define AT(f) .field = offsetof(Pl011, f)
#define ID(n, o, v) { n, o, ANY, .field = REG_NO_FIELD, .reset = v }

static const Reg pl011_rows[] = {
    { "UARTDR", 0x000, ANY, .field = REG_NO_FIELD, .read = dr_read, .written = dr_written,
      .read_has_effect = true },
    { "UARTRSR/UARTECR", 0x004, ANY, AT(rsr), .written = ecr_written },
    { "UARTFR", 0x018, ANY, .field = REG_NO_FIELD, .read = fr_read },
    { "UARTILPR", 0x020, ANY, AT(ilpr), .wmask = MASK(7, 0) },
    { "UARTIBRD", 0x024, ANY, AT(ibrd), .wmask = MASK(15, 0) },
    { "UARTFBRD", 0x028, ANY, AT(fbrd), .wmask = MASK(5, 0) },
    { "UARTLCR_H", 0x02c, ANY, AT(lcr_h), .wmask = MASK(7, 0), .written = lcr_h_written },
    { "UARTCR", 0x030, ANY, AT(cr), .reset = 0x300, .wmask = MASK(15, 7) | MASK(2, 0),
      .written = cr_written },
    { "UARTIFLS", 0x034, ANY, AT(ifls), .reset = 0x12, .wmask = MASK(5, 0),
      .written = ifls_written },
    { "UARTIMSC", 0x038, ANY, AT(imsc), .wmask = INT_ALL, .written = imsc_written },
    { "UARTRIS", 0x03c, ANY, AT(ris) },
    { "UARTMIS", 0x040, ANY, .field = REG_NO_FIELD, .read = mis_read },
    { "UARTICR", 0x044, ANY, .field = REG_NO_FIELD, .written = icr_written },
    { "UARTDMACR", 0x048, ANY, AT(dmacr), .wmask = MASK(2, 0), .written = dmacr_written },
    ID("UARTPeriphID0", 0xfe0, 0x11), ID("UARTPeriphID1", 0xfe4, 0x10),
    ID("UARTPeriphID2", 0xfe8, 0x34), /* r1p5: the revision that has 32-deep FIFOs */
    ID("UARTPeriphID3", 0xfec, 0x00),
    ID("UARTPCellID0", 0xff0, 0x0d), ID("UARTPCellID1", 0xff4, 0xf0),
    ID("UARTPCellID2", 0xff8, 0x05), ID("UARTPCellID3", 0xffc, 0xb1),
};

static GMutex *uart_lock(void *dev) { return &((Pl011 *)dev)->lock; }

static const RegBlock pl011_regs = { "pl011", pl011_rows, ARRAY_SIZE(pl011_rows), uart_lock };

/* -- Lifecycle ---- */

Pl011 *pl011_new(Chardev *chr)
{
    Pl011 *u = device_new(&pl011_type);

    g_mutex_init(&u->lock);
    u->chr = chr;
    return u;
}

Device *pl011_device(Pl011 *uart) { return &uart->dev; }

static bool uart_realize(Device *dev, Error **errp)
{
    Pl011 *u = container_of(dev, Pl011, dev);

    reg_block_reset(&pl011_regs, u);
    u->modem = modem_inputs(u);
    if (u->chr) {
        chardev_set_frontend(u->chr, &uart_frontend, u);
    }
    return true;
}

/* What the guest sent before a reset still goes out. */
static void uart_reset(Device *dev)
{
    Pl011 *u = container_of(dev, Pl011, dev);

    g_mutex_lock(&u->lock);
    u->rx_head = u->rx_count = 0;
    u->modem = modem_inputs(u);
    rx_resume_locked(u);
    irq_update_locked(u);
    g_mutex_unlock(&u->lock);
}

static void uart_unrealize(Device *dev)
{
    Pl011 *u = container_of(dev, Pl011, dev);

    if (u->chr) {
        chardev_set_frontend(u->chr, NULL, NULL);
    }
}

static void uart_finalize(Device *dev) { g_mutex_clear(&container_of(dev, Pl011, dev)->lock); }

static void uart_describe(const Device *dev, HwDesc *desc)
{
    *desc = (HwDesc){
        .fdt_name = "pl011",
        .fdt_compatible = "arm,pl011\0arm,primecell\0",
        .fdt_clocks = "uartclk\0apb_pclk\0",
        .acpi_name = "COM0",
        .acpi_hid = "ARMH0011",
        .mmio = { { dev->frame_pa[0], dev->frame_bytes[0] } },
        .n_mmio = 1,
        .irq = { { dev->irq_intid[0], IRQ_LEVEL_HIGH } },
        .n_irq = 1,
    };
}

const DeviceType pl011_type = {
    .name = "pl011",
    .description = "ARM PrimeCell UART PL011",
    .size = sizeof(Pl011),
    .frames = { { .size_bytes = 0x1000, .regs = &pl011_regs } },
    .irqs = { "UARTINTR" },
    .realize = uart_realize,
    .reset = uart_reset,
    .unrealize = uart_unrealize,
    .finalize = uart_finalize,
    .describe = uart_describe,
};
