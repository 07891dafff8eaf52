/*
 * src/stream.c: the name of the model. Where it may stand, how long it may be, and which text of a body tells it.
 */
#include <string.h>

#include "bodies.h"

#define N10 "0123456789"
#define N120 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10 N10
#define E30 "\\u0041\\u0041\\u0041\\u0041\\u0041"
#define E120 E30 E30 E30 E30

/* Answers to events without a report, or with so many. */
#define WITHOUT_REPORT(model) IN_EVENTS(ABOUT(NOT_FOUND, "usage"), 0, false, model)
#define WITH_REPORTS(count, model) IN_EVENTS(COUNTS(5, ABSENT, ABSENT), (count), false, model)

static const body models[] = {
    /* ---- places */
    {"/model", NULL, TEXT("data: {\"model\":\"m\"}\n\n"), WITHOUT_REPORT("m")},
    {"/message/model", NULL, TEXT("data: {\"message\":{\"model\":\"m\"}}\n\n"), WITHOUT_REPORT("m")},
    {"/response/model", NULL, TEXT("data: {\"response\":{\"model\":\"m\"}}\n\n"), WITHOUT_REPORT("m")},
    {"/modelVersion", NULL, TEXT("data: {\"modelVersion\":\"m\"}\n\n"), WITHOUT_REPORT("m")},
    {"/interaction/model", NULL, TEXT("data: {\"interaction\":{\"model\":\"m\"}}\n\n"), WITHOUT_REPORT("m")},
    {"no place", NULL,
     TEXT("data: {\"a\":{\"model\":\"m\"},\"delta\":{\"model\":\"m\"},\"metadata\":{\"model\":\"m\"},"
          "\"x_groq\":{\"model\":\"m\"},\"usage\":{\"model\":\"m\"},\"Model\":\"m\",\"models\":\"m\","
          "\"message\":{\"modelVersion\":\"m\",\"message\":{\"model\":\"m\"}},\"model_version\":\"m\"}\n\n"),
     WITHOUT_REPORT("")},
    {"in a string or an array", NULL,
     TEXT("data: {\"a\":\"\\\"model\\\":\\\"m\\\"\",\"b\":[\"model\",\"m\"],\"c\":[{\"model\":\"m\"}]}\n\n"),
     WITHOUT_REPORT("")},
    {"the first of all", NULL,
     TEXT("data: {\"interaction\":{\"model\":\"e\"},\"modelVersion\":\"d\",\"response\":{\"model\":\"c\"},"
          "\"message\":{\"model\":\"b\"},\"model\":\"a\"}\n\n"),
     WITHOUT_REPORT("a")},
    {"the first of all except one", NULL,
     TEXT("data: {\"interaction\":{\"model\":\"e\"},\"modelVersion\":\"d\",\"response\":{\"model\":\"c\"},"
          "\"message\":{\"model\":\"b\"},\"model\":null}\n\n"),
     WITHOUT_REPORT("b")},
    {"the first of the last three", NULL,
     TEXT("data: {\"interaction\":{\"model\":\"e\"},\"modelVersion\":\"d\",\"response\":{\"model\":\"c\"}}\n\n"),
     WITHOUT_REPORT("c")},
    {"the first of the last two", NULL,
     TEXT("data: {\"interaction\":{\"model\":\"e\"},\"modelVersion\":\"d\",\"response\":{\"model\":\"\"}}\n\n"),
     WITHOUT_REPORT("d")},
    {"the first of all, in their order", NULL,
     TEXT("data: {\"model\":\"a\",\"message\":{\"model\":\"b\"},\"response\":{\"model\":\"c\"},"
          "\"modelVersion\":\"d\",\"interaction\":{\"model\":\"e\"}}\n\n"),
     WITHOUT_REPORT("a")},
    {"values that are not strings are passed over", NULL,
     TEXT("data: {\"model\":5,\"message\":{\"model\":[\"b\"]},\"response\":{\"model\":{\"model\":\"c\"}},"
          "\"modelVersion\":true,\"interaction\":{\"model\":\"e\"}}\n\n"),
     WITHOUT_REPORT("e")},
    {"the member around the model is not an object", NULL,
     TEXT("data: {\"message\":\"model\",\"response\":[\"model\"],\"interaction\":null,\"modelVersion\":\"d\"}\n\n"),
     WITHOUT_REPORT("d")},
    {"the first of two that fits", NULL, TEXT("data: {\"model\":\"\",\"model\":\"a\",\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("a")},
    {"the first of two objects that fits", NULL,
     TEXT("data: {\"message\":{\"model\":1},\"message\":{\"model\":\"b\"},\"message\":{\"model\":\"c\"}}\n\n"),
     WITHOUT_REPORT("b")},
    {"a way given twice does not matter", NULL, TEXT("data: {\"response\":{},\"response\":{\"model\":\"c\"}}\n\n"),
     WITHOUT_REPORT("c")},
    {"names with escapes", NULL,
     TEXT("data: {\"m\\u006fdel\":1,"
          "\"\\u006d\\u0065\\u0073\\u0073\\u0061\\u0067\\u0065\":{\"mode\\u006C\":\"b\"}}\n\n"),
     WITHOUT_REPORT("b")},
    {"names that are almost those of the model", NULL,
     TEXT("data: {\"model\\u0000\":\"a\",\"\\\\u006dodel\":\"b\",\"mod\\\"el\":\"c\",\"\\ud83dmodel\":\"d\"}\n\n"),
     WITHOUT_REPORT("")},
    {"a pointer does not matter", "/u",
     TEXT("data: {\"model\":\"a\",\"usage\":{\"prompt_tokens\":1},\"u\":{\"prompt_tokens\":5}}\n\n"),
     WITH_REPORTS(1, "a")},
    {"the usage at the place of a model", "/model",
     TEXT("data: {\"model\":{\"prompt_tokens\":5},\"message\":{\"model\":\"b\"}}\n\n"), WITH_REPORTS(1, "b")},
    {"white space around", NULL, TEXT("data: { \"model\"\t:  \"a\" , \"b\" : 1 }\n\n"), WITHOUT_REPORT("a")},

    /* ---- lengths, in bytes as they stand */
    {"one byte", NULL, TEXT("data: {\"model\":\"a\"}\n\n"), WITHOUT_REPORT("a")},
    {"none", NULL, TEXT("data: {\"model\":\"\",\"modelVersion\":\"d\"}\n\n"), WITHOUT_REPORT("d")},
    {"127 bytes", NULL, TEXT("data: {\"model\":\"" N120 "abcdefg\"}\n\n"), WITHOUT_REPORT(N120 "abcdefg")},
    {"128 bytes", NULL, TEXT("data: {\"model\":\"" N120 "abcdefgh\",\"modelVersion\":\"d\"}\n\n"), WITHOUT_REPORT("d")},
    {"128 bytes and nothing else", NULL, TEXT("data: {\"model\":\"" N120 "abcdefgh\"}\n\n"), WITHOUT_REPORT("")},
    {"360 bytes", NULL, TEXT("data: {\"model\":\"" N120 N120 N120 "\",\"modelVersion\":\"d\"}\n\n"),
     WITHOUT_REPORT("d")},
    {"127 bytes with escapes", NULL, TEXT("data: {\"model\":\"" E120 "\\u0041b\"}\n\n"),
     WITHOUT_REPORT(E120 "\\u0041b")},
    {"128 bytes with escapes", NULL, TEXT("data: {\"model\":\"" E120 "\\u0041bc\",\"modelVersion\":\"d\"}\n\n"),
     WITHOUT_REPORT("d")},
    {"an escape up to the 127th byte", NULL, TEXT("data: {\"model\":\"" N120 "abcde\\n\"}\n\n"),
     WITHOUT_REPORT(N120 "abcde\\n")},
    {"an escape across the 127th byte", NULL,
     TEXT("data: {\"model\":\"" N120 "abcdef\\n\",\"modelVersion\":\"d\"}\n\n"), WITHOUT_REPORT("d")},
    {"escapes stay", NULL, TEXT("data: {\"model\":\"a\\/b\\\"\\\\c\\u00e9\\ud83d\"}\n\n"),
     WITHOUT_REPORT("a\\/b\\\"\\\\c\\u00e9\\ud83d")},
    {"an escaped NUL stays", NULL, TEXT("data: {\"model\":\"a\\u0000b\"}\n\n"), WITHOUT_REPORT("a\\u0000b")},
    {"a brace, a bracket and a comma", NULL, TEXT("data: {\"model\":\"{[,:]}\"}\n\n"), WITHOUT_REPORT("{[,:]}")},

    /* ---- the first text */
    {"the first text tells it", NULL,
     TEXT("data: {\"model\":\"a\"}\n\n"
          "data: {\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("a")},
    {"the first text tells none", NULL,
     TEXT("data: {}\n\n"
          "data: {\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("")},
    {"the first text is not an object", NULL,
     TEXT("data: \"model\"\n\n"
          "data: {\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("")},
    {"the first text is a number", NULL,
     TEXT("data: 5\n\n"
          "data: {\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("")},
    {"the first text is malformed", NULL,
     TEXT("data: {\"model\":\"a\",}\n\n"
          "data: {\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("")},
    {"the first text is not JSON at all", NULL,
     TEXT("data: hello\n\n"
          "data: {\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("")},
    {"the first text has garbage behind it", NULL,
     TEXT("data: {\"model\":\"a\"} x\n\n"
          "data: {\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("")},
    {"the first text has another behind it", NULL, TEXT("data: {\"model\":\"a\"}{\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("")},
    {"the first text has not closed", NULL, TEXT("data: {\"model\":\"a\""), WITHOUT_REPORT("")},
    {"the first text has just closed", NULL, TEXT("data: {\"model\":\"a\"}"), WITHOUT_REPORT("a")},
    {"the first text is cut off by its event", NULL,
     TEXT("data: {\"model\":\"a\"\n\n"
          "data: {\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("")},
    {"the first text in several lines", NULL,
     TEXT("data: {\"model\"\n"
          "data: :\"a\"\n"
          "data: }\n\n"),
     WITHOUT_REPORT("a")},
    {"events without data come before", NULL,
     TEXT(": x\n\n"
          "event: ping\n\n"
          "id: {\"model\":\"x\"}\n\n"
          "data: {\"model\":\"a\"}\n\n"),
     WITHOUT_REPORT("a")},
    {"[DONE] tells none", NULL, TEXT("data: [DONE]\n\n"), IN_EVENTS(ABOUT(NOT_FOUND, "usage"), 0, true, "")},
    {"the first text has the place twice", NULL,
     TEXT("data: {\"model\":\"a\",\"usage\":1,\"usage\":2}\n\n"
          "data: {\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("a")},
    {"the first plain text", NULL,
     TEXT("{\"model\":\"a\"}\n"
          "{\"model\":\"b\"}\n"),
     IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, WHOLE, "a")},
    {"the first plain text tells none", NULL,
     TEXT("[]\n"
          "{\"model\":\"b\"}\n"),
     IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, WHOLE, "")},
    {"the first plain text is malformed", NULL,
     TEXT("{\"model\":\"a\"x}\n"
          "{\"model\":\"b\"}\n"),
     IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, BROKEN, "")},
    {"a plain text behind the first is malformed", NULL,
     TEXT("{\"model\":\"a\"}\n"
          "{\"model\":\"b\"x}\n"),
     IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, BROKEN, "a")},

    /* ---- texts with a report */
    {"a later text with a report", NULL,
     TEXT("data: {\"model\":\"a\"}\n\n"
          "data: {\"model\":\"b\",\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"model\":\"c\"}\n\n"),
     WITH_REPORTS(1, "b")},
    {"a later report tells none", NULL,
     TEXT("data: {\"model\":\"a\"}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":5}}\n\n"),
     WITH_REPORTS(1, "a")},
    {"a later report tells none, the one before it did", NULL,
     TEXT("data: {\"model\":\"a\"}\n\n"
          "data: {\"model\":\"b\",\"usage\":{\"prompt_tokens\":1}}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":5}}\n\n"),
     WITH_REPORTS(2, "b")},
    {"a first text without a model, a report with one", NULL,
     TEXT("data: {}\n\n"
          "data: {\"model\":\"b\",\"usage\":{\"prompt_tokens\":5}}\n\n"),
     WITH_REPORTS(1, "b")},
    {"a report behind the model", NULL, TEXT("data: {\"usage\":{\"prompt_tokens\":5},\"model\":\"b\"}\n\n"),
     WITH_REPORTS(1, "b")},
    {"the latest report that tells one", NULL,
     TEXT("data: {\"model\":\"a\",\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"modelVersion\":\"d\",\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"model\":\"\",\"usage\":{\"prompt_tokens\":5}}\n\n"),
     WITH_REPORTS(3, "d")},
    {"an object without a count is not a report", NULL,
     TEXT("data: {\"model\":\"a\"}\n\n"
          "data: {\"model\":\"b\",\"usage\":{}}\n\n"
          "data: {\"model\":\"c\",\"usage\":null}\n\n"),
     WITHOUT_REPORT("a")},
    {"a wrong report tells it", NULL,
     TEXT("data: {\"model\":\"a\"}\n\n"
          "data: {\"model\":\"b\",\"usage\":5}\n\n"),
     IN_EVENTS(ABOUT(TYPE, "usage"), 1, false, "b")},
    {"a place given twice tells none", NULL,
     TEXT("data: {\"model\":\"a\"}\n\n"
          "data: {\"model\":\"b\",\"usage\":5,\"usage\":5}\n\n"),
     WITHOUT_REPORT("a")},
    {"a report taken back", NULL,
     TEXT("data: {\"model\":\"a\"}\n\n"
          "data: {\"model\":\"b\",\"usage\":{\"prompt_tokens\":5}} x\n\n"),
     WITHOUT_REPORT("a")},
    {"a second report taken back", NULL,
     TEXT("data: {\"model\":\"a\",\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"model\":\"b\",\"usage\":{\"prompt_tokens\":1}}\n"
          "data: x\n\n"),
     WITH_REPORTS(1, "a")},
    {"a report behind one taken back", NULL,
     TEXT("data: {\"model\":\"a\",\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"model\":\"b\",\"usage\":{\"prompt_tokens\":1}} 1\n\n"
          "data: {\"usage\":{\"prompt_tokens\":5}}\n\n"),
     WITH_REPORTS(2, "a")},
    {"a first report taken back", NULL,
     TEXT("data: {\"model\":\"a\",\"usage\":{\"prompt_tokens\":5}} x\n\n"
          "data: {\"model\":\"b\"}\n\n"),
     WITHOUT_REPORT("")},
    {"a report behind a first that was taken back", NULL,
     TEXT("data: {\"model\":\"a\",\"usage\":{\"prompt_tokens\":5}} x\n\n"
          "data: {\"model\":\"b\",\"usage\":{\"prompt_tokens\":5}}\n\n"),
     WITH_REPORTS(1, "b")},
    {"a report cut off", NULL,
     TEXT("data: {\"model\":\"a\"}\n\n"
          "data: {\"model\":\"b\",\"usage\":{\"prompt_tokens\":5}"),
     WITHOUT_REPORT("a")},
    {"lines", NULL,
     TEXT("{\"model\":\"a\"}\n"
          "{\"model\":\"b\",\"usage\":{\"prompt_tokens\":5}}\n"
          "{\"model\":\"c\"}\n"),
     IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 1, false, WHOLE, "b")},

    /* ---- arrays */
    {"the last element with a report", NULL,
     TEXT("[{\"model\":\"a\"},{\"model\":\"b\",\"usage\":{\"prompt_tokens\":1}},{\"model\":\"c\","
          "\"usage\":{\"prompt_tokens\":5}},{\"model\":\"d\"}]"),
     IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 1, false, WHOLE, "c")},
    {"the last element with a report that tells one", NULL,
     TEXT("[{\"model\":\"a\"},{\"model\":\"b\",\"usage\":{\"prompt_tokens\":1}},{\"model\":5,"
          "\"usage\":{\"prompt_tokens\":5}}]"),
     IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 1, false, WHOLE, "b")},
    {"no element with a report tells one", NULL,
     TEXT("[{\"model\":\"a\"},{\"usage\":{\"prompt_tokens\":5}},{\"model\":\"c\"}]"),
     IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 1, false, WHOLE, "a")},
    {"no element has a report", NULL, TEXT("[{\"model\":\"a\"},{\"model\":\"b\"}]"),
     IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, WHOLE, "a")},
    {"the first element tells none", NULL, TEXT("[{},{\"model\":\"b\"}]"),
     IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, WHOLE, "")},
    {"the first element is not an object", NULL, TEXT("[5,{\"model\":\"b\"}]"),
     IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, WHOLE, "")},
    {"an array in an array", NULL, TEXT("[[{\"model\":\"a\"}],{\"model\":\"b\"}]"),
     IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, WHOLE, "")},
    {"an array that has not closed", NULL, TEXT("[{\"model\":\"a\",\"usage\":{\"prompt_tokens\":5}}"),
     IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, OPEN, "")},
    {"an array in events", NULL,
     TEXT("data: [{\"model\":\"a\"},{\"model\":\"b\",\"usage\":{\"prompt_tokens\":5}}]\n\n"), WITH_REPORTS(1, "b")},
};

static void stream_tells_the_model_as_it_stands_in_the_text(void **state) {
    (void)state;
    expect_bodies(models, LENGTH(models));
}

/* Bytes that need not be UTF-8, from the first one that JSON allows. */
static void stream_tells_a_model_of_any_bytes(void **state) {
    (void)state;
    for (int byte = 0x20; byte < 0x100; byte++) {
        char text[] = "data: {\"model\":\"a?b\"}\n\n";
        answer want = IN_EVENTS(ABOUT(NOT_FOUND, "usage"), 0, false, "a?b");
        if (byte == '"' || byte == '\\') {
            continue;
        }
        *strchr(text, '?') = (char)byte;
        want.model[1] = (char)byte;
        span bytes = {text, sizeof text - 1};
        expect_in_every_way("any byte", NULL, bytes, &want);
    }
}

/* Names of every length around the longest, cut everywhere, before a usage and behind one. */
static void stream_tells_a_model_of_1_to_127_bytes(void **state) {
    (void)state;
    static const char *const heads[] = {"data: {\"model\":\"",
                                        "{\"usage\":{\"prompt_tokens\":5},\"response\":{\"model\":\""};
    static const char *const tails[] = {"\",\"usage\":{\"prompt_tokens\":5}}\n\n", "\"}}\n"};
    for (size_t length = 0; length<300; length += length> 4 && length < 120 ? 23 : 1) {
        for (size_t i = 0; i < LENGTH(heads); i++) {
            char text[400];
            size_t head = strlen(heads[i]);
            size_t tail = strlen(tails[i]);
            memcpy(text, heads[i], head);
            memset(text + head, 'x', length);
            memcpy(text + head + length, tails[i], tail);
            answer want = IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 1, false, WHOLE, "");
            want.body = i == 0 ? TOKUSAGE_BODY_OPEN : TOKUSAGE_BODY_WHOLE;
            if (length < sizeof want.model) {
                memset(want.model, 'x', length);
            }
            span bytes = {text, head + length + tail};
            expect_in_every_way("a model of some length", NULL, bytes, &want);
        }
    }
}

/* ------------------------------------------------------------------------------------------------ the call */

static void stream_model_returns_the_length_and_cuts_what_does_not_fit(void **state) {
    (void)state;
    static const char bytes[] = "data: {\"model\":\"gpt-4o\"}\n\n";
    static const char name[] = "gpt-4o";
    tokusage_stream stream;
    feed_at_once(&stream, NULL, bytes, sizeof bytes - 1);
    for (size_t size = 0; size < sizeof name + 3; size++) {
        char buffer[16];
        spoil(buffer, sizeof buffer);
        assert_int_equal(tokusage_stream_model(&stream, buffer, size), sizeof name - 1);
        size_t fits = size < sizeof name ? size : sizeof name;
        if (fits > 0) {
            assert_memory_equal(buffer, name, fits - 1);
            assert_int_equal(buffer[fits - 1], '\0');
        }
        assert_true(spoilt(buffer + fits, sizeof buffer - fits));
    }
    assert_int_equal(tokusage_stream_model(&stream, NULL, 0), sizeof name - 1);
    assert_int_equal(tokusage_stream_model(&stream, NULL, 100), sizeof name - 1);
}

static void stream_model_is_empty_when_there_is_none(void **state) {
    (void)state;
    tokusage_stream stream;
    char buffer[4];
    memset(&stream, 0, sizeof stream);
    spoil(buffer, sizeof buffer);
    assert_int_equal(tokusage_stream_model(&stream, buffer, 0), 0);
    assert_true(spoilt(buffer, sizeof buffer));
    assert_int_equal(tokusage_stream_model(&stream, buffer, 1), 0);
    assert_int_equal(buffer[0], '\0');
    assert_true(spoilt(buffer + 1, sizeof buffer - 1));
    assert_int_equal(tokusage_stream_model(&stream, NULL, 1), 0);
    assert_int_equal(tokusage_stream_model(NULL, buffer, sizeof buffer), 0);
    assert_true(spoilt(buffer + 1, sizeof buffer - 1));
    assert_int_equal(tokusage_stream_model(NULL, NULL, 0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_tells_the_model_as_it_stands_in_the_text),
        cmocka_unit_test(stream_tells_a_model_of_any_bytes),
        cmocka_unit_test(stream_tells_a_model_of_1_to_127_bytes),
        cmocka_unit_test(stream_model_returns_the_length_and_cuts_what_does_not_fit),
        cmocka_unit_test(stream_model_is_empty_when_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
