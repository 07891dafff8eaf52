/*
 * Event streams (WHATWG HTML, section 9.2): each event is looked at for what tells a new response, and the events of one
 * response go to the library in one go, which finds the few of them that hold a usage.
 */
#include "events.h"
#include "ids.h"
#include "sequence.h"

#include <string.h>

bool events_are(input *of) {
    static const char *const fields[] = {"data", "event", "id", "retry"};
    if (*input_bytes(of) == ':') {
        return true;
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const size_t span = strlen(fields[i]);
        if (*input_bytes(of) != *fields[i]) {
            continue;
        }
        input_fill_to(of, span + 1);
        if (input_length(of) > span && memcmp(input_bytes(of), fields[i], span) == 0) {
            return input_bytes(of)[span] == ':' || input_bytes(of)[span] == '\r' || input_bytes(of)[span] == '\n';
        }
    }
    return false;
}

/* ---- one event */

/* The length of a line without its end; that of the bytes, when it has none. */
static size_t line_span(const char *bytes, size_t length) {
    const char *const lf = length > 0 ? memchr(bytes, '\n', length) : NULL;
    const size_t span = lf ? (size_t)(lf - bytes) : length;
    const char *const cr = span > 0 ? memchr(bytes, '\r', span) : NULL;
    return cr ? (size_t)(cr - bytes) : span;
}

/* The length of what ends a line: CR LF, LF or CR. 0: none is there, or a CR comes last and an LF may follow. */
static size_t end_span(const char *bytes, size_t length, bool last) {
    if (length == 0 || (length == 1 && *bytes == '\r' && !last)) {
        return 0;
    }
    return *bytes == '\r' && length > 1 && bytes[1] == '\n' ? 2 : 1;
}

/* An event, and its data, if that is one line. */
typedef struct event {
    size_t span; /* with the blank lines behind it; 0: it goes on behind the bytes */
    size_t ends; /* how many lines end in it */
    slice data;
    bool more; /* data of several lines */
} event;

static void take_line(event *to, slice line) {
    if (line.length < 5 || memcmp(line.bytes, "data:", 5) != 0) {
        return;
    }
    const size_t skipped = line.length > 5 && line.bytes[5] == ' ' ? 6 : 5;
    to->more = to->more || to->data.bytes;
    to->data = (slice){line.bytes + skipped, line.length - skipped};
}

/* A line that begins as a JSON text does is no line of the event, and what follows it is none either. */
static event event_of(const char *bytes, size_t length, bool last) {
    event found = {.span = 0};
    for (size_t at = 0; at < length;) {
        const size_t span = line_span(bytes + at, length - at);
        const size_t end = end_span(bytes + at + span, length - at - span, last);
        if (bytes[at] == '{' || bytes[at] == '[') {
            found.span = at;
            return found;
        }
        if (end == 0 && !last) {
            return found;
        }
        take_line(&found, (slice){bytes + at, span});
        found.ends += end > 0 && bytes[at + span + end - 1] == '\n';
        at += span + end;
        if (span == 0 || at == length) {
            found.span = at;
            return found;
        }
    }
    return found;
}

/* Data of several lines, joined by LF. */
static slice join(slice bytes, text *joined) {
    text_clear(joined);
    for (size_t at = 0; at < bytes.length;) {
        event line = {.span = 0};
        const size_t span = line_span(bytes.bytes + at, bytes.length - at);
        take_line(&line, (slice){bytes.bytes + at, span});
        if (line.data.bytes) {
            text_bytes(joined, line.data.bytes, line.data.length);
            text_byte(joined, '\n');
        }
        at += span + (at + span < bytes.length);
    }
    return (slice){joined->bytes, joined->used - 1};
}

/* ---- one response after another */

typedef struct streams {
    input *from;
    sequence *now; /* NULL: none has begun */
    size_t fed;    /* how many of the bytes available belong to it and are still to be fed */
    size_t lines;  /* that end in them */
    text joined;   /* data of several lines */
} streams;

/* Hands over what belongs to the response that is open. */
static void feed(streams *in) {
    if (in->now && in->fed > 0) {
        tokusage_stream_feed(&in->now->stream, input_bytes(in->from), in->fed);
    }
    input_pass_lines(in->from, in->fed, in->lines);
    in->fed = 0;
    in->lines = 0;
}

static void close_now(streams *in) {
    if (in->now && !in->from->broken) {
        sequence_close(in->from->run, in->now);
    } else if (in->now) {
        sequence_drop(in->now);
    }
    in->now = NULL;
}

static void open_next(streams *in) {
    feed(in);
    close_now(in);
    in->now = sequence_new(in->from->run->asked, in->from->line, true);
}

static void take_event(streams *in, const event *of, slice bytes) {
    const options *const asked = in->from->run->asked;
    const slice data = of->more ? join(bytes, &in->joined) : of->data;
    const bool done = slice_is(data, "[DONE]");
    const facts known = facts_of(data.bytes ? data : (slice){"", 0});
    const bool over = in->now && !done && data.bytes && sequence_is_over(in->now, &known, data, asked->at);
    if (over || (!in->now && data.bytes)) {
        open_next(in);
    }
    in->fed += of->span;
    in->lines += of->ends;
    if (in->now && data.bytes && !done) {
        sequence_add(in->now, asked, &known, data);
    }
    if (done) {
        feed(in);
        close_now(in);
    }
}

/* An event that is longer than a line may be is fed without a look into it. */
static void pass_long(streams *in) {
    input *const from = in->from;
    char before = '\n';
    if (!in->now) {
        open_next(in);
    }
    feed(in);
    while (input_length(from) > 0 || input_fill(from)) {
        const char *const bytes = input_bytes(from);
        const size_t length = input_length(from);
        size_t at = 0;
        bool blank = false;
        while (at < length && !blank) {
            blank = bytes[at] == '\n' && before == '\n';
            before = bytes[at] == '\r' ? before : bytes[at];
            at++;
        }
        tokusage_stream_feed(&in->now->stream, bytes, at);
        input_pass(from, at);
        if (blank) {
            return;
        }
    }
}

void events_read(input *of) {
    streams in = {.from = of};
    const size_t limit = (size_t)of->run->asked->max_line;
    while (!of->run->stopped) {
        const size_t left = input_length(of) - in.fed;
        const char *const bytes = input_bytes(of) + in.fed;
        const event found = event_of(bytes, left, of->ended);
        if (found.span > 0) {
            take_event(&in, &found, (slice){bytes, found.span});
        } else if (left > 0 && (*bytes == '{' || *bytes == '[')) {
            break;
        } else if (left > limit) {
            pass_long(&in);
        } else {
            feed(&in);
            if (!input_fill(of) && input_length(of) == 0) {
                break;
            }
        }
    }
    feed(&in);
    close_now(&in);
    text_free(&in.joined);
}
