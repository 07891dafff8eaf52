/* Statuses, verdicts and errors in words, and the version. */
#include "body.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    STATUSES = TOKUSAGE_ERR_PART + 1,
    VERDICTS = TOKUSAGE_UNREADABLE + 1
};

static void statuses_and_verdicts_have_the_numbers_that_programs_were_built_with(void **state) {
    (void)state;
    static const int statuses[STATUSES] = {
        TOKUSAGE_OK,          TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_ERR_MEMORY,    TOKUSAGE_ERR_SPACE,
        TOKUSAGE_ERR_SYNTAX,  TOKUSAGE_ERR_DEPTH,    TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_ERR_TYPE,
        TOKUSAGE_ERR_INTEGER, TOKUSAGE_ERR_RANGE,    TOKUSAGE_ERR_DUPLICATE, TOKUSAGE_ERR_TOTAL,
        TOKUSAGE_ERR_PART};
    static const int verdicts[VERDICTS] = {TOKUSAGE_CONSISTENT,    TOKUSAGE_RECONCILED, TOKUSAGE_ASSUMED,
                                           TOKUSAGE_CONTRADICTORY, TOKUSAGE_INVALID,    TOKUSAGE_MISSING,
                                           TOKUSAGE_FAILED,        TOKUSAGE_TRUNCATED,  TOKUSAGE_UNREADABLE};
    for (int i = 0; i < STATUSES; i++) {
        assert_int_equal(statuses[i], i);
    }
    for (int i = 0; i < VERDICTS; i++) {
        assert_int_equal(verdicts[i], i);
    }
}

static void status_text_is_different_for_each_status_and_for_what_is_none(void **state) {
    (void)state;
    static const int none[] = {STATUSES, STATUSES + 1, 255, 256, -1, INT32_MAX, INT32_MIN};
    for (int i = 0; i < STATUSES; i++) {
        const char *const text = tokusage_status_text((tokusage_status)i);
        assert_true(strlen(text) > 3 && strchr(text, '\n') == NULL && text[strlen(text) - 1] != '.');
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(tokusage_status_text((tokusage_status)j), text);
        }
        for (size_t j = 0; j < LENGTH(none); j++) {
            assert_string_not_equal(tokusage_status_text((tokusage_status)none[j]), text);
        }
    }
}

static void verdict_text_is_one_lower_case_word(void **state) {
    (void)state;
    static const char *const words[VERDICTS] = {"consistent", "reconciled", "assumed",   "contradictory", "invalid",
                                                "missing",    "failed",     "truncated", "unreadable"};
    static const int none[] = {VERDICTS, VERDICTS + 1, 255, 256, -1, INT32_MAX, INT32_MIN};
    for (int i = 0; i < VERDICTS; i++) {
        assert_string_equal(tokusage_verdict_text((tokusage_verdict)i), words[i]);
        for (size_t j = 0; j < LENGTH(none); j++) {
            assert_string_not_equal(tokusage_verdict_text((tokusage_verdict)none[j]), words[i]);
        }
    }
}

/* ---------------------------------------------------------------------------------------------------- error_text */

/* Calls it with every size from 0 to more than enough. It must do what snprintf does. */
static void expect_text(const tokusage_error *error, const char *want) {
    const size_t length = strlen(want);
    char buffer[300];
    assert_true(length + 10 < sizeof buffer);
    assert_int_equal(tokusage_error_text(error, NULL, 0), length);
    assert_int_equal(tokusage_error_text(error, NULL, 5), length);
    for (size_t size = 0; size <= length + 10; size++) {
        spoil(buffer, sizeof buffer);
        assert_int_equal(tokusage_error_text(error, buffer, size), length);
        const size_t written = size == 0 ? 0 : size <= length ? size - 1 : length;
        assert_memory_equal(buffer, want, written);
        assert_true(size == 0 || buffer[written] == '\0');
        assert_true(spoilt(buffer + written + (size > 0), sizeof buffer - written - (size > 0)));
    }
}

static void error_text_is_a_line_of_the_member_the_status_and_what_belongs_to_it(void **state) {
    (void)state;
    static const struct {
        tokusage_error error;
        const char *text;
    } cases[] = {
        {{TOKUSAGE_OK, NULL, 0, 0, 0}, "no error"},
        {{TOKUSAGE_ERR_ARGUMENT, NULL, 0, 0, 0}, "bad argument"},
        {{TOKUSAGE_ERR_RANGE, "cached_audio_tokens", 0, 0, 0}, "cached_audio_tokens: out of range"},
        {{TOKUSAGE_ERR_TYPE, "usage", 0, 0, 0}, "usage: wrong type"},
        {{TOKUSAGE_ERR_SYNTAX, NULL, 41, 0, 0}, "not JSON at byte 41"},
        {{TOKUSAGE_ERR_SYNTAX, NULL, 0, 0, 0}, "not JSON at byte 0"},
        {{TOKUSAGE_ERR_DEPTH, NULL, 1000, 0, 0}, "nested too deep at byte 1000"},
        {{TOKUSAGE_ERR_TOTAL, "total_tokens", 0, 13, 303},
         "total_tokens: contradicts its parts: they say 13, it says 303"},
        {{TOKUSAGE_ERR_PART, "cached_tokens", 0, 5, 9},
         "cached_tokens: larger than its whole: it says 9, the whole is 5"},
        /* what does not belong to the status is not written */
        {{TOKUSAGE_ERR_RANGE, "prompt_tokens", 77, 88, 99}, "prompt_tokens: out of range"},
        {{TOKUSAGE_ERR_SYNTAX, NULL, 7, 88, 99}, "not JSON at byte 7"},
        {{TOKUSAGE_ERR_TOTAL, NULL, 77, 1, 2}, "contradicts its parts: they say 1, it says 2"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_text(&cases[i].error, cases[i].text);
    }
    expect_text(NULL, "bad argument");
}

static void error_text_names_each_count_and_each_status(void **state) {
    (void)state;
    for (int status = 0; status <= STATUSES; status++) {
        for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
            const tokusage_error error = {(tokusage_status)status, tokusage_count_name(i), 0, 0, 0};
            char line[TOKUSAGE_ERROR_SIZE];
            tokusage_error_text(&error, line, sizeof line);
            const char *const begin = line_of("%s: %s", tokusage_count_name(i), tokusage_status_text(error.status));
            assert_memory_equal(line, begin, strlen(begin));
        }
    }
}

