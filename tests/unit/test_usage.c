/*
 * What the counts say: validate, infer, reconcile, settle, add, equal, and the counts by number. Tables of cases, and
 * the rules written a second time for random usages.
 */
#include <string.h>

#include "body.h"
#include "rows.h"

#define MAX TOKUSAGE_COUNT_MAX

/* ---------------------------------------------------------------------------------------------------- comparison */

/* A function under test: works on a usage, and returns its answer as words. `error` may be NULL. */
typedef const char *call(tokusage *usage, tokusage_error *error);

static const char *status_words(tokusage_status status) {
    const tokusage_error error = {.status = status};
    return error_words(&error);
}

/* The status that was returned, and what the error says if there is one. */
static const char *returned(tokusage_status status, const tokusage_error *error) {
    if (error == NULL) {
        return status_words(status);
    }
    return error->status == status ? error_words(error)
                                   : line_of("%s, but the error says %s", status_words(status), error_words(error));
}

static const char *validate(tokusage *usage, tokusage_error *error) {
    return returned(tokusage_validate(usage, error), error);
}

static const char *infer(tokusage *usage, tokusage_error *error) {
    return returned(tokusage_infer(usage, error), error);
}

static const char *reconcile(tokusage *usage, tokusage_error *error) {
    return returned(tokusage_reconcile(usage, error), error);
}

static const char *settle(tokusage *usage, tokusage_error *error) {
    const char *const word = tokusage_verdict_text(tokusage_settle(usage, error));
    return error != NULL ? line_of("%s %s", word, error_words(error)) : word;
}

/* Calls it with an error and without one. `want` is the answer; `after` is the usage then. */
static void expect_call(call *function, const tokusage *before, const char *want, const tokusage *after) {
    tokusage usage = *before;
    tokusage_error error;
    spoil(&error, sizeof error);
    expect_words(usage_words(before), want, function(&usage, &error));
    expect_same_usage("afterwards", &usage, after);
    usage = *before;
    const char *const short_words = function(&usage, NULL);
    if (strncmp(want, short_words, strlen(short_words)) != 0) {
        fail_msg("%s: without an error the answer is %s", usage_words(before), short_words);
    }
    expect_same_usage("without an error, afterwards", &usage, after);
}

static void expect_is(const char *what, const char *words, const tokusage *usage) {
    const tokusage want = usage_in(words);
    expect_same_usage(what, usage, &want);
}

typedef struct row {
    const char *before, *want, *after; /* after NULL: the usage is as before */
} row;

/* A test that is a table of rows for one function. */
typedef struct row_table {
    call *function;
    const row *rows;
    size_t count;
} row_table;

#define ROWS_TEST(function, table)                                                                                     \
    {                                                                                                                  \
        .name = #table, .test_func = run_rows, .initial_state = &(row_table) {                                         \
            (function), (table), LENGTH(table)                                                                         \
        }                                                                                                              \
    }

static void run_rows(void **state) {
    const row_table *const all = *state;
    for (const row *one = all->rows; one < all->rows + all->count; one++) {
        const tokusage before = usage_in(one->before);
        const tokusage after = one->after != NULL ? usage_in(one->after) : before;
        expect_call(all->function, &before, one->want, &after);
    }
}

/* --------------------------------------------------------------------------------- what holds for all four of them */

static const struct {
    call *function;
    const char *prefix; /* of its answer when an argument or a count is wrong */
} calls[] = {{validate, ""}, {infer, ""}, {reconcile, ""}, {settle, "invalid "}};

static void each_function_refuses_a_missing_usage(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(calls); i++) {
        tokusage_error error;
        spoil(&error, sizeof error);
        expect_words("no usage", line_of("%sARGUMENT", calls[i].prefix), calls[i].function(NULL, &error));
        assert_non_null(calls[i].function(NULL, NULL));
    }
}

static const int64_t outside[] = {-1, -5, INT64_MIN, INT64_MIN + 1, -MAX, MAX + 1, INT64_MAX};

/* Each count alone; and once all from it on: the first one is named. */
static void each_function_refuses_each_count_out_of_range_and_changes_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(calls); i++) {
        for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
            for (size_t j = 0; j < LENGTH(outside); j++) {
                tokusage usage = usage_in("prompt 50 completion 7 total 99 cached 60 reasoning 9");
                for (size_t k = count; k < (j == 0 ? TOKUSAGE_COUNTS : count + 1); k++) {
                    *tokusage_count_at(&usage, k) = (tokusage_count){true, outside[j]};
                }
                const char *const name = short_name(tokusage_count_name(count));
                expect_call(calls[i].function, &usage, line_of("%sRANGE %s", calls[i].prefix, name), &usage);
            }
        }
    }
}

