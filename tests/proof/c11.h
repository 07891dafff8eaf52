/* This Frama-C does not read _Static_assert; every compiler does. */
#define _Static_assert(condition, text) struct tokusage_static_assertion
/* Nor gcc's built-in function; each value is followed by itself. */
static int proof_lowest_bit(unsigned bits) {
    int bit = 0;
    /*@ split bits; */
    /*@ loop unroll 32; */
    while ((bits >> bit & 1) == 0) {
        bit++;
    }
    return bit;
}
#define __builtin_ctz proof_lowest_bit
