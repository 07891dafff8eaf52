/*
 * Usage out of a response body that arrives in pieces: what kind of body it is, which bytes are a text (sse), what
 * stands at the pointer of it (scan), and which report is the latest. The counts are read only when they are asked for
 * (json).
 *
 * There is room for two reports: the latest, and the one being read. A report counts as soon as its text closes; if
 * more than white space follows in its event, it was no JSON text after all, and the one before it is the latest again.
 */
#include "chars.h"
#include "error.h"
#include "scan.h"
#include "skip.h"
#include "small.h"
#include "sse.h"
#include "usage.h"

#include <string.h>

_Static_assert(sizeof(tokusage_stream) <= (size_t)5 * 1024, "a stream takes at most 5 KiB");

enum kind {
    UNKNOWN, /* only white space and a byte-order mark so far */
    EVENTS,  /* server-sent events */
    TEXTS,   /* JSON texts one after another */
    SPOILED  /* JSON texts, one of them malformed: nothing more is read */
};

static const char done_mark[] = "[DONE]";

enum {
    DONE_LENGTH = sizeof done_mark - 1,
    NOT_DONE = DONE_LENGTH + 1,
    HOLD_MIN = 64 /* the shortest piece for which an open event is held */
};

tokusage_status tokusage_stream_init(tokusage_stream *stream, const char *pointer) {
    if (!stream || (pointer && !tokusage_pointer_valid(pointer))) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    *stream = (tokusage_stream){.pointer = pointer};
    return TOKUSAGE_OK;
}

static const char *place_of(const tokusage_stream *stream) {
    return stream->pointer ? stream->pointer : TOKUSAGE_POINTER_DEFAULT;
}

/* ---- texts and their reports */

static void begin_text(tokusage_stream *stream) {
    tokusage_scan_begin(&stream->scan, place_of(stream));
    stream->mark = 0;
    stream->counted = false;
}

/* Gives the scanner the room for the next report. */
static tokusage_keep *room_for_next(tokusage_stream *stream) {
    const unsigned next = stream->latest ^ 1U;
    stream->keep = (tokusage_keep){
        .text = stream->text[next], .size = TOKUSAGE_STREAM_USAGE_MAX, .used = stream->used[next], .mark = NULL};
    return &stream->keep;
}

/* Counts the report of a text that has closed, if there is one. */
static void close_text(tokusage_stream *stream) {
    const unsigned next = stream->latest ^ 1U;
    const tokusage_scan *const scan = &stream->scan;
    if (scan->found && !scan->duplicate && stream->text[next][0] != 'n') {
        stream->latest = (uint8_t)next;
        stream->reports++;
        stream->counted = true;
    }
}

static void take_report_back(tokusage_stream *stream) {
    if (stream->counted) {
        stream->latest ^= 1U;
        stream->reports--;
        stream->counted = false;
    }
}

/* Takes note of what the scanner has read. */
static void note_text(tokusage_stream *stream) {
    stream->used[stream->latest ^ 1U] = stream->keep.used;
    if (tokusage_scan_result_of(&stream->scan) == TOKUSAGE_SCAN_CLOSED) {
        close_text(stream);
    }
}

/* Reads on in a text that is open; returns how many bytes belong to it. */
static size_t read_text(tokusage_stream *stream, const char *bytes, size_t length) {
    const size_t read = tokusage_scan_feed(&stream->scan, room_for_next(stream), bytes, length);
    note_text(stream);
    return read;
}

static void end_text(tokusage_stream *stream) {
    if (tokusage_scan_result_of(&stream->scan) == TOKUSAGE_SCAN_OPEN) {
        tokusage_scan_end(&stream->scan, room_for_next(stream));
        note_text(stream);
    }
}

static void read_texts(tokusage_stream *stream, const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && stream->kind == TEXTS) {
        at += read_text(stream, bytes + at, length - at);
        const tokusage_scan_result result = tokusage_scan_result_of(&stream->scan);
        if (result == TOKUSAGE_SCAN_CLOSED) {
            begin_text(stream);
        } else if (result != TOKUSAGE_SCAN_OPEN) {
            stream->kind = SPOILED;
        }
    }
}

/* ---- events */

