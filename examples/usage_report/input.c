/*
 * The bytes of a file: reading, waiting, counting lines.
 */
#include "input.h"
#include "crew.h"
#include "gzip.h"
#include "interrupt.h"
#include "progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 1 << 20 /* bytes that are asked of the system at a time */
};

size_t input_length(const input *of) {
    return of->end - of->begin;
}

const char *input_bytes(const input *of) {
    return of->buffer + of->begin;
}

static void make_room(input *of) {
    if (of->begin > 0) {
        memmove(of->buffer, input_bytes(of), input_length(of));
        of->end -= of->begin;
        of->begin = 0;
    }
    if (of->end == of->room) {
        of->room = of->room > 0 ? 2 * of->room : PIECE;
        of->buffer = memory_resize(of->buffer, of->room);
    }
}

/* Where too many files are open, those before this one are waited for, which then are not. */
static int open_file(const char *name, run *to) {
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0 && (errno == EMFILE || errno == ENFILE)) {
        crew_wait(to);
        file = open(name, O_RDONLY | O_CLOEXEC);
    }
    return file;
}

bool input_open(input *of, run *to) {
    struct stat status;
    *of = (input){.run = to, .buffer = of->buffer, .room = of->room, .line = 1};
    if (!of->buffer) {
        make_room(of);
    }
    const char *const name = to->source->name;
    of->file = strcmp(name, "-") == 0 ? STDIN_FILENO : open_file(name, to);
    if (of->file < 0 || (to->begin > 0 && lseek(of->file, (off_t)to->begin - 1, SEEK_SET) < 0)) {
        run_failure(to, 0, strerror(errno));
        return false;
    }
    of->waits = fstat(of->file, &status) != 0 || !S_ISREG(status.st_mode);
#ifdef POSIX_FADV_SEQUENTIAL
    posix_fadvise(of->file, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
    if (to->begin > 0) {
        of->offset = to->begin - 1;
        input_pass_line(of);
        of->line = 1;
    }
    return true;
}

void input_close(input *of) {
    if (of->file > STDIN_FILENO) {
        close(of->file);
    }
    gzip_end(of);
}

void input_free(input *of) {
    free(of->buffer);
}

void input_stop(input *of, const char *reason) {
    of->ended = true;
    of->broken = true;
    if (reason) {
        run_failure(of->run, 0, reason);
    }
}

size_t input_raw(input *of, char *to, size_t room) {
    ssize_t got = -1;
    do {
        if (of->waits) {
            interrupt_wait(of->file);
        }
        if (interrupt_signal() || of->run->stopped) {
            input_stop(of, NULL);
            return 0;
        }
        errno = 0;
        got = read(of->file, to, room);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got < 0) {
        input_stop(of, strerror(errno));
        return 0;
    }
    progress_add((uint64_t)got);
    return (size_t)got;
}

bool input_fill(input *of) {
    if (of->ended) {
        return false;
    }
    crew_print(of->run);
    make_room(of);
    char *const to = of->buffer + of->end;
    const size_t room = of->room - of->end;
    const size_t got = of->gzip ? gzip_read(of, to, room) : input_raw(of, to, room);
    of->ended = of->ended || got == 0;
    of->end += got;
    return got > 0;
}

void input_fill_to(input *of, size_t wanted) {
    while (input_length(of) < wanted && input_fill(of)) {
    }
}

size_t input_line(input *of, size_t most) {
    for (size_t searched = 0;;) {
        const size_t length = input_length(of);
        const char *const end = length > searched ? memchr(input_bytes(of) + searched, '\n', length - searched) : NULL;
        if (end) {
            return (size_t)(end - input_bytes(of));
        }
        searched = length;
        if (searched > most || !input_fill(of)) {
            return searched;
        }
    }
}

/* ---- passing over bytes */

void input_pass_lines(input *of, size_t length, size_t lines) {
    of->begin += length;
    of->offset += length;
    of->line += lines;
    of->line_at = lines > 0 ? of->offset : of->line_at;
}

void input_pass(input *of, size_t length) {
    const char *const end = input_bytes(of) + length;
    const char *line = length > 0 ? memchr(input_bytes(of), '\n', length) : NULL;
    while (line) {
        input_pass_lines(of, (size_t)(line + 1 - input_bytes(of)), 1);
        line = memchr(line + 1, '\n', (size_t)(end - line - 1));
    }
    input_pass_lines(of, (size_t)(end - input_bytes(of)), 0);
}

void input_pass_line(input *of) {
    do {
        const size_t length = input_length(of);
        const char *const end = length > 0 ? memchr(input_bytes(of), '\n', length) : NULL;
        input_pass_lines(of, end ? (size_t)(end - input_bytes(of)) + 1 : length, end != NULL);
        if (end) {
            return;
        }
    } while (input_fill(of));
}

bool input_pass_space(input *of) {
    do {
        size_t span = 0;
        while (span < input_length(of) && json_is_space(input_bytes(of)[span])) {
            span++;
        }
        input_pass(of, span);
    } while (input_length(of) == 0 && input_fill(of));
    return input_length(of) > 0;
}
