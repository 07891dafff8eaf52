/*
 * Any bytes as a response body. The first two bytes say where to look and how the body is cut into pieces. However it
 * is cut, a stream must say what the slow reference says of the whole.
 */
#include "fuzz.h"

#include "../bodies.h"

#include <stdlib.h>
#include <string.h>

static const char *const pointers[] = {
    NULL,   "/usage", "",      "/response/usage", "/message/usage", "/a",
    "/a/b", "/a~1b",  "/m~0n", "/\xC3\xA9",       "/usage/usage",   "/",
};

/* Lengths of pieces one after another: many short ones, some long ones, all of it in the end. */
static size_t next_length(uint32_t *dice, size_t left) {
    *dice = *dice * 1664525U + 1013904223U;
    const uint32_t roll = *dice >> 16;
    const size_t length = roll % 4 == 0 ? roll / 4 % 200 : 1 + roll / 4 % 9;
    return length < left ? length : left;
}

static void feed_pieces(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length, uint32_t dice) {
    assert_int_equal(tokusage_stream_init(stream, pointer), TOKUSAGE_OK);
    size_t at = 0;
    while (at < length) {
        const size_t piece = next_length(&dice, length - at);
        char *copy = exact_copy(bytes + at, piece);
        tokusage_stream_feed(stream, copy, piece);
        free(copy);
        at += piece;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {.at = data, .left = size};
    const char *const pointer = pointers[next_byte(&in) % LENGTH(pointers)];
    const uint32_t dice = next_byte(&in);
    const size_t length = in.left;
    char *const whole = exact_copy(in.at, length);
    const answer want = reference_stream(pointer, whole, length);
    tokusage_stream stream;

    feed_at_once(&stream, pointer, whole, length);
    expect_answer("at once", &stream, &want);
    feed_bytewise(&stream, pointer, whole, length);
    expect_answer("byte by byte", &stream, &want);
    feed_pieces(&stream, pointer, whole, length, dice);
    expect_answer("in pieces", &stream, &want);

    /* What is said before the end must be right for what has come so far, and asking must change nothing. */
    const size_t cut = length > 0 ? (dice * 131 + length * 7) % (length + 1) : 0;
    const answer before = reference_stream(pointer, whole, cut);
    char *const first = exact_copy(whole, cut);
    char *const second = exact_copy(whole + cut, length - cut);
    assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_OK);
    tokusage_stream_feed(&stream, first, cut);
    tokusage_stream moved = stream;
    expect_answer("up to the cut", &stream, &before);
    spoil(&stream, sizeof stream);
    tokusage_stream_feed(&moved, second, length - cut);
    expect_answer("from the cut on, in a copy", &moved, &want);
    free(first);
    free(second);
    free(whole);
    return 0;
}
