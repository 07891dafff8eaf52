/*
 * Which events of a stream cannot hold a report, told by their bytes alone, without reading them as JSON. The answer
 * "none" is always right and only costs time: small builds (-Os) always give it.
 */
#ifndef TOKUSAGE_SRC_SEARCH_H
#define TOKUSAGE_SRC_SEARCH_H

#include "small.h"

#if !TOKUSAGE_SMALL

/*
 * The bytes begin with an event. Returns how many of them are whole events, blank lines included, without a report at
 * the pointer (NULL: at the known places) and without [DONE]. With `open` the bytes begin within a line of an event,
 * but not within a name. The rest of that event is then treated like a whole event.
 */
size_t tokusage_search(const char *bytes, size_t length, const char *pointer, bool open);

#endif

#endif
