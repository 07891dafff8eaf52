/*
 * The reader of documents and all that it asks, at a document in two chunks. Each is in a room of exactly its size. A write
 * after a buffer within the reader, or within the labels, would still be in them, so how much these hold is looked at.
 */
#ifndef TOKUSAGE_TESTS_PROOF_CHUNKS_H
#define TOKUSAGE_TESTS_PROOF_CHUNKS_H

#include "reader.h"

#include "forms.h"

enum {
    ROOM = 256
};

static char first[ROOM];
static char second[ROOM];

static void feed(tokusage_reader *reader, const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && tokusage_json_open(&reader->json)) {
        const size_t read = tokusage_reader_feed(reader, bytes + at, length - at, false);
        if (read > length - at || reader->json.held > TOKUSAGE_HELD_MAX + 1) {
            broken();
        }
        at += read;
    }
}

static void look_at_labels(const tokusage_labels *labels) {
    /*@ loop unroll 3; */
    for (unsigned i = 0; i < LABELS; i++) {
        if (labels->length[i] >= (i == TOKUSAGE_LABEL_SERVICE_TIER ? TIER_SIZE : TOKUSAGE_LABEL_SIZE)) {
            broken();
        }
    }
}

static void cut_in_two(const char *form, size_t cut, const char *pointer) {
    const size_t rest = strlen(form) - cut;
    tokusage_reader reader;
    tokusage_labels labels[2];
    put(first + (ROOM - cut), form, cut);
    put(second + (ROOM - rest), form + cut, rest);
    memset(labels, 0, sizeof labels);
    tokusage_reader_init(&reader, pointer);
    reader.labels = &labels[0];
    reader.document.labels = &labels[1];
    tokusage_reader_begin(&reader, false);
    feed(&reader, first + (ROOM - cut), cut);
    feed(&reader, second + (ROOM - rest), rest);
    (void)tokusage_reader_loses(&reader);
    tokusage_reader_end(&reader);
    look_at_labels(&labels[0]);
    look_at_labels(&labels[1]);
}

#endif
