/*
 * Which prices are a model's, and what a call costs at them; the library does the arithmetic. Prices are in CSV with a
 * heading that names its columns, LiteLLM's model_prices_and_context_window.json, or the data.json of genai-prices.
 */
#include "usage_report.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names. Dropped is what is around a model's name: one after another, each as often as it is there. */

static const char *const dropped[] = {
    "^ft:",
    "^arn:.*/",
    "^[^/]+/",
    "^(us|eu|apac|global|jp|au|ca|us-gov)\\.",
    "^(anthropic|amazon|meta|mistral|cohere|deepseek|ai21|openai|qwen|google)\\.",
    "-v[0-9:]+$",
    "[@:].*$",
    "-[0-9]{4}-?[0-9]{2}-?[0-9]{2}$",
    "-[0-9]{2}-[0-9]{2}$",
    "-(latest|preview|exp|codex)$",
};
enum {
    STEPS = sizeof dropped / sizeof *dropped
};

static bool search(const char *expression, const char *name, regmatch_t *at) {
    regex_t compiled;
    if (regcomp(&compiled, expression, REG_EXTENDED | REG_ICASE) != 0) {
        return false;
    }
    const bool found = regexec(&compiled, name, 1, at, 0) == 0;
    regfree(&compiled);
    return found;
}

/* False: it is not there, or nothing would be left. */
static bool drop(text *name, const char *expression) {
    regmatch_t at;
    if (!search(expression, text_c(name), &at) || (size_t)(at.rm_eo - at.rm_so) >= name->used) {
        return false;
    }
    memmove(name->bytes + at.rm_so, name->bytes + at.rm_eo, name->used - (size_t)at.rm_eo);
    name->used -= (size_t)(at.rm_eo - at.rm_so);
    return true;
}

/* A clause of genai-prices: {"or": [{"equals": "a"}, {"starts_with": "b"}]} */
static bool matches(slice clause, const char *name) {
    const slice whole = slice_of(name);
    slice inside = json_open(clause);
    slice kind, value, each;
    text decoded = {.bytes = NULL};
    text wanted = {.bytes = NULL};
    regmatch_t at;
    if (!json_next(&inside, &kind, &value)) {
        return false;
    }
    bool found = slice_is(kind, "and");
    if (json_is(value, '[')) {
        const bool all = found;
        for (slice list = json_open(value); found == all && json_next(&list, NULL, &each);) {
            found = matches(each, name);
        }
        return found;
    }
    text_decode(&decoded, json_inside(value));
    const bool expression = slice_is(kind, "regex");
    for (size_t i = 0; i < decoded.used; i++) { /* a \d of Python is a digit */
        const bool digit = expression && slice_begins(slice_after(text_all(&decoded), i), "\\d");
        text_lower(&wanted, digit ? slice_of("[0-9]") : (slice){decoded.bytes + i, 1});
        i += digit;
    }
    found = expression                   ? search(text_c(&wanted), name, &at)
            : slice_is(kind, "equals")   ? slice_is(whole, text_c(&wanted))
            : slice_is(kind, "contains") ? strstr(name, text_c(&wanted)) != NULL
                                         : (slice_is(kind, "starts_with") && slice_begins(whole, text_c(&wanted))) ||
                                               (slice_is(kind, "ends_with") && slice_ends(whole, text_c(&wanted)));
    text_free(&decoded);
    text_free(&wanted);
    return found;
}

/* ---- models */

/*
 * How well a model of the file fits a name; 0: not at all. A whole name is better than a beginning, a longer beginning
 * than a shorter one; a model of the provider that is named is better than one of that which makes such models.
 */
static size_t fit_of(const priced_model *of, text *name) {
    const slice given = text_all(name);
    slice whole = of->as.key;
    if (!of->provider.bytes) {
        const bool prefix = slice_drop_end(&whole, "*");
        const size_t length = prefix && whole.length < given.length ? whole.length : given.length;
        return slice_equals(whole, (slice){given.bytes, length}) ? 2 * whole.length + 1 + !prefix : 0;
    }
    const char *const slash = memchr(whole.bytes, '/', whole.length); /* after the provider */
    whole.length = (size_t)(slash + 1 - whole.bytes);
    const bool own = given.length > whole.length && memcmp(given.bytes, whole.bytes, whole.length) == 0;
    return !matches(of->matches, text_c(name) + (own ? whole.length : 0)) ? 0
           : own                                                          ? 3
           : matches(json_at(of->provider, "/model_match"), text_c(name)) ? 2
                                                                          : 1;
}

