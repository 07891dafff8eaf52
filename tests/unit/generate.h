/*
 * Random JSON documents in which the names and the places that the library knows are frequent, random damage, and random
 * response bodies that are made of such documents. Nothing here says what any of them means.
 */
#ifndef TOKUSAGE_TESTS_GENERATE_H
#define TOKUSAGE_TESTS_GENERATE_H

#include "support.h"

enum {
    DOCUMENT_SIZE = 4096,
    RANDOM_BODY_SIZE = 1 << 16
};

/* Writes a document; returns its length, which is at least 16 below DOCUMENT_SIZE. */
size_t random_document(char *text);

/* Changes, inserts or takes out a few bytes, or cuts the end off; returns the new length. `text` has room for more. */
size_t random_damage(char *text, size_t length);

/* A pointer, never NULL, that leads somewhere in many of the documents. */
const char *random_pointer(void);

/*
 * Writes a response body: events with all that may stand in them, or plain texts; most of them good, some damaged or
 * cut off. Returns its length, which is at most RANDOM_BODY_SIZE.
 */
size_t random_body(char *bytes);

#endif