static void each_function_ignores_the_value_of_an_absent_count(void **state) {
    (void)state;
    static const char *const want[] = {"OK", "OK", "OK", "consistent OK"};
    for (size_t i = 0; i < LENGTH(calls); i++) {
        for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
            for (size_t j = 0; j < LENGTH(outside); j++) {
                tokusage usage = usage_in("prompt 15 completion 7 total 22");
                *tokusage_count_at(&usage, count) = (tokusage_count){false, outside[j]};
                tokusage_error error;
                expect_words(usage_words(&usage), want[i], calls[i].function(&usage, &error));
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------------------ validate */

static const row validate_finds_a_total_that_contradicts_its_parts[] = {
    {"", "OK", NULL},
    {"prompt 5 completion 7 total 12", "OK", NULL},
    {"prompt 0 completion 0 total 0", "OK", NULL},
    {"prompt 12 completion 1 total 303", "TOTAL total 13 303", NULL},
    {"prompt 5 completion 7 total 11", "TOTAL total 12 11", NULL},
    {"prompt 5 completion 7 total 13", "TOTAL total 12 13", NULL},
    {"prompt 5 completion 7 total 0", "TOTAL total 12 0", NULL},
    {"prompt 0 completion 0 total 1", "TOTAL total 0 1", NULL},
    {"prompt 5 total 5", "OK", NULL},
    {"prompt 5 total 6", "OK", NULL},
    {"prompt 5 total 4", "TOTAL total 5 4", NULL},
    {"completion 5 total 5", "OK", NULL},
    {"completion 5 total 6", "OK", NULL},
    {"completion 5 total 4", "TOTAL total 5 4", NULL},
    {"total 4", "OK", NULL},
    {"prompt 5 completion 7", "OK", NULL},
    {"prompt MAX completion MAX", "OK", NULL},
    {"prompt MAX completion MAX total MAX", "TOTAL total 2MAX MAX", NULL},
    {"prompt MAX completion 0 total MAX", "OK", NULL},
    {"prompt MAX completion 1 total MAX", "TOTAL total MAX+1 MAX", NULL},
    {"prompt MAX-1 completion 1 total MAX", "OK", NULL},
    {"total 5 cached 9 cache_write 9 reasoning 9 prompt_audio 9", "OK", NULL},
};

static const struct {
    int64_t whole, first, second; /* -1: absent */
    bool agrees;
} amounts[] = {
    {5, 5, -1, true},     {5, 6, -1, false},    {0, 0, -1, true},       {0, 1, -1, false},         {MAX, MAX, -1, true},
    {-1, 9, -1, true},    {5, 3, 2, true},      {5, 3, 3, false},       {5, 0, 6, false},          {5, 6, 0, false},
    {5, -1, 5, true},     {5, -1, 6, false},    {0, 0, 0, true},        {0, -1, 1, false},         {MAX, MAX, 0, true},
    {MAX, MAX, 1, false}, {-1, MAX, MAX, true}, {MAX, MAX, MAX, false}, {MAX - 1, MAX, -1, false}, {5, -1, -1, true},
};

static const char *with_part(const char *words, const char *name, int64_t value) {
    return value >= 0 ? line_of("%s%s%s %s", words, *words != '\0' ? " " : "", name, number_words(value)) : words;
}

static const char *short_name_of(size_t count) {
    return short_name(tokusage_count_name(count));
}

/* The part alone, or with a second one, which is not `first`. */
static void expect_parts(size_t whole, size_t first, size_t second) {
    for (size_t j = 0; j < LENGTH(amounts); j++) {
        if (first == second && amounts[j].second >= 0) {
            continue;
        }
        const char *words = with_part("", short_name_of(whole), amounts[j].whole);
        words = with_part(words, short_name_of(first), amounts[j].first);
        words = with_part(words, short_name_of(second), amounts[j].second);
        const int64_t more = amounts[j].second > 0 ? amounts[j].second : 0;
        const int64_t parts = (amounts[j].first > 0 ? amounts[j].first : 0) + more;
        const char *const want = line_of("PART %s %s %s", short_name_of(amounts[j].first >= 0 ? first : second),
                                         number_words(amounts[j].whole), number_words(parts));
        const tokusage usage = usage_in(words);
        expect_call(validate, &usage, amounts[j].agrees ? "OK" : want, &usage);
    }
}

static void validate_compares_the_parts_of_each_whole_with_it(void **state) {
    (void)state;
    size_t count = 0;
    const part_row *const rows = part_rows(&count);
    for (const part_row *in = rows; in < rows + count; in++) {
        for (size_t i = 0; i < in->parts; i++) {
            for (size_t k = i; k < in->parts; k++) {
                expect_parts(in->whole, in->part[i], in->part[k]);
            }
        }
    }
}

/* Each row breaks this rule and all that come after it. */
static void validate_says_range_before_total_before_the_parts_in_their_order(void **state) {
    (void)state;
    static const char *const last[] = {"prompt 5 completion 7 total 99", "prompt 5 completion 7"};
    static const char *const wants[] = {"PART cached 5 6",       "PART cache_write_1h 4 9",  "PART prompt_audio 5 6",
                                        "PART cached_audio 3 4", "PART cached_image 2 3",    "PART cached_audio 1 2",
                                        "PART reasoning 7 8",    "PART completion_audio 7 8"};
    static const char *const broken[] = {
        "cached 6 cache_write_1h 9 prompt_audio 3 prompt_image 3 cached_audio 4 reasoning 8 completion_audio 8",
        "cached 1 cache_write 4 cache_write_1h 9 prompt_audio 6 cached_audio 7 reasoning 8 completion_audio 8",
        "cached 1 prompt_audio 6 cached_audio 7 reasoning 8 completion_audio 8",
        "cached 1 prompt_audio 3 prompt_image 2 cached_audio 4 cached_image 3 reasoning 8 completion_audio 8",
        "cached 1 prompt_audio 3 prompt_image 2 cached_audio 2 cached_image 3 reasoning 8 completion_audio 8",
        "cached 1 prompt_audio 3 prompt_image 2 cached_audio 1 cached_image 1 reasoning 8 completion_audio 8",
        "cached 1 reasoning 8 completion_audio 8",
        "completion_audio 8",
    };
    for (size_t i = 0; i < LENGTH(broken); i++) {
        const tokusage with_total = usage_in(line_of("%s %s", last[0], broken[i]));
        const tokusage without = usage_in(line_of("%s %s", last[1], broken[i]));
        const tokusage out_of_range = usage_in(line_of("%s %s completion_image -1", last[0], broken[i]));
        expect_call(validate, &out_of_range, "RANGE completion_image", &out_of_range);
        expect_call(validate, &with_total, "TOTAL total 12 99", &with_total);
        expect_call(validate, &without, wants[i], &without);
    }
}

/* --------------------------------------------------------------------------------------------------------- infer */

static const row infer_fills_the_one_count_that_is_absent_if_the_counts_agree_then[] = {
    {"prompt 5 completion 7", "OK", "prompt 5 completion 7 total 12"},
    {"prompt 5 total 12", "OK", "prompt 5 completion 7 total 12"},
    {"completion 7 total 12", "OK", "prompt 5 completion 7 total 12"},
    {"prompt 0 completion 0", "OK", "prompt 0 completion 0 total 0"},
    {"prompt 5 total 5", "OK", "prompt 5 completion 0 total 5"},
    {"completion 0 total MAX", "OK", "prompt MAX completion 0 total MAX"},
    {"prompt MAX-1 completion 1", "OK", "prompt MAX-1 completion 1 total MAX"},
    {"prompt 5 total 12 reasoning 7", "OK", "prompt 5 completion 7 total 12 reasoning 7"},
    {"completion 7 total 12 cached 5", "OK", "prompt 5 completion 7 total 12 cached 5"},
    {"prompt 5 completion 7 total 12 cached 2 reasoning 1", "OK", NULL},
    {"", "OK", NULL},
    {"prompt 5", "OK", NULL},
    {"completion 5 reasoning 2", "OK", NULL},
    {"total 12 cached 9", "OK", NULL},
    /* nothing changes when the counts disagree, before or after */
    {"prompt 5 completion 7 total 13", "TOTAL total 12 13", NULL},
    {"prompt 5 total 4", "TOTAL total 5 4", NULL},
    {"prompt 5 completion 7 cached 6", "PART cached 5 6", NULL},
    {"completion 7 total 12 cached 6", "PART cached 5 6", NULL},
    {"completion 7 total 12 cached 3 cache_write 3", "PART cached 5 6", NULL},
    {"completion 7 total 12 prompt_audio 3 prompt_image 3", "PART prompt_audio 5 6", NULL},
    {"prompt 5 total 12 reasoning 8", "PART reasoning 7 8", NULL},
    {"prompt 5 total 12 completion_image 8", "PART completion_image 7 8", NULL},
    {"prompt MAX completion 1", "RANGE total", NULL},
    {"prompt MAX completion MAX", "RANGE total", NULL},
};

/* ----------------------------------------------------------------------------------------------------- reconcile */

static const row reconcile_explains_a_difference_by_a_count_that_was_reported[] = {
    /* reasoning that the completion lacks */
    {"prompt 10 completion 5 total 18 reasoning 3", "OK", "prompt 10 completion 8 total 18 reasoning 3"},
    /* cached, written, or both, that the prompt lacks */
    {"prompt 10 completion 5 total 22 cached 7", "OK", "prompt 17 completion 5 total 22 cached 7"},
    {"prompt 10 completion 5 total 22 cache_write 7", "OK", "prompt 17 completion 5 total 22 cache_write 7"},
    {"prompt 10 completion 5 total 22 cached 3 cache_write 4", "OK",
     "prompt 17 completion 5 total 22 cached 3 cache_write 4"},
    {"prompt 10 completion 5 total 17 cached 1 cache_write 1", "OK",
     "prompt 12 completion 5 total 17 cached 1 cache_write 1"},
    {"prompt 10 completion 5 total 17 cached 1 reasoning 1", "OK",
     "prompt 11 completion 6 total 17 cached 1 reasoning 1"},
    {"prompt 10 completion 5 total 22 cached 7 cache_write 2", "OK",
     "prompt 17 completion 5 total 22 cached 7 cache_write 2"},
    {"prompt 10 completion 5 total 22 cached 2 cache_write 7", "OK",
     "prompt 17 completion 5 total 22 cached 2 cache_write 7"},
    /* audio that the prompt lacks */
    {"prompt 10 completion 5 total 22 prompt_audio 7", "OK", "prompt 17 completion 5 total 22 prompt_audio 7"},
    /* reasoning and cached, each that of its own whole */
    {"prompt 10 completion 5 total 25 cached 7 reasoning 3", "OK",
     "prompt 17 completion 8 total 25 cached 7 reasoning 3"},
    /* reasoning that the completion has twice */
    {"prompt 10 completion 8 total 15 reasoning 3", "OK", "prompt 10 completion 5 total 15 reasoning 3"},
    {"prompt 10 completion 6 total 13 reasoning 3", "OK", "prompt 10 completion 3 total 13 reasoning 3"},
    /* several fit: the first does */
    {"prompt 10 completion 5 total 18 cached 3 reasoning 3", "OK",
     "prompt 10 completion 8 total 18 cached 3 reasoning 3"},
    {"prompt 10 completion 5 total 18 reasoning 3 prompt_audio 3", "OK",
     "prompt 10 completion 8 total 18 reasoning 3 prompt_audio 3"},
    /* without a total a prompt that is less than what is cached lacks it */
    {"prompt 10 completion 5 cached 11", "OK", "prompt 21 completion 5 total 26 cached 11"},
    {"prompt 0 cached 1", "OK", "prompt 1 cached 1"},
    {"prompt 10 cached 10", "OK", NULL},
    {"prompt 10 completion 5 cached 10", "OK", "prompt 10 completion 5 total 15 cached 10"},
    /* nothing to explain */
    {"prompt 5 completion 7 total 12 cached 2", "OK", NULL},
    {"prompt 5 total 12", "OK", "prompt 5 completion 7 total 12"},
    /* at the limit */
    {"prompt 0 completion 0 total MAX reasoning MAX", "OK", "prompt 0 completion MAX total MAX reasoning MAX"},
    {"prompt 0 completion 0 total MAX cached MAX", "OK", "prompt MAX completion 0 total MAX cached MAX"},
    {"prompt 0 completion 0 total MAX cached MAX-1 cache_write 1", "OK",
     "prompt MAX completion 0 total MAX cached MAX-1 cache_write 1"},
};

static const row reconcile_refuses_a_difference_that_nothing_explains_and_changes_nothing[] = {
    {"prompt 5 completion 7 total 13", "TOTAL total 12 13", NULL},
    {"prompt 5 completion 7 total 11", "TOTAL total 12 11", NULL},
    {"prompt 5 completion 7 total 13 cached 0 reasoning 0 cache_write 0 prompt_audio 0", "TOTAL total 12 13", NULL},
    {"prompt 10 completion 5 total 17 reasoning 3", "TOTAL total 15 17", NULL},
    {"prompt 10 completion 5 total 19 reasoning 3", "TOTAL total 15 19", NULL},
    {"prompt 10 completion 5 total 21 cached 7", "TOTAL total 15 21", NULL},
    {"prompt 10 completion 5 total 23 cached 7", "TOTAL total 15 23", NULL},
    {"prompt 10 completion 5 total 22 prompt_image 7", "TOTAL total 15 22", NULL},
    {"prompt 10 completion 5 total 22 completion_audio 7", "TOTAL total 15 22", NULL},
    {"prompt 10 completion 5 total 22 cache_write_1h 7", "TOTAL total 15 22", NULL},
    {"prompt 10 completion 5 total 22 cached_audio 7", "TOTAL total 15 22", NULL},
    /* reasoning and something else than cached; cached and audio */
    {"prompt 10 completion 5 total 25 cache_write 7 reasoning 3", "TOTAL total 15 25", NULL},
    {"prompt 10 completion 5 total 25 cached 7 prompt_audio 3", "TOTAL total 15 25", NULL},
    /* the completion would be less than its reasoning */
    {"prompt 10 completion 5 total 12 reasoning 3", "TOTAL total 15 12", NULL},
    /* a total that is too small by something else than reasoning */
    {"prompt 10 completion 8 total 15 cached 3", "TOTAL total 18 15", NULL},
    {"prompt 10 completion 8 total 16 reasoning 3", "TOTAL total 18 16", NULL},
    /* one of the three is absent, so there is no difference */
    {"prompt 5 total 4 reasoning 1", "TOTAL total 5 4", NULL},
    {"completion 5 total 4 reasoning 1", "TOTAL total 5 4", NULL},
    /* with a total, cached that is more than the prompt explains nothing by itself */
    {"prompt 10 completion 5 total 15 cached 11", "PART cached 10 11", NULL},
    {"prompt 10 total 15 cached 11", "PART cached 10 11", NULL},
    /* what is written explains nothing without a total */
    {"prompt 10 completion 5 cache_write 11", "PART cache_write 10 11", NULL},
    /* the first rule that fits is the one, even if the parts disagree then */
    {"prompt 1 completion 5 total 9 cached 3 reasoning 3", "PART cached 1 3", NULL},
    {"prompt 10 completion 5 total 22 cached 7 reasoning 6", "PART reasoning 5 6", NULL},
    {"prompt 10 completion 5 cached 11 cache_write 11", "PART cached 21 22", NULL},
    {"prompt MAX completion 1", "RANGE total", NULL},
    /* what is explained must be in range */
    {"prompt 1 cached MAX", "PART cached 1 MAX", NULL},
    {"prompt 1 completion 1 cached MAX", "PART cached 1 MAX", NULL},
};

/* -------------------------------------------------------------------------------------------------------- settle */

static const row settle_says_consistent_or_that_a_count_explains_the_difference[] = {
    {"prompt 5 completion 7 total 12", "consistent OK", NULL},
    {"prompt 5 completion 7 total 12 cached 5 reasoning 7", "consistent OK", NULL},
    {"prompt 0 completion 0 total 0", "consistent OK", NULL},
    {"prompt 5 completion 7", "consistent OK", "prompt 5 completion 7 total 12"},
    {"prompt 5 total 12", "consistent OK", "prompt 5 completion 7 total 12"},
    {"", "consistent OK", NULL},
    {"prompt 5", "consistent OK", NULL},
    {"completion 5", "consistent OK", NULL},
    {"cached 5", "consistent OK", NULL},
    /* a total that would be out of range is not filled in */
    {"prompt MAX completion 1", "consistent OK", NULL},
    {"total 5 cached 5", "consistent OK", NULL},
    {"total 5 completion_image 5", "consistent OK", NULL},
    /* a count that was reported explains the difference */
    {"prompt 10 completion 5 total 18 reasoning 3", "reconciled OK", "prompt 10 completion 8 total 18 reasoning 3"},
    {"prompt 10 completion 5 total 22 cached 7", "reconciled OK", "prompt 17 completion 5 total 22 cached 7"},
    {"prompt 10 completion 8 total 15 reasoning 3", "reconciled OK", "prompt 10 completion 5 total 15 reasoning 3"},
    {"prompt 10 completion 5 total 22 prompt_audio 7", "reconciled OK",
     "prompt 17 completion 5 total 22 prompt_audio 7"},
    {"prompt 10 completion 5 cached 11", "reconciled OK", "prompt 21 completion 5 total 26 cached 11"},
};

static const row settle_assumes_hidden_reasoning_or_that_a_total_alone_is_the_prompt[] = {
    {"prompt 7 completion 7 total 100", "assumed OK", "prompt 7 completion 93 total 100 reasoning 86"},
    {"prompt 5 completion 7 total 13", "assumed OK", "prompt 5 completion 8 total 13 reasoning 1"},
    {"prompt 0 completion 0 total MAX", "assumed OK", "prompt 0 completion MAX total MAX reasoning MAX"},
    {"prompt 9 completion 7 total 30 cached 3", "assumed OK", "prompt 9 completion 21 total 30 cached 3 reasoning 14"},
    {"total 8", "assumed OK", "prompt 8 completion 0 total 8"},
    {"total 0", "assumed OK", "prompt 0 completion 0 total 0"},
    {"total MAX", "assumed OK", "prompt MAX completion 0 total MAX"},
};

static const row settle_says_contradictory_and_changes_nothing_else[] = {
    {"prompt 5 completion 7 total 11", "contradictory TOTAL total 12 11", NULL},
    {"prompt 5 completion 7 total 13 reasoning 0", "contradictory TOTAL total 12 13", NULL},
    {"prompt 5 completion 7 total 20 reasoning 3", "contradictory TOTAL total 12 20", NULL},
    {"prompt 5 total 4", "contradictory TOTAL total 5 4", NULL},
    {"completion 5 total 4", "contradictory TOTAL total 5 4", NULL},
    {"prompt 5 completion 7 total 12 cached 6", "contradictory PART cached 5 6", NULL},
    {"prompt 5 completion 7 total 12 reasoning 8", "contradictory PART reasoning 7 8", NULL},
    {"prompt 5 completion 7 total 12 completion_audio 4 completion_image 4", "contradictory PART completion_audio 7 8",
     NULL},
    {"completion 7 total 12 cached 6", "contradictory PART cached 5 6", NULL},
    {"prompt 1 cached MAX", "contradictory PART cached 1 MAX", NULL},
    /* hidden reasoning would not make it agree */
    {"prompt 10 completion 20 total 100 cached 50", "contradictory TOTAL total 30 100", NULL},
    {"cached 5 cached_image 6", "contradictory PART cached_image 5 6", NULL},
};

/* ----------------------------------------------------------------------------------- the rules, written once more */

/* Small numbers that often are the sum or the difference of others. */
static int64_t related(void) {
    static const int64_t numbers[] = {0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 10, 12};
    return numbers[random_below(LENGTH(numbers))];
}

static tokusage random_related(void) {
    tokusage usage = usage_in("");
    const size_t rare = 1 + random_below(6);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (random_below(i < 3 ? 5 : rare + 1) > (i < 3 ? 0U : rare - 1)) {
            *tokusage_count_at(&usage, i) = (tokusage_count){true, related()};
        }
    }
    return usage;
}

static int64_t number(const tokusage_count *count) {
    return count->present ? count->value : 0;
}

/* The first thing that disagrees, as error words. */
static const char *disagreement(tokusage *u) {
    const bool p = u->prompt_tokens.present;
    const bool c = u->completion_tokens.present;
    const int64_t parts = number(&u->prompt_tokens) + number(&u->completion_tokens);
    const int64_t total = u->total_tokens.value;
    if (u->total_tokens.present && (p || c) && (p && c ? parts != total : parts > total)) {
        return line_of("TOTAL total %lld %lld", (long long)parts, (long long)total);
    }
    size_t count = 0;
    const part_row *const rows = part_rows(&count);
    for (const part_row *in = rows; in < rows + count; in++) {
        const tokusage_count *const whole = tokusage_count_at(u, in->whole);
        size_t first = in->parts;
        int64_t sum = 0;
        for (size_t i = in->parts; i-- > 0;) {
            const tokusage_count *const part = tokusage_count_at(u, in->part[i]);
            sum += number(part);
            first = part->present ? i : first;
        }
        if (whole->present && sum > whole->value) {
            return line_of("PART %s %lld %lld", short_name_of(in->part[first]), (long long)whole->value,
                           (long long)sum);
        }
    }
    return "OK";
}

static void fill_in(tokusage *u) {
    tokusage_count *const p = &u->prompt_tokens;
    tokusage_count *const c = &u->completion_tokens;
    tokusage_count *const t = &u->total_tokens;
    if (p->present + c->present + t->present == 2) {
        tokusage_count *const absent = !p->present ? p : !c->present ? c : t;
        const int64_t value = absent == t ? p->value + c->value : t->value - (absent == p ? c->value : p->value);
        *absent = (tokusage_count){true, value};
    }
}

/* Adds to prompt and completion what explains the difference. Each way to explain it is a row, the first one wins. */
static void explain_difference(tokusage *u) {
    const int64_t reasoning = number(&u->reasoning_tokens);
    const int64_t cached = number(&u->cached_tokens);
    const int64_t written = number(&u->cache_write_tokens);
    const int64_t audio = number(&u->prompt_audio_tokens);
    const bool three = u->prompt_tokens.present && u->completion_tokens.present && u->total_tokens.present;
    const int64_t d = u->total_tokens.value - u->prompt_tokens.value - u->completion_tokens.value;
    const struct {
        bool reported;
        int64_t difference, prompt, completion;
    } ways[] = {
        {reasoning > 0, reasoning, 0, reasoning},
        {cached > 0, cached, cached, 0},
        {written > 0, written, written, 0},
        {cached > 0 && written > 0, cached + written, cached + written, 0},
        {audio > 0, audio, audio, 0},
        {reasoning > 0 && cached > 0, reasoning + cached, cached, reasoning},
        {reasoning > 0 && u->completion_tokens.value >= 2 * reasoning, -reasoning, 0, -reasoning},
    };
    for (size_t i = 0; three && d != 0 && i < LENGTH(ways); i++) {
        if (ways[i].reported && ways[i].difference == d) {
            u->prompt_tokens.value += ways[i].prompt;
            u->completion_tokens.value += ways[i].completion;
            return;
        }
    }
    if (!u->total_tokens.present && u->prompt_tokens.present && cached > u->prompt_tokens.value) {
        u->prompt_tokens.value += cached;
    }
}

/* Each of these answers as the function of its name should, and changes *u as that one should. */
static const char *opinion_on_infer(tokusage *u) {
    tokusage filled = *u;
    const char *words = disagreement(&filled);
    if (strcmp(words, "OK") == 0) {
        fill_in(&filled);
        words = disagreement(&filled);
    }
    *u = strcmp(words, "OK") == 0 ? filled : *u;
    return words;
}

static const char *opinion_on_reconcile(tokusage *u) {
    tokusage explained = *u;
    explain_difference(&explained);
    const char *const words = opinion_on_infer(&explained);
    *u = strcmp(words, "OK") == 0 ? explained : *u;
    return words;
}

static const char *opinion_on_settle(tokusage *u) {
    const tokusage total_alone = {.total_tokens = u->total_tokens};
    const bool agreed = strcmp(disagreement(u), "OK") == 0;
    if (u->total_tokens.present && tokusage_equal(u, &total_alone)) {
        u->prompt_tokens = u->total_tokens;
        u->completion_tokens = (tokusage_count){true, 0};
        return "assumed OK";
    }
    const char *const words = opinion_on_reconcile(u);
    if (strcmp(words, "OK") == 0) {
        return agreed ? "consistent OK" : "reconciled OK";
    }
    tokusage assumed = *u;
    const int64_t d = u->total_tokens.value - u->prompt_tokens.value - u->completion_tokens.value;
    if (strncmp(words, "TOTAL", 5) == 0 && d > 0 && u->prompt_tokens.present && u->completion_tokens.present &&
        !u->reasoning_tokens.present) {
        assumed.completion_tokens.value += d;
        assumed.reasoning_tokens = (tokusage_count){true, d};
        if (strcmp(disagreement(&assumed), "OK") == 0) {
            *u = assumed;
            return "assumed OK";
        }
    }
    return line_of("contradictory %s", words);
}

static void each_function_agrees_with_the_rules_on_random_usages(void **state) {
    (void)state;
    static const struct {
        call *function;
        const char *(*opinion)(tokusage *u);
    } both[] = {{validate, disagreement},
                {infer, opinion_on_infer},
                {reconcile, opinion_on_reconcile},
                {settle, opinion_on_settle}};
    random_seed();
    for (size_t left = rounds(40000); left > 0; left--) {
        const tokusage usage = random_related();
        for (size_t i = 0; i < LENGTH(both); i++) {
            tokusage after = usage;
            const char *const want = both[i].opinion(&after);
            expect_call(both[i].function, &usage, want, &after);
        }
    }
}

/* ----------------------------------------------------------------------------------------------------------- add */

static bool in_range(int64_t value) {
    return value >= 0 && value <= MAX;
}

static void set_count(tokusage *usage, size_t count, int64_t value) {
    *tokusage_count_at(usage, count) = (tokusage_count){value != ABSENT, value != ABSENT ? value : 0};
}

static void expect_sum_of(size_t count, int64_t a, int64_t b) {
    tokusage sum = usage_in("prompt 5 completion 7 total 99 cached_image 3"); /* it need not agree */
    tokusage added = usage_in("prompt 1 completion 2 total 3 reasoning 1");
    tokusage want = usage_in("prompt 6 completion 9 total 102 cached_image 3 reasoning 1");
    const bool inside_both = (a == ABSENT || in_range(a)) && (b == ABSENT || in_range(b));
    const int64_t value = a == ABSENT ? b : b == ABSENT ? a : inside_both ? a + b : -1;
    const bool good = inside_both && (value == ABSENT || in_range(value));
    set_count(&sum, count, a);
    set_count(&added, count, b);
    set_count(&want, count, value);
    const tokusage before = sum;
    const char *const what = line_of("%s + %s", usage_words(&sum), usage_words(&added));
    expect_words(what, good ? "OK" : "RANGE", status_words(tokusage_add(&sum, &added)));
    expect_same_usage(what, &sum, good ? &want : &before);
}

static void add_adds_each_count_to_its_own(void **state) {
    (void)state;
    static const int64_t limits[] = {ABSENT, 0, 1, 5, MAX / 2, MAX / 2 + 1, MAX - 1, MAX, MAX + 1, -1, INT64_MAX};
    for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
        for (size_t i = 0; i < LENGTH(limits); i++) {
            for (size_t j = 0; j < LENGTH(limits); j++) {
                expect_sum_of(count, limits[i], limits[j]);
            }
        }
    }
}

static void add_sums_up_calls_also_of_one_object_and_ignores_the_value_of_an_absent_count(void **state) {
    (void)state;
    tokusage sum = usage_in("");
    tokusage one = usage_in("prompt 50 cached 2");
    sum.completion_tokens.value = 1000;
    one.total_tokens.value = -1;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(tokusage_add(&sum, &one), TOKUSAGE_OK);
    }
    sum.completion_tokens.value = 0;
    expect_is("1,000 calls", "prompt 50000 cached 2000", &sum);
    assert_int_equal(tokusage_add(&sum, &sum), TOKUSAGE_OK);
    expect_is("twice", "prompt 100000 cached 4000", &sum);
}

