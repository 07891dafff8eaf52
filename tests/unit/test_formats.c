/* Bodies of each service and of each fault that is known: tests/data/formats. A case is a file and a row of its table. */
#include <stdlib.h>
#include <string.h>

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

/* tests/data/bodies.tsv: what extract says of whole bodies, with pointers. */
static void extract_says_of_each_document_what_its_row_expects(void **state) {
    (void)state;
    table documents;
    assert_true(table_read(&documents, TOKUSAGE_TEST_DATA, "bodies.tsv"));
    assert_true(documents.rows > 50);
    for (size_t i = 0; i < documents.rows; i++) {
        const char *const says = table_word(&documents, i, "says");
        const char *const pointer = table_word(&documents, i, "pointer");
        const char *const whole = pointer != NULL && strcmp(pointer, "\"\"") == 0 ? "" : pointer;
        builder bytes = file_read(TOKUSAGE_TEST_DATA "/bodies", table_cell(&documents, i, "file"));
        assert_non_null(bytes.bytes);
        expect_extract(table_cell(&documents, i, "file"), whole, built(&bytes), says != NULL ? says : "");
        (void)expect_in_every_way(table_cell(&documents, i, "file"), whole, built(&bytes));
        free(bytes.bytes);
    }
    table_free(&documents);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_body_says_what_its_row_expects_in_every_way),
        cmocka_unit_test(each_file_has_a_row),
        cmocka_unit_test(extract_says_of_each_document_what_its_row_expects),
    };
    random_seed_or(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
