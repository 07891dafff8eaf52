/*
 * Why this library exists, although five lines of cJSON seem to do the same. Each test shows one fact that the README
 * states about those lines. Where cJSON's versions differ, the test only prints what the cJSON at hand does. It always
 * checks what this library answers.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#define COUNT(name) "{\"" name "\":5}"

/* The five lines. -1 when they find no number. */
static double five_lines(const char *json) {
    cJSON *root = cJSON_Parse(json);
    const cJSON *total = cJSON_GetObjectItem(root, "total_tokens");
    double value = cJSON_IsNumber(total) ? total->valuedouble : -1;
    cJSON_Delete(root);
    return value;
}

static tokusage_status decode(const char *json, tokusage *usage) {
    return tokusage_decode(json, strlen(json), usage, NULL);
}

static void other_version(const char *fact) {
    print_message("cJSON %s does not: %s\n", cJSON_Version(), fact);
}

static void names_in_other_capitals_are_other_names(void **state) {
    (void)state;
    static const char *const texts[] = {COUNT("Total_Tokens"), COUNT("TOTAL_TOKENS"), COUNT("total_tokenS")};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        tokusage usage;
        assert_true(five_lines(texts[i]) == 5);
        assert_int_equal(decode(texts[i], &usage), TOKUSAGE_OK);
        assert_false(usage.total_tokens.present);
    }
}

static void the_first_of_two_names_is_not_taken_for_the_second(void **state) {
    (void)state;
    static const char json[] = "{\"Total_Tokens\":1,\"total_tokens\":12}";
    tokusage usage;
    assert_true(five_lines(json) == 1);
    assert_int_equal(decode(json, &usage), TOKUSAGE_OK);
    assert_int_equal(usage.total_tokens.value, 12);
}

static void a_name_with_an_escaped_nul_is_not_cut_there(void **state) {
    (void)state;
    static const char json[] = "{\"total_tokens\\u0000x\":5}";
    tokusage usage;
    if (five_lines(json) != 5) {
        other_version("read \"total_tokens\\u0000x\" as total_tokens");
    }
    assert_int_equal(decode(json, &usage), TOKUSAGE_OK);
    assert_false(usage.total_tokens.present);
}

static void a_member_given_twice_is_not_taken_silently(void **state) {
    (void)state;
    static const char json[] = "{\"total_tokens\":12,\"total_tokens\":12000}";
    tokusage usage;
    assert_true(five_lines(json) == 12);
    assert_int_equal(decode(json, &usage), TOKUSAGE_ERR_DUPLICATE);
}

static void a_count_above_an_int_is_not_cut_to_one(void **state) {
    (void)state;
    static const char json[] = "{\"total_tokens\":3000000000}";
    tokusage usage;
    cJSON *root = cJSON_Parse(json);
    assert_int_equal(cJSON_GetObjectItem(root, "total_tokens")->valueint, 2147483647);
    cJSON_Delete(root);
    assert_int_equal(decode(json, &usage), TOKUSAGE_OK);
    assert_int_equal(usage.total_tokens.value, INT64_C(3000000000));
}

static void a_count_of_16_digits_is_printed_as_it_is(void **state) {
    (void)state;
    static const struct {
        int64_t count;
        const char *digits, *by_cjson;
    } cases[] = {
        {INT64_C(9007199254740991), "9007199254740991", "9.00719925474099e+15"},
        {INT64_C(1234567890123460), "1234567890123460", "1.23456789012346e+15"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage usage = usage_of(ABSENT, ABSENT, cases[i].count);
        cJSON *tree = tokusage_to_cjson(&usage);
        char *printed = cJSON_PrintUnformatted(tree);
        if (strstr(printed, cases[i].by_cjson) == NULL) {
            other_version(cases[i].by_cjson);
        }
        cJSON_free(printed);
        cJSON_Delete(tree);
        char buffer[TOKUSAGE_JSON_SIZE];
        char want[TOKUSAGE_JSON_SIZE];
        (void)snprintf(want, sizeof want, "{\"total_tokens\":%s}", cases[i].digits);
        assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, NULL), TOKUSAGE_OK);
        assert_string_equal(buffer, want);
    }
}

