/*
 * Event streams (WHATWG HTML, section 9.2), one after another: each event is checked for the beginning of another response,
 * and the events of one response go to the library in one go, which finds the few of them that hold a usage.
 */
#include "usage_report.h"

#include <string.h>

/* Whether the bytes begin a line of an event stream: a field's name and a colon, or the colon of a comment. */
bool events_are(input *of) {
    static const char *const fields[] = {"data", "event", "id", "retry", ""};
    for (size_t i = 0; *input_bytes(of).bytes != '{' && i < sizeof fields / sizeof *fields; i++) {
        const size_t span = strlen(fields[i]);
        if (*input_bytes(of).bytes == (span > 0 ? *fields[i] : ':')) {
            input_fill_to(of, span + 1);
            const slice all = input_bytes(of);
            return all.length > span && memcmp(all.bytes, fields[i], span) == 0 && strchr(":\r\n", all.bytes[span]);
        }
    }
    return false;
}

/* ---- one event */

/* The length of a line, with its end (CR LF, LF or CR); *text is its length without. 0: its end is not there. */
static size_t line_span(slice all, bool last, size_t *length) {
    const char *const lf = all.length > 0 ? memchr(all.bytes, '\n', all.length) : NULL;
    const size_t most = lf ? (size_t)(lf - all.bytes) : all.length;
    const char *const cr = most > 0 ? memchr(all.bytes, '\r', most) : NULL;
    *length = cr ? (size_t)(cr - all.bytes) : most;
    if (*length + 1 < all.length) {
        return *length + (cr && all.bytes[*length + 1] == '\n' ? 2 : 1);
    }
    return last || lf == all.bytes + *length ? all.length : 0;
}

typedef struct event {
    size_t span; /* with the blank line after it; 0: it goes on after the bytes */
    slice data;  /* of its last line of data */
    bool more;   /* there are others */
} event;

static void take_line(event *to, slice line) {
    if (line.length >= 5 && memcmp(line.bytes, "data:", 5) == 0) {
        const size_t skipped = line.length > 5 && line.bytes[5] == ' ' ? 6 : 5;
        to->more = to->data.bytes;
        to->data = (slice){line.bytes + skipped, line.length - skipped};
    }
}

/* A JSON document, or the byte-order mark of another file, is no line of an event, nor is what follows it. */
static bool ends_events(slice rest) {
    return rest.length > 0 && memchr("{[\xEF", *rest.bytes, 3);
}

static event event_of(slice all, bool last) {
    event found = {.span = 0};
    for (size_t at = 0; at < all.length;) {
        size_t length = 0;
        const slice rest = {all.bytes + at, all.length - at};
        const size_t span = ends_events(rest) ? 0 : line_span(rest, last, &length);
        if (span > 0) {
            take_line(&found, (slice){rest.bytes, length});
        }
        at += span;
        if (span == 0 ? ends_events(rest) : length == 0 || (last && at == all.length)) {
            found.span = at;
        }
        if (span == 0 || found.span > 0) {
            break;
        }
    }
    return found;
}

/* Data of several lines, joined by LF. */
static slice join(slice all, text *joined) {
    joined->used = 0;
    while (all.length > 0) {
        event line = {.span = 0};
        size_t length = 0;
        const size_t span = line_span(all, true, &length);
        take_line(&line, (slice){all.bytes, length});
        text_bytes(joined, line.data.bytes, line.data.length);
        text_bytes(joined, "\n", line.data.bytes != NULL);
        all = (slice){all.bytes + span, all.length - span};
    }
    return (slice){joined->bytes, joined->used - 1};
}

/* ---- one response after another */

typedef struct streams {
    input *from;
    sequence *now; /* NULL: none has begun */
    size_t fed;    /* how many of the bytes available belong to it and are still to be fed */
    text joined;
    text same; /* how the latest event with an id begins, up to the end of the id */
} streams;

