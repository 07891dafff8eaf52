/*
 * The formats for programs, and the lines of --each; the table has a file of its own.
 */
#include "formats.h"

#include <string.h>

const char no_key[] = "(none)";
const char other_keys[] = "(others)";

const column columns[COLUMNS] = {
    {"responses", COLUMN_COUNTER, RESPONSES},
    {"without_usage", COLUMN_COUNTER, WITHOUT_USAGE},
    {"misplaced", COLUMN_COUNTER, MISPLACED},
    {"errors", COLUMN_COUNTER, ERRORS},
    {"invalid", COLUMN_COUNTER, INVALID},
    {"malformed", COLUMN_COUNTER, MALFORMED},
    {"too_long", COLUMN_COUNTER, TOO_LONG},
    {"untimed", COLUMN_COUNTER, UNTIMED},
    {"unfinished", COLUMN_COUNTER, UNFINISHED},
    {"repeated", COLUMN_COUNTER, REPEATED},
    {"prompt_tokens", COLUMN_COUNT, 0},
    {"cached_tokens", COLUMN_COUNT, 1},
    {"cache_write_tokens", COLUMN_COUNT, 2},
    {"completion_tokens", COLUMN_COUNT, 3},
    {"reasoning_tokens", COLUMN_COUNT, 4},
    {"total_tokens", COLUMN_COUNT, 5},
    {"prompt_tokens_missing", COLUMN_COUNTER, MISSING_PROMPT},
    {"completion_tokens_missing", COLUMN_COUNTER, MISSING_COMPLETION},
    {"total_tokens_missing", COLUMN_COUNTER, MISSING_TOTAL},
    {"explained", COLUMN_COUNTER, EXPLAINED},
    {"contradicting", COLUMN_COUNTER, CONTRADICTING},
    {"tokens_above", COLUMN_COUNTER, TOKENS_ABOVE},
    {"tokens_below", COLUMN_COUNTER, TOKENS_BELOW},
    {"unpriced", COLUMN_COUNTER, UNPRICED},
    {"cost", COLUMN_COST, 0},
};

bool column_order(const char *name, order *read) {
    *read = (order){.by = ORDER_KEY};
    for (size_t i = 0; i < COLUMNS; i++) {
        if (strcmp(columns[i].name, name) == 0) {
            static const int orders[] = {ORDER_COUNTER, ORDER_COUNT, ORDER_COST};
            read->by = orders[columns[i].kind];
            read->which = columns[i].which;
            return true;
        }
    }
    return strcmp(name, "name") == 0;
}

bool column_is_there(const column *of, bool priced) {
    return priced || (of->kind != COLUMN_COST && !(of->kind == COLUMN_COUNTER && of->which == UNPRICED));
}

/* ---- CSV and TSV */

/*
 * A field of CSV (RFC 4180) or TSV. Control characters are escaped already, so a record is a line, and in TSV nothing
 * else is special. A name that a sheet would take for a formula gets a ' in front.
 */
static void put_field(const options *asked, const char *bytes, size_t length, text *to) {
    text safe = {.bytes = NULL};
    text_bytes(&safe, "'", length > 1 && !asked->raw && memchr("=+-@", *bytes, 4));
    text_safe(&safe, bytes, length);
    const bool blank = safe.used == 0 || safe.bytes[0] == ' ' || safe.bytes[safe.used - 1] == ' ';
    const bool quoted = asked->format == FORMAT_CSV &&
                        (blank || memchr(safe.bytes, ',', safe.used) || memchr(safe.bytes, '"', safe.used));
    text_bytes(to, "\"", quoted);
    for (size_t at = 0; at < safe.used; at++) {
        text_bytes(to, "\"", quoted && safe.bytes[at] == '"');
        text_byte(to, safe.bytes[at]);
    }
    text_bytes(to, "\"", quoted);
    text_free(&safe);
}

static void put_separator(const options *asked, text *to) {
    text_byte(to, asked->format == FORMAT_TSV ? '\t' : ',');
}

/* The components of a key, a field each; a separator follows each of them. */
static void put_keys(const options *asked, size_t count, const char *key, text *to) {
    text component = {.bytes = NULL};
    for (size_t i = 0; i < count; i++) {
        if (!key) {
            text_string(to, i == 0 ? other_keys : "");
        } else if (key_next(&key, &component)) {
            put_field(asked, component.bytes, component.used, to);
        } else {
            text_string(to, no_key);
        }
        put_separator(asked, to);
    }
    text_free(&component);
}

