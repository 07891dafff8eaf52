/*
 * The formats for programs, and the lines of --each; the table has a file of its own.
 */
#include "usage_report.h"

#include <string.h>

const char no_key[] = "(none)";
const char other_keys[] = "(others)";

/* The counts of the library, all of them and in its order, come between these. */
static const column before[] = {
    {"responses", COUNTER, RESPONSES},   {"without_usage", COUNTER, WITHOUT_USAGE},
    {"misplaced", COUNTER, MISPLACED},   {"errors", COUNTER, ERRORS},
    {"invalid", COUNTER, INVALID},       {"malformed", COUNTER, MALFORMED},
    {"too_long", COUNTER, TOO_LONG},     {"untimed", COUNTER, UNTIMED},
    {"unfinished", COUNTER, UNFINISHED}, {"repeated", COUNTER, REPEATED},
};
static const column after[] = {
    {"prompt_tokens_missing", COUNTER, MISSING_PROMPT},
    {"completion_tokens_missing", COUNTER, MISSING_COMPLETION},
    {"total_tokens_missing", COUNTER, MISSING_TOTAL},
    {"explained", COUNTER, EXPLAINED},
    {"assumed", COUNTER, ASSUMED},
    {"contradicting", COUNTER, CONTRADICTING},
    {"tokens_above", COUNTER, TOKENS_ABOVE},
    {"tokens_below", COUNTER, TOKENS_BELOW},
    {"unpriced", COUNTER, UNPRICED},
    {"cost", COST, 0},
};

enum {
    BEFORE = sizeof before / sizeof *before,
    AFTER = sizeof after / sizeof *after
};
_Static_assert(BEFORE + TOKUSAGE_COUNTS + AFTER == COLUMNS, "each counter has a column");

column column_at(size_t index) {
    if (index < BEFORE) {
        return before[index];
    }
    if (index < BEFORE + TOKUSAGE_COUNTS) {
        return (column){tokusage_count_name(index - BEFORE), COUNT, index - BEFORE};
    }
    return after[index - BEFORE - TOKUSAGE_COUNTS];
}

bool column_is_there(const column *of, bool priced) {
    return priced || (of->kind != COST && !(of->kind == COUNTER && of->which == UNPRICED));
}

/* ---- CSV and TSV */

/*
 * A field of CSV (RFC 4180) or TSV. Control characters are escaped already, so a record is a line, and in TSV nothing
 * else is special. A name that a sheet would take for a formula gets a ' in front.
 */
static void put_field(const options *asked, slice field, text *to) {
    text safe = {.bytes = NULL};
    text_bytes(&safe, "'", field.length > 1 && !asked->raw && memchr("=+-@", *field.bytes, 4));
    text_safe(&safe, field.bytes, field.length);
    const bool blank = safe.used == 0 || safe.bytes[0] == ' ' || safe.bytes[safe.used - 1] == ' ';
    const bool quoted = asked->format == FORMAT_CSV &&
                        (blank || memchr(safe.bytes, ',', safe.used) || memchr(safe.bytes, '"', safe.used));
    text_bytes(to, "\"", quoted);
    for (size_t at = 0; at < safe.used; at++) {
        text_bytes(to, "\"", quoted && safe.bytes[at] == '"');
        text_bytes(to, safe.bytes + at, 1);
    }
    text_bytes(to, "\"", quoted);
    text_free(&safe);
}

/* The components of a key, each with a separator after it. */
static void put_keys(const options *asked, const char *key, text *to) {
    text component = {.bytes = NULL};
    for (size_t i = 0; i < asked->by_count; i++) {
        if (key && key_next(&key, &component)) {
            put_field(asked, (slice){component.bytes, component.used}, to);
        } else {
            text_string(to, key ? no_key : i == 0 ? other_keys : "");
        }
        text_string(to, asked->format == FORMAT_TSV ? "\t" : ",");
    }
    text_free(&component);
}

/* What is absent is an empty field. */
static void put_cell(const column *of, const tally *from, text *to) {
    tokusage usage = from->usage;
    const tokusage_count *const count = of->kind == COUNT ? tokusage_count_at(&usage, of->which) : NULL;
    if (of->kind == COST) {
        amount_put(to, &from->cost, false);
    } else if (!count || count->present) {
        text_number(to, count ? count->value : from->counters[of->which], false);
    }
}

/* The columns of a row (NULL: their names), those of counters only in a report. */
static void put_columns(const options *asked, const tally *row, text *to) {
    const char *separator = "";
    for (size_t i = 0; i < COLUMNS; i++) {
        const column of = column_at(i);
        if (!column_is_there(&of, asked->priced) || (asked->each && of.kind == COUNTER)) {
            continue;
        }
        text_string(to, separator);
        separator = asked->format == FORMAT_TSV ? "\t" : ",";
        if (!row) {
            text_string(to, of.name);
        } else if (of.kind != COST || !asked->each || row->counters[UNPRICED] == 0) {
            put_cell(&of, row, to);
        }
    }
}

/* A pointer is named without the / at its front. */
static void put_heads(const options *asked, text *to) {
    for (size_t i = 0; i < asked->by_count; i++) {
        const char *const by_name = asked->by[i].given + (*asked->by[i].given == '/');
        put_field(asked, (slice){by_name, strlen(by_name)}, to);
        text_string(to, asked->format == FORMAT_TSV ? "\t" : ",");
    }
    put_columns(asked, NULL, to);
}

/* ---- JSON */

