/*
 * The bytes of a file: reading, unpacking, lines. SIGINT and SIGTERM end the reading, not the program, so that it can
 * print what it has; a second one ends it at once.
 */
#include "usage_report.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t caught;

static void on_signal(int number) {
    caught = number;
}

/* Without SA_RESTART, so that a wait for input ends. */
void interrupt_prepare(void) {
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < 2; i++) {
        struct sigaction before;
        struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
        sigemptyset(&action.sa_mask);
        /* Who started the program may have had it ignore the signal, as nohup does. */
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(signals[i], &action, NULL);
        }
    }
}

bool interrupted(void) {
    return caught != 0;
}

void interrupt_die(void) {
    if (caught) {
        signal(caught, SIG_DFL);
        raise(caught);
    }
}

/* ---- gzip */

#if TOKUSAGE_ZLIB
#include <zlib.h>

static bool unpack_from(input *of) {
    const int again = lseek(of->file, 0, SEEK_SET) == 0 ? dup(of->file) : -1;
    of->unpacked = again >= 0 ? gzdopen(again, "rb") : NULL;
    of->begin = of->end = 0;
    return of->unpacked;
}

static ssize_t unpack(input *of, char *to, size_t room) {
    int error = Z_OK;
    const int got = gzread(of->unpacked, to, room < 1U << 30 ? (unsigned)room : 1U << 30);
    gzerror(of->unpacked, &error);
    if (got < 0 || (got == 0 && error != Z_OK)) {
        say_failure(of->reading, 0,
                    error == Z_BUF_ERROR ? "it is packed by gzip, and truncated" : "it is packed by gzip, and broken");
        of->broken = true;
    }
    return got > 0 ? got : 0;
}

static void close_unpacked(input *of) {
    gzclose(of->unpacked);
}
#else
static bool unpack_from(input *of) {
    (void)of;
    return false;
}

static ssize_t unpack(input *of, char *to, size_t room) {
    return read(of->file, to, room);
}

static void close_unpacked(input *of) {
    (void)of;
}
#endif

/* ---- reading */

bool input_open(input *of, reading *to, const char *name) {
    *of = (input){.reading = to, .buffer = of->buffer, .room = of->room, .line = 1};
    of->file = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (of->file < 0) {
        say_failure(to, 0, strerror(errno));
        return false;
    }
    input_fill(of);
    if (of->end >= 2 && memcmp(of->buffer, "\x1F\x8B", 2) == 0) {
        of->ended = false;
        if (!unpack_from(of)) {
            say_failure(to, 0, "it is packed by gzip, which cannot be read from a pipe, or by this program");
            of->ended = of->broken = true;
            of->begin = of->end;
        }
    }
    return true;
}

void input_close(input *of) {
    if (of->unpacked) {
        close_unpacked(of);
    }
    if (of->file > STDIN_FILENO) {
        close(of->file);
    }
}

/* Moves what is left to the front, and makes room after it. */
static void make_room(input *of) {
    if (of->begin > 0) {
        memmove(of->buffer, of->buffer + of->begin, of->end - of->begin);
        of->end -= of->begin;
        of->begin = 0;
    }
    if (of->end == of->room) {
        of->room = of->room > 0 ? 2 * of->room : 1 << 20;
        of->buffer = memory_resize(of->buffer, of->room);
    }
}

/* Adds more bytes to those available; false when there are none. */
bool input_fill(input *of) {
    ssize_t got = 0;
    if (of->ended) {
        return false;
    }
    make_room(of);
    do {
        if (interrupted() || of->reading->output_error != 0) {
            of->ended = of->broken = true;
            return false;
        }
        errno = 0;
        got = of->unpacked ? unpack(of, of->buffer + of->end, of->room - of->end)
                           : read(of->file, of->buffer + of->end, of->room - of->end);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got < 0) {
        say_failure(of->reading, 0, strerror(errno));
        of->broken = true;
    }
    of->ended = got <= 0;
    of->end += of->ended ? 0 : (size_t)got;
    return !of->ended;
}

size_t input_line(input *of, size_t from, size_t most) {
    for (size_t searched = from;;) {
        const size_t all = of->end - of->begin;
        const char *const end = searched < all ? memchr(of->buffer + of->begin + searched, '\n', all - searched) : NULL;
        searched = end ? (size_t)(end - of->buffer) - of->begin : all;
        if (end || searched > most || !input_fill(of)) {
            return searched;
        }
    }
}
