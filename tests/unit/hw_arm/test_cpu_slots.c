/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU slots with real PEs, threads and GIC, but no machine around them: matching, life, PSCI, run
 * and stop. A guest program of one instruction lets a PE sit in an MMIO access for as long as a
 * test wants.
 */
#include "cpu_slots.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "util/bits.h"

#define RAM_PA  UINT64_C(0x40000000)
#define MMIO_PA UINT64_C(0x09000000)

typedef struct Bench {
    CpuSlots s;
    VirtClock *clock;
    PhysMem *mem;
    ArmModel *model;
    char *removed;                   /* "index id path" of the last removal */
    unsigned n_removed;
    /* The MMIO frame, and a CPU's own thread when it is blocked: one gate for both. */
    GMutex lock;
    GCond changed;
    bool entered, open;
} Bench;

static void removed(void *opaque, unsigned index, const char *id, const char *path)
{
    Bench *b = opaque;

    g_free(b->removed);
    b->removed = g_strdup_printf("%u %s %s", index, id ? id : "-", path);
    b->n_removed++;
}

/* -- The gate ------------------------------------------------------------------------------ */

static void gate_pass(Bench *b)
{
    g_mutex_lock(&b->lock);
    b->entered = true;
    g_cond_broadcast(&b->changed);
    while (!b->open) {
        g_cond_wait(&b->changed, &b->lock);
    }
    g_mutex_unlock(&b->lock);
}

static void gate_close(Bench *b)
{
    g_mutex_lock(&b->lock);
    b->entered = b->open = false;
    g_mutex_unlock(&b->lock);
}

static void gate_wait_entered(Bench *b)
{
    g_mutex_lock(&b->lock);
    while (!b->entered) {
        g_cond_wait(&b->changed, &b->lock);
    }
    g_mutex_unlock(&b->lock);
}

static void gate_open(Bench *b)
{
    g_mutex_lock(&b->lock);
    b->open = true;
    g_cond_broadcast(&b->changed);
    g_mutex_unlock(&b->lock);
}

/* Opens the gate when the test's own thread has had time to go too far. */
static gpointer open_later(gpointer opaque)
{
    g_usleep(50000);
    gate_open(opaque);
    return NULL;
}

static MemResult frame_read(void *opaque, uint64_t off, uint64_t *val, MemAttrs attrs)
{
    gate_pass(opaque);
    *val = 0;
    return MEM_OK;
}

static MemResult frame_write(void *opaque, uint64_t off, uint64_t val, MemAttrs attrs)
{
    return MEM_OK;
}

static const MmioOps frame_ops = { frame_read, frame_write, 1, 8 };

static void block(Vcpu *vcpu, void *opaque) { gate_pass(opaque); }

/* Keep the thread of CPU @index from running guest code and queued work. */
static void block_thread(Bench *b, unsigned index)
{
    gate_close(b);
    vcpu_post(arm_cpu_vcpu(b->s.slot[index].cpu), block, b);
    gate_wait_entered(b);
}

/* -- Building ------------------------------------------------------------------------------ */

static int no_cpu_on(void *p, uint64_t mpidr, uint64_t entry, uint64_t ctx) { return PSCI_DENIED; }
static void no_cpu_off(void *p, ArmCpu *self) { }
static int no_affinity(void *p, uint64_t mpidr, unsigned level) { return PSCI_AFF_OFF; }
static void no_system(void *p) { }
static const ArmPlatformOps no_platform = {
    no_cpu_on, no_cpu_off, no_affinity, no_system, no_system,
};

static Gicv3 *make_gic(unsigned n)
{
    g_autofree uint64_t *mpidr = g_new(uint64_t, n);
    Gicv3Config cfg = { .n_cpus = n, .mpidr = mpidr, .n_spis = 32, .n_redist_regions = 1,
                        .region_frames = { 123 } };

    for (unsigned i = 0; i < n; i++) {
        mpidr[i] = cpu_slot_mpidr(i);
    }
    Gicv3 *gic = gicv3_new(&cfg);
    g_assert_true(device_realize(gicv3_device(gic), NULL));
    return gic;
}

