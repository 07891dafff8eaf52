/*
 * Which events of a stream cannot hold a report, told by their bytes alone, without reading them as JSON. A report's
 * last name must stand in its event, as text or spelled with \u escapes; an event where it does not, or where only null
 * follows it, is passed over at the speed of the search. The answer "no" is always allowed and costs only time.
 */
#ifndef TOKUSAGE_SRC_SKIP_H
#define TOKUSAGE_SRC_SKIP_H

#include "tokusage.h"

/*
 * The pointer's last name, if events can be told by it; NULL if not: when it is empty, or has bytes that are not
 * printable ASCII or that JSON or the pointer may write in other ways (a quote, a backslash, a tilde).
 */
const char *tokusage_skip_name(const char *pointer);

/*
 * How many bytes, from the first byte of an event's first data line on, are whole events (the blank line included) that
 * hold neither a report nor [DONE]; 0 if the first may, or does not end within the bytes. *open tells whether what
 * follows them is an event that was looked through to the end of the bytes, and has neither so far.
 */
size_t tokusage_skip(const char *bytes, size_t length, const char *name, bool *open);

#endif
