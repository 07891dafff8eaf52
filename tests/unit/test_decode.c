/*
 * What the members of a usage object say: numbers of every form, null, values that are not counts, members given twice,
 * and all that is passed over. test_names.c tests which name of which service means what.
 */
#include "readings.h"

#include <stdio.h>
#include <string.h>

#include "numbers.h"

#define P "prompt_tokens"
#define C "completion_tokens"
#define T "total_tokens"
#define NOTHING COUNTS(ABSENT, ABSENT, ABSENT)
#define FIVE "{\"" P "\":5}"
#define FOUND COUNTS(5, ABSENT, ABSENT)

/* ------------------------------------------------------------------------------------------------- numbers */

/* OpenAI's members: the bytes before the value, and what the errors call them. */
static const struct {
    const char *before, *after, *member;
} members[] = {
    {"\"" P "\":", "", P},
    {"\"" C "\":", "", C},
    {"\"" T "\":", "", T},
    {"\"prompt_tokens_details\":{\"cached_tokens\":", "}", "cached_tokens"},
    {"\"prompt_tokens_details\":{\"cache_write_tokens\":", "}", "cache_write_tokens"},
    {"\"completion_tokens_details\":{\"reasoning_tokens\":", "}", "reasoning_tokens"},
};

/* Writes a text with the value as one of the six counts. */
static size_t write_member(char *json, size_t size, size_t member, const char *before, const char *value,
                           const char *after) {
    return (size_t)snprintf(json, size, "%s%s%s%s%s", before, members[member].before, value, members[member].after,
                            after);
}

/* The number as each of the six counts, at the top and at a place, among other members. */
static void expect_number(const number_case *one) {
    static const struct {
        const char *pointer, *before, *after;
    } surroundings[] = {
        {"", "{", "}"},
        {"", " { \"x\" : [] , ", "\n, \"y\":\"\\n\"} "},
        {NULL, "{\"usage\":{", " }}"},
    };
    for (size_t member = 0; member < LENGTH(members); member++) {
        for (size_t i = 0; i < LENGTH(surroundings); i++) {
            char json[NUMBER_CASE_MAX + 120];
            size_t length =
                write_member(json, sizeof json, member, surroundings[i].before, one->number, surroundings[i].after);
            assert_true(length < sizeof json);
            verdict want = NOTHING;
            want.status = one->status;
            if (one->status == TOKUSAGE_OK) {
                want.counts[member] = one->value;
            } else {
                want.member = members[member].member;
            }
            reading_case reading = {one->number, surroundings[i].pointer, {json, length}, want};
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
    random_seed();
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
            char json[100];
            const size_t member = random_below(LENGTH(members));
            reading_case one = {number, "", {json, write_member(json, sizeof json, member, "{", number, "}")}, NOTHING};
            one.want.counts[member] = power;
            expect_reading(&one);
        }
        power *= 10;
    }
}

static void decode_refuses_a_value_that_is_not_a_number(void **state) {
    (void)state;
    static const char *const values[] = {"\"5\"", "\"\"",   "\"null\"",    "true",        "false",
                                         "[]",    "[5]",    "{}",          "{\"a\":5}",   "{\"" P "\":5}",
                                         "\"0\"", "[[[]]]", "\"\\u0035\"", "\"\\u0000\"", "[null]"};
    for (size_t i = 0; i < LENGTH(values); i++) {
        for (size_t member = 0; member < LENGTH(members); member++) {
            char json[120];
            size_t length = write_member(json, sizeof json, member, "{\"a\":1,", values[i], "}");
            reading_case one = {
                "not a number", "", {json, length}, {TOKUSAGE_ERR_TYPE, members[member].member, 0, {0}}};
            expect_reading(&one);
        }
    }
}

/* ------------------------------------------------------------------------------------------------- members */

