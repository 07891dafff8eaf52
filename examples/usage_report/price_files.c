/*
 * Files of prices: CSV with a heading that names its columns, LiteLLM's model_prices_and_context_window.json, and the
 * data.json of genai-prices. In each, names say what a price is of: one table of them, and rules for what is around.
 */
#include "usage_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where reading is, and what the next price is of. */
typedef struct file {
    const char *path;
    price_list *to;
    size_t line; /* 0: they don't matter */
    text model;
    slice provider, matches;
    price_row row; /* when it holds */
    bool rounded;  /* it has been said that prices are rounded */
} file;

static bool fail(const file *of, slice what, const char *reason) {
    text words = {.bytes = NULL};
    text_print(&words, of->line > 0 ? ":%zu: " : ": ", of->line);
    text_safe(&words, what);
    fprintf(stderr, "usage-report: --prices: %s%s%s%s\n", of->path, text_c(&words), what.length > 0 ? ": " : "",
            reason);
    text_free(&words);
    return false;
}

/* ---- what a name says: of a column of CSV, or of a member */

enum {
    MODEL = TOKUSAGE_COUNTS,
    TIER,
    ABOVE,
    NAMES
};
/* In the order of the library, whose names without _tokens come first. The total has no price. */
static const char *const names[NAMES] = {
    " prompt input input_cost_per_token input_mtok ",
    " completion output output_cost_per_token output_mtok ",
    " ",
    " cached cached_input cache_read cache_read_input_token_cost cache_read_mtok ",
    " cache_write cache_write_5m cache_creation_input_token_cost cache_write_mtok ",
    " cache_write_1h cache_creation_input_token_cost_above_1hr ",
    " prompt_audio input_audio input_cost_per_audio_token input_audio_mtok ",
    " prompt_image input_image input_cost_per_image_token ",
    " cached_audio cache_read_input_audio_token_cost cache_audio_read_mtok ",
    " cached_image cache_read_input_image_token_cost ",
    " reasoning output_cost_per_reasoning_token ",
    " completion_audio output_audio output_cost_per_audio_token output_audio_mtok ",
    " completion_image output_image output_cost_per_image_token ",
    " model ",
    " service_tier ",
    " above ",
};

typedef struct member {
    size_t kind; /* NAMES: another */
    int shift;   /* the price is that of 10^(12 - shift) tokens */
    slice tier;
    int64_t above; /* prompt tokens; -1: any; 0: what the row says */
} member;

static member member_of(slice given) {
    static const char *const tiers[][2] = {
        {"_batches", "batch"}, {"_batch", "batch"}, {"_flex", "flex"}, {"_priority", "priority"}};
    member made = {.kind = NAMES, .tier = {"", 0}, .above = -1};
    char word[96] = " ";
    long long thousands = 0;
    for (size_t i = 0; i < given.length && i + 3 < sizeof word; i++) { /* small letters, and _ between words */
        const char c = given.bytes[i];
        word[i + 1] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
        word[i + 1] = c == ' ' || c == '-' ? '_' : word[i + 1];
    }
    slice name = slice_after(slice_of(word), 1);
    made.shift = strstr(word, "cost") ? 12 : 6;
    made.above = slice_drop_end(&name, "_above") ? 0 : -1;
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++) {
        made.tier = slice_drop_end(&name, tiers[i][0]) ? slice_of(tiers[i][1]) : made.tier;
    }
    for (char *at = strstr(word, "_above_"); at; at = strstr(at + 1, "_above_")) { /* LiteLLM's _above_200k_tokens */
        int end = 0;
        if (sscanf(at, "_above_%6lldk_tokens%n", &thousands, &end) == 1 && at + end == name.bytes + name.length) {
            made.above = 1000 * thousands;
            name.length = (size_t)(at - name.bytes);
        }
    }
    slice_drop_end(&name, "_tokens");
    memcpy(word + 1 + name.length, " ", 2);
    for (size_t i = 0; i < NAMES && name.length > 0; i++) {
        made.kind = strstr(names[i], word) ? i : made.kind;
    }
    return made;
}

/* ---- prices */

static price_row *row_for(priced_model *of, const price_row *wanted) {
    price_row **at = &of->rows;
    while (*at && ((*at)->order != wanted->order || (*at)->above != wanted->above ||
                   !letters_are((*at)->tier, wanted->tier))) {
        at = &(*at)->next;
    }
    if (!*at) {
        *at = memory_resize(NULL, sizeof **at);
        **at = *wanted;
    }
    return *at;
}

