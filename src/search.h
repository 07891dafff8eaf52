/*
 * Which events of a stream cannot hold a report, told by their bytes alone, without reading them as JSON. The answer
 * "none" is always allowed and only costs time: small builds (-Os) give it always.
 */
#ifndef TOKUSAGE_SRC_SEARCH_H
#define TOKUSAGE_SRC_SEARCH_H

#include "small.h"

#if !TOKUSAGE_SMALL

/*
 * How many bytes, from the first byte of an event on, are whole events (their blank lines included) that hold neither a
 * report at the pointer (NULL: at the known places) nor [DONE]. With `open` the bytes begin within a line of an event,
 * and not within a name: the event's rest is passed over, too, if it holds neither.
 */
size_t tokusage_search(const char *bytes, size_t length, const char *pointer, bool open);

#endif

#endif
