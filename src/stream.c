/*
 * Usage out of a body that arrives in chunks: what kind of body it is, which bytes are a document (events, frames),
 * which of them can be passed over (search), what the documents say (reader), and the verdict.
 */
#include "events.h"
#include "frames.h"
#include "reader.h"
#include "search.h"
#include "wide.h"

enum kind {
    UNKNOWN,   /* only white space and byte-order marks so far */
    EVENTS,    /* server-sent events */
    FRAMES,    /* AWS event-stream frames */
    DOCUMENTS, /* JSON documents one after another */
    BROKEN     /* documents or frames, one of them malformed: nothing more is read */
};

/* What is in a tokusage_stream. All zero bytes are the state before the first byte. */
typedef struct stream_state {
    tokusage_reader reader;
    union {
        tokusage_events events;
        tokusage_frames frames;
    } framing;
    tokusage_labels labels;   /* of the stream */
    tokusage_labels document; /* of the open document */
    uint8_t kind;             /* of the body */
    bool done;                /* an event was [DONE]: nothing more is read */
} stream_state;

_Static_assert(sizeof(stream_state) <= sizeof(tokusage_stream), "a stream's insides fit its bytes");
_Static_assert(_Alignof(tokusage_stream) >= _Alignof(stream_state), "a stream's bytes are aligned for its insides");

static stream_state *inside(tokusage_stream *stream) {
    return (stream_state *)(void *)stream->private_state.bytes;
}

static const stream_state *look_inside(const tokusage_stream *stream) {
    return (const stream_state *)(const void *)stream->private_state.bytes;
}

size_t tokusage_stream_size(void) {
    return sizeof(tokusage_stream);
}

tokusage_status tokusage_stream_init(tokusage_stream *stream, const char *pointer) {
    if (!stream || (pointer && !tokusage_pointer_valid(pointer))) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    stream_state *const s = inside(stream); /* to clear all of it would take as long as to read a short event */
    tokusage_reader_init(&s->reader, pointer);
    tokusage_reader_begin(&s->reader, false);
    memset(&s->framing, 0, sizeof s->framing);
    memset(s->labels.length, 0, sizeof s->labels.length);
    s->kind = UNKNOWN;
    s->done = false;
    return TOKUSAGE_OK;
}

/* ---- documents one after another */

static void begin_document(stream_state *s) {
    s->reader.json.more = s->reader.begun && !s->reader.reported;
    tokusage_reader_begin(&s->reader, s->kind == EVENTS);
}

/* Reads on in a document, or at least to the end of the open token. Returns how many bytes were read. */
static size_t read_on(stream_state *s, const char *bytes, size_t length, bool line) {
    const size_t read = tokusage_reader_feed(&s->reader, bytes, length, line);
    if (s->reader.json.state == JSON_CLOSED) {
        begin_document(s);
    }
    return read;
}

/* Reads documents up to the end of the bytes (or of the line), or to a byte that is wrong. Returns where it stopped. */
static size_t read_documents(stream_state *s, const char *bytes, size_t length, bool line) {
    size_t at = 0;
    while (at < length && tokusage_json_open(&s->reader.json) && !(line && tokusage_is_line_end(bytes[at]))) {
        at += read_on(s, bytes + at, length - at, line);
    }
    return at;
}

/* No byte follows in the open document. */
static void end_document(stream_state *s) {
    if (!tokusage_json_fresh(&s->reader.json)) {
        tokusage_reader_end(&s->reader);
        begin_document(s);
    }
}

/* ---- events */

/* Reads an event to its end, or the chunk's. What is not JSON ends its documents. Returns where it stopped. */
static size_t read_event(stream_state *s, const char *bytes, size_t length, size_t at) {
    while (at < length) {
        switch (tokusage_events_next(&s->framing.events, bytes, length, &at)) {
        case TOKUSAGE_EVENTS_DATA:
            at += read_documents(s, bytes + at, length - at, true);
            at = (size_t)(tokusage_line_end(bytes + at, bytes + length) - bytes);
            break;
        case TOKUSAGE_EVENTS_BREAK:
            read_documents(s, "\n", 1, false);
            break;
        case TOKUSAGE_EVENTS_EVENT:
            s->done = s->reader.json.done_mark;
            if (!s->done) {
                end_document(s);
            }
            return at;
        default:
            break;
        }
    }
    return at;
}

/* Whether the rest of the event may be searched: nothing was found so far, and nothing that matters is open. */
static bool may_pass_rest(const stream_state *s) {
    const tokusage_document *const document = &s->reader.document;
    return tokusage_events_in_data(&s->framing.events) && document->path == PATH_NONE && document->candidate == 0 &&
           document->says == 0 && !tokusage_json_expects(&s->reader.json);
}

/*
 * Passes over events without a usage or an error, and over the rest of the event in which the chunk begins. Returns
 * where the next event to be read begins. The first document is always read, because it may have labels.
 */
static size_t pass_events(stream_state *s, const char *bytes, size_t length, size_t at) {
    const bool open = !tokusage_events_fresh(&s->framing.events);
    if (TOKUSAGE_SMALL || s->reader.document.pointer || !s->reader.begun || s->reader.reported ||
        (open && !may_pass_rest(s))) {
        return at;
    }
    const size_t passed = tokusage_search(bytes + at, length - at, open);
    if (passed > 0) {
        tokusage_events_passed(&s->framing.events);
    }
    if (passed > 0 && open) {
        begin_document(s);
    }
    return at + passed;
}

