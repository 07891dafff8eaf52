/*
 * Streamed responses that are being put together.
 */
#include "sequence.h"
#include "crew.h"
#include "ids.h"
#include "response.h"

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

static bool reports_usage(slice whole, const char *at) {
    static const tokusage nothing = {.total_tokens = {.present = false}};
    tokusage usage;
    return tokusage_extract(whole.bytes, whole.length, at, &usage, NULL) == TOKUSAGE_OK &&
           !tokusage_equal(&usage, &nothing);
}

bool sequence_is_over(const sequence *before, const facts *next, slice whole, const char *at) {
    const uint64_t id = id_of(next->id);
    if (id != 0 && before->about.id != 0) {
        return id != before->about.id;
    }
    if (facts_begin(next)) {
        return before->begun;
    }
    /* Behind its end, a response may still say something about itself, only no usage. */
    return before->ended && !facts_end(next) && (id != 0 || reports_usage(whole, at));
}

void sequence_add(sequence *to, const options *asked, const facts *of, slice whole) {
    about_add(&to->about, asked, of, whole);
    to->begun = true;
    to->ended = to->ended || facts_end(of);
    to->error = to->error || of->error.bytes;
}

void sequence_close(struct run *to, sequence *over) {
    response_sequence(to, over);
    sequence_drop(over);
}

void sequence_drop(sequence *over) {
    about_free(&over->about);
    free(over);
}

/* ---- lines */

static void close_at(struct run *to, size_t which) {
    sequences *const of = &to->source->open;
    sequence *const over = of->open[which];
    of->open[which] = of->open[--of->count];
    over->line -= to->source->lines_before; /* it may have begun in a part before */
    sequence_close(to, over);
}

static size_t oldest(const sequences *of) {
    size_t found = 0;
    for (size_t i = 1; i < of->count; i++) {
        found = of->open[i]->used < of->open[found]->used ? i : found;
    }
    return found;
}

/* The one with that id; 0: the one without. SEQUENCES: there is none. */
static size_t find(const sequences *of, uint64_t id) {
    size_t i = 0;
    while (i < of->count && of->open[i]->about.id != id) {
        i++;
    }
    return i < of->count ? i : SEQUENCES;
}

static size_t newest(const sequences *of) {
    size_t found = 0;
    for (size_t i = 1; i < of->count; i++) {
        found = of->open[i]->used > of->open[found]->used ? i : found;
    }
    return of->count > 0 ? found : SEQUENCES;
}

/* Whether the text, which has no id, begins a response, or may be its first piece. */
static bool opens(const facts *of) {
    return facts_begin(of) || of->part.bytes || slice_is(of->done, "false");
}

/* Whether it is a piece only of a response that is open: an event, or the end of one without an id. */
static bool continues(const facts *of) {
    const bool bedrock = of->metadata.bytes && !of->id.bytes && !of->model.bytes;
    return facts_event(of) || bedrock || of->done.bytes;
}

/* The open response that the text is a piece of; SEQUENCES: none. */
static size_t whose(const sequences *of, const facts *piece) {
    if (facts_chunk(piece)) {
        return find(of, id_of(piece->id));
    }
    return facts_event(piece) && !facts_begin(piece) ? newest(of) : find(of, 0);
}

static size_t open_one(struct run *in, uint64_t line) {
    sequences *const all = &in->source->open;
    if (all->count == SEQUENCES) {
        close_at(in, oldest(all));
    }
    all->open[all->count] = sequence_new(in->asked, in->source->lines_before + line, false);
    return all->count++;
}

bool sequences_take(struct run *in, uint64_t line, const facts *of, slice whole) {
    const bool own = facts_chunk(of) || opens(of);
    if (!own && !continues(of)) {
        return false;
    }
    if (in->begin > 0) {
        crew_wait(in);
    }
    sequences *const all = &in->source->open;
    size_t which = whose(all, of);
    if (which == SEQUENCES && !own) {
        return false;
    }
    if (which < SEQUENCES && sequence_is_over(all->open[which], of, whole, in->asked->at)) {
        close_at(in, which);
        which = SEQUENCES;
    }
    which = which < SEQUENCES ? which : open_one(in, line);
    sequence *const to = all->open[which];
    to->used = ++all->clock;
    sequence_add(to, in->asked, of, whole);
    tokusage_stream_feed(&to->stream, whole.bytes, whole.length);
    if (to->about.id == 0 && (to->ended || of->metadata.bytes)) {
        to->ended = true;
        close_at(in, which);
    }
    return true;
}

void sequences_close(struct run *to) {
    sequences *const all = &to->source->open;
    while (all->count > 0) {
        close_at(to, oldest(all));
    }
}

void sequences_drop(sequences *of) {
    while (of->count > 0) {
        sequence_drop(of->open[--of->count]);
    }
}
