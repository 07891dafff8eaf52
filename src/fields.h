/*
 * A usage object's members, and the counts that they make. No JSON and no tree: `document` and `cjson` bring
 * the members here.
 *
 * Example, Anthropic's {"input_tokens":3,"cache_read_input_tokens":100}: two columns have a value, INPUT and
 * CACHED_SEPARATE. The prompt is their sum, 103, of which 100 are cached.
 */
#ifndef TOKUSAGE_SRC_FIELDS_H
#define TOKUSAGE_SRC_FIELDS_H

#include "counts.h"
#include "names.h"

/*
 * The columns of one usage object, or of several that were merged. A column is absent when its bit in `present` is not
 * set: then its value and its key are not read (and never cleared).
 */
typedef struct tokusage_columns {
    int64_t value[TOKUSAGE_COLUMNS];
    uint32_t present;
    tokusage_key key[TOKUSAGE_COLUMNS]; /* the name that gave the column its value */
    uint8_t status;                     /* of the first member that is wrong (a tokusage_status); OK when none is */
    uint8_t member;                     /* what that status is about (a number of usage.h) */
    bool included;                      /* input_tokens_details is an object, or prompt_tokens has a value */
} tokusage_columns;

enum {
    ELEMENT_NUMBERS = 4, /* of one element that can count */
    ANOTHER_TAG = UINT8_MAX
};

/* A usage object while its members are read. */
typedef struct tokusage_fields {
    tokusage_columns columns;
    uint32_t seen[TOKUSAGE_COUNT_NAMES / 32 + 1]; /* of each name of a count a bit: it has had a value */
    /* of the element of a list that is open, until it ends: by then its tag says whether its numbers count */
    int64_t number[ELEMENT_NUMBERS];
    tokusage_key key[ELEMENT_NUMBERS]; /* 0: absent */
    tokusage_key wrong;                /* the first number that is wrong; 0: none */
    uint8_t status;                    /* what is wrong with it */
    uint8_t tag;                       /* 0: none so far; that of names.h; ANOTHER_TAG: no number counts */
} tokusage_fields;

void tokusage_fields_begin(tokusage_fields *fields);

/* Takes the next count or number that is not null: its value when status is OK, else what is wrong with it. */
void tokusage_fields_count(tokusage_fields *fields, tokusage_key key, tokusage_status status, int64_t value);

/* The same for a count that is right, if it is the first in its column, as most are; else false: it is not taken. */
TOKUSAGE_INLINE bool tokusage_fields_first(tokusage_fields *fields, tokusage_key key, int64_t value) {
    tokusage_columns *const columns = &fields->columns;
    const unsigned column = tokusage_name_of(key)->target;
    if (tokusage_has_bit(columns->present, column)) {
        return false;
    }
    fields->seen[key / 32] |= UINT32_C(1) << key % 32;
    columns->value[column] = value;
    columns->key[column] = key;
    columns->present |= UINT32_C(1) << column;
    return true;
}

/* Takes the string that says what the numbers of the open element are. */
void tokusage_fields_tag(tokusage_fields *fields, tokusage_key key, const char *string, size_t length);

/* Notes that the usage object itself is wrong. */
void tokusage_fields_refuse(tokusage_fields *fields, tokusage_status status, size_t member);

/* An object of this node begins in the usage object. */
void tokusage_fields_open(tokusage_fields *fields, tokusage_node node);

/* It ends. Returns whether it is an element of a list that has a count, right or wrong. */
bool tokusage_fields_close(tokusage_fields *fields, tokusage_node node);

/* The object has no more members. */
void tokusage_fields_end(tokusage_fields *fields);

/* Whether the element that is open has a number, right or wrong, and its tag says that it counts. */
bool tokusage_fields_element_counts(const tokusage_fields *fields);

/* No column has a value. */
static inline void tokusage_columns_begin(tokusage_columns *columns) {
    columns->present = 0;
    columns->status = TOKUSAGE_OK;
    columns->member = TOKUSAGE_NO_MEMBER;
    columns->included = false;
}

/* Whether there is a usage: a count, or something wrong. */
static inline bool tokusage_columns_any(const tokusage_columns *columns) {
    return columns->present != 0 || columns->status != TOKUSAGE_OK;
}

/* Whether there is more than zeros. */
bool tokusage_columns_matter(const tokusage_columns *columns);

/*
 * A later usage overrides an earlier one, column by column; a 0 does not override a number. If one of the two is wrong,
 * the result is wrong: a bad count must not become an absent one.
 */
void tokusage_columns_merge(tokusage_columns *earlier, const tokusage_columns *later);

/* Sets *usage to what the columns say. Fails with the status that they have, or with RANGE of a sum. */
tokusage_status tokusage_columns_usage(const tokusage_columns *columns, tokusage *usage, tokusage_error *error);

#endif
