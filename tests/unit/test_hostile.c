/*
 * Texts that are made to cost much time. The time for any text is bounded by its length. Each case here once took too
 * long, or takes too long if it is read in the obvious way.
 */
#include "readings.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TEXT_SIZE = 1 << 18,
    /* Processor time: many times what is needed, so that a slow machine or a checking tool does not fail. */
    SECONDS_MAX = 1
};

static const char *const members[] = {
    "\"x\":1e99999999,",
    "\"x\":9e-99999999,",
    "\"x\":1e799,",
    "\"x\":0.0000000000000000000000000000000000001e99,",
    "\"x\":[],",
    "\"x\":[[[[{\"y\":[]}]]]],",
    "\"\\u0074otal_tokens_\":\"\\ud83d\\ude00\",",
    "\"total_token\":[],",
    "\"\":[],",
    "\"prompt_tokens_details\":{},",
    "\"prompt_tokens_details\":{\"x\":1},",
    "\"input_tokens_details\":null,",
    "\"\\u0070\\u0072ompt_tokens_details\":{\"prompt_tokens_details\":{}},",
    "\"usage\":{\"prompt_tokens\":1},",
    "\"message\":{\"usage\":{\"prompt_tokens\":1}},",
    "\"model\":\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\",",
    "\"type\":\"\\u006dessage_delta\",",
};

/* An object with the same member over and over, and a count at its end. */
static size_t fill(char *text, const char *member) {
    static const char end[] = "\"total_tokens\":12}";
    size_t length = 1;
    text[0] = '{';
    while (length + strlen(member) + sizeof end < TEXT_SIZE) {
        memcpy(text + length, member, strlen(member));
        length += strlen(member);
    }
    memcpy(text + length, end, sizeof end - 1);
    return length + sizeof end - 1;
}

static char *room(void) {
    char *text = malloc(TEXT_SIZE);
    assert_non_null(text);
    return text;
}

static void expect_cheap(const char *what, clock_t begin) {
    const double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    if (seconds > SECONDS_MAX) {
        fail_msg("%d bytes of %s took %.1f s", TEXT_SIZE, what, seconds);
    }
}

static void a_text_costs_no_more_than_its_length(void **state) {
    (void)state;
    char *text = room();
    for (size_t i = 0; i < LENGTH(members); i++) {
        const size_t length = fill(text, members[i]);
        const clock_t begin = clock();
        tokusage usage;
        tokusage_error error;
        const tokusage_status status = tokusage_decode(text, length, &usage, &error);
        assert_int_equal(status, TOKUSAGE_OK);
        assert_int_equal(usage.total_tokens.value, 12);
        expect_cheap(members[i], begin);
    }
    free(text);
}

/* Single bytes are the worst pieces. */
static void a_text_costs_no_more_than_its_length_byte_by_byte(void **state) {
    (void)state;
    char *text = room();
    for (size_t i = 0; i < LENGTH(members); i++) {
        const size_t length = fill(text, members[i]);
        const clock_t begin = clock();
        tokusage_stream stream;
        tokusage usage;
        assert_int_equal(tokusage_stream_init(&stream, ""), TOKUSAGE_OK);
        for (size_t at = 0; at < length; at++) {
            assert_int_equal(tokusage_stream_feed(&stream, text + at, 1), 1);
        }
        assert_int_equal(tokusage_stream_usage(&stream, &usage, NULL), TOKUSAGE_OK);
        assert_int_equal(usage.total_tokens.value, 12);
        expect_cheap(members[i], begin);
    }
    free(text);
}