static void make_memory(Bench *b)
{
    static const uint32_t code[] = {
        0x39400001,                  /* ldrb w1, [x0] */
        0x14000000,                  /* b    . */
    };

    b->mem = phys_mem_new();
    g_assert_true(phys_mem_add_ram(b->mem, "ram", RAM_PA, 1 * MiB, NULL));
    phys_mem_add_mmio(b->mem, "gate", MMIO_PA, 4096, &frame_ops, b);
    phys_mem_commit(b->mem);
    memcpy(phys_mem_host(b->mem, RAM_PA, NULL), code, sizeof(code));
}

/* Two sockets of two clusters of two cores of two threads; slot 0 is cold and enabled. */
static void set_up(Bench *b, gconstpointer data)
{
    static const TcgConfig tcg = { .code_bytes = 4 * MiB };

    alarm(120);
    *b = (Bench) { .clock = virt_clock_new(), .model = arm_model_new("cortex-a57", NULL) };
    make_memory(b);
    b->s = (CpuSlots) {
        .topology = { 2, 2, 2, 2 }, .model = b->model, .driver = g_strdup("cortex-a57-arm-cpu"),
        .set = vcpu_set_new(), .clock = b->clock, .loop = event_loop_new(b->clock),
        .gic = make_gic(16), .platform_ops = &no_platform, .removed = removed, .opaque = b,
    };
    b->s.accel = tcg_accel_new(&tcg, b->mem, b->s.set, &arm_tcg_ops, b->model, NULL);
    g_assert_nonnull(b->s.accel);
    cpu_slots_init(&b->s, 16);
    b->s.slot[0].cold = true;
    g_assert_true(cpu_slot_realize(&b->s, 0, NULL, false, NULL));
}

/* What the main loop has to do, all of it. */
static void settle(Bench *b)
{
    while (g_main_context_iteration(event_loop_context(b->s.loop), FALSE)) {
    }
}

static void tear_down(Bench *b, gconstpointer data)
{
    EventLoop *loop = b->s.loop;
    TcgAccel *accel = b->s.accel;
    VcpuSet *set = b->s.set;
    Gicv3 *gic = b->s.gic;

    settle(b);
    cpu_slots_clear(&b->s);
    device_free(gicv3_device(gic));
    tcg_accel_free(accel);
    vcpu_set_free(set);
    phys_mem_free(b->mem);
    arm_model_free(b->model);
    event_loop_free(loop);
    virt_clock_free(b->clock);
    g_free(b->removed);
}

static void plug(Bench *b, unsigned index, const char *id, bool running)
{
    g_assert_true(cpu_slot_realize(&b->s, index, id, running, NULL));
}

static Vcpu *vcpu_of(Bench *b, unsigned index) { return arm_cpu_vcpu(b->s.slot[index].cpu); }

static void wait_powered(Bench *b, unsigned index)
{
    while (!arm_cpu_is_powered(b->s.slot[index].cpu)) {
        g_usleep(50);
    }
}

/* -- Placeholders -------------------------------------------------------------------------- */

static void test_placeholders(Bench *b, gconstpointer data)
{
    for (unsigned i = 0; i < 16; i++) {
        const CpuSlot *s = &b->s.slot[i];
        g_assert_cmpuint(((s->props.socket_id * 2 + s->props.cluster_id) * 2 + s->props.core_id) * 2
                         + s->props.thread_id, ==, i);
        g_assert_true(s->props.cluster_id < 2 && s->props.core_id < 2 && s->props.thread_id < 2);
        g_assert_cmphex(s->mpidr, ==, i);
        g_assert_cmpint(s->state, ==, i ? SLOT_EMPTY : SLOT_ENABLED);
        g_assert_true(!s->cpu == (i != 0));
    }
    g_assert_cmphex(cpu_slot_mpidr(15), ==, 0xf);
    g_assert_cmphex(cpu_slot_mpidr(16), ==, 0x100);
    g_assert_cmphex(cpu_slot_mpidr(511), ==, 0x1f0f);
}

/* -- Matching ------------------------------------------------------------------------------ */

typedef struct MatchRow {
    const char *name;
    const char *driver;              /* NULL: the right one */
    const char *socket, *cluster, *core, *thread;           /* ids; "": not given */
    const char *enabled, *leaving;   /* one character for each of slots 1..15; '1' means yes */
    int want;                        /* index, or -1 with the text */
    const char *error;
} MatchRow;

