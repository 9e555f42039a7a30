/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conversations: a session over one end of a socket pair, with the commands of
 * tests/unit/qapi/test-schema.json; the test is the client at the other end.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chardev/host.h"
#include "monitor/monitor.h"
#include "qapi/json.h"
#include "test-qapi-commands.h"
#include "test-qapi-events.h"

/* -- Handlers -- */

bool qmp_qmp_capabilities(TestContext *c, const strList *enable, Error **errp)
{
    return !enable || !enable->n || error_set(errp, "no such capability");
}

json_t *qmp_echo(TestContext *c, json_t *value, bool has_times, int64_t times, Error **errp)
{
    return json_incref(value);
}

Point *qmp_move(TestContext *c, const Point3 *p, Error **errp) { return g_new0(Point, 1); }

bool qmp_fail(TestContext *c, bool has_not_found, bool not_found, Error **errp)
{
    return not_found ? error_set_class(errp, ERROR_DEVICE_NOT_FOUND, "gone")
                     : error_set(errp, "no");
}

/* Makes large replies. */
PointList *qmp_list_points(TestContext *c, int64_t n, Error **errp)
{
    PointList *list = g_new0(PointList, 1);

    for (int64_t i = 0; i < n; i++) {
        PointList_add(list)->x = i;
    }
    return list;
}

json_t *qmp_raw(TestContext *c, json_t *args, Error **errp) { return json_incref(args); }

static void cmd_hello(HmpCall *call) { g_string_append(call->out, "hello\nyou\n"); }

static const HmpCommand commands[] = {
    { "hello", "", "", "says hello", cmd_hello },
    { "help|?", "s?", "[cmd]", "show the help", cmd_hello },
    { "held", "", "", "for completion", cmd_hello },
};
static const HmpTable hmp = { commands, G_N_ELEMENTS(commands), commands, 0, NULL };

/* -- Fixture -- */

typedef struct Fixture {
    VirtClock *clock;
    EventLoop *loop;
    ChardevEnv env;
    json_t *version;
    Monitors *monitors;
    Chardev *chr[4];
    unsigned n;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    f->clock = virt_clock_new();
    f->loop = event_loop_new(f->clock);
    f->env = (ChardevEnv){ .loop = f->loop, .escape = 1 };
    f->version = json_pack("{s:s}", "package", "test");
    f->monitors = monitors_new(&(MonitorConfig){
        .loop = f->loop, .qmp = &test_qapi_commands, .hmp = &hmp, .version = f->version,
        .banner = "BANNER",
    });
}

static void tear_down(Fixture *f, gconstpointer data)
{
    monitors_free(f->monitors);
    for (unsigned i = 0; i < f->n; i++) {
        chardev_free(f->chr[i]);
    }
    json_decref(f->version);
    event_loop_free(f->loop);
    virt_clock_free(f->clock);
}

/* A new session; the client's descriptor. */
static int open_session(Fixture *f, MonitorMode mode, bool pretty)
{
    int fds[2];
    char number[16];
    ChardevOptions opts = { .backend = CHARDEV_KIND_SOCKET, .fd = number };

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    g_snprintf(number, sizeof(number), "%d", fds[0]);
    Chardev *chr = chardev_new(&f->env, "mon", &opts, NULL);
    f->chr[f->n++] = chr;
    monitors_add(f->monitors, chr, mode, pretty);
    return fds[1];
}

static void put(int fd, const char *text)
{
    g_assert_cmpint(write(fd, text, strlen(text)), ==, strlen(text));
}

static void turn(Fixture *f)
{
    for (int i = 0; i < 5; i++) {
        g_main_context_iteration(event_loop_context(f->loop), FALSE);
    }
}

/* Read lines up to @n; "" when nothing comes. */
static char *get_lines(Fixture *f, int fd, int n)
{
    GString *text = g_string_new(NULL);
    gint64 end_us = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
    char c;

    while (n && g_get_monotonic_time() < end_us) {
        turn(f);
        while (n && recv(fd, &c, 1, MSG_DONTWAIT) == 1) {
            g_string_append_c(text, c);
            n -= c == '\n';
        }
    }
    return g_string_free(text, FALSE);
}

