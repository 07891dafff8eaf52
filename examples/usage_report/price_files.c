/*
 * Files of prices: CSV with a heading that names its columns, LiteLLM's model_prices_and_context_window.json, and the
 * data.json of genai-prices. In each of them a name says what a price is of: a column's, or a member's.
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
    size_t line; /* 0: lines don't matter */
    text model;
    slice provider, matches;
    price_row row;
    bool rounded; /* it has been said that prices are rounded */
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

/* ---- names */

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

/* What a name says. */
typedef struct member {
    size_t kind; /* NAMES: nothing that matters */
    int shift;   /* 12: the price is that of one token, 6: of a million */
    slice tier;
    int64_t above; /* prompt tokens; -1: any; 0: what the row says */
} member;

static member member_of(slice given) {
    static const char *const tiers[][2] = {
        {"_batches", "batch"}, {"_batch", "batch"}, {"_flex", "flex"}, {"_priority", "priority"}};
    text word = {.bytes = NULL};
    text_string(&word, " ");
    text_lower(&word, given);
    for (size_t i = 1; i < word.used; i++) {
        word.bytes[i] = strchr(" -", word.bytes[i]) ? '_' : word.bytes[i];
    }
    slice name = slice_after(slice_of(text_c(&word)), 1);
    member made = {NAMES, strstr(word.bytes, "cost") ? 12 : 6, {"", 0}, slice_drop_end(&name, "_above") ? 0 : -1};
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++) {
        made.tier = slice_drop_end(&name, tiers[i][0]) ? slice_of(tiers[i][1]) : made.tier;
    }
    for (const char *at = strstr(name.bytes, "_above_"); at; at = strstr(at + 1, "_above_")) {
        unsigned thousands = 0; /* LiteLLM's _above_200k_tokens */
        int span = 0;
        if (sscanf(at, "_above_%6uk_tokens%n", &thousands, &span) == 1 && at + span == name.bytes + name.length) {
            made.above = INT64_C(1000) * thousands;
            name.length -= (size_t)span;
        }
    }
    slice_drop_end(&name, "_tokens");
    word.used = 1 + name.length;
    text_string(&word, " ");
    for (size_t i = 0; i < NAMES && name.length > 0; i++) {
        made.kind = strstr(names[i], text_c(&word)) ? i : made.kind;
    }
    text_free(&word);
    return made;
}

/* ---- prices */

static price_row *row_for(priced_model *of, const price_row *wanted) {
    price_row **at = &of->rows;
    while (*at && ((*at)->order != wanted->order || (*at)->above != wanted->above ||
                   !slice_equals((*at)->tier, wanted->tier))) {
        at = &(*at)->next;
    }
    if (!*at) {
        *at = memory_resize(NULL, sizeof **at);
        **at = *wanted;
    }
    return *at;
}