/* A model that was asked for, and whose prices it has. */
typedef struct asked_model {
    item as;
    const priced_model *prices;
} asked_model;

static const priced_model *model_of(price_list *in, slice model) {
    const size_t known = in->asked.count;
    asked_model *const asked = catalog_at(&in->asked, model, sizeof *asked);
    text name = {.bytes = NULL};
    size_t step = 0;
    if (in->asked.count == known) {
        return asked->prices;
    }
    text_lower(&name, model);
    do {
        size_t most = 0;
        for (const priced_model *each = in->models.first; each; each = each->as.next) {
            const size_t fit = fit_of(each, &name);
            asked->prices = fit > most ? each : asked->prices;
            most = fit > most ? fit : most;
        }
        while (step < STEPS && !drop(&name, dropped[step])) {
            step++;
        }
    } while (!asked->prices && step < STEPS);
    if (in->explain) {
        name.used = 0;
        text_string(&name, "price of ");
        text_slice(&name, model);
        complain(text_c(&name), 0, asked->prices ? asked->prices->as.key : slice_of("none"), "");
    }
    text_free(&name);
    return asked->prices;
}

/* ---- the price of one call */

static bool is_active(const price_time *of, const int64_t *time) {
    const int64_t moment = !time ? INT64_MAX : of->daily ? *time % INT64_C(86400000000) : *time;
    const bool begun = moment >= of->from;
    const bool ended = of->daily && moment >= of->until;
    return of->daily && of->until < of->from ? time && (begun || !ended) : begun && !ended; /* over midnight */
}

/* Of each kind the price of the most particular row. A batch costs half where it has no price of its own. */
static tokusage prices_for(const priced_model *model, slice tier, const int64_t *time, int64_t prompt) {
    const price_row *from[TOKUSAGE_COUNTS] = {NULL};
    tokusage found = {.total_tokens = {.present = false}};
    size_t order = 0;
    for (const price_row *row = model->rows.first; row; row = row->as.next) {
        order = is_active(&row->when, time) ? row->when.order : order;
    }
    for (const price_row *row = model->rows.first; row; row = row->as.next) {
        tokusage tokens = row->tokens;
        const bool plain = row->tier.length == 0;
        const bool fits = row->when.order == order && prompt > row->above && (plain || slice_equals(row->tier, tier));
        for (size_t i = 0; i < TOKUSAGE_COUNTS && fits; i++) {
            tokusage_count price = *tokusage_count_at(&tokens, i);
            const int64_t than = from[i] ? from[i]->above : -2;
            if (price.present && (row->above > than || (row->above == than && !plain))) {
                from[i] = row;
                price.value = plain && slice_is(tier, "batch") ? (price.value + 1) / 2 : price.value;
                *tokusage_count_at(&found, i) = price;
            }
        }
    }
    return found;
}

const char *price_of(price_list *in, slice model, slice tier, const int64_t *time, const tokusage *usage,
                     amount *cost) {
    const priced_model *const priced = model.length > 0 ? model_of(in, model) : NULL;
    int64_t parts = 0;
    if (!priced) {
        return "no price";
    }
    const tokusage prices = prices_for(priced, tier, time, usage->prompt_tokens.value);
    const tokusage_status status = tokusage_cost(usage, &prices, &parts, NULL);
    *cost = parts;
    return status == TOKUSAGE_OK              ? NULL
           : status == TOKUSAGE_ERR_NOT_FOUND ? "no price of all its tokens"
                                              : "no cost, as its counts contradict each other,";
}

void prices_free(price_list *of) {
    for (priced_model *each = of->models.first; each; each = each->as.next) {
        catalog_free(&each->rows);
    }
    catalog_free(&of->models);
    catalog_free(&of->asked);
    text_free(&of->bytes);
}

/* ==== Files. In each of them a name says what a price is of: a column's, or a member's. */

/* Where reading is, and what the next price is of. */
typedef struct file {
    const char *path;
    price_list *to;
    size_t line; /* of CSV, else 0 */
    bool steps;  /* of CSV: some columns are above a number of tokens */
    text model;
    slice provider, matches;
    price_time when;
    bool rounded; /* it has been said that prices are rounded */
} file;

