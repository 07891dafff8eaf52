/*
 * The two ways that the text of a usage object takes: read at once when it is plain, else made ready for cJSON. What
 * comes out in the end is test_json.c's; here is what each may and may not do by itself.
 */
#include "object.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "reference.h"
#include "texts.h"

#define P "prompt_tokens"
#define C "completion_tokens"
#define T "total_tokens"

/* ------------------------------------------------------------------------------------------------- plain */

/* Whatever is read as plain has to be good by the reference, with the same counts; what is not, has to change nothing.
 */
static bool read_plain(const char *bytes, size_t length) {
    tokusage usage;
    spoil(&usage, sizeof usage);
    bool plain = tokusage_object_plain(against_the_end(bytes, length), length, &usage);
    if (!plain) {
        assert_true(spoilt(&usage, sizeof usage));
        return false;
    }
    verdict want = reference_extract("", bytes, length);
    if (want.status != TOKUSAGE_OK) {
        fail_msg("taken for plain: %s", shown(bytes, length));
    }
    expect_verdict(shown(bytes, length), &want, TOKUSAGE_OK, NULL, &usage);
    spoil(&usage, sizeof usage);
    assert_true(tokusage_object_plain(against_the_beginning(bytes, length), length, &usage));
    return true;
}

static void plain_reads_what_services_write(void **state) {
    (void)state;
    static const span texts[] = {
        TEXT("{}"),
        TEXT(" { \n} \t"),
        TEXT("{\"" P "\":5,\"" C "\":7,\"" T "\":12}"),
        TEXT("{\"" P "\": 5, \"" C "\": 7, \"" T "\": 12}\r\n"),
        TEXT("\n{ \"" T "\" : 12 , \"" P "\" : 0 }"),
        TEXT("{\"" P "\":null,\"" T "\":9007199254740991}"),
        TEXT("{\"" P "\":5,\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":null}}"),
        TEXT("{\"queue_time\":0.037493756,\"" P "\":18,\"tier\":\"default\",\"nothing\":null,\"n\":0.0}"),
        TEXT("{\"a\":1.5,\"b\":{\"c\":{\"d\":{}}},\"" P "\":5}"),
        TEXT("{\"a\":\"\xC3\xA9\xFF\",\"\xE2\x82\xAC\":1,\"" P "\":5}"),
    };
    for (size_t i = 0; i < LENGTH(texts); i++) {
        if (!read_plain(texts[i].bytes, texts[i].length)) {
            fail_msg("not taken for plain: %s", texts[i].bytes);
        }
    }
}

static void plain_leaves_to_others_what_is_not(void **state) {
    (void)state;
    static const span texts[] = {
        TEXT(""),
        TEXT(" "),
        TEXT("{"),
        TEXT("null"),
        TEXT("[]"),
        TEXT("5"),
        TEXT("\xEF\xBB\xBF{}"),
        TEXT("{}{}"),
        TEXT("{} x"),
        TEXT("{\"a\":[]}"),
        TEXT("{\"a\":\"\\n\"}"),
        TEXT("{\"\\u0070rompt_tokens\":5}"),
        TEXT("{\"" P "\":5.0}"),
        TEXT("{\"" P "\":5e0}"),
        TEXT("{\"" P "\":-0}"),
        TEXT("{\"" P "\":-1}"),
        TEXT("{\"" P "\":05}"),
        TEXT("{\"" P "\":9007199254740992}"),
        TEXT("{\"" P "\":90071992547409910}"),
        TEXT("{\"" P "\":18446744073709551617}"),
        TEXT("{\"" P "\":\"5\"}"),
        TEXT("{\"" P "\":true}"),
        TEXT("{\"" P "\":{}}"),
        TEXT("{\"" P "\":5,\"" P "\":5}"),
        TEXT("{\"" P "\":null,\"" P "\":5}"),
        TEXT("{\"" P "\":5,\"a\":{\"" P "\":6}}}"),
    };
    for (size_t i = 0; i < LENGTH(texts); i++) {
        if (read_plain(texts[i].bytes, texts[i].length)) {
            fail_msg("taken for plain: %s", texts[i].bytes);
        }
    }
}

