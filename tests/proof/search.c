/* What passes over events, at any bytes in a room of exactly their size, behind the beginnings that lead anywhere. */
#include "../../src/search.h" /* there is another search.h */

#include "proof.h"

#ifndef PIECE
#define PIECE 3
#endif

static const char *const beginnings[] = {
    "",
    "data:",
    "data: {\"usage\"",
    "data: {\"usage\":",
    "data: {\"usageMeta",
    "data: {\"usageMetadata\":",
    "data: {\"usag",
    "data:{\\u00",
    "data: [DON",
    "data: {\n\ndata: {",
    "data: {\r\n\r\ndata:",
};

static const char *const pointers[] = {NULL, "", "/", "/usage", "/a/b~1c", "/a/u"};

static char piece[32 + PIECE];

static void search(const char *beginning, size_t length, const char *pointer, bool open) {
    size_t begin = sizeof piece - length;
    any_bytes(piece + begin, length);
    for (const char *last = beginning + strlen(beginning); last > beginning; last--) {
        begin--;
        piece[begin] = last[-1];
    }
    if (tokusage_search(piece + begin, sizeof piece - begin, pointer, open) > sizeof piece - begin) {
        broken();
    }
}

int main(void) {
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        for (size_t length = 0; length <= PIECE; length++) {
            for (size_t p = 0; p < sizeof pointers / sizeof *pointers; p++) {
                search(beginnings[i], length, pointers[p], false);
                search(beginnings[i], length, pointers[p], true);
            }
        }
    }
    return 0;
}
