/*
 * The reader. A file is one of
 *     events   its first line that is not blank begins as server-sent events do (a field's name, or the colon of a
 *              comment): one response
 *     lines    a response on each line
 *     texts    JSON texts that go on over several lines: a body, or several one after another
 * Lines and texts are told apart by the first line that is not blank. If it is a JSON text by itself, they are lines.
 * If a text begins in it and ends in another line, they are texts. If neither holds, it is broken; then they are lines
 * if any line (of as many bytes as a line may have) is a JSON object by itself that begins at the line's beginning,
 * and texts else.
 *
 * In lines, what is wrong costs its line. In texts, it costs the text that it is in, and reading goes on at
 * the next line that begins with { or [.
 */
#include "reader.h"
#include "crew.h"
#include "interrupt.h"
#include "merge.h"
#include "progress.h"
#include "response.h"
#include "stream_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 1 << 20 /* bytes that are asked of the system at a time */
};

/* ---- bytes */

static size_t available(const reader *of) {
    return of->end - of->begin;
}

static const char *bytes(const reader *of) {
    return of->buffer + of->begin;
}

/* How many bytes a line or a text may have. A report that is merged may have any number. */
static size_t limit(const reader *of) {
    return of->run->asked->merge ? SIZE_MAX / 4 : (size_t)of->run->asked->max_line;
}

static void make_room(reader *of) {
    if (of->begin > 0) {
        memmove(of->buffer, bytes(of), available(of));
        of->end -= of->begin;
        of->begin = 0;
    }
    if (of->end == of->room) {
        of->room = of->room > 0 ? 2 * of->room : PIECE;
        of->buffer = memory_resize(of->buffer, of->room);
    }
}

static void stop(reader *of, const char *reason) {
    of->ended = true;
    of->broken = true;
    if (reason) {
        run_failure(of->run, 0, reason);
    }
}

/* Adds more bytes to those available; false when there are none. What has been printed for the bytes so far is shown.
 */
static bool fill(reader *of) {
    if (of->ended) {
        return false;
    }
    crew_print(of->run);
    make_room(of);
    ssize_t got = -1;
    do {
        if (of->waits) {
            interrupt_wait(of->file);
        }
        if (interrupt_signal() || of->run->stopped) {
            stop(of, NULL);
            return false;
        }
        errno = 0;
        got = read(of->file, of->buffer + of->end, of->room - of->end);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got < 0) {
        stop(of, strerror(errno));
        return false;
    }
    of->ended = got == 0;
    of->end += (size_t)got;
    progress_add((uint64_t)got);
    return got > 0;
}

/* Sees to it that there are as many bytes available as that, if there are. */
static void fill_to(reader *of, size_t wanted) {
    while (available(of) < wanted && fill(of)) {
    }
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void pass(reader *of, size_t length) {
    const char *at = bytes(of);
    const char *const end = at + length;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        of->line++;
        at++;
    }
    of->begin += length;
}

/* To the next byte that is no white space; false when there is none. */
static bool pass_space(reader *of) {
    do {
        size_t span = 0;
        while (span < available(of) && is_space(bytes(of)[span])) {
            span++;
        }
        pass(of, span);
    } while (available(of) == 0 && fill(of));
    return available(of) > 0;
}

/* To the beginning of the next line, however far that is. */
static void pass_line(reader *of) {
    do {
        const char *const end = available(of) > 0 ? memchr(bytes(of), '\n', available(of)) : NULL;
        if (end) {
            pass(of, (size_t)(end - bytes(of)) + 1);
            return;
        }
        of->begin = of->end;
    } while (fill(of));
}

static bool going_on(const reader *of) {
    return !of->broken && !of->run->stopped;
}

/* ---- JSON */

typedef enum extent {
    EXTENT_WHOLE,  /* a JSON text, and white space around it */
    EXTENT_MORE,   /* a JSON text, and something behind it */
    EXTENT_OPEN,   /* the beginning of a JSON text */
    EXTENT_BROKEN, /* not JSON */
} extent;

