/* What passes over events, at any bytes in a room of exactly their size, behind the beginnings that lead anywhere. */
#include "skip.h"

#include "proof.h"

enum {
    PIECE = 4
};

static const char *const beginnings[] = {
    "", "data:", "data: {", "data: {\"u\"", "data: {\"u\":", "data:{\\u00", "data: {\n\ndata: {", "data: {\r\n\r\n",
};

static char piece[24 + PIECE];

static void skip(const char *beginning, size_t length) {
    size_t begin = sizeof piece - length;
    bool open = false;
    any_bytes(piece + begin, length);
    for (const char *last = beginning + strlen(beginning); last > beginning; last--) {
        begin--;
        piece[begin] = last[-1];
    }
    if (tokusage_skip(piece + begin, sizeof piece - begin, "u", &open) > sizeof piece - begin) {
        broken();
    }
}

static void skip_name(const char *pointer) {
    (void)tokusage_skip_name(pointer);
}

int main(void) {
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        for (size_t length = 0; length <= PIECE; length++) {
            skip(beginnings[i], length);
        }
    }
    skip_name("");
    skip_name("/");
    skip_name("/usage");
    skip_name("/a/b~1c");
    skip_name("/a/\"");
    return 0;
}
