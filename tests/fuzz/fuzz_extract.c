/*
 * Any bytes as a JSON Pointer and a document: the pointer is what comes before the first NUL (without a NUL it is NULL:
 * the known paths). What extract and find say must be what the second reader says, a stream of the document must say the
 * same as extract, and find_all the same as find for each pointer.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

/* RFC 6901, section 3. */
static bool is_pointer(const char *pointer) {
    for (; *pointer == '/'; pointer += strcspn(pointer, "/")) {
        pointer++;
        for (const char *at = pointer; *at != '\0' && *at != '/'; at++) {
            if (*at == '~' && at[1] != '0' && at[1] != '1') {
                return false;
            }
        }
    }
    return *pointer == '\0';
}

static void refuse_pointer(const char *pointer, span document) {
    tokusage usage;
    tokusage_error error;
    tokusage_stream stream;
    spoil(&usage, sizeof usage);
    spoil(&stream, sizeof stream);
    assert_int_equal(tokusage_extract(document.bytes, document.length, pointer, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(error.status, TOKUSAGE_ERR_ARGUMENT);
    assert_true(spoilt(&usage, sizeof usage));
    assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_ERR_ARGUMENT);
    assert_true(spoilt(&stream, sizeof stream));
}

/* The ways to the pointer, each a pointer, and others. Returns how many. */
static size_t make_pointers(const char *pointer, char *room, tokusage_value *values) {
    size_t count = 0;
    for (size_t which = 128; which < 140; which++) {
        values[count++].pointer = pointer_of((uint8_t)which);
    }
    for (size_t length = strlen(pointer); length > 0 && count < TOKUSAGE_VALUES_MAX; length--) {
        if (pointer[length] == '\0' || pointer[length] == '/') {
            memcpy(room, pointer, length);
            room[length] = '\0';
            values[count++].pointer = room;
            room += length + 1;
        }
    }
    return count;
}

static void expect_found(const tokusage_value *value, span document) {
    const char *json = NULL;
    size_t length = 0;
    assert_int_equal(tokusage_find(document.bytes, document.length, value->pointer, &json, &length, NULL),
                     value->status);
    assert_ptr_equal(json, value->json);
    assert_int_equal(length, value->length);
}

static void expect_all_found(const char *pointer, span document) {
    enum {
        ROOM = TOKUSAGE_VALUES_MAX * 201
    };
    tokusage_value values[TOKUSAGE_VALUES_MAX] = {{NULL, NULL, 0, TOKUSAGE_OK}};
    char room[ROOM];
    tokusage_error error, alone;
    const char *json = NULL;
    size_t length = 0;
    const size_t count = make_pointers(pointer, room, values);
    const tokusage_status status = tokusage_find_all(document.bytes, document.length, values, count, &error);
    (void)tokusage_find(document.bytes, document.length, "", &json, &length, &alone);
    expect_words("find_all", error_words(&alone), error_words(&error));
    for (size_t i = 0; i < count; i++) {
        if (status == TOKUSAGE_OK) {
            expect_found(&values[i], document);
        } else {
            assert_null(values[i].json);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *const end = size > 0 ? memchr(data, '\0', size) : NULL;
    const size_t pointer_size = end != NULL ? (size_t)(end - data) + 1 : 0;
    char *const pointer = end != NULL ? exact_copy(data, pointer_size) : NULL;
    char *const bytes = exact_copy(data + pointer_size, size - pointer_size);
    const span document = {bytes, size - pointer_size};
    if (pointer_size > 200) {
        (void)tokusage_pointer_valid(pointer); /* longer names than the second reader has room for */
    } else if (pointer != NULL && !is_pointer(pointer)) {
        assert_false(tokusage_pointer_valid(pointer));
        refuse_pointer(pointer, document);
    } else {
        assert_int_equal(tokusage_pointer_valid(pointer), pointer != NULL);
        expect_same_document(pointer, document);
        (void)extracted("extract", pointer, document);
        expect_same_stream(pointer, document, (uint32_t)size);
        expect_all_found(pointer != NULL ? pointer : "", document);
    }
    free(bytes);
    free(pointer);
    return 0;
}
