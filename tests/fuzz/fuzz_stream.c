/*
 * Any bytes as a response body. The first two bytes say where to look and how the body is cut into chunks. However it
 * is cut, a stream must say what the second reader says of the whole.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

/* What is said before the end is right for what has come so far; asking changes nothing; a copy goes on by itself. */
static void go_on_in_a_copy(const char *pointer, span body, size_t cut) {
    tokusage_stream stream, straight;
    char *begin = exact_copy(body.bytes, cut), *rest = exact_copy(body.bytes + cut, body.length - cut);
    assert_int_equal(tokusage_stream_init(&straight, pointer), TOKUSAGE_OK);
    size_t taken = tokusage_stream_feed(&straight, begin, cut);
    (void)observe("up to the cut", &straight, taken);
    stream = straight;
    spoil(&straight, sizeof straight);
    taken += tokusage_stream_feed(&stream, rest, body.length - cut);
    const observation copied = observe("from the cut on, in a copy", &stream, taken);
    assert_int_equal(tokusage_stream_init(&straight, pointer), TOKUSAGE_OK);
    taken = tokusage_stream_feed(&straight, body.bytes, body.length);
    const observation whole = observe("at once", &straight, taken);
    expect_same_observation("from the cut on, in a copy", &copied, &whole);
    free(begin);
    free(rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {.at = data, .left = size};
    const char *const pointer = pointer_of(next_byte(&in));
    const uint32_t dice = next_byte(&in);
    const span body = {in.left > 0 ? (const char *)in.at : "", in.left};
    const size_t cut = (dice * 131 + body.length * 7) % (body.length + 1);
    expect_same_stream(pointer, body, dice);
    expect_same_stream(pointer, (span){body.bytes, cut}, dice);
    go_on_in_a_copy(pointer, body, cut);
    return 0;
}
