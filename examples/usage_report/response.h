/*
 * One response: counted in its group, printed for --each, named when it is a finding. It is handed over as bytes that
 * hold it, or put together from its pieces; cutting a file is the reader's work.
 */
#ifndef USAGE_REPORT_RESPONSE_H
#define USAGE_REPORT_RESPONSE_H

#include "run.h"

/*
 * A line: a JSON text, or one behind a prefix, or in the string at /log, as Docker writes it. Returns how many bytes
 * were taken: all, unless more follows a text.
 */
size_t response_line(run *to, uint64_t line, slice bytes);

/* A text that begins in that line; it may go on over several. */
void response_text(run *to, uint64_t line, slice bytes);

/* One that is longer than the limit; a file that cannot be read as it is, for that reason. */
void response_too_long(run *to, uint64_t line);
void response_unreadable(run *to, const char *reason);

/* One of which all pieces are there. */
void response_sequence(run *to, sequence *over);

#endif
