/*
 * Texts made to cost much: what a text of some length may cost is bounded by its length, whatever stands in it. Each
 * case here did cost too much once, or would with the obvious way of reading.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TEXT_SIZE = 1 << 18,
    /* Of processor time: many times what it takes, so that neither a slow machine nor a checking tool matters. */
    SECONDS_MAX = 1
};

/* An object that is full of the same member, over and over, and has a count at its end. */
static size_t fill(char *text, const char *member) {
    static const char end[] = "\"total_tokens\":12}";
    size_t length = 1;
    text[0] = '{';
    while (length + strlen(member) + sizeof end < TEXT_SIZE) {
        memcpy(text + length, member, strlen(member));
        length += strlen(member);
    }
    memcpy(text + length, end, sizeof end - 1);
    return length + sizeof end - 1;
}

static void a_text_costs_no_more_than_its_length(void **state) {
    (void)state;
    static const char *const members[] = {
        "\"x\":1e99999999,",
        "\"x\":9e-99999999,",
        "\"x\":1e799,",
        "\"x\":0.0000000000000000000000000000000000001e99,",
        "\"x\":[],",
        "\"x\":[[[[{\"y\":[]}]]]],",
        "\"\\u0074otal_tokens_\":\"\\ud83d\\ude00\",",
        "\"total_token\":[],",
        "\"\":[],",
    };
    char *text = malloc(TEXT_SIZE);
    assert_non_null(text);
    for (size_t i = 0; i < LENGTH(members); i++) {
        const size_t length = fill(text, members[i]);
        const clock_t begin = clock();
        tokusage usage;
        tokusage_error error;
        const tokusage_status status = tokusage_decode(text, length, &usage, &error);
        const double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
        assert_int_equal(status, TOKUSAGE_OK);
        assert_int_equal(usage.total_tokens.value, 12);
        if (seconds > SECONDS_MAX) {
            fail_msg("%d bytes of %s took %.1f s", TEXT_SIZE, members[i], seconds);
        }
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_costs_no_more_than_its_length),
    };
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
