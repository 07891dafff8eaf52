/*
 * JSON Pointers: which are valid, where they lead in a text, how names are compared, and what find gives. test_places.c
 * tests the places that are known without a pointer.
 */
#include "readings.h"

#include <stdio.h>
#include <string.h>

#define P "prompt_tokens"
#define NOTHING COUNTS(ABSENT, ABSENT, ABSENT)
#define FIVE "{\"" P "\":5}"
#define SIX "{\"" P "\":6}"
#define FOUND COUNTS(5, ABSENT, ABSENT)

/* ---------------------------------------------------------------------------------------------------- validity */

static const struct {
    const char *pointer;
    bool valid;
} pointers[] = {
    {"", true},         {"/", true},       {"//", true},    {"/usage", true},   {"/a/b/c", true},    {"/~0", true},
    {"/~1", true},      {"/a~0~1b", true}, {"/~01", true},  {"/ ", true},       {"/\xC3\xA9", true}, {"/0", true},
    {"/-", true},       {"/\"\\", true},   {"/\x01", true}, {"usage", false},   {" /usage", false},  {"~0", false},
    {"#/usage", false}, {"/~", false},     {"/a~", false},  {"/~2", false},     {"/~/a", false},     {"/a/~", false},
    {"/a~a/b", false},  {"/~~", false},    {"/~ 0", false}, {"$.usage", false}, {"0", false},        {"/~0~", false},
    {"/~0", true},      {"/~-1", false},   {"/~x", false},  {"u/", false},      {"/a~/b", false},    {"", true},
};

static void a_pointer_is_valid_if_rfc_6901_says_so(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(pointers); i++) {
        if (tokusage_pointer_valid(pointers[i].pointer) != pointers[i].valid) {
            fail_msg("'%s' should be %s", pointers[i].pointer, pointers[i].valid ? "valid" : "invalid");
        }
    }
    assert_false(tokusage_pointer_valid(NULL));
}

/* All three accept the pointers that pointer_valid accepts, and refuse the others before they look at the text. */
static void expect_taken(const char *pointer, bool valid) {
    static const span texts[] = {TEXT("{\"usage\":" FIVE "}"), TEXT("{\"usage\":null}"), TEXT("no JSON"), TEXT("")};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        const char *value = NULL;
        size_t length = 0;
        tokusage usage;
        const tokusage_status extracted = tokusage_extract(texts[i].bytes, texts[i].length, pointer, &usage, NULL);
        const tokusage_status found = tokusage_find(texts[i].bytes, texts[i].length, pointer, &value, &length, NULL);
        if ((extracted != TOKUSAGE_ERR_ARGUMENT) != valid || (found != TOKUSAGE_ERR_ARGUMENT) != valid) {
            fail_msg("'%s' should be %s", pointer, valid ? "accepted" : "refused");
        }
        if (!valid) {
            verdict want = ABOUT(ARGUMENT, NULL);
            expect_extract("a malformed pointer", pointer, texts[i].bytes, texts[i].length, &want);
        }
    }
    tokusage_stream stream;
    spoil(&stream, sizeof stream);
    assert_int_equal(tokusage_stream_init(&stream, pointer), valid ? TOKUSAGE_OK : TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(spoilt(&stream, sizeof stream), !valid);
}

static void an_invalid_pointer_is_refused_with_any_text(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(pointers); i++) {
        expect_taken(pointers[i].pointer, pointers[i].valid);
    }
}

/* Between `before` and `after`, `count` times the part. */
static void write_pointer(char *pointer, size_t size, const char *before, size_t count, const char *part,
                          const char *after) {
    builder text = {pointer, 0, size - 1};
    add(&text, 1, before);
    add(&text, count, part);
    add(&text, 1, after);
    pointer[text.used] = '\0';
}

