/*
 * A cJSON tree and a usage that the input makes up, the tree with nodes that no parser makes: items without a name, raw
 * text, numbers that are none, references. What from_cjson reads must be what decode and the second reader read from the
 * document that the tree is; update_cjson must write the usage, keep all else, and change nothing where memory
 * fails, at each allocation in turn.
 */
#include "fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_include)
#if !__has_include(<cJSON.h>) && __has_include(<cjson/cJSON.h>)
#define CJSON_HAS_FOLDER
#endif
#endif
#ifdef CJSON_HAS_FOLDER
#include <cjson/cJSON.h>
#else
#include <cJSON.h>
#endif

#include "heap.h"
#include "rows.h"

enum {
    LEVELS = 4,
    MEMBERS = 8, /* in one object, at most */
    PATH = 200
};

/* ---- the table, by paths */

/* The row of a count with this path; or one whose path begins with it, if `part`. */
static const name_row *row_at(const char *path, bool part) {
    size_t count = 0;
    const name_row *rows = rows_of("count", &count);
    for (size_t i = 0; i < count; i++) {
        const bool found = part ? strncmp(rows[i].path, path, strlen(path)) == 0 : strcmp(rows[i].path, path) == 0;
        if (found && row_is_in(&rows[i], "usage")) {
            return &rows[i];
        }
    }
    return NULL;
}

/* ---- a tree */

static double next_double(input *in) {
    static const double odd[] = {
        -0.0, 0.5, -1, 1e15, 1e16, 1e19, 1e300, 5e-324, 9007199254740990.0, 9007199254740991.0, 9007199254740992.0};
    const uint8_t kind = next_byte(in);
    if (kind >= 224) {
        return kind >= 252 ? NAN : kind >= 248 ? INFINITY : odd[kind % LENGTH(odd)];
    }
    return kind % 32;
}

static cJSON *next_scalar(input *in) {
    switch (next_byte(in) % 16) {
    case 0:
        return cJSON_CreateNull();
    case 1:
        return cJSON_CreateString("audio");
    case 2:
        return cJSON_CreateRaw("7");
    case 3:
        return cJSON_CreateTrue();
    case 4:
        return cJSON_CreateStringReference("total_tokens");
    case 5: {
        cJSON *const invalid = cJSON_CreateNull();
        assert_non_null(invalid);
        invalid->type = cJSON_Invalid;
        return invalid;
    }
    default:
        return cJSON_CreateNumber(next_double(in));
    }
}

/* A name that some path of the table has after this one, or another. */
static void next_name(input *in, const char *path, char name[PATH]) {
    static const char *const others[] = {"a", "Prompt_Tokens", "total_token", "", "usages", "prompt_tokens_details"};
    size_t count = 0;
    const name_row *rows = rows_of("count", &count);
    size_t i = ((size_t)next_byte(in) << 8 | next_byte(in)) % (count + count / 8);
    const size_t length = strlen(path);
    for (size_t tries = 0; i < count && tries < count; tries++, i = (i + 1) % count) {
        if (strncmp(rows[i].path, path, length) == 0) {
            (void)snprintf(name, PATH, "%.*s", (int)strcspn(rows[i].path + length, "/["), rows[i].path + length);
            return;
        }
    }
    (void)snprintf(name, PATH, "%s", others[i % LENGTH(others)]);
}

static void put(cJSON *object, const char *name, cJSON *item, unsigned how) {
    assert_non_null(item);
    if (how % 16 == 0) {
        cJSON_AddItemToArray(object, item); /* without a name */
    } else {
        cJSON_AddItemToObject(object, name, item);
    }
}

/* An element of the list path[ */
static cJSON *next_element(input *in, const char *path) {
    const char *const tag = row_at(path, true)->path + strlen(path);
    const char *const number = strchr(tag, ']') + 2;
    char name[PATH];
    cJSON *const element = cJSON_CreateObject();
    assert_non_null(element);
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(tag, "="), tag);
    for (uint8_t how = next_byte(in), left = how % 5; left > 0; left--) {
        const uint8_t what = next_byte(in);
        if (what % 2 == 0) {
            put(element, name, cJSON_CreateString(tag_word(what / 2)), 2 + what % 8U);
        } else {
            put(element, what < 200 ? number : "output_tokens", next_scalar(in), 2 + what % 8U);
        }
    }
    return element;
}

