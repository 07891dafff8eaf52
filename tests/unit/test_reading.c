/*
 * What is read of one text: which names matter, what is wanted of a string, and what the text says apart from its
 * counts (its place, its end, its model). test_names.c and test_places.c test the counts.
 */
#include "readings.h"

#include <string.h>

#define FIVE "{\"prompt_tokens\":5}"
#define U "\"usage\":" FIVE

/* ------------------------------------------------------------------------------------------- which names matter */

/* Begins a container as the value; returns whether it is watched. */
static bool enters(tokusage_reading *reading, bool object) {
    const tokusage_value value = {.kind = object ? KIND_OBJECT : KIND_ARRAY};
    const unsigned before = reading->depth;
    tokusage_reading_value(reading, &value);
    return tokusage_reading_watches(reading, before + 1);
}

/* Enters the objects with these names, each inside the one before, from the root on. */
static void enter(tokusage_reading *reading, const char *pointer, tokusage_reading_mode mode, const char *const *way) {
    static tokusage_model models[2];
    tokusage_reading_begin(reading, pointer, mode, models);
    assert_true(enters(reading, true));
    unsigned depth = 1;
    assert_true(tokusage_reading_watches(reading, depth));
    for (; *way != NULL; way++) {
        assert_true(tokusage_reading_name(reading, *way, strlen(*way)));
        assert_true(enters(reading, true));
        depth++;
        assert_true(tokusage_reading_watches(reading, depth));
    }
}

typedef struct name_case {
    const char *pointer;
    tokusage_reading_mode mode;
    const char *way[4];
    const char *name;
    bool matters;
} name_case;

static const name_case name_cases[] = {
    {NULL, READ_TEXT, {NULL}, "usage", true},
    {NULL, READ_TEXT, {NULL}, "usageMetadata", true},
    {NULL, READ_TEXT, {NULL}, "message", true},
    {NULL, READ_TEXT, {NULL}, "model", true},
    {NULL, READ_TEXT, {NULL}, "type", true},
    {NULL, READ_TEXT, {NULL}, "done", true},
    {NULL, READ_TEXT, {NULL}, "eval_count", true},
    {NULL, READ_EVENT, {NULL}, "eval_count", false},
    {NULL, READ_EVENT, {NULL}, "prompt_eval_count", false},
    {NULL, READ_EVENT, {NULL}, "usage", true},
    {NULL, READ_TEXT, {NULL}, "id", false},
    {NULL, READ_TEXT, {NULL}, "", false},
    {NULL, READ_TEXT, {NULL}, "prompt_tokens", false},
    {NULL, READ_TEXT, {NULL}, "input_tokens_details", false},
    {NULL, READ_TEXT, {"message"}, "usage", true},
    {NULL, READ_TEXT, {"message"}, "model", true},
    {NULL, READ_TEXT, {"message"}, "type", false},
    {NULL, READ_TEXT, {"message"}, "usageMetadata", false},
    {NULL, READ_TEXT, {"response"}, "usageMetadata", true},
    {NULL, READ_TEXT, {"usage"}, "prompt_tokens", true},
    {NULL, READ_EVENT, {"usage"}, "eval_count", true},
    {NULL, READ_TEXT, {"usage"}, "usage", false},
    {NULL, READ_TEXT, {"usage"}, "tokens", true},
    {NULL, READ_TEXT, {"usage", "tokens"}, "input_tokens", true},
    {NULL, READ_TEXT, {"usage", "tokens"}, "prompt_tokens", false},
    {NULL, READ_TEXT, {"message", "usage", "prompt_tokens_details"}, "cached_tokens", true},
    {"/a/b", READ_TEXT, {NULL}, "a", true},
    {"/a/b", READ_TEXT, {NULL}, "b", false},
    {"/a/b", READ_TEXT, {NULL}, "usage", false},
    {"/a/b", READ_TEXT, {NULL}, "eval_count", false},
    {"/a/b", READ_TEXT, {NULL}, "model", true},
    {"/a/b", READ_TEXT, {"a"}, "b", true},
    {"/a/b", READ_TEXT, {"a"}, "a", false},
    {"/a/b", READ_TEXT, {"a"}, "model", false},
    {"/a/b", READ_TEXT, {"a", "b"}, "prompt_tokens", true},
    {"/a/b", READ_TEXT, {"message"}, "model", true},
    {"/a/b", READ_TEXT, {"message"}, "usage", false},
    {"/m~0n~1o", READ_TEXT, {NULL}, "m~n/o", true},
    {"/m~0n~1o", READ_TEXT, {NULL}, "m~0n~1o", false},
    {"/", READ_TEXT, {NULL}, "", true},
    {"", READ_TEXT, {NULL}, "prompt_tokens", true},
    {"", READ_TEXT, {NULL}, "model", true},
    {"", READ_TEXT, {NULL}, "usage", false},
    {"", READ_TEXT, {"prompt_tokens_details"}, "cached_tokens", true},
};