/* *span is set to the length of the text, what is around it left out, or to where it stops being JSON. */
static extent extent_of(const char *json, size_t length, size_t *span) {
    const char *value = NULL;
    size_t value_length = 0;
    tokusage_error error;
    const tokusage_status status = tokusage_find(json, length, "", &value, &value_length, &error);
    if (status == TOKUSAGE_OK) {
        *span = (size_t)(value - json) + value_length;
        return EXTENT_WHOLE;
    }
    *span = error.offset;
    if (status == TOKUSAGE_ERR_SYNTAX && error.offset == length) {
        return EXTENT_OPEN;
    }
    if (status == TOKUSAGE_ERR_SYNTAX && error.offset > 0 &&
        tokusage_find(json, error.offset, "", &value, &value_length, NULL) == TOKUSAGE_OK) {
        *span = (size_t)(value - json) + value_length;
        return EXTENT_MORE;
    }
    return EXTENT_BROKEN;
}

/* ---- events */

static bool is_events(const char *line, size_t length) {
    static const char *const fields[] = {"data", "event", "id", "retry"};
    if (length > 0 && *line == ':') {
        return true;
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const size_t span = strlen(fields[i]);
        if (length >= span && memcmp(line, fields[i], span) == 0 &&
            (length == span || line[span] == ':' || line[span] == '\r' || line[span] == '\n')) {
            return true;
        }
    }
    return false;
}

static void read_events(reader *of) {
    const options *const asked = of->run->asked;
    tokusage_stream stream;
    stream_key key = {.pointer = asked->by, .limit = limit(of)};
    size_t length = 0;
    size_t taken = 0;
    tokusage_stream_init(&stream, asked->at);
    do { /* not until the stream is done: what reported its end may report again, unless it is [DONE] */
        length = available(of);
        taken = tokusage_stream_feed(&stream, bytes(of), length);
        stream_key_feed(&key, bytes(of), taken);
        of->begin = of->end;
    } while (taken == length && fill(of));
    if (going_on(of)) {
        response_stream(of->run, &stream, key.found ? &key.key : NULL);
    }
    stream_key_free(&key);
}

/* ---- lines */

static void take_line(reader *of, size_t length) {
    const char *const line = bytes(of);
    size_t blank = 0;
    while (blank < length && is_space(line[blank])) {
        blank++;
    }
    if (length > limit(of)) {
        response_too_long(of->run, of->line);
    } else if (blank < length) {
        response_text(of->run, of->line, line, length);
    }
}

static void take_lines(reader *of) {
    const char *end;
    while (available(of) > 0 && !of->run->stopped && (end = memchr(bytes(of), '\n', available(of))) != NULL) {
        const size_t length = (size_t)(end - bytes(of));
        take_line(of, length);
        of->begin += length + 1;
        of->line++;
    }
}

/* A line that is too long is passed over as far as it is known to be; its end is no line of its own. */
static void read_lines(reader *of) {
    do {
        take_lines(of);
        while (available(of) > limit(of) && !of->run->stopped) {
            response_too_long(of->run, of->line);
            pass_line(of);
            take_lines(of);
        }
    } while (fill(of));
    if (going_on(of) && available(of) > 0) {
        take_line(of, available(of));
    }
}

/* ---- texts */

static void take_text(reader *of, size_t length) {
    if (of->run->asked->merge) {
        merge_text(of->run, of->line, bytes(of), length);
    } else {
        response_text(of->run, of->line, bytes(of), length);
    }
}

/* To the next line that begins as a text does. */
static void pass_to_text(reader *of) {
    do {
        pass_line(of);
        fill_to(of, 1);
    } while (available(of) > 0 && *bytes(of) != '{' && *bytes(of) != '[');
}

/* As many bytes are passed over as a text may have, and no more, so that it does not matter how many have been read. */
static void take_too_long(reader *of) {
    response_too_long(of->run, of->line);
    pass(of, limit(of));
    pass_to_text(of);
}

