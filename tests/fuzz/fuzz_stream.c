/*
 * Any bytes as a response body. The first two bytes say where to look and how the body is cut into pieces. However it
 * is cut, a stream must say what the slow reference says of the whole.
 */
#include "fuzz.h"

#include "bodies.h"

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

/* A piece by itself on the heap; returns whether it was taken whole. */
static bool feed(tokusage_stream *stream, const char *bytes, size_t length, size_t *taken) {
    char *const piece = exact_copy(bytes, length);
    const size_t now = tokusage_stream_feed(stream, piece, length);
    free(piece);
    *taken += now;
    return now == length;
}

static size_t feed_pieces(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length,
                          uint32_t dice) {
    size_t at = 0;
    size_t taken = 0;
    bool open = true;
    assert_int_equal(tokusage_stream_init(stream, pointer), TOKUSAGE_OK);
    while (open && at < length) {
        const size_t piece = next_length(&dice, length - at);
        open = feed(stream, bytes + at, piece, &taken);
        at += piece;
    }
    return taken;
}

/* What is said before the end must be right for what has come so far; asking changes nothing; a copy goes on by itself. */
static void go_on_in_a_copy(const char *pointer, const char *bytes, size_t length, size_t cut, const answer *want) {
    const answer before = reference_stream(pointer, bytes, cut);
    tokusage_stream stream;
    size_t taken = 0;
    assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_OK);
    const bool open = feed(&stream, bytes, cut, &taken);
    tokusage_stream copy = stream;
    expect_answer("up to the cut", &stream, &before);
    expect_taken("up to the cut", taken, cut, &before);
    spoil(&stream, sizeof stream);
    if (open) {
        feed(&copy, bytes + cut, length - cut, &taken);
        expect_taken("from the cut on, in a copy", taken, length, want);
    }
    expect_answer("from the cut on, in a copy", &copy, want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {.at = data, .left = size};
    const char *const pointer = pointers[next_byte(&in) % LENGTH(pointers)];
    const uint32_t dice = next_byte(&in);
    const size_t length = in.left;
    char *const whole = exact_copy(in.at, length);
    const answer want = reference_stream(pointer, whole, length);
    tokusage_stream stream;

    size_t taken = feed_at_once(&stream, pointer, whole, length);
    expect_answer("at once", &stream, &want);
    expect_taken("at once", taken, length, &want);
    taken = feed_bytewise(&stream, pointer, whole, length);
    expect_answer("byte by byte", &stream, &want);
    expect_taken("byte by byte", taken, length, &want);
    taken = feed_pieces(&stream, pointer, whole, length, dice);
    expect_answer("in pieces", &stream, &want);
    expect_taken("in pieces", taken, length, &want);

    go_on_in_a_copy(pointer, whole, length, (dice * 131 + length * 7) % (length + 1), &want);
    free(whole);
    return 0;
}
