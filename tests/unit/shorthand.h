/*
 * Bodies in shorthand: JSON with ' for ", so that tables of C strings can be read, and AWS event-stream frames. What
 * they mean is in the tests.
 */
#ifndef TOKUSAGE_TESTS_SHORTHAND_H
#define TOKUSAGE_TESTS_SHORTHAND_H

#include "body.h"

/* The bytes with each ' made ". Valid until the 16th call after. */
span quoted(const char *body);

/* A case of a table of bodies in shorthand. */
typedef struct short_case {
    const char *what;
    const char *pointer; /* NULL: the known paths */
    const char *body;
    answer want;
} short_case;

/* For TABLE_TEST. */
void run_short(void **state);

/* A cmocka setup: random_seed. */
int seed_random(void **state);

/* Usages, and what they say after tokusage_settle. */
#define U5 "{'prompt_tokens':5}"
#define U57 "{'prompt_tokens':5,'completion_tokens':7}"
#define SAYS57 "prompt 5 completion 7 total 12"

/* CRC-32 (ISO 3309), by its definition. */
uint32_t crc_of(const char *bytes, size_t length);

/* Appends a big-endian number of four bytes. */
void add_number(builder *to, uint32_t number);

/* Appends a frame with these headers and this payload, both in shorthand. */
void add_frame(builder *to, const char *headers, const char *payload);

/* The same with a payload as it is. */
void add_raw_frame(builder *to, const char *headers, span payload);

/* Appends a frame whose payload is {"bytes":"base64 of the document","p":"abc"}. */
void add_base64_frame(builder *to, const char *document);

/* Appends base64 (RFC 4648, section 4), with padding. */
void add_base64(builder *to, span bytes);

#endif
