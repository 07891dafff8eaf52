/*
 * The scanner: what it takes for JSON, the place it finds, and that the answer does not depend on how the bytes are
 * cut. What the place's text means is test_json.c's.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "chars.h"
#include "generate.h"
#include "reference.h"
#include "scan.h"
#include "texts.h"

/* One reading of a text. */
typedef struct reading {
    tokusage_scan scan;
    tokusage_keep keep;
    size_t behind;          /* white space read behind the closed text */
    tokusage_status status; /* as reference_place has it */
    size_t offset;
} reading;

static void read_begin(reading *in, const char *pointer, char *room, size_t size) {
    memset(in, 0, sizeof *in);
    in->keep.text = room;
    in->keep.size = size;
    tokusage_scan_begin(&in->scan, pointer);
}

/* Feeds bytes that end at unreadable memory, and judges what stands behind a closed text. */
static void read_piece(reading *in, const char *bytes, size_t length) {
    const char *copy = against_the_end(bytes, length);
    size_t used = tokusage_scan_feed(&in->scan, in->keep.text != NULL ? &in->keep : NULL, copy, length);
    assert_true(used <= length);
    switch (tokusage_scan_result_of(&in->scan)) {
    case TOKUSAGE_SCAN_OPEN:
        assert_int_equal(used, length);
        return;
    case TOKUSAGE_SCAN_CLOSED:
        break;
    default:
        return;
    }
    if (in->status != TOKUSAGE_OK) {
        return;
    }
    size_t white = tokusage_space_span(copy + used, length - used);
    if (white < length - used) {
        in->status = TOKUSAGE_ERR_SYNTAX;
        in->offset = (size_t)in->scan.offset + in->behind + white;
    }
    in->behind += white;
}

static void read_end(reading *in) {
    tokusage_scan_end(&in->scan, in->keep.text != NULL ? &in->keep : NULL);
    tokusage_scan_result result = tokusage_scan_result_of(&in->scan);
    assert_int_not_equal(result, TOKUSAGE_SCAN_OPEN);
    if (result != TOKUSAGE_SCAN_CLOSED) {
        in->status = result == TOKUSAGE_SCAN_DEPTH ? TOKUSAGE_ERR_DEPTH : TOKUSAGE_ERR_SYNTAX;
        in->offset = (size_t)in->scan.offset;
    }
}

/* The text and what the reference says of it. */
typedef struct expectation {
    const char *what, *pointer, *bytes;
    size_t length;
    reference_place place;
    char *kept; /* the place's text without white space */
    size_t kept_length;
} expectation;

static expectation expect(const char *what, const char *pointer, const char *bytes, size_t length) {
    expectation want = {what, pointer, bytes, length, reference_find(pointer, bytes, length), NULL, 0};
    want.kept = malloc(length + 1);
    assert_non_null(want.kept);
    if (want.place.status == TOKUSAGE_OK && want.place.found && !want.place.duplicate) {
        want.kept_length = reference_compact(bytes + want.place.begin, want.place.end - want.place.begin, want.kept);
    }
    return want;
}

static void compare(const expectation *want, const reading *got, const char *how, size_t cut) {
    const reference_place *place = &want->place;
    const char *text = shown(want->bytes, want->length);
    if (got->status != place->status || got->offset != place->offset) {
        fail_msg("%s, %s %zu: '%s' at %zu expected, got '%s' at %zu: %s", want->what, how, cut,
                 tokusage_status_text(place->status), place->offset, tokusage_status_text(got->status), got->offset,
                 text);
    }
    if (place->status != TOKUSAGE_OK) {
        return;
    }
    if (got->scan.duplicate != place->duplicate) {
        fail_msg("%s, %s %zu: duplicate is %d with %s: %s", want->what, how, cut, got->scan.duplicate, want->pointer,
                 text);
    }
    if (place->duplicate) {
        return;
    }
    if (got->scan.found != place->found) {
        fail_msg("%s, %s %zu: found is %d with %s: %s", want->what, how, cut, got->scan.found, want->pointer, text);
    }
    if (!place->found) {
        return;
    }
    if (got->scan.begin != place->begin || got->scan.end != place->end) {
        fail_msg("%s, %s %zu: %zu to %zu expected, got %zu to %zu with %s: %s", want->what, how, cut, place->begin,
                 place->end, (size_t)got->scan.begin, (size_t)got->scan.end, want->pointer, text);
    }
    if (got->keep.used != want->kept_length || memcmp(got->keep.text, want->kept, want->kept_length) != 0) {
        fail_msg("%s, %s %zu: kept %s with %s of %s", want->what, how, cut,
                 shown(got->keep.text, got->keep.used < got->keep.size ? got->keep.used : got->keep.size),
                 want->pointer, text);
    }
}

