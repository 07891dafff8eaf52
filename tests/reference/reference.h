/*
 * A second reader of whole bodies, in the slow and plain way: each document becomes a tree, and the rules of the manual
 * are applied to the tree, with the names of tests/data/names.tsv. It shares no code with the library. Never change it
 * to agree with the library, only to agree with the manual. The pointers are valid, or NULL.
 */
#ifndef TOKUSAGE_TESTS_REFERENCE_H
#define TOKUSAGE_TESTS_REFERENCE_H

#include "body.h"

/* In place of a label: the manual does not say which. */
#define REFERENCE_ANY "*"

/* What a stream must say after exactly these bytes. Of the two ends the error is set for CONTRADICTORY and INVALID. */
observation reference_stream(const char *pointer, const char *bytes, size_t length);

/* What tokusage_extract must return; the error is set, the usage only with OK. */
tokusage_status reference_extract(const char *pointer, const char *bytes, size_t length, tokusage *usage,
                                  tokusage_error *error);

/* What tokusage_find must return, and where the value is. */
tokusage_status reference_find(const char *pointer, const char *bytes, size_t length, span *value,
                               tokusage_error *error);

/*
 * The framing of events alone: writes the data of each event, with a '|' after each complete event. Returns the length,
 * which is at most that of the bytes.
 */
size_t reference_events(const char *bytes, size_t length, char *out);

/* The arithmetic. The usage changes only with OK, or as the verdict says. */
tokusage_error reference_validate(const tokusage *usage);
tokusage_error reference_infer(tokusage *usage);
tokusage_error reference_reconcile(tokusage *usage);
tokusage_verdict reference_settle(tokusage *usage, tokusage_error *error);

/* What tokusage_cost must return; the cost is set only with OK. */
tokusage_status reference_cost(const tokusage *usage, const tokusage *prices, int64_t *cost);

#endif
