/*
 * Usage <-> JSON text and cJSON trees: the only file that includes cJSON. The scanner checks a text and finds the
 * place; what stands there is read by object.c's plain reader or, by way of a digest, by cJSON. What a count in a tree
 * may be is said in one function, read_count; what counts mean together is usage.c's business.
 */
#include "chars.h"
#include "error.h"
#include "object.h"
#include "scan.h"
#include "usage.h"

#include <cJSON.h>
#include <string.h>

/* ---- from a tree */

/* The range comes first, so that the conversion to an integer is defined; NaN is not in it. */
static tokusage_status read_count(const cJSON *item, tokusage_count *count) {
    if (cJSON_IsNull(item)) {
        return TOKUSAGE_OK;
    }
    if (!cJSON_IsNumber(item)) {
        return TOKUSAGE_ERR_TYPE;
    }
    const double value = item->valuedouble;
    if (!(value >= 0 && value <= (double)TOKUSAGE_COUNT_MAX)) {
        return TOKUSAGE_ERR_RANGE;
    }
    const int64_t whole = (int64_t)value;
    if ((double)whole != value) {
        return TOKUSAGE_ERR_INTEGER;
    }
    *count = (tokusage_count){.present = true, .value = whole};
    return TOKUSAGE_OK;
}

/* TOKUSAGE_MEMBERS for an item that is none, or has no name (an array's). */
static size_t member_of(const cJSON *item) {
    return item->string ? tokusage_member_find(item->string, strlen(item->string)) : TOKUSAGE_MEMBERS;
}

tokusage_status tokusage_from_cjson(const struct cJSON *object, tokusage *usage, tokusage_error *error) {
    if (!usage) {
        return tokusage_report(error, TOKUSAGE_ERR_ARGUMENT, NULL);
    }
    if (!object || cJSON_IsNull(object)) {
        return tokusage_report(error, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_MEMBER_USAGE);
    }
    if (!cJSON_IsObject(object)) {
        return tokusage_report(error, TOKUSAGE_ERR_TYPE, TOKUSAGE_MEMBER_USAGE);
    }
    tokusage read = {.total_tokens = {.present = false}};
    bool given[TOKUSAGE_MEMBERS] = {false};
    for (const cJSON *item = object->child; item; item = item->next) {
        const size_t member = member_of(item);
        if (member == TOKUSAGE_MEMBERS) {
            continue;
        }
        const tokusage_status status =
            given[member] ? TOKUSAGE_ERR_DUPLICATE : read_count(item, tokusage_member_slot(&read, member));
        if (status != TOKUSAGE_OK) {
            return tokusage_report(error, status, tokusage_member_name(member));
        }
        given[member] = true;
    }
    *usage = read;
    return tokusage_report(error, TOKUSAGE_OK, NULL);
}

/* ---- from a text */

/* A text within a text; offset is where it begins there. */
typedef struct slice {
    const char *text;
    size_t length;
    size_t offset;
} slice;

/* How many bytes of a byte-order mark the text begins with. */
static size_t byte_order_mark(const char *json, size_t length) {
    size_t matched = 0;
    while (matched < TOKUSAGE_BYTE_ORDER_MARK_LENGTH && matched < length &&
           json[matched] == TOKUSAGE_BYTE_ORDER_MARK[matched]) {
        matched++;
    }
    return matched;
}

/* Scans the whole text; `scan` is CLOSED, or in error, afterwards. Returns how far the text was good. */
static size_t scan_text(tokusage_scan *scan, const char *json, size_t length, const char *pointer) {
    const size_t mark = byte_order_mark(json, length);
    const size_t begin = mark == TOKUSAGE_BYTE_ORDER_MARK_LENGTH ? mark : 0;
    tokusage_scan_begin(scan, pointer);
    const size_t read = begin + tokusage_scan_feed(scan, NULL, json + begin, length - begin);
    if (read == length) {
        tokusage_scan_end(scan, NULL);
    }
    return read > mark ? read : mark;
}