static cJSON *next_list(input *in, const char *path) {
    cJSON *const list = cJSON_CreateArray();
    assert_non_null(list);
    for (uint8_t left = next_byte(in) % 5; left > 0; left--) {
        cJSON_AddItemToArray(list, next_byte(in) % 16 == 0 ? next_scalar(in) : next_element(in, path));
    }
    return list;
}

static cJSON *next_object(input *in, const char *path, unsigned levels) {
    cJSON *const object = cJSON_CreateObject();
    char name[PATH], below[2 * PATH];
    assert_non_null(object);
    for (uint8_t left = levels > 0 ? next_byte(in) % MEMBERS : 0; left > 0 && in->left > 0; left--) {
        const uint8_t how = next_byte(in);
        next_name(in, path, name);
        (void)snprintf(below, sizeof below, "%s%s[", path, name);
        cJSON *item = how < 200 && row_at(below, true) != NULL ? next_list(in, below) : NULL;
        below[strlen(below) - 1] = '/';
        item = item == NULL && how < 220 && row_at(below, true) != NULL ? next_object(in, below, levels - 1) : item;
        put(object, name, item != NULL ? item : next_scalar(in), how);
    }
    return object;
}

/* ---- the document of a tree */

/* A number that is whole and in range is written exactly; NaN and infinity are as far out of it as any. */
static void write_number(builder *to, double value) {
    const bool whole = floor(value) == value && fabs(value) <= 9007199254740991.0;
    if (isfinite(value)) {
        add_format(to, whole ? "%.0f" : "%.17g", value);
    } else {
        add(to, 1, "1e300");
    }
}

/* Values of a kind that JSON does not have are of a wrong type, as true is. Items of an object without a name are left out. */
static void write_item(builder *to, const cJSON *item) {
    const bool object = cJSON_IsObject(item);
    if (!object && !cJSON_IsArray(item)) {
        if (cJSON_IsNumber(item)) {
            write_number(to, item->valuedouble);
        } else if (cJSON_IsString(item)) {
            add_format(to, "\"%s\"", item->valuestring);
        } else {
            add(to, 1, cJSON_IsNull(item) ? "null" : "true");
        }
        return;
    }
    add(to, 1, object ? "{" : "[");
    bool comma = false;
    for (const cJSON *inner = item->child; inner != NULL; inner = inner->next) {
        if (object && inner->string == NULL) {
            continue;
        }
        add(to, comma, ",");
        comma = true;
        if (object) {
            add_format(to, "\"%s\":", inner->string);
        }
        write_item(to, inner);
    }
    add(to, 1, object ? "}" : "]");
}

static builder document_of(const cJSON *tree) {
    builder out = {NULL, 0, 0};
    write_item(&out, tree);
    return out;
}

/* Whether the table has something under this path: a count, an object or a list. */
static bool is_known(const char *path) {
    char below[4 * PATH];
    (void)snprintf(below, sizeof below, "%s/", path);
    bool known = row_at(path, false) != NULL || row_at(below, true) != NULL;
    below[strlen(below) - 1] = '[';
    return known || row_at(below, true) != NULL;
}

/* Writes the items that an update must keep, by their addresses, which it must not change: what the table does not know. */
static void write_kept(builder *to, const cJSON *object, const char *path) {
    char full[2 * PATH];
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        (void)snprintf(full, sizeof full, "%s%s", path, item->string != NULL ? item->string : "/");
        if (item->string == NULL || !is_known(full)) {
            builder value = document_of(item);
            add_format(to, "%s %p %d %s\n", full, (const void *)item, item->type, value.bytes);
            free(value.bytes);
        } else if (cJSON_IsObject(item)) {
            (void)snprintf(full, sizeof full, "%s%s/", path, item->string);
            write_kept(to, item, full);
        }
    }
}

static builder kept_of(const cJSON *tree) {
    builder out = {NULL, 0, 0};
    add(&out, 1, "kept\n");
    write_kept(&out, tree, "");
    return out;
}

static void expect_same_words(const char *what, builder *a, builder *b) {
    expect_words(what, a->bytes, b->bytes);
    free(a->bytes);
    free(b->bytes);
}

