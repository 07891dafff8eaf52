/*
 * What a JSON number says as a count: the number alone, whole and in pieces. test_decode.c tests numbers in a usage
 * object.
 */
#include "number.h"
#include "support.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "numbers.h"

/* The characters of a number, and what it says. */
static void expect_answer(const char *how, const char *number, tokusage_status answer, int64_t got,
                          const number_case *want) {
    if (answer != want->status || got != (want->status == TOKUSAGE_OK ? want->value : -77)) {
        fail_msg("%s, %s: expected '%s' and %" PRId64 ", got '%s' and %" PRId64, number, how,
                 tokusage_status_text(want->status), want->value, tokusage_status_text(answer), got);
    }
}

static tokusage_status read_whole(const char *text, size_t length, int64_t *value) {
    tokusage_number number;
    memset(&number, 0, sizeof number);
    assert_int_equal(tokusage_number_feed(&number, against_the_end(text, length), length), length);
    return tokusage_number_read(&number, value);
}

static void expect_number(const char *number, tokusage_status status, int64_t value) {
    const number_case want = {number, status, value};
    const size_t length = strlen(number);
    int64_t got = -77;
    tokusage_status answer = read_whole(number, length, &got);
    expect_answer("whole", number, answer, got, &want);

    tokusage_number bytes;
    memset(&bytes, 0, sizeof bytes);
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(tokusage_number_feed(&bytes, against_the_end(number + i, 1), 1), 1);
    }
    got = -77;
    answer = tokusage_number_read(&bytes, &got);
    expect_answer("byte by byte", number, answer, got, &want);
}

/* In two pieces, cut behind each byte. An empty piece changes nothing. */
static void expect_number_cut(const number_case *want) {
    const size_t length = strlen(want->number);
    for (size_t cut = 0; cut <= length; cut++) {
        tokusage_number number;
        memset(&number, 0, sizeof number);
        tokusage_number_feed(&number, against_the_end(want->number, cut), cut);
        tokusage_number_feed(&number, against_the_end(want->number + cut, length - cut), length - cut);
        tokusage_number_feed(&number, want->number, 0);
        int64_t got = -77;
        const tokusage_status answer = tokusage_number_read(&number, &got);
        expect_answer("in two pieces", want->number, answer, got, want);
    }
}

static void number_is_read_exactly_in_every_form(void **state) {
    (void)state;
    for (size_t i = 0; i < number_case_count; i++) {
        assert_true(strlen(number_cases[i].number) < NUMBER_CASE_MAX);
        expect_number(number_cases[i].number, number_cases[i].status, number_cases[i].value);
    }
}

static void number_is_the_same_wherever_it_is_cut(void **state) {
    (void)state;
    for (size_t i = 0; i < number_case_count; i++) {
        expect_number_cut(&number_cases[i]);
    }
}

/* No text has so many digits that counting them overflows. A state that was set so stops counting. */
static void number_stops_counting_digits_before_they_overflow(void **state) {
    (void)state;
    const int64_t most = INT64_MAX / 32;
    tokusage_number large;
    memset(&large, 0, sizeof large);
    tokusage_number_feed(&large, "1", 1);
    large.point = most;
    tokusage_number_feed(&large, "23", 2);
    assert_int_equal(large.point, most);
    tokusage_number tiny;
    memset(&tiny, 0, sizeof tiny);
    tokusage_number_feed(&tiny, "0.0", 3);
    tiny.point = -most;
    tokusage_number_feed(&tiny, "00", 2);
    assert_int_equal(tiny.point, -most);
}

static void number_can_be_read_and_go_on(void **state) {
    (void)state;
    tokusage_number number;
    memset(&number, 0, sizeof number);
    int64_t value = -77;
    assert_int_equal(tokusage_number_read(&number, &value), TOKUSAGE_OK);
    assert_int_equal(value, 0);
    tokusage_number_feed(&number, "12", 2);
    assert_int_equal(tokusage_number_read(&number, &value), TOKUSAGE_OK);
    assert_int_equal(value, 12);
    tokusage_number_feed(&number, "5.5", 3);
    assert_int_equal(tokusage_number_read(&number, &value), TOKUSAGE_ERR_INTEGER);
    assert_int_equal(value, 12);
    tokusage_number_feed(&number, "e1", 2);
    assert_int_equal(tokusage_number_read(&number, &value), TOKUSAGE_OK);
    assert_int_equal(value, 1255);
}

