/*
 * Values of a JSON document. The library reads it, and says whether it is one and what it has used; here is only what
 * is between the members of an object and the elements of an array.
 */
#include "usage_report.h"

#include <string.h>

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What follows so many bytes and white space. */
static slice after(slice of, size_t length) {
    while (length < of.length && is_space(of.bytes[length])) {
        length++;
    }
    return slice_after(of, length);
}

slice json_trim(slice of) {
    of = after(of, 0);
    while (of.length > 0 && is_space(of.bytes[of.length - 1])) {
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

slice json_plain(slice value) {
    return json_is(value, '"')                          ? json_inside(value)
           : json_is(value, '{') || json_is(value, '[') ? (slice){NULL, 0}
                                                        : value;
}

bool json_is_number(slice value) {
    return value.length > 0 && memchr("-0123456789", *value.bytes, 11);
}

size_t json_span(slice of) {
    tokusage_error error;
    const tokusage_status status = tokusage_find_all(of.bytes, of.length, NULL, 0, &error);
    return status == TOKUSAGE_OK ? of.length : error.offset < of.length ? error.offset : 0;
}

slice json_open(slice value) {
    return json_is(value, '{') || json_is(value, '[') ? after(value, 1) : (slice){NULL, 0};
}

/* Up to the quote that no backslash is before; 0: there is none. */
static size_t string_span(slice of) {
    for (const char *at = of.bytes + 1; (at = memchr(at, '"', of.length - (size_t)(at - of.bytes))) != NULL; at++) {
        const char *before = at;
        while (before[-1] == '\\') {
            before--;
        }
        if ((at - before) % 2 == 0) {
            return (size_t)(at - of.bytes) + 1;
        }
    }
    return 0;
}

/* Only the end matters here: whether it is JSON, the library says. */
size_t json_skip(slice of) {
    static const bool marks[256] = {['"'] = true, ['{'] = true, ['['] = true, ['}'] = true, [']'] = true};
    size_t depth = 0;
    size_t at = 0;
    while (at < of.length && !marks[(unsigned char)of.bytes[at]] && of.bytes[at] != ',' && !is_space(of.bytes[at])) {
        at++; /* of a number, true, false or null */
    }
    while (at < of.length && (at == 0 || depth > 0)) {
        const char c = of.bytes[at];
        const size_t span = c == '"' ? string_span(slice_after(of, at)) : 1;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        for (at += span > 0 ? span : of.length - at; depth > 0 && at < of.length && !marks[(unsigned char)of.bytes[at]];
             at++) {
        }
    }
    return depth == 0 ? at : 0;
}

bool json_next(slice *inside, slice *name, slice *value) {
    slice rest = *inside;
    if (name) {
        const size_t span = json_is(rest, '"') ? string_span(rest) : 0;
        *name = json_inside((slice){rest.bytes, span});
        rest = after(rest, span);
        if (span == 0 || !json_is(rest, ':')) {
            return false;
        }
        rest = after(rest, 1);
    }
    const size_t span = json_is(rest, ']') ? 0 : json_skip(rest);
    *value = (slice){rest.bytes, span};
    rest = after(rest, span);
    *inside = json_is(rest, ',') ? after(rest, 1) : rest;
    return span > 0 && rest.length > 0 && memchr(",]}", *rest.bytes, 3);
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

/* A bit: names that have different ones differ. */
uint64_t json_mark(slice name) {
    return UINT64_C(1) << ((name.length > 0 ? 3 * (unsigned char)*name.bytes : 0U) + 5 * name.length) % 64;
}

/* The members of a document are read when they are asked for. */
static bool read_member(document *in) {
    if (in->count == in->room) {
        in->room = in->room > 0 ? 2 * in->room : 64;
        in->members = memory_resize(in->members, in->room * sizeof *in->members);
    }
    const bool read = json_next(&in->rest, &in->members[in->count].name, &in->members[in->count].value);
    in->rest = read ? in->rest : (slice){NULL, 0};
    in->marks |= read ? json_mark(in->members[in->count].name) : 0;
    in->count += read;
    return read;
}

uint64_t document_marks(document *in) {
    while (read_member(in)) {
    }
    return in->marks;
}

/* The first member with this name. */
static slice member_of(document *in, slice object, slice wanted) {
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    if (!in || object.bytes != in->whole.bytes) {
        for (slice inside = json_open(object); json_attribute(&inside, &name, &value);) {
            if (slice_equals(name, wanted)) {
                return value;
            }
        }
        return (slice){NULL, 0};
    }
    const bool may_be = in->rest.bytes || (in->marks & json_mark(wanted)) != 0;
    for (size_t i = 0; may_be && (i < in->count || read_member(in)); i++) {
        if (in->members[i].name.length == wanted.length && slice_equals(in->members[i].name, wanted)) {
            return in->members[i].value;
        }
    }
    return (slice){NULL, 0};
}

static slice find(document *in, slice value, slice pointer) {
    while (pointer.length > 0 && value.bytes) {
        slice name = slice_after(pointer, 1);
        const char *const slash = memchr(name.bytes, '/', name.length);
        name.length = slash ? (size_t)(slash - name.bytes) : name.length;
        value = member_of(in, value, name);
        pointer = slice_after(pointer, 1 + name.length);
    }
    return slice_is(value, "null") ? (slice){NULL, 0} : value;
}

slice json_at(slice value, const char *pointer) {
    return find(NULL, value, slice_of(pointer));
}

/* Where escapes may matter, those of the pointer or those of a name, the library looks for it. */
slice document_one(document *in, const char *pointer) {
    slice found = {NULL, 0};
    for (const char *at = pointer; *at != '\0'; at++) {
        if (*at == '~' || (signed char)*at < 0) {
            tokusage_find(in->whole.bytes, in->whole.length, pointer, &found.bytes, &found.length, NULL);
            return slice_is(found, "null") ? (slice){NULL, 0} : found;
        }
    }
    return find(in, in->whole, slice_of(pointer));
}

bool document_has(document *in, const char *name) {
    return member_of(in, in->whole, slice_of(name)).bytes;
}

slice document_next(document *in, const char **pointers) {
    const size_t span = strcspn(*pointers, " =");
    const slice value = find(in, in->whole, (slice){*pointers, span});
    *pointers += span + ((*pointers)[span] == ' ');
    return value;
}

slice document_at(document *in, const char *pointers) {
    slice value = {NULL, 0};
    while (pointers && *pointers == '/' && !value.bytes) {
        value = document_next(in, &pointers);
    }
    return value;
}

static bool is_after(const char *end, const char *begin, const char *word) {
    const size_t length = strlen(word);
    return (size_t)(end - begin) > length && memcmp(end - length, word, length) == 0;
}

/* Where the only usage is, if it is named so. False: there are several documents. */
static bool look_over(document *in, slice of) {
    const char *const end = of.bytes + of.length;
    bool several = false;
    for (const char *at = of.bytes + 1; at < end && (at = memchr(at, '{', (size_t)(end - at))) != NULL; at++) {
        const char *before = at;
        while (is_space(before[-1])) {
            before--;
        }
        if (before[-1] == '}') {
            return false;
        }
        if (is_after(before, of.bytes, "\"usage\":") || is_after(before, of.bytes, "\"usageMetadata\":")) {
            several = several || in->found.bytes;
            in->found = several ? (slice){NULL, 0} : slice_after(of, (size_t)(at - of.bytes));
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
    return json_is(whole, '{') && tokusage_stream_reports(&in->stream) < 2 && in->verdict != TOKUSAGE_UNREADABLE &&
           in->verdict != TOKUSAGE_TRUNCATED;
}

bool document_open(document *in, const char *pointer, slice from, slice *rest) {
    const bool is_first = !rest->bytes; /* the others of a line are not looked over up to its end each time */
    *rest = (slice){NULL, 0};
    in->found = (slice){NULL, 0};
    if (is_first && look_over(in, from) && read_whole(in, pointer, from)) {
        return true;
    }
    const size_t end = json_span(from);
    *rest = after(from, end);
    return end > 0 && (rest->length == 0 || memchr("{[,]", *rest->bytes, 4)) &&
           read_whole(in, pointer, json_trim((slice){from.bytes, end}));
}