static void a_name_matters_where_the_manual_reads_it(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(name_cases); i++) {
        const name_case *one = &name_cases[i];
        tokusage_reading reading;
        spoil(&reading, sizeof reading);
        enter(&reading, one->pointer, one->mode, one->way);
        const size_t length = strlen(one->name);
        if (tokusage_reading_name(&reading, against_the_end(one->name, length), length) != one->matters) {
            fail_msg("case %zu, %s with %s", i, one->name, one->pointer != NULL ? one->pointer : "NULL");
        }
    }
}

static void a_container_whose_members_mean_nothing_is_not_watched(void **state) {
    (void)state;
    static const struct {
        const char *way[4];
        const char *name;
        bool object;
    } cases[] = {
        {{NULL}, "usage", false},
        {{NULL}, "message", false},
        {{NULL}, "model", true},
        {{NULL}, "type", true},
        {{NULL}, "done", false},
        {{NULL}, "eval_count", true},
        {{"usage"}, "prompt_tokens", true},
        {{"usage"}, "prompt_tokens_details", false},
        {{"message"}, "model", true},
        {{"usage", "tokens"}, "input_tokens", true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage_reading reading;
        enter(&reading, NULL, READ_TEXT, cases[i].way);
        assert_true(tokusage_reading_name(&reading, cases[i].name, strlen(cases[i].name)));
        assert_false(enters(&reading, cases[i].object));
    }
}

static void a_string_is_wanted_as_it_stands_or_resolved_or_not_at_all(void **state) {
    (void)state;
    static const struct {
        const char *way[4];
        const char *name;
        tokusage_wish wish;
    } cases[] = {
        {{NULL}, "model", WISH_RAW},
        {{NULL}, "modelVersion", WISH_RAW},
        {{"message"}, "model", WISH_RAW},
        {{"response"}, "model", WISH_RAW},
        {{"interaction"}, "model", WISH_RAW},
        {{NULL}, "type", WISH_RESOLVED},
        {{NULL}, "event_type", WISH_RESOLVED},
        {{NULL}, "done", WISH_NOTHING},
        {{NULL}, "usage", WISH_NOTHING},
        {{NULL}, "message", WISH_NOTHING},
        {{"usage"}, "prompt_tokens", WISH_NOTHING},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage_reading reading;
        enter(&reading, NULL, READ_EVENT, cases[i].way);
        assert_true(tokusage_reading_name(&reading, cases[i].name, strlen(cases[i].name)));
        assert_int_equal(tokusage_reading_wish(&reading), cases[i].wish);
    }
}

static void the_value_at_a_pointer_is_where_it_begins_first(void **state) {
    (void)state;
    static const char json[] = "{\"a\":{\"b\":1}}";
    static const char *const way[] = {"a", NULL};
    tokusage_reading reading;
    enter(&reading, "/a/b", READ_VALUE, way);
    assert_null(reading.value);
    assert_true(tokusage_reading_name(&reading, "b", 1));
    tokusage_reading_begins(&reading, json + 10);
    assert_ptr_equal(reading.value, json + 10);
    assert_true(tokusage_reading_name(&reading, "b", 1));
    tokusage_reading_begins(&reading, json + 11);
    assert_ptr_equal(reading.value, json + 10);
    assert_true(reading.twice);
}

/* --------------------------------------------------------------------- what a text says apart from its counts */

static void read_text(pieces *in, const char *pointer, tokusage_reading_mode mode, span json, size_t cut) {
    pieces_begin(in, pointer, mode);
    pieces_feed(in, json.bytes, cut);
    pieces_feed(in, json.bytes + cut, json.length - cut);
    pieces_end(in);
    assert_int_equal(in->status, TOKUSAGE_OK);
}

typedef struct said_case {
    tokusage_reading_mode mode;
    span json;
    bool reports, ends, delta_ends;
    unsigned place; /* of a report */
} said_case;

static void expect_said(const said_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t cut = 0; cut <= cases[i].json.length; cut++) {
            pieces in;
            read_text(&in, NULL, cases[i].mode, cases[i].json, cut);
            const tokusage_reading *reading = &in.reading;
            bool same = tokusage_reading_reports(reading) == cases[i].reports;
            if (cases[i].reports) {
                same = same && reading->last_place == cases[i].place && reading->last_ends == cases[i].ends &&
                       reading->last_delta_ends == cases[i].delta_ends;
            }
            if (!same) {
                fail_msg("cut at %zu: %s: reports %d, place %d, ends %d, delta %d", cut, cases[i].json.bytes,
                         tokusage_reading_reports(reading), reading->last_place, reading->last_ends,
                         reading->last_delta_ends);
            }
        }
    }
}

