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
    slice id, type, object;
    bool openai; /* each has the id of its response, which a client may choose; the usage comes last */
    bool named;  /* the same of Gemini, where it may not */
    bool known, begins, ends, has_usage;
    bool starts; /* Anthropic's message_start, which a message_delta must follow */
    tokusage usage;
} chunk;

static bool begins_as(slice string, const char *const *beginnings) {
    while (*beginnings && !slice_begins(string, *beginnings)) {
        beginnings++;
    }
    return *beginnings != NULL;
}

static bool is_any(slice string, const char *const *words) {
    while (*words && !slice_is(string, *words)) {
        words++;
    }
    return *words != NULL;
}

static chunk chunk_of(document *of) {
    static const char *const begins[] = {"message_start",       "response.created",  "message-start",
                                         "interaction.created", "interaction.start", NULL};
    static const char *const ends[] = {"message_stop",          "response.completed",   "response.incomplete",
                                       "response.failed",       "response.done",        "message-end",
                                       "interaction.completed", "interaction.complete", NULL};
    static const char *const events[] = {"message_", "content_block_", "response.", "interaction.", "ping", "message-",
                                         "content-", "content.",       "citation-", "tool-",        NULL};
    static const char *const bedrock[] = {"/messageStart",     "/contentBlockStart", "/contentBlockDelta",
                                          "/contentBlockStop", "/messageStop",       "/metadata/usage"};
    chunk is = {.id = json_inside(document_find(of, "/id /message/id /response/id /responseId /response/responseId "
                                                    "/interaction/id")),
                .type = json_inside(document_find(of, "/type /event_type")),
                .object = json_inside(document_at(of, "/object"))};
    const slice done = document_at(of, "/done");
    const bool named = slice_ends(is.object, ".chunk");
    is.openai = named || (is.id.length > 0 && document_at(of, "/choices").bytes);
    is.named = is.openai ||
               (is.id.length > 0 && document_find(of, "/candidates /usageMetadata /response/usageMetadata").bytes);
    is.begins = is_any(is.type, begins);
    is.starts = slice_is(is.type, "message_start");
    is.ends = is_any(is.type, ends) || slice_is(done, "true");
    is.known =
        (named && is.id.length > 0) || begins_as(is.type, events) || slice_is(done, "true") || slice_is(done, "false");
    for (size_t i = 0; i < sizeof bedrock / sizeof *bedrock; i++) {
        const bool there = document_at(of, bedrock[i]).bytes;
        is.known = is.known || there;
        is.begins = is.begins || (there && i == 0);
        is.ends = is.ends || (there && i == 5);
    }
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
    streams *const open = in->source->streams;
    response *const what = &over->about;
    unlink_stream(open, over);
    verdict_of(&over->state, over->ended || !over->event, what);
    read_labels(&over->state, what);
    if (!over->event && !over->ended && !what->unfinished && what->verdict != ERRORS &&
        (what->verdict == WITHOUT_USAGE || (over->started && !tokusage_stream_done(&over->state)))) {
        what->unfinished = true;
        what->reason = "the response has no end in this log, or its usage is not in it";
    }
    if (over->ambiguous) {
        what->verdict = AMBIGUOUS;
        what->unfinished = false;
    }
    what->rule = CHUNKED;
    take_response(in, what);
    found_free(what);
    free(over);
}

static stream *open_stream(reading *in, uint64_t line, const chunk *is, bool event) {
    streams *const open = in->source->streams;
    stream *const made = memory_resize(NULL, sizeof *made);
    if (open->count == OPEN_MOST) {
        close_stream(in, open->first);
    }
    memset(made, 0, sizeof *made);
    made->about.line = line;
    made->event = event;
    made->id = hash_of(in, is->id);
    tokusage_stream_init(&made->state, in->asked->at);
    link_stream(open, made);
    return made;
}

static stream *stream_with(streams *in, uint64_t id) {
    stream *one = id != 0 ? in->table[id % BUCKETS] : NULL;
    while (one && one->id != id) {
        one = one->next;
    }
    return one;
}

/* A chunk after a usage begins another response, except one with a running total. */
static bool is_over(const stream *open, const chunk *next) {
    if (next->begins) {
        return true;
    }
    if (!open->has_usage || !next->openai) {
        return false;
    }
    const tokusage *const a = &open->usage;
    const tokusage *const b = &next->usage;
    const bool zeros = b->prompt_tokens.value == 0 && b->completion_tokens.value == 0;
    return !next->has_usage || (!zeros && (b->prompt_tokens.value != a->prompt_tokens.value ||
                                           b->completion_tokens.value < a->completion_tokens.value));
}

/* ---- which one a chunk belongs to; NULL: none of those that are open */

