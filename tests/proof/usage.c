/* The arithmetic of counts, what a call costs, the form in which a usage is written, and errors in words: at any values. */
#include "counts.h"

#include "proof.h"

/* A count that is absent, or any value below, in or above the range. */
static tokusage_count any_count(unsigned kind) {
    const int64_t ranges[][2] = {
        {LLONG_MIN, LLONG_MAX}, {LLONG_MIN, -1}, {0, TOKUSAGE_COUNT_MAX}, {TOKUSAGE_COUNT_MAX + 1, LLONG_MAX}};
    const tokusage_count count = {.present = kind > 0,
                                  .value = Frama_C_long_long_interval(ranges[kind][0], ranges[kind][1])};
    return count;
}

/* Prompt, completion and total are of kinds of their own; all parts are of the kind `parts`. */
static tokusage any_usage(unsigned kinds, unsigned parts) {
    tokusage usage;
    /*@ loop unroll 20; */
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        *tokusage_count_at(&usage, i) = any_count(i < 3 ? kinds >> 2 * i & 3 : parts);
    }
    return usage;
}

static void calculate(unsigned kinds, unsigned parts) {
    const tokusage before = any_usage(kinds, parts);
    tokusage_error error;
    tokusage usage = before;
    (void)tokusage_validate(&usage, &error);
    (void)tokusage_infer(&usage, &error);
    usage = before;
    (void)tokusage_reconcile(&usage, &error);
    usage = before;
    (void)tokusage_settle(&usage, &error);
}

static void add(unsigned a_kinds, unsigned a_parts, unsigned b_kind) {
    tokusage a = any_usage(a_kinds, a_parts);
    const tokusage b = any_usage(b_kind * 21, b_kind); /* all of one kind: each count is added by itself */
    (void)tokusage_equal(&a, &b);
    (void)tokusage_add(&a, &b);
    (void)tokusage_add(&a, &a);
}

/*
 * The analyser keeps no relation between two numbers, so all of them are known but one: of this kind there are any number
 * of tokens, at this price; those of the other kinds cost nothing.
 */
static void charge(size_t kind, int64_t price) {
    tokusage usage, prices;
    int64_t cost = 0;
    tokusage_error error;
    /*@ loop unroll 20; */
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        *tokusage_count_at(&usage, i) = (tokusage_count){.present = i <= 1 || i == kind, .value = TOKUSAGE_COUNT_MAX};
        *tokusage_count_at(&prices, i) = (tokusage_count){.present = true, .value = i == kind ? price : 0};
    }
    *tokusage_count_at(&usage, kind) = any_count(2);
    if (tokusage_cost(&usage, &prices, &cost, &error) == TOKUSAGE_OK && cost < 0) {
        broken();
    }
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
    for (unsigned status = TOKUSAGE_ERR_TOTAL; status <= TOKUSAGE_ERR_PART; status++) {
        put_in_words(status, Frama_C_long_long_interval(LLONG_MIN, LLONG_MAX), 7, size);
        put_in_words(status, 7, Frama_C_long_long_interval(LLONG_MIN, LLONG_MAX), size);
    }
    put_in_words(Frama_C_unsigned_int_interval(TOKUSAGE_ERR_PART + 1, UINT_MAX), 0, 0, size);
    (void)tokusage_error_text(NULL, NULL, 0);
    (void)tokusage_verdict_text((tokusage_verdict)Frama_C_unsigned_int_interval(0, UINT_MAX));
}

static void write_decimal(int64_t value) {
    char text[TOKUSAGE_DECIMAL_SIZE];
    (void)tokusage_decimal(value, text);
}

/* With all counts. Numbers of every length are written by write_decimal. */
static void encode(size_t count, int64_t value, int64_t others, size_t size) {
    char buffer[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    tokusage usage;
    /*@ loop unroll 20; */
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        *tokusage_count_at(&usage, i) = (tokusage_count){.present = true, .value = i == count ? value : others};
    }
    (void)tokusage_encode(&usage, buffer + (sizeof buffer - size), size, &length);
}

/* Only some counts: objects open and close in every order. */
static void encode_some(unsigned present) {
    char buffer[TOKUSAGE_JSON_SIZE];
    tokusage usage;
    /*@ loop unroll 20; */
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        *tokusage_count_at(&usage, i) = (tokusage_count){.present = (present >> i & 1) != 0, .value = 7};
    }
    (void)tokusage_encode(&usage, buffer, sizeof buffer, NULL);
}

/* Into a buffer that is one byte too small, for the NUL. */
static void encode_without_nul(void) {
    char buffer[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    const tokusage usage = {.prompt_tokens = {.present = true, .value = TOKUSAGE_COUNT_MAX}};
    (void)tokusage_encode(&usage, NULL, 0, &length);
    if (tokusage_encode(&usage, buffer + (sizeof buffer - length), length, NULL) != TOKUSAGE_ERR_SPACE) {
        broken();
    }
}

int main(void) {
    for (unsigned kinds = 0; kinds < 64; kinds++) {
        for (unsigned parts = 0; parts < 4; parts++) {
            calculate(kinds, parts);
        }
    }
    for (unsigned kind = 0; kind < 4; kind++) {
        for (unsigned other = 0; other < 4; other++) {
            add(kind * 21, kind, other);
        }
    }
    /*@ loop unroll 20; */
    for (unsigned i = 0; i < TOKUSAGE_COUNTS; i++) {
        charge(i, 1);
        charge(i, 3750000);
        charge(i, TOKUSAGE_COUNT_MAX);
        encode_some(1U << i);
        encode_some(0x1FFFU & ~(1U << i));
    }
    encode(0, TOKUSAGE_COUNT_MAX, TOKUSAGE_COUNT_MAX, 0);
    encode(0, 0, TOKUSAGE_COUNT_MAX, TOKUSAGE_JSON_SIZE - 1);
    encode(TOKUSAGE_COUNTS - 1, Frama_C_long_long_interval(LLONG_MIN, LLONG_MAX), TOKUSAGE_COUNT_MAX,
           TOKUSAGE_JSON_SIZE);
    encode(0, LLONG_MIN, LLONG_MIN, TOKUSAGE_JSON_SIZE);
    encode_without_nul();
    put_all_in_words(0);
    put_all_in_words(1);
    put_all_in_words(20);
    put_all_in_words(48);
    write_decimal(Frama_C_long_long_interval(LLONG_MIN, -1));
    write_decimal(Frama_C_long_long_interval(0, LLONG_MAX));
    write_decimal(INT64_MIN);
    return 0;
}
