/* The scanner and what it asks, at a text in two pieces. Each stands in a room of exactly its size. */
#ifndef TOKUSAGE_TESTS_PROOF_PIECES_H
#define TOKUSAGE_TESTS_PROOF_PIECES_H

#include "scan.h"

#include "forms.h"

enum {
    ROOM = 192
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
    (void)tokusage_scan_feed(&scan, &reading, first + (ROOM - cut), cut, false);
    (void)tokusage_scan_feed(&scan, &reading, second + (ROOM - rest), rest, false);
    tokusage_scan_end(&scan, &reading);
}

#endif
