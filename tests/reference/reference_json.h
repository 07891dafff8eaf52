/*
 * A second opinion on JSON: whether a text is JSON as RFC 8259 defines it, and its tree. It recurses and allocates. It
 * does not know about usage, and shares no code with the library.
 */
#ifndef TOKUSAGE_TESTS_REFERENCE_JSON_H
#define TOKUSAGE_TESTS_REFERENCE_JSON_H

#include "support.h"

/* A string or a name, its escapes resolved. With half of a surrogate pair it equals nothing. */
typedef struct reference_letters {
    char *bytes;
    size_t length;
    bool whole;
} reference_letters;

typedef struct reference_node {
    char kind;              /* the first byte: { [ " t f n; '0' for every number */
    size_t begin, end;      /* its bytes in the text, quotes and brackets included */
    reference_letters name; /* of a member of an object */
    reference_letters text; /* of a string */
    struct reference_node *first, *next;
} reference_node;

typedef struct reference_tree {
    tokusage_status status; /* OK, SYNTAX or DEPTH */
    size_t at;              /* OK: where reading ended; else the byte that cannot stand there */
    reference_node *root;   /* only when the status is OK */
} reference_tree;

/* For a text without a byte-order mark. */
reference_tree reference_parse(const char *bytes, size_t length);

/* For the text that the bytes begin with: anything may follow it. */
reference_tree reference_parse_first(const char *bytes, size_t length);

void reference_forget(reference_tree *what);

/* Whether the string is these bytes, or this word. */
bool reference_is_text(const reference_letters *text, const char *bytes, size_t length);
bool reference_is_word(const reference_letters *text, const char *word);

#endif
