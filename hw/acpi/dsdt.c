/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DSDT: devices from their descriptions, the GED, and the CPUs with the methods that turn
 * hot-plug registers into Notify, _STA, _EJ0 and _OST. The ASL in the comments is what is built.
 */
#include "dsdt.h"

#include <stdio.h>

#include "hw/acpi/aml.h"

#define STA_ENABLED      0x0f    /* present, enabled, shown, functioning */
#define STA_NOT_ENABLED  0x0d    /* an Arm CPU is always present */
#define NOTIFY_DEVICE_CHECK  1
#define NOTIFY_EJECT_REQUEST 3

/* Device (NAME) { _HID, _UID, _CRS }, from the device's own description. */
static void add_device(AmlNode *sb, const HwDesc *d)
{
    AmlNode *dev = aml_device(sb, "%s", d->acpi_name);

    aml_name_string(dev, "_HID", d->acpi_hid);
    aml_name_int(dev, "_UID", d->acpi_uid);
    if (d->n_mmio || d->n_irq) {
        AmlNode *crs = aml_crs(dev);
        for (unsigned i = 0; i < d->n_mmio; i++) {
            aml_memory32_fixed(crs, d->mmio[i].base_pa, d->mmio[i].size_bytes);
        }
        for (unsigned i = 0; i < d->n_irq; i++) {
            aml_interrupt(crs, d->irq[i].intid, d->irq[i].trigger == IRQ_EDGE_RISING);
        }
    }
}

static void add_power_button(AmlNode *sb)
{
    AmlNode *dev = aml_device(sb, "PWRB");

    aml_name_string(dev, "_HID", "PNP0C0C");
    aml_name_int(dev, "_UID", 0);
}

/* -- GED: If (ESEL has the bit) { handler } for each event -- */

static void add_ged(AmlTree *t, AmlNode *sb, const AcpiConfig *cfg)
{
    AmlNode *ged = aml_device(sb, "\\_SB.GED");

    aml_name_string(ged, "_HID", "ACPI0013");
    aml_name_string(ged, "_UID", "GED");
    aml_interrupt(aml_crs(ged), cfg->ged_gsiv, true);
    aml_system_memory(ged, "EREG", cfg->ged.base_pa, cfg->ged.bytes);
    AmlNode *field = aml_field(ged, "EREG", AML_DWORD_ACC, AML_WRITE_AS_ZEROS);
    aml_field_unit(field, "ESEL", 32);

    AmlNode *evt = aml_method(ged, "_EVT", 1, true);
    aml_do(evt, aml_store(t, aml_ref(t, "ESEL"), aml_local(t, 0)));
    AmlNode *power = aml_if(evt, aml_equal(t, aml_bit_and(t, aml_local(t, 0), aml_int(t, 2)),
                                           aml_int(t, 2)));
    aml_do(power, aml_notify(t, "\\_SB.PWRB", aml_int(t, 0x80)));
    if (cfg->cpuhp.bytes) {
        AmlNode *cpu = aml_if(evt, aml_equal(t, aml_bit_and(t, aml_local(t, 0), aml_int(t, 8)),
                                             aml_int(t, 8)));
        aml_do(cpu, aml_call(t, "\\_SB.GED.CSCN", NULL));
    }
}

/* -- CPUs -- */

/* Device (\_SB.PRES): the registers and the mutex that guards the selector. */
static void add_cpu_registers(AmlNode *sb, const AcpiConfig *cfg)
{
    AmlNode *dev = aml_device(sb, "\\_SB.PRES");

    aml_name_string(dev, "_HID", "PNP0A06");
    aml_name_string(dev, "_UID", "CPU Hotplug resources");
    aml_mutex(dev, "CPLK");
    aml_memory32_fixed(aml_crs(dev), cfg->cpuhp.base_pa, cfg->cpuhp.bytes);
    aml_system_memory(dev, "PRST", cfg->cpuhp.base_pa, cfg->cpuhp.bytes);

    /* WriteAsZeros: writing one flag must not write back the others that were read as set. */
    AmlNode *flags = aml_field(dev, "PRST", AML_BYTE_ACC, AML_WRITE_AS_ZEROS);
    aml_field_skip(flags, 32);
    aml_field_unit(flags, "CPEN", 1);
    aml_field_unit(flags, "CINS", 1);
    aml_field_unit(flags, "CRMV", 1);
    aml_field_unit(flags, "CEJ0", 1);
    aml_field_unit(flags, "CEJF", 1);
    aml_field_unit(flags, "CPRS", 1);
    aml_field_skip(flags, 2);
    aml_field_unit(flags, "CCMD", 8);

    AmlNode *words = aml_field(dev, "PRST", AML_DWORD_ACC, AML_PRESERVE);
    aml_field_unit(words, "CSEL", 32);
    aml_field_skip(words, 32);
    aml_field_unit(words, "CDAT", 32);
}