static void a_count_that_a_double_would_round_is_refused(void **state) {
    (void)state;
    tokusage usage;
    assert_true(five_lines("{\"total_tokens\":9007199254740993}") == 9007199254740992.0);
    assert_int_equal(decode("{\"total_tokens\":9007199254740993}", &usage), TOKUSAGE_ERR_RANGE);
    assert_true(five_lines("{\"total_tokens\":5.00000000000000000001}") == 5);
    assert_int_equal(decode("{\"total_tokens\":5.00000000000000000001}", &usage), TOKUSAGE_ERR_INTEGER);
}

/* Kinds of text that are not JSON. cJSON reads each, with a total in it. */
static void texts_that_are_not_json_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *what, *json;
        bool by_old_cjson;
    } cases[] = {
        {"a zero first", "{\"total_tokens\":05}", true},
        {"minus and a zero first", "{\"a\":-01,\"total_tokens\":5}", true},
        {"a point last", "{\"total_tokens\":5.}", true},
        {"a point before the exponent", "{\"total_tokens\":5.e0}", true},
        {"a raw line feed in a string", "{\"a\":\"b\nc\",\"total_tokens\":5}", true},
        {"a raw tabulator in a name", "{\"a\tb\":1,\"total_tokens\":5}", true},
        {"a form feed for a space", "{\f\"total_tokens\":5}", true},
        {"a control character for a space", "{\x01\"total_tokens\"\x1F:5}", true},
        {"something behind the object", "{\"total_tokens\":5}x", true},
        {"another object behind", "{\"total_tokens\":5}{\"total_tokens\":6}", true},
        {"a brace too many", "{\"total_tokens\":5}}", true},
        {"a comment behind", "{\"total_tokens\":5}/**/", true},
        {"a comma last", "{\"total_tokens\":5,}", false},
        {"a name in single quotes", "{'total_tokens':5}", false},
        {"nothing behind", "{\"total_tokens\":5", false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage usage;
        if (decode(cases[i].json, &usage) != TOKUSAGE_ERR_SYNTAX) {
            fail_msg("decode accepts %s", cases[i].what);
        }
        if ((five_lines(cases[i].json) == 5) != cases[i].by_old_cjson) {
            other_version(cases[i].what);
        }
    }
}

static void absent_is_not_zero(void **state) {
    (void)state;
    static const char json[] = "{\"prompt_tokens\":5}";
    cJSON *root = cJSON_Parse(json);
    const cJSON *total = cJSON_GetObjectItem(root, "total_tokens");
    assert_int_equal(total ? total->valueint : 0, 0); /* the usual code: the call seems to be free */
    cJSON_Delete(root);
    tokusage usage;
    assert_int_equal(decode(json, &usage), TOKUSAGE_OK);
    assert_false(usage.total_tokens.present);
    char buffer[TOKUSAGE_JSON_SIZE];
    assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, NULL), TOKUSAGE_OK);
    assert_string_equal(buffer, json);
}

static void a_string_is_not_a_count_of_zero(void **state) {
    (void)state;
    static const char json[] = "{\"total_tokens\":\"12\"}";
    cJSON *root = cJSON_Parse(json);
    assert_int_equal(cJSON_GetObjectItem(root, "total_tokens")->valueint, 0);
    cJSON_Delete(root);
    tokusage usage;
    assert_int_equal(decode(json, &usage), TOKUSAGE_ERR_TYPE);
}

static void a_usage_inside_another_member_is_not_counted(void **state) {
    (void)state;
    static const char json[] = "{\"tool_results\":{\"usage\":{\"total_tokens\":12}},\"choices\":[]}";
    tokusage usage;
    assert_non_null(strstr(json, "\"usage\""));
    assert_int_equal(tokusage_extract(json, strlen(json), NULL, &usage, NULL), TOKUSAGE_ERR_NOT_FOUND);
}

static void a_usage_of_null_is_told_from_one_without_counts(void **state) {
    (void)state;
    tokusage usage;
    assert_int_equal(tokusage_extract("{\"usage\":null}", 14, NULL, &usage, NULL), TOKUSAGE_ERR_NOT_FOUND);
    assert_int_equal(tokusage_extract("{\"usage\":{}}", 12, NULL, &usage, NULL), TOKUSAGE_OK);
}