/* ---- names */

enum {
    MODEL = TOKUSAGE_COUNTS,
    TIER,
    ABOVE,
    NAMES
};
/* In the order of the library, whose names without _tokens come first. The total has no price. */
static const char *const names[NAMES] = {
    "prompt|input|input_cost_per_token|input_mtok",
    "completion|output|output_cost_per_token|output_mtok",
    "",
    "cached|cached_input|cache_read|cache_read_input_token_cost|cache_read_mtok",
    "cache_write|cache_write_5m|cache_creation_input_token_cost|cache_write_mtok",
    "cache_write_1h|cache_creation_input_token_cost_above_1hr",
    "prompt_audio|input_audio|input_cost_per_audio_token|input_audio_mtok",
    "prompt_image|input_image|input_cost_per_image_token",
    "cached_audio|cache_read_input_audio_token_cost|cache_audio_read_mtok",
    "cached_image|cache_read_input_image_token_cost",
    "reasoning|output_cost_per_reasoning_token",
    "completion_audio|output_audio|output_cost_per_audio_token|output_audio_mtok",
    "completion_image|output_image|output_cost_per_image_token",
    "model",
    "service_tier",
    "above",
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
    text_lower(&word, given);
    for (size_t i = 0; i < word.used; i++) {
        word.bytes[i] = strchr(" -", word.bytes[i]) ? '_' : word.bytes[i];
    }
    slice name = slice_of(text_c(&word));
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
    for (size_t i = 0; i < NAMES; i++) {
        made.kind = slice_is_one(name, names[i]) ? i : made.kind;
    }
    text_free(&word);
    return made;
}

/* ---- prices */

/* Two prices for the same may not disagree. */
static bool take_price(file *of, member as, slice number) {
    bool exact = false;
    amount value = 0;
    text key = {.bytes = NULL};
    number = json_is(number, '"') ? json_inside(number) : number;
    number = json_is(number, '$') ? json_trim(slice_after(number, 1)) : number;
    if (!decimal_read(number, as.shift, &value, &exact) || value > TOKUSAGE_COUNT_MAX) {
        return complain(of->path, of->line, number, "no price");
    }
    /* 2.5000000000000002e-08 is 2.5e-08: what a double makes of it does not matter. */
    if (!exact && value < 1000 && !of->rounded) {
        complain(of->path, 0, (slice){NULL, 0}, "prices with more decimals are rounded to 10^-12 a token");
        of->rounded = true;
    }
    priced_model *const model = catalog_at(&of->to->models, text_all(&of->model), sizeof *model);
    model->provider = of->provider;
    model->matches = of->matches;
    text_print(&key, "%zu %lld ", of->when.order, (long long)as.above);
    text_slice(&key, as.tier);
    price_row *const row = catalog_at(&model->rows, text_all(&key), sizeof *row);
    row->when = of->when;
    row->above = as.above;
    row->tier = slice_after(row->as.key, key.used - as.tier.length);
    text_free(&key);
    tokusage_count *const price = tokusage_count_at(&row->tokens, as.kind);
    const bool agrees = !price->present || price->value == value;
    *price = (tokusage_count){true, (int64_t)value};
    return agrees || complain(of->path, of->line, text_all(&of->model), "two prices for the same");
}

static void name_model(file *of, slice name) {
    text plain = {.bytes = NULL};
    text_decode(&plain, name);
    text_lower(&of->model, text_all(&plain));
    text_free(&plain);
}

