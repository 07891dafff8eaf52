/*
 * A quick look into JSON: strings are passed by their quotes, arrays and objects by their brackets.
 */
#include "usage_report.h"

#include <stdio.h>
#include <string.h>

bool json_is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool slice_is(slice one, const char *string) {
    return one.bytes && one.length == strlen(string) && memcmp(one.bytes, string, one.length) == 0;
}

static size_t string_span(const char *bytes, size_t length) {
    for (size_t at = 1; at < length;) {
        const char *const quote = memchr(bytes + at, '"', length - at);
        const size_t end = quote ? (size_t)(quote - bytes) : length;
        size_t escapes = 0;
        if (memchr(bytes + at, '\n', end - at)) {
            return JSON_BROKEN;
        }
        while (bytes[end - 1 - escapes] == '\\') {
            escapes++;
        }
        if (quote && escapes % 2 == 0) {
            return end + 1;
        }
        at = end + 1;
    }
    return 0;
}

static size_t brackets_span(const char *bytes, size_t length) {
    size_t depth = 0;
    for (size_t at = 0, span = 1; at < length; at += span) {
        span = bytes[at] == '"' ? string_span(bytes + at, length - at) : 1;
        if (span == 0 || span == JSON_BROKEN) {
            return span;
        }
        depth += bytes[at] == '{' || bytes[at] == '[';
        if ((bytes[at] == '}' || bytes[at] == ']') && --depth == 0) {
            return at + 1;
        }
    }
    return 0;
}

size_t json_span(slice of) {
    size_t span = 0;
    if (of.length > 0 && *of.bytes == '"') {
        return string_span(of.bytes, of.length);
    }
    if (of.length > 0 && (*of.bytes == '{' || *of.bytes == '[')) {
        return brackets_span(of.bytes, of.length);
    }
    while (span < of.length && !json_is_space(of.bytes[span]) && !memchr(",:{}[]\"", of.bytes[span], 7)) {
        span++;
    }
    return span > 0 || of.length == 0 ? span : JSON_BROKEN;
}

/* ---- members */

static slice after(slice of, size_t length) {
    do {
        of.bytes += length;
        of.length -= length;
        length = 1;
    } while (of.length > 0 && json_is_space(*of.bytes));
    return of;
}

slice json_inside(slice value) {
    return value.length > 1 && (*value.bytes == '{' || *value.bytes == '[') ? after(value, 1) : (slice){"", 0};
}

/* A value, and the separator after it. */
static bool take(slice *from, slice *value, char separator) {
    const size_t span = json_span(*from);
    if (span == 0 || span == JSON_BROKEN) {
        return false;
    }
    *value = (slice){from->bytes, span};
    *from = after(*from, span);
    const bool separated = from->length > 0 && *from->bytes == separator;
    *from = separated ? after(*from, 1) : *from;
    return separated || separator == ',';
}

bool json_next(slice *inside, slice *name, slice *value) {
    return (!name || take(inside, name, ':')) && take(inside, value, ',');
}

/* Whether a member's name, quotes and escapes as written, is a pointer's part. */
static bool is_named(slice name, const char *part, size_t length) {
    return name.length == length + 2 && memcmp(name.bytes + 1, part, length) == 0;
}

slice json_find(slice in, const char *pointer) {
    if (strchr(pointer, '~')) { /* escapes, which the library knows */
        slice value = {NULL, 0};
        tokusage_find(in.bytes, in.length, pointer, &value.bytes, &value.length, NULL);
        return slice_is(value, "null") ? (slice){NULL, 0} : value;
    }
    while (*pointer == '/') {
        slice inside = json_inside(in);
        slice name = {NULL, 0};
        bool found = false;
        if (in.length == 0 || *in.bytes != '{') {
            return (slice){NULL, 0};
        }
        const size_t length = strcspn(pointer + 1, "/");
        while (!found && json_next(&inside, &name, &in)) {
            found = is_named(name, pointer + 1, length);
        }
        if (!found) {
            return (slice){NULL, 0};
        }
        pointer += 1 + length;
    }
    return slice_is(in, "null") ? (slice){NULL, 0} : in;
}

bool json_count(slice value, int64_t *count) {
    char object[128];
    tokusage usage = {.total_tokens = {.present = false}};
    if (!value.bytes || value.length > 64) {
        return false;
    }
    const int length = snprintf(object, sizeof object, "{\"total_tokens\":%.*s}", (int)value.length, value.bytes);
    tokusage_decode(object, (size_t)length, &usage, NULL);
    *count = usage.total_tokens.value;
    return usage.total_tokens.present;
}