/* Whole, byte by byte, and cut in two at every place (at some places when long). */
static void scan_in_every_way(const char *what, const char *pointer, const char *bytes, size_t length) {
    expectation want = expect(what, pointer, bytes, length);
    char *room = malloc(length + 1);
    assert_non_null(room);
    reading in;

    read_begin(&in, pointer, room, length + 1);
    read_piece(&in, bytes, length);
    read_end(&in);
    compare(&want, &in, "whole", 0);

    read_begin(&in, pointer, room, length + 1);
    for (size_t i = 0; i < length; i++) {
        read_piece(&in, bytes + i, 1);
    }
    read_end(&in);
    compare(&want, &in, "byte by byte", 0);

    size_t stride = 1 + length / 2000;
    for (size_t cut = 0; cut <= length; cut += stride) {
        read_begin(&in, pointer, room, length + 1);
        read_piece(&in, bytes, cut);
        read_piece(&in, bytes + cut, length - cut);
        read_end(&in);
        compare(&want, &in, "cut at", cut);
    }
    free(room);
    free(want.kept);
}

static void scan_takes_every_form_that_the_grammar_has(void **state) {
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

/* Puts each byte in the middle of a text; `good` tells which ones may stand there. */
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
    return byte != 0 && strchr("\"\\/bfnrt", byte) != NULL;
}

