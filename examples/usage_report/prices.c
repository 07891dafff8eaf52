/*
 * Exact money, without floating point, and which row of prices is a model's. The library says what a usage costs.
 */
#include "usage_report.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 10^12 parts are one unit of money. */
static const int64_t parts_of_one = INT64_C(1000000000000);
enum {
    SHOWN_DECIMALS = 6
};

/* ---- amounts */

bool amount_add(amount *sum, const amount *more) {
    const int64_t part = sum->part + more->part;
    const int64_t carry = part / parts_of_one;
    if (more->whole + carry > TOKUSAGE_COUNT_MAX - sum->whole) {
        return false;
    }
    *sum = (amount){sum->whole + more->whole + carry, part % parts_of_one};
    return true;
}

int amount_compare(const amount *one, const amount *other) {
    return one->whole != other->whole ? (one->whole > other->whole) - (one->whole < other->whole)
                                      : (one->part > other->part) - (one->part < other->part);
}

/* Digits of a decimal, and the power of ten of the last; what follows the 18th significant digit is only rounded. */
static bool read_digits(slice number, uint64_t *digits, int *power, bool *more) {
    size_t at = 0;
    bool point = false;
    bool any = false;
    *digits = 0;
    *power = 0;
    *more = false;
    for (; at < number.length; at++) {
        const char c = number.bytes[at];
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            const bool room = *digits < UINT64_C(100000000000000000);
            any = true;
            *more = *more || (!room && c != '0');
            *digits = room ? 10 * *digits + (uint64_t)(c - '0') : *digits;
            *power += room ? -(int)point : (int)!point;
        } else {
            break;
        }
    }
    if (any && at < number.length && (number.bytes[at] == 'e' || number.bytes[at] == 'E')) {
        char exponent[8] = "";
        const size_t length = number.length - at - 1;
        char *end = exponent;
        memcpy(exponent, number.bytes + at + 1, length < 7 ? length : 7);
        *power += (int)strtol(exponent, &end, 10);
        return length < 7 && length > 0 && *end == '\0';
    }
    return any && at == number.length;
}

bool decimal_read(slice number, int shift, int64_t *value, bool *exact) {
    uint64_t digits = 0;
    int power = 0;
    bool more = false;
    uint64_t dropped = 0;
    if (!number.bytes || !read_digits(number, &digits, &power, &more)) {
        return false;
    }
    for (power += shift; power > 0 && digits > 0; power--) {
        if (digits > UINT64_C(900000000000000000)) {
            return false;
        }
        digits *= 10;
    }
    for (; power < 0 && digits > 0; power++) {
        more = more || dropped > 0;
        dropped = digits % 10;
        digits /= 10;
    }
    if (exact) {
        *exact = dropped == 0 && !more;
    }
    *value = (int64_t)(digits + (dropped >= 5));
    return true;
}

bool amount_read(slice number, amount *read) {
    int64_t whole = 0;
    int64_t part = 0;
    const slice digits = json_is(number, '"') ? json_inside(number) : number;
    const char *const point = digits.length > 0 ? memchr(digits.bytes, '.', digits.length) : NULL;
    const size_t before = point ? (size_t)(point - digits.bytes) : digits.length;
    const bool plain = point && !memchr(digits.bytes, 'e', digits.length) && !memchr(digits.bytes, 'E', digits.length);
    if (plain && before > 0 && decimal_read((slice){digits.bytes, before}, 0, &whole, NULL) &&
        decimal_read((slice){point, digits.length - before}, AMOUNT_DECIMALS, &part, NULL)) {
        *read = (amount){whole + part / parts_of_one, part % parts_of_one};
        return whole < TOKUSAGE_COUNT_MAX;
    }
    if (decimal_read(digits, AMOUNT_DECIMALS, &part, NULL)) {
        *read = (amount){part / parts_of_one, part % parts_of_one};
        return true;
    }
    if (!point && decimal_read(digits, 0, &whole, NULL) && whole < TOKUSAGE_COUNT_MAX) {
        *read = (amount){whole, 0};
        return true;
    }
    return false;
}