/* ---- what must hold */

static void expect_read(const cJSON *tree) {
    builder document = document_of(tree);
    tokusage got, want;
    tokusage_error got_error, want_error;
    spoil(&got, sizeof got);
    spoil(&want, sizeof want);
    const tokusage_status status = tokusage_from_cjson(tree, &got, &got_error);
    const tokusage_status wanted = tokusage_decode(document.bytes, document.length, &want, &want_error);
    expect_words(document.bytes, error_words(&want_error), error_words(&got_error));
    assert_int_equal(status, wanted);
    assert_int_equal(spoilt(&got, sizeof got), status != TOKUSAGE_OK);
    if (status == TOKUSAGE_OK) {
        expect_words(document.bytes, usage_words(&want), usage_words(&got));
    }
    expect_same_document("", built(&document));
    free(document.bytes);
}

/* Until it succeeds, one more allocation each time; before that it must fail and change nothing. */
static void expect_update(cJSON *tree, const tokusage *usage) {
    builder kept = kept_of(tree);
    tokusage_status status = TOKUSAGE_ERR_MEMORY;
    for (size_t nth = 0; status == TOKUSAGE_ERR_MEMORY; nth++) {
        builder before = document_of(tree);
        const size_t live = heap_live();
        assert_true(nth < 100);
        heap_fail(nth, nth % 2 == 0);
        status = tokusage_update_cjson(tree, usage);
        heap_fail(NEVER, false);
        builder after = document_of(tree);
        if (status != TOKUSAGE_OK) {
            assert_int_equal(heap_live(), live);
            expect_same_words("after a failure", &before, &after);
        } else {
            free(before.bytes);
            free(after.bytes);
        }
    }
    const bool in_range = tokusage_validate(usage, NULL) != TOKUSAGE_ERR_RANGE;
    assert_int_equal(status, in_range ? TOKUSAGE_OK : TOKUSAGE_ERR_RANGE);
    builder now = kept_of(tree);
    expect_same_words("what the table does not know", &kept, &now);
    if (status == TOKUSAGE_OK) {
        tokusage read;
        assert_int_equal(tokusage_from_cjson(tree, &read, NULL), TOKUSAGE_OK);
        expect_words("updated", usage_words(usage), usage_words(&read));
    }
    expect_read(tree);
}

/* The tree of a usage is what encode writes. */
static void expect_made(const tokusage *usage) {
    char encoded[TOKUSAGE_JSON_SIZE];
    cJSON *tree = NULL;
    for (size_t nth = 0; tree == NULL && nth < 64; nth++) {
        const size_t live = heap_live();
        heap_fail(nth, false);
        tree = tokusage_to_cjson(usage);
        heap_fail(NEVER, false);
        assert_true(tree != NULL || heap_live() == live);
    }
    const tokusage_status status = tokusage_encode(usage, encoded, sizeof encoded, NULL);
    assert_int_equal(tree != NULL, status == TOKUSAGE_OK);
    if (tree != NULL) {
        builder document = document_of(tree);
        expect_words("made", encoded, document.bytes);
        free(document.bytes);
        cJSON_Delete(tree);
    }
}

/* A reference is read like what it refers to, and never changed. */
static void expect_reference(cJSON *tree, const tokusage *usage) {
    cJSON *const reference = cJSON_CreateObjectReference(tree->child);
    assert_non_null(reference);
    expect_read(reference);
    builder before = document_of(tree);
    assert_int_equal(tokusage_update_cjson(reference, usage), TOKUSAGE_ERR_ARGUMENT);
    builder after = document_of(tree);
    expect_same_words("a reference", &before, &after);
    cJSON_Delete(reference);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {.at = data, .left = size};
    (void)watch_heap(NULL);
    const tokusage usage = next_usage(&in), second = next_usage(&in);
    cJSON *tree = next_object(&in, "", LEVELS);
    expect_read(tree);
    expect_reference(tree, &usage);
    expect_made(&usage);
    expect_update(tree, &usage);
    expect_update(tree, &second);
    cJSON_Delete(tree);
    assert_int_equal(unwatch_heap(NULL), 0);
    return 0;
}
