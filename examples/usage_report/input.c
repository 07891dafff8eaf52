/*
 * The bytes of a file: reading, waiting, unpacking, counting lines.
 */
#include "usage_report.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

slice input_bytes(const input *of) {
    return (slice){of->buffer + of->begin, of->end - of->begin};
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

bool input_open(input *of, run *to) {
    struct stat status;
    const char *const name = to->source->name;
    *of = (input){.run = to, .buffer = of->buffer, .room = of->room, .line = 1};
    make_room(of);
    of->file = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (of->file < 0 && (errno == EMFILE || errno == ENFILE)) {
        crew_wait(to); /* those before this one are closed then */
        of->file = open(name, O_RDONLY | O_CLOEXEC);
    }
    if (of->file < 0 || (to->begin > 0 && lseek(of->file, (off_t)to->begin - 1, SEEK_SET) < 0)) {
        run_say(to, FAILURE, 0, strerror(errno));
        return false;
    }
    of->waits = fstat(of->file, &status) != 0 || !S_ISREG(status.st_mode);
    if (to->begin > 0) {
        of->offset = to->begin - 1;
        input_pass_line(of);
        of->line = 1;
    }
    return true;
}

/* ---- gzip */

#if TOKUSAGE_ZLIB
#include <zlib.h>

bool input_unpack(input *of) {
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
        run_say(of->run, FAILURE, 0,
                error == Z_BUF_ERROR ? "it is packed by gzip, and truncated" : "it is packed by gzip, and broken");
        of->broken = true;
    }
    return got > 0 ? got : 0;
}

static void close_unpacked(input *of) {
    gzclose(of->unpacked);
}
#else
bool input_unpack(input *of) {
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

void input_close(input *of) {
    if (of->unpacked) {
        close_unpacked(of);
    }
    if (of->file > STDIN_FILENO) {
        close(of->file);
    }
}

/* ---- reading */

/*
 * Adds more bytes to those available; false when there are none. What has been printed for the bytes so far is shown.
 */
bool input_fill(input *of) {
    ssize_t got = 0;
    if (of->ended) {
        return false;
    }
    crew_print(of->run);
    make_room(of);
    do {
        if (of->waits) {
            interrupt_wait(of->file);
        }
        if (interrupt_signal() || of->run->stopped) {
            of->ended = of->broken = true;
            return false;
        }
        errno = 0;
        char *const to = of->buffer + of->end;
        const size_t room = of->room - of->end;
        got = of->unpacked ? unpack(of, to, room) : read(of->file, to, room);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got < 0) {
        run_say(of->run, FAILURE, 0, strerror(errno));
        of->broken = true;
    }
    of->ended = got <= 0;
    of->end += of->ended ? 0 : (size_t)got;
    progress_add(of->ended ? 0 : (uint64_t)got);
    return !of->ended;
}

void input_fill_to(input *of, size_t wanted) {
    while (of->end - of->begin < wanted && input_fill(of)) {
    }
}

size_t input_line(input *of, size_t most) {
    for (size_t searched = 0;;) {
        const slice all = input_bytes(of);
        const char *const end = memchr(all.bytes + searched, '\n', all.length - searched);
        searched = end ? (size_t)(end - all.bytes) : all.length;
        if (end || searched > most || !input_fill(of)) {
            return searched;
        }
    }
}

void input_pass(input *of, size_t length) {
    const char *const begin = of->buffer + of->begin;
    const char *const end = begin + length;
    for (const char *at = begin; at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL;) {
        at++;
        of->line++;
        of->line_at = of->offset + (uint64_t)(at - begin);
    }
    of->begin += length;
    of->offset += length;
}

/* However long it is. */
void input_pass_line(input *of) {
    bool ended = false;
    do {
        const slice all = input_bytes(of);
        const char *const end = memchr(all.bytes, '\n', all.length);
        ended = end != NULL;
        input_pass(of, end ? (size_t)(end - all.bytes) + 1 : all.length);
    } while (!ended && input_fill(of));
}

/* Goes to the next byte that is not white space; false when the bytes end. */
bool input_pass_space(input *of) {
    do {
        const slice all = input_bytes(of);
        size_t span = 0;
        while (span < all.length && json_is_space(all.bytes[span])) {
            span++;
        }
        input_pass(of, span);
    } while (of->begin == of->end && input_fill(of));
    return of->begin < of->end;
}
