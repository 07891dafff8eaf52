/*
 * Bodies of all known services, and bodies that are easily mistaken for them: tests/data/formats. There, a line of
 * expected.tsv says what each file must give and what the case is about. Adding a case takes no code.
 */
#include "samples.h"

static const char folder[] = TOKUSAGE_TEST_DATA "/formats";

static sample samples[SAMPLES];
static size_t sample_count;

static void stream_tells_what_each_service_counts(void **state) {
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        expect_sample_as_stream(&samples[i], sample_bytes(folder, &samples[i]));
    }
}

static void text_and_tree_tell_what_each_service_counts(void **state) {
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        if (samples[i].text) {
            expect_sample_as_text(&samples[i], sample_bytes(folder, &samples[i]));
        }
    }
}

static int begin(void **state) {
    (void)state;
    random_seed();
    sample_count = samples_read(folder, samples);
    return sample_count > 0 ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_tells_what_each_service_counts),
        cmocka_unit_test(text_and_tree_tell_what_each_service_counts),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
