/*
 * The reader of JSON and what it asks, at documents that are cut anywhere. Some bytes are any bytes of a few classes:
 * those that lead on in most of the documents.
 */
#include "chunks.h"

static const signed char leading[][2] = {{0, 8}, {'"', '"'}, {'\\', '\\'}, {'1', '9'}, {'{', '{'}};

/* A long form has nothing but letters before its last bytes. */
static void every_way(const char *form) {
    const size_t length = strlen(form);
    /*@ loop unroll 100; */
    for (size_t cut = length > 100 ? length - 20 : 0; cut <= length; cut++) {
        cut_in_two(form, cut, NULL);
    }
}

int main(void) {
    /*@ loop unroll 100; */
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        /*@ loop unroll 5; */
        for (size_t c = 0; c < sizeof leading / sizeof *leading; c++) {
            byte_class = leading[c];
            every_way(documents[i]);
        }
    }
    return 0;
}