/* A usage object without what is absent, as the library writes it, and the counters and the cost around it. */
static void put_tally(const tally *of, bool priced, bool counters, text *to) {
    char json[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        const column each = column_at(i);
        if (each.kind == COUNT && each.which == 0) {
            tokusage_encode(&of->usage, json, sizeof json, &length);
            text_string(to, ",\"usage\":");
            text_bytes(to, json, length);
        } else if (each.kind != COUNT && (counters || (each.kind == COST && of->counters[UNPRICED] == 0)) &&
                   column_is_there(&each, priced)) {
            const bool quoted = each.kind == COST; /* JSON's numbers are read as doubles */
            text_string(to, counters && i == 0 ? "\"" : ",\"");
            text_string(to, each.name);
            text_string(to, quoted ? "\":\"" : "\":");
            put_cell(&each, of, to);
            text_string(to, quoted ? "\"" : "");
        }
    }
}

static void put_json_keys(size_t count, const char *key, text *to) {
    text component = {.bytes = NULL};
    text_string(to, "[");
    for (size_t i = 0; i < count; i++) {
        text_string(to, i > 0 ? "," : "");
        if (key_next(&key, &component)) {
            text_json(to, component.bytes, component.used);
        } else {
            text_string(to, "null");
        }
    }
    text_string(to, "]");
    text_free(&component);
}

void format_head(const options *asked, text *to) {
    text_string(to, "{\"usage_report\":3,\"at\":");
    if (asked->at) {
        text_json(to, asked->at, strlen(asked->at));
    }
    text_string(to, asked->at ? ",\"by\":[" : "null,\"by\":[");
    for (size_t i = 0; i < asked->by_count; i++) {
        text_string(to, i > 0 ? "," : "");
        text_json(to, asked->by[i].given, strlen(asked->by[i].given));
    }
    text_string(to, asked->priced ? "],\"priced\":true" : "],\"priced\":false");
}

/* ---- a line for each response */

void format_each_head(const options *asked, text *to) {
    if (asked->format == FORMAT_CSV || asked->format == FORMAT_TSV) {
        text_string(to, asked->format == FORMAT_CSV ? "file,line," : "file\tline\t");
        put_heads(asked, to);
        text_string(to, asked->format == FORMAT_CSV ? ",verdict\n" : "\tverdict\n");
    }
}

static void put_each_plain(run *to, const tally *of) {
    text *const out = &to->lines;
    const char *key = to->key.bytes;
    text_string(out, ": ");
    for (size_t i = 0; i < to->asked->by_count; i++) {
        const bool present = key_next(&key, &to->scratch);
        text_safe(out, present ? to->scratch.bytes : no_key, present ? to->scratch.used : strlen(no_key));
        text_string(out, i + 1 < to->asked->by_count ? ", " : ": ");
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        tokusage usage = of->usage;
        const column each = column_at(i);
        if (each.kind == COUNT && tokusage_count_at(&usage, each.which)->present) {
            text_bytes(out, each.name, strlen(each.name) - strlen("_tokens"));
            text_string(out, " ");
            put_cell(&each, of, out);
            text_string(out, ", ");
        }
    }
}

void format_each(run *to, uint64_t line, const tally *of, const char *verdict) {
    const options *const asked = to->asked;
    const char *const name = to->source->name;
    text *const out = &to->lines;
    if (asked->format == FORMAT_TABLE) {
        run_position(to, line, out);
        put_each_plain(to, of);
    } else if (asked->format == FORMAT_JSON) {
        text_string(out, "{\"file\":");
        text_json(out, name, strlen(name));
        text_string(out, ",\"line\":");
        text_line(out, line);
        text_string(out, ",\"group\":");
        put_json_keys(asked->by_count, to->key.bytes, out);
        put_tally(of, asked->priced, false, out);
        text_string(out, ",\"verdict\":\"");
    } else {
        put_field(asked, (slice){name, strlen(name)}, out);
        text_string(out, asked->format == FORMAT_TSV ? "\t" : ",");
        text_line(out, line);
        text_string(out, asked->format == FORMAT_TSV ? "\t" : ",");
        put_keys(asked, to->key.used > 0 ? to->key.bytes : "", out);
        put_columns(asked, of, out);
        text_string(out, asked->format == FORMAT_TSV ? "\t" : ",");
    }
    text_string(out, verdict);
    text_string(out, asked->format == FORMAT_JSON ? "\"}\n" : "\n");
}

/* ---- the report */

static void put_json(const report *of, text *to) {
    format_head(of->asked, to);
    text_string(to, of->complete ? ",\"complete\":true,\"groups\":[" : ",\"complete\":false,\"groups\":[");
    for (size_t i = 0; i < of->groups->count; i++) {
        const group *const row = of->groups->groups[i];
        text_string(to, i > 0 ? ",{\"group\":" : "{\"group\":");
        if (row->key) {
            put_json_keys(of->asked->by_count, row->key, to);
        } else {
            text_json(to, other_keys, strlen(other_keys));
        }
        text_string(to, ",");
        put_tally(&row->tally, of->asked->priced, true, to);
        text_string(to, "}");
    }
    text_string(to, "],\"total\":{");
    put_tally(of->total, of->asked->priced, true, to);
    text_string(to, "}}\n");
}

void format_report(const report *of, text *to) {
    if (of->asked->format == FORMAT_TABLE) {
        format_table(of, to);
        return;
    }
    if (of->asked->format == FORMAT_JSON) {
        put_json(of, to);
        return;
    }
    put_heads(of->asked, to);
    for (size_t i = 0; i < of->groups->count; i++) {
        text_string(to, "\n");
        put_keys(of->asked, of->groups->groups[i]->key, to);
        put_columns(of->asked, &of->groups->groups[i]->tally, to);
    }
    text_string(to, "\n");
}
