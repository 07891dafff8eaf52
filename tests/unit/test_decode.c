/*
 * What a usage object says: numbers of every form, members that are passed over, members given twice, the limits of
 * numbers, names and depth, and which error is reported. test_names.c has the names of the services.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "table.h"

/* ------------------------------------------------------------------------------------------------------- numbers */

/* Where a number is a count, and which. */
static const struct {
    const char *pointer, *before, *after, *count;
} members[] = {
    {"", "{\"prompt_tokens\":", "}", "prompt"},
    {"", " { \"x\" : [] , \"total_tokens\":", "\n, \"y\":\"\\n\"} ", "total"},
    {NULL, "{\"usage\":{\"completion_tokens\":", " }}", "completion"},
    {NULL, "{\"usage\":{\"output_tokens_details\":{\"reasoning_tokens\":", "}}}", "reasoning"},
    {NULL, "{\"usageMetadata\":{\"promptTokensDetails\":[{\"tokenCount\":", ",\"modality\":\"AUDIO\"}]}}",
     "prompt_audio"},
    {NULL, "{\"usage\":{\"cacheDetails\":[{\"ttl\":\"1h\",\"inputTokens\":", "}]}}", "cache_write_1h"},
    {NULL, "{\"eval_count\":", "}", "completion"},
};

/* Says "7" for a value, or the status. */
static void expect_number(const char *number, const char *says) {
    const bool error = says[0] >= 'A';
    for (size_t i = 0; i < LENGTH(members); i++) {
        builder json = {NULL, 0, 0};
        add(&json, 1, members[i].before);
        add(&json, 1, number);
        add(&json, 1, members[i].after);
        char want[80];
        (void)snprintf(want, sizeof want, "%s %s", error ? says : members[i].count, error ? members[i].count : says);
        expect_extract("a number", members[i].pointer, built(&json), want);
        if (i < 2) {
            (void)expect_in_every_way(number, members[i].pointer, built(&json));
        }
        free(json.bytes);
    }
}

static void every_form_of_a_number_is_read_exactly(void **state) {
    (void)state;
    table numbers;
    assert_true(table_read(&numbers, TOKUSAGE_TEST_DATA, "numbers.tsv"));
    for (size_t i = 0; i < numbers.rows; i++) {
        expect_number(table_cell(&numbers, i, "number"), table_cell(&numbers, i, "says"));
    }
    table_free(&numbers);
}

static void every_power_of_ten_is_read_in_every_form(void **state) {
    (void)state;
    int64_t power = 1;
    for (int exponent = 0; exponent <= 15; exponent++) {
        for (int point = -20; point <= 20; point++) {
            char number[64] = "";
            const int zeros = point > 0 ? point : 1;
            if (point >= 0) { /* 1000e-3 */
                (void)snprintf(number, sizeof number, "1%0*de%d", zeros, 0, exponent - zeros);
            } else { /* 0.001e3 */
                (void)snprintf(number, sizeof number, "0.%0*de%d", -point, 1, exponent - point);
            }
            char says[24];
            (void)snprintf(says, sizeof says, "%lld", (long long)power);
            expect_number(number, says);
        }
        power *= 10;
    }
}

/* A number that begins and ends so, with zeros between them up to this length. */
static void expect_long_number(const char *begin, const char *end, size_t length, const char *says) {
    builder number = {NULL, 0, 0};
    add(&number, 1, begin);
    add(&number, length - strlen(begin) - strlen(end), "0");
    add(&number, 1, end);
    expect_number(number.bytes, says);
    free(number.bytes);
}

