/* The library against the second reader, in words: for the test and for the fuzz targets. */
#ifndef TOKUSAGE_TESTS_COMPARE_H
#define TOKUSAGE_TESTS_COMPARE_H

#include "reference.h"

/*
 * Feeds the body in chunks of at most `longest` bytes (0: at once), and reads it as a document. Returns the first
 * difference in words, or NULL. Each chunk is a copy at the edge of unreadable memory.
 */
const char *difference_of_stream(const char *pointer, span body, size_t longest);
const char *difference_of_document(const char *pointer, span document);

/* What a body has, for a count of the bodies: said by the second reader in the last comparison. */
const observation *last_observation(void);

#endif
