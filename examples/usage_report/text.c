/*
 * Text that grows, and the forms that strings and numbers take in it.
 */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

enum {
    LINE_BEGINS = 1, /* around the digits of text_line: bytes that no message holds otherwise */
    LINE_ENDS = 2
};

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

void text_clear(text *to) {
    to->used = 0;
}

void text_bytes(text *to, const char *bytes, size_t length) {
    if (length == 0) {
        return;
    }
    if (to->room - to->used < length) {
        size_t room = to->room > 0 ? to->room : 64;
        while (room - to->used < length) {
            room *= 2;
        }
        to->bytes = memory_resize(to->bytes, room);
        to->room = room;
    }
    memcpy(to->bytes + to->used, bytes, length);
    to->used += length;
}

void text_string(text *to, const char *string) {
    text_bytes(to, string, strlen(string));
}

void text_byte(text *to, char byte) {
    text_bytes(to, &byte, 1);
}

void text_set(text *to, const char *bytes, size_t length) {
    text_clear(to);
    text_bytes(to, bytes, length);
}

bool text_equal(const text *one, const char *bytes, size_t length) {
    return one->used == length && (length == 0 || memcmp(one->bytes, bytes, length) == 0);
}

/* ---- numbers */

static void put_number(text *to, int64_t value, bool grouped) {
    char digits[32];
    char *at = digits + sizeof digits;
    unsigned written = 0;
    do {
        if (grouped && written > 0 && written % 3 == 0) {
            *--at = ',';
        }
        *--at = (char)('0' + value % 10);
        value /= 10;
        written++;
    } while (value > 0);
    text_bytes(to, at, (size_t)(digits + sizeof digits - at));
}

void text_number(text *to, int64_t value) {
    put_number(to, value, false);
}

void text_grouped(text *to, int64_t value) {
    put_number(to, value, true);
}

void text_line(text *to, uint64_t line) {
    char marked[32];
    const int length = snprintf(marked, sizeof marked, "%c%llu%c", LINE_BEGINS, (unsigned long long)line, LINE_ENDS);
    text_bytes(to, marked, (size_t)length);
}

void text_place(text *to, const char *bytes, size_t length, uint64_t lines_before) {
    const char *const end = bytes + length;
    while (bytes < end) {
        const char *const mark = memchr(bytes, LINE_BEGINS, (size_t)(end - bytes));
        text_bytes(to, bytes, (size_t)((mark ? mark : end) - bytes));
        if (!mark) {
            return;
        }
        uint64_t line = 0;
        for (bytes = mark + 1; *bytes != LINE_ENDS; bytes++) {
            line = 10 * line + (uint64_t)(*bytes - '0');
        }
        text_number(to, (int64_t)(lines_before + line));
        bytes++;
    }
}

/* ---- characters */

