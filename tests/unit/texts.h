/*
 * JSON texts and what RFC 8259 says about each: the rules of the grammar one by one. For every test that feeds texts to
 * the scanner. The texts have no byte-order mark.
 */
#ifndef TOKUSAGE_TESTS_TEXTS_H
#define TOKUSAGE_TESTS_TEXTS_H

#include "support.h"

typedef struct good_text {
    const char *rule;
    span json;
} good_text;

typedef struct bad_text {
    const char *rule;
    span json;
    size_t offset; /* the byte at which it stops being JSON */
} bad_text;

extern const good_text good_texts[];
extern const size_t good_text_count;
extern const bad_text bad_texts[];
extern const size_t bad_text_count;

#endif
