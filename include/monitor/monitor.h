/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Monitors: sessions over character devices that speak QMP or the human monitor protocol. They
 * know how commands are written and answered; what a command does is in the tables they are given.
 *
 * Threads: main thread only.
 */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include <glib.h>
#include <jansson.h>

#include <string.h>

#include "chardev/chardev.h"
#include "qapi/qapi-types.h"
#include "qapi/qapi.h"

/* -- Human monitor commands -- */

#define HMP_MAX_ARGS 8

/* "/4xw": how many, how to print, how many bytes each */
typedef struct HmpFormat {
    unsigned count;
    char format;               /* x d u o c i, or 0 when not given */
    unsigned size;             /* 1, 2, 4, 8, or 0 when not given */
} HmpFormat;

/* One call. Arguments are numbered as in HmpCommand.args; flags and format do not count. */
typedef struct HmpCall {
    void *context;
    GString *out;              /* what to print; lines end with \n */
    const char *name;          /* of the command */
    unsigned n_args;           /* given */
    char *arg[HMP_MAX_ARGS];   /* text; NULL when not given */
    int64_t value[HMP_MAX_ARGS];/* of 'l' arguments */
    char flags[16];            /* letters of the flags given */
    HmpFormat format;
    int *cpu_index;            /* the session's current vCPU; the command may change it */
} HmpCall;

typedef struct HmpCommand {
    const char *name;          /* "stop|s": names that do the same */
    /*
     * Comma-separated: "s" a word, "S" the rest of the line, "l" a number or expression, each with
     * "?" if it may be missing; "-a" a flag; "/" a format.
     */
    const char *args;
    const char *params;        /* for people: "driver[,prop=value][,...]" */
    const char *help;
    void (*run)(HmpCall *call);
} HmpCommand;

typedef struct HmpTable {
    const HmpCommand *commands;
    unsigned n_commands;
    const HmpCommand *infos;   /* what "info" takes */
    unsigned n_infos;
    /* Value of "$name" in expressions; false: no such register. May be NULL. */
    bool (*read_register)(void *context, int cpu_index, const char *name, uint64_t *value);
} HmpTable;

static inline bool hmp_flag(const HmpCall *call, char flag) { return strchr(call->flags, flag); }

/* Run one line. What it prints, with CRLF line ends. g_free. */
char *hmp_run(const HmpTable *table, void *context, const char *line, int *cpu_index);
/* Print "Error: text" and free @err. */
void hmp_error(HmpCall *call, Error *err);
/* Print the help on @name (NULL: all commands; "info": all of info). */
void hmp_help(const HmpTable *table, GString *out, const char *name);

/* -- Sessions -- */

typedef struct Monitors Monitors;

/* All borrowed; must outlive the monitors. */
typedef struct MonitorConfig {
    EventLoop *loop;
    const QapiCommandTable *qmp;
    const HmpTable *hmp;
    void *context;             /* for the handlers of both */
    json_t *version;           /* VersionInfo for the greeting */
    const char *banner;        /* first line of a human monitor, without line end */
} MonitorConfig;

Monitors *monitors_new(const MonitorConfig *config);
void monitors_free(Monitors *monitors);   /* NULL is fine */

/* Serve @chr, which the caller has claimed. It must outlive the monitors. */
void monitors_add(Monitors *monitors, Chardev *chr, MonitorMode mode, bool pretty);

/* Send an event to each QMP session that has negotiated. @data is stolen, may be NULL. */
void monitors_event(Monitors *monitors, const char *name, json_t *data);

#endif
