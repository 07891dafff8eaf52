/*
 * Bodies of events that the search passes over, or nearly: hits, what is nearly one, escapes, other names, fillers of
 * all lengths, line ends of all kinds. A stream that may pass events over must say what one says that reads each event,
 * and what the second reader says, however the body is cut. All ways of the search must give the same answer, and pass
 * over no usage and no error.
 */
#include "fuzz.h"

#include "search.h"
#include "twins/twins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BODY_MAX = 8192,
    ENOUGH = BODY_MAX - 512 /* after which nothing is begun */
};

/* ---- what is made of the input */

typedef struct making {
    char bytes[BODY_MAX];
    size_t used;
    const char *name; /* usage or error */
} making;

static void write_bytes(making *out, const char *bytes, size_t length) {
    assert_true(length <= sizeof out->bytes - out->used);
    memcpy(out->bytes + out->used, bytes, length);
    out->used += length;
}

static void write_text(making *out, const char *text) {
    write_bytes(out, text, strlen(text));
}

/* So many of its letters, between these two. */
static void write_name(making *out, const char *begin, const char *end, size_t length) {
    write_text(out, begin);
    write_bytes(out, out->name, length);
    write_text(out, end);
}

/* With one letter as an escape. */
static void write_escaped_name(making *out, uint8_t how) {
    const size_t length = strlen(out->name);
    const size_t at = length > 0 ? how % length : 0;
    char escape[8] = "";
    if (length > 0) {
        (void)snprintf(escape, sizeof escape, how < 128 ? "\\u%04x" : "\\u%04X", (unsigned char)out->name[at]);
    }
    write_name(out, "\"", escape, at);
    write_text(out, out->name + at + (length > 0));
    write_text(out, "\"");
}

/* With another letter in place of one. */
static void write_other_name(making *out, uint8_t how) {
    const size_t begin = out->used + 1;
    const size_t length = strlen(out->name);
    write_name(out, "\"", "\"", length);
    if (length > 0) {
        out->bytes[begin + how % length] ^= (char)(1 + how / 64);
    }
}

static void write_filler(making *out, size_t length) {
    memset(out->bytes + out->used, 'x', length);
    out->used += length;
}

/* What is written in place of bytes from 137 on. */
static const char *const words[] = {
    "data: {",
    "}\n\n",
    "\n\ndata: {",
    "}\r\n\r\ndata: {",
    "}\r\rdata: {",
    "\n\n",
    "\r\n\r\n",
    "\r\r",
    "\r\n",
    "\n\r\n",
    "data: [DONE]\n\n",
    "[DONE]",
    "[D",
    "[DO\ndata: NE]",
    "\ndata: ",
    "\rdata:",
    "\nid: 1\r\n: x\ndata",
    "data: {\"model\":\"m\"}\n\n",
    "\"usage\":{\"prompt_tokens\":5}",
    "\"usage\" \t: null",
    "\"usage\"",
    "\"usageMetadata\":{\"promptTokenCount\":6}",
    "\"usage\\u004detadata\":{\"promptTokenCount\":7}",
    "\"\\u0075sage\":{\"eval_count\":8}",
    "\"us",
    "\\u00",
    "\\u0075",
    "\\u0041",
    "\\\\u0065",
    "\\\"usage\\\":{",
    "\\ud83d\\ude00",
    ":{\"output_tokens\":9}",
    ":null",
    ": nul",
    "\"message\":{",
    "\"type\":\"message_delta\",",
    "\"usages\":1,\"usag\":2,\"Usage\":3",
    "\"a\":\"",
    "\"a\":[\"",
    "},",
    "} x",
    "\xEF\xBB\xBF",
    "\"error\":{\"message\":\"x\"}",
    "\"error\":null",
    "\"\\u0065rror\":true",
    "\"type\":\"error\"",
    "\"type\":\"err\\u006fr\"",
    "\"finishReason\":\"STOP\"",
    "\"choices\":[{\"usage\":",
};