static void a_text_reports_when_a_count_or_something_wrong_is_at_its_place(void **state) {
    (void)state;
    static const said_case cases[] = {
        {READ_EVENT, TEXT("{" U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"usageMetadata\":" FIVE "}"), true, false, false, 1},
        {READ_EVENT, TEXT("{\"message\":{" U "}}"), true, false, false, PLACE_MESSAGE},
        {READ_EVENT, TEXT("{\"response\":{" U "}}"), true, false, false, 3},
        {READ_EVENT, TEXT("{\"interaction\":{" U "}}"), true, false, false, 4},
        {READ_EVENT, TEXT("{\"delta\":{" U "}}"), true, false, false, 5},
        {READ_EVENT, TEXT("{\"metadata\":{" U "}}"), true, false, false, 6},
        {READ_EVENT, TEXT("{\"response\":{\"usageMetadata\":" FIVE "}}"), true, false, false, 7},
        {READ_EVENT, TEXT("{\"x_groq\":{" U "}}"), true, false, false, 8},
        {READ_TEXT, TEXT("{\"eval_count\":5}"), true, false, false, PLACE_ROOT},
        {READ_EVENT, TEXT("{\"eval_count\":5}"), false, false, false, 0},
        {READ_EVENT, TEXT("{\"eval_count\":\"x\"}"), false, false, false, 0},
        {READ_EVENT, TEXT("[{\"eval_count\":5}]"), false, false, false, 0},
        {READ_EVENT, TEXT("{\"eval_count\":5,\"delta\":{" U "}}"), true, false, false, 5},
        {READ_EVENT, TEXT("{\"usage\":{\"eval_count\":5}}"), true, false, false, 0},
        {READ_EVENT, TEXT("{}"), false, false, false, 0},
        {READ_EVENT, TEXT("5"), false, false, false, 0},
        {READ_EVENT, TEXT("[]"), false, false, false, 0},
        {READ_EVENT, TEXT("{\"usage\":{}}"), false, false, false, 0},
        {READ_EVENT, TEXT("{\"usage\":{\"prompt_tokens\":null}}"), false, false, false, 0},
        {READ_EVENT, TEXT("{\"usage\":{\"input_tokens_details\":{}}}"), false, false, false, 0},
        {READ_EVENT, TEXT("{\"usage\":{},\"message\":{" U "}}"), false, false, false, 0},
        {READ_EVENT, TEXT("{\"usage\":5}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"usage\":{\"prompt_tokens\":\"x\"}}"), true, false, false, 0},
        {READ_EVENT, TEXT("{" U ",\"usage\":null}"), false, false, false, 0},
        {READ_EVENT, TEXT("{" U ",\"delta\":1,\"delta\":2}"), true, false, false, 0},
        {READ_EVENT, TEXT("[{" U "},{\"message\":{" U "}},{\"usage\":{}}]"), true, false, false, 2},
        {READ_EVENT, TEXT("[{" U ",\"usage\":1},{" U "}]"), false, false, false, 0},
    };
    expect_said(cases, LENGTH(cases));
}