static void feed(streams *in) {
    if (in->now && in->fed > 0) {
        tokusage_stream_feed(&in->now->stream, input_bytes(in->from).bytes, in->fed);
    }
    input_pass(in->from, in->fed);
    in->fed = 0;
}

static void close_now(streams *in) {
    feed(in);
    if (in->now && !in->from->broken) {
        response_sequence(in->from->run, in->now);
    }
    sequence_drop(in->now);
    in->now = NULL;
}

static void open_next(streams *in) {
    close_now(in);
    in->now = sequence_new(in->from->run->asked, in->from->line, true);
}

/*
 * Whether an event contains nothing new, as nearly all do: it begins as the one before it did, up to the end of its id, or
 * it is a delta, other than message_delta, which has no usage.
 */
static bool has_nothing_new(const streams *in, slice data) {
    static const char type[] = "{\"type\":\"";
    const options *const asked = in->from->run->asked;
    const char *const name = data.bytes + sizeof type - 1;
    if (!in->now || (asked->timed && !in->now->about.timed) || data.length < sizeof type) {
        return false;
    }
    for (size_t i = 0; i < asked->by_count; i++) {
        if (asked->by[i].kind == BY_POINTER && !in->now->about.keyed[i]) {
            return false;
        }
    }
    if (in->same.used > 0 && data.length > in->same.used && memcmp(data.bytes, in->same.bytes, in->same.used) == 0) {
        return true;
    }
    const char *const quote =
        memcmp(data.bytes, type, sizeof type - 1) == 0 ? memchr(name, '"', data.length - sizeof type + 1) : NULL;
    return quote && quote - name > 6 && memcmp(quote - 5, "delta", 5) == 0 && memcmp(name, "message", 7) != 0;
}

static void take_event(streams *in, const event *of, slice all) {
    const options *const asked = in->from->run->asked;
    const slice data = of->more ? join((slice){all.bytes, of->span}, &in->joined) : of->data;
    /* The end mark may be glued to a document before it. */
    const bool done = data.length >= 6 && memcmp(data.bytes + data.length - 6, "[DONE]", 6) == 0;
    if (data.bytes && data.length > (done ? 6 : 0) && !has_nothing_new(in, data)) {
        const facts known = facts_of(data);
        const size_t known_to = known.id.bytes ? (size_t)(known.id.bytes - data.bytes) + known.id.length : 0;
        if (!in->now || sequence_is_over(in->now, &known, data, asked->at)) {
            open_next(in);
        }
        sequence_add(in->now, asked, &known, data);
        text_set(&in->same, data.bytes, known_to < 256 ? known_to : 0);
    } else if (done && !in->now) {
        open_next(in);
    }
    in->fed += of->span;
    if (done) {
        close_now(in);
    }
}

/*
 * An event that is longer than a line may be is fed unread. The byte that is left cannot begin anything, so that the rest
 * counts as a line that says nothing.
 */
static void pass_long(streams *in, slice left) {
    if (!in->now) {
        open_next(in);
    }
    do {
        left.length--;
    } while (left.length > 1 && memchr("{[\xEF\r\nd", left.bytes[left.length], 6));
    in->fed = left.length;
    feed(in);
}

void events_read(input *of) {
    streams in = {.from = of};
    bool more = true;
    while (more && !of->run->stopped) {
        const slice all = input_bytes(of);
        const slice left = {all.bytes + in.fed, all.length - in.fed};
        const event found = event_of(left, of->ended);
        if (found.span > 0) {
            take_event(&in, &found, left);
        } else if (ends_events(left)) {
            more = false;
        } else if (left.length > of->run->asked->max_line) {
            feed(&in);
            pass_long(&in, left);
        } else {
            feed(&in);
            more = input_fill(of) || of->begin < of->end;
        }
    }
    close_now(&in);
    text_free(&in.joined);
    text_free(&in.same);
}
