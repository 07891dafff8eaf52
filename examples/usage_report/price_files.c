/*
 * Files of prices: CSV with a heading that names its columns, LiteLLM's model_prices_and_context_window.json, and the
 * data.json of genai-prices. All become rows of prices.c.
 */
#include "usage_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROOM = 96,
    MOST_COLUMNS = 64
};

typedef struct file {
    const char *path;
    price_list *to;
    bool rounded; /* it has been said that prices are rounded */
} file;

static bool fail(const file *of, size_t line, slice what, const char *reason) {
    text words = {.bytes = NULL};
    text_safe(&words, what);
    if (line > 0) {
        fprintf(stderr, "usage-report: --prices: %s:%zu: %s%s%s\n", of->path, line, text_c(&words),
                what.length > 0 ? ": " : "", reason);
    } else {
        fprintf(stderr, "usage-report: --prices: %s: %s%s%s\n", of->path, text_c(&words), what.length > 0 ? ": " : "",
                reason);
    }
    text_free(&words);
    return false;
}

/* The price of a million tokens (shift 6), or of one (shift 12). */
static bool read_price(file *of, slice number, int shift, tokusage_count *to) {
    bool exact = false;
    int64_t value = 0;
    if (!decimal_read(number, shift, &value, &exact) || value > TOKUSAGE_COUNT_MAX) {
        return false;
    }
    /* 2.5000000000000002e-08 is 2.5e-08: what a double makes of it does not matter. */
    if (!exact && value < INT64_C(1000) && !of->rounded) {
        fprintf(stderr, "usage-report: --prices: %s: prices with more decimals are rounded to 10^-12 a token\n",
                of->path);
        of->rounded = true;
    }
    *to = (tokusage_count){true, value};
    return true;
}

static price_row *row_for(file *of, slice model, slice tier, int64_t above, size_t from) {
    for (size_t i = from; i < of->to->count; i++) {
        price_row *const row = &of->to->rows[i];
        if (row->above == above && row->tier.used == tier.length &&
            (tier.length == 0 || memcmp(row->tier.bytes, tier.bytes, tier.length) == 0)) {
            return row;
        }
    }
    return prices_row(of->to, model, tier, above);
}

/* ---- names of kinds of tokens */

static const struct {
    const char *name; /* as columns are named, without _tokens */
    const char *litellm;
    const char *genai;
    const char *count;
} kinds[] = {
    {"input", "input_cost_per_token", "input_mtok", "prompt_tokens"},
    {"prompt", NULL, NULL, "prompt_tokens"},
    {"output", "output_cost_per_token", "output_mtok", "completion_tokens"},
    {"completion", NULL, NULL, "completion_tokens"},
    {"cached", "cache_read_input_token_cost", "cache_read_mtok", "cached_tokens"},
    {"cached_input", NULL, NULL, "cached_tokens"},
    {"cache_read", NULL, NULL, "cached_tokens"},
    {"cache_write", "cache_creation_input_token_cost", "cache_write_mtok", "cache_write_tokens"},
    {"cache_write_5m", NULL, NULL, "cache_write_tokens"},
    {"cache_write_1h", "cache_creation_input_token_cost_above_1hr", NULL, "cache_write_1h_tokens"},
    {"reasoning", "output_cost_per_reasoning_token", NULL, "reasoning_tokens"},
    {"prompt_audio", "input_cost_per_audio_token", "input_audio_mtok", "prompt_audio_tokens"},
    {"input_audio", NULL, NULL, "prompt_audio_tokens"},
    {"prompt_image", "input_cost_per_image_token", NULL, "prompt_image_tokens"},
    {"input_image", NULL, NULL, "prompt_image_tokens"},
    {"cached_audio", "cache_read_input_audio_token_cost", "cache_audio_read_mtok", "cached_audio_tokens"},
    {"cached_image", "cache_read_input_image_token_cost", NULL, "cached_image_tokens"},
    {"completion_audio", "output_cost_per_audio_token", "output_audio_mtok", "completion_audio_tokens"},
    {"output_audio", NULL, NULL, "completion_audio_tokens"},
    {"completion_image", "output_cost_per_image_token", NULL, "completion_image_tokens"},
    {"output_image", NULL, NULL, "completion_image_tokens"},
};
enum {
    KINDS = sizeof kinds / sizeof *kinds,
    IS_MODEL = KINDS,
    IS_TIER,
    IS_ABOVE
};

static tokusage_count *count_of(tokusage *prices, size_t kind) {
    size_t i = 0;
    while (strcmp(tokusage_count_name(i), kinds[kind].count) != 0) {
        i++;
    }
    return tokusage_count_at(prices, i);
}

