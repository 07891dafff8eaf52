/*
 * A whole stream, with the framing, the passing over and the scanner behind it: bodies of every kind in which some bytes
 * are any bytes, in two pieces, cut anywhere. Each piece stands in a room of exactly its size. In what is unknown and how
 * it is cut this is less than the other harnesses, which prove each part from any state; it shows that the parts fit.
 */
#include "proof.h"
#include "tokusage.h"

enum {
    ROOM = 160
};

static char first[ROOM];
static char second[ROOM];

#define FILL_16 "xxxxxxxxxxxxxxxx"
#define FILL_64 FILL_16 FILL_16 FILL_16 FILL_16

/* A question mark is any byte. The bodies before NULL are cut everywhere; those behind it, which are long, at the | alone. */
static const char *const bodies[] = {
    /* what kind of body it is */
    "??",
    "\xEF?",
    "\xEF\xBB?",
    "\xEF\xBB\xBF?",
    " ?",
    /* plain texts */
    "{\"u\":?",
    "{\"u\":1?",
    "{\"u\":{}}?",
    "[]{\"?",
    /* framing, and the end */
    "d?",
    "data?",
    "data:?",
    "data:[DONE]?",
    "data:[DONE]\n?",
    "data:[DON?\n\n",
    ":\r?\ndata:1\n?",
    /* reports, taken back or not, one after another */
    "data:{\"u\":?",
    "data:{\"u\":1?",
    "data:{\"u\":1}?",
    "data:{\"u\":1}\n?",
    "data:{\"u\":1}\n\ndata:{\"u\":?",
    "data:{\"u\":1}\n\ndata:{\"u\":2}\n\ndata:{\"?",
    "data:{\"u\":n?",
    "data:{\"\\u00?5\":1}\n\n",
    NULL,
    /* an event that is held over the end of its piece */
    "data:{\"a\":\"" FILL_64 "|?",
    "data:{\"a\":\"" FILL_64 "|x?\n\n",
    "data:{\"a\":\"" FILL_64 "?|}\n\n",
    "data:{\"a\":\"" FILL_64 "|" FILL_64 "?",
};

static void put(char *to, const char *form, size_t length) {
    for (size_t i = 0; i < length; i++) {
        to[i] = form[i] == '?' ? Frama_C_char_interval(CHAR_MIN, CHAR_MAX) : form[i];
    }
}

/* Nothing is known of what is decoded of a report: json.c has a harness of its own. */
tokusage_status tokusage_decode(const char *json, size_t length, tokusage *usage, tokusage_error *error) {
    (void)usage;
    (void)error;
    touch(json, length);
    return TOKUSAGE_OK;
}

static void feed(const char *body, size_t cut, size_t after, size_t end) {
    char *const begin = first + (ROOM - cut);
    char *const rest = second + (ROOM - (end - after));
    tokusage_stream stream;
    tokusage usage;
    put(begin, body, cut);
    put(rest, body + after, end - after);
    (void)tokusage_stream_init(&stream, "/u");
    tokusage_stream_feed(&stream, begin, cut);
    (void)tokusage_stream_usage(&stream, &usage, NULL);
    tokusage_stream_feed(&stream, rest, end - after);
    (void)tokusage_stream_usage(&stream, &usage, NULL);
    (void)tokusage_stream_done(&stream);
}

int main(void) {
    size_t i = 0;
    /*@ loop unroll 100; */
    for (; bodies[i]; i++) {
        const size_t length = strlen(bodies[i]);
        /*@ loop unroll 100; */
        for (size_t cut = 0; cut <= length; cut++) {
            feed(bodies[i], cut, cut, length);
        }
    }
    /*@ loop unroll 100; */
    for (i++; i < sizeof bodies / sizeof *bodies; i++) {
        const size_t cut = (size_t)(strchr(bodies[i], '|') - bodies[i]);
        feed(bodies[i], cut, cut + 1, strlen(bodies[i]));
    }
    return 0;
}