static bool is_hexadecimal(int byte) {
    return byte != 0 && strchr("0123456789abcdefABCDEF", byte) != NULL;
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

static void scan_takes_and_refuses_each_byte_by_its_rule(void **state) {
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
    char room[sizeof response];
    for (size_t length = 0; length < sizeof response - 1; length++) {
        reading in;
        read_begin(&in, "/usage", room, sizeof room);
        read_piece(&in, response, length);
        assert_int_equal(tokusage_scan_result_of(&in.scan), TOKUSAGE_SCAN_OPEN);
        read_end(&in);
        assert_int_equal(in.status, TOKUSAGE_ERR_SYNTAX);
        assert_int_equal(in.offset, length);
    }
}

static void scan_judges_every_change_of_one_byte_as_the_reference_does(void **state) {
    (void)state;
    char changed[sizeof response];
    char room[sizeof response];
    size_t length = sizeof response - 1;
    for (size_t at = 0; at < length; at++) {
        memcpy(changed, response, sizeof response);
        for (int byte = 0; byte < 256; byte++) {
            changed[at] = (char)byte;
            expectation want = expect("one byte changed", "/usage", changed, length);
            reading in;
            read_begin(&in, "/usage", room, sizeof room);
            read_piece(&in, changed, length);
            read_end(&in);
            compare(&want, &in, "at", at);
            read_begin(&in, "/usage", room, sizeof room);
            for (size_t i = 0; i < length; i++) {
                read_piece(&in, changed + i, 1);
            }
            read_end(&in);
            compare(&want, &in, "byte by byte, at", at);
            free(want.kept);
        }
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
    {"no member of an array", "/a/0", TEXT("{\"a\":[1]}"), false, false, 0, 0},
    {"no member of an object in an array", "/a/b", TEXT("{\"a\":[{\"b\":1}]}"), false, false, 0, 0},
    {"no member of an array at the top", "/a", TEXT("[{\"a\":1}]"), false, false, 0, 0},
    {"no member of a number", "/a/b", TEXT("{\"a\":5}"), false, false, 0, 0},
    {"no member of a string", "/a", TEXT("\"a\""), false, false, 0, 0},
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
    {"a step twice, first no object", "/a/b", TEXT("{\"a\":5,\"a\":{\"b\":1}}"), true, true, 0, 0},
    {"a step thrice", "/a", TEXT("{\"a\":1,\"a\":2,\"a\":3}"), true, true, 0, 0},
    {"the name twice, once in escapes", "/a", TEXT("{\"a\":1,\"\\u0061\":2}"), true, true, 0, 0},
    {"the name twice in an object that is none of the pointer's", "/a", TEXT("{\"b\":{\"a\":1,\"a\":2},\"a\":3}"), true,
     false, 23, 24},
    {"the name once in each of two levels", "/a", TEXT("{\"a\":{\"a\":1}}"), true, false, 5, 12},
    {"the name twice inside the value", "/a", TEXT("{\"a\":{\"a\":1,\"a\":2}}"), true, false, 5, 18},
};

static void scan_finds_the_place_that_the_pointer_names(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(places); i++) {
        reference_place place = reference_find(places[i].pointer, places[i].json.bytes, places[i].json.length);
        bool same = place.status == TOKUSAGE_OK && place.duplicate == places[i].duplicate &&
                    (place.duplicate || place.found == places[i].found);
        if (same && place.found && !place.duplicate) {
            same = place.begin == places[i].begin && place.end == places[i].end;
        }
        if (!same) {
            fail_msg("the table and the reference disagree about %s", places[i].what);
        }
        scan_in_every_way(places[i].what, places[i].pointer, places[i].json.bytes, places[i].json.length);
    }
}

static void scan_reads_random_documents_as_the_reference_does(void **state) {
    (void)state;
    char text[DOCUMENT_SIZE];
    char room[DOCUMENT_SIZE];
    size_t good = 0;
    size_t found = 0;
    random_seed();
    for (size_t left = rounds(30000); left > 0; left--) {
        size_t length = random_document(text);
        if (random_below(3) == 0) {
            length = random_damage(text, length);
        }
        const char *pointer = random_pointer();
        expectation want = expect("random", pointer, text, length);
        good += want.place.status == TOKUSAGE_OK ? 1 : 0;
        found += want.place.status == TOKUSAGE_OK && want.place.found ? 1 : 0;
        reading in;
        read_begin(&in, pointer, room, sizeof room);
        for (size_t at = 0; at < length;) {
            size_t piece = 1 + random_below(random_below(2) == 0 ? 8 : length);
            piece = piece < length - at ? piece : length - at;
            read_piece(&in, text + at, piece);
            at += piece;
        }
        read_end(&in);
        compare(&want, &in, "rounds left", left);
        free(want.kept);
    }
    if (good < rounds(15000) || good > rounds(29000) || found < rounds(4000)) {
        fail_msg("the random documents show little: %zu good, %zu found", good, found);
    }
}

static void scan_keeps_as_much_as_there_is_room_for(void **state) {
    (void)state;
    static const char json[] = "{\"a\" : [ 1, \"b c\\\" \", { \"d\" :\t-2.50e+1 } ,\r\n null ] }";
    static const char kept[] = "[1,\"b c\\\" \",{\"d\":-2.50e+1},null]";
    size_t length = sizeof kept - 1;
    for (size_t size = 0; size <= length + 2; size++) {
        for (size_t cut = 0; cut < sizeof json; cut++) {
            char room[sizeof kept + 16];
            spoil(room, sizeof room);
            reading in;
            read_begin(&in, "/a", room, size);
            read_piece(&in, json, cut);
            read_piece(&in, json + cut, sizeof json - 1 - cut);
            read_end(&in);
            assert_int_equal(in.status, TOKUSAGE_OK);
            assert_int_equal(in.keep.used, length);
            size_t filled = size < length ? size : length;
            assert_memory_equal(room, kept, filled);
            assert_true(spoilt(room + filled, sizeof room - filled));
        }
    }
}

static void scan_keeps_the_value_of_a_second_text_in_place_of_the_first(void **state) {
    (void)state;
    char room[64];
    reading in;
    read_begin(&in, "/a", room, sizeof room);
    read_piece(&in, "{\"a\":[1,2,3]}", 13);
    assert_int_equal(in.keep.used, 7);
    tokusage_scan_begin(&in.scan, "/a");
    read_piece(&in, "{\"a\":[4]}", 9);
    assert_int_equal(in.keep.used, 3);
    assert_memory_equal(room, "[4]", 3);
}

/* As after a value of almost as many bytes as a size can count. */
static void scan_counts_the_kept_bytes_no_further_than_a_size_can(void **state) {
    (void)state;
    char room[8];
    spoil(room, sizeof room);
    reading in;
    read_begin(&in, "/a", room, 4);
    read_piece(&in, "{\"a\":[1,", 8);
    in.keep.used = SIZE_MAX - 2;
    read_piece(&in, "2,3]}", 5);
    assert_int_equal(tokusage_scan_result_of(&in.scan), TOKUSAGE_SCAN_CLOSED);
    assert_true(in.keep.used == SIZE_MAX);
    assert_memory_equal(room, "[1,", 3);
    assert_true(spoilt(room + 4, sizeof room - 4));
}

static void scan_works_without_a_place_to_keep_the_value(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(places); i++) {
        reading in;
        read_begin(&in, places[i].pointer, NULL, 0);
        read_piece(&in, places[i].json.bytes, places[i].json.length);
        read_end(&in);
        assert_int_equal(in.status, TOKUSAGE_OK);
        assert_int_equal(in.scan.duplicate, places[i].duplicate);
        if (!places[i].duplicate) {
            assert_int_equal(in.scan.found, places[i].found);
        }
    }
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
        tokusage_scan scan;
        tokusage_scan_begin(&scan, "");
        size_t used = tokusage_scan_feed(&scan, NULL, cases[i].json.bytes, cases[i].json.length);
        assert_int_equal(used, cases[i].used);
        assert_int_equal(tokusage_scan_result_of(&scan), TOKUSAGE_SCAN_CLOSED);
        assert_int_equal(scan.offset, cases[i].used);
    }
}

