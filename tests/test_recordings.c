/*
 * Recorded streams of real services against what is known of each. They are no part of the project: the folder is
 * named by TOKUSAGE_RECORDINGS, and holds the bodies and expected.tsv, with the columns
 * file, prompt_tokens, completion_tokens, total_tokens, usage_objects, usage_nulls, consistent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bodies.h"

enum {
    FILE_SIZE = 1 << 20,
    RECORDINGS = 100,
    NAME = 64
};

typedef struct recording {
    char name[NAME];
    answer want;
    bool consistent;
} recording;

static char body_bytes[FILE_SIZE];

static const char *folder(void) {
    return getenv("TOKUSAGE_RECORDINGS");
}

static FILE *open_in_folder(const char *name) {
    char path[1000];
    (void)snprintf(path, sizeof path, "%s/%s", folder(), name);
    return fopen(path, "rb");
}

static span read_body(const char *name) {
    FILE *file = open_in_folder(name);
    if (file == NULL) {
        fail_msg("cannot read %s", name);
    }
    span bytes = {body_bytes, fread(body_bytes, 1, sizeof body_bytes, file)};
    assert_true(bytes.length > 0 && bytes.length < sizeof body_bytes);
    (void)fclose(file);
    return bytes;
}

/* One line of expected.tsv. */
static void read_line(char *line, recording *out) {
    long long counts[3] = {0, 0, 0};
    unsigned long long objects = 0;
    unsigned long long nulls = 0;
    char consistent[4] = "";
    int fields = sscanf(line, "%63s %lld %lld %lld %llu %llu %3s", out->name, &counts[0], &counts[1], &counts[2],
                        &objects, &nulls, consistent);
    if (fields != 7) {
        fail_msg("expected.tsv has the line %s", line);
    }
    memset(&out->want, 0, sizeof out->want);
    for (int i = 0; i < 3; i++) {
        out->want.usage.counts[i] = counts[i];
    }
    out->want.reports = objects;
    out->want.done = true;
    out->consistent = strcmp(consistent, "yes") == 0;
    assert_true(out->consistent || strcmp(consistent, "no") == 0);
}

static size_t read_expected(recording *out) {
    FILE *file = open_in_folder("expected.tsv");
    if (file == NULL) {
        fail_msg("cannot read expected.tsv");
    }
    char line[500];
    size_t count = 0;
    assert_non_null(fgets(line, sizeof line, file)); /* the names of the columns */
    while (fgets(line, sizeof line, file) != NULL) {
        assert_true(count < RECORDINGS);
        read_line(line, &out[count++]);
    }
    (void)fclose(file);
    assert_true(count > 0);
    return count;
}

/* Runs a check on each recording, or says why not. */
static void for_each_recording(void (*check)(const recording *, span)) {
    static recording recordings[RECORDINGS];
    FILE *file = folder() != NULL ? open_in_folder("expected.tsv") : NULL;
    if (file == NULL) {
        print_message("no recordings: TOKUSAGE_RECORDINGS names no folder with an expected.tsv\n");
        skip();
    }
    (void)fclose(file);
    size_t count = read_expected(recordings);
    for (size_t i = 0; i < count; i++) {
        check(&recordings[i], read_body(recordings[i].name));
    }
}

static void check_whole(const recording *in, span bytes) {
    tokusage_stream stream;
    feed_at_once(&stream, NULL, bytes.bytes, bytes.length);
    expect_answer(in->name, &stream, &in->want);
}

static void check_in_pieces(const recording *in, span bytes) {
    static const size_t longest[] = {3, 16, 100, 1400, 16384};
    tokusage_stream stream;
    feed_bytewise(&stream, NULL, bytes.bytes, bytes.length);
    expect_answer(in->name, &stream, &in->want);
    for (size_t i = 0; i < 10 * LENGTH(longest); i++) {
        feed_randomly(&stream, NULL, bytes.bytes, bytes.length, longest[i % LENGTH(longest)]);
        expect_answer(in->name, &stream, &in->want);
    }
}

static void check_total(const recording *in, span bytes) {
    tokusage_stream stream;
    tokusage usage;
    feed_at_once(&stream, NULL, bytes.bytes, bytes.length);
    assert_int_equal(tokusage_stream_usage(&stream, &usage, NULL), TOKUSAGE_OK);
    tokusage_status status = tokusage_validate(&usage, NULL);
    if (status != (in->consistent ? TOKUSAGE_OK : TOKUSAGE_ERR_TOTAL)) {
        fail_msg("%s: the total: %s", in->name, tokusage_status_text(status));
    }
}

static void check_reference(const recording *in, span bytes) {
    answer slow = reference_stream(NULL, bytes.bytes, bytes.length);
    tokusage_stream stream;
    feed_at_once(&stream, NULL, bytes.bytes, bytes.length);
    expect_answer(in->name, &stream, &slow);
}

/* A connection that was cut: the answer is what the reference finds in what has come. */
static void check_cut_off(const recording *in, span bytes) {
    for (size_t i = 0; i < 30; i++) {
        size_t length = i < 20 ? bytes.length - random_below(bytes.length < 1000 ? bytes.length : 1000)
                               : random_below(bytes.length + 1);
        answer want = reference_stream(NULL, bytes.bytes, length);
        tokusage_stream stream;
        feed_randomly(&stream, NULL, bytes.bytes, length, 1400);
        expect_answer(in->name, &stream, &want);
    }
}

static void stream_reads_each_recording(void **state) {
    (void)state;
    for_each_recording(check_whole);
}

static void stream_reads_each_recording_in_pieces(void **state) {
    (void)state;
    for_each_recording(check_in_pieces);
}

static void stream_reads_each_recording_as_the_reference_does(void **state) {
    (void)state;
    for_each_recording(check_reference);
}

static void stream_reads_each_recording_that_was_cut_off(void **state) {
    (void)state;
    for_each_recording(check_cut_off);
}

static void validate_finds_the_totals_that_contradict(void **state) {
    (void)state;
    for_each_recording(check_total);
}

static int seed(void **state) {
    (void)state;
    random_seed();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_reads_each_recording),
        cmocka_unit_test(stream_reads_each_recording_in_pieces),
        cmocka_unit_test(stream_reads_each_recording_as_the_reference_does),
        cmocka_unit_test(stream_reads_each_recording_that_was_cut_off),
        cmocka_unit_test(validate_finds_the_totals_that_contradict),
    };
    return cmocka_run_group_tests(tests, seed, NULL);
}
