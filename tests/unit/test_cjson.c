/* Usage <-> cJSON trees: from and to, with every name of the table, every kind of item and every failing allocation. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "trees.h"

/* ---------------------------------------------------------------------------------------------------- from */

/* The tree says what its text says. */
static void expect_from_text(const char *json, const verdict *want) {
    cJSON *tree = parsed(json);
    expect_from_tree(json, tree, want);
    cJSON_Delete(tree);
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    expect_verdict(json, want, tokusage_decode(json, strlen(json), &usage, &error), &error, &usage);
}

typedef struct reading_case {
    const char *json;
    verdict want;
} reading_case;

static void expect_from_texts(const reading_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_from_text(cases[i].json, &cases[i].want);
    }
}

static void from_cjson_reads_a_tree_as_decode_reads_its_text(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"{}", NOTHING},
        {"null", ABOUT(NOT_FOUND, "usage")},
        {"[]", ABOUT(TYPE, "usage")},
        {"5", ABOUT(TYPE, "usage")},
        {"\"x\"", ABOUT(TYPE, "usage")},
        {"true", ABOUT(TYPE, "usage")},
        {"false", ABOUT(TYPE, "usage")},
        {"[{\"" P "\":5}]", ABOUT(TYPE, "usage")},
        {"{\"" P "\":5,\"" C "\":7,\"" T "\":12}", COUNTS(5, 7, 12)},
        {"{\"" T "\":12,\"x\":[1],\"" P "\":5.0}", COUNTS(5, A, 12)},
        {"{\"" P "\":null,\"" C "\":0}", COUNTS(A, 0, A)},
        {"{\"" P "\":-0.0}", COUNTS(0, A, A)},
        {"{\"" P "\":9007199254740991}", COUNTS(MAX, A, A)},
        {"{\"" P "\":4294967301}", COUNTS(INT64_C(4294967301), A, A)},
        {"{\"Prompt_Tokens\":5,\"TOTAL_TOKENS\":6}", NOTHING},
        {"{\"x\":{\"" P "\":5}}", NOTHING},
        {"{\"" P "\":9007199254740992}", ABOUT(RANGE, P)},
        {"{\"" C "\":1e300}", ABOUT(RANGE, C)},
        {"{\"" T "\":-1}", ABOUT(RANGE, T)},
        {"{\"" T "\":-0.5}", ABOUT(RANGE, T)},
        {"{\"" P "\":0.5}", ABOUT(INTEGER, P)},
        {"{\"" C "\":4503599627370495.5}", ABOUT(INTEGER, C)},
        {"{\"" P "\":\"5\"}", ABOUT(TYPE, P)},
        {"{\"" C "\":true}", ABOUT(TYPE, C)},
        {"{\"" T "\":[5]}", ABOUT(TYPE, T)},
        {"{\"" T "\":{}}", ABOUT(TYPE, T)},
        {"{\"" P "\":1,\"" P "\":1}", ABOUT(DUPLICATE, P)},
        {"{\"" C "\":null,\"x\":1,\"" C "\":1}", ABOUT(DUPLICATE, C)},
        {"{\"" T "\":1,\"" T "\":null}", ABOUT(DUPLICATE, T)},
        {"{\"" T "\":1,\"" T "\":\"x\"}", ABOUT(DUPLICATE, T)},
        {"{\"" T "\":\"x\",\"" T "\":1}", ABOUT(TYPE, T)},
        {"{\"" T "\":-1,\"" P "\":0.5}", ABOUT(RANGE, T)},
        {"{\"" T "\":9007199254740992,\"" P "\":\"x\"}", ABOUT(RANGE, T)},
    };
    expect_from_texts(cases, LENGTH(cases));
}

