/* The names of the counts; driven by tests/data/names.tsv. */
#include <stdio.h>

#include "body.h"
#include "rows.h"

static void a_count_alone_is_that_count(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const rows = name_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind[0] == 'c') {
            char json[400];
            (void)snprintf(json, sizeof json, "{\"usage\":{%s}}", member_of(&rows[i], "5"));
            (void)expect_in_every_way(json, NULL, span_of(json));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_count_alone_is_that_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
