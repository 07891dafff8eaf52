/*
 * Several documents of one body: lines, arrays, and what their usages say together. The bodies are JSON documents, and
 * again the data of events. test_stream.c has the framing of events, test_verdict.c the verdicts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"

#define U(members) "{\"usage\":{" members "}}"
#define FIVE U("\"prompt_tokens\":5")
#define SIX U("\"prompt_tokens\":6")
#define ZERO U("\"prompt_tokens\":0,\"completion_tokens\":0")
#define BAD U("\"prompt_tokens\":\"x\"")

/* Anthropic's events. */
#define START(members) "{\"type\":\"message_start\",\"message\":{\"usage\":{" members "}}}"
#define DELTA(members) "{\"type\":\"message_delta\",\"usage\":{" members "}}"

/* ------------------------------------------------------------------------------------------------ lists and lines */

static const body_case each_line_is_a_document[] = {
    {"two lines", NULL, TEXT(SIX "\n" FIVE "\n"), SAYS("prompt 5", CONSISTENT, 2, false)},
    {"two lines, the last without an end", NULL, TEXT(SIX "\r\n" FIVE), SAYS("prompt 5", CONSISTENT, 2, false)},
    {"no line end between them", NULL, TEXT(SIX FIVE), SAYS("prompt 5", CONSISTENT, 2, false)},
    {"a document on several lines", NULL, TEXT("{\n\"usage\"\n:{\"prompt_tokens\":\n5}\n}\n\n\n" SIX "\n"),
     SAYS("prompt 6", CONSISTENT, 2, false)},
    {"lines without a usage", NULL, TEXT("{}\n{\"a\":1}\n" FIVE "\n{\"usage\":null}\n{\"usage\":{}}\n"),
     SAYS("prompt 5", CONSISTENT, 1, false)},
    {"values that are no objects", NULL, TEXT("{} 5 \"x\" null\n" FIVE "\ntrue"),
     SAYS("prompt 5", CONSISTENT, 1, false)},
    {"a malformed line ends the reading", NULL, TEXT(FIVE "\n{\"a\"}\n" SIX "\n"),
     SAYS("prompt 5", UNREADABLE, 1, false)},
    {"a line of words ends the reading", NULL, TEXT(FIVE "\nhello\n" SIX "\n"), SAYS("prompt 5", UNREADABLE, 1, false)},
    {"an end mark is no JSON", NULL, TEXT(FIVE "\n[DONE]\n"), SAYS("prompt 5", UNREADABLE, 1, false)},
    {"a truncated line", NULL, TEXT(FIVE "\n{\"usage\":{\"prompt_tokens\":6"), SAYS("prompt 5", TRUNCATED, 1, false)},
    {"a truncated line without a usage", NULL, TEXT(FIVE "\n{\"a\""), SAYS("prompt 5", TRUNCATED, 1, false)},
    {"white space and marks before the body", NULL, TEXT(" \r\n\xEF\xBB\xBF\t\xEF\xBB\xBF" FIVE),
     SAYS("prompt 5", CONSISTENT, 1, false)},
    {"a mark between two lines", NULL, TEXT(FIVE "\n\xEF\xBB\xBF" SIX), SAYS("prompt 5", UNREADABLE, 1, false)},
};