/* What is behind a text is known once a byte behind it is. */
static extent complete_extent(reader *of, size_t *span) {
    extent found = extent_of(bytes(of), available(of), span);
    while ((found == EXTENT_OPEN || found == EXTENT_WHOLE) && !of->ended && available(of) <= limit(of)) {
        fill_to(of, 2 * available(of));
        found = extent_of(bytes(of), available(of), span);
    }
    return found;
}

static void read_texts(reader *of) {
    while (!of->run->stopped && pass_space(of)) {
        size_t span = 0;
        const extent found = complete_extent(of, &span);
        if (!going_on(of)) {
            return;
        }
        if (span > limit(of)) {
            take_too_long(of);
        } else if (found == EXTENT_WHOLE || found == EXTENT_MORE) {
            take_text(of, span);
            pass(of, span);
        } else {
            take_text(of, available(of));
            pass_to_text(of);
        }
    }
}

/* ---- which of them */

/* Whether any line behind the first is a JSON object by itself. */
static bool has_object_line(reader *of) {
    size_t at = 0;
    for (;;) {
        const char *const end = at < available(of) ? memchr(bytes(of) + at, '\n', available(of) - at) : NULL;
        const size_t stop_at = end ? (size_t)(end - bytes(of)) : available(of);
        if (!end && !of->ended && available(of) <= limit(of)) {
            fill_to(of, 2 * available(of));
            continue;
        }
        size_t span = 0;
        if (stop_at > limit(of)) {
            return false;
        }
        if (at > 0 && at < stop_at && bytes(of)[at] == '{' &&
            extent_of(bytes(of) + at, stop_at - at, &span) == EXTENT_WHOLE) {
            return true;
        }
        if (!end) {
            return false;
        }
        at = stop_at + 1;
    }
}

/* The length of the first line, or more than the limit if it is too long. */
static size_t first_line(reader *of) {
    for (size_t searched = 0;;) {
        const char *const end = memchr(bytes(of) + searched, '\n', available(of) - searched);
        if (end) {
            return (size_t)(end - bytes(of));
        }
        searched = available(of);
        if (searched > limit(of) || !fill(of)) {
            return available(of);
        }
    }
}

static bool is_lines(reader *of) {
    size_t span = 0;
    const size_t line = first_line(of);
    if (line == available(of) || line > limit(of) || extent_of(bytes(of), line, &span) == EXTENT_WHOLE) {
        return true;
    }
    const extent found = complete_extent(of, &span);
    if (found == EXTENT_BROKEN || (found == EXTENT_OPEN && of->ended) || span <= line) {
        return has_object_line(of);
    }
    return false;
}

static void pass_mark(reader *of) {
    fill_to(of, 3);
    if (available(of) >= 3 && memcmp(bytes(of), "\xEF\xBB\xBF", 3) == 0) {
        of->begin += 3;
    }
}

static void read_any(reader *of) {
    pass_mark(of);
    if (of->run->asked->lines) {
        read_lines(of);
    } else if (!pass_space(of)) {
        return;
    } else if (of->run->asked->merge) {
        read_texts(of);
    } else {
        fill_to(of, 6); /* the longest field name and what is behind it */
        if (is_events(bytes(of), available(of))) {
            read_events(of);
        } else if (is_lines(of)) {
            read_lines(of);
        } else {
            read_texts(of);
        }
    }
}

void reader_read(reader *with, run *to) {
    *with = (reader){.run = to, .buffer = with->buffer, .room = with->room, .line = 1};
    const bool standard = strcmp(to->name, "-") == 0;
    with->file = standard ? STDIN_FILENO : open(to->name, O_RDONLY | O_CLOEXEC);
    if (with->file < 0) {
        run_failure(to, 0, strerror(errno));
        return;
    }
    struct stat about;
    with->waits = fstat(with->file, &about) != 0 || !S_ISREG(about.st_mode);
#ifdef POSIX_FADV_SEQUENTIAL
    posix_fadvise(with->file, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
    read_any(with);
    if (!standard) {
        close(with->file);
    }
}

void reader_free(reader *of) {
    free(of->buffer);
}