/* Finds what stands at the pointer of a text that must be JSON to its end; `member` is what an error calls it. */
static tokusage_status locate(const char *json, size_t length, const char *pointer, const char *member, slice *found,
                              tokusage_error *error) {
    tokusage_scan scan;
    *found = (slice){.text = ""};
    const size_t read = scan_text(&scan, json, length, pointer);
    const tokusage_scan_result result = tokusage_scan_result_of(&scan);
    if (result != TOKUSAGE_SCAN_CLOSED) {
        const bool deep = result == TOKUSAGE_SCAN_DEPTH;
        return tokusage_report_at(error, deep ? TOKUSAGE_ERR_DEPTH : TOKUSAGE_ERR_SYNTAX, read);
    }
    const size_t after = read + tokusage_space_span(json + read, length - read);
    if (after < length) {
        return tokusage_report_at(error, TOKUSAGE_ERR_SYNTAX, after);
    }
    if (scan.duplicate) {
        return tokusage_report(error, TOKUSAGE_ERR_DUPLICATE, member);
    }
    if (!scan.found) {
        return tokusage_report(error, TOKUSAGE_ERR_NOT_FOUND, member);
    }
    const size_t offset = byte_order_mark(json, length) + (size_t)scan.begin;
    *found = (slice){.text = json + offset, .length = (size_t)(scan.end - scan.begin), .offset = offset};
    return tokusage_report(error, TOKUSAGE_OK, NULL);
}

tokusage_status tokusage_find(const char *json, size_t length, const char *pointer, const char **value,
                              size_t *value_length, tokusage_error *error) {
    if (!json || !value || !value_length || !pointer || !tokusage_pointer_valid(pointer)) {
        return tokusage_report(error, TOKUSAGE_ERR_ARGUMENT, NULL);
    }
    slice found;
    const tokusage_status status = locate(json, length, pointer, NULL, &found, error);
    if (status == TOKUSAGE_OK) {
        *value = found.text;
        *value_length = found.length;
    }
    return status;
}

static tokusage_status read_digest(const char *digest, size_t length, tokusage *usage, tokusage_error *error) {
    cJSON *const tree = cJSON_ParseWithLength(digest, length);
    if (!tree) {
        return tokusage_report(error, TOKUSAGE_ERR_MEMORY, NULL);
    }
    const tokusage_status status = tokusage_from_cjson(tree, usage, error);
    cJSON_Delete(tree);
    return status;
}

/* An object that is JSON, but not plain, goes by its digest through cJSON. */
static tokusage_status read_through_cjson(slice object, tokusage *usage, tokusage_error *error) {
    char *const digest = cJSON_malloc(tokusage_digest_room(object.length));
    if (!digest) {
        return tokusage_report(error, TOKUSAGE_ERR_MEMORY, NULL);
    }
    size_t length = 0;
    tokusage_status status = tokusage_object_digest(object.text, digest, &length, error);
    if (status == TOKUSAGE_OK) {
        status = read_digest(digest, length, usage, error);
    } else if (status == TOKUSAGE_ERR_SYNTAX && error) {
        error->offset += object.offset;
    }
    cJSON_free(digest);
    return status;
}

tokusage_status tokusage_extract(const char *json, size_t length, const char *pointer, tokusage *usage,
                                 tokusage_error *error) {
    const char *const place = pointer ? pointer : TOKUSAGE_POINTER_DEFAULT;
    if (!json || !usage || !tokusage_pointer_valid(place)) {
        return tokusage_report(error, TOKUSAGE_ERR_ARGUMENT, NULL);
    }
    slice object;
    const tokusage_status status = locate(json, length, place, TOKUSAGE_MEMBER_USAGE, &object, error);
    if (status != TOKUSAGE_OK) {
        return status;
    }
    if (*object.text == 'n') {
        return tokusage_report(error, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_MEMBER_USAGE);
    }
    if (*object.text != '{') {
        return tokusage_report(error, TOKUSAGE_ERR_TYPE, TOKUSAGE_MEMBER_USAGE);
    }
    if (tokusage_object_plain(object.text, object.length, usage)) {
        return tokusage_report(error, TOKUSAGE_OK, NULL);
    }
    return read_through_cjson(object, usage, error);
}

tokusage_status tokusage_decode(const char *json, size_t length, tokusage *usage, tokusage_error *error) {
    if (json && usage && tokusage_object_plain(json, length, usage)) {
        return tokusage_report(error, TOKUSAGE_OK, NULL);
    }
    return tokusage_extract(json, length, "", usage, error);
}

/* ---- to a text: byte for byte what cJSON would print if it printed integers exactly; a test holds it against cJSON */

static char *put(char *to, const char *text, size_t length) {
    memcpy(to, text, length);
    return to + length;
}

static char *put_member(char *to, size_t member, int64_t value) {
    const char *const name = tokusage_member_name(member);
    to = put(to, "\"", 1);
    to = put(to, name, strlen(name));
    to = put(to, "\":", 2);
    return to + tokusage_decimal(value, to);
}

