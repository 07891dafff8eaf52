/*
 * JSON Pointers (RFC 6901): which are valid, and where they lead: to a response, in which the paths, labels and end marks
 * work as at the root, or to its usage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "rows.h"

#define FIVE "{\"prompt_tokens\":5}"
#define SIX "{\"prompt_tokens\":6}"

/* ------------------------------------------------------------------------------------------------------- validity */

static const struct {
    const char *pointer;
    bool valid;
} pointers[] = {
    {"", true},         {"/", true},       {"//", true},    {"/usage", true},   {"/a/b/c", true},    {"/~0", true},
    {"/~1", true},      {"/a~0~1b", true}, {"/~01", true},  {"/ ", true},       {"/\xC3\xA9", true}, {"/0", true},
    {"/-", true},       {"/\"\\", true},   {"/\x01", true}, {"usage", false},   {" /usage", false},  {"~0", false},
    {"#/usage", false}, {"/~", false},     {"/a~", false},  {"/~2", false},     {"/~/a", false},     {"/a/~", false},
    {"/a~a/b", false},  {"/~~", false},    {"/~ 0", false}, {"$.usage", false}, {"0", false},        {"/~0~", false},
    {"/~-1", false},    {"/~x", false},    {"u/", false},   {"/a~/b", false},
};

