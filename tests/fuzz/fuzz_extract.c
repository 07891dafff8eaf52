/*
 * Any bytes as a JSON Pointer and a text: the pointer is what stands before the first NUL (without a NUL it is the
 * default). What extract and find say must be what the slow reference says, and the counts those of the tree that cJSON
 * makes of the text. The scanner must say the same of the text cut in two, wherever.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "scan.h"

/* RFC 6901, section 3. */
static bool is_pointer(const char *pointer) {
    const char *tilde = pointer;
    while ((tilde = strchr(tilde, '~')) != NULL) {
        tilde++;
        if (*tilde == '\0' || strchr("01", *tilde) == NULL) {
            return false;
        }
    }
    return *pointer == '\0' || *pointer == '/';
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

/* cJSON reads what it reads: it refuses some texts that are JSON, and cuts a name at U+0000. */
static void ask_cjson(const char *pointer, const char *text, size_t length, const verdict *want) {
    const char *const place = pointer != NULL ? pointer : "/usage";
    if (want->status != TOKUSAGE_OK || has(text, length, "\\u0000")) {
        return;
    }
    cJSON *tree = cJSON_ParseWithLength(text, length);
    if (tree == NULL) {
        return;
    }
    tokusage usage;
    tokusage_error error;
    const tokusage_status status = tokusage_from_cjson(walk(tree, place), &usage, &error);
    expect_verdict("cJSON's tree", want, status, &error, &usage);
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

typedef struct scanned {
    tokusage_scan scan;
    char *text;
    size_t size, used;
} scanned;

static void feed(scanned *to, const char *bytes, size_t length) {
    char *piece = exact_copy(bytes, length);
    tokusage_keep keep = {.text = to->text, .size = to->size, .used = to->used};
    (void)tokusage_scan_feed(&to->scan, &keep, piece, length);
    to->used = keep.used;
    free(piece);
}

static void scan_cut(const char *pointer, const char *text, size_t length, size_t cut, size_t size) {
    const reference_place place = reference_first(pointer, text, length);
    scanned to = {.text = malloc(size > 0 ? size : 1), .size = size, .used = 0};
    assert_non_null(to.text);
    tokusage_scan_begin(&to.scan, pointer);
    feed(&to, text, cut);
    feed(&to, text + cut, length - cut);
    if (tokusage_scan_result_of(&to.scan) == TOKUSAGE_SCAN_OPEN) {
        tokusage_keep keep = {.text = to.text, .size = to.size, .used = to.used};
        tokusage_scan_end(&to.scan, &keep);
        to.used = keep.used;
    }
    switch (tokusage_scan_result_of(&to.scan)) {
    case TOKUSAGE_SCAN_CLOSED:
        assert_int_equal(place.status, TOKUSAGE_OK);
        assert_int_equal(to.scan.offset, place.after);
        assert_int_equal(to.scan.duplicate, place.duplicate);
        if (!place.duplicate) {
            assert_int_equal(to.scan.found, place.found);
        }
        break;
    case TOKUSAGE_SCAN_SYNTAX:
        assert_int_equal(place.status, TOKUSAGE_ERR_SYNTAX);
        assert_int_equal(to.scan.offset, place.offset);
        break;
    default:
        assert_int_equal(tokusage_scan_result_of(&to.scan), TOKUSAGE_SCAN_DEPTH);
        assert_int_equal(place.status, TOKUSAGE_ERR_DEPTH);
        assert_int_equal(to.scan.offset, place.offset);
    }
    if (place.status == TOKUSAGE_OK && place.found && !place.duplicate) {
        char *compact = malloc(length > 0 ? length : 1);
        assert_non_null(compact);
        const size_t used = reference_compact(text + place.begin, place.end - place.begin, compact);
        assert_int_equal(to.scan.begin, place.begin);
        assert_int_equal(to.scan.end, place.end);
        assert_int_equal(to.used, used);
        assert_memory_equal(to.text, compact, used < size ? used : size);
        free(compact);
    }
    free(to.text);
}

static void refuse_pointer(const char *pointer, const char *text, size_t length) {
    tokusage usage;
    tokusage_error error;
    tokusage_stream stream;
    spoil(&usage, sizeof usage);
    spoil(&stream, sizeof stream);
    assert_int_equal(tokusage_extract(text, length, pointer, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(error.status, TOKUSAGE_ERR_ARGUMENT);
    assert_true(spoilt(&usage, sizeof usage));
    assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_ERR_ARGUMENT);
    assert_true(spoilt(&stream, sizeof stream));
}

static size_t steps_of(const char *pointer) {
    size_t steps = 0;
    for (; *pointer != '\0'; pointer++) {
        steps += *pointer == '/';
    }
    return steps;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *const end = size > 0 ? memchr(data, '\0', size) : NULL;
    const size_t pointer_size = end != NULL ? (size_t)(end - data) + 1 : 0;
    char *const pointer = end != NULL ? exact_copy(data, pointer_size) : NULL;
    const size_t length = size - pointer_size;
    char *const text = exact_copy(data + pointer_size, length);
    if (pointer != NULL && !is_pointer(pointer)) {
        refuse_pointer(pointer, text, length);
    } else if (pointer == NULL || steps_of(pointer) < 150) { /* the reference has room for as many */
        const verdict want = reference_extract(pointer, text, length);
        const char *const place = pointer != NULL ? pointer : "/usage";
        expect_extract("extract", pointer, text, length, &want);
        ask_cjson(pointer, text, length, &want);
        find(place, text, length);
        const size_t cut =
            length > 0 ? (pointer_size * 7 + length * 31 + (unsigned char)text[length / 2]) % (length + 1) : 0;
        scan_cut(place, text, length, cut, length % 40);
        scan_cut(place, text, length, length / 2, length);
    }
    free(text);
    free(pointer);
    return 0;
}
