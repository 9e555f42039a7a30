/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that describe the guest's machine. */
#include <string.h>

#include "config.h"
#include "util/parse.h"

/* -- Machine types -- */

static const MachineType machine_types[] = {
    { .name = "none", .description = "empty machine", .max_cpus = 1 },
    { .name = "virt-10.0", .alias = "virt", .description = "QEMU 10.0 ARM Virtual Machine",
      .max_cpus = VIRT_MAX_CPUS, .is_virt = true },
};

const MachineType *machine_type(unsigned i)
{
    return i < G_N_ELEMENTS(machine_types) ? &machine_types[i] : NULL;
}

const MachineType *machine_type_find(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(machine_types); i++) {
        const MachineType *t = &machine_types[i];
        if (!strcmp(name, t->name) || (t->alias && !strcmp(name, t->alias))) {
            return t;
        }
    }
    return NULL;
}

const char *machine_type_short(const MachineType *type)
{
    return type->alias ? type->alias : type->name;
}

static void list_machines(GString *out)
{
    const MachineType *t;

    g_string_append(out, "Supported machines are:\n");
    for (unsigned i = 0; (t = machine_type(i)); i++) {
        if (t->alias) {
            g_string_append_printf(out, "%-20s %s (alias of %s)\n", t->alias, t->description,
                                   t->name);
        }
        g_string_append_printf(out, "%-20s %s\n", t->name, t->description);
    }
}

/* -- Machine properties -- */

typedef enum PropKind {
    ANY_BOOL,        /* on or off makes no difference here */
    ONLY_OFF,        /* on is something we cannot do */
    WARN_ON,         /* on is taken with a warning */
    ANY_TEXT,
    TEXT,            /* into .field */
    SPECIAL,         /* .apply */
} PropKind;

typedef struct MachineProp {
    const char *name;
    PropKind kind;
    const char *type, *description;
    size_t field;
    bool (*apply)(SystemConfig *c, const char *value, Error **errp);
    bool generic;    /* of every machine, not only virt */
} MachineProp;

static bool apply_acpi(SystemConfig *c, const char *value, Error **errp)
{
    bool on;

    if (!strcmp(value, "auto")) {
        c->acpi = VIRT_ACPI_AUTO;
    } else if (parse_bool(value, &on)) {
        c->acpi = on ? VIRT_ACPI_ON : VIRT_ACPI_OFF;
    } else {
        return error_set(errp, "Parameter 'acpi' does not accept value '%s'", value);
    }
    return true;
}

static bool apply_gic(SystemConfig *c, const char *value, Error **errp)
{
    if (!strcmp(value, "3") || !strcmp(value, "max")) {
        return true;
    }
    if (!strcmp(value, "2") || !strcmp(value, "4") || !strcmp(value, "host")) {
        error_set(errp, "gic-version=%s is not supported", value);
    } else {
        error_set(errp, "Invalid gic-version value '%s'", value);
    }
    error_append_hint(errp, "Valid values are 3 and max.");
    return false;
}

static bool apply_randomness(SystemConfig *c, const char *value, Error **errp)
{
    return parse_bool(value, &c->dtb_randomness) ||
           error_set(errp, "Parameter 'dtb-randomness' expects 'on' or 'off'");
}

static bool apply_accel(SystemConfig *c, const char *value, Error **errp)
{
    g_auto(GStrv) names = g_strsplit(value, ":", -1);

    g_ptr_array_set_size(c->accelerators, 0);
    for (char **n = names; *n; n++) {
        g_ptr_array_add(c->accelerators, g_strdup(*n));
    }
    return true;
}

static bool apply_iommu(SystemConfig *c, const char *value, Error **errp)
{
    return !strcmp(value, "none") || error_set(errp, "iommu=%s is not supported", value);
}

static bool apply_msi(SystemConfig *c, const char *value, Error **errp)
{
    return !strcmp(value, "auto") || !strcmp(value, "off") ||
           error_set(errp, "msi=%s is not supported", value);
}

