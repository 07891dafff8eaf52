/*
 * What a call cost: the worked examples of real bills to the last digit, each rule and each error at its limit, and
 * random usages and prices against the second reader's calculation.
 */
#include <string.h>

#include "body.h"
#include "reference.h"

#define MAX TOKUSAGE_COUNT_MAX

typedef struct row {
    const char *what;
    const char *usage, *prices;
    const char *want; /* the cost, or an error; of an error the first word, or all of them */
} row;

static void expect_cost(const char *what, const tokusage *usage, const tokusage *prices, const char *want) {
    const tokusage usage_before = *usage;
    const tokusage prices_before = *prices;
    int64_t cost = -77;
    tokusage_error error;
    spoil(&error, sizeof error);
    const tokusage_status status = tokusage_cost(usage, prices, &cost, &error);
    const char *const got = status == TOKUSAGE_OK ? line_of("%lld", (long long)cost) : error_words(&error);
    const bool first_word = want[strcspn(want, " ")] == '\0';
    expect_words(what, want, first_word ? line_of("%.*s", (int)strcspn(got, " "), got) : got);
    assert_int_equal(error.status, status);
    assert_true(status == TOKUSAGE_OK || cost == -77);
    expect_words(what, status == TOKUSAGE_OK ? "OK" : error_words(&error), error_words(&error));
    expect_same_usage(what, usage, &usage_before);
    expect_same_usage(what, prices, &prices_before);

    int64_t again = -77;
    assert_int_equal(tokusage_cost(usage, prices, &again, NULL), status);
    assert_true(again == cost);
}

static void run_rows(void **state) {
    const case_table *const all = *state;
    for (const row *one = all->cases; one < (const row *)all->cases + all->count; one++) {
        const tokusage usage = usage_in(one->usage);
        const tokusage prices = usage_in(one->prices);
        expect_cost(one->what, &usage, &prices, one->want);
    }
}

/* ------------------------------------------------------------------------------------------------ worked examples */

/* Prices in 10^-12 dollars a token: dollars per million tokens, times a million. */
static const row cost_is_that_of_the_worked_examples_to_the_last_digit[] = {
    {"a prompt that is written to two caches", "prompt 1000010 completion 9 cache_write 1000000 cache_write_1h 400000",
     "prompt 5000000 completion 25000000 cache_write 6250000 cache_write_1h 10000000", "7750275000000"},
    {"a turn of an agent", "prompt 188107 completion 393 cached 186000 cache_write 2086 cache_write_1h 2086",
     "prompt 5000000 completion 25000000 cached 500000 cache_write 6250000 cache_write_1h 10000000", "123790000000"},
    {"a turn with reasoning at the price of the completion",
     "prompt 26549 completion 1590 total 28139 cached 22272 reasoning 1152",
     "prompt 1250000 completion 10000000 cached 125000", "24030250000"},
    {"a voice turn",
     "prompt 1459 completion 396 total 1855 cached 1408 prompt_audio 110 cached_audio 64 completion_audio 299",
     "prompt 4000000 completion 16000000 cached 400000 prompt_audio 32000000 cached_audio 400000 completion_audio "
     "64000000",
     "22743200000"},
    {"an image", "prompt 0 completion 300 total 300 completion_image 290",
     "prompt 2000000 completion 12000000 completion_image 120000000", "34920000000"},
    {"3.75 per million tokens", "prompt 1 completion 0", "prompt 3750000 completion 0", "3750000"},
};

/* ----------------------------------------------------------------------------------------------------- the rules */

