/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each backend against the real thing on the other side: sockets, a pty, files, FIFOs. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "chardev_fixture.h"

static Chardev *from_fd(Fixture *f, int fd)
{
    g_autofree char *text = g_strdup_printf("socket,fd=%d", fd);

    return fixture_chardev(f, text);
}

static void pair(int fds[2]) { g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0); }

static void put(int fd, const char *text)
{
    g_assert_cmpint(write(fd, text, strlen(text)), ==, strlen(text));
}

/* -- What every channel does -- */

static void test_both_directions(Fixture *f, gconstpointer data)
{
    int fds[2];

    pair(fds);
    Chardev *chr = from_fd(f, fds[0]);
    g_assert_true(chardev_is_open(chr));
    Front *front = front_new(chr);
    expect_seen(f, front, "{O}");
    put(fds[1], "hello");
    expect_seen(f, front, "{O}hello");
    g_assert_cmpuint(chardev_write(chr, "world", 5), ==, 5);
    expect_bytes(f, fds[1], "world");
    close(fds[1]);
    expect_seen(f, front, "{O}hello{C}");
    g_assert_false(chardev_is_open(chr));
    g_assert_cmpuint(chardev_write(chr, "lost", 4), ==, 4);
    chardev_free(chr);
    front_free(front);
}

static void test_input_waits_for_room(Fixture *f, gconstpointer data)
{
    int fds[2];

    pair(fds);
    Chardev *chr = from_fd(f, fds[0]);
    Front *front = front_new(chr);
    front->room = 0;
    put(fds[1], "abcdef");
    run_a_little(f);
    g_assert_cmpstr(front->seen->str, ==, "{O}");
    front->room = 2;
    run_a_little(f);
    g_assert_cmpstr(front->seen->str, ==, "{O}");
    chardev_accept_input(chr);
    expect_seen(f, front, "{O}abcdef");
    chardev_free(chr);
    front_free(front);
    close(fds[1]);
}

static void test_hangup_is_seen_without_room(Fixture *f, gconstpointer data)
{
    int fds[2];

    pair(fds);
    Chardev *chr = from_fd(f, fds[0]);
    Front *front = front_new(chr);
    front->room = 0;
    run_a_little(f);
    put(fds[1], "x");
    run_a_little(f);
    close(fds[1]);
    expect_seen(f, front, "{O}{C}");
    chardev_free(chr);
    front_free(front);
}

static void test_output_is_bounded(Fixture *f, gconstpointer data)
{
    static char block[4096];
    int fds[2];
    size_t total = 0, taken;

    pair(fds);
    Chardev *chr = from_fd(f, fds[0]);
    Front *front = front_new(chr);
    expect_seen(f, front, "{O}");
    do {
        taken = chardev_write(chr, block, sizeof(block));
        total += taken;
        run_a_little(f);
    } while (taken == sizeof(block) && total < 100 * 1024 * 1024);
    g_assert_cmpuint(taken, <, sizeof(block));
    g_assert_cmpstr(front->seen->str, ==, "{O}");
    size_t got = 0;
    fcntl(fds[1], F_SETFL, O_NONBLOCK);
    while (got < total) {
        ssize_t n = read(fds[1], block, sizeof(block));
        got += n > 0 ? n : 0;
        g_main_context_iteration(event_loop_context(f->loop), FALSE);
    }
    expect_seen(f, front, "{O}{W}");
    g_assert_cmpuint(chardev_write(chr, "x", 1), ==, 1);
    chardev_free(chr);
    front_free(front);
    close(fds[1]);
}

typedef struct Writer {
    Chardev *chr;
    char letter;
} Writer;

static void *write_many(void *opaque)
{
    Writer *w = opaque;

    for (int i = 0; i < 5000; i++) {
        while (chardev_write(w->chr, &w->letter, 1) == 0) {
            g_thread_yield();
        }
    }
    return NULL;
}

