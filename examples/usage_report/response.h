/*
 * One response: counted in its group, printed for --each, named when it is a finding. It is handed over whole, as a
 * text or as a stream that was fed; cutting a file into responses is the reader's work.
 */
#ifndef USAGE_REPORT_RESPONSE_H
#define USAGE_REPORT_RESPONSE_H

#include "run.h"

/* A text that begins in that line; it may go on over several. */
void response_text(run *to, uint64_t line, const char *json, size_t length);

/* A text that is longer than the limit. */
void response_too_long(run *to, uint64_t line);

/* An event stream; `key` is what stands at --by, as in JSON, or NULL. */
void response_stream(run *to, const tokusage_stream *stream, const text *key);

#endif