static void scan_reads_nothing_more_once_it_has_closed_or_failed(void **state) {
    (void)state;
    static const struct {
        span json;
        tokusage_scan_result result;
        uint64_t offset;
    } cases[] = {
        {TEXT("{}"), TOKUSAGE_SCAN_CLOSED, 2}, {TEXT("5 "), TOKUSAGE_SCAN_CLOSED, 1},
        {TEXT("{]"), TOKUSAGE_SCAN_SYNTAX, 1}, {TEXT("\"\\x"), TOKUSAGE_SCAN_SYNTAX, 2},
        {TEXT("x"), TOKUSAGE_SCAN_SYNTAX, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char room[16];
        reading in;
        read_begin(&in, "", room, sizeof room);
        read_piece(&in, cases[i].json.bytes, cases[i].json.length);
        for (int more = 0; more < 2; more++) {
            assert_int_equal(tokusage_scan_result_of(&in.scan), cases[i].result);
            assert_int_equal(in.scan.offset, cases[i].offset);
            assert_int_equal(tokusage_scan_feed(&in.scan, &in.keep, "[1]", 3), 0);
            tokusage_scan_end(&in.scan, &in.keep);
        }
    }
}

static void scan_leaves_a_number_at_the_top_open_until_the_end_is_said(void **state) {
    (void)state;
    static const struct {
        span json;
        tokusage_scan_result result;
    } cases[] = {
        {TEXT("0"), TOKUSAGE_SCAN_CLOSED},       {TEXT("-0"), TOKUSAGE_SCAN_CLOSED},
        {TEXT("12"), TOKUSAGE_SCAN_CLOSED},      {TEXT("1.5"), TOKUSAGE_SCAN_CLOSED},
        {TEXT("1e5"), TOKUSAGE_SCAN_CLOSED},     {TEXT("1e+5"), TOKUSAGE_SCAN_CLOSED},
        {TEXT("1.5E-05"), TOKUSAGE_SCAN_CLOSED}, {TEXT("-"), TOKUSAGE_SCAN_SYNTAX},
        {TEXT("1."), TOKUSAGE_SCAN_SYNTAX},      {TEXT("1e"), TOKUSAGE_SCAN_SYNTAX},
        {TEXT("1e-"), TOKUSAGE_SCAN_SYNTAX},     {TEXT("[1"), TOKUSAGE_SCAN_SYNTAX},
        {TEXT(""), TOKUSAGE_SCAN_SYNTAX},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char room[16];
        reading in;
        read_begin(&in, "", room, sizeof room);
        read_piece(&in, cases[i].json.bytes, cases[i].json.length);
        assert_int_equal(tokusage_scan_result_of(&in.scan), TOKUSAGE_SCAN_OPEN);
        tokusage_scan_end(&in.scan, &in.keep);
        assert_int_equal(tokusage_scan_result_of(&in.scan), cases[i].result);
        assert_int_equal(in.scan.offset, cases[i].json.length);
        if (cases[i].result == TOKUSAGE_SCAN_CLOSED) {
            assert_true(in.scan.found);
            assert_int_equal(in.scan.end, cases[i].json.length);
            assert_int_equal(in.keep.used, cases[i].json.length);
            assert_memory_equal(room, cases[i].json.bytes, cases[i].json.length);
        }
    }
}

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
        {"the last being an object", "[", "{}", "]", TOKUSAGE_DEPTH_MAX, TOKUSAGE_DEPTH_MAX},
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
    size_t used = nest(text, TOKUSAGE_DEPTH_MAX, "{\"a\":", "7", "}");
    for (size_t steps = 1; steps <= TOKUSAGE_DEPTH_MAX + 1; steps++) {
        size_t end = nest(pointer, steps, "/a", "", "");
        pointer[end] = '\0';
        reference_place place = reference_find(pointer, text, used);
        assert_int_equal(place.found, steps <= TOKUSAGE_DEPTH_MAX);
        scan_in_every_way("deep down", pointer, text, used);
    }
}

