/* The library against the second reader; see compare.h. */
#include "compare.h"

#include <string.h>

static observation last;

const observation *last_observation(void) {
    return &last;
}

/* ---- streams */

enum {
    SHORT = 3000 /* bytes of a body that is also fed byte by byte */
};

/* Feeds chunks of random lengths up to `longest`; 0: the body at once. */
static size_t feed(tokusage_stream *stream, span body, size_t longest, uint32_t seed) {
    size_t taken = 0;
    for (size_t at = 0, length = 0; at < body.length; at += length) {
        seed = seed * 1664525U + 1013904223U;
        length = longest > 0 ? 1 + (seed >> 8) % longest : body.length;
        length = length < body.length - at ? length : body.length - at;
        taken += tokusage_stream_feed(stream, against_the_end(body.bytes + at, length), length);
    }
    return taken;
}

static observation library_says(const char *pointer, span body, size_t longest, uint32_t seed) {
    tokusage_stream stream;
    observation out;
    memset(&out, 0, sizeof out);
    assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_OK);
    out.taken = feed(&stream, body, longest, seed);
    out.status = tokusage_stream_usage(&stream, &out.usage, &out.error);
    for (int i = 0; i < 2; i++) {
        out.ends[i].verdict = tokusage_stream_verdict(&stream, i > 0, &out.ends[i].usage, &out.ends[i].error);
    }
    out.reports = tokusage_stream_reports(&stream);
    out.done = tokusage_stream_done(&stream);
    for (int i = 0; i < LABEL_COUNT; i++) {
        (void)tokusage_stream_label(&stream, (tokusage_label)i, out.labels[i], TOKUSAGE_LABEL_SIZE);
    }
    return out;
}

/* The error of an end is compared where the manual says what it is. */
static void drop_other_errors(observation *in) {
    for (int i = 0; i < 2; i++) {
        const tokusage_verdict verdict = in->ends[i].verdict;
        if (verdict != TOKUSAGE_CONTRADICTORY && verdict != TOKUSAGE_INVALID) {
            memset(&in->ends[i].error, 0, sizeof in->ends[i].error);
        }
    }
}

const char *difference_of_stream(const char *pointer, span body, uint32_t seed) {
    static const size_t random_lengths[] = {2, 5, 12, 70, 300, 1000};
    const size_t longest[] = {0, 1, random_lengths[seed % LENGTH(random_lengths)]};
    last = reference_stream(pointer, body.bytes, body.length);
    drop_other_errors(&last);
    for (size_t way = 0; way < LENGTH(longest); way++) {
        observation got = library_says(pointer, body, longest[way == 1 && body.length > SHORT ? 0 : way], seed);
        drop_other_errors(&got);
        for (int i = 0; i < LABEL_COUNT; i++) {
            if (strcmp(last.labels[i], REFERENCE_ANY) == 0) {
                memcpy(got.labels[i], REFERENCE_ANY, sizeof REFERENCE_ANY);
            }
        }
        const char *found = difference_of(&got, &last);
        if (found != NULL) {
            return line_of("stream in chunks of %zu, library and reference: %s", longest[way], found);
        }
    }
    return NULL;
}

/* ---- documents */

static const char *result_words(tokusage_status status, const tokusage_error *error, const tokusage *usage) {
    return line_of("%s %s", error_words(error), status == TOKUSAGE_OK ? usage_words(usage) : "");
}

static const char *difference_of_extract(const char *pointer, span document) {
    tokusage got, want;
    tokusage_error got_error, want_error;
    const char *copy = against_the_end(document.bytes, document.length);
    const tokusage_status status = tokusage_extract(copy, document.length, pointer, &got, &got_error);
    const tokusage_status wanted = reference_extract(pointer, document.bytes, document.length, &want, &want_error);
    const char *a = result_words(status, &got_error, &got), *b = result_words(wanted, &want_error, &want);
    return strcmp(a, b) != 0 ? line_of("extract:\n  library   %s\n  reference %s", a, b) : NULL;
}

static const char *difference_of_find(const char *pointer, span document) {
    const char *value = document.bytes;
    span want = {document.bytes, 0};
    size_t length = 0;
    tokusage_error got_error, want_error;
    const char *copy = against_the_end(document.bytes, document.length);
    const tokusage_status status = tokusage_find(copy, document.length, pointer, &value, &length, &got_error);
    const tokusage_status wanted = reference_find(pointer, document.bytes, document.length, &want, &want_error);
    const char *a =
        line_of("%s %zu %zu", error_words(&got_error), status == TOKUSAGE_OK ? (size_t)(value - copy) : 0, length);
    const char *b = line_of("%s %zu %zu", error_words(&want_error), (size_t)(want.bytes - document.bytes), want.length);
    return strcmp(a, b) != 0 || status != wanted ? line_of("find:\n  library   %s\n  reference %s", a, b) : NULL;
}

const char *difference_of_document(const char *pointer, span document) {
    const char *difference = difference_of_extract(pointer, document);
    return difference == NULL && pointer != NULL ? difference_of_find(pointer, document) : difference;
}
