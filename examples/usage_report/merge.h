/*
 * --merge: a report that --format json made is read back, and counts as if what it is about had been read.
 */
#ifndef USAGE_REPORT_MERGE_H
#define USAGE_REPORT_MERGE_H

#include "run.h"

/* One report, which begins in that line. A text that is none is a failure of the run. */
void merge_text(run *to, uint64_t line, const char *json, size_t length);

/* Takes over what `more` has been merged from; false when the two are not about the same pointers. */
bool merge_pointers(run *to, const run *more);

#endif
