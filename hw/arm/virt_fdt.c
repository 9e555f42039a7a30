/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bindings: Devicetree Specification 0.4 and Documentation/devicetree/bindings of Linux
 * (arm/cpus, cpu/cpu-topology, arm/psci, interrupt-controller/arm,gic-v3, timer/arm,arch_timer).
 */
#include "hw/arm/virt_fdt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hw/core/fdt.h"
#include "util/bits.h"

#define KEY_POWER        116         /* linux/input-event-codes.h */
#define POWER_KEY_PIN    3           /* of the PL061 */
#define CLOCK_HZ         24000000

/* PSCI function IDs (DEN 0022), 64-bit where there are two */
#define PSCI_CPU_SUSPEND 0xc4000001
#define PSCI_CPU_OFF     0x84000002
#define PSCI_CPU_ON      0xc4000003
#define PSCI_MIGRATE     0xc4000005

/* -- /chosen ---- */

static FdtNode *add_chosen(FdtNode *root, const VirtFdtChosen *c)
{
    FdtNode *chosen = fdt_node_add(root, "chosen");

    if (c->cmdline && c->cmdline[0]) {
        fdt_node_set_string(chosen, "bootargs", c->cmdline);
    }
    if (c->initrd_end_pa > c->initrd_pa) {
        fdt_node_set_u64(chosen, "linux,initrd-start", c->initrd_pa);
        fdt_node_set_u64(chosen, "linux,initrd-end", c->initrd_end_pa);
    }
    if (c->kaslr_seed) {
        fdt_node_set_u64(chosen, "kaslr-seed", *c->kaslr_seed);
    }
    if (c->rng_seed) {
        fdt_node_set(chosen, "rng-seed", c->rng_seed, VIRT_RNG_SEED_BYTES);
    }
    return chosen;
}

/* -- The board's own nodes ---- */

/* @address_cells, @size_cells: of the root, 1 or 2. */
static void add_memory(FdtNode *root, const VirtMemmap *map, unsigned address_cells,
                       unsigned size_cells)
{
    const VirtRange *ram = &map->range[VIRT_RAM];
    FdtNode *node = fdt_node_add(root, "memory@%" PRIx64, ram->base_pa);
    uint32_t reg[4];
    unsigned n = 0;

    if (address_cells == 2) {
        reg[n++] = ram->base_pa >> 32;
    }
    reg[n++] = ram->base_pa;
    if (size_cells == 2) {
        reg[n++] = ram->bytes >> 32;
    }
    reg[n++] = ram->bytes;
    fdt_node_set_string(node, "device_type", "memory");
    fdt_node_set_cells(node, "reg", reg, n);
}

static void add_psci(FdtNode *root)
{
    FdtNode *node = fdt_node_add(root, "psci");

    fdt_node_set_strings(node, "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci\0");
    fdt_node_set_string(node, "method", "hvc");
    fdt_node_set_u32(node, "cpu_suspend", PSCI_CPU_SUSPEND);
    fdt_node_set_u32(node, "cpu_off", PSCI_CPU_OFF);
    fdt_node_set_u32(node, "cpu_on", PSCI_CPU_ON);
    fdt_node_set_u32(node, "migrate", PSCI_MIGRATE);
}

/* socketS/clusterC/coreN[/threadT], for the CPU whose node is @cpu. */
static void add_to_cpu_map(FdtNode *cpu_map, const VirtFdtCpu *c, bool has_threads, FdtNode *cpu)
{
    FdtNode *node = fdt_node_add(cpu_map, "socket%u", c->socket);

    node = fdt_node_add(node, "cluster%u", c->cluster);
    node = fdt_node_add(node, "core%u", c->core);
    if (has_threads) {
        node = fdt_node_add(node, "thread%u", c->thread);
    }
    fdt_node_set_u32(node, "cpu", fdt_node_phandle(cpu));
}

static void add_cache(FdtNode *node, const char *kind, const ArmCache *c)
{
    char name[32];

    snprintf(name, sizeof(name), "%scache-size", kind);
    fdt_node_set_u32(node, name, c->bytes);
    snprintf(name, sizeof(name), "%scache-line-size", kind);
    fdt_node_set_u32(node, name, c->line_bytes);
    snprintf(name, sizeof(name), "%scache-sets", kind);
    fdt_node_set_u32(node, name, c->sets);
}

