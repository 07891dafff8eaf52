/*
 * What gzip has packed, by zlib where it is there: gzip.c; where it is not, gzip_missing.c takes its place.
 */
#ifndef USAGE_REPORT_GZIP_H
#define USAGE_REPORT_GZIP_H

#include "input.h"

/* The bytes that are available, and all behind them, are packed from here on; false: this build cannot unpack. */
bool gzip_begin(input *of);

/* The next bytes, unpacked; 0 at the end. */
size_t gzip_read(input *of, char *to, size_t room);

void gzip_end(input *of);

#endif
