/*
 * Text that grows, what strings become in it, and a catalog: things that are found by a key.
 */
#include "usage_report.h"

#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory) {
    if (!memory) {
        fputs("usage-report: not enough memory\n", stderr);
        exit(2);
    }
    return memory;
}

void *memory_resize(void *memory, size_t size) {
    return checked(realloc(memory, size));
}

slice slice_of(const char *string) {
    return (slice){string, strlen(string)};
}

bool slice_begins(slice one, const char *string) {
    return one.length >= strlen(string) && memcmp(one.bytes, string, strlen(string)) == 0;
}

bool slice_is(slice one, const char *string) {
    return one.bytes && strlen(string) == one.length && slice_begins(one, string);
}

bool slice_ends(slice one, const char *string) {
    const size_t length = strlen(string);
    return one.length >= length && memcmp(one.bytes + one.length - length, string, length) == 0;
}

bool slice_drop_end(slice *one, const char *string) {
    const bool ends = slice_ends(*one, string);
    one->length -= ends ? strlen(string) : 0;
    return ends;
}

bool slice_equals(slice one, slice other) {
    return one.length == other.length && (one.length == 0 || memcmp(one.bytes, other.bytes, one.length) == 0);
}

bool slice_is_one(slice one, const char *words) {
    for (size_t span = 0; *words != '\0'; words += span + (words[span] == '|')) {
        span = strcspn(words, "|");
        const size_t length = span - (words[span - 1] == '*');
        if (one.length >= length && (length < span || one.length == length) && memcmp(one.bytes, words, length) == 0) {
            return true;
        }
    }
    return false;
}

void text_free(text *to) {
    free(to->bytes);
    *to = (text){.bytes = NULL};
}

/* Room for so many more bytes. */
static void reserve(text *to, size_t length) {
    while (to->room - to->used < length) {
        to->room = to->room > 0 ? 2 * to->room : 64;
        to->bytes = memory_resize(to->bytes, to->room);
    }
}

void text_bytes(text *to, const char *bytes, size_t length) {
    reserve(to, length);
    if (length > 0) {
        memcpy(to->bytes + to->used, bytes, length);
        to->used += length;
    }
}

void text_string(text *to, const char *string) {
    text_bytes(to, string, strlen(string));
}

void text_slice(text *to, slice from) {
    text_bytes(to, from.bytes, from.length);
}

void text_lower(text *to, slice from) {
    text_slice(to, from);
    for (size_t at = to->used - from.length; at < to->used; at++) {
        to->bytes[at] = (char)(to->bytes[at] | (to->bytes[at] >= 'A' && to->bytes[at] <= 'Z' ? 32 : 0));
    }
}

void text_print(text *to, const char *format, ...) {
    size_t length = 0;
    size_t room = 0;
    do {
        va_list values;
        reserve(to, length + 1);
        room = to->room - to->used;
        va_start(values, format);
        length = (size_t)vsnprintf(to->bytes + to->used, room, format, values);
        va_end(values);
    } while (length >= room);
    to->used += length;
}

slice text_all(const text *of) {
    return (slice){of->bytes, of->used};
}

const char *text_c(text *of) {
    text_bytes(of, "", 1);
    of->used--;
    return of->bytes;
}

bool complain(const char *place, uint64_t line, slice what, const char *reason) {
    text words = {.bytes = NULL};
    text_safe(&words, slice_of(place ? place : ""));
    if (line > 0) {
        text_print(&words, ":%llu", (unsigned long long)line);
    }
    text_string(&words, place ? ": " : "");
    text_safe(&words, what);
    fprintf(stderr, "usage-report: %s%s%s\n", text_c(&words), what.length > 0 && *reason != '\0' ? ": " : "", reason);
    text_free(&words);
    return false;
}

/* ---- the catalog: a balanced tree, so that no choice of keys is slow, and a list in the order of their arrival */

static int compare_keys(const void *one, const void *other) {
    const slice a = ((const item *)one)->key;
    const slice b = ((const item *)other)->key;
    return a.length != b.length ? (a.length > b.length) - (a.length < b.length)
           : a.length > 0       ? memcmp(a.bytes, b.bytes, a.length)
                                : 0;
}

void *catalog_at(catalog *in, slice key, size_t size) {
    const item wanted = {.key = key};
    if (in->found && compare_keys(in->found, &wanted) == 0) {
        return in->found;
    }
    item *const *const known = tfind(&wanted, &in->root, compare_keys);
    if (known) {
        in->found = *known;
        return in->found;
    }
    item *const made = checked(calloc(1, size + key.length + 1));
    made->key = (slice){(char *)made + size, key.length};
    if (key.length > 0) {
        memcpy((char *)made + size, key.bytes, key.length);
    }
    checked(tsearch(made, &in->root, compare_keys));
    *(in->count++ > 0 ? &((item *)in->last)->next : &in->first) = made;
    in->found = in->last = made;
    return made;
}

bool remember(catalog *in, slice key) {
    const size_t count = in->count;
    catalog_at(in, key, sizeof(item));
    return in->count > count;
}

void catalog_free(catalog *of) {
    for (item *each = NULL; (each = of->first) != NULL; free(each)) {
        of->first = each->next;
        tdelete(each, &of->root, compare_keys);
    }
    *of = (catalog){.root = NULL};
}

/* ---- characters */

