/*
 * Which prices are a model's, and what a call costs at them. The library does the arithmetic.
 */
#include "usage_report.h"

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
        const bool fits = prefix ? given.length >= whole.length : given.length == whole.length;
        return fits && memcmp(given.bytes, whole.bytes, whole.length) == 0 ? 2 * whole.length + 1 + !prefix : 0;
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
    bool found_out;
    const priced_model *prices;
} asked_model;

static const priced_model *model_of(price_list *in, slice model) {
    asked_model *const asked = catalog_at(&in->asked, model, sizeof *asked);
    text name = {.bytes = NULL};
    size_t step = 0;
    text_lower(&name, model);
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
    const int64_t moment = !time ? INT64_MAX : of->daily ? *time % INT64_C(86400000000) : *time;
    const bool begun = moment >= of->from;
    const bool ended = of->daily && moment >= of->until;
    return of->daily && of->until < of->from ? time && (begun || !ended) : begun && !ended; /* over midnight */
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
        const bool plain = row->tier.length == 0;
        const bool fits = row->order == order && of->usage->prompt_tokens.value > row->above &&
                          (plain || slice_equals(row->tier, of->tier));
        for (size_t i = 0; i < TOKUSAGE_COUNTS && fits; i++) {
            tokusage_count price = *tokusage_count_at(&tokens, i);
            const int64_t than = from[i] ? from[i]->above : -2;
            if (price.present && (row->above > than || (row->above == than && !plain))) {
                from[i] = row;
                price.value = plain && slice_is(of->tier, "batch") ? (price.value + 1) / 2 : price.value;
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
    *reason = error.status == TOKUSAGE_ERR_NOT_FOUND ? "no price of all its tokens"
                                                     : "no cost, as its counts contradict each other,";
    *cost = parts;
    return good;
}

void prices_explain(const price_list *of) {
    for (const asked_model *each = of->asked.first; each; each = each->as.next) {
        text line = {.bytes = NULL};
        text_safe(&line, each->as.key);
        text_string(&line, ": ");
        text_safe(&line, each->prices ? each->prices->as.key : slice_of("none"));
        fprintf(stderr, "usage-report: price of %s\n", text_c(&line));
        text_free(&line);
    }
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
