/*
 * Responses that are put together from chunks: the events of a stream, or lines of a log of which each is a chunk,
 * those of several responses mixed. A chunk belongs to the response that has its id; to the only one that is open, if
 * it has none; or to none. In a file of events, one stream comes after another.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

static const size_t open_most = 20000;

typedef struct stream {
    tokusage_stream state;
    response about;
    uint64_t id;
    bool own_ids; /* each chunk has its id */
    bool event, begun, ended, ambiguous;
    tokusage usage; /* of the latest chunk that has one */
} stream;

/* What a document says as a chunk. */
typedef struct chunk {
    uint64_t id;
    bool openai; /* each has the id of its response, which a client may choose; the usage comes last */
    bool named;  /* the same of Gemini, where it may not */
    bool event, begins, ends;
    const tokusage *usage; /* NULL: it has none */
} chunk;

static chunk chunk_of(reading *in, bool event, record_rule rule) {
    document *const of = &in->document;
    char id[TOKUSAGE_LABEL_SIZE];
    chunk is = {.event = event, .begins = rule == BEGINS, .ends = rule == ENDS};
    is.id = hash_of(in, (slice){id, tokusage_stream_label(&of->stream, TOKUSAGE_LABEL_ID, id, sizeof id)});
    is.openai = is.id != 0 && document_at(of, "/choices").bytes;
    is.named = is.openai || (is.id != 0 && document_at(of, "/candidates /usageMetadata /response/usageMetadata").bytes);
    is.usage = is_empty(&of->usage) ? NULL : &of->usage;
    return is;
}

/* ---- open ones */

/* The latest of events. */
static stream *latest(const source *in) {
    size_t i = in->count;
    while (i > 0 && !in->open[i - 1]->event) {
        i--;
    }
    return i > 0 ? in->open[i - 1] : NULL;
}

static void close_stream(reading *in, stream *over) {
    source *const file = in->source;
    response *const what = &over->about;
    record *const kept = &what->kept;
    size_t i = file->count - 1;
    while (file->open[i] != over) {
        i--;
    }
    memmove(file->open + i, file->open + i + 1, (--file->count - i) * sizeof *file->open);
    if (over->ended) {
        file->some_ended = true;
        file->last_ended = over->id;
    }
    verdict_of(&over->state, over->ended || !over->event, what);
    if (!over->event && !over->ended && !kept->unfinished && kept->verdict != ERRORS &&
        (kept->verdict == WITHOUT_USAGE || (over->begun && !tokusage_stream_done(&over->state)))) {
        kept->unfinished = true;
        kept->reason = "the response has no end in this log, or its usage is not in it";
    }
    if (over->ambiguous) {
        kept->verdict = AMBIGUOUS;
        kept->unfinished = false;
        kept->reason = NULL;
    }
    kept->rule = CHUNK;
    take_response(in, what);
    response_free(what);
    free(over);
}

static stream *open_stream(reading *in, uint64_t line, bool event) {
    source *const file = in->source;
    stream *const made = memory_resize(NULL, sizeof *made);
    if (file->count == open_most) {
        close_stream(in, file->open[0]);
    }
    if (file->count == file->open_room) {
        file->open_room += file->open_room + 16;
        file->open = memory_resize(file->open, file->open_room * sizeof *file->open);
    }
    memset(made, 0, sizeof *made);
    made->about.kept.line = (uint32_t)line;
    made->event = event;
    tokusage_stream_init(&made->state, in->asked->at);
    file->open[file->count++] = made;
    return made;
}

/* ---- which one a chunk belongs to */

/* A chunk after a usage begins another response, except one with a running total. */
static bool is_over(const stream *open, const chunk *next) {
    const tokusage *const a = &open->usage;
    const tokusage *const b = next->usage;
    const bool goes_on = b && ((b->prompt_tokens.value == 0 && b->completion_tokens.value == 0) ||
                               (b->prompt_tokens.value == a->prompt_tokens.value &&
                                b->completion_tokens.value >= a->completion_tokens.value));
    const bool differs = next->id != 0 && open->id != 0 && next->id != open->id &&
                         (next->ends || (open->own_ids && (next->named || next->usage)));
    const bool less = b && b->prompt_tokens.value != a->prompt_tokens.value && /* than a running total was */
                      b->completion_tokens.value < a->completion_tokens.value;
    const bool repeats = next->openai || (next->id == 0 && b && (open->own_ids || (less && !open->begun)));
    return (next->begins && (open->begun || open->id != 0)) || differs || (repeats && !is_empty(a) && !goes_on);
}

/* Whether a line without an id may be one of its chunks. */
static bool may_lack_ids(const stream *open) {
    return !open->event && !open->own_ids;
}

/* NULL: none of those that are open; *several: of which it cannot be known. */
static stream *owner_of(reading *in, uint64_t line, const chunk *is, bool *several) {
    source *const file = in->source;
    stream *own = is->event ? latest(file) : NULL;
    for (size_t i = file->count; i > 0 && !own && !is->event && is->id != 0; i--) {
        own = file->open[i - 1]->id == is->id && !file->open[i - 1]->event ? file->open[i - 1] : NULL;
    }
    if (own && is_over(own, is)) {
        close_stream(in, own);
        return NULL;
    }
    if (is->event || own || is->id != 0 || is->begins) {
        return own;
    }
    for (size_t i = 0; i < file->count; i++) {
        *several = *several || (own && may_lack_ids(file->open[i]));
        own = may_lack_ids(file->open[i]) ? file->open[i] : own;
    }
    if (*several && (is->usage || is->ends)) {
        for (size_t i = 0; i < file->count; i++) {
            file->open[i]->ambiguous = file->open[i]->ambiguous || may_lack_ids(file->open[i]);
        }
        say_finding(in, &(record){.file = file->number, .line = (uint32_t)line},
                    "an event without an id, while several responses are open");
    }
    return own;
}

/* ---- chunks */

static void feed(reading *in, stream *to, slice data) {
    text *const line = &in->scratch;
    line->used = 0;
    text_string(line, to->event ? "data: " : "");
    text_slice(line, data);
    text_string(line, "\n\n");
    tokusage_stream_feed(&to->state, line->bytes, line->used);
}

void streams_take(reading *in, uint64_t line, bool event, record_rule rule) {
    source *const file = in->source;
    const chunk is = chunk_of(in, event, rule);
    bool several = false;
    stream *to = owner_of(in, line, &is, &several);
    const bool late = file->some_ended && is.id == 0 && !is.usage && !is.begins;
    const bool again = is.ends && is.id != 0 && is.id == file->last_ended;
    if (several || (!to && (late || again))) {
        return;
    }
    to = to ? to : open_stream(in, line, event);
    feed(in, to, in->document.whole);
    to->id = to->id != 0 ? to->id : is.id;
    to->begun = to->begun || is.begins;
    to->own_ids = to->own_ids || is.named;
    to->ended = is.ends;
    if (is.usage) {
        to->usage = *is.usage;
        check_members(in, &to->about);
    }
    read_about(in, &to->about);
    if (is.ends) {
        close_stream(in, to);
    }
}

bool streams_feed(reading *in, slice data) {
    stream *const open = latest(in->source);
    if (open) {
        feed(in, open, data);
    }
    return open;
}

void streams_end(reading *in) {
    stream *const open = latest(in->source);
    if (open) {
        feed(in, open, slice_of("[DONE]"));
        open->ended = true;
        close_stream(in, open);
    }
}

void streams_close(reading *in) {
    while (in->source->count > 0) {
        close_stream(in, in->source->open[0]);
    }
    free(in->source->open);
}