void amount_put(text *to, const amount *cost, bool rounded) {
    char digits[AMOUNT_DECIMALS + 2];
    amount shown = *cost;
    size_t decimals = rounded ? SHOWN_DECIMALS : AMOUNT_DECIMALS;
    if (rounded) {
        amount_add(&shown, &(amount){.part = 500000});
    }
    snprintf(digits, sizeof digits, "%012lld", (long long)shown.part);
    while (!rounded && decimals > 0 && digits[decimals - 1] == '0') {
        decimals--;
    }
    text_number(to, shown.whole, rounded);
    text_bytes(to, ".", decimals > 0);
    text_bytes(to, digits, decimals);
}

/* ---- rows */

price_row *prices_row(price_list *in, slice model, slice tier, int64_t above) {
    in->rows = memory_resize(in->rows, (in->count + 1) * sizeof *in->rows);
    price_row *const made = &in->rows[in->count++];
    *made = (price_row){.prefix = slice_ends(model, "*"), .above = above};
    model.length -= made->prefix;
    text_slice(&made->model, model);
    text_slice(&made->tier, tier);
    return made;
}

static bool same_letters(const char *one, const char *other, size_t length) {
    for (size_t i = 0; i < length; i++) {
        const char a = one[i] >= 'A' && one[i] <= 'Z' ? (char)(one[i] | 32) : one[i];
        const char b = other[i] >= 'A' && other[i] <= 'Z' ? (char)(other[i] | 32) : other[i];
        if (a != b) {
            return false;
        }
    }
    return true;
}

/* Whole names before beginnings, and the longest beginning before the others. */
static const price_row *row_named(const price_list *in, slice name) {
    const price_row *best = NULL;
    for (size_t i = 0; i < in->count; i++) {
        const price_row *const row = &in->rows[i];
        if (row->model.used > name.length || !same_letters(row->model.bytes, name.bytes, row->model.used) ||
            (!row->prefix && row->model.used != name.length)) {
            continue;
        }
        const size_t rank = row->model.used + (row->prefix ? 0 : 1);
        best = !best || rank > best->model.used + (best->prefix ? 0 : 1) ? row : best;
    }
    return best;
}

/* Lists of several providers have a model's own provider in front of its name. */
static const price_row *row_of_provider(const price_list *in, slice name) {
    static const char *const providers[] = {"openai/",  "anthropic/", "google/", "x-ai/",
                                            "mistral/", "deepseek/",  "cohere/"};
    const price_row *row = row_named(in, name);
    for (size_t i = 0; in->by_provider && !row && i < sizeof providers / sizeof *providers; i++) {
        text full = {.bytes = NULL};
        text_string(&full, providers[i]);
        text_slice(&full, name);
        row = row_named(in, text_all(&full));
        text_free(&full);
    }
    return row;
}

/* Under the fullest name that any row has. */
static const price_row *row_of(const price_list *in, slice model) {
    text name = {.bytes = NULL};
    unsigned step = 0;
    const price_row *row = NULL;
    text_slice(&name, model);
    while (!row && name.used > 0) {
        row = row_of_provider(in, text_all(&name));
        if (!row) {
            name_next(&name, &step);
        }
    }
    text_free(&name);
    return row;
}

/* A model that was asked for, and the first row of its price. */
typedef struct known {
    size_t length;
    const price_row *row;
    char model[];
} known;

static int compare_models(const void *one, const void *other) {
    const known *const a = one;
    const known *const b = other;
    const size_t length = a->length < b->length ? a->length : b->length;
    const int difference = memcmp(a->model, b->model, length);
    return difference != 0 ? difference : (a->length > b->length) - (a->length < b->length);
}

static const price_row *known_row(price_list *in, slice model) {
    known *const made = memory_resize(NULL, sizeof *made + model.length + 1);
    made->length = model.length;
    memcpy(made->model, model.length > 0 ? model.bytes : "", model.length);
    known *const *const node = tsearch(made, &in->known, compare_models);
    if (!node) {
        memory_failed();
        return NULL;
    }
    if (*node == made) {
        made->row = row_of(in, model);
        return made->row;
    }
    free(made);
    return (*node)->row;
}

/* ---- the price of one call */

