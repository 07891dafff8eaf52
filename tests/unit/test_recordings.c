/*
 * Recorded bodies of real services against what is known of each. They are not part of the project: TOKUSAGE_RECORDINGS
 * names the folder, which has the bodies and an expected.tsv. Everything that matters in them is also in
 * tests/data/formats, in bodies of our own.
 */
#include <stdlib.h>

#include "samples.h"

static sample samples[SAMPLES];

static const char *folder(void) {
    return getenv("TOKUSAGE_RECORDINGS");
}

/* Reads the table, or says why it cannot. */
static size_t read_table(void) {
    size_t count = samples_read(folder(), samples);
    if (count == 0) {
        print_message("no recordings: TOKUSAGE_RECORDINGS does not name a folder with an expected.tsv\n");
        skip();
    }
    return count;
}

static void stream_reads_each_recording(void **state) {
    (void)state;
    size_t count = read_table();
    for (size_t i = 0; i < count; i++) {
        expect_sample_as_stream(&samples[i], sample_bytes(folder(), &samples[i]));
    }
}

static void text_and_tree_read_each_recording_that_is_a_text(void **state) {
    (void)state;
    size_t count = read_table();
    size_t texts = 0;
    for (size_t i = 0; i < count; i++) {
        if (samples[i].text) {
            expect_sample_as_text(&samples[i], sample_bytes(folder(), &samples[i]));
            texts++;
        }
    }
    assert_true(texts > 0);
}

static int begin(void **state) {
    (void)state;
    random_seed();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_reads_each_recording),
        cmocka_unit_test(text_and_tree_read_each_recording_that_is_a_text),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
