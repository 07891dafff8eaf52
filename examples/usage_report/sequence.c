/*
 * Streamed responses that are being put together: the events of a stream, or lines of a log of which each is a chunk,
 * those of several responses mixed.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

sequence *sequence_new(const options *asked, uint64_t line, bool events) {
    sequence *const made = memory_resize(NULL, sizeof *made);
    memset(made, 0, sizeof *made);
    made->line = line;
    made->events = events;
    tokusage_stream_init(&made->stream, asked->at);
    return made;
}

void sequence_drop(sequence *over) {
    if (over) {
        about_free(&over->about);
        free(over);
    }
}

/* Whether the document is of another response than those before it. */
bool sequence_is_over(const sequence *before, const facts *next, slice whole, const char *at) {
    static const tokusage nothing = {.total_tokens = {.present = false}};
    const uint64_t id = id_of(next->id);
    tokusage usage = nothing;
    if (id != 0 && before->about.id != 0) {
        return id != before->about.id;
    }
    if (facts_begin(next) || !before->ended || facts_end(next) || id != 0) {
        return facts_begin(next) ? before->begun : before->ended && id != 0 && !facts_end(next);
    }
    /* After its end, a response may still say something about itself, only no usage. */
    return tokusage_extract(whole.bytes, whole.length, at, &usage, NULL) == TOKUSAGE_OK &&
           !tokusage_equal(&usage, &nothing);
}

/* Notes what a document says; the caller feeds its bytes to the stream. */
void sequence_add(sequence *to, const options *asked, const facts *of, slice whole) {
    about_add(&to->about, asked, of, whole);
    to->begun = true;
    to->ended = to->ended || facts_end(of);
}

/* ---- lines that are chunks; the run has the turn */

static void close_at(run *to, size_t which) {
    source *const of = to->source;
    sequence *const over = of->open[which];
    of->open[which] = of->open[--of->open_count];
    over->line -= of->lines_before; /* it may have begun in a part before */
    response_sequence(to, over);
    sequence_drop(over);
}

static size_t oldest(const source *of) {
    size_t found = 0;
    for (size_t i = 1; i < of->open_count; i++) {
        found = of->open[i]->used < of->open[found]->used ? i : found;
    }
    return found;
}

/* Whether the document, which has no id, begins a response, or may be its first chunk. */
static bool opens(const facts *of) {
    return facts_begin(of) || of->part.bytes || slice_is(of->done, "false");
}

/* The open response that the document is a chunk of; SEQUENCES: none. Events without an id are of the newest. */
static size_t whose(const source *of, const facts *chunk) {
    const bool any = facts_event(chunk) && !facts_begin(chunk) && !chunk->id.bytes;
    const uint64_t id = facts_chunk(chunk) ? id_of(chunk->id) : 0;
    size_t found = SEQUENCES;
    for (size_t i = 0; i < of->open_count; i++) {
        const bool newer = found == SEQUENCES || of->open[i]->used > of->open[found]->used;
        found = (any || of->open[i]->about.id == id) && newer ? i : found;
    }
    return found;
}

bool sequences_take(run *in, uint64_t line, const facts *of, slice whole) {
    source *const from = in->source;
    const bool bedrock = of->metadata.bytes && !of->id.bytes && !of->model.bytes;
    const bool own = facts_chunk(of) || opens(of);
    if (!own && !bedrock && !of->done.bytes && !facts_event(of)) {
        return false;
    }
    if (in->begin > 0) {
        crew_wait(in);
    }
    size_t which = whose(from, of);
    if (which == SEQUENCES && !own) {
        return false;
    }
    if (which < SEQUENCES && sequence_is_over(from->open[which], of, whole, in->asked->at)) {
        close_at(in, which);
        which = SEQUENCES;
    }
    if (which == SEQUENCES && from->open_count == SEQUENCES) {
        close_at(in, oldest(from));
    }
    if (which == SEQUENCES) {
        which = from->open_count++;
        from->open[which] = sequence_new(in->asked, from->lines_before + line, false);
    }
    sequence *const to = from->open[which];
    to->used = ++from->clock;
    sequence_add(to, in->asked, of, whole);
    tokusage_stream_feed(&to->stream, whole.bytes, whole.length);
    to->ended = to->ended || bedrock;
    if (to->about.id == 0 && to->ended) {
        close_at(in, which);
    }
    return true;
}

void sequences_close(run *to) {
    while (to->source->open_count > 0) {
        close_at(to, oldest(to->source));
    }
}
