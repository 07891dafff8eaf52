/* The reader of JSON and what it asks, at documents in which some bytes are any bytes, cut before such a byte or after it. */
#include "chunks.h"

static void every_way(const char *form, const char *pointer) {
    const char *const unknown = strchr(form, '?');
    const size_t at = unknown ? (size_t)(unknown - form) : 0;
    cut_in_two(form, at, pointer);
    cut_in_two(form, at + (unknown != NULL), pointer);
}

int main(void) {
    /*@ loop unroll 100; */
    for (size_t c = 0; c < CLASSES; c++) {
        byte_class = classes[c];
        /*@ loop unroll 100; */
        for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
            every_way(documents[i], NULL);
        }
        /*@ loop unroll 100; */
        for (size_t i = 0; i < sizeof pointed / sizeof *pointed; i++) {
            every_way(pointed[i], "/u");
        }
    }
    return 0;
}
