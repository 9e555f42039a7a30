/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The human monitor's view into guest memory and registers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disas/disas.h"
#include "hmp_tables.h"
#include "system.h"
#include "util/bits.h"

#define PAGE_BYTES UINT64_C(4096)
#define MAX_BYTES (1024 * 1024)     /* of one command */

/* Value behind "NAME=" in the text of `info registers`, where NAME is in either case. */
static bool value_in_text(const char *text, const char *name, uint64_t *value)
{
    size_t len = strlen(name);

    for (const char *at = text; (at = strchr(at, '=')); at++) {
        const char *start = at - len;
        if (start >= text && !g_ascii_strncasecmp(start, name, len) &&
            (start == text || !g_ascii_isalnum(start[-1]))) {
            *value = strtoull(at + 1, NULL, 16);
            return true;
        }
    }
    return false;
}

bool hmp_read_register(void *context, int cpu_index, const char *name, uint64_t *value)
{
    System *s = context;
    g_autofree char *text = s->virt ? virt_cpu_describe(s->virt, cpu_index) : NULL;
    g_autofree char *padded = NULL;

    if (!text) {
        return false;
    }
    if (g_ascii_tolower(name[0]) == 'x' && g_ascii_isdigit(name[1]) && !name[2]) {
        padded = g_strdup_printf("x0%c", name[1]);
    }
    return value_in_text(text, padded ? padded : name, value);
}

/* Copy guest memory; false at the first byte that cannot be read. */
static bool read_guest(System *s, int cpu, bool is_virtual, uint64_t addr, uint8_t *buf,
                       size_t len)
{
    while (len) {
        size_t piece = MIN(len, PAGE_BYTES - (addr & (PAGE_BYTES - 1)));
        uint64_t pa = addr;
        if (is_virtual && !virt_cpu_translate(s->virt, cpu, addr, &pa)) {
            return false;
        }
        if (!phys_mem_copy_out(virt_memory(s->virt), pa, buf, piece)) {
            return false;
        }
        addr += piece;
        buf += piece;
        len -= piece;
    }
    return true;
}

static void print_item(GString *out, char format, unsigned size, uint64_t v)
{
    int64_t sv = (int64_t)(v << (64 - size * 8)) >> (64 - size * 8);

    switch (format) {
    case 'o':
        g_string_append_printf(out, " %#*" PRIo64, (int)(size * 8 + 2) / 3 + 1, v);
        break;
    case 'd':
        g_string_append_printf(out, " %*" PRId64, size == 8 ? 20 : size == 4 ? 11 : 6, sv);
        break;
    case 'u':
        g_string_append_printf(out, " %*" PRIu64, size == 8 ? 20 : size == 4 ? 10 : 5, v);
        break;
    case 'c':
        g_string_append_printf(out, " '%c'", v < 128 && g_ascii_isprint(v) ? (char)v : '.');
        break;
    default:
        g_string_append_printf(out, " 0x%0*" PRIx64, (int)size * 2, v);
        break;
    }
}

static void print_data(HmpCall *call, const HmpFormat *f, uint64_t addr, const uint8_t *buf)
{
    unsigned per_line = f->size == 1 ? 8 : 16 / f->size;

    for (unsigned i = 0; i < f->count; i++) {
        uint64_t v = 0;
        if (i % per_line == 0) {
            g_string_append_printf(call->out, "%s%016" PRIx64 ":", i ? "\n" : "",
                                   addr + (uint64_t)i * f->size);
        }
        memcpy(&v, buf + (size_t)i * f->size, f->size);
        print_item(call->out, f->format, f->size, v);
    }
    g_string_append_c(call->out, '\n');
}

static void print_code(HmpCall *call, uint64_t addr, const uint8_t *buf, size_t len)
{
    char *text = NULL;
    size_t text_len = 0;
    FILE *f = open_memstream(&text, &text_len);

    if (f) {
        disas_print(f, DISAS_AARCH64, buf, len, addr);
        fclose(f);
        g_string_append_len(call->out, text, text_len);
        free(text);
    }
}

void hmp_dump_memory(HmpCall *call, bool is_virtual)
{
    System *s = call->context;
    HmpFormat f = call->format;
    uint64_t addr = call->value[0];

    if (!s->virt) {
        g_string_append(call->out, "this machine has no memory\n");
        return;
    }
    f.count = f.count ? f.count : 1;
    f.format = f.format ? f.format : 'x';
    f.size = f.format == 'i' ? 4 : f.size ? f.size : f.format == 'c' ? 1 : 4;
    size_t len = (size_t)f.count * f.size;
    if (len > MAX_BYTES) {
        g_string_append(call->out, "too much at once\n");
        return;
    }
    g_autofree uint8_t *buf = g_malloc(len);
    if (!read_guest(s, *call->cpu_index, is_virtual, addr, buf, len)) {
        g_string_append(call->out, "Cannot access memory\n");
    } else if (f.format == 'i') {
        print_code(call, addr, buf, len);
    } else {
        print_data(call, &f, addr, buf);
    }
}