static void add_refuses_a_missing_argument(void **state) {
    (void)state;
    tokusage usage = usage_in("prompt 5");
    assert_int_equal(tokusage_add(NULL, &usage), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_add(&usage, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_add(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    expect_is("unchanged", "prompt 5", &usage);
}

/* --------------------------------------------------------------------------------------------------------- equal */

static void equal_compares_presence_and_value_of_each_count(void **state) {
    (void)state;
    static const char *const others[] = {"%s 0", "%s 5", "%s MAX"};
    for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
        tokusage usages[LENGTH(others) + 1];
        usages[0] = usage_in("");
        for (size_t i = 0; i < LENGTH(others); i++) {
            const char *const value = others[i] + 3;
            usages[i + 1] = usage_in(line_of("%s %s", short_name(tokusage_count_name(count)), value));
        }
        for (size_t i = 0; i < LENGTH(usages); i++) {
            for (size_t j = 0; j < LENGTH(usages); j++) {
                assert_int_equal(tokusage_equal(&usages[i], &usages[j]), i == j);
            }
        }
    }
}

static void equal_ignores_padding_and_the_value_of_an_absent_count(void **state) {
    (void)state;
    tokusage a;
    tokusage b;
    memset(&a, 0xFF, sizeof a);
    memset(&b, 0, sizeof b);
    for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
        tokusage_count_at(&a, count)->present = tokusage_count_at(&b, count)->present = count != 2;
        tokusage_count_at(&a, count)->value = count != 2 ? 5 : 99;
        tokusage_count_at(&b, count)->value = count != 2 ? 5 : 0;
    }
    assert_true(tokusage_equal(&a, &b));
    assert_true(tokusage_equal(&b, &a));
}

static void equal_says_that_null_equals_only_null(void **state) {
    (void)state;
    const tokusage nothing = usage_in("");
    assert_true(tokusage_equal(NULL, NULL));
    assert_false(tokusage_equal(&nothing, NULL));
    assert_false(tokusage_equal(NULL, &nothing));
}

/* ---------------------------------------------------------------------------------------------- counts by number */

static void counts_are_numbered_in_the_order_of_the_struct(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t offset;
    } members[TOKUSAGE_COUNTS] = {
        {"prompt_tokens", offsetof(tokusage, prompt_tokens)},
        {"completion_tokens", offsetof(tokusage, completion_tokens)},
        {"total_tokens", offsetof(tokusage, total_tokens)},
        {"cached_tokens", offsetof(tokusage, cached_tokens)},
        {"cache_write_tokens", offsetof(tokusage, cache_write_tokens)},
        {"cache_write_1h_tokens", offsetof(tokusage, cache_write_1h_tokens)},
        {"prompt_audio_tokens", offsetof(tokusage, prompt_audio_tokens)},
        {"prompt_image_tokens", offsetof(tokusage, prompt_image_tokens)},
        {"cached_audio_tokens", offsetof(tokusage, cached_audio_tokens)},
        {"cached_image_tokens", offsetof(tokusage, cached_image_tokens)},
        {"reasoning_tokens", offsetof(tokusage, reasoning_tokens)},
        {"completion_audio_tokens", offsetof(tokusage, completion_audio_tokens)},
        {"completion_image_tokens", offsetof(tokusage, completion_image_tokens)},
    };
    tokusage usage = usage_in("");
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        assert_string_equal(tokusage_count_name(i), members[i].name);
        assert_ptr_equal(tokusage_count_at(&usage, i), (char *)&usage + members[i].offset);
    }
}

