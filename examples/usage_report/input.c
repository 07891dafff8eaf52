/*
 * The bytes of a file, and its lines. zlib reads what is packed by gzip, and all else as it is.
 */
#include "usage_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if TOKUSAGE_ZLIB
#include <zlib.h>
#else
#include <stdio.h>
#define gzdopen fdopen
#define gzclose fclose

static int gzread(FILE *file, char *to, unsigned size) {
    const int got = (int)fread(to, 1, size, file);
    return ferror(file) ? -1 : got;
}
#endif

static void say_error(reading *in, const char *reason) {
    say_failure(in, 0, reason);
    in->source->ended = in->source->broken = true;
}

bool input_open(reading *in) {
    source *const of = in->source;
    const int file = strcmp(of->name, "-") == 0 ? dup(STDIN_FILENO) : open(of->name, O_RDONLY | O_CLOEXEC);
    of->file = file >= 0 ? gzdopen(file, "rb") : NULL;
    if (!of->file) {
        say_error(in, strerror(errno));
    }
    return of->file;
}

void input_close(reading *in) {
    if (in->source->file) {
        gzclose(in->source->file);
    }
    free(in->source->buffer);
}

bool input_fill(reading *in) {
    source *const of = in->source;
    of->broken = of->broken || in->output_error != 0;
    if (of->ended || of->broken) {
        return false;
    }
    if (of->begin > 0) { /* what is left, to the front */
        memmove(of->buffer, of->buffer + of->begin, of->end - of->begin);
        of->end -= of->begin;
        of->begin = 0;
    }
    if (of->end == of->room) {
        of->room = of->room > 0 ? 2 * of->room : 1 << 18;
        of->buffer = memory_resize(of->buffer, of->room);
    }
    const size_t room = of->room - of->end;
    errno = 0;
    const int got = gzread(of->file, of->buffer + of->end, room < 1U << 30 ? (unsigned)room : 1U << 30);
    of->end += got > 0 ? (size_t)got : 0;
    if (got < 0) {
        say_error(in, errno != 0 ? strerror(errno) : "its gzip is broken");
    } else if (got == 0) {
        of->ended = true;
        if (gzclose(of->file) != 0) {
            say_error(in, "its gzip is truncated");
        }
        of->file = NULL;
    }
    return got > 0;
}

slice input_line(reading *in, size_t most) {
    source *const of = in->source;
    for (size_t searched = 0;;) {
        const slice all = {of->buffer + of->begin, of->end - of->begin};
        const char *const end =
            searched < all.length ? memchr(all.bytes + searched, '\n', all.length - searched) : NULL;
        searched = end ? (size_t)(end - all.bytes) : all.length;
        if (end || searched > most || !input_fill(in)) {
            return (slice){of->buffer + of->begin, searched};
        }
    }
}