#define CPLK "\\_SB.PRES.CPLK"
#define REG(t, name) aml_ref(t, "\\_SB.PRES." name)

static void set_reg(AmlNode *body, AmlNode *value, AmlNode *reg, AmlTree *t)
{
    aml_do(body, aml_store(t, value, reg));
}

/* CTFY (uid, event): Notify the CPU that has this uid. */
static void add_ctfy(AmlTree *t, AmlNode *cpus, const AcpiConfig *cfg)
{
    AmlNode *m = aml_method(cpus, "CTFY", 2, false);
    char name[8];

    for (unsigned i = 0; i < cfg->n_cpus; i++) {
        AmlNode *hit = aml_if(m, aml_equal(t, aml_arg(t, 0), aml_int(t, i)));
        snprintf(name, sizeof(name), "C%03X", i & 0xfff);
        aml_do(hit, aml_notify(t, name, aml_arg(t, 1)));
        aml_do(hit, aml_return(t, aml_int(t, 0)));
    }
}

/* CSTA (uid): 0xF when enabled, else 0xD. */
static void add_csta(AmlTree *t, AmlNode *cpus)
{
    AmlNode *m = aml_method(cpus, "CSTA", 1, true);

    aml_do(m, aml_acquire(t, CPLK));
    set_reg(m, aml_arg(t, 0), REG(t, "CSEL"), t);
    set_reg(m, aml_int(t, STA_NOT_ENABLED), aml_local(t, 0), t);
    AmlNode *enabled = aml_if(m, aml_equal(t, REG(t, "CPEN"), aml_int(t, 1)));
    set_reg(enabled, aml_int(t, STA_ENABLED), aml_local(t, 0), t);
    aml_do(m, aml_release(t, CPLK));
    aml_do(m, aml_return(t, aml_local(t, 0)));
}

static void add_cej0(AmlTree *t, AmlNode *cpus)
{
    AmlNode *m = aml_method(cpus, "CEJ0", 1, true);

    aml_do(m, aml_acquire(t, CPLK));
    set_reg(m, aml_arg(t, 0), REG(t, "CSEL"), t);
    set_reg(m, aml_int(t, 1), REG(t, "CEJ0"), t);
    aml_do(m, aml_release(t, CPLK));
}

/* COST (uid, source, status, -) */
static void add_cost(AmlTree *t, AmlNode *cpus)
{
    AmlNode *m = aml_method(cpus, "COST", 4, true);

    aml_do(m, aml_acquire(t, CPLK));
    set_reg(m, aml_arg(t, 0), REG(t, "CSEL"), t);
    set_reg(m, aml_int(t, 1), REG(t, "CCMD"), t);
    set_reg(m, aml_arg(t, 1), REG(t, "CDAT"), t);
    set_reg(m, aml_int(t, 2), REG(t, "CCMD"), t);
    set_reg(m, aml_arg(t, 2), REG(t, "CDAT"), t);
    aml_do(m, aml_release(t, CPLK));
}

/*
 * CSCN: walk the CPUs that have an event.
 *
 *   Local0 = 0
 *   While (Local0 < N) {
 *       CSEL = Local0, CCMD = 0, Local1 = CDAT        // next CPU with an event, round once
 *       If (Local1 < Local0) { Break }                // it wrapped: all seen
 *       Local2 = CINS, Local3 = CRMV
 *       If (Local2 == 0) { If (Local3 == 0) { Break } }
 *       If (Local2) { CTFY (Local1, 1), CINS = 1 }    // told first, cleared then
 *       If (Local3) { CTFY (Local1, 3), CRMV = 1 }
 *       Local0 = Local1 + 1
 *   }
 *
 * A CPU with both events pending (an add and a delete before the guest looked) gets both, in
 * order: the second would otherwise wait for a GED event that never comes.
 */
