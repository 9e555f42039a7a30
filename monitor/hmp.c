/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of the human monitor: find the command, read its arguments, run it; help. */
#include <string.h>

#include "monitor_internal.h"
#include "util/log.h"

typedef struct RegisterContext {
    const HmpTable *table;
    HmpCall *call;
} RegisterContext;

/* -- Tables -- */

static bool name_matches(const char *names, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = names; ; at = strchr(at, '|') + 1) {
        size_t n = strcspn(at, "|");
        if (n == len && !strncmp(at, word, len)) {
            return true;
        }
        if (!at[n]) {
            return false;
        }
    }
}

static const HmpCommand *find(const HmpCommand *commands, unsigned n, const char *word)
{
    for (unsigned i = 0; i < n; i++) {
        if (name_matches(commands[i].name, word)) {
            return &commands[i];
        }
    }
    return NULL;
}

/* -- Words -- */

static void skip_space(const char **at)
{
    while (g_ascii_isspace(**at)) {
        (*at)++;
    }
}

/* A word, or text in double quotes with \n \r \\ \" inside. NULL when there is none. */
static char *take_word(const char **at, Error **errp)
{
    GString *word = g_string_new(NULL);

    skip_space(at);
    if (**at != '"') {
        size_t len = strcspn(*at, " \t\r\n");
        g_string_append_len(word, *at, len);
        *at += len;
        if (!len) {
            g_string_free(word, TRUE);
            return NULL;
        }
        return g_string_free(word, FALSE);
    }
    for ((*at)++; **at && **at != '"'; (*at)++) {
        char c = **at;
        if (c == '\\' && (*at)[1]) {
            c = *++*at;
            c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        }
        g_string_append_c(word, c);
    }
    if (**at != '"') {
        error_set(errp, "unterminated string");
        g_string_free(word, TRUE);
        return NULL;
    }
    (*at)++;
    return g_string_free(word, FALSE);
}

/* -- Arguments -- */

static bool read_register(void *opaque, const char *name, uint64_t *value)
{
    RegisterContext *rc = opaque;

    return rc->table->read_register &&
           rc->table->read_register(rc->call->context, *rc->call->cpu_index, name, value);
}

static bool take_format(HmpCall *call, const char **at, Error **errp)
{
    HmpFormat *f = &call->format;

    skip_space(at);
    if (**at != '/') {
        return true;
    }
    (*at)++;
    while (g_ascii_isdigit(**at)) {
        f->count = MIN(f->count * 10 + (unsigned)(**at - '0'), 1u << 20);
        (*at)++;
    }
    for (; **at && !g_ascii_isspace(**at); (*at)++) {
        const char *which;
        if (strchr("xduoci", **at)) {
            f->format = **at;
        } else if ((which = strchr("bhwg", **at))) {
            f->size = 1u << (strlen("bhwg") - strlen(which));
        } else {
            return error_set(errp, "invalid char in format: '%c'", **at);
        }
    }
    return true;
}

static bool take_flags(HmpCall *call, const char *allowed, const char **at, Error **errp)
{
    skip_space(at);
    while (**at == '-' && g_ascii_isalpha((*at)[1])) {
        for ((*at)++; **at && !g_ascii_isspace(**at); (*at)++) {
            size_t n = strlen(call->flags);
            if (!strchr(allowed, **at)) {
                return error_set(errp, "unsupported option -%c", **at);
            }
            if (n + 1 < sizeof(call->flags) && !strchr(call->flags, **at)) {
                call->flags[n] = **at;
            }
        }
        skip_space(at);
    }
    return true;
}

static bool take_arg(const HmpTable *table, HmpCall *call, const char *spec, const char **at,
                     Error **errp)
{
    unsigned i = call->n_args;
    bool optional = strchr(spec, '?');
    RegisterContext rc = { table, call };
    Error *err = NULL;

    skip_space(at);
    if (!**at) {
        if (!optional) {
            error_set(errp, spec[0] == 'l' ? "unexpected end of expression"
                                           : "%s: string expected", call->name);
        }
        return optional;
    }
    if (spec[0] == 'S') {
        call->arg[i] = g_strchomp(g_strdup(*at));
        *at += strlen(*at);
    } else if (spec[0] == 'l') {
        const char *start = *at;
        if (!hmp_expression(at, read_register, &rc, &call->value[i], errp)) {
            return false;
        }
        call->arg[i] = g_strndup(start, *at - start);
    } else {
        call->arg[i] = take_word(at, &err);
        if (err) {
            return error_propagate(errp, err);
        }
    }
    call->n_args++;
    return true;
}

/* The letters of all flags in a specification. */
static char *flags_of(char **specs)
{
    GString *flags = g_string_new(NULL);

    for (char **spec = specs; *spec; spec++) {
        if (**spec == '-') {
            g_string_append_c(flags, (*spec)[1]);
        }
    }
    return g_string_free(flags, FALSE);
}

