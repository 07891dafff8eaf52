/*
 * Usage out of whole JSON texts, and into them. The scanner checks a text, and `reading` finds what is in it. This file
 * has the order of the errors and the form that is written.
 */
#include "chars.h"
#include "error.h"
#include "scan.h"

#include <string.h>

enum {
    NAME_MAX_BYTES = 63 /* of a name in a pointer, after ~0 and ~1 are resolved */
};

bool tokusage_pointer_valid(const char *pointer) {
    if (!pointer || (*pointer != '\0' && *pointer != '/')) {
        return false;
    }
    unsigned length = 0;
    for (; *pointer != '\0'; pointer++) {
        const bool escaped = *pointer == '~';
        if (escaped && pointer[1] != '0' && pointer[1] != '1') {
            return false;
        }
        length = *pointer == '/' ? 0 : length + 1;
        if (length > NAME_MAX_BYTES) {
            return false;
        }
        pointer += escaped;
    }
    return true;
}

/* ---- reading */

/* How many bytes of a byte-order mark the text begins with. */
static size_t byte_order_mark(const char *json, size_t length) {
    size_t matched = 0;
    while (matched < length && tokusage_mark_goes_on(matched, json[matched])) {
        matched++;
    }
    return matched;
}

/* Reads the whole text; nothing except white space may stand behind it. */
static tokusage_status read_text(tokusage_reading *reading, const char *json, size_t length, tokusage_error *error) {
    const size_t mark = byte_order_mark(json, length);
    size_t at = mark == TOKUSAGE_BYTE_ORDER_MARK_LENGTH ? mark : 0;
    tokusage_scan scan;
    tokusage_scan_begin(&scan);
    at += tokusage_scan_feed(&scan, reading, json + at, length - at, false);
    if (at == length) {
        tokusage_scan_end(&scan, reading);
    }
    if (scan.state == SCAN_TOO_DEEP) {
        return tokusage_fail_at(error, TOKUSAGE_ERR_DEPTH, at);
    }
    if (scan.state == SCAN_CLOSED) {
        at += tokusage_space_span(json + at, length - at);
        if (at == length) {
            return TOKUSAGE_OK;
        }
    }
    return tokusage_fail_at(error, TOKUSAGE_ERR_SYNTAX, at > mark ? at : mark);
}

tokusage_status tokusage_extract(const char *json, size_t length, const char *pointer, tokusage *usage,
                                 tokusage_error *error) {
    if (!json || !usage || (pointer && !tokusage_pointer_valid(pointer))) {
        return tokusage_fail(error, TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_NO_MEMBER);
    }
    tokusage_reading reading;
    tokusage_reading_begin(&reading, pointer, READ_TEXT, NULL);
    const tokusage_status status = read_text(&reading, json, length, error);
    if (status != TOKUSAGE_OK) {
        return status;
    }
    if (reading.twice) {
        return tokusage_fail(error, TOKUSAGE_ERR_DUPLICATE, TOKUSAGE_OBJECT);
    }
    const tokusage_slots *const slots = tokusage_reading_slots(&reading);
    if (!slots) {
        return tokusage_fail(error, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_OBJECT);
    }
    return tokusage_slots_usage(slots, usage, error);
}

tokusage_status tokusage_decode(const char *json, size_t length, tokusage *usage, tokusage_error *error) {
    return tokusage_extract(json, length, "", usage, error);
}

/* The length of a value in a text that is known to be JSON: the scanner stops behind the value. */
static size_t value_length(const char *value, size_t rest) {
    tokusage_reading reading;
    tokusage_scan scan;
    tokusage_reading_begin(&reading, "", READ_VALUE, NULL);
    tokusage_scan_begin(&scan);
    return tokusage_scan_feed(&scan, &reading, value, rest, false);
}

tokusage_status tokusage_find(const char *json, size_t length, const char *pointer, const char **value,
                              size_t *value_length_out, tokusage_error *error) {
    if (!json || !value || !value_length_out || !tokusage_pointer_valid(pointer)) {
        return tokusage_fail(error, TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_NO_MEMBER);
    }
    tokusage_reading reading;
    tokusage_reading_begin(&reading, pointer, READ_VALUE, NULL);
    const tokusage_status status = read_text(&reading, json, length, error);
    if (status != TOKUSAGE_OK) {
        return status;
    }
    if (reading.twice) {
        return tokusage_fail(error, TOKUSAGE_ERR_DUPLICATE, TOKUSAGE_NO_MEMBER);
    }
    if (!reading.value) {
        return tokusage_fail(error, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_NO_MEMBER);
    }
    *value = reading.value;
    *value_length_out = value_length(reading.value, length - (size_t)(reading.value - json));
    return tokusage_succeed(error);
}

/* ---- writing */

static char *put(char *to, const char *text, size_t length) {
    memcpy(to, text, length);
    return to + length;
}

/* Writes a member's name and colon, and a comma before them if it is not the first in its object. */
static char *put_name(char *to, const char *name) {
    to = put(to, ",\"", 2);
    if (to[-3] == '{') {
        to[-2] = '"';
        to--;
    }
    to = put(to, name, strlen(name));
    return put(to, "\":", 2);
}

/* Writes the counts from `first` to `last` that are present. */
static char *put_counts(char *to, const tokusage *usage, size_t first, size_t last) {
    for (size_t i = first; i <= last; i++) {
        const tokusage_count *const count = tokusage_count_at(usage, i);
        if (count->present) {
            to = put_name(to, tokusage_member_name(i));
            to += tokusage_decimal(count->value, to);
        }
    }
    return to;
}

/* Writes an object of the counts from `first` to `last`, if one is present. */
static char *put_details(char *to, const tokusage *usage, const char *name, size_t first, size_t last) {
    if (!tokusage_count_at(usage, first)->present && !tokusage_count_at(usage, last)->present) {
        return to;
    }
    to = put_name(to, name);
    to = put(to, "{", 1);
    to = put_counts(to, usage, first, last);
    return put(to, "}", 1);
}

/* Writes the usage and a NUL. Returns the length without NUL. */
static size_t print(const tokusage *usage, char text[TOKUSAGE_JSON_SIZE]) {
    char *to = put(text, "{", 1);
    to = put_counts(to, usage, TOKUSAGE_PROMPT, TOKUSAGE_TOTAL);
    to = put_details(to, usage, TOKUSAGE_PROMPT_DETAILS, TOKUSAGE_CACHED, TOKUSAGE_CACHE_WRITE);
    to = put_details(to, usage, TOKUSAGE_COMPLETION_DETAILS, TOKUSAGE_REASONING, TOKUSAGE_REASONING);
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
