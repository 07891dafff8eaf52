/*
 * Exact money, without floating point, and the file of prices. The library says what a usage costs.
 */
#include "usage_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 10^12 parts are one unit of money. The price of a million tokens has 6 decimals, so that of one token is whole. */
static const int64_t parts_of_one = INT64_C(1000000000000);
enum {
    PRICE_DECIMALS = 6,
    SHOWN_DECIMALS = 6,
    MILLION = 1000000
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

/* The number of digits at the front. */
static size_t digits_span(slice in) {
    size_t span = 0;
    while (span < in.length && in.bytes[span] >= '0' && in.bytes[span] <= '9') {
        span++;
    }
    return span;
}

static int64_t number_of(const char *digits, size_t length, size_t zeros) {
    int64_t number = 0;
    for (size_t i = 0; i < length + zeros; i++) {
        number = 10 * number + (i < length ? digits[i] - '0' : 0);
    }
    return number;
}

/* 15 digits and a point with `decimals` after it, at most. */
bool amount_read(amount *read, slice digits, unsigned decimals) {
    const size_t whole = digits_span(digits);
    const bool point = whole < digits.length && digits.bytes[whole] == '.';
    const slice after = {digits.bytes + whole + point, digits.length - whole - point};
    const size_t part = digits_span(after);
    if (whole == 0 || whole > 15 || part != after.length || part > decimals || point != (part > 0)) {
        return false;
    }
    *read = (amount){number_of(digits.bytes, whole, 0), number_of(after.bytes, part, AMOUNT_DECIMALS - part)};
    return true;
}

void amount_put(text *to, const amount *cost, bool rounded) {
    char digits[AMOUNT_DECIMALS + 2];
    amount shown = *cost;
    size_t decimals = rounded ? SHOWN_DECIMALS : AMOUNT_DECIMALS;
    if (rounded) {
        amount_add(&shown, &(amount){.part = MILLION / 2});
    }
    snprintf(digits, sizeof digits, "%012lld", (long long)shown.part);
    while (!rounded && decimals > 0 && digits[decimals - 1] == '0') {
        decimals--;
    }
    text_number(to, shown.whole, rounded);
    text_bytes(to, ".", decimals > 0);
    text_bytes(to, digits, decimals);
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

/* What the columns of the file are: the number of a count, for each column after the model. */
typedef struct heads {
    size_t counts[TOKUSAGE_COUNTS];
    size_t count;
} heads;

/* The number of the count with this name; TOKUSAGE_COUNTS: there is none, or it has no price, as total_tokens. */
static size_t count_named(slice name) {
    tokusage usage = {.total_tokens = {.present = false}};
    size_t i = 0;
    while (i < TOKUSAGE_COUNTS &&
           (!slice_is(name, tokusage_count_name(i)) || tokusage_count_at(&usage, i) == &usage.total_tokens)) {
        i++;
    }
    return i;
}

static bool read_heads(const char *line, heads *to) {
    slice field = {NULL, 0};
    bool good = take_field(&line, &field) && slice_is(field, "model");
    for (; good && line && to->count < TOKUSAGE_COUNTS; to->count++) {
        take_field(&line, &field);
        const size_t named = count_named(field);
        for (size_t i = 0; i < to->count; i++) {
            good = good && to->counts[i] != named;
        }
        good = good && named < TOKUSAGE_COUNTS;
        to->counts[to->count] = named;
    }
    return good && !line && to->count > 0;
}

/* Of a million tokens in the file; of one in the row. An empty field is no price. */
static bool read_price(slice field, tokusage_count *read) {
    amount million;
    if (field.length == 0) {
        return true;
    }
    if (!amount_read(&million, field, PRICE_DECIMALS) || million.whole > TOKUSAGE_COUNT_MAX / MILLION - 1) {
        return false;
    }
    *read = (tokusage_count){true, million.whole * MILLION + million.part / MILLION};
    return true;
}

static bool read_row(const char *line, const heads *in, price *row) {
    slice field = {NULL, 0};
    if (!take_field(&line, &field) || field.length == 0) {
        return false;
    }
    row->prefix = field.bytes[field.length - 1] == '*';
    text_bytes(&row->model, field.bytes, field.length - row->prefix);
    for (size_t i = 0; i < in->count; i++) {
        if (!take_field(&line, &field) || !read_price(field, tokusage_count_at(&row->tokens, in->counts[i]))) {
            return false;
        }
    }
    return !line;
}

/* A line of the file; false: it is wrong. */
static bool read_line(const char *line, heads *in, prices *to, const char **reason) {
    const char first = line[strspn(line, " \t\r\n")];
    if (first == '\0' || first == '#') {
        return true;
    }
    if (in->count == 0) {
        *reason = "not model,prompt_tokens,completion_tokens or other names of counts";
        return read_heads(line, in);
    }
    *reason = "not a model, and a price with up to 6 decimals or nothing for each column";
    to->rows = memory_resize(to->rows, (to->count + 1) * sizeof *to->rows);
    to->rows[to->count] = (price){.prefix = false};
    return read_row(line, in, &to->rows[to->count++]);
}

bool prices_read(const char *path, prices *read) {
    FILE *const file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    heads first = {.count = 0};
    bool good = file != NULL;
    for (unsigned long number = 1; good && getline(&line, &room, file) >= 0; number++) {
        const char *reason = NULL;
        good = read_line(line, &first, read, &reason);
        if (!good) {
            fprintf(stderr, "usage-report: --prices: %s:%lu: %s\n", path, number, reason);
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

bool price_of(const price *row, const tokusage *usage, amount *cost, tokusage_error *error) {
    int64_t parts = 0;
    *error = (tokusage_error){.status = TOKUSAGE_ERR_NOT_FOUND};
    if (!row || tokusage_cost(usage, &row->tokens, &parts, error) != TOKUSAGE_OK) {
        return false;
    }
    *cost = (amount){parts / parts_of_one, parts % parts_of_one};
    return true;
}
