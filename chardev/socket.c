/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unix and TCP sockets, server or client, one peer at a time. A server listens while it has no
 * peer; a client with reconnect tries again.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "chardev_internal.h"
#include "util/parse.h"

typedef struct Socket {
    Chardev chr;
    ChardevOptions opts;       /* own copies of what is needed later */
    bool server, is_unix, telnet, nodelay;
    unsigned reconnect_ms;
    int listen_fd;
    GSource *listen_watch, *retry, *connecting;
    int connecting_fd;
    char *address;             /* "unix:PATH" or "tcp:HOST:PORT" */
    char *peer;                /* " <-> HOST:PORT" of a TCP peer */
    char *unlink_path;         /* absolute: -daemonize changes the directory */
    unsigned telnet_state;
} Socket;

static void listen_again(Socket *s);
static void retry_later(Socket *s);

/* -- Addresses -- */

static bool unix_address(const ChardevOptions *opts, struct sockaddr_un *sun, socklen_t *len,
                         Error **errp)
{
    size_t path_len = strlen(opts->path);
    bool tight = !opts->has_tight || opts->tight;

    memset(sun, 0, sizeof(*sun));
    sun->sun_family = AF_UNIX;
    if (path_len + opts->abstract >= sizeof(sun->sun_path)) {
        error_set(errp, "UNIX socket path '%s' is too long", opts->path);
        error_append_hint(errp, "Path must be less than %zu bytes", sizeof(sun->sun_path));
        return false;
    }
    memcpy(sun->sun_path + opts->abstract, opts->path, path_len);
    *len = sizeof(*sun);
    if (opts->abstract && tight) {
        *len = offsetof(struct sockaddr_un, sun_path) + 1 + path_len;
    }
    return true;
}

static struct addrinfo *resolve(const ChardevOptions *opts, bool passive, const char *port,
                                Error **errp)
{
    struct addrinfo hints = {
        .ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC, .ai_flags = passive ? AI_PASSIVE : 0,
    }, *found;
    bool v4 = !opts->has_ipv4 || opts->ipv4, v6 = !opts->has_ipv6 || opts->ipv6;
    const char *host = opts->host && *opts->host ? opts->host : NULL;

    if ((opts->has_ipv4 && opts->ipv4 && !opts->has_ipv6) || !v6) {
        hints.ai_family = AF_INET;
    } else if ((opts->has_ipv6 && opts->ipv6 && !opts->has_ipv4) || !v4) {
        hints.ai_family = AF_INET6;
    }
    int rc = getaddrinfo(host, port, &hints, &found);
    if (rc) {
        error_set(errp, "address resolution failed for %s:%s: %s", host ? host : "", port,
                  gai_strerror(rc));
        return NULL;
    }
    return found;
}

