/*
 * A second reader of whole bodies, in the slow and plain way: each document becomes a tree, and the rules of the manual
 * are applied to the tree, with the names of tests/data/names.tsv. It shares no code with the library. Never change it
 * to agree with the library, only to agree with the manual.
 */
#ifndef TOKUSAGE_TESTS_REFERENCE_H
#define TOKUSAGE_TESTS_REFERENCE_H

#include "tokusage.h"

/* What a function that reads returns: `usage` is set only with OK, `offset` only with SYNTAX and DEPTH. */
typedef struct reference_result {
    tokusage_status status;
    const char *member;
    size_t offset;
    tokusage usage;
} reference_result;

/* What tokusage_stream_verdict returns. The error is set for CONTRADICTORY and INVALID. */
typedef struct reference_verdict {
    tokusage_verdict verdict;
    tokusage usage;
    tokusage_error error;
} reference_verdict;

/* What a stream must answer after exactly these bytes. */
typedef struct reference_answer {
    reference_result usage;
    reference_verdict open, complete; /* the verdict without and with the word of the transport */
    uint64_t reports;
    bool done;
    size_t taken;
    char label[3][TOKUSAGE_LABEL_SIZE];
} reference_answer;

/* The pointer is valid, or NULL. */
reference_answer reference_stream(const char *pointer, const char *bytes, size_t length);
reference_result reference_extract(const char *pointer, const char *bytes, size_t length);

/* The value that tokusage_find must find: *begin to *end. The pointer is valid. */
reference_result reference_find(const char *pointer, const char *bytes, size_t length, size_t *begin, size_t *end);

/*
 * The framing of events alone: writes the data of each event, with a '|' after each complete event. Returns the length,
 * which is at most that of the bytes.
 */
size_t reference_events(const char *bytes, size_t length, char *out);

/* The arithmetic. They return the error, and change the usage only with OK. */
tokusage_error reference_validate(const tokusage *usage);
tokusage_error reference_infer(tokusage *usage);
tokusage_error reference_reconcile(tokusage *usage);
tokusage_verdict reference_settle(tokusage *usage, tokusage_error *error);

#endif