static void a_number_of_more_than_190_characters_is_out_of_range(void **state) {
    (void)state;
    static const struct {
        const char *begin, *end, *says;
    } cases[] = {
        {"5.", "", "5"},        {"0.", "", "0"},
        {"-0.", "", "0"},       {"5.", "e0", "5"},
        {"5.", "1", "INTEGER"}, {"0.", "1", "INTEGER"},
        {"5e", "1", "50"},      {"5e-", "1", "INTEGER"},
        {"70e-", "1", "7"},     {"1", "", "RANGE"},
        {"-1", "", "RANGE"},    {"-0.", "1", "RANGE"},
        {"5E+", "0", "5"},      {"9007199254740991.", "", "9007199254740991"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_long_number(cases[i].begin, cases[i].end, 189, cases[i].says);
        expect_long_number(cases[i].begin, cases[i].end, 190, cases[i].says);
        expect_long_number(cases[i].begin, cases[i].end, 191, "RANGE");
        expect_long_number(cases[i].begin, cases[i].end, 5000, "RANGE");
    }
}

static void a_number_without_a_meaning_may_be_of_any_length(void **state) {
    (void)state;
    for (size_t length = 185; length < 200; length++) {
        builder json = {NULL, 0, 0};
        add(&json, 1, "{\"usage\":{\"x\":1");
        add(&json, length, "0");
        add(&json, 1, ",\"cost\":[-0.");
        add(&json, length, "7");
        add(&json, 1, "],\"prompt_tokens\":5}}");
        (void)expect_in_every_way("a long number", NULL, built(&json));
        expect_extract_built("a long number", NULL, &json, "prompt 5");
    }
}

/* -------------------------------------------------------------------------------------------------------- members */

#define P "\"prompt_tokens\""
#define C "\"completion_tokens\""
#define T "\"total_tokens\""

static const document_case absent_is_not_zero[] = {
    {"nothing", "", TEXT("{}"), ""},
    {"all null", "", TEXT("{" P ":null," C ":null," T ":null}"), ""},
    {"all zero", "", TEXT("{" P ":0," C ":0," T ":0}"), "prompt 0 completion 0 total 0"},
    {"details of null", "", TEXT("{\"prompt_tokens_details\":null," P ":5,\"completion_tokens_details\":null}"),
     "prompt 5"},
    {"one null", "", TEXT("{" P ":5," C ":null," T ":12}"), "prompt 5 total 12"},
    {"all, another order", "", TEXT("{" T ":12," C ":7," P ":5}"), "prompt 5 completion 7 total 12"},
    {"all, with space", "", TEXT("{ " T " : 12 ,\n\t" C "\r\n: 7 , " P " :5}\n"), "prompt 5 completion 7 total 12"},
    {"counts that contradict each other", "", TEXT("{" P ":5," C ":7," T ":303}"), "prompt 5 completion 7 total 303"},
    {"a string is not a count of zero", "", TEXT("{" T ":\"12\"}"), "TYPE total"},
    {"a large count is not an int", "", TEXT("{" T ":3000000000}"), "total 3000000000"},
};

static const document_case members_without_a_meaning_are_passed_over[] = {
    {"names in capitals", "", TEXT("{\"Prompt_Tokens\":1,\"COMPLETION_TOKENS\":2,\"totaL_tokens\":3}"), ""},
    {"names with more", "", TEXT("{\"prompt_tokens_\":1,\"xtotal_tokens\":2,\"total_tokens \":3}"), ""},
    {"names with less", "", TEXT("{\"prompt_token\":1,\"otal_tokens\":2,\"\":3}"), ""},
    {"an escape of another letter", "", TEXT("{\"\\u0050rompt_tokens\":1}"), ""},
    {"an escape escaped", "", TEXT("{\"\\\\u0070rompt_tokens\":1}"), ""},
    {"an escaped NUL in a name", "", TEXT("{\"total_tokens\\u0000x\":1,\"total_tokens\\u0000\":2,\"\\u0000\":3}"), ""},
    {"half a surrogate pair in a name", "", TEXT("{\"prompt_tokens\\ud800\":1,\"\\udc00\":2," P ":5}"), "prompt 5"},
    {"our names deeper down", "", TEXT("{\"a\":{" P ":1," P ":2," C ":\"x\"," T ":-1.5},\"b\":[{" T ":9}]," P ":5}"),
     "prompt 5"},
    {"our names as strings", "", TEXT("{\"a\":\"prompt_tokens\",\"b\":[\"total_tokens\"]," P ":5}"), "prompt 5"},
    {"every kind", "",
     TEXT("{\"a\":null,\"b\":true,\"c\":false,\"d\":-1.5e400,\"e\":\"\",\"f\":[],\"g\":{}," P
          ":5,\"h\":[1,[2,{\"i\":3}]],\"j\":{\"k\":{\"l\":[]}}}"),
     "prompt 5"},
    {"given twice", "", TEXT("{\"a\":1,\"a\":2," P ":5,\"a\":3}"), "prompt 5"},
    {"bytes that are not UTF-8", "", TEXT("{\"a\":\"\xFF\xC0\x80\",\"\xE9\":1,\"\xE9\\t\":[1]," P ":5}"), "prompt 5"},
    {"brackets in strings", "", TEXT("{\"a\":\"}\",\"b\":\"\\\"}\",\"c}\":{\"]\":\"[\"},\"d\":[\"]\"]," P ":5}"),
     "prompt 5"},
    {"a details object in itself", "",
     TEXT("{" P ":5,\"prompt_tokens_details\":{\"prompt_tokens_details\":{\"cached_tokens\":4}}}"), "prompt 5"},
    {"names of a details object outside of it", "", TEXT("{" P ":5,\"cache_write_tokens\":4,\"thinking_tokens\":3}"),
     "prompt 5"},
    {"names of another details object", "",
     TEXT("{" P ":5,\"prompt_tokens_details\":{\"reasoning_tokens\":4,\"input_tokens\":3}}"), "prompt 5"},
    {"costs and times", "/usage", TEXT("{\"usage\":{\"cost\":0.000125," P ":5,\"queue_time\":1.5E-3}}"), "prompt 5"},
};

static const document_case a_count_given_twice_is_a_duplicate[] = {
    {"twice", "", TEXT("{" T ":5,\"x\":1," T ":5}"), "DUPLICATE total"},
    {"null, then a number", "", TEXT("{" P ":null," P ":5}"), "prompt 5"},
    {"a number, then null", "", TEXT("{" P ":5," P ":null}"), "prompt 5"},
    {"twice null", "", TEXT("{" P ":null," P ":null}"), ""},
    {"a number, null, a number", "", TEXT("{" P ":1," P ":null," P ":3}"), "DUPLICATE prompt"},
    {"once with an escape", "", TEXT("{" P ":5,\"prompt\\u005ftokens\":5}"), "DUPLICATE prompt"},
    {"in a details object given twice", "",
     TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":1},\"prompt_tokens_details\":{\"cached_tokens\":1}}"),
     "DUPLICATE cached"},
    {"two counts of a details object given twice", "",
     TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":1},\"prompt_tokens_details\":{\"cache_write_tokens\":2}}"),
     "cached 1 cache_write 2"},
    {"a details object that is once another type", "",
     TEXT("{\"prompt_tokens_details\":[7],\"prompt_tokens_details\":{\"cached_tokens\":1},"
          "\"prompt_tokens_details\":\"x\",\"prompt_tokens_details\":true}"),
     "cached 1"},
    {"the first pair in the document", "", TEXT("{" C ":1," P ":1," P ":2," C ":2}"), "DUPLICATE prompt"},
    {"two names of one count are none", "", TEXT("{\"input_tokens\":2," P ":1}"), "prompt 1"},
    {"of elements of a list", "",
     TEXT("{\"promptTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":1,\"tokenCount\":1}]}"),
     "DUPLICATE prompt_audio"},
};