static void test_writers_on_threads(Fixture *f, gconstpointer data)
{
    int fds[2], count[2] = { 0 };
    char buf[512];

    pair(fds);
    Chardev *chr = from_fd(f, fds[0]);
    Writer writers[] = { { chr, 'a' }, { chr, 'b' } };
    GThread *threads[2];
    for (int i = 0; i < 2; i++) {
        threads[i] = g_thread_new("writer", write_many, &writers[i]);
    }
    fcntl(fds[1], F_SETFL, O_NONBLOCK);
    while (count[0] + count[1] < 10000) {
        g_main_context_iteration(event_loop_context(f->loop), FALSE);
        ssize_t n = read(fds[1], buf, sizeof(buf));
        for (ssize_t i = 0; i < n; i++) {
            count[buf[i] - 'a']++;
        }
    }
    g_assert_cmpint(count[0], ==, 5000);
    g_assert_cmpint(count[1], ==, 5000);
    for (int i = 0; i < 2; i++) {
        g_thread_join(threads[i]);
    }
    chardev_free(chr);
    close(fds[1]);
}

static void test_free_writes_out(Fixture *f, gconstpointer data)
{
    int fds[2];

    pair(fds);
    Chardev *chr = from_fd(f, fds[0]);
    chardev_write(chr, "last words", 10);
    chardev_free(chr);
    expect_bytes(f, fds[1], "last words");
    close(fds[1]);
}

static void test_claimed_once(Fixture *f, gconstpointer data)
{
    Chardev *chr = fixture_chardev(f, "null");
    Error *err = NULL;

    g_assert_true(chardev_claim(chr, &err) == chr);
    g_assert_null(chardev_claim(chr, &err));
    g_assert_cmpstr(error_text(err), ==, "Device 'c0' is in use");
    error_free(err);
    chardev_free(chr);
}

static void test_logfile(Fixture *f, gconstpointer data)
{
    Chardev *chr = fixture_chardev(f, "file,path=%s/out,logfile=%s/log");
    g_autofree char *path = fixture_path(f, "log");
    g_autofree char *text = NULL;

    chardev_write(chr, "abc", 3);
    chardev_free(chr);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "abc");
    fixture_refused(f, "null,logfile=%s/no/where",
                    "Unable to open logfile %s/no/where: No such file or directory");
}

/* -- Sockets -- */

static void test_unix_server(Fixture *f, gconstpointer data)
{
    Chardev *chr = fixture_chardev(f, "socket,path=%s/s,server=on,wait=off");
    Front *front = front_new(chr);
    g_autofree char *path = fixture_path(f, "s");
    g_autofree char *before = chardev_describe(chr);
    g_autofree char *expected = g_strdup_printf("disconnected:unix:%s,server=on", path);

    g_assert_cmpstr(before, ==, expected);
    for (int round = 0; round < 2; round++) {
        g_string_truncate(front->seen, 0);
        int fd = connect_unix(path);
        g_assert_cmpint(fd, >=, 0);
        put(fd, "hi");
        expect_seen(f, front, "{O}hi");
        g_autofree char *connected = chardev_describe(chr);
        g_assert_cmpstr(connected, ==, expected + strlen("disconnected:"));
        chardev_write(chr, "yo", 2);
        expect_bytes(f, fd, "yo");
        close(fd);
        expect_seen(f, front, "{O}hi{C}");
    }
    chardev_free(chr);
    front_free(front);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_tcp_server_and_client(Fixture *f, gconstpointer data)
{
    Chardev *server = fixture_chardev(f, "socket,host=127.0.0.1,port=0,server,nowait");
    g_autofree char *name = chardev_describe(server);
    char *port = strrchr(name, ':') + 1;

    g_assert_true(g_str_has_prefix(name, "disconnected:tcp:127.0.0.1:"));
    *strchr(port, ',') = 0;
    g_autofree char *text = g_strdup_printf("socket,host=localhost,port=%s,nodelay", port);
    g_autofree char *again = g_strdup_printf("socket,host=127.0.0.1,port=%s,server,nowait", port);
    fixture_refused(f, again, "Failed to find an available port: Address already in use");
    Chardev *client = fixture_chardev(f, text);
    Front *front = front_new(server);
    chardev_write(client, "via tcp", 7);
    expect_seen(f, front, "{O}via tcp");
    g_autofree char *connected = chardev_describe(server);
    g_assert_nonnull(strstr(connected, ",server=on <-> 127.0.0.1:"));
    chardev_free(client);
    expect_seen(f, front, "{O}via tcp{C}");
    chardev_free(server);
    front_free(front);
}

static void test_listening_fd(Fixture *f, gconstpointer data)
{
    g_autofree char *path = fixture_path(f, "l");
    struct sockaddr_un sun = { .sun_family = AF_UNIX };
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);

    g_strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
    g_assert_cmpint(bind(listening, (struct sockaddr *)&sun, sizeof(sun)), ==, 0);
    g_assert_cmpint(listen(listening, 1), ==, 0);
    g_autofree char *text = g_strdup_printf("socket,fd=%d,server=on,wait=off", listening);
    Chardev *chr = fixture_chardev(f, text);
    Front *front = front_new(chr);
    int fd = connect_unix(path);
    put(fd, "x");
    expect_seen(f, front, "{O}x");
    chardev_free(chr);
    front_free(front);
    close(fd);
}

