/* The scanner and what it asks, at texts in which some bytes are any bytes, cut before such a byte or behind it. */
#include "pieces.h"

static void every_way(const char *form) {
    const char *const unknown = strchr(form, '?');
    const size_t at = unknown ? (size_t)(unknown - form) : 0;
    cut_in_two(form, at, NULL);
    cut_in_two(form, at + (unknown != NULL), NULL);
    cut_in_two(form, at, "/u");
}

int main(void) {
    /*@ loop unroll 100; */
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        /*@ loop unroll 100; */
        for (size_t c = 0; c < CLASSES; c++) {
            byte_class = classes[c];
            every_way(texts[i]);
        }
    }
    return 0;
}