static void an_array_at_the_top_is_a_list_of_documents(void **state) {
    (void)state;
    static const body_case cases[] = {
        {"one element", NULL, TEXT("[" FIVE "]"), SAYS("prompt 5", CONSISTENT, 1, false)},
        {"the last of several", NULL, TEXT(" [ " SIX " ,\n" SIX "\t, " FIVE " ] "),
         SAYS("prompt 5", CONSISTENT, 3, false)},
        {"the last that has one", NULL, TEXT("[" FIVE ",{\"a\":1},{},{\"usage\":null},{\"usage\":{}}]"),
         SAYS("prompt 5", CONSISTENT, 1, false)},
        {"scalars and arrays have none", NULL,
         TEXT("[" FIVE ",null,1,\"usage\",true,[" SIX "],[{\"eval_count\":1}],[]]"),
         SAYS("prompt 5", CONSISTENT, 1, false)},
        {"a scalar and an array first", NULL, TEXT("[5,[" SIX "]," FIVE "]"), SAYS("prompt 5", CONSISTENT, 1, false)},
        {"a path for each element", NULL, TEXT("[" SIX ",{\"x_groq\":" FIVE "}]"),
         SAYS("prompt 5", CONSISTENT, 2, false)},
        {"the root of an element", NULL, TEXT("[" SIX ",{\"prompt_eval_count\":5},{\"a\":2}]"),
         SAYS("prompt 5", CONSISTENT, 2, false)},
        {"one level deep only", NULL, TEXT("[[" FIVE "]]"), SAYS("", MISSING, 0, false)},
        {"no element", NULL, TEXT("[]"), SAYS("", MISSING, 0, false)},
        {"a wrong usage last", NULL, TEXT("[" SIX "," BAD "]"), SAYS("TYPE prompt", INVALID, 2, false)},
        {"a wrong usage first", NULL, TEXT("[" BAD "," FIVE "]"), SAYS("prompt 5", CONSISTENT, 2, false)},
        {"a usage that is no object", NULL, TEXT("[" SIX ",{\"usage\":5},{}]"), SAYS("TYPE usage", INVALID, 2, false)},
        {"the same count in two elements is no duplicate", NULL, TEXT("[" FIVE "," FIVE "]"),
         SAYS("prompt 5", CONSISTENT, 2, false)},
        {"arrays one after another", NULL, TEXT("[" SIX "]\n[" SIX "," FIVE "]"),
         SAYS("prompt 5", CONSISTENT, 3, false)},
        {"elements that closed before a wrong byte count", NULL, TEXT("[" SIX "," FIVE ",]"),
         SAYS("prompt 5", UNREADABLE, 2, false)},
        {"elements that closed before the end count", NULL, TEXT("[" SIX "," FIVE),
         SAYS("prompt 5", TRUNCATED, 2, false)},
        {"an array that ends within an element", NULL, TEXT("[" FIVE ",{\"usage\":{\"prompt_tokens\":6}"),
         SAYS("prompt 5", TRUNCATED, 1, false)},
        {"an error in an element", NULL, TEXT("[" FIVE ",{\"error\":{\"code\":500}}]"),
         SAYS("prompt 5", FAILED, 1, false)},
    };
    expect_bodies(cases, LENGTH(cases));
    expect_extract("extract gives the last usage", NULL, (span)TEXT("[" SIX "," FIVE ",{}]"), "prompt 5");
    expect_extract("extract refuses a malformed array", NULL, (span)TEXT("[" FIVE ",]"), "SYNTAX @31");
    expect_extract("decode wants an object", "", (span)TEXT("[" FIVE "]"), "TYPE usage");
}

/* ---------------------------------------------------------------------------------------- a later usage replaces */

/* Runs documents as lines, as one array, and as events; says is the answer as lines. */
static void expect_together(const char *what, const char *const *documents, size_t count, const char *says,
                            uint64_t reports) {
    builder lines = {NULL, 0, 0};
    builder array = {NULL, 0, 0};
    builder events = {NULL, 0, 0};
    for (size_t i = 0; i < count; i++) {
        add_format(&lines, "%s\n", documents[i]);
        add_format(&array, "%s%s", i == 0 ? "[" : ",", documents[i]);
        add_format(&events, "data: %s\n\n", documents[i]);
    }
    add(&array, 1, "]");
    const char *const error = says[0] >= 'A' && says[0] <= 'Z' ? says : "OK";
    const char *const usage = error == says ? "" : in_order(says);
    char want[300];
    (void)snprintf(want, sizeof want, "%s", usage);
    const span bodies[] = {built(&lines), built(&array), built(&events)};
    for (size_t i = 0; i < LENGTH(bodies); i++) {
        const observation got = expect_in_every_way(what, NULL, bodies[i]);
        expect_words(what, error, error_words(&got.error));
        expect_words(what, want, usage_words(&got.usage));
        assert_int_equal(got.reports, reports);
    }
    free(lines.bytes);
    free(array.bytes);
    free(events.bytes);
}