/* An absent count is an empty field. */
static void put_count(const tokusage *usage, size_t which, text *to) {
    tokusage copy = *usage;
    const tokusage_count *const count = count_of(&copy, which);
    if (count->present) {
        text_number(to, count->value);
    }
}

static void put_cell(const column *of, const tally *from, text *to) {
    if (of->kind == COLUMN_COUNTER) {
        text_number(to, from->counters[of->which]);
    } else if (of->kind == COLUMN_COUNT) {
        put_count(&from->usage, of->which, to);
    } else {
        amount_exact(to, &from->cost);
    }
}

/* The name of a --by as a column: a pointer's without the / at its front. */
static void put_by(const options *asked, const char *key, text *to) {
    put_field(asked, key + (*key == '/'), strlen(key) - (*key == '/'), to);
    put_separator(asked, to);
}

static void put_separated(const report *of, text *to) {
    for (size_t i = 0; i < of->head.by_count; i++) {
        put_by(of->asked, of->head.by[i], to);
    }
    for (size_t row = 0; row <= of->groups->count; row++) {
        if (row > 0) {
            put_keys(of->asked, of->head.by_count, of->groups->groups[row - 1]->key, to);
        }
        for (size_t i = 0; i < COLUMNS; i++) {
            if (!column_is_there(&columns[i], of->head.priced)) {
                continue;
            }
            if (i > 0) {
                put_separator(of->asked, to);
            }
            if (row == 0) {
                text_string(to, columns[i].name);
            } else {
                put_cell(&columns[i], &of->groups->groups[row - 1]->tally, to);
            }
        }
        text_byte(to, '\n');
    }
}

/* ---- a line for each response */

static const char *verdict_name(const each *what) {
    if (what->verdict == RESPONSES) {
        return what->unfinished ? "unfinished" : "consistent";
    }
    size_t i = 0;
    while (columns[i].kind != COLUMN_COUNTER || columns[i].which != what->verdict) {
        i++;
    }
    return columns[i].name;
}

void format_each_head(const options *asked, text *to) {
    if (asked->format != FORMAT_CSV && asked->format != FORMAT_TSV) {
        return;
    }
    text_string(to, asked->format == FORMAT_CSV ? "file,line," : "file\tline\t");
    for (size_t i = 0; i < asked->by_count; i++) {
        put_by(asked, asked->by[i].given, to);
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        if (columns[i].kind == COLUMN_COUNT) {
            text_string(to, columns[i].name);
            put_separator(asked, to);
        }
    }
    text_string(to, "verdict");
    if (asked->priced) {
        put_separator(asked, to);
        text_string(to, "cost");
    }
    text_byte(to, '\n');
}

static void put_each_separated(run *to, const each *what) {
    const options *const asked = to->asked;
    text *const out = &to->lines;
    put_field(asked, to->source->name, strlen(to->source->name), out);
    put_separator(asked, out);
    text_line(out, what->line);
    put_separator(asked, out);
    put_keys(asked, asked->by_count, to->key.used > 0 ? to->key.bytes : "", out);
    for (size_t i = 0; i < COUNTS; i++) {
        put_count(&what->usage, i, out);
        put_separator(asked, out);
    }
    text_string(out, verdict_name(what));
    if (asked->priced) {
        put_separator(asked, out);
    }
    if (what->priced) {
        amount_exact(out, &what->cost);
    }
    text_byte(out, '\n');
}

