/*
 * The client of the nginx tests: makes the requests of standard input, several at once, and compares what comes back
 * byte for byte.
 *
 *     client SOCKET AT-ONCE SECONDS <JOBS
 *
 * A job is a line; job.h says of what. A job that went wrong prints a line; the last line counts. Status 0 when all
 * went as expected, 1 when one did not, 2 when the client itself failed or the seconds are over.
 */
#include "job.h"
#include "rig.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct call {
    job job;
    int fd;
    int64_t reads_from; /* ms: when it begins to read */
    bytes request;
    bytes answer;
} call;

typedef struct client {
    const char *socket;
    call *calls;
    struct pollfd *polled;
    size_t used;
    size_t at_once;
    size_t done;
    size_t wrong;
} client;

/* Begins the next job. False when there is none. */
static bool begin_next(client *of) {
    char *line = NULL;
    size_t room = 0;
    if (getline(&line, &room, stdin) <= 0) {
        free(line);
        return false;
    }
    call *const new = &of->calls[of->used];
    *new = (call){.fd = connect_to(of->socket)};
    if (!job_read(&new->job, line)) {
        stop("this is no job: %s", line);
    }
    job_request(&new->job, &new->request);
    new->reads_from = now_in_ms() + new->job.slow;
    of->used++;
    return true;
}

static void end(client *of, size_t index) {
    call *const ended = &of->calls[index];
    of->done++;
    of->wrong += !job_check(&ended->job, &ended->answer);
    close(ended->fd);
    bytes_free(&ended->request);
    bytes_free(&ended->answer);
    job_free(&ended->job);
    *ended = of->calls[--of->used];
}

/* An nginx that answers before it has the whole request closes: what it said can still be read. */
static void write_some(call *of) {
    const ssize_t length = send(of->fd, of->request.at, of->request.used, MSG_NOSIGNAL);
    if (length >= 0) {
        bytes_drop_front(&of->request, (size_t)length);
    } else if (errno != EAGAIN) {
        of->request.used = 0;
    }
}

/* False when the answer has ended, or has as many bytes as this job stays for. */
static bool read_some(call *of) {
    char chunk[65536];
    const size_t room = of->job.leave - of->answer.used < sizeof chunk ? of->job.leave - of->answer.used : sizeof chunk;
    const ssize_t length = room > 0 ? recv(of->fd, chunk, room, 0) : 0;
    if (length > 0) {
        bytes_add(&of->answer, chunk, (size_t)length);
    }
    return length > 0 ? of->answer.used < of->job.leave : length < 0 && errno == EAGAIN;
}

static bool go_on(call *of, short events) {
    if (of->request.used > 0) {
        if (events & (POLLOUT | POLLHUP | POLLERR)) {
            write_some(of);
        }
        return true;
    }
    if (now_in_ms() < of->reads_from) {
        return true;
    }
    return of->answer.used < of->job.leave && (!(events & (POLLIN | POLLHUP | POLLERR)) || read_some(of));
}

static int prepare(client *of) {
    const int64_t now = now_in_ms();
    int64_t wait = 1000;
    for (size_t i = 0; i < of->used; i++) {
        const call *const each = &of->calls[i];
        const bool reading = each->request.used == 0;
        const int64_t left = reading && each->reads_from > now ? each->reads_from - now : 0;
        of->polled[i] = (struct pollfd){.fd = left > 0 ? -1 : each->fd, .events = reading ? POLLIN : POLLOUT};
        wait = left > 0 && left < wait ? left : wait;
    }
    return (int)wait;
}

static void turn(client *of) {
    const int wait = prepare(of);
    if (poll(of->polled, of->used, wait) < 0 && errno != EINTR) {
        stop("poll: %s", strerror(errno));
    }
    for (size_t i = of->used; i > 0; i--) {
        if (!go_on(&of->calls[i - 1], of->polled[i - 1].revents)) {
            end(of, i - 1);
        }
    }
}

static _Noreturn void stop_late(const client *of) {
    for (size_t i = 0; i < of->used; i++) {
        const call *const each = &of->calls[i];
        printf("%s (%s): still without an end, after %zu bytes\n", each->job.id, each->job.target, each->answer.used);
    }
    fflush(stdout);
    stop("the time is over");
}

int main(int count, char **arguments) {
    if (count != 4) {
        stop("usage: client SOCKET AT-ONCE SECONDS <JOBS");
    }
    client here = {.socket = arguments[1], .at_once = strtoul(arguments[2], NULL, 10)};
    here.calls = calloc(here.at_once, sizeof(call));
    here.polled = calloc(here.at_once, sizeof(struct pollfd));
    if (!here.calls || !here.polled) {
        stop("no memory");
    }
    signal(SIGPIPE, SIG_IGN);
    allow_many_files();
    const int64_t until = now_in_ms() + strtol(arguments[3], NULL, 10) * 1000;
    bool more = true;
    while (more || here.used > 0) {
        while (more && here.used < here.at_once) {
            more = begin_next(&here);
        }
        if (here.used > 0) {
            turn(&here);
        }
        if (now_in_ms() > until) {
            stop_late(&here);
        }
    }
    printf("%zu requests, %zu wrong\n", here.done, here.wrong);
    return here.wrong > 0;
}