static void from_cjson_reads_the_objects_in_a_usage_object(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"{\"" PD "\":{\"" CACHED "\":2,\"audio_tokens\":\"x\",\"" WRITE "\":1},\"" CD "\":{\"" REASONING "\":3}}",
         COUNTS6(A, A, A, 2, 1, 3)},
        {"{\"" PD "\":{},\"" CD "\":{\"x\":{\"" REASONING "\":3}}}", NOTHING},
        {"{\"" PD "\":null,\"" CD "\":[{\"" REASONING "\":3}]}", NOTHING},
        {"{\"" PD "\":5,\"" CD "\":\"x\",\"tokens\":true}", NOTHING},
        {"{\"" PD "\":{\"" P "\":2,\"" REASONING "\":3}}", NOTHING},
        /* given twice, with different members and with the same one */
        {"{\"" PD "\":{\"" CACHED "\":2},\"" PD "\":{\"" WRITE "\":1}}", COUNTS6(A, A, A, 2, 1, A)},
        {"{\"" PD "\":{\"" CACHED "\":2},\"x\":1,\"" PD "\":{\"" CACHED "\":2}}", ABOUT(DUPLICATE, CACHED)},
        {"{\"" PD "\":null,\"" PD "\":{\"" CACHED "\":2}}", COUNTS6(A, A, A, 2, A, A)},
        /* the first that is wrong, in the text's order */
        {"{\"" PD "\":{\"" CACHED "\":-1},\"" P "\":\"x\"}", ABOUT(RANGE, CACHED)},
        {"{\"" P "\":\"x\",\"" PD "\":{\"" CACHED "\":-1}}", ABOUT(TYPE, P)},
        {"{\"" PD "\":{\"" WRITE "\":0.5,\"" CACHED "\":-1}}", ABOUT(INTEGER, WRITE)},
        {"{\"" CD "\":{\"" REASONING "\":{}},\"" PD "\":{\"" CACHED "\":-1}}", ABOUT(TYPE, REASONING)},
        /* beside the input, unless there is an object that says they are within */
        {"{\"input_tokens\":5,\"cache_read_input_tokens\":2,\"cache_creation_input_tokens\":1}",
         COUNTS6(8, A, A, 2, 1, A)},
        {"{\"cache_read_input_tokens\":2,\"input_tokens_details\":{},\"input_tokens\":5}", COUNTS6(5, A, A, 2, A, A)},
        {"{\"cache_read_input_tokens\":2,\"input_tokens_details\":[],\"input_tokens\":5}", COUNTS6(7, A, A, 2, A, A)},
        {"{\"cache_read_input_tokens\":2,\"" PD "\":{},\"input_tokens\":5}", COUNTS6(7, A, A, 2, A, A)},
        {"{\"cache_read_input_tokens\":2,\"" P "\":5}", COUNTS6(5, A, A, 2, A, A)},
        {"{\"cache_read_input_tokens\":2,\"" P "\":null,\"input_tokens\":5}", COUNTS6(7, A, A, 2, A, A)},
        /* a sum that is out of range, and one that is not */
        {"{\"inputTokens\":9007199254740990,\"cacheReadInputTokens\":1}", COUNTS6(MAX, A, A, 1, A, A)},
        {"{\"inputTokens\":9007199254740991,\"cacheReadInputTokens\":1}", ABOUT(RANGE, P)},
        {"{\"total_output_tokens\":1,\"total_thought_tokens\":9007199254740991}", ABOUT(RANGE, C)},
    };
    expect_from_texts(cases, LENGTH(cases));
}

