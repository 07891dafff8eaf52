/*
 * What the counts say: validate, infer, reconcile, add and equal, over every combination of counts at the limits; and
 * the names and the order of the counts, on which the other files depend.
 */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "usage.h"

#define MAX TOKUSAGE_COUNT_MAX

enum {
    SIX = 6
};

static const char *const names[SIX] = {"prompt_tokens", "completion_tokens",  "total_tokens",
                                       "cached_tokens", "cache_write_tokens", "reasoning_tokens"};

/* Counts on both sides of the range's limits. The sum of any two, except the two outermost, fits an int64_t. */
static const int64_t limits[] = {
    ABSENT, 0, 1, 2, 5, 7, 12, MAX / 2, MAX / 2 + 1, MAX - 1, MAX, MAX + 1, INT64_MAX, -1, -5, -MAX, INT64_MIN + 1,
};

/* Counts that often are the sum, the difference or the double of others. */
static const int64_t related[] = {ABSENT, 0, 2, 3, 4, 5, 8, MAX};

typedef struct counts {
    int64_t value[SIX]; /* in the order of the struct */
} counts;

static tokusage of(const counts *c) {
    const int64_t *v = c->value;
    return usage_of6(v[0], v[1], v[2], v[3], v[4], v[5]);
}

/* The first three; the others are absent. */
static counts three(int64_t prompt, int64_t completion, int64_t total) {
    counts c = {{prompt, completion, total, ABSENT, ABSENT, ABSENT}};
    return c;
}

static const char *told(const counts *c) {
    static char text[SIX * 24];
    size_t used = 0;
    for (size_t i = 0; i < SIX; i++) {
        const char *space = i > 0 ? " " : "";
        used += (size_t)(c->value[i] == ABSENT
                             ? snprintf(text + used, sizeof text - used, "%s-", space)
                             : snprintf(text + used, sizeof text - used, "%s%lld", space, (long long)c->value[i]));
    }
    return text;
}

/* Whether the usage has these counts, and 0 where a count is absent. */
static bool is(const tokusage *usage, const counts *c) {
    const tokusage want = of(c);
    bool same = true;
    for (size_t i = 0; i < SIX; i++) {
        const tokusage_count *got = tokusage_count_at(usage, i);
        const tokusage_count *wanted = tokusage_count_at(&want, i);
        same = same && got->present == wanted->present && got->value == wanted->value;
    }
    return same;
}

/* -------------------------------------------------------------------- the manual's rules, written a second time */

static bool in_range(int64_t value) {
    return value >= 0 && value <= MAX;
}

static int64_t or_zero(int64_t value) {
    return value == ABSENT ? 0 : value;
}

static tokusage_error fault(tokusage_status status, const char *member, int64_t expected, int64_t actual) {
    tokusage_error error = {status, member, 0, expected, actual};
    return error;
}

static tokusage_error range_of(const counts *c) {
    for (size_t i = 0; i < SIX; i++) {
        if (c->value[i] != ABSENT && !in_range(c->value[i])) {
            return fault(TOKUSAGE_ERR_RANGE, names[i], 0, 0);
        }
    }
    return fault(TOKUSAGE_OK, NULL, 0, 0);
}

static tokusage_error judged(const counts *c) {
    const tokusage_error range = range_of(c);
    if (range.status != TOKUSAGE_OK) {
        return range;
    }
    const int64_t *v = c->value;
    const int64_t parts = or_zero(v[0]) + or_zero(v[1]);
    const bool none = v[0] == ABSENT && v[1] == ABSENT;
    const bool both = v[0] != ABSENT && v[1] != ABSENT;
    if (v[2] != ABSENT && !none && (both ? parts != v[2] : parts > v[2])) {
        return fault(TOKUSAGE_ERR_TOTAL, "total_tokens", parts, v[2]);
    }
    const int64_t cache = or_zero(v[3]) + or_zero(v[4]);
    if (v[0] != ABSENT && cache > v[0]) {
        return fault(TOKUSAGE_ERR_PART, v[3] != ABSENT ? "cached_tokens" : "cache_write_tokens", v[0], cache);
    }
    if (v[1] != ABSENT && v[5] != ABSENT && v[5] > v[1]) {
        return fault(TOKUSAGE_ERR_PART, "reasoning_tokens", v[1], v[5]);
    }
    return fault(TOKUSAGE_OK, NULL, 0, 0);
}

/* What infer answers. *c becomes the usage after the call. */
static tokusage_error inferred(counts *c) {
    const tokusage_error before = judged(c);
    if (before.status != TOKUSAGE_OK) {
        return before;
    }
    counts filled = *c;
    int64_t *v = filled.value;
    if (v[0] != ABSENT && v[1] != ABSENT && v[2] == ABSENT) {
        v[2] = v[0] + v[1];
    } else if (v[0] != ABSENT && v[1] == ABSENT && v[2] != ABSENT) {
        v[1] = v[2] - v[0];
    } else if (v[0] == ABSENT && v[1] != ABSENT && v[2] != ABSENT) {
        v[0] = v[2] - v[1];
    }
    const tokusage_error after = judged(&filled);
    if (after.status == TOKUSAGE_OK) {
        *c = filled;
    }
    return after;
}

