/*
 * A second opinion: what RFC 8259 and the manual in tokusage.h say about a text, found the slow and plain way
 * (recursion, copies of names, decimal arithmetic on digits). It shares no code with the library and must never be
 * mended to agree with it, only with the manual.
 */
#ifndef TOKUSAGE_TESTS_REFERENCE_H
#define TOKUSAGE_TESTS_REFERENCE_H

#include "support.h"

typedef struct reference_place {
    tokusage_status status; /* OK, SYNTAX or DEPTH, of the whole text */
    size_t offset;          /* of SYNTAX and DEPTH */
    bool duplicate;         /* a name on the pointer's way stands twice */
    bool found;             /* a value stands at the place: bytes begin to end */
    size_t begin, end;
    size_t after; /* where the text ends, when it is OK */
} reference_place;

/* Of a text without a byte-order mark. */
reference_place reference_find(const char *pointer, const char *bytes, size_t length);

/* The same of the text that the bytes begin with: anything may follow it. */
reference_place reference_first(const char *pointer, const char *bytes, size_t length);

/* What tokusage_extract has to answer, memory never failing. The pointer is valid. */
verdict reference_extract(const char *pointer, const char *bytes, size_t length);

/* Copies JSON without the white space outside its strings; returns the length. */
size_t reference_compact(const char *bytes, size_t length, char *copy);

#endif
