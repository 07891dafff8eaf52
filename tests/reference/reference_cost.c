/* What a call cost: what is charged at which price, as a list, in numbers of 128 bits; see reference.h. */
#include "reference.h"

#include <string.h>

typedef struct wide {
    uint64_t high, low;
} wide;

static wide add_product(wide sum, uint64_t a, uint64_t b) {
    const uint64_t half = UINT32_MAX;
    const uint64_t low = (a & half) * (b & half);
    const uint64_t cross1 = (a >> 32) * (b & half) + (low >> 32);
    const uint64_t cross2 = (a & half) * (b >> 32) + (cross1 & half);
    const uint64_t product_low = cross2 << 32 | (low & half);
    sum.high += (a >> 32) * (b >> 32) + (cross1 >> 32) + (cross2 >> 32);
    sum.low += product_low;
    sum.high += sum.low < product_low;
    return sum;
}

static int64_t number(tokusage_count count) {
    return count.present ? count.value : 0;
}

/* The first of up to four prices that is present; of none the last. */
static tokusage_count first_price(tokusage_count a, tokusage_count b, tokusage_count c, tokusage_count d) {
    return a.present ? a : b.present ? b : c.present ? c : d;
}

/* The tokens that are charged at one price. */
typedef struct charge {
    int64_t tokens;
    tokusage_count price;
} charge;

enum {
    CHARGES = 12
};

/* What is charged at which price. `u` is changed: parts that are not looked at are as if they were not there. */
static void list_charges(tokusage u, const tokusage *p, charge to[CHARGES]) {
    const bool hour = p->cache_write_1h_tokens.present;
    const bool written = p->cache_write_tokens.present || hour;
    const bool cached = p->cached_tokens.present || p->cached_audio_tokens.present || p->cached_image_tokens.present;
    const bool audio = p->prompt_audio_tokens.present || p->cached_audio_tokens.present;
    const bool image = p->prompt_image_tokens.present || p->cached_image_tokens.present;
    const int64_t w = written ? number(u.cache_write_tokens) : 0;
    const int64_t h = hour ? number(u.cache_write_1h_tokens) : 0;
    const int64_t c = cached ? number(u.cached_tokens) : 0;
    const int64_t a = audio ? number(u.prompt_audio_tokens) : 0;
    const int64_t i = image ? number(u.prompt_image_tokens) : 0;
    const int64_t ca = cached && audio ? number(u.cached_audio_tokens) : 0;
    const int64_t ci = cached && image ? number(u.cached_image_tokens) : 0;
    const int64_t r = p->reasoning_tokens.present ? number(u.reasoning_tokens) : 0;
    const int64_t oa = p->completion_audio_tokens.present ? number(u.completion_audio_tokens) : 0;
    const int64_t oi = p->completion_image_tokens.present ? number(u.completion_image_tokens) : 0;
    const tokusage_count in = p->prompt_tokens;
    const tokusage_count out = p->completion_tokens;
    const charge all[CHARGES] = {
        {number(u.prompt_tokens) - c - w - (a - ca) - (i - ci), in},
        {number(u.completion_tokens) - r - oa - oi, out},
        {c - ca - ci, first_price(p->cached_tokens, in, in, in)},
        {w - h, first_price(p->cache_write_tokens, in, in, in)},
        {h, first_price(p->cache_write_1h_tokens, p->cache_write_tokens, in, in)},
        {a - ca, first_price(p->prompt_audio_tokens, in, in, in)},
        {i - ci, first_price(p->prompt_image_tokens, in, in, in)},
        {ca, first_price(p->cached_audio_tokens, p->cached_tokens, p->prompt_audio_tokens, in)},
        {ci, first_price(p->cached_image_tokens, p->cached_tokens, p->prompt_image_tokens, in)},
        {r, first_price(p->reasoning_tokens, out, out, out)},
        {oa, first_price(p->completion_audio_tokens, out, out, out)},
        {oi, first_price(p->completion_image_tokens, out, out, out)},
    };
    memcpy(to, all, sizeof all);
}

static bool is_in_range(const tokusage *usage) {
    tokusage copy = *usage;
    bool good = true;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const int64_t value = number(*tokusage_count_at(&copy, i));
        good = good && value >= 0 && value <= TOKUSAGE_COUNT_MAX;
    }
    return good;
}

tokusage_status reference_cost(const tokusage *usage, const tokusage *prices, int64_t *cost) {
    charge charges[CHARGES];
    wide sum = {0, 0};
    bool priced = true;
    if (!is_in_range(usage) || !is_in_range(prices)) {
        return TOKUSAGE_ERR_RANGE;
    }
    if (!usage->prompt_tokens.present && !usage->completion_tokens.present) {
        return TOKUSAGE_ERR_NOT_FOUND;
    }
    list_charges(*usage, prices, charges);
    for (size_t i = 0; i < CHARGES; i++) {
        if (charges[i].tokens < 0) {
            return TOKUSAGE_ERR_PART;
        }
        priced = priced && (charges[i].tokens == 0 || charges[i].price.present);
        sum = add_product(sum, (uint64_t)charges[i].tokens, (uint64_t)number(charges[i].price));
    }
    if (!priced) {
        return TOKUSAGE_ERR_NOT_FOUND;
    }
    if (sum.high > 0 || sum.low > INT64_MAX) {
        return TOKUSAGE_ERR_RANGE;
    }
    *cost = (int64_t)sum.low;
    return TOKUSAGE_OK;
}
