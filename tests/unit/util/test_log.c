/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log: items, the file, and the limit on what a guest can make it say. */
#include "util/log.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct Bench { char *dir, *path; } Bench;

static void set_up(Bench *b, gconstpointer data)
{
    b->dir = g_dir_make_tmp("test_log-XXXXXX", NULL);
    b->path = g_build_filename(b->dir, "log", NULL);
    g_assert_true(log_set_file(b->path, NULL));
    log_set_mask(0);
}

static void tear_down(Bench *b, gconstpointer data)
{
    g_assert_true(log_set_file(NULL, NULL));
    g_unlink(b->path);
    g_assert_cmpint(g_rmdir(b->dir), ==, 0);
    g_free(b->path);
    g_free(b->dir);
}

static char *contents(Bench *b)
{
    char *text = NULL;

    g_assert_true(g_file_get_contents(b->path, &text, NULL, NULL));
    return text;
}

static void test_log_items(Bench *b, gconstpointer data)
{
    Error *err = NULL;
    const char *name, *text;
    uint32_t mask = 77, all = 0;

    g_assert_true(log_parse_items("int,in_asm", &mask, NULL));
    g_assert_cmphex(mask, ==, LOG_INT | LOG_IN_ASM);
    g_assert_true(log_parse_items("none", &mask, NULL));
    g_assert_cmphex(mask, ==, 0);
    g_assert_false(log_parse_items("int,foo", &mask, &err));
    g_assert_cmpstr(error_text(err), ==, "Invalid parameter 'foo' for log item (try '-d help')");
    g_assert_cmphex(mask, ==, 0);
    error_free(err);
    for (unsigned i = 0; log_item_describe(i, &name, &text); i++) {
        g_assert_true(log_parse_items(name, &mask, NULL));
        g_assert_true(mask && !(all & mask) && *text);
        all |= mask;
    }
    g_assert_true(log_parse_items("all", &mask, NULL));
    g_assert_cmphex(mask, ==, all);
}

static void test_log_mask(Bench *b, gconstpointer data)
{
    log_set_mask(LOG_INT);
    g_assert_true(log_is_on(LOG_INT | LOG_MMU));
    g_assert_false(log_is_on(LOG_MMU));
    log_printf(LOG_MMU, "not %d\n", 1);
    log_printf(LOG_MMU | LOG_INT, "but %d\n", 2);
    log_guest("pl011", "not this");
    log_set_mask(LOG_GUEST_ERROR | LOG_UNIMP);
    log_guest("pl011", "read of %x", 0x10);
    log_unimp("cpu", "word %x", 0x20);
    g_autofree char *text = contents(b);
    g_assert_cmpstr(text, ==, "but 2\npl011: read of 10\ncpu: word 20\n");
}

static int64_t fake_clock(void *opaque) { return *(int64_t *)opaque; }

static void test_log_hotplug(Bench *b, gconstpointer data)
{
    int64_t now_ns = INT64_C(12000000345);

    log_hotplug("not this");
    log_set_mask(LOG_HOTPLUG);
    log_hotplug("slot %d", 1);
    log_set_clock(fake_clock, &now_ns);
    log_hotplug("slot %d", 2);
    log_set_clock(NULL, NULL);
    g_autofree char *text = contents(b);
    g_assert_cmpstr(text, ==, "hotplug 0.000000000 slot 1\nhotplug 12.000000345 slot 2\n");
}

static void test_log_file(Bench *b, gconstpointer data)
{
    g_autofree char *with_pid = g_strconcat(b->path, "-%d.x", NULL);
    g_autofree char *made = g_strdup_printf("%s-%d.x", b->path, getpid());
    g_autofree char *nowhere = g_build_filename(b->dir, "no", "file", NULL);
    Error *err = NULL;

    g_assert_true(log_set_file(with_pid, NULL));
    g_assert_true(g_file_test(made, G_FILE_TEST_EXISTS));
    g_unlink(made);
    g_assert_true(log_set_file(b->path, NULL));
    g_assert_false(log_set_file(nowhere, &err));
    g_assert_nonnull(strstr(error_text(err), nowhere));
    error_free(err);
    log_set_mask(LOG_INT);
    log_printf(LOG_INT, "still here\n");
    g_autofree char *text = contents(b);
    g_assert_cmpstr(text, ==, "still here\n");
}

/* Each line is in the file or in the count of those that were dropped. */
static void test_log_limit(Bench *b, gconstpointer data)
{
    const unsigned sent = 5000, a_second = 200;
    unsigned lines = 0, dropped = 0, n;
    int64_t start = g_get_monotonic_time();

    log_set_mask(LOG_GUEST_ERROR);
    for (unsigned i = 0; i < sent; i++) {
        log_guest("dev", "line");
    }
    int64_t seconds = (g_get_monotonic_time() - start) / G_USEC_PER_SEC + 2;
    g_usleep(1100000);                  /* the next second tells */
    log_guest("dev", "line");
    g_autofree char *text = contents(b);
    g_auto(GStrv) all = g_strsplit(text, "\n", -1);
    for (char **l = all; *l; l++) {
        lines += !strcmp(*l, "dev: line");
        if (sscanf(*l, "log: %u more lines", &n) == 1) {
            dropped += n;
        }
    }
    g_assert_cmpuint(lines, <=, a_second * seconds + 1);
    g_assert_cmpuint(lines + dropped, ==, sent + 1);
}

#define ADD(name, fn) g_test_add("/log/" name, Bench, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("items", test_log_items);
    ADD("mask", test_log_mask);
    ADD("hotplug", test_log_hotplug);
    ADD("file", test_log_file);
    ADD("limit", test_log_limit);
    return g_test_run();
}
