/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Character devices: the host side of a serial port or a monitor.
 *
 * A Chardev joins a backend (stdio, socket, pty, file, ...) with one front end (a UART, a monitor).
 * A backend is claimed by its front end with chardev_claim(); a mux is claimed by several, each of
 * which gets a Chardev of its own and cannot tell the difference.
 *
 * Input: pushed to the front end on the main thread, as much as its can_receive() says. When that
 * is 0 the backend stops reading until chardev_accept_input().
 *
 * Output: chardev_write() puts bytes into a bounded buffer and the main thread writes them out, so
 * a vCPU thread makes no system call that can block. It returns how much fitted. A front end that
 * got less keeps the rest and tries again at CHARDEV_WRITABLE (a UART shows a full FIFO meanwhile).
 * A backend without a peer takes everything and drops it.
 *
 * Threads: everything on the main thread, except where "any thread" is said. Front-end callbacks
 * come on the main thread with no lock held and may call back into the chardev, except
 * chardev_free(). One internal lock per backend guards the output buffer; it is a leaf of
 * docs/devel/locking.md.
 */
#ifndef CHARDEV_CHARDEV_H
#define CHARDEV_CHARDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "util/error.h"

typedef struct Chardev Chardev;

typedef enum ChardevEvent {
    CHARDEV_OPENED,     /* a peer is there (at once for stdio, file, null) */
    CHARDEV_CLOSED,     /* the peer is gone; another one may come */
    CHARDEV_BREAK,      /* serial line break (Ctrl-A b on a mux, telnet BREAK) */
    CHARDEV_WRITABLE,   /* after a short chardev_write(): there is room again */
    CHARDEV_FOCUS_IN,   /* mux: input comes to this front end from now on */
    CHARDEV_FOCUS_OUT,  /* mux: ... and no longer */
} ChardevEvent;

/* Called on the main thread. */
typedef struct CharFrontendOps {
    size_t (*can_receive)(void *opaque);   /* how many bytes receive() takes now; 0 = wait */
    void (*receive)(void *opaque, const uint8_t *buf, size_t len);  /* 1 .. can_receive() bytes */
    void (*event)(void *opaque, ChardevEvent event);                /* may be NULL */
} CharFrontendOps;

/* -- For front ends -- */

/*
 * Attach a front end (or detach it: @ops NULL). The ops must outlive the attachment. If the peer
 * is there already, CHARDEV_OPENED comes from the main loop soon after.
 */
void chardev_set_frontend(Chardev *chr, const CharFrontendOps *ops, void *opaque);

/* Any thread, never blocks. Bytes taken, 0 .. @len. */
size_t chardev_write(Chardev *chr, const void *buf, size_t len);

/*
 * Write out what is buffered, waiting a little for a slow peer: for the end of a program. False
 * when something is left. Main thread.
 */
bool chardev_drain(Chardev *chr);

/* can_receive() may have grown: deliver what waits, from the main loop. Any thread. */
void chardev_accept_input(Chardev *chr);

bool chardev_is_open(const Chardev *chr);

/* Line break towards the host (UART LCR_H.BRK); most backends have no such thing. Any thread. */
void chardev_send_break(Chardev *chr);

#endif
