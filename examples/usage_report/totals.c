/*
 * What is added up: exact money, the counters and counts of groups, and their keys.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

/* ---- money, without floating point */

static const amount amount_most = (amount)TOKUSAGE_COUNT_MAX * AMOUNT_ONE;

bool decimal_read(slice value, int shift, amount *read, bool *exact) {
    const slice number = json_plain(value);
    bool any = false;
    bool point = false;
    amount digits = 0;
    amount unit = 1;
    size_t at = 0;
    for (; at < number.length && memchr("0123456789.", number.bytes[at], point ? 10 : 11); at++) {
        if (number.bytes[at] == '.') {
            point = true;
        } else {
            const bool fits = digits <= amount_most; /* what does not is dropped */
            digits = fits ? 10 * digits + (number.bytes[at] - '0') : digits;
            shift += fits ? -(int)point : (int)!point;
            any = true;
        }
    }
    if (any && at < number.length && (number.bytes[at] | 32) == 'e') {
        char *end = NULL;
        const long power = strtol(number.bytes + at + 1, &end, 10); /* what follows a number is none */
        at = (size_t)(end - number.bytes);
        any = power > -100 && power < 100;
        shift += any ? (int)power : 0;
    }
    for (; shift > 0 && digits > 0 && digits <= amount_most; shift--) {
        digits *= 10;
    }
    for (; shift < 0; shift++) {
        *(unit < amount_most ? &unit : &digits) = unit < amount_most ? 10 * unit : digits / 10;
    }
    const amount rounded = (digits + unit / 2) / unit;
    const bool good = any && at == number.length && rounded <= amount_most;
    *exact = digits % unit == 0;
    *read = good ? rounded : *read;
    return good;
}

bool count_read(slice value, int64_t *read) {
    bool exact = false;
    amount count = 0;
    const bool good = decimal_read(value, 0, &count, &exact) && exact && count <= TOKUSAGE_COUNT_MAX;
    *read = good ? (int64_t)count : *read;
    return good;
}

bool amount_read(slice value, amount *read) {
    bool exact = false;
    return decimal_read(value, 12, read, &exact);
}

/* 1234567, or for people 1,234,567. */
void text_number(text *to, int64_t value, bool nice) {
    if (nice && value >= 1000) {
        text_number(to, value / 1000, nice);
        text_print(to, ",%03d", (int)(value % 1000));
    } else {
        text_print(to, "%lld", (long long)value);
    }
}

/* Exactly, or for people with 6 decimals, rounded half up. */
void amount_put(text *to, amount cost, bool nice) {
    cost += nice ? 500000 : 0;
    text_number(to, (int64_t)(cost / AMOUNT_ONE), nice);
    text_print(to, ".%012lld", (long long)(cost % AMOUNT_ONE));
    to->used -= nice ? 6 : 0;
    while (!nice && to->bytes[to->used - 1] == '0') {
        to->used--;
    }
    to->used -= to->bytes[to->used - 1] == '.';
}

/* ---- tallies */

static const char *const names[COLUMNS] = {
    "responses",
    "without_usage",
    "invalid",
    "ambiguous",
    "untimed",
    "misplaced",
    "errors",
    "malformed",
    "prefixed",
    "too_long",
    "unfinished",
    "repeated",
    "unknown_names",
    [MISSING_PROMPT] = "prompt_tokens_missing",
    "completion_tokens_missing",
    "total_tokens_missing",
    "reconciled",
    "assumed",
    "contradictory",
    "tokens_above",
    "tokens_below",
    "unpriced",
    "cost",
    "stated_cost",
};

const char *counter_name(size_t of) {
    const char *const count = tokusage_count_name(of - COUNTS);
    return count ? count : names[of];
}

bool is_empty(const tokusage *usage) {
    return tokusage_equal(usage, &(tokusage){.total_tokens = {.present = false}});
}

bool is_usable(counter verdict) {
    return verdict == CONSISTENT || verdict >= RECONCILED;
}

bool is_response(counter verdict) {
    return verdict < MISPLACED || is_usable(verdict);
}

bool tally_add(tally *sum, const tally *more) {
    int64_t bits = 0; /* the most is 2^53-1: a sum is above it where it has other bits */
    for (size_t i = 0; i < COUNTERS; i++) {
        bits |= sum->counters[i] + more->counters[i];
    }
    if (bits > TOKUSAGE_COUNT_MAX || sum->cost + more->cost > amount_most || sum->stated + more->stated > amount_most ||
        tokusage_add(&sum->usage, &more->usage) != TOKUSAGE_OK) {
        return false;
    }
    for (size_t i = 0; i < COUNTERS; i++) {
        sum->counters[i] += more->counters[i];
    }
    sum->cost += more->cost;
    sum->stated += more->stated;
    return true;
}

int64_t tally_findings(const tally *from) {
    int64_t sum = from->counters[CONTRADICTORY] - from->counters[ERRORS];
    for (size_t i = WITHOUT_USAGE; i <= MISSING_COMPLETION; i++) {
        sum += from->counters[i];
    }
    return sum;
}

void key_add(text *key, bool present, slice part) {
    if (present) {
        text_json(key, part);
    } else {
        text_string(key, "null");
    }
    text_string(key, ",");
}
