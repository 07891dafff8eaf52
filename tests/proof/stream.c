/*
 * A whole stream, with the framing, the search, the scanner and the slots behind it: bodies of every kind in which some
 * bytes are any bytes, in two pieces. Each piece stands in a room of exactly its size.
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
    /* plain texts */
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
    /* reports, taken back or not, one after another */
    "data:{\"usage\":1}?\n\n",
    "data:{\"usage\":{\"eval_count\":1}}\n?data:2\n\n",
    "data:1\n\ndata:{\"usage\":?",
    "data:1\n\ndata:{\"\\u007?sage\":1}\n\n",
    "data:{\"message\":{\"usage\":{\"eval_count\":1}}}\n\ndata:{\"usage\":{\"total_tokens\":?}}\n\n",
    "data:{\"model\":\"?\",\"type\":\"message-end\",\"usage\":1}\n\n",
};

static void ask(const tokusage_stream *stream) {
    char model[4];
    tokusage usage;
    tokusage_error error;
    (void)tokusage_stream_usage(stream, &usage, &error);
    (void)tokusage_stream_model(stream, model, sizeof model);
    (void)tokusage_stream_done(stream);
    (void)tokusage_stream_body(stream);
}

static void feed(const char *body, size_t cut, const char *pointer) {
    const size_t rest = strlen(body) - cut;
    tokusage_stream stream;
    put(first + (ROOM - cut), body, cut);
    put(second + (ROOM - rest), body + cut, rest);
    (void)tokusage_stream_init(&stream, pointer);
    if (tokusage_stream_feed(&stream, first + (ROOM - cut), cut) > cut) {
        broken();
    }
    if (tokusage_stream_feed(&stream, second + (ROOM - rest), rest) > rest) {
        broken();
    }
    ask(&stream);
}

static void every_way(const char *body) {
    const size_t at = (size_t)(strchr(body, '?') - body);
    feed(body, at, NULL);
    feed(body, at + 1, NULL);
    feed(body, at / 2, "/usage");
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
    return 0;
}
