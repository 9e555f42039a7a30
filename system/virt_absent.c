/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only while hw/arm is not built: no machine but "none". */
#include "hw/arm/virt.h"
#include "target/arm/cpu.h"

const char *arm_model_list(unsigned i) { return i == 0 ? "max" : NULL; }
VirtMachine *virt_new(const VirtConfig *cfg, EventLoop *loop, VirtClock *clock,
                      const VirtEvents *events, void *opaque, Error **errp)
{
    error_set(errp, "machine 'virt' is not part of this build");
    return NULL;
}
void virt_free(VirtMachine *m) { }
void virt_set_running(VirtMachine *m, bool running) { }
void virt_reset(VirtMachine *m) { }
void virt_powerdown(VirtMachine *m) { }
bool virt_cpu_info(VirtMachine *m, unsigned index, VirtCpuInfo *info) { return false; }
bool virt_cpu_add(VirtMachine *m, const VirtCpuRequest *req, Error **errp) { return false; }
bool virt_device_del(VirtMachine *m, const char *id, Error **errp) { return false; }
bool virt_cpu_ost(VirtMachine *m, unsigned i, uint32_t *source, uint32_t *status) { return false; }
bool virt_has_hotplug(const VirtMachine *m) { return false; }
char *virt_cpu_describe(VirtMachine *m, unsigned index) { return NULL; }
bool virt_cpu_translate(VirtMachine *m, unsigned i, uint64_t va, uint64_t *pa) { return false; }
PhysMem *virt_memory(VirtMachine *m) { return NULL; }
char *virt_jit_stats(VirtMachine *m) { return NULL; }
char *virt_describe_slots(VirtMachine *m) { return NULL; }
bool virt_device(VirtMachine *m, unsigned i, const char **path, const char **t) { return false; }