static void plain_is_never_wrong_about_any_text(void **state) {
    (void)state;
    char longer[300];
    for (size_t i = 0; i < bad_text_count; i++) {
        assert_false(read_plain(bad_texts[i].json.bytes, bad_texts[i].json.length));
    }
    for (size_t i = 0; i < good_text_count; i++) {
        (void)read_plain(good_texts[i].json.bytes, good_texts[i].json.length);
        static const char before[] = "{\"" P "\":5,\"a\":";
        size_t used = sizeof before - 1;
        memcpy(longer, before, used);
        memcpy(longer + used, good_texts[i].json.bytes, good_texts[i].json.length);
        used += good_texts[i].json.length;
        longer[used++] = '}';
        (void)read_plain(longer, used);
    }
}

static void plain_is_never_wrong_about_a_change_of_one_byte(void **state) {
    (void)state;
    static const char object[] =
        " { \"" P "\" : 5 , \"x\":{\"y\":\"z\",\"w\":1.50,\"v\":{}} ,\"u\":null,\"" C "\":null, \"" T "\":12}\n";
    char changed[sizeof object];
    size_t length = sizeof object - 1;
    assert_true(read_plain(object, length));
    for (size_t at = 0; at < length; at++) {
        memcpy(changed, object, sizeof object);
        for (int byte = 0; byte < 256; byte++) {
            changed[at] = (char)byte;
            (void)read_plain(changed, length);
        }
        bool good = reference_extract("", object, at).status == TOKUSAGE_OK; /* a prefix */
        assert_int_equal(read_plain(object, at), good);
    }
}

/* ------------------------------------------------------------------------------------------------- digest */

/* Where and how the reference says that the object is refused before its counts are looked at; else OK. */
static bool refused_as_text(const verdict *judged) {
    return judged->status == TOKUSAGE_ERR_SYNTAX ||
           (judged->status == TOKUSAGE_ERR_RANGE && strcmp(judged->member, "usage") == 0);
}

/* Of an object: what comes out says the same by the reference, fits the room, and is of the simplest kind. */
static void expect_digest(const char *bytes, size_t length) {
    size_t room = tokusage_digest_room(length);
    char *digest = malloc(room + 16);
    assert_non_null(digest);
    spoil(digest, room + 16);
    size_t used = 77777;
    tokusage_error error;
    spoil(&error, sizeof error);
    verdict want = reference_extract("", bytes, length);
    const char *copy = against_the_end(bytes, length);
    tokusage_status status = tokusage_object_digest(copy, digest, &used, &error);
    assert_true(spoilt(digest + room, 16));
    if (refused_as_text(&want)) {
        bool same_member = (error.member == NULL) == (want.member == NULL);
        if (status != want.status || error.status != want.status || error.offset != want.offset || !same_member) {
            fail_msg("'%s' at %zu in place of '%s' at %zu: %s", tokusage_status_text(status), error.offset,
                     tokusage_status_text(want.status), want.offset, shown(bytes, length));
        }
        free(digest);
        return;
    }
    assert_int_equal(status, TOKUSAGE_OK);
    assert_true(used <= room);
    verdict after = reference_extract("", digest, used);
    assert_int_equal(after.status, want.status);
    if (want.status == TOKUSAGE_OK) {
        assert_memory_equal(after.counts, want.counts, sizeof want.counts);
    } else {
        assert_string_equal(after.member, want.member);
    }
    assert_true(spoilt(digest + used, room - used));
    free(digest);
}

