/* Bodies of each service and of each fault that is known: tests/data/formats. A case is a file and a row of its table. */
#include "samples.h"

#define FORMATS TOKUSAGE_TEST_DATA "/formats"

static void each_body_says_what_its_row_expects_in_every_way(void **state) {
    (void)state;
    assert_true(expect_samples(FORMATS, "expected.tsv") > 300);
}

static void each_file_has_a_row(void **state) {
    (void)state;
    expect_all_files_in_table(FORMATS, "expected.tsv");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_body_says_what_its_row_expects_in_every_way),
        cmocka_unit_test(each_file_has_a_row),
    };
    random_seed_or(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
