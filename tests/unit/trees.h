/*
 * What the tests of cJSON trees share: trees of documents in shorthand, what they say and look like, and random usage
 * objects made of the names of tests/data/names.tsv. The expectations are in the tests.
 */
#ifndef TOKUSAGE_TESTS_TREES_H
#define TOKUSAGE_TESTS_TREES_H

#include "heap.h"
#include "rows.h"
#include "shorthand.h"

#include <cJSON.h>

/* The tree of a document in shorthand (' for "). */
cJSON *parsed(const char *shorthand);

/*
 * What tokusage_from_cjson says of a tree, in words: the usage, or the error. Fails the test when it says something
 * else without an error, writes a usage when it fails, or allocates.
 */
const char *from_tree(const cJSON *tree);

/* The tree printed without white space is this, in shorthand. */
void expect_printed(const char *what, const cJSON *tree, const char *shorthand);

/* All links are as cJSON has them; the first child's prev is the last child (which 1.7.13's parser leaves out). */
void expect_linked(const cJSON *tree);

/* A random usage, each count present or not, below `limit`. */
tokusage random_counts(uint64_t limit);

/* A usage object with random members: names of the table, alone and together, some wrong, some without a meaning. */
builder random_usage_object(void);

#endif