static void expect_line(Fixture *f, int fd, const char *expected)
{
    g_autofree char *line = get_lines(f, fd, 1);
    g_autofree char *full = g_strconcat(expected, "\r\n", NULL);

    g_assert_cmpstr(line, ==, full);
}

static void expect_silence(Fixture *f, int fd)
{
    char c;

    for (int i = 0; i < 20; i++) {
        turn(f);
        g_usleep(200);
    }
    g_assert_cmpint(recv(fd, &c, 1, MSG_DONTWAIT), ==, -1);
}

#define GREETING "{\"QMP\": {\"version\": {\"package\": \"test\"}, \"capabilities\": []}}"

static int open_qmp(Fixture *f)
{
    int fd = open_session(f, MONITOR_MODE_CONTROL, false);

    expect_line(f, fd, GREETING);
    put(fd, "{\"execute\":\"qmp_capabilities\"}");
    expect_line(f, fd, "{\"return\": {}}");
    return fd;
}

/* -- QMP -- */

#define NOT_FOUND(text) "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"" text "\"}"
#define GENERIC(text) "{\"error\": {\"class\": \"GenericError\", \"desc\": \"" text "\"}"

static void test_negotiation(Fixture *f, gconstpointer data)
{
    int fd = open_session(f, MONITOR_MODE_CONTROL, false);

    expect_line(f, fd, GREETING);
    put(fd, "{\"execute\":\"echo\",\"arguments\":{\"value\":1}}");
    expect_line(f, fd, NOT_FOUND("Expecting capabilities negotiation with 'qmp_capabilities'") "}");
    put(fd, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}");
    expect_line(f, fd, GENERIC("no such capability") "}");
    put(fd, "{\"execute\":\"qmp_capabilities\"}");
    expect_line(f, fd, "{\"return\": {}}");
    put(fd, "{\"execute\":\"qmp_capabilities\"}");
    expect_line(f, fd, NOT_FOUND("Capabilities negotiation is already complete, command ignored")
                "}");
    close(fd);
}

static const struct { const char *in, *out; } requests[] = {
    { "{\"execute\":\"echo\",\"arguments\":{\"value\":18446744073709551615}}",
      "{\"return\": 18446744073709551615}" },
    { "{\"execute\":\"echo\",\"arguments\":{\"value\":1},\"id\":{\"a\":[1,null,\"\xc3\xa9\"]}}",
      "{\"return\": 1, \"id\": {\"a\": [1, null, \"\\u00E9\"]}}" },
    { "{\"execute\":\"fail\",\"id\":9007199254740993}",
      GENERIC("no") ", \"id\": 9007199254740993}" },
    { "{\"execute\":\"fail\",\"arguments\":{\"not-found\":true}}",
      "{\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"gone\"}}" },
    { "{\"execute\":\"nope\",\"id\":null}", NOT_FOUND("The command nope has not been found")
      ", \"id\": null}" },
    { "{\"execute\":\"echo\"}", GENERIC("Parameter 'value' is missing") "}" },
    { "{\"execute\":\"fail\",\"arguments\":{\"x\":1}}",
      GENERIC("Parameter 'x' is unexpected") "}" },
    { "{\"execute\":\"fail\",\"arguments\":[]}",
      GENERIC("QMP input member 'arguments' must be an object") "}" },
    { "{\"execute\":1}", GENERIC("QMP input member 'execute' must be a string") "}" },
    { "{\"execute\":18446744073709551615}",
      GENERIC("QMP input member 'execute' must be a string") "}" },
    { "{\"exec-oob\":\"echo\"}", GENERIC("QMP input member 'exec-oob' is unexpected") "}" },
    { "{}", GENERIC("QMP input lacks member 'execute'") "}" },
    { "{\"id\":1}", GENERIC("QMP input lacks member 'execute'") ", \"id\": 1}" },
    { "[1]", GENERIC("QMP input must be a JSON object") "}" },
    { "7\n", GENERIC("QMP input must be a JSON object") "}" },
    { "{\"execute\":}", GENERIC("JSON parse error, expecting value") "}" },
    { "{'execute':'echo','arguments':{'value':'single'}}", "{\"return\": \"single\"}" },
    { "rubbish\n", GENERIC("JSON parse error, invalid keyword 'rubbish'") "}" },
};

