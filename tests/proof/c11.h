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
/* Its memcpy refuses a pointer to the byte after an array, also for no bytes; C allows that (7.24.1). */
#include <string.h>
#ifndef PROOF_LIBC
static void *proof_memcpy(void *to, const void *from, size_t length) {
    return length > 0 ? memcpy(to, from, length) : to;
}
#define memcpy proof_memcpy
#endif
/* Its UINT32_C makes a number of 64 bits. */
#include <stdint.h>
#undef UINT32_C
#define UINT32_C(number) number##U