static bool drop_end(slice *of, const char *end) {
    const bool ends = slice_ends(*of, end);
    of->length -= ends ? strlen(end) : 0;
    return ends;
}

/* ---- CSV */

typedef struct head {
    size_t kind;
    bool above, batch;
} head;

/* Takes a field off a line: the white space around it, and quotes, are left out. Returns false after the last. */
static bool take_field(slice *line, slice *field) {
    if (!line->bytes) {
        return false;
    }
    size_t span = 0;
    bool quoted = false;
    while (span < line->length && (quoted || line->bytes[span] != ',')) {
        quoted = quoted != (line->bytes[span] == '"');
        span++;
    }
    *field = json_trim((slice){line->bytes, span});
    if (field->length > 1 && json_is(*field, '"')) {
        *field = json_trim(json_inside(*field));
    }
    *line = span < line->length ? (slice){line->bytes + span + 1, line->length - span - 1} : (slice){NULL, 0};
    return true;
}

/* A column's name: small letters, _ for what separates words. */
static bool read_head(slice field, head *to) {
    char plain[ROOM];
    slice name = {plain, 0};
    *to = (head){.kind = 0};
    for (size_t i = 0; i < field.length && name.length + 1 < sizeof plain; i++) {
        const char c = field.bytes[i];
        plain[name.length++] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c == ' ' || c == '-' ? '_' : c;
    }
    if (slice_is(name, "model") || slice_is(name, "service_tier") || slice_is(name, "above")) {
        to->kind = slice_is(name, "model") ? IS_MODEL : slice_is(name, "above") ? IS_ABOVE : IS_TIER;
        return true;
    }
    to->above = drop_end(&name, "_above");
    to->batch = drop_end(&name, "_batch");
    drop_end(&name, "_tokens");
    while (to->kind < KINDS && !slice_is(name, kinds[to->kind].name)) {
        to->kind++;
    }
    return to->kind < KINDS;
}

static bool read_heads(file *of, size_t number, slice line, head *heads, size_t *count) {
    slice field = {NULL, 0};
    bool model = false;
    bool priced = false;
    for (*count = 0; take_field(&line, &field); ++*count) {
        head *const next = &heads[*count];
        if (*count == MOST_COLUMNS || !read_head(field, next)) {
            return fail(of, number, field,
                        "no column of prices; there are model, service_tier, above, and names of counts");
        }
        for (size_t i = 0; i < *count; i++) {
            const bool same =
                heads[i].kind == next->kind || (next->kind < KINDS && heads[i].kind < KINDS &&
                                                strcmp(kinds[heads[i].kind].count, kinds[next->kind].count) == 0);
            if (same && heads[i].above == next->above && heads[i].batch == next->batch) {
                return fail(of, number, field, "two columns for the same");
            }
        }
        model = model || next->kind == IS_MODEL;
        priced = priced || next->kind < KINDS;
    }
    return (model && priced) || fail(of, number, (slice){"", 0}, "no column named model, or none of prices");
}

/* The cells that say which row it is. */
static bool read_row_head(slice line, const head *heads, size_t count, slice *model, slice *tier, int64_t *above) {
    slice field = {NULL, 0};
    for (size_t i = 0; i < count; i++) {
        if (!take_field(&line, &field)) {
            return false;
        }
        *model = heads[i].kind == IS_MODEL ? field : *model;
        *tier = heads[i].kind == IS_TIER ? field : *tier;
        if (heads[i].kind == IS_ABOVE && field.length > 0 && !decimal_read(field, 0, above, NULL)) {
            return false;
        }
    }
    return !line.bytes && model->length > 0;
}

static bool read_row(file *of, size_t number, slice line, const head *heads, size_t count) {
    static const slice batch = {"batch", 5};
    slice model = {NULL, 0};
    slice tier = {"", 0};
    slice field = {NULL, 0};
    int64_t above = -1;
    bool steps = false;
    if (!read_row_head(line, heads, count, &model, &tier, &above)) {
        return fail(of, number, model, "not a model, and a cell for each column");
    }
    char tier_name[ROOM] = "";
    memcpy(tier_name, tier.bytes, tier.length < ROOM - 1 ? tier.length : 0);
    for (size_t i = 0; i < count; i++) {
        steps = steps || heads[i].above;
    }
    const size_t from = of->to->count;
    row_for(of, model, slice_of(tier_name), steps ? -1 : above, from);
    for (size_t i = 0; i < count; i++) {
        take_field(&line, &field);
        if (heads[i].kind >= KINDS || field.length == 0) {
            continue;
        }
        field = json_is(field, '$') ? json_trim((slice){field.bytes + 1, field.length - 1}) : field;
        price_row *const row = row_for(of, model, heads[i].batch ? batch : slice_of(tier_name),
                                       heads[i].above || !steps ? above : -1, from);
        if (!read_price(of, field, 6, count_of(&row->tokens, heads[i].kind))) {
            return fail(of, number, field, "no price of a million tokens");
        }
    }
    return true;
}