/* Without these a kernel that finds caches in CLIDR_EL1 complains. */
static void add_caches(FdtNode *cpu, const VirtFdtConfig *cfg)
{
    if (!cfg->caches.l2.bytes) {
        return;
    }
    add_cache(cpu, "i-", &cfg->caches.l1i);
    add_cache(cpu, "d-", &cfg->caches.l1d);
    FdtNode *l2 = fdt_node_add(cpu, "l2-cache");
    fdt_node_set_string(l2, "compatible", "cache");
    fdt_node_set_u32(l2, "cache-level", 2);
    fdt_node_set_flag(l2, "cache-unified");
    add_cache(l2, "", &cfg->caches.l2);
    fdt_node_set_u32(cpu, "next-level-cache", fdt_node_phandle(l2));
}

static void add_cpus(FdtNode *root, const VirtFdtConfig *cfg)
{
    FdtNode *cpus = fdt_node_add(root, "cpus");
    FdtNode *cpu_map = fdt_node_add(cpus, "cpu-map");
    bool is_wide = false;             /* Aff3 lies above the first cell */

    for (unsigned i = 0; i < cfg->n_cpus; i++) {
        is_wide |= cfg->cpus[i].mpidr > UINT32_MAX;
    }
    fdt_node_set_u32(cpus, "#address-cells", is_wide ? 2 : 1);
    fdt_node_set_u32(cpus, "#size-cells", 0);
    for (unsigned i = 0; i < cfg->n_cpus; i++) {
        const VirtFdtCpu *c = &cfg->cpus[i];
        FdtNode *cpu = fdt_node_add(cpus, "cpu@%" PRIx64, c->mpidr);
        fdt_node_set_string(cpu, "device_type", "cpu");
        fdt_node_set_string(cpu, "compatible", c->compatible);
        fdt_node_set_string(cpu, "enable-method", "psci");
        if (is_wide) {
            fdt_node_set_u64(cpu, "reg", c->mpidr);
        } else {
            fdt_node_set_u32(cpu, "reg", c->mpidr);
        }
        add_caches(cpu, cfg);
        add_to_cpu_map(cpu_map, c, cfg->has_threads, cpu);
    }
}

static void set_ppis(FdtNode *node, const unsigned *intids, unsigned n)
{
    uint32_t cells[5][3];

    assert(n <= ARRAY_SIZE(cells));
    for (unsigned i = 0; i < n; i++) {
        fdt_gic_cells(intids[i], IRQ_LEVEL_HIGH, cells[i]);
    }
    fdt_node_set_cells(node, "interrupts", cells[0], 3 * n);
}

/* Regions are given with their full capacity; the guest finds the last frame by GICR_TYPER. */
static FdtNode *add_gic(FdtNode *root, const VirtFdtConfig *cfg)
{
    static const VirtRegion regions[] = { VIRT_GIC_DIST, VIRT_GIC_REDIST, VIRT_GIC_REDIST2 };
    uint64_t reg[ARRAY_SIZE(regions)][2];
    unsigned n = 1 + cfg->map->n_redist_regions;
    FdtNode *node = fdt_node_add(root, "intc@%" PRIx64, cfg->map->range[VIRT_GIC_DIST].base_pa);

    for (unsigned i = 0; i < n; i++) {
        reg[i][0] = cfg->map->range[regions[i]].base_pa;
        reg[i][1] = cfg->map->range[regions[i]].bytes;
    }
    fdt_node_set_string(node, "compatible", "arm,gic-v3");
    fdt_node_set_u32(node, "#interrupt-cells", 3);
    fdt_node_set_flag(node, "interrupt-controller");
    fdt_node_set_u32(node, "#address-cells", 2);
    fdt_node_set_u32(node, "#size-cells", 2);
    fdt_node_set_flag(node, "ranges");
    fdt_node_set_u32(node, "#redistributor-regions", cfg->map->n_redist_regions);
    fdt_node_set_reg(node, "reg", (const uint64_t (*)[2])reg, n);
    return node;
}

