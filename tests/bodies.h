/*
 * Response bodies with what a stream has to answer to each, and the ways to feed one in pieces. For every test, fuzzer
 * and seed corpus that has to do with streams.
 */
#ifndef TOKUSAGE_TESTS_BODIES_H
#define TOKUSAGE_TESTS_BODIES_H

#include "reference_stream.h"

typedef struct body {
    const char *rule;
    const char *pointer; /* NULL: the default */
    span bytes;
    answer want;
} body;

extern const body bodies[];
extern const size_t body_count;

/* Fails the test, naming `what`, unless the stream answers this, with an error asked for and without one. */
void expect_answer(const char *what, const tokusage_stream *stream, const answer *want);

/* Streams that have been given the bytes: at once, one by one, in two pieces, in random pieces of `longest` at most. */
void feed_at_once(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length);
void feed_bytewise(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length);
void feed_in_two(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length, size_t cut);
void feed_randomly(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length, size_t longest);

#endif