static void add_cscn(AmlTree *t, AmlNode *cpus, const AcpiConfig *cfg)
{
    AmlNode *m = aml_method(cpus, "CSCN", 0, true);

    aml_do(m, aml_acquire(t, CPLK));
    set_reg(m, aml_int(t, 0), aml_local(t, 0), t);
    AmlNode *loop = aml_while(m, aml_less(t, aml_local(t, 0), aml_int(t, cfg->n_cpus)));
    set_reg(loop, aml_local(t, 0), REG(t, "CSEL"), t);
    set_reg(loop, aml_int(t, 0), REG(t, "CCMD"), t);
    set_reg(loop, REG(t, "CDAT"), aml_local(t, 1), t);
    aml_do(aml_if(loop, aml_less(t, aml_local(t, 1), aml_local(t, 0))), aml_break(t));
    set_reg(loop, REG(t, "CINS"), aml_local(t, 2), t);
    set_reg(loop, REG(t, "CRMV"), aml_local(t, 3), t);
    AmlNode *no_insert = aml_if(loop, aml_equal(t, aml_local(t, 2), aml_int(t, 0)));
    aml_do(aml_if(no_insert, aml_equal(t, aml_local(t, 3), aml_int(t, 0))), aml_break(t));
    AmlNode *insert = aml_if(loop, aml_local(t, 2));
    aml_do(insert, aml_call(t, "CTFY", aml_local(t, 1), aml_int(t, NOTIFY_DEVICE_CHECK), NULL));
    set_reg(insert, aml_int(t, 1), REG(t, "CINS"), t);
    AmlNode *remove = aml_if(loop, aml_local(t, 3));
    aml_do(remove, aml_call(t, "CTFY", aml_local(t, 1), aml_int(t, NOTIFY_EJECT_REQUEST), NULL));
    set_reg(remove, aml_int(t, 1), REG(t, "CRMV"), t);
    aml_do(loop, aml_add(t, aml_local(t, 1), aml_int(t, 1), aml_local(t, 0)));
    aml_do(m, aml_release(t, CPLK));
}

static void add_cpu(AmlTree *t, AmlNode *cpus, unsigned uid, bool ejectable)
{
    AmlNode *cpu = aml_device(cpus, "C%03X", uid);

    aml_name_string(cpu, "_HID", "ACPI0007");
    aml_name_int(cpu, "_UID", uid);
    aml_do(aml_method(cpu, "_STA", 0, true),
           aml_return(t, aml_call(t, "CSTA", aml_int(t, uid), NULL)));
    if (ejectable) {
        aml_do(aml_method(cpu, "_EJ0", 1, false), aml_call(t, "CEJ0", aml_int(t, uid), NULL));
    }
    aml_do(aml_method(cpu, "_OST", 3, true),
           aml_call(t, "COST", aml_int(t, uid), aml_arg(t, 0), aml_arg(t, 1), aml_arg(t, 2),
                    NULL));
}

static void add_hotplug_cpus(AmlTree *t, AmlNode *sb, const AcpiConfig *cfg)
{
    add_cpu_registers(sb, cfg);
    AmlNode *cpus = aml_device(sb, "\\_SB.CPUS");
    aml_name_string(cpus, "_HID", "ACPI0010");
    aml_name_string(cpus, "_CID", "PNP0A05");
    add_ctfy(t, cpus, cfg);
    add_csta(t, cpus);
    add_cej0(t, cpus);
    add_cscn(t, cpus, cfg);
    add_cost(t, cpus);
    for (unsigned i = 0; i < cfg->n_cpus; i++) {
        add_cpu(t, cpus, i, !cfg->cpus[i].enabled);
    }
    aml_do(aml_method(sb, "\\_SB.GED.CSCN", 0, true), aml_call(t, "\\_SB.CPUS.CSCN", NULL));
}

static void add_plain_cpus(AmlNode *sb, const AcpiConfig *cfg)
{
    for (unsigned i = 0; i < cfg->n_cpus; i++) {
        AmlNode *cpu = aml_device(sb, "C%03X", i);
        aml_name_string(cpu, "_HID", "ACPI0007");
        aml_name_int(cpu, "_UID", i);
    }
}

void dsdt_build(const AcpiConfig *cfg, GByteArray *out)
{
    AmlTree *t = aml_tree_new();
    AmlNode *sb = aml_scope(aml_root(t), "\\_SB");

    for (unsigned i = 0; i < cfg->n_devices; i++) {
        if (cfg->devices[i].acpi_name) {
            add_device(sb, &cfg->devices[i]);
        }
    }
    add_power_button(sb);
    if (cfg->ged.bytes) {
        add_ged(t, sb, cfg);
    }
    if (cfg->cpuhp.bytes) {
        add_hotplug_cpus(t, sb, cfg);
    } else {
        add_plain_cpus(sb, cfg);
    }
    aml_emit(t, out);
    aml_tree_free(t);
}
