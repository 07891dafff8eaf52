/* What a JSON number says as a count, asked of the number alone. How a whole object reports it is test_json.c's. */
#include "number.h"
#include "support.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "numbers.h"

static void expect_number(const char *number, tokusage_status status, int64_t value) {
    size_t length = strlen(number);
    assert_true(length <= TOKUSAGE_NUMBER_MAX);
    int64_t got = -77;
    tokusage_status answer = tokusage_number_read(against_the_end(number, length), length, &got);
    if (answer != status || (status == TOKUSAGE_OK && got != value)) {
        fail_msg("%s: expected '%s' and %" PRId64 ", got '%s' and %" PRId64, number, tokusage_status_text(status),
                 value, tokusage_status_text(answer), got);
    }
}

static void number_is_read_exactly_in_every_form(void **state) {
    (void)state;
    for (size_t i = 0; i < number_case_count; i++) {
        expect_number(number_cases[i].number, number_cases[i].status, number_cases[i].value);
    }
}

/* Writes `digits` with the point `behind` digits before their end, zeros filled in, and an exponent that takes the
 * point back. */
static void write_shifted(char *number, size_t size, const char *digits, size_t behind) {
    size_t length = strlen(digits);
    if (behind == 0) {
        (void)snprintf(number, size, "%se-0", digits);
    } else if (behind < length) {
        (void)snprintf(number, size, "%.*s.%se%zu", (int)(length - behind), digits, digits + length - behind, behind);
    } else {
        (void)snprintf(number, size, "0.%.*s%sE+%zu", (int)(behind - length), "000000000000000000000000000000000000",
                       digits, behind);
    }
}

static void number_is_the_same_wherever_its_point_stands(void **state) {
    (void)state;
    random_seed();
    for (size_t left = rounds(50000); left > 0; left--) {
        int64_t value = (int64_t)(random_bits() >> (10 + random_below(54)));
        tokusage_status whole = value > TOKUSAGE_COUNT_MAX ? TOKUSAGE_ERR_RANGE : TOKUSAGE_OK;
        tokusage_status broken = value >= TOKUSAGE_COUNT_MAX ? TOKUSAGE_ERR_RANGE : TOKUSAGE_ERR_INTEGER;
        char digits[40];
        char number[100];
        (void)snprintf(digits, sizeof digits, "%" PRId64, value);
        write_shifted(number, sizeof number, digits, random_below(36));
        expect_number(number, whole, value);

        size_t zeros = random_below(20);
        (void)snprintf(number, sizeof number, "%s%.*se-%zu", digits, (int)zeros, "00000000000000000000", zeros);
        expect_number(number, whole, value);
        (void)snprintf(number, sizeof number, "%s.%.*s", digits, 1 + (int)zeros, "00000000000000000000");
        expect_number(number, whole, value);
        (void)snprintf(number, sizeof number, "%s.%.*s%c", digits, (int)zeros, "00000000000000000000",
                       "123456789"[random_below(9)]);
        expect_number(number, broken, 0);
        (void)snprintf(number, sizeof number, "-%s", digits);
        expect_number(number, value == 0 ? TOKUSAGE_OK : TOKUSAGE_ERR_RANGE, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_is_read_exactly_in_every_form),
        cmocka_unit_test(number_is_the_same_wherever_its_point_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
