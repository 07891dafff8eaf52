/*
 * Any bytes as a JSON Pointer and a text: the pointer is what stands before the first NUL (without a NUL it is NULL: the
 * known places). What extract and find say must be what the slow reference says, and the counts those of the tree that
 * cJSON makes of the text. The scanner must say the same of the text cut in two, wherever.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "readings.h"

/* RFC 6901, section 3, and no name above 63 bytes. */
static bool is_pointer(const char *pointer) {
    while (*pointer == '/') {
        size_t length = 0;
        for (pointer++; *pointer != '\0' && *pointer != '/'; pointer++) {
            if (*pointer == '~') {
                pointer++;
                if (*pointer != '0' && *pointer != '1') {
                    return false;
                }
            }
            length++;
        }
        if (length > 63) {
            return false;
        }
    }
    return *pointer == '\0';
}

/* ---- the way through cJSON's tree */

/* The next name of the pointer, its escapes resolved, in `name`; returns what is left of the pointer. */
static const char *next_step(const char *pointer, char *name) {
    for (pointer++; *pointer != '\0' && *pointer != '/'; pointer++) {
        if (*pointer == '~') {
            pointer++;
            *name++ = *pointer == '0' ? '~' : '/';
        } else {
            *name++ = *pointer;
        }
    }
    *name = '\0';
    return pointer;
}

static const cJSON *walk(const cJSON *tree, const char *pointer) {
    char *name = malloc(strlen(pointer) + 1);
    assert_non_null(name);
    while (tree != NULL && *pointer != '\0') {
        pointer = next_step(pointer, name);
        tree = cJSON_IsObject(tree) ? cJSON_GetObjectItemCaseSensitive(tree, name) : NULL;
    }
    free(name);
    return tree;
}

static bool has(const char *text, size_t length, const char *part) {
    const size_t part_length = strlen(part);
    for (size_t i = 0; i + part_length <= length; i++) {
        if (memcmp(text + i, part, part_length) == 0) {
            return true;
        }
    }
    return false;
}

/* What stands at the first of the known places that is there and not null; the root itself is none of them here. */
static const cJSON *walk_known(const cJSON *tree) {
    static const char *const places[] = {
        "/usage",       "/usageMetadata",  "/message/usage",          "/response/usage", "/interaction/usage",
        "/delta/usage", "/metadata/usage", "/response/usageMetadata", "/x_groq/usage",
    };
    for (size_t i = 0; i < LENGTH(places); i++) {
        const cJSON *const value = walk(tree, places[i]);
        if (value != NULL && !cJSON_IsNull(value)) {
            return value;
        }
    }
    return NULL;
}

/* cJSON reads what it reads: it refuses some texts that are JSON, and cuts a name at U+0000. */
static void ask_cjson(const char *pointer, const char *text, size_t length, const verdict *want) {
    if (want->status != TOKUSAGE_OK || has(text, length, "\\u0000")) {
        return;
    }
    cJSON *tree = cJSON_ParseWithLength(text, length);
    const cJSON *const object = pointer != NULL ? walk(tree, pointer) : walk_known(tree);
    if (object != NULL) {
        tokusage usage;
        tokusage_error error;
        const tokusage_status status = tokusage_from_cjson(object, &usage, &error);
        expect_verdict("cJSON's tree", want, status, &error, &usage);
    } else {
        assert_true(tree == NULL || cJSON_IsArray(tree) || pointer == NULL);
    }
    cJSON_Delete(tree);
}

/* ---- find */

static void find(const char *pointer, const char *text, size_t length) {
    static const char mark[] = "\xEF\xBB\xBF";
    const size_t marked = length >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    const reference_place place = reference_find(pointer, text + marked, length - marked);
    const char *value = text;
    size_t value_length = SIZE_MAX;
    tokusage_error error;
    const tokusage_status status = tokusage_find(text, length, pointer, &value, &value_length, &error);
    assert_int_equal(status, error.status);
    if (place.status != TOKUSAGE_OK) {
        assert_int_equal(status, place.status);
    } else if (place.duplicate) {
        assert_int_equal(status, TOKUSAGE_ERR_DUPLICATE);
    } else {
        assert_int_equal(status, place.found ? TOKUSAGE_OK : TOKUSAGE_ERR_NOT_FOUND);
    }
    if (status == TOKUSAGE_OK) {
        assert_ptr_equal(value, text + marked + place.begin);
        assert_int_equal(value_length, place.end - place.begin);
    } else {
        assert_true(value == text && value_length == SIZE_MAX);
    }
}

/* ---- the scanner, in two pieces */

static void scan_cut(const char *pointer, const char *text, size_t length, size_t cut, const verdict *want) {
    pieces in;
    if (length >= 1 && text[0] == '\xEF') {
        return; /* a byte-order mark is not the scanner's */
    }
    pieces_begin(&in, pointer, READ_TEXT);
    pieces_feed(&in, text, cut);
    pieces_feed(&in, text + cut, length - cut);
    pieces_end(&in);
    expect_pieces("the scanner", &in, want);
}

static void refuse_pointer(const char *pointer, const char *text, size_t length) {
    tokusage usage;
    tokusage_error error;
    tokusage_stream stream;
    spoil(&usage, sizeof usage);
    spoil(&stream, sizeof stream);
    assert_false(tokusage_pointer_valid(pointer));
    assert_int_equal(tokusage_extract(text, length, pointer, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(error.status, TOKUSAGE_ERR_ARGUMENT);
    assert_true(spoilt(&usage, sizeof usage));
    assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_ERR_ARGUMENT);
    assert_true(spoilt(&stream, sizeof stream));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *const end = size > 0 ? memchr(data, '\0', size) : NULL;
    const size_t pointer_size = end != NULL ? (size_t)(end - data) + 1 : 0;
    char *const pointer = end != NULL ? exact_copy(data, pointer_size) : NULL;
    const size_t length = size - pointer_size;
    char *const text = exact_copy(data + pointer_size, length);
    if (pointer != NULL && !is_pointer(pointer)) {
        refuse_pointer(pointer, text, length);
    } else {
        const verdict want = reference_extract(pointer, text, length);
        assert_int_equal(tokusage_pointer_valid(pointer), pointer != NULL);
        expect_extract("extract", pointer, text, length, &want);
        ask_cjson(pointer, text, length, &want);
        find(pointer != NULL ? pointer : "/usage", text, length);
        const size_t mixed = length > 0 ? pointer_size * 7 + length * 31 + (unsigned char)text[length / 2] : 0;
        scan_cut(pointer, text, length, mixed % (length + 1), &want);
        scan_cut(pointer, text, length, length / 2, &want);
    }
    free(text);
    free(pointer);
    return 0;
}
