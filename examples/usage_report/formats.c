/*
 * What is printed, except the table: the formats for programs, and the lines of --each.
 */
#include "usage_report.h"

#include <string.h>

/* ---- columns: the counts of the library, all of them and in its order, come between these */

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
    const size_t count = index - BEFORE;
    return index < BEFORE            ? before[index]
           : count < TOKUSAGE_COUNTS ? (column){tokusage_count_name(count), COUNT, count}
                                     : after[count - TOKUSAGE_COUNTS];
}

bool column_is_there(column of, const options *asked) {
    const bool priced = of.kind == COST || (of.kind == COUNTER && of.which == UNPRICED);
    return of.kind == STATED ? asked->stated : asked->priced || !priced;
}

/* What is absent is nothing, or for people a -. */
bool column_put(column of, const tally *from, bool nice, text *to) {
    tokusage usage = from->usage;
    const tokusage_count *const count = of.kind == COUNT ? tokusage_count_at(&usage, of.which) : NULL;
    const amount *const money = of.kind == COST ? &from->cost : of.kind == STATED ? &from->stated : NULL;
    const bool unknown = of.kind == COST && from->counters[UNPRICED] > 0 && money->whole == 0 && money->part == 0;
    const int64_t value = count ? count->value : money ? 1 : from->counters[of.which];
    if ((count && !count->present) || (nice && unknown)) {
        text_string(to, nice ? "-" : "");
    } else if (money) {
        amount_put(to, money, nice);
    } else {
        text_number(to, value, nice);
    }
    return value > 0;
}

const char no_key[] = "(none)";
const char other_keys[] = "(others)";

/* No name reads as what is said of none. */
void key_put(const char **key, text *to) {
    text name = {.bytes = NULL};
    const bool present = key_next(key, &name);
    const slice whole = text_all(&name);
    text_string(to, slice_is(whole, no_key) || slice_is(whole, other_keys) ? "\\" : present ? "" : no_key);
    text_safe(to, whole);
    text_free(&name);
}

/* ---- CSV (RFC 4180) and TSV */

/*
 * Control characters are escaped already, so a record is a line, and in TSV nothing else is special. With --sheet, a
 * name that a sheet would take for a formula gets a ' in front.
 */
static void put_field(const options *asked, slice field, text *to) {
    const bool formula = field.length > 1 && asked->sheet && memchr("=+-@", *field.bytes, 4);
    const bool blank = field.length == 0 || *field.bytes == ' ' || field.bytes[field.length - 1] == ' ';
    const bool quoted = asked->format == FORMAT_CSV &&
                        (blank || memchr(field.bytes, ',', field.length) || memchr(field.bytes, '"', field.length));
    text_string(to, quoted ? "\"" : "");
    text_string(to, formula ? "'" : "");
    for (size_t at = 0; at < field.length; at++) {
        text_string(to, quoted && field.bytes[at] == '"' ? "\"" : "");
        text_bytes(to, field.bytes + at, 1);
    }
    text_string(to, quoted ? "\"" : "");
    text_string(to, asked->format == FORMAT_TSV ? "\t" : ",");
}

static void put_safe_field(const options *asked, const char *field, text *to) {
    text safe = {.bytes = NULL};
    text_safe(&safe, slice_of(field));
    put_field(asked, text_all(&safe), to);
    text_free(&safe);
}

/* A row, or (NULL) its head: the keys, and the columns; those of counters only in a report. */
static void put_row(const options *asked, const char *key, const tally *row, text *to) {
    for (size_t i = 0; i < asked->by_count; i++) {
        text cell = {.bytes = NULL};
        if (!row) { /* a pointer is named without the / at its front */
            text_safe(&cell, slice_of(asked->by[i].given + (*asked->by[i].given == '/')));
        } else if (key) {
            key_put(&key, &cell);
        } else if (i == 0) {
            text_string(&cell, other_keys);
        }
        if (cell.used > 0 || key || !row) {
            put_field(asked, text_all(&cell), to);
        } else {
            text_string(to, asked->format == FORMAT_TSV ? "\t" : ",");
        }
        text_free(&cell);
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        const column of = column_at(i);
        if (column_is_there(of, asked) && !(asked->each && of.kind == COUNTER)) {
            if (!row) {
                text_string(to, of.name);
            } else if (of.kind != COST || !asked->each || row->counters[UNPRICED] == 0) {
                column_put(of, row, false, to);
            }
            text_string(to, asked->format == FORMAT_TSV ? "\t" : ",");
        }
    }
    to->used--; /* the separator after the last */
}

