/*
 * Values of a JSON document. The library reads it, and says whether it is one and what it has used; here is only what is
 * between the members of an object and the elements of an array.
 */
#include "usage_report.h"

#include <string.h>

bool json_is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What follows so many bytes and white space. */
static slice after(slice of, size_t length) {
    of.bytes += length;
    of.length -= length;
    while (of.length > 0 && json_is_space(*of.bytes)) {
        of.bytes++;
        of.length--;
    }
    return of;
}

slice json_trim(slice of) {
    of = after(of, 0);
    while (of.length > 0 && json_is_space(of.bytes[of.length - 1])) {
        of.length--;
    }
    return of;
}

bool json_is(slice value, char first) {
    return value.length > 0 && *value.bytes == first;
}

slice json_inside(slice string) {
    return json_is(string, '"') && string.length > 1 ? (slice){string.bytes + 1, string.length - 2} : (slice){NULL, 0};
}

bool json_is_number(slice value) {
    return value.length > 0 && memchr("-0123456789", *value.bytes, 11);
}

size_t json_span(slice of) {
    tokusage_error error;
    const tokusage_status status = tokusage_find_all(of.bytes, of.length, NULL, 0, &error);
    return status == TOKUSAGE_OK                                       ? of.length
           : status == TOKUSAGE_ERR_SYNTAX && error.offset < of.length ? error.offset
                                                                       : 0;
}

slice json_open(slice value) {
    return json_is(value, '{') || json_is(value, '[') ? after(value, 1) : (slice){NULL, 0};
}

/* Up to the quote that no backslash is before; 0: there is none. */
static size_t string_span(slice of) {
    for (size_t at = 1; at < of.length;) {
        const char *const quote = memchr(of.bytes + at, '"', of.length - at);
        const size_t end = quote ? (size_t)(quote - of.bytes) : of.length;
        size_t escapes = 0;
        while (of.bytes[end - 1 - escapes] == '\\') {
            escapes++;
        }
        if (quote && escapes % 2 == 0) {
            return end + 1;
        }
        at = end + 1;
    }
    return 0;
}