/* Returns the length. */
static size_t print(const tokusage *usage, char text[TOKUSAGE_JSON_SIZE]) {
    char *to = put(text, "{", 1);
    for (size_t member = 0; member < TOKUSAGE_MEMBERS; member++) {
        const tokusage_count *const count = tokusage_member_count(usage, member);
        if (count->present) {
            to = put(to, ",", to > text + 1);
            to = put_member(to, member, count->value);
        }
    }
    to = put(to, "}", 2);
    return (size_t)(to - text) - 1;
}

tokusage_status tokusage_encode(const tokusage *usage, char *buffer, size_t size, size_t *length) {
    if (!usage || (!buffer && size > 0)) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    if (tokusage_check_range(usage, NULL) != TOKUSAGE_OK) {
        return TOKUSAGE_ERR_RANGE;
    }
    char text[TOKUSAGE_JSON_SIZE];
    const size_t printed = print(usage, text);
    if (length) {
        *length = printed;
    }
    if (size <= printed) {
        return TOKUSAGE_ERR_SPACE;
    }
    memcpy(buffer, text, printed + 1);
    return TOKUSAGE_OK;
}

/* ---- to a tree */

static cJSON *add_count(cJSON *object, size_t member, int64_t value) {
    return cJSON_AddNumberToObject(object, tokusage_member_name(member), (double)value);
}

struct cJSON *tokusage_to_cjson(const tokusage *usage) {
    if (!usage || tokusage_check_range(usage, NULL) != TOKUSAGE_OK) {
        return NULL;
    }
    cJSON *object = cJSON_CreateObject();
    for (size_t member = 0; object && member < TOKUSAGE_MEMBERS; member++) {
        const tokusage_count *const count = tokusage_member_count(usage, member);
        if (count->present && !add_count(object, member, count->value)) {
            cJSON_Delete(object);
            object = NULL;
        }
    }
    return object;
}

/* The first of `item` and those behind it that is the member. */
static cJSON *find(cJSON *item, size_t member) {
    while (item && member_of(item) != member) {
        item = item->next;
    }
    return item;
}

/* Makes an item for each present count that no number stands ready for; false when memory fails. */
static bool make_items(const cJSON *object, const tokusage *usage, cJSON *made) {
    for (size_t member = 0; member < TOKUSAGE_MEMBERS; member++) {
        const tokusage_count *const count = tokusage_member_count(usage, member);
        const bool ready = cJSON_IsNumber(find(object->child, member));
        if (count->present && !ready && !add_count(made, member, count->value)) {
            return false;
        }
    }
    return true;
}

static void remove_from(cJSON *object, cJSON *item, size_t member) {
    while ((item = find(item, member)) != NULL) {
        cJSON *const next = item->next;
        cJSON_Delete(cJSON_DetachItemViaPointer(object, item));
        item = next;
    }
}

/* Sets one present count: in the number that stands there, or by the item made for it. Returns the item. */
static cJSON *set_count(cJSON *object, cJSON *made, size_t member, int64_t value) {
    cJSON *const old = find(object->child, member);
    cJSON *const fresh = find(made->child, member);
    if (!fresh) {
        cJSON_SetNumberHelper(old, (double)value);
        return old;
    }
    cJSON_DetachItemViaPointer(made, fresh);
    if (old) {
        cJSON_ReplaceItemViaPointer(object, old, fresh);
    } else {
        cJSON_AddItemToArray(object, fresh);
    }
    return fresh;
}

/* The first item leads back to the last; cJSON 1.7.13 forgets that when the last is replaced or removed. */
static void link_last(const cJSON *object) {
    cJSON *last = object->child;
    while (last && last->next) {
        last = last->next;
    }
    if (last) {
        object->child->prev = last;
    }
}

/* All allocation comes first, aside of the object, so that nothing can fail once it is touched. */
tokusage_status tokusage_update_cjson(struct cJSON *object, const tokusage *usage) {
    if (!object || !usage || (object->type & cJSON_IsReference) != 0) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    if (!cJSON_IsObject(object)) {
        return TOKUSAGE_ERR_TYPE;
    }
    if (tokusage_check_range(usage, NULL) != TOKUSAGE_OK) {
        return TOKUSAGE_ERR_RANGE;
    }
    cJSON made = {.type = cJSON_Object};
    if (!make_items(object, usage, &made)) {
        cJSON_Delete(made.child);
        return TOKUSAGE_ERR_MEMORY;
    }
    for (size_t member = 0; member < TOKUSAGE_MEMBERS; member++) {
        const tokusage_count *const count = tokusage_member_count(usage, member);
        cJSON *const kept = count->present ? set_count(object, &made, member, count->value) : NULL;
        remove_from(object, kept ? kept->next : object->child, member);
        link_last(object);
    }
    return TOKUSAGE_OK;
}