/* Bytes from 128 on are written by rules of their own, or are the words; most others are themselves. */
static void write_next(making *out, input *in) {
    const uint8_t what = next_byte(in);
    const size_t length = strlen(out->name);
    if (what < 128) {
        const char byte = (char)what;
        write_bytes(out, &byte, 1);
        return;
    }
    switch (what) {
    case 128: {
        const char byte = (char)next_byte(in);
        write_bytes(out, &byte, 1);
        break;
    }
    case 129:
        write_filler(out, next_byte(in));
        break;
    case 130:
        write_name(out, "\"", "\"", length);
        break;
    case 131:
        write_name(out, "\"", "\":{\"total_tokens\":4}", length);
        break;
    case 132:
        write_name(out, "\"", "\":null", length);
        break;
    case 133:
        write_name(out, "\"", "Metadata\":{\"totalTokenCount\":3}", length);
        break;
    case 134:
        write_name(out, "\"", "\"", length > 0 ? length - 1 : 0);
        break;
    case 135:
        write_escaped_name(out, next_byte(in));
        break;
    case 136:
        write_other_name(out, next_byte(in));
        break;
    default:
        write_text(out, words[(what - 137U) % LENGTH(words)]);
        break;
    }
}

static void write_body(making *out, input *in) {
    while (in->left > 0 && out->used < ENOUGH) {
        write_next(out, in);
    }
}

/* ---- the search itself */

/* No document of events that are passed over has a usage or an error, none is [DONE], and each of them has ended. */
static void expect_nothing_in(const char *bytes, size_t length) {
    char *const stream = malloc(length + 3);
    char *const data = malloc(length + 3);
    assert_non_null(stream);
    assert_non_null(data);
    memcpy(stream, ":\n\n", 3); /* so that what follows is no document, and a byte-order mark nothing special */
    memcpy(stream + 3, bytes, length);
    const observation said = reference_stream(NULL, stream, length + 3);
    const size_t used = reference_events(stream, length + 3, data);
    assert_true(said.reports == 0 && !said.done && said.ends[1].verdict == TOKUSAGE_MISSING);
    assert_true(used == 0 || data[used - 1] == '|');
    free(data);
    free(stream);
}

size_t search_watched(const char *bytes, size_t length, bool open) {
    char *const copy = exact_copy(bytes, length);
    const size_t passed = tokusage_search(copy, length, open);
    assert_true(passed <= length);
    assert_int_equal(search_without_avx2(copy, length, open), passed);
    assert_int_equal(search_portable(copy, length, open), passed);
    if (!open && passed > 0) {
        expect_nothing_in(copy, passed);
    }
    free(copy);
    return passed;
}

/* ---- streams */

typedef size_t feeder(tokusage_stream *stream, const char *bytes, size_t length);

static const struct {
    const char *name;
    feeder *feed;
} ways[] = {
    {"each event read", unsearched_feed},
    {"the search", tokusage_stream_feed},
    {"the search, watched", watched_feed},
};

static size_t next_length(uint32_t *dice, size_t left) {
    *dice = *dice * 1664525U + 1013904223U;
    const uint32_t roll = *dice >> 16;
    const size_t length = roll % 8 == 0 ? 1 + roll / 8 % 20 : 20 + roll / 8 % 500;
    return length < left ? length : left;
}

/* A `dice` of 0: at once. Each chunk is by itself on the heap. */
static observation say(size_t way, const char *pointer, span whole, uint32_t dice) {
    tokusage_stream stream;
    size_t taken = 0;
    bool open = true;
    assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_OK);
    for (size_t at = 0; open && at < whole.length;) {
        const size_t length = dice == 0 ? whole.length : next_length(&dice, whole.length - at);
        char *const chunk = exact_copy(whole.bytes + at, length);
        const size_t now = ways[way].feed(&stream, chunk, length);
        free(chunk);
        open = now == length;
        taken += now;
        at += length;
    }
    return observe(ways[way].name, &stream, taken);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static making made;
    input in = {.at = data, .left = size};
    made.used = 0;
    const uint8_t where = next_byte(&in);
    const char *const pointer = where < 200 ? NULL : pointer_of(where);
    made.name = where % 4 == 0 ? "error" : "usage";
    const uint32_t dice = 1 + next_byte(&in);
    const size_t from = next_byte(&in);
    write_body(&made, &in);

    const span whole = {made.bytes, made.used};
    const observation want = say(0, pointer, whole, 0);
    for (size_t way = 0; way < LENGTH(ways); way++) {
        const observation at_once = say(way, pointer, whole, 0), cut = say(way, pointer, whole, dice);
        expect_same_observation(ways[way].name, &at_once, &want);
        expect_same_observation(ways[way].name, &cut, &want);
    }
    expect_same_stream(pointer, whole, dice);
    /* As if a stream had come to any byte. */
    const size_t begin = from < whole.length ? from : 0;
    (void)search_watched(whole.bytes + begin, whole.length - begin, true);
    (void)search_watched(whole.bytes + begin, whole.length - begin, false);
    return 0;
}
