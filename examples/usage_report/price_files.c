/*
 * Files of prices: CSV with a heading that names its columns, LiteLLM's model_prices_and_context_window.json, and the
 * data.json of genai-prices. All become rows of prices.c.
 */
#include "usage_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct file {
    const char *path;
    price_list *to;
    price_row row; /* what the next prices are of: a row for each tier and step of it, from `first` on */
    size_t first;
    bool rounded; /* it has been said that prices are rounded */
} file;

static bool fail(const file *of, size_t line, slice what, const char *reason) {
    text words = {.bytes = NULL};
    text_string(&words, ":");
    if (line > 0) {
        text_number(&words, (int64_t)line, false);
        text_string(&words, ":");
    }
    text_string(&words, " ");
    text_safe(&words, what);
    fprintf(stderr, "usage-report: --prices: %s%s%s%s\n", of->path, text_c(&words), what.length > 0 ? ": " : "",
            reason);
    text_free(&words);
    return false;
}

/* ---- rows */

static int order_of(slice one, slice other) {
    const int by_bytes = memcmp(one.bytes, other.bytes, one.length < other.length ? one.length : other.length);
    return by_bytes != 0 ? by_bytes : (one.length > other.length) - (one.length < other.length);
}

int prices_compare(const void *one, const void *other) {
    const price_row *const a = one;
    const price_row *const b = other;
    if (a->provider.bytes) { /* genai-prices: in their order in the file */
        return (a->matches.bytes > b->matches.bytes) - (a->matches.bytes < b->matches.bytes);
    }
    const int by_name = order_of(a->name, b->name);
    return by_name != 0 ? by_name : a->prefix - b->prefix;
}

static int compare_rows(const void *one, const void *other) {
    const price_row *const a = one;
    const price_row *const b = other;
    const int orders[] = {prices_compare(one, other), (a->order > b->order) - (a->order < b->order),
                          order_of(a->tier, b->tier), (a->above > b->above) - (a->above < b->above)};
    size_t i = 0;
    while (i < 3 && orders[i] == 0) {
        i++;
    }
    return orders[i];
}

static void begin_rows(file *of, slice model) {
    of->first = of->to->count;
    of->row = (price_row){.name = model, .tier = {"", 0}, .above = -1};
    of->row.prefix = slice_drop_end(&of->row.name, "*");
}

static price_row *row_for(file *of, slice tier, int64_t above) {
    price_list *const to = of->to;
    for (size_t i = of->first; i < to->count; i++) {
        if (to->rows[i].above == above && to->rows[i].order == of->row.order && letters_are(to->rows[i].tier, tier)) {
            return &to->rows[i];
        }
    }
    to->rows = memory_resize(to->rows, (to->count + 1) * sizeof *to->rows);
    to->rows[to->count] = of->row;
    to->rows[to->count].tier = tier;
    to->rows[to->count].above = above;
    return &to->rows[to->count++];
}

/* The price of a million tokens (shift 6), or of one (shift 12). */
static bool read_price(file *of, slice number, int shift, size_t kind, slice tier, int64_t above) {
    bool exact = false;
    int64_t value = 0;
    number = json_is(number, '"') ? json_inside(number) : number;
    if (!decimal_read(number, shift, &value, &exact) || value > TOKUSAGE_COUNT_MAX) {
        return false;
    }
    /* 2.5000000000000002e-08 is 2.5e-08: what a double makes of it does not matter. */
    if (!exact && value < 1000 && !of->rounded) {
        fprintf(stderr, "usage-report: --prices: %s: prices with more decimals are rounded to 10^-12 a token\n",
                of->path);
        of->rounded = true;
    }
    *tokusage_count_at(&row_for(of, tier, above)->tokens, kind) = (tokusage_count){true, value};
    return true;
}

