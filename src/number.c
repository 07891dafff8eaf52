/*
 * The grammar of numbers, and their exact values. A number is kept as its first significant digits and the position of
 * its decimal point. A count has at most 16 digits, so the digits behind the first 16 only tell whether there is a
 * fraction.
 */
#include "number.h"
#include "chars.h"

enum {
    DIGITS = 16 /* of TOKUSAGE_COUNT_MAX */
};

/* Exponents, and digits before and behind the point, are counted up to here. No text is this long. */
#define PLACES_MAX (INT64_MAX / 32)

/* The states of the grammar, by what came last. */
enum number_state {
    BEGIN,
    MINUS,
    ZERO,
    WHOLE,
    POINT,
    FRACTION,
    E,
    SIGN,
    EXPONENT
};

/* Which state a byte that is not a digit leads to, and from which states. */
static const struct {
    char byte;
    uint8_t to;
    uint16_t from; /* a bit for each */
} number_marks[] = {
    {'-', MINUS, 1U << BEGIN},
    {'.', POINT, 1U << ZERO | 1U << WHOLE},
    {'e', E, 1U << ZERO | 1U << WHOLE | 1U << FRACTION},
    {'E', E, 1U << ZERO | 1U << WHOLE | 1U << FRACTION},
    {'+', SIGN, 1U << E},
    {'-', SIGN, 1U << E},
};

/* BEGIN when the number cannot go on with the byte. */
static enum number_state after_mark(enum number_state state, char c) {
    for (size_t i = 0; i < sizeof number_marks / sizeof *number_marks; i++) {
        if (number_marks[i].byte == c && (number_marks[i].from >> state & 1) != 0) {
            return (enum number_state)number_marks[i].to;
        }
    }
    return BEGIN;
}

/* BEGIN when the number begins with 0: no digit may follow that. */
static enum number_state after_digit(enum number_state state, char c) {
    static const uint8_t after[] = {WHOLE, WHOLE, BEGIN, WHOLE, FRACTION, FRACTION, EXPONENT, EXPONENT, EXPONENT};
    return c == '0' && state <= MINUS ? ZERO : (enum number_state)after[state];
}

/* Zeros before the first significant digit are not kept. Behind the point they move it: 0.05 has the point -1. */
static void take_digit(tokusage_number *number, unsigned digit) {
    const bool significant = number->kept > 0 || digit != 0;
    if (number->state == FRACTION) {
        number->point -= !significant && number->point > -PLACES_MAX;
    } else {
        number->point += significant && number->point < PLACES_MAX;
    }
    if (number->kept == DIGITS) {
        number->more = number->more || digit != 0;
    } else if (significant) {
        number->digits = number->digits * 10 + digit;
        number->kept++;
    }
}

static void take(tokusage_number *number, char c) {
    switch (number->state) {
    case ZERO:
    case WHOLE:
    case FRACTION:
        take_digit(number, (unsigned)(c - '0'));
        break;
    case EXPONENT:
        number->exponent = number->exponent < PLACES_MAX ? number->exponent * 10 + (c - '0') : number->exponent;
        break;
    default:
        number->negative = number->negative || number->state == MINUS;
        number->shrinking = number->state == SIGN && c == '-';
    }
}

size_t tokusage_number_feed(tokusage_number *number, const char *bytes, size_t length) {
    for (size_t at = 0; at < length; at++) {
        const char c = bytes[at];
        const enum number_state state = (enum number_state)number->state;
        const enum number_state next = tokusage_is_digit(c) ? after_digit(state, c) : after_mark(state, c);
        if (next == BEGIN) {
            return at;
        }
        number->state = (uint8_t)next;
        take(number, c);
    }
    return length;
}

bool tokusage_number_complete(const tokusage_number *number) {
    const unsigned complete = 1U << ZERO | 1U << WHOLE | 1U << FRACTION | 1U << EXPONENT;
    return (complete >> number->state & 1) != 0;
}

static uint64_t power_of_ten(int exponent) {
    uint64_t power = 1;
    for (; exponent > 0; exponent--) {
        power *= 10;
    }
    return power;
}

tokusage_status tokusage_number_read(const tokusage_number *number, int64_t *value) {
    /* How many significant digits stand before the point once the exponent has moved it. */
    const int64_t places = number->point + (number->shrinking ? -number->exponent : number->exponent);
    if (number->kept == 0) {
        *value = 0;
        return TOKUSAGE_OK;
    }
    if (number->negative || places > DIGITS) {
        return TOKUSAGE_ERR_RANGE;
    }
    if (places <= 0) {
        return TOKUSAGE_ERR_INTEGER;
    }
    const uint64_t unit = power_of_ten(number->kept - (int)places);
    const uint64_t whole = number->digits / unit * power_of_ten((int)places - number->kept);
    const bool fraction = number->more || number->digits % unit != 0;
    if (whole > TOKUSAGE_COUNT_MAX || (whole == TOKUSAGE_COUNT_MAX && fraction)) {
        return TOKUSAGE_ERR_RANGE;
    }
    if (fraction) {
        return TOKUSAGE_ERR_INTEGER;
    }
    *value = (int64_t)whole;
    return TOKUSAGE_OK;
}
