/*
 * Response bodies with what a stream must answer to each, the macros to write more of them, and the ways to feed one in
 * pieces. For every test, fuzzer and seed corpus of streams.
 */
#ifndef TOKUSAGE_TESTS_BODIES_H
#define TOKUSAGE_TESTS_BODIES_H

#include "reference_stream.h"

typedef struct body {
    const char *rule;
    const char *pointer; /* NULL: the known places */
    span bytes;
    answer want; /* `taken` may be ALL */
} body;

extern const body bodies[];
extern const size_t body_count;

/* In place of a number of bytes that are taken: all of them. */
#define ALL SIZE_MAX

/* An event with this data, and the event that ends a stream. */
#define EVENT(text) "data: " text "\n\n"
#define DONE EVENT("[DONE]")

/* Answers to a body of events, and to one of plain texts. */
#define IN_EVENTS(usage, reports, done, model)                                                                         \
    { usage, (reports), (done), (done) ? TOKUSAGE_BODY_WHOLE : TOKUSAGE_BODY_OPEN, ALL, model }
#define IN_TEXTS(usage, reports, done, body, model)                                                                    \
    { usage, (reports), (done), TOKUSAGE_BODY_##body, ALL, model }

/* The answer when [DONE] ends the stream within these bytes (a string literal). */
#define STOPPED(usage, reports, bytes, model)                                                                          \
    { usage, (reports), true, TOKUSAGE_BODY_WHOLE, sizeof(bytes) - 1, model }

/* Fails the test, naming `what`, unless the stream gives this answer, also when it is asked again in other ways. */
void expect_answer(const char *what, const tokusage_stream *stream, const answer *want);

/* Fails the test unless the answer says that this many of `length` bytes are taken. */
void expect_taken(const char *what, size_t taken, size_t length, const answer *want);

/*
 * Feed a stream the bytes: at once, one by one, in two pieces, in random pieces of at most `longest`. They return how
 * many bytes were taken. A piece that was not taken whole is the last.
 */
size_t feed_at_once(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length);
size_t feed_bytewise(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length);
size_t feed_in_two(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length, size_t cut);
size_t feed_randomly(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length, size_t longest);

/* Feeds the bytes in all these ways, with a cut behind each byte, and compares each answer with `want`. */
void expect_in_every_way(const char *rule, const char *pointer, span bytes, const answer *want);

/* Asks a stream twice after every byte, and compares it with what the reference says of the bytes so far. */
void expect_after_every_byte(const char *rule, const char *pointer, span bytes);

/* Does both, and compares the reference with `want`. */
void expect_bodies(const body *list, size_t count);

#endif