static void a_total_that_is_not_the_sum_is_found(void **state) {
    (void)state;
    static const char json[] = "{\"prompt_tokens\":12,\"completion_tokens\":1,\"total_tokens\":303}";
    tokusage usage;
    tokusage_error error;
    assert_int_equal(decode(json, &usage), TOKUSAGE_OK);
    assert_int_equal(tokusage_validate(&usage, &error), TOKUSAGE_ERR_TOTAL);
    assert_int_equal(error.expected, 13);
    assert_int_equal(error.actual, 303);
}

/*
 * Anthropic reports cached tokens beside the input, others report them inside it. A program that confuses the two bills
 * 100 tokens, or 1,900, in place of 1,000.
 */
static void a_part_is_inside_its_whole_for_every_service(void **state) {
    (void)state;
    static const char *const texts[] = {
        "{\"input_tokens\":100,\"cache_read_input_tokens\":900,\"output_tokens\":7}",
        "{\"input_tokens\":1000,\"input_tokens_details\":{\"cached_tokens\":900},\"output_tokens\":7}",
        "{\"promptTokenCount\":1000,\"cachedContentTokenCount\":900,\"candidatesTokenCount\":7}",
    };
    for (size_t i = 0; i < LENGTH(texts); i++) {
        tokusage usage;
        assert_int_equal(decode(texts[i], &usage), TOKUSAGE_OK);
        assert_int_equal(usage.prompt_tokens.value, 1000);
        assert_int_equal(usage.cached_tokens.value, 900);
        assert_int_equal(usage.completion_tokens.value, 7);
    }
}

/* The last report of such a stream has no input. The sum of both reports has too much output. */
static void the_reports_of_a_stream_must_be_laid_over_each_other(void **state) {
    (void)state;
    static const char bytes[] = "data: {\"message\":{\"usage\":{\"input_tokens\":25,\"output_tokens\":4}}}\n\n"
                                "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n";
    tokusage_stream stream;
    tokusage usage;
    assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
    assert_int_equal(tokusage_stream_feed(&stream, bytes, sizeof bytes - 1), sizeof bytes - 1);
    assert_int_equal(tokusage_stream_usage(&stream, &usage, NULL), TOKUSAGE_OK);
    assert_int_equal(usage.prompt_tokens.value, 25);
    assert_int_equal(usage.completion_tokens.value, 15);
}

static void numbers_do_not_follow_the_locale(void **state) {
    (void)state;
    if (!comma_locale()) {
        print_message("this system has no locale with a decimal comma and cannot make one\n");
        skip();
    }
    static const char json[] = "{\"total_tokens\":5.0}";
    tokusage usage;
    if (five_lines(json) != 5) {
        print_message("this cJSON does not read 5.0 in a locale with a decimal comma\n");
    }
    assert_int_equal(decode(json, &usage), TOKUSAGE_OK);
    assert_int_equal(usage.total_tokens.value, 5);
    plain_locale();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_in_other_capitals_are_other_names),
        cmocka_unit_test(the_first_of_two_names_is_not_taken_for_the_second),
        cmocka_unit_test(a_name_with_an_escaped_nul_is_not_cut_there),
        cmocka_unit_test(a_member_given_twice_is_not_taken_silently),
        cmocka_unit_test(a_count_above_an_int_is_not_cut_to_one),
        cmocka_unit_test(a_count_of_16_digits_is_printed_as_it_is),
        cmocka_unit_test(a_count_that_a_double_would_round_is_refused),
        cmocka_unit_test(texts_that_are_not_json_are_refused),
        cmocka_unit_test(absent_is_not_zero),
        cmocka_unit_test(a_string_is_not_a_count_of_zero),
        cmocka_unit_test(a_usage_inside_another_member_is_not_counted),
        cmocka_unit_test(a_usage_of_null_is_told_from_one_without_counts),
        cmocka_unit_test(a_total_that_is_not_the_sum_is_found),
        cmocka_unit_test(a_part_is_inside_its_whole_for_every_service),
        cmocka_unit_test(the_reports_of_a_stream_must_be_laid_over_each_other),
        cmocka_unit_test(numbers_do_not_follow_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
