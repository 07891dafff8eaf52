/*
 * Members and elements of a JSON document. Each value is read by the library, which says where it ends; here is only
 * what is between values.
 */
#include "usage_report.h"

#include <stdio.h>
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

/* A pointer that no document has makes the library read the value and nothing in it. */
size_t json_span(slice of) {
    tokusage usage;
    tokusage_error error;
    switch (tokusage_extract(of.bytes, of.length, "/\1", &usage, &error)) {
    case TOKUSAGE_ERR_NOT_FOUND:
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

static bool take_name(slice *inside, slice *name) {
    const size_t span = json_is(*inside, '"') ? string_span(*inside) : 0;
    if (span == 0) {
        return false;
    }
    *name = (slice){inside->bytes + 1, span - 2};
    *inside = after(*inside, span);
    const bool colon = json_is(*inside, ':');
    *inside = colon ? after(*inside, 1) : *inside;
    return colon;
}

/* Whether it is a value, the library says when it reads the document; here only its end matters. */
static size_t value_span(slice of) {
    size_t span = 0;
    if (json_is(of, '{') || json_is(of, '[')) {
        return json_span(of);
    }
    if (json_is(of, '"')) {
        return string_span(of);
    }
    while (span < of.length && !memchr(",}] \t\r\n", of.bytes[span], 7)) {
        span++;
    }
    return span;
}

bool json_next(slice *inside, slice *name, slice *value) {
    if (inside->length == 0 || json_is(*inside, '}') || json_is(*inside, ']') || (name && !take_name(inside, name))) {
        return false;
    }
    const size_t span = value_span(*inside);
    if (span == 0 || span == inside->length) {
        return false;
    }
    *value = json_trim((slice){inside->bytes, span});
    *inside = after(*inside, span);
    const bool more = json_is(*inside, ',');
    *inside = more ? after(*inside, 1) : *inside;
    return more || json_is(*inside, '}') || json_is(*inside, ']');
}

/* ---- members by name */

bool json_name_is(slice name, const char *wanted, size_t length) {
    if (name.length <= length || !memchr(name.bytes, '\\', name.length)) {
        return name.length == length && memcmp(name.bytes, wanted, length) == 0;
    }
    text plain = {.bytes = NULL};
    text_decode(&plain, name);
    const bool same = plain.used == length && memcmp(plain.bytes, wanted, length) == 0;
    text_free(&plain);
    return same;
}

static const json_members *members_of(document *in, slice object) {
    for (size_t i = 0; i < INDEXES; i++) {
        if (in->known[i].of.bytes == object.bytes && object.bytes) {
            return &in->known[i];
        }
    }
    json_members *const made = &in->known[in->next];
    in->next = (in->next + 1) % INDEXES;
    slice inside = json_open(object);
    made->of = object;
    made->count = 0;
    while (made->count < INDEX_MEMBERS &&
           json_next(&inside, &made->all[made->count].name, &made->all[made->count].value)) {
        made->count++;
    }
    made->end = json_is(inside, '}') ? (size_t)(inside.bytes - object.bytes) + 1 : 0;
    return made;
}

uint64_t document_names(document *in, uint64_t seed) {
    const json_members *const known = members_of(in, in->whole);
    uint64_t hash = seed ^ (known->count == INDEX_MEMBERS ? (uintptr_t)in->whole.bytes : 0); /* there may be more */
    for (size_t i = 0; i < known->count; i++) {
        for (size_t at = 0; at < known->all[i].name.length; at++) {
            hash = (hash ^ (unsigned char)known->all[i].name.bytes[at]) * UINT64_C(0x100000001b3);
        }
        hash = (hash ^ 256) * UINT64_C(0x100000001b3);
    }
    return hash ^ hash >> 32;
}

bool document_shorten(document *in, text *to) {
    const json_members *const known = members_of(in, in->whole);
    const char *from = in->whole.bytes;
    to->used = 0;
    for (size_t i = 0; known->end > 0 && i < known->count; i++) {
        const slice value = known->all[i].value;
        if (json_is(value, '[') && value.length > 64) {
            text_bytes(to, from, (size_t)(value.bytes - from));
            text_string(to, "[]");
            from = value.bytes + value.length;
        }
    }
    if (known->end > 0) {
        text_bytes(to, from, known->end - (size_t)(from - in->whole.bytes));
    }
    return known->end > 0;
}

size_t document_span(document *in) {
    const size_t end = json_is(in->whole, '{') ? members_of(in, in->whole)->end : 0;
    return end > 0 ? end : json_span(in->whole);
}

static slice member_of(document *in, slice object, const char *name, size_t length) {
    const json_members *const known = members_of(in, object);
    for (const json_member *each = known->all; each < known->all + known->count; each++) {
        if (each->name.length >= length && (each->name.length > length || *each->name.bytes == *name) &&
            json_name_is(each->name, name, length)) {
            return each->value;
        }
    }
    if (known->count == INDEX_MEMBERS) { /* after the members that the index has */
        const slice last = known->all[INDEX_MEMBERS - 1].value;
        const char *const end = last.bytes + last.length;
        slice inside = after((slice){end, object.length - (size_t)(end - object.bytes)}, 0);
        inside = json_is(inside, ',') ? after(inside, 1) : inside;
        slice found = {NULL, 0};
        slice value = {NULL, 0};
        while (json_next(&inside, &found, &value)) {
            if (json_name_is(found, name, length)) {
                return value;
            }
        }
    }
    return (slice){NULL, 0};
}

/* A member at a pointer's part, in which ~0 and ~1 are resolved. */
static slice find_part(document *in, slice object, const char *part, size_t span) {
    char plain[256];
    size_t length = 0;
    if (!json_is(object, '{') || span >= sizeof plain) {
        return (slice){NULL, 0};
    }
    if (!memchr(part, '~', span)) {
        return member_of(in, object, part, span);
    }
    for (size_t at = 0; at < span; at++) {
        const bool escape = part[at] == '~';
        at += escape;
        plain[length++] = !escape ? part[at] : part[at] == '1' ? '/' : '~';
    }
    return member_of(in, object, plain, length);
}

static slice find_one(document *in, const char *pointer, size_t length) {
    slice value = in->whole;
    for (const char *at = pointer; at < pointer + length && value.bytes;) {
        const char *next = at + 1;
        while (next < pointer + length && *next != '/') {
            next++;
        }
        value = find_part(in, value, at + 1, (size_t)(next - at) - 1);
        at = next;
    }
    return slice_is(value, "null") ? (slice){NULL, 0} : value;
}

bool document_has(document *in, const char *name) {
    return member_of(in, in->whole, name, strlen(name)).bytes != NULL;
}

slice document_at(document *in, const char *pointer) {
    return find_one(in, pointer, strlen(pointer));
}

slice document_find(document *in, const char *pointers) {
    slice value = {NULL, 0};
    while (pointers && *pointers && !value.bytes) {
        const size_t span = strcspn(pointers, " ");
        value = find_one(in, pointers, span);
        pointers += span + (pointers[span] == ' ');
    }
    return value;
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
