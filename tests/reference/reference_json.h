/*
 * JSON as RFC 8259 defines it, read into a tree by plain recursion. It knows nothing about usage. Of a document that is
 * malformed or ends too early the tree has what came before.
 */
#ifndef TOKUSAGE_TESTS_REFERENCE_JSON_H
#define TOKUSAGE_TESTS_REFERENCE_JSON_H

#include "body.h"
#include "rows.h"

/*
 * The letters of a string, its escapes resolved. One with half of a surrogate pair, or written with more than 190
 * bytes, equals nothing: bytes is NULL.
 */
typedef struct json_string {
    const char *bytes;
    size_t length;
} json_string;

typedef struct json_node {
    char kind;               /* the first byte: { [ " t f n; 0 for a number */
    bool closed;             /* its last byte was read */
    bool begun;              /* it is there for sure: a container has begun, or another value has ended */
    const char *begin, *end; /* as it is written, quotes and brackets included */
    json_string name;        /* of a member of an object */
    json_string text;        /* of a string */
    struct json_node *parent, *first, *last, *next;
    struct json_node *also; /* for whoever makes a list of nodes */
} json_node;

typedef struct json_document {
    tokusage_status status; /* OK, SYNTAX or DEPTH */
    size_t at;              /* OK: the byte after the document; else the byte that cannot be there */
    json_node *root;        /* NULL: no value begins */
} json_document;

/* Reads the document that the bytes begin with, after white space. The tree is valid until the next call. */
json_document json_read(const char *bytes, size_t length);

/* How many bytes of white space the bytes begin with. */
size_t json_space(const char *bytes, size_t length);

bool json_is(json_string string, const char *word);

/* What the number is as a count: OK and its value, INTEGER or RANGE. */
tokusage_status json_count(const json_node *number, int64_t *value);

#endif
