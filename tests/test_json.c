/*
 * Usage and JSON: decode, extract, encode, and the three functions on cJSON trees. The grammar itself is
 * test_scan.c's; here every text of it goes through the public functions too.
 */
#include "support.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "generate.h"
#include "numbers.h"
#include "reference.h"
#include "texts.h"

#define P "prompt_tokens"
#define C "completion_tokens"
#define T "total_tokens"
#define NOTHING COUNTS(ABSENT, ABSENT, ABSENT)

/* ------------------------------------------------------------------------------------------------ reading */

/* A text, where to look in it, and the answer. */
typedef struct reading_case {
    const char *what, *pointer;
    span json;
    verdict want;
} reading_case;

static bool same_verdict(const verdict *a, const verdict *b) {
    bool same_member = a->member == b->member || (a->member && b->member && strcmp(a->member, b->member) == 0);
    return a->status == b->status && same_member && a->offset == b->offset &&
           (a->status != TOKUSAGE_OK || memcmp(a->counts, b->counts, sizeof a->counts) == 0);
}

/* Behind something that may come first, every answer is the same, but for the offset. */
static void expect_behind(const char *first, const reading_case *one) {
    size_t shift = strlen(first);
    char *longer = malloc(shift + one->json.length);
    assert_non_null(longer);
    memcpy(longer, first, shift);
    memcpy(longer + shift, one->json.bytes, one->json.length);
    verdict want = one->want;
    if (want.status == TOKUSAGE_ERR_SYNTAX || want.status == TOKUSAGE_ERR_DEPTH) {
        want.offset += shift;
    }
    expect_extract(one->what, one->pointer, longer, shift + one->json.length, &want);
    free(longer);
}

/* Calls tokusage_find on copies of the text at either edge of unreadable memory. */
static void expect_find(const char *what, const char *pointer, const char *bytes, size_t length) {
    size_t mark = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    reference_place place = reference_find(pointer, bytes + mark, length - mark);
    bool syntax = place.status != TOKUSAGE_OK;
    tokusage_status want = syntax            ? place.status
                           : place.duplicate ? TOKUSAGE_ERR_DUPLICATE
                           : !place.found    ? TOKUSAGE_ERR_NOT_FOUND
                                             : TOKUSAGE_OK;
    for (int side = 0; side < 2; side++) {
        const char *copy = side == 0 ? against_the_end(bytes, length) : against_the_beginning(bytes, length);
        const char *value = what;
        size_t value_length = 77;
        tokusage_error error;
        spoil(&error, sizeof error);
        tokusage_status status = tokusage_find(copy, length, pointer, &value, &value_length, &error);
        if (status != want || error.status != want || error.member != NULL || error.expected != 0 ||
            error.actual != 0 || error.offset != (syntax ? place.offset + mark : 0)) {
            fail_msg("%s: find says '%s' (%zu) for '%s' (%zu), %s in %s", what, tokusage_status_text(status),
                     error.offset, tokusage_status_text(want), place.offset + mark, pointer, shown(bytes, length));
        }
        if (status != TOKUSAGE_OK) {
            assert_ptr_equal(value, what);
            assert_int_equal(value_length, 77);
        } else {
            assert_ptr_equal(value, copy + mark + place.begin);
            assert_int_equal(value_length, place.end - place.begin);
        }
    }
}

static void expect_reading(const reading_case *one) {
    verdict second = reference_extract(one->pointer, one->json.bytes, one->json.length);
    if (!same_verdict(&second, &one->want)) {
        fail_msg("the table and the reference disagree about %s: %s: '%s' and '%s'", one->what,
                 shown(one->json.bytes, one->json.length), tokusage_status_text(one->want.status),
                 tokusage_status_text(second.status));
    }
    expect_extract(one->what, one->pointer, one->json.bytes, one->json.length, &one->want);
    expect_find(one->what, one->pointer != NULL ? one->pointer : "/usage", one->json.bytes, one->json.length);
    if (one->json.length > 0 && one->json.bytes[0] == '\xEF') {
        return; /* it begins with a mark of its own */
    }
    expect_behind("\xEF\xBB\xBF", one);
    expect_behind("\xEF\xBB\xBF \n", one);
    expect_behind(" \t\r\n", one);
}

static void expect_readings(const reading_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_reading(&cases[i]);
    }
}

static void extract_takes_every_form_that_the_grammar_has(void **state) {
    (void)state;
    for (size_t i = 0; i < good_text_count; i++) {
        reading_case one = {good_texts[i].rule, "/not/there", good_texts[i].json, ABOUT(NOT_FOUND, "usage")};
        expect_reading(&one);
    }
}

static void extract_refuses_every_break_of_the_grammar_at_its_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < bad_text_count; i++) {
        reading_case one = {bad_texts[i].rule, "/not/there", bad_texts[i].json, AT(SYNTAX, bad_texts[i].offset)};
        expect_reading(&one);
        one.pointer = "";
        expect_reading(&one);
    }
}

static void decode_refuses_bad_json_in_a_member_that_it_does_not_know(void **state) {
    (void)state;
    static const char before[] = "{\"" P "\":5,\"x\":";
    char longer[300];
    for (size_t i = 0; i < bad_text_count; i++) {
        const bad_text *one = &bad_texts[i];
        size_t used = sizeof before - 1;
        memcpy(longer, before, used);
        memcpy(longer + used, one->json.bytes, one->json.length);
        memcpy(longer + used + one->json.length, "}", 1);
        used += one->json.length + 1;
        verdict want = reference_extract("", longer, used);
        expect_extract(one->rule, "", longer, used, &want);
    }
}

static void extract_takes_one_byte_order_mark_at_the_very_start(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"a mark and an object", "", TEXT("\xEF\xBB\xBF{\"" P "\":5}"), COUNTS(5, ABSENT, ABSENT)},
        {"a mark, space and an object", "", TEXT("\xEF\xBB\xBF \r\n\t{\"" P "\":5}"), COUNTS(5, ABSENT, ABSENT)},
        {"a mark and a place", "/usage", TEXT("\xEF\xBB\xBF{\"usage\":{\"" P "\":5}}"), COUNTS(5, ABSENT, ABSENT)},
        {"a mark and nothing", "", TEXT("\xEF\xBB\xBF"), AT(SYNTAX, 3)},
        {"a mark and space", "", TEXT("\xEF\xBB\xBF \n"), AT(SYNTAX, 5)},
        {"a mark and null", "", TEXT("\xEF\xBB\xBFnull"), ABOUT(NOT_FOUND, "usage")},
        {"two marks", "", TEXT("\xEF\xBB\xBF\xEF\xBB\xBF{}"), AT(SYNTAX, 3)},
        {"a mark behind space", "", TEXT(" \xEF\xBB\xBF{}"), AT(SYNTAX, 1)},
        {"a mark behind the object", "", TEXT("{}\xEF\xBB\xBF"), AT(SYNTAX, 2)},
        {"a mark inside", "", TEXT("{\xEF\xBB\xBF}"), AT(SYNTAX, 1)},
        {"a mark and a bad byte", "", TEXT("\xEF\xBB\xBF{]"), AT(SYNTAX, 4)},
        {"the first byte of a mark", "", TEXT("\xEF"), AT(SYNTAX, 1)},
        {"two bytes of a mark", "", TEXT("\xEF\xBB"), AT(SYNTAX, 2)},
        {"the first byte of a mark and an object", "", TEXT("\xEF{}"), AT(SYNTAX, 1)},
        {"two bytes of a mark and an object", "", TEXT("\xEF\xBB{}"), AT(SYNTAX, 2)},
        {"almost a mark", "", TEXT("\xEF\xBB\xBE{}"), AT(SYNTAX, 2)},
        {"a mark without its first byte", "", TEXT("\xBB\xBF{}"), AT(SYNTAX, 0)},
        {"a mark of UTF-16", "", TEXT("\xFF\xFE{}"), AT(SYNTAX, 0)},
        {"a mark and half of a pair", "", TEXT("\xEF\xBB\xBF {\"x\":\"\\ud800\"}"), AT(SYNTAX, 10)},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        verdict second = reference_extract(cases[i].pointer, cases[i].json.bytes, cases[i].json.length);
        assert_true(same_verdict(&second, &cases[i].want));
        expect_extract(cases[i].what, cases[i].pointer, cases[i].json.bytes, cases[i].json.length, &cases[i].want);
    }
}

/* Two bodies: one whose usage is plain, one that goes the long way. */
static const span bodies[] = {
    TEXT("{\"id\":\"cmpl-1\",\"choices\":[{\"text\":\"Hi \\u0041\\\"\",\"p\":-0.25e+1}],\n\"usage\": {\"" P "\":5, \"" C
         "\":7,\"" T "\": 12}, \"n\":null}"),
    TEXT("{\"usage\":{\"" P "\":5.0,\"x\":[true,{\"y\":\"\\ud83d\\ude00\"}],\"\\u0074otal_tokens\":1.2e1}}"),
};

static void extract_refuses_every_prefix_of_a_text_at_its_length(void **state) {
    (void)state;
    for (size_t body = 0; body < LENGTH(bodies); body++) {
        for (size_t length = 0; length < bodies[body].length; length++) {
            verdict want = AT(SYNTAX, length);
            expect_extract("a prefix", "/usage", bodies[body].bytes, length, &want);
        }
        verdict whole = reference_extract("/usage", bodies[body].bytes, bodies[body].length);
        assert_int_equal(whole.status, TOKUSAGE_OK);
        expect_extract("the whole", "/usage", bodies[body].bytes, bodies[body].length, &whole);
    }
}

static void decode_refuses_every_prefix_of_a_text_at_its_length(void **state) {
    (void)state;
    static const char json[] = " {\"" P "\" : 5 , \"" C "\":null,\"x\":{\"y\":\"z\"},\"" T "\":12}";
    for (size_t length = 0; length < sizeof json - 1; length++) {
        verdict want = AT(SYNTAX, length);
        expect_extract("a prefix", "", json, length, &want);
    }
}

static void judge_every_change_of_one_byte(const char *pointer, span body) {
    char changed[512];
    assert_true(body.length <= sizeof changed);
    for (size_t at = 0; at < body.length; at++) {
        memcpy(changed, body.bytes, body.length);
        for (int byte = 0; byte < 256; byte++) {
            changed[at] = (char)byte;
            verdict want = reference_extract(pointer, changed, body.length);
            expect_extract("one byte changed", pointer, changed, body.length, &want);
        }
    }
}

static void extract_judges_every_change_of_one_byte_as_the_reference_does(void **state) {
    (void)state;
    for (size_t body = 0; body < LENGTH(bodies); body++) {
        judge_every_change_of_one_byte("/usage", bodies[body]);
    }
}

static void decode_judges_every_change_of_one_byte_as_the_reference_does(void **state) {
    (void)state;
    static const span objects[] = {
        TEXT("{\"" P "\":5,\"" C "\":7,\"" T "\":12}"),
        TEXT(" { \"" P "\" : 9007199254740991 , \"x\" : { \"y\" : \"z\" , \"w\" : -1.5 , \"v\" : true } , \"" T
             "\" : null } "),
        TEXT("{\"\\u0074otal_tokens\":1.20e1,\"" C "\":-0.0e-1,\"x\":[\"\\ud83d\\ude00\\n\"]}"),
    };
    for (size_t i = 0; i < LENGTH(objects); i++) {
        judge_every_change_of_one_byte("", objects[i]);
    }
}

static void extract_reads_random_documents_as_the_reference_does(void **state) {
    (void)state;
    char document[DOCUMENT_SIZE];
    size_t seen[TOKUSAGE_ERR_TOTAL + 1] = {0};
    random_seed();
    for (size_t left = rounds(60000); left > 0; left--) {
        size_t length = random_document(document);
        if (random_below(4) == 0) {
            length = random_damage(document, length);
        }
        const char *pointer = random_pointer();
        verdict want = reference_extract(pointer, document, length);
        seen[want.status]++;
        expect_extract("random", pointer, document, length, &want);
        if (document[0] != '\xEF') {
            expect_find("random", pointer, document, length);
        }
    }
    static const tokusage_status frequent[] = {
        TOKUSAGE_OK,          TOKUSAGE_ERR_SYNTAX, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_ERR_TYPE,
        TOKUSAGE_ERR_INTEGER, TOKUSAGE_ERR_RANGE,  TOKUSAGE_ERR_DUPLICATE,
    };
    for (size_t i = 0; i < LENGTH(frequent); i++) {
        if (seen[frequent[i]] < rounds(20)) {
            fail_msg("the random documents show little: '%s' only %zu times", tokusage_status_text(frequent[i]),
                     seen[frequent[i]]);
        }
    }
}

