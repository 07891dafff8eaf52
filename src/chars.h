/* The characters that JSON (RFC 8259, sections 2, 6, 7 and 8.1) gives a meaning to; the same in every locale. */
#ifndef TOKUSAGE_SRC_CHARS_H
#define TOKUSAGE_SRC_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tells the compiler that a condition is mostly true, so that it lays that path out in a straight line. */
#if defined(__GNUC__)
#define TOKUSAGE_LIKELY(x) (__builtin_expect(!!(x), 1))
#else
#define TOKUSAGE_LIKELY(x) (x)
#endif

static inline bool tokusage_is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline bool tokusage_is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* A byte that stands in a string without an escape, and does not end it. */
static inline bool tokusage_is_plain(char c) {
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/* A line end of server-sent events. */
static inline bool tokusage_is_line_end(char c) {
    return c == '\n' || c == '\r';
}

/* The value of a hexadecimal digit; 16 for another byte. Without a jump: which digits come cannot be foreseen. */
static inline unsigned tokusage_hex_value(char c) {
    const unsigned digit = (unsigned char)c - (unsigned)'0';
    /* Setting this bit makes ASCII letters small. It makes no other byte a letter from a to f. */
    const unsigned letter = ((unsigned char)c | 0x20U) - 'a';
    const unsigned value = letter < 6 ? 10 + letter : 16;
    return digit < 10 ? digit : value;
}

/* The code of a \u escape from its four digits; above 0xFFFF when one of them is not a digit. */
static inline uint32_t tokusage_hex_code(const char *digits) {
    uint32_t code = 0;
    unsigned all = 0;
    for (int i = 0; i < 4; i++) {
        const unsigned value = tokusage_hex_value(digits[i]);
        code = code << 4 | (value & 15);
        all |= value;
    }
    return all < 16 ? code : 0x10000;
}

/* What a backslash and this byte mean together (RFC 8259, section 7); NUL when they are not an escape of two bytes. */
static inline char tokusage_escape_meaning(char c) {
    switch (c) {
    case '"':
    case '\\':
    case '/':
        return c;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return '\0';
    }
}

/* How many bytes of white space the bytes begin with. */
static inline size_t tokusage_space_span(const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && tokusage_is_space(bytes[at])) {
        at++;
    }
    return at;
}

/* The UTF-8 byte-order mark, which may come before everything else. */
#define TOKUSAGE_BYTE_ORDER_MARK "\xEF\xBB\xBF"

enum {
    TOKUSAGE_BYTE_ORDER_MARK_LENGTH = sizeof TOKUSAGE_BYTE_ORDER_MARK - 1
};

/* Whether this byte is the next of the mark, behind its first `matched` bytes. */
static inline bool tokusage_mark_goes_on(size_t matched, char c) {
    return matched < TOKUSAGE_BYTE_ORDER_MARK_LENGTH && c == TOKUSAGE_BYTE_ORDER_MARK[matched];
}

#endif
