/*
 * Usage out of a response body that arrives in pieces: what kind of body it is, which bytes are a text (sse), which of
 * them can be passed over (search), what is in a text (scan, reading), and what the reports say together.
 *
 * The text of an event counts as soon as it closes, but more data in its event may show that it was not JSON. So its
 * report is settled only when the event ends. A question before that is answered from a copy of the tally, with the
 * report added.
 */
#include "chars.h"
#include "error.h"
#include "scan.h"
#include "search.h"
#include "sse.h"
#include "wide.h"

#include <string.h>

enum kind {
    UNKNOWN, /* only white space and a byte-order mark so far */
    EVENTS,  /* server-sent events */
    TEXTS,   /* JSON texts one after another */
    BROKEN   /* JSON texts, one of them malformed: nothing more is read */
};

static const char done_mark[] = "[DONE]";

enum {
    DONE_LENGTH = sizeof done_mark - 1,
    NOT_DONE = DONE_LENGTH + 1
};

/* What the settled reports say. */
typedef struct tally {
    tokusage_slots slots;
    uint64_t reports;
    bool merging; /* there was one at /message/usage: later ones are laid over it */
    bool ended;   /* the text of the latest one says that the response has ended */
} tally;

/* What is in a tokusage_stream. All zero bytes are the state before the first byte. */
typedef struct stream_state {
    const char *pointer;
    tally tally;
    tokusage_scan scan;
    tokusage_reading reading;
    tokusage_sse sse;
    uint8_t kind;             /* of the body */
    uint8_t mark;             /* how many bytes match: at first of the byte-order mark, then of each event's [DONE] */
    bool garbage;             /* more than white space follows the text in its event */
    bool done;                /* an event was [DONE]: nothing more is read */
    bool begun;               /* the first text has ended */
    bool reported;            /* the text before has a report: the next one mostly has one, too */
    tokusage_model model;     /* of the settled texts */
    tokusage_model models[2]; /* of the latest text; see tokusage_reading */
} stream_state;

_Static_assert(sizeof(stream_state) <= sizeof(tokusage_stream), "a stream's insides fit its bytes");
_Static_assert(_Alignof(tokusage_stream) >= _Alignof(stream_state), "a stream's bytes are aligned for its insides");

static stream_state *inside(tokusage_stream *stream) {
    return (stream_state *)(void *)stream->private_state.bytes;
}

static const stream_state *look_inside(const tokusage_stream *stream) {
    return (const stream_state *)(const void *)stream->private_state.bytes;
}

tokusage_status tokusage_stream_init(tokusage_stream *stream, const char *pointer) {
    if (!stream || (pointer && !tokusage_pointer_valid(pointer))) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    memset(stream, 0, sizeof *stream);
    inside(stream)->pointer = pointer;
    return TOKUSAGE_OK;
}

/* ---- texts and their reports */

static void begin_text(stream_state *s) {
    const bool event = s->kind == EVENTS;
    tokusage_scan_begin(&s->scan);
    tokusage_reading_begin(&s->reading, s->pointer, event ? READ_EVENT : READ_TEXT, s->models);
    s->mark = 0;
    s->garbage = false;
}

/* Whether the latest text has closed, and nothing in its event shows that it was not JSON. */
static bool text_counts(const stream_state *s) {
    return s->scan.state == SCAN_CLOSED && !s->garbage;
}

static void add_report(tally *to, const tokusage_reading *reading) {
    if (!tokusage_reading_reports(reading)) {
        return;
    }
    const bool first = !reading->pointer && reading->last_place == PLACE_MESSAGE;
    to->reports++;
    to->ended = reading->last_ends || (reading->last_delta_ends && to->merging);
    if (to->merging && !first) {
        tokusage_slots_lay(&to->slots, tokusage_reading_slots(reading));
    } else {
        to->slots = *tokusage_reading_slots(reading);
    }
    to->merging = to->merging || first;
}

/* What the reports say, with that of the latest text. */
static tally tally_now(const stream_state *s) {
    tally now = s->tally;
    if (text_counts(s)) {
        add_report(&now, &s->reading);
    }
    return now;
}

static const tokusage_model *text_model(const stream_state *s) {
    return &s->models[tokusage_reading_model(&s->reading)];
}