/* --------------------------------------------------------------------------------------------- the order of errors */

static const document_case the_first_wrong_count_decides_and_syntax_comes_before_all[] = {
    {"a wrong type first", "", TEXT("{" T ":\"x\"," P ":-1," C ":0.5}"), "TYPE total"},
    {"a fraction first", "", TEXT("{" C ":0.5," T ":\"x\"," P ":-1}"), "INTEGER completion"},
    {"out of range first", "", TEXT("{" P ":-1," C ":0.5," T ":\"x\"}"), "RANGE prompt"},
    {"a wrong one given again", "", TEXT("{" P ":\"x\"," P ":5}"), "TYPE prompt"},
    {"a negative fraction is out of range", "", TEXT("{" P ":-0.5}"), "RANGE prompt"},
    {"so is a fraction above the largest", "", TEXT("{" P ":9007199254740991.5}"), "RANGE prompt"},
    {"in a details object before one after it", "",
     TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":\"x\"}," P ":-1}"), "TYPE cached"},
    {"before a details object", "", TEXT("{" P ":-1,\"prompt_tokens_details\":{\"cached_tokens\":\"x\"}}"),
     "RANGE prompt"},
    {"in a list", "", TEXT("{\"candidatesTokensDetails\":[{\"tokenCount\":0.5,\"modality\":\"image\"}]," P ":-1}"),
     "INTEGER completion_image"},
    {"a sum out of range", "", TEXT("{\"input_tokens\":9007199254740991,\"cache_read_input_tokens\":1}"),
     "RANGE prompt"},
    {"a sum of the completion", "", TEXT("{\"output_tokens\":9007199254740991,\"thoughtsTokenCount\":1}"),
     "RANGE completion"},
    {"a wrong count before a sum out of range", "",
     TEXT("{\"input_tokens\":9007199254740991,\"cache_read_input_tokens\":1," T ":0.5}"), "INTEGER total"},
    {"elements that add up to too much", "",
     TEXT("{\"promptTokensDetails\":[{\"modality\":\"IMAGE\",\"tokenCount\":9007199254740991},"
          "{\"modality\":\"image\",\"tokenCount\":1}]}"),
     "RANGE prompt_image"},
    {"of elements it is in the order of the document", "",
     TEXT("{\"promptTokensDetails\":[{\"modality\":\"IMAGE\",\"tokenCount\":9007199254740991},"
          "{\"modality\":\"IMAGE\",\"tokenCount\":1}]," T ":0.5}"),
     "RANGE prompt_image"},
    {"syntax after a wrong count", "/usage", TEXT("{\"usage\":{" P ":-1}}x"), "SYNTAX @30"},
    {"syntax after a usage that is no object", "/usage", TEXT("{\"usage\":5},"), "SYNTAX @11"},
    {"syntax after a good usage", "/usage", TEXT("{\"usage\":{" P ":5},}"), "SYNTAX @29"},
    {"syntax after null", NULL, TEXT("{\"usage\":null}}"), "SYNTAX @14"},
    {"a usage given twice", NULL, TEXT("{\"usage\":{" P ":5},\"usage\":{}}"), "DUPLICATE usage"},
    {"a usage given twice, once null", NULL, TEXT("{\"usage\":{" P ":5},\"usage\":null}"), "prompt 5"},
    {"a usage that is no object", NULL, TEXT("{\"usage\":[5]}"), "TYPE usage"},
    {"a usage that is no object, decoded", "", TEXT("[5]"), "TYPE usage"},
    {"a string decoded", "", TEXT("\"x\""), "TYPE usage"},
    {"a number decoded", "", TEXT("5"), "TYPE usage"},
    {"true decoded", "", TEXT("true"), "TYPE usage"},
};