static void counts_by_number_end_after_the_last_one(void **state) {
    (void)state;
    static const size_t numbers[] = {TOKUSAGE_COUNTS, TOKUSAGE_COUNTS + 1, 255, 256, 1000, SIZE_MAX};
    tokusage usage = usage_in("");
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        assert_null(tokusage_count_at(&usage, numbers[i]));
        assert_null(tokusage_count_name(numbers[i]));
    }
    assert_null(tokusage_count_at(NULL, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_function_refuses_a_missing_usage),
        cmocka_unit_test(each_function_refuses_each_count_out_of_range_and_changes_nothing),
        cmocka_unit_test(each_function_ignores_the_value_of_an_absent_count),
        ROWS_TEST(validate, validate_finds_a_total_that_contradicts_its_parts),
        cmocka_unit_test(validate_compares_the_parts_of_each_whole_with_it),
        cmocka_unit_test(validate_says_range_before_total_before_the_parts_in_their_order),
        ROWS_TEST(infer, infer_fills_the_one_count_that_is_absent_if_the_counts_agree_then),
        ROWS_TEST(reconcile, reconcile_explains_a_difference_by_a_count_that_was_reported),
        ROWS_TEST(reconcile, reconcile_refuses_a_difference_that_nothing_explains_and_changes_nothing),
        ROWS_TEST(settle, settle_says_consistent_or_that_a_count_explains_the_difference),
        ROWS_TEST(settle, settle_assumes_hidden_reasoning_or_that_a_total_alone_is_the_prompt),
        ROWS_TEST(settle, settle_says_contradictory_and_changes_nothing_else),
        cmocka_unit_test(each_function_agrees_with_the_rules_on_random_usages),
        cmocka_unit_test(add_adds_each_count_to_its_own),
        cmocka_unit_test(add_sums_up_calls_also_of_one_object_and_ignores_the_value_of_an_absent_count),
        cmocka_unit_test(add_refuses_a_missing_argument),
        cmocka_unit_test(equal_compares_presence_and_value_of_each_count),
        cmocka_unit_test(equal_ignores_padding_and_the_value_of_an_absent_count),
        cmocka_unit_test(equal_says_that_null_equals_only_null),
        cmocka_unit_test(counts_are_numbered_in_the_order_of_the_struct),
        cmocka_unit_test(counts_by_number_end_after_the_last_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
