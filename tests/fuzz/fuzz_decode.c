/*
 * Any bytes as the text of a usage object. What decode says must be what the slow reference says; a text that it takes
 * for JSON must be so for jansson too, and the counts the same; encoded and decoded again they stay as they are; and
 * the quick way of reading an object must lead where the long way through cJSON does.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#ifdef TOKUSAGE_HAVE_JANSSON
#include <jansson.h>
#endif

#include "object.h"

static bool has_counts(const tokusage *usage, const verdict *want) {
    const tokusage wanted = usage_of(want->counts[0], want->counts[1], want->counts[2]);
    return tokusage_equal(usage, &wanted);
}

/* ---- jansson */

#ifdef TOKUSAGE_HAVE_JANSSON

/* jansson refuses some texts that are JSON: for their characters, or for the size of a number. */
static bool is_limit(const json_error_t *error) {
    switch (json_error_code(error)) {
    case json_error_out_of_memory:
    case json_error_stack_overflow:
    case json_error_invalid_utf8:
    case json_error_null_character:
    case json_error_null_byte_in_key:
    case json_error_numeric_overflow:
        return true;
    default:
        return strncmp(error->text, "invalid Unicode", strlen("invalid Unicode")) == 0;
    }
}

static bool same_count(const json_t *object, const char *name, tokusage_count count) {
    const json_t *value = json_object_get(object, name);
    if (value == NULL || json_is_null(value)) {
        return !count.present;
    }
    return count.present && json_is_number(value) && json_number_value(value) == (double)count.value;
}

static void ask_jansson(const char *text, size_t length, const verdict *want) {
    static const char mark[] = "\xEF\xBB\xBF";
    const size_t marked = length >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    const bool is_json = want->status != TOKUSAGE_ERR_SYNTAX && want->status != TOKUSAGE_ERR_DEPTH;
    if (length > 0 && memchr(text, '\0', length) != NULL) {
        return; /* jansson does not see a NUL behind a number */
    }
    json_error_t error;
    json_t *tree =
        json_loadb(text + marked, length - marked, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
    if (tree == NULL) {
        assert_true(!is_json || is_limit(&error));
        return;
    }
    assert_true(is_json || want->status == TOKUSAGE_ERR_DEPTH);
    if (want->status == TOKUSAGE_OK) {
        const tokusage usage = usage_of(want->counts[0], want->counts[1], want->counts[2]);
        assert_true(same_count(tree, "prompt_tokens", usage.prompt_tokens));
        assert_true(same_count(tree, "completion_tokens", usage.completion_tokens));
        assert_true(same_count(tree, "total_tokens", usage.total_tokens));
    }
    json_decref(tree);
}

#else

static void ask_jansson(const char *text, size_t length, const verdict *want) {
    (void)text;
    (void)length;
    (void)want;
}

#endif

/* ---- the long way */

static tokusage_status long_way(const char *object, size_t length, tokusage *usage, tokusage_error *error) {
    char *digest = malloc(tokusage_digest_room(length));
    assert_non_null(digest);
    size_t digested = 0;
    tokusage_status status = tokusage_object_digest(object, digest, &digested, error);
    if (status == TOKUSAGE_OK) {
        assert_true(digested <= tokusage_digest_room(length));
        cJSON *tree = cJSON_ParseWithLength(digest, digested);
        assert_non_null(tree);
        status = tokusage_from_cjson(tree, usage, error);
        cJSON_Delete(tree);
    }
    free(digest);
    return status;
}

/* The object's text by itself, so that a byte read before or behind it shows. */
static void go_the_long_way(const char *text, size_t length, const verdict *want) {
    const size_t marked = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    const reference_place place = reference_find("", text + marked, length - marked);
    if (place.status != TOKUSAGE_OK || text[marked + place.begin] != '{') {
        return;
    }
    verdict here = *want;
    if (here.status == TOKUSAGE_ERR_SYNTAX) {
        here.offset -= marked + place.begin;
    }
    const size_t object_length = place.end - place.begin;
    char *object = exact_copy(text + marked + place.begin, object_length);
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    const tokusage_status status = long_way(object, object_length, &usage, &error);
    expect_verdict("the long way", &here, status, &error, &usage);
    free(object);
}

static void go_the_quick_way(const char *text, size_t length, const verdict *want) {
    tokusage usage;
    spoil(&usage, sizeof usage);
    if (tokusage_object_plain(text, length, &usage)) {
        assert_int_equal(want->status, TOKUSAGE_OK);
        assert_true(has_counts(&usage, want));
    } else {
        assert_true(spoilt(&usage, sizeof usage));
    }
}

/* ---- there and back */

static void encode_and_decode(const verdict *want) {
    const tokusage usage = usage_of(want->counts[0], want->counts[1], want->counts[2]);
    char room[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    assert_int_equal(tokusage_encode(&usage, room, sizeof room, &length), TOKUSAGE_OK);
    assert_int_equal(strlen(room), length);

    char *exact = malloc(length + 1);
    assert_non_null(exact);
    assert_int_equal(tokusage_encode(&usage, exact, length + 1, NULL), TOKUSAGE_OK);
    assert_memory_equal(exact, room, length + 1);
    spoil(exact, length + 1);
    size_t needed = 0;
    assert_int_equal(tokusage_encode(&usage, exact, length, &needed), TOKUSAGE_ERR_SPACE);
    assert_int_equal(needed, length);
    assert_true(spoilt(exact, length + 1));
    free(exact);

    tokusage back;
    assert_int_equal(tokusage_decode(room, length, &back, NULL), TOKUSAGE_OK);
    assert_true(tokusage_equal(&back, &usage));
    const verdict again = reference_extract("", room, length);
    assert_int_equal(again.status, TOKUSAGE_OK);
    assert_true(has_counts(&back, &again));
}

/* ---- errors in words */

static void put_in_words(const char *text, size_t length, size_t size) {
    tokusage usage;
    tokusage_error error;
    (void)tokusage_decode(text, length, &usage, &error);
    char whole[256];
    const size_t written = tokusage_error_text(&error, whole, sizeof whole);
    assert_true(written < sizeof whole && strlen(whole) == written && strchr(whole, '\n') == NULL);
    char *part = malloc(size > 0 ? size : 1);
    assert_non_null(part);
    assert_int_equal(tokusage_error_text(&error, part, size), written);
    if (size > 0) {
        assert_int_equal(strlen(part), written < size ? written : size - 1);
        assert_memory_equal(part, whole, strlen(part));
    }
    free(part);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *const text = (const char *)data;
    char empty[1] = {0};
    const char *const bytes = size > 0 ? text : empty;
    const verdict want = reference_extract("", bytes, size);
    expect_extract("decode", "", bytes, size, &want);
    ask_jansson(bytes, size, &want);
    go_the_quick_way(bytes, size, &want);
    go_the_long_way(bytes, size, &want);
    put_in_words(bytes, size, size % 64);
    if (want.status == TOKUSAGE_OK) {
        encode_and_decode(&want);
    }
    return 0;
}
