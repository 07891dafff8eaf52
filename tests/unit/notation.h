/*
 * Usages, errors and answers as words, in which the tables of the tests are written and the messages of the tests are
 * printed. One notation for both: a case compares two strings, and what a failing test prints can be read as a case.
 *
 *   a usage     "prompt 5 completion 7 cached_audio 2"   each count by its name without "_tokens"; "" has no count
 *   a number    "12", "-1", "MAX", "MAX+1", "2MAX"       MAX is TOKUSAGE_COUNT_MAX
 *   an error    "OK", "RANGE prompt", "NOT_FOUND usage", "SYNTAX @17", "PART cached 5 9" (expected and actual)
 */
#ifndef TOKUSAGE_TESTS_NOTATION_H
#define TOKUSAGE_TESTS_NOTATION_H

#include "support.h"

/* The usage that the words say. Absent counts are all zero bytes. Fails the test if a word is unknown. */
tokusage usage_in(const char *words);

/* The number of the count that the first word names. */
size_t count_named(const char *word);

/* Whether the words for them are the same. */
bool same_counts(const tokusage *a, const tokusage *b);

/* The words for them. Valid until the sixtieth call after. */
const char *usage_words(const tokusage *usage);
const char *error_words(const tokusage_error *error);
const char *number_words(int64_t number);

/* A name without "_tokens"; "-" for NULL. */
const char *short_name(const char *member);

/* The words of a usage in the order and form of usage_words. */
const char *in_order(const char *words);

/* A formatted line like snprintf's, in one of the same buffers. */
const char *line_of(const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 1, 2)))
#endif
    ;

/* How many words there are, with one space between them; and the word of that number, in one of the same buffers. */
size_t words_in(const char *words);
const char *word_in(const char *words, size_t number);

/* Fails the test, naming `what`, unless the two are the same words. */
void expect_words(const char *what, const char *want, const char *got);

#endif