static void argument_comes_before_anything_else(void **state) {
    (void)state;
    static const struct {
        const char *json, *pointer;
        bool no_usage;
    } cases[] = {{NULL, NULL, false}, {NULL, "/usage", false}, {NULL, "", false}, {"{", "", true},
                 {"x", NULL, true},   {"{}", "usage", false},  {NULL, "/~", true}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage usage;
        tokusage_error error;
        spoil(&usage, sizeof usage);
        spoil(&error, sizeof error);
        tokusage *const to = cases[i].no_usage ? NULL : &usage;
        assert_int_equal(tokusage_extract(cases[i].json, 1, cases[i].pointer, to, &error), TOKUSAGE_ERR_ARGUMENT);
        expect_words("an argument", "ARGUMENT", error_words(&error));
        assert_int_equal(tokusage_extract(cases[i].json, 1, cases[i].pointer, to, NULL), TOKUSAGE_ERR_ARGUMENT);
        assert_true(spoilt(&usage, sizeof usage));
    }
    tokusage usage;
    tokusage_error error;
    assert_int_equal(tokusage_decode(NULL, 0, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_decode("{}", 2, NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_words("an argument", "ARGUMENT", error_words(&error));
}

/* ----------------------------------------------------------------------------------------------------- the limits */

/* The document: `before`, `opens` times `open`, `inner`, as many times `close`, `after`. */
typedef struct nest {
    const char *what, *pointer, *before;
    size_t opens;
    const char *open, *inner, *close, *after, *want;
} nest;

enum {
    MAX_DEPTH = TOKUSAGE_DEPTH_MAX
};

#define FIVE "{\"prompt_tokens\":5}"

static const nest nests[] = {
    {"arrays in the usage", "", "{" P ":5,\"a\":", MAX_DEPTH - 1, "[", "", "]", "}", "prompt 5"},
    {"arrays in the usage, one more", "", "{" P ":5,\"a\":", MAX_DEPTH, "[", "", "]", "}", "DEPTH @1046"},
    {"objects in the usage", "", "{" P ":5,\"a\":", MAX_DEPTH - 1, "{\"b\":", "1", "}", "}", "prompt 5"},
    {"objects in the usage, one more", "", "{" P ":5,\"a\":", MAX_DEPTH, "{\"b\":", "1", "}", "}", "DEPTH @5138"},
    {"both in turns", "", "{" P ":5,\"a\":", MAX_DEPTH / 2 - 1, "{\"b\":[", "1", "]}", "}", "prompt 5"},
    {"before the usage", NULL, "{\"a\":", MAX_DEPTH - 1, "[", "", "]", ",\"usage\":" FIVE "}", "prompt 5"},
    {"before the usage, one more", NULL, "{\"a\":", MAX_DEPTH, "[", "", "]", ",\"usage\":" FIVE "}", "DEPTH @1028"},
    {"after the usage", NULL, "{\"usage\":" FIVE ",\"a\":", MAX_DEPTH - 1, "[", "", "]", "}", "prompt 5"},
    {"after the usage, one more", NULL, "{\"usage\":" FIVE ",\"a\":", MAX_DEPTH, "[", "", "]", "}", "DEPTH @1056"},
    {"an array at the top counts", NULL, "[{\"usage\":" FIVE ",\"a\":", MAX_DEPTH - 2, "[", "", "]", "}]", "prompt 5"},
    {"an array at the top, one more", NULL, "[{\"usage\":" FIVE ",\"a\":", MAX_DEPTH - 1, "[", "", "]", "}]",
     "DEPTH @1056"},
    {"in a details object", "", "{" P ":5,\"prompt_tokens_details\":{\"a\":", MAX_DEPTH - 2, "[", "", "]", "}}",
     "prompt 5"},
    {"in an element of a list", "", "{" P ":5,\"promptTokensDetails\":[{\"a\":", MAX_DEPTH - 3, "[", "", "]", "}]}",
     "prompt 5"},
    {"a wrong byte before it", NULL, "{\"a\":1,,\"b\":", 2000, "[", "", "]", "}", "SYNTAX @7"},
    {"a wrong byte after it", NULL, "", MAX_DEPTH + 1, "[", "x", "]", "", "DEPTH @1024"},
    {"a wrong byte at the limit", NULL, "", MAX_DEPTH, "[", "x", "]", "", "SYNTAX @1024"},
    {"left open at the limit", NULL, "", MAX_DEPTH, "[", "", "", "", "SYNTAX @1024"},
    {"a hundred thousand brackets", NULL, "", 100000, "[", "", "", "", "DEPTH @1024"},
    {"a hundred thousand objects", "", "", 100000, "{\"a\":", "", "", "", "DEPTH @5120"},
};

static void documents_nest_to_the_limit(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(nests); i++) {
        const nest *const one = &nests[i];
        builder json = {NULL, 0, 0};
        add(&json, 1, one->before);
        add(&json, one->opens, one->open);
        add(&json, 1, one->inner);
        add(&json, one->opens, one->close);
        add(&json, 1, one->after);
        expect_extract(one->what, one->pointer, built(&json), one->want);
        (void)expect_in_every_way(one->what, one->pointer, built(&json));
        free(json.bytes);
    }
}

/* The longest name is longer than 190 bytes when each letter is an escape. */
static void a_name_written_with_more_than_190_bytes_matches_none(void **state) {
    (void)state;
    static const char name[] = "amazon-bedrock-invocationMetrics";
    for (size_t plain = 0; plain < 3; plain++) {
        builder json = {NULL, 0, 0};
        add(&json, 1, "{\"");
        for (size_t i = 0; i < sizeof name - 1; i++) {
            add_format(&json, i < plain ? "%c" : "\\u%04x", name[i]);
        }
        const size_t length = json.length - 2;
        add(&json, 1, "\":{\"inputTokenCount\":5}}");
        expect_extract("a long name", NULL, built(&json), length > 190 ? "NOT_FOUND usage" : "prompt 5");
        (void)expect_in_every_way("a long name", NULL, built(&json));
        free(json.bytes);
    }
    for (size_t length = 180; length < 200; length++) {
        builder json = {NULL, 0, 0};
        add(&json, 1, "{\"usage\":{\"prompt_tokens");
        add(&json, length, "s");
        add(&json, 1, "\":1,\"prompt_tokens\":5}}");
        expect_extract("a long name", NULL, built(&json), "prompt 5");
        (void)expect_in_every_way("a long name", NULL, built(&json));
        free(json.bytes);
    }
}

static void large_documents_are_read(void **state) {
    (void)state;
    builder json = {NULL, 0, 0};
    add(&json, 1, "{\"choices\":[{\"text\":\"");
    add(&json, 30000, "words \\n\\u00e9 \xE2\x82\xAC ");
    add(&json, 1, "\"}],\"usage\":{\"a\":[");
    add(&json, 20000, "{\"b\":1.5},");
    add(&json, 1, "0],\"prompt_tokens\":5,\"c\":\"");
    add(&json, 10000, "more \\\" ");
    add(&json, 1, "\"}}");
    expect_extract("a large document", NULL, built(&json), "prompt 5");
    (void)expect_in_every_way("a large document", NULL, built(&json));
    const span part = {json.bytes, json.length - 1};
    expect_extract("a large document", NULL, part, line_of("SYNTAX @%zu", json.length - 1));
    free(json.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_a_number_is_read_exactly),
        cmocka_unit_test(every_power_of_ten_is_read_in_every_form),
        cmocka_unit_test(a_number_of_more_than_190_characters_is_out_of_range),
        cmocka_unit_test(a_number_without_a_meaning_may_be_of_any_length),
        TABLE_TEST(run_documents, absent_is_not_zero),
        TABLE_TEST(run_documents, members_without_a_meaning_are_passed_over),
        TABLE_TEST(run_documents, a_count_given_twice_is_a_duplicate),
        TABLE_TEST(run_documents, the_first_wrong_count_decides_and_syntax_comes_before_all),
        cmocka_unit_test(argument_comes_before_anything_else),
        cmocka_unit_test(documents_nest_to_the_limit),
        cmocka_unit_test(a_name_written_with_more_than_190_bytes_matches_none),
        cmocka_unit_test(large_documents_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