/* How much of [DONE] the event's data is so far. */
static void match_done(tokusage_stream *stream, const char *bytes, size_t length) {
    for (size_t i = 0; i < length && stream->mark < NOT_DONE; i++) {
        const bool goes_on = stream->mark < DONE_LENGTH && bytes[i] == done_mark[stream->mark];
        stream->mark = goes_on ? (uint8_t)(stream->mark + 1) : NOT_DONE;
    }
}

#if !TOKUSAGE_SMALL

/*
 * Where usage is running, an event begins as the one before did, up to the text that it brings. The state of the
 * scanner after that much is kept; if the bytes are the same again, it is taken up from there. It never reaches into a
 * report. Returns how many bytes are read.
 */
static size_t read_alike(tokusage_stream *stream, const char *bytes, size_t length) {
    struct tokusage_recall *const recall = &stream->recall;
    size_t alike = 0;
    if (recall->length > 0 && recall->length <= length && memcmp(recall->text, bytes, recall->length) == 0) {
        stream->scan = recall->scan;
        alike = recall->length;
    } else if (recall->text) {
        while (alike < recall->report && alike < length && recall->text[alike] == bytes[alike]) {
            alike++;
        }
        read_text(stream, bytes, alike);
        recall->scan = stream->scan;
        recall->length = alike;
    }
    return alike;
}

/* The first of an event's data, where the last event had a report. */
static size_t read_running(tokusage_stream *stream, const char *bytes, size_t length) {
    const size_t alike = read_alike(stream, bytes, length);
    const size_t read = alike + read_text(stream, bytes + alike, length - alike);
    stream->recall.text = bytes;
    stream->recall.report = stream->scan.found && !stream->scan.duplicate ? (size_t)stream->scan.begin : 0;
    return read;
}

#endif

static size_t read_open_text(tokusage_stream *stream, const char *bytes, size_t length) {
#if !TOKUSAGE_SMALL
    if (stream->running && stream->scan.offset == 0) {
        return read_running(stream, bytes, length);
    }
#endif
    return read_text(stream, bytes, length);
}

static void read_data(tokusage_stream *stream, const char *bytes, size_t length) {
    match_done(stream, bytes, length);
    size_t read = 0;
    if (tokusage_scan_result_of(&stream->scan) == TOKUSAGE_SCAN_OPEN) {
        read = read_open_text(stream, bytes, length);
    }
    if (read + tokusage_space_span(bytes + read, length - read) < length) {
        take_report_back(stream);
    }
}

static void end_event(tokusage_stream *stream) {
    if (stream->mark == DONE_LENGTH) {
        stream->done = true;
        return;
    }
    end_text(stream);
    stream->running = stream->counted;
    begin_text(stream);
}

/* Reads on to the next token of the framing. */
static void read_event(tokusage_stream *stream, const char *bytes, size_t length, size_t *at) {
    size_t begin = *at;
    switch (tokusage_sse_next(&stream->sse, bytes, length, at, &begin)) {
    case TOKUSAGE_SSE_DATA:
        read_data(stream, bytes + begin, *at - begin);
        break;
    case TOKUSAGE_SSE_BREAK:
        read_data(stream, "\n", 1);
        break;
    case TOKUSAGE_SSE_EVENT:
        end_event(stream);
        break;
    default:
        break;
    }
}

#if !TOKUSAGE_SMALL

/*
 * Passes over whole events without a report, where an event's first data line may begin. An event that looks like one
 * so far but goes on in the next piece is held, unread, in the room for the next report, which it does not need yet.
 * Not in tiny pieces, which would be looked through again and again; nor where usage is running, as it would be in
 * vain. Returns how many bytes are dealt with.
 */
static size_t pass_events(tokusage_stream *stream, const char *bytes, size_t length) {
    if (stream->running || !stream->name || !tokusage_sse_fresh(&stream->sse)) {
        return 0;
    }
    bool open = false;
    const size_t passed = tokusage_skip(bytes, length, stream->name, &open);
    const size_t rest = length - passed;
    if (passed > 0) {
        tokusage_sse_passed(&stream->sse);
    }
    if (!open || length < HOLD_MIN || rest >= TOKUSAGE_STREAM_USAGE_MAX) {
        return passed;
    }
    memcpy(stream->text[stream->latest ^ 1U], bytes + passed, rest);
    stream->held = rest;
    return length;
}

