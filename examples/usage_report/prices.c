/*
 * Exact money, without floating point, and which row of prices is a model's. The library says what a usage costs.
 */
#include "usage_report.h"

#include <regex.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    DECIMALS = 12,
    SHOWN_DECIMALS = 6
};
static const int64_t parts_of_one = INT64_C(1000000000000); /* 10^12 parts are one unit of money */

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

/* Digits that do not fit are only rounded. */
bool decimal_read(slice number, int shift, int64_t *value, bool *exact) {
    int64_t read = 0;
    int power = shift;
    int next = 0; /* the first digit that is dropped */
    bool point = false, any = false, more = false;
    size_t at = 0;
    for (; at < number.length && (memchr("0123456789", number.bytes[at], 10) || (number.bytes[at] == '.' && !point));
         at++) {
        const int digit = number.bytes[at] - '0';
        if (number.bytes[at] == '.') {
            point = true;
        } else {
            const bool fits = read < INT64_C(100000000000000000);
            any = true;
            more = more || (!fits && digit != 0);
            read = fits ? 10 * read + digit : read;
            power += fits ? -(int)point : (int)!point;
        }
    }
    if (any && at < number.length && (number.bytes[at] | 32) == 'e') {
        char exponent[8] = "";
        char *end = exponent;
        at++;
        memcpy(exponent, number.bytes + at, number.length - at < 7 ? number.length - at : 7);
        power += (int)strtol(exponent, &end, 10);
        at += end > exponent && power < 100 && power > -100 ? (size_t)(end - exponent) : number.length;
    }
    for (; power > 0 && read > 0 && read <= INT64_C(900000000000000000); power--) {
        read *= 10;
    }
    for (; power < 0 && read + next > 0; power++) {
        more = more || next > 0;
        next = (int)(read % 10);
        read /= 10;
    }
    if (exact) {
        *exact = next == 0 && !more;
    }
    *value = read + (next >= 5);
    return any && at == number.length && (power <= 0 || read == 0);
}

/* Its digits before the point, and those after it. */
bool amount_read(slice number, amount *read) {
    const slice digits = json_is(number, '"') ? json_inside(number) : number;
    const char *const point = digits.length > 0 ? memchr(digits.bytes, '.', digits.length) : NULL;
    const size_t before = point ? (size_t)(point - digits.bytes) : digits.length;
    amount made = {.whole = 0};
    if (decimal_read((slice){digits.bytes, before}, 0, &made.whole, NULL) && made.whole < TOKUSAGE_COUNT_MAX &&
        (!point || decimal_read((slice){point, digits.length - before}, DECIMALS, &made.part, NULL)) &&
        made.part < parts_of_one) {
        *read = made;
        return true;
    }
    const bool small = decimal_read(digits, DECIMALS, &made.part, NULL); /* 1e-05 */
    *read = small ? (amount){made.part / parts_of_one, made.part % parts_of_one} : *read;
    return small;
}

