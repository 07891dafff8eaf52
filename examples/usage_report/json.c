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

/* What it is, the library has said when it read the document; here only its end matters. */
static size_t value_span(slice of) {
    size_t span = 0;
    if (json_is(of, '{') || json_is(of, '[')) {
        return json_span(of);
    }
    if (json_is(of, '"')) {
        return string_span(of);
    }
    while (span < of.length && of.bytes[span] != ',' && of.bytes[span] != '}' && of.bytes[span] != ']' &&
           !json_is_space(of.bytes[span])) {
        span++;
    }
    return span;
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
    const size_t span = value_span(*inside);
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

/* ---- what is found */

static slice found(const tokusage_value *of) {
    const bool none = !of->json || (of->length == 4 && *of->json == 'n');
    return (slice){none ? NULL : of->json, none ? 0 : of->length};
}

slice json_at(slice value, const char *pointer) {
    tokusage_value asked = {.pointer = pointer};
    tokusage_find_all(value.bytes, value.length, &asked, 1, NULL);
    return found(&asked);
}

static tokusage_status read_pass(document *in, unsigned pass, tokusage_error *error) {
    const size_t begin = in->begins[pass];
    const size_t end = pass < in->passes ? in->begins[pass + 1] : in->count;
    in->read |= 1U << pass;
    return tokusage_find_all(in->whole.bytes, in->whole.length, in->asked + begin, end - begin, error);
}

tokusage_status document_open(document *in, slice whole, tokusage_error *error) {
    slice inside = json_is(whole, '{') ? json_open(whole) : (slice){NULL, 0};
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    in->whole = whole;
    in->read = 0;
    in->head_count = 0;
    while (in->head_count < HEAD_MOST && take_name(&inside, &name) && !json_is(inside, '{') && !json_is(inside, '[') &&
           take_value(&inside, &value)) {
        in->head[in->head_count].name = name;
        in->head[in->head_count++].value = value;
    }
    return read_pass(in, 0, error);
}

/* The number of a pointer in `asked`; a new one is of the last pass. */
static unsigned char number_of(document *in, const char *pointer, size_t span) {
    size_t i = 0;
    while (i < in->count && (strncmp(in->asked[i].pointer, pointer, span) != 0 || in->asked[i].pointer[span])) {
        i++;
    }
    if (i == in->count && i < ASKED_MOST) {
        char *const copy = memory_resize(NULL, span + 1);
        memcpy(copy, pointer, span);
        copy[span] = '\0';
        if (i - in->begins[in->passes] == ASKED_ONCE) {
            in->begins[++in->passes] = i;
        }
        in->asked[i] = (tokusage_value){.pointer = copy};
        in->pass[i] = (unsigned char)in->passes;
        in->length[i] = (unsigned char)(span > 0 ? span - 1 : 0);
        in->count++;
        in->read &= ~(1U << in->passes);
    }
    return (unsigned char)i;
}

/* Which they are. */
static size_t known_of(document *in, const char *pointers) {
    size_t at = ((uintptr_t)pointers >> 2) * 0x9E3779B1U >> 8 & ASKED_MOST;
    while (in->known[at].pointers && in->known[at].pointers != pointers) {
        at = (at + 1) & ASKED_MOST;
    }
    for (const char *next = in->known[at].pointers ? "" : pointers; *next;) {
        const size_t span = strcspn(next, " =");
        in->known[at].at[in->known[at].count++] = number_of(in, next, span);
        next += span + strspn(next + span, " ");
        next = *next == '=' ? "" : next;
    }
    in->known[at].pointers = pointers;
    return at;
}

void document_ask(document *in, const char *pointers) {
    in->begins[in->passes] = in->count;
    known_of(in, pointers);
    in->begins[++in->passes] = in->count;
}

/* Nothing: the head does not have it. */
static slice in_head(const document *in, const char *name, size_t length) {
    size_t i = 0;
    while (i < in->head_count &&
           !(in->head[i].name.length == length && memcmp(in->head[i].name.bytes, name, length) == 0)) {
        i++;
    }
    return i < in->head_count ? in->head[i].value : (slice){NULL, 0};
}

slice document_at(document *in, const char *pointers) {
    slice value = {NULL, 0};
    const size_t known = pointers ? known_of(in, pointers) : 0;
    for (unsigned i = 0; pointers && i < in->known[known].count && !value.bytes; i++) {
        const unsigned which = in->known[known].at[i];
        const bool read = in->read >> in->pass[which] & 1;
        value = read ? value : in_head(in, in->asked[which].pointer + 1, in->length[which]);
        if (!read && !value.bytes) {
            read_pass(in, in->pass[which], NULL);
        }
        value = value.bytes ? value : found(&in->asked[which]);
        value.bytes = slice_is(value, "null") ? NULL : value.bytes;
    }
    return value;
}

bool document_has(document *in, const char *pointers) {
    bool has = document_at(in, pointers).bytes;
    const size_t known = known_of(in, pointers);
    for (unsigned i = 0; i < in->known[known].count && !has; i++) {
        has = in->asked[in->known[known].at[i]].status != TOKUSAGE_ERR_NOT_FOUND;
    }
    return has;
}

void document_free(document *of) {
    for (size_t i = 0; i < of->count; i++) {
        free((char *)of->asked[i].pointer);
    }
}
