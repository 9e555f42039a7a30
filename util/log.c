/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/log.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/bits.h"

_Atomic uint32_t log_mask_word;

static const struct { uint32_t bit; const char *name, *text; } items[] = {
    { LOG_OUT_ASM, "out_asm", "show generated host assembly code for each compiled TB" },
    { LOG_IN_ASM, "in_asm", "show target assembly code for each compiled TB" },
    { LOG_OP, "op", "show micro ops for each compiled TB" },
    { LOG_OP_OPT, "op_opt", "show micro ops after optimization" },
    { LOG_INT, "int", "show interrupts/exceptions in short format" },
    { LOG_EXEC, "exec", "show trace before each executed TB (lots of logs)" },
    { LOG_CPU, "cpu", "show CPU registers before entering a TB (lots of logs)" },
    { LOG_MMU, "mmu", "log MMU-related activities" },
    { LOG_CPU_RESET, "cpu_reset", "show CPU state before CPU resets" },
    { LOG_UNIMP, "unimp", "log unimplemented functionality" },
    { LOG_GUEST_ERROR, "guest_errors", "log when the guest OS does something invalid" },
    { LOG_HOTPLUG, "hotplug", "log vCPU hotplug: ACPI registers, GED, _OST, PSCI, slots" },
    { LOG_NOCHAIN, "nochain",
      "do not chain compiled TBs so that \"exec\" and \"cpu\" are complete" },
};

/*
 * The stream and its budget. A guest can provoke guest_errors and unimp lines without bound: after
 * RATE_BURST lines within a second, the rest of that second is counted and told in one line.
 */
#define RATE_BURST 200
static GRecMutex stream_lock;
static FILE *stream;
static struct { int64_t second; unsigned lines, dropped; } rate;
static int64_t (*clock_now_ns)(void *opaque);
static void *clock_opaque;

static FILE *out(void) { return stream ? stream : stderr; }

void log_lock(void) { g_rec_mutex_lock(&stream_lock); }

void log_unlock(void)
{
    fflush(out());
    g_rec_mutex_unlock(&stream_lock);
}

void log_printf(uint32_t mask, const char *fmt, ...)
{
    if (!log_is_on(mask)) {
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    log_lock();
    vfprintf(out(), fmt, ap);
    log_unlock();
    va_end(ap);
}

static bool rate_allows(void)
{
    int64_t second = g_get_monotonic_time() / G_USEC_PER_SEC;
    if (second != rate.second) {
        if (rate.dropped) {
            fprintf(out(), "log: %u more lines of this kind dropped\n", rate.dropped);
        }
        rate.second = second;
        rate.lines = rate.dropped = 0;
    }
    if (rate.lines >= RATE_BURST) {
        rate.dropped++;
        return false;
    }
    rate.lines++;
    return true;
}

static void limited_line(uint32_t item, const char *what, const char *fmt, va_list ap)
{
    if (!log_is_on(item)) {
        return;
    }
    log_lock();
    if (rate_allows()) {
        fprintf(out(), "%s: ", what);
        vfprintf(out(), fmt, ap);
        fputc('\n', out());
    }
    log_unlock();
}

void log_guest(const char *what, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    limited_line(LOG_GUEST_ERROR, what, fmt, ap);
    va_end(ap);
}

void log_unimp(const char *what, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    limited_line(LOG_UNIMP, what, fmt, ap);
    va_end(ap);
}

void log_hotplug(const char *fmt, ...)
{
    if (!log_is_on(LOG_HOTPLUG)) {
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    log_lock();
    int64_t now = clock_now_ns ? clock_now_ns(clock_opaque) : 0;
    fprintf(out(), "hotplug %" PRId64 ".%09" PRId64 " ", now / 1000000000, now % 1000000000);
    vfprintf(out(), fmt, ap);
    fputc('\n', out());
    log_unlock();
    va_end(ap);
}

void log_set_clock(int64_t (*now_ns)(void *opaque), void *opaque)
{
    log_lock();
    clock_now_ns = now_ns;
    clock_opaque = opaque;
    log_unlock();
}

bool log_parse_items(const char *text, uint32_t *mask, Error **errp)
{
    g_auto(GStrv) names = g_strsplit(text, ",", -1);
    uint32_t bits = 0;

    for (char **n = names; *n; n++) {
        bool known = !strcmp(*n, "none");
        for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
            if (!strcmp(*n, items[i].name) || !strcmp(*n, "all")) {
                bits |= items[i].bit;
                known = true;
            }
        }
        if (!known) {
            return error_set(errp, "Invalid parameter '%s' for log item (try '-d help')", *n);
        }
    }
    *mask = bits;
    return true;
}

void log_set_mask(uint32_t mask) { atomic_store(&log_mask_word, mask); }

bool log_set_file(const char *path, Error **errp)
{
    FILE *f = NULL;

    if (path) {
        g_autofree char *name = NULL;
        const char *pct = strstr(path, "%d");
        if (pct) {
            name = g_strdup_printf("%.*s%d%s", (int)(pct - path), path, getpid(), pct + 2);
        } else {
            name = g_strdup(path);
        }
        f = fopen(name, "we");
        if (!f) {
            return error_set_errno(errp, errno, "Error opening logfile %s", name);
        }
    }
    log_lock();
    if (stream) {
        fclose(stream);
    }
    stream = f;
    log_unlock();
    return true;
}

bool log_item_describe(unsigned i, const char **name, const char **text)
{
    if (i >= ARRAY_SIZE(items)) {
        return false;
    }
    *name = items[i].name;
    *text = items[i].text;
    return true;
}