#define FIELD(f) offsetof(SystemConfig, f)
static const MachineProp props[] = {
    { "accel", SPECIAL, "string", "Accelerators to try, separated by ':'", .apply = apply_accel,
      .generic = true },
    { "acpi", SPECIAL, "OnOffAuto", "Enable ACPI", .apply = apply_acpi },
    { "append", TEXT, "string", "Linux kernel command line", FIELD(append) },
    { "aux-ram-share", ANY_BOOL, "bool", "Taken and ignored" },
    { "compact-highmem", ANY_BOOL, "bool", "Taken and ignored" },
    { "default-bus-bypass-iommu", ANY_BOOL, "bool", "Taken and ignored" },
    { "dtb", TEXT, "string", "Linux kernel device tree file", FIELD(dtb) },
    { "dtb-kaslr-seed", SPECIAL, "bool", "Deprecated synonym of dtb-randomness",
      .apply = apply_randomness },
    { "dtb-randomness", SPECIAL, "bool",
      "Set off to disable passing random or non-deterministic dtb nodes to guest",
      .apply = apply_randomness },
    { "dump-guest-core", ANY_BOOL, "bool", "Include guest memory in a core dump", .generic = true },
    { "gic-version", SPECIAL, "string", "Set GIC version. Valid values are 3 and max",
      .apply = apply_gic },
    { "graphics", ANY_BOOL, "bool", "Taken and ignored", .generic = true },
    { "highmem", ANY_BOOL, "bool", "Taken and ignored" },
    { "highmem-ecam", ANY_BOOL, "bool", "Taken and ignored" },
    { "highmem-mmio", ANY_BOOL, "bool", "Taken and ignored" },
    { "highmem-mmio-size", ANY_TEXT, "size", "Taken and ignored" },
    { "highmem-redists", ANY_BOOL, "bool", "Taken and ignored" },
    { "initrd", TEXT, "string", "Linux initial ramdisk file", FIELD(initrd) },
    { "iommu", SPECIAL, "string", "Set the IOMMU type. Valid value is none",
      .apply = apply_iommu },
    { "its", ANY_BOOL, "bool", "Taken and ignored: there is no ITS" },
    { "kernel", TEXT, "string", "Linux kernel image file", FIELD(kernel) },
    { "mem-merge", ANY_BOOL, "bool", "Taken and ignored", .generic = true },
    { "memory-backend", ANY_TEXT, "string", "Id of a memory-backend object", .generic = true },
    { "msi", SPECIAL, "string", "Set MSI settings. Valid values are auto and off",
      .apply = apply_msi },
    { "mte", WARN_ON, "bool", "Memory Tagging Extension; not implemented" },
    { "ras", ONLY_OFF, "bool", "Reporting host memory errors; not implemented" },
    { "secure", ONLY_OFF, "bool", "ARM Security Extensions (TrustZone); not implemented" },
    { "suppress-vmdesc", ANY_BOOL, "bool", "Taken and ignored", .generic = true },
    { "usb", ONLY_OFF, "bool", "USB; not implemented", .generic = true },
    { "virtualization", WARN_ON, "bool", "ARM Virtualization Extensions; not implemented" },
    { "x-oem-id", ANY_TEXT, "string", "Taken and ignored" },
    { "x-oem-table-id", ANY_TEXT, "string", "Taken and ignored" },
};
#undef FIELD

static void list_machine_props(GString *out, const MachineType *type)
{
    g_string_append_printf(out, "%s-machine options:\n", type->name);
    for (size_t i = 0; i < G_N_ELEMENTS(props); i++) {
        if (type->is_virt || props[i].generic) {
            g_autofree char *head = g_strdup_printf("%s=<%s>", props[i].name, props[i].type);
            g_string_append_printf(out, "  %-22s - %s\n", head, props[i].description);
        }
    }
}