static void a_name_of_a_pointer_has_at_most_63_bytes(void **state) {
    (void)state;
    static const struct {
        const char *before;
        size_t count;
        const char *part, *after;
        bool valid;
    } cases[] = {
        {"/", 63, "a", "", true},        {"/", 64, "a", "", false},        {"/", 65, "a", "", false},
        {"/", 1000, "a", "", false},     {"/usage/", 63, "a", "", true},   {"/usage/", 64, "a", "", false},
        {"/", 63, "a", "/usage", true},  {"/", 64, "a", "/usage", false},  {"/", 63, "~0", "", true},
        {"/", 64, "~1", "", false},      {"/a", 62, "~1", "", true},       {"/", 62, "~0", "ab", false},
        {"/", 31, "\xC3\xA9", "", true}, {"/", 32, "\xC3\xA9", "", false}, {"", 200, "/a", "", true},
        {"", 200, "/", "", true},        {"/", 63, "a", "~", false},       {"/", 300, "~0", "/a", false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char pointer[1100];
        write_pointer(pointer, sizeof pointer, cases[i].before, cases[i].count, cases[i].part, cases[i].after);
        if (tokusage_pointer_valid(pointer) != cases[i].valid) {
            fail_msg("'%s' should be %s", pointer, cases[i].valid ? "valid" : "invalid");
        }
        expect_taken(pointer, cases[i].valid);
    }
}

static void the_longest_name_of_a_pointer_is_found_and_a_longer_one_is_not(void **state) {
    (void)state;
    for (size_t length = 60; length <= 130; length++) {
        char pointer[70];
        char json[400];
        write_pointer(pointer, sizeof pointer, "/", length < 63 ? length : 63, "k", "");
        builder text = {json, 0, sizeof json};
        add(&text, 1, "{\"");
        add(&text, length, "k");
        add(&text, 1, "\":" FIVE "}");
        reading_case one = {"a long name", pointer, {json, text.used}, FOUND};
        if (length > 63) {
            verdict none = ABOUT(NOT_FOUND, "usage");
            one.want = none;
        }
        expect_reading(&one);
    }
}

/* ------------------------------------------------------------------------------------------------------- find */

static void find_gives_the_bytes_of_a_value_as_they_stand(void **state) {
    (void)state;
    static const struct {
        const char *pointer;
        span json;
        const char *value;
    } cases[] = {
        {"/model", TEXT("{\"id\":\"1\",\"model\" : \"llama\\u0020\\\"8b\\\"\" }"), "\"llama\\u0020\\\"8b\\\"\""},
        {"/model", TEXT("{\"model\":null}"), "null"},
        {"/model", TEXT("{\"model\":\"\"}"), "\"\""},
        {"/a/b", TEXT("{\"a\":{\"b\":[1, {\"c\" : 2}\n] }}"), "[1, {\"c\" : 2}\n]"},
        {"/created", TEXT("{\"created\":-1.5e3 ,\"x\":1}"), "-1.5e3"},
        {"/created", TEXT("{\"created\":15}"), "15"},
        {"", TEXT("\xEF\xBB\xBF {\"a\" : 1}\n"), "{\"a\" : 1}"},
        {"", TEXT(" 12 "), "12"},
        {"", TEXT("true"), "true"},
        {"", TEXT("[{\"a\":1}, 2 ]"), "[{\"a\":1}, 2 ]"},
        {"/usage/prompt_tokens", TEXT("{\"usage\":{\"prompt_tokens\": 5.0}}"), "5.0"},
        {"/usage", TEXT("{\"usage\":{\"prompt_tokens\":\"x\"}}"), "{\"prompt_tokens\":\"x\"}"},
        {"/message/usage/a", TEXT("{\"usage\":1,\"message\":{\"usage\":{\"a\":\"\\ud800\"}}}"), "\"\\ud800\""},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *value = NULL;
        size_t length = 0;
        heap_fail(0, true);
        tokusage_status status =
            tokusage_find(cases[i].json.bytes, cases[i].json.length, cases[i].pointer, &value, &length, NULL);
        assert_int_equal(heap_calls(), 0);
        heap_fail(NEVER, false);
        assert_int_equal(status, TOKUSAGE_OK);
        assert_int_equal(length, strlen(cases[i].value));
        assert_memory_equal(value, cases[i].value, length);
    }
}

static void find_refuses_what_is_missing_or_malformed_before_it_looks(void **state) {
    (void)state;
    const char *value = "as it was";
    size_t length = 77;
    tokusage_error error;
    const struct {
        const char *json, *pointer;
        const char **value;
        size_t *length;
    } cases[] = {
        {NULL, "", &value, &length},   {"{}", NULL, &value, &length}, {"{}", "", NULL, &length},
        {"{}", "", &value, NULL},      {"{}", "a", &value, &length},  {"{}", "/~", &value, &length},
        {"x", "/~2", &value, &length}, {"x", NULL, &value, &length},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        spoil(&error, sizeof error);
        assert_int_equal(tokusage_find(cases[i].json, 2, cases[i].pointer, cases[i].value, cases[i].length, &error),
                         TOKUSAGE_ERR_ARGUMENT);
        expect_error("find", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
        assert_int_equal(tokusage_find(cases[i].json, 2, cases[i].pointer, cases[i].value, cases[i].length, NULL),
                         TOKUSAGE_ERR_ARGUMENT);
    }
    assert_string_equal(value, "as it was");
    assert_int_equal(length, 77);
}

static void find_tells_what_is_wrong_and_changes_nothing_else(void **state) {
    (void)state;
    static const struct {
        const char *pointer;
        span json;
        tokusage_status status;
        size_t offset;
    } cases[] = {
        {"/a", TEXT("{\"a\":1]"), TOKUSAGE_ERR_SYNTAX, 6},
        {"/a", TEXT("{\"a\":1}}"), TOKUSAGE_ERR_SYNTAX, 7},
        {"/a", TEXT("\xEF\xBB\xBF{\"a\":1}x"), TOKUSAGE_ERR_SYNTAX, 10},
        {"/a", TEXT(""), TOKUSAGE_ERR_SYNTAX, 0},
        {"/a", TEXT("{\"a\":1,\"a\":2}"), TOKUSAGE_ERR_DUPLICATE, 0},
        {"/a/b", TEXT("{\"a\":{},\"a\":{}}"), TOKUSAGE_ERR_DUPLICATE, 0},
        {"/b", TEXT("{\"a\":1}"), TOKUSAGE_ERR_NOT_FOUND, 0},
        {"/a", TEXT("[{\"a\":1}]"), TOKUSAGE_ERR_NOT_FOUND, 0},
        {"/0", TEXT("[1]"), TOKUSAGE_ERR_NOT_FOUND, 0},
        {"/a", TEXT("5"), TOKUSAGE_ERR_NOT_FOUND, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *value = "as it was";
        size_t length = 77;
        tokusage_error error;
        spoil(&error, sizeof error);
        const span *json = &cases[i].json;
        assert_int_equal(tokusage_find(json->bytes, json->length, cases[i].pointer, &value, &length, &error),
                         cases[i].status);
        assert_int_equal(error.status, cases[i].status);
        assert_null(error.member);
        assert_int_equal(error.offset, cases[i].offset);
        assert_string_equal(value, "as it was");
        assert_int_equal(length, 77);
        assert_int_equal(tokusage_find(json->bytes, json->length, cases[i].pointer, &value, &length, NULL),
                         cases[i].status);
    }
}

static const struct {
    const char *what, *pointer;
    span json;
    bool found, duplicate;
    size_t begin, end;
} places[] = {
    {"the whole text", "", TEXT(" {\"a\":1} "), true, false, 1, 8},
    {"a number as the whole text", "", TEXT(" 12 "), true, false, 1, 3},
    {"a string as the whole text", "", TEXT("\"a\""), true, false, 0, 3},
    {"a member", "/a", TEXT("{\"b\":1,\"a\":2}"), true, false, 11, 12},
    {"a member that is null", "/a", TEXT("{\"a\":null}"), true, false, 5, 9},
    {"a member that is an array", "/a", TEXT("{\"a\": [1, 2] }"), true, false, 6, 12},
    {"a member that is a number before space", "/a", TEXT("{\"a\":12 }"), true, false, 5, 7},
    {"a member that is a number before a comma", "/a", TEXT("{\"a\":12,\"b\":1}"), true, false, 5, 7},
    {"a member of a member", "/a/b", TEXT("{\"a\":{\"b\":{}}}"), true, false, 10, 12},
    {"the right one of two objects", "/a/b", TEXT("{\"x\":{\"b\":1},\"a\":{\"b\":2}}"), true, false, 22, 23},
    {"not a name deeper down", "/b", TEXT("{\"a\":{\"b\":1}}"), false, false, 0, 0},
    {"not a name higher up", "/a/b", TEXT("{\"b\":1,\"a\":{}}"), false, false, 0, 0},
    {"not a second step in another object", "/a/b", TEXT("{\"a\":{\"c\":{\"b\":1}}}"), false, false, 0, 0},
    {"not the first step twice", "/a/a", TEXT("{\"a\":{\"b\":1},\"c\":{\"a\":1}}"), false, false, 0, 0},
    {"arrays have no members", "/a/0", TEXT("{\"a\":[1]}"), false, false, 0, 0},
    {"an object in an array is not reached", "/a/b", TEXT("{\"a\":[{\"b\":1}]}"), false, false, 0, 0},
    {"an object in an array at the top is not reached", "/a", TEXT("[{\"a\":1}]"), false, false, 0, 0},
    {"numbers have no members", "/a/b", TEXT("{\"a\":5}"), false, false, 0, 0},
    {"strings have no members", "/a", TEXT("\"a\""), false, false, 0, 0},
    {"not a value that looks like the name", "/a", TEXT("{\"b\":\"a\"}"), false, false, 0, 0},
    {"not an element that looks like the name", "/a", TEXT("[\"a\"]"), false, false, 0, 0},
    {"not a longer name", "/a", TEXT("{\"ab\":1}"), false, false, 0, 0},
    {"not a shorter name", "/ab", TEXT("{\"a\":1}"), false, false, 0, 0},
    {"not the name in capitals", "/a", TEXT("{\"A\":1}"), false, false, 0, 0},
    {"an empty name", "/", TEXT("{\"a\":1,\"\":2}"), true, false, 10, 11},
    {"not an empty name for another", "/", TEXT("{\"a\":1}"), false, false, 0, 0},
    {"two empty names", "//", TEXT("{\"\":{\"\":2}}"), true, false, 8, 9},
    {"an empty name behind another", "/a/", TEXT("{\"a\":{\"\":3}}"), true, false, 9, 10},
    {"the name twice", "/a", TEXT("{\"a\":1,\"a\":2}"), true, true, 0, 0},
    {"a step twice", "/a/b", TEXT("{\"a\":{\"b\":1},\"a\":{}}"), true, true, 0, 0},
    {"a step twice, the first is not an object", "/a/b", TEXT("{\"a\":5,\"a\":{\"b\":1}}"), true, true, 0, 0},
    {"a step three times", "/a", TEXT("{\"a\":1,\"a\":2,\"a\":3}"), true, true, 0, 0},
    {"the name twice, once in escapes", "/a", TEXT("{\"a\":1,\"\\u0061\":2}"), true, true, 0, 0},
    {"the name twice in an object that is not on the way", "/a", TEXT("{\"b\":{\"a\":1,\"a\":2},\"a\":3}"), true, false,
     23, 24},
    {"the name once in each of two levels", "/a", TEXT("{\"a\":{\"a\":1}}"), true, false, 5, 12},
    {"the name twice inside the value", "/a", TEXT("{\"a\":{\"a\":1,\"a\":2}}"), true, false, 5, 18},
};

static void find_gives_the_value_that_the_pointer_names(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(places); i++) {
        const char *value = NULL;
        size_t length = 0;
        const char *json = places[i].json.bytes;
        const tokusage_status want = places[i].duplicate ? TOKUSAGE_ERR_DUPLICATE
                                     : places[i].found   ? TOKUSAGE_OK
                                                         : TOKUSAGE_ERR_NOT_FOUND;
        const tokusage_status status =
            tokusage_find(json, places[i].json.length, places[i].pointer, &value, &length, NULL);
        if (status != want ||
            (want == TOKUSAGE_OK && (value != json + places[i].begin || length != places[i].end - places[i].begin))) {
            fail_msg("%s: '%s'", places[i].what, tokusage_status_text(status));
        }
        expect_find(places[i].what, places[i].pointer, json, places[i].json.length);
    }
}

/* ------------------------------------------------------------------------------------------- where it leads */

static void extract_looks_only_where_the_pointer_leads(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"no pointer", NULL, TEXT("{\"usage\":" FIVE "}"), FOUND},
        {"no pointer, no usage", NULL, TEXT(FIVE), ABOUT(NOT_FOUND, "usage")},
        {"the document", "", TEXT(FIVE), FOUND},
        {"the document, not the usage in it", "", TEXT("{\"usage\":" FIVE "}"), NOTHING},
        {"an empty document", "", TEXT("{}"), NOTHING},
        {"a member", "/usage", TEXT("{\"usage\":" FIVE "}"), FOUND},
        {"a member among others", "/usage", TEXT("{\"a\":1,\"usage\":" FIVE ",\"b\":[2]}"), FOUND},
        {"an empty object", "/usage", TEXT("{\"usage\":{}}"), NOTHING},
        {"an empty object with space", "/usage", TEXT("{\"usage\" : { \n } }"), NOTHING},
        {"a member of members", "/response/body/usage",
         TEXT("{\"id\":1,\"response\":{\"status_code\":200,\"body\":{\"usage\":" FIVE "}}}"), FOUND},
        {"a usage higher up does not count", "/response/body/usage",
         TEXT("{\"usage\":" FIVE ",\"response\":{\"body\":{}}}"), ABOUT(NOT_FOUND, "usage")},
        {"a usage deeper down does not count", "/usage", TEXT("{\"x_groq\":{\"usage\":" FIVE "}}"),
         ABOUT(NOT_FOUND, "usage")},
        {"a usage deeper down before ours", "/usage", TEXT("{\"x_groq\":{\"usage\":" SIX "},\"usage\":" FIVE "}"),
         FOUND},
        {"a usage deeper down behind ours", "/usage", TEXT("{\"usage\":" FIVE ",\"x_groq\":{\"usage\":" SIX "}}"),
         FOUND},
        {"a usage inside ours", "/usage", TEXT("{\"usage\":{\"usage\":" SIX ",\"" P "\":5}}"), FOUND},
        {"the usage inside the usage", "/usage/usage", TEXT("{\"usage\":{\"usage\":" FIVE ",\"" P "\":6}}"), FOUND},
        {"a usage in a string", "/usage", TEXT("{\"text\":\"{\\\"usage\\\":{\\\"" P "\\\":5}}\"}"),
         ABOUT(NOT_FOUND, "usage")},
        {"a usage in an array at the top", "/usage", TEXT("[{\"usage\":" FIVE "}]"), FOUND},
        {"a usage in an array's member", "/choices/usage", TEXT("{\"choices\":[{\"usage\":" FIVE "}]}"),
         ABOUT(NOT_FOUND, "usage")},
        {"an index is a name", "/choices/0/usage", TEXT("{\"choices\":[{\"usage\":" FIVE "}]}"),
         ABOUT(NOT_FOUND, "usage")},
        {"a name of digits", "/choices/0/usage", TEXT("{\"choices\":{\"0\":{\"usage\":" FIVE "}}}"), FOUND},
        {"an array's end is a name", "/-", TEXT("{\"-\":" FIVE "}"), FOUND},
        {"through a number", "/a/usage", TEXT("{\"a\":5}"), ABOUT(NOT_FOUND, "usage")},
        {"through a string", "/a/usage", TEXT("{\"a\":\"usage\"}"), ABOUT(NOT_FOUND, "usage")},
        {"through null", "/a/usage", TEXT("{\"a\":null}"), ABOUT(NOT_FOUND, "usage")},
        {"in a scalar", "/usage", TEXT("5"), ABOUT(NOT_FOUND, "usage")},

        {"null", "/usage", TEXT("{\"usage\":null}"), ABOUT(NOT_FOUND, "usage")},
        {"the document null", "", TEXT("null"), ABOUT(NOT_FOUND, "usage")},
        {"the document null, with space", "", TEXT(" null\n"), ABOUT(NOT_FOUND, "usage")},
        {"an array for a usage", "/usage", TEXT("{\"usage\":[" FIVE "]}"), ABOUT(TYPE, "usage")},
        {"a number for a usage", "/usage", TEXT("{\"usage\":5}"), ABOUT(TYPE, "usage")},
        {"a string for a usage", "/usage", TEXT("{\"usage\":\"null\"}"), ABOUT(TYPE, "usage")},
        {"true for a usage", "/usage", TEXT("{\"usage\":true}"), ABOUT(TYPE, "usage")},
        {"false for a usage", "/usage", TEXT("{\"usage\":false}"), ABOUT(TYPE, "usage")},
        {"the document an array", "", TEXT("[]"), ABOUT(TYPE, "usage")},
        {"the document a number", "", TEXT("12"), ABOUT(TYPE, "usage")},
        {"the document a string", "", TEXT("\"" P "\""), ABOUT(TYPE, "usage")},
        {"the document false", "", TEXT("false"), ABOUT(TYPE, "usage")},
    };
    expect_readings(cases, LENGTH(cases));
}