/* The length of the character (RFC 3629) at the front, and which it is; 0: there is none. */
static size_t character_span(const char *bytes, size_t length, uint32_t *code) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char first = (unsigned char)*bytes;
    const size_t span = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || span > length) {
        return 0;
    }
    *code = span == 1 ? first : first & (0x7FU >> span);
    for (size_t i = 1; i < span; i++) {
        if (((unsigned char)bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
        *code = *code << 6 | ((unsigned char)bytes[i] & 0x3F);
    }
    return *code < least[span] || *code > 0x10FFFF || (*code >= 0xD800 && *code <= 0xDFFF) ? 0 : span;
}

/* Controls (of C1, too), marks of direction, blanks without width. */
static bool is_hidden(uint32_t code) {
    static const uint32_t hidden[][2] = {
        {0, 0x1F},        {0x7F, 0x9F},     {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},    {0x115F, 0x1160},
        {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},  {0x3164, 0x3164},
        {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};
    size_t i = 0;
    while (i < sizeof hidden / sizeof *hidden && code > hidden[i][1]) {
        i++;
    }
    return i < sizeof hidden / sizeof *hidden && code >= hidden[i][0];
}

/* Letters and the like, which are never escaped. */
static size_t plain_span(slice of) {
    size_t at = 0;
    while (at < of.length && of.bytes[at] >= ' ' && of.bytes[at] < 0x7F && of.bytes[at] != '\\' &&
           of.bytes[at] != '"') {
        at++;
    }
    return at;
}

/* Beyond U+FFFF JSON has a surrogate pair (RFC 8259, section 7). */
static void put_all(text *to, slice from, bool json) {
    for (size_t span = 0; from.length > 0; from = slice_after(from, span > 0 ? span : 1)) {
        uint32_t code = 0;
        span = plain_span(from);
        if (span > 0) {
            text_bytes(to, from.bytes, span);
            continue;
        }
        span = character_span(from.bytes, from.length, &code);
        if (span == 0 && !json) {
            text_print(to, "\\x%02x", (unsigned)(unsigned char)*from.bytes);
        } else if (span == 0) {
            text_string(to, "\xEF\xBF\xBD"); /* U+FFFD */
        } else if (!is_hidden(code)) {
            text_bytes(to, "\\", code == '\\' || (json && code == '"'));
            text_bytes(to, from.bytes, span);
        } else if (code > 0xFFFF) {
            text_print(to, "\\u%04x\\u%04x", (unsigned)(0xD7C0 + (code >> 10)), (unsigned)(0xDC00 + (code & 0x3FF)));
        } else {
            text_print(to, !json && code < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)code);
        }
    }
}

void text_safe(text *to, slice from) {
    put_all(to, from, false);
}

void text_json(text *to, slice from) {
    text_string(to, "\"");
    put_all(to, from, true);
    text_string(to, "\"");
}

/* ---- what a JSON string means */

/* Of \uNNNN; more than 0xFFFF: it is none. */
static uint32_t code_unit(slice of) {
    char digits[5] = "";
    if (of.length < 6 || !slice_begins(of, "\\u")) {
        return 0x10000;
    }
    memcpy(digits, of.bytes + 2, 4);
    return (uint32_t)strtoul(digits, NULL, 16);
}

/* As UTF-8 (RFC 3629, section 3). */
static void put_code_point(text *to, uint32_t code) {
    const size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    char bytes[4];
    for (size_t i = length - 1; i > 0; i--, code >>= 6) {
        bytes[i] = (char)(0x80 | (code & 0x3F));
    }
    *bytes = (char)(length == 1 ? code : (0xF00U >> length & 0xFF) | code);
    text_bytes(to, bytes, length);
}

void text_decode(text *to, slice from) {
    static const char names[] = "bfnrt";
    while (from.length > 0) {
        const char *const escape = memchr(from.bytes, '\\', from.length);
        const size_t span = escape ? (size_t)(escape - from.bytes) : from.length;
        text_bytes(to, from.bytes, span);
        from = slice_after(from, span);
        if (!escape) {
            return;
        }
        const uint32_t unit = code_unit(from);
        const uint32_t second = unit >= 0xD800 && unit < 0xDC00 ? code_unit(slice_after(from, 6)) : 0;
        const bool pair = second >= 0xDC00 && second <= 0xDFFF;
        if (unit <= 0xFFFF) { /* half of a surrogate pair is U+FFFD */
            put_code_point(to, pair                               ? 0x10000 + ((unit & 0x3FF) << 10) + (second & 0x3FF)
                               : unit >= 0xD800 && unit <= 0xDFFF ? 0xFFFD
                                                                  : unit);
            from = slice_after(from, pair ? 12 : 6);
        } else {
            const char *const name = from.length > 1 ? memchr(names, from.bytes[1], sizeof names - 1) : NULL;
            text_bytes(to, name ? &"\b\f\n\r\t"[name - names] : from.bytes + 1, from.length > 1);
            from = slice_after(from, from.length > 1 ? 2 : 1);
        }
    }
}

/* RFC 4648, section 4; padding is optional. */
bool text_base64(text *to, slice from) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    size_t known = 0;
    while (slice_drop_end(&from, "=")) {
    }
    for (size_t at = 0; at < from.length; at++) {
        const char *const digit = memchr(digits, from.bytes[at], 64);
        if (!digit) {
            return false;
        }
        bits = bits << 6 | (uint32_t)(digit - digits);
        known += 6;
        if (known >= 8) {
            known -= 8;
            text_bytes(to, (const char[]){(char)(bits >> known)}, 1);
        }
    }
    return from.length > 0 && known < 6;
}
