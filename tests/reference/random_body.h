/*
 * Random response bodies of all services, made from the rows of tests/data/names.tsv, and random damage. This file does
 * not say what any of them means.
 */
#ifndef TOKUSAGE_TESTS_RANDOM_BODY_H
#define TOKUSAGE_TESTS_RANDOM_BODY_H

#include "support.h"

/* Where the bodies come from: random_below, unless another source is given. */
void use_source(size_t (*below)(size_t limit));

/* A pointer, or NULL: to be given to add_random_body, and to the stream. */
const char *random_pointer(void);

/* Adds a body: documents, lines, an array, events or frames. Some of them are damaged. */
void add_random_body(builder *to, const char *pointer);

/* Adds one document of a response. */
void add_random_document(builder *to, const char *pointer);

/* Changes the bytes in one place, or in a few. */
void damage(builder *in);

/* Adds a frame with right checksums around the payload, plain or as base64 in a document. */
void frame_payload(builder *to, span payload, bool base64);

#endif
