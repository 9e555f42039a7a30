/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/smp.h"

#include <glib.h>
#include <string.h>

#include "qapi/keyval.h"

static const struct {
    const char *in;
    SmpTopology out;          /* cpus, maxcpus, sockets, clusters, cores, threads */
    const char *error;
} cases[] = {
    { "", { 1, 1, 1, 1, 1, 1 } },
    { "4", { 4, 4, 1, 1, 4, 1 } },
    { "1,maxcpus=512", { 1, 512, 1, 1, 512, 1 } },
    { "2,maxcpus=4", { 2, 4, 1, 1, 4, 1 } },
    { "maxcpus=4", { 4, 4, 1, 1, 4, 1 } },
    { "4,sockets=2", { 4, 4, 2, 1, 2, 1 } },
    { "4,cores=2", { 4, 4, 2, 1, 2, 1 } },
    { "4,threads=2", { 4, 4, 1, 1, 2, 2 } },
    { "8,clusters=2", { 8, 8, 1, 2, 4, 1, true } },
    { "8,sockets=2,cores=2", { 8, 8, 2, 1, 2, 2 } },
    { "8,sockets=2,clusters=2,cores=2,threads=1", { 8, 8, 2, 2, 2, 1, true } },
    { "sockets=2,cores=3,threads=2", { 12, 12, 2, 1, 3, 2 } },
    { "cores=3", { 3, 3, 1, 1, 3, 1 } },
    { "2,maxcpus=4,sockets=4,cores=1,threads=1", { 2, 4, 4, 1, 1, 1 } },
    { "2,dies=1,modules=1,books=1,drawers=1", { 2, 2, 1, 1, 2, 1 } },
    { "disabledcpus=0", { 1, 1, 1, 1, 1, 1 } },
    { "512", { 512, 512, 1, 1, 512, 1 } },
    { "0", .error = "Invalid CPU topology: CPU topology parameters must be greater than zero: "
      "cpus=0" },
    { "-1", .error = "Invalid CPU topology: CPU topology parameters must be greater than zero: "
      "cpus=-1" },
    { "2,sockets=0", .error = "Invalid CPU topology: CPU topology parameters must be greater than "
      "zero: sockets=0" },
    { "513", .error = "Invalid SMP CPUs 513. The max CPUs supported by machine 'virt' is 512" },
    { "1,maxcpus=600", .error = "Invalid SMP CPUs 600. The max CPUs supported by machine 'virt' is "
      "512" },
    { "9223372036854775807", .error = "Invalid SMP CPUs 9223372036854775807. The max CPUs "
      "supported by machine 'virt' is 512" },
    { "4,sockets=2,cores=3", .error = "Invalid CPU topology: product of the hierarchy must match "
      "maxcpus: sockets (2) * clusters (1) * cores (3) * threads (1) != maxcpus (4)" },
    { "8,maxcpus=8,sockets=1,clusters=1,cores=4,threads=1", .error = "Invalid CPU topology: "
      "product of the hierarchy must match maxcpus: sockets (1) * clusters (1) * cores (4) * "
      "threads (1) != maxcpus (8)" },
    { "4,maxcpus=2", .error = "Invalid CPU topology: maxcpus must be equal to or greater than smp: "
      "sockets (1) * clusters (1) * cores (2) * threads (1) == maxcpus (2) < smp_cpus (4)" },
    { "sockets=65536,cores=65536,threads=65536", .error = "Invalid SMP CPUs 281474976710656. The "
      "max CPUs supported by machine 'virt' is 512" },
    { "2,dies=2", .error = "dies > 1 not supported by this machine's CPU topology" },
    { "2,modules=2", .error = "modules > 1 not supported by this machine's CPU topology" },
    { "2,disabledcpus=2", .error = "disabledcpus=2 is not supported yet: use maxcpus and "
      "device_add" },
};

static void test_compute(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SMPConfiguration given = { 0 };
        SmpTopology out = { 0 };
        Error *err = NULL;
        Keyval kv;
        g_assert_true(keyval_parse(cases[i].in, "cpus", &kv, NULL));
        g_assert_true(qapi_parse(&qapi_type_SMPConfiguration, kv.object, QAPI_KEYVAL, "smp.",
                                 &given, NULL));
        keyval_clear(&kv);
        bool good = smp_compute(&given, "virt", 512, &out, &err);
        if (good != !cases[i].error || memcmp(&out, &cases[i].out, sizeof(out))) {
            g_error("-smp '%s': cpus=%u maxcpus=%u sockets=%u clusters=%u cores=%u threads=%u %s",
                    cases[i].in, out.cpus, out.maxcpus, out.sockets, out.clusters, out.cores,
                    out.threads, err ? error_text(err) : "");
        }
        g_assert_cmpstr(err ? error_text(err) : NULL, ==, cases[i].error);
        error_free(err);
    }
}

/* Whatever is given: if it is taken, it is consistent. */
static void test_every_small_combination(void)
{
    for (unsigned n = 0; n < 5 * 5 * 4 * 4 * 4 * 4; n++) {
        unsigned v = n;
        SMPConfiguration g = { 0 };
        int64_t *fields[] = { &g.cpus, &g.maxcpus, &g.sockets, &g.clusters, &g.cores, &g.threads };
        bool *has[] = { &g.has_cpus, &g.has_maxcpus, &g.has_sockets, &g.has_clusters, &g.has_cores,
                        &g.has_threads };
        for (int i = 0; i < 6; i++) {
            unsigned base = i < 2 ? 5 : 4;
            *fields[i] = v % base;
            *has[i] = v % base != 0;
            v /= base;
        }
        SmpTopology t;
        if (smp_compute(&g, "virt", 512, &t, NULL)) {
            g_assert_cmpuint(t.sockets * t.clusters * t.cores * t.threads, ==, t.maxcpus);
            g_assert_true(t.cpus >= 1 && t.cpus <= t.maxcpus);
            g_assert_true(!g.cpus || t.cpus == g.cpus);
            g_assert_true(!g.maxcpus || t.maxcpus == g.maxcpus);
            g_assert_true(!g.sockets || t.sockets == g.sockets);
            g_assert_true(!g.cores || t.cores == g.cores);
            g_assert_true(!g.threads || t.threads == g.threads);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smp/compute", test_compute);
    g_test_add_func("/smp/every-small-combination", test_every_small_combination);
    return g_test_run();
}
