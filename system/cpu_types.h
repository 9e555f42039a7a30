/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device types of CPU models ("max-arm-cpu"): what one may say of them and ask about them. */
#ifndef SYSTEM_CPU_TYPES_H
#define SYSTEM_CPU_TYPES_H

#include "qapi/json.h"
#include "qapi/qapi-types.h"
#include "target/arm/cpu.h"

/* Where a CPU is in the topology: names, then NULL. */
extern const char *const cpu_type_ids[];

/* Append the properties of a type (is_cpu_driver) with what they are when nobody sets them. */
void cpu_type_properties(const char *driver, ObjectPropertyInfoList *list);

/*
 * @name=@value in a device_add of @driver: CPUs of a machine are all of the model @m, so it is good
 * when it says what is true already.
 */
bool cpu_type_check_property(const ArmModel *m, const char *driver, const char *name, json_t *value,
                             QapiSpelling spelling, Error **errp);

#endif
