/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "smp.h"

#include <glib.h>
#include <inttypes.h>
#include <stddef.h>

#include "util/bits.h"

/* One parameter of -smp: where it is, and whether the machine has such a level. */
static const struct { const char *name; size_t has, value; bool supported; } params[] = {
#define PARAM(n, s) { #n, offsetof(SMPConfiguration, has_##n), offsetof(SMPConfiguration, n), s }
    PARAM(cpus, true), PARAM(maxcpus, true), PARAM(drawers, false), PARAM(books, false),
    PARAM(sockets, true), PARAM(dies, false), PARAM(clusters, true), PARAM(modules, false),
    PARAM(cores, true), PARAM(threads, true),
#undef PARAM
};

#define SMP_LIMIT 65536   /* far above any machine: keeps products within 64 bits */

static bool check_values(const SMPConfiguration *given, const char *machine, unsigned max_cpus,
                         Error **errp)
{
    if (given->has_disabledcpus && given->disabledcpus != 0) {
        return error_set(errp, "disabledcpus=%" PRId64 " is not supported yet: use maxcpus and "
                         "device_add", given->disabledcpus);
    }
    for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
        const char *base = (const char *)given;
        int64_t value = *(const int64_t *)(base + params[i].value);
        if (!*(const bool *)(base + params[i].has)) {
            continue;
        }
        if (value <= 0) {
            return error_set(errp, "Invalid CPU topology: CPU topology parameters must be greater "
                             "than zero: %s=%" PRId64, params[i].name, value);
        }
        if (!params[i].supported && value > 1) {
            return error_set(errp, "%s > 1 not supported by this machine's CPU topology",
                             params[i].name);
        }
        if (value > SMP_LIMIT) {
            return error_set(errp, "Invalid SMP CPUs %" PRId64 ". The max CPUs supported by "
                             "machine '%s' is %u", value, machine, max_cpus);
        }
    }
    return true;
}

static unsigned at_least_one(uint64_t n) { return n ? n : 1; }

bool smp_compute(const SMPConfiguration *given, const char *machine, unsigned max_cpus,
                 SmpTopology *out, Error **errp)
{
    if (!check_values(given, machine, max_cpus, errp)) {
        return false;
    }
    uint64_t cpus = given->cpus, maxcpus = given->maxcpus ? given->maxcpus : given->cpus;
    uint64_t sockets = given->sockets, cores = given->cores, threads = given->threads;
    uint64_t clusters = at_least_one(given->clusters);
    if (cpus == 0 && maxcpus == 0) {
        sockets = at_least_one(sockets);
        cores = at_least_one(cores);
        threads = at_least_one(threads);
    } else if (cores == 0) {
        sockets = at_least_one(sockets);
        threads = at_least_one(threads);
        cores = at_least_one(maxcpus / (sockets * clusters * threads));
    } else if (sockets == 0) {
        threads = at_least_one(threads);
        sockets = at_least_one(maxcpus / (clusters * cores * threads));
    }
    if (threads == 0) {
        threads = at_least_one(maxcpus / (sockets * clusters * cores));
    }
    uint64_t total = sockets * clusters * cores * threads;
    maxcpus = maxcpus ? maxcpus : total;
    cpus = cpus ? cpus : maxcpus;

    char levels[128];
    g_snprintf(levels, sizeof(levels), "sockets (%" PRIu64 ") * clusters (%" PRIu64 ") * cores (%"
               PRIu64 ") * threads (%" PRIu64 ")", sockets, clusters, cores, threads);
    if (total != maxcpus) {
        return error_set(errp, "Invalid CPU topology: product of the hierarchy must match maxcpus: "
                         "%s != maxcpus (%" PRIu64 ")", levels, maxcpus);
    }
    if (maxcpus < cpus) {
        return error_set(errp, "Invalid CPU topology: maxcpus must be equal to or greater than "
                         "smp: %s == maxcpus (%" PRIu64 ") < smp_cpus (%" PRIu64 ")",
                         levels, maxcpus, cpus);
    }
    if (maxcpus > max_cpus) {
        return error_set(errp, "Invalid SMP CPUs %" PRIu64 ". The max CPUs supported by machine "
                         "'%s' is %u", maxcpus, machine, max_cpus);
    }
    *out = (SmpTopology){ cpus, maxcpus, sockets, clusters, cores, threads, given->has_clusters };
    return true;
}