static void error_text_writes_every_digit(void **state) {
    (void)state;
    static const int64_t values[] = {
        0,  9,  10,  99,        100,       1000000007,   TOKUSAGE_COUNT_MAX, 2 * TOKUSAGE_COUNT_MAX,
        -1, -9, -10, INT64_MAX, INT64_MIN, INT64_MIN + 1};
    static const size_t offsets[] = {0, 9, 10, SIZE_MAX - 1, SIZE_MAX};
    for (size_t i = 0; i < LENGTH(values) * LENGTH(values); i++) {
        const int64_t a = values[i / LENGTH(values)];
        const int64_t b = values[i % LENGTH(values)];
        tokusage_error error = {TOKUSAGE_ERR_TOTAL, NULL, 0, a, b};
        expect_text(&error, line_of("contradicts its parts: they say %" PRId64 ", it says %" PRId64, a, b));
        error.status = TOKUSAGE_ERR_PART;
        expect_text(&error, line_of("larger than its whole: it says %" PRId64 ", the whole is %" PRId64, b, a));
    }
    for (size_t i = 0; i < LENGTH(offsets); i++) {
        const tokusage_error error = {TOKUSAGE_ERR_SYNTAX, NULL, offsets[i], 0, 0};
        expect_text(&error, line_of("not JSON at byte %zu", offsets[i]));
    }
}

static void error_text_describes_the_errors_that_functions_report(void **state) {
    (void)state;
    static const struct {
        const char *document, *text;
    } cases[] = {
        {"{\"prompt_tokens\":5", "not JSON at byte 18"},
        {"{\"promptTokenCount\":\"5\"}", "prompt_tokens: wrong type"},
        {"{\"completion_tokens\":1.5}", "completion_tokens: not a whole number"},
        {"{\"total_tokens\":1,\"total_tokens\":1}", "total_tokens: given twice"},
        {"null", "usage: missing or null"},
        {"{\"prompt_tokens\":5,\"total_tokens\":4}", "total_tokens: contradicts its parts: they say 5, it says 4"},
        {"{\"prompt_tokens\":5,\"cached_tokens\":9}",
         "cached_tokens: larger than its whole: it says 9, the whole is 5"},
        {"{}", "no error"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage usage;
        tokusage_error error;
        if (tokusage_decode(cases[i].document, strlen(cases[i].document), &usage, &error) == TOKUSAGE_OK) {
            tokusage_validate(&usage, &error);
        }
        expect_text(&error, cases[i].text);
    }
}

/* The longest line: the longest name, the longest words, two numbers or an offset of all digits. */
static void error_text_fits_the_size_that_the_header_promises(void **state) {
    (void)state;
    size_t longest = 0;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        for (int status = 0; status <= STATUSES; status++) {
            const tokusage_error error = {(tokusage_status)status, tokusage_count_name(i), SIZE_MAX, INT64_MIN,
                                          INT64_MIN};
            const size_t length = tokusage_error_text(&error, NULL, 0);
            longest = length > longest ? length : longest;
        }
    }
    assert_true(longest < TOKUSAGE_ERROR_SIZE && longest > TOKUSAGE_ERROR_SIZE / 2);
}

static void version_is_that_of_the_header_in_three_numbers(void **state) {
    (void)state;
    const char *const want =
        line_of("%d.%d.%d", TOKUSAGE_VERSION_MAJOR, TOKUSAGE_VERSION_MINOR, TOKUSAGE_VERSION_PATCH);
    assert_string_equal(TOKUSAGE_VERSION, want);
    assert_string_equal(tokusage_version(), want);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_and_verdicts_have_the_numbers_that_programs_were_built_with),
        cmocka_unit_test(status_text_is_different_for_each_status_and_for_what_is_none),
        cmocka_unit_test(verdict_text_is_one_lower_case_word),
        cmocka_unit_test(error_text_is_a_line_of_the_member_the_status_and_what_belongs_to_it),
        cmocka_unit_test(error_text_names_each_count_and_each_status),
        cmocka_unit_test(error_text_writes_every_digit),
        cmocka_unit_test(error_text_describes_the_errors_that_functions_report),
        cmocka_unit_test(error_text_fits_the_size_that_the_header_promises),
        cmocka_unit_test(version_is_that_of_the_header_in_three_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