/* Every function accepts the pointers that are valid, and refuses the others before it looks at the document. */
static void expect_valid(const char *pointer, bool valid) {
    static const span documents[] = {TEXT("{\"usage\":" FIVE "}"), TEXT("no JSON"), TEXT("")};
    assert_int_equal(tokusage_pointer_valid(pointer), valid);
    for (size_t i = 0; i < LENGTH(documents); i++) {
        const char *value = NULL;
        size_t length = 0;
        const char *const words = extracted("a pointer", pointer, documents[i]);
        const tokusage_status found =
            tokusage_find(documents[i].bytes, documents[i].length, pointer, &value, &length, NULL);
        assert_int_equal(strcmp(words, "ARGUMENT") != 0, valid);
        assert_int_equal(found != TOKUSAGE_ERR_ARGUMENT, valid);
    }
    tokusage_stream stream;
    spoil(&stream, sizeof stream);
    assert_int_equal(tokusage_stream_init(&stream, pointer), valid ? TOKUSAGE_OK : TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(spoilt(&stream, sizeof stream), !valid);
}

static void a_pointer_is_valid_if_rfc_6901_says_so(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(pointers); i++) {
        expect_valid(pointers[i].pointer, pointers[i].valid);
    }
    assert_false(tokusage_pointer_valid(NULL));
    assert_int_equal(tokusage_stream_init(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
}

/* ------------------------------------------------------------------------------------------------- where it leads */

static void a_pointer_leads_to_the_response_or_to_its_usage(void **state) {
    (void)state;
    static const document_case cases[] = {
        {"the usage", "/a/usage", TEXT("{\"usage\":" SIX ",\"a\":{\"usage\":" FIVE "}}"), "prompt 5"},
        {"the response", "/a", TEXT("{\"usage\":" SIX ",\"a\":{\"usage\":" FIVE "}}"), "prompt 5"},
        {"the response, with counts of its own", "/a", TEXT("{\"a\":{\"prompt_tokens\":7,\"usage\":" FIVE "}}"),
         "prompt 5"},
        {"the response, with counts after it", "/a", TEXT("{\"a\":{\"usage\":" FIVE ",\"prompt_tokens\":7}}"),
         "prompt 5"},
        {"a response with a null usage is the usage", "/a", TEXT("{\"a\":{\"prompt_tokens\":7,\"usage\":null}}"),
         "prompt 7"},
        {"the document is the usage", "", TEXT(FIVE), "prompt 5"},
        {"the document is the response", "", TEXT("{\"usage\":" FIVE "}"), "prompt 5"},
        {"nothing", "/b", TEXT("{\"a\":{\"usage\":" FIVE "},\"usage\":" FIVE "}"), "NOT_FOUND usage"},
        {"null", "/a", TEXT("{\"a\":null}"), "NOT_FOUND usage"},
        {"null as the document", "", TEXT("null"), "NOT_FOUND usage"},
        {"an empty object", "/a", TEXT("{\"a\":{}}"), ""},
        {"no object", "/a", TEXT("{\"a\":5}"), "TYPE usage"},
        {"a string", "/a", TEXT("{\"a\":\"x\"}"), "TYPE usage"},
        {"an array", "/a", TEXT("{\"a\":[" FIVE "]}"), "TYPE usage"},
        {"twice", "/a", TEXT("{\"a\":" FIVE ",\"a\":" FIVE "}"), "DUPLICATE usage"},
        {"twice, once null", "/a", TEXT("{\"a\":" FIVE ",\"a\":null}"), "prompt 5"},
        {"twice, once no object", "/a", TEXT("{\"a\":{},\"a\":\"\"}"), "DUPLICATE usage"},
        {"a response given twice, once with a usage", "/a", TEXT("{\"a\":{\"usage\":" FIVE "},\"a\":{\"x\":1}}"),
         "prompt 5"},
        {"the other way round", "/a", TEXT("{\"a\":{\"x\":1},\"a\":{\"usage\":" FIVE "}}"), "prompt 5"},
        {"through an object given twice", "/a/b", TEXT("{\"a\":{},\"a\":{\"b\":" FIVE "}}"), "prompt 5"},
        {"through something that is not an object", "/a/b", TEXT("{\"a\":[{\"b\":" FIVE "}]}"), "NOT_FOUND usage"},
        {"an index is a name", "/a/0", TEXT("{\"a\":[" FIVE "]}"), "NOT_FOUND usage"},
        {"an index that is a name", "/a/0", TEXT("{\"a\":{\"0\":" FIVE "}}"), "prompt 5"},
        {"an escaped tilde and slash", "/a~1b/~0c", TEXT("{\"a/b\":{\"~c\":" FIVE "},\"a\":{\"b\":" SIX "}}"),
         "prompt 5"},
        {"a tilde before a one", "/~01", TEXT("{\"~1\":" FIVE ",\"/\":" SIX "}"), "prompt 5"},
        {"an empty name", "/", TEXT("{\"\":" FIVE "}"), "prompt 5"},
        {"empty names", "//", TEXT("{\"\":{\"\":" FIVE "}}"), "prompt 5"},
        {"a name written with escapes", "/a\xC3\xA9", TEXT("{\"\\u0061\\u00e9\":" FIVE "}"), "prompt 5"},
        {"of three bytes", "/\xE2\x82\xAC", TEXT("{\"\\u20AC\":" FIVE "}"), "prompt 5"},
        {"of a surrogate pair", "/x\xF0\x9F\x98\x80", TEXT("{\"x\\uD83D\\ude00\":" FIVE "}"), "prompt 5"},
        {"of another pair", "/x\xF0\x9F\x98\x80", TEXT("{\"x\\ud83d\\ude01\":" FIVE "}"), "NOT_FOUND usage"},
        {"of the first half", "/x\xF0\x9F\x98\x80", TEXT("{\"x\\ud83d\":" FIVE "}"), "NOT_FOUND usage"},
        {"of the second half", "/x\xF0\x9F\x98\x80", TEXT("{\"x\\ude00\":" FIVE "}"), "NOT_FOUND usage"},
        {"of two first halves", "/x", TEXT("{\"x\\ud83d\\ud83d\":" FIVE "}"), "NOT_FOUND usage"},
        {"of a half and a letter", "/x", TEXT("{\"x\\ud83d\\u0041\":" FIVE ",\"x\\ud83dabcdefg\":" FIVE "}"),
         "NOT_FOUND usage"},
        {"of a half and another escape", "/x", TEXT("{\"x\\ud83d\\n12345\":" FIVE "}"), "NOT_FOUND usage"},
        {"of each short escape", "/\"\\~1\b\f\n\r\t", TEXT("{\"\\\"\\\\\\/\\b\\f\\n\\r\\t\":" FIVE "}"), "prompt 5"},
        {"a name of a quote", "/\"", TEXT("{\"\\\"\":" FIVE "}"), "prompt 5"},
        {"not deeper", "/b", TEXT("{\"a\":{\"b\":" FIVE "}}"), "NOT_FOUND usage"},
        {"not higher", "/a/b", TEXT("{\"b\":" FIVE ",\"a\":{}}"), "NOT_FOUND usage"},
        {"not the first name twice", "/a/a", TEXT("{\"a\":{\"b\":1},\"c\":{\"a\":" FIVE "}}"), "NOT_FOUND usage"},
        {"the same name in two levels", "/a/a", TEXT("{\"a\":{\"x\":{\"a\":" SIX "},\"a\":" FIVE "}}"), "prompt 5"},
        {"not a longer name", "/a", TEXT("{\"ab\":" FIVE "}"), "NOT_FOUND usage"},
        {"not a shorter name", "/ab", TEXT("{\"a\":" FIVE "}"), "NOT_FOUND usage"},
        {"not another case", "/a", TEXT("{\"A\":" FIVE "}"), "NOT_FOUND usage"},
        {"a name of the table on the way", "/usage/message",
         TEXT("{\"usage\":{\"prompt_tokens\":6,\"message\":" FIVE "}}"), "prompt 5"},
        {"in the elements of an array", "/a", TEXT("[{\"a\":" SIX "},{\"a\":" FIVE "}]"), "prompt 5"},
        {"in the elements, one level deep", "/a", TEXT("[[{\"a\":" FIVE "}]]"), "NOT_FOUND usage"},
        {"the last element is no usage", "/a", TEXT("[{\"a\":" FIVE "},{\"b\":1},{\"a\":null}]"), "prompt 5"},
        {"names that count at the root only", "/a", TEXT("{\"a\":{\"tokens_evaluated\":5,\"eval_count\":7}}"),
         "completion 7"},
        {"a wrong count of the response that is none", "/a",
         TEXT("{\"a\":{\"prompt_tokens\":\"x\",\"usage\":" FIVE "}}"), "prompt 5"},
        {"Cohere's meta in it", "/a", TEXT("{\"a\":{\"meta\":{\"billed_units\":{\"input_tokens\":5}}}}"), "prompt 5"},
    };
    expect_documents(cases, LENGTH(cases));
    for (size_t i = 0; i < LENGTH(cases); i++) {
        (void)expect_in_every_way(cases[i].what, cases[i].pointer, cases[i].document);
    }
}

/* Adds {"a":{"b": ... }} around what is at the path, and says the pointer to it. */
static void expect_behind_pointer(const name_row *row, bool to_usage) {
    char pointer[100];
    builder json = {NULL, 0, 0};
    const bool meta = strcmp(row->field, "meta") == 0;
    add(&json, 1, "{\"id\":\"outer\",\"usage\":" SIX ",\"a\":{\"b\":");
    add_at_path(&json, row->path, meta ? "{\"tokens\":{\"input_tokens\":5}}" : FIVE);
    add(&json, 1, "}}");
    (void)snprintf(pointer, sizeof pointer, "/a/b%s", to_usage ? row->path : "");
    const answer want = SAYS("prompt 5", CONSISTENT, 1, false);
    expect_extract(row->path, pointer, built(&json), "prompt 5");
    expect_body(row->path, pointer, built(&json), &want);
    builder event = {NULL, 0, 0};
    add_format(&event, "data: %s\n\n", json.bytes);
    const bool begun = strcmp(row->path, "/message/usage") == 0 && !to_usage;
    const answer in_event = SAYS_TWO("prompt 5", TRUNCATED, CONSISTENT, 1, false);
    const answer in_message = SAYS("prompt 5", TRUNCATED, 1, false);
    expect_built(row->path, pointer, &event, begun ? &in_message : &in_event);
    free(json.bytes);
}

static void every_path_works_where_a_pointer_leads_also_in_events(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const rows = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        expect_behind_pointer(&rows[i], false);
        if (strstr(rows[i].path, "/N/") == NULL) { /* pointers do not enter arrays */
            expect_behind_pointer(&rows[i], true);
        }
    }
}

static const body_case labels_and_ends_are_read_where_a_pointer_leads[] = {
    {"the response",
     "/result",
     TEXT("{\"model\":\"outer\",\"done\":true,\"result\":{\"model\":\"inner\",\"id\":\"i\",\"done\":true,\"usage\":"
          "{\"prompt_tokens\":5,\"service_tier\":\"t\"}}}"),
     {"prompt 5", TOKUSAGE_CONSISTENT, TOKUSAGE_CONSISTENT, 1, true, {"inner", "i", "t"}, NULL, 0}},
    {"what is outside of it has no meaning", "/result",
     TEXT("{\"type\":\"x.completed\",\"error\":\"e\",\"id\":\"outer\",\"result\":{\"usage\":" FIVE "}}"),
     SAYS("prompt 5", CONSISTENT, 1, false)},
    {"an error in it", "/result", TEXT("{\"result\":{\"usage\":" FIVE ",\"error\":{}}}"),
     SAYS("prompt 5", FAILED, 1, false)},
    {"an event's type", "/a", TEXT("{\"a\":{\"type\":\"message_delta\",\"usage\":" FIVE "}}"),
     SAYS("prompt 5", CONSISTENT, 1, true)},
};

static const body_case a_stream_with_the_pointer_to_the_document_takes_an_array_as_a_list[] = {
    {"an array of usages", "", TEXT("[" SIX "," FIVE "]"), SAYS("prompt 5", CONSISTENT, 2, false)},
    {"a document that is no object has no usage", "", TEXT(FIVE " 7 \"x\" [[8]]"),
     SAYS("prompt 5", CONSISTENT, 1, false)},
    {"an element that is no object", "", TEXT("[" FIVE ",[7],{}]"), SAYS("prompt 5", CONSISTENT, 1, false)},
    {"lines", "", TEXT(SIX "\n" FIVE "\n"), SAYS("prompt 5", CONSISTENT, 2, false)},
};

static void a_usage_is_found_at_every_depth_up_to_the_limit(void **state) {
    (void)state;
    static const size_t depths[] = {1, 2, 7, 8, 9, 63, 64, 65, 127, 128, 129, 511, 1022, 1023, 1024};
    for (size_t i = 0; i < LENGTH(depths); i++) {
        builder pointer = {NULL, 0, 0};
        builder json = {NULL, 0, 0};
        add(&pointer, depths[i], "/a");
        add(&json, depths[i], "{\"x\":1,\"a\":");
        add(&json, 1, FIVE);
        add(&json, depths[i], "}");
        const bool deep = depths[i] >= TOKUSAGE_DEPTH_MAX;
        expect_extract("a deep pointer", pointer.bytes, built(&json),
                       deep ? line_of("DEPTH @%d", 11 * TOKUSAGE_DEPTH_MAX) : "prompt 5");
        if (depths[i] < 100) {
            (void)expect_in_every_way("a deep pointer", pointer.bytes, built(&json));
        }
        free(pointer.bytes);
        free(json.bytes);
    }
}

/* A name written with more than 190 bytes matches none, in a pointer as in the table. */
static void a_long_name_in_a_pointer_is_found_up_to_190_bytes(void **state) {
    (void)state;
    for (size_t length = 60; length < 200; length += length < 185 ? 25 : 1) {
        builder pointer = {NULL, 0, 0};
        builder json = {NULL, 0, 0};
        add(&pointer, 1, "/");
        add(&pointer, length, "k");
        add(&json, 1, "{\"");
        add(&json, length, "k");
        add(&json, 1, "\":" FIVE "}");
        expect_extract("a long name", pointer.bytes, built(&json), length <= 190 ? "prompt 5" : "NOT_FOUND usage");
        (void)expect_in_every_way("a long name", pointer.bytes, built(&json));
        free(pointer.bytes);
        free(json.bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pointer_is_valid_if_rfc_6901_says_so),
        cmocka_unit_test(a_pointer_leads_to_the_response_or_to_its_usage),
        cmocka_unit_test(every_path_works_where_a_pointer_leads_also_in_events),
        TABLE_TEST(run_bodies, labels_and_ends_are_read_where_a_pointer_leads),
        TABLE_TEST(run_bodies, a_stream_with_the_pointer_to_the_document_takes_an_array_as_a_list),
        cmocka_unit_test(a_usage_is_found_at_every_depth_up_to_the_limit),
        cmocka_unit_test(a_long_name_in_a_pointer_is_found_up_to_190_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