typedef struct together {
    const char *what;
    const char *documents[5];
    const char *says; /* as reported: before settle */
    uint64_t reports;
} together;

static void run_together(void **state) {
    const case_table *const all = *state;
    const together *const cases = all->cases;
    for (size_t i = 0; i < all->count; i++) {
        size_t documents = 0;
        while (documents < LENGTH(cases[i].documents) && cases[i].documents[documents] != NULL) {
            documents++;
        }
        expect_together(cases[i].what, cases[i].documents, documents, cases[i].says, cases[i].reports);
    }
}

static const together a_later_usage_replaces_an_earlier_one_unless_it_is_all_zeros[] = {
    {"it replaces it whole", {U("\"prompt_tokens\":6,\"completion_tokens\":7"), FIVE}, "prompt 5", 2},
    {"zeros do not", {FIVE, ZERO}, "prompt 5", 2},
    {"zeros do not, twice", {FIVE, ZERO, ZERO}, "prompt 5", 3},
    {"zeros are a usage", {ZERO}, "prompt 0 completion 0", 1},
    {"zeros replace zeros", {ZERO, U("\"total_tokens\":0")}, "total 0", 2},
    {"counts replace zeros", {ZERO, FIVE}, "prompt 5", 2},
    {"one count is enough", {FIVE, U("\"prompt_tokens\":0,\"completion_tokens\":1")}, "prompt 0 completion 1", 2},
    {"a part is a count", {FIVE, U("\"cached_tokens\":1")}, "cached 1", 2},
    {"a wrong one replaces counts", {FIVE, BAD}, "TYPE prompt", 2},
    {"counts replace a wrong one", {BAD, FIVE}, "prompt 5", 2},
    {"zeros do not replace a wrong one", {BAD, ZERO}, "TYPE prompt", 2},
    {"a wrong one replaces zeros", {ZERO, BAD}, "TYPE prompt", 2},
    {"a wrong one replaces a wrong one", {BAD, U("\"total_tokens\":-1")}, "RANGE total", 2},
    {"no usage does not", {FIVE, "{\"usage\":null}", "{\"usage\":{}}", "{\"usage\":{\"x\":1}}", "{}"}, "prompt 5", 1},
    {"a usage that is no object does", {FIVE, "{\"usage\":[]}"}, "TYPE usage", 2},
    {"a doubled one does",
     {FIVE, "{\"usage\":{\"prompt_tokens\":6},\"usage\":{\"prompt_tokens\":6}}"},
     "DUPLICATE usage",
     2},
    {"a sum out of range",
     {FIVE, U("\"input_tokens\":9007199254740991,\"cache_read_input_tokens\":1")},
     "RANGE prompt",
     2},
    {"running totals are not added",
     {FIVE, U("\"prompt_tokens\":5,\"completion_tokens\":1"), U("\"prompt_tokens\":5,\"completion_tokens\":2")},
     "prompt 5 completion 2",
     3},
    {"another path", {"{\"response\":" SIX "}", FIVE}, "prompt 5", 2},
};

/* --------------------------------------------------------------------------------------- Anthropic's usages override */

