/*
 * Text that grows, and the forms that strings and numbers take in it.
 */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

void *memory_resize(void *memory, size_t size) {
    void *const resized = realloc(memory, size);
    if (!resized) {
        fputs("usage-report: not enough memory\n", stderr);
        exit(2);
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
        size_t room = to->room > 0 ? to->room : 256;
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

/* ---- characters */

static bool continues(const char *bytes, size_t from, size_t to) {
    for (; from < to; from++) {
        if (((unsigned char)bytes[from] & 0xC0) != 0x80) {
            return false;
        }
    }
    return true;
}

/* RFC 3629, section 4: what the second byte may be depends on the first; beyond it any continuation goes. */
size_t utf8_span(const char *bytes, size_t length) {
    static const struct {
        unsigned char first, last; /* the first byte */
        unsigned char low, high;   /* the second one */
        size_t span;
    } rules[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    const unsigned char first = length > 0 ? (unsigned char)bytes[0] : 0xFF;
    if (first < 0x80) {
        return 1;
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (first >= rules[i].first && first <= rules[i].last) {
            const bool good = length >= rules[i].span && (unsigned char)bytes[1] >= rules[i].low &&
                              (unsigned char)bytes[1] <= rules[i].high && continues(bytes, 2, rules[i].span);
            return good ? rules[i].span : 0;
        }
    }
    return 0;
}

static void put_hex(text *to, const char *before, unsigned byte) {
    static const char digits[] = "0123456789abcdef";
    text_string(to, before);
    text_byte(to, digits[byte >> 4 & 0xF]);
    text_byte(to, digits[byte & 0xF]);
}

/* The C0 controls and DEL, and the C1 controls, U+0080 to U+009F, of which some terminals know an escape, too. */
static bool is_control(const char *bytes, size_t span) {
    const unsigned char first = (unsigned char)bytes[0];
    return span == 1 ? first < 0x20 || first == 0x7F : span == 2 && first == 0xC2 && (unsigned char)bytes[1] < 0xA0;
}

void text_safe(text *to, const char *bytes, size_t length) {
    for (size_t at = 0; at < length;) {
        const size_t span = utf8_span(bytes + at, length - at);
        if (span == 0) {
            put_hex(to, "\\x", (unsigned char)bytes[at]);
            at++;
        } else if (is_control(bytes + at, span)) {
            put_hex(to, "\\x", (unsigned char)bytes[at + span - 1]);
            at += span;
        } else {
            text_bytes(to, bytes + at, span);
            at += span;
        }
    }
}

/* ---- JSON strings */

/* RFC 8259, section 7; DEL and the C1 controls may stand there, but are escaped for the sake of terminals. */
void text_json(text *to, const char *bytes, size_t length) {
    text_byte(to, '"');
    for (size_t at = 0; at < length;) {
        const size_t span = utf8_span(bytes + at, length - at);
        if (span == 0) {
            text_string(to, replacement);
            at++;
            continue;
        }
        if (is_control(bytes + at, span)) {
            put_hex(to, "\\u00", (unsigned char)bytes[at + span - 1]);
        } else {
            if (bytes[at] == '"' || bytes[at] == '\\') {
                text_byte(to, '\\');
            }
            text_bytes(to, bytes + at, span);
        }
        at += span;
    }
    text_byte(to, '"');
}

static unsigned hex_value(char digit) {
    return digit <= '9' ? (unsigned)(digit - '0') : ((unsigned)digit | 0x20U) - 'a' + 10;
}

static unsigned code_unit(const char *escape) {
    return hex_value(escape[2]) << 12 | hex_value(escape[3]) << 8 | hex_value(escape[4]) << 4 | hex_value(escape[5]);
}

/* As UTF-8 (RFC 3629, section 3). */
static void put_code_point(text *to, unsigned code) {
    if (code < 0x80) {
        text_byte(to, (char)code);
        return;
    }
    if (code < 0x800) {
        text_byte(to, (char)(0xC0 | code >> 6));
    } else if (code < 0x10000) {
        text_byte(to, (char)(0xE0 | code >> 12));
        text_byte(to, (char)(0x80 | (code >> 6 & 0x3F)));
    } else {
        text_byte(to, (char)(0xF0 | code >> 18));
        text_byte(to, (char)(0x80 | (code >> 12 & 0x3F)));
        text_byte(to, (char)(0x80 | (code >> 6 & 0x3F)));
    }
    text_byte(to, (char)(0x80 | (code & 0x3F)));
}

/* Returns the length of the escape. */
static size_t put_escape(text *to, const char *escape, size_t left) {
    static const char names[] = "bfnrt";
    static const char meanings[] = "\b\f\n\r\t";
    if (escape[1] != 'u') {
        const char *const name = memchr(names, escape[1], sizeof names - 1);
        text_byte(to, name ? meanings[name - names] : escape[1]);
        return 2;
    }
    const unsigned unit = code_unit(escape);
    if (unit < 0xD800 || unit > 0xDFFF) {
        put_code_point(to, unit);
        return 6;
    }
    const bool pair = unit < 0xDC00 && left >= 12 && escape[6] == '\\' && escape[7] == 'u';
    const unsigned second = pair ? code_unit(escape + 6) : 0;
    if (second < 0xDC00 || second > 0xDFFF) {
        text_string(to, replacement);
        return 6;
    }
    put_code_point(to, 0x10000 + ((unit & 0x3FF) << 10) + (second & 0x3FF));
    return 12;
}

/* The library has checked the string, quotes and escapes included. */
void text_decode(text *to, const char *json, size_t length) {
    for (size_t at = 1; at < length - 1;) {
        const size_t span = utf8_span(json + at, length - 1 - at);
        if (json[at] == '\\') {
            at += put_escape(to, json + at, length - 1 - at);
        } else if (span == 0) {
            text_string(to, replacement);
            at++;
        } else {
            text_bytes(to, json + at, span);
            at += span;
        }
    }
}
