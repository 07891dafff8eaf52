/* What one JSON document says about a response: its usage, labels, end and error, by the rules of the manual. */
#ifndef TOKUSAGE_TESTS_REFERENCE_DOCUMENT_H
#define TOKUSAGE_TESTS_REFERENCE_DOCUMENT_H

#include "reference_json.h"
#include "reference_table.h"

enum {
    REFERENCE_LABELS = 3
};

/* The columns of a usage, or of usages that override each other. */
typedef struct reference_columns {
    tokusage_status status; /* of the first wrong count, which is `wrong`; TOKUSAGE_COUNTS: the usage object */
    size_t wrong;
    bool included; /* a starred name is included */
    bool has[TABLE_COLUMNS];
    bool starred[TABLE_COLUMNS]; /* the value is that of a starred name */
    int64_t value[TABLE_COLUMNS];
} reference_columns;

typedef struct reference_document {
    bool found;   /* a usage is there, perhaps without a count */
    bool usage;   /* and it has a count, right or wrong */
    bool message; /* it is at /message/usage */
    reference_columns columns;
    bool ends, delta, may_end, error;
    const char *label[REFERENCE_LABELS]; /* in the bytes of the document */
    size_t label_length[REFERENCE_LABELS];
} reference_document;

/* The document may be an element of an array. in_event: the data of an event. */
void reference_read(const json_node *root, const char *pointer, bool in_event, reference_document *out);

/* Whether a usage has begun in what there is of this document. */
bool reference_begun(const json_node *root, const char *pointer, bool in_event);

/* Lets a later usage override. */
void reference_override(reference_columns *earlier, const reference_columns *later);

/* Whether all counts are 0, and none is wrong. */
bool reference_is_zero(const reference_columns *columns);

/* The thirteen counts, or the status of what is wrong, which *member names. */
tokusage_status reference_counts(const reference_columns *columns, tokusage *usage, const char **member);

/* The values that the pointer leads to, as a list by `also`. It does not enter arrays. */
json_node *reference_pointed(json_node *root, const char *pointer);

#endif