static bool take_args(const HmpTable *table, HmpCall *call, const char *args, const char *at,
                      Error **errp)
{
    g_auto(GStrv) specs = g_strsplit(args, ",", -1);
    g_autofree char *flags = flags_of(specs);

    if (*flags && !take_flags(call, flags, &at, errp)) {
        return false;
    }
    for (char **spec = specs; *spec; spec++) {
        bool good = **spec == '-' || !**spec ? true
            : **spec == '/' ? take_format(call, &at, errp)
            : take_arg(table, call, *spec, &at, errp);
        if (!good) {
            return false;
        }
    }
    skip_space(&at);
    return !*at || error_set(errp, "%s: extraneous characters at the end of line", call->name);
}

/* -- Help -- */

static void help_line(GString *out, const char *prefix, const HmpCommand *c)
{
    g_string_append_printf(out, "%s%s %s -- %s\n", prefix, c->name, c->params, c->help);
}

static int by_name(const void *a, const void *b)
{
    const HmpCommand *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

static void help_all(GString *out, const char *prefix, const HmpCommand *commands, unsigned n)
{
    g_autofree const HmpCommand **sorted = g_new(const HmpCommand *, n);

    for (unsigned i = 0; i < n; i++) {
        sorted[i] = &commands[i];
    }
    qsort(sorted, n, sizeof(*sorted), by_name);
    for (unsigned i = 0; i < n; i++) {
        help_line(out, prefix, sorted[i]);
    }
}

static void help_log(GString *out)
{
    const char *name, *text;

    g_string_append(out, "Log items (comma separated):\n");
    g_string_append_printf(out, "%-15s %s\n", "none", "remove all logs");
    for (unsigned i = 0; log_item_describe(i, &name, &text); i++) {
        g_string_append_printf(out, "%-15s %s\n", name, text);
    }
}

void hmp_help(const HmpTable *table, GString *out, const char *name)
{
    const HmpCommand *c;

    if (!name) {
        help_all(out, "", table->commands, table->n_commands);
    } else if (!strcmp(name, "info")) {
        help_all(out, "info ", table->infos, table->n_infos);
    } else if (!strcmp(name, "log")) {
        help_log(out);
    } else if (g_str_has_prefix(name, "info ") &&
               (c = find(table->infos, table->n_infos, name + 5))) {
        help_line(out, "info ", c);
    } else if ((c = find(table->commands, table->n_commands, name))) {
        help_line(out, "", c);
    } else {
        g_string_append_printf(out, "unknown command: '%s'\n", name);
    }
}

/* -- Running -- */

void hmp_error(HmpCall *call, Error *err)
{
    g_string_append_printf(call->out, "Error: %s\n", error_text(err));
    error_free(err);
}

static void run_command(const HmpTable *table, HmpCall *call, const HmpCommand *c, const char *at)
{
    g_autofree char *name = g_strndup(c->name, strcspn(c->name, "|"));
    Error *err = NULL;

    call->name = name;
    if (take_args(table, call, c->args, at, &err)) {
        c->run(call);
    } else {
        g_string_append_printf(call->out, "%s\nTry \"help %s\" for more information\n",
                               error_text(err), name);
        error_free(err);
    }
    for (int i = 0; i < HMP_MAX_ARGS; i++) {
        g_free(call->arg[i]);
    }
}

static void run_line(const HmpTable *table, HmpCall *call, const char *line)
{
    const char *at = line, *start;
    const HmpCommand *c;

    skip_space(&at);
    start = at;
    at += strcspn(at, " \t\r\n/");
    if (at == start) {
        at += strcspn(at, " \t\r\n");
    }
    g_autofree char *word = g_strndup(start, at - start);
    if (!*word) {
        return;
    }
    if (!strcmp(word, "info")) {
        skip_space(&at);
        start = at;
        at += strcspn(at, " \t\r\n");
        g_autofree char *sub = g_strndup(start, at - start);
        if (!*sub) {
            hmp_help(table, call->out, "info");
        } else if ((c = find(table->infos, table->n_infos, sub))) {
            run_command(table, call, c, at);
        } else {
            g_string_append_printf(call->out, "unknown command: 'info %s'\n", sub);
        }
    } else if ((c = find(table->commands, table->n_commands, word))) {
        run_command(table, call, c, at);
    } else {
        g_string_append_printf(call->out, "unknown command: '%s'\n", word);
    }
}

static char *with_crlf(const GString *text)
{
    GString *out = g_string_sized_new(text->len + 64);

    for (size_t i = 0; i < text->len; i++) {
        if (text->str[i] == '\n') {
            g_string_append_c(out, '\r');
        }
        g_string_append_c(out, text->str[i]);
    }
    return g_string_free(out, FALSE);
}

char *hmp_run(const HmpTable *table, void *context, const char *line, int *cpu_index)
{
    GString *out = g_string_new(NULL);
    HmpCall call = { .context = context, .out = out, .cpu_index = cpu_index };

    run_line(table, &call, line);
    char *text = with_crlf(out);
    g_string_free(out, TRUE);
    return text;
}