void machine_props_list(const MachineType *type, ObjectPropertyInfoList *list)
{
    for (size_t i = 0; i < G_N_ELEMENTS(props); i++) {
        if (type->is_virt || props[i].generic) {
            ObjectPropertyInfo *p = ObjectPropertyInfoList_add(list);
            p->name = g_strdup(props[i].name);
            p->type = g_strdup(props[i].type);
            p->description = g_strdup(props[i].description);
        }
    }
}

static bool apply_bool(const MachineProp *p, const char *value, Error **errp)
{
    bool on;

    if (!parse_bool(value, &on)) {
        return error_set(errp, "Parameter '%s' expects 'on' or 'off'", p->name);
    }
    if (p->kind == ONLY_OFF && on) {
        return error_set(errp, "%s=%s is not supported", p->name, value);
    }
    if (p->kind == WARN_ON && on) {
        warn_report("-machine %s=on is not implemented: the guest's CPUs are without it", p->name);
    }
    return true;
}

static bool apply_prop(SystemConfig *c, const char *name, const char *value, Error **errp)
{
    for (size_t i = 0; i < G_N_ELEMENTS(props); i++) {
        const MachineProp *p = &props[i];
        if (strcmp(p->name, name) != 0 || !(c->machine->is_virt || p->generic)) {
            continue;
        }
        switch (p->kind) {
        case TEXT:
            return set_text((char **)((char *)c + p->field), value);
        case ANY_TEXT:
            return true;
        case SPECIAL:
            return p->apply(c, value, errp);
        default:
            return apply_bool(p, value, errp);
        }
    }
    return error_set(errp, "Property '%s-machine.%s' not found", c->machine->name, name);
}

bool machine_props_apply(SystemConfig *c, Error **errp)
{
    const char *name;
    json_t *value;

    json_object_foreach(c->machine_props, name, value) {
        if (!apply_prop(c, name, json_string_value(value), errp)) {
            return false;
        }
    }
    return true;
}

static bool opt_machine(SystemConfig *c, const char *arg, Error **errp)
{
    Keyval kv;

    if (!keyval_parse(arg, "type", &kv, errp)) {
        return false;
    }
    if (kv.spelling != QAPI_KEYVAL) {
        keyval_clear(&kv);
        return error_set(errp, "expected name and properties, not JSON");
    }
    const char *type = keyval_get(&kv, "type");
    if (type) {
        set_text(&c->machine_name, type);
    }
    if (kv.help) {
        const MachineType *t = c->machine_name ? machine_type_find(c->machine_name) : NULL;
        if (t) {
            list_machine_props(c->help, t);
        } else {
            list_machines(c->help);
        }
    }
    json_object_del(kv.object, "type");
    json_object_update(c->machine_props, kv.object);
    keyval_clear(&kv);
    return true;
}

/* -- Accelerators -- */

typedef enum TcgPropKind {
    TCG_BOOL,        /* into .field, a bool */
    TCG_NOT,         /* into .field, a bool that says the opposite */
    TCG_NO_BOOL,     /* on or off makes no difference here */
    TCG_NUMBER,      /* into .field, an uint64_t */
    TCG_SPECIAL,     /* .apply */
} TcgPropKind;

typedef struct TcgProp {
    const char *name;
    TcgPropKind kind;
    const char *type, *description;        /* no description: not listed */
    size_t field;
    bool (*apply)(TcgConfig *c, const char *value, Error **errp);
} TcgProp;

static bool apply_tb_size(TcgConfig *c, const char *value, Error **errp)
{
    uint64_t mib;

    if (!parse_uint64(value, &mib) || mib > 4096) {
        return error_set(errp, "Parameter 'tb-size' expects a number of MiB, at most 4096");
    }
    c->code_bytes = mib << 20;
    return true;
}

