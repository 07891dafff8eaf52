/*
 * Money, without floating point: digits are multiplied and added as on paper, in limbs of nine.
 */
#include "prices.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIMB = 1000000000,
    DIGITS = 9 /* in a limb */
};

/* ---- amounts */

bool amount_add(amount *sum, const amount *more) {
    amount result;
    uint32_t carry = 0;
    for (size_t i = 0; i < LIMBS; i++) {
        const uint32_t limb = sum->limbs[i] + more->limbs[i] + carry;
        carry = limb >= LIMB;
        result.limbs[i] = carry ? limb - LIMB : limb;
    }
    if (carry == 0) {
        *sum = result;
    }
    return carry == 0;
}

int amount_compare(const amount *one, const amount *other) {
    size_t i = LIMBS - 1;
    while (i > 0 && one->limbs[i] == other->limbs[i]) {
        i--;
    }
    return (one->limbs[i] > other->limbs[i]) - (one->limbs[i] < other->limbs[i]);
}

/* A price has two limbs, and so has a count: the product has four. */
static amount product(const amount *one, int64_t tokens) {
    const uint64_t factor[2] = {(uint64_t)tokens % LIMB, (uint64_t)tokens / LIMB};
    amount result = {.limbs = {0}};
    for (size_t i = 0; i < 2; i++) {
        uint64_t carry = 0;
        for (size_t j = 0; i + j < LIMBS; j++) {
            const uint64_t limb = (j < 2 ? one->limbs[j] * factor[i] : 0) + result.limbs[i + j] + carry;
            result.limbs[i + j] = (uint32_t)(limb % LIMB);
            carry = limb / LIMB;
        }
    }
    return result;
}

static bool add_digit(amount *to, unsigned digit) {
    uint64_t carry = digit;
    for (size_t i = 0; i < LIMBS; i++) {
        const uint64_t limb = UINT64_C(10) * to->limbs[i] + carry;
        to->limbs[i] = (uint32_t)(limb % LIMB);
        carry = limb / LIMB;
    }
    return carry == 0;
}

bool amount_read(amount *read, const char *digits, size_t length, unsigned decimals) {
    amount result = {.limbs = {0}};
    bool behind_point = false;
    bool good = length > 0 && *digits != '.' && digits[length - 1] != '.';
    for (size_t i = 0; i < length && good; i++) {
        if (digits[i] == '.') {
            good = !behind_point;
            behind_point = true;
            continue;
        }
        good = digits[i] >= '0' && digits[i] <= '9' && (!behind_point || decimals > 0) &&
               add_digit(&result, (unsigned)(digits[i] - '0'));
        decimals -= behind_point;
    }
    while (good && decimals > 0) {
        good = add_digit(&result, 0);
        decimals--;
    }
    *read = good ? result : *read;
    return good;
}

/* `least` decimals at least; zeros behind them are left out. */
static void put(text *to, const amount *cost, size_t decimals, size_t least, bool grouped) {
    char digits[DIGITS * LIMBS + 1];
    for (size_t i = 0; i < LIMBS; i++) {
        snprintf(digits + DIGITS * i, DIGITS + 1, "%09u", (unsigned)cost->limbs[LIMBS - 1 - i]);
    }
    const size_t point = DIGITS * LIMBS - COST_DECIMALS;
    size_t first = 0;
    while (first < point - 1 && digits[first] == '0') {
        first++;
    }
    for (size_t at = first; at < point; at++) {
        text_bytes(to, ",", grouped && at > first && (point - at) % 3 == 0);
        text_byte(to, digits[at]);
    }
    while (decimals > least && digits[point + decimals - 1] == '0') {
        decimals--;
    }
    text_bytes(to, ".", decimals > 0);
    text_bytes(to, digits + point, decimals);
}

void amount_exact(text *to, const amount *cost) {
    put(to, cost, COST_DECIMALS, 0, false);
}

void amount_rounded(text *to, const amount *cost) {
    static const amount half = {.limbs = {LIMB / 2}}; /* of the last decimal that is shown, 10^-6 */
    amount rounded = *cost;
    amount_add(&rounded, &half);
    put(to, &rounded, SHOWN_DECIMALS, SHOWN_DECIMALS, true);
}

/* ---- the file */

