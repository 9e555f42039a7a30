/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One backend for several front ends. All of them write to it; input goes to the one with the
 * focus, and the escape key followed by a letter is for us.
 */
#include <string.h>

#include "chardev_internal.h"

#define QUEUE_BYTES 256   /* input that waits for a front end which takes none */

typedef struct Mux Mux;

typedef struct MuxPort {
    Chardev chr;
    Mux *mux;
    uint8_t queue[QUEUE_BYTES];
    unsigned queued;
} MuxPort;

struct Mux {
    Chardev chr;
    Chardev *below;
    GPtrArray *ports;
    unsigned focus;
    bool escaped;         /* the escape key was the last one */
};

static MuxPort *focused(Mux *mux)
{
    return mux->focus < mux->ports->len ? g_ptr_array_index(mux->ports, mux->focus) : NULL;
}

/* -- Ports -- */

static size_t port_write(Chardev *chr, const uint8_t *buf, size_t len)
{
    return chardev_write(((MuxPort *)chr)->mux->below, buf, len);
}

static void port_deliver(Chardev *chr)
{
    MuxPort *port = (MuxPort *)chr;

    while (port->queued && chr->frontend) {
        size_t n = MIN(port->queued, chr->frontend->can_receive(chr->frontend_opaque));
        if (n == 0) {
            return;
        }
        uint8_t piece[QUEUE_BYTES];
        memcpy(piece, port->queue, n);
        port->queued -= n;
        memmove(port->queue, port->queue + n, port->queued);
        chr->frontend->receive(chr->frontend_opaque, piece, n);
    }
    chardev_accept_input(port->mux->below);
}

static bool port_drain(Chardev *chr) { return chardev_drain(((MuxPort *)chr)->mux->below); }
static void port_send_break(Chardev *chr) { chardev_send_break(((MuxPort *)chr)->mux->below); }

static void port_frontend_changed(Chardev *chr)
{
    MuxPort *port = (MuxPort *)chr;

    if (chr->frontend && focused(port->mux) != port) {
        backend_event(chr, CHARDEV_FOCUS_OUT);
    }
}

static char *mux_describe(const Chardev *chr) { return g_strdup("mux"); }

static const BackendOps port_backend = {
    .name = "mux",
    .size = sizeof(MuxPort),
    .write = port_write,
    .send_break = port_send_break,
    .drain = port_drain,
    .frontend_changed = port_frontend_changed,
    .accept_input = port_deliver,
};

/* -- Input -- */

static void set_focus(Mux *mux, unsigned focus)
{
    MuxPort *old = focused(mux);

    mux->focus = focus;
    MuxPort *new = focused(mux);
    if (old && old != new) {
        backend_event(&old->chr, CHARDEV_FOCUS_OUT);
    }
    if (new && old != new) {
        backend_event(&new->chr, CHARDEV_FOCUS_IN);
    }
}

static void print_help(Mux *mux)
{
    uint8_t key = mux->chr.env->escape;
    char name[8] = "C-a";

    if (key != 1) {
        g_snprintf(name, sizeof(name), key < 32 ? "C-%c" : "%c", key < 32 ? key + 'a' - 1 : key);
    }
    g_autofree char *text = g_strdup_printf(
        "\r\n"
        "%1$s h    print this help\r\n"
        "%1$s x    exit emulator\r\n"
        "%1$s b    send break (magic sysrq)\r\n"
        "%1$s c    switch between console and monitor\r\n"
        "%1$s %1$s  sends %1$s\r\n", name);
    chardev_write(mux->below, text, strlen(text));
}

static void command_key(Mux *mux, uint8_t c)
{
    static const char bye[] = "QEMU: Terminated\r\n";
    MuxPort *port = focused(mux);

    switch (c) {
    case 'h': case '?':
        print_help(mux);
        break;
    case 'x':
        chardev_write(mux->below, bye, sizeof(bye) - 1);
        if (mux->chr.env->quit) {
            mux->chr.env->quit(mux->chr.env->opaque);
        }
        break;
    case 'b':
        if (port) {
            backend_event(&port->chr, CHARDEV_BREAK);
        }
        break;
    case 'c':
        if (mux->ports->len) {
            set_focus(mux, (mux->focus + 1) % mux->ports->len);
        }
        break;
    }
}

static size_t mux_can_receive(void *opaque)
{
    MuxPort *port = focused(opaque);

    return port ? QUEUE_BYTES - port->queued : QUEUE_BYTES;
}

static void mux_receive(void *opaque, const uint8_t *buf, size_t len)
{
    Mux *mux = opaque;

    for (size_t i = 0; i < len; i++) {
        uint8_t c = buf[i];
        bool is_key = c == mux->chr.env->escape;
        if (mux->escaped && !is_key) {
            mux->escaped = false;
            command_key(mux, c);
            continue;
        }
        if (is_key && !mux->escaped) {
            mux->escaped = true;
            continue;
        }
        mux->escaped = false;
        MuxPort *port = focused(mux);
        if (port && port->queued < QUEUE_BYTES) {
            port->queue[port->queued++] = c;
            port_deliver(&port->chr);
        }
    }
}

static void mux_event(void *opaque, ChardevEvent event)
{
    Mux *mux = opaque;

    for (guint i = 0; i < mux->ports->len; i++) {
        Chardev *port = g_ptr_array_index(mux->ports, i);
        if (event == CHARDEV_OPENED || event == CHARDEV_CLOSED) {
            backend_set_open(port, event == CHARDEV_OPENED);
        } else if (event == CHARDEV_WRITABLE || i == mux->focus) {
            backend_event(port, event);
        }
    }
}

static const CharFrontendOps mux_frontend = { mux_can_receive, mux_receive, mux_event };

/* -- Life -- */

static Chardev *mux_claim(Chardev *chr)
{
    Mux *mux = (Mux *)chr;
    g_autofree char *id = g_strdup_printf("%s-port%u", chr->id, mux->ports->len);
    Chardev *port = backend_new(&port_backend, chr->env, id);

    ((MuxPort *)port)->mux = mux;
    port->open = chardev_is_open(mux->below);
    g_ptr_array_add(mux->ports, port);
    set_focus(mux, mux->ports->len - 1);
    return port;
}

static void mux_close(Chardev *chr)
{
    Mux *mux = (Mux *)chr;

    chardev_set_frontend(mux->below, NULL, NULL);
    chardev_free(mux->below);
    for (guint i = 0; i < mux->ports->len; i++) {
        chardev_free(g_ptr_array_index(mux->ports, i));
    }
    g_ptr_array_free(mux->ports, TRUE);
}

static const BackendOps mux_backend = {
    .name = "mux",
    .size = sizeof(Mux),
    .close = mux_close,
    .describe = mux_describe,
    .claim = mux_claim,
};

Chardev *mux_new(Chardev *below, const char *id)
{
    Mux *mux = (Mux *)backend_new(&mux_backend, below->env, id);

    mux->below = below;
    mux->ports = g_ptr_array_new();
    below->claimed = true;
    chardev_set_frontend(below, &mux_frontend, mux);
    return &mux->chr;
}

bool is_mux(const Chardev *chr) { return chr->ops == &mux_backend; }
Chardev *mux_below(const Chardev *chr) { return ((const Mux *)chr)->below; }