/* Only the end matters here: whether it is JSON, the library says. */
size_t json_skip(slice of) {
    static const bool marks[256] = {['"'] = true, ['{'] = true, ['['] = true, ['}'] = true, [']'] = true};
    size_t depth = 0;
    size_t at = 0;
    while (at < of.length && !marks[(unsigned char)of.bytes[at]] && of.bytes[at] != ',' &&
           !json_is_space(of.bytes[at])) {
        at++; /* of a number, true, false or null */
    }
    while (at < of.length && (at == 0 || depth > 0)) {
        const char c = of.bytes[at];
        if (c == '"') {
            const size_t span = string_span((slice){of.bytes + at, of.length - at});
            at += span > 0 ? span - 1 : of.length - at - 1;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        for (at++; depth > 0 && at < of.length && !marks[(unsigned char)of.bytes[at]]; at++) {
        }
    }
    return depth == 0 ? at : 0;
}

bool json_next(slice *inside, slice *name, slice *value) {
    slice rest = *inside;
    if (name) {
        size_t span = json_is(rest, '"') ? string_span(rest) : 0;
        *name = (slice){rest.bytes + 1, span > 0 ? span - 2 : 0};
        rest = after(rest, span);
        if (span == 0 || !json_is(rest, ':')) {
            return false;
        }
        rest = after(rest, 1);
    }
    const size_t span = json_is(rest, ']') ? 0 : json_skip(rest);
    *value = (slice){rest.bytes, span};
    rest = after(rest, span);
    const bool more = json_is(rest, ',');
    *inside = more ? after(rest, 1) : rest;
    return span > 0 && (more || json_is(rest, '}') || json_is(rest, ']'));
}

bool json_attribute(slice *inside, slice *name, slice *value) {
    slice type = {NULL, 0};
    while (json_is(*inside, '{') && json_next(inside, NULL, value)) {
        slice typed = json_open(json_at(*value, "/value"));
        *name = json_inside(json_at(*value, "/key"));
        if (json_next(&typed, &type, value)) {
            return true;
        }
    }
    return json_is(*inside, '"') && json_next(inside, name, value);
}

/* ---- documents */

static bool name_is(slice name, const char *wanted, size_t length) {
    if (name.length <= length || !memchr(name.bytes, '\\', name.length)) {
        return name.length == length && memcmp(name.bytes, wanted, length) == 0;
    }
    text plain = {.bytes = NULL};
    text_decode(&plain, name);
    const bool same = plain.used == length && memcmp(plain.bytes, wanted, length) == 0;
    text_free(&plain);
    return same;
}

/* Names that differ in this differ, unless they have escapes. */
static uint64_t mark_of(const char *name, size_t length) {
    return UINT64_C(1) << ((length > 0 ? 3 * (unsigned char)*name : 0U) + 5 * length) % 64;
}

/* The members of a document are read when they are asked for. */
static bool read_member(document *in) {
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    if (!in->rest.bytes || !json_next(&in->rest, &name, &value)) {
        in->rest.bytes = NULL;
        return false;
    }
    if (in->count == in->room) {
        in->room = in->room > 0 ? 2 * in->room : 64;
        in->members = memory_resize(in->members, in->room * sizeof *in->members);
    }
    in->members[in->count].name = name;
    in->members[in->count++].value = value;
    in->marks |= memchr(name.bytes, '\\', name.length) ? UINT64_MAX : mark_of(name.bytes, name.length);
    return true;
}

/* The first member with this name. */
static slice member_of(document *in, slice object, const char *name, size_t length) {
    slice found = {NULL, 0};
    slice value = {NULL, 0};
    if (!in || object.bytes != in->whole.bytes) {
        for (slice inside = json_open(object); json_attribute(&inside, &found, &value);) {
            if (name_is(found, name, length)) {
                return value;
            }
        }
        return (slice){NULL, 0};
    }
    const bool may_be = in->rest.bytes || (in->marks & mark_of(name, length)) != 0;
    for (size_t i = 0; may_be && (i < in->count || read_member(in)); i++) {
        if (name_is(in->members[i].name, name, length)) {
            return in->members[i].value;
        }
    }
    return (slice){NULL, 0};
}

static slice find(document *in, slice value, const char *pointer, size_t length) {
    const char *const end = pointer + length;
    while (pointer < end && value.bytes) {
        const char *const name = pointer + 1;
        const char *const slash = memchr(name, '/', (size_t)(end - name));
        const char *const tilde = memchr(name, '~', (size_t)(end - name));
        pointer = slash ? slash : end;
        if (!tilde || tilde > pointer) {
            value = member_of(in, value, name, (size_t)(pointer - name));
            continue;
        }
        text plain = {.bytes = NULL};
        for (const char *at = name; at < pointer; at++) {
            at += *at == '~';
            text_bytes(&plain, at[-1] != '~' ? at : *at == '1' ? "/" : "~", 1);
        }
        value = member_of(in, value, plain.bytes, plain.used);
        text_free(&plain);
    }
    return slice_is(value, "null") ? (slice){NULL, 0} : value;
}

slice json_at(slice value, const char *pointer) {
    return find(NULL, value, pointer, strlen(pointer));
}

slice document_one(document *in, const char *pointer) {
    return find(in, in->whole, pointer, strlen(pointer));
}

slice document_at(document *in, const char *pointers) {
    slice value = {NULL, 0};
    while (pointers && *pointers == '/' && !value.bytes) {
        const size_t span = strcspn(pointers, " =");
        value = find(in, in->whole, pointers, span);
        pointers += span + (pointers[span] == ' ');
    }
    return value;
}

bool document_has(document *in, const char *pointers) {
    bool has = false;
    while (!has && *pointers == '/') {
        const size_t span = strcspn(pointers, " ");
        has = member_of(in, in->whole, pointers + 1, span - 1).bytes != NULL;
        pointers += span + (pointers[span] == ' ');
    }
    return has;
}

static bool is_after(const char *end, const char *begin, const char *word) {
    const size_t length = strlen(word);
    return (size_t)(end - begin) > length && memcmp(end - length, word, length) == 0;
}

/* Where the only usage is, if it is named so. False: there may be several documents. */
static bool look_over(document *in, slice of) {
    const char *const end = of.bytes + of.length;
    size_t found = 0;
    in->found = (slice){NULL, 0};
    for (const char *at = of.bytes + 1; at < end && (at = memchr(at, '{', (size_t)(end - at))) != NULL; at++) {
        const char *before = at;
        while (json_is_space(before[-1])) {
            before--;
        }
        if (before[-1] == '}') {
            return false;
        }
        if (before[-1] == ':' &&
            (is_after(before, of.bytes, "\"usage\":") || is_after(before, of.bytes, "Metadata\":"))) {
            in->found = found++ == 0 ? (slice){at, (size_t)(end - at)} : (slice){NULL, 0};
        }
    }
    return true;
}

static bool read_whole(document *in, const char *pointer, slice whole) {
    in->whole = whole;
    in->rest = json_open(whole);
    in->count = 0;
    in->marks = 0;
    tokusage_stream_init(&in->stream, pointer);
    if (json_is(whole, '[')) {
        return json_span(whole) == whole.length;
    }
    tokusage_stream_feed(&in->stream, whole.bytes, whole.length);
    in->verdict = tokusage_stream_verdict(&in->stream, true, &in->usage, &in->error);
    return json_is(whole, '{') && in->verdict != TOKUSAGE_UNREADABLE && in->verdict != TOKUSAGE_TRUNCATED;
}

bool document_open(document *in, const char *pointer, slice from, slice *rest) {
    *rest = (slice){NULL, 0};
    if (look_over(in, from) && read_whole(in, pointer, from)) {
        return true;
    }
    const size_t end = json_span(from);
    *rest = after(from, end);
    return end > 0 && (rest->length == 0 || memchr("{[,]", *rest->bytes, 4)) &&
           read_whole(in, pointer, json_trim((slice){from.bytes, end}));
}
