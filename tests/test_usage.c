/*
 * What the counts say: validate, infer, add and equal, over every combination of counts at the limits; and the table of
 * the members that the other files go by.
 */
#include "support.h"

#include <string.h>

#include "usage.h"

#define MAX TOKUSAGE_COUNT_MAX

static const char *const names[3] = {"prompt_tokens", "completion_tokens", "total_tokens"};

/* Counts in range, and both sides of it. Sums of any two of these fit an int64_t but for the outermost. */
static const int64_t values[] = {
    ABSENT, 0, 1, 2, 5, 7, 12, MAX / 2, MAX / 2 + 1, MAX - 1, MAX, MAX + 1, INT64_MAX, -1, -5, -MAX, INT64_MIN + 1,
};

typedef struct counts {
    int64_t value[3];
} counts;

static tokusage of(const counts *c) {
    return usage_of(c->value[0], c->value[1], c->value[2]);
}

static bool in_range(int64_t value) {
    return value >= 0 && value <= MAX;
}

/* The first count, in the order of the struct, that is present and out of range; 3 if none is. */
static size_t first_out_of_range(const counts *c) {
    size_t member = 0;
    while (member < 3 && (c->value[member] == ABSENT || in_range(c->value[member]))) {
        member++;
    }
    return member;
}

/* The manual's rules, written down once more. */
static tokusage_error judged(const counts *c) {
    tokusage_error error = {TOKUSAGE_OK, NULL, 0, 0, 0};
    size_t bad = first_out_of_range(c);
    if (bad < 3) {
        error.status = TOKUSAGE_ERR_RANGE;
        error.member = names[bad];
        return error;
    }
    int64_t p = c->value[0];
    int64_t k = c->value[1];
    int64_t total = c->value[2];
    if (total == ABSENT || (p == ABSENT && k == ABSENT)) {
        return error;
    }
    int64_t parts = (p == ABSENT ? 0 : p) + (k == ABSENT ? 0 : k);
    bool both = p != ABSENT && k != ABSENT;
    if (both ? parts != total : parts > total) {
        error.status = TOKUSAGE_ERR_TOTAL;
        error.member = names[2];
        error.expected = parts;
        error.actual = total;
    }
    return error;
}

static void expect_same_error(const counts *c, const tokusage_error *want, tokusage_status status,
                              const tokusage_error *got) {
    bool same_member = want->member == got->member ||
                       (want->member != NULL && got->member != NULL && strcmp(want->member, got->member) == 0);
    if (status != want->status || got->status != want->status || !same_member || got->offset != 0 ||
        got->expected != want->expected || got->actual != want->actual) {
        fail_msg("%lld %lld %lld: expected '%s' about %s (%lld, %lld), got '%s' about %s (%lld, %lld)",
                 (long long)c->value[0], (long long)c->value[1], (long long)c->value[2],
                 tokusage_status_text(want->status), want->member ? want->member : "nothing", (long long)want->expected,
                 (long long)want->actual, tokusage_status_text(status), got->member ? got->member : "nothing",
                 (long long)got->expected, (long long)got->actual);
    }
}

/* Whether the usage is this, with 0 where a count is absent. */
static bool is(const tokusage *usage, const counts *c) {
    tokusage want = of(c);
    return usage->prompt_tokens.present == want.prompt_tokens.present &&
           usage->prompt_tokens.value == want.prompt_tokens.value &&
           usage->completion_tokens.present == want.completion_tokens.present &&
           usage->completion_tokens.value == want.completion_tokens.value &&
           usage->total_tokens.present == want.total_tokens.present &&
           usage->total_tokens.value == want.total_tokens.value;
}

