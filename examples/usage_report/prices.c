/*
 * Which prices are a model's, and what a call costs at them. The library does the arithmetic.
 */
#include "usage_report.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names: the fullest first, then without what is around it, one after another and each as often as it is there */

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

/* Whether the expression is somewhere in the name, and where. */
static bool search(const char *expression, const char *name, regmatch_t *at) {
    regex_t compiled;
    if (regcomp(&compiled, expression, REG_EXTENDED | REG_ICASE) != 0) {
        return false;
    }
    const bool found = regexec(&compiled, name, 1, at, 0) == 0;
    regfree(&compiled);
    return found;
}

/* False: that would leave nothing, or there is no such thing. */
static bool drop(text *name, const char *expression) {
    regmatch_t at = {.rm_so = -1};
    const size_t used = name->used;
    if (search(expression, text_c(name), &at) && (size_t)(at.rm_eo - at.rm_so) < used) {
        memmove(name->bytes + at.rm_so, name->bytes + at.rm_eo, used - (size_t)at.rm_eo);
        name->used -= (size_t)(at.rm_eo - at.rm_so);
    }
    return name->used < used;
}

/* ---- the clauses of genai-prices: {"or": [{"equals": "a"}, {"starts_with": "b"}]} */

static bool is_so(slice kind, slice wanted, const char *name) {
    static const struct {
        const char *kind;
        bool begins, ends;
    } kinds[] = {
        {"equals", true, true}, {"starts_with", true, false}, {"ends_with", false, true}, {"contains", false, false}};
    const size_t length = strlen(name);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (size_t at = 0; slice_is(kind, kinds[i].kind) && at + wanted.length <= length; at++) {
            if ((at == 0 || !kinds[i].begins) && (at + wanted.length == length || !kinds[i].ends) &&
                letters_are((slice){name + at, wanted.length}, wanted)) {
                return true;
            }
        }
    }
    return false;
}

/* An expression as Python has it: \d is a digit. */
static bool has_match(slice expression, const char *name) {
    regmatch_t at;
    text posix = {.bytes = NULL};
    for (size_t i = 0; i < expression.length; i++) {
        const bool digit = slice_begins(slice_after(expression, i), "\\d");
        text_bytes(&posix, digit ? "[0-9]" : expression.bytes + i, digit ? 5 : 1);
        i += digit;
    }
    const bool found = search(text_c(&posix), name, &at);
    text_free(&posix);
    return found;
}

static bool matches(slice clause, const char *name) {
    slice inside = json_open(clause);
    slice kind = {NULL, 0};
    slice value = {NULL, 0};
    slice each = {NULL, 0};
    text wanted = {.bytes = NULL};
    bool found = json_next(&inside, &kind, &value) && slice_is(kind, "and");
    if (json_is(value, '[')) {
        const bool all = found;
        for (slice list = json_open(value); found == all && json_next(&list, NULL, &each);) {
            found = matches(each, name);
        }
        return found;
    }
    text_decode(&wanted, json_inside(value));
    found = slice_is(kind, "regex") ? has_match(text_all(&wanted), name) : is_so(kind, text_all(&wanted), name);
    text_free(&wanted);
    return found;
}

/* ---- models */

/*
 * How well a model of the file fits a name; 0: not at all. A whole name is better than a beginning, a longer beginning
 * than a shorter one; a model of the provider that is named is better than one of that which makes such models.
 */
static size_t fit_of(const priced_model *of, text *name) {
    const char *const given = text_c(name);
    slice whole = of->as.key;
    if (!of->provider.bytes) {
        const bool prefix = slice_drop_end(&whole, "*");
        const bool fits = (name->used == whole.length || (prefix && name->used > whole.length)) &&
                          letters_are((slice){given, whole.length}, whole);
        return fits ? 2 * whole.length + 1 + !prefix : 0;
    }
    const slice id = json_inside(json_at(of->provider, "/id"));
    const bool own = name->used > id.length && given[id.length] == '/' && letters_are((slice){given, id.length}, id);
    if (!matches(of->matches, given + (own ? id.length + 1 : 0))) {
        return 0;
    }
    return own ? 3 : matches(json_at(of->provider, "/model_match"), given) ? 2 : 1;
}