static void a_text_ends_the_response_when_its_type_or_done_says_so(void **state) {
    (void)state;
    static const said_case cases[] = {
        {READ_EVENT, TEXT("{\"type\":\"response.completed\"," U "}"), true, true, false, 0},
        {READ_EVENT, TEXT("{" U ",\"type\":\"response.incomplete\"}"), true, true, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"response.failed\"," U "}"), true, true, false, 0},
        {READ_EVENT, TEXT("{\"event_type\":\"interaction.completed\"," U "}"), true, true, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"message-end\",\"delta\":{" U "}}"), true, true, false, 5},
        {READ_EVENT, TEXT("{\"event_type\":\"message-end\"," U "}"), true, true, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"message_delta\"," U "}"), true, false, true, 0},
        {READ_EVENT, TEXT("{\"event_type\":\"message_delta\"," U "}"), true, false, true, 0},
        {READ_EVENT, TEXT("{\"done\":true," U "}"), true, true, false, 0},
        {READ_TEXT, TEXT("{\"done\":true,\"eval_count\":7}"), true, true, false, PLACE_ROOT},
        {READ_EVENT, TEXT("{\"done\":false," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"done\":null," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"done\":\"true\"," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"done\":1," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"done\":[true]," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"done\":{\"done\":true}," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"response.created\"," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"response.completed \"," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"Response.completed\"," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"message_stop\"," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"\"," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"type\":true," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"type\":[\"message-end\"]," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"message\":{\"type\":\"message-end\"," U "}}"), true, false, false, 2},
        {READ_EVENT, TEXT("{\"type\":\"message\\u002dend\"," U "}"), true, true, false, 0},
        {READ_EVENT, TEXT("{\"t\\u0079pe\":\"\\u006d\\u0065ssage_delta\"," U "}"), true, false, true, 0},
        {READ_EVENT, TEXT("{\"type\":\"message\\\\u002dend\"," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"message-end\\ud800\"," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"message-end\\u0000\"," U "}"), true, false, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"a\",\"type\":\"message-end\",\"type\":\"b\"," U "}"), true, true, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"message-end\",\"type\":\"b\"," U "}"), true, true, false, 0},
        {READ_EVENT, TEXT("{\"done\":true,\"done\":false," U "}"), true, true, false, 0},
        {READ_EVENT, TEXT("{\"type\":\"message_delta\",\"event_type\":\"message-end\"," U "}"), true, true, true, 0},
        {READ_EVENT, TEXT("[{\"done\":true," U "},{\"a\":1}]"), true, true, false, 0},
        {READ_EVENT, TEXT("[{" U "},{\"done\":true}]"), true, false, false, 0},
        {READ_EVENT, TEXT("[{\"done\":true},{" U "}]"), true, false, false, 0},
        {READ_EVENT, TEXT("[{\"type\":\"message-end\"," U "},{" U "}]"), true, false, false, 0},
    };
    expect_said(cases, LENGTH(cases));
}

/* --------------------------------------------------------------------------------------------------- the model */

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define MODEL_127 HUNDRED TEN TEN "1234567"

typedef struct model_case {
    span json;
    const char *model;
} model_case;

static void expect_model(const pieces *in, span json, size_t cut, const char *want) {
    const tokusage_model *model = &in->models[tokusage_reading_model(&in->reading)];
    if (model->length != strlen(want) || memcmp(model->text, want, model->length) != 0) {
        fail_msg("cut at %zu: %s: '%.*s'", cut, json.bytes, model->length, model->text);
    }
}

/* With a pointer and without one, because the names of the model do not depend on it. */
static void expect_models(const model_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t cut = 0; cut <= cases[i].json.length; cut++) {
            pieces in;
            read_text(&in, cut % 2 == 0 ? NULL : "/no/where", READ_EVENT, cases[i].json, cut);
            expect_model(&in, cases[i].json, cut, cases[i].model);
        }
    }
}