static bool apply_thread(TcgConfig *c, const char *value, Error **errp)
{
    int mode = qapi_enum_parse(&qapi_type_TcgThread, value);

    c->one_thread = mode == TCG_THREAD_SINGLE;
    return mode >= 0 || error_set(errp, "Invalid 'thread' setting %s", value);
}

#define FIELD(f) offsetof(TcgConfig, f)
static const TcgProp tcg_props[] = {
    { "one-insn-per-tb", TCG_BOOL, "bool", "Only put one guest insn in each translation block",
      FIELD(one_insn) },
    { "split-wx", TCG_NO_BOOL, "bool", "Taken and ignored" },
    { "tb-size", TCG_SPECIAL, "int", "TCG translation block cache size, in MiB",
      .apply = apply_tb_size },
    { "thread", TCG_SPECIAL, "string", "single or multi", .apply = apply_thread },
    { "x-chain", TCG_NOT, "bool", "off: never link translation blocks", FIELD(no_chain) },
    { "x-interpret", TCG_BOOL, "bool", "on: interpret instead of making host code",
      FIELD(interpret) },
    { "x-no-fences", TCG_BOOL, "bool", "on: barriers order nothing", FIELD(no_fences) },
    { "x-loops", TCG_NOT, "bool", "off: no registers are kept around loops", FIELD(no_loops) },
    { "x-single", TCG_NOT, "bool", "off: one CPU's code is made for several", FIELD(no_single) },
    /* For tests: docs/devel/testing.md */
    { "x-hide-host-features", TCG_NUMBER, .field = FIELD(hide_features) },
    { "x-interpret-below", TCG_NUMBER, .field = FIELD(interpret_below) },
    { "x-random", TCG_NUMBER, .field = FIELD(random) },
};
#undef FIELD

static void list_tcg_props(GString *out)
{
    g_string_append(out, "tcg-accel options:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(tcg_props); i++) {
        const TcgProp *p = &tcg_props[i];
        if (p->description) {
            g_autofree char *head = g_strdup_printf("%s=<%s>", p->name, p->type);
            g_string_append_printf(out, "  %-22s - %s\n", head, p->description);
        }
    }
}

static bool apply_tcg_prop(TcgConfig *c, const char *name, const char *value, Error **errp)
{
    const TcgProp *p = tcg_props, *end = p + G_N_ELEMENTS(tcg_props);
    bool on;

    while (p < end && strcmp(p->name, name) != 0) {
        p++;
    }
    if (p == end) {
        return error_set(errp, "Property 'tcg-accel.%s' not found", name);
    }
    void *field = (char *)c + p->field;
    switch (p->kind) {
    case TCG_SPECIAL:
        return p->apply(c, value, errp);
    case TCG_NUMBER:
        return parse_uint64(value, field) ||
               error_set(errp, "Parameter '%s' expects a number", name);
    default:
        if (!parse_bool(value, &on)) {
            return error_set(errp, "Parameter '%s' expects 'on' or 'off'", name);
        }
        if (p->kind != TCG_NO_BOOL) {
            *(bool *)field = on == (p->kind == TCG_BOOL);
        }
        return true;
    }
}

static bool opt_accel(SystemConfig *c, const char *arg, Error **errp)
{
    Keyval kv;
    const char *key;
    json_t *value;
    bool good = true;

    if (!keyval_parse(arg, "accel", &kv, errp)) {
        return false;
    }
    g_autofree char *name = g_strdup(keyval_get(&kv, "accel"));
    json_object_del(kv.object, "accel");
    if (kv.help && name && !strcmp(name, "tcg")) {
        list_tcg_props(c->help);
    } else if (kv.help) {
        g_string_append(c->help, "Accelerators supported in QEMU binary:\ntcg\n");
    } else if (!name) {
        good = error_set(errp, "Parameter 'accel' is missing");
    } else {
        g_ptr_array_add(c->accelerators, g_strdup(name));
    }
    json_object_foreach(kv.object, key, value) {
        good = good && (!name || strcmp(name, "tcg") != 0 ||
                        apply_tcg_prop(&c->tcg, key, json_string_value(value) ?: "",
                                       errp));
    }
    keyval_clear(&kv);
    return good;
}

