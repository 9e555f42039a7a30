/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/error.h"

#include <assert.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

struct Error {
    ErrorClass cls;
    char *text;
    char *hint;
};

static const char *program_name = "qemu-system-aarch64";
static bool timestamps;

void error_set_program(const char *name) { program_name = name; }
void error_set_timestamps(bool on) { timestamps = on; }

static bool set_v(Error **errp, ErrorClass cls, int os_errno, const char *fmt, va_list ap)
{
    if (!errp) {
        return false;
    }
    assert(!*errp);
    Error *err = g_new0(Error, 1);
    err->cls = cls;
    err->text = g_strdup_vprintf(fmt, ap);
    if (os_errno) {
        char *bare = err->text;
        err->text = g_strdup_printf("%s: %s", bare, g_strerror(os_errno));
        g_free(bare);
    }
    *errp = err;
    return false;
}

bool error_set(Error **errp, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    set_v(errp, ERROR_GENERIC, 0, fmt, ap);
    va_end(ap);
    return false;
}

bool error_set_class(Error **errp, ErrorClass cls, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    set_v(errp, cls, 0, fmt, ap);
    va_end(ap);
    return false;
}

bool error_set_errno(Error **errp, int os_errno, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    set_v(errp, ERROR_GENERIC, os_errno, fmt, ap);
    va_end(ap);
    return false;
}

bool error_prepend(Error **errp, const char *fmt, ...)
{
    if (errp && *errp) {
        va_list ap;
        va_start(ap, fmt);
        char *front = g_strdup_vprintf(fmt, ap);
        va_end(ap);
        char *whole = g_strconcat(front, (*errp)->text, NULL);
        g_free(front);
        g_free((*errp)->text);
        (*errp)->text = whole;
    }
    return false;
}

void error_append_hint(Error **errp, const char *fmt, ...)
{
    if (errp && *errp) {
        va_list ap;
        va_start(ap, fmt);
        g_free((*errp)->hint);
        (*errp)->hint = g_strdup_vprintf(fmt, ap);
        va_end(ap);
    }
}

const char *error_text(const Error *err) { return err->text; }
const char *error_hint(const Error *err) { return err->hint; }
ErrorClass error_class(const Error *err) { return err->cls; }

const char *error_class_name(ErrorClass cls)
{
    static const char *const names[] = {
        [ERROR_GENERIC] = "GenericError",
        [ERROR_COMMAND_NOT_FOUND] = "CommandNotFound",
        [ERROR_DEVICE_NOT_ACTIVE] = "DeviceNotActive",
        [ERROR_DEVICE_NOT_FOUND] = "DeviceNotFound",
        [ERROR_KVM_MISSING_CAP] = "KVMMissingCap",
    };
    return names[cls];
}

void error_free(Error *err)
{
    if (err) {
        g_free(err->text);
        g_free(err->hint);
        g_free(err);
    }
}

bool error_propagate(Error **errp, Error *err)
{
    if (errp && err) {
        assert(!*errp);
        *errp = err;
    } else {
        error_free(err);
    }
    return false;
}

/* One line to stderr in one write, so that lines of threads do not mix. */
static void report(const char *kind, const char *text)
{
    g_autofree char *time = NULL;

    if (timestamps) {
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();
        time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S.%fZ ");
    }
    fprintf(stderr, "%s%s: %s%s\n", time ? time : "", program_name, kind, text);
}

void error_report_free(Error *err)
{
    report("", err->text);
    if (err->hint) {
        fprintf(stderr, "%s\n", err->hint);
    }
    error_free(err);
}

static void report_v(const char *kind, const char *fmt, va_list ap)
{
    g_autofree char *text = g_strdup_vprintf(fmt, ap);

    report(kind, text);
}

void warn_report(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    report_v("warning: ", fmt, ap);
    va_end(ap);
}

void info_report(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    report_v("", fmt, ap);
    va_end(ap);
}
