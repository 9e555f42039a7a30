/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Backends that open a path and are done: file, pipe; and null, which opens nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chardev_internal.h"
#include "util/parse.h"

/* -- null -- */

static bool null_open(Chardev *chr, const ChardevOptions *opts, Error **errp)
{
    chr->open = true;
    return true;
}

const BackendOps null_backend = { .name = "null", .size = sizeof(Chardev), .open = null_open };

/* -- file -- */

static bool is_fdset(const char *path, uint64_t *set)
{
    return g_str_has_prefix(path, "/dev/fdset/") && parse_uint64(path + 11, set);
}

static int open_path(ChardevEnv *env, const char *path, int flags, Error **errp)
{
    uint64_t set;
    int fd;

    if (is_fdset(path, &set)) {
        fd = env->fdset_open && set <= INT32_MAX ? env->fdset_open(env->opaque, set) : -1;
        errno = ENOENT;
    } else {
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
    }
    if (fd < 0) {
        error_set_errno(errp, errno, "Could not open '%s'", path);
    }
    return fd;
}

static bool file_open(Chardev *chr, const ChardevOptions *opts, Error **errp)
{
    int in_fd = -1;
    int flags = O_WRONLY | O_CREAT | (opts->append ? O_APPEND : O_TRUNC);

    if (!opts->path || !*opts->path) {
        return error_set(errp, "chardev: file: no filename given");
    }
    int out_fd = open_path(chr->env, opts->path, flags, errp);
    if (out_fd < 0) {
        return false;
    }
    if (opts->input_path) {
        in_fd = open_path(chr->env, opts->input_path, O_RDONLY, errp);
        if (in_fd < 0) {
            close(out_fd);
            return false;
        }
    }
    chr->drain_ms = 10000;
    channel_connect(chr, in_fd, out_fd, true);
    return true;
}

static void file_input_ended(Chardev *chr) { }

const BackendOps file_backend = {
    .name = "file",
    .size = sizeof(Chardev),
    .open = file_open,
    .input_ended = file_input_ended,
};

/* -- pipe: PATH.in and PATH.out, or PATH for both -- */

static bool pipe_open(Chardev *chr, const ChardevOptions *opts, Error **errp)
{
    if (!opts->path || !*opts->path) {
        return error_set(errp, "chardev: pipe: no device path given");
    }
    g_autofree char *in_path = g_strdup_printf("%s.in", opts->path);
    g_autofree char *out_path = g_strdup_printf("%s.out", opts->path);
    /* For reading and writing: opening does not wait for the other end, and it never reads EOF. */
    int in_fd = open(in_path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    int out_fd = open(out_path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (in_fd < 0 || out_fd < 0) {
        if (in_fd >= 0) {
            close(in_fd);
        }
        if (out_fd >= 0) {
            close(out_fd);
        }
        in_fd = out_fd = open(opts->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (in_fd < 0) {
            return error_set_errno(errp, errno, "Could not open '%s'", opts->path);
        }
    }
    channel_connect(chr, in_fd, out_fd, false);
    return true;
}

const BackendOps pipe_backend = {
    .name = "pipe",
    .size = sizeof(Chardev),
    .open = pipe_open,
    .input_ended = file_input_ended,
};
