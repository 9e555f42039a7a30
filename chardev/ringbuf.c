/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the last bytes written, for ringbuf-read. */
#include <string.h>

#include "chardev_internal.h"

typedef struct Ringbuf {
    Chardev chr;
    uint8_t *bytes;       /* under chr.lock */
    size_t size;
    uint64_t written, taken;
} Ringbuf;

static bool ringbuf_open(Chardev *chr, const ChardevOptions *opts, Error **errp)
{
    Ringbuf *r = (Ringbuf *)chr;

    r->size = opts->has_size ? opts->size : 65536;
    if (r->size == 0 || (r->size & (r->size - 1)) || r->size > (1u << 30)) {
        return error_set(errp, "size of ringbuf chardev must be power of two");
    }
    r->bytes = g_malloc0(r->size);
    chr->open = true;
    return true;
}

static void ringbuf_close(Chardev *chr) { g_free(((Ringbuf *)chr)->bytes); }

static size_t ringbuf_write(Chardev *chr, const uint8_t *buf, size_t len)
{
    Ringbuf *r = (Ringbuf *)chr;

    g_mutex_lock(&chr->lock);
    for (size_t i = 0; i < len; i++) {
        r->bytes[r->written++ & (r->size - 1)] = buf[i];
    }
    r->taken = MAX(r->taken, r->written > r->size ? r->written - r->size : 0);
    g_mutex_unlock(&chr->lock);
    return len;
}

GByteArray *ringbuf_take(Chardev *chr, size_t max)
{
    Ringbuf *r = (Ringbuf *)chr;
    GByteArray *out = g_byte_array_new();

    g_mutex_lock(&chr->lock);
    while (r->taken < r->written && out->len < max) {
        g_byte_array_append(out, &r->bytes[r->taken++ & (r->size - 1)], 1);
    }
    g_mutex_unlock(&chr->lock);
    return out;
}

const BackendOps ringbuf_backend = {
    .name = "ringbuf",
    .size = sizeof(Ringbuf),
    .open = ringbuf_open,
    .close = ringbuf_close,
    .write = ringbuf_write,
};