static stream *owner_of_event(reading *in, const chunk *is) {
    stream *const open = in->source->streams->last;
    const uint64_t id = hash_of(in, is->id);
    const bool other = open && ((is->named && id != 0 && open->chunks && id != open->id) ||
                                (is->begins && (open->begun || open->id != 0)) || (is->named && is_over(open, is)));
    if (other) {
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

/* Of those whose chunks may come without an id. */
static stream *only_one(streams *in, bool *several) {
    stream *only = NULL;
    for (stream *one = in->last; one && !*several; one = one->before) {
        *several = only && !one->chunks;
        only = one->chunks ? only : one;
    }
    return *several ? NULL : only;
}

static void spoil_all(streams *in) {
    for (stream *one = in->first; one; one = one->after) {
        one->ambiguous = one->ambiguous || !one->chunks;
    }
}

static stream *owner_of_line(reading *in, uint64_t line, const chunk *is, bool *passed) {
    streams *const open = in->source->streams;
    if (is->id.length > 0) {
        stream *const same = stream_with(open, hash_of(in, is->id));
        if (same && is_over(same, is)) {
            close_stream(in, same);
            return NULL;
        }
        return same;
    }
    bool several = false;
    stream *const only = only_one(open, &several);
    if (is->begins) {
        return NULL;
    }
    *passed = several || (!only && open->some_ended && !is->has_usage && !is->begins);
    if (several && (is->has_usage || is->ends)) {
        spoil_all(open);
        say_finding(in, in->source->number, line, "an event without an id, while several responses are open");
    }
    return only;
}

/* ---- chunks */

static void feed(reading *in, stream *to, slice data) {
    text *const line = &in->scratch;
    line->used = 0;
    text_string(line, to->event ? "data: " : "");
    const size_t begin = line->used;
    text_slice(line, data);
    for (size_t i = begin; to->event && i < line->used; i++) {
        line->bytes[i] = line->bytes[i] == '\n' || line->bytes[i] == '\r' ? ' ' : line->bytes[i];
    }
    text_string(line, to->event ? "\n\n" : "\n");
    tokusage_stream_feed(&to->state, line->bytes, line->used);
}

static bool wants_more(const options *asked, const response *of) {
    bool wanted = !of->timed || asked->stated;
    for (size_t i = 0; i < asked->by_count; i++) {
        wanted = wanted || (asked->by[i].kind == BY_POINTER && !of->keyed[i]);
    }
    return wanted;
}

static streams *streams_of(source *file) {
    if (!file->streams) {
        file->streams = memory_resize(NULL, sizeof *file->streams);
        memset(file->streams, 0, sizeof *file->streams);
    }
    return file->streams;
}

bool streams_take(reading *in, uint64_t line, document *of, bool event, bool may) {
    static const tokusage nothing = {.total_tokens = {.present = false}};
    if (!event &&
        (!may || (slice_ends(json_inside(document_at(of, "/object")), "completion") && !document_has(of, "type")))) {
        return false;
    }
    chunk is = chunk_of(of);
    bool passed = false;
    if (!event && !is.known) {
        return false;
    }
    is.has_usage = tokusage_extract(of->whole.bytes, of->whole.length, in->asked->at, &is.usage, NULL) == TOKUSAGE_OK &&
                   !tokusage_equal(&is.usage, &nothing);
    streams *const open = streams_of(in->source);
    stream *to = event ? owner_of_event(in, &is) : owner_of_line(in, line, &is, &passed);
    in->source->known++;
    passed = passed || (is.ends && !to && is.id.length > 0 && hash_of(in, is.id) == open->ended); /* said again */
    if (passed || (event && !to && open->some_ended && is.id.length == 0 && !is.has_usage && !is.begins)) {
        return true;
    }
    to = to ? to : open_stream(in, line, &is, event);
    feed(in, to, of->whole);
    to->begun = to->begun || is.begins;
    to->started = to->started || is.starts;
    to->chunks = to->chunks || is.named;
    to->has_usage = to->has_usage || is.has_usage;
    to->usage = is.has_usage ? is.usage : to->usage;
    if (is.has_usage) {
        check_members(in, document_find(of, "/usage /usageMetadata /message/usage /response/usage"), NULL, &to->about);
    }
    if (wants_more(in->asked, &to->about)) {
        read_about(in, of, NULL, &to->about);
    }
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
    static const chunk empty = {.named = false};
    stream *const to = open->last ? open->last : open->some_ended ? NULL : open_stream(in, line, &empty, true);
    if (to && to->event) {
        tokusage_stream_feed(&to->state, done, sizeof done - 1);
        to->ended = open->some_ended = true;
        close_stream(in, to);
    }
}

/* The library says what a usage that is malformed means for the stream. */
void streams_malformed(reading *in, uint64_t line, slice data) {
    static const chunk empty = {.named = false};
    streams *const open = streams_of(in->source);
    feed(in, open->last ? open->last : open_stream(in, line, &empty, true), data);
}

void streams_close(reading *in) {
    while (in->source->streams && in->source->streams->first) {
        close_stream(in, in->source->streams->first);
    }
    free(in->source->streams);
    in->source->streams = NULL;
}