static const row cost_charges_each_token_once_at_the_most_particular_price[] = {
    {"prompt and completion", "prompt 10 completion 5", "prompt 3 completion 7", "65"},
    {"a prompt alone", "prompt 10", "prompt 3 completion 7", "30"},
    {"a completion alone", "completion 5", "prompt 3 completion 7", "35"},
    {"a completion alone needs no price of the prompt", "completion 5", "completion 7", "35"},
    {"nothing was used", "prompt 0 completion 0", "", "0"},
    {"a price of 0 is a price", "prompt 10 completion 5", "prompt 0 completion 7", "35"},
    {"everything is free", "prompt 10 completion 5", "prompt 0 completion 0", "0"},
    {"the total is not read", "prompt 10 completion 5 total 999", "prompt 3 completion 7", "65"},
    {"nor is a price of the total", "prompt 10 completion 5 total 999", "prompt 3 completion 7 total 1000", "65"},
    {"cached", "prompt 10 completion 5 cached 4", "prompt 100 completion 1000 cached 1", "5604"},
    {"cache write", "prompt 10 completion 5 cache_write 4", "prompt 100 completion 1000 cache_write 1", "5604"},
    {"1 h, of cache write", "prompt 10 completion 5 cache_write 4 cache_write_1h 3",
     "prompt 100 completion 1000 cache_write 10 cache_write_1h 1", "5613"},
    {"prompt audio", "prompt 10 completion 5 prompt_audio 4", "prompt 100 completion 1000 prompt_audio 1", "5604"},
    {"prompt image", "prompt 10 completion 5 prompt_image 4", "prompt 100 completion 1000 prompt_image 1", "5604"},
    {"cached audio", "prompt 10 completion 5 cached 4 prompt_audio 3 cached_audio 2",
     "prompt 10000 completion 100000 cached 1000 prompt_audio 100 cached_audio 1", "552102"},
    {"cached image", "prompt 10 completion 5 cached 4 prompt_image 3 cached_image 2",
     "prompt 10000 completion 100000 cached 1000 prompt_image 100 cached_image 1", "552102"},
    {"reasoning", "prompt 10 completion 5 reasoning 4", "prompt 100 completion 1000 reasoning 1", "2004"},
    {"completion audio", "prompt 10 completion 5 completion_audio 4", "prompt 100 completion 1000 completion_audio 1",
     "2004"},
    {"completion image", "prompt 10 completion 5 completion_image 4", "prompt 100 completion 1000 completion_image 1",
     "2004"},
    {"all of a completion", "prompt 0 completion 9 reasoning 2 completion_audio 3 completion_image 4",
     "prompt 0 completion 1000 reasoning 100 completion_audio 10 completion_image 1", "234"},
    {"all of a prompt",
     "prompt 20 completion 0 cached 6 cache_write 5 cache_write_1h 2 prompt_audio 4 prompt_image 3 cached_audio 3 "
     "cached_image 2",
     "prompt 1 completion 0 cached 10 cache_write 100 cache_write_1h 1000 prompt_audio 10000 prompt_image 100000 "
     "cached_audio 1000000 cached_image 10000000",
     "23112317"},
    {"parts that are all of their whole", "prompt 4 completion 3 cached 4 reasoning 3",
     "prompt 100 completion 1000 cached 1 reasoning 10", "34"},
};

static const row cost_takes_an_absent_price_from_what_the_kind_is_part_of[] = {
    {"cached: prompt", "prompt 10 cached 4", "prompt 7", "70"},
    {"cache write: prompt", "prompt 10 cache_write 4", "prompt 7", "70"},
    {"1 h: cache write", "prompt 10 cache_write 4 cache_write_1h 3", "prompt 7 cache_write 100", "442"},
    {"1 h with a price, cache write without: prompt", "prompt 10 cache_write 4 cache_write_1h 3",
     "prompt 7 cache_write_1h 100", "349"},
    {"1 h: through cache write to the prompt", "prompt 10 cache_write 4 cache_write_1h 3", "prompt 7", "70"},
    {"prompt audio: prompt", "prompt 10 prompt_audio 4", "prompt 7", "70"},
    {"prompt image: prompt", "prompt 10 prompt_image 4", "prompt 7", "70"},
    {"cached audio: cached", "prompt 10 cached 4 prompt_audio 3 cached_audio 2", "prompt 1 cached 10 prompt_audio 100",
     "145"},
    {"cached image: cached", "prompt 10 cached 4 prompt_image 3 cached_image 2", "prompt 1 cached 10 prompt_image 100",
     "145"},
    {"cached audio without a price of cached: prompt audio", "prompt 10 cached 4 prompt_audio 3 cached_audio 2",
     "prompt 1 prompt_audio 100", "307"},
    {"cached image without a price of cached: prompt image", "prompt 10 cached 4 prompt_image 3 cached_image 2",
     "prompt 1 prompt_image 100", "307"},
    {"cached audio with a price alone", "prompt 10 cached 4 prompt_audio 3 cached_audio 2", "prompt 1 cached_audio 100",
     "208"},
    {"cached image with a price alone", "prompt 10 cached 4 prompt_image 3 cached_image 2", "prompt 1 cached_image 100",
     "208"},
    {"cached audio without a price of any audio", "prompt 10 cached 4 prompt_audio 3 cached_audio 2",
     "prompt 1 cached 10", "46"},
    {"reasoning: completion", "completion 9 reasoning 4", "completion 7", "63"},
    {"completion audio: completion", "completion 9 completion_audio 4", "completion 7", "63"},
    {"completion image: completion", "completion 9 completion_image 4", "completion 7", "63"},
};