static void extract_compares_names_exactly(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"capitals", "/usage", TEXT("{\"Usage\":" FIVE ",\"USAGE\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"capitals in the pointer", "/Usage", TEXT("{\"usage\":" SIX ",\"Usage\":" FIVE "}"), FOUND},
        {"a longer name", "/usage", TEXT("{\"usages\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"a shorter name", "/usage", TEXT("{\"usag\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"a name with a space", "/usage", TEXT("{\"usage \":" FIVE ",\" usage\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"a name with a NUL behind", "/usage", TEXT("{\"usage\\u0000\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"a name with a NUL before", "/usage", TEXT("{\"\\u0000usage\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"a name of a NUL", "/", TEXT("{\"\\u0000\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"an escape for a letter", "/usage", TEXT("{\"\\u0075sage\":" FIVE "}"), FOUND},
        {"escapes for all letters", "/usage", TEXT("{\"\\u0075\\u0073\\u0061\\u0067\\u0065\":" FIVE "}"), FOUND},
        {"an escape for another letter", "/usage", TEXT("{\"\\u0055sage\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"an escape in hexadecimal capitals", "/m", TEXT("{\"\\u006D\":" FIVE "}"), FOUND},
        {"an escape in hexadecimal small letters", "/m", TEXT("{\"\\u006d\":" FIVE "}"), FOUND},
        {"the escape's own characters are another name", "/\\u0075sage", TEXT("{\"\\u0075sage\":" FIVE "}"),
         ABOUT(NOT_FOUND, "usage")},
        {"the escape's own characters, escaped", "/\\u0075sage", TEXT("{\"\\\\u0075sage\":" FIVE "}"), FOUND},
        {"two-character escapes", "/\"\\\b\f\n\r\t", TEXT("{\"\\\"\\\\\\b\\f\\n\\r\\t\":" FIVE "}"), FOUND},
        {"two-character escapes in hexadecimal", "/\"\\\b\f\n\r\t",
         TEXT("{\"\\u0022\\u005C\\u0008\\u000c\\u000A\\u000D\\u0009\":" FIVE "}"), FOUND},
        {"a letter is not the meaning of its escape", "/n", TEXT("{\"\\n\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"a solidus, escaped", "/a~1b", TEXT("{\"a\\/b\":" FIVE "}"), FOUND},
        {"two bytes of UTF-8", "/\xC3\xA9", TEXT("{\"\xC3\xA9\":" FIVE "}"), FOUND},
        {"two bytes of UTF-8, escaped", "/\xC3\xA9", TEXT("{\"\\u00e9\":" FIVE "}"), FOUND},
        {"two bytes of UTF-8, the last", "/\xDF\xBF", TEXT("{\"\\u07FF\":" FIVE "}"), FOUND},
        {"two bytes of UTF-8, the first", "/\xC2\x80", TEXT("{\"\\u0080\":" FIVE "}"), FOUND},
        {"three bytes of UTF-8", "/\xE2\x82\xAC", TEXT("{\"\xE2\x82\xAC\":" FIVE "}"), FOUND},
        {"three bytes of UTF-8, escaped", "/\xE2\x82\xAC", TEXT("{\"\\u20AC\":" FIVE "}"), FOUND},
        {"three bytes of UTF-8, the first", "/\xE0\xA0\x80", TEXT("{\"\\u0800\":" FIVE "}"), FOUND},
        {"three bytes of UTF-8, the last", "/\xEF\xBF\xBF", TEXT("{\"\\uffff\":" FIVE "}"), FOUND},
        {"three bytes of UTF-8, before the surrogates", "/\xED\x9F\xBF", TEXT("{\"\\ud7ff\":" FIVE "}"), FOUND},
        {"three bytes of UTF-8, behind the surrogates", "/\xEE\x80\x80", TEXT("{\"\\ue000\":" FIVE "}"), FOUND},
        {"four bytes of UTF-8", "/\xF0\x9F\x98\x80", TEXT("{\"\xF0\x9F\x98\x80\":" FIVE "}"), FOUND},
        {"four bytes of UTF-8, a pair", "/\xF0\x9F\x98\x80", TEXT("{\"\\ud83d\\uDE00\":" FIVE "}"), FOUND},
        {"four bytes of UTF-8, the first", "/\xF0\x90\x80\x80", TEXT("{\"\\ud800\\udc00\":" FIVE "}"), FOUND},
        {"four bytes of UTF-8, the last", "/\xF4\x8F\xBF\xBF", TEXT("{\"\\udbff\\udfff\":" FIVE "}"), FOUND},
        {"a pair and more", "/\xF0\x9F\x98\x80x", TEXT("{\"\\ud83d\\ude00x\":" FIVE "}"), FOUND},
        {"a pair and less", "/\xF0\x9F\x98\x80x", TEXT("{\"\\ud83d\\ude00\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"half a pair is not equal to its bytes", "/\xED\xA0\xBD", TEXT("{\"\\ud83d\":" FIVE "}"),
         ABOUT(NOT_FOUND, "usage")},
        {"the other half is not equal to its bytes", "/\xED\xB8\x80", TEXT("{\"\\ude00\":" FIVE "}"),
         ABOUT(NOT_FOUND, "usage")},
        {"half a pair before the name", "/usage", TEXT("{\"\\ud83dusage\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"half a pair behind the name", "/usage", TEXT("{\"usage\\ud83d\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"half a pair in the name", "/usage", TEXT("{\"usa\\ude00ge\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"half a pair, then an escape of the name", "/usage", TEXT("{\"\\ud83d\\u0075sage\":" FIVE "}"),
         ABOUT(NOT_FOUND, "usage")},
        {"two forms of one letter are two names", "/\xC3\xA9", TEXT("{\"e\xCC\x81\":" FIVE "}"),
         ABOUT(NOT_FOUND, "usage")},
        {"bytes that are not UTF-8", "/\xFF\x80", TEXT("{\"\xFF\x80\":" FIVE "}"), FOUND},
        {"an overlong form is another name", "/u", TEXT("{\"\xC1\xB5\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"a quotation mark", "/\"", TEXT("{\"\\\"\":" FIVE "}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

/* Each character of one byte, as an escape in small and in capital letters. */
static void extract_reads_every_escape_of_a_byte(void **state) {
    (void)state;
    for (unsigned code = 1; code < 0x80; code++) {
        const char *plain = code == '~' ? "~0" : code == '/' ? "~1" : (char[]){(char)code, '\0'};
        for (int capital = 0; capital < 2; capital++) {
            char pointer[8];
            char json[40];
            (void)snprintf(pointer, sizeof pointer, "/%s", plain);
            const size_t length = (size_t)snprintf(
                json, sizeof json, capital == 0 ? "{\"\\u%04x\":" FIVE "}" : "{\"\\u%04X\":" FIVE "}", code);
            reading_case one = {"an escape", pointer, {json, length}, FOUND};
            expect_reading(&one);
        }
    }
}

static void extract_reads_a_pointer_as_rfc_6901_says(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"an empty name", "/", TEXT("{\"\":" FIVE ",\"usage\":" SIX "}"), FOUND},
        {"an empty name last", "/usage/", TEXT("{\"usage\":{\"\":" FIVE "}}"), FOUND},
        {"an empty name first", "//usage", TEXT("{\"\":{\"usage\":" FIVE "},\"usage\":" SIX "}"), FOUND},
        {"an empty name is a name", "/usage/", TEXT("{\"usage\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"~0 is a tilde", "/m~0n", TEXT("{\"m~n\":" FIVE "}"), FOUND},
        {"~0 is a tilde, escaped", "/m~0n", TEXT("{\"m\\u007en\":" FIVE "}"), FOUND},
        {"~0 is not ~0", "/m~0n", TEXT("{\"m~0n\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"~1 is a solidus", "/a~1b", TEXT("{\"a/b\":" FIVE "}"), FOUND},
        {"~1 does not begin another name", "/a~1b", TEXT("{\"a\":{\"b\":" FIVE "}}"), ABOUT(NOT_FOUND, "usage")},
        {"~1 is a solidus, in hexadecimal", "/a~1b", TEXT("{\"a\\u002fb\":" FIVE "}"), FOUND},
        {"~01 is ~1", "/~01", TEXT("{\"~1\":" FIVE ",\"/\":" SIX "}"), FOUND},
        {"~1 and ~0 side by side", "/~1~0~0~1", TEXT("{\"/~~/\":" FIVE "}"), FOUND},
        {"~0 last in a step", "/a~0/b", TEXT("{\"a~\":{\"b\":" FIVE "}}"), FOUND},
        {"a percent sign stays", "/a%2Fb", TEXT("{\"a/b\":" SIX ",\"a%2Fb\":" FIVE "}"), FOUND},
        {"a space", "/ ", TEXT("{\" \":" FIVE "}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void extract_refuses_a_name_that_stands_twice_on_the_way(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"the usage", "/usage", TEXT("{\"usage\":" FIVE ",\"usage\":" FIVE "}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, once null", "/usage", TEXT("{\"usage\":null,\"usage\":" FIVE "}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, then null", "/usage", TEXT("{\"usage\":" FIVE ",\"usage\":null}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, twice null", "/usage", TEXT("{\"usage\":null,\"usage\":null}"), ABOUT(DUPLICATE, "usage")},
        {"the usage is not an object", "/usage", TEXT("{\"usage\":1,\"usage\":[]}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, three times", "/usage", TEXT("{\"usage\":1,\"usage\":2,\"usage\":3}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, far apart", "/usage", TEXT("{\"usage\":" FIVE ",\"a\":{\"b\":[1,2]},\"c\":\"d\",\"usage\":{}}"),
         ABOUT(DUPLICATE, "usage")},
        {"the usage, spelled with an escape", "/usage", TEXT("{\"usage\":" FIVE ",\"us\\u0061ge\":{}}"),
         ABOUT(DUPLICATE, "usage")},
        {"the usage, twice spelled with escapes", "/usage", TEXT("{\"\\u0075sage\":" FIVE ",\"usag\\u0065\":{}}"),
         ABOUT(DUPLICATE, "usage")},
        {"the first step", "/a/b/c", TEXT("{\"a\":{\"b\":{\"c\":" FIVE "}},\"a\":{}}"), ABOUT(DUPLICATE, "usage")},
        {"the first step, which is not an object at first", "/a/b/c", TEXT("{\"a\":1,\"a\":{\"b\":{\"c\":" FIVE "}}}"),
         ABOUT(DUPLICATE, "usage")},
        {"the first step, nothing found", "/a/b/c", TEXT("{\"a\":1,\"a\":2}"), ABOUT(DUPLICATE, "usage")},
        {"the second step", "/a/b/c", TEXT("{\"a\":{\"b\":{\"c\":" FIVE "},\"b\":null}}"), ABOUT(DUPLICATE, "usage")},
        {"the third step", "/a/b/c", TEXT("{\"a\":{\"b\":{\"c\":" FIVE ",\"c\":{}}}}"), ABOUT(DUPLICATE, "usage")},
        {"an empty step", "/", TEXT("{\"\":" FIVE ",\"\":{}}"), ABOUT(DUPLICATE, "usage")},
        {"a step of several bytes, escaped", "/\xF0\x9F\x98\x80",
         TEXT("{\"\\ud83d\\ude00\":" FIVE ",\"\xF0\x9F\x98\x80\":" FIVE "}"), ABOUT(DUPLICATE, "usage")},
        {"other names may stand twice", "/usage", TEXT("{\"a\":1,\"a\":2,\"usage\":" FIVE ",\"b\":1,\"b\":1}"), FOUND},
        {"our name may stand twice elsewhere", "/usage", TEXT("{\"a\":{\"usage\":1,\"usage\":2},\"usage\":" FIVE "}"),
         FOUND},
        {"a later step may stand twice elsewhere", "/a/b",
         TEXT("{\"b\":1,\"b\":2,\"c\":{\"b\":1,\"b\":2},\"a\":{\"b\":" FIVE "}}"), FOUND},
        {"an earlier step may stand twice elsewhere", "/a/b", TEXT("{\"a\":{\"a\":1,\"a\":2,\"b\":" FIVE "}}"), FOUND},
        {"our name may stand twice in an array", "/usage",
         TEXT("{\"a\":[{\"usage\":1,\"usage\":2}],\"usage\":" FIVE "}"), FOUND},
        {"each of two levels once", "/a/a", TEXT("{\"a\":{\"a\":" FIVE "}}"), FOUND},
        {"each of two objects once", "/usage", TEXT("{\"usage\":" FIVE ",\"a\":{\"usage\":" FIVE "}}"), FOUND},
        {"two names of one beginning", "/usage", TEXT("{\"usage\":" FIVE ",\"usage2\":{},\"usag\":{}}"), FOUND},
        {"two names of one beginning, by a NUL", "/usage", TEXT("{\"usage\":" FIVE ",\"usage\\u0000\":{}}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pointer_is_valid_if_rfc_6901_says_so),
        cmocka_unit_test(an_invalid_pointer_is_refused_with_any_text),
        cmocka_unit_test(a_name_of_a_pointer_has_at_most_63_bytes),
        cmocka_unit_test(the_longest_name_of_a_pointer_is_found_and_a_longer_one_is_not),
        WATCHED(find_gives_the_bytes_of_a_value_as_they_stand),
        cmocka_unit_test(find_refuses_what_is_missing_or_malformed_before_it_looks),
        cmocka_unit_test(find_tells_what_is_wrong_and_changes_nothing_else),
        cmocka_unit_test(find_gives_the_value_that_the_pointer_names),
        cmocka_unit_test(extract_looks_only_where_the_pointer_leads),
        cmocka_unit_test(extract_compares_names_exactly),
        cmocka_unit_test(extract_reads_every_escape_of_a_byte),
        cmocka_unit_test(extract_reads_a_pointer_as_rfc_6901_says),
        cmocka_unit_test(extract_refuses_a_name_that_stands_twice_on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