static void add_timer(FdtNode *root)
{
    static const unsigned intids[] = {
        VIRT_INTID_TIMER_S_EL1, VIRT_INTID_TIMER_NS_EL1, VIRT_INTID_TIMER_VIRT,
        VIRT_INTID_TIMER_NS_EL2,
    };
    FdtNode *node = fdt_node_add(root, "timer");

    fdt_node_set_strings(node, "compatible", "arm,armv8-timer\0arm,armv7-timer\0");
    fdt_node_set_flag(node, "always-on");
    set_ppis(node, intids, ARRAY_SIZE(intids));
}

static FdtNode *add_clock(FdtNode *root)
{
    FdtNode *node = fdt_node_add(root, "apb-pclk");

    fdt_node_set_string(node, "compatible", "fixed-clock");
    fdt_node_set_u32(node, "#clock-cells", 0);
    fdt_node_set_u32(node, "clock-frequency", CLOCK_HZ);
    fdt_node_set_string(node, "clock-output-names", "clk24mhz");
    return node;
}

static void add_power_key(FdtNode *root, FdtNode *gpio)
{
    FdtNode *keys = fdt_node_add(root, "gpio-keys");
    FdtNode *key = fdt_node_add(keys, "poweroff");

    fdt_node_set_u32(gpio, "#gpio-cells", 2);
    fdt_node_set_flag(gpio, "gpio-controller");
    fdt_node_set_string(keys, "compatible", "gpio-keys");
    fdt_node_set_string(key, "label", "GPIO Key Poweroff");
    fdt_node_set_u32(key, "linux,code", KEY_POWER);
    fdt_node_set_cells_v(key, "gpios", fdt_node_phandle(gpio), POWER_KEY_PIN, 0);
}

/* All devices from what they say of themselves; @uarts are found among them, in order. */
static void add_devices(FdtNode *root, const VirtFdtConfig *cfg, FdtNode *clock,
                        FdtNode *uarts[VIRT_MAX_UARTS])
{
    FdtNode *gpio = NULL;
    unsigned n_uarts = 0;

    for (unsigned i = 0; i < cfg->n_devices; i++) {
        const HwDesc *d = &cfg->devices[i];
        FdtNode *node = fdt_add_device(root, d, clock);
        if (node && !strcmp(d->fdt_name, "pl011") && n_uarts < VIRT_MAX_UARTS) {
            uarts[n_uarts++] = node;
        }
        if (node && !strcmp(d->fdt_name, "pl061") && !gpio) {
            gpio = node;
        }
    }
    if (gpio) {
        add_power_key(root, gpio);
    }
}

static uint8_t *flatten_and_free(FdtTree *tree, size_t *bytes)
{
    uint8_t *blob = fdt_tree_flatten(tree, bytes);

    fdt_tree_free(tree);
    return blob;
}

uint8_t *virt_fdt_build(const VirtFdtConfig *cfg, size_t *bytes)
{
    FdtTree *tree = fdt_tree_new();
    FdtNode *root = fdt_tree_root(tree), *uarts[VIRT_MAX_UARTS] = { NULL };

    fdt_node_set_string(root, "compatible", "linux,dummy-virt");
    fdt_node_set_string(root, "model", "linux,dummy-virt");
    fdt_node_set_u32(root, "#address-cells", 2);
    fdt_node_set_u32(root, "#size-cells", 2);
    fdt_node_set_flag(root, "dma-coherent");
    FdtNode *chosen = add_chosen(root, &cfg->chosen);
    FdtNode *aliases = fdt_node_add(root, "aliases");
    add_psci(root);
    add_memory(root, cfg->map, 2, 2);
    FdtNode *clock = add_clock(root);
    FdtNode *gic = add_gic(root, cfg);
    fdt_node_set_u32(root, "interrupt-parent", fdt_node_phandle(gic));
    add_timer(root);
    if (cfg->has_pmu) {
        FdtNode *pmu = fdt_node_add(root, "pmu");
        fdt_node_set_string(pmu, "compatible", "arm,armv8-pmuv3");
        set_ppis(pmu, (const unsigned[]){ VIRT_INTID_PMU }, 1);
    }
    add_cpus(root, cfg);
    add_devices(root, cfg, clock, uarts);
    for (unsigned i = 0; i < VIRT_MAX_UARTS && uarts[i]; i++) {
        static const char *const names[VIRT_MAX_UARTS] = { "serial0", "serial1" };
        g_autofree char *path = fdt_node_path(uarts[i]);
        if (i == 0) {
            fdt_node_set_string(chosen, "stdout-path", path);
        }
        fdt_node_set_string(aliases, names[i], path);
    }
    return flatten_and_free(tree, bytes);
}

