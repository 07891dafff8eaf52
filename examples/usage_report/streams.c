/*
 * Responses that are put together from chunks: the events of a stream, or lines of a log of which each is a chunk,
 * those of several responses mixed. A chunk belongs to the response that has its id; to the only one that is open, if
 * it has none; or to none. In a file of events, one stream comes after another.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

enum {
    OPEN_MOST = 32768,
    BUCKETS = 65536
};

typedef struct stream {
    tokusage_stream state;
    response about;
    uint64_t id;
    bool chunks; /* each has its id */
    bool event, begun, started, ended, has_usage, ambiguous;
    tokusage usage;                       /* of the latest chunk that has one */
    struct stream *before, *after, *next; /* in the order of use; of the same place in the table */
} stream;

struct streams {
    stream *first, *last; /* the latest is the last */
    size_t count;
    bool some_ended;
    uint64_t ended; /* the id of the latest that has */
    stream *table[BUCKETS];
};

/* What a document says as a chunk. */
typedef struct chunk {
    slice id;
    bool openai; /* each has the id of its response, which a client may choose; the usage comes last */
    bool named;  /* the same of Gemini, where it may not */
    bool known, begins, ends, has_usage;
    bool starts; /* Anthropic's message_start, which a message_delta must follow */
    tokusage usage;
} chunk;

static chunk chunk_of(reading *in) {
    document *const of = &in->document;
    static const char begins[] = "message_start|response.created|message-start|interaction.created|interaction.start";
    static const char ends[] = "message_stop|response.completed|response.incomplete|response.failed|response.done|"
                               "message-end|interaction.completed|interaction.complete";
    static const char *const events[] = {"message_", "content_block_", "response.", "interaction.", "ping",
                                         "message-", "content-",       "content.",  "citation-",    "tool-"};
    static const tokusage nothing = {.total_tokens = {.present = false}};
    const slice type = document_at(of, "/type /event_type");
    const bool named = slice_ends(json_inside(document_at(of, "/object")), ".chunk");
    const bool other = !named && !type.bytes; /* Ollama's or Bedrock's, maybe */
    const slice done = other ? document_at(of, "/done") : type;
    const bool is_first = other && document_at(of, "/messageStart").bytes;
    const bool is_last = other && document_at(of, "/metadata/usage").bytes;
    const bool is_middle =
        other && document_at(of, "/contentBlockStart /contentBlockDelta /contentBlockStop /messageStop").bytes;
    chunk is = {.id = json_inside(document_at(of, "/id /message/id /response/id /responseId /response/responseId "
                                                  "/interaction/id"))};
    is.openai = named || (is.id.length > 0 && document_at(of, "/choices").bytes);
    is.named =
        is.openai || (is.id.length > 0 && document_at(of, "/candidates /usageMetadata /response/usageMetadata").bytes);
    is.starts = shapes_is(type, "message_start");
    is.begins = shapes_is(type, begins) || is_first;
    is.ends = shapes_is(type, ends) || slice_is(done, "true") || is_last;
    is.known = (named && is.id.length > 0) || slice_is(done, "true") || slice_is(done, "false") || is_first ||
               is_middle || is_last;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        is.known = is.known || slice_begins(json_inside(type), events[i]);
    }
    is.has_usage = of->status == TOKUSAGE_OK && !tokusage_equal(&of->usage, &nothing);
    is.usage = of->usage;
    return is;
}

/* ---- open ones */

static void unlink_stream(streams *in, stream *one) {
    *(one->before ? &one->before->after : &in->first) = one->after;
    *(one->after ? &one->after->before : &in->last) = one->before;
    stream **at = &in->table[one->id % BUCKETS];
    while (*at != one) {
        at = &(*at)->next;
    }
    *at = one->next;
    in->count--;
}

static void link_stream(streams *in, stream *one) {
    stream **const place = &in->table[one->id % BUCKETS];
    one->before = in->last;
    one->after = NULL;
    *(in->last ? &in->last->after : &in->first) = one;
    in->last = one;
    one->next = *place;
    *place = one;
    in->count++;
}

/* Its verdict, and what it says about itself. */
static void close_stream(reading *in, stream *over) {
    response *const what = &over->about;
    unlink_stream(in->source->streams, over);
    verdict_of(&over->state, over->ended || !over->event, what);
    if (!over->event && !over->ended && !what->kept.unfinished && what->kept.verdict != ERRORS &&
        (what->kept.verdict == WITHOUT_USAGE || (over->started && !tokusage_stream_done(&over->state)))) {
        what->kept.unfinished = true;
        what->reason = "the response has no end in this log, or its usage is not in it";
    }
    if (over->ambiguous) {
        what->kept.verdict = AMBIGUOUS;
        what->kept.unfinished = false;
    }
    what->kept.rule = CHUNKED;
    take_response(in, what);
    response_free(what);
    free(over);
}

static stream *open_stream(reading *in, uint64_t line, slice id, bool event) {
    streams *const open = in->source->streams;
    stream *const made = memory_resize(NULL, sizeof *made);
    if (open->count == OPEN_MOST) {
        close_stream(in, open->first);
    }
    memset(made, 0, sizeof *made);
    made->about.kept.line = (uint32_t)line;
    made->event = event;
    made->id = hash_of(in, id);
    tokusage_stream_init(&made->state, in->asked->at);
    link_stream(open, made);
    return made;
}