size_t utf8_span(const char *bytes, size_t length, uint32_t *code) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char first = length > 0 ? (unsigned char)*bytes : 0xFF;
    if (first < 0x80) {
        *code = first;
        return 1;
    }
    const size_t span = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || span > length) {
        return 0;
    }
    uint32_t read = first & (0x7FU >> span);
    for (size_t i = 1; i < span; i++) {
        if (((unsigned char)bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
        read = read << 6 | ((unsigned char)bytes[i] & 0x3F);
    }
    *code = read;
    return read < least[span] || read > 0x10FFFF || (read >= 0xD800 && read <= 0xDFFF) ? 0 : span;
}

typedef struct range {
    uint32_t first, last;
} range;

static bool is_in(const range *ranges, size_t count, uint32_t code) {
    size_t i = 0;
    while (i < count && (code < ranges[i].first || code > ranges[i].last)) {
        i++;
    }
    return i < count;
}

/* Control characters, C1 included, of which some terminals know an escape; marks of direction; blanks without width. */
static bool is_hidden(uint32_t code) {
    static const range hidden[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},     {0x61C, 0x61C},   {0x200B, 0x200F},   {0x2028, 0x202E},
        {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
    };
    return (code < 0x20 || code > 0x7E) && is_in(hidden, sizeof hidden / sizeof *hidden, code);
}

static size_t width_of(uint32_t code) {
    static const range combining[] = {
        {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},   {0x64B, 0x65F},   {0x900, 0x902},
        {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF},
    };
    static const range wide[] = {
        {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD},
    };
    if (code < 0x300) {
        return 1;
    }
    return is_in(combining, sizeof combining / sizeof *combining, code) ? 0
           : is_in(wide, sizeof wide / sizeof *wide, code)              ? 2
                                                                        : 1;
}

size_t text_width(const char *bytes, size_t length) {
    size_t width = 0;
    uint32_t code = 0;
    for (size_t at = 0, span = 0; at < length; at += span) {
        span = utf8_span(bytes + at, length - at, &code);
        width += span > 0 ? width_of(code) : 1;
        span += span == 0;
    }
    return width;
}

static void put_hex(text *to, char letter, uint32_t code, int digits) {
    text_byte(to, '\\');
    text_byte(to, letter);
    while (digits-- > 0) {
        text_byte(to, "0123456789abcdef"[code >> (4 * digits) & 0xF]);
    }
}

/* As JSON writes it (RFC 8259, section 7): beyond U+FFFF as a surrogate pair. */
static void put_escaped(text *to, uint32_t code) {
    if (code > 0xFFFF) {
        put_hex(to, 'u', 0xD800 + ((code - 0x10000) >> 10), 4);
        code = 0xDC00 + (code & 0x3FF);
    }
    put_hex(to, 'u', code, 4);
}

void text_safe(text *to, const char *bytes, size_t length) {
    uint32_t code = 0;
    for (size_t at = 0, span = 0; at < length; at += span) {
        span = utf8_span(bytes + at, length - at, &code);
        if (span == 0) {
            put_hex(to, 'x', (unsigned char)bytes[at], 2);
            span = 1;
        } else if (!is_hidden(code)) {
            text_bytes(to, bytes + at, span);
        } else if (code < 0x100) {
            put_hex(to, 'x', code, 2);
        } else {
            put_escaped(to, code);
        }
    }
}

/* ---- JSON strings */

void text_json(text *to, const char *bytes, size_t length) {
    uint32_t code = 0;
    text_byte(to, '"');
    for (size_t at = 0, span = 0; at < length; at += span) {
        span = utf8_span(bytes + at, length - at, &code);
        if (span == 0) {
            text_string(to, replacement);
            span = 1;
        } else if (is_hidden(code)) {
            put_escaped(to, code);
        } else {
            if (code == '"' || code == '\\') {
                text_byte(to, '\\');
            }
            text_bytes(to, bytes + at, span);
        }
    }
    text_byte(to, '"');
}

/* Of the four digits behind \u; more than 0xFFFF: there are not as many. */
static uint32_t code_unit(const char *digits, size_t length) {
    uint32_t unit = length < 4 ? 0x10000 : 0;
    for (size_t i = 0; i < 4 && unit <= 0xFFFF; i++) {
        const char *const digit = memchr("0123456789abcdefABCDEF", digits[i], 22);
        const uint32_t value = digit ? (uint32_t)(digit - "0123456789abcdefABCDEF") : 0;
        unit = digit ? unit << 4 | (value < 16 ? value : value - 6) : 0x10000;
    }
    return unit;
}

/* As UTF-8 (RFC 3629, section 3). */
static void put_code_point(text *to, uint32_t code) {
    static const unsigned char first[] = {0, 0, 0xC0, 0xE0, 0xF0};
    const unsigned span = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    text_byte(to, (char)(first[span] | code >> 6 * (span - 1)));
    for (unsigned left = span - 1; left > 0; left--) {
        text_byte(to, (char)(0x80 | (code >> 6 * (left - 1) & 0x3F)));
    }
}

/* Returns the length of the escape. */
static size_t put_escape(text *to, const char *escape, size_t left) {
    static const char names[] = "bfnrt";
    static const char meanings[] = "\b\f\n\r\t";
    if (left < 2 || escape[1] != 'u') {
        const char *const name = left < 2 ? NULL : memchr(names, escape[1], sizeof names - 1);
        text_byte(to, name ? meanings[name - names] : escape[left > 1]);
        return left < 2 ? 1 : 2;
    }
    const uint32_t unit = code_unit(escape + 2, left - 2);
    const bool pair = unit >= 0xD800 && unit < 0xDC00 && left >= 12 && escape[6] == '\\' && escape[7] == 'u';
    const uint32_t second = pair ? code_unit(escape + 8, left - 8) : 0;
    if (second >= 0xDC00 && second <= 0xDFFF) {
        put_code_point(to, 0x10000 + ((unit & 0x3FF) << 10) + (second & 0x3FF));
        return 12;
    }
    if (unit > 0xFFFF || (unit >= 0xD800 && unit <= 0xDFFF)) {
        text_string(to, replacement);
    } else {
        put_code_point(to, unit);
    }
    return left < 6 ? left : 6;
}

void text_decode(text *to, const char *json, size_t length) {
    uint32_t code = 0;
    for (size_t at = 0, span = 0; at < length; at += span) {
        span = utf8_span(json + at, length - at, &code);
        if (json[at] == '\\') {
            span = put_escape(to, json + at, length - at);
        } else if (span == 0) {
            text_string(to, replacement);
            span = 1;
        } else {
            text_bytes(to, json + at, span);
        }
    }
}
