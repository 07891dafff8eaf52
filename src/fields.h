/*
 * A usage object's members, and the thirteen counts that they make. No JSON and no tree: `document` and `cjson` bring
 * the members here.
 */
#ifndef TOKUSAGE_SRC_FIELDS_H
#define TOKUSAGE_SRC_FIELDS_H

#include "names.h"
#include "counts.h"

/*
 * The columns of one usage object, or of several that were merged. A column is absent when its bit in `present` is not
 * set: then its value and its key are not read (and never cleared).
 */
typedef struct tokusage_columns {
    int64_t value[TOKUSAGE_COLUMNS];
    tokusage_key key[TOKUSAGE_COLUMNS]; /* the name that gave the column its value */
    uint32_t present;
    uint8_t status;        /* of the first member that is wrong (a tokusage_status); OK when none is */
    uint8_t member;        /* what that status is about (a number of usage.h) */
    bool included, billed; /* input_tokens_details is an object, or prompt_tokens has a value; billed_units have a count */
} tokusage_columns;

enum {
    ELEMENT_NUMBERS = 4 /* of one element that can count */
};

/* A usage object while its members are read. */
typedef struct tokusage_fields {
    tokusage_columns columns;
    int64_t number[ELEMENT_NUMBERS]; /* of the element that is open, until its tag is known */
    uint8_t status[ELEMENT_NUMBERS];
    tokusage_key key[ELEMENT_NUMBERS]; /* 0: absent */
    uint8_t tag;                       /* of that element */
    uint8_t seen[TOKUSAGE_COUNT_NAMES / 8 + 1]; /* of each name of a count a bit: it has had a value */
} tokusage_fields;

void tokusage_fields_begin(tokusage_fields *fields);

/* Takes the next count or number that is not null: its value when status is OK, else what is wrong with it. */
void tokusage_fields_count(tokusage_fields *fields, tokusage_key key, tokusage_status status, int64_t value);

/* Takes the string that says what the numbers of the open element are. */
void tokusage_fields_tag(tokusage_fields *fields, tokusage_key key, const char *string, size_t length);

/* Notes that the usage object itself is wrong. */
void tokusage_fields_refuse(tokusage_fields *fields, tokusage_status status, size_t member);

/* An object of this node begins in the usage object, or ends. */
void tokusage_fields_open(tokusage_fields *fields, tokusage_node node);
void tokusage_fields_close(tokusage_fields *fields, tokusage_node node);

/* The object has no more members. */
void tokusage_fields_end(tokusage_fields *fields);

/* Whether numbers in this node wait for a tag. */
static inline bool tokusage_node_is_element(tokusage_node node) {
    return node >= NODE_TOOLS_LIST || node == NODE_PROMPT_LIST;
}

/* Whether the element that is open says by its tag that its numbers count. */
static inline bool tokusage_fields_element_counts(const tokusage_fields *fields) {
    return fields->tag == 1 || fields->tag == 2;
}

/* Whether there is a usage: a count, or something wrong. */
static inline bool tokusage_columns_any(const tokusage_columns *columns) {
    return columns->present != 0 || columns->status != TOKUSAGE_OK;
}

/* Whether there is more than zeros. */
bool tokusage_columns_matter(const tokusage_columns *columns);

/*
 * A later usage replaces an earlier one, or overrides it, column by column; a 0 does not override a number. If one of the two is wrong,
 * the result is wrong: a bad count must not become an absent one.
 */
void tokusage_columns_replace(tokusage_columns *earlier, const tokusage_columns *later);
void tokusage_columns_merge(tokusage_columns *earlier, const tokusage_columns *later);

/* Sets *usage to what the columns say. Fails with the status that they have, or with RANGE of a sum. */
tokusage_status tokusage_columns_usage(const tokusage_columns *columns, tokusage *usage, tokusage_error *error);

#endif
