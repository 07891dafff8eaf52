/*
 * The reader: divides a file into responses. It looks at what comes next, again and again:
 *     events   a line that begins as server-sent events do: everything up to a line that begins with { or [
 *     document { or [: it ends in its line (a line of a log), or in a later one (a pretty-printed body)
 *     else     a line, which may have a document after a prefix
 * Once a document has ended in the line that it began in, the file is lines: an error costs its line. In a file whose
 * first document has several lines, an error costs its document, up to the next line that begins with { or [.
 */
#include "usage_report.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef enum kind {
    UNKNOWN,
    LINES,
    DOCUMENTS
} kind;

/* How many bytes a line or a document may have. A report that is merged may have any number. */
static size_t limit(const input *of) {
    return of->run->asked->merge ? SIZE_MAX / 4 : (size_t)of->run->asked->max_line;
}

static bool at_document(const input *of) {
    const char first = *input_bytes(of).bytes;
    return first == '{' || first == '[';
}

static void read_line(input *of, kind *now) {
    const size_t length = input_line(of, limit(of));
    if (of->broken || of->run->stopped) {
        return;
    }
    *now = at_document(of) ? LINES : *now;
    if (length > limit(of)) {
        response_unread(of->run, of->line, TOO_LONG, "longer than --max-line, and skipped");
        input_pass_line(of);
    } else {
        const size_t taken = response_line(of->run, of->line, (slice){input_bytes(of).bytes, length});
        of->begin += taken; /* in the same line */
        of->offset += taken;
    }
}

/* Of a document that does not end as one should: up to the next line that begins as a document does. */
static size_t broken_span(slice all) {
    const char *const end = all.bytes + all.length;
    const char *line = all.bytes;
    do {
        line = memchr(line, '\n', (size_t)(end - line));
    } while (line && ++line < end && *line != '{' && *line != '[');
    return line ? (size_t)(line - all.bytes) : all.length;
}

static void read_document(input *of, kind *now) {
    size_t span = json_span(input_bytes(of));
    while (span == 0 && !of->ended && input_bytes(of).length <= limit(of)) {
        input_fill_to(of, 2 * input_bytes(of).length);
        span = json_span(input_bytes(of));
    }
    const slice all = input_bytes(of);
    const bool good = span > 0 && span != JSON_BROKEN;
    const slice found = {all.bytes, good ? span : broken_span(all)};
    if (of->broken || of->run->stopped) {
        return;
    }
    if (of->run->asked->merge) {
        merge_document(of->run, of->line, found);
    } else if (good && *now == UNKNOWN && !memchr(found.bytes, '\n', span)) {
        read_line(of, now);
        return;
    } else if (found.length > limit(of)) {
        response_unread(of->run, of->line, TOO_LONG, "longer than --max-line, and skipped");
        do {
            input_pass_line(of);
            input_fill_to(of, 1);
        } while (of->begin < of->end && !at_document(of) && !events_are(of));
        return;
    } else {
        response_document(of->run, of->line, found);
        *now = good ? DOCUMENTS : *now;
    }
    input_pass(of, found.length);
}

/* ---- files */

/* First bytes of files that are not read as they are. */
static const struct {
    slice mark;
    const char *reason;
} unreadable[] = {
    {{"\x1F\x8B", 2}, "it is packed by gzip, and not counted: gzip -dc FILE | usage-report"},
    {{"\x28\xB5\x2F\xFD", 4}, "it is packed by zstd, and not counted: zstd -dc FILE | usage-report"},
    {{"BZh", 3}, "it is packed by bzip2, and not counted: bzip2 -dc FILE | usage-report"},
    {{"\xFD\x37zXZ", 5}, "it is packed by xz, and not counted: xz -dc FILE | usage-report"},
    {{"\xFF\xFE", 2}, "it is UTF-16, and not counted: iconv -f UTF-16 -t UTF-8 FILE | usage-report"},
    {{"\0\0", 2}, "it is AWS event-stream frames, and not counted: usage_of reads one response of them"},
    {{"\xFE\xFF", 2}, "it is UTF-16, and not counted: iconv -f UTF-16 -t UTF-8 FILE | usage-report"},
};

static const slice byte_order_mark = {"\xEF\xBB\xBF", 3};

static bool begins_with(const input *of, slice mark) {
    const slice all = input_bytes(of);
    return all.length >= mark.length && memcmp(all.bytes, mark.bytes, mark.length) == 0;
}

/* Whether the file can be read. */
static bool begin(input *of) {
    input_fill_to(of, 5);
    for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
        if (begins_with(of, unreadable[i].mark) && (i > 0 || !input_unpack(of))) {
            response_unread(of->run, 0, MALFORMED, unreadable[i].reason);
            return false;
        }
    }
    return true;
}

/* Events after the end of a part belong to it, and so those at the beginning of the next do not. */
static void read_all(input *of, kind now) {
    const options *const asked = of->run->asked;
    while (!of->broken && !of->run->stopped && input_pass_space(of)) {
        if (*input_bytes(of).bytes == *byte_order_mark.bytes) { /* of another file, appended to the first */
            input_fill_to(of, byte_order_mark.length);
            input_pass(of, begins_with(of, byte_order_mark) ? byte_order_mark.length : 0);
        }
        if (!input_pass_space(of)) {
            break;
        }
        const bool events = !asked->merge && !asked->lines && events_are(of);
        if (of->line_at >= of->run->end && !events) {
            break;
        }
        if (events) {
            events_read(of);
        } else if (asked->merge || (now != LINES && at_document(of))) {
            read_document(of, &now);
        } else {
            read_line(of, &now);
        }
    }
    of->run->read = of->line - 1;
}

void reader_read(input *with, run *to) {
    if (!input_open(with, to)) {
        return;
    }
    while (to->begin > 0 && input_pass_space(with) && events_are(with)) {
        input_pass_line(with);
    }
    with->line = 1;
    if (to->begin > 0 || begin(with)) {
        read_all(with, to->begin > 0 || to->asked->lines ? LINES : UNKNOWN);
    }
    input_close(with);
}

/* Whether a file may be read in parts: it is JSON lines, as far as its beginning shows. */
bool reader_may_part(const char *name) {
    char bytes[1 << 16];
    const int file = open(name, O_RDONLY | O_CLOEXEC);
    const ssize_t got = file < 0 ? 0 : read(file, bytes, sizeof bytes);
    if (file >= 0) {
        close(file);
    }
    const size_t length = got > 0 ? (size_t)got : 0;
    const size_t span = length > 0 && *bytes == '{' ? json_span((slice){bytes, length}) : 0;
    return span > 0 && span < length && bytes[span] == '\n' && !memchr(bytes, '\n', span);
}