/* A chunk after a usage begins another response, except one with a running total. */
static bool is_over(const stream *open, const chunk *next) {
    const tokusage *const a = &open->usage;
    const tokusage *const b = &next->usage;
    const bool zeros = b->prompt_tokens.value == 0 && b->completion_tokens.value == 0;
    const bool grows =
        b->prompt_tokens.value == a->prompt_tokens.value && b->completion_tokens.value >= a->completion_tokens.value;
    return next->begins || (open->has_usage && next->openai && !(next->has_usage && (zeros || grows)));
}

/* ---- which one a chunk belongs to; NULL: none of those that are open */

static stream *owner_of_event(reading *in, const chunk *is) {
    stream *const open = in->source->streams->last;
    const uint64_t id = hash_of(in, is->id);
    if (open && ((is->named && id != 0 && open->chunks && id != open->id) ||
                 (is->begins && (open->begun || open->id != 0)) || (is->named && is_over(open, is)))) {
        close_stream(in, open);
        return NULL;
    }
    if (open && open->id == 0 && id != 0) {
        unlink_stream(in->source->streams, open);
        open->id = id;
        link_stream(in->source->streams, open);
    }
    return open;
}

static stream *owner_of_line(reading *in, uint64_t line, const chunk *is, bool *passed) {
    streams *const open = in->source->streams;
    const uint64_t id = hash_of(in, is->id);
    stream *only = id != 0 ? open->table[id % BUCKETS] : NULL;
    bool several = false;
    while (only && only->id != id) {
        only = only->next;
    }
    if (only && is_over(only, is)) {
        close_stream(in, only);
        return NULL;
    }
    if (id != 0 || is->begins) {
        return only;
    }
    for (stream *one = open->last; one && !several; one = one->before) { /* whose chunks may come without an id */
        several = only && !one->chunks;
        only = one->chunks ? only : one;
    }
    *passed = several || (!only && open->some_ended && !is->has_usage);
    if (several && (is->has_usage || is->ends)) {
        for (stream *one = open->first; one; one = one->after) {
            one->ambiguous = one->ambiguous || !one->chunks;
        }
        say_finding(in, &(record){.file = in->source->number, .line = (uint32_t)line},
                    "an event without an id, while several responses are open");
    }
    return several ? NULL : only;
}

/* ---- chunks */

static void feed(reading *in, stream *to, slice data) {
    text *const line = &in->scratch;
    line->used = 0;
    text_string(line, to->event ? "data: " : "");
    text_slice(line, data);
    for (const char *end = "\r\n"; to->event && *end; end++) { /* a line end would end the event */
        for (char *at = line->bytes; (at = memchr(at, *end, line->used - (size_t)(at - line->bytes))) != NULL;) {
            *at = ' ';
        }
    }
    text_string(line, "\n\n");
    tokusage_stream_feed(&to->state, line->bytes, line->used);
}

static streams *streams_of(source *file) {
    if (!file->streams) {
        file->streams = memory_resize(NULL, sizeof *file->streams);
        memset(file->streams, 0, sizeof *file->streams);
    }
    return file->streams;
}

bool streams_take(reading *in, uint64_t line, bool event) {
    document *const of = &in->document;
    bool passed = false;
    if (!event && (!in->seen->chunk || (slice_ends(json_inside(document_at(of, "/object")), "completion") &&
                                        !document_at(of, "/type /event_type").bytes))) {
        return false;
    }
    const chunk is = chunk_of(in);
    if (!event && !is.known) {
        return false;
    }
    streams *const open = streams_of(in->source);
    stream *to = event ? owner_of_event(in, &is) : owner_of_line(in, line, &is, &passed);
    in->source->known++;
    passed = passed || (is.ends && !to && is.id.length > 0 && hash_of(in, is.id) == open->ended); /* said again */
    if (passed || (event && !to && open->some_ended && is.id.length == 0 && !is.has_usage && !is.begins)) {
        return true;
    }
    to = to ? to : open_stream(in, line, is.id, event);
    feed(in, to, in->document.whole);
    to->begun = to->begun || is.begins;
    to->started = to->started || is.starts;
    to->chunks = to->chunks || is.named;
    to->has_usage = to->has_usage || is.has_usage;
    to->usage = is.has_usage ? is.usage : to->usage;
    if (is.has_usage) {
        check_members(in,
                      document_at(of, "/usage /usageMetadata /message/usage /response/usage /response/usageMetadata"),
                      &to->about);
    }
    read_about(in, NULL, &to->about);
    if (is.ends) {
        to->ended = open->some_ended = true;
        open->ended = to->id;
        close_stream(in, to);
    }
    return true;
}

/* [DONE] */
void streams_end_mark(reading *in, uint64_t line) {
    static const char done[] = "data: [DONE]\n\n";
    streams *const open = streams_of(in->source);
    stream *const to = open->last         ? open->last
                       : open->some_ended ? NULL
                                          : open_stream(in, line, (slice){NULL, 0}, true);
    if (to && to->event) {
        tokusage_stream_feed(&to->state, done, sizeof done - 1);
        to->ended = open->some_ended = true;
        close_stream(in, to);
    }
}

/* The library says what a usage that is malformed means for the stream. */
void streams_malformed(reading *in, uint64_t line, slice data) {
    streams *const open = streams_of(in->source);
    feed(in, open->last ? open->last : open_stream(in, line, (slice){NULL, 0}, true), data);
}

void streams_close(reading *in) {
    while (in->source->streams && in->source->streams->first) {
        close_stream(in, in->source->streams->first);
    }
    free(in->source->streams);
    in->source->streams = NULL;
}