/* Of a million tokens (shift 6), or of one (shift 12). Two prices for the same may not disagree. */
static bool take_price(file *of, const member *as, slice tier, int64_t above, slice number) {
    bool exact = false;
    amount value = 0;
    number = json_is(number, '"') ? json_inside(number) : number;
    number = json_is(number, '$') ? json_trim(slice_after(number, 1)) : number;
    if (!decimal_read(number, as->shift, &value, &exact) || value > TOKUSAGE_COUNT_MAX) {
        return fail(of, number, "no price");
    }
    /* 2.5000000000000002e-08 is 2.5e-08: what a double makes of it does not matter. */
    if (!exact && value < 1000 && !of->rounded) {
        fprintf(stderr, "usage-report: --prices: %s: prices with more decimals are rounded to 10^-12 a token\n",
                of->path);
        of->rounded = true;
    }
    priced_model *const model = catalog_at(&of->to->models, text_all(&of->model), sizeof *model);
    model->provider = of->provider;
    model->matches = of->matches;
    of->row.tier = tier;
    of->row.above = above;
    tokusage_count *const price = tokusage_count_at(&row_for(model, &of->row)->tokens, as->kind);
    const bool agrees = !price->present || price->value == value;
    *price = (tokusage_count){true, (int64_t)value};
    return agrees || fail(of, text_all(&of->model), "two prices for the same");
}

/* ---- CSV */

/* Takes a field off a line: the white space around it, and quotes, are left out. Returns false after the last. */
static bool take_field(slice *line, slice *field) {
    bool quoted = false;
    size_t span = 0;
    const bool good = line->bytes;
    while (span < line->length && (quoted || line->bytes[span] != ',')) {
        quoted = quoted != (line->bytes[span++] == '"');
    }
    *field = json_trim((slice){line->bytes, span});
    *field = json_is(*field, '"') && field->length > 1 ? json_trim(json_inside(*field)) : *field;
    *line = span < line->length ? slice_after(*line, span + 1) : (slice){NULL, 0};
    return good;
}

/* Whether columns have prices above a number of tokens is *steps. */
static bool check_heads(file *of, slice heads, bool *steps) {
    slice head = {NULL, 0};
    bool model = false;
    bool priced = false;
    for (; take_field(&heads, &head);) {
        const member is = member_of(head);
        if (is.kind == NAMES) {
            return fail(of, head, "no column of prices; there are model, service_tier, above, and names of counts");
        }
        model = model || is.kind == MODEL;
        priced = priced || is.kind < MODEL;
        *steps = *steps || is.above == 0;
    }
    return (model && priced) || fail(of, (slice){"", 0}, "no column named model, or none of prices");
}

/* First what the prices are of, then the prices. */
static bool read_row(file *of, slice heads, slice line, bool steps) {
    slice tier = {"", 0};
    amount above = -1;
    of->model.used = 0;
    for (unsigned pass = 0; pass < 2; pass++) {
        slice head = {NULL, 0};
        slice cell = {NULL, 0};
        slice cells = line;
        bool good = true;
        for (slice rest = heads; good && take_field(&rest, &head);) {
            const member is = member_of(head);
            bool exact = false;
            good = take_field(&cells, &cell);
            if (pass == 0 && is.kind == MODEL) {
                text_slice(&of->model, cell);
            } else if (pass == 0 && is.kind == TIER) {
                tier = cell;
            } else if (pass == 0 && is.kind == ABOVE && cell.length > 0) {
                good = good && decimal_read(cell, 0, &above, &exact) && above <= TOKUSAGE_COUNT_MAX;
            } else if (pass == 1 && is.kind < MODEL && cell.length > 0 &&
                       !take_price(of, &is, is.tier.length > 0 ? is.tier : tier,
                                   is.above == 0 || !steps ? (int64_t)above : -1, cell)) {
                return false;
            }
        }
        if (!good || cells.bytes || of->model.used == 0) {
            return fail(of, text_all(&of->model), "not a model, and a cell for each column");
        }
    }
    return true;
}

static bool read_csv(file *of, slice all) {
    slice heads = {NULL, 0};
    bool steps = false;
    bool good = true;
    for (of->line = 1; good && all.length > 0; of->line++) {
        const char *const end = memchr(all.bytes, '\n', all.length);
        const slice line = json_trim((slice){all.bytes, end ? (size_t)(end - all.bytes) : all.length});
        all = end ? slice_after(all, (size_t)(end + 1 - all.bytes)) : (slice){NULL, 0};
        if (line.length > 0 && *line.bytes != '#') {
            good = heads.bytes ? read_row(of, heads, line, steps) : check_heads(of, line, &steps);
            heads = heads.bytes ? heads : line;
        }
    }
    of->line = 0;
    return good;
}

