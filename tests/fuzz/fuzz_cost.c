/*
 * A usage and prices that the input makes up. The cost must be what a plain calculation says that goes down the tree of
 * kinds and adds each token's price in decimal digits; and the arithmetic of counts must be what the second reader says.
 */
#include "fuzz.h"

#include <string.h>

enum {
    PROMPT,
    COMPLETION,
    TOTAL,
    CACHED,
    WRITTEN,
    WRITTEN_1H,
    PROMPT_AUDIO,
    PROMPT_IMAGE,
    CACHED_AUDIO,
    CACHED_IMAGE,
    REASONING,
    COMPLETION_AUDIO,
    COMPLETION_IMAGE,
    DIGITS = 40
};

typedef struct bill {
    int64_t tokens[TOKUSAGE_COUNTS], price[TOKUSAGE_COUNTS]; /* ABSENT */
    bool looked_at[TOKUSAGE_COUNTS];
    unsigned char sum[DIGITS]; /* decimal, the last digit first */
    tokusage_error error;
} bill;

static int64_t value_of(const tokusage *usage, size_t i) {
    tokusage copy = *usage;
    const tokusage_count *const count = tokusage_count_at(&copy, i);
    return count->present ? count->value : ABSENT;
}

static int64_t or_0(int64_t value) {
    return value == ABSENT ? 0 : value;
}

static void fails(bill *in, tokusage_status status, size_t member) {
    if (in->error.status == TOKUSAGE_OK) {
        in->error.status = status;
        in->error.member = tokusage_count_name(member);
    }
}

/* ---- digits */

static void add_digits(bill *in, uint64_t number, size_t shift) {
    unsigned carry = 0;
    for (size_t i = shift; i < DIGITS; i++) {
        const unsigned digit = in->sum[i] + (unsigned)(number % 10) + carry;
        in->sum[i] = (unsigned char)(digit % 10);
        carry = digit / 10;
        number /= 10;
    }
}

/* Adds tokens * price, a digit of the price at a time. */
static void add_tokens(bill *in, int64_t tokens, int64_t price) {
    for (size_t shift = 0; price > 0; shift++) {
        for (int64_t times = price % 10; times > 0; times--) {
            add_digits(in, (uint64_t)tokens, shift);
        }
        price /= 10;
    }
}

/* The sum, or -1 when it does not fit. */
static int64_t sum_of(const bill *in) {
    uint64_t sum = 0;
    for (size_t i = DIGITS; i-- > 0;) {
        if (sum > (UINT64_MAX - 9) / 10) {
            return -1;
        }
        sum = sum * 10 + in->sum[i];
    }
    return sum <= INT64_MAX ? (int64_t)sum : -1;
}

/* ---- kinds */

static bool priced(const bill *in, size_t kind) {
    return in->price[kind] != ABSENT;
}

/* A part is looked at when it or one of its parts has a price; a cached one also when both of its wholes are. */
static void look(bill *in) {
    bool *const at = in->looked_at;
    at[PROMPT] = at[COMPLETION] = true;
    at[CACHED_AUDIO] = priced(in, CACHED_AUDIO);
    at[CACHED_IMAGE] = priced(in, CACHED_IMAGE);
    at[CACHED] = priced(in, CACHED) || at[CACHED_AUDIO] || at[CACHED_IMAGE];
    at[PROMPT_AUDIO] = priced(in, PROMPT_AUDIO) || at[CACHED_AUDIO];
    at[PROMPT_IMAGE] = priced(in, PROMPT_IMAGE) || at[CACHED_IMAGE];
    at[CACHED_AUDIO] = at[CACHED_AUDIO] || (at[CACHED] && at[PROMPT_AUDIO]);
    at[CACHED_IMAGE] = at[CACHED_IMAGE] || (at[CACHED] && at[PROMPT_IMAGE]);
    at[WRITTEN_1H] = priced(in, WRITTEN_1H);
    at[WRITTEN] = priced(in, WRITTEN) || at[WRITTEN_1H];
    at[REASONING] = priced(in, REASONING);
    at[COMPLETION_AUDIO] = priced(in, COMPLETION_AUDIO);
    at[COMPLETION_IMAGE] = priced(in, COMPLETION_IMAGE);
}

/* How many of a kind are charged at its own price: without those of its parts. */
static int64_t rest_of(const bill *in, size_t kind) {
    int64_t n[TOKUSAGE_COUNTS];
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        n[i] = in->looked_at[i] ? or_0(in->tokens[i]) : 0;
    }
    const int64_t audio = n[PROMPT_AUDIO] - n[CACHED_AUDIO], image = n[PROMPT_IMAGE] - n[CACHED_IMAGE];
    switch (kind) {
    case PROMPT:
        return n[PROMPT] - n[CACHED] - n[WRITTEN] - audio - image;
    case COMPLETION:
        return n[COMPLETION] - n[REASONING] - n[COMPLETION_AUDIO] - n[COMPLETION_IMAGE];
    case PROMPT_AUDIO:
        return audio;
    case PROMPT_IMAGE:
        return image;
    case CACHED:
        return n[CACHED] - n[CACHED_AUDIO] - n[CACHED_IMAGE];
    case WRITTEN:
        return n[WRITTEN] - n[WRITTEN_1H];
    default:
        return n[kind];
    }
}