/* It stops before the first byte that cannot belong to the number, and knows whether the number may end there. */
static void number_is_read_as_far_as_the_grammar_goes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t used;
        bool complete;
    } cases[] = {
        {"", 0, false},       {"x", 0, false},   {"+1", 0, false},   {".5", 0, false},   {"e1", 0, false},
        {"-", 1, false},      {"-x", 1, false},  {"--1", 1, false},  {"-.5", 1, false},  {"0", 1, true},
        {"-0", 2, true},      {"01", 1, true},   {"00", 1, true},    {"0x", 1, true},    {"0-", 1, true},
        {"7", 1, true},       {"12 ", 2, true},  {"12,", 2, true},   {"12]", 2, true},   {"12-", 2, true},
        {"1.", 2, false},     {"1.x", 2, false}, {"1..5", 2, false}, {"1.e5", 2, false}, {"1.5", 3, true},
        {"1.05.", 4, true},   {"1.5-", 3, true}, {"0.0", 3, true},   {"1e", 2, false},   {"1E", 2, false},
        {"1ee", 2, false},    {"1e.", 2, false}, {"1e+", 3, false},  {"1e-", 3, false},  {"1e+-5", 3, false},
        {"1e5", 3, true},     {"1E05", 4, true}, {"1e+5+", 4, true}, {"1e-5.", 4, true}, {"1e5e", 3, true},
        {"1.5e-5x", 6, true}, {"0e0", 3, true},  {"1\xE5", 1, true}, {"1\n", 1, true},   {"1/", 1, true},
        {"1:", 1, true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const size_t length = strlen(cases[i].text);
        for (size_t cut = 0; cut <= length; cut++) {
            tokusage_number number;
            memset(&number, 0, sizeof number);
            size_t used = tokusage_number_feed(&number, against_the_end(cases[i].text, cut), cut);
            if (used == cut) {
                used += tokusage_number_feed(&number, against_the_end(cases[i].text + cut, length - cut), length - cut);
            }
            if (used != cases[i].used || tokusage_number_complete(&number) != cases[i].complete) {
                fail_msg("'%s', cut at %zu: %zu read", cases[i].text, cut, used);
            }
        }
    }
}

#define ZEROS_40 "0000000000000000000000000000000000000000"

/* Writes `digits` with the point `behind` digits before their end, zeros where needed, and an exponent that moves the
 * point back. */
static void write_shifted(char *number, size_t size, const char *digits, size_t behind) {
    size_t length = strlen(digits);
    if (behind == 0) {
        (void)snprintf(number, size, "%se-0", digits);
    } else if (behind < length) {
        (void)snprintf(number, size, "%.*s.%se%zu", (int)(length - behind), digits, digits + length - behind, behind);
    } else {
        (void)snprintf(number, size, "0.%.*s%sE+%zu", (int)(behind - length), ZEROS_40, digits, behind);
    }
}

static void number_is_the_same_wherever_its_point_stands(void **state) {
    (void)state;
    random_seed();
    for (size_t left = rounds(50000); left > 0; left--) {
        int64_t value = (int64_t)(random_bits() >> (10 + random_below(54)));
        tokusage_status whole = value > TOKUSAGE_COUNT_MAX ? TOKUSAGE_ERR_RANGE : TOKUSAGE_OK;
        tokusage_status broken = value >= TOKUSAGE_COUNT_MAX ? TOKUSAGE_ERR_RANGE : TOKUSAGE_ERR_INTEGER;
        char digits[40];
        char number[160];
        (void)snprintf(digits, sizeof digits, "%" PRId64, value);
        write_shifted(number, sizeof number, digits, random_below(36));
        expect_number(number, whole, value);

        size_t zeros = value == 0 ? 0 : random_below(20);
        (void)snprintf(number, sizeof number, "%s%.*se-%zu", digits, (int)zeros, ZEROS_40, zeros);
        expect_number(number, whole, value);
        (void)snprintf(number, sizeof number, "%s.%.*s", digits, 1 + (int)zeros, ZEROS_40);
        expect_number(number, whole, value);
        (void)snprintf(number, sizeof number, "%s.%.*s%c", digits, (int)zeros, ZEROS_40, "123456789"[random_below(9)]);
        expect_number(number, broken, 0);
        (void)snprintf(number, sizeof number, "-%s", digits);
        expect_number(number, value == 0 ? TOKUSAGE_OK : TOKUSAGE_ERR_RANGE, 0);
    }
}