/* Whether the latest text tells the model: it has a report, or is the first (and not an array with a place twice). */
static bool tells_model(const stream_state *s) {
    const tokusage_reading *const text = &s->reading;
    if (!text_counts(s) || text_model(s)->length == 0) {
        return false;
    }
    return text->twice ? !text->array && !s->begun : text->told || !s->begun;
}

/* The text has ended: what it said is settled. */
static void end_text(stream_state *s) {
    if (tells_model(s)) {
        const tokusage_model *const model = text_model(s);
        s->model.length = model->length;
        memcpy(s->model.text, model->text, model->length);
    }
    const uint64_t reports = s->tally.reports;
    if (text_counts(s)) {
        add_report(&s->tally, &s->reading);
    }
    s->reported = s->tally.reports > reports;
    s->begun = true;
    begin_text(s);
}

static void read_texts(stream_state *s, const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && s->kind == TEXTS) {
        at += tokusage_scan_feed(&s->scan, &s->reading, bytes + at, length - at, false);
        if (s->scan.state == SCAN_CLOSED) {
            end_text(s);
        } else if (!tokusage_scan_open(&s->scan)) {
            s->kind = BROKEN;
        }
    }
}

/* ---- events */

/* Notes how much of [DONE] the event's data is so far. */
static void match_done(stream_state *s, const char *bytes, size_t length) {
    for (size_t i = 0; i < length && s->mark < NOT_DONE && !tokusage_is_line_end(bytes[i]); i++) {
        const bool goes_on = s->mark < DONE_LENGTH && bytes[i] == done_mark[s->mark];
        s->mark = goes_on ? (uint8_t)(s->mark + 1) : NOT_DONE;
    }
}

/* Reads data up to the end of the line, or of the bytes. Returns where it stopped. */
static size_t read_data(stream_state *s, const char *bytes, size_t length) {
    match_done(s, bytes, length);
    const size_t read = tokusage_scan_feed(&s->scan, &s->reading, bytes, length, true);
    const size_t end = read + tokusage_line_span(bytes + read, length - read);
    s->garbage = s->garbage || read + tokusage_space_span(bytes + read, end - read) < end;
    return end;
}

static void settle_event(stream_state *s) {
    if (s->mark == DONE_LENGTH) {
        s->done = true;
        return;
    }
    tokusage_scan_end(&s->scan, &s->reading);
    end_text(s);
}

/* Reads an event to its end, or to the end of the piece. Returns where it stopped. */
static size_t read_event(stream_state *s, const char *bytes, size_t length, size_t at) {
    while (at < length) {
        switch (tokusage_sse_next(&s->sse, bytes, length, &at)) {
        case TOKUSAGE_SSE_DATA:
            at += read_data(s, bytes + at, length - at);
            break;
        case TOKUSAGE_SSE_BREAK:
            s->mark = NOT_DONE;
            tokusage_scan_feed(&s->scan, &s->reading, "\n", 1, false);
            break;
        case TOKUSAGE_SSE_EVENT:
            settle_event(s);
            return at;
        default:
            break;
        }
    }
    return at;
}

/* Whether the rest of the event may be searched: nothing is found so far, and no name or value that matters is open. */
static bool may_pass_rest(const stream_state *s) {
    const bool found = s->reading.place != PLACE_NONE || s->reading.last_place != PLACE_NONE || s->scan.matters;
    const bool in_name = s->scan.state >= SCAN_COLON && s->scan.state <= SCAN_HEX && s->scan.naming;
    return tokusage_sse_in_line(&s->sse) && s->mark == NOT_DONE && !found && !in_name;
}

/*
 * Passes over events without a report, and over the rest of the event in which the piece begins. Returns where the next
 * event to be read begins. The first text is always read, because it may tell the model.
 */
static size_t pass_events(stream_state *s, const char *bytes, size_t length, size_t at) {
    const bool open = !tokusage_sse_fresh(&s->sse);
    if (!s->begun || s->reported || (open && !may_pass_rest(s))) {
        return at;
    }
    const size_t passed = tokusage_search(bytes + at, length - at, s->pointer, open);
    if (passed > 0) {
        tokusage_sse_passed(&s->sse);
    }
    if (passed > 0 && open) {
        begin_text(s);
    }
    return at + passed;
}

