/*
 * Exact money, without floating point: digits are multiplied and added as on paper, in limbs of nine.
 */
#include "usage_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIMB = 1000000000,
    DIGITS = 9,
    SHOWN_DECIMALS = 6
};

/* ---- amounts */

/* The sum times a factor below 2^32, plus an amount; what is beyond the limbs (10^30 units of money) is lost. */
static void multiply_add(amount *sum, uint64_t factor, const amount *more) {
    uint64_t carry = 0;
    for (size_t i = 0; i < LIMBS; i++) {
        carry += factor * sum->limbs[i] + more->limbs[i];
        sum->limbs[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
}

void amount_add(amount *sum, const amount *more) {
    multiply_add(sum, 1, more);
}

int amount_compare(const amount *one, const amount *other) {
    size_t i = LIMBS - 1;
    while (i > 0 && one->limbs[i] == other->limbs[i]) {
        i--;
    }
    return (one->limbs[i] > other->limbs[i]) - (one->limbs[i] < other->limbs[i]);
}

bool amount_read(amount *read, slice digits, unsigned decimals) {
    bool point = false;
    *read = (amount){.limbs = {0}};
    if (digits.length == 0 || digits.length > 40 || *digits.bytes == '.' || digits.bytes[digits.length - 1] == '.') {
        return false;
    }
    for (size_t i = 0; i < digits.length; i++) {
        const char c = digits.bytes[i];
        if (c == '.' ? point : c < '0' || c > '9' || (point && decimals-- == 0)) {
            return false;
        }
        point = point || c == '.';
        const amount digit = {.limbs = {c == '.' ? 0 : (uint32_t)(c - '0')}};
        multiply_add(read, c == '.' ? 1 : 10, &digit);
    }
    for (; decimals > 0; decimals--) {
        multiply_add(read, 10, &(amount){.limbs = {0}});
    }
    return true;
}

void amount_put(text *to, const amount *cost, bool rounded) {
    static const amount half = {.limbs = {LIMB / 2}}; /* of 10^-6 */
    char digits[DIGITS * LIMBS + 1];
    amount shown = *cost;
    size_t decimals = rounded ? SHOWN_DECIMALS : COST_DECIMALS;
    size_t at = 0;
    const size_t point = DIGITS * LIMBS - COST_DECIMALS;
    if (rounded) {
        amount_add(&shown, &half);
    }
    for (size_t i = 0; i < LIMBS; i++) {
        snprintf(digits + DIGITS * i, DIGITS + 1, "%09u", (unsigned)shown.limbs[LIMBS - 1 - i]);
    }
    at = strspn(digits, "0");
    at = at < point ? at : point - 1;
    for (const size_t first = at; at < point; at++) {
        text_bytes(to, ",", rounded && at > first && (point - at) % 3 == 0);
        text_bytes(to, digits + at, 1);
    }
    while (!rounded && decimals > 0 && digits[point + decimals - 1] == '0') {
        decimals--;
    }
    text_bytes(to, ".", decimals > 0);
    text_bytes(to, digits + point, decimals);
}

/* ---- the file */

/* Takes a field off a line; the white space and quotes around it are left out. */
static bool take_field(const char **line, slice *field) {
    if (!*line) {
        return false;
    }
    const char *const begin = *line + strspn(*line, " \t\"");
    const size_t span = strcspn(begin, ",\r\n");
    *field = (slice){begin, span};
    while (field->length > 0 && strchr(" \t\"", begin[field->length - 1])) {
        field->length--;
    }
    *line = begin[span] == ',' ? begin + span + 1 : NULL;
    return true;
}

static bool read_row(const char *line, price *row) {
    amount *const columns_of[] = {&row->input, &row->cached, &row->cache_write, &row->output};
    slice field = {NULL, 0};
    if (!take_field(&line, &field) || field.length == 0) {
        return false;
    }
    row->prefix = field.bytes[field.length - 1] == '*';
    text_bytes(&row->model, field.bytes, field.length - row->prefix);
    for (size_t i = 0; i < 4; i++) {
        amount *const read = columns_of[i];
        if (!take_field(&line, &field)) {
            return false;
        }
        if (field.length == 0 && (i == 1 || i == 2)) {
            *read = row->input;
        } else if (!amount_read(read, field, PRICE_DECIMALS) || read->limbs[2] || read->limbs[3] || read->limbs[4]) {
            return false;
        }
    }
    return !line;
}

bool prices_read(const char *path, prices *read) {
    FILE *const file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    bool good = file != NULL;
    for (unsigned long number = 1; good && getline(&line, &room, file) >= 0; number++) {
        const char first = line[strspn(line, " \t\r\n")];
        if (first == '\0' || first == '#' || (read->count == 0 && strncmp(line, "model,", 6) == 0)) {
            continue;
        }
        read->rows = memory_resize(read->rows, (read->count + 1) * sizeof *read->rows);
        read->rows[read->count] = (price){.prefix = false};
        good = read_row(line, &read->rows[read->count++]);
        if (!good) {
            fprintf(stderr, "usage-report: --prices: %s:%lu: not model,input,cached,cache_write,output\n", path,
                    number);
        }
    }
    if (!file || ferror(file)) {
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

/* A whole name comes before any beginning, and the longest beginning before the others. */
const price *prices_find(const prices *in, const text *model) {
    const price *best = NULL;
    for (size_t i = 0; i < in->count; i++) {
        const price *const row = &in->rows[i];
        const bool begins =
            row->model.used <= model->used && text_is(&row->model, model->bytes ? model->bytes : "", row->model.used);
        if (begins && !row->prefix && row->model.used == model->used) {
            return row;
        }
        best = begins && row->prefix && (!best || row->model.used > best->model.used) ? row : best;
    }
    return model->used > 0 ? best : NULL;
}

/* A part that is larger than its whole leaves zero tokens beside it. */
amount price_of(const price *row, const tokusage *usage) {
    const int64_t parts = usage->cached_tokens.value + usage->cache_write_tokens.value;
    const int64_t rest = usage->prompt_tokens.value - parts;
    const amount *const each[] = {&row->input, &row->cached, &row->cache_write, &row->output};
    const int64_t tokens[] = {rest > 0 ? rest : 0, usage->cached_tokens.value, usage->cache_write_tokens.value,
                              usage->completion_tokens.value};
    amount sum = {.limbs = {0}};
    for (size_t i = 0; i < 4; i++) {
        amount low = *each[i];
        amount high = {.limbs = {0, each[i]->limbs[0], each[i]->limbs[1]}};
        multiply_add(&low, (uint64_t)tokens[i] % LIMB, &sum);
        multiply_add(&high, (uint64_t)tokens[i] / LIMB, &low);
        sum = high;
    }
    return sum;
}
