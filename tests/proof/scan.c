/*
 * The scanner and what it asks, at texts in which some bytes are any bytes, cut in two. Each piece stands in a room of
 * exactly its size.
 */
#include "scan.h"

#include "forms.h"

enum {
    ROOM = 96
};

static char first[ROOM];
static char second[ROOM];

static void cut_in_two(const char *form, size_t cut, const char *pointer) {
    const size_t rest = strlen(form) - cut;
    tokusage_reading reading;
    tokusage_model models[2];
    tokusage_scan scan;
    put(first + (ROOM - cut), form, cut);
    put(second + (ROOM - rest), form + cut, rest);
    tokusage_reading_begin(&reading, pointer, READ_TEXT, models);
    tokusage_scan_begin(&scan);
    (void)tokusage_scan_feed(&scan, &reading, first + (ROOM - cut), cut);
    (void)tokusage_scan_feed(&scan, &reading, second + (ROOM - rest), rest);
    tokusage_scan_end(&scan, &reading);
}

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
