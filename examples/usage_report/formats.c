/*
 * The formats for programs, and the lines of --each; the table has a file of its own.
 */
#include "formats.h"

#include <string.h>

const char no_key[] = "(none)";

static const char *const counter_names[COUNTERS] = {
    [RESPONSES] = "responses",
    [WITHOUT_USAGE] = "without_usage",
    [INVALID] = "invalid",
    [MALFORMED] = "malformed",
    [TOO_LONG] = "too_long",
    [UNFINISHED] = "unfinished",
    [MISSING_PROMPT] = "prompt_tokens_missing",
    [MISSING_COMPLETION] = "completion_tokens_missing",
    [MISSING_TOTAL] = "total_tokens_missing",
    [CONTRADICTING] = "contradicting",
    [TOKENS_ABOVE] = "tokens_above",
    [TOKENS_BELOW] = "tokens_below",
};

static const struct {
    const char *name;
    counter counter;
} verdicts[] = {
    [VERDICT_CONSISTENT] = {"consistent", RESPONSES},
    [VERDICT_CONTRADICTING] = {"contradicting", CONTRADICTING},
    [VERDICT_WITHOUT_USAGE] = {"without_usage", WITHOUT_USAGE},
    [VERDICT_INVALID] = {"invalid", INVALID},
    [VERDICT_MALFORMED] = {"malformed", MALFORMED},
    [VERDICT_TOO_LONG] = {"too_long", TOO_LONG},
    [VERDICT_UNFINISHED] = {"unfinished", UNFINISHED},
};

const char *counter_name(counter of) {
    return counter_names[of];
}

counter verdict_counter(verdict of) {
    return verdicts[of].counter;
}

const char *count_name(size_t which) {
    static const char *const names[COUNTS] = {"prompt_tokens", "completion_tokens", "total_tokens"};
    return names[which];
}

tokusage_count count_of(const tokusage *usage, size_t which) {
    const tokusage_count counts[COUNTS] = {usage->prompt_tokens, usage->completion_tokens, usage->total_tokens};
    return counts[which];
}

/* ---- fields */

static void put_separator(report_format format, text *to) {
    text_byte(to, format == FORMAT_TSV ? '\t' : ',');
}

/* Control characters are escaped already, so a record is a line, and in TSV nothing else is special. */
void format_field(report_format format, const char *bytes, size_t length, text *to) {
    text safe = {.bytes = NULL};
    text_safe(&safe, bytes, length);
    const bool blank = safe.used == 0 || safe.bytes[0] == ' ' || safe.bytes[safe.used - 1] == ' ';
    const bool quoted =
        format == FORMAT_CSV && (blank || memchr(safe.bytes, ',', safe.used) || memchr(safe.bytes, '"', safe.used));
    if (!quoted) {
        text_bytes(to, safe.bytes, safe.used);
        text_free(&safe);
        return;
    }
    text_byte(to, '"');
    for (size_t at = 0; at < safe.used; at++) {
        if (safe.bytes[at] == '"') {
            text_byte(to, '"');
        }
        text_byte(to, safe.bytes[at]);
    }
    text_byte(to, '"');
    text_free(&safe);
}

/* An absent count is an empty field. */
static void put_count(tokusage_count count, text *to) {
    if (count.present) {
        text_number(to, count.value);
    }
}

/* ---- a line for each response */

void format_each_head(report_format format, text *to) {
    static const char *const names[] = {
        "file", "line", "group", "prompt_tokens", "completion_tokens", "total_tokens", "verdict",
    };
    if (format != FORMAT_CSV && format != FORMAT_TSV) {
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (i > 0) {
            put_separator(format, to);
        }
        text_string(to, names[i]);
    }
    text_byte(to, '\n');
}

