/*
 * --merge: a report that --format json made is read back, and counts as if what it is about had been read.
 */
#ifndef USAGE_REPORT_MERGE_H
#define USAGE_REPORT_MERGE_H

#include "formats.h"

/* One report, which begins in that line. A text that is none is a failure of the run. */
void merge_text(run *to, uint64_t line, slice whole);

/* What merged reports are about, as format_head writes it; the strings go into `strings`. */
void merge_head(slice whole, head *read, text *strings);

#endif
