/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The -d log: one stream, a mask of items, lines that never interleave.
 *
 * Threads: any.  log_is_on() is a relaxed atomic load, so a disabled item costs one test.
 * log_guest() and log_unimp() have a number of lines a second between them, because a guest can
 * provoke them without bound; how many were dropped is told in the next second.
 */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

typedef enum LogItem {
    LOG_IN_ASM       = 1u << 0,  /* guest code of each translated block */
    LOG_OP           = 1u << 1,  /* IR as built */
    LOG_OP_OPT       = 1u << 2,  /* IR after the passes */
    LOG_OUT_ASM      = 1u << 3,  /* host code */
    LOG_INT          = 1u << 4,  /* exceptions and interrupts */
    LOG_EXEC         = 1u << 5,  /* each lookup of a block by the dispatcher */
    LOG_CPU          = 1u << 6,  /* registers at each dispatch */
    LOG_MMU          = 1u << 7,  /* TLB fills and faults */
    LOG_CPU_RESET    = 1u << 8,
    LOG_UNIMP        = 1u << 9,  /* architected, but not implemented here */
    LOG_GUEST_ERROR  = 1u << 10, /* the guest did something it must not */
    LOG_HOTPLUG      = 1u << 11, /* ACPI registers, GED, _OST, PSCI, slots */
    LOG_NOCHAIN      = 1u << 12, /* switch: do not link blocks */
} LogItem;

extern _Atomic uint32_t log_mask_word; /* one of the allowed globals: an enable mask */

static inline bool log_is_on(uint32_t items)
{
    return atomic_load_explicit(&log_mask_word, memory_order_relaxed) & items;
}

/* Write one formatted piece of text if any of @items is on. End lines with \n yourself. */
void log_printf(uint32_t items, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Several log_printf() calls of one thread as one piece: the stream is locked in between. */
void log_lock(void);
void log_unlock(void);

/* @what names the device or area ("gicv3", "pl011", "cpu"). A newline is added. */
void log_guest(const char *what, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_unimp(const char *what, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * One line of the hotplug log, stamped with virtual time and put on the stream only if
 * LOG_HOTPLUG is on. The time comes from the function set by log_set_clock().
 */
void log_hotplug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_set_clock(int64_t (*now_ns)(void *opaque), void *opaque);

/* Parse "in_asm,int,..." ("help" is not handled here; "none" clears). */
bool log_parse_items(const char *text, uint32_t *mask, Error **errp) MUST_CHECK;
void log_set_mask(uint32_t mask);
/* Send the log to a file ("%d" in the name becomes the process id); NULL = stderr. */
bool log_set_file(const char *path, Error **errp) MUST_CHECK;
/* name and description of item @i, false after the last: for -d help and `log` in HMP. */
bool log_item_describe(unsigned i, const char **name, const char **text);

#endif
