/* How the other files report an error and write a number. Plain values; no JSON. */
#ifndef TOKUSAGE_SRC_ERROR_H
#define TOKUSAGE_SRC_ERROR_H

#include "tokusage.h"

/* Sets *error (may be NULL) to a status about a member (may be NULL) and zeros; returns the status. */
tokusage_status tokusage_report(tokusage_error *error, tokusage_status status, const char *member);

/* The same for SYNTAX and DEPTH of a text, with the byte at which it stops being JSON. */
tokusage_status tokusage_report_at(tokusage_error *error, tokusage_status status, size_t offset);

/* Room for any int64_t in decimal digits with its sign and a NUL. */
#define TOKUSAGE_DECIMAL_SIZE 21

/* Writes value in decimal digits, ending in NUL, whatever the locale; returns the length without NUL. */
size_t tokusage_decimal(int64_t value, char text[TOKUSAGE_DECIMAL_SIZE]);

#endif