static void test_reconnect(Fixture *f, gconstpointer data)
{
    Chardev *client = fixture_chardev(f, "socket,path=%s/r,reconnect-ms=10");
    Front *front = front_new(client);

    run_a_little(f);
    g_assert_cmpstr(front->seen->str, ==, "");
    for (int round = 0; round < 2; round++) {
        g_string_truncate(front->seen, 0);
        Chardev *server = fixture_chardev(f, "socket,path=%s/r,server=on,wait=off");
        expect_seen(f, front, "{O}");
        chardev_free(server);
        expect_seen(f, front, "{O}{C}");
    }
    chardev_free(client);
    front_free(front);
}

static void test_telnet(Fixture *f, gconstpointer data)
{
    static const uint8_t in[] = {
        'a', 255, 253, 3, 'b', 255, 255, 255, 243, 255, 250, 24, 1, 255, 240, 'c',
    };
    static const uint8_t hello[] = { 255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0 };
    Chardev *chr = fixture_chardev(f, "socket,path=%s/t,server=on,wait=off,telnet=on");
    g_autofree char *path = fixture_path(f, "t");
    Front *front = front_new(chr);
    int fd = connect_unix(path);
    uint8_t buf[64];

    expect_seen(f, front, "{O}");
    g_assert_cmpint(write(fd, in, sizeof(in)), ==, sizeof(in));
    expect_seen(f, front, "{O}{B}ab\377c");
    g_assert_cmpint(read(fd, buf, sizeof(hello)), ==, sizeof(hello));
    g_assert_cmpint(memcmp(buf, hello, sizeof(hello)), ==, 0);
    chardev_write(chr, "x\377y", 3);
    expect_bytes(f, fd, "x\377\377y");
    chardev_free(chr);
    front_free(front);
    close(fd);
}

static void test_socket_refusals(Fixture *f, gconstpointer data)
{
    fixture_refused(f, "socket", "chardev: socket: need exactly one of path, host and port, or fd");
    fixture_refused(f, "socket,path=/a,port=1",
                    "chardev: socket: need exactly one of path, host and port, or fd");
    fixture_refused(f, "socket,host=a", "chardev: socket: no port given");
    fixture_refused(f, "socket,port=1", "chardev: socket: no host given");
    fixture_refused(f, "socket,fd=x", "file descriptor 'x' is not a number");
    fixture_refused(f, "socket,fd=0", "file descriptor 0 is not a socket: Socket operation on "
                    "non-socket");
    fixture_refused(f, "socket,path=%s/none",
                    "Failed to connect to '%s/none': No such file or directory");
    fixture_refused(f, "socket,path=%s/no/where,server=on,wait=off",
                    "Failed to bind socket to %s/no/where: No such file or directory");
    fixture_refused(f, "socket,path=a,wait=on",
                    "'wait' option is incompatible with socket in client connect mode");
    fixture_refused(f, "socket,path=a,server=on,reconnect=1", "'reconnect' option is incompatible "
                    "with socket in server listen mode");
    fixture_refused(f, "socket,host=127.0.0.1,port=99999,server,nowait",
                    "port '99999' is not a number up to 65535");
    g_autofree char *name = g_strnfill(200, 'a');
    g_autofree char *text = g_strdup_printf("socket,path=%s,server=on,wait=off", name);
    g_autofree char *error = g_strdup_printf("UNIX socket path '%s' is too long", name);
    fixture_refused(f, text, error);
}

