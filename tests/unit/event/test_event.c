/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/event.h"

#include <unistd.h>

typedef struct Fixture {
    VirtClock *clock;
    EventLoop *loop;
    GString *trace;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    f->clock = virt_clock_new();
    f->loop = event_loop_new(f->clock);
    f->trace = g_string_new(NULL);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    event_loop_free(f->loop);
    virt_clock_free(f->clock);
    g_string_free(f->trace, TRUE);
}

typedef struct Mark {
    Fixture *f;
    char letter;
    bool last;
} Mark;

static void mark(void *opaque)
{
    Mark *m = opaque;

    g_string_append_c(m->f->trace, m->letter);
    if (m->last) {
        event_loop_quit(m->f->loop);
    }
}

/* -- Clock -- */

static void test_clock_stands_still_until_started(Fixture *f, gconstpointer data)
{
    g_assert_cmpint(virt_clock_ns(f->clock), ==, 0);
    g_assert_false(virt_clock_is_running(f->clock));
    g_usleep(2000);
    g_assert_cmpint(virt_clock_ns(f->clock), ==, 0);
}

static void test_clock_runs_and_freezes(Fixture *f, gconstpointer data)
{
    virt_clock_start(f->clock);
    virt_clock_start(f->clock);
    g_usleep(3000);
    int64_t while_running_ns = virt_clock_ns(f->clock);
    g_assert_cmpint(while_running_ns, >=, 3000000);
    virt_clock_stop(f->clock);
    int64_t frozen_ns = virt_clock_ns(f->clock);
    g_assert_cmpint(frozen_ns, >=, while_running_ns);
    g_usleep(20000);
    g_assert_cmpint(virt_clock_ns(f->clock), ==, frozen_ns);
    virt_clock_start(f->clock);
    int64_t resumed_ns = virt_clock_ns(f->clock);
    g_assert_cmpint(resumed_ns, >=, frozen_ns);
    g_assert_cmpint(resumed_ns, <, frozen_ns + 20000000);
}

static void test_clock_offset_gives_the_time(Fixture *f, gconstpointer data)
{
    virt_clock_start(f->clock);
    int64_t by_hand_ns = host_clock_ns() - virt_clock_offset_ns(f->clock);
    int64_t now_ns = virt_clock_ns(f->clock);
    g_assert_cmpint(now_ns, >=, by_hand_ns);
    g_assert_cmpint(now_ns, <, by_hand_ns + NS_PER_SEC);
}

static void test_clock_tells_changes_once(Fixture *f, gconstpointer data)
{
    Mark m = { f, 'c', false };

    virt_clock_on_change(f->clock, mark, &m);
    virt_clock_start(f->clock);
    virt_clock_start(f->clock);
    virt_clock_stop(f->clock);
    virt_clock_stop(f->clock);
    g_assert_cmpstr(f->trace->str, ==, "cc");
}

/* -- Deferred work -- */

static void *defer_many(void *opaque)
{
    Mark *marks = opaque;

    for (int i = 0; i < 3; i++) {
        event_defer(marks[i].f->loop, mark, &marks[i]);
    }
    return NULL;
}

static void test_defer_from_thread_keeps_order(Fixture *f, gconstpointer data)
{
    Mark marks[] = { { f, 'a' }, { f, 'b' }, { f, 'c', true } };
    GThread *thread = g_thread_new("poster", defer_many, marks);

    event_loop_run(f->loop);
    g_thread_join(thread);
    g_assert_cmpstr(f->trace->str, ==, "abc");
}

static void defer_again(void *opaque)
{
    Mark *m = opaque;

    g_string_append_c(m->f->trace, '1');
    event_defer(m->f->loop, mark, m);
}

static void test_defer_from_callback(Fixture *f, gconstpointer data)
{
    Mark m = { f, '2', true };

    event_defer(f->loop, defer_again, &m);
    event_loop_run(f->loop);
    g_assert_cmpstr(f->trace->str, ==, "12");
}

static void *ask_is_current(void *opaque) { return GINT_TO_POINTER(event_loop_is_current(opaque)); }

static void test_loop_knows_its_thread(Fixture *f, gconstpointer data)
{
    g_assert_true(event_loop_is_current(f->loop));
    GThread *other = g_thread_new("other", ask_is_current, f->loop);
    g_assert_false(GPOINTER_TO_INT(g_thread_join(other)));
}

/* -- File descriptors -- */

static gboolean fd_ready(int fd, GIOCondition cond, void *opaque)
{
    Mark *m = opaque;
    char c;

    g_assert_cmpint(read(fd, &c, 1), ==, 1);
    g_string_append_c(m->f->trace, c);
    event_loop_quit(m->f->loop);
    return G_SOURCE_CONTINUE;
}

static void test_watch_fd(Fixture *f, gconstpointer data)
{
    Mark m = { f };
    int fds[2];

    g_assert_cmpint(pipe(fds), ==, 0);
    GSource *source = event_watch_fd(f->loop, fds[0], G_IO_IN, fd_ready, &m);
    g_assert_cmpint(write(fds[1], "x", 1), ==, 1);
    event_loop_run(f->loop);
    g_assert_cmpstr(f->trace->str, ==, "x");
    event_source_drop(&source);
    g_assert_null(source);
    event_source_drop(&source);
    close(fds[0]);
    close(fds[1]);
}

