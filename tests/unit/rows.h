/*
 * The rows of tests/data/names.tsv, the one independent copy of the table of names: see tests/README.md. And documents
 * made of them.
 */
#ifndef TOKUSAGE_TESTS_ROWS_H
#define TOKUSAGE_TESTS_ROWS_H

#include "table.h"

/* A row. Cells that are "-" are NULL; an order that is "-" is 0. */
typedef struct name_row {
    const char *kind;  /* count, tag, usage, label, end, may_end, error */
    const char *path;  /* of a count: from the usage object on, "a/b", "list[tag=value]/b"; else from the document on */
    const char *field; /* of a count: its name; of a label: which; of a usage: what kind of object is there */
    const char *how;   /* of a count: what it is to the counts; else what the value must be */
    const char *column; /* of the names of a column the first that has a value is used */
    size_t order;       /* among the names of the column, the paths of usages, or those of a label; from 1 on */
    const char *where;  /* of a count: usage, root, meta; of a usage: all, or documents (not in events) */
} name_row;

/* All rows, or those of a kind, which follow each other; read once. */
const name_row *name_rows(size_t *count);
const name_row *rows_of(const char *kind, size_t *count);

/* The rows of usages that have a path, the first one first: all but the last, which is the root. */
const name_row *usage_paths(size_t *count);

/* A row of tests/data/parts.tsv: a whole, and the parts that are together at most the whole, as numbers of counts. */
typedef struct part_row {
    size_t whole, part[4], parts;
} part_row;

/* All rows, in the order in which validate looks at them; read once. */
const part_row *part_rows(size_t *count);

/* Whether the row is allowed there: "usage", "root", "meta", "all", "documents". */
bool row_is_in(const name_row *row, const char *where);

/* Whether the table has this tag: "modality=AUDIO". */
bool tag_is_known(const char *tag);

/* A word for a tag: each that the table has, and some that it has not, for any number in turn. */
const char *tag_word(size_t number);

/*
 * The member of a usage object (without its braces) by which a service says this count: for a/b and 5 "a":{"b":5}, for
 * list[tag=audio]/b "list":[{"tag":"audio","b":5}]. Several members with a comma between them are an object. Valid until
 * the sixtieth call after.
 */
const char *member_of(const name_row *row, const char *value);

/* The document in which this is at a path of kind usage or label: {"a":{"b":value}}; N is an array of one. */
void add_at_path(builder *to, const char *path, const char *value);

#endif
