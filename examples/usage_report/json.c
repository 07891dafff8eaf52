/*
 * A look into a text: strings are passed by their quotes, arrays and objects by their brackets.
 */
#include "json.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <tokusage.h>

bool json_is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool slice_is(slice one, const char *string) {
    return one.bytes && one.length == strlen(string) && memcmp(one.bytes, string, one.length) == 0;
}

/* ---- spans */

static size_t string_span(const char *bytes, size_t length) {
    for (size_t at = 1; at < length;) {
        const char *const quote = memchr(bytes + at, '"', length - at);
        const size_t end = quote ? (size_t)(quote - bytes) : length;
        if (memchr(bytes + at, '\n', end - at)) {
            return JSON_BROKEN;
        }
        size_t escapes = 0;
        while (escapes < end && bytes[end - 1 - escapes] == '\\') {
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
    for (size_t at = 0; at < length; at++) {
        switch (bytes[at]) {
        case '"': {
            const size_t span = string_span(bytes + at, length - at);
            if (span == 0 || span == JSON_BROKEN) {
                return span;
            }
            at += span - 1;
            break;
        }
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            if (--depth == 0) {
                return at + 1;
            }
            break;
        default:
            break;
        }
    }
    return 0;
}

static size_t word_span(const char *bytes, size_t length) {
    size_t span = 0;
    while (span < length && !json_is_space(bytes[span]) && !memchr(",:{}[]\"", bytes[span], 7)) {
        span++;
    }
    return span > 0 ? span : JSON_BROKEN;
}

size_t json_span(const char *bytes, size_t length) {
    if (length == 0) {
        return 0;
    }
    switch (*bytes) {
    case '{':
    case '[':
        return brackets_span(bytes, length);
    case '"':
        return string_span(bytes, length);
    default:
        return word_span(bytes, length);
    }
}

/* ---- members */

static slice without_space(slice of) {
    while (of.length > 0 && json_is_space(*of.bytes)) {
        of.bytes++;
        of.length--;
    }
    return of;
}

slice json_inside(slice value) {
    const slice of = without_space(value);
    const bool brackets = of.length > 1 && (*of.bytes == '{' || *of.bytes == '[');
    return brackets ? (slice){of.bytes + 1, of.length - 1} : (slice){"", 0};
}

/* A value, and the separator behind it. */
static bool take(slice *from, slice *value, char separator) {
    const slice at = without_space(*from);
    const size_t span = json_span(at.bytes, at.length);
    if (span == 0 || span == JSON_BROKEN) {
        return false;
    }
    *value = (slice){at.bytes, span};
    *from = without_space((slice){at.bytes + span, at.length - span});
    const bool separated = from->length > 0 && *from->bytes == separator;
    from->bytes += separated;
    from->length -= separated;
    return separated || separator == ',';
}

bool json_next(slice *inside, slice *name, slice *value) {
    return (!name || take(inside, name, ':')) && take(inside, value, ',');
}

/* Whether a member's name, quotes and escapes as they stand, is that of a pointer's part, in which ~1 is / and ~0 is ~. */
static bool is_named(slice name, const char *part, size_t length) {
    if (name.length < 2 || (!memchr(name.bytes, '\\', name.length) && !memchr(part, '~', length))) {
        return name.length == length + 2 && memcmp(name.bytes + 1, part, length) == 0;
    }
    text seen = {.bytes = NULL};
    text wanted = {.bytes = NULL};
    text_decode(&seen, name.bytes + 1, name.length - 2);
    for (size_t at = 0; at < length; at++) {
        const bool escape = part[at] == '~';
        text_byte(&wanted, !escape ? part[at] : part[at + 1] == '1' ? '/' : '~');
        at += escape;
    }
    const bool same = text_equal(&seen, wanted.bytes, wanted.used);
    text_free(&seen);
    text_free(&wanted);
    return same;
}

slice json_find(slice in, const char *pointer) {
    while (*pointer == '/') {
        const char *const part = pointer + 1;
        const size_t length = strcspn(part, "/");
        slice inside = json_inside(in);
        slice name = {NULL, 0};
        bool found = false;
        const bool object = in.length > 0 && *without_space(in).bytes == '{';
        while (object && !found && json_next(&inside, &name, &in)) {
            found = is_named(name, part, length);
        }
        if (!found) {
            return (slice){NULL, 0};
        }
        pointer = part + length;
    }
    return slice_is(in, "null") ? (slice){NULL, 0} : in;
}

bool json_number(slice value, int64_t *number) {
    char object[128];
    tokusage usage = {.total_tokens = {.present = false}};
    if (!value.bytes || value.length > 64) {
        return false;
    }
    const int length = snprintf(object, sizeof object, "{\"total_tokens\":%.*s}", (int)value.length, value.bytes);
    tokusage_decode(object, (size_t)length, &usage, NULL);
    *number = usage.total_tokens.value;
    return usage.total_tokens.present;
}
