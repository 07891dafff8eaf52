/* What passes over events, at any bytes in a room of exactly their size, after the beginnings that lead anywhere. */
#include "../../src/search.h" /* there is another search.h */

#include "proof.h"

#ifndef CHUNK
#define CHUNK 3
#endif

static const char *const beginnings[] = {
    "",
    "data:",
    "data: {\"usage\"",
    "data: {\"usage\":",
    "data: {\"usageMeta",
    "data: {\"usageMetadata\":",
    "data: {\"usag",
    "data: {\"error\":",
    "data: {\"err",
    "data:{\\u00",
    "data: [D",
    "data: {}[",
    "data: {\n\ndata: {",
    "data: {\r\n\r\ndata:",
};

/* With the first or the last byte at the edge of the room. */
static void search(const char *beginning, size_t length, bool open, bool first) {
    char chunk[32 + CHUNK];
    const size_t begun = strlen(beginning);
    const size_t begin = first ? 0 : sizeof chunk - begun - length;
    any_bytes(chunk + begin + begun, length);
    for (size_t i = 0; i < begun; i++) {
        chunk[begin + i] = beginning[i];
    }
    if (tokusage_search(chunk + begin, begun + length, open) > begun + length) {
        broken();
    }
}

int main(void) {
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        for (size_t length = 0; length <= CHUNK; length++) {
            search(beginnings[i], length, false, false);
            search(beginnings[i], length, true, false);
            search(beginnings[i], length, false, true);
            search(beginnings[i], length, true, true);
        }
    }
    return 0;
}
