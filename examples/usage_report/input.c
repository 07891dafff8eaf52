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
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;
    for (int number = SIGINT; number != 0; number = number == SIGINT ? SIGTERM : 0) {
        /* Who started the program may have had it ignore the signal, as nohup does. */
        if (sigaction(number, &action, &before) == 0 && before.sa_handler == SIG_IGN) {
            sigaction(number, &before, NULL);
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

/* ---- reading; gzip, too, where there is zlib */

#if TOKUSAGE_ZLIB
#include <zlib.h>
#endif

static bool unpack_from(input *of) {
#if TOKUSAGE_ZLIB
    const int again = lseek(of->file, 0, SEEK_SET) == 0 ? dup(of->file) : -1;
    of->unpacked = again >= 0 ? gzdopen(again, "rb") : NULL;
    of->end = 0;
#endif
    return of->unpacked;
}

static ssize_t read_some(input *of, char *to, size_t room) {
#if TOKUSAGE_ZLIB
    if (of->unpacked) {
        int error = Z_OK;
        const int got = gzread(of->unpacked, to, room < 1U << 30 ? (unsigned)room : 1U << 30);
        gzerror(of->unpacked, &error);
        of->broken = got < 0 || error == Z_BUF_ERROR;
        if (of->broken) {
            say_failure(of->reading, 0, error == Z_BUF_ERROR ? "its gzip is truncated" : "its gzip is broken");
        }
        return of->broken && got < 0 ? 0 : got;
    }
#endif
    const ssize_t got = read(of->file, to, room);
    of->broken = got < 0;
    if (of->broken && !interrupted()) {
        say_failure(of->reading, 0, strerror(errno));
    }
    return got;
}

bool input_open(input *of, reading *to, const char *name) {
    *of = (input){.reading = to, .buffer = of->buffer, .room = of->room, .line = 1};
    of->file = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (of->file < 0) {
        say_failure(to, 0, strerror(errno));
        return false;
    }
    input_fill(of);
    if (of->end >= 2 && memcmp(of->buffer, "\x1F\x8B", 2) == 0 && !unpack_from(of)) {
        say_failure(to, 0, "it is packed by gzip, which cannot be read from a pipe, or by this program");
        of->ended = of->broken = true;
        of->begin = of->end;
    }
    return true;
}

void input_close(input *of) {
#if TOKUSAGE_ZLIB
    if (of->unpacked) {
        gzclose(of->unpacked);
    }
#endif
    if (of->file > STDIN_FILENO) {
        close(of->file);
    }
}

/* Adds more bytes to those available; false when there are none. */
bool input_fill(input *of) {
    if (of->begin > 0 && !of->ended) { /* what is left, to the front */
        memmove(of->buffer, of->buffer + of->begin, of->end - of->begin);
        of->end -= of->begin;
        of->begin = 0;
    }
    if (of->end == of->room) {
        of->room = of->room > 0 ? 2 * of->room : 1 << 18;
        of->buffer = memory_resize(of->buffer, of->room);
    }
    of->broken = of->broken || (!of->ended && (interrupted() || of->reading->output_error != 0));
    const ssize_t got = of->ended || of->broken ? 0 : read_some(of, of->buffer + of->end, of->room - of->end);
    of->ended = of->ended || got <= 0;
    of->end += got > 0 ? (size_t)got : 0;
    return got > 0;
}

size_t input_line(input *of, size_t most) {
    for (size_t searched = 0;;) {
        const size_t all = of->end - of->begin;
        const char *const end = searched < all ? memchr(of->buffer + of->begin + searched, '\n', all - searched) : NULL;
        searched = end ? (size_t)(end - of->buffer) - of->begin : all;
        if (end || searched > most || !input_fill(of)) {
            return searched;
        }
    }
}