/* Takes a field of CSV (RFC 4180) off the line, white space around it left out; false: there is none. */
static bool take_field(const char **line, text *field) {
    const char *at = *line + strspn(*line, " \t");
    text_clear(field);
    if (*at == '"') {
        for (at++; *at != '\0' && (*at != '"' || *++at == '"'); at++) {
            text_byte(field, *at);
        }
        at += strspn(at, " \t\r");
    } else {
        const size_t span = strcspn(at, ",\r\n");
        text_bytes(field, at, span);
        at += span;
        while (field->used > 0 && (field->bytes[field->used - 1] == ' ' || field->bytes[field->used - 1] == '\t')) {
            field->used--;
        }
    }
    const bool last = *at != ',';
    const bool good = **line != '\0' && (!last || *at == '\0' || *at == '\r' || *at == '\n');
    *line = last ? "" : at + 1;
    return good;
}

/* Two limbs; an empty field is as if the input's price stood there. */
static bool read_price(const text *field, const amount *otherwise, amount *read) {
    if (field->used == 0 && otherwise) {
        *read = *otherwise;
        return true;
    }
    return amount_read(read, field->bytes, field->used, PRICE_DECIMALS) && read->limbs[2] == 0 && read->limbs[3] == 0 &&
           read->limbs[4] == 0;
}

static bool read_row(const char *line, price *row) {
    amount *const columns[] = {&row->input, &row->cached, &row->cache_write, &row->output};
    text field = {.bytes = NULL};
    bool good = take_field(&line, &row->model) && row->model.used > 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns && good; i++) {
        const bool optional = columns[i] == &row->cached || columns[i] == &row->cache_write;
        good = (take_field(&line, &field) || (i == 3 && field.used > 0)) &&
               read_price(&field, optional ? &row->input : NULL, columns[i]);
    }
    text_free(&field);
    row->prefix = good && row->model.bytes[row->model.used - 1] == '*';
    row->model.used -= row->prefix;
    return good && *line == '\0';
}

static bool is_no_row(const char *line) {
    line += strspn(line, " \t\r\n");
    return *line == '\0' || *line == '#';
}

bool prices_read(const char *path, prices *read) {
    FILE *const file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    bool good = file != NULL;
    *read = (prices){.rows = NULL};
    for (unsigned long number = 1; good && getline(&line, &room, file) >= 0; number++) {
        if (is_no_row(line) || (read->count == 0 && strncmp(line, "model,", 6) == 0)) {
            continue;
        }
        read->rows = memory_resize(read->rows, (read->count + 1) * sizeof *read->rows);
        read->rows[read->count] = (price){.prefix = false};
        good = read_row(line, &read->rows[read->count++]);
        if (!good) {
            fprintf(stderr,
                    "usage-report: --prices: %s:%lu: not model,input,cached,cache_write,output in money for a "
                    "million tokens, such as gpt-x*,2.50,1.25,,10\n",
                    path, number);
        }
    }
    if (!file || (good && ferror(file))) {
        fprintf(stderr, "usage-report: --prices: %s: %s\n", path, strerror(errno));
        good = false;
    }
    free(line);
    if (file) {
        fclose(file);
    }
    return good;
}

void prices_free(prices *of) {
    for (size_t i = 0; i < of->count; i++) {
        text_free(&of->rows[i].model);
    }
    free(of->rows);
}

/* ---- what a usage costs */

const price *prices_find(const prices *in, const char *model, size_t length) {
    const price *best = NULL;
    for (size_t i = 0; i < in->count; i++) {
        const price *const row = &in->rows[i];
        if (row->model.used > length || memcmp(row->model.bytes, model, row->model.used) != 0) {
            continue;
        }
        if (!row->prefix && row->model.used == length) {
            return row;
        }
        if (row->prefix && (!best || row->model.used > best->model.used)) {
            best = row;
        }
    }
    return best;
}

amount price_of(const price *by, const tokusage *usage) {
    const int64_t parts = usage->cached_tokens.value + usage->cache_write_tokens.value;
    const int64_t prompt = usage->prompt_tokens.value;
    const struct {
        const amount *price;
        int64_t tokens;
    } terms[] = {
        {&by->input, prompt > parts ? prompt - parts : 0},
        {&by->cached, usage->cached_tokens.value},
        {&by->cache_write, usage->cache_write_tokens.value},
        {&by->output, usage->completion_tokens.value},
    };
    amount sum = {.limbs = {0}};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        const amount more = product(terms[i].price, terms[i].tokens);
        amount_add(&sum, &more); /* four products of 36 digits: there is room */
    }
    return sum;
}
