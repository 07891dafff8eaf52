/*
 * The formats for programs, and the lines of --each; the table has a file of its own.
 */
#include "usage_report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char no_key[] = "(none)";
const char other_keys[] = "(others)";

/* The counts of the library, all of them and in its order, come between these. */
static const column before[] = {
    {"responses", COUNTER, RESPONSES},   {"without_usage", COUNTER, WITHOUT_USAGE},
    {"invalid", COUNTER, INVALID},       {"ambiguous", COUNTER, AMBIGUOUS},
    {"untimed", COUNTER, UNTIMED},       {"misplaced", COUNTER, MISPLACED},
    {"errors", COUNTER, ERRORS},         {"malformed", COUNTER, MALFORMED},
    {"prefixed", COUNTER, PREFIXED},     {"too_long", COUNTER, TOO_LONG},
    {"unfinished", COUNTER, UNFINISHED}, {"repeated", COUNTER, REPEATED},
    {"unknown_names", COUNTER, UNKNOWN},
};
static const column after[] = {
    {"prompt_tokens_missing", COUNTER, MISSING_PROMPT},
    {"completion_tokens_missing", COUNTER, MISSING_COMPLETION},
    {"total_tokens_missing", COUNTER, MISSING_TOTAL},
    {"reconciled", COUNTER, RECONCILED},
    {"assumed", COUNTER, ASSUMED},
    {"contradictory", COUNTER, CONTRADICTORY},
    {"tokens_above", COUNTER, TOKENS_ABOVE},
    {"tokens_below", COUNTER, TOKENS_BELOW},
    {"unpriced", COUNTER, UNPRICED},
    {"cost", COST, 0},
    {"stated_cost", STATED, 0},
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

bool column_is_there(const column *of, const options *asked) {
    return of->kind == STATED ? asked->stated
                              : asked->priced || (of->kind != COST && !(of->kind == COUNTER && of->which == UNPRICED));
}

/* ---- CSV and TSV */

/*
 * A field of CSV (RFC 4180) or TSV. Control characters are escaped already, so a record is a line, and in TSV nothing
 * else is special. With --sheet, a name that a sheet would take for a formula gets a ' in front.
 */
static void put_field(const options *asked, slice field, text *to) {
    text safe = {.bytes = NULL};
    text_bytes(&safe, "'", field.length > 1 && asked->sheet && memchr("=+-@", *field.bytes, 4));
    text_safe(&safe, field);
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

/* No name reads as what is said of none. */
static void put_key(const options *asked, slice component, text *to) {
    text_string(to, slice_is(component, no_key) || slice_is(component, other_keys) ? "\\" : "");
    put_field(asked, component, to);
}

/* The components of a key, each with a separator after it. */
static void put_keys(const options *asked, const char *key, text *to) {
    text component = {.bytes = NULL};
    for (size_t i = 0; i < asked->by_count; i++) {
        if (key && key_next(&key, &component)) {
            put_key(asked, text_all(&component), to);
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
    if (of->kind == COST || of->kind == STATED) {
        amount_put(to, of->kind == COST ? &from->cost : &from->stated, false);
    } else if (!count || count->present) {
        text_number(to, count ? count->value : from->counters[of->which], false);
    }
}

/* The columns of a row (NULL: their names), those of counters only in a report. */
static void put_columns(const options *asked, const tally *row, text *to) {
    const char *separator = "";
    for (size_t i = 0; i < COLUMNS; i++) {
        const column of = column_at(i);
        if (!column_is_there(&of, asked) || (asked->each && of.kind == COUNTER)) {
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
        put_field(asked, slice_of(by_name), to);
        text_string(to, asked->format == FORMAT_TSV ? "\t" : ",");
    }
    put_columns(asked, NULL, to);
}

/* ---- JSON */

/* A usage object without what is absent, as the library writes it, and the counters and the cost around it. */
static void put_tally(const options *asked, const tally *of, bool counters, text *to) {
    char json[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        const column each = column_at(i);
        if (each.kind == COUNT && each.which == 0) {
            tokusage_encode(&of->usage, json, sizeof json, &length);
            text_string(to, ",\"usage\":");
            text_bytes(to, json, length);
        } else if (each.kind != COUNT &&
                   (counters || each.kind == STATED || (each.kind == COST && of->counters[UNPRICED] == 0)) &&
                   column_is_there(&each, asked)) {
            const bool quoted = each.kind != COUNTER; /* JSON's numbers are read as doubles */
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
            text_json(to, text_all(&component));
        } else {
            text_string(to, "null");
        }
    }
    text_string(to, "]");
    text_free(&component);
}

void format_head(const options *asked, text *to) {
    text_string(to, "{\"usage_report\":4,\"at\":");
    if (asked->at) {
        text_json(to, slice_of(asked->at));
    }
    text_string(to, asked->at ? ",\"by\":[" : "null,\"by\":[");
    for (size_t i = 0; i < asked->by_count; i++) {
        text_string(to, i > 0 ? "," : "");
        text_json(to, slice_of(asked->by[i].given));
    }
    text_string(to, asked->priced ? "],\"priced\":true" : "],\"priced\":false");
    text_string(to, asked->stated ? ",\"stated\":true" : ",\"stated\":false");
}

/* ---- a line for each response */

void format_each_head(const options *asked, text *to) {
    if (asked->format == FORMAT_CSV || asked->format == FORMAT_TSV) {
        text_string(to, asked->format == FORMAT_CSV ? "file,line," : "file\tline\t");
        put_heads(asked, to);
        text_string(to, asked->format == FORMAT_CSV ? ",verdict\n" : "\tverdict\n");
    }
}

static void put_each_plain(reading *in, const record *of, const tally *counted) {
    text *const out = &in->out;
    const char *key = of->group->key;
    text_safe(out, slice_of(in->asked->files[of->file]));
    text_string(out, ":");
    text_number(out, (int64_t)of->line, false);
    text_string(out, ": ");
    for (size_t i = 0; i < in->asked->by_count; i++) {
        const bool present = key_next(&key, &in->scratch);
        text_safe(out, present ? text_all(&in->scratch) : slice_of(no_key));
        text_string(out, i + 1 < in->asked->by_count ? ", " : ": ");
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        tokusage usage = counted->usage;
        const column each = column_at(i);
        if (each.kind == COUNT && tokusage_count_at(&usage, each.which)->present) {
            text_bytes(out, each.name, strlen(each.name) - strlen("_tokens"));
            text_string(out, " ");
            put_cell(&each, counted, out);
            text_string(out, ", ");
        }
    }
}

static void put_each_json(reading *in, const record *of, const tally *counted) {
    text *const out = &in->out;
    text_string(out, "{\"file\":");
    text_json(out, slice_of(in->asked->files[of->file]));
    text_string(out, ",\"line\":");
    text_number(out, (int64_t)of->line, false);
    text_string(out, ",\"group\":");
    put_json_keys(in->asked->by_count, of->group->key, out);
    put_tally(in->asked, counted, false, out);
    text_string(out, ",\"verdict\":\"");
}

static void put_each_row(reading *in, const record *of, const tally *counted) {
    const options *const asked = in->asked;
    const char *const separator = asked->format == FORMAT_TSV ? "\t" : ",";
    text *const out = &in->out;
    put_field(asked, slice_of(asked->files[of->file]), out);
    text_string(out, separator);
    text_number(out, (int64_t)of->line, false);
    text_string(out, separator);
    put_keys(asked, of->group->length > 0 ? of->group->key : "", out);
    put_columns(asked, counted, out);
    text_string(out, separator);
}

void format_each(reading *in, const record *of, const tally *counted, const char *verdict) {
    const report_format format = in->asked->format;
    in->out.used = 0;
    (format == FORMAT_TABLE ? put_each_plain : format == FORMAT_JSON ? put_each_json : put_each_row)(in, of, counted);
    text_string(&in->out, verdict);
    text_string(&in->out, format == FORMAT_JSON ? "\"}\n" : "\n");
    print(in, &in->out);
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
            text_json(to, slice_of(other_keys));
        }
        text_string(to, ",");
        put_tally(of->asked, &row->tally, true, to);
        text_string(to, "}");
    }
    text_string(to, "],\"total\":{");
    put_tally(of->asked, of->total, true, to);
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
