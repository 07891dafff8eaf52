/*
 * What the fuzz target search compares. The other ways of the search, each src/search.c once more; and src/stream.c
 * twice more: with no search, and with one that the target looks at. A stream that one of them has fed can be asked
 * with the library's own functions, as what is in it is the same.
 */
#ifndef TOKUSAGE_TESTS_FUZZ_TWINS_TWINS_H
#define TOKUSAGE_TESTS_FUZZ_TWINS_TWINS_H

#include "tokusage.h"

/* Without AVX2 where there is SSE2 or NEON, and without either. */
size_t search_without_avx2(const char *bytes, size_t length, bool open);
size_t search_portable(const char *bytes, size_t length, bool open);

/* The target's: it is asked in place of the search. */
size_t search_watched(const char *bytes, size_t length, bool open);

/* Each event is read. */
size_t unsearched_feed(tokusage_stream *stream, const char *bytes, size_t length);

/* It asks search_watched. */
size_t watched_feed(tokusage_stream *stream, const char *bytes, size_t length);

#endif
