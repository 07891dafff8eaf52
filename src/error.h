/* How the other files tell an error and write a number. Plain values; no JSON. */
#ifndef TOKUSAGE_SRC_ERROR_H
#define TOKUSAGE_SRC_ERROR_H

#include "tokusage.h"

/* Sets *error (may be NULL) to a status about a member (a number of usage.h) and zeros; returns the status. */
tokusage_status tokusage_fail(tokusage_error *error, tokusage_status status, size_t member);

/* The same for SYNTAX and DEPTH of a text, with the byte at which it stops being JSON. */
tokusage_status tokusage_fail_at(tokusage_error *error, tokusage_status status, size_t offset);

/* The same for TOTAL and PART, with the numbers that contradict each other. */
tokusage_status tokusage_fail_sum(tokusage_error *error, tokusage_status status, size_t member, int64_t expected,
                                  int64_t actual);

/* Sets *error (may be NULL) to OK and zeros; returns OK. */
tokusage_status tokusage_succeed(tokusage_error *error);

/* Room for any int64_t in decimal digits with its sign and a NUL. */
#define TOKUSAGE_DECIMAL_SIZE 21

/* Writes value in decimal digits, ending in NUL, whatever the locale; returns the length without NUL. */
size_t tokusage_decimal(int64_t value, char text[TOKUSAGE_DECIMAL_SIZE]);

#endif