/* A model that was asked for, and whose prices it has. */
typedef struct asked_model {
    item as;
    bool found_out;
    const priced_model *prices;
} asked_model;

static const priced_model *model_of(price_list *in, slice model) {
    asked_model *const asked = catalog_at(&in->asked, model, sizeof *asked);
    text name = {.bytes = NULL};
    text_slice(&name, model);
    size_t step = 0;
    while (!asked->found_out) {
        size_t most = 0;
        for (const priced_model *each = in->models.first; each; each = each->as.next) {
            const size_t fit = fit_of(each, &name);
            asked->prices = fit > most ? each : asked->prices;
            most = fit > most ? fit : most;
        }
        while (step < STEPS && !drop(&name, dropped[step])) {
            step++;
        }
        asked->found_out = asked->prices || step == STEPS;
    }
    text_free(&name);
    return asked->prices;
}

/* ---- the price of one call */

static bool is_active(const price_row *of, const int64_t *time) {
    const int64_t day = INT64_C(86400000000);
    if (!of->daily || !time) {
        return !of->daily && (!time || *time >= of->from);
    }
    const bool begun = *time % day >= of->from;
    const bool ended = *time % day >= of->until;
    return of->from < of->until ? begun && !ended : begun || !ended; /* or over midnight */
}

/* Of each kind the price of the most particular row. A batch costs half where it has no price of its own. */
static tokusage prices_for(const priced_model *model, const sale *of) {
    const price_row *from[TOKUSAGE_COUNTS] = {NULL};
    tokusage found = {.total_tokens = {.present = false}};
    size_t order = 0;
    for (const price_row *row = model->rows; row; row = row->next) {
        order = is_active(row, of->time) ? row->order : order;
    }
    for (const price_row *row = model->rows; row; row = row->next) {
        tokusage tokens = row->tokens;
        const bool fits = row->order == order && of->usage->prompt_tokens.value > row->above &&
                          (row->tier.length == 0 || letters_are(row->tier, of->tier));
        for (size_t i = 0; i < TOKUSAGE_COUNTS && fits; i++) {
            tokusage_count price = *tokusage_count_at(&tokens, i);
            if (price.present &&
                (!from[i] || row->above > from[i]->above || (row->above == from[i]->above && row->tier.length > 0))) {
                from[i] = row;
                price.value =
                    slice_is(of->tier, "batch") && row->tier.length == 0 ? (price.value + 1) / 2 : price.value;
                *tokusage_count_at(&found, i) = price;
            }
        }
    }
    return found;
}

bool price_of(price_list *in, const sale *of, amount *cost, const char **reason) {
    const priced_model *const model = of->model.length > 0 ? model_of(in, of->model) : NULL;
    tokusage_error error;
    int64_t parts = 0;
    *reason = "no price";
    if (!model) {
        return false;
    }
    const tokusage prices = prices_for(model, of);
    const bool good = tokusage_cost(of->usage, &prices, &parts, &error) == TOKUSAGE_OK;
    if (!good) {
        *reason = error.status == TOKUSAGE_ERR_NOT_FOUND ? "no price of all its tokens"
                                                         : "no cost, as its counts contradict each other,";
    }
    *cost = parts;
    return good;
}

void prices_explain(const price_list *of) {
    text line = {.bytes = NULL};
    for (const asked_model *each = of->asked.first; each; each = each->as.next) {
        line.used = 0;
        text_safe(&line, each->as.key);
        text_string(&line, ": ");
        text_safe(&line, each->prices ? each->prices->as.key : slice_of("none"));
        fprintf(stderr, "usage-report: price of %s\n", text_c(&line));
    }
    text_free(&line);
}

void prices_free(price_list *of) {
    for (priced_model *each = of->models.first; each; each = each->as.next) {
        for (price_row *row = NULL; (row = each->rows) != NULL; free(row)) {
            each->rows = row->next;
        }
    }
    catalog_free(&of->models);
    catalog_free(&of->asked);
    text_free(&of->bytes);
}
