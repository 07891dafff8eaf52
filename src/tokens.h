/*
 * Reading tokens that lie whole in a piece, many bytes at once. A function may answer "no" (NULL, or 0): then the
 * scanner reads the token byte by byte, as it reads one that is cut. Small builds (-Os) always say no (small.h).
 */
#ifndef TOKUSAGE_SRC_TOKENS_H
#define TOKUSAGE_SRC_TOKENS_H

#include "small.h"
#include "wide.h"

#include <string.h>

#ifdef TOKUSAGE_WIDE

/* Which bytes of a register are not plain (chars.h). */
static inline tokusage_wide tokusage_wide_not_plain(const char *at) {
    const tokusage_wide bytes = tokusage_wide_load(at);
    const tokusage_wide marks = tokusage_wide_or(tokusage_wide_equal(bytes, '"'), tokusage_wide_equal(bytes, '\\'));
    return tokusage_wide_or(marks, tokusage_wide_at_most(bytes, 0x1F));
}

#endif

/* The first byte that is not plain, or the end. */
static inline const char *tokusage_plain_end(const char *at, const char *end) {
#ifdef TOKUSAGE_WIDE
    for (; end - at >= TOKUSAGE_WIDE; at += TOKUSAGE_WIDE) {
        const uint64_t mask = tokusage_wide_mask(tokusage_wide_not_plain(at));
        if (TOKUSAGE_LIKELY(mask != 0)) {
            return at + tokusage_wide_first(mask);
        }
    }
#endif
    while (at < end && tokusage_is_plain(*at)) {
        at++;
    }
    return at;
}

/*
 * 64 bytes of the piece, with a bit for each that is not plain. The end of a string is found by a shift where these
 * bytes hold it, so the next string does not wait for a load from memory.
 */
typedef struct tokusage_window {
    const char *end; /* behind the 64 bytes; at first, where the piece begins: there are none */
    uint64_t marks;
} tokusage_window;

#if !TOKUSAGE_SMALL

/* Goes on in white space, which usually is one blank or a long run. The last bytes of it are left to the caller. */
static inline const char *tokusage_space_skip(const char *at, const char *end) {
#ifdef TOKUSAGE_WIDE
    if (end - at > 1 && *at == ' ' && (unsigned char)at[1] > ' ') {
        return at + 1;
    }
    for (; end - at >= TOKUSAGE_WIDE; at += TOKUSAGE_WIDE) {
        const tokusage_wide bytes = tokusage_wide_load(at);
        const tokusage_wide lines =
            tokusage_wide_or(tokusage_wide_equal(bytes, '\n'), tokusage_wide_equal(bytes, '\r'));
        const tokusage_wide blanks =
            tokusage_wide_or(tokusage_wide_equal(bytes, ' '), tokusage_wide_equal(bytes, '\t'));
        const uint64_t others = tokusage_wide_mask(tokusage_wide_or(lines, blanks)) ^ TOKUSAGE_WIDE_ALL;
        if (others != 0) {
            return at + tokusage_wide_first(others);
        }
    }
#else
    (void)end;
#endif
    return at;
}

/* The length of the escape; 0 if it is cut or wrong. */
static inline ptrdiff_t tokusage_escape_length(const char *at, const char *end) {
    const ptrdiff_t left = end - at;
    if (left >= 6 && at[1] == 'u') {
        return tokusage_hex_code(at + 2) <= 0xFFFF ? 6 : 0;
    }
    return left >= 2 && tokusage_escape_meaning(at[1]) != '\0' ? 2 : 0;
}

/* The same as tokusage_plain_end. `at` never goes back from call to call. */
static inline const char *tokusage_window_plain_end(tokusage_window *window, const char *at, const char *end) {
#ifdef TOKUSAGE_WIDE
    for (;;) {
        const ptrdiff_t place = at - window->end; /* -64 to -1 in the window; the lowest six bits say where */
        if (TOKUSAGE_LIKELY(place < 0)) {
            const uint64_t marks = window->marks >> ((size_t)place & 63);
            if (TOKUSAGE_LIKELY(marks != 0)) {
                return at + __builtin_ctzll(marks);
            }
            at = window->end;
        }
        if (end - at < 64) {
            break;
        }
        window->marks = tokusage_wide_bits(tokusage_wide_not_plain(at), tokusage_wide_not_plain(at + 16),
                                           tokusage_wide_not_plain(at + 32), tokusage_wide_not_plain(at + 48));
        window->end = at + 64;
    }
#else
    (void)window;
#endif
    return tokusage_plain_end(at, end);
}

/* The closing quote; `at` is behind the opening one. NULL if the string is cut or wrong. Sets *escaped at an escape. */
static inline const char *tokusage_string_end(tokusage_window *window, const char *at, const char *end, bool *escaped) {
    for (;;) {
        at = tokusage_window_plain_end(window, at, end);
        if (!TOKUSAGE_LIKELY(at < end)) {
            return NULL;
        }
        if (TOKUSAGE_LIKELY(*at == '"')) {
            return at;
        }
        const ptrdiff_t length = *at == '\\' ? tokusage_escape_length(at, end) : 0;
        if (length == 0) {
            return NULL;
        }
        *escaped = true;
        at += length;
    }
}

/* Whether this text stands here. */
static inline bool tokusage_has_word(const char *at, const char *end, const char *text, ptrdiff_t length) {
    return end - at >= length && memcmp(at, text, (size_t)length) == 0;
}

/* Whether the digits from `digits` to `at` may begin a number: there is one, and no 0 before others. */
static inline bool tokusage_digits_good(const char *digits, const char *at) {
    return at > digits && (*digits != '0' || at - digits == 1);
}

/* The byte behind a number of only 1 to 15 digits, which is always in range; NULL if it is another, or may go on. */
static inline const char *tokusage_count_end(const char *at, const char *end, int64_t *value) {
    const char *const begin = at;
    const char *const limit = end - at > 16 ? at + 16 : end;
    uint64_t digits = 0;
    for (unsigned digit; at < limit && (digit = (unsigned char)*at - (unsigned)'0') <= 9; at++) {
        digits = digits * 10 + digit;
    }
    if (at == limit || *at == '.' || (*at | 0x20) == 'e' || !tokusage_digits_good(begin, at)) {
        return NULL;
    }
    *value = (int64_t)digits;
    return at;
}

static inline const char *tokusage_digits_end(const char *at, const char *end) {
    while (at < end && tokusage_is_digit(*at)) {
        at++;
    }
    return at;
}

/* The byte behind a number of any form; NULL if it is wrong or may go on. */
static inline const char *tokusage_number_end(const char *at, const char *end) {
    const char *const whole = at + (*at == '-');
    at = tokusage_digits_end(whole, end);
    bool good = tokusage_digits_good(whole, at);
    if (at < end && *at == '.') {
        const char *const digits = at + 1;
        at = tokusage_digits_end(digits, end);
        good = good && at > digits;
    }
    if (at < end && (*at | 0x20) == 'e') {
        const char *digits = at + 1;
        digits += digits < end && (*digits == '+' || *digits == '-');
        at = tokusage_digits_end(digits, end);
        good = good && at > digits;
    }
    return good && at < end ? at : NULL;
}

#endif

#endif