static void test_requests(Fixture *f, gconstpointer data)
{
    int fd = open_qmp(f);

    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        put(fd, requests[i].in);
        expect_line(f, fd, requests[i].out);
    }
    close(fd);
}

static void test_many_in_one_write(Fixture *f, gconstpointer data)
{
    int fd = open_qmp(f);

    put(fd, "{\"execute\":\"echo\",\"arguments\":{\"value\":1}}"
        "{\"execute\":\"echo\",\"arguments\":{\"value\":2}}\n\n{\"execute\":\"echo\",");
    expect_line(f, fd, "{\"return\": 1}");
    expect_line(f, fd, "{\"return\": 2}");
    expect_silence(f, fd);
    put(fd, "\"arguments\":{\"value\":3}}");
    expect_line(f, fd, "{\"return\": 3}");
    close(fd);
}

static void test_oversized_line(Fixture *f, gconstpointer data)
{
    int fd = open_qmp(f);
    g_autofree char *block = g_strnfill(4096, 'x');

    put(fd, "{\"execute\":\"");
    for (int i = 0; i < JSON_MAX_BYTES / 4096 + 1; i++) {
        put(fd, block);
        turn(f);
    }
    put(fd, "\"}\n{\"execute\":\"echo\",\"arguments\":{\"value\":1}}");
    expect_line(f, fd, GENERIC("JSON parse error, message size limit exceeded") "}");
    expect_line(f, fd, "{\"return\": 1}");
    close(fd);
}

static void test_large_reply(Fixture *f, gconstpointer data)
{
    int fd = open_qmp(f);

    put(fd, "{\"execute\":\"list-points\",\"arguments\":{\"n\":20000}}");
    put(fd, "{\"execute\":\"echo\",\"arguments\":{\"value\":1}}");
    g_autofree char *line = get_lines(f, fd, 1);
    g_assert_true(g_str_has_prefix(line, "{\"return\": [{\"x\": 0, \"y\": 0}, "));
    g_assert_true(g_str_has_suffix(line, "{\"x\": 19999, \"y\": 0}]}\r\n"));
    expect_line(f, fd, "{\"return\": 1}");
    close(fd);
}

/* A client that only writes is not read from for ever. */
static void test_deaf_client(Fixture *f, gconstpointer data)
{
    static const char request[] = "{\"execute\":\"list-points\",\"arguments\":{\"n\":1000}}";
    int fd = open_qmp(f);
    size_t sent = 0, tries = 0;

    while (tries < 1000) {
        ssize_t n = send(fd, request, sizeof(request) - 1, MSG_DONTWAIT);
        sent += n > 0 ? n : 0;
        tries = n > 0 ? 0 : tries + 1;
        turn(f);
        g_assert_cmpuint(sent, <, 8 * 1024 * 1024);
    }
    close(fd);
}

static void test_events(Fixture *f, gconstpointer data)
{
    int one = open_qmp(f), two = open_qmp(f);
    int mute = open_session(f, MONITOR_MODE_CONTROL, false);
    const int fds[] = { one, two };

    expect_line(f, mute, GREETING);
    monitors_event(f->monitors, "MOVED", json_pack("{s:i}", "x", 1));
    for (int i = 0; i < 2; i++) {
        g_autofree char *line = get_lines(f, fds[i], 1);
        json_t *event = json_parse(line, strlen(line), NULL);
        json_t *stamp = json_object_get(event, "timestamp");
        g_assert_cmpstr(json_string_value(json_object_get(event, "event")), ==, "MOVED");
        g_assert_cmpint(json_integer_value(json_object_get(json_object_get(event, "data"), "x")),
                        ==, 1);
        g_assert_cmpint(json_integer_value(json_object_get(stamp, "seconds")), >, 1600000000);
        json_int_t us = json_integer_value(json_object_get(stamp, "microseconds"));
        g_assert_true(us >= 0 && us < 1000000);
        json_decref(event);
    }
    monitors_event(f->monitors, "NOTHING", NULL);
    g_autofree char *line = get_lines(f, one, 1);
    g_assert_null(strstr(line, "\"data\""));
    expect_silence(f, mute);
    close(one);
    close(two);
    close(mute);
}