static bool read_csv(file *of, slice all) {
    head heads[MOST_COLUMNS];
    size_t count = 0;
    for (size_t number = 1; all.length > 0; number++) {
        const char *const end = memchr(all.bytes, '\n', all.length);
        const size_t span = end ? (size_t)(end - all.bytes) : all.length;
        const slice line = json_trim((slice){all.bytes, span});
        all = (slice){all.bytes + span + (end != NULL), all.length - span - (end != NULL)};
        if (line.length == 0 || json_is(line, '#')) {
            continue;
        }
        if (count == 0 ? !read_heads(of, number, line, heads, &count) : !read_row(of, number, line, heads, count)) {
            return false;
        }
    }
    return true;
}

/* ---- LiteLLM */

/* Of a member's name: which kind, above how many tokens, in which service tier. */
static bool read_litellm_name(slice name, size_t *kind, int64_t *above, slice *tier) {
    static const char *const tiers[][2] = {{"_batches", "batch"}, {"_flex", "flex"}, {"_priority", "priority"}};
    static const char mark[] = "_above_";
    *above = -1;
    *tier = (slice){"", 0};
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++) {
        if (drop_end(&name, tiers[i][0])) {
            *tier = slice_of(tiers[i][1]);
        }
    }
    if (drop_end(&name, "k_tokens")) {
        size_t at = name.length;
        while (at > 0 && name.bytes[at - 1] != '_') {
            at--;
        }
        if (!decimal_read((slice){name.bytes + at, name.length - at}, 3, above, NULL)) {
            return false;
        }
        name.length = at;
        if (name.length < sizeof mark - 1 || !drop_end(&name, mark)) {
            return false;
        }
    }
    for (*kind = 0; *kind < KINDS; ++*kind) {
        if (kinds[*kind].litellm && slice_is(name, kinds[*kind].litellm)) {
            return true;
        }
    }
    return false;
}

static bool read_litellm(file *of, slice all) {
    slice models = json_open(all);
    slice model = {NULL, 0};
    slice members = {NULL, 0};
    while (json_next(&models, &model, &members)) {
        slice inside = json_open(members);
        slice name = {NULL, 0};
        slice value = {NULL, 0};
        const size_t from = of->to->count;
        if (slice_is(model, "sample_spec") || !json_is(members, '{')) {
            continue;
        }
        while (json_next(&inside, &name, &value)) {
            size_t kind = 0;
            int64_t above = 0;
            slice tier;
            if (read_litellm_name(name, &kind, &above, &tier) && !slice_is(value, "null")) {
                price_row *const row = row_for(of, model, tier, above, from);
                if (!read_price(of, json_is(value, '"') ? json_inside(value) : value, 12,
                                count_of(&row->tokens, kind))) {
                    return fail(of, 0, model, "a price that is no number");
                }
            }
        }
    }
    return true;
}

/* ---- genai-prices */

/* {"base": 3, "tiers": [{"start": 200000, "price": 6}]} */
static bool read_steps(file *of, slice model, slice value, size_t kind, size_t from) {
    static const slice plain = {"", 0};
    document steps = {.whole = value};
    slice tiers = json_open(document_at(&steps, "/tiers"));
    slice tier = {NULL, 0};
    price_row *row = row_for(of, model, plain, -1, from);
    if (!read_price(of, document_at(&steps, "/base"), 6, count_of(&row->tokens, kind))) {
        return false;
    }
    while (json_next(&tiers, NULL, &tier)) {
        document step = {.whole = tier};
        int64_t start = 0;
        if (!decimal_read(document_at(&step, "/start"), 0, &start, NULL)) {
            return false;
        }
        row = row_for(of, model, plain, start, from);
        if (!read_price(of, document_at(&step, "/price"), 6, count_of(&row->tokens, kind))) {
            return false;
        }
    }
    return true;
}

