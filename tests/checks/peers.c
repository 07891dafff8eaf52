/*
 * The library's side of tests/checks/peers.sh: what it reads in bodies, and frames for others to read. Bytes come and go
 * with their length before them, four bytes, the last one first.
 */
#include "shorthand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns false at the end of the input. */
static bool read_body(builder *body) {
    unsigned char size[4];
    if (fread(size, 1, sizeof size, stdin) != sizeof size) {
        return false;
    }
    const size_t length = size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
    free(body->bytes);
    *body = (builder){malloc(length + 1), length, length + 1};
    if (body->bytes == NULL || fread(body->bytes, 1, length, stdin) != length) {
        exit(1);
    }
    body->bytes[length] = '\0';
    return true;
}

static void write_body(span body) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
        (void)putchar((int)(body.length >> shift & 0xFF));
    }
    (void)fwrite(body.bytes, 1, body.length, stdout);
}

/* A line for each body: the prompt of each usage in it, and the verdict. */
static void read_all(void) {
    builder body = {NULL, 0, 0};
    while (read_body(&body)) {
        builder line = {NULL, 0, 0};
        tokusage_stream stream;
        add(&line, 1, "");
        add_reported_prompts(&line, &stream, built(&body));
        const tokusage_verdict verdict = tokusage_stream_verdict(&stream, true, NULL, NULL);
        printf("%s%s\n", line.bytes, tokusage_verdict_text(verdict));
        (void)feed_randomly(&stream, NULL, built(&body), 1 + random_below(300));
        assert_int_equal(tokusage_stream_verdict(&stream, true, NULL, NULL), verdict);
        free(line.bytes);
    }
    free(body.bytes);
}

/* Frames as the tests make them, the payload of the one with the number n in it. */
static void write_frames(size_t count) {
    for (size_t i = 0; i < count; i++) {
        builder frame = {NULL, 0, 0};
        char json[60];
        (void)snprintf(json, sizeof json, "{\"usage\":{\"prompt_tokens\":%zu}}", i);
        if (i % 2 == 0) {
            add_raw_frame(&frame, "", span_of(json));
        } else {
            add_base64_frame(&frame, json);
        }
        write_body(built(&frame));
        free(frame.bytes);
    }
}

int main(int argc, char **argv) {
    if (argc > 2 && strcmp(argv[1], "write") == 0) {
        write_frames(strtoul(argv[2], NULL, 10));
    } else {
        random_seed_or(1);
        read_all();
    }
    return 0;
}
