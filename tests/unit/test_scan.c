/*
 * The scanner: what it accepts as JSON, and that the cuts between the pieces change nothing: its answer and what it
 * gives to the reading stay the same. test_text.c and test_reading.c test what a text means.
 */
#include "chars.h"

#include "readings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "texts.h"

#define FIVE "{\"prompt_tokens\":5}"
#define FOUND COUNTS(5, ABSENT, ABSENT)

/* Whole, byte by byte, and cut in two behind every byte, compared with the reference. */
static void scan_in_every_way(const char *what, const char *pointer, const char *bytes, size_t length) {
    const verdict want = reference_extract(pointer, bytes, length);
    expect_extract(what, pointer, bytes, length, &want);
    if (length == 0 || bytes[0] != '\xEF') {
        expect_every_cut(what, pointer, bytes, length, &want);
    }
}

/* ------------------------------------------------------------------------------------------------ the grammar */

static bool one_of(int byte, const char *list) {
    return byte != 0 && strchr(list, byte) != NULL;
}

static void each_byte_has_its_meaning_and_no_other(void **state) {
    (void)state;
    static const char hex[] = "0123456789abcdef";
    static const char capitals[] = "0123456789ABCDEF";
    for (int byte = 0; byte < 256; byte++) {
        char c = (char)byte;
        assert_int_equal(tokusage_is_space(c), one_of(byte, " \t\n\r"));
        assert_int_equal(tokusage_is_digit(c), one_of(byte, "0123456789"));
        assert_int_equal(tokusage_is_line_end(c), one_of(byte, "\n\r"));
        assert_int_equal(tokusage_is_plain(c), byte > 0x1F && !one_of(byte, "\"\\"));
        size_t value = 16;
        if (one_of(byte, hex)) {
            value = (size_t)(strchr(hex, byte) - hex);
        } else if (one_of(byte, capitals)) {
            value = (size_t)(strchr(capitals, byte) - capitals);
        }
        assert_int_equal(tokusage_hex_value(c), value);
    }
}

static void scan_accepts_every_form_of_the_grammar(void **state) {
    (void)state;
    for (size_t i = 0; i < good_text_count; i++) {
        const good_text *one = &good_texts[i];
        assert_int_equal(reference_find("", one->json.bytes, one->json.length).status, TOKUSAGE_OK);
        scan_in_every_way(one->rule, "", one->json.bytes, one->json.length);
        scan_in_every_way(one->rule, "/a", one->json.bytes, one->json.length);
    }
}

static void scan_refuses_every_break_of_the_grammar_at_its_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < bad_text_count; i++) {
        const bad_text *one = &bad_texts[i];
        reference_place place = reference_find("", one->json.bytes, one->json.length);
        if (place.status != TOKUSAGE_ERR_SYNTAX || place.offset != one->offset) {
            fail_msg("the table and the reference disagree about %s: %zu, %zu", one->rule, one->offset, place.offset);
        }
        scan_in_every_way(one->rule, "", one->json.bytes, one->json.length);
        scan_in_every_way(one->rule, "/a", one->json.bytes, one->json.length);
    }
}

/* Puts each byte into the middle of a text; `good` tells which bytes may stand there. */
static void try_each_byte(const char *what, span before, span after, bool (*good)(int byte)) {
    char bytes[64];
    for (int byte = 0; byte < 256; byte++) {
        memcpy(bytes, before.bytes, before.length);
        bytes[before.length] = (char)byte;
        memcpy(bytes + before.length + 1, after.bytes, after.length);
        size_t length = before.length + 1 + after.length;
        reference_place place = reference_find("", bytes, length);
        if ((place.status == TOKUSAGE_OK) != good(byte)) {
            fail_msg("the rule and the reference disagree about %s with byte %d", what, byte);
        }
        scan_in_every_way(what, "", bytes, length);
    }
}

static bool is_white(int byte) {
    return byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D;
}

