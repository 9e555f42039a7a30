/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard input and output. The descriptors are shared with whoever started us, so O_NONBLOCK is
 * never set on them: a terminal or pipe is opened once more for writing, with flags of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "chardev_internal.h"

typedef struct Stdio {
    Chardev chr;
    bool is_tty;
    struct termios saved;
} Stdio;

/* In the background the terminal is somebody else's, and touching it would stop us. */
static bool in_foreground(void) { return tcgetpgrp(0) == getpgrp(); }

static void set_raw(Stdio *s, bool signals)
{
    struct termios tty = s->saved;

    tty.c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    tty.c_oflag |= OPOST;
    tty.c_lflag &= ~(ECHO | ECHONL | ICANON | IEXTEN);
    if (!signals) {
        tty.c_lflag &= ~ISIG;
    }
    tty.c_cflag = (tty.c_cflag & ~(CSIZE | PARENB)) | CS8;
    tty.c_cc[VMIN] = 1;
    tty.c_cc[VTIME] = 0;
    tcsetattr(0, TCSANOW, &tty);
}

/* A descriptor for standard output that we alone own; *blocks: O_NONBLOCK is not set on it. */
static int open_output(bool *blocks)
{
    struct stat st;

    *blocks = true;
    if (fstat(1, &st) < 0) {
        return -1;
    }
    if (S_ISREG(st.st_mode)) {
        *blocks = false; /* never blocks for long */
    } else if (S_ISFIFO(st.st_mode) || isatty(1)) {
        int fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd >= 0) {
            *blocks = false;
            return fd;
        }
    }
    return fcntl(1, F_DUPFD_CLOEXEC, 3);
}

static bool stdio_open(Chardev *chr, const ChardevOptions *opts, Error **errp)
{
    Stdio *s = (Stdio *)chr;
    bool blocks;

    if (chr->env->stdio_taken) {
        return error_set(errp, "cannot use stdio by multiple character devices");
    }
    chr->env->stdio_taken = true;
    chr->drain_ms = 10000;
    if (tcgetattr(0, &s->saved) == 0 && in_foreground()) {
        s->is_tty = true;
        set_raw(s, !opts->has_signal || opts->signal);
    }
    int out_fd = open_output(&blocks);
    channel_connect(chr, 0, out_fd, blocks);
    return true;
}

static void stdio_close(Chardev *chr)
{
    Stdio *s = (Stdio *)chr;

    if (s->is_tty && in_foreground()) {
        tcsetattr(0, TCSANOW, &s->saved);
    }
    if (chr->open) {
        chr->env->stdio_taken = false;
    }
}

/* Nobody types any more; what we print still has readers. */
static void stdio_input_ended(Chardev *chr) { }

const BackendOps stdio_backend = {
    .name = "stdio",
    .size = sizeof(Stdio),
    .open = stdio_open,
    .close = stdio_close,
    .input_ended = stdio_input_ended,
};
