/*
 * Recorded responses of real services, which are not part of the project: TOKUSAGE_RECORDINGS names their folder. Next to
 * it may be bodies after public reports (field), one for each format (bodies), and deep ones (hostile/depth).
 */
#include <stdio.h>
#include <stdlib.h>

#include "samples.h"

/* Runs a folder next to that of the recordings. Only a missing first one says the words that ctest reads as skipped. */
static void expect_folder(const char *sibling, const char *name) {
    char folder[1000];
    const char *const recordings = getenv("TOKUSAGE_RECORDINGS");
    const bool set = recordings != NULL && recordings[0] != '\0';
    (void)snprintf(folder, sizeof folder, "%s%s", set ? recordings : "", sibling);
    const size_t count = set ? expect_samples(folder, name) : 0;
    if (count == 0) {
        print_message("no %s: %s\n", sibling[0] == '\0' ? "recordings" : "folder",
                      set ? folder : "TOKUSAGE_RECORDINGS is not set");
        skip();
    }
    print_message("%zu bodies of %s\n", count, folder);
}

static void recordings_say_what_is_expected_in_every_way(void **state) {
    (void)state;
    expect_folder("", "expected-0.3.tsv");
}

static void bodies_after_public_reports_say_what_is_expected(void **state) {
    (void)state;
    expect_folder("/../field", "expected.tsv");
}

static void a_body_of_each_format_says_what_is_expected(void **state) {
    (void)state;
    expect_folder("/../bodies", "expected.tsv");
}

static void echoed_schemas_hide_no_usage(void **state) {
    (void)state;
    expect_folder("/../hostile/depth", "expected.tsv");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordings_say_what_is_expected_in_every_way),
        cmocka_unit_test(bodies_after_public_reports_say_what_is_expected),
        cmocka_unit_test(a_body_of_each_format_says_what_is_expected),
        cmocka_unit_test(echoed_schemas_hide_no_usage),
    };
    random_seed_or(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
