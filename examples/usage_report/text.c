/*
 * Text that grows, and the forms that strings and numbers take in it.
 */
#include "usage_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

void memory_failed(void) {
    fputs("usage-report: not enough memory\n", stderr);
    exit(2);
}

void *memory_resize(void *memory, size_t size) {
    void *const resized = realloc(memory, size);
    if (!resized) {
        memory_failed();
    }
    return resized;
}

void text_free(text *to) {
    free(to->bytes);
    *to = (text){.bytes = NULL};
}

void text_bytes(text *to, const char *bytes, size_t length) {
    while (to->room - to->used < length) {
        to->room = to->room > 0 ? 2 * to->room : 64;
        to->bytes = memory_resize(to->bytes, to->room);
    }
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

slice text_all(const text *of) {
    return (slice){of->bytes, of->used};
}

const char *text_c(text *of) {
    text_bytes(of, "", 1);
    of->used--;
    return of->bytes;
}

slice slice_of(const char *string) {
    return (slice){string, strlen(string)};
}

bool slice_is(slice one, const char *string) {
    return one.bytes && strlen(string) == one.length && memcmp(one.bytes, string, one.length) == 0;
}

bool slice_begins(slice one, const char *string) {
    return one.length >= strlen(string) && memcmp(one.bytes, string, strlen(string)) == 0;
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

void text_number(text *to, int64_t value, bool grouped) {
    char digits[32];
    char *at = digits + sizeof digits;
    for (unsigned written = 0; value > 0 || written == 0; written++, value /= 10) {
        if (grouped && written > 0 && written % 3 == 0) {
            *--at = ',';
        }
        *--at = (char)('0' + value % 10);
    }
    text_bytes(to, at, (size_t)(digits + sizeof digits - at));
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

static bool is_in(const uint32_t (*ranges)[2], size_t count, uint32_t code) {
    size_t i = 0;
    while (i < count && (code < ranges[i][0] || code > ranges[i][1])) {
        i++;
    }
    return i < count;
}

/* Control characters, C1 included, of which some terminals know an escape; marks of direction; blanks without width. */
static bool is_hidden(uint32_t code) {
    static const uint32_t hidden[][2] = {
        {0, 0x1F},        {0x7F, 0x9F},     {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},    {0x115F, 0x1160},
        {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},  {0x3164, 0x3164},
        {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};
    return (code < 0x20 || code > 0x7E) && is_in(hidden, sizeof hidden / sizeof *hidden, code);
}

static size_t width_of(uint32_t code) {
    static const uint32_t combining[][2] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},
                                            {0x64B, 0x65F},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
                                            {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
    static const uint32_t wide[][2] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0xA4CF}, {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},  {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6},
                                       {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
    if (code < 0x300 || !is_in(combining, sizeof combining / sizeof *combining, code)) {
        return code >= 0x1100 && is_in(wide, sizeof wide / sizeof *wide, code) ? 2 : 1;
    }
    return 0;
}

size_t text_span(slice of, size_t most, size_t *width) {
    uint32_t code = 0;
    size_t at = 0;
    *width = 0;
    while (at < of.length) {
        const size_t span = character_span(of.bytes + at, of.length - at, &code);
        const size_t more = span > 0 ? width_of(code) : 1;
        if (*width + more > most) {
            break;
        }
        *width += more;
        at += span > 0 ? span : 1;
    }
    return at;
}

size_t text_width(slice of) {
    size_t width = 0;
    text_span(of, SIZE_MAX, &width);
    return width;
}

/* Beyond U+FFFF as a surrogate pair (RFC 8259, section 7). */
static void put_escaped(text *to, uint32_t code, bool short_form) {
    char escape[16];
    if (code > 0xFFFF) {
        snprintf(escape, sizeof escape, "\\u%04x\\u%04x", (unsigned)(0xD7C0 + (code >> 10)),
                 (unsigned)(0xDC00 + (code & 0x3FF)));
    } else {
        snprintf(escape, sizeof escape, short_form && code < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)code);
    }
    text_string(to, escape);
}

static void put_all(text *to, slice from, bool json) {
    uint32_t code = 0;
    for (size_t at = 0, span = 0; at<from.length; at += span> 0 ? span : 1) {
        span = character_span(from.bytes + at, from.length - at, &code);
        if (span == 0 && json) {
            text_string(to, replacement);
        } else if (span == 0 || is_hidden(code)) {
            put_escaped(to, span > 0 ? code : (unsigned char)from.bytes[at], !json);
        } else {
            text_bytes(to, "\\", code == '\\' || (json && code == '"'));
            text_bytes(to, from.bytes + at, span);
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
static uint32_t code_unit(const char *escape, size_t length) {
    uint32_t unit = length < 6 || escape[0] != '\\' || escape[1] != 'u' ? 0x10000 : 0;
    for (size_t i = 2; i < 6 && unit <= 0xFFFF; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *const digit = memchr(digits, escape[i], sizeof digits - 1);
        const uint32_t value = digit ? (uint32_t)(digit - digits) : 0;
        unit = digit ? unit << 4 | (value < 16 ? value : value - 6) : 0x10000;
    }
    return unit;
}

/* As UTF-8 (RFC 3629, section 3). */
static void put_code_point(text *to, uint32_t code) {
    static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    unsigned more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    char bytes[4] = {(char)(first[more] | code >> 6 * more)};
    const size_t length = more + 1;
    for (size_t i = 1; i < length; i++) {
        bytes[i] = (char)(0x80 | (code >> 6 * --more & 0x3F));
    }
    text_bytes(to, bytes, length);
}

/* Returns the length of the escape; half of a surrogate pair is U+FFFD. */
static size_t put_escape(text *to, const char *escape, size_t left) {
    static const char names[] = "bfnrt";
    const uint32_t unit = code_unit(escape, left);
    if (unit > 0xFFFF) {
        const char *const name = left > 1 ? memchr(names, escape[1], sizeof names - 1) : NULL;
        text_bytes(to, name ? &"\b\f\n\r\t"[name - names] : escape + (left > 1), 1);
        return left > 1 ? 2 : 1;
    }
    const bool surrogate = unit >= 0xD800 && unit <= 0xDFFF;
    const uint32_t second = surrogate && unit < 0xDC00 ? code_unit(escape + 6, left - 6) : 0;
    const bool pair = second >= 0xDC00 && second <= 0xDFFF;
    put_code_point(to, pair ? 0x10000 + ((unit & 0x3FF) << 10) + (second & 0x3FF) : surrogate ? 0xFFFD : unit);
    return pair ? 12 : 6;
}

/* Up to a backslash, or what is not ASCII. */
static size_t plain_span(const char *bytes, size_t length) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t at = 0;
    for (uint64_t word = 0; at + 8 <= length; at += 8) {
        memcpy(&word, bytes + at, 8);
        const uint64_t other = word ^ (ones * '\\');
        if (((word | ((other - ones) & ~other)) & (ones * 0x80)) != 0) {
            break;
        }
    }
    while (at < length && (signed char)bytes[at] > 0 && bytes[at] != '\\') {
        at++;
    }
    return at;
}

void text_decode(text *to, slice from) {
    uint32_t code = 0;
    for (size_t at = 0, span = 0; at < from.length; at += span) {
        const char *const json = from.bytes + at;
        span = plain_span(json, from.length - at);
        text_bytes(to, json, span);
        if (span > 0) {
            continue;
        }
        span = character_span(json, from.length - at, &code);
        if (span == 0) {
            text_string(to, replacement);
            span = 1;
        } else if (code == '\\') {
            span = put_escape(to, json, from.length - at);
        } else {
            text_bytes(to, json, span);
        }
    }
}

/* RFC 4648, section 4; padding is optional. False: it is none. */
bool text_base64(text *to, slice from) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned known = 0;
    while (from.length > 0 && from.bytes[from.length - 1] == '=') {
        from.length--;
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