static size_t read_events(stream_state *s, const char *bytes, size_t length, size_t at) {
    while (at < length && !s->done) {
        at = pass_events(s, bytes, length, at);
        at = read_event(s, bytes, length, at);
    }
    /* The blank line behind [DONE] may be CR LF. */
    return s->done ? at + tokusage_sse_rest(&s->sse, bytes + at, length - at) : at;
}

/* ---- what kind of body it is */

static void decide(stream_state *s, enum kind kind) {
    s->kind = (uint8_t)kind;
    begin_text(s);
}

/* Looks at one of the first bytes: white space, a byte-order mark, or the byte that tells the kind. */
static void look_at(stream_state *s, char c) {
    const uint8_t matched = s->mark;
    if (tokusage_mark_goes_on(matched, c)) {
        s->mark++;
    } else if (matched > 0 && matched < TOKUSAGE_BYTE_ORDER_MARK_LENGTH) {
        decide(s, EVENTS);
    } else if (tokusage_is_space(c)) {
        s->mark = TOKUSAGE_BYTE_ORDER_MARK_LENGTH;
    } else {
        decide(s, c == '{' || c == '[' ? TEXTS : EVENTS);
    }
}

/* The framing of events reads these bytes, too, because they may begin its first line. Returns how many were read. */
static size_t find_out_kind(stream_state *s, const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && s->kind == UNKNOWN) {
        look_at(s, bytes[at]);
        if (s->kind == UNKNOWN) {
            tokusage_sse_next(&s->sse, bytes, at + 1, &at);
        }
    }
    return at;
}

size_t tokusage_stream_feed(tokusage_stream *stream, const char *bytes, size_t length) {
    if (!stream || !bytes) {
        return 0;
    }
    stream_state *const s = inside(stream);
    s->reading.models = s->models; /* the stream may be a copy */
    const size_t at = find_out_kind(s, bytes, length);
    if (s->kind == EVENTS) {
        return read_events(s, bytes, length, at);
    }
    read_texts(s, bytes + at, length - at);
    return length;
}

/* ---- the answers */

tokusage_status tokusage_stream_usage(const tokusage_stream *stream, tokusage *usage, tokusage_error *error) {
    if (!stream || !usage) {
        return tokusage_fail(error, TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_NO_MEMBER);
    }
    const tally now = tally_now(look_inside(stream));
    if (now.reports == 0) {
        return tokusage_fail(error, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_OBJECT);
    }
    return tokusage_slots_usage(&now.slots, usage, error);
}

uint64_t tokusage_stream_reports(const tokusage_stream *stream) {
    return stream ? tally_now(look_inside(stream)).reports : 0;
}

bool tokusage_stream_done(const tokusage_stream *stream) {
    if (!stream) {
        return false;
    }
    const stream_state *const s = look_inside(stream);
    return (s->kind == EVENTS && s->mark == DONE_LENGTH) || tally_now(s).ended;
}

tokusage_body tokusage_stream_body(const tokusage_stream *stream) {
    const unsigned kind = stream ? look_inside(stream)->kind : UNKNOWN;
    bool whole = false;
    switch (kind) {
    case UNKNOWN:
        return TOKUSAGE_BODY_EMPTY;
    case BROKEN:
        return TOKUSAGE_BODY_BROKEN;
    case EVENTS:
        whole = tokusage_stream_done(stream);
        break;
    default:
        whole = !tokusage_scan_within(&look_inside(stream)->scan, &look_inside(stream)->reading);
    }
    return whole ? TOKUSAGE_BODY_WHOLE : TOKUSAGE_BODY_OPEN;
}

size_t tokusage_stream_model(const tokusage_stream *stream, char *buffer, size_t size) {
    const stream_state *const s = stream ? look_inside(stream) : NULL;
    const tokusage_model *model = s ? &s->model : NULL;
    if (s && tells_model(s)) {
        model = text_model(s);
    }
    const size_t length = model ? model->length : 0;
    if (buffer && size > 0) {
        const size_t copied = length < size ? length : size - 1;
        if (copied > 0) {
            memcpy(buffer, model->text, copied);
        }
        buffer[copied] = '\0';
    }
    return length;
}