static char *name_of(int fd, bool peer)
{
    struct sockaddr_storage ss;
    socklen_t len = sizeof(ss);
    char host[NI_MAXHOST], port[NI_MAXSERV];
    int rc = peer ? getpeername(fd, (struct sockaddr *)&ss, &len)
                  : getsockname(fd, (struct sockaddr *)&ss, &len);

    if (rc || getnameinfo((struct sockaddr *)&ss, len, host, sizeof(host), port, sizeof(port),
                          NI_NUMERICHOST | NI_NUMERICSERV)) {
        return NULL;
    }
    return g_strdup_printf(ss.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

/* -- Listening and connecting -- */

static int listen_unix(Socket *s, Error **errp)
{
    struct sockaddr_un sun;
    socklen_t len;

    if (!unix_address(&s->opts, &sun, &len, errp)) {
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!s->opts.abstract) {
        unlink(s->opts.path); /* a leftover of an earlier run */
    }
    if (fd < 0 || bind(fd, (struct sockaddr *)&sun, len) < 0 || listen(fd, 1) < 0) {
        error_set_errno(errp, errno, "Failed to bind socket to %s", s->opts.path);
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    s->unlink_path = s->opts.abstract ? NULL : g_canonicalize_filename(s->opts.path, NULL);
    return fd;
}

static int listen_at(const struct addrinfo *ai)
{
    int on = 1;
    int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, ai->ai_protocol);

    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (ai->ai_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    }
    if (bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 || listen(fd, 1) < 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static int listen_tcp(Socket *s, Error **errp)
{
    uint64_t first;
    int saved = EADDRNOTAVAIL;

    if (!parse_uint64(*s->opts.port ? s->opts.port : "0", &first) || first > 65535) {
        error_set(errp, "port '%s' is not a number up to 65535", s->opts.port);
        return -1;
    }
    for (uint64_t port = first; port <= MAX(first, s->opts.to); port++) {
        g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)port);
        struct addrinfo *found = resolve(&s->opts, true, text, errp);
        if (!found) {
            return -1;
        }
        for (struct addrinfo *ai = found; ai; ai = ai->ai_next) {
            int fd = listen_at(ai);
            if (fd >= 0) {
                freeaddrinfo(found);
                return fd;
            }
            saved = errno;
        }
        freeaddrinfo(found);
    }
    error_set_errno(errp, saved, "Failed to find an available port");
    return -1;
}

/* Start connecting. A descriptor with *done saying whether it is connected; -1 with *errp. */
static int connect_start(Socket *s, bool wait, bool *done, Error **errp)
{
    int flags = SOCK_STREAM | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK);
    struct sockaddr_un sun;
    socklen_t len;
    int fd = -1, saved = ECONNREFUSED;

    *done = true;
    if (s->is_unix) {
        if (!unix_address(&s->opts, &sun, &len, errp)) {
            return -1;
        }
        fd = socket(AF_UNIX, flags, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&sun, len) == 0) {
            return fd;
        }
        error_set_errno(errp, errno, "Failed to connect to '%s'", s->opts.path);
        close(fd);
        return -1;
    }
    struct addrinfo *found = resolve(&s->opts, false, s->opts.port, errp);
    if (!found) {
        return -1;
    }
    for (struct addrinfo *ai = found; ai; ai = ai->ai_next) {
        fd = socket(ai->ai_family, flags, ai->ai_protocol);
        if (fd < 0) {
            continue;
        }
        int rc = connect(fd, ai->ai_addr, ai->ai_addrlen);
        if (rc == 0 || errno == EINPROGRESS) {
            *done = rc == 0;
            freeaddrinfo(found);
            return fd;
        }
        saved = errno;
        close(fd);
    }
    freeaddrinfo(found);
    error_set_errno(errp, saved, "Failed to connect to '%s:%s'", s->opts.host, s->opts.port);
    return -1;
}

/* -- Telnet (RFC 854): negotiation out, commands filtered in -- */

enum { IAC = 255, DONT = 254, DO = 253, WONT = 252, WILL = 251, SB = 250, BRK = 243, SE = 240 };
enum { TN_DATA, TN_IAC, TN_OPTION, TN_SB, TN_SB_IAC };

static void telnet_hello(int fd)
{
    /* WILL ECHO, WILL SUPPRESS-GO-AHEAD, WILL BINARY, DO BINARY: a character terminal */
    static const uint8_t hello[] = {
        IAC, WILL, 1, IAC, WILL, 3, IAC, WILL, 0, IAC, DO, 0,
    };
    if (send(fd, hello, sizeof(hello), MSG_NOSIGNAL) < 0) {
        return; /* the peer is gone: reading finds out */
    }
}

static bool telnet_is_data(Socket *s, uint8_t c)
{
    switch (s->telnet_state) {
    case TN_DATA:
        s->telnet_state = c == IAC ? TN_IAC : TN_DATA;
        return c != IAC;
    case TN_IAC:
        s->telnet_state = c >= WILL && c <= DONT ? TN_OPTION : c == SB ? TN_SB : TN_DATA;
        if (c == BRK) {
            backend_event(&s->chr, CHARDEV_BREAK);
        }
        return c == IAC;
    case TN_SB:
        s->telnet_state = c == IAC ? TN_SB_IAC : TN_SB;
        return false;
    case TN_SB_IAC:
        s->telnet_state = c == SE ? TN_DATA : TN_SB;
        return false;
    default:
        s->telnet_state = TN_DATA;
        return false;
    }
}

static size_t socket_filter(Chardev *chr, uint8_t *buf, size_t len)
{
    Socket *s = (Socket *)chr;
    size_t left = 0;

    if (!s->telnet) {
        return len;
    }
    for (size_t i = 0; i < len; i++) {
        if (telnet_is_data(s, buf[i])) {
            buf[left++] = buf[i];
        }
    }
    return left;
}

