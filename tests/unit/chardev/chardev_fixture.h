/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A main loop, a front end that writes down what happens, and a folder for sockets and files. */
#ifndef CHARDEV_FIXTURE_H
#define CHARDEV_FIXTURE_H

#include "chardev/host.h"

typedef struct Fixture {
    VirtClock *clock;
    EventLoop *loop;
    ChardevEnv env;
    char *folder;
    unsigned quits;              /* Ctrl-A x */
} Fixture;

/* What a front end has seen: bytes, and events as {O}pened {C}losed {B}reak {W}ritable {+} {-}. */
typedef struct Front {
    GString *seen;
    size_t room;                 /* what can_receive() says */
} Front;

extern const CharFrontendOps front_ops;

void fixture_set_up(Fixture *f, gconstpointer data);
void fixture_tear_down(Fixture *f, gconstpointer data);

/* Options in the spelling of -chardev, without the id. %s in @text is the fixture's folder. */
Chardev *fixture_chardev(Fixture *f, const char *text);
/* The same, expecting this error. */
void fixture_refused(Fixture *f, const char *text, const char *error);

Front *front_new(Chardev *chr);
void front_free(Front *front);

/* Run the loop until front->seen is @expected; fails after two seconds. */
void expect_seen(Fixture *f, Front *front, const char *expected);
/* Run the loop for a while: for things that must not happen. */
void run_a_little(Fixture *f);
/* Run the loop until @fd has given @expected. */
void expect_bytes(Fixture *f, int fd, const char *expected);
/* Run the loop until the condition holds; fails after two seconds. */
#define EXPECT(f, condition) do { \
    gint64 end_us_ = g_get_monotonic_time() + 2 * G_USEC_PER_SEC; \
    while (!(condition)) { \
        if (g_get_monotonic_time() > end_us_) { \
            g_error("%s:%d: never came true: %s", __FILE__, __LINE__, #condition); \
        } \
        g_main_context_iteration(event_loop_context((f)->loop), FALSE); \
        g_usleep(200); \
    } \
} while (0)

int connect_unix(const char *path);
/* Path inside the fixture's folder. g_free. */
char *fixture_path(Fixture *f, const char *name);

#endif
