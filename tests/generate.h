/* Random JSON documents in which the names that pointers and usage objects have are frequent, and random damage. */
#ifndef TOKUSAGE_TESTS_GENERATE_H
#define TOKUSAGE_TESTS_GENERATE_H

#include "support.h"

enum {
    DOCUMENT_SIZE = 4096
};

/* Writes a document; returns its length, which is below DOCUMENT_SIZE. */
size_t random_document(char *text);

/* Changes, inserts or takes out a few bytes, or cuts the end off; returns the new length. `text` has room for more. */
size_t random_damage(char *text, size_t length);

/* A pointer that leads somewhere in many of the documents. */
const char *random_pointer(void);

#endif
