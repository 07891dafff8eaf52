/*
 * A second opinion on JSON texts: what RFC 8259 and the manual in tokusage.h say about one, found in the slow and plain
 * way. It looks at the whole tree of a text, and computes with decimal digits. It shares no code with the library.
 * Never change it to agree with the library, only to agree with the manual.
 */
#ifndef TOKUSAGE_TESTS_REFERENCE_H
#define TOKUSAGE_TESTS_REFERENCE_H

#include "support.h"

/* ------------------------------------------------------------------------------------------ one pointer alone */

typedef struct reference_place {
    tokusage_status status; /* OK, SYNTAX or DEPTH, of the whole text */
    size_t offset;          /* of SYNTAX and DEPTH */
    bool duplicate;         /* a name on the pointer's way stands twice */
    bool found;             /* a value stands at the place: bytes begin to end */
    size_t begin, end;
    size_t after; /* where the text ends, when it is OK */
} reference_place;

/* For a text without a byte-order mark. The pointer is valid and does not lead into arrays. */
reference_place reference_find(const char *pointer, const char *bytes, size_t length);

/* The same for the text that the bytes begin with: anything may follow it. */
reference_place reference_first(const char *pointer, const char *bytes, size_t length);

/* ------------------------------------------------------------------------------------------------ usage of a text */

/* What tokusage_extract must answer. The pointer is valid or NULL. */
verdict reference_extract(const char *pointer, const char *bytes, size_t length);

/* The lines of the table of names, in its order. */
typedef enum reference_slot {
    REFERENCE_INPUT,
    REFERENCE_OUTPUT,
    REFERENCE_TOTAL,
    REFERENCE_CACHED_WITHIN,
    REFERENCE_CACHED_BESIDE,
    REFERENCE_WRITTEN_WITHIN,
    REFERENCE_WRITTEN_BESIDE,
    REFERENCE_REASONING_WITHIN,
    REFERENCE_REASONING_BESIDE,
    REFERENCE_TOOLS_BESIDE,
    REFERENCE_SLOTS
} reference_slot;

enum {
    REFERENCE_MODEL = 128 /* bytes of a model's name with its NUL */
};

/* What a stream must know of one text. */
typedef struct reference_text {
    tokusage_status status;            /* OK, SYNTAX or DEPTH, of the text that the bytes begin with */
    size_t offset;                     /* of SYNTAX and DEPTH */
    size_t after;                      /* where the text ends, when it is OK */
    bool number;                       /* it is a number, which only the byte behind it closes */
    bool report;                       /* it has a report; else the members below are not set, except first_model */
    bool at_message;                   /* its place is the known one /message/usage */
    verdict wrong;                     /* OK, or the error in the report */
    int64_t slots[REFERENCE_SLOTS];    /* of a report without an error */
    bool ends;                         /* it says that the response has come to its end */
    bool ends_message;                 /* it says so if a /message/usage report came in an earlier text */
    char model[REFERENCE_MODEL];       /* if the text has a report, else empty */
    char first_model[REFERENCE_MODEL]; /* if the text is the first of its body, else empty */
} reference_text;

/* For the text that the bytes begin with. The pointer is valid or NULL; in_event: the text is an event's data. */
reference_text reference_read(const char *pointer, bool in_event, const char *bytes, size_t length);

/* The six counts that the slots say, or RANGE of a sum. */
verdict reference_counts(const int64_t slots[REFERENCE_SLOTS]);

/* Copies JSON without the white space outside its strings; returns the length. */
size_t reference_compact(const char *bytes, size_t length, char *copy);

#endif
