/*
 * Bodies that the input puts together out of the table of names, as random_body.h makes them: each choice is a byte of
 * the input. A stream, and extract, must say what the second reader says.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "random_body.h"

enum {
    ENOUGH = 20000 /* bytes of a body */
};

static input choices;
static uint32_t after; /* what chooses after the end of the input */

static size_t choose(size_t limit) {
    if (choices.left == 0) {
        after = after * 1664525U + 1013904223U;
        return (after >> 8) % limit;
    }
    const size_t first = next_byte(&choices);
    return (limit > 256 ? first << 8 | next_byte(&choices) : first) % limit;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    builder body = {NULL, 0, 0}, document = {NULL, 0, 0};
    choices = (input){data, size};
    after = (uint32_t)size;
    use_source(choose);
    const uint32_t dice = next_byte(&choices);
    const char *const pointer = random_pointer();
    add_random_document(&document, pointer);
    add_random_body(&body, pointer);
    expect_same_document(pointer, built(&document));
    if (body.length < ENOUGH) {
        expect_same_stream(pointer, built(&body), dice);
        expect_same_stream(pointer, (span){built(&body).bytes, body.length * dice / 256}, dice);
    }
    free(body.bytes);
    free(document.bytes);
    return 0;
}
