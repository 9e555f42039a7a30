/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by hmp_commands.c, hmp_info.c and hmp_memory.c. */
#ifndef SYSTEM_HMP_TABLES_H
#define SYSTEM_HMP_TABLES_H

#include "monitor/monitor.h"

#define HMP_N_INFOS 17
extern const HmpCommand hmp_infos[HMP_N_INFOS];

/* HmpTable.read_register: names as `info registers` prints them, in either case, and pc. */
bool hmp_read_register(void *context, int cpu_index, const char *name, uint64_t *value);

/* x and xp: format and address are in @call. */
void hmp_dump_memory(HmpCall *call, bool is_virtual);

#endif
