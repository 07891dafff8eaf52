/* The library against the second reader, in words: for the test and for the fuzz targets. */
#ifndef TOKUSAGE_TESTS_COMPARE_H
#define TOKUSAGE_TESTS_COMPARE_H

#include "reference.h"

/*
 * Feeds the body at once, byte by byte, and in random chunks, which begin with this seed; or reads it as one document (and
 * finds the value at the pointer). Returns the first difference in words, or NULL. Each chunk is a copy at the edge of
 * unreadable memory.
 */
const char *difference_of_stream(const char *pointer, span body, uint32_t seed);
const char *difference_of_document(const char *pointer, span document);

/* What a body has, for a count of the bodies: said by the second reader in the last comparison. */
const observation *last_observation(void);

#endif
