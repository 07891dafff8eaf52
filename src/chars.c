/* The characters of JSON, as far as more than a comparison is needed to tell them. */
#include "chars.h"

size_t tokusage_space_span(const char *bytes, size_t length) {
    size_t span = 0;
    while (span < length && tokusage_is_space(bytes[span])) {
        span++;
    }
    return span;
}

unsigned tokusage_hex_value(char c) {
    if (tokusage_is_digit(c)) {
        return (unsigned)(c - '0');
    }
    /* Setting this bit makes ASCII letters small, and no other byte a letter from a to f. */
    const unsigned letter = ((unsigned char)c | 0x20U) - 'a';
    return letter < 6 ? 10 + letter : 16;
}