/* ----------------------------------------------------------------------------------------------- pointers */

static void find_gives_the_text_of_a_value_as_it_stands(void **state) {
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

#define FIVE "{\"" P "\":5}"
#define SIX "{\"" P "\":6}"
#define FOUND COUNTS(5, ABSENT, ABSENT)

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
        {"a usage higher up is another", "/response/body/usage",
         TEXT("{\"usage\":" FIVE ",\"response\":{\"body\":{}}}"), ABOUT(NOT_FOUND, "usage")},
        {"a usage deeper down is another", "/usage", TEXT("{\"x_groq\":{\"usage\":" FIVE "}}"),
         ABOUT(NOT_FOUND, "usage")},
        {"a usage deeper down before ours", "/usage", TEXT("{\"x_groq\":{\"usage\":" SIX "},\"usage\":" FIVE "}"),
         FOUND},
        {"a usage deeper down behind ours", "/usage", TEXT("{\"usage\":" FIVE ",\"x_groq\":{\"usage\":" SIX "}}"),
         FOUND},
        {"a usage inside ours", "/usage", TEXT("{\"usage\":{\"usage\":" SIX ",\"" P "\":5}}"), FOUND},
        {"the usage inside the usage", "/usage/usage", TEXT("{\"usage\":{\"usage\":" FIVE ",\"" P "\":6}}"), FOUND},
        {"a usage in a string", "/usage", TEXT("{\"text\":\"{\\\"usage\\\":{\\\"" P "\\\":5}}\"}"),
         ABOUT(NOT_FOUND, "usage")},
        {"a usage in an array", "/usage", TEXT("[{\"usage\":" FIVE "}]"), ABOUT(NOT_FOUND, "usage")},
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
        {"the escape's own text is another name", "/\\u0075sage", TEXT("{\"\\u0075sage\":" FIVE "}"),
         ABOUT(NOT_FOUND, "usage")},
        {"the escape's own text, escaped", "/\\u0075sage", TEXT("{\"\\\\u0075sage\":" FIVE "}"), FOUND},
        {"two-character escapes", "/\"\\\b\f\n\r\t", TEXT("{\"\\\"\\\\\\b\\f\\n\\r\\t\":" FIVE "}"), FOUND},
        {"two-character escapes in hexadecimal", "/\"\\\b\f\n\r\t",
         TEXT("{\"\\u0022\\u005C\\u0008\\u000c\\u000A\\u000D\\u0009\":" FIVE "}"), FOUND},
        {"a letter is no escape's meaning", "/n", TEXT("{\"\\n\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
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
        {"half a pair is no name", "/\xED\xA0\xBD", TEXT("{\"\\ud83d\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"the other half is no name", "/\xED\xB8\x80", TEXT("{\"\\ude00\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"half a pair before the name", "/usage", TEXT("{\"\\ud83dusage\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"half a pair behind the name", "/usage", TEXT("{\"usage\\ud83d\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"half a pair in the name", "/usage", TEXT("{\"usa\\ude00ge\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"half a pair, then an escape of the name", "/usage", TEXT("{\"\\ud83d\\u0075sage\":" FIVE "}"),
         ABOUT(NOT_FOUND, "usage")},
        {"two forms of one letter are two names", "/\xC3\xA9", TEXT("{\"e\xCC\x81\":" FIVE "}"),
         ABOUT(NOT_FOUND, "usage")},
        {"bytes that are no UTF-8", "/\xFF\x80", TEXT("{\"\xFF\x80\":" FIVE "}"), FOUND},
        {"an overlong form is another name", "/u", TEXT("{\"\xC1\xB5\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"a quotation mark", "/\"", TEXT("{\"\\\"\":" FIVE "}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void extract_reads_a_pointer_as_rfc_6901_has_it(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"an empty name", "/", TEXT("{\"\":" FIVE ",\"usage\":" SIX "}"), FOUND},
        {"an empty name last", "/usage/", TEXT("{\"usage\":{\"\":" FIVE "}}"), FOUND},
        {"an empty name first", "//usage", TEXT("{\"\":{\"usage\":" FIVE "},\"usage\":" SIX "}"), FOUND},
        {"an empty name is not no name", "/usage/", TEXT("{\"usage\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"~0 is a tilde", "/m~0n", TEXT("{\"m~n\":" FIVE "}"), FOUND},
        {"~0 is a tilde, escaped", "/m~0n", TEXT("{\"m\\u007en\":" FIVE "}"), FOUND},
        {"~0 is not ~0", "/m~0n", TEXT("{\"m~0n\":" FIVE "}"), ABOUT(NOT_FOUND, "usage")},
        {"~1 is a solidus", "/a~1b", TEXT("{\"a/b\":" FIVE "}"), FOUND},
        {"~1 begins no name", "/a~1b", TEXT("{\"a\":{\"b\":" FIVE "}}"), ABOUT(NOT_FOUND, "usage")},
        {"~1 is a solidus, in hexadecimal", "/a~1b", TEXT("{\"a\\u002fb\":" FIVE "}"), FOUND},
        {"~01 is ~1", "/~01", TEXT("{\"~1\":" FIVE ",\"/\":" SIX "}"), FOUND},
        {"~1 and ~0 side by side", "/~1~0~0~1", TEXT("{\"/~~/\":" FIVE "}"), FOUND},
        {"~0 last in a step", "/a~0/b", TEXT("{\"a~\":{\"b\":" FIVE "}}"), FOUND},
        {"a percent sign stays", "/a%2Fb", TEXT("{\"a/b\":" SIX ",\"a%2Fb\":" FIVE "}"), FOUND},
        {"a space", "/ ", TEXT("{\" \":" FIVE "}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void extract_refuses_a_malformed_pointer_whatever_the_text(void **state) {
    (void)state;
    static const char *const pointers[] = {"usage", " /usage", "~0",   "#/usage", "/~", "/a~",     "/~2",
                                           "/a~/b", "/a/~",    "/~~0", "/~x",     "u/", "$.usage", "/~-1"};
    static const span texts[] = {TEXT("{\"usage\":" FIVE "}"), TEXT("{\"usage\":null}"), TEXT("no JSON"), TEXT("")};
    for (size_t i = 0; i < LENGTH(pointers); i++) {
        for (size_t j = 0; j < LENGTH(texts); j++) {
            verdict want = ABOUT(ARGUMENT, NULL);
            expect_extract("a malformed pointer", pointers[i], texts[j].bytes, texts[j].length, &want);
        }
    }
}

static void extract_refuses_a_name_that_stands_twice_on_the_way(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"the usage", "/usage", TEXT("{\"usage\":" FIVE ",\"usage\":" FIVE "}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, once null", "/usage", TEXT("{\"usage\":null,\"usage\":" FIVE "}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, then null", "/usage", TEXT("{\"usage\":" FIVE ",\"usage\":null}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, twice null", "/usage", TEXT("{\"usage\":null,\"usage\":null}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, no object", "/usage", TEXT("{\"usage\":1,\"usage\":[]}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, thrice", "/usage", TEXT("{\"usage\":1,\"usage\":2,\"usage\":3}"), ABOUT(DUPLICATE, "usage")},
        {"the usage, far apart", "/usage", TEXT("{\"usage\":" FIVE ",\"a\":{\"b\":[1,2]},\"c\":\"d\",\"usage\":{}}"),
         ABOUT(DUPLICATE, "usage")},
        {"the usage, spelled with an escape", "/usage", TEXT("{\"usage\":" FIVE ",\"us\\u0061ge\":{}}"),
         ABOUT(DUPLICATE, "usage")},
        {"the usage, twice spelled with escapes", "/usage", TEXT("{\"\\u0075sage\":" FIVE ",\"usag\\u0065\":{}}"),
         ABOUT(DUPLICATE, "usage")},
        {"the first step", "/a/b/c", TEXT("{\"a\":{\"b\":{\"c\":" FIVE "}},\"a\":{}}"), ABOUT(DUPLICATE, "usage")},
        {"the first step, no object first", "/a/b/c", TEXT("{\"a\":1,\"a\":{\"b\":{\"c\":" FIVE "}}}"),
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

/* ------------------------------------------------------------------------------------------------- counts */

/* Reads the number as each of the three counts, at the top and at a place, in plain company and in other. */
static void expect_number(const number_case *one) {
    static const char *const members[] = {P, C, T};
    static const char *const surroundings[][3] = {
        {"", "{\"", "}"},
        {"", "{\"x\":[],\"", ",\"y\":\"\\n\"}"},
        {"", " { \"x\" : \"y\" , \"", "\n} "},
        {"/usage", "{\"usage\":{\"", "}}"},
    };
    assert_true(strlen(one->number) <= 64);
    for (size_t member = 0; member < 3; member++) {
        for (size_t i = 0; i < LENGTH(surroundings); i++) {
            char json[200];
            int length = snprintf(json, sizeof json, "%s%s\":%s%s", surroundings[i][1], members[member], one->number,
                                  surroundings[i][2]);
            verdict want = NOTHING;
            want.status = one->status;
            if (one->status == TOKUSAGE_OK) {
                want.counts[member] = one->value;
            } else {
                want.member = members[member];
            }
            span text = {json, (size_t)length};
            reading_case reading = {one->number, surroundings[i][0], text, want};
            expect_reading(&reading);
        }
    }
}

static void decode_reads_every_form_of_a_number_exactly(void **state) {
    (void)state;
    for (size_t i = 0; i < number_case_count; i++) {
        expect_number(&number_cases[i]);
    }
}

static void decode_reads_every_power_of_ten_in_every_form(void **state) {
    (void)state;
    int64_t power = 1;
    for (int exponent = 0; exponent <= 15; exponent++) {
        for (int point = -20; point <= 20; point++) {
            char number[64] = "";
            if (point >= 0) { /* 1000e-3 */
                (void)snprintf(number, sizeof number, "1%0*de%d", point > 0 ? point : 1, 0,
                               exponent - (point > 0 ? point : 1));
            } else { /* 0.001e3 */
                (void)snprintf(number, sizeof number, "0.%0*de%d", -point, 1, exponent - point);
            }
            number_case one = {number, TOKUSAGE_OK, power};
            expect_number(&one);
        }
        power *= 10;
    }
}

static void decode_refuses_what_is_no_number(void **state) {
    (void)state;
    static const char *const values[] = {"\"5\"", "\"\"",   "\"null\"",    "true",       "false",
                                         "[]",    "[5]",    "{}",          "{\"a\":5}",  "{\"" P "\":5}",
                                         "\"0\"", "[[[]]]", "\"\\u0035\"", "\"\\u0000\""};
    static const char *const members[] = {P, C, T};
    for (size_t i = 0; i < LENGTH(values); i++) {
        for (size_t member = 0; member < 3; member++) {
            char json[100];
            int length = snprintf(json, sizeof json, "{\"a\":1,\"%s\":%s}", members[member], values[i]);
            reading_case one = {"no number", "", {json, (size_t)length}, {TOKUSAGE_ERR_TYPE, members[member], 0, {0}}};
            expect_reading(&one);
        }
    }
}

static void decode_tells_absent_from_zero(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"nothing", "", TEXT("{}"), NOTHING},
        {"all null", "", TEXT("{\"" P "\":null,\"" C "\":null,\"" T "\":null}"), NOTHING},
        {"all zero", "", TEXT("{\"" P "\":0,\"" C "\":0,\"" T "\":0}"), COUNTS(0, 0, 0)},
        {"one null", "", TEXT("{\"" P "\":5,\"" C "\":null,\"" T "\":12}"), COUNTS(5, ABSENT, 12)},
        {"prompt only", "", TEXT("{\"" P "\":5}"), COUNTS(5, ABSENT, ABSENT)},
        {"completion only", "", TEXT("{\"" C "\":7}"), COUNTS(ABSENT, 7, ABSENT)},
        {"total only", "", TEXT("{\"" T "\":12}"), COUNTS(ABSENT, ABSENT, 12)},
        {"prompt and completion", "", TEXT("{\"" P "\":5,\"" C "\":7}"), COUNTS(5, 7, ABSENT)},
        {"prompt and total", "", TEXT("{\"" P "\":5,\"" T "\":12}"), COUNTS(5, ABSENT, 12)},
        {"completion and total", "", TEXT("{\"" C "\":7,\"" T "\":12}"), COUNTS(ABSENT, 7, 12)},
        {"all", "", TEXT("{\"" P "\":5,\"" C "\":7,\"" T "\":12}"), COUNTS(5, 7, 12)},
        {"all, another order", "", TEXT("{\"" T "\":12,\"" C "\":7,\"" P "\":5}"), COUNTS(5, 7, 12)},
        {"all, with space", "", TEXT("{ \"" T "\" : 12 ,\n\t\"" C "\"\r\n: 7 , \"" P "\" :5}\n"), COUNTS(5, 7, 12)},
        {"all, spelled with escapes", "",
         TEXT("{\"\\u0070rompt_tokens\":5,\"completion\\u005Ftokens\":7,\"total_token\\u0073\":12}"), COUNTS(5, 7, 12)},
        {"counts that contradict each other", "", TEXT("{\"" P "\":5,\"" C "\":7,\"" T "\":303}"), COUNTS(5, 7, 303)},
    };
    expect_readings(cases, LENGTH(cases));
}

static void decode_passes_over_members_that_it_does_not_know(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"names in capitals", "", TEXT("{\"Prompt_Tokens\":1,\"COMPLETION_TOKENS\":2,\"totaL_tokens\":3}"), NOTHING},
        {"names with more", "", TEXT("{\"prompt_tokens_\":1,\"xtotal_tokens\":2,\"total_tokens \":3}"), NOTHING},
        {"names with less", "", TEXT("{\"prompt_token\":1,\"otal_tokens\":2,\"\":3}"), NOTHING},
        {"names of the same length", "", TEXT("{\"prompt-tokens\":1,\"completion_token5\":2,\"cached_token\":3}"),
         NOTHING},
        {"an escape that spells another name", "", TEXT("{\"\\u0050rompt_tokens\":1}"), NOTHING},
        {"an escape escaped", "", TEXT("{\"\\\\u0070rompt_tokens\":1}"), NOTHING},
        {"details", "",
         TEXT("{\"" P "\":5,\"prompt_tokens_details\":{\"cached_tokens\":4,\"audio_tokens\":null},\"" C "\":7,\"" T
              "\":12,\"completion_tokens_details\":{\"reasoning_tokens\":0}}"),
         COUNTS(5, 7, 12)},
        {"our names deeper down", "",
         TEXT("{\"a\":{\"" P "\":1,\"" P "\":2,\"" C "\":\"x\",\"" T "\":-1.5},\"b\":[{\"" T "\":9}],\"" P "\":5}"),
         FOUND},
        {"our names as strings", "", TEXT("{\"a\":\"" P "\",\"b\":[\"" T "\"],\"" P "\":5}"), FOUND},
        {"every kind", "",
         TEXT("{\"a\":null,\"b\":true,\"c\":false,\"d\":-1.5e400,\"e\":\"\",\"f\":[],\"g\":{},\"" P
              "\":5,\"h\":[1,[2,{\"i\":3}]],\"j\":{\"k\":{\"l\":[]}}}"),
         FOUND},
        {"twice", "", TEXT("{\"a\":1,\"a\":2,\"" P "\":5,\"a\":3}"), FOUND},
        {"numbers of all sizes", "", TEXT("{\"a\":1e400,\"b\":-1e400,\"c\":1e-400,\"d\":0e999999999,\"" P "\":5}"),
         FOUND},
        {"a number of 63 characters", "", TEXT("{\"a\":" WHOLE_63 ",\"" P "\":5}"), FOUND},
        {"strings with escapes", "",
         TEXT("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u20ac\\ud83d\\ude00\",\"" P "\":5}"), FOUND},
        {"bytes that are no UTF-8", "", TEXT("{\"a\":\"\xFF\xC0\x80\",\"\xE9\":1,\"" P "\":5}"), FOUND},
        {"bytes that are no UTF-8, and an escape", "", TEXT("{\"a\":\"\xFF\\n\",\"\xE9\\t\":[1],\"" P "\":5}"), FOUND},
        {"closers in strings", "", TEXT("{\"a\":\"}\",\"b\":\"\\\"}\",\"c}\":{\"]\":\"[\"},\"" P "\":5}"), FOUND},
        {"closers in strings in an array", "", TEXT("{\"a\":[\"]\",\"\\\"]}\",{\"}\":\"{\"}],\"" P "\":5}"), FOUND},
        {"a usage in it", "", TEXT("{\"usage\":{\"" P "\":6},\"" P "\":5}"), FOUND},
        {"a cost", "/usage", TEXT("{\"usage\":{\"cost\":0.000125,\"" P "\":5}}"), FOUND},
        {"times", "/usage", TEXT("{\"usage\":{\"queue_time\":0.061,\"" P "\":5,\"total_time\":1.5E-3}}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void decode_refuses_a_count_given_twice(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"prompt", "", TEXT("{\"" P "\":5,\"" P "\":5}"), ABOUT(DUPLICATE, P)},
        {"completion", "", TEXT("{\"" C "\":5,\"" C "\":6}"), ABOUT(DUPLICATE, C)},
        {"total", "", TEXT("{\"" T "\":5,\"x\":1,\"" T "\":5}"), ABOUT(DUPLICATE, T)},
        {"null, then a number", "", TEXT("{\"" P "\":null,\"" P "\":5}"), ABOUT(DUPLICATE, P)},
        {"a number, then null", "", TEXT("{\"" P "\":5,\"" P "\":null}"), ABOUT(DUPLICATE, P)},
        {"twice null", "", TEXT("{\"" P "\":null,\"" P "\":null}"), ABOUT(DUPLICATE, P)},
        {"thrice", "", TEXT("{\"" P "\":1,\"" P "\":2,\"" P "\":3}"), ABOUT(DUPLICATE, P)},
        {"once spelled with an escape", "", TEXT("{\"" P "\":5,\"prompt\\u005ftokens\":5}"), ABOUT(DUPLICATE, P)},
        {"first spelled with an escape", "", TEXT("{\"\\u0074otal_tokens\":5,\"" T "\":5}"), ABOUT(DUPLICATE, T)},
        {"the first pair in the text", "", TEXT("{\"" C "\":1,\"" P "\":1,\"" P "\":2,\"" C "\":2}"),
         ABOUT(DUPLICATE, P)},
        {"twice where it does not matter", "", TEXT("{\"a\":{\"" P "\":1,\"" P "\":2},\"" P "\":5}"), FOUND},
        {"names that differ in a capital", "", TEXT("{\"" P "\":5,\"Prompt_tokens\":6}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void decode_refuses_half_a_surrogate_pair_only_within_the_usage(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"high, in a value", "", TEXT("{\"a\":\"\\ud800\"}"), AT(SYNTAX, 6)},
        {"low, in a value", "", TEXT("{\"a\":\"\\uDC00\"}"), AT(SYNTAX, 6)},
        {"behind text", "", TEXT("{\"a\":\"xyz\\udbff\"}"), AT(SYNTAX, 9)},
        {"before text", "", TEXT("{\"a\":\"\\udfffxyz\"}"), AT(SYNTAX, 6)},
        {"behind a whole pair", "", TEXT("{\"a\":\"\\ud83d\\ude00\\ude00\"}"), AT(SYNTAX, 18)},
        {"two high ones", "", TEXT("{\"a\":\"\\ud800\\ud800\\udc00\"}"), AT(SYNTAX, 6)},
        {"two low ones", "", TEXT("{\"a\":\"\\udc00\\udc00\"}"), AT(SYNTAX, 6)},
        {"before another escape", "", TEXT("{\"a\":\"\\ud800\\n\"}"), AT(SYNTAX, 6)},
        {"before another Unicode escape", "", TEXT("{\"a\":\"\\ud800\\u0041\"}"), AT(SYNTAX, 6)},
        {"before an escape of a backslash", "", TEXT("{\"a\":\"\\ud800\\\\udc00\"}"), AT(SYNTAX, 6)},
        {"behind an escape of a backslash", "", TEXT("{\"a\":\"\\\\\\ud800\"}"), AT(SYNTAX, 8)},
        {"behind other escapes", "", TEXT("{\"a\":\"\\n\\u0041\\ud800\"}"), AT(SYNTAX, 14)},
        {"in a name", "", TEXT("{\"\\ud800\":1}"), AT(SYNTAX, 2)},
        {"in a name of ours", "", TEXT("{\"" P "\\ud800\":1}"), AT(SYNTAX, 15)},
        {"in an array", "", TEXT("{\"a\":[1,\"\\ud800\"]}"), AT(SYNTAX, 9)},
        {"in an object", "", TEXT("{\"a\":{\"b\":{\"c\":\"\\ud800\"}}}"), AT(SYNTAX, 16)},
        {"in a name deeper down", "", TEXT("{\"a\":{\"\\udead\":1}}"), AT(SYNTAX, 7)},
        {"as a count", "", TEXT("{\"" P "\":\"\\ud800\"}"), AT(SYNTAX, 18)},
        {"the first of two", "", TEXT("{\"a\":\"\\ud800\",\"b\":\"\\ud801\"}"), AT(SYNTAX, 6)},
        {"behind everything", "", TEXT("{\"" P "\":5,\"a\":\"\\ud800\"}"), AT(SYNTAX, 24)},
        {"at a place", "/usage", TEXT("{\"a\":1,\"usage\": {\"b\":\"\\ud800\"}}"), AT(SYNTAX, 22)},
        {"at a place, with halves before it", "/usage", TEXT("{\"a\":\"\\ud800\",\"usage\":{\"b\":\"\\ud800\"}}"),
         AT(SYNTAX, 28)},
        {"a whole pair", "", TEXT("{\"a\":\"\\ud83d\\ude00\",\"" P "\":5}"), FOUND},
        {"a whole pair in a name", "", TEXT("{\"\\ud83d\\ude00\":1,\"" P "\":5}"), FOUND},
        {"the escape escaped", "", TEXT("{\"a\":\"\\\\ud800\",\"" P "\":5}"), FOUND},
        {"the neighbours of the halves", "", TEXT("{\"a\":\"\\ud7ff\\ue000\",\"" P "\":5}"), FOUND},
        {"a half as bytes", "", TEXT("{\"a\":\"\xED\xA0\x80\",\"" P "\":5}"), FOUND},
        {"before the usage", "/usage", TEXT("{\"a\":\"\\ud800\",\"usage\":" FIVE "}"), FOUND},
        {"behind the usage", "/usage", TEXT("{\"usage\":" FIVE ",\"a\":[\"\\udc00\"]}"), FOUND},
        {"in a name beside the usage", "/usage", TEXT("{\"\\ud800\":1,\"usage\":" FIVE "}"), FOUND},
        {"in a name beside the way", "/a/usage", TEXT("{\"a\":{\"\\ud800\":\"\\ud800\",\"usage\":" FIVE "}}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void decode_refuses_a_nul_in_a_name_of_its_own(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"behind a name of ours", "", TEXT("{\"" T "\\u0000x\":1}"), AT(SYNTAX, 14)},
        {"a name of ours ending in it", "", TEXT("{\"" T "\\u0000\":1}"), AT(SYNTAX, 14)},
        {"before a name of ours", "", TEXT("{\"\\u0000" T "\":1}"), AT(SYNTAX, 2)},
        {"alone", "", TEXT("{\"\\u0000\":1}"), AT(SYNTAX, 2)},
        {"in another name", "", TEXT("{\"a\":1,\"b\\u0000c\":1}"), AT(SYNTAX, 9)},
        {"two", "", TEXT("{\"a\\u0000\\u0000\":1}"), AT(SYNTAX, 3)},
        {"behind other escapes", "", TEXT("{\"\\n\\u0041\\u0000\":1}"), AT(SYNTAX, 10)},
        {"behind a container", "", TEXT("{\"a\":{\"b\":[{}]},\"c\\u0000\":1}"), AT(SYNTAX, 18)},
        {"at a place", "/usage", TEXT("{\"usage\":{\"" P "\":5,\"a\\u0000\":1}}"), AT(SYNTAX, 30)},
        {"in a value", "", TEXT("{\"a\":\"\\u0000\",\"" P "\":5}"), FOUND},
        {"in a name deeper down", "", TEXT("{\"a\":{\"" P "\\u0000\":1},\"" P "\":5}"), FOUND},
        {"in a name in an array", "", TEXT("{\"a\":[{\"\\u0000\":1}],\"" P "\":5}"), FOUND},
        {"in a name beside the usage", "/usage", TEXT("{\"usage\\u0000\":1,\"usage\":" FIVE "}"), FOUND},
        {"escaped", "", TEXT("{\"a\\\\u0000\":1,\"" P "\":5}"), FOUND},
        {"its neighbour", "", TEXT("{\"a\\u0001\":1,\"b\\u1000\":2,\"" P "\":5}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void decode_refuses_a_number_of_more_than_63_characters_only_within_the_usage(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"a count", "", TEXT("{\"" P "\":" WHOLE_64 "}"), ABOUT(RANGE, "usage")},
        {"a count that would be good", "", TEXT("{\"" P "\":" FIVE_64 "}"), ABOUT(RANGE, "usage")},
        {"a count of 63", "", TEXT("{\"" P "\":" FIVE_63 "}"), FOUND},
        {"a count of 63 that is too much", "", TEXT("{\"" P "\":" WHOLE_63 "}"), ABOUT(RANGE, P)},
        {"a member that is not known", "", TEXT("{\"x\":" WHOLE_64 ",\"" P "\":5}"), ABOUT(RANGE, "usage")},
        {"a member that is not known, of 63", "", TEXT("{\"x\":" WHOLE_63 ",\"" P "\":5}"), FOUND},
        {"minus counts", "", TEXT("{\"x\":-" WHOLE_63 ",\"" P "\":5}"), ABOUT(RANGE, "usage")},
        {"in an array", "", TEXT("{\"x\":[1," WHOLE_64 "],\"" P "\":5}"), ABOUT(RANGE, "usage")},
        {"in an array, of 63", "", TEXT("{\"x\":[1," WHOLE_63 "],\"" P "\":5}"), FOUND},
        {"in an object", "", TEXT("{\"x\":{\"y\":" FIVE_64 "},\"" P "\":5}"), ABOUT(RANGE, "usage")},
        {"in an object, of 63", "", TEXT("{\"x\":{\"y\":" FIVE_63 "},\"" P "\":5}"), FOUND},
        {"last", "", TEXT("{\"" P "\":5,\"x\":" FIVE_64 "}"), ABOUT(RANGE, "usage")},
        {"at a place", "/usage", TEXT("{\"usage\":{\"" P "\":" FIVE_64 "}}"), ABOUT(RANGE, "usage")},
        {"beside the usage", "/usage", TEXT("{\"x\":" WHOLE_64 ",\"usage\":" FIVE ",\"y\":[" FIVE_64 "]}"), FOUND},
        {"in a string", "", TEXT("{\"x\":\"" WHOLE_64 "\",\"" P "\":5}"), FOUND},
        {"two numbers of 64 together", "", TEXT("{\"x\":[1234567890123456789012345678901," WHOLE_63 "],\"" P "\":5}"),
         FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void extract_names_the_first_error_in_the_order_of_the_manual(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"syntax behind the usage, before a duplicate", "/usage", TEXT("{\"usage\":1,\"usage\":2]"), AT(SYNTAX, 20)},
        {"syntax behind null", "/usage", TEXT("{\"usage\":null}}"), AT(SYNTAX, 14)},
        {"syntax behind what is no object", "/usage", TEXT("{\"usage\":5},"), AT(SYNTAX, 11)},
        {"syntax behind half a pair", "/usage", TEXT("{\"usage\":{\"a\":\"\\ud800\"}"), AT(SYNTAX, 23)},
        {"syntax behind a bad count", "/usage", TEXT("{\"usage\":{\"" P "\":-1}}x"), AT(SYNTAX, 30)},
        {"syntax behind a good usage", "/usage", TEXT("{\"usage\":" FIVE ",}"), AT(SYNTAX, 29)},
        {"syntax behind a long number", "", TEXT("{\"" P "\":" WHOLE_64 "}1"), AT(SYNTAX, 82)},
        {"a duplicate before nothing found", "/a/b", TEXT("{\"a\":{},\"a\":{}}"), ABOUT(DUPLICATE, "usage")},
        {"a duplicate before a wrong type", "/usage", TEXT("{\"usage\":[],\"usage\":[]}"), ABOUT(DUPLICATE, "usage")},
        {"a duplicate before half a pair", "/usage", TEXT("{\"usage\":{\"a\":\"\\ud800\"},\"usage\":{}}"),
         ABOUT(DUPLICATE, "usage")},
        {"half a pair before a long number", "", TEXT("{\"a\":\"\\ud800\",\"b\":" WHOLE_64 "}"), AT(SYNTAX, 6)},
        {"a long number before half a pair", "", TEXT("{\"b\":" WHOLE_64 ",\"a\":\"\\ud800\"}"), ABOUT(RANGE, "usage")},
        {"a NUL before half a pair", "", TEXT("{\"a\\u0000\":\"\\ud800\"}"), AT(SYNTAX, 3)},
        {"half a pair before a NUL", "", TEXT("{\"a\":\"\\ud800\",\"b\\u0000\":1}"), AT(SYNTAX, 6)},
        {"half a pair before a NUL in one name", "", TEXT("{\"\\ud800\\u0000\":1}"), AT(SYNTAX, 2)},
        {"a NUL before half a pair in one name", "", TEXT("{\"\\u0000\\ud800\":1}"), AT(SYNTAX, 2)},
        {"a long number before a NUL", "", TEXT("{\"a\":" FIVE_64 ",\"b\\u0000\":1}"), ABOUT(RANGE, "usage")},
        {"a NUL before a long number", "", TEXT("{\"b\\u0000\":" FIVE_64 "}"), AT(SYNTAX, 3)},
        {"half a pair before an earlier bad count", "", TEXT("{\"" P "\":-1,\"a\":\"\\ud800\"}"), AT(SYNTAX, 25)},
        {"a NUL before an earlier bad count", "", TEXT("{\"" P "\":\"x\",\"a\\u0000\":1}"), AT(SYNTAX, 23)},
        {"a long number before an earlier duplicate", "", TEXT("{\"" P "\":1,\"" P "\":1,\"a\":" WHOLE_64 "}"),
         ABOUT(RANGE, "usage")},
        {"the first bad count", "", TEXT("{\"" T "\":\"x\",\"" P "\":-1,\"" C "\":0.5}"), ABOUT(TYPE, T)},
        {"the first bad count, another order", "", TEXT("{\"" C "\":0.5,\"" T "\":\"x\",\"" P "\":-1}"),
         ABOUT(INTEGER, C)},
        {"the first bad count, a third order", "", TEXT("{\"" P "\":-1,\"" C "\":0.5,\"" T "\":\"x\"}"),
         ABOUT(RANGE, P)},
        {"a bad count behind a good one", "", TEXT("{\"" P "\":1,\"" C "\":0.5}"), ABOUT(INTEGER, C)},
        {"a duplicate that is of the wrong type", "", TEXT("{\"" P "\":5,\"" P "\":\"x\"}"), ABOUT(DUPLICATE, P)},
        {"a duplicate that is out of range", "", TEXT("{\"" P "\":5,\"" P "\":-1}"), ABOUT(DUPLICATE, P)},
        {"a wrong type that is given again", "", TEXT("{\"" P "\":\"x\",\"" P "\":5}"), ABOUT(TYPE, P)},
        {"a fraction that is given again", "", TEXT("{\"" P "\":0.5,\"" P "\":5}"), ABOUT(INTEGER, P)},
        {"a duplicate behind another bad count", "", TEXT("{\"" P "\":5,\"" C "\":true,\"" P "\":5}"), ABOUT(TYPE, C)},
        {"out of range before a fraction", "", TEXT("{\"" P "\":-0.5}"), ABOUT(RANGE, P)},
        {"out of range before a fraction, above", "", TEXT("{\"" P "\":9007199254740991.5}"), ABOUT(RANGE, P)},
    };
    expect_readings(cases, LENGTH(cases));
}

static void extract_says_argument_before_anything_else(void **state) {
    (void)state;
    tokusage usage;
    tokusage_error error;

    spoil(&error, sizeof error);
    spoil(&usage, sizeof usage);
    assert_int_equal(tokusage_extract(NULL, 0, NULL, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no text", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_int_equal(tokusage_extract(NULL, 5, "/usage", &usage, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_extract(NULL, 5, "usage", &usage, NULL), TOKUSAGE_ERR_ARGUMENT);
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_decode(NULL, 0, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no text", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_true(spoilt(&usage, sizeof usage));

    spoil(&error, sizeof error);
    assert_int_equal(tokusage_extract("{}", 2, "", NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no usage", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_decode("{", 1, NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no usage", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_int_equal(tokusage_decode("x", 1, NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_decode(NULL, 1, NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
}

/* Text built of parts that are repeated. */
typedef struct builder {
    char *text;
    size_t used, size;
} builder;

static void add(builder *to, size_t times, const char *part) {
    size_t length = strlen(part);
    for (size_t i = 0; i < times; i++) {
        assert_true(to->used + length <= to->size);
        memcpy(to->text + to->used, part, length);
        to->used += length;
    }
}

static void extract_nests_to_the_limit_and_names_the_byte_that_passes_it(void **state) {
    (void)state;
    static const struct {
        const char *what, *pointer, *begin;
        size_t opens;
        const char *open, *inner, *close, *end;
        verdict want;
    } cases[] = {
        {"inside the usage, arrays", "", "{\"" P "\":5,\"a\":", 127, "[", "", "]", "}", FOUND},
        {"inside the usage, arrays, past it", "", "{\"" P "\":5,\"a\":", 128, "[", "", "]", "}", AT(DEPTH, 150)},
        {"inside the usage, objects", "", "{\"" P "\":5,\"a\":", 127, "{\"b\":", "1", "}", "}", FOUND},
        {"inside the usage, objects, past it", "", "{\"" P "\":5,\"a\":", 128, "{\"b\":", "1", "}", "}",
         AT(DEPTH, 23 + 5 * 127)},
        {"inside the usage, both", "", "{\"" P "\":5,\"a\":", 63, "{\"b\":[", "1", "]}", "}", FOUND},
        {"before the usage", "/usage", "{\"a\":", 127, "[", "", "]", ",\"usage\":" FIVE "}", FOUND},
        {"before the usage, past it", "/usage", "{\"a\":", 128, "[", "", "]", ",\"usage\":" FIVE "}", AT(DEPTH, 132)},
        {"behind the usage, past it", "/usage", "{\"usage\":" FIVE ",\"a\":", 128, "[", "", "]", "}", AT(DEPTH, 160)},
        {"behind a usage that is null", "/usage", "{\"usage\":null,\"a\":", 128, "[", "", "]", "}", AT(DEPTH, 145)},
        {"behind a usage that stands twice", "/usage", "{\"usage\":1,\"usage\":2,\"a\":", 128, "[", "", "]", "}",
         AT(DEPTH, 152)},
        {"behind a byte that is wrong", "/usage", "{\"a\":1,,\"b\":", 200, "[", "", "]", "}", AT(SYNTAX, 7)},
        {"before a byte that is wrong", "/usage", "", 129, "[", "x", "]", "", AT(DEPTH, 128)},
        {"with a byte that is wrong at the limit", "/usage", "", 128, "[", "x", "]", "", AT(SYNTAX, 128)},
        {"left open at the limit", "/usage", "", 128, "[", "", "", "", AT(SYNTAX, 128)},
        {"a hundred thousand opening brackets", "/usage", "", 100000, "[", "", "", "", AT(DEPTH, 128)},
        {"a hundred thousand opening objects", "", "", 100000, "{\"a\":", "", "", "", AT(DEPTH, 5 * 128)},
    };
    enum {
        SIZE = 1 << 20
    };
    builder text = {malloc(SIZE), 0, SIZE};
    assert_non_null(text.text);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        text.used = 0;
        add(&text, 1, cases[i].begin);
        add(&text, cases[i].opens, cases[i].open);
        add(&text, 1, cases[i].inner);
        add(&text, cases[i].opens, cases[i].close);
        add(&text, 1, cases[i].end);
        reading_case one = {cases[i].what, cases[i].pointer, {text.text, text.used}, cases[i].want};
        expect_reading(&one);
    }
    free(text.text);
}

static void extract_finds_a_usage_at_the_deepest_place(void **state) {
    (void)state;
    char pointer[2 * TOKUSAGE_DEPTH_MAX + 1] = "";
    char json[1000];
    for (size_t steps = 1; steps <= TOKUSAGE_DEPTH_MAX; steps++) {
        builder way = {pointer, 0, sizeof pointer - 1};
        add(&way, steps, "/a");
        pointer[way.used] = '\0';
        builder text = {json, 0, sizeof json};
        add(&text, steps, "{\"a\":");
        add(&text, 1, FIVE);
        add(&text, steps, "}");
        verdict want = FOUND;
        if (steps == TOKUSAGE_DEPTH_MAX) {
            verdict deep = AT(DEPTH, 5 * TOKUSAGE_DEPTH_MAX);
            want = deep;
        }
        reading_case one = {"deep down", pointer, {json, text.used}, want};
        expect_reading(&one);
    }
}

static void extract_reads_large_texts(void **state) {
    (void)state;
    enum {
        SIZE = 1 << 20
    };
    builder text = {malloc(SIZE), 0, SIZE};
    assert_non_null(text.text);
    add(&text, 1, "{\"choices\":[{\"text\":\"");
    add(&text, 30000, "words \\n\\u00e9 \xE2\x82\xAC ");
    add(&text, 1, "\"}],\"usage\":{\"a\":[");
    add(&text, 20000, "{\"b\":1.5},");
    add(&text, 1, "0],\"" P "\":5,\"c\":\"");
    add(&text, 10000, "more \\\" ");
    add(&text, 1, "\"}}");
    reading_case one = {"a large text", "/usage", {text.text, text.used}, FOUND};
    expect_reading(&one);
    verdict cut = AT(SYNTAX, text.used - 1);
    expect_extract("a large text cut short", "/usage", text.text, text.used - 1, &cut);
    free(text.text);
}

/* Plain strings and spaces of every length around the width of a register, so that every tail is met. */
static void decode_reads_strings_and_space_of_every_length(void **state) {
    (void)state;
    char json[400];
    for (size_t length = 0; length < 70; length++) {
        for (size_t space = 0; space < 20; space++) {
            builder text = {json, 0, sizeof json};
            add(&text, 1, "{\"");
            add(&text, length, "k");
            add(&text, 1, "\":");
            add(&text, space, " ");
            add(&text, 1, "\"");
            add(&text, length, "v");
            add(&text, 1, "\",");
            add(&text, space, "\n");
            add(&text, 1, "\"" P "\":5}");
            add(&text, space, "\t");
            verdict want = FOUND;
            expect_extract("lengths", "", json, text.used, &want);
            verdict cut = AT(SYNTAX, text.used - space - 1);
            expect_extract("lengths, cut", "", json, text.used - space - 1, &cut);
        }
    }
}

/* ------------------------------------------------------------------------------------------------- bodies */

enum {
    BODY_SIZE = 1 << 16
};

static size_t read_file(const char *name, char *bytes) {
    char path[1000];
    (void)snprintf(path, sizeof path, "%s/bodies/%s", TOKUSAGE_TEST_DATA, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("cannot read %s", path);
    }
    size_t length = fread(bytes, 1, BODY_SIZE, file);
    assert_true(length < BODY_SIZE);
    assert_int_equal(fclose(file), 0);
    return length;
}

static tokusage_status status_named(const char *name) {
    static const char *const names[] = {"OK",        "ARGUMENT", "MEMORY",  "SPACE", "SYNTAX",    "DEPTH",
                                        "NOT_FOUND", "TYPE",     "INTEGER", "RANGE", "DUPLICATE", "TOTAL"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (strcmp(names[i], name) == 0) {
            return (tokusage_status)i;
        }
    }
    fail_msg("no status is called %s", name);
    return TOKUSAGE_OK;
}

static int64_t count_named(const char *field) {
    return strcmp(field, "-") == 0 ? ABSENT : strtoll(field, NULL, 10);
}

/* tests/data/bodies.tsv: file, pointer, status, member, offset, then the three counts; "-" where there is none. */
static void extract_reads_the_bodies_in_the_data_folder(void **state) {
    (void)state;
    static char list[BODY_SIZE];
    static char body[BODY_SIZE];
    list[read_file("../bodies.tsv", list)] = '\0';
    size_t read = 0;
    for (char *line = list, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        if (line[0] == '#' || line[0] == '\0') {
            continue;
        }
        char *fields[8] = {line};
        for (size_t i = 1; i < LENGTH(fields); i++) {
            fields[i] = strchr(fields[i - 1], '\t');
            if (fields[i] == NULL) {
                fail_msg("%s: a field is missing in bodies.tsv", fields[0]);
                return;
            }
            *fields[i]++ = '\0';
        }
        verdict want = {status_named(fields[2]), NULL, 0, {0}};
        want.member = strcmp(fields[3], "-") == 0 ? NULL : fields[3];
        want.offset = strcmp(fields[4], "-") == 0 ? 0 : (size_t)strtoull(fields[4], NULL, 10);
        for (size_t i = 0; i < 3; i++) {
            want.counts[i] = count_named(fields[5 + i]);
        }
        reading_case one = {fields[0], fields[1], {body, read_file(fields[0], body)}, want};
        expect_reading(&one);
        read++;
    }
    assert_true(read >= 20);
}

/* ------------------------------------------------------------------------------------------ memory, reading */

static const span not_plain[] = {
    TEXT("{\"" P "\":5.0}"),
    TEXT("{\"" P "\":5,\"x\":[1,[2],{\"y\":{\"z\":null}}]}"),
    TEXT("{\"\\u0070rompt_tokens\":5}"),
    TEXT("{\"x\":\"\\n\\ud83d\\ude00\",\"" P "\":5,\"" C "\":null,\"" T "\":1e1}"),
};

static void decode_survives_the_failure_of_every_allocation(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(not_plain); i++) {
        for (int onwards = 0; onwards < 2; onwards++) {
            size_t nth = 0;
            for (;; nth++) {
                tokusage usage;
                tokusage_error error;
                spoil(&usage, sizeof usage);
                spoil(&error, sizeof error);
                heap_fail(nth, onwards == 1);
                tokusage_status status = tokusage_decode(not_plain[i].bytes, not_plain[i].length, &usage, &error);
                assert_int_equal(heap_live(), 0);
                if (heap_calls() <= nth) {
                    assert_int_equal(status, TOKUSAGE_OK);
                    assert_int_equal(usage.prompt_tokens.value, 5);
                    break;
                }
                assert_int_equal(status, TOKUSAGE_ERR_MEMORY);
                expect_error("out of memory", &error, TOKUSAGE_ERR_MEMORY, NULL);
                assert_true(spoilt(&usage, sizeof usage));
            }
            assert_true(nth > 0);
        }
    }
}

static void decode_reports_an_error_of_the_text_rather_than_of_memory(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"syntax", "", TEXT("{\"" P "\":5.0"), AT(SYNTAX, 20)},
        {"a duplicate", "/usage", TEXT("{\"usage\":{\"a\":[]},\"usage\":{}}"), ABOUT(DUPLICATE, "usage")},
        {"nothing", "/usage", TEXT("{\"a\":[5.0]}"), ABOUT(NOT_FOUND, "usage")},
        {"a wrong type", "/usage", TEXT("{\"usage\":[5.0]}"), ABOUT(TYPE, "usage")},
    };
    heap_fail(0, true);
    expect_readings(cases, LENGTH(cases));
    heap_fail(NEVER, false);
}

static void decode_gives_back_all_memory_whatever_the_answer(void **state) {
    (void)state;
    static const span texts[] = {
        TEXT("{\"a\":[],\"" P "\":-1}"),    TEXT("{\"a\":[],\"" P "\":1.5}"),
        TEXT("{\"a\":[],\"" P "\":\"x\"}"), TEXT("{\"a\":[],\"" P "\":1,\"" P "\":1}"),
        TEXT("{\"a\":\"\\ud800\"}"),        TEXT("{\"a\":" WHOLE_64 "}"),
        TEXT("{\"a\\u0000\":1}"),
    };
    for (size_t i = 0; i < LENGTH(texts); i++) {
        tokusage usage;
        assert_int_not_equal(tokusage_decode(texts[i].bytes, texts[i].length, &usage, NULL), TOKUSAGE_OK);
        assert_int_equal(heap_live(), 0);
    }
}

static void extract_allocates_nothing_for_a_plain_usage(void **state) {
    (void)state;
    static const struct {
        const char *pointer;
        span json;
    } cases[] = {
        {"", TEXT("{}")},
        {"", TEXT("{\"" P "\":5,\"" C "\":7,\"" T "\":12}")},
        {"", TEXT(" { \"" P "\" : 5 , \"" C "\" : null } ")},
        {"", TEXT("{\"" P "\":9007199254740991,\"cost\":0.25,\"a\":{\"b\":1,\"c\":{\"d\":\"e\"}},\"f\":null}")},
        {"/usage",
         TEXT("{\"a\":[1e5,\"\\n\"],\"usage\":{\"" P "\":5,\"prompt_tokens_details\":{\"cached_tokens\":0}}}")},
        {"/usage", TEXT("{\"usage\":null}")},
        {"/usage", TEXT("{\"usage\":5}")},
        {"/usage", TEXT("{\"usage\":{\"" P "\":5}")},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage usage;
        heap_fail(NEVER, false);
        (void)tokusage_extract(cases[i].json.bytes, cases[i].json.length, cases[i].pointer, &usage, NULL);
        if (heap_calls() != 0) {
            fail_msg("%zu allocations for %s", heap_calls(), cases[i].json.bytes);
        }
    }
}

/* ------------------------------------------------------------------------------------------------ writing */

static const int64_t boundaries[] = {
    ABSENT,
    0,
    1,
    9,
    10,
    99,
    100,
    INT64_C(2147483647),
    INT64_C(2147483648),
    INT64_C(4294967296),
    INT64_C(999999999999999),
    INT64_C(1000000000000000),
    INT64_C(1234567890123460),
    INT64_C(9007199254740990),
    TOKUSAGE_COUNT_MAX,
};

/* What encode has to write, by the C library. */
static size_t expected_text(const tokusage *usage, char *json, size_t size) {
    const struct {
        const char *name;
        tokusage_count count;
    } members[] = {{P, usage->prompt_tokens}, {C, usage->completion_tokens}, {T, usage->total_tokens}};
    size_t used = (size_t)snprintf(json, size, "{");
    for (size_t i = 0; i < LENGTH(members); i++) {
        if (members[i].count.present) {
            used += (size_t)snprintf(json + used, size - used, "%s\"%s\":%" PRId64, used > 1 ? "," : "",
                                     members[i].name, members[i].count.value);
        }
    }
    return used + (size_t)snprintf(json + used, size - used, "}");
}

static void expect_encoding(const tokusage *usage) {
    char want[200];
    size_t length = expected_text(usage, want, sizeof want);
    char buffer[200];
    size_t written = 12345;

    spoil(buffer, sizeof buffer);
    assert_int_equal(tokusage_encode(usage, buffer, length + 1, &written), TOKUSAGE_OK);
    assert_int_equal(written, length);
    assert_string_equal(buffer, want);
    assert_true(spoilt(buffer + length + 1, sizeof buffer - length - 1));

    spoil(buffer, sizeof buffer);
    written = 12345;
    assert_int_equal(tokusage_encode(usage, buffer, length, &written), TOKUSAGE_ERR_SPACE);
    assert_int_equal(written, length);
    assert_true(spoilt(buffer, sizeof buffer));

    spoil(buffer, sizeof buffer);
    assert_int_equal(tokusage_encode(usage, buffer, TOKUSAGE_JSON_SIZE, NULL), TOKUSAGE_OK);
    assert_string_equal(buffer, want);

    tokusage back;
    spoil(&back, sizeof back);
    assert_int_equal(tokusage_decode(buffer, length, &back, NULL), TOKUSAGE_OK);
    assert_true(tokusage_equal(&back, usage));
}

static void encode_writes_every_combination_of_counts_exactly(void **state) {
    (void)state;
    heap_fail(NEVER, false);
    for (size_t p = 0; p < LENGTH(boundaries); p++) {
        for (size_t c = 0; c < LENGTH(boundaries); c++) {
            for (size_t t = 0; t < LENGTH(boundaries); t++) {
                tokusage usage = usage_of(boundaries[p], boundaries[c], boundaries[t]);
                expect_encoding(&usage);
            }
        }
    }
    assert_int_equal(heap_calls(), 0);
}

static void encode_writes_the_members_in_the_order_of_the_struct(void **state) {
    (void)state;
    char buffer[TOKUSAGE_JSON_SIZE];
    tokusage usage = usage_of(5, 7, 12);
    assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, NULL), TOKUSAGE_OK);
    assert_string_equal(buffer, "{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}");
    usage = usage_of(ABSENT, ABSENT, ABSENT);
    assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, NULL), TOKUSAGE_OK);
    assert_string_equal(buffer, "{}");
}

static void encode_needs_exactly_json_size_for_the_longest_usage(void **state) {
    (void)state;
    char buffer[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    tokusage usage = usage_of(TOKUSAGE_COUNT_MAX, TOKUSAGE_COUNT_MAX, TOKUSAGE_COUNT_MAX);
    assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, &length), TOKUSAGE_OK);
    assert_int_equal(length + 1, TOKUSAGE_JSON_SIZE);
    assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer - 1, &length), TOKUSAGE_ERR_SPACE);
}

static void encode_tells_the_length_without_a_buffer(void **state) {
    (void)state;
    tokusage usage = usage_of(5, ABSENT, 12);
    size_t length = 0;
    assert_int_equal(tokusage_encode(&usage, NULL, 0, &length), TOKUSAGE_ERR_SPACE);
    assert_int_equal(length, strlen("{\"prompt_tokens\":5,\"total_tokens\":12}"));
    assert_int_equal(tokusage_encode(&usage, NULL, 0, NULL), TOKUSAGE_ERR_SPACE);
    char one = 'x';
    assert_int_equal(tokusage_encode(&usage, &one, 0, &length), TOKUSAGE_ERR_SPACE);
    assert_int_equal(tokusage_encode(&usage, &one, 1, &length), TOKUSAGE_ERR_SPACE);
    assert_int_equal(one, 'x');
}

static void encode_leaves_everything_when_an_argument_is_wrong(void **state) {
    (void)state;
    tokusage usage = usage_of(5, 7, 12);
    char buffer[TOKUSAGE_JSON_SIZE];
    size_t length = 77;
    spoil(buffer, sizeof buffer);
    assert_int_equal(tokusage_encode(NULL, buffer, sizeof buffer, &length), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_encode(&usage, NULL, 1, &length), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_encode(NULL, NULL, 0, &length), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(length, 77);
    assert_true(spoilt(buffer, sizeof buffer));
}

static const int64_t out_of_range[] = {-1, INT64_MIN + 1, TOKUSAGE_COUNT_MAX + 1, INT64_MAX, -TOKUSAGE_COUNT_MAX};

/* The usage 5, 7, 12 with one count replaced. */
static tokusage with_count(size_t member, int64_t value) {
    return usage_of(member == 0 ? value : 5, member == 1 ? value : 7, member == 2 ? value : 12);
}

static void encode_refuses_a_count_out_of_range(void **state) {
    (void)state;
    for (size_t member = 0; member < 3; member++) {
        for (size_t i = 0; i < LENGTH(out_of_range); i++) {
            tokusage usage = with_count(member, out_of_range[i]);
            char buffer[TOKUSAGE_JSON_SIZE];
            size_t length = 77;
            spoil(buffer, sizeof buffer);
            assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, &length), TOKUSAGE_ERR_RANGE);
            assert_int_equal(tokusage_encode(&usage, NULL, 0, &length), TOKUSAGE_ERR_RANGE);
            assert_int_equal(length, 77);
            assert_true(spoilt(buffer, sizeof buffer));
        }
    }
}

static void encode_does_not_look_at_the_value_of_an_absent_count(void **state) {
    (void)state;
    tokusage usage = usage_of(5, ABSENT, ABSENT);
    usage.completion_tokens.value = -1;
    usage.total_tokens.value = INT64_MAX;
    char buffer[TOKUSAGE_JSON_SIZE];
    assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, NULL), TOKUSAGE_OK);
    assert_string_equal(buffer, "{\"prompt_tokens\":5}");
}

static int64_t random_count(void) {
    return random_below(4) == 0 ? ABSENT : (int64_t)(random_bits() >> (11 + random_below(53)));
}

/* What cJSON prints of the same members, the counts given to it as digits: it would print them as doubles. */
static char *printed_by_cjson(const tokusage *usage) {
    const struct {
        const char *name;
        tokusage_count count;
    } members[] = {{P, usage->prompt_tokens}, {C, usage->completion_tokens}, {T, usage->total_tokens}};
    cJSON *tree = cJSON_CreateObject();
    for (size_t i = 0; i < LENGTH(members); i++) {
        char digits[32];
        (void)snprintf(digits, sizeof digits, "%" PRId64, members[i].count.value);
        if (members[i].count.present) {
            assert_non_null(cJSON_AddRawToObject(tree, members[i].name, digits));
        }
    }
    char *text = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
    return text;
}

static void encode_writes_what_cjson_prints(void **state) {
    (void)state;
    random_seed();
    for (size_t left = rounds(2000); left > 0; left--) {
        tokusage usage = usage_of(random_count(), random_count(), random_count());
        char text[TOKUSAGE_JSON_SIZE];
        assert_int_equal(tokusage_encode(&usage, text, sizeof text, NULL), TOKUSAGE_OK);
        char *printed = printed_by_cjson(&usage);
        assert_string_equal(text, printed);
        cJSON_free(printed);
    }
}

static void encode_and_decode_give_back_any_usage(void **state) {
    (void)state;
    random_seed();
    for (size_t left = rounds(20000); left > 0; left--) {
        tokusage usage = usage_of(random_count(), random_count(), random_count());
        expect_encoding(&usage);
    }
}

/* ------------------------------------------------------------------------------------------------- locale */

static void results_do_not_follow_the_locale(void **state) {
    (void)state;
    if (!comma_locale()) {
        print_message("no locale with a decimal comma here, and no way to make one\n");
        skip();
    }
    char comma[8];
    (void)snprintf(comma, sizeof comma, "%.1f", 0.5);
    assert_string_equal(comma, "0,5");
    decode_reads_every_form_of_a_number_exactly(state);
    encode_writes_every_combination_of_counts_exactly(state);
    decode_passes_over_members_that_it_does_not_know(state);
    static const reading_case cases[] = {
        {"a comma is no point", "", TEXT("{\"" P "\":5,0}"), AT(SYNTAX, 19)},
        {"a fraction in an array", "", TEXT("{\"a\":[1.5,-2.5e-3],\"" P "\":5.0}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
    plain_locale();
}

/* ------------------------------------------------------------------------------------------- trees, reading */

static void expect_from_tree(const char *what, const cJSON *tree, const verdict *want) {
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    heap_fail(NEVER, false);
    expect_verdict(what, want, tokusage_from_cjson(tree, &usage, &error), &error, &usage);
    spoil(&usage, sizeof usage);
    expect_verdict(what, want, tokusage_from_cjson(tree, &usage, NULL), NULL, &usage);
    assert_int_equal(heap_calls(), 0);
}

static cJSON *parsed(const char *json) {
    cJSON *tree = cJSON_Parse(json);
    if (tree == NULL) {
        fail_msg("cJSON does not take %s", json);
    }
    return tree;
}

static void expect_from_text(const char *json, const verdict *want) {
    cJSON *tree = parsed(json);
    expect_from_tree(json, tree, want);
    cJSON_Delete(tree);
}

static void from_cjson_reads_a_tree_as_decode_reads_its_text(void **state) {
    (void)state;
    static const struct {
        const char *json;
        verdict want;
    } cases[] = {
        {"{}", NOTHING},
        {"null", ABOUT(NOT_FOUND, "usage")},
        {"[]", ABOUT(TYPE, "usage")},
        {"5", ABOUT(TYPE, "usage")},
        {"\"x\"", ABOUT(TYPE, "usage")},
        {"true", ABOUT(TYPE, "usage")},
        {"false", ABOUT(TYPE, "usage")},
        {"[{\"" P "\":5}]", ABOUT(TYPE, "usage")},
        {"{\"" P "\":5,\"" C "\":7,\"" T "\":12}", COUNTS(5, 7, 12)},
        {"{\"" T "\":12,\"x\":[1],\"" P "\":5.0}", COUNTS(5, ABSENT, 12)},
        {"{\"" P "\":null,\"" C "\":0}", COUNTS(ABSENT, 0, ABSENT)},
        {"{\"" P "\":-0.0}", COUNTS(0, ABSENT, ABSENT)},
        {"{\"" P "\":9007199254740991}", COUNTS(TOKUSAGE_COUNT_MAX, ABSENT, ABSENT)},
        {"{\"" P "\":4294967301}", COUNTS(INT64_C(4294967301), ABSENT, ABSENT)},
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
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_from_text(cases[i].json, &cases[i].want);
    }
}

static void from_cjson_takes_the_result_of_a_look_up(void **state) {
    (void)state;
    cJSON *body = parsed("{\"usage\":{\"" P "\":5},\"a\":null}");
    verdict found = FOUND;
    verdict missing = ABOUT(NOT_FOUND, "usage");
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
        {"2^53-1", 9007199254740991.0, COUNTS(TOKUSAGE_COUNT_MAX, ABSENT, ABSENT)},
        {"2^52-0.5", 4503599627370495.5, ABOUT(INTEGER, P)},
        {"minus zero", -0.0, COUNTS(0, ABSENT, ABSENT)},
        {"2^31", 2147483648.0, COUNTS(INT64_C(2147483648), ABSENT, ABSENT)},
    };
    for (size_t i = 0; i < LENGTH(doubles); i++) {
        cJSON *tree = cJSON_CreateObject();
        assert_non_null(cJSON_AddNumberToObject(tree, P, doubles[i].value));
        expect_from_tree(doubles[i].what, tree, &doubles[i].want);
        cJSON_Delete(tree);
    }
}

static void from_cjson_takes_the_double_of_a_number_not_its_int(void **state) {
    (void)state;
    cJSON number = {.type = cJSON_Number, .valueint = 99, .valuedouble = 5, .string = (char[]){P}};
    cJSON object = {.type = cJSON_Object, .child = &number};
    number.prev = &number;
    verdict want = FOUND;
    expect_from_tree("a double", &object, &want);
}

static void from_cjson_judges_items_by_their_kind_alone(void **state) {
    (void)state;
    char digits[] = "5";
    char name[] = P;
    verdict found = FOUND;
    verdict wrong = ABOUT(TYPE, P);
    verdict no_object = ABOUT(TYPE, "usage");

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

/* ------------------------------------------------------------------------------------------- trees, writing */

/* Whether every child's links are as cJSON has them: next one way, prev the other, the first one's prev the last. */
static void expect_linked(const cJSON *object) {
    const cJSON *last = NULL;
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        if (last != NULL) {
            assert_ptr_equal(item->prev, last);
        }
        last = item;
    }
    if (object->child != NULL) {
        assert_ptr_equal(object->child->prev, last);
    }
}

/* As cJSON left them when it read the text: 1.7.13 does not tell the first one of the last. */
static void expect_links_kept(const cJSON *object) {
    if (object->child == NULL || object->child->prev != NULL || strcmp(cJSON_Version(), "1.7.13") != 0) {
        expect_linked(object);
    }
}

static void expect_printed(const char *what, const cJSON *tree, const char *want) {
    char *printed = cJSON_PrintUnformatted(tree);
    assert_non_null(printed);
    if (strcmp(printed, want) != 0) {
        fail_msg("%s: expected %s, got %s", what, want, printed);
    }
    cJSON_free(printed);
}

static void to_cjson_makes_an_object_of_the_present_counts(void **state) {
    (void)state;
    for (size_t p = 0; p < LENGTH(boundaries); p++) {
        for (size_t c = 0; c < LENGTH(boundaries); c++) {
            for (size_t t = 0; t < LENGTH(boundaries); t++) {
                tokusage usage = usage_of(boundaries[p], boundaries[c], boundaries[t]);
                cJSON *tree = tokusage_to_cjson(&usage);
                assert_non_null(tree);
                expect_linked(tree);
                verdict want = {TOKUSAGE_OK, NULL, 0, {boundaries[p], boundaries[c], boundaries[t]}};
                expect_from_tree("to and from", tree, &want);
                cJSON_Delete(tree);
            }
        }
    }
}

static void to_cjson_keeps_the_order_of_the_struct(void **state) {
    (void)state;
    static const struct {
        int64_t counts[3];
        const char *json;
    } cases[] = {
        {{5, 7, 12}, "{\"" P "\":5,\"" C "\":7,\"" T "\":12}"},
        {{5, ABSENT, 12}, "{\"" P "\":5,\"" T "\":12}"},
        {{ABSENT, 0, ABSENT}, "{\"" C "\":0}"},
        {{ABSENT, ABSENT, ABSENT}, "{}"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage usage = usage_of(cases[i].counts[0], cases[i].counts[1], cases[i].counts[2]);
        cJSON *tree = tokusage_to_cjson(&usage);
        expect_printed("an object", tree, cases[i].json);
        cJSON_Delete(tree);
    }
}

static void to_cjson_answers_null_without_a_good_usage(void **state) {
    (void)state;
    assert_null(tokusage_to_cjson(NULL));
    for (size_t member = 0; member < 3; member++) {
        for (size_t i = 0; i < LENGTH(out_of_range); i++) {
            tokusage usage = with_count(member, out_of_range[i]);
            assert_null(tokusage_to_cjson(&usage));
        }
    }
    assert_int_equal(heap_live(), 0);
}

static void to_cjson_survives_the_failure_of_every_allocation(void **state) {
    (void)state;
    static const int64_t counts[][3] = {{5, 7, 12}, {ABSENT, 7, ABSENT}, {ABSENT, ABSENT, ABSENT}};
    for (size_t i = 0; i < LENGTH(counts); i++) {
        for (int onwards = 0; onwards < 2; onwards++) {
            tokusage usage = usage_of(counts[i][0], counts[i][1], counts[i][2]);
            size_t nth = 0;
            for (;; nth++) {
                heap_fail(nth, onwards == 1);
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
}

typedef struct update_case {
    const char *before;
    int64_t counts[3];
    const char *after;
} update_case;

static const update_case updates[] = {
    {"{}", {5, 7, 12}, "{\"" P "\":5,\"" C "\":7,\"" T "\":12}"},
    {"{}", {ABSENT, ABSENT, ABSENT}, "{}"},
    {"{}", {ABSENT, 7, ABSENT}, "{\"" C "\":7}"},
    {"{\"a\":1}", {5, ABSENT, 12}, "{\"a\":1,\"" P "\":5,\"" T "\":12}"},
    {"{\"a\":[1,{\"b\":null}],\"c\":\"d\\n\"}", {ABSENT, ABSENT, ABSENT}, "{\"a\":[1,{\"b\":null}],\"c\":\"d\\n\"}"},

    /* numbers and others are set where they stand */
    {"{\"" P "\":1,\"" C "\":2,\"" T "\":3}", {5, 7, 12}, "{\"" P "\":5,\"" C "\":7,\"" T "\":12}"},
    {"{\"" T "\":3,\"x\":true,\"" C "\":2,\"" P "\":1}",
     {5, 7, 12},
     "{\"" T "\":12,\"x\":true,\"" C "\":7,\"" P "\":5}"},
    {"{\"" T "\":\"3\",\"x\":1,\"" C "\":null,\"" P "\":[1]}",
     {5, 7, 12},
     "{\"" T "\":12,\"x\":1,\"" C "\":7,\"" P "\":5}"},
    {"{\"" P "\":{\"a\":{\"b\":[]}},\"x\":1}", {5, ABSENT, ABSENT}, "{\"" P "\":5,\"x\":1}"},
    {"{\"x\":1,\"" P "\":\"a\"}", {5, ABSENT, ABSENT}, "{\"x\":1,\"" P "\":5}"},
    {"{\"" P "\":false}", {5, ABSENT, ABSENT}, "{\"" P "\":5}"},
    {"{\"" P "\":1.5,\"x\":1.5}", {5, ABSENT, ABSENT}, "{\"" P "\":5,\"x\":1.5}"},
    {"{\"" P "\":null,\"x\":1}", {0, ABSENT, ABSENT}, "{\"" P "\":0,\"x\":1}"},

    /* new ones are appended in the order of the struct */
    {"{\"" C "\":1,\"x\":2}", {5, 7, 12}, "{\"" C "\":7,\"x\":2,\"" P "\":5,\"" T "\":12}"},
    {"{\"" T "\":\"x\",\"y\":2}", {5, 7, 12}, "{\"" T "\":12,\"y\":2,\"" P "\":5,\"" C "\":7}"},

    /* absent ones are removed, wherever they stand */
    {"{\"" P "\":1,\"" C "\":2,\"" T "\":3}", {ABSENT, ABSENT, ABSENT}, "{}"},
    {"{\"" P "\":1,\"x\":2,\"" T "\":3}", {ABSENT, ABSENT, ABSENT}, "{\"x\":2}"},
    {"{\"x\":1,\"" P "\":1,\"y\":2}", {ABSENT, ABSENT, ABSENT}, "{\"x\":1,\"y\":2}"},
    {"{\"x\":1,\"" P "\":[1,2],\"y\":2}", {ABSENT, 7, ABSENT}, "{\"x\":1,\"y\":2,\"" C "\":7}"},
    {"{\"" P "\":1,\"" C "\":2,\"" T "\":3}", {ABSENT, 7, ABSENT}, "{\"" C "\":7}"},
    {"{\"" P "\":1,\"" C "\":2,\"" T "\":3}", {5, ABSENT, ABSENT}, "{\"" P "\":5}"},
    {"{\"" P "\":1,\"" C "\":2,\"" T "\":3}", {ABSENT, ABSENT, 12}, "{\"" T "\":12}"},
    {"{\"" P "\":null}", {ABSENT, ABSENT, ABSENT}, "{}"},

    /* what was given twice stays once */
    {"{\"" P "\":1,\"x\":2,\"" P "\":3}", {5, ABSENT, ABSENT}, "{\"" P "\":5,\"x\":2}"},
    {"{\"" P "\":1,\"" P "\":2,\"" P "\":3,\"x\":4}", {5, ABSENT, ABSENT}, "{\"" P "\":5,\"x\":4}"},
    {"{\"" P "\":\"1\",\"x\":2,\"" P "\":3}", {5, ABSENT, ABSENT}, "{\"" P "\":5,\"x\":2}"},
    {"{\"" P "\":1,\"x\":2,\"" P "\":\"3\"}", {5, ABSENT, ABSENT}, "{\"" P "\":5,\"x\":2}"},
    {"{\"" P "\":1,\"x\":2,\"" P "\":3}", {ABSENT, ABSENT, ABSENT}, "{\"x\":2}"},
    {"{\"" P "\":1,\"" P "\":1,\"" C "\":2,\"" C "\":2,\"" T "\":3,\"" T "\":3}",
     {5, 7, 12},
     "{\"" P "\":5,\"" C "\":7,\"" T "\":12}"},
    {"{\"" P "\":1,\"" P "\":1}", {ABSENT, 7, ABSENT}, "{\"" C "\":7}"},

    /* other members stay, whatever they are called */
    {"{\"Prompt_Tokens\":1,\"PROMPT_TOKENS\":2}",
     {5, ABSENT, ABSENT},
     "{\"Prompt_Tokens\":1,\"PROMPT_TOKENS\":2,\"" P "\":5}"},
    {"{\"Prompt_Tokens\":1,\"" P "\":2,\"PROMPT_TOKENS\":3}",
     {ABSENT, ABSENT, ABSENT},
     "{\"Prompt_Tokens\":1,\"PROMPT_TOKENS\":3}"},
    {"{\"x\":1,\"x\":2,\"\":3,\"y\":{\"" P "\":4,\"" P "\":4}}",
     {5, ABSENT, ABSENT},
     "{\"x\":1,\"x\":2,\"\":3,\"y\":{\"" P "\":4,\"" P "\":4},\"" P "\":5}"},
};

static void update_cjson_leaves_every_other_member_as_and_where_it_was(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(updates); i++) {
        const update_case *one = &updates[i];
        cJSON *tree = parsed(one->before);
        tokusage usage = usage_of(one->counts[0], one->counts[1], one->counts[2]);
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        expect_linked(tree);
        expect_printed(one->before, tree, one->after);
        verdict want = {TOKUSAGE_OK, NULL, 0, {one->counts[0], one->counts[1], one->counts[2]}};
        expect_from_tree(one->before, tree, &want);
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        expect_printed("a second time", tree, one->after);
        assert_non_null(cJSON_AddNumberToObject(tree, "last", 1));
        expect_linked(tree);
        cJSON_Delete(tree);
        assert_int_equal(heap_live(), 0);
    }
}

static void update_cjson_changes_a_number_in_place(void **state) {
    (void)state;
    cJSON *tree = parsed("{\"a\":1,\"" P "\":1,\"b\":2}");
    cJSON *number = cJSON_GetObjectItemCaseSensitive(tree, P);
    cJSON *other = cJSON_GetObjectItemCaseSensitive(tree, "b");
    tokusage usage = usage_of(INT64_C(5000000000), ABSENT, ABSENT);
    heap_fail(NEVER, false);
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    assert_int_equal(heap_calls(), 0);
    assert_ptr_equal(cJSON_GetObjectItemCaseSensitive(tree, P), number);
    assert_ptr_equal(cJSON_GetObjectItemCaseSensitive(tree, "b"), other);
    assert_true(number->valuedouble == 5000000000.0);
    assert_int_equal(number->valueint, INT32_MAX); /* as cJSON has it for what an int can't hold */
    usage = usage_of(6, ABSENT, ABSENT);
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    assert_int_equal(number->valueint, 6);
    cJSON_Delete(tree);
}

static void update_cjson_takes_every_value_exactly(void **state) {
    (void)state;
    cJSON *tree = cJSON_CreateObject();
    for (size_t p = 0; p < LENGTH(boundaries); p++) {
        for (size_t c = 0; c < LENGTH(boundaries); c++) {
            for (size_t t = 0; t < LENGTH(boundaries); t++) {
                tokusage usage = usage_of(boundaries[p], boundaries[c], boundaries[t]);
                assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
                verdict want = {TOKUSAGE_OK, NULL, 0, {boundaries[p], boundaries[c], boundaries[t]}};
                expect_from_tree("updated", tree, &want);
            }
        }
    }
    cJSON_Delete(tree);
}

static void update_cjson_refuses_what_it_may_not_change(void **state) {
    (void)state;
    tokusage usage = usage_of(5, 7, 12);
    cJSON *tree = parsed("{\"usage\":{\"" P "\":1},\"list\":[1],\"text\":\"a\",\"nothing\":null,\"n\":1}");
    static const char *const no_objects[] = {"list", "text", "nothing", "n"};
    for (size_t i = 0; i < LENGTH(no_objects); i++) {
        cJSON *item = cJSON_GetObjectItemCaseSensitive(tree, no_objects[i]);
        assert_int_equal(tokusage_update_cjson(item, &usage), TOKUSAGE_ERR_TYPE);
    }
    assert_int_equal(tokusage_update_cjson(NULL, &usage), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_update_cjson(tree, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_update_cjson(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);

    cJSON *other = cJSON_CreateObject();
    assert_true(cJSON_AddItemReferenceToObject(other, "usage", cJSON_GetObjectItemCaseSensitive(tree, "usage")));
    cJSON *reference = cJSON_GetObjectItemCaseSensitive(other, "usage");
    assert_int_equal(tokusage_update_cjson(reference, &usage), TOKUSAGE_ERR_ARGUMENT);
    expect_printed("the other tree", other, "{\"usage\":{\"" P "\":1}}");
    cJSON_Delete(other);

    expect_printed("the tree", tree, "{\"usage\":{\"" P "\":1},\"list\":[1],\"text\":\"a\",\"nothing\":null,\"n\":1}");
    cJSON_Delete(tree);
}

static void update_cjson_refuses_a_count_out_of_range(void **state) {
    (void)state;
    static const char json[] = "{\"" P "\":1,\"" C "\":\"2\",\"" T "\":3,\"" T "\":4}";
    cJSON *tree = parsed(json);
    for (size_t member = 0; member < 3; member++) {
        for (size_t i = 0; i < LENGTH(out_of_range); i++) {
            tokusage usage = with_count(member, out_of_range[i]);
            assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_ERR_RANGE);
            expect_printed("unchanged", tree, json);
            expect_links_kept(tree);
        }
    }
    cJSON_Delete(tree);
}

static void update_cjson_handles_members_that_no_text_makes(void **state) {
    (void)state;
    cJSON *tree = cJSON_CreateObject();
    cJSON *shared = parsed("[1,2]");
    cJSON_AddItemToArray(tree, cJSON_CreateNumber(1)); /* without a name */
    assert_non_null(cJSON_AddRawToObject(tree, P, "1e0"));
    assert_non_null(cJSON_AddNumberToObject(tree, C, (double)NAN));
    assert_true(cJSON_AddItemReferenceToObject(tree, T, shared));
    cJSON *constant = cJSON_CreateString("x");
    assert_true(cJSON_AddItemToObjectCS(tree, T, constant));
    cJSON *unnamed = tree->child;
    assert_null(unnamed->string);
    tokusage usage = usage_of(5, 7, 12);
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    expect_linked(tree);
    assert_ptr_equal(tree->child, unnamed);
    assert_int_equal(cJSON_GetArraySize(tree), 4);
    verdict want = COUNTS(5, 7, 12);
    expect_from_tree("odd members", tree, &want);
    usage = usage_of(ABSENT, ABSENT, ABSENT);
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    assert_ptr_equal(tree->child, unnamed);
    assert_int_equal(cJSON_GetArraySize(tree), 1);
    cJSON_Delete(tree);
    expect_printed("what was referred to", shared, "[1,2]");
    cJSON_Delete(shared);
}

/* cJSON 1.7.13 goes on to lead from the first item to a last one that is gone. */
static void update_cjson_appends_behind_what_is_the_last_now(void **state) {
    (void)state;
    static const struct {
        int64_t counts[3];
        const char *after;
    } cases[] = {
        {{ABSENT, 7, ABSENT}, "{\"a\":1,\"" C "\":7}"},
        {{5, 7, ABSENT}, "{\"a\":1,\"" P "\":5,\"" C "\":7}"},
        {{ABSENT, 7, 12}, "{\"a\":1,\"" C "\":7,\"" T "\":12}"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const tokusage usage = usage_of(cases[i].counts[0], cases[i].counts[1], cases[i].counts[2]);
        cJSON *tree = cJSON_CreateObject();
        assert_non_null(cJSON_AddNumberToObject(tree, "a", 1));
        assert_non_null(cJSON_AddStringToObject(tree, P, "replaced or removed"));
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        expect_printed("appended", tree, cases[i].after);
        expect_linked(tree);
        cJSON_Delete(tree);
    }
}

static void update_cjson_leaves_the_object_when_memory_fails(void **state) {
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < LENGTH(updates); i++) {
        const update_case *one = &updates[i];
        tokusage usage = usage_of(one->counts[0], one->counts[1], one->counts[2]);
        for (int onwards = 0; onwards < 2; onwards++) {
            heap_fail(NEVER, false);
            cJSON *tree = parsed(one->before);
            char *before = cJSON_PrintUnformatted(tree);
            size_t live = heap_live();
            for (size_t nth = 0;; nth++) {
                heap_fail(nth, onwards == 1);
                tokusage_status status = tokusage_update_cjson(tree, &usage);
                size_t calls = heap_calls();
                heap_fail(NEVER, false);
                if (calls <= nth) {
                    assert_int_equal(status, TOKUSAGE_OK);
                    break;
                }
                assert_int_equal(status, TOKUSAGE_ERR_MEMORY);
                assert_int_equal(heap_live(), live);
                expect_links_kept(tree);
                expect_printed("unchanged", tree, before);
                failed++;
            }
            expect_printed("at last", tree, one->after);
            cJSON_free(before);
            cJSON_Delete(tree);
            assert_int_equal(heap_live(), 0);
        }
    }
    assert_true(failed > 50);
}

/* The members of an object that are none of ours, one line each: which item it is, and its text. */
static void list_others(const cJSON *object, char *list, size_t size) {
    size_t used = 0;
    list[0] = '\0';
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        if (strcmp(item->string, P) == 0 || strcmp(item->string, C) == 0 || strcmp(item->string, T) == 0) {
            continue;
        }
        char *printed = cJSON_PrintUnformatted(item);
        used += (size_t)snprintf(list + used, size - used, "%p %s %s\n", (const void *)item, item->string, printed);
        assert_true(used < size);
        cJSON_free(printed);
    }
}

static void update_cjson_keeps_its_promises_with_random_objects(void **state) {
    (void)state;
    static const char *const names[] = {P, C, T, P, C, T, "a", "b", "Total_Tokens", ""};
    static const char *const values[] = {"1", "2.5", "null", "true", "\"s\"", "[1,2]", "{\"" P "\":1}"};
    static char before[8192];
    static char after[8192];
    random_seed();
    for (size_t left = rounds(5000); left > 0; left--) {
        cJSON *tree = cJSON_CreateObject();
        for (size_t members = random_below(10); members > 0; members--) {
            cJSON_AddItemToObject(tree, names[random_below(LENGTH(names))],
                                  parsed(values[random_below(LENGTH(values))]));
        }
        tokusage usage = usage_of(random_count(), random_count(), random_count());
        list_others(tree, before, sizeof before);
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        list_others(tree, after, sizeof after);
        assert_string_equal(after, before);
        expect_linked(tree);
        tokusage back;
        assert_int_equal(tokusage_from_cjson(tree, &back, NULL), TOKUSAGE_OK);
        assert_true(tokusage_equal(&back, &usage));
        cJSON_Delete(tree);
        assert_int_equal(heap_live(), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WATCHED(extract_takes_every_form_that_the_grammar_has),
        WATCHED(extract_refuses_every_break_of_the_grammar_at_its_byte),
        WATCHED(decode_refuses_bad_json_in_a_member_that_it_does_not_know),
        WATCHED(extract_takes_one_byte_order_mark_at_the_very_start),
        WATCHED(extract_refuses_every_prefix_of_a_text_at_its_length),
        WATCHED(decode_refuses_every_prefix_of_a_text_at_its_length),
        WATCHED(extract_judges_every_change_of_one_byte_as_the_reference_does),
        WATCHED(decode_judges_every_change_of_one_byte_as_the_reference_does),
        WATCHED(extract_reads_random_documents_as_the_reference_does),
        WATCHED(find_gives_the_text_of_a_value_as_it_stands),
        WATCHED(find_refuses_what_is_missing_or_malformed_before_it_looks),
        WATCHED(extract_looks_only_where_the_pointer_leads),
        WATCHED(extract_compares_names_exactly),
        WATCHED(extract_reads_a_pointer_as_rfc_6901_has_it),
        WATCHED(extract_refuses_a_malformed_pointer_whatever_the_text),
        WATCHED(extract_refuses_a_name_that_stands_twice_on_the_way),
        WATCHED(decode_reads_every_form_of_a_number_exactly),
        WATCHED(decode_reads_every_power_of_ten_in_every_form),
        WATCHED(decode_refuses_what_is_no_number),
        WATCHED(decode_tells_absent_from_zero),
        WATCHED(decode_passes_over_members_that_it_does_not_know),
        WATCHED(decode_refuses_a_count_given_twice),
        WATCHED(decode_refuses_half_a_surrogate_pair_only_within_the_usage),
        WATCHED(decode_refuses_a_nul_in_a_name_of_its_own),
        WATCHED(decode_refuses_a_number_of_more_than_63_characters_only_within_the_usage),
        WATCHED(extract_names_the_first_error_in_the_order_of_the_manual),
        WATCHED(extract_says_argument_before_anything_else),
        WATCHED(extract_nests_to_the_limit_and_names_the_byte_that_passes_it),
        WATCHED(extract_finds_a_usage_at_the_deepest_place),
        WATCHED(extract_reads_large_texts),
        WATCHED(decode_reads_strings_and_space_of_every_length),
        WATCHED(extract_reads_the_bodies_in_the_data_folder),
        WATCHED(decode_survives_the_failure_of_every_allocation),
        WATCHED(decode_reports_an_error_of_the_text_rather_than_of_memory),
        WATCHED(decode_gives_back_all_memory_whatever_the_answer),
        WATCHED(extract_allocates_nothing_for_a_plain_usage),
        WATCHED(encode_writes_every_combination_of_counts_exactly),
        WATCHED(encode_writes_the_members_in_the_order_of_the_struct),
        WATCHED(encode_needs_exactly_json_size_for_the_longest_usage),
        WATCHED(encode_tells_the_length_without_a_buffer),
        WATCHED(encode_leaves_everything_when_an_argument_is_wrong),
        WATCHED(encode_refuses_a_count_out_of_range),
        WATCHED(encode_does_not_look_at_the_value_of_an_absent_count),
        WATCHED(encode_writes_what_cjson_prints),
        WATCHED(encode_and_decode_give_back_any_usage),
        WATCHED(results_do_not_follow_the_locale),
        WATCHED(from_cjson_reads_a_tree_as_decode_reads_its_text),
        WATCHED(from_cjson_takes_the_result_of_a_look_up),
        WATCHED(from_cjson_refuses_a_missing_usage_argument),
        WATCHED(from_cjson_judges_trees_that_no_text_makes),
        WATCHED(from_cjson_takes_the_double_of_a_number_not_its_int),
        WATCHED(from_cjson_judges_items_by_their_kind_alone),
        WATCHED(to_cjson_makes_an_object_of_the_present_counts),
        WATCHED(to_cjson_keeps_the_order_of_the_struct),
        WATCHED(to_cjson_answers_null_without_a_good_usage),
        WATCHED(to_cjson_survives_the_failure_of_every_allocation),
        WATCHED(update_cjson_leaves_every_other_member_as_and_where_it_was),
        WATCHED(update_cjson_changes_a_number_in_place),
        WATCHED(update_cjson_takes_every_value_exactly),
        WATCHED(update_cjson_refuses_what_it_may_not_change),
        WATCHED(update_cjson_refuses_a_count_out_of_range),
        WATCHED(update_cjson_handles_members_that_no_text_makes),
        WATCHED(update_cjson_appends_behind_what_is_the_last_now),
        WATCHED(update_cjson_leaves_the_object_when_memory_fails),
        WATCHED(update_cjson_keeps_its_promises_with_random_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