/* The price of the kind, or that of what it is a part of. */
static int64_t price_of(const bill *in, size_t kind) {
    const int64_t own = in->price[kind];
    if (own != ABSENT || kind == PROMPT || kind == COMPLETION) {
        return own;
    }
    switch (kind) {
    case CACHED:
    case WRITTEN:
    case PROMPT_AUDIO:
    case PROMPT_IMAGE:
        return in->price[PROMPT];
    case WRITTEN_1H:
        return price_of(in, WRITTEN);
    case CACHED_AUDIO:
        return priced(in, CACHED) ? in->price[CACHED] : price_of(in, PROMPT_AUDIO);
    case CACHED_IMAGE:
        return priced(in, CACHED) ? in->price[CACHED] : price_of(in, PROMPT_IMAGE);
    default:
        return in->price[COMPLETION];
    }
}

static void check_range(bill *in, const int64_t *numbers) {
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (numbers[i] != ABSENT && (numbers[i] < 0 || numbers[i] > TOKUSAGE_COUNT_MAX)) {
            fails(in, TOKUSAGE_ERR_RANGE, i);
        }
    }
}

static void charge(bill *in) {
    static const size_t wholes[] = {PROMPT, COMPLETION, PROMPT_AUDIO, PROMPT_IMAGE, CACHED, WRITTEN};
    look(in);
    if (in->tokens[PROMPT] == ABSENT && in->tokens[COMPLETION] == ABSENT) {
        fails(in, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_COUNTS);
    }
    for (size_t i = 0; i < LENGTH(wholes); i++) {
        if (rest_of(in, wholes[i]) < 0) {
            fails(in, TOKUSAGE_ERR_PART, wholes[i]);
        }
    }
    for (size_t i = 0; i < TOKUSAGE_COUNTS && in->error.status == TOKUSAGE_OK; i++) {
        const int64_t rest = i != TOTAL && in->looked_at[i] ? rest_of(in, i) : 0;
        if (rest > 0 && price_of(in, i) == ABSENT) {
            fails(in, TOKUSAGE_ERR_NOT_FOUND, i);
        } else if (rest > 0) {
            add_tokens(in, rest, price_of(in, i));
        }
    }
    if (in->error.status == TOKUSAGE_OK && sum_of(in) < 0) {
        fails(in, TOKUSAGE_ERR_RANGE, TOKUSAGE_COUNTS);
    }
}

static void expect_cost(const tokusage *usage, const tokusage *prices) {
    bill want;
    int64_t cost = -2;
    tokusage_error error;
    memset(&want, 0, sizeof want);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        want.tokens[i] = value_of(usage, i);
        want.price[i] = value_of(prices, i);
    }
    check_range(&want, want.tokens);
    check_range(&want, want.price);
    if (want.error.status == TOKUSAGE_OK) {
        charge(&want);
    }
    const tokusage_status status = tokusage_cost(usage, prices, &cost, &error);
    assert_int_equal(status, error.status);
    assert_int_equal(status, want.error.status);
    assert_int_equal(cost, status == TOKUSAGE_OK ? sum_of(&want) : -2);
    /* Of several that are wrong any may be named. */
    if (status == TOKUSAGE_ERR_PART || (status == TOKUSAGE_ERR_RANGE && error.member != NULL)) {
        assert_non_null(error.member);
    }
}

/* ---- the arithmetic */

typedef tokusage_status changing(tokusage *usage, tokusage_error *error);

static void expect_change(const char *what, changing *function, tokusage_error (*reference)(tokusage *),
                          const tokusage *usage) {
    tokusage got = *usage, want = *usage;
    tokusage_error error;
    const tokusage_error wanted = reference(&want);
    const tokusage_status status = function(&got, &error);
    assert_int_equal(status, error.status);
    expect_words(what, line_of("%s: %s", error_words(&wanted), usage_words(&want)),
                 line_of("%s: %s", error_words(&error), usage_words(&got)));
}

static void expect_arithmetic(const tokusage *usage) {
    tokusage got = *usage, want = *usage;
    tokusage_error error, wanted = reference_validate(usage);
    (void)tokusage_validate(usage, &error);
    expect_words("validate", error_words(&wanted), error_words(&error));
    expect_change("infer", tokusage_infer, reference_infer, usage);
    expect_change("reconcile", tokusage_reconcile, reference_reconcile, usage);
    const tokusage_verdict verdict = tokusage_settle(&got, &error);
    assert_int_equal(verdict, reference_settle(&want, &wanted));
    expect_words("settle", line_of("%s: %s", error_words(&wanted), usage_words(&want)),
                 line_of("%s: %s", error_words(&error), usage_words(&got)));
}

/* Adds in range, or changes nothing. */
static void expect_sum(const tokusage *a, const tokusage *b) {
    tokusage sum = *a;
    const tokusage_status status = tokusage_add(&sum, b);
    bool fits = true;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const int64_t x = value_of(a, i), y = value_of(b, i);
        const bool fine = (x == ABSENT || (x >= 0 && x <= TOKUSAGE_COUNT_MAX)) &&
                          (y == ABSENT || (y >= 0 && y <= TOKUSAGE_COUNT_MAX)) &&
                          (x == ABSENT || y == ABSENT || x <= TOKUSAGE_COUNT_MAX - y);
        fits = fits && fine;
    }
    assert_int_equal(status, fits ? TOKUSAGE_OK : TOKUSAGE_ERR_RANGE);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const int64_t x = value_of(a, i), y = value_of(b, i);
        assert_int_equal(value_of(&sum, i), !fits || y == ABSENT ? x : x == ABSENT ? y : x + y);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {.at = data, .left = size};
    const tokusage usage = next_usage(&in), prices = next_usage(&in);
    expect_cost(&usage, &prices);
    expect_arithmetic(&usage);
    expect_sum(&usage, &prices);
    return 0;
}
