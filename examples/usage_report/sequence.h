/*
 * Streamed responses that are being put together from their pieces: the events of a stream, or lines of a log of which
 * each is a piece, those of several responses mixed.
 */
#ifndef USAGE_REPORT_SEQUENCE_H
#define USAGE_REPORT_SEQUENCE_H

#include "facts.h"

#include <tokusage.h>

struct run;

typedef struct sequence {
    tokusage_stream stream;
    about about;
    uint64_t line; /* where it begins */
    uint64_t used; /* when it was, for the oldest to go first */
    bool events;   /* server-sent ones, which tell their end */
    bool begun;    /* it has a text */
    bool ended;    /* a text, or [DONE], has told so */
    bool error;    /* a text has told one */
} sequence;

sequence *sequence_new(const options *asked, uint64_t line, bool events);

/* Whether this text is of another response than those before it. */
bool sequence_is_over(const sequence *before, const facts *next, slice text, const char *at);

/* Notes what a text tells; its bytes go to the stream, by whoever calls. */
void sequence_add(sequence *to, const options *asked, const facts *of, slice whole);

/* Counts it, and frees it; or frees it alone. */
void sequence_close(struct run *to, sequence *over);
void sequence_drop(sequence *over);

/* Those of a file whose pieces are lines. All zero bytes are none. */
enum {
    SEQUENCES = 64
};
typedef struct sequences {
    sequence *open[SEQUENCES]; /* without gaps */
    size_t count;
    uint64_t clock;
} sequences;

/* Takes a text that is a piece of a response; false: it is none. When it is, the run must have the turn; see crew.h. */
bool sequences_take(struct run *in, uint64_t line, const facts *of, slice whole);

/* Counts all; or only frees them. */
void sequences_close(struct run *to);
void sequences_drop(sequences *of);

#endif
