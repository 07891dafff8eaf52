/*
 * Bodies of AWS event-stream frames that the input puts together: payloads plain or as base64, with checksums that are
 * right, and damage at places that the input chooses. A stream must say what the second reader says.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "random_body.h"

enum {
    CRC = 8, /* where the checksum of the prelude is */
    MOST = 1 << 13
};

static size_t no_choice(size_t limit) {
    return limit - 1;
}

/* The next payload: as many bytes of the input as a byte says. */
static span next_payload(input *in) {
    static const char *const payloads[] = {
        "{\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}",
        "{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}",
        "{\"metadata\":{\"usage\":{\"inputTokens\":3}}}",
        "{\"usage\":{\"inputTokens\":3,\"outputTokens\":4,\"cacheDetails\":[{\"ttl\":\"1h\",\"inputTokens\":1}]}}"};
    const uint8_t length = next_byte(in);
    if (length >= 192) {
        return span_of(payloads[length % LENGTH(payloads)]);
    }
    const size_t taken = length < in->left ? length : in->left;
    const span payload = {(const char *)in->at, taken};
    in->at += taken;
    in->left -= taken;
    return payload;
}

/* Changes a byte of the frame that begins there, or lets the input say what base64 there is. */
static void change(builder *to, size_t begin, input *in) {
    const uint8_t where = next_byte(in), what = next_byte(in);
    const size_t length = to->length - begin;
    size_t at = begin + where % length;
    if (at < begin + CRC + 4 && where < 128) {
        at = begin + length / 2; /* mostly not in the prelude, because nothing is read then */
    }
    to->bytes[at] = (char)what;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {.at = data, .left = size};
    builder body = {NULL, 0, 0};
    use_source(no_choice);
    const char *const pointer = pointer_of(next_byte(&in));
    const uint32_t dice = next_byte(&in);
    while (in.left > 0 && body.length < MOST) {
        const uint8_t how = next_byte(&in);
        const size_t begin = body.length;
        frame_payload(&body, next_payload(&in), how % 2 == 0);
        for (unsigned changes = how / 2 % 4; how >= 64 && changes > 0; changes--) {
            change(&body, begin, &in);
        }
    }
    expect_same_stream(pointer, built(&body), dice);
    const size_t cut = (dice * 131 + body.length * 7) % (body.length + 1);
    expect_same_stream(pointer, (span){built(&body).bytes, cut}, dice);
    free(body.bytes);
    return 0;
}
