/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system.h"

/* The parent: succeed when the child says so, fail when it ends without a word. */
static void wait_for_child(int fd)
{
    char byte;
    ssize_t n;

    do {
        n = read(fd, &byte, 1);
    } while (n < 0 && errno == EINTR);
    _exit(n == 1 ? 0 : 1);
}

bool daemon_fork(int *ready_fd, Error **errp)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) < 0) {
        return error_set_errno(errp, errno, "cannot daemonize");
    }
    pid_t pid = fork();
    if (pid < 0) {
        return error_set_errno(errp, errno, "cannot daemonize");
    }
    if (pid > 0) {
        close(fds[1]);
        wait_for_child(fds[0]);
    }
    close(fds[0]);
    setsid();
    pid = fork(); /* not a session leader any more: no terminal can become ours */
    if (pid != 0) {
        _exit(pid < 0);
    }
    umask(027);
    *ready_fd = fds[1];
    return true;
}

void daemon_ready(int ready_fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (chdir("/") < 0 || null < 0) {
        warn_report("-daemonize: %s", g_strerror(errno));
    }
    for (int fd = 0; fd <= 2; fd++) {
        dup2(null, fd);
    }
    close(null);
    if (write(ready_fd, "", 1) != 1) {
        warn_report("-daemonize: nobody waits");
    }
    close(ready_fd);
}

char *pidfile_create(const char *path, Error **errp)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char text[32];
    int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0) {
        error_set_errno(errp, errno, "cannot create PID file: Could not create '%s'", path);
        return NULL;
    }
    if (fcntl(fd, F_SETLK, &lock) < 0) { /* held, with fd, until the end */
        error_set_errno(errp, errno, "cannot create PID file: Cannot lock pid file '%s'", path);
        close(fd);
        return NULL;
    }
    int len = g_snprintf(text, sizeof(text), "%d\n", getpid());
    if (ftruncate(fd, 0) < 0 || write(fd, text, len) != len) {
        error_set_errno(errp, errno, "cannot create PID file: Failed to write '%s'", path);
        close(fd);
        return NULL;
    }
    return g_canonicalize_filename(path, NULL);
}
