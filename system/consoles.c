/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making the character devices and giving each to its front end. */
#include <fcntl.h>
#include <string.h>

#include "system.h"

static int fdset_open(void *opaque, unsigned set)
{
    System *s = opaque;

    for (guint i = 0; i < s->config->fdsets->len; i++) {
        FdsetEntry *e = &g_array_index(s->config->fdsets, FdsetEntry, i);
        if (e->set == (int)set) {
            return fcntl(e->fd, F_DUPFD_CLOEXEC, 3);
        }
    }
    return -1;
}

static void quit(void *opaque) { system_request_quit(opaque, SHUTDOWN_CAUSE_HOST_UI); }

Chardev *system_find_chardev(const System *s, const char *id)
{
    for (guint i = 0; i < s->chardevs->len; i++) {
        Chardev *chr = g_ptr_array_index(s->chardevs, i);
        if (!strcmp(chardev_id(chr), id)) {
            return chr;
        }
    }
    return NULL;
}

static bool claim(System *s, const char *id, const char *source, Chardev **out, Error **errp)
{
    *out = chardev_claim(system_find_chardev(s, id), errp);
    return *out || error_prepend(errp, "%s: ", source);
}

bool system_open_chardevs(System *s, GPtrArray *monitor_chardevs, Error **errp)
{
    const SystemConfig *c = s->config;
    Chardev *chr;

    s->chardev_env = (ChardevEnv){
        .loop = s->loop, .escape = c->escape, .quit = quit, .fdset_open = fdset_open, .opaque = s,
    };
    for (guint i = 0; i < c->chardevs->len; i++) {
        const ChardevRequest *r = g_ptr_array_index(c->chardevs, i);
        chr = chardev_new(&s->chardev_env, r->id, r->options, errp);
        if (!chr) {
            return error_prepend(errp, "%s: ", r->source);
        }
        g_ptr_array_add(s->chardevs, chr);
    }
    for (guint i = 0; i < c->monitors->len; i++) {
        const MonitorRequest *r = g_ptr_array_index(c->monitors, i);
        if (!claim(s, r->chardev, r->source, &chr, errp)) {
            return false;
        }
        g_ptr_array_add(monitor_chardevs, chr);
    }
    /* The first serial port comes last, so that on a mux it has the focus. */
    for (unsigned i = c->machine->is_virt ? MIN(c->serials->len, VIRT_MAX_UARTS) : 0; i-- > 0; ) {
        const char *id = ((SerialRequest *)g_ptr_array_index(c->serials, i))->text;
        if (strcmp(id, "none") != 0 && !claim(s, id, "-serial", &s->serial[i], errp)) {
            return false;
        }
    }
    return true;
}

void system_start_monitors(System *s, GPtrArray *monitor_chardevs)
{
    for (guint i = 0; i < monitor_chardevs->len; i++) {
        const MonitorRequest *r = g_ptr_array_index(s->config->monitors, i);
        monitors_add(s->monitors, g_ptr_array_index(monitor_chardevs, i), r->mode, r->pretty);
    }
}

void system_close_chardevs(System *s)
{
    for (guint i = 0; i < s->chardevs->len; i++) {
        chardev_free(g_ptr_array_index(s->chardevs, i));
    }
    g_ptr_array_set_size(s->chardevs, 0);
}
