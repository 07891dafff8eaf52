/*
 * Any bytes as a JSON Pointer and a document: the pointer is what comes before the first NUL (without a NUL it is NULL:
 * the known paths). What extract and find say must be what the second reader says, and a stream of the document must say
 * the same as extract.
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
    }
    free(bytes);
    free(pointer);
    return 0;
}