/* -- pty -- */

/* A new pty, whose name goes to standard output; that is put into @said. */
static Chardev *new_pty(Fixture *f, char *said, size_t size)
{
    int saved = dup(1), fds[2];

    g_assert_cmpint(pipe(fds), ==, 0);
    dup2(fds[1], 1);
    Chardev *chr = fixture_chardev(f, "pty");
    dup2(saved, 1);
    ssize_t n = read(fds[0], said, size - 1);
    said[MAX(n, 0)] = 0;
    close(saved);
    close(fds[0]);
    close(fds[1]);
    return chr;
}

static void test_pty(Fixture *f, gconstpointer data)
{
    char said[128];
    Chardev *chr = new_pty(f, said, sizeof(said));
    Front *front = front_new(chr);
    g_autofree char *name = chardev_describe(chr);
    g_autofree char *expected = g_strdup_printf("char device redirected to %s (label c0)\n",
                                                name + strlen("pty:"));

    g_assert_cmpstr(said, ==, expected);
    g_assert_true(g_str_has_prefix(name, "pty:/dev/pts/"));
    g_assert_false(chardev_is_open(chr));
    g_assert_cmpuint(chardev_write(chr, "nobody", 6), ==, 6);
    for (int round = 0; round < 2; round++) {
        g_string_truncate(front->seen, 0);
        int fd = open(name + 4, O_RDWR | O_NOCTTY);
        g_assert_cmpint(fd, >=, 0);
        expect_seen(f, front, "{O}");
        chardev_write(chr, "out\n", 4);
        expect_bytes(f, fd, "out\n");
        put(fd, "in\r");
        expect_seen(f, front, "{O}in\r");
        close(fd);
        expect_seen(f, front, "{O}in\r{C}");
    }
    chardev_free(chr);
    front_free(front);
}

/* -- Files -- */

static void test_file(Fixture *f, gconstpointer data)
{
    static const char *const options[] = {
        "file,path=%s/out", "file,path=%s/out,append=on", "file,path=%s/out",
    };
    static const char *const expected[] = { "one", "oneone", "one" };
    g_autofree char *path = fixture_path(f, "out");

    for (int i = 0; i < 3; i++) {
        Chardev *chr = fixture_chardev(f, options[i]);
        g_autofree char *text = NULL;
        chardev_write(chr, "one", 3);
        chardev_free(chr);
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_assert_cmpstr(text, ==, expected[i]);
    }
    fixture_refused(f, "file", "chardev: file: no filename given");
    fixture_refused(f, "file,path=%s/no/where",
                    "Could not open '%s/no/where': No such file or directory");
    fixture_refused(f, "file,path=/dev/fdset/3", "Could not open '/dev/fdset/3': No such file or "
                    "directory");
}

static void test_file_input(Fixture *f, gconstpointer data)
{
    g_autofree char *path = fixture_path(f, "in");

    g_assert_true(g_file_set_contents(path, "typed", -1, NULL));
    Chardev *chr = fixture_chardev(f, "file,path=%s/out,input-path=%s/in");
    Front *front = front_new(chr);
    expect_seen(f, front, "{O}typed");
    run_a_little(f);
    g_assert_cmpstr(front->seen->str, ==, "{O}typed");
    chardev_free(chr);
    front_free(front);
}

