/*
 * What a text tells beside its usage: who wrote it (the model), which response it is of (the id), whether it is a piece
 * of a streamed one, and what it is grouped by.
 */
#ifndef USAGE_REPORT_FACTS_H
#define USAGE_REPORT_FACTS_H

#include "json.h"
#include "options.h"

/* Of one text; bytes NULL: it does not tell. */
typedef struct facts {
    slice id;          /* of the response: at /id, /message/id, /response/id, /responseId or /interaction/id */
    slice response_id; /* the same, when it is /responseId */
    slice object, type, model, error, done;
    slice start, part, metadata; /* what the first, the other and the last of Bedrock's events have */
} facts;

/* Looks no further than for what most texts have at their front. */
facts facts_of(slice text);

/* The kinds of text that are pieces of a streamed response, as their /type tells. */
bool facts_begin(const facts *of); /* the first */
bool facts_end(const facts *of);   /* the last that matters */
bool facts_event(const facts *of); /* any */

/* Whether the text is a piece of the response with its id, as a chat completion's chunk is. */
bool facts_chunk(const facts *of);

/* What is known of one response. All zero bytes are nothing. */
typedef struct about {
    uint64_t id; /* a hash; 0: none */
    bool timed;
    int64_t time;
    text model; /* empty: none */
    text keys[BY_MOST];
    bool keyed[BY_MOST];
} about;

void about_clear(about *of);

/* Adds what is not known yet. */
void about_add(about *to, const options *asked, const facts *from, slice whole);

/* The key of the group that it belongs to. */
void about_key(const about *of, const options *asked, text *key);

void about_free(about *of);

#endif