static bool is_plain_in_strings(int byte) {
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

static bool is_escape_letter(int byte) {
    return one_of(byte, "\"\\/bfnrt");
}

static bool is_hexadecimal(int byte) {
    return one_of(byte, "0123456789abcdefABCDEF");
}

static bool is_decimal(int byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_white_or_digit(int byte) {
    return is_white(byte) || is_decimal(byte);
}

static bool is_white_or_number_begin(int byte) {
    return is_white(byte) || (byte >= '1' && byte <= '9') || byte == '-';
}

static void scan_accepts_and_refuses_each_byte_by_its_rule(void **state) {
    (void)state;
    static const struct {
        const char *what;
        span before, after;
        bool (*good)(int byte);
    } places[] = {
        {"before the text", TEXT(""), TEXT("[]"), is_white},
        {"behind the text", TEXT("[]"), TEXT(""), is_white},
        {"in an empty array", TEXT("[[]"), TEXT("]"), is_white},
        {"before a name", TEXT("{"), TEXT("\"a\":1}"), is_white},
        {"before a colon", TEXT("{\"a\""), TEXT(":1}"), is_white},
        {"before a number", TEXT("{\"a\":"), TEXT("1}"), is_white_or_number_begin},
        {"behind a one", TEXT("[1"), TEXT("]"), is_white_or_digit},
        {"behind a comma", TEXT("[1,"), TEXT("[]]"), is_white},
        {"in a string", TEXT("[\"a"), TEXT("z\"]"), is_plain_in_strings},
        {"in a name", TEXT("{\"a"), TEXT("z\":1}"), is_plain_in_strings},
        {"behind a backslash", TEXT("[\"\\"), TEXT("x\"]"), is_escape_letter},
        {"as a first hexadecimal digit", TEXT("[\"\\u"), TEXT("123\"]"), is_hexadecimal},
        {"as a second hexadecimal digit", TEXT("[\"\\u1"), TEXT("23\"]"), is_hexadecimal},
        {"as a third hexadecimal digit", TEXT("[\"\\u12"), TEXT("3\"]"), is_hexadecimal},
        {"as a fourth hexadecimal digit", TEXT("[\"\\u123"), TEXT("\"]"), is_hexadecimal},
        {"behind a point", TEXT("[1."), TEXT("5]"), is_decimal},
        {"behind an exponent's sign", TEXT("[1e+"), TEXT("5]"), is_decimal},
    };
    for (size_t i = 0; i < LENGTH(places); i++) {
        try_each_byte(places[i].what, places[i].before, places[i].after, places[i].good);
    }
}

static const char response[] = "{\"id\":\"cmpl-\\u0061\\\"b\\\\\", \"n\":[1,-2.5e+3,true,false,null,{\"usage\":{}}],\n"
                               "\"\\u0075sage\" : {\"prompt_tokens\":5, \"total_tokens\":1.2e1} ,\"z\":\"\xC3\xA9\"}";

static void scan_says_at_which_byte_every_prefix_ends(void **state) {
    (void)state;
    for (size_t length = 0; length < sizeof response - 1; length++) {
        pieces in;
        pieces_begin(&in, "/usage", READ_TEXT);
        pieces_feed(&in, response, length);
        assert_true(tokusage_scan_open(&in.scan));
        pieces_end(&in);
        assert_int_equal(in.status, TOKUSAGE_ERR_SYNTAX);
        assert_int_equal(in.at, length);
    }
}

/* White space of any length, with the first other byte at any alignment. */
static void scan_passes_over_space_up_to_the_first_other_byte(void **state) {
    (void)state;
    char bytes[44];
    const size_t length = sizeof bytes;
    for (size_t at = 0; at < length - 2; at++) {
        for (int byte = 0; byte < 256; byte++) {
            for (size_t i = 0; i < length; i++) {
                bytes[i] = " \t\r\n"[i % 4];
            }
            memcpy(bytes + length - 2, "[]", 2);
            bytes[at] = (char)byte;
            const verdict want = reference_extract("", bytes, length);
            assert_int_equal(want.status == TOKUSAGE_ERR_TYPE, is_white(byte));
            expect_extract("space", "", bytes, length, &want);
        }
    }
}

/* ---------------------------------------------------------------------------------------------- where it closes */

static pieces fed(const char *bytes, size_t length) {
    pieces in;
    pieces_begin(&in, "", READ_TEXT);
    in.at = tokusage_scan_feed(&in.scan, &in.reading, against_the_end(bytes, length), length, false);
    return in;
}

static void scan_closes_at_the_last_byte_of_the_text(void **state) {
    (void)state;
    static const struct {
        span json;
        size_t used;
    } cases[] = {
        {TEXT("{}{}"), 2},  {TEXT(" [1] [2]"), 4}, {TEXT("\"a\" "), 3},       {TEXT("true "), 4},
        {TEXT("nullx"), 4}, {TEXT("12 "), 2},      {TEXT("-1.5e+3,"), 7},     {TEXT("0123"), 1},
        {TEXT("5\n5"), 1},  {TEXT("0x"), 1},       {TEXT("{\"a\":1}\n{"), 7}, {TEXT("1e5\""), 3},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const pieces in = fed(cases[i].json.bytes, cases[i].json.length);
        assert_int_equal(in.at, cases[i].used);
        assert_int_equal(in.scan.state, SCAN_CLOSED);
        assert_false(tokusage_scan_open(&in.scan));
    }
}

static void scan_reads_nothing_more_once_it_has_closed_or_failed(void **state) {
    (void)state;
    static const struct {
        span json;
        tokusage_scan_state result;
        size_t used;
    } cases[] = {
        {TEXT("{}"), SCAN_CLOSED, 2},    {TEXT("5 "), SCAN_CLOSED, 1},    {TEXT("{]"), SCAN_SYNTAX, 1},
        {TEXT("\"\\x"), SCAN_SYNTAX, 2}, {TEXT("x"), SCAN_SYNTAX, 0},     {TEXT("{\"a\":trux}"), SCAN_SYNTAX, 8},
        {TEXT("[1.]"), SCAN_SYNTAX, 3},  {TEXT("[\"\n"), SCAN_SYNTAX, 2},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        pieces in = fed(cases[i].json.bytes, cases[i].json.length);
        for (int more = 0; more < 2; more++) {
            assert_int_equal(in.scan.state, cases[i].result);
            assert_int_equal(in.at, cases[i].used);
            assert_int_equal(tokusage_scan_feed(&in.scan, &in.reading, "[1]", 3, false), 0);
            tokusage_scan_end(&in.scan, &in.reading);
        }
    }
}

static void scan_leaves_a_number_at_the_top_open_until_the_end_is_said(void **state) {
    (void)state;
    static const struct {
        span json;
        tokusage_scan_state result;
    } cases[] = {
        {TEXT("0"), SCAN_CLOSED},       {TEXT("-0"), SCAN_CLOSED},  {TEXT("12"), SCAN_CLOSED},
        {TEXT("1.5"), SCAN_CLOSED},     {TEXT("1e5"), SCAN_CLOSED}, {TEXT("1e+5"), SCAN_CLOSED},
        {TEXT("1.5E-05"), SCAN_CLOSED}, {TEXT("-"), SCAN_SYNTAX},   {TEXT("1."), SCAN_SYNTAX},
        {TEXT("1e"), SCAN_SYNTAX},      {TEXT("1e-"), SCAN_SYNTAX}, {TEXT("[1"), SCAN_SYNTAX},
        {TEXT(""), SCAN_SYNTAX},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        pieces in = fed(cases[i].json.bytes, cases[i].json.length);
        assert_true(tokusage_scan_open(&in.scan));
        assert_int_equal(in.at, cases[i].json.length);
        tokusage_scan_end(&in.scan, &in.reading);
        assert_int_equal(in.scan.state, cases[i].result);
    }
}

/* In a line of an event a line end is not read, unless it stands where none may: then the text is malformed. */
static void scan_of_a_line_stops_at_its_end(void **state) {
    (void)state;
    static const struct {
        span bytes;
        size_t used;
        tokusage_scan_state result; /* SCAN_NEXT: open */
    } cases[] = {
        {TEXT("{\"a\":1}\n{"), 7, SCAN_CLOSED},
        {TEXT("[\"a\"]\r\n"), 5, SCAN_CLOSED},
        {TEXT("true\n"), 4, SCAN_CLOSED},
        {TEXT("\n{}"), 0, SCAN_NEXT},
        {TEXT(" \t\r{}"), 2, SCAN_NEXT},
        {TEXT("{\n}"), 1, SCAN_NEXT},
        {TEXT("{ \n}"), 2, SCAN_NEXT},
        {TEXT("{\"a\"\n:1}"), 4, SCAN_NEXT},
        {TEXT("{\"a\":\r1}"), 5, SCAN_NEXT},
        {TEXT("{\"a\": \n1}"), 6, SCAN_NEXT},
        {TEXT("[1\n,2]"), 2, SCAN_NEXT},
        {TEXT("[1 \n,2]"), 3, SCAN_NEXT},
        {TEXT("[1,\n2]"), 3, SCAN_NEXT},
        {TEXT("5\n"), 1, SCAN_NEXT},
        {TEXT("-\r"), 1, SCAN_NEXT},
        {TEXT("[-\n5]"), 2, SCAN_NEXT},
        {TEXT("\"a\nb\""), 2, SCAN_SYNTAX},
        {TEXT("[\"\\\n\"]"), 3, SCAN_SYNTAX},
        {TEXT("\"\\u00\n41\""), 5, SCAN_SYNTAX},
        {TEXT("tru\ne"), 3, SCAN_SYNTAX},
        {TEXT("[1,]\n"), 3, SCAN_SYNTAX},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const span bytes = cases[i].bytes;
        for (size_t cut = 0; cut <= bytes.length; cut++) {
            pieces in;
            pieces_begin(&in, "", READ_EVENT);
            in.at = tokusage_scan_feed(&in.scan, &in.reading, against_the_end(bytes.bytes, cut), cut, true);
            if (in.at == cut) {
                const char *const rest = against_the_end(bytes.bytes + cut, bytes.length - cut);
                in.at += tokusage_scan_feed(&in.scan, &in.reading, rest, bytes.length - cut, true);
            }
            assert_int_equal(in.at, cases[i].used);
            assert_int_equal(tokusage_scan_open(&in.scan) ? SCAN_NEXT : in.scan.state, cases[i].result);
        }
    }
}

static void scan_is_within_a_text_from_its_first_byte_until_it_may_end(void **state) {
    (void)state;
    static const struct {
        span json;
        bool within;
    } cases[] = {
        {TEXT(""), false},    {TEXT(" \r\n\t"), false}, {TEXT("{"), true},    {TEXT("{}"), false},
        {TEXT("[1,"), true},  {TEXT("[1]"), false},     {TEXT("\""), true},   {TEXT("\"a\""), false},
        {TEXT("tru"), true},  {TEXT("true"), false},    {TEXT("-"), true},    {TEXT("0"), false},
        {TEXT("12"), false},  {TEXT("1."), true},       {TEXT("1.5"), false}, {TEXT("1e"), true},
        {TEXT("1e5"), false}, {TEXT("1e+"), true},      {TEXT("[5"), true},   {TEXT("{\"a\":1 "), true},
        {TEXT("\"\\"), true}, {TEXT("\"\\u00"), true},  {TEXT("{]"), false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const pieces in = fed(cases[i].json.bytes, cases[i].json.length);
        if (tokusage_scan_within(&in.scan, &in.reading) != cases[i].within) {
            fail_msg("%s should %sbe within a text", cases[i].json.bytes, cases[i].within ? "" : "not ");
        }
    }
}

static void scan_begins_anew_after_any_text(void **state) {
    (void)state;
    static const char *const befores[] = {"[1,{\"a\":\"\\ud83d", "[[[[", "{\"usage\":{\"prompt_tokens\":1", "x", "{}"};
    static const char json[] = "{\"usage\":{\"prompt_tokens\":5}}";
    for (size_t i = 0; i < LENGTH(befores); i++) {
        pieces in = fed(befores[i], strlen(befores[i]));
        tokusage_scan_begin(&in.scan);
        tokusage_reading_begin(&in.reading, NULL, READ_TEXT, in.models);
        in.at = 0;
        pieces_feed(&in, json, sizeof json - 1);
        pieces_end(&in);
        const verdict want = FOUND;
        expect_pieces(befores[i], &in, &want);
    }
}

/* --------------------------------------------------------------------------------------------- how deep it goes */

/* `count` times `open`, then `inner`, then `count` times `close`. */
static size_t nest(char *text, size_t count, const char *open, const char *inner, const char *close) {
    size_t used = 0;
    const char *parts[3] = {open, inner, close};
    size_t times[3] = {count, 1, count};
    for (size_t part = 0; part < 3; part++) {
        for (size_t i = 0; i < times[part]; i++) {
            size_t length = strlen(parts[part]);
            memcpy(text + used, parts[part], length);
            used += length;
        }
    }
    return used;
}

static void scan_nests_to_the_limit_and_names_the_byte_that_passes_it(void **state) {
    (void)state;
    static const struct {
        const char *what, *open, *inner, *close;
        size_t count, offset; /* offset 0: it is good */
    } cases[] = {
        {"arrays to the limit", "[", "", "]", TOKUSAGE_DEPTH_MAX, 0},
        {"arrays past it", "[", "", "]", TOKUSAGE_DEPTH_MAX + 1, TOKUSAGE_DEPTH_MAX},
        {"objects to the limit", "{\"a\":", "1", "}", TOKUSAGE_DEPTH_MAX, 0},
        {"objects past it", "{\"a\":", "1", "}", TOKUSAGE_DEPTH_MAX + 1, 5 * TOKUSAGE_DEPTH_MAX},
        {"both to the limit", "[{\"a\":", "1", "}]", TOKUSAGE_DEPTH_MAX / 2, 0},
        {"both past it", "[{\"a\":", "[]", "}]", TOKUSAGE_DEPTH_MAX / 2, 3 * TOKUSAGE_DEPTH_MAX},
        {"the last is an object", "[", "{}", "]", TOKUSAGE_DEPTH_MAX, TOKUSAGE_DEPTH_MAX},
        {"a hundred thousand arrays", "[", "", "", 100000, TOKUSAGE_DEPTH_MAX},
        {"a hundred thousand of both", "[{\"\":", "", "", 50000, 5 * TOKUSAGE_DEPTH_MAX / 2},
        {"a thousand arrays", "[", "", "]", 1000, TOKUSAGE_DEPTH_MAX},
    };
    char *text = malloc(1 << 20);
    assert_non_null(text);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        size_t length = nest(text, cases[i].count, cases[i].open, cases[i].inner, cases[i].close);
        reference_place place = reference_find("", text, length);
        assert_int_equal(place.status, cases[i].offset != 0 ? TOKUSAGE_ERR_DEPTH : TOKUSAGE_OK);
        assert_int_equal(place.offset, cases[i].offset);
        length = length < 5000 ? length : 5000;
        scan_in_every_way(cases[i].what, "", text, length);
        scan_in_every_way(cases[i].what, "/a/a/a", text, length);
    }
    free(text);
}

static void scan_goes_as_deep_again_in_the_next_container(void **state) {
    (void)state;
    char text[2000] = "[";
    size_t used = 1;
    used += nest(text + used, TOKUSAGE_DEPTH_MAX - 1, "[", "", "]");
    text[used++] = ',';
    used += nest(text + used, TOKUSAGE_DEPTH_MAX - 1, "{\"a\":", "1", "}");
    text[used++] = ']';
    assert_int_equal(reference_find("", text, used).status, TOKUSAGE_OK);
    scan_in_every_way("deep twice", "", text, used);
}

static void scan_finds_a_place_at_the_deepest_level(void **state) {
    (void)state;
    char text[2000];
    char pointer[2 * TOKUSAGE_DEPTH_MAX + 3];
    const size_t used = nest(text, TOKUSAGE_DEPTH_MAX - 1, "{\"a\":", FIVE, "}");
    for (size_t steps = 1; steps <= TOKUSAGE_DEPTH_MAX + 1; steps += steps % 64 < 60 ? 10 : 1) {
        size_t end = nest(pointer, steps, "/a", "", "");
        pointer[end] = '\0';
        const verdict want = reference_extract(pointer, text, used);
        assert_int_equal(want.status, steps < TOKUSAGE_DEPTH_MAX ? TOKUSAGE_OK : TOKUSAGE_ERR_NOT_FOUND);
        assert_int_equal(want.counts[0], steps == TOKUSAGE_DEPTH_MAX - 1 ? 5 : steps < TOKUSAGE_DEPTH_MAX ? ABSENT : 0);
        scan_in_every_way("deep down", pointer, text, used);
    }
}

/* Every sequence of arrays and objects must be closed as it was opened, at each depth. */
static void scan_closes_containers_as_they_were_opened(void **state) {
    (void)state;
    random_seed();
    for (size_t left = rounds(300); left > 0; left--) {
        char text[1000];
        char close[TOKUSAGE_DEPTH_MAX];
        const size_t depth = 1 + random_below(TOKUSAGE_DEPTH_MAX);
        size_t used = 0;
        for (size_t i = 0; i < depth; i++) {
            const bool object = random_below(2) == 0;
            const char *open = object ? "{\"a\":" : "[";
            memcpy(text + used, open, strlen(open));
            used += strlen(open);
            close[i] = object ? '}' : ']';
        }
        text[used++] = '1';
        const size_t wrong = random_below(2) == 0 ? random_below(depth) : depth;
        for (size_t i = depth; i-- > 0;) {
            text[used++] = i != wrong ? close[i] : close[i] == '}' ? ']' : '}';
        }
        const verdict want = reference_extract("", text, used);
        assert_int_equal(want.status == TOKUSAGE_ERR_SYNTAX, wrong != depth);
        expect_extract("containers", "", text, used, &want);
        expect_every_cut("containers", "", text, used, &want);
    }
}

/* ---------------------------------------------------------------------------------------- names and strings, cut */

/* Appends a run of x, the byte behind it and what closes the text; returns the new length. */
static size_t put_run(char *text, size_t used, size_t length, char odd, const char *close) {
    memset(text + used, 'x', length);
    used += length;
    text[used++] = odd;
    memcpy(text + used, close, 4);
    return used + 4;
}

/* Long runs with the odd byte at every offset and alignment: they test the reading of several bytes at once. */
static void scan_finds_the_end_of_a_string_wherever_it_stands(void **state) {
    (void)state;
    static const char odd[] = {'"',    '\\',   '\n',   '\0', '\x1F', '\x7F', '\x80',
                               '\xA2', '\xDC', '\xFF', ' ',  '!',    '#',    '['};
    char text[160];
    for (size_t length = 0; length < 80; length++) {
        for (size_t shift = 0; shift < 8; shift++) {
            for (size_t i = 0; i < sizeof odd; i++) {
                memset(text, ' ', shift);
                size_t used = shift;
                text[used++] = '"';
                used = put_run(text, used, length, odd[i], "\"   ");
                const verdict want = reference_extract("", text, used);
                expect_extract("a long string", "", text, used, &want);
            }
        }
    }
}

/* The same behind another string: where the one before it ends must not matter. */
static void scan_finds_the_end_of_the_next_string(void **state) {
    (void)state;
    static const char odd[] = {'"', '\\', '\n', '\x1F', '\x7F', '\xFF', ' '};
    char text[320];
    for (size_t first = 0; first < 150; first++) {
        for (size_t length = 0; length < 140; length += 1 + random_below(5)) {
            for (size_t i = 0; i < sizeof odd; i++) {
                memcpy(text, "[\"", 2);
                memset(text + 2, 'x', first);
                size_t used = 2 + first;
                memcpy(text + used, "\",\"", 3);
                used = put_run(text, used + 3, length, odd[i], "\"]  ");
                const verdict want = reference_extract("/a", text, used);
                expect_extract("two strings", "/a", text, used, &want);
            }
        }
    }
}

/* Spells the bytes of the name as escapes where the bit is set; returns the length. */
static size_t spell(char *to, size_t size, const char *name, uint64_t escaped) {
    size_t used = 0;
    for (size_t i = 0; name[i] != '\0'; i++) {
        if ((escaped >> i & 1) != 0) {
            used += (size_t)snprintf(to + used, size - used, random_below(2) == 0 ? "\\u%04x" : "\\u%04X",
                                     (unsigned)name[i]);
        } else {
            to[used++] = name[i];
        }
    }
    return used;
}

/* Among them the longest names of the table. Written as escapes, these are longer than what the scanner can hold. */
static void scan_knows_a_name_however_it_is_spelled_and_cut(void **state) {
    (void)state;
    static const char *const names[] = {"prompt_tokens", "cache_creation_input_tokens", "toolUsePromptTokenCount",
                                        "total_tokens", "prompt_tokens_"};
    random_seed();
    for (size_t i = 0; i < LENGTH(names); i++) {
        for (int spelling = 0; spelling < 8; spelling++) {
            const uint64_t escaped = spelling == 0 ? 0 : spelling == 1 ? UINT64_MAX : random_bits();
            char text[400] = "{\"usage\":{\"";
            size_t used = strlen(text);
            used += spell(text + used, sizeof text - used, names[i], escaped);
            used += (size_t)snprintf(text + used, sizeof text - used, "\":7,\"output_tokens\":1}}");
            scan_in_every_way(names[i], NULL, text, used);
        }
    }
}

/* Names around the length that is held, which begin with a name of the table. */
static void scan_tells_long_names_apart_from_those_that_they_begin_with(void **state) {
    (void)state;
    static const char *const fills[] = {"x", "\\u0078", "\\n", "\xC3\xA9", "\\ud83d\\ude00", "\\ud800", "\\u0000"};
    for (size_t i = 0; i < LENGTH(fills); i++) {
        for (size_t count = 0; count <= 130; count += count < 20 || count > 100 ? 1 : 9) {
            char json[2000];
            builder text = {json, 0, sizeof json};
            add(&text, 1, "{\"prompt_eval_count\":5,\"usage");
            add(&text, count, fills[i]);
            add(&text, 1, "\":" FIVE "}");
            const verdict want = FOUND;
            expect_extract("a long name", NULL, json, text.used, &want);
            pieces in;
            pieces_begin(&in, NULL, READ_TEXT);
            for (size_t at = 0; at < text.used; at++) {
                pieces_feed(&in, json + at, 1);
            }
            pieces_end(&in);
            expect_pieces("a long name, byte by byte", &in, &want);
        }
    }
}

/* Halves of surrogate pairs in every order, with and without something between them. */
static void scan_resolves_only_whole_surrogate_pairs_to_a_character(void **state) {
    (void)state;
    static const char *const parts[] = {"\\ud83d", "\\ude00", "x", "\\n", "\\u0078", "\xED\xB8\x80"};
    /* The last is the character that the second half gives if the first half is taken as zero. */
    static const char *const pointers[] = {"/\xF0\x9F\x98\x80x", "/x\xF0\x9F\x98\x80", "/\n\xF0\x9F\x98\x80",
                                           "/xx\xF0\x90\x88\x80"};
    for (size_t code = 0; code < 6 * 6 * 6; code++) {
        char json[200];
        builder text = {json, 0, sizeof json};
        add(&text, 1, "{\"");
        add(&text, 1, parts[code % 6]);
        add(&text, 1, parts[code / 6 % 6]);
        add(&text, 1, parts[code / 36]);
        add(&text, 1, "\":" FIVE "}");
        for (size_t i = 0; i < LENGTH(pointers); i++) {
            scan_in_every_way("halves", pointers[i], json, text.used);
        }
    }
}

static void scan_goes_on_by_itself_from_a_copy(void **state) {
    (void)state;
    static const char json[] =
        "{\"model\":\"a\\u0062c\",\"us\\u0061ge\":{\"prompt_tokens\":50e-1,\"x\":[true,\"\\n\"]}}";
    const size_t length = sizeof json - 1;
    for (size_t cut = 0; cut <= length; cut++) {
        pieces first;
        pieces_begin(&first, NULL, READ_TEXT);
        pieces_feed(&first, json, cut);
        pieces second = first;
        pieces_feed(&first, "]]]]", 4);
        pieces_feed(&second, json + cut, length - cut);
        pieces_end(&second);
        const verdict want = FOUND;
        expect_pieces("a copy", &second, &want);
        const tokusage_model *model = &second.models[tokusage_reading_model(&second.reading)];
        assert_int_equal(model->length, 8);
        assert_memory_equal(model->text, "a\\u0062c", 8);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_has_its_meaning_and_no_other),
        cmocka_unit_test(scan_accepts_every_form_of_the_grammar),
        cmocka_unit_test(scan_refuses_every_break_of_the_grammar_at_its_byte),
        cmocka_unit_test(scan_accepts_and_refuses_each_byte_by_its_rule),
        cmocka_unit_test(scan_says_at_which_byte_every_prefix_ends),
        cmocka_unit_test(scan_passes_over_space_up_to_the_first_other_byte),
        cmocka_unit_test(scan_closes_at_the_last_byte_of_the_text),
        cmocka_unit_test(scan_reads_nothing_more_once_it_has_closed_or_failed),
        cmocka_unit_test(scan_leaves_a_number_at_the_top_open_until_the_end_is_said),
        cmocka_unit_test(scan_of_a_line_stops_at_its_end),
        cmocka_unit_test(scan_is_within_a_text_from_its_first_byte_until_it_may_end),
        cmocka_unit_test(scan_begins_anew_after_any_text),
        cmocka_unit_test(scan_nests_to_the_limit_and_names_the_byte_that_passes_it),
        cmocka_unit_test(scan_goes_as_deep_again_in_the_next_container),
        cmocka_unit_test(scan_finds_a_place_at_the_deepest_level),
        cmocka_unit_test(scan_closes_containers_as_they_were_opened),
        cmocka_unit_test(scan_finds_the_end_of_a_string_wherever_it_stands),
        cmocka_unit_test(scan_finds_the_end_of_the_next_string),
        cmocka_unit_test(scan_knows_a_name_however_it_is_spelled_and_cut),
        cmocka_unit_test(scan_tells_long_names_apart_from_those_that_they_begin_with),
        cmocka_unit_test(scan_resolves_only_whole_surrogate_pairs_to_a_character),
        cmocka_unit_test(scan_goes_on_by_itself_from_a_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
