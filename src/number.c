/*
 * Exact reading of JSON numbers as counts: the digits before the decimal point, wherever the exponent moves it, are the
 * whole part; behind it, any digit but 0 is a fraction. Nothing is rounded.
 */
#include "number.h"
#include "chars.h"

/*
 * Exponents are cut off here: more places than a number and a count have digits, and no more, as each place costs a
 * step, and a hostile text can ask for them with a few bytes.
 */
enum {
    EXPONENT_MAX = TOKUSAGE_NUMBER_MAX + 17
};

/* `text` is what stands behind the e. */
static int read_exponent(const char *text, const char *end) {
    const bool negative = *text == '-';
    int exponent = 0;
    for (; text < end; text++) {
        if (tokusage_is_digit(*text) && exponent < EXPONENT_MAX) {
            exponent = exponent * 10 + (*text - '0');
        }
    }
    return negative ? -exponent : exponent;
}

/* Where the decimal point is, counted in digits from the first, and where the digits end. */
static int find_point(const char *text, const char *end, const char **digits_end) {
    int before = 0;
    bool passed = false;
    for (; text < end && (*text | 0x20) != 'e'; text++) {
        passed = passed || *text == '.';
        before += !passed;
    }
    *digits_end = text;
    return before + (text < end ? read_exponent(text + 1, end) : 0);
}

/* Above TOKUSAGE_COUNT_MAX nothing is added any more, so that nothing overflows. */
static int64_t add_digit(int64_t value, int digit) {
    return value <= TOKUSAGE_COUNT_MAX ? value * 10 + digit : value;
}

tokusage_status tokusage_number_read(const char *text, size_t length, int64_t *value) {
    const bool negative = *text == '-';
    const char *at = text + negative;
    const char *digits_end;
    int places = find_point(at, text + length, &digits_end);
    int64_t whole = 0;
    bool fraction = false;
    for (; at < digits_end; at++) {
        if (*at == '.') {
            continue;
        }
        if (places > 0) {
            whole = add_digit(whole, *at - '0');
            places--;
        } else {
            fraction = fraction || *at != '0';
        }
    }
    for (; places > 0 && whole > 0; places--) {
        whole = add_digit(whole, 0);
    }
    const bool below = negative && (whole > 0 || fraction);
    if (below || whole > TOKUSAGE_COUNT_MAX || (whole == TOKUSAGE_COUNT_MAX && fraction)) {
        return TOKUSAGE_ERR_RANGE;
    }
    if (fraction) {
        return TOKUSAGE_ERR_INTEGER;
    }
    *value = whole;
    return TOKUSAGE_OK;
}