/* A usage object without what is absent, as the library writes it. */
static void put_usage(const tokusage *usage, text *to) {
    char json[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    if (tokusage_encode(usage, json, sizeof json, &length) == TOKUSAGE_OK) {
        text_bytes(to, json, length);
    }
}

/* The components as an array. */
static void put_json_keys(size_t count, const char *key, text *to) {
    text component = {.bytes = NULL};
    for (size_t i = 0; i < count; i++) {
        text_byte(to, i > 0 ? ',' : '[');
        if (key_next(&key, &component)) {
            text_json(to, component.bytes, component.used);
        } else {
            text_string(to, "null");
        }
    }
    text_string(to, count > 0 ? "]" : "[]");
    text_free(&component);
}

static void put_cost(const amount *cost, text *to) {
    text_string(to, ",\"cost\":\"");
    amount_exact(to, cost);
    text_byte(to, '"');
}

static void put_each_json(run *to, const each *what) {
    text *const out = &to->lines;
    text_string(out, "{\"file\":");
    text_json(out, to->source->name, strlen(to->source->name));
    text_string(out, ",\"line\":");
    text_line(out, what->line);
    text_string(out, ",\"group\":");
    put_json_keys(to->asked->by_count, to->key.bytes, out);
    text_string(out, ",\"usage\":");
    put_usage(&what->usage, out);
    text_string(out, ",\"verdict\":\"");
    text_string(out, verdict_name(what));
    text_byte(out, '"');
    if (what->priced) {
        put_cost(&what->cost, out);
    }
    text_string(out, "}\n");
}

static void put_each_plain(run *to, const each *what) {
    text *const out = &to->lines;
    const char *key = to->key.bytes;
    run_place(to, what->line, out);
    text_string(out, ": ");
    for (size_t i = 0; i < to->asked->by_count; i++) {
        const bool present = key_next(&key, &to->scratch);
        text_safe(out, present ? to->scratch.bytes : no_key, present ? to->scratch.used : strlen(no_key));
        text_string(out, i + 1 < to->asked->by_count ? ", " : ": ");
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        if (columns[i].kind == COLUMN_COUNT) {
            const size_t before = out->used;
            text_bytes(out, columns[i].name, strlen(columns[i].name) - strlen("tokens"));
            out->bytes[out->used - 1] = ' ';
            const size_t named = out->used;
            put_count(&what->usage, columns[i].which, out);
            out->used = out->used > named ? out->used : before;
            text_string(out, out->used > before ? ", " : "");
        }
    }
    text_string(out, verdict_name(what));
    text_byte(out, '\n');
}

void format_each(run *to, const each *what) {
    if (to->asked->format == FORMAT_TABLE) {
        put_each_plain(to, what);
    } else if (to->asked->format == FORMAT_JSON) {
        put_each_json(to, what);
    } else {
        put_each_separated(to, what);
    }
}

/* ---- the report in JSON, on one line, so that what handles lines can handle reports */

static void put_tally(const tally *of, bool priced, text *to) {
    bool counts = false;
    for (size_t i = 0; i < COLUMNS; i++) {
        if (columns[i].kind == COLUMN_COUNT && !counts) {
            text_string(to, ",\"usage\":");
            put_usage(&of->usage, to);
            counts = true;
        } else if (columns[i].kind == COLUMN_COUNTER && column_is_there(&columns[i], priced)) {
            text_string(to, i > 0 ? ",\"" : "\"");
            text_string(to, columns[i].name);
            text_string(to, "\":");
            text_number(to, of->counters[columns[i].which]);
        }
    }
    if (priced) {
        put_cost(&of->cost, to);
    }
    text_byte(to, '}');
}

void format_head(const head *of, text *to) {
    text_string(to, "{\"usage_report\":2,\"at\":");
    if (of->at) {
        text_json(to, of->at, strlen(of->at));
    } else {
        text_string(to, "null");
    }
    text_string(to, ",\"by\":[");
    for (size_t i = 0; i < of->by_count; i++) {
        text_string(to, i > 0 ? "," : "");
        text_json(to, of->by[i], strlen(of->by[i]));
    }
    text_string(to, of->priced ? "],\"priced\":true" : "],\"priced\":false");
}

static void put_json(const report *of, text *to) {
    format_head(&of->head, to);
    text_string(to, of->complete ? ",\"complete\":true,\"groups\":[" : ",\"complete\":false,\"groups\":[");
    for (size_t i = 0; i < of->groups->count; i++) {
        const group *const row = of->groups->groups[i];
        text_string(to, i > 0 ? ",{\"group\":" : "{\"group\":");
        if (row->key) {
            put_json_keys(of->head.by_count, row->key, to);
        } else {
            text_json(to, other_keys, strlen(other_keys));
        }
        text_byte(to, ',');
        put_tally(&row->tally, of->head.priced, to);
    }
    text_string(to, "],\"total\":{");
    put_tally(of->total, of->head.priced, to);
    text_string(to, "}\n");
}

void format_report(const report *of, size_t width, text *to) {
    if (of->asked->format == FORMAT_TABLE) {
        format_table(of, width, to);
    } else if (of->asked->format == FORMAT_JSON) {
        put_json(of, to);
    } else {
        put_separated(of, to);
    }
}