static bool read_genai_prices(file *of, slice model, slice prices) {
    slice inside = json_open(prices);
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    const size_t from = of->to->count;
    while (json_next(&inside, &name, &value)) {
        size_t kind = 0;
        while (kind < KINDS && !(kinds[kind].genai && slice_is(name, kinds[kind].genai))) {
            kind++;
        }
        if (kind == KINDS || slice_is(value, "null")) {
            continue;
        }
        if (json_is(value, '{')
                ? !read_steps(of, model, value, kind, from)
                : !read_price(of, value, 6, count_of(&row_for(of, model, (slice){"", 0}, -1, from)->tokens, kind))) {
            return fail(of, 0, model, "a price that is no number");
        }
    }
    return true;
}

/* Of a list of prices with dates the last one: those before it are of the past. */
static slice current_prices(slice prices) {
    slice list = json_open(prices);
    slice each = {NULL, 0};
    slice last = prices;
    while (json_is(prices, '[') && json_next(&list, NULL, &each)) {
        document one = {.whole = each};
        if (!document_at(&one, "/constraint/start_time").bytes) {
            last = document_at(&one, "/prices");
        }
    }
    return last;
}

/* Names of a match: {"or": [{"equals": "a"}, {"starts_with": "b"}]} */
static bool read_match(file *of, slice provider, slice match, slice prices) {
    slice inside = json_open(match);
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    bool good = true;
    while (good && json_next(&inside, &name, &value)) {
        slice list = json_open(value);
        slice each = {NULL, 0};
        text model = {.bytes = NULL};
        while (slice_is(name, "or") && good && json_next(&list, NULL, &each)) {
            good = read_match(of, provider, each, prices);
        }
        if (slice_is(name, "equals") || slice_is(name, "starts_with")) {
            text_decode(&model, provider);
            text_string(&model, "/");
            text_decode(&model, json_inside(value));
            text_string(&model, slice_is(name, "equals") ? "" : "*");
            good = read_genai_prices(of, text_all(&model), prices);
            text_free(&model);
        }
    }
    return good;
}

static bool read_genai(file *of, slice all) {
    slice providers = json_open(all);
    slice provider = {NULL, 0};
    bool good = true;
    while (good && json_next(&providers, NULL, &provider)) {
        document it = {.whole = provider};
        const slice id = json_inside(document_at(&it, "/id"));
        of->to->by_provider = true;
        slice models = json_open(document_at(&it, "/models"));
        slice model = {NULL, 0};
        while (good && json_next(&models, NULL, &model)) {
            document each = {.whole = model};
            good = read_match(of, id, document_at(&each, "/match"), current_prices(document_at(&each, "/prices")));
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

static int compare_rows(const void *one, const void *other) {
    const price_row *const a = one;
    const price_row *const b = other;
    const int by_name = strcmp(a->model.bytes, b->model.bytes);
    const int by_tier = strcmp(a->tier.bytes, b->tier.bytes);
    return by_name != 0             ? by_name
           : a->prefix != b->prefix ? (int)a->prefix - (int)b->prefix
           : by_tier != 0           ? by_tier
                                    : (a->above > b->above) - (a->above < b->above);
}

/* Two rows for the same may not disagree. */
static bool check_rows(const file *of) {
    price_list *const all = of->to;
    for (size_t i = 0; i < all->count; i++) {
        text_c(&all->rows[i].model);
        text_c(&all->rows[i].tier);
    }
    if (all->count > 1) {
        qsort(all->rows, all->count, sizeof *all->rows, compare_rows);
    }
    for (size_t i = 1; i < all->count; i++) {
        if (compare_rows(&all->rows[i - 1], &all->rows[i]) == 0 &&
            !tokusage_equal(&all->rows[i - 1].tokens, &all->rows[i].tokens)) {
            return fail(of, 0, text_all(&all->rows[i].model), "two rows for this model");
        }
    }
    return all->count > 0 || fail(of, 0, (slice){"", 0}, "no prices");
}

bool prices_read(const char *path, price_list *read) {
    file it = {.path = path, .to = read};
    text bytes = {.bytes = NULL};
    bool good = read_all(path, &bytes);
    slice all = json_trim(text_all(&bytes));
    if (slice_begins(all, "\xEF\xBB\xBF")) {
        all = json_trim((slice){all.bytes + 3, all.length - 3});
    }
    if (good && (json_is(all, '{') || json_is(all, '['))) {
        good = json_span(all) == all.length || fail(&it, 0, (slice){"", 0}, "not JSON");
        good = good && (json_is(all, '{') ? read_litellm(&it, all) : read_genai(&it, all));
    } else if (good) {
        good = read_csv(&it, all);
    }
    text_free(&bytes);
    return good && check_rows(&it);
}
