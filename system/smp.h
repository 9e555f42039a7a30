/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arithmetic of -smp: a pure function from what was given to a full topology. */
#ifndef SYSTEM_SMP_H
#define SYSTEM_SMP_H

#include "qapi/qapi-types.h"

typedef struct SmpTopology {
    unsigned cpus, maxcpus, sockets, clusters, cores, threads;
    bool has_clusters;             /* clusters= was given */
} SmpTopology;

/*
 * What is left out is computed, preferring cores over sockets over threads, so that
 * sockets * clusters * cores * threads == maxcpus. Errors are worded as in QEMU.
 */
bool smp_compute(const SMPConfiguration *given, const char *machine, unsigned max_cpus,
                 SmpTopology *out, Error **errp) MUST_CHECK;

#endif