/* What they call the counts, in the order of the library; CSV may have the library's names, too. */
static const struct {
    const char *csv, *litellm, *genai;
} kinds[TOKUSAGE_COUNTS] = {
    {"input", "input_cost_per_token", "input_mtok"},
    {"output", "output_cost_per_token", "output_mtok"},
    {"", "", ""},
    {"cache_read", "cache_read_input_token_cost", "cache_read_mtok"},
    {"cache_write_5m", "cache_creation_input_token_cost", "cache_write_mtok"},
    {"", "cache_creation_input_token_cost_above_1hr", ""},
    {"input_audio", "input_cost_per_audio_token", "input_audio_mtok"},
    {"input_image", "input_cost_per_image_token", ""},
    {"", "cache_read_input_audio_token_cost", "cache_audio_read_mtok"},
    {"", "cache_read_input_image_token_cost", ""},
    {"", "output_cost_per_reasoning_token", ""},
    {"output_audio", "output_cost_per_audio_token", "output_audio_mtok"},
    {"output_image", "output_cost_per_image_token", ""},
};
enum {
    NONE = TOKUSAGE_COUNTS,
    MODEL,
    TIER,
    ABOVE,
    MOST_COLUMNS = 64
};

static size_t kind_of(slice name, char format) {
    size_t i = 0;
    while (i < NONE && !slice_is(name, format == 'c'   ? kinds[i].csv
                                       : format == 'l' ? kinds[i].litellm
                                                       : kinds[i].genai)) {
        i++;
    }
    return i;
}

/* ---- CSV */

typedef struct head {
    size_t kind;
    bool above, batch;
} head;

/* Takes a field off a line: the white space around it, and quotes, are left out. Returns false after the last. */
static bool take_field(slice *line, slice *field) {
    bool quoted = false;
    size_t span = 0;
    while (span < line->length && (quoted || line->bytes[span] != ',')) {
        quoted = quoted != (line->bytes[span++] == '"');
    }
    const bool good = line->bytes;
    *field = json_trim((slice){line->bytes, span});
    *field = json_is(*field, '"') && field->length > 1 ? json_trim(json_inside(*field)) : *field;
    *line = span < line->length ? (slice){line->bytes + span + 1, line->length - span - 1} : (slice){NULL, 0};
    return good;
}

/* A column's name: small letters, _ for what separates words. */
static head head_of(slice field) {
    text plain = {.bytes = NULL};
    head made = {.above = false};
    for (size_t i = 0; i < field.length; i++) {
        const char c = field.bytes[i];
        text_bytes(&plain, &(const char){c >= 'A' && c <= 'Z' ? (char)(c | 32) : c == ' ' || c == '-' ? '_' : c}, 1);
    }
    slice name = text_all(&plain);
    made.kind = slice_is(name, "model") ? MODEL : slice_is(name, "service_tier") ? TIER : ABOVE;
    if (made.kind == ABOVE && !slice_is(name, "above")) {
        made.above = slice_drop_end(&name, "_above");
        made.batch = slice_drop_end(&name, "_batch");
        slice_drop_end(&name, "_tokens");
        made.kind = slice_is(name, "cached_input") ? kind_of(slice_of("cache_read"), 'c') : kind_of(name, 'c');
        for (size_t i = 0; i < TOKUSAGE_COUNTS && made.kind == NONE; i++) {
            slice own = slice_of(tokusage_count_name(i));
            made.kind = slice_drop_end(&own, "_tokens") && i != 2 && letters_are(own, name) ? i : NONE;
        }
    }
    text_free(&plain);
    return made;
}

static bool read_heads(file *of, size_t number, slice line, head *heads, size_t *count) {
    slice field = {NULL, 0};
    bool model = false;
    bool priced = false;
    for (*count = 0; take_field(&line, &field); ++*count) {
        const head next = head_of(field);
        if (*count == MOST_COLUMNS || next.kind == NONE) {
            return fail(of, number, field,
                        "no column of prices; there are model, service_tier, above, and names of counts");
        }
        for (size_t i = 0; i < *count; i++) {
            if (heads[i].kind == next.kind && heads[i].above == next.above && heads[i].batch == next.batch) {
                return fail(of, number, field, "two columns for the same");
            }
        }
        heads[*count] = next;
        model = model || next.kind == MODEL;
        priced = priced || next.kind < NONE;
    }
    return (model && priced) || fail(of, number, (slice){"", 0}, "no column named model, or none of prices");
}

