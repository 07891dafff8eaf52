/* The counts by number; see counts.h. */
#include "counts.h"

#define NAME(number, name) #name,
static const char *const names[] = {TOKUSAGE_EACH_COUNT(NAME) "usage", NULL};

#define OFFSET(number) (TOKUSAGE_##number * sizeof(tokusage_count))
#define CHECK(number, name) _Static_assert(offsetof(tokusage, name) == OFFSET(number), "counts are in their order");
TOKUSAGE_EACH_COUNT(CHECK)
_Static_assert(sizeof(tokusage) == TOKUSAGE_COUNTS * sizeof(tokusage_count) && TOKUSAGE_OBJECT == TOKUSAGE_COUNTS,
               "the struct has the counts and nothing else");

const char *tokusage_member_name(size_t member) {
    return names[member];
}

tokusage_status tokusage_fail_sum(tokusage_error *error, tokusage_status status, size_t member, int64_t expected,
                                  int64_t actual) {
    if (error) {
        *error = (tokusage_error){.status = status, .member = names[member], .expected = expected, .actual = actual};
    }
    return status;
}

tokusage_status tokusage_fail(tokusage_error *error, tokusage_status status, size_t member) {
    return tokusage_fail_sum(error, status, member, 0, 0);
}

tokusage_status tokusage_succeed(tokusage_error *error) {
    return tokusage_fail(error, TOKUSAGE_OK, TOKUSAGE_NO_MEMBER);
}

tokusage_status tokusage_check_range(const tokusage *usage, tokusage_error *error) {
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const count = tokusage_count_in(usage, i);
        if (count->present && (count->value < 0 || count->value > TOKUSAGE_COUNT_MAX)) {
            return tokusage_fail(error, TOKUSAGE_ERR_RANGE, i);
        }
    }
    return tokusage_succeed(error);
}

/* Without printf: a locale, or a small C library that lacks formats, cannot change a result. */
size_t tokusage_decimal(uint64_t value, char text[TOKUSAGE_DECIMAL_SIZE]) {
    size_t length = 1;
    for (uint64_t more = 10; value >= more && length < TOKUSAGE_DECIMAL_SIZE - 1; more *= 10) {
        length++;
    }
    text[length] = '\0';
    for (size_t i = length; i > 0; value /= 10) {
        text[--i] = (char)('0' + value % 10);
    }
    return length;
}