static void scan_tells_whether_a_pointer_is_one(void **state) {
    (void)state;
    static const struct {
        const char *pointer;
        bool valid;
    } cases[] = {
        {"", true},          {"/", true},        {"//", true},       {"/usage", true},   {"/a/b/c", true},
        {"/~0", true},       {"/~1", true},      {"/a~0~1b", true},  {"/~01", true},     {"/ ", true},
        {"/\xC3\xA9", true}, {"/0", true},       {"/-", true},       {"/\"\\", true},    {"/\x01", true},
        {"usage", false},    {" /usage", false}, {"~0", false},      {"#/usage", false}, {"/~", false},
        {"/a~", false},      {"/~2", false},     {"/~/a", false},    {"/a/~", false},    {"/a~a/b", false},
        {"/~~", false},      {"/~ 0", false},    {"$.usage", false}, {"0", false},       {"/~0~", false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        if (tokusage_pointer_valid(cases[i].pointer) != cases[i].valid) {
            fail_msg("'%s' should be %s", cases[i].pointer, cases[i].valid ? "valid" : "invalid");
        }
    }
}

/* Long runs, so that any reading of several bytes at once is tried with the odd byte at every place and alignment. */
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
                memset(text + used, 'x', length);
                used += length;
                text[used++] = odd[i];
                memcpy(text + used, "\"   ", 4);
                used += 4;
                expectation want = expect("a long string", "", text, used);
                char room[sizeof text];
                reading in;
                read_begin(&in, "", room, sizeof room);
                read_piece(&in, text, used);
                read_end(&in);
                compare(&want, &in, "shifted by", shift);
                free(want.kept);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scan_takes_every_form_that_the_grammar_has),
        cmocka_unit_test(scan_refuses_every_break_of_the_grammar_at_its_byte),
        cmocka_unit_test(scan_takes_and_refuses_each_byte_by_its_rule),
        cmocka_unit_test(scan_says_at_which_byte_every_prefix_ends),
        cmocka_unit_test(scan_judges_every_change_of_one_byte_as_the_reference_does),
        cmocka_unit_test(scan_finds_the_place_that_the_pointer_names),
        cmocka_unit_test(scan_reads_random_documents_as_the_reference_does),
        cmocka_unit_test(scan_keeps_as_much_as_there_is_room_for),
        cmocka_unit_test(scan_keeps_the_value_of_a_second_text_in_place_of_the_first),
        cmocka_unit_test(scan_counts_the_kept_bytes_no_further_than_a_size_can),
        cmocka_unit_test(scan_works_without_a_place_to_keep_the_value),
        cmocka_unit_test(scan_closes_at_the_last_byte_of_the_text),
        cmocka_unit_test(scan_reads_nothing_more_once_it_has_closed_or_failed),
        cmocka_unit_test(scan_leaves_a_number_at_the_top_open_until_the_end_is_said),
        cmocka_unit_test(scan_nests_to_the_limit_and_names_the_byte_that_passes_it),
        cmocka_unit_test(scan_goes_as_deep_again_in_the_next_container),
        cmocka_unit_test(scan_finds_a_place_at_the_deepest_level),
        cmocka_unit_test(scan_tells_whether_a_pointer_is_one),
        cmocka_unit_test(scan_finds_the_end_of_a_string_wherever_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
