/*
 * A strict JSON scanner (RFC 8259) that takes a text in pieces of any size, finds the value at one JSON Pointer, and
 * tells where it stands. It knows nothing of usage, builds nothing, does not recurse and does not allocate: the
 * state is a plain struct of a fixed size, a bit for each open container.
 */
#ifndef TOKUSAGE_SRC_SCAN_H
#define TOKUSAGE_SRC_SCAN_H

#include "tokusage.h"

typedef struct tokusage_scan tokusage_scan;

typedef enum tokusage_scan_result {
    TOKUSAGE_SCAN_OPEN,   /* the text goes on */
    TOKUSAGE_SCAN_CLOSED, /* the text is complete */
    TOKUSAGE_SCAN_SYNTAX, /* byte number scan->offset cannot stand there */
    TOKUSAGE_SCAN_DEPTH   /* the container that begins at scan->offset is one too deep */
} tokusage_scan_result;

typedef struct tokusage_keep tokusage_keep;

/* Whether pointer is an RFC 6901 JSON Pointer. */
bool tokusage_pointer_valid(const char *pointer);

/* Begins a text. pointer must be valid and stay. */
void tokusage_scan_begin(tokusage_scan *scan, const char *pointer);

/*
 * Reads on until the bytes end, the text closes, or a byte is wrong; returns how many bytes were read, the one that
 * closes the text included (a number closes before the byte behind it), a wrong one not. `keep` may be NULL; keep->used
 * is set to 0 where the value begins. In CLOSED and the errors it reads nothing.
 */
size_t tokusage_scan_feed(tokusage_scan *scan, tokusage_keep *keep, const char *bytes, size_t length);

/* Says that no byte follows: a number at the top is complete then; any other open text is SYNTAX. */
void tokusage_scan_end(tokusage_scan *scan, tokusage_keep *keep);

tokusage_scan_result tokusage_scan_result_of(const tokusage_scan *scan);

/*
 * Once the text is CLOSED: scan->duplicate tells whether a name on the pointer's way is given twice; if not,
 * scan->found tells whether a value stands at the place, scan->begin and scan->end where (bytes from the text's start;
 * white space outside).
 */

#endif
