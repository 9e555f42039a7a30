/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -perfmap: /tmp/perf-PID.map tells `perf report` what generated code is: each block by its guest
 * address and its context word. After a flush addresses are used again; perf then takes
 * the last line that fits.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tcg_internal.h"

bool perfmap_open(TcgAccel *a, Error **errp)
{
    g_autofree char *path = g_strdup_printf("/tmp/perf-%d.map", (int)getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

    a->perfmap = fd < 0 ? NULL : fdopen(fd, "w");
    if (!a->perfmap) {
        error_set(errp, "could not open %s: %s", path, g_strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    fprintf(a->perfmap, "%zx %zx trampolines\n", (size_t)a->buf.base, a->tramp_used);
    return true;
}

void perfmap_add(TcgAccel *a, const Block *b)
{
    fprintf(a->perfmap, "%zx %x guest-%016" PRIx64 "-%016" PRIx64 "\n", (size_t)b->host,
            b->host_size, b->pc, b->context);
}

void perfmap_close(TcgAccel *a)
{
    if (a->perfmap) {
        fclose(a->perfmap);
    }
}