/* Appends 1 to `most` digits, sometimes mostly zeros or nines. */
static size_t random_digits(char *text, size_t most) {
    const size_t count = 1 + random_below(most);
    const size_t kind = random_below(4);
    for (size_t i = 0; i < count; i++) {
        const char any = (char)('0' + random_below(10));
        text[i] = kind == 0 ? '0' : kind == 1 ? '9' : any;
    }
    return count;
}

/* A number of RFC 8259, of any form. */
static size_t random_number(char *text) {
    size_t used = 0;
    if (random_below(8) == 0) {
        text[used++] = '-';
    }
    if (random_below(3) == 0) {
        text[used++] = '0';
    } else {
        text[used++] = (char)('1' + random_below(9));
        used += random_below(3) == 0 ? 0 : random_digits(text + used, 40);
    }
    if (random_below(2) == 0) {
        text[used++] = '.';
        used += random_digits(text + used, 40);
    }
    if (random_below(2) == 0) {
        text[used++] = "eE"[random_below(2)];
        const size_t sign = random_below(3);
        if (sign < 2) {
            text[used++] = "+-"[sign];
        }
        used += random_digits(text + used, random_below(6) == 0 ? 30 : 2);
    }
    text[used] = '\0';
    return used;
}

static void number_of_any_form_is_the_same_whole_and_in_pieces(void **state) {
    (void)state;
    size_t seen[TOKUSAGE_ERR_PART + 1] = {0};
    random_seed();
    for (size_t left = rounds(50000); left > 0; left--) {
        char text[200];
        const size_t length = random_number(text);
        number_case want = {text, TOKUSAGE_OK, -77};
        want.status = read_whole(text, length, &want.value);
        seen[want.status]++;
        tokusage_number number;
        memset(&number, 0, sizeof number);
        for (size_t at = 0; at < length;) {
            const size_t piece = 1 + random_below(length - at);
            tokusage_number_feed(&number, against_the_end(text + at, piece), piece);
            at += piece;
        }
        int64_t got = -77;
        const tokusage_status answer = tokusage_number_read(&number, &got);
        expect_answer("in random pieces", text, answer, got, &want);
    }
    assert_true(seen[TOKUSAGE_OK] > rounds(2000) && seen[TOKUSAGE_ERR_RANGE] > rounds(2000) &&
                seen[TOKUSAGE_ERR_INTEGER] > rounds(2000));
}

/* Both sides of each limit, in many forms of the same value: with the point moved, with zeros on both sides. */
static void number_keeps_both_limits_in_every_form(void **state) {
    (void)state;
    static const number_case limits[] = {
        {"9007199254740990", TOKUSAGE_OK, TOKUSAGE_COUNT_MAX - 1},
        {"9007199254740991", TOKUSAGE_OK, TOKUSAGE_COUNT_MAX},
        {"9007199254740992", TOKUSAGE_ERR_RANGE, 0},
        {"9007199254741991", TOKUSAGE_ERR_RANGE, 0},
        {"90071992547409910", TOKUSAGE_ERR_RANGE, 0},
        {"1", TOKUSAGE_OK, 1},
        {"0", TOKUSAGE_OK, 0},
    };
    for (size_t i = 0; i < LENGTH(limits); i++) {
        const char *digits = limits[i].number;
        char number[160];
        for (size_t behind = 0; behind <= 36; behind++) {
            write_shifted(number, sizeof number, digits, behind);
            expect_number(number, limits[i].status, limits[i].value);
            (void)snprintf(number, sizeof number, "%s.%.*s", digits, 1 + (int)behind, ZEROS_40);
            expect_number(number, limits[i].status, limits[i].value);
            const size_t zeros = strcmp(digits, "0") == 0 ? 0 : behind;
            (void)snprintf(number, sizeof number, "%s%.*se-%zu", digits, (int)zeros, ZEROS_40, zeros);
            expect_number(number, limits[i].status, limits[i].value);
        }
    }
}

/* ------------------------------------------------------------------------------------------- giant numbers */

/* Feeds `count` bytes of the same kind, many at a time. */
static void feed_many(tokusage_number *number, char byte, size_t count) {
    static char bytes[4096];
    memset(bytes, byte, sizeof bytes);
    while (count > 0) {
        const size_t piece = count < sizeof bytes ? count : sizeof bytes;
        tokusage_number_feed(number, bytes, piece);
        count -= piece;
    }
}