static void from_cjson_knows_every_name_of_the_table(void **state) {
    (void)state;
    static const struct {
        const char *value;
        tokusage_status status;
    } values[] = {
        {"\"5\"", TOKUSAGE_ERR_TYPE},
        {"-1", TOKUSAGE_ERR_RANGE},
        {"5.5", TOKUSAGE_ERR_INTEGER},
    };
    for (size_t i = 0; i < WAYS; i++) {
        verdict want = verdict_of(ways[i].counts);
        expect_from_text(text_with(&ways[i], "5"), &want);
        const verdict nothing = NOTHING;
        expect_from_text(text_with(&ways[i], "null"), &nothing);
        for (size_t j = 0; j < LENGTH(values); j++) {
            const verdict wrong = {values[j].status, ways[i].member, 0, {0}};
            expect_from_text(text_with(&ways[i], values[j].value), &wrong);
        }
        char twice[300];
        (void)snprintf(twice, sizeof twice, "null,\"%s\":5", ways[i].name);
        const verdict duplicate = ABOUT(DUPLICATE, ways[i].member);
        expect_from_text(text_with(&ways[i], twice), &duplicate);
    }
}

static void from_cjson_accepts_the_result_of_a_look_up(void **state) {
    (void)state;
    cJSON *body = parsed("{\"usage\":{\"" P "\":5},\"a\":null}");
    const verdict found = COUNTS(5, A, A);
    const verdict missing = ABOUT(NOT_FOUND, "usage");
    expect_from_tree("a member", cJSON_GetObjectItemCaseSensitive(body, "usage"), &found);
    expect_from_tree("a null member", cJSON_GetObjectItemCaseSensitive(body, "a"), &missing);
    expect_from_tree("no member", cJSON_GetObjectItemCaseSensitive(body, "b"), &missing);
    cJSON_Delete(body);
}

