/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One human monitor: banner, prompt, lines in, text out. */
#include <string.h>

#include "monitor_internal.h"

static void write_text(void *opaque, const char *text, size_t len)
{
    Session *s = opaque;

    if (s->focused) {
        session_write(s, text, len);
    }
}

static void run_line(void *opaque, const char *line)
{
    Session *s = opaque;
    g_autofree char *text = hmp_run(s->config->hmp, s->config->context, line, &s->cpu_index);

    write_text(s, text, strlen(text));
    readline_prompt(s->line);
}

static void add_names(GPtrArray *found, const HmpCommand *commands, unsigned n, const char *word)
{
    for (unsigned i = 0; i < n; i++) {
        g_auto(GStrv) names = g_strsplit(commands[i].name, "|", -1);
        for (char **name = names; *name; name++) {
            if (g_str_has_prefix(*name, word)) {
                g_ptr_array_add(found, g_strdup(*name));
            }
        }
    }
}

/* Names of commands: the first word, or the one after "info" and "help". */
static char **complete(void *opaque, const char *line)
{
    const HmpTable *table = ((Session *)opaque)->config->hmp;
    GPtrArray *found = g_ptr_array_new();

    if (g_str_has_prefix(line, "info ") || g_str_has_prefix(line, "help info ")) {
        add_names(found, table->infos, table->n_infos, strrchr(line, ' ') + 1);
    } else if (g_str_has_prefix(line, "help ")) {
        add_names(found, table->commands, table->n_commands, line + 5);
    } else if (!strchr(line, ' ')) {
        add_names(found, table->commands, table->n_commands, line);
    }
    g_ptr_array_add(found, NULL);
    return (char **)g_ptr_array_free(found, FALSE);
}

static const ReadlineOps line_ops = { write_text, run_line, complete };

static void greet(Session *s)
{
    if (!s->greeted && s->focused) {
        g_autofree char *text = g_strdup_printf("%s\r\n", s->config->banner);
        s->greeted = true;
        write_text(s, text, strlen(text));
        readline_prompt(s->line);
    }
}

static void receive(void *opaque, const uint8_t *buf, size_t len)
{
    Session *s = opaque;

    for (size_t i = 0; i < len; i++) {
        readline_input(s->line, buf[i]);
    }
}

static void chardev_event(void *opaque, ChardevEvent event)
{
    Session *s = opaque;

    switch (event) {
    case CHARDEV_OPENED:
        s->greeted = false;
        session_drop_output(s);
        greet(s);
        break;
    case CHARDEV_CLOSED:
        session_drop_output(s);
        break;
    case CHARDEV_FOCUS_IN:
        s->focused = true;
        if (s->greeted) {
            write_text(s, "\r\n", 2);
            readline_prompt(s->line);
        }
        greet(s);
        break;
    case CHARDEV_FOCUS_OUT:
        s->focused = false;
        break;
    case CHARDEV_WRITABLE:
        session_flush(s);
        break;
    case CHARDEV_BREAK:
        break;
    }
}

static const CharFrontendOps frontend = { session_can_receive, receive, chardev_event };

void hmp_session_start(Session *s)
{
    s->line = readline_new(&line_ops, s, "(qemu) ");
    chardev_set_frontend(s->chr, &frontend, s);
}