#define RANGE(what, n) "Invalid " what " " n " specified, correct range 0:1"
#define ALL "111111111111111"

static const MatchRow match_rows[] = {
    { "lowest free slot", NULL, "", "", "", "", "", "", 1, NULL },
    { "full ids", NULL, "1", "0", "1", "1", "", "", 11, NULL },
    { "last slot", NULL, "1", "1", "1", "1", "", "", 15, NULL },
    { "socket alone", NULL, "1", "", "", "", "", "", 8, NULL },
    { "cluster alone", NULL, "", "1", "", "", "", "", 4, NULL },
    { "core alone", NULL, "", "", "1", "", "", "", 2, NULL },
    { "thread alone", NULL, "", "", "", "1", "", "", 1, NULL },
    { "core 1: its lowest is taken", NULL, "", "", "1", "", "011", "", 6, NULL },
    { "socket 0 has one left", NULL, "0", "", "", "", "1111110", "", 7, NULL },
    { "taken goes before leaving", NULL, "", "", "", "", "1", "01", 3, NULL },
    { "the type first", "max-arm-cpu", "9", "9", "9", "9", "", "", -1,
      "Invalid CPU type, expected cpu type: 'cortex-a57-arm-cpu'" },
    { "the type is the whole name", "cortex-a57", "", "", "", "", "", "", -1,
      "Invalid CPU type, expected cpu type: 'cortex-a57-arm-cpu'" },
    { "then thread-id", NULL, "2", "2", "2", "2", "", "", -1, RANGE("thread-id", "2") },
    { "then core-id", NULL, "2", "2", "2", "1", "", "", -1, RANGE("core-id", "2") },
    { "then cluster-id", NULL, "2", "2", "1", "1", "", "", -1, RANGE("cluster-id", "2") },
    { "then socket-id", NULL, "2", "1", "1", "1", "", "", -1, RANGE("socket-id", "2") },
    { "a range before a match", NULL, "0", "0", "0", "7", ALL, "", -1, RANGE("thread-id", "7") },
    { "negative", NULL, "", "", "-1", "", "", "", -1, RANGE("core-id", "-1") },
    { "64 bits of it", NULL, "4294967296", "", "", "", "", "", -1,
      RANGE("socket-id", "4294967296") },
    { "the boot CPU's", NULL, "0", "0", "0", "0", "", "", -1,
      "cpu(id0=0:0:0:0) with arch-id 0 exist" },
    { "taken", NULL, "1", "0", "1", "1", "00000000001", "", -1,
      "cpu(id11=1:0:1:1) with arch-id 11 exist" },
    { "all that match are taken", NULL, "0", "1", "", "", "0001111", "", -1,
      "cpu(id4=0:1:0:0) with arch-id 4 exist" },
    { "all are taken", NULL, "", "", "", "", ALL, "", -1, "cpu(id0=0:0:0:0) with arch-id 0 exist" },
    { "leaving", NULL, "0", "0", "0", "1", "", "1", -1,
      "cpu(id1=0:0:0:1) is still being unplugged" },
    { "taken, but one is leaving", NULL, "", "", "", "", "111101111111111", "00001", -1,
      "cpu(id5=0:1:0:1) is still being unplugged" },
};

static OptId opt(const char *text)
{
    return (OptId) { .given = *text != 0, .value = g_ascii_strtoll(text, NULL, 10) };
}

static bool is_set(const char *bits, unsigned slot)
{
    return slot >= 1 && slot <= strlen(bits) && bits[slot - 1] == '1';
}

/* The state alone is what matching looks at; it is put back before anything else does. */
static void set_states(Bench *b, const MatchRow *row)
{
    for (unsigned i = 1; i < 16; i++) {
        b->s.slot[i].state = row && is_set(row->leaving, i) ? SLOT_LEAVING
                           : row && is_set(row->enabled, i) ? SLOT_ENABLED : SLOT_EMPTY;
    }
}

