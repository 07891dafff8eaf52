/*
 * Numbers, one byte from every state there is, so that by induction nothing that is read in any number of pieces is
 * undefined behaviour. `between_bytes` says what holds between two bytes, and each step is shown to keep it; what is not
 * said there is anything at all.
 */
#include "../../src/number.c"

#include "proof.h"

enum {
    PIECE = 2
};

static char piece[PIECE];

static uint64_t power(unsigned exponent) {
    uint64_t result = 1;
    /*@ loop unroll 20; */
    for (; exponent > 0; exponent--) {
        result *= 10;
    }
    return result;
}

static void between_bytes(const tokusage_number *number) {
    if (number->state > EXPONENT || number->kept > DIGITS || number->digits >= power(DIGITS)) {
        broken();
    }
    if (number->point < -PLACES_MAX || number->point > PLACES_MAX || number->exponent < 0 ||
        number->exponent > PLACES_MAX * 10) {
        broken();
    }
}

static tokusage_number any_number(unsigned state, unsigned kept, int64_t point_min, int64_t point_max) {
    tokusage_number number;
    number.digits = kept == 0 ? 0 : Frama_C_unsigned_long_long_interval(power(kept - 1), power(kept) - 1);
    number.point = Frama_C_long_long_interval(point_min, point_max);
    number.exponent = Frama_C_long_long_interval(0, PLACES_MAX * 10);
    number.state = (uint8_t)state;
    number.kept = (uint8_t)kept;
    number.negative = Frama_C_interval(0, 1) != 0;
    number.more = Frama_C_interval(0, 1) != 0;
    number.shrinking = Frama_C_interval(0, 1) != 0;
    return number;
}

static void feed(tokusage_number number, size_t length) {
    any_bytes(piece, PIECE);
    if (tokusage_number_feed(&number, piece + (PIECE - length), length) > length) {
        broken();
    }
    between_bytes(&number);
    (void)tokusage_number_complete(&number);
}

static void read(const tokusage_number *number) {
    int64_t value = 0;
    if (tokusage_number_read(number, &value) == TOKUSAGE_OK && (value < 0 || value > TOKUSAGE_COUNT_MAX)) {
        broken();
    }
}

int main(void) {
    /*@ loop unroll 20; */
    for (unsigned kept = 0; kept <= DIGITS; kept++) {
        /*@ loop unroll 20; */
        for (unsigned state = 0; state <= EXPONENT; state++) {
            feed(any_number(state, kept, -PLACES_MAX, 0), 1);
            feed(any_number(state, kept, 1, PLACES_MAX), 1);
        }
        /* Where the point is matters only near the digits: each place there by itself. */
        /*@ loop unroll 60; */
        for (int64_t point = -2; point <= DIGITS + 2; point++) {
            tokusage_number number = any_number(WHOLE, kept, point, point);
            number.exponent = 0;
            read(&number);
        }
        const tokusage_number any = any_number(WHOLE, kept, -PLACES_MAX, PLACES_MAX);
        read(&any);
    }
    return 0;
}
