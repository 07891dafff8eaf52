/*
 * Errors as words: "OK", "RANGE prompt", "NOT_FOUND usage", "SYNTAX @17", "PART cached 5 9" (expected and actual). A
 * table compares strings, and what a failing test prints can be read as a case. Usages as words are in support.h.
 */
#ifndef TOKUSAGE_TESTS_NOTATION_H
#define TOKUSAGE_TESTS_NOTATION_H

#include "support.h"

/* Valid until the 32nd call after, of all of these. Counts are named without "_tokens". */
const char *error_words(const tokusage_error *error);
const char *number_words(int64_t number); /* "5", "MAX", "MAX+1", "2MAX" */
const char *short_name(const char *member);

/* A formatted line like printf's. */
const char *line_of(const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 1, 2)))
#endif
    ;

/* Fails the test, naming `what`, unless the two are the same words. */
void expect_words(const char *what, const char *want, const char *got);

#endif
