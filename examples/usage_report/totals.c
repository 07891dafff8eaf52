/*
 * What is added up: exact money, the counters and counts of groups, and their keys.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

/* ---- money, without floating point */

static const amount amount_most = (amount)TOKUSAGE_COUNT_MAX * AMOUNT_ONE;

bool decimal_read(slice number, int shift, amount *value, bool *exact) {
    bool any = false;
    bool point = false;
    amount read = 0;
    amount unit = 1;
    size_t at = 0;
    for (; at < number.length && memchr("0123456789.", number.bytes[at], point ? 10 : 11); at++) {
        if (number.bytes[at] == '.') {
            point = true;
        } else {
            const bool fits = read < amount_most; /* what does not is dropped */
            read = fits ? 10 * read + (number.bytes[at] - '0') : read;
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
    for (; shift > 0 && read > 0 && read < amount_most; shift--) {
        read *= 10;
    }
    for (; shift < 0; shift++) {
        *(unit < amount_most ? &unit : &read) = unit < amount_most ? 10 * unit : read / 10;
    }
    *exact = read % unit == 0;
    *value = (read + unit / 2) / unit;
    return any && at == number.length && *value <= amount_most;
}

bool count_read(slice number, int64_t *read) {
    bool exact = false;
    amount value = 0;
    const bool good = decimal_read(number, 0, &value, &exact) && exact && value <= TOKUSAGE_COUNT_MAX;
    *read = good ? (int64_t)value : *read;
    return good;
}

bool amount_read(slice number, amount *read) {
    bool exact = false;
    amount value = 0;
    const bool good = decimal_read(json_is(number, '"') ? json_inside(number) : number, 12, &value, &exact);
    *read = good ? value : *read;
    return good;
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

/* In the order of the columns; the counts come before `missing`. */
static const char *const first[] = {
    "responses", "without_usage", "invalid",  "ambiguous",  "untimed",  "misplaced",     "errors",
    "malformed", "prefixed",      "too_long", "unfinished", "repeated", "unknown_names",
};
static const char *const missing[] = {"prompt_tokens_missing", "completion_tokens_missing", "total_tokens_missing"};
static const char *const last[] = {
    "reconciled", "assumed", "contradictory", "tokens_above", "tokens_below", "unpriced", "cost", "stated_cost",
};

const char *counter_name(size_t of) {
    return of < MISSING_PROMPT ? first[of] : of < RECONCILED ? missing[of - MISSING_PROMPT] : last[of - RECONCILED];
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

column column_at(size_t index) {
    const size_t count = index - MISSING_PROMPT;
    const size_t which = index < MISSING_PROMPT ? index : index - TOKUSAGE_COUNTS;
    const bool counts = index >= MISSING_PROMPT && count < TOKUSAGE_COUNTS;
    return counts ? (column){tokusage_count_name(count), true, count} : (column){counter_name(which), false, which};
}

bool tally_add(tally *sum, const tally *more) {
    bool good = more->cost <= amount_most - sum->cost && more->stated <= amount_most - sum->stated;
    for (size_t i = 0; i < COUNTERS; i++) {
        good = good && more->counters[i] <= TOKUSAGE_COUNT_MAX - sum->counters[i];
    }
    if (!good || tokusage_add(&sum->usage, &more->usage) != TOKUSAGE_OK) {
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
