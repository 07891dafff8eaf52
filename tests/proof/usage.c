/* The arithmetic of counts, and errors in words, at any values whatever. */
#include "usage.h"
#include "error.h"

#include "proof.h"

/* A count that is absent, or any value below, within or above the range. */
static tokusage_count any_count(unsigned kind) {
    const int64_t ranges[][2] = {
        {LLONG_MIN, LLONG_MAX}, {LLONG_MIN, -1}, {0, TOKUSAGE_COUNT_MAX}, {TOKUSAGE_COUNT_MAX + 1, LLONG_MAX}};
    const tokusage_count count = {.present = kind > 0,
                                  .value = Frama_C_long_long_interval(ranges[kind][0], ranges[kind][1])};
    return count;
}

static tokusage any_usage(unsigned kinds) {
    const tokusage usage = {.prompt_tokens = any_count(kinds % 4),
                            .completion_tokens = any_count(kinds / 4 % 4),
                            .total_tokens = any_count(kinds / 16)};
    return usage;
}

static void calculate(unsigned kinds) {
    tokusage usage = any_usage(kinds);
    tokusage_error error;
    (void)tokusage_validate(&usage, &error);
    (void)tokusage_infer(&usage, &error);
}

static void add(unsigned a_kinds, unsigned b_kinds) {
    tokusage a = any_usage(a_kinds);
    const tokusage b = any_usage(b_kinds);
    (void)tokusage_equal(&a, &b);
    (void)tokusage_add(&a, &b);
    (void)tokusage_add(&a, &a);
}

/* One number of a line at a time is unknown, or its digits would multiply with the other's. */
static void put_in_words(unsigned status, int64_t expected, int64_t actual, size_t size) {
    char buffer[48];
    const char *const members[] = {NULL, "total_tokens"};
    tokusage_error error = {.status = (tokusage_status)status,
                            .member = members[status % 2],
                            .offset = Frama_C_unsigned_long_interval(0, ULONG_MAX),
                            .expected = expected,
                            .actual = actual};
    (void)tokusage_error_text(&error, buffer + (sizeof buffer - size), size);
}

static void put_all_in_words(size_t size) {
    for (unsigned status = TOKUSAGE_OK; status < TOKUSAGE_ERR_TOTAL; status++) {
        put_in_words(status, 0, 0, size);
    }
    put_in_words(TOKUSAGE_ERR_TOTAL, Frama_C_long_long_interval(LLONG_MIN, LLONG_MAX), 7, size);
    put_in_words(TOKUSAGE_ERR_TOTAL, 7, Frama_C_long_long_interval(LLONG_MIN, LLONG_MAX), size);
    put_in_words(Frama_C_unsigned_int_interval(TOKUSAGE_ERR_TOTAL + 1, UINT_MAX), 0, 0, size);
    (void)tokusage_error_text(NULL, NULL, 0);
}

static void write_decimal(int64_t value) {
    char text[TOKUSAGE_DECIMAL_SIZE];
    (void)tokusage_decimal(value, text);
}

int main(void) {
    for (unsigned kinds = 0; kinds < 64; kinds++) {
        calculate(kinds);
        for (unsigned other = 0; other < 4; other++) {
            add(kinds, other * 21); /* three counts of the same kind: each count is added by itself */
        }
    }
    put_all_in_words(0);
    put_all_in_words(1);
    put_all_in_words(20);
    put_all_in_words(48);
    write_decimal(Frama_C_long_long_interval(LLONG_MIN, -1));
    write_decimal(Frama_C_long_long_interval(0, LLONG_MAX));
    write_decimal(INT64_MIN);
    return 0;
}
