/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences on their way from where they arise to who prints them. */
#include "util/error.h"

#include <errno.h>
#include <glib.h>

static void test_error_sentence(void)
{
    Error *err = NULL;

    g_assert_false(error_set(&err, "no %s of %d", "room", 3));
    g_assert_cmpstr(error_text(err), ==, "no room of 3");
    g_assert_cmpint(error_class(err), ==, ERROR_GENERIC);
    g_assert_null(error_hint(err));
    g_assert_false(error_prepend(&err, "-m %s: ", "1G"));
    g_assert_cmpstr(error_text(err), ==, "-m 1G: no room of 3");
    error_append_hint(&err, "Try %d.", 2);
    g_assert_cmpstr(error_hint(err), ==, "Try 2.");
    error_free(err);
}

static void test_error_errno(void)
{
    Error *err = NULL;

    g_assert_false(error_set_errno(&err, ENOENT, "Error opening %s", "x"));
    g_assert_cmpstr(error_text(err), ==, "Error opening x: No such file or directory");
    error_free(err);
}

static void test_error_class(void)
{
    Error *err = NULL;

    g_assert_false(error_set_class(&err, ERROR_DEVICE_NOT_FOUND, "no %s", "d"));
    g_assert_cmpint(error_class(err), ==, ERROR_DEVICE_NOT_FOUND);
    g_assert_cmpstr(error_class_name(ERROR_DEVICE_NOT_FOUND), ==, "DeviceNotFound");
    g_assert_cmpstr(error_class_name(ERROR_GENERIC), ==, "GenericError");
    error_free(err);
}

/* Who does not want to know passes NULL. */
static void test_error_unwanted(void)
{
    Error *none = NULL;

    g_assert_false(error_set(NULL, "lost"));
    g_assert_false(error_set_errno(NULL, EIO, "lost"));
    g_assert_false(error_prepend(NULL, "x"));
    g_assert_false(error_prepend(&none, "x"));
    error_append_hint(NULL, "x");
    error_append_hint(&none, "x");
    g_assert_null(none);
    error_free(NULL);
}

static void test_error_propagate(void)
{
    Error *inner = NULL, *outer = NULL;

    error_set(&inner, "inner");
    g_assert_false(error_propagate(&outer, inner));
    g_assert_true(outer == inner);
    g_assert_false(error_propagate(NULL, outer));       /* freed */
    outer = NULL;
    g_assert_false(error_propagate(&outer, NULL));
    g_assert_null(outer);
}

static void test_error_report(void)
{
    if (g_test_subprocess()) {
        Error *err = NULL;

        error_set_program("prog");
        error_set(&err, "bad");
        error_append_hint(&err, "Good is %d.", 1);
        error_report_free(err);
        warn_report("odd %d", 2);
        info_report("so %d", 3);
        error_set_timestamps(true);
        info_report("late");
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("prog: bad\nGood is 1.\nprog: warning: odd 2\nprog: so 3\n"
                              "20*-*-*T*:*:*.*Z prog: late\n");
}

/* A second error on top of the first is a bug of ours. */
static void test_error_twice(void)
{
    if (g_test_subprocess()) {
        Error *err = NULL;

        error_set(&err, "one");
        error_set(&err, "two");
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*Assertion*errp*");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/error/sentence", test_error_sentence);
    g_test_add_func("/error/errno", test_error_errno);
    g_test_add_func("/error/class", test_error_class);
    g_test_add_func("/error/unwanted", test_error_unwanted);
    g_test_add_func("/error/propagate", test_error_propagate);
    g_test_add_func("/error/report", test_error_report);
    g_test_add_func("/error/twice", test_error_twice);
    return g_test_run();
}
