/* What one JSON document says about a response: its usage, labels, end and error. */
#ifndef TOKUSAGE_TESTS_REFERENCE_DOCUMENT_H
#define TOKUSAGE_TESTS_REFERENCE_DOCUMENT_H

#include "reference_json.h"

/* A usage, or usages that override each other: of each column the name that is used, and its value. */
typedef struct reference_usage {
    tokusage_status status; /* of the first wrong count */
    const char *wrong;      /* its name in the struct, or "usage" */
    bool included;          /* starred names are included */
    size_t count;
    struct {
        const name_row *row;
        int64_t value;
    } columns[40];
} reference_usage;

typedef struct reference_document {
    bool found;   /* a usage is there, perhaps without a count */
    bool usage;   /* and it has a count, right or wrong */
    bool message; /* it is at /message/usage */
    reference_usage said;
    bool ends, delta, may_end, error;
    span label[LABEL_COUNT]; /* in the bytes of the document; empty: none */
    bool other_tier;         /* a usage that is not used has a tier: which one counts is not said */
} reference_document;

/* Reads a document that is closed. in_event: it is the data of an event. */
void reference_read(json_node *root, const char *pointer, bool in_event, reference_document *out);

/* Whether a usage has begun in what there is of a document. */
bool reference_begun(json_node *root, const char *pointer, bool in_event);

/* Lets a later usage override. */
void reference_override(reference_usage *earlier, const reference_usage *later);

/* Whether all counts are 0, and none is wrong. */
bool reference_is_zero(const reference_usage *said);

/* The counts, or the error of what is wrong. */
tokusage_status reference_counts(const reference_usage *said, tokusage *usage, tokusage_error *error);

/* The values at a path in the objects that the pointer (or NULL) leads to: a list by `also`. */
json_node *reference_values(json_node *root, const char *pointer, const char *path);

#endif