static void decode_tells_absent_from_zero(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"nothing", "", TEXT("{}"), NOTHING},
        {"all null", "", TEXT("{\"" P "\":null,\"" C "\":null,\"" T "\":null}"), NOTHING},
        {"all zero", "", TEXT("{\"" P "\":0,\"" C "\":0,\"" T "\":0}"), COUNTS(0, 0, 0)},
        {"all zero, details too", "",
         TEXT("{\"" P "\":0,\"prompt_tokens_details\":{\"cached_tokens\":0,\"cache_write_tokens\":0},"
              "\"completion_tokens_details\":{\"reasoning_tokens\":0}}"),
         COUNTS6(0, ABSENT, ABSENT, 0, 0, 0)},
        {"details of null", "",
         TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":null,\"cache_write_tokens\":null},\"" P
              "\":5,\"completion_tokens_details\":null}"),
         FOUND},
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
         COUNTS6(5, 7, 12, 4, ABSENT, 0)},
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
        {"bytes that are not UTF-8", "", TEXT("{\"a\":\"\xFF\xC0\x80\",\"\xE9\":1,\"" P "\":5}"), FOUND},
        {"bytes that are not UTF-8, and an escape", "", TEXT("{\"a\":\"\xFF\\n\",\"\xE9\\t\":[1],\"" P "\":5}"), FOUND},
        {"closers in strings", "", TEXT("{\"a\":\"}\",\"b\":\"\\\"}\",\"c}\":{\"]\":\"[\"},\"" P "\":5}"), FOUND},
        {"closers in strings in an array", "", TEXT("{\"a\":[\"]\",\"\\\"]}\",{\"}\":\"{\"}],\"" P "\":5}"), FOUND},
        {"a number of 64 characters", "", TEXT("{\"a\":" WHOLE_64 ",\"" P "\":5}"), FOUND},
        {"a details object in a details object", "",
         TEXT("{\"" P "\":5,\"prompt_tokens_details\":{\"prompt_tokens_details\":{\"cached_tokens\":4}}}"), FOUND},
        {"names of a details object beside it", "",
         TEXT("{\"" P "\":5,\"cache_write_tokens\":4,\"thinking_tokens\":3}"), FOUND},
        {"names of another details object", "",
         TEXT("{\"" P "\":5,\"prompt_tokens_details\":{\"reasoning_tokens\":4,\"input_tokens\":3}}"), FOUND},
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
        {"in a details object", "", TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":1,\"cached_tokens\":1}}"),
         ABOUT(DUPLICATE, "cached_tokens")},
        {"in a details object that is given twice", "",
         TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":1},\"prompt_tokens_details\":{\"cached_tokens\":1}}"),
         ABOUT(DUPLICATE, "cached_tokens")},
        {"different ones in a details object that is given twice", "",
         TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":1},\"prompt_tokens_details\":{\"cache_write_tokens\":2}}"),
         COUNTS6(ABSENT, ABSENT, ABSENT, 1, 2, ABSENT)},
        {"the first pair in the text", "", TEXT("{\"" C "\":1,\"" P "\":1,\"" P "\":2,\"" C "\":2}"),
         ABOUT(DUPLICATE, P)},
        {"twice where it does not matter", "", TEXT("{\"a\":{\"" P "\":1,\"" P "\":2},\"" P "\":5}"), FOUND},
        {"names that differ in a capital", "", TEXT("{\"" P "\":5,\"Prompt_tokens\":6}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

/* ---------------------------------------------------------------------- what 0.1 refused, and is ordinary JSON */

static void decode_reads_half_a_surrogate_pair_as_any_escape(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"high, in a value", "", TEXT("{\"a\":\"\\ud800\"}"), NOTHING},
        {"low, in a value", "", TEXT("{\"a\":\"\\uDC00\"}"), NOTHING},
        {"behind letters", "", TEXT("{\"a\":\"xyz\\udbff\"}"), NOTHING},
        {"before letters", "", TEXT("{\"a\":\"\\udfffxyz\"}"), NOTHING},
        {"behind a whole pair", "", TEXT("{\"a\":\"\\ud83d\\ude00\\ude00\"}"), NOTHING},
        {"two high ones", "", TEXT("{\"a\":\"\\ud800\\ud800\\udc00\"}"), NOTHING},
        {"two low ones", "", TEXT("{\"a\":\"\\udc00\\udc00\"}"), NOTHING},
        {"before another escape", "", TEXT("{\"a\":\"\\ud800\\n\"}"), NOTHING},
        {"before another Unicode escape", "", TEXT("{\"a\":\"\\ud800\\u0041\"}"), NOTHING},
        {"before an escape of a backslash", "", TEXT("{\"a\":\"\\ud800\\\\udc00\"}"), NOTHING},
        {"behind an escape of a backslash", "", TEXT("{\"a\":\"\\\\\\ud800\"}"), NOTHING},
        {"behind other escapes", "", TEXT("{\"a\":\"\\n\\u0041\\ud800\"}"), NOTHING},
        {"in a name", "", TEXT("{\"\\ud800\":1}"), NOTHING},
        {"in a name of ours", "", TEXT("{\"" P "\\ud800\":1}"), NOTHING},
        {"in an array", "", TEXT("{\"a\":[1,\"\\ud800\"]}"), NOTHING},
        {"in an object", "", TEXT("{\"a\":{\"b\":{\"c\":\"\\ud800\"}}}"), NOTHING},
        {"in a name deeper down", "", TEXT("{\"a\":{\"\\udead\":1}}"), NOTHING},
        {"as a count", "", TEXT("{\"" P "\":\"\\ud800\"}"), ABOUT(TYPE, P)},
        {"the first of two", "", TEXT("{\"a\":\"\\ud800\",\"b\":\"\\ud801\"}"), NOTHING},
        {"behind everything", "", TEXT("{\"" P "\":5,\"a\":\"\\ud800\"}"), FOUND},
        {"at a place", "/usage", TEXT("{\"a\":1,\"usage\": {\"b\":\"\\ud800\"}}"), NOTHING},
        {"at a place, with halves before it", "/usage", TEXT("{\"a\":\"\\ud800\",\"usage\":{\"b\":\"\\ud800\"}}"),
         NOTHING},
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

static void decode_reads_a_nul_in_a_name_as_any_escape(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"behind a name of ours", "", TEXT("{\"" T "\\u0000x\":1}"), NOTHING},
        {"a name of ours ending in it", "", TEXT("{\"" T "\\u0000\":1}"), NOTHING},
        {"before a name of ours", "", TEXT("{\"\\u0000" T "\":1}"), NOTHING},
        {"alone", "", TEXT("{\"\\u0000\":1}"), NOTHING},
        {"in another name", "", TEXT("{\"a\":1,\"b\\u0000c\":1}"), NOTHING},
        {"two", "", TEXT("{\"a\\u0000\\u0000\":1}"), NOTHING},
        {"behind other escapes", "", TEXT("{\"\\n\\u0041\\u0000\":1}"), NOTHING},
        {"behind a container", "", TEXT("{\"a\":{\"b\":[{}]},\"c\\u0000\":1}"), NOTHING},
        {"at a place", "/usage", TEXT("{\"usage\":{\"" P "\":5,\"a\\u0000\":1}}"), FOUND},
        {"in a value", "", TEXT("{\"a\":\"\\u0000\",\"" P "\":5}"), FOUND},
        {"in a name deeper down", "", TEXT("{\"a\":{\"" P "\\u0000\":1},\"" P "\":5}"), FOUND},
        {"in a name in an array", "", TEXT("{\"a\":[{\"\\u0000\":1}],\"" P "\":5}"), FOUND},
        {"in a name beside the usage", "/usage", TEXT("{\"usage\\u0000\":1,\"usage\":" FIVE "}"), FOUND},
        {"escaped", "", TEXT("{\"a\\\\u0000\":1,\"" P "\":5}"), FOUND},
        {"its neighbour", "", TEXT("{\"a\\u0001\":1,\"b\\u1000\":2,\"" P "\":5}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void decode_reads_a_number_of_any_length(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"a count", "", TEXT("{\"" P "\":" WHOLE_64 "}"), ABOUT(RANGE, P)},
        {"a count that would be good", "", TEXT("{\"" P "\":" FIVE_64 "}"), FOUND},
        {"a count of 63", "", TEXT("{\"" P "\":" FIVE_63 "}"), FOUND},
        {"a count of 63 that is too much", "", TEXT("{\"" P "\":" WHOLE_63 "}"), ABOUT(RANGE, P)},
        {"a member that is not known", "", TEXT("{\"x\":" WHOLE_64 ",\"" P "\":5}"), FOUND},
        {"a member that is not known, of 63", "", TEXT("{\"x\":" WHOLE_63 ",\"" P "\":5}"), FOUND},
        {"minus counts", "", TEXT("{\"x\":-" WHOLE_63 ",\"" P "\":5}"), FOUND},
        {"in an array", "", TEXT("{\"x\":[1," WHOLE_64 "],\"" P "\":5}"), FOUND},
        {"in an array, of 63", "", TEXT("{\"x\":[1," WHOLE_63 "],\"" P "\":5}"), FOUND},
        {"in an object", "", TEXT("{\"x\":{\"y\":" FIVE_64 "},\"" P "\":5}"), FOUND},
        {"in an object, of 63", "", TEXT("{\"x\":{\"y\":" FIVE_63 "},\"" P "\":5}"), FOUND},
        {"last", "", TEXT("{\"" P "\":5,\"x\":" FIVE_64 "}"), FOUND},
        {"at a place", "/usage", TEXT("{\"usage\":{\"" P "\":" FIVE_64 "}}"), FOUND},
        {"beside the usage", "/usage", TEXT("{\"x\":" WHOLE_64 ",\"usage\":" FIVE ",\"y\":[" FIVE_64 "]}"), FOUND},
        {"in a string", "", TEXT("{\"x\":\"" WHOLE_64 "\",\"" P "\":5}"), FOUND},
        {"two numbers of 64 together", "", TEXT("{\"x\":[1234567890123456789012345678901," WHOLE_63 "],\"" P "\":5}"),
         FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

/* 0.1 kept at most 2,048 bytes of a usage object. */
static void decode_reads_a_usage_object_of_any_length(void **state) {
    (void)state;
    char json[6000];
    builder text = {json, 0, sizeof json};
    add(&text, 1, "{\"usage\":{\"" C "\":7,\"a\":[");
    add(&text, 700, "1.25, ");
    add(&text, 1, "\"");
    add(&text, 1000, "x");
    add(&text, 1, "\"],\"" P "\":5}}");
    reading_case one = {"a long usage", NULL, {json, text.used}, COUNTS(5, 7, ABSENT)};
    expect_reading(&one);
}

/* An error about something that is only unusual must not hide the real one. */
static void unusual_json_does_not_hide_an_error(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"half a pair, then a bad count", "", TEXT("{\"a\":\"\\ud800\",\"" P "\":-1}"), ABOUT(RANGE, P)},
        {"a bad count, then half a pair", "", TEXT("{\"" P "\":-1,\"a\":\"\\ud800\"}"), ABOUT(RANGE, P)},
        {"a NUL in a name, then a bad count", "", TEXT("{\"a\\u0000\":1,\"" P "\":\"x\"}"), ABOUT(TYPE, P)},
        {"a long number, then a duplicate", "", TEXT("{\"a\":" WHOLE_64 ",\"" P "\":1,\"" P "\":1}"),
         ABOUT(DUPLICATE, P)},
        {"syntax behind half a pair", "/usage", TEXT("{\"usage\":{\"a\":\"\\ud800\"}"), AT(SYNTAX, 23)},
        {"syntax behind a long number", "", TEXT("{\"" P "\":" WHOLE_64 "}1"), AT(SYNTAX, 82)},
        {"a duplicate on the way, half a pair in it", "/usage", TEXT("{\"usage\":{\"a\":\"\\ud800\"},\"usage\":{}}"),
         ABOUT(DUPLICATE, "usage")},
        {"half a pair and a NUL in one name", "", TEXT("{\"\\ud800\\u0000\":1,\"" P "\":5}"), FOUND},
        {"a name of ours with half a pair given twice", "", TEXT("{\"" P "\\ud800\":1,\"" P "\\ud800\":2,\"" P "\":5}"),
         FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

/* ------------------------------------------------------------------------------------------------- spelling */

/* Spells byte number `at` of a name as an escape. */
static void spell(char *name, size_t size, const char *plain, size_t at) {
    (void)snprintf(name, size, "%.*s\\u%04x%s", (int)at, plain, (unsigned)(unsigned char)plain[at], plain + at + 1);
}

/* Each letter in turn, the text cut everywhere. */
static void a_name_spelled_with_an_escape_is_the_same_name(void **state) {
    (void)state;
    static const struct {
        const char *name, *format;
        verdict want;
    } cases[] = {
        {P, "{\"usage\":{\"%s\":5}}", FOUND},
        {"usage", "{\"%s\":" FIVE "}", FOUND},
        {"usageMetadata", "{\"response\":{\"%s\":" FIVE "}}", FOUND},
        {"message", "{\"%s\":{\"usage\":" FIVE "}}", FOUND},
        {"prompt_eval_count", "{\"%s\":5}", FOUND},
        {"input_tokens_details", "{\"usage\":{\"input_tokens\":5,\"%s\":{},\"cache_read_input_tokens\":1}}",
         COUNTS6(5, ABSENT, ABSENT, 1, ABSENT, ABSENT)},
        {"cached_tokens", "{\"usage\":{\"prompt_tokens_details\":{\"%s\":5}}}",
         COUNTS6(ABSENT, ABSENT, ABSENT, 5, ABSENT, ABSENT)},
        {"cached_tokens", "{\"usage\":{\"cached_tokens\":1,\"%s\":5}}", ABOUT(DUPLICATE, "cached_tokens")},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        for (size_t at = 0; cases[i].name[at] != '\0'; at++) {
            char name[60];
            char json[160];
            spell(name, sizeof name, cases[i].name, at);
            const char *gap = strstr(cases[i].format, "%s");
            const size_t length = (size_t)snprintf(json, sizeof json, "%.*s%s%s", (int)(gap - cases[i].format),
                                                   cases[i].format, name, gap + 2);
            reading_case one = {"an escape in a name", NULL, {json, length}, cases[i].want};
            expect_reading(&one);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_reads_every_form_of_a_number_exactly),
        cmocka_unit_test(decode_reads_every_power_of_ten_in_every_form),
        cmocka_unit_test(decode_refuses_a_value_that_is_not_a_number),
        cmocka_unit_test(decode_tells_absent_from_zero),
        cmocka_unit_test(decode_passes_over_members_that_it_does_not_know),
        cmocka_unit_test(decode_refuses_a_count_given_twice),
        cmocka_unit_test(decode_reads_half_a_surrogate_pair_as_any_escape),
        cmocka_unit_test(decode_reads_a_nul_in_a_name_as_any_escape),
        cmocka_unit_test(decode_reads_a_number_of_any_length),
        cmocka_unit_test(decode_reads_a_usage_object_of_any_length),
        cmocka_unit_test(unusual_json_does_not_hide_an_error),
        cmocka_unit_test(a_name_spelled_with_an_escape_is_the_same_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
