/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The `virt` board: the whole machine behind the command line and the monitor.
 *
 * Threads: every function on the main thread, except where "any thread" is said. Events
 * (VirtEvents) come on the main thread.
 */
#ifndef HW_ARM_VIRT_H
#define HW_ARM_VIRT_H

#include <stdbool.h>
#include <stdint.h>

#include "accel/tcg/tcg_cpu.h"
#include "chardev/chardev.h"
#include "event/event.h"
#include "hw/arm/virt_memmap.h"
#include "hw/rtc/pl031.h"
#include "memory/memory.h"
#include "target/arm/cpu.h"
#include "util/error.h"

typedef struct VirtMachine VirtMachine;

typedef enum VirtAcpi { VIRT_ACPI_AUTO, VIRT_ACPI_ON, VIRT_ACPI_OFF } VirtAcpi;

/* Sockets * clusters * cores * threads == maxcpus; checked by the option parser. */
typedef struct VirtTopology { unsigned sockets, clusters, cores, threads; } VirtTopology;

typedef struct VirtConfig {
    uint64_t ram_bytes;
    unsigned cpus, maxcpus;          /* 1 <= cpus <= maxcpus <= VIRT_MAX_CPUS */
    VirtTopology topology;
    bool has_clusters;               /* clusters= was given: shown in PPTT and cpu-map */
    const char *cpu_option;          /* text after -cpu */
    const char *kernel, *initrd, *append, *dtb;   /* NULL: not given */
    VirtAcpi acpi;
    /* [0] NULL: UART0 without a host side; [1] NULL: no UART1 */
    Chardev *serial[VIRT_MAX_UARTS];
    Pl031Source rtc_source;
    int64_t rtc_offset_s;            /* from UTC */
    TcgConfig tcg;
    bool no_random_seeds;            /* dtb-randomness=off: neither kaslr-seed nor rng-seed */
} VirtConfig;

/* What the machine tells system/. */
typedef struct VirtEvents {
    void (*shutdown)(void *opaque);                 /* the guest powered itself off */
    void (*reset)(void *opaque);                    /* the guest asked for a reset */
    void (*device_deleted)(void *opaque, const char *id, const char *path);
    void (*ost)(void *opaque, unsigned slot, const char *id, uint32_t source, uint32_t status);
    /* The guest has refused an unplug; a later device_del may ask again. */
    void (*unplug_refused)(void *opaque, const char *id, const char *path);
} VirtEvents;

/*
 * Build everything; vCPUs exist but do not run until virt_set_running(). Strings of @cfg are
 * copied. NULL: an error that names the option; nothing is left behind.
 */
VirtMachine *virt_new(const VirtConfig *cfg, EventLoop *loop, VirtClock *clock,
                      const VirtEvents *events, void *opaque, Error **errp);
void virt_free(VirtMachine *m);      /* NULL is fine */

/* Let vCPUs run (with the virtual clock) or stop them; on return they are out of guest code. */
void virt_set_running(VirtMachine *m, bool running);
/* Cold reset of the board, vCPUs stopped meanwhile. Plugged CPUs stay plugged. */
void virt_reset(VirtMachine *m);
/* The power button. */
void virt_powerdown(VirtMachine *m);

/* -- CPUs -- */

typedef struct VirtCpuProps { unsigned socket_id, cluster_id, core_id, thread_id; } VirtCpuProps;

typedef struct VirtCpuInfo {
    VirtCpuProps props;
    const char *type;            /* "cortex-a57-arm-cpu" */
    bool plugged;
    bool hotplugged;             /* by device_add: has an id */
    const char *id;              /* of device_add, NULL without */
    const char *qom_path;        /* plugged only */
    int host_tid;                /* plugged only */
    bool halted;                 /* powered off or idle */
} VirtCpuInfo;

/* Possible CPU @index, 0 .. maxcpus - 1; false beyond. Strings live until the next change. */
bool virt_cpu_info(VirtMachine *m, unsigned index, VirtCpuInfo *info);

/* A number the user gave, or did not. */
typedef struct OptId { bool given; int64_t value; } OptId;

typedef struct VirtCpuRequest {
    const char *driver;          /* "<model>-arm-cpu" */
    const char *id;              /* NULL: none given */
    OptId socket_id, cluster_id, core_id, thread_id;
} VirtCpuRequest;

/*
 * device_add of a CPU: plug the lowest free slot that matches what is given. Errors as
 * docs/devel/hotplug.md lists them, checked in its order; nothing changes on failure. Before the
 * machine first runs it is a cold plug (no event to the guest).
 */
bool virt_cpu_add(VirtMachine *m, const VirtCpuRequest *req, Error **errp) MUST_CHECK;
const ArmModel *virt_cpu_model(const VirtMachine *m);
/* device_del: ask the guest to let it go. */
bool virt_device_del(VirtMachine *m, const char *id, Error **errp) MUST_CHECK;

/* Last _OST of slot @index; false when it has none yet. */
bool virt_cpu_ost(VirtMachine *m, unsigned index, uint32_t *source, uint32_t *status);
/* Is there an ACPI device that takes hot-plug events? */
bool virt_has_hotplug(const VirtMachine *m);

/* -- For the monitor -- */

/* Text of `info registers` of CPU @index, NULL when it is not plugged. Caller frees. */
char *virt_cpu_describe(VirtMachine *m, unsigned index);
/* As CPU @index would read it now, without any effect on it. False: not plugged, or not mapped. */
bool virt_cpu_translate(VirtMachine *m, unsigned index, uint64_t va, uint64_t *pa);
PhysMem *virt_memory(VirtMachine *m);
char *virt_jit_stats(VirtMachine *m);
/* Host state of each slot in text: `info hotplug`. Caller frees. */
char *virt_describe_slots(VirtMachine *m);
/* "PATH TYPE" of device @i, for qom-list and info qtree; false after the last. */
bool virt_device(VirtMachine *m, unsigned i, const char **path, const char **type);

#endif