/* Goes on with the event that is held: passes over it, holds more of it, or reads it after all. */
static size_t pass_held(tokusage_stream *stream, const char *bytes, size_t length) {
    char *const text = stream->text[stream->latest ^ 1U];
    const size_t held = stream->held;
    const size_t room = TOKUSAGE_STREAM_USAGE_MAX - held;
    const size_t more = length < room ? length : room;
    memcpy(text + held, bytes, more);
    bool open = false;
    const size_t passed = tokusage_skip(text, held + more, stream->name, &open);
    if (passed > held) {
        stream->held = 0;
        tokusage_sse_passed(&stream->sse);
        return passed - held;
    }
    if (open && length < room && length >= HOLD_MIN) {
        stream->held = held + length;
        return length;
    }
    stream->held = 0;
    for (size_t at = 0; at < held;) {
        read_event(stream, text, held, &at);
    }
    return 0;
}

#endif

static void read_events(tokusage_stream *stream, const char *bytes, size_t length) {
    size_t at = 0;
#if !TOKUSAGE_SMALL
    if (stream->held > 0 && length > 0) {
        at = pass_held(stream, bytes, length);
    }
#endif
    while (at < length && !stream->done) {
#if !TOKUSAGE_SMALL
        at += pass_events(stream, bytes + at, length - at);
#endif
        read_event(stream, bytes, length, &at);
    }
#if !TOKUSAGE_SMALL
    stream->recall.text = NULL;
    stream->recall.length = 0;
#endif
}

/* ---- what kind of body it is */

static void decide(tokusage_stream *stream, enum kind kind) {
    stream->kind = (uint8_t)kind;
#if !TOKUSAGE_SMALL
    stream->name = tokusage_skip_name(place_of(stream));
#endif
    begin_text(stream);
}

/* Looks at one of the first bytes: white space, a byte-order mark, or the byte that tells. */
static void look_at(tokusage_stream *stream, char c) {
    const uint8_t matched = stream->mark;
    if (matched < TOKUSAGE_BYTE_ORDER_MARK_LENGTH && c == TOKUSAGE_BYTE_ORDER_MARK[matched]) {
        stream->mark++;
    } else if (matched > 0 && matched < TOKUSAGE_BYTE_ORDER_MARK_LENGTH) {
        decide(stream, EVENTS);
    } else if (tokusage_space_span(&c, 1) == 1) {
        stream->mark = TOKUSAGE_BYTE_ORDER_MARK_LENGTH;
    } else {
        decide(stream, c == '{' || c == '[' ? TEXTS : EVENTS);
    }
}

/* The framing of events reads along, as what comes before the first field is part of it. Returns the bytes used up. */
static size_t find_out_kind(tokusage_stream *stream, const char *bytes, size_t length) {
    size_t at = 0;
    size_t begin = 0;
    while (at < length && stream->kind == UNKNOWN) {
        look_at(stream, bytes[at]);
        if (stream->kind == UNKNOWN) {
            tokusage_sse_next(&stream->sse, bytes, at + 1, &at, &begin);
        }
    }
    return at;
}

void tokusage_stream_feed(tokusage_stream *stream, const char *bytes, size_t length) {
    if (!stream || !bytes) {
        return;
    }
    const size_t at = find_out_kind(stream, bytes, length);
    if (stream->kind == EVENTS) {
        read_events(stream, bytes + at, length - at);
    } else if (stream->kind == TEXTS) {
        read_texts(stream, bytes + at, length - at);
    }
}

/* ---- the answer */

tokusage_status tokusage_stream_usage(const tokusage_stream *stream, tokusage *usage, tokusage_error *error) {
    if (!stream || !usage) {
        return tokusage_report(error, TOKUSAGE_ERR_ARGUMENT, NULL);
    }
    if (stream->reports == 0) {
        return tokusage_report(error, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_MEMBER_USAGE);
    }
    const size_t length = stream->used[stream->latest];
    if (length > TOKUSAGE_STREAM_USAGE_MAX) {
        return tokusage_report(error, TOKUSAGE_ERR_SPACE, TOKUSAGE_MEMBER_USAGE);
    }
    return tokusage_decode(stream->text[stream->latest], length, usage, error);
}

uint64_t tokusage_stream_reports(const tokusage_stream *stream) {
    return stream ? stream->reports : 0;
}

bool tokusage_stream_done(const tokusage_stream *stream) {
    return stream && (stream->done || (stream->kind == EVENTS && stream->mark == DONE_LENGTH));
}
