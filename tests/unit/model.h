/*
 * What usage objects say, worked out from the rows of tests/data/names.tsv and the rules of the counts: a list of rows with
 * values gives the thirteen counts, and two such lists the usage of two events. No JSON: the tests write the documents.
 */
#ifndef TOKUSAGE_TESTS_MODEL_H
#define TOKUSAGE_TESTS_MODEL_H

#include "rows.h"

enum {
    MODEL_COLUMNS = 40
};

/* The columns of one usage object, or of several merged. All zero bytes are an empty one. */
typedef struct model {
    size_t count;
    struct {
        const name_row *row; /* the name that is used */
        int64_t value;
    } columns[MODEL_COLUMNS];
    bool included; /* what says that the starred names are included was there */
    bool billed;   /* a count of billed_units had a value */
} model;

/* A row has this value, which is no null. Call it in any order, and then model_end. */
void model_add(model *to, const name_row *row, int64_t value);

/* The object has no more members. */
void model_end(model *to);

/* A later usage object overrides an earlier one, column by column. */
void model_merge(model *earlier, const model *later);

tokusage model_usage(const model *of);

#endif