static void the_model_is_the_first_of_its_names_that_is_a_string(void **state) {
    (void)state;
    static const model_case cases[] = {
        {TEXT("{\"model\":\"m\"}"), "m"},
        {TEXT("{\"message\":{\"model\":\"m\"}}"), "m"},
        {TEXT("{\"response\":{\"model\":\"m\"}}"), "m"},
        {TEXT("{\"modelVersion\":\"m\"}"), "m"},
        {TEXT("{\"interaction\":{\"model\":\"m\"}}"), "m"},
        {TEXT("{\"interaction\":{\"model\":\"e\"},\"modelVersion\":\"d\",\"response\":{\"model\":\"c\"},"
              "\"message\":{\"model\":\"b\"},\"model\":\"a\"}"),
         "a"},
        {TEXT("{\"message\":{\"model\":\"b\"},\"response\":{\"model\":\"c\"},\"modelVersion\":\"d\"}"), "b"},
        {TEXT("{\"modelVersion\":\"d\",\"response\":{\"model\":\"c\"},\"interaction\":{\"model\":\"e\"}}"), "c"},
        {TEXT("{\"interaction\":{\"model\":\"e\"},\"modelVersion\":\"d\"}"), "d"},
        {TEXT("{\"model\":5,\"message\":{\"model\":null},\"response\":{\"model\":[\"x\"]},\"modelVersion\":\"d\"}"),
         "d"},
        {TEXT("{\"model\":\"\",\"modelVersion\":\"d\"}"), "d"},
        {TEXT("{\"model\":{\"model\":\"x\"},\"modelVersion\":true,\"interaction\":{\"model\":\"e\"}}"), "e"},
        {TEXT("{\"delta\":{\"model\":\"x\"},\"metadata\":{\"model\":\"x\"},\"a\":{\"model\":\"x\"}}"), ""},
        {TEXT("{\"usage\":{\"model\":\"x\"}}"), ""},
        {TEXT("{\"message\":[{\"model\":\"x\"}]}"), ""},
        {TEXT("{\"Model\":\"x\",\"modelversion\":\"x\"}"), ""},
        {TEXT("{}"), ""},
        {TEXT("\"model\""), ""},
        {TEXT("5"), ""},
    };
    expect_models(cases, LENGTH(cases));
}

static void the_model_is_told_as_it_stands(void **state) {
    (void)state;
    static const model_case cases[] = {
        {TEXT("{\"model\":\"a\\\"b\\\\c\\u0041\\n\\/\"}"), "a\\\"b\\\\c\\u0041\\n\\/"},
        {TEXT("{\"model\":\"\\ud800\"}"), "\\ud800"},
        {TEXT("{\"model\":\"\\uD83d\\uDe00x\"}"), "\\uD83d\\uDe00x"},
        {TEXT("{\"model\":\"\xC3\xA9\xFF\"}"), "\xC3\xA9\xFF"},
        {TEXT("{\"\\u006dodel\":\"m\"}"), "m"},
        {TEXT("{\"model\":\"" MODEL_127 "\"}"), MODEL_127},
        {TEXT("{\"model\":\"" MODEL_127 "8\",\"modelVersion\":\"d\"}"), "d"},
        {TEXT("{\"model\":\"" MODEL_127 HUNDRED HUNDRED "\",\"modelVersion\":\"d\"}"), "d"},
        {TEXT("{\"model\":\"" HUNDRED TEN TEN "12345\\n\"}"), HUNDRED TEN TEN "12345\\n"},
        {TEXT("{\"model\":\"" HUNDRED TEN TEN "123456\\n\",\"modelVersion\":\"d\"}"), "d"},
        {TEXT("{\"model\":\"" HUNDRED TEN TEN "1\\u0041\"}"), HUNDRED TEN TEN "1\\u0041"},
        {TEXT("{\"model\":\"" HUNDRED TEN TEN "12\\u0041\",\"modelVersion\":\"d\"}"), "d"},
    };
    expect_models(cases, LENGTH(cases));
}

static void the_first_fitting_value_counts_when_a_model_is_given_twice(void **state) {
    (void)state;
    static const model_case cases[] = {
        {TEXT("{\"model\":\"a\",\"model\":\"b\"}"), "a"},
        {TEXT("{\"model\":5,\"model\":\"b\",\"model\":\"c\"}"), "b"},
        {TEXT("{\"model\":\"\",\"model\":\"b\"}"), "b"},
        {TEXT("{\"model\":\"" MODEL_127 "8\",\"model\":\"b\"}"), "b"},
        {TEXT("{\"message\":{\"model\":\"a\"},\"message\":{\"model\":\"b\"}}"), "a"},
        {TEXT("{\"message\":5,\"message\":{\"model\":\"b\"}}"), "b"},
    };
    expect_models(cases, LENGTH(cases));
}

