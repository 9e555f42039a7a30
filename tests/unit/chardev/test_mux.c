/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chardev_fixture.h"

typedef struct Muxed {
    Chardev *mux;
    Chardev *port[2];
    Front *front[2];
    int fd;
} Muxed;

/* Two front ends on a mux over a socket; the second has the focus. */
static void mux_up(Fixture *f, Muxed *m)
{
    int fds[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    g_autofree char *text = g_strdup_printf("socket,fd=%d,mux=on", fds[0]);
    m->mux = fixture_chardev(f, text);
    for (int i = 0; i < 2; i++) {
        m->port[i] = chardev_claim(m->mux, NULL);
        m->front[i] = front_new(m->port[i]);
    }
    m->fd = fds[1];
    expect_seen(f, m->front[1], "{O}");
    expect_seen(f, m->front[0], "{-}{O}");
    for (int i = 0; i < 2; i++) {
        g_string_truncate(m->front[i]->seen, 0);
    }
}

static void mux_down(Muxed *m)
{
    chardev_free(m->mux);
    front_free(m->front[0]);
    front_free(m->front[1]);
    if (m->fd >= 0) {
        close(m->fd);
    }
}

static void put(int fd, const char *text)
{
    g_assert_cmpint(write(fd, text, strlen(text)), ==, strlen(text));
}

static void test_focus(Fixture *f, gconstpointer data)
{
    Muxed m;

    mux_up(f, &m);
    put(m.fd, "ab\001cde\001cf\001\001g");
    expect_seen(f, m.front[1], "ab{-}{+}f\001g");
    expect_seen(f, m.front[0], "{+}de{-}");
    mux_down(&m);
}

static void test_both_write(Fixture *f, gconstpointer data)
{
    Muxed m;

    mux_up(f, &m);
    chardev_write(m.port[0], "one ", 4);
    chardev_write(m.port[1], "two", 3);
    expect_bytes(f, m.fd, "one two");
    mux_down(&m);
}

static void test_commands(Fixture *f, gconstpointer data)
{
    Muxed m;

    mux_up(f, &m);
    put(m.fd, "\001b");
    expect_seen(f, m.front[1], "{B}");
    put(m.fd, "\001x");
    EXPECT(f, f->quits == 1);
    expect_bytes(f, m.fd, "QEMU: Terminated\r\n");
    put(m.fd, "\001h");
    expect_bytes(f, m.fd, "\r\nC-a h    print this help\r\nC-a x    exit emulator\r\n"
                 "C-a b    send break (magic sysrq)\r\n"
                 "C-a c    switch between console and monitor\r\nC-a C-a  sends C-a\r\n");
    g_assert_cmpstr(m.front[0]->seen->str, ==, "");
    mux_down(&m);
}

static void test_other_escape(Fixture *f, gconstpointer data)
{
    Muxed m;

    f->env.escape = 20;
    mux_up(f, &m);
    put(m.fd, "\001x\024cz");
    expect_seen(f, m.front[1], "\001x{-}");
    expect_seen(f, m.front[0], "{+}z");
    g_assert_cmpuint(f->quits, ==, 0);
    mux_down(&m);
}

static void test_escape_is_seen_without_room(Fixture *f, gconstpointer data)
{
    Muxed m;

    mux_up(f, &m);
    m.front[1]->room = 0;
    put(m.fd, "waits\001chere");
    expect_seen(f, m.front[0], "{+}here");
    g_assert_cmpstr(m.front[1]->seen->str, ==, "{-}");
    m.front[1]->room = 3;
    chardev_accept_input(m.port[1]);
    expect_seen(f, m.front[1], "{-}waits");
    mux_down(&m);
}

static void test_peer_goes(Fixture *f, gconstpointer data)
{
    Muxed m;

    mux_up(f, &m);
    close(m.fd);
    m.fd = -1;
    expect_seen(f, m.front[0], "{C}");
    expect_seen(f, m.front[1], "{C}");
    g_assert_false(chardev_is_open(m.port[0]));
    mux_down(&m);
}

static void test_names(Fixture *f, gconstpointer data)
{
    Muxed m;

    mux_up(f, &m);
    g_assert_cmpstr(chardev_id(m.mux), ==, "c0");
    g_assert_cmpstr(chardev_id(chardev_below(m.mux)), ==, "c0-base");
    g_autofree char *text = chardev_describe(m.mux);
    g_assert_cmpstr(text, ==, "mux");
    g_assert_true(chardev_is_mux(m.mux));
    g_assert_false(chardev_is_mux(chardev_below(m.mux)));
    mux_down(&m);
}

#define ADD(path, fn) g_test_add(path, Fixture, NULL, fixture_set_up, fn, fixture_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/mux/focus", test_focus);
    ADD("/mux/both-write", test_both_write);
    ADD("/mux/commands", test_commands);
    ADD("/mux/other-escape", test_other_escape);
    ADD("/mux/escape-is-seen-without-room", test_escape_is_seen_without_room);
    ADD("/mux/peer-goes", test_peer_goes);
    ADD("/mux/names", test_names);
    return g_test_run();
}
