/*
 * The reader. At each place it looks at what comes next:
 *     events   a line that begins as server-sent events do: everything up to a line that does not
 *     a text   { or [: it ends in its line (a line of a log), or in a later one (a pretty-printed body)
 *     else     a line, which may have a text behind a prefix
 * Once a text has ended in the line that it began in, the file is lines: what is wrong costs its line. In a file whose
 * first text goes on over several lines, it costs the text that it is in, and reading goes on at the next line that
 * begins with { or [.
 */
#include "reader.h"
#include "events.h"
#include "gzip.h"
#include "merge.h"
#include "response.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef enum kind {
    UNKNOWN,
    LINES,
    TEXTS
} kind;

/* How many bytes a line or a text may have. A report that is merged may have any number. */
static size_t limit(const input *of) {
    return of->run->asked->merge ? SIZE_MAX / 4 : (size_t)of->run->asked->max_line;
}

static bool going_on(const input *of) {
    return !of->broken && !of->run->stopped;
}

static bool at_text(const input *of) {
    return *input_bytes(of) == '{' || *input_bytes(of) == '[';
}

/* ---- lines */

static void read_line(input *of, kind *now) {
    const size_t length = input_line(of, limit(of));
    if (!going_on(of)) {
        return;
    }
    if (length > limit(of)) {
        response_too_long(of->run, of->line);
        input_pass_line(of);
        return;
    }
    const bool begins_text = at_text(of);
    const size_t taken = response_line(of->run, of->line, (slice){input_bytes(of), length});
    input_pass_lines(of, taken, 0);
    *now = begins_text ? LINES : *now;
}

/* ---- texts */

static void pass_to_text(input *of) {
    do {
        input_pass_line(of);
        input_fill_to(of, 1);
    } while (input_length(of) > 0 && !at_text(of) && !events_are(of));
}

/* The length of the text, 0 when it does not end, or JSON_BROKEN. */
static size_t text_span(input *of) {
    size_t span = json_span(input_bytes(of), input_length(of));
    while (span == 0 && !of->ended && input_length(of) <= limit(of)) {
        input_fill_to(of, 2 * input_length(of));
        span = json_span(input_bytes(of), input_length(of));
    }
    return span;
}

static void take_text(input *of, size_t length) {
    if (of->run->asked->merge) {
        merge_text(of->run, of->line, (slice){input_bytes(of), length});
    } else {
        response_text(of->run, of->line, (slice){input_bytes(of), length});
    }
}

/* Of a text that does not end as one should: up to the next line that begins as a text does. */
static size_t broken_span(const input *of) {
    const char *const begin = input_bytes(of);
    const char *const end = begin + input_length(of);
    const char *line = begin;
    do {
        line = memchr(line, '\n', (size_t)(end - line));
    } while (line && ++line < end && *line != '{' && *line != '[');
    return line ? (size_t)(line - begin) : input_length(of);
}

static void read_text(input *of, kind *now) {
    const size_t span = text_span(of);
    const size_t known = span == JSON_BROKEN || span == 0 ? broken_span(of) : span;
    const bool in_line = known == span && !memchr(input_bytes(of), '\n', span);
    if (!going_on(of)) {
        return;
    }
    if (in_line && *now == UNKNOWN && !of->run->asked->merge) {
        read_line(of, now);
    } else if (known > limit(of)) {
        response_too_long(of->run, of->line);
        input_pass(of, limit(of));
        pass_to_text(of);
    } else {
        take_text(of, known);
        *now = known == span ? TEXTS : *now;
        input_pass(of, known);
    }
}

/* ---- files */

/* What the first bytes tell of a file that is not read as it is. */
static const struct {
    const char *bytes;
    size_t length;
    const char *reason;
} unreadable[] = {
    {"\x1F\x8B", 2, "it is packed by gzip, which this build cannot unpack: gzip -dc FILE | usage-report"},
    {"\x28\xB5\x2F\xFD", 4, "it is packed by zstd, and not counted: zstd -dc FILE | usage-report"},
    {"BZh", 3, "it is packed by bzip2, and not counted: bzip2 -dc FILE | usage-report"},
    {"\xFD"
     "7zXZ",
     5, "it is packed by xz, and not counted: xz -dc FILE | usage-report"},
    {"\xFF\xFE", 2, "it is UTF-16, and not counted: iconv -f UTF-16 -t UTF-8 FILE | usage-report"},
    {"\xFE\xFF", 2, "it is UTF-16, and not counted: iconv -f UTF-16 -t UTF-8 FILE | usage-report"},
};

/* Whether the file can be read; a byte-order mark is passed. */
static bool begin(input *of) {
    input_fill_to(of, 5);
    for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
        const size_t length = unreadable[i].length;
        if (input_length(of) < length || memcmp(input_bytes(of), unreadable[i].bytes, length) != 0) {
            continue;
        }
        if (i > 0 || !gzip_begin(of)) {
            response_unreadable(of->run, unreadable[i].reason);
            return false;
        }
        input_fill_to(of, 3);
        break;
    }
    if (input_length(of) >= 3 && memcmp(input_bytes(of), "\xEF\xBB\xBF", 3) == 0) {
        input_pass(of, 3);
    }
    return true;
}

/* Events behind the end of a part are still its own, and so those at the beginning of the next are not. */
static bool at_end(input *of, kind now) {
    return now == LINES && of->line_at >= of->run->end && !events_are(of);
}

static void read_all(input *of, kind now) {
    const bool plain = of->run->asked->lines || of->run->asked->merge;
    while (going_on(of) && input_pass_space(of) && !at_end(of, now)) {
        if (!plain && events_are(of)) {
            events_read(of);
        } else if (of->run->asked->merge || (now != LINES && at_text(of))) {
            read_text(of, &now);
        } else {
            read_line(of, &now);
        }
    }
    of->run->read = of->line - 1;
}

static void pass_events(input *of) {
    while (input_pass_space(of) && events_are(of)) {
        input_pass_line(of);
    }
    of->line = 1;
}

void reader_read(input *with, run *to) {
    const bool part = to->begin > 0;
    if (!input_open(with, to)) {
        return;
    }
    if (part) {
        pass_events(with);
        read_all(with, LINES);
    } else if (begin(with)) {
        read_all(with, to->asked->lines ? LINES : UNKNOWN);
    }
    input_close(with);
}

bool reader_may_part(const char *name) {
    char bytes[1 << 16];
    const int file = open(name, O_RDONLY | O_CLOEXEC);
    const ssize_t got = file < 0 ? 0 : read(file, bytes, sizeof bytes);
    if (file >= 0) {
        close(file);
    }
    const size_t length = got > 0 ? (size_t)got : 0;
    const size_t span = length > 0 && *bytes == '{' ? json_span(bytes, length) : 0;
    return span > 0 && span < length && bytes[span] == '\n' && !memchr(bytes, '\n', span);
}
