/* Statuses, verdicts and errors in words, and the version. */
#include "notation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const tokusage_status statuses[] = {
    TOKUSAGE_OK,          TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_ERR_MEMORY,    TOKUSAGE_ERR_SPACE,
    TOKUSAGE_ERR_SYNTAX,  TOKUSAGE_ERR_DEPTH,    TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_ERR_TYPE,
    TOKUSAGE_ERR_INTEGER, TOKUSAGE_ERR_RANGE,    TOKUSAGE_ERR_DUPLICATE, TOKUSAGE_ERR_TOTAL,
    TOKUSAGE_ERR_PART,
};

static void statuses_have_the_numbers_that_programs_were_built_with(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        assert_int_equal(statuses[i], i);
    }
}

static void status_text_is_different_for_each_status(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        const char *text = tokusage_status_text(statuses[i]);
        size_t length = strlen(text);
        assert_true(length > 3);
        assert_int_not_equal(text[length - 1], '.');
        assert_null(strchr(text, '\n'));
        assert_ptr_equal(tokusage_status_text(statuses[i]), text);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(tokusage_status_text(statuses[j]), text);
        }
    }
}

static void status_text_has_words_for_a_value_that_is_not_a_status(void **state) {
    (void)state;
    static const int numbers[] = {13, 14, 255, 256, -1, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        const char *text = tokusage_status_text((tokusage_status)numbers[i]);
        assert_non_null(text);
        assert_true(strlen(text) > 3);
        for (size_t j = 0; j < LENGTH(statuses); j++) {
            assert_string_not_equal(text, tokusage_status_text(statuses[j]));
        }
    }
}

/* ------------------------------------------------------------------------------------------------- verdicts */

static void verdict_text_is_one_lower_case_word_for_each_verdict(void **state) {
    (void)state;
    static const char *const words[] = {"consistent", "reconciled", "assumed",   "contradictory", "invalid",
                                        "missing",    "failed",     "truncated", "unreadable"};
    static const tokusage_verdict verdicts[] = {TOKUSAGE_CONSISTENT,    TOKUSAGE_RECONCILED, TOKUSAGE_ASSUMED,
                                                TOKUSAGE_CONTRADICTORY, TOKUSAGE_INVALID,    TOKUSAGE_MISSING,
                                                TOKUSAGE_FAILED,        TOKUSAGE_TRUNCATED,  TOKUSAGE_UNREADABLE};
    for (size_t i = 0; i < LENGTH(words); i++) {
        assert_int_equal(verdicts[i], i);
        assert_string_equal(tokusage_verdict_text(verdicts[i]), words[i]);
    }
}

static void verdict_text_has_a_word_for_a_value_that_is_not_a_verdict(void **state) {
    (void)state;
    static const int numbers[] = {9, 10, 255, 256, -1, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        const char *const text = tokusage_verdict_text((tokusage_verdict)numbers[i]);
        assert_true(strlen(text) > 3);
        for (int j = 0; j <= TOKUSAGE_UNREADABLE; j++) {
            assert_string_not_equal(text, tokusage_verdict_text((tokusage_verdict)j));
        }
    }
}

/* ------------------------------------------------------------------------------------------- error_text */

/* Calls it with every size from 0 to more than enough. It must do what snprintf does. */
static void expect_text(const tokusage_error *error, const char *want) {
    size_t length = strlen(want);
    char buffer[300];
    assert_true(length + 10 < sizeof buffer);
    assert_int_equal(tokusage_error_text(error, NULL, 0), length);
    assert_int_equal(tokusage_error_text(error, NULL, 5), length);
    for (size_t size = 0; size <= length + 10; size++) {
        spoil(buffer, sizeof buffer);
        size_t answer = tokusage_error_text(error, buffer, size);
        if (answer != length) {
            fail_msg("%zu in place of %zu for: %s", answer, length, want);
        }
        size_t written = size == 0 ? 0 : size <= length ? size - 1 : length;
        assert_memory_equal(buffer, want, written);
        if (size > 0) {
            assert_int_equal(buffer[written], '\0');
            written++;
        }
        assert_true(spoilt(buffer + written, sizeof buffer - written));
    }
}

static void expect_text_says(const tokusage_error *error, const char *words) {
    char whole[300];
    size_t length = tokusage_error_text(error, whole, sizeof whole);
    assert_true(length < sizeof whole);
    assert_int_equal(strlen(whole), length);
    assert_null(strchr(whole, '\n'));
    if (strstr(whole, words) == NULL) {
        fail_msg("'%s' is missing in: %s", words, whole);
    }
    expect_text(error, whole);
}

