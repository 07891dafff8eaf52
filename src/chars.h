/* The characters that JSON (RFC 8259, sections 2, 6, 7 and 8.1) gives a meaning to; the same in every locale. */
#ifndef TOKUSAGE_SRC_CHARS_H
#define TOKUSAGE_SRC_CHARS_H

#include "wide.h"

#include <stdbool.h>
#include <stddef.h>

static inline bool tokusage_is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline bool tokusage_is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* A byte that may stand in a string by itself. */
static inline bool tokusage_is_plain(char c) {
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/* A line end of server-sent events. */
static inline bool tokusage_is_line_end(char c) {
    return c == '\n' || c == '\r';
}

/* The UTF-8 byte-order mark, which may come before everything else. */
#define TOKUSAGE_BYTE_ORDER_MARK "\xEF\xBB\xBF"

enum {
    TOKUSAGE_BYTE_ORDER_MARK_LENGTH = sizeof TOKUSAGE_BYTE_ORDER_MARK - 1
};

/* The first byte that may not stand in a string by itself, or the end. */
static inline const char *tokusage_plain_end(const char *at, const char *end) {
#ifdef TOKUSAGE_WIDE
    while (end - at >= TOKUSAGE_WIDE) {
        const wide bytes = wide_load(at);
        const wide marks = wide_or(wide_equal(bytes, '"'), wide_equal(bytes, '\\'));
        const uint64_t mask = wide_mask(wide_or(marks, wide_at_most(bytes, 0x1F)));
        if (mask != 0) {
            return at + wide_first(mask);
        }
        at += TOKUSAGE_WIDE;
    }
#endif
    while (at < end && tokusage_is_plain(*at)) {
        at++;
    }
    return at;
}

/* How many of the bytes are white space, from the first on. */
size_t tokusage_space_span(const char *bytes, size_t length);

/* The value of a hexadecimal digit; 16 for a byte that is none. */
unsigned tokusage_hex_value(char c);

#endif
