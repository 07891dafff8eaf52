/* Bodies in shorthand; see shorthand.h. */
#include "shorthand.h"

#include <stdlib.h>
#include <string.h>

span quoted(const char *body) {
    enum {
        LINES = 16,
        SIZE = 8192
    };
    static char lines[LINES][SIZE];
    static size_t next = 0;
    char *const line = lines[next++ % LINES];
    const size_t length = strlen(body);
    assert_true(length < SIZE);
    for (size_t i = 0; i <= length; i++) {
        line[i] = (char)(body[i] == '\'' ? '"' : body[i]);
    }
    return (span){line, length};
}

int seed_random(void **state) {
    (void)state;
    random_seed();
    return 0;
}

void run_short(void **state) {
    const case_table *const all = *state;
    const short_case *const cases = all->cases;
    for (size_t i = 0; i < all->count; i++) {
        expect_body(cases[i].what, cases[i].pointer, quoted(cases[i].body), &cases[i].want);
    }
}

/* ------------------------------------------------------------------------------------------------------ frames */

uint32_t crc_of(const char *bytes, size_t length) {
    uint32_t crc = UINT32_MAX;
    for (size_t bit = 0; bit < 8 * length; bit++) {
        const uint32_t in = ((uint32_t)(unsigned char)bytes[bit / 8] >> bit % 8 ^ crc) & 1;
        crc = crc >> 1 ^ (in != 0 ? UINT32_C(0xEDB88320) : 0);
    }
    return ~crc;
}

void add_number(builder *to, uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        const char byte = (char)(unsigned char)(number >> shift & 0xFF);
        add_bytes(to, &byte, 1);
    }
}

void add_raw_frame(builder *to, const char *headers, span payload) {
    const size_t begin = to->length;
    const size_t around = 16 + strlen(headers);
    add_number(to, (uint32_t)(around + payload.length));
    add_number(to, (uint32_t)strlen(headers));
    add_number(to, crc_of(to->bytes + begin, 8));
    add(to, 1, headers);
    add_bytes(to, payload.bytes, payload.length);
    add_number(to, crc_of(to->bytes + begin, to->length - begin));
}

void add_frame(builder *to, const char *headers, const char *payload) {
    add_raw_frame(to, headers, quoted(payload));
}

void add_base64(builder *to, span bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.length; i += 3) {
        const size_t left = bytes.length - i;
        uint32_t bits = 0;
        for (size_t j = 0; j < 3; j++) {
            bits = bits << 8 | (j < left ? (unsigned char)bytes.bytes[i + j] : 0U);
        }
        for (size_t j = 0; j < 4; j++) {
            add_bytes(to, j <= left ? &digits[bits >> (18 - 6 * j) & 63] : "=", 1);
        }
    }
}

void add_base64_frame(builder *to, const char *document) {
    builder payload = {NULL, 0, 0};
    add(&payload, 1, "{\"bytes\":\"");
    add_base64(&payload, quoted(document));
    add(&payload, 1, "\",\"p\":\"abc\"}");
    add_raw_frame(to, "", built(&payload));
    free(payload.bytes);
}
