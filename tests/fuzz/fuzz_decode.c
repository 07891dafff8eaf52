/*
 * Any bytes as the document of a usage object. What decode says must be what the second reader says; a document that it
 * takes for JSON must be so for jansson too; encoded and decoded again the counts stay as they are; an error can be put
 * into words.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#ifdef TOKUSAGE_HAVE_JANSSON
#include <jansson.h>
#endif

/* ---- jansson */

#ifdef TOKUSAGE_HAVE_JANSSON

/* jansson refuses some documents that are JSON: for their characters, or for the size of a number. */
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

static void ask_jansson(const char *text, size_t length, tokusage_status status) {
    static const char mark[] = "\xEF\xBB\xBF";
    const size_t marked = length >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    const bool is_json = status != TOKUSAGE_ERR_SYNTAX && status != TOKUSAGE_ERR_DEPTH;
    if (length > 0 && memchr(text, '\0', length) != NULL) {
        return; /* jansson does not see a NUL after a number */
    }
    json_error_t error;
    json_t *tree =
        json_loadb(text + marked, length - marked, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
    if (tree == NULL) {
        assert_true(!is_json || is_limit(&error));
        return;
    }
    assert_true(is_json || status == TOKUSAGE_ERR_DEPTH);
    json_decref(tree);
}

#else

static void ask_jansson(const char *text, size_t length, tokusage_status status) {
    (void)text;
    (void)length;
    (void)status;
}

#endif

/* ---- there and back */

static void encode_and_decode(const tokusage *usage) {
    char room[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    assert_int_equal(tokusage_encode(usage, room, sizeof room, &length), TOKUSAGE_OK);
    assert_int_equal(strlen(room), length);

    char *exact = malloc(length + 1);
    assert_non_null(exact);
    assert_int_equal(tokusage_encode(usage, exact, length + 1, NULL), TOKUSAGE_OK);
    assert_memory_equal(exact, room, length + 1);
    spoil(exact, length + 1);
    size_t needed = 0;
    assert_int_equal(tokusage_encode(usage, exact, length, &needed), TOKUSAGE_ERR_SPACE);
    assert_int_equal(needed, length);
    assert_true(spoilt(exact, length + 1));
    free(exact);

    tokusage back;
    assert_int_equal(tokusage_decode(room, length, &back, NULL), TOKUSAGE_OK);
    assert_true(tokusage_equal(&back, usage));
    expect_same_document("", (span){room, length});
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
    const span document = {size > 0 ? (const char *)data : "", size};
    tokusage usage;
    expect_same_document("", document);
    (void)extracted("decode", "", document);
    const tokusage_status status = tokusage_decode(document.bytes, size, &usage, NULL);
    ask_jansson(document.bytes, size, status);
    put_in_words(document.bytes, size, size % 64);
    if (status == TOKUSAGE_OK) {
        encode_and_decode(&usage);
    }
    return 0;
}
