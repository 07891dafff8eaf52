/*
 * Random JSON documents with many of the names and places that the library knows, random damage, and random response
 * bodies that are made of such documents. This file does not say what any of them means.
 */
#ifndef TOKUSAGE_TESTS_GENERATE_H
#define TOKUSAGE_TESTS_GENERATE_H

#include "support.h"

enum {
    DOCUMENT_SIZE = 4096,
    RANDOM_BODY_SIZE = 1 << 16
};

/* Writes a document; returns its length, at most DOCUMENT_SIZE - 16. */
size_t random_document(char *text);

/* Changes, inserts or takes out a few bytes, or cuts the end off; returns the new length. `text` has room for more. */
size_t random_damage(char *text, size_t length);

/* A pointer, never NULL, that leads somewhere in many of the documents. */
const char *random_pointer(void);

/*
 * Writes a response body: events with all that events may hold, or plain texts. Most are good, some damaged or cut off.
 * Returns its length, at most RANDOM_BODY_SIZE.
 */
size_t random_body(char *bytes);

#endif
