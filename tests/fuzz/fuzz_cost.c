/*
 * A usage and prices that the input makes up. The cost and the arithmetic of counts must be what the second reader says.
 */
#include "fuzz.h"

#include <string.h>

static int64_t value_of(const tokusage *usage, size_t i) {
    tokusage copy = *usage;
    const tokusage_count *const count = tokusage_count_at(&copy, i);
    return count->present ? count->value : ABSENT;
}

static void expect_cost(const tokusage *usage, const tokusage *prices) {
    int64_t cost = -2, want = -2;
    tokusage_error error;
    const tokusage_status status = tokusage_cost(usage, prices, &cost, &error);
    assert_int_equal(status, error.status);
    assert_int_equal(status, reference_cost(usage, prices, &want));
    assert_int_equal(cost, want);
    /* Of several that are wrong any may be named. */
    if (status == TOKUSAGE_ERR_PART || status == TOKUSAGE_ERR_RANGE) {
        assert_non_null(error.member);
    }
}

/* ---- the arithmetic */

typedef tokusage_status changing(tokusage *usage, tokusage_error *error);

static void expect_change(const char *what, changing *function, tokusage_error (*reference)(tokusage *),
                          const tokusage *usage) {
    tokusage got = *usage, want = *usage;
    tokusage_error error;
    const tokusage_error wanted = reference(&want);
    const tokusage_status status = function(&got, &error);
    assert_int_equal(status, error.status);
    expect_words(what, line_of("%s: %s", error_words(&wanted), usage_words(&want)),
                 line_of("%s: %s", error_words(&error), usage_words(&got)));
}

static void expect_arithmetic(const tokusage *usage) {
    tokusage got = *usage, want = *usage;
    tokusage_error error, wanted = reference_validate(usage);
    (void)tokusage_validate(usage, &error);
    expect_words("validate", error_words(&wanted), error_words(&error));
    expect_change("infer", tokusage_infer, reference_infer, usage);
    expect_change("reconcile", tokusage_reconcile, reference_reconcile, usage);
    const tokusage_verdict verdict = tokusage_settle(&got, &error);
    assert_int_equal(verdict, reference_settle(&want, &wanted));
    expect_words("settle", line_of("%s: %s", error_words(&wanted), usage_words(&want)),
                 line_of("%s: %s", error_words(&error), usage_words(&got)));
}

/* Adds in range, or changes nothing. */
static void expect_sum(const tokusage *a, const tokusage *b) {
    tokusage sum = *a;
    const tokusage_status status = tokusage_add(&sum, b);
    bool fits = true;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const int64_t x = value_of(a, i), y = value_of(b, i);
        const bool fine = (x == ABSENT || (x >= 0 && x <= TOKUSAGE_COUNT_MAX)) &&
                          (y == ABSENT || (y >= 0 && y <= TOKUSAGE_COUNT_MAX)) &&
                          (x == ABSENT || y == ABSENT || x <= TOKUSAGE_COUNT_MAX - y);
        fits = fits && fine;
    }
    assert_int_equal(status, fits ? TOKUSAGE_OK : TOKUSAGE_ERR_RANGE);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const int64_t x = value_of(a, i), y = value_of(b, i);
        assert_int_equal(value_of(&sum, i), !fits || y == ABSENT ? x : x == ABSENT ? y : x + y);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {.at = data, .left = size};
    const tokusage usage = next_usage(&in), prices = next_usage(&in);
    expect_cost(&usage, &prices);
    expect_arithmetic(&usage);
    expect_sum(&usage, &prices);
    return 0;
}
