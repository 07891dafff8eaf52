/*
 * The upstream of the nginx tests: a server on a socket of this machine, one process and one poll.
 *
 *     upstream SOCKET FOLDER LEDGER
 *
 * answer.h says what a request may ask for. When an answer ends, LEDGER gets a line: the id, the bytes of body that
 * were sent, and `whole`, `cut` (as asked for) or `broken` (the reader went away). It runs until it is terminated.
 */
#include "answer.h"
#include "rig.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/sockios.h>

typedef struct connection {
    int fd;
    bool answering;
    bool pausing;  /* the write before is out; the next one has to wait for the clock or for the reader */
    int64_t due;   /* the clock */
    size_t out_at; /* of the answer's write: sent */
    bytes request;
    answer answer;
} connection;

typedef struct server {
    int listener;
    const char *folder;
    FILE *ledger;
    connection **connections;
    struct pollfd *polled; /* the listener, then the connections */
    size_t used;
    size_t room;
} server;

/* ---- one connection */

static void tell_ledger(const server *of, const connection *what, const char *how) {
    if (what->answer.id[0]) {
        fprintf(of->ledger, "%s\t%zu\t%s\n", what->answer.id, what->answer.sent, how);
        fflush(of->ledger);
    }
}

/* Whether the request is whole; then `body` is its body, decoded. */
static bool request_whole(const bytes *request, bytes *body) {
    const size_t head = request->used > 0 ? head_length(request->at, request->used) : 0;
    if (head == 0) {
        return false;
    }
    size_t length;
    const char *value = head_value(request->at, "Transfer-Encoding:", &length);
    if (value && strncasecmp(value, "chunked", 7) == 0) {
        const size_t trailers = bytes_dechunk(body, request->at + head, request->used - head);
        return trailers > 0 && request->used - head - trailers >= 2;
    }
    value = head_value(request->at, "Content-Length:", &length);
    const size_t expected = value ? strtoul(value, NULL, 10) : 0;
    if (request->used - head < expected) {
        return false;
    }
    bytes_add(body, request->at + head, expected);
    return true;
}

/* False when the peer is gone. */
static bool read_request(const server *in, connection *of) {
    char chunk[65536];
    const ssize_t length = recv(of->fd, chunk, sizeof chunk, 0);
    if (length <= 0) {
        return length < 0 && errno == EAGAIN;
    }
    bytes_add(&of->request, chunk, (size_t)length);
    bytes body = {.at = NULL};
    if (request_whole(&of->request, &body)) {
        of->answering = true;
        answer_begin(&of->answer, in->folder, of->request.at, &body);
        of->pausing = of->answer.wait > 0;
        of->due = now_in_ms() + of->answer.wait;
    }
    bytes_free(&body);
    return true;
}

static bool reader_has_all(int fd) {
    int waiting = 0;
    return ioctl(fd, SIOCOUTQ, &waiting) < 0 || waiting == 0;
}

/* Whether the next write may go out. */
static bool pause_over(connection *of, int64_t now) {
    of->pausing = of->pausing && (now < of->due || (of->answer.exact && !reader_has_all(of->fd)));
    return !of->pausing;
}

/* Sends what is left of a write, and the next ones as long as nothing makes them wait. False when the connection has come
   to its end. */
static bool go_on(const server *in, connection *of) {
    answer *const what = &of->answer;
    while (pause_over(of, now_in_ms())) {
        if (of->out_at == what->out.used) {
            of->out_at = 0;
            if (!answer_next(what)) {
                tell_ledger(in, of, what->ended ? "whole" : "cut");
                return false;
            }
        }
        const ssize_t sent = send(of->fd, what->out.at + of->out_at, what->out.used - of->out_at, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EAGAIN) {
                return true;
            }
            tell_ledger(in, of, "broken");
            return false;
        }
        of->out_at += (size_t)sent;
        of->pausing = of->out_at == what->out.used && (what->delay > 0 || what->exact);
        of->due = now_in_ms() + what->delay;
    }
    return true;
}

/* ---- all of them */

static void add(server *to, int fd) {
    if (to->used == to->room) {
        to->room = to->room * 2 + 64;
        to->connections = realloc(to->connections, to->room * sizeof *to->connections);
        to->polled = realloc(to->polled, (to->room + 1) * sizeof *to->polled);
    }
    connection *const new = calloc(1, sizeof *new);
    if (!to->connections || !to->polled || !new) {
        stop("no memory");
    }
    new->fd = fd;
    to->connections[to->used++] = new;
}

static void take_out(server *from, size_t index) {
    connection *const gone = from->connections[index];
    close(gone->fd);
    bytes_free(&gone->request);
    answer_free(&gone->answer);
    free(gone);
    from->connections[index] = from->connections[--from->used];
}

/* What each waits for. Returns how long poll may wait, in ms; -1: for ever. *exact: one waits for its reader, which no
   poll reports. */
static int64_t prepare(server *of, bool *exact) {
    const int64_t now = now_in_ms();
    int64_t wait = -1;
    of->polled[0] = (struct pollfd){.fd = of->listener, .events = POLLIN};
    for (size_t i = 0; i < of->used; i++) {
        connection *const each = of->connections[i];
        of->polled[i + 1] = (struct pollfd){.fd = each->fd, .events = each->answering ? POLLOUT : POLLIN};
        if (!each->pausing) {
            continue;
        }
        of->polled[i + 1].events = 0;
        const int64_t left = each->due > now ? each->due - now : 0;
        *exact = *exact || (left == 0 && each->answer.exact);
        wait = wait < 0 || left < wait ? left : wait;
    }
    return wait;
}

static bool serve(const server *of, connection *which, short events) {
    if (which->answering && events & (POLLHUP | POLLERR)) {
        const bool all_sent = which->answer.ended && which->out_at == which->answer.out.used;
        tell_ledger(of, which, all_sent ? "whole" : "broken");
        return false;
    }
    if (!which->answering && events != 0 && !read_request(of, which)) {
        return false;
    }
    return !which->answering || (!which->pausing && !(events & POLLOUT)) || go_on(of, which);
}

static void turn(server *of) {
    bool exact = false;
    const int64_t wait = prepare(of, &exact);
    if (exact) {
        nanosleep(&(struct timespec){.tv_nsec = 10000}, NULL);
    }
    if (poll(of->polled, of->used + 1, (int)wait) < 0 && errno != EINTR) {
        stop("poll: %s", strerror(errno));
    }
    for (size_t i = of->used; i > 0; i--) {
        if (!serve(of, of->connections[i - 1], of->polled[i].revents)) {
            take_out(of, i - 1);
        }
    }
    int fd;
    while (of->polled[0].revents != 0 && (fd = accept_from(of->listener)) >= 0) {
        add(of, fd);
    }
}

int main(int count, char **arguments) {
    if (count != 4) {
        stop("usage: upstream SOCKET FOLDER LEDGER");
    }
    server here = {.listener = listen_at(arguments[1]), .folder = arguments[2], .room = 64};
    here.ledger = fopen(arguments[3], "a");
    here.connections = calloc(here.room, sizeof(connection *));
    here.polled = calloc(here.room + 1, sizeof(struct pollfd));
    if (!here.ledger || !here.connections || !here.polled) {
        stop("cannot begin: %s", strerror(errno));
    }
    signal(SIGPIPE, SIG_IGN);
    allow_many_files();
    for (;;) {
        turn(&here);
    }
}