/* What is not looked at stays in its whole, even if it is more than that. */
static const row cost_looks_only_at_parts_that_have_a_price_or_a_part_with_one[] = {
    {"cached without a price", "prompt 10 completion 5 cached 99", "prompt 1 completion 10", "60"},
    {"cache write without a price", "prompt 10 completion 5 cache_write 99", "prompt 1 completion 10", "60"},
    {"1 h without a price", "prompt 10 completion 5 cache_write 4 cache_write_1h 99",
     "prompt 1 completion 10 cache_write 100", "456"},
    {"audio and image without a price", "prompt 10 completion 5 prompt_audio 99 prompt_image 99",
     "prompt 1 completion 10", "60"},
    {"a part of both that has no price, and neither has a whole",
     "prompt 10 completion 5 cached_audio 99 cached_image 99", "prompt 1 completion 10", "60"},
    {"reasoning, audio, image of the completion",
     "prompt 10 completion 5 reasoning 99 completion_audio 99 completion_image 99", "prompt 1 completion 10", "60"},
    {"cached audio, only cached has a price", "prompt 10 completion 5 cached 4 cached_audio 99",
     "prompt 1 completion 10 cached 100", "456"},
    {"cached audio, only audio has a price", "prompt 10 completion 5 prompt_audio 4 cached_audio 99",
     "prompt 1 completion 10 prompt_audio 100", "456"},
    {"cached is looked at because of cached audio", "prompt 10 completion 5 cached 11 cached_audio 1 prompt_audio 1",
     "prompt 1 completion 10 cached_audio 100", "PART prompt 10 11"},
    {"prompt audio is looked at because of cached audio",
     "prompt 10 completion 5 cached 1 cached_audio 1 prompt_audio 12", "prompt 1 completion 10 cached_audio 100",
     "PART prompt 10 12"},
    {"prompt image is looked at because of cached image",
     "prompt 10 completion 5 cached 1 cached_image 1 prompt_image 12", "prompt 1 completion 10 cached_image 100",
     "PART prompt 10 12"},
    {"cache write is looked at because of 1 h", "prompt 10 completion 5 cache_write 11 cache_write_1h 1",
     "prompt 1 completion 10 cache_write_1h 100", "PART prompt 10 11"},
    {"cached audio is looked at because both of its wholes are",
     "prompt 10 completion 5 cached 10 cached_audio 3 prompt_audio 3",
     "prompt 1 completion 10 cached 100 prompt_audio 1000", "1050"},
    {"cached image is looked at because both of its wholes are",
     "prompt 10 completion 5 cached 10 cached_image 3 prompt_image 3",
     "prompt 1 completion 10 cached 100 prompt_image 1000", "1050"},
    {"cached audio is looked at because of cached image and of audio",
     "prompt 10 completion 5 cached 8 cached_audio 5 prompt_audio 5 cached_image 3 prompt_image 3",
     "prompt 1 completion 10 cached_image 100 prompt_audio 1000", "5352"},
};