/* ---- LiteLLM: {"model": {"input_cost_per_token": 1e-06, ...}} */

static bool read_litellm(file *of, slice models) {
    slice model = {NULL, 0};
    slice members = {NULL, 0};
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    while (json_next(&models, &model, &members)) {
        of->model.used = 0;
        text_decode(&of->model, model);
        for (slice inside = json_open(members); !slice_is(model, "sample_spec") && json_next(&inside, &name, &value);) {
            const member is = member_of(name);
            if (is.kind < MODEL && !slice_is(value, "null") && !take_price(of, &is, is.tier, is.above, value)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- genai-prices: a price is a number, or {"base": 3, "tiers": [{"start": 200000, "price": 6}]} */

static bool read_genai_prices(file *of, slice prices) {
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    slice tier = {NULL, 0};
    bool good = true;
    for (slice inside = json_open(prices); good && json_next(&inside, &name, &value);) {
        const member is = member_of(name);
        const slice base = json_is(value, '{') ? json_at(value, "/base") : value;
        if (is.kind >= MODEL || slice_is(value, "null")) {
            continue;
        }
        good = take_price(of, &is, is.tier, -1, base);
        for (slice tiers = json_open(json_at(value, "/tiers")); good && json_next(&tiers, NULL, &tier);) {
            amount start = 0;
            bool exact = false;
            good = decimal_read(json_at(tier, "/start"), 0, &start, &exact) && start <= TOKUSAGE_COUNT_MAX &&
                   take_price(of, &is, is.tier, (int64_t)start, json_at(tier, "/price"));
        }
    }
    return good;
}

/* {"start_date": "2025-01-31"}, or {"start_time": "16:30:00Z", "end_time": "00:30:00Z"} of each day. */
static void read_constraint(price_row *to, slice constraint) {
    static const char *const ends[] = {"/start_time", "/end_time"};
    moment_read(json_at(constraint, "/start_date"), &to->from);
    for (size_t i = 0; i < 2; i++) {
        const slice given = json_at(constraint, ends[i]);
        text moment = {.bytes = NULL};
        text_string(&moment, "1970-01-01T");
        text_slice(&moment, json_inside(given));
        to->daily = given.bytes && moment_read(text_all(&moment), i == 0 ? &to->from : &to->until);
        text_free(&moment);
    }
}

/* Its prices, or a list of them that hold at some times. */
static bool read_genai_model(file *of, slice model) {
    const slice prices = json_at(model, "/prices");
    slice each = {NULL, 0};
    bool good = true;
    of->model.used = 0;
    text_decode(&of->model, json_inside(json_at(of->provider, "/id")));
    text_string(&of->model, "/");
    text_decode(&of->model, json_inside(json_at(model, "/id")));
    of->matches = json_at(model, "/match");
    of->row = (price_row){.from = INT64_MIN};
    for (slice list = json_open(json_is(prices, '[') ? prices : (slice){NULL, 0});
         good && json_next(&list, NULL, &each); of->row.order++) {
        const slice constraint = json_at(each, "/constraint");
        of->to->timed = of->to->timed || constraint.bytes;
        of->row.from = INT64_MIN;
        read_constraint(&of->row, constraint);
        good = read_genai_prices(of, json_at(each, "/prices"));
    }
    return good && (json_is(prices, '[') || read_genai_prices(of, prices));
}

static bool read_genai(file *of, slice providers) {
    slice model = {NULL, 0};
    bool good = true;
    while (good && json_next(&providers, NULL, &of->provider)) {
        for (slice models = json_open(json_at(of->provider, "/models")); good && json_next(&models, NULL, &model);) {
            good = read_genai_model(of, model);
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

static bool read_any(file *of, slice all) {
    if (slice_begins(all, "\xEF\xBB\xBF")) {
        all = json_trim(slice_after(all, 3));
    }
    if (!json_is(all, '{') && !json_is(all, '[')) {
        return read_csv(of, all);
    }
    if (json_span(all) != all.length) {
        return fail(of, (slice){"", 0}, "not JSON");
    }
    return (json_is(all, '{') ? read_litellm : read_genai)(of, json_open(all));
}

bool prices_read(const char *path, price_list *read) {
    file it = {.path = path, .to = read, .row = {.from = INT64_MIN}};
    const bool good = read_all(path, &read->bytes) && read_any(&it, json_trim(text_all(&read->bytes))) &&
                      (read->models.count > 0 || fail(&it, (slice){"", 0}, "no prices"));
    text_free(&it.model);
    return good;
}