/* The members of an object. A price is a number, or {"base": 3, "tiers": [{"start": 200000, "price": 6}]} */
static bool read_members(file *of, slice object) {
    const slice tier = json_inside(json_at(object, "/service_tier"));
    const slice given = json_inside(json_at(object, "/above"));
    slice name, value, step;
    int64_t above = -1;
    bool good =
        given.length == 0 || count_read(given, &above) || complain(of->path, of->line, given, "no number of tokens");
    for (slice inside = json_open(object); good && json_next(&inside, &name, &value);) {
        member as = member_of(name);
        if (as.kind == NAMES && of->line > 0) {
            return complain(of->path, of->line, name,
                            "no column of prices; there are model, service_tier, above, and names of counts");
        }
        if (as.kind >= MODEL || slice_is(value, "null") || slice_is(value, "\"\"")) {
            continue;
        }
        as.tier = as.tier.length > 0 ? as.tier : tier;
        as.above = as.above == 0 || (as.above < 0 && !of->steps) ? above : as.above;
        good = take_price(of, as, json_is(value, '{') ? json_at(value, "/base") : value);
        for (slice steps = json_open(json_at(value, "/tiers")); good && json_next(&steps, NULL, &step);) {
            good = count_read(json_at(step, "/start"), &as.above) && take_price(of, as, json_at(step, "/price"));
        }
    }
    return good;
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

/* As an object: {"model":"m","input":"3"} */
static bool read_row(file *of, slice heads, slice line) {
    slice head, cell;
    text object = {.bytes = NULL};
    bool good = true;
    text_string(&object, "{");
    while (good && take_field(&heads, &head)) {
        good = take_field(&line, &cell);
        text_json(&object, head);
        text_string(&object, ":");
        text_json(&object, good ? cell : head);
        text_string(&object, ",");
    }
    object.bytes[object.used - 1] = '}';
    of->model.used = 0;
    name_model(of, json_inside(json_at(text_all(&object), "/model")));
    good = good && !line.bytes && of->model.used > 0
               ? read_members(of, text_all(&object))
               : complain(of->path, of->line, text_all(&of->model), "not a model, and a cell for each column");
    text_free(&object);
    return good;
}

static bool read_csv(file *of, slice all) {
    text heads = {.bytes = NULL};
    bool good = true;
    for (of->line = 1; good && all.length > 0; of->line++) {
        const char *const end = memchr(all.bytes, '\n', all.length);
        const slice line = json_trim((slice){all.bytes, end ? (size_t)(end - all.bytes) : all.length});
        all = slice_after(all, end ? (size_t)(end + 1 - all.bytes) : all.length);
        if (line.length > 0 && *line.bytes != '#' && heads.used > 0) {
            good = read_row(of, text_all(&heads), line);
        } else if (line.length > 0 && *line.bytes != '#') {
            text_lower(&heads, line);
            of->steps = strstr(text_c(&heads), "_above");
        }
    }
    of->line = 0;
    text_free(&heads);
    return good;
}

/* ---- JSON */

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
    price_time *const to = &of->when;
    to->from = INT64_MIN;
    of->to->timed = of->to->timed || constraint.bytes;
    moment_read(json_at(constraint, "/start_date"), &to->from);
    for (size_t i = 0; i < 2; i++) {
        const slice given = json_inside(json_at(constraint, ends[i]));
        text moment = {.bytes = NULL};
        text_string(&moment, "1970-01-01T");
        text_slice(&moment, given);
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
    of->when = (price_time){.from = INT64_MIN};
    if (!json_is(prices, '[')) {
        return read_members(of, prices);
    }
    for (slice list = json_open(prices); good && json_next(&list, NULL, &each); of->when.order++) {
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

/* ---- any file */

static bool read_any(file *of, slice all) {
    if (slice_begins(all, "\xEF\xBB\xBF")) {
        all = json_trim(slice_after(all, 3));
    }
    if (!json_is(all, '{') && !json_is(all, '[')) {
        return read_csv(of, all);
    }
    if (json_span(all) != all.length) {
        return complain(of->path, of->line, (slice){"", 0}, "not JSON");
    }
    return (json_is(all, '{') ? read_litellm : read_genai)(of, json_open(all));
}

bool prices_read(const char *path, price_list *read) {
    file it = {.path = path, .to = read, .when = {.from = INT64_MIN}};
    FILE *const from = fopen(path, "rb");
    errno = from ? 0 : errno;
    const ssize_t length = from ? getdelim(&read->bytes.bytes, &read->bytes.room, '\0', from) : -1;
    bool good = length > 0 || complain(path, 0, (slice){"", 0}, errno != 0 ? strerror(errno) : "no prices");
    good = good && read_any(&it, json_trim((slice){read->bytes.bytes, (size_t)length})) &&
           (read->models.count > 0 || complain(path, 0, (slice){"", 0}, "no prices"));
    if (from) {
        fclose(from);
    }
    text_free(&it.model);
    return good;
}
