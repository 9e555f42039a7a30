/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line editor for a terminal at the other end of a byte stream: cursor keys, history, kill keys,
 * completion. It assumes only CR, the ECMA-48 sequences "erase to end of line" and "cursor left".
 */
#include <string.h>

#include "monitor_internal.h"

#define LINE_BYTES 4096
#define HISTORY_LINES 64

typedef enum EscapeState { PLAIN, ESCAPE, CSI, SS3 } EscapeState;

struct Readline {
    const ReadlineOps *ops;
    void *opaque;
    char *prompt;
    GString *line;
    size_t cursor;
    GPtrArray *history;       /* oldest first */
    guint recalled;           /* index into history; its length = the line being typed */
    EscapeState escape;
    int parameter;            /* of a CSI sequence */
    bool last_was_cr;
};

Readline *readline_new(const ReadlineOps *ops, void *opaque, const char *prompt)
{
    Readline *r = g_new0(Readline, 1);

    r->ops = ops;
    r->opaque = opaque;
    r->prompt = g_strdup(prompt);
    r->line = g_string_new(NULL);
    r->history = g_ptr_array_new_with_free_func(g_free);
    return r;
}

void readline_free(Readline *r)
{
    if (r) {
        g_free(r->prompt);
        g_string_free(r->line, TRUE);
        g_ptr_array_free(r->history, TRUE);
        g_free(r);
    }
}

static void put(Readline *r, const char *text) { r->ops->write(r->opaque, text, strlen(text)); }

/* -- Display -- */

static void redraw(Readline *r)
{
    g_autofree char *text = g_strdup_printf("\r%s%s\033[K", r->prompt, r->line->str);

    put(r, text);
    if (r->cursor < r->line->len) {
        g_autofree char *left = g_strdup_printf("\033[%zuD", r->line->len - r->cursor);
        put(r, left);
    }
}

void readline_prompt(Readline *r)
{
    g_string_truncate(r->line, 0);
    r->cursor = 0;
    r->recalled = r->history->len;
    put(r, r->prompt);
}

/* -- Editing -- */

static void insert(Readline *r, char c)
{
    if (r->line->len >= LINE_BYTES) {
        return;
    }
    g_string_insert_c(r->line, r->cursor++, c);
    if (r->cursor == r->line->len) {
        r->ops->write(r->opaque, &c, 1);
    } else {
        redraw(r);
    }
}

static void erase(Readline *r, size_t from, size_t len)
{
    if (len) {
        g_string_erase(r->line, from, len);
        r->cursor = from;
        redraw(r);
    }
}

static void move(Readline *r, size_t to)
{
    if (to != r->cursor) {
        r->cursor = to;
        redraw(r);
    }
}

static void erase_word(Readline *r)
{
    size_t from = r->cursor;

    while (from && r->line->str[from - 1] == ' ') {
        from--;
    }
    while (from && r->line->str[from - 1] != ' ') {
        from--;
    }
    erase(r, from, r->cursor - from);
}

static void recall(Readline *r, int step)
{
    guint to = r->recalled + step;

    if ((step < 0 && r->recalled == 0) || to > r->history->len) {
        return;
    }
    r->recalled = to;
    g_string_assign(r->line, to < r->history->len ? g_ptr_array_index(r->history, to) : "");
    r->cursor = r->line->len;
    redraw(r);
}

static void remember(Readline *r)
{
    guint n = r->history->len;

    if (r->line->len && !(n && !strcmp(g_ptr_array_index(r->history, n - 1), r->line->str))) {
        g_ptr_array_add(r->history, g_strdup(r->line->str));
        if (n == HISTORY_LINES) {
            g_ptr_array_remove_index(r->history, 0);
        }
    }
}

static size_t common_length(char **names)
{
    size_t len = strlen(names[0]);

    for (char **n = names + 1; *n; n++) {
        size_t same = 0;
        while (same < len && names[0][same] == (*n)[same]) {
            same++;
        }
        len = same;
    }
    return len;
}

static void complete(Readline *r)
{
    if (r->cursor != r->line->len) {
        return;
    }
    g_auto(GStrv) names = r->ops->complete(r->opaque, r->line->str);
    if (!names[0]) {
        return;
    }
    const char *space = strrchr(r->line->str, ' ');
    size_t typed = r->line->len - (space ? space + 1 - r->line->str : 0);
    size_t common = common_length(names);
    for (size_t i = typed; i < common; i++) {
        insert(r, names[0][i]);
    }
    if (!names[1]) {
        insert(r, ' ');
    } else if (common == typed) {
        g_autofree char *list = g_strjoinv("  ", names);
        put(r, "\r\n");
        put(r, list);
        put(r, "\r\n");
        redraw(r);
    }
}

static void enter(Readline *r)
{
    g_autofree char *line = g_strdup(r->line->str);

    remember(r);
    put(r, "\r\n");
    r->ops->done(r->opaque, line);
}

/* -- Keys -- */

static void csi_key(Readline *r, uint8_t c)
{
    switch (c) {
    case 'A':
        recall(r, -1);
        break;
    case 'B':
        recall(r, 1);
        break;
    case 'C':
        move(r, MIN(r->cursor + 1, r->line->len));
        break;
    case 'D':
        move(r, r->cursor ? r->cursor - 1 : 0);
        break;
    case 'H':
        move(r, 0);
        break;
    case 'F':
        move(r, r->line->len);
        break;
    case '~':
        if (r->parameter == 3 && r->cursor < r->line->len) {
            erase(r, r->cursor, 1);
        } else if (r->parameter == 1 || r->parameter == 7) {
            move(r, 0);
        } else if (r->parameter == 4 || r->parameter == 8) {
            move(r, r->line->len);
        }
        break;
    }
}

static void control_key(Readline *r, uint8_t c)
{
    switch (c) {
    case 1:  /* ^A */
        move(r, 0);
        break;
    case 4:  /* ^D */
        if (r->cursor < r->line->len) {
            erase(r, r->cursor, 1);
        }
        break;
    case 5:  /* ^E */
        move(r, r->line->len);
        break;
    case 8: case 127:
        if (r->cursor) {
            erase(r, r->cursor - 1, 1);
        }
        break;
    case 9:
        complete(r);
        break;
    case '\n': case '\r':
        if (!(c == '\n' && r->last_was_cr)) {
            enter(r);
        }
        break;
    case 11: /* ^K */
        erase(r, r->cursor, r->line->len - r->cursor);
        break;
    case 14: /* ^N */
        recall(r, 1);
        break;
    case 16: /* ^P */
        recall(r, -1);
        break;
    case 21: /* ^U */
        erase(r, 0, r->cursor);
        break;
    case 23: /* ^W */
        erase_word(r);
        break;
    case 27:
        r->escape = ESCAPE;
        break;
    }
}

void readline_input(Readline *r, uint8_t c)
{
    switch (r->escape) {
    case PLAIN:
        if (c < 32 || c == 127) {
            control_key(r, c);
        } else {
            insert(r, c);
        }
        break;
    case ESCAPE:
        r->parameter = 0;
        r->escape = c == '[' ? CSI : c == 'O' ? SS3 : PLAIN;
        break;
    case CSI:
        if (g_ascii_isdigit(c)) {
            r->parameter = MIN(r->parameter * 10 + (c - '0'), 100);
            break;
        }
        r->escape = PLAIN;
        csi_key(r, c);
        break;
    case SS3:
        r->escape = PLAIN;
        csi_key(r, c);
        break;
    }
    r->last_was_cr = c == '\r';
}