static const row cost_says_part_when_the_rest_of_a_kind_is_below_zero[] = {
    {"cached at the limit", "prompt 10 completion 5 cached 10", "prompt 1 completion 10 cached 1", "60"},
    {"cached above it", "prompt 10 completion 5 cached 11", "prompt 1 completion 10 cached 1", "PART prompt 10 11"},
    {"cached and cache write at the limit", "prompt 10 completion 5 cached 4 cache_write 6",
     "prompt 1 completion 10 cached 1 cache_write 1", "60"},
    {"cached and cache write above it", "prompt 10 completion 5 cached 4 cache_write 7",
     "prompt 1 completion 10 cached 1 cache_write 1", "PART prompt 10 11"},
    {"cached and audio above it", "prompt 10 completion 5 cached 6 prompt_audio 5",
     "prompt 1 completion 10 cached 1 prompt_audio 1", "PART prompt 10 11"},
    {"what is of both counts once", "prompt 10 completion 5 cached 6 prompt_audio 5 cached_audio 1",
     "prompt 1 completion 10 cached 1 prompt_audio 1", "60"},
    {"cached and image above it", "prompt 10 completion 5 cached 6 prompt_image 5",
     "prompt 1 completion 10 cached 1 prompt_image 1", "PART prompt 10 11"},
    {"what is of both counts once, an image", "prompt 10 completion 5 cached 6 prompt_image 5 cached_image 1",
     "prompt 1 completion 10 cached 1 prompt_image 1", "60"},
    {"1 h above cache write", "prompt 10 completion 5 cache_write 4 cache_write_1h 5",
     "prompt 1 completion 10 cache_write 1 cache_write_1h 1", "PART cache_write 4 5"},
    {"1 h at the limit", "prompt 10 completion 5 cache_write 4 cache_write_1h 4",
     "prompt 1 completion 10 cache_write 1 cache_write_1h 1", "60"},
    {"1 h without cache write", "prompt 10 completion 5 cache_write_1h 1", "prompt 1 completion 10 cache_write_1h 1",
     "PART cache_write 0 1"},
    {"cached audio above prompt audio", "prompt 10 completion 5 cached 9 prompt_audio 2 cached_audio 3",
     "prompt 1 completion 10 cached_audio 1", "PART prompt_audio 2 3"},
    {"cached image above prompt image", "prompt 10 completion 5 cached 9 prompt_image 2 cached_image 3",
     "prompt 1 completion 10 cached_image 1", "PART prompt_image 2 3"},
    {"cached audio above cached", "prompt 10 completion 5 cached 2 prompt_audio 9 cached_audio 3",
     "prompt 1 completion 10 cached_audio 1", "PART cached 2 3"},
    {"cached audio and image above cached",
     "prompt 10 completion 5 cached 4 prompt_audio 3 prompt_image 2 cached_audio 3 "
     "cached_image 2",
     "prompt 1 completion 10 cached_audio 1 cached_image 1", "PART cached 4 5"},
    {"cached audio without the others", "prompt 10 completion 5 cached_audio 1",
     "prompt 1 completion 10 cached_audio 1", "PART"},
    {"reasoning above the completion", "prompt 10 completion 5 reasoning 6", "prompt 1 completion 10 reasoning 1",
     "PART completion 5 6"},
    {"parts of the completion above it", "prompt 10 completion 5 reasoning 2 completion_audio 2 completion_image 2",
     "prompt 1 completion 10 reasoning 1 completion_audio 1 completion_image 1", "PART completion 5 6"},
    {"parts of the completion at the limit", "prompt 10 completion 5 reasoning 1 completion_audio 2 completion_image 2",
     "prompt 1 completion 10 reasoning 1 completion_audio 1 completion_image 1", "15"},
    {"parts of an absent prompt", "completion 5 cached 1", "prompt 1 completion 10 cached 1", "PART prompt 0 1"},
    {"parts of an absent completion", "prompt 10 reasoning 1", "prompt 1 completion 10 reasoning 1",
     "PART completion 0 1"},
};

static const row cost_says_not_found_when_tokens_have_no_price[] = {
    {"neither prompt nor completion", "", "prompt 1 completion 10", "NOT_FOUND"},
    {"a total is not enough", "total 15", "prompt 1 completion 10", "NOT_FOUND"},
    {"nor is a part", "cached 4", "prompt 1 completion 10 cached 1", "NOT_FOUND"},
    {"no price of the prompt", "prompt 10 completion 5", "completion 10", "NOT_FOUND prompt"},
    {"no price of the completion", "prompt 10 completion 5", "prompt 1", "NOT_FOUND completion"},
    {"no price at all", "prompt 10 completion 5", "", "NOT_FOUND prompt"},
    {"0 tokens need no price", "prompt 0 completion 5", "completion 10", "50"},
    {"0 tokens that are fresh need none", "prompt 10 completion 5 cached 10", "completion 10 cached 1", "60"},
    {"1 token that is fresh needs one", "prompt 11 completion 5 cached 10", "completion 10 cached 1",
     "NOT_FOUND prompt"},
    {"a completion of which all has a price", "prompt 0 completion 5 reasoning 5", "reasoning 2", "10"},
    {"the rest of cached", "prompt 5 completion 0 cached 5 prompt_audio 2 cached_audio 2", "cached_audio 1",
     "NOT_FOUND cached"},
    {"the rest of audio", "prompt 5 completion 0 cached 2 prompt_audio 5 cached_audio 2", "cached_audio 1",
     "NOT_FOUND prompt_audio"},
    {"the rest of images", "prompt 5 completion 0 cached 2 prompt_image 5 cached_image 2", "cached_image 1",
     "NOT_FOUND prompt_image"},
    {"the rest of cache write", "prompt 5 completion 0 cache_write 5 cache_write_1h 2", "cache_write_1h 1",
     "NOT_FOUND cache_write"},
};