/* With a long pointer. Every name of the text may be its first. */
static void a_pointer_costs_no_more_than_the_names_that_it_is_compared_with(void **state) {
    (void)state;
    char *text = room();
    char pointer[2 * 100 + 1];
    for (size_t i = 0; i < 100; i++) {
        memcpy(pointer + 2 * i, "/x", 2);
    }
    pointer[sizeof pointer - 1] = '\0';
    for (size_t i = 0; i < LENGTH(members); i++) {
        const size_t length = fill(text, members[i]);
        const clock_t begin = clock();
        tokusage usage;
        const tokusage_status status = tokusage_extract(text, length, pointer, &usage, NULL);
        assert_true(status == TOKUSAGE_ERR_NOT_FOUND || status == TOKUSAGE_ERR_DUPLICATE);
        expect_cheap(members[i], begin);
    }
    free(text);
}

/* One part over and over, between two others: a text of one token, or of an array. */
static void one_long_value_costs_no_more_than_its_length(void **state) {
    (void)state;
    static const struct {
        const char *before, *part, *after;
        verdict want;
    } cases[] = {
        {"{\"usage\":{\"prompt_tokens\":5.", "0", "}}", COUNTS(5, ABSENT, ABSENT)},
        {"{\"usage\":{\"prompt_tokens\":1", "0", "}}", ABOUT(RANGE, "prompt_tokens")},
        {"{\"usage\":{\"prompt_tokens\":5e", "0", "}}", COUNTS(5, ABSENT, ABSENT)},
        {"{\"usage\":{\"prompt_tokens\":5e-", "9", "}}", ABOUT(INTEGER, "prompt_tokens")},
        {"{\"usage\":{\"prompt_tokens\":0.", "0", "5e7}}", ABOUT(INTEGER, "prompt_tokens")},
        {"{\"usage\":{\"", "a", "\":1,\"prompt_tokens\":5}}", COUNTS(5, ABSENT, ABSENT)},
        {"{\"", "\\u0075", "\":1,\"usage\":{\"prompt_tokens\":5}}", COUNTS(5, ABSENT, ABSENT)},
        {"{\"model\":\"", "\\\\", "\",\"usage\":{\"prompt_tokens\":5}}", COUNTS(5, ABSENT, ABSENT)},
        {"{\"a\":[", "[],", "0],\"usage\":{\"prompt_tokens\":5}}", COUNTS(5, ABSENT, ABSENT)},
        {"[", "{\"usage\":{\"prompt_tokens\":1}},", "{\"usage\":{\"prompt_tokens\":5}}]", COUNTS(5, ABSENT, ABSENT)},
        {"[", "{\"model\":\"m\"},", "{\"usage\":{\"prompt_tokens\":5}}]", COUNTS(5, ABSENT, ABSENT)},
        {"[", "[],1,null,\"\",", "{\"usage\":{\"prompt_tokens\":5}}]", COUNTS(5, ABSENT, ABSENT)},
        {"", " \n", "{\"usage\":{\"prompt_tokens\":5}}", COUNTS(5, ABSENT, ABSENT)},
        {"{\"usage\":{\"prompt_tokens\":5}}", " \n", "", COUNTS(5, ABSENT, ABSENT)},
    };
    builder text = {room(), 0, TEXT_SIZE};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        text.used = 0;
        add(&text, 1, cases[i].before);
        add(&text, (TEXT_SIZE - 200) / strlen(cases[i].part), cases[i].part);
        add(&text, 1, cases[i].after);
        const clock_t begin = clock();
        expect_extract(cases[i].before, NULL, text.text, text.used, &cases[i].want);
        pieces in;
        pieces_begin(&in, NULL, READ_TEXT);
        for (size_t at = 0; at < text.used; at++) {
            pieces_feed(&in, text.text + at, 1);
        }
        pieces_end(&in);
        expect_pieces(cases[i].before, &in, &cases[i].want);
        expect_cheap(cases[i].part, begin);
    }
    free(text.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_costs_no_more_than_its_length),
        cmocka_unit_test(a_text_costs_no_more_than_its_length_byte_by_byte),
        cmocka_unit_test(a_pointer_costs_no_more_than_the_names_that_it_is_compared_with),
        cmocka_unit_test(one_long_value_costs_no_more_than_its_length),
    };
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
