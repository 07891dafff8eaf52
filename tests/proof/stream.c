/*
 * A whole stream, with all that is in it (framing, search, reader, columns): bodies of every kind in which some bytes are
 * any bytes, in two chunks. Each chunk is in a room of exactly its size.
 */
#include "tokusage.h"

#include "forms.h"

enum {
    ROOM = 160
};

static char first[ROOM];
static char second[ROOM];

static const char *const bodies[] = {
    /* what kind of body it is */
    "?{}",
    "\xEF?",
    "\xEF\xBB?{}",
    "\xEF\xBB\xBF?{}",
    /* documents */
    "{\"usage\":?",
    "{\"usage\":{}}?",
    "{\"usage\":{\"eval_count\":1}}?{}",
    "[{\"usage\":{\"eval_count\":1}},?",
    /* framing, and the end */
    "data?:1\n\n",
    "data:?1\n\n",
    "data:[DONE]?\n",
    "data:[DONE]\n?",
    "data:[DON?\n\n",
    "data:[DONE]\r\r?",
    ":\r?\ndata:1\n\n",
    /* usages, one after another, and malformed documents */
    "data:{\"usage\":1}?\n\n",
    "data:{\"usage\":{\"eval_count\":1}}\n?data:2\n\n",
    "data:1\n\ndata:{\"usage\":?",
    "data:1\n\ndata:{\"\\u007?sage\":1}\n\n",
    "data:{\"message\":{\"usage\":{\"eval_count\":1}}}\n\ndata:{\"usage\":{\"total_tokens\":?}}\n\n",
    "data:{\"model\":\"?\",\"type\":\"message-end\",\"usage\":1}\n\n",
    "data:{\"x\":1}[?\n\n",
    "data:1\n\ndata:{\"error\":?}\n\n",
};

/* Frames: the prelude (the lengths and their checksum), and the payload. Its checksum is never complete. */
static const struct {
    const char *prelude, *payload;
} frames[] = {
    {"\000\000\000\053\000\000\000\000\323\063\301\174", "{\"usage\":{\"inputTokens\":?}}"},
    {"\000\000\000\064\000\000\000\000\061\203\301\057", "{\"bytes\":\"eyJ1c2FnZSI6e?19\",\"p\":\"a\"}"},
    {"\000\000\000\054\000\000\000\000\141\023\035\154", "?\"bytes\":\"eyJ1c2FnZSI6MX0=\"}"},
    {"\000\000\000\054\000\000\000\000\141\023\035\154", "{\"bytes\":\"eyJ1c2FnZSI6MX0?\"}"},
};

enum {
    PRELUDE = 12
};

static void ask(const tokusage_stream *stream) {
    char label[4];
    tokusage usage;
    tokusage_error error;
    (void)tokusage_stream_usage(stream, &usage, &error);
    (void)tokusage_stream_label(stream, TOKUSAGE_LABEL_MODEL, label + sizeof label - 1, 1);
    (void)tokusage_stream_label(stream, TOKUSAGE_LABEL_SERVICE_TIER, label, sizeof label);
    (void)tokusage_stream_done(stream);
    (void)tokusage_stream_verdict(stream, true, &usage, &error);
}

/* Feeds what is in the rooms. */
static void feed(size_t length, size_t rest, const char *pointer) {
    tokusage_stream stream;
    (void)tokusage_stream_init(&stream, pointer);
    if (tokusage_stream_feed(&stream, first + (ROOM - length), length) > length) {
        broken();
    }
    if (tokusage_stream_feed(&stream, second + (ROOM - rest), rest) > rest) {
        broken();
    }
    ask(&stream);
}

static void feed_body(const char *body, size_t cut, const char *pointer) {
    const size_t rest = strlen(body) - cut;
    put(first + (ROOM - cut), body, cut);
    put(second + (ROOM - rest), body + cut, rest);
    feed(cut, rest, pointer);
}

static void feed_frame(const char *prelude, const char *payload, size_t cut) {
    const size_t rest = strlen(payload) - cut;
    memcpy(first + (ROOM - cut - PRELUDE), prelude, PRELUDE);
    put(first + (ROOM - cut), payload, cut);
    put(second + (ROOM - rest), payload + cut, rest);
    feed(PRELUDE + cut, rest, NULL);
}

static void every_way(const char *body) {
    const size_t at = (size_t)(strchr(body, '?') - body);
    feed_body(body, at, NULL);
    feed_body(body, at + 1, NULL);
    feed_body(body, at / 2, "/usage");
}

int main(void) {
    /*@ loop unroll 100; */
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        /*@ loop unroll 100; */
        for (size_t c = 0; c < CLASSES; c++) {
            byte_class = classes[c];
            every_way(bodies[i]);
        }
    }
    /*@ loop unroll 10; */
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        const size_t at = (size_t)(strchr(frames[i].payload, '?') - frames[i].payload);
        /*@ loop unroll 100; */
        for (size_t c = 0; c < CLASSES; c++) {
            byte_class = classes[c];
            feed_frame(frames[i].prelude, frames[i].payload, at);
            feed_frame(frames[i].prelude, frames[i].payload, at + 1);
        }
    }
    return 0;
}