static const row cost_says_range_of_a_sum_that_does_not_fit[] = {
    {"1,024 times the largest count", "prompt MAX completion 0", "prompt 1024 completion 0", "9223372036854774784"},
    {"the largest cost there is", "prompt MAX completion 1023", "prompt 1024 completion 1", "9223372036854775807"},
    {"one more", "prompt MAX completion 1024", "prompt 1024 completion 1", "RANGE"},
    {"the first product", "prompt MAX completion 0", "prompt 1025 completion 0", "RANGE"},
    {"the largest numbers", "prompt MAX completion MAX cached MAX", "prompt MAX completion MAX cached MAX", "RANGE"},
    {"only the last product", "prompt 0 completion MAX completion_image MAX",
     "prompt MAX completion MAX completion_image 1025", "RANGE"},
    {"prices that nothing is charged at", "prompt 0 completion 0", "prompt MAX completion MAX cached MAX", "0"},
    {"tokens that cost nothing", "prompt MAX completion MAX", "prompt 0 completion 0", "0"},
};

/* ------------------------------------------------------------------------------------------------------- errors */

static void cost_refuses_a_missing_argument(void **state) {
    (void)state;
    const tokusage usage = usage_in("prompt -1 completion 5");
    const tokusage prices = usage_in("prompt 1 completion 10");
    for (unsigned present = 0; present < 7; present++) {
        int64_t cost = -77;
        tokusage_error error;
        spoil(&error, sizeof error);
        const tokusage *const u = (present & 1) != 0 ? &usage : NULL;
        const tokusage *const p = (present & 2) != 0 ? &prices : NULL;
        int64_t *const c = (present & 4) != 0 ? &cost : NULL;
        assert_int_equal(tokusage_cost(u, p, c, &error), TOKUSAGE_ERR_ARGUMENT);
        expect_words("missing", "ARGUMENT", error_words(&error));
        assert_int_equal(tokusage_cost(u, p, c, NULL), TOKUSAGE_ERR_ARGUMENT);
        assert_true(cost == -77);
    }
}

static void cost_refuses_each_count_and_each_price_out_of_range(void **state) {
    (void)state;
    static const int64_t outside[] = {-1, MAX + 1, INT64_MAX, INT64_MIN};
    for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
        for (size_t i = 0; i < LENGTH(outside); i++) {
            tokusage usage = usage_in("prompt 10 completion 5");
            tokusage prices = usage_in("prompt 1 completion 10");
            const tokusage good_usage = usage;
            const char *const want = line_of("RANGE %s", short_name(tokusage_count_name(count)));
            *tokusage_count_at(&usage, count) = (tokusage_count){true, outside[i]};
            *tokusage_count_at(&prices, count) = (tokusage_count){true, outside[i]};
            expect_cost("a price", &good_usage, &prices, want);
            expect_cost("a count and a price", &usage, &prices, want);
            *tokusage_count_at(&prices, count) = (tokusage_count){true, 1};
            expect_cost("a count", &usage, &prices, want);
        }
    }
}

static void cost_ignores_the_value_of_an_absent_count_and_price(void **state) {
    (void)state;
    for (size_t count = 3; count < TOKUSAGE_COUNTS; count++) {
        tokusage usage = usage_in("prompt 10 completion 5");
        tokusage prices = usage_in("prompt 1 completion 10");
        int64_t cost = -77;
        tokusage_count_at(&usage, count)->value = -1;
        tokusage_count_at(&prices, count)->value = INT64_MAX;
        assert_int_equal(tokusage_cost(&usage, &prices, &cost, NULL), TOKUSAGE_OK);
        assert_true(cost == 60);
    }
}

/* Each row has this error and all that come after it. */
static const row cost_reports_errors_in_their_order[] = {
    {"a count out of range", "cached -1", "cached 1", "RANGE cached"},
    {"a price out of range", "cached 9", "cached -1", "RANGE cached"},
    {"neither prompt nor completion", "cached 9", "cached 1", "NOT_FOUND"},
    {"a rest below 0", "prompt 1 completion MAX cached 9", "completion MAX cached 1", "PART prompt 1 9"},
    {"no price", "prompt 10 completion MAX cached 9", "completion MAX cached 1", "NOT_FOUND prompt"},
    {"a sum that does not fit", "prompt 10 completion MAX cached 9", "prompt 1 completion MAX cached 1", "RANGE"},
};