static void digest_has_of_an_object_what_counts(void **state) {
    (void)state;
    static const struct {
        span object;
        const char *digest;
    } cases[] = {
        {TEXT("{}"), "{}"},
        {TEXT("{ }"), "{}"},
        {TEXT("{ \"" P "\" : 5 }"), "{\"" P "\":5}"},
        {TEXT("{\"" P "\":5.0,\"" C "\":null}"), "{\"" P "\":5,\"" C "\":null}"},
        {TEXT("{\"" P "\":9e15}"), "{\"" P "\":9000000000000000}"},
        {TEXT("{\"" P "\":-0.0}"), "{\"" P "\":0}"},
        {TEXT("{\"" P "\":1e400,\"" C "\":-0.5,\"" T "\":1e-400}"), "{\"" P "\":-1,\"" C "\":-1,\"" T "\":5e-1}"},
        {TEXT("{\"a\":[1,[\"}\"]],\"b\":{\"c\":1},\"d\":\"\\\"\\ud83d\\ude00\",\"e\":false}"),
         "{\"a\":true,\"b\":true,\"d\":true,\"e\":true}"},
        {TEXT("{\"\\u0074otal_tokens\":12}"), "{\"\\u0074otal_tokens\":12}"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char digest[400];
        size_t used = 0;
        assert_int_equal(tokusage_object_digest(cases[i].object.bytes, digest, &used, NULL), TOKUSAGE_OK);
        assert_int_equal(used, strlen(cases[i].digest));
        assert_memory_equal(digest, cases[i].digest, used);
        expect_digest(cases[i].object.bytes, cases[i].object.length);
    }
}

static void digest_fits_its_room_at_the_worst(void **state) {
    (void)state;
    static const span objects[] = {
        TEXT("{}"),
        TEXT("{\"\":9e15}"),
        TEXT("{\"\":9e15,\"\":9e15,\"\":9e15,\"\":9e15,\"\":9e15,\"\":9e15,\"\":9e15,\"\":9e15,\"\":9e15}"),
        TEXT("{\"\":[],\"\":{},\"\":\"\",\"\":[],\"\":{},\"\":\"\"}"),
        TEXT("{\"\":1,\"\":-1,\"\":1.5,\"\":1e9,\"\":1e16,\"\":1e-9}"),
    };
    for (size_t i = 0; i < LENGTH(objects); i++) {
        expect_digest(objects[i].bytes, objects[i].length);
    }
}

static void digest_room_never_wraps(void **state) {
    (void)state;
    assert_true(tokusage_digest_room(SIZE_MAX / 4) >= SIZE_MAX / 4 * 4);
    assert_true(tokusage_digest_room(SIZE_MAX / 4 + 1) == SIZE_MAX);
    assert_true(tokusage_digest_room(SIZE_MAX) == SIZE_MAX);
}

static void digest_says_what_any_object_says(void **state) {
    (void)state;
    char document[DOCUMENT_SIZE];
    random_seed();
    size_t objects = 0;
    for (size_t left = rounds(40000); left > 0; left--) {
        size_t length = random_document(document);
        if (random_below(3) == 0) {
            length = random_damage(document, length);
        }
        (void)read_plain(document, length);
        const char *pointer = random_pointer();
        reference_place place = reference_find(pointer, document, length);
        if (place.status == TOKUSAGE_OK && place.found && !place.duplicate && document[place.begin] == '{') {
            expect_digest(document + place.begin, place.end - place.begin);
            objects++;
        }
    }
    if (objects < rounds(2000)) {
        fail_msg("the random documents show little: %zu objects", objects);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_reads_what_services_write),
        cmocka_unit_test(plain_leaves_to_others_what_is_not),
        cmocka_unit_test(plain_is_never_wrong_about_any_text),
        cmocka_unit_test(plain_is_never_wrong_about_a_change_of_one_byte),
        cmocka_unit_test(digest_has_of_an_object_what_counts),
        cmocka_unit_test(digest_fits_its_room_at_the_worst),
        cmocka_unit_test(digest_room_never_wraps),
        cmocka_unit_test(digest_says_what_any_object_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