void amount_put(text *to, const amount *cost, bool rounded) {
    char digits[24];
    amount shown = *cost;
    size_t decimals = rounded ? SHOWN_DECIMALS : DECIMALS;
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

/* ---- the names that a price may have for a model: the fullest first, then without what is around it */

static const char *const dropped[] = {
    "^ft:",
    "^arn:.*/",
    "^[^/]+/", /* again and again */
    "^(us|eu|apac|global|jp|au|ca|us-gov)\\.",
    "^(anthropic|amazon|meta|mistral|cohere|deepseek|ai21|openai|qwen|google)\\.",
    "-v[0-9:]+$",
    "[@:].*$",
    "-[0-9]{4}-?[0-9]{2}-?[0-9]{2}$",
    "-[0-9]{2}-[0-9]{2}$",
    "-latest$",
    "-preview$",
    "-exp$",
    "-codex$",
};
enum {
    STEPS = sizeof dropped / sizeof *dropped
};

/* False: nothing is left to drop. */
static bool drop_next(text *name, size_t *step) {
    for (; *step < STEPS; ++*step) {
        regex_t expression;
        regmatch_t at = {.rm_so = -1};
        regcomp(&expression, dropped[*step], REG_EXTENDED);
        const bool drops =
            regexec(&expression, text_c(name), 1, &at, 0) == 0 && at.rm_eo - at.rm_so < (regoff_t)name->used;
        regfree(&expression);
        if (drops) {
            memmove(name->bytes + at.rm_so, name->bytes + at.rm_eo, name->used - (size_t)at.rm_eo);
            name->used -= (size_t)(at.rm_eo - at.rm_so);
            return true;
        }
    }
    return false;
}

/* ---- rows */

bool letters_are(slice one, slice other) {
    return one.length == other.length && (one.length == 0 || strncasecmp(one.bytes, other.bytes, one.length) == 0);
}

static bool begins(slice name, slice with) {
    return name.length >= with.length && letters_are((slice){name.bytes, with.length}, with);
}

static bool search(slice expression, const char *in) {
    regex_t compiled;
    text posix = {.bytes = NULL};
    for (size_t i = 0; i < expression.length; i++) { /* Python's \d */
        const bool digit = i + 1 < expression.length && expression.bytes[i] == '\\' && expression.bytes[i + 1] == 'd';
        text_bytes(&posix, digit ? "[0-9]" : expression.bytes + i, digit ? 5 : 1);
        i += digit;
    }
    const bool good = regcomp(&compiled, text_c(&posix), REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0;
    const bool matches = good && regexec(&compiled, in, 0, NULL, 0) == 0;
    if (good) {
        regfree(&compiled);
    }
    text_free(&posix);
    return matches;
}

/* A clause of genai-prices: {"or": [{"equals": "a"}, {"starts_with": "b"}]} */
static bool matches(slice clause, const char *name) {
    slice inside = json_open(clause);
    slice kind = {NULL, 0};
    slice value = {NULL, 0};
    slice each = {NULL, 0};
    text decoded = {.bytes = NULL};
    if (!json_next(&inside, &kind, &value)) {
        return false;
    }
    const bool all = slice_is(kind, "and");
    if (json_is(value, '[')) {
        bool so_far = all;
        for (slice list = json_open(value); so_far == all && json_next(&list, NULL, &each);) {
            so_far = matches(each, name);
        }
        return so_far;
    }
    text_decode(&decoded, json_inside(value));
    const slice wanted = text_all(&decoded);
    const slice whole = slice_of(name);
    bool found = slice_is(kind, "regex") ? search(wanted, name) : letters_are(whole, wanted);
    const bool ends = slice_is(kind, "ends_with");
    const bool anywhere = slice_is(kind, "contains");
    for (size_t at = 0; !found && at + wanted.length <= whole.length; at++) {
        const bool here =
            anywhere || (at == 0 && slice_is(kind, "starts_with")) || (ends && at + wanted.length == whole.length);
        found = here && letters_are((slice){name + at, wanted.length}, wanted);
    }
    text_free(&decoded);
    return found;
}

/*
 * How well a row fits a name; 0: not at all. A whole name is better than a beginning, a longer beginning than a shorter
 * one; a model of the provider that is named is better than one of that which makes such models.
 */
static size_t fit_of(const price_row *row, text *name) {
    if (!row->provider.bytes) {
        const bool fits = row->prefix ? begins(text_all(name), row->name) : letters_are(text_all(name), row->name);
        return fits ? 2 * row->name.length + 1 + !row->prefix : 0;
    }
    const slice id = json_inside(json_at(row->provider, "/id"));
    const bool own = name->used > id.length && begins(text_all(name), id) && name->bytes[id.length] == '/';
    if (!matches(row->matches, text_c(name) + (own ? id.length + 1 : 0))) {
        return 0;
    }
    return own ? 3 : matches(json_at(row->provider, "/model_match"), text_c(name)) ? 2 : 1;
}

/* The first row of the model that has the fullest name. */
static const price_row *row_of(const price_list *in, slice model) {
    text name = {.bytes = NULL};
    const price_row *best = NULL;
    size_t step = 0;
    text_slice(&name, model);
    do {
        size_t most = 0;
        for (size_t i = 0; i < in->count; i++) {
            const size_t fit =
                i > 0 && prices_compare(&in->rows[i], &in->rows[i - 1]) == 0 ? 0 : fit_of(&in->rows[i], &name);
            best = fit > most ? &in->rows[i] : best;
            most = fit > most ? fit : most;
        }
    } while (!best && drop_next(&name, &step));
    text_free(&name);
    return best;
}

/* A model that was asked for, and the first row of its price. */
typedef struct known {
    slice model;
    const price_row *row;
} known;

static int compare_models(const void *one, const void *other) {
    const slice a = ((const known *)one)->model;
    const slice b = ((const known *)other)->model;
    const int by_length = (a.length > b.length) - (a.length < b.length);
    return by_length != 0 ? by_length : memcmp(a.bytes, b.bytes, a.length);
}

static const price_row *known_row(price_list *in, slice model) {
    const known wanted = {.model = model};
    known *const *node = tfind(&wanted, &in->known, compare_models);
    if (!node) {
        known *const made = memory_resize(NULL, sizeof *made);
        char *const copy = memory_resize(NULL, model.length);
        memcpy(copy, model.bytes, model.length);
        *made = (known){{copy, model.length}, row_of(in, model)};
        node = tsearch(made, &in->known, compare_models);
    }
    return node ? (*node)->row : NULL;
}

/* ---- the price of one call */

/* genai-prices: {"start_date": "2025-01-31"}, or {"start_time": "16:30:00Z", "end_time": "00:30:00Z"} of each day. */
static bool is_active(slice only, const int64_t *time) {
    const int64_t day = INT64_C(86400000000);
    int64_t from = 0;
    int64_t until = 0;
    text moment = {.bytes = NULL};
    if (!only.bytes || moment_read(json_at(only, "/start_date"), &from)) {
        return !only.bytes || !time || *time >= from;
    }
    const char *const ends[] = {"/start_time", "/end_time"};
    for (size_t i = 0; i < 2; i++) {
        moment.used = 0;
        text_string(&moment, "1970-01-01T");
        text_slice(&moment, json_inside(json_at(only, ends[i])));
        moment_read(text_all(&moment), i == 0 ? &from : &until);
    }
    text_free(&moment);
    return time && *time % day >= from && *time % day < until;
}

static void override(tokusage *prices, const price_row *by, bool *given) {
    tokusage from = by ? by->tokens : (tokusage){.total_tokens = {.present = false}};
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const count = tokusage_count_at(&from, i);
        if (count->present) {
            *tokusage_count_at(prices, i) = *count;
            given[i] = true;
        }
    }
}

/* Of the model's rows in this service tier the highest step that the prompt is above. */
static const price_row *step_of(const price_list *in, const price_row *first, size_t order, slice tier,
                                int64_t prompt) {
    const price_row *best = NULL;
    for (const price_row *row = first; row < in->rows + in->count && prices_compare(row, first) == 0; row++) {
        if (row->order == order && letters_are(row->tier, tier) && prompt > row->above &&
            (!best || row->above > best->above)) {
            best = row;
        }
    }
    return best;
}

/* A batch costs half of the price where its own is not known. */
static tokusage prices_for(const price_list *in, const price_row *row, const sale *of) {
    static const slice plain = {"", 0};
    bool given[TOKUSAGE_COUNTS] = {false};
    tokusage found = {.total_tokens = {.present = false}};
    const int64_t prompt = of->usage->prompt_tokens.value;
    size_t order = row->order;
    for (const price_row *each = row; each < in->rows + in->count && prices_compare(each, row) == 0; each++) {
        order = is_active(each->only, of->time) ? each->order : order;
    }
    const price_row *const base = step_of(in, row, order, plain, 0);
    const price_row *const higher = step_of(in, row, order, plain, prompt);
    const price_row *const own = of->tier.length > 0 ? step_of(in, row, order, of->tier, prompt) : NULL;
    override(&found, base ? base : row, given);
    override(&found, higher, given);
    memset(given, 0, sizeof given);
    if (own && (own->above >= 0 || !higher || higher->above < 0)) {
        override(&found, own, given);
    }
    for (size_t i = 0; slice_is(of->tier, "batch") && i < TOKUSAGE_COUNTS; i++) {
        tokusage_count *const count = tokusage_count_at(&found, i);
        count->value = given[i] ? count->value : (count->value + 1) / 2;
    }
    return found;
}

bool price_of(price_list *in, const sale *of, amount *cost, const char **reason) {
    const price_row *const row = of->model.length > 0 ? known_row(in, of->model) : NULL;
    tokusage_error error;
    int64_t parts = 0;
    *reason = "no price";
    if (!row) {
        return false;
    }
    const tokusage prices = prices_for(in, row, of);
    if (tokusage_cost(of->usage, &prices, &parts, &error) != TOKUSAGE_OK) {
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
    if (visit == postorder || visit == leaf) {
        text_string(&line, "usage-report: price of ");
        text_safe(&line, one->model);
        text_string(&line, one->row ? ": " : ": none");
        text_safe(&line, one->row ? one->row->name : (slice){NULL, 0});
        text_string(&line, one->row && one->row->prefix ? "*\n" : "\n");
        fwrite(line.bytes, 1, line.used, stderr);
        text_free(&line);
    }
}

void prices_explain(const price_list *of) {
    twalk(of->known, explain_one);
}

void prices_free(price_list *of) {
    while (of->known) {
        known *const one = *(known **)of->known;
        tdelete(one, &of->known, compare_models);
        free((char *)one->model.bytes);
        free(one);
    }
    free(of->rows);
    text_free(&of->bytes);
}
