/*
 * What a JSON number says as a count: exactly, digit by digit, so that neither a double's rounding nor the locale
 * matters.
 */
#ifndef TOKUSAGE_SRC_NUMBER_H
#define TOKUSAGE_SRC_NUMBER_H

#include "tokusage.h"

/* The longest number, in characters, that every cJSON reads, and that is read here. */
#define TOKUSAGE_NUMBER_MAX 63

/*
 * Reads a text of at most TOKUSAGE_NUMBER_MAX bytes that is a JSON number. OK: its value is whole and in range, and
 * goes to *value. RANGE: it is below 0 or above TOKUSAGE_COUNT_MAX, be it by a fraction. INTEGER: it is in range and
 * has a fraction.
 */
tokusage_status tokusage_number_read(const char *text, size_t length, int64_t *value);

#endif