/* What reconcile answers. *c becomes the usage after the call. */
static tokusage_error reconciled(counts *c) {
    if (range_of(c).status != TOKUSAGE_OK) {
        return range_of(c);
    }
    counts settled = *c;
    int64_t *v = settled.value;
    if (v[0] != ABSENT && v[1] != ABSENT && v[2] != ABSENT && v[0] + v[1] != v[2]) {
        const int64_t d = v[2] - (v[0] + v[1]);
        if (v[5] != ABSENT && v[5] > 0 && d == v[5]) {
            v[1] += d;
        } else if (v[3] != ABSENT && v[3] > 0 && d == v[3]) {
            v[0] += d;
        } else if (v[5] != ABSENT && v[5] > 0 && -d == v[5] && v[1] + d >= v[5]) {
            v[1] += d;
        }
    }
    const tokusage_error error = inferred(&settled);
    if (error.status == TOKUSAGE_OK) {
        *c = settled;
    }
    return error;
}

static tokusage_error left_alone(counts *c) {
    return judged(c);
}

/* ----------------------------------------------------------------------------------------------- comparison */

typedef tokusage_status judge(tokusage *usage, tokusage_error *error);

static tokusage_status validate(tokusage *usage, tokusage_error *error) {
    return tokusage_validate(usage, error);
}

/* Calls it with an error and without one. */
static void expect(judge *call, const counts *before, const tokusage_error *want, const counts *after) {
    tokusage usage = of(before);
    tokusage_error got;
    spoil(&got, sizeof got);
    const tokusage_status status = call(&usage, &got);
    const bool same_member = want->member == got.member ||
                             (want->member != NULL && got.member != NULL && strcmp(want->member, got.member) == 0);
    if (status != want->status || got.status != want->status || !same_member || got.offset != 0 ||
        got.expected != want->expected || got.actual != want->actual) {
        fail_msg("%s: expected '%s' about %s (%lld, %lld), got '%s' about %s (%lld, %lld)", told(before),
                 tokusage_status_text(want->status), want->member ? want->member : "nothing", (long long)want->expected,
                 (long long)want->actual, tokusage_status_text(status), got.member ? got.member : "nothing",
                 (long long)got.expected, (long long)got.actual);
    }
    if (!is(&usage, after)) {
        fail_msg("%s: the counts afterwards are not as expected", told(before));
    }
    usage = of(before);
    assert_int_equal(call(&usage, NULL), want->status);
    assert_true(is(&usage, after));
}

typedef struct rule {
    judge *call;
    tokusage_error (*opinion)(counts *c);
    bool settles; /* the result is valid, and a second call changes nothing */
} rule;

static void expect_rule(const rule *r, const counts *before) {
    counts after = *before;
    const tokusage_error want = r->opinion(&after);
    expect(r->call, before, &want, &after);
    if (r->settles && want.status == TOKUSAGE_OK) {
        expect(validate, &after, &want, &after);
        expect(r->call, &after, &want, &after);
    }
}

/* Every combination of the limits in prompt, completion and total; and of related values in all six. */
static void expect_rule_everywhere(const rule *r) {
    for (size_t p = 0; p < LENGTH(limits); p++) {
        for (size_t c = 0; c < LENGTH(limits); c++) {
            for (size_t t = 0; t < LENGTH(limits); t++) {
                const counts all = three(limits[p], limits[c], limits[t]);
                expect_rule(r, &all);
            }
        }
    }
    size_t combinations = 1;
    for (size_t i = 0; i < SIX; i++) {
        combinations *= LENGTH(related);
    }
    for (size_t number = 0; number < combinations; number++) {
        counts all;
        size_t rest = number;
        for (size_t i = 0; i < SIX; i++) {
            all.value[i] = related[rest % LENGTH(related)];
            rest /= LENGTH(related);
        }
        expect_rule(r, &all);
    }
}

/* Each limit in each count; the other counts are good. */
static void expect_rule_at_each_limit(const rule *r) {
    for (size_t member = 0; member < SIX; member++) {
        for (size_t i = 0; i < LENGTH(limits); i++) {
            counts all = {{5, 7, 12, 2, 1, 3}};
            all.value[member] = limits[i];
            expect_rule(r, &all);
        }
    }
}

typedef struct answer {
    counts before;
    tokusage_error want;
    counts after; /* for OK; else the usage is unchanged */
} answer;

#define GOOD                                                                                                           \
    { TOKUSAGE_OK, NULL, 0, 0, 0 }
#define RANGE_OF(member)                                                                                               \
    { TOKUSAGE_ERR_RANGE, (member), 0, 0, 0 }
#define TOTAL_IS(parts, total)                                                                                         \
    { TOKUSAGE_ERR_TOTAL, "total_tokens", 0, (parts), (total) }
#define PART_IS(member, whole, part)                                                                                   \
    { TOKUSAGE_ERR_PART, (member), 0, (whole), (part) }
#define A ABSENT

static void expect_answers(judge *call, const answer *answers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const answer *one = &answers[i];
        expect(call, &one->before, &one->want, one->want.status == TOKUSAGE_OK ? &one->after : &one->before);
    }
}

