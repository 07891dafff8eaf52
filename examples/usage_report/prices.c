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
#include <strings.h>

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

/* A \d of Python's is a digit. */
static bool search(const char *expression, const char *name, regmatch_t *at) {
    regex_t compiled;
    text posix = {.bytes = NULL};
    for (const char *digit; (digit = strstr(expression, "\\d")) != NULL; expression = digit + 2) {
        text_bytes(&posix, expression, (size_t)(digit - expression));
        text_string(&posix, "[0-9]");
    }
    text_string(&posix, expression);
    bool found = false;
    if (regcomp(&compiled, text_c(&posix), REG_EXTENDED | REG_ICASE) == 0) {
        found = regexec(&compiled, name, 1, at, 0) == 0;
        regfree(&compiled);
    }
    text_free(&posix);
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

/* The inside of a JSON string, in small letters. */
static void add_name(text *to, slice name) {
    text plain = {.bytes = NULL};
    text_decode(&plain, name);
    text_lower(to, text_all(&plain));
    text_free(&plain);
}

/* A clause of genai-prices: {"or": [{"equals": "a"}, {"starts_with": "b"}]}. The name has a NUL after it. */
static bool matches(slice clause, slice name) {
    slice inside = json_open(clause);
    slice kind, value, each;
    text decoded = {.bytes = NULL};
    regmatch_t at;
    if (!json_next(&inside, &kind, &value)) {
        return false;
    }
    const bool all = slice_is(kind, "and");
    bool found = all;
    if (json_is(value, '[')) {
        for (slice list = json_open(value); found == all && json_next(&list, NULL, &each);) {
            found = matches(each, name);
        }
        return found;
    }
    add_name(&decoded, json_inside(value));
    const char *const words = text_c(&decoded);
    found = slice_is(kind, "regex")         ? search(words, name.bytes, &at)
            : slice_is(kind, "contains")    ? strstr(name.bytes, words) != NULL
            : slice_is(kind, "equals")      ? slice_is(name, words)
            : slice_is(kind, "starts_with") ? slice_begins(name, words)
                                            : slice_is(kind, "ends_with") && slice_ends(name, words);
    text_free(&decoded);
    return found;
}

/* ---- models */

static const int64_t day = INT64_C(86400000000);

/* When prices of genai-prices hold: from a time on, or for a span of each day. */
typedef struct price_time {
    int64_t from, span;
} price_time;

/* The price of one token of a kind. */
typedef struct price {
    item as;            /* what it is of: two prices of the same may not disagree */
    size_t kind, order; /* of several that hold at a time, those with the highest order count */
    price_time when;
    slice tier;    /* "", batch, flex, priority, ... */
    int64_t above; /* prompt tokens of the call; -1: any */
    int64_t value; /* 10^12 are one unit of money */
} price;

typedef struct priced_model {
    item as;                 /* a name that ends in *: of all names that begin so */
    slice provider, matches; /* of genai-prices: an object, and a clause that names must match */
    catalog prices;
} priced_model;

enum {
    FITS_ALL = 1 /* the row * */
};

/*
 * How well a model of the file fits a name; 0: not at all. A whole name is better than a beginning, a longer beginning
 * than a shorter one; a model of the provider that is named is better than one of that which makes such models.
 */
static size_t fit_of(const priced_model *of, slice name) {
    slice whole = of->as.key;
    if (!of->provider.bytes) {
        const bool prefix = slice_drop_end(&whole, "*");
        const size_t length = prefix && whole.length < name.length ? whole.length : name.length;
        return slice_equals(whole, (slice){name.bytes, length}) ? 2 * whole.length + 1 + !prefix : 0;
    }
    const char *const slash = memchr(whole.bytes, '/', whole.length); /* after the provider */
    whole.length = (size_t)(slash + 1 - whole.bytes);
    const bool own = name.length > whole.length && memcmp(name.bytes, whole.bytes, whole.length) == 0;
    return !matches(of->matches, slice_after(name, own ? whole.length : 0)) ? 0
           : own                                                            ? 4
           : matches(json_at(of->provider, "/model_match"), name)           ? 3
                                                                            : 2;
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
    size_t most = 0;
    if (in->asked.count == known) {
        return asked->prices;
    }
    text_lower(&name, model);
    do {
        const slice plain = {text_c(&name), name.used};
        for (const priced_model *each = in->models.first; each; each = each->as.next) {
            const size_t fit = fit_of(each, plain);
            asked->prices = fit > most ? each : asked->prices;
            most = fit > most ? fit : most;
        }
        while (step < STEPS && !drop(&name, dropped[step])) {
            step++;
        }
    } while (most <= FITS_ALL && step < STEPS);
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

/* No time is the latest, and none of a day. */
static bool is_active(const price_time *of, const int64_t *time) {
    return of->span > 0 ? time && (*time % day - of->from + day) % day < of->span : !time || *time >= of->from;
}

static bool is_tier(slice one, slice other) {
    return one.length == other.length && strncasecmp(one.bytes, other.bytes, one.length) == 0;
}

/* Of each kind the most particular price. A batch costs half where it has no price of its own. */
static tokusage prices_for(const priced_model *model, slice tier, const int64_t *time, int64_t prompt) {
    const price *best[TOKUSAGE_COUNTS] = {NULL};
    tokusage found = {.total_tokens = {.present = false}};
    size_t order = 0;
    for (const price *each = model->prices.first; each; each = each->as.next) {
        order = each->order > order && is_active(&each->when, time) ? each->order : order;
    }
    for (const price *each = model->prices.first; each; each = each->as.next) {
        const price *const than = best[each->kind];
        const bool plain = each->tier.length == 0;
        if (each->order == order && prompt > each->above && (plain || is_tier(each->tier, tier)) &&
            (!than || each->above > than->above || (each->above == than->above && !plain))) {
            const int64_t value = plain && slice_is(tier, "batch") ? (each->value + 1) / 2 : each->value;
            *tokusage_count_at(&found, each->kind) = (tokusage_count){true, value};
            best[each->kind] = each;
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
    const tokusage prices = prices_for(priced, tier, time, in->sums ? 0 : usage->prompt_tokens.value);
    const tokusage_status status = tokusage_cost(usage, &prices, &parts, NULL);
    *cost = parts;
    return status == TOKUSAGE_OK              ? NULL
           : status == TOKUSAGE_ERR_NOT_FOUND ? "no price of all its tokens"
                                              : "no cost, as its counts contradict each other,";
}

void prices_free(price_list *of) {
    for (priced_model *each = of->models.first; each; each = each->as.next) {
        catalog_free(&each->prices);
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
    size_t order;
    price_time when;
    bool rounded; /* it has been said that prices are rounded */
} file;

/* ---- names */

enum {
    OTHER = TOKUSAGE_COUNTS, /* columns of CSV that are no price */
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
    "model|service_tier|above",
};

/* What a name says. */
typedef struct member {
    size_t kind; /* NAMES: nothing that matters */
    int shift;   /* 12: the price is that of one token, 6: of a million */
    slice tier;
    int64_t above; /* prompt tokens; -1: any; 0: what the row says */
} member;

static member member_of(slice given) {
    static const char *const tiers[] = {"_batch", "_flex", "_priority"};
    text word = {.bytes = NULL};
    text_lower(&word, given);
    for (size_t i = 0; i < word.used; i++) {
        word.bytes[i] = strchr(" -", word.bytes[i]) ? '_' : word.bytes[i];
    }
    slice name = slice_of(text_c(&word));
    member made = {NAMES, strstr(word.bytes, "cost") ? 12 : 6, {"", 0}, slice_drop_end(&name, "_above") ? 0 : -1};
    name.length -= slice_ends(name, "_batches") ? strlen("es") : 0;
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++) {
        made.tier = slice_drop_end(&name, tiers[i]) ? slice_of(tiers[i] + 1) : made.tier;
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

static bool take_price(file *of, member as, slice given) {
    bool exact = false;
    amount value = 0;
    text key = {.bytes = NULL};
    slice number = json_plain(given);
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
    text_bytes(&key, (const char *)(const int64_t[]){(int64_t)of->order, (int64_t)as.kind, as.above},
               3 * sizeof as.above);
    text_slice(&key, as.tier);
    const size_t known = model->prices.count;
    price *const made = catalog_at(&model->prices, text_all(&key), sizeof *made);
    const bool agrees = model->prices.count > known || made->value == value;
    const slice tier = slice_after(made->as.key, key.used - as.tier.length);
    *made = (price){made->as, as.kind, of->order, of->when, tier, as.above, (int64_t)value};
    text_free(&key);
    return agrees || complain(of->path, of->line, text_all(&of->model), "two prices for the same");
}

static bool read_above(const file *of, slice given, int64_t *above) {
    return count_read(given, above) || complain(of->path, of->line, json_plain(given), "no number of tokens");
}

/* The members of an object. A price is a number, or {"base": 3, "tiers": [{"start": 200000, "price": 6}]} */
static bool read_members(file *of, slice object) {
    const slice tier = json_inside(json_at(object, "/service_tier"));
    const slice given = json_at(object, "/above");
    slice name, value, step;
    int64_t above = -1;
    bool good = json_plain(given).length == 0 || read_above(of, given, &above);
    for (slice inside = json_open(object); good && json_next(&inside, &name, &value);) {
        member as = member_of(name);
        if (as.kind == NAMES && of->line > 0) {
            return complain(of->path, of->line, name,
                            "no column of prices; there are model, service_tier, above, and names of counts");
        }
        if (as.kind >= OTHER || slice_is(value, "null") || slice_is(value, "\"\"")) {
            continue;
        }
        as.tier = as.tier.length > 0 ? as.tier : tier;
        as.above = as.above == 0 || (as.above < 0 && !of->steps) ? above : as.above;
        good = take_price(of, as, json_is(value, '{') ? json_at(value, "/base") : value);
        for (slice steps = json_open(json_at(value, "/tiers")); good && json_next(&steps, NULL, &step);) {
            good = read_above(of, json_at(step, "/start"), &as.above) && take_price(of, as, json_at(step, "/price"));
        }
    }
    return good;
}

/* ---- CSV */

/* Takes a field off a line, without its quotes. Returns false after the last. */
static bool take_field(slice *line, text *field) {
    const bool good = line->bytes;
    bool quoted = false;
    size_t span = 0;
    field->used = 0;
    for (; span < line->length && (quoted || line->bytes[span] != ','); span++) {
        const bool quote = line->bytes[span] == '"';
        const bool twice = quote && !quoted && span > 0 && line->bytes[span - 1] == '"';
        text_bytes(field, &line->bytes[span], !quote || twice);
        quoted = quoted != quote;
    }
    *line = span < line->length ? slice_after(*line, span + 1) : (slice){NULL, 0};
    return good;
}

/* As an object: {"model":"m","input":"3"} */
static bool read_row(file *of, slice heads, slice line) {
    text object = {.bytes = NULL};
    text field = {.bytes = NULL};
    bool good = true;
    while (good && take_field(&heads, &field)) {
        text_string(&object, object.used > 0 ? "," : "{");
        text_json(&object, json_trim(text_all(&field)));
        text_string(&object, ":");
        good = take_field(&line, &field);
        text_json(&object, json_trim(text_all(&field)));
    }
    text_string(&object, "}");
    of->model.used = 0;
    add_name(&of->model, json_inside(json_at(text_all(&object), "/model")));
    good = good && !line.bytes && of->model.used > 0
               ? read_members(of, text_all(&object))
               : complain(of->path, of->line, text_all(&of->model), "not a model, and a cell for each column");
    text_free(&object);
    text_free(&field);
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
        add_name(&of->model, model);
        good = slice_is(model, "sample_spec") || read_members(of, members);
    }
    return good;
}

/* "16:30:00Z", in microseconds of a day. */
static int64_t clock_of(slice time) {
    int at[3] = {0};
    sscanf(json_is(time, '"') ? time.bytes : "", "\"%2d:%2d:%2d", &at[0], &at[1], &at[2]);
    return INT64_C(1000000) * (3600 * at[0] + 60 * at[1] + at[2]);
}

/* genai-prices: {"start_date": "2025-01-31"}, or {"start_time": "16:30:00Z", "end_time": "00:30:00Z"} of each day. */
static price_time read_constraint(slice constraint) {
    const slice begin = json_at(constraint, "/start_time");
    price_time made = {.from = INT64_MIN};
    moment_read(json_at(constraint, "/start_date"), &made.from);
    if (begin.bytes) {
        made.from = clock_of(begin);
        made.span = (clock_of(json_at(constraint, "/end_time")) - made.from + day) % day;
    }
    return made;
}

/* A model has prices, or a list of them that hold at some times. */
static bool read_model(file *of, slice model) {
    const slice prices = json_at(model, "/prices");
    slice each;
    bool good = true;
    of->model.used = 0;
    add_name(&of->model, json_inside(json_at(of->provider, "/id")));
    text_string(&of->model, "/");
    add_name(&of->model, json_inside(json_at(model, "/id")));
    of->matches = json_at(model, "/match");
    of->order = 0;
    of->when = (price_time){.from = INT64_MIN};
    if (!json_is(prices, '[')) {
        return read_members(of, prices);
    }
    for (slice list = json_open(prices); good && json_next(&list, NULL, &each); of->order++) {
        const slice constraint = json_at(each, "/constraint");
        of->to->timed = of->to->timed || constraint.bytes;
        of->when = read_constraint(constraint);
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

bool prices_read(const char *path, price_list *read) {
    file it = {.path = path, .to = read, .when = {.from = INT64_MIN}};
    FILE *const from = fopen(path, "rb");
    errno = from ? 0 : errno;
    const ssize_t length = from ? getdelim(&read->bytes.bytes, &read->bytes.room, '\0', from) : -1;
    slice all = json_trim((slice){read->bytes.bytes, length > 0 ? (size_t)length : 0});
    bool good = length > 0 || complain(path, 0, (slice){"", 0}, errno != 0 ? strerror(errno) : "no prices");
    if (slice_begins(all, "\xEF\xBB\xBF")) {
        all = json_trim(slice_after(all, 3));
    }
    if (good && (json_is(all, '{') || json_is(all, '['))) {
        good = json_span(all) == all.length ? (json_is(all, '{') ? read_litellm : read_genai)(&it, json_open(all))
                                            : complain(path, 0, (slice){"", 0}, "not JSON");
    } else if (good) {
        good = read_csv(&it, all);
    }
    good = good && (read->models.count > 0 || complain(path, 0, (slice){"", 0}, "no prices"));
    if (from) {
        fclose(from);
    }
    text_free(&it.model);
    return good;
}