static bool opt_enable_kvm(SystemConfig *c, const char *arg, Error **errp)
{
    g_ptr_array_add(c->accelerators, g_strdup("kvm"));
    return true;
}

/* -- CPUs -- */

static bool opt_cpu(SystemConfig *c, const char *arg, Error **errp)
{
    if (!strcmp(arg, "help") || !strcmp(arg, "?")) {
        list_cpus(c->help);
        return true;
    }
    return set_text(&c->cpu_option, arg);
}

static bool opt_smp(SystemConfig *c, const char *arg, Error **errp)
{
    Keyval kv;
    SMPConfiguration check = { 0 };

    if (!keyval_parse(arg, "cpus", &kv, errp)) {
        return false;
    }
    bool good = true;
    if (kv.help) {
        g_string_append(c->help, "smp-opts options:\n");
        keyval_describe(c->help, &qapi_type_SMPConfiguration);
    } else {
        good = kv.spelling == QAPI_KEYVAL
            ? qapi_parse(&qapi_type_SMPConfiguration, kv.object, QAPI_KEYVAL, "smp.", &check, errp)
            : error_set(errp, "expected parameters, not JSON");
        if (good) {
            json_object_update(c->smp, kv.object);
        }
    }
    keyval_clear(&kv);
    return good;
}

/* -- Memory -- */

static bool opt_m(SystemConfig *c, const char *arg, Error **errp)
{
    MemoryOptions m = { 0 };
    uint64_t bytes;
    bool good = keyval_parse_struct(arg, "size", &qapi_type_MemoryOptions, &m, errp);

    if (good && m.size && !parse_size(m.size, UINT64_C(1) << 20, &bytes)) {
        good = error_set(errp, "Parameter 'size' expects a non-negative number below 2^64");
        error_append_hint(errp, "Optional suffix k, M, G, T, P or E means kilo-, mega-, giga-, "
                          "tera-, peta-\nand exabytes, respectively.");
    }
    if (good && (m.slots || (m.has_maxmem && m.size && m.maxmem > bytes))) {
        good = error_set(errp, "memory hotplug is not supported");
    }
    if (good && m.size) {
        set_text(&c->ram_size, m.size);
    }
    qapi_clear(&qapi_type_MemoryOptions, &m);
    return good;
}

static bool opt_object(SystemConfig *c, const char *arg, Error **errp)
{
    /* Objects whose only effect is to be named by other options. */
    static const char *const harmless[] = {
        "memory-backend-memfd", "memory-backend-ram", "rng-random", "secret", NULL,
    };
    Keyval kv;

    if (!keyval_parse(arg, "qom-type", &kv, errp)) {
        return false;
    }
    const char *type = keyval_get(&kv, "qom-type"), *id = keyval_get(&kv, "id");
    bool good = true;
    if (kv.help) {
        g_string_append(c->help, "List of user creatable objects:\n");
        for (const char *const *h = harmless; *h; h++) {
            g_string_append_printf(c->help, "  %s\n", *h);
        }
    } else if (!type || !g_strv_contains(harmless, type)) {
        good = error_set(errp, "invalid object type: %s", type ? type : "");
    } else if (!id) {
        good = error_set(errp, "Parameter 'id' is missing");
    } else {
        g_ptr_array_add(c->objects, g_strdup(id));
    }
    keyval_clear(&kv);
    return good;
}

/* -- What to boot -- */

static bool opt_kernel(SystemConfig *c, const char *a, Error **e)
{
    return set_text(&c->kernel, a);
}

static bool opt_initrd(SystemConfig *c, const char *a, Error **e)
{
    return set_text(&c->initrd, a);
}

static bool opt_append(SystemConfig *c, const char *a, Error **e)
{
    return set_text(&c->append, a);
}

