/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors of the user or the host: a sentence that names the option, value or file.
 *
 * A function that can fail takes `Error **errp` last, returns false (or NULL) on failure with
 * *errp set, and leaves everything as it was.  errp may be NULL: the sentence is dropped.
 * *errp must be NULL on entry (asserted).  Errors of the guest never travel this way: they are
 * architected effects plus log_guest().
 *
 * Threads: any; an Error belongs to whoever holds the pointer.
 */
#ifndef UTIL_ERROR_H
#define UTIL_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

/* The classes a QMP client can tell apart; all but the first are rare. */
typedef enum ErrorClass {
    ERROR_GENERIC,
    ERROR_COMMAND_NOT_FOUND,
    ERROR_DEVICE_NOT_ACTIVE,
    ERROR_DEVICE_NOT_FOUND,
    ERROR_KVM_MISSING_CAP,
} ErrorClass;

typedef struct Error Error;

/* Set *errp to the formatted sentence (no newline, no final full stop). Always returns false. */
bool error_set(Error **errp, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool error_set_class(Error **errp, ErrorClass cls, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* As error_set, followed by ": " and the text of @os_errno. */
bool error_set_errno(Error **errp, int os_errno, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put text in front of the sentence. No effect when errp or *errp is NULL. Returns false. */
bool error_prepend(Error **errp, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A second line for a person at a terminal (never sent over QMP). */
void error_append_hint(Error **errp, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

const char *error_text(const Error *err);
const char *error_hint(const Error *err);       /* NULL when there is none */
ErrorClass error_class(const Error *err);
const char *error_class_name(ErrorClass cls);   /* "GenericError", ... as QMP spells them */
void error_free(Error *err);                    /* NULL is fine */

/* Move @err into *errp (or free it when errp is NULL). Returns false. */
bool error_propagate(Error **errp, Error *err);

/* Print "PROGRAM: text" (and the hint) on stderr and free @err. */
void error_report_free(Error *err);
/* One line "PROGRAM: warning: text" on stderr. */
void warn_report(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* One line "PROGRAM: text" on stderr that is neither an error nor a warning. */
void info_report(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Name put in front of reports; the string must live for ever. Main thread, at start. */
void error_set_program(const char *name);
/* Put the time (ISO 8601, UTC) in front of reports. Main thread, at start. */
void error_set_timestamps(bool on);

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