static void error_text_says_each_status(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        for (size_t j = 0; j < TOKUSAGE_COUNTS + 2; j++) {
            const char *const member = j == TOKUSAGE_COUNTS ? "usage" : tokusage_count_name(j);
            const tokusage_error error = {statuses[i], member, 0, 0, 0};
            expect_text_says(&error, tokusage_status_text(statuses[i]));
            expect_text_says(&error, member != NULL ? member : "");
        }
    }
}

static void error_text_reads_as_the_manual_shows(void **state) {
    (void)state;
    tokusage_error error = {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, 13, 303};
    expect_text(&error, "total_tokens: contradicts its parts: they say 13, it says 303");
}

static void error_text_says_what_the_part_and_the_whole_are(void **state) {
    (void)state;
    tokusage_error error = {TOKUSAGE_ERR_PART, "cached_tokens", 0, 5, 9};
    expect_text(&error, "cached_tokens: larger than its whole: it says 9, the whole is 5");
}

static void error_text_gives_the_offset_of_syntax_and_depth(void **state) {
    (void)state;
    static const size_t offsets[] = {0, 1, 9, 10, 41, 1000, SIZE_MAX - 1, SIZE_MAX};
    static const tokusage_status with_offset[] = {TOKUSAGE_ERR_SYNTAX, TOKUSAGE_ERR_DEPTH};
    for (size_t i = 0; i < LENGTH(with_offset); i++) {
        for (size_t j = 0; j < LENGTH(offsets); j++) {
            tokusage_error error = {with_offset[i], NULL, offsets[j], 0, 0};
            char want[60];
            (void)snprintf(want, sizeof want, " byte %zu", offsets[j]);
            expect_text_says(&error, want);
        }
    }
}

static void error_text_gives_no_offset_for_other_statuses(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        if (statuses[i] == TOKUSAGE_ERR_SYNTAX || statuses[i] == TOKUSAGE_ERR_DEPTH) {
            continue;
        }
        tokusage_error error = {statuses[i], "usage", 77, 0, 0};
        char whole[300];
        (void)tokusage_error_text(&error, whole, sizeof whole);
        assert_null(strstr(whole, "prompt 77"));
    }
}

static void error_text_gives_both_sides_of_a_contradiction(void **state) {
    (void)state;
    static const int64_t values[] = {0,  9,   10, 13, 99,        100,       TOKUSAGE_COUNT_MAX, 2 * TOKUSAGE_COUNT_MAX,
                                     -1, -10, -9, -5, INT64_MAX, INT64_MIN, INT64_MIN + 1};
    for (size_t i = 0; i < LENGTH(values); i++) {
        for (size_t j = 0; j < LENGTH(values); j++) {
            tokusage_error error = {TOKUSAGE_ERR_TOTAL, "total_tokens", 0, values[i], values[j]};
            char want[200];
            (void)snprintf(want, sizeof want,
                           "total_tokens: contradicts its parts: they say %" PRId64 ", it says %" PRId64, values[i],
                           values[j]);
            expect_text(&error, want);
            error.status = TOKUSAGE_ERR_PART;
            error.member = "reasoning_tokens";
            (void)snprintf(want, sizeof want,
                           "reasoning_tokens: larger than its whole: it says %" PRId64 ", the whole is %" PRId64,
                           values[j], values[i]);
            expect_text(&error, want);
        }
    }
}

static void error_text_gives_no_counts_for_other_statuses(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        if (statuses[i] == TOKUSAGE_ERR_TOTAL || statuses[i] == TOKUSAGE_ERR_PART) {
            continue;
        }
        tokusage_error error = {statuses[i], "usage", 0, 88, 99};
        char whole[300];
        (void)tokusage_error_text(&error, whole, sizeof whole);
        assert_null(strstr(whole, "prompt 88"));
        assert_null(strstr(whole, "prompt 99"));
    }
}

static void error_text_reads_a_null_error_as_a_bad_argument(void **state) {
    (void)state;
    tokusage_error error = {TOKUSAGE_ERR_ARGUMENT, NULL, 0, 0, 0};
    char want[300];
    (void)tokusage_error_text(&error, want, sizeof want);
    expect_text(NULL, want);
    expect_text_says(NULL, tokusage_status_text(TOKUSAGE_ERR_ARGUMENT));
}

static void error_text_has_words_for_a_value_that_is_not_a_status(void **state) {
    (void)state;
    tokusage_error error = {(tokusage_status)99, "usage", 0, 0, 0};
    expect_text_says(&error, tokusage_status_text((tokusage_status)99));
}

