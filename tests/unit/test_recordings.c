/*
 * Recorded responses of real services, which are not part of the project: TOKUSAGE_RECORDINGS names their folder. Next to
 * it may be bodies after public reports (field), one for each format (bodies), and deep ones (hostile/depth).
 */
#include <stdio.h>
#include <stdlib.h>

#include "samples.h"

/* A folder next to that of the recordings, and its table. */
typedef struct sibling {
    const char *folder, *table;
} sibling;

/* Only a missing folder of the recordings says the words that ctest reads as skipped. */
static void run_folder(void **state) {
    char folder[1000];
    const sibling *const which = *state;
    const char *const recordings = getenv("TOKUSAGE_RECORDINGS");
    const bool set = recordings != NULL && recordings[0] != '\0';
    (void)snprintf(folder, sizeof folder, "%s%s", set ? recordings : "", which->folder);
    const size_t count = set ? expect_samples(folder, which->table) : 0;
    if (count == 0) {
        print_message("no %s: %s\n", which->folder[0] == '\0' ? "recordings" : "folder",
                      set ? folder : "TOKUSAGE_RECORDINGS is not set");
        skip();
    }
    print_message("%zu bodies of %s\n", count, folder);
}

#define FOLDER_TEST(what, folder, table)                                                                               \
    {                                                                                                                  \
        .name = (what), .test_func = run_folder, .initial_state = &(sibling) {                                         \
            (folder), (table)                                                                                          \
        }                                                                                                              \
    }

int main(void) {
    const struct CMUnitTest tests[] = {
        FOLDER_TEST("recordings_say_what_is_expected_in_every_way", "", "expected-0.3.tsv"),
        FOLDER_TEST("bodies_after_public_reports_say_what_is_expected", "/../field", "expected.tsv"),
        FOLDER_TEST("a_body_of_each_format_says_what_is_expected", "/../bodies", "expected.tsv"),
        FOLDER_TEST("echoed_schemas_hide_no_usage", "/../hostile/depth", "expected.tsv"),
    };
    random_seed_or(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
