/*
 * What the tests of cJSON trees share: the names of the table, trees and what they look like. The expectations are in
 * the tests.
 */
#ifndef TOKUSAGE_TESTS_TREES_H
#define TOKUSAGE_TESTS_TREES_H

#include "support.h"

#include <cJSON.h>

#define P "prompt_tokens"
#define C "completion_tokens"
#define T "total_tokens"
#define CACHED "cached_tokens"
#define WRITE "cache_write_tokens"
#define REASONING "reasoning_tokens"
#define PD "prompt_tokens_details"
#define CD "completion_tokens_details"
#define MAX TOKUSAGE_COUNT_MAX
#define A ABSENT
#define NOTHING COUNTS(A, A, A)

enum {
    SIX = 6,    /* counts, in the order of the struct */
    WAYS = 44,  /* members by which a service tells a count */
    OBJECTS = 6 /* objects in a usage object that have counts */
};

/* The way from a usage object to a count: a member of it, or of an object in it. */
typedef struct way {
    const char *object; /* NULL: the usage object itself */
    const char *name;
    const char *member;  /* what an error calls it */
    int64_t counts[SIX]; /* the usage of an object with this member alone, whose value is 5 */
} way;

/* Every member of the table of names, as README.md has it. */
extern const way ways[WAYS];

/* The six that OpenAI's form has, in the order of the struct; without their counts. */
extern const way own_ways[SIX];

/* OpenAI's two come first. */
extern const char *const objects_in_usage[OBJECTS];

bool same_name(const char *a, const char *b);

/* Whether the member of the object (NULL: the usage object) is in the table. */
bool is_way(const char *object, const char *name);
bool is_object_in_usage(const char *name);

/* The text of a usage object that has a value in this way, and other members. Valid until the next call. */
const char *text_with(const way *to, const char *value);

tokusage usage_with(const int64_t counts[SIX]);
verdict verdict_of(const int64_t counts[SIX]);

/* A good usage with one count replaced. */
tokusage usage_except(size_t member, int64_t value);

enum {
    BAD_COUNTS = 5
};
extern const int64_t bad_counts[BAD_COUNTS];

/* Calls it with each combination of counts at the limits in three of the six, and again in the other three. */
void with_limits(void (*check)(const int64_t counts[SIX]));

/* The tree of a text that cJSON accepts. */
cJSON *parsed(const char *json);

/* Fails the test unless tokusage_from_cjson answers this, with an error and without one, and allocates nothing. */
void expect_from_tree(const char *what, const cJSON *tree, const verdict *want);

void expect_printed(const char *what, const cJSON *tree, const char *want);

/* Whether the children's links are as cJSON has them: next and prev, and the first child's prev is the last child. */
void expect_linked(const cJSON *object);

/* The same for the objects in it that have counts. */
void expect_all_linked(const cJSON *object);

/* Links as cJSON's parser leaves them: 1.7.13 does not set the first child's prev. */
void expect_links_kept(const cJSON *object);

#endif
