/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the command line says, in two steps: options.c fills it in word by word (syntax only),
 * validate.c checks it as a whole and computes what was left out. Later phases only read it.
 */
#ifndef SYSTEM_CONFIG_H
#define SYSTEM_CONFIG_H

#include <glib.h>

#include "hw/arm/virt.h"
#include "qapi/keyval.h"
#include "qapi/qapi-types.h"
#include "smp.h"

#define EMULATED_VERSION "10.0.0"      /* of the QEMU whose interface this is */
#define PACKAGE "sparecore 0.1.0"

typedef struct MachineType {
    const char *name, *alias, *description;
    unsigned max_cpus;
    bool is_virt;                      /* has CPUs, RAM, a serial port; can boot a kernel */
} MachineType;

/* NULL: no such machine. */
const MachineType *machine_type_find(const char *name);
const MachineType *machine_type(unsigned i);   /* NULL after the last */
/* The name people use: the alias if there is one. */
const char *machine_type_short(const MachineType *type);

typedef struct ChardevRequest {
    char *id;
    ChardevOptions *options;
    char *source;                      /* "-chardev ..." for messages */
} ChardevRequest;

typedef struct MonitorRequest {
    char *chardev;                     /* id of a chardev request */
    MonitorMode mode;
    bool pretty;
    char *source;
} MonitorRequest;

typedef struct SerialRequest {
    char *text;                        /* as given: "stdio", "chardev:ID", "none"... */
} SerialRequest;

typedef struct DeviceRequest {
    Keyval properties;
    char *source;
} DeviceRequest;

typedef struct FdsetEntry {
    int set, fd;
} FdsetEntry;

typedef struct SystemConfig {
    char *program;                     /* name of the program, for messages */
    GString *help;                     /* not empty: print it and exit with 0 */

    /* machine */
    const MachineType *machine;
    char *machine_name;                /* as given */
    json_t *machine_props;             /* all -machine properties but type, merged */
    GPtrArray *accelerators;           /* names in order of preference */
    char *cpu_option;
    json_t *smp;                       /* merged -smp */
    SmpTopology topology;              /* computed */
    char *ram_size;                    /* text of -m */
    uint64_t ram_bytes;                /* computed */
    char *kernel, *initrd, *append, *dtb;
    VirtAcpi acpi;
    bool dtb_randomness;
    TcgConfig tcg;
    GPtrArray *devices;                /* DeviceRequest */
    GPtrArray *globals;                /* "driver.property=value" */
    GPtrArray *objects;                /* ids of -object backends */

    /* host side */
    GPtrArray *chardevs;               /* ChardevRequest */
    GPtrArray *serials;                /* SerialRequest */
    GPtrArray *monitors;               /* MonitorRequest */
    Pl031Source rtc_source;
    int64_t rtc_offset_s;              /* of -rtc base= from the host's UTC */
    GArray *fdsets;                    /* FdsetEntry */
    unsigned n_compat_monitors;
    bool monitor_given;                /* -monitor, -mon or -qmp: no default monitor */
    bool nographic, display_given, nodefaults;
    uint8_t escape;

    /* life */
    bool start_paused, daemonize;
    ActionConfig actions;
    NameOptions name;
    char *uuid, *pidfile;
    char *log_items, *log_file;
} SystemConfig;

SystemConfig *config_new(void);
void config_free(SystemConfig *c);

/*
 * Phase 1. On success either c->help is filled (stop here) or the options are in *c. Messages name
 * the option as it was written.
 */
bool options_parse(SystemConfig *c, int argc, char **argv, Error **errp) MUST_CHECK;

/* Phase 2. */
bool config_validate(SystemConfig *c, Error **errp) MUST_CHECK;

/* -- Shared by the files of options -- */

typedef bool OptionFn(SystemConfig *c, const char *arg, Error **errp);

typedef struct Option {
    const char *name;
    OptionFn *parse;
    const char *params;                /* NULL: takes no argument */
    const char *help;                  /* NULL: not in -help */
} Option;

extern const Option options_machine[], options_host[], options_life[];  /* end with a NULL name */

/* *field := a copy of @arg; the last one given wins. True. */
static inline bool set_text(char **field, const char *arg)
{
    g_free(*field);
    *field = g_strdup(arg);
    return true;
}

/* -machine: what it takes, and taking it (options_machine.c). */
bool machine_props_apply(SystemConfig *c, Error **errp) MUST_CHECK;
/* Append name and type of each property. */
void machine_props_list(const MachineType *type, ObjectPropertyInfoList *list);
/* Add a chardev in the old spelling under @id; "chardev:ID" adds nothing. The id to use. */
char *config_add_compat_chardev(SystemConfig *c, const char *id, const char *text,
                                const char *source, Error **errp);
void config_add_monitor(SystemConfig *c, const char *chardev, MonitorMode mode, bool pretty,
                        const char *source);
bool config_uses_stdio(const SystemConfig *c);

/* Lists for people, shared by options and monitor. */
void list_cpus(GString *out);
void list_devices(GString *out);
bool list_device_properties(GString *out, const char *driver);
/* Is @driver "<model>-arm-cpu" of a known model? */
bool is_cpu_driver(const char *driver);

#endif