static const together after_message_usage_a_later_usage_overrides_column_by_column[] = {
    {"the output grows",
     {START("\"input_tokens\":25,\"output_tokens\":4"), DELTA("\"output_tokens\":15")},
     "prompt 25 completion 15",
     2},
    {"several deltas",
     {START("\"input_tokens\":25,\"output_tokens\":4"), DELTA("\"output_tokens\":9"), DELTA("\"output_tokens\":15")},
     "prompt 25 completion 15",
     3},
    {"a smaller number overrides, too", {START("\"input_tokens\":25"), DELTA("\"input_tokens\":20")}, "prompt 20", 2},
    {"a 0 does not",
     {START("\"input_tokens\":25,\"output_tokens\":4"), DELTA("\"input_tokens\":0,\"output_tokens\":9")},
     "prompt 25 completion 9",
     2},
    {"all zeros do not",
     {START("\"input_tokens\":25"), DELTA("\"input_tokens\":0,\"output_tokens\":0")},
     "prompt 25 completion 0",
     2},
    {"the delta has what the start lacks",
     {START("\"output_tokens\":1"), DELTA("\"input_tokens\":25")},
     "prompt 25 completion 1",
     2},
    {"without a start it replaces", {DELTA("\"input_tokens\":25"), DELTA("\"output_tokens\":9")}, "completion 9", 2},
    {"a start clears what came before", {U("\"output_tokens\":9"), START("\"input_tokens\":25")}, "prompt 25", 2},
    {"a start of zeros clears, too", {FIVE, START("\"input_tokens\":0")}, "prompt 0", 2},
    {"a second start clears",
     {START("\"input_tokens\":25"), DELTA("\"output_tokens\":9"), START("\"input_tokens\":30"),
      DELTA("\"output_tokens\":7")},
     "prompt 30 completion 7",
     4},
    {"a usage at any path overrides",
     {START("\"input_tokens\":25"), "{\"delta\":" U("\"output_tokens\":3") "}",
      "{\"response\":" U("\"total_tokens\":28") "}"},
     "prompt 25 completion 3 total 28",
     3},
    {"sums are made when asked",
     {START("\"input_tokens\":25,\"cache_read_input_tokens\":100"),
      DELTA("\"cache_read_input_tokens\":200,\"cache_creation_input_tokens\":7")},
     "prompt 232 cached 200 cache_write 7",
     2},
    {"details alone are no usage",
     {START("\"input_tokens\":250,\"cache_read_input_tokens\":100"), DELTA("\"input_tokens_details\":{}")},
     "prompt 350 cached 100",
     1},
    {"details with a count say so for all",
     {START("\"input_tokens\":250,\"cache_read_input_tokens\":100"),
      DELTA("\"output_tokens\":1,\"input_tokens_details\":{}")},
     "prompt 250 completion 1 cached 100",
     2},
    {"so does prompt_tokens",
     {START("\"input_tokens\":25,\"cache_read_input_tokens\":100"), DELTA("\"prompt_tokens\":250")},
     "prompt 250 cached 100",
     2},
    {"prompt_tokens in the start",
     {START("\"prompt_tokens\":250"), DELTA("\"cache_read_input_tokens\":100")},
     "prompt 250 cached 100",
     2},
    {"the sum of two caches is a column",
     {START("\"input_tokens\":1,\"cache_creation\":"
            "{\"ephemeral_5m_input_tokens\":10,\"ephemeral_1h_input_tokens\":20}"),
      DELTA("\"cache_creation_input_tokens\":31")},
     "prompt 32 cache_write 31 cache_write_1h 20",
     2},
    {"the sum overrides",
     {START("\"input_tokens\":1,\"cache_creation_input_tokens\":31"),
      DELTA("\"cache_creation\":{\"ephemeral_5m_input_tokens\":10,\"ephemeral_1h_input_tokens\":25}")},
     "prompt 36 cache_write 35 cache_write_1h 25",
     2},
    {"the compaction's columns",
     {START("\"input_tokens\":1,\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":"
            "100,\"output_tokens\":5}]"),
      DELTA("\"output_tokens\":3,\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":"
            "200}]")},
     "prompt 201 completion 8",
     2},
    {"lists are columns",
     {START("\"promptTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":4},"
            "{\"modality\":\"IMAGE\",\"tokenCount\":6}]"),
      DELTA("\"promptTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":9}]")},
     "prompt_audio 9 prompt_image 6",
     2},
    {"a lower name overrides a higher one",
     {START("\"prompt_tokens\":25"), DELTA("\"input_tokens\":30")},
     "prompt 30",
     2},
};