static void put_each_separated(run *to, uint64_t line, const text *key, const tokusage *usage, verdict on) {
    const report_format format = to->asked->format;
    text *const out = &to->lines;
    format_field(format, to->name, strlen(to->name), out);
    put_separator(format, out);
    if (line > 0) {
        text_number(out, (int64_t)line);
    }
    put_separator(format, out);
    if (key) {
        format_field(format, key->bytes, key->used, out);
    } else if (to->asked->by) {
        text_string(out, no_key);
    }
    for (size_t i = 0; i < COUNTS; i++) {
        put_separator(format, out);
        put_count(count_of(usage, i), out);
    }
    put_separator(format, out);
    text_string(out, verdicts[on].name);
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

static void put_key(const char *key, size_t length, text *to) {
    if (key) {
        text_json(to, key, length);
    } else {
        text_string(to, "null");
    }
}

static void put_each_json(run *to, uint64_t line, const text *key, const tokusage *usage, verdict on) {
    text *const out = &to->lines;
    text_string(out, "{\"file\":");
    text_json(out, to->name, strlen(to->name));
    text_string(out, ",\"line\":");
    if (line > 0) {
        text_number(out, (int64_t)line);
    } else {
        text_string(out, "null");
    }
    text_string(out, ",\"group\":");
    put_key(key ? key->bytes : NULL, key ? key->used : 0, out);
    text_string(out, ",\"usage\":");
    put_usage(usage, out);
    text_string(out, ",\"verdict\":\"");
    text_string(out, verdicts[on].name);
    text_string(out, "\"}\n");
}

static void put_each_plain(run *to, uint64_t line, const text *key, const tokusage *usage, verdict on) {
    static const char *const names[COUNTS] = {"prompt ", ", completion ", ", total "};
    text *const out = &to->lines;
    run_place(to, line, out);
    text_string(out, ": ");
    if (to->asked->by) {
        text_safe(out, key ? key->bytes : no_key, key ? key->used : strlen(no_key));
        text_string(out, ": ");
    }
    for (size_t i = 0; i < COUNTS; i++) {
        const tokusage_count count = count_of(usage, i);
        text_string(out, names[i]);
        if (count.present) {
            text_number(out, count.value);
        } else {
            text_byte(out, '-');
        }
    }
    text_string(out, ": ");
    for (const char *letter = verdicts[on].name; *letter; letter++) {
        text_byte(out, *letter == '_' ? ' ' : *letter);
    }
    text_byte(out, '\n');
}

void format_each(run *to, uint64_t line, const text *key, const tokusage *usage, verdict on) {
    switch (to->asked->format) {
    case FORMAT_TABLE:
        put_each_plain(to, line, key, usage, on);
        break;
    case FORMAT_JSON:
        put_each_json(to, line, key, usage, on);
        break;
    case FORMAT_CSV:
    case FORMAT_TSV:
        put_each_separated(to, line, key, usage, on);
        break;
    }
}

/* ---- the report: CSV and TSV */

/* The first of the counters behind the sums. */
static const counter first_behind = MISSING_PROMPT;

static void put_head(report_format format, text *to) {
    text_string(to, "group");
    for (counter i = RESPONSES; i < COUNTERS; i++) {
        for (size_t sum = 0; i == first_behind && sum < COUNTS; sum++) {
            put_separator(format, to);
            text_string(to, count_name(sum));
        }
        put_separator(format, to);
        text_string(to, counter_names[i]);
    }
    text_byte(to, '\n');
}

static void put_row(const report *of, const group *row, report_format format, text *to) {
    if (row->key) {
        format_field(format, row->key, row->length, to);
    } else if (of->by) {
        text_string(to, no_key);
    }
    for (counter i = RESPONSES; i < COUNTERS; i++) {
        for (size_t sum = 0; i == first_behind && sum < COUNTS; sum++) {
            put_separator(format, to);
            put_count(count_of(&row->tally.usage, sum), to);
        }
        put_separator(format, to);
        text_number(to, row->tally.counters[i]);
    }
    text_byte(to, '\n');
}

void format_separated(const report *of, report_format format, text *to) {
    totals_sort_by_key(of->groups);
    put_head(format, to);
    for (size_t i = 0; i < of->groups->count; i++) {
        put_row(of, of->groups->groups[i], format, to);
    }
}

/* ---- the report: JSON, on one line, so that what handles lines can handle reports */

static void put_tally(const tally *of, text *to) {
    for (counter i = RESPONSES; i < COUNTERS; i++) {
        if (i > 0) {
            text_byte(to, ',');
        }
        if (i == first_behind) {
            text_string(to, "\"usage\":");
            put_usage(&of->usage, to);
            text_byte(to, ',');
        }
        text_byte(to, '"');
        text_string(to, counter_names[i]);
        text_string(to, "\":");
        text_number(to, of->counters[i]);
    }
    text_byte(to, '}');
}

void format_json(const report *of, text *to) {
    totals_sort_by_key(of->groups);
    text_string(to, "{\"usage_report\":1,\"at\":");
    put_key(of->at, of->at ? strlen(of->at) : 0, to);
    text_string(to, ",\"by\":");
    put_key(of->by, of->by ? strlen(of->by) : 0, to);
    text_string(to, of->complete ? ",\"complete\":true,\"groups\":[" : ",\"complete\":false,\"groups\":[");
    for (size_t i = 0; i < of->groups->count; i++) {
        const group *const each = of->groups->groups[i];
        text_string(to, i > 0 ? ",{\"group\":" : "{\"group\":");
        put_key(each->key, each->length, to);
        text_byte(to, ',');
        put_tally(&each->tally, to);
    }
    text_string(to, "],\"total\":{");
    put_tally(of->total, to);
    text_string(to, "}\n");
}

void format_report(const report *of, report_format format, size_t width, text *to) {
    switch (format) {
    case FORMAT_TABLE:
        format_table(of, width, to);
        break;
    case FORMAT_JSON:
        format_json(of, to);
        break;
    case FORMAT_CSV:
    case FORMAT_TSV:
        format_separated(of, format, to);
        break;
    }
}