static void from_cjson_refuses_a_missing_usage_argument(void **state) {
    (void)state;
    cJSON *tree = parsed("{}");
    tokusage_error error;
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_from_cjson(tree, NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no usage", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_int_equal(tokusage_from_cjson(NULL, NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    cJSON_Delete(tree);
}

static void from_cjson_judges_trees_that_no_text_makes(void **state) {
    (void)state;
    static const struct {
        const char *what;
        double value;
        verdict want;
    } doubles[] = {
        {"NaN", (double)NAN, ABOUT(RANGE, P)},
        {"minus NaN", -(double)NAN, ABOUT(RANGE, P)},
        {"infinity", (double)INFINITY, ABOUT(RANGE, P)},
        {"minus infinity", -(double)INFINITY, ABOUT(RANGE, P)},
        {"the greatest double", 1.7976931348623157e308, ABOUT(RANGE, P)},
        {"the smallest double", 5e-324, ABOUT(INTEGER, P)},
        {"the smallest double below zero", -5e-324, ABOUT(RANGE, P)},
        {"2^63", 9223372036854775808.0, ABOUT(RANGE, P)},
        {"2^53", 9007199254740992.0, ABOUT(RANGE, P)},
        {"2^53-1", 9007199254740991.0, COUNTS(MAX, A, A)},
        {"2^52-0.5", 4503599627370495.5, ABOUT(INTEGER, P)},
        {"minus zero", -0.0, COUNTS(0, A, A)},
        {"2^31", 2147483648.0, COUNTS(INT64_C(2147483648), A, A)},
    };
    for (size_t i = 0; i < LENGTH(doubles); i++) {
        cJSON *tree = cJSON_CreateObject();
        assert_non_null(cJSON_AddNumberToObject(tree, P, doubles[i].value));
        expect_from_tree(doubles[i].what, tree, &doubles[i].want);
        cJSON_Delete(tree);
    }
}

static void from_cjson_reads_the_double_of_a_number_not_its_int(void **state) {
    (void)state;
    cJSON number = {.type = cJSON_Number, .valueint = 99, .valuedouble = 5, .string = (char[]){P}};
    cJSON object = {.type = cJSON_Object, .child = &number};
    number.prev = &number;
    const verdict want = COUNTS(5, A, A);
    expect_from_tree("a double", &object, &want);
}

static void from_cjson_judges_items_by_their_kind_alone(void **state) {
    (void)state;
    char digits[] = "5";
    char name[] = P;
    const verdict found = COUNTS(5, A, A);
    const verdict wrong = ABOUT(TYPE, P);
    const verdict no_object = ABOUT(TYPE, "usage");

    cJSON raw = {.type = cJSON_Raw, .valuestring = digits, .valuedouble = 5, .string = name};
    cJSON object = {.type = cJSON_Object, .child = &raw};
    raw.prev = &raw;
    expect_from_tree("raw text for a count", &object, &wrong);
    expect_from_tree("raw text for an object", &raw, &no_object);

    cJSON odd = {.type = cJSON_Invalid, .valuedouble = 5, .string = name};
    object.child = odd.prev = &odd;
    expect_from_tree("an item of no type", &object, &wrong);
    expect_from_tree("an object of no type", &odd, &no_object);

    cJSON marked = {.type = cJSON_Number | cJSON_IsReference | cJSON_StringIsConst, .valuedouble = 5, .string = name};
    object.child = marked.prev = &marked;
    expect_from_tree("a number with marks", &object, &found);
    object.type = cJSON_Object | cJSON_IsReference;
    expect_from_tree("a reference to an object", &object, &found);

    cJSON nameless = {.type = cJSON_Number, .valuedouble = 9, .next = &marked};
    object.child = marked.prev = &nameless;
    nameless.prev = &marked;
    expect_from_tree("an item without a name", &object, &found);
}

static void from_cjson_judges_the_objects_in_a_usage_object_by_their_kind_alone(void **state) {
    (void)state;
    char cached[] = CACHED;
    char details[] = PD;
    const verdict found = COUNTS6(A, A, A, 5, A, A);
    const verdict nothing = NOTHING;
    cJSON number = {.type = cJSON_Number, .valuedouble = 5, .string = cached};
    cJSON nameless = {.type = cJSON_Number, .valuedouble = 9, .next = &number, .prev = &number};
    number.prev = &nameless;
    cJSON inner = {.type = cJSON_Object | cJSON_IsReference, .child = &nameless, .string = details};
    inner.prev = &inner;
    cJSON object = {.type = cJSON_Object, .child = &inner};
    expect_from_tree("a reference to an object", &object, &found);
    inner.type = cJSON_Array;
    expect_from_tree("an array with names", &object, &nothing);
    inner.type = cJSON_Object;
    inner.string = NULL;
    expect_from_tree("an object without a name", &object, &nothing);
}

/* ------------------------------------------------------------------------------------------------------ to */

static void check_to_cjson(const int64_t counts[SIX]) {
    const tokusage usage = usage_with(counts);
    cJSON *tree = tokusage_to_cjson(&usage);
    assert_non_null(tree);
    expect_all_linked(tree);
    const verdict want = verdict_of(counts);
    expect_from_tree("to and from", tree, &want);
    cJSON_Delete(tree);
}

static void to_cjson_makes_an_object_of_the_present_counts(void **state) {
    (void)state;
    with_limits(check_to_cjson);
}

static void to_cjson_has_the_form_and_the_order_of_encode(void **state) {
    (void)state;
    static const struct {
        int64_t counts[SIX];
        const char *json;
    } cases[] = {
        {{5, 7, 12, A, A, A}, "{\"" P "\":5,\"" C "\":7,\"" T "\":12}"},
        {{5, A, 12, A, A, A}, "{\"" P "\":5,\"" T "\":12}"},
        {{A, 0, A, A, A, A}, "{\"" C "\":0}"},
        {{A, A, A, A, A, A}, "{}"},
        {{5, 7, 12, 2, 1, 3},
         "{\"" P "\":5,\"" C "\":7,\"" T "\":12,\"" PD "\":{\"" CACHED "\":2,\"" WRITE "\":1},\"" CD "\":{\"" REASONING
         "\":3}}"},
        {{A, A, A, 0, A, A}, "{\"" PD "\":{\"" CACHED "\":0}}"},
        {{A, A, 9, A, 1, A}, "{\"" T "\":9,\"" PD "\":{\"" WRITE "\":1}}"},
        {{A, A, A, A, A, 3}, "{\"" CD "\":{\"" REASONING "\":3}}"},
        {{A, 7, A, A, 1, 3}, "{\"" C "\":7,\"" PD "\":{\"" WRITE "\":1},\"" CD "\":{\"" REASONING "\":3}}"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const tokusage usage = usage_with(cases[i].counts);
        cJSON *tree = tokusage_to_cjson(&usage);
        expect_printed("an object", tree, cases[i].json);
        cJSON_Delete(tree);
        char text[TOKUSAGE_JSON_SIZE];
        assert_int_equal(tokusage_encode(&usage, text, sizeof text, NULL), TOKUSAGE_OK);
        assert_string_equal(text, cases[i].json);
    }
}

static void to_cjson_returns_null_without_a_good_usage(void **state) {
    (void)state;
    assert_null(tokusage_to_cjson(NULL));
    for (size_t member = 0; member < SIX; member++) {
        for (size_t i = 0; i < BAD_COUNTS; i++) {
            const tokusage usage = usage_except(member, bad_counts[i]);
            assert_null(tokusage_to_cjson(&usage));
        }
    }
    assert_int_equal(heap_live(), 0);
}

static void to_cjson_does_not_look_at_the_value_of_an_absent_count(void **state) {
    (void)state;
    for (size_t member = 0; member < SIX; member++) {
        tokusage usage = usage_except(member, -1);
        tokusage_count *const counts[SIX] = {&usage.prompt_tokens, &usage.completion_tokens,  &usage.total_tokens,
                                             &usage.cached_tokens, &usage.cache_write_tokens, &usage.reasoning_tokens};
        counts[member]->present = false;
        cJSON *tree = tokusage_to_cjson(&usage);
        tokusage back;
        assert_int_equal(tokusage_from_cjson(tree, &back, NULL), TOKUSAGE_OK);
        assert_true(tokusage_equal(&back, &usage));
        cJSON_Delete(tree);
    }
}

/* With each of the six counts there or not. */
static void to_cjson_survives_the_failure_of_every_allocation(void **state) {
    (void)state;
    for (unsigned kind = 0; kind < 2U << SIX; kind++) {
        const bool onwards = kind >> SIX != 0;
        int64_t counts[SIX];
        for (size_t i = 0; i < SIX; i++) {
            counts[i] = (kind >> i & 1) != 0 ? (int64_t)i + 5 : A;
        }
        const tokusage usage = usage_with(counts);
        size_t nth = 0;
        for (;; nth++) {
            heap_fail(nth, onwards);
            cJSON *tree = tokusage_to_cjson(&usage);
            if (heap_calls() <= nth) {
                assert_non_null(tree);
                cJSON_Delete(tree);
                break;
            }
            assert_null(tree);
            assert_int_equal(heap_live(), 0);
        }
        assert_true(nth > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WATCHED(from_cjson_reads_a_tree_as_decode_reads_its_text),
        WATCHED(from_cjson_reads_the_objects_in_a_usage_object),
        WATCHED(from_cjson_knows_every_name_of_the_table),
        WATCHED(from_cjson_accepts_the_result_of_a_look_up),
        WATCHED(from_cjson_refuses_a_missing_usage_argument),
        WATCHED(from_cjson_judges_trees_that_no_text_makes),
        WATCHED(from_cjson_reads_the_double_of_a_number_not_its_int),
        WATCHED(from_cjson_judges_items_by_their_kind_alone),
        WATCHED(from_cjson_judges_the_objects_in_a_usage_object_by_their_kind_alone),
        WATCHED(to_cjson_makes_an_object_of_the_present_counts),
        WATCHED(to_cjson_has_the_form_and_the_order_of_encode),
        WATCHED(to_cjson_returns_null_without_a_good_usage),
        WATCHED(to_cjson_does_not_look_at_the_value_of_an_absent_count),
        WATCHED(to_cjson_survives_the_failure_of_every_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
