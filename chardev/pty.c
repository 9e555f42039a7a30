/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new pseudo-terminal. Its peer is there while somebody has the other side open; there is no
 * event for that, so while nobody has, we look a few times a second.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "chardev_internal.h"

#define LOOK_MS 200

typedef struct Pty {
    Chardev chr;
    int fd;
    char *name;
    GSource *look;
} Pty;

static void look_again(Pty *pty);

static gboolean look(void *opaque)
{
    Pty *pty = opaque;
    struct pollfd pfd = { pty->fd, POLLOUT, 0 };

    if (poll(&pfd, 1, 0) > 0 && !(pfd.revents & POLLHUP)) {
        int fd = fcntl(pty->fd, F_DUPFD_CLOEXEC, 3);
        event_source_drop(&pty->look);
        channel_connect(&pty->chr, fd, fd, false);
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

static void look_again(Pty *pty)
{
    event_source_drop(&pty->look);
    pty->look = g_timeout_source_new(LOOK_MS);
    g_source_set_callback(pty->look, look, pty, NULL);
    g_source_attach(pty->look, event_loop_context(pty->chr.env->loop));
}

static bool pty_open(Chardev *chr, const ChardevOptions *opts, Error **errp)
{
    Pty *pty = (Pty *)chr;
    struct termios tty;
    char name[64];
    int side;

    if (openpty(&pty->fd, &side, NULL, NULL, NULL) < 0) {
        pty->fd = -1;
        return error_set_errno(errp, errno, "Failed to create PTY");
    }
    if (ptsname_r(pty->fd, name, sizeof(name)) || tcgetattr(side, &tty) < 0) {
        close(side);
        return error_set_errno(errp, errno, "Failed to set up PTY");
    }
    cfmakeraw(&tty);
    tcsetattr(side, TCSAFLUSH, &tty);
    close(side);
    fcntl(pty->fd, F_SETFL, fcntl(pty->fd, F_GETFL) | O_NONBLOCK);
    fcntl(pty->fd, F_SETFD, FD_CLOEXEC);
    pty->name = g_strdup(name);
    size_t label_len = strlen(chr->id) - (g_str_has_suffix(chr->id, "-base") ? 5 : 0);
    printf("char device redirected to %s (label %.*s)\n", name, (int)label_len, chr->id);
    fflush(stdout);
    look_again(pty);
    return true;
}

static void pty_close(Chardev *chr)
{
    Pty *pty = (Pty *)chr;

    event_source_drop(&pty->look);
    if (pty->fd > 0) {
        close(pty->fd);
    }
    g_free(pty->name);
}

static void pty_input_ended(Chardev *chr)
{
    channel_disconnect(chr);
    look_again((Pty *)chr);
}

static char *pty_describe(const Chardev *chr)
{
    return g_strdup_printf("pty:%s", ((const Pty *)chr)->name);
}

const BackendOps pty_backend = {
    .name = "pty",
    .size = sizeof(Pty),
    .open = pty_open,
    .close = pty_close,
    .describe = pty_describe,
    .input_ended = pty_input_ended,
};