/* -- The user's tree ---- */

static bool is_memory(const FdtNode *node)
{
    size_t bytes;
    const char *type = fdt_node_get(node, "device_type", &bytes);

    return type && bytes == sizeof("memory") && !memcmp(type, "memory", bytes);
}

/* A cell-count property of the root; 0 when it is missing or no count. */
static unsigned root_cells(const FdtNode *root, const char *prop)
{
    size_t bytes;
    const uint8_t *p = fdt_node_get(root, prop, &bytes);

    return p && bytes == 4 && !p[0] && !p[1] && !p[2] && p[3] <= 2 ? p[3] : 0;
}

uint8_t *virt_fdt_patch(const VirtFdtConfig *cfg, const void *blob, size_t blob_bytes,
                        size_t *bytes, Error **errp)
{
    FdtTree *tree = fdt_tree_parse(blob, blob_bytes, errp);

    if (!tree) {
        return NULL;
    }
    FdtNode *root = fdt_tree_root(tree), *psci = fdt_tree_find(tree, "/psci");
    unsigned address_cells = root_cells(root, "#address-cells");
    unsigned size_cells = root_cells(root, "#size-cells");
    if (!address_cells || !size_cells) {
        error_set(errp, "#address-cells and #size-cells of its root must be 1 or 2");
    } else if (size_cells == 1 && cfg->map->range[VIRT_RAM].bytes > UINT32_MAX) {
        error_set(errp, "its root has #size-cells 1, too few for %" PRIu64 " MiB of RAM",
                  cfg->map->range[VIRT_RAM].bytes / MiB);
        size_cells = 0;
    }
    if (!address_cells || !size_cells) {
        fdt_tree_free(tree);
        return NULL;
    }
    for (FdtNode *n = fdt_node_next_child(root, NULL), *next; n; n = next) {
        next = fdt_node_next_child(root, n);
        if (is_memory(n)) {
            fdt_node_delete(n);
        }
    }
    if (psci) {                       /* it may name function IDs of some other firmware */
        fdt_node_delete(psci);
    }
    add_memory(root, cfg->map, address_cells, size_cells);
    add_psci(root);
    add_chosen(root, &cfg->chosen);
    return flatten_and_free(tree, bytes);
}

/* -- The stub ---- */

uint8_t *virt_fdt_stub(const VirtFdtChosen *c, const EfiHandoff *efi, size_t *bytes)
{
    FdtTree *tree = fdt_tree_new();
    FdtNode *root = fdt_tree_root(tree);

    fdt_node_set_u32(root, "#address-cells", 2);
    fdt_node_set_u32(root, "#size-cells", 2);
    FdtNode *chosen = add_chosen(root, c);
    fdt_node_set_u64(chosen, "linux,uefi-system-table", efi->system_table_pa);
    fdt_node_set_u64(chosen, "linux,uefi-mmap-start", efi->mmap_pa);
    fdt_node_set_u32(chosen, "linux,uefi-mmap-size", efi->mmap_bytes);
    fdt_node_set_u32(chosen, "linux,uefi-mmap-desc-size", efi->mmap_desc_bytes);
    fdt_node_set_u32(chosen, "linux,uefi-mmap-desc-ver", efi->mmap_desc_version);
    fdt_node_set_u32(chosen, "linux,uefi-secure-boot", efi->secure_boot);
    return flatten_and_free(tree, bytes);
}
