/*
 * Exact reading of JSON numbers as counts. A number is taken apart into its significant digits and a power of ten;
 * nothing is rounded, and an exponent of any length is read without overflow.
 */
#include "number.h"

/* More than any number of digits that a text of a sensible size has, and far from overflow when a few are added. */
#define EXPONENT_LIMIT (INT64_MAX / 4)

/* A number that is not 0: the digits between first and last (a point may be among them) times ten to the power of
 * scale. */
typedef struct decimal {
    const char *first; /* its first digit that is not 0 */
    const char *last;  /* its last digit that is not 0 */
    int64_t scale;     /* the power of ten that *last counts */
} decimal;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* The digits of an exponent, cut off at EXPONENT_LIMIT, with the sign before them. */
static int64_t read_exponent(const char *at, const char *end) {
    const bool negative = *at == '-';
    int64_t exponent = 0;
    for (; at < end; at++) {
        if (is_digit(*at) && exponent < EXPONENT_LIMIT / 10 - 1) {
            exponent = exponent * 10 + (*at - '0');
        }
    }
    return negative ? -exponent : exponent;
}

/* False when every digit is 0. */
static bool take_apart(const char *text, const char *end, decimal *number) {
    int64_t places = 0; /* digits after the point so far */
    bool fraction = false;
    *number = (decimal){.first = NULL};
    for (; text < end && *text != 'e' && *text != 'E'; text++) {
        fraction = fraction || *text == '.';
        if (!is_digit(*text)) {
            continue;
        }
        places += fraction;
        if (*text != '0') {
            number->first = number->first ? number->first : text;
            number->last = text;
            number->scale = -places;
        }
        /* A whole digit behind the last one that counts makes that one count ten times more. */
        if (*text == '0' && !fraction) {
            number->scale++;
        }
    }
    if (text < end) {
        number->scale += read_exponent(text + 1, end);
    }
    return number->first != NULL;
}

/* The whole part of a number; anything above TOKUSAGE_COUNT_MAX is some value above it. */
static int64_t whole_part(const decimal *number, int64_t digits) {
    int64_t value = 0;
    const char *at = number->first;
    for (; digits > 0 && value <= TOKUSAGE_COUNT_MAX; digits--) {
        if (at <= number->last && *at == '.') {
            at++;
        }
        const int digit = at <= number->last ? *at - '0' : 0;
        value = value * 10 + digit;
        at++;
    }
    return value;
}

static int64_t count_digits(const decimal *number) {
    int64_t digits = 0;
    for (const char *at = number->first; at <= number->last; at++) {
        digits += is_digit(*at);
    }
    return digits;
}

tokusage_status tokusage_number_read(const char *text, size_t length, int64_t *value) {
    decimal number;
    if (!take_apart(text, text + length, &number)) {
        *value = 0;
        return TOKUSAGE_OK;
    }
    const int64_t whole = whole_part(&number, count_digits(&number) + number.scale);
    const bool fraction = number.scale < 0;
    if (*text == '-' || whole > TOKUSAGE_COUNT_MAX || (whole == TOKUSAGE_COUNT_MAX && fraction)) {
        return TOKUSAGE_ERR_RANGE;
    }
    if (fraction) {
        return TOKUSAGE_ERR_INTEGER;
    }
    *value = whole;
    return TOKUSAGE_OK;
}