/* (The token in which the chunk before ended is read first: mostly the rest of its event can be passed over then.) */
static size_t read_events(stream_state *s, const char *bytes, size_t length, size_t at) {
    if (!TOKUSAGE_SMALL && tokusage_events_in_data(&s->framing.events) && tokusage_json_in_token(&s->reader.json)) {
        at += read_on(s, bytes + at, length - at, true);
    }
    while (at < length && !s->done) {
        at = pass_events(s, bytes, length, at);
        at = read_event(s, bytes, length, at);
    }
    return at + (s->done && at < length && tokusage_events_takes(&s->framing.events, bytes[at]));
}

/* ---- frames */

static void read_frames(stream_state *s, const char *bytes, size_t length, size_t at) {
    tokusage_frames_data data;
    for (;;) {
        switch (tokusage_frames_next(&s->framing.frames, bytes, length, &at, &data)) {
        case TOKUSAGE_FRAMES_DATA:
            read_documents(s, data.bytes, data.length, false);
            break;
        case TOKUSAGE_FRAMES_END:
            end_document(s);
            break;
        case TOKUSAGE_FRAMES_BROKEN:
            s->kind = BROKEN;
            return;
        default:
            return;
        }
    }
}

/* ---- the body */

size_t tokusage_stream_feed(tokusage_stream *stream, const char *bytes, size_t length) {
    if (!stream || !bytes) {
        return 0;
    }
    stream_state *const s = inside(stream);
    s->reader.labels = &s->labels;
    s->reader.document.labels = &s->document;
    size_t at = 0;
    while (s->kind == UNKNOWN && at < length && tokusage_is_lead(bytes[at])) {
        at++;
    }
    if (s->kind == UNKNOWN && at < length) {
        s->kind = bytes[at] == '{' || bytes[at] == '[' ? DOCUMENTS : bytes[at] == '\0' ? FRAMES : EVENTS;
        begin_document(s);
    }
    switch (s->kind) {
    case EVENTS:
        return read_events(s, bytes, length, at);
    case FRAMES:
        read_frames(s, bytes, length, at);
        break;
    case DOCUMENTS:
        read_documents(s, bytes + at, length - at, false);
        s->kind = tokusage_json_open(&s->reader.json) ? DOCUMENTS : BROKEN;
        break;
    default:
        break;
    }
    return length;
}

/* ---- the answers */

tokusage_status tokusage_stream_usage(const tokusage_stream *stream, tokusage *usage, tokusage_error *error) {
    if (!stream || !usage) {
        return tokusage_fail(error, TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_NO_MEMBER);
    }
    const tokusage_reader *const reader = &look_inside(stream)->reader;
    if (reader->reports == 0) {
        return tokusage_fail(error, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_OBJECT);
    }
    return tokusage_columns_usage(&reader->columns, usage, error);
}

uint64_t tokusage_stream_reports(const tokusage_stream *stream) {
    return stream ? look_inside(stream)->reader.reports : 0;
}

static bool is_done(const stream_state *s) {
    return s->done || (s->kind == EVENTS && s->reader.json.done_mark) || (s->reader.says & SAYS_END) != 0;
}

bool tokusage_stream_done(const tokusage_stream *stream) {
    return stream && is_done(look_inside(stream));
}

size_t tokusage_stream_label(const tokusage_stream *stream, tokusage_label label, char *buffer, size_t size) {
    const unsigned i = (unsigned)label;
    const tokusage_labels *const labels = stream && i < LABELS ? &look_inside(stream)->labels : NULL;
    const char *const text = labels ? labels->text + tokusage_label_at(i) : "";
    const size_t length = labels ? labels->length[i] : 0;
    if (buffer && size > 0) {
        const size_t copied = length < size ? length : size - 1;
        memcpy(buffer, text, copied);
        buffer[copied] = '\0';
    }
    return length;
}

static bool is_unreadable(const stream_state *s) {
    return s->kind == BROKEN || (s->kind == EVENTS && !s->framing.events.seen) || (s->reader.says & SAYS_LOST) != 0 ||
           tokusage_reader_loses(&s->reader);
}

/* Whether the bytes end within a document (of an event: one in which a usage has begun) or a frame. */
static bool is_within(const stream_state *s) {
    const bool document = s->kind != UNKNOWN && tokusage_json_within(&s->reader.json);
    const bool matters = s->kind != EVENTS || tokusage_document_has_usage(&s->reader.document);
    return (document && matters) || (s->kind == FRAMES && tokusage_frames_within(&s->framing.frames));
}

/* Whether the bytes end too early. Events and frames need an end, or the word of the transport. */
static bool is_truncated(const stream_state *s, bool complete) {
    const bool framed = s->kind == EVENTS || s->kind == FRAMES;
    const bool open = framed && s->reader.message == MESSAGE_BEGUN;
    const bool may_end = (s->reader.says & SAYS_MAY_END) != 0 || (s->kind == FRAMES && s->reader.reports > 0);
    return is_within(s) || open || (framed && !may_end && !complete);
}

tokusage_verdict tokusage_stream_verdict(const tokusage_stream *stream, bool complete, tokusage *usage,
                                         tokusage_error *error) {
    tokusage found;
    memset(&found, 0, sizeof found);
    const stream_state *const s = stream ? look_inside(stream) : NULL;
    tokusage_verdict verdict = s && s->reader.reports > 0 ? TOKUSAGE_INVALID : TOKUSAGE_MISSING;
    if (tokusage_stream_usage(stream, &found, error) == TOKUSAGE_OK) {
        verdict = tokusage_settle(&found, error);
    }
    if (s && (s->reader.says & SAYS_ERROR) != 0) {
        verdict = TOKUSAGE_FAILED;
    } else if (s && is_unreadable(s)) {
        verdict = TOKUSAGE_UNREADABLE;
    } else if (s && !is_done(s) && is_truncated(s, complete)) {
        verdict = TOKUSAGE_TRUNCATED;
    }
    if (usage) {
        *usage = found;
    }
    return verdict;
}