static int fdset_open(void *opaque, unsigned set)
{
    Fixture *f = opaque;
    g_autofree char *path = fixture_path(f, "set");

    return set == 3 ? open(path, O_RDWR | O_CREAT, 0600) : -1;
}

static void test_fdset(Fixture *f, gconstpointer data)
{
    g_autofree char *path = fixture_path(f, "set");
    g_autofree char *text = NULL;

    f->env.fdset_open = fdset_open;
    Chardev *chr = fixture_chardev(f, "file,path=/dev/fdset/3,append=on");
    chardev_write(chr, "given", 5);
    chardev_free(chr);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "given");
}

static void test_pipe(Fixture *f, gconstpointer data)
{
    g_autofree char *in = fixture_path(f, "p.in"), *out = fixture_path(f, "p.out");

    g_assert_cmpint(mkfifo(in, 0600), ==, 0);
    g_assert_cmpint(mkfifo(out, 0600), ==, 0);
    Chardev *chr = fixture_chardev(f, "pipe,path=%s/p");
    Front *front = front_new(chr);
    int to = open(in, O_WRONLY), from = open(out, O_RDONLY | O_NONBLOCK);
    put(to, "ping");
    expect_seen(f, front, "{O}ping");
    chardev_write(chr, "pong", 4);
    expect_bytes(f, from, "pong");
    close(to);
    run_a_little(f);
    g_assert_cmpstr(front->seen->str, ==, "{O}ping");
    chardev_free(chr);
    front_free(front);
    close(from);
    fixture_refused(f, "pipe,path=%s/q", "Could not open '%s/q': No such file or directory");
}

static void test_ringbuf(Fixture *f, gconstpointer data)
{
    Chardev *chr = fixture_chardev(f, "ringbuf,size=8");
    Error *err = NULL;

    chardev_write(chr, "0123456789", 10);
    GByteArray *bytes = chardev_ringbuf_read(chr, 3, &err);
    g_assert_cmpmem(bytes->data, bytes->len, "234", 3);
    g_byte_array_unref(bytes);
    bytes = chardev_ringbuf_read(chr, 100, &err);
    g_assert_cmpmem(bytes->data, bytes->len, "56789", 5);
    g_byte_array_unref(bytes);
    chardev_free(chr);
    fixture_refused(f, "ringbuf,size=7", "size of ringbuf chardev must be power of two");
    chr = fixture_chardev(f, "null");
    g_assert_null(chardev_ringbuf_read(chr, 1, &err));
    g_assert_cmpstr(error_text(err), ==, "c0 is not a ringbuf device");
    error_free(err);
    chardev_free(chr);
}

#define ADD(path, fn) g_test_add(path, Fixture, NULL, fixture_set_up, fn, fixture_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/channel/both-directions", test_both_directions);
    ADD("/channel/input-waits-for-room", test_input_waits_for_room);
    ADD("/channel/hangup-is-seen-without-room", test_hangup_is_seen_without_room);
    ADD("/channel/output-is-bounded", test_output_is_bounded);
    ADD("/channel/writers-on-threads", test_writers_on_threads);
    ADD("/channel/free-writes-out", test_free_writes_out);
    ADD("/channel/claimed-once", test_claimed_once);
    ADD("/channel/logfile", test_logfile);
    ADD("/socket/unix-server", test_unix_server);
    ADD("/socket/tcp", test_tcp_server_and_client);
    ADD("/socket/listening-fd", test_listening_fd);
    ADD("/socket/reconnect", test_reconnect);
    ADD("/socket/telnet", test_telnet);
    ADD("/socket/refusals", test_socket_refusals);
    ADD("/pty", test_pty);
    ADD("/file/output", test_file);
    ADD("/file/input", test_file_input);
    ADD("/file/fdset", test_fdset);
    ADD("/pipe", test_pipe);
    ADD("/ringbuf", test_ringbuf);
    return g_test_run();
}