/* -- Peers -- */

static void peer_connected(Socket *s, int fd)
{
    int on = 1;

    event_source_drop(&s->listen_watch);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    g_clear_pointer(&s->peer, g_free);
    if (!s->is_unix) {
        if (s->nodelay) {
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        }
        s->peer = name_of(fd, true);
    }
    s->telnet_state = TN_DATA;
    if (s->telnet && s->server) {
        telnet_hello(fd);
    }
    channel_connect(&s->chr, fd, fd, false);
}

static gboolean client_came(int listen_fd, GIOCondition cond, void *opaque)
{
    int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0) {
        peer_connected(opaque, fd);
    }
    return G_SOURCE_CONTINUE;
}

static void listen_again(Socket *s)
{
    event_source_drop(&s->listen_watch);
    s->listen_watch = event_watch_fd(s->chr.env->loop, s->listen_fd, G_IO_IN, client_came, s);
}

static void peer_gone(Chardev *chr)
{
    Socket *s = (Socket *)chr;

    channel_disconnect(chr);
    if (s->listen_fd >= 0) {
        listen_again(s);
    } else if (s->reconnect_ms) {
        retry_later(s);
    }
}

static gboolean connect_result(int fd, GIOCondition cond, void *opaque)
{
    Socket *s = opaque;
    int failure = 0;
    socklen_t len = sizeof(failure);

    event_source_drop(&s->connecting);
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &len);
    s->connecting_fd = -1;
    if (failure) {
        close(fd);
        retry_later(s);
    } else {
        peer_connected(s, fd);
    }
    return G_SOURCE_REMOVE;
}

static void connect_in_background(Socket *s)
{
    bool done;
    int fd = connect_start(s, false, &done, NULL);

    if (fd < 0) {
        retry_later(s);
    } else if (done) {
        peer_connected(s, fd);
    } else {
        s->connecting_fd = fd;
        s->connecting = event_watch_fd(s->chr.env->loop, fd, G_IO_OUT | G_IO_ERR | G_IO_HUP,
                                       connect_result, s);
    }
}

static gboolean retry_now(void *opaque)
{
    Socket *s = opaque;

    event_source_drop(&s->retry);
    connect_in_background(s);
    return G_SOURCE_REMOVE;
}

static void retry_later(Socket *s)
{
    event_source_drop(&s->retry);
    s->retry = g_timeout_source_new(s->reconnect_ms);
    g_source_set_callback(s->retry, retry_now, s, NULL);
    g_source_attach(s->retry, event_loop_context(s->chr.env->loop));
}

/* -- Life -- */

static bool open_server(Socket *s, bool wait, int fd, Error **errp)
{
    s->listen_fd = fd >= 0 ? fd : s->is_unix ? listen_unix(s, errp) : listen_tcp(s, errp);
    if (s->listen_fd < 0) {
        return false;
    }
    if (!s->is_unix) {
        g_autofree char *name = name_of(s->listen_fd, false);
        g_free(s->address);
        s->address = g_strdup_printf("%s:%s", s->telnet ? "telnet" : "tcp", name ? name : "");
    }
    if (wait) {
        g_autofree char *what = chardev_describe(&s->chr);
        info_report("info: QEMU waiting for connection on: %s", what);
        int client = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0) {
            return error_set_errno(errp, errno, "Failed to accept a connection on %s", s->address);
        }
        peer_connected(s, client);
    } else {
        listen_again(s);
    }
    return true;
}

static bool open_client(Socket *s, int fd, Error **errp)
{
    bool done = true;

    if (s->reconnect_ms) {
        connect_in_background(s);
        return true;
    }
    if (fd < 0) {
        fd = connect_start(s, true, &done, errp);
    }
    if (fd < 0) {
        return false;
    }
    peer_connected(s, fd);
    return true;
}

