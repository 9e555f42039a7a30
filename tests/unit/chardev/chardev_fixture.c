/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chardev_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib/gstdio.h>

static void quit(void *opaque) { ((Fixture *)opaque)->quits++; }

void fixture_set_up(Fixture *f, gconstpointer data)
{
    signal(SIGPIPE, SIG_IGN);
    f->clock = virt_clock_new();
    f->loop = event_loop_new(f->clock);
    f->env = (ChardevEnv){ .loop = f->loop, .escape = 1, .quit = quit, .opaque = f };
    f->folder = g_dir_make_tmp("chardev-XXXXXX", NULL);
    g_assert_nonnull(f->folder);
}

void fixture_tear_down(Fixture *f, gconstpointer data)
{
    GDir *dir = g_dir_open(f->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = fixture_path(f, name);
        g_unlink(path);
    }
    g_dir_close(dir);
    g_rmdir(f->folder);
    g_free(f->folder);
    event_loop_free(f->loop);
    virt_clock_free(f->clock);
}

char *fixture_path(Fixture *f, const char *name) { return g_build_filename(f->folder, name, NULL); }

static Chardev *try_chardev(Fixture *f, const char *text, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(text, "%s", -1);
    g_autofree char *full = g_strjoinv(f->folder, parts);
    g_autofree char *with_id = g_strdup_printf("%s,id=c0", full);
    ChardevOptions opts = { 0 };
    char *id;

    if (!chardev_parse_options(with_id, &id, &opts, errp)) {
        return NULL;
    }
    Chardev *chr = chardev_new(&f->env, id, &opts, errp);
    qapi_clear(&qapi_type_ChardevOptions, &opts);
    g_free(id);
    return chr;
}

Chardev *fixture_chardev(Fixture *f, const char *text)
{
    Error *err = NULL;
    Chardev *chr = try_chardev(f, text, &err);

    if (!chr) {
        g_error("%s: %s", text, error_text(err));
    }
    return chr;
}

void fixture_refused(Fixture *f, const char *text, const char *error)
{
    Error *err = NULL;
    Chardev *chr = try_chardev(f, text, &err);

    if (chr) {
        g_error("%s is taken", text);
    }
    g_auto(GStrv) parts = g_strsplit(error, "%s", -1);
    g_autofree char *expected = g_strjoinv(f->folder, parts);
    g_assert_cmpstr(error_text(err), ==, expected);
    error_free(err);
}

/* -- Front end -- */

static size_t can_receive(void *opaque) { return ((Front *)opaque)->room; }

static void receive(void *opaque, const uint8_t *buf, size_t len)
{
    Front *front = opaque;

    g_assert_cmpuint(len, >, 0);
    g_assert_cmpuint(len, <=, front->room);
    g_string_append_len(front->seen, (const char *)buf, len);
}

static void event(void *opaque, ChardevEvent event)
{
    static const char letters[] = {
        [CHARDEV_OPENED] = 'O', [CHARDEV_CLOSED] = 'C', [CHARDEV_BREAK] = 'B',
        [CHARDEV_WRITABLE] = 'W', [CHARDEV_FOCUS_IN] = '+', [CHARDEV_FOCUS_OUT] = '-',
    };
    g_string_append_printf(((Front *)opaque)->seen, "{%c}", letters[event]);
}

const CharFrontendOps front_ops = { can_receive, receive, event };

Front *front_new(Chardev *chr)
{
    Front *front = g_new0(Front, 1);

    front->seen = g_string_new(NULL);
    front->room = 1000;
    chardev_set_frontend(chr, &front_ops, front);
    return front;
}

void front_free(Front *front)
{
    g_string_free(front->seen, TRUE);
    g_free(front);
}

/* -- Waiting -- */

void expect_seen(Fixture *f, Front *front, const char *expected)
{
    gint64 end_us = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;

    while (strcmp(front->seen->str, expected) && g_get_monotonic_time() < end_us) {
        g_main_context_iteration(event_loop_context(f->loop), FALSE);
        g_usleep(200);
    }
    g_assert_cmpstr(front->seen->str, ==, expected);
}

void run_a_little(Fixture *f)
{
    for (int i = 0; i < 50; i++) {
        g_main_context_iteration(event_loop_context(f->loop), FALSE);
        g_usleep(400);
    }
}

void expect_bytes(Fixture *f, int fd, const char *expected)
{
    GString *got = g_string_new(NULL);
    gint64 end_us = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
    char buf[256];

    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    while (got->len < strlen(expected) && g_get_monotonic_time() < end_us) {
        g_main_context_iteration(event_loop_context(f->loop), FALSE);
        ssize_t n = read(fd, buf, sizeof(buf));
        if (n > 0) {
            g_string_append_len(got, buf, n);
        }
        g_usleep(200);
    }
    g_assert_cmpstr(got->str, ==, expected);
    g_string_free(got, TRUE);
}

int connect_unix(const char *path)
{
    struct sockaddr_un sun = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    g_strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
    return connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 ? fd : -1;
}