/* Calls with no usage, and with values that no present count has. */
static void expect_argument(judge *call) {
    tokusage_error error;
    spoil(&error, sizeof error);
    assert_int_equal(call(NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no usage", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_int_equal(call(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
}

static void expect_absent_values_are_not_looked_at(judge *call) {
    static const int64_t values[] = {INT64_MIN, -1, 1, MAX, INT64_MAX};
    for (size_t member = 0; member < SIX; member++) {
        for (size_t i = 0; i < LENGTH(values); i++) {
            counts all = {{15, 7, 22, 2, 1, 3}};
            all.value[member] = ABSENT;
            tokusage usage = of(&all);
            tokusage_count_slot(&usage, member)->value = values[i];
            assert_int_equal(call(&usage, NULL), TOKUSAGE_OK);
        }
    }
}

/* ------------------------------------------------------------------------------------------------ validate */

static const rule validating = {validate, left_alone, false};

static void validate_judges_every_combination_of_counts(void **state) {
    (void)state;
    expect_rule_everywhere(&validating);
    expect_rule_at_each_limit(&validating);
}

static void validate_finds_a_total_that_contradicts_its_parts(void **state) {
    (void)state;
    static const answer answers[] = {
        {{{5, 7, 12, A, A, A}}, GOOD, {{5, 7, 12, A, A, A}}},
        {{{0, 0, 0, A, A, A}}, GOOD, {{0, 0, 0, A, A, A}}},
        {{{A, A, A, A, A, A}}, GOOD, {{A, A, A, A, A, A}}},
        {{{12, 1, 303, A, A, A}}, TOTAL_IS(13, 303), {{0}}},
        {{{5, 7, 11, A, A, A}}, TOTAL_IS(12, 11), {{0}}},
        {{{5, 7, 13, A, A, A}}, TOTAL_IS(12, 13), {{0}}},
        {{{5, 7, 0, A, A, A}}, TOTAL_IS(12, 0), {{0}}},
        {{{0, 0, 1, A, A, A}}, TOTAL_IS(0, 1), {{0}}},
        {{{5, A, 5, A, A, A}}, GOOD, {{5, A, 5, A, A, A}}},
        {{{5, A, 6, A, A, A}}, GOOD, {{5, A, 6, A, A, A}}},
        {{{5, A, 4, A, A, A}}, TOTAL_IS(5, 4), {{0}}},
        {{{A, 5, 5, A, A, A}}, GOOD, {{A, 5, 5, A, A, A}}},
        {{{A, 5, 4, A, A, A}}, TOTAL_IS(5, 4), {{0}}},
        {{{A, A, 4, A, A, A}}, GOOD, {{A, A, 4, A, A, A}}},
        {{{5, 7, A, A, A, A}}, GOOD, {{5, 7, A, A, A, A}}},
        {{{MAX, MAX, A, A, A, A}}, GOOD, {{MAX, MAX, A, A, A, A}}},
        {{{MAX, MAX, MAX, A, A, A}}, TOTAL_IS(2 * MAX, MAX), {{0}}},
        {{{MAX, 0, MAX, A, A, A}}, GOOD, {{MAX, 0, MAX, A, A, A}}},
        {{{MAX, 1, MAX, A, A, A}}, TOTAL_IS(MAX + 1, MAX), {{0}}},
    };
    expect_answers(validate, answers, LENGTH(answers));
}

static void validate_finds_a_part_that_is_larger_than_its_whole(void **state) {
    (void)state;
    static const answer answers[] = {
        {{{5, A, A, 5, A, A}}, GOOD, {{5, A, A, 5, A, A}}},
        {{{5, A, A, 6, A, A}}, PART_IS("cached_tokens", 5, 6), {{0}}},
        {{{5, A, A, A, 5, A}}, GOOD, {{5, A, A, A, 5, A}}},
        {{{5, A, A, A, 6, A}}, PART_IS("cache_write_tokens", 5, 6), {{0}}},
        {{{5, A, A, 3, 2, A}}, GOOD, {{5, A, A, 3, 2, A}}},
        {{{5, A, A, 3, 3, A}}, PART_IS("cached_tokens", 5, 6), {{0}}},
        {{{5, A, A, 0, 6, A}}, PART_IS("cached_tokens", 5, 6), {{0}}},
        {{{0, A, A, 0, 0, A}}, GOOD, {{0, A, A, 0, 0, A}}},
        {{{0, A, A, A, 1, A}}, PART_IS("cache_write_tokens", 0, 1), {{0}}},
        {{{MAX, A, A, MAX, MAX, A}}, PART_IS("cached_tokens", MAX, 2 * MAX), {{0}}},
        {{{A, 7, A, A, A, 7}}, GOOD, {{A, 7, A, A, A, 7}}},
        {{{A, 7, A, A, A, 8}}, PART_IS("reasoning_tokens", 7, 8), {{0}}},
        {{{A, 0, A, A, A, 1}}, PART_IS("reasoning_tokens", 0, 1), {{0}}},
        {{{5, A, A, A, A, 9}}, GOOD, {{5, A, A, A, A, 9}}},
        {{{A, 7, A, 9, 9, A}}, GOOD, {{A, 7, A, 9, 9, A}}},
        {{{A, A, 12, 9, 9, 99}}, GOOD, {{A, A, 12, 9, 9, 99}}},
        {{{5, 7, 12, 6, A, 8}}, PART_IS("cached_tokens", 5, 6), {{0}}},
        {{{5, 7, 12, 2, 1, 8}}, PART_IS("reasoning_tokens", 7, 8), {{0}}},
        {{{5, 7, 12, 2, 1, 3}}, GOOD, {{5, 7, 12, 2, 1, 3}}},
    };
    expect_answers(validate, answers, LENGTH(answers));
}

static void validate_tells_range_before_total_before_part(void **state) {
    (void)state;
    static const answer answers[] = {
        {{{-1, 7, 6, A, A, A}}, RANGE_OF("prompt_tokens"), {{0}}},
        {{{5, MAX + 1, 6, A, A, A}}, RANGE_OF("completion_tokens"), {{0}}},
        {{{5, 7, -12, A, A, A}}, RANGE_OF("total_tokens"), {{0}}},
        {{{-1, -1, -1, -1, -1, -1}}, RANGE_OF("prompt_tokens"), {{0}}},
        {{{A, -1, -1, -1, -1, -1}}, RANGE_OF("completion_tokens"), {{0}}},
        {{{5, 7, 99, -1, -1, -1}}, RANGE_OF("cached_tokens"), {{0}}},
        {{{5, 7, 99, 9, MAX + 1, -1}}, RANGE_OF("cache_write_tokens"), {{0}}},
        {{{5, 7, 99, 9, 9, INT64_MIN + 1}}, RANGE_OF("reasoning_tokens"), {{0}}},
        {{{INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX}}, RANGE_OF("prompt_tokens"), {{0}}},
        {{{5, 7, 13, 9, 9, 9}}, TOTAL_IS(12, 13), {{0}}},
        {{{5, A, 4, 9, 9, 9}}, TOTAL_IS(5, 4), {{0}}},
        {{{5, 7, 12, 9, 9, 9}}, PART_IS("cached_tokens", 5, 18), {{0}}},
    };
    expect_answers(validate, answers, LENGTH(answers));
}

static void validate_does_not_look_at_the_value_of_an_absent_count(void **state) {
    (void)state;
    expect_absent_values_are_not_looked_at(validate);
}

static void validate_refuses_a_missing_usage(void **state) {
    (void)state;
    expect_argument(validate);
}

static void usage_of_all_zero_bytes_reports_nothing_and_is_valid(void **state) {
    (void)state;
    tokusage usage;
    memset(&usage, 0, sizeof usage);
    const counts nothing = {{A, A, A, A, A, A}};
    assert_true(is(&usage, &nothing));
    assert_int_equal(tokusage_validate(&usage, NULL), TOKUSAGE_OK);
}

/* ------------------------------------------------------------------------------------------------ infer */

static const rule inferring = {tokusage_infer, inferred, true};

static void infer_judges_and_fills_every_combination_of_counts(void **state) {
    (void)state;
    expect_rule_everywhere(&inferring);
    expect_rule_at_each_limit(&inferring);
}

static void infer_fills_the_one_count_that_is_absent(void **state) {
    (void)state;
    static const answer answers[] = {
        {{{5, 7, A, A, A, A}}, GOOD, {{5, 7, 12, A, A, A}}},
        {{{5, A, 12, A, A, A}}, GOOD, {{5, 7, 12, A, A, A}}},
        {{{A, 7, 12, A, A, A}}, GOOD, {{5, 7, 12, A, A, A}}},
        {{{5, 7, 12, A, A, A}}, GOOD, {{5, 7, 12, A, A, A}}},
        {{{0, 0, A, A, A, A}}, GOOD, {{0, 0, 0, A, A, A}}},
        {{{5, A, 5, A, A, A}}, GOOD, {{5, 0, 5, A, A, A}}},
        {{{A, 0, MAX, A, A, A}}, GOOD, {{MAX, 0, MAX, A, A, A}}},
        {{{MAX - 1, 1, A, A, A, A}}, GOOD, {{MAX - 1, 1, MAX, A, A, A}}},
        {{{5, A, A, A, A, A}}, GOOD, {{5, A, A, A, A, A}}},
        {{{A, 7, A, A, A, A}}, GOOD, {{A, 7, A, A, A, A}}},
        {{{A, A, 12, A, A, A}}, GOOD, {{A, A, 12, A, A, A}}},
        {{{A, A, A, A, A, A}}, GOOD, {{A, A, A, A, A, A}}},
        {{{A, A, A, 2, 1, 3}}, GOOD, {{A, A, A, 2, 1, 3}}},
        {{{A, 7, 12, 2, 3, 7}}, GOOD, {{5, 7, 12, 2, 3, 7}}},
        {{{5, A, 12, 2, 3, 7}}, GOOD, {{5, 7, 12, 2, 3, 7}}},
    };
    expect_answers(tokusage_infer, answers, LENGTH(answers));
}

static void infer_changes_nothing_when_the_counts_disagree_before_or_after(void **state) {
    (void)state;
    static const answer answers[] = {
        {{{MAX, 1, A, A, A, A}}, RANGE_OF("total_tokens"), {{0}}},
        {{{MAX, MAX, A, A, A, A}}, RANGE_OF("total_tokens"), {{0}}},
        {{{13, A, 12, A, A, A}}, TOTAL_IS(13, 12), {{0}}},
        {{{A, 13, 12, A, A, A}}, TOTAL_IS(13, 12), {{0}}},
        {{{5, 7, 13, A, A, A}}, TOTAL_IS(12, 13), {{0}}},
        {{{-5, 7, A, A, A, A}}, RANGE_OF("prompt_tokens"), {{0}}},
        {{{INT64_MAX, INT64_MAX, A, A, A, A}}, RANGE_OF("prompt_tokens"), {{0}}},
        {{{INT64_MIN + 1, A, INT64_MAX, A, A, A}}, RANGE_OF("prompt_tokens"), {{0}}},
        {{{5, 7, A, 6, A, A}}, PART_IS("cached_tokens", 5, 6), {{0}}},
        {{{A, 7, 12, 6, A, A}}, PART_IS("cached_tokens", 5, 6), {{0}}},
        {{{A, 7, 12, 2, 4, A}}, PART_IS("cached_tokens", 5, 6), {{0}}},
        {{{A, 7, 12, A, 6, A}}, PART_IS("cache_write_tokens", 5, 6), {{0}}},
        {{{5, A, 12, A, A, 8}}, PART_IS("reasoning_tokens", 7, 8), {{0}}},
        {{{MAX, 1, A, A, A, 2}}, PART_IS("reasoning_tokens", 1, 2), {{0}}},
    };
    expect_answers(tokusage_infer, answers, LENGTH(answers));
}

static void infer_does_not_look_at_the_value_of_an_absent_count(void **state) {
    (void)state;
    expect_absent_values_are_not_looked_at(tokusage_infer);
}

static void infer_refuses_a_missing_usage(void **state) {
    (void)state;
    expect_argument(tokusage_infer);
}

/* ---------------------------------------------------------------------------------------------- reconcile */

static const rule reconciling = {tokusage_reconcile, reconciled, true};

static void reconcile_settles_every_combination_of_counts(void **state) {
    (void)state;
    expect_rule_everywhere(&reconciling);
    expect_rule_at_each_limit(&reconciling);
}

static void reconcile_moves_a_difference_that_explains_itself(void **state) {
    (void)state;
    static const answer answers[] = {
        /* the reasoning is beside the completion */
        {{{5, 7, 15, A, A, 3}}, GOOD, {{5, 10, 15, A, A, 3}}},
        {{{5, 0, 8, A, A, 3}}, GOOD, {{5, 3, 8, A, A, 3}}},
        {{{0, 0, MAX, A, A, MAX}}, GOOD, {{0, MAX, MAX, A, A, MAX}}},
        /* the cached tokens are beside the prompt */
        {{{5, 7, 15, 3, A, A}}, GOOD, {{8, 7, 15, 3, A, A}}},
        {{{5, 7, 15, 3, 4, 2}}, GOOD, {{8, 7, 15, 3, 4, 2}}},
        {{{0, 0, MAX, MAX, A, A}}, GOOD, {{MAX, 0, MAX, MAX, A, A}}},
        /* both explain it: reasoning comes first */
        {{{5, 7, 15, 3, A, 3}}, GOOD, {{5, 10, 15, 3, A, 3}}},
        /* the reasoning was within the completion, and was added to it */
        {{{5, 10, 12, A, A, 3}}, GOOD, {{5, 7, 12, A, A, 3}}},
        {{{5, 6, 8, A, A, 3}}, GOOD, {{5, 3, 8, A, A, 3}}},
        {{{5, 10, 12, 3, 1, 3}}, GOOD, {{5, 7, 12, 3, 1, 3}}},
        {{{1, MAX, MAX, A, A, 1}}, GOOD, {{1, MAX - 1, MAX, A, A, 1}}},
    };
    expect_answers(tokusage_reconcile, answers, LENGTH(answers));
}

static void reconcile_refuses_a_difference_that_nothing_explains(void **state) {
    (void)state;
    static const answer answers[] = {
        {{{5, 7, 13, A, A, A}}, TOTAL_IS(12, 13), {{0}}},
        {{{5, 7, 11, A, A, A}}, TOTAL_IS(12, 11), {{0}}},
        {{{5, 7, 13, A, A, 0}}, TOTAL_IS(12, 13), {{0}}},
        {{{5, 7, 15, A, A, 2}}, TOTAL_IS(12, 15), {{0}}},
        {{{5, 7, 15, A, A, 4}}, TOTAL_IS(12, 15), {{0}}},
        {{{5, 7, 15, 2, A, A}}, TOTAL_IS(12, 15), {{0}}},
        {{{5, 7, 15, 4, A, A}}, TOTAL_IS(12, 15), {{0}}},
        {{{5, 7, 15, 0, 3, A}}, TOTAL_IS(12, 15), {{0}}},
        {{{5, 7, 15, 2, A, 1}}, TOTAL_IS(12, 15), {{0}}},
        {{{5, 7, 9, 3, A, A}}, TOTAL_IS(12, 9), {{0}}},
        {{{5, 5, 7, A, A, 3}}, TOTAL_IS(10, 7), {{0}}},
        {{{5, 10, 12, A, A, 2}}, TOTAL_IS(15, 12), {{0}}},
        {{{MAX, MAX, MAX, A, A, MAX}}, TOTAL_IS(2 * MAX, MAX), {{0}}},
        {{{13, A, 12, A, A, A}}, TOTAL_IS(13, 12), {{0}}},
        {{{A, 13, 12, A, A, 1}}, TOTAL_IS(13, 12), {{0}}},
    };
    expect_answers(tokusage_reconcile, answers, LENGTH(answers));
}

static void reconcile_infers_and_validates_when_there_is_no_difference(void **state) {
    (void)state;
    static const answer answers[] = {
        {{{5, 7, 12, 2, 1, 3}}, GOOD, {{5, 7, 12, 2, 1, 3}}},
        {{{5, 7, 12, 0, 0, 0}}, GOOD, {{5, 7, 12, 0, 0, 0}}},
        {{{5, 7, A, 2, 1, 3}}, GOOD, {{5, 7, 12, 2, 1, 3}}},
        {{{5, A, 12, 2, 1, 3}}, GOOD, {{5, 7, 12, 2, 1, 3}}},
        {{{A, 7, 12, 2, 1, 3}}, GOOD, {{5, 7, 12, 2, 1, 3}}},
        {{{A, A, 3, A, A, 3}}, GOOD, {{A, A, 3, A, A, 3}}},
        {{{A, A, A, A, A, A}}, GOOD, {{A, A, A, A, A, A}}},
        {{{5, 7, 12, 6, A, A}}, PART_IS("cached_tokens", 5, 6), {{0}}},
        {{{5, 7, 12, A, A, 8}}, PART_IS("reasoning_tokens", 7, 8), {{0}}},
        {{{MAX, 1, A, A, A, A}}, RANGE_OF("total_tokens"), {{0}}},
        {{{-1, 7, 12, A, A, A}}, RANGE_OF("prompt_tokens"), {{0}}},
        {{{INT64_MAX, INT64_MAX, INT64_MIN + 1, A, A, A}}, RANGE_OF("prompt_tokens"), {{0}}},
        {{{5, 7, 15, A, A, -3}}, RANGE_OF("reasoning_tokens"), {{0}}},
    };
    expect_answers(tokusage_reconcile, answers, LENGTH(answers));
}

static void reconcile_changes_nothing_when_the_parts_disagree_after_the_move(void **state) {
    (void)state;
    static const answer answers[] = {
        {{{5, 7, 15, 6, A, 3}}, PART_IS("cached_tokens", 5, 6), {{0}}},
        {{{5, 7, 15, 3, 6, A}}, PART_IS("cached_tokens", 8, 9), {{0}}},
        {{{5, 7, 15, 3, A, 8}}, PART_IS("reasoning_tokens", 7, 8), {{0}}},
        {{{5, 10, 12, 6, A, 3}}, PART_IS("cached_tokens", 5, 6), {{0}}},
    };
    expect_answers(tokusage_reconcile, answers, LENGTH(answers));
}

static void reconcile_does_not_look_at_the_value_of_an_absent_count(void **state) {
    (void)state;
    expect_absent_values_are_not_looked_at(tokusage_reconcile);
    static const counts unexplained = {{5, 7, 15, A, A, A}};
    tokusage usage = of(&unexplained);
    usage.cached_tokens.value = 3;
    usage.reasoning_tokens.value = 3;
    assert_int_equal(tokusage_reconcile(&usage, NULL), TOKUSAGE_ERR_TOTAL);
}

static void reconcile_refuses_a_missing_usage(void **state) {
    (void)state;
    expect_argument(tokusage_reconcile);
}

/* --------------------------------------------------------------------------------------------------- add */

/* For one member: the sum, or whether it is refused. */
static bool sum_of(int64_t a, int64_t b, int64_t *sum) {
    if ((a != ABSENT && !in_range(a)) || (b != ABSENT && !in_range(b))) {
        return false;
    }
    if (a == ABSENT || b == ABSENT) {
        *sum = a == ABSENT ? b : a;
        return true;
    }
    *sum = a + b;
    return *sum <= MAX;
}

static void expect_add(const counts *a, const counts *b) {
    counts want;
    bool good = true;
    for (size_t member = 0; member < SIX; member++) {
        good = sum_of(a->value[member], b->value[member], &want.value[member]) && good;
    }
    tokusage sum = of(a);
    tokusage usage = of(b);
    const tokusage_status status = tokusage_add(&sum, &usage);
    if (status != (good ? TOKUSAGE_OK : TOKUSAGE_ERR_RANGE) || !is(&sum, good ? &want : a) || !is(&usage, b)) {
        print_error("%s and\n", told(a));
        fail_msg("%s: '%s'", told(b), tokusage_status_text(status));
    }
}

static void add_adds_count_by_count_at_every_limit(void **state) {
    (void)state;
    for (size_t member = 0; member < SIX; member++) {
        for (size_t i = 0; i < LENGTH(limits); i++) {
            for (size_t j = 0; j < LENGTH(limits); j++) {
                counts a = {{5, 7, 12, 3, 2, 6}};
                counts b = {{1, 2, 3, 4, 5, 6}};
                a.value[member] = limits[i];
                b.value[member] = limits[j];
                expect_add(&a, &b);
            }
        }
    }
}

static void add_treats_each_combination_of_absent_counts(void **state) {
    (void)state;
    for (unsigned mask = 0; mask < 1U << 2 * SIX; mask++) {
        counts a;
        counts b;
        for (unsigned member = 0; member < SIX; member++) {
            a.value[member] = (mask >> member & 1U) != 0 ? 5 + (int64_t)member : ABSENT;
            b.value[member] = (mask >> (SIX + member) & 1U) != 0 ? 50 * (int64_t)member : ABSENT;
        }
        expect_add(&a, &b);
    }
}

static void add_adds_a_usage_to_itself(void **state) {
    (void)state;
    const counts half = {{5, A, MAX / 2, 1, A, MAX / 2}};
    const counts twice = {{10, A, MAX / 2 * 2, 2, A, MAX / 2 * 2}};
    tokusage sum = of(&half);
    assert_int_equal(tokusage_add(&sum, &sum), TOKUSAGE_OK);
    assert_true(is(&sum, &twice));
    const counts more = {{5, A, 12, 1, A, MAX / 2 + 1}};
    sum = of(&more);
    assert_int_equal(tokusage_add(&sum, &sum), TOKUSAGE_ERR_RANGE);
    assert_true(is(&sum, &more));
}

static void add_keeps_totals_over_requests(void **state) {
    (void)state;
    tokusage sum;
    memset(&sum, 0, sizeof sum);
    const tokusage request = usage_of6(5, 7, 12, 2, 1, 3);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(tokusage_add(&sum, &request), TOKUSAGE_OK);
    }
    const counts want = {{5000, 7000, 12000, 2000, 1000, 3000}};
    assert_true(is(&sum, &want));
    assert_int_equal(tokusage_validate(&sum, NULL), TOKUSAGE_OK);
}

static void add_does_not_ask_whether_the_counts_agree(void **state) {
    (void)state;
    const counts contradiction = {{5, 7, 99, 9, 9, 9}};
    expect_add(&contradiction, &contradiction);
}

static void add_does_not_look_at_the_value_of_an_absent_count(void **state) {
    (void)state;
    tokusage sum = usage_of(5, ABSENT, ABSENT);
    tokusage usage = usage_of(ABSENT, 7, ABSENT);
    sum.completion_tokens.value = 1000;
    sum.reasoning_tokens.value = 1000;
    usage.prompt_tokens.value = -1;
    usage.reasoning_tokens.value = MAX + 1;
    assert_int_equal(tokusage_add(&sum, &usage), TOKUSAGE_OK);
    const counts want = three(5, 7, ABSENT);
    assert_true(is(&sum, &want));
}

static void add_refuses_a_missing_argument(void **state) {
    (void)state;
    tokusage usage = usage_of(5, 7, 12);
    const counts same = three(5, 7, 12);
    assert_int_equal(tokusage_add(NULL, &usage), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_add(&usage, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_add(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_true(is(&usage, &same));
}

/* ------------------------------------------------------------------------------------------------- equal */

static void equal_compares_presence_and_value_of_each_count(void **state) {
    (void)state;
    for (size_t member = 0; member < SIX; member++) {
        for (size_t i = 0; i < LENGTH(limits); i++) {
            for (size_t j = 0; j < LENGTH(limits); j++) {
                counts a = {{5, 7, 12, 2, 1, 3}};
                counts b = a;
                a.value[member] = limits[i];
                b.value[member] = limits[j];
                const tokusage x = of(&a);
                const tokusage y = of(&b);
                assert_int_equal(tokusage_equal(&x, &y), i == j);
            }
        }
    }
}

static void equal_tells_absent_from_zero(void **state) {
    (void)state;
    const tokusage zero = usage_of6(0, 0, 0, 0, 0, 0);
    for (size_t member = 0; member < SIX; member++) {
        tokusage other = zero;
        tokusage_count_slot(&other, member)->present = false;
        assert_false(tokusage_equal(&zero, &other));
        assert_false(tokusage_equal(&other, &zero));
        assert_true(tokusage_equal(&other, &other));
    }
}

static void equal_does_not_look_at_padding_or_the_value_of_an_absent_count(void **state) {
    (void)state;
    tokusage a;
    tokusage b;
    memset(&a, 0xFF, sizeof a);
    memset(&b, 0, sizeof b);
    for (size_t member = 0; member < SIX; member++) {
        const bool present = member != TOKUSAGE_TOTAL;
        tokusage_count_slot(&a, member)->present = tokusage_count_slot(&b, member)->present = present;
        tokusage_count_slot(&a, member)->value = present ? 5 : 99;
        tokusage_count_slot(&b, member)->value = present ? 5 : 0;
    }
    assert_true(tokusage_equal(&a, &b));
    assert_true(tokusage_equal(&b, &a));
}

static void equal_says_that_null_equals_only_null(void **state) {
    (void)state;
    const tokusage nothing = usage_of(ABSENT, ABSENT, ABSENT);
    assert_true(tokusage_equal(NULL, NULL));
    assert_false(tokusage_equal(&nothing, NULL));
    assert_false(tokusage_equal(NULL, &nothing));
}

/* --------------------------------------------------------------------------------------------- the members */

static void members_have_the_names_that_errors_give_them(void **state) {
    (void)state;
    assert_int_equal(TOKUSAGE_COUNTS, SIX);
    for (size_t member = 0; member < SIX; member++) {
        assert_string_equal(tokusage_member_name(member), names[member]);
    }
    assert_string_equal(tokusage_member_name(TOKUSAGE_OBJECT), "usage");
    assert_null(tokusage_member_name(TOKUSAGE_NO_MEMBER));
}

static void members_are_the_counts_of_the_struct_in_order(void **state) {
    (void)state;
    tokusage usage = usage_of(5, 7, 12);
    assert_ptr_equal(tokusage_count_at(&usage, TOKUSAGE_PROMPT), &usage.prompt_tokens);
    assert_ptr_equal(tokusage_count_at(&usage, TOKUSAGE_COMPLETION), &usage.completion_tokens);
    assert_ptr_equal(tokusage_count_at(&usage, TOKUSAGE_TOTAL), &usage.total_tokens);
    assert_ptr_equal(tokusage_count_at(&usage, TOKUSAGE_CACHED), &usage.cached_tokens);
    assert_ptr_equal(tokusage_count_at(&usage, TOKUSAGE_CACHE_WRITE), &usage.cache_write_tokens);
    assert_ptr_equal(tokusage_count_at(&usage, TOKUSAGE_REASONING), &usage.reasoning_tokens);
    for (size_t member = 0; member < SIX; member++) {
        assert_ptr_equal(tokusage_count_slot(&usage, member), tokusage_count_at(&usage, member));
    }
}

static tokusage_status check_range(tokusage *usage, tokusage_error *error) {
    return tokusage_check_range(usage, error);
}

static tokusage_error range_alone(counts *c) {
    return range_of(c);
}

static void check_range_checks_each_count_alone(void **state) {
    (void)state;
    static const rule ranging = {check_range, range_alone, false};
    expect_rule_everywhere(&ranging);
    expect_rule_at_each_limit(&ranging);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validate_judges_every_combination_of_counts),
        cmocka_unit_test(validate_finds_a_total_that_contradicts_its_parts),
        cmocka_unit_test(validate_finds_a_part_that_is_larger_than_its_whole),
        cmocka_unit_test(validate_tells_range_before_total_before_part),
        cmocka_unit_test(validate_does_not_look_at_the_value_of_an_absent_count),
        cmocka_unit_test(validate_refuses_a_missing_usage),
        cmocka_unit_test(usage_of_all_zero_bytes_reports_nothing_and_is_valid),
        cmocka_unit_test(infer_judges_and_fills_every_combination_of_counts),
        cmocka_unit_test(infer_fills_the_one_count_that_is_absent),
        cmocka_unit_test(infer_changes_nothing_when_the_counts_disagree_before_or_after),
        cmocka_unit_test(infer_does_not_look_at_the_value_of_an_absent_count),
        cmocka_unit_test(infer_refuses_a_missing_usage),
        cmocka_unit_test(reconcile_settles_every_combination_of_counts),
        cmocka_unit_test(reconcile_moves_a_difference_that_explains_itself),
        cmocka_unit_test(reconcile_refuses_a_difference_that_nothing_explains),
        cmocka_unit_test(reconcile_infers_and_validates_when_there_is_no_difference),
        cmocka_unit_test(reconcile_changes_nothing_when_the_parts_disagree_after_the_move),
        cmocka_unit_test(reconcile_does_not_look_at_the_value_of_an_absent_count),
        cmocka_unit_test(reconcile_refuses_a_missing_usage),
        cmocka_unit_test(add_adds_count_by_count_at_every_limit),
        cmocka_unit_test(add_treats_each_combination_of_absent_counts),
        cmocka_unit_test(add_adds_a_usage_to_itself),
        cmocka_unit_test(add_keeps_totals_over_requests),
        cmocka_unit_test(add_does_not_ask_whether_the_counts_agree),
        cmocka_unit_test(add_does_not_look_at_the_value_of_an_absent_count),
        cmocka_unit_test(add_refuses_a_missing_argument),
        cmocka_unit_test(equal_compares_presence_and_value_of_each_count),
        cmocka_unit_test(equal_tells_absent_from_zero),
        cmocka_unit_test(equal_does_not_look_at_padding_or_the_value_of_an_absent_count),
        cmocka_unit_test(equal_says_that_null_equals_only_null),
        cmocka_unit_test(members_have_the_names_that_errors_give_them),
        cmocka_unit_test(members_are_the_counts_of_the_struct_in_order),
        cmocka_unit_test(check_range_checks_each_count_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