static bool take_fd(Socket *s, const ChardevOptions *opts, int *fd, Error **errp)
{
    struct sockaddr_storage ss;
    socklen_t len = sizeof(ss);
    uint64_t number;

    *fd = -1;
    if (!opts->fd) {
        return true;
    }
    if (!parse_uint64(opts->fd, &number) || number > INT32_MAX) {
        return error_set(errp, "file descriptor '%s' is not a number", opts->fd);
    }
    if (getsockname(number, (struct sockaddr *)&ss, &len) < 0) {
        return error_set_errno(errp, errno, "file descriptor %s is not a socket", opts->fd);
    }
    *fd = number;
    fcntl(*fd, F_SETFD, FD_CLOEXEC);
    s->is_unix = ss.ss_family == AF_UNIX;
    s->address = g_strdup_printf("%s:", s->is_unix ? "unix" : "tcp");
    return true;
}

static bool check_options(const ChardevOptions *o, Error **errp)
{
    int ways = (o->path != NULL) + (o->host || o->port) + (o->fd != NULL);

    if (ways != 1) {
        return error_set(errp, "chardev: socket: need exactly one of path, host and port, or fd");
    }
    if (!o->path && !o->fd && (!o->port || (!o->host && !o->server))) {
        return error_set(errp, "chardev: socket: no %s given", o->port ? "host" : "port");
    }
    if (o->server && (o->reconnect || o->reconnect_ms)) {
        return error_set(errp, "'reconnect' option is incompatible with socket in server "
                         "listen mode");
    }
    if (!o->server && o->has_wait && o->wait) {
        return error_set(errp, "'wait' option is incompatible with socket in client connect mode");
    }
    if (o->has_reconnect && o->has_reconnect_ms) {
        return error_set(errp, "'reconnect' and 'reconnect-ms' are mutually exclusive");
    }
    return true;
}

static bool socket_open(Chardev *chr, const ChardevOptions *opts, Error **errp)
{
    Socket *s = (Socket *)chr;
    int fd;

    s->listen_fd = s->connecting_fd = -1;
    if (!check_options(opts, errp)) {
        return false;
    }
    s->opts = *opts;
    s->opts.path = g_strdup(opts->path);
    s->opts.host = g_strdup(opts->host);
    s->opts.port = g_strdup(opts->port);
    s->server = opts->server;
    s->is_unix = opts->path != NULL;
    s->telnet = chr->escape_ff = opts->telnet;
    s->nodelay = opts->nodelay || (opts->has_delay && !opts->delay);
    s->reconnect_ms = opts->has_reconnect ? opts->reconnect * 1000 : opts->reconnect_ms;
    if (!take_fd(s, opts, &fd, errp)) {
        return false;
    }
    if (!s->address) {
        s->address = s->is_unix ? g_strdup_printf("unix:%s", opts->path)
                                : g_strdup_printf("%s:%s:%s", s->telnet ? "telnet" : "tcp",
                                                  opts->host ? opts->host : "", opts->port);
    }
    if (s->server) {
        return open_server(s, !opts->has_wait || opts->wait, fd, errp);
    }
    return open_client(s, fd, errp);
}

static void socket_close(Chardev *chr)
{
    Socket *s = (Socket *)chr;

    event_source_drop(&s->listen_watch);
    event_source_drop(&s->retry);
    event_source_drop(&s->connecting);
    if (s->connecting_fd > 0) {
        close(s->connecting_fd);
    }
    if (s->listen_fd > 0) {
        close(s->listen_fd);
    }
    if (s->unlink_path) {
        unlink(s->unlink_path);
    }
    g_free(s->unlink_path);
    g_free(s->opts.path);
    g_free(s->opts.host);
    g_free(s->opts.port);
    g_free(s->address);
    g_free(s->peer);
}

static ssize_t socket_send(Chardev *chr, const uint8_t *buf, size_t len)
{
    return send(chr->out_fd, buf, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static char *socket_describe(const Chardev *chr)
{
    const Socket *s = (const Socket *)chr;
    bool here = chr->open;

    return g_strdup_printf("%s%s%s%s%s", here ? "" : "disconnected:", s->address,
                           s->server ? ",server=on" : "", here && s->peer ? " <-> " : "",
                           here && s->peer ? s->peer : "");
}

const BackendOps socket_backend = {
    .name = "socket",
    .size = sizeof(Socket),
    .open = socket_open,
    .close = socket_close,
    .describe = socket_describe,
    .input_ended = peer_gone,
    .send = socket_send,
    .filter = socket_filter,
};