static bool read_row(file *of, size_t number, slice line, const head *heads, size_t count) {
    static const slice batch = {"batch", 5};
    slice cells[MOST_COLUMNS];
    slice model = {NULL, 0};
    slice tier = {"", 0};
    int64_t above = -1;
    bool steps = false;
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        good = take_field(&line, &cells[i]);
        model = heads[i].kind == MODEL ? cells[i] : model;
        tier = heads[i].kind == TIER ? cells[i] : tier;
        steps = steps || heads[i].above;
        if (heads[i].kind == ABOVE && cells[i].length > 0) {
            good = good && decimal_read(cells[i], 0, &above, NULL);
        }
    }
    if (!good || line.bytes || model.length == 0) {
        return fail(of, number, model, "not a model, and a cell for each column");
    }
    begin_rows(of, model);
    row_for(of, tier, steps ? -1 : above);
    for (size_t i = 0; i < count; i++) {
        const slice price =
            json_is(cells[i], '$') ? json_trim((slice){cells[i].bytes + 1, cells[i].length - 1}) : cells[i];
        if (heads[i].kind < NONE && price.length > 0 &&
            !read_price(of, price, 6, heads[i].kind, heads[i].batch ? batch : tier,
                        heads[i].above || !steps ? above : -1)) {
            return fail(of, number, price, "no price of a million tokens");
        }
    }
    return true;
}

static bool read_csv(file *of, slice all) {
    head heads[MOST_COLUMNS];
    size_t count = 0;
    bool good = true;
    for (size_t number = 1; good && all.length > 0; number++) {
        const char *const end = memchr(all.bytes, '\n', all.length);
        const size_t span = end ? (size_t)(end - all.bytes) : all.length;
        const slice line = json_trim((slice){all.bytes, span});
        all = (slice){all.bytes + span + (end != NULL), all.length - span - (end != NULL)};
        if (line.length > 0 && *line.bytes != '#') {
            good = count == 0 ? read_heads(of, number, line, heads, &count) : read_row(of, number, line, heads, count);
        }
    }
    return good;
}

/* ---- LiteLLM: the names of members say which kind, above how many tokens, in which service tier */

static bool read_litellm_price(file *of, slice name, slice value) {
    static const char *const tiers[][2] = {{"_batches", "batch"}, {"_flex", "flex"}, {"_priority", "priority"}};
    slice tier = {"", 0};
    int64_t above = -1;
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++) {
        tier = slice_drop_end(&name, tiers[i][0]) ? slice_of(tiers[i][1]) : tier;
    }
    if (slice_drop_end(&name, "k_tokens")) {
        size_t at = name.length;
        while (at > 0 && name.bytes[at - 1] != '_') {
            at--;
        }
        const bool number = decimal_read((slice){name.bytes + at, name.length - at}, 3, &above, NULL);
        name.length = at;
        if (!number || !slice_drop_end(&name, "_above_")) {
            return true; /* another member */
        }
    }
    const size_t kind = kind_of(name, 'l');
    return kind == NONE || slice_is(value, "null") || read_price(of, value, 12, kind, tier, above);
}

static bool read_litellm(file *of, slice models) {
    slice model = {NULL, 0};
    slice members = {NULL, 0};
    while (json_next(&models, &model, &members)) {
        slice name = {NULL, 0};
        slice value = {NULL, 0};
        begin_rows(of, model);
        for (slice inside = json_open(members); !slice_is(model, "sample_spec") && json_next(&inside, &name, &value);) {
            if (!read_litellm_price(of, name, value)) {
                return fail(of, 0, model, "a price that is no number");
            }
        }
    }
    return true;
}

/* ---- genai-prices */