static void test_match(Bench *b, gconstpointer data)
{
    for (unsigned i = 0; i < ARRAY_SIZE(match_rows); i++) {
        const MatchRow *row = &match_rows[i];
        VirtCpuRequest req = {
            .driver = row->driver ? row->driver : "cortex-a57-arm-cpu",
            .socket_id = opt(row->socket), .cluster_id = opt(row->cluster),
            .core_id = opt(row->core), .thread_id = opt(row->thread),
        };
        Error *err = NULL;

        g_test_message("%s", row->name);
        set_states(b, row);
        int got = cpu_slots_match(&b->s, &req, &err);
        set_states(b, NULL);
        g_assert_cmpint(got, ==, row->want);
        g_assert_cmpstr(err ? error_text(err) : NULL, ==, row->error);
        error_free(err);
    }
}

static void test_by_id(Bench *b, gconstpointer data)
{
    plug(b, 3, "three", false);
    plug(b, 4, NULL, false);
    g_assert_cmpint(cpu_slots_by_id(&b->s, "three"), ==, 3);
    g_assert_cmpint(cpu_slots_by_id(&b->s, "/machine/peripheral/three"), ==, 3);
    g_assert_cmpint(cpu_slots_by_id(&b->s, "/machine/unattached/device[4]"), ==, 4);
    g_assert_cmpint(cpu_slots_by_id(&b->s, "/machine/unattached/device[0]"), ==, 0);
    g_assert_cmpint(cpu_slots_by_id(&b->s, "four"), ==, -1);
    g_assert_cmpint(cpu_slots_by_id(&b->s, ""), ==, -1);
    g_assert_cmpint(cpu_slots_by_id(&b->s, "/machine/unattached/device[5]"), ==, -1);
}

/* -- Life ---------------------------------------------------------------------------------- */

static void test_life(Bench *b, gconstpointer data)
{
    for (int round = 0; round < 3; round++) {
        plug(b, 2, "two", false);
        CpuSlot *slot = &b->s.slot[2];
        g_assert_cmpint(slot->state, ==, SLOT_ENABLED);
        g_assert_true(cpu_slot_is_enabled(&b->s, 2));
        g_assert_false(arm_cpu_is_powered(slot->cpu));
        g_assert_cmphex(arm_cpu_mpidr(slot->cpu), ==, 2);

        g_assert_true(cpu_slot_eject(&b->s, 2));
        g_assert_cmpint(slot->state, ==, SLOT_LEAVING);
        g_assert_false(cpu_slot_is_enabled(&b->s, 2));
        g_assert_nonnull(slot->cpu);
        g_assert_cmpint(cpu_slots_by_id(&b->s, "two"), ==, 2);
        g_assert_false(cpu_slot_eject(&b->s, 2));           /* once */
        g_assert_cmpuint(b->n_removed, ==, round);

        settle(b);
        g_assert_cmpint(slot->state, ==, SLOT_EMPTY);
        g_assert_true(!slot->cpu && !slot->id && !slot->qom_path);
        g_assert_cmpuint(b->n_removed, ==, round + 1);
        g_assert_cmpstr(b->removed, ==, "2 two /machine/peripheral/two");
    }
}

static void test_eject_of_nothing(Bench *b, gconstpointer data)
{
    g_assert_false(cpu_slot_eject(&b->s, 5));               /* empty */
    g_assert_false(cpu_slot_eject(&b->s, 0));               /* cold */
    settle(b);
    g_assert_cmpuint(b->n_removed, ==, 0);
    g_assert_true(cpu_slot_is_enabled(&b->s, 0));
}

static void count(CpuSlot *slot, void *opaque) { *(uint32_t *)opaque |= BIT(slot->index); }

static void test_foreach(Bench *b, gconstpointer data)
{
    uint32_t seen = 0;

    plug(b, 7, NULL, false);
    plug(b, 9, NULL, false);
    cpu_slot_eject(&b->s, 7);
    cpu_slots_foreach(&b->s, count, &seen);
    g_assert_cmphex(seen, ==, BIT(0) | BIT(9));
}

/* -- PSCI ---------------------------------------------------------------------------------- */

static int on(Bench *b, uint64_t mpidr) { return cpu_slots_psci_on(&b->s, mpidr, RAM_PA, 0); }
static int affinity(Bench *b, uint64_t mpidr) { return cpu_slots_psci_affinity(&b->s, mpidr, 0); }

static void do_cpu_off(Vcpu *vcpu, void *opaque)
{
    cpu_slots_psci_off(opaque, arm_cpu_of(vcpu));
    arm_cpu_power_off(arm_cpu_of(vcpu));
}