/* An object on the pointer's way must not be taken for the known object before it. */
static void the_model_is_not_looked_for_in_an_object_on_the_way_of_a_pointer(void **state) {
    (void)state;
    static const struct {
        const char *pointer;
        span json;
        const char *model;
    } cases[] = {
        {"/a/b", TEXT("{\"message\":{},\"a\":{\"model\":\"x\"}}"), ""},
        {"/a", TEXT("{\"message\":{},\"a\":{\"model\":\"x\"}}"), ""},
        {"/usage", TEXT("{\"response\":{\"a\":1},\"usage\":{\"model\":\"x\"},\"modelVersion\":\"y\"}"), "y"},
        {"/message/usage", TEXT("{\"message\":{\"usage\":{\"model\":\"x\"},\"model\":\"y\"}}"), "y"},
        {"/message", TEXT("{\"message\":{\"model\":\"y\",\"usage\":1}}"), "y"},
        {"", TEXT("{\"model\":\"y\",\"usage\":1}"), "y"},
        {"", TEXT("{\"message\":{\"model\":\"y\"},\"prompt_tokens_details\":{\"model\":\"x\"}}"), "y"},
        {"/model", TEXT("{\"model\":{\"model\":\"x\"},\"modelVersion\":\"y\"}"), "y"},
        {"/model", TEXT("{\"model\":\"y\"}"), "y"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        for (size_t cut = 0; cut <= cases[i].json.length; cut++) {
            pieces in;
            read_text(&in, cases[i].pointer, READ_TEXT, cases[i].json, cut);
            expect_model(&in, cases[i].json, cut, cases[i].model);
        }
    }
}

static void the_model_of_an_array_is_that_of_the_last_report_else_of_the_first_element(void **state) {
    (void)state;
    static const model_case cases[] = {
        {TEXT("[{\"model\":\"a\"}]"), "a"},
        {TEXT("[{\"model\":\"a\"},{\"model\":\"b\"}]"), "a"},
        {TEXT("[{},{\"model\":\"b\"}]"), ""},
        {TEXT("[5,{\"model\":\"b\"}]"), ""},
        {TEXT("[[{\"model\":\"a\"}],{\"model\":\"b\"}]"), ""},
        {TEXT("[]"), ""},
        {TEXT("[{\"model\":\"a\"},{\"model\":\"b\"," U "}]"), "b"},
        {TEXT("[{\"model\":\"a\"," U "},{\"model\":\"b\"}]"), "a"},
        {TEXT("[{\"model\":\"a\"," U "},{\"model\":\"b\"," U "}]"), "b"},
        {TEXT("[{\"model\":\"a\"," U "},{" U "}]"), "a"},
        {TEXT("[{\"model\":\"a\"},{" U "}]"), "a"},
        {TEXT("[{\"model\":\"a\"},{" U ",\"model\":\"b\"},{\"model\":\"c\"," U "},{\"model\":\"d\"},{" U "}]"), "c"},
        {TEXT("[{" U "},{\"model\":\"b\"}]"), ""},
        {TEXT("[{\"model\":\"a\"},{\"model\":\"b\",\"usage\":5}]"), "b"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        for (size_t cut = 0; cut <= cases[i].json.length; cut++) {
            pieces in;
            read_text(&in, NULL, READ_TEXT, cases[i].json, cut);
            expect_model(&in, cases[i].json, cut, cases[i].model);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_matters_where_the_manual_reads_it),
        cmocka_unit_test(a_container_whose_members_mean_nothing_is_not_watched),
        cmocka_unit_test(a_string_is_wanted_as_it_stands_or_resolved_or_not_at_all),
        cmocka_unit_test(the_value_at_a_pointer_is_where_it_begins_first),
        cmocka_unit_test(a_text_reports_when_a_count_or_something_wrong_is_at_its_place),
        cmocka_unit_test(a_text_ends_the_response_when_its_type_or_done_says_so),
        cmocka_unit_test(the_model_is_the_first_of_its_names_that_is_a_string),
        cmocka_unit_test(the_model_is_told_as_it_stands),
        cmocka_unit_test(the_first_fitting_value_counts_when_a_model_is_given_twice),
        cmocka_unit_test(the_model_is_not_looked_for_in_an_object_on_the_way_of_a_pointer),
        cmocka_unit_test(the_model_of_an_array_is_that_of_the_last_report_else_of_the_first_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