static bool opt_dtb(SystemConfig *c, const char *a, Error **e)
{
    return set_text(&c->dtb, a);
}

static bool opt_boot(SystemConfig *c, const char *arg, Error **errp)
{
    Keyval kv;
    BootConfiguration boot = { 0 };

    if (!keyval_parse(arg, "order", &kv, errp)) {
        return false;
    }
    if (kv.help) {
        g_string_append(c->help, "boot-opts options:\n");
        keyval_describe(c->help, &qapi_type_BootConfiguration);
    }
    bool good = qapi_parse(&qapi_type_BootConfiguration, kv.object, kv.spelling, "boot.", &boot,
                           errp);
    qapi_clear(&qapi_type_BootConfiguration, &boot);
    keyval_clear(&kv);
    return good;
}

static bool opt_no_acpi(SystemConfig *c, const char *arg, Error **errp)
{
    warn_report("-no-acpi is deprecated, use '-machine acpi=off' instead");
    json_object_set_new(c->machine_props, "acpi", json_string("off"));
    return true;
}

/* -- Devices -- */

static bool opt_device(SystemConfig *c, const char *arg, Error **errp)
{
    DeviceRequest *r = g_new0(DeviceRequest, 1);

    if (!keyval_parse(arg, "driver", &r->properties, errp)) {
        g_free(r);
        return false;
    }
    const char *driver = keyval_get(&r->properties, "driver");
    bool good = true;
    if (r->properties.help && !driver) {
        list_devices(c->help);
    } else if (!driver) {
        good = error_set(errp, "Parameter 'driver' is missing");
    } else if (!is_cpu_driver(driver)) {
        good = error_set(errp, "'%s' is not a valid device model name", driver);
    } else if (r->properties.help) {
        list_device_properties(c->help, driver);
    }
    r->source = g_strdup_printf("-device %s", arg);
    g_ptr_array_add(c->devices, r);
    return good;
}

static bool opt_global(SystemConfig *c, const char *arg, Error **errp)
{
    const char *dot = strchr(arg, '.'), *equals = strchr(arg, '=');

    if (!dot || !equals || dot > equals || dot == arg) {
        return error_set(errp, "expected driver.property=value");
    }
    g_ptr_array_add(c->globals, g_strdup(arg));
    return true;
}

const Option options_machine[] = {
    { "machine", opt_machine, "[type=]name[,prop[=value][,...]]",
      "selects emulated machine ('-machine help' for list)" },
    { "M", opt_machine, "name", "the same" },
    { "accel", opt_accel, "[accel=]accelerator[,prop[=value][,...]]",
      "select accelerator ('-accel help' for list)" },
    { "cpu", opt_cpu, "model[,prop[=value][,...]]", "select CPU ('-cpu help' for list)" },
    { "smp", opt_smp, "[[cpus=]n][,maxcpus=maxcpus][,sockets=][,clusters=][,cores=][,threads=]",
      "set the number of initial CPUs, of possible CPUs, and their topology" },
    { "m", opt_m, "[size=]megs", "configure guest RAM (default: 128 MiB)" },
    { "kernel", opt_kernel, "bzImage", "use it as kernel image" },
    { "initrd", opt_initrd, "file", "use it as initial ram disk" },
    { "append", opt_append, "cmdline", "use it as kernel command line" },
    { "dtb", opt_dtb, "file", "use it as device tree image" },
    { "device", opt_device, "driver[,prop[=value][,...]]",
      "add device ('-device help' for list, '-device driver,help' for properties)" },
    { "global", opt_global, "driver.prop=value", "set a default of a device property" },
    { "object", opt_object, "type,id=id[,prop=value...]", "create an object for other options" },
    { "boot", opt_boot, "[order=drives][,strict=on|off]", "taken for compatibility" },
    { "no-acpi", opt_no_acpi, NULL, NULL },
    { "enable-kvm", opt_enable_kvm, NULL, NULL },
    { NULL },
};