static void test_pretty(Fixture *f, gconstpointer data)
{
    int fd = open_session(f, MONITOR_MODE_CONTROL, true);
    g_autofree char *greeting = get_lines(f, fd, 8);

    g_assert_cmpstr(greeting, ==, "{\n    \"QMP\": {\n        \"version\": {\n            "
                    "\"package\": \"test\"\n        },\n        \"capabilities\": []\n    }\n"
                    "}\r\n");
    close(fd);
}

/* -- Human monitor -- */

/* What comes until @end has come. */
static char *get_until(Fixture *f, int fd, const char *end)
{
    GString *text = g_string_new(NULL);
    gint64 end_us = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
    char c;

    while (!g_str_has_suffix(text->str, end) && g_get_monotonic_time() < end_us) {
        turn(f);
        while (!g_str_has_suffix(text->str, end) && recv(fd, &c, 1, MSG_DONTWAIT) == 1) {
            g_string_append_c(text, c);
        }
    }
    return g_string_free(text, FALSE);
}

static const struct { const char *keys, *screen; } typed[] = {
    { "hello\n", "hello\r\nhello\r\nyou\r\n(qemu) " },
    { "\n", "\r\n(qemu) " },
    { "hello\r\n", "hello\r\nhello\r\nyou\r\n(qemu) " },
    { "nope\r", "nope\r\nunknown command: 'nope'\r\n(qemu) " },
    /* backspace redraws the line */
    { "hellp\177o\n", "hellp\r(qemu) hell\033[Ko\r\nhello\r\nyou\r\n(qemu) " },
    /* up recalls */
    { "\033[A\n", "\r(qemu) hello\033[K\r\nhello\r\nyou\r\n(qemu) " },
    /* insert at the front */
    { "ello\001h\n", "ello\r(qemu) ello\033[K\033[4D\r(qemu) hello\033[K\033[4D\r\nhello\r\nyou\r\n"
      "(qemu) " },
    /* ^W and ^U */
    { "a b\027\025hello\n", "a b\r(qemu) a \033[K\r(qemu) \033[Khello\r\nhello\r\nyou\r\n(qemu) " },
    /* completion: common part, then the list, then the only one */
    { "h\t", "hel" },
    { "\t", "\r\nhello  help  held\r\n\r(qemu) hel\033[K" },
    { "l\t\n", "lo \r\nhello\r\nyou\r\n(qemu) " },
};

static void test_human(Fixture *f, gconstpointer data)
{
    int fd = open_session(f, MONITOR_MODE_READLINE, false);
    g_autofree char *banner = get_until(f, fd, "(qemu) ");

    g_assert_cmpstr(banner, ==, "BANNER\r\n(qemu) ");
    for (size_t i = 0; i < G_N_ELEMENTS(typed); i++) {
        put(fd, typed[i].keys);
        g_autofree char *screen = get_until(f, fd, typed[i].screen);
        g_assert_cmpstr(screen, ==, typed[i].screen);
    }
    monitors_event(f->monitors, "NOTHING", NULL);
    expect_silence(f, fd);
    close(fd);
}

#define ADD(path, fn) g_test_add(path, Fixture, NULL, set_up, fn, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/qmp/negotiation", test_negotiation);
    ADD("/qmp/requests", test_requests);
    ADD("/qmp/many-in-one-write", test_many_in_one_write);
    ADD("/qmp/oversized-line", test_oversized_line);
    ADD("/qmp/large-reply", test_large_reply);
    ADD("/qmp/deaf-client", test_deaf_client);
    ADD("/qmp/events", test_events);
    ADD("/qmp/pretty", test_pretty);
    ADD("/hmp/session", test_human);
    return g_test_run();
}