/* Calls `check` with every combination of the values. */
static void with_every_combination(void (*check)(const counts *c)) {
    for (size_t p = 0; p < LENGTH(values); p++) {
        for (size_t c = 0; c < LENGTH(values); c++) {
            for (size_t t = 0; t < LENGTH(values); t++) {
                counts all = {{values[p], values[c], values[t]}};
                check(&all);
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------------ validate */

static void check_validate(const counts *c) {
    tokusage usage = of(c);
    tokusage_error want = judged(c);
    tokusage_error error;
    spoil(&error, sizeof error);
    expect_same_error(c, &want, tokusage_validate(&usage, &error), &error);
    assert_int_equal(tokusage_validate(&usage, NULL), want.status);
    assert_true(is(&usage, c));
}

static void validate_judges_every_combination_of_counts(void **state) {
    (void)state;
    with_every_combination(check_validate);
}

static void validate_finds_what_contradicts(void **state) {
    (void)state;
    static const struct {
        counts given;
        tokusage_error want;
    } cases[] = {
        {{{5, 7, 12}}, {TOKUSAGE_OK, NULL, 0, 0, 0}},
        {{{0, 0, 0}}, {TOKUSAGE_OK, NULL, 0, 0, 0}},
        {{{ABSENT, ABSENT, ABSENT}}, {TOKUSAGE_OK, NULL, 0, 0, 0}},
        {{{12, 1, 303}}, {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, 13, 303}},
        {{{5, 7, 11}}, {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, 12, 11}},
        {{{5, 7, 13}}, {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, 12, 13}},
        {{{5, 7, 0}}, {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, 12, 0}},
        {{{0, 0, 1}}, {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, 0, 1}},
        {{{5, ABSENT, 5}}, {TOKUSAGE_OK, NULL, 0, 0, 0}},
        {{{5, ABSENT, 6}}, {TOKUSAGE_OK, NULL, 0, 0, 0}},
        {{{5, ABSENT, 4}}, {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, 5, 4}},
        {{{ABSENT, 5, 5}}, {TOKUSAGE_OK, NULL, 0, 0, 0}},
        {{{ABSENT, 5, 4}}, {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, 5, 4}},
        {{{ABSENT, ABSENT, 4}}, {TOKUSAGE_OK, NULL, 0, 0, 0}},
        {{{5, 7, ABSENT}}, {TOKUSAGE_OK, NULL, 0, 0, 0}},
        {{{MAX, MAX, ABSENT}}, {TOKUSAGE_OK, NULL, 0, 0, 0}},
        {{{MAX, MAX, MAX}}, {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, 2 * MAX, MAX}},
        {{{MAX, 0, MAX}}, {TOKUSAGE_OK, NULL, 0, 0, 0}},
        {{{MAX, 1, MAX}}, {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, MAX + 1, MAX}},
        {{{-1, 7, 6}}, {TOKUSAGE_ERR_RANGE, "prompt_tokens", 0, 0, 0}},
        {{{5, MAX + 1, 6}}, {TOKUSAGE_ERR_RANGE, "completion_tokens", 0, 0, 0}},
        {{{5, 7, -12}}, {TOKUSAGE_ERR_RANGE, "total_tokens", 0, 0, 0}},
        {{{-1, -1, -1}}, {TOKUSAGE_ERR_RANGE, "prompt_tokens", 0, 0, 0}},
        {{{INT64_MAX, INT64_MAX, INT64_MAX}}, {TOKUSAGE_ERR_RANGE, "prompt_tokens", 0, 0, 0}},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage usage = of(&cases[i].given);
        tokusage_error error;
        spoil(&error, sizeof error);
        expect_same_error(&cases[i].given, &cases[i].want, tokusage_validate(&usage, &error), &error);
    }
}

static void validate_does_not_look_at_the_value_of_an_absent_count(void **state) {
    (void)state;
    tokusage usage = usage_of(5, ABSENT, 12);
    usage.completion_tokens.value = INT64_MIN;
    assert_int_equal(tokusage_validate(&usage, NULL), TOKUSAGE_OK);
    usage = usage_of(5, 7, ABSENT);
    usage.total_tokens.value = INT64_MAX;
    assert_int_equal(tokusage_validate(&usage, NULL), TOKUSAGE_OK);
}

static void validate_refuses_no_usage(void **state) {
    (void)state;
    tokusage_error error;
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_validate(NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("validate", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_int_equal(tokusage_validate(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
}

static void usage_of_all_zero_bytes_reports_nothing_and_is_valid(void **state) {
    (void)state;
    tokusage usage;
    memset(&usage, 0, sizeof usage);
    counts nothing = {{ABSENT, ABSENT, ABSENT}};
    assert_true(is(&usage, &nothing));
    assert_int_equal(tokusage_validate(&usage, NULL), TOKUSAGE_OK);
}

/* ------------------------------------------------------------------------------------------------ infer */

static void check_infer(const counts *c) {
    tokusage_error want = judged(c);
    counts after = *c;
    const int64_t *v = c->value;
    if (want.status == TOKUSAGE_OK && v[0] != ABSENT && v[1] != ABSENT && v[2] == ABSENT) {
        after.value[2] = v[0] + v[1];
        if (after.value[2] > MAX) {
            after = *c;
            want.status = TOKUSAGE_ERR_RANGE;
            want.member = names[2];
        }
    } else if (want.status == TOKUSAGE_OK && v[0] != ABSENT && v[1] == ABSENT && v[2] != ABSENT) {
        after.value[1] = v[2] - v[0];
    } else if (want.status == TOKUSAGE_OK && v[0] == ABSENT && v[1] != ABSENT && v[2] != ABSENT) {
        after.value[0] = v[2] - v[1];
    }
    tokusage usage = of(c);
    tokusage_error error;
    spoil(&error, sizeof error);
    expect_same_error(c, &want, tokusage_infer(&usage, &error), &error);
    assert_true(is(&usage, &after));
    usage = of(c);
    assert_int_equal(tokusage_infer(&usage, NULL), want.status);
    assert_true(is(&usage, &after));
    if (want.status == TOKUSAGE_OK) {
        assert_int_equal(tokusage_validate(&usage, NULL), TOKUSAGE_OK);
        assert_int_equal(tokusage_infer(&usage, NULL), TOKUSAGE_OK);
        assert_true(is(&usage, &after));
    }
}

static void infer_judges_and_fills_every_combination_of_counts(void **state) {
    (void)state;
    with_every_combination(check_infer);
}

static void infer_fills_the_one_count_that_is_absent(void **state) {
    (void)state;
    static const struct {
        counts before;
        tokusage_status status;
        counts after;
    } cases[] = {
        {{{5, 7, ABSENT}}, TOKUSAGE_OK, {{5, 7, 12}}},
        {{{5, ABSENT, 12}}, TOKUSAGE_OK, {{5, 7, 12}}},
        {{{ABSENT, 7, 12}}, TOKUSAGE_OK, {{5, 7, 12}}},
        {{{5, 7, 12}}, TOKUSAGE_OK, {{5, 7, 12}}},
        {{{0, 0, ABSENT}}, TOKUSAGE_OK, {{0, 0, 0}}},
        {{{5, ABSENT, 5}}, TOKUSAGE_OK, {{5, 0, 5}}},
        {{{ABSENT, 0, MAX}}, TOKUSAGE_OK, {{MAX, 0, MAX}}},
        {{{MAX - 1, 1, ABSENT}}, TOKUSAGE_OK, {{MAX - 1, 1, MAX}}},
        {{{MAX, 1, ABSENT}}, TOKUSAGE_ERR_RANGE, {{MAX, 1, ABSENT}}},
        {{{MAX, MAX, ABSENT}}, TOKUSAGE_ERR_RANGE, {{MAX, MAX, ABSENT}}},
        {{{5, ABSENT, ABSENT}}, TOKUSAGE_OK, {{5, ABSENT, ABSENT}}},
        {{{ABSENT, ABSENT, 12}}, TOKUSAGE_OK, {{ABSENT, ABSENT, 12}}},
        {{{ABSENT, ABSENT, ABSENT}}, TOKUSAGE_OK, {{ABSENT, ABSENT, ABSENT}}},
        {{{13, ABSENT, 12}}, TOKUSAGE_ERR_TOTAL, {{13, ABSENT, 12}}},
        {{{ABSENT, 13, 12}}, TOKUSAGE_ERR_TOTAL, {{ABSENT, 13, 12}}},
        {{{5, 7, 13}}, TOKUSAGE_ERR_TOTAL, {{5, 7, 13}}},
        {{{-5, 7, ABSENT}}, TOKUSAGE_ERR_RANGE, {{-5, 7, ABSENT}}},
        {{{INT64_MAX, INT64_MAX, ABSENT}}, TOKUSAGE_ERR_RANGE, {{INT64_MAX, INT64_MAX, ABSENT}}},
        {{{INT64_MIN + 1, ABSENT, INT64_MAX}}, TOKUSAGE_ERR_RANGE, {{INT64_MIN + 1, ABSENT, INT64_MAX}}},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage usage = of(&cases[i].before);
        assert_int_equal(tokusage_infer(&usage, NULL), cases[i].status);
        assert_true(is(&usage, &cases[i].after));
    }
}

static void infer_refuses_no_usage(void **state) {
    (void)state;
    tokusage_error error;
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_infer(NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("infer", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_int_equal(tokusage_infer(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
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
    for (size_t member = 0; member < 3; member++) {
        good = sum_of(a->value[member], b->value[member], &want.value[member]) && good;
    }
    tokusage sum = of(a);
    tokusage usage = of(b);
    tokusage_status status = tokusage_add(&sum, &usage);
    if (status != (good ? TOKUSAGE_OK : TOKUSAGE_ERR_RANGE) || !is(&sum, good ? &want : a) || !is(&usage, b)) {
        fail_msg("%lld %lld %lld and %lld %lld %lld: '%s'", (long long)a->value[0], (long long)a->value[1],
                 (long long)a->value[2], (long long)b->value[0], (long long)b->value[1], (long long)b->value[2],
                 tokusage_status_text(status));
    }
}

static void add_adds_count_by_count_at_every_limit(void **state) {
    (void)state;
    for (size_t member = 0; member < 3; member++) {
        for (size_t i = 0; i < LENGTH(values); i++) {
            for (size_t j = 0; j < LENGTH(values); j++) {
                counts a = {{5, 7, 12}};
                counts b = {{1, 2, 3}};
                a.value[member] = values[i];
                b.value[member] = values[j];
                expect_add(&a, &b);
            }
        }
    }
}

static void add_treats_each_combination_of_absent_counts(void **state) {
    (void)state;
    for (unsigned mask = 0; mask < 64; mask++) {
        counts a = {{mask & 1U ? 5 : ABSENT, mask & 2U ? 7 : ABSENT, mask & 4U ? 12 : ABSENT}};
        counts b = {{mask & 8U ? 50 : ABSENT, mask & 16U ? 0 : ABSENT, mask & 32U ? 120 : ABSENT}};
        expect_add(&a, &b);
    }
}

static void add_adds_a_usage_to_itself(void **state) {
    (void)state;
    tokusage sum = usage_of(5, ABSENT, MAX / 2);
    counts twice = {{10, ABSENT, MAX / 2 * 2}};
    assert_int_equal(tokusage_add(&sum, &sum), TOKUSAGE_OK);
    assert_true(is(&sum, &twice));
    sum = usage_of(5, ABSENT, MAX / 2 + 1);
    counts same = {{5, ABSENT, MAX / 2 + 1}};
    assert_int_equal(tokusage_add(&sum, &sum), TOKUSAGE_ERR_RANGE);
    assert_true(is(&sum, &same));
}

static void add_keeps_totals_over_requests(void **state) {
    (void)state;
    tokusage sum;
    memset(&sum, 0, sizeof sum);
    tokusage request = usage_of(5, 7, 12);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(tokusage_add(&sum, &request), TOKUSAGE_OK);
    }
    counts want = {{5000, 7000, 12000}};
    assert_true(is(&sum, &want));
    assert_int_equal(tokusage_validate(&sum, NULL), TOKUSAGE_OK);
}

static void add_does_not_look_at_the_value_of_an_absent_count(void **state) {
    (void)state;
    tokusage sum = usage_of(5, ABSENT, ABSENT);
    tokusage usage = usage_of(ABSENT, 7, ABSENT);
    sum.completion_tokens.value = 1000;
    usage.prompt_tokens.value = -1;
    assert_int_equal(tokusage_add(&sum, &usage), TOKUSAGE_OK);
    counts want = {{5, 7, ABSENT}};
    assert_true(is(&sum, &want));
}

static void add_refuses_a_missing_argument(void **state) {
    (void)state;
    tokusage usage = usage_of(5, 7, 12);
    counts same = {{5, 7, 12}};
    assert_int_equal(tokusage_add(NULL, &usage), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_add(&usage, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_add(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_true(is(&usage, &same));
}

/* ------------------------------------------------------------------------------------------------- equal */

static void equal_compares_presence_and_value_of_each_count(void **state) {
    (void)state;
    for (size_t member = 0; member < 3; member++) {
        for (size_t i = 0; i < LENGTH(values); i++) {
            for (size_t j = 0; j < LENGTH(values); j++) {
                counts a = {{5, 7, 12}};
                counts b = {{5, 7, 12}};
                a.value[member] = values[i];
                b.value[member] = values[j];
                tokusage x = of(&a);
                tokusage y = of(&b);
                assert_int_equal(tokusage_equal(&x, &y), i == j);
            }
        }
    }
}

static void equal_tells_absent_from_zero(void **state) {
    (void)state;
    tokusage zero = usage_of(0, 0, 0);
    tokusage nothing = usage_of(ABSENT, ABSENT, ABSENT);
    assert_false(tokusage_equal(&zero, &nothing));
    assert_false(tokusage_equal(&nothing, &zero));
    assert_true(tokusage_equal(&nothing, &nothing));
}

static void equal_does_not_look_at_padding_or_the_value_of_an_absent_count(void **state) {
    (void)state;
    tokusage a;
    tokusage b;
    memset(&a, 0xFF, sizeof a);
    memset(&b, 0, sizeof b);
    a.prompt_tokens.present = a.completion_tokens.present = b.prompt_tokens.present = b.completion_tokens.present =
        true;
    a.prompt_tokens.value = b.prompt_tokens.value = 5;
    a.completion_tokens.value = b.completion_tokens.value = 7;
    a.total_tokens.present = false;
    a.total_tokens.value = 99;
    assert_true(tokusage_equal(&a, &b));
    assert_true(tokusage_equal(&b, &a));
}

static void equal_holds_null_equal_to_null_only(void **state) {
    (void)state;
    tokusage nothing = usage_of(ABSENT, ABSENT, ABSENT);
    assert_true(tokusage_equal(NULL, NULL));
    assert_false(tokusage_equal(&nothing, NULL));
    assert_false(tokusage_equal(NULL, &nothing));
}

/* --------------------------------------------------------------------------------------------- the members */

static void members_are_found_by_their_exact_names(void **state) {
    (void)state;
    for (size_t member = 0; member < 3; member++) {
        const char *name = names[member];
        size_t length = strlen(name);
        assert_string_equal(tokusage_member_name(member), name);
        assert_int_equal(tokusage_member_find(against_the_end(name, length), length), member);
        for (size_t cut = 0; cut < length; cut++) {
            assert_int_equal(tokusage_member_find(name, cut), TOKUSAGE_MEMBERS);
            assert_int_equal(tokusage_member_find(name + cut + 1, length - cut - 1), TOKUSAGE_MEMBERS);
            char changed[32];
            memcpy(changed, name, length);
            for (int byte = 0; byte < 256; byte++) {
                changed[cut] = (char)byte;
                size_t found = tokusage_member_find(against_the_end(changed, length), length);
                assert_int_equal(found, (char)byte == name[cut] ? member : TOKUSAGE_MEMBERS);
            }
        }
        assert_int_equal(tokusage_member_find(name, length + 1), TOKUSAGE_MEMBERS);
    }
}

static void members_are_the_counts_of_the_struct_in_order(void **state) {
    (void)state;
    tokusage usage = usage_of(5, 7, 12);
    assert_ptr_equal(tokusage_member_count(&usage, 0), &usage.prompt_tokens);
    assert_ptr_equal(tokusage_member_count(&usage, 1), &usage.completion_tokens);
    assert_ptr_equal(tokusage_member_count(&usage, 2), &usage.total_tokens);
    for (size_t member = 0; member < 3; member++) {
        assert_ptr_equal(tokusage_member_slot(&usage, member), tokusage_member_count(&usage, member));
    }
}

static void check_range(const counts *c) {
    tokusage usage = of(c);
    size_t bad = first_out_of_range(c);
    tokusage_error want = {bad < 3 ? TOKUSAGE_ERR_RANGE : TOKUSAGE_OK, bad < 3 ? names[bad] : NULL, 0, 0, 0};
    tokusage_error error;
    spoil(&error, sizeof error);
    expect_same_error(c, &want, tokusage_check_range(&usage, &error), &error);
    assert_int_equal(tokusage_check_range(&usage, NULL), want.status);
}

static void range_asks_each_count_alone(void **state) {
    (void)state;
    with_every_combination(check_range);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validate_judges_every_combination_of_counts),
        cmocka_unit_test(validate_finds_what_contradicts),
        cmocka_unit_test(validate_does_not_look_at_the_value_of_an_absent_count),
        cmocka_unit_test(validate_refuses_no_usage),
        cmocka_unit_test(usage_of_all_zero_bytes_reports_nothing_and_is_valid),
        cmocka_unit_test(infer_judges_and_fills_every_combination_of_counts),
        cmocka_unit_test(infer_fills_the_one_count_that_is_absent),
        cmocka_unit_test(infer_refuses_no_usage),
        cmocka_unit_test(add_adds_count_by_count_at_every_limit),
        cmocka_unit_test(add_treats_each_combination_of_absent_counts),
        cmocka_unit_test(add_adds_a_usage_to_itself),
        cmocka_unit_test(add_keeps_totals_over_requests),
        cmocka_unit_test(add_does_not_look_at_the_value_of_an_absent_count),
        cmocka_unit_test(add_refuses_a_missing_argument),
        cmocka_unit_test(equal_compares_presence_and_value_of_each_count),
        cmocka_unit_test(equal_tells_absent_from_zero),
        cmocka_unit_test(equal_does_not_look_at_padding_or_the_value_of_an_absent_count),
        cmocka_unit_test(equal_holds_null_equal_to_null_only),
        cmocka_unit_test(members_are_found_by_their_exact_names),
        cmocka_unit_test(members_are_the_counts_of_the_struct_in_order),
        cmocka_unit_test(range_asks_each_count_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
