/*
 * The reader: cuts a file into responses. What a response is is none of its business.
 */
#ifndef USAGE_REPORT_READER_H
#define USAGE_REPORT_READER_H

#include "input.h"

/* Reads the run's file, or its part of it, to its end. */
void reader_read(input *with, run *to);

/* Whether a file may be read in parts: it is JSON lines, as far as its beginning tells. */
bool reader_may_part(const char *name);

#endif
