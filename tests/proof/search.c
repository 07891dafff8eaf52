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

/* With the first or the last byte at the edge of the room. */
static void search(const char *beginning, size_t length, const char *pointer, bool open, bool first) {
    char piece[32 + PIECE];
    const size_t begun = strlen(beginning);
    const size_t begin = first ? 0 : sizeof piece - begun - length;
    any_bytes(piece + begin + begun, length);
    for (size_t i = 0; i < begun; i++) {
        piece[begin + i] = beginning[i];
    }
    if (tokusage_search(piece + begin, begun + length, pointer, open) > begun + length) {
        broken();
    }
}

int main(void) {
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        for (size_t length = 0; length <= PIECE; length++) {
            for (size_t p = 0; p < sizeof pointers / sizeof *pointers; p++) {
                search(beginnings[i], length, pointers[p], false, false);
                search(beginnings[i], length, pointers[p], true, false);
            }
            search(beginnings[i], length, NULL, false, true);
            search(beginnings[i], length, NULL, true, true);
        }
    }
    return 0;
}