static void number_of_millions_of_digits_is_exact(void **state) {
    (void)state;
    static const struct {
        const char *before;
        char repeated;
        const char *after;
        tokusage_status status;
        int64_t value;
    } cases[] = {
        {"5.", '0', "", TOKUSAGE_OK, 5},
        {"5.", '0', "1", TOKUSAGE_ERR_INTEGER, 0},
        {"9007199254740991.", '0', "", TOKUSAGE_OK, TOKUSAGE_COUNT_MAX},
        {"9007199254740991.", '0', "1", TOKUSAGE_ERR_RANGE, 0},
        {"0.", '0', "", TOKUSAGE_OK, 0},
        {"0.", '0', "12e3000002", TOKUSAGE_OK, 12},
        {"0.", '0', "12e3000001", TOKUSAGE_ERR_INTEGER, 0},
        {"0.", '0', "9007199254740991e3000016", TOKUSAGE_OK, TOKUSAGE_COUNT_MAX},
        {"0.", '0', "9007199254740992e3000016", TOKUSAGE_ERR_RANGE, 0},
        {"0.", '0', "1e3000017", TOKUSAGE_ERR_RANGE, 0},
        {"-0.", '0', "", TOKUSAGE_OK, 0},
        {"-0.", '0', "1", TOKUSAGE_ERR_RANGE, 0},
        {"12", '0', "e-3000000", TOKUSAGE_OK, 12},
        {"12", '0', "1e-3000001", TOKUSAGE_ERR_INTEGER, 0},
        {"12", '0', "", TOKUSAGE_ERR_RANGE, 0},
        {"1", '9', "e-3000000", TOKUSAGE_ERR_INTEGER, 0},
        {"12e", '0', "", TOKUSAGE_OK, 12},
        {"12e", '0', "1", TOKUSAGE_OK, 120},
        {"12e-", '0', "1", TOKUSAGE_ERR_INTEGER, 0},
        {"0e", '9', "", TOKUSAGE_OK, 0},
        {"1e", '9', "", TOKUSAGE_ERR_RANGE, 0},
        {"1e-", '9', "", TOKUSAGE_ERR_INTEGER, 0},
        {"-1e-", '9', "", TOKUSAGE_ERR_RANGE, 0},
    };
    const clock_t begin = clock();
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage_number number;
        memset(&number, 0, sizeof number);
        tokusage_number_feed(&number, cases[i].before, strlen(cases[i].before));
        feed_many(&number, cases[i].repeated, 3000000);
        tokusage_number_feed(&number, cases[i].after, strlen(cases[i].after));
        int64_t got = -77;
        const tokusage_status answer = tokusage_number_read(&number, &got);
        const number_case want = {cases[i].before, cases[i].status, cases[i].value};
        expect_answer("then three million digits", cases[i].before, answer, got, &want);
    }
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 20);
}

/* The value of an exponent is known without counting up to it. */
static void number_with_a_giant_exponent_costs_few_steps(void **state) {
    (void)state;
    const clock_t begin = clock();
    for (size_t left = rounds(20000); left > 0; left--) {
        expect_number("1e9999999999999999999", TOKUSAGE_ERR_RANGE, 0);
        expect_number("1e-9999999999999999999", TOKUSAGE_ERR_INTEGER, 0);
        expect_number("0e9999999999999999999", TOKUSAGE_OK, 0);
        expect_number("1e999999999", TOKUSAGE_ERR_RANGE, 0);
        expect_number("1e-999999999", TOKUSAGE_ERR_INTEGER, 0);
    }
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_is_read_exactly_in_every_form),
        cmocka_unit_test(number_is_the_same_wherever_it_is_cut),
        cmocka_unit_test(number_is_read_as_far_as_the_grammar_goes),
        cmocka_unit_test(number_stops_counting_digits_before_they_overflow),
        cmocka_unit_test(number_can_be_read_and_go_on),
        cmocka_unit_test(number_is_the_same_wherever_its_point_stands),
        cmocka_unit_test(number_of_any_form_is_the_same_whole_and_in_pieces),
        cmocka_unit_test(number_keeps_both_limits_in_every_form),
        cmocka_unit_test(number_of_millions_of_digits_is_exact),
        cmocka_unit_test(number_with_a_giant_exponent_costs_few_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
