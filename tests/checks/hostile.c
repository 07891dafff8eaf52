/*
 * Feeds bodies to a stream: those of tests/data/hostile.tsv, nested ones, and usual ones, whose paths are the arguments.
 * Prints a line before each: the name, the length, the chunk. hostile.sh counts the instructions of each `measured`.
 */
#include <stdio.h>
#include <stdlib.h>

#include "body.h"
#include "table.h"

enum {
    SHORT = 1 << 14,
    LONG = 1 << 16
};

static const size_t chunks[] = {LONG * 2, 1400, 1};

void measured(tokusage_stream *stream, span body, size_t chunk);

#ifdef __GNUC__
__attribute__((noinline))
#endif
void measured(tokusage_stream *stream, span body, size_t chunk) {
    for (size_t at = 0; at < body.length;) {
        const size_t rest = body.length - at;
        const size_t size = rest < chunk ? rest : chunk;
        (void)tokusage_stream_feed(stream, body.bytes + at, size);
        at += size;
    }
}

static void feed(const char *name, span body) {
    for (size_t i = 0; i < LENGTH(chunks); i++) {
        tokusage_stream stream;
        assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
        printf("%s\t%zu\t%zu\n", name, body.length, i);
        measured(&stream, body, chunks[i]);
    }
}

static void feed_table(void) {
    table bodies;
    assert_true(table_read(&bodies, TOKUSAGE_TEST_DATA, "hostile.tsv"));
    for (size_t row = 0; row < bodies.rows; row++) {
        for (size_t size = SHORT; size <= LONG; size *= LONG / SHORT) {
            builder body = table_repeated(&bodies, row, size);
            feed(table_cell(&bodies, row, "about"), built(&body));
            free(body.bytes);
        }
    }
    table_free(&bodies);
}

/* Arrays or objects in each other, so deep, over and over. */
static void feed_nested(const char *open, const char *inner, const char *close, size_t depth) {
    builder body = {NULL, 0, 0};
    add(&body, 1, "{\"a\":[");
    while (body.length < LONG) {
        add(&body, depth, open);
        add(&body, 1, inner);
        add(&body, depth, close);
        add(&body, 1, ",");
    }
    add(&body, 1, "0]}");
    feed(line_of("%s %zu deep", *open == '[' ? "arrays" : "objects", depth), built(&body));
    free(body.bytes);
}

/* So often that it is long. */
static void feed_usual(const char *path) {
    builder once = file_read(".", path);
    builder body = {NULL, 0, 0};
    assert_non_null(once.bytes);
    while (body.length < SHORT) {
        add_bytes(&body, once.bytes, once.length);
        add(&body, 1, "\n");
    }
    feed("usual", built(&body));
    free(once.bytes);
    free(body.bytes);
}

int main(int argc, char **argv) {
    static const size_t depths[] = {1, 10, 100, 1000};
    feed_table();
    for (size_t i = 0; i < LENGTH(depths); i++) {
        feed_nested("[", "[]", "]", depths[i]);
        feed_nested("{\"a\":", "{}", "}", depths[i]);
    }
    for (int i = 1; i < argc; i++) {
        feed_usual(argv[i]);
    }
    return 0;
}