/* ------------------------------------------------------------------------------------------- the second reader */

static int64_t number(tokusage_count count) {
    return count.present ? count.value : 0;
}

/* A number of tokens or a price: small, or of any length. */
static tokusage_count random_count(size_t often, unsigned bits) {
    const bool present = random_below(8) < often;
    return (tokusage_count){present, present ? (int64_t)(random_bits() >> (63 - random_below(bits))) / 2 : 0};
}

/* A usage of which the parts mostly fit their wholes. */
static tokusage random_usage(unsigned bits) {
    tokusage u = usage_in("");
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        *tokusage_count_at(&u, i) = random_count(i < 2 ? 7 : 4, bits);
    }
    if (random_below(4) > 0) {
        const int64_t audio = number(u.cached_audio_tokens);
        const int64_t image = number(u.cached_image_tokens);
        u.cached_tokens.value =
            u.cached_tokens.present || audio + image > 0 ? number(u.cached_tokens) + audio + image : 0;
        u.cached_tokens.present = u.cached_tokens.present || u.cached_tokens.value > 0;
        u.prompt_audio_tokens = (tokusage_count){true, number(u.prompt_audio_tokens) + audio};
        u.prompt_image_tokens = (tokusage_count){true, number(u.prompt_image_tokens) + image};
        u.cache_write_tokens = (tokusage_count){true, number(u.cache_write_tokens) + number(u.cache_write_1h_tokens)};
        u.prompt_tokens =
            (tokusage_count){true, number(u.prompt_tokens) + number(u.cached_tokens) + number(u.cache_write_tokens) +
                                       number(u.prompt_audio_tokens) + number(u.prompt_image_tokens)};
        u.completion_tokens =
            (tokusage_count){true, number(u.completion_tokens) + number(u.reasoning_tokens) +
                                       number(u.completion_audio_tokens) + number(u.completion_image_tokens)};
    }
    return u;
}

static void cost_is_that_of_a_plain_calculation_for_random_usages_and_prices(void **state) {
    (void)state;
    static const unsigned token_bits[] = {3, 5, 20, 48};
    static const unsigned price_bits[] = {4, 24, 52};
    size_t costs = 0;
    random_seed();
    const size_t all = rounds(60000);
    for (size_t left = all; left > 0; left--) {
        const tokusage usage = random_usage(token_bits[random_below(LENGTH(token_bits))]);
        tokusage prices = usage_in("");
        const unsigned bits = price_bits[random_below(LENGTH(price_bits))];
        const size_t often = random_below(9);
        for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
            *tokusage_count_at(&prices, i) = random_count(i < 2 ? 7 : often, bits);
        }
        int64_t cost = 0;
        const tokusage_error error = {.status = reference_cost(&usage, &prices, &cost)};
        const bool good = error.status == TOKUSAGE_OK;
        const char *const want = good ? line_of("%lld", (long long)cost) : error_words(&error);
        costs += good;
        expect_cost(line_of("%s at %s", usage_words(&usage), usage_words(&prices)), &usage, &prices, want);
    }
    assert_true(costs > all / 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TABLE_TEST(run_rows, cost_is_that_of_the_worked_examples_to_the_last_digit),
        TABLE_TEST(run_rows, cost_charges_each_token_once_at_the_most_particular_price),
        TABLE_TEST(run_rows, cost_takes_an_absent_price_from_what_the_kind_is_part_of),
        TABLE_TEST(run_rows, cost_looks_only_at_parts_that_have_a_price_or_a_part_with_one),
        TABLE_TEST(run_rows, cost_says_part_when_the_rest_of_a_kind_is_below_zero),
        TABLE_TEST(run_rows, cost_says_not_found_when_tokens_have_no_price),
        TABLE_TEST(run_rows, cost_says_range_of_a_sum_that_does_not_fit),
        cmocka_unit_test(cost_refuses_a_missing_argument),
        cmocka_unit_test(cost_refuses_each_count_and_each_price_out_of_range),
        cmocka_unit_test(cost_ignores_the_value_of_an_absent_count_and_price),
        TABLE_TEST(run_rows, cost_reports_errors_in_their_order),
        cmocka_unit_test(cost_is_that_of_a_plain_calculation_for_random_usages_and_prices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