static const together a_wrong_usage_makes_an_anthropic_stream_wrong_until_the_next_start[] = {
    {"in the start", {START("\"input_tokens\":-1"), DELTA("\"output_tokens\":9")}, "RANGE prompt", 2},
    {"in a delta",
     {START("\"input_tokens\":25"), DELTA("\"output_tokens\":0.5"), DELTA("\"output_tokens\":9")},
     "INTEGER completion",
     3},
    {"the first one is reported", {START("\"input_tokens\":\"x\""), DELTA("\"output_tokens\":-1")}, "TYPE prompt", 2},
    {"a usage that is no object", {START("\"input_tokens\":25"), "{\"usage\":7}"}, "TYPE usage", 2},
    {"a start that is no object", {"{\"message\":{\"usage\":7}}", DELTA("\"output_tokens\":9")}, "TYPE usage", 2},
    {"the next start is right",
     {START("\"input_tokens\":-1"), DELTA("\"output_tokens\":9"), START("\"input_tokens\":30")},
     "prompt 30",
     3},
    {"a sum out of range, and then not",
     {START("\"input_tokens\":9007199254740991,\"cache_read_input_tokens\":1"), DELTA("\"input_tokens\":5")},
     "prompt 6 cached 1",
     2},
};

static void a_document_that_is_malformed_too_deep_or_truncated_has_no_usage(void **state) {
    (void)state;
    static const body_case cases[] = {
        {"malformed after its usage", NULL, TEXT("data: " FIVE "\n\ndata: {\"usage\":{\"prompt_tokens\":6},}\n\n"),
         SAYS("prompt 5", UNREADABLE, 1, false)},
        {"malformed before its usage", NULL,
         TEXT("data: " FIVE "\n\ndata: {\"a\":x,\"usage\":{\"prompt_tokens\":6}}\n\ndata: [DONE]\n\n"),
         SAYS("prompt 5", CONSISTENT, 1, true)},
        {"the next one is read", NULL, TEXT("data: {\"usage\":{\"prompt_tokens\":6},}\n\ndata: " FIVE "\n\n" DONE),
         SAYS("prompt 5", CONSISTENT, 1, true)},
        {"truncated in its usage", NULL, TEXT("data: " FIVE "\n\ndata: {\"usage\":{\"prompt_tokens\":6"),
         SAYS("prompt 5", TRUNCATED, 1, false)},
    };
    expect_bodies(cases, LENGTH(cases));
    builder body = {NULL, 0, 0};
    add(&body, 1, "data: " FIVE "\n\ndata: {\"usage\":{\"prompt_tokens\":6},\"x\":");
    add(&body, TOKUSAGE_DEPTH_MAX, "[");
    add(&body, TOKUSAGE_DEPTH_MAX, "]");
    add(&body, 1, "}\n\n");
    const answer want = SAYS("prompt 5", UNREADABLE, 1, false);
    expect_built("too deep after its usage", NULL, &body, &want);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TABLE_TEST(run_bodies, each_line_is_a_document),
        cmocka_unit_test(an_array_at_the_top_is_a_list_of_documents),
        TABLE_TEST(run_together, a_later_usage_replaces_an_earlier_one_unless_it_is_all_zeros),
        TABLE_TEST(run_together, after_message_usage_a_later_usage_overrides_column_by_column),
        TABLE_TEST(run_together, a_wrong_usage_makes_an_anthropic_stream_wrong_until_the_next_start),
        cmocka_unit_test(a_document_that_is_malformed_too_deep_or_truncated_has_no_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