static void error_text_describes_the_errors_that_functions_report(void **state) {
    (void)state;
    static const struct {
        const char *usage, *text;
    } cases[] = {
        {"prompt 5 completion 7 total 12 cached 2", "no error"},
        {"prompt -1 completion 7 total 12", "prompt_tokens: out of range"},
        {"prompt 5 completion 7 total 12 completion_image MAX+1", "completion_image_tokens: out of range"},
        {"prompt 12 completion 1 total 303", "total_tokens: contradicts its parts: they say 13, it says 303"},
        {"prompt 5 completion 7 total 12 cached 9", "cached_tokens: larger than its whole: it says 9, the whole is 5"},
        {"prompt 5 completion 7 total 12 cached 4 cache_write 2",
         "cached_tokens: larger than its whole: it says 6, the whole is 5"},
        {"prompt 5 completion 7 total 12 cache_write 6",
         "cache_write_tokens: larger than its whole: it says 6, the whole is 5"},
        {"cache_write 4 cache_write_1h 5", "cache_write_1h_tokens: larger than its whole: it says 5, the whole is 4"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const tokusage usage = usage_in(cases[i].usage);
        tokusage_error error;
        (void)tokusage_validate(&usage, &error);
        expect_text(&error, cases[i].text);
    }
    tokusage_error error;
    (void)tokusage_validate(NULL, &error);
    expect_text(&error, "bad argument");
}

static void error_text_describes_the_errors_of_a_document(void **state) {
    (void)state;
    static const struct {
        const char *json;
        const char *words;
    } cases[] = {
        {"{\"prompt_tokens\":5", " byte 18"},
        {"{\"prompt_tokens\":-1}", "prompt_tokens"},
        {"{\"completion_tokens\":1.5}", "completion_tokens"},
        {"{\"total_tokens\":1,\"total_tokens\":1}", "total_tokens"},
        {"{\"promptTokenCount\":\"5\"}", "prompt_tokens"},
        {"{\"prompt_tokens_details\":{\"cached_tokens\":-1}}", "cached_tokens"},
        {"null", "usage"},
        {"{}", ""},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage usage;
        tokusage_error error;
        tokusage_status status = tokusage_decode(cases[i].json, strlen(cases[i].json), &usage, &error);
        expect_text_says(&error, cases[i].words);
        expect_text_says(&error, tokusage_status_text(status));
    }
}

/* --------------------------------------------------------------------------------------------- size, version */

/* The longest line: the longest member, the longest words, two numbers or an offset of all digits. */
static void error_text_fits_the_size_that_the_header_promises(void **state) {
    (void)state;
    size_t longest = 0;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        for (int status = 0; status <= TOKUSAGE_ERR_PART + 1; status++) {
            const tokusage_error error = {(tokusage_status)status, tokusage_count_name(i), SIZE_MAX, INT64_MIN,
                                          INT64_MIN};
            const size_t length = tokusage_error_text(&error, NULL, 0);
            longest = length > longest ? length : longest;
        }
    }
    assert_true(longest < TOKUSAGE_ERROR_SIZE);
    assert_true(longest > TOKUSAGE_ERROR_SIZE / 2);
}

static void version_is_that_of_the_header_in_three_numbers(void **state) {
    (void)state;
    char want[60];
    (void)snprintf(want, sizeof want, "%d.%d.%d", TOKUSAGE_VERSION_MAJOR, TOKUSAGE_VERSION_MINOR,
                   TOKUSAGE_VERSION_PATCH);
    assert_string_equal(TOKUSAGE_VERSION, want);
    assert_string_equal(tokusage_version(), want);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_have_the_numbers_that_programs_were_built_with),
        cmocka_unit_test(status_text_is_different_for_each_status),
        cmocka_unit_test(status_text_has_words_for_a_value_that_is_not_a_status),
        cmocka_unit_test(verdict_text_is_one_lower_case_word_for_each_verdict),
        cmocka_unit_test(verdict_text_has_a_word_for_a_value_that_is_not_a_verdict),
        cmocka_unit_test(error_text_says_each_status),
        cmocka_unit_test(error_text_reads_as_the_manual_shows),
        cmocka_unit_test(error_text_says_what_the_part_and_the_whole_are),
        cmocka_unit_test(error_text_gives_the_offset_of_syntax_and_depth),
        cmocka_unit_test(error_text_gives_no_offset_for_other_statuses),
        cmocka_unit_test(error_text_gives_both_sides_of_a_contradiction),
        cmocka_unit_test(error_text_gives_no_counts_for_other_statuses),
        cmocka_unit_test(error_text_reads_a_null_error_as_a_bad_argument),
        cmocka_unit_test(error_text_has_words_for_a_value_that_is_not_a_status),
        cmocka_unit_test(error_text_describes_the_errors_that_functions_report),
        cmocka_unit_test(error_text_describes_the_errors_of_a_document),
        cmocka_unit_test(error_text_fits_the_size_that_the_header_promises),
        cmocka_unit_test(version_is_that_of_the_header_in_three_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
