/*
 * Moments: what a timestamp in a log says, and the day and month that it falls on.
 */
#ifndef USAGE_REPORT_MOMENT_H
#define USAGE_REPORT_MOMENT_H

#include "json.h"
#include "text.h"

/*
 * Seconds since 1970-01-01T00:00:00Z. The text of a number (seconds; milliseconds when it is above 10^11), or a date or
 * a time of RFC 3339, with or without quotes; without an offset it is in a zone that is `zone` seconds east of UTC.
 */
bool moment_read(slice text, int64_t zone, int64_t *seconds);

/* The seconds east of UTC of +HH:MM, -HH:MM or Z. */
bool moment_zone(const char *text, int64_t *seconds);

/* The day, such as 2026-01-31, or the month alone. */
void moment_date(text *to, int64_t seconds, int64_t zone, bool day);

#endif