/* Two prices for the same may not disagree. */
static bool take_price(file *of, member as, slice number) {
    bool exact = false;
    amount value = 0;
    number = json_is(number, '"') ? json_inside(number) : number;
    number = json_is(number, '$') ? json_trim(slice_after(number, 1)) : number;
    if (!decimal_read(number, as.shift, &value, &exact) || value > TOKUSAGE_COUNT_MAX) {
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
    of->row.tier = as.tier;
    of->row.above = as.above;
    tokusage_count *const price = tokusage_count_at(&row_for(model, &of->row)->tokens, as.kind);
    const bool agrees = !price->present || price->value == value;
    *price = (tokusage_count){true, (int64_t)value};
    return agrees || fail(of, text_all(&of->model), "two prices for the same");
}

/* ---- CSV */

enum {
    CELLS = 64
};
typedef struct heading {
    member all[CELLS];
    size_t count;
    bool steps; /* some columns are above a number of tokens */
} heading;

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

static bool read_heading(file *of, slice line, heading *read) {
    bool model = false;
    bool priced = false;
    for (slice field; take_field(&line, &field);) {
        const member is = member_of(field);
        if (is.kind == NAMES || read->count == CELLS) {
            return fail(of, field, "no column of prices; there are model, service_tier, above, and names of counts");
        }
        read->all[read->count++] = is;
        read->steps = read->steps || is.above == 0;
        model = model || is.kind == MODEL;
        priced = priced || is.kind < MODEL;
    }
    return (model && priced) || fail(of, (slice){"", 0}, "no column named model, or none of prices");
}

static bool read_row(file *of, const heading *heads, slice line) {
    slice cells[CELLS];
    slice tier = {"", 0};
    amount above = -1;
    bool good = true;
    bool exact = true;
    of->model.used = 0;
    for (size_t i = 0; i < heads->count && good; i++) {
        const size_t kind = heads->all[i].kind;
        good = take_field(&line, &cells[i]);
        if (kind == MODEL) {
            text_lower(&of->model, cells[i]);
        } else if (kind == ABOVE && cells[i].length > 0) {
            good = good && decimal_read(cells[i], 0, &above, &exact) && above <= TOKUSAGE_COUNT_MAX;
        }
        tier = kind == TIER ? cells[i] : tier;
    }
    if (!good || line.bytes || of->model.used == 0) {
        return fail(of, text_all(&of->model), "not a model, and a cell for each column");
    }
    for (size_t i = 0; i < heads->count && good; i++) {
        member as = heads->all[i];
        as.tier = as.tier.length > 0 ? as.tier : tier;
        as.above = as.above == 0 || !heads->steps ? (int64_t)above : -1;
        good = as.kind >= MODEL || cells[i].length == 0 || take_price(of, as, cells[i]);
    }
    return good;
}

static bool read_csv(file *of, slice all) {
    heading heads = {.count = 0};
    bool good = true;
    for (of->line = 1; good && all.length > 0; of->line++) {
        const char *const end = memchr(all.bytes, '\n', all.length);
        const slice line = json_trim((slice){all.bytes, end ? (size_t)(end - all.bytes) : all.length});
        all = slice_after(all, end ? (size_t)(end + 1 - all.bytes) : all.length);
        if (line.length > 0 && *line.bytes != '#') {
            good = heads.count > 0 ? read_row(of, &heads, line) : read_heading(of, line, &heads);
        }
    }
    of->line = 0;
    return good;
}

/* ---- JSON: the members of an object. A price is a number, or {"base": 3, "tiers": [{"start": 200000, "price": 6}]} */

static bool read_members(file *of, slice object) {
    slice name, value, step;
    bool good = true;
    for (slice inside = json_open(object); good && json_next(&inside, &name, &value);) {
        member as = member_of(name);
        if (as.kind >= MODEL || slice_is(value, "null")) {
            continue;
        }
        good = take_price(of, as, json_is(value, '{') ? json_at(value, "/base") : value);
        for (slice steps = json_open(json_at(value, "/tiers")); good && json_next(&steps, NULL, &step);) {
            bool exact = false;
            amount start = 0;
            good = decimal_read(json_at(step, "/start"), 0, &start, &exact) && start <= TOKUSAGE_COUNT_MAX;
            as.above = (int64_t)start;
            good = good && take_price(of, as, json_at(step, "/price"));
        }
    }
    return good;
}

static void name_model(file *of, slice name) {
    text plain = {.bytes = NULL};
    text_decode(&plain, name);
    text_lower(&of->model, text_all(&plain));
    text_free(&plain);
}

/* LiteLLM: {"model": {"input_cost_per_token": 1e-06, ...}, ...} */
static bool read_litellm(file *of, slice models) {
    slice model, members;
    bool good = true;
    while (good && json_next(&models, &model, &members)) {
        of->model.used = 0;
        name_model(of, model);
        good = slice_is(model, "sample_spec") || read_members(of, members);
    }
    return good;
}

/* genai-prices: {"start_date": "2025-01-31"}, or {"start_time": "16:30:00Z", "end_time": "00:30:00Z"} of each day. */
static void read_constraint(file *of, slice constraint) {
    static const char *const ends[] = {"/start_time", "/end_time"};
    price_row *const to = &of->row;
    to->from = INT64_MIN;
    of->to->timed = of->to->timed || constraint.bytes;
    moment_read(json_at(constraint, "/start_date"), &to->from);
    for (size_t i = 0; i < 2; i++) {
        const slice given = json_inside(json_at(constraint, ends[i]));
        text moment = {.bytes = NULL};
        text_print(&moment, "1970-01-01T%.*s", (int)given.length, given.length > 0 ? given.bytes : "");
        to->daily = given.length > 0 && moment_read(text_all(&moment), i == 0 ? &to->from : &to->until);
        text_free(&moment);
    }
}

/* A model has prices, or a list of them that hold at some times. */
static bool read_model(file *of, slice model) {
    const slice prices = json_at(model, "/prices");
    slice each;
    bool good = true;
    of->model.used = 0;
    name_model(of, json_inside(json_at(of->provider, "/id")));
    text_string(&of->model, "/");
    name_model(of, json_inside(json_at(model, "/id")));
    of->matches = json_at(model, "/match");
    of->row = (price_row){.from = INT64_MIN};
    if (!json_is(prices, '[')) {
        return read_members(of, prices);
    }
    for (slice list = json_open(prices); good && json_next(&list, NULL, &each); of->row.order++) {
        read_constraint(of, json_at(each, "/constraint"));
        good = read_members(of, json_at(each, "/prices"));
    }
    return good;
}

static bool read_genai(file *of, slice providers) {
    slice model;
    bool good = true;
    while (good && json_next(&providers, NULL, &of->provider)) {
        for (slice models = json_open(json_at(of->provider, "/models")); good && json_next(&models, NULL, &model);) {
            good = read_model(of, model);
        }
    }
    return good;
}

/* ---- any of them */

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
    FILE *const from = fopen(path, "rb");
    errno = from ? 0 : errno;
    const ssize_t length = from ? getdelim(&read->bytes.bytes, &read->bytes.room, '\0', from) : -1;
    bool good = length > 0 || fail(&it, (slice){"", 0}, errno != 0 ? strerror(errno) : "no prices");
    good = good && read_any(&it, json_trim((slice){read->bytes.bytes, (size_t)length})) &&
           (read->models.count > 0 || fail(&it, (slice){"", 0}, "no prices"));
    if (from) {
        fclose(from);
    }
    text_free(&it.model);
    return good;
}
