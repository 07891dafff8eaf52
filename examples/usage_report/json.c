/*
 * Values of a JSON document. The library reads it and says where values are; here is only what is between the members
 * of an object and the elements of an array.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

bool json_is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

slice json_trim(slice of) {
    while (of.length > 0 && json_is_space(*of.bytes)) {
        of.bytes++;
        of.length--;
    }
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
    tokusage_value none = {.pointer = ""};
    tokusage_error error;
    switch (tokusage_find_all(of.bytes, of.length, &none, 0, &error)) {
    case TOKUSAGE_OK:
        return of.length;
    case TOKUSAGE_ERR_SYNTAX:
        return error.offset < of.length ? error.offset : 0;
    default:
        return 0;
    }
}

static slice after(slice of, size_t length) {
    of.bytes += length;
    of.length -= length;
    while (of.length > 0 && json_is_space(*of.bytes)) {
        of.bytes++;
        of.length--;
    }
    return of;
}

slice json_open(slice value) {
    return json_is(value, '{') || json_is(value, '[') ? after(value, 1) : (slice){NULL, 0};
}

/* Up to the quote that no backslash is before; 0: there is none. */
static size_t string_span(slice of) {
    for (size_t at = 1; at < of.length;) {
        const char *const quote = memchr(of.bytes + at, '"', of.length - at);
        size_t end = quote ? (size_t)(quote - of.bytes) : of.length;
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

/* The library has read the document: it is JSON, and only the end of a value matters here. */
size_t json_skip(slice of) {
    static const bool marks[256] = {['"'] = true, ['{'] = true, ['['] = true, ['}'] = true, [']'] = true};
    size_t depth = 0;
    size_t at = 0;
    while (depth == 0 && at < of.length && !marks[(unsigned char)of.bytes[at]] && of.bytes[at] != ',' &&
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

static bool take_name(slice *inside, slice *name) {
    const size_t span = json_is(*inside, '"') ? string_span(*inside) : 0;
    if (span > 0) {
        *name = (slice){inside->bytes + 1, span - 2};
        *inside = after(*inside, span);
        *inside = json_is(*inside, ':') ? after(*inside, 1) : (slice){NULL, 0};
    }
    return span > 0;
}

static bool take_value(slice *inside, slice *value) {
    const size_t span = json_skip(*inside);
    if (span == 0 || span >= inside->length) {
        return false;
    }
    *value = (slice){inside->bytes, span};
    while (json_is_space(value->bytes[value->length - 1])) {
        value->length--;
    }
    *inside = after(*inside, span);
    const bool more = json_is(*inside, ',');
    *inside = more ? after(*inside, 1) : *inside;
    return more || json_is(*inside, '}') || json_is(*inside, ']');
}

bool json_next(slice *inside, slice *name, slice *value) {
    return (name ? take_name(inside, name) : !json_is(*inside, ']')) && take_value(inside, value);
}

/* ---- members by name */

static bool json_name_is(slice name, const char *wanted, size_t length) {
    if (name.length <= length || !memchr(name.bytes, '\\', name.length)) {
        return name.length == length && memcmp(name.bytes, wanted, length) == 0;
    }
    text plain = {.bytes = NULL};
    text_decode(&plain, name);
    const bool same = plain.used == length && memcmp(plain.bytes, wanted, length) == 0;
    text_free(&plain);
    return same;
}

/* Those that were read before; the first place is that of the document. */
static json_members *members_of(document *in, slice object) {
    size_t i = 0;
    while (i < INDEXES && in->known[i].of.bytes != object.bytes) {
        i++;
    }
    if (i == INDEXES) {
        i = in->next = in->next % (INDEXES - 1) + 1;
        in->known[i].of = object;
        in->known[i].rest = json_open(object);
        in->known[i].count = 0;
    }
    return &in->known[i];
}

static bool read_next(json_members *in) {
    const bool read =
        in->count < INDEX_MEMBERS && json_next(&in->rest, &in->all[in->count].name, &in->all[in->count].value);
    in->count += read;
    return read;
}

static slice member_of(document *in, slice object, const char *name, size_t length) {
    json_members *const known = members_of(in, object);
    slice found = {NULL, 0};
    slice value = {NULL, 0};
    for (size_t i = 0; i < known->count || read_next(known); i++) {
        const slice each = known->all[i].name;
        if (each.length >= length && (each.length > length || *each.bytes == *name) &&
            json_name_is(each, name, length)) {
            return known->all[i].value;
        }
    }
    for (slice rest = known->rest; json_next(&rest, &found, &value);) { /* after the members that the index has */
        if (json_name_is(found, name, length)) {
            return value;
        }
    }
    return (slice){NULL, 0};
}

static slice member_at(document *in, slice value, const char *pointer, size_t length) {
    const char *const end = pointer + length;
    while (pointer < end && value.bytes) {
        char plain[256];
        size_t used = 0;
        const char *const name = pointer + 1;
        bool escaped = false;
        for (pointer = name; pointer < end && *pointer != '/'; pointer++) {
            escaped = escaped || *pointer == '~';
        }
        for (const char *at = name; escaped && at < pointer && used < sizeof plain; at++) {
            const bool escape = *at == '~';
            at += escape;
            plain[used++] = !escape ? *at : *at == '1' ? '/' : '~';
        }
        value = !json_is(value, '{') ? (slice){NULL, 0}
                : escaped            ? member_of(in, value, plain, used)
                                     : member_of(in, value, name, (size_t)(pointer - name));
    }
    return value;
}

slice json_at(slice value, const char *pointer) {
    document in;
    in.next = 0;
    for (size_t i = 0; i < INDEXES; i++) {
        in.known[i].of.bytes = NULL;
    }
    const slice found = member_at(&in, value, pointer, strlen(pointer));
    return slice_is(found, "null") ? (slice){NULL, 0} : found;
}

/* ---- documents */

void document_begin(document *in, slice whole) {
    in->whole = whole;
    for (size_t i = 0; i < INDEXES; i++) {
        in->known[i].of.bytes = i == 0 ? whole.bytes : NULL;
    }
    in->known[0].rest = json_is(whole, '{') ? json_open(whole) : (slice){NULL, 0};
    in->known[0].count = 0;
}

bool document_open(document *in, slice whole) {
    document_begin(in, whole);
    in->usage = (tokusage){.total_tokens = {.present = false}};
    in->status = tokusage_extract(whole.bytes, whole.length, in->pointer, &in->usage, &in->error);
    return in->status != TOKUSAGE_ERR_SYNTAX && in->status != TOKUSAGE_ERR_DEPTH && in->status != TOKUSAGE_ERR_ARGUMENT;
}

slice document_one(document *in, const char *pointer, size_t length) {
    const slice found = member_at(in, in->whole, pointer, length);
    return slice_is(found, "null") ? (slice){NULL, 0} : found;
}

slice document_head(document *in, const char *name) {
    json_members *const known = &in->known[0];
    for (size_t i = 0;; i++) {
        slice rest = known->rest;
        slice next = {NULL, 0};
        if (i == known->count &&
            (!take_name(&rest, &next) || json_is(rest, '{') || json_is(rest, '[') || !read_next(known))) {
            return (slice){NULL, 0};
        }
        if (slice_is(known->all[i].name, name)) {
            return known->all[i].value;
        }
    }
}

slice document_at(document *in, const char *pointers) {
    slice value = {NULL, 0};
    while (pointers && *pointers == '/' && !value.bytes) {
        const size_t span = strcspn(pointers, " =");
        value = document_one(in, pointers, span);
        pointers += span + (pointers[span] == ' ');
    }
    return value;
}

bool document_has(document *in, const char *pointers) {
    bool has = false;
    while (!has && *pointers == '/') {
        const size_t span = strcspn(pointers, " =");
        has = member_of(in, in->whole, pointers + 1, strcspn(pointers + 1, "/ =")).bytes != NULL;
        pointers += span + (pointers[span] == ' ');
    }
    return has;
}

size_t document_names(document *in, uint64_t seed, uint64_t *hash) {
    json_members *const known = &in->known[0];
    while (read_next(known)) {
    }
    *hash = seed;
    for (size_t i = 0; i < known->count; i++) {
        const slice name = known->all[i].name;
        for (size_t at = 0; at < name.length; at++) {
            *hash = (*hash ^ (unsigned char)name.bytes[at]) * UINT64_C(0x100000001b3);
        }
        *hash = (*hash ^ 256) * UINT64_C(0x100000001b3);
    }
    return known->count;
}