/* -- Timers -- */

static void test_timers_fire_by_deadline(Fixture *f, gconstpointer data)
{
    Mark marks[] = { { f, 'b' }, { f, 'a' }, { f, 'd', true }, { f, 'c' }, { f, 'X' } };
    const int64_t deadline_ms[] = { 4, 2, 8, 4, 6 };
    EventTimer *timers[5];

    for (int i = 0; i < 5; i++) {
        timers[i] = event_timer_new(f->loop, mark, &marks[i]);
        g_assert_cmpint(event_timer_deadline_ns(timers[i]), ==, -1);
        event_timer_set(timers[i], deadline_ms[i] * 1000000);
        g_assert_cmpint(event_timer_deadline_ns(timers[i]), ==, deadline_ms[i] * 1000000);
    }
    event_timer_cancel(timers[4]);
    virt_clock_start(f->clock);
    event_loop_run(f->loop);
    g_assert_cmpint(virt_clock_ns(f->clock), >=, 8000000);
    g_assert_cmpstr(f->trace->str, ==, "abcd");
    for (int i = 0; i < 5; i++) {
        g_assert_cmpint(event_timer_deadline_ns(timers[i]), ==, -1);
        event_timer_free(timers[i]);
    }
    event_timer_free(NULL);
}

static void test_timer_set_again_replaces(Fixture *f, gconstpointer data)
{
    Mark once = { f, 'o' }, end = { f, 'e', true };
    EventTimer *timer = event_timer_new(f->loop, mark, &once);
    EventTimer *stop = event_timer_new(f->loop, mark, &end);

    event_timer_set(timer, 1000000);
    event_timer_set(timer, 3000000);
    event_timer_set(stop, 6000000);
    virt_clock_start(f->clock);
    event_loop_run(f->loop);
    g_assert_cmpstr(f->trace->str, ==, "oe");
    event_timer_free(timer);
    event_timer_free(stop);
}

static gboolean quit_cb(void *opaque)
{
    event_loop_quit(opaque);
    return G_SOURCE_REMOVE;
}

static void test_timer_waits_while_stopped(Fixture *f, gconstpointer data)
{
    Mark m = { f, 't', true };
    EventTimer *timer = event_timer_new(f->loop, mark, &m);
    GSource *end = g_timeout_source_new(15);

    event_timer_set(timer, 1000000);
    virt_clock_start(f->clock);
    virt_clock_stop(f->clock);
    g_source_set_callback(end, quit_cb, f->loop, NULL);
    g_source_attach(end, event_loop_context(f->loop));
    event_loop_run(f->loop);
    g_assert_cmpstr(f->trace->str, ==, "");
    virt_clock_start(f->clock);
    event_loop_run(f->loop);
    g_assert_cmpstr(f->trace->str, ==, "t");
    event_source_drop(&end);
    event_timer_free(timer);
}

typedef struct Rearm {
    Fixture *f;
    EventTimer *timer;
    unsigned n;
} Rearm;

static void rearm_in_past(void *opaque)
{
    Rearm *r = opaque;

    r->n++;
    event_timer_set(r->timer, 0);
}

static void test_rearming_timer_does_not_starve(Fixture *f, gconstpointer data)
{
    Rearm r = { f };
    GSource *end = g_timeout_source_new(5);

    r.timer = event_timer_new(f->loop, rearm_in_past, &r);
    event_timer_set(r.timer, 0);
    g_source_set_callback(end, quit_cb, f->loop, NULL);
    g_source_attach(end, event_loop_context(f->loop));
    virt_clock_start(f->clock);
    event_loop_run(f->loop);
    g_assert_cmpuint(r.n, >, 1);
    event_source_drop(&end);
    event_timer_free(r.timer);
}

#define ADD(path, fn) g_test_add(path, Fixture, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/clock/stands-still-until-started", test_clock_stands_still_until_started);
    ADD("/clock/runs-and-freezes", test_clock_runs_and_freezes);
    ADD("/clock/offset-gives-the-time", test_clock_offset_gives_the_time);
    ADD("/clock/tells-changes-once", test_clock_tells_changes_once);
    ADD("/defer/from-thread-keeps-order", test_defer_from_thread_keeps_order);
    ADD("/defer/from-callback", test_defer_from_callback);
    ADD("/loop/knows-its-thread", test_loop_knows_its_thread);
    ADD("/loop/watch-fd", test_watch_fd);
    ADD("/timer/fire-by-deadline", test_timers_fire_by_deadline);
    ADD("/timer/set-again-replaces", test_timer_set_again_replaces);
    ADD("/timer/waits-while-stopped", test_timer_waits_while_stopped);
    ADD("/timer/rearming-does-not-starve", test_rearming_timer_does_not_starve);
    return g_test_run();
}