static void test_psci_of_whom(Bench *b, gconstpointer data)
{
    static const struct { uint64_t mpidr; int on, affinity; } rows[] = {
        { 0x1, PSCI_DENIED, PSCI_AFF_OFF },                 /* possible, not plugged */
        { 0xf, PSCI_DENIED, PSCI_AFF_OFF },
        { 0x80000001, PSCI_DENIED, PSCI_AFF_OFF },          /* bit 31 of MPIDR means nothing here */
        { 0x10, PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
        { 0x100, PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
        { 0x10001, PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
        { UINT64_C(0x100000001), PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
        { UINT64_MAX, PSCI_INVALID_PARAMETERS, PSCI_INVALID_PARAMETERS },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        g_test_message("mpidr %#" PRIx64, rows[i].mpidr);
        g_assert_cmpint(on(b, rows[i].mpidr), ==, rows[i].on);
        g_assert_cmpint(affinity(b, rows[i].mpidr), ==, rows[i].affinity);
    }
}

/* One CPU through everything that CPU_ON and AFFINITY_INFO can say about it. */
static void test_psci_states(Bench *b, gconstpointer data)
{
    plug(b, 1, "one", false);
    g_assert_cmpint(affinity(b, 1), ==, PSCI_AFF_OFF);
    block_thread(b, 1);
    g_assert_cmpint(on(b, 1), ==, PSCI_SUCCESS);
    g_assert_cmpint(on(b, 1), ==, PSCI_ON_PENDING);
    g_assert_cmpint(affinity(b, 1), ==, PSCI_AFF_ON_PENDING);
    gate_open(b);
    wait_powered(b, 1);
    g_assert_cmpint(on(b, 1), ==, PSCI_ALREADY_ON);
    g_assert_cmpint(affinity(b, 1), ==, PSCI_AFF_ON);

    vcpu_run_on(vcpu_of(b, 1), do_cpu_off, &b->s);
    g_assert_cmpint(affinity(b, 1), ==, PSCI_AFF_OFF);
    g_assert_cmpint(on(b, 1), ==, PSCI_SUCCESS);
    wait_powered(b, 1);

    cpu_slot_eject(&b->s, 1);
    g_assert_cmpint(on(b, 1), ==, PSCI_DENIED);             /* leaving, though it is powered */
    g_assert_cmpint(affinity(b, 1), ==, PSCI_AFF_OFF);
    settle(b);
    g_assert_cmpint(on(b, 1), ==, PSCI_DENIED);
    plug(b, 1, "one", false);
    g_assert_cmpint(affinity(b, 1), ==, PSCI_AFF_OFF);      /* nothing left of its first life */
    g_assert_cmpint(on(b, 1), ==, PSCI_SUCCESS);
}

/* Off before anybody has noticed that it was on. */
static void test_psci_off_at_once(Bench *b, gconstpointer data)
{
    plug(b, 1, NULL, false);
    g_assert_cmpint(on(b, 1), ==, PSCI_SUCCESS);
    vcpu_run_on(vcpu_of(b, 1), do_cpu_off, &b->s);
    g_assert_cmpint(affinity(b, 1), ==, PSCI_AFF_OFF);
    g_assert_cmpint(on(b, 1), ==, PSCI_SUCCESS);
}

/* Levels above 0: all 16 CPUs are in one Aff1. */
static void test_psci_levels(Bench *b, gconstpointer data)
{
    for (unsigned level = 1; level <= 3; level++) {
        g_assert_cmpint(cpu_slots_psci_affinity(&b->s, 0, level), ==, PSCI_AFF_OFF);
    }
    g_assert_cmpint(cpu_slots_psci_affinity(&b->s, 0, 4), ==, PSCI_INVALID_PARAMETERS);
    g_assert_cmpint(cpu_slots_psci_affinity(&b->s, 0x100, 1), ==, PSCI_INVALID_PARAMETERS);
    g_assert_cmpint(cpu_slots_psci_affinity(&b->s, 0x100, 2), ==, PSCI_AFF_OFF);
    plug(b, 3, NULL, false);
    block_thread(b, 3);
    g_assert_cmpint(on(b, 3), ==, PSCI_SUCCESS);
    g_assert_cmpint(cpu_slots_psci_affinity(&b->s, 0, 1), ==, PSCI_AFF_ON_PENDING);
    gate_open(b);
    wait_powered(b, 3);
    for (unsigned level = 1; level <= 3; level++) {
        g_assert_cmpint(cpu_slots_psci_affinity(&b->s, 0, level), ==, PSCI_AFF_ON);
    }
}

/* -- Run, stop, reset ---------------------------------------------------------------------- */

/* Plug CPU @index and have it sit in its load from the gate. */
static void plug_in_guest(Bench *b, unsigned index)
{
    gate_close(b);
    plug(b, index, "guest", true);
    g_assert_cmpint(cpu_slots_psci_on(&b->s, index, RAM_PA, MMIO_PA), ==, PSCI_SUCCESS);
    gate_wait_entered(b);
    g_assert_true(atomic_load(&vcpu_of(b, index)->in_guest));
}

static void check_stop_waits(Bench *b, bool leaving)
{
    plug_in_guest(b, 1);
    Vcpu *vcpu = vcpu_of(b, 1);
    if (leaving) {
        g_assert_true(cpu_slot_eject(&b->s, 1));
    }
    GThread *opener = g_thread_new("opener", open_later, b);
    cpu_slots_stop(&b->s);
    g_assert_false(atomic_load(&vcpu->in_guest));
    g_assert_true(b->open);
    g_thread_join(opener);
}

static void test_stop_waits(Bench *b, gconstpointer data) { check_stop_waits(b, false); }
static void test_stop_waits_for_leaving(Bench *b, gconstpointer data) { check_stop_waits(b, true); }

static void test_run(Bench *b, gconstpointer data)
{
    plug(b, 1, NULL, false);
    plug(b, 2, NULL, false);
    cpu_slot_eject(&b->s, 2);
    cpu_slots_run(&b->s);
    g_assert_false(vcpu_of(b, 0)->stopped);
    g_assert_false(vcpu_of(b, 1)->stopped);
    g_assert_true(vcpu_of(b, 2)->stopped);                  /* a leaving CPU runs no more */
    cpu_slots_stop(&b->s);
    g_assert_true(vcpu_of(b, 0)->stopped && vcpu_of(b, 1)->stopped);
    plug(b, 3, NULL, true);
    g_assert_false(vcpu_of(b, 3)->stopped);
}

/* A CPU_ON of before a reset, still queued on its CPU, has no effect after it. */
static void test_reset_and_pending_on(Bench *b, gconstpointer data)
{
    plug(b, 1, NULL, false);
    block_thread(b, 1);
    g_assert_cmpint(on(b, 1), ==, PSCI_SUCCESS);
    GThread *opener = g_thread_new("opener", open_later, b);
    cpu_slots_reset(&b->s, RAM_PA, 0x123);
    g_thread_join(opener);
    vcpu_run_on(vcpu_of(b, 1), block, b);                   /* all that was queued has run */
    g_assert_false(arm_cpu_is_powered(b->s.slot[1].cpu));
    g_assert_cmpint(affinity(b, 1), ==, PSCI_AFF_OFF);
    g_assert_true(arm_cpu_is_powered(b->s.slot[0].cpu));
    g_assert_cmphex(arm_cpu_pc(b->s.slot[0].cpu), ==, RAM_PA);
    g_assert_cmpint(affinity(b, 0), ==, PSCI_AFF_ON);
}

#define ADD(path, fn) g_test_add("/cpu-slots/" path, Bench, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("placeholders", test_placeholders);
    ADD("match", test_match);
    ADD("by-id", test_by_id);
    ADD("life", test_life);
    ADD("eject-of-nothing", test_eject_of_nothing);
    ADD("foreach", test_foreach);
    ADD("psci/of-whom", test_psci_of_whom);
    ADD("psci/states", test_psci_states);
    ADD("psci/off-at-once", test_psci_off_at_once);
    ADD("psci/levels", test_psci_levels);
    ADD("stop-waits", test_stop_waits);
    ADD("stop-waits-for-leaving", test_stop_waits_for_leaving);
    ADD("run", test_run);
    ADD("reset-and-pending-on", test_reset_and_pending_on);
    return g_test_run();
}