static void override(tokusage *prices, const tokusage *by, bool *given) {
    tokusage from = *by;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const count = tokusage_count_at(&from, i);
        if (count->present) {
            *tokusage_count_at(prices, i) = *count;
            given[i] = true;
        }
    }
}

static bool same_model(const price_row *one, const price_row *other) {
    return one->prefix == other->prefix && one->model.used == other->model.used &&
           same_letters(one->model.bytes, other->model.bytes, one->model.used);
}

/* The highest of the thresholds that the prompt is above, in this service tier. */
static const price_row *step_of(const price_list *in, const price_row *row, slice tier, int64_t prompt) {
    const price_row *best = NULL;
    for (size_t i = 0; i < in->count; i++) {
        const price_row *const each = &in->rows[i];
        if (same_model(each, row) && each->tier.used == tier.length &&
            (tier.length == 0 || same_letters(each->tier.bytes, tier.bytes, tier.length)) && prompt > each->above &&
            (!best || each->above > best->above)) {
            best = each;
        }
    }
    return best;
}

/* A batch costs half of the price where its own is not known. */
static tokusage prices_for(const price_list *in, const price_row *row, slice tier, int64_t prompt) {
    static const slice plain = {"", 0};
    bool given[TOKUSAGE_COUNTS] = {false};
    bool above[TOKUSAGE_COUNTS] = {false};
    tokusage found = {.total_tokens = {.present = false}};
    const bool batch = slice_is(tier, "batch");
    const price_row *const base = step_of(in, row, plain, 0);
    const price_row *const higher = step_of(in, row, plain, prompt);
    const price_row *const own = tier.length > 0 ? step_of(in, row, tier, prompt) : NULL;
    override(&found, base ? &base->tokens : &row->tokens, given);
    if (higher && higher->above >= 0) {
        override(&found, &higher->tokens, above);
    }
    memset(given, 0, sizeof given);
    if (own && (own->above >= 0 || !higher || higher->above < 0)) {
        override(&found, &own->tokens, given);
    }
    for (size_t i = 0; batch && i < TOKUSAGE_COUNTS; i++) {
        tokusage_count *const count = tokusage_count_at(&found, i);
        count->value = given[i] ? count->value : (count->value + 1) / 2;
    }
    return found;
}

bool price_of(price_list *in, slice model, slice tier, const tokusage *usage, amount *cost, const char **reason) {
    const price_row *const row = model.length > 0 ? known_row(in, model) : NULL;
    tokusage_error error;
    int64_t parts = 0;
    if (!row) {
        *reason = "no price";
        return false;
    }
    const tokusage prices = prices_for(in, row, tier, usage->prompt_tokens.value);
    if (tokusage_cost(usage, &prices, &parts, &error) != TOKUSAGE_OK) {
        *reason = error.status == TOKUSAGE_ERR_NOT_FOUND ? "no price of all its tokens"
                                                         : "no cost, as its counts contradict each other,";
        return false;
    }
    *cost = (amount){parts / parts_of_one, parts % parts_of_one};
    return true;
}

static void explain_one(const void *node, VISIT visit, int depth) {
    const known *const one = *(const known *const *)node;
    text line = {.bytes = NULL};
    (void)depth;
    if (visit != postorder && visit != leaf) {
        return;
    }
    text_string(&line, "usage-report: price of ");
    text_safe(&line, (slice){one->model, one->length});
    text_string(&line, one->row ? ": " : ": none");
    if (one->row) {
        text_safe(&line, text_all(&one->row->model));
        text_string(&line, one->row->prefix ? "*" : "");
    }
    text_string(&line, "\n");
    fwrite(line.bytes, 1, line.used, stderr);
    text_free(&line);
}

void prices_explain(const price_list *of) {
    twalk(of->known, explain_one);
}

void prices_free(price_list *of) {
    for (size_t i = 0; i < of->count; i++) {
        text_free(&of->rows[i].model);
        text_free(&of->rows[i].tier);
    }
    free(of->rows);
    while (of->known) {
        known *const one = *(known **)of->known;
        tdelete(one, &of->known, compare_models);
        free(one);
    }
}