/* ---- JSON */

/* A usage object without what is absent, as the library writes it, and the counters and the cost around it. */
static void put_tally(const options *asked, const tally *of, bool counters, text *to) {
    char json[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        const column each = column_at(i);
        const char *const quote = each.kind == COUNTER ? "" : "\""; /* JSON's numbers are read as doubles */
        if (each.kind == COUNT && each.which == 0) {
            tokusage_encode(&of->usage, json, sizeof json, &length);
            text_string(to, ",\"usage\":");
            text_bytes(to, json, length);
        } else if (each.kind != COUNT && column_is_there(each, asked) &&
                   (counters || each.kind == STATED || (each.kind == COST && of->counters[UNPRICED] == 0))) {
            text_string(to, ",\"");
            text_string(to, each.name);
            text_string(to, "\":");
            text_string(to, quote);
            column_put(each, of, false, to);
            text_string(to, quote);
        }
    }
}

static void put_group(const options *asked, const char *key, text *to) {
    text component = {.bytes = NULL};
    text_string(to, "\"group\":");
    text_string(to, key ? "[" : "\"(others)\"");
    for (size_t i = 0; i < asked->by_count && key; i++) {
        text_string(to, i > 0 ? "," : "");
        if (key_next(&key, &component)) {
            text_json(to, text_all(&component));
        } else {
            text_string(to, "null");
        }
    }
    text_string(to, key ? "]" : "");
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
        put_row(asked, NULL, NULL, to);
        text_string(to, asked->format == FORMAT_CSV ? ",verdict\n" : "\tverdict\n");
    }
}

static void put_each_plain(reading *in, const record *of, const tally *counted) {
    text *const out = &in->out;
    const char *key = of->group->key;
    text_safe(out, slice_of(in->asked->files[of->file]));
    text_string(out, ":");
    text_number(out, of->line, false);
    text_string(out, ": ");
    for (size_t i = 0; i < in->asked->by_count; i++) {
        key_put(&key, out);
        text_string(out, i + 1 < in->asked->by_count ? ", " : ": ");
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        tokusage usage = counted->usage;
        const column each = column_at(i);
        if (each.kind == COUNT && tokusage_count_at(&usage, each.which)->present) {
            text_bytes(out, each.name, strlen(each.name) - strlen("_tokens"));
            text_string(out, " ");
            column_put(each, counted, false, out);
            text_string(out, ", ");
        }
    }
}

static void put_each_json(reading *in, const record *of, const tally *counted) {
    text_string(&in->out, "{\"file\":");
    text_json(&in->out, slice_of(in->asked->files[of->file]));
    text_string(&in->out, ",\"line\":");
    text_number(&in->out, of->line, false);
    text_string(&in->out, ",");
    put_group(in->asked, of->group->key, &in->out);
    put_tally(in->asked, counted, false, &in->out);
    text_string(&in->out, ",\"verdict\":\"");
}

static void put_each_row(reading *in, const record *of, const tally *counted) {
    const char *const separator = in->asked->format == FORMAT_TSV ? "\t" : ",";
    put_safe_field(in->asked, in->asked->files[of->file], &in->out);
    text_number(&in->out, of->line, false);
    text_string(&in->out, separator);
    put_row(in->asked, of->group->key, counted, &in->out);
    text_string(&in->out, separator);
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

void format_report(const report *of, text *to) {
    const bool json = of->asked->format == FORMAT_JSON;
    if (of->asked->format == FORMAT_TABLE) {
        format_table(of, to);
        return;
    }
    if (json) {
        format_head(of->asked, to);
        text_string(to, of->complete ? ",\"complete\":true,\"groups\":[" : ",\"complete\":false,\"groups\":[");
    } else {
        put_row(of->asked, NULL, NULL, to);
    }
    for (size_t i = 0; i < of->groups->count; i++) {
        const group *const row = of->groups->groups[i];
        if (json) {
            text_string(to, i > 0 ? ",{" : "{");
            put_group(of->asked, row->key, to);
            put_tally(of->asked, &row->tally, true, to);
            text_string(to, "}");
        } else {
            text_string(to, "\n");
            put_row(of->asked, row->key, &row->tally, to);
        }
    }
    if (json) {
        text_string(to, "],\"total\":{");
        const size_t begin = to->used;
        put_tally(of->asked, of->total, true, to);
        memmove(to->bytes + begin, to->bytes + begin + 1, --to->used - begin); /* the comma before the first */
        text_string(to, "}}");
    }
    text_string(to, "\n");
}
