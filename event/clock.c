/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdatomic.h>
#include <time.h>

#include "event_internal.h"

typedef struct Watcher {
    EventFn *fn;
    void *opaque;
} Watcher;

/*
 * The clock is one word, so that a reader on any thread sees a consistent pair: bit 0 says whether
 * it runs; the rest is the offset to the host's clock (running) or the frozen time (stopped).
 * 62 bits of nanoseconds last 146 years.
 */
struct VirtClock {
    _Atomic int64_t word;
    GArray *watchers;
};

static int64_t clock_read_ns(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
}

int64_t host_clock_ns(void) { return clock_read_ns(CLOCK_MONOTONIC); }
int64_t host_realtime_ns(void) { return clock_read_ns(CLOCK_REALTIME); }

VirtClock *virt_clock_new(void)
{
    VirtClock *clock = g_new0(VirtClock, 1);

    clock->watchers = g_array_new(FALSE, FALSE, sizeof(Watcher));
    return clock;
}

void virt_clock_free(VirtClock *clock)
{
    if (clock) {
        g_array_free(clock->watchers, TRUE);
        g_free(clock);
    }
}

static int64_t word_value(int64_t word) { return word >> 1; }
static bool word_runs(int64_t word) { return word & 1; }
static int64_t word_make(int64_t value, bool runs) { return value * 2 + runs; }

int64_t virt_clock_ns(const VirtClock *clock)
{
    int64_t word = atomic_load_explicit(&clock->word, memory_order_acquire);

    return word_runs(word) ? host_clock_ns() - word_value(word) : word_value(word);
}

int64_t virt_clock_offset_ns(const VirtClock *clock)
{
    return word_value(atomic_load_explicit(&clock->word, memory_order_acquire));
}

bool virt_clock_is_running(const VirtClock *clock)
{
    return word_runs(atomic_load_explicit(&clock->word, memory_order_acquire));
}

static void clock_toggle(VirtClock *clock, bool runs)
{
    if (virt_clock_is_running(clock) == runs) {
        return;
    }
    int64_t now_ns = virt_clock_ns(clock);
    int64_t value = runs ? host_clock_ns() - now_ns : now_ns;
    atomic_store_explicit(&clock->word, word_make(value, runs), memory_order_release);
    for (guint i = 0; i < clock->watchers->len; i++) {
        Watcher w = g_array_index(clock->watchers, Watcher, i);
        w.fn(w.opaque);
    }
}

void virt_clock_start(VirtClock *clock) { clock_toggle(clock, true); }
void virt_clock_stop(VirtClock *clock) { clock_toggle(clock, false); }

void virt_clock_on_change(VirtClock *clock, EventFn *fn, void *opaque)
{
    g_array_append_val(clock->watchers, ((Watcher){ fn, opaque }));
}

void virt_clock_off_change(VirtClock *clock, EventFn *fn, void *opaque)
{
    for (guint i = 0; i < clock->watchers->len; i++) {
        Watcher *w = &g_array_index(clock->watchers, Watcher, i);
        if (w->fn == fn && w->opaque == opaque) {
            g_array_remove_index(clock->watchers, i);
            return;
        }
    }
}