/* A price is a number, or {"base": 3, "tiers": [{"start": 200000, "price": 6}]} */
static bool read_genai_prices(file *of, slice prices) {
    static const slice plain = {"", 0};
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    slice tier = {NULL, 0};
    bool good = true;
    for (slice inside = json_open(prices); good && json_next(&inside, &name, &value);) {
        const size_t kind = kind_of(name, 'g');
        const bool steps = json_is(value, '{');
        int64_t start = 0;
        if (kind == NONE || slice_is(value, "null")) {
            continue;
        }
        good = read_price(of, steps ? json_at(value, "/base") : value, 6, kind, plain, -1);
        for (slice tiers = json_open(steps ? json_at(value, "/tiers") : plain);
             good && json_next(&tiers, NULL, &tier);) {
            good = decimal_read(json_at(tier, "/start"), 0, &start, NULL) &&
                   read_price(of, json_at(tier, "/price"), 6, kind, plain, start);
        }
    }
    return good || fail(of, 0, of->row.name, "a price that is no number");
}

/* Its prices, or a list of prices that hold from a day on, or between two times of the day. */
static bool read_genai_model(file *of, slice provider, slice model) {
    const slice prices = json_at(model, "/prices");
    slice each = {NULL, 0};
    bool good = true;
    begin_rows(of, json_inside(json_at(model, "/id")));
    of->row.prefix = false;
    of->row.provider = provider;
    of->row.matches = json_at(model, "/match");
    if (!json_is(prices, '[')) {
        return read_genai_prices(of, prices);
    }
    for (slice list = json_open(prices); good && json_next(&list, NULL, &each); of->row.order++) {
        of->row.only = json_at(each, "/constraint");
        of->to->timed = of->to->timed || of->row.only.bytes;
        good = read_genai_prices(of, json_at(each, "/prices"));
    }
    return good;
}

static bool read_genai(file *of, slice providers) {
    slice provider = {NULL, 0};
    slice model = {NULL, 0};
    bool good = true;
    while (good && json_next(&providers, NULL, &provider)) {
        for (slice models = json_open(json_at(provider, "/models")); good && json_next(&models, NULL, &model);) {
            good = read_genai_model(of, provider, model);
        }
    }
    return good;
}

/* ---- any of them */

static bool read_all(const char *path, text *to) {
    FILE *const from = fopen(path, "rb");
    char bytes[8192];
    size_t got = 0;
    while (from && (got = fread(bytes, 1, sizeof bytes, from)) > 0) {
        text_bytes(to, bytes, got);
    }
    const bool good = from && !ferror(from);
    if (!good) {
        fprintf(stderr, "usage-report: --prices: %s: %s\n", path, strerror(errno));
    }
    if (from) {
        fclose(from);
    }
    return good;
}

/* Two rows for the same may not disagree. */
static bool check_rows(const file *of) {
    price_row *const rows = of->to->rows;
    if (of->to->count == 0) {
        return fail(of, 0, (slice){"", 0}, "no prices");
    }
    qsort(rows, of->to->count, sizeof *rows, compare_rows);
    for (size_t i = 1; i < of->to->count; i++) {
        if (compare_rows(&rows[i - 1], &rows[i]) == 0 && !tokusage_equal(&rows[i - 1].tokens, &rows[i].tokens)) {
            return fail(of, 0, rows[i].name, "two rows for this model");
        }
    }
    return true;
}

bool prices_read(const char *path, price_list *read) {
    file it = {.path = path, .to = read};
    if (!read_all(path, &read->bytes)) {
        return false;
    }
    slice all = json_trim(text_all(&read->bytes));
    if (slice_begins(all, "\xEF\xBB\xBF")) {
        all = json_trim((slice){all.bytes + 3, all.length - 3});
    }
    if (!json_is(all, '{') && !json_is(all, '[')) {
        return read_csv(&it, all) && check_rows(&it);
    }
    if (json_span(all) != all.length) {
        return fail(&it, 0, (slice){"", 0}, "not JSON");
    }
    return (json_is(all, '{') ? read_litellm : read_genai)(&it, json_open(all)) && check_rows(&it);
}
